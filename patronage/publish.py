"""Publishing: the marts of the build file as one public file and as Parquet, all or nothing."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from patronage.database import literal, opened, quoted, restricted
from patronage.folder import LOCK, for_readers, foreign, kind_of, open_plain, remove
from patronage.text import without_values

BUILD_FILE = "build.duckdb"
PUBLIC_FILE = "patronage.duckdb"
PARQUET_FOLDER = "parquet"
DOCS_FOLDER = "data_docs"
REPORT_FOLDER = "report"
CANDIDATE_FILE = ".candidate.duckdb"

# Files of this storage version open in every DuckDB from 1.0 on, so older BI drivers read them too.
STORAGE_VERSION = "v1.0.0"


class PublishError(Exception):
    """Nothing was published, for the reason that the message gives in one line."""


@dataclass(frozen=True)
class Mart:
    """A public relation: its place, the columns of its key, and what it publishes.

    A mart may have more columns, for the models that read it: those of meta `published: false`.
    """

    schema: str
    name: str
    key: tuple[str, ...]
    description: str
    columns: dict[str, str]  # name: description
    types: dict[str, str]  # name: type, as the contract writes it

    @property
    def sql_name(self) -> str:
        """Schema and name, quoted."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    @property
    def sql_columns(self) -> str:
        """The published columns, quoted, for a select."""
        return ", ".join(map(quoted, self.columns))


def marts_of(manifest: Path) -> list[Mart]:
    """Return the public models of a dbt manifest, in the order of their names.

    Raises PublishError when there is no manifest, or when a public model names no primary key.
    """
    if not manifest.exists():
        raise PublishError(f"{manifest} is missing: run `patronage build` first")
    marts = []
    for node in json.loads(manifest.read_text())["nodes"].values():
        if node["resource_type"] != "model" or node["config"]["access"] != "public":
            continue
        key = node["config"]["meta"].get("primary_key")
        if not key:
            raise PublishError(f"model {node['name']} has no meta primary_key")
        published = {
            name: column
            for name, column in node["columns"].items()
            if column["config"]["meta"].get("published", True)
        }
        marts.append(
            Mart(
                schema=node["schema"],
                name=node["alias"],
                key=tuple(key),
                description=node["description"].strip(),
                columns={n: c["description"].strip() for n, c in published.items()},
                types={n: c["data_type"] for n, c in published.items()},
            )
        )
    return sorted(marts, key=lambda mart: (mart.schema, mart.name))


