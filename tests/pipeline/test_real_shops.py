"""The two real shops come out with the numbers that are known of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import polars as pl
import pytest
import yaml
from conftest import ONLY_OF_THEM, PROJECT, STAGING, Warehouse
from report_seen import PHONE, SEEN, browser, pages, report_of
from test_oracle import differences

from patronage.sample import copy_sample

CLASSES_ADD_UP = """
    select count(*) from customer_share.new_customer_share
    where new_net_amount + returning_net_amount + unattributed_net_amount <> total_net_amount
"""
OPEN_ROWS = """
    select count(*) from core.reconciliation
    where raw_rows <> accepted_rows + superseded_rows + rejected_rows
"""
YEAR_AND_MONTHS = """
    select
        sum(new_net_amount) filter (where period_grain = 'year')
        - sum(new_net_amount) filter (where period_grain = 'month')
    from customer_share.new_customer_share where breakdown = 'total'
"""
FIRST_YEAR = """
    select bool_and(is_left_censored) from customer_share.new_customer_share
    where period_grain = 'year' and breakdown = 'total'
    and period_start = (select make_date(year(history_start), 1, 1) from core.as_of)
"""
SALES = """
    select count(*), count(distinct customer_key), sum(net_amount)
    from core.orders where is_valid
"""
CONCENTRATION = """
    select round(top_20_percent_share, 4), round(gini, 4) from customer_share.concentration
    where measure_window = 'all_time' order by month_start desc limit 1
"""

TIERS = "select tier, count(*) from advocacy.advocacy_tiers group by tier"
SCORES = """
    select count(*), sum(scores.score), max(level), max(raw_score), max(band)
    from engagement.engagement_scores as scores
    full join engagement.lead_scores as leads on scores.customer_key = leads.person_key
