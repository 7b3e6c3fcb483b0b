"""What is expected of a source's orders as a whole: its words, its dates, its people, its money.

Good rows alone do not make good numbers: ids that start again, a default date, an id per order,
amounts that are not there. What is found is told by counts and up to three keys, never by values.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from patronage.contract import judged_rows
from patronage.database import opened, quoted
from patronage.gates import ExpectNoRows
from patronage.gates.words import EXAMPLES, MASKED, WHOLE, text

# Days between the first order and the next, from which the first is of another time or of none.
LONGEST_START = 365
# An amount beyond this is a typo, which says nothing of what was lost.
MOST = 10**12
# An amount as a spreadsheet of many countries writes it; one comma alone, before the decimals.
DECIMAL_COMMA = "-?[0-9][0-9. ]*,[0-9]+"


def unknown_words(column: str, key: str, seed: str, meaning: str, known: str = "false") -> Any:
    """Every value is in a seed, or `known`: one that is not may mean what nobody thought of."""
    return ExpectNoRows(
        unexpected_rows_query=(
            f"select {MASKED.format(column)} as {column}, count(*) as rows, "
            f"{EXAMPLES.format(key)} as examples from {{batch}} where row_status = 'accepted' "
            f"and {column} not in (select {column} from seeds.{seed}) and not ({known}) "
            "group by 1 order by 2 desc, 1"
        ),
        description=f"{column} is in the seed {seed} ({meaning})",
        severity="warning",
    )


def used_twice(source: str, table: str, rules: dict[str, Any], limits: dict[str, Any]) -> list[Any]:
    """An id stands for one thing: what is superseded is an earlier version of what stands.

    A version keeps the customer and the business date; receipt numbers that start again every year
    do not. Of one file, and of lines always, rows of a key agree in all but what a later
    `_loaded_at` has changed.
    """
    key, columns = rules["key"], rules["columns"]
    others = [column for column in columns if column not in (*key, "_loaded_at")]
    if not others:
        return []
    same = " and ".join(
        f"a.{quoted(column)} is not distinct from b.{quoted(column)}" for column in key
    )
    changed = " or ".join(f"a.{quoted(one)} is distinct from b.{quoted(one)}" for one in others)
    if "_loaded_at" in columns:
        changed = f"({changed}) and a._loaded_at is not distinct from b._loaded_at"
    one_file = (
        "(select max(files) = 1 from staging.delivered_files as delivered "
        f"where delivered.source = {text(source)} and delivered.raw_table = {text(table)})"
    )
    kept = [column for column in ("customer_id",) if column in columns]
    kept += list(rules["dates"].values())[:1]
    kept = [column for column in kept if column not in key]
    differs = f"({changed})" + ("" if table == "order_lines" else f" and {one_file}")
    for column in kept:
        differs += f" or a.{quoted(column)} <> b.{quoted(column)}"
    query = (
        "with versions as ("
        f"select * from {judged_rows(table)} where source = {text(source)} and {WHOLE}), "
        f"twice as (select a.* from versions as a inner join versions as b on {same} "
        "where a.row_status = 'superseded' and b.row_status = 'accepted' "
        f"and ({differs})) "
        f"select count(*) as rows, round(100.0 * count(*) / (select count(*) from versions), 2) "
        f"as percent, {EXAMPLES.format('twice.' + quoted(key[0]))} as examples from twice "
        "having count(*) > {limit} * (select count(*) from versions)"
    )
    stop = limits["reused_keys_share_to_stop"]
    agree = (
        f"in {' and '.join(kept)}, and of one file in all else" if kept else "of one file in all"
    )
    agree = "in all else" if table == "order_lines" else agree
    words = f"rows of one {' and '.join(key)} agree {agree}, but for a later _loaded_at"
    return [
        ExpectNoRows(
            unexpected_rows_query=query.format(limit=limit),
            description=description,
            severity=severity,
        )
        for limit, severity, description in (
            (0, "warning", f"no id used twice: {words}"),
            (stop, "critical", f"an id used twice in at most {stop or 0:.0%} of the rows: {words}"),
        )
        if limit is not None
    ]


def shape(source: str, limits: dict[str, Any]) -> list[Any]:
    """Dates, people and statuses of the orders: what is likely not so, and only warns."""
    enough = limits["compared_from_rows"]
    orders = "(select * from {batch} where row_status = 'accepted')"
    refunds = f"staging.stg_refunds as refunds where refunds.source = {text(source)}"
    return [
        unknown_words(
            "status",
            "order_id",
            "order_statuses",
            "others are sales",
            "row_id not in (select row_id from staging.stg_orders where is_sale)",
        ),
        warning(
            f"with refunded as (select order_id from {orders} as orders where status in "
            "(select status from seeds.order_statuses where is_refunded) and order_id not in "
            f"(select refunds.order_id from {refunds} and refunds.order_id is not null)) "
            f"select count(*) as orders, {EXAMPLES.format('order_id')} as examples from refunded "
            "having count(*) > 0",
            "a refunded order has a refund row (else all of it counts as refunded on its date)",
        ),
        warning(
            "with days as (select order_date, min(order_id) as example, "
            "lead(order_date) over (order by order_date) as next_date, "
            f"row_number() over (order by order_date) as day from {orders} as orders group by 1) "
            "select order_date as first, next_date as next, example as order_id from days "
            f"where day = 1 and next_date - order_date > {LONGEST_START}",
            f"the first order is within {LONGEST_START} days of the next (a default date?)",
        ),
        warning(
            f"select count(*) as orders, {EXAMPLES.format('order_id')} as examples "
            f"from {orders} as orders having count(*) >= {enough} "
            "and count(customer_id) = count(distinct customer_id) and count(customer_id) > 0",
            "some customer has two orders (else customer_id is an id per order)",
        ),
        warning(
            f"select count(*) as orders from {orders} as orders having count(*) > 0 "
            "and count(coalesce(customer_id, email, phone)) = 0",
            "some order has a customer_id, an email or a phone (else nobody is known)",
        ),
    ]


def warning(query: str, description: str) -> Any:
    """An expectation that only warns."""
    return ExpectNoRows(unexpected_rows_query=query, description=description, severity="warning")


def money(source: str, limits: dict[str, Any]) -> list[Any]:
    """Amounts: that there are any, that headers and lines agree, what rejected rows take away."""
    warn, stop = limits["rejected_share_to_warn"], limits["hit_share_to_stop"]
    orders = money_of_orders(source)
    return [
        ExpectNoRows(
            unexpected_rows_query=(
                f"{orders} select count(*) as orders from orders "
                "having count(*) > 0 and count(amount) = 0"
            ),
            description="some order has an amount, of its own or of its lines",
        ),
        warning(
            f"{orders} select count(*) as orders, {EXAMPLES.format('order_id')} as examples "
            "from orders where amount is null and is_sale having count(*) > 0",
            "every sale has an amount, of its own or of its lines",
        ),
        warning(
            f"{orders} select count(*) as orders, {EXAMPLES.format('order_id')} as examples "
            "from orders where abs(header_amount - goods_of_lines) > "
            "greatest(0.01, 0.01 * abs(header_amount)) having count(*) > 0",
            "an order's amount is that of its lines, to a cent and 1% (lines count)",
        ),
        *(
            ExpectNoRows(
                unexpected_rows_query=(
                    f"{orders}, {REJECTED_MONEY.format(source=text(source), most=MOST)} "
                    "select round(amount, 2) as rejected_amount, "
                    "round(100.0 * amount / nullif(all_amount, 0), 2) as percent_of_amount, "
                    "hit_orders, round(100.0 * hit_orders / nullif(all_orders, 0), 2) "
                    "as percent_of_orders, without_amount from totals where "
                    f"amount > {limit} * all_amount or hit_orders > {limit} * all_orders"
                ),
                description=(
                    f"what is rejected or without an amount hits at most {limit:.0%} of the "
                    "amount and of the orders"
                ),
                severity=severity,
            )
            for limit, severity in ((warn, "warning"), (stop, "critical"))
        ),
    ]


def money_of_orders(source: str) -> str:
    """A `with` of a source's accepted orders: `orders`, in the reporting currency."""
    return (
        "with lines as (select amounts.order_row_id, sum(amounts.amount) as amount, "
        "sum(amounts.discount_amount) as discount_amount "
        "from staging.order_line_amounts as amounts "
        "inner join staging.stg_order_lines as accepted on amounts.row_id = accepted.row_id "
        "where amounts.has_amount group by 1), "
        "orders as (select typed.order_id, keys.rate, "
        "keys.is_sale and coalesce(keys.cancelled_date > dates.as_of, true) as is_sale, "
        "typed.amount * keys.rate as header_amount, "
        "lines.amount - greatest(coalesce(typed.discount_amount, 0) * keys.rate "
        "- lines.discount_amount, 0) as goods_of_lines, "
        "coalesce(lines.amount, typed.amount * keys.rate) as amount "
        f"from {judged_rows('orders')} as typed "
        "inner join staging.stg_orders as keys on typed.row_id = keys.row_id "
        "cross join staging.int_as_of as dates "
        "left join lines on typed.row_id = lines.order_row_id "
        # every order counts; a batch lacks those that erasure changed
        f"where typed.row_status = 'accepted' and typed.source = {text(source)})"
    )


