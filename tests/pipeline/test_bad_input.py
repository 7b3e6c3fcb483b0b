"""Bad input, kind by kind: what it does is said in one line, and the rest of the data flows.

A file that cannot be read stops the build before anything is built. Bad rows are put aside with a
reason, and everything around them is used: each kind is a small shop of its own, all built into one
warehouse.
"""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from conftest import PROJECT

from patronage.contract import contract_of, judged_rows
from patronage.dbt import BuildError

HEADER = "order_id,ordered_at,amount\n"
GOOD = HEADER + "good,2024-01-05,1\n"


def parquet(**columns: list[Any]) -> bytes:
    """Columns as the bytes of a Parquet file."""
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def workbook(*sheets: str) -> bytes:
    """Lines of CSV as the sheets of a workbook."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for text in sheets:
            sheet = book.add_worksheet()
            for place, row in enumerate(csv.reader(io.StringIO(text))):
                sheet.write_row(place, 0, row)
    return file.getvalue()


TYPED = parquet(order_id=list(range(999)), ordered_at=[date(2024, 1, 5)] * 999)

# name: (files, what the one line says)
BROKEN_FILES: dict[str, tuple[dict[str, str | bytes], str]] = {
    "empty": ({"orders.csv": ""}, "orders.csv: no header line"),
    "blank_line_before_the_header": ({"orders.csv": "\n" + GOOD}, "orders.csv: no header line"),
    "binary": (
        {"orders.csv": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\xff\xfe\xfd" * 99},
        "orders.csv: ",
    ),
    "semicolons": (
        {"orders.csv": GOOD.replace(",", ";")},
        "orders.csv: its columns are divided by semicolons: save it as CSV UTF-8 with commas",
    ),
    "a_first_line_for_excel": (
        {"orders.csv": "sep=,\r\n" + GOOD.replace("\n", "\r\n")},
        "orders.csv: its first line (sep=,) is for Excel alone: remove it",
    ),
    "a_first_line_for_excel_and_semicolons": (
        {"orders.csv": '\ufeff"sep=;"\n' + GOOD.replace(",", ";")},
        "orders.csv: its first line (sep=;) is for Excel alone: remove it; its columns are divided "
        "by semicolons: save it as CSV UTF-8 with commas",
    ),
    "no_header": (
        {"orders.csv": "7,2024-01-05,1\n8,2024-01-05,1\n"},
        "orders.csv: required columns order_id, ordered_at are missing (found: 7, (free text), 1)",
    ),
    "duplicate_header": (
        {"orders.csv": "order_id,ordered_at,amount, AMOUNT\ngood,2024-01-05,1,1\n"},
        "orders.csv: column amount is there twice",
    ),
    "missing_column": (
        {"orders.csv": "order_id,amount\ngood,1\n"},
        "orders.csv: required column ordered_at is missing",
    ),
    "missing_column_of_a_parquet_file": (
        {"orders.parquet": parquet(order_id=["good"], amount=[1])},
        "orders.parquet: required column ordered_at is missing",
    ),
    "short_row": ({"orders.csv": GOOD + "short,2024-01-05\n"}, "orders.csv, line 3: Expected"),
    "long_row": ({"orders.csv": GOOD + "long,2024-01-05,1,2\n"}, "orders.csv, line 3: Expected"),
    "thousands_comma_without_quotes": (
        {"orders.csv": GOOD + "comma,2024-01-05,1,234.56\n"},
        "orders.csv, line 3: Expected",
    ),
    "open_quote": (
        {"orders.csv": GOOD + 'open,2024-01-05,"1\n' + "good too,2024-01-05,1\n" * 9},
        "orders.csv, line 3: Value with unterminated quote",
    ),
    "text_behind_a_quote": (
        {"orders.csv": GOOD + 'pipe,2024-01-05,"5" pipe"\n'},
        "orders.csv, line 3: ",
    ),
    "latin_1": (
        {"orders.csv": GOOD.encode() + "Müller,2024-01-05,1\n".encode("latin-1")},
        "orders.csv, line 3: Invalid unicode",
    ),
    "latin_1_in_the_header": (
        {"orders.csv": (HEADER[:-1] + ",Straße\n").encode("latin-1") + b"1,2024-01-05,1,x\n"},
        "UTF-8",
    ),
    "utf_16": ({"orders.csv": GOOD.encode("utf-16")}, "orders.csv: "),
    "mixed_line_ends": (
        {"orders.csv": GOOD.replace("\n", "\r\n") + "good too,2024-01-05,1\n"},
        "orders.csv",
    ),
    "a_line_of_65_megabytes": (
        {"orders.csv": GOOD + "long,2024-01-05," + "1" * 65_000_000 + "\n"},
        "orders.csv, line 3: Maximum line size",
    ),
    "truncated_parquet": ({"orders.parquet": TYPED[: len(TYPED) // 2]}, "orders.parquet"),
    "parquet_with_a_damaged_page": (
        {"orders.parquet": TYPED[:40] + b"\xff" * 40 + TYPED[80:]},
        "orders.parquet: the file is damaged (its head is there, but not all rows can be read)",
    ),
    "parquet_with_a_damaged_page_among_good_ones": (
        {"orders/1.parquet": TYPED, "orders/2.parquet": TYPED[:40] + b"\xff" * 40 + TYPED[80:]},
        "orders/2.parquet: the file is damaged",
    ),
    "two_sheets": (
        {"orders.xlsx": workbook(HEADER, HEADER)},
        "orders.xlsx: more than one sheet holds data (Sheet1, Sheet2): save each as a file",
    ),
    "csv_named_parquet": ({"orders.parquet": GOOD}, "orders.parquet"),
    "broken_file_among_good_ones": (
        {"orders/1.csv": GOOD, "orders/2.csv": GOOD + "short\n", "orders/3.csv": GOOD},
        "orders/2.csv, line 3: Expected",
    ),
}


@pytest.mark.parametrize("name", BROKEN_FILES)
def test_a_broken_file_stops_the_build_with_one_line(warehouse, tmp_path, name):
    files, says = BROKEN_FILES[name]
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BuildError) as error:
        warehouse.build(tmp_path)
    (line,) = error.value.args
    assert says in line
    assert "\n" not in line
    assert warehouse.rows("select count(*) from information_schema.tables") == [(0,)]


@pytest.mark.parametrize(
    ("named", "lies_there"),
    [("files", "shopify_csv"), ("klaviyo", "shopify_csv"), ("posthog", "ga4"), ("ga4", "files")],
)
def test_the_wrong_system_is_one_line_that_names_the_right_one(
    warehouse, tmp_path, named, lies_there
):
    """By what it needs, which is there: not by each table and column that the other lacks."""
    folder = PROJECT / "tests/systems" / lies_there
    if lies_there == "files":
        folder = tmp_path
        for table in ("order_lines", "customers", "orders"):
            (tmp_path / f"{table}.csv").write_text(
                "order_id,line_id,ordered_at,customer_id,email,amount\n"
            )
    with pytest.raises(BuildError) as error:
        warehouse.build(folder, system=named)
    assert error.value.args == (
        f"{folder}: these are files of the system {lies_there}, not of {named}: name that one"
        " (PATRONAGE_SYSTEM, or system in the var sources)",
    )


CHANGES = {
    "grown": lambda file: file.write_text(file.read_text() + "later,2024-01-06,2,\n"),
    "replaced": lambda file: (file.unlink(), file.write_text(EXTRA.replace("good", "evil"))),
    "joined": lambda file: file.with_name("2.csv").write_text(EXTRA),
}
EXTRA = "order_id,ordered_at,amount,unknown\ngood,2024-01-05,1,\n"


@pytest.mark.parametrize("change", CHANGES)
def test_files_that_change_while_they_are_read_stop_the_build(warehouse, tmp_path, change):
    """What is built of two states of a shop is never published: the build has failed."""
    file = tmp_path / "orders/1.csv"
    file.parent.mkdir()
    file.write_text(EXTRA)
    os.utime(file, (1, 1))  # the database knows whole seconds
    changes = [CHANGES[change]]

    class Moment(list[str]):
        """When the files are checked, and not read yet: a column is named as ignored then."""

        def append(self, line: str) -> None:
            assert "columns ignored: unknown" in line
            for made in changes:
                made(file)
            changes.clear()

    warehouse.selection = ["--select", "path:models/staging", "path:seeds"]
    with pytest.raises(BuildError) as error:
        warehouse.build(tmp_path, notices=Moment())
    *_, line = error.value.args
    name = "2.csv" if change == "joined" else "1.csv"
    assert line == (
        f"{tmp_path}/orders/{name}: it changed while it was read; build again when it is complete"
    )


KEYS = {
    "orders": ["order_id"],
    "order_lines": ["order_id", "line_id"],
    "refunds": ["refund_id"],
    "customers": ["customer_id"],
    "products": ["product_id"],
    "events": ["event_id"],
    "identities": ["customer_id", "same_as"],
    "fx_rates": ["currency", "rate_date"],
}


@dataclass(frozen=True)
class Case:
    """One kind of bad rows: a shop, what must become of each of its rows, and what must come out.

    `tables` maps a table (or a file's path) to its lines: the header, then a row each. A row is
    followed by ` -> ` and the reason why it is rejected, or `superseded`; without that it must be
    accepted. Dicts in place of lines are written as Parquet; their `->` is the status. `shows` maps
    queries to the rows they must give; in them, {me} is the source's name. `reads` maps a key as it
    is written to the key as it must be read, where they differ in more than the blanks around them.
    """

    name: str
    tables: dict[str, list[str]] | dict[str, list[dict[str, Any]]]
    shows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    timezone: str = "UTC"
    reads: dict[str, str | None] = field(default_factory=dict)
    line_end: str = "\n"

    def write(self, folder: Path) -> None:
        """Write the tables as files."""
        for table, rows in self.tables.items():
            path = folder / table
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(rows[0], dict):
                plain = [{k: v for k, v in row.items() if k != "->"} for row in rows]
                pq.write_table(pa.Table.from_pylist(plain), path.with_name(f"{path.name}.parquet"))
                continue
            lines = "".join(row.split(" -> ")[0] + self.line_end for row in rows)
            path = path if path.suffix else path.with_name(f"{path.name}.csv")
            path.write_bytes(lines.encode())

    def fates(self) -> Counter[tuple[str, str | None, str]]:
        """What must become of the rows: how many of (table, key, row_status)."""
        found: Counter[tuple[str, str | None, str]] = Counter()
        for path, rows in self.tables.items():
            table = path.split("/")[0].split(".")[0]
            for values, row_status in self.parsed(rows):
                parts = [str(values.get(column) or "").strip(" \t\r\n") for column in KEYS[table]]
                key = ":".join(part for part in parts if part) or None
                found[table, self.reads.get(key, key), row_status or "accepted"] += 1
        return found

    def parsed(self, rows: list[Any]) -> Iterator[tuple[dict[str, Any], str]]:
        """Each row's values by column, and its row_status."""
        if isinstance(rows[0], dict):
            yield from ((row, row.get("->", "")) for row in rows)
            return
        header = [name.strip("\ufeff\r ").lower() for name in rows[0].split(",")]
        for row in rows[1:]:
            text, _, row_status = row.partition(" -> ")
            for values in csv.reader(io.StringIO(text, newline=""), strict=True):
                yield dict(zip(header, values, strict=False)), row_status


ORDERS, LINES = "order_id,ordered_at,amount", "order_id,line_id,amount"
VERSIONS = "order_id,ordered_at,amount,_loaded_at"


def core(table: str, columns: str) -> str:
    """A query for columns of a core table's rows of a case, in order."""
    key = f"{table.removesuffix('s')}_key"
    return f"select {columns} from core.{table} where starts_with({key}, '{{me}}:') order by all"


def shared(email: str) -> str:
    """A query for how many customer ids and guest orders a shared address has."""
    return (
        "select customer_ids, guest_orders from core.shared_contacts"
        f" where contact_hash = md5('email:{email}')"
    )


NET = core("orders", "order_id, net_amount")
DATES = core("orders", "order_id, order_date")
TIMES = core("orders", "order_id, ordered_at")
PEOPLE = core("customers", "substr(customer_key, length('{me}') + 2), customer_ids")


def pairs(text: str, kind: Callable[[str], Any]) -> list[tuple[str, Any]]:
    """The pairs of `a = 1 | b = 2`, their values of a kind."""
    return [(key, kind(value)) for key, value in (pair.split(" = ") for pair in text.split(" | "))]


nets = partial(pairs, kind=Decimal)
days = partial(pairs, kind=date.fromisoformat)
times = partial(pairs, kind=datetime.fromisoformat)
people = partial(pairs, kind=int)


def dates(reason: str, values: str) -> list[str]:
    """Orders at these times (a | b), between two good ones."""
    bad = [f"bad {i},{value},5 -> {reason}" for i, value in enumerate(values.split(" | "))]
    return [ORDERS, "first,2024-01-05,1", *bad, "last,2024-01-06,2"]


def amounts(reason: str, values: str) -> list[str]:
    """Orders of these amounts (a | b), between two good ones."""
    bad = [f"bad {i},2024-01-05,{value} -> {reason}" for i, value in enumerate(values.split(" | "))]
    return [ORDERS, "first,2024-01-05,1", *bad, "last,2024-01-06,2"]


def typed(
    order_id: float | None,
    amount: float,
    row_status: str = "",
    at: datetime | None = datetime(2024, 1, 5),
) -> dict[str, Any]:
    """A typed order, for Parquet."""
    return {"order_id": order_id, "ordered_at": at, "amount": amount, "->": row_status}


BETWEEN = {NET: nets("first = 1 | last = 2")}

FILES = [
    Case("header_only", {"orders": [ORDERS], "refunds": ["refund_id,refunded_at,amount"]}),
    Case(
        "blank_lines",
        {"orders": [ORDERS, "1,2024-01-05,1", "", "2,2024-01-05,2", "", ""]},
        {NET: nets("1 = 1 | 2 = 2")},
    ),
    Case(
        "rows_of_commas_only",
        {
            "orders": [
                ORDERS,
                "1,2024-01-05,1",
                ",, -> missing order_id",
                '"",, -> missing order_id',
            ]
        },
    ),
    Case(
        "trailing_commas_everywhere",
        {"orders": [ORDERS + ",", "1,2024-01-05,1,", "2,today,2, -> unparsable ordered_at"]},
        {NET: nets("1 = 1")},
    ),
    Case(
        "trailing_commas_here_and_there",
        {
            "orders": [
                ORDERS,
                "1,2024-01-05,1",
                "2,2024-01-05,2,",
                "3,now,3,, -> unparsable ordered_at",
                "4,2024-01-05,,",
            ]
        },
        {NET: nets("1 = 1 | 2 = 2 | 4 = 0")},
    ),
    Case(
        "windows_line_ends_and_a_line_break_in_a_field",
        {"orders": [ORDERS + ",note", '1,2024-01-05,1,"a\nb"', '2,2024-01-05,2,"a\r\nb"']},
        {NET: nets("1 = 1 | 2 = 2")},
        line_end="\r\n",
    ),
    Case(
        "old_mac_line_ends",
        {"orders": [ORDERS, "1,2024-01-05,1", "2,now,2 -> unparsable ordered_at"]},
        {NET: nets("1 = 1")},
        line_end="\r",
    ),
    Case(
        "line_ends_differ_between_files",
        {
            "orders/1.csv": [ORDERS, "1,2024-01-05,1"],
            "orders/2.csv": [
                ORDERS + "\r",
                "2,2024-01-05,2\r",
                "3,now,3\r -> unparsable ordered_at",
            ],
        },
        {NET: nets("1 = 1 | 2 = 2")},
    ),
    Case(
        "columns_named_like_the_warehouses_own",
        {
            "orders": [
                ORDERS + ",source,row_id,raw_amount,reject_reason,order_date,row_status",
                "1,2024-01-05,1,x,x,x,x,x,x",
                "2,now,2,,,,,, -> unparsable ordered_at",
            ]
        },
        {NET: nets("1 = 1")},
    ),
    Case(
        "lone_quotes_in_fields",
        {
            "orders": [
                "order_id,ordered_at,channel",
                '5" pipe,2024-01-05,a "b" c',
                '6",now, -> unparsable ordered_at',
                '7,2024-01-05,"""x"',
            ]
        },
        {
            core("orders", "order_id, channel"): [
                ('5" pipe', 'a "b" c'),
                ("7", '"x'),
            ]
        },
    ),
    Case(
        "nul_bytes",
        {
            "orders": [
                ORDERS,
                "a\0b,2024-01-05,1",
                "c,2024-01-05\0,2 -> unparsable ordered_at",
                "d,2024-01-05,\0 -> unparsable amount",
                "e,2024-01-05,4",
            ]
        },
        {NET: [("a\0b", Decimal(1)), ("e", Decimal(4))]},
    ),
    Case(
        "a_hundred_thousand_letters",
        {
            "events": [
                "event_id,occurred_at,event_type,text",
                "1,2024-01-05,product_reviewed," + "x" * 10**5,
                "2,never,product_reviewed,y -> unparsable occurred_at",
            ],
            "orders": [ORDERS],
        },
        {core("events", "event_type, has_text"): [("product_reviewed", True)]},
    ),
    Case(
        "parquet_of_doubtful_types",
        {
            "orders": [
                typed(1.0, 0.00005),
                typed(2.0, float("nan"), "unparsable amount"),
                typed(3.0, float("inf"), "unparsable amount"),
                typed(4.0, 1e300, "amount too large"),
                typed(5.0, -1.0, "negative amount"),
                typed(6.0, 1.0, "impossible ordered_at", datetime(2099, 1, 5)),
                typed(7.0, 1.0, "impossible ordered_at", datetime(1753, 1, 1)),
                typed(8.0, 1.0, "missing ordered_at", None),
                typed(None, 1.0, "missing order_id"),
                typed(float("nan"), 1.0, "missing order_id"),
            ],
            "refunds": [
                {
                    "refund_id": True,
                    "refunded_at": 1704412800,
                    "amount": [1],
                    "->": "unparsable refunded_at",
                },
            ],
        },
        {NET: nets("1 = 0.0001")},
        reads={**{f"{i}.0": str(i) for i in range(1, 9)}, "nan": None, "True": "true"},
    ),
]

KEY_CASES = [
    Case(
        "null_keys",
        {
            "orders": [
                ORDERS,
                "1,2024-01-05,1",
                ",2024-01-05,2 -> missing order_id",
                " \t,2024-01-05,3 -> missing order_id",
                "4,,4 -> missing ordered_at",
            ],
            "order_lines": [
                LINES,
                "1,1,1",
                ",2,2 -> missing order_id",
                "1,,3 -> missing line_id",
                ",,4 -> missing order_id",
            ],
            "refunds": [
                "refund_id,refunded_at,amount",
                "1,2024-01-05,1",
                ",2024-01-05,1 -> missing refund_id",
                "2,2024-01-05, -> missing amount",
            ],
            "customers": ["customer_id,email", "a,", ",x@null-keys.test -> missing customer_id"],
            "products": ["product_id,name", "p,", ",q -> missing product_id"],
            "events": [
                "event_id,occurred_at,event_type",
                "1,2024-01-05,x",
                ",2024-01-05,x -> missing event_id",
                "2,2024-01-05,  -> missing event_type",
                "3,,x -> missing occurred_at",
            ],
            "identities": [
                "customer_id,same_as",
                "a,b",
                "a, -> missing same_as",
                ",a -> missing customer_id",
            ],
            "fx_rates": [
                "currency,rate_date,rate",
                "SEK,2024-01-05,1",
                ",2024-01-05,1 -> missing currency",
                "SEK,,1 -> missing rate_date",
                "SEK,2024-01-06, -> missing rate",
            ],
        },
        {NET: nets("1 = 1"), PEOPLE: people("a = 2")},
    ),
    Case(
        "one_key_with_different_content",
        {
            "orders": [
                VERSIONS,
                "k,2024-01-05,1,2024-02-01 -> superseded",
                "k,2024-01-05,2,2024-02-03",
                "k,2024-01-05,3,2024-02-02 -> superseded",
                "n,2024-01-05,4,",
            ]
        },
        {NET: nets("k = 2 | n = 4")},
    ),
    Case(
        "one_key_without_load_times",
        # the greatest row by its columns in contract order: the time, then the amount (as a number)
        {
            "orders": [
                ORDERS,
                "k,2024-01-05,99 -> superseded",
                "k,2024-01-06,9 -> superseded",
                "k,2024-01-06,10",
                "k,2024-01-06,-1 -> negative amount",
            ]
        },
        {NET: nets("k = 10")},
    ),
    Case(
        "exact_duplicates",
        {
            "orders": [
                ORDERS,
                "twice,2024-01-05,5",
                "twice,2024-01-05,5 -> superseded",
                " twice ,2024-01-05T00:00Z,5.00 -> superseded",
            ],
            "order_lines": [LINES, "twice,1,5", "twice,1,5 -> superseded"],
            "refunds": [
                "refund_id,refunded_at,amount,order_id",
                "r,2024-01-05,2,twice",
                "r,2024-01-05,2,twice -> superseded",
            ],
            "events": [
                "event_id,occurred_at,event_type",
                "e,2024-01-05,x",
                "e,2024-01-05,X -> superseded",
            ],
            "identities": ["customer_id,same_as", "a,b", "a,b -> superseded"],
            "customers": ["customer_id", "a", "a -> superseded"],
            "products": ["product_id", "p", "p -> superseded"],
        },
        {NET: nets("twice = 3"), PEOPLE: people("a = 2")},
    ),
    Case(
        "broken_newer_version",
        {
            "orders": [
                VERSIONS,
                "k,2024-01-05,1,2024-02-01",
                "k,2024-01-05,oops,2024-02-09 -> unparsable amount",
                "k,2024-13-05,3,2024-02-09 -> unparsable ordered_at",
            ],
            "order_lines": [
                "order_id,line_id,amount,_loaded_at",
                "k,1,7,2024-02-01",
                "k,1,1e,2024-02-09 -> unparsable amount",
            ],
        },
        {NET: nets("k = 7")},
    ),
    Case(
        "good_and_bad_load_times",
        {
            "orders": [
                VERSIONS,
                "k,2024-01-05,1,2024-02-01 -> superseded",
                "k,2024-01-05,2, -> superseded",
                "k,2024-01-05,3,yesterday -> unparsable _loaded_at",
                "k,2024-01-05,4,2099-01-01 -> impossible _loaded_at",
                "k,2024-01-05,5,1970-01-01 -> impossible _loaded_at",
                "k,2024-01-05,6,2024-02-02T23:00-05:00",
                "k,2024-01-05,7,2024-02-03T03:59:59Z -> superseded",
            ]
        },
        {NET: nets("k = 6")},
    ),
    Case(
        "thousands_of_versions_of_a_key",
        {
            "orders": [
                VERSIONS,
                "n,2024-01-05,1,",
                *(
                    f"k,2024-01-05,{i},{datetime(2024, 2, 1) + timedelta(minutes=i)}"
                    + (" -> superseded" if i != 2999 else "")
                    for i in (n * 7919 % 3000 for n in range(3000))
                ),
            ]
        },
        {NET: nets("k = 2999 | n = 1")},
    ),
    Case(
        "ids_as_floats",
        {
            "orders": [
                "order_id,ordered_at,amount,customer_id",
                "17850.0,2024-01-05,1,12.0",
                "17850,2024-01-04,9,12 -> superseded",
                "17850.50,2024-01-05,2,12.00",
                "v1.0,2024-01-05,4,12",
            ],
            "order_lines": [LINES, "17850,1.0,1", "17850.0,2,2", "v1,1,8 -> unknown order"],
        },
        {
            NET: nets("17850 = 3 | 17850.50 = 2 | v1.0 = 4"),
            PEOPLE: people("12 = 1 | 12.00 = 1"),
        },
        reads={"17850.0": "17850", "17850:1.0": "17850:1", "17850.0:2": "17850:2"},
    ),
    Case(
        "ids_with_leading_zeros",
        {
            "orders": [
                "order_id,ordered_at,customer_id",
                "007,2024-01-05,01",
                "7,2024-01-05,1",
                "1e5,2024-01-05,1e0",
                "100000,x,1 -> unparsable ordered_at",
                "+7,2024-01-05,1",
            ]
        },
        {PEOPLE: people("01 = 1 | 1 = 1 | 1e0 = 1")},
    ),
    Case(
        "customer_ids_with_blanks_and_mixed_case",
        {
            "orders": [
                "order_id,ordered_at,customer_id,amount",
                "1,2024-01-05, Bob Ray\t,1",
                "2,2024-01-05,Bob Ray,2",
                "3,2024-01-05,bob ray,4",
                "4,2024-01-05,Bob  Ray,8",
                "5,2024-01-05,  ,16",
            ],
            "customers": ["customer_id,country", " Bob Ray,AT", "Bob Ray ,AT -> superseded"],
        },
        {
            core("customers", "customer_key, net_amount"): [
                ("customer_ids_with_blanks_and_mixed_case:Bob  Ray", Decimal(8)),
                ("customer_ids_with_blanks_and_mixed_case:Bob Ray", Decimal(3)),
                ("customer_ids_with_blanks_and_mixed_case:bob ray", Decimal(4)),
            ]
        },
    ),
    Case(
        "emoji_and_right_to_left_text",
        {
            "orders": [
                "order_id,ordered_at,customer_id,country,amount",
                "🛒👩‍👩‍👧,2024-01-05,سارة,إيران,1",
                "אבג,2024-01-05,‮abc,,2",
                "ﬁ,2024-01-05,ß,,4",
                "fi,2024-01-05,ss,,８ -> unparsable amount",
            ],
            "order_lines": [LINES, "🛒👩‍👩‍👧,①,1", "אבג,‏1,5"],
        },
        {
            core("orders", "net_amount, order_id, customer_key, country"): [
                (Decimal(1), "🛒👩‍👩‍👧", "emoji_and_right_to_left_text:سارة", "إيران"),
                (Decimal(4), "ﬁ", "emoji_and_right_to_left_text:ß", None),
                (Decimal(5), "אבג", "emoji_and_right_to_left_text:‮abc", None),
            ]
        },
    ),
    Case(
        "ids_that_look_like_code",
        {
            "orders": [
                ORDERS,
                "'; drop table orders; --,2024-01-05,1",
                "{{ 1/0 }},2024-01-05,2",
                "a:b\\,2024-01-05,4",
                "../../x,when,8 -> unparsable ordered_at",
                "=1+1,2024-01-05,16",
                "nulls,2024-01-05,32",
            ],
            "order_lines": [LINES, "a:b\\,c,5", "a,b\\:c,6 -> unknown order"],
        },
        {
            NET: [
                ("'; drop table orders; --", Decimal(1)),
                ("=1+1", Decimal(16)),
                ("a:b\\", Decimal(5)),
                ("nulls", Decimal(32)),
                ("{{ 1/0 }}", Decimal(2)),
            ]
        },
    ),
]

LATER = datetime.now(UTC) + timedelta(days=2)

TIME_CASES = [
    Case(
        "words_for_dates",
        {
            "orders": dates(
                "unparsable ordered_at",
                "today | now | yesterday | epoch | infinity | -infinity | NaT | never",
            )
        },
        BETWEEN,
    ),
    Case(
        "foreign_dates",
        {
            "orders": dates(
                "unparsable ordered_at",
                "05.01.2024 | 1/5/2024 | 2024/01/05 | 2024-1-5 | 20240105 | 5 Jan 2024 | "
                '"Jan 5, 2024" | 2024-W01-5 | 2024-005 | 24-01-05 | 2024-01 | 02024-01-05 | '
                "-2024-01-05 | ２０２４-01-05 | 1704412800 | 45296.0",
            )
        },
        BETWEEN,
    ),
    Case(
        "impossible_dates",
        {
            "orders": dates(
                "unparsable ordered_at",
                "2024-00-05 | 2024-13-05 | 2024-01-00 | 2024-01-32 | 2024-04-31 | 2024-02-30 | "
                "2024-02-30T10:00Z | 0000-00-00",
            )
        },
        BETWEEN,
    ),
    Case(
        "leap_days",
        {
            "orders": [
                ORDERS,
                "2000,2000-02-29,1",
                "2023,2023-02-29,2 -> unparsable ordered_at",
                "1900,1900-02-29,4 -> unparsable ordered_at",
                "2024,2024-02-29T23:59:59Z,8",
                "2023t,2023-02-29 10:00,16 -> unparsable ordered_at",
            ]
        },
        {DATES: days("2000 = 2000-02-29 | 2024 = 2024-02-29")},
    ),
    Case(
        "dates_too_early",
        {
            "orders": dates(
                "impossible ordered_at",
                "1989-12-31 | 1989-12-31T23:59:59Z | 1970-01-01 | 1900-01-01 00:00:00 | 0001-01-01",
            )
        },
        BETWEEN,
    ),
    Case(
        "dates_to_come",
        {
            "orders": dates(
                "impossible ordered_at",
                "2099-01-05 | 2099-12-31T23:59:59Z | 9999-12-31"
                f" | {LATER:%Y-%m-%d} | {LATER:%Y-%m-%dT%H:%M:%SZ}",
            )
        },
        BETWEEN,
    ),
    Case(
        "other_times_to_come",
        {
            "orders": ["order_id,ordered_at,customer_id", "1,2024-01-05,a", "2,2024-01-05,b"],
            "refunds": [
                "refund_id,refunded_at,amount,order_id",
                "1,2024-01-06,0,1",
                "2,2099-01-05,1,1 -> impossible refunded_at",
                "3,1989-01-05,1,1 -> impossible refunded_at",
            ],
            "events": [
                "event_id,occurred_at,event_type",
                "1,2024-01-06,x",
                "2,2099-01-05,x -> impossible occurred_at",
            ],
            "customers": [
                "customer_id,created_at,first_order_at,birth_date",
                "a,2023-01-01,,1899-05-05",
                "b,2099-01-01,, -> impossible created_at",
                "c,,2099-01-01, -> impossible first_order_at",
                "d,,,2099-01-01 -> impossible birth_date",
                "e,,1988-01-01, -> impossible first_order_at",
                "f,,,31.12.1990 -> unparsable birth_date",
            ],
        },
        {PEOPLE: people("a = 1 | b = 1")},
    ),
    Case(
        "bad_times_of_day",
        {
            "orders": dates(
                "unparsable ordered_at",
                "2024-01-05T24:00:00 | 2024-01-05T23:59:60 | 2024-01-05T25:00 | "
                "2024-01-05T10:60 | 2024-01-05T10 | 2024-01-05T1:00 | 2024-01-05T10:00 AM | "
                "2024-01-05  10:00 | 2024-01-05t10:00 | 2024-01-05T10:00:00. | "
                '"2024-01-05T10:00:00,5" | 2024-01-05T',
            )
        },
        BETWEEN,
    ),
    Case(
        "bad_offsets",
        {
            "orders": dates(
                "unparsable ordered_at",
                "2024-01-05T10:00+25:00 | 2024-01-05T10:00+2 | "
                "2024-01-05T10:00+02:60 | 2024-01-05T10:00z | "
                "2024-01-05T10:00 Europe/Berlin | 2024-01-05T10:00+02:00[Europe/Berlin] | "
                "2024-01-05Z | 2024-01-05+02:00 | 2024-01-05T10:00Z+02:00",
            )
        },
        BETWEEN,
    ),
    Case(
        "all_good_offsets",
        {
            "orders": [
                ORDERS,
                "a,2024-01-05T00:30+02:00,1",
                "b,2024-01-05 00:30:00.5+0200,1",
                "c,2024-01-05T00:30:00+02,1",
                "d,2024-01-05T23:30-0530,1",
                "e,2024-01-05T00:30-00:00,1",
                "f,2024-01-05 00:30:59.123456000,1",
                "g,2024-01-05T00:30+14:00,1",
                "i,2024-01-05T10:00 +02:00,1",
                "j,2024-01-05 10:00 UTC,1",
                "h,2024-01-05T24:30Z,1 -> unparsable ordered_at",
            ]
        },
        {
            TIMES: times(
                "a = 2024-01-04 22:30:00 | b = 2024-01-04 22:30:00.500000 | "
                "c = 2024-01-04 22:30:00 | d = 2024-01-06 05:00:00 | e = 2024-01-05 00:30:00 | "
                "f = 2024-01-05 00:30:59.123456 | g = 2024-01-04 10:30:00 | "
                "i = 2024-01-05 08:00:00 | j = 2024-01-05 10:00:00"
            ),
            DATES: days(
                "a = 2024-01-04 | b = 2024-01-04 | c = 2024-01-04 | d = 2024-01-06 | "
                "e = 2024-01-05 | f = 2024-01-05 | g = 2024-01-04 | "
                "i = 2024-01-05 | j = 2024-01-05"
            ),
        },
    ),
    Case(
        "daylight_saving_gap",
        # Berlin has no 02:30 on 31 March: times are UTC all the same, only the date is local
        {
            "orders": [
                ORDERS,
                "a,2024-03-31T02:30:00,1",
                "b,2024-03-31 00:59:59Z,1",
                "c,2024-03-30T22:59:59Z,1",
                "d,2024-03-30T23:00:00Z,1",
                "e,2024-03-31T22:00:00Z,1",
                "f,2024-03-31T02:30:00+01:00,1",
                "g,2024-03-32T02:30,1 -> unparsable ordered_at",
            ]
        },
        {
            TIMES: times(
                "a = 2024-03-31 02:30:00 | b = 2024-03-31 00:59:59 | c = 2024-03-30 22:59:59 | "
                "d = 2024-03-30 23:00:00 | e = 2024-03-31 22:00:00 | f = 2024-03-31 01:30:00"
            ),
            DATES: days(
                "a = 2024-03-31 | b = 2024-03-31 | c = 2024-03-30 | d = 2024-03-31 | "
                "e = 2024-04-01 | f = 2024-03-31"
            ),
        },
        timezone="Europe/Berlin",
    ),
    Case(
        "daylight_saving_overlap",
        # Berlin has 02:30 twice on 27 October: 00:30 and 01:30 in UTC
        {
            "orders": [
                ORDERS,
                "a,2024-10-27T00:30:00Z,1",
                "b,2024-10-27T01:30:00Z,1",
                "c,2024-10-27T02:30:00+02:00,1",
                "d,2024-10-27T02:30:00+01:00,1",
                "e,2024-10-26T21:59:59Z,1",
                "f,2024-10-27T22:59:59Z,1",
                "g,2024-10-27T23:00:00Z,1",
            ]
        },
        {
            TIMES: times(
                "a = 2024-10-27 00:30:00 | b = 2024-10-27 01:30:00 | c = 2024-10-27 00:30:00 | "
                "d = 2024-10-27 01:30:00 | e = 2024-10-26 21:59:59 | f = 2024-10-27 22:59:59 | "
                "g = 2024-10-27 23:00:00"
            ),
            DATES: days(
                "a = 2024-10-27 | b = 2024-10-27 | c = 2024-10-27 | d = 2024-10-27 | "
                "e = 2024-10-26 | f = 2024-10-27 | g = 2024-10-28"
            ),
        },
        timezone="Europe/Berlin",
    ),
    Case(
        "midnights_that_do_not_exist_or_come_twice",
        # Beirut goes from 00:00 to 01:00 on 31 March, and on 27 October from 00:00 back to 23:00
        {
            "orders": [
                ORDERS,
                "a,2024-03-30T21:59:59Z,1",
                "b,2024-03-30T22:00:00Z,1",
                "c,2024-03-31,1",
                "d,2024-10-26T20:59:59Z,1",
                "e,2024-10-26T21:00:00Z,1",
                "f,2024-10-26T22:00:00Z,1",
            ]
        },
        {
            DATES: days(
                "a = 2024-03-30 | b = 2024-03-31 | c = 2024-03-31 | d = 2024-10-26 | "
                "e = 2024-10-26 | f = 2024-10-27"
            )
        },
        timezone="Asia/Beirut",
    ),
    Case(
        "a_day_that_does_not_exist",
        # Samoa left out 30 December 2011: a date alone is what the shop says, times fall beside it
        {
            "orders": [
                ORDERS,
                "a,2011-12-30T09:59:59Z,1",
                "b,2011-12-30T10:00:00Z,1",
                "c,2011-12-30,1",
            ]
        },
        {DATES: days("a = 2011-12-29 | b = 2011-12-31 | c = 2011-12-30")},
        timezone="Pacific/Apia",
    ),
]

AMOUNT_CASES = [
    Case(
        "comma_for_thousands",
        {
            "orders": amounts(
                "unparsable amount", '"1,234.56" | "1,234" | 1 234.56 | 1\'234.56 | 1_234.56'
            )
        },
        BETWEEN,
    ),
    Case(
        "comma_for_decimals",
        {"orders": amounts("unparsable amount", '"1.234,56" | "0,5" | 1.234.567')},
        BETWEEN,
    ),
    Case(
        "nan",
        {"orders": amounts("unparsable amount", "-nan | NaN1 | null null")},
        BETWEEN,
    ),
    Case(
        "infinity",
        {"orders": amounts("unparsable amount", "inf | -inf | Infinity | +Infinity | ∞")},
        BETWEEN,
    ),
    Case(
        "almost_numbers",
        {
            "orders": amounts(
                "unparsable amount",
                "€5 | 5 EUR | $5 | 12% | (5) | 5- | --5 | +-5 | 0x10 | 1e | e5 | . | 5 5 | "
                "１２ | ٣ | ½ | 1+1 | =5 | true",
            )
        },
        BETWEEN,
    ),
    Case(
        "unusual_numbers",
        {
            "orders": [
                ORDERS,
                "a,2024-01-05,+.5",
                "b,2024-01-05,5.",
                "c,2024-01-05,-0",
                "d,2024-01-05,1.5E+3",
                "e,2024-01-05,007",
                "f,2024-01-05,0.00005",
                "g,2024-01-05,1.00004999",
                "h,2024-01-05,",
                "i,2024-01-05,1e-30",
            ]
        },
        {
            NET: nets(
                "a = 0.5 | b = 5 | c = 0 | d = 1500 | e = 7 | f = 0.0001 | g = 1 | h = 0 | i = 0"
            )
        },
    ),
    Case(
        "huge_amounts",
        {
            "orders": [
                *amounts(
                    "amount too large",
                    f"1000000000000.0001 | 1e13 | 99999999999999 | {'9' * 300} | 1e400 | -1e400",
                ),
                "most,2024-01-05,1000000000000",
            ]
        },
        {NET: nets("first = 1 | last = 2 | most = 1000000000000")},
    ),
    Case(
        "huge_lines",
        {
            "orders": [ORDERS, "1,2024-01-05,5"],
            "order_lines": [
                "order_id,line_id,quantity,unit_price,amount",
                "1,1,2,3,",
                "1,2,10000000,10000000, -> amount too large",
                "1,3,1e13,1, -> quantity too large",
                "1,4,,1e13, -> unit_price too large",
            ],
            "refunds": [
                "refund_id,refunded_at,amount,order_id",
                "1,2024-01-05,1e13,1 -> amount too large",
            ],
            "products": [
                "product_id,unit_cost",
                "p,1",
                "q,1e13 -> unit_cost too large",
                "r,free -> unparsable unit_cost",
            ],
        },
        {NET: nets("1 = 6")},
    ),
    Case("negative_amounts", {"orders": amounts("negative amount", "-5 | -0.01 | -1e3")}, BETWEEN),
    Case(
        "negative_parts",
        {
            "orders": [
                "order_id,ordered_at,amount,discount_amount",
                "1,2024-01-05,10,",
                "2,2024-01-05,10,-1 -> negative discount_amount",
            ],
            "order_lines": [
                "order_id,line_id,quantity,unit_price,discount_amount,amount",
                "1,1,20,3,1,",
                "1,2,-2,3,, -> negative quantity",
                "1,3,2,-3,,",
                "1,7,2,-3,,6 -> negative unit_price",
                "1,4,2,3,,-6",
                "1,5,1,3,4,",
                "1,6,0,3,,",
            ],
            "refunds": [
                "refund_id,refunded_at,amount,order_id",
                "1,2024-01-05,1,1",
                "2,2024-01-05,-1,1 -> negative amount",
            ],
        },
        {NET: nets("1 = 45")},  # 60 less 1, 6, 6 and 1 of discount, and 1 given back
    ),
    Case(
        "unknown_currency",
        {
            "orders": [
                "order_id,ordered_at,amount,currency",
                "1,2024-01-05,1,EUR",
                "2,2024-01-05,2,XYZ -> no rate for currency",
                "3,2024-01-05,4,€ -> no rate for currency",
                "4,2024-01-05,8, eur ",
                "5,2024-01-05,16,",
            ]
        },
        {NET: nets("1 = 1 | 4 = 8 | 5 = 16")},
    ),
    Case(
        "currency_without_a_rate_on_or_before_the_date",
        # 5 January 2024 is a Friday; the weekend uses its rate, and days whose own is bad
        {
            "orders": [
                "order_id,ordered_at,amount,currency",
                "thu,2024-01-04,10,CHF -> no rate for currency",
                "fri,2024-01-05,10,CHF",
                "sun,2024-01-07,20, chf",
                "thu2,2024-01-11,40,CHF",
            ],
            "fx_rates": [
                "currency,rate_date,rate",
                "chf,2024-01-05,0.5",
                "CHF,2024-01-08,0 -> rate not above zero",
                "CHF,2024-01-09,-1 -> rate not above zero",
                "CHF,2024-01-10,n/a -> missing rate",
                "CHF,today,9 -> unparsable rate_date",
                "CHF,2024-01-12,9",
            ],
        },
        {NET: nets("fri = 5 | sun = 10 | thu2 = 20")},
        reads={"chf:2024-01-05": "CHF:2024-01-05", "CHF:today": "CHF"},
    ),
    Case(
        "too_large_once_converted",
        {
            "orders": [
                "order_id,ordered_at,amount,currency",
                "1,2024-01-05,300000000000,KWD",
                "2,2024-01-05,400000000000,KWD -> amount too large",
            ],
            "fx_rates": ["currency,rate_date,rate", "KWD,2024-01-01,3"],
            "refunds": [
                "refund_id,refunded_at,amount,order_id",
                "1,2024-01-05,400000000000,1 -> amount too large",
                "2,2024-01-05,300000000000,1",
            ],
        },
        {NET: nets("1 = 0")},
    ),
]

RELATION_CASES = [
    Case(
        "refund_larger_than_the_order",
        {
            "orders": [ORDERS, "1,2024-01-05,10", "2,2024-01-05,1"],
            "refunds": ["refund_id,refunded_at,amount,order_id", "r,2024-01-06,25,1"],
        },
        {NET: nets("1 = -15 | 2 = 1")},
    ),
    Case(
        "refund_before_the_order",
        {
            "orders": [ORDERS, "1,2024-02-10,10"],
            "refunds": [
                "refund_id,refunded_at,amount,order_id",
                "r,2024-01-05,4,1",
                "s,2024-02-11,1,1",
            ],
        },
        {
            NET: nets("1 = 5"),
            core("refunds", "refund_id, refund_date"): [
                ("r", date(2024, 2, 10)),
                ("s", date(2024, 2, 11)),
            ],
        },
    ),
    Case(
        "refund_of_an_unknown_order",
        {
            "orders": [ORDERS, "1,2024-01-05,10", "bad,today,1 -> unparsable ordered_at"],
            # `twice` is an order of another shop
            "refunds": [
                "refund_id,refunded_at,amount,order_id",
                "a,2024-01-05,4,1",
                "b,2024-01-05,4,nowhere -> unknown order",
                "c,2024-01-05,4,bad -> unknown order",
                "d,2024-01-05,4,twice -> unknown order",
                "e,2024-01-05,4,",
            ],
        },
        {NET: nets("1 = 6")},
    ),
    Case(
        "refund_of_a_cancelled_order",
        {
            "orders": [
                "order_id,ordered_at,amount,status",
                "1,2024-01-05,10, Cancelled ",
                "2,2024-01-05,10,odd",
            ],
            "refunds": [
                "refund_id,refunded_at,amount,order_id",
                "a,2024-01-05,10,1",
                "b,2024-01-05,1,2",
            ],
        },
        {
            core("orders", "order_id, is_valid, refund_amount"): [
                ("1", False, Decimal(0)),
                ("2", True, Decimal(1)),
            ]
        },
    ),
    Case(
        "credit_note_of_an_unknown_customer",
        {
            "orders": [ORDERS, "1,2024-01-05,10"],
            "refunds": [
                "refund_id,refunded_at,amount,customer_id",
                "a,2024-01-05,3,nobody",
                "b,2024-01-05,4,",
                "c,2024-01-05,-5,nobody -> negative amount",
            ],
        },
        {
            core("customers", "customer_key, net_amount"): [
                ("credit_note_of_an_unknown_customer:nobody", Decimal(-3))
            ]
        },
    ),
    Case(
        "line_of_an_unknown_order",
        {
            "orders": [ORDERS, "1,2024-01-05,10"],
            "order_lines": [LINES, "1,1,4", "2,1,5 -> unknown order", "twice,1,6 -> unknown order"],
        },
        {NET: nets("1 = 4")},
    ),
    Case(
        "line_of_a_rejected_order",
        {
            "orders": [
                VERSIONS,
                "1,2024-01-05,10,",
                "bad,2024-01-05,oops, -> unparsable amount",
                "old,2024-01-05,8,2024-02-01",
                "old,2024-01-05,oops,2024-02-02 -> unparsable amount",
            ],
            "order_lines": [LINES, "1,1,4", "bad,1,5 -> unknown order", "old,1,6"],
        },
        {NET: nets("1 = 4 | old = 6")},
    ),
    Case(
        "line_of_an_unknown_product",
        {
            "orders": [ORDERS, "1,2024-01-05,10"],
            "order_lines": [
                "order_id,line_id,product_id,amount,quantity",
                "1,1,p,4,1",
                "1,2,nowhere,5,1",
                "1,3,,6,1",
                "1,4,p,7,2 pcs -> unparsable quantity",
            ],
            "products": ["product_id", "p"],
        },
        {NET: nets("1 = 15")},
    ),
    Case(
        "events_of_unknown_things",
        {
            "orders": [ORDERS, "1,2024-01-05,10"],
            "events": [
                "event_id,occurred_at,event_type,product_id,order_id,rating,properties",
                "1,2024-01-05, Teleported ,nowhere,nowhere,-3,{not json",
                "2,2024-01-05,product_reviewed,p,1,five, -> unparsable rating",
                "3,2024-01-05 10:00,product_reviewed,p,1,5,",
            ],
        },
        {
            core("events", "event_type, rating"): [
                ("product_reviewed", Decimal(5)),
                ("teleported", Decimal(-3)),
            ]
        },
    ),
    Case(
        "flags",
        {
            "orders": [
                "order_id,ordered_at,customer_id,is_test",
                "1,2024-01-05,s,",
                "2,2024-01-05,a, YES ",
                "3,2024-01-05,a,1",
                "4,2024-01-05,a,f",
                "5,2024-01-05,a,No",
                "6,2024-01-05,a,maybe -> unparsable is_test",
                "7,2024-01-05,a,2 -> unparsable is_test",
                "8,2024-01-05,a,0.0",
            ],
            "customers": ["customer_id,is_staff", "s,True", "a,?? -> unparsable is_staff"],
        },
        {
            core("orders", "order_id, is_valid"): [
                ("1", False),
                ("2", False),
                ("3", False),
                ("4", True),
                ("5", True),
                ("8", True),
            ]
        },
    ),
    Case(
        "self_referring_identity",
        {
            "orders": ["order_id,ordered_at,customer_id", "1,2024-01-05,a", "2,2024-01-05,b"],
            "identities": ["customer_id,same_as", "a,a", "b, b "],
        },
        {PEOPLE: people("a = 1 | b = 1")},
        reads={"b: b": "b:b"},
    ),
    Case(
        "circular_identities",
        {
            "orders": ["order_id,ordered_at,customer_id", "1,2024-01-05,c", "2,2024-01-05,d"],
            "identities": [
                "customer_id,same_as",
                "c,b",
                "b,a",
                "a,c",
                "c,a",
                "d,nowhere",
                "e, -> missing same_as",
            ],
        },
        {PEOPLE: people("a = 3 | d = 2")},
    ),
    Case(
        "email_shared_by_50_customers",
        {
            "orders": [ORDERS, "1,2024-01-05,10"],
            "customers": [
                "customer_id,email",
                *(f"d{i:02},Desk@fifty.test" for i in range(50)),
                *(f"t{i:02},ten@fifty.test" for i in range(10)),
            ],
        },
        {
            PEOPLE: [
                *((f"d{i:02}", 1) for i in range(50)),
                ("t00", 10),
            ],
            shared("desk@fifty.test"): [(50, 0)],
        },
    ),
    Case(
        "email_of_51_guest_orders",
        {
            "orders": [
                "order_id,ordered_at,email,phone",
                *(f"{i},2024-01-05,none@guests.test," for i in range(51)),
                *(f"p{i},2024-01-05, Some@guests.test,n/a" for i in range(50)),
            ]
        },
        {
            core("orders", "order_id, customer_key is null"): sorted(
                [*((f"{i}", True) for i in range(51)), *((f"p{i}", False) for i in range(50))]
            ),
            core("customers", "orders, customer_ids"): [(50, 0)],
            shared("none@guests.test"): [(0, 51)],
        },
    ),
]

CASES = {
    case.name: case for case in [*FILES, *KEY_CASES, *TIME_CASES, *AMOUNT_CASES, *RELATION_CASES]
}


@pytest.fixture(scope="module")
def bad_rows(build_apart, tmp_path_factory):
    """Build the shops of all cases into one warehouse, checks and all; return how to query it."""
    root = tmp_path_factory.mktemp("bad_rows")
    for case in CASES.values():
        case.write(root / case.name)
    return build_apart(
        sources=[
            {"name": case.name, "path": str(root / case.name), "timezone": case.timezone}
            for case in CASES.values()
        ],
        checks=True,
    ).rows


@pytest.fixture(scope="module")
def fates(bad_rows):
    """For each source, how many rows of (table, key, row_status) there are."""
    found: dict[str, Counter[tuple[str, str | None, str]]] = {name: Counter() for name in CASES}
    for table, key in KEYS.items():
        columns = ", ".join(f"cast({column} as varchar)" for column in key)
        for source, row_key, row_status in bad_rows(
            f"select source, nullif(concat_ws(':', {columns}), ''), "
            "coalesce(reject_reason, row_status)"
            f" from {judged_rows(table)}"
        ):
            found[source][table, row_key, row_status] += 1
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_bad_rows_are_put_aside_and_the_rest_flows(bad_rows, fates, case):
    expected = case.fates()
    assert fates[case.name] == expected
    rejected = bad_rows(
        f"select raw_table, row_key, reason from core.rejected_rows where source = '{case.name}'"
    )
    assert Counter(rejected) == Counter(
        {row: n for row, n in expected.items() if row[2] not in ("accepted", "superseded")}
    )
    counts = {table: Counter() for table in contract_of(PROJECT) if table != "erasures"}
    for (table, _, row_status), rows in expected.items():
        counts[table][row_status if row_status in ("accepted", "superseded") else "rejected"] += (
            rows
        )
    assert bad_rows(
        "select raw_table, raw_rows, accepted_rows, superseded_rows, rejected_rows"
        f" from core.reconciliation where source = '{case.name}' order by 1"
    ) == [
        (table, of.total(), of["accepted"], of["superseded"], of["rejected"])
        for table, of in sorted(counts.items())
    ]
    for query, rows in case.shows.items():
        assert bad_rows(query.format(me=case.name)) == rows


def test_no_typo_becomes_the_date_of_the_warehouse(bad_rows):
    assert bad_rows("select as_of, history_start from core.as_of") == [
        (date(2024, 10, 28), date(2000, 2, 29))
    ]
