"""Why a month's sales differ from those of the file published before, as core.restatements."""

from __future__ import annotations

from pathlib import Path

import duckdb

from patronage.build_log import KEPT
from patronage.database import columns_of, create_table, literal, opened
from patronage.folder import FolderError

TABLE = "restatements"
DESCRIPTION = """
One row per build that was published, month and cause, where something changed. Why do a month's net
amount and the net amount of new customers differ from those of the file that was published before?
Orders of both files are compared, those that are sales; the first build has no rows. A change of
settings is no cause of its own: it shows as what it did to the orders.
"""
# column: type, description
COLUMNS = {
    "build_id": ("varchar", "Key: the build that published the change, as in core.build_log."),
    "month_start": ("date", "Key: first day of the month whose numbers changed."),
    "cause": (
        "varchar",
        "Key: new_order (dated after the as_of of the file before), late_order (not after it), "
        "gone_order (no sale any more), changed_amount (of its refunds or lines), changed_class "
        "(whether it is its customer's first), or other (it is of another month now: out of the "
        "one, into the other).",
    ),
    "orders": ("bigint", "Orders that changed so."),
    "total_change": ("decimal(18,4)", "What it added to the month's net amount."),
    "new_change": ("decimal(18,4)", "What it added to the net amount of new customers."),
}
# what is read of the file published before, as base tables with just these types
NEEDED = {
    "orders": {
        "order_key": "VARCHAR",
        "order_date": "DATE",
        "is_valid": "BOOLEAN",
        "order_class": "VARCHAR",
        "net_amount": "DECIMAL(18,4)",
    },
    "as_of": {"as_of": "DATE"},
}
CHANGES = """
with pairs as (
    select
        date_trunc('month', was.order_date)::date as old_month,
        date_trunc('month', becomes.order_date)::date as new_month,
        becomes.order_date as new_date,
        was.net_amount as old_amount,
        becomes.net_amount as new_amount,
        was.order_class as old_class,
        becomes.order_class as new_class,
        coalesce(was.net_amount * (was.order_class = 'new')::int, 0) as old_new,
        coalesce(becomes.net_amount * (becomes.order_class = 'new')::int, 0) as new_new
    from (from before.core.orders where is_valid) as was
    full join (from core.orders where is_valid) as becomes on was.order_key = becomes.order_key
),

changes as (
    select
        new_month as month_start,
        case
            when new_date <= (select max(as_of) from before.core.as_of) then 'late_order'
            else 'new_order'
        end as cause,
        new_amount as total_change,
        new_new as new_change
    from pairs
    where old_month is null
    union all
    select old_month, 'gone_order', -old_amount, -old_new
    from pairs
    where new_month is null
    union all
    select old_month, 'other', -old_amount, -old_new
    from pairs
    where old_month <> new_month
    union all
    select new_month, 'other', new_amount, new_new
    from pairs
    where old_month <> new_month
    union all
    select
        old_month,
        'changed_amount',
        new_amount - old_amount,
        case when old_class = 'new' then new_amount - old_amount else 0 end
    from pairs
    where old_month = new_month and old_amount <> new_amount
    union all
    select
        old_month,
        'changed_class',
        0,
        new_new - case when old_class = 'new' then new_amount else 0 end
    from pairs
    where old_month = new_month and old_class <> new_class
)

insert into core.restatements
select
    $build_id,
    month_start,
    cause,
    count(*),
    sum(total_change)::decimal(18, 4),
    sum(new_change)::decimal(18, 4)
from changes
group by month_start, cause
order by month_start, cause
"""


def is_plain(connection: duckdb.DuckDBPyConnection, table: str, needed: dict[str, str]) -> bool:
    """Whether a table of schema core is a base table with these columns of these types."""
    found = {name: kind for name, kind, _ in columns_of(connection, "core", table)}
    return needed.items() <= found.items()


def write_restatements(
    connection: duckdb.DuckDBPyConnection, published: Path, build_id: str
) -> None:
    """Write core.restatements of an open file: what changed since the file `published`.

    Rows of builds before are carried over, of as many as the log keeps. Of the file published
    before only plain tables with our own columns are read; without one there are no rows.
    """
    create_table(connection, TABLE, COLUMNS, DESCRIPTION)
    own = {name: kind.upper() for name, (kind, _) in COLUMNS.items()}
    try:
        with opened(published) as before:
            has_rows = is_plain(before, TABLE, own)
            is_comparable = all(is_plain(before, name, need) for name, need in NEEDED.items())
    except (duckdb.Error, OSError, FolderError):  # none, or damaged: the log says so
        has_rows = is_comparable = False
    if has_rows or is_comparable:
        connection.execute(f"attach {literal(str(published))} as before (read_only)")
        if has_rows:
            connection.execute(
                f"insert into core.{TABLE} select {', '.join(own)} from before.core.{TABLE} "
                f"qualify dense_rank() over (order by build_id desc) < {KEPT} order by all"
            )
        if is_comparable:
            connection.execute(CHANGES, {"build_id": build_id})
        connection.execute("detach before")
