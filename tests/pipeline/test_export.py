"""Published tables as CSV files or a workbook: `patronage export`."""

from __future__ import annotations

import csv
import stat
import zipfile
from xml.etree import ElementTree

import duckdb
import polars
import pytest
from click.testing import CliRunner
from conftest import parsed

from patronage import export as exporting
from patronage import sheets
from patronage.cli import main
from patronage.database import literal
from patronage.dictionary import write_dictionary
from patronage.export import DEFAULT_SHEETS
from patronage.folder import UMASK
from patronage.publish import marts_of
from patronage.rejects import harmless
from patronage.stores import extension_file

# what stays, and what a spreadsheet would run
PLAIN = [
    "",
    "a",
    "a=b",
    "1-2",
    "-1",
    "+1.5",
    "-1e-3",
    "'=1",
    " x",
    'ä, "quoted"\nline',
    "https://x.example",
]
ACTING = [
    "=1+1", "+cmd", "-1-1", "@SUM(A1)", " =1", "\u00a0=1", "\u3000＝1", "\ufeff@x", "\u200b-x",
    "\x00=1", "\x1f=1", "\x85=1", "\u2028=1", "\tx", "\rx", "\nx", "-", "=", "＋1", "- 1", "+1e",
]  # fmt: skip
ORDERS = """
select
    'o' || n as order_key,
    (n * 1.2345)::decimal(18, 4) as net_amount,
    n / 3 as share,
    date '2024-02-29' + n::integer as order_date,
    timestamp '2024-02-29 23:59:59' as ordered_at,
    n % 2 = 0 as is_valid,
    1000000000000000 + n as large,
    case when n <> 2 then 'x' end as note
from range(1, {many}::bigint + 1) as numbers(n)
"""
TEXTS = "select unnest(range({})) as n, unnest({}) as said"


@pytest.fixture
def file(tmp_path):
    """A published file."""
    folder = tmp_path / "warehouse"
    folder.mkdir()
    with duckdb.connect(str(folder / "patronage.duckdb")) as connection:
        connection.execute("create schema core; create schema profile; create schema lifecycle")
        connection.execute(
            "create table core.as_of as"
            " select date '2024-05-31' as as_of, 'EUR' as reporting_currency"
        )
        connection.execute(f"create table core.orders as {ORDERS.format(many=3000)}")
        connection.execute("comment on table core.orders is 'One row per order.'")
        connection.execute(
            "comment on column core.orders.net_amount is 'Net, \"after\" <refunds>.'"
        )
        texts = [*PLAIN, *ACTING]
        connection.execute(
            f"create table profile.texts as {TEXTS.format(len(texts), '$said')}", {"said": texts}
        )
        connection.execute("create table profile.customer_profile as select 'k' as customer_key")
        connection.execute("create table lifecycle.orders as select 1 as x")
        keys = {("core", "orders"): ["order_key"], ("profile", "texts"): ["n"]}
        write_dictionary(connection, keys)
    return folder / "patronage.duckdb"


@pytest.fixture
def export(file, tmp_path, monkeypatch):
    """Run `patronage export` into a folder; return exit code, output and errors."""
    monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(file.parent))

    def run(kind, *options, folder=tmp_path / "out"):
        result = CliRunner().invoke(main, ["export", str(folder), "--format", kind, *options])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()

    return run


def sheet_of(workbook, sheet, options=""):
    """A sheet as DuckDB's reader of workbooks has it."""
    with duckdb.connect() as connection:
        connection.execute(f"load {literal(extension_file('excel'))}")
        return connection.execute(
            f"from read_xlsx({literal(str(workbook))}, sheet = {literal(sheet)}{options})"
        ).pl()


def test_csv_holds_what_the_tables_hold(export, file, tmp_path):
    code, said, _ = export("csv")
    assert code == 0
    assert len(said) == 6
    assert f"wrote {tmp_path / 'out/core.orders.csv'}: 3,000 rows" in said
    content = (tmp_path / "out/core.orders.csv").read_bytes()
    assert content.startswith(
        b"order_key,net_amount,share,order_date,ordered_at,is_valid,large,note\r\n"
        b"o1,1.2345,0.3333333333333333,2024-03-01,2024-02-29 23:59:59,false,1000000000000001,x\r\n"
    )
    read = polars.read_csv(tmp_path / "out/core.orders.csv", try_parse_dates=True)
    with duckdb.connect(str(file), read_only=True) as connection:
        right = connection.execute("from core.orders").pl()
    assert read.equals(right.cast(read.schema))


