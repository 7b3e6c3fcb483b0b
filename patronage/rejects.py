"""The raw rows that could not be used: why, and as files for repair."""

from __future__ import annotations

import csv
import json
import os
import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import duckdb

from patronage.database import literal, opened, quoted
from patronage.folder import open_plain

EXAMPLES = 3
ERASED = "erased"


class Rejected(NamedTuple):
    """A raw row that could not be used."""

    source: str
    table: str
    reason: str
    key: str  # its key, as far as it has one
    row: dict[str, str | None]  # the contract's columns as they were delivered


def rejected_rows(build: Path, source: str | None, table: str | None) -> list[Rejected]:
    """Return the rejected rows of a build file, of one source or table where given.

    What was erased on request is not among them: there is nothing to repair.
    """
    found = []
    with opened(build) as connection:
        tables = connection.execute(
            "select view_name from duckdb_views() where schema_name = 'staging' "
            "and view_name like 'checked_%' order by view_name"
        ).fetchall()
        if not tables:
            raise duckdb.CatalogException("nothing is built yet: run `patronage build`")
        for (view,) in tables:
            name = view.removeprefix("checked_")
            if table and name != table:
                continue
            where = f"and source = {literal(source)}" if source else ""
            for shop, reason, raw in connection.execute(
                f"select source, reject_reason, raw_row from staging.{quoted(view)} "
                f"where fate = 'rejected' and reject_reason <> {literal(ERASED)} {where} "
                "order by source, reject_reason, raw_row"
            ).fetchall():
                try:
                    row = {str(column): value for column, value in json.loads(raw).items()}
                except (ValueError, TypeError, AttributeError):
                    raise duckdb.DataError(f"corrupt rows in {quoted(view)}") from None
                first = [str(value) for value in row.values() if value is not None][:2]
                found.append(Rejected(shop, name, reason, " ".join(first), row))
    return found


def told(found: list[Rejected]) -> list[tuple[str, str, str, str, str]]:
    """Return source, table, reason, count and examples of each reason, the most frequent first."""
    groups: dict[tuple[str, str, str], list[Rejected]] = defaultdict(list)
    for one in found:
        groups[one.source, one.table, one.reason].append(one)
    ordered = sorted(groups.items(), key=lambda item: (item[0][:2], -len(item[1]), item[0][2]))
    return [
        (*group, f"{len(rows):,}", "; ".join(one.key for one in rows[:EXAMPLES]))
        for group, rows in ordered
    ]


def export(found: list[Rejected], file: Path) -> dict[Path, int]:
    """Write the rows as CSV in the contract's columns, for the user's own eyes.

    Of several tables each gets a file of its own, named <file>_<table>.csv (and the source, where
    there are several): a repaired file can be delivered as it is. Returns the rows of each file.
    Raises OSError, and FolderError for a link or a device in a file's place.
    """
    groups: dict[tuple[str, str], list[Rejected]] = defaultdict(list)
    for one in found:
        groups[one.source, one.table].append(one)
    sources = {source for source, _ in groups}
    written = {}
    for (source, table), rows in groups.items():
        shop = [re.sub("[^A-Za-z0-9_-]", "_", source)] if len(sources) > 1 else []
        parts = [file.stem, *shop, table]
        name = file if len(groups) == 1 else file.with_name("_".join(parts) + file.suffix)
        columns = list(dict.fromkeys(column for one in rows for column in one.row))
        name.parent.mkdir(parents=True, exist_ok=True)
        descriptor = open_plain(name, os.O_WRONLY | os.O_CREAT)
        os.fchmod(descriptor, 0o600)  # before it is emptied and filled: it may be an old one
        os.truncate(descriptor, 0)
        with os.fdopen(descriptor, "w", newline="", encoding="utf-8") as target:
            writer = csv.DictWriter(target, [*columns, "reject_reason"])
            writer.writeheader()
            writer.writerows(one.row | {"reject_reason": one.reason} for one in rows)
        written[name] = len(rows)
    return written
