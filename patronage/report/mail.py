"""The report as pictures and texts, for a mail on Monday: a folder of PNG, or one PDF."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vl_convert

from patronage.folder import kind_of, open_plain, open_private
from patronage.report.chart import FONT, VERSION, WIDTHS, coloured, escaped, failed, vega_lite
from patronage.report.errors import ReportError
from patronage.report.pages import Chart, Page
from patronage.report.pdf import pdf_of
from patronage.report.published import Published
from patronage.report.render import Renderer
from patronage.report.theme import Theme
from patronage.report.values import text

TEXTS = "report.txt"
SHEET = (595, 842)  # A4, in points
MARGIN, GAP = 36, 14
COLUMNS = {"third": 3, "half": 2, "full": 1}


@dataclass(frozen=True)
class Drawn:
    """A chart that has something to show, in the colours of paper."""

    chart: Chart
    title: str
    subtitle: str
    spec: dict[str, Any]


@dataclass(frozen=True)
class PageDrawn:
    """A page's numbers as texts, and its charts."""

    page: Page
    kpis: list[tuple[str, str, str]]  # label, value with its unit, text below
    charts: list[Drawn]


def chosen(published: Published, pages: list[Page], names: Iterable[str]) -> list[Page]:
    """The pages of these names (none: all) that have data. Raises ReportError."""
    known = {page.name: page for page in pages}
    if unknown := [name for name in names if name not in known]:
        raise ReportError(f"no page is called {unknown[0]!r}: there are {', '.join(known)}")
    wanted = [known[name] for name in names] or pages
    return [page for page in wanted if not published.lacks(page.file, page.needs)]


def drawn(published: Published, theme: Theme, page: Page) -> PageDrawn:
    """A page, ready to be written on paper. Raises ReportError."""
    renderer, facts = Renderer(published, theme), published.facts
    kpis = [renderer.kpi(kpi, "") for kpi in page.kpis]
    charts = []
    for chart in page.charts:
        names, rows = published.rows(chart)
        if chart.vl is None or not rows:
            continue
        spec = vega_lite(chart, facts, names, rows, WIDTHS[chart.size])
        title, subtitle = facts.filled(chart.title), facts.filled(chart.subtitle)
        charts.append(Drawn(chart, title, subtitle, coloured(spec, theme["light"])))
    texts = [(kpi.title, f"{kpi.value} {kpi.unit}".rstrip(), kpi.text) for kpi in kpis]
    return PageDrawn(page, texts, charts)


def write_png(
    published: Published, theme: Theme, pages: list[Page], folder: Path, force: bool = False
) -> list[Path]:
    """Write charts as PNG and numbers as text into a new folder; return the files.

    An old folder is written into only with `force`. Raises ReportError, FolderError, OSError.
    """
    if kind_of(folder) not in (None, "folder"):
        raise ReportError(f"{folder} is no folder")
    if kind_of(folder) and any(folder.iterdir()) and not force:
        raise ReportError(
            f"{folder} is not empty: name a new folder, or write over it with --force"
        )
    lines, pictures = [f"Customer report as of {text(published.facts.as_of)}"], {}
    for shown in (drawn(published, theme, page) for page in pages):
        lines += ["", shown.page.title]
        lines += [
            f"  {label}: {value}" + (f" ({under})" if under else "")
            for label, value, under in shown.kpis
        ]
        for place, one in enumerate(shown.charts, 1):
            name = f"{shown.page.file.removesuffix('.yml')}_{place}.png"
            pictures[name] = png_of(one)
            lines.append(f"  {name}: {one.title}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        write_bytes(folder / name, picture)
    with open_private(folder / TEXTS) as file:
        file.write("\n".join(lines) + "\n")
    return [folder / name for name in (TEXTS, *pictures)]


def png_of(one: Drawn) -> bytes:
    """A chart with its title as PNG, at twice its size. Raises ReportError."""
    wide = 90 if one.chart.size == "half" else 60 if one.chart.size == "third" else 190
    title = {"text": one.title, "subtitle": textwrap.wrap(one.subtitle, wide), "anchor": "start",
             "fontSize": 15, "subtitleFontSize": 12, "offset": 10}  # fmt: skip
    spec = {**one.spec, "title": title, "background": "#ffffff", "padding": 14}
    try:
        picture: bytes = vl_convert.vegalite_to_png(spec, VERSION, scale=2, allowed_base_urls=[])
    except ValueError as error:
        raise failed(one.chart, error) from None
    return picture


def write_bytes(file: Path, content: bytes) -> None:
    """Write a file, the user's alone; a link is not followed. Raises FolderError, OSError."""
    descriptor = open_plain(file, os.O_WRONLY | os.O_CREAT)
    os.fchmod(descriptor, 0o600)
    os.truncate(descriptor, 0)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)


