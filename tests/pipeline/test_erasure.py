"""Who asks to be erased vanishes; what they bought stays."""

from __future__ import annotations

import re
from decimal import Decimal

import click.testing
import pytest
from conftest import PROJECT, STAGING, unset_settings

from patronage.cli import main
from patronage.dbt import BuildError

# Ann has two accounts (one phone) and a guest order, and shares a tablet with Bob; Gus is a guest.
SHOP = {
    "customers": "customer_id,email,phone,created_at,city,is_staff,referral_code\n"
    "ann-id-77,Ann@Example.com,+1 555 0100,2023-05-05,Erasetown,,ANNCODE\n"
    "ann-id-88,,15550100,2023-06-06,Erasetown,,\n"
    "bob,bob@example.com,,2023-07-07,Keepville,,BOBCODE\n",
    "orders": "order_id,ordered_at,customer_id,email,phone,amount,status,referral_code,country\n"
    "1,2024-01-01,ann-id-77,ann@example.com,,10,paid,,DE\n"
    "2,2024-01-05,ann-id-88,,,20,paid,BOBCODE,DE\n"
    "3,2024-02-02,,ANN@example.com,,40,paid,,DE\n"
    "4,2024-03-02,bob,bob@example.com,,80,paid,ANNCODE,DE\n"
    "5,when,ann-id-77,ann@example.com,,1,paid,,DE\n"
    "6,2024-03-03,,gus@example.com,,160,paid,,AT\n"
    "7,2024-03-03,bob,bob@example.com,,-1,paid,,Ask Ann@example.com\n",
    "events": "event_id,occurred_at,event_type,anonymous_id,customer_id,email,text\n"
    "e1,2024-01-01T10:00:00Z,page_viewed,tablet,,,\n"
    "e2,2024-01-01T11:00:00Z,page_viewed,tablet,ann-id-77,,\n"
    "e3,2024-01-02T11:00:00Z,page_viewed,tablet,,,\n"
    "e4,2024-01-03T11:00:00Z,page_viewed,tablet,bob,,\n"
    "e5,2024-01-04T11:00:00Z,page_viewed,tablet,,,\n"
    "e6,2024-01-05T11:00:00Z,product_reviewed,,bob,,thanks to Ann@example.com\n"
    "e7,2024-01-05T11:00:00Z,referral_sent,,bob,ann@example.com,\n"
    "e8,2024-01-05T12:00:00Z,page_viewed,annsphone,,ann@example.com,my Erasetext\n"
    "e9,2024-01-05T13:00:00Z,page_viewed,annsphone,,,\n",
    "refunds": "refund_id,refunded_at,amount,order_id,customer_id,reason\n"
    "r1,2024-02-05,5,1,,Ann did not like it\nr2,2024-02-06,2,,ann-id-88,\n"
    "r3,2024-03-06,1,4,,broken\n",
}
REQUESTS = (
    "customer_id,email,requested_at\nann-id-88,,2024-05-01\n,Gus@Example.com,2024-05-02\n"
    ",nobody@example.com,2024-05-03\n,,2024-05-04\n"
)
ERASED = re.compile(
    rb"ann-id|ann@example|gus@example|nobody@example|5550100|555 0100|Erasetown|ANNCODE|annsphone"
    rb"|did not like|Erasetext|2023-05-05T",
    re.IGNORECASE,
)
LEFT = (
    ".data_docs.4711-20240501101112131415/index.html",
    ".parquet.4711-20240501101112131415/core/orders.parquet",
    ".candidate.duckdb",
    "build.duckdb.wal",
    "build.duckdb.tmp/duckdb_temp_storage-0.tmp",
    "target/run/patronage/models/staging/orders/base_orders.sql",
    "target/compiled/patronage/models/staging/orders/base_orders.sql",
    "target/logs/dbt.log",
)
TOTALS = (
    "select sum(net_amount), sum(refund_amount), count(*) from core.orders",
    "select order_id, order_class, order_sequence, net_amount, status, order_date, country"
    " from core.orders order by 1",
    "select orders, order_days, net_amount, credit_note_amount, created_date from core.customers"
    " order by all",
    "from customer_share.new_customer_share order by all",
    "select * exclude (customer_key, customer_number) from customer_share.customer_share"
    " order by all",
    "from customer_share.concentration order by all",
)
KEYS = "select order_id, customer_key from core.orders order by 1"


