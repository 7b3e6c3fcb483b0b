"""Building and publishing, what became of it, and taking it away again."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import duckdb
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from patronage.api import BuildFailed, build_and_publish
from patronage.build_log import read_log
from patronage.cli.reports import draw, has_pages
from patronage.cli.terminal import AS_JSON, console, document, fail, tables, written
from patronage.contract import contract_of
from patronage.dbt import BuildError, dbt_environment, project_folder, warehouse_folder
from patronage.docs import write_docs
from patronage.folder import FolderError, claim, empty, kind_of, umask
from patronage.pipeline import Run
from patronage.postgres import send
from patronage.publish import (
    BUILD_FILE,
    DOCS_FOLDER,
    PUBLIC_FILE,
    PublishError,
    only_writer,
    readable,
)
from patronage.rejects import Reason, export, reasons_of, rejected_rows
from patronage.steps import Steps
from patronage.text import printable
from patronage.upload import upload as copy_to_store

ADOPT = click.option("--adopt", is_flag=True, help="Take a folder that holds other files, too.")
NO_REPORT = click.option("--no-report", is_flag=True, help="Leave the report as it is.")


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.option("--accept", is_flag=True, help="Do not compare this delivery with the last one.")
@ADOPT
@NO_REPORT
@AS_JSON
@click.pass_context
def build(
    context: click.Context, accept: bool, adopt: bool, no_report: bool, as_json: bool
) -> None:
    """Check the raw rows, run `dbt build`, check the marts, publish them and draw the report.

    All of dbt's own options are passed on (--vars, --select, --threads, --target, --full-refresh).
    Sources come from the var `sources` or from PATRONAGE_DATA, PATRONAGE_SYSTEM,
    PATRONAGE_TIMEZONE, PATRONAGE_TIMES and PATRONAGE_CURRENCY; the date from PATRONAGE_AS_OF; the
    output folder from PATRONAGE_WAREHOUSE; the salt of hashed addresses from PATRONAGE_SALT. With
    PATRONAGE_LOG=json each step is a line of JSON on stderr.
    """
    with document("build", as_json) as found:
        run_and_publish(list(context.args), accept, adopt, Run.build, found)
        end_with_report(no_report, found)


@click.command("publish")
@click.option("--accept", is_flag=True, help="Do not compare this delivery with the last one.")
@ADOPT
@click.option("--to", help="Into a PostgreSQL database instead: postgresql://… or env:NAME.")
@click.option("--schema-prefix", default="", help="With --to: what its schemas' names begin with.")
@NO_REPORT
@AS_JSON
def publish_command(
    accept: bool, adopt: bool, to: str | None, schema_prefix: str, no_report: bool, as_json: bool
) -> None:
    """Check and publish the marts of the last build, without building anew; draw the report.

    With --to, what was published last goes into the schemas of a PostgreSQL database, too, all
    tables in one transaction. A password comes from PGPASSWORD, or stands in the variable NAME.
    """
    with document("publish", as_json) as found:
        if to is None and schema_prefix:
            fail("--schema-prefix belongs to --to")
        if to is not None and (accept or adopt):
            fail("--accept and --adopt belong to publishing here: run `patronage publish` first")
        if to is not None:
            send_to(to, schema_prefix, found)
        else:
            run_and_publish([], accept, adopt, Run.take_build, found)
            end_with_report(no_report, found)


def send_to(to: str, prefix: str, found: dict[str, Any]) -> None:
    """Fill the published tables into a database, and say how many."""
    started = time.monotonic()
    found["kind"] = "place"  # all that can be wrong here
    try:
        rows = send(warehouse_folder(project_folder()) / PUBLIC_FILE, to, prefix)
    except (FolderError, PublishError, OSError) as error:
        fail(str(error), "nothing was changed in the database")
    del found["kind"]
    found |= {"status": "published", "rows_per_table": rows}
    console.print(
        f"published {len(rows)} tables, {sum(rows.values()):,} rows, into the database in "
        f"{time.monotonic() - started:.0f} s"
    )


def run_and_publish(
    options: list[str],
    accept: bool,
    adopt: bool,
    prepare: Callable[[Run], None],
    found: dict[str, Any],
) -> None:
    """Prepare the build file, publish its marts, and print what came out or put it into `found`."""
    project = project_folder()
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    is_logged = Steps.of_environment().target is not None
    is_shown = console.is_terminal and not is_logged
    with Progress(*columns, console=console, transient=True, disable=not is_shown) as bar:
        task = bar.add_task("reading the project", total=None)

        def follow(index: int, total: int, name: str) -> None:
            bar.update(
                task, completed=index, total=total, description=printable(name[:40]).ljust(40)
            )

        def say(line: str) -> None:
            if not (written and is_logged):  # then stderr has it as JSON
                bar.console.print(line)

        try:
            result = build_and_publish(project, options, accept, adopt, prepare, say, follow)
        except BuildFailed as error:
            bar.stop()
            found |= {"kind": error.kind, "build_id": error.build_id}
            hints = ways_out(error, project)
            lines = (*error.faults, *hints, "nothing was published")
            fail(*lines, hints=hints, is_logged=is_logged)
    found |= result.as_json() | {"status": "published"}
    if not written:
        for line in result.answers:
            console.print(f"  {line}")
        console.print(docs_line(project))
        console.print(f"published {result.file} in {result.seconds:.0f} s")


def end_with_report(no_report: bool, found: dict[str, Any]) -> None:
    """Draw the report, if there are pages for one and nobody wants to do without."""
    project = project_folder()
    if not no_report and has_pages(project):
        page = draw(project, "what was built is published, the last report stays")
        found["report"] = str(page)


def ways_out(error: BuildFailed, project: Path) -> list[str]:
    """What helps where a gate is closed."""
    if error.kind != "data":
        return []
    hints = []
    if any("rejected" in line for line in error.faults):
        hints.append("which rows were rejected, and why: `patronage rejects`")
    if any("last" in line or "used twice" in line for line in error.faults):
        hints.append("if this delivery is right as it is: `patronage build --accept`")
    return [*hints, docs_line(project)]


def docs_line(project: Path) -> str:
    """The line that opens the Data Docs."""
    page = warehouse_folder(project) / DOCS_FOLDER / "index.html"
    return f"what was checked: python3 -m webbrowser {page.as_uri()}"


@click.command()
@click.option("--last", default=10, show_default=True, help="How many builds to show.")
@AS_JSON
def status(last: int, as_json: bool) -> None:
    """Show the last builds: what was published when, and what failed."""
    with document("status", as_json) as found:
        found["builds"] = []
        entries = last_builds(last)
        found["builds"] = entries
        if not as_json:
            show_builds(entries)


def last_builds(last: int) -> list[dict[str, Any]]:
    """The last entries of the log; without any the command fails."""
    warehouse = warehouse_folder(project_folder())
    try:
        entries = read_log(warehouse, fail)[-last:]
    except (FolderError, OSError) as error:
        fail(str(error))
    if not entries:
        fail("no build yet: run `patronage build` first")
    return entries


def show_builds(entries: list[dict[str, Any]]) -> None:
    """Print builds, a row each."""
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
@AS_JSON
def rejects(
    to: Path | None, table: str | None, source: str | None, raw: bool, as_json: bool
) -> None:
    """Show the raw rows of the last build that could not be used: reasons, counts, their ids.

    The rows that --to writes are for repair: delivered again, repaired, they are accepted. They may
    hold personal data. What a spreadsheet would run begins with an apostrophe, but for --raw, which
    writes all values as they were delivered.
    """
    with document("rejects", as_json) as told:
        reasons, written_files = rejects_of(to, table, source, raw)
        told |= {
            "rejected_rows": sum(line.rows for line in reasons),
            "reasons": [line._asdict() for line in reasons],
            "files": [{"file": str(file), "rows": n} for file, n in written_files.items()],
        }
        if not as_json:
            show_reasons(reasons)
            for file, rows in written_files.items():
                console.print(f"wrote {file}: {rows:,} rows")


def rejects_of(
    to: Path | None, table: str | None, source: str | None, raw: bool
) -> tuple[list[Reason], dict[Path, int]]:
    """The reasons of the last build, and the files that were written of its rows."""
    project = project_folder()
    build_file = warehouse_folder(project) / BUILD_FILE
    try:
        if kind_of(build_file) is None:
            fail(f"{build_file} is missing: run `patronage build` first")
        with umask():
            found = rejected_rows(build_file, contract_of(project), source, table)
            return reasons_of(found), export(found, to, raw) if to else {}
    except FolderError as error:
        fail(str(error))
    except (duckdb.Error, OSError) as error:
        fail(readable(error, build_file))


def show_reasons(reasons: list[Reason]) -> None:
    """Print reasons, a row each."""
    if not reasons:
        console.print("no raw row was rejected")
        return
    shown = Table(box=None, pad_edge=False)
    for name in Reason._fields:
        shown.add_column(name, justify="right" if name == "rows" else "left", overflow="fold")
    for *place, rows, examples in reasons:
        shown.add_row(*place, f"{rows:,}", "; ".join(examples))
    tables.print(shown)


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


@click.command()
@click.argument("address")
@AS_JSON
def upload(address: str, as_json: bool) -> None:
    """Copy the published Parquet to ADDRESS, s3://bucket/folder, a folder for each build.

    <address>/latest.json names the last one, written when all of it is there. Credentials are taken
    from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION, a store that is
    not Amazon's from AWS_ENDPOINT_URL.
    """
    with document("upload", as_json) as found:
        try:
            folder, rows = copy_to_store(warehouse_folder(project_folder()), address)
        except (FolderError, PublishError, OSError) as error:
            fail(str(error))
        found |= {"folder": folder, "rows": rows}
        if not as_json:
            console.print(f"{folder}: {len(rows):,} tables, {sum(rows.values()):,} rows")
