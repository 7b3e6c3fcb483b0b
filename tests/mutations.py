"""Are the rules tested? Breaks one rule of the SQL at a time and sees which test notices.

`make test-mutations` copies the project, applies one change of `MUTATIONS` after the other and runs
the cheapest tests first: dbt's unit tests of the changed models and of those that read them, then a
build of the demo shop from the changed models on with all data tests, then the comparison of its
marts with the oracle, and last pytest's small shops (`PIPELINE`). The table of what noticed goes to
`tests/mutations.md`; a mutation that nothing notices, or that is no longer valid SQL, ends the run
with a non-zero exit.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import duckdb
import polars as pl
from rich.progress import Progress

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "pipeline")]

from oracle import KEYS, build, compare, estimates  # noqa: E402

from patronage.build import BuildError, dbt_environment, run_dbt  # noqa: E402

REPORT = PROJECT / "tests" / "mutations.md"
LAYERS = ("unit test", "data test", "oracle", "pipeline test")
PIPELINE = [f"tests/pipeline/test_{name}.py" for name in ("reading", "rules", "engagement")]
MARTS, CORE, SHARE = "models/marts", "models/marts/core", "models/marts/customer_share"
STAGING, STEPS = "models/staging", "models/intermediate"
LIFE = "models/marts/lifecycle"


class Mutation(NamedTuple):
    """One rule, broken."""

    file: str
    old: str
    new: str
    name: str  # what is wrong then
    times: int = 1  # how often the file has the old text: all are changed


M = Mutation
MUTATIONS = [
    # staging: what is read, rejected and superseded
    M("macros/portable/parse_text.sql", "then nullif(trim({{ column }}, e' \\t\\r\\n'), '')",
      "then nullif({{ column }}, '')", "blanks around a text stay"),
    M("macros/portable/parse_id.sql", "then left({{ column }}, -2)", "then {{ column }}",
      "an id that went through a float keeps its .0"),
    M("macros/business_date.sql", "then cast({{ timestamp }} as date)",
      "then cast({{ local }} as date)", "a date alone is shifted into the time zone"),
    M("macros/business_date.sql", "{%- set local = timestamp if timezone == 'UTC'",
      "{%- set local = timestamp if true", "the business date is that of UTC"),
    M("macros/reject_reason.sql", "when {{ value }} < 0 then 'negative",
      "when {{ value }} < -100 then 'negative", "small negative amounts are accepted"),
    M("macros/reject_reason.sql", "or {{ value }} < timestamp '1990-01-01 00:00:00'",
      "or {{ value }} < timestamp '1900-01-01 00:00:00'", "times before 1990 are possible"),
    M("macros/row_fates.sql", "typed._loaded_at desc nulls last", "typed._loaded_at asc nulls last",
      "the oldest version of a row stands"),
    M("macros/row_fates.sql", "}} desc nulls last{{", "}} asc nulls last{{",
      "of versions loaded at once the smallest stands"),
    M("macros/row_fates.sql", "where version_rank > 1", "where version_rank > 2",
      "two versions of a row are accepted"),
    M("macros/row_fates.sql", "    where judged.reject_reason is null\n),\n\nrow_fates",
      "),\n\nrow_fates", "a rejected version can stand for a good one"),
    M(f"{STAGING}/fates_orders.sql", "typed.currency <> reporting.currency and rates.rate is null",
      "false", "a currency without a rate is taken as it is"),
    M(f"{STAGING}/fates_orders.sql", "> 1e12", "> 1e13", "orders over 10^12 are accepted", 2),
    M(f"{STAGING}/fates_order_lines.sql", "when amounts.order_row_id is null then 'unknown order'",
      "when false then ''", "lines of unknown orders are accepted"),
    M(f"{STAGING}/fates_order_lines.sql", "when amounts.is_negative then", "when false then",
      "lines with a discount above their price are accepted"),
    M(f"{STAGING}/fates_refunds.sql", "typed.order_id is not null and orders.order_row_id is null",
      "false", "refunds of unknown orders are accepted"),
    M(f"{STAGING}/order_rates.sql", "needed.order_date >= own_rates.rate_date",
      "needed.order_date > own_rates.rate_date", "a rate holds from the day after its date on"),
    M(f"{STAGING}/order_rates.sql", "needed.order_date < own_rates.next_rate_date",
      "needed.order_date <= own_rates.next_rate_date", "two rates hold on one day"),
    M(f"{STAGING}/order_rates.sql", "coalesce(own_rates.rate, all_rates.rate) as rate",
      "all_rates.rate as rate", "another source's rate comes before the own"),
    M(f"{STAGING}/order_index.sql", "coalesce(rates.rate, 1) as rate", "1 as rate",
      "no amount is converted"),
    M(f"{STAGING}/line_amounts.sql", "coalesce(lines.quantity, 1)", "coalesce(lines.quantity, 0)",
      "a line without a quantity is worth nothing"),
    M(f"{STAGING}/line_amounts.sql", "- coalesce(lines.discount_amount, 0) as", "as",
      "a line's discount does not come off its price"),
    M(f"{STAGING}/reporting_currency.sql", "upper('{{ dbt", "lower('{{ dbt",
      "the reporting currency is compared in lower case"),
    # identity
    M("macros/normal_email.sql", "lower_case(column)", "column",
      "emails differ by upper and lower case"),
    M("macros/portable/normal_phone.sql", "regexp_replace({{ column }}, '[^0-9]', '', 'g')",
      "{{ column }}", "phone numbers differ by their punctuation"),
    M(f"{STEPS}/int_shared_contacts.sql", "sum(customer_ids) > {{", "sum(customer_ids) >= {{",
      "an address on 10 customer ids is shared"),
    M(f"{STEPS}/int_shared_contacts.sql", "sum(guest_orders) > {{", "sum(guest_orders) >= {{",
      "an address on 50 guest orders is shared"),
    M(f"{STEPS}/int_account_groups.sql", "where shared.contact_hash is null", "where true",
      "shared addresses merge accounts"),
    M(f"{STEPS}/int_account_groups.sql",
      "    select\n        source || ':' || customer_id as left_node",
      "    select\n        source || ':' || same_as as left_node",
      "the identities table merges nobody"),
    M(f"{STEPS}/int_accounts.sql", "min(node) over", "max(node) over",
      "the customer key is the greatest account"),
    M(f"{STEPS}/int_contacts.sql", "where orders.customer_id is not null", "where false",
      "orders lend their account no address"),
    M(f"{STEPS}/int_contact_customers.sql", "        and account_phones.contact_hash is null\n", "",
      "a guest with a known phone becomes a person of his own"),
    M(f"{STEPS}/int_contact_customers.sql", "min(source) || ':' ||", "max(source) || ':' ||",
      "a guest of two sources is named after the last"),
    M(f"{STEPS}/int_order_people.sql",
      "            case when phones.is_account then phones.customer_key end,\n", "",
      "an unknown email comes before a known phone"),
    # what a published text may say
    M(f"{STEPS}/int_common_values.sql", "sharers >= {{", "sharers > {{",
      "a value that just enough share is other"),
    M(f"{STEPS}/int_common_values.sql", "    where addresses.value is null", "    where true",
      "a delivered address that many share is published"),
    M("macros/published_value.sql", "else 'other'", "else {{ column }}",
      "a text that few share is published"),
    M(f"{STEPS}/int_person_attributes.sql", "bool_or(is_staff)", "bool_and(is_staff)",
      "staff with a private account is none"),
    M(f"{STEPS}/int_person_attributes.sql", "min_by({{", "max_by({{",
      "attributes come from the last account"),
    M(f"{STEPS}/int_person_attributes.sql", "min(known_first_order_date)",
      "max(known_first_order_date)", "the last known first order counts"),
    # orders: amounts, validity, sequence, class
    M(f"{STEPS}/int_order_amounts.sql",
      "coalesce(orders.discount_amount, 0) - coalesce(lines.order_currency_discount_amount, 0), 0",
      "coalesce(orders.discount_amount, 0), 0", "the lines' discounts are subtracted twice"),
    M(f"{STEPS}/int_order_amounts.sql", "greatest(", "least(",
      "lines' discounts beyond the header's come back"),
    M(f"{STEPS}/int_order_amounts.sql", "count(product_id)", "count(*)",
      "lines without a product are a product"),
    M(f"{STEPS}/int_order_amounts.sql", "sum(lines) as lines", "count(*) as lines",
      "two lines of one product are one line"),
    M(f"{STEPS}/int_order_amounts.sql", "left join order_lines", "inner join order_lines",
      "orders without lines are lost"),
    M(f"{STEPS}/int_order_products.sql", "inner join {{ ref('stg_order_lines') }}",
      "left join {{ ref('stg_order_lines') }}", "lines that are not accepted count"),
    M(f"{STEPS}/int_order_amounts.sql", "then line_amount + line_discount_amount",
      "then line_amount", "gross is goods after the lines' discounts"),
    M(f"{STEPS}/int_order_products.sql", "(lines.quantity, 1)", "(lines.quantity, 0)",
      "a line without a quantity has no unit"),
    M(f"{STEPS}/int_orders.sql", "order by ordered_at, order_id, source",
      "order by ordered_at, source", "orders of one instant have no order"),
    M(f"{STEPS}/int_orders.sql", "        and person_number is not null\n", "",
      "all guests are one returning customer"),
    M(f"{STEPS}/int_orders.sql", "and not coalesce(attributes.is_staff, false) as", "as",
      "orders of staff are sales"),
    M(f"{STEPS}/int_orders.sql", "        and not coalesce(orders.is_test, false)\n", "",
      "test orders are sales"),
    M(f"{STEPS}/int_orders.sql", "'{{ status | lower }}'", "'{{ status | upper }}'",
      "cancelled orders are sales"),
    M(f"{STEPS}/int_orders.sql", "        is_valid\n        and person", "        person",
      "orders that are no sales have a place in the sequence"),
    M(f"{STEPS}/int_orders.sql", "known_first_order_date < judged",
      "known_first_order_date <= judged", "a customer known from the same day is not new"),
    M(f"{STEPS}/int_orders.sql", "first_order_date < {{", "first_order_date <= {{",
      "day 365 of the history is left-censored"),
    M(f"{STEPS}/int_orders.sql", "judged.known_first_order_date is null\n            and ", "",
      "customers known from the file are left-censored"),
    M(f"{STEPS}/int_orders.sql", "left join {{ ref('int_order_people') }}",
      "inner join {{ ref('int_order_people') }}", "orders of nobody are lost"),
    M(f"{STEPS}/int_orders.sql",
      "cast(case when judged.is_valid then judged.refund_amount else 0 end",
      "cast(judged.refund_amount", "a cancelled order's refund counts"),
    # refunds and credit notes
    M(f"{STEPS}/int_refunds.sql", "greatest(refunds", "least(refunds",
      "a refund before its order keeps its date"),
    M(f"{STEPS}/int_refunds.sql", "refunds.refund_date <= dates", "refunds.refund_date < dates",
      "refunds of as_of are ignored"),
    M(f"{STEPS}/int_refunds.sql", "or orders.order_date <= dates.as_of", "or true",
      "refunds of orders after as_of count"),
    M(f"{STEPS}/int_refunds.sql", "'coalesce(orders.rate, 1)'", "'1'",
      "refunds are not converted at their order's rate"),
    M(f"{STEPS}/int_refunds.sql",
      "case when refunds.order_id is null then refunds.customer_id end", "refunds.customer_id",
      "a refund belongs to whom it names, not to its order's customer"),
    M(f"{STEPS}/int_credit_notes.sql", "        and not coalesce(attributes.is_staff, false)\n", "",
      "credit notes of staff count"),
    # the calendar
    M(f"{STEPS}/int_as_of.sql", "max(event_date)", "min(event_date)", "events do not move as_of"),
    M(f"{STEPS}/int_as_of.sql", "max(refund_date)", "min(refund_date)",
      "refunds do not move as_of"),
    M(f"{STEPS}/int_as_of.sql", "}} + 1 as", "}} as",
      "the first day of the history is not counted"),
    M(f"{STEPS}/int_days.sql", "where is_credit_note", "where not is_credit_note",
      "days begin with the first refund"),
    M(f"{STEPS}/int_months.sql", "least(", "greatest(", "the last month does not end with as_of"),
    M(f"{STEPS}/int_months.sql", "-12,", "-11,", "the trailing window is eleven months"),
    M("macros/period_start.sql", "cast({{ dbt.date_trunc(grain, date) }} as date)",
      "cast({{ dbt.date_trunc(grain, date) }} as date){{ ' - 1' if grain == 'week' }}",
      "weeks start on Sunday"),
    # events and sessions
    M(f"{STEPS}/int_named_events.sql", "coalesce(accounts.customer_key, contacts.customer_key)",
      "accounts.customer_key", "an event's email identifies nobody"),
    M(f"{STEPS}/int_event_people.sql", "occurred_at >= spells", "occurred_at > spells",
      "at the instant of an identification the visitor is still another"),
    M(f"{STEPS}/int_event_people.sql", "occurred_at < spells", "occurred_at <= spells",
      "an event at a change is two persons'"),
    M(f"{STEPS}/int_event_people.sql", "max_by(named", "min_by(named",
      "of identifications at one instant the smallest id decides"),
    M(f"{STEPS}/int_event_people.sql", "> {{ var('shared_visitor_customers') }}",
      ">= {{ var('shared_visitor_customers') }}", "a visitor identified as 10 people is a till"),
    M(f"{STEPS}/int_event_people.sql", "not coalesce(events.is_bot, false)\n        and shared",
      "true\n        and shared", "bots identify visitors"),
    M(f"{STEPS}/int_event_people.sql", "not coalesce(events.is_bot, false)\n    group by",
      "true\n    group by", "bots make a visitor a till"),
    M(f"{STEPS}/int_event_sessions.sql", "                > {{ var('session_gap_minutes')",
      "                >= {{ var('session_gap_minutes')", "a gap of 30 minutes starts a session"),
    M(f"{STEPS}/int_event_sessions.sql",
      "                or coalesce(person_number, 0) <> coalesce(previous_person_number, 0)\n", "",
      "a session goes on when the person changes"),
    M(f"{STEPS}/int_event_sessions.sql", "        and not coalesce(events.is_bot, false)\n", "",
      "bots have sessions"),
    M(f"{STEPS}/int_event_sessions.sql", "coalesce(points.is_visit, true)",
      "coalesce(points.is_visit, false)", "events of unknown types are no visits"),
    # core
    M(f"{CORE}/customers.sql", "count(distinct facts.order_date)", "count(facts.order_date)",
      "two orders on one day are two order days"),
    M(f"{CORE}/customers.sql", "min(staged.ordered_at)", "max(staged.ordered_at)",
      "the first order is the last"),
    M(f"{CORE}/customers.sql", "\n            - coalesce(credit_notes.credit_note_amount, 0) as",
      " as", "credit notes do not lower a customer's net"),
    M(f"{CORE}/orders.sql", "left join {{ ref('int_people') }}",
      "inner join {{ ref('int_people') }}", "the orders mart lacks those of nobody"),
    M(f"{CORE}/refunds.sql", "coalesce(orders.is_valid, not coalesce(attributes.is_staff, false))",
      "coalesce(orders.is_valid, true)", "credit notes of staff are valid"),
    M(f"{CORE}/events.sql", "staged.text is not null", "staged.rating is not null",
      "a rating is a text"),
    M(f"{CORE}/sessions.sql", "max(event_date) filter (where event_key = session_key)",
      "max(event_date)",
      "a session's date is that of its end"),
    # customer share
    M("macros/share_of.sql", "{{ whole }} > 0", "{{ whole }} <> 0",
      "a share of a negative whole is a number"),
    M(f"{STEPS}/int_sales.sql", "            > {{ add_to_date", "            >= {{ add_to_date",
      "365 days of silence are enough to be new to the window"),
    M(f"{STEPS}/int_sales.sql", "    where orders.is_valid", "    where true",
      "orders that are no sales are summed"),
    M(f"{STEPS}/int_sales.sql", "orders.person_number is not null and (", "(",
      "orders of nobody are new to the window"),
    M(f"{STEPS}/int_sales.sql", "orders.gross_amount - orders.discount_amount as",
      "orders.gross_amount as", "the ledger ignores discounts"),
    M(f"{STEPS}/int_sales.sql", "where order_class = 'new'", "where order_class <> 'unattributed'",
      "a customer known before is a new customer in his first period"),
    M(f"{STEPS}/int_customer_months.sql", "-amount as net_amount", "amount as net_amount",
      "credit notes raise a customer's net"),
    M(f"{STEPS}/int_customer_months.sql", ">= last_window", "> last_window",
      "the last window lacks its first day"),
    M(f"{SHARE}/new_customer_share.sql",
      "\n            - coalesce(refunds.credit_note_amount, 0) as", " as",
      "credit notes are not in the ledger"),
    M(f"{SHARE}/new_customer_share.sql", "    inner join {{ ref('int_sales') }}",
      "    left join {{ ref('int_sales') }}", "the ledger has refunds of invalid orders"),
    M(f"{SHARE}/new_customer_share.sql", "count(distinct person_number) as customers",
      "count(person_number) as customers", "a customer counts once an order"),
    M(f"{SHARE}/new_customer_share.sql", "~ ' = '\n", "~ ' <= '\n",
      "a new customer is new for ever"),
    M(f"{SHARE}/new_customer_share.sql", "(order_class = 'new' or is_new_to_window) and",
      "order_class = 'new' and", "who is new to the window is not left-censored"),
    M(f"{SHARE}/new_customer_share.sql", "'unknown' as channel", "'none' as channel",
      "credit notes have a channel of their own"),
    M(f"{SHARE}/concentration.sql", "        orders > 0\n        and", "        true\n        and",
      "customers with a credit note only count"),
    M(f"{SHARE}/concentration.sql", "greatest(net_amount, 0)", "net_amount",
      "negative nets are not floored"),
    M(f"{SHARE}/concentration.sql", "ceil(count", "floor(count",
      "the best 1 % of 50 customers is nobody"),
    M(f"{SHARE}/concentration.sql", "* 5 >= totals", "* 5 > totals",
      "exactly 80 % is not enough"),
    M(f"{STEPS}/int_customer_windows.sql", "balances.until_month > months",
      "balances.until_month >= months", "a customer counts twice in a month of change"),
    M(f"{STEPS}/int_customer_windows.sql", "where not is_in_last_window", "where true",
      "the last, partial window loses days"),
    M(f"{SHARE}/concentration.sql", "- totals.customers - 1)", "- totals.customers)",
      "the Gini coefficient counts ranks from zero"),
    # the rest of customer share
    M(f"{SHARE}/customer_share.sql", "        rank() over (", "        row_number() over (",
      "equal shares get different ranks"),
    M(f"{SHARE}/customer_share.sql", "/ 5.0)", "/ 4.0)", "the top fifth is a quarter"),
    M(f"{SHARE}/customer_share.sql", "and products.units > 0", "", "products of no units are held"),
    M(f"{SHARE}/customer_share.sql", "ranked.month_start >= held.from_month",
      "ranked.month_start > held.from_month", "this month's products are not held yet"),
    M(f"{SHARE}/customer_share.sql", "ranked.month_start < held.until_month",
      "ranked.month_start <= held.until_month", "a month's new products make a second row"),
    M(f"{SHARE}/customer_share.sql", "order by net_amount desc, person_number asc",
      "order by net_amount desc, person_number desc", "of equal customers the last is in the top"),
    M(f"{SHARE}/spend_bands.sql", "<= bounds.p20_net_amount", "< bounds.p20_net_amount",
      "who spends just the p20 is no small customer"),
    M(f"{SHARE}/spend_bands.sql", "<= bounds.p80_net_amount", "< bounds.p80_net_amount",
      "who spends just the p80 is a big customer"),
    M(f"{SHARE}/spend_bands.sql", "where net_amount > 0", "where true",
      "quantiles are taken over all nets"),
    M(f"{SHARE}/spend_bands.sql", "sales.order_date >= dates", "sales.order_date > dates",
      "the window's first day is left out"),
    M(f"{SHARE}/growth_accounting.sql", "when new_month = month_start then 'new'",
      "when not ordered_last_month then 'new'", "who returns is new"),
    M(f"{SHARE}/growth_accounting.sql", "when not ordered_last_month then 'resurrected'",
      "when false then 'resurrected'", "who returns expands"),
    M(f"{SHARE}/growth_accounting.sql", "when ordered_this_month then 'contraction'",
      "when true then 'contraction'", "nobody churns"),
    M(f"{SHARE}/growth_accounting.sql", "}} = months.window_end", "}} >= months.window_end",
      "a partial month is complete"),
    M(f"{SHARE}/growth_accounting.sql", "ordered_this_month and ordered_last_month",
      "ordered_this_month or ordered_last_month", "everyone is retained"),
    M(f"{SHARE}/share_of_wallet.sql", "quantile(0.8,", "quantile(0.75,",
      "the benchmark is the upper quartile"),
    M(f"{SHARE}/share_of_wallet.sql", "where own_amount > 0", "where true",
      "peers who spent nothing count"),
    M("macros/capped_share.sql", ">= {{ whole }}", ">= 2 * {{ whole }}", "a share is above 1"),
    # life cycle
    M(f"{STEPS}/int_order_days.sql", "    group by\n        person_number,\n        order_date",
      "    group by\n        person_number,\n        order_date,\n        order_row_id",
      "two orders on one day are two order days"),
    M(f"{STEPS}/int_return_times.sql", ">= follow_up.follow_up_days", "> follow_up.follow_up_days",
      "a gap begun a whole follow-up before as_of does not count"),
    M(f"{STEPS}/int_return_times.sql", "<= follow_up.follow_up_days", "< follow_up.follow_up_days",
      "a gap as long as the follow-up does not count"),
    M(f"{STEPS}/int_return_times.sql",
      "cast(1 as double) / count(*) over (partition by person_number, purchase)",
      "cast(1 as double)", "every gap weighs the same"),
    M(f"{STEPS}/int_return_times.sql", "returned_share >= 0.8)", "returned_share > 0.8)",
      "customers are at risk once more than 80 % returned"),
    M(f"{STEPS}/int_return_times.sql", "returned_share >= 0.95", "returned_share >= 0.9",
      "customers lapse once 90 % returned"),
    M("macros/follow_up_days.sql", "then 365", "then 730", "the follow-up is two years"),
    M(f"{STEPS}/int_lifecycle_thresholds.sql", "enough.gaps >= 200", "enough.gaps >= 199",
      "199 gaps are enough"),
    M(f"{STEPS}/int_lifecycle_thresholds.sql", "other.gaps >= 200", "other.gaps > 200",
      "200 gaps of the other class are too few"),
    M(f"{STEPS}/int_lifecycle_thresholds.sql", "decided.at_risk_after_days) + 1\n",
      "decided.at_risk_after_days)\n", "customers may be at risk and lapsed on one day"),
    M(f"{STEPS}/int_order_stages.sql", "'thresholds.at_risk_after_days + 1'",
      "'thresholds.at_risk_after_days'",
      "customers are at risk a day early"),
    M(f"{STEPS}/int_order_stages.sql", "'thresholds.lapsed_after_days + 1'",
      "'thresholds.lapsed_after_days'",
      "customers lapse a day early"),
    M(f"{STEPS}/int_order_stages.sql", "> lag(thresholds", ">= lag(thresholds",
      "who returns on the last day of being at risk is reactivated"),
    M(f"{STEPS}/int_order_stages.sql", "attributes.known_first_order_date < days.order_date",
      "false", "customers with an earlier known order are new"),
    M(f"{STEPS}/int_lifecycle_spells.sql", "at_risk_on < coalesce", "at_risk_on <= coalesce",
      "who returns on the first day at risk has two spells on it"),
    M(f"{STEPS}/int_lifecycle_spells.sql", "attributes.created_date >= order_days.order_date",
      "attributes.created_date > order_days.order_date",
      "who registers with the first order is a prospect"),
    M(f"{STEPS}/int_lifecycle_spells.sql", "not attributes.is_staff", "true",
      "staff are prospects"),
    M(f"{STEPS}/int_lifecycle_spells.sql", "starts.started_on <= dates.as_of",
      "starts.started_on < dates.as_of", "a spell from as_of on is not known yet"),
    M(f"{STEPS}/int_stage_sales.sql", "stages.at_risk_on <= periods.period_end",
      "stages.at_risk_on < periods.period_end",
      "sales go to the stage of the day before the period's end", 2),
    M(f"{LIFE}/lifecycle_stock.sql", "periods.period_end >= changes.change_date",
      "periods.period_end > changes.change_date",
      "stock is that of the day before the period's end"),
    M(f"{LIFE}/lifecycle_transitions.sql", "min_by(coalesce(previous_stage, 'none'), spell_number)",
      "max_by(coalesce(previous_stage, 'none'), spell_number)",
      "a move starts at the month's last stage but one"),
    M(f"{LIFE}/lifecycle_transitions.sql", "when from_stage <> 'none'", "when true",
      "newcomers have a probability"),
    M(f"{LIFE}/lifecycle_grid.sql", "recency.next_value > customers.recency_days",
      "recency.next_value >= customers.recency_days", "a band reaches into the next one"),
    M(f"{STEPS}/int_cohorts.sql", ">= days.order_date", "> days.order_date",
      "customers whose known first order is in the data are in no cohort"),
    M(f"{LIFE}/cohort_retention.sql", "- left_customers + leaving_customers", "- left_customers",
      "who leaves in a month is not there in it"),
    M(f"{LIFE}/cohort_retention.sql", "case when is_mature then", "case when true then",
      "unfinished months have a retention rate"),
    M("macros/score.sql", "percent_rank()", "cume_dist()", "the lowest values do not score lowest"),
    M(f"{LIFE}/rfm.sql", "'-recency_days'", "'recency_days'", "the longest silent score best"),
    M(f"{STEPS}/int_purchase_histories.sql", "where days.day_number > 1",
      "where days.day_number > 0", "the first order day is a repeat one"),
    M(f"{STEPS}/int_purchase_histories.sql", "on days.order_date <= dates.last_day",
      "on days.order_date < dates.last_day", "an order on as_of is not known to the value models"),
    M("macros/bg_nbd_patterns.sql", "repeat_customers >= 500", "repeat_customers > 500",
      "500 returning customers are too few"),
    M("macros/bg_nbd_patterns.sql", "history_days >= 180", "history_days > 180",
      "180 days are too short"),
    M("macros/bg_nbd_log_likelihood.sql", "ln(b + x - 1)", "ln(b + x)", "leaving is less likely"),
    M(f"{STEPS}/int_gamma_gamma_fit.sql", "(p * x - 1) * ln(m)", "(p * x) * ln(m)",
      "amounts have another likelihood"),
    M(f"{STEPS}/int_gamma_gamma_fit.sql", "and repeat_net_amount > 0", "and repeat_net_amount > 20",
      "small repeat purchases do not enter the fit"),
    M(f"{STEPS}/int_customer_activity.sql", "ln(b + frequency - 1)", "ln(b + frequency)",
      "customers are alive more likely"),
    M(f"{STEPS}/int_purchase_forecasts.sql", "- 2 - series.r + numbers", "- 1 - series.r + numbers",
      "the series is another"),
    M(f"{STEPS}/int_customer_margins.sql", "and amounts.has_amount", "",
      "lines without an amount have a margin"),
    M("macros/p_buy.sql", "1 - exp", "1 - 2 * exp", "customers buy less likely"),
    M(f"{LIFE}/clv.sql", "when activity.repeat_net_amount > 0", "when activity.frequency > 0",
      "free repeat purchases tell what a customer will spend"),
    M(f"{LIFE}/clv.sql", "/ 730e0", "/ 365e0", "value is discounted from the horizon's end"),
    M(f"{LIFE}/clv_calibration.sql", "histories.frequency - activity.frequency",
      "histories.frequency", "purchases before the cutoff count as foretold"),
    # engagement and advocacy
    M("macros/in_band.sql", "({{ bands }}.is_min_inclusive and",
      "(not {{ bands }}.is_min_inclusive and", "100 points are weak, 200 strong"),
    M("macros/decayed.sql", "power(0.5,", "power(0.25,", "points are a quarter after a half-life"),
    M(f"{STEPS}/int_visitors.sql", "        and not coalesce(events.is_bot, false)\n", "",
      "a bot is a lead"),
    M(f"{STEPS}/int_event_days.sql", "    where not coalesce(events.is_bot, false)\n", "",
      "what bots do scores"),
    M(f"{STEPS}/int_lead_points.sql", "least(days.events, coalesce(types.daily_cap, days.events))",
      "days.events", "there is no daily cap"),
    M(f"{STEPS}/int_lead_points.sql",
      "        event_type_number,\n        event_date\n),",
      "        event_type_number,\n        event_date,\n        occurred_date\n),",
      "a day's cap begins anew at midnight in UTC"),
    M(f"{STEPS}/int_lead_points.sql", " filter (where {{ kind }}_points <> 0)", "",
      "events without points are scored ones"),
    M(f"{STEPS}/int_strong_days.sql", "or candidates.occurred_date <= candidates.certain_date",
      "or candidates.occurred_date < candidates.certain_date", "nobody becomes strong for certain"),
    M(f"{STEPS}/int_strong_days.sql", "greatest(points, 0)", "points",
      "who is strong for an hour never was"),
    M(f"{STEPS}/int_strong_leads.sql", "event_number <= daily_cap", "event_number <= 1000",
      "capped events make a lead strong"),
    M(f"{STEPS}/int_strong_leads.sql", "min(running_scores.occurred_at)",
      "max(running_scores.occurred_at)", "a lead becomes strong with the last event"),
    M(f"{STEPS}/int_strong_leads.sql",
      "order by occurred_at, event_id, source\n            rows",
      "order by occurred_at, event_id desc, source\n            rows",
      "events of one instant go by falling ids"),
    M(f"{MARTS}/engagement/engagement_scores.sql", "{{ add_to_date('day', -30, 'dates.as_of') }}",
      "{{ add_to_date('day', -31, 'dates.as_of') }}", "sessions of 31 days count"),
    M(f"{MARTS}/engagement/engagement_scores.sql", "order by decayed_points desc, event_type",
      "order by decayed_points, event_type", "the top type is the smallest"),
    M(f"{MARTS}/engagement/lead_scores.sql", "case when points.is_scored then points.raw_score end",
      "points.raw_score", "leads without a scoring event have 0 points"),
    M(f"{MARTS}/engagement/lead_scores.sql", "where {{ in_band('points.raw_score', 'bands') }}",
      "where {{ in_band('points.decayed_score', 'bands') }}", "bands stand on the decayed score"),
    M(f"{STEPS}/int_advocacy_events.sql", "and not coalesce(attributes.is_staff, false)", "",
      "staff are advocates"),
    M(f"{STEPS}/int_advocacy_events.sql", "coalesce(events.rating < events.min_rating, true)",
      "coalesce(events.rating < events.min_rating, false)", "a review without a rating is an act"),
    M(f"{STEPS}/int_advocacy_events.sql", "coalesce(events.rating < events.min_rating, true)",
      "coalesce(events.rating <= events.min_rating, true)", "4 stars and an NPS of 9 are too few"),
    M(f"{STEPS}/int_advocacy_events.sql",
      "            when buyers.person_number = events.person_number then null\n", "",
      "who refers himself is a lover"),
    M(f"{STEPS}/int_advocacy_events.sql", " and not events.has_text\n", " and false\n",
      "stars without a text are an act"),
    M(f"{STEPS}/int_advocacy_events.sql", "when events.rating <= 6 then 'low'",
      "when events.rating < 6 then 'low'", "an NPS of 6 says nothing"),
    M(f"{STEPS}/int_advocacy_events.sql", "            when events.is_incentivised then null\n", "",
      "a paid opinion is an attitude"),
    M(f"{STEPS}/int_advocacy_spells.sql", "{{ add_to_date('day', 365, 'max(event_date)') }}",
      "{{ add_to_date('day', 364, 'max(event_date)') }}", "an act covers 364 days"),
    M(f"{STEPS}/int_tier_changes.sql", "greatest(spells.started_on, buyers.first_order_date)",
      "spells.started_on", "who spoke before the first order is a customer then"),
    M(f"{STEPS}/int_tier_changes.sql", "on steps.step_date <= dates.as_of", "on true",
      "lovers are lost before their acts leave the window"),
    M(f"{STEPS}/int_advocates.sql",
      "events.event_date > {{ add_to_date('day', -365, 'dates.as_of') }}",
      "events.event_date >= {{ add_to_date('day', -365, 'dates.as_of') }}",
      "an act holds for 366 days"),
    M(f"{STEPS}/int_advocates.sql", "    where not events.is_incentivised\n", "",
      "a paid review makes a lover"),
    M(f"{STEPS}/int_advocates.sql", "greatest(2, median(order_days))", "median(order_days)",
      "one order day is high patronage"),
    M(f"{STEPS}/int_advocates.sql", "buyers.order_days >= usual.order_days",
      "buyers.order_days > usual.order_days", "the usual order days are low patronage"),
    M(f"{STEPS}/int_code_owners.sql", "    where registered.person_number is null\n", "",
      "whoever sends a code owns it"),
    M(f"{STEPS}/int_referred_orders.sql", "        and orders.order_class = 'new'\n", "",
      "returning customers are referred"),
    M(f"{STEPS}/int_referred_orders.sql", "        and owners.person_number is null\n", "",
      "who uses his own code is referred"),
    M(f"{STEPS}/int_referred_orders.sql", "<= {{ add_to_date(", "< {{ add_to_date(",
      "an invite converts within 29 days"),
    M(f"{MARTS}/advocacy/loyalty_vs_advocacy.sql",
      "        and advocates.attitude <> 'high' as is_locked_in", "        as is_locked_in",
      "whoever likes the shop is locked in"),
    M(f"{MARTS}/advocacy/advocate_candidates.sql", "        and advocates.attitude <> 'low'\n", "",
      "the displeased are candidates"),
    M(f"{MARTS}/advocacy/advocacy_what_if.sql", "likers / cast(100 as double)",
      "likers / cast(10 as double)", "ten percent of the likers move"),
    M(f"{MARTS}/advocacy/value_vs_advocacy.sql", "- customers / 2.0", "- customers",
      "equal numbers of acts have the lowest rank"),
    M(f"{MARTS}/advocacy/word_of_mouth.sql", "1 - var('invite_window_days')",
      "2 - var('invite_window_days')", "the k-factor is told a day too early"),
    M(f"{MARTS}/advocacy/word_of_mouth.sql", "count(distinct invite_row_id)",
      "count(invite_row_id)", "an invite converts as often as its code is used"),
]  # fmt: skip


def mutated(project: Path, mutation: Mutation) -> str:
    """Return the mutation's file with its rule broken; raises ValueError where it does not fit."""
    text = (project / mutation.file).read_text()
    if text.count(mutation.old) != mutation.times:
        raise ValueError(f"{mutation.file} has {mutation.old!r} {text.count(mutation.old)} times")
    return text.replace(mutation.old, mutation.new)