def test_who_asked_vanishes_and_totals_stay(warehouse, shop):
    warehouse.build(shop(**SHOP), salt="pepper", as_of="2024-03-31")
    before = [warehouse.rows(sql) for sql in TOTALS]
    steps = [*warehouse.folder.glob("target/run/**/erasure_*.sql")]
    assert steps
    assert [step.name for step in steps if "read_csv" in step.read_text()] == []  # nobody asked
    assert ERASED.search((warehouse.folder / "build.duckdb").read_bytes())  # the search can find
    warehouse.build(shop(**SHOP, erasures=REQUESTS), salt="pepper")
    assert [warehouse.rows(sql) for sql in TOTALS] == before
    warehouse.publish()
    files = [warehouse.folder / "build.duckdb", warehouse.folder / "patronage.duckdb"]
    for file in [*files, *(warehouse.folder / "parquet").rglob("*.parquet")]:
        found = ERASED.search(file.read_bytes())
        assert not found, (file, found)
    keys = dict(warehouse.rows(KEYS))
    ann, gus, bob = keys["1"], keys["6"], keys["4"]
    assert keys["2"] == keys["3"] == ann
    assert bob == "files:bob"
    assert all(re.fullmatch("files:erased-[0-9a-f]{16}", key) for key in (ann, gus))
    assert ann != gus
    # two of the tablet's events were Ann's, with the one before; Bob keeps what was his
    assert warehouse.rows(
        "select event_key, customer_key, has_text from core.events order by 1"
    ) == [
        ("files:e4", bob, False),
        ("files:e5", bob, False),
        ("files:e6", bob, True),  # his review stays one, its text is gone anyway
        ("files:e7", bob, False),
    ]
    assert warehouse.rows(
        "select raw_table, reason, count(*) from core.rejected_rows group by all order by all"
    ) == [
        ("erasures", "missing customer_id and email", 1),
        ("events", "erased", 5),
        ("orders", "negative amount", 1),
        ("orders", "unparsable ordered_at", 1),
    ]
    assert warehouse.rows(
        "select raw_rows, accepted_rows, superseded_rows, rejected_rows from core.reconciliation"
        " where raw_table in ('events', 'erasures', 'customers') order by raw_table"
    ) == [(3, 3, 0, 0), (4, 3, 0, 1), (9, 4, 0, 5)]
    # Bob's order still came by a code that is not his
    assert (
        warehouse.rows("select referral_code from core.orders where order_id = '4'")[0][0]
        == ann[6:]
    )
    # the tombstone is the same next time, with more requests; not so under another salt
    warehouse.selection = ["--select", *STAGING, "+orders"]
    more = REQUESTS + "ann-id-77,,2024-06-01\n,ann@example.com,2024-06-01\n"
    warehouse.build(shop(**SHOP, erasures=more), salt="pepper")
    assert dict(warehouse.rows(KEYS)) == keys
    warehouse.build(shop(**SHOP, erasures=more), salt="mint")
    assert dict(warehouse.rows(KEYS))["1"] != ann


def test_a_shared_address_is_nobodys(warehouse, shop):
    """A request by an address on three accounts (two are allowed) erases the address, no person."""
    orders = "order_id,ordered_at,customer_id,email,amount\n" + "".join(
        f"{n},2024-01-0{n},{n},desk@example.com,{n}\n" for n in (1, 2, 3)
    )
    data = shop(orders=orders, erasures="email,requested_at\ndesk@example.com,2024-02-01\n")
    warehouse.build(data, "--vars", "{shared_contact_customer_ids: 2}", salt="pepper")
    assert warehouse.rows(KEYS) == [("1", "files:1"), ("2", "files:2"), ("3", "files:3")]
    assert warehouse.rows("select sum(net_amount) from core.orders") == [(Decimal(6),)]
    assert warehouse.rows("select count(email) from staging.base_orders") == [(0,)]


# Two accounts, or guest orders, may have an address, and two people a visitor; three are too many.
LIMITS = "{" + ", ".join(
    f"{name}: 2"
    for name in (
        "shared_contact_customer_ids", "shared_contact_guest_orders", "shared_visitor_customers"
    )
) + "}"  # fmt: skip
NEIGHBOURS = {
    "customers": "customer_id,email\nann,two@example.com\nbob,\ncy,\n",
    "orders": "order_id,ordered_at,customer_id,email,amount\n"
    "1,2024-01-01,bea,two@example.com,1\n"
    "2,2024-01-01,,guest@example.com,1\n"
    "3,2024-01-02,,guest@example.com,1\n"
    "4,2024-01-01,,desk@example.com,1\n"
    "5,2024-01-02,,desk@example.com,1\n"
    "6,2024-01-03,,desk@example.com,1\n",
    "events": "event_id,occurred_at,event_type,anonymous_id,customer_id,is_bot,email\n"
    "a1,2024-01-01T10:00:00Z,page_viewed,phone,,,\n"
    "a2,2024-01-01T11:00:00Z,page_viewed,phone,ann,,\n"
    "a3,2024-01-01T12:00:00Z,page_viewed,phone,,,\n"
    "b1,2024-01-01T12:00:00Z,page_viewed,phone,bob,,\n"
    "a4,2024-01-01T12:00:00Z,page_viewed,phone,bea,,\n"
    "b2,2024-01-01T13:00:00Z,page_viewed,phone,,,\n"
    "b3,2024-01-01T14:00:00Z,page_viewed,phone,ann,true,\n"
    "b4,2024-01-01T15:00:00Z,page_viewed,phone,,,\n"
    "t1,2024-01-01T10:00:00Z,page_viewed,till,ann,,\n"
    "t2,2024-01-01T11:00:00Z,page_viewed,till,bob,,\n"
    "t3,2024-01-01T12:00:00Z,page_viewed,till,cy,,\n"
    "t4,2024-01-01T13:00:00Z,page_viewed,till,,,\n"
    "l1,2024-01-01T10:00:00Z,newsletter_subscribed,desktop,,,Lead@example.com\n"
    "l2,2024-01-01T11:00:00Z,page_viewed,desktop,,,\n"
    "l3,2024-01-01T12:00:00Z,referral_sent,,bob,,lead@example.com\n"
    "l4,2024-01-01T12:00:00Z,referral_sent,,,,lead@example.com\n",
}


