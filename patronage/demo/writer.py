"""The files: drawn and planted rows as one CSV a table, or as typed Parquet parts.

Which tables and columns there are, and what a column holds, says the raw contract.
"""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from patronage.demo.columns import NONE, Columns, join, pick
from patronage.demo.times import BERLIN, DAY, EPOCH, LAST_DAY, NEW_YORK, offset_hours

Row = dict[str, str | None]

# How a column of a kind of the contract is written, and the columns that are written otherwise.
FORMS = {
    "id": "text", "person": "text", "figure": "text", "email": "text", "phone": "text",
    "text": "text", "code": "text", "currency": "text", "status": "text", "event_type": "text",
    "time": "stamp", "day": "date", "birthday": "date", "flag": "flag", "number": "number",
    "amount": "money", "rate": "money", "label": "text", "year": "text",
}  # fmt: skip
OTHERWISE = {
    "quantity": "number", "household_size": "number", "shipping_amount": "money",
    "tax_amount": "money", "unit_cost": "money", "unit_price": "money", "amount": "money",
    "first_order_at": "date", "_loaded_at": "load", "own_rank": "money", "followers": "number",
    "posts": "number", "invited": "number",
}  # fmt: skip
ARROW_TYPES = {
    "text": pa.string(),
    "stamp": pa.timestamp("us", tz="UTC"),
    "load": pa.timestamp("us", tz="UTC"),  # the start of a day; CSV has the day alone
    "date": pa.date32(),
    "money": pa.decimal128(18, 4),
    "number": pa.float64(),
    "flag": pa.bool_(),
}
CALENDAR_DAY = (date(2018, 1, 1) - EPOCH).days  # first day of the pool of day texts
OFFSET_TEXTS = ["Z", "+01:00", "+02:00", "-05:00", "-04:00"]


