"""Of an erased person nothing is left in any text or id of anybody's row, and keys still join."""

from __future__ import annotations

import re
from itertools import product

import click.testing
import pytest
from conftest import PROJECT, STAGING, unset_settings

from patronage.cli import main
from patronage.gates import Gates, raw

CONTRACT = {name: rules for name, rules in raw.contract_of(PROJECT).items() if name != "erasures"}
TEXTS = (
    *("id", "person", "figure", "email", "phone", "text", "code", "currency", "status"),
    *("event_type", "label", "year"),
)
# what is known of Ann: an email, a phone number, an account, her referral code
TOKENS = ("ANN.Lee@Example.com", "+1 (555) 010-0199", "Ann-Id-77", "AnnCode")
ANN = re.compile(
    rb"ann\.lee(@|%40)example|555\W{0,3}010\W?0199|ann-id-77|anncode|ann\.old|Erasetown",
    re.IGNORECASE,
)
REQUESTS = "customer_id,email,requested_at\nann-id-77,,2024-06-01\n"
# a third of the poisoned rows is broken
GATES = '{"gates": {"rejected_share_to_stop": 0.9, "hit_share_to_stop": 0.9}}'
VALUES = {
    "time": "2024-03-01", "day": "2024-03-01", "birthday": "1990-01-01", "flag": "", "amount": "10",
    "number": "10", "rate": "1.5", "year": "2023",
}  # fmt: skip


def row(table: str, number: int, **given: str) -> dict[str, str]:
    """A row of Bob's, its key made of a number."""
    made = {name: VALUES.get(kind, "") for name, kind in CONTRACT[table]["columns"].items()}
    names = {"customer_id": "bob", "same_as": f"bob-{number}", "order_id": f"o{number}"}
    names |= {
        name: f"k{number}"
        for name in CONTRACT[table]["key"]
        if name not in names and CONTRACT[table]["columns"][name] not in VALUES
    }
    own = {"customers": {"customer_id": f"c{number}"}, "refunds": {"order_id": ""}}
    own |= {"consents": {"status": "granted"}, "service_tickets": {"satisfaction": "4"}}
    names |= own.get(table, {})
    names |= {"event_type": "page_viewed", "currency": "EUR"}
    return made | {name: names[name] for name in names if name in made} | given


def poisoned() -> dict[str, list[dict[str, str]]]:
    """A shop in which every text and id of every table holds each token, also in a broken row."""
    shop: dict[str, list[dict[str, str]]] = {}
    for table, rules in CONTRACT.items():
        shop[table] = rows = []
        texts = [name for name, kind in rules["columns"].items() if kind in TEXTS]
        for number, (column, token) in enumerate(product(texts, TOKENS)):
            rows.append(row(table, 3 * number, **{column: f"x-{number}:{token}"}))
            rows.append(row(table, 3 * number + 1, **{column: f'"{token}", he said {number}'}))
            broken = next(name for name, kind in rules["columns"].items() if kind in VALUES)
            rows.append(row(table, 3 * number + 2, **{column: token.upper(), broken: token}))
    shop["customers"].append(
        row("customers", 9000, customer_id="ann-id-77", email=TOKENS[0].lower(), phone=TOKENS[1],
            referral_code="ANNCODE", city="Erasetown")
    )  # fmt: skip
    return shop


def test_every_text_and_id_says_what_erasure_does_with_it():
    words = {"keep", "scrub", "null", "tombstone", "address", "replace"}
    for table, rules in CONTRACT.items():
        assert set(rules["on_erasure"]) <= set(rules["columns"]), table
        assert set(rules["on_erasure"].values()) <= words, table
        kept = [name for name, word in rules["on_erasure"].items() if word == "keep"]
        assert [name for name in kept if rules["columns"][name] in TEXTS] == [], table


