"""Engagement: who is engaged, and who is ready to buy (section 5)."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from oracle.marts import declare, finished
from oracle.seeds import band_of, bands, event_points, reaches
from oracle.shop import Shop
from oracle.tools import collect, share

declare(
    "engagement.engagement_contributions",
    "customer_key event_type",
    """
    customer_key:text event_type:text events:count scored_events:count points:share
    decayed_points:share
    """,
)
declare(
    "engagement.engagement_scores",
    "customer_key",
    """
    customer_key:text score:share level:text last_event_at:time sessions_30d:count
    session_minutes_30d:share top_event_type:text
    """,
)
declare(
    "engagement.lead_scores",
    "person_key",
    """
    person_key:text customer_key:text is_customer:flag raw_score:share decayed_score:share
    band:text decayed_band:text became_strong_at:time unsubscribes:count last_event_at:time
    """,
)

declare(
    "engagement.visit_conversion",
    "month_start visitor_class",
    """
    month_start:day visitor_class:text sessions:count converting_sessions:count
    conversion_rate:share orders:count median_visits_before_order:share
    """,
)

SESSION_DAYS = 30
AFTER_VISIT = timedelta(minutes=30)  # in which an order still is the visit's
BEFORE_ORDER = timedelta(days=30)  # in which the visits led to the order


def marts(shop: Shop) -> dict[str, pl.DataFrame]:
    """All marts of this subject."""
    types = scored_types(shop, shop.events)
    contributed = contributions(types)
    frames = {
        "engagement_contributions": contributed.join(shop.persons, on="person"),
        "engagement_scores": engagement_scores(shop, contributed),
        "lead_scores": lead_scores(shop, types),
        "visit_conversion": visit_conversion(shop),
    }
    return {
        f"engagement.{name}": finished(f"engagement.{name}", frame)
        for name, frame in frames.items()
    }


def last_day(shop: Shop) -> date:
    """as_of; a shop without any row has no day, and nothing that would be counted."""
    return shop.calendar.as_of or date.max


def decay(shop: Shop, day: str) -> pl.Expr:
    """0.5^(age in whole days / half-life)."""
    age = (pl.lit(last_day(shop)) - pl.col(day)).dt.total_days()
    return pl.lit(0.5).pow(age / shop.params["engagement_half_life_days"])


def scored_types(shop: Shop, events: pl.DataFrame) -> pl.DataFrame:
    """Events of each person or visitor by type: how many, and how many of them the caps let score.

    Events of one type have the same points, so that of a day only their number matters; `decayed`
    is the sum of what an event of one point is worth today.
    """
    points = event_points().lazy().select("event_type", "engagement_points", "lead_points")
    caps = event_points().lazy().select("event_type", "daily_cap")
    days = (
        events.lazy()
        .drop_nulls("who")
        .group_by("who", "event_type", "event_date")
        .agg(
            pl.col("person").first(),
            events=pl.len().cast(pl.Int64),
            last_event_at=pl.col("occurred_at").max(),
        )
        .join(caps, on="event_type", how="left")
        .select(
            *("who", "person", "event_type", "events", "last_event_at"),
            counted=pl.min_horizontal("events", "daily_cap"),
            decay=decay(shop, "event_date"),
        )
    )
    zero = pl.col("engagement_points", "lead_points").fill_null(0)
    return collect(
        days.group_by("who", "event_type")
        .agg(
            pl.col("person").first(),
            pl.col("events", "counted").sum(),
            pl.col("last_event_at").max(),
            decayed=(pl.col("counted") * pl.col("decay")).sum(),
        )
        .join(points, on="event_type", how="left")
        .with_columns(zero)
    )


def contributions(types: pl.DataFrame) -> pl.DataFrame:
    """What each type of event adds to each person's score."""
    points = pl.col("engagement_points")
    return types.drop_nulls("person").select(
        *("person", "event_type", "events", "last_event_at"),
        scored_events=pl.when(points > 0).then("counted").otherwise(0),
        points=pl.col("counted") * points,
        decayed_points=(pl.col("decayed") * points).round(6, mode="half_away_from_zero"),
    )


def scores(contributed: pl.DataFrame) -> pl.DataFrame:
    """Score and top type of each person with an event; the score is null if none scores."""
    top = (
        contributed.filter(pl.col("decayed_points") > 0)
        .sort("decayed_points", "event_type", descending=[True, False])
        .unique("person", keep="first", maintain_order=True)
        .select("person", top_event_type="event_type")
    )
    is_scored = pl.col("scored_events").sum() > 0
    sums = contributed.group_by("person").agg(
        pl.col("last_event_at").max(),
        score=pl.when(is_scored).then(pl.col("decayed_points").sum().round(9)),
    )
    return sums.join(top, on="person", how="left")


def engagement_scores(shop: Shop, contributed: pl.DataFrame) -> pl.DataFrame:
    """Every customer but staff; without a scoring event the score is 0 and the level 'none'."""
    since = last_day(shop) - timedelta(days=SESSION_DAYS)
    visits = (
        shop.sessions.filter(pl.col("session_date") > since)
        .drop_nulls("person")
        .group_by("person")
        .agg(sessions_30d=pl.len().cast(pl.Int64), session_minutes_30d=pl.col("minutes").sum())
    )
    return (
        shop.persons.filter(~pl.col("is_staff"))
        .join(scores(contributed), on="person", how="left")
        .join(visits, on="person", how="left")
        .with_columns(
            pl.col("score", "sessions_30d", "session_minutes_30d").fill_null(0),
            level=band_of("engagement_levels", pl.col("score"), "none"),
        )
    )


