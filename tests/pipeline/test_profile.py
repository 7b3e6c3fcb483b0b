"""Profiles of small shops, by hand; and of random ones, by the oracle."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import oracle
import pytest
from oracle import building, profile
from random_profiles import profile_shop
from random_shops import ENDS, LOCAL, ZONES, tables, write

from patronage.dbt import BuildError

MARTS = ["path:models/marts/profile", "visit_conversion", "concentration"]
# marts of rooms before, which read what only the profile's shops have enough of
ALSO = ("engagement.visit_conversion", "customer_share.concentration")


def test_a_date_alone_has_no_hour_and_midnight_has_one(warehouse, shop):
    """In Berlin 23:30 in UTC is half past midnight of the next day; a date is not shifted."""
    data = shop(
        orders="order_id,ordered_at,amount\n"
        "a,2025-01-05T23:30:00Z,1\nb,2025-01-06,2\nc,2025-01-06T00:00:00Z,4\n"
        "d,2025-01-06 00:00:00+01:00,8\n"
    )
    warehouse.build(data, timezone="Europe/Berlin")
    assert warehouse.rows("select order_date, order_hour from core.orders order by order_id") == [
        (date(2025, 1, 6), hour) for hour in (0, None, 1, 0)
    ]
    assert warehouse.rows(
        "select hour, orders, net_amount from profile.purchase_patterns"
        " where segment_by = 'total' and orders > 0 order by hour nulls last"
    ) == [(0, 2, 9), (1, 1, 4), (None, 1, 2)]


SHOPS = {
    "nobody": ({"orders": "order_id,ordered_at\n"}, [0, 20, 0, 0, 0, 0, 0, 0, 0]),
    "one_order_of_nobody": (
        {"orders": "order_id,ordered_at,amount\n1,2025-01-01,5\n"},
        [0, 20, 4 * 175, 4, 0, 0, 0, 0, 0],
    ),
    "one_customer_one_product": (
        {
            "orders": "order_id,ordered_at,customer_id,amount\n1,2025-01-01T09:00:00Z,c,5\n",
            "order_lines": "order_id,line_id,product_id,quantity,unit_price\n1,1,p,1,5\n",
        },
        # who spends just the quantile is no high spender
        [1, 20, 4 * 168, 4, 0, 1, 0, 1, 0],
    ),
    "prospects_alone": (
        {
            "orders": "order_id,ordered_at\n",
            "customers": "customer_id,created_at,birth_date\nc,2025-01-01,2000-01-01\n",
            "events": "event_id,occurred_at,event_type,customer_id\n"
            "1,2025-01-01,page_viewed,c\n2,2025-01-01,page_viewed,d\n3,2025-01-01,page_viewed,e\n",
        },
        [3, 20, 0, 0, 0, 3, 0, 0, 0],
    ),
}
TABLES = [
    "customer_profile",
    "attribute_coverage",
    "purchase_patterns",
    "basket_mix",
    "ideal_customer",
    "customer_fit",
    "fit_points",
    "fit_calibration",
    "similar_segments",
]


@pytest.mark.parametrize("name", SHOPS)
def test_shops_of_which_little_is_known(warehouse, shop, name):
    files, rows = SHOPS[name]
    warehouse.build(shop(**files), checks=True)
    found = [warehouse.rows(f"select count(*) from profile.{table}")[0][0] for table in TABLES]
    if name == "one_customer_one_product":  # the only customer is in one half or the other
        found[7] = rows[7]
    assert dict(zip(TABLES, found, strict=True)) == dict(zip(TABLES, rows, strict=True))


def test_the_segment_to_be_like_is_one_that_there_is(warehouse, shop):
    data = shop(orders="order_id,ordered_at\n")
    with pytest.raises(BuildError, match="fit_segment must be one of high_spenders, loyal"):
        warehouse.build(data, "--vars", "fit_segment: best")


def differences(
    warehouse: Any, sources: list[dict[str, str]], as_of: str | None = None, **params: Any
) -> list[str]:
    """Build the marts of the profile with the vars; what differs from the oracle's."""
    warehouse.variables |= params
    warehouse.build(sources=sources, as_of=as_of or "")
    params["rare_value_limit"] = warehouse.variables["rare_value_limit"]
    made, shop = building.opened(sources, as_of, "EUR", params=params)
    for subject in building.SUBJECTS:
        made |= subject.marts(shop)
    expected = {mart: made[mart] for mart in ALSO} | profile.marts(shop, made)
    return [
        f"{mart}: {line}"
        for mart, frame in expected.items()
        for line in oracle.compare(
            frame, warehouse.frame(mart), oracle.KEYS[mart], oracle.estimates(mart)
        )
    ]


@pytest.mark.parametrize("target", ["high_spenders", "lovers"])
def test_a_shop_of_whose_customers_much_is_known(warehouse, tmp_path, target):
    write(tmp_path / "shop", profile_shop(Random(3)))
    source = {"name": "s", "system": "files", "path": str(tmp_path / "shop")}
    source["timezone"] = "Europe/Berlin"
    assert differences(warehouse, [source], fit_segment=target) == []


@pytest.mark.parametrize("as_of", [None, ENDS[0]])
def test_random_shops_in_three_time_zones(warehouse, tmp_path, as_of):
    rng = Random(2)
    sources = []
    for name, timezone in ZONES.items():
        write(tmp_path / name, tables(rng))
        source = {"name": name, "system": "files", "path": str(tmp_path / name)}
        sources.append(source | {"timezone": timezone, "naive_times": LOCAL.get(name, "utc")})
    assert differences(warehouse, sources, as_of) == []
