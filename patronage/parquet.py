"""Whether Parquet files can be read to their end: their footers say nothing of damaged pages."""

from __future__ import annotations

import contextlib
import re

import duckdb

from patronage.database import NO_EXTENSIONS, bounds, literal
from patronage.stores import reach


def damaged(paths: list[str]) -> str | None:
    """Return the first of the files of which not every value can be read, if there is one."""
    with duckdb.connect(config=NO_EXTENSIONS | bounds() | {"threads": 2}) as connection:
        if any("://" in path for path in paths):
            reach(connection)
        for tried in (paths, *([path] for path in paths)):
            with contextlib.suppress(duckdb.Error):
                read_whole(connection, tried)
                if tried is paths:
                    return None
                continue
            if tried is not paths or len(paths) == 1:
                return tried[0]
    return None


def read_whole(connection: duckdb.DuckDBPyConnection, paths: list[str]) -> None:
    """Read every value of some files with the same columns. Raises duckdb.Error."""
    files = ", ".join(literal(re.sub(r"([][*?])", r"[\1]", path)) for path in paths)
    # a count would be answered from the footer
    connection.execute(
        f"select max(hash(columns(*))) from read_parquet([{files}], hive_partitioning = false)"
    )
    connection.fetchall()
