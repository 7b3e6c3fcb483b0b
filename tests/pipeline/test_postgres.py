"""What is published, in a PostgreSQL database: `patronage publish --to`."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import duckdb
import pytest
from click.testing import CliRunner
from postgres_server import PASSWORD

from patronage.cli import main
from patronage.database import literal, quoted
from patronage.dictionary import write_dictionary
from patronage.postgres import address_of, send
from patronage.publish import PublishError
from patronage.stores import extension_file

QUOTES = 'It\'s "quoted"; drop table x; -- \\ {} $$ %s'
ORDERS = """
select
    n as order_number,
    'o' || n as order_key,
    (n * 1.2345)::decimal(18, 4) as net_amount,
    n / 3 as share,
    date '2024-02-29' + n::integer as order_date,
    timestamp '2024-02-29 23:59:59.123456' as ordered_at,
    n % 2 = 0 as is_valid,
    case when n > 1 then {quotes} end as note
from range(1, {many}::bigint + 1) as all_numbers(n)
"""


@pytest.fixture
def published(tmp_path):
    """Write a published file of so many orders; `others` are further tables' selects and keys."""

    def write(many=3, extra="", others=None):
        file = tmp_path / "patronage.duckdb"
        file.unlink(missing_ok=True)
        orders = f"select * {extra} from ({ORDERS.format(quotes=literal(QUOTES), many=many)})"
        hours = f"from (values ('a', 1, {many}), ('a', null, {many})) as t(part, hour, amount)"
        marts = {
            ("core", "orders"): (orders, ["order_key"]),
            ("profile", "hours"): (hours, ["part", "hour"]),
            **(others or {}),
        }
        with duckdb.connect(str(file)) as connection:
            for (schema, name), (query, _) in marts.items():
                table = f"{quoted(schema)}.{quoted(name)}"
                connection.execute(f"create schema if not exists {quoted(schema)}")
                connection.execute(f"create table {table} as {query}")
                connection.execute(f"comment on table {table} is {literal(QUOTES)}")
            for name in connection.execute(
                "select schema_name, table_name, column_name from duckdb_columns()"
                " where schema_name in ('core', 'profile')"
            ).fetchall():
                column = ".".join(map(quoted, name))
                connection.execute(f"comment on column {column} is {literal('Of ' + QUOTES)}")
            write_dictionary(connection, {name: key for name, (_, key) in marts.items()})
        return file

    return write


@pytest.fixture
def server(postgres_server, monkeypatch):
    """The server, with nothing in it."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    postgres_server.run(
        "do $$ declare one text; begin for one in select nspname from pg_namespace where nspname"
        " !~ '^(pg_|information_schema|public)' loop execute format('drop schema %I cascade', one);"
        " end loop; end $$; drop owned by reader; drop role if exists reader; create role reader;"
        if postgres_server.run("select 1 from pg_roles where rolname = 'reader'")
        else "create role reader"
    )
    return postgres_server


@pytest.fixture
def to(server):
    """The server's address for --to."""
    return f"postgres:{server.address}"


@contextmanager
def both(file, server):
    """A connection to the published file, as `shop`, and the database, as `target`."""
    with duckdb.connect() as connection:
        connection.execute(f"load {literal(extension_file('postgres_scanner'))}")
        connection.execute(f"attach {literal(str(file))} as shop (read_only)")
        connection.execute(f"attach {literal(server.address)} as target (type postgres, read_only)")
        yield connection


def same(file, server, prefix=""):
    """Whether each table of the file has the same rows in the database, and none is left out."""
    with both(file, server) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'shop'"
        ).fetchall()
        for schema, table in tables:
            here, there = f"shop.{schema}.{table}", f"target.{prefix}{schema}.{table}"
            for one, other in ((here, there), (there, here)):
                rest = connection.execute(f"from {one} except all from {other}").fetchall()
                assert rest == [], (one, rest[:3])
    return len(tables)


def test_rows_types_comments_and_keys_arrive(published, server, to):
    file = published(1000)
    assert send(file, to) == {"core.dictionary": 19, "core.orders": 1000, "profile.hours": 2}
    assert same(file, server) == 3
    assert server.run(
        "select column_name, data_type, numeric_precision, numeric_scale from"
        " information_schema.columns where table_schema = 'core' and table_name = 'orders'"
        " order by ordinal_position"
    ).splitlines() == [
        "order_number|bigint|64|0",
        "order_key|text||",
        "net_amount|numeric|18|4",
        "share|double precision|53|",
        "order_date|date||",
        "ordered_at|timestamp without time zone||",
        "is_valid|boolean||",
        "note|text||",
    ]
    comments = (
        "obj_description('core.orders'::regclass), col_description('core.orders'::regclass, 3)"
    )
    assert server.run(f"select {comments}") == f"{QUOTES}|Of {QUOTES}\n"
    assert server.run(
        "select conrelid::regclass, pg_get_constraintdef(oid) from pg_constraint"
        " where conrelid::regclass::text ~ 'orders|hours|dictionary' order by 1, 2"
    ).splitlines() == [
        "core.dictionary|PRIMARY KEY (table_schema, table_name, column_name)",
        "core.orders|PRIMARY KEY (order_key)",
        "profile.hours|UNIQUE (part, hour)",  # of which a part may be unknown
    ]


