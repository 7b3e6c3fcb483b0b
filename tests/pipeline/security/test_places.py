"""Where a build may write, and a log that anybody may have written."""

from __future__ import annotations

import json
from pathlib import Path

import click.testing
import pytest
from folders import settled, told, tree

from patronage.build_log import read_log
from patronage.cli import main

GENERATION = f".parquet.1-{'0' * 20}"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The warehouse folder of the commands below; it is not there yet."""
    return settled(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    "theirs",
    ["parquet/x", "data_docs/x", "target/logs/x", "target/debug/x", ".parquet.2020/x", "notes.txt",
     ".candidate.duckdb", "build.duckdb", "build.duckdb.tmp/x", "spark/x", "logs/x", ".lock",
     f"{GENERATION}/x", "build_log.json"],
)  # fmt: skip
def test_a_folder_that_no_build_has_made_is_refused_and_left_as_it_is(folder, theirs):
    (folder / theirs).parent.mkdir(parents=True)
    (folder / theirs).write_text("theirs")
    (folder / "other.csv").write_text("theirs")
    before = tree(folder)
    for command in ("build", "publish"):
        assert "is not empty and no build has made it" in told(command)
        assert "--adopt" in told(command)
    assert tree(folder) == before


@pytest.mark.parametrize(
    ("place", "why"),
    [("project", "holds"), ("project/..", "holds"), ("project/models/out", "lies in"),
     ("project/data", "lies in"), ("project/patronage/gates", "lies in"), ("raw", "holds"),
     ("raw/out", "lies in"), (".", "holds"), ("a?b", "sign"), ("file", "is no folder"),
     ("file/out", "out cannot be made: not a directory")],
)  # fmt: skip
def test_a_build_writes_neither_among_code_nor_among_raw_files(
    tmp_path, monkeypatch, folder, place, why
):
    for name in ("project/models/staging", "project/data/demo", "raw"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "project" / "models" / "staging" / "contract.yml").touch()
    (tmp_path / "project" / "dbt_project.yml").write_text("vars: {sources: [], gates: {}}")
    (tmp_path / "file").touch()
    before = tree(tmp_path)
    monkeypatch.setenv("PATRONAGE_DATA", str(tmp_path / "raw"))
    monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(tmp_path / place))
    monkeypatch.chdir(tmp_path / "project")
    said = told("build", "--adopt")
    assert why in said.lower()
    assert tree(tmp_path) == before


@pytest.mark.parametrize("command", ["build", "publish", "status", "rejects"])
def test_a_warehouse_that_is_a_file_is_told_in_one_line(folder, command):
    folder.write_text("no folder")
    told(command)
    assert folder.read_text() == "no folder"


SOUND = {
    "build_id": "2024-01-01T00:00:00-00000000", "status": "failed",
    "started_at": "2024-01-01 00:00:00.000", "finished_at": None, "as_of": None,
    "rows_per_table": {}, "raw_tables": {}, "rejected_rows": 0, "checks_run": 1,
    "checks_failed": 0, "checks_warned": 0, "failed_checks": "sound", "code_version": "1",
    "salt_mark": "00",
}  # fmt: skip
TABLE = {"rows": 1, "rejected": 0, "latest": "2024-01-01", "compared": 1, "filled": {"status": 1}}


@pytest.mark.parametrize(
    "bad",
    [7, None, [], "text", {}, {"build_id": "x"}, SOUND | {"started_at": 5}, SOUND | {"status": "?"},
     SOUND | {"started_at": "yesterday"}, SOUND | {"finished_at": []}, SOUND | {"as_of": "' or 1"},
     SOUND | {"build_id": {}}, SOUND | {"checks_run": "many"}, SOUND | {"rejected_rows": 10**30},
     SOUND | {"rows_per_table": [1]}, SOUND | {"rows_per_table": {"core.x": "1"}},
     SOUND | {"raw_tables": "none"}, SOUND | {"failed_checks": 3}],
)  # fmt: skip
def test_an_entry_of_the_log_that_is_none_is_left_out(folder, bad):
    folder.mkdir()
    entry = SOUND | {"build_id": "sound", "failed_checks": "\x1b[2Jsound"}
    (folder / "build_log.json").write_text(json.dumps([bad, entry]))
    assert [one["build_id"] for one in read_log(folder)] == ["sound"]
    result = click.testing.CliRunner().invoke(main, ["status"])
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.output


def test_a_table_of_the_log_that_no_gate_wrote_is_left_out(folder):
    folder.mkdir()
    bad = {
        "a'b/orders": TABLE, "files": TABLE, "files/orders/x": TABLE, "files/Or\nders": TABLE,
        "../x/orders": TABLE, "a/orders": TABLE | {"latest": "2024-01-01' or true --"},
        "b/orders": TABLE | {"filled": {'x" or true': 1}}, "c/orders": TABLE | {"rows": "1"},
        "d/orders": TABLE | {"latest": 5}, "e/orders": [], "f/orders": TABLE | {"filled": {"a": 2}},
    }  # fmt: skip
    entry = SOUND | {"raw_tables": bad | {"shop-1/order_lines": TABLE}}
    (folder / "build_log.json").write_text(json.dumps([entry]))
    assert [list(one["raw_tables"]) for one in read_log(folder)] == [["shop-1/order_lines"]]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"{", b"[" * 100_000, b"null"])
def test_a_log_that_is_garbage_is_as_good_as_none(folder, content):
    folder.mkdir()
    (folder / "build_log.json").write_bytes(content)
    assert read_log(folder) == []
    assert "no build yet" in told("status")
