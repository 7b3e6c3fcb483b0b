"""What goes with what: items, baskets and their affinity (section 7)."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from oracle.marts import declare
from oracle.seeds import is_goods
from oracle.shop import Shop
from oracle.tools import md5

declare(
    "cross_sell.product_affinity",
    "item_level basket item_a item_b",
    """
    item_level:text basket:text item_a:text item_b:text baskets:count baskets_a:count
    baskets_b:count baskets_ab:count support:share confidence:share lift:share
    shrunk_confidence:share
    """,
)
FOLLOW_UP = 90  # days in which something follows a first
PRIOR = 20  # baskets by which a confidence is drawn towards what everybody buys
SAMPLE_DIGITS = 16**8


def last_days(shop: Shop, days: int, day: str = "order_date", back: int = 0) -> pl.Expr:
    """Whether a date is one of the last days before as_of, or before `back` days before it."""
    end = shop.calendar.as_of - timedelta(days=back)
    return (pl.col(day) > end - timedelta(days=days)) & (pl.col(day) <= end)


def ordered(shop: Shop) -> pl.DataFrame:
    """Products with units in valid orders: what a person so ordered, they hold from then on."""
    return shop.lines.filter(
        (pl.col("pieces") > 0) & pl.col("product_id").is_not_null()
    ).with_columns(product_key=pl.col("source") + ":" + pl.col("product_id"))


def holdings(shop: Shop) -> pl.DataFrame:
    """The date from which each person holds each product."""
    return (
        ordered(shop)
        .drop_nulls("person")
        .group_by("person", "product_key")
        .agg(held_from=pl.col("order_date").min())
    )


def items(shop: Shop, level: str = "product") -> pl.DataFrame:
    """What was so ordered and is goods: `item`, a product_key or a category.

    A product without a row is goods, and in no category.
    """
    products = shop.products.select("source", "product_id", "name", "category", "family")
    rows = ordered(shop).join(products, on=["source", "product_id"], how="left").filter(is_goods())
    column = "product_key" if level == "product" else "category"
    return rows.with_columns(item=column).drop_nulls("item")


def sampled(shop: Shop) -> pl.DataFrame:
    """The valid orders that count: all of them, or in a large shop a fixed part.

    Of a large shop those of the customers, and of nobody's those, whose key's md5 is small.
    """
    params = shop.params
    recent = shop.orders.filter(last_days(shop, params["affinity_days"])).height
    keys = shop.orders.join(
        shop.persons.select("person", key="customer_key"), on="person", how="left"
    ).with_columns(pl.coalesce("key", "order_key"))
    if recent > params["affinity_max_orders"]:
        limit = params["affinity_max_orders"] / recent
        known = keys["key"].unique()
        small = [int(md5(key)[:8], 16) / SAMPLE_DIGITS < limit for key in known]
        keys = keys.filter(pl.col("key").is_in(known.filter(pl.Series(small)).implode()))
    return keys.select("order_row")


def order_baskets(shop: Shop, level: str) -> pl.DataFrame:
    """Orders of the last days with their different items, 1 to so many: basket, item."""
    params = shop.params
    return (
        items(shop, level)
        .filter(last_days(shop, params["affinity_days"]))
        .join(sampled(shop), on="order_row", how="semi")
        .select("item", basket="order_row")
        .unique()
        .filter(pl.len().over("basket") <= params["affinity_max_items"])
    )


def pairs_of(baskets: pl.DataFrame) -> pl.DataFrame:
    """In how many baskets two different items are together, both ways."""
    return (
        baskets.lazy()
        .join(baskets.lazy(), on="basket", suffix="_b")
        .filter(pl.col("item") != pl.col("item_b"))
        .group_by(item_a="item", item_b="item_b")
        .agg(baskets_ab=pl.len())
        .collect(engine="streaming")
    )


def measured(
    pairs: pl.DataFrame, of_a: pl.DataFrame, of_b: pl.DataFrame, baskets: int, least: int
) -> pl.DataFrame:
    """Confidence, lift and shrunk confidence of the pairs that are together often enough."""
    p_b = pl.col("baskets_b") / baskets
    return (
        pairs.filter(pl.col("baskets_ab") >= least)
        .join(of_a.select(item_a="item", baskets_a="len"), on="item_a")
        .join(of_b.select(item_b="item", baskets_b="len"), on="item_b")
        .with_columns(
            baskets=pl.lit(baskets, pl.Int64),
            confidence=pl.col("baskets_ab") / pl.col("baskets_a"),
            shrunk_confidence=(pl.col("baskets_ab") + PRIOR * p_b) / (pl.col("baskets_a") + PRIOR),
        )
        .with_columns(lift=pl.col("confidence") / p_b)
    )


def product_affinity(shop: Shop) -> pl.DataFrame:
    """Which items are ordered together, and which follow the first order of another."""
    least, params = shop.params["affinity_min_pairs"], shop.params
    frames = []
    for level in ("product", "category"):
        baskets = order_baskets(shop, level)
        counts = baskets.group_by("item").len()
        eligible = counts.filter(pl.col("len") >= params["affinity_min_baskets"])
        together = baskets.join(eligible, on="item", how="semi")
        total = baskets["basket"].n_unique()
        frames.append(
            measured(pairs_of(together), counts, counts, total, least).with_columns(
                item_level=pl.lit(level),
                basket=pl.lit("order"),
                support=pl.col("baskets_ab") / total,
            )
        )
        if level == "product":
            eligible = eligible.sort("len", "item", descending=[True, False])
            eligible = eligible.head(params["affinity_max_products"])
        followed = followed_by(shop, level, eligible)
        frames.append(
            measured(*followed, least).with_columns(
                item_level=pl.lit(level),
                basket=pl.lit("customer_90d"),
                support=pl.lit(None, pl.Float64),
            )
        )
    return pl.concat(frames, how="diagonal_relaxed")


def followed_by(
    shop: Shop, level: str, eligible: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, int]:
    """What is ordered in the 90 days after a customer's first order of an item.

    Returns pairs, occasions of a and of b, and how many occasions there are. An occasion is a
    customer and a date on which some eligible item was ordered for the first time ever.
    """
    days = (
        items(shop, level)
        .join(eligible, on="item", how="semi")
        .join(sampled(shop), on="order_row", how="semi")
        .drop_nulls("person")
        .select("person", "item", "order_date")
        .unique()
    )
    window = shop.params["affinity_days"]
    firsts = (
        days.group_by("person", "item")
        .agg(day=pl.col("order_date").min())
        .filter(last_days(shop, window, "day", FOLLOW_UP))
    )
    occasions = firsts.select("person", "day").unique()
    later = (
        occasions.join(days, on="person")
        .filter(
            (pl.col("order_date") > pl.col("day"))
            & (pl.col("order_date") <= pl.col("day") + timedelta(days=FOLLOW_UP))
        )
        .select("person", "day", item_b="item")
        .unique()
    )
    pairs = (
        firsts.join(later, on=["person", "day"])
        .filter(pl.col("item") != pl.col("item_b"))
        .group_by(item_a="item", item_b="item_b")
        .agg(baskets_ab=pl.len())
    )
    of_b = later.group_by(item="item_b").len()
    return pairs, firsts.group_by("item").len(), of_b, occasions.height
