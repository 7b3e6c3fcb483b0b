"""What other programs call: patronage.build, JSON documents of commands, a log of JSON lines."""

from __future__ import annotations

import io
import json
import pickle
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click.testing
import duckdb
import pytest
import yaml
from conftest import PROJECT, unset_settings
from dbt.adapters.events.types import ConnectionUsed
from dbt.clients.jinja import MacroStack
from dbt.context.macros import MacroNamespaceBuilder
from dbt.events.types import (
    JinjaLogInfo,
    LogModelResult,
    LogStartLine,
    NodeFinished,
    NoNodesSelected,
    RunningOperationCaughtError,
)
from dbt.exceptions import PackageNotFoundForMacroError
from dbt_common.events.event_manager import EventManager

import patronage
from patronage.cli import Terminal, builds, main
from patronage.dbt import HEARD, light_macros, only_heard_events

ORDERS = "order_id,ordered_at,customer_id,amount\n" + "".join(
    f"{n},2024-01-{n % 28 + 1:02} 10:00:00,c{n % 9},20\n" for n in range(1, 41)
)


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """An empty warehouse folder, with nothing of the caller's settings."""
    unset_settings(monkeypatch)
    for name, value in {"SALT": "pepper", "WAREHOUSE": str(tmp_path / "warehouse")}.items():
        monkeypatch.setenv(f"PATRONAGE_{name}", value)
    monkeypatch.chdir(PROJECT)
    return tmp_path / "warehouse"


def called(*arguments: str) -> click.testing.Result:
    """Run a command in this process, as a program would."""
    return click.testing.CliRunner().invoke(main, list(arguments))


def told(*arguments: str, code: int = 0) -> dict[str, Any]:
    """The one document that a command prints with --json."""
    result = called(*arguments, "--json")
    assert result.exit_code == code, result.stderr
    return json.loads(result.stdout)


def is_free(file: Path) -> bool:
    """Whether nobody in this process has a database file open: it can be opened otherwise."""
    duckdb.connect(str(file), config={"threads": 1}).close()
    return True


