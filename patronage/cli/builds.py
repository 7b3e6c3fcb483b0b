"""Building and publishing, what became of it, and taking it away again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import duckdb
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from patronage.build import GateError, Run
from patronage.build_log import read_log
from patronage.cli.reports import draw, has_pages
from patronage.cli.terminal import console, fail, tables
from patronage.contract import contract_of
from patronage.dbt import BuildError, dbt_environment, project_folder, warehouse_folder
from patronage.docs import write_docs
from patronage.folder import FolderError, claim, empty, kind_of, umask
from patronage.publish import (
    BUILD_FILE,
    DOCS_FOLDER,
    PUBLIC_FILE,
    PublishError,
    only_writer,
    readable,
)
from patronage.rejects import export, reasons_of, rejected_rows
from patronage.salt import SaltError, salted
from patronage.text import printable

ADOPT = click.option("--adopt", is_flag=True, help="Take a folder that holds other files, too.")
NO_REPORT = click.option("--no-report", is_flag=True, help="Leave the report as it is.")


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.option("--accept", is_flag=True, help="Do not compare this delivery with the last one.")
@ADOPT
@NO_REPORT
@click.pass_context
def build(context: click.Context, accept: bool, adopt: bool, no_report: bool) -> None:
    """Check the raw rows, run `dbt build`, check the marts, publish them and draw the report.

    All of dbt's own options are passed on (--vars, --select, --threads, --target, --full-refresh).
    Sources come from the var `sources` or from PATRONAGE_DATA, PATRONAGE_SYSTEM,
    PATRONAGE_TIMEZONE, PATRONAGE_TIMES and PATRONAGE_CURRENCY; the date from PATRONAGE_AS_OF; the
    output folder from PATRONAGE_WAREHOUSE; the salt of hashed addresses from PATRONAGE_SALT.
    """
    run_and_publish(list(context.args), accept, adopt, no_report, Run.build)


@click.command("publish")
@click.option("--accept", is_flag=True, help="Do not compare this delivery with the last one.")
@ADOPT
@NO_REPORT
def publish_command(accept: bool, adopt: bool, no_report: bool) -> None:
    """Check and publish the marts of the last build, without building anew; draw the report."""
    run_and_publish([], accept, adopt, no_report, Run.take_build)


def run_and_publish(
    options: list[str],
    accept: bool,
    adopt: bool,
    no_report: bool,
    prepare: Callable[[Run], None],
) -> None:
    """Prepare the build file, publish its marts and print what came out; draw the report."""
    logging.raiseExceptions = False  # a full disk is told in one line, not in a log's traceback
    project = project_folder()
    started = time.monotonic()
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("reading the project", total=None)

        def follow(index: int, total: int, name: str) -> None:
            bar.update(
                task, completed=index, total=total, description=printable(name[:40]).ljust(40)
            )

        def say(line: str) -> None:
            bar.console.print(line)

        try:
            with umask(), salted() as new_salt, dbt_environment(project) as target:
                if new_salt:
                    say(f"a salt for hashed addresses was made: keep {new_salt}, keys hang on it")
                run = Run(project, target, options, accept, adopt, say, follow)
                with run.logged():
                    prepare(run)
                    say(f"built and checked in {time.monotonic() - started:.0f} s")
                    run.publish()
                    closing = run.answers()
        except GateError as error:
            bar.stop()
            hint = "if this delivery is right as it is: `patronage build --accept`"
            lasts = any("last" in line or "used twice" in line for line in error.args)
            fail(
                *error.args, *([hint] if lasts else []), docs_line(project), "nothing was published"
            )
        except (BuildError, FolderError, PublishError, SaltError) as error:
            bar.stop()
            fail(*error.args, "nothing was published")
        except (duckdb.Error, OSError) as error:
            bar.stop()
            fail(readable(error, warehouse_folder(project) / BUILD_FILE), "nothing was published")
    for line in closing:
        console.print(f"  {line}")
    console.print(docs_line(project))
    file = warehouse_folder(project) / PUBLIC_FILE
    console.print(f"published {file} in {time.monotonic() - started:.0f} s")
    if not no_report and has_pages(project):
        draw(project, "what was built is published, the last report stays")


def docs_line(project: Path) -> str:
    """The line that opens the Data Docs."""
    page = warehouse_folder(project) / DOCS_FOLDER / "index.html"
    return f"what was checked: python3 -m webbrowser {page.as_uri()}"


@click.command()
@click.option("--last", default=10, show_default=True, help="How many builds to show.")
def status(last: int) -> None:
    """Show the last builds: what was published when, and what failed."""
    warehouse = warehouse_folder(project_folder())
    try:
        entries = read_log(warehouse, fail)[-last:]
    except (FolderError, OSError) as error:
        fail(str(error))
    if not entries:
        fail("no build yet: run `patronage build` first")
    table = Table(box=None, pad_edge=False)
    for name in ("started", "seconds", "status", "as of", "raw rows", "rejected", "published rows"):
        table.add_column(name, justify="right" if "row" in name or name == "rejected" else "left")
    for name in ("checks", "failed", "code"):
        table.add_column(name, overflow="fold")
    for entry in entries:
        table.add_row(*status_of(entry))
    tables.print(table)


def status_of(entry: dict[str, Any]) -> list[str]:
    """One build as the texts of a row."""
    seconds = ""
    if entry["finished_at"]:
        ends = [datetime.fromisoformat(entry[name]) for name in ("started_at", "finished_at")]
        seconds = f"{(ends[1] - ends[0]).total_seconds():.0f}"
    checks = f"{entry['checks_run']} run, {entry['checks_failed']} failed"
    return [
        entry["started_at"][:19],
        seconds,
        entry["status"],
        entry["as_of"] or "",
        f"{sum(table['rows'] for table in (entry['raw_tables'] or {}).values()):,}",
        f"{entry['rejected_rows'] or 0:,}",
        f"{sum((entry['rows_per_table'] or {}).values()):,}",
        f"{checks}, {entry['checks_warned']} warned",
        entry["failed_checks"] or "",
        entry["code_version"] or "",
    ]


@click.command()
@click.option("--to", type=click.Path(path_type=Path), help="Write the raw rows into a CSV file.")
@click.option("--table", help="Of this raw table only.")
@click.option("--source", help="Of this source only.")
@click.option("--raw", is_flag=True, help="With --to: formulas of a spreadsheet stay such.")
def rejects(to: Path | None, table: str | None, source: str | None, raw: bool) -> None:
    """Show the raw rows of the last build that could not be used: reasons, counts, their ids.

    The rows that --to writes are for repair: delivered again, repaired, they are accepted. They may
    hold personal data. What a spreadsheet would run begins with an apostrophe, but for --raw, which
    writes all values as they were delivered.
    """
    project = project_folder()
    warehouse = warehouse_folder(project)
    build_file = warehouse / BUILD_FILE
    try:
        if kind_of(build_file) is None:
            fail(f"{build_file} is missing: run `patronage build` first")
        with umask():
            found = rejected_rows(build_file, contract_of(project), source, table)
            if to:
                written = export(found, to, raw)
    except FolderError as error:
        fail(str(error))
    except (duckdb.Error, OSError) as error:
        fail(readable(error, build_file))
    if not found:
        console.print("no raw row was rejected")
    reasons = Table(box=None, pad_edge=False)
    for name in ("source", "table", "reason", "rows", "examples"):
        reasons.add_column(name, justify="right" if name == "rows" else "left", overflow="fold")
    for line in reasons_of(found):
        reasons.add_row(*line)
    if found:
        tables.print(reasons)
    if to:
        for file, rows in written.items():
            console.print(f"wrote {file}: {rows:,} rows")


@click.command()
@click.option("--all", "every_step", is_flag=True, help="With private steps, macros and tests.")
def docs(every_step: bool) -> None:
    """Write the browsable description of every table and column: one page that loads nothing."""
    project = project_folder()
    try:
        with dbt_environment(project) as target:
            page = write_docs(project, target, every_step)
    except (BuildError, OSError) as error:
        fail(*map(str, error.args))
    console.print(f"open {page}")


@click.command()
@click.option("--spark", is_flag=True, help="Only what a build on Spark has left.")
def clean(spark: bool) -> None:
    """Remove all that was built from the warehouse folder, what is published, too; nothing else."""
    project = project_folder()
    warehouse = warehouse_folder(project)
    try:
        if kind_of(warehouse) is None:
            return
        claim(warehouse, project)
        with only_writer(warehouse):
            empty(warehouse, *(("spark", "spark_catalog") if spark else ()))
    except (FolderError, PublishError, OSError) as error:
        fail(str(error))
