"""Published tables as one Excel workbook: a sheet each, and one of definitions."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import duckdb

from patronage.database import quoted

ROWS_OF_A_SHEET = 1_048_576
LONGEST_NAME = 31
EXACT = 10**15  # Excel keeps 15 digits of a number
BATCH = 10_000
DEFINITIONS = "Definitions"
FORMATS = {"DATE": "yyyy-mm-dd", "TIMESTAMP": "yyyy-mm-dd hh:mm:ss", "DECIMAL": "#,##0.00##"}
WIDTHS = {"DATE": 11, "TIMESTAMP": 19, "DECIMAL": 14, "BOOLEAN": 8, "BIGINT": 10, "DOUBLE": 12}


class SheetError(Exception):
    """A workbook cannot hold a table, for the reason that the message gives in one line."""


def write_workbook(connection: duckdb.DuckDBPyConnection, tables: list[str], file: Path) -> int:
    """Write tables (schema.name) of the open database into a workbook; return their rows.

    The caller has seen that they fit. A description is a comment of its column's header. The same
    tables give the same bytes. Raises SheetError, duckdb.Error and OSError.
    """
    try:
        from xlsxwriter import Workbook
        from xlsxwriter.exceptions import XlsxWriterException
    except ImportError:
        raise SheetError("a package is needed: pip install 'patronage[excel]'") from None
    as_of, currency = _as_of(connection)
    # row by row onto the disk: a table may be larger than the memory
    book = Workbook(str(file), {"constant_memory": True, "tmpdir": str(file.parent)})
    book.use_zip64()
    book.set_properties(
        {
            "title": f"Patronage, as of {as_of}",
            "comments": f"Amounts in {currency}." if currency else "",
            "created": datetime.combine(as_of, time()),
        }
    )
    names = sheet_names(tables)
    rows = 0
    try:
        _write_sheet(book, DEFINITIONS, connection.execute(*_definitions(names)), {})
        for table, sheet in names.items():
            schema, _, name = table.partition(".")
            described = dict(
                connection.execute(
                    "select column_name, description from core.dictionary where table_schema = ? "
                    "and table_name = ?",
                    [schema, name],
                ).fetchall()
            )
            result = connection.execute(f"from {quoted(schema)}.{quoted(name)}")
            rows += _write_sheet(book, sheet, result, described)
        book.close()
    except XlsxWriterException as error:
        raise SheetError(f"the workbook cannot be written: {error}") from None
    finally:
        book.fileclosed = True  # else it is tried again when it is collected
    return rows


def sheet_names(tables: list[str]) -> dict[str, str]:
    """A sheet's name for each table: the table's, with its schema's where two are alike."""
    short = [table.partition(".")[2].lower() for table in tables]
    names: dict[str, str] = {}
    taken = {DEFINITIONS.lower()}
    for table, name in zip(tables, short, strict=True):
        sheet = name if short.count(name) == 1 and name not in taken else table.lower()
        if len(sheet) > LONGEST_NAME or sheet in taken or set(sheet) & set("[]:*?/\\'"):
            raise SheetError(f"{table} makes no name of a sheet: choose --format csv")
        names[table] = sheet
        taken.add(sheet)
    return names


def _as_of(connection: duckdb.DuckDBPyConnection) -> tuple[date, str | None]:
    """The business date of the numbers, and their currency."""
    found = connection.execute("select as_of, reporting_currency from core.as_of").fetchall()
    return found[0] if found and found[0][0] else (date(2000, 1, 1), None)


def _definitions(names: dict[str, str]) -> tuple[str, dict[str, list[str]]]:
    """The query for what the columns of these tables mean, in the order of the sheets."""
    query = """
        select sheets.sheet, dictionary.*
        from core.dictionary as dictionary
        inner join (
            select
                unnest($tables) as sheet_table,
                unnest($sheets) as sheet,
                unnest(range(len($tables))) as place
        ) as sheets
            on dictionary.table_schema || '.' || dictionary.table_name = sheets.sheet_table
        order by sheets.place, dictionary.position
    """
    return query, {"tables": list(names), "sheets": list(names.values())}


def _write_sheet(
    book: Any, name: str, result: duckdb.DuckDBPyConnection, described: dict[str, str]
) -> int:
    """Write the rows of a query into a new sheet, below its frozen header; return how many."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    columns = [(column[0], str(column[1]).partition("(")[0]) for column in result.description]
    heading = book.add_format({"bold": True, "bottom": 1})
    writers: list[Callable[[int, int, Any], None]] = []
    for place, (column, kind) in enumerate(columns):
        style = book.add_format({"num_format": FORMATS[kind]}) if kind in FORMATS else None
        width = max(WIDTHS.get(kind, 18), min(len(column) + 3, 40))
        sheet.set_column(place, place, width, style)
        sheet.write_string(0, place, column, heading)
        if said := described.get(column):
            size = {"x_scale": 2.5, "y_scale": 0.5 + math.ceil(len(said) / 50) * 0.25}
            sheet.write_comment(0, place, said, size | {"author": "Patronage"})
        writers.append(_writer(sheet, kind, style, f"{name}.{column}"))
    count = 0
    while rows := result.fetchmany(BATCH):
        for row in rows:
            count += 1
            for place, value in enumerate(row):
                if value is not None:
                    writers[place](count, place, value)
    last = len(columns) - 1
    sheet.autofilter(0, 0, count, last)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{_letters(last)}{count + 1}"})
    return count


def _letters(place: int) -> str:
    """The letters of a column, from 0."""
    from xlsxwriter.utility import xl_col_to_name

    return xl_col_to_name(place)


def _writer(sheet: Any, kind: str, style: Any, what: str) -> Callable[[int, int, Any], None]:
    """What writes a value of a type into a cell; `what` is its column, for messages.

    A text is written as such, also one that looks like a formula, a number or a link.
    """

    def text(row: int, place: int, value: Any) -> None:
        if sheet.write_string(row, place, str(value)):
            raise SheetError(
                f"{what} has a text that is longer than a cell may be (32,767): choose --format csv"
            )

    def number(row: int, place: int, value: Any) -> None:
        if not math.isfinite(value) or (kind != "DOUBLE" and abs(value) >= EXACT):
            text(row, place, value)
        else:
            sheet.write_number(row, place, float(value), style)

    def moment(row: int, place: int, value: Any) -> None:
        if value.year < 1900:  # where its calendar begins
            text(row, place, value)
        else:
            sheet.write_datetime(row, place, value, style)

    if kind in ("DATE", "TIMESTAMP"):
        return moment
    if kind == "BOOLEAN":
        return sheet.write_boolean
    if kind in ("BIGINT", "INTEGER", "DOUBLE", "DECIMAL"):
        return number
    return text
