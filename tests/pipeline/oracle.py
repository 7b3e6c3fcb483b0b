"""Independent oracle: the core and customer share marts, recomputed in polars.

Written from METRICS.md alone, so that a mistake in the SQL models has to be made twice, by two
different programs, to go unnoticed. Every function names the section it implements. It also is
the speed baseline of the warehouse: files are scanned lazily, everything is computed by column,
and only the md5 of distinct contacts and visitors is taken one by one.

Units. Inside this file money is an Int64 of ten-thousandths of the currency (a DECIMAL(18,4)
without its point) and an FX rate is an Int128 of 10^-10; products are exact in Int128 and are
rounded half away from zero. Frames leave as Decimal, Date, Datetime (naive, UTC) and Float64.

Run it on its own with ``python oracle.py DATA_DIR OUT_DIR``.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import numpy as np
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

CENT = 10_000  # one unit of currency, in the ten-thousandths that money is counted in
RATE = 10**10  # an FX rate of one
LARGEST = 10**12  # a larger absolute number is rejected (section 0, amounts)
CEILING = 2 * LARGEST  # stands for anything beyond that
EARLIEST = datetime(1990, 1, 1)  # an earlier time is impossible (section 1)

INVALID_STATUSES = ("cancelled", "canceled", "void", "failed", "fraud", "test")
TRUE_WORDS = ("true", "t", "yes", "y", "1")
FALSE_WORDS = ("false", "f", "no", "n", "0")

DEFAULT_PARAMS: dict[str, int] = {
    "new_to_window_days": 365,
    "customer_share_months": 13,
    "contact_max_accounts": 10,
    "contact_max_guest_orders": 50,
    "visitor_max_people": 10,
}


def kinds(columns: str) -> dict[str, str]:
    """Read `column:kind column:kind …`."""
    return dict(pair.split(":") for pair in columns.split())


# Section 1, the raw contract: column -> kind, in contract order.
#   id, text, lower, upper   text; an id loses a spreadsheet's `.0`
#   number, positive         a number; `positive` may not be negative
#   rate                     a number above zero with ten decimals
#   flag                     true or false
#   time                     an instant and its business date (`<column>_date`)
#   day                      a business date without limits
CONTRACT: dict[str, dict[str, str]] = {
    table: kinds(columns)
    for table, columns in {
        "orders": """
            order_id:id ordered_at:time customer_id:id email:text phone:text status:lower
            currency:upper amount:positive discount_amount:positive shipping_amount:number
            tax_amount:number channel:text device:text country:text region:text coupon_code:text
            referral_code:text is_test:flag _loaded_at:time
        """,
        "order_lines": """
            order_id:id line_id:id product_id:id quantity:positive unit_price:positive
            discount_amount:positive amount:positive _loaded_at:time
        """,
        "refunds": """
            refund_id:id refunded_at:time amount:positive order_id:id customer_id:id reason:text
            _loaded_at:time
        """,
        "customers": """
            customer_id:id email:text phone:text created_at:time first_order_at:time
            birth_date:day gender:text country:text region:text city:text job_title:text
            household_size:id income_band:text acquisition_channel:text referral_code:text
            lock_in:text is_staff:flag _loaded_at:time
        """,
        "products": """
            product_id:id name:text brand:text category:text family:text tier:text
            unit_cost:number _loaded_at:time
        """,
        "events": """
            event_id:id occurred_at:time event_type:lower anonymous_id:id customer_id:id
            email:text device:text channel:text topic:text product_id:id order_id:id
            campaign_id:id referral_code:text rating:number text:text value:number properties:text
            is_bot:flag is_incentivised:flag is_verified:flag _loaded_at:time
        """,
        "identities": "customer_id:id same_as:id _loaded_at:time",
        "fx_rates": "currency:upper rate_date:time rate:rate",
    }.items()
}

REQUIRED: dict[str, list[str]] = {
    "orders": ["order_id", "ordered_at"],
    "order_lines": ["order_id", "line_id"],
    "refunds": ["refund_id", "refunded_at", "amount"],
    "customers": ["customer_id"],
    "products": ["product_id"],
    "events": ["event_id", "occurred_at", "event_type"],
    "identities": ["customer_id", "same_as"],
    "fx_rates": ["currency", "rate_date", "rate"],
}

ROW_KEYS: dict[str, list[str]] = {
    "orders": ["order_id"],
    "order_lines": ["order_id", "line_id"],
    "refunds": ["refund_id"],
    "customers": ["customer_id"],
    "products": ["product_id"],
    "events": ["event_id"],
    "identities": ["customer_id", "same_as"],
    "fx_rates": ["currency", "rate_date_date"],
}

# What each mart holds: column -> kind. An amount leaves as DECIMAL(18,4), a share as DOUBLE
# rounded to nine digits.
MARTS: dict[str, dict[str, str]] = {
    mart: kinds(columns)
    for mart, columns in {
        "core.as_of": "as_of:day history_start:day history_days:count",
        "core.customers": """
            customer_key:text customer_ids:count is_staff:flag created_date:day
            first_order_at:time first_order_date:day last_order_date:day order_days:count
            orders:count gross_amount:amount refund_amount:amount net_amount:amount
            is_left_censored:flag country:text acquisition_channel:text
        """,
        "core.orders": """
            order_key:text source:text order_id:text customer_key:text ordered_at:time
            order_date:day status:text is_valid:flag order_sequence:count order_class:text
            gross_amount:amount discount_amount:amount refund_amount:amount net_amount:amount
            lines:count distinct_products:count units:amount channel:text device:text country:text
            previous_order_date:day next_order_date:day
        """,
        "core.order_lines": "order_line_key:text",
        "core.refunds": "refund_key:text",
        "core.products": "product_key:text",
        "core.events": """
            event_key:text customer_key:text visitor_key:text occurred_at:time event_date:day
            event_type:text product_id:text rating:amount has_text:flag is_bot:flag is_staff:flag
            is_incentivised:flag is_verified:flag
        """,
        "core.reconciliation": """
            source:text raw_table:text raw_rows:count accepted_rows:count superseded_rows:count
            rejected_rows:count
        """,
        "core.rejected_rows": "source:text raw_table:text row_key:text reason:text",
        "customer_share.new_customer_share": """
            period_grain:text period_start:day breakdown:text breakdown_value:text
            total_net_amount:amount new_net_amount:amount returning_net_amount:amount
            unattributed_net_amount:amount new_customer_net_amount:amount
            new_to_window_net_amount:amount orders:count new_orders:count customers:count
            new_customers:count new_order_share:share new_customer_share:share
            new_to_window_share:share ledger_net_amount:amount credit_note_amount:amount
            is_left_censored:flag
        """,
        "customer_share.concentration": """
            month_start:day measure_window:text customers:count net_amount:amount
            top_1_percent_share:share top_5_percent_share:share top_10_percent_share:share
            top_20_percent_share:share top_50_percent_share:share gini:share hhi:share
            effective_customers:share customers_for_80_percent:count floored_customers:count
        """,
        "customer_share.customer_share": """
            customer_key:text month_start:day net_amount_12m:amount share_of_sales:share
            share_rank:count orders_12m:count products_held:count is_top_20_percent:flag
        """,
        "customer_share.spend_bands": """
            segment_by:text segment:text customers:count min_net_amount:amount
            p20_net_amount:amount median_net_amount:amount p80_net_amount:amount
            max_net_amount:amount low_customers:count middle_customers:count high_customers:count
            non_positive_customers:count
        """,
        "customer_share.growth_accounting": """
            month_start:day net_amount:amount previous_net_amount:amount new_amount:amount
            resurrected_amount:amount expansion_amount:amount contraction_amount:amount
            churned_amount:amount new_customers:count resurrected_customers:count
            expansion_customers:count contraction_customers:count churned_customers:count
            retained_customers:count quick_ratio:share unattributed_net_amount:amount
            credit_note_amount:amount is_complete:flag
        """,
        "customer_share.share_of_wallet": """
            customer_key:text category:text year:count method:text own_amount:amount
            category_amount:amount share_of_wallet:share low:share high:share
        """,
    }.items()
}
TEXT, COUNT, FLAG, DAY, TIME = pl.String, pl.Int64, pl.Boolean, pl.Date, pl.Datetime("us")
TYPES = {"text": TEXT, "count": COUNT, "flag": FLAG, "day": DAY, "time": TIME}

# The columns that identify a row of each mart. A rejected row's key may repeat: `compare` then
# pairs the rows of a key in their order. Its reason is free text: drop it before comparing.
KEYS: dict[str, list[str]] = {
    mart: columns.split()
    for mart, columns in {
        "core.as_of": "as_of",
        "core.customers": "customer_key",
        "core.orders": "order_key",
        "core.order_lines": "order_line_key",
        "core.refunds": "refund_key",
        "core.products": "product_key",
        "core.events": "event_key",
        "core.reconciliation": "source raw_table",
        "core.rejected_rows": "source raw_table row_key",
        "customer_share.new_customer_share": "period_grain period_start breakdown breakdown_value",
        "customer_share.concentration": "month_start measure_window",
        "customer_share.customer_share": "month_start customer_key",
        "customer_share.spend_bands": "segment_by segment",
        "customer_share.growth_accounting": "month_start",
        "customer_share.share_of_wallet": "customer_key category year method",
    }.items()
}


# ---------------------------------------------------------------------------------------------
# Small tools
# ---------------------------------------------------------------------------------------------


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


def md5(text: str) -> str:
    """Hexadecimal md5 of the UTF-8 bytes of a text."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def hashed(texts: pl.Series) -> pl.Series:
    """Md5 of distinct texts, each computed once."""
    return pl.Series(texts.name, [md5(text) for text in texts.to_list()], dtype=pl.String)


