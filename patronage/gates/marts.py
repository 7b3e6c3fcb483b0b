"""What is expected of the file that is about to be published, as its reader would see it."""

from __future__ import annotations

import re
from typing import Any

from patronage.gates import ExpectNoRows, Suite
from patronage.publish import Mart, literal, quoted

TYPES = {"string": "VARCHAR"}  # a contract's name of a type: DuckDB's, where they differ

# Names of columns that look like a person's.
PERSONAL_NAME = (
    "(^|_)(e?mails?|phones?|mobiles?|telephones?|first_?name|last_?name|surname|full_?name|"
    "street|address|birth_?date|birthday|ip|raw_row)(_|$)"
)
# Values that look like a person's in any text: an email with whatever sign for its @, also of a
# host without a domain (ann@intranet; a@b is an id), and a phone number that says so by a plus or
# by brackets. No word follows a colon here: SQLAlchemy would take it for a parameter.
AT = "(?:[@＠﹫]|\\s*[(\\[{<]\\s*[a]t\\s*[)\\]}>]\\s*)"
DOT = "(?:[.．。]|\\s*[(\\[{<]\\s*[d]ot\\s*[)\\]}>]\\s*)"
EMAIL = (
    f"[^@\\s]{AT}[^@\\s]+?{DOT}[a-z][a-z]|[\\pL\\pN._+-]*\\pL[\\pL\\pN._+-]*[@＠﹫]\\pL[\\pL\\pN-]+"
)
BETWEEN = "[ ./()-]*"
PHONE = f"[+＋]{BETWEEN}[0-9](?:{BETWEEN}[0-9]){{6,14}}|[(][0-9]{{3}}[)] ?[0-9]{{3}}[-. ][0-9]{{4}}"
PERSONAL_VALUE = f"(?i)(?:{EMAIL})|(?:^|[^0-9a-z])(?:{PHONE})(?:$|[^0-9a-z])"

# Numbers in groups are told only in texts about orders and people: part numbers are in groups, too
# (A 205 500 0454), so ids and what describes goods are left alone.
NO_TEXT_OF_PEOPLE = "(_id|_key|_hash)$|^(name|brand|category|family|tier)$"
# 555-555-0100, 0171 2345678; alone 555 555 0100 and, with nine digits or more, which no date has,
# (030) 90 18 20, 01 23 45 67 89, 0049 171 2345678
GROUPED = (
    "(?i)(?:^|[^0-9a-z-])(?:[0-9]{3}[-.][0-9]{3}[-.][0-9]{4}|0[1-9][0-9]{1,3}[ /-][0-9]{6,8})"
    "(?:$|[^0-9a-z-])|^[0-9]{3} [0-9]{3} [0-9]{4}$"
)
NATIONAL = "[(]?0[0-9]{1,5}[)]?(?:[ ./-]+[(]?[0-9]{1,10}[)]?)+"
IBAN = (
    "(?:^|[^0-9A-Z])([A-Z]{2}[0-9]{2}(?:[0-9A-Z]{11,30}|(?: [0-9A-Z]{4}){2,7}(?: [0-9A-Z]{1,3})?))"
    "(?:$|[^0-9A-Z])"
)
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # of an IBAN, as its checksum counts them

