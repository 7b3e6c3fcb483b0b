"""What holds in any shop of the oracle's cross-sell marts."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random
from typing import Any

import oracle.seeds
import polars as pl
import pytest
from conftest import PROJECT
from oracle import baskets, building, cross_sell
from random_baskets import basket_shop
from random_shops import write
from test_oracle_cross_sell import SEEDS

PARAMS = {"affinity_max_items": 3, "affinity_max_products": 15, "offer_rules": 3}


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Any:
    """A shop of full baskets, and its cross-sell marts."""
    folder: Path = tmp_path_factory.mktemp("baskets")
    shutil.copytree(PROJECT / "seeds", folder / "seeds")
    for name, text in SEEDS.items():
        (folder / "seeds" / f"{name}.csv").write_text(text)
    write(folder / "shop", basket_shop(Random(3)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(oracle.seeds, "SEEDS", folder / "seeds")
        source = {"name": "s", "path": str(folder / "shop")}
        shop = building.opened([source], params=PARAMS)[1]
        yield shop, cross_sell.marts(shop)


def test_affinity_of_orders_is_the_same_both_ways(opened):
    _, marts = opened
    pairs = marts["cross_sell.product_affinity"]
    assert pairs.group_by("item_level", "basket").len().height == 4
    orders = pairs.filter(pl.col("basket") == "order")
    ways = ("item_level", "item_a", "item_b")
    other = orders.select(
        "baskets_ab", "lift", item_level="item_level", item_a="item_b", item_b="item_a"
    )
    both = orders.join(other, on=ways, suffix="_other")
    assert both.height == orders.height > 0
    assert (both["baskets_ab"] == both["baskets_ab_other"]).all()
    assert (both["lift"] - both["lift_other"]).abs().max() < 1e-9
    assert (
        pairs["baskets_ab"] <= pairs.select(pl.min_horizontal("baskets_a", "baskets_b")).to_series()
    ).all()
    assert not pairs["item_a"].eq("s:p0").any()  # postage is no goods


def test_offers_are_new_to_their_customer_and_in_order(opened):
    shop, marts = opened
    offers = marts["cross_sell.next_best_offers"]
    assert set(offers["kind"]) == {"upsell", "cross_sell", "best_seller"}
    ranks = offers.group_by("customer_key").agg(
        pl.col("offer_rank").sort(), upsells=(pl.col("kind") == "upsell").sum()
    )
    assert all(
        ranks["offer_rank"].map_elements(
            lambda r: r.to_list() == list(range(1, len(r) + 1)), pl.Boolean
        )
    )
    assert ranks["upsells"].max() == 1
    assert offers.filter(pl.col("kind") == "upsell")["offer_rank"].unique().to_list() == [1]
    place = pl.col("kind").replace_strict({"upsell": 0, "cross_sell": 1, "best_seller": 2})
    order = offers.sort("customer_key", "offer_rank").with_columns(place=place)
    assert order.select((pl.col("place").diff().over("customer_key") >= 0).all()).item()
    falling = (pl.col("score").diff() <= 0).over("customer_key", "kind")
    assert order.select(falling.all()).item()
    held = baskets.holdings(shop).join(shop.persons, on="person")
    assert offers.join(held, on=["customer_key", "product_key"]).is_empty()
    assert offers["score"].is_between(0, 1).all()
    assert not offers["customer_key"].eq("s:c7").any()  # staff


def test_behaviour_is_scored_within_bounds(opened):
    _, marts = opened
    rows = marts["cross_sell.loyalty_behaviour"]
    assert rows["scored_on"].n_unique() == 2
    for column in ("breadth", "cadence", "recency", "usage", "service", "score"):
        assert rows[column].drop_nulls().is_between(0, 100).all()
        assert rows[column].count() > 0
    ready = rows.filter("is_cross_sell_ready")
    assert ready["stage"].unique().to_list() == ["active"]
    assert ready["score"].min() >= 70
    assert rows.filter(pl.col("bought_new_product_90d").is_null())["scored_on"].n_unique() == 1


def test_every_retention_lies_in_its_interval(opened):
    _, marts = opened
    rows = marts["cross_sell.products_held"]
    assert rows.height > 0
    inside = pl.col("retention_rate").is_between(pl.col("low") - 1e-9, pl.col("high") + 1e-9)
    assert rows.select(inside.all()).item()
    gateways = marts["cross_sell.gateway_products"]
    assert gateways["share_of_first_customers"].is_between(0, 1, closed="right").all()
