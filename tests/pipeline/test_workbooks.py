"""Workbooks (.xlsx) as raw tables: what their cells are, and what is refused with what to do."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from patronage import engine
from patronage.dbt import BuildError

MARTS = ["orders", "rejected_rows"]
HEADER = ["order_id", "ordered_at", "amount"]
DAY = date(2024, 1, 1)
SHEET = "xl/worksheets/sheet1.xml"


def save(
    path: Path, *sheets: list[list[Any]], formats: dict[str, str] | None = None, **options: Any
) -> None:
    """Write a workbook of such sheets; `formats` are those of cells of the first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    dates = {date: "dd/mm/yyyy", datetime: "dd/mm/yyyy hh:mm"}
    with xlsxwriter.Workbook(path, options) as book:
        shown = {kind: book.add_format({"num_format": code}) for kind, code in dates.items()}
        for rows in sheets:
            sheet = book.add_worksheet()
            for row, values in enumerate(rows):
                for column, value in enumerate(values):
                    cell = xl_rowcol_to_cell(row, column)
                    own = (formats or {}).get(cell) if sheet is book.worksheets()[0] else None
                    form = book.add_format({"num_format": own}) if own else shown.get(type(value))
                    sheet.write(row, column, value, form)


def rewritten(path: Path, part: str, pattern: str, by: str) -> None:
    """Change the text of a workbook's part."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    text, changed = re.subn(pattern, by, parts[part].decode())
    assert changed
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in (parts | {part: text.encode()}).items():
            book.writestr(name, content)


@pytest.mark.parametrize("in_place", [False, True])
def test_cells_are_read_as_what_they_show(warehouse, tmp_path, in_place):
    """Dates and times, in numbers of days; rows without anything; text that looks like a number."""
    save(
        tmp_path / "orders.xlsx",
        [
            ["Order_ID", "ordered_at", "customer_id", "amount", "note", None, "is_test"],
            [1001, datetime(2024, 1, 1, 23, 59, 59, 999000), "007", 12.5, datetime(2024, 1, 1)],
            [None] * 7,
            ["0012", datetime(2024, 1, 2), 8, 19.99, 5, "x", True],
            [],
            [1e17, datetime(2024, 1, 3, 1), 9, 1],
            [1003, "2024-01-04 10:00", 9, "#N/A", None, None, False],
            [1004, "soon", 9, 1],
        ],
        constant_memory=in_place,  # texts stand in their cells, not in a list of all
    )
    # as Excel writes 19.99
    rewritten(tmp_path / "orders.xlsx", SHEET, ">19.99<", ">19.989999999999998<")
    save(
        tmp_path / "customers.xlsx",
        [
            ["customer_id", "birth_date", "created_at"],
            ["007", date(1900, 2, 28), date(2023, 5, 1)],
            [8, date(1980, 3, 1), date(2023, 5, 2)],
            [9, None, date(2023, 5, 3)],
        ],
    )
    warehouse.build(tmp_path, timezone="Europe/Vienna", times="local")
    assert warehouse.rows(
        "select order_id, strftime(ordered_at, '%d %H:%M:%S.%g'), cast(order_date as varchar),"
        " customer_key, net_amount, is_valid from core.orders order by order_id"
    ) == [
        ("0012", "01 23:00:00.000", "2024-01-02", "files:8", Decimal("19.99"), False),
        ("1001", "01 22:59:59.999", "2024-01-01", "files:007", Decimal("12.5"), True),
        ("1003", "04 09:00:00.000", "2024-01-04", "files:9", Decimal(0), True),
    ]
    assert warehouse.rows("select row_key, reason from core.rejected_rows order by 1") == [
        ("1004", "unparsable ordered_at"),
        (None, "digits of order_id lost in a spreadsheet"),
    ]
    people = "select customer_id, birth_date, created_at from staging.stg_customers order by 1"
    assert [(key, str(born), str(made)[:10]) for key, born, made in warehouse.rows(people)] == [
        ("007", "1900-02-28", "2023-05-01"),  # of a year that spreadsheets take for a leap year
        ("8", "1980-03-01", "2023-05-02"),
        ("9", "None", "2023-05-03"),
    ]


def test_a_folder_of_workbooks_and_others_is_one_table(warehouse, tmp_path):
    save(tmp_path / "orders/country=DE/1.xlsx", [HEADER, ["a", DAY, 1]])
    save(tmp_path / "orders/country=AT/2.XLSX", [HEADER, ["b", DAY, 1]])
    save(tmp_path / "refunds.xlsx", [["refund_id", "refunded_at", "amount"]])
    (tmp_path / "orders/3.csv").write_text("order_id,ordered_at,amount\nc,2024-01-01,2\n")
    warehouse.build(tmp_path)
    query = "select order_id, country, order_date, net_amount from core.orders order by 1"
    assert warehouse.rows(query) == [("a", "DE", DAY, 1), ("b", "AT", DAY, 1), ("c", None, DAY, 2)]


def test_days_of_an_old_macs_workbook_are_counted_from_1904(warehouse, tmp_path):
    code = '[$-407]"am" d.\\ MMM'  # no time of day: a date
    rows = [HEADER, ["a", DAY, 1], ["b", datetime(2024, 1, 1), 1]]
    save(tmp_path / "orders.xlsx", rows, formats={"B3": code}, date_1904=True)
    warehouse.build(tmp_path, timezone="America/New_York")
    assert warehouse.rows("select distinct order_date from core.orders") == [(DAY,)]


GOOD = [HEADER, ["a", DAY, 1]]
AGAIN = "save it anew with a spreadsheet, or as CSV UTF-8"
MIXED = (
    "some cells are dates and others numbers: give all of them one format, or save it as CSV UTF-8"
)
REFUSED = {
    "two_sheets": (
        [GOOD, [["x"]]],
        "more than one sheet holds data (Sheet1, Sheet2): save each as a file of its own",
    ),
    "dates_among_amounts": (
        [[*GOOD, ["b", DAY, datetime(2024, 5, 1)]]],
        f"in column amount {MIXED}",
    ),
    "numbers_among_dates": ([[*GOOD, ["b", 45292, 1]]], f"in column ordered_at {MIXED}"),
    "texts_of_numbers_among_dates": (
        [[*GOOD, ["b", "45292", 1]]],
        f"in column ordered_at {MIXED}",
    ),
    "nothing": ([[]], "no header line; the workbook is empty"),
    "another_column": (
        [[["order_id", "amount"], [1, 2]]],
        "required column ordered_at is missing (found: order_id, amount)",
    ),
    "a_column_twice": ([[[*HEADER, " Amount"], [1, DAY, 1, 2]]], "column amount is there twice"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_workbook_that_is_not_clear_is_refused_in_one_line(warehouse, tmp_path, name):
    sheets, says = REFUSED[name]
    save(tmp_path / "orders.xlsx", *sheets, strings_to_numbers=False)
    with pytest.raises(BuildError) as error:
        warehouse.build(tmp_path)
    assert error.value.args == (f"{tmp_path}/orders.xlsx: {says}",)


def damaged(path: Path, kind: str) -> None:
    """Break a workbook."""
    content = path.read_bytes()
    if kind == "half":
        path.write_bytes(content[: len(content) // 2])
    elif kind == "text":
        path.write_text("order_id,ordered_at\n")
    elif kind == "bytes":  # of the sheet, as it is packed
        place = content.index(SHEET.encode()) + 60
        path.write_bytes(content[:place] + b"\0\xff" * 20 + content[place + 40 :])
    elif kind == "entities":
        declared = '<!DOCTYPE x [<!ENTITY a "1">]>'
        rewritten(path, SHEET, "^(<[?].*?[?]>)?", rf"\\1{declared}")
    else:
        rewritten(path, SHEET, "</sheetData>", "")


@pytest.mark.parametrize("kind", ["half", "text", "bytes", "entities", "open tag"])
def test_a_damaged_workbook_is_refused_in_one_line(warehouse, tmp_path, kind):
    save(tmp_path / "orders.xlsx", [HEADER, *([f"order {i}", DAY, i] for i in range(99))])
    damaged(tmp_path / "orders.xlsx", kind)
    with pytest.raises(BuildError) as error:
        warehouse.build(tmp_path)
    says = f"no workbook, or a damaged one: {AGAIN}"
    assert error.value.args == (f"{tmp_path}/orders.xlsx: {says}",)


def test_a_formula_without_its_value_is_refused_and_one_with_it_is_read(warehouse, tmp_path):
    """As programs write them that compute nothing."""
    save(tmp_path / "orders.xlsx", [*GOOD, ["b", DAY, "=C2*2"]])
    rewritten(tmp_path / "orders.xlsx", SHEET, "</f><v>0</v>", "</f><v>2</v>")
    warehouse.build(tmp_path)
    assert warehouse.rows("select sum(net_amount) from core.orders") == [(3,)]
    rewritten(tmp_path / "orders.xlsx", SHEET, "</f><v>2</v>", "</f>")
    with pytest.raises(BuildError) as error:
        warehouse.build(tmp_path)
    says = f"cell C3 is a formula without its value: {AGAIN}"
    assert error.value.args == (f"{tmp_path}/orders.xlsx: {says}",)


def test_a_workbook_that_unpacks_to_more_than_any_shops_is_refused(warehouse, tmp_path):
    save(tmp_path / "orders.xlsx", [HEADER, ["a" * 30_000, DAY, 1]])
    with pytest.raises(BuildError, match=r"bytes unpack to \d+, more than 5 from each"):
        warehouse.build(tmp_path, "--vars", "{max_unpacked_share: 5}")


def test_without_the_extra_a_workbook_is_named_with_what_to_do(warehouse, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "extension_file", lambda name: None)
    way = "save it as CSV UTF-8 (orders.csv), or have it read: pip install 'patronage[excel]'"
    save(tmp_path / "one/orders.xlsx", GOOD)
    with pytest.raises(BuildError) as error:
        warehouse.build(tmp_path / "one")
    assert error.value.args[0].endswith(
        f"there are 'orders.xlsx'; did you mean 'orders.xlsx': {way}"
    )
    notices: list[str] = []
    save(tmp_path / "two/orders.xlsx", GOOD)  # no second file of the table, as nobody reads it
    save(tmp_path / "two/customers.xlsx", GOOD)
    (tmp_path / "two/orders.csv").write_text("order_id,ordered_at\n")
    warehouse.build(tmp_path / "two", notices=notices)
    (notice,) = notices
    assert notice == (
        f"files/'customers.xlsx': {way.replace('orders', 'customers')} (it is not read; did you"
        " mean the table customers?)"
    )
    save(tmp_path / "many/orders/2.xlsx", GOOD)  # among others it would be missed by nobody
    (tmp_path / "many/orders/1.csv").write_text("order_id,ordered_at\n")
    with pytest.raises(BuildError) as error:
        warehouse.build(tmp_path / "many")
    assert error.value.args == (f"{tmp_path}/many/orders/2.xlsx: {way}",)
