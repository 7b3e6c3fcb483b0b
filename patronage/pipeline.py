"""A build from the raw files to the published warehouse: gate, dbt, gate, publish, and its log."""

from __future__ import annotations

import contextlib
import math
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import yaml

from patronage.answers import answers
from patronage.build_log import (
    check_of,
    last_published,
    new_entry,
    now,
    read_log,
    write_log,
    write_table,
)
from patronage.contract import contract_of
from patronage.database import opened
from patronage.dbt import BuildError, Progress, files_checked, run_dbt, warehouse_folder
from patronage.dictionary import write_dictionary
from patronage.folder import claim, forget_run, remove
from patronage.publish import (
    BUILD_FILE,
    DOCS_FOLDER,
    PUBLIC_FILE,
    PublishError,
    clean_up,
    marts_of,
    new_folder,
    only_writer,
    publish,
    readable,
    swap_folder,
)
from patronage.restatements import write_restatements
from patronage.steps import Steps

# dbt's options that leave something out: then the build file is kept, and built upon
PARTIAL = ("-s", "-m", "--select", "--models", "--model", "--exclude", "--selector")
STAGING = ["path:seeds", "path:models/staging"]
# The data tests of all marts: what must hold within and across them. Raw files may have changed
# since they were read, so they are not counted again; unit tests know nothing of the data.
MARTS_TESTS = ["--select", "path:models/marts", "--exclude", "reconciliation_counts_the_files",
               "--exclude-resource-type", "unit_test"]  # fmt: skip

# of the publisher's own tables
OWN_KEYS = {
    ("core", "build_log"): ("build_id",),
    ("core", "restatements"): ("build_id", "month_start", "cause"),
}


class GateError(Exception):
    """A gate is closed; its arguments are a line for each expectation that was not met."""


