"""What the crowd orders, and what it gives back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from patronage.demo.columns import (
    NONE,
    UNIT,
    Columns,
    Rng,
    ids,
    join,
    numbers_at,
    pick,
    redeliver,
    sum_by,
)
from patronage.demo.people import ACCOUNT, GUEST_BY_EMAIL, GUEST_BY_PHONE
from patronage.demo.shop import (
    CATEGORIES,
    CHANNELS,
    COUNTRIES,
    COUNTRY_CURRENCY,
    CURRENCIES,
    DEVICES,
    IS_VALID_STATUS,
    PAYMENTS,
    PRODUCTS,
    REFUNDED,
    RIVET,
    SHELF,
    STATUS_SHARES,
    STATUSES,
    UNLISTED,
    World,
)
from patronage.demo.times import (
    BERLIN,
    DAY,
    FIRST_INSTANT,
    LAST_DAY,
    LAST_INSTANT,
    NEW_YORK,
    ZULU,
    berlin_day,
)


def draw_orders(rng: Rng, people: Columns, visits: Columns, first_id: int) -> Columns:
    """Orders of a block (sorted by time) without their amounts. Person = position in the block."""
    person, instant = visits["person"], visits["instant"]
    size = len(person)
    by_person = np.argsort(person, kind="stable")
    starts = np.cumsum(people["orders"]) - people["orders"]
    nth = np.empty(size, np.int64)
    nth[by_person] = np.arange(size) - starts[person[by_person]]

    country = people["country"][person]
    account = people["kind"][person] == ACCOUNT
    was_guest = people["was_guest"][person] & (nth == 0)
    as_guest = ~account | was_guest
    second = (people["merge"][person] > 0) & (nth > 0) & (rng.random(size) < 0.5)
    customer = np.where(second, people["second_id"][person], people["id"][person])
    with_email = (people["kind"][person] == GUEST_BY_EMAIL) | was_guest
    with_email |= account & (rng.random(size) < 0.05)
    channel = rng.choice(4, size, p=[0.58, 0.2, 0.13, 0.09])
    device = np.where(channel == 0, rng.choice(3, size, p=[0.5, 0.4, 0.1]), -1)
    american = np.where(channel == 1, NEW_YORK, ZULU)
    day = berlin_day(instant)
    currency = COUNTRY_CURRENCY[country]

    referrer = np.full(size, -1)
    friends = np.flatnonzero((nth == 0) & (people["channel"][person] == 3))
    codes = np.flatnonzero(people["has_code"] & (people["created"] < LAST_INSTANT - 200 * DAY))
    if len(codes):
        asked = rng.choice(codes, len(friends))
        known = people["created"][asked] < instant[friends] - 30 * DAY
        referrer[friends] = np.where(known & (asked != person[friends]), asked, -1)
    orders = {"id": first_id + np.arange(size), "person": person, "instant": instant, "day": day}
    return orders | {
        "currency": currency,
        "referrer": referrer,
        "channel": channel,
        "zone": np.where(country == 4, american, np.where(channel == 3, ZULU, BERLIN)),
        "customer": np.where(as_guest, -1, customer),
        "with_email": with_email,
        "with_phone": people["kind"][person] == GUEST_BY_PHONE,
        "status": rng.choice(len(STATUSES), size, p=STATUS_SHARES),
        "is_test": rng.random(size) < 0.001,
        "no_currency": (currency == 0) & (rng.random(size) < 0.01),
        "device": np.where(channel == 1, 1, device),
        "has_lines": (channel != 2) | (rng.random(size) < 0.7),
        "has_coupon": rng.random(size) < 0.08,
    }


def draw_baskets(rng: Rng, world: World, people: Columns, orders: Columns) -> Columns:
    """Lines of the orders; fills in the orders' own amounts. All in the order's currency."""
    size = len(orders["id"])
    count = np.where(orders["has_lines"], 1 + rng.poisson(2.1, size), 0)
    order = np.repeat(np.arange(size), count)
    total, person = len(order), orders["person"][order]
    any_shelf = rng.integers(0, len(CATEGORIES), total)
    shelf = np.where(rng.random(total) < 0.55, people["taste"][person], any_shelf)
    wish = 0.65 * people["means"][person] + rng.normal(0, 1, total) - 0.8
    product = shelf * SHELF + (SHELF / (1 + np.exp(-wish))).astype(np.int64)
    quantity = 1 + (rng.random(total) < 0.18) + 2 * (rng.random(total) < 0.05)
    quantity *= np.where(people["is_business"][person], rng.integers(1, 4, total), 1)
    quantity *= np.where(product == RIVET, 40, 1)
    price = world.prices[orders["currency"][order], product]
    percent = np.where(rng.random(total) < 0.16, rng.integers(1, 6, total) * 5, 0)
    discount = quantity * price * percent // 10_000 * 100
    amount = quantity * price - discount
    unlisted = rng.random(total) < 0.003
    product = np.where(unlisted, PRODUCTS + product % UNLISTED, product)
    number = np.arange(total) - np.repeat(np.cumsum(count) - count, count) + 1
    lines = {"order": order, "line": number, "product": product, "quantity": quantity}
    lines |= {"price": price, "discount": discount, "amount": amount}
    goods, off = sum_by(order, amount, size), sum_by(order, discount, size)
    coupon = np.where(orders["has_coupon"], goods * rng.integers(5, 16, size) // 10_000 * 100, 0)
    spent = np.exp(3.7 + 0.6 * people["means"][orders["person"]] + rng.normal(0, 0.5, size))
    alone = (np.round(spent * 100 + 500)).astype(np.int64) * 100
    rebate = np.where(rng.random(size) < 0.1, alone // 1_000_000 * 100_000, 0)
    orders["goods"] = np.where(orders["has_lines"], goods - coupon, alone)
    stated = (coupon > 0) | (rng.random(size) < 0.6)  # else only the lines tell of discounts
    orders["discount"] = np.where(orders["has_lines"], np.where(stated, off + coupon, NONE), rebate)
    orders["shipping"] = np.where((goods > 0) & (goods < 60 * UNIT), 49_000, 0)
    orders["tax"] = np.where(orders["currency"] == 0, orders["goods"] * 19 // 11_900 * 100, 0)
    return lines


def draw_refunds(rng: Rng, orders: Columns) -> Columns:
    """Refunds of a block's orders (partly, fully, twice), never more than the goods."""
    size = len(orders["id"])
    valid = IS_VALID_STATUS[orders["status"]]
    drawn = np.flatnonzero(rng.random(size) < np.where(valid, 0.07, 0.3))
    way = rng.choice(3, len(drawn), p=[0.5, 0.35, 0.15])
    part = orders["goods"][drawn] * rng.integers(15, 50, len(drawn)) // 10_000 * 100
    amount = np.where(way == 1, orders["goods"][drawn], part)
    order = np.concatenate([drawn, drawn[way == 2]])
    amount = np.concatenate([amount, part[way == 2]])
    instant = orders["instant"][order] + rng.integers(3 * DAY, 30 * DAY, len(order))
    kept = (instant <= LAST_INSTANT) & (amount > 0)
    full = np.concatenate([way == 1, np.full(len(order) - len(drawn), False)]) & kept
    full = order[full & (orders["status"][order] == 0)]
    orders["status"][full] = REFUNDED
    return {"order": order[kept], "instant": instant[kept], "amount": amount[kept]}


