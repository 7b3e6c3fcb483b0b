"""Cohorts: what became of the customers of a month, by what their first order was like.

Who is in a cohort, and what the three bases are, is section 4; by what they are split, and how
the time to a second order is told, stands in the project's DECISIONS.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from oracle.baskets import items
from oracle.contract import TEXT
from oracle.marts import declare, empty, finished
from oracle.shop import Shop
from oracle.tools import CENT, share

declare(
    "lifecycle.cohort_retention",
    "cohort_month months_since basis",
    """
    cohort_month:day months_since:count basis:text cohort_customers:count
    active_customers:count net_amount:amount retention_rate:share is_mature:flag
    is_left_censored:flag
    """,
)
declare(
    "lifecycle.cohort_breakdown",
    "breakdown breakdown_value cohort_month months_since basis",
    """
    breakdown:text breakdown_value:text cohort_month:day months_since:count basis:text
    cohort_customers:count active_customers:count orders:count net_amount:amount
    retention_rate:share net_amount_per_customer:share average_order_value:share is_mature:flag
    is_left_censored:flag
    """,
)
HORIZONS = (30, 60, 90, 180, 365)
declare(
    "lifecycle.time_to_second_order",
    "cohort_grain cohort_start breakdown breakdown_value",
    """
    cohort_grain:text cohort_start:day breakdown:text breakdown_value:text customers:count
    returned_customers:count
    """
    + " ".join(
        f"observed_customers_{days}d:count returned_customers_{days}d:count"
        f" returned_share_{days}d:share"
        for days in HORIZONS
    )
    + """
    half_returned_after_days:count median_days_of_returned_365d:count first_orders:count
    first_net_amount:amount first_order_value:share returned_first_orders:count
    returned_first_net_amount:amount returned_first_order_value:share second_orders:count
    second_net_amount:amount second_order_value:share is_left_censored:flag
    """,
)

UNKNOWN, OTHER = "unknown", "other"
SPLITS = ("channel", "category", "country")
CELL = ["breakdown", "breakdown_value", "cohort", "since"]


def month_number(day: pl.Expr) -> pl.Expr:
    """Months since the year 0."""
    return day.dt.year().cast(pl.Int64) * 12 + day.dt.month().cast(pl.Int64) - 1


def month_start(number: pl.Expr) -> pl.Expr:
    """First day of a month by its number."""
    return pl.date(number // 12, number % 12 + 1, 1)


def cohort_marts(shop: Shop, days: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The marts of cohorts, from every customer's order days."""
    names = ("cohort_retention", "cohort_breakdown", "time_to_second_order")
    days = days.filter(~pl.col("is_known"))
    if days.is_empty():
        return {f"lifecycle.{name}": empty(f"lifecycle.{name}") for name in names}
    people = split(shop)
    found = cells(shop, days, people)
    is_total = pl.col("breakdown") == "total"
    frames = (found.filter(is_total), found.filter(~is_total), second_orders(shop, days, people))
    return {
        f"lifecycle.{name}": finished(f"lifecycle.{name}", frame)
        for name, frame in zip(names, frames, strict=True)
    }


# ---------------------------------------------------------------------------------------------
# Where a customer came from
# ---------------------------------------------------------------------------------------------


def main_categories(shop: Shop) -> pl.DataFrame:
    """Of each order the category on which most was spent, of equal ones the first by name."""
    spent = items(shop, "category").group_by("order_row", "category")
    return (
        spent.agg(pl.col("line_amount").sum())
        .sort(-pl.col("line_amount"), "category")
        .unique("order_row", keep="first", maintain_order=True)
        .select("order_row", "category")
    )


def split(shop: Shop) -> pl.DataFrame:
    """Each customer of a cohort under all and under a value of each split: four rows a person."""
    homes = shop.shown_persons.select("person", home="country")
    known = shop.persons.filter("is_known").select("person")
    firsts = (
        shop.orders.drop_nulls("person")
        .filter(pl.col("order_sequence") == 1)
        .join(known, on="person", how="anti")
        .join(main_categories(shop), on="order_row", how="left")
        .join(homes, on="person", how="left")
        .with_columns(country=pl.coalesce("country", "home"))
    )
    frames = []
    for name in SPLITS:
        values = firsts.select("person", value=pl.col(name).fill_null(UNKNOWN))
        named = values.filter(~pl.col("value").is_in([UNKNOWN, OTHER]))["value"]
        sizes = named.value_counts().sort(["count", "value"], descending=[True, False])
        kept = [*sizes["value"].head(shop.params["breakdown_values"]), UNKNOWN]
        shown = pl.when(pl.col("value").is_in(kept)).then("value").otherwise(pl.lit(OTHER))
        frames.append(values.select("person", breakdown=pl.lit(name, TEXT), breakdown_value=shown))
    total = {"breakdown": pl.lit("total", TEXT), "breakdown_value": pl.lit("all", TEXT)}
    censored = shop.persons.select("person", "is_left_censored")
    rows = pl.concat([firsts.select("person", **total), *frames])
    return rows.join(censored, on="person", how="left")


# ---------------------------------------------------------------------------------------------
# Month by month
# ---------------------------------------------------------------------------------------------


