"""Side tables of random shops, with their troubles: consent, campaigns, service, surveys."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from random_values import (
    AHEAD,
    EMAILS,
    LOST,
    NOBODY,
    NOTHING,
    PHONES,
    account_ids,
    amount,
    happened,
    loaded,
    moment,
    order_id,
)

Rows = list[dict[str, Any]]

PRODUCTS = [f"p{n}" for n in range(7)]  # the last has no row
CAMPAIGNS = ["1", "1.0", "spring", "Spring", "thanks", "win"]
CHANNELS = ["email", "Email ", "\u00a0EMAIL", "sms", "phone", "ads", "Ads"]
CATEGORIES = ["shoes", "shoes ", "socks", "Socks"]
YEARS = ["2022", "2023", "2023.0", "2024", "2024.0", "2025", "2030"]
# of a customers row, of an event alone, of nobody
MORE_EMAILS = ["guest@example.com", "Lead@Example.com", "stranger@example.com", "no address"]


def pick(rng: Random, *values: Any, none: float = 0.0) -> Any:
    """One of the values, or none."""
    return "" if rng.random() < none else rng.choice(values)


def code(rng: Random, *values: str, none: float = 0.1) -> str:
    """A code, now and then a word for nothing in its place."""
    if rng.random() < 0.03:
        return rng.choice(NOTHING)
    return pick(rng, *values, none=none)


def when(rng: Random) -> str:
    """A time, rarely none, none at all, or one that is later than any as_of."""
    return rng.choices(
        [happened(rng), moment(rng), "", "soon", "1985-01-01", AHEAD], [45, 45, *[2] * 4]
    )[0]


def after(rng: Random, start: str) -> str:
    """A time near a start: of its day as a date alone, at it, hours or months later, or earlier."""
    day = start[:10]
    near = [day, start, f"{day}T23:59:59Z", f"{day} 12:00", f"{day}T00:00:01+03:30"]
    return rng.choice([*near * 3, AHEAD, AHEAD, moment(rng)])


def currency(rng: Random) -> str:
    """Mostly none or the reporting one; others have a rate, or none yet, or never."""
    return pick(rng, "EUR", "eur ", "usd", "GBP", "CHF", "null", none=0.6)


def number(rng: Random, *values: str, none: float = 0.3) -> str:
    """A number, rarely a negative one or nonsense."""
    if rng.random() < 0.04:
        return rng.choice(["-1", "many", "1e13", "1,5"])
    return pick(rng, *values, none=none)


def names(rng: Random, *columns: str) -> dict[str, str]:
    """Who it was: an account, an address, several names that disagree, nobody."""
    values = {
        "customer_id": pick(rng, *account_ids(rng, 0.1), "unheard of", none=0.4),
        "email": pick(rng, *EMAILS, *MORE_EMAILS, none=0.4),
        "phone": pick(rng, *PHONES, LOST[0], "+1 555 99 99", none=0.6),
    }
    return {column: values[column] for column in columns}


def flag(rng: Random) -> str:
    """A flag, mostly none."""
    return pick(rng, "yes", "0", "TRUE", *["maybe"] * (rng.random() < 0.05), none=0.5)


def consent(rng: Random) -> dict[str, Any]:
    """What somebody stated; few channels and times, so that statements meet."""
    return {
        "channel": code(rng, *CHANNELS[:4], none=0.02),
        "purpose": code(rng, "marketing", "Marketing", "personalisation", none=0.02),
        "status": code(rng, *["granted", "Granted ", "WITHDRAWN"] * 5, "maybe", none=0.02),
        "stated_at": when(rng),
        **names(rng, "customer_id", "email", "phone"),
        "method": pick(rng, "form", "event", "till", none=0.5),
        "proof": pick(rng, "ip 1", "ip 2", none=0.6),
        "_loaded_at": loaded(rng),
    }


def campaign(rng: Random) -> dict[str, Any]:
    """A campaign; some never started, some ended before they did."""
    started = pick(rng, when(rng), none=0.2)
    return {
        "campaign_id": pick(rng, *CAMPAIGNS, LOST[0], none=0.03),
        "name": pick(rng, "Spring", "n/a", " Thank you ", none=0.2),
        "kind": code(rng, "launch", "Thanks", "win_back"),
        "channel": code(rng, *CHANNELS),
        "product_id": pick(rng, *PRODUCTS, LOST[0], none=0.5),
        "started_at": started,
        "ended_at": pick(rng, after(rng, started or moment(rng)), none=0.3),
        "cost": pick(rng, amount(rng), none=0.4),
        "currency": currency(rng),
        "is_automated": flag(rng),
        "_loaded_at": loaded(rng),
    }


def spend(rng: Random) -> dict[str, Any]:
    """A day's spend of few keys, most of their parts empty."""
    return {
        "spend_date": when(rng),
        "amount": amount(rng),
        "currency": currency(rng),
        "channel": code(rng, *CHANNELS[:3], none=0.5),
        "campaign_id": pick(rng, *CAMPAIGNS, LOST[0], none=0.6),
        "purpose": code(rng, "acquisition", "Retention ", "brand", none=0.5),
        "_loaded_at": loaded(rng),
    }


