"""Each expectation of the two gates fails on a planted fault; the Data Docs say why."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import click.testing
import duckdb
import pytest
import yaml
from conftest import PROJECT, Warehouse, chromium, parsed, unset_settings

from patronage.api import BuildFailed, build
from patronage.cli import main
from patronage.contract import contract_of, judged_rows
from patronage.database import bounds
from patronage.dbt import dbt_environment
from patronage.environment import wrong_variable
from patronage.gates import ExpectNoRows, Gates, Suite
from patronage.gates import marts as marts_gate
from patronage.gates import raw as raw_gate
from patronage.gates.personal import delivered_addresses
from patronage.publish import PUBLIC_FILE, marts_of, publish

LIMITS = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["gates"]

# what is planted in the build file (below: in the public file), the suite that must notice, and what it says
RAW_FAULTS = [
    ("create table judged_orders as select * replace"
     " (case when row_id <= 2 then 'rejected' else row_status end as row_status,"
     " case when row_id <= 2 then 'missing order_id' end as reject_reason) from c",
     "files orders", "at most 1% of the rows are rejected: found reason missing order_id, rows 2"),
    ("create table judged_orders as select * replace"
     " ('rejected' as row_status, 'unparsable amount' as reject_reason) from c",
     "files orders", "at most 20% of the rows are rejected: found reason unparsable amount"),
    ("create table judged_orders as from c where row_id <= 19",
     "files orders", "0.5 to 10 times the 40 rows of the last accepted delivery: found rows 19"),
    ("create table judged_orders as select * replace"
     " (order_date - 100 as order_date) from c",
     "files orders", "the newest order_date is not before the last one's, 2024-03-10"),
    ("create table judged_orders as select * replace"
     " (null::varchar as customer_id) from c",
     "files orders", "customer_id is filled in 50% of rows (last: 100%)"),
    ("create table judged_orders as select * replace"
     " (case when row_id = 1 then 'lost on the way' else status end as status) from c",
     "files orders", "status is in the seed order_statuses (others are sales): found status lost on the way"),
    ("create table judged_orders as select * replace"
     " (case when row_id = 1 then 'ann@example.com' else status end as status) from c",
     "files orders", "status is in the seed order_statuses (others are sales): found status (free text)"),
    ("create table judged_orders as select * replace"
     " ('EURO' as currency) from c", "files orders", "a currency is a code of three letters"),
    ("create table judged_events as select * replace"
     " ('sneezed' as event_type) from c",
     "files events", "event_type is in the seed event_points (others score 0): found event_type"),
    ("create table judged_events as from c where false",
     "deliveries", "every table of the last delivery is there again: found gone files/events"),
]  # fmt: skip
WARNINGS = (
    "at most 1%",
    "status is",
    "a currency",
    "event_type is",
    "every table",
    "there are orders",
)

MARTS_FAULTS = [
    ("alter table core.orders drop column status", "core orders",
     "columns and types are those of the contract: found name status, expected VARCHAR, found None"),
    ("alter table core.orders alter net_amount type double", "core orders",
     "columns and types are those of the contract: found name net_amount, expected DECIMAL(18,4)"),
    ("insert into core.products values ('k', 's', 'p', 'n', 'b', 'c', 'f', 't', 1, null)", "core products",
     "it has the 0 rows that were built: found rows 1"),
    ("alter table core.customers rename column country to customer_email", "core customers",
     "no column is named like personal data: found column_name customer_email"),
    ("update core.orders set coupon_code = 'for ann@example.com' where order_id = '1'", "core orders",
     "no value looks like an email address: found column_name coupon_code, rows 1"),
    ("update core.orders set region = 'ring +49 (30) 901-801 now' where order_id = '1'", "core orders",
     "no value is an email address or phone number that was delivered: found column_name region, rows 1"),
    ("update core.orders set order_id = '+49 30 901802' where order_id = '1'", "core orders",
     "no value is an email address or phone number that was delivered: found column_name order_id, rows 1"),
]  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, dict]:
    """A clean shop of 40 orders, built without checks and published; its build file, what is known."""
    folder = tmp_path_factory.mktemp("gates")
    data = tmp_path_factory.mktemp("shop")
    orders = [
        f"{n},2024-0{1 + n % 3}-{1 + n % 10:02},c{n % 7},+49 30 90180{n % 7},EUR,{n},paid,2024-12-01"
        for n in range(1, 41)
    ]
    header = "order_id,ordered_at,customer_id,phone,currency,amount,status,_loaded_at\n"
    (data / "orders.csv").write_text(header + "\n".join(orders) + "\n")
    (data / "events.csv").write_text(
        "event_id,occurred_at,event_type,customer_id\n1,2024-01-01T10:00:00Z,page_viewed,c1\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        unset_settings(patch)
        warehouse = Warehouse(folder, patch)
        warehouse.build(data)
        with dbt_environment(PROJECT) as target:
            marts = marts_of(target / "manifest.json")
            publish(folder, target / "manifest.json")
    found = raw_gate.profile(folder / "build.duckdb", contract_of(PROJECT))
    return folder / "build.duckdb", {"marts": marts, "raw": found}


def planted(file: Path, folder: Path, fault: str) -> Path:
    """A copy of a file with a fault; one of raw rows makes judged_<table> of all of them, `c`."""
    copy = folder / "build.duckdb"
    shutil.copyfile(file, copy)
    raw = re.search(r"create table judged_(\w+)", fault)
    with duckdb.connect(str(copy)) as connection:
        if raw:
            connection.execute(f"create table c as from {judged_rows(raw[1])}")
        connection.execute(fault)
        if raw:
            connection.execute(
                f"create or replace table staging.base_{raw[1]} as"
                f" select * exclude (row_status) from judged_{raw[1]};"
                f"create or replace table staging.quarantine_{raw[1]} as"
                " select row_id, row_status, reject_reason, raw_row"
                f" from judged_{raw[1]} where row_status <> 'accepted'"
            )
    return copy


def raw_suites(file: Path, last: dict, oldest: str | None = None) -> list:
    """The suites of the raw gate for a file, compared with an earlier delivery."""
    contract = contract_of(PROJECT)
    try:
        found = raw_gate.profile(file, contract)
    except duckdb.BinderException:  # a column is gone: the profile of before
        found = last
    return raw_gate.suites(PROJECT, found, last, LIMITS, oldest)


def rows_of(marts: list, file: Path) -> dict[str, int]:
    """The rows of each mart of a file."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return {
            f"{mart.schema}.{mart.name}": connection.execute(
                f"select count(*) from {mart.sql_name}"
            ).fetchall()[0][0]
            for mart in marts
        }


