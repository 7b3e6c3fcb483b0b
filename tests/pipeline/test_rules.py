"""Small shops, worked out by hand, through the whole pipeline."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from patronage.dbt import BuildError

MARTS = ["path:models/marts/core", "new_customer_share"]  # all that is looked at here
A, B, C = date(2024, 1, 10), date(2024, 2, 10), date(2024, 3, 10)


def test_amounts_of_lines_refunds_and_two_currencies(warehouse, shop):
    """EUR is reported; 1 USD = 0.9 EUR from 5 January.

    o1 (EUR): lines 2 x 10 - 1 = 19 and 5, 24 after 1 of discount; the header's 3 of discount are
    2 more: gross 25, discount 3; refunded 4 and 1 (one more after as_of), net 17.
    o2 (USD): 10 and 0.0001 -> 9 and 0.0001 (0.00009 rounded): 9.0001.
    o3 (USD, 4 January): no rate yet, rejected, its line and refund with it.
    o4: header only, 7 after 2 of discount: gross 9, net 7. The credit note of 1.5 is b's.
    """
    data = shop(
        orders="order_id,ordered_at,customer_id,currency,amount,discount_amount\n"
        "o1,2024-01-10,a,EUR,999,3\no2,2024-01-10,a,USD,,\no3,2024-01-04,b,usd,5,\no4,2024-01-20,b,,7,2\n",
        order_lines="order_id,line_id,product_id,quantity,unit_price,discount_amount,amount\n"
        "o1,1,p,2,10,1,\no1,2,q,1,,,5\no2,1,p,1,10,,\no2,2,p,1,,,0.0001\no3,1,p,1,1,,\n",
        refunds="refund_id,refunded_at,order_id,amount,customer_id\n"
        "r1,2024-01-11,o1,4,\nr2,2023-12-31,o1,1,\nr3,2024-02-02,o1,100,\nr4,2024-01-11,o3,1,\n"
        "n1,2024-02-01,,1.5,b\n",
        fx_rates="currency,rate_date,rate\nUSD,2024-01-05,0.9\n",
    )
    warehouse.build(data, currency="EUR", as_of="2024-02-01", checks=True)
    assert warehouse.rows(
        "select order_id, gross_amount, discount_amount, refund_amount, net_amount from core.orders"
        " order by 1"
    ) == [
        ("o1", Decimal(25), Decimal(3), Decimal(5), Decimal(17)),
        ("o2", Decimal("9.0001"), Decimal(0), Decimal(0), Decimal("9.0001")),
        ("o4", Decimal(9), Decimal(2), Decimal(0), Decimal(7)),
    ]
    assert warehouse.rows(
        "select raw_table, row_key, reason from core.rejected_rows order by 1"
    ) == [
        ("order_lines", "o3:1", "unknown order"),
        ("orders", "o3", "no rate for currency"),
        ("refunds", "r4", "unknown order"),
    ]
    assert warehouse.rows("select customer_key, net_amount from core.customers order by 1") == [
        ("files:a", Decimal("26.0001")),
        ("files:b", Decimal("5.5")),
    ]
    # the refund of 31 December counts in January, its order's month
    assert warehouse.rows(
        "select period_start, total_net_amount, ledger_net_amount, credit_note_amount"
        " from customer_share.new_customer_share"
        " where period_grain = 'month' and breakdown = 'total' order by 1"
    ) == [
        (date(2024, 1, 1), Decimal("33.0001"), Decimal("33.0001"), Decimal(0)),
        (date(2024, 2, 1), Decimal(0), Decimal("-1.5"), Decimal("1.5")),
    ]


def test_several_currencies_need_a_reporting_currency(warehouse, shop):
    data = shop(
        orders="order_id,ordered_at,currency,amount\n1,2024-01-01,USD,1\n2,2024-01-01,EUR,1\n"
    )
    with pytest.raises(BuildError, match=r"several currencies are present \(EUR, USD\): say in"):
        warehouse.build(data)


def test_the_only_currency_present_needs_no_setting(warehouse, shop):
    data = shop(
        orders="order_id,ordered_at,currency,amount\n1,2024-01-01,chf,1\n2,2024-01-01,,2\n"
        "3,when?,USD,4\n"
    )
    warehouse.build(data)
    assert warehouse.rows("select sum(net_amount) from core.orders") == [(Decimal(3),)]


IDENTITIES = {
    # a and b share an email (case and blanks aside), b and c a phone, c and d an identities row
    "customers": "customer_id,email,phone\n"
    "a, Ann@Example.com ,\nb,ann@example.com,+1 (555) 0100\nd,,\ne,eve@example.com,\n",
    "orders": "order_id,ordered_at,customer_id,email,phone,amount\n"
    "1,2024-01-10,c,,15550100,1\n"
    "2,2024-01-11,,ANN@example.com,,2\n"  # a guest with an account's email
    "3,2024-01-12,,new@example.com,1 555 0100,4\n"  # unknown email, known phone
    "4,2024-01-13,,new@example.com,,8\n"  # an own person: guests lend no address to an account
    "5,2024-01-14,,,999,16\n"  # an own person by phone
    "6,2024-01-15,,,,32\n"  # nobody
    "7,2024-01-16,,eve@example.com,1-555-0100,64\n",  # email before phone, and no bridge
    "identities": "customer_id,same_as\nd,c\nd,z\n",
}


def test_identity(warehouse, shop):
    warehouse.build(shop(**IDENTITIES), checks=True)
    keys = dict(warehouse.rows("select order_id, customer_key from core.orders"))
    assert {order: keys[order] for order in "1236"} == {
        "1": "files:a",
        "2": "files:a",
        "3": "files:a",
        "6": None,
    }
    assert keys["7"] == "files:e"
    assert len({keys["4"], keys["5"], "files:a", "files:e"}) == 4
    assert warehouse.rows(
        "select customer_ids, net_amount from core.customers where customer_key = 'files:a'"
    ) == [(5, Decimal(7))]


def test_shops_share_their_customers_by_address(warehouse, shop):
    first = shop("first", orders="order_id,ordered_at,customer_id,email\n1,2024-01-01,9,x@y.zz\n")
    other = shop(
        "other",
        orders="order_id,ordered_at,customer_id,email\n1,2024-01-01,1,X@y.zz\n2,2024-01-01,9,\n",
    )
    warehouse.build(
        sources=[{"name": "b", "path": str(first)}, {"name": "a", "path": str(other)}], checks=True
    )
    assert warehouse.rows("select order_key, customer_key from core.orders order by 1") == [
        ("a:1", "a:1"),
        ("a:2", "a:9"),
        ("b:1", "a:1"),
    ]


@pytest.mark.parametrize("length", [2, 300])
def test_a_long_chain_of_accounts_is_one_person(warehouse, shop, length):
    links = [{"customer_id": f"c{i:04}", "same_as": f"c{i + 1:04}"} for i in range(length - 1)]
    orders = [
        {"order_id": i, "ordered_at": "2024-01-01", "customer_id": f"c{i:04}"}
        for i in range(length)
    ]
    warehouse.build(shop(orders=orders, identities=links))
    assert warehouse.rows("select customer_key, customer_ids from core.customers") == [
        ("files:c0000", length)
    ]


def test_as_of_gives_what_would_have_been_known_then(warehouse, shop):
    data = {
        "orders": "order_id,ordered_at,customer_id,amount\n"
        "1,2024-01-10,a,10\n2,2024-01-31,a,20\n3,2024-02-01,b,40\n",
        "refunds": "refund_id,refunded_at,order_id,amount\nr1,2024-01-31,1,1\nr2,2024-02-01,1,2\n",
        "events": "event_id,occurred_at,event_type,customer_id\n"
        "e1,2024-01-31T23:59:59Z,page_viewed,c\ne2,2024-02-01T00:00:00Z,page_viewed,d\n",
    }
    warehouse.build(shop(**data), as_of="2024-01-31", checks=True)
    assert warehouse.rows("select count(*), sum(net_amount) from core.orders") == [(2, Decimal(29))]
    assert warehouse.rows("select customer_key from core.customers order by 1") == [
        ("files:a",),
        ("files:c",),
    ]
    assert warehouse.rows("select max(next_order_date), count(*) from core.orders") == [
        (date(2024, 1, 31), 2)
    ]
    warehouse.build(shop(**data), as_of="2024-02-02", checks=True)
    assert warehouse.rows("select count(*), sum(net_amount) from core.orders") == [(3, Decimal(67))]


def test_keys_stay_apart_whatever_the_ids(warehouse, shop):
    orders = [
        {"order_id": order, "ordered_at": "2024-01-01", "amount": 1}
        for order in ("a", "a:b", "a\\", "a\\:b", " 007 ", "7", "7.0", "Straße 🛒", "אבג")
    ]
    lines = [
        {"order_id": "a", "line_id": "b:c", "amount": 1},
        {"order_id": "a:b", "line_id": "c", "amount": 2},
        {"order_id": "a\\", "line_id": ":b", "amount": 3},
        {"order_id": "a\\:b", "line_id": "", "amount": 3},
    ]
    warehouse.build(shop(orders=orders, order_lines=lines), checks=True)
    assert warehouse.rows("select count(*) from core.orders") == [(8,)]  # 7 and 7.0 are one
    assert warehouse.rows("select count(distinct order_line_key) from core.order_lines") == [(3,)]
    assert warehouse.rows("select reason from core.rejected_rows") == [("missing line_id",)]


def test_the_order_of_rows_and_files_decides_nothing(warehouse, shop):
    rows = [
        {"order_id": 1, "ordered_at": "2024-01-01", "amount": 10, "_loaded_at": "2024-01-02"},
        {"order_id": 1, "ordered_at": "2024-01-01", "amount": 9, "_loaded_at": "2024-01-02"},
        {"order_id": 1, "ordered_at": "2024-01-01", "amount": 10, "_loaded_at": "2024-01-02"},
        {"order_id": 1, "ordered_at": "2024-01-01", "amount": 99, "_loaded_at": "2024-01-01"},
        {"order_id": 1, "ordered_at": "2024-01-01", "amount": "oops", "_loaded_at": "2024-01-09"},
    ]
    for turned in (rows, rows[::-1]):
        warehouse.build(shop(orders=turned))
        assert warehouse.rows("select net_amount from core.orders") == [(Decimal(10),)]
        assert warehouse.rows(
            "select raw_rows, accepted_rows, superseded_rows, rejected_rows"
            " from core.reconciliation where raw_table = 'orders'"
        ) == [(5, 1, 3, 1)]


def test_the_raw_row_of_a_rejected_row_is_kept_in_private(warehouse, shop):
    warehouse.build(
        shop(orders='order_id,ordered_at,email\n1,32 May,ann@example.com\n"2, 3",2024-01-01,\n')
    )
    assert warehouse.rows("select raw_row from staging.quarantine_orders") == [
        ('{"order_id":"1","ordered_at":"32 May","email":"ann@example.com"}',)
    ]
