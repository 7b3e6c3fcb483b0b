"""A first look at raw files: which system's they are, what is read of them, what is not."""

from __future__ import annotations

import json

import pytest
from conftest import PROJECT
from test_systems import NAMES, SYSTEMS, sources

from patronage.cli import main
from patronage.inspect import MARK, best_of


@pytest.mark.parametrize("name", NAMES)
def test_a_systems_export_is_recognised(warehouse, name):
    lines: list[str] = []
    arguments = json.dumps({"path": str(SYSTEMS / name), "mark": MARK})
    warehouse.run_dbt(["run-operation", "recognise", "--args", arguments], lines.append)
    (told,) = [line for line in lines if MARK in line]
    (source,) = [source for source in sources(SYSTEMS) if source["name"] == name]
    assert best_of(json.loads(told.partition(MARK)[2])) == source["system"]


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
