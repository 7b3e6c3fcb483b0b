"""Only what a build has made is replaced or removed; what is private stays so."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click.testing
import duckdb
import pytest
from conftest import PROJECT, unset_settings

from patronage.cli import main
from patronage.log import read_log
from patronage.publish import PublishError, publish

SHOP = "order_id,ordered_at,customer_id,email,amount\n" + "".join(
    f"{n},{'20x4' if n == 9 else '2024'}-01-{1 + n % 28:02},c{n % 5},c{n % 5}@example.com,{n}\n"
    for n in range(40)
)
GENERATION = f".parquet.1-{'0' * 20}"
SECRET = "root-of-all-secrets"
COMMANDS = ("build", "publish", "status", "rejects")


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A small shop, built and published by a user whose umask hides nothing."""
    data, folder = tmp_path_factory.mktemp("shop"), tmp_path_factory.mktemp("built") / "warehouse"
    (data / "orders.csv").write_text(SHOP)
    own = {"WAREHOUSE": str(folder), "DATA": str(data), "SALT": "pepper"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PATRONAGE_")}
    program = subprocess.run(
        [sys.executable, "-c", "from patronage.cli import main; main()", "build",
         "--exclude-resource-type=test", "--exclude-resource-type=unit_test"],
        env=kept | {f"PATRONAGE_{name}": own[name] for name in own} | {"PYTHONPATH": str(PROJECT)},
        umask=0, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert program.returncode == 0, program.stderr
    return folder


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The warehouse folder of the commands below; it is not there yet."""
    unset_settings(monkeypatch)
    monkeypatch.setenv("PATRONAGE_SALT", "pepper")
    monkeypatch.setenv("PATRONAGE_DATA", str(tmp_path / "none"))
    monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(tmp_path / "warehouse"))
    return tmp_path / "warehouse"


@pytest.fixture
def copy(built, folder) -> Path:
    """The built warehouse, copied into it."""
    shutil.copytree(built, folder, symlinks=True)
    return folder


def told(*arguments: str) -> str:
    """Run a command that must fail, in a line and without a traceback; return what it says."""
    result = click.testing.CliRunner().invoke(main, arguments)
    assert isinstance(result.exception, SystemExit), (arguments, result.exception, result.output)
    assert result.exit_code == 1
    lines = [line for line in result.stderr.splitlines() if "nothing was published" not in line]
    assert len(lines) == 1, result.stderr
    return lines[0]


def tree(folder: Path) -> dict[str, str]:
    """Everything in a folder: links by where they lead, files by their content."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = os.readlink(path)
        else:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "/"
    return found


def test_private_files_are_the_users_alone_whatever_the_umask(built):
    public = {"patronage.duckdb", "build_log.json", "parquet", "data_docs"}
    public |= {os.readlink(path) for path in built.iterdir() if path.is_symlink()}
    for path in (path for path in built.rglob("*") if not path.is_symlink()):
        top, rights = path.relative_to(built).parts[0], path.stat().st_mode & 0o777
        if top in public:
            assert rights == (0o777 if path.is_dir() else 0o666), path
        elif path.parent == built or path.is_file():
            assert rights == (0o700 if path.is_dir() else 0o600), path
    assert (built / "build.duckdb").exists()
    assert (built / "target" / "manifest.json").exists()


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
    "theirs",
    ["parquet/x", "data_docs/x", "target/debug/x", "build.duckdb.tmp/x", ".candidate.duckdb.tmp/x",
     "spark/x", ".lock/x", "build.duckdb/x", "patronage.duckdb/x", "build_log.json/x"],
)  # fmt: skip
def test_a_name_of_ours_that_is_not_our_work_is_never_removed(copy, theirs):
    """Nor in a folder that is ours, nor in an adopted one."""
    path = copy / theirs.split("/")[0]
    if path.is_symlink() or path.is_file():
        path.unlink()
    shutil.rmtree(path, ignore_errors=True)
    (copy / theirs).parent.mkdir(parents=True)
    (copy / theirs).write_text("theirs")
    before = tree(copy)
    for command in ("build", "publish"):
        assert "move it away" in told(command, "--adopt")
    assert tree(copy) == before


def test_what_dbt_or_an_earlier_release_left_is_known_and_nothing_else(copy, built, tmp_path):
    from patronage.folder import FolderError, claim

    (copy / ".patronage").unlink()
    claim(copy, PROJECT)
    assert (copy / ".patronage").read_text().startswith("A warehouse of Patronage")
    (copy / ".patronage").unlink()
    (copy / "notes.txt").touch()
    with pytest.raises(FolderError, match="--adopt"):
        claim(copy, PROJECT)
    claim(copy, PROJECT, adopt=True)
    for number, names in enumerate(([], [".gitignore"], ["build.duckdb"], [".gitignore", "logs"])):
        other = tmp_path / f"other{number}"
        other.mkdir()
        for name in names:
            if name == "build.duckdb":
                shutil.copyfile(built / name, other / name)
            else:
                (other / name).touch() if name.startswith(".") else (other / name).mkdir()
        claim(other, PROJECT)
        assert (other / ".patronage").exists()


def test_an_adopted_folder_keeps_its_own_and_a_foreign_project_runs_nothing(
    copy, tmp_path, monkeypatch
):
    """One publish: of a project whose tests hold Python, over what killed builds have left."""
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns(".*", "warehouse", "target"))
    (project / "tests" / "expectations").mkdir()
    for gate in ("raw", "marts"):
        code = f"open({str(tmp_path / 'ran')!r}, 'w')"
        (project / "tests" / "expectations" / f"{gate}.py").write_text(code)
    monkeypatch.chdir(project)
    (copy / ".patronage").unlink()
    theirs = ["notes.txt", ".parquet.mine/x", ".data_docs.2020/x", ".candidate.txt", "core/x.sql"]
    for name in theirs:
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text("theirs")
    left = [f"{GENERATION}/core/x.parquet", ".candidate.duckdb", ".candidate.duckdb.wal",
            "build.duckdb.tmp/duckdb_temp_storage_DEFAULT-0.tmp", ".build_log.json.new",
            ".candidate.duckdb.tmp/duckdb_temp_block-1.block"]  # fmt: skip
    for name in left:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("left")
    result = click.testing.CliRunner().invoke(main, ["publish", "--adopt"])
    assert result.exit_code == 0, result.output
    assert [(copy / name).read_text() for name in theirs] == ["theirs"] * len(theirs)
    assert [name for name in left if (copy / name).parent.name and (copy / name).exists()] == []
    assert not (copy / "build.duckdb.tmp").exists()
    assert not (copy / GENERATION).exists()
    assert not (tmp_path / "ran").exists()
    assert [entry["status"] for entry in read_log(copy)] == ["published"] * 2