def test_csv_runs_nothing_in_a_spreadsheet_and_raw_is_as_it_was(export, tmp_path):
    """An empty text is in quotes, nothing is nothing."""
    path = tmp_path / "out/profile.texts.csv"
    code, _, said = export("csv", "--table", "profile.texts")
    assert code == 0
    assert said == [
        f"{len(ACTING)} texts begin with an apostrophe now, as a spreadsheet would run them: --raw"
        " keeps them"
    ]
    with path.open(newline="", encoding="utf-8") as opened:
        assert [row[1] for row in csv.reader(opened)] == [
            "said",
            *PLAIN,
            *(f"'{t}" for t in ACTING),
        ]
    assert b'\r\n0,""\r\n' in path.read_bytes()
    assert export("csv", "--table", "profile.texts", "--raw")[::2] == (0, [])
    with path.open(newline="", encoding="utf-8") as opened:
        assert [row[1] for row in csv.reader(opened)] == ["said", *PLAIN, *ACTING]


def test_the_database_takes_for_a_formula_what_the_others_do():
    """Other exports ask the same rule in Python."""
    assert [harmless(text) for text in PLAIN] == PLAIN
    assert [harmless(text) for text in ACTING] == [f"'{text}" for text in ACTING]
    signs = [chr(sign) for sign in (*range(0x3100), 0xFEFF, 0xFF0B, 0xFF0D, 0xFF1D, 0xFF20)]
    texts = [f"{sign}=x" for sign in signs]
    with duckdb.connect() as connection:
        found = connection.execute(
            "select regexp_matches(unnest($texts), $pattern)",
            {"texts": texts, "pattern": f"^({exporting.FORMULA.pattern})"},
        ).fetchall()
    for text, (acts,) in zip(texts, found, strict=True):
        assert acts == (harmless(text) != text), text
        assert acts or not text[0].isspace(), text


def test_a_workbook_holds_tables_definitions_and_types(export, file, tmp_path):
    code, said, _ = export("xlsx", "--table", "core.orders", "--table", "profile.texts")
    book = tmp_path / "out/patronage.xlsx"
    texts = len(PLAIN) + len(ACTING)
    assert (code, said) == (0, [f"wrote {book}: {3000 + texts:,} rows of 2 tables"])
    orders = sheet_of(book, "orders")
    with duckdb.connect(str(file), read_only=True) as connection:
        right = connection.execute("from core.orders").pl()
    assert orders.columns == right.columns
    assert orders["net_amount"].dtype == polars.Float64
    assert orders["net_amount"].sum() == pytest.approx(float(right["net_amount"].sum()))
    assert orders["share"].to_list() == pytest.approx(right["share"].to_list(), rel=1e-15)
    for column in ("order_key", "order_date", "note"):
        assert orders[column].to_list() == right[column].to_list()
    assert orders["ordered_at"].dt.round("1s").to_list() == right["ordered_at"].to_list()
    assert orders["is_valid"].cast(polars.Boolean).to_list() == right["is_valid"].to_list()
    # 15 digits are what Excel keeps
    assert orders["large"].to_list() == [str(large) for large in right["large"]]
    with zipfile.ZipFile(book) as parts:
        assert b'Net, "after" &lt;refunds&gt;.' in parts.read("xl/comments1.xml")
    defined = sheet_of(book, "Definitions", ", all_varchar = true")
    assert defined["sheet"].unique(maintain_order=True).to_list() == ["orders", "texts"]
    row = defined.filter(column_name="net_amount").row(0, named=True)
    assert row["description"] == 'Net, "after" <refunds>.'
    assert row["table_description"] == "One row per order."
    assert row["primary_key"] == "order_key"


def test_texts_of_a_workbook_are_texts(export, tmp_path):
    export("xlsx", "--table", "profile.texts")
    with zipfile.ZipFile(tmp_path / "out/patronage.xlsx") as parts:
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet2.xml"))
        names = parts.namelist()
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    cells = [cell for cell in sheet.iter(f"{space}c") if cell.get("r")[0] == "B"]
    assert {cell.get("t") for cell in cells} == {"inlineStr"}
    assert not list(sheet.iter(f"{space}f"))
    assert not list(sheet.iter(f"{space}hyperlink"))
    assert sheet.find(f".//{space}pane").get("state") == "frozen"
    shown = ["".join(cell.itertext()) for cell in cells][1:]
    kept = [text for text in [*PLAIN, *ACTING] if text.isprintable() and text]
    assert set(kept) <= set(shown)
    assert not [name for name in names if "externalLink" in name]


def test_the_same_input_gives_the_same_bytes(export, tmp_path, monkeypatch):
    for kind in ("csv", "xlsx"):
        contents = []
        for zone in ("UTC", "Asia/Tokyo"):
            monkeypatch.setenv("TZ", zone)
            folder = tmp_path / kind / zone.partition("/")[0]
            assert export(kind, folder=folder)[0] == 0
            contents.append({path.name: path.read_bytes() for path in folder.iterdir()})
        assert contents[0] == contents[1]