def test_a_second_publish_replaces_the_rows_and_leaves_what_others_have_made(published, server, to):
    send(published(5), to)
    server.run(
        "create table core.note_of_mine as select 1 as x; create view public.sums as select"
        " sum(net_amount) as net_amount from core.orders; create index on core.orders (order_date);"
        "grant usage on schema core to reader; grant select on core.orders to reader"
    )
    file = published(7)
    send(file, to)
    assert same(file, server) == 3
    assert server.run("select count(*) from core.note_of_mine") == "1\n"
    assert server.run("set role reader; select count(*) from core.orders") == "7\n"
    assert server.run("select net_amount from public.sums; drop view public.sums") == "34.5660\n"


def test_another_structure_keeps_the_rights(published, server, to):
    send(published(5), to)
    server.run("grant usage on schema core to reader; grant select on core.orders to reader")
    file = published(6, extra=", 1 as one_more")
    send(file, to)
    assert same(file, server) == 3
    assert server.run("set role reader; select sum(one_more) from core.orders") == "6\n"


def test_a_table_that_is_not_published_any_more_goes(published, server, to):
    send(published(others={("profile", "old"): ("select 1 as x", ["x"])}), to)
    server.run("create table profile.mine as select 1 as x")
    send(published(), to)
    tables = "select relname from pg_class where relnamespace = 'profile'::regnamespace"
    assert server.run(f"{tables} and relkind = 'r' order by 1").splitlines() == ["hours", "mine"]


def test_several_shops_stand_side_by_side(published, server, to):
    send(published(5), to, "web_")
    file = published(6)
    send(file, to, "stores_")
    assert same(file, server, "stores_") == 3
    assert server.run("select count(*) from web_core.orders") == "5\n"
    for prefix in ("A", "1_", "a-", 'a"', "a" * 31, "a\n"):
        with pytest.raises(PublishError, match="--schema-prefix must begin"):
            send(file, to, prefix)


def test_readers_see_the_old_or_the_new_state_of_all_tables(published, server, to):
    """Also those who began to read before, and keep what they saw."""
    send(published(20_000), to)
    file = published(30_000)
    seen = set()
    ended = threading.Event()
    look = (
        "select (select count(*) from core.orders), (select max(amount) from profile.hours),"
        " (select count(*) from core.dictionary)"
    )

    def read():
        while not ended.is_set():
            seen.add(server.run(look))

    readers = [threading.Thread(target=read) for _ in range(2)]
    before = "20000|20000|19\n"
    with server.session("set transaction isolation level repeatable read; select 1") as old:
        for reader in readers:
            reader.start()
        while not seen:
            time.sleep(0.01)
        send(file, to)
        old.stdin.write(f"{look};\n")
        old.stdin.flush()
        assert old.stdout.readline() == before
    ended.set()
    for reader in readers:
        reader.join()
    seen.add(server.run(look))
    assert seen == {before, "30000|30000|19\n"}


@pytest.mark.parametrize(
    ("obstacle", "line"),
    [
        (
            "drop table core.orders; create table core.orders (x integer)",
            "core.orders is there and not of our make: move it away",
        ),
        (
            "drop table core.orders; create view core.orders as select 1 as x",
            "core.orders is there and not of our make: move it away",
        ),
        (
            "create view public.mine as select * from profile.hours",
            "the database says: cannot drop table profile.hours because other objects depend on it"
            " (view public.mine depends on table profile.hours)",
        ),
        (
            "comment on schema profile is 'mine'",
            "the schema profile is there and not of our make: choose other names with"
            " --schema-prefix",
        ),
        (
            "alter table core.orders add constraint few check (order_number < 6)",
            'the database says: new row for relation "orders" violates check constraint "few"',
        ),
    ],
)
def test_a_publish_that_fails_leaves_the_old_one(published, server, to, obstacle, line):
    send(published(5), to)
    server.run(obstacle)
    state = (
        "select md5(string_agg(t::text, ',' order by t::text)) from core.dictionary as t;"
        "select * from core.orders; select * from profile.hours;"
        "select oid, relname from pg_class where relnamespace >= 16384 order by 1"
    )
    before = server.run(state)
    hours = "select 'a' as part, 1 as hour, 3 as amount, 4 as one_more"
    with pytest.raises(PublishError) as error:
        send(published(8, others={("profile", "hours"): (hours, ["part"])}), to)
    assert error.value.args == (line,)
    assert server.run(state) == before
    server.run("drop view if exists public.mine")


