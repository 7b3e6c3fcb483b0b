"""What is published, for other programs."""

from __future__ import annotations

from pathlib import Path

import click
import duckdb

from patronage.cli.terminal import console, errors, fail
from patronage.dbt import project_folder, warehouse_folder
from patronage.export import ExportError, export
from patronage.folder import FolderError
from patronage.publish import PUBLIC_FILE
from patronage.sheets import SheetError
from patronage.text import without_values


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx"]), required=True)
@click.option("--table", "tables", multiple=True, metavar="SCHEMA.NAME", help="Only this; again.")
@click.option("--raw", is_flag=True, help="CSV: keep what a spreadsheet would run as a formula.")
def export_command(folder: Path, kind: str, tables: tuple[str, ...], raw: bool) -> None:
    """Write published tables into a folder, as CSV files or as one Excel workbook.

    Without --table: CSV of all tables, or a workbook of those that are made to be looked at. In
    CSV a text that a spreadsheet would run as a formula gets an apostrophe before it, but for
    --raw.
    A file is written over only where an export has made it and nobody has changed it since.
    """
    file = warehouse_folder(project_folder()) / PUBLIC_FILE
    try:
        written, notes = export(file, folder, kind, tables, raw)
    except (ExportError, FolderError, SheetError) as error:
        fail(*map(str, error.args), "nothing was exported")
    except duckdb.Error as error:
        fail(without_values(str(error)), "nothing was exported")
    except OSError as error:
        fail(f"{folder} cannot be written to: {error.strerror}", "nothing was exported")
    for note in notes:
        errors.print(f"left out: {note}")
    for one in written:
        of = f" of {one.tables} tables" if kind == "xlsx" else ""
        console.print(f"wrote {one.file}: {one.rows:,} rows{of}")
    if quoted_cells := sum(one.quoted_cells for one in written):
        errors.print(
            f"{quoted_cells:,} texts begin with an apostrophe now, as a spreadsheet would run them:"
            " --raw keeps them"
        )
