"""A PostgreSQL database as publishing meets it: what is there, and whose.

DuckDB has it attached as `target`, with a transaction open; raising leaves all of it as it was.
"""

from __future__ import annotations

import re

import duckdb

from patronage.database import literal, quoted
from patronage.publish import PublishError
from patronage.text import without_values

MARK = "Made by Patronage, which fills the tables in it anew: patronage publish --to"
TABLE_MARK = "patronage "  # before a digest of the columns, as the comment of a table's key
LOCK_SECONDS = 60


def claim(connection: duckdb.DuckDBPyConnection, schemas: list[str]) -> None:
    """Create the schemas that are missing, and mark those that are empty, as ours.

    Raises PublishError for one that holds anything and is not marked.
    """
    there = {
        name: (mark, is_used)
        for name, mark, is_used in asked(
            connection,
            "select nspname, obj_description(oid, 'pg_namespace'), "
            "exists (select from pg_class where relnamespace = pg_namespace.oid) "
            f"from pg_namespace where nspname in ({', '.join(map(literal, schemas))})",
        )
    }
    for schema in schemas:
        mark, is_used = there.get(schema, (None, False))
        if mark == MARK:
            continue
        if is_used:
            raise PublishError(
                f"the schema {schema} is there and not of our make: choose other names with "
                "--schema-prefix"
            )
        if schema not in there:
            run(connection, f"create schema {quoted(schema)}")
        run(connection, f"comment on schema {quoted(schema)} is {literal(MARK)}")


def relations(
    connection: duckdb.DuckDBPyConnection, schemas: list[str]
) -> dict[tuple[str, str], tuple[bool, str | None]]:
    """What lies in the schemas under a name that a table may have: is it a table, and our mark."""
    found = asked(
        connection,
        f"""
        select nspname, relname, relkind = 'r', max(obj_description(pg_constraint.oid))
            filter (where obj_description(pg_constraint.oid) like {literal(TABLE_MARK + "%")})
        from pg_class
        inner join pg_namespace on pg_namespace.oid = relnamespace
        left join pg_constraint on conrelid = pg_class.oid and contype in ('p', 'u')
        where relkind <> 'i' and nspname in ({", ".join(map(literal, schemas))})
        group by nspname, relname, relkind
        """,
    )
    return {(schema, name): (is_table, mark) for schema, name, is_table, mark in found}


def rights(connection: duckdb.DuckDBPyConnection, sql_name: str) -> list[str]:
    """The statements that give others the rights that they have to a table."""
    return [
        right
        for (right,) in asked(
            connection,
            f"""
            select format(
                'grant %s on %s to %s%s',
                privilege_type,
                {literal(sql_name)},
                case when grantee = 0 then 'public' else quote_ident(rolname) end,
                case when is_grantable then ' with grant option' else '' end
            )
            from pg_class
            cross join aclexplode(relacl)
            left join pg_roles on pg_roles.oid = grantee
            where pg_class.oid = {literal(sql_name)}::regclass and grantee <> relowner
            """,
        )
    ]


def run(connection: duckdb.DuckDBPyConnection, statement: str, in_transaction: bool = True) -> None:
    """Run a statement in the database."""
    connection.execute(
        f"call postgres_execute('target', ?, use_transaction = {in_transaction})", [statement]
    )


def asked(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    """The rows of a query of the database."""
    return connection.execute("from postgres_query('target', ?)", [query]).fetchall()


def readable(error: duckdb.Error) -> str:
    """Return one line of what the database says: no statement, no address, no value."""
    text = str(error)
    if "Unable to connect to Postgres" in text:
        return "the database cannot be reached: " + text.rpartition('": ')[2].splitlines()[0]
    # what failed stands before it, and may be long; PostgreSQL's own words are the last
    found = re.search(
        r".*\b(?:ERROR|FATAL|PANIC): +([^\n]*)(?:\nDETAIL: +([^\n]*))?", text, re.DOTALL
    )
    if not found:
        return "the connection to the database failed: " + without_values(text.rpartition('": ')[2])
    line, detail = found.groups()
    if "depend on it" in line and detail:
        line += f" ({detail})"
    if "lock timeout" in line:
        line += f": another has held a table for more than {LOCK_SECONDS} s"
    return f"the database says: {line}"
