"""Every form in which a shop may bring the raw contract gives the same warehouse."""

from __future__ import annotations

import csv
import gzip
import io
import json
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from patronage.dbt import BuildError

MARTS = ["path:models/marts/core"]  # all that is looked at here
ORDERS = [
    {"order_id": "1", "ordered_at": "2024-03-09T23:30:00Z", "customer_id": "a", "amount": "10.5"},
    {"order_id": "2", "ordered_at": "2024-03-10", "customer_id": "b", "amount": "3"},
    {"order_id": "3", "ordered_at": "2024-04-01 10:00", "customer_id": "a", "amount": "0.0001"},
]


def as_csv(rows: list[dict[str, str]], **options: str) -> str:
    """Rows as CSV text."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), **{"lineterminator": "\n"} | options)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def typed(rows: list[dict[str, str]]) -> pa.Table:
    """Rows as a typed table: times with a zone, decimals; a date alone is its midnight in UTC."""
    return pa.table(
        {
            "order_id": [int(row["order_id"]) for row in rows],
            "ordered_at": pa.array(
                [
                    datetime.fromisoformat(row["ordered_at"].replace("Z", "")).replace(tzinfo=UTC)
                    for row in rows
                ],
                pa.timestamp("us", tz="America/New_York"),
            ),
            "customer_id": [row["customer_id"] for row in rows],
            "amount": pa.array([Decimal(row["amount"]) for row in rows], pa.decimal128(12, 4)),
        }
    )


def write_forms(root: Path) -> list[str]:
    """Write the same three orders in many forms, each a shop; return their names."""
    for name, text in {
        "plain": as_csv(ORDERS),
        "bom": "\ufeff" + as_csv(ORDERS),
        "windows": as_csv(ORDERS, lineterminator="\r\n"),
        "quoted": as_csv(ORDERS, quoting=csv.QUOTE_ALL),
        "reordered": as_csv([dict(reversed(row.items())) for row in ORDERS]),
        "extra": as_csv([row | {"note": 'two\nlines, "quoted"', "": "x"} for row in ORDERS]),
        "bom_and_lines": "\ufeff" + as_csv([row | {"note": "two\nlines"} for row in ORDERS]),
        "shouting": as_csv([{f" {k.upper()} ": v for k, v in row.items()} for row in ORDERS]),
        "blank_signs": as_csv(
            [{f"\u200b\u00a0{k}\u2060\ufeff": v for k, v in row.items()} for row in ORDERS]
        ),
        "spaced": as_csv([{k: f"  {v}\t" for k, v in row.items()} for row in ORDERS]),
        "floats": as_csv([row | {"order_id": row["order_id"] + ".0"} for row in ORDERS]),
        "exponent": as_csv([row | {"amount": f"{float(row['amount']):e}"} for row in ORDERS]),
        "offset": as_csv([ORDERS[0] | {"ordered_at": "2024-03-10T03:00:00+0330"}, *ORDERS[1:]]),
        "no_end": as_csv(ORDERS).rstrip("\n"),
    }.items():
        (root / name).mkdir()
        (root / name / "orders.csv").write_text(text, encoding="utf-8", newline="")
    for name, parts in {
        "csv_folder": {"orders/one.csv": ORDERS[:1], "orders/deep/two.csv": ORDERS[1:]},
        "csv_columns_differ": {
            "orders/one.csv": [dict(reversed(ORDERS[0].items()))],
            "orders/two.csv": [row | {"channel": ""} for row in ORDERS[1:]],
        },
        "csv_hidden": {"orders/one.csv": ORDERS, "orders/_tmp/two.csv": ORDERS[:1]},
        "csv_hive": {
            f"orders/customer_id={row['customer_id']}/{row['order_id']}.csv": [
                {k: v for k, v in row.items() if k != "customer_id"}
            ]
            for row in ORDERS
        },
    }.items():
        for path, rows in parts.items():
            (root / name / path).parent.mkdir(parents=True, exist_ok=True)
            (root / name / path).write_text(as_csv(rows))
    table = typed(ORDERS)
    for name, parts in {
        "parquet": {"orders.parquet": table},
        "parquet_folder": {"orders/a.parquet": table[:2], "orders/b.parquet": table[2:]},
        "parquet_types_differ": {
            "orders/a.parquet": table[:2],
            "orders/b.parquet": pa.table(
                {
                    "order_id": [3.0],
                    "ordered_at": ["2024-04-01T10:00Z"],
                    "customer_id": ["a"],
                    "amount": [0.0001],
                }
            ),
        },
        "parquet_naive": {
            "orders.parquet": table.set_column(
                1, "ordered_at", table["ordered_at"].cast(pa.timestamp("ns"))
            )
        },
        "parquet_hive": {
            f"orders/customer_id={row['customer_id']}/{row['order_id']}.parquet": table.filter(
                pa.compute.equal(table["order_id"], int(row["order_id"]))
            ).drop(["customer_id"])
            for row in ORDERS
        },
    }.items():
        for path, part in parts.items():
            (root / name / path).parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(part, root / name / path)
    for name, file, text in (
        ("ending", "orders.CSV", as_csv(ORDERS)),
        ("tabs", "orders.tsv", as_csv(ORDERS, delimiter="\t")),
        (
            "tabs_and_commas",
            "orders/a.TSV",
            as_csv([{"note": "a, b"} | r for r in ORDERS], delimiter="\t"),
        ),
        ("packed", "orders.csv.gz", as_csv(ORDERS)),
        (
            "packed_bom_and_lines",
            "orders/1.CSV.GZ",
            "\ufeff" + as_csv([r | {"note": "x\ny"} for r in ORDERS]),
        ),
        ("packed_tabs", "orders/1.tsv.gz", as_csv(ORDERS, delimiter="\t", lineterminator="\r\n")),
    ):
        (root / name / file).parent.mkdir(parents=True)
        content = text.encode()
        is_packed = file.lower().endswith("gz")
        (root / name / file).write_bytes(gzip.compress(content) if is_packed else content)
    (root / "both" / "orders").mkdir(parents=True)
    (root / "both" / "orders" / "one.csv").write_text(as_csv(ORDERS[:2]))
    pq.write_table(table[2:], root / "both" / "orders" / "two.parquet")
    return sorted(path.name for path in root.iterdir())


def test_every_form_reads_the_same(warehouse, tmp_path):
    names = write_forms(tmp_path)
    warehouse.build(
        sources=[{"name": name, "path": str(tmp_path / name)} for name in names], checks=True
    )
    found = warehouse.rows(
        "select source, list((order_id, ordered_at, order_date, customer_key, net_amount)"
        " order by order_id) from core.orders group by source order by source"
    )
    assert [name for name, _ in found] == names
    for name, orders in found:
        assert orders == [
            ("1", datetime(2024, 3, 9, 23, 30), date(2024, 3, 9), f"{name}:a", Decimal("10.5")),
            ("2", datetime(2024, 3, 10), date(2024, 3, 10), f"{name}:b", Decimal(3)),
            ("3", datetime(2024, 4, 1, 10), date(2024, 4, 1), f"{name}:a", Decimal("0.0001")),
        ], name


def test_folders_links_and_odd_names(warehouse, tmp_path):
    """Only folders below the shop's own are columns; links, brackets and _loaded_at= are read."""
    root = tmp_path / "amount=999" / "country=XX" / "shop[1]"
    (root / "orders" / "_loaded_at=2024-05-01" / "country=C%C3%B4te d'Ivoire").mkdir(parents=True)
    (root / "orders" / "Country=__HIVE_DEFAULT_PARTITION__").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (root / "refunds").symlink_to(tmp_path / "elsewhere")
    for path, text in {
        root / "orders/_loaded_at=2024-05-01/country=C%C3%B4te d'Ivoire/a[2].csv": "1,2024-01-01,5",
        root / "orders/Country=__HIVE_DEFAULT_PARTITION__/a2.csv": "2,2024-01-01,6",
        root / "orders/a*.csv": "3,2024-01-01,7",
    }.items():
        path.write_text(HEADER + text + "\n")
    (tmp_path / "elsewhere/r.csv").write_text(
        "refund_id,refunded_at,amount,order_id\nr,2024-01-02,1,1\n"
    )
    warehouse.build(root)
    assert warehouse.rows("select order_id, country, net_amount from core.orders order by 1") == [
        ("1", "Côte d'Ivoire", 4),
        ("2", None, 6),
        ("3", None, 7),
    ]
    assert warehouse.rows("select _loaded_at from staging.stg_orders where order_id = '1'") == [
        (datetime(2024, 5, 1),)
    ]