def ticket(rng: Random) -> dict[str, Any]:
    """A ticket; many name only an order."""
    opened = when(rng)
    who = names(rng, "customer_id", "email", "phone")
    if rng.random() < 0.3:
        who = dict.fromkeys(who, rng.choice(["", "n/a"])) | {
            "customer_id": rng.choice(["", NOBODY[0]])
        }
    return {
        "ticket_id": pick(rng, *(f"t{n}" for n in range(60)), LOST[0], none=0.02),
        "opened_at": opened,
        **who,
        "channel": code(rng, *CHANNELS, none=0.2),
        "topic": code(rng, "Delivery", "delivery", "Repair", "defect ", "broken", none=0.2),
        "order_id": pick(rng, *map(order_id, range(75)), LOST[1], none=0.3),
        "product_id": pick(rng, *PRODUCTS, none=0.5),
        "first_response_at": pick(rng, after(rng, opened or moment(rng)), none=0.3),
        "resolved_at": pick(rng, after(rng, opened or moment(rng)), none=0.4),
        "is_proactive": flag(rng),
        "is_complaint": flag(rng),
        "satisfaction": number(rng, "1", "2.0", "4.5", "5", *["0", "6"] * (rng.random() < 0.1)),
        "_loaded_at": loaded(rng),
    }


def answer(rng: Random) -> dict[str, Any]:
    """An answer: few surveys, people and questions, several answers of one question."""
    return {
        "survey_id": pick(rng, *["1", "1.0", "visitors", "undelivered"] * 5, LOST[0], none=0.03),
        "respondent_id": pick(rng, *(f"r{n}" for n in range(12)), "7", "7.0", none=0.03),
        "question_id": pick(rng, "preference", "leave_reason", "nps", none=0.03),
        "answered_at": when(rng),
        **names(rng, "customer_id", "email"),
        "answer": code(rng, "4", "4.0", "4.5", "Price", "price", none=0.2),
        "text": pick(rng, "because", none=0.7),
        "_loaded_at": loaded(rng),
    }


def wallet(rng: Random) -> dict[str, Any]:
    """What somebody spends on a category in a year, and the shop's rank in it."""
    ranks = [("1", "3"), ("1.5", "2"), ("3.0", "3"), ("", "")] * 4
    rank, brands = rng.choice([*ranks, ("4", "3"), ("1", ""), ("", "2"), ("1", "1")])
    return {
        "category": pick(rng, *CATEGORIES, none=0.03),
        "year": pick(rng, *YEARS, *["last", "24"] * (rng.random() < 0.1), none=0.02),
        **names(rng, "customer_id", "email"),
        "total_amount": number(rng, "0", "100", "250.5", none=0.2),
        "currency": currency(rng),
        "own_rank": rank,
        "brands": brands,
        "_loaded_at": loaded(rng),
    }


def survey(rng: Random) -> dict[str, Any]:
    """A survey; some never began."""
    return {
        "survey_id": pick(rng, *["1", "1.0", "visitors", "later"] * 3, LOST[0], none=0.05),
        "name": pick(rng, "NPS", "None", none=0.2),
        "kind": code(rng, "customers", "Visitors", "sales_team"),
        "started_at": pick(rng, when(rng), none=0.2),
        "ended_at": pick(rng, when(rng), none=0.4),
        "invited": number(rng, "0", "10", "200.0"),
        "_loaded_at": loaded(rng),
    }


def market(rng: Random) -> dict[str, Any]:
    """What everybody spends on a category in a year, somewhere or everywhere."""
    return {
        "category": pick(rng, *CATEGORIES, none=0.03),
        "year": pick(rng, *YEARS, none=0.03),
        "amount": amount(rng),
        "country": pick(rng, "DE", "US", "de", none=0.4),
        "currency": currency(rng),
        "_loaded_at": loaded(rng),
    }


def followers(rng: Random) -> dict[str, Any]:
    """How many follow a channel on a day."""
    return {
        "channel": code(rng, "insta", "Insta", "tube", none=0.03),
        "counted_on": when(rng),
        "followers": number(rng, "0", "100", "120.0", none=0.02),
        "posts": number(rng, "0", "3"),
        "_loaded_at": loaded(rng),
    }


def side_tables(rng: Random) -> dict[str, Rows]:
    """All side tables; some are empty."""

    def several(draw: Callable[[Random], dict[str, Any]], most: int) -> Rows:
        """Up to so many rows; some are another version of one before, with one value changed."""
        rows: Rows = []
        for _ in range(rng.randrange(most)):
            row = draw(rng)
            if rows and rng.random() < 0.15:
                column = rng.choice(list(row))
                row = rng.choice(rows) | {column: row[column], "_loaded_at": loaded(rng)}
            rows.append(row)
        return rows

    return {
        "consents": several(consent, 60),
        "campaigns": several(campaign, 12),
        "marketing_spend": several(spend, 60),
        "service_tickets": several(ticket, 90),
        "surveys": several(survey, 8),
        "survey_answers": several(answer, 90),
        "category_spend": several(wallet, 40),
        "market_sizes": several(market, 20),
        "follower_counts": several(followers, 30),
    }


def new_columns(rng: Random, shop: dict[str, Rows]) -> None:
    """Fill columns of the older tables: how an order was paid, what came back, who somebody is."""
    for row in shop["orders"]:
        row["payment_method"] = pick(rng, "card", "invoice", "Card", none=0.4)
    for row in shop["refunds"]:
        row["product_id"] = pick(rng, *PRODUCTS, none=0.5)
        row["quantity"] = number(rng, "1", "2", "0.5", none=0.5)
        row["reason"] = code(rng, "Broken", "too small", "broken ", "wrong_size", none=0.3)
    for row in shop["customers"]:
        row["customer_type"] = pick(rng, "consumer", "business", none=0.4)
        row["loyalty_joined_at"] = pick(rng, when(rng), none=0.7)
    for row in shop["products"]:
        row["family"] = pick(rng, "runner", "boot", none=0.3)
        row["tier"] = pick(rng, "basic", "Plus", "premium", none=0.3)
        row["released_at"] = pick(rng, when(rng), none=0.5)
    for row in shop["events"]:
        row["campaign_id"] = pick(rng, *CAMPAIGNS, none=0.6)
        row["product_id"] = pick(rng, *PRODUCTS, none=0.6)
