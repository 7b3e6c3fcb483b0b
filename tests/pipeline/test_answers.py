"""A build ends with its answers."""

from __future__ import annotations

from patronage.answers import answers
from patronage.gates.orders import lost_money

ORDERS = """order_id,ordered_at,customer_id,amount,status
1,2024-01-01,a,10,paid
2,2024-02-01,a,1030,paid
3,2024-02-15,b,60,paid
4,2024-02-20,,20,paid
5,2024-02-20,c,99,cancelled
6,soon,c,7.5,paid
"""


def test_the_answers_are_those_of_the_marts(warehouse, shop):
    """10 and 60 of 1,120 are first orders; the better of two buyers has 1,040 of 1,100."""
    warehouse.build(shop(orders=ORDERS), currency="EUR")
    build = warehouse.folder / "build.duckdb"
    assert answers(build, 2, 1, lost_money(build, ["files"])) == [
        "period           2024-01-01 to 2024-02-20",
        "orders           4 by 2 buyers, 1 of nobody known",
        "net amount       1,120.00 EUR",
        "new customers    6.2% of the net amount of the last 12 months; at most, as some may have "
        "bought before the data begins",
        "best fifth       94.5% of the net amount of the last 12 months",
        "at risk, lapsed  60 and 180 days after a first order (configured, 0 returns, history too "
        "short); 60 and 180 days after later ones (configured, 0 returns, history too short)",
        "customer value   purchases insufficient data, amounts insufficient data",
        "rejected         1 raw row, 7.50 EUR of 1 order (`patronage rejects` shows why)",
        "warnings         2, named above",
    ]


def test_an_empty_shop_has_answers(warehouse, shop):
    warehouse.build(shop(orders="order_id,ordered_at\n"))
    build = warehouse.folder / "build.duckdb"
    lines = answers(build, 0, 0, lost_money(build, ["files"]))
    told = {line[:17].strip(): line[17:] for line in lines}
    assert told["period"] == "no orders"
    assert told["orders"] == "0 by 0 buyers"
    assert told["net amount"] == "0.00"
    assert told["new customers"] == told["best fifth"] == "unknown: no sales"
    assert (told["rejected"], told["warnings"]) == ("nothing", "none")
