"""The business date of the warehouse, held against the rows that it was found in."""

from __future__ import annotations

from pathlib import Path

from patronage.database import literal, opened
from patronage.gates import ExpectNoRows, Suite

LONGEST_SILENCE = 7  # days between the last sale and as_of


def clock(build: Path, is_dated: bool) -> Suite:
    """Return what is expected of the date that a build file is computed for; it only warns.

    `is_dated`: it was set by hand, so what lies behind it was passed over on purpose.
    """
    with opened(build) as connection:
        ((as_of, last_sale, events, latest),) = connection.execute(
            "select max(dates.as_of), (select max(order_date) from core.orders where is_valid), "
            "count(events.event_date), max(events.event_date) from core.as_of as dates "
            "left join staging.stg_events as events on events.event_date > dates.as_of"
        ).fetchall()
    silence = (as_of - last_sale).days if last_sale else 0
    passed_over = 0 if is_dated else events
    return Suite(
        "clock",
        "select * from core.as_of",
        [
            found(
                f"select {passed_over} as events, {literal(f'{latest}')} as latest, "
                f"{literal(f'{as_of}')} as as_of",
                passed_over > 0,
                "no event is later than as_of (a device's clock, or too few people)",
            ),
            found(
                f"select {literal(f'{as_of}')} as as_of, {literal(f'{last_sale}')} as last_sale",
                silence > LONGEST_SILENCE,
                f"as_of is at most {LONGEST_SILENCE} days after the last sale",
            ),
        ],
    )


def found(query: str, is_found: bool, description: str) -> ExpectNoRows:
    """An expectation about what was found before."""
    return ExpectNoRows(
        unexpected_rows_query=f"{query} where {str(is_found).lower()}",
        description=description,
        severity="warning",
    )
