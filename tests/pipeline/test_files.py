"""Files as they lie there: what is not read, or cannot be, is named with what to do."""

from __future__ import annotations

import gzip

import pytest

from patronage.dbt import BuildError

MARTS = ["as_of"]  # all faults here come before anything is built
HEADER = "order_id,ordered_at,amount\n"


def test_all_faults_of_a_delivery_come_at_once(warehouse, tmp_path):
    """A line each, with what was found and what is wanted; a ragged row is not looked at yet."""
    for name, content in {
        "good/orders.csv": HEADER + "1,2024-01-01\n",
        "bad/Orders_2024-01.CSV": HEADER,
        "bad/export/orders.csv.gz": "",
        "bad/orders.ods": "",
        "bad/readme.md": "",
        "bad/refunds.csv": "refund_id;refunded_at;amount\n1;2024-01-01;12,50\n",
        "bad/customers.csv": b"customer_id,na\xefve\n",
        "bad/products.tsv": "product_id\tname\tName\n",
        "bad/order_lines.csv": "order_id,id,Qty\n",
        "bad/events.csv": "event_id,occurred_at,event_type\n",
        "bad/events.tsv": "event_id\toccurred_at\tevent_type\n",
        "bad/campaigns.csv": "campaign_id\tname\tcost\n",
        "bad/surveys.csv": "survey_id,a\x07b\n",
        "bad/fx_rates.csv.gz": "currency,rate_date,rate\n",
        "bad/identities.parquet": "customer_id,same_as\n",
        "bad/market_sizes.jsonl.gz": gzip.compress(b"{}" * 99)[:-9],
        "bad/consents/a\x07.csv": "channel,purpose\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    sources = [
        {"name": "good", "path": str(tmp_path / "good"), "timezone": "Mars/Olympus"},
        {"name": "bad", "path": str(tmp_path / "bad")},
    ]
    with pytest.raises(BuildError) as error:
        warehouse.build(sources=sources, as_of="soon")
    folder = tmp_path / "bad"
    assert sorted(error.value.args) == sorted(
        [
            "source 'good': unknown timezone 'Mars/Olympus' (expected the name of "
            "a place like Europe/Berlin, or UTC)",
            f"{folder}: table events is there more than once (events.csv, events.tsv); keep one",
            f"{folder}: required table orders is missing (orders.csv, .csv.gz, .tsv, .parquet or a "
            "folder orders/); there are 'Orders_2024-01.CSV', 'campaigns.csv', "
            "'consents/a\\x07.csv', 'customers.csv', 'events.csv', 'events.tsv', "
            "'export/orders.csv.gz', 'fx_rates.csv.gz', 'identities.parquet', "
            "'market_sizes.jsonl.gz', 'order_lines.csv', 'orders.ods', 'products.tsv', "
            "'readme.md', 'refunds.csv', 'surveys.csv'; did you mean "
            "'Orders_2024-01.CSV': name it orders.CSV, or put it and others like it into a folder "
            "orders/; 'export/orders.csv.gz': put it into the shop's folder as orders.csv.gz, or "
            "into a folder orders/; 'orders.ods': save it as CSV UTF-8 (orders.csv)",
            f"{folder}/refunds.csv: its columns are divided by semicolons: save it as CSV UTF-8 "
            "with commas; numbers need a decimal point, too (12.50)",
            f"{folder}/customers.csv: no header line; the file is empty or no UTF-8 text (then "
            "save it as CSV UTF-8)",
            f"{folder}/products.tsv: column name is there twice",
            f"{folder}/order_lines.csv: required column line_id is missing (found: order_id, "
            "id (did you mean line_id?), qty)",
            f"{folder}/campaigns.csv: its columns are divided by tabs: name it .tsv; numbers need "
            "a decimal point, too (12.50)",
            f"{folder}/surveys.csv: the column name 'a\\x07b' has control signs: rename it",
            f"{folder}: the file or folder name 'a\\x07.csv' has control signs: rename it",
            f"{folder}/fx_rates.csv.gz: it is not packed by gzip: take .gz off its name, or pack "
            "it anew",
            f"{folder}/identities.parquet: it is no Parquet file, or not all of it is there: "
            "export it anew",
            f"{folder}/market_sizes.jsonl.gz: the packed file is damaged, or not all of it is "
            "there: copy or pack it anew",
            "as_of: 'soon' is no date; expected YYYY-MM-DD",
        ]
    )


