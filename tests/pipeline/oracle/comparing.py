"""Readable differences between the oracle's marts and the warehouse's."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

import polars as pl

CLOSE = 1e-6  # absolute or relative, between doubles
ESTIMATED = 2e-4  # the same, between what rests on fitted parameters
SHOWN = 5  # how many rows of one kind of difference are written out


def compare(
    expected: pl.DataFrame,
    actual: pl.DataFrame,
    keys: list[str],
    estimates: Collection[str] = (),
) -> list[str]:
    """Readable differences between an expected and an actual frame; empty when they agree.

    Only the expected columns are compared. Decimals and integers may differ by 0.00005 (they
    are then equal to the fourth decimal), doubles by 10^-6 absolute or relative, the columns
    of `estimates` by 2 · 10^-4; all else, nulls included, is exact. Rows of a repeated key are
    paired in their order.
    """
    if absent := [c for c in expected.columns if c not in actual.columns]:
        return [f"missing columns: {', '.join(absent)}"]
    actual = actual.select(expected.columns)
    if odd := [c for c in expected.columns if kind_of(expected, c) != kind_of(actual, c)]:
        types = ", ".join(f"{c}: {actual.schema[c]} for {expected.schema[c]}" for c in odd)
        return [f"other types: {types}"]
    alike = [c for c in expected.columns if c in keys or kind_of(expected, c) != "number"]
    actual = actual.with_columns(naive(actual, c).cast(expected.schema[c]) for c in alike)
    differences = []
    nth = "(row of the key)"
    pair = [numbered(frame, keys, nth) for frame in (expected, actual)]
    on = [*keys, nth]
    for name, one, other in (("missing", *pair), ("extra", *pair[::-1])):
        lone = one.join(other, on=on, how="anti", nulls_equal=True)
        if lone.height:
            shown = [str(dict(zip(keys, row, strict=True))) for row in first_keys(lone, keys)]
            differences.append(f"{lone.height} {name} rows, such as {'; '.join(shown)}")
    both = pair[0].join(pair[1], on=on, how="inner", nulls_equal=True, suffix="(actual)")
    for column, dtype in expected.schema.items():
        if column in keys:
            continue
        other = f"{column}(actual)"
        tolerance = ESTIMATED if column in estimates else CLOSE
        wrong = both.filter(~same(column, other, dtype, actual.schema[column], tolerance))
        if wrong.height:
            shown = [
                f"{dict(zip(keys, row[:-2], strict=True))}: {row[-1]} instead of {row[-2]}"
                for row in first_keys(wrong, [*keys, column, other])
            ]
            differences.append(f"{column}: {wrong.height} rows differ, such as {'; '.join(shown)}")
    return differences


def kind_of(frame: pl.DataFrame, column: str) -> str:
    """What a column holds, whatever its width: number, text, or its own type."""
    dtype = frame.schema[column]
    if dtype.is_numeric():
        return "number"
    if isinstance(dtype, (pl.String, pl.Categorical, pl.Enum)):
        return "text"
    return str(dtype.base_type())


def naive(frame: pl.DataFrame, column: str) -> pl.Expr:
    """A column without a time zone: what was in one becomes naive UTC."""
    dtype = frame.schema[column]
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        return pl.col(column).dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return pl.col(column)


def numbered(frame: pl.DataFrame, keys: list[str], name: str) -> pl.DataFrame:
    """Number the rows of each key, so that a repeated key still finds its partner."""
    if not frame.select(pl.struct(keys).is_duplicated().any()).item():
        return frame.with_columns(pl.lit(1, dtype=pl.Int64).alias(name))
    rest = [c for c in frame.columns if c not in keys]
    return frame.sort([*keys, *rest]).with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(keys).alias(name)
    )


def first_keys(frame: pl.DataFrame, columns: list[str]) -> list[tuple[Any, ...]]:
    """The first rows of a frame, as readable values."""
    head = frame.select(columns).sort(columns[:-2] or columns).head(SHOWN)
    return head.select(pl.all().cast(pl.String)).rows()


def same(
    left: str, right: str, expected: pl.DataType, actual: pl.DataType, tolerance: float
) -> pl.Expr:
    """Whether two cells agree within the tolerance of their kind; null equals null only."""
    a, b = pl.col(left), pl.col(right)
    if not expected.is_numeric() or not actual.is_numeric():
        return a.eq_missing(b)
    if expected.is_float() or actual.is_float():
        a, b = a.cast(pl.Float64), b.cast(pl.Float64)
        gap = (a - b).abs()
        close = (gap <= tolerance) | (gap <= tolerance * a.abs()) | (a.is_nan() & b.is_nan())
    else:
        wide = pl.Decimal(38, 8)
        gap = (a.cast(wide) - b.cast(wide)).abs()
        close = gap <= pl.lit(Decimal("0.00005"))
    return pl.when(a.is_null() | b.is_null()).then(a.is_null() & b.is_null()).otherwise(close)