def mart_suites(marts: list, file: Path, build: Path, rows: dict[str, int] | None = None) -> list:
    """The suites of the marts gate for a file that was made from a build."""
    rows = rows or rows_of(marts, file)
    try:
        found = delivered_addresses(build, file, marts, contract_of(PROJECT))
    except duckdb.BinderException:  # a column is gone
        found = {name: {} for name in rows}
    return marts_gate.suites(marts, rows, found)


def test_a_good_shop_passes(built):
    file, known = built
    gates = Gates()
    raw = gates.check("raw", file, raw_suites(file, known["raw"], "2024-03-10"))
    public = file.with_name(PUBLIC_FILE)
    marts = gates.check("marts", public, mart_suites(known["marts"], public, file))
    assert (raw.failed, raw.warned, marts.failed, marts.warned) == ([], [], [], [])
    assert raw.run > 20
    assert marts.run > 3 * len(known["marts"])


def test_the_limit_of_memory_is_that_of_every_connection(built, tmp_path, monkeypatch):
    """Of the gates and of publishing, beside the build's: each would take what it likes."""
    limits, connect = [], duckdb.connect

    def noted(*arguments, **options):
        connection = connect(*arguments, **options)
        limits.append(connection.execute("select current_setting('memory_limit')").fetchall()[0][0])
        return connection

    file, _ = built
    manifest = parsed()[1]
    shutil.copyfile(file, tmp_path / file.name)
    monkeypatch.setattr(duckdb, "connect", noted)
    monkeypatch.setenv("PATRONAGE_MEMORY_LIMIT", "5GiB")
    held = "select current_setting('memory_limit') as held"
    bounded = ExpectNoRows(
        unexpected_rows_query="select held from {batch} where held <> '4.0 GiB'",
        description="the gate is bounded",
        severity="critical",
    )
    outcome = Gates().check("raw", file, [Suite("memory", held, [bounded])])
    assert (outcome.run, outcome.failed) == (1, [])
    limits.clear()  # from here on they are those of publishing
    publish(tmp_path, manifest)
    assert set(limits) == {"4.0 GiB"}


@pytest.mark.parametrize(
    ("fault", "suite", "said"), RAW_FAULTS, ids=[f[2][:40] for f in RAW_FAULTS]
)
def test_the_raw_gate_notices(built, tmp_path, fault, suite, said):
    file, known = built
    copy = planted(file, tmp_path, fault)
    outcome = Gates().check("raw", copy, raw_suites(copy, known["raw"]))
    lines = outcome.warned if said.startswith(WARNINGS) else outcome.failed
    assert any(line.startswith(f"raw {suite}: {said}") for line in lines), outcome


def test_the_raw_gate_wants_fresh_orders_where_it_is_told_to(built):
    file, known = built
    outcome = Gates().check("raw", file, raw_suites(file, known["raw"], "2024-03-11"))
    assert outcome.failed == [
        "raw files orders: orders are fresh: the newest is of 2024-03-11 or later: "
        "found newest_order 2024-03-10"
    ]


def test_without_orders_the_raw_gate_warns(built):
    file, known = built
    empty = {"files/orders": known["raw"]["files/orders"] | {"rows": 0}}
    suites = raw_gate.suites(PROJECT, empty, {}, LIMITS, None)
    suites = [suite for suite in suites if suite.name == "files orders"]
    nothing = [
        type(suites[0])(suites[0].name, suites[0].query + " and false", suites[0].expectations)
    ]
    assert any(
        line.startswith("raw files orders: there are orders")
        for line in Gates().check("raw", file, nothing).warned
    )


