"""Sharing: who shares most, and how the followers grow (section 12)."""

from __future__ import annotations

import polars as pl

from oracle.advocacy import CODE, LATEST, sent_invites
from oracle.contract import TEXT
from oracle.marts import declare, finished
from oracle.seeds import event_points
from oracle.shop import Shop, spine
from oracle.tools import CENT, share

declare(
    "advocacy.sharing_leaderboard",
    "month_start customer_key",
    """
    month_start:day customer_key:text shares:count share_of_shares:share sharing_rank:count
    points:share views:count
    """,
)
declare(
    "advocacy.follower_growth",
    "channel month_start",
    """
    channel:text month_start:day followers:amount counted_on:day previous_followers:amount
    growth:share posts:amount
    """,
)


def marts(shop: Shop) -> dict[str, pl.DataFrame]:
    """Both marts."""
    frames = {
        "advocacy.sharing_leaderboard": sharing_leaderboard(shop),
        "advocacy.follower_growth": follower_growth(shop),
    }
    return {mart: finished(mart, frame) for mart, frame in frames.items()}


def code_owners(shop: Shop) -> pl.DataFrame:
    """Whose a code is: theirs whose customers rows have it, else who sent it first."""
    sent = (
        sent_invites(shop)
        .drop_nulls("referral_code")
        .sort(LATEST)
        .unique(CODE, keep="first", maintain_order=True)
        .select(*CODE, "person")
        .join(shop.codes, on=CODE, how="anti")
    )
    return pl.concat([shop.codes, sent])


def sharing_leaderboard(shop: Shop) -> pl.DataFrame:
    """What each person shared in a month, what it scored, and how often others looked at it."""
    month = pl.col("event_date").dt.truncate("1mo")
    place = ["month_start", "person"]
    shared = shop.events.filter(pl.col("event_type") == "product_shared").with_columns(
        month_start=month
    )
    seed = event_points().filter(pl.col("event_type") == "product_shared")
    worth = seed["engagement_points"].sum()
    cap = seed["daily_cap"].max()
    days = shared.drop_nulls("person").group_by(*place, "event_date").agg(shares=pl.len())
    people = days.group_by(place).agg(
        points=worth * pl.col("shares").clip(upper_bound=cap).cast(pl.Float64).sum(),
        shares=pl.col("shares").sum().cast(pl.Int64),
    )
    months = shared.group_by("month_start").agg(all_shares=pl.len())
    views = (
        shop.events.filter(pl.col("event_type") == "share_viewed")
        .drop_nulls("referral_code")
        .rename({"person": "viewer"})
        .join(code_owners(shop), on=CODE)
        .filter(pl.col("viewer").ne_missing(pl.col("person")))
        .group_by("person", month_start=month)
        .agg(views=pl.len())
    )
    return (
        people.join(months, on="month_start")
        .join(views, on=place, how="left")
        .join(shop.persons.select("person", "customer_key"), on="person")
        .with_columns(
            pl.col("views").fill_null(0),
            share_of_shares=share(pl.col("shares"), pl.col("all_shares")),
            sharing_rank=pl.col("shares").rank("min", descending=True).over("month_start"),
        )
    )


def follower_growth(shop: Shop) -> pl.DataFrame:
    """Followers of a channel at each month's end, and how they grew.

    A channel that two sources count is two accounts: their last counts are summed.
    """
    counts = (
        shop.side["follower_counts"]
        .rename({"counted_on_date": "counted_on"})
        .with_columns(month_start=pl.col("counted_on").dt.truncate("1mo"))
        .sort("counted_on")
    )
    account, place = ["source", "channel"], ["channel", "month_start"]

    def known(column: str) -> pl.Expr:
        """The sum of what is known; null where nothing is."""
        return pl.when(pl.col(column).count() > 0).then(pl.col(column).sum())

    own = counts.group_by(*account, "month_start", maintain_order=True).agg(
        pl.col("followers", "counted_on").last(), posts=known("posts"), has_count=pl.lit(True)
    )
    months = [
        spine(group["counted_on"].min(), shop.calendar.as_of, "1mo").select(
            source=pl.lit(source), channel=pl.lit(channel), month_start="period_start"
        )
        for (source, channel), group in counts.group_by(account)
    ]
    schema = {"source": TEXT, "channel": TEXT, "month_start": pl.Date}
    dense = pl.concat([pl.DataFrame(schema=schema), *months]).sort(*account, "month_start")
    previous = pl.col("previous_followers")
    return (
        dense.join(own, on=[*account, "month_start"], how="left", maintain_order="left")
        .with_columns(pl.col("followers", "counted_on").forward_fill().over(account))
        .group_by(place)
        .agg(
            pl.col("followers").sum(),
            pl.col("counted_on").max(),
            posts=known("posts"),
            has_count=pl.col("has_count").any(),
        )
        .sort(place)
        .with_columns(previous_followers=pl.col("followers").shift(1).over("channel"))
        .with_columns(
            growth=pl.when("has_count").then(
                share((pl.col("followers") - previous) / CENT, previous / CENT)
            )
        )
    )
