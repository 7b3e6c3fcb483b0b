"""Scenarios: what more loyalty would be worth, and what is said of it everywhere (section 12)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from oracle.baskets import last_days
from oracle.contract import TEXT
from oracle.customer_share import window_nets
from oracle.lifetime_value import margins
from oracle.marts import declare, empty, finished
from oracle.seeds import seed
from oracle.shop import Shop, between
from oracle.standing import Marts
from oracle.tools import CENT, month_of, months_later

declare(
    "scenarios.retention_scenarios",
    "scenario",
    """
    scenario:text base_customers:count retention_rate:share yearly_margin:share
    is_margin_known:flag customer_value:share retention_rate_after:share
    customer_value_after:share value_change:share
    """,
)
declare(
    "scenarios.claims",
    "claim_id",
    """
    claim_id:text source:text statement:text claimed_low:share claimed_high:share
    measured_in:text measured_value:share is_met:flag
    """,
)
declare(
    "core.calendar",
    "calendar_date",
    """
    calendar_date:day week_start:day month_start:day quarter_start:day year_start:day
    weekday:count weekday_name:text is_after_as_of:flag
    """,
)

MOST = 0.99  # of the customers stay in any scenario
MAY_BE_MISSING = timedelta(days=31)
MORNING = range(8, 12)
AFTER = {
    "plus_5_points": lambda rate: rate + 0.05,
    "plus_5_percent": lambda rate: rate * 1.05,
    "defection_halved": lambda rate: 1 - (1 - rate) / 2,
}


def marts(shop: Shop, made: Marts) -> dict[str, pl.DataFrame]:
    """The marts of section 12 that read the others, and the calendar."""
    scenarios = finished_or_empty("scenarios.retention_scenarios", retention_scenarios(shop))
    measured = measures(shop, made | {"scenarios.retention_scenarios": scenarios})
    frames = {"scenarios.claims": claims(measured), "core.calendar": calendar(shop)}
    return {"scenarios.retention_scenarios": scenarios} | {
        mart: finished_or_empty(mart, frame) for mart, frame in frames.items()
    }


def finished_or_empty(mart: str, frame: pl.DataFrame) -> pl.DataFrame:
    """A mart, which may have no rows."""
    return finished(mart, frame) if frame.width else empty(mart)


# ---------------------------------------------------------------------------------------------
# What retention is worth
# ---------------------------------------------------------------------------------------------


def retention_scenarios(shop: Shop) -> pl.DataFrame:
    """What a greater r would make of the year's margin, and r of it each year for ever."""
    as_of, history_start = shop.calendar.as_of, shop.calendar.history_start
    if as_of is None or history_start is None:
        return pl.DataFrame()
    end = as_of + timedelta(days=1)
    middle, start = months_later(end, -12), months_later(end, -24)
    if history_start > start + MAY_BE_MISSING:
        return pl.DataFrame()

    def buyers(first: date, last: date) -> set[int]:
        rows = between(shop.orders, "order_date", first, last).collect()
        return set(rows["person"].drop_nulls())

    base, now = buyers(start, middle), buyers(middle, end)
    rate = len(base & now) / len(base) if base else None
    nets = window_nets(shop, middle, end).filter(pl.col("orders") > 0).drop_nulls("person")
    nets = nets.join(margins(shop), on="person", how="left")
    margin = pl.col("margin_share")
    worth = nets.select(pl.col("net_amount") / CENT * margin.fill_null(1)).to_series().mean()
    is_known = None if nets.is_empty() else nets["margin_share"].null_count() == 0
    discount = shop.params["clv_annual_discount_rate"]

    def value(at: float | None) -> float | None:
        if at is None or worth is None:
            return None
        return worth * (1 + discount) / (1 + discount - at)

    rows = []
    for scenario, moved in AFTER.items():
        after = None if rate is None else max(rate, min(MOST, moved(rate)))
        change = None if after is None else (1 + discount - rate) / (1 + discount - after) - 1
        rows.append(
            {
                "scenario": scenario,
                "base_customers": len(base),
                "retention_rate": rate,
                "yearly_margin": worth,
                "is_margin_known": is_known,
                "customer_value": value(rate),
                "retention_rate_after": after,
                "customer_value_after": value(after),
                "value_change": change,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


# ---------------------------------------------------------------------------------------------
# What is claimed
# ---------------------------------------------------------------------------------------------


def only(frame: pl.DataFrame, column: str, **where: Any) -> Any:
    """The value of a column in the one row where …; None without such a row."""
    rows = frame.filter(*(pl.col(name) == value for name, value in where.items()))
    return rows[column].item() if rows.height else None


def by_word_of_mouth(made: Marts, months: list[date]) -> float | None:
    """The part of the last 12 months' sales that others' words brought."""
    if made["core.orders"]["referral_code"].null_count() == made["core.orders"].height:
        return None
    lately = pl.col("month_start").is_in(months[-12:])
    referred = made["advocacy.word_of_mouth"].filter(lately)["referred_net_amount"].sum()
    shares = made["customer_share.new_customer_share"].filter(
        (pl.col("period_grain") == "month") & (pl.col("breakdown") == "total")
    )
    total = shares.filter(pl.col("period_start").is_in(months[-12:]))["total_net_amount"].sum()
    return float(referred) / float(total) if total > 0 else None


def by_products_held(made: Marts) -> float | None:
    """Retention of those who hold three products and more, less that of those with one."""
    rows = made["cross_sell.products_held"]
    least = dict(seed("held_bands").select(pl.col("band").cast(TEXT), "min_products").rows())
    rows = rows.filter(pl.col("month_start") == pl.col("month_start").max()).with_columns(
        least=pl.col("held_band").replace_strict(least, return_dtype=pl.Int64)
    )
    weighed, weight = 0.0, 0
    for _, band in rows.group_by("tenure_band"):
        many, one = band.filter(pl.col("least") >= 3), band.filter(pl.col("least") == 1)
        if many.is_empty() or one.is_empty():
            continue
        customers = many["customers"].sum()
        rates = [part["retained_customers"].sum() / part["customers"].sum() for part in (many, one)]
        weighed += customers * (rates[0] - rates[1])
        weight += customers
    return weighed / weight if weight else None


def measures(shop: Shop, made: Marts) -> dict[str, float | None]:
    """What the marts say of each claim."""
    as_of = shop.calendar.as_of
    if as_of is None:
        return {}
    acts = made["core.advocacy_acts"].filter("counts")
    is_spoken = acts.filter(last_days(shop, 365, "act_date")).height > 0
    tiers = made["advocacy.advocacy_tier_summary"]
    tiers = tiers.filter(pl.col("month_start") == pl.col("month_start").max())
    mornings = made["profile.purchase_patterns"].filter(
        (pl.col("segment_by") == "total")
        & (pl.col("weekday") == 1)
        & pl.col("hour").is_in(list(MORNING))
    )
    busy = mornings["index"].mean()
    found = {
        "best_fifth": only(
            made["customer_share.concentration"],
            "top_20_percent_share",
            measure_window="trailing_12m",
            month_start=month_of(as_of),
        ),
        "retention_profit": only(
            made["scenarios.retention_scenarios"], "value_change", scenario="plus_5_points"
        ),
        "word_of_mouth": by_word_of_mouth(made, shop.months),
        "products_held": by_products_held(made),
        "monday_morning": None if busy is None else busy / 100,
    }
    if is_spoken:
        found |= {f"{tier}s": only(tiers, "share", tier=tier) for tier in tiers["tier"]}
        found["one_point_of_lovers"] = only(
            made["advocacy.advocacy_what_if"], "lovers_gain", scenario="one_point_of_base"
        )
    return found


def claims(measured: dict[str, float | None]) -> pl.DataFrame:
    """What is said everywhere, beside what this shop shows."""
    bounds = {"claimed_low": pl.Float64, "claimed_high": pl.Float64}
    value, low, high = pl.col("measured_value"), *(pl.col(name) for name in bounds)
    is_said = low.is_not_null() | high.is_not_null()
    is_within = (value >= low).fill_null(True) & (value <= high).fill_null(True)
    found = pl.DataFrame(
        list(measured.items()), schema={"claim_id": TEXT, "measured": pl.Float64}, orient="row"
    )
    return (
        seed("claims", **bounds, measured_in=TEXT)
        .join(found, on="claim_id", how="left")
        .with_columns(measured_value=pl.col("measured").round(6, mode="half_away_from_zero"))
        .with_columns(is_met=pl.when(is_said & value.is_not_null()).then(is_within))
    )


# ---------------------------------------------------------------------------------------------
# Days
# ---------------------------------------------------------------------------------------------


def calendar(shop: Shop) -> pl.DataFrame:
    """The days from the history's start to the end of the month of as_of."""
    first, as_of = shop.calendar.history_start, shop.calendar.as_of
    if first is None or as_of is None:
        return pl.DataFrame()
    last = months_later(month_of(as_of), 1) - timedelta(days=1)
    day = pl.col("calendar_date")
    starts = {"week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}
    days = pl.date_range(first, last, eager=True).alias("calendar_date").to_frame()
    return days.with_columns(
        *(day.dt.truncate(every).alias(f"{name}_start") for name, every in starts.items()),
        weekday=day.dt.weekday(),
        weekday_name=day.dt.to_string("%A"),
        is_after_as_of=day > as_of,
    )
