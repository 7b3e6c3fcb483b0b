"""A PostgreSQL server for tests: of their own, without a port, and asking for a password."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "open sesame"
UNATTENDED = {"LC_ALL": "C", "PATH": os.environ.get("PATH", "")}


class PostgresServer:
    """A server that runs, and a client of it."""

    def __init__(self, folder: Path) -> None:
        """Speak to the server whose socket is in this folder."""
        self.folder = folder
        self.address = f"host={folder} user=shop dbname=postgres"
        self.client = ["psql", "-h", str(folder), "-U", "shop", "-d", "postgres"]
        self.environment = UNATTENDED | {"PGPASSWORD": PASSWORD}

    def run(self, statement: str) -> str:
        """Run statements; return what comes out, columns parted by |."""
        return subprocess.run(
            [*self.client, "-v", "ON_ERROR_STOP=1", "-qAt"],
            input=statement, env=self.environment, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    def answers(self) -> bool:
        """Whether it is ready."""
        return not subprocess.run(
            [*self.client, "-qc", ""], env=self.environment, capture_output=True
        ).returncode

    @contextlib.contextmanager
    def session(self, statement: str) -> Iterator[subprocess.Popen]:
        """A client that has run a statement and holds its transaction open until the end."""
        client = subprocess.Popen(
            [*self.client, "-qAt"], env=self.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        try:
            client.stdin.write(f"begin; {statement}; select 'ready';\n")
            client.stdin.flush()
            while client.stdout.readline() not in ("ready\n", ""):
                pass
            yield client
        finally:
            client.communicate("rollback;\n", timeout=30)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[PostgresServer]:
    """Start a server with its data in a folder, and stop it at the end."""
    if not shutil.which("initdb"):
        pytest.skip("PostgreSQL is not installed")
    folder.chmod(0o755)
    for parent in [*folder.parents][:3]:
        parent.chmod(parent.stat().st_mode | 0o011)
    # the server refuses to run as root
    user: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
    if user:
        shutil.chown(folder, **user)
    data, secret = folder / "data", folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    subprocess.run(
        [
            *("initdb", "--pgdata", str(data), "--username", "shop", "--auth", "scram-sha-256"),
            *("--pwfile", str(secret), "--no-sync"),
        ],
        check=True,
        capture_output=True,
        env=UNATTENDED,
        cwd=folder,
        **user,
    )
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-F"]
    server = subprocess.Popen(
        ["postgres", "-D", str(data), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=UNATTENDED,
        cwd=folder,
        **user,
    )
    try:
        found = PostgresServer(folder)
        for _ in range(100):
            if found.answers():
                break
            time.sleep(0.1)
        yield found
    finally:
        server.terminate()
        server.wait(30)
