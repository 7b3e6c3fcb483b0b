"""When people buy, and how much at once (section 8, purchase_patterns and basket_mix)."""

from __future__ import annotations

import polars as pl

from oracle.baskets import last_days
from oracle.marts import declare
from oracle.shop import Shop
from oracle.tools import CENT, share

declare(
    "profile.purchase_patterns",
    "segment_by segment weekday hour",
    """
    segment_by:text segment:text weekday:count hour:count orders:count net_amount:amount
    index:share
    """,
)
declare(
    "profile.basket_mix",
    "segment_by segment",
    """
    segment_by:text segment:text orders:count single_item_orders:count multi_item_orders:count
    unknown_orders:count multi_item_share:share mean_products:share median_units:share
    single_item_net_amount:amount multi_item_net_amount:amount
    """,
)

SEGMENT = ["segment_by", "segment"]
CELLS = 7 * 24  # hours of a week


def segmented(shop: Shop, stages: pl.DataFrame) -> pl.DataFrame:
    """The orders of the last 365 days, each once in every kind of segment.

    The stage is that of the order's customer at as_of.
    """
    recent = shop.orders.filter(last_days(shop, 365)).join(stages, on="person", how="left")
    nobody = pl.when(pl.col("person").is_null()).then(pl.lit("unattributed"))
    values = {
        "total": pl.lit("all"),
        "country": pl.col("country").fill_null("unknown"),
        "channel": pl.col("channel").fill_null("unknown"),
        "stage": pl.coalesce(nobody, "lifecycle_stage"),
    }
    columns = ("order_date", "hour", "net_amount", "distinct_products", "units")
    return pl.concat(
        recent.select(*columns, segment_by=pl.lit(kind), segment=value)
        for kind, value in values.items()
    )


def purchase_patterns(orders: pl.DataFrame) -> pl.DataFrame:
    """Orders by weekday and hour of the shop's clock: dense, and beside them those without a time.

    The index of an hour is 100 at the mean of the week's hours; what has no hour is none of them.
    """
    weekday = pl.col("order_date").dt.weekday().cast(pl.Int64)
    place = [*SEGMENT, "weekday", "hour"]
    counts = (
        orders.with_columns(weekday=weekday)
        .group_by(place)
        .agg(orders=pl.len().cast(pl.Int64), net_amount=pl.col("net_amount").sum())
    )
    is_timed = pl.col("hour").is_not_null()
    segments = orders.group_by(SEGMENT).agg(
        timed=is_timed.sum().cast(pl.Int64), has_untimed=(~is_timed).any()
    )
    hours = pl.DataFrame({"hour": [*range(24), None]}, schema={"hour": pl.Int64})
    week = pl.DataFrame({"weekday": range(1, 8)}, schema={"weekday": pl.Int64})
    return (
        segments.join(week.join(hours, how="cross"), how="cross")
        .filter(is_timed | pl.col("has_untimed"))
        .join(counts, on=place, how="left", nulls_equal=True)
        .with_columns(pl.col("orders", "net_amount").fill_null(0))
        .with_columns(
            index=pl.when(is_timed).then(share(100 * CELLS * pl.col("orders"), pl.col("timed")))
        )
    )


def basket_mix(orders: pl.DataFrame) -> pl.DataFrame:
    """Orders of one product, of several and of none that is known."""
    products, net = pl.col("distinct_products"), pl.col("net_amount")
    is_single, is_multi, is_known = products == 1, products >= 2, products >= 1
    return (
        orders.group_by(SEGMENT)
        .agg(
            orders=pl.len(),
            single_item_orders=is_single.sum().cast(pl.Int64),
            multi_item_orders=is_multi.sum().cast(pl.Int64),
            unknown_orders=(~is_known).sum(),
            mean_products=products.filter(is_known).mean(),
            median_units=pl.col("units").filter(is_known).median() / CENT,
            single_item_net_amount=net.filter(is_single).sum(),
            multi_item_net_amount=net.filter(is_multi).sum(),
        )
        .with_columns(
            multi_item_share=share(
                pl.col("multi_item_orders"),
                pl.col("single_item_orders") + pl.col("multi_item_orders"),
            )
        )
    )