@pytest.mark.usefixtures("parsed_once")
def test_no_byte_of_a_poisoned_shop_is_left(shop, tmp_path, monkeypatch):
    """A whole build: databases, Parquet, target, logs, Data Docs, log, and the rejected rows."""
    monkeypatch.chdir(PROJECT)
    unset_settings(monkeypatch)
    folder = tmp_path / "warehouse"
    data = shop(**poisoned(), erasures=REQUESTS)
    for table, rules in CONTRACT.items():  # the shop is poisoned, and the search can find it
        text = (data / f"{table}.csv").read_bytes()
        assert len(ANN.findall(text)) >= 12 * sum(k in TEXTS for k in rules["columns"].values())
    own = {"WAREHOUSE": str(folder), "SALT": "pepper", "DATA": str(data), "CURRENCY": "EUR"}
    environment = {f"PATRONAGE_{name}": own[name] for name in own}
    runner = click.testing.CliRunner()
    run = runner.invoke(main, ["build", "--vars", GATES], env=environment)
    assert run.exit_code == 0, run.stderr
    rejects = runner.invoke(main, ["rejects", "--to", str(folder / "mend.csv")], env=environment)
    assert "mend_orders.csv" in rejects.output
    for said in (run.output, run.stderr, rejects.output):
        assert not ANN.search(said.encode())
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert {"build.duckdb", "patronage.duckdb", "build_log.json", "mend_orders.csv"} <= {
        file.name for file in files
    }
    assert [str(file) for file in files if ANN.search(file.read_bytes())] == []


# Ann asks in the web shop; the stores know her by her email. What is like hers but another's stays.
WEB = {
    "customers": "customer_id,email,phone,created_at,referral_code,_loaded_at\n"
    "ann-id-77,ann.old@example.com,,2023-01-01,,2023-01-01\n"  # replaced by the next
    "ann-id-77,ann.lee@example.com,,2023-01-01,ANNCODE,2023-02-01\n"
    "ann-id-778,joann.lee@example.com,,2023-01-01,ANNCODE2,2023-01-01\n"
    "ann-id-77,ann.last@example.com,,never,,2023-03-01\n"  # rejected
    "bob,mary.ann.lee@example.com,,2023-01-01,,2023-01-01\n",
    "orders": "order_id,ordered_at,customer_id,email,amount,referral_code,coupon_code,channel\n"
    "ann.lee@example.com,2024-01-01,bob,,10,anncode,,app\n"
    "2,2024-01-02,,ann.old@example.com,20,ANNCODE,for ann.last@example.com,web\n"
    "3,2024-01-03,ANN-ID-77;,,40,ANNCODE2,,ask ann-id-778\n",
    "order_lines": "order_id,line_id,product_id,amount\n"
    "ann.lee@example.com,1,p/ann.lee@example.com,6\nann.lee@example.com,2,q,4\n",
    "products": "product_id,name\n"
    "p/ann.lee@example.com,To ann%40example.com or ann.lee%40Example.com\n",
    "refunds": "refund_id,refunded_at,amount,order_id\nr1,2024-01-05,3,ann.lee@example.com\n",
    "erasures": REQUESTS,
}  # fmt: skip
STORES = {
    "customers": "customer_id,email,city\n"
    "9,ANN.LEE@example.com,Erasetown\nann-id-77,zoe@example.com,Wien\n",
    "orders": "order_id,ordered_at,customer_id,amount,region\n1,2024-01-01,9,5,see ann-id-77\n"
    "2,2024-01-01,ann-id-77,6,Tirol\n",
}
LEFT = re.compile(rb"ann\.lee(@|%40)example|ann\.old|ann\.last|Erasetown|anncode\b", re.IGNORECASE)


