"""The raw gate looks at deliveries as a whole: good rows alone do not make good numbers."""

from __future__ import annotations

from collections import defaultdict

import duckdb
import pytest
from conftest import PROJECT, STAGING
from test_gates import LIMITS

from patronage.contract import contract_of
from patronage.gates import Gates
from patronage.gates import raw as raw_gate
from patronage.gates.clock import clock

ORDER = {"ordered_at": "2024-03-01", "customer_id": "a", "amount": "10", "status": "paid"}


def orders(count: int, **changed: str) -> list[dict[str, str]]:
    """Orders 1 to `count` of one customer; `{n}` in what is changed is an order's number."""
    rows = []
    for n in range(1, count + 1):
        row = {"order_id": str(n)} | ORDER | changed
        rows.append({column: value.format(n=n) for column, value in row.items()})
    return rows


def lines(*amounts: str, order: str = "{n}") -> list[dict[str, str]]:
    """A line of each amount, of orders 1, 2, …, or all of one order."""
    return [
        {"order_id": order.format(n=n), "line_id": str(n), "amount": amount}
        for n, amount in enumerate(amounts, 1)
    ]


def states(last: str) -> list[dict[str, str]]:
    """Three orders, of one another state that was loaded on a date."""
    first = orders(3, _loaded_at="2024-03-01", status="paid")
    return [*first, *orders(1, _loaded_at=last, status="shipped")]