def test_a_program_builds_again_and_again(place, shop, parsed_once, monkeypatch, capfd):
    """A missing column, a closed gate, a sound delivery: of each the result, and no open file."""
    broken = shop("broken", orders=ORDERS.replace("ordered_at", "day"))
    with pytest.raises(patronage.BuildFailed, match="required column ordered_at is missing") as no:
        patronage.build(broken, system="files")
    assert no.value.kind == "build"
    assert is_free(place / "build.duckdb")
    again = pickle.loads(pickle.dumps(no.value))  # as it comes out of a worker of another process
    assert (again.kind, again.faults) == ("build", no.value.faults)

    # the command calls the same function: its document says the same
    monkeypatch.setenv("PATRONAGE_DATA", str(shop("half", orders=ORDERS.replace("2024-01-1", "x"))))
    found = told("build", code=1)
    assert (found["command"], found["status"], found["kind"]) == ("build", "failed", "data")
    assert "at most 20% of the rows are rejected" in found["errors"][0]["message"]
    assert found["errors"][-1] == {"message": "nothing was published"}
    page = (place / "data_docs" / "index.html").read_text()
    assert "at most 20% of the rows are rejected" in page
    assert is_free(place / "build.duckdb")

    monkeypatch.setenv("PATRONAGE_LOG", "json")
    monkeypatch.delenv("PATRONAGE_DATA")
    capfd.readouterr()
    lines: list[str] = []
    data = shop(orders=ORDERS + "41,never,c1,7.50\n")
    result = patronage.build(data, as_of="2024-02-01", timezone="Europe/Berlin", say=lines.append)
    assert result.file == place / "patronage.duckdb"
    assert (str(result.as_of), result.raw_rows, result.rejected_rows) == ("2024-02-01", 41, 1)
    assert result.rows["core.orders"] == 40
    assert result.checks_run > 300
    assert json.loads(json.dumps(result.as_json()))["build_id"] == result.build_id
    assert any(line.startswith("built and checked in") for line in lines)
    assert is_free(place / "build.duckdb")

    # what is on stderr are the steps, a line each, and stdout is the caller's
    stdout, stderr = capfd.readouterr()
    assert stdout == ""
    steps = [json.loads(line) for line in stderr.splitlines()]
    assert all(list(one)[:3] == ["time", "level", "event"] for one in steps)
    assert steps[0]["event"] == "started"
    assert (steps[-1]["event"], steps[-1]["build_id"]) == ("published", result.build_id)
    ended = {one["step"]: one for one in steps if one["event"] == "step"}
    assert {"model orders", "raw gate", "marts gate", "publish"} <= ended.keys()
    assert ended["publish"]["rows"] == sum(result.rows.values())
    assert ended["model orders"]["seconds"] > 0
    warned = [one["message"] for one in steps if one["level"] == "warning" and "message" in one]
    assert warned == list(result.warnings)
    assert not [one for one in steps if one["level"] == "error"]

    # the environment is as it was, and the log holds all three
    monkeypatch.delenv("PATRONAGE_LOG")
    found = told("status")
    assert [one["status"] for one in found["builds"]] == ["failed", "failed", "published"]
    assert found["builds"][-1]["build_id"] == result.build_id
    found = told("rejects")
    assert (found["status"], found["rejected_rows"], found["files"]) == ("ok", 1, [])
    assert [(one["reason"], one["rows"]) for one in found["reasons"]] == [
        ("unparsable ordered_at", 1)
    ]

    # the published log says what may be missing, and which checks warn, without what they found
    with duckdb.connect(str(result.file), read_only=True) as connection:
        logged = connection.execute(
            "select rejected_amount::varchar, rejected_orders, warned_checks from core.build_log "
            "where build_id = ?", [result.build_id]
        ).fetchall()  # fmt: skip
    assert logged[0][:2] == ("7.50", 1)
    assert "raw files orders: at most 1% of the rows are rejected" in logged[0][2].split("; ")


def test_each_command_tells_what_is_wrong_as_json(place, shop):
    for command in ("status", "rejects", "publish"):
        found = told(command, code=1)
        assert (found["command"], found["status"]) == (command, "failed")
        assert "run `patronage build` first" in found["errors"][0]["message"]
    found = told("publish", "--to", "postgresql://localhost/shop", code=1)
    assert (found["kind"], "rows_per_table" in found) == ("place", False)
    assert told("status", "--latest", code=2)["errors"][0]["message"].startswith("No such option")
    assert told("inspect", "/nowhere", code=2)["status"] == "failed"


def test_another_project_is_not_built_by_the_command(place, tmp_path, monkeypatch):
    (tmp_path / "dbt_project.yml").write_text("name: retailer\n")
    monkeypatch.chdir(tmp_path)
    assert "is built by `dbt build`" in told("build", code=1)["errors"][0]["message"]


@pytest.mark.parametrize("is_terminal", [True, False])
def test_progress_is_shown_at_a_terminal_only(monkeypatch, is_terminal):
    def build(project, options, accept, adopt, prepare, say, progress):
        progress(3, 7, "a_model")
        say("warning: a line")
        raise patronage.BuildFailed("place", ["the disk is full"])

    screen = io.StringIO()
    terminal = Terminal(file=screen, force_terminal=is_terminal, width=100)
    monkeypatch.setattr(builds, "console", terminal)
    monkeypatch.setattr(builds, "build_and_publish", build)
    assert called("build").exit_code == 1
    assert ("a_model" in screen.getvalue()) == is_terminal
    assert ("\x1b" in screen.getvalue()) == is_terminal
    assert "warning: a line" in screen.getvalue()