def test_impossible_typed_times_reject_their_rows(warehouse, tmp_path):
    pq.write_table(
        pa.table(
            {
                "order_id": ["far", "days", "good"],
                "ordered_at": pa.array([2**63 - 10, 2**62, 0], pa.timestamp("us")),
                "_loaded_at": pa.array([19_000, 2**31 - 5, 19_000], pa.date32()),
            }
        ).filter(pa.array([True, True, False])),
        tmp_path / "orders.parquet",
    )
    warehouse.build(tmp_path, timezone="Europe/Berlin")
    assert warehouse.rows("select row_key, reason from core.rejected_rows order by 1") == [
        ("days", "impossible ordered_at"),
        ("far", "impossible ordered_at"),
    ]


def test_business_dates_are_those_of_the_shops_time_zone(warehouse, shop):
    data = shop(
        orders="order_id,ordered_at\n"
        "late,2024-12-31T23:30:00Z\n"
        "date alone,2024-12-31\n"
        "offset,2024-12-31T23:30:00-05:00\n"
        "winter,2024-03-10T06:59:59Z\n"
        "summer,2024-07-01T04:00:00Z\n"
    )
    warehouse.build(
        sources=[
            {"name": "tehran", "path": str(data), "timezone": "Asia/Tehran"},
            {"name": "new_york", "path": str(data), "timezone": "America/New_York"},
            {"name": "utc", "path": str(data)},
        ]
    )
    found = dict(
        warehouse.rows(
            "select source, map_from_entries(list((order_id, cast(order_date as varchar))))"
            " from core.orders group by source"
        )
    )
    assert found["tehran"]["late"] == "2025-01-01"
    assert found["new_york"]["late"] == "2024-12-31"
    assert found["utc"]["late"] == "2024-12-31"
    assert {dates["date alone"] for dates in found.values()} == {"2024-12-31"}
    assert {source: dates["offset"] for source, dates in found.items()} == {
        "tehran": "2025-01-01",
        "new_york": "2024-12-31",
        "utc": "2025-01-01",
    }
    assert found["new_york"]["winter"] == "2024-03-10"  # 01:59:59, the last second of winter time
    assert found["new_york"]["summer"] == "2024-07-01"  # midnight in summer time
    stored = warehouse.rows("select distinct ordered_at from core.orders where order_id = 'offset'")
    assert stored == [(datetime(2025, 1, 1, 4, 30),)]


