"""The crowd: who shops, when, and what the files of customers and identities say of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from patronage.demo.columns import NONE, Columns, Rng, ids, join, pick, redeliver
from patronage.demo.shop import (
    ACQUISITION,
    ACQUISITION_DROP,
    ACQUISITION_RATE,
    ACQUISITION_SHARES,
    AGES,
    CATEGORIES,
    COUNTRIES,
    COUNTRY_SHARES,
    DOMAINS,
    FIRST_NAMES,
    INCOMES,
    JOBS,
    LAST_NAMES,
    PLACES,
    World,
)
from patronage.demo.times import (
    DAY,
    FIRST_DAY,
    FIRST_INSTANT,
    LAST_DAY,
    LAST_INSTANT,
    ORIGIN_DAY,
    berlin_day,
    from_berlin,
)

ACCOUNT, GUEST_BY_EMAIL, GUEST_BY_PHONE, NAMELESS = 0, 1, 2, 3
BY_IDENTITIES, BY_EMAIL, BY_PHONE = 1, 2, 3


def _purchases(
    rng: Rng, first: np.ndarray, rate: np.ndarray, drop: np.ndarray, until: float
) -> tuple[np.ndarray, np.ndarray]:
    """BG/NBD: exponential waits at `rate` a day, leaving with chance `drop` after each repeat."""
    person, now = np.arange(len(first)), first
    people, times = [person], [now]
    while len(person):
        now = now + rng.exponential(1, len(person)) / rate[person]
        inside = now < until
        person, now = person[inside], now[inside]
        people.append(person)
        times.append(now)
        stays = rng.random(len(person)) >= drop[person]
        person, now = person[stays], now[stays]
    return np.concatenate(people), np.concatenate(times)


def draw_people(rng: Rng, world: World, first: int, size: int) -> tuple[Columns, Columns]:
    """People of a block and the instants of their orders, sorted by time."""
    channel = rng.choice(len(ACQUISITION), size, p=ACQUISITION_SHARES)
    country = rng.choice(len(COUNTRIES), size, p=COUNTRY_SHARES)
    before = rng.random(size) < 0.2
    until, opened = world.busy[-1], world.busy[FIRST_DAY - ORIGIN_DAY]
    span = rng.random(size) ** 0.9
    joined = np.where(before, span * opened, opened + span * (until - opened))
    rate = rng.gamma(0.7, 1 / 64, size) * ACQUISITION_RATE[channel] + 1e-5
    drop = np.minimum(rng.beta(1.0, 5.0, size) * ACQUISITION_DROP[channel], 1)
    prospect = rng.random(size) < 0.07
    person, busy = _purchases(rng, joined, rate, drop, until)

    again = np.flatnonzero(rng.random(len(person)) < 0.012)  # a second order on the same day
    person, busy = np.concatenate([person, person[again]]), np.concatenate([busy, busy[again]])
    clock = rng.beta(3, 2.2, len(person)) * 16.5 * 3600 + 6.5 * 3600
    local = np.floor(world.calendar(busy)).astype(np.int64) * DAY + clock.astype(np.int64)
    instant = from_berlin(local + (country[person] == 4) * 5 * 3600)
    ever = np.full(size, LAST_INSTANT)
    np.minimum.at(ever, person, instant)
    kept = (instant >= FIRST_INSTANT) & (instant <= LAST_INSTANT) & ~prospect[person]
    person, instant = person[kept], instant[kept]
    order = np.argsort(instant, kind="stable")
    person, instant = person[order], instant[order]
    orders = np.bincount(person, minlength=size)

    kind = rng.choice(4, size, p=[0.84, 0.11, 0.02, 0.03])
    kind[(orders == 0) | (orders > 40)] = ACCOUNT  # frequent guests would count as shared
    account = kind == ACCOUNT
    has_row = account & ((orders == 0) | (rng.random(size) > 0.02))
    was_guest = has_row & (orders > 1) & (rng.random(size) < 0.08)
    merge = has_row * rng.choice(4, size, p=[0.96, 0.01, 0.02, 0.01])
    is_known = ~prospect & (rng.random(size) < np.where(ever < FIRST_INSTANT, 0.6, 0.04))
    number = first + np.arange(size)
    swap = (merge > 0) & (number % 2 == 1)
    id_base = world.first_id["C"] + 2 * number
    created = np.where(was_guest, ever + 5 * DAY, ever - rng.integers(0, 20 * DAY, size))
    email = (
        pick(FIRST_NAMES.split(), rng.integers(0, 16, size)),
        ".",
        pick(LAST_NAMES.split(), rng.integers(0, 14, size)),
        pa.array(number).cast(pa.string()),
        pick(DOMAINS, rng.integers(0, 3, size)),
    )
    people = {"number": number, "kind": kind, "country": country, "channel": channel}
    people |= {"orders": orders, "has_row": has_row, "was_guest": was_guest, "merge": merge}
    people |= {"created": np.minimum(created, LAST_INSTANT), "email": join(*email)}
    return people | {
        "id": np.where(account, id_base + swap, NONE),
        "second_id": np.where(merge > 0, id_base + 1 - swap, NONE),
        "phone": pa.array(number + 10_000_000).cast(pa.string()),
        "has_email": has_row & ((rng.random(size) < 0.92) | was_guest | (merge == BY_EMAIL)),
        "has_phone": has_row & ((rng.random(size) < 0.4) | (merge == BY_PHONE)),
        "is_staff": has_row & (rng.random(size) < 0.003),
        "has_code": has_row & (rng.random(size) < 0.1),
        "known_since": np.where(has_row & is_known, berlin_day(ever), NONE),
        "taste": rng.integers(0, len(CATEGORIES), size),
        "means": rng.normal(0, 1, size),
        "is_business": rng.random(size) < 0.03,
    }, {"person": person, "instant": instant}


def customer_rows(rng: Rng, people: Columns) -> tuple[Columns, int]:
    """Own rows of the customers file with re-deliveries, and how many of them fall away."""
    own, size = np.flatnonzero(people["has_row"]), len(people["number"])
    who, is_older, superseded = redeliver(rng, len(own), 0.006, 0.012)
    who = own[who]

    def some(share: float, low: int, high: int, otherwise: int = -1) -> np.ndarray:
        return np.where(rng.random(size) < share, rng.integers(low, high, size), otherwise)[who]

    regions, cities = zip(*(place.split("/") for place in PLACES.split()), strict=True)
    place = (people["country"] * 3 + rng.integers(0, 3, size))[who]
    place = place // 3 * 3 + (place + is_older) % 3  # whoever has an older row has moved
    code = np.where(people["has_code"], people["number"], -1)
    phone = pick(people["phone"], np.where(people["has_phone"][who], who, -1))
    return {
        "customer_id": ids("C", people["id"][who]),
        "email": pick(people["email"], np.where(people["has_email"][who], who, -1)),
        "phone": join("+49 1555 ", phone),
        "created_at": people["created"][who],
        "first_order_at": people["known_since"][who],
        "birth_date": some(0.65, -9000, 13500, NONE),
        "age_band": pick(
            AGES, np.where(people["number"][who] % 5 == 2, people["number"][who] % 4, -1)
        ),
        "gender": pick(["f", "m", "d"], np.minimum(some(0.8, 0, 41) // 20, 2)),
        "country": pick(COUNTRIES, people["country"][who]),
        "region": pick(list(regions), place),
        "city": pick(list(cities), place),
        "job_title": pick(JOBS, some(0.25, 0, len(JOBS))),
        "household_size": some(0.5, 1, 7, NONE),
        "income_band": pick(INCOMES, some(0.35, 0, len(INCOMES))),
        "acquisition_channel": pick(ACQUISITION, people["channel"][who]),
        "referral_code": ids("F", code[who]),
        "lock_in": pick(["contract", "rental fleet"], some(0.02, 0, 2)),
        "customer_type": pick(["consumer", "business"], people["is_business"][who].astype(int)),
        "loyalty_joined_at": np.where(
            people["number"][who] % 4 == 1,
            np.minimum(people["created"][who] + people["number"][who] % 90 * DAY, LAST_INSTANT),
            NONE,
        ),
        "is_staff": np.where(people["is_staff"][who], 1, NONE),
        "_loaded_at": berlin_day(np.maximum(people["created"][who], FIRST_INSTANT + 30 * DAY))
        + np.where(is_older, -9, 1),
    }, superseded


def second_accounts(people: Columns) -> tuple[Columns, Columns]:
    """Customers rows of people with a second account, and the identities that tell of some."""
    who = np.flatnonzero(people["merge"] > 0)
    merge, created = people["merge"][who], np.maximum(people["created"][who], FIRST_INSTANT)
    shouted = pc.utf8_upper(pick(people["email"], np.where(merge == BY_EMAIL, who, -1)))
    phone = pick(people["phone"], np.where(merge == BY_PHONE, who, -1))
    customers = {
        "customer_id": ids("C", people["second_id"][who]),
        "email": join(" ", shouted, " "),
        "phone": join("+49(1555)/", phone),
        "created_at": np.minimum(created + DAY, LAST_INSTANT),
        "acquisition_channel": pick(ACQUISITION, people["channel"][who]),
        "_loaded_at": berlin_day(created) + 2,
    }
    linked = who[merge == BY_IDENTITIES]
    identities = {
        "customer_id": ids("C", people["second_id"][linked]),
        "same_as": ids("C", people["id"][linked]),
        "_loaded_at": np.full(len(linked), LAST_DAY),
    }
    return customers, identities
