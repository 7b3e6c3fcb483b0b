"""Cross-sell: what goes with what, what to offer, and what holding more goes with (section 7)."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from oracle.baskets import holdings, ordered, product_affinity
from oracle.consent import withdrawn
from oracle.loyalty import loyalty_behaviour
from oracle.marts import declare, empty, finished
from oracle.offers import next_best_offers
from oracle.seeds import seed
from oracle.shop import Shop
from oracle.tools import CENT, months_later, share, wilson

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

MARTS = (
    *("product_affinity", "next_best_offers", "products_held", "gateway_products"),
    "loyalty_behaviour",
)


def marts(shop: Shop) -> dict[str, pl.DataFrame]:
    """Compute every mart of section 7."""
    if shop.calendar.as_of is None or shop.calendar.history_start is None:
        return {f"cross_sell.{name}": empty(f"cross_sell.{name}") for name in MARTS}
    affinity = product_affinity(shop)
    frames = (
        affinity,
        next_best_offers(shop, affinity, withdrawn(shop.consents, "personalisation")),
        products_held(shop),
        gateway_products(shop),
        loyalty_behaviour(shop),
    )
    named = {f"cross_sell.{name}": frame for name, frame in zip(MARTS, frames, strict=True)}
    return {mart: finished(mart, frame) for mart, frame in named.items()}


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
