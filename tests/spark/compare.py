"""Every mart has the same rows on DuckDB and on Spark: the demo shop's, and those of random shops.

`make test-spark` runs it. Both engines build the same shops, side by side, each in a process with
another time zone. Then every public model is compared row by row: keys, dates, counts and decimals
exactly, doubles to a relative 1e-9. A difference is printed with its table, key and both values.
Of shops in all forms of files, and of one whose customer asked to be erased, the accepted rows are
compared, of random shops the marts of CORE. With --tests the demo is built with all its tests; with
--cases all marts of random shops, and also the small shops with right values (tests/cases,
tests/systems), several at a time, each a source.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import duckdb

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
sys.path.insert(0, str(PROJECT / "tests" / "pipeline"))

from random_shops import LOCAL, ZONES, tables, write  # noqa: E402
from test_bad_input import BROKEN_FILES  # noqa: E402
from test_cases import NAMES, opened  # noqa: E402
from test_reading import write_forms  # noqa: E402
from test_systems import sources as systems  # noqa: E402

from patronage.publish import Mart, literal, marts_of, quoted  # noqa: E402

MODELS_ONLY = ["--resource-type", "model", "--resource-type", "seed"]
DUCKDB_ZONE, SPARK_ZONE = "America/New_York", "Asia/Tehran"  # of the processes, not of the shops
# of a Spark that lives for minutes: no lasting catalogue, and quick to compile (much: with the
# usual room for compiled code the compiler gives up after half a minute)
SHORT_LIVED = {
    "PATRONAGE_SPARK_CATALOG": "in-memory",
    "PATRONAGE_SPARK_JAVA_OPTIONS": (
        "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=512m"
    ),
}
# of small shops; the fits of lifecycle end at a boundary, where Spark takes a second for each of
# very many steps, and what reads them waits for them
CORE = ["core", "customer_share", "engagement"]
AT_A_TIME = 8  # Spark takes minutes to plan what reads more sources
SHOWN = 5  # differences of a table
# accepted rows and their keys; the number of a row is an engine's own
STAGED = {
    "staging.stg_orders": ["source", "order_id"],
    "staging.stg_events": ["source", "event_id"],
    "staging.stg_customers": ["source", "customer_id"],
}
# one person wants to be forgotten; others have written the address with other letters, the phone
# number with other signs, and the address as an order's id
ERASURE = {
    "orders": "order_id,ordered_at,customer_id,email,amount\n"
    "1,2024-01-01,a,irem@example.com,5e-5\nweb/irem@example.com,2024-01-02,b,,7\n",
    "customers": "customer_id,email,phone,referral_code,city\n"
    "a,irem@example.com,+90 555 0100,IREM7,Ankara\nb,,,,Bursa\n",
    "events": "event_id,occurred_at,event_type,customer_id,text\n"
    "1,2024-01-01,product_reviewed,a,mine\n"
    "2,2024-01-02,product_reviewed,b,write to İREM@Example.com\n"
    "3,2024-01-02,product_reviewed,b,write to none\n"
    "4,2024-01-02,product_reviewed,b,or call (90) 5550-100 with irem7\n",
    "erasures": "customer_id,requested_at\na,2024-02-01\n",
}
# kinds of broken files (test_bad_input), and what Spark says of them
REFUSED = {
    "empty": "no files in the folder",
    "duplicate_header": "orders.csv: column amount is there twice",
    "missing_column": "orders.csv: required column ordered_at is missing",
    "short_row": "orders.csv, line 3: Expected Number of Columns: 3 Found: 2",
    "long_row": "orders.csv, line 3: Expected Number of Columns: 3 Found: 4",
    "open_quote": "orders.csv, line 3: Value with unterminated quote",
    "text_behind_a_quote": "orders.csv, line 3: Value with unterminated quote",
    "latin_1": "orders.csv, line 3: Invalid unicode",
    "latin_1_in_the_header": "UTF-8",
    "utf_16": "orders.csv: ",
    "mixed_line_ends": "orders.csv: ",
    "broken_file_among_good_ones": "orders/2.csv, line 3: Expected",
    "two_sheets": "'orders.xlsx': save it as CSV UTF-8 (orders.csv): Spark reads no workbooks",
    "truncated_parquet": "direct query on files: parquet",
}


def small_shops(folder: Path) -> list[dict[str, Any]]:
    """The small shops with right values, several sources a step, and those of all systems."""
    sources = []
    for name in NAMES:
        case, path = opened(name, folder / "cases")
        chosen = case.get("settings", {})
        clock = {"timezone": chosen.get("timezone"), "naive_times": chosen.get("times")}
        sources.append({"name": name, "path": str(path)} | clock)
    groups = {
        f"cases from {first + 1}": sources[first : first + AT_A_TIME]
        for first in range(0, len(sources), AT_A_TIME)
    }
    steps = []
    for name, group in {"systems": systems(PROJECT / "tests/systems"), **groups}.items():
        variables = {"sources": group, "reporting_currency": "EUR", "rare_value_limit": 1}
        command = ["build", *MODELS_ONLY, "--vars", json.dumps(variables), "--select"]
        command += [f"+path:models/marts/{schema}" for schema in CORE]
        environment = {"PATRONAGE_SALT": "pepper", "PATRONAGE_SPARK_PARTITIONS": "1"}
        step = {"name": name, "command": command, "environment": environment, "schemas": CORE}
        steps.append(step)
    return steps


def demo(has_tests: bool = False) -> dict[str, Any]:
    """The demo as a step."""
    # one partition is quickest for so little; the random shops are spread, as on a cluster
    environment = {"PATRONAGE_SPARK_PARTITIONS": "1"}
    command = ["build", *([] if has_tests else MODELS_ONLY)]
    return {"name": "demo", "command": command, "environment": environment}


def random_shop(folder: Path, seed: int) -> dict[str, Any]:
    """Shops in three time zones as a step, their files written; all marts of them."""
    rng = Random(seed)
    sources = []
    for name, timezone in ZONES.items():
        path = folder / f"shop-{seed}" / name
        path.mkdir(parents=True, exist_ok=True)
        write(path, tables(rng))
        clock = {"timezone": timezone, "naive_times": LOCAL.get(name, "utc")}
        sources.append({"name": name, "path": str(path)} | clock)
    variables = {"sources": sources, "reporting_currency": "EUR"}
    command = ["build", *MODELS_ONLY, "--vars", json.dumps(variables)]
    environment = {"PATRONAGE_AS_OF": "2024-02-29" if seed % 2 else "", "PATRONAGE_SALT": "pepper"}
    environment["PATRONAGE_SPARK_PARTITIONS"] = "3"
    return {"name": f"seed {seed}", "command": command, "environment": environment}


def only(step: dict[str, Any], schemas: list[str]) -> dict[str, Any]:
    """The step with the marts of some schemas alone."""
    chosen = ["--select", *(f"+path:models/marts/{schema}" for schema in schemas)]
    return step | {"command": [*step["command"], *chosen], "schemas": schemas}


def complete(step: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The step with what dbt has to know of any, and where its marts are written to."""
    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT / "profiles")]
    command = [*step["command"], *places, "--log-level", "warn"]
    return step | {"command": command, "marts": str(folder / "spark" / step["name"])}


