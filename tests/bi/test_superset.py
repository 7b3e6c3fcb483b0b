"""Superset as a client of the published file: what it offers, and the numbers of its charts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from superset import Superset, running

PROJECT = Path(__file__).resolve().parents[2]
WAREHOUSE = Path(os.environ.get("PATRONAGE_WAREHOUSE") or PROJECT / "warehouse")


def sum_of(column: str) -> dict[str, Any]:
    """A metric as its editor makes it."""
    return {
        "expressionType": "SIMPLE", "column": {"column_name": column}, "aggregate": "SUM",
        "label": column,
    }  # fmt: skip


def only(column: str, value: Any) -> dict[str, Any]:
    """A filter of a chart."""
    return {"col": column, "op": "==", "val": value}


def by_month(column: str) -> dict[str, Any]:
    """The months of a date, as a chart's time axis has them."""
    return {
        "timeGrain": "P1M", "columnType": "BASE_AXIS", "sqlExpression": column, "label": "month",
        "expressionType": "SQL",
    }  # fmt: skip


def day(value: Any) -> date:
    """A date as charts get it: milliseconds since 1970, or a text."""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000, UTC).date()
    return date.fromisoformat(value[:10])


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    """A copy of the published file."""
    published = WAREHOUSE / "patronage.duckdb"
    assert published.is_file(), f"{published} is missing: run `make build` first"
    return Path(shutil.copy(published, tmp_path_factory.mktemp("published")))


@pytest.fixture(scope="module")
def rows(file):
    """Run a query on the published file."""
    with duckdb.connect(str(file), read_only=True) as connection:
        yield lambda query: connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def superset(tmp_path_factory) -> Iterator[Superset]:
    """A server of its own, for all tests."""
    with running(tmp_path_factory.mktemp("superset")) as client:
        yield client


@pytest.fixture(scope="module")
def database(superset, file) -> int:
    """The published file in Superset."""
    return superset.add_file(file)


@pytest.fixture(scope="module")
def dataset(superset, database):
    """A dataset of a mart, made once."""
    made: dict[str, Any] = {}

    def get(schema: str, table: str) -> dict[str, Any]:
        if table not in made:
            made[table] = superset.add_dataset(database, schema, table)
        return made[table]

    return get


def test_all_schemas_are_offered(superset, database, rows):
    offered = superset.get(f"database/{database}/schemas/")["result"]
    ours = {schema for (schema,) in rows("select distinct table_schema from core.dictionary")}
    assert ours <= {schema.rpartition(".")[2].strip('"') for schema in offered}


@pytest.mark.parametrize(
    "table", ["core.orders", "profile.customer_profile", "lifecycle.cohort_retention"]
)
def test_descriptions_and_types_of_columns_are_shown(dataset, rows, table):
    schema, name = table.split(".")
    shown = {column["column_name"]: column for column in dataset(schema, name)["columns"]}
    described = rows(
        "select column_name, description, data_type from core.dictionary "
        f"where table_schema = '{schema}' and table_name = '{name}'"
    )
    assert set(shown) == {column for column, *_ in described}
    for column, description, kind in described:
        assert shown[column]["description"] == description
        assert shown[column]["is_dttm"] == (kind in ("DATE", "TIMESTAMP")), column


def test_the_time_axis_of_orders_is_their_business_date(dataset):
    """Superset takes the first column that is a time."""
    assert dataset("core", "orders")["main_dttm_col"] == "order_date"


def test_sales_by_month_of_the_orders_are_those_of_the_mart(superset, dataset, rows):
    drawn = superset.chart(
        dataset("core", "orders"),
        "echarts_timeseries_bar",
        {
            "columns": [by_month("order_date")],
            "metrics": [sum_of("net_amount")],
            "filters": [only("is_valid", True)],
        },
    )
    right = rows(
        "select period_start, total_net_amount from customer_share.new_customer_share "
        "where period_grain = 'month' and breakdown = 'total' order by 1"
    )
    assert len(right) > 12
    found = sorted((day(row["month"]), row["net_amount"]) for row in drawn)
    assert found == [(month, pytest.approx(float(amount))) for month, amount in right]


def test_a_share_of_a_mart_is_drawn_as_it_stands_there(superset, dataset, rows):
    drawn = superset.chart(
        dataset("customer_share", "new_customer_share"),
        "echarts_timeseries_line",
        {
            "columns": ["period_start", "breakdown_value"],
            "metrics": [sum_of("new_order_share")],
            "filters": [only("period_grain", "quarter"), only("breakdown", "channel")],
        },
    )
    right = rows(
        "select period_start, breakdown_value, new_order_share from "
        "customer_share.new_customer_share where period_grain = 'quarter' and breakdown = 'channel'"
    )
    found = {
        (day(row["period_start"]), row["breakdown_value"]): row["new_order_share"] for row in drawn
    }
    assert found == {(start, value): share for start, value, share in right}


def test_customers_by_stage_are_those_of_the_profile(superset, dataset, rows):
    count = {"expressionType": "SQL", "sqlExpression": "count(*)", "label": "customers"}
    drawn = superset.chart(
        dataset("profile", "customer_profile"),
        "pie",
        {"columns": ["lifecycle_stage"], "metrics": [count, sum_of("net_amount_12m")]},
    )
    right = rows(
        "select lifecycle_stage, count(*), sum(net_amount_12m) "
        "from profile.customer_profile group by all"
    )
    found = {row["lifecycle_stage"]: (row["customers"], row["net_amount_12m"]) for row in drawn}
    assert found == {
        stage: (customers, amount if amount is None else pytest.approx(float(amount)))
        for stage, customers, amount in right
    }


def test_the_file_is_read_only(superset, database, rows):
    before = rows("select count(*) from core.orders")
    said = superset.ask(database, "delete from core.orders")
    assert not said.ok
    assert "read-only" in said.text.lower()
    assert rows("select count(*) from core.orders") == before
    right = superset.ask(database, "select count(*) as n from core.orders")
    assert right.json()["data"] == [{"n": before[0][0]}]
