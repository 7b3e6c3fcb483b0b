"""The two gates: Great Expectations checkpoints on the raw rows and on the file to be published.

What is expected stands in `tests/expectations/`; this runs it and writes the Data Docs. Importing
Great Expectations takes seconds, so this module is imported only where a gate is run.
"""

from __future__ import annotations

import html
import importlib.util
import logging
import os
import re
import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy.engine import URL

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # nothing is sent anywhere
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from great_expectations.expectations import UnexpectedRowsExpectation
    from great_expectations.expectations.expectation import Expectation
    from great_expectations.render.renderer.renderer import renderer

# what goes wrong in an expectation is in its result; a log of it would be a traceback
logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
SHOWN_ROWS = 10

# DuckDB through SQLAlchemy: read-only, without transactions of SQLAlchemy's own
ENGINE = {
    "isolation_level": "AUTOCOMMIT",
    "skip_autocommit_rollback": True,
    "connect_args": {"read_only": True},
}


class ExpectNoRows(UnexpectedRowsExpectation):
    """A query of what must not be finds no row; those that it finds are shown as the reason."""

    expectation_type = "expect_no_rows"

    def _validate(self, metrics: dict, *_: Any, **__: Any) -> dict:
        """Fail when there are rows, with the first of them as text."""
        count = metrics["unexpected_rows_query.row_count"]
        rows = [
            ", ".join(f"{name} {value}" for name, value in row.items())
            for row in metrics["unexpected_rows_query.table"][:SHOWN_ROWS]
        ]
        return {"success": count == 0, "result": {"observed_value": told(count, rows)}}

    @classmethod
    @renderer(renderer_type="renderer.diagnostic.observed_value")
    def _diagnostic_observed_value_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> str:
        """Show the rows in the Data Docs."""
        return str(result.result.get("observed_value", "--")) if result else "--"


def told(count: int, rows: list[str]) -> str:
    """Rows as one line."""
    if not count:
        return "none"
    more = f" … and {count - len(rows)} more" if count > len(rows) else ""
    return "; ".join(rows) + more


@dataclass(frozen=True)
class Suite:
    """What is expected of one relation: a name, a query that reads it, the expectations."""

    name: str
    query: str
    expectations: list[Expectation]


@dataclass
class Outcome:
    """What a gate found: how many expectations ran, and a line for each that was not met."""

    run: int = 0
    failed: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)


