"""What goes with what, what people hold, and what they begin with (section 7)."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from oracle.marts import declare
from oracle.seeds import is_goods, seed
from oracle.shop import Shop
from oracle.tools import CENT, md5, months_later, share, wilson

declare(
    "cross_sell.product_affinity",
    "item_level basket item_a item_b",
    """
    item_level:text basket:text item_a:text item_b:text baskets:count baskets_a:count
    baskets_b:count baskets_ab:count support:share confidence:share lift:share
    shrunk_confidence:share
    """,
)
declare(
    "cross_sell.products_held",
    "month_start tenure_band held_band",
    """
    month_start:day tenure_band:text held_band:text customers:count retained_customers:count
    retention_rate:share low:share high:share is_left_censored:flag
    """,
)
declare(
    "cross_sell.gateway_products",
    "product_key",
    """
    product_key:text first_customers:count share_of_first_customers:share repeat_rate_180d:share
    mean_net_365d:share is_small:flag
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


def items(shop: Shop, level: str = "product") -> pl.DataFrame:
    """What was so ordered and is goods: `item`, a product_key or a category.

    A product without a row is goods, and in no category.
    """
    products = shop.products.select("source", "product_id", "name", "category", "family")
    rows = ordered(shop).join(products, on=["source", "product_id"], how="left").filter(is_goods())
    column = "product_key" if level == "product" else "category"
    return rows.with_columns(item=column).drop_nulls("item")


# ---------------------------------------------------------------------------------------------
# What goes with what
# ---------------------------------------------------------------------------------------------


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


# ---------------------------------------------------------------------------------------------
# What people hold, and what they begin with
# ---------------------------------------------------------------------------------------------


def holdings(shop: Shop) -> pl.DataFrame:
    """The date from which each person holds each product."""
    return (
        ordered(shop)
        .drop_nulls("person")
        .group_by("person", "product_key")
        .agg(held_from=pl.col("order_date").min())
    )


def products_held(shop: Shop) -> pl.DataFrame:
    """Who orders again within a year, by how many products they held and how long they know us."""
    bands = seed("held_bands").sort("min_products")
    held = holdings(shop)
    buyers = shop.orders.drop_nulls("person")
    people = shop.persons.select(
        "person",
        "is_left_censored",
        since=pl.min_horizontal("first_order_date", "known_first_date"),
    )
    frames = []
    for month in shop.months if shop.lines.height else []:
        start, end = months_later(month, -12), months_later(month, 12)
        is_in = shop.calendar.history_start is not None and start >= shop.calendar.history_start
        if not is_in or end > shop.calendar.as_of + timedelta(days=1):
            continue
        known = held.filter(pl.col("held_from") < month).group_by("person").agg(held=pl.len())
        again = buyers.filter(pl.col("order_date").is_between(month, end, closed="left"))
        tenure = (pl.lit(month) - pl.col("since")).dt.total_days()
        band = pl.lit(None, pl.String)
        for name, least in bands.select("band", "min_products").rows():
            band = pl.when(pl.col("held") >= least).then(pl.lit(str(name))).otherwise(band)
        frames.append(
            buyers.filter(pl.col("order_date").is_between(start, month, closed="left"))
            .select("person")
            .unique()
            .join(known, on="person", how="left")
            .join(people, on="person")
            .with_columns(
                pl.col("held").fill_null(0),
                is_retained=pl.col("person").is_in(again["person"].unique().implode()),
            )
            .group_by(
                month_start=pl.lit(month),
                tenure_band=pl.when(tenure < 365)
                .then(pl.lit("under_1_year"))
                .when(tenure < 730)
                .then(pl.lit("1_to_2_years"))
                .otherwise(pl.lit("over_2_years")),
                held_band=band,
            )
            .agg(
                customers=pl.len(),
                retained_customers=pl.col("is_retained").sum(),
                is_left_censored=pl.col("is_left_censored").any(),
            )
        )
    schema = {"month_start": pl.Date, "tenure_band": pl.String, "held_band": pl.String}
    schema |= {
        "customers": pl.Int64,
        "retained_customers": pl.Int64,
        "is_left_censored": pl.Boolean,
    }
    rows = (
        pl.concat(frames[-shop.params["held_months"] :]) if frames else pl.DataFrame(schema=schema)
    )
    low, high = wilson(pl.col("retained_customers"), pl.col("customers"))
    return rows.with_columns(
        retention_rate=share(pl.col("retained_customers"), pl.col("customers")), low=low, high=high
    )


def gateway_products(shop: Shop) -> pl.DataFrame:
    """What people begin with, and what becomes of them.

    Of the customers without a known earlier order, by each product of their first order day.
    """
    as_of = pl.lit(shop.calendar.as_of, pl.Date)
    orders = shop.orders.drop_nulls("person")
    firsts = (
        orders.join(shop.persons.filter(~pl.col("is_known")).select("person"), on="person")
        .group_by("person")
        .agg(first_day=pl.col("order_date").min())
    )
    since = (pl.col("order_date") - pl.col("first_day")).dt.total_days()
    became = (
        orders.join(firsts, on="person")
        .group_by("person", "first_day")
        .agg(
            is_back=since.is_between(1, 180).any(),
            net=pl.col("net_amount").filter(since < 365).sum(),
        )
        .with_columns(
            is_back=pl.when(pl.col("first_day") + timedelta(days=180) <= as_of).then("is_back"),
            net=pl.when(pl.col("first_day") + timedelta(days=364) <= as_of).then("net"),
        )
    )
    return (
        ordered(shop)
        .join(became, on="person")
        .filter(pl.col("order_date") == pl.col("first_day"))
        .unique(["person", "product_key"])
        .group_by("product_key")
        .agg(
            first_customers=pl.len(),
            repeat_rate_180d=pl.col("is_back").mean(),
            mean_net_365d=pl.col("net").mean() / CENT,
        )
        .with_columns(
            share_of_first_customers=pl.col("first_customers") / firsts.height,
            is_small=pl.col("first_customers") < 30,
        )
    )
