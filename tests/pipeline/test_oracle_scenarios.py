"""The oracle's sharing, scenarios, claims and days of small shops, worked out by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import oracle
import polars as pl
import pytest

ORDERS = "order_id,ordered_at,customer_id,amount\n"


@pytest.fixture
def built(shop) -> Callable[..., dict[str, pl.DataFrame]]:
    """Build the oracle on tables."""

    def build(as_of: str | None, **tables: Any) -> dict[str, pl.DataFrame]:
        source = {"name": "s", "path": str(shop(**tables)), "timezone": "UTC"}
        params = {"rare_value_limit": 1, "audiences": []}
        return oracle.build([source], as_of=as_of, params=params)

    return build


def test_who_shares_most(built):
    """Of a's five shares four are of one day, of which three score."""
    rows = [
        *[("2024-05-01", "product_shared", "a", "", "")] * 4,
        ("2024-05-02", "product_shared", "a", "", ""),
        ("2024-05-02", "product_shared", "b", "", ""),
        ("2024-05-02", "product_shared", "c", "", ""),
        ("2024-05-02", "product_shared", "", "v", ""),
        ("2024-05-02", "product_shared", "staff", "", ""),
        ("2024-05-03", "share_viewed", "", "w", "CODE"),
        ("2024-05-03", "share_viewed", "b", "", "code"),
        ("2024-05-03", "share_viewed", "a", "", "code"),  # their own
        ("2024-06-03", "share_viewed", "b", "", "code"),
        ("2024-05-03", "share_viewed", "a", "", "sent"),
        ("2024-05-03", "share_viewed", "a", "", "unknown"),
        ("2024-06-01", "referral_sent", "b", "", "sent"),
        ("2024-06-02", "referral_sent", "c", "", "sent"),
        ("2024-06-02", "referral_sent", "c", "", "code"),
    ]
    head = "event_id,occurred_at,event_type,customer_id,anonymous_id,referral_code\n"
    marts = built(
        "2024-06-30",
        orders=ORDERS + "1,2024-01-01,a,1\n",
        customers="customer_id,referral_code,is_staff\na,Code,\nstaff,,yes\n",
        events=head + "".join(f"{n},{','.join(row)}\n" for n, row in enumerate(rows)),
    )
    month = dt.date(2024, 5, 1)
    assert marts["advocacy.sharing_leaderboard"].rows() == [
        (month, "s:a", 5, 0.625, 1, 40, 2),
        (month, "s:b", 1, 0.125, 2, 10, 1),
        (month, "s:c", 1, 0.125, 2, 10, 0),
    ]


def test_followers_between_their_counts(built):
    marts = built(
        "2024-05-15",
        orders=ORDERS + "1,2024-05-15,a,1\n",
        follower_counts="channel,counted_on,followers,posts\n"
        "Insta,2024-01-05,0,1\ninsta,2024-01-31,10,2\ninsta,2024-02-29,0,\n"
        "insta,2024-04-01,5,3\ninsta,2024-05-15,10,\ninsta,2024-05-16,99,\n",
    )
    rows = marts["advocacy.follower_growth"].select(
        pl.col("month_start").dt.month(), pl.exclude("month_start", "channel")
    )
    assert rows.rows() == [
        (1, 10, dt.date(2024, 1, 31), None, None, 3),
        (2, 0, dt.date(2024, 2, 29), 10, -1, None),
        (3, 0, dt.date(2024, 2, 29), 0, None, None),
        (4, 5, dt.date(2024, 4, 1), 0, None, 3),  # from nothing
        (5, 10, dt.date(2024, 5, 15), 5, 1, None),
    ]


def test_what_retention_is_worth(built):
    """Of four customers of the year before three came back, and brought 10, 30 and, new, 5 each.

    r = .75, m = (10 + 30 + 5 + 5) / 4 = 12.5, d = .1: 12.5 · 1.1 / .35.
    """
    sales = [("2023-01-31", "d", 1), ("2023-12-31", "a", 1), ("2023-01-01", "b", 1)]
    sales += [("2023-06-01", "c", 1), ("2024-01-01", "a", 10), ("2024-12-31", "b", 30)]
    sales += [("2024-05-01", "c", 5), ("2024-05-01", "e", 5), ("2024-05-01", "", 99)]
    orders = ORDERS + "".join(f"{n},{day},{who},{x}\n" for n, (day, who, x) in enumerate(sales))
    frame = built("2024-12-31", orders=orders)["scenarios.retention_scenarios"]
    rows = {row["scenario"]: row for row in frame.iter_rows(named=True)}
    one = rows["plus_5_points"]
    assert (one["base_customers"], one["retention_rate"], one["yearly_margin"]) == (4, 0.75, 12.5)
    assert not one["is_margin_known"]
    assert one["customer_value"] == pytest.approx(12.5 * 1.1 / 0.35)
    assert one["customer_value_after"] == pytest.approx(12.5 * 1.1 / 0.3)
    assert one["value_change"] == pytest.approx(0.35 / 0.3 - 1)
    assert rows["plus_5_percent"]["retention_rate_after"] == pytest.approx(0.7875)
    assert rows["defection_halved"]["retention_rate_after"] == pytest.approx(0.875)
    # 24 months before: 1 January; 31 days may be missing
    late = orders.replace("2023-01-01", "2023-02-01")
    late = late.replace("2023-01-31", "2023-02-01")
    assert built("2024-12-31", orders=late)["scenarios.retention_scenarios"].height == 3
    late = late.replace("2023-02-01", "2023-02-02")
    assert built("2024-12-31", orders=late)["scenarios.retention_scenarios"].is_empty()


