"""Raw files in an object store (s3://): DuckDB's reader of them, with the usual credentials."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from patronage.database import literal


@cache
def extension_file(name: str) -> str | None:
    """Return the file of an extension of DuckDB, if its Python package is installed."""
    spec = find_spec(f"duckdb_extension_{name}")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "extensions" / f"v{duckdb.__version__}"
    file = folder / f"{name}.duckdb_extension"
    return str(file) if file.is_file() else None


def reach(connection: duckdb.DuckDBPyConnection) -> None:
    """Let a connection read s3:// paths, if the extra `s3` is installed.

    The engine itself takes AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and
    AWS_REGION from the environment, so they stand in no statement. AWS_ENDPOINT_URL names a store
    that is not Amazon's; its buckets are in the path, not in the host's name.
    """
    reader = extension_file("httpfs")
    if reader is None:
        return
    connection.execute(f"load {literal(reader)}")
    if place := os.environ.get("AWS_ENDPOINT_URL"):
        url = urlsplit(place)
        connection.execute(f"set global s3_endpoint = {literal(url.netloc + url.path.rstrip('/'))}")
        connection.execute(f"set global s3_use_ssl = {url.scheme != 'http'}")
        connection.execute("set global s3_url_style = 'path'")
