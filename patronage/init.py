"""Making a shop one's own: its entry of the var `sources`, and a draft of its system if need be."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from patronage.contract import contract_of
from patronage.draft import Draft, write
from patronage.guess import guesses_of
from patronage.inspect import Apart, apart, best_of
from patronage.samples import database_tables, raw_tables
from patronage.source import SourceError, written


class Made(NamedTuple):
    """What `patronage init` has made of a source."""

    source: dict[str, Any]  # the entry of the var `sources`
    entry: str  # the same as a line of YAML
    system: str | None  # the line of the var `systems`; None: the system is known
    files: list[Path]  # of the draft
    notes: list[str]


def init(project: Path, source: dict[str, Any]) -> Made:
    """Return a source's entry, with the system that reads it; where none does, draft one.

    Raises SourceError or BuildError where that cannot be, with nothing written, and OSError.
    """
    settings = settings_of(project)
    names = [str(one.get("name")).lower() for one in settings["sources"] or []]
    if source["name"].lower() in names:
        raise SourceError(
            f"the var sources has a source {source['name']} already: take another name"
        )
    if system := source.get("system"):
        if system not in settings["systems"]:
            known = ", ".join(settings["systems"])
            raise SourceError(f"unknown system {system!r}; known are {known}")
        return Made(source, written(source), None, [], [])
    with apart(project) as dbt:
        told = dbt.asked("recognise", source)
        best = best_of(told["systems"])
        found = told["systems"][best]
        if found["complete"] and not found["absent"] and not found["broken"]:
            source = {"name": source["name"], "system": best, **source}
            return Made(source, written(source), None, [], [])
        return drafted(project, dbt, source, told["samples"], settings)


def drafted(
    project: Path,
    dbt: Apart,
    source: dict[str, Any],
    samples: dict[str, Any],
    settings: dict[str, Any],
) -> Made:
    """Write a draft of a system for what no other reads."""
    name = source["name"]
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        raise SourceError(
            f"no system reads it, and a new one cannot be called {name!r}: take lower-case letters,"
            " digits and _, a letter first"
        )
    if name in settings["systems"] or name == "raw":
        raise SourceError(
            f"no system reads it, and a new one cannot be called {name}: that is taken"
        )
    notes: list[str] = []
    if "://" in source.get("path", ""):
        raise SourceError("no system reads it: copy one export to a disk, and draft one from that")
    if "path" in source:
        raws, notes = raw_tables(Path(source["path"]))
    else:
        raws = database_tables(samples)
    if not raws:
        raise SourceError(*notes or [f"{source.get('path', 'the database')}: no files to read"])
    files = {raw.stem: list(raw.columns) for raw in raws}
    meanings = dbt.asked("meanings", source, files=files)
    contract = contract_of(project)
    guesses, unread = guesses_of(raws, meanings, contract)
    draft = Draft(name, guesses, meanings, contract)
    paths = write(draft, project)
    source = {"name": name, "system": name, **source}
    line = f"{name}: [{', '.join(draft.tables)}]"
    doubts = [f"{guess.table}: {note}" for guess in guesses for note in guess.notes]
    return Made(source, written(source), line, paths, [*notes, *unread, *doubts])


def settings_of(project: Path) -> dict[str, Any]:
    """Return the vars of the project's own file. Raises SourceError where it is not YAML."""
    path = project / "dbt_project.yml"
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))["vars"]
        return {"sources": settings["sources"], "systems": settings["systems"]}
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise SourceError(f"{path}: no YAML with the vars sources and systems") from error


def write_settings(project: Path, made: Made) -> None:
    """Put an entry, and the line of a new system, into dbt_project.yml; all else stays as it is.

    Raises SourceError where that cannot be done for certain; then nothing is written.
    """
    path = (project / "dbt_project.yml").resolve()
    before = path.read_text(encoding="utf-8")
    text = added(before, "sources", made.entry)
    if text and made.system:
        text = added(text, "systems", made.system)
    right = yaml.safe_load(before)
    right["vars"]["sources"] = [*right["vars"]["sources"], made.source]
    if made.system:
        right["vars"]["systems"] |= yaml.safe_load(made.system)
    try:
        is_right = text is not None and yaml.safe_load(text) == right
    except yaml.YAMLError:
        is_right = False
    if text is None or not is_right:
        raise SourceError(f"{path} is written in another way than is known here: paste the lines")
    new = path.with_name(".dbt_project.yml.new")
    with new.open("x", encoding="utf-8", newline="") as file:
        file.write(text)
    shutil.copymode(path, new)
    os.replace(new, path)


def added(text: str, var: str, line: str) -> str | None:
    """Return the project's settings with one more line at the end of a var's block.

    None: the var is no block of lines.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    block = re.search(
        rf"^  {var}:[ \t]*(#.*)?\r?\n((?:[ \t]*(?:#.*)?\r?\n|    .*\r?\n)*)", text, re.MULTILINE
    )
    if not block or not (body := block[2].rstrip(" \t\r\n")):
        return None
    own = [
        one for one in body.splitlines() if re.match("    ", one)
    ]  # comments further out are not
    place = block.start(2) + block[2].rindex(own[-1]) + len(own[-1]) if own else None
    return None if place is None else f"{text[:place]}{end}    {line}{text[place:]}"
