"""The report: the published numbers as one page."""

from __future__ import annotations

from pathlib import Path

import click

from patronage.cli.terminal import console, fail
from patronage.dbt import project_folder, warehouse_folder
from patronage.folder import FolderError, claim, umask
from patronage.publish import PublishError, only_writer
from patronage.report.errors import ReportError
from patronage.report.pages import FOLDER


@click.command()
def report() -> None:
    """Draw the published numbers as one page that loads nothing: warehouse/report/index.html.

    Its pages are YAML files in the project's folder `dashboards`.
    """
    draw(project_folder())


def has_pages(project: Path) -> bool:
    """Whether a project has pages for a report."""
    return any((project / FOLDER).glob("*.yml"))


def draw(project: Path, *after: str) -> None:
    """Write the report; where it fails, end with its line and with `after`."""
    from patronage.report.write import write_report  # drawing takes a second to load

    warehouse = warehouse_folder(project)
    try:
        with umask():
            claim(warehouse, project)
            with only_writer(warehouse):
                page = write_report(project, warehouse)
    except (FolderError, PublishError, ReportError) as error:
        fail(f"report: {error}", *after)
    except OSError as error:
        fail(f"report: {error.filename or warehouse} cannot be written: {error.strerror}", *after)
    console.print(f"report: python3 -m webbrowser {page.as_uri()}")
