"""Reading tables: files, faults, versions (section 1)."""

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
    CONTRACT,
    EARLIEST,
    LARGEST,
    LOST_DIGITS,
    PLANS,
    REQUIRED,
    ROW_KEYS,
    SIDE_TABLES,
    TEXT,
)
from oracle.tools import CENT, collect, divide
from oracle.values import (
    TEXTS,
    as_flag,
    as_number,
    as_text,
    as_time,
    as_year,
    business_date,
    is_day,
    known_text,
    trimmed,
)

ENDINGS = (".csv", ".csv.gz", ".tsv", ".parquet")  # of files, in any case


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
                if column not in PLANS:
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
    # what is a business date in the key is the same in all of its rows
    columns = [
        c for c in CONTRACT[table] if c != "_loaded_at" and f"{c}_date" not in ROW_KEYS[table]
    ]
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
