"""Voice: why customers leave, and what surveys answer (section 11)."""

from __future__ import annotations

from datetime import date

import polars as pl

from oracle.contract import TEXT
from oracle.marts import declare
from oracle.seeds import listed
from oracle.shop import Shop
from oracle.tools import CENT, share, wilson

declare(
    "service.leave_reasons",
    "month_start reason",
    "month_start:day reason:text customers:count share:share",
)
declare(
    "service.survey_results",
    "survey_key question_id answer",
    """
    survey_key:text survey_id:text kind:text question_id:text answer:text respondents:count
    answers:count share:share low:share high:share invited:amount response_rate:share
    identified_share:share stage_difference:share is_small:flag
    """,
)

FEW = 30  # respondents
BAD_RATING = 3 * CENT
UNHAPPY = 2 * CENT


# ---------------------------------------------------------------------------------------------
# Why they left
# ---------------------------------------------------------------------------------------------


def lapsed(spells: pl.DataFrame, shop: Shop) -> pl.DataFrame:
    """Lapsed spells, numbered: since which order, from when and until when (exclusive)."""
    days = shop.orders.drop_nulls("person").select("person", "order_date").unique()
    starts = spells.filter(pl.col("stage") == "lapsed").select(
        "person", "started_on", "ended_on", spell=pl.int_range(pl.len())
    )
    last = (
        starts.join(days, on="person")
        .filter(pl.col("order_date") < pl.col("started_on"))
        .group_by("spell")
        .agg(last_order=pl.col("order_date").max())
    )
    return starts.join(last, on="spell").with_columns(until=pl.col("ended_on").fill_null(date.max))


def evidence(shop: Shop, spells: pl.DataFrame) -> list[pl.DataFrame]:
    """What speaks for each reason, the strongest first: frames of spell, reason."""
    to_start = pl.col("on").is_between(pl.col("last_order"), pl.col("started_on"))

    def of_spell(rows: pl.DataFrame, **columns: str | pl.Expr) -> pl.DataFrame:
        return rows.drop_nulls("person").select("person", **columns).join(spells, on="person")

    answers = of_spell(
        shop.answers.filter(pl.col("question_id") == "leave_reason").drop_nulls("answer"),
        on="answered_date",
        at="answered_at",
        reason=pl.lit("survey:") + pl.col("answer"),
    )
    before_end = (pl.col("on") >= pl.col("last_order")) & (pl.col("on") < pl.col("until"))
    said = answers.filter(before_end).sort("at", "reason", descending=[True, False])
    tickets = of_spell(
        shop.side["tickets"].filter("is_complaint"),
        on="opened_date",
        at="opened_at",
        resolved="resolved_at_date",
        satisfaction="satisfaction",
        reason=pl.lit("complaint:") + pl.col("shown_topic").fill_null("other"),
    )
    is_resolved = (pl.col("resolved") <= pl.col("started_on")).fill_null(False)
    is_unhappy = (pl.col("satisfaction") <= UNHAPPY).fill_null(False)
    complained = tickets.filter(to_start & (~is_resolved | is_unhappy)).sort(
        "at", "reason", descending=[True, False]
    )
    buyers = shop.orders.select("order_row", buyer="person")
    refunds = shop.refunds.join(buyers, on="order_row").select("reason", "refund_date", "buyer")
    notes = shop.credits.select("reason", "refund_date", buyer="person")
    is_quality = listed("refund_reasons", pl.col("reason"), "reason", "is_quality")
    returned = of_spell(
        pl.concat([refunds, notes]).filter(is_quality.fill_null(False)).rename({"buyer": "person"}),
        on="refund_date",
        reason=pl.lit("quality"),
    )
    reviews = of_spell(
        shop.events.filter(
            (pl.col("event_type") == "product_reviewed") & (pl.col("rating") < BAD_RATING)
        ),
        on="event_date",
        reason=pl.lit("bad_review"),
    )
    withdrew = of_spell(
        shop.statements.join(
            shop.consents.filter(
                (pl.col("purpose") == "marketing") & (pl.col("status") == "withdrawn")
            ),
            left_on=["person", "channel", "purpose", "status", "stated_at"],
            right_on=["person", "channel", "purpose", "status", "started_at"],
            how="semi",
        ),
        on="stated_on",
        reason=pl.lit("withdrew_consent"),
    )
    return [said, complained, *(rows.filter(to_start) for rows in (returned, reviews, withdrew))]


