"""Reading values and tables: types, faults, versions (section 1)."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote
from zoneinfo import available_timezones

import polars as pl

from oracle.contract import (
    BLANKS,
    CEILING,
    CONTRACT,
    EARLIEST,
    FALSE_WORDS,
    LARGEST,
    LOST_DIGITS,
    NOBODY,
    NOTHING,
    REQUIRED,
    ROW_KEYS,
    SIDE_TABLES,
    TEXT,
    TIME,
    TRUE_WORDS,
)
from oracle.tools import CENT, collect, divide

NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
PLAIN_NUMBER = r"^-?[0-9]{1,11}(\.[0-9]{1,4})?$"
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?"
OFFSET = r"( ?(Z|UTC|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?))?"
MOMENT = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([T ]{CLOCK}{OFFSET})?$"
WHOLE_FLOAT = r"^-?[0-9]+\.0$"
ENDINGS = (".csv", ".csv.gz", ".tsv", ".parquet")  # of files, in any case
EMAIL = r"^[^@]+@[^@]+$"
ALIKE = "^(" + "|".join(f"{digit}+" for digit in range(10)) + ")$"
FIGURES = ("id", "person", "figure", "phone")  # lose the `.0` of a spreadsheet
TEXTS = ("text", "id", "person", "figure", "email", "phone", "lower", "upper", "status", "type")


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
    if kind == "lower":
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
    known = instant.clip(datetime(1, 1, 1), datetime(9999, 12, 31))  # no zone knows other years
    local = known.dt.replace_time_zone("UTC").dt.convert_time_zone(time_zone).dt.date()
    return pl.when(is_day(name, dtype)).then(instant.dt.date()).otherwise(local)


def is_day(name: str, dtype: pl.DataType) -> pl.Expr:
    """Whether a column's times were given as dates alone."""
    if isinstance(dtype, pl.String):
        return pl.col(name).str.len_bytes() == 10
    return pl.lit(isinstance(dtype, pl.Date))


class Checked(NamedTuple):
    """One raw table of one source: its typed rows with the reason each is rejected, if any."""

    source: str
    table: str
    query: pl.LazyFrame  # every contract column, typed, and `fault`
    rows: pl.DataFrame  # the same, only the columns that are used later


class Settled(NamedTuple):
    """One raw table of one source after staging: what stands, and what became of the rest."""

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    counts: dict[str, Any]


def table_files(folder: Path, table: str) -> list[tuple[Path, dict[str, str | None]]]:
    """Files of a table, each with the values that its `key=value` folders give."""
    root = folder / table
    files: list[tuple[Path, dict[str, str | None]]] = [
        (path, {})
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name.lower() in {table + ending for ending in ENDINGS}
    ]
    inside = sorted(p for p in root.rglob("*") if p.name.lower().endswith(ENDINGS) and p.is_file())
    if bool(inside) + len(files) > 1:
        raise ValueError(f"{table}: more than one file or folder under {folder}")
    for path in inside:
        pairs = (part.split("=", 1) for part in path.relative_to(root).parts[:-1] if "=" in part)
        values = {name: unquote(text) for name, text in pairs}
        hive_null = "__HIVE_DEFAULT_PARTITION__"
        files.append((path, {k: None if v == hive_null else v for k, v in values.items()}))
    return files


def scan_file(path: Path, partition: dict[str, str | None], table: str) -> pl.LazyFrame:
    """Contract columns of one file under their own names; headers match in any case.

    CSV is read as text; a line without any value is no row. A missing column is null.
    """
    ending = path.name.lower()
    if not ending.endswith(".parquet"):
        separator = "\t" if ending.endswith(".tsv") else ","
        options = {"infer_schema": False, "raise_if_empty": False, "separator": separator}
        if ending.endswith(".gz"):
            text = io.BytesIO(gzip.decompress(path.read_bytes()))
            frame = pl.read_csv(text, **options).lazy()
        else:
            frame = pl.scan_csv(path, glob=False, **options)
        if columns := frame.collect_schema().names():
            frame = frame.filter(~pl.all_horizontal(pl.col(columns).is_null()))
    else:
        frame = pl.scan_parquet(path, hive_partitioning=False, glob=False)
    if partition:
        frame = frame.with_columns(pl.lit(v, dtype=TEXT).alias(k) for k, v in partition.items())
    names: dict[str, str] = {}
    for header in frame.collect_schema().names():
        name = header.strip(BLANKS).lower()
        if name in names and name in CONTRACT[table]:
            raise ValueError(f"{path}: two columns named {name}")
        names[name] = header
    present = [pl.col(names[c]).alias(c) for c in CONTRACT[table] if c in names]
    absent = [pl.lit(None, dtype=TEXT).alias(c) for c in CONTRACT[table] if c not in names]
    if not present:
        return pl.LazyFrame(schema=dict.fromkeys(CONTRACT[table], TEXT))
    return frame.select(present).with_columns(absent).select(list(CONTRACT[table]))


