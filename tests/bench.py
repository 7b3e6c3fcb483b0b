"""How fast the models are: a shop of a million orders, beside the oracle on the same files.

`make bench` and `make bench-spark` print times, ratios and peaks of memory; nothing is asserted of
them. One run measures all, so that what else the machine does weighs on all (seconds of the
processor suffer least):

    models   `dbt build` without tests, with a memory limit and two cores: each model's seconds,
             those from the first model's start to the last one's end, and those of the check of
             the raw files before them
    oracle   `tests/pipeline/oracle/` as a program, writing Parquet, with the same cores
    queries  the median of a dashboard's question to each published table: its numbers added up by
             each of its texts and dates of few values, as groups, one after the other
    demo     the full `dbt build` of `data/demo`, with all tests
    products the same shop with so many products (`--products 100000`)
    shopify  instead of all that: the models on orders, lines, customers and products as CSV in the
             contract's own shape, and on the same as Shopify's admin exports it
    spark    instead of oracle and demo: the same models on a local Spark with one core and with two
    cluster  with `--spark`, instead of that: on a Spark cluster of one worker, and of two
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from shopify_export import write_twice

from patronage.database import literal, quoted
from patronage.demo import make_demo
from patronage.environment import environment
from patronage.publish import PUBLIC_FILE, publish

PROJECT = Path(__file__).resolve().parents[1]
SHOP = {"PATRONAGE_TIMEZONE": "Europe/Berlin", "PATRONAGE_CURRENCY": "EUR"}
DBT = Path(sys.executable).with_name("dbt")
BUILT = ["--resource-type", "model", "--resource-type", "seed"]  # of dbt; --select adds to it
SLOWEST = 15


class Usage(NamedTuple):
    """What a program took."""

    seconds: float  # by the clock
    cpu: float  # seconds of the processor, of all threads
    peak: float  # largest resident memory, GB


def measure(command: list[str], settings: dict[str, str], log: Path) -> Usage:
    """Run a program to its end, its output into a file; raises RuntimeError when it fails."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PATRONAGE_")}
    started = time.monotonic()
    with log.open("w") as output:
        program = subprocess.Popen(
            command, env=kept | settings, stdout=output, stderr=output, cwd=PROJECT
        )
        _, status, usage = os.wait4(program.pid, 0)
    program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{log.read_text()[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts, in bytes
    cpu = usage.ru_utime + usage.ru_stime
    return Usage(time.monotonic() - started, cpu, usage.ru_maxrss * unit / 1e9)


def run_dbt(
    folder: Path, settings: dict[str, str], options: list[str], dbt: Path = DBT
) -> tuple[Usage, Any]:
    """Build a new warehouse in a folder; return what it took, and dbt's own account of it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    target = folder / "target"
    settings = settings | {
        "PATRONAGE_WAREHOUSE": str(folder),
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(target),
    }
    command = [str(dbt), "build", *options]
    usage = measure(command, settings, folder / "dbt.txt")
    return usage, json.loads((target / "run_results.json").read_text())["results"]


def told(usage: Usage) -> str:
    """What a program took, as text."""
    return f"{usage.seconds:.1f} s ({usage.cpu:.1f} s of the processor), peak {usage.peak:.2f} GB"


def span(results: list[Any]) -> float:
    """Seconds from the start of the first result to the end of the last."""
    steps = [step for result in results for step in result["timing"]]
    started = min(datetime.fromisoformat(step["started_at"]) for step in steps)
    ended = max(datetime.fromisoformat(step["completed_at"]) for step in steps)
    return (ended - started).total_seconds()


def bench_models(
    folder: Path, settings: dict[str, str], spark: Path | None = None
) -> tuple[float, float]:
    """Build the models, on DuckDB or by the dbt of Spark, and print what they took.

    Return the seconds of the models and those of the whole `dbt build`.
    """
    engine = ["--target", "spark"] if spark else []
    usage, results = run_dbt(folder, SHOP | settings, BUILT + engine, spark or DBT)
    checks = [one for one in results if one["unique_id"].startswith("operation.")]
    models = [one for one in results if one["unique_id"].startswith(("model.", "seed."))]
    models.sort(key=lambda one: -one["execution_time"])
    for one in models[:SLOWEST]:
        print(f"  {one['unique_id'].split('.')[-1].ljust(34)} {one['execution_time']:7.2f} s")
    others = sum(one["execution_time"] for one in models[SLOWEST:])
    print(f"  {f'{len(models) - SLOWEST} others'.ljust(34)} {others:7.2f} s")
    total = span(models)
    check = sum(one["execution_time"] for one in checks)
    print(f"models {total:.1f} s (two at a time), the check of the files before them {check:.1f} s")
    # what the processes of Spark took is not known to the one that started them
    print(f"dbt build with start-up {f'{usage.seconds:.1f} s' if spark else told(usage)}")
    return total, usage.seconds


def bench_spark(folder: Path, settings: dict[str, str], dbt: Path, duckdb: float) -> None:
    """Build the models on Spark with one core, then with two, and print how that compares."""
    taken = {}
    for cores in (1, 2):
        print(f"spark, local[{cores}]")
        settings = settings | {"PATRONAGE_SPARK_MASTER": f"local[{cores}]"}
        _, taken[cores] = bench_models(folder, settings, dbt)
        print(f"spark with {cores} / duckdb with 2 = {taken[cores] / duckdb:.2f}", flush=True)
    print(f"spark with 1 / spark with 2 = {taken[1] / taken[2]:.2f}")


def bench_cluster(folder: Path, settings: dict[str, str], dbt: Path, most: int) -> None:
    """Build the models on a cluster of one worker with a core, then of more; print their ratio."""
    sys.path.insert(0, str(PROJECT / "tests" / "spark"))
    from cluster import Cluster

    on = Cluster(folder / "cluster", dbt, memory="4g", conf="")
    place = {"PATRONAGE_SPARK_MASTER": on.address, "SPARK_CONF_DIR": str(on.conf)}
    place |= {"SPARK_LOCAL_IP": "127.0.0.1", "PATRONAGE_MEMORY_LIMIT": "4GB"}
    taken = []
    try:
        on.start_master()
        for workers in range(1, most + 1):
            on.fill_up(workers)
            print(f"spark, a cluster of {workers} with a core and 4 GB each")
            taken.append(bench_models(folder / "built-spark", settings | place, dbt)[0])
            print(f"models with 1 / with {workers} = {taken[0] / taken[-1]:.2f}", flush=True)
    finally:
        on.stop()


def bench_shopify(folder: Path, data: Path, settings: dict[str, str]) -> None:
    """Build the models on a shop in two shapes; print what the second costs beside the first."""
    taken = []
    for place, system in zip(write_twice(data, folder), ("files", "shopify_csv"), strict=True):
        print(f"the system {system}")
        own = settings | {"PATRONAGE_DATA": str(place), "PATRONAGE_SYSTEM": system}
        _, build = bench_models(folder / "built-shape", own)
        with duckdb.connect(str(folder / "built-shape" / "build.duckdb"), read_only=True) as built:
            totals = (
                "select count(*), sum(net_amount), count(distinct customer_key) from core.orders"
            )
            print("  orders, net amount, customers:", *built.execute(totals).fetchall()[0])
        taken.append(build)
    print(f"shopify_csv / files = {taken[1] / taken[0]:.2f}")


def bench_oracle(folder: Path, data: Path) -> float:
    """Run the oracle and print what it took; return its seconds."""
    program = [sys.executable, "-m", "oracle", str(data), str(folder / "oracle")]
    options = ["--name", "files", "--timezone", SHOP["PATRONAGE_TIMEZONE"], "--currency", "EUR"]
    place = {"PYTHONPATH": str(PROJECT / "tests" / "pipeline")}
    usage = measure([*program, *options], place, folder / "oracle.txt")
    print(f"oracle {told(usage)}")
    return usage.seconds


def questions(database: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[str]:
    """What a dashboard asks of a table: all numbers added up, by each column with few values."""
    where = f"{quoted(schema)}.{quoted(table)}"
    columns = database.execute(
        "select column_name, data_type from duckdb_columns()"
        " where schema_name = ? and table_name = ?",
        [schema, table],
    ).fetchall()
    sums = [
        f"sum({quoted(name)})"
        for name, kind in columns
        if kind in ("BIGINT", "DOUBLE", "INTEGER") or kind.startswith("DECIMAL")
    ]
    answers = ", ".join(["count(*)", *sums])
    groups = [
        quoted(name)
        for name, kind in columns
        if kind in ("VARCHAR", "DATE", "BOOLEAN")
        and database.execute(
            f"select approx_count_distinct({quoted(name)}) < 1000 from {where}"
        ).fetchall()
        == [(True,)]
    ]
    return [f"select {group}, {answers} from {where} group by all" for group in groups] or [
        f"select {answers} from {where}"
    ]


def bench_queries(folder: Path, limit: str) -> None:
    """Publish what was built, and print how long dashboards wait for it."""
    with environment({"PATRONAGE_MEMORY_LIMIT": limit}):
        started = time.monotonic()
        publish(folder, folder / "target" / "manifest.json")
        print(f"publishing {time.monotonic() - started:.1f} s")
    medians = {}
    with duckdb.connect(str(folder / PUBLIC_FILE), read_only=True) as database:
        database.execute("set threads = 2")
        for schema, table in database.execute(
            "select schema_name, table_name from duckdb_tables() where not internal"
        ).fetchall():
            for query in questions(database, schema, table):
                taken = []
                for _ in range(5):
                    started = time.monotonic()
                    database.execute(query).fetchall()
                    taken.append(1000 * (time.monotonic() - started))
                medians[query] = (statistics.median(taken), f"{schema}.{table}")
    slowest = sorted(medians.values(), reverse=True)
    p95 = statistics.quantiles((one for one, _ in slowest), n=20)[-1]
    print(
        f"queries {len(slowest)}, half within {statistics.median(one for one, _ in slowest):.0f} ms"
    )
    print(f"  95 % within {p95:.0f} ms, the slowest {slowest[0][0]:.0f} ms ({slowest[0][1]})")


def spread(data: Path, folder: Path, count: int) -> Path:
    """Write a shop of Parquet files again, with so many products, of which few sell most.

    Return where it is.
    """
    if (folder / "order_lines").exists():
        return folder
    step = folder.with_name(f".{folder.name}")
    shutil.copytree(data, step, ignore=shutil.ignore_patterns("order_lines", "products"))
    number = f"floor({count} * pow(hash(order_id || line_id) / 18446744073709551616, 3))::bigint"
    tables = {
        "order_lines": f"select * replace ('Q' || {number} as product_id) from raw",
        "products": "select 'Q' || n as product_id, 'Thing ' || n as name,"
        " 'Brand ' || n % 500 as brand, 'category ' || n % 40 as category,"
        " 'family ' || n // 3 as family, ['basic', 'core', 'premium'][n % 3 + 1] as tier,"
        f" 1.0 as unit_cost from range({count}) as made (n)",
    }
    with duckdb.connect() as connection:
        for table, rows in tables.items():
            files = literal(str(data / table / "**" / "*.parquet"))
            connection.execute(f"create or replace temp view raw as from read_parquet({files})")
            (step / table).mkdir()
            target = literal(str(step / table / "all.parquet"))
            connection.execute(f"copy ({rows}) to {target} (format parquet)")
    step.rename(folder)
    return folder


def main() -> None:
    """Make the shop where it is missing, then measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    folder = Path(tempfile.gettempdir()) / "patronage-bench"
    parser.add_argument("--folder", type=Path, default=folder, help="where the shop is kept")
    parser.add_argument("--customers", type=int, default=290_000, help="3.5 orders each")
    parser.add_argument("--memory-limit", default="4GB", help="of the models' engine")
    parser.add_argument("--format", choices=["csv", "parquet"], default="csv", help="of its files")
    parser.add_argument("--models-only", action="store_true", help="neither oracle nor demo")
    parser.add_argument("--select", nargs="+", default=[], help="these models alone, as of dbt")
    parser.add_argument("--shopify", action="store_true", help="the price of a system's shape")
    parser.add_argument("--products", type=int, help="spread the lines over so many products")
    parser.add_argument("--spark", type=Path, help="dbt of Spark's environment, to compare with")
    parser.add_argument("--partitions", default="", help="on Spark: parts of a shuffle")
    parser.add_argument("--workers", type=int, help="with --spark: on a cluster, up to so many")
    options = parser.parse_args()
    BUILT.extend(["--select", *options.select] if options.select else [])
    folder = options.folder.resolve()
    file_format = "parquet" if options.products or options.shopify else options.format
    data = folder / f"shop-{options.customers}-{file_format}"
    if not (data / "truth.json").exists():
        make_demo(data, options.customers, 1, file_format)
    if options.products:
        data = spread(data, folder / f"{data.name}-{options.products}", options.products)
    if hasattr(os, "sched_setaffinity"):  # two cores for all that is measured
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    settings = {"PATRONAGE_DATA": str(data), "PATRONAGE_MEMORY_LIMIT": options.memory_limit}
    settings["PATRONAGE_SPARK_PARTITIONS"] = options.partitions
    if options.shopify:
        bench_shopify(folder / "shapes", data, settings)
        return
    if options.workers:
        bench_cluster(folder, settings, options.spark.absolute(), options.workers)
        return
    models, build = bench_models(folder / "built-duckdb", settings)
    if not options.select:
        bench_queries(folder / "built-duckdb", options.memory_limit)
    if options.spark:
        bench_spark(folder / "built-spark", settings, options.spark.absolute(), build)
    if options.spark or options.models_only or options.select:
        return
    oracle = bench_oracle(folder, data)
    print(f"models / oracle = {models / oracle:.2f}")
    usage, results = run_dbt(folder / "built-demo", {}, [])
    tests = sum(one["unique_id"].startswith(("test.", "unit_test.")) for one in results)
    print(f"demo: dbt build with all {tests} tests {told(usage)}")


if __name__ == "__main__":
    main()
