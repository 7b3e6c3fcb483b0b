"""A trial in the crowd: a letter that some are held out of at random, and what it adds."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np

from patronage.demo.columns import NONE, Columns, Rng, ids, pick
from patronage.demo.people import ACCOUNT
from patronage.demo.shop import SHELF, World
from patronage.demo.times import DAY, EPOCH, berlin_day, from_berlin
from patronage.demo.writer import Writer

CAMPAIGN = "comeback"  # its row stands in planted/campaigns.yml
SENT = int(from_berlin(np.array([(date(2025, 9, 15) - EPOCH).days * DAY + 9 * 3600]))[0])
TREATED, WITHHELD = 0.4, 0.2  # shares of those who had ordered before; the others are left alone
ADDED = 0.15  # so many of the treated order who would not have
STEPS = [
    "campaign_received", "campaign_withheld", "email_opened", "email_clicked", "coupon_redeemed",
]  # fmt: skip


def add_trial(
    rng: Rng, world: World, people: Columns, orders: Columns, writer: Writer
) -> Counter[str]:
    """Write what the trial's letter did to a block; returns how many were treated and withheld."""
    size = len(people["number"])
    buyers = np.zeros(size, bool)
    buyers[orders["person"][orders["instant"] < SENT]] = True
    buyers &= (people["kind"] == ACCOUNT) & people["has_row"] & ~people["is_staff"]
    lot = np.where(buyers, rng.random(size), 1)
    treated = np.flatnonzero(lot < TREATED)
    withheld = np.flatnonzero((lot >= TREATED) & (lot < TREATED + WITHHELD))
    opened = treated[rng.random(len(treated)) < 0.45]
    won = treated[rng.random(len(treated)) < ADDED]
    ordered = SENT + DAY + rng.integers(0, 12 * DAY, len(won))
    by_coupon = rng.random(len(won)) < 0.5

    order = {
        "order_id": ids("B", people["number"][won]),
        "customer_id": ids("C", people["id"][won]),
        "_loaded_at": berlin_day(ordered) + 1,
    }
    product = people["taste"][won] * SHELF + rng.integers(0, SHELF, len(won))
    price = world.prices[0, product]
    told = {"currency": "EUR", "status": "completed", "channel": "web", "payment_method": "card"}
    writer.add("orders", order | {
        "ordered_at": ordered,
        "amount": price,
        **{name: pick([text], np.zeros(len(won), np.int64)) for name, text in told.items()},
    })  # fmt: skip
    writer.add("order_lines", {
        "order_id": order["order_id"],
        "line_id": ids("", np.ones(len(won), np.int64)),
        "product_id": ids("P", 100 + product),
        "quantity": np.ones(len(won), np.int64),
        "unit_price": price,
        "_loaded_at": order["_loaded_at"],
    })  # fmt: skip

    # a coupon is given in with the order, a click comes a minute before it
    step = np.repeat([0, 1, 2, 3, 4], [
        len(treated), len(withheld), len(opened), (~by_coupon).sum(), by_coupon.sum(),
    ])  # fmt: skip
    person = np.concatenate([treated, withheld, opened, won[~by_coupon], won[by_coupon]])
    at = np.full(len(person), SENT)
    at[step == 2] += rng.integers(60, 2 * DAY, len(opened))
    at[step == 3] = ordered[~by_coupon] - 60
    at[step == 4] = ordered[by_coupon]
    number = people["number"][person]
    writer.add("events", {
        "event_id": ids("V", 5 * number + step),
        "occurred_at": at,
        "event_type": pick(STEPS, step),
        "customer_id": ids("C", people["id"][person]),
        "channel": pick(["email"], np.where(step == 4, -1, 0)),
        "order_id": ids("B", np.where(step == 4, number, NONE)),
        "campaign_id": pick([CAMPAIGN], np.zeros(len(person), np.int64)),
        "_loaded_at": berlin_day(at) + 1,
    })  # fmt: skip
    return Counter(treated_customers=len(treated), control_customers=len(withheld))
