"""A random shop that writes to its customers, serves them, and asks them what they want.

Everything that happens lies at the edge of a rule: windows of exactly so many hours and of a second
more, one instant or one date for two statements, several accounts of a person, addresses of many.
"""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from random_campaigns import campaign_rows, marketing

Rows = list[dict[str, Any]]
START, DAYS = dt.date(2023, 1, 10), 801
END = START + dt.timedelta(DAYS)  # as_of: the day of the last order
OFFICE = "office@example.org"  # an address of many accounts
PRODUCTS = [f"p{n}" for n in range(14)]  # the last has no row
TOPICS = ["defect", "Repair", "delivery", "return", "odd one", ""]
REASONS = ["Defective", "broken ", "changed_mind", "odd", ""]
ROUTES = ["email", "Chat", "phone", ""]
# at END: 18 today and tomorrow, of the leap day, of today and tomorrow, older than anybody
BIRTHS = [
    *("2007-03-21", "2007-03-22", "2004-02-29", "1980-03-21", "1980-03-22", "1980-03-20"),
    *("2007-03-22", "2008-02-29", "2012-12-31"),
    *("1900-01-01", "1914-03-21", "1914-03-22", "1913-03-21", "2015-01-01", "1990-12-31", ""),
]


def pick(rng: Random, *values: Any, none: float = 0.0) -> Any:
    """One of the values, or none."""
    return "" if rng.random() < none else rng.choice(values)


def at(day: dt.date, clock: str = "10:00:00") -> str:
    """An instant of a day."""
    return f"{day}T{clock}Z"


def some_day(rng: Random, after: dt.date = START) -> dt.date:
    """A day of the shop's time; many are of its last weeks."""
    if rng.random() < 0.3:
        after = max(after, END - dt.timedelta(40))
    return after + dt.timedelta(rng.randrange((END - after).days + 1))


def room_shop(rng: Random, customers: int = 220) -> dict[str, Rows]:
    """All tables of a shop of so many customers."""
    names = "orders order_lines refunds customers products events identities consents campaigns"
    names += " marketing_spend service_tickets surveys survey_answers category_spend market_sizes"
    shop: dict[str, Rows] = {name: [] for name in (names + " follower_counts").split()}
    products(rng, shop)
    for number in range(customers):
        person(rng, shop, number)
    for number in range(0, 40, 4):  # two accounts of one person
        shop["identities"].append({"customer_id": f"c{number}", "same_as": f"c{number + 1}"})
    shop["orders"].append({"order_id": "last", "ordered_at": str(END), "customer_id": "c0"})
    for row in shop["orders"][::3]:
        aftermath(rng, shop, row)
    for row in shop["products"]:  # around a launch
        for days in (-366, -365, -1, 0, 29, 30) if row["released_at"] else ():
            day = row["released_at"] + dt.timedelta(days)
            who = {"customer_id": f"c{rng.randrange(customers)}", "email": ""}
            if START <= day <= END:
                event(rng, shop, who, day, "product_reviewed")
                shop["events"][-1]["product_id"] = row["product_id"]
                order(rng, shop, who, day)
                shop["order_lines"][-1]["product_id"] = row["product_id"]
    for number in range(5, customers, 20):  # more a day than score
        for _ in range(rng.choice([3, 4, 5])):
            event(rng, shop, {"customer_id": f"c{number}"}, END, "product_shared")
    campaign_rows(rng, shop)
    marketing(rng, shop)
    surveys(rng, shop, customers)
    markets(rng, shop, customers)
    for number, row in enumerate(shop["events"]):
        row["event_id"] = f"e{number}"
        row["is_bot"] = pick(rng, "yes", none=0.98)
    return shop


def products(rng: Random, shop: dict[str, Rows]) -> None:
    """Products, some new, some of no category, one of them postage."""
    for number, name in enumerate(PRODUCTS[:-1]):
        released = some_day(rng) + dt.timedelta(rng.choice([0, 0, 0, 60]))
        shop["products"].append(
            {"product_id": name, "name": "Postage" if number == 0 else f"Product {number}"}
            | {"category": "" if number % 6 == 5 else f"category {number % 3}"}
            | {"family": "runner", "tier": pick(rng, "basic", "plus", "premium")}
            | {"unit_cost": pick(rng, 2, none=0.4), "released_at": pick(rng, released, none=0.2)}
        )