def cells(shop: Shop, days: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """What became of the customers of a month: who came back in, since and by a later month."""
    end = shop.calendar.as_of
    last_month = end.year * 12 + end.month - 1
    lives = days.with_columns(
        cohort=month_number(pl.col("first_day")),
        since=month_number(pl.col("day")) - month_number(pl.col("first_day")),
    )
    members = people.join(lives, on="person")
    grid = (
        members.filter(pl.col("number") == 1)
        .group_by(CELL[:3])
        .agg(
            cohort_customers=pl.len().cast(pl.Int64),
            is_left_censored=pl.col("is_left_censored").any(),
        )
        .with_columns(since=pl.int_ranges(0, last_month - pl.col("cohort") + 1))
        .explode("since")
    )
    last = pl.col("since").max().over("breakdown", "person")
    counts = {
        "seen": members.unique(["breakdown", "person", "since"]),
        "left": members.filter(pl.col("since") == last).unique(["breakdown", "person"]),
        "returned": members.filter(pl.col("number") == 2),
    }
    for name, rows in counts.items():
        grid = grid.join(
            rows.group_by(CELL).agg(pl.len().cast(pl.Int64).alias(name)), on=CELL, how="left"
        )
    brought = members.group_by(CELL).agg(pl.col("net").sum(), pl.col("orders").sum())
    grid = grid.join(brought, on=CELL, how="left").with_columns(pl.selectors.integer().fill_null(0))
    bases = {
        "period": ("seen", lambda column: column),
        "on_or_after": ("left", lambda column: column.cum_sum(reverse=True)),
        "cumulative": ("returned", lambda column: column.cum_sum()),
    }

    def summed(column: str, over: object) -> pl.Expr:
        return over(pl.col(column)).over(CELL[:3], order_by="since")

    frame = pl.concat(
        grid.with_columns(
            basis=pl.lit(basis, TEXT),
            active_customers=summed(active, over),
            net_amount=summed("net", over),
            orders=summed("orders", over),
        )
        for basis, (active, over) in bases.items()
    )
    # a month is mature when the day after its last is past as_of
    is_mature = pl.col("cohort") + pl.col("since") < last_month + is_last_day(end)
    net = pl.col("net_amount") / CENT
    size = pl.col("cohort_customers")
    return frame.with_columns(
        cohort_month=month_start(pl.col("cohort")),
        months_since="since",
        is_mature=is_mature,
        retention_rate=pl.when(is_mature).then(share(pl.col("active_customers"), size)),
        net_amount_per_customer=pl.when(is_mature).then(net / size),
        average_order_value=pl.when(pl.col("orders") > 0).then(net / pl.col("orders")),
    )


def is_last_day(day: date) -> bool:
    """Whether a date is the last of its month."""
    return pl.Series([day]).dt.month_end().item() == day


# ---------------------------------------------------------------------------------------------
# The second order
# ---------------------------------------------------------------------------------------------


def nth(gaps: list[int], place: int) -> int | None:
    """The n-th smallest of some numbers of days, if there are as many."""
    return sorted(gaps)[place - 1] if 0 < place <= len(gaps) else None


def second_orders(shop: Shop, days: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Who came a second time, how soon, and what the first two days brought."""
    first = days.filter(pl.col("number") == 1).select(
        "person", "next_day", first_day="day", first_net="net", first_orders="orders"
    )
    second = days.filter(pl.col("number") == 2).select(
        "person", second_net="net", second_orders="orders"
    )
    seen = (pl.lit(shop.calendar.as_of) - pl.col("first_day")).dt.total_days()
    gap = (pl.col("next_day") - pl.col("first_day")).dt.total_days()
    rows = people.join(first, on="person").join(second, on="person", how="left")
    rows = rows.with_columns(seen=seen, gap=gap, month=pl.col("first_day").dt.truncate("1mo"))
    earliest = rows["month"].min()
    starts = {
        "month": pl.col("month"),
        "year": pl.col("month").dt.truncate("1y"),
        "all_time": pl.lit(earliest, pl.Date),
    }
    place = ["cohort_grain", "cohort_start", "breakdown", "breakdown_value"]
    rows = pl.concat(
        rows.with_columns(cohort_grain=pl.lit(grain, TEXT), cohort_start=start)
        for grain, start in starts.items()
    )
    came = pl.col("gap").is_not_null()
    aggregates = {
        "customers": pl.len(),
        "returned_customers": came.sum(),
        "is_left_censored": pl.col("is_left_censored").any(),
        "first_orders": pl.col("first_orders").sum(),
        "first_net_amount": pl.col("first_net").sum(),
        "returned_first_orders": pl.col("first_orders").filter(came).sum(),
        "returned_first_net_amount": pl.col("first_net").filter(came).sum(),
        "second_orders": pl.col("second_orders").sum(),
        "second_net_amount": pl.col("second_net").sum(),
        "gaps": pl.col("gap").filter((pl.col("seen") >= 365) & (pl.col("gap") <= 365)),
    }
    for horizon in HORIZONS:
        could = pl.col("seen") >= horizon
        aggregates[f"observed_customers_{horizon}d"] = could.sum()
        aggregates[f"returned_customers_{horizon}d"] = (
            (could & (pl.col("gap") <= horizon)).fill_null(False).sum()
        )
    frame = rows.group_by(place).agg(**aggregates)
    halves = [
        (nth(gaps, (seen + 1) // 2), nth(gaps, (len(gaps) + 1) // 2))
        for gaps, seen in frame.select("gaps", "observed_customers_365d").iter_rows()
    ]
    half, middle = zip(*halves, strict=True)
    return frame.with_columns(
        half_returned_after_days=pl.Series(half, dtype=pl.Int64),
        median_days_of_returned_365d=pl.Series(middle, dtype=pl.Int64),
        **{
            f"returned_share_{days}d": share(
                pl.col(f"returned_customers_{days}d"), pl.col(f"observed_customers_{days}d")
            )
            for days in HORIZONS
        },
        **{
            f"{name}_order_value": share(pl.col(f"{name}_net_amount"), pl.col(f"{name}_orders"))
            / CENT
            for name in ("first", "returned_first", "second")
        },
    )