@dataclass
class Run:
    """One build or publish: where, with which options of dbt, and what is known of it so far."""

    project: Path
    target: Path
    options: list[str]
    accept: bool
    adopt: bool
    say: Callable[[str], None]
    progress: Progress | None = None
    steps: Steps = field(default_factory=Steps)

    def __post_init__(self) -> None:
        """Take up the log where the last build left it."""
        self.warehouse = warehouse_folder(self.project)
        self.entries: list[dict[str, Any]] = []
        self.entry: dict[str, Any] = {}
        self.gates: Any = None
        self.manifest: Any = None  # dbt's, once the project is parsed
        self.warned: list[str] = []  # checks
        self.lost: tuple[Any, int] = (0, 0)  # amount and orders of what was rejected
        self.is_tested = False  # whether all data tests have passed on what was built

    @property
    def is_partial(self) -> bool:
        """Whether the options select a part of the project."""
        return any(
            option.split("=")[0] in PARTIAL or "resource-type" in option for option in self.options
        )

    def variables(self) -> dict[str, Any]:
        """The project's vars, with those of the command line; of `gates` each one by itself.

        Raises PublishError for a limit that is no number.
        """
        known = yaml.safe_load((self.project / "dbt_project.yml").read_text())["vars"]
        given: dict[str, Any] = {}
        if option := self.vars_option():
            given = yaml.safe_load(option[-1].removeprefix("--vars=")) or {}
        gates = known["gates"] | (given.get("gates") or {})
        for name, limit in gates.items():
            is_number = isinstance(limit, int | float) and math.isfinite(limit)
            if not is_number and (name, limit) != ("oldest_days", None):
                raise PublishError(f"the var gates.{name} must be a number, not {limit!r}")
        return known | given | {"gates": gates}

    def vars_option(self) -> list[str]:
        """The option --vars of the command line as it was given; none: an empty list."""
        for place, option in enumerate(self.options):
            if option == "--vars" and self.options[place + 1 :]:
                return self.options[place : place + 2]
            if option.startswith("--vars="):
                return [option]
        return []

    def raw_folders(self) -> list[Path]:
        """The folders of raw files on this machine; none where dbt will find fault with them."""
        try:
            paths = [str(one["path"]) for one in self.variables()["sources"] if one.get("path")]
        except (yaml.YAMLError, TypeError, AttributeError):
            paths = []
        if data := os.environ.get("PATRONAGE_DATA"):
            paths.append(data)
        return [self.project / path for path in paths if "://" not in path]

    @contextlib.contextmanager
    def logged(self) -> Iterator[None]:
        """Be the only writer; note the start and the end of it in the log, however it ends."""
        claim(self.warehouse, self.project, self.raw_folders(), self.adopt)
        with only_writer(self.warehouse):
            clean_up(self.warehouse)
            self.entries = read_log(self.warehouse, lambda line: self.say(f"warning: {line}"))
            for entry in self.entries:
                if entry["status"] == "running":
                    entry["status"] = "killed"
            self.entry = new_entry(self.project)
            self.entries.append(self.entry)
            write_log(self.warehouse, self.entries)
            try:
                self.check_salt()
                yield
            except BaseException as error:
                self.entry |= {"status": "failed", "finished_at": now()}
                # what failed, not what it said: a message may quote a row
                self.entry["failed_checks"] = self.entry["failed_checks"] or failed_names(error)
                with contextlib.suppress(OSError):
                    write_log(self.warehouse, self.entries)
                    if self.gates and isinstance(error, Exception):  # nobody waits for an interrupt
                        self.write_docs()
                raise
            write_log(self.warehouse, self.entries)

    def check_salt(self) -> None:
        """Raise PublishError when the keys of guests would be others than those published."""
        last = last_published(self.entries)
        if last and last["salt_mark"] and last["salt_mark"] != self.entry["salt_mark"]:
            raise PublishError(
                "PATRONAGE_SALT is not the one of the published file, so all keys of guests would "
                "change: set it to the old one, or remove the published file to start anew"
            )

    def dbt(self, command: list[str]) -> None:
        """Run dbt on the project, parsed once, and count its checks. Raises BuildError."""
        try:
            if self.manifest is None:
                with self.steps.timed("read the project"):
                    self.manifest = run_dbt(["parse", *self.vars_option()], self.project).result
            told = (self.progress, self.say, self.manifest, self.steps.step)
            run = run_dbt(command, self.project, *told)
        except BuildError as error:
            self.entry["checks_failed"] += sum(
                line.startswith(("test ", "unit_test ")) for line in error.args
            )
            raise BuildError(*(self.plain(line) for line in error.args)) from error
        for one in getattr(run.result, "results", None) or []:
            self.entry["checks_run"] += one.node.resource_type in ("test", "unit_test")

    def plain(self, line: str) -> str:
        """A failure of dbt as a line that says the way out, where one is known."""
        said = readable(Exception(line), self.warehouse / BUILD_FILE)
        return said if said != line else line

    def build(self) -> None:
        """Build everything, gate by gate. Raises BuildError, GateError or PublishError."""
        if self.is_partial:
            self.dbt(["build", *self.options])
            self.raw_gate()
        else:
            self.start_anew()
            # unit tests check the models, whatever the data: plain `dbt build` runs them
            options = [*self.options, "--exclude-resource-type", "unit_test"]
            options += ["--indirect-selection", "cautious"]
            self.dbt(["build", *options, "--select", *STAGING])
            self.raw_gate()
            with files_checked():
                self.dbt(["build", *options, "--exclude", *STAGING])
            self.is_tested = True

    def start_anew(self) -> None:
        """Remove the build file: freed pages of an old one keep what was erased since.

        The last build's own logs go with it.
        """
        remove(self.warehouse / BUILD_FILE, self.warehouse / f"{BUILD_FILE}.wal")
        forget_run(self.target)

    def take_build(self) -> None:
        """Take the last build as it is. Raises PublishError, duckdb.Error or FolderError."""
        build = self.warehouse / BUILD_FILE
        if not build.exists():
            raise PublishError(f"{build} is missing: run `patronage build` first")
        opened(build).close()
        self.dbt(["parse"])  # says what the marts are, whoever built them
        self.raw_gate()

    def raw_gate(self) -> None:
        """Check the raw rows. Raises GateError."""
        from patronage.gates import raw  # takes seconds, so not before it is needed

        variables = self.variables()
        contract = contract_of(self.project)
        try:
            found = raw.profile(self.warehouse / BUILD_FILE, contract)
        except duckdb.CatalogException as error:
            raise PublishError(
                "the raw rows are not built: run `patronage build` in full"
            ) from error
        self.entry["raw_tables"] = found
        self.entry["rejected_rows"] = sum(table["rejected"] for table in found.values())
        last = None if self.accept else last_published(self.entries)
        oldest = None
        if variables["gates"]["oldest_days"] is not None and not self.is_dated(variables):
            days = timedelta(days=int(variables["gates"]["oldest_days"]))
            oldest = (datetime.now(UTC) - days).date().isoformat()
        compared = {
            key: table | {"filled": {c: s for c, s in table["filled"].items() if c in columns}}
            for key, table in (last["raw_tables"] if last else {}).items()
            if (columns := contract.get(key.split("/")[1], {}).get("columns"))
        }
        if self.is_dated(variables):
            compared = {key: table | {"latest": None} for key, table in compared.items()}
        limits = variables["gates"] | ({"reused_keys_share_to_stop": None} if self.accept else {})
        self.pass_gate(
            "raw",
            self.warehouse / BUILD_FILE,
            raw.suites(self.project, found, compared, limits, oldest),
        )

    def is_dated(self, variables: dict[str, Any]) -> bool:
        """Whether the business date is set rather than the latest in the data."""
        return bool(variables.get("as_of") or os.environ.get("PATRONAGE_AS_OF"))

    def publish(self) -> dict[str, int]:
        """Publish what was built, if it passes. Raises BuildError, GateError or PublishError."""
        manifest = self.target / "manifest.json"
        marts = marts_of(manifest)

        def check(candidate: Path, rows: dict[str, int]) -> None:
            from patronage.gates.clock import clock
            from patronage.gates.marts import suites
            from patronage.gates.personal import delivered_addresses

            if not self.is_tested:  # built in part, or by somebody else
                with files_checked():
                    self.dbt(["test", *self.vars_option(), *MARTS_TESTS])
            build = self.warehouse / BUILD_FILE
            addresses = delivered_addresses(build, candidate, marts, contract_of(self.project))
            date = clock(build, self.is_dated(self.variables()))
            self.pass_gate("marts", candidate, [*suites(marts, rows, addresses), date])
            self.write_docs()

        def complete(connection: duckdb.DuckDBPyConnection, rows: dict[str, int]) -> None:
            as_of = connection.execute("select max(as_of) from core.as_of").fetchall()[0][0]
            amount, orders = self.lost = self.lost_money()
            self.entry |= {
                "rejected_amount": f"{amount:.2f}",
                "rejected_orders": orders,
                "status": "published",
                "as_of": as_of.isoformat() if as_of else None,
                "rows_per_table": rows,
                "finished_at": now(),
            }
            write_table(connection, self.entries)
            public = self.warehouse.resolve() / PUBLIC_FILE
            write_restatements(connection, public, self.entry["build_id"])
            keys = {(mart.schema, mart.name): mart.key for mart in marts} | OWN_KEYS
            write_dictionary(connection, keys)

        return publish(self.warehouse, manifest, check, complete)

    def lost_money(self) -> tuple[Any, int]:
        """What rejected rows take away, and how many orders they hit. Raises duckdb.Error."""
        from patronage.gates.orders import lost_money

        sources = {key.split("/")[0] for key in self.entry["raw_tables"] if key.endswith("/orders")}
        return lost_money(self.warehouse / BUILD_FILE, sorted(sources))

    def answers(self) -> list[str]:
        """What the published build says, a line each. Raises duckdb.Error."""
        entry = self.entry
        build = self.warehouse / BUILD_FILE
        return answers(build, entry["checks_warned"], entry["rejected_rows"], self.lost)

    def pass_gate(self, name: str, database: Path, suites: list[Any]) -> None:
        """Run a gate's suites, print the warnings. Raises GateError."""
        from patronage.gates import Gates

        self.gates = self.gates or Gates()
        started = time.monotonic()
        outcome = self.gates.check(name, database, suites)
        unmet = len(outcome.failed) + len(outcome.warned)
        self.steps.step(f"{name} gate", outcome.status, time.monotonic() - started, unmet)
        self.entry["checks_run"] += outcome.run
        self.entry["checks_failed"] += len(outcome.failed)
        self.entry["checks_warned"] += len(outcome.warned)
        for line in outcome.warned:
            self.say(f"warning: {line}")
        found = f"{len(outcome.failed)} stop, {len(outcome.warned)} warn"
        self.say(f"{name} gate: {outcome.run} expectations, {found}")
        self.warned += map(check_of, outcome.warned)
        self.entry["warned_checks"] = "; ".join(self.warned) or None
        if outcome.failed:
            self.entry["failed_checks"] = "; ".join(map(check_of, outcome.failed))
            raise GateError(*outcome.failed)

    def write_docs(self) -> None:
        """Put the Data Docs of all gates so far in the place of the last ones."""
        folder = new_folder(self.warehouse, DOCS_FOLDER)
        self.gates.write_docs(folder)
        swap_folder(folder, self.warehouse / DOCS_FOLDER)


def failed_names(error: BaseException) -> str:
    """What failed in a build, without what it said: the log is published."""
    if isinstance(error, BuildError):
        steps = [
            re.match(r"(?:model|seed|test|unit_test|operation) [\w.-]+", line)
            for line in error.args
        ]
        return "; ".join(step[0] if step else "settings or raw files" for step in steps)
    return type(error).__name__
