"""What every published column means, as core.dictionary: readers of Parquet see no comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from patronage.database import create_table

DESCRIPTION = """
One row per published column. What does it mean, and which columns are its table's key? The same is
in the comments of the published file, which Parquet does not hold.
"""
# column: type, description
COLUMNS = {
    "table_schema": ("varchar", "Key: schema of the table."),
    "table_name": ("varchar", "Key: name of the table."),
    "column_name": ("varchar", "Key: name of the column."),
    "position": ("bigint", "Place of the column in its table, from 1."),
    "data_type": ("varchar", "Type of the column, as DuckDB calls it."),
    "description": ("varchar", "What the column means, with its unit and what null says."),
    "table_description": ("varchar", "What a row of the table is, and which question it answers."),
    "primary_key": ("varchar", "Columns that a row of the table is known by, by commas."),
}


def write_dictionary(
    connection: duckdb.DuckDBPyConnection, keys: Mapping[tuple[str, str], Sequence[str]]
) -> None:
    """Write core.dictionary of an open file from the comments of all its tables, itself among them.

    `keys` are the columns of each table's key, by schema and name.
    """
    create_table(connection, "dictionary", COLUMNS, DESCRIPTION)
    keys = {**keys, ("core", "dictionary"): ("table_schema", "table_name", "column_name")}
    connection.execute(
        """
        insert into core.dictionary
        select
            columns.schema_name,
            columns.table_name,
            columns.column_name,
            columns.column_index,
            columns.data_type,
            columns.comment,
            tables.comment,
            keys.key
        from duckdb_columns() as columns
        inner join duckdb_tables() as tables on columns.table_oid = tables.table_oid
            and columns.database_name = tables.database_name
        left join (
            select
                unnest($schemas) as schema_name,
                unnest($tables) as table_name,
                unnest($keys) as key
        ) as keys
            on columns.schema_name = keys.schema_name and columns.table_name = keys.table_name
        where columns.database_name = current_database()
        order by columns.schema_name, columns.table_name, columns.column_index
        """,
        {
            "schemas": [schema for schema, _ in keys],
            "tables": [table for _, table in keys],
            "keys": [", ".join(key) for key in keys.values()],
        },
    )
