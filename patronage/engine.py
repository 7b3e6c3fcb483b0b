"""What dbt's connection to DuckDB needs beyond a profile: the salt, the zone, files of one's own.

dbt-duckdb loads `Plugin` by the name of this module, which `profiles/profiles.yml` gives.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from duckdb import DuckDBPyConnection, list_type
from duckdb.sqltypes import DOUBLE, VARCHAR

from patronage.database import bounds
from patronage.opening import unreadable
from patronage.parquet import damaged
from patronage.stores import extension_file, reach
from patronage.workbook import workbook

PRIVATE = 0o077  # a mask: files are 0600, folders 0700
EXTENSIONS = {  # DuckDB's readers, each a Python package of an extra
    **{kind: f"{kind}_scanner" for kind in ("postgres", "mysql", "sqlite")},
    "excel": "excel",
    "s3": "httpfs",
}


class Plugin(BasePlugin):
    """Sets up each connection that dbt opens."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Have what is written from here on readable by its owner alone; bound the memory."""
        os.umask(PRIVATE)
        target = Path(get_flags().PROJECT_DIR, get_flags().TARGET_PATH or "target")
        if (target / "partial_parse.msgpack").is_file():  # what dbt has made before it connects
            target.chmod(0o777 & ~PRIVATE)
        config |= bounds()

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Keep all connections to UTC, once: later the settings are locked (macro lock_engine)."""
        conn.execute("set global TimeZone = 'UTC'")
        reach(conn)
        # what the engine's readers do not tell (macros xlsx_heads, parquet_fault and
        # unreadable_files)
        for name, function, types in (
            ("patronage_workbook", workbook, [VARCHAR, DOUBLE]),
            ("patronage_damaged", damaged, [list_type(VARCHAR)]),
            ("patronage_unreadable", unreadable, [list_type(VARCHAR), DOUBLE]),
        ):
            conn.create_function(
                name, function, types, VARCHAR, null_handling="special", side_effects=True
            )

    def configure_cursor(self, cursor: DuckDBPyConnection) -> None:
        """Hand over, as variables of the session, the salt, which no file holds so, and readers."""
        cursor.execute("set variable patronage_salt = ?", [os.environ.get("PATRONAGE_SALT", "")])
        # one statement for all that are installed: dbt opens a cursor for each of its steps
        readers = {kind: extension_file(name) for kind, name in EXTENSIONS.items()}
        cursor.execute("set variable patronage_readers = ?", [readers])