def test_a_lost_connection_leaves_the_old_one_and_a_second_publish_waits_its_turn(
    published, server, to
):
    """The first stands still at a table that somebody holds, when all others are filled."""
    send(published(5), to)
    file, said = published(8), []

    def publish():
        try:
            send(file, to)
        except PublishError as error:
            said.append(error.args)

    waiting = "select pid from pg_stat_activity where wait_event_type = 'Lock' and pid in"
    waiting += " (select pid from pg_locks where locktype = 'advisory')"
    with server.session("lock table profile.hours in exclusive mode"):
        thread = threading.Thread(target=publish)
        thread.start()
        for _ in range(300):
            if pid := server.run(waiting).strip():
                break
            time.sleep(0.05)
        with pytest.raises(PublishError, match="another publish into these schemas is at work"):
            send(file, to)
        server.run(f"select pg_terminate_backend({pid})")
        thread.join()
    ((line,),) = said
    assert line in (
        "the database says: terminating connection due to administrator command",
        "the connection to the database failed: server closed the connection unexpectedly",
    )
    assert server.run("select count(*), max(order_number) from core.orders") == "5|5\n"


def test_names_and_values_that_act_stay_such(published, server, to):
    """PostgreSQL's texts hold no zero byte: it becomes a sign of its own."""
    name = 'x"; drop schema core cascade; --'
    query = f"select chr(0) || {literal(QUOTES)} as {quoted(name)}, chr(10) || '\\.' as line"
    send(published(others={("profile", name): (query, [name])}), to)
    found = server.run(f"select * from profile.{quoted(name)}")
    assert found == f"\ufffd{QUOTES}|\n\\.\n"


def test_of_a_database_that_refuses_there_is_one_line_without_a_password(
    published, server, to, monkeypatch, tmp_path
):
    file = published()
    monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(file.parent))

    def said(to, *options):
        result = CliRunner().invoke(main, ["publish", "--to", to, *options])
        assert "geheim" not in result.output
        return result.exit_code, result.stderr.splitlines()[:-1]

    monkeypatch.setenv("ADDRESS", f"postgresql://shop:geheim@/postgres?host={server.folder}")
    code, (line,) = said("env:ADDRESS")
    assert code == 1
    assert line.startswith("error: the database cannot be reached: ")
    assert line.endswith('password authentication failed for user "shop"')
    code, (line,) = said(f"postgres:host={tmp_path} dbname=none")
    assert code == 1
    assert "No such file or directory" in line
    refused = "error: the address holds a password: put it into the environment (PGPASSWORD)"
    for address in (
        "postgresql://shop:geheim@host/db", "postgres://:geheim@/db", "postgres:password=geheim",
        "postgresql://host/db?password=geheim", "postgresql://shop:gehe/im@host/geheim",
        "postgresql://shop:g@geheim@host/x",
    ):  # fmt: skip
        assert said(address) == (1, [refused])
    for address in ("mysql:host=geheim", "", "env:NOWHERE", "geheim"):
        code, lines = said(address)
        assert (code, len(lines)) == (1, 1)
    code, lines = said("postgresql://geheim:x/db")  # no port
    assert (code, len(lines)) == (1, 1)
    assert CliRunner().invoke(main, ["publish", "--schema-prefix", "x"]).exit_code == 1
    assert CliRunner().invoke(main, ["publish", "--to", to, "--accept"]).exit_code == 1


def test_an_address_comes_with_its_password_from_a_variable(published, server, monkeypatch):
    monkeypatch.setenv(
        "DATABASE_URL", f"postgresql://shop:open%20sesame@/postgres?host={server.folder}"
    )
    monkeypatch.setenv("PGPASSWORD", "another")
    assert address_of("env:DATABASE_URL")[1] == PASSWORD
    file = published()
    monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(file.parent))
    result = CliRunner().invoke(main, ["publish", "--to", "env:DATABASE_URL"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("published 3 tables, 24 rows, into the database in ")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert same(file, server) == 3


def test_without_a_published_file_nothing_is_sent(tmp_path, to):
    with pytest.raises(PublishError, match="is missing: run `patronage build` first"):
        send(tmp_path / "patronage.duckdb", to)
