"""Lifecycle: where every customer stands, and since when (section 4).

Behaviour is counted in order days: the distinct business dates of a customer's valid orders.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl

from oracle.cohorts import cohort_marts
from oracle.contract import DAY
from oracle.lifetime_value import lifetime_value_marts
from oracle.marts import declare, empty, finished
from oracle.seeds import seed
from oracle.shop import Shop, spine
from oracle.tools import collect, share

declare(
    "lifecycle.lifecycle_thresholds",
    "purchase",
    """
    purchase:text at_risk_after_days:count lapsed_after_days:count gaps:count
    longer_gaps:count is_near_ceiling:flag follow_up_days:count method:text
    """,
)
declare(
    "lifecycle.lifecycle_spells",
    "customer_key started_on",
    """
    customer_key:text started_on:day stage:text ended_on:day previous_stage:text
    spell_number:count
    """,
)
declare(
    "lifecycle.lifecycle_stock",
    "period_grain period_end stage",
    """
    period_grain:text period_end:day stage:text customers:count share:share net_amount:amount
    """,
)
declare(
    "lifecycle.lifecycle_transitions",
    "month_start from_stage to_stage",
    "month_start:day from_stage:text to_stage:text customers:count probability:share",
)
declare(
    "lifecycle.lifecycle_grid",
    "recency_band frequency_band",
    "recency_band:text frequency_band:text customers:count net_amount:amount share:share",
)
declare(
    "lifecycle.rfm",
    "customer_key",
    """
    customer_key:text recency_days:count frequency:count monetary:amount r_score:count
    f_score:count m_score:count rfm_segment:text
    """,
)

STAGES = ("prospect", "new", "active", "at_risk", "lapsed", "reactivated")
PURCHASES = ("first", "repeat")
ENOUGH_GAPS = 200
LONGEST_FOLLOW_UP = 365


def days_after(day: pl.Expr, days: pl.Expr | int) -> pl.Expr:
    """The date a number of days later."""
    count = days if isinstance(days, pl.Expr) else pl.lit(days)
    return day + pl.duration(days=count)


def days_between(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Whole days from one date to another."""
    return (end - start).dt.total_days()


def order_days(shop: Shop) -> pl.DataFrame:
    """Order days of every customer in order: number, net amount, orders, neighbours, first day.

    `purchase` is the class of the gap that begins with the day; `is_known` says that an order
    before the first is known.
    """
    days = collect(
        shop.orders.lazy()
        .drop_nulls("person")
        .group_by("person", day="order_date")
        .agg(net=pl.col("net_amount").sum(), orders=pl.len().cast(pl.Int64))
    )
    known = shop.persons.select("person", "is_known")
    return (
        days.sort("person", "day")
        .with_columns(
            number=pl.int_range(1, pl.len() + 1).over("person"),
            previous_day=pl.col("day").shift(1).over("person"),
            next_day=pl.col("day").shift(-1).over("person"),
            first_day=pl.col("day").first().over("person"),
        )
        .join(known, on="person", how="left", maintain_order="left")
        .with_columns(
            purchase=pl.when(pl.col("number") == 1)
            .then(pl.lit("first"))
            .otherwise(pl.lit("repeat")),
        )
    )


# ---------------------------------------------------------------------------------------------
# Stages
# ---------------------------------------------------------------------------------------------


