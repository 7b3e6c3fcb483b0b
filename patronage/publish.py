"""Publishing: the marts of the build file as one public file and as Parquet, all or nothing."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

BUILD_FILE = "build.duckdb"
PUBLIC_FILE = "patronage.duckdb"
PARQUET_FOLDER = "parquet"

# Files of this storage version open in every DuckDB from 1.0 on, so older BI drivers read them too.
STORAGE_VERSION = "v1.0.0"


class PublishError(Exception):
    """Nothing was published, for the reason that the message gives in one line."""


@dataclass(frozen=True)
class Mart:
    """A public relation: its place, the columns of its key, and its descriptions."""

    schema: str
    name: str
    key: tuple[str, ...]
    description: str
    columns: dict[str, str]

    @property
    def sql_name(self) -> str:
        """Schema and name, quoted."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"


def quoted(identifier: str) -> str:
    """Return an SQL identifier in double quotes."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return an SQL text literal."""
    return "'" + text.replace("'", "''") + "'"


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
        marts.append(
            Mart(
                schema=node["schema"],
                name=node["alias"],
                key=tuple(key),
                description=node["description"].strip(),
                columns={n: c["description"].strip() for n, c in node["columns"].items()},
            )
        )
    return sorted(marts, key=lambda mart: (mart.schema, mart.name))


def publish(warehouse: Path, manifest: Path) -> dict[str, int]:
    """Copy every mart of the build file into a new public file and Parquet folder; swap them in.

    Rows are ordered by the mart's key, so the same build gives the same bytes; views become tables.
    The new file is opened and checked as a reader would before it replaces the old one, which
    serves until then.

    Returns the rows of each published table (schema.name). Raises PublishError with one line.
    """
    build = warehouse / BUILD_FILE
    if not build.exists():
        raise PublishError(f"{build} is missing: run `patronage build` first")
    marts = marts_of(manifest)
    candidate = warehouse / f".{PUBLIC_FILE}.new"
    parquet_candidate = warehouse / f".{PARQUET_FOLDER}.new"
    _remove(candidate, parquet_candidate)
    try:
        rows = _write(build, candidate, parquet_candidate, marts)
        _check(candidate, rows)
        with candidate.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(candidate, warehouse / PUBLIC_FILE)
        _swap_folder(parquet_candidate, warehouse / PARQUET_FOLDER)
    except duckdb.Error as error:
        raise PublishError(str(error).splitlines()[0]) from error
    finally:
        _remove(candidate, parquet_candidate)
    return rows


def _write(build: Path, candidate: Path, parquet: Path, marts: list[Mart]) -> dict[str, int]:
    """Write the candidate file and Parquet folder; return the rows that the build file holds."""
    rows = {}
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {literal(str(build))} as build (read_only)")
        connection.execute(
            f"attach {literal(str(candidate))} as public (storage_version '{STORAGE_VERSION}')"
        )
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
            connection.execute(f"create schema if not exists public.{quoted(mart.schema)}")
            connection.execute(f"create table {target} as from {source} order by {by_key}")
            connection.execute(f"comment on table {target} is {literal(mart.description)}")
            for column, description in mart.columns.items():
                connection.execute(
                    f"comment on column {target}.{quoted(column)} is {literal(description)}"
                )
            folder = parquet / mart.schema
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{mart.name}.parquet"
            connection.execute(f"copy {target} to {literal(str(file))} (format parquet)")
            rows[f"{mart.schema}.{mart.name}"] = connection.execute(
                f"select count(*) from {source}"
            ).fetchall()[0][0]
    return rows


def _check(candidate: Path, rows: dict[str, int]) -> None:
    """Open the candidate as a reader would: it holds the marts, with their rows, and no more."""
    with duckdb.connect(str(candidate), read_only=True) as connection:
        found = {}
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall():
            count = f"select count(*) from {quoted(schema)}.{quoted(table)}"
            found[f"{schema}.{table}"] = connection.execute(count).fetchall()[0][0]
    wrong = sorted(name for name in rows.keys() | found.keys() if rows.get(name) != found.get(name))
    if wrong:
        raise PublishError(f"the new file differs from the build in {', '.join(wrong)}")


def _swap_folder(new: Path, old: Path) -> None:
    """Put one folder in the place of another."""
    aside = new.with_name(f".{old.name}.old")
    _remove(aside)
    if old.exists():
        os.rename(old, aside)
    os.rename(new, old)
    _remove(aside)


def _remove(*paths: Path) -> None:
    """Remove files and folders that may or may not be there."""
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
