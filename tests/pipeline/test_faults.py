"""What readers see while builds are killed, disks fill up and files are broken.

`make test` runs a quick form of the long ones; `make test-faults` (PATRONAGE_FAULTS=full) all.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import click.testing
import duckdb
import pytest
import yaml
from conftest import PROJECT, STAGING, Warehouse, unset_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from patronage.build_log import read_log
from patronage.cli import main
from patronage.dbt import BuildError, dbt_environment
from patronage.demo import make_demo
from patronage.folder import claim
from patronage.publish import PublishError, only_writer, publish

FULL = os.environ.get("PATRONAGE_FAULTS") == "full"
full = pytest.mark.skipif(not FULL, reason="long: `make test-faults` runs it")
SHOP = "order_id,ordered_at,customer_id,email,amount,status\n" + "".join(
    f"{n},2024-01-{1 + n % 28:02},c{n % 5},c{n % 5}@example.com,{n},paid\n" for n in range(40)
)
# Publishes a build file again and again; the reading of core.orders says which build a reader sees.
PUBLISHER = """
import sys
from pathlib import Path
from patronage.publish import only_writer, publish
folder, manifest = map(Path, sys.argv[1:])
with only_writer(folder):
    print("started", flush=True)
    publish(folder, manifest)
"""
# All tables of one build say the same; a file that is half one build and half another does not.
ONE_BUILD = """
select count(distinct build) = 1 from (
    select min(status) as build from core.orders union all
    select max(status) from core.orders union all
    select min(country) from core.customers union all
    select max(country) from core.customers
)
"""
READER = """
import sys, time, duckdb
path, query, until = sys.argv[1], sys.argv[2], float(sys.argv[3])
reads = 0
while time.time() < until:
    with duckdb.connect(path, read_only=True) as connection:
        for _ in range(3):
            first = connection.execute("select min(status) from core.orders").fetchall()
            assert connection.execute(query).fetchall() == [(True,)], "two builds in one file"
            assert first == connection.execute("select max(status) from core.orders").fetchall()
            assert first == connection.execute("select min(country) from core.customers").fetchall()
            time.sleep(0.01)
    reads += 1
print(reads)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, Path]:
    """A small shop, built; its warehouse folder and the manifest."""
    folder = tmp_path_factory.mktemp("faults")
    data = tmp_path_factory.mktemp("shop")
    (data / "orders.csv").write_text(SHOP)
    with pytest.MonkeyPatch.context() as patch:
        unset_settings(patch)
        warehouse = Warehouse(folder, patch)
        warehouse.build(data)
        with dbt_environment(PROJECT) as target:
            return folder, target / "manifest.json"


@pytest.fixture
def copied(built, tmp_path) -> tuple[Path, Path]:
    """A warehouse folder of its own with the built file, published once as build `one`."""
    folder = tmp_path / "warehouse"
    claim(folder, PROJECT)
    shutil.copyfile(built[0] / "build.duckdb", folder / "build.duckdb")
    mark(folder, "one")
    publish(folder, built[1])
    return folder, built[1]


def mark(folder: Path, build: str) -> None:
    """Name the build in two of its tables."""
    with duckdb.connect(str(folder / "build.duckdb")) as connection:
        connection.execute(f"update core.orders set status = '{build}'")
        connection.execute(f"update core.customers set country = '{build}'")


def what_a_reader_sees(folder: Path) -> str:
    """The build that the published file is, wholly; Parquet opens, too."""
    with duckdb.connect(str(folder / "patronage.duckdb"), read_only=True) as connection:
        assert connection.execute(ONE_BUILD).fetchall() == [(True,)]
        build = connection.execute("select min(status) from core.orders").fetchall()[0][0]
    parquet = f"select count(distinct status) from '{folder}/parquet/core/orders.parquet'"
    assert duckdb.connect().execute(parquet).fetchall() == [(1,)]
    return build


def leftovers(folder: Path) -> list[str]:
    """What lies in the folder beside what belongs there."""
    links = {os.readlink(path) for path in folder.iterdir() if path.is_symlink()}
    known = {"build.duckdb", "patronage.duckdb", "parquet", "data_docs", "build_log.json", ".lock",
             ".patronage", "target", *links}  # fmt: skip
    return sorted({path.name for path in folder.iterdir()} - known)


