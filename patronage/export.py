"""Published tables as CSV files or one Excel workbook, in a folder of the user's.

Each file is whole at any moment, and all are written before the first takes the place of an older
one. Only what an export has written, and nobody has changed since, is written over.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import duckdb

from patronage.database import literal, quoted, restricted
from patronage.folder import UMASK, for_readers, kind_of, open_plain, umask
from patronage.rejects import FORMULA, NUMBER, harmless
from patronage.sheets import ROWS_OF_A_SHEET, write_workbook

MARKER = ".patronage-export"
STAGING = ".patronage-export.new"
WORKBOOK = "patronage.xlsx"
# what a workbook holds unless told otherwise: what is small, and safe to pivot
DEFAULT_SHEETS = (
    "core.as_of",
    "bi.monthly_metrics",
    "profile.customer_profile",
    "profile.ideal_customer",
    "customer_share.concentration",
    "customer_share.growth_accounting",
    "lifecycle.lifecycle_stock",
    "lifecycle.cohort_retention",
    "lifecycle.lifecycle_grid",
    "cross_sell.gateway_products",
    "advocacy.word_of_mouth",
    "campaigns.campaign_results",
    "service.leave_reasons",
    "core.sales_reconciliation",
    "core.labels",
)


class ExportError(Exception):
    """Nothing was exported; the arguments are a line for each reason."""


@dataclass(frozen=True)
class Exported:
    """A file that was written."""

    file: Path
    tables: int
    rows: int
    quoted_cells: int  # texts that got an apostrophe, as a spreadsheet would run them


def export(
    file: Path, folder: Path, kind: str, names: Sequence[str] = (), raw: bool = False
) -> tuple[list[Exported], list[str]]:
    """Write tables (schema.name) of a published file into a folder, as `csv` or `xlsx`.

    Without names, CSV files of all tables, or a workbook of DEFAULT_SHEETS as far as they fit.
    Returns what was written, and a line for each table that did not fit. With `raw` texts in CSV
    files stay as they are, also those that a spreadsheet would run. Raises ExportError,
    duckdb.Error, OSError, and FolderError for a link or a device in a file's place.
    """
    if kind_of(file) != "file":
        raise ExportError(f"{file} is missing: run `patronage build` first")
    place = folder.resolve()
    if file.parent.resolve() in (place, *place.parents):
        raise ExportError(f"{folder} lies in the warehouse folder: choose another")
    with umask(UMASK):
        place.mkdir(parents=True, exist_ok=True)
    with _claimed(place) as marker, _staging(place) as staging:
        with restricted([file], staging, staging / "spill") as connection:
            connection.execute(f"attach {literal(str(file))} as shop (read_only)")
            connection.execute("use shop")
            tables, notes = _chosen(connection, kind, names)
            targets = [WORKBOOK] if kind == "xlsx" else [f"{table}.csv" for table in tables]
            known = _known(marker, place, targets)
            if kind == "xlsx":
                rows = write_workbook(connection, list(tables), staging / WORKBOOK)
                written = [Exported(place / WORKBOOK, len(tables), rows, 0)]
            else:
                written = [
                    Exported(place / f"{table}.csv", 1, rows, _write_csv(
                        connection, table, staging / f"{table}.csv", raw
                    ))
                    for table, rows in tables.items()
                ]  # fmt: skip
        digests = {name: _digest(staging / name) for name in targets}
        # both are ours, should this end between the two
        _remember(marker, known | {n: [*known.get(n, ()), d] for n, d in digests.items()})
        for name in targets:
            for_readers(staging / name)
            os.replace(staging / name, place / name)
        _remember(marker, known | {name: [digest] for name, digest in digests.items()})
    return written, notes


@contextlib.contextmanager
def _claimed(folder: Path) -> Iterator[IO[bytes]]:
    """The file in a folder that says which others are ours, for one export at a time."""
    descriptor = open_plain(folder / MARKER, os.O_RDWR | os.O_CREAT)
    with os.fdopen(descriptor, "r+b") as marker:
        try:
            fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExportError(f"another export is at work in {folder}") from None
        try:
            yield marker
        finally:
            if not os.fstat(descriptor).st_size:  # nothing here is ours
                (folder / MARKER).unlink()


@contextlib.contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """A folder for what is not whole yet; one that a killed export has left is emptied."""
    staging = folder / STAGING
    if kind_of(staging) not in (None, "folder"):
        raise ExportError(f"{staging} is no folder: remove it")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    try:
        with umask():  # the rights of its parts stand in a workbook, too
            yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _chosen(
    connection: duckdb.DuckDBPyConnection, kind: str, names: Sequence[str]
) -> tuple[dict[str, int], list[str]]:
    """The tables to write with their rows, and a line for each that is left out."""
    published = [
        f"{schema}.{table}"
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'shop' "
            "order by all"
        ).fetchall()
    ]
    if unknown := [name for name in names if name not in published]:
        raise ExportError(
            *(f"there is no table {name}: core.dictionary has their names" for name in unknown)
        )
    by_default = published if kind == "csv" else [n for n in DEFAULT_SHEETS if n in published]
    chosen = {}
    for name in dict.fromkeys(names or by_default):
        count = f"select count(*) from {_sql_name(name)}"
        chosen[name] = connection.execute(count).fetchall()[0][0]
    too_long = [
        f"{name} has {rows:,} rows, of which a sheet holds {ROWS_OF_A_SHEET - 1:,} at most: "
        "choose --format csv"
        for name, rows in chosen.items()
        if kind == "xlsx" and rows >= ROWS_OF_A_SHEET
    ]
    if too_long and names:
        raise ExportError(*too_long)
    if kind == "xlsx":
        chosen = {name: rows for name, rows in chosen.items() if rows < ROWS_OF_A_SHEET}
    return chosen, too_long


def _sql_name(table: str) -> str:
    """A table's schema and name, quoted."""
    schema, _, name = table.partition(".")
    return f"{quoted(schema)}.{quoted(name)}"