@pytest.mark.parametrize(
    "name",
    [".lock", ".build_log.json.new", "build_log.json", "build.duckdb", "patronage.duckdb",
     ".candidate.duckdb", "parquet", "data_docs", ".parquet.link", "target", "target/logs",
     "target/manifest.json", "spark", ".patronage", GENERATION],
)  # fmt: skip
@pytest.mark.parametrize("leads_to", ["file", "folder"])
def test_no_link_leads_out_of_the_folder(copy, tmp_path, name, leads_to):
    outside = tmp_path / "outside"
    (outside / "folder").mkdir(parents=True)
    (outside / "folder" / "x").write_text("theirs")
    (outside / "file").write_text("theirs")
    path = copy / name
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(outside / leads_to)
    before = tree(outside)
    commands = ["build", "publish"]
    commands += ["status"] * (name in ("build_log.json", "patronage.duckdb"))
    commands += ["rejects"] * (name == "build.duckdb")
    for command in commands:
        said = told(command)
        assert f"{path} is a link" in said
        assert "remove it" in said
    assert tree(outside) == before
    assert path.is_symlink()


@pytest.mark.parametrize(
    ("place", "why"),
    [("project", "holds"), ("project/..", "holds"), ("project/models/out", "lies in"),
     ("project/data", "lies in"), ("project/patronage/gates", "lies in"), ("raw", "holds"),
     ("raw/out", "lies in"), (".", "holds"), ("a?b", "sign"), ("file", "is no folder"),
     ("file/out", "directory")],
)  # fmt: skip
def test_a_build_writes_neither_among_code_nor_among_raw_files(
    tmp_path, monkeypatch, folder, place, why
):
    for name in ("project/models", "project/data/demo", "raw"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "project" / "dbt_project.yml").write_text("vars: {sources: [], gates: {}}")
    (tmp_path / "file").touch()
    before = tree(tmp_path)
    monkeypatch.setenv("PATRONAGE_DATA", str(tmp_path / "raw"))
    monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(tmp_path / place))
    monkeypatch.chdir(tmp_path / "project")
    said = told("build", "--adopt")
    assert why in said.lower()
    assert tree(tmp_path) == before


VIEW = """
create view core.build_log as
select * exclude (column0) replace (column0 as build_id, column0 as failed_checks)
from old cross join read_csv('{secret}', header = false, columns = {{'column0': 'varchar'}})
"""


@pytest.mark.parametrize("form", ["view", "generated"])
def test_a_forged_published_file_is_not_run(copy, tmp_path, form):
    (tmp_path / "secret").write_text(SECRET)
    with duckdb.connect(str(copy / "patronage.duckdb")) as connection:
        columns = connection.execute("describe core.build_log").fetchall()
        connection.execute("create table old as from core.build_log; drop table core.build_log")
        if form == "view":
            connection.execute(VIEW.format(secret=tmp_path / "secret"))
        else:
            connection.execute(f"create macro act(x) as '{SECRET}' || x")
            act = {"failed_checks": "varchar generated always as (act(status))"}
            kinds = ", ".join(f"{name} {act.get(name, kind)}" for name, kind, *_ in columns)
            connection.execute(f"create table core.build_log ({kinds})")
            names = ", ".join(name for name, *_ in columns if name not in act)
            connection.execute(f"insert into core.build_log select {names} from old")
    assert SECRET not in json.dumps(read_log(copy))
    result = click.testing.CliRunner().invoke(main, ["status"])
    assert SECRET not in result.output
    assert result.exit_code == 0  # what the JSON file says
    assert "published" in result.output