def row_key(table: str) -> pl.Expr:
    """Text key of a raw row within its source; only a two-part key needs escapes."""
    if table == "order_lines":
        escaped = pl.col("order_id").str.replace_all(r"([\\:])", r"\${1}")
        return escaped + ":" + pl.col("line_id")
    parts = [pl.col(column).cast(pl.String) for column in ROW_KEYS[table]]
    return reduce(lambda left, right: left + ":" + right, parts)


def finished(mart: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Give a mart its columns, types and rounding."""
    columns = []
    for column, kind in MARTS[mart].items():
        if kind == "amount":
            columns.append(decimal_amount(column))
        elif kind == "share":
            columns.append(pl.col(column).cast(pl.Float64).round(9))
        else:
            columns.append(pl.col(column).cast(TYPES[kind]))
    result = frame.select(columns)
    return result if mart.startswith("core.") else result.sort(KEYS[mart])


def empty(mart: str) -> pl.DataFrame:
    """A mart without rows."""
    return finished(mart, pl.DataFrame(schema=dict.fromkeys(MARTS[mart], pl.Null)))


def month_of(day: date) -> date:
    """First day of the day's month."""
    return day.replace(day=1)


def months_later(day: date, months: int) -> date:
    """The same day a number of months later (or earlier), or that month's last day."""
    return pl.Series([day]).dt.offset_by(f"{months}mo").item()


# ---------------------------------------------------------------------------------------------
# Reading values (section 1: text, numbers, times)
# ---------------------------------------------------------------------------------------------

NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
PLAIN_NUMBER = r"^-?[0-9]{1,11}(\.[0-9]{1,4})?$"
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?"
OFFSET = r"(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)?"
MOMENT = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([T ]{CLOCK}{OFFSET})?$"
WHOLE_FLOAT = r"^-?[0-9]+\.0$"


def trimmed(name: str, dtype: pl.DataType) -> pl.Expr:
    """A value as it arrives: text without blanks at its ends, empty text as null."""
    if isinstance(dtype, (pl.String, pl.Categorical, pl.Enum, pl.Binary, pl.Null)):
        text = pl.col(name).cast(pl.String).str.strip_chars(" \t\r\n")
        return pl.when(text != "").then(text)
    return pl.col(name)


def as_text(name: str, kind: str, dtype: pl.DataType) -> pl.Expr:
    """Text of a text or typed column; NaN is null; an id that is a whole float loses `.0`."""
    value = pl.col(name)
    if dtype.is_float():
        value = value.fill_nan(None)
        text = value.cast(pl.String)
        if kind == "id":
            is_whole = (value == value.floor()) & (value.abs() < 2.0**63)
            integer = pl.when(is_whole).then(value).cast(pl.Int64).cast(pl.String)
            text = pl.coalesce(integer, text)
        return text
    text = value.cast(pl.String)
    if kind == "id":
        is_whole = text.str.contains(WHOLE_FLOAT)
        return pl.when(is_whole).then(text.str.head(-2)).otherwise(text)
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


def as_time(name: str, dtype: pl.DataType) -> pl.Expr:
    """Naive UTC instant of a text or typed column; null where it is none.

    Section 1: `YYYY-MM-DD[(T| )hh:mm[:ss[.f]][Z|±hh[[:]mm]]]`, nothing else. Section 0: a time
    without offset is UTC. The instant of a date is its midnight. Digits below a microsecond are
    cut off.
    """
    value = pl.col(name)
    if isinstance(dtype, pl.Date):
        return value.cast(TIME)
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone:
            value = value.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
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
    if isinstance(dtype, pl.String):
        is_day = pl.col(name).str.len_bytes() == 10
        return pl.when(is_day).then(instant.dt.date()).otherwise(local)
    return local


# ---------------------------------------------------------------------------------------------
# Reading tables (section 1: files, fates)
# ---------------------------------------------------------------------------------------------


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
        for path in (folder / f"{table}.csv", folder / f"{table}.parquet")
        if path.is_file()
    ]
    inside = sorted(p for p in root.rglob("*") if p.suffix in (".csv", ".parquet") and p.is_file())
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
    if path.suffix == ".csv":
        frame = pl.scan_csv(path, infer_schema=False, glob=False, raise_if_empty=False)
        if columns := frame.collect_schema().names():
            frame = frame.filter(~pl.all_horizontal(pl.col(columns).is_null()))
    else:
        frame = pl.scan_parquet(path, hive_partitioning=False, glob=False)
    if partition:
        frame = frame.with_columns(pl.lit(v, dtype=TEXT).alias(k) for k, v in partition.items())
    names: dict[str, str] = {}
    for header in frame.collect_schema().names():
        name = header.strip().lower()
        if name in names and name in CONTRACT[table]:
            raise ValueError(f"{path}: two columns named {name}")
        names[name] = header
    present = [pl.col(names[c]).alias(c) for c in CONTRACT[table] if c in names]
    absent = [pl.lit(None, dtype=TEXT).alias(c) for c in CONTRACT[table] if c not in names]
    if not present:
        return pl.LazyFrame(schema=dict.fromkeys(CONTRACT[table], TEXT))
    return frame.select(present).with_columns(absent).select(list(CONTRACT[table]))


def typed(frame: pl.LazyFrame, table: str, time_zone: str, now: datetime) -> pl.LazyFrame:
    """Parse every column of one file and name the first reason to reject the row (section 1)."""
    contract = CONTRACT[table]
    schema = frame.collect_schema()
    clean = frame.select(trimmed(c, schema[c]).alias(c) for c in contract)
    schema = clean.collect_schema()
    values: list[pl.Expr] = []
    days: list[pl.Expr] = []
    missing, unparsable, impossible, large, negative = [], [], [], [], []

    def fault(when: pl.Expr, reason: str) -> pl.Expr:
        return pl.when(when).then(pl.lit(reason))

    for column, kind in contract.items():
        dtype = schema[column]
        target = "=" + column
        value = pl.col(target)
        if kind in ("id", "text", "lower", "upper"):
            values.append(as_text(column, kind, dtype).alias(target))
        elif kind in ("number", "positive", "rate"):
            scale = 10 if kind == "rate" else 4
            values.append(as_number(column, dtype, scale).alias(target))
            large.append(fault(value.abs() > LARGEST * 10**scale, f"{column} too large"))
            if kind != "number":
                is_low = value <= 0 if kind == "rate" else value < 0
                negative.append(fault(is_low, f"negative {column}"))
        elif kind == "flag":
            values.append(as_flag(column, dtype).alias(target))
        else:
            values.append(as_time(column, dtype).alias(target))
            day = business_date(column, value, dtype, time_zone)
            days.append(day.alias(target if kind == "day" else f"{target}_date"))
            if kind == "time":
                out = (value < EARLIEST) | (value > now + timedelta(days=1))
                impossible.append(fault(out, f"impossible {column}"))
        if column in REQUIRED[table]:
            # A NaN in a required id is null only after parsing; elsewhere it is unparsable.
            blank = value if kind in ("id", "text", "lower", "upper") else pl.col(column)
            missing.append(fault(blank.is_null(), f"missing {column}"))
        if kind not in ("id", "text", "lower", "upper"):
            broken = pl.col(column).is_not_null() & value.is_null()
            unparsable.append(fault(broken, f"unparsable {column}"))

    reason = pl.coalesce(*missing, *unparsable, *impossible, *large, *negative, pl.lit(None))
    parsed = clean.with_columns(values).with_columns(days).with_columns(fault=reason.cast(TEXT))
    targets = [c for c in parsed.collect_schema().names() if c.startswith("=")]
    return parsed.select(*(pl.col(c).alias(c[1:]) for c in targets), "fault")


