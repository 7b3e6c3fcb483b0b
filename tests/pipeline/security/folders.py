"""What the tests of the warehouse folder share."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import click.testing
import pytest
from conftest import unset_settings

from patronage.cli import main


def settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name a warehouse folder and raw files to the commands that are not there yet."""
    unset_settings(monkeypatch)
    monkeypatch.setenv("PATRONAGE_SALT", "pepper")
    monkeypatch.setenv("PATRONAGE_DATA", str(tmp_path / "none"))
    monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(tmp_path / "warehouse"))
    return tmp_path / "warehouse"


def told(*arguments: str) -> str:
    """Run a command that must fail, in a line and without a traceback; return what it says."""
    result = click.testing.CliRunner().invoke(main, arguments)
    assert isinstance(result.exception, SystemExit), (arguments, result.exception, result.output)
    assert result.exit_code == 1
    lines = [line for line in result.stderr.splitlines() if "nothing was published" not in line]
    assert len(lines) == 1, result.stderr
    return lines[0]


def tree(folder: Path) -> dict[str, str]:
    """Everything in a folder: links by where they lead, files by their content."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = os.readlink(path)
        else:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "/"
    return found