STATUSES = ["Frozen", "frozen", "Отменён", "cancelled_by_us", "refunded", "refunded", "paid"]
# a source of each kind: its tables
SHOPS = {
    "good": {"orders": orders(3), "order_lines": lines("10", "9.99")},
    # two of 200 rows are a hundredth, three of 200 are more; a new version keeps customer and date
    "versions": {"orders": [*orders(198), *orders(2, customer_id="b")]},
    "twice": {
        "orders": [*orders(197), *orders(2, ordered_at="2024-02-28"), *orders(1, customer_id="b")]
    },
    "article_as_line": {
        "orders": orders(3),
        "order_lines": [
            {"order_id": "1", "line_id": "p", "amount": amount, "_loaded_at": ""}
            for amount in ("10", "10", "4")
        ],
    },
    # one customer and date, another amount; a later state is a version, one of the same time none
    "same_day_twice": {"orders": [*orders(197), *orders(3, amount="30")]},
    "later_state": {"orders": states("2024-03-02")},
    "same_time": {"orders": states("2024-03-01")},
    "in_two_files": {"orders/a": orders(100), "orders/b": orders(100, amount="30")},
    "spend_twice": {
        "orders": orders(3),
        "marketing_spend": [{"spend_date": "2024-03-01", "amount": n} for n in ("100", "40", "40")],
    },
    "newer_line": {
        "orders": orders(3),
        "order_lines": [
            {"order_id": "1", "line_id": "p", "amount": amount, "_loaded_at": loaded_at}
            for amount, loaded_at in (("4", "2024-03-01"), ("10", "2024-03-02"))
        ],
    },
    "spreadsheet": {
        "orders": [*orders(2), {"order_id": "3"} | ORDER | {"customer_id": "4.36601E+11"}]
    },
    "statuses": {
        "orders": [
            {"order_id": str(n)} | ORDER | {"status": status}
            for n, status in enumerate(STATUSES, 1)
        ],
        "refunds": [
            {"refund_id": "r", "refunded_at": "2024-03-02", "amount": "1", "order_id": "5"},
        ],
        "events": [
            {"event_id": str(n), "occurred_at": "2024-03-01", "event_type": event_type}
            for n, event_type in enumerate(["sneezed", "page_viewed", "sneezed"])
        ],
    },
    "late_start": {
        "orders": [{"order_id": "0"} | ORDER | {"ordered_at": "2023-03-01"}, *orders(3)]
    },
    "early_start": {
        "orders": [{"order_id": "0"} | ORDER | {"ordered_at": "2023-03-02"}, *orders(3)]
    },
    "nobody": {"orders": orders(3, customer_id="")},
    "an_email": {"orders": orders(3, customer_id="", email="x@y.z")},
    "id_per_order": {"orders": orders(30, customer_id="c{n}")},
    "few_orders": {"orders": orders(29, customer_id="c{n}")},
    "no_amount": {"orders": orders(3, amount="")},
    # a cent and 1 %: 10 and 10.1, .5 and .51 are near enough
    "headers": {
        "orders": [*orders(2), {"order_id": "3"} | ORDER | {"amount": "0.5"}],
        "order_lines": lines("10.1", "10.11", "0.51"),
    },
    # one order in twenty is a twentieth, and two are more: of a line of unknown money
    "one_hit": {"orders": orders(20), "order_lines": lines("10", "x")},
    "two_hit": {"orders": orders(20), "order_lines": lines("x", "x")},
    # 11 of 211, of three orders: a rejected one, a line of another, a line of none at all
    "money_hit": {
        "orders": [*orders(20), {"order_id": "21"} | ORDER | {"ordered_at": "soon"}],
        "order_lines": [
            {"order_id": "1", "line_id": "1", "quantity": "-1", "amount": "0.5"},
            {"order_id": "99", "line_id": "1", "amount": "0.5"},
            {"order_id": "21", "line_id": "1", "amount": "10"},
        ],
    },
    # a typo says nothing of what was lost, nor does what an accepted version stands for
    "typo_hit": {
        "orders": [
            *orders(40),
            {"order_id": "1"} | ORDER | {"ordered_at": "soon"},
            {"order_id": "41"} | ORDER | {"amount": "5000000000000"},
        ]
    },
    # 10^22 at a rate has more digits than a number can have; 2 * 10^11 has not
    **{
        name: {
            "orders": orders(40),
            "order_lines": [
                {"order_id": "1", "line_id": "", "product_id": "p"}
                | {"quantity": quantity, "unit_price": price}
            ],
        }
        for name, quantity, price in (
            ("typo_line", "99999999999", "99999999999"),
            ("dear_line", "1000", "200000000"),
        )
    },
    "left_out": {"orders": [*orders(19), {"order_id": "20"} | ORDER | {"amount": ""}]},
    # 1 KWD is 3 EUR: 40 of 1120 EUR are less than a twentieth, 120 of them more; JPY 9000 are 54
    "dinars_hit": {
        "orders": [
            *orders(100),
            *orders(1, order_id="kwd", currency="KWD", amount="1"),
            *orders(1, order_id="lost", currency="KWD", amount="40", ordered_at="soon"),
        ],
        "fx_rates": [{"currency": "KWD", "rate_date": "2024-01-01", "rate": "3"}],
    },
    "yen_hit": {
        "orders": [
            *orders(100, amount="50"),
            *orders(1, order_id="lost", currency="JPY", amount="9000", shipping_amount="x"),
        ],
        "fx_rates": [{"currency": "JPY", "rate_date": "2024-01-01", "rate": "0.006"}],
    },
    # as_of is the day of the one refund: who cancels on it has bought nothing, who does later has
    "cancelled": {
        "orders": [
            *orders(38),
            *orders(1, order_id="x", amount="", cancelled_at="2024-03-02"),
            *orders(1, order_id="y", amount="", cancelled_at="2024-03-03"),
        ]
    },
    "draft": {"orders": [*orders(19), *orders(1, order_id="x", amount="", status="draft")]},
    "commas": {"orders": [*orders(40), {"order_id": "x"} | ORDER | {"amount": "1.012,50"}]},
}  # fmt: skip

