"""What somebody looks at, says and wishes for (section 8, customer_profile)."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from oracle.baskets import last_days, ordered
from oracle.consent import withdrawn
from oracle.seeds import passive_types, seed
from oracle.shop import Shop

INTEREST_DAYS = 180
INTEREST_HALF_LIFE = 30  # days
ENOUGH_EVENTS = 5
LEAST_INDEX = 120  # of what everybody looks at: 100
WISH_DAYS = 90  # in which a wish comes true
PURPOSE = "personalisation"


def interests(shop: Shop, as_of: date) -> pl.DataFrame:
    """The topic that a person's visits are about far more than everybody's: person, interest."""
    age = (pl.lit(as_of) - pl.col("event_date")).dt.total_days()
    visits = shop.events.filter(
        last_days(shop, INTEREST_DAYS, "event_date") & ~pl.col("event_type").is_in(passive_types())
    ).drop_nulls(["person", "shown_topic"])
    topics = (
        visits.with_columns(weight=pl.lit(0.5).pow(age / INTEREST_HALF_LIFE))
        .group_by("person", interest="shown_topic")
        .agg(pl.col("weight").sum(), events=pl.len())
    )
    own = pl.col("weight") / pl.col("weight").sum().over("person")
    all_of_them = pl.col("weight").sum().over("interest") / pl.col("weight").sum()
    return (
        topics.with_columns(index=(100 * own / all_of_them).round(6, mode="half_away_from_zero"))
        .filter((pl.col("events") >= ENOUGH_EVENTS) & (pl.col("index") >= LEAST_INDEX))
        .sort("person", "index", "interest", descending=[False, True, False])
        .unique("person", keep="first", maintain_order=True)
        .select("person", "interest")
    )


def declared(shop: Shop) -> pl.DataFrame:
    """The latest answer to the question 'preference', of one instant the smallest."""
    return (
        shop.answers.filter(pl.col("question_id") == "preference")
        .drop_nulls(["person", "answer"])
        .sort("person", "answered_at", "answer", descending=[False, True, False])
        .unique("person", keep="first", maintain_order=True)
        .select("person", declared_preference="answer")
    )


def wishes(shop: Shop) -> pl.DataFrame:
    """Products that a person wished for, and how many of them they ordered soon after."""
    product = ["person", "source", "product_id"]
    wished = (
        shop.events.filter(pl.col("event_type") == "wishlist_added")
        .drop_nulls(product)
        .group_by(product)
        .agg(first_wish=pl.col("event_date").min())
    )
    since = pl.col("order_date") - pl.col("first_wish")
    bought = (
        ordered(shop)
        .join(wished, on=product)
        .filter(since.is_between(timedelta(), timedelta(days=WISH_DAYS)))
        .select(product)
        .unique()
        .with_columns(is_bought=True)
    )
    return (
        wished.join(bought, on=product, how="left")
        .group_by("person")
        .agg(wishlist_items=pl.len(), wishlist_bought=pl.col("is_bought").sum())
    )


def with_interests(shop: Shop, as_of: date, people: pl.DataFrame) -> pl.DataFrame:
    """Add to everybody what they are interested in; nothing of who does not want to be known."""
    word = pl.col("interest").str.to_lowercase()  # the same topic, however it is written
    traits = seed("topic_traits").select(
        word=pl.col("topic").str.to_lowercase(), inferred_trait="trait"
    )
    hidden = withdrawn(shop.consents, PURPOSE)["person"].implode()
    shown = (
        interests(shop, as_of)
        .with_columns(word=word)
        .join(traits, on="word", how="left")
        .drop("word")
    )
    for frame in (shown, declared(shop)):
        frame = frame.filter(~pl.col("person").is_in(hidden))
        people = people.join(frame, on="person", how="left")
    return people.join(wishes(shop), on="person", how="left").with_columns(
        pl.col("wishlist_items", "wishlist_bought").fill_null(0)
    )