def _write_csv(connection: duckdb.DuckDBPyConnection, table: str, file: Path, raw: bool) -> int:
    """Write a table as RFC 4180 has it; return how many texts got an apostrophe."""
    columns = connection.execute(f"describe {_sql_name(table)}").fetchall()
    acting = {
        name: f"regexp_matches({quoted(name)}, {literal(f'^({FORMULA.pattern})')}) and not "
        f"regexp_full_match({quoted(name)}, {literal(NUMBER.pattern)})"
        for name, kind, *_ in columns
        if kind == "VARCHAR" and not raw
    }
    cells = ", ".join(
        (
            f"case when {acting[name]} then '''' || {quoted(name)} else {quoted(name)} end"
            if name in acting
            else quoted(name)
        )
        + f" as {quoted(name if raw else harmless(name))}"
        for name, *_ in columns
    )
    query = f"select {cells} from {_sql_name(table)}"
    connection.execute(f"copy ({query}) to {literal(str(file))} (format csv, new_line '\\r\\n')")
    if not acting:
        return 0
    count = " + ".join(f"count(*) filter ({condition})" for condition in acting.values())
    return connection.execute(f"select {count} from {_sql_name(table)}").fetchall()[0][0]


def _known(marker: IO[bytes], folder: Path, targets: Sequence[str]) -> dict[str, list[str]]:
    """The files of earlier exports, with their digests.

    Raises ExportError where a target's place is taken by something else.
    """
    marker.seek(0)
    try:
        known = json.loads(marker.read() or b"{}")
        known = {str(name): list(map(str, digests)) for name, digests in known.items()}
    except (ValueError, AttributeError, TypeError):
        raise ExportError(f"{folder / MARKER} is damaged: remove it") from None
    faults = []
    for name in targets:
        kind = kind_of(folder / name)
        if kind is None:
            continue
        if kind != "file" or name not in known:
            faults.append(f"{folder / name} is there and of no export: move it away")
        elif _digest(folder / name) not in known[name]:
            faults.append(f"{folder / name} was changed after its export: move it away")
    if faults:
        raise ExportError(*faults)
    return known


def _remember(marker: IO[bytes], known: dict[str, list[str]]) -> None:
    """Write down which files are ours."""
    content = json.dumps(known, indent=1, sort_keys=True).encode()
    marker.seek(0)
    marker.write(content)
    marker.truncate(len(content))
    marker.flush()
    os.fsync(marker.fileno())


def _digest(path: Path) -> str:
    """The SHA-256 of a plain file, which is on the disk then."""
    with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()