def python(*arguments: object) -> list[str]:
    """A command of this interpreter."""
    return [sys.executable, "-c", *map(str, arguments)]


def command(*arguments: str) -> list[str]:
    """The command line's, as a program of its own."""
    return python("from patronage.cli import main; main()", *arguments)


def environment(folder: Path, data: Path | None = None) -> dict[str, str]:
    """Settings of a program of its own; the salt is set, so none is kept for the user."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PATRONAGE_")}
    own = {
        "PATRONAGE_WAREHOUSE": str(folder),
        "PATRONAGE_SALT": "pepper",
        "PYTHONPATH": str(PROJECT),
    }
    return kept | own | ({"PATRONAGE_DATA": str(data)} if data else {})


def test_publishing_killed_at_any_moment(copied):
    """Kill -9 while the files are copied, swapped and cleaned up: one build or the other, whole."""
    folder, manifest = copied
    rng = random.Random(1)
    started = time.monotonic()
    publish(folder, manifest)
    takes = time.monotonic() - started
    seen, current = set(), "one"
    for number in range(50 if FULL else 12):
        build = f"build{number}"
        mark(folder, build)
        program = subprocess.Popen(
            python(PUBLISHER, folder, manifest), stdout=subprocess.PIPE, env=environment(folder)
        )
        program.stdout.readline()
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(timeout=rng.random() * takes * 1.2)
        program.kill()
        program.communicate()
        now = what_a_reader_sees(folder)
        assert now in (current, build)
        seen.add(now == build)
        current = now
    assert False in seen  # some were killed in time
    publish(folder, manifest)  # the next one needs no help
    assert what_a_reader_sees(folder) == build
    assert leftovers(folder) == []


STEPS = ["_write", "_check", "_sync", "os.replace", "swap_folder", "clean_up"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_each_step_of_the_swap(copied, step, when):
    """The process ends without a word right before, or right after, each step of publishing."""
    folder, manifest = copied
    mark(folder, "two")
    module, name = ("publish.os", "replace") if step == "os.replace" else ("publish", step)
    order = {"before": "kill(); result = old(*a, **k)", "after": "result = old(*a, **k); kill()"}[
        when
    ]
    code = f"""
import os, sys, signal
from pathlib import Path
from patronage import publish
old = {module}.{name}
def kill(): os.kill(os.getpid(), signal.SIGKILL)
def new(*a, **k):
    {order}
    return result
{module}.{name} = new
publish.publish(Path(sys.argv[1]), Path(sys.argv[2]))
"""
    program = subprocess.run(python(code, folder, manifest), env=environment(folder), check=False)
    assert program.returncode == -signal.SIGKILL
    swapped = (step == "os.replace" and when == "after") or step == "swap_folder"
    assert what_a_reader_sees(folder) == ("two" if swapped else "one")
    publish(folder, manifest)
    assert what_a_reader_sees(folder) == "two"
    assert leftovers(folder) == []


def test_readers_during_thirty_publishes(copied):
    """Fresh connections in loops, and one that is held: no error, each sees one build only."""
    folder, manifest = copied
    file = folder / "patronage.duckdb"
    held = duckdb.connect(str(file), read_only=True)
    until = time.time() + (90 if FULL else 20)
    readers = [
        subprocess.Popen(
            python(READER, file, ONE_BUILD, until),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    sizes = []
    for number in range(30):
        mark(folder, f"build{number}")
        publish(folder, manifest)
        sizes.append(file.stat().st_size)
        assert held.execute("select min(status), max(status) from core.orders").fetchall() == [
            ("one", "one")
        ]
    for reader in readers:
        said, errors = reader.communicate(timeout=300)
        assert reader.returncode == 0, errors
        assert int(said) > 0
    held.close()
    assert what_a_reader_sees(folder) == "build29"
    assert leftovers(folder) == []
    # unused pages would add up; DuckDB's blocks are of 256 KB
    assert max(sizes[10:]) <= max(sizes[:10]) + 2 * 262144


def test_two_at_once(copied):
    folder, _ = copied
    with only_writer(folder):
        program = subprocess.run(
            command("build", "--no-report"),
            env=environment(folder),
            capture_output=True,
            text=True,
            check=False,
        )
    assert program.returncode == 1
    assert (
        f"another build or publish is at work in {folder} (process {os.getpid()}" in program.stderr
    )
    assert "Traceback" not in program.stderr
    with only_writer(folder):  # free again
        assert what_a_reader_sees(folder) == "one"


@contextlib.contextmanager
def small_disk(folder: Path, options: str):
    """A file system of its own; skipped where none may be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no tmpfs may be mounted here (it takes root)")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_leaves_the_old_file(copied, tmp_path):
    folder, manifest = copied
    disk = tmp_path / "disk"
    with small_disk(disk, "size=120m"):
        shutil.copytree(folder, disk, dirs_exist_ok=True, symlinks=True)
        mark(disk, "two")
        filler = disk / "filler"
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        filler.write_bytes(b"x" * (free - 200_000))
        with pytest.raises(PublishError, match=f"the disk of {disk} is full; make room"):
            publish(disk, manifest)
        assert what_a_reader_sees(disk) == "one"
        program = subprocess.run(
            command("build", "--no-report"),
            env=environment(disk),
            capture_output=True,
            text=True,
            check=False,
        )
        assert program.returncode == 1
        assert "is full" in program.stderr
        assert "Traceback" not in program.stderr
        assert what_a_reader_sees(disk) == "one"
        for path in (filler, *disk.glob("build.duckdb.*")):
            path.unlink()
        shutil.copyfile(folder / "build.duckdb", disk / "build.duckdb")
        mark(disk, "two")
        publish(disk, manifest)
        assert what_a_reader_sees(disk) == "two"


