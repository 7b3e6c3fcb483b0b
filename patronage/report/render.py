"""Pages and the published file become one HTML file that loads nothing and sends nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from patronage.report.chart import NARROW, WIDTHS, svg_of
from patronage.report.errors import ReportError
from patronage.report.pages import OF_ROWS, Chart, Kpi, Page, Part
from patronage.report.published import Published
from patronage.report.theme import Theme, as_css
from patronage.report.values import KINDS, kind_of_column, raw, text
from patronage.text import printable


@dataclass(frozen=True)
class Cell:
    """A value of a table."""

    text: str
    raw: str | None  # as a program reads it, where that is another text
    is_number: bool
    is_date: bool = False


@dataclass(frozen=True)
class Table:
    """The numbers of a chart."""

    heads: list[Cell]  # as people read them
    rows: list[list[Cell]]
    open_rows: frozenset[int]  # of a period that is not over


@dataclass(frozen=True)
class Shown:
    """A number or chart as the template shows it."""

    key: str
    title: str
    meanings: list[tuple[str, str]]  # schema.table.column, what it means
    note: str
    text: str = ""  # below the title, or below the value
    value: str = ""
    unit: str = ""
    size: str = ""
    empty: str = ""
    wide: Markup | None = None
    narrow: Markup | None = None
    table: Table | None = None


@dataclass
class ShownPage:
    """A page as the template shows it."""

    name: str
    title: str
    lead: str
    kpis: list[Shown] = field(default_factory=list)
    charts: list[Shown] = field(default_factory=list)


class Renderer:
    """Renders pages from a published file; remembers which columns they use."""

    def __init__(self, published: Published, theme: Theme) -> None:
        """Render in these colours."""
        self.published, self.theme = published, theme
        self.facts = published.facts
        self.used: dict[str, str] = {}

    def html(self, pages: list[Page]) -> str:
        """The whole file. Raises ReportError."""
        shown, hidden = [], []
        for page in pages:
            if self.published.lacks(page.file, page.needs):
                hidden.append((page.title, self.facts.filled(page.without)))
            else:
                shown.append(self.page(page))
        style = as_css(self.theme) + resource("report.css")
        script, early = resource("report.js"), "document.documentElement.className='js'"
        environment = Environment(
            autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        return environment.from_string(resource("template.html")).render(
            pages=shown,
            hidden=hidden,
            facts=self.facts,
            built=text(self.facts.built_at),
            as_of=text(self.facts.as_of),
            start=text(self.facts.start),
            censored=text(self.facts.censored),
            glossary=self.glossary(),
            style=Markup(style),
            early=Markup(early),
            script=Markup(script),
            policy=Markup(policy(style, early, script)),
        )

    def page(self, page: Page) -> ShownPage:
        """A page with its numbers and charts. Raises ReportError."""
        shown = ShownPage(page.name, page.title, self.facts.filled(page.lead))
        for place, kpi in enumerate(page.kpis, 1):
            shown.kpis.append(self.kpi(kpi, f"{page.name}-k{place}"))
        for place, chart in enumerate(page.charts, 1):
            shown.charts.append(self.chart(chart, f"{page.name}-c{place}"))
        return shown

    def meanings(self, part: Part) -> list[tuple[str, str]]:
        """What the columns of a part mean. Raises ReportError for one that is not published."""
        found = [(column, self.published.meaning(part, column)) for column in part.columns]
        self.used.update(found)
        return found

    def kpi(self, kpi: Kpi, key: str) -> Shown:
        """A number; without a row or a value it is a dash. Raises ReportError."""
        names, rows = self.published.rows(kpi, most=1)
        if "value" not in names:
            raise ReportError(f"{kpi.where}: sql gives no column value")
        values = rows[0] if rows else (None,) * len(names)
        found: dict[str, Any] = dict(zip(names, values, strict=True))
        value = text(found["value"], kpi.kind, cents=False)
        is_money = kpi.kind == "money" and found["value"] is not None
        return Shown(
            key=key,
            title=self.facts.filled(kpi.label),
            meanings=self.meanings(kpi),
            note=self.facts.filled(kpi.note),
            text=self.under(kpi, found),
            value=value,
            unit=self.facts.currency if is_money else "",
        )

    def under(self, kpi: Kpi, found: dict[str, Any]) -> str:
        """The text below a number, with values of other columns in it. Raises ReportError."""

        def value(place: re.Match[str]) -> str:
            name = place[1]
            if name not in found:
                raise ReportError(f"{kpi.where}: under names {name}, which sql does not give")
            kind = kind_of_column(name, kpi.kinds)
            said = text(found[name], kind, cents=False)
            is_money = kind == "money" and found[name] is not None
            return f"{said} {self.facts.currency}".rstrip() if is_money else said

        return re.sub(r"\{(\w+)\}", value, self.facts.filled(kpi.under))

    def chart(self, chart: Chart, key: str) -> Shown:
        """A chart with its numbers, or a table. Raises ReportError."""
        names, rows = self.published.rows(chart)
        wide = narrow = None
        if rows and chart.vl is not None:
            width = WIDTHS[chart.size]
            wide = Markup(svg_of(chart, self.facts, names, rows, width, f"{key}w"))
            narrow = Markup(svg_of(chart, self.facts, names, rows, NARROW, f"{key}n"))
        return Shown(
            key=key,
            title=self.facts.filled(chart.title),
            meanings=self.meanings(chart),
            note=self.facts.filled(chart.note),
            text=self.facts.filled(chart.subtitle),
            size=chart.size,
            empty="" if rows else self.facts.filled(chart.empty),
            wide=wide,
            narrow=narrow,
            table=self.table(chart, names, rows) if rows else None,
        )

    def cell(self, value: Any, kind: str, with_unit: bool) -> Cell:
        """A value as a cell; amounts have the currency in their column's head, or with them."""
        said, program = text(value, kind), raw(value)
        is_number = not isinstance(value, str | bool | date)
        if with_unit and kind == "money" and value is not None:
            said = f"{said} {self.facts.currency}".rstrip()
        return Cell(said, None if said == program else program, is_number, isinstance(value, date))

    def table(self, chart: Chart, names: list[str], rows: list[tuple[Any, ...]]) -> Table:
        """The rows of a query as texts. Raises ReportError."""
        of_names = {name: kind_of_column(name, chart.kinds) for name in names}
        by_row = {name: found[1] for name, kind in of_names.items()
                  if (found := OF_ROWS.fullmatch(kind))}  # fmt: skip
        if unknown := [kind for kind in by_row.values() if kind not in names]:
            raise ReportError(f"{chart.where}: kinds names {unknown[0]}, which sql does not give")
        shown = [name for name in names if name not in by_row.values()]
        cells = []
        for row in rows:
            values = dict(zip(names, row, strict=True))
            kinds = {name: values[by_row[name]] if name in by_row else of_names[name]
                     for name in shown}  # fmt: skip
            if unknown := [kind for kind in kinds.values() if kind not in KINDS]:
                raise ReportError(f"{chart.where}: sql gives the kind {printable(str(unknown[0]))}")
            cells.append([self.cell(values[n], kinds[n], n in by_row) for n in shown])
        heads = []
        for place, name in enumerate(shown):
            is_money = of_names[name] == "money" and self.facts.currency
            head = name.replace("_", " ") + (f" ({self.facts.currency})" if is_money else "")
            heads.append(Cell(head, name, all(row[place].is_number for row in cells)))
        flag = names.index("is_complete") if "is_complete" in names else None
        is_open = (flag is not None and row[flag] is False for row in rows)
        return Table(heads, cells, frozenset(i for i, one in enumerate(is_open) if one))

    def glossary(self) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
        """Of each table used: its name, what it is, and its columns with names and meanings."""
        tables: dict[str, list[tuple[str, str, str]]] = {}
        for column, meaning in sorted(self.used.items()):
            table, name = column.rsplit(".", 1)
            tables.setdefault(table, []).append((column, name, meaning))
        return [(name, self.published.tables[name], columns) for name, columns in tables.items()]


def resource(name: str) -> str:
    """A file that lies beside this one."""
    return files("patronage.report").joinpath(name).read_text(encoding="utf-8")


def policy(style: str, *scripts: str) -> str:
    """What the page may do: apply this style and run these scripts, and load nothing."""
    hashes = " ".join(map(source_of, scripts))
    return (
        f"default-src 'none'; style-src {source_of(style)}; script-src {hashes}; "
        "base-uri 'none'; form-action 'none'"
    )


def source_of(text: str) -> str:
    """A style or script as a policy names it, by its hash."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