def test_who_is_erased_is_who_is_known(warehouse, shop):
    """What is a person's in the warehouse is erased with the person, at the limits, too.

    Bea has Ann's address, as two may; at one instant the greater event id says that Bob has the
    phone. A bot does not give it back. Three guests at a desk are nobody, and so is the till.
    Who is known by an event's email alone is somebody, but not by that of an invitation.
    """
    asked = "customer_id,email,requested_at\nann,,2024-02-01\n,guest@example.com,2024-02-01\n"
    asked += ",desk@example.com,2024-02-01\n,lead@example.com,2024-02-01\n"
    warehouse.selection = ["--select", *STAGING, "+events", "+orders"]
    warehouse.build(shop(**NEIGHBOURS), "--vars", LIMITS, salt="pepper")
    events = "select event_key[7:], customer_key from core.events order by 1"
    ann, bob = "files:ann", "files:bob"
    ((lead,),) = warehouse.rows("select 'files:' || md5('pepperemail:lead@example.com')")
    assert warehouse.rows(events) == [
        ("a1", ann), ("a2", ann), ("a3", bob), ("a4", ann), ("b1", bob), ("b2", bob), ("b3", ann),
        ("b4", bob), ("l1", lead), ("l2", lead), ("l3", bob), ("l4", None), ("t1", ann),
        ("t2", bob), ("t3", "files:cy"), ("t4", None),
    ]  # fmt: skip
    warehouse.build(shop(**NEIGHBOURS, erasures=asked), "--vars", LIMITS, salt="pepper")
    left = ["a3", "b1", "b2", "b4", "l3", "l4", "t2", "t3", "t4"]
    assert [event for event, _ in warehouse.rows(events)] == left
    assert not re.search(rb"(?i)lead@", (warehouse.folder / "build.duckdb").read_bytes())
    keys = dict(warehouse.rows(KEYS))
    assert keys["1"].startswith("files:erased-")
    assert keys["2"] == keys["3"] != keys["1"]
    assert keys["2"].startswith("files:erased-")
    assert [keys[order] for order in "456"] == [None] * 3


def test_a_request_needs_a_salt(warehouse, shop):
    with pytest.raises(BuildError, match="erasures need a salt: set PATRONAGE_SALT"):
        warehouse.build(shop(**SHOP, erasures=REQUESTS))


@pytest.mark.usefixtures("parsed_once")
def test_no_byte_is_left_after_the_next_build(shop, tmp_path, monkeypatch):
    """`patronage build` before and after the request: databases, Parquet, logs, Data Docs.

    What killed builds have left between the two goes, too.
    """
    monkeypatch.chdir(PROJECT)
    unset_settings(monkeypatch)
    folder = tmp_path / "warehouse"
    # an address in a country, which staging erases too, is stopped by the gate before: not here
    good = SHOP | {"orders": SHOP["orders"].replace(",Ask Ann@example.com", ",DE")}
    # of nine rows two are broken
    gates = '{"gates": {"rejected_share_to_stop": 0.5, "hit_share_to_stop": 0.5}}'
    for tables in (good, good | {"erasures": REQUESTS}):
        own = {"WAREHOUSE": str(folder), "SALT": "pepper", "DATA": str(shop(**tables))}
        run = click.testing.CliRunner().invoke(
            main,
            ["build", "--vars", gates],
            env={f"PATRONAGE_{name}": own[name] for name in own},
        )
        assert run.exit_code == 0, run.stderr
        found = {
            str(file.relative_to(folder))
            for file in folder.rglob("*")
            if file.is_file() and ERASED.search(file.read_bytes())
        }
        assert ("build.duckdb" in found) == (tables is good), found
        if tables is good:
            for left in LEFT:
                (folder / left).parent.mkdir(parents=True, exist_ok=True)
                (folder / left).write_text("ann@example.com")
    assert found == set()
