"""Databases as sources: tables of the warehouse's own file, and of databases that are attached."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import STAGING
from test_systems import SYSTEMS, assert_sums, expected

from patronage.dbt import BuildError
from patronage.stores import extension_file

ORDERS = "select order_id, net_amount, customer_key from core.orders order by 1"
RIGHT = [("1", 10.5, "shop:ann"), ("2", 21, "shop:bob"), ("3", 31.5, "shop:ann")]
CREATE = (
    "create table orders (order_id integer, ordered_at timestamp, customer_id text, amount {})",
    "insert into orders values (1, '2024-01-05 10:00:00', 'ann', 10.5),"
    " (2, '2024-01-06 10:00:00', 'bob', 21), (3, '2024-01-07 10:00:00', 'ann', 31.5)",
    "create table customers (customer_id text, email text)",
    "insert into customers values ('ann', 'ann@example.com')",
    "create table diary (secret_note text)",
)


def statements(number: str = "numeric(12, 2)") -> list[str]:
    """What makes a small shop in any database."""
    return [statement.format(number) for statement in CREATE]


def source(**where: Any) -> list[dict[str, Any]]:
    """One shop of the contract's own shape that is a database."""
    return [{"name": "shop", "system": "files", **where}]


@pytest.fixture
def core(warehouse):
    """A warehouse of which the core is built."""
    warehouse.selection = ["--select", *STAGING, "+orders"]
    return warehouse


@pytest.fixture(scope="module")
def postgres(postgres_server) -> str:
    """The address of a PostgreSQL server that holds a shop, and asks for a password."""
    for statement in statements():
        postgres_server.run(statement)
    return f"postgres:{postgres_server.address}"


@pytest.fixture(scope="module")
def mariadb(tmp_path_factory) -> Iterator[str]:
    """The address of a MariaDB server of its own."""
    program = shutil.which("mariadbd")
    if not program:
        pytest.skip("MariaDB is not installed")
    folder = tmp_path_factory.mktemp("mariadb")
    (folder / "data/mysql").mkdir(parents=True)
    share = Path(program).parents[1] / "share/mysql"
    server = [program, "--no-defaults", f"--datadir={folder / 'data'}", "--skip-networking"]
    server += [f"--lc-messages-dir={share}", f"--socket={folder / 'socket'}"]
    server += ["--user=root"] if os.getuid() == 0 else []
    made = ("mysql_system_tables.sql", "mysql_system_tables_data.sql")
    tables = "use mysql;\n" + "".join((share / name).read_text() for name in made)
    subprocess.run([*server, "--bootstrap"], input=tables.encode(), check=True, capture_output=True)
    running = subprocess.Popen(
        [*server, "--skip-grant-tables"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not (folder / "socket").exists() and running.poll() is None:
            time.sleep(0.1)
        yield f"socket={folder / 'socket'} user=root database="
    finally:
        running.terminate()
        running.wait(30)


def test_the_tables_of_woocommerce_are_read_from_its_database(core, mariadb):
    """The system's shop, as the database it comes from holds it."""
    with duckdb.connect() as loader:
        loader.execute(f"load '{extension_file('mysql_scanner')}'")
        loader.execute(f"attach '{mariadb}mysql' as server (type mysql)")
        loader.execute("call mysql_execute('server', 'create database shop')")
        loader.execute(f"attach '{mariadb}shop' as shop (type mysql)")
        for file in SYSTEMS.glob("woocommerce/*.*sv"):
            rows = f"read_csv('{file}', header = true)"
            loader.execute(f'create table shop.shop."{file.stem}" as from {rows}')
    attach = f"mysql:{mariadb}shop"
    settings = {"name": "woocommerce", "system": "woocommerce", "timezone": "America/New_York"}
    core.selection = ["--select", *STAGING, "+orders", "+refunds"]
    core.build(sources=[settings | {"attach": attach}])
    assert_sums(core, "woocommerce", expected("woocommerce"))


def test_a_postgres_database_is_read_and_its_password_is_nowhere(core, postgres, capfd):
    core.monkeypatch.setenv("PGPASSWORD", "open sesame")
    core.build(sources=source(attach=postgres))
    assert core.rows(ORDERS) == RIGHT
    written = [path for path in core.folder.rglob("*") if path.is_file()]
    assert written
    for path in written:
        content = path.read_bytes()
        assert b"open sesame" not in content, path
        assert b"secret_note" not in content, path  # what no model reads is not copied
    assert "open sesame" not in "".join(capfd.readouterr())


def test_a_database_that_refuses_or_is_not_there_is_one_line(core, postgres, tmp_path):
    core.monkeypatch.setenv("PGPASSWORD", "wrong")
    with pytest.raises(BuildError, match="password authentication failed") as found:
        core.build(sources=source(attach=postgres))
    assert len(found.value.args) == 1
    assert "\n" not in found.value.args[0]
    with pytest.raises(BuildError, match="Unable to connect to Postgres") as found:
        core.build(sources=source(attach=f"postgres:host={tmp_path} dbname=none"))
    assert "\n" not in found.value.args[0]


@pytest.mark.parametrize(
    "attach",
    ["postgres:host=h password=geheim", "mysql:host=h passwd=geheim", "postgres://u:geheim@h/d"],
)
def test_a_password_belongs_into_the_environment(core, attach):
    with pytest.raises(BuildError) as found:
        core.build(sources=source(attach=attach))
    assert found.value.args == (
        "source 'shop': attach holds a password: put it into the environment"
        " (PGPASSWORD, MYSQL_PWD)",
    )


def test_files_of_sqlite_and_duckdb_are_read(core, tmp_path):
    with sqlite3.connect(tmp_path / "shop.sqlite") as connection:
        for statement in statements():
            connection.execute(statement)
    core.build(sources=source(attach=f"sqlite:{tmp_path / 'shop.sqlite'}"))
    assert core.rows(ORDERS) == RIGHT
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as database:
        database.execute("create schema store; use store")
        for statement in statements():
            database.execute(statement)
    core.build(sources=source(attach=str(tmp_path / "shop.duckdb"), schema="store"))
    assert core.rows(ORDERS) == RIGHT


def test_a_schema_of_the_warehouses_own_file_is_read(core):
    """As a loader like dlt has filled it, before the build."""
    with pytest.raises(BuildError, match="no tables in the schema raw_shop"):
        core.build(sources=source(schema="raw_shop"))
    with duckdb.connect(str(core.folder / "build.duckdb")) as database:
        database.execute("create schema raw_shop; use raw_shop")
        for statement in statements():
            database.execute(statement)
    core.build(sources=source(schema="raw_shop"), again=True)
    assert core.rows(ORDERS) == RIGHT


def test_a_database_with_other_tables_says_what_is_missing(core, tmp_path):
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as database:
        database.execute("create table orders as select 1 as order_id, 2 as when_was_it")
    with pytest.raises(BuildError, match="required column ordered_at is missing"):
        core.build(sources=source(attach=str(tmp_path / "shop.duckdb")))
    with duckdb.connect(str(tmp_path / "empty.duckdb")) as database:
        database.execute("create table something as select 1 as x")
    with pytest.raises(BuildError, match="no tables in the schema"):
        core.build(sources=source(attach=str(tmp_path / "empty.duckdb")))
