"""Cases: small shops with right values (tests/cases), held against the warehouse and the oracle."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import click.testing
import duckdb
import oracle
import pytest
import yaml
from conftest import PROJECT, STAGING

from patronage.cli import main

CASES = PROJECT / "tests/cases"
NAMES = sorted(path.parent.name for path in CASES.glob("*/*.yml"))
CASE = pytest.mark.parametrize("name", NAMES)
ROWS = "select raw_table, accepted_rows, superseded_rows, rejected_rows from core.reconciliation"
REJECTED = "select raw_table, row_key, reason from core.rejected_rows"
Ask = Callable[[str], list[tuple[Any, ...]]]


def opened(name: str, folder: Path) -> tuple[dict[str, Any], Path]:
    """What a case expects, and a copy of its raw files."""
    folder = folder / name
    shutil.copytree(CASES / name, folder, ignore=shutil.ignore_patterns("expected.*"))
    if (folder / "make.py").exists():
        subprocess.run([sys.executable, folder / "make.py"], check=True)
    return yaml.safe_load((CASES / name / "expected.yml").read_text(encoding="utf-8")), folder


def plain(cell: Any) -> Any:
    """A cell as the YAML file writes it; an instant in UTC."""
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, dt.datetime) and cell.tzinfo:
        cell = cell.astimezone(dt.UTC).replace(tzinfo=None)
    return cell.isoformat() if isinstance(cell, dt.date) else cell


def held_against(case: dict[str, Any], ask: Ask) -> None:
    """Every expectation of a case on what `ask` answers."""
    if "rows" in case:
        found = {table: list(counts) for table, *counts in ask(ROWS) if any(counts)}
        assert found == case["rows"]
    if "rejected" in case:
        rejected, expected = sorted(ask(REJECTED)), sorted(case["rejected"])
        assert [list(row[:2]) for row in rejected] == [row[:2] for row in expected]
        for (*_, reason), (*_, word) in zip(rejected, expected, strict=True):
            assert word in reason
    for query in case.get("queries", []):
        rows = [[plain(cell) for cell in row] for row in ask(query["sql"])]
        assert len(rows) == len(query["rows"]), (query["sql"], rows)
        for row, right in zip(rows, query["rows"], strict=True):
            assert row == pytest.approx(right, abs=query.get("within", 1e-6)), query["sql"]


@CASE
def test_the_oracle_gives_the_right_values(name, tmp_path):
    case, folder = opened(name, tmp_path)
    options = dict(case.get("settings", {}))
    source = {"name": "files", "system": "files", "path": str(folder)}
    source |= {"timezone": options.get("timezone"), "naive_times": options.get("times")}
    marts = oracle.build(
        [source], options.get("as_of"), options.get("currency"), params={"rare_value_limit": 1}
    )
    with duckdb.connect() as connection:
        for number, (mart, frame) in enumerate(marts.items()):
            schema, _ = mart.split(".")
            connection.register(f"frame_{number}", frame.to_arrow())
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create view {mart} as from frame_{number}")
        held_against(case, lambda sql: connection.execute(sql).fetchall())


@CASE
def test_the_warehouse_gives_the_right_values(warehouse, monkeypatch, name, tmp_path):
    case, folder = opened(name, tmp_path)
    if "stops" in case:
        monkeypatch.setenv("PATRONAGE_DATA", str(folder))
        result = click.testing.CliRunner().invoke(main, ["build"])
        assert result.exit_code != 0
        assert case["stops"] in result.output
    asked = [ROWS, REJECTED, *(query["sql"] for query in case.get("queries", []))]
    tables = set(re.findall(r"\b(?:from|join) \w+[.](\w+)", " ".join(asked)))
    warehouse.selection = ["--select", *STAGING, *(f"+{table}" for table in sorted(tables))]
    warehouse.build(folder, **case.get("settings", {}))
    held_against(case, warehouse.rows)
