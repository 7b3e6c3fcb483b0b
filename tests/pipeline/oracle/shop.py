"""What the subjects read: core, cut down, and the spine of periods."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

import polars as pl

from oracle.consent import consent_spells
from oracle.contract import TEXT
from oracle.core import counted_credit_notes
from oracle.identity import People, account
from oracle.staging import Calendar
from oracle.tools import collect, converted, months_later

ID_THAT_IS_AN_EMAIL = "^[^:]+:[^@]+@[^@]+$"


class Shop(NamedTuple):
    """What the marts of every subject read."""

    calendar: Calendar
    start: date | None  # first day of the date spine
    orders: pl.DataFrame  # valid orders only
    refunds: pl.DataFrame  # of valid orders
    credits: pl.DataFrame  # credit notes that count
    lines: pl.DataFrame  # of valid orders
    persons: pl.DataFrame  # everyone identified, with what they ordered
    products: pl.DataFrame
    buyers: pl.DataFrame  # order_key, person: every order that someone made, valid or not
    codes: pl.DataFrame  # source, referral_code, person: the customers rows' own codes
    events: pl.DataFrame  # no bots, no staff; `who` did it, visitors numbered behind the persons
    sessions: pl.DataFrame
    tickets: pl.DataFrame  # of everyone
    statements: pl.DataFrame  # of consent, by party
    consents: pl.DataFrame  # what each person's consent was, from when to when
    answers: pl.DataFrame  # to surveys, as they are published
    shown_persons: pl.DataFrame  # the persons with their texts as published, and what is known
    side: dict[str, pl.DataFrame]  # the side tables at as_of, with persons and published texts
    params: dict[str, Any]

    @property
    def months(self) -> list[date]:
        """Months of the spine, from the first order or credit note to as_of."""
        if self.start is None:
            return []
        return spine(self.start, self.calendar.as_of, "1mo")["period_start"].to_list()

    def window(self, month: date) -> tuple[date, date]:
        """The 12 months [e − 12 months, e) that end with a month, or with as_of in it."""
        end = min(months_later(month, 1), self.calendar.as_of + timedelta(days=1))
        return months_later(end, -12), end


def spine(start: date, end: date, interval: str) -> pl.DataFrame:
    """Starts of the periods that contain the days from start to end; weeks start on Monday."""
    days = pl.DataFrame({"day": [start, end]}).with_columns(pl.col("day").dt.truncate(interval))
    first, last = days["day"]
    return pl.date_range(first, last, interval, eager=True).alias("period_start").to_frame()


def between(rows: pl.DataFrame, day: str, start: date, end: date) -> pl.LazyFrame:
    """Rows of the days [start, end)."""
    return rows.lazy().filter((pl.col(day) >= start) & (pl.col(day) < end))


def open_shop(
    calendar: Calendar,
    orders: pl.DataFrame,
    refunds: pl.DataFrame,
    events: pl.DataFrame,
    sessions: pl.DataFrame,
    tables: dict[str, pl.DataFrame],
    people: People,
    customers: pl.DataFrame,
    tickets: pl.DataFrame,
    statements: pl.DataFrame,
    answers: pl.DataFrame,
    shown_customers: pl.DataFrame,
    side: dict[str, pl.DataFrame],
    params: dict[str, Any],
) -> Shop:
    """Cut core down to what the subjects read; the spine starts at any order or credit note."""
    notes = refunds.filter("is_credit_note")
    starts = (calendar.history_start, notes["refund_date"].min())
    start = min((day for day in starts if day is not None), default=None)
    valid = orders.filter("is_valid")
    place = valid.select("order_row", "channel", "country")
    lines = (
        tables["order_lines"]
        .lazy()
        .select("order_row", "source", "product_id", "pieces", "goods_amount")
        .join(valid.lazy().select("order_row", "person", "order_date", "rate"), on="order_row")
        .with_columns(
            has_amount=pl.col("goods_amount").is_not_null(),
            line_amount=converted(pl.col("goods_amount").fill_null(0)),
        )
        .drop("rate", "goods_amount")
    )
    behind = pl.col("visitor").cast(pl.Int64) + people.persons.height
    return Shop(
        calendar,
        start,
        valid,
        refunds.join(place, on="order_row"),
        counted_credit_notes(refunds).with_columns(
            channel=pl.lit(None, dtype=TEXT), country=pl.lit(None, dtype=TEXT)
        ),
        collect(lines),
        customers,
        tables["products"],
        orders.select("order_key", "person").drop_nulls(),
        owned_codes(tables["customers"], people),
        collect(
            events.lazy()
            .filter(~pl.col("is_bot") & ~pl.col("is_staff"))
            .drop("event_row", "event_key", "customer_key", "session_key")
            .drop("is_bot", "is_staff")
            .with_columns(who=pl.coalesce(pl.col("person").cast(pl.Int64), behind))
        ),
        sessions,
        tickets,
        statements,
        consent_spells(statements),
        answers,
        shown_customers.join(addressed(tables, people), on="person", how="left").with_columns(
            pl.col("has_email", "has_phone").fill_null(False),
            has_known_email=pl.col("has_email").fill_null(False)
            | pl.col("person").is_in(mailed(people).implode()),
        ),
        side,
        params,
    )


def mailed(people: People) -> pl.Series:
    """Persons whom an email names: guests and leads, too, of whom nothing else is known."""
    is_email = pl.col("contact").str.starts_with("email:")
    return people.contacts.filter(is_email)["person"].unique()


def addressed(tables: dict[str, pl.DataFrame], people: People) -> pl.DataFrame:
    """Of whose accounts or orders an email is known, and of whose a phone; shared ones count.

    An account's id that is an email is known, too.
    """
    named = [
        rows.select("email", "phone", account=account()).join(people.accounts, on="account")
        for rows in (tables["customers"], tables["orders"])
    ]
    named.append(tables["orders"].join(people.orders, on="order_row"))
    is_email = pl.col("account").str.contains(ID_THAT_IS_AN_EMAIL)
    ids = people.accounts.select(
        "person", email=pl.when(is_email).then("account"), phone=pl.lit(None, pl.String)
    )
    rows = pl.concat([rows.select("person", "email", "phone") for rows in [*named, ids]])
    return rows.group_by("person").agg(
        has_email=pl.col("email").is_not_null().any(), has_phone=pl.col("phone").is_not_null().any()
    )


def owned_codes(customers: pl.DataFrame, people: People) -> pl.DataFrame:
    """Whose code is whose, within its source; several people may have one."""
    return (
        customers.select("source", "referral_code", account=account())
        .drop_nulls("referral_code")
        .join(people.accounts, on="account")
        .select("source", "referral_code", "person")
        .unique()
    )
