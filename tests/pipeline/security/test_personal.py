"""What people typed where it does not belong is not published, nor what is private."""

from __future__ import annotations

import csv
import shutil

import duckdb
import pytest
from conftest import PROJECT, Warehouse, parsed
from test_gates import mart_suites

from patronage.contract import contract_of
from patronage.gates import Gates, marts
from patronage.gates.personal import delivered_addresses
from patronage.publish import Mart, literal, marts_of

PUBLIC = "patronage.duckdb"
SHARED_BY = 4  # one fewer than are enough
ORDER_TEXTS = (
    *("status", "channel", "device", "country", "region", "coupon_code", "referral_code"),
    "payment_method",
)
PEOPLE_TEXTS = (
    *("country", "region", "city", "gender", "customer_type", "acquisition_channel"),
    *("household_size", "income_band", "lock_in"),
)
EVENT_TEXTS = ("topic", "channel", "device")


def secret(table: str, column: str) -> str:
    """A word that stands in a private column only."""
    return f"secret {table} {column}"


def orders() -> list[dict[str, str]]:
    """Forty orders of ten customers, ten of guests: four with a person in every text.

    Ten more share an address of a customer, ten a customer's phone number, ten an account's id.
    """
    rows = []
    for n in range(50):
        row = {
            "order_id": f"o{n}",
            "ordered_at": f"2024-0{1 + n % 5}-{1 + n % 28:02}",
            "customer_id": f"c{n % 10}" if n < 40 else "",
            "email": f"secret.guest{n}@example.com" if n >= 40 else "",
            "phone": f"+49 171 77{n:05}",
            "amount": "10",
        }
        row |= {column: f"{column} {n % 2}" for column in ORDER_TEXTS}
        if n < SHARED_BY:
            row |= {column: f"Erika Typed-In {column}" for column in ORDER_TEXTS}
        elif n < 14:
            row["channel"] = "ask Secret.Customer1@Example.com!"
        elif n < 24:
            row["region"] = "0049 (171) 99-00001"
        elif n < 34:
            row["device"] = "seen@intranet"
        row["status"] = "paid" if n >= SHARED_BY else row["status"]
        rows.append(row)
    rows.append({"order_id": "o99", "ordered_at": "2024-06-31"} | dict.fromkeys(("email", "phone")))
    rows[-1] |= {"email": secret("orders", "raw_row"), "amount": "1"}
    return rows


def customers() -> list[dict[str, str]]:
    """Ten customers, all attributes private or shared, and four with a person in every text."""
    rows = []
    for n in range(14):
        dash = "-" if n == 2 else " "
        row = {"customer_id": f"c{n}", "email": f"secret.customer{n}@example.com"}
        row |= {
            "phone": f"0049{dash}171{dash}99{n:05}" if n < 13 else "20 24 05 31",
            "birth_date": "1933-03-03",
        }
        row["job_title"] = secret("customers", "job_title")
        row |= {column: f"{column} of many" for column in PEOPLE_TEXTS}
        if n < SHARED_BY:
            row |= {column: f"Erika Typed-In {column}" for column in PEOPLE_TEXTS}
        rows.append(row)
    return rows


def events() -> list[dict[str, str]]:
    """Page views and types of the shop's own: one that five share, two that four and one share.

    What four and one share in other texts stands in the events of these two types.
    """
    kinds = ["page_viewed"] * 20 + ["own_word"] * 5 + ["erika_called"] * SHARED_BY + ["erika_wrote"]
    return [
        {
            "event_id": f"e{n}",
            "occurred_at": "2024-05-05T10:00:00Z",
            "event_type": kind,
            "customer_id": f"c{n % 5}" if kind != "erika_wrote" else "c1",
            "anonymous_id": secret("events", "anonymous_id") if n == 0 else "",
            "email": "secret.event@example.com" if n == 1 else "",
        }
        | {column: secret("events", column) for column in ("text", "properties")}
        | {
            column: f"{column} of many" if "erika" not in kind else f"Erika Typed-In {column}"
            for column in EVENT_TEXTS
        }
        for n, kind in enumerate(kinds)
    ]


