"""What a build ends with: the answers that a shop asks for first, a line each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from patronage.database import opened

MONTHS = 12  # the window of the shares


def answers(build: Path, warned: int, rejected: int, lost: tuple[Any, int]) -> list[str]:
    """Return what a build file says, as lines of a label and a text.

    `warned` are the expectations that were not met and only warn, `rejected` the raw rows that
    could not be used, `lost` their amount in the reporting currency and how many orders they hit.
    Raises duckdb.Error.
    """
    with opened(build) as connection:
        currency = one(connection, "select max(currency) from staging.reporting_currency")[0]
        told = {
            "period": period(connection),
            "orders": orders(connection),
            "net amount": amount(
                one(connection, "select sum(net_amount) from core.orders where is_valid")[0],
                currency,
            ),
            "new customers": new_customers(connection),
            "best fifth": best_fifth(connection),
            "at risk, lapsed": thresholds(connection),
            "customer value": customer_value(connection),
        }
    hit = f", {amount(lost[0], currency)} of {counted(lost[1], 'order')}" if lost[1] else ""
    why = f"{counted(rejected, 'raw row')}{hit} (`patronage rejects` shows why)"
    told["rejected"] = why if rejected else "nothing"
    told["warnings"] = f"{warned:,}, named above" if warned else "none"
    width = max(map(len, told))
    return [f"{label.ljust(width)}  {text}" for label, text in told.items()]


def one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The only row of a query."""
    (row,) = connection.execute(query).fetchall()
    return row


def amount(value: Any, currency: str | None) -> str:
    """An amount with its currency; cents are enough to read."""
    return f"{value or 0:,.2f} {currency or ''}".rstrip()


def counted(number: int, thing: str) -> str:
    """A number of things."""
    return f"{number:,} {thing}{'s' * (number != 1)}"


def share(value: float | None) -> str:
    """A share of the net amount of the last months, if there is one."""
    return "unknown: no sales" if value is None else f"{value:.1%} of the net amount"


def period(connection: duckdb.DuckDBPyConnection) -> str:
    """From the first order to the date that all is computed for."""
    first, last = one(connection, "select max(history_start), max(as_of) from core.as_of")
    return f"{first} to {last}" if first else "no orders"


def orders(connection: duckdb.DuckDBPyConnection) -> str:
    """Valid orders, and how many people made them."""
    count, buyers, nobodys = one(
        connection,
        "select count(*), count(distinct customer_key), count(*) - count(customer_key) "
        "from core.orders where is_valid",
    )
    others = f", {nobodys:,} of nobody known" if nobodys else ""
    return f"{count:,} by {counted(buyers, 'buyer')}{others}"


def new_customers(connection: duckdb.DuckDBPyConnection) -> str:
    """The share of first orders, and whether it may be too high."""
    new, is_censored = one(
        connection,
        "select case when sum(total_net_amount) > 0 "
        "then cast(sum(new_net_amount) / sum(total_net_amount) as double) end, "
        "bool_or(is_left_censored) from customer_share.new_customer_share, core.as_of "
        "where period_grain = 'month' and breakdown = 'total' "
        f"and period_start > date_trunc('month', as_of) - interval {MONTHS} month",
    )
    doubt = "; at most, as some may have bought before the data begins" if is_censored else ""
    return share(new) + (f" of the last {MONTHS} months{doubt}" if new is not None else "")


def best_fifth(connection: duckdb.DuckDBPyConnection) -> str:
    """What the best 20 % of the buyers bring."""
    found = connection.execute(
        "select top_20_percent_share from customer_share.concentration "
        "where measure_window = 'trailing_12m' order by month_start desc limit 1"
    ).fetchall()
    value = found[0][0] if found else None
    return share(value) + (f" of the last {MONTHS} months" if value is not None else "")


def thresholds(connection: duckdb.DuckDBPyConnection) -> str:
    """Days of silence, and how they came about."""
    parts = []
    for purchase, at_risk, lapsed, gaps, method, is_near in connection.execute(
        "select purchase, at_risk_after_days, lapsed_after_days, gaps, method, is_near_ceiling "
        "from lifecycle.lifecycle_thresholds order by purchase"
    ).fetchall():
        how = f"{method}, {counted(gaps, 'return')}" + (", history too short" if is_near else "")
        word = "a first order" if purchase == "first" else "later ones"
        parts.append(f"{at_risk} and {lapsed} days after {word} ({how})")
    return "; ".join(parts) or "unknown"


def customer_value(connection: duckdb.DuckDBPyConnection) -> str:
    """Whether the models of what customers will buy could be fitted, and how well they foretold."""
    status = dict(
        connection.execute("select distinct model, status from lifecycle.clv_parameters").fetchall()
    )
    (ratio,) = one(connection, "select max(calibration_ratio) from lifecycle.clv_parameters")
    words = [
        f"{what} {status.get(model, 'unknown').replace('_', ' ')}"
        for model, what in (("bg_nbd", "purchases"), ("gamma_gamma", "amounts"))
    ]
    tested = f"; {ratio:.2f} purchases for each foretold" if ratio is not None else ""
    return ", ".join(words) + tested