def leave_reasons(shop: Shop, spells: pl.DataFrame) -> pl.DataFrame:
    """Of those who lapsed in a month, what went before; the first reason that has evidence."""
    gone = lapsed(spells, shop)
    left = gone.select("spell", "started_on", reason=pl.lit(None, TEXT))
    for rows in evidence(shop, gone):
        first = rows.unique("spell", keep="first", maintain_order=True)
        found = first.select("spell", found="reason")
        left = left.join(found, on="spell", how="left").with_columns(
            reason=pl.coalesce("reason", "found")
        )
        left = left.drop("found")
    return (
        left.group_by(
            month_start=pl.col("started_on").dt.truncate("1mo"),
            reason=pl.col("reason").fill_null("unknown"),
        )
        .agg(customers=pl.len().cast(pl.Int64))
        .with_columns(
            share=share(pl.col("customers"), pl.col("customers").sum().over("month_start"))
        )
    )


# ---------------------------------------------------------------------------------------------
# Surveys
# ---------------------------------------------------------------------------------------------


def stage_differences(shop: Shop, spells: pl.DataFrame) -> pl.DataFrame:
    """How far the identified people of a question stand from everybody: by their stages."""
    question = ["survey_key", "question_id"]
    now = spells.filter(pl.col("ended_on").is_null()).select("person", "stage")
    all_of_them = now.group_by("stage").agg(everyone=pl.len() / max(now.height, 1))
    people = shop.answers.drop_nulls("person").select(*question, "person").unique()
    theirs = (
        people.join(now, on="person")
        .group_by(*question, "stage")
        .agg(theirs=pl.len())
        .with_columns(theirs=pl.col("theirs") / pl.col("theirs").sum().over(question))
    )
    questions = theirs.select(question).unique()
    return (
        questions.join(all_of_them, how="cross")
        .join(theirs, on=[*question, "stage"], how="left")
        .group_by(question)
        .agg(stage_difference=(pl.col("theirs").fill_null(0) - pl.col("everyone")).abs().max())
    )


def survey_results(shop: Shop, spells: pl.DataFrame) -> pl.DataFrame:
    """How many respondents of a question gave each answer, and how far that can be trusted."""
    question = ["survey_key", "question_id"]
    answers = shop.answers.with_columns(pl.col("answer").fill_null("no_code"))
    people = pl.col("respondent").n_unique().cast(pl.Int64)
    is_known = pl.col("person").is_not_null()
    asked = answers.group_by(question).agg(
        respondents=people, identified=pl.col("respondent").filter(is_known).n_unique()
    )
    whole = answers.group_by("survey_key").agg(of_survey=people)
    given = answers.group_by(*question, "answer").agg(
        answers=people, asked_survey_id=pl.col("survey_id").first()
    )
    surveys = shop.side["surveys"].select("survey_key", "kind", "invited")
    low, high = wilson(pl.col("answers"), pl.col("respondents"))
    return (
        given.join(asked, on=question)
        .join(whole, on="survey_key")
        .join(surveys, on="survey_key", how="left")
        .join(stage_differences(shop, spells), on=question, how="left")
        .with_columns(
            survey_id="asked_survey_id",
            share=share(pl.col("answers"), pl.col("respondents")),
            low=low,
            high=high,
            response_rate=share(pl.col("of_survey") * CENT, pl.col("invited")),
            identified_share=share(pl.col("identified"), pl.col("respondents")),
            is_small=pl.col("respondents") < FEW,
        )
    )
