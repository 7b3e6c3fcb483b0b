"""What is shown of a stranger's file is text: in pages, at the terminal, in CSV, in messages."""

from __future__ import annotations

import csv
import io
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import PROJECT, STAGING, Warehouse, unset_settings
from playwright.sync_api import sync_playwright
from rich.table import Table
from test_gates import chromium

from patronage.cli import Terminal, main
from patronage.contract import contract_of
from patronage.dbt import BuildError, dbt_environment, first_line
from patronage.docs import write_docs
from patronage.folder import FolderError
from patronage.gates import ExpectNoRows, Gates, Suite, raw
from patronage.pipeline import failed_names
from patronage.rejects import Rejected, export
from patronage.text import printable, without_values

ATTACK = """<script>alert(1)</script><img src=x onerror=alert(2)>"' onclick='x' </td></table> \
<!-- --> <a href="javascript:alert(3)">$x ${y} $template {{ 7*7 }} {% raw %} &lt;b&gt;"""
HOME = "https://greatexpectations.io/"  # a link in the foot of their pages
HARMLESS = "nothing to see here"
TOKEN = "Anna-Token Mustergasse"


class Tags(HTMLParser):
    """The tags of a page with their attributes' names, and its text."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, *(name for name, _ in attrs)))
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data

    def handle_comment(self, data: str) -> None:
        """Note a comment, which may hide what is behind it."""
        self.tags.append(("comment",))


def data_docs(folder: Path, shown: str) -> dict[str, Tags]:
    """Data Docs in which a text is name, description, value, column, literal and error."""
    file = folder / "x.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table t as select ? as v", [shown])
    column = '"' + shown.replace('"', '""').replace("{", "{{").replace("}", "}}") + '"'
    literal = "'" + shown.replace("'", "''") + "'"
    expectations = [
        ExpectNoRows(
            unexpected_rows_query=f"select v, v as {column} from {{batch}}", description=shown
        ),
        ExpectNoRows(unexpected_rows_query="select v from {batch} where v like '%never%'"),
        ExpectNoRows(
            unexpected_rows_query="select cast(v as int) from {batch}", description="a number"
        ),
    ]
    gates = Gates()
    gates.check(
        "raw", file, [Suite(f"{shown} orders", f"select v, {literal} from t", expectations)]
    )
    docs = folder / "docs"
    docs.mkdir()
    gates.write_docs(docs)
    pages = sorted(docs.rglob("*.html"))
    for page in pages:
        assert re.search(
            '<head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            "script-src 'none'; ",
            page.read_text(),
        ), page
    return {page.relative_to(docs).parts[0]: Tags(page.read_text()) for page in pages}


def test_no_tag_of_the_data_docs_comes_from_data(tmp_path):
    (tmp_path / "harmless").mkdir()
    (tmp_path / "attack").mkdir()
    harmless = data_docs(tmp_path / "harmless", HARMLESS)
    attacked = data_docs(tmp_path / "attack", ATTACK)
    assert list(harmless) == list(attacked) == ["expectations", "index.html", "validations"]
    for name, page in attacked.items():
        assert page.tags == harmless[name].tags, name
        assert "<script>alert(1)</script><img src=x onerror=alert(2)>\"' onclick=" in page.text
        assert not any(tag in ("script", "img", "link") for tag, *_ in page.tags)
        assert not any(name.startswith("on") for _, *names in page.tags for name in names)
        assert all(one.startswith(("..", "#", "validations/", HOME)) for one in page.addresses)
    # the link of the index leads to the page
    (link,) = [one for one in attacked["index.html"].addresses if one.startswith("validations/")]
    assert re.fullmatch("[A-Za-z0-9_./%-]+", link)
    # what the database says of a value is shown without the value
    assert "Could not convert string (a value)" in harmless["validations"].text
    assert not re.search("string .?'nothing|Traceback", harmless["validations"].text)


@pytest.fixture(scope="module")
def dbts_page(tmp_path_factory):
    """The description of the models, and the folder of raw files while it was written."""
    folder = tmp_path_factory.mktemp("described")
    data = folder / """<img src=x onerror=alert(1)>&"' </script>"""
    data.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        unset_settings(patch)
        patch.setenv("PATRONAGE_DATA", str(data))
        patch.setenv("PATRONAGE_SALT", "SALT-OF-THE-HASHES")
        patch.setenv("PATRONAGE_WAREHOUSE", str(folder / "warehouse"))
        patch.delenv("DBT_TARGET_PATH", raising=False)
        with dbt_environment(PROJECT) as target:
            page = write_docs(PROJECT, target)
        assert os.environ["PATRONAGE_SALT"] == "SALT-OF-THE-HASHES"
    return page, folder


