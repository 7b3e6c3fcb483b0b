"""The published Parquet in an object store: a folder for each build, and which is the last."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from patronage.build_log import last_published, read_log
from patronage.database import NO_EXTENSIONS, literal
from patronage.publish import PARQUET_FOLDER, PublishError, only_writer
from patronage.stores import extension_file, reach
from patronage.text import without_values

LATEST = "latest.json"


def upload(warehouse: Path, address: str) -> tuple[str, dict[str, int]]:
    """Copy the published Parquet to s3://bucket/folder; return where it is, and the rows of tables.

    A store swaps no folders, so each build gets one of its own, <address>/<build_id>/<schema>/
    <table>.parquet, and when all of it is there and was read again, <address>/latest.json is
    written, which names it. Nothing in the store is removed. Raises PublishError with one line.
    """
    place = urlsplit(address)
    if place.scheme != "s3" or not place.netloc or place.query or "@" in place.netloc:
        raise PublishError("expected an address like s3://bucket/folder, without a secret in it")
    if extension_file("httpfs") is None:
        raise PublishError(
            f"to write to {address} a package is needed: pip install 'patronage[s3]'"
        )
    with only_writer(warehouse):
        entry = last_published(read_log(warehouse))
        folder = (warehouse / PARQUET_FOLDER).resolve()
        if entry is None or not folder.is_dir():
            raise PublishError(f"nothing is published in {warehouse}: run `patronage build` first")
        address = address.rstrip("/")
        target = f"{address}/{re.sub('[^A-Za-z0-9-]', '-', entry['build_id'])}"
        try:
            with duckdb.connect(config=NO_EXTENSIONS) as connection:
                reach(connection)
                rows = {}
                for file in sorted(folder.rglob("*.parquet")):
                    name = file.relative_to(folder).as_posix()
                    rows[name.removesuffix(".parquet").replace("/", ".")] = _copied(
                        connection, file, f"{target}/{name}"
                    )
                told = {
                    "build_id": entry["build_id"],
                    "as_of": entry["as_of"],
                    "folder": target,
                    "rows": rows,
                }
                # one row of one column, without quotes or a header: the text as it is
                connection.execute(
                    f"copy (select {literal(json.dumps(told))}) to "
                    f"{literal(f'{address}/{LATEST}')} "
                    "(format csv, header false, delimiter '\x01', quote '', escape '')"
                )
        except (duckdb.Error, OSError) as error:
            raise PublishError(f"{address}: {without_values(str(error))}") from error
    return target, rows


def _copied(connection: duckdb.DuckDBPyConnection, file: Path, address: str) -> int:
    """Copy a Parquet file, in the order of its rows; return how many are there now."""
    source = f"read_parquet({literal(str(file))}, hive_partitioning = false)"
    connection.execute(f"copy (from {source}) to {literal(address)} (format parquet)")
    counts = connection.execute(
        f"select (select count(*) from {source}), (select count(*) from "
        f"read_parquet({literal(address)}, hive_partitioning = false))"
    ).fetchone()
    if counts is None or counts[0] != counts[1]:
        raise PublishError(f"{address} has not the rows of {file}")
    return int(counts[1])