def write_pdf(
    published: Published, theme: Theme, pages: list[Page], file: Path, force: bool = False
) -> Path:
    """Write numbers and charts as one PDF of A4 sheets; tables are left to the report.

    Raises ReportError, FolderError, OSError.
    """
    if kind_of(file) and not force:
        raise ReportError(f"{file} is there: name another file, or write over it with --force")
    sheets: list[Sheet] = []
    as_of = text(published.facts.as_of)
    for shown in (drawn(published, theme, page) for page in pages):
        sheets += sheets_of(shown, theme["light"], as_of)
    write_bytes(file, pdf_of([sheet.svg() for sheet in sheets]))
    return file


class Sheet:
    """A sheet of paper that fills from its top, as an SVG."""

    def __init__(self, colours: dict[str, str], head: str) -> None:
        """A sheet with a line at its top."""
        self.colours, self.parts = colours, []
        self.y = float(MARGIN)
        self.words(MARGIN, self.y, head, 8, "soft")
        self.y += 20

    def room(self) -> float:
        """Points left below."""
        return SHEET[1] - MARGIN - self.y

    def words(
        self, x: float, y: float, said: str, size: float, colour: str, bold: bool = False
    ) -> None:
        """A line of text, its baseline a size below y."""
        weight = ' font-weight="bold"' if bold else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y + size:.1f}" font-size="{size}" font-family="{FONT}" '
            f'fill="{self.colours[colour]}"{weight}>{escaped(said)}</text>'
        )

    def lines(self, x: float, y: float, said: str, size: float, width: float, colour: str,
              bold: bool = False) -> float:  # fmt: skip
        """A text over as many lines as it needs in a width; return their height."""
        found = textwrap.wrap(said, max(8, int(width / (size * (0.56 if bold else 0.5)))))
        for place, line in enumerate(found):
            self.words(x, y + place * size * 1.3, line, size, colour, bold)
        return len(found) * size * 1.3

    def svg(self) -> str:
        """The sheet."""
        width, height = SHEET
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}"><rect width="{width}" height="{height}" '
            f'fill="#ffffff"/>{"".join(self.parts)}</svg>'
        )


def sheets_of(shown: PageDrawn, colours: dict[str, str], as_of: str) -> list[Sheet]:
    """A page's numbers and charts on as many sheets as they need. Raises ReportError."""
    head = f"Customer report · as of {as_of}"
    sheet = Sheet(colours, head)
    sheets = [sheet]
    whole = SHEET[0] - 2 * MARGIN
    sheet.words(MARGIN, sheet.y, shown.page.title, 18, "ink", bold=True)
    sheet.y += 28
    for start in range(0, len(shown.kpis), 4):
        width, tall = (whole - 3 * GAP) / 4, 0.0
        for place, (label, value, under) in enumerate(shown.kpis[start : start + 4]):
            x, y = MARGIN + place * (width + GAP), sheet.y
            y += sheet.lines(x, y, label, 8, width, "soft")
            sheet.words(x, y, value, 15, "ink", bold=True)
            y += 20 + sheet.lines(x, y + 20, under, 7.5, width, "soft")
            tall = max(tall, y - sheet.y)
        sheet.y += tall + GAP
    for row in rows_of(shown.charts):
        columns = COLUMNS[row[0].chart.size]
        width = (whole - (columns - 1) * GAP) / columns
        placed = [(one, *picture_of(one, width)) for one in row]
        height = max(tall for *_, tall in placed) + 46
        if sheet.room() < height and sheet.y > MARGIN + 60:
            sheet = Sheet(colours, f"{head} · {shown.page.title}")
            sheets.append(sheet)
        tallest = 0.0
        for place, (one, picture, tall) in enumerate(placed):
            x, y = MARGIN + place * (width + GAP), sheet.y
            y += sheet.lines(x, y, one.title, 9.5, width, "ink", bold=True)
            y += sheet.lines(x, y, one.subtitle, 7.5, width, "soft") + 5
            sheet.parts.append(picture.replace("<svg", f'<svg x="{x:.1f}" y="{y:.1f}"', 1))
            tallest = max(tallest, y + tall - sheet.y)
        sheet.y += tallest + GAP
    return sheets


def rows_of(charts: list[Drawn]) -> list[list[Drawn]]:
    """Charts side by side, as many of a size as a sheet is wide."""
    rows: list[list[Drawn]] = []
    for one in charts:
        last = rows[-1] if rows else []
        if last and last[0].chart.size == one.chart.size and len(last) < COLUMNS[one.chart.size]:
            last.append(one)
        else:
            rows.append([one])
    return rows


def picture_of(one: Drawn, width: float) -> tuple[str, float]:
    """A chart as SVG of this width (or less), and its height, which a sheet can hold."""
    try:
        picture = vl_convert.vegalite_to_svg(one.spec, VERSION, allowed_base_urls=[])
    except ValueError as error:
        raise failed(one.chart, error) from None
    size = re.search(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"', picture)
    if not size:
        raise ReportError(f"{one.chart.where}: the chart has no size")
    wide, tall = float(size[1]), float(size[2])
    scale = min(width / wide, (SHEET[1] - 2 * MARGIN - 120) / tall, 1.0)
    sized = f' width="{wide * scale:.1f}" height="{tall * scale:.1f}"'
    picture = re.sub(r' width="[\d.]+" height="[\d.]+"', sized, picture, count=1)
    return picture, tall * scale