ONE_FILE = (
    "agree in customer_id and order_date, and of one file in all else, but for a later _loaded_at"
)
TWICE = f"rows of one order_id {ONE_FILE}: found rows"
SPEND_TWICE = (
    "rows of one spend_date and channel and campaign_id and purpose and currency agree of one file "
    "in all, but for a later _loaded_at: found rows"
)
LINES_TWICE = (
    "rows of one order_id and line_id agree in all else, but for a later _loaded_at: found rows"
)
REJECTED = "of the rows are rejected: found reason"  # of tables so small
HIT = "what is rejected or without an amount hits at most"


def hit(amount: str, percent: str, orders: int, of_orders: str, without: int = 0) -> list[str]:
    """What is said of rejections in money that warn and stop."""
    found = (
        f"of the amount and of the orders: found rejected_amount {amount}, percent_of_amount "
        f"{percent}, hit_orders {orders}, percent_of_orders {of_orders}, without_amount {without}"
    )
    return [f"{HIT} 1% {found}", f"! {HIT} 5% {found}"]


# what is said of each: warnings, and what stops (!)
SAID = {
    "versions": [f"no id used twice: {TWICE} 2, percent 1.0, examples 1 2"],
    "twice": [
        f"no id used twice: {TWICE} 3, percent 1.5, examples 1 1 2",
        f"! an id used twice in at most 1% of the rows: {TWICE} 3, percent 1.5, examples 1 1 2",
    ],
    "same_day_twice": [
        f"no id used twice: {TWICE} 3, percent 1.5, examples 1 2 3",
        f"! an id used twice in at most 1% of the rows: {TWICE} 3, percent 1.5, examples 1 2 3",
    ],
    "same_time": [
        f"no id used twice: {TWICE} 1, percent 25.0, examples 1",
        f"! an id used twice in at most 1% of the rows: {TWICE} 1, percent 25.0, examples 1",
    ],
    "spend_twice": [
        f"no id used twice: {SPEND_TWICE} 2, percent 66.67, examples 2024-03-01 2024-03-01",
        f"! an id used twice in at most 1% of the rows: {SPEND_TWICE} 2, percent 66.67, "
        "examples 2024-03-01 2024-03-01",
    ],
    "dinars_hit": hit("120.00", "10.69", 1, "0.98"),
    "yen_hit": hit("54.00", "1.07", 1, "0.99")[:1],
    "article_as_line": [
        f"no id used twice: {LINES_TWICE} 1, percent 33.33, examples 1",
        f"! an id used twice in at most 1% of the rows: {LINES_TWICE} 1, percent 33.33, examples 1",
    ],
    "spreadsheet": [
        "no id was cut by a spreadsheet (4.36601E+11: it is empty here): "
        "found column_name customer_id, rows 1"
    ],
    "statuses": [
        "status is in the seed order_statuses (others are sales): found status frozen, rows 2, "
        "examples 1 2; status отменён, rows 1, examples 3",
        "a refunded order has a refund row (else all of it counts as refunded on its date): "
        "found orders 1, examples 6",
        "event_type is in the seed event_points (others score 0): found event_type sneezed, "
        "rows 2, examples 0 2",
    ],
    "late_start": [
        "the first order is within 365 days of the next (a default date?): "
        "found first 2023-03-01, next 2024-03-01, order_id 0"
    ],
    "nobody": [
        "some order has a customer_id, an email or a phone (else nobody is known): found orders 3"
    ],
    "id_per_order": [
        "some customer has two orders (else customer_id is an id per order): "
        "found orders 30, examples 1 10 11"
    ],
    "no_amount": [
        "! some order has an amount, of its own or of its lines: found orders 3",
        "every sale has an amount, of its own or of its lines: found orders 3, examples 1 2 3",
        *hit("0.00", "None", 3, "100.0", without=3),
    ],
    "headers": [
        "an order's amount is that of its lines, to a cent and 1% (lines count): "
        "found orders 1, examples 2"
    ],
    "one_hit": hit("0.00", "0.0", 1, "5.0")[:1],
    "two_hit": hit("0.00", "0.0", 2, "10.0"),
    "money_hit": hit("11.00", "5.21", 3, "14.29"),
    "typo_hit": hit("0.00", "0.0", 1, "2.44")[:1],
    "typo_line": hit("0.00", "0.0", 1, "2.5")[:1],
    "dear_line": hit("200000000000.00", "100.0", 1, "2.5"),
    "left_out": [
        "every sale has an amount, of its own or of its lines: found orders 1, examples 20",
        *hit("0.00", "0.0", 1, "5.0", without=1)[:1],
    ],
    "cancelled": [
        "every sale has an amount, of its own or of its lines: found orders 1, examples y",
        *hit("0.00", "0.0", 1, "2.5", without=1)[:1],
    ],
    "commas": [
        "numbers have a decimal point, as in 12.50 (rows with 12,50 are rejected): "
        "found column_name amount, rows 1",
        *hit("0.00", "0.0", 1, "2.44")[:1],
    ],
}


