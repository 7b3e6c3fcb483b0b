"""The log of builds: what happened, when, and with what result; as JSON and as core.build_log."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import re
import subprocess
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from patronage.database import columns_of, create_table, opened
from patronage.folder import FolderError, for_readers, kind_of, open_plain, remove
from patronage.publish import PUBLIC_FILE

LOG_FILE = "build_log.json"
KEPT = 100  # builds

DESCRIPTION = """
One row per build, the last 100, failed ones too. When was what published, from how many rows, and
which checks did it pass? The same is in build_log.json beside the file.
"""
# column: type, description; a build's entry in the JSON file has the same fields
COLUMNS = {
    "build_id": ("varchar", "Key: the start of the build and a random part."),
    "status": ("varchar", "published, failed, killed (it ended without a word) or running."),
    "started_at": ("timestamp", "When the build started, UTC."),
    "finished_at": ("timestamp", "When it ended: of a published one, just before the swap, UTC."),
    "as_of": ("date", "The business date that its numbers are computed for."),
    "rows_per_table": ("json", "Published rows of each table, as JSON."),
    "raw_tables": (
        "json",
        "Of each raw table (source/table) its rows, rejected rows, latest business date and the "
        "filled share of its columns, as JSON: what the next delivery is compared with.",
    ),
    "rejected_rows": ("bigint", "Raw rows that could not be used."),
    "rejected_amount": (
        "decimal(18,2)",
        "Amounts of rejected orders and lines that no accepted row stands for, in the reporting "
        "currency: what sales may lack.",
    ),
    "rejected_orders": ("bigint", "Orders that rejected rows are of."),
    "checks_run": ("bigint", "Checks that ran: dbt's tests and the expectations of both gates."),
    "checks_failed": ("bigint", "Checks that stopped the build."),
    "checks_warned": ("bigint", "Expectations that were not met and only warn."),
    "warned_checks": ("varchar", "The names of the expectations that only warn, by semicolons."),
    "failed_checks": ("varchar", "The names of what failed, by semicolons."),
    "code_version": ("varchar", "Version and commit of the project."),
    "salt_mark": ("varchar", "Tells one salt of the hashed keys from another, not what it is."),
}


def now() -> str:
    """Return the time in UTC as text, to the millisecond."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def new_entry(project: Path) -> dict[str, Any]:
    """Return the entry of a build that starts now."""
    started = now()
    salt = os.environ.get("PATRONAGE_SALT", "")
    return dict.fromkeys(COLUMNS) | {
        "build_id": f"{started[:19].replace(' ', 'T')}-{uuid.uuid4().hex[:8]}",
        "status": "running",
        "started_at": started,
        "rows_per_table": {},
        "raw_tables": {},
        "checks_run": 0,
        "checks_failed": 0,
        "checks_warned": 0,
        "code_version": code_version(project),
        "salt_mark": hashlib.sha256(f"patronage salt {salt}".encode()).hexdigest()[:12],
    }