def test_without_tables_a_workbook_holds_the_default_ones(export, tmp_path):
    """Those that are there; all of the list are names of marts."""
    code, said, _ = export("xlsx")
    assert (code, said) == (0, [f"wrote {tmp_path / 'out/patronage.xlsx'}: 2 rows of 2 tables"])
    known = {f"{mart.schema}.{mart.name}" for mart in marts_of(parsed()[1])}
    assert set(DEFAULT_SHEETS) - known <= {"bi.monthly_metrics"}


def test_a_table_that_does_not_fit_is_told_and_never_cut(export, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "ROWS_OF_A_SHEET", 3000)
    code, said, errors = export("xlsx", "--table", "core.orders", "--table", "core.as_of")
    line = "core.orders has 3,000 rows, of which a sheet holds 2,999 at most: choose --format csv"
    assert (code, said, errors) == (1, [], [f"error: {line}", "error: nothing was exported"])
    assert not list((tmp_path / "out").iterdir())
    monkeypatch.setattr(exporting, "DEFAULT_SHEETS", ("core.orders", "core.as_of"))
    code, said, errors = export("xlsx")
    assert (code, errors) == (0, [f"left out: {line}"])
    assert export("csv", "--table", "core.orders")[0] == 0


def test_a_text_that_no_cell_holds_is_told(export, file, tmp_path):
    with duckdb.connect(str(file)) as connection:
        connection.execute("insert into profile.texts values (99, repeat('x', 32768))")
    code, _, errors = export("xlsx", "--table", "profile.texts")
    assert code == 1
    assert errors[0] == (
        "error: texts.said has a text that is longer than a cell may be (32,767): choose"
        " --format csv"
    )
    assert not list((tmp_path / "out").iterdir())


def test_names_of_sheets_are_unlike_each_other():
    names = sheets.sheet_names(["core.orders", "lifecycle.Orders", "core.x", "core.definitions"])
    assert names == {
        "core.orders": "core.orders", "lifecycle.Orders": "lifecycle.orders", "core.x": "x",
        "core.definitions": "core.definitions",
    }  # fmt: skip
    for table in ("core." + "x" * 32, "core.a:b"):
        with pytest.raises(sheets.SheetError, match="makes no name of a sheet"):
            sheets.sheet_names([table])


def test_only_what_an_export_has_made_is_written_over(export, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    mine = folder / "core.orders.csv"
    mine.write_text("mine")
    code, said, errors = export("csv")
    assert (code, said) == (1, [])
    assert errors[0] == f"error: {mine} is there and of no export: move it away"
    assert {path.name: path.read_text() for path in folder.iterdir()} == {mine.name: "mine"}
    mine.unlink()
    assert export("csv")[0] == export("csv")[0] == export("xlsx")[0] == export("csv")[0] == 0
    assert stat.S_IMODE(mine.stat().st_mode) == 0o666 & ~UMASK
    mine.write_text("what somebody has added")
    code, _, errors = export("csv")
    assert code == 1
    assert errors[0] == f"error: {mine} was changed after its export: move it away"
    assert mine.read_text() == "what somebody has added"
    mine.unlink()
    mine.symlink_to(tmp_path / "elsewhere")
    assert export("csv")[0] == 1
    assert not (tmp_path / "elsewhere").exists()


def test_an_export_that_is_killed_or_fails_leaves_whole_files(export, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    assert export("csv")[0] == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def fail(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "_digest", fail)
        code, _, errors = export("csv")
    assert code == 1
    assert errors[0] == f"error: {folder} cannot be written to: No space left on device"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (folder / exporting.STAGING).mkdir()
    (folder / exporting.STAGING / "core.orders.csv").write_text("half")
    assert export("csv")[0] == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    replaced = []

    def killed(source, target):
        replaced.append(target)
        if len(replaced) == 3:
            raise KeyboardInterrupt
        source.rename(target)

    with monkeypatch.context() as patch:
        patch.setattr(exporting.os, "replace", killed)
        export("csv", "--raw")
    assert export("csv")[0] == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_where_nothing_may_be_written_is_said_in_one_line(export, file, tmp_path):
    for folder in (file.parent, file.parent / "x"):
        code, _, errors = export("csv", folder=folder)
        assert (code, errors[0]) == (
            1, f"error: {folder} lies in the warehouse folder: choose another"
        )  # fmt: skip
    (tmp_path / "plain").touch()
    assert export("csv", folder=tmp_path / "plain")[0] == 1
    code, _, errors = export("xlsx", "--table", "core.nothing")
    assert errors == [
        "error: there is no table core.nothing: core.dictionary has their names",
        "error: nothing was exported",
    ]
    marker = tmp_path / "out" / exporting.MARKER
    marker.write_text("[1]")
    assert export("csv")[2][0] == f"error: {marker} is damaged: remove it"
    file.unlink()
    assert export("csv")[2][0] == f"error: {file} is missing: run `patronage build` first"