@contextlib.contextmanager
def only_writer(warehouse: Path) -> Iterator[None]:
    """Hold the warehouse folder for one build or publish, until it ends or is killed.

    Raises PublishError when another process holds it.
    """
    with os.fdopen(open_plain(warehouse / LOCK, os.O_RDWR | os.O_CREAT), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PublishError(
                f"another build or publish is at work in {warehouse} ({file.read().strip()}): "
                "wait until it has ended"
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
        file.flush()
        yield


def clean_up(warehouse: Path) -> None:
    """Remove what a build or publish that was killed has left; the caller is the only writer."""
    remove(*warehouse.glob(f"{CANDIDATE_FILE}*"), warehouse / f"{BUILD_FILE}.tmp")
    for name in (PARQUET_FOLDER, DOCS_FOLDER, REPORT_FOLDER):
        link = warehouse / name
        kept = os.readlink(link) if link.is_symlink() else ""
        left = (path for path in warehouse.glob(f".{name}.*") if path.name != kept)
        remove(*(path for path in left if not foreign(path)))


def publish(
    warehouse: Path,
    manifest: Path,
    check: Callable[[Path, dict[str, int]], None] | None = None,
    complete: Callable[[duckdb.DuckDBPyConnection, dict[str, int]], None] | None = None,
) -> dict[str, int]:
    """Copy every mart of the build file into a new public file and Parquet folder; swap them in.

    Rows are ordered by the mart's key, so the same build gives the same bytes; views become tables.
    The new file is opened and checked as a reader would before it replaces the old one, which
    serves until then: `check` raises to keep it serving. `complete` adds the publisher's own tables
    (of schema core) to the file that passed; it is given the rows of each mart, and can attach the
    file published before.

    Returns the rows of each published mart (schema.name). Raises PublishError with one line.
    """
    warehouse = warehouse.resolve()  # the database compares whole paths
    build = warehouse / BUILD_FILE
    if not build.exists():
        raise PublishError(f"{build} is missing: run `patronage build` first")
    marts = marts_of(manifest)
    if not marts:
        raise PublishError(f"{manifest} names no mart: run `patronage build` first")
    candidate = warehouse / CANDIDATE_FILE
    for path in (build, warehouse / PUBLIC_FILE, warehouse / PARQUET_FOLDER):
        if kind_of(path) and (reason := foreign(path)):
            raise PublishError(f"{path} {reason}")
    clean_up(warehouse)
    parquet = new_folder(warehouse, PARQUET_FOLDER)
    try:
        rows = _write(build, candidate, parquet, marts)
        _check(candidate, rows)
        if check:
            check(candidate, rows)
        if complete:
            with _writing(candidate, parquet, warehouse / PUBLIC_FILE) as connection:
                connection.execute("use public")
                complete(connection, rows)
                for (table,) in connection.execute(
                    "select table_name from duckdb_tables() where schema_name = 'core'"
                ).fetchall():
                    file = parquet / "core" / f"{table}.parquet"
                    if not file.exists():
                        _copy_to_parquet(connection, f"core.{quoted(table)}", file)
        for path in (candidate, *parquet.rglob("*")):
            _sync(path)
        for_readers(candidate)
        os.replace(candidate, warehouse / PUBLIC_FILE)
        _sync(warehouse)
        swap_folder(parquet, warehouse / PARQUET_FOLDER)
    except (duckdb.Error, OSError) as error:
        raise PublishError(readable(error, build)) from error
    finally:
        clean_up(warehouse)
    return rows


def readable(error: Exception, build: Path) -> str:
    """Return one line for an error of the database or disk, with the way out where there is one."""
    line = without_values(str(error))
    text = str(error).lower()
    if "no space left" in text or "out of disk" in text or "disk quota" in text:
        return f"the disk of {build.parent} is full; make room and run `patronage build` again"
    if isinstance(error, OSError) and error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return f"{build.parent} cannot be written to: {error.strerror}"
    if "read-only file system" in text or "permission denied" in text:
        return f"{build.parent} cannot be read or written: {line}"
    if "conflicting lock" in text or "could not set lock" in text:
        return f"another program has {build} open for writing: close it ({line})"
    damaged = (
        "not a valid duckdb database",
        "corrupt",
        "checksum",
        "wal file",
        "serializ",
        "internal error",
    )
    if any(word in text for word in damaged):
        return (
            f"{build} is damaged ({line}); run `patronage build`, which makes it anew from the "
            "raw files. The published file is not touched"
        )
    return line


def _write(build: Path, candidate: Path, parquet: Path, marts: list[Mart]) -> dict[str, int]:
    """Write the candidate file and Parquet folder; return the rows that the build file holds."""
    rows = {}
    with _writing(candidate, parquet, build) as connection:
        connection.execute(f"attach {literal(str(build))} as build (read_only)")
        built = set(
            connection.execute(
                "select table_schema, table_name from information_schema.tables "
                "where table_catalog = 'build'"
            ).fetchall()
        )
        missing = [f"{m.schema}.{m.name}" for m in marts if (m.schema, m.name) not in built]
        if missing:
            raise PublishError(
                f"not built yet: {', '.join(missing)}; run `patronage build` in full"
            )
        for mart in marts:
            source, target = f"build.{mart.sql_name}", f"public.{mart.sql_name}"
            by_key = ", ".join(map(quoted, mart.key))
            connection.execute("begin")  # one write to the disk, not one for each comment
            connection.execute(f"create schema if not exists public.{quoted(mart.schema)}")
            rows_in_order = f"select {mart.sql_columns} from {source} order by {by_key}"
            connection.execute(f"create table {target} as {rows_in_order}")
            connection.execute(f"comment on table {target} is {literal(mart.description)}")
            for column, description in mart.columns.items():
                connection.execute(
                    f"comment on column {target}.{quoted(column)} is {literal(description)}"
                )
            connection.execute("commit")
            folder = parquet / mart.schema
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{mart.name}.parquet"
            _copy_to_parquet(connection, target, file)
            rows[f"{mart.schema}.{mart.name}"] = connection.execute(
                f"select count(*) from {source}"
            ).fetchall()[0][0]
    return rows


@contextlib.contextmanager
def _writing(candidate: Path, parquet: Path, *others: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that writes the candidate file, as `public`, and the Parquet folder."""
    spill = candidate.with_name(f"{candidate.name}.tmp")
    with restricted([candidate, *others], parquet, spill) as connection:
        connection.execute(
            f"attach {literal(str(candidate))} as public "
            f"(storage_version {literal(STORAGE_VERSION)})"
        )
        yield connection
        connection.execute("use memory")
        connection.execute("detach public")  # fails where closing would leave a part behind


def _check(candidate: Path, rows: dict[str, int]) -> None:
    """Open the candidate as a reader would: it holds the marts, with their rows, and no more."""
    with opened(candidate) as connection:
        found = {}
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall():
            count = f"select count(*) from {quoted(schema)}.{quoted(table)}"
            found[f"{schema}.{table}"] = connection.execute(count).fetchall()[0][0]
    wrong = sorted(name for name in rows.keys() | found.keys() if rows.get(name) != found.get(name))
    if wrong:
        raise PublishError(f"the new file differs from the build in {', '.join(wrong)}")


def _copy_to_parquet(connection: duckdb.DuckDBPyConnection, table: str, file: Path) -> None:
    """Write a table into a Parquet file, in the order of its rows."""
    connection.execute(f"copy {table} to {literal(str(file))} (format parquet)")


def new_folder(warehouse: Path, name: str) -> Path:
    """Make an empty folder that `swap_folder` can put in the place of the folder of this name."""
    folder = warehouse / f".{name}.{os.getpid()}-{datetime.now(UTC):%Y%m%d%H%M%S%f}"
    folder.mkdir()
    return folder


def swap_folder(new: Path, link: Path) -> None:
    """Put a folder in the place of another in one step: `link` is a link to the newest.

    A folder cannot be replaced by another in one step, a link can.
    """
    for_readers(new, *new.rglob("*"))
    step = new.with_name(f".{link.name}.link")
    remove(step)
    step.symlink_to(new.name)
    os.replace(step, link)
    _sync(link.parent)


def _sync(path: Path) -> None:
    """Have the system write a file or folder to the disk before anything else happens."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