class Trial:
    """A copy of the project with its demo shop built, where mutations are tried."""

    def __init__(self, folder: Path) -> None:
        """Copy, build with all tests, and compute what the oracle says."""
        self.project = folder / "project"
        left = shutil.ignore_patterns(".*", "target", "logs", "warehouse", "__pycache__")
        shutil.copytree(PROJECT, self.project, ignore=left)
        self.state = folder / "state"
        self.good = folder / "good.duckdb"
        self.file = self.project / "warehouse" / "build.duckdb"
        os.chdir(self.project)  # the demo's folder is a relative path
        self.dbt("build")
        shutil.copytree(self.project / "warehouse" / "target", self.state)
        shutil.copy(self.file, self.good)
        demo = {"name": "demo", "system": "files", "path": "data/demo", "timezone": "Europe/Berlin"}
        with duckdb.connect(str(self.file), read_only=True) as connection:
            connection.execute("select schema_name || '.' || table_name from duckdb_tables()")
            tables = {name for (name,) in connection.fetchall()}
        frames = build([demo], reporting_currency="EUR")
        # rejected rows are worded freely; their counts are in core.reconciliation
        tables.discard("core.rejected_rows")
        self.expected = {mart: frame for mart, frame in frames.items() if mart in tables}
        self.known = self.differences()  # none, unless the copied project fails its own tests

    def dbt(self, *command: str) -> None:
        """Run dbt on the copy."""
        with dbt_environment(self.project):
            run_dbt(list(command), self.project)

    def differences(self) -> list[str]:
        """What differs between the built marts and the oracle's."""
        found = []
        with duckdb.connect(str(self.file), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            for mart, expected in self.expected.items():
                actual: pl.DataFrame = connection.execute(f"from {mart}").pl()
                lines = compare(expected, actual, KEYS[mart], estimates(mart))
                found += [f"{mart}: {line}" for line in lines]
        return found

    def pipeline_fails(self) -> bool:
        """Whether one of the small shops of `PIPELINE` comes out wrong."""
        command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *PIPELINE]
        here = os.environ | {"PYTHONPATH": str(self.project)}
        done = subprocess.run(command, cwd=self.project, env=here, capture_output=True, check=False)
        return done.returncode == 1

    def notice(self, mutation: Mutation) -> str | None:
        """Return the first layer of tests that fails on a mutation, or None."""
        path = self.project / mutation.file
        text = path.read_text()
        path.write_text(mutated(self.project, mutation))
        fast = ["--state", str(self.state), "--fail-fast"]
        without_units = ["--exclude-resource-type", "unit_test"]
        try:
            shutil.copy(self.good, self.file)
            try:
                self.dbt("test", *fast, "--select", "state:modified+1,test_type:unit")
            except BuildError as error:
                # stopping at the first failure, dbt may end before it says which test it was
                silent = error.args == ("dbt failed without a message",)
                if not (silent or all(" differs from " in line for line in error.args)):
                    raise
                return LAYERS[0]
            try:
                self.dbt("build", *fast, *without_units, "--select", "state:modified+")
            except BuildError as error:
                if any(line.startswith(("model ", "Compilation")) for line in error.args):
                    raise
                return LAYERS[1]
            if self.differences() != self.known:
                return LAYERS[2]
            return LAYERS[3] if self.pipeline_fails() else None
        finally:
            path.write_text(text)


