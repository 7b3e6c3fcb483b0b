"""The cross-sell marts of shops of full baskets are those that the oracle finds."""

from __future__ import annotations

from random import Random
from typing import Any

import oracle
import pytest
from oracle import building, cross_sell
from random_baskets import basket_shop
from random_shops import ZONES, tables, write

MARTS = ["path:models/marts/cross_sell"]
# so low that small shops have pairs, and reach every limit
SMALL: dict[str, Any] = {"affinity_min_baskets": 3, "affinity_min_pairs": 2}
SMALL |= {"affinity_max_items": 3, "affinity_max_products": 15, "offers": 4, "offer_items": 4}
SMALL |= {"offer_rules": 3, "offer_upsells": 2, "offer_best_sellers": 8}
SMALL |= {"offer_group_customers": 10}


def differences(
    warehouse: Any, sources: list[dict[str, str]], params: dict[str, Any], **options: Any
) -> list[str]:
    """Build the cross-sell marts with the vars; what differs from the oracle's with the params."""
    warehouse.variables |= params
    warehouse.build(sources=sources, **options)
    options = {"as_of": options.get("as_of"), "reporting_currency": "EUR"}
    params = params | {"rare_value_limit": warehouse.variables["rare_value_limit"]}
    shop = building.opened(sources, params=params, **options)[1]
    return [
        f"{mart}: {line}"
        for mart, expected in cross_sell.marts(shop).items()
        for line in oracle.compare(expected, warehouse.frame(mart), oracle.KEYS[mart])
    ]


@pytest.mark.parametrize("most_orders", [500_000, 150])
def test_a_shop_of_full_baskets(warehouse, tmp_path, most_orders):
    """All of it, and a part of it counted."""
    write(tmp_path / "shop", basket_shop(Random(3)))
    source = {"name": "s", "path": str(tmp_path / "shop"), "timezone": "UTC"}
    assert differences(warehouse, [source], SMALL | {"affinity_max_orders": most_orders}) == []


def test_random_shops_in_three_time_zones(warehouse, tmp_path):
    rng = Random(1)
    sources = []
    for name, timezone in ZONES.items():
        write(tmp_path / name, tables(rng))
        sources.append({"name": name, "path": str(tmp_path / name), "timezone": timezone})
    params = SMALL | {"affinity_min_baskets": 1, "affinity_min_pairs": 1}
    assert differences(warehouse, sources, params) == []
