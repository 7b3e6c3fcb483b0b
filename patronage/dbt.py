"""Running dbt as one step of a build: its progress, and one clear line for each failure.

Importing dbt takes seconds, so it is imported only where it is run.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patronage.environment import environment
from patronage.text import without_values

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.events.base_types import BaseEvent, EventMsg
    from dbt_common.events.event_manager import EventManager

Progress = Callable[[int, int, str], None]
"""Called as each step starts: its number, how many there are, its name."""

Finished = Callable[[str, str, float, int | None], None]
"""Called as each step ends: its name, its status, its seconds, its rows if they are known."""


HEARD = ("LogStartLine", "NodeFinished", "JinjaLogInfo")
"""The events of dbt that run_dbt follows, beside warnings and errors."""


class BuildError(Exception):
    """The build failed; its arguments are a line for each thing that did."""


def project_folder() -> Path:
    """Return the dbt project's folder: the nearest one upwards, else this package's own."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "dbt_project.yml").exists():
            return folder
    return Path(__file__).resolve().parent.parent


def warehouse_folder(project: Path) -> Path:
    """Return the folder that PATRONAGE_WAREHOUSE names, by default the project's `warehouse`."""
    return Path(os.environ.get("PATRONAGE_WAREHOUSE") or project / "warehouse").resolve()


@contextlib.contextmanager
def dbt_environment(project: Path) -> Iterator[Path]:
    """Set, for a while, what dbt needs to run from any working folder; yield dbt's target folder.

    Paths of the environment are those of the caller's working folder, not of the project.
    """
    warehouse = warehouse_folder(project)
    data = os.environ.get("PATRONAGE_DATA")
    target = Path(os.environ.get("DBT_TARGET_PATH") or warehouse / "target").resolve()
    settings = {
        "PATRONAGE_WAREHOUSE": str(warehouse),
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": os.environ.get("DBT_LOG_PATH") or str(target / "logs"),
    }
    if data and "://" not in data:
        settings["PATRONAGE_DATA"] = str(Path(data).resolve())
    with environment(settings):
        yield target


def files_checked() -> contextlib.AbstractContextManager[None]:
    """Tell dbt for a while that the raw files were read and found sound: not to do so again."""
    return environment({"PATRONAGE_FILES_CHECKED": "yes"})


@contextlib.contextmanager
def only_heard_events() -> Iterator[None]:
    """Have dbt make no message of an event that nobody hears: a quarter of its own processor time.

    It makes two of each query and each state of a node, by a dict and the rules of JSON, also where
    no log is written.
    """
    from dbt_common.events.base_types import BaseEvent, DebugLevel, DynamicLevel, InfoLevel
    from dbt_common.events.event_manager import EventManager

    make, fire = BaseEvent.__init__, EventManager.fire_event

    def is_heard(event: BaseEvent) -> bool:
        quiet = isinstance(event, DebugLevel | InfoLevel | DynamicLevel)
        return not quiet or type(event).__name__ in HEARD

    def make_heard(event: BaseEvent, *arguments: Any, **values: Any) -> None:
        if is_heard(event):
            make(event, *arguments, **values)

    def fire_heard(
        manager: EventManager, event: BaseEvent, *arguments: Any, **options: Any
    ) -> None:
        if is_heard(event):
            fire(manager, event, *arguments, **options)

    try:
        BaseEvent.__init__, EventManager.fire_event = make_heard, fire_heard
        yield
    finally:
        BaseEvent.__init__, EventManager.fire_event = make, fire


@contextlib.contextmanager
def light_macros() -> Iterator[None]:
    """Have dbt make less of each macro for each node: a twentieth of a build's processor time.

    Each node may call any of a thousand macros, in the order of packages that dbt's own
    MacroNamespace searches for each of them. Here a macro is two references, and that order is
    gone through once.
    """
    from dbt.clients.jinja import MacroGenerator
    from dbt.context.macros import MacroNamespaceBuilder
    from dbt.exceptions import PackageNotFoundForMacroError

    class LightMacro(MacroGenerator):
        context = property(lambda macro: macro.place[0])
        node = property(lambda macro: macro.place[1])
        stack = property(lambda macro: macro.place[2])

        def __init__(self, macro: Any, place: tuple[Any, Any, Any]) -> None:
            self.macro, self.place = macro, place

    class Namespace(dict[str, Any]):
        packages: dict[str, dict[str, LightMacro]]

        def get_from_package(self, package: str | None, name: str) -> Any:
            if package is None:
                return self.get(name)
            if package not in self.packages:
                raise PackageNotFoundForMacroError(package)
            return self.packages[package].get(name)

    def build_light(
        builder: MacroNamespaceBuilder, macros: dict[str, dict[str, Any]], context: dict[str, Any]
    ) -> Namespace:
        place = (context, builder.node, builder.thread_ctx)
        made = {
            package: {name: LightMacro(macro, place) for name, macro in of_package.items()}
            for package, of_package in macros.items()
        }
        internal: dict[str, LightMacro] = {}
        for package in reversed(builder.internal_package_names_order):
            internal |= made.pop(package, {})
        own = made.get(builder.root_package, {}) | made.get(builder.search_package, {})
        namespace = Namespace(internal | {"dbt": internal} | made | own)
        namespace.packages = made | {"dbt": internal}
        return namespace

    build = MacroNamespaceBuilder.build_namespace
    try:
        MacroNamespaceBuilder.build_namespace = build_light
        yield
    finally:
        MacroNamespaceBuilder.build_namespace = build


