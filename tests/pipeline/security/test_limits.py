"""No file is so large, wide or many that it starves the build, and no line of one vanishes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from patronage.dbt import BuildError

HEADER = "order_id,ordered_at,email\n"
ROW = "1,2024-01-05,a@example.com\n"
ORDERS = ["--select", "+stg_orders", "--indirect-selection", "cautious"]  # all that is looked at


def wide_csv(folder: Path) -> None:
    """A CSV file of 100,000 columns."""
    names = ["order_id", "ordered_at", *(f"column_{n}" for n in range(99_998))]
    (folder / "orders.csv").write_text(",".join(names) + "\n" + "," * 99_999 + "\n")


def wide_parquet(folder: Path) -> None:
    """A Parquet file of 5,000 columns (100,000 take long to write)."""
    pq.write_table(pa.table({f"column_{n}": [1] for n in range(5_000)}), folder / "orders.parquet")


def many_rows(folder: Path) -> None:
    """A Parquet file of 20 million rows in some 150 kB."""
    same = pa.table(
        {
            "order_id": pa.array([1], pa.int64()).take(pa.array([0] * 10_000_000)),
            "ordered_at": pa.array([date(2024, 1, 5)]).take(pa.array([0] * 10_000_000)),
        }
    )
    with pq.ParquetWriter(folder / "orders.parquet", same.schema, compression="zstd") as file:
        file.write_table(same, row_group_size=10_000_000)
        file.write_table(same, row_group_size=10_000_000)


def long_last_line(folder: Path) -> None:
    """A last row of 170 MB: DuckDB's reader leaves it out without a word."""
    with (folder / "orders.csv").open("w") as file:
        file.write(HEADER + ROW + "2,2024-01-05,")
        for _ in range(170):
            file.write("x" * 1_000_000)
        file.write("\n")


def long_line_in_between(folder: Path) -> None:
    """The same between others."""
    long_last_line(folder)
    with (folder / "orders.csv").open("a") as file:
        file.write(ROW)


def long_header(folder: Path) -> None:
    """A first line of 130 MB."""
    (folder / "orders.csv").write_text(HEADER[:-1] + "," + "x" * 130_000_000 + "\n" + ROW)


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (wide_csv, "orders.csv: 100000 columns, more than 2000 (var max_columns)"),
        (wide_parquet, "orders.parquet: 5000 columns, more than 2000 (var max_columns)"),
        (many_rows, "orders.parquet: 20000000 rows in "),
        (long_last_line, "of at most 64000000 bytes (var max_line_bytes)"),
        (long_line_in_between, "of at most 64000000 bytes (var max_line_bytes)"),
        (long_header, "orders.csv: "),
    ],
)
def test_what_is_beyond_all_measure_is_refused_in_one_line(warehouse, tmp_path, write, says):
    write(tmp_path)
    with pytest.raises(BuildError) as error:
        warehouse.build(tmp_path)
    (line,) = error.value.args
    assert says in line
    assert line.isprintable()
    assert len(line) < 500
    assert warehouse.rows("select count(*) from information_schema.tables") == [(0,)]


def test_a_long_line_is_legal_and_the_limit_is_a_var(warehouse, shop):
    long = "x" * 12_000_000
    data = shop(
        orders=HEADER.replace("email", "region") + f"1,2024-01-05,{long}\n",
        events="event_id,occurred_at,event_type\n",
    )
    warehouse.selection = ORDERS
    warehouse.build(data)
    assert warehouse.rows("select length(region) from staging.stg_orders") == [(len(long),)]
    with pytest.raises(BuildError, match="line 2: Maximum line size of 11000000 bytes exceeded"):
        warehouse.build(data, "--vars", "{max_line_bytes: 11000000}")


def test_thousands_of_files_are_looked_at_together(warehouse, tmp_path, monkeypatch):
    """The number of queries does not grow with that of the files, of either form."""
    files, asked = 150, []
    for number in range(files):
        path = tmp_path / "orders" / f"{number}.csv"
        path.parent.mkdir(exist_ok=True)
        # two headers: each is a group of its own
        more = ",x\n" if number % 2 else "\n"
        path.write_text(f"order_id,ordered_at{more}{number},2024-01-05{more}")
        rows = pa.table({"order_id": [f"p{number}"], "ordered_at": [date(2024, 1, 5)]})
        pq.write_table(rows, path.with_suffix(".parquet"))
    add_query = DuckDBConnectionManager.add_query

    def count(self, sql, *arguments, **options):
        if "read_csv" in sql or "parquet" in sql:
            asked.append(sql)
        return add_query(self, sql, *arguments, **options)

    monkeypatch.setattr(DuckDBConnectionManager, "add_query", count)
    warehouse.selection = ORDERS
    warehouse.build(tmp_path)
    assert warehouse.rows("select count(distinct order_id) from staging.stg_orders") == [
        (2 * files,)
    ]
    assert 5 < len(asked) < 30
    with pytest.raises(
        BuildError, match=r"table orders has 300 files, more than 299 \(var max_files\)"
    ):
        warehouse.build(tmp_path, "--vars", "{max_files: 299}")