def test_a_folder_that_is_read_only(copied, tmp_path):
    folder, _ = copied
    disk = tmp_path / "disk"
    with small_disk(disk, "size=80m"):
        shutil.copytree(folder, disk, dirs_exist_ok=True, symlinks=True)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        program = subprocess.run(
            command("publish", "--no-report"),
            env=environment(disk),
            capture_output=True,
            text=True,
            check=False,
        )
        assert program.returncode == 1
        assert f"{disk} cannot be written to: Read-only file system" in program.stderr
        assert "Traceback" not in program.stderr
        assert what_a_reader_sees(disk) == "one"


def test_a_damaged_build_file(copied):
    """Publishing and listing say what to do; a build, which starts anew, needs no help."""
    folder, manifest = copied
    file = folder / "build.duckdb"
    for damage in (b"this is no database", b"\0" * 20_000):
        content = bytearray(file.read_bytes())
        content[: len(damage)] = damage
        file.write_bytes(content)
        with pytest.raises(
            PublishError, match=r"is damaged .* run `patronage build`, which makes it"
        ):
            publish(folder, manifest)
        program = subprocess.run(
            command("rejects"), env=environment(folder), capture_output=True, text=True, check=False
        )
        assert program.returncode == 1
        assert "is damaged" in program.stderr
        assert "Traceback" not in program.stderr
        assert what_a_reader_sees(folder) == "one"