# What must hold across marts: what it says, the tables it needs, a query of what breaks it.
INVARIANTS = {
    "revenue over all time: new_customer_share without credit notes = ledger": (
        ["customer_share.new_customer_share"],
        """
        select sum(total_net_amount) as net, sum(credit_note_amount) as credit_notes,
            sum(ledger_net_amount) as ledger
        from customer_share.new_customer_share
        where period_grain = 'month' and breakdown = 'total'
        having sum(total_net_amount) - sum(credit_note_amount) <> sum(ledger_net_amount)
        """,
    ),
    "revenue of each window of customer_share = new_customer_share's days - its credit notes": (
        ["customer_share.customer_share", "customer_share.new_customer_share", "core.refunds"],
        """
        with shares as (
            select month_start, sum(net_amount_12m) as net,
                least(month_start + interval 1 month, max(as_of) + 1)::date as ends
            from customer_share.customer_share cross join core.as_of group by month_start
        ),
        changes as (
            select period_start as day, total_net_amount as net
            from customer_share.new_customer_share
            where period_grain = 'day' and breakdown = 'total'
            union all
            -- a credit note of nobody lowers the ledger alone
            select refund_date, -amount from core.refunds
            where is_credit_note and is_valid and customer_key is not null
        )
        select month_start, any_value(shares.net) as shares, sum(changes.net) as days
        from shares
        inner join changes
            on changes.day >= shares.ends - interval 12 month and changes.day < shares.ends
        group by month_start
        having sum(changes.net) <> any_value(shares.net)
        """,
    ),
    "revenue of core.orders = that of new_customer_share": (
        ["core.orders", "customer_share.new_customer_share"],
        """
        with sold as (select coalesce(sum(net_amount), 0) as net from core.orders where is_valid),
        shown as (
            select coalesce(sum(total_net_amount), 0) as net from customer_share.new_customer_share
            where period_grain = 'year' and breakdown = 'total'
        )
        select sold.net as in_orders, shown.net as in_new_customer_share
        from sold cross join shown where sold.net <> shown.net
        """,
    ),
    "core.orders, order_lines, refunds and events hold no more rows than were accepted": (
        ["core.orders", "core.order_lines", "core.refunds", "core.events", "core.reconciliation"],
        """
        with held as (
            select 'orders' as name, count(*) as held from core.orders union all
            select 'order_lines', count(*) from core.order_lines union all
            select 'refunds', count(*) from core.refunds union all
            select 'events', count(*) from core.events
        ), accepted as (
            select raw_table, sum(accepted_rows) as accepted from core.reconciliation group by 1
        )
        select name, held, accepted from held inner join accepted on name = raw_table
        where held > accepted
        """,
    ),
    "with the latest date as as_of every accepted order is in core.orders": (
        ["core.orders", "core.reconciliation"],
        """
        with held as (select count(*) as held from core.orders), accepted as (
            select sum(accepted_rows) as accepted from core.reconciliation
            where raw_table = 'orders'
        )
        select held, accepted from held cross join accepted where held <> accepted and {is_latest}
        """,
    ),
    "every raw row is accepted, superseded or rejected": (
        ["core.reconciliation"],
        """
        select source, raw_table, raw_rows, accepted_rows, superseded_rows, rejected_rows
        from core.reconciliation
        where raw_rows <> accepted_rows + superseded_rows + rejected_rows
        """,
    ),
    "every rejected row is listed": (
        ["core.reconciliation", "core.rejected_rows"],
        """
        with counted as (select sum(rejected_rows) as rejected from core.reconciliation),
        listed as (select count(*) as listed from core.rejected_rows)
        select rejected, listed from counted cross join listed where rejected <> listed
        """,
    ),
    "every order's customer is in core.customers": (
        ["core.orders", "core.customers"],
        """
        select count(*) as orders from core.orders
        where customer_key is not null
            and customer_key not in (select customer_key from core.customers)
        having count(*) > 0
        """,
    ),
    "the customers' orders are those of core.orders": (
        ["core.orders", "core.customers"],
        """
        with counted as (
            select count(*) as orders from core.orders
            where is_valid and customer_key is not null
        ), told as (select coalesce(sum(orders), 0) as orders from core.customers)
        select counted.orders as in_orders, told.orders as in_customers
        from counted cross join told where counted.orders <> told.orders
        """,
    ),
    "rfm, each horizon of clv and advocacy_tiers hold the customers with a valid order": (
        ["core.customers", "lifecycle.rfm", "lifecycle.clv", "advocacy.advocacy_tiers"],
        """
        with buyers as (select customer_key from core.customers where orders > 0),
        held as (
            select 'rfm' as mart, customer_key from lifecycle.rfm union all
            select 'clv, ' || horizon_days || ' days', customer_key from lifecycle.clv union all
            select 'advocacy_tiers', customer_key from advocacy.advocacy_tiers
        ),
        counted as (
            select mart, count(*) as held, count(buyers.customer_key) as held_buyers
            from held left join buyers using (customer_key) group by mart
        )
        select counted.*, (select count(*) from buyers) as buyers from counted
        where held <> held_buyers or held <> (select count(*) from buyers)
        """,
    ),
    "revenue of lifecycle_grid = that of its customers in core.customers": (
        ["core.customers", "lifecycle.lifecycle_grid"],
        """
        with buyers as (
            select count(*) as buyers, coalesce(sum(net_amount), 0) as net
            from core.customers where orders > 0
        ),
        grid as (
            select coalesce(sum(customers), 0) as in_grid,
                coalesce(sum(net_amount), 0) as net_in_grid
            from lifecycle.lifecycle_grid
        )
        select * from buyers cross join grid where buyers <> in_grid or net <> net_in_grid
        """,
    ),
    "the last stock of each grain counts the customers with a valid order, beside prospects": (
        ["core.customers", "lifecycle.lifecycle_stock"],
        """
        with buyers as (select count(*) as buyers from core.customers where orders > 0),
        stock as (
            select period_grain, sum(customers) as in_stock from lifecycle.lifecycle_stock
            where stage <> 'prospect' and period_end = (select as_of from core.as_of)
            group by period_grain
        )
        select * from stock cross join buyers where in_stock <> buyers
        """,
    ),
    "engagement contributions add up to the scores": (
        ["engagement.engagement_scores", "engagement.engagement_contributions"],
        """
        with points as (
            select customer_key, sum(decayed_points) as points, count(*) as types
            from engagement.engagement_contributions group by customer_key
        )
        select count(*) as customers
        from engagement.engagement_scores as scores full outer join points using (customer_key)
        where scores.customer_key is null
            or abs(coalesce(points, 0) - coalesce(score, 0)) > 1e-6 * (1 + coalesce(types, 0))
        having count(*) > 0
        """,
    ),
    "the last advocacy_tier_summary counts advocacy_tiers": (
        ["advocacy.advocacy_tiers", "advocacy.advocacy_tier_summary"],
        """
        with counted as (
            select tier, count(*) as customers from advocacy.advocacy_tiers group by tier
        ),
        told as (
            select tier, customers as in_summary from advocacy.advocacy_tier_summary
            where month_start = (select max(month_start) from advocacy.advocacy_tier_summary)
        )
        select tier, coalesce(customers, 0) as in_tiers, coalesce(in_summary, 0) as in_summary
        from counted full outer join told using (tier)
        where coalesce(customers, 0) <> coalesce(in_summary, 0)
        """,
    ),
    "there is one as_of": (
        ["core.as_of"],
        "select count(*) as rows, count(as_of) as dates from core.as_of"
        " having count(*) <> 1 or count(as_of) <> 1",
    ),
}


