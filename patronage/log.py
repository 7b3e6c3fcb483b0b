"""The log of builds: what happened, when, and with what result; as JSON and as core.build_log."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import re
import subprocess
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from patronage.publish import PUBLIC_FILE, literal

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
    "checks_run": ("bigint", "Checks that ran: dbt's tests and the expectations of both gates."),
    "checks_failed": ("bigint", "Checks that stopped the build."),
    "checks_warned": ("bigint", "Expectations that were not met and only warn."),
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


def read_log(warehouse: Path) -> list[dict[str, Any]]:
    """Return the builds known, oldest first.

    The published file has the last word about the builds it holds: one that was killed between the
    swap and its note in the JSON file was published.
    """
    entries: dict[str, dict[str, Any]] = {}
    file = warehouse / LOG_FILE
    if file.exists():
        try:
            found = json.loads(file.read_text())
        except (OSError, ValueError):
            found = []  # what counts is in the published file
        for entry in found if isinstance(found, list) else []:
            if is_sound(entry):
                entries[entry["build_id"]] = entry
    for entry in filter(is_sound, published_log(warehouse)):
        entries[entry["build_id"]] = entry
    return sorted(entries.values(), key=lambda entry: (entry["started_at"], entry["build_id"]))


def is_sound(entry: Any) -> bool:
    """Whether an entry is one that `new_entry` and a build make: the file may be edited."""
    kinds = {"bigint": int, "json": dict}
    if not isinstance(entry, dict) or entry.keys() != COLUMNS.keys():
        return False
    if not all(
        isinstance(entry[name], kinds.get(kind, str)) or entry[name] is None
        for name, (kind, _) in COLUMNS.items()
    ):
        return False
    try:
        for name in ("started_at", "finished_at", "as_of"):
            datetime.fromisoformat(entry[name] or "2000-01-01")
    except ValueError:
        return False
    return (
        all(entry[name] is not None for name in ("build_id", "status", "started_at"))
        and all(isinstance(rows, int) for rows in (entry["rows_per_table"] or {}).values())
        and all(map(is_sound_table, (entry["raw_tables"] or {}).items()))
    )


def is_sound_table(item: tuple[str, Any]) -> bool:
    """Whether a key and value of an entry's `raw_tables` are what the raw gate found of a table."""
    key, known = item
    if not re.fullmatch(r"[\w-]+/\w+", key) or not isinstance(known, dict):
        return False
    counts = [known.get(name) for name in ("rows", "rejected")]
    filled, latest = known.get("filled"), known.get("latest")
    return (
        all(isinstance(count, int) for count in counts)
        and isinstance(known.get("compared", 0), int)
        and isinstance(filled, dict)
        and all(isinstance(share, int | float) for share in filled.values())
        and (latest is None or bool(re.fullmatch(r"\d{4}-\d\d-\d\d", str(latest))))
    )


def published_log(warehouse: Path) -> list[dict[str, Any]]:
    """Return the builds that core.build_log of the published file lists; none without one."""
    file = warehouse / PUBLIC_FILE
    if not file.exists():
        return []
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            rows = connection.execute(f"select {', '.join(COLUMNS)} from core.build_log").fetchall()
    except duckdb.Error:  # of an earlier release
        return []
    entries = []
    for row in rows:
        entry: dict[str, Any] = {}
        for (name, (kind, _)), value in zip(COLUMNS.items(), row, strict=True):
            if value is not None and kind == "json":
                entry[name] = json.loads(value)
            elif value is not None and kind == "timestamp":
                entry[name] = value.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
            else:
                entry[name] = value.isoformat() if kind == "date" and value else value
        entries.append(entry)
    return entries


def last_published(entries: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the last build that was published."""
    return next((one for one in reversed(entries) if one["status"] == "published"), None)


def write_log(warehouse: Path, entries: list[dict[str, Any]]) -> None:
    """Write the builds as JSON, the last ones, in one step."""
    step = warehouse / f".{LOG_FILE}.new"
    with step.open("w") as file:
        json.dump(entries[-KEPT:], file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(step, warehouse / LOG_FILE)


def write_table(connection: duckdb.DuckDBPyConnection, entries: list[dict[str, Any]]) -> None:
    """Write the builds as the table core.build_log of an open file."""
    kinds = {name: kind for name, (kind, _) in COLUMNS.items()}
    columns = ", ".join(
        f"{name} {'varchar' if kind == 'json' else kind}" for name, kind in kinds.items()
    )
    connection.execute("create schema if not exists core")
    connection.execute(f"create table core.build_log ({columns})")
    marks = ", ".join("?" * len(COLUMNS))
    for entry in entries[-KEPT:]:
        values = [
            json.dumps(entry.get(name)) if kind == "json" else entry.get(name)
            for name, kind in kinds.items()
        ]
        connection.execute(f"insert into core.build_log values ({marks})", values)
    text = " ".join(DESCRIPTION.split())
    connection.execute(f"comment on table core.build_log is {literal(text)}")
    for name, (_, description) in COLUMNS.items():
        connection.execute(f"comment on column core.build_log.{name} is {literal(description)}")