def test_typed_parquet_keeps_dates_and_nan(warehouse, tmp_path):
    nan = float("nan")
    pq.write_table(
        pa.table(
            {
                "order_id": [1.0, 2.0, 3.0],
                "ordered_at": [date(2024, 1, 1)] * 3,
                "customer_id": [17850.0, nan, 2.5],
                "amount": [1.00005, 2.0, nan],
            }
        ),
        tmp_path / "orders.parquet",
    )
    warehouse.build(tmp_path, timezone="America/Los_Angeles")
    assert warehouse.rows(
        "select order_id, customer_key, order_date, net_amount from core.orders order by 1"
    ) == [
        ("1", "files:17850", date(2024, 1, 1), Decimal("1.0001")),
        ("2", None, date(2024, 1, 1), Decimal(2)),
    ]
    assert warehouse.rows("select row_key, reason from core.rejected_rows") == [
        ("3", "unparsable amount")
    ]


WHOLE = 2.0**53  # which 2 ** 53 + 1 becomes, too


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_ids_whose_digits_a_float_has_lost_are_none(warehouse, tmp_path, form):
    """As those that a spreadsheet has cut: no key, and another id is empty, with the raw row."""
    rows = [
        {"order_id": key, "ordered_at": "2024-01-01", "customer_id": customer}
        for key, customer in ((1.0, WHOLE - 1), (2.0, -WHOLE), (3.0, 1e17), (WHOLE, 7.0))
    ]
    if form == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / "orders.parquet")
    else:
        lines = [json.dumps(row) for row in rows]
        text = as_csv(rows) if form == "csv" else "\n".join(lines)
        (tmp_path / f"orders.{form}").write_text(text)
    warehouse.build(tmp_path)
    assert warehouse.rows("select order_id, customer_key from core.orders order by 1") == [
        ("1", "files:9007199254740991"),
        ("2", None),
        ("3", None),
    ]
    assert warehouse.rows("select row_key, reason from core.rejected_rows") == [
        (None, "digits of order_id lost in a spreadsheet")
    ]
    # what the raw gate warns by
    lost = r"""regexp_matches(raw_row, '"customer_id":"-?[0-9.]+e[+]1')"""
    query = f"select order_id from staging.base_orders where {lost} order by 1"
    assert warehouse.rows(query) == [("2",), ("3",)]


