"""The core marts: orders, customers, events (section 2)."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from oracle.contract import DAY
from oracle.identity import People, account, email_contact
from oracle.marts import declare
from oracle.seeds import is_email_of_actor, is_refunded, is_sale
from oracle.staging import Calendar
from oracle.tools import CENT, collect, converted, hashed

declare(
    "core.as_of",
    "as_of",
    """
    as_of:day reporting_currency:text last_sale_date:day history_start:day history_days:count
    """,
)
declare(
    "core.customers",
    "customer_key",
    """
    customer_key:text customer_ids:count is_staff:flag created_date:day
    first_order_at:time first_order_date:day last_order_date:day order_days:count
    orders:count gross_amount:amount refund_amount:amount net_amount:amount
    is_left_censored:flag country:text region:text acquisition_channel:text
    household_size:text income_band:text lock_in:text
    """,
)
declare(
    "core.orders",
    "order_key",
    """
    order_key:text source:text order_id:text customer_key:text ordered_at:time
    order_date:day status:text is_valid:flag order_sequence:count order_class:text
    gross_amount:amount discount_amount:amount refund_amount:amount net_amount:amount
    lines:count distinct_products:count units:amount channel:text device:text country:text
    region:text coupon_code:text referral_code:text previous_order_date:day next_order_date:day
    """,
)
declare(
    "core.order_lines",
    "order_line_key",
    "order_line_key:text",
)
declare(
    "core.refunds",
    "refund_key",
    "refund_key:text",
)
declare(
    "core.products",
    "product_key",
    "product_key:text",
)
declare(
    "core.events",
    "event_key",
    """
    event_key:text customer_key:text visitor_key:text occurred_at:time event_date:day
    event_type:text product_id:text order_id:text campaign_id:text topic:text channel:text
    device:text rating:amount has_text:flag is_bot:flag is_staff:flag
    is_incentivised:flag is_verified:flag session_key:text
    """,
)
declare(
    "core.sessions",
    "session_key",
    """
    session_key:text customer_key:text visitor_key:text started_at:time ended_at:time
    session_date:day events:count minutes:share
    """,
)
declare(
    "core.reconciliation",
    "source raw_table",
    """
    source:text raw_table:text raw_rows:count accepted_rows:count superseded_rows:count
    rejected_rows:count
    """,
)
declare(
    "core.rejected_rows",
    "source raw_table row_key",
    "source:text raw_table:text row_key:text reason:text",
)


def line_totals(orders: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Lines at order grain: each converted and rounded, then summed (section 0)."""
    rated = lines.lazy().join(orders.lazy().select("order_row", "rate"), on="order_row", how="left")
    sums = rated.group_by("order_row").agg(
        lines=pl.len(),
        units=pl.col("pieces").sum(),
        has_goods=pl.col("goods_amount").is_not_null().any(),
        line_goods=converted(pl.col("goods_amount").fill_null(0)).sum(),
        line_discount=converted(pl.col("discount_amount").fill_null(0)).sum(),
        own_line_discount=pl.col("discount_amount").fill_null(0).sum(),
    )
    products = (
        lines.lazy()
        .select("order_row", "product_id")
        .drop_nulls()
        .unique()
        .group_by("order_row")
        .agg(distinct_products=pl.len())
    )
    return collect(sums.join(products, on="order_row", how="left"))


