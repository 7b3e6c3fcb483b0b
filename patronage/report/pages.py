"""The pages of a report as somebody wrote them: `NN_name.yml`, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from patronage.report.errors import ReportError
from patronage.report.values import KINDS
from patronage.text import printable

FOLDER = "dashboards"
THEME_FILE = "theme.yml"
FILE = re.compile(r"[0-9]{2}_([a-z][a-z0-9_]*)\.yml")
OF_ROWS = re.compile(r"\{(\w+)\}")  # a kind that another column of the row says
SIZES = ("third", "half", "full")
COLUMN = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*){2}")
TABLE = re.compile(r"[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*")


@dataclass(frozen=True)
class Part:
    """What a number and a chart have in common: where it comes from, and what it means."""

    where: str  # file and title, for messages
    columns: tuple[str, ...]  # schema.table.column
    sql: str
    kinds: dict[str, str] = field(default_factory=dict)  # of the query's columns
    note: str = ""


@dataclass(frozen=True)
class Kpi(Part):
    """One number: the column `value` of a query's only row."""

    label: str = ""
    kind: str = "text"
    under: str = ""  # {column} is the value of another column


@dataclass(frozen=True)
class Chart(Part):
    """A chart in Vega-Lite, or without one a table."""

    title: str = ""
    subtitle: str = ""
    size: str = "half"
    vl: dict[str, Any] | None = None
    narrow: dict[str, Any] = field(default_factory=dict)  # replaces keys of vl on a phone
    empty: str = "Nothing to show yet."


@dataclass(frozen=True)
class Page:
    """A page, as its file says."""

    name: str  # of the file, without its number
    file: str
    title: str
    lead: str
    needs: tuple[str, ...]  # `schema.table or …`: without a row for each, the page is left out
    without: str  # why it is left out, in a sentence
    kpis: tuple[Kpi, ...]
    charts: tuple[Chart, ...]


def read_pages(folder: Path) -> list[Page]:
    """Return the pages of a folder, in the order of their names. Raises ReportError."""
    pages = []
    for file in sorted(folder.glob("*.yml")) if folder.is_dir() else []:
        if file.name == THEME_FILE:
            continue
        named = FILE.fullmatch(file.name)
        if not named:
            raise ReportError(f"{file.name}: a page's file is named like 12_service.yml")
        if named[1] in (page.name for page in pages) or named[1] == "definitions":
            raise ReportError(f"{file.name}: there is another page of this name")
        pages.append(page_of(named[1], file.name, read_yaml(file)))
    return pages


def read_yaml(file: Path) -> Any:
    """What a YAML file says. Raises ReportError."""
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or next(iter(str(error).splitlines()), "")
        raise ReportError(f"{file.name}{place}: no YAML ({printable(reason)})") from None
    except OSError as error:
        raise ReportError(f"{file.name} cannot be read: {error.strerror}") from None


def page_of(name: str, file: str, said: Any) -> Page:
    """A page from what its file says. Raises ReportError."""
    taken = Taken(file, said, {"title", "lead", "needs", "without", "kpis", "charts"})
    needs = taken.texts("needs")
    for need in needs:
        if not all(map(TABLE.fullmatch, need.split(" or "))):
            raise ReportError(f"{file}: needs lists tables as schema.table, not {need!r}")
    if needs and not taken.said.get("without"):
        raise ReportError(f"{file}: a page with needs says in `without` why it is left out")
    return Page(
        name=name,
        file=file,
        title=taken.text("title", needed=True),
        lead=taken.text("lead", needed=True),
        needs=needs,
        without=taken.text("without"),
        kpis=tuple(kpi_of(file, one) for one in taken.parts("kpis")),
        charts=tuple(chart_of(file, one) for one in taken.parts("charts")),
    )


