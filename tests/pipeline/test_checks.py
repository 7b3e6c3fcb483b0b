"""Every check of the project's own can fail: a planted fault makes each do so."""

from __future__ import annotations

import fnmatch
import shutil
from collections.abc import Iterator

import duckdb
import pytest
from conftest import PROJECT, Warehouse, parsed, unset_settings

# name of the test (with * where it is there twice): a fault that it must notice, in the build file
FAULTS = {
    # generic tests, each on a model that uses it
    "grain_products_product_key": "insert into core.products from core.products limit 1",
    "grain_customers_customer_key": "update core.customers set customer_key = null",
    "row_count_as_of_1": "insert into core.as_of from core.as_of",
    "row_count_reporting_currency_1": "delete from staging.reporting_currency",
    "unique_if_known_int_order_products_order_row_id__product_id": (
        "insert into intermediate.int_order_products from intermediate.int_order_products limit 1"
    ),
    "always_true_customers_*": "update core.customers set net_amount = net_amount + 0.0001",
    "follows_rule_event_points_engagement_points_are_not_negative": (
        "update seeds.event_points set engagement_points = -1 where event_type = 'page_viewed'"
    ),
    "sound_bands_lead_score_bands_*": "delete from seeds.lead_score_bands where min_score is null",
    "unsubscribe_undoes_a_signup_event_points_": (
        "update seeds.event_points set lead_points = 21 where event_type = 'newsletter_subscribed'"
    ),
    # the project's own questions, in tests/data
    "advocacy_tier_movements_conserve_customers": (
        "update intermediate.int_tier_changes set from_tier = to_tier where from_tier <> 'none'"
    ),
    "advocacy_tier_summary_holds_every_customer": (
        "delete from intermediate.int_tier_changes where month_start = date '2024-01-01'"
    ),
    "acquisition_costs_add_up": (
        "update campaigns.acquisition_costs set returning_customers = returning_customers + 1"
        " where channel = 'all' and month_start = date '2024-01-01'"
    ),
    "acquisition_costs_add_up*": (
        "delete from campaigns.acquisition_costs where month_start = date '2024-01-01'"
    ),
    "campaigns_add_up": "update campaigns.automation set sends = sends + 1 where kind = 'thanks'",
    "campaigns_add_up*": "update core.orders set is_valid = false",
    "campaigns_add_up**": (
        "update campaigns.automation set spend_amount = spend_amount + 1 where kind = 'thanks'"
    ),
    "always_true_campaign_results_no_uplift_without_a_control": (
        "update campaigns.campaign_results set uplift = 0 where control_customers = 0"
    ),
    "advocacy_tiers_follow_their_acts": "update core.advocacy_acts set counts = true",
    "engagement_contributions_add_up": (
        "update engagement.engagement_scores set score = score + 0.000001 where score > 0"
    ),
    "every_customer_is_scored": "delete from engagement.lead_scores where raw_score is null",
    "value_vs_advocacy_holds_every_customer": (
        "update core.customers set orders = 0 where orders = 1"
    ),
    "word_of_mouth_is_a_part_of_the_new": (
        "update intermediate.int_referred_orders set net_amount = 1000 * net_amount"
    ),
    "concentration_holds_every_customer": "delete from core.customers where orders = 1",
    "core_holds_what_was_accepted": (
        "delete from core.orders where order_key = (select min(order_key) from core.orders)"
    ),
    "core_holds_what_was_accepted*": (
        "insert into intermediate.int_events from intermediate.int_events"
    ),
    "customer_share_windows_hold_their_days": (
        "update customer_share.customer_share set net_amount_12m = net_amount_12m + 1"
    ),
    "customer_shares_sum_to_one": (
        "update customer_share.customer_share set share_of_sales = share_of_sales * 1.001"
    ),
    "customers_hold_every_attributed_order": "update core.customers set orders = orders + 1",
    "growth_accounting_carries_over": (
        "update customer_share.growth_accounting set previous_net_amount = previous_net_amount + 1"
    ),
    "cohorts_hold_their_customers": (
        "update lifecycle.cohort_retention set active_customers = active_customers + 1"
        " where basis = 'on_or_after' and months_since = 3"
    ),
    "cohort_breakdowns_add_up": (
        "update lifecycle.cohort_breakdown set net_amount = net_amount + 1"
        " where breakdown_value = 'web' and basis = 'period' and months_since = 2"
    ),
    "cohort_breakdowns_add_up*": (
        "update lifecycle.time_to_second_order set returned_customers = returned_customers - 1"
        " where cohort_grain = 'month' and breakdown_value = 'web' and returned_customers > 1"
    ),
    "monthly_metrics_are_the_marts_numbers": (
        "update bi.monthly_metrics set value = value + 0.01 where metric = 'visit_conversion'"
    ),
    "monthly_metrics_are_the_marts_numbers*": (
        "update bi.monthly_metrics set numerator = numerator + 1"
        " where metric = 'complaints' and breakdown = 'channel'"
    ),
    "follows_rule_bi_metrics_say_what_adds_up": (
        "update seeds.bi_metrics set is_additive = true where metric = 'buyers'"
    ),
    "every_buyer_has_a_score_and_a_value": "delete from lifecycle.clv where frequency = 0",
    "every_buyer_has_a_score_and_a_value*": (
        "update lifecycle.rfm set customer_key = 'nobody' where customer_key ="
        " (select min(customer_key) from lifecycle.rfm)"
    ),
    "lifecycle_spells_hold_every_customer": (
        "delete from lifecycle.lifecycle_spells where stage = 'prospect' and ended_on is null"
    ),
    "lifecycle_spells_leave_no_gap": (
        "update lifecycle.lifecycle_spells set ended_on = ended_on - 1 where stage = 'prospect'"
    ),
    "lifecycle_stock_counts_the_spells": (
        "update lifecycle.lifecycle_stock set customers = customers + 1 where stage = 'lapsed'"
    ),
    "lifecycle_stock_counts_the_spells*": (
        "update lifecycle.lifecycle_stock set customers = customers + 1"
        " where period_grain = 'week' and period_end = (select as_of from core.as_of)"
    ),
    "lifecycle_transitions_conserve_customers": (
        "delete from lifecycle.lifecycle_transitions where from_stage = 'at_risk'"
    ),
    "new_customer_share_breakdowns_add_up": (
        "update customer_share.new_customer_share set ledger_net_amount = 0"
        " where breakdown = 'total'"
    ),
    "new_customer_share_is_dense": (
        "delete from customer_share.new_customer_share"
        " where period_grain = 'day' and month(period_start) = 2"
    ),
    "new_customer_share_periods_add_up": (
        "update customer_share.new_customer_share set orders = orders + 1"
        " where period_grain = 'week'"
    ),
    "one_persons_accounts_have_one_key": (
        "update intermediate.int_accounts set customer_key = account_key"
    ),
    "order_sequences_have_no_gap": (
        "update core.orders set order_sequence = order_sequence + 1 where order_sequence > 1"
    ),
    "orders_hold_their_lines": "update core.orders set gross_amount = gross_amount + 1",
    "product_affinity_is_the_same_both_ways": (
        "delete from cross_sell.product_affinity where basket = 'order' and item_a < item_b"
    ),
    "next_best_offers_are_new_and_worth_it": (
        "update cross_sell.next_best_offers set product_key = because_product_key"
        " where kind = 'cross_sell'"
    ),
    "next_best_offers_are_new_and_worth_it*": (
        "update cross_sell.next_best_offers set mean_unit_amount = 0.01 where offer_rank = 2"
    ),
    "profiles_hold_every_customer": (
        "delete from profile.customer_fit where customer_key ="
        " (select min(customer_key) from profile.customer_fit)"
    ),
    "profiles_hold_every_customer*": (
        "update profile.customer_profile set spend_band = 'low' where spend_band = 'high'"
    ),
    "purchase_patterns_hold_every_order": (
        "update profile.purchase_patterns set orders = orders + 1 where weekday = 1 and hour = 9"
    ),
    "purchase_patterns_hold_every_order*": (
        "delete from profile.purchase_patterns where weekday = 1 and orders = 0"
    ),
    "ideal_customers_add_up": (
        "update profile.ideal_customer set index = index + 1 where attribute = 'country'"
    ),
    "every_customer_is_in_one_segment": (
        "delete from audiences.audience_members where audience = 'champions'"
    ),
    "nobody_is_in_two_personas": (
        "update audiences.audience_members set kind = 'persona' where kind = 'list'"
    ),
    "who_is_included_has_granted": "delete from audiences.consent_status where channel = 'email'",
    "audience_summary_counts_the_members": (
        "delete from audiences.audience_members where audience = 'win_back' and is_included"
    ),
    "audience_summary_counts_the_members*": (
        "delete from audiences.audience_summary where audience = 'others'"
    ),
    "consent_spells_leave_no_gap": (
        "update audiences.consent_spells set ended_at = ended_at + interval 1 hour"
    ),
    "consent_spells_leave_no_gap*": (
        "update audiences.consent_spells set ended_at = timestamp '2030-01-01'"
        " where ended_at is null"
    ),
    "fit_scores_add_up": "delete from profile.fit_points where trait = 'country'",
    "reconciliation_counts_the_files": "update core.reconciliation set raw_rows = raw_rows - 1",
    "refunds_restate_their_orders": "update core.orders set refund_amount = 2 * refund_amount",
    "rfm_scores_equal_values_equally": (
        "update lifecycle.rfm set f_score = f_score + 1 where customer_key ="
        " (select min(customer_key) from lifecycle.rfm where frequency = 1)"
    ),
    "rejected_rows_are_all_listed": "delete from core.rejected_rows where raw_table = 'orders'",
    "claims_are_what_their_marts_say": (
        "update scenarios.claims set measured_value = measured_value + 0.1"
        " where claim_id = 'best_fifth'"
    ),
    "leave_reasons_hold_the_lapsed": (
        "update service.leave_reasons set customers = customers + 1 where reason = 'unknown'"
    ),
    "leave_reasons_hold_the_lapsed*": (
        "update service.leave_reasons set share = share * 0.9 where reason = 'unknown'"
    ),
    "product_quality_holds_every_unit": (
        "delete from service.product_quality where reviews > 0 and units = 0"
    ),
    "service_quality_counts_every_ticket": (
        "update service.service_quality set complaints = complaints + 1"
        " where channel = 'chat' and complaints < tickets"
    ),
    "service_quality_counts_every_ticket*": (
        "delete from service.service_quality where channel = 'phone' and tickets = 0"
    ),
    "sharing_leaderboard_is_part_of_word_of_mouth": (
        "update intermediate.int_sharers set shares = shares + 9"
    ),
    "stated_wallets_hold_the_own_spend": (
        "update customer_share.share_of_wallet set own_amount = own_amount + 1"
        " where method = 'benchmark'"
    ),
    "survey_results_hold_every_answer": (
        "delete from service.survey_results where answer = 'price'"
    ),
    "follows_rule_claims_are_measured_where_the_warehouse_measures_them": (
        "update seeds.claims set measured_in = 'core.orders' where claim_id = 'lovers'"
    ),
    "totals_fit": (
        "update core.orders set refund_amount = 99999999999999"
        " where order_key in (select order_key from core.orders order by order_key limit 2)"
    ),
}