def test_a_rate_of_one_stays_one(built):
    orders = ORDERS + "1,2023-01-01,a,1\n2,2024-05-01,a,5\n"
    frame = built("2024-12-31", orders=orders)["scenarios.retention_scenarios"]
    assert frame["retention_rate_after"].to_list() == [1, 1, 1]
    assert frame["value_change"].to_list() == [0, 0, 0]
    nobody = ORDERS + "1,2023-01-01,,1\n"
    frame = built("2024-12-31", orders=nobody)["scenarios.retention_scenarios"]
    assert frame["retention_rate"].null_count() == frame["value_change"].null_count() == 3


def test_claims_of_a_shop_of_which_nothing_is_known(built):
    marts = built("2024-12-31", orders=ORDERS + "1,2024-05-01,a,1\n")
    claims = marts["scenarios.claims"]
    assert claims.height == 10
    known = claims.drop_nulls("measured_value")
    assert dict(known.select("claim_id", "is_met").rows()) == {"best_fifth": False}
    assert claims["is_met"].null_count() == 9


def test_claims_are_met_within_both_bounds(built):
    """One of ten customers brings 89 of 98; five in six Monday orders are of its morning."""
    sales = [(f"c{n}", 1) for n in range(9)] + [("best", 89)]
    clocks = ["08:00", "11:59", "09:00", "10:00", "08:30", "12:00", *["20:00"] * 4]
    orders = "order_id,ordered_at,customer_id,amount,referral_code\n" + "".join(
        f"{n},2024-05-0{6 if n < 6 else 7}T{clock}:00Z,{who},{amount},{'x' if n == 0 else ''}\n"
        for n, ((who, amount), clock) in enumerate(zip(sales, clocks, strict=True))
    )
    events = "event_id,occurred_at,event_type,customer_id\n1,2024-05-08,product_liked,c1\n"
    events += "2,2024-05-08,product_shared,c2\n"
    claims = built("2024-05-31", orders=orders, events=events)["scenarios.claims"]
    found = {
        name: values
        for name, *values in claims.select("claim_id", "measured_value", "is_met").rows()
    }
    assert found["best_fifth"] == [round(90 / 98, 6), False]
    assert found["word_of_mouth"] == [round(1 / 98, 6), False]
    assert [found[f"{tier}s"] for tier in ("lurker", "liker", "lover")] == [
        [0.8, False],
        [0.1, True],
        [0.1, False],
    ]
    assert found["one_point_of_lovers"] == [0.1, False]
    # four hours hold 5 of 10 orders, one of 168 cells 10 / 168
    assert found["monday_morning"] == [21, True]
    assert found["retention_profit"] == found["products_held"] == [None, None]


def test_the_days_to_the_months_end(built):
    orders = ORDERS + "1,2023-12-30,,1\n"
    frame = built("2024-02-10", orders=orders)["core.calendar"]
    assert frame.height == 2 + 31 + 29
    assert frame.row(0) == (
        *(dt.date(2023, 12, 30), dt.date(2023, 12, 25), dt.date(2023, 12, 1)),
        *(dt.date(2023, 10, 1), dt.date(2023, 1, 1), 6, "Saturday", False),
    )
    later = frame.filter("is_after_as_of")
    assert later["calendar_date"].min() == dt.date(2024, 2, 11)
    assert built("2024-02-10", orders=ORDERS)["core.calendar"].is_empty()


NOTHING: dict[str, dict[str, str]] = {
    "no rows": {"orders": ORDERS},
    "an order of nobody": {"orders": ORDERS + "1,2024-05-01,,1\n"},
    "leads alone": {
        "orders": ORDERS,
        "events": "event_id,occurred_at,event_type,email,campaign_id\n"
        + "".join(f"{n},2024-05-01,campaign_received,{n}@x.org,k\n" for n in range(3)),
    },
    "spend alone": {"orders": ORDERS, "marketing_spend": "spend_date,amount\n2024-05-01,1\n"},
    "tickets alone": {"orders": ORDERS, "service_tickets": "ticket_id,opened_at\n1,2024-05-01\n"},
}


@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.parametrize("as_of", [None, "2024-06-30"])
def test_shops_of_almost_nothing(built, name, as_of):
    """They have the rows that are always there, and no others."""
    marts = built(as_of, **NOTHING[name])
    rows = {mart: frame.height for mart, frame in marts.items()}
    assert rows["scenarios.claims"] == 10
    assert rows["scenarios.retention_scenarios"] == 0
    assert rows["audiences.audience_summary"] == 0  # none is declared
    assert rows["campaigns.campaign_results"] == (name == "leads alone")
    is_dated = as_of is not None
    assert (rows["campaigns.acquisition_costs"] > 0) == (
        name == "an order of nobody" or (name == "spend alone" and is_dated)
    )
    assert (rows["service.service_quality"] > 0) == (name == "tickets alone" and is_dated)
    assert rows["core.calendar"] == (0 if name != "an order of nobody" else 61 if is_dated else 31)