def test_ids_that_are_whole_decimals_meet_those_of_other_files(warehouse, tmp_path):
    """Databases whose numbers have no whole kind write decimals of many places."""
    ids = [Decimal(17850), Decimal("0.5"), Decimal(0)]
    orders = pa.table(
        {
            "order_id": pa.array([Decimal(10), Decimal(20), Decimal(30)], pa.decimal128(9, 2)),
            "ordered_at": [date(2024, 1, 1)] * 3,
            "customer_id": pa.array(ids, pa.decimal128(38, 10)),
        }
    )
    pq.write_table(orders, tmp_path / "orders.parquet")
    (tmp_path / "customers.csv").write_text("customer_id,country\n17850,AT\n")
    warehouse.build(tmp_path)
    assert warehouse.rows(
        "select order_id, customer_key, customers.country from core.orders"
        " left join core.customers using (customer_key) order by 1"
    ) == [("10", "files:17850", "AT"), ("20", "files:0.5000000000", None), ("30", None, None)]


BYTES = uuid.UUID("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9").bytes


@pytest.mark.parametrize("kind", [pa.binary(), pa.binary(16), pa.large_binary()], ids=str)
def test_ids_of_bytes_are_uuids_or_text(warehouse, tmp_path, kind):
    """Also where the file does not call text what is text; what nobody reads may be anything."""
    folder = tmp_path / "orders"
    folder.mkdir()
    pq.write_table(
        pa.table(
            {
                "order_id": ["1", "2", "3", "4"],
                "ordered_at": [date(2024, 1, 1)] * 4,
                "customer_id": pa.array([BYTES, bytes(16), "Käthe Müller_1".encode(), None], kind),
                "picture": [b"\xff\xd8"] * 4,
            }
        ),
        folder / "bytes.parquet",
    )
    (folder / "text.csv").write_text(
        f"order_id,ordered_at,customer_id\n5,2024-01-01,{uuid.UUID(bytes=BYTES)}\n"
    )
    warehouse.build(tmp_path)
    assert warehouse.rows("select order_id, customer_key from core.orders order by 1") == [
        ("1", f"files:{uuid.UUID(bytes=BYTES)}"),
        ("2", None),
        ("3", "files:Käthe Müller_1"),
        ("4", None),
        ("5", f"files:{uuid.UUID(bytes=BYTES)}"),
    ]


@pytest.mark.parametrize("odd", [BYTES[:12], b"\0\0\0\7", [b"\xff"]], ids=repr)
def test_bytes_that_are_neither_are_named_by_their_column(warehouse, tmp_path, odd):
    orders = {"order_id": ["1"], "ordered_at": [date(2024, 1, 1)], "customer_id": [odd]}
    pq.write_table(pa.table(orders), tmp_path / "orders.parquet")
    with pytest.raises(BuildError) as error:
        warehouse.build(tmp_path)
    assert error.value.args == (
        'model base_orders: the column "customer_id" is binary, and neither text nor UUIDs of 16 '
        "bytes: write it as text",
    )


def test_extra_columns_are_named_in_the_log(warehouse, shop):
    notices: list[str] = []
    data = shop(orders="order_id,ordered_at,gift_wrap\n1,2024-01-01,yes\n")
    warehouse.build(data, notices=notices)
    assert notices == ["files/orders.csv: columns ignored: gift_wrap"]