def test_keys_join_and_what_is_anothers_stays(warehouse, shop):
    sources = [
        {"name": "web", "path": str(shop("web", **WEB))},
        {"name": "stores", "path": str(shop("stores", **STORES))},
    ]
    warehouse.selection = ["--select", *STAGING]
    warehouse.build(sources=sources, salt="pepper")
    found = LEFT.findall((warehouse.folder / "build.duckdb").read_bytes().replace(
        b"joann.lee@example", b"").replace(b"mary.ann.lee@example", b""))  # fmt: skip
    assert found == []
    (line,) = warehouse.rows(
        "select count(*), sum(lines.amount), count(refunds.order_id), count(products.name),"
        " count(distinct orders.order_id) from staging.stg_orders as orders"
        " join staging.stg_order_lines as lines using (source, order_id)"
        " left join staging.stg_products as products using (source, product_id)"
        " left join staging.stg_refunds as refunds using (source, order_id)"
        " where orders.order_id like 'erased-________________'"
    )
    assert line == (2, 10, 2, 1, 1)
    orders = dict(
        warehouse.rows("select amount::int, customer_id from staging.stg_orders order by 1")
    )
    # a broken id of hers and an order under her old address are other tombstones than she is
    assert orders[10] == "bob"
    assert orders[6] == "ann-id-77"  # the stores' own, somebody else
    assert all(re.fullmatch("erased-[0-9a-f]{16}", orders[n]) for n in (5, 20, 40)), orders
    assert len({orders[n] for n in (5, 20, 40)}) == 3
    codes = dict(warehouse.rows("select amount::int, referral_code from staging.stg_orders"))
    assert codes[20] == orders[5]  # her code, as she herself
    assert codes[10] == codes[20]  # in other letters, too
    assert codes[40] == "anncode2"
    assert warehouse.rows(
        "select customer_id, email, city from staging.stg_customers"
        " where not starts_with(customer_id, 'erased-') order by 1, 2"
    ) == [
        ("ann-id-77", "zoe@example.com", "Wien"),
        ("ann-id-778", "joann.lee@example.com", None),
        ("bob", "mary.ann.lee@example.com", None),
    ]
    assert dict(warehouse.rows("select amount::int, channel from staging.stg_orders"))[40] == (
        "ask ann-id-778"
    )


def test_the_only_holder_of_a_column_may_be_erased(warehouse, shop):
    """And what is lost without having been erased still stops the build."""
    header = "customer_id,email,city,lock_in\n"
    rows = [f"c{n},c{n}@example.com,Wien,{'yes' * (n == 7)}" for n in range(40)]
    orders = "order_id,ordered_at,customer_id,amount\n1,2024-01-01,c1,5\n"
    heads = "event_id,occurred_at,event_type,customer_id,email\n"
    events = [f"{n},2024-01-01,page_viewed,c1,{'c7@example.com' * (n == 3)}" for n in range(40)]
    tables = {
        "customers": header + "\n".join(rows),
        "orders": orders,
        "events": heads + "\n".join(events),
    }
    warehouse.selection = ["--select", *STAGING, "path:seeds"]
    file = warehouse.folder / "build.duckdb"
    limits = {"rejected_share_to_warn": 0.01, "rejected_share_to_stop": 0.2, "fewest_rows": 0.5,
              "most_rows": 10, "least_filled": 0.5, "compared_from_rows": 30,
              "reused_keys_share_to_stop": 0.01, "hit_share_to_stop": 0.05}  # fmt: skip
    contract = raw.contract_of(PROJECT)
    warehouse.build(shop(**tables), salt="pepper")
    last = raw.profile(file, contract)
    assert last["files/customers"]["filled"]["lock_in"] == 0.025
    requests = "customer_id,requested_at\nc7,2024-06-01\n"
    warehouse.build(shop(**tables, erasures=requests), salt="pepper")
    now = raw.profile(file, contract)
    assert "lock_in" not in now["files/customers"]["filled"]
    assert Gates().check("raw", file, raw.suites(PROJECT, now, last, limits, None)).failed == []
    last["files/customers"]["filled"]["job_title"] = 0.5
    failed = Gates().check("raw", file, raw.suites(PROJECT, now, last, limits, None)).failed
    assert [line.split(" (last")[0] for line in failed] == [
        "raw files customers: job_title is filled in 24% of rows"
    ]