def lifecycle_thresholds(shop: Shop, days: pl.DataFrame) -> pl.DataFrame:
    """Days of silence after which a customer is at risk (Q80) and lapsed (Q95).

    A customer's gaps of a class weigh 1 together. Only gaps that start at least F days before
    as_of and are at most F long count: everyone had the same time to return. Where many are
    longer, or the limit is nearly F, the history is too short for the shop's rhythm.
    """
    history = shop.calendar.history_days
    follow_up = min(LONGEST_FOLLOW_UP, history // 2) if history is not None else None
    latest = shop.calendar.as_of - timedelta(days=follow_up) if history is not None else None
    all_gaps = days.with_columns(gap=days_between(pl.col("day"), pl.col("next_day")))
    longer_gaps = all_gaps.filter(pl.col("gap") > follow_up)
    gaps = all_gaps.filter(
        (pl.col("gap") <= follow_up) & (pl.col("day") <= pl.lit(latest, DAY))
    ).with_columns(weight=1 / pl.len().over("person", "purchase"))
    observed = {purchase: gap_quantiles(gaps, purchase) for purchase in PURCHASES}
    defaults = {row["purchase"]: row for row in seed("lifecycle_default_thresholds").to_dicts()}
    rows = []
    for purchase, other in (PURCHASES, PURCHASES[::-1]):
        found = observed[purchase] or observed[other]
        default = defaults[purchase]
        at_risk, lapsed = found or (default["at_risk_after_days"], default["lapsed_after_days"])
        lapsed = max(lapsed, at_risk + 1)
        counted, longer = (
            rows_of.filter(pl.col("purchase") == purchase).height for rows_of in (gaps, longer_gaps)
        )
        is_near = follow_up is not None and (
            10 * lapsed > 9 * follow_up or 10 * longer > counted + longer
        )
        rows.append(
            {
                "purchase": purchase,
                "at_risk_after_days": at_risk,
                "lapsed_after_days": lapsed,
                "gaps": counted,
                "longer_gaps": longer,
                "is_near_ceiling": is_near,
                "follow_up_days": follow_up,
                "method": "observed" if found else "configured",
            }
        )
    return pl.DataFrame(rows)


def gap_quantiles(gaps: pl.DataFrame, purchase: str) -> tuple[int, int] | None:
    """Whole days within which 80 % and 95 % of the weight returned; None of too few gaps."""
    own = gaps.filter(pl.col("purchase") == purchase)
    if own.height < ENOUGH_GAPS:
        return None
    lengths = own.group_by("gap").agg(pl.col("weight").sum()).sort("gap")
    returned = (lengths["weight"].cum_sum() / lengths["weight"].sum()).round(9)
    at_risk, lapsed = (lengths["gap"][int((returned < part).sum())] for part in (0.8, 0.95))
    return at_risk, lapsed


def lifecycle_spells(shop: Shop, days: pl.DataFrame, thresholds: pl.DataFrame) -> pl.DataFrame:
    """Stages as intervals [started_on, ended_on) of every customer and prospect.

    From an order day on: the base stage, then at risk, then lapsed, until the next order day. A
    spell that is open at as_of has no end. Frames have `person` for the marts that follow.
    """
    as_of = pl.lit(shop.calendar.as_of, DAY)
    limits = thresholds.select("purchase", "at_risk_after_days", "lapsed_after_days")
    started = limits.select(
        gap_class="purchase", limit="lapsed_after_days"
    )  # of the gap that the day ends
    silence = days_between(pl.col("previous_day"), pl.col("day"))
    base = (
        pl.when((pl.col("number") == 1) & ~pl.col("is_known"))
        .then(pl.lit("new"))
        .when((silence > pl.col("limit")).fill_null(False))
        .then(pl.lit("reactivated"))
        .otherwise(pl.lit("active"))
    )
    steps = (
        days.with_columns(
            gap_class=pl.when(pl.col("number") == 2)
            .then(pl.lit("first"))
            .when(pl.col("number") > 2)
            .then(pl.lit("repeat"))
        )
        .join(limits, on="purchase", how="left")
        .join(started, on="gap_class", how="left")
        .select(
            "person",
            "next_day",
            base=base,
            base_on="day",
            at_risk_on=days_after(pl.col("day"), pl.col("at_risk_after_days") + 1),
            lapsed_on=days_after(pl.col("day"), pl.col("lapsed_after_days") + 1),
        )
    )

    def step(stage: pl.Expr, start: str, end: pl.Expr) -> pl.DataFrame:
        return steps.select("person", stage=stage, started_on=start, ended_on=end).filter(
            (pl.col("started_on") < pl.col("ended_on")).fill_null(True)
        )

    def until(column: str) -> pl.Expr:
        return pl.min_horizontal(column, "next_day")  # the earlier of those known

    first_days = days.filter(pl.col("number") == 1).select("person", "first_day")
    prospects = (
        shop.persons.filter(~pl.col("is_staff") & (pl.col("created_date") <= as_of))
        .join(first_days, on="person", how="left")
        .filter((pl.col("created_date") < pl.col("first_day")).fill_null(True))
        .select("person", stage=pl.lit("prospect"), started_on="created_date", ended_on="first_day")
    )
    spells = pl.concat(
        [
            prospects,
            step(pl.col("base"), "base_on", until("at_risk_on")),
            step(pl.lit("at_risk"), "at_risk_on", until("lapsed_on")),
            step(pl.lit("lapsed"), "lapsed_on", pl.col("next_day")),
        ]
    )
    return (
        spells.filter(pl.col("started_on") <= as_of)
        .with_columns(ended_on=pl.when(pl.col("ended_on") <= as_of).then("ended_on"))
        .sort("person", "started_on")
        .with_columns(
            previous_stage=pl.col("stage").shift(1).over("person"),
            spell_number=pl.int_range(1, pl.len() + 1).over("person"),
        )
        .join(shop.persons.select("person", "customer_key"), on="person", how="left")
    )


class Spine(NamedTuple):
    """The periods of a grain: their starts, and their last days, as_of in the last."""

    starts: pl.Series
    ends: pl.Series

    def holding(self, spells: pl.DataFrame) -> pl.DataFrame:
        """Add the range [a, b) of the periods at whose end each spell holds."""
        ends = self.ends.to_numpy()
        ended = spells["ended_on"].fill_null(date.max).to_numpy()
        return spells.with_columns(
            a=pl.Series(np.searchsorted(ends, spells["started_on"].to_numpy()), dtype=pl.Int64),
            b=pl.Series(np.searchsorted(ends, ended), dtype=pl.Int64),
        )

    def counted(self, first: pl.Expr, last: pl.Expr, spells: pl.DataFrame) -> pl.DataFrame:
        """Customers of each stage in each period of the spells' ranges [first, last)."""
        ranges = spells.select("stage", first=first, last=last).filter(
            pl.col("first") < pl.col("last")
        )
        change = pl.concat(
            [
                ranges.select("stage", period="first", change=pl.lit(1, dtype=pl.Int64)),
                ranges.select("stage", period="last", change=pl.lit(-1, dtype=pl.Int64)),
            ]
        )
        return (
            stages_of(len(self.ends))
            .join(
                change.group_by("stage", "period").agg(pl.col("change").sum()),
                on=["stage", "period"],
                how="left",
            )
            .sort("stage", "period")
            .select(
                "stage",
                "period",
                customers=pl.col("change").fill_null(0).cum_sum().over("stage"),
            )
        )


def stages_of(periods: int) -> pl.DataFrame:
    """Every stage in every period, by number."""
    numbers = pl.DataFrame({"period": range(periods)}, schema={"period": pl.Int64})
    return pl.DataFrame({"stage": STAGES}).join(numbers, how="cross")


def periods(shop: Shop, interval: str) -> Spine:
    """Periods of the spine, from the first order or credit note to as_of."""
    starts = spine(shop.start, shop.calendar.as_of, interval)["period_start"]
    last_days = starts.dt.offset_by(interval) - timedelta(days=1)
    return Spine(starts, last_days.clip(upper_bound=shop.calendar.as_of))


def stage_at(rows: pl.DataFrame, day: str, spells: pl.DataFrame) -> pl.DataFrame:
    """Add the `stage` of each row's person on a day; null before the first spell."""
    return rows.sort(day).join_asof(
        spells.select("person", "started_on", "stage").sort("started_on"),
        left_on=day,
        right_on="started_on",
        by="person",
        check_sortedness=False,
    )


def lifecycle_stock(shop: Shop, days: pl.DataFrame, spells: pl.DataFrame) -> pl.DataFrame:
    """Customers of each stage on the last day of each period, and what they bought in it."""
    mart = "lifecycle.lifecycle_stock"
    if shop.start is None:
        return empty(mart)
    frames = []
    for grain, interval in (("week", "1w"), ("month", "1mo")):
        along = periods(shop, interval)
        stock = along.counted(pl.col("a"), pl.col("b"), along.holding(spells))
        dates = pl.DataFrame({"period_start": along.starts, "period_end": along.ends})
        bought = (
            days.group_by("person", period_start=pl.col("day").dt.truncate(interval))
            .agg(net_amount=pl.col("net").sum())
            .join(dates, on="period_start")
        )
        nets = (
            stage_at(bought, "period_end", spells)
            .group_by("period_end", "stage")
            .agg(pl.col("net_amount").sum())
        )
        frames.append(
            stock.join(dates.with_row_index("period").cast({"period": pl.Int64}), on="period")
            .join(nets, on=["period_end", "stage"], how="left")
            .with_columns(
                pl.col("net_amount").fill_null(0),
                period_grain=pl.lit(grain),
                share=share(pl.col("customers"), pl.col("customers").sum().over("period")),
            )
        )
    return finished(mart, pl.concat(frames))


def lifecycle_transitions(shop: Shop, spells: pl.DataFrame) -> pl.DataFrame:
    """From the stage on the day before a month to the stage on its last day.

    A spell that holds at the end of a month and of the one before is a stay; a spell's first
    month end asks what came before that month.
    """
    mart = "lifecycle.lifecycle_transitions"
    if shop.start is None:
        return empty(mart)
    months = periods(shop, "1mo")
    ranges = months.holding(spells)
    stays = months.counted(pl.col("a") + 1, pl.col("b"), ranges).select(
        "period", "customers", from_stage="stage", to_stage="stage"
    )
    before = pl.DataFrame({"day_before": months.starts - timedelta(days=1)}).with_row_index("a")
    entered = (
        ranges.filter(pl.col("a") < pl.col("b"))
        .select("person", "a", to_stage="stage")
        .join(before.cast({"a": pl.Int64}), on="a")
    )
    moves = (
        stage_at(entered, "day_before", spells)
        .with_columns(from_stage=pl.col("stage").fill_null("none"))
        .group_by("from_stage", "to_stage", period="a")
        .agg(customers=pl.len().cast(pl.Int64))
    )
    all_of_it = pl.col("customers").sum().over("period", "from_stage")
    frame = (
        pl.concat([stays, moves.select(stays.columns)])
        .group_by("period", "from_stage", "to_stage")
        .agg(pl.col("customers").sum())
        .filter(pl.col("customers") > 0)
        .with_columns(
            month_start=pl.col("period").replace_strict(
                dict(enumerate(months.starts.to_list())), return_dtype=DAY
            ),
            probability=pl.when(pl.col("from_stage") != "none").then(
                share(pl.col("customers"), all_of_it)
            ),
        )
    )
    return finished(mart, frame)


# ---------------------------------------------------------------------------------------------
# Recency, frequency, retention
# ---------------------------------------------------------------------------------------------


def buyers(shop: Shop, days: pl.DataFrame) -> pl.DataFrame:
    """Customers with a valid order: recency, order days, net amount (credit notes off)."""
    as_of = pl.lit(shop.calendar.as_of, DAY)
    return (
        days.group_by("person")
        .agg(last_day=pl.col("day").max(), frequency=pl.len().cast(pl.Int64))
        .with_columns(recency_days=days_between(pl.col("last_day"), as_of))
        .join(shop.persons.select("person", "customer_key", "net_amount"), on="person", how="left")
    )


def lifecycle_grid(shop: Shop, days: pl.DataFrame) -> pl.DataFrame:
    """Customers by recency and frequency band (of the seed) at as_of; every cell present."""
    bands = seed("lifecycle_bands")
    people = buyers(shop, days)
    cells = None
    for dimension, value in (("recency", "recency_days"), ("frequency", "frequency")):
        own = bands.filter(pl.col("dimension") == dimension).sort("min_value")
        own = own.select(pl.col("band").alias(f"{dimension}_band"), min_value="min_value")
        people = people.sort(value).join_asof(own, left_on=value, right_on="min_value")
        names = own.select(f"{dimension}_band")
        cells = names if cells is None else cells.join(names, how="cross")
    both = ["recency_band", "frequency_band"]
    sums = people.group_by(both).agg(
        customers=pl.len().cast(pl.Int64), net_amount=pl.col("net_amount").sum()
    )
    frame = (
        cells.join(sums, on=both, how="left")
        .with_columns(pl.col("customers", "net_amount").fill_null(0))
        .with_columns(share=share(pl.col("customers"), pl.col("customers").sum()))
    )
    return finished("lifecycle.lifecycle_grid", frame)


def score(value: pl.Expr, scores: int) -> pl.Expr:
    """Scores 1 to n by percent_rank, equal values alike: 1 + least(n − 1, floor(n · rank))."""
    below = value.rank("min").cast(pl.Int64) - 1
    others = pl.max_horizontal(pl.len().cast(pl.Int64) - 1, 1)
    return 1 + (below * scores // others).clip(upper_bound=scores - 1)


def rfm(shop: Shop, days: pl.DataFrame) -> pl.DataFrame:
    """Recency, frequency and monetary scores of the customers with a valid order."""
    frame = buyers(shop, days).with_columns(
        monetary="net_amount",
        r_score=score(-pl.col("recency_days"), 5),
        f_score=score(pl.col("frequency"), 5),
        m_score=score(pl.col("net_amount"), 5),
    )
    names = seed("rfm_segments")
    return finished("lifecycle.rfm", frame.join(names, on=["r_score", "f_score"], how="left"))


def marts(shop: Shop) -> dict[str, pl.DataFrame]:
    """Every mart of the subject."""
    days = order_days(shop)
    thresholds = lifecycle_thresholds(shop, days)
    spells = lifecycle_spells(shop, days, thresholds)
    return {
        "lifecycle.lifecycle_thresholds": finished("lifecycle.lifecycle_thresholds", thresholds),
        "lifecycle.lifecycle_spells": finished("lifecycle.lifecycle_spells", spells),
        "lifecycle.lifecycle_stock": lifecycle_stock(shop, days, spells),
        "lifecycle.lifecycle_transitions": lifecycle_transitions(shop, spells),
        "lifecycle.lifecycle_grid": lifecycle_grid(shop, days),
        **cohort_marts(shop, days),
        "lifecycle.rfm": rfm(shop, days),
        **lifetime_value_marts(shop, days),
    }
