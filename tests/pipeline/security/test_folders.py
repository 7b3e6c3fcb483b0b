"""Only what a build has made is replaced or removed; what is private stays so."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click.testing
import duckdb
import pytest
from conftest import PROJECT
from folders import settled, told, tree

from patronage.build_log import read_log
from patronage.cli import main
from patronage.publish import PublishError, publish

SHOP = "order_id,ordered_at,customer_id,email,amount\n" + "".join(
    f"{n},{'20x4' if n == 9 else '2024'}-01-{1 + n % 28:02},c{n % 5},c{n % 5}@example.com,{n}\n"
    for n in range(40)
)
GENERATION = f".parquet.1-{'0' * 20}"
SECRET = "root-of-all-secrets"


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
    return settled(tmp_path, monkeypatch)


@pytest.fixture
def copy(built, folder) -> Path:
    """The built warehouse, copied into it."""
    shutil.copytree(built, folder, symlinks=True)
    return folder


def test_private_files_are_the_users_alone_whatever_the_umask(built):
    public = {"patronage.duckdb", "build_log.json", "parquet", "data_docs", "report"}
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
    result = click.testing.CliRunner().invoke(main, ["publish", "--adopt", "--no-report"])
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
     ".candidate.duckdb", "parquet", "data_docs", "report", ".parquet.link", "target",
     "target/logs", "target/manifest.json", "spark", ".patronage", GENERATION],
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
    with duckdb.connect(str(copy / "build.duckdb")) as connection:
        connection.execute("drop table staging.quarantine_orders")
    for reads in (read.format(secret), read.format(copy / "target" / "secret")):
        with duckdb.connect(str(copy / "build.duckdb")) as connection:
            connection.execute("drop view if exists advocacy.word_of_mouth")
            connection.execute(
                f"create view advocacy.word_of_mouth as select 1 as month_start from {reads}"
            )
            connection.execute(
                "create or replace view staging.quarantine_orders as select 1 as row_id, "
                "'rejected' as row_status, column0 as reject_reason, "
                f"'{{\"a\": 1}}'::varchar as raw_row from {reads}"
            )
        with pytest.raises(PublishError, match="Cannot access file"):
            publish(copy, manifest)
        with pytest.raises(duckdb.PermissionException, match="Cannot access file"):
            raw.profile(copy / "build.duckdb", raw.contract_of(PROJECT))
        assert "Cannot access file" in told("rejects")
    assert tree(copy / "parquet") == published


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
