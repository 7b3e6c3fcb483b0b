"""The published tables in a PostgreSQL database: all of them in one transaction, or none.

Tables are filled anew in place: who reads meanwhile waits for nothing and sees the old rows of all
tables or the new ones, rights and views of others on a table stay, and nothing is dropped but a
table of ours that has other columns now, or is not published any more.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import duckdb

from patronage.database import NO_EXTENSIONS, bounds, literal, quoted
from patronage.environment import environment
from patronage.folder import kind_of
from patronage.postgres_server import (
    LOCK_SECONDS,
    TABLE_MARK,
    asked,
    claim,
    readable,
    relations,
    rights,
    run,
)
from patronage.publish import PublishError
from patronage.stores import extension_file

LONGEST_NAME = 63  # PostgreSQL cuts off the rest
TYPES = {
    "VARCHAR": "text",
    "BIGINT": "bigint",
    "INTEGER": "integer",
    "DOUBLE": "double precision",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}
PASSWORD = re.compile(r"(?i)pass(word|wd|phrase)?\s*=|pwd\s*=|//[^/@]*:[^@]*@")


@dataclass(frozen=True)
class Table:
    """A published table, as it is to be in the database."""

    schema: str
    name: str
    target: str  # its schema there
    description: str
    columns: tuple[tuple[str, str, str], ...]  # name, type there, description
    key: tuple[str, ...]
    is_primary: bool  # the key is known in every row

    @property
    def sql_name(self) -> str:
        """Schema and name there, quoted."""
        return f"{quoted(self.target)}.{quoted(self.name)}"

    @property
    def key_name(self) -> str:
        """Name of the constraint that its key is, quoted."""
        return quoted(f"{self.name}_key_of_patronage")

    @property
    def created(self) -> str:
        """The statement that creates it, its key aside."""
        columns = ", ".join(f"{quoted(name)} {kind}" for name, kind, _ in self.columns)
        return f"create table {self.sql_name} ({columns})"

    @property
    def keyed(self) -> str:
        """The statement that gives it its key."""
        kind = "primary key" if self.is_primary else "unique"
        key = ", ".join(map(quoted, self.key))
        return f"alter table {self.sql_name} add constraint {self.key_name} {kind} ({key})"

    @property
    def mark(self) -> str:
        """What the comment of its key says: whose it is, and with which columns."""
        said = hashlib.sha256(f"{self.created};{self.keyed}".encode()).hexdigest()
        return TABLE_MARK + said[:32]

    @property
    def comments(self) -> str:
        """The statements that describe it."""
        return "; ".join(
            [
                f"comment on table {self.sql_name} is {literal(self.description)}",
                f"comment on constraint {self.key_name} on {self.sql_name} is {literal(self.mark)}",
                *(
                    f"comment on column {self.sql_name}.{quoted(name)} is {literal(description)}"
                    for name, _, description in self.columns
                ),
            ]
        )


def address_of(to: str) -> tuple[str, str | None]:
    """Return an address for libpq, without its password, and the password.

    `to` is postgresql://user@host/database, postgres:host=… dbname=…, or env:NAME, a variable that
    holds one of these; a password may stand in a URL of a variable only. What an address leaves
    open, libpq takes from its own variables (PGHOST, PGUSER, PGPASSWORD, …). Raises PublishError.
    """
    variable = to.removeprefix("env:") if to.startswith("env:") else None
    if variable is not None:
        if variable not in os.environ:
            raise PublishError(f"there is no environment variable {variable}")
        to = os.environ[variable].strip()
    said = f"the address in {variable}" if variable else "the address"
    if re.match("postgres(ql)?://", to):
        # before anything is parsed, so that no message of the parser can hold it
        place, _, path = to.partition("://")[2].partition("/")
        user, at, host = place.rpartition("@")
        name, colon, password = user.partition(":")
        if variable and colon:
            to = f"postgresql://{name}{at}{host}/{path}"
        else:
            password = ""
        if PASSWORD.search(to):
            raise PublishError(f"{said} holds a password: put it into the environment (PGPASSWORD)")
        try:
            to = urlunsplit(urlsplit(to))
        except ValueError:
            raise PublishError(f"{said} is no URL") from None
        return to, unquote(password) or None
    if to.startswith("postgres:"):
        if PASSWORD.search(to):
            raise PublishError(f"{said} holds a password: put it into the environment (PGPASSWORD)")
        return to.removeprefix("postgres:"), None
    raise PublishError(
        f"{said} must begin with postgresql:// (postgresql://user@host/database), or be env:NAME, "
        "a variable that holds one"
    )


def send(file: Path, to: str, prefix: str = "") -> dict[str, int]:
    """Fill the tables of a published file into the schemas of a database, named with a prefix.

    Returns the rows of each table (schema.name there). Raises PublishError with one line; then the
    database is as it was before.
    """
    if not re.fullmatch("([a-z][a-z0-9_]{0,29})?", prefix):
        raise PublishError(
            "--schema-prefix must begin with a small letter and hold such, digits and _ only, 30 "
            "at most"
        )
    if kind_of(file) != "file":
        raise PublishError(f"{file} is missing: run `patronage build` first")
    try:
        with _attached(file, *address_of(to)) as connection:
            tables = _tables_of(connection, prefix)
            with _transaction(connection):
                rows = _filled(connection, tables)
            for table in tables:  # else each publish would need as much room again
                with contextlib.suppress(duckdb.Error):
                    run(connection, f"vacuum (analyze) {table.sql_name}", in_transaction=False)
    except duckdb.Error as error:
        raise PublishError(readable(error)) from None  # what it says may hold values
    return rows


@contextlib.contextmanager
def _attached(
    file: Path, address: str, password: str | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the file, as `shop`, and the database, as `target`, and to nothing else."""
    driver = extension_file("postgres_scanner")
    if driver is None:
        raise PublishError("a package is needed for this: pip install 'patronage[databases]'")
    # libpq reads it there, so it is in no statement
    given = {} if password is None else {"PGPASSWORD": password}
    with environment(given), duckdb.connect(config=NO_EXTENSIONS | bounds()) as connection:
        connection.execute(f"load {literal(driver)}")
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set pg_null_byte_replacement = chr(65533)")
        connection.execute(f"attach {literal(str(file))} as shop (read_only)")
        connection.execute(f"attach {literal(address)} as target (type postgres)")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection


@contextlib.contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All that is done meanwhile is done, or nothing of it."""
    connection.execute("begin")
    try:
        yield
    except BaseException:
        with contextlib.suppress(duckdb.Error):  # where the server is gone, too: else it would be
            connection.execute("rollback")  # tried while the connection is closed, and abort all
        raise
    connection.execute("commit")


def _tables_of(connection: duckdb.DuckDBPyConnection, prefix: str) -> list[Table]:
    """The tables of the published file, by their names; views are none."""
    keys = dict(
        connection.execute(
            "select distinct table_schema || '.' || table_name, primary_key "
            "from shop.core.dictionary where primary_key is not null"
        ).fetchall()
    )
    found = connection.execute(
        """
        select
            tables.schema_name,
            tables.table_name,
            tables.comment,
            list(
                (columns.column_name, columns.data_type, columns.comment)
                order by columns.column_index
            )
        from duckdb_tables() as tables
        inner join duckdb_columns() as columns
            on tables.table_oid = columns.table_oid and tables.database_oid = columns.database_oid
        where tables.database_name = 'shop'
        group by all
        order by all
        """
    ).fetchall()
    tables = []
    for schema, name, description, columns in found:
        if f"{schema}.{name}" not in keys:
            raise PublishError(f"{schema}.{name} has no key in core.dictionary: publish it anew")
        key = tuple(keys[f"{schema}.{name}"].split(", "))
        (known,) = connection.execute(
            f"select coalesce(bool_and({' and '.join(f'{quoted(k)} is not null' for k in key)}), "
            f"true) from shop.{quoted(schema)}.{quoted(name)}"
        ).fetchall()[0]
        kinds = tuple((column, _type_of(kind), said or "") for column, kind, said in columns)
        table = Table(schema, name, prefix + schema, description or "", kinds, key, known)
        for one in (table.target, f"{name}_key_of_patronage", *(column for column, *_ in kinds)):
            if len(one.encode()) > LONGEST_NAME:
                raise PublishError(f"{one} is longer than PostgreSQL's {LONGEST_NAME} signs")
        tables.append(table)
    return tables


def _type_of(kind: str) -> str:
    """PostgreSQL's name of a type. Raises PublishError for one that no mart has."""
    if decimal := re.fullmatch(r"DECIMAL(\([0-9]+,[0-9]+\))", kind):
        return f"numeric{decimal[1]}"
    if kind not in TYPES:
        raise PublishError(f"PostgreSQL gets no column of type {kind}")
    return TYPES[kind]


def _filled(connection: duckdb.DuckDBPyConnection, tables: list[Table]) -> dict[str, int]:
    """Fill the tables within the transaction that is open; return the rows of each."""
    schemas = sorted({table.target for table in tables})
    run(
        connection,
        f"set local lock_timeout = {literal(f'{LOCK_SECONDS}s')}; set local search_path = ''; "
        "set local standard_conforming_strings = on",  # a backslash in a text is one
    )
    mine = asked(
        connection,
        "select pg_try_advisory_xact_lock(hashtext('patronage'), hashtext("
        f"{literal(' '.join(schemas))}))",
    )
    if mine != [(True,)]:
        raise PublishError("another publish into these schemas is at work: wait until it has ended")
    claim(connection, schemas)
    there = relations(connection, schemas)
    kept = {}
    for name, (is_table, mark) in there.items():
        wanted = next((table for table in tables if (table.target, table.name) == name), None)
        is_ours = is_table and mark is not None
        sql_name = ".".join(map(quoted, name))
        if wanted and not is_ours:
            raise PublishError(f"{'.'.join(name)} is there and not of our make: move it away")
        if is_ours and (wanted is None or wanted.mark != mark):
            kept[name] = rights(connection, sql_name)
            run(connection, f"drop table {sql_name}")  # fails where something hangs on it
    new = [
        table
        for table in tables
        if there.get((table.target, table.name), (True, None))[1] != table.mark
    ]
    for table in new:
        run(connection, table.created)
    connection.execute("call pg_clear_cache()")
    rows = {}
    for table in tables:
        if table not in new:
            run(connection, f"delete from {table.sql_name}")
        columns = ", ".join(quoted(name) for name, *_ in table.columns)
        rows[f"{table.target}.{table.name}"] = connection.execute(
            f"insert into target.{table.sql_name} ({columns}) "
            f"select {columns} from shop.{quoted(table.schema)}.{quoted(table.name)}"
        ).fetchall()[0][0]
        if table in new:
            run(connection, table.keyed)
            for right in kept.get((table.target, table.name), ()):
                run(connection, right)
        run(connection, table.comments)
    return rows
