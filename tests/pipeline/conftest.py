"""What the tests share: making small shops, and building a warehouse from them in this process."""

from __future__ import annotations

import atexit
import csv
import fcntl
import functools
import gc
import json
import os
import shutil
import tempfile
import types
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import postgres_server as servers
import pytest
import yaml
from dbt.compilation import Compiler
from dbt.contracts.graph.manifest import Manifest
from dbt.graph import Graph
from dbt_common.clients.jinja import MacroFuzzEnvironment

from patronage.dbt import dbt_environment, run_dbt
from patronage.publish import publish

PROJECT = Path(__file__).resolve().parents[2]
MODELS_ONLY = ["--resource-type", "model", "--resource-type", "seed"]
STAGING = ["path:models/staging", "event_points", "order_statuses"]  # and the seeds that it reads
ONLY_OF_THEM = ["--indirect-selection", "cautious"]  # no test that looks at more
DATA_CHECKS = ["--exclude-resource-type", "unit_test"]  # the unit tests run in test_demo.py


# hundreds of small databases, each of which waits for the disk many times: into memory, if there is
MEMORY = Path("/dev/shm")
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 8e9:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@functools.cache
def parsed() -> tuple[Manifest, Path]:
    """The project, parsed once for all builds of the run, and its manifest's file.

    The file lies apart: tests that run dbt on other projects write over that of a warehouse.
    """
    apart = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, apart, ignore_errors=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET_PATH", apart)
        with dbt_environment(PROJECT) as target:
            manifest = run_dbt(["parse"], PROJECT).result
    # dbt links the project's graph for each command, half of what a small one takes: once is enough
    link, linked = Compiler.compile, {}

    def link_once(compiler: Compiler, given: Manifest, **options: bool) -> Graph:
        if given is not manifest:
            return link(compiler, given, **options)
        # a query shown is a node for the time of its command
        kind = (options.get("add_test_edges", False), *given.nodes)
        if kind not in linked:
            linked[kind] = link(compiler, given, **options)
        return linked[kind]

    Compiler.compile = link_once
    # and translates each model's template anew, to the same code
    translate, codes = MacroFuzzEnvironment.compile, {}

    def translate_once(
        environment: MacroFuzzEnvironment, template: str, *names: str | None
    ) -> types.CodeType:
        if (template, *names) not in codes:
            codes[template, *names] = translate(environment, template, *names)
        return codes[template, *names]

    MacroFuzzEnvironment.compile = translate_once
    # it lives to the end of the run: the collector need not look at it again and again
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 100)
    return manifest, target / "manifest.json"


def chromium() -> str:
    """The browser's program; without one the test is skipped."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if not found:
        pytest.skip("no chromium is installed: apt-get install chromium")
    return found


SETTINGS = ("DATA", "SYSTEM", "TIMEZONE", "TIMES", "CURRENCY", "AS_OF", "SALT", "MEMORY_LIMIT")


def unset_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take all PATRONAGE_ settings of the caller out of the environment."""
    for name in SETTINGS:
        monkeypatch.delenv(f"PATRONAGE_{name}", raising=False)


