"""A first look at raw files: which system's they are, what is read of them, what is not."""

from __future__ import annotations

import json
import os
import shlex
import types
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT
from test_systems import NAMES, SYSTEMS, sources

from patronage import inspect
from patronage.cli import main
from patronage.inspect import MARK, PARSED, best_of


@pytest.mark.parametrize("name", NAMES)
def test_a_systems_export_is_recognised(warehouse, name):
    lines: list[str] = []
    entry = json.dumps({"sources": [{"name": "shop", "path": str(SYSTEMS / name)}]})
    asked = ["run-operation", "recognise", "--args", json.dumps({"mark": MARK}), "--vars", entry]
    warehouse.run_dbt(asked, lines.append)
    (told,) = [line for line in lines if MARK in line]
    (source,) = [source for source in sources(SYSTEMS) if source["name"] == name]
    assert best_of(json.loads(told.partition(MARK)[2])["systems"]) == source["system"]


@pytest.mark.usefixtures("parsed_once")
def test_what_is_read_and_what_is_not_is_told(shop, capfd, monkeypatch):
    monkeypatch.chdir(PROJECT)
    folder = shop(
        orders="order_id,ordered_at,amount,currency,Total\n"
        "1,2024-01-05,10,EUR,x\n"
        "1,2024-01-05,10,EUR,x\n"
        "2,05.02.2024,20,USD,x\n"
        '3,2024-03-05,"7,50",EUR,x\n',
        events="event_id,occurred_at\n1,2024-01-01\n",
    )
    with pytest.raises(SystemExit) as ended:
        main(["inspect", str(folder)])
    assert ended.value.code == 1
    assert "required column event_type is missing" in capfd.readouterr().err
    (folder / "events.csv").unlink()
    with pytest.raises(SystemExit) as ended:
        main(["inspect", str(folder), "--timezone", "Europe/Berlin"])
    assert ended.value.code == 0
    said = capfd.readouterr().out
    assert f"{folder}: read as files" in said
    (counts,) = [line.split() for line in said.splitlines() if line.startswith("orders ")]
    #                 rows, first, last, repeated, rejected, lost, currencies
    right = "orders 4 2024-01-05 2024-03-05 2 2 20.00 EUR 3, USD 1"
    assert " ".join(counts) == right
    assert "orders: unparsable ordered_at, 1 rows (25.0%): 05.02.2024 (expected YYYY-MM-DD" in said
    assert "orders: unparsable amount, 1 rows (25.0%): 7,50 (expected a number" in said
    assert "orders.csv: columns ignored: total" in said
    settings = f"PATRONAGE_DATA={folder} PATRONAGE_SYSTEM=files PATRONAGE_TIMEZONE=Europe/Berlin"
    assert f"to build it: {settings} patronage build" in said


@pytest.mark.usefixtures("parsed_once")
def test_a_database_is_looked_at_and_its_clock(tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(PROJECT)
    with duckdb.connect(str(tmp_path / "till.db")) as database:
        database.execute("create schema store; use store")
        database.execute("create table orders (order_id integer, ordered_at text)")
        database.execute(
            "insert into orders values (1, '2024-01-05 23:30:00'), (2, '2024-01-05 12:00:00'),"
            " (3, '2024-01-05 23:30:00+01:00'), (4, '2024-01-05')"
        )
    asked = ["inspect", "--attach", str(tmp_path / "till.db"), "--schema", "store"]
    with pytest.raises(SystemExit) as ended:
        main([*asked, "--timezone", "Europe/Berlin"])
    said = capfd.readouterr().out
    assert ended.value.code == 0
    assert "orders: 2 of 4 have a time without an offset, read as UTC" in said
    # 23:30 in UTC is the next day in Berlin; 23:30 there is the same day in UTC
    assert "orders: 1 of 4 (25.0%) are of another business day in Europe/Berlin than in UTC" in said
    command = shlex.split(said.splitlines()[-1].removeprefix("to build it: "))
    assert command[:3] == ["patronage", "build", "--vars"]
    (source,) = json.loads(command[3])["sources"]
    assert source == {
        "name": "inspected", "system": "files", "attach": str(tmp_path / "till.db"),
        "schema": "store", "timezone": "Europe/Berlin",
    }  # fmt: skip
    with pytest.raises(SystemExit) as ended:
        main(["inspect", "--attach", "postgres:host=h password=geheim"])
    failed = capfd.readouterr().err
    assert ended.value.code == 1
    assert "attach holds a password: put it into the environment" in failed
    assert "geheim" not in failed


def test_what_the_last_build_has_parsed_is_taken_and_left_as_it_is(tmp_path, monkeypatch):
    """A copy of it, never what a link of its name leads to."""
    callers = tmp_path / "warehouse/target" / PARSED
    callers.parent.mkdir(parents=True)
    monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.delenv("DBT_TARGET_PATH", raising=False)
    seen = []

    def parse(command: list[str], project: Path) -> types.SimpleNamespace:
        copy = Path(os.environ["DBT_TARGET_PATH"], PARSED)
        assert copy.parent in Path(os.environ["DBT_LOG_PATH"]).parents  # nothing for the caller
        seen.append(copy.read_bytes() if copy.exists() else None)
        copy.write_bytes(b"what dbt writes")
        return types.SimpleNamespace(result=None)

    monkeypatch.setattr(inspect, "run_dbt", parse)
    callers.write_bytes(b"parsed")
    with inspect.apart(PROJECT):
        pass
    assert callers.read_bytes() == b"parsed"
    callers.rename(tmp_path / "elsewhere")
    callers.symlink_to(tmp_path / "elsewhere")
    with inspect.apart(PROJECT):
        pass
    callers.unlink()
    with inspect.apart(PROJECT):
        pass
    assert seen == [b"parsed", None, None]
