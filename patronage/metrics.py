"""Asking the published file for metrics: what models/semantic defines, by MetricFlow.

MetricFlow's own command (`mf`) opens the private build file for writing, answers by whatever dbt
parsed last, and asks PyPI for a newer version. Here it reads the published file and nothing else.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patronage.database import opened, quoted
from patronage.dbt import run_dbt

if TYPE_CHECKING:
    from metricflow.engine.metricflow_engine import MetricFlowEngine

MANIFEST = "semantic_manifest.json"  # what dbt writes of models/semantic
DEFINITIONS = "models/semantic"
Cell = datetime.date | datetime.datetime | Decimal | float | str | bool | None


class MetricsError(Exception):
    """A question cannot be answered, for the reason that the message gives in one line."""


@dataclasses.dataclass
class Question:
    """What is asked for: names of metrics, and of what they are grouped by, in mf's own terms."""

    metrics: Sequence[str] = ()
    group_by: Sequence[str] = ()
    where: Sequence[str] = ()
    order_by: Sequence[str] = ()
    limit: int | None = None
    start: datetime.datetime | None = None
    end: datetime.datetime | None = None
    saved_query: str | None = None


def parsed(project: Path, target: Path) -> dict[str, Any]:
    """Return the metrics as dbt has parsed them, anew where their files have changed since.

    Raises BuildError, OSError.
    """
    file = target / MANIFEST
    changed = max(path.stat().st_mtime for path in (project / DEFINITIONS).glob("*.yml"))
    if not file.is_file() or file.stat().st_mtime < changed:
        run_dbt(["parse"], project)
    return json.loads(file.read_text(encoding="utf-8"))


def relations(found: Any) -> Iterator[dict[str, Any]]:
    """Every table that a semantic manifest names."""
    if isinstance(found, dict):
        if "relation_name" in found:
            yield found
        for value in found.values():
            yield from relations(value)
    elif isinstance(found, list):
        for value in found:
            yield from relations(value)


class Dialect:
    """What MetricFlow asks of its protocol `SqlClient` to write SQL: it runs none itself.

    Its own tables of rows hold amounts as floats.
    """

    def __init__(self) -> None:
        """Write for DuckDB."""
        from metricflow.protocols.sql_client import SqlEngine
        from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer

        self.sql_engine_type = SqlEngine.DUCKDB
        self.sql_plan_renderer = DuckDbSqlPlanRenderer()


class Metrics:
    """The metrics of a published file, which is open until `close`."""

    def __init__(self, manifest: dict[str, Any], file: Path) -> None:
        """Take what dbt has parsed and the published file.

        Raises MetricsError without MetricFlow, duckdb.Error, FolderError.
        """
        try:
            from metricflow.engine.metricflow_engine import MetricFlowEngine
            from metricflow_semantics.model.dbt_manifest_parser import (
                parse_manifest_from_dbt_generated_manifest as read,
            )
            from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
        except ModuleNotFoundError as error:
            raise MetricsError(
                "metrics are asked for by dbt-metricflow: pip install 'patronage[semantic]'"
            ) from error
        for table in relations(manifest):  # by its name in any file, not in the build file
            table["relation_name"] = f"{quoted(table['schema_name'])}.{quoted(table['alias'])}"
        self.manifest = manifest
        self.connection = opened(file)
        lookup = SemanticManifestLookup(read(manifest_json_string=json.dumps(manifest)))
        self.engine: MetricFlowEngine = MetricFlowEngine(lookup, Dialect())

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def described(self) -> list[tuple[str, str, str]]:
        """Name, label and description of each metric, by name."""
        return sorted(
            (one["name"], one["label"] or "", " ".join((one["description"] or "").split()))
            for one in self.manifest["metrics"]
        )

    def saved(self) -> list[tuple[str, str]]:
        """Name and description of each saved query."""
        return [(one["name"], one["description"] or "") for one in self.manifest["saved_queries"]]

    def groups(self, metrics: Sequence[str]) -> list[str]:
        """What these metrics can be grouped by, all of them together."""
        found = self._answered(self.engine.simple_dimensions_for_metrics, list(metrics))
        return sorted({one.granularity_free_dunder_name for one in found})

    def sql(self, question: Question) -> str:
        """The query that answers a question."""
        found = self._answered(self.engine.explain, self._request(question))
        return found.sql_statement.without_descriptions.sql

    def answer(self, question: Question) -> tuple[list[str], list[tuple[Cell, ...]]]:
        """Names of the columns, and the rows: by their groups, where no other order is asked for.

        Times at midnight are dates. Raises MetricsError, duckdb.Error.
        """
        found = self.connection.execute(self.sql(question))
        names = [name for name, *_ in found.description]
        rows = [tuple(map(as_date, row)) for row in found.fetchall()]
        if not question.order_by and not question.limit:
            values = {name for name, *_ in self.described()}
            groups = [place for place, name in enumerate(names) if name not in values]
            rows.sort(key=lambda row: [(row[one] is None, row[one]) for one in groups])
        return names, rows

    def _request(self, question: Question) -> Any:
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

        return MetricFlowQueryRequest.create(
            saved_query_name=question.saved_query,
            metric_names=list(question.metrics) or None,
            group_by_names=list(question.group_by) or None,
            limit=question.limit,
            time_constraint_start=question.start,
            time_constraint_end=question.end,
            where_constraints=list(question.where) or None,
            # the first rows of no order are any
            order_by_names=list(question.order_by or (question.limit and question.group_by) or ())
            or None,
        )

    def _answered(self, ask: Any, asked: Any) -> Any:
        """What MetricFlow returns; its errors, pages long, as one line."""
        try:
            return ask(asked)
        except Exception as error:  # its own have no common class
            raise MetricsError(in_a_line(str(error))) from error


def as_date(cell: Any) -> Cell:
    """Return a time at midnight as a date."""
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date()
    return cell


def in_a_line(message: str) -> str:
    """Return what an error of MetricFlow says, without its pages of context."""
    if template := re.search(r"jinja2\.exceptions\.\w+: (.+)", message):
        form = "{{ Dimension('order__country') }}"
        return f"--where cannot be read: {template[1]}; it takes {form}"
    text = " ".join(message.split())
    item, query = (re.search(rf"{of} Input: (\S+)", text) for of in ("Object Builder", "Query"))
    wrong = item or query
    like = re.search(r"Suggestions: \[(.*?)\]", text)
    if wrong and like:
        names = ", ".join(re.findall(r"'(.+?)'", like[1]))
        return f"{wrong[1]} is no metric, nor what these can be grouped by; is it {names}?"
    message_alone = re.search(r"Message: (.*?)( Issue Location:| Query Input:|$)", text)
    return message_alone[1] if message_alone else text


def shown(cell: Cell) -> str:
    """Return a cell as a reader wants to see it; exact values are in the CSV."""
    if cell is None:
        return "–"
    if isinstance(cell, Decimal) or (isinstance(cell, float) and abs(cell) >= 100):
        return f"{cell:,.2f}"
    if isinstance(cell, float):
        return f"{cell:.4f}"
    if isinstance(cell, int) and not isinstance(cell, bool):
        return f"{cell:,}"
    return str(cell)
