"""Cohorts of random shops by what their first order was like: the marts are the oracle's."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import oracle
import pytest
from random_shops import write

MARTS = ["cohort_retention", "cohort_breakdown", "time_to_second_order"]
ZONE = "Europe/Berlin"
FIRST, DAYS = dt.date(2023, 1, 28), 460


def shop_of_many_values(rng: Random) -> dict[str, list[dict[str, Any]]]:
    """A shop of more channels, categories and countries than have names, ties among them.

    Customers come again on the very days that are asked for, or on the day of the first order;
    some are known from earlier; some lines are postage, of no category, of no units, or free.
    """
    shop: dict[str, list[dict[str, Any]]] = {
        "products": [
            {"product_id": f"p{number}", "category": category}
            for number, category in enumerate(
                ["tea", "tea", "cups", "pots", "", "postage", "other"]
            )
        ],
        **{name: [] for name in ("orders", "order_lines", "refunds", "customers")},
    }

    def order(customer: str, day: int) -> None:
        key, on = f"o{len(shop['orders'])}", FIRST + dt.timedelta(day)
        shop["orders"].append(
            {
                "order_id": key,
                "ordered_at": f"{on}T{rng.choice(['22:59', '23:00', '12:00'])}:00Z",
                "customer_id": customer,
                "channel": rng.choice(["web", "app", "shop", "fax", "other", "unknown", ""]),
                "country": rng.choice(["DE", "FR", "NL", ""]),
                "status": rng.choice(["", "", "", "cancelled"]),
                "amount": 10,
            }
        )
        for line in range(rng.randrange(4)):
            shop["order_lines"].append(
                {"order_id": key, "line_id": line, "product_id": f"p{rng.randrange(8)}"}
                | {"quantity": rng.choice([0, 1, 1, 2]), "amount": rng.choice([0, 5, 5, 7, ""])}
            )
        if rng.random() < 0.1:
            shop["refunds"].append(
                {"refund_id": key, "order_id": key, "refunded_at": str(on), "amount": 3}
            )

    for number in range(160):
        customer, first = f"c{number}", rng.choice([0, 3, 34, 60, 95, 96, 370, rng.randrange(DAYS)])
        if rng.random() < 0.6:
            row = {"customer_id": customer, "country": rng.choice(["DE", "AT", ""])}
            earlier = str(FIRST - dt.timedelta(9)) if rng.random() < 0.1 else ""
            shop["customers"].append(row | {"first_order_at": earlier})
        order(customer, first)
        for gap in rng.choices([0, 1, 29, 30, 31, 60, 61, 90, 91, 180, 181, 365, 366], k=2):
            if first + gap < DAYS and rng.random() < 0.6:
                order(customer, first + gap)
    return shop


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("as_of", ["2024-01-31", "2024-04-29"])
def test_cohorts_of_few_named_values(warehouse, tmp_path, seed, as_of):
    write(tmp_path / "shop", shop_of_many_values(Random(seed)))
    source = {"name": "s", "system": "files", "path": str(tmp_path / "shop"), "timezone": ZONE}
    warehouse.variables["breakdown_values"] = 2
    warehouse.build(sources=[source], as_of=as_of)
    params = warehouse.variables
    expected = oracle.build([source], as_of=as_of, reporting_currency="EUR", params=params)
    for mart in (f"lifecycle.{name}" for name in MARTS):
        found = oracle.compare(expected[mart], warehouse.frame(mart), oracle.KEYS[mart])
        assert found == [], mart
    split = expected["lifecycle.cohort_breakdown"]
    for breakdown, values in (
        split.select("breakdown", "breakdown_value").unique().group_by("breakdown")
    ):
        assert {"other", "unknown"} < set(values["breakdown_value"]), breakdown
        assert values.height == 4, breakdown
    times = expected["lifecycle.time_to_second_order"]
    for column in ("half_returned_after_days", "median_days_of_returned_365d"):
        assert times[column].n_unique() > 2


def test_one_customer_with_one_order(warehouse, shop):
    """By hand: a cohort of one, who has not come again in the 30 days that are over."""
    data = shop(
        orders="order_id,ordered_at,customer_id,amount\n1,2024-01-31,a,10\n2,2024-01-31,a,5\n",
        refunds="refund_id,refunded_at,amount,order_id\nr,2024-03-01,3,1\n",
    )
    warehouse.build(data)
    assert warehouse.rows(
        "select breakdown, breakdown_value, months_since, active_customers, orders, net_amount,"
        " net_amount_per_customer, average_order_value from lifecycle.cohort_breakdown"
        " where basis = 'period' and breakdown = 'channel' order by months_since"
    ) == [
        ("channel", "unknown", 0, 1, 2, 12, 12, 6),
        ("channel", "unknown", 1, 0, 0, 0, 0, None),
        ("channel", "unknown", 2, 0, 0, 0, None, None),
    ]
    assert warehouse.rows(
        "select cohort_grain, cohort_start, customers, observed_customers_30d, returned_share_30d,"
        " observed_customers_60d, returned_share_60d, first_orders, first_order_value,"
        " second_order_value from lifecycle.time_to_second_order where breakdown = 'total'"
        " order by cohort_grain"
    ) == [
        ("all_time", dt.date(2024, 1, 1), 1, 1, 0, 0, None, 2, 6, None),
        ("month", dt.date(2024, 1, 1), 1, 1, 0, 0, None, 2, 6, None),
        ("year", dt.date(2024, 1, 1), 1, 1, 0, 0, None, 2, 6, None),
    ]