def test_what_a_build_listens_to_is_heard_and_nothing_else():
    """Of each kind one event of dbt's: those named, what is wrong, and what nobody asked for."""
    run = {"run_result": {"status": "success"}, "node_info": {"node_name": "orders"}}
    fired = [
        lambda: LogStartLine(description="orders", index=1, total=2, node_info=run["node_info"]),
        lambda: NodeFinished(**run),
        lambda: JinjaLogInfo(msg="a line"),
        lambda: RunningOperationCaughtError(exc="no salt"),
        lambda: NoNodesSelected(),
        lambda: ConnectionUsed(conn_type="duckdb", conn_name="orders"),
        lambda: LogModelResult(description="orders", status="success", index=1, total=2),
    ]
    heard = []
    manager = EventManager()
    manager.add_callback(lambda event: heard.append(event.info.name))

    def fire() -> list[str]:
        heard.clear()
        for make in fired:
            manager.fire_event(make())
        return list(heard)

    before = fire()
    with only_heard_events():
        during = fire()
    assert before[:3] == list(HEARD)
    assert during == [*HEARD, "RunningOperationCaughtError", "NoNodesSelected"]
    assert fire() == before
    assert len(before) == len(fired)


@pytest.mark.parametrize("package", ["shop", "other", "dbt"])
def test_a_macro_is_the_one_that_dbt_would_find(package):
    """For a node of each package; each macro is one of several of its name, but for one."""
    macros = {
        of: {name: SimpleNamespace(name=name, package_name=of) for name in names.split()}
        for of, names in {
            "shop": "one two three four other",
            "other": "one two three five",
            "dbt_duckdb": "one two four five six",
            "dbt": "one three four five six seven dbt",
        }.items()
    }
    context, node, stack = {"a": "context"}, object(), MacroStack()

    def found() -> tuple[dict[str, Any], dict[tuple[str | None, str], Any]]:
        builder = MacroNamespaceBuilder("shop", package, stack, ["dbt_duckdb", "dbt"], node)
        namespace = builder.build_namespace(macros, context)
        by_package = {}
        for of in (None, *macros, "nobody"):
            for name in {name for names in macros.values() for name in names}:
                try:
                    by_package[of, name] = plain(namespace.get_from_package(of, name))
                except PackageNotFoundForMacroError as error:
                    by_package[of, name] = str(error)
        return {name: plain(macro) for name, macro in namespace.items()}, by_package

    def plain(macro: Any) -> Any:
        if isinstance(macro, dict):
            return {name: plain(one) for name, one in macro.items()}
        return macro and (macro.macro, macro.context, macro.node, macro.stack)

    usual = found()
    with light_macros():
        assert found() == usual
    assert usual[0]["seven"][0] is macros["dbt"]["seven"]


def test_the_package_is_imported_without_dbt():
    """Nor is the command line, of which most commands run no dbt and check nothing."""
    slow = "{'dbt', 'great_expectations', 'numpy', 'vl_convert'}"
    for module, left_out in (
        ("patronage", f"{slow} | {{'duckdb', 'rich'}}"),
        ("patronage.cli", slow),
    ):
        program = f"import sys, {module}; print(({left_out}) & set(sys.modules))"
        command = [sys.executable, "-c", program]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert said.strip() == "set()"


def examples(page: str, language: str) -> list[str]:
    """The blocks of code of a page in a language."""
    text = (PROJECT / "docs" / page).read_text()
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_examples_for_other_programs_are_sound(tmp_path):
    """They name libraries that are not here: what can be checked is how they are written."""
    programs = examples("operate.md", "python")
    assert all(any(name in one for one in programs) for name in ("airflow", "dagster"))
    for program in programs:
        compile(program, "docs/operate.md", "exec")
    for page in ("operate.md", "package.md"):
        assert all(yaml.safe_load(block) for block in examples(page, "yaml"))
        for block in examples(page, "sh"):
            subprocess.run(["bash", "-n", "-c", block], check=True)
