"""What the crowd, passers-by and bots do on the site and in the mail."""

from __future__ import annotations

import numpy as np

from patronage.demo.columns import NONE, Columns, Rng, ids, numbers_at, pick, redeliver
from patronage.demo.marketing import CAMPAIGNS, campaign_start
from patronage.demo.people import ACCOUNT, GUEST_BY_EMAIL, NAMELESS
from patronage.demo.shop import CATEGORIES, DEVICES, KIND, PRODUCTS, READ, REVIEWS, SHELF, TOPICS
from patronage.demo.times import BERLIN, DAY, FIRST_INSTANT, LAST_INSTANT, NEW_YORK, berlin_day

EVENT_DEFAULTS = {
    "account": -1, "email": -1, "visitor": -1, "product": -1, "order": -1, "campaign": -1,
    "code": -1, "device": -1, "topic": -1, "text": -1, "form": -1, "rating": NONE,
    "is_bot": NONE, "is_incentivised": NONE, "is_verified": NONE,
}  # fmt: skip


class _EventLog:
    """Collects events by column; `account` and `email` name the person whose id is shown."""

    def __init__(self) -> None:
        self.parts: dict[str, list[np.ndarray]] = {"kind": [], "instant": []}
        self.parts |= {name: [] for name in EVENT_DEFAULTS}

    def add(self, kind: str, instant: np.ndarray, **columns: np.ndarray | int) -> None:
        columns = EVENT_DEFAULTS | {"kind": KIND[kind], "instant": instant} | columns
        for name, values in columns.items():
            wide = np.broadcast_to(np.asarray(values, np.int64), instant.shape)
            self.parts[name].append(wide)

    def sorted(self) -> Columns:
        """All events inside the history, by time."""
        events = {name: np.concatenate(parts) for name, parts in self.parts.items()}
        order = np.argsort(events["instant"], kind="stable")
        ends = np.searchsorted(events["instant"][order], [FIRST_INSTANT, LAST_INSTANT + 1])
        return {name: values[order[slice(*ends)]] for name, values in events.items()}


