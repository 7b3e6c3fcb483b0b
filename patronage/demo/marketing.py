"""What the shop does to be known, and the market it stands in: rows that no single person makes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from patronage.demo.columns import NONE, UNIT, Columns, Rng, ids, join, pick
from patronage.demo.shop import CATEGORIES, CURRENCIES, SHELF, World
from patronage.demo.times import (
    DAY,
    FIRST_DAY,
    FIRST_INSTANT,
    LAST_DAY,
    LAST_INSTANT,
    berlin_day,
)

CAMPAIGNS = 36
KINDS = ["newsletter", "launch", "cross_sell", "win_back", "thanks"]
SPEND = ["paid_search", "social", "marketplace", "email"]
SPEND_A_DAY = np.array([42, 25, 14, 6])  # of its currency
CORRECTED_DAYS = 60  # the last days of spend were told too early, and are told again
FOLLOWED = ["instagram", "youtube"]
HISTORY_DAYS = LAST_DAY - FIRST_DAY + 1


def campaign_start(campaign: np.ndarray) -> np.ndarray:
    """Instants at which campaigns are sent, one a month."""
    return FIRST_INSTANT + (15 + campaign * HISTORY_DAYS // CAMPAIGNS) * DAY + 9 * 3600


def campaign_rows(rng: Rng) -> Columns:
    """Rows of the campaigns file: launches are of a product, win-backs and thanks go by rules."""
    number = np.arange(CAMPAIGNS)
    kind, start = number % len(KINDS), campaign_start(number)
    product = np.where(kind == 1, 100 + number * 7 % (len(CATEGORIES) * SHELF), -1)
    ends = start + rng.integers(7, 29, CAMPAIGNS) * DAY
    dollars = rng.random(CAMPAIGNS) < 0.15
    return {
        "campaign_id": ids("news", number),
        "name": join("Letter ", pa.array(number + 1).cast(pa.string())),
        "kind": pick(KINDS, kind),
        "channel": pick(["email", "Email"], number % 9 // 8),
        "product_id": ids("P", product),
        "started_at": start,
        "ended_at": np.where(ends <= LAST_INSTANT, ends, NONE),
        "cost": np.where(
            rng.random(CAMPAIGNS) < 0.8, rng.integers(80, 900, CAMPAIGNS) * UNIT, NONE
        ),
        "currency": pick(CURRENCIES, np.where(dollars, 1, 0)),
        "is_automated": np.where(kind >= 3, 1, 0),
        "_loaded_at": berlin_day(start) + 1,
    }


def spend_rows(rng: Rng, world: World) -> tuple[Columns, int]:
    """Rows of the marketing_spend file, the last weeks corrected; how many of them fall away."""
    day, channel = (part.ravel() for part in np.indices((HISTORY_DAYS, len(SPEND))))
    busy = np.diff(world.busy)[-HISTORY_DAYS:]
    amount = SPEND_A_DAY[channel] * busy[day] * rng.gamma(9, 1 / 9, len(day)) * 100
    late = np.flatnonzero(day >= HISTORY_DAYS - CORRECTED_DAYS)
    rows = np.concatenate([np.arange(len(day)), late])
    is_early = np.arange(len(rows)) >= len(day)
    amount = np.where(is_early, amount[rows] * 0.9, amount[rows]).astype(np.int64) * (UNIT // 100)
    day, channel = day[rows], channel[rows]
    letter = np.where(channel == 3, day * CAMPAIGNS // HISTORY_DAYS, -1)
    return {
        "spend_date": FIRST_DAY + day,
        "amount": amount,
        "currency": pick(CURRENCIES, np.where(channel == 1, 1, 0)),
        "channel": pick(SPEND, channel),
        "campaign_id": ids("news", letter),
        "purpose": pick(["acquisition", "retention"], np.array([0, 0, -1, 1])[channel]),
        "_loaded_at": FIRST_DAY + day + np.where(is_early, 1, 8),
    }, len(late)


def market_rows(rng: Rng) -> Columns:
    """Rows of the market_sizes file: each category, in all countries and in two of them."""
    shape = (len(CATEGORIES), 3, 3)
    category, year, country = (part.ravel() for part in np.indices(shape))
    size = rng.lognormal(17.5, 0.5, shape[0])[category] * np.array([1.0, 0.3, 0.12])[country]
    return {
        "category": pick(list(CATEGORIES), category),
        "year": pick(["2023", "2024", "2025"], year),
        "amount": np.round(size * 1.04**year / 1000).astype(np.int64) * 1000 * UNIT,
        "country": pick(["DE", "GB"], country - 1),
        "currency": pick(CURRENCIES, np.where(country == 2, 2, 0)),
        "_loaded_at": np.full(len(size), LAST_DAY),
    }


def follower_rows(rng: Rng) -> Columns:
    """Rows of the follower_counts file: a count every Sunday."""
    weeks = HISTORY_DAYS // 7
    channel, week = (part.ravel() for part in np.indices((len(FOLLOWED), weeks)))
    posts = rng.poisson(np.array([4.0, 0.8])[channel])
    gained = rng.poisson(np.array([2.0, 1.0])[channel] + posts * np.array([5, 12])[channel])
    followers = np.cumsum(gained.reshape(-1, weeks), axis=1).ravel() + np.array([900, 250])[channel]
    day = FIRST_DAY + 7 * week
    return {
        "channel": pick(FOLLOWED, channel),
        "counted_on": day,
        "followers": followers,
        "posts": posts,
        "_loaded_at": day + 1,
    }
