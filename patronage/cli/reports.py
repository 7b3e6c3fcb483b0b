"""The report: the published numbers as one page."""

from __future__ import annotations

import click

from patronage.cli.terminal import console, fail
from patronage.dbt import project_folder, warehouse_folder
from patronage.folder import FolderError, claim, umask
from patronage.publish import PublishError, only_writer


@click.command()
def report() -> None:
    """Draw the published numbers as one page that loads nothing: warehouse/report/index.html.

    Its pages are YAML files in the project's folder `dashboards`.
    """
    from patronage.report.errors import ReportError  # the drawing takes a second to load
    from patronage.report.write import write_report

    project = project_folder()
    warehouse = warehouse_folder(project)
    try:
        with umask():
            claim(warehouse, project)
            with only_writer(warehouse):
                page = write_report(project, warehouse)
    except (FolderError, PublishError, ReportError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"the report cannot be written: {error.strerror}")
    console.print(f"open {page}")