def plan(folder: Path, seeds: list[int], has_tests: bool, has_cases: bool) -> list[dict[str, Any]]:
    """What to build: the demo, shops in three time zones for each seed, all forms.

    A step with `says` must be refused with it; of one with `tables` (their keys) just those are
    compared.
    """
    steps = [demo(has_tests)]
    for seed in seeds:
        step = random_shop(folder, seed)
        # without cases those marts where the rules of time zones, identity and money are
        steps.append(step if has_cases else only(step, CORE))
    if has_cases:
        steps += small_shops(folder)
    forms, erasure = folder / "forms", folder / "erasure"
    erasure.mkdir()
    for name, text in ERASURE.items():
        (erasure / f"{name}.csv").write_text(text)
    forms.mkdir()
    orders = "staging.stg_orders"
    # apart, as where somebody asked to be erased every file is read many times
    for name, shops, compared in (
        ("forms", [forms / shop for shop in write_forms(forms)], {orders: STAGED[orders]}),
        ("erasure", [erasure], STAGED),
    ):
        sources = [{"name": shop.name, "path": str(shop)} for shop in shops]
        command = ["build", *MODELS_ONLY, "--vars", json.dumps({"sources": sources}), "--select"]
        command += [f"+{table.split('.')[1]}" for table in compared]
        environment = {"PATRONAGE_SALT": "pepper", "PATRONAGE_SPARK_PARTITIONS": "1"}
        step = {"name": name, "command": command, "environment": environment, "tables": compared}
        steps.append(step)
    for name, says in REFUSED.items():
        for path, content in BROKEN_FILES[name][0].items():
            file = folder / "broken" / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        environment = {"PATRONAGE_DATA": str(folder / "broken" / name)}
        command = ["run-operation", "check_sources"]
        steps.append({"name": name, "command": command, "environment": environment, "says": says})
    return [complete(step, folder) for step in steps]