def suites(marts: list[Mart], rows: dict[str, int], is_latest: bool) -> list[Suite]:
    """Return a suite for each mart, and one of what holds across them.

    `rows` are those of each mart in the build file; `is_latest` says that as_of was not set: all
    that was accepted is then published.
    """
    made = [mart_suite(mart, rows[f"{mart.schema}.{mart.name}"]) for mart in marts]
    there = {f"{mart.schema}.{mart.name}" for mart in marts}
    across = [
        ExpectNoRows(
            unexpected_rows_query=(
                f"select found.* from ({query.format(is_latest=str(is_latest).lower())}) as found "
                "cross join {batch}"
            ),
            description=said,
        )
        for said, (needed, query) in INVARIANTS.items()
        if there.issuperset(needed)
    ]
    return [Suite("all marts", "select 1 as one", across), *made]


def mart_suite(mart: Mart, held: int) -> Suite:
    """Return what is expected of one mart: schema, rows, no personal data."""
    expected = ", ".join(
        f"({literal(name)}, {literal(TYPES.get(kind, kind).upper().replace(', ', ','))})"
        for name, kind in mart.types.items()
    )
    place = f"schema_name = {literal(mart.schema)} and table_name = {literal(mart.name)}"
    checks: list[Any] = [
        ExpectNoRows(
            unexpected_rows_query=(
                "select coalesce(contract.name, found.column_name) as name, "
                "contract.type as expected, found.data_type as found "
                f"from (values {expected}) as contract (name, type) full outer join "
                f"(select column_name, data_type from duckdb_columns() where {place}) as found "
                "on contract.name = found.column_name "
                "where contract.type is distinct from found.data_type "
                "and (select count(*) from {batch}) >= 0"
            ),
            description="columns and types are those of the contract",
        ),
        ExpectNoRows(
            unexpected_rows_query=(
                f"select count(*) as rows from {{batch}} having count(*) <> {held}"
            ),
            description=f"it has the {held:,} rows that were built",
        ),
        ExpectNoRows(
            unexpected_rows_query=(
                f"select column_name from duckdb_columns() where {place} "
                f"and regexp_matches(lower(column_name), {braces(literal(PERSONAL_NAME))}) "
                "and (select count(*) from {batch}) >= 0"
            ),
            description="no column is named like personal data",
        ),
    ]
    texts = [name for name, kind in mart.types.items() if kind in ("string", "varchar", "text")]
    if texts:
        # how many, not what they are: the page that shows it is no place for an address
        looks = " union all ".join(personal_rows(name) for name in texts)
        checks.append(
            ExpectNoRows(
                unexpected_rows_query=f"select * from ({looks}) as looks where rows > 0",
                description="no value looks like an email address, a phone number or an IBAN",
            )
        )
    return Suite(f"{mart.schema} {mart.name}", f"select * from {mart.sql_name}", checks)