def draw_events(rng: Rng, people: Columns, orders: Columns, lines: Columns) -> Columns:
    """What the crowd, passers-by and bots do on the site and in the mail, sorted by time."""
    log, size, count = _EventLog(), len(people["number"]), len(orders["id"])
    kind, number = people["kind"], people["number"]

    def who(person: np.ndarray) -> Columns:
        """How a signed-in or mail-reading person is named."""
        shown = {ACCOUNT: "account", GUEST_BY_EMAIL: "email"}
        return {name: np.where(kind[person] == k, person, -1) for k, name in shown.items()}

    def device(person: np.ndarray) -> np.ndarray:
        return 4 * number[person] + (rng.random(len(person)) < 0.25)

    def some(rows: np.ndarray, share: float) -> np.ndarray:
        return rows[rng.random(len(rows)) < share]

    def later(rows: np.ndarray, low: int, high: int) -> np.ndarray:
        return rng.integers(low, high, len(rows))

    product = np.full(count, -1)
    product[lines["order"]] = lines["product"]
    person, bought = orders["person"], orders["instant"]

    # visits that end in an order: browsing unnamed, named at the checkout
    online = np.flatnonzero((orders["channel"] < 2) & (rng.random(count) < 0.8))
    visitor = np.full(count, -1)
    visitor[online] = device(person[online])
    for name, share, low, high in (
        ("page_viewed", 0.6, 900, 1500),
        ("product_viewed", 0.6, 500, 900),
        ("product_viewed", 0.3, 300, 500),
        ("product_added", 0.5, 150, 300),
        ("checkout_started", 0.5, 60, 150),
    ):
        o = some(online, share)
        shown = -1 if name.startswith("page") else product[o]
        seen = orders["device"][o] if name.startswith("page") else -1
        at = bought[o] - later(o, low, high)
        log.add(name, at, visitor=visitor[o], product=shown, device=seen)
    o = some(online, 0.85)
    log.add("order_completed", bought[o] + 2, visitor=visitor[o], order=o, **who(person[o]))
    o = some(np.flatnonzero(orders["has_coupon"]), 0.8)
    log.add("coupon_redeemed", bought[o] + 1, order=o, **who(person[o]))

    # visits without an order, some signed in
    times = rng.poisson(0.5 + 1.0 * people["orders"])
    p = np.repeat(np.arange(size), times)
    last = np.minimum(people["created"] + 30 * DAY, LAST_INSTANT)
    np.maximum.at(last, person, np.minimum(bought + 60 * DAY, LAST_INSTANT))
    begin = np.maximum(people["created"][p], FIRST_INSTANT)
    at = begin + (np.maximum(last[p] - begin, 1) * rng.random(len(p))).astype(np.int64)
    visitor = device(p)
    named = {k: np.where(rng.random(len(p)) < 0.35, v, -1) for k, v in who(p).items()}
    log.add("page_viewed", at, visitor=visitor, device=rng.integers(0, 2, len(p)),
            topic=_read_topics(rng.spawn(1)[0], people, p), **named)  # fmt: skip
    shelf = people["taste"][p] * SHELF + rng.integers(0, SHELF, len(p))
    for name, share in (("product_viewed", 0.6), ("product_added", 0.08), ("video_watched", 0.03)):
        v = some(np.arange(len(p)), share)
        log.add(name, at[v] + later(v, 20, 600), visitor=visitor[v], product=shelf[v])
    for name, share in (("file_downloaded", 0.02), ("form_submitted", 0.02)):
        v = some(np.arange(len(p)), share)
        form = later(v, 0, 2) if name.startswith("form") else -1
        log.add(name, at[v] + later(v, 60, 900), visitor=visitor[v], form=form)

    # newsletter and campaigns
    p = some(np.flatnonzero(people["has_email"]), 0.4)
    joined = np.maximum(people["created"][p], FIRST_INSTANT) + later(p, 60, 2 * DAY)
    by_account = rng.random(len(p)) < 0.5
    log.add("newsletter_subscribed", joined, visitor=device(p),
            account=np.where(by_account, p, -1), email=np.where(by_account, -1, p))  # fmt: skip
    left = joined + later(p, 20 * DAY, 900 * DAY)
    quits = rng.random(len(p)) < 0.15
    log.add("newsletter_unsubscribed", left[quits], account=p[quits])
    read = np.repeat(np.arange(len(p)), rng.poisson(5, len(p)))
    campaign = rng.integers(0, CAMPAIGNS, len(read))
    sent = campaign_start(campaign)
    still = (sent > joined[read]) & (~quits[read] | (sent < left[read]))
    read, campaign, sent = p[read[still]], campaign[still], sent[still]
    log.add("campaign_received", sent, account=read, campaign=campaign)
    for name, share, low in (("email_opened", 0.5, 60), ("email_clicked", 0.12, 9 * 3600)):
        m = some(np.arange(len(read)), share)
        log.add(name, sent[m] + later(m, low, low + 8 * 3600), account=read[m],
                campaign=campaign[m], device=rng.integers(0, 2, len(m)))  # fmt: skip

    # opinions: few speak, and not those who buy most
    speaks = np.isin(kind, (ACCOUNT, GUEST_BY_EMAIL)) & (rng.random(size) < 0.2)
    mine = np.flatnonzero(speaks[person])
    for name, share in (
        ("product_liked", 0.12), ("wishlist_added", 0.12), ("product_shared", 0.008),
        ("community_posted", 0.004), ("testimonial_given", 0.002), ("reference_given", 0.002),
    ):  # fmt: skip
        o = some(mine, share)
        log.add(name, bought[o] + later(o, DAY, 40 * DAY), product=product[o], **who(person[o]))
    o = some(mine, 0.15)
    rating = rng.choice([1, 2, 3, 4, 5], len(o), p=[0.06, 0.06, 0.13, 0.3, 0.45])
    text = np.where(rng.random(len(o)) < 0.2, rng.integers(0, len(REVIEWS), len(o)), -1)
    log.add("product_reviewed", bought[o] + later(o, 3 * DAY, 40 * DAY), rating=rating, text=text,
            product=product[o], is_incentivised=np.where(rng.random(len(o)) < 0.12, 1, NONE),
            is_verified=np.where(rng.random(len(o)) < 0.8, 1, NONE), **who(person[o]))  # fmt: skip
    o = some(mine, 0.1)
    score = np.minimum(rng.binomial(12, 0.68, len(o)), 10)
    log.add("survey_answered", bought[o] + later(o, 5 * DAY, 20 * DAY), topic=0, rating=score,
            **who(person[o]))  # fmt: skip
    o = some(np.arange(count), 0.02)
    log.add("support_contacted", bought[o] + later(o, DAY, 9 * DAY), order=o,
            topic=rng.integers(1, 3, len(o)), **who(person[o]))  # fmt: skip
    o = np.flatnonzero(orders["referrer"] >= 0)  # an invitation carries the friend's address
    by = orders["referrer"][o]
    friend = np.where(kind[person[o]] == NAMELESS, -1, person[o])
    log.add("referral_sent", bought[o] - later(o, DAY, 25 * DAY), account=by, code=by, email=friend)
    o = some(o, 0.8)
    by = orders["referrer"][o]
    log.add("referral_converted", bought[o] + 3600, account=by, order=o, code=by)

    # passers-by and bots
    passer = np.repeat(number[: -(-size // 8)], rng.integers(1, 4, -(-size // 8)))
    at = FIRST_INSTANT + rng.integers(0, LAST_INSTANT - FIRST_INSTANT, len(passer))
    log.add("page_viewed", at, visitor=4 * passer + 2, device=1)
    keen = some(np.arange(len(passer)), 0.05)
    log.add("form_submitted", at[keen] + 90, visitor=4 * passer[keen] + 2, form=1)
    bot = np.repeat(number[: -(-size // 400)], 25)
    at = FIRST_INSTANT + (bot * 7919 % 1000) * DAY + later(bot, 0, 1800)
    log.add("product_viewed", at, visitor=4 * bot + 3, is_bot=1,
            product=rng.integers(0, PRODUCTS, len(bot)))  # fmt: skip
    return log.sorted()


def _read_topics(rng: Rng, people: Columns, person: np.ndarray) -> np.ndarray:
    """What these visits read of: half of it untold, else what the person likes, or one of READ."""
    size = len(person)
    liked = len(TOPICS) + len(READ) + people["taste"][person]
    usual = people["number"][person] % len(READ)
    other = np.where(rng.random(size) < 0.6, usual, rng.integers(0, len(READ), size))
    topic = np.where(rng.random(size) < 0.6, liked, len(TOPICS) + other)
    return np.where(rng.random(size) < 0.5, topic, -1)


def event_rows(
    rng: Rng, people: Columns, orders: Columns, events: Columns, first_id: int
) -> tuple[Columns, int]:
    """Rows of the events file with exact re-deliveries; how many fall away."""
    rows, _, superseded = redeliver(rng, len(events["kind"]), 0.006)
    e = {name: values[rows] for name, values in events.items()}
    person = np.maximum(e["account"], e["email"])
    american = (person >= 0) & (people["country"][person] == 4)
    by_mail = np.isin(e["kind"], [KIND["email_opened"], KIND["campaign_received"]])
    columns = {
        "event_id": ids("E", first_id + rows),
        "occurred_at": e["instant"],
        "event_type": pick(list(KIND), e["kind"]),
        "anonymous_id": ids("a", e["visitor"]),
        "customer_id": ids("C", numbers_at(people["id"], e["account"])),
        "email": pick(people["email"], e["email"]),
        "device": pick(DEVICES, e["device"]),
        "channel": pick(["email"], by_mail - 1),
        "topic": pick([*TOPICS, *READ, *CATEGORIES], e["topic"]),
        "product_id": ids("P", np.where(e["product"] < 0, -1, 100 + e["product"])),
        "order_id": ids("O", numbers_at(orders["id"], e["order"])),
        "campaign_id": ids("news", e["campaign"]),
        "referral_code": ids("F", numbers_at(people["number"], e["code"])),
        "text": pick(REVIEWS, e["text"]),
        "properties": pick(['{"form":"contact"}', '{"form":"quote"}'], e["form"]),
        "_loaded_at": berlin_day(e["instant"]) + 1,
        "_zone": np.where(american, NEW_YORK, BERLIN),
    }
    flags = ("rating", "is_bot", "is_incentivised", "is_verified")
    return columns | {name: e[name] for name in flags}, superseded