def order_rows(rng: Rng, people: Columns, orders: Columns) -> tuple[Columns, int]:
    """Rows of the orders file with older states and exact re-deliveries; how many fall away."""
    size = len(orders["id"])
    early = int(np.searchsorted(orders["day"], LAST_DAY - 15))
    rows, is_older, superseded = redeliver(rng, size, 0.006, 0.025, early)
    changed = np.isin(rows, rows[is_older]) & ~is_older
    shouts = pa.array((rng.random(size) < 0.1)[rows])
    o = {name: values[rows] for name, values in orders.items()}
    email = pick(people["email"], np.where(o["with_email"], o["person"], -1))
    phone = pick(people["phone"], np.where(o["with_phone"], o["person"], -1))
    return {
        "order_id": ids("O", o["id"]),
        "ordered_at": o["instant"],
        "customer_id": ids("C", o["customer"]),
        "email": pc.if_else(shouts, join(pc.utf8_capitalize(email), " "), email),
        "phone": join("+49-1555-", phone),
        "status": pick([*STATUSES, "pending"], np.where(is_older, len(STATUSES), o["status"])),
        "currency": pick(CURRENCIES, np.where(o["no_currency"], -1, o["currency"])),
        "amount": o["goods"],
        "discount_amount": o["discount"],
        "shipping_amount": o["shipping"],
        "tax_amount": o["tax"],
        "channel": pick(CHANNELS, o["channel"]),
        "device": pick(DEVICES, o["device"]),
        "country": pick(COUNTRIES, people["country"][o["person"]]),
        "coupon_code": pick(["TRAIL10"], np.where(o["has_coupon"], 0, -1)),
        "referral_code": ids("F", numbers_at(people["number"], o["referrer"])),
        "payment_method": pick(PAYMENTS, o["id"] * 7 % 11 % len(PAYMENTS)),
        "is_test": np.where(o["is_test"], 1, NONE),
        "_loaded_at": o["day"] + 1 + changed * 6,
        "_zone": o["zone"],
    }, superseded


