"""The profile of shops of which much is known is the one that the oracle finds."""

from __future__ import annotations

from random import Random
from typing import Any

import oracle
import pytest
from oracle import building, profile
from random_profiles import profile_shop
from random_shops import ENDS, LOCAL, ZONES, tables, write

MARTS = ["path:models/marts/profile", "visit_conversion", "concentration"]
ALSO = ("engagement.visit_conversion", "customer_share.concentration")


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
