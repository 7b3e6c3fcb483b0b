"""Builds shops on Spark in one process, as the plan (JSON) of `tests/spark/compare.py` says.

It runs in the environment of `requirements-spark.lock`, on the profile's target that the step
names (else spark; cluster is behind a thrift server). After each build every public model, table
or view, or the tables that the step names are written as Parquet where the comparison expects them.
`done.txt` beside the plan names the builds that went well.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg
from pyhive import hive
from pyspark.sql import SparkSession


def executes(target: str) -> Callable[[str], Any]:
    """Return what runs a statement where the target's tables are."""
    if target == "spark":
        return SparkSession.active().sql
    host, port = os.environ["PATRONAGE_SPARK_HOST"], int(os.environ["PATRONAGE_SPARK_PORT"])
    return hive.connect(host=host, port=port, username="test").cursor().execute


def build(step: dict[str, Any]) -> bool:
    """Build one shop and write its marts; return whether all went well."""
    for name in [name for name in os.environ if name.startswith("PATRONAGE_")]:
        del os.environ[name]
    os.environ.update(step["environment"])
    started = time.monotonic()
    lines: list[str] = []

    def note(event: EventMsg) -> None:
        if event.info.level == "error":
            lines.extend(event.info.msg.splitlines())

    target = step.get("target", "spark")
    for statement in step.get("before", []):
        executes(target)(statement)
    outcome = dbtRunner(callbacks=[note]).invoke([*step["command"], "--target", target])
    if "says" in step:
        is_refused = not outcome.success and any(step["says"] in line for line in lines)
        if is_refused:
            print(f"spark: {step['name']} is refused", flush=True)
        else:
            print(f"spark: {step['name']} is not refused with {step['says']!r}: {lines}")
        return is_refused
    if not outcome.success:
        return False
    manifest = json.loads((Path(os.environ["DBT_TARGET_PATH"]) / "manifest.json").read_text())
    run = executes(target)
    tables = step.get("tables") or [
        f"{node['schema']}.{node['alias']}"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["config"]["access"] == "public"
        and node["schema"] in step.get("schemas", [node["schema"]])
    ]
    for table in tables:
        folder = f"{step['marts']}/{table.replace('.', '/')}"
        run(
            f"insert overwrite directory '{folder}' using parquet "
            f"select /*+ coalesce(1) */ * from {table}"
        )
    print(f"{target}: {step['name']} in {time.monotonic() - started:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    plan = Path(sys.argv[1])
    with plan.with_name("done.txt").open("w", buffering=1) as done:  # a line for each that is well
        for one in json.loads(plan.read_text()):
            if build(one):
                print(one["name"], file=done)