HEADER = "order_id,ordered_at,amount\n"


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "no files in the folder"),
        ({"customers.csv": "customer_id\n1\n"}, "required table orders is missing"),
        ({"orders.csv": "order_id,when\n1,2024-01-01\n"}, "orders.csv: required column ordered_at"),
        (
            {"orders.csv": "order_id;ordered_at\n1;2024-01-01\n"},
            "orders.csv: its columns are divided by semicolons: save it as CSV UTF-8 with commas",
        ),
        ({"orders.csv": ""}, "orders.csv: no header line; the file is empty"),
        (
            {"orders.csv": "order_id,ordered_at,Order_ID \n"},
            "orders.csv: column order_id is there twice",
        ),
        (
            {"orders.csv": HEADER + "1,2024-01-01\n"},
            "orders.csv, line 2: Expected Number of Columns",
        ),
        ({"orders.csv": HEADER + "1,2024-01-01,1,2\n"}, "orders.csv, line 2: Expected Number of"),
        (
            {"orders.csv": HEADER + '1,2024-01-01,"2\n'},
            "orders.csv, line 2: Value with unterminated",
        ),
        (
            {"orders.csv": HEADER.encode() + b"1,2024-01-01,\xff\n"},
            "orders.csv, line 2: Invalid unicode",
        ),
        ({"orders.csv": HEADER, "orders.parquet": b""}, "table orders is there more than once"),
        ({"orders.parquet": b"PAR1 no"}, "orders.parquet"),
        (
            {"orders.csv": 'order_id,ordered_at,"two\nlines"\n'},
            "orders.csv: the header line has an",
        ),
        (
            {"orders.csv": HEADER, "refunds.csv": "refund_id,refunded_at\n"},
            "refunds.csv: required column amount is missing",
        ),
        (
            {"orders.csv": HEADER, "events.csv": "event_id,occurred_at,event_type\n1,2\n"},
            "events.csv, line 2: Expected Number of Columns",
        ),
    ],
)
def test_broken_files_are_refused_in_one_line_before_anything_is_built(
    warehouse, tmp_path, files, says
):
    for name, content in files.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BuildError) as error:
        warehouse.build(tmp_path)
    assert len(error.value.args) == 1
    assert says in error.value.args[0]
    assert "\n" not in error.value.args[0]
    assert warehouse.rows("select count(*) from information_schema.tables") == [(0,)]


def test_parquet_columns_that_differ_in_case_only_are_refused(warehouse, tmp_path):
    pq.write_table(
        pa.table({"order_id": [1], "ordered_at": ["2024-01-01"], "Amount": [7], "amount": [9]}),
        tmp_path / "orders.parquet",
    )
    with pytest.raises(BuildError, match="column amount is there twice"):
        warehouse.build(tmp_path)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"timezone": "Mars/Olympus"}, "unknown timezone 'Mars/Olympus'"),
        ({"timezone": "EST"}, "unknown timezone 'EST' .expected the name of a place"),
        ({"times": "here"}, "unknown naive_times 'here' .expected utc or local"),
        ({"system": "shopware"}, "unknown system 'shopware'; known are files, complete_journey"),
        ({"as_of": "2024-02-30"}, "as_of: '2024-02-30' is no date; expected YYYY-MM-DD"),
        ({"as_of": "yesterday"}, "as_of: 'yesterday' is no date; expected YYYY-MM-DD"),
        ({"currency": "euro"}, "reporting_currency: 'euro' is no code of three letters like EUR"),
    ],
)
def test_bad_settings_are_refused_in_one_line(warehouse, shop, settings, says):
    data = shop(orders="order_id,ordered_at\n1,2024-01-01\n")
    with pytest.raises(BuildError, match=says) as error:
        warehouse.build(data, **settings)
    assert len(error.value.args) == 1


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        ([{"name": "a:b", "path": "x"}], "a name has letters, digits, _ and - only"),
        ([{"name": "a", "path": "{}"}, {"name": "A", "path": "{}"}], "the name is used twice"),
        ([{"name": "a", "path": "{}"}, {"name": "a", "path": "tests/cases"}], "used twice"),
        ([{"name": "a"}], "every entry needs a name, and a path, a schema or what to attach"),
        ([{"name": "a", "path": "{}", "zone": "UTC"}], "unknown setting 'zone' of source 'a'"),
    ],
)
def test_bad_sources_are_refused_in_one_line(warehouse, shop, sources, says):
    data = shop(orders="order_id,ordered_at\n1,2024-01-01\n")
    entries = [{k: v.format(data) for k, v in entry.items()} for entry in sources]
    with pytest.raises(BuildError, match=says):
        warehouse.build(sources=entries)


def test_only_orders_and_an_empty_shop_are_enough(warehouse, shop):
    warehouse.selection = []  # publishing wants every mart
    warehouse.build(shop(orders=HEADER), checks=True)
    assert warehouse.rows("from core.as_of") == [(None,) * 5]
    assert warehouse.rows("select count(*) from core.customers") == [(0,)]
    assert warehouse.publish()["core.orders"] == 0