def lead_scores(shop: Shop, types: pl.DataFrame) -> pl.DataFrame:
    """Every customer but staff, and every visitor who is nobody yet but no bot."""
    events = shop.events.drop_nulls("who")
    people = shop.persons.filter(~pl.col("is_staff")).select(
        pl.col("person").cast(pl.Int64).alias("who"), "customer_key", person_key="customer_key"
    )
    visitors = (
        events.lazy()
        .filter(pl.col("person").is_null())
        .select("who", pl.lit(None, pl.String).alias("customer_key"), person_key="visitor_key")
        .unique("who")
    )
    points = pl.col("lead_points")
    has_points = ((pl.col("counted") > 0) & (points != 0)).any()
    is_leaving = pl.col("event_type") == "newsletter_unsubscribed"
    sums = types.group_by("who").agg(
        pl.col("last_event_at").max(),
        raw_score=pl.when(has_points).then((pl.col("counted") * points).sum()),
        decayed_score=pl.when(has_points).then((pl.col("decayed") * points).sum().round(9)),
        unsubscribes=pl.col("events").filter(is_leaving).sum(),
    )
    return (
        pl.concat([people, visitors.collect()])
        .join(sums, on="who", how="left")
        .join(became_strong(events), on="who", how="left")
        .with_columns(
            pl.col("unsubscribes").fill_null(0),
            is_customer=pl.col("customer_key").is_not_null(),
            band=band_of("lead_score_bands", pl.col("raw_score"), "unscored"),
            decayed_band=band_of("lead_score_bands", pl.col("decayed_score"), "unscored"),
        )
    )


def became_strong(events: pl.DataFrame) -> pl.DataFrame:
    """When the running raw score first was strong, event by event in (occurred_at, event_id)."""
    strong = bands("lead_score_bands").filter(pl.col("label") == "strong")
    _, minimum, is_inclusive = strong.row(0)
    counting = (
        events.lazy()
        .join(event_points().lazy(), on="event_type")
        .filter(pl.col("lead_points") != 0)
    )
    gains = pl.col("lead_points").clip(lower_bound=0).sum()
    able = counting.group_by("who").agg(gains=gains)
    able = able.filter(reaches(pl.col("gains"), minimum, is_inclusive))
    order = ["who", "occurred_at", "event_id", "source"]
    nth = pl.int_range(1, pl.len() + 1).over("who", "event_type", "event_date")
    is_counted = pl.col("daily_cap").is_null() | (nth <= pl.col("daily_cap"))
    running = pl.col("lead_points").cum_sum().over("who")
    return (
        counting.join(able, on="who", how="semi")
        .sort(order)
        .filter(is_counted)
        .with_columns(running=running)
        .filter(reaches(pl.col("running"), minimum, is_inclusive))
        .group_by("who")
        .agg(became_strong_at=pl.col("occurred_at").min())
        .collect()
    )


def visit_conversion(shop: Shop) -> pl.DataFrame:
    """Visits that ended in an order, by who came: a buyer, somebody known, or nobody.

    An order is the visit's if it is the customer's and made from its start to 30 minutes after
    its end; one without a time is no visit's, and makes a buyer of who comes on a later date. Of
    nobody's visits each order_completed stands for one. The visit that made an order is
    one of those that led to it, where it began with it, too.
    """
    staff = shop.persons.filter("is_staff").select("person")
    visits = shop.sessions.join(staff, on="person", how="anti").select(
        *("person", "started_at", "ended_at", "orders_completed", "session_date"),
        month_start=pl.col("session_date").dt.truncate("1mo"),
        visit=pl.int_range(pl.len()),
    )
    bought = shop.orders.drop_nulls("person")
    is_flat = pl.col("hour").is_null()
    first = bought.group_by("person").agg(
        first_order_at=pl.col("ordered_at").filter(~is_flat).min(),
        first_day=pl.col("order_date").filter(is_flat).min(),
    )
    orders = bought.filter(~is_flat).select("person", "order_row", "ordered_at")
    is_buyer = (pl.col("first_order_at") < pl.col("started_at")).fill_null(False) | (
        pl.col("first_day") < pl.col("session_date")
    ).fill_null(False)
    cell = ["month_start", "visitor_class"]
    visits = visits.join(first, on="person", how="left").with_columns(
        visitor_class=pl.when(is_buyer)
        .then(pl.lit("buyer"))
        .when(pl.col("person").is_not_null())
        .then(pl.lit("known"))
        .otherwise(pl.lit("unknown"))
    )
    end = pl.col("ended_at") + AFTER_VISIT
    made = visits.join(orders, on="person").filter(
        pl.col("ordered_at").is_between(pl.col("started_at"), end)
    )
    before = (
        orders.join(visits.select("person", "started_at"), on="person")
        .filter(
            pl.col("started_at").is_between(
                pl.col("ordered_at") - BEFORE_ORDER, pl.col("ordered_at")
            )
        )
        .group_by("order_row")
        .agg(visits_before=pl.len())
    )
    told = (
        made.unique([*cell, "order_row"])
        .join(before, on="order_row", how="left")
        .group_by(cell)
        .agg(
            known_orders=pl.len(),
            median_visits_before_order=pl.col("visits_before").fill_null(0).median(),
        )
    )
    is_unknown = pl.col("visitor_class") == "unknown"
    is_converting = pl.col("visit").is_in(made["visit"].unique().implode()) | (
        is_unknown & (pl.col("orders_completed") > 0)
    )
    return (
        visits.group_by(cell)
        .agg(
            sessions=pl.len(),
            converting_sessions=is_converting.sum(),
            completed=pl.col("orders_completed").sum(),
        )
        .join(told, on=cell, how="left")
        .with_columns(
            conversion_rate=share(pl.col("converting_sessions"), pl.col("sessions")),
            orders=pl.when(is_unknown)
            .then("completed")
            .otherwise(pl.col("known_orders"))
            .fill_null(0),
        )
    )
