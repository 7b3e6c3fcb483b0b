"""The two gates: Great Expectations checkpoints on the raw rows and on the file to be published.

What is expected stands in `raw` and `marts` beside this, which runs it and writes the Data Docs.
Importing Great Expectations takes seconds, so this package is imported only where a gate is run.
"""

from __future__ import annotations

import hashlib
import html
import logging
import os
import re
import shutil
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy.engine import URL

from patronage.pages import secured
from patronage.text import printable, without_values

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # nothing is sent anywhere
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import great_expectations as gx
    from great_expectations.compatibility import pydantic
    from great_expectations.constants import MAX_RESULT_RECORDS as SHOWN_ROWS
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from great_expectations.expectations import UnexpectedRowsExpectation
    from great_expectations.expectations.expectation import Expectation
    from great_expectations.render.renderer.renderer import renderer
    from great_expectations.render.view import DefaultJinjaPageView

from patronage.database import NO_RIGHTS, bounds

# what goes wrong in an expectation is in its result; a log of it would be a traceback
logging.getLogger("great_expectations").setLevel(logging.CRITICAL)

# DuckDB through SQLAlchemy, without transactions of its own
ENGINE = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}


class ExpectNoRows(UnexpectedRowsExpectation):
    """A query of what must not be finds no row; those that it finds are shown as the reason."""

    expectation_type = "expect_no_rows"
    metric_dependencies = ("unexpected_rows_query.table",)  # their number would be a second query

    @pydantic.validator("unexpected_rows_query", pre=True)
    def _of_a_batch(cls, query: str) -> str:  # noqa: N805 - a class method of pydantic
        """Name the batch, as Great Expectations asks, where the query reads other relations."""
        if "{batch}" in query:
            return query
        nothing = "(select 1 from {batch} where false)"
        return f"select * from ({query}) as found where not exists {nothing}"

    def _validate(self, metrics: dict, *_: Any, **__: Any) -> dict:
        """Fail when there are rows, with the first of them as text."""
        rows = [
            ", ".join(f"{name} {printable(str(value), 200)}" for name, value in row.items())
            for row in metrics["unexpected_rows_query.table"]
        ]
        return {"success": not rows, "result": {"observed_value": as_one_line(rows)}}

    @classmethod
    @renderer(renderer_type="renderer.diagnostic.observed_value")
    def _diagnostic_observed_value_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> str:
        """Show the rows in the Data Docs."""
        return str(result.result.get("observed_value", "--")) if result else "--"


def as_one_line(rows: list[str]) -> str:
    """Rows as one line; Great Expectations fetches no more than SHOWN_ROWS."""
    if not rows:
        return "none"
    return "; ".join(rows) + (" … and perhaps more" if len(rows) == SHOWN_ROWS else "")


class EscapedPage(DefaultJinjaPageView):
    """A page on which every text is shown as it is: its tags are those of the templates alone.

    Great Expectations' templates escape some texts and not others. Here they are given texts
    without a live sign, for which others stand until the page is made.
    """

    def render(self, document: Any, template: str | None = None, **options: Any) -> str:
        """Return a rendered document as HTML."""
        texts = self._get_template(template or self._template)
        return texts.render(shielded(document.to_json_dict()), **options).translate(ESCAPED)


LIVE = "<>&\"'"
# a stand-in is a sign for private use, which no text needs
SHIELD = {ord(sign): chr(0xF100 + place) for place, sign in enumerate(LIVE)}
ESCAPED = {ord(SHIELD[ord(sign)]): html.escape(sign) for sign in LIVE}


def shielded(found: Any, place: str = "") -> Any:
    """Return what a page shows with stand-ins for live signs, and errors without their values."""
    if isinstance(found, dict):
        return {shielded(key): shielded(value, key) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return [shielded(one) for one in found]
    if not isinstance(found, str):
        return found
    # tags, beside which a word says the same; and what quotes values
    if place in ("html_success_icon", "formatted_json") or found.startswith("Traceback (most"):
        return ""
    return (without_values(found) if place == "exception_message" else found).translate(SHIELD)


def plain(name: str) -> str:
    """Return a name that is a file's, too: of letters, digits and a few signs, not too long."""
    safe = re.sub("[^A-Za-z0-9 _.-]", "_", name)[:100]
    mark = hashlib.sha256(name.encode(errors="replace")).hexdigest()[:8]
    return name if name == safe else f"{safe} {mark}"


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

    @property
    def status(self) -> str:
        """Its end in one word: pass, warn or fail."""
        return "fail" if self.failed else "warn" if self.warned else "pass"


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
        reader = {"read_only": True, "config": NO_RIGHTS | bounds()}  # no rights to other files
        source = self.context.data_sources.add_sql(
            gate,
            # as a URL: a folder's name may hold signs that mean something in one
            connection_string=str(URL.create("duckdb", database=str(database))),
            create_temp_table=False,
            kwargs=ENGINE | {"connect_args": reader},
        )
        outcome = Outcome()
        try:
            definitions = []
            for suite in suites:
                name = plain(suite.name)
                asset = source.add_query_asset(name=name, query=suite.query)
                definitions.append(
                    gx.ValidationDefinition(
                        name=f"{gate} {name}",
                        data=asset.add_batch_definition("all"),
                        suite=self.context.suites.add(
                            gx.ExpectationSuite(
                                name=f"{gate} {name}", expectations=suite.expectations
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
        view = {"view": {"module_name": EscapedPage.__module__, "class_name": "EscapedPage"}}
        site = {
            "class_name": "SiteBuilder",
            "store_backend": store,
            "show_how_to_buttons": False,
            "site_section_builders": {"expectations": view, "validations": view},
        }
        self.context.add_data_docs_site(site_name=folder.name, site_config=site)
        self.context.build_data_docs(site_names=[folder.name], build_index=False)
        shutil.rmtree(folder / "static", ignore_errors=True)  # fonts and pictures
        for page in folder.rglob("*.html"):
            made = self_contained(page.read_text(encoding="utf-8"))
            page.write_text(secured(made), encoding="utf-8")
        (folder / "index.html").write_text(secured(self.index(folder)), encoding="utf-8")

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
            page = pages.get(result.suite_name)
            link = html.escape(quote(page.relative_to(folder).as_posix()) if page else "")
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
        message = without_values(str(trouble["exception_message"]).strip())
        return f"{said}: cannot be checked ({message})"
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
    """A page of the Data Docs without scripts and what it would load: it is complete without."""
    page = re.sub(r"(?s)<script\b.*?</script>|<(?:link|img)\b[^>]*>", "", page)
    page = re.sub(r' onclick="[^"]*"', "", page)
    page = re.sub(r"""url\((['"]?)https?:[^)]*\)""", "none", page)
    return page.replace("</head>", f"{STYLE}</head>", 1)
