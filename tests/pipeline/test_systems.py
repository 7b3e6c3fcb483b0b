"""Systems: a small shop as each exports it (tests/systems), with totals worked out by hand."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from conftest import PROJECT, STAGING, Warehouse
from test_cases import plain

SYSTEMS = PROJECT / "tests/systems"
NAMES = sorted(path.parent.name for path in SYSTEMS.glob("*/expected.yml"))
TABLES = """
    select raw_table, accepted_rows, superseded_rows, rejected_rows
    from core.reconciliation
    where source = '{name}' and raw_rows > 0
"""
TOTALS = """
    select
        count(*) as orders,
        count(*) filter (is_valid) as valid_orders,
        coalesce(sum(gross_amount) filter (is_valid), 0) as gross,
        coalesce(sum(discount_amount) filter (is_valid), 0) as discounts,
        coalesce(sum(refund_amount) filter (is_valid), 0) as refunds,
        coalesce(sum(net_amount) filter (is_valid), 0) as net
    from core.orders
    where source = '{name}'
"""
MONTHS = """
    with flows as (
        select
            order_date as day,
            gross_amount - discount_amount as ledger,
            net_amount as net,
            order_class
        from core.orders
        where source = '{name}' and is_valid
        union all
        select refund_date, -amount, 0, null
        from core.refunds
        where source = '{name}' and is_valid
    )

    select
        strftime(day, '%Y-%m') as month,
        sum(ledger) as ledger,
        coalesce(sum(net) filter (order_class = 'new'), 0) as new,
        coalesce(sum(net) filter (order_class = 'returning'), 0) as returning,
        coalesce(sum(net) filter (order_class = 'unattributed'), 0) as unattributed
    from flows
    group by month
"""

OF_SUMS = ["--select", *STAGING, "+orders", "+refunds", "+reconciliation"]


def expected(name: str) -> dict[str, Any]:
    """What is expected of a system's shop: rows of tables, totals, months, queries."""
    return yaml.safe_load((SYSTEMS / name / "expected.yml").read_text(encoding="utf-8"))


def sources(root: Path) -> list[dict[str, Any]]:
    """The shops of all systems as entries of the var `sources`; their files lie below the root."""
    return [
        {"name": name, "system": name, "path": str(root / name), **expected(name).get("source", {})}
        for name in NAMES
    ]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory) -> Path:
    """The shops' files as they were exported."""
    root = tmp_path_factory.mktemp("delivered")
    for name in NAMES:
        shutil.copytree(SYSTEMS / name, root / name, ignore=shutil.ignore_patterns("expected.yml"))
    return root


@pytest.fixture(scope="module")
def once(build_apart, delivered) -> Warehouse:
    """One warehouse of all systems."""
    return build_apart(sources=sources(delivered), checks=True, salt="a secret of the tests")


@pytest.fixture(scope="module")
def twice(build_apart, delivered, tmp_path_factory) -> Warehouse:
    """One warehouse of all systems, each of which has delivered all its files twice."""
    root = tmp_path_factory.mktemp("twice")
    for path in delivered.rglob("*.*"):
        place = path.relative_to(delivered)
        system, *folders, file = place.parts
        stem, _, ending = file.partition(".") if not folders else (folders[0], ".", file)
        for copy in "12":
            target = root / system / stem / f"{copy}.{ending}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return build_apart(None, *OF_SUMS, sources=sources(root), salt="a secret of the tests")


@pytest.mark.parametrize("name", NAMES)
def test_a_shop_of_a_system_has_the_totals_worked_out_by_hand(once, name):
    expectation = expected(name)
    found = {table: list(counts) for table, *counts in once.rows(TABLES.format(name=name))}
    assert found == expectation["rows"]
    assert_sums(once, name, expectation)
    for query in expectation.get("queries", []):
        rows = [[plain(cell) for cell in row] for row in once.rows(query["sql"])]
        assert rows == [pytest.approx(row) for row in query["rows"]], query["sql"]


def test_who_asks_to_be_erased_vanishes_from_a_systems_own_files(build_apart, delivered, tmp_path):
    """erasures.csv lies beside them; the order stays, of nobody who is known."""
    shop = tmp_path / "shopify_csv"
    shutil.copytree(delivered / "shopify_csv", shop)
    (shop / "erasures.csv").write_text(
        "email,requested_at\nerik@shopify_csv.example,2024-02-20\n", encoding="utf-8"
    )
    (source,) = [one for one in sources(tmp_path) if one["name"] == "shopify_csv"]
    warehouse = build_apart(None, *OF_SUMS, sources=[source], salt="a secret of the tests")
    counts = {table: rows for table, *rows in warehouse.rows(TABLES.format(name="shopify_csv"))}
    right = {table: tuple(rows) for table, rows in expected("shopify_csv")["rows"].items()}
    right |= {"consents": (7, 0, 1), "erasures": (1, 0, 0)}
    assert {table: tuple(rows) for table, rows in counts.items()} == right
    assert warehouse.rows(
        "select customer_key like 'shopify_csv:erased-%', net_amount from core.orders"
        " where order_id = '5009'"
    ) == [(True, 80)]
    assert_sums(warehouse, "shopify_csv", expected("shopify_csv"))
    with duckdb.connect(str(warehouse.folder / "build.duckdb"), read_only=True) as connection:
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall():
            rows = connection.execute(f'from "{schema}"."{table}"').fetchall()
            assert "erik" not in str(rows).lower(), table


@pytest.mark.parametrize("name", NAMES)
def test_files_that_are_delivered_twice_change_nothing(twice, name):
    assert_sums(twice, name, expected(name))


def assert_sums(warehouse: Warehouse, name: str, expectation: dict[str, Any]) -> None:
    """The totals and months of a system's shop are those expected; none: it brings no orders."""
    (totals,) = warehouse.rows(TOTALS.format(name=name))
    columns = ("orders", "valid_orders", "gross", "discounts", "refunds", "net")
    right = expectation.get("totals", dict.fromkeys(columns, 0))
    found = dict(zip(columns, map(float, totals), strict=True))
    assert found == pytest.approx(right, abs=1e-4)
    months = {
        month: dict(
            zip(("ledger", "new", "returning", "unattributed"), map(float, sums), strict=True)
        )
        for month, *sums in warehouse.rows(MONTHS.format(name=name))
    }
    assert months.keys() == expectation.get("months", {}).keys()
    for month, sums in months.items():
        assert sums == pytest.approx(expectation["months"][month], abs=1e-4), month