@pytest.fixture(scope="module")
def poisoned(build_apart, tmp_path_factory) -> Warehouse:
    """The shop with something private in every text, built by the project's rule, published."""
    data = tmp_path_factory.mktemp("poisoned")
    tables = {
        "orders": orders(),
        "customers": customers(),
        "events": events(),
        "refunds": [
            {"refund_id": "r1", "refunded_at": "2024-05-09", "amount": "1", "order_id": "o5"}
            | {"customer_id": "", "reason": secret("refunds", "reason")},
            # rejected; an accepted one's id would be published, and stop the gate
            {"refund_id": "r2", "refunded_at": "2024-05-09", "amount": "1", "order_id": "o999"}
            | {"customer_id": "Seen@Intranet", "reason": secret("refunds", "reason")},
        ],
        "products": [{"product_id": "A 205 500 0454", "name": "radiator A 205 500 0454"}],
        # asked for without a date: rejected
        "erasures": [{"email": "secret.customer9@example.com", "requested_at": "soon"}],
    }
    for table, rows in tables.items():
        with (data / f"{table}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    warehouse = build_apart(data, "--vars", "{rare_value_limit: 5}", salt="pepper")
    warehouse.publish()
    return warehouse


def texts(warehouse: Warehouse, file: str, but: tuple[str, ...] = ()) -> str:
    """All texts of a file's tables, those of the schemas `but` left out, in lower case."""
    tables = warehouse.rows(
        "select table_schema, table_name from information_schema.tables"
        f" where table_schema not in {(*but, '')!r}",
        file,
    )
    return "\n".join(
        str(row).lower()
        for schema, table in tables
        for row in warehouse.rows(f"from {schema}.{table}", file)
    )


def test_nothing_private_leaves_the_private_file(poisoned):
    """No byte of the published files and no step behind staging has a word of a private column."""
    published = texts(poisoned, PUBLIC)
    for word in ("secret", "typed-in", "erika", "1933", "99000", "7700", "@"):
        assert word not in published, word
    for file in [poisoned.folder / PUBLIC, *poisoned.folder.glob("parquet/*/*.parquet")]:
        found = file.read_bytes().lower()
        for word in (b"secret", b"typed-in", b"erika", b"@example.com", b"@intranet", b"1933-03"):
            assert word not in found, (file.name, word)
    steps = texts(poisoned, "build.duckdb", ("staging", "sources"))
    # a job title tells the role level, so steps of the private file hold it
    private = ("text", "properties", "reason", "raw_row")
    assert [word for word in private if any(secret(t, word) in steps for t in (
        "customers", "events", "orders", "refunds"))] == []  # fmt: skip
    assert "@example.com" not in steps.replace("secret.customer1@example.com!", "")


def test_what_four_share_is_other_and_what_five_share_stays(poisoned):
    """In the core tables and in every mart that shows them; null stays null, nothing is lost."""
    assert poisoned.rows(
        "select channel, count(*) from core.orders group by 1 order by 1", PUBLIC
    ) == [("channel 0", 18), ("channel 1", 18), ("other", 14)]
    for column in ORDER_TEXTS:
        few = f"select count(*) from core.orders where {column} = 'other'"
        taken = {"channel": 14, "region": 14, "device": 14}.get(column, SHARED_BY)
        assert poisoned.rows(few, PUBLIC) == [(taken,)], column
    for column in PEOPLE_TEXTS:
        found = f"select {column}, count(*) from core.customers group by 1"
        guests = {None: 10} if column != "country" else {"country 0": 5, "country 1": 5}
        assert dict(poisoned.rows(found, PUBLIC)) == {
            f"{column} of many": 10,
            "other": SHARED_BY,
            **guests,  # of them no more is known than the country of their orders
        }
    assert poisoned.rows(
        "select breakdown, list(distinct breakdown_value order by breakdown_value),"
        " sum(total_net_amount)::int from customer_share.new_customer_share"
        " where period_grain = 'year' and breakdown in ('channel', 'country')"
        " group by 1 order by 1",
        PUBLIC,
    ) == [
        ("channel", ["channel 0", "channel 1", "other"], 499),
        ("country", ["country 0", "country 1", "other"], 499),
    ]
    assert poisoned.rows(
        "select segment_by, list(segment order by segment) from customer_share.spend_bands"
        " where segment_by in ('country', 'device') group by 1 order by 1",
        PUBLIC,
    ) == [
        ("country", ["country 0", "country 1", "country of many", "other"]),
        ("device", ["device 0", "device 1", "other"]),
    ]


def test_types_of_events_that_few_do_are_one_type(poisoned):
    """erika_called is of four, erika_wrote of one of them: c1 has one row of two events."""
    assert poisoned.rows(
        "select event_type, count(*) from core.events group by 1 order by 1", PUBLIC
    ) == [("other", 5), ("own_word", 5), ("page_viewed", 20)]
    for column in EVENT_TEXTS:
        found = poisoned.rows(f"select {column}, count(*) from core.events group by 1", PUBLIC)
        assert dict(found) == {f"{column} of many": 25, "other": 5}
    assert poisoned.rows(
        "select customer_key, events, points from engagement.engagement_contributions"
        " where event_type = 'other' order by 1",
        PUBLIC,
    ) == [("files:c0", 1, 0), ("files:c1", 2, 0), ("files:c2", 1, 0), ("files:c3", 1, 0)]


def test_a_rejected_request_shows_no_address(poisoned):
    assert poisoned.rows(
        "select raw_table, row_key, reason from core.rejected_rows order by 1", PUBLIC
    ) == [
        ("erasures", None, "unparsable requested_at"),
        ("orders", "o99", "unparsable ordered_at"),
        ("refunds", "r2", "unknown order"),
    ]


LIKE_EMAILS = ("ann@intranet", "Ann＠example.com", "ann (at) example.com", "ann[at]example[dot]com",
               "x o'neil@example.com", "ask ann@example.com")  # fmt: skip
LIKE_NONE = (
    *("A 205 500 0454", "+49 (30) 901-820", "(555) 555-0100", "0171 2345678", "P-100-200-300"),
    *("2024-05-31T10:00:00.123+02:00", "WVWZZZ1JZXW000001", "DE89370400440532013000", "a@b"),
    *("files:erased-0123456789", "@home", "2 @ 5", "sun (at) home"),
)


def test_an_email_has_a_look_and_a_number_none():
    look = f"select regexp_matches(value, {literal(marts.EMAIL)}) from (select ? as value)"
    with duckdb.connect() as connection:
        found = {
            value: connection.execute(look, [value]).fetchall()[0][0]
            for value in (*LIKE_EMAILS, *LIKE_NONE)
        }
    assert found == dict.fromkeys(LIKE_EMAILS, True) | dict.fromkeys(LIKE_NONE, False)


@pytest.mark.parametrize(
    ("column", "value", "is_found"),
    [
        ("orders.region", "0049 (171) 99-00001", True),  # a customer's, in other groups
        ("orders.region", "Erika, 0049 171 9900001!", True),
        ("orders.region", "0049 171 9900099", False),  # nobody's
        ("orders.region", "2024-05-31", False),  # a date, although somebody's number
        ("orders.region", "20240531", True),
        ("orders.region", "seen@intranet", True),  # a rejected refund's customer
        ("orders.coupon_code", "for Secret.Customer1@example.com.", True),
        ("orders.order_key", "files:0049 171 9900001", True),  # as it was written
        ("orders.order_key", "files:00491719900001", False),  # ids are numbers, too
        ("products.name", "0049 171 9900001", True),
        ("products.name", "0049-171-9900001", False),
        ("orders.order_key", "files:0049-171-9900002", True),  # written with dashes
        ("customer_profile.top_brand", "00491719900001", False),
        ("new_customer_share.breakdown_value", "00491719900001", False),
    ],
)
def test_published_texts_are_held_against_delivered_addresses(
    poisoned, tmp_path, column, value, is_found
):
    table, name = column.split(".")
    file = tmp_path / PUBLIC
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema core")
        connection.execute(f"create table core.{table} as select ? as {name}", [value])
    mart = Mart("core", table, (name,), "", {name: ""}, {name: "string"})
    found = delivered_addresses(
        poisoned.folder / "build.duckdb", file, [mart], contract_of(PROJECT)
    )
    assert found == {f"core.{table}": {name: 1} if is_found else {}}


def test_the_gate_says_how_many_and_where_but_not_what(poisoned, tmp_path):
    """In ids and goods what has the digits of a phone may be a part number."""
    file = tmp_path / PUBLIC
    shutil.copyfile(poisoned.folder / PUBLIC, file)
    with duckdb.connect(str(file)) as connection:
        for change in (
            "core.orders set region = '00491719900001' where order_id in ('o8', 'o9')",
            "core.orders set coupon_code = 'ann@intranet' where order_id = 'o9'",
            "core.orders set order_id = '00491719900001' where order_id = 'o7'",
            "core.products set tier = '205-500-0454', brand = 'Sun (at) home'",
        ):
            connection.execute(f"update {change}")
    suites = mart_suites(marts_of(parsed()[1]), file, poisoned.folder / "build.duckdb")
    wanted = [suite for suite in suites if suite.name in ("core orders", "core products")]
    gates = Gates()
    assert gates.check("marts", file, wanted).failed == [
        "marts core orders: no value looks like an email address: "
        "found column_name coupon_code, rows 1",
        "marts core orders: no value is an email address or phone number that was delivered: "
        "found column_name region, rows 2",
    ]
    gates.write_docs(tmp_path / "docs")
    shown = "".join(page.read_text() for page in (tmp_path / "docs").rglob("*.html"))
    assert "coupon_code" in shown
    assert "9900001" not in shown
    assert "ann@intranet" not in shown
