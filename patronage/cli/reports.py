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
@click.option(
    "--png", type=click.Path(path_type=Path), help="Write charts and texts into a folder."
)
@click.option(
    "--pdf", type=click.Path(path_type=Path), help="Write numbers and charts as A4 sheets."
)
@click.option("--page", "names", multiple=True, help="With --png, --pdf: this page only (again).")
@click.option("--force", is_flag=True, help="With --png, --pdf: write over what is there.")
def report(png: Path | None, pdf: Path | None, names: tuple[str, ...], force: bool) -> None:
    """Draw the published numbers as one page that loads nothing: warehouse/report/index.html.

    Its pages are YAML files in the project's folder `dashboards`. With --png or --pdf the pictures
    of a mail are written instead, for you alone; a page is named like its file, without number.
    """
    project = project_folder()
    if png or pdf:
        write_pictures(project, png, pdf, names, force)
    elif names or force:
        fail("--page and --force belong to --png and --pdf")
    else:
        draw(project)


def has_pages(project: Path) -> bool:
    """Whether a project has pages for a report."""
    return any((project / FOLDER).glob("*.yml"))


def draw(project: Path, *after: str) -> Path:
    """Write the report, say where it is and return that; else end with its fault and `after`."""
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
    return page


def write_pictures(
    project: Path, png: Path | None, pdf: Path | None, names: tuple[str, ...], force: bool
) -> None:
    """Write what a mail needs; where it fails, end with one line."""
    from patronage.report.mail import chosen, write_pdf, write_png
    from patronage.report.write import opened_for

    try:
        with umask(), opened_for(project, warehouse_folder(project)) as (pages, theme, published):
            wanted = chosen(published, pages, names)
            written = write_png(published, theme, wanted, png, force) if png else []
            written += [write_pdf(published, theme, wanted, pdf, force)] if pdf else []
    except (FolderError, ReportError) as error:
        fail(f"report: {error}")
    except OSError as error:
        fail(f"report: {error.filename or png or pdf} cannot be written: {error.strerror}")
    for file in written:
        console.print(str(file))
