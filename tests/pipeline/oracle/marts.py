"""What the marts hold: columns, kinds and keys, as each subject declares them."""

from __future__ import annotations

import polars as pl

from oracle.contract import DAY, TEXT, TIME
from oracle.tools import decimal_amount, kinds

TYPES = {"text": TEXT, "count": pl.Int64, "flag": pl.Boolean, "day": DAY, "time": TIME}

MARTS: dict[str, dict[str, str]] = {}  # schema.table -> column -> kind
KEYS: dict[str, list[str]] = {}  # schema.table -> the columns that identify a row


def declare(mart: str, key: str, columns: str) -> None:
    """Say what a mart holds, `column:kind column:kind …`, and what identifies its rows.

    Kinds: text, count, flag, day, time; `amount` leaves as DECIMAL(18,4), `share` as DOUBLE
    rounded to nine digits; an `estimate` is a DOUBLE that rests on fitted parameters, so that two
    programs agree on it less exactly.
    """
    MARTS[mart] = kinds(columns)
    KEYS[mart] = key.split()


def estimates(mart: str) -> list[str]:
    """The columns of a mart that rest on fitted parameters."""
    return [column for column, kind in MARTS[mart].items() if kind == "estimate"]


def finished(mart: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Give a mart its columns, types and rounding."""
    columns = []
    for column, kind in MARTS[mart].items():
        if kind == "amount":
            columns.append(decimal_amount(column))
        elif kind in ("share", "estimate"):
            columns.append(pl.col(column).cast(pl.Float64).round(9))
        else:
            columns.append(pl.col(column).cast(TYPES[kind]))
    result = frame.select(columns)
    return result if mart.startswith("core.") else result.sort(KEYS[mart])


def empty(mart: str) -> pl.DataFrame:
    """A mart without rows."""
    return finished(mart, pl.DataFrame(schema=dict.fromkeys(MARTS[mart], pl.Null)))
