"""How somebody buys: devices, channels, categories, days and seasons (section 8)."""

from __future__ import annotations

from datetime import date

import polars as pl

from oracle.baskets import last_days, ordered
from oracle.seeds import seed
from oracle.shop import Shop
from oracle.tools import share

ENOUGH = 3  # sessions or orders, from which on somebody has a habit
LIKING_HALF_LIFE = 180  # days
SHORTEST_HISTORY = 90  # days since the first order, for a rate per year
SEASONAL_TENURE = 730  # days: two of each season
SEASONAL_DAYS = 4  # order days
TOLERANT_DAYS = 10  # order days from which on a fifth of them may lie elsewhere


def preference(rows: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """What at least 60 % of a person's rows have, of at least three that have any; else 'mixed'."""
    counts = rows.drop_nulls(["person", column]).group_by("person", column).len()
    most, total = pl.col("len").max(), pl.col("len").sum()
    top = pl.col(column).sort_by("len").last()
    return (
        counts.group_by("person")
        .agg(most=most.cast(pl.Int64), total=total.cast(pl.Int64), top=top)
        .filter(pl.col("total") >= ENOUGH)
        .select(
            "person",
            pl.when(10 * pl.col("most") >= 6 * pl.col("total"))
            .then("top")
            .otherwise(pl.lit("mixed"))
            .alias(name),
        )
    )


def most_liked(shop: Shop, as_of: date, column: str, name: str) -> pl.DataFrame:
    """The category or brand whose orders of the last year weigh most, the fresh ones more.

    An order counts once for each, however many units; of equal ones the latest ordered.
    """
    products = shop.products.select("source", "product_id", column)
    age = (pl.lit(as_of) - pl.col("order_date")).dt.total_days()
    return (
        ordered(shop)
        .filter(last_days(shop, 365))
        .join(products, on=["source", "product_id"])
        .drop_nulls(["person", column])
        .unique(["order_row", column])
        .group_by("person", pl.col(column).alias(name))
        .agg(
            weight=pl.lit(0.5).pow(age / LIKING_HALF_LIFE).sum().round(6),
            latest=pl.col("order_date").max(),
        )
        .sort("person", "weight", "latest", name, descending=[False, True, True, False])
        .unique("person", keep="first", maintain_order=True)
        .select("person", name)
    )


def most_frequent(rows: pl.DataFrame, column: str, least: int = 1) -> pl.DataFrame:
    """The value that most of a person's rows have, ties the smaller; null under so many rows."""
    counts = rows.drop_nulls(["person", column]).group_by("person", column).len()
    return (
        counts.filter(pl.col("len").sum().over("person") >= least)
        .sort("person", "len", column, descending=[False, True, False])
        .unique("person", keep="first", maintain_order=True)
        .select("person", column)
    )


def dayparts() -> list[tuple[str, int]]:
    """Parts of the day with the hour they begin at, the earliest first."""
    return sorted(seed("dayparts").select("daypart", "from_hour").rows(), key=lambda row: row[1])


def favourite_daypart(recent: pl.DataFrame) -> pl.DataFrame:
    """The part of the day of most orders, ties the earlier; hours before the first are the last's.

    Of orders that have a time.
    """
    names = [name for name, _ in dayparts()]
    place = pl.lit(len(names) - 1)
    for number, (_, hour) in enumerate(dayparts()):
        place = pl.when(pl.col("hour") >= hour).then(number).otherwise(place)
    timed = recent.drop_nulls("hour").with_columns(place=place)
    return most_frequent(timed, "place", ENOUGH).select(
        "person",
        favourite_daypart=pl.col("place").replace_strict(
            dict(enumerate(names)), return_dtype=pl.String
        ),
    )


def seasons(shop: Shop) -> pl.DataFrame:
    """Who orders in one run of three months of the year only: person, season_month.

    Of at least four order days all, or of ten and more 80 %, lie in the run, in at least two
    seasons; a run over the new year is of the year it begins in. Of several runs the one with
    most order days, then the smallest first month; its month with most of them, then the earlier.
    """
    days = shop.orders.select("person", "order_date").drop_nulls().unique()
    total = pl.len().over("person").cast(pl.Int64)
    month, year = (pl.col("order_date").dt.month().cast(pl.Int64), pl.col("order_date").dt.year())
    runs = pl.DataFrame({"first_month": range(1, 13)}, schema={"first_month": pl.Int64})
    inside = (
        days.with_columns(total=total, month=month, year=year)
        .filter(pl.col("total") >= SEASONAL_DAYS)
        .join(runs, how="cross")
        .with_columns(place=(pl.col("month") - pl.col("first_month")) % 12)
        .filter(pl.col("place") <= 2)
        .with_columns(season=pl.col("year") - (pl.col("month") < pl.col("first_month")))
    )
    run = ["person", "first_month"]
    inside_days = pl.col("days").cast(pl.Int64)
    is_all = inside_days == pl.col("total")
    is_most = (pl.col("total") >= TOLERANT_DAYS) & (10 * inside_days >= 8 * pl.col("total"))
    best = (
        inside.group_by(run)
        .agg(days=pl.len(), total=pl.col("total").first(), seasons=pl.col("season").n_unique())
        .filter((is_all | is_most) & (pl.col("seasons") >= 2))
        .sort("person", "days", "first_month", descending=[False, True, False])
        .unique("person", keep="first", maintain_order=True)
    )
    return (
        inside.join(best.select(run), on=run)
        .group_by("person", "place", "month")
        .len()
        .sort("person", "len", "place", descending=[False, True, False])
        .unique("person", keep="first", maintain_order=True)
        .select("person", season_month="month")
    )


def order_shares(shop: Shop) -> pl.DataFrame:
    """Parts of all of a person's orders: of several products, discounted, given back."""
    products = pl.col("distinct_products")
    sums = (
        shop.orders.drop_nulls("person")
        .group_by("person")
        .agg(
            gross=pl.col("gross_amount").sum(),
            discount=pl.col("discount_amount").sum(),
            refunds=pl.col("refund_amount").sum(),
            known=(products >= 1).sum().cast(pl.Int64),
            several=(products >= 2).sum().cast(pl.Int64),
        )
    )
    notes = (
        shop.credits.drop_nulls("person").group_by("person").agg(credited=pl.col("amount").sum())
    )
    back = pl.col("refunds") + pl.col("credited").fill_null(0)
    goods = pl.col("gross") - pl.col("discount")
    return sums.join(notes, on="person", how="left").select(
        "person",
        multi_item_share=share(pl.col("several"), pl.col("known")),
        discount_share=share(pl.col("discount"), pl.col("gross")),
        refund_share=share(back, goods).clip(upper_bound=1),
    )


def with_habits(shop: Shop, as_of: date, people: pl.DataFrame) -> pl.DataFrame:
    """Add to everybody how they buy; null of who never ordered, or too little."""
    recent = shop.orders.filter(last_days(shop, 365)).with_columns(
        favourite_weekday=pl.col("order_date").dt.weekday().cast(pl.Int64)
    )
    visits = shop.sessions.filter(last_days(shop, 180, "session_date"))
    for frame in (
        preference(visits, "device", "device_preference"),
        preference(recent, "channel", "channel_preference"),
        most_liked(shop, as_of, "category", "top_category"),
        most_liked(shop, as_of, "brand", "top_brand"),
        most_frequent(recent, "favourite_weekday", ENOUGH),
        favourite_daypart(recent),
        seasons(shop),
        order_shares(shop),
        most_frequent(shop.orders, "payment_method").rename(
            {"payment_method": "payment_preference"}
        ),
    ):
        people = people.join(frame, on="person", how="left")
    since = (pl.lit(as_of) - pl.col("first_order_date")).dt.total_days() + 1
    is_old = pl.col("tenure_days") >= SEASONAL_TENURE
    return people.with_columns(
        orders_per_year=pl.when(since >= SHORTEST_HISTORY).then(pl.col("order_days") * 365 / since),
        is_seasonal=pl.when(is_old).then(pl.col("season_month").is_not_null()),
        season_month=pl.when(is_old).then("season_month"),
    )