def settings(folder: Path, engine: str, environment: dict[str, str]) -> dict[str, str]:
    """The environment of a build: an engine's own folder, and the step's settings."""
    own = folder / engine
    own.mkdir(exist_ok=True)
    target = str(own / "target")
    return environment | {
        "PATRONAGE_WAREHOUSE": str(own),
        "DBT_TARGET_PATH": target,
        "DBT_LOG_PATH": target,
    }


def clean_environment(zone: str) -> dict[str, str]:
    """The caller's environment without settings of the project, in a time zone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PATRONAGE_")}
    return kept | {"TZ": zone}


def build_on_duckdb(folder: Path, step: dict[str, Any]) -> None:
    """Build a step on DuckDB and write its marts as Parquet."""
    environment = settings(folder, "duckdb", step["environment"])
    (folder / "duckdb" / "build.duckdb").unlink(missing_ok=True)
    dbt = str(Path(sys.executable).with_name("dbt"))
    subprocess.run(
        [dbt, *step["command"]],
        cwd=PROJECT,
        env=clean_environment(DUCKDB_ZONE) | environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (folder / "duckdb" / "build.duckdb").rename(folder / f"{step['name']}.duckdb")


def start_spark(
    folder: Path, python: Path, steps: list[dict[str, Any]], conf: Path = HERE
) -> subprocess.Popen[bytes]:
    """Start one process that builds all steps on Spark, whose settings are in the folder `conf`."""
    (folder / "plan.json").write_text(json.dumps(steps))
    (folder / "done.txt").unlink(missing_ok=True)
    environment = clean_environment(SPARK_ZONE) | {"SPARK_CONF_DIR": str(conf)}
    program = [str(python), str(HERE / "builds.py"), str(folder / "plan.json")]
    # a group of its own, so that it can be killed with its Java
    return subprocess.Popen(program, cwd=PROJECT, env=environment, start_new_session=True)


def built(folder: Path) -> set[str]:
    """Return the names of the steps that went well."""
    done = folder / "done.txt"
    return set(done.read_text().splitlines()) if done.exists() else set()


def build_on_spark(
    folder: Path,
    python: Path,
    steps: list[dict[str, Any]],
    on_duckdb: Sequence[dict[str, Any]] = (),
) -> set[str]:
    """Build all steps on a local Spark, and some of them on DuckDB meanwhile.

    Return the names of those that went well on Spark.
    """
    on_spark = [
        step | {"environment": settings(folder, "spark", step["environment"]) | SHORT_LIVED}
        for step in steps
    ]
    spark = start_spark(folder, python, on_spark)
    try:
        for step in on_duckdb:
            build_on_duckdb(folder, step)
        spark.wait()
    finally:
        if spark.poll() is None:
            os.killpg(spark.pid, signal.SIGKILL)
    return built(folder)


def columns_of(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """The columns of a relation and their types; a time with a zone is one in UTC without it."""
    found = connection.execute(f"describe from {relation}").fetchall()
    return {name: kind.removesuffix(" WITH TIME ZONE") for name, kind, *_ in found}


def differences(connection: duckdb.DuckDBPyConnection, mart: Mart, spark: str) -> list[str]:
    """What differs in a mart, a line each: rows of one engine only, or a column's two values."""
    left, right = f"build.{mart.sql_name}", f"read_parquet({literal(spark)})"
    columns = columns_of(connection, left)
    if columns != columns_of(connection, right):
        return [f"columns: {columns} <> {columns_of(connection, right)}"]
    if mart.columns:
        columns = {name: columns[name] for name in mart.columns}  # numbers are an engine's own
    columns.pop("row_id", None)
    key = ", ".join(quoted(column) for column in mart.key)
    joined = " and ".join(
        f"d.{quoted(column)} is not distinct from s.{quoted(column)}" for column in mart.key
    )
    connection.execute(
        f"create or replace temp table pairs as select d, s from (select *, true as is_there "
        f"from {left}) as d full join (select *, true as is_there from {right}) as s on {joined}"
    )
    found = []
    for name, there, row in (("duckdb", "s", "d"), ("spark", "d", "s")):
        for (value,) in connection.execute(
            f"select {row} from pairs where {there}.is_there is null order by 1 limit {SHOWN}"
        ).fetchall():
            found.append(f"only on {name}: {value}")
    for column, kind in columns.items():
        left_value, right_value = f"d.{quoted(column)}", f"s.{quoted(column)}"
        if kind == "TIMESTAMP":
            right_value = f"({right_value} at time zone 'UTC')"
        same = f"{left_value} is not distinct from {right_value}"
        if kind == "DOUBLE":
            gap = f"abs({left_value} - {right_value})"
            largest = f"greatest(abs({left_value}), abs({right_value}))"
            same = f"({same} or coalesce({gap} <= 1e-9 * {largest}, false))"
        keys = ", ".join(f"coalesce(d.{quoted(one)}, s.{quoted(one)})" for one in mart.key)
        for *values, a, b in connection.execute(
            f"select {keys}, {left_value}, {right_value} from pairs "
            f"where d.is_there and s.is_there and not ({same}) order by all limit {SHOWN}"
        ).fetchall():
            named = ", ".join(map(str, values))
            found.append(f"({key}) = ({named}): {column} is {a} on DuckDB, {b} on Spark")
    return found


