"""Writing a report into the warehouse folder, in the place of the last one and in one step."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import duckdb

from patronage.folder import foreign, kind_of
from patronage.publish import (
    PUBLIC_FILE,
    REPORT_FOLDER,
    clean_up,
    new_folder,
    readable,
    swap_folder,
)
from patronage.report.errors import ReportError
from patronage.report.pages import FOLDER, Page, read_pages
from patronage.report.published import Published
from patronage.report.render import Renderer
from patronage.report.theme import Theme, theme_of

PAGE = "index.html"


def write_report(project: Path, warehouse: Path) -> Path:
    """Write the report of the published file; return its page. The caller is the only writer.

    Raises ReportError, FolderError or OSError; the last report then stays as it is.
    """
    link = warehouse / REPORT_FOLDER
    if kind_of(link) and (reason := foreign(link)):
        raise ReportError(f"{link} {reason}")
    with opened_for(project, warehouse) as (pages, theme, published):
        html = Renderer(published, theme).html(pages)
    folder = new_folder(warehouse, REPORT_FOLDER)
    try:
        (folder / PAGE).write_text(html, encoding="utf-8")
        swap_folder(folder, link)
    finally:
        clean_up(warehouse)
    return link / PAGE


@contextlib.contextmanager
def opened_for(project: Path, warehouse: Path) -> Iterator[tuple[list[Page], Theme, Published]]:
    """The pages and colours of a project, and its published file, open. Raises ReportError."""
    folder = project / FOLDER
    pages, theme = read_pages(folder), theme_of(folder)
    file = warehouse / PUBLIC_FILE
    if not pages:
        raise ReportError(f"{folder} holds no page")
    if kind_of(file) is None:
        raise ReportError(f"{file} is missing: run `patronage build` first")
    try:
        with contextlib.closing(Published(file)) as published:
            yield pages, theme, published
    except duckdb.CatalogException as error:
        raise ReportError(f"{file} is an earlier release's: run `patronage build`") from error
    except duckdb.Error as error:
        raise ReportError(readable(error, file)) from error