def test_dbts_page_holds_nothing_of_a_shop_and_still_shows_the_models(dbts_page):
    page, folder = dbts_page
    assert page == folder / "warehouse" / "target" / "static_index.html"
    assert page.stat().st_mode & 0o777 == 0o600
    text = page.read_text()
    for secret in ("SALT-OF", "<img src=x", "onerror=alert", str(folder), str(PROJECT)):
        assert secret not in text, secret
    for file in page.parent.rglob("*"):
        assert file.is_dir() or b"SALT-OF" not in file.read_bytes(), file
    assert "One row per identified person, with or without an order." in text
    assert not re.search('"(compiled_code|root_path|user_id|invocation_id|env)":', text)
    assert re.search(
        '<head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; ', text
    )


# a place of the page: what is to be read there, and what is not
SHOWN = {
    "#!/overview": ("Where to begin", "core.customers", "Things to know before you quote a number"),
    "#!/model/model.patronage.customers": (
        "One row per identified person, with or without an order.",
        "net_amount", "credit_note_amount", "is_left_censored",
    ),
    "#!/model/model.patronage.clv?g_v=1&g_i=%2Bclv%2B": ("Lineage Graph", "horizon_days"),
    "#!/metric/metric.patronage.net_sales": ("Net sales", "Goods of valid orders less discounts"),
    "#!/exposure/exposure.patronage.value": ("Value", "../report/index.html#value", "clv"),
}  # fmt: skip
HIDDEN = (".patronage.int_", ".patronage.stg_", ".patronage.base_", "build.core", "undefined")