@pytest.fixture(scope="module")
def copied(demo, tmp_path_factory) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, str]]]:
    """A copy of the demo, and the SQL of each check as dbt has compiled it: what is wrong in it."""
    with pytest.MonkeyPatch.context() as patch:
        unset_settings(patch)
        warehouse = Warehouse(tmp_path_factory.mktemp("checks"), patch)
        file = shutil.copyfile(demo.folder / "build.duckdb", warehouse.folder / "build.duckdb")
        warehouse.run_dbt(["compile", "--select", *FAULTS])
    tests = [node for node in parsed()[0].nodes.values() if node.resource_type == "test"]
    with duckdb.connect(str(file)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection, {test.name: test.compiled_code for test in tests if test.compiled}


def is_noticed(connection: duckdb.DuckDBPyConnection, check: str) -> bool:
    """Whether a check finds wrong rows, or says itself what is wrong (macros that raise)."""
    try:
        return bool(connection.execute(check).fetchall())
    except duckdb.InvalidInputException as error:
        if "patronage: " not in str(error):
            raise
        return True


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_noticed(copied, name):
    connection, checks = copied
    found = [checks[check] for check in fnmatch.filter(checks, name)]
    assert not any(is_noticed(connection, check) for check in found)
    connection.execute("begin")
    try:
        connection.execute(FAULTS[name])
        assert any(is_noticed(connection, check) for check in found)
    finally:
        connection.execute("rollback")


def test_no_check_of_the_project_is_left_out():
    own = {path.stem for path in (PROJECT / "tests" / "data").glob("*.sql")}
    generic = {path.stem for path in (PROJECT / "tests" / "generic").glob("*.sql")}
    # engines_agree asks the engine, not the tables: no row of them can make it fail
    assert own - {"engines_agree"} <= FAULTS.keys()
    assert all(any(name.startswith(f"{kind}_") for name in FAULTS) for kind in generic)