def typed(
    frame: pl.LazyFrame, table: str, time_zone: str, now: datetime, *, is_local: bool
) -> pl.LazyFrame:
    """Parse every column of one file and name the first reason to reject the row (section 1)."""
    contract = CONTRACT[table]
    schema = frame.collect_schema()
    clean = frame.select(trimmed(c, kind, schema[c]).alias(c) for c, kind in contract.items())
    schema = clean.collect_schema()
    values: list[pl.Expr] = []
    days: list[pl.Expr] = []
    lost, missing, unparsable, impossible, large, negative = [], [], [], [], [], []

    def fault(when: pl.Expr, reason: str) -> pl.Expr:
        return pl.when(when).then(pl.lit(reason))

    for column, kind in contract.items():
        dtype = schema[column]
        target = "=" + column
        value = pl.col(target)
        if kind in TEXTS:
            text = as_text(column, kind, dtype)
            values.append(known_text(text, kind).alias(target))
            if column in ROW_KEYS[table] and kind in ("id", "person"):
                lost.append(fault(text.str.contains(LOST_DIGITS), f"lost digits of {column}"))
        elif kind in ("number", "positive", "rate"):
            scale = 10 if kind == "rate" else 4
            values.append(as_number(column, dtype, scale).alias(target))
            large.append(fault(value.abs() > LARGEST * 10**scale, f"{column} too large"))
            if kind != "number":
                is_low = value <= 0 if kind == "rate" else value < 0
                negative.append(fault(is_low, f"negative {column}"))
        elif kind == "flag":
            values.append(as_flag(column, dtype).alias(target))
        elif kind == "year":
            values.append(as_year(column, dtype).alias(target))
        else:
            naive_in = time_zone if is_local else None
            values.append(as_time(column, dtype, naive_in).alias(target))
            day = business_date(column, value, dtype, time_zone)
            days.append(day.alias(target if kind == "day" else f"{target}_date"))
            if kind == "time":
                days.append(is_day(column, dtype).alias(f"{target}_is_day"))
                out = (value < EARLIEST) | (value > now + timedelta(days=1))
                impossible.append(fault(out, f"impossible {column}"))
        if column in REQUIRED[table]:
            # A NaN in a required id is null only after parsing; elsewhere it is unparsable.
            blank = value if kind in TEXTS else pl.col(column)
            missing.append(fault(blank.is_null(), f"missing {column}"))
        if kind not in TEXTS:
            broken = pl.col(column).is_not_null() & value.is_null()
            unparsable.append(fault(broken, f"unparsable {column}"))

    faults = (*lost, *missing, *unparsable, *impossible, *large, *negative)
    reason = pl.coalesce(*faults, pl.lit(None))
    parsed = clean.with_columns(values).with_columns(days).with_columns(fault=reason.cast(TEXT))
    targets = [c for c in parsed.collect_schema().names() if c.startswith("=")]
    return parsed.select(*(pl.col(c).alias(c[1:]) for c in targets), "fault")


def zone_of(source: dict[str, Any]) -> str:
    """The time zone of a source: the name of a place or UTC; abbreviations are refused."""
    time_zone = source.get("timezone") or "UTC"
    is_name = time_zone in available_timezones() and not time_zone.isupper()
    if time_zone != "UTC" and not is_name:
        raise ValueError(f"{source['name']}: {time_zone} is not the name of a place, nor UTC")
    return time_zone


def check(source: dict[str, Any], table: str, columns: list[str], now: datetime) -> Checked:
    """Read one table of one source; a missing table is empty."""
    if source.get("system", "files") != "files":
        raise ValueError(f"{source['name']}: the oracle reads the raw contract only")
    time_zone = zone_of(source)
    is_local = source.get("naive_times") == "local"
    files = table_files(Path(source["path"]), table)
    blank = pl.LazyFrame(schema=dict.fromkeys(CONTRACT[table], TEXT))
    query = pl.concat(
        typed(frame, table, time_zone, now, is_local=is_local)
        for frame in [scan_file(path, part, table) for path, part in files] or [blank]
    )
    if table == "order_lines":
        query = priced(query)
    if table == "events":
        query = query.with_columns(has_text=pl.col("text").is_not_null())
    return Checked(source["name"], table, query, collect(query.select(*columns, "fault")))