def run(folder: Path, data: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run `patronage build` to its end."""
    return subprocess.run(
        command("build", "--no-report", *options), env=environment(folder, data),
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def with_few_subjects(settings: Path) -> None:
    """Switch off, in these settings of a project, what the build's answers do not read."""
    chosen = yaml.safe_load(settings.read_text())
    for kind in ("semantic-models", "metrics", "saved-queries", "exposures", "unit_tests"):
        chosen[kind]["patronage"] = {"+enabled": False}
    subjects = chosen["models"]["patronage"]["marts"]
    for name in subjects:
        if not name.startswith("+") and name not in ("core", "customer_share", "lifecycle"):
            subjects[name]["+enabled"] = False
    settings.write_text(yaml.safe_dump(chosen))


def test_what_fails_is_named_and_the_old_file_stays(tmp_path, monkeypatch):
    """A model and a test, then each gate fails; a smaller delivery has to be accepted by hand."""
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns(".*", "warehouse", "target"))
    with_few_subjects(project / "dbt_project.yml")
    monkeypatch.chdir(project)
    folder, data = tmp_path / "warehouse", tmp_path / "shop"
    data.mkdir()

    def build(orders: str, *options: str, salt: str = "pepper") -> click.testing.Result:
        (data / "orders.csv").write_text(orders)
        unset_settings(monkeypatch)
        own = {"WAREHOUSE": str(folder), "DATA": str(data), "SALT": salt}
        return click.testing.CliRunner().invoke(
            main,
            ["build", "--no-report", *options],
            env={f"PATRONAGE_{name}": own[name] for name in own},
        )

    def fails(orders: str, *named: str, **options: str) -> None:
        before = (folder / "patronage.duckdb").read_bytes()
        failed = build(orders, **options)
        assert failed.exit_code == 1
        assert isinstance(failed.exception, SystemExit)  # no traceback
        for line in named:
            assert line in failed.stderr
        assert "nothing was published" in failed.stderr
        assert (folder / "patronage.duckdb").read_bytes() == before

    first = build(SHOP)
    assert first.exit_code == 0, first.stderr

    model = project / "models/marts/core/products.sql"
    text = model.read_text()
    test = project / "tests/data/no_order_is_large.sql"
    model.write_text(text.replace("unit_cost,\n", "cast('x' as int) as unit_cost,\n"))
    test.write_text("select 1 as one from {{ ref('orders') }} where net_amount > 30")
    fails(SHOP, "error: model products: ", "error: test no_order_is_large: ")
    model.write_text(text)
    test.unlink()
    fails(
        SHOP.replace("\n3,", "\nann@example.com,"),
        "error: marts core orders: no value looks like an email address",
    )
    # half the orders is a stop, unless it is said that this is right
    fewer = "".join(SHOP.splitlines(keepends=True)[:10])
    fails(
        fewer.replace("2024", "20x4"),
        "error: raw files orders: at most 20% of the rows are rejected: found reason unparsable",
        "0.5 to 10 times the 40 rows of the last accepted delivery: found rows 9",
        "\nwhich rows were rejected, and why: `patronage rejects`\n",
        "\nif this delivery is right as it is: `patronage build --accept`\n",
        "\nwhat was checked: python3 -m webbrowser file://",
    )
    # another salt would change the guests' keys
    fails(SHOP, "PATRONAGE_SALT is not the one of the published file", salt="mint")
    again = build(fewer, "--accept")
    assert again.exit_code == 0, again.stderr

    assert leftovers(folder) == []
    log = read_log(folder)
    assert [entry["status"] for entry in log] == ["published", *["failed"] * 4, "published"]
    told = [entry["failed_checks"] or "" for entry in log]
    assert "model products" in told[1]
    assert "test no_order_is_large" in told[1]
    assert "marts core orders: no value looks like" in told[2]
    assert "raw files orders: at most 20%" in told[3]
    assert "raw files orders: 0.5 to 10 times" in told[3]
    with duckdb.connect(str(folder / "patronage.duckdb"), read_only=True) as connection:
        logged = connection.execute(
            "select status, as_of::varchar, rejected_rows, checks_failed, rows_per_table"
            " from core.build_log order by started_at"
        ).fetchall()
    assert [row[0] for row in logged] == [entry["status"] for entry in log]
    assert logged[0][1:4] == ("2024-01-28", 0, 0)
    assert json.loads(logged[-1][4])["core.orders"] == 9