def test_a_delivery_of_headers_alone_is_warned_of(built):
    file, _ = built
    outcome = Gates().check("raw", file, raw_gate.suites(PROJECT, {}, {}, LIMITS, None))
    assert outcome.failed == []
    assert outcome.warned == [
        "raw sources: some shop has orders (a file of headers alone?): found missing orders"
    ]


@pytest.mark.parametrize("limit", ["garbage", "0", "0GB", "4", "-1GB", "4 apples"])
def test_a_limit_of_memory_that_is_none_is_named(limit, tmp_path, monkeypatch):
    monkeypatch.setenv("PATRONAGE_MEMORY_LIMIT", limit)
    said = f"PATRONAGE_MEMORY_LIMIT: {limit!r} is no amount of memory like 4GB"
    result = click.testing.CliRunner().invoke(main, ["inspect", str(tmp_path)])
    assert (result.exit_code, said in result.output) == (1, True)
    with pytest.raises(BuildFailed, match="is no amount of memory"):
        build(tmp_path, warehouse=tmp_path / "warehouse")
    for good in ("4GB", "512 MiB", "0.5gb", "4g"):
        monkeypatch.setenv("PATRONAGE_MEMORY_LIMIT", good)
        assert wrong_variable() is None
        with duckdb.connect(config=bounds()):
            pass


def test_a_form_of_the_log_that_is_none_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATRONAGE_LOG", "yaml")
    with pytest.raises(BuildFailed, match="PATRONAGE_LOG: 'yaml' is no form of a log: json is"):
        build(tmp_path, warehouse=tmp_path / "warehouse")
    for good in ("", "json", "JSON"):
        monkeypatch.setenv("PATRONAGE_LOG", good)
        assert wrong_variable() is None


@pytest.mark.parametrize(
    ("fault", "suite", "said"), MARTS_FAULTS, ids=[f[2][:40] for f in MARTS_FAULTS]
)
def test_the_marts_gate_notices(built, tmp_path, fault, suite, said):
    file, known = built
    public = file.with_name(PUBLIC_FILE)
    copy = planted(public, tmp_path, fault)
    suites = mart_suites(known["marts"], copy, file, rows_of(known["marts"], public))
    outcome = Gates().check("marts", copy, [one for one in suites if one.name == suite])
    assert any(line.startswith(f"marts {suite}: {said}") for line in outcome.failed), outcome


def test_what_others_built_is_tested_before_it_is_published(built, tmp_path, monkeypatch):
    """Within a mart and across marts; the raw files, which may be gone, are not asked."""
    folder = tmp_path / "warehouse"
    folder.mkdir()
    faults = (
        "update core.orders set order_sequence = order_sequence + 1 where order_sequence > 1;"
        "update core.customers set orders = orders + 1"
    )
    planted(built[0], folder, faults)
    unset_settings(monkeypatch)
    for name, value in {"WAREHOUSE": folder, "DATA": tmp_path / "none", "SALT": "pepper"}.items():
        monkeypatch.setenv(f"PATRONAGE_{name}", str(value))
    result = click.testing.CliRunner().invoke(main, ["publish"])
    assert result.exit_code == 1
    for name in ("order_sequences_have_no_gap", "customers_hold_every_attributed_order"):
        assert f"error: test {name}: " in result.stderr
    assert "nothing was published" in result.stderr
    assert not (folder / "patronage.duckdb").exists()
    # the pages tell what the first gate found, though the second was not reached
    page = (folder / "data_docs" / "index.html").read_text()
    assert "<td>raw</td>" in page
    assert "<td>marts</td>" not in page


def seen(page: Path, folder: Path) -> str:
    """The text of a page as a browser shows it, without a network."""
    program = chromium()
    command = [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom",
               f"--user-data-dir={folder}", "--host-resolver-rules=MAP * ~NOTFOUND",
               page.as_uri()]  # fmt: skip
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    body = re.sub(r"(?s)<(script|style).*?</\1>", "", dom[dom.index("<body") :])
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_data_docs_show_the_reason_in_a_browser(built, tmp_path):
    file, known = built
    copy = planted(file, tmp_path, RAW_FAULTS[0][0])
    gates = Gates()
    gates.check("raw", copy, raw_suites(copy, known["raw"]))
    docs = tmp_path / "docs"
    gates.write_docs(docs)
    first = seen(docs / "index.html", tmp_path / "browser")
    assert "files orders" in first
    assert "reason missing order_id, rows 2, percent 5.0" in first
    links = re.findall(r'href="(validations[^"]+orders[^"]*)"', (docs / "index.html").read_text())
    page = seen(docs / unquote(links[0]), tmp_path / "browser")
    assert (
        "at most 1% of the rows are rejected reason missing order_id, rows 2, percent 5.0" in page
    )
    for html in docs.rglob("*.html"):
        assert not re.search(r"""(src|href)=["']?http[^"']*\.(js|css|png)""", html.read_text()), (
            html
        )
