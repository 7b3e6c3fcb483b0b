"""A first look at a folder of raw files: what it is, what would be read of it, what would not."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import duckdb

from patronage.contract import contract_of
from patronage.database import opened, quoted
from patronage.dbt import dbt_environment, run_dbt
from patronage.publish import BUILD_FILE

MARK = "systems of the folder: "
FORMS = {  # of a kind of column: what its values look like
    "time": "YYYY-MM-DD, or YYYY-MM-DD hh:mm:ss, with or without an offset like +01:00",
    "day": "YYYY-MM-DD",
    "amount": "a number with a decimal point and no sign for thousands, 1234.50",
    "number": "a number with a decimal point and no sign for thousands, 1234.50",
    "flag": "true or false",
}


class Found(NamedTuple):
    """What a raw table of a folder has."""

    table: str
    rows: int
    first: str  # business date, or empty
    last: str
    repeated: int  # rows whose key is there again
    rejected: dict[str, tuple[int, str]]  # reason: rows, an example
    lost: float | None  # the amounts of its rejected rows, in their currencies
    currencies: dict[str, int]  # currency ('' for none): rows


class Look(NamedTuple):
    """What a first look tells."""

    system: str
    others: dict[str, dict[str, Any]]  # systems that come near: what is there, and what lacks
    notices: list[str]  # columns and files that are not read
    tables: list[Found]


@contextmanager
def environment(**settings: str) -> Iterator[None]:
    """Set PATRONAGE_ variables for a while."""
    names = {f"PATRONAGE_{name.upper()}": value for name, value in settings.items()}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def look(project: Path, folder: Path, system: str | None, timezone: str) -> Look:
    """Read a folder's raw rows by a system's mapping, or by the one that fits; build no mart.

    What is read lies in a temporary folder while it is counted. Raises BuildError, with a line for
    each fault, where the files cannot be read.
    """
    lines: list[str] = []
    with TemporaryDirectory(prefix="patronage-") as place:
        settings = {"data": str(folder), "warehouse": place, "timezone": timezone, "salt": "-"}
        with environment(**settings, system=system or ""), dbt_environment(project):
            asked = ["run-operation", "recognise", "--args"]
            asked.append(json.dumps({"path": str(folder), "mark": MARK}))
            run_dbt(asked, project, notice=lines.append)
            told = next(line for line in lines if MARK in line)
            systems = json.loads(told.partition(MARK)[2])
            name = system or best_of(systems)
            os.environ["PATRONAGE_SYSTEM"] = name
            notices: list[str] = []
            reading = ["build", "--select", "+base_*", "--exclude-resource-type", "test"]
            reading += ["--exclude-resource-type", "unit_test"]
            run_dbt(reading, project, notice=notices.append)
            with opened(Path(place) / BUILD_FILE) as connection:
                tables = [*tables_of(connection, project)]
    others = {other: told for other, told in systems.items() if other != name and told["complete"]}
    return Look(name, others, notices, tables)


def best_of(systems: dict[str, dict[str, Any]]) -> str:
    """Return the system whose files a folder has: nothing that it needs is absent, and most fits.

    Where none has a file, the contract's own, whose fault says what is missing.
    """

    def rank(name: str) -> tuple[bool, int, int]:
        told = systems[name]
        lacks = sum(map(len, told["broken"].values()))
        is_there = bool(told["complete"] or told["broken"]) and not told["absent"]
        return is_there, told["columns"] - 3 * lacks, -list(systems).index(name)

    return max(systems, key=rank)


def tables_of(connection: duckdb.DuckDBPyConnection, project: Path) -> Iterator[Found]:
    """Count the rows of every raw table that has some."""
    for table, contract in contract_of(project).items():
        base = f"staging.base_{table}"
        (rows,) = one(connection, f"select count(*) from {base}")
        if not rows:
            continue
        columns = [name for name, *_ in connection.execute(f"describe {base}").fetchall()]
        day = next(iter(contract["dates"].values()), None)
        first, last = ("", "")
        if day:
            first, last = one(connection, f"select min({day})::text, max({day})::text from {base}")
        key = ", ".join(map(quoted, contract["key"]))
        (repeated,) = one(
            connection,
            f"select coalesce(sum(n), 0) from (select count(*) as n from {base}"
            f" where reject_reason is null group by source, {key} having count(*) > 1)",
        )
        rejected = {
            reason: (count, example_of(reason, raw_row, contract["columns"]))
            for reason, count, raw_row in connection.execute(
                f"select reject_reason, count(*), min(raw_row) from {base}"
                " where reject_reason is not null group by 1 order by 2 desc, 1"
            ).fetchall()
        }
        lost = None
        if "amount" in columns and rejected:
            (lost,) = one(
                connection,
                f"select sum(amount)::double from {base} where reject_reason is not null",
            )
        currencies = {}
        if "currency" in columns:
            counts = f"select coalesce(currency, ''), count(*) from {base} group by 1 order by 1"
            currencies = dict(connection.execute(counts).fetchall())
        yield Found(table, rows, first or "", last or "", repeated, rejected, lost, currencies)


def one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The only row of a query."""
    (row,) = connection.execute(query).fetchall()
    return row


def example_of(reason: str, raw_row: str | None, kinds: dict[str, str]) -> str:
    """Return a value that a reason speaks of ('unparsable ordered_at'), and what it should be."""
    row = json.loads(raw_row or "{}")
    for column in reason.split():
        if (value := row.get(column)) is not None:
            form = FORMS.get(kinds[column]) if reason.startswith("unparsable") else None
            return str(value) + (f" (expected {form})" if form else "")
    return ""