def personal_rows(column: str) -> str:
    """A query of how many rows of a column look personal; texts of people are read once a value."""
    if re.search(NO_TEXT_OF_PEOPLE, column):
        values = f"(select {quoted(column)} as value, 1 as rows from {{batch}})"
        condition = f"regexp_matches(value, {literal(PERSONAL_VALUE)})"
    else:
        values = (
            f"(select {quoted(column)} as value, count(*) as rows from {{batch}} "
            f"group by {quoted(column)})"
        )
        condition = looks_personal("value")
    return (
        f"select {literal(column)} as column_name, coalesce(sum(rows), 0) as rows "
        f"from {values} as found where {braces(condition)}"
    )


def looks_personal(value: str) -> str:
    """A condition on a text about orders or people: it looks like an email, a phone, an IBAN.

    An IBAN is one when its checksum is: its first four signs put last and letters counted from 10
    on, it is 1 modulo 97 (ISO 13616).
    """
    iban = f"replace(regexp_extract(upper({value}), {literal(IBAN)}, 1), ' ', '')"
    return f"""(
        regexp_matches({value}, {literal(PERSONAL_VALUE)})
        or regexp_matches(trim({value}), {literal(GROUPED)})
        or regexp_full_match(trim({value}), {literal(NATIONAL)})
        and length(regexp_replace({value}, '[^0-9]', '', 'g')) between 9 and 15
        or length({iban}) between 15 and 34
        and list_reduce(
            list_transform(
                string_split({iban}[5:] || left({iban}, 4), ''),
                lambda sign: strpos('{DIGITS}', sign) - 1
            ),
            lambda rest, digit: (rest * if(digit < 10, 10, 100) + digit) % 97, 0
        ) = 1
    )"""


def braces(pattern: str) -> str:
    """A pattern for a query in which {batch} is filled in."""
    return pattern.replace("{", "{{").replace("}", "}}")