def person(rng: Random, shop: dict[str, Rows], number: int) -> None:
    """A customer with what is known of them, their orders, and what they said."""
    name = f"c{number}"
    email = f"{name}@example.org"
    if number % 15 == 7:
        email = OFFICE
    elif number < 40 and number % 4 < 2:
        email = f"pair{number // 4}@example.org" if rng.random() < 0.5 else email
    is_guest = number % 12 == 11
    if not is_guest:
        shop["customers"].append(
            {"customer_id": name, "email": pick(rng, email, none=0.1)}
            | {"phone": pick(rng, f"+49 30 {1000000 + number}", none=0.6)}
            | {"birth_date": pick(rng, *BIRTHS), "created_at": pick(rng, START, none=0.5)}
            | {"acquisition_channel": pick(rng, "Ads", "ads", "search", none=0.3)}
            | {"country": pick(rng, "DE", "AT", none=0.5), "is_staff": pick(rng, "yes", none=0.98)}
            | {"referral_code": pick(rng, f"code{number % 30}", none=0.7)}
            | {"job_title": pick(rng, "CEO", "poet", none=0.5)}
        )
    who = {"customer_id": "" if is_guest else name, "email": email if is_guest else ""}
    on = START + dt.timedelta(rng.randrange(DAYS - 60))
    last = END - dt.timedelta(rng.choice([0, 0, 1, 30, 200, 400, 600]))
    while number % 9 and on <= last:
        order(rng, shop, who, on)
        on += dt.timedelta(rng.choice([0, 1, 20, 40, 90, 91, 150]))
    if rng.random() < 0.5:
        agreed = {"customer_id": name, "channel": "email", "purpose": "marketing"}
        agreed |= {"status": "granted", "stated_at": str(START), "email": "", "proof": ""}
        shop["consents"].append(agreed | {"method": "form"})
    for _ in range(rng.choice([0, 0, 1, 2, 4])):
        statement(rng, shop, name, email, is_guest)
    for _ in range(rng.choice([0, 0, 1, 3])):
        kinds = ("checkout_started", "product_shared", "product_shared", "product_reviewed")
        kind = rng.choice([*kinds, "share_viewed", "referral_sent", "wishlist_added"])
        event(rng, shop, who, some_day(rng), kind)
    if rng.random() < 0.2:  # complains of late
        ticket(rng, shop, who, END - dt.timedelta(rng.randrange(20)), "")
        resolved = pick(rng, END, END + dt.timedelta(1), none=0.5)
        shop["service_tickets"][-1] |= {"is_complaint": "yes", "resolved_at": resolved}
        shop["service_tickets"][-1] |= who
    if rng.random() < 0.3:  # nearly ordered
        on = END - dt.timedelta(rng.randrange(4))
        event(rng, shop, who, on, "checkout_started")
        if rng.random() < 0.5:
            order(rng, shop, who, on)


def order(rng: Random, shop: dict[str, Rows], who: dict[str, Any], on: dt.date) -> None:
    """An order with a time or without, of up to three products."""
    number = f"o{len(shop['orders'])}"
    clock = pick(rng, "T10:00:00Z", "T09:59:59Z", "T10:00:01Z", "T23:30:00Z", none=0.25)
    shop["orders"].append(
        {"order_id": number, "ordered_at": f"{on}{clock}", **who}
        | {"country": pick(rng, "DE", "AT", "CH", none=0.4)}
        | {"status": rng.choice([*["paid"] * 20, "refunded", "cancelled"])}
        | {"referral_code": pick(rng, "code1", "unknown code", none=0.9)}
    )
    for product in {rng.randrange(14) for _ in range(rng.randrange(1, 4))}:
        shop["order_lines"].append(
            {"order_id": number, "line_id": product, "product_id": PRODUCTS[product]}
            | {"quantity": rng.choice([1, 1, 2, 0, 0.5]), "unit_price": rng.choice([10, 12.5])}
        )