class Gates:
    """The gates of one build, and the Data Docs about them."""

    def __init__(self) -> None:
        """Start with no results."""
        self.context = gx.get_context(
            project_config=DataContextConfig(
                store_backend_defaults=InMemoryStoreBackendDefaults(),
                progress_bars=ProgressBarsConfig(globally=False),
                analytics_enabled=False,
            )
        )
        self.results: list[tuple[str, Any]] = []

    def check(self, gate: str, database: Path, suites: Iterable[Suite]) -> Outcome:
        """Run the suites of a gate on a database file, which is released afterwards."""
        source = self.context.data_sources.add_sql(
            gate,
            # as a URL: a folder's name may hold signs that mean something in one
            connection_string=str(URL.create("duckdb", database=str(database))),
            create_temp_table=False,
            kwargs=ENGINE,
        )
        outcome = Outcome()
        try:
            definitions = []
            for suite in suites:
                asset = source.add_query_asset(name=suite.name, query=suite.query)
                definitions.append(
                    gx.ValidationDefinition(
                        name=f"{gate} {suite.name}",
                        data=asset.add_batch_definition("all"),
                        suite=self.context.suites.add(
                            gx.ExpectationSuite(
                                name=f"{gate} {suite.name}", expectations=suite.expectations
                            )
                        ),
                    )
                )
                self.context.validation_definitions.add(definitions[-1])
            checkpoint = gx.Checkpoint(
                name=gate,
                validation_definitions=definitions,
                result_format={"result_format": "SUMMARY", "partial_unexpected_count": 0},
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                results = self.context.checkpoints.add(checkpoint).run().run_results
            for identifier, result in results.items():
                self.results.append((gate, (identifier, result)))
                for one in result.results:
                    outcome.run += 1
                    if not one.success:
                        is_stop = str(one.expectation_config.severity).lower().endswith("critical")
                        line = f"{result.suite_name}: {reason(one)}"
                        (outcome.failed if is_stop else outcome.warned).append(line)
        finally:
            # the data source and its execution engine each have a pool that keeps the file open
            source.get_execution_engine().close()
            source.get_execution_engine().engine.dispose()
            source.get_engine().dispose()
        return outcome

    def write_docs(self, folder: Path) -> None:
        """Write the Data Docs of all gates that ran: a static site that loads nothing from afar."""
        store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)}
        site = {"class_name": "SiteBuilder", "store_backend": store, "show_how_to_buttons": False}
        self.context.add_data_docs_site(site_name=folder.name, site_config=site)
        self.context.build_data_docs(site_names=[folder.name])
        for page in folder.rglob("*.html"):
            page.write_text(self_contained(page.read_text()))
        (folder / "index.html").write_text(self.index(folder))

    def index(self, folder: Path) -> str:
        """The first page: each suite, whether it was met, and where its results are."""
        pages = {
            page.parent.parent.parent.name: page for page in folder.glob("validations/*/*/*/*")
        }
        rows = []
        for gate, (_, result) in self.results:
            counts = result.statistics
            severities = [
                str(one.expectation_config.severity).lower().rsplit(".", 1)[-1]
                for one in result.results
                if not one.success
            ]
            status = "failed" if "critical" in severities else "warned" if severities else "passed"
            page = pages.get(result.suite_name.replace("/", "_")) or pages.get(result.suite_name)
            link = html.escape(str(page.relative_to(folder)) if page else "")
            name = html.escape(result.suite_name.removeprefix(f"{gate} "))
            why = "<br>".join(html.escape(reason(one)) for one in result.results if not one.success)
            rows.append(
                f'<tr class="{status}"><td>{gate}</td><td><a href="{link}">{name}</a></td>'
                f"<td>{status}</td><td>{counts['evaluated_expectations']}</td><td>{why}</td></tr>"
            )
        return (
            "<!doctype html><html lang=en><head><meta charset=utf-8><title>Data Docs</title>"
            f"{STYLE}</head><body><h1>What was expected of the data, and what was found</h1>"
            "<table><tr><th>gate</th><th>table</th><th>status</th><th>expectations</th>"
            f"<th>not met</th></tr>{''.join(rows)}</table></body></html>\n"
        )


def reason(result: Any) -> str:
    """One line of why an expectation was not met."""
    configuration = result.expectation_config
    said = configuration.description or configuration.type
    trouble = result.exception_info or {}
    if "raised_exception" not in trouble:
        trouble = next((one for one in trouble.values() if one.get("raised_exception")), {})
    if trouble.get("raised_exception"):
        lines = [one for one in str(trouble["exception_message"]).splitlines() if one.strip()]
        return f"{said}: cannot be checked ({lines[0] if lines else 'no message'})"
    found = result.result or {}
    if found.get("observed_value") is not None:
        return f"{said}: found {found['observed_value']}"
    if found.get("unexpected_count") is not None:
        return f"{said}: not so in {found['unexpected_count']} of {found['element_count']} rows"
    return said


STYLE = """<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
td, th { border: 1px solid #bbb; padding: .3rem .6rem; text-align: left; vertical-align: top }
tr.failed td:nth-child(3) { background: #f8d7da } tr.warned td:nth-child(3) { background: #fff3cd }
tr.passed td:nth-child(3) { background: #d4edda } img, .btn, footer, .modal { display: none }
ul { list-style: none; padding: 0 }
</style>"""


def self_contained(page: str) -> str:
    """A page of the Data Docs without what it would load from other machines."""
    page = re.sub(r'<script[^>]*src="http[^>]*>\s*</script>', "", page)
    page = re.sub(r'<img[^>]*src="http[^>]*>', "", page)
    page = re.sub(r'<link[^>]*href="http[^>]*>', "", page)
    page = re.sub(r"""url\((['"]?)https?:[^)]*\)""", "none", page)
    return page.replace("</head>", f"{STYLE}</head>", 1)


def expectations_of(project: Path, gate: str) -> ModuleType:
    """Return the module of a gate's expectations, in the project's tests."""
    path = project / "tests" / "expectations" / f"{gate}.py"
    name = f"patronage_expectations_{gate}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