@full
def test_a_build_killed_at_fifty_random_moments(tmp_path):
    """Kill -9 of `patronage build`: the published file is one build; the next needs no help."""
    folder, data = tmp_path / "warehouse", tmp_path / "shop"
    data.mkdir()
    (data / "orders.csv").write_text(SHOP)
    started = time.monotonic()
    assert run(folder, data).returncode == 0
    takes = time.monotonic() - started
    rng = random.Random(20)
    for number in range(int(os.environ.get("PATRONAGE_KILLS", "50"))):
        status = f"build{number}"
        (data / "orders.csv").write_text(SHOP.replace(",paid", f",{status}"))
        program = subprocess.Popen(
            command("build", "--no-report"), env=environment(folder, data),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(timeout=rng.random() * takes)
        program.kill()
        program.wait()
        with duckdb.connect(str(folder / "patronage.duckdb"), read_only=True) as connection:
            orders = connection.execute(
                "select count(*), count(distinct status) from core.orders"
            ).fetchall()
            assert orders == [(40, 1)], number
            last = connection.execute(
                "select status, rows_per_table from core.build_log order by started_at desc limit 1"
            ).fetchall()[0]
            assert last[0] == "published"
            for table, rows in json.loads(last[1]).items():
                found = connection.execute(f"select count(*) from {table}").fetchall()
                assert found == [(rows,)], table
    after = run(folder, data)
    assert after.returncode == 0, after.stderr
    assert leftovers(folder) == []
    assert read_log(folder)[-1]["status"] == "published"


@full
def test_a_million_orders_within_a_gigabyte(tmp_path):
    """What does not fit into memory goes to disk: the build ends, and leaves nothing there."""
    folder = tmp_path / "warehouse"
    data = Path(os.environ.get("PATRONAGE_BIG_SHOP") or tmp_path / "shop")
    if not (data / "truth.json").exists():
        make_demo(data, 290_000, 1, "csv")
    settings_of_it = environment(folder, data) | {
        "PATRONAGE_MEMORY_LIMIT": "1GB", "PATRONAGE_CURRENCY": "EUR",
        "PATRONAGE_TIMEZONE": "Europe/Berlin",
    }  # fmt: skip
    program = subprocess.run(
        command("build", "--no-report"),
        env=settings_of_it,
        capture_output=True,
        text=True,
        check=False,
    )
    assert program.returncode == 0, program.stderr
    assert not (folder / "build.duckdb.tmp").exists()
    truth = json.loads((data / "truth.json").read_text())
    with duckdb.connect(str(folder / "patronage.duckdb"), read_only=True) as connection:
        found = connection.execute("select count(*) from core.orders").fetchall()[0][0]
    assert found == truth["rows"]["orders"]["accepted"]


RAW = {
    "orders": SHOP,
    "order_lines": "order_id,line_id,product_id,quantity,unit_price\n"
    + "".join(f"{n},1,p{n % 3},1,{n}\n" for n in range(40)),
    "customers": 'customer_id,email,created_at,city\nc1,c1@example.com,2023-01-01,"a, b"\nc2,,,\n',
    "refunds": "refund_id,refunded_at,amount,order_id\nr1,2024-02-01,1,5\n",
}
LAYERS = ["--select", *STAGING, "reconciliation"]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """One raw file: bytes flipped, lines cut or doubled, columns swapped."""
    table = draw(st.sampled_from(sorted(RAW)))
    content = bytearray(RAW[table].encode())
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["flip", "cut", "drop", "double", "swap", "quote", "truncate"]))
        place = draw(st.integers(0, max(len(content) - 1, 0)))
        lines = bytes(content).splitlines(keepends=True) or [b""]
        line = place % len(lines)
        if kind == "flip" and content:
            content[place] = draw(st.integers(0, 255))
        elif kind == "quote":
            content[place:place] = b'"'
        elif kind == "truncate":
            del content[place:]
        elif kind == "cut":
            lines[line] = lines[line][: len(lines[line]) // 2] + b"\n"
            content = bytearray(b"".join(lines))
        elif kind == "drop":
            content = bytearray(b"".join(lines[:line] + lines[line + 1 :]))
        elif kind == "double":
            content = bytearray(
                b"".join(lines[:line] + lines[line : line + 1] * 2 + lines[line + 1 :])
            )
        elif kind == "swap":
            cells = [row.rstrip(b"\n").split(b",") for row in lines]
            for row in cells:
                if len(row) > 1:
                    row[0], row[-1] = row[-1], row[0]
            content = bytearray(b"".join(b",".join(row) + b"\n" for row in cells))
    return table, bytes(content)


@settings(
    max_examples=200 if FULL else 6,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(case=mutated())
def test_mutated_files_never_lose_a_row(case, warehouse, tmp_path_factory):
    """Either one clear line, or a reconciliation that closes and counts each record of the file."""
    table, content = case
    data = tmp_path_factory.mktemp("mutated")
    for name, text in RAW.items():
        (data / f"{name}.csv").write_bytes(content if name == table else text.encode())
    try:
        warehouse.build(data, *LAYERS)
    except BuildError as error:
        assert len(error.args) >= 1
        for line in error.args:
            assert line.strip()
            assert "\n" not in line
            assert "Traceback" not in line
            assert "INTERNAL" not in line
        return
    for raw, accepted, superseded, rejected in warehouse.rows(
        "select raw_rows, accepted_rows, superseded_rows, rejected_rows from core.reconciliation"
    ):
        assert raw == accepted + superseded + rejected
    found = dict(warehouse.rows("select raw_table, raw_rows from core.reconciliation"))
    if b'"' not in content:  # then a record is a line, and a blank line is none
        text = content.decode().replace("\r\n", "\n").replace("\r", "\n")
        assert found[table] == sum(1 for line in text.split("\n")[1:] if line), content
