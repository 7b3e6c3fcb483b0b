"""Which files cannot be opened as what their names say: the engine stops at the first of them.

Of a packed file that ends too early it reads what is there, without a word.
"""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path

import duckdb

from patronage.database import NO_EXTENSIONS, bounds, literal
from patronage.stores import reach

PIECE = 1 << 20  # bytes that are unpacked at a time
NO_GZIP = "it is not packed by gzip: take .gz off its name, or pack it anew"
DAMAGED = "the packed file is damaged, or not all of it is there: copy or pack it anew"
NO_PARQUET = "it is no Parquet file, or not all of it is there: export it anew"


def unreadable(paths: list[str], most: float) -> str:
    """Return what is wrong with each of some .gz and .parquet files, as JSON: {path: text}.

    What unpacks to more than `most` bytes from each is another fault, and not read to its end.
    """
    found: dict[str, str] = {}
    parquet = [path for path in paths if path.lower().endswith(".parquet")]
    with duckdb.connect(config=NO_EXTENSIONS | bounds() | {"threads": 2}) as connection:
        if any("://" in path for path in paths):
            reach(connection)
        if parquet and not opens(connection, parquet):
            found |= {path: NO_PARQUET for path in parquet if not opens(connection, [path])}
        for path in paths:
            if path.lower().endswith(".gz"):
                fault = packed_far_away(connection, path) if "://" in path else packed(path, most)
                found |= {path: fault} if fault else {}
    return json.dumps(found)


def opens(connection: duckdb.DuckDBPyConnection, paths: list[str]) -> bool:
    """Return whether all of these have a footer that says what lies in them."""
    names = ", ".join(literal(pattern(path)) for path in paths)
    try:
        connection.execute(f"select count(*) from parquet_file_metadata([{names}])").fetchall()
    except duckdb.Error:
        return False
    return True


def packed(path: str, most: float) -> str | None:
    """Return why a file cannot be unpacked to its end, if it cannot."""
    if not Path(path).is_file():
        return None  # a pipe would wait for ever
    with Path(path).open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return NO_GZIP
        size = file.seek(0, 2)
        file.seek(0)
        unpacked = 0
        try:
            with gzip.open(file) as content:
                while (piece := content.read(PIECE)) and unpacked <= most * size:
                    unpacked += len(piece)
        except (EOFError, OSError, zlib.error):
            return DAMAGED
    return None


def packed_far_away(connection: duckdb.DuckDBPyConnection, path: str) -> str | None:
    """Return why a file of a store is none that is packed, if it is none: its end is not read."""
    try:
        connection.execute(
            f"from read_csv({literal(pattern(path))}, auto_detect = false, header = false, "
            "delim = '\x01', quote = '', escape = '', compression = 'gzip', strict_mode = false, "
            "columns = {'line': 'varchar'}) limit 1"
        ).fetchall()
    except duckdb.Error as error:
        return NO_GZIP if "GZIP" in str(error) else None
    return None


def pattern(path: str) -> str:
    """Return a path for a function that takes patterns, in which its signs are themselves."""
    return "".join(f"[{sign}]" if sign in "[]*?" else sign for sign in path)
