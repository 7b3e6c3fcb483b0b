"""A Superset of its own for the tests: metadata in a folder that goes with it, random secrets."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

ENVIRONMENT = Path(__file__).resolve().parents[2] / ".venv-bi"
SETTINGS = """
SECRET_KEY = {secret!r}
SQLALCHEMY_DATABASE_URI = "sqlite:///{folder}/superset.db"
DATA_DIR = "{folder}"
WTF_CSRF_ENABLED = True
TALISMAN_ENABLED = False
RATELIMIT_ENABLED = False
SILENCE_FAB = True
"""


class Superset:
    """A client of its REST API that has logged in."""

    def __init__(self, address: str, password: str) -> None:
        """Log in as the administrator, with a token for changes (CSRF)."""
        self.address = address
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy stands between
        user = {"username": "admin", "password": password, "provider": "db", "refresh": False}
        token = self.post("security/login", user)["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.session.headers["X-CSRFToken"] = self.get("security/csrf_token/")["result"]
        self.session.headers["Referer"] = address

    def get(self, path: str) -> dict[str, Any]:
        """What is at a path of the API."""
        return self._answer(self.session.get(f"{self.address}/api/v1/{path}", timeout=120))

    def post(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        """Post to a path of the API and return the answer."""
        url = f"{self.address}/api/v1/{path}"
        return self._answer(self.session.post(url, json=content, timeout=120))

    @staticmethod
    def _answer(response: requests.Response) -> dict[str, Any]:
        assert response.ok, f"{response.url}: {response.status_code} {response.text[:2000]}"
        return response.json()

    def add_file(self, file: Path) -> int:
        """Register a DuckDB file, to be read only; return its id."""
        extra = {"engine_params": {"connect_args": {"read_only": True}}}
        database = {
            "database_name": "shop",
            "sqlalchemy_uri": f"duckdb:///{file}",
            "expose_in_sqllab": True,
            "allow_dml": True,  # that nothing can be written is up to the file
            "extra": json.dumps(extra),
        }
        return self.post("database/", database)["id"]

    def add_dataset(self, database: int, schema: str, table: str) -> dict[str, Any]:
        """Make a dataset of a table; return what Superset then knows of it."""
        asked = {"database": database, "schema": schema, "table_name": table}
        return self.get(f"dataset/{self.post('dataset/', asked)['id']}")["result"]

    def chart(self, dataset: dict[str, Any], kind: str, query: dict[str, Any]) -> list[dict]:
        """Save a chart of a dataset, and return the rows that it draws."""
        source = {"id": dataset["id"], "type": "table"}
        context = {
            "datasource": source,
            "queries": [{"row_limit": 50_000, "filters": [], "orderby": []} | query],
            "form_data": {"viz_type": kind, "datasource": f"{dataset['id']}__table"},
            "result_format": "json",
            "result_type": "full",
        }
        made = self.post(
            "chart/",
            {
                "slice_name": f"{dataset['table_name']} as {kind}",
                "viz_type": kind,
                "datasource_id": dataset["id"],
                "datasource_type": "table",
                "params": json.dumps(context["form_data"]),
                "query_context": json.dumps(context),
            },
        )
        (result,) = self.get(f"chart/{made['id']}/data/?force=true")["result"]
        assert result["error"] is None, result["error"]
        assert result["rejected_filters"] == []  # a filter on no column is left out without a word
        return result["data"]

    def ask(self, database: int, sql: str) -> requests.Response:
        """Run a statement in its SQL Lab."""
        return self.session.post(
            f"{self.address}/api/v1/sqllab/execute/",
            json={"database_id": database, "sql": sql, "runAsync": False},
            timeout=120,
        )


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Superset]:
    """Start Superset with all that it writes in a folder, and stop it at the end."""
    folder.chmod(0o700)
    settings = folder / "settings.py"
    settings.write_text(SETTINGS.format(secret=secrets.token_urlsafe(42), folder=folder))
    password = secrets.token_urlsafe(24)
    environment = {
        "PATH": f"{ENVIRONMENT / 'bin'}:{os.environ.get('PATH', '')}",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "FLASK_APP": "superset",
        "SUPERSET_CONFIG_PATH": str(settings),
        "SUPERSET_HOME": str(folder),
    }
    program = str(ENVIRONMENT / "bin/superset")
    with (folder / "log").open("w+") as log:
        common: dict[str, Any] = {
            "cwd": folder, "env": environment, "stdout": log, "stderr": subprocess.STDOUT,
        }  # fmt: skip
        admin = [
            "--username",
            "admin",
            "--firstname",
            "a",
            "--lastname",
            "b",
            "--email",
            "a@b.example",
        ]
        for command in (["db", "upgrade"], ["fab", "create-admin", *admin], ["init"]):
            given = f"{password}\n{password}\n" if "create-admin" in command else None
            ended = subprocess.run([program, *command], input=given, text=True, **common)
            assert ended.returncode == 0, (folder / "log").read_text()[-3000:]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen(
            [program, "run", "--host", "127.0.0.1", "--port", str(port), "--with-threads"],
            **common,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(600):
                assert server.poll() is None, (folder / "log").read_text()[-3000:]
                with contextlib.suppress(requests.ConnectionError):
                    if requests.get(f"{address}/health", timeout=30).ok:
                        break
                time.sleep(0.2)
            yield Superset(address, password)
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
