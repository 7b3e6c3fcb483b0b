"""A first look at raw files, or a database: what it is, what is read of it, what is not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb

from patronage.contract import contract_of
from patronage.database import opened, quoted
from patronage.dbt import dbt_environment, run_dbt
from patronage.environment import environment
from patronage.folder import kind_of
from patronage.publish import BUILD_FILE
from patronage.text import json_text

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

MARK = "what a macro tells: "
PARSED = "partial_parse.msgpack"  # of dbt, in its target folder
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
    clock: Clock | None  # None: there are no orders


class Clock(NamedTuple):
    """What the orders' times say of the time zone."""

    orders: int
    with_time: int  # that have a time of day
    naive: int  # of these, without an offset
    moved: int  # whose business day is another than their day in UTC


class Apart(NamedTuple):
    """dbt at work in a temporary folder, on one source alone."""

    project: Path
    place: Path
    manifest: Manifest

    def run(self, command: list[str], source: dict[str, Any], **variables: Any) -> list[str]:
        """Run dbt with an entry of the var `sources` as the only one; return the macros' lines."""
        lines: list[str] = []
        options = ["--vars", json_text({"sources": [source], **variables})]
        run_dbt([*command, *options], self.project, notice=lines.append, manifest=self.manifest)
        return lines

    def asked(self, operation: str, source: dict[str, Any], **arguments: Any) -> Any:
        """Return what a macro that logs JSON tells."""
        asked = json_text(arguments | {"mark": MARK})
        lines = self.run(["run-operation", operation, "--args", asked], source)
        return json.loads(next(line for line in lines if MARK in line).partition(MARK)[2])


@contextmanager
def apart(project: Path) -> Iterator[Apart]:
    """Have dbt work in a temporary folder for a while, whatever the caller's settings.

    What the last build of the caller's warehouse has parsed need not be parsed again.
    """
    with TemporaryDirectory(prefix="patronage-") as place:
        target = Path(place, "target")
        own = {"DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(target / "logs")}
        with dbt_environment(project) as callers, environment(own):
            target.mkdir()
            if kind_of(callers / PARSED) == "file":
                shutil.copyfile(callers / PARSED, target / PARSED)
            manifest = run_dbt(["parse"], project).result
        settings = {"DATA": "", "WAREHOUSE": place, "SALT": "-"}
        variables = {f"PATRONAGE_{name}": value for name, value in settings.items()}
        with environment(variables | {"DBT_TARGET_PATH": ""}), dbt_environment(project):
            yield Apart(project, Path(place), manifest)


def look(project: Path, source: dict[str, Any]) -> Look:
    """Read a source's raw rows by its system's mapping, or by the one that fits; build no mart.

    `source` is an entry of the var `sources`, without a system where it is to be found out. What is
    read lies in a temporary folder while it is counted. Raises BuildError, with a line for each
    fault, where the source cannot be read.
    """
    with apart(project) as dbt:
        systems = dbt.asked("recognise", source)["systems"]
        name = source.get("system") or best_of(systems)
        reading = ["build", "--select", "+base_*", "--exclude-resource-type", "test"]
        reading += ["--exclude-resource-type", "unit_test"]
        notices = dbt.run(reading, source | {"system": name}, keep_raw_orders=True)
        with opened(dbt.place / BUILD_FILE) as connection:
            tables = [*tables_of(connection, project)]
            clock = clock_of(connection)
    others = {other: told for other, told in systems.items() if other != name and told["complete"]}
    return Look(name, others, notices, tables, clock)


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


def clock_of(connection: duckdb.DuckDBPyConnection) -> Clock | None:
    """Count whose times have an offset, and which orders the shop's time zone moves to another day.

    Raw rows of all orders are there (the var keep_raw_orders).
    """
    counts = one(
        connection,
        "select count(*), count(*) filter (length(raw) > 10), count(*) filter (length(raw) > 10"
        " and not regexp_matches(substr(raw, 11), '[-+Z]|UTC')),"
        " count(*) filter (order_date <> ordered_at::date)"
        " from (select *, raw_row ->> '$.ordered_at' as raw from staging.base_orders"
        " where reject_reason is null)",
    )
    return Clock(*counts) if counts[0] else None


def time_hints(clock: Clock | None, source: dict[str, Any]) -> list[str]:
    """What of the orders' times hangs on the settings of a source, in lines."""
    if clock is None or not clock.with_time:
        return []
    hints = []
    timezone, times = source.get("timezone"), source.get("naive_times")
    if clock.naive and not times:
        hints.append(
            f"orders: {clock.naive:,} of {clock.orders:,} have a time without an offset, read as"
            " UTC; if it is the shop's clock: --times local"
        )
    if timezone:
        hints.append(
            f"orders: {clock.moved:,} of {clock.orders:,} ({clock.moved / clock.orders:.1%}) are of"
            f" another business day in {timezone} than in UTC"
        )
    elif clock.naive < clock.with_time or times != "local":
        hints.append("orders: days are those of UTC; name the shop's time zone with --timezone")
    return hints


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