def test_what_is_not_read_is_named_with_what_it_may_be(warehouse, shop):
    notices: list[str] = []
    data = shop(
        orders="order_id,ordered_at,order_status,Total,gift\n1,2024-01-01,paid,3,\n",
        order_items="order_id,line_id\n",
        order_lines_old="",
        notes="",
    )
    (data / "customers.ods").write_text("")
    warehouse.build(data, notices=notices)
    line = (
        "save it as CSV UTF-8 (customers.csv) (it is not read; did you mean the table customers?)"
    )
    way = "name it order_lines.csv, or put it and others like it into a folder order_lines/"
    not_read = "(it is not read; did you mean the table order_lines?)"
    assert sorted(notices) == [
        f"files/'customers.ods': {line}",
        f"files/'order_items.csv': {way} {not_read}",
        f"files/'order_lines_old.csv': {way} {not_read}",
        "files/orders.csv: columns ignored: order_status (did you mean status?), "
        "total (did you mean amount?), gift",
    ]


def test_what_is_not_read_beside_a_table_that_is_there_is_named(warehouse, tmp_path):
    """The table is there, so that nobody would miss what is left out."""
    for name in (
        "orders.csv",
        "orders_2023.csv",
        "orders2.csv.zip",
        "archive/orders2022.txt",
        "orders.csv.bak",
        "orders.csv.zip",
        "orders.ods",
        "orderlines.csv",
        "refunds/2024.csv",
        "refunds/2023.csv.zip",
        "refunds/2022.txt",
        "refunds/_tmp/2021.txt",
        "refunds/readme.md",
        "refunds2021.CSV",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        is_table = name in ("orders.csv", "refunds/2024.csv")
        header = HEADER if name == "orders.csv" else "refund_id,refunded_at,amount\n"
        (tmp_path / name).write_text(header if is_table else "")
    notices: list[str] = []
    warehouse.build(tmp_path, notices=notices)
    both = "put it and orders.csv into a folder orders/"
    assert sorted(notices) == [
        f"files/{name}: {way} (it is not read; did you mean the table {table}?)"
        for name, way, table in (
            ("'archive/orders2022.txt'", f"save it as CSV UTF-8, and {both}", "orders"),
            (
                "'orderlines.csv'",
                "name it order_lines.csv, or put it and others like it into a folder order_lines/",
                "order_lines",
            ),
            ("'orders2.csv.zip'", f"unpack it, and {both}", "orders"),
            ("'orders_2023.csv'", both, "orders"),
            ("'refunds/2022.txt'", "save it as CSV UTF-8 (refunds/2022.csv)", "refunds"),
            ("'refunds/2023.csv.zip'", "unpack it (refunds/2023.csv)", "refunds"),
            ("'refunds2021.CSV'", "put it into the folder refunds/", "refunds"),
        )
    ]


@pytest.mark.parametrize("end", [slice(9_000), slice(-1), slice(-8)], ids=["half", "byte", "sum"])
def test_a_packed_file_is_read_to_its_end_or_refused(warehouse, tmp_path, end):
    """The engine takes what is there of one that a copy cut off for all of it."""
    rows = "".join(f"{n},2024-01-01,{n * 7919 % 1000}\n" for n in range(9_000))
    packed = gzip.compress((HEADER + rows).encode())
    (tmp_path / "orders.csv.gz").write_bytes(packed[end])
    with pytest.raises(BuildError) as error:
        warehouse.build(tmp_path)
    assert error.value.args == (
        f"{tmp_path}/orders.csv.gz: the packed file is damaged, or not all of it is there: copy or "
        "pack it anew",
    )


def test_a_packed_file_that_unpacks_to_more_than_any_shops_is_refused(warehouse, tmp_path):
    rows = "1,2024-01-01,1\n" * 400_000
    (tmp_path / "orders.csv.gz").write_bytes(gzip.compress((HEADER + rows).encode()))
    with pytest.raises(BuildError, match=r"orders.csv.gz: \d+ bytes unpack to 6000027, more than"):
        warehouse.build(tmp_path, "--vars", "{max_unpacked_share: 300}")
