"""What readers of the public file see."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil

import duckdb
import pytest
from conftest import PROJECT, parsed

from patronage.publish import PublishError

ORDERS = (
    "order_id,ordered_at,customer_id,email,phone,amount\n"
    "1,2024-01-01,a,ann@example.com,+1 555 0100,10\n"
    "2,2024-01-02,,guest@example.com,,20\n"
)
EVENTS = (
    "event_id,occurred_at,event_type,customer_id,email,text\n"
    "1,2024-01-01T10:00:00Z,product_reviewed,a,ann@example.com,Write to ann@example.com\n"
    "2,2024-01-01T25:00:00Z,page_viewed,a,ann@example.com,\n"
)
CUSTOMERS = "customer_id,email,phone\na,ann@example.com,+1 555 0100\n"


@pytest.fixture(scope="module")
def built(build_apart, tmp_path_factory):
    """A small shop with personal data, built."""
    data = tmp_path_factory.mktemp("personal")
    for table, rows in {"orders": ORDERS, "events": EVENTS, "customers": CUSTOMERS}.items():
        (data / f"{table}.csv").write_text(rows)
    return build_apart(data)


@pytest.fixture
def published(built, warehouse):
    """The small shop, published anew for each test."""
    shutil.copyfile(built.folder / "build.duckdb", warehouse.folder / "build.duckdb")
    warehouse.publish()
    return warehouse


def digests(warehouse) -> dict[str, str]:
    """A digest of each published Parquet file, and of each table's rows in their order."""
    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in warehouse.folder.glob("parquet/*/*.parquet")
    }
    for schema, table in warehouse.rows(
        "select table_schema, table_name from information_schema.tables", "patronage.duckdb"
    ):
        rows = repr(warehouse.rows(f"from {schema}.{table}", "patronage.duckdb"))
        found[f"{schema}.{table}"] = hashlib.sha256(rows.encode()).hexdigest()
    return found


def test_the_public_file_holds_the_marts_and_nothing_else(published):
    found = published.rows(
        "select distinct table_schema, table_type from information_schema.tables order by 1",
        "patronage.duckdb",
    )
    subjects = sorted(path.name for path in (PROJECT / "models" / "marts").iterdir())
    assert found == [(subject, "BASE TABLE") for subject in subjects]
    assert published.rows("select sum(net_amount) from core.orders", "patronage.duckdb") == [(30,)]


def test_parquet_holds_the_same_rows(published):
    tables = published.rows(
        "select table_schema, table_name from information_schema.tables", "patronage.duckdb"
    )
    parquet = {f"{file.parent.name}/{file.stem}" for file in published.folder.glob("parquet/*/*")}
    assert parquet == {f"{schema}/{name}" for schema, name in tables}
    for schema, name in tables:
        file = published.folder / "parquet" / schema / f"{name}.parquet"
        assert duckdb.sql(f"from '{file}'").fetchall() == published.rows(
            f"from {schema}.{name}", "patronage.duckdb"
        )


def test_what_only_models_need_is_not_published(published):
    """A mart's private columns and numbers of joins are in the build file alone."""
    columns = "select table_schema, table_name, column_name from information_schema.columns"
    public = set(published.rows(columns, "patronage.duckdb"))
    marts = {(schema, table) for schema, table, _ in public}
    held = {column for column in published.rows(columns) if column[:2] in marts}
    told = {
        (node.schema, node.name, column.name)
        for node in parsed()[0].nodes.values()
        for column in getattr(node, "columns", {}).values()
        if column.config.meta.get("published") is False
    }
    assert ("core", "orders", "order_number") in told
    assert held - public == told
    assert public < held


def test_tables_and_columns_carry_their_descriptions(published):
    bare = published.rows(
        "select table_name from duckdb_tables() where comment is null union all "
        "select table_name || '.' || column_name from duckdb_columns() "
        "where comment is null and not internal",
        "patronage.duckdb",
    )
    assert bare == []


def test_no_personal_data_is_published(published):
    personal = re.compile(rb"example\.com|555 ?0100|15550100|Write to")
    for file in [
        published.folder / "patronage.duckdb",
        *published.folder.glob("parquet/*/*.parquet"),
    ]:
        assert not personal.search(file.read_bytes()), file.name
    for schema, table in published.rows(
        "select table_schema, table_name from information_schema.tables", "patronage.duckdb"
    ):
        for row in published.rows(f"from {schema}.{table}", "patronage.duckdb"):
            assert "@" not in "".join(map(str, row))


def test_the_same_input_gives_the_same_files(demo, warehouse, tmp_path):
    """The demo shop, then its rows turned round in two files a table, on one thread."""
    demo.publish()
    before = digests(demo)
    for file in (PROJECT / "data" / "demo").glob("*.csv"):
        with file.open(newline="") as text:
            header, *lines = csv.reader(text)
        lines.reverse()
        (tmp_path / file.stem).mkdir()
        for part, rows in (("2", lines[:100]), ("1", lines[100:])):
            with (tmp_path / file.stem / f"{part}.csv").open("w", newline="") as text:
                csv.writer(text).writerows([header, *rows])
    source = {"name": "demo", "path": str(tmp_path), "timezone": "Europe/Berlin"}
    warehouse.variables = demo.variables
    warehouse.build(None, "--threads", "1", sources=[source])
    warehouse.publish()
    assert digests(warehouse) == before


def test_a_mart_that_is_missing_leaves_the_old_file(published):
    before = digests(published)
    with duckdb.connect(str(published.folder / "build.duckdb")) as connection:
        connection.execute("drop table core.orders")
    with pytest.raises(PublishError, match=r"not built yet: core\.orders"):
        published.publish()
    assert digests(published) == before
    assert not list(published.folder.glob(".*new"))


def test_nothing_built_is_said_in_one_line(published):
    (published.folder / "build.duckdb").unlink()
    with pytest.raises(PublishError, match="run `patronage build` first"):
        published.publish()


def test_no_word_of_the_salt_and_another_salt_gives_other_keys(published, shop):
    guest = "select customer_key from core.orders where order_id = '2'"
    unsalted = published.rows(guest)
    digest = hashlib.md5(b"email:guest@example.com").hexdigest()
    assert unsalted == [(f"files:{digest}",)]
    published.build(shop(orders=ORDERS), salt="pepper")
    digest = hashlib.md5(b"pepperemail:guest@example.com").hexdigest()
    assert published.rows(guest) == [(f"files:{digest}",)]