def check(source: dict[str, Any], table: str, columns: list[str], now: datetime) -> Checked:
    """Read one table of one source; a missing table is empty."""
    if source.get("system", "files") != "files":
        raise ValueError(f"{source['name']}: the oracle reads the raw contract only")
    time_zone = source.get("timezone") or "UTC"
    files = table_files(Path(source["path"]), table)
    frames = [typed(scan_file(p, part, table), table, time_zone, now) for p, part in files]
    if not frames:
        blank = pl.LazyFrame(schema=dict.fromkeys(CONTRACT[table], TEXT))
        frames = [typed(blank, table, time_zone, now)]
    query = pl.concat(frames)
    if table == "order_lines":
        query = priced(query)
    if table == "events":
        query = query.with_columns(has_text=pl.col("text").is_not_null())
    return Checked(source["name"], table, query, collect(query.select(*columns, "fault")))


def priced(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Goods of a line (section 1): its amount, else quantity · unit_price − discount_amount.

    `goods_amount` is null where the line has neither amount nor unit price. No quantity is one
    piece. Computed in 10^-8 and rounded once.
    """
    pieces = pl.col("quantity").fill_null(CENT)
    wide = pieces.cast(pl.Int128) * pl.col("unit_price")
    wide = wide - pl.col("discount_amount").fill_null(0).cast(pl.Int128) * CENT
    ceiling = 2 * LARGEST * CENT * CENT
    computed = pl.when(pl.col("amount").is_null()).then(divide(wide.clip(-ceiling, ceiling), CENT))
    lines = lines.with_columns(pieces=pieces, computed=computed)
    return lines.with_columns(
        goods_amount=pl.coalesce("amount", "computed"),
        fault=pl.coalesce(
            "fault",
            pl.when(pl.col("computed") > LARGEST * CENT).then(pl.lit("amount too large")),
            pl.when(pl.col("computed") < 0).then(pl.lit("negative amount")),
        ),
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
            repeated.lazy(), on=keys, how="semi"
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


# ---------------------------------------------------------------------------------------------
# Staging all sources (sections 0 and 1: currencies, orphans)
# ---------------------------------------------------------------------------------------------

# The columns of each table that anything after staging reads.
USED: dict[str, list[str]] = {
    table: columns.split()
    for table, columns in {
        "orders": """
            order_id ordered_at ordered_at_date customer_id email phone status currency amount
            discount_amount channel device country is_test
        """,
        "order_lines": "order_id line_id product_id pieces discount_amount goods_amount",
        "refunds": "refund_id refunded_at_date amount order_id customer_id",
        "customers": """
            customer_id email phone created_at_date first_order_at_date birth_date country
            household_size acquisition_channel is_staff
        """,
        "products": "product_id category",
        "events": """
            event_id occurred_at occurred_at_date event_type anonymous_id customer_id email
            product_id rating has_text is_bot is_incentivised is_verified
        """,
        "identities": "customer_id same_as",
        "fx_rates": "currency rate_date_date rate",
    }.items()
}


def reporting(orders: list[Checked], wanted: str | None) -> str | None:
    """The reporting currency: the one asked for, else the only one present (section 0)."""
    if wanted and wanted.strip():
        return wanted.strip().upper()
    fine = pl.concat([c.rows.filter(pl.col("fault").is_null()).select("currency") for c in orders])
    present = fine["currency"].drop_nulls().unique().sort().to_list()
    if len(present) > 1:
        raise ValueError(
            f"orders are in several currencies ({', '.join(present)}): "
            "choose the reporting currency"
        )
    return present[0] if present else None


def last_rates(asked: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """The last rate of a currency on or before each date (weekends use the last rate)."""
    return (
        asked.sort("ordered_at_date")
        .join_asof(
            rates.sort("rate_date_date"),
            left_on="ordered_at_date",
            right_on="rate_date_date",
            by="currency",
            check_sortedness=False,
        )
        .select("currency", "ordered_at_date", "rate")
    )


def order_rates(
    orders: pl.DataFrame, source: str, rates: pl.DataFrame, currency: str | None
) -> pl.DataFrame:
    """The rate of each foreign currency and order date: the source's own, else the pool's."""
    asked = (
        orders.filter(pl.col("fault").is_null() & (pl.col("currency") != pl.lit(currency, TEXT)))
        .select("currency", "ordered_at_date")
        .unique()
    )
    own = rates.filter(pl.col("source") == source).drop("source")
    pool = rates.group_by("currency", "rate_date_date").agg(pl.col("rate").max())
    on = ["currency", "ordered_at_date"]
    return (
        last_rates(asked, own)
        .join(last_rates(asked, pool), on=on, how="left", suffix="_pool")
        .select(*on, rate=pl.coalesce("rate", "rate_pool"))
    )


def with_rates(orders: pl.LazyFrame, rates: pl.DataFrame, currency: str | None) -> pl.LazyFrame:
    """Add an order's rate (null: already in the reporting currency), or reject it without one."""
    foreign = pl.col("currency").is_not_null() & (pl.col("currency") != pl.lit(currency, TEXT))
    absent = foreign & pl.col("rate").is_null()
    return orders.join(rates.lazy(), on=["currency", "ordered_at_date"], how="left").with_columns(
        fault=pl.coalesce("fault", pl.when(absent).then(pl.lit("no rate for currency")))
    )


def with_order(rows: pl.LazyFrame, orders: pl.DataFrame, required: bool) -> pl.LazyFrame:
    """Find the accepted order of a line or refund; without it the row is rejected."""
    parents = orders.lazy().select("order_id", "order_row")
    lost = pl.col("order_row").is_null()
    if not required:
        lost = lost & pl.col("order_id").is_not_null()
    return rows.join(parents, on="order_id", how="left").with_columns(
        fault=pl.coalesce("fault", pl.when(lost).then(pl.lit("unknown order")))
    )


class Staging(NamedTuple):
    """Accepted rows of every table, all sources together, each with its `source`."""

    tables: dict[str, pl.DataFrame]
    rejected: pl.DataFrame
    reconciliation: pl.DataFrame


def stage(sources: list[dict[str, Any]], reporting_currency: str | None, now: datetime) -> Staging:
    """Give every raw row its fate: raw = accepted + superseded + rejected (section 1).

    Orders get an `order_row` number by which their lines and refunds point at them.
    """
    parts: dict[str, list[pl.DataFrame]] = {table: [] for table in CONTRACT}
    refused: list[pl.DataFrame] = []
    counts: list[dict[str, Any]] = []

    def keep(source: str, table: str, settled: Settled) -> pl.DataFrame:
        rows = settled.accepted.with_columns(source=pl.lit(source))
        parts[table].append(rows)
        refused.append(settled.rejected)
        counts.append(settled.counts)
        return rows

    def read(source: dict[str, Any], table: str) -> Checked:
        return check(source, table, USED[table], now)

    for source in sources:
        if not table_files(Path(source["path"]), "orders"):
            raise FileNotFoundError(f"{source['name']}: no orders under {source['path']}")
        for table in ("fx_rates", "customers", "products", "identities", "events"):
            keep(source["name"], table, settle(read(source, table)))
    rates = pl.concat(parts["fx_rates"])

    orders = [read(source, "orders") for source in sources]
    currency = reporting(orders, reporting_currency)
    first_row = 0
    for source, checked in zip(sources, orders, strict=True):
        name = source["name"]
        found = order_rates(checked.rows, name, rates, currency)
        settled = settle(checked, lambda frame, found=found: with_rates(frame, found, currency))
        numbered = settled.accepted.with_row_index("order_row", first_row)
        accepted = keep(name, "orders", settled._replace(accepted=numbered))
        first_row += accepted.height
        for table in ("order_lines", "refunds"):
            is_line = table == "order_lines"
            settled = settle(
                read(source, table),
                lambda frame, known=accepted, line=is_line: with_order(frame, known, line),
            )
            rows = settled.accepted.drop("order_id") if is_line else settled.accepted
            keep(name, table, settled._replace(accepted=rows))

    return Staging(
        {table: pl.concat(frames) for table, frames in parts.items()},
        pl.concat(refused),
        pl.DataFrame(counts),
    )


class Calendar(NamedTuple):
    """as_of and the start of the history; all null for a shop without rows (section 0)."""

    as_of: date | None
    history_start: date | None

    @property
    def history_days(self) -> int | None:
        """Days from the first order to as_of, both counted."""
        if self.as_of is None or self.history_start is None:
            return None
        return (self.as_of - self.history_start).days + 1


def cut(staging: Staging, as_of: str | None) -> tuple[Staging, Calendar]:
    """Drop the orders, lines, refunds and events later than as_of (section 0).

    A refund counts at its order's date when it is dated before it (`refund_date`), so that the
    refund of an order after as_of goes as well. Customers, identities and products stay.
    """
    tables = dict(staging.tables)
    orders = tables["orders"].rename({"ordered_at_date": "order_date"})
    order_dates = orders.select("order_row", "order_date")
    refunds = (
        tables["refunds"]
        .join(order_dates, on="order_row", how="left")
        .with_columns(refund_date=pl.max_horizontal("refunded_at_date", "order_date"))
        .drop("order_date", "refunded_at_date")
    )
    events = tables["events"].rename({"occurred_at_date": "event_date"})
    if as_of is None:
        latest = (orders["order_date"], events["event_date"], refunds["refund_date"])
        end = max((d.max() for d in latest if d.len() and d.max() is not None), default=None)
    else:
        end = date.fromisoformat(as_of)
    last = pl.lit(end, dtype=DAY)
    tables["orders"] = orders.filter(pl.col("order_date") <= last)
    tables["refunds"] = refunds.filter(pl.col("refund_date") <= last)
    tables["events"] = events.filter(pl.col("event_date") <= last)
    tables["order_lines"] = tables["order_lines"].join(
        tables["orders"].select("order_row"), on="order_row", how="semi"
    )
    start = tables["orders"]["order_date"].min()
    return staging._replace(tables=tables), Calendar(end, start)


# ---------------------------------------------------------------------------------------------
# Identity (section 2)
# ---------------------------------------------------------------------------------------------


class People(NamedTuple):
    """Who is who. A person is a number; `persons` gives its key and attributes."""

    persons: pl.DataFrame  # person, customer_key, customer_ids, is_staff, country, …
    accounts: pl.DataFrame  # account (source:id) -> person
    orders: pl.DataFrame  # order_row -> person
    emails: pl.DataFrame  # contact ('email:…') -> person, of accounts and guests


def account(column: str = "customer_id") -> pl.Expr:
    """Account key: source || ':' || id; null without an id."""
    return pl.col("source") + ":" + pl.col(column)


def email_contact() -> pl.Expr:
    """An email as a contact: trimmed, lower case."""
    return pl.lit("email:") + pl.col("email").str.to_lowercase()


def phone_contact() -> pl.Expr:
    """A phone as a contact: its digits; null without any."""
    digits = pl.col("phone").str.replace_all(r"[^0-9]", "")
    return pl.lit("phone:") + pl.when(digits != "").then(digits)


def contacts_of(rows: pl.DataFrame, owner: str) -> pl.DataFrame:
    """Emails and phones beside their owner, one row each."""
    pairs = [rows.select(owner, contact=c) for c in (email_contact(), phone_contact())]
    return pl.concat(pairs).drop_nulls("contact")


def all_accounts(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Every (source, customer_id) that any table names, numbered in the order of their keys."""
    names = ("customers", "orders", "refunds", "events", "identities")
    found = [tables[name].lazy().select(account=account()) for name in names]
    found.append(tables["identities"].lazy().select(account=account("same_as")))
    seen = [frame.drop_nulls().unique() for frame in found]
    return collect(pl.concat(seen).unique()).sort("account").with_row_index("number")


def merged(accounts: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """Accounts with the smallest account number of their group (`root`)."""
    size = accounts.height
    links = (np.ones(edges.height, dtype=np.int8), (edges["a"].to_numpy(), edges["b"].to_numpy()))
    _, labels = connected_components(coo_matrix(links, shape=(size, size)), directed=False)
    groups = accounts.with_columns(label=pl.Series(labels, dtype=pl.Int64))
    return groups.with_columns(root=pl.col("number").min().over("label")).drop("label")


def usable_contacts(
    tables: dict[str, pl.DataFrame], params: dict[str, int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Contacts of the accounts, and the guest orders with theirs, shared addresses left out.

    An account's contacts come from its customers row and its orders, never from events. Shared is
    what more accounts, or more orders without one, give than the limits allow, over all sources.
    """
    orders = tables["orders"]
    owners = pl.concat(
        rows.select("email", "phone", account=account()).drop_nulls("account")
        for rows in (tables["customers"], orders)
    )
    owned = contacts_of(owners, "account").unique()
    guests = orders.filter(pl.col("customer_id").is_null()).select(
        "order_row", "source", email=email_contact(), phone=phone_contact()
    )
    given = pl.concat(guests.select(contact=pl.col(c)) for c in ("email", "phone")).drop_nulls()
    crowded = [
        rows.group_by("contact").len().filter(pl.col("len") > params[limit]).select("contact")
        for rows, limit in ((owned, "contact_max_accounts"), (given, "contact_max_guest_orders"))
    ]
    shared = pl.concat(crowded)["contact"].unique()
    usable = [
        pl.when(~pl.col(c).is_in(shared.implode())).then(pl.col(c)).alias(c)
        for c in ("email", "phone")
    ]
    return owned.filter(~pl.col("contact").is_in(shared.implode())), guests.with_columns(usable)


def resolve(tables: dict[str, pl.DataFrame], salt: str, params: dict[str, int]) -> People:
    """Accounts, guests and their persons (section 2, Identity)."""
    accounts = all_accounts(tables)
    number = accounts.select("account", "number")
    owned, guests = usable_contacts(tables, params)
    owned = owned.join(number, on="account")

    # Accounts merge through identities and through the contacts they share.
    twins = (
        tables["identities"]
        .select(account=account(), other=account("same_as"))
        .join(number, on="account")
        .join(number, left_on="other", right_on="account", suffix="_other")
        .select(a="number", b="number_other")
    )
    neighbours = owned.select(a="number", b=pl.col("number").min().over("contact"))
    groups = merged(accounts, pl.concat([twins, neighbours]))
    people = (
        groups.filter(pl.col("number") == pl.col("root"))
        .sort("root")
        .select("root", customer_key="account")
        .with_row_index("person")
    )
    groups = groups.join(people.select("root", "person"), on="root").drop("root")
    contacts = owned.join(groups.select("number", "person"), on="number")
    contacts = contacts.select("contact", "person").unique()

    guest_orders, strangers = placed_guests(guests, contacts, people.height, salt)
    account_orders = (
        tables["orders"]
        .select("order_row", account=account())
        .join(groups, on="account")
        .select("order_row", "person")
    )
    persons = [frame.select("person", "customer_key") for frame in (people, strangers)]
    emails = pl.concat([contacts, strangers.select("contact", "person")])
    return People(
        attributes(pl.concat(persons), groups, tables["customers"]),
        groups.select("account", "person"),
        pl.concat([account_orders, guest_orders]),
        emails.filter(pl.col("contact").str.starts_with("email:")),
    )


def placed_guests(
    guests: pl.DataFrame, contacts: pl.DataFrame, first_person: int, salt: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Persons of the guest orders: a contact's account, email first; else one of their own.

    Returns the orders (order_row, person) and the new persons (contact, person, customer_key),
    keyed source || ':' || md5 of the salted contact, in the smallest source that has it.
    """
    guests = (
        guests.join(contacts, left_on="email", right_on="contact", how="left")
        .join(contacts, left_on="phone", right_on="contact", how="left", suffix="_phone")
        .with_columns(person=pl.coalesce("person", "person_phone"))
        .with_columns(own=pl.when(pl.col("person").is_null()).then(pl.coalesce("email", "phone")))
    )
    strangers = (
        guests.drop_nulls("own")
        .group_by(contact="own")
        .agg(pl.col("source").min())
        .sort("contact")
        .with_row_index("stranger", first_person)
    )
    strangers = strangers.select(
        "contact",
        person="stranger",
        customer_key=pl.col("source") + ":" + hashed(salt + strangers["contact"]),
    )
    own = strangers.select("person", own="contact")
    orders = guests.join(own, on="own", how="left", suffix="_own")
    return orders.select("order_row", person=pl.coalesce("person", "person_own")), strangers


def attributes(
    persons: pl.DataFrame, groups: pl.DataFrame, customers: pl.DataFrame
) -> pl.DataFrame:
    """What the customers rows of a person say: the first value by account key (section 2)."""
    ids = groups.group_by("person").agg(customer_ids=pl.len())
    known = ("country", "acquisition_channel", "birth_date", "household_size")
    said = (
        customers.with_columns(account=account())
        .join(groups.select("account", "person", "number"), on="account")
        .sort("person", "number")
        .group_by("person", maintain_order=True)
        .agg(
            *(pl.col(c).drop_nulls().first() for c in known),
            created_date=pl.col("created_at_date").min(),
            known_first_date=pl.col("first_order_at_date").min(),
            is_staff=pl.col("is_staff").any(),
        )
    )
    return (
        persons.join(ids, on="person", how="left")
        .join(said, on="person", how="left")
        .with_columns(pl.col("customer_ids").fill_null(0), pl.col("is_staff").fill_null(False))
    )


# ---------------------------------------------------------------------------------------------
# Core (section 2)
# ---------------------------------------------------------------------------------------------


def line_totals(orders: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Lines at order grain: each converted and rounded, then summed (section 0)."""
    rated = lines.lazy().join(orders.lazy().select("order_row", "rate"), on="order_row", how="left")
    sums = rated.group_by("order_row").agg(
        lines=pl.len(),
        units=pl.col("pieces").sum(),
        has_goods=pl.col("goods_amount").is_not_null().any(),
        line_goods=converted(pl.col("goods_amount").fill_null(0)).sum(),
        line_discount=converted(pl.col("discount_amount").fill_null(0)).sum(),
        own_line_discount=pl.col("discount_amount").fill_null(0).sum(),
    )
    products = (
        lines.lazy()
        .select("order_row", "product_id")
        .drop_nulls()
        .unique()
        .group_by("order_row")
        .agg(distinct_products=pl.len())
    )
    return collect(sums.join(products, on="order_row", how="left"))


def order_amounts(orders: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """gross_amount and discount_amount of an order (section 0).

    Without lines (or none with an amount) the header's amount is goods after all discounts.
    With lines only what the header's discount exceeds theirs is subtracted, once.
    """
    has_goods = pl.col("has_goods").fill_null(False)
    header_discount = pl.col("discount_amount").fill_null(0)
    excess = (header_discount - pl.col("own_line_discount")).clip(lower_bound=0)
    line_gross = pl.col("line_goods") + pl.col("line_discount")
    goods = converted(pl.col("amount").fill_null(0))
    return (
        orders.join(line_totals(orders, lines), on="order_row", how="left")
        .with_columns(
            gross_amount=pl.when(has_goods)
            .then(line_gross)
            .otherwise(goods + converted(header_discount)),
            discount_amount=pl.when(has_goods)
            .then(pl.col("line_discount") + converted(excess))
            .otherwise(converted(header_discount)),
            lines=pl.col("lines").fill_null(0),
            units=pl.col("units").fill_null(0),
            distinct_products=pl.col("distinct_products").fill_null(0),
        )
        .drop("has_goods", "line_goods", "line_discount", "own_line_discount", "amount")
    )


def core_refunds(refunds: pl.DataFrame, orders: pl.DataFrame, people: People) -> pl.DataFrame:
    """Refunds in the reporting currency; without an order they are credit notes (section 0).

    A credit note is in the reporting currency and belongs to its customer_id's person; it counts
    unless that person is staff.
    """
    staff = people.persons.select("person", "is_staff")
    return (
        refunds.join(orders.select("order_row", "rate"), on="order_row", how="left")
        .with_columns(amount=converted(pl.col("amount")), account=account())
        .join(people.accounts, on="account", how="left")
        .join(staff, on="person", how="left")
        .with_columns(
            is_credit_note=pl.col("order_id").is_null(),
            is_staff=pl.col("is_staff").fill_null(False),
        )
    )


def core_orders(
    orders: pl.DataFrame,
    lines: pl.DataFrame,
    refunds: pl.DataFrame,
    people: People,
    params: dict[str, int],
    calendar: Calendar,
) -> pl.DataFrame:
    """Orders with their amounts, sequence and class (sections 0 and 2).

    `is_new_to_window` and `is_censored` are what section 3 asks of an order; `new_date` is the
    date of its customer's order of class 'new', null where the customer has none.
    """
    returned = (
        refunds.filter(~pl.col("is_credit_note"))
        .group_by("order_row")
        .agg(refund_amount=pl.col("amount").sum())
    )
    facts = people.persons.select("person", "customer_key", "is_staff", "known_first_date")
    is_good = ~pl.col("status").is_in(INVALID_STATUSES).fill_null(False)
    is_valid = is_good & ~pl.col("is_test").fill_null(False) & ~pl.col("is_staff").fill_null(False)
    orders = (
        order_amounts(orders, lines)
        .join(people.orders, on="order_row", how="left")
        .join(facts, on="person", how="left")
        .join(returned, on="order_row", how="left")
        .with_columns(is_valid=is_valid)
    )
    history = (
        orders.lazy()
        .filter(pl.col("is_valid") & pl.col("person").is_not_null())
        .select("order_row", "person", "ordered_at", "order_id", "source", "order_date")
        .sort("person", "ordered_at", "order_id", "source")
        .select(
            "order_row",
            order_sequence=pl.int_range(1, pl.len() + 1).over("person"),
            previous_order_date=pl.col("order_date").shift(1).over("person"),
            next_order_date=pl.col("order_date").shift(-1).over("person"),
            first_date=pl.col("order_date").first().over("person"),
        )
    )
    is_known = (pl.col("known_first_date") < pl.col("first_date")).fill_null(False)
    silence = (pl.col("order_date") - pl.col("previous_order_date")).dt.total_days()
    attributed = pl.col("order_sequence").is_not_null()
    return (
        orders.join(history.collect(), on="order_row", how="left")
        .with_columns(
            refund_amount=pl.when("is_valid").then("refund_amount").fill_null(0),
            new_date=pl.when(attributed & ~is_known).then("first_date"),
            order_class=pl.when(pl.col("person").is_null())
            .then(pl.lit("unattributed"))
            .when((pl.col("order_sequence") == 1) & ~is_known)
            .then(pl.lit("new"))
            .otherwise(pl.lit("returning")),
            is_new_to_window=attributed & (silence > params["new_to_window_days"]).fill_null(True),
            is_censored=is_censored(calendar, pl.col("first_date")),
        )
        .with_columns(
            goods_amount=pl.col("gross_amount") - pl.col("discount_amount"),
            order_key=pl.col("source") + ":" + pl.col("order_id"),
        )
        .with_columns(net_amount=pl.col("goods_amount") - pl.col("refund_amount"))
    )


def is_censored(calendar: Calendar, first_date: pl.Expr) -> pl.Expr:
    """Left-censored: first order within a year of the history's start, no known first order."""
    if calendar.history_start is None:
        return pl.lit(False)
    young = first_date < calendar.history_start + timedelta(days=365)
    return (young & pl.col("known_first_date").is_null()).fill_null(False)


def core_customers(
    orders: pl.DataFrame, refunds: pl.DataFrame, people: People, calendar: Calendar
) -> pl.DataFrame:
    """Every identified person, with or without an order (section 2)."""
    bought = (
        orders.filter(pl.col("is_valid") & pl.col("person").is_not_null())
        .group_by("person")
        .agg(
            first_order_at=pl.col("ordered_at").sort_by("order_sequence").first(),
            first_order_date=pl.col("order_date").sort_by("order_sequence").first(),
            last_order_date=pl.col("order_date").sort_by("order_sequence").last(),
            order_days=pl.col("order_date").n_unique(),
            orders=pl.len(),
            gross_amount=pl.col("gross_amount").sum(),
            refund_amount=pl.col("refund_amount").sum(),
            net_amount=pl.col("net_amount").sum(),
        )
    )
    credited = (
        counted_credit_notes(refunds)
        .drop_nulls("person")
        .group_by("person")
        .agg(credit_amount=pl.col("amount").sum())
    )
    zero = [
        pl.col(c).fill_null(0)
        for c in ("order_days", "orders", "gross_amount", "refund_amount", "net_amount")
    ]
    return (
        people.persons.join(bought, on="person", how="left")
        .join(credited, on="person", how="left")
        .with_columns(zero)
        .with_columns(
            net_amount=pl.col("net_amount") - pl.col("credit_amount").fill_null(0),
            is_left_censored=is_censored(calendar, pl.col("first_order_date")),
        )
    )


def counted_credit_notes(refunds: pl.DataFrame) -> pl.DataFrame:
    """Credit notes that count: not those of staff (section 3)."""
    return refunds.filter(pl.col("is_credit_note") & ~pl.col("is_staff"))


def stitched(events: pl.DataFrame, limit: int) -> pl.DataFrame:
    """Persons of the visitors' unsigned events (section 2, Identity, Events).

    The person identified by the visitor most recently at or before the event, else the first
    identified after it; at one instant the greatest event_id decides. Bots identify nobody; a
    visitor identified as more than `limit` people is nobody. Returns event_row, person.
    """
    named = (
        events.lazy()
        .filter(
            pl.col("person").is_not_null() & pl.col("visitor").is_not_null() & ~pl.col("is_bot")
        )
        .select("visitor", "person", "occurred_at", "event_id")
    )
    crowds = (
        named.group_by("visitor").agg(pl.col("person").n_unique()).filter(pl.col("person") > limit)
    )
    marks = collect(
        named.join(crowds, on="visitor", how="anti")
        .sort("occurred_at", "event_id")
        .unique(["visitor", "occurred_at"], keep="last", maintain_order=True)
        .select("visitor", "occurred_at", "person")
    )
    waiting = (
        events.lazy()
        .filter(pl.col("person").is_null() & pl.col("visitor").is_not_null())
        .select("event_row", "visitor", "occurred_at")
        .join(marks.lazy().select("visitor"), on="visitor", how="semi")
        .sort("occurred_at")
        .collect()
    )
    options = {"on": "occurred_at", "by": "visitor", "check_sortedness": False}
    before = waiting.join_asof(marks, strategy="backward", **options)
    unknown = before.filter(pl.col("person").is_null()).drop("person")
    after = unknown.join_asof(marks, strategy="forward", **options)
    found = pl.concat([before.drop_nulls("person"), after])
    return found.select("event_row", "person")


def core_events(events: pl.DataFrame, people: People, params: dict[str, int]) -> pl.DataFrame:
    """Events with their person and visitor (section 2)."""
    visitors = (
        events.lazy()
        .select("source", "anonymous_id")
        .drop_nulls()
        .unique()
        .collect()
        .with_row_index("visitor")
    )
    visitors = visitors.with_columns(
        visitor_key=pl.col("source") + ":anon:" + hashed(visitors["anonymous_id"])
    )
    flags = [pl.col(c).fill_null(False) for c in ("is_bot", "is_incentivised", "is_verified")]
    events = collect(
        events.lazy()
        .with_row_index("event_row")
        .with_columns(*flags, account=account(), email=email_contact())
        .join(people.accounts.lazy(), on="account", how="left")
        .join(
            people.emails.lazy(),
            left_on="email",
            right_on="contact",
            how="left",
            suffix="_email",
        )
        .with_columns(
            person=pl.when(pl.col("account").is_null())
            .then(pl.col("person_email"))
            .otherwise(pl.col("person"))
        )
        .drop("person_email", "account", "customer_id", "email")
        .join(
            visitors.lazy().select("source", "anonymous_id", "visitor"),
            on=["source", "anonymous_id"],
            how="left",
        )
        .drop("anonymous_id")
    )
    found = stitched(events, params["visitor_max_people"])
    facts = people.persons.select("person", "customer_key", "is_staff")
    return collect(
        events.lazy()
        .join(found.lazy(), on="event_row", how="left", suffix="_visitor")
        .with_columns(person=pl.coalesce("person", "person_visitor"))
        .join(facts.lazy(), on="person", how="left")
        .join(visitors.lazy().select("visitor", "visitor_key"), on="visitor", how="left")
        .with_columns(
            event_key=pl.col("source") + ":" + pl.col("event_id"),
            visitor_key=pl.coalesce("visitor_key", "customer_key"),
            is_staff=pl.col("is_staff").fill_null(False),
        )
    )


# ---------------------------------------------------------------------------------------------
# Customer share (section 3)
# ---------------------------------------------------------------------------------------------


class Shop(NamedTuple):
    """What the marts of section 3 read."""

    calendar: Calendar
    start: date | None  # first day of the date spine
    orders: pl.DataFrame  # valid orders only
    refunds: pl.DataFrame  # of valid orders
    credits: pl.DataFrame  # credit notes that count
    lines: pl.DataFrame  # of valid orders
    persons: pl.DataFrame
    products: pl.DataFrame
    params: dict[str, int]

    @property
    def months(self) -> list[date]:
        """Months of the spine, from the first order or credit note to as_of."""
        if self.start is None:
            return []
        return spine(self.start, self.calendar.as_of, "1mo")["period_start"].to_list()

    def window(self, month: date) -> tuple[date, date]:
        """The 12 months [e − 12 months, e) that end with a month, or with as_of in it."""
        end = min(months_later(month, 1), self.calendar.as_of + timedelta(days=1))
        return months_later(end, -12), end


def spine(start: date, end: date, interval: str) -> pl.DataFrame:
    """Starts of the periods that contain the days from start to end; weeks start on Monday."""
    days = pl.DataFrame({"day": [start, end]}).with_columns(pl.col("day").dt.truncate(interval))
    first, last = days["day"]
    return pl.date_range(first, last, interval, eager=True).alias("period_start").to_frame()


GRAINS = {"day": "1d", "week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}
BREAKDOWNS = ("total", "channel", "country", "source")


def breakdown_value(breakdown: str) -> pl.Expr:
    """The value of a breakdown: 'all' for the total, 'unknown' for none."""
    value = pl.lit("all") if breakdown == "total" else pl.col(breakdown).fill_null("unknown")
    return value.alias("breakdown_value")


def new_customer_share(shop: Shop) -> pl.DataFrame:
    """Sales of new and returning customers by period and breakdown (section 3)."""
    mart = "customer_share.new_customer_share"
    if shop.start is None:
        return empty(mart)
    cells = [
        share_cells(shop, grain, breakdown)
        for grain in GRAINS
        for breakdown in BREAKDOWNS
        if grain != "day" or breakdown == "total"
    ]
    total = pl.col("total_net_amount")
    shares = {
        "new_order_share": "new_net_amount",
        "new_customer_share": "new_customer_net_amount",
        "new_to_window_share": "new_to_window_net_amount",
    }
    frame = pl.concat(cells).with_columns(
        *(share(pl.col(part), total).alias(name) for name, part in shares.items()),
        ledger_net_amount=pl.col("goods_amount")
        - pl.col("refund_amount")
        - pl.col("credit_note_amount"),
    )
    return finished(mart, frame)


def share_cells(shop: Shop, grain: str, breakdown: str) -> pl.DataFrame:
    """The dense cells of one grain and breakdown: every value has every period."""
    interval = GRAINS[grain]
    value = breakdown_value(breakdown)
    keys = ["period_start", "breakdown_value"]

    def placed(rows: pl.DataFrame, day: str) -> pl.DataFrame:
        return rows.with_columns(value, period_start=pl.col(day).dt.truncate(interval))

    def net_of(order_class: str) -> pl.Expr:
        return pl.col("net_amount").filter(pl.col("order_class") == order_class).sum()

    sales = placed(shop.orders, "order_date")
    is_new = pl.col("order_class") == "new"
    is_new_customer = pl.col("new_date").dt.truncate(interval) == pl.col("period_start")
    is_entry = is_new | pl.col("is_new_to_window")
    sold = sales.group_by(keys).agg(
        total_net_amount=pl.col("net_amount").sum(),
        new_net_amount=net_of("new"),
        returning_net_amount=net_of("returning"),
        unattributed_net_amount=net_of("unattributed"),
        new_customer_net_amount=pl.col("net_amount").filter(is_new_customer).sum(),
        new_to_window_net_amount=pl.col("net_amount").filter("is_new_to_window").sum(),
        orders=pl.len().cast(pl.Int64),
        new_orders=is_new.sum().cast(pl.Int64),
        customers=pl.col("person").drop_nulls().n_unique().cast(pl.Int64),
        new_customers=pl.col("person").filter(is_new_customer).n_unique().cast(pl.Int64),
        is_left_censored=(is_entry & pl.col("is_censored")).any(),
        goods_amount=pl.col("goods_amount").sum(),
    )
    returned = (
        placed(shop.refunds, "refund_date").group_by(keys).agg(refund_amount=pl.col("amount").sum())
    )
    notes = placed(shop.credits, "refund_date")
    credited = notes.group_by(keys).agg(credit_note_amount=pl.col("amount").sum())
    seen = pl.concat([sales.select("breakdown_value"), notes.select("breakdown_value")])
    values = seen.unique() if breakdown != "total" else pl.DataFrame({"breakdown_value": ["all"]})
    return (
        spine(shop.start, shop.calendar.as_of, interval)
        .join(values, how="cross")
        .join(sold, on=keys, how="left")
        .join(returned, on=keys, how="left")
        .join(credited, on=keys, how="left")
        .with_columns(
            pl.col("is_left_censored").fill_null(False),
            pl.selectors.integer().fill_null(0),
            period_grain=pl.lit(grain),
            breakdown=pl.lit(breakdown),
        )
    )


def between(rows: pl.DataFrame, day: str, start: date, end: date) -> pl.LazyFrame:
    """Rows of the days [start, end)."""
    return rows.lazy().filter((pl.col(day) >= start) & (pl.col(day) < end))


def window_nets(shop: Shop, start: date, end: date) -> pl.DataFrame:
    """Net amount and orders of each person in [start, end), credit notes taken off.

    Unattributed orders are one row with a null person; credit notes without a customer are no
    one's.
    """
    orders = between(shop.orders, "order_date", start, end).select(
        "person", amount="net_amount", orders=pl.lit(1, dtype=pl.Int64)
    )
    notes = between(shop.credits, "refund_date", start, end).filter(pl.col("person").is_not_null())
    notes = notes.select("person", amount=-pl.col("amount"), orders=pl.lit(0, dtype=pl.Int64))
    sums = pl.concat([orders, notes]).group_by("person")
    return sums.agg(net_amount=pl.col("amount").sum(), orders=pl.col("orders").sum()).collect()


def customer_share(shop: Shop) -> pl.DataFrame:
    """Each customer's part of the trailing 12 months, for the last months (section 3)."""
    mart = "customer_share.customer_share"
    if shop.start is None:
        return empty(mart)
    held = (
        shop.lines.lazy()
        .filter((pl.col("pieces") > 0) & pl.col("product_id").is_not_null())
        .group_by("person", "source", "product_id")
        .agg(first_date=pl.col("order_date").min())
        .select("person", "first_date")
        .collect()
    )
    keys = shop.persons.select("person", "customer_key")
    last = month_of(shop.calendar.as_of)
    frames = []
    for back in range(shop.params["customer_share_months"]):
        month = months_later(last, -back)
        start, end = shop.window(month)
        products = held.filter(pl.col("first_date") < end).group_by("person").len("products_held")
        frame = (
            window_nets(shop, start, end)
            .join(products, on="person", how="left", nulls_equal=True)
            .join(keys, on="person", how="left")
        )
        frames.append(share_ranks(frame).with_columns(month_start=pl.lit(month)))
    return finished(mart, pl.concat(frames))


def share_ranks(frame: pl.DataFrame) -> pl.DataFrame:
    """Share and rank within one month; the top 20 % is cut by net amount, ties by key."""
    attributed = pl.col("person").is_not_null()
    people = attributed.sum()
    total = pl.col("net_amount").sum()
    place = pl.int_range(1, pl.len() + 1)
    return frame.sort(
        attributed, "net_amount", "customer_key", descending=[True, True, False]
    ).with_columns(
        pl.col("products_held").fill_null(0),
        customer_key=pl.col("customer_key").fill_null("unattributed"),
        net_amount_12m=pl.col("net_amount"),
        orders_12m=pl.col("orders"),
        share_of_sales=share(pl.col("net_amount"), total),
        share_rank=pl.when(attributed).then(pl.col("net_amount")).rank("min", descending=True),
        is_top_20_percent=attributed & (place <= (people.cast(pl.Int64) + 4) // 5),
    )


def concentration(shop: Shop) -> pl.DataFrame:
    """How much of the sales hangs on how few customers (section 3)."""
    mart = "customer_share.concentration"
    rows = []
    for month in shop.months:
        year_start, end = shop.window(month)
        for window, start in (("all_time", date.min), ("trailing_12m", year_start)):
            nets = window_nets(shop, start, end).filter(
                pl.col("person").is_not_null() & (pl.col("orders") > 0)
            )
            measures = concentrated(nets["net_amount"].to_numpy())
            rows.append({"month_start": month, "measure_window": window, **measures})
    if not rows:
        return empty(mart)
    return finished(mart, pl.DataFrame(rows, infer_schema_length=None))


def concentrated(nets: np.ndarray) -> dict[str, Any]:
    """Concentration measures of the customers' net amounts, the negative ones floored to zero.

    Gini = 2 · Σ i·x_i / (n · Σ x) − (n + 1) / n with x ascending. Shares are null without a
    positive total.
    """
    size = len(nets)
    falling = np.sort(np.maximum(nets.astype(np.int64), 0))[::-1]
    running = np.cumsum(falling)
    total = int(running[-1]) if size else 0
    measures: dict[str, Any] = {
        "customers": size,
        "net_amount": int(nets.sum()) if size else 0,
        "floored_customers": int((nets < 0).sum()),
        "gini": None,
        "hhi": None,
        "effective_customers": None,
        "customers_for_80_percent": None,
    }
    for percent in (1, 5, 10, 20, 50):
        top = -(-size * percent // 100)  # ceil without the error of a binary fraction
        name = f"top_{percent}_percent_share"
        measures[name] = int(running[top - 1]) / total if total > 0 else None
    if total > 0:
        parts = falling / total
        places = np.arange(size, 0, -1, dtype=np.float64)
        measures["gini"] = 2 * float((places * parts).sum()) / size - (size + 1) / size
        measures["hhi"] = float((parts * parts).sum())
        measures["effective_customers"] = 1 / measures["hhi"]
        needed = -(-total * 4 // 5)  # the first amount that is at least 80 %
        measures["customers_for_80_percent"] = int(np.searchsorted(running, needed)) + 1
    return measures


def spend_bands(shop: Shop) -> pl.DataFrame:
    """Low, middle and high spenders of the trailing 12 months (section 3).

    Total and country take a customer's whole net amount, credit notes off; channel and device
    take the orders made there. Quantiles are those of the positive amounts.
    """
    mart = "customer_share.spend_bands"
    if shop.start is None:
        return empty(mart)
    end = shop.calendar.as_of + timedelta(days=1)
    start = months_later(end, -12)
    whole = window_nets(shop, start, end).drop_nulls("person")
    whole = whole.join(shop.persons.select("person", "country"), on="person", how="left")
    made = between(shop.orders, "order_date", start, end).collect().drop_nulls("person")
    frames = [
        whole.select(segment_by=pl.lit("total"), segment=pl.lit("all"), net="net_amount"),
        whole.select(
            segment_by=pl.lit("country"),
            segment=pl.col("country").fill_null("unknown"),
            net="net_amount",
        ),
    ]
    for attribute in ("channel", "device"):
        frames.append(
            made.group_by("person", segment=pl.col(attribute).fill_null("unknown"))
            .agg(net=pl.col("net_amount").sum())
            .select(segment_by=pl.lit(attribute), segment="segment", net="net")
        )
    net = pl.col("net")
    spent = net.filter(net > 0)

    def quantile(share_below: float) -> pl.Expr:
        exact = spent.quantile(share_below, interpolation="linear")
        return exact.round(0, mode="half_away_from_zero").cast(pl.Int64)

    bands = (
        pl.concat(frames)
        .group_by("segment_by", "segment")
        .agg(
            customers=pl.len(),
            min_net_amount=spent.min(),
            p20_net_amount=quantile(0.2),
            median_net_amount=quantile(0.5),
            p80_net_amount=quantile(0.8),
            max_net_amount=spent.max(),
            positive=spent.len(),
            low_customers=(spent <= spent.quantile(0.2, interpolation="linear")).sum(),
            high_customers=(spent > spent.quantile(0.8, interpolation="linear")).sum(),
        )
        .with_columns(
            middle_customers=pl.col("positive").cast(pl.Int64)
            - pl.col("low_customers")
            - pl.col("high_customers"),
            non_positive_customers=pl.col("customers").cast(pl.Int64) - pl.col("positive"),
        )
    )
    return finished(mart, bands)


def growth_accounting(shop: Shop) -> pl.DataFrame:
    """What moved the sales of attributed customers from month to month (section 3)."""
    mart = "customer_share.growth_accounting"
    if shop.start is None:
        return empty(mart)
    orders = shop.orders.with_columns(month_start=pl.col("order_date").dt.truncate("1mo"))
    known = orders.drop_nulls("person")
    this = known.group_by("person", "month_start").agg(
        net=pl.col("net_amount").sum(), new_month=pl.col("new_date").first().dt.truncate("1mo")
    )
    last = this.select(
        "person",
        pl.col("month_start").dt.offset_by("1mo"),
        previous_net="net",
        new_month_before="new_month",
    )
    moves = (
        this.join(last, on=["person", "month_start"], how="full", coalesce=True)
        .with_columns(
            here=pl.col("net").is_not_null(),
            before=pl.col("previous_net").is_not_null(),
            delta=pl.col("net").fill_null(0) - pl.col("previous_net").fill_null(0),
            is_first=(pl.col("new_month") == pl.col("month_start")).fill_null(False),
        )
        .with_columns(
            move=pl.when((pl.col("delta") > 0) & pl.col("is_first"))
            .then(pl.lit("new"))
            .when((pl.col("delta") > 0) & ~pl.col("before"))
            .then(pl.lit("resurrected"))
            .when(pl.col("delta") > 0)
            .then(pl.lit("expansion"))
            .when((pl.col("delta") < 0) & pl.col("before") & ~pl.col("here"))
            .then(pl.lit("churned"))
            .when(pl.col("delta") < 0)
            .then(pl.lit("contraction"))
        )
    )
    kinds = ("new", "resurrected", "expansion", "contraction", "churned")
    is_kind = {kind: (pl.col("move") == kind).fill_null(False) for kind in kinds}
    moved = moves.group_by("month_start").agg(
        *(pl.col("delta").filter(is_kind[k]).sum().abs().alias(f"{k}_amount") for k in kinds),
        *(is_kind[k].sum().cast(pl.Int64).alias(f"{k}_customers") for k in kinds),
        retained_customers=(pl.col("here") & pl.col("before")).sum().cast(pl.Int64),
        net_amount=pl.col("net").sum(),
        previous_net_amount=pl.col("previous_net").sum(),
    )
    unattributed = (
        orders.filter(pl.col("person").is_null())
        .group_by("month_start")
        .agg(unattributed_net_amount=pl.col("net_amount").sum())
    )
    credited = shop.credits.group_by(month_start=pl.col("refund_date").dt.truncate("1mo")).agg(
        credit_note_amount=pl.col("amount").sum()
    )
    gains = pl.col("new_amount") + pl.col("resurrected_amount") + pl.col("expansion_amount")
    losses = pl.col("contraction_amount") + pl.col("churned_amount")
    next_month = pl.col("month_start").dt.offset_by("1mo")
    frame = (
        pl.DataFrame({"month_start": shop.months})
        .join(moved, on="month_start", how="left")
        .join(unattributed, on="month_start", how="left")
        .join(credited, on="month_start", how="left")
        .with_columns(pl.selectors.integer().fill_null(0))
        .with_columns(
            quick_ratio=share(gains, losses),
            is_complete=next_month <= shop.calendar.as_of + timedelta(days=1),
        )
    )
    return finished(mart, frame)


def share_of_wallet(shop: Shop) -> pl.DataFrame:
    """Own spend in a category and year over the P80 of the peers' spend (section 3).

    Only the method 'benchmark'. Peers have the same country, ten-year age band at the year's end
    and household size; unknown equals unknown. Spend is the lines' goods, before refunds.
    """
    mart = "customer_share.share_of_wallet"
    who = ["country", "age_band", "household_size"]
    place = ["category", "year"]
    age = (pl.col("year") - pl.col("birth_date").dt.year()).cast(pl.Int64)
    own = (
        shop.lines.lazy()
        .filter(pl.col("person").is_not_null() & pl.col("product_id").is_not_null())
        .join(
            shop.products.lazy().select("source", "product_id", "category"),
            on=["source", "product_id"],
        )
        .drop_nulls("category")
        .group_by("person", "category", year=pl.col("order_date").dt.year())
        .agg(own_amount=pl.col("line_amount").sum())
        .join(shop.persons.lazy(), on="person")
        .with_columns(age_band=age // 10 * 10)
    )
    amount = pl.col("own_amount").cast(pl.Float64)
    spent = amount.filter(amount > 0)
    peers = own.group_by(*who, *place).agg(
        spent.quantile(q / 100, interpolation="linear").alias(f"p{q}") for q in (70, 80, 90)
    )

    def capped(percentile: str) -> pl.Expr:
        return share(amount, pl.col(percentile)).clip(upper_bound=1)

    frame = own.join(peers, on=[*who, *place], nulls_equal=True).with_columns(
        method=pl.lit("benchmark"),
        category_amount=pl.lit(None, dtype=pl.Int64),
        share_of_wallet=capped("p80"),
        low=capped("p90"),
        high=capped("p70"),
    )
    return finished(mart, collect(frame))


# ---------------------------------------------------------------------------------------------
# All of it
# ---------------------------------------------------------------------------------------------


def build(
    sources: list[dict[str, Any]],
    as_of: str | None = None,
    reporting_currency: str | None = None,
    salt: str = "",
    params: dict[str, int] | None = None,
) -> dict[str, pl.DataFrame]:
    """Compute every mart of sections 1 to 3 from raw files.

    Args:
        sources: `{name, system, path, timezone}` of each source; system is always 'files'.
        as_of: ISO date; default: the latest business date of an order, event or refund.
        reporting_currency: default: the only currency present.
        salt: goes before the text that is hashed into a guest's key.
        params: thresholds in days, months or counts that differ from `DEFAULT_PARAMS`.

    Returns:
        Frames by `schema.table`, with the columns of `MARTS`.

    Raises:
        FileNotFoundError: a source has no orders.
        ValueError: several currencies and none chosen; a table found twice; an unknown param.
    """
    settings = DEFAULT_PARAMS | (params or {})
    if unknown := set(settings) - set(DEFAULT_PARAMS):
        raise ValueError(f"unknown params: {', '.join(sorted(unknown))}")
    now = datetime.now(UTC).replace(tzinfo=None)
    staging, calendar = cut(stage(sources, reporting_currency, now), as_of)
    tables = staging.tables
    people = resolve(tables, salt, settings)
    refunds = core_refunds(tables["refunds"], tables["orders"], people)
    orders = core_orders(
        tables["orders"], tables["order_lines"], refunds, people, settings, calendar
    )
    customers = core_customers(orders, refunds, people, calendar)
    events = core_events(tables.pop("events"), people, settings)

    lines = tables["order_lines"].join(orders.select("order_row", "order_id"), on="order_row")
    days = pl.DataFrame(
        {
            "as_of": [calendar.as_of],
            "history_start": [calendar.history_start],
            "history_days": [calendar.history_days],
        }
    )
    marts = {
        "core.as_of": days,
        "core.customers": customers,
        "core.orders": orders,
        "core.order_lines": lines.select(
            order_line_key=pl.col("source") + ":" + row_key("order_lines")
        ),
        "core.refunds": refunds.select(refund_key=pl.col("source") + ":" + pl.col("refund_id")),
        "core.products": tables["products"].select(
            product_key=pl.col("source") + ":" + pl.col("product_id")
        ),
        "core.events": events,
        "core.reconciliation": staging.reconciliation,
        "core.rejected_rows": staging.rejected,
    }
    result = {mart: finished(mart, frame) for mart, frame in marts.items()}
    del events, marts, lines

    shop = open_shop(calendar, orders, refunds, tables, people, settings)
    for mart in (
        new_customer_share,
        concentration,
        customer_share,
        spend_bands,
        growth_accounting,
        share_of_wallet,
    ):
        result[f"customer_share.{mart.__name__}"] = mart(shop)
    return result


def open_shop(
    calendar: Calendar,
    orders: pl.DataFrame,
    refunds: pl.DataFrame,
    tables: dict[str, pl.DataFrame],
    people: People,
    params: dict[str, int],
) -> Shop:
    """Cut core down to what section 3 reads; the spine starts at any order or credit note."""
    notes = refunds.filter("is_credit_note")
    starts = (calendar.history_start, notes["refund_date"].min())
    start = min((day for day in starts if day is not None), default=None)
    valid = orders.filter("is_valid")
    place = valid.select("order_row", "channel", "country")
    lines = (
        tables["order_lines"]
        .lazy()
        .select("order_row", "source", "product_id", "pieces", "goods_amount")
        .join(valid.lazy().select("order_row", "person", "order_date", "rate"), on="order_row")
        .with_columns(line_amount=converted(pl.col("goods_amount").fill_null(0)))
        .drop("order_row", "rate", "goods_amount")
    )
    return Shop(
        calendar,
        start,
        valid,
        refunds.join(place, on="order_row"),
        counted_credit_notes(refunds).with_columns(
            channel=pl.lit(None, dtype=TEXT), country=pl.lit(None, dtype=TEXT)
        ),
        collect(lines),
        people.persons,
        tables["products"],
        params,
    )


# ---------------------------------------------------------------------------------------------
# Comparing
# ---------------------------------------------------------------------------------------------

SHOWN = 5  # how many rows of one kind of difference are written out


def compare(expected: pl.DataFrame, actual: pl.DataFrame, keys: list[str]) -> list[str]:
    """Readable differences between an expected and an actual frame; empty when they agree.

    Only the expected columns are compared. Decimals and integers may differ by 0.00005 (they
    are then equal to the fourth decimal), doubles by 10^-6 absolute or relative; all else,
    nulls included, is exact. Rows of a repeated key are paired in their order.
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
        wrong = both.filter(~same(column, other, dtype, actual.schema[column]))
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


def same(left: str, right: str, expected: pl.DataType, actual: pl.DataType) -> pl.Expr:
    """Whether two cells agree within the tolerance of their kind; null equals null only."""
    a, b = pl.col(left), pl.col(right)
    if not expected.is_numeric() or not actual.is_numeric():
        return a.eq_missing(b)
    if expected.is_float() or actual.is_float():
        a, b = a.cast(pl.Float64), b.cast(pl.Float64)
        gap = (a - b).abs()
        close = (gap <= 1e-6) | (gap <= 1e-6 * a.abs()) | (a.is_nan() & b.is_nan())
    else:
        wide = pl.Decimal(38, 8)
        gap = (a.cast(wide) - b.cast(wide)).abs()
        close = gap <= pl.lit(Decimal("0.00005"))
    return pl.when(a.is_null() | b.is_null()).then(a.is_null() & b.is_null()).otherwise(close)


def main() -> None:
    """Write every mart of a folder of raw files as `OUT_DIR/<schema>/<table>.parquet`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--name", default="shop", help="name of the source")
    parser.add_argument("--timezone", default="UTC")
    parser.add_argument("--as-of")
    parser.add_argument("--currency")
    parser.add_argument("--salt", default="")
    options = parser.parse_args()
    source = {
        "name": options.name,
        "system": "files",
        "path": str(options.data_dir),
        "timezone": options.timezone,
    }
    marts = build([source], options.as_of, options.currency, options.salt)
    for mart, frame in marts.items():
        schema, table = mart.split(".")
        folder = options.out_dir / schema
        folder.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(folder / f"{table}.parquet")


if __name__ == "__main__":
    main()