@pytest.fixture(scope="module")
def said(build_apart, tmp_path_factory) -> dict[str, list[str]]:
    """What the raw gate says of each source, all built together; `!` before what stops."""
    folder = tmp_path_factory.mktemp("sources")
    for name, tables in SHOPS.items():
        for table, rows in tables.items():
            (folder / name / table).parent.mkdir(parents=True, exist_ok=True)
            columns = list(dict.fromkeys(column for row in rows for column in row))
            text = [columns, *([row.get(column, "") for column in columns] for row in rows)]
            quoted = "\n".join(",".join(f'"{cell}"' for cell in row) for row in text)
            (folder / name / f"{table}.csv").write_text(quoted + "\n")
    sources = [{"name": name, "path": str(folder / name)} for name in SHOPS]
    warehouse = build_apart(
        None, "--select", "path:seeds", *STAGING, sources=sources, currency="EUR"
    )
    return said_of(warehouse.folder / "build.duckdb", LIMITS)


def said_of(file, limits) -> dict[str, list[str]]:
    """What the raw gate says of each source of a build."""
    found = raw_gate.profile(file, contract_of(PROJECT))
    outcome = Gates().check("raw", file, raw_gate.suites(PROJECT, found, {}, limits, None))
    lines_of = defaultdict(list)
    for mark, told in (("", outcome.warned), ("! ", outcome.failed)):
        for line in told:
            suite, _, rest = line.removeprefix("raw ").partition(": ")
            lines_of[suite.split()[0]].append(mark + rest)
    return lines_of


@pytest.mark.parametrize(
    ("as_of", "last_sale", "events", "is_dated", "warned"),
    [
        ("2024-03-08", "2024-03-01", ["2024-03-08"], False, []),
        ("2024-03-09", "2024-03-01", [], False, ["at most 7 days after the last sale"]),
        ("2024-03-01", "2024-03-01", ["2025-03-01"], False, ["events 1, latest 2025-03-01"]),
        ("2024-03-01", "2024-03-01", ["2025-03-01"], True, []),
        (None, None, [], False, []),
    ],
)
def test_the_date_of_the_warehouse_is_looked_at(
    tmp_path, as_of, last_sale, events, is_dated, warned
):
    file = tmp_path / "build.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema core; create schema staging")
        connection.execute("create table core.as_of as select cast(? as date) as as_of", [as_of])
        connection.execute(
            "create table core.orders as select cast(? as date) as order_date, true as is_valid",
            [last_sale],
        )
        connection.execute("create table staging.stg_events (event_date date)")
        for event_date in events:
            connection.execute("insert into staging.stg_events values (?)", [event_date])
    outcome = Gates().check("raw", file, [clock(file, is_dated)])
    assert outcome.failed == []
    assert len(outcome.warned) == len(warned)
    assert all(part in line for part, line in zip(warned, outcome.warned, strict=True))


@pytest.mark.parametrize("name", SHOPS)
def test_a_delivery_is_looked_at_as_a_whole(said, name):
    lines = [line for line in said.get(name, []) if REJECTED not in line]
    assert sorted(lines) == sorted(SAID.get(name, []))