def order_amounts(orders: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """gross_amount and discount_amount of an order (section 0).

    Without lines (or none with an amount) the header's amount is goods after all discounts.
    With lines only what the header's discount exceeds theirs is subtracted, once. A discount
    never exceeds the goods: what is over is paid for shipping.
    """
    has_goods = pl.col("has_goods").fill_null(False)
    header_discount = pl.col("discount_amount").fill_null(0)
    excess = (header_discount - pl.col("own_line_discount")).clip(lower_bound=0)
    line_gross = pl.col("line_goods") + pl.col("line_discount")
    goods = converted(pl.col("amount").fill_null(0))
    return (
        orders.join(line_totals(orders, lines), on="order_row", how="left")
        .with_columns(
            gross_amount=pl.when(has_goods)
            .then(line_gross)
            .otherwise(goods + converted(header_discount)),
            discount_amount=pl.when(has_goods)
            .then(pl.col("line_discount") + converted(excess))
            .otherwise(converted(header_discount)),
            lines=pl.col("lines").fill_null(0),
            units=pl.col("units").fill_null(0),
            distinct_products=pl.col("distinct_products").fill_null(0),
        )
        .with_columns(discount_amount=pl.min_horizontal("discount_amount", "gross_amount"))
        .with_columns(goods_amount=pl.col("gross_amount") - pl.col("discount_amount"))
        .drop("has_goods", "line_goods", "line_discount", "own_line_discount", "amount")
    )


def core_refunds(refunds: pl.DataFrame, orders: pl.DataFrame, people: People) -> pl.DataFrame:
    """Refunds in the reporting currency; without an order they are credit notes (section 0).

    A credit note belongs to its customer_id's person; it counts unless that person is staff. An
    order whose status says that it was refunded, but of which no refund was delivered, is
    refunded in full on its order date.
    """
    staff = people.persons.select("person", "is_staff")
    by_status = orders.filter(is_refunded(pl.col("status")) & ~pl.col("has_refund")).select(
        *("source", "order_row", "order_id", "customer_id"),
        refund_id="status:" + pl.col("order_id"),
        amount="goods_amount",
        refund_date="order_date",
        product_id=pl.lit(None, pl.String),
        quantity=pl.lit(None, pl.Int64),
        reason=pl.lit("status"),
        is_in_full=pl.lit(True),
    )
    delivered = refunds.with_columns(amount=converted(pl.col("amount")), is_in_full=pl.lit(False))
    return (
        pl.concat([delivered.select(by_status.columns), by_status])
        .with_columns(account=account())
        .join(people.accounts, on="account", how="left")
        .join(staff, on="person", how="left")
        .with_columns(
            is_credit_note=pl.col("order_id").is_null(),
            is_staff=pl.col("is_staff").fill_null(False),
        )
    )


def in_the_data(orders: pl.DataFrame, later: pl.DataFrame, people: People) -> pl.DataFrame:
    """How many orders of a person were delivered, valid or not; those after as_of by account.

    The count that the customers file gives is that of the delivery's day, not of as_of.
    """
    known = later.select(account=account()).join(people.accounts, on="account")
    persons = pl.concat([orders.select("person").drop_nulls(), known.select("person")])
    return persons.group_by("person").agg(orders_in_the_data=pl.len().cast(pl.Int64))


def core_orders(
    orders: pl.DataFrame,
    later: pl.DataFrame,
    refunds: pl.DataFrame,
    people: People,
    params: dict[str, int],
    calendar: Calendar,
) -> pl.DataFrame:
    """Orders with their sequence and class (sections 0 and 2).

    `orders` have their amounts; those `later` than as_of only their customer_id.

    `is_new_to_window` and `is_censored` are what section 3 asks of an order; `new_date` is the
    date of its customer's order of class 'new', null where the customer has none.
    """
    returned = (
        refunds.filter(~pl.col("is_credit_note"))
        .group_by("order_row")
        .agg(refund_amount=pl.col("amount").sum())
    )
    facts = people.persons.select(
        "person", "customer_key", "is_staff", "known_first_date", "lifetime_orders"
    )
    is_cancelled = (pl.col("cancelled_at_date") <= pl.lit(calendar.as_of, DAY)).fill_null(False)
    is_left_out = [pl.col(c).fill_null(False) for c in ("is_test", "is_staff")]
    is_valid = is_sale(pl.col("status")) & ~pl.any_horizontal(is_cancelled, *is_left_out)
    orders = orders.join(people.orders, on="order_row", how="left")
    orders = (
        orders.join(in_the_data(orders, later, people), on="person", how="left")
        .join(facts, on="person", how="left")
        .join(returned, on="order_row", how="left")
        .with_columns(is_valid=is_valid)
    )
    digits = pl.when(pl.col("order_id").str.contains("^[0-9]+$")).then("order_id")
    number = digits.str.strip_chars_start("0")
    by_id = {
        "is_text": digits.is_null(),
        "length": number.str.len_bytes(),
        "number": number,
        "id": pl.col("order_id"),
    }
    history = (
        orders.lazy()
        .filter(pl.col("is_valid") & pl.col("person").is_not_null())
        .select("order_row", "person", "ordered_at", "source", "order_date", **by_id)
        .sort("person", "order_date", "ordered_at", *by_id, "source")
        .select(
            "order_row",
            order_sequence=pl.int_range(1, pl.len() + 1).over("person"),
            previous_order_date=pl.col("order_date").shift(1).over("person"),
            next_order_date=pl.col("order_date").shift(-1).over("person"),
            first_date=pl.col("order_date").first().over("person"),
        )
    )
    known_by = (
        pl.col("known_first_date") < pl.col("first_date"),
        pl.col("lifetime_orders") > pl.col("orders_in_the_data") * CENT,
    )
    is_known = pl.any_horizontal(known.fill_null(False) for known in known_by)
    silence = (pl.col("order_date") - pl.col("previous_order_date")).dt.total_days()
    attributed = pl.col("order_sequence").is_not_null()
    return (
        orders.join(history.collect(), on="order_row", how="left")
        .with_columns(
            refund_amount=pl.when("is_valid").then("refund_amount").fill_null(0),
            is_known=is_known,
            new_date=pl.when(attributed & ~is_known).then("first_date"),
            order_class=pl.when(pl.col("person").is_null())
            .then(pl.lit("unattributed"))
            .when((pl.col("order_sequence") == 1) & ~is_known)
            .then(pl.lit("new"))
            .otherwise(pl.lit("returning")),
            is_new_to_window=attributed & (silence > params["new_to_window_days"]).fill_null(True),
            is_censored=is_censored(calendar, pl.col("first_date")),
        )
        .with_columns(
            order_key=pl.col("source") + ":" + pl.col("order_id"),
        )
        .with_columns(net_amount=pl.col("goods_amount") - pl.col("refund_amount"))
    )


def is_censored(calendar: Calendar, first_date: pl.Expr) -> pl.Expr:
    """Left-censored: first order within a year of the history's start, nothing known before."""
    if calendar.history_start is None:
        return pl.lit(False)
    young = first_date < calendar.history_start + timedelta(days=365)
    is_told = pl.any_horizontal(pl.col("known_first_date", "lifetime_orders").is_not_null())
    return (young & ~is_told).fill_null(False)


def core_customers(
    orders: pl.DataFrame, refunds: pl.DataFrame, people: People, calendar: Calendar
) -> pl.DataFrame:
    """Every identified person, with or without an order (section 2).

    The country is the customers file's, else that of the latest valid order that has one.
    """
    bought = (
        orders.filter(pl.col("is_valid") & pl.col("person").is_not_null())
        .group_by("person")
        .agg(
            first_order_at=pl.col("ordered_at").sort_by("order_sequence").first(),
            first_order_date=pl.col("order_date").min(),
            last_order_date=pl.col("order_date").max(),
            is_known=pl.col("is_known").any(),
            order_country=pl.col("country").sort_by("order_sequence").drop_nulls().last(),
            order_days=pl.col("order_date").n_unique(),
            orders=pl.len(),
            gross_amount=pl.col("gross_amount").sum(),
            refund_amount=pl.col("refund_amount").sum(),
            net_amount=pl.col("net_amount").sum(),
        )
    )
    credited = (
        counted_credit_notes(refunds)
        .drop_nulls("person")
        .group_by("person")
        .agg(credit_amount=pl.col("amount").sum())
    )
    zero = [
        pl.col(c).fill_null(0)
        for c in ("order_days", "orders", "gross_amount", "refund_amount", "net_amount")
    ]
    return (
        people.persons.join(bought, on="person", how="left")
        .join(credited, on="person", how="left")
        .with_columns(zero)
        .with_columns(
            country=pl.coalesce("country", "order_country"),
            net_amount=pl.col("net_amount") - pl.col("credit_amount").fill_null(0),
            is_left_censored=is_censored(calendar, pl.col("first_order_date")),
        )
    )


def counted_credit_notes(refunds: pl.DataFrame) -> pl.DataFrame:
    """Credit notes that count: not those of staff (section 3)."""
    return refunds.filter(pl.col("is_credit_note") & ~pl.col("is_staff"))


def stitched(events: pl.DataFrame, limit: int) -> pl.DataFrame:
    """Persons of the visitors' unsigned events (section 2, Identity, Events).

    The person identified by the visitor most recently at or before the event, else the first
    identified after it; at one instant the greatest event_id decides. Bots identify nobody; a
    visitor identified as more than `limit` people is nobody. Returns event_row, person.
    """
    named = (
        events.lazy()
        .filter(
            pl.col("person").is_not_null() & pl.col("visitor").is_not_null() & ~pl.col("is_bot")
        )
        .select("visitor", "person", "occurred_at", "event_id")
    )
    crowds = (
        named.group_by("visitor").agg(pl.col("person").n_unique()).filter(pl.col("person") > limit)
    )
    marks = collect(
        named.join(crowds, on="visitor", how="anti")
        .sort("occurred_at", "event_id")
        .unique(["visitor", "occurred_at"], keep="last", maintain_order=True)
        .select("visitor", "occurred_at", "person")
    )
    waiting = (
        events.lazy()
        .filter(pl.col("person").is_null() & pl.col("visitor").is_not_null())
        .select("event_row", "visitor", "occurred_at")
        .join(marks.lazy().select("visitor"), on="visitor", how="semi")
        .sort("occurred_at")
        .collect()
    )
    options = {"on": "occurred_at", "by": "visitor", "check_sortedness": False}
    before = waiting.join_asof(marks, strategy="backward", **options)
    unknown = before.filter(pl.col("person").is_null()).drop("person")
    after = unknown.join_asof(marks, strategy="forward", **options)
    found = pl.concat([before.drop_nulls("person"), after])
    return found.select("event_row", "person")


def core_events(events: pl.DataFrame, people: People, params: dict[str, int]) -> pl.DataFrame:
    """Events with their person and visitor (section 2)."""
    visitors = (
        events.lazy()
        .select("source", "anonymous_id")
        .drop_nulls()
        .unique()
        .collect()
        .with_row_index("visitor")
    )
    visitors = visitors.with_columns(
        visitor_key=pl.col("source") + ":anon:" + hashed(visitors["anonymous_id"])
    )
    flags = [pl.col(c).fill_null(False) for c in ("is_bot", "is_incentivised", "is_verified")]
    events = collect(
        events.lazy()
        .with_row_index("event_row")
        .with_columns(*flags, account=account(), email=email_contact())
        .join(people.accounts.lazy(), on="account", how="left")
        .join(
            people.contacts.lazy(),
            left_on="email",
            right_on="contact",
            how="left",
            suffix="_email",
        )
        .with_columns(
            person=pl.when(pl.col("account").is_null() & is_email_of_actor())
            .then(pl.col("person_email"))
            .otherwise(pl.col("person"))
        )
        .drop("person_email", "account", "customer_id")
        .join(
            visitors.lazy().select("source", "anonymous_id", "visitor"),
            on=["source", "anonymous_id"],
            how="left",
        )
        .drop("anonymous_id")
    )
    found = stitched(events, params["visitor_max_people"])
    facts = people.persons.select("person", "customer_key", "is_staff")
    return collect(
        events.lazy()
        .join(found.lazy(), on="event_row", how="left", suffix="_visitor")
        .with_columns(person=pl.coalesce("person", "person_visitor"))
        .join(facts.lazy(), on="person", how="left")
        .join(visitors.lazy().select("visitor", "visitor_key"), on="visitor", how="left")
        .with_columns(
            event_key=pl.col("source") + ":" + pl.col("event_id"),
            visitor_key=pl.coalesce("visitor_key", "customer_key"),
            is_staff=pl.col("is_staff").fill_null(False),
        )
    )


def core_sessions(
    events: pl.DataFrame, passive: list[str], gap_minutes: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events with their session's key, and the sessions (section 2, Sessions).

    One visitor's visits as one person, in the order of (occurred_at, event_id); the first one
    lends its key, the first with a device its device. Bots and the `passive` types make none.
    """
    who = pl.coalesce(pl.col("visitor").cast(pl.Int64), -1 - pl.col("person").cast(pl.Int64))
    is_visit = ~pl.col("is_bot") & ~pl.col("event_type").is_in(passive)
    visits = (
        events.lazy()
        .filter(is_visit & pl.col("visitor_key").is_not_null())
        .sort(who, "occurred_at", "event_id", "source")
        .select(
            *("event_row", "person", "event_key", "customer_key", "visitor_key"),
            *("occurred_at", "event_date", "device"),
            who=who,
            is_order=pl.col("event_type") == "order_completed",
        )
    )
    silence = pl.col("occurred_at").diff() > timedelta(minutes=gap_minutes)
    changes = [pl.col(c).ne_missing(pl.col(c).shift(1)) for c in ("who", "person")]
    is_start = silence.fill_null(True) | pl.any_horizontal(changes)
    visits = visits.with_columns(session=is_start.cum_sum()).collect()
    first, last = pl.exclude("device", "is_order").first(), pl.col("occurred_at").last()
    sessions = (
        visits.lazy()
        .group_by("session", maintain_order=True)
        .agg(
            first,
            ended_at=last,
            events=pl.len(),
            device=pl.col("device").drop_nulls().first(),
            orders_completed=pl.col("is_order").sum(),
        )
        .rename({"event_key": "session_key", "occurred_at": "started_at"})
        .rename({"event_date": "session_date"})
        .with_columns(
            minutes=(pl.col("ended_at") - pl.col("started_at")).dt.total_microseconds() / 60e6
        )
        .drop("event_row", "who")
        .collect()
    )
    keys = (
        visits.lazy()
        .select("event_row", "session")
        .join(sessions.lazy().select("session", "session_key"), on="session")
    )
    events = collect(events.lazy().join(keys.drop("session"), on="event_row", how="left"))
    return events, sessions
