"""Staging of the side tables: consent, campaigns, service, surveys, markets (section 1).

They make no person, and decide neither as_of nor the reporting currency: they are staged when
both are known.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any

import polars as pl

from oracle.contract import DAY, SIDE_TABLES
from oracle.reading import check, settle
from oracle.staging import Staging, fx_rates, with_rates
from oracle.tools import CENT, converted

# The columns of each table that its rules or anything after staging read.
USED: dict[str, list[str]] = {
    table: columns.split()
    for table, columns in {
        "consents": """
            channel purpose status stated_at stated_at_date stated_at_is_day customer_id email
            phone method proof
        """,
        "campaigns": """
            campaign_id name kind channel product_id started_at started_at_date started_at_is_day
            ended_at ended_at_date ended_at_is_day cost currency is_automated
        """,
        "marketing_spend": "spend_date_date amount currency channel campaign_id purpose",
        "service_tickets": """
            ticket_id opened_at opened_at_date opened_at_is_day customer_id email phone channel
            topic order_id product_id first_response_at first_response_at_date
            first_response_at_is_day resolved_at resolved_at_date resolved_at_is_day is_proactive
            is_complaint satisfaction
        """,
        "surveys": "survey_id name kind started_at started_at_date ended_at ended_at_date invited",
        "survey_answers": """
            survey_id respondent_id question_id answered_at answered_at_date customer_id email
            answer
        """,
        "category_spend": """
            category year customer_id email total_amount currency own_rank brands _loaded_at
        """,
        "market_sizes": "category year amount country currency _loaded_at",
        "follower_counts": "channel counted_on_date followers posts",
    }.items()
}

# The amount of each table that has one.
AMOUNTS = {
    "campaigns": "cost",
    "marketing_spend": "amount",
    "category_spend": "total_amount",
    "market_sizes": "amount",
}

# By which business date a row is later than as_of; without a date it never is.
DATES = {
    "consents": "stated_at_date",
    "campaigns": "started_at_date",
    "marketing_spend": "spend_date_date",
    "service_tickets": "opened_at_date",
    "surveys": "started_at_date",
    "survey_answers": "answered_at_date",
    "follower_counts": "counted_on_date",
}


def is_before(column: str, other: str) -> pl.Expr:
    """Whether a time lies before another: on an earlier date, or at an earlier time of one day.

    A date alone says no time of its day.
    """
    day, other_day = pl.col(f"{column}_date"), pl.col(f"{other}_date")
    is_timed = ~pl.col(f"{column}_is_day") & ~pl.col(f"{other}_is_day")
    earlier = is_timed & (pl.col(column) < pl.col(other))
    return (day < other_day) | ((day == other_day) & earlier)


def names_nobody(*columns: str) -> pl.Expr:
    """Whether a row gives no name at all of a person."""
    return pl.all_horizontal(pl.col(column).is_null() for column in columns)


# What each table rejects beside what every table does: reason -> when.
RULES: dict[str, dict[str, pl.Expr]] = {
    "consents": {
        "unknown status": ~pl.col("status").is_in(["granted", "withdrawn"]),
        "names nobody": names_nobody("customer_id", "email", "phone"),
    },
    "campaigns": {"ended_at before started_at": is_before("ended_at", "started_at")},
    "service_tickets": {
        "first_response_at before opened_at": is_before("first_response_at", "opened_at"),
        "resolved_at before opened_at": is_before("resolved_at", "opened_at"),
        "impossible satisfaction": ~pl.col("satisfaction").is_between(CENT, 5 * CENT),
    },
    "category_spend": {
        "names nobody": names_nobody("customer_id", "email"),
        "own_rank without brands": pl.col("own_rank").is_not_null() & pl.col("brands").is_null(),
        "brands without own_rank": pl.col("brands").is_not_null() & pl.col("own_rank").is_null(),
        "impossible brands": pl.col("brands") < 2 * CENT,
        "impossible own_rank": ~pl.col("own_rank").is_between(CENT, pl.col("brands")),
    },
}


def ruled(table: str, as_of: date | None, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows with the faults by their table's own rules, and of what currency and date they are.

    The rate is of started_at, of spend_date, or of the earlier of as_of and the year's last day.
    """
    faults = [
        pl.when(broken.fill_null(False)).then(pl.lit(reason))
        for reason, broken in RULES.get(table, {}).items()
    ]
    rows = rows.with_columns(fault=pl.coalesce("fault", *faults))
    if table not in AMOUNTS:
        return rows
    if table in DATES:
        priced_on = pl.col(DATES[table])
    else:
        priced_on = pl.min_horizontal(pl.date(pl.col("year"), 12, 31), pl.lit(as_of, DAY))
    return rows.with_columns(priced_in="currency", priced_on=priced_on)


def stage_side_tables(
    staging: Staging, sources: list[dict[str, Any]], as_of: date | None, now: datetime
) -> Staging:
    """Add the side tables to what is staged, with their amounts in the reporting currency."""
    parts: dict[str, list[pl.DataFrame]] = {table: [] for table in SIDE_TABLES}
    refused, counts = [staging.rejected], [staging.reconciliation]
    for source in sources:
        for table, kept in parts.items():
            checked = check(source, table, USED[table], now)
            rules = partial(ruled, table, as_of)
            if table in AMOUNTS:
                asked = rules(checked.rows.lazy()).collect()
                rates = fx_rates(
                    asked, source["name"], staging.tables["fx_rates"], staging.currency
                )
                settled = settle(
                    checked,
                    lambda rows, rules=rules, rates=rates: with_rates(
                        rules(rows), rates, staging.currency
                    ),
                )
                amount = AMOUNTS[table]
                rows = settled.accepted.with_columns(
                    converted(pl.col(amount)).alias(amount), delivered_amount=amount
                )
                rows = rows.drop("rate", "priced_in", "priced_on")
            else:
                settled = settle(checked, rules)
                rows = settled.accepted
            kept.append(rows.with_columns(source=pl.lit(source["name"])))
            refused.append(settled.rejected)
            counts.append(pl.DataFrame(settled.counts))
    tables = staging.tables | {table: pl.concat(frames) for table, frames in parts.items()}
    return staging._replace(
        tables=tables, rejected=pl.concat(refused), reconciliation=pl.concat(counts)
    )


def cut_side_tables(tables: dict[str, pl.DataFrame], as_of: date | None) -> dict[str, pl.DataFrame]:
    """The side tables as they were at as_of: without later rows, responses and resolutions."""
    last = pl.lit(as_of, DAY)
    known = {
        table: tables[table].filter((pl.col(day) <= last) | pl.col(day).is_null())
        for table, day in DATES.items()
    }
    for table in ("category_spend", "market_sizes"):
        known[table] = tables[table].filter(pl.col("year") <= last.dt.year())
    happened = [
        pl.when(pl.col(f"{column}_date") <= last).then(pl.col(column)).alias(column)
        for column in ("first_response_at", "resolved_at")
    ]
    days = [
        pl.when(pl.col(f"{column}_date") <= last)
        .then(pl.col(f"{column}_date"))
        .alias(f"{column}_date")
        for column in ("first_response_at", "resolved_at")
    ]
    known["service_tickets"] = known["service_tickets"].with_columns(*happened, *days)
    return known
