"""Audiences: who is in which, and who of them may be written to (section 9)."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from oracle.baskets import SAMPLE_DIGITS, last_days
from oracle.contract import TEXT
from oracle.marts import declare, empty, finished
from oracle.seeds import declared_audiences
from oracle.shop import Shop
from oracle.standing import Marts, by_person
from oracle.steps import steps
from oracle.tools import CENT, md5, share

REASONS = (
    *("no_address", "consent_withdrawn", "no_consent", "minor", "open_complaint"),
    *("contacted_recently", "holdout"),
)
EXCLUSIVE = ("segment", "persona")  # in one of a kind at most, the first by priority
NO_DAY = date(9000, 1, 1)  # stands for as_of in a shop without any row that has one
OLDEST = 110  # years; whoever is older has a form's default for a birth date

declare(
    "audiences.audience_members",
    "audience customer_key",
    """
    audience:text customer_key:text kind:text channel:text purpose:text is_included:flag
    exclusion_reason:text
    """,
)
declare(
    "audiences.audience_summary",
    "audience",
    f"""
    audience:text kind:text eligible:count included:count
    {" ".join(f"{reason}:count" for reason in REASONS)}
    share_of_customers:share net_amount_12m:amount
    """,
)


def marts(shop: Shop, made: Marts) -> dict[str, pl.DataFrame]:
    """Every mart of section 9."""
    keys = shop.persons.select("person", "customer_key")
    consents = shop.consents.join(keys, on="person")
    is_open = pl.col("ended_at").is_null()
    people = with_moments(shop, made)
    declared = shop.params["audiences"]
    declared = declared_audiences() if declared is None else declared
    members = audience_members(shop, declared, people)
    frames = {
        "consent_spells": consents,
        "consent_status": consents.filter(is_open).with_columns(since="started_at"),
        "audience_members": members,
        "audience_summary": audience_summary(declared, people, members),
    }
    named = {f"audiences.{name}": frame for name, frame in frames.items()}
    return {
        mart: finished(mart, frame) if frame.width else empty(mart) for mart, frame in named.items()
    }


# ---------------------------------------------------------------------------------------------
# Moments
# ---------------------------------------------------------------------------------------------


def as_of_day(shop: Shop) -> date:
    """The date as_of, or one far ahead in a shop without any."""
    return shop.calendar.as_of or NO_DAY


def birthday(birth: date, year: int) -> date:
    """The birthday in a year; of the leap day the day before it."""
    try:
        return birth.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def days_to_birthday(birth: date | None, as_of: date) -> int | None:
    """Days until the next birthday, 0 on it; none of whoever would be older than anybody is."""
    if birth is None:
        return None
    age = (int(f"{as_of:%Y%m%d}") - int(f"{birth:%Y%m%d}")) // 10_000
    if age > OLDEST:
        return None
    coming = (birthday(birth, as_of.year), birthday(birth, as_of.year + 1))
    return min((day - as_of).days for day in coming if day >= as_of)


def lapses(shop: Shop, made: Marts) -> pl.DataFrame:
    """How long ago the open lapsed spell began: person, days_since_lapse."""
    spells = made["lifecycle.lifecycle_spells"]
    is_lapsed = pl.col("ended_on").is_null() & (pl.col("stage") == "lapsed")
    age = (pl.lit(as_of_day(shop)) - pl.col("started_on")).dt.total_days()
    return by_person(shop, spells.filter(is_lapsed), days_since_lapse=age)


def open_checkouts(shop: Shop) -> pl.DataFrame:
    """Days since the last checkout of those who have no valid order at or after it.

    Where the order or the checkout is given as a date alone, an order of that date is one.
    """
    last = (
        shop.events.filter(pl.col("event_type") == "checkout_started")
        .drop_nulls("person")
        .sort("occurred_at", "event_date")
        .unique("person", keep="last", maintain_order=True)
    )
    is_flat = pl.col("occurred_at_is_day") | pl.col("hour").is_null()
    is_after = (
        pl.when(is_flat)
        .then(pl.col("order_date") >= pl.col("event_date"))
        .otherwise(pl.col("ordered_at") >= pl.col("occurred_at"))
    )
    done = last.join(
        shop.orders.select("person", "ordered_at", "order_date", "hour"), on="person"
    ).filter(is_after)
    age = (pl.lit(as_of_day(shop)) - pl.col("event_date")).dt.total_days()
    return last.join(done, on="person", how="anti").select(
        "person", days_since_checkout_without_order=age
    )


def with_moments(shop: Shop, made: Marts) -> pl.DataFrame:
    """The profile of everybody with the moments beside it, and what excludes them anywhere."""
    as_of = as_of_day(shop)
    shop = shop._replace(calendar=shop.calendar._replace(as_of=as_of))
    keys = shop.shown_persons.select(
        *("person", "customer_key", "birth_date", "last_order_date", "has_known_email"),
        *("has_phone",),
    )
    sent = steps(shop).filter(pl.col("step").is_in(["send", "withheld"])).drop_nulls("person")
    kinds = shop.side["campaigns"].select("campaign_key", "kind")
    thanked = sent.filter(last_days(shop, 90, "event_date")).join(kinds, on="campaign_key")
    thanked = thanked.filter(pl.col("kind") == "thanks")
    lately = sent.filter(last_days(shop, shop.params["contact_days"], "event_date"))
    often = lately.group_by("person").len().filter(pl.col("len") > shop.params["contact_limit"])
    behaviour = made["cross_sell.loyalty_behaviour"].filter(
        (pl.col("scored_on") == as_of) & pl.col("is_cross_sell_ready")
    )
    offers = made["cross_sell.next_best_offers"].filter(pl.col("kind") == "upsell")
    flags = {
        "has_upsell_offer": by_person(shop, offers),
        "is_cross_sell_ready": by_person(shop, behaviour),
        "is_advocate_candidate": by_person(shop, made["advocacy.advocate_candidates"]),
        "was_thanked_90d": thanked,
        "is_contacted_recently": often,
    }
    people = (
        made["profile.customer_profile"]
        .join(keys, on="customer_key")
        .join(lapses(shop, made), on="person", how="left")
        .join(open_checkouts(shop), on="person", how="left")
    )
    births = people["birth_date"].to_list()
    return people.with_columns(
        *(
            pl.col("person").is_in(frame["person"].unique().implode()).alias(name)
            for name, frame in flags.items()
        ),
        days_since_order=(pl.lit(as_of) - pl.col("last_order_date")).dt.total_days(),
        days_to_birthday=pl.Series([days_to_birthday(b, as_of) for b in births], dtype=pl.Int64),
        is_minor=pl.Series([is_minor(b, as_of, shop.params["adult_age"]) for b in births]),
    )


def is_minor(birth: date | None, as_of: date, adult: int) -> bool:
    """Whether somebody is known to be younger than an adult."""
    return birth is not None and birthday(birth, birth.year + adult) > as_of


# ---------------------------------------------------------------------------------------------
# Members
# ---------------------------------------------------------------------------------------------


def holding(people: pl.DataFrame, rule: str) -> pl.DataFrame:
    """People for whom a rule holds; where it is NULL it does not."""
    with pl.SQLContext(people=people, eager=True) as context:
        return context.execute(f"select * from people where ({rule})")


def audience_members(
    shop: Shop, declared: list[dict[str, Any]], people: pl.DataFrame
) -> pl.DataFrame:
    """Who is in each audience, and why some are not written to."""
    taken: dict[str, list[str]] = {kind: [] for kind in EXCLUSIVE}
    frames = []
    has_order = pl.col("first_order_date").is_not_null()
    for one in sorted(declared, key=lambda one: one.get("priority") or 0):
        kind, channel, purpose = one["kind"], one.get("channel"), one.get("purpose")
        able = people.filter(has_order) if kind == "segment" else people
        members = holding(able, str(one["rule"]))
        if kind in EXCLUSIVE:
            members = members.filter(~pl.col("customer_key").is_in(taken[kind]))
            taken[kind] += members["customer_key"].to_list()
        members = members.with_columns(
            audience=pl.lit(one["name"]),
            kind=pl.lit(kind),
            channel=pl.lit(channel, TEXT),
            purpose=pl.lit(purpose, TEXT),
        )
        reason = exclusion(shop, one, members)
        frames.append(members.with_columns(exclusion_reason=reason))
    if not frames:
        return pl.DataFrame()
    return pl.concat(frames).with_columns(is_included=pl.col("exclusion_reason").is_null())


def exclusion(shop: Shop, one: dict[str, Any], members: pl.DataFrame) -> pl.Expr:
    """The first reason that applies why a member of an audience is left out."""
    name, channel, purpose = one["name"], one.get("channel"), one.get("purpose")
    held_out = one.get("holdout_share") or 0
    parts = {
        key: int(md5(f"{name}:{key}")[:8], 16) / SAMPLE_DIGITS
        for key in members["customer_key"].to_list()
    }
    held = [key for key, part in parts.items() if part < held_out]
    rules = {"holdout": pl.col("customer_key").is_in(held)}
    if channel:
        stated = shop.consents.filter(
            pl.col("ended_at").is_null()
            & (pl.col("channel") == channel)
            & (pl.col("purpose") == purpose)
        )
        said = {
            status: pl.col("person").is_in(
                stated.filter(pl.col("status") == status)["person"].implode()
            )
            for status in ("granted", "withdrawn")
        }
        has_address = {"email": pl.col("has_known_email")} | dict.fromkeys(
            ("sms", "phone"), pl.col("has_phone")
        )
        is_active = pl.lit(one["kind"] in ("trigger", "list"))
        rules |= {
            "no_address": ~has_address.get(channel, pl.lit(True)),
            "consent_withdrawn": said["withdrawn"],
            "no_consent": ~said["granted"],
            "minor": pl.lit(bool(one.get("adults_only"))) & pl.col("is_minor"),
            "open_complaint": is_active & pl.col("has_open_complaint"),
            "contacted_recently": pl.col("is_contacted_recently"),
        }
    return pl.coalesce(
        *(pl.when(rules[reason]).then(pl.lit(reason)) for reason in REASONS if reason in rules),
        pl.lit(None, TEXT),
    )


def audience_summary(
    declared: list[dict[str, Any]], people: pl.DataFrame, members: pl.DataFrame
) -> pl.DataFrame:
    """How many are in each audience, how many of them are reached, and why not all."""
    if not declared:
        return pl.DataFrame()
    has_order = pl.col("first_order_date").is_not_null()
    buyers = people.filter(has_order).height
    net = (pl.col("net_amount_12m") * CENT).cast(pl.Int64)
    counts = members.group_by("audience").agg(
        *(
            (pl.col("exclusion_reason") == reason).sum().cast(pl.Int64).alias(reason)
            for reason in REASONS
        ),
        eligible=pl.len().cast(pl.Int64),
        included=pl.col("is_included").sum().cast(pl.Int64),
        buyers=has_order.sum(),
        net_amount_12m=net.filter("is_included").sum(),
    )
    frame = pl.DataFrame(
        [(one["name"], one["kind"]) for one in declared],
        schema={"audience": TEXT, "kind": TEXT},
        orient="row",
    )
    return (
        frame.join(counts, on="audience", how="left")
        .with_columns(pl.exclude("audience", "kind").fill_null(0))
        .with_columns(share_of_customers=share(pl.col("buyers"), pl.lit(buyers)))
    )