def kpi_of(file: str, said: Any) -> Kpi:
    """A number of a page. Raises ReportError."""
    keys = {"label", "kind", "under"} | PART_KEYS
    taken = Taken(titled(file, said, "label"), said, keys)
    kind = taken.text("kind") or "text"
    if kind not in KINDS:
        raise ReportError(f"{taken.where}: kind is one of {', '.join(KINDS)}, not {kind!r}")
    label = taken.text("label", needed=True)
    return Kpi(**part_of(taken), label=label, kind=kind, under=taken.text("under"))


def chart_of(file: str, said: Any) -> Chart:
    """A chart or table of a page. Raises ReportError."""
    keys = {"title", "subtitle", "size", "vl", "narrow", "empty"} | PART_KEYS
    taken = Taken(titled(file, said, "title"), said, keys)
    size = taken.text("size") or "half"
    if size not in SIZES:
        raise ReportError(f"{taken.where}: size is one of {', '.join(SIZES)}, not {size!r}")
    if "narrow" in said and "vl" not in said:
        raise ReportError(f"{taken.where}: narrow is for a chart, and a chart has vl")
    return Chart(
        **part_of(taken),
        title=taken.text("title", needed=True),
        subtitle=taken.text("subtitle"),
        size=size,
        vl=taken.mapping("vl") if "vl" in said else None,
        narrow=taken.mapping("narrow"),
        empty=taken.text("empty") or Chart.empty,
    )


PART_KEYS = {"columns", "sql", "kinds", "note"}


def part_of(taken: Taken) -> dict[str, Any]:
    """What numbers and charts have in common, as arguments. Raises ReportError."""
    columns = taken.texts("columns")
    if not columns:
        raise ReportError(f"{taken.where}: columns says which columns the numbers come from")
    for column in columns:
        if not COLUMN.fullmatch(column):
            raise ReportError(f"{taken.where}: a column is schema.table.column, not {column!r}")
    kinds = taken.mapping("kinds")
    for column, kind in kinds.items():
        if kind not in KINDS and not (isinstance(kind, str) and OF_ROWS.fullmatch(kind)):
            raise ReportError(
                f"{taken.where}: the kind of {column} is one of {', '.join(KINDS)}, not {kind!r}"
            )
    return {
        "where": taken.where,
        "columns": columns,
        "sql": taken.text("sql", needed=True),
        "kinds": kinds,
        "note": taken.text("note"),
    }


def titled(file: str, said: Any, key: str) -> str:
    """A file and a part of it, for messages."""
    title = said.get(key) if isinstance(said, dict) else None
    return f"{file}, {printable(title, 80)!r}" if isinstance(title, str) else file


class Taken:
    """A mapping of a page, of which only known keys of the right kind are taken."""

    def __init__(self, where: str, said: Any, keys: set[str]) -> None:
        """Raise ReportError for what is no mapping or has another key."""
        if not isinstance(said, dict):
            raise ReportError(f"{where}: a mapping of {', '.join(sorted(keys))} is needed")
        if unknown := [str(key) for key in said if key not in keys]:
            raise ReportError(f"{where}: unknown key {printable(unknown[0], 80)!r}")
        self.where, self.said = where, said

    def text(self, key: str, needed: bool = False) -> str:
        """A text, blanks around it taken off. Raises ReportError."""
        value = self.said.get(key)
        if value is None and not needed:
            return ""
        if not isinstance(value, str) or (needed and not value.strip()):
            raise ReportError(f"{self.where}: {key} must be a text")
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts. Raises ReportError."""
        value = self.said.get(key) or []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ReportError(f"{self.where}: {key} must be a list of texts")
        return tuple(value)

    def parts(self, key: str) -> list[Any]:
        """A list of anything. Raises ReportError."""
        value = self.said.get(key) or []
        if not isinstance(value, list):
            raise ReportError(f"{self.where}: {key} must be a list")
        return value

    def mapping(self, key: str) -> dict[str, Any]:
        """A mapping by texts. Raises ReportError."""
        value = self.said.get(key) or {}
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value):
            raise ReportError(f"{self.where}: {key} must be a mapping")
        return value