# Beside `orders`: what was rejected, of those that no accepted version stands for. An order whose
# header is rejected counts by its amount, else by that of its lines, which are rejected with it;
# at the rate of its date, or the latest where that cannot be read; without a rate by nothing.
REJECTED_MONEY = (
    "latest as (select currency, max_by(rate, business_date) as rate "
    "from staging.needed_fx_rates where source = {source} group by 1), "
    "lost_orders as (select order_id, order_rate, order_amount * order_rate as amount from ("
    "select typed.order_id, typed.row_id, typed.amount as order_amount, "
    "case when typed.currency is null "
    "or typed.currency in (select currency from staging.reporting_currency) then 1 "
    "else coalesce(dated.rate, latest.rate) end as order_rate "
    f"from {judged_rows('orders')} as typed "
    "left join staging.needed_fx_rates as dated on typed.source = dated.source "
    "and typed.currency = dated.currency and typed.order_date = dated.business_date "
    "left join latest on typed.order_date is null and typed.currency = latest.currency "
    "where typed.source = {source} and row_status = 'rejected' "
    "and reject_reason <> 'erased' "
    "and coalesce(typed.order_id not in (select order_id from orders), true)) as rejected "
    "qualify row_number() over (partition by coalesce(order_id, cast(row_id as varchar)) "
    "order by order_amount desc nulls last, row_id) = 1), "
    # `try`: a product of more digits than there are is beyond the most, too
    "lost_lines as (select order_id, try(worth * rate) as amount from ("
    "select order_id, coalesce(amount, cast(coalesce(quantity, 1) as decimal(28, 4)) * unit_price "
    "- coalesce(discount_amount, 0)) as worth, case when order_id in (select order_id from "
    "lost_orders) then (select max(order_rate) from lost_orders "
    "where lost_orders.order_id = lines.order_id) "
    "else coalesce((select max(rate) from orders where orders.order_id = lines.order_id), 1) end "
    "as rate from "
    f"{judged_rows('order_lines')} as lines where source = {{source}} and row_status = 'rejected' "
    "and reject_reason <> 'erased' and not exists (select 1 from staging.stg_order_lines as stands "
    "where stands.source = lines.source and stands.order_id = lines.order_id "
    "and stands.line_id = lines.line_id)) as rated), "
    "lost as (select order_id, case when abs(amount) <= {most} then abs(amount) end as amount "
    "from (select order_id, amount from lost_orders "
    "union all select order_id, amount from lost_lines where coalesce(order_id not in "
    "(select order_id from lost_orders where amount is not null and order_id is not null), true)"
    ") as rows_lost), "
    "hit as (select order_id from orders where amount is null and is_sale "
    "union select order_id from lost where order_id is not null), "
    "totals as (select coalesce((select sum(amount) from lost), 0) as amount, "
    "coalesce((select sum(amount) from orders where amount > 0), 0) "
    "+ coalesce((select sum(amount) from lost), 0) as all_amount, "
    "(select count(*) from hit) + (select count(*) from lost where order_id is null) "
    "as hit_orders, "
    "(select count(*) from orders where amount is null and is_sale) as without_amount, "
    "(select count(*) from orders) + (select count(*) from lost_orders) as all_orders)"
)