def test_dbts_page_opens_offline_and_shows_readers_what_is_published(dbts_page):
    """No other file is asked for, and the browser has nothing to complain of."""
    program = chromium() or pytest.skip("no chromium is installed: apt-get install chromium")
    page, _ = dbts_page
    asked, complaints, texts = [], [], {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
        context.on("request", lambda request: asked.append(request.url))
        context.on("console", lambda message: complaints.append(message.text))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        for place, (first, *_) in SHOWN.items():
            tab = context.new_page()
            tab.goto(page.as_uri() + place)
            tab.get_by_text(first).first.wait_for(timeout=60_000)
            links = tab.locator("a").evaluate_all("all => all.map(one => one.outerHTML)")
            texts[place] = tab.inner_text("body") + " ".join(links)
            tab.close()
        browser.close()
    assert {address.split("#")[0] for address in asked} == {page.as_uri()}
    assert complaints == []
    for place, expected in SHOWN.items():
        assert [text for text in expected if text not in texts[place]] == [], place
        assert [text for text in HIDDEN if text in texts[place]] == [], place


ROWS = {
    "=1+1": "'=1+1", "+43 660 12": "'+43 660 12", "-cmd|' /C calc'!A0": "'-cmd|' /C calc'!A0",
    "@SUM(A1)": "'@SUM(A1)", "  =1": "'  =1", "\t=1": "'\t=1", "\rx": "'\rx", "＝1": "'＝1",
    "-12.5": "-12.5", "+43660": "+43660", "a=b": "a=b", "'=1": "'=1", "": "",
}  # fmt: skip


def test_an_exported_cell_is_no_formula_unless_it_is_asked_for(tmp_path):
    row = {"order_id": "1", "=column": "x", "amount": 12.5, "email": None}
    found = [
        Rejected("web/../x", "orders", "negative amount", "1", row | {"status": cell})
        for cell in ROWS
    ]
    (file,) = export(found, tmp_path / "rejects.csv")
    lines = list(csv.DictReader(file.open(newline="")))
    assert [line["status"] for line in lines] == list(ROWS.values())
    assert "'=column" in lines[0]
    (file,) = export(found, tmp_path / "raw.csv", raw=True)
    lines = list(csv.DictReader(file.open(newline="")))
    assert [line["status"] for line in lines] == list(ROWS)
    # a name never leads out of the folder
    other = [one._replace(source="..\\/x") for one in found]
    files = export([*found, *other], tmp_path / "two.csv")
    assert len(files) == 2
    assert {one.parent for one in files} == {tmp_path}


def test_an_export_is_its_users_alone_and_never_through_a_link(tmp_path):
    found = [Rejected("web", "orders", "negative amount", "1", {"order_id": "1"})]
    before = os.umask(0)
    try:
        (file,) = export(found, tmp_path / "new.csv")
        (tmp_path / "there.csv").write_text("x" * 1000)
        (there,) = export(found, tmp_path / "there.csv")
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == there.stat().st_mode & 0o777 == 0o600
    assert there.read_bytes() == file.read_bytes()
    (tmp_path / "target").write_text("mine")
    (tmp_path / "link.csv").symlink_to(tmp_path / "target")
    with pytest.raises(FolderError, match="is a link: remove it"):
        export(found, tmp_path / "link.csv")
    assert (tmp_path / "target").read_text() == "mine"


MARKUP = "[bold red]x[/] [link=http://x]y[/link] :smile:"
ACTS = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eabc\u2066\u200b\r\n"
SPELT = r"\x1b]0;owned\x07\x1b[2J\x9b31m\u202eabc\u2066\u200b\r\n"


@pytest.mark.parametrize("is_terminal", [True, False])
def test_nothing_acts_at_the_terminal(is_terminal):
    terminal = Terminal(force_terminal=is_terminal, record=True, width=500, file=io.StringIO())
    terminal.print(f"warning: {ACTS}{MARKUP}", style="red")
    table = Table(ACTS + MARKUP, "two")
    table.add_row(ACTS + MARKUP, "x")
    terminal.print(table)
    printed = terminal.file.getvalue()
    own = re.sub("\x1b\\[[0-9;]*m", "", printed)  # the colours of the console itself
    assert all(sign.isprintable() or sign == "\n" for sign in own)
    assert own.count(SPELT + MARKUP) == 3
    assert "\x1b]8" not in printed
    assert len(printable("x" * 1_000_000)) < 2_100


def database_error(query: str) -> str:
    """What the database says of a query."""
    with pytest.raises(duckdb.Error) as found:
        duckdb.connect().execute(query).fetchall()
    return str(found.value)


QUOTING = [
    f"select cast('{TOKEN}' as int)", f"select cast('it''s\n{TOKEN}' as date)",
    f"select json('{TOKEN} {{')", f"select strptime('{TOKEN}', '%Y')",
    f"create temp table u (id varchar primary key); insert into u values ('{TOKEN}'), ('{TOKEN}')",
    f"select regexp_matches('x', '({TOKEN}')", "select 4366012345678::int::decimal(5, 2)",
    f"select cast(struct_pack(a := '{TOKEN}') as struct(a int))",
]  # fmt: skip


@pytest.mark.parametrize("query", QUOTING)
def test_what_the_database_says_is_told_without_the_value(query):
    message = database_error(query)
    assert re.search("Token|ann@|4366012345678", message)
    for said in (without_values(message), first_line(f"Runtime Error in model x (y)\n  {message}")):
        assert not re.search("Token|ann@|4366012345678", said)
        assert "Error: " in said
    assert "(a value)" in said or "(a number)" in said


def test_what_the_models_raise_is_told_in_full():
    said = "several currencies are present ('EUR', \"USD\"): say in which one"
    assert without_values(f"Invalid Input Error: patronage: {said}") == said
    damaged = "Invalid Input Error: File '/data/orders.parquet' too small to be a Parquet file"
    assert without_values(damaged) == damaged
    assert without_values("Binder Error: no column 'x'\nLINE 1") == "Binder Error: no column 'x'"
    lines = ["/data/ann@x/orders.csv, line 3: x", "test no_order: Got 3", "model orders: y"]
    assert failed_names(BuildError(*lines)) == "settings or raw files; test no_order; model orders"


@pytest.fixture
def poisoned(warehouse: Warehouse, shop) -> Path:
    """A shop with free text where codes should be, and rows without keys."""
    orders = [
        {"order_id": f"S{n}", "ordered_at": "2024-01-01", "status": status, "currency": currency,
         "amount": amount, "email": "ann@example.com", "channel": TOKEN}
        for n, (status, currency, amount) in enumerate(
            [("lost", "EUR", "1"), (f"{TOKEN} and her wife, at home", "EUR", "1"),
             ("call 0660 123 45", "EUR", "1"),
             ("ann@example.com", "EUR", "1"), ("paid", f"<{TOKEN}>", "1"), ("paid", "EUR", TOKEN)]
        )
    ]  # fmt: skip
    orders.append({"order_id": "", "ordered_at": "2024-01-01", "email": "ann@example.com"})
    events = [
        {
            "event_id": "E1",
            "occurred_at": "2024-01-01",
            "event_type": f"{TOKEN} and his wife, at home",
            "text": TOKEN,
        }
    ]
    rates = [{"currency": f"<{TOKEN}>", "rate_date": "2024-01-01", "rate": "1"}]
    return shop(orders=orders, events=events, fx_rates=rates)


def test_messages_logs_and_pages_hold_no_value_of_free_text(
    warehouse, poisoned, tmp_path, capfd, monkeypatch
):
    warehouse.selection = ["--select", *STAGING, "path:seeds"]
    warehouse.build(poisoned, currency="EUR")
    file = warehouse.folder / "build.duckdb"
    limits = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["gates"]
    gates = Gates()
    found = raw.profile(file, contract_of(PROJECT))
    outcome = gates.check("raw", file, raw.suites(PROJECT, found, {}, limits, None))
    docs = tmp_path / "docs"
    docs.mkdir()
    gates.write_docs(docs)
    said = "\n".join(outcome.failed + outcome.warned)
    # counts, and where to look; a code is shown, what may be anybody's is not
    assert "status lost, rows 1, examples S0" in said
    assert "status (free text), rows 3, examples S1 S2 S3" in said
    assert "currency (free text), rows 1, examples S4" in said
    assert "currency (free text), rows 1, examples 2024-01-01" in said
    assert "event_type (free text), rows 1, examples E1" in said
    with pytest.raises(SystemExit) as ended:
        main(["rejects"])
    assert ended.value.code == 0
    shown = capfd.readouterr().out
    assert "unparsable amount" in shown
    assert "missing order_id" in shown
    # an error while dbt runs quotes a value
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    with pytest.raises(BuildError, match="Could not convert string") as failed:
        warehouse.run_dbt(
            [
                "show",
                "--inline",
                "select cast(channel as int) as x from {{ ref('base_orders') }}",
            ]
        )
    pages = "".join(page.read_text() for page in docs.rglob("*.html"))
    logs = "".join(log.read_text() for log in (tmp_path / "target").rglob("*.log"))
    for text in (said, shown, pages, logs, *failed.value.args, *capfd.readouterr()):
        assert not re.search("(?i)anna|mustergasse|ann@example|0660", text)


def test_currencies_that_are_none_are_not_quoted(warehouse, poisoned):
    warehouse.selection = ["--select", "+reporting_currency"]
    with pytest.raises(BuildError) as found:
        warehouse.build(poisoned)
    said = "model reporting_currency: several currencies are present ((free text), EUR): say in"
    assert found.value.args[0].startswith(said)


def test_a_file_without_a_header_is_refused_without_its_values(warehouse, shop):
    data = shop(orders=f"17,2024-01-01,ann@example.com,+43 660 1234567,{'x' * 41}\n")
    with pytest.raises(BuildError, match="required columns order_id, ordered_at are") as found:
        warehouse.build(data)
    (said,) = found.value.args
    assert "found: 17, (free text), (free text), (free text), (free text))" in said