@contextlib.contextmanager
def rare_collection() -> Iterator[None]:
    """Look for garbage less often: dbt makes many objects, and keeps a graph that is looked at."""
    usual = gc.get_threshold()
    try:
        gc.set_threshold(50_000, 20, 20)
        yield
    finally:
        gc.set_threshold(*usual)


def run_dbt(
    command: list[str],
    project: Path,
    progress: Progress | None = None,
    notice: Callable[[str], None] | None = None,
    manifest: Manifest | None = None,
    finished: Finished | None = None,
) -> dbtRunnerResult:
    """Run a dbt command (with its options) on the project, quietly; return what dbt returns.

    `notice` is called with each line that the project's macros log; with a `manifest`, the project
    is not parsed again. Raises BuildError.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.nodes import CompiledNode

    def follow(event: EventMsg) -> None:
        if event.info.name == "LogStartLine" and progress:
            progress(event.data.index, event.data.total, event.data.node_info.node_name)
        elif event.info.name == "NodeFinished" and finished:
            finished(*ended(event))
        elif event.info.name == "JinjaLogInfo" and notice:
            notice(event.data.msg)
        elif event.info.name == "RunningOperationCaughtError":
            refusals.append(event.data.exc)  # which dbt says nowhere else

    refusals: list[str] = []
    folders = ["--project-dir", str(project), "--profiles-dir", str(project / "profiles")]
    # no log file, either: errors of the database quote values
    quiet = ["--log-level", "none", "--log-level-file", "none", "--no-print"]
    for node in manifest.nodes.values() if manifest else ():
        if isinstance(node, CompiledNode):
            # what is inlined in it is of the files of the run before
            node.compiled, node.extra_ctes, node.extra_ctes_injected = False, [], False
    try:
        # relative paths of the var sources are the project's
        with contextlib.chdir(project), only_heard_events(), light_macros(), rare_collection():
            result = dbtRunner(manifest, callbacks=[follow]).invoke([*command, *folders, *quiet])
    finally:
        # dbt keeps the build file open in this process; publishing opens it anew, read-only
        DuckDBConnectionManager.close_all_connections()
    faults = faults_of(refusals[-1]) if refusals else [] if result.success else failures_of(result)
    if faults:
        del result
        gc.collect()  # the frames of dbt's errors hold the build file open, too
        raise BuildError(*faults)
    return result


def ended(event: EventMsg) -> tuple[str, str, float, int | None]:
    """Return what the end of a step tells, as Finished takes it; the engine counts few rows."""
    node, result = event.data.node_info, event.data.run_result
    rows = result.num_failures if node.resource_type in ("test", "unit_test") else None
    if "rows_affected" in result.adapter_response:
        rows = int(result.adapter_response["rows_affected"])
    status = result.status.lower().replace("runtime error", "error")
    return f"{node.resource_type} {node.node_name}", status, result.execution_time, rows


def failures_of(result: dbtRunnerResult) -> list[str]:
    """Return a line for each failure of a dbt run, not for what was skipped because of one."""
    failures = []
    for one in getattr(result.result, "results", None) or []:
        if str(one.status) in ("error", "fail", "runtime error"):
            faults = faults_of(one.message)
            name = f"{one.node.resource_type} {one.node.name}: "
            failures += faults if len(faults) > 1 else [name + faults[0]]
    if result.exception is not None:
        failures += faults_of(str(result.exception))
    return failures or ["dbt failed without a message"]


def faults_of(message: str | None) -> list[str]:
    """Return the faults that a dbt message lists (macro raise_faults), else its one line."""
    lines = [line.strip() for line in (message or "").splitlines()]
    faults = [without_values(line[2:]) for line in lines if line.startswith("- ")]
    return faults or [first_line(message)]


def first_line(message: str | None) -> str:
    """Return the line of a dbt message that says what is wrong: no heading, no value of a row."""
    lines = [line.strip() for line in (message or "").splitlines() if line.strip()]
    headings = ("Compilation Error", "Runtime Error", "Database Error")
    lines = [line for line in lines if not line.startswith(headings)] or lines
    if lines and "CSV Parser state machine" in lines[0]:  # what DuckDB says of mixed line ends
        file = next((line.removeprefix("file = ") for line in lines if "file = " in line), "CSV")
        return f"{file}: cannot be read as CSV; are its line ends mixed?"
    return without_values("\n".join(lines))
