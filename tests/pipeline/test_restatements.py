"""Why a month's numbers changed since the file published before: to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from patronage.restatements import write_restatements

BEFORE = {
    "orders": (
        "order_id,ordered_at,customer_id,status,amount\n"
        "1,2024-01-10,a,paid,10\n"  # will not be the first any more
        "2,2024-02-20,a,paid,20\n"  # will be refunded in part
        "3,2024-01-31,b,paid,30\n"  # b is a: no first, and refunded in part
        "4,2024-03-01,c,paid,40\n"  # will be cancelled
        "5,2024-02-02,d,paid,50\n"  # was in January, after all
        "6,2024-03-05,a,paid,60\n"  # stays as it is
        "7,2024-03-05,,paid,5\n"  # belongs to somebody, for whom it is no first
    )
}
AFTER = {
    "orders": (
        "order_id,ordered_at,customer_id,status,amount\n"
        "1,2024-01-10,a,paid,10\n"
        "2,2024-02-20,a,paid,20\n"
        "3,2024-01-31,b,paid,30\n"
        "4,2024-03-01,c,cancelled,40\n"
        "5,2024-01-02,d,paid,50\n"
        "6,2024-03-05,a,paid,60\n"
        "7,2024-03-05,a,paid,5\n"
        "8,2023-12-24,a,paid,80\n"  # late: the first of all
        "9,2024-03-05,e,paid,90\n"  # of the last day of before: late, too
        "10,2024-03-06,f,paid,100\n"
    ),
    "refunds": (
        "refund_id,refunded_at,order_id,amount\nr1,2024-03-04,2,2.5\nr2,2024-03-04,3,1.25\n"
    ),
    "identities": "customer_id,same_as\nb,a\n",
}
MONTHS = (
    "select period_start, total_net_amount, new_net_amount"
    " from customer_share.new_customer_share"
    " where period_grain = 'month' and breakdown = 'total'"
)


def published(warehouse, build_id):
    """Publish what was built as the build of this id; what it says of the months."""

    def complete(connection, rows):
        write_restatements(connection, warehouse.folder / "patronage.duckdb", build_id)

    warehouse.publish(complete=complete)
    return {month: sums for month, *sums in warehouse.rows(MONTHS, "patronage.duckdb")}


def test_causes_add_up_to_the_difference(warehouse, shop):
    (warehouse.folder / "patronage.duckdb").unlink(missing_ok=True)  # another test's
    warehouse.build(shop("before", **BEFORE))
    before = published(warehouse, "build 1")
    assert warehouse.rows("from core.restatements", "patronage.duckdb") == []
    warehouse.build(shop("after", **AFTER))
    after = published(warehouse, "build 2")
    rows = warehouse.rows("from core.restatements", "patronage.duckdb")
    december, january, february, march = (date(2023, 12, 1), *(date(2024, n, 1) for n in (1, 2, 3)))
    expected = [
        (december, "late_order", 1, 80, 80),
        (january, "changed_amount", 1, "-1.25", "-1.25"),
        (january, "changed_class", 2, 0, "-38.75"),  # 10, and 30 less what came back
        (january, "other", 1, 50, 50),
        (february, "changed_amount", 1, "-2.5", 0),
        (february, "other", 1, -50, -50),
        (march, "changed_class", 1, 0, 0),
        (march, "gone_order", 1, -40, -40),
        (march, "late_order", 1, 90, 90),
        (march, "new_order", 1, 100, 100),
    ]
    assert rows == [("build 2", *row[:3], *map(Decimal, row[3:])) for row in expected]
    for month, sums in after.items():
        changed = [(row[4], row[5]) for row in rows if row[1] == month]
        then = before.get(month, (0, 0))
        assert [sum(column) for column in zip(*changed, strict=True)] == [
            now - was for now, was in zip(sums, then, strict=True)
        ]
    # the same once more changes nothing, and forgets nothing
    published(warehouse, "build 3")
    assert warehouse.rows("from core.restatements", "patronage.duckdb") == rows


@pytest.mark.parametrize(
    "content",
    [
        None,
        "no database",
        "create view core.orders as select 'x' as order_key;"
        "create view core.restatements as select 'x' as build_id",
        "create table core.orders (order_key varchar); create table core.restatements (x int)",
    ],
)
def test_what_is_no_file_of_ours_is_no_file_before(tmp_path, content):
    file = tmp_path / "patronage.duckdb"
    if content == "no database":
        file.write_text(content)
    elif content:
        with duckdb.connect(str(file)) as connection:
            connection.execute(f"create schema core; {content}")
    with duckdb.connect() as connection:
        connection.execute("create schema core")
        connection.execute("create table core.orders (order_key varchar)")
        write_restatements(connection, file, "build 1")
        assert connection.execute("from core.restatements").fetchall() == []
