"""How customers behave, one stage at a time (section 7, loyalty_behaviour)."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from oracle.baskets import FOLLOW_UP, holdings, ordered
from oracle.lifecycle import lifecycle_spells, lifecycle_thresholds, order_days, stage_at
from oracle.marts import declare
from oracle.offers import is_open_complaint
from oracle.seeds import seed
from oracle.shop import Shop

declare(
    "cross_sell.loyalty_behaviour",
    "customer_key scored_on",
    """
    customer_key:text scored_on:day stage:text breadth:share cadence:share recency:share
    usage:share service:share score:share is_complete:flag is_cross_sell_ready:flag
    bought_new_product_90d:flag
    """,
)


def against_peers(column: str) -> pl.Expr:
    """A value as 0 to 100, 100 from the third quartile of its stage on; null where that is 0."""
    quartile = pl.col(column).quantile(0.75, "linear").over("stage")
    return pl.when(quartile > 0).then(100 * (pl.col(column) / quartile).clip(upper_bound=1))


def loyalty_behaviour(shop: Shop) -> pl.DataFrame:
    """Customers at as_of and 90 days before, their components and score."""
    days = order_days(shop)
    thresholds = lifecycle_thresholds(shop, days)
    spells = lifecycle_spells(shop, days, thresholds)
    limits = dict(thresholds.select("purchase", "lapsed_after_days").rows())
    as_of = shop.calendar.as_of
    earlier = as_of - timedelta(days=FOLLOW_UP)
    dates = [as_of, *[earlier] * (earlier >= shop.calendar.history_start)]
    frames = [scored(shop, day, days, spells, limits) for day in dates]
    return pl.concat(frames, how="vertical_relaxed")


def counted(rows: pl.DataFrame, day: str, days: int, on: date, column: str) -> pl.DataFrame:
    """Rows of each person on the days (on − days, on]."""
    is_in = (pl.col(day) > on - timedelta(days=days)) & (pl.col(day) <= on)
    return rows.filter(is_in).drop_nulls("person").group_by("person").agg(pl.len().alias(column))


def returned(shop: Shop, on: date) -> pl.DataFrame:
    """Goods of the last year's orders, and what of them came back or was credited by then."""
    start = on - timedelta(days=365)
    orders = shop.orders.drop_nulls("person").filter(
        (pl.col("order_date") > start) & (pl.col("order_date") <= on)
    )
    goods = orders.group_by("person").agg(goods=pl.col("goods_amount").sum())
    refunds = shop.refunds.filter(pl.col("refund_date") <= on).join(
        orders.select("order_row", buyer="person"), on="order_row"
    )
    notes = shop.credits.filter((pl.col("refund_date") > start) & (pl.col("refund_date") <= on))
    back = pl.concat(
        [refunds.select("amount", person="buyer"), notes.select("amount", "person")]
    ).drop_nulls("person")
    back = back.group_by("person").agg(back=pl.col("amount").sum())
    return goods.join(back, on="person", how="left").with_columns(pl.col("back").fill_null(0))


def scored(
    shop: Shop, on: date, days: pl.DataFrame, spells: pl.DataFrame, limits: dict[str, int]
) -> pl.DataFrame:
    """Customers on a date: five components of 0 to 100, and their weighted mean."""
    known = days.filter(pl.col("day") <= on)
    people = known.group_by("person").agg(
        last_day=pl.col("day").max(), order_days=pl.len(), scored_on=pl.lit(on)
    )
    held = holdings(shop).filter(pl.col("held_from") <= on)
    complaints = shop.tickets.filter(is_open_complaint(pl.lit(on)))
    people = (
        stage_at(people, "scored_on", spells)
        .join(held.group_by("person").agg(held=pl.len()), on="person", how="left")
        .join(counted(known, "day", 365, on, "days_365"), on="person", how="left")
        .join(
            counted(shop.sessions, "session_date", 30, on, "sessions_30"), on="person", how="left"
        )
        .join(returned(shop, on), on="person", how="left")
        .with_columns(
            pl.col("days_365", "sessions_30").fill_null(0),
            has_complaint=pl.col("person").is_in(
                complaints["person"].drop_nulls().unique().implode()
            ),
        )
    )
    silence = (pl.col("scored_on") - pl.col("last_day")).dt.total_days()
    limit = pl.when(pl.col("order_days") == 1).then(limits["first"]).otherwise(limits["repeat"])
    kept = 1 - (pl.col("back") / pl.col("goods")).clip(upper_bound=1)
    service = 100 * kept - pl.when("has_complaint").then(50).otherwise(0)
    people = people.with_columns(
        breadth=against_peers("held").round(6),
        cadence=against_peers("days_365").round(6),
        recency=(100 * (1 - silence / limit).clip(lower_bound=0)).round(6),
        usage=against_peers("sessions_30").round(6),
        service=pl.when(pl.col("goods") > 0).then(service.clip(lower_bound=0)).round(6),
    )
    weights = dict(seed("loyalty_weights").select("component", "weight").rows())
    total = sum(pl.col(name).fill_null(0) * weight for name, weight in weights.items())
    known_weight = sum(pl.col(name).is_not_null() * weight for name, weight in weights.items())
    score = (total / known_weight).round(2, mode="half_away_from_zero")
    is_active = pl.col("stage") == "active"
    is_ready = (pl.col("score") >= shop.params["ready_score"]) & is_active
    return (
        people.with_columns(
            score=pl.when(known_weight > 0).then(score),
            is_complete=pl.all_horizontal(pl.col(name).is_not_null() for name in weights),
        )
        .with_columns(
            is_cross_sell_ready=is_ready.fill_null(False) & ~pl.col("has_complaint"),
            bought_new_product_90d=bought_new(shop, on, held),
        )
        .join(shop.persons.select("person", "customer_key"), on="person")
    )


def bought_new(shop: Shop, on: date, held: pl.DataFrame) -> pl.Expr:
    """Whether a person ordered in the 90 days after a date what they did not hold then."""
    if on == shop.calendar.as_of or shop.lines.is_empty():
        return pl.lit(None, pl.Boolean)
    end = on + timedelta(days=FOLLOW_UP)
    later = ordered(shop).filter((pl.col("order_date") > on) & (pl.col("order_date") <= end))
    new = later.join(held, on=["person", "product_key"], how="anti")
    return pl.col("person").is_in(new["person"].drop_nulls().unique().implode())
