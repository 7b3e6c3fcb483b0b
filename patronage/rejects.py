"""The raw rows that could not be used: why, and as files for repair."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import duckdb

from patronage.contract import judged_rows
from patronage.database import literal, opened, quoted
from patronage.folder import open_private

EXAMPLES = 3
# what begins a formula, also behind blanks or as a full-width sign; a number begins none. Signs are
# spelt as both this language and the database's read them
BLANKS = "\\x00-\\x20\x85\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
FORMULA = re.compile(rf"[{BLANKS}]*[=+\-@＝＋－＠]|[\t\r\n]")
NUMBER = re.compile(r"[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?")
ERASED = "erased"


class Rejected(NamedTuple):
    """A raw row that could not be used."""

    source: str
    table: str
    reason: str
    key: str  # its ids among the table's key, as far as it has them
    row: dict[str, str | None]  # the contract's columns as they were delivered


def rejected_rows(
    build: Path, contract: dict[str, Any], source: str | None, table: str | None
) -> list[Rejected]:
    """Return the rejected rows of a build file, of one source or table where given.

    What was erased on request is not among them: there is nothing to repair.
    """
    found = []
    with opened(build) as connection:
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'staging' "
            "and table_name like 'quarantine_%' order by table_name"
        ).fetchall()
        if not tables:
            raise duckdb.CatalogException("nothing is built yet: run `patronage build`")
        for (quarantine,) in tables:
            name = quarantine.removeprefix("quarantine_")
            if table and name != table:
                continue
            columns = contract[name]["columns"]
            ids = [column for column in contract[name]["key"] if columns[column] == "id"]
            where = f"and source = {literal(source)}" if source else ""
            for shop, reason, raw in connection.execute(
                f"select source, reject_reason, raw_row from {judged_rows(name)} "
                f"where row_status = 'rejected' and reject_reason <> {literal(ERASED)} {where} "
                "order by source, reject_reason, raw_row"
            ).fetchall():
                try:
                    row = {str(column): value for column, value in json.loads(raw).items()}
                except (ValueError, TypeError, AttributeError):
                    raise duckdb.DataError(f"corrupt rows in {quoted(quarantine)}") from None
                key = " ".join(str(row[one]) for one in ids if row.get(one) is not None)
                found.append(Rejected(shop, name, reason, key, row))
    return found


class Reason(NamedTuple):
    """Why rows of a table could not be used, how many, and the ids of a few."""

    source: str
    table: str
    reason: str
    rows: int
    examples: list[str]


def reasons_of(found: list[Rejected]) -> list[Reason]:
    """Return the reasons of each table, the most frequent first."""
    groups: dict[tuple[str, str, str], list[Rejected]] = defaultdict(list)
    for one in found:
        groups[one.source, one.table, one.reason].append(one)
    ordered = sorted(groups.items(), key=lambda item: (item[0][:2], -len(item[1]), item[0][2]))
    return [
        Reason(*group, len(rows), [one.key for one in rows if one.key][:EXAMPLES])
        for group, rows in ordered
    ]


def export(found: list[Rejected], file: Path, raw: bool = False) -> dict[Path, int]:
    """Write the rows as CSV in the contract's columns, for the user's own eyes.

    Of several tables each gets a file of its own, named <file>_<table>.csv (and the source, where
    there are several). Cells that a spreadsheet would take for a formula begin with an apostrophe,
    unless `raw`: then a repaired file can be delivered as it is. Returns the rows of each file.
    Raises OSError, and FolderError for a link or a device in a file's place.
    """
    groups: dict[tuple[str, str], list[Rejected]] = defaultdict(list)
    for one in found:
        groups[one.source, one.table].append(one)
    sources = {source for source, _ in groups}
    written = {}
    for (source, table), rows in groups.items():
        parts = [file.stem, *([quote(source, safe="")] if len(sources) > 1 else []), table]
        name = file if len(groups) == 1 else file.with_name("_".join(parts) + file.suffix)
        columns = [*dict.fromkeys(column for one in rows for column in one.row), "reject_reason"]
        name.parent.mkdir(parents=True, exist_ok=True)
        with open_private(name) as target:
            writer = csv.writer(target)
            for cells in (
                columns,
                *([*map(one.row.get, columns[:-1]), one.reason] for one in rows),
            ):
                writer.writerow(cells if raw else map(harmless, cells))
        written[name] = len(rows)
    return written


def harmless(cell: Any) -> Any:
    """Return a cell, with an apostrophe before it where a spreadsheet would see a formula."""
    if isinstance(cell, str) and FORMULA.match(cell) and not NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
