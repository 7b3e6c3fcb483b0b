"""Where somebody stands, by the marts of the subjects before (section 8, customer_profile)."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from oracle.baskets import holdings
from oracle.customer_share import window_nets
from oracle.offers import is_open_complaint
from oracle.seeds import seed
from oracle.shop import Shop, between
from oracle.tools import CENT, month_of, months_later

Marts = dict[str, pl.DataFrame]


def last_year(shop: Shop, as_of: date) -> pl.DataFrame:
    """Net amount, orders and order days of the 12 months to as_of, credit notes taken off.

    Persons with an order or credit note in them.
    """
    end = as_of + timedelta(days=1)
    start = months_later(end, -12)
    orders = between(shop.orders, "order_date", start, end).collect().drop_nulls("person")
    days = orders.group_by("person").agg(order_days_12m=pl.col("order_date").n_unique())
    return (
        window_nets(shop, start, end)
        .drop_nulls("person")
        .join(days, on="person", how="left")
        .select(
            "person",
            net_amount_12m="net_amount",
            orders_12m="orders",
            order_days_12m=pl.col("order_days_12m").fill_null(0),
        )
    )


def spend_band() -> pl.Expr:
    """Low up to the P20 of the positive net amounts, high above their P80 (section 3)."""
    net = pl.col("net_amount_12m")
    spent = net.filter(net > 0)
    low, high = (spent.quantile(part, interpolation="linear") for part in (0.2, 0.8))
    return (
        pl.when(net <= 0)
        .then(pl.lit("non_positive"))
        .when(net <= low)
        .then(pl.lit("low"))
        .when(net > high)
        .then(pl.lit("high"))
        .otherwise(pl.lit("middle"))
    )


def loyalty_tiers(year: pl.DataFrame) -> pl.DataFrame:
    """The highest tier all of whose minima are met, of those with an order in the 12 months."""
    buyers = year.filter(pl.col("orders_12m") > 0)
    below = pl.col("net_amount_12m").rank("min").cast(pl.Int64) - 1
    buyers = buyers.with_columns(percent_rank=below / max(buyers.height - 1, 1))
    tier = pl.lit("none")
    minima = {"min_net_amount_12m": CENT, "min_order_days_12m": 1, "min_percent_rank": 1}
    table = seed("loyalty_tiers", **dict.fromkeys(minima, pl.Float64)).sort("tier_rank")
    for row in table.to_dicts():
        reached = [
            pl.col(column.removeprefix("min_")) >= row[column] * unit
            for column, unit in minima.items()
            if row[column] is not None
        ]
        tier = (
            pl.when(pl.all_horizontal(pl.lit(True), *reached))
            .then(pl.lit(row["tier"]))
            .otherwise(tier)
        )
    return buyers.select("person", loyalty_tier=tier)


def by_person(shop: Shop, mart: pl.DataFrame, **columns: str | pl.Expr) -> pl.DataFrame:
    """Columns of a mart of customers, beside the person."""
    keys = shop.persons.select("person", "customer_key")
    return mart.join(keys, on="customer_key").select("person", **columns)


def stages(shop: Shop, made: Marts) -> pl.DataFrame:
    """The stage of everybody at as_of: of the spell that is open."""
    spells = made["lifecycle.lifecycle_spells"].filter(pl.col("ended_on").is_null())
    return by_person(shop, spells, lifecycle_stage="stage")


def of_the_marts(shop: Shop, as_of: date, made: Marts) -> list[pl.DataFrame]:
    """What the marts of the subjects before say of each person."""
    shares, clv = made["customer_share.customer_share"], made["lifecycle.clv"]
    behaviour = made["cross_sell.loyalty_behaviour"].filter(pl.col("scored_on") == as_of)
    latest = shares.filter(pl.col("month_start") == month_of(as_of))
    churn = clv.unique("customer_key")  # the same for each horizon
    year = clv.filter(pl.col("horizon_days") == 365)
    loyalty = made["advocacy.loyalty_vs_advocacy"]
    return [
        stages(shop, made),
        by_person(shop, made["lifecycle.rfm"], rfm_segment="rfm_segment"),
        by_person(shop, made["engagement.engagement_scores"], engagement_level="level"),
        by_person(shop, made["engagement.lead_scores"], lead_band="band"),
        by_person(shop, made["advocacy.advocacy_tiers"], advocacy_tier="tier"),
        by_person(shop, loyalty, loyalty_quadrant="loyalty_quadrant"),
        by_person(shop, latest, is_top_20_percent="is_top_20_percent"),
        by_person(shop, churn, churn_risk="churn_risk"),
        by_person(shop, year, clv_365="clv"),
        by_person(shop, behaviour, loyalty_score="score"),
    ]


def with_standing(shop: Shop, as_of: date, people: pl.DataFrame, made: Marts) -> pl.DataFrame:
    """Add to everybody where they stand."""
    year = last_year(shop, as_of).with_columns(spend_band=spend_band())
    complaints = shop.tickets.filter(is_open_complaint(pl.lit(as_of)))
    frames = [
        year,
        loyalty_tiers(year),
        holdings(shop).group_by("person").agg(products_held=pl.len()),
        complaints.select("person").drop_nulls().unique().with_columns(has_open_complaint=True),
        *of_the_marts(shop, as_of, made),
    ]
    for frame in frames:
        people = people.join(frame, on="person", how="left")
    has_order = pl.col("orders") > 0
    counts = ("net_amount_12m", "orders_12m", "order_days_12m", "products_held")
    return people.with_columns(
        pl.col(counts).fill_null(0),
        pl.col("loyalty_tier").fill_null("none"),
        pl.col("has_open_complaint").fill_null(False),
        net_amount=pl.when(has_order).then("net_amount"),
        is_top_20_percent=pl.when(has_order).then(pl.col("is_top_20_percent").fill_null(False)),
    )
