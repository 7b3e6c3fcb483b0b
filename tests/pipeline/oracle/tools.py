"""Small tools: exact money, shares, hashes, days."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal

import polars as pl

CENT = 10_000  # one unit of currency, in the ten-thousandths that money is counted in
RATE = 10**10  # an FX rate of one


def kinds(columns: str) -> dict[str, str]:
    """Read `column:kind column:kind …`."""
    return dict(pair.split(":") for pair in columns.split())


def collect(frame: pl.LazyFrame) -> pl.DataFrame:
    """Run a query on the streaming engine, which keeps the peak memory low."""
    return frame.collect(engine="streaming")


def divide(numerator: pl.Expr, denominator: int) -> pl.Expr:
    """Divide integers, rounded half away from zero; the result is an Int64 (section 0)."""
    wide = numerator.cast(pl.Int128)
    magnitude = (wide.abs() * 2 + denominator) // (2 * denominator)
    return (magnitude * wide.sign()).cast(pl.Int64)


def converted(amount: pl.Expr) -> pl.Expr:
    """Money in the reporting currency: times the order's rate; without a rate, as it is."""
    rate = pl.col("rate")
    exact = divide(amount.cast(pl.Int128) * rate, RATE)
    return pl.when(rate.is_null()).then(amount).otherwise(exact)


def decimal_amount(column: str) -> pl.Expr:
    """Ten-thousandths as a DECIMAL(18,4)."""
    exact = pl.col(column).cast(pl.Decimal(38, 4)) * pl.lit(Decimal("0.0001"))
    return exact.cast(pl.Decimal(18, 4)).alias(column)


def share(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """A ratio; NULL where the denominator is zero or negative (section 0, null vs zero)."""
    return pl.when(denominator > 0).then(numerator.cast(pl.Float64) / denominator)


def wilson(successes: pl.Expr, trials: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Lower and upper end of Wilson's 95 % interval of a share."""
    z = 1.959964
    n = trials.cast(pl.Float64)
    part = successes / n
    middle = part + z * z / (2 * n)
    half = z * (part * (1 - part) / n + z * z / (4 * n * n)).sqrt()
    return tuple((end / (1 + z * z / n)).clip(0, 1) for end in (middle - half, middle + half))


def md5(text: str) -> str:
    """Hexadecimal md5 of the UTF-8 bytes of a text."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def hashed(texts: pl.Series) -> pl.Series:
    """Md5 of distinct texts, each computed once."""
    return pl.Series(texts.name, [md5(text) for text in texts.to_list()], dtype=pl.String)


def month_of(day: date) -> date:
    """First day of the day's month."""
    return day.replace(day=1)


def months_later(day: date, months: int) -> date:
    """The same day a number of months later (or earlier), or that month's last day."""
    return pl.Series([day]).dt.offset_by(f"{months}mo").item()
