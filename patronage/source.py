"""A shop's entry of the var `sources`: made of what the command line gives, written, and used."""

from __future__ import annotations

import re
from pathlib import Path
from shlex import quote
from typing import Any

from patronage.text import json_text


class SourceError(Exception):
    """A source cannot be what was asked for; the message says why in one line."""


def entry_of(
    name: str,
    folder: Path | str | None,
    *,
    attach: str | None = None,
    schema: str | None = None,
    system: str | None = None,
    timezone: str | None = None,
    times: str | None = None,
) -> dict[str, Any]:
    """Return an entry of the var `sources`, with the settings that are given alone.

    Raises SourceError where it is neither a folder nor a database, or both, or its name is none.
    """
    if not re.fullmatch("[A-Za-z0-9][A-Za-z0-9_-]{0,39}", name):
        raise SourceError(f"{name!r}: a name has letters, digits, _ and - only, 40 at most")
    if (folder is None) == (attach is None):
        raise SourceError("name a folder of raw files, or a database with --attach")
    if schema and not attach:
        raise SourceError("--schema goes with --attach")
    path = str(folder.resolve()) if isinstance(folder, Path) else folder
    where = {"path": path} if path else {"attach": attach, "schema": schema}
    settings = {"timezone": timezone, "naive_times": times}
    entry = {"name": name, "system": system, **where, **settings}
    return {setting: value for setting, value in entry.items() if value is not None}


def written(entry: dict[str, Any]) -> str:
    """Return an entry as a line of YAML; whatever stands in a value, it stays a text."""
    pairs = (f"{setting}: {plain(value)}" for setting, value in entry.items())
    return "- {" + ", ".join(pairs) + "}"


def plain(value: Any) -> str:
    """Return a value for YAML: plain words as they are, all else in quotes."""
    words = r"(?!(?:y|n|yes|no|on|off|true|false|null)$)[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z0-9_]+)*"
    is_plain = isinstance(value, str) and re.fullmatch(words, value, re.IGNORECASE)
    return value if is_plain else json_text(value)


def build_command(entry: dict[str, Any]) -> str:
    """Return the command that builds a warehouse of this source alone."""
    if "attach" in entry:
        return f"patronage build --vars {quote(json_text({'sources': [entry]}))}"
    names = {"path": "DATA", "system": "SYSTEM", "timezone": "TIMEZONE", "naive_times": "TIMES"}
    settings = [
        f"PATRONAGE_{name}={quote(entry[setting])}"
        for setting, name in names.items()
        if setting in entry
    ]
    return " ".join([*settings, "patronage build"])