def line_rows(rng: Rng, orders: Columns, lines: Columns) -> tuple[Columns, int]:
    """Rows of the lines file with older states and exact re-deliveries; how many fall away."""
    rows, is_older, superseded = redeliver(rng, len(lines["order"]), 0.003, 0.003)
    untold = rng.random(len(lines["order"])) < 0.1  # amount = quantity times price less discount
    o, n = lines["order"][rows], {name: values[rows] for name, values in lines.items()}
    return {
        "order_id": ids("O", orders["id"][o]),
        "line_id": pa.array(n["line"]).cast(pa.string()),
        "product_id": ids("P", 100 + n["product"]),
        "quantity": n["quantity"] + is_older,
        "unit_price": n["price"],
        "discount_amount": np.where(n["discount"] > 0, n["discount"], NONE),
        "amount": np.where(untold[rows], NONE, n["amount"]),
        "_loaded_at": orders["day"][o] + np.where(is_older, 0, 1),
    }, superseded


def refund_rows(
    rng: Rng, orders: Columns, refunds: Columns, notes: Columns, first_id: int
) -> tuple[Columns, int]:
    """Rows of the refunds file: refunds, then credit notes, then exact re-deliveries."""
    count, extra = len(refunds["order"]), len(notes["amount"])
    rows, _, superseded = redeliver(rng, count + extra, 0.015)
    instant = np.concatenate([refunds["instant"], notes["instant"]])[rows]
    order = np.concatenate([orders["id"][refunds["order"]], np.full(extra, -1)])
    customer = np.concatenate([orders["customer"][refunds["order"]], notes["customer"]])
    reason = np.where(rows < count, rows % 3, 3)
    return {
        "refund_id": ids("R", first_id + rows),
        "refunded_at": instant,
        "amount": np.concatenate([refunds["amount"], notes["amount"]])[rows],
        "order_id": ids("O", order[rows]),
        "customer_id": ids("C", customer[rows]),
        "reason": pick(["wrong_size", "defective", "changed_mind", "goodwill"], reason),
        "_loaded_at": berlin_day(instant) + 1,
        "_zone": np.full(len(rows), ZULU),
    }, superseded


def draw_credit_notes(rng: Rng, people: Columns) -> Columns:
    """Refunds without an order, in the reporting currency; some without a customer either."""
    who = np.flatnonzero(people["has_row"] & (rng.random(len(people["number"])) < 0.006))
    known = rng.random(len(who)) < 0.85
    early = np.maximum(people["created"][who], FIRST_INSTANT)
    return {
        "customer": np.where(known, people["id"][who], -1),
        "instant": early + ((LAST_INSTANT - early) * rng.random(len(who))).astype(np.int64),
        "amount": rng.integers(5, 60, len(who)) * UNIT,
    }