def test_a_forged_build_file_reads_nothing_outside(copy, tmp_path):
    """Neither when it is profiled or published nor when its rejected rows are listed."""
    from patronage.gates import raw

    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    (copy / "target" / "secret").write_text(f"{SECRET}\n")
    manifest = copy / "target" / "manifest.json"
    read = "read_csv('{}', header = false, columns = {{'column0': 'varchar'}})"
    published = tree(copy / "parquet")
    for reads in (read.format(secret), read.format(copy / "target" / "secret")):
        with duckdb.connect(str(copy / "build.duckdb")) as connection:
            connection.execute("drop view if exists advocacy.word_of_mouth")
            connection.execute(
                f"create view advocacy.word_of_mouth as select 1 as month_start from {reads}"
            )
            connection.execute(
                "create or replace view staging.checked_orders as select 'x' as source, 'rejected' "
                "as row_status, column0 as reject_reason, "
                f"'{{\"a\": 1}}'::varchar as raw_row from {reads}"
            )
        with pytest.raises(PublishError, match="Cannot access file"):
            publish(copy, manifest)
        with pytest.raises(duckdb.PermissionException, match="Cannot access file"):
            raw.profile(copy / "build.duckdb", raw.contract_of(PROJECT))
        assert "Cannot access file" in told("rejects")
    assert tree(copy / "parquet") == published


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


@pytest.mark.parametrize("content", [b"garbage" * 999, b"", None])
def test_broken_databases_are_told_in_one_line(copy, content):
    """None: a folder in the file's place."""
    for name, commands in {
        "build.duckdb": ("publish", "rejects"),
        "patronage.duckdb": ("status",),
    }.items():
        file = copy / name
        file.unlink()
        file.write_bytes(content) if content is not None else file.mkdir()
        for command in commands:
            said = told(command)
            assert str(file) in said
            assert "`patronage build`" in said or "move it away" in said or "remove it" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_a_warehouse_that_is_a_file_is_told_in_one_line(folder, command):
    folder.write_text("no folder")
    told(command)
    assert folder.read_text() == "no folder"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
@pytest.mark.parametrize(
    ("name", "command"),
    [("build.duckdb", "publish"), ("build.duckdb", "rejects"), ("patronage.duckdb", "status"),
     ("build_log.json", "status")],
)  # fmt: skip
def test_a_file_that_may_not_be_read_is_told_in_one_line(copy, name, command):
    (copy / name).chmod(0)
    assert "ermission denied" in told(command)


def test_a_full_build_starts_anew_and_takes_from_dbts_folders_only(copy, tmp_path):
    from patronage.folder import forget_run, remove

    (copy / "build.duckdb").write_bytes(b"garbage")
    remove(copy / "build.duckdb", copy / "build.duckdb.wal")
    assert not (copy / "build.duckdb").exists()
    theirs = tmp_path / "theirs"
    for target in (theirs, copy / "target"):
        for name in ("logs", "run", "compiled"):
            (target / name).mkdir(parents=True, exist_ok=True)
            (target / name / "x").write_text("x")
        forget_run(target)
    assert len(tree(theirs)) == 6
    assert {"manifest.json"} <= tree(copy / "target").keys()
    assert not {"logs", "run", "compiled"} & tree(copy / "target").keys()


def test_rejected_rows_are_written_for_the_user_alone(copy, tmp_path):
    file = tmp_path / "repair" / "rejects.csv"
    file.parent.mkdir()
    file.write_text("old" * 999)
    file.chmod(0o666)
    result = click.testing.CliRunner().invoke(main, ["rejects", "--to", str(file)])
    assert result.exit_code == 0, result.output
    assert file.stat().st_mode & 0o777 == 0o600
    assert "old" not in file.read_text()
    assert "20x4" in file.read_text()
    victim = tmp_path / "victim"
    victim.write_text("theirs")
    file.unlink()
    file.symlink_to(victim)
    assert "is a link" in told("rejects", "--to", str(file))
    assert victim.read_text() == "theirs"


def test_cleaning_removes_what_was_built_and_nothing_else(copy):
    theirs = {"notes.txt", ".parquet.mine", ".gitignore"}
    for name in theirs:
        (copy / name).touch()
    for name in ("spark/core.db/x", "spark_catalog/service.properties"):
        (copy / name).parent.mkdir(parents=True)
        (copy / name).touch()
    for options, left in ((["--spark"], None), ([], theirs | {".patronage", ".lock"})):
        before = {path.name for path in copy.iterdir()}
        result = click.testing.CliRunner().invoke(main, ["clean", *options])
        assert result.exit_code == 0, result.output
        after = {path.name for path in copy.iterdir()}
        assert after == (before - {"spark", "spark_catalog"} if left is None else left)
    (copy / ".patronage").unlink()
    assert "no build has made it" in told("clean")
    assert {path.name for path in copy.iterdir()} == theirs | {".lock"}