def compare(folder: Path, step: dict[str, Any]) -> tuple[int, int]:
    """Compare every mart of a step and print what differs; return how many are the same, or not."""
    same = rows = 0
    if "tables" in step:
        places = [(*place.split("."), tuple(key)) for place, key in step["tables"].items()]
        marts = [Mart(schema, name, key, "", {}, {}) for schema, name, key in places]
    else:
        marts = marts_of(folder / "duckdb" / "target" / "manifest.json")
        marts = [mart for mart in marts if mart.schema in step.get("schemas", [mart.schema])]
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create temp table pairs (d int, s int)")
        file = literal(str(folder / f"{step['name']}.duckdb"))
        connection.execute(f"attach {file} as build (read_only)")
        for mart in marts:
            spark = f"{step['marts']}/{mart.schema}/{mart.name}/*.parquet"
            lines = differences(connection, mart, spark)
            for line in lines:
                print(f"{step['name']}: {mart.schema}.{mart.name}: {line}")
            same += not lines
            rows += connection.execute("select count(*) from pairs").fetchall()[0][0]
    print(f"{step['name']}: {same} of {len(marts)} tables are the same ({rows} rows)", flush=True)
    return same, len(marts) - same


def main() -> None:
    """Build on both engines, compare, and fail where anything differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--python", type=Path, default=PROJECT / ".venv-spark/bin/python")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1])
    parser.add_argument("--folder", type=Path, help="where to build; kept afterwards")
    parser.add_argument("--no-demo", action="store_true", help="random shops only")
    parser.add_argument("--tests", action="store_true", help="the demo with all its tests, too")
    parser.add_argument("--cases", action="store_true", help="small shops, too (half an hour)")
    parser.add_argument("--only", help="just the steps whose names begin so")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        steps = plan(folder, options.seeds, options.tests, options.cases)[options.no_demo :]
        steps = [step for step in steps if step["name"].startswith(options.only or "")]
        shops = [step for step in steps if "says" not in step]
        done = build_on_spark(folder, options.python.absolute(), steps, shops)
        passed, failed = len(done), len(steps) - len(done)
        for step in shops:
            if step["name"] in done:
                same, different = compare(folder, step)
                passed, failed = passed + same, failed + different
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