class Writer:
    """Writes rows of raw tables, and counts in `fates` what is to become of them.

    A fate is 'accepted', 'superseded' or the reason of a rejected row.
    """

    def __init__(self, folder: Path, file_format: str, contract: dict[str, dict[str, str]]) -> None:
        """Begin the files of a folder; `contract` is table -> column -> kind."""
        self.tables = {
            table: {name: OTHERWISE.get(name) or FORMS[kind] for name, kind in columns.items()}
            for table, columns in contract.items()
        }
        self.folder, self.is_csv, self.parts = folder, file_format == "csv", Counter()
        self.fates: dict[str, Counter[str]] = {table: Counter() for table in self.tables}
        days = range(CALENDAR_DAY, LAST_DAY + 3)
        self.days = pa.array([f"{EPOCH + timedelta(day)}T" for day in days])
        clock = itertools.product(range(24), range(60), range(60))
        self.times = pa.array([f"{h:02}:{m:02}:{s:02}" for h, m, s in clock])
        for table, columns in self.tables.items():
            if self.is_csv:
                (folder / f"{table}.csv").write_text(",".join(columns) + "\n", encoding="utf-8")
            else:
                (folder / table).mkdir()

    def add(self, table: str, rows: Columns, superseded: int = 0) -> None:
        """Add drawn rows, of which some are superseded by others.

        Columns left out are missing; `_zone` tells how stamps are written. Raises ValueError for
        columns that the contract lacks.
        """
        self._check(table, rows.keys() - {"_zone"})
        length = len(next(iter(rows.values())))
        zone = rows.get("_zone", np.full(length, BERLIN))
        convert = self._as_text if self.is_csv else self._as_typed
        arrays = [
            convert(form, rows[name], zone) if name in rows else pa.nulls(length, self._type(form))
            for name, form in self.tables[table].items()
        ]
        self._write(table, arrays)
        self.fates[table].update(accepted=length - superseded, superseded=superseded)

    def add_planted(self, table: str, planted: list[tuple[str, Row]]) -> None:
        """Add planted rows (fate, cells), which are text: as they stand to CSV, else parsed.

        Those that a type cannot hold are left out of Parquet. Raises ValueError for columns that
        the contract lacks.
        """
        forms = self.tables[table]
        self._check(table, {name for _, row in planted for name in row})
        if not self.is_csv:
            planted = [(fate, row) for fate, row in planted if _is_typed(forms, row)]
        arrays = []
        for name, form in forms.items():
            values = [row.get(name) for _, row in planted]
            values = values if self.is_csv else [_parse(form, value) for value in values]
            arrays.append(pa.array(values, self._type(form)))
        self._write(table, arrays)
        self.fates[table].update(fate for fate, _ in planted)

    def _check(self, table: str, names: set[str]) -> None:
        if unknown := names - self.tables[table].keys():
            raise ValueError(f"{table}: the raw contract has no {', '.join(sorted(unknown))}")

    def _type(self, form: str) -> pa.DataType:
        return pa.string() if self.is_csv else ARROW_TYPES[form]

    def _write(self, table: str, arrays: list[pa.Array]) -> None:
        if not len(arrays[0]):
            return
        if not self.is_csv:
            part = self.folder / table / f"part-{self.parts[table]:05}.parquet"
            pq.write_table(pa.table(dict(zip(self.tables[table], arrays, strict=True))), part)
            self.parts[table] += 1
            return
        cells = [_quoted(array) for array in arrays]
        filled = {"null_handling": "replace", "null_replacement": ""}
        cells[-1] = pc.binary_join_element_wise(cells[-1], "\n", "", **filled)
        lines = pc.binary_join_element_wise(*cells, ",", **filled)
        _, offsets, data = lines.buffers()  # the texts lie end to end: that is the file
        size = int(np.frombuffer(offsets, np.int32)[len(lines)])
        with open(self.folder / f"{table}.csv", "ab") as file:
            file.write(memoryview(data)[:size])

    def _as_typed(self, form: str, values: Any, _: np.ndarray) -> pa.Array:
        if form in ("text", "money"):
            return values if form == "text" else _decimals(values, 4)
        mask = values == NONE
        if form in ("stamp", "load"):
            seconds = values.astype(np.int64) * (DAY if form == "load" else 1)
            return pa.array(seconds, pa.timestamp("s", tz="UTC"), mask).cast(ARROW_TYPES[form])
        values = values.astype({"flag": bool, "date": np.int32, "number": np.float64}[form])
        return pa.array(values, ARROW_TYPES[form], mask=mask)

    def _as_text(self, form: str, values: Any, zone: np.ndarray) -> pa.Array:
        if form == "stamp":
            return self._stamp_text(values, zone)
        if form == "money" and not np.any(values[values != NONE] % 100):
            return _decimals(np.where(values == NONE, NONE, values // 100), 2).cast(pa.string())
        typed = self._as_typed("date" if form == "load" else form, values, zone)
        return (typed.cast(pa.int64()) if form == "number" else typed).cast(pa.string())

    def _stamp_text(self, instants: np.ndarray, zone: np.ndarray) -> pa.Array:
        missing = instants == NONE
        hours = np.zeros(len(instants), np.int64)
        for name in (BERLIN, NEW_YORK):
            hours = np.where(zone == name, offset_hours(instants, name), hours)
        day, second = np.divmod(instants + hours * 3600, DAY)
        offset = np.select([zone == BERLIN, zone == NEW_YORK], [hours, hours + 8], 0)
        days = self.days.take(pa.array(day - CALENDAR_DAY, mask=missing))
        return join(days, self.times.take(pa.array(second)), pick(OFFSET_TEXTS, offset))


def _quoted(texts: pa.Array) -> pa.Array:
    """Cells as RFC 4180 wants them: quotes only around those that hold a comma, quote or break."""
    special = pc.match_substring_regex(texts, '[,"\r\n]')
    if not pc.any(special).as_py():
        return texts
    quoted = join('"', pc.replace_substring(texts, '"', '""'), '"')
    return pc.if_else(special, quoted, texts)


def _decimals(units: np.ndarray, scale: int) -> pa.Array:
    """Decimals out of scaled integers, without a detour through floats or text."""
    units = np.ascontiguousarray(units, np.int64)
    words = np.stack([units, units >> 63], axis=1)
    valid = np.packbits(units != NONE, bitorder="little")
    buffers = [pa.py_buffer(valid), pa.py_buffer(words)]
    return pa.Array.from_buffers(pa.decimal128(18, scale), len(units), buffers)


def _parse(form: str, text: str | None) -> Any:
    """A planted text as a typed value. Raises where the type cannot hold it (a text-only fault)."""
    if not text or form == "text":
        return text or None
    if form == "money":
        return Decimal(text).quantize(Decimal("0.0001"))
    if form == "number":
        return float(text)
    if form == "flag":
        return {"true": True, "yes": True, "1": True, "false": False}[text]
    if form == "date":
        return date.fromisoformat(text)
    stamp = datetime.fromisoformat(text)
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)


def _is_typed(forms: dict[str, str], row: Row) -> bool:
    """Whether a Parquet file can hold the planted row."""
    try:
        for name, form in forms.items():
            _parse(form, row.get(name))
    except (ValueError, KeyError, ArithmeticError):
        return False
    return True