def main() -> None:
    """Try all mutations (or those whose name or file holds a text) and write the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", help="a part of a name or file; writes no report")
    chosen = parser.parse_args().only
    for name in [name for name in os.environ if name.startswith(("PATRONAGE_", "DBT_"))]:
        del os.environ[name]
    tried = [one for one in MUTATIONS if chosen in one.name or chosen in one.file]
    rows, failures = [], []
    with tempfile.TemporaryDirectory() as folder, Progress() as bar:
        task = bar.add_task("Building the demo shop", total=len(tried))
        for one in tried:
            mutated(PROJECT, one)
        trial = Trial(Path(folder).resolve())
        failures += [f"differs before any mutation: {line}" for line in trial.known]
        for one in tried:
            bar.update(task, description=one.name[:50].ljust(50))
            try:
                layer = trial.notice(one)
            except BuildError as error:
                layer = None
                failures.append(f"not valid SQL: {one.name}: {error}")
            else:
                if layer is None:
                    failures.append(f"survives: {one.name} ({one.file})")
            rows.append(f"| {one.name} | {Path(one.file).name} | {layer or '**nothing**'} |")
            bar.console.print(f"{(layer or 'NOTHING').ljust(10)} {one.name}", markup=False)
            bar.advance(task)
        os.chdir(PROJECT)
    counts = [(layer, sum(row.endswith(f"| {layer} |") for row in rows)) for layer in LAYERS]
    summary = ", ".join(f"{count} by a {layer}" for layer, count in counts if count)
    told = f"{len(rows)} mutations, noticed: {summary.replace('a oracle', 'the oracle')}."
    print(told, *failures, sep="\n")
    if not chosen:
        head = [
            "# What notices a broken rule",
            "",
            "Written by `make test-mutations` (`tests/mutations.py`): each line is one rule broken",
            "by itself, and the first layer of tests that fails on it, the cheapest first.",
            "",
            told,
            "",
            "| what is wrong then | changed | noticed by |",
            "| --- | --- | --- |",
        ]
        REPORT.write_text("\n".join([*head, *rows]) + "\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
