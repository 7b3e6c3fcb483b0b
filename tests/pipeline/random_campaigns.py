"""Campaigns of a random shop: what is sent, withheld, opened, clicked, redeemed, and spent."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

Rows = list[dict[str, Any]]
SECOND = dt.timedelta(seconds=1)
WEEK = dt.timedelta(days=7)
WAITS = [dt.timedelta(), SECOND, dt.timedelta(hours=30), WEEK - SECOND, WEEK, WEEK + SECOND]
KINDS = ["newsletter", "Thanks", "launch", "win_back", ""]
CHANNELS = ["email", "email", "Sms", "post", ""]
CAMPAIGNS = [f"k{n}" for n in range(12)]
UNKNOWN = ["heard of", "k0 "]  # of no campaign that was delivered; k0 with a blank
LEADS = [
    {"customer_id": "", "email": "lead@example.org", "anonymous_id": ""},
    {"customer_id": "", "email": "office@example.org", "anonymous_id": ""},
    {"customer_id": "", "email": "", "anonymous_id": "browser"},
    {"customer_id": "", "email": "", "anonymous_id": ""},
]


def moment_of(row: dict[str, Any], column: str) -> dt.datetime:
    """When a row says that it happened, a date at its midnight."""
    return dt.datetime.fromisoformat(str(row[column]).rstrip("Z"))


def campaign_rows(rng: Random, shop: dict[str, Rows]) -> None:
    """Campaigns; what was sent for each, and what became of it."""
    orders = [row for row in shop["orders"] if row["order_id"] != "last"]
    days = sorted(moment_of(row, "ordered_at") for row in orders)
    for name in CAMPAIGNS:
        started = rng.choice(days) - dt.timedelta(rng.choice([0, 1, 6, 14, 90]))
        shop["campaigns"].append(
            {"campaign_id": name, "name": f"Campaign {name}", "kind": rng.choice(KINDS)}
            | {"channel": rng.choice(CHANNELS), "product_id": f"p{rng.randrange(14)}"}
            | {"started_at": rng.choice([started.isoformat() + "Z", ""])}
            | {"cost": rng.choice(["", "", "0", "120.5"])}
            | {"is_automated": rng.choice(["yes", "no", ""])}
        )
    for row in orders:
        before_an_order(rng, shop, row)
    for _ in range(200):
        row = rng.choice(orders)
        mailing(rng, shop, row, moment_of(row, "ordered_at"))
    late = max(days)
    for _ in range(250):  # what is new: too young to be judged, or the third in a week
        since = dt.timedelta(rng.choice([0, 1, 6, 7, 13, 14, 15, 89, 90]))
        mailing(rng, shop, rng.choice(orders), late.replace(hour=10) - since)
    for row in orders[::8]:  # the third letter of a week, and the second
        for since in rng.choice([(0, 1, 6), (0, 1, 6), (0, 1, 7), (0, 6)]):
            kind = rng.choice(["campaign_received", "campaign_withheld"])
            sent = dt.datetime.combine(late.date(), dt.time(10)) - dt.timedelta(since)
            step(rng, shop, row, kind, sent, named(rng))


def step(
    rng: Random,
    shop: dict[str, Rows],
    who: dict[str, Any],
    kind: str,
    at: dt.datetime,
    campaign: str,
    order: str = "",
) -> None:
    """A step of a campaign."""
    names = ("customer_id", "email", "anonymous_id")
    shop["events"].append(
        {name: who.get(name, "") for name in names}
        | {"occurred_at": at.isoformat() + "Z", "event_type": kind, "campaign_id": campaign}
        | {"order_id": order, "product_id": "", "rating": "", "text": ""}
        | {"is_incentivised": "", "referral_code": ""}
    )


def named(rng: Random) -> str:
    """A campaign, or none, or one that is not known."""
    return rng.choice([*CAMPAIGNS * 3, *UNKNOWN, "", ""])


def before_an_order(rng: Random, shop: dict[str, Rows], row: dict[str, Any]) -> None:
    """Clicks up to a week before an order, and coupons for it, its date, or another's order."""
    at = moment_of(row, "ordered_at")
    if "T" not in row["ordered_at"]:  # up to the day's end, in the shop's time
        at += dt.timedelta(hours=rng.choice([0, 10, 22, 23]))
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        wait = rng.choice(WAITS)
        for _ in range(rng.choice([1, 1, 2])):
            step(rng, shop, row, "email_clicked", at - wait, named(rng))
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        order = rng.choice([row["order_id"], row["order_id"], "", "", "no order"])
        who = row if rng.random() < 0.8 else rng.choice([*shop["orders"], *LEADS])
        when = at + rng.choice([*WAITS, -SECOND])
        step(rng, shop, who, "coupon_redeemed", when, named(rng), order)


def mailing(rng: Random, shop: dict[str, Rows], row: dict[str, Any], near: dt.datetime) -> None:
    """A letter before an order or long after it, or one that was held back; what followed."""
    who = row if rng.random() < 0.85 else rng.choice(LEADS)
    if rng.random() < 0.1 and row.get("customer_id"):  # the other account of the person
        who = {"customer_id": f"c{int(row['customer_id'][1:]) ^ 1}"}
    campaign = named(rng)
    sent = near - rng.choice([*WAITS, dt.timedelta(14), dt.timedelta(15), -dt.timedelta(5)])
    kinds = ["campaign_received"] * 6 + ["campaign_withheld"] * 3
    for kind in rng.choice([[rng.choice(kinds)], [rng.choice(kinds)], [*set(kinds)]]):
        step(rng, shop, who, kind, sent, campaign)
    if rng.random() < 0.5:
        forwarded = rng.choice(LEADS) if rng.random() < 0.1 else who
        step(rng, shop, forwarded, "email_opened", sent + rng.choice(WAITS), campaign)
    if rng.random() < 0.3:
        left = sent + rng.choice(WAITS)
        if rng.random() < 0.4:  # another letter in between
            step(rng, shop, who, "campaign_received", left - rng.choice(WAITS), named(rng))
        told = rng.choice([campaign, "", "", named(rng)])
        step(rng, shop, who, "newsletter_unsubscribed", left, told)


def marketing(rng: Random, shop: dict[str, Rows]) -> None:
    """What was spent, on what purpose, in which channel, for which campaign."""
    first = min(moment_of(row, "ordered_at") for row in shop["orders"]).date()
    for _ in range(200):
        day = first + dt.timedelta(rng.randrange(-40, 800))
        shop["marketing_spend"].append(
            {"spend_date": day, "amount": rng.choice([0, 0, 5, 12.3456])}
            | {"channel": rng.choice(["ads", "Ads", "search", "tv", ""])}
            | {"purpose": rng.choice(["acquisition", "Retention", "brand", ""])}
            | {"campaign_id": rng.choice([*CAMPAIGNS, "heard of", "", "", "", ""])}
        )
