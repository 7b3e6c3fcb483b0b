"""A report as a browser shows it, and the numbers that it should show."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml
from conftest import PROJECT, Warehouse, chromium, parsed
from playwright.sync_api import Page, sync_playwright

from patronage.build_log import new_entry, write_table
from patronage.dictionary import write_dictionary
from patronage.folder import claim
from patronage.pipeline import OWN_KEYS
from patronage.publish import marts_of
from patronage.report.published import MACROS
from patronage.report.write import write_report
from patronage.restatements import write_restatements

DESK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "is_mobile": True,
         "has_touch": True, "device_scale_factor": 2}  # fmt: skip


def publish_whole(warehouse: Warehouse) -> Path:
    """Publish a built warehouse with the publisher's own tables, without gates; its folder."""
    entry = new_entry(PROJECT) | {
        "status": "published",
        "finished_at": "2026-01-02 03:04:05.000",
        "checks_run": 1000,
        "checks_warned": 0,
    }

    def complete(connection: duckdb.DuckDBPyConnection, rows: dict[str, int]) -> None:
        write_table(connection, [entry | {"rows_per_table": rows}])
        write_restatements(connection, warehouse.folder / "patronage.duckdb", entry["build_id"])
        keys = {(mart.schema, mart.name): mart.key for mart in marts_of(parsed()[1])}
        write_dictionary(connection, keys | OWN_KEYS)

    claim(warehouse.folder, PROJECT, adopt=True)
    warehouse.publish(complete=complete)
    return warehouse.folder


def report_of(warehouse: Warehouse) -> Path:
    """The report of a built warehouse."""
    return write_report(PROJECT, publish_whole(warehouse))


@contextlib.contextmanager
def browser(**options: Any) -> Iterator[Page]:
    """A page of a browser without a network, elsewhere in the world, that tells what goes wrong.

    What it loads and what it complains of are in its attributes `loaded` and `complaints`.
    """
    program = chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = opened.new_context(offline=True, timezone_id="America/Los_Angeles", **options)
        page = context.new_page()
        page.loaded, page.complaints = [], []
        page.on("request", lambda request: page.loaded.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        yield page
        opened.close()


SEEN = """() => { const meaning = term => term.nextElementSibling.textContent; return ({
    articles: [...document.querySelectorAll('article')].map(a => a.id),
    kpis: Object.fromEntries([...document.querySelectorAll('.kpi')].map(k => [k.dataset.key, {
        label: k.querySelector('.label span').innerText,
        value: k.querySelector('.value').textContent.trim(),
        under: k.querySelector('.under')?.textContent ?? ''}])),
    tables: Object.fromEntries([...document.querySelectorAll('table')].map(t => [t.dataset.key, {
        heads: [...t.tHead.rows[0].cells].map(c => [c.dataset.v, c.textContent]),
        rows: [...t.tBodies[0].rows].map(r =>
            [...r.cells].map(c => ['v' in c.dataset ? c.dataset.v : c.textContent, c.textContent])),
        csv: csvOf(t)}])),
    meanings: Object.fromEntries([...document.querySelectorAll('.pop')].map(p => [p.id,
        [...p.querySelectorAll('dt')].map(d => [d.textContent, meaning(d)])])),
    glossary: [...document.querySelectorAll('#definitions dt')].map(d => [d.id, meaning(d)]),
    charts: Object.fromEntries([...document.querySelectorAll('.card[id*="-c"]')].map(c => [c.id, {
        marks: c.querySelectorAll('.wide svg [data-r]').length,
        narrow: c.querySelectorAll('.narrow svg [data-r]').length,
        drawn: c.querySelectorAll('svg').length,
        empty: c.querySelector('.empty')?.textContent ?? '',
        rows: c.querySelectorAll('tbody tr').length}])),
    hidden: [...document.querySelectorAll('.hidden-pages dt')]
        .map(d => [d.textContent, meaning(d)]),
})}"""


def look(file: Path) -> dict[str, Any]:
    """What is in a report, all pages of it."""
    with browser(**DESK) as page:
        page.goto(file.as_uri())
        return page.evaluate(SEEN)


def pages() -> dict[str, dict[str, Any]]:
    """The project's pages, by their names."""
    files = sorted((PROJECT / "dashboards").glob("[0-9]*.yml"))
    return {file.stem.split("_", 1)[1]: yaml.safe_load(file.read_text()) for file in files}


def parts(seen: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Key and definition of each number and chart of the pages that are shown."""
    for name, page in pages().items():
        if name in seen["articles"]:
            for kind, letter in (("kpis", "k"), ("charts", "c")):
                for place, one in enumerate(page.get(kind) or [], 1):
                    yield f"{name}-{letter}{place}", one


def asked(folder: Path, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Names and rows of a query on the published file."""
    with duckdb.connect(str(folder / "patronage.duckdb"), read_only=True) as connection:
        connection.execute(MACROS)
        result = connection.execute(sql)
        return [one[0] for one in result.description], result.fetchall()


def is_same(seen: str, value: Any) -> bool:
    """Whether a text that a program reads is a value."""
    if value is None:
        return seen == ""
    if isinstance(value, bool):
        return seen == ("true" if value else "false")
    if isinstance(value, float) and value != value:
        return seen == ""
    if isinstance(value, int | float | Decimal):
        return float(seen.replace(",", "")) == float(value)
    if isinstance(value, date):
        return seen == str(value)
    return seen == str(value)


def is_near(seen: str, value: Any, kind: str, currency: str) -> bool:
    """Whether a text that people read is a value, as near as its kind is written."""
    if value is None:
        return seen == "–"
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        return bool(seen) and seen != "–"
    number = seen.replace(",", "").replace(currency, "").replace("points", "").strip()
    if kind in ("share", "change", "points"):
        found = float(number.removesuffix("%")) / 100
        return abs(found - float(value)) <= 0.000501 and ("%" in number) == (kind != "points")
    if kind == "money" and not seen.endswith(currency):
        return False
    near = 0.501 if kind == "whole" or (kind == "money" and abs(value) >= 1000) else 0.00501
    return abs(float(number) - float(value)) <= max(near, abs(float(value)) * 0.0005)


def rows_of_csv(text: str) -> list[list[str]]:
    """The cells of a CSV text."""
    return list(csv.reader(io.StringIO(text, newline="")))