def event(
    rng: Random, shop: dict[str, Rows], who: dict[str, Any], on: dt.date, kind: str, clock: str = ""
) -> None:
    """What somebody did; sometimes known by a browser alone."""
    clock = clock or rng.choice(["10:00:00", "09:59:59", "10:00:01", "00:00:00", "22:59:59"])
    shop["events"].append(
        {"occurred_at": pick(rng, at(on, clock), none=0.0) if rng.random() < 0.9 else str(on)}
        | {"event_type": kind, **who, "anonymous_id": pick(rng, "v1", "v2", none=0.9)}
        | {"product_id": pick(rng, *PRODUCTS, none=0.1), "order_id": "", "campaign_id": ""}
        | {"rating": pick(rng, 1, 2.9999, 3, 4, 5, none=0.1) if kind == "product_reviewed" else ""}
        | {"text": pick(rng, "fine", none=0.5), "is_incentivised": pick(rng, "yes", none=0.8)}
        | {"referral_code": pick(rng, *(f"code{n}" for n in range(30)), none=0.1)}
    )


def statement(rng: Random, shop: dict[str, Rows], name: str, email: str, is_guest: bool) -> None:
    """What somebody wants, said by one of their names; often at one instant or on one date."""
    on = some_day(rng) if rng.random() < 0.5 else START + dt.timedelta(300)
    clock = pick(rng, "T10:00:00Z", "T10:00:00Z", "T12:00:00Z", "T23:30:00Z", none=0.3)
    said = {"customer_id": "" if is_guest or rng.random() < 0.3 else name}
    said["email"] = "" if said["customer_id"] else email
    for _ in range(rng.choice([1, 1, 2])):
        shop["consents"].append(
            said
            | {"channel": rng.choice(["email", "email", "Email", "sms"])}
            | {"purpose": rng.choice(["marketing", "marketing", "personalisation"])}
            | {"status": rng.choice([*["granted"] * 5, "withdrawn"])}
            | {"stated_at": f"{on}{clock}", "method": pick(rng, "form", "till", none=0.3)}
            | {"proof": pick(rng, "letter", none=0.6)}
        )
    if rng.random() < 0.2:
        kind = rng.choice(["newsletter_subscribed", "newsletter_unsubscribed"])
        event(rng, shop, said, on, kind, clock[1:-1])


def aftermath(rng: Random, shop: dict[str, Rows], row: dict[str, Any]) -> None:
    """What follows an order: a ticket, something that comes back, a review, an answer."""
    day = dt.date.fromisoformat(row["ordered_at"][:10])
    who = {"customer_id": row["customer_id"], "email": row.get("email", "")}

    def later() -> dt.date:
        days = rng.choice([0, 0, 1, 5, 30, 60, 89, 90, 91, 120, 180])
        return min(day + dt.timedelta(days), END)

    if rng.random() < 0.5:
        ticket(rng, shop, who, later(), row["order_id"])
    if rng.random() < 0.4:
        lines = [line for line in shop["order_lines"] if line["order_id"] == row["order_id"]]
        products = [line["product_id"] for line in lines] or PRODUCTS
        shop["refunds"].append(
            {"refund_id": f"r{len(shop['refunds'])}", "refunded_at": later(), "amount": 1}
            | {"order_id": pick(rng, row["order_id"], none=0.1)}
            | {"customer_id": row["customer_id"], "quantity": pick(rng, 1, 2, 0.5, none=0.4)}
            | {"product_id": pick(rng, *products, none=0.4), "reason": pick(rng, *REASONS)}
        )
    if rng.random() < 0.2:
        event(rng, shop, who, later(), "product_reviewed")
    if rng.random() < 0.3:
        told = {"survey_id": "leaving", "respondent_id": row["order_id"], "text": ""}
        told |= {"question_id": "leave_reason", **who, "answered_at": at(later())}
        for _ in range(rng.choice([1, 1, 2])):
            answer = pick(rng, "price", "moved", none=0.1)
            shop["survey_answers"].append(told | {"answer": answer})
    if rng.random() < 0.1:
        said = {"channel": "sms", "purpose": "marketing", "status": "withdrawn", **who}
        shop["consents"].append(said | {"stated_at": str(later()), "method": "", "proof": ""})


