"""Markets: the shop's part of what a customer, or everybody, spends on a category (section 11)."""

from __future__ import annotations

from datetime import date

import polars as pl

from oracle.contract import CONTRACT, TEXT
from oracle.marts import declare
from oracle.shop import Shop
from oracle.tools import CENT, share

declare(
    "customer_share.market_share",
    "category country year",
    """
    category:text country:text year:count own_amount:amount market_amount:amount
    market_share:share
    """,
)

EVERYWHERE = "all"


def is_complete(shop: Shop) -> pl.Expr:
    """Whether a year is over at as_of."""
    last_day = pl.date(pl.col("year"), 12, 31)
    return last_day <= pl.lit(shop.calendar.as_of or date.min, pl.Date)


def latest_rows(rows: pl.DataFrame, table: str, key: list[str]) -> pl.DataFrame:
    """The row of each key that superseding would keep.

    The latest `_loaded_at`, then the greatest row by its columns in contract order, amounts as
    they were delivered; of rows that are the same in two sources that of the greater source.
    """
    amount = {"category_spend": "total_amount", "market_sizes": "amount"}[table]
    columns = [column for column in CONTRACT[table] if column != "_loaded_at"]
    columns = ["delivered_amount" if column == amount else column for column in columns]
    order = ["_loaded_at", *columns, "source"]
    return rows.sort(order, nulls_last=False).unique(key, keep="last", maintain_order=True)


def category_lines(shop: Shop) -> pl.DataFrame:
    """Lines of products with a category, with their year and country."""
    places = shop.orders.select("order_row", "country")
    homes = shop.shown_persons.select("person", home="country")
    return (
        shop.lines.drop_nulls("product_id")
        .join(shop.products.select("source", "product_id", "category"), on=["source", "product_id"])
        .drop_nulls("category")
        .join(places, on="order_row")
        .join(homes, on="person", how="left")
        .with_columns(
            country=pl.coalesce("country", "home"),
            year=pl.col("order_date").dt.year().cast(pl.Int64),
        )
    )


def told_shares(shop: Shop) -> pl.DataFrame:
    """The shares of wallet that customers told: by what they spend, and by the shop's rank."""
    place = ["person", "category", "year"]
    staff = shop.persons.filter("is_staff").select("person")
    told = shop.side["category_spend"].drop_nulls("person").join(staff, on="person", how="anti")
    told = latest_rows(told, "category_spend", place).with_columns(pl.col("year").cast(pl.Int64))
    own = category_lines(shop).drop_nulls("person").group_by(place)
    told = told.join(
        own.agg(own_amount=pl.col("line_amount").sum()), on=place, how="left"
    ).with_columns(pl.col("own_amount").fill_null(0))
    part = share(pl.col("own_amount"), pl.col("total_amount")).clip(upper_bound=1)
    # Wallet Allocation Rule (Keiningham et al., 2011)
    rank, brands = pl.col("own_rank") / CENT, pl.col("brands") / CENT
    by_rank = (1 - rank / (brands + 1)) * 2 / brands
    is_told = is_complete(shop) & (pl.col("total_amount") > 0)
    none = pl.lit(None, pl.Int64)
    frames = [
        told.filter(is_told).with_columns(
            method=pl.lit("observed"), share_of_wallet=part, category_amount="total_amount"
        ),
        told.drop_nulls("own_rank").with_columns(
            method=pl.lit("rank"), share_of_wallet=by_rank, category_amount=none
        ),
    ]
    columns = [*place, "method", "own_amount", "category_amount", "share_of_wallet"]
    keys = shop.persons.select("person", "customer_key")
    return (
        pl.concat(frame.select(columns) for frame in frames)
        .join(keys, on="person")
        .with_columns(low="share_of_wallet", high="share_of_wallet")
    )


def market_share(shop: Shop) -> pl.DataFrame:
    """The shop's part of a market: of what is sold of a category in a country and year."""
    place = ["category", "country", "year"]
    sizes = shop.side["market_sizes"].with_columns(pl.col("year").cast(pl.Int64))
    sizes = latest_rows(sizes, "market_sizes", place).with_columns(
        pl.col("country").fill_null(EVERYWHERE)
    )
    lines = category_lines(shop)
    everywhere = lines.with_columns(country=pl.lit(EVERYWHERE, TEXT))
    own = pl.concat([lines.drop_nulls("country"), everywhere]).group_by(place)
    part = share(pl.col("own_amount"), pl.col("amount"))
    return (
        sizes.join(own.agg(own_amount=pl.col("line_amount").sum()), on=place, how="left")
        .with_columns(pl.col("own_amount").fill_null(0), market_amount="amount")
        .with_columns(market_share=pl.when(is_complete(shop)).then(part))
    )