def priced(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Goods of a line (section 1): its amount, else quantity · unit_price − discount_amount.

    `goods_amount` is null where the line has neither amount nor unit price. No quantity is one
    piece. Computed in 10^-8 and rounded once. A line of a negative amount, whatever its price, is
    all discount, so that amount and discount make no list price; it holds no product, no pieces.
    """
    pieces = pl.col("quantity").fill_null(CENT)
    wide = pieces.cast(pl.Int128) * pl.col("unit_price")
    wide = wide - pl.col("discount_amount").fill_null(0).cast(pl.Int128) * CENT
    ceiling = 2 * LARGEST * CENT * CENT
    computed = divide(wide.clip(-ceiling, ceiling), CENT)
    amount = pl.col("line_amount")
    is_discount = (amount < 0).fill_null(False)
    is_too_large = amount.abs() > LARGEST * CENT
    is_negative = (pl.col("unit_price") < 0) & ~is_discount
    discount = pl.col("discount_amount")
    return (
        lines.with_columns(pieces=pieces, line_amount=pl.coalesce("amount", computed))
        .with_columns(
            pieces=pl.when(is_discount).then(0).otherwise("pieces"),
            held_product_id=pl.when(~is_discount).then("product_id"),
            goods_amount=amount,
            taken_off=pl.when(is_discount).then(-amount).otherwise(discount),
            fault=pl.coalesce(
                "fault",
                pl.when(is_too_large).then(pl.lit("amount too large")),
                pl.when(is_negative).then(pl.lit("negative unit_price")),
            ),
        )
        .drop("line_amount")
    )


def version_order(table: str) -> list[str]:
    """The columns by which the versions of a row are ordered, the one that stands last."""
    if table == "fx_rates":
        return ["rate"]
    columns = [c for c in CONTRACT[table] if c != "_loaded_at"]
    days = [f"{c}_date" for c, kind in CONTRACT[table].items() if kind == "time"]
    return ["_loaded_at", *columns, *days]


def settle(
    checked: Checked, amend: Callable[[pl.LazyFrame], pl.LazyFrame] | None = None
) -> Settled:
    """Reject, then supersede (section 1): of a key's valid rows the latest version stands.

    Latest is the greatest `_loaded_at`, then the greatest row by its columns in contract order,
    null below any value; of FX rates simply the greatest rate. `amend` adds the checks that
    need other tables. Only keys that repeat are read again with all their columns.
    """
    source, table, query, rows = checked
    if amend is not None:
        rows = amend(rows.lazy()).collect()
        query = amend(query)
    keys = ROW_KEYS[table]
    rejected = rows.filter(pl.col("fault").is_not_null())
    valid = rows.filter(pl.col("fault").is_null())
    repeats = pl.col(keys[0]) if len(keys) == 1 else pl.struct(keys)
    mask = valid.select(repeats.is_duplicated()).to_series()
    accepted = valid
    if mask.any():
        repeated = valid.filter(mask).select(keys).unique()
        versions = query.filter(pl.col("fault").is_null()).join(
            repeated.lazy(), on=keys, how="semi", nulls_equal=True
        )
        latest = (
            collect(versions)
            .sort(version_order(table), nulls_last=False)
            .unique(keys, keep="last", maintain_order=True)
            .select(valid.columns)
        )
        accepted = pl.concat([valid.filter(~mask), latest])
    counts = {
        "source": source,
        "raw_table": table,
        "raw_rows": rows.height,
        "accepted_rows": accepted.height,
        "superseded_rows": valid.height - accepted.height,
        "rejected_rows": rejected.height,
    }
    refused = rejected.select(
        source=pl.lit(source),
        raw_table=pl.lit(table),
        row_key=row_key(table),
        reason=pl.col("fault"),
    )
    return Settled(accepted.drop("fault"), refused, counts)


def row_key(table: str) -> pl.Expr:
    """Text key of a raw row within its source, without addresses; lines escape its parts."""
    if table == "order_lines":
        escaped = pl.col("order_id").str.replace_all(r"([\\:])", r"\${1}")
        return escaped + ":" + pl.col("line_id")
    columns = [column for column in ROW_KEYS[table] if column not in ("email", "phone")]
    parts = [pl.col(column).cast(pl.String) for column in columns]
    if table in SIDE_TABLES:  # a part of their keys may be empty
        parts = [part.fill_null("") for part in parts]
    return reduce(lambda left, right: left + ":" + right, parts)