def code_version(project: Path) -> str:
    """Return the package's version and, in a git checkout, the commit ('+' if files differ)."""
    version = importlib.metadata.version("patronage")
    git = ["git", "-C", str(project), "describe", "--always", "--abbrev=12", "--dirty=+"]
    try:
        found = subprocess.run(git, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return version
    return f"{version} {found.stdout.strip()}"


def read_log(
    warehouse: Path, trouble: Callable[[str], object] = lambda line: None
) -> list[dict[str, Any]]:
    """Return the builds known, oldest first.

    The published file has the last word about the builds it holds: one that was killed between the
    swap and its note in the JSON file was published. Anybody may have written either: what is no
    entry of ours is left out. `trouble` is called with a line when the file cannot be read.
    """
    try:
        published = published_log(warehouse)
    except (duckdb.Error, OSError, FolderError) as error:
        line = (str(error).splitlines() or ["unknown error"])[0]
        anew = "`patronage build` publishes it anew"
        trouble(f"{warehouse / PUBLIC_FILE} cannot be read ({line}): {anew}")
        published = []
    entries = {entry["build_id"]: entry for entry in [*written_log(warehouse), *published]}
    return sorted(entries.values(), key=lambda entry: (entry["started_at"], entry["build_id"]))


def written_log(warehouse: Path) -> list[dict[str, Any]]:
    """Return the builds that the JSON file lists; none without one. Raises FolderError."""
    file = warehouse / LOG_FILE
    if kind_of(file) is None:
        return []
    with os.fdopen(open_plain(file, os.O_RDONLY), encoding="utf-8") as text:
        try:
            found = json.load(text)
        except (ValueError, RecursionError):  # what counts is in the published file
            return []
    return sound_entries(found)


def published_log(warehouse: Path) -> list[dict[str, Any]]:
    """Return the builds that core.build_log of the published file lists; none without one.

    Only a plain table as a build writes it is read. Raises duckdb.Error, OSError, FolderError.
    """
    file = warehouse / PUBLIC_FILE
    if kind_of(file) is None:
        return []
    plain = [(n, "VARCHAR" if k == "json" else k.upper(), None) for n, (k, _) in COLUMNS.items()]
    with opened(file) as connection:
        if columns_of(connection, "core", "build_log") != plain:  # none, or an earlier release's
            return []
        texts = ", ".join(
            f"strftime({name}, '%Y-%m-%d %H:%M:%S.%g')"
            if kind == "timestamp"
            else f"{name}::varchar"
            if kind in ("date", "decimal(18,2)")
            else name
            for name, (kind, _) in COLUMNS.items()
        )
        rows = connection.execute(
            f"select {texts} from core.build_log order by started_at desc limit {KEPT}"
        ).fetchall()
    entries = []
    for row in rows:
        entry: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
        try:
            entries.append(
                {
                    name: json.loads(value) if COLUMNS[name][0] == "json" and value else value
                    for name, value in entry.items()
                }
            )
        except (ValueError, RecursionError):
            continue
    return sound_entries(entries)


def sound_entries(found: Any) -> list[dict[str, Any]]:
    """Return those entries of a log that a build may have written, without signs that act."""
    entries = []
    for one in found if isinstance(found, list) else []:
        if not isinstance(one, dict):
            continue
        entry = {name: one.get(name) for name in COLUMNS}
        if not all(is_sound(name, value) for name, value in entry.items()):
            continue
        raw = (entry["raw_tables"] or {}).items()
        entries.append(
            {name: CONTROL.sub(" ", v) if isinstance(v, str) else v for name, v in entry.items()}
            | {"raw_tables": {key: table for key, table in raw if is_sound_table(key, table)}}
        )
    return entries


CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
NEEDED = ("build_id", "status", "started_at")
STATUSES = ("published", "failed", "killed", "running")
# source/table: it becomes part of the gate's queries
RAW_TABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*/[a-z][a-z_]*")


def is_sound(name: str, value: Any) -> bool:
    """Whether a field of an entry is what a build writes there."""
    kind = COLUMNS[name][0]
    if value is None:
        return name not in NEEDED
    if kind == "bigint":
        return is_count(value)
    if kind == "json":
        return isinstance(value, dict) and (
            name == "raw_tables" or all(map(is_count, value.values()))
        )
    if not isinstance(value, str):
        return False
    if kind == "decimal(18,2)":
        return bool(re.fullmatch(r"-?[0-9]{1,16}\.[0-9]{2}", value, re.ASCII))
    if kind in ("timestamp", "date"):
        return is_time(value, date if kind == "date" else datetime)
    return value in STATUSES if name == "status" else True


def is_sound_table(key: str, table: Any) -> bool:
    """Whether what the log says of a raw table is what the raw gate found of one."""
    if not (RAW_TABLE.fullmatch(key) and isinstance(table, dict)):
        return False
    filled = table.get("filled")
    return (
        all(is_count(table.get(name, 0)) for name in ("rejected", "erased", "compared"))
        and is_count(table.get("rows"))
        and (table.get("latest") is None or is_time(table["latest"], date))
        and isinstance(filled, dict)
        and all(re.fullmatch("[a-z_]+", column) for column in filled)
        and all(type(share) in (int, float) and 0 <= share <= 1 for share in filled.values())
    )


def is_count(value: Any) -> bool:
    """Whether a value is a number of rows or checks."""
    return type(value) is int and 0 <= value < 2**63


def is_time(value: Any, kind: type[date]) -> bool:
    """Whether a text is a date (2024-05-31) or a time as the log writes it."""
    form = r"[0-9]{4}-[0-9]{2}-[0-9]{2}" + (r"( [0-9:]{8}(\.[0-9]{3})?)?" * (kind is datetime))
    if not (isinstance(value, str) and re.fullmatch(form, value, re.ASCII)):
        return False
    try:
        kind.fromisoformat(value)
    except ValueError:
        return False
    return True


def check_of(line: str) -> str:
    """The name of a check, without what it found: the log is published."""
    return line.split(": found ")[0].split(": not so ")[0]


def last_published(entries: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the last build that was published."""
    return next((one for one in reversed(entries) if one["status"] == "published"), None)


def write_log(warehouse: Path, entries: list[dict[str, Any]]) -> None:
    """Write the builds as JSON, the last ones, in one step."""
    step = warehouse / f".{LOG_FILE}.new"
    remove(step)
    with os.fdopen(open_plain(step, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "w") as file:
        json.dump(entries[-KEPT:], file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    for_readers(step)
    os.replace(step, warehouse / LOG_FILE)


def write_table(connection: duckdb.DuckDBPyConnection, entries: list[dict[str, Any]]) -> None:
    """Write the builds as the table core.build_log of an open file."""
    create_table(connection, "build_log", COLUMNS, DESCRIPTION)
    marks = ", ".join("?" * len(COLUMNS))
    for entry in entries[-KEPT:]:
        values = [
            json.dumps(entry.get(name)) if kind == "json" else entry.get(name)
            for name, (kind, _) in COLUMNS.items()
        ]
        connection.execute(f"insert into core.build_log values ({marks})", values)
