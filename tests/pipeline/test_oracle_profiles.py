"""What holds in any shop of the oracle's profile; and that a random shop has of everything."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random
from typing import Any

import oracle.seeds
import polars as pl
import pytest
from conftest import PROJECT
from oracle import building, customer_share, engagement, profile
from oracle.ideal import HABITS, TRAITS
from random_profiles import profile_shop
from random_shops import write
from test_oracle_profile import SEEDS


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Any:
    """A shop of people of whom much is known: what the subjects read, and all marts."""
    folder: Path = tmp_path_factory.mktemp("profiles")
    shutil.copytree(PROJECT / "seeds", folder / "seeds")
    for name, text in SEEDS.items():
        (folder / "seeds" / f"{name}.csv").write_text(text)
    write(folder / "shop", profile_shop(Random(3)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(oracle.seeds, "SEEDS", folder / "seeds")
        source = {"name": "s", "path": str(folder / "shop"), "timezone": "Europe/Berlin"}
        marts, shop = building.opened([source])
        for subject in building.SUBJECTS:
            marts |= subject.marts(shop)
        yield shop, marts | profile.marts(shop, marts)


def test_everything_is_drawn(made):
    """Each word that a column of few words can have, and its being unknown."""
    _, marts = made
    rows = marts["profile.customer_profile"]
    words = {
        "gender": {"f", "m", None},
        "role_level": {"owner", "manager", "clerical", "unknown"},
        "tenure_band": {"under_1_year", "1_to_2_years", "over_2_years", "none"},
        "device_preference": {"pc", "phone", "tablet", "mixed", None},
        "channel_preference": {"web", "app", "mixed", None},
        "favourite_weekday": {1, 2, 3, 4, 5, 6, 7, None},
        "favourite_daypart": {"morning", "evening", None},
        "is_seasonal": {True, False, None},
        "inferred_trait": {"home_loving", None},
        "declared_preference": {"tea", "beer", None},
        "lead_band": {"unscored", "weak", "medium", "strong"},
        "advocacy_tier": {"lover", "liker", "lurker", None},
        "loyalty_quadrant": {"true", "spurious", "latent", "none", "unknown", None},
        "spend_band": {"low", "middle", "high", "non_positive", None},
        "loyalty_tier": {"bronze", "silver", "gold", "none"},
        "is_top_20_percent": {True, False, None},
        "has_open_complaint": {True, False},
        "top_brand": {"brand 0", "brand 1", None},
    }
    assert {column: set(rows[column].unique()) for column in words} == words
    bands = {"13_to_17", "18_to_24", "65_or_more", "18-24", "65+", "unknown"}
    assert set(rows["age_band"]) == bands
    for column in ("wishlist_bought", "refund_share", "discount_share", "multi_item_share"):
        assert rows[column].n_unique() > 2
    assert set(marts["profile.customer_fit"]["fit_grade"]) == {"A", "B", "C", None}
    segments = marts["profile.ideal_customer"]["segment"].unique().sort().to_list()
    assert segments == ["high_spenders", "lovers", "loyal", "strong_leads", "top_clv"]
    distinctive = marts["profile.ideal_customer"].filter("is_distinctive")
    assert {"gender"} == set(distinctive["attribute"])  # what women spend more hangs on


def test_each_profile_stands_beside_its_customer(made):
    shop, marts = made
    rows = marts["profile.customer_profile"]
    assert rows.height == shop.persons.filter(~pl.col("is_staff")).height
    shares = marts["customer_share.customer_share"]
    last = shares.filter(pl.col("month_start") == pl.col("month_start").max())
    both = rows.join(last, on="customer_key", suffix="_share")
    assert (both["net_amount_12m"] == both["net_amount_12m_share"]).all()
    assert (both["orders_12m"] == both["orders_12m_share"]).all()
    bands = marts["customer_share.spend_bands"].filter(pl.col("segment_by") == "total")
    counts = dict(rows["spend_band"].value_counts().rows())
    for name in ("low", "middle", "high", "non_positive"):
        assert counts[name] == bands[f"{name}_customers"].item()
    parts = rows.select("known_share", "refund_share", "discount_share", "multi_item_share")
    assert all(parts[name].drop_nulls().is_between(0, 1).all() for name in parts.columns)
    months = rows["season_month"].drop_nulls()
    assert months.is_between(1, 12).all()
    assert len(months) == rows["is_seasonal"].sum()
    assert (rows["wishlist_bought"] <= rows["wishlist_items"]).all()


def test_patterns_and_baskets_add_up(made):
    _, marts = made
    patterns, mix = marts["profile.purchase_patterns"], marts["profile.basket_mix"]
    place = ["segment_by", "segment"]
    cells = patterns.group_by(place).agg(
        pl.col("orders", "net_amount").sum(),
        cells=pl.len(),
        mean=pl.col("index").filter(pl.col("hour").is_not_null()).mean(),
        total=pl.col("orders").first(),
    )
    both = cells.join(mix, on=place, suffix="_mix")
    assert both.height == cells.height == mix.height
    assert (both["orders"] == both["orders_mix"]).all()
    assert both["cells"].is_in([168, 175]).all()
    assert (both["mean"].drop_nulls() - 100).abs().max() < 1e-6
    split = pl.sum_horizontal("single_item_orders", "multi_item_orders", "unknown_orders")
    assert mix.select((split == pl.col("orders")).all()).item()
    by_kind = cells.group_by("segment_by").agg(pl.col("orders").sum())
    assert by_kind["orders"].n_unique() == 1


def test_shares_of_known_values_add_up(made):
    _, marts = made
    rows = marts["profile.ideal_customer"]
    known = rows.filter((pl.col("value") != "unknown") & (pl.col("segment_customers") > 0))
    sums = known.group_by("segment", "attribute").agg(
        mean=(pl.col("base_share") * pl.col("index")).sum(), share=pl.col("share").sum()
    )
    assert (sums["mean"] - 100).abs().max() < 1e-6
    assert (sums["share"] - 1).abs().max() < 1e-6
    assert set(rows["attribute"]) == {*TRAITS, *HABITS}
    # what is rarer among the members than among the rest has a z below zero
    signs = known.drop_nulls("z").filter((pl.col("index") - 100).abs() > 1e-6)
    assert signs.select(((pl.col("z") > 0) == (pl.col("index") > 100)).all()).item()


def test_points_follow_the_shares(made):
    _, marts = made
    points = marts["profile.fit_points"]
    ideal = marts["profile.ideal_customer"].filter(pl.col("segment") == "high_spenders")
    both = points.join(ideal, left_on=["trait", "value"], right_on=["attribute", "value"])
    assert both.height == points.height
    far = both.filter((pl.col("index") - 100).abs() > 1e-6)
    assert far.select(((pl.col("points") > 0) == (pl.col("index") > 100)).all()).item()
    fit = marts["profile.customer_fit"].drop_nulls("fit_grade")
    lowest, highest = pl.col("fit_score").min(), pl.col("fit_score").max()
    ends = fit.group_by("fit_grade").agg(lowest=lowest, highest=highest).sort("fit_grade")
    assert ends["lowest"][0] > ends["highest"][1] or ends["lowest"][0] >= ends["highest"][2]
    assert ends["highest"][2] < ends["lowest"][1]
    calibrated = marts["profile.fit_calibration"]
    assert calibrated["target_share"].is_between(calibrated["low"], calibrated["high"]).all()


def test_similar_segments_are_named_once(made):
    _, marts = made
    pairs = marts["profile.similar_segments"]
    assert (pairs["segment_a"] < pairs["segment_b"]).all()
    assert pairs.height > 5
    assert pairs["cosine"].is_between(-1, 1).all()


def test_visits_that_convert_are_visits(made):
    shop, _ = made
    rows = engagement.visit_conversion(shop)
    assert set(rows["visitor_class"]) == {"buyer", "known", "unknown"}
    assert (rows["converting_sessions"] <= rows["sessions"]).all()
    assert rows["conversion_rate"].is_between(0, 1).all()
    staff = shop.persons.filter("is_staff").select("person")
    assert rows["sessions"].sum() == shop.sessions.join(staff, on="person", how="anti").height
    told = rows.filter(pl.col("median_visits_before_order").is_not_null())
    assert (told["orders"] > 0).all()


def test_the_best_fifth_bring_at_least_a_fifth_of_the_profit(made):
    shop, _ = made
    costs = customer_share.kept_costs(shop)
    assert (costs["cost"] >= 0).all()
    for month in shop.months[-3:]:
        start, end = shop.window(month)
        nets = customer_share.window_nets(shop, start, end).drop_nulls("person")
        nets = nets.filter(pl.col("orders") > 0)
        part = customer_share.profit_share(shop, costs, nets, start, end)
        assert 0.2 <= part <= 1