"""


TIMEZONES = {"cdnow": "UTC", "cdnow_sample": "UTC", "complete_journey": "America/New_York"}
# tables whose times are dates, to which their models give a time
DATES = {
    "cdnow": {"orders": ["ordered_at"]},
    "complete_journey": {"events": ["occurred_at"], "campaigns": ["started_at", "ended_at"]},
}


@pytest.fixture(scope="module")
def real_shop(build_apart, tmp_path_factory) -> Callable[[str], Warehouse]:
    """Build a real shop once, a whole one with its checks, and see that it closes."""

    @functools.cache
    def build(name: str) -> Warehouse:
        raw = tmp_path_factory.mktemp(name)
        copy_sample(name, raw)
        system = name.removesuffix("_sample")
        settings = {"system": system, "timezone": TIMEZONES[name]}
        warehouse = build_apart(raw, **settings, checks=name == system)
        assert warehouse.rows(CLASSES_ADD_UP) == [(0,)]
        assert warehouse.rows(OPEN_ROWS) == [(0,)]
        assert warehouse.rows(YEAR_AND_MONTHS) == [(0,)]
        assert warehouse.rows(FIRST_YEAR) == [(True,)]
        return warehouse

    return build


def test_cdnow(real_shop):
    warehouse = real_shop("cdnow")
    assert warehouse.rows(SALES) == [(69_659, 23_570, Decimal("2500315.63"))]
    assert warehouse.rows(CONCENTRATION) == [(0.6778, 0.6346)]
    months = warehouse.rows(
        "select period_start, round(new_order_share, 4) from customer_share.new_customer_share"
        " where period_grain = 'month' and breakdown = 'total' order by period_start"
    )
    assert months[:3] == [
        (date(1997, 1, 1), 0.8781),
        (date(1997, 2, 1), 0.7318),
        (date(1997, 3, 1), 0.5958),
    ]
    assert warehouse.rows(TIERS) == [("lurker", 23_570)]
    assert warehouse.rows(SCORES) == [(23_570, 0, "none", None, "unscored")]
    assert [share for _, share in months[3:]] == [0.0] * 15
    assert warehouse.rows("select min(order_id), max(order_id) from core.orders") == [
        ("00000001", "00069659")
    ]
    # customers with a second order day: 11,516 of 23,570
    assert warehouse.rows("select round(avg((order_days > 1)::int), 5) from core.customers") == [
        (0.48859,)
    ]
    assert warehouse.rows(
        "select median(next_order_date - order_date) from intermediate.int_order_days"
    ) == [(34,)]
    cohorts = warehouse.rows(
        "select cohort_month, cohort_customers, retention_rate from lifecycle.cohort_retention"
        " where basis = 'period' and months_since = 0 order by cohort_month"
    )
    assert [month for month, *_ in cohorts] == [date(1997, month, 1) for month in (1, 2, 3)]
    assert sum(customers for _, customers, _ in cohorts) == 23_570
    assert {rate for *_, rate in cohorts} == {1.0}
    # 12,054 customers with one order day: one score for all of them, the lowest
    assert warehouse.rows(
        "select f_score, count(*) from lifecycle.rfm where frequency = 1 group by f_score"
    ) == [(1, 12_054)]


def test_cdnow_sample(real_shop):
    warehouse = real_shop("cdnow_sample")
    assert warehouse.rows(SALES) == [(6_919, 2_357, Decimal("244091.94"))]


def test_cdnow_values_as_published(warehouse, tmp_path: Path):
    """Fader, Hardie & Lee (2005) for the purchases, Fader & Hardie (2013) for the amounts."""
    copy_sample("cdnow_sample", tmp_path)
    horizons = ("--vars", "clv_horizon_days: [90, 273]")
    warehouse.selection = ["--select", *STAGING, "+path:models/marts/lifecycle", *ONLY_OF_THEM]
    warehouse.build(tmp_path, *horizons, system="cdnow", as_of="1997-09-30", checks=True)
    fitted = {
        (model, parameter): value
        for model, parameter, value in warehouse.rows(
            "select model, parameter, value from lifecycle.clv_parameters where status = 'fitted'"
        )
    }
    published = {"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4257}
    for parameter, value in published.items():
        assert fitted["bg_nbd", parameter] == pytest.approx(value, abs=0.002)
    for parameter, value in {"p": 6.25, "q": 3.74, "gamma": 15.4}.items():
        assert fitted["gamma_gamma", parameter] == pytest.approx(value, rel=0.01)
    samples = warehouse.rows(
        "select distinct model, customers, log_likelihood from lifecycle.clv_parameters order by 1"
    )
    assert [row[:2] for row in samples] == [("bg_nbd", 2_357), ("gamma_gamma", 946)]
    assert samples[0][2] == pytest.approx(-9582.43, abs=0.05)
    # x = 2, t_x = 30.43, T = 38.86 weeks: 213 and 272 days
    [expected] = warehouse.rows(
        "select distinct expected_purchases from lifecycle.clv where frequency = 2"
        " and round(recency_weeks, 2) = 30.43 and round(age_weeks, 2) = 38.86"
        " and horizon_days = 273"
    )
    assert expected[0] == pytest.approx(1.226, abs=0.0005)
    package = find_spec("lifetimes")
    assert package
    assert package.origin
    summary = Path(package.origin).parent / "datasets/cdnow_customers_summary.csv"
    published_histories = pl.read_csv(summary).select(
        frequency="frequency", recency=pl.col("recency").round(2), age=pl.col("T").round(2)
    )
    histories = warehouse.rows(
        "select frequency, round(recency_weeks, 2), round(age_weeks, 2) from lifecycle.clv"
        " where horizon_days = 90"
    )
    assert len(histories) == 2_357
    assert sorted(histories) == sorted(published_histories.rows())


def test_complete_journey(real_shop):
    warehouse = real_shop("complete_journey")
    assert warehouse.rows(SALES) == [(155_848, 2_469, Decimal("4596039.58"))]
    assert warehouse.rows("select as_of from core.as_of") == [(date(2017, 12, 31),)]
    assert warehouse.rows(CONCENTRATION) == [(0.5457, 0.5247)]
    assert warehouse.rows(
        "select count(*), sum(amount), count(*) filter (where quantity = 0) from core.order_lines"
    ) == [(1_469_307, Decimal("4596039.58"), 8_869)]
    assert warehouse.rows(
        "select count(*) from core.order_lines"
        " where product_key not in (select product_key from core.products)"
    ) == [(4_836,)]
    assert warehouse.rows(
        "select event_type, count(*) from core.events group by event_type order by event_type"
    ) == [("campaign_received", 6_589), ("coupon_redeemed", 2_102)]
    assert warehouse.rows(
        "select kind, count(*), min(started_on), max(ended_on) from core.campaigns"
        " group by kind order by kind"
    ) == [
        ("type a", 4, date(2017, 2, 8), date(2017, 12, 24)),
        ("type b", 17, date(2016, 12, 6), date(2018, 2, 4)),
        ("type c", 6, date(2016, 11, 14), date(2018, 2, 28)),
    ]
    assert warehouse.rows(
        "select count(*), sum(sends), sum(redemptions), sum(attributed_orders),"
        " sum(attributed_net_amount), max(control_customers) from campaigns.campaign_results"
    ) == [(27, 6_589, 2_102, 1_107, Decimal("94503.22"), 0)]
    assert warehouse.rows(
        "select sum(recipients), sum(redeemers) from campaigns.campaign_results"
        " where kind = 'type a'"
    ) == [(3_647, 604)]
    assert warehouse.rows("select count(*) from core.sessions") == [(0,)]
    # a coupon is no opinion: every customer of the grocer is a lurker
    assert warehouse.rows(TIERS) == [("lurker", 2_469)]
    assert warehouse.rows("select count(*) from core.advocacy_acts") == [(0,)]
    assert warehouse.rows(
        "select sum(events), sum(scored_events) <= 2102 from engagement.engagement_contributions"
    ) == [(8_691, True)]
    assert warehouse.rows("select count(*) from core.customers") == [(2_469,)]
    assert warehouse.rows(
        "select orders, single_item_orders, multi_item_orders from profile.basket_mix"
        " where segment_by = 'total'"
    ) == [(155_848, 33_484, 122_364)]
    # Mondays from midnight on, by the clock of New York
    assert warehouse.rows(
        "select orders, net_amount from profile.purchase_patterns"
        " where segment_by = 'total' and weekday = 1 and hour = 0"
    ) == [(146, Decimal("3431.43"))]


@pytest.mark.parametrize("name", ["cdnow_sample", "complete_journey"])
def test_the_report_of_a_real_shop(real_shop, name):
    """Without events, channels or campaigns it is shorter, and says why."""
    file = report_of(real_shop(name))
    with browser(**PHONE) as page:
        page.goto(file.as_uri())
        found = page.evaluate(SEEN)
        for article in found["articles"]:
            page.evaluate("name => { location.hash = name; show() }", article)
            assert page.evaluate("document.documentElement.scrollWidth === innerWidth"), article
        assert page.complaints == []
    hidden = [page["title"] for one, page in pages().items() if one not in found["articles"]]
    assert [title for title, _ in found["hidden"]] == hidden
    assert all(why for _, why in found["hidden"])
    for key, chart in found["charts"].items():
        assert bool(chart["empty"]) == (chart["rows"] == 0), key


@pytest.mark.parametrize("name", DATES)
def test_the_oracle_finds_the_same(real_shop, tmp_path, name):
    """The real shops, written in the raw contract by their own models."""
    warehouse = real_shop(name)
    systems = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["systems"]
    for table in systems[name]:
        columns = DATES[name].get(table, [])
        dates = ", ".join(f"cast({column} as date) as {column}" for column in columns)
        as_date = f"replace ({dates})" if dates else ""
        warehouse.rows(
            f"copy (select * {as_date} from staging.base_{table})"
            f" to '{tmp_path / table}.parquet' (format parquet)"
        )
    sources = [
        {"name": name, "system": "files", "path": str(tmp_path), "timezone": TIMEZONES[name]}
    ]
    assert differences(warehouse, sources, params={"rare_value_limit": 1}) == []
