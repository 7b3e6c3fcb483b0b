"""Core nouns of the side tables: campaigns, service tickets, surveys and their answers."""

from __future__ import annotations

import polars as pl

from oracle.identity import People, account, email_contact, phone_contact
from oracle.marts import declare
from oracle.tools import hashed

declare(
    "core.campaigns",
    "campaign_key",
    """
    campaign_key:text source:text campaign_id:text name:text kind:text channel:text
    product_key:text started_on:day ended_on:day cost:amount is_automated:flag
    """,
)
declare(
    "core.service_tickets",
    "ticket_key",
    """
    ticket_key:text source:text ticket_id:text customer_key:text opened_at:time opened_date:day
    channel:text topic:text order_key:text product_key:text first_response_at:time
    resolved_at:time is_proactive:flag is_complaint:flag satisfaction:amount
    """,
)
declare(
    "core.surveys",
    "survey_key",
    """
    survey_key:text source:text survey_id:text name:text kind:text started_on:day ended_on:day
    invited:amount
    """,
)
declare(
    "core.survey_answers",
    "answer_key",
    """
    answer_key:text survey_key:text source:text respondent:text question_id:text
    answered_at:time answered_date:day customer_key:text answer:text
    """,
)


def key_of(column: str) -> pl.Expr:
    """Key of an id, which is one per source: source || ':' || id."""
    return pl.col("source") + ":" + pl.col(column)


def named(rows: pl.DataFrame, people: People) -> pl.DataFrame:
    """Add the person whom the first of customer_id, email and phone names (section 1).

    The first that a row gives decides; whom section 2 does not know is nobody.
    """
    columns = [c for c in ("customer_id", "email", "phone") if c in rows.columns]
    contacts = {"email": email_contact(), "phone": phone_contact()}
    found = rows.with_columns(account().alias("customer_id called")).join(
        people.accounts.select("account", pl.col("person").alias("customer_id person")),
        left_on="customer_id called",
        right_on="account",
        how="left",
    )
    for column in columns[1:]:
        found = found.with_columns(contacts[column].alias(f"{column} called")).join(
            people.contacts.select("contact", pl.col("person").alias(f"{column} person")),
            left_on=f"{column} called",
            right_on="contact",
            how="left",
        )
    person: pl.Expr = pl.lit(None, pl.UInt32)
    for column in reversed(columns):
        given = pl.col(column).is_not_null()
        person = pl.when(given).then(pl.col(f"{column} person")).otherwise(person)
    return found.select(*rows.columns, person=person)


def with_keys(rows: pl.DataFrame, people: People) -> pl.DataFrame:
    """Add the customer_key of the person."""
    return rows.join(people.persons.select("person", "customer_key"), on="person", how="left")


def core_campaigns(campaigns: pl.DataFrame) -> pl.DataFrame:
    """Campaigns; a product is named by its key, whether or not it has a row."""
    return campaigns.with_columns(
        campaign_key=key_of("campaign_id"),
        product_key=key_of("product_id"),
        started_on="started_at_date",
        ended_on="ended_at_date",
    )


def core_service_tickets(
    tickets: pl.DataFrame, orders: pl.DataFrame, people: People
) -> pl.DataFrame:
    """Tickets; one that names only an order is of that order's customer (section 1)."""
    tickets = named(tickets, people).with_columns(order_key=key_of("order_id"))
    buyers = orders.select("order_key", buyer="person")
    is_nameless = pl.all_horizontal(pl.col("customer_id", "email", "phone").is_null())
    tickets = tickets.join(buyers, on="order_key", how="left", coalesce=False)
    tickets = (
        tickets.drop("order_key")
        .rename({"order_key_right": "order_key"})
        .with_columns(person=pl.when(is_nameless).then("buyer").otherwise("person"))
    )
    return with_keys(tickets, people).with_columns(
        ticket_key=key_of("ticket_id"),
        product_key=key_of("product_id"),
        opened_date="opened_at_date",
        is_proactive=pl.col("is_proactive").fill_null(False),
        is_complaint=pl.col("is_complaint").fill_null(False),
    )


def core_surveys(surveys: pl.DataFrame) -> pl.DataFrame:
    """Surveys that were delivered."""
    return surveys.with_columns(
        survey_key=key_of("survey_id"), started_on="started_at_date", ended_on="ended_at_date"
    )


def core_survey_answers(answers: pl.DataFrame, people: People, salt: str) -> pl.DataFrame:
    """Answers, also of surveys that were not delivered; of several to a question each.

    A respondent is known by a salted hash, and so is what makes an answer's key.
    """
    answers = with_keys(named(answers, people), people).with_columns(
        survey_key=key_of("survey_id"), answered_date="answered_at_date"
    )
    given = pl.concat_str("survey_key", "respondent_id", separator=":")
    answers = answers.with_columns(given=salt + "respondent:" + given)
    answers = answers.with_columns(respondent=hashed(answers["given"]))
    told = pl.col("question_id") + (pl.lit(":") + pl.col("answer")).fill_null("")
    answers = answers.with_columns(told=salt + pl.col("respondent") + ":" + told)
    return answers.with_columns(answer_key=pl.col("survey_key") + ":" + hashed(answers["told"]))
