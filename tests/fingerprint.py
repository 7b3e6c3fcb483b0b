"""A hash of every published table's rows, shop by shop: what must stay as it is when code is moved.

`make fingerprint ARGS="--save before"` builds the demo, both real shops and two random ones and
writes a line for each table: shop, table, rows, hash of the rows, whatever their order and that of
the columns. `make fingerprint ARGS="--against before"` builds again, says which tables differ, and
fails if any does. With `--spark` the demo and the random shops are built on Spark.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "spark")]

import compare  # noqa: E402

from patronage.publish import literal, marts_of, quoted  # noqa: E402
from patronage.sample import copy_sample  # noqa: E402

SEEDS = [1, 2]
REAL_SHOPS = {"cdnow": "UTC", "complete_journey": "America/New_York"}


def shops(folder: Path, is_spark: bool) -> list[dict[str, Any]]:
    """The steps (of `compare`) that build whole shops; on DuckDB one for each real shop, too."""
    steps = [compare.demo(), *(compare.random_shop(folder, seed) for seed in SEEDS)]
    for name, zone in {} if is_spark else REAL_SHOPS.items():
        copy_sample(name, folder / name)
        environment = {"DATA": str(folder / name), "SYSTEM": name, "TIMEZONE": zone}
        environment = {f"PATRONAGE_{key}": value for key, value in environment.items()}
        steps.append(compare.demo() | {"name": name, "environment": environment})
    return [compare.complete(step, folder) for step in steps]


def hashed(relation: str, connection: duckdb.DuckDBPyConnection) -> str:
    """Rows and hash of a relation, as a text."""
    kinds = compare.columns_of(connection, relation)
    values = ", ".join(
        f"cast({quoted(name)} at time zone 'UTC' as varchar)"
        if kind != of_relation
        else f"cast({quoted(name)} as varchar)"
        for name, kind, of_relation in sorted(
            (name, kinds[name], of_relation)
            for name, of_relation, *_ in connection.execute(f"describe from {relation}").fetchall()
        )
    )
    rows = f"select md5(cast(to_json([{values}]) as varchar)) as row_hash from {relation}"
    counted = "count(*), coalesce(md5(string_agg(row_hash, '' order by row_hash)), '-')"
    count, digest = connection.execute(f"select {counted} from ({rows})").fetchall()[0]
    return f"{count} {digest}"


def fingerprint(folder: Path, python: Path | None) -> dict[str, str]:
    """Build all shops (on Spark by its environment's Python) and hash their published tables."""
    steps = shops(folder, python is not None)
    if python:
        (folder / "duckdb").mkdir()
        done = compare.build_on_spark(folder, python, steps)
        if missing := [step["name"] for step in steps if step["name"] not in done]:
            sys.exit(f"not built on Spark: {', '.join(missing)}")
    found = {}
    for step in steps:
        if python:
            manifest = folder / "spark" / "target" / "manifest.json"
        else:
            compare.build_on_duckdb(folder, step)
            manifest = folder / "duckdb" / "target" / "manifest.json"
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            if not python:
                file = literal(str(folder / f"{step['name']}.duckdb"))
                connection.execute(f"attach {file} as build (read_only)")
            for mart in marts_of(manifest):
                place = f"{mart.schema}/{mart.name}/*.parquet"
                relation = (
                    f"read_parquet({literal(step['marts'] + '/' + place)})"
                    if python
                    else f"build.{mart.sql_name}"
                )
                published = f"(select {mart.sql_columns} from {relation})"
                name = f"{step['name']} {mart.schema}.{mart.name}"
                found[name.replace(" ", "_", name.count(" ") - 1)] = hashed(published, connection)
        print(f"{step['name']}: built and hashed", flush=True)
    return found


def main() -> None:
    """Print, save or compare the fingerprint."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--save", type=Path, help="a file to write the lines into")
    parser.add_argument("--against", type=Path, help="a file that an earlier run has saved")
    parser.add_argument("--spark", type=Path, nargs="?", const=PROJECT / ".venv-spark/bin/python")
    options = parser.parse_args()
    os.chdir(PROJECT)
    with tempfile.TemporaryDirectory() as temporary:
        found = fingerprint(Path(temporary).resolve(), options.spark and options.spark.absolute())
    lines = [f"{name} {said}" for name, said in sorted(found.items())]
    if options.save:
        options.save.write_text("\n".join(lines) + "\n")
    if not options.against:
        print("\n".join(lines))
        return
    before = options.against.read_text().splitlines()
    for line in sorted(set(before) ^ set(lines)):
        print(f"{'before' if line in before else 'now   '}: {line}")
    print(f"{len(set(before) & set(lines))} tables as before, of {len(lines)}")
    sys.exit(set(before) != set(lines))


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"dbt failed: {error}")