def ticket(
    rng: Random, shop: dict[str, Rows], who: dict[str, Any], on: dt.date, order: str
) -> None:
    """A ticket: answered, resolved, open; of a complaint, or one that the shop began."""
    answered = at(on + dt.timedelta(rng.choice([0, 0, 1, 40])), "11:00:00")
    resolved = on + dt.timedelta(rng.choice([0, 1, 2, 30, 100]))
    shop["service_tickets"].append(
        {"ticket_id": f"t{len(shop['service_tickets'])}"}
        | {"opened_at": rng.choice([at(on), at(on, "10:30:00"), str(on)])}
        | ({"customer_id": "", "email": ""} if rng.random() < 0.2 else who)
        | {"order_id": pick(rng, order, none=0.3), "product_id": pick(rng, *PRODUCTS, none=0.5)}
        | {"channel": rng.choice(ROUTES), "topic": rng.choice(TOPICS)}
        | {"first_response_at": pick(rng, answered, none=0.3)}
        | {"resolved_at": pick(rng, at(resolved, "23:00:00"), resolved, none=0.4)}
        | {"is_proactive": pick(rng, "yes", none=0.8), "is_complaint": pick(rng, "yes", none=0.5)}
        | {"satisfaction": pick(rng, 1, 2, 2.0001, 4, 5, none=0.5)}
    )


def surveys(rng: Random, shop: dict[str, Rows], customers: int) -> None:
    """Surveys of some kinds; one is answered by many, one was never delivered."""
    for survey, invited in (("leaving", 100), ("nps", 0), ("visitors", ""), ("later", 5)):
        started = END + dt.timedelta(1) if survey == "later" else START
        shop["surveys"].append(
            {"survey_id": survey, "kind": pick(rng, "customers", "Visitors", none=0.2)}
            | {"started_at": started, "invited": invited, "name": survey}
        )
    for number in range(120):
        who = pick(rng, *(f"c{n}" for n in range(customers)), none=0.3)
        told = {"survey_id": rng.choice(["nps", "nps", "visitors", "later", "lost"])}
        told |= {"respondent_id": f"r{number}", "customer_id": who, "text": ""}
        told |= {"email": pick(rng, "stranger@example.org", none=0.9) if not who else ""}
        for question in ("nps", "preference"):
            for _ in range(rng.choice([0, 1, 1, 2])):
                shop["survey_answers"].append(
                    told
                    | {"question_id": question, "answered_at": at(some_day(rng))}
                    | {"answer": pick(rng, "9", "10", "tea", "beer", none=0.1)}
                )


def markets(rng: Random, shop: dict[str, Rows], customers: int) -> None:
    """What people spend elsewhere, how large the markets are, and who follows."""
    for _ in range(150):
        number = rng.randrange(customers)
        rank = rng.choice([("1", "3"), ("1.5", "2"), ("3", "3"), ("", "")])
        name = {"customer_id": f"c{number}", "email": ""}
        if rng.random() < 0.3:
            name = {"customer_id": "", "email": f"c{number}@example.org"}
        shop["category_spend"].append(
            name
            | {"category": f"category {rng.randrange(3)}", "year": rng.choice([2023, 2024, 2025])}
            | {"total_amount": pick(rng, 0, 10, 30, 100, none=0.1)}
            | {"own_rank": rank[0], "brands": rank[1]}
            | {"_loaded_at": pick(rng, "2025-01-01", "2025-01-02", none=0.3)}
        )
    for number in range(3):
        for year in (2023, 2024, 2025):
            for country in ("DE", "AT", ""):
                shop["market_sizes"].append(
                    {"category": f"category {number}", "year": year, "country": country}
                    | {"amount": rng.choice([0, 50, 1000])}
                )
    for channel in ("insta", "Tube"):
        for _ in range(25):
            shop["follower_counts"].append(
                {"channel": channel, "counted_on": some_day(rng)}
                | {"followers": rng.choice([0, 10, 20, 35]), "posts": pick(rng, 0, 3, none=0.3)}
            )
