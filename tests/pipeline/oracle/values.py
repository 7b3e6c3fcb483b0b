"""Reading values: what a text or a typed column says by its kind (section 1)."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from oracle.contract import (
    BLANKS,
    CEILING,
    FALSE_WORDS,
    LOST_DIGITS,
    NOBODY,
    NOTHING,
    TIME,
    TRUE_WORDS,
)
from oracle.tools import CENT

NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
PLAIN_NUMBER = r"^-?[0-9]{1,11}(\.[0-9]{1,4})?$"
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?"
OFFSET = r"( ?(Z|UTC|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?))?"
MOMENT = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([T ]{CLOCK}{OFFSET})?$"
WHOLE_FLOAT = r"^-?[0-9]+\.0$"
EMAIL = r"^[^@]+@[^@]+$"
ALIKE = "^(" + "|".join(f"{digit}+" for digit in range(10)) + ")$"
FIGURES = ("id", "person", "figure", "phone")  # lose the `.0` of a spreadsheet
TEXTS = (
    "text",
    "id",
    "person",
    "figure",
    "email",
    "phone",
    "lower",
    "upper",
    "status",
    "type",
    "label",
)


def trimmed(name: str, kind: str, dtype: pl.DataType) -> pl.Expr:
    """A value as it arrives: text without blanks at its ends, empty text as null.

    A word for nothing is null, too, but in free text and in the type of an event.
    """
    if isinstance(dtype, (pl.String, pl.Categorical, pl.Enum, pl.Binary, pl.Null)):
        text = pl.col(name).cast(pl.String).str.strip_chars(BLANKS)
        is_something = text != ""
        if kind not in ("text", "type"):
            is_something &= ~text.str.to_lowercase().is_in(NOTHING)
        return pl.when(is_something).then(text)
    return pl.col(name)


def snake_case(text: pl.Expr, is_camel: bool) -> pl.Expr:
    """Words in lower case, joined by `_`; with `is_camel` a capital begins a word as well.

    What holds an @ may be an address, and stays one.
    """
    if is_camel:
        text = text.str.replace_all(r"([\p{Ll}\p{N}])(\p{Lu})", "${1}_${2}")
        text = text.str.replace_all(r"(\p{Lu})(\p{Lu}\p{Ll})", "${1}_${2}")
    lower = text.str.to_lowercase()
    words = lower.str.replace_all(r"[^\p{L}\p{N}]+", "_").str.strip_chars("_")
    return pl.when(text.str.contains("@")).then(lower).when(words != "").then(words)


def order_status(text: pl.Expr) -> pl.Expr:
    """Normal form of a status (section 0): lower case, without `wc-`, signs as `_`."""
    return snake_case(text.str.to_lowercase().str.strip_prefix("wc-"), is_camel=False)


def as_text(name: str, kind: str, dtype: pl.DataType) -> pl.Expr:
    """Text of a text or typed column; NaN is null; an id that is a whole float loses `.0`."""
    value = pl.col(name)
    if dtype.is_float():
        value = value.fill_nan(None)
        text = value.cast(pl.String)
        if kind in FIGURES:
            is_whole = (value == value.floor()) & (value.abs() < 2.0**63)
            integer = pl.when(is_whole).then(value).cast(pl.Int64).cast(pl.String)
            text = pl.coalesce(integer, text)
        return text
    text = value.cast(pl.String)
    if kind in FIGURES:
        is_whole = text.str.contains(WHOLE_FLOAT)
        return pl.when(is_whole).then(text.str.head(-2)).otherwise(text)
    return text


def known_text(text: pl.Expr, kind: str) -> pl.Expr:
    """What a text says by its kind; null where it says nothing (section 1)."""
    is_lost = text.str.contains(LOST_DIGITS)
    if kind == "id":
        return pl.when(~is_lost).then(text)
    if kind == "person":
        return pl.when(~is_lost & ~text.str.contains(NOBODY)).then(text)
    if kind == "email":
        return pl.when(text.str.contains(EMAIL)).then(text)
    if kind == "phone":
        digits = text.str.replace_all(r"[^0-9]", "")
        is_phone = digits.str.len_bytes().is_between(7, 15) & ~digits.str.contains(ALIKE)
        return pl.when(~is_lost & is_phone).then(text)
    if kind == "status":
        return order_status(text)
    if kind == "type":
        return snake_case(text, is_camel=True)
    if kind in ("lower", "label"):
        return text.str.to_lowercase()
    return text.str.to_uppercase() if kind == "upper" else text


def text_number(text: pl.Expr, scale: int) -> pl.Expr:
    """Exact number of a text in units of 10^-scale, rounded half away from zero.

    Works on the digits: the decimal point is moved by the exponent and by `scale`, what stands
    left of it is the number, and the next digit rounds it. Anything of 10^13 or more becomes
    2 * 10^12, which is too large as well. Null where the text is no number.
    """
    mantissa = text.str.extract(r"^[+-]?([0-9.]+)", 1)
    power_text = text.str.extract(r"[eE]([+-]?[0-9]+)$", 1)
    endless = pl.when(power_text.str.starts_with("-")).then(-(10**6)).otherwise(10**6)
    power = power_text.str.strip_prefix("+").cast(pl.Int64, strict=False).fill_null(endless)
    power = pl.when(power_text.is_null()).then(0).otherwise(power.clip(-(10**6), 10**6))
    whole_digits = mantissa.str.extract(r"^([0-9]*)", 1).str.len_bytes().cast(pl.Int64)
    digits = mantissa.str.replace(".", "", literal=True)
    figures = digits.str.strip_chars_start("0")
    leading = digits.str.len_bytes().cast(pl.Int64) - figures.str.len_bytes().cast(pl.Int64)
    point = whole_digits - leading + power

    zeros = scale + 1
    padded = pl.lit("0" * zeros) + figures + pl.lit("0" * (scale + 14))
    last = (point + scale + zeros).clip(0, 13 + scale + zeros)
    kept = padded.str.slice(0, last).str.strip_chars_start("0").str.zfill(1)
    rounding = (padded.str.slice(last, 1) >= "5").cast(pl.Int128)
    number = kept.cast(pl.Int128, strict=False) + rounding
    nothing = (figures == "") | (point < -scale)
    number = pl.when(nothing).then(0).when(point > 13).then(CEILING * 10**scale).otherwise(number)
    sign = pl.when(text.str.starts_with("-")).then(-1).otherwise(1).cast(pl.Int128)
    return pl.when(text.str.contains(NUMBER)).then(sign * number)


def as_number(name: str, dtype: pl.DataType, scale: int) -> pl.Expr:
    """Number of a text or typed column in units of 10^-scale; null where it is none.

    Plain text of at most 11 + 4 digits goes through a double, which is exact at that length.
    """
    value = pl.col(name)
    limit = CEILING
    if isinstance(dtype, pl.String) and scale == 4:
        is_plain = value.str.contains(PLAIN_NUMBER)
        plain = value.cast(pl.Float64, strict=False).clip(-limit, limit) * CENT
        exact = text_number(pl.when(~is_plain).then(value), scale).cast(pl.Int64)
        return pl.when(is_plain).then(plain.round().cast(pl.Int64, strict=False)).otherwise(exact)
    if isinstance(dtype, pl.String):
        number = text_number(value, scale)
    elif dtype.is_float():
        finite = pl.when(value.is_finite()).then(value.cast(pl.Float64)).clip(-limit, limit)
        number = (finite * 10.0**scale).round(0, mode="half_away_from_zero").cast(pl.Int128)
    elif dtype.is_integer():
        number = value.cast(pl.Int128).clip(-limit, limit) * 10**scale
    elif isinstance(dtype, pl.Decimal):
        places = dtype.scale
        number = value.to_physical().cast(pl.Int128)
        number = number.clip(-limit * 10**places, limit * 10**places)
        if places > scale:
            cut = 10 ** (places - scale)
            number = (number.abs() * 2 + cut) // (2 * cut) * number.sign()
        else:
            number = number * 10 ** (scale - places)
    else:
        number = pl.lit(None)
    return number.cast(pl.Int64 if scale == 4 else pl.Int128)


def as_year(name: str, dtype: pl.DataType) -> pl.Expr:
    """Year of a text or typed column: four digits; null where it is none."""
    text = as_text(name, "figure", dtype)
    return pl.when(text.str.contains(r"^[0-9]{4}$")).then(text).cast(pl.Int64)


def as_flag(name: str, dtype: pl.DataType) -> pl.Expr:
    """Truth value of a text or typed column; null where it is none."""
    value = pl.col(name)
    if isinstance(dtype, pl.Boolean):
        return value
    if dtype.is_numeric():
        return pl.when(value == 1).then(True).when(value == 0).then(False)
    if isinstance(dtype, pl.String):
        word = value.str.to_lowercase()
        return pl.when(word.is_in(TRUE_WORDS)).then(True).when(word.is_in(FALSE_WORDS)).then(False)
    return pl.lit(None, dtype=pl.Boolean)


def whole(digits: pl.Expr) -> pl.Expr:
    """Whole number of a piece of text; zero where there is none."""
    return digits.cast(pl.Int64, strict=False).fill_null(0)


def local_time(clock: pl.Expr, time_zone: str) -> pl.Expr:
    """Naive UTC instant of a time on the clocks of a place (section 1, Times).

    A time that a clock change repeats is the first; one that it skips moves on by the gap, that
    is, it counts from the day before by clocks that were not changed.
    """
    known = clock.clip(datetime(2, 1, 1), datetime(9998, 12, 31))  # no zone knows other years

    def instant(time: pl.Expr) -> pl.Expr:
        placed = time.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
        return placed.dt.convert_time_zone("UTC").dt.replace_time_zone(None)

    day = timedelta(days=1)
    return (
        pl.when(known == clock)
        .then(pl.coalesce(instant(known), instant(known - day) + day))
        .otherwise(clock)
    )


def as_time(name: str, dtype: pl.DataType, naive_in: str | None) -> pl.Expr:
    """Naive UTC instant of a text or typed column; null where it is none.

    Section 1: `YYYY-MM-DD[(T| )hh:mm[:ss[.f]][ ][Z|UTC|±hh[[:]mm]]]`, nothing else. A time
    without offset is UTC, or of the clocks in the zone `naive_in`. The instant of a date is its
    midnight. Digits below a microsecond are cut off.
    """
    value = pl.col(name)
    if isinstance(dtype, pl.Date):
        return value.cast(TIME)
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone:
            value = value.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        elif naive_in:
            return local_time(value.cast(TIME), naive_in)
        return value.cast(TIME)
    if not isinstance(dtype, pl.String):
        return pl.lit(None, dtype=TIME)

    # Pieces of any text; only what matches the whole pattern is kept.
    day = value.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    tail = value.str.slice(16)
    fraction = tail.str.extract(r"\.([0-9]{1,6})", 1).str.pad_end(6, "0")
    offset = tail.str.extract(r"([+-][0-9:]+)$", 1).str.replace(":", "", literal=True)
    ahead = whole(offset.str.slice(1, 2)) * 60 + whole(offset.str.slice(3, 2))
    ahead = pl.when(offset.str.starts_with("-")).then(-ahead).otherwise(ahead)
    minutes = whole(value.str.slice(11, 2)) * 60 + whole(value.str.slice(14, 2)) - ahead
    seconds = whole(tail.str.extract(r"^:([0-9]{2})", 1))
    micros = (minutes * 60 + seconds) * 1_000_000 + whole(fraction)
    instant = day.cast(TIME) + pl.duration(microseconds=micros)
    if naive_in:
        is_naive = value.str.contains(rf"^.{{10}}[T ]{CLOCK}$")
        instant = pl.when(is_naive).then(local_time(instant, naive_in)).otherwise(instant)
    return pl.when(value.str.contains(MOMENT)).then(instant)


def business_date(name: str, instant: pl.Expr, dtype: pl.DataType, time_zone: str) -> pl.Expr:
    """Business date of a column's instants (section 0).

    A value without a time of day is a business date already and never shifted; any other is the
    calendar date in the store's time zone.
    """
    if isinstance(dtype, pl.Date) or time_zone == "UTC":
        return instant.dt.date()
    local = on_clocks_of(time_zone, instant).dt.date()
    return pl.when(is_day(name, dtype)).then(instant.dt.date()).otherwise(local)


def on_clocks_of(time_zone: str, instant: pl.Expr) -> pl.Expr:
    """Instants as the clocks of a place show them."""
    known = instant.clip(datetime(1, 1, 1), datetime(9999, 12, 31))  # no zone knows other years
    return known.dt.replace_time_zone("UTC").dt.convert_time_zone(time_zone)


def local_hour(column: str, time_zone: str) -> pl.Expr:
    """Hour of a column's instants on the clocks of a place."""
    return on_clocks_of(time_zone, pl.col(column)).dt.hour().cast(pl.Int64)


def is_day(name: str, dtype: pl.DataType) -> pl.Expr:
    """Whether a column's times were given as dates alone."""
    if isinstance(dtype, pl.String):
        return pl.col(name).str.len_bytes() == 10
    return pl.lit(isinstance(dtype, pl.Date))
