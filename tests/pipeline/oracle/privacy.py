"""What a published text may say: nothing that few share, and nobody's address."""

from __future__ import annotations

import re

import polars as pl

from oracle.seeds import event_points, order_statuses, seed

SMALL_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
ORDER_TEXTS = (
    *("status", "channel", "device", "country", "region", "coupon_code", "referral_code"),
    "payment_method",
)
CUSTOMER_TEXTS = (
    *("country", "region", "acquisition_channel", "household_size", "income_band", "lock_in"),
    *("age_band", "gender", "city", "customer_type"),
)


def delivered(tables: dict[str, pl.DataFrame]) -> tuple[set[str], set[str]]:
    """Emails in lower case, customer ids with an @ among them, and phones as digits."""
    emails: set[str] = set()
    phones: set[str] = set()
    for rows in tables.values():
        if "email" in rows.columns:
            emails |= {email.lower() for email in rows["email"].drop_nulls()}
        if "phone" in rows.columns:
            phones |= {re.sub("[^0-9]", "", phone) for phone in rows["phone"].drop_nulls()}
        if "customer_id" in rows.columns:
            emails |= {one.lower() for one in rows["customer_id"].drop_nulls() if "@" in one}
    return emails, phones


class Publisher:
    """Gives frames their published texts."""

    def __init__(self, tables: dict[str, pl.DataFrame], limit: int) -> None:
        """Know the addresses that the `tables` hold; fewer sharers than `limit` are few."""
        self.emails, self.phones = delivered(tables)
        self.limit = limit

    def is_address(self, value: str) -> bool:
        """Whether a text holds an email that was delivered, or is a phone that was."""
        digits = re.sub("[^0-9]", "", value)
        if 7 <= len(digits) <= 15 and digits in self.phones:
            return True
        return "@" in value and any(email in value.lower() for email in self.emails)

    def text(self, sharers: pl.DataFrame, column: str, known: frozenset[str]) -> pl.Expr:
        """A column of which each row of `sharers` is one who shares its value."""
        counts = sharers.drop_nulls(column).group_by(column).len()
        enough = counts.filter((pl.col("len") >= self.limit) | pl.col(column).is_in(known))
        common = {value for value in enough[column] if not self.is_address(value)}
        value = pl.col(column)
        return (
            pl.when(value.is_null() | value.is_in(common | known))
            .then(value)
            .otherwise(pl.lit("other"))
        )

    def orders(self, orders: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """Orders with these texts as they are published; orders share them."""
        known = {"status": frozenset(order_statuses()["status"])}
        return orders.with_columns(
            self.text(orders, column, known.get(column, frozenset())).alias(column)
            for column in columns
        )

    def customers(self, customers: pl.DataFrame) -> pl.DataFrame:
        """Customers with all texts as they are published; people share them."""
        return customers.with_columns(
            self.text(customers, column, frozenset()).alias(column) for column in CUSTOMER_TEXTS
        )

    def shops_words(self, rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """Campaigns or surveys with their texts: however few share one, but nobody's address."""
        return rows.with_columns(
            self.text(rows, column, frozenset(self.shared(rows, column))).alias(column)
            for column in columns
        )

    def shared(self, rows: pl.DataFrame, column: str) -> set[str]:
        """The texts of a column that are nobody's address."""
        values = rows[column].drop_nulls().unique()
        return {value for value in values if not self.is_address(value)}

    def methods(self, spells: pl.DataFrame, consents: pl.DataFrame) -> pl.DataFrame:
        """Spells of consent with the method of their opener; statements share them."""
        return spells.with_columns(self.text(consents, "method", frozenset({"event"})))

    def tickets(self, tickets: pl.DataFrame) -> pl.DataFrame:
        """Tickets with their channels and topics; tickets share them, but for listed topics."""
        known = {"topic": frozenset(seed("ticket_topics")["topic"])}
        return tickets.with_columns(
            self.text(tickets, column, known.get(column, frozenset())).alias(column)
            for column in ("channel", "topic")
        )

    def answers(self, answers: pl.DataFrame) -> pl.DataFrame:
        """Answers; respondents share them, and a small number says nothing of anybody."""
        sharers = answers.select("answer", "respondent").unique()
        values = answers["answer"].drop_nulls().unique()
        small = {one for one in values if re.fullmatch(SMALL_NUMBER, one) and len(one) <= 3}
        return answers.with_columns(self.text(sharers, "answer", frozenset(small)))

    def events(self, events: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """Events with these texts; people and visitors share them, and what nobody did counts."""
        is_person, is_visitor = pl.col("person").is_not_null(), pl.col("visitor").is_not_null()
        known = {"event_type": frozenset(event_points()["event_type"])}
        shown = []
        for column in columns:
            sharers = events.select(
                column,
                "person",
                visitor=pl.when(~is_person).then("visitor"),
                row=pl.when(~is_person & ~is_visitor).then("event_row"),
            ).unique()
            shown.append(self.text(sharers, column, known.get(column, frozenset())).alias(column))
        return events.with_columns(shown)