class Warehouse:
    """A warehouse folder that can be built again and again."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Build into this folder, with this patch's environment."""
        self.folder = folder
        self.monkeypatch = monkeypatch
        self.selection: list[str] = []  # of what build builds: all
        # vars of the project: tests look at the texts of shops so small that nothing is shared
        self.variables: dict[str, Any] = {"rare_value_limit": 1}
        monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(folder))

    def build(
        self,
        data: Path | None = None,
        *options: str,
        sources: list[dict[str, str]] | None = None,
        checks: bool = False,
        notices: list[str] | None = None,
        again: bool = False,
        **settings: str,
    ) -> None:
        """Build from one shop's folder, or from `sources`; `settings` are PATRONAGE_… variables.

        With `again` into the file as it is.
        """
        if not again:
            (self.folder / "build.duckdb").unlink(missing_ok=True)
        if data:
            self.monkeypatch.setenv("PATRONAGE_DATA", str(data))
        for name, value in settings.items():
            self.monkeypatch.setenv(f"PATRONAGE_{name.upper()}", value)
        # nobody reads a manifest of each build: publishing reads that of the run
        command = [
            "build",
            "--no-write-json",
            *options,
            *(DATA_CHECKS if checks else MODELS_ONLY),
            *self.selection,
        ]
        variables = dict(self.variables)
        if sources:
            variables |= {"sources": sources, "reporting_currency": "EUR"}
        if "--vars" in command:
            place = command.index("--vars")
            variables |= yaml.safe_load(command[place + 1])
            del command[place : place + 2]
        command += ["--vars", json.dumps(variables)]
        (self.folder / "target").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(parsed()[1], self.folder / "target" / "manifest.json")
        self.run_dbt(command, None if notices is None else notices.append)

    def run_dbt(self, command: list[str], notice: Callable[[str], None] | None = None) -> None:
        """Run a dbt command on the folder; raises BuildError."""
        with dbt_environment(PROJECT):
            run_dbt(command, PROJECT, notice=notice, manifest=parsed()[0])

    def publish(self, **steps: Callable[..., None]) -> dict[str, int]:
        """Publish what was built, with these steps; return the rows of each table."""
        return publish(self.folder, parsed()[1], **steps)

    def rows(self, sql: str, file: str = "build.duckdb") -> list[tuple[Any, ...]]:
        """Run a query on the build file (or the public one)."""
        with duckdb.connect(str(self.folder / file), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()

    def frame(self, table: str) -> Any:
        """A table of the build file as a polars frame."""
        with duckdb.connect(str(self.folder / "build.duckdb"), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(f"from {table}").pl()


@pytest.fixture(scope="session")
def warehouse_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all builds of the run."""
    return tmp_path_factory.mktemp("warehouse")


@pytest.fixture
def warehouse(
    warehouse_folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Warehouse:
    """A warehouse without any PATRONAGE_ setting of the caller's environment.

    It builds what the test's module looks at, its MARTS (selectors of dbt), by default everything.
    """
    unset_settings(monkeypatch)
    warehouse = Warehouse(warehouse_folder, monkeypatch)
    if marts := getattr(request.module, "MARTS", None):
        with_parents = [f"+{mart}" for mart in marts]
        warehouse.selection = ["--select", *STAGING, *with_parents, *ONLY_OF_THEM]
    return warehouse


@pytest.fixture(scope="session")
def build_apart(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Warehouse]:
    """Build, like Warehouse.build, into a new folder for tests that only read it."""

    def build(*arguments: Any, **options: Any) -> Warehouse:
        with pytest.MonkeyPatch.context() as patch:
            unset_settings(patch)
            warehouse = Warehouse(tmp_path_factory.mktemp("apart"), patch)
            warehouse.build(*arguments, **options)
        return warehouse

    return build


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Warehouse:
    """The committed demo shop, built with all checks by the project's own settings.

    It is built once, by the first of the workers that run tests side by side; nobody writes to it.
    """
    folder = tmp_path_factory.getbasetemp()
    folder = (folder if worker_id == "master" else folder.parent) / "demo"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch, (folder / "lock").open("w") as lock:
        unset_settings(patch)
        warehouse = Warehouse(folder, patch)
        warehouse.variables = {}
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "is_built").exists():
            warehouse.build(checks=True)
            (folder / "is_built").touch()
    return warehouse


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.PostgresServer]:
    """A PostgreSQL server, one for all tests of the run."""
    with servers.running(tmp_path_factory.mktemp("postgres", numbered=True)) as server:
        yield server


@pytest.fixture
def parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """`patronage build` and `inspect` in this process take the project as it was parsed once."""
    from patronage import inspect, pipeline

    def run(command: list[str], *arguments: Any, **options: Any) -> Any:
        if command[0] == "parse":
            return types.SimpleNamespace(result=parsed()[0])
        return run_dbt(command, *arguments, **options)

    for module in (inspect, pipeline):
        monkeypatch.setattr(module, "run_dbt", run)


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Path]:
    """Write tables, each a CSV text or rows as dicts, as CSV files; return their folder."""

    def write(folder: str = "shop", /, **tables: str | Iterable[dict[str, Any]]) -> Path:
        target = tmp_path / folder
        target.mkdir(exist_ok=True)
        for name, content in tables.items():
            path = target / f"{name}.csv"
            if isinstance(content, str):
                path.write_text(content, encoding="utf-8")
                continue
            rows = list(content)
            columns = list(dict.fromkeys(column for row in rows for column in row))
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows(rows)
        return target

    return write
