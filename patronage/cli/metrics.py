"""Asking for metrics on the command line."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import duckdb
from rich.table import Table

from patronage.cli.terminal import console, fail, tables
from patronage.dbt import BuildError, dbt_environment, project_folder, warehouse_folder
from patronage.folder import FolderError, kind_of, open_private
from patronage.metrics import Metrics, MetricsError, Question, parsed, shown
from patronage.publish import PUBLIC_FILE
from patronage.rejects import harmless
from patronage.text import without_values

DAY = click.DateTime(["%Y-%m-%d"])


class Names(click.ParamType):
    """Names divided by commas."""

    name = "names"

    def convert(self, value: Any, *place: Any) -> list[str]:
        """Return the names."""
        names = value.split(",") if isinstance(value, str) else value
        return [name.strip() for name in names if name.strip()]


def each(_: click.Context, __: click.Parameter, found: tuple[list[str], ...]) -> list[str]:
    """All the names of an option that may be given several times."""
    return [name for names in found for name in names]


NAMES: dict[str, Any] = {"type": Names(), "multiple": True, "callback": each}


@click.command()
@click.argument("names", nargs=-1, type=Names(), callback=each)
@click.option("--group-by", **NAMES, help="metric_time__month, order__channel, …")
@click.option("--where", multiple=True, help="\"{{ Dimension('order__country') }} = 'DE'\"")
@click.option("--order-by", **NAMES, help="Columns; -name: the greatest first.")
@click.option("--limit", type=click.IntRange(1), help="So many rows at most.")
@click.option("--start-time", type=DAY, help="From this day on.")
@click.option("--end-time", type=DAY, help="Up to this day.")
@click.option("--saved-query", help="Ask what models/semantic/saved_queries.yml has by this name.")
@click.option("--groups", is_flag=True, help="Show what the metrics can be grouped by.")
@click.option("--explain", is_flag=True, help="Show the SQL instead of the answer.")
@click.option(
    "--csv", "file", type=click.Path(path_type=Path), help="Write the exact values into a file."
)
def metrics(
    names: list[str],
    group_by: list[str],
    where: tuple[str, ...],
    order_by: list[str],
    limit: int | None,
    start_time: datetime | None,
    end_time: datetime | None,
    saved_query: str | None,
    groups: bool,
    explain: bool,
    file: Path | None,
) -> None:
    """Ask the published file for metrics by their NAMES; without any, list them.

    Like `mf query`, with the same words: patronage metrics net_sales,orders --group-by
    metric_time__month,order__channel
    """
    project = project_folder()
    public = warehouse_folder(project) / PUBLIC_FILE
    question = Question(names, group_by, where, order_by, limit, start_time, end_time, saved_query)
    asked = None
    try:
        if kind_of(public) is None:
            fail(f"{public} is missing: run `patronage build` first")
        with dbt_environment(project) as target:
            manifest = parsed(project, target)
        asked = Metrics(manifest, public)
        if groups:
            for group in asked.groups(names):
                console.print(group)
        elif not names and not saved_query:
            list_all(asked)
        elif explain:
            click.echo(asked.sql(question))
        else:
            show(*asked.answer(question), file)
    except (BuildError, MetricsError) as error:
        fail(*map(str, error.args))
    except duckdb.Error as error:
        hint = "a column in --where is {{ Dimension('order__country') }}"
        unknown = isinstance(error, duckdb.BinderException) and where
        fail(without_values(str(error).splitlines()[0]) + (f"; {hint}" if unknown else ""))
    except (FolderError, OSError) as error:
        fail(str(error))
    finally:
        if asked:
            asked.close()


def list_all(asked: Metrics) -> None:
    """Print the metrics and the saved queries."""
    listed = Table(box=None, pad_edge=False)
    for name in ("metric", "label", "what it is"):
        listed.add_column(name, overflow="fold", no_wrap=name == "metric")
    for row in asked.described():
        listed.add_row(*row)
    tables.print(listed)
    for name, description in asked.saved():
        console.print(f"--saved-query {name}: {description}")


def show(names: list[str], rows: list[tuple[Any, ...]], file: Path | None) -> None:
    """Print an answer, or write it into a file."""
    if file:
        with open_private(file) as target:
            writer = csv.writer(target, lineterminator="\n")
            writer.writerow(names)
            writer.writerows([harmless(cell) for cell in row] for row in rows)
        console.print(f"wrote {file}: {len(rows):,} rows")
        return
    answer = Table(box=None, pad_edge=False)
    for place, name in enumerate(names):
        is_text = any(isinstance(row[place], str) for row in rows)
        answer.add_column(name, justify="left" if is_text or not place else "right")
    for row in rows:
        answer.add_row(*map(shown, row))
    tables.print(answer)