def decimal_commas(source: str, table: str, rules: dict[str, Any]) -> list[Any]:
    """Numbers have a decimal point: those with a comma are rejected, and told what they are."""
    kinds = ("amount", "number", "rate")
    looks = [
        f"select {text(column)} as column_name, count(*) as rows from {judged_rows(table)} "
        f"where source = {text(source)} and row_status = 'rejected' and regexp_full_match("
        f"trim(json_extract_string(raw_row, {text('$.' + column)})), {text(DECIMAL_COMMA)})"
        for column, kind in rules["columns"].items()
        if kind in kinds
    ]
    if not looks:
        return []
    return [
        warning(
            f"select * from ({' union all '.join(looks)}) as looks where rows > 0",
            "numbers have a decimal point, as in 12.50 (rows with 12,50 are rejected)",
        )
    ]


def lost_digits(source: str, table: str, rules: dict[str, Any]) -> list[Any]:
    """No id has lost digits in a spreadsheet: where it is no key it is empty, without a word."""
    looks = [
        f"select {text(column)} as column_name, count(*) as rows from staging.base_{table} "
        # no other text that reading empties has a plus sign
        f"where source = {text(source)} and reject_reason is null and {quoted(column)} is null "
        f"and contains(json_extract_string(raw_row, {text('$.' + column)}), '+') group by 1"
        for column, kind in rules["columns"].items()
        if kind in ("id", "person") and column not in rules["required"]
    ]
    if not looks:
        return []
    return [
        warning(
            " union all ".join(looks),
            "no id was cut by a spreadsheet (4.36601E+11: it is empty here)",
        )
    ]


def lost_money(build: Path, sources: Iterable[str]) -> tuple[Any, int]:
    """Return the amount that rejected rows take away, and how many orders they hit.

    Raises duckdb.Error.
    """
    amount, orders = 0, 0
    with opened(build) as connection:
        for source in sources:
            with_orders = money_of_orders(source).format(batch=judged_rows("orders"))
            rejected = REJECTED_MONEY.format(source=text(source), most=MOST)
            ((lost, hit),) = connection.execute(
                f"{with_orders}, {rejected} select amount, hit_orders - without_amount from totals"
            ).fetchall()
            amount, orders = amount + lost, orders + hit
    return amount, orders
