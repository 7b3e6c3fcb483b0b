"""Who people are and how they buy: columns of random shops, and a shop of many of them."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from random_values import ENDS, moment

Rows = list[dict[str, Any]]

# 13, 110 and 111 years at one of the ENDS, and the day before; of a leap day; too young, too old
BIRTHS = [
    *("2011-02-28", "2011-03-01", "2010-12-20", "2010-12-21", "2012-02-03", "2012-02-04"),
    *("1913-02-28", "1913-03-01", "1912-12-20", "1914-02-03", "1914-02-04", "1900-01-01"),
    *("2008-02-29", "1980-02-29", "1985-01-01", "1990-12-31", "1999-02-28", "1959-02-04"),
    *("2015-06-01", "2024-06-01"),
]
TITLES = [
    *("CEO", "Co-Founder & CTO", "Assistant Manager", "head of sales", "Software-Engineer"),
    *("VP,Marketing", "student (intern)", "Ex-CEO/retired", "Leader", "clerk", "Poet", "manager."),
    *(
        "MANAGING   DIRECTOR",
        "Managing  Director",
        "teacher_trainee",
        "officer;nurse",
        "chief+cook",
    ),
]
TOPICS = ["garden", "Garden", "sale", "luxury", "weather", "nps"]
DEVICES = ["pc", "pc", "pc", "phone", "tablet"]
CITIES = ["Ulm", "Bonn", "Bonn ", "Köln"]
GENDERS = ["f", "f", "m", "m", "x", "F"]
AT_ORDER = "10:30:00"
# around a visit's 30 minutes before an order, of which those up to 30 minutes apart are one visit
AT_VISIT = ["09:59:59", "10:00:00", "10:00:00", "10:20:00", "10:30:00", "10:30:01", "23:00:00"]


def pick(rng: Random, *values: Any, none: float = 0.0) -> Any:
    """One of the values, or none."""
    return "" if rng.random() < none else rng.choice(values)


def profile_columns(rng: Random, shop: dict[str, Rows]) -> None:
    """Fill the columns of a random shop that tell who somebody is; add visits to its orders."""
    for row in shop["customers"]:
        row["birth_date"] = pick(rng, *BIRTHS, none=0.4)
        row["age_band"] = pick(rng, "18-24", "65+", "unknown", none=0.4)
        row["gender"] = pick(rng, *GENDERS, *["unknown"] * (rng.random() < 0.1), none=0.3)
        row["city"] = pick(rng, *CITIES, none=0.3)
        row["region"] = pick(rng, "north", "south", none=0.5)
        row["job_title"] = pick(rng, *TITLES, none=0.3)
    is_costed = rng.random() < 0.5
    for row in shop["products"]:
        row["brand"] = pick(rng, "North", "East", none=0.3)
        if is_costed:
            row["unit_cost"] = pick(rng, "0", "4.5", "9.9999")
    for row in shop["events"]:
        row["device"] = pick(rng, *DEVICES, none=0.3)
        row["channel"] = pick(rng, "web", "app", none=0.5)
        if "survey" not in row["event_type"].lower():  # everybody has one that they like most
            own = TOPICS[sum(row["customer_id"].encode()) % 4]
            row["topic"] = pick(rng, *[own] * 6, *TOPICS, none=0.1)
    if shop["events"] and rng.random() < 0.8:
        add_visits(rng, shop)


def add_visits(rng: Random, shop: dict[str, Rows]) -> None:
    """Give some orders visits of their customer on their day and up to 31 days before.

    And some people look at one topic again and again.
    """
    blank = dict.fromkeys(shop["events"][0], "")

    def visit(customer: str, day: dt.date, clock: str, topic: str) -> None:
        shop["events"].append(
            blank
            | {"event_id": f"w{len(shop['events'])}", "customer_id": customer, "topic": topic}
            | {"occurred_at": f"{day}T{clock}Z", "event_type": "page_viewed"}
            | {"anonymous_id": pick(rng, "x", "y", none=0.7), "device": pick(rng, *DEVICES)}
        )

    for row in shop["orders"]:
        if rng.random() > 0.25 or not row.get("customer_id"):
            continue
        day = dt.date.fromisoformat(rng.choice([*ENDS, moment(rng)])[:10])
        row["ordered_at"] = f"{day}T{AT_ORDER}Z"
        for _ in range(rng.randrange(1, 4)):
            on = day - dt.timedelta(rng.choice([0, 0, 0, 1, 29, 30, 31]))
            visit(row["customer_id"], on, rng.choice(AT_VISIT), pick(rng, *TOPICS, none=0.5))
    for end in ENDS:
        customer, topic = f"c{rng.randrange(20)}", rng.choice(TOPICS)
        for _ in range(rng.choice([4, 5, 6])):
            age = rng.choice([0, 1, 30, 90, 178, 179])
            visit(customer, dt.date.fromisoformat(end) - dt.timedelta(age), AT_ORDER, topic)


# ---------------------------------------------------------------------------------------------
# A shop of many
# ---------------------------------------------------------------------------------------------

START, DAYS = dt.date(2022, 11, 1), 900
KINDS = ["page_viewed", "page_viewed", "product_viewed", "wishlist_added", "email_opened"]
ROLES = ["Manager", "Software-Engineer", "Co-Founder & CTO", "student", "Poet", "Clerk/Assistant"]


def profile_shop(rng: Random, customers: int = 700) -> dict[str, Rows]:
    """Customers of whom two thirds return and much is known; women spend more than men."""
    names = ("orders", "order_lines", "refunds", "customers", "events", "consents")
    shop: dict[str, Rows] = {name: [] for name in (*names, "survey_answers", "service_tickets")}
    for number in range(customers):
        gender = pick(rng, "f", "m", none=0.2)
        customer = person(rng, f"c{number}", gender)
        if rng.random() < 0.05:  # nothing is known
            customer = dict.fromkeys(customer, "") | {"customer_id": f"c{number}"}
        shop["customers"].append(customer)
        if number % 15:  # the others never order
            orders(rng, shop, customer["customer_id"], 3 if gender == "f" else 1)
        acts(rng, shop, customer["customer_id"])
    shop["products"] = [
        {"product_id": f"p{number}", "category": f"category {number % 3}"}
        | {"brand": "" if number == 3 else f"brand {number % 2}", "unit_cost": number / 2}
        for number in range(8)
    ]
    return shop


def person(rng: Random, name: str, gender: str) -> dict[str, Any]:
    """A customers row; spending hangs on nothing of it but the gender."""
    return {
        "customer_id": name,
        "email": pick(rng, f"{name}@example.com", none=0.5),
        "gender": gender,
        "birth_date": pick(rng, *[f"{rng.randrange(1950, 2010)}-02-28"] * 40, *BIRTHS, none=0.3),
        "age_band": pick(rng, "18-24", "65+", none=0.5),
        "country": pick(rng, "DE", "AT", none=0.2),
        "region": pick(rng, "north", "south", none=0.5),
        "city": pick(rng, *CITIES, none=0.3),
        "job_title": pick(rng, *ROLES, none=0.3),
        "household_size": pick(rng, 1, 2, "5+", none=0.6),
        "income_band": pick(rng, "low", "high", none=0.6),
        "acquisition_channel": pick(rng, "ads", "search", none=0.2),
        "customer_type": pick(rng, "consumer", "consumer", "business", none=0.1),
        "first_order_at": pick(rng, "2021-05-01", none=0.95),
        "created_at": pick(rng, str(START + dt.timedelta(rng.randrange(DAYS))), none=0.5),
        "loyalty_joined_at": pick(rng, "2024-01-01", none=0.8),
        "is_staff": pick(rng, "yes", none=0.99),
    }


def orders(rng: Random, shop: dict[str, Rows], customer: str, price: int) -> None:
    """The orders of a customer: some come in winter only, some buy in one channel."""
    channel, is_winter = rng.choice(["web", "app", ""]), rng.random() < 0.15
    on = START + dt.timedelta(rng.randrange(60 if is_winter else DAYS - 60))
    while (on - START).days < DAYS:
        if not is_winter or on.month in (11, 12, 1):
            order(rng, shop, rng.choice([customer] * 9 + [""]), on, channel, price)
        on += dt.timedelta(rng.choice([0, 1, 20, 40, 90, 200, 300]))


def order(
    rng: Random, shop: dict[str, Rows], customer: str, on: dt.date, channel: str, price: int
) -> None:
    """An order of up to three products, now and then given back, in part or by its status."""
    number = f"o{len(shop['orders'])}"
    clock = rng.choice(
        ["", f"T{rng.randrange(24):02}:30:00Z", f"T{rng.randrange(8, 20):02}:30:00Z"]
    )
    shop["orders"].append(
        {"order_id": number, "ordered_at": f"{on}{clock}", "customer_id": customer}
        | {"channel": rng.choice([channel, channel, "web"]), "country": pick(rng, "DE", none=0.5)}
        | {"payment_method": pick(rng, "card", "invoice", none=0.2)}
        | {"status": rng.choice([*["paid"] * 30, "refunded", "cancelled"])}
        | {"discount_amount": pick(rng, 1, none=0.8)}
    )
    for product in {rng.randrange(8) for _ in range(rng.randrange(1, 4))}:
        shop["order_lines"].append(
            {"order_id": number, "line_id": product, "quantity": rng.choice([1, 1, 2, 0, 0.5])}
            | {"product_id": pick(rng, f"p{product}", none=0.02)}
            | {"unit_price": price * rng.choice([5, 5, 8])}
        )
    if rng.random() < 0.08:
        shop["refunds"].append(
            {"refund_id": number, "refunded_at": str(on), "amount": 5, "customer_id": customer}
            | {"order_id": pick(rng, number, none=0.2), "quantity": pick(rng, 1, 0.5, none=0.4)}
            | {"product_id": pick(rng, *(f"p{p}" for p in range(8)), none=0.4)}
        )
    if customer and rng.random() < 0.05:
        wished = on - dt.timedelta(rng.choice([-1, 0, 1, 40, 90, 91]))
        event(rng, shop, customer, str(wished), "wishlist_added")
        shop["events"][-1]["product_id"] = shop["order_lines"][-1]["product_id"]
    if customer and clock and rng.random() < 0.3:
        at = f"{on}T{int(clock[1:3]):02}:{rng.choice(['00:00', '29:00', '30:00', '31:00'])}Z"
        event(rng, shop, customer, at, "page_viewed")


def event(rng: Random, shop: dict[str, Rows], customer: str, at: str, kind: str) -> None:
    """What somebody did, on a device, about a topic, most often the one they like."""
    own = TOPICS[:3][len(shop["events"]) % 7 % 3] if not customer else TOPICS[int(customer[1:]) % 4]
    shop["events"].append(
        {"event_id": f"e{len(shop['events'])}", "customer_id": customer, "event_type": kind}
        | {"anonymous_id": "" if customer else f"v{rng.randrange(50)}", "occurred_at": at}
        | {"device": pick(rng, *DEVICES, none=0.2), "topic": pick(rng, *[own] * 9, *TOPICS)}
        | {"product_id": f"p{rng.randrange(9)}", "is_bot": pick(rng, "yes", none=0.98)}
        | {"rating": pick(rng, 5, 5, 1, none=0.4), "text": pick(rng, "fine", none=0.5)}
    )


def acts(rng: Random, shop: dict[str, Rows], customer: str) -> None:
    """What somebody looked at of late, answered, complained of, and does not want."""
    for _ in range(rng.choice([0, 0, 1, 4, 9])):
        on = START + dt.timedelta(DAYS - rng.choice([*range(1, 60, 4), 179, 180, 181, 400]))
        rare = [["product_reviewed"], ["form_submitted"], ["order_completed"], KINDS, KINDS, KINDS]
        who = rng.choice([customer] * 9 + [""])
        event(rng, shop, who, f"{on}T{rng.randrange(24):02}:00:00Z", rng.choice(rng.choice(rare)))
    if rng.random() < 0.1:  # ready to buy
        for _ in range(12):
            on = START + dt.timedelta(rng.randrange(DAYS))
            event(rng, shop, customer, f"{on}T10:00:00Z", "form_submitted")
    said = {"customer_id": customer, "survey_id": 1, "question_id": "preference"}
    if rng.random() < 0.2:
        shop["survey_answers"].append(
            said
            | {"respondent_id": customer, "answered_at": "2024-05-01", "text": ""}
            | {"answer": pick(rng, "tea", "beer", none=0.1)}
        )
    if rng.random() < 0.1:
        shop["service_tickets"].append(
            {"ticket_id": customer, "customer_id": customer, "opened_at": "2024-05-01"}
            | {"is_complaint": pick(rng, "yes", "no")}
            | {"resolved_at": pick(rng, "2024-05-02", none=0.5)}
        )
    if rng.random() < 0.1:
        shop["consents"].append(
            {"channel": "email", "purpose": "personalisation", "customer_id": customer}
            | {"status": rng.choice(["granted", "withdrawn"]), "stated_at": "2024-05-01"}
        )
