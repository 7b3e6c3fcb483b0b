"""A random shop of full baskets, in which products go together and people trade up."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

START, DAYS = dt.date(2022, 10, 1), 820
FAMILIES = ["runner", "boot", "sandal"]
TIERS = ["basic", "Standard", " Plus", "flagship", "odd"]
KINDS = ["product_viewed", "product_reviewed", "page_viewed"]


def goods(rng: Random) -> list[dict[str, Any]]:
    """Products of families and tiers; some have no category, some sell below cost, one is a fee."""
    products = [
        {
            "product_id": f"p{number}",
            "name": "Postage" if number == 0 else f"Product {number}",
            "category": "" if number % 7 == 0 else f"category {number % 4}",
            "family": "" if number % 6 == 0 else FAMILIES[number % 3],
            "tier": "" if number % 11 == 0 else TIERS[number % 5],
            "unit_cost": rng.choice(["", "2", "9.99", "10", "50"]),
        }
        for number in range(24)
    ]
    return products[:-1]  # the last has no row


def basket_shop(rng: Random, customers: int = 250) -> dict[str, list[dict[str, Any]]]:
    """Customers who return, a third guests of nobody, and what they returned, said and wrote."""
    names = ("orders", "order_lines", "refunds", "customers", "events", "service_tickets")
    shop: dict[str, list[dict[str, Any]]] = {name: [] for name in (*names, "consents")}

    def day(after: dt.date = START) -> str:
        left = (START + dt.timedelta(DAYS) - after).days
        return str(after + dt.timedelta(rng.randrange(max(left, 1))))

    def order(customer: str, on: str) -> None:
        number = f"o{len(shop['orders'])}"
        row = {"order_id": number, "ordered_at": on, "customer_id": customer}
        shop["orders"].append(row | {"status": "cancelled" if rng.random() < 0.02 else ""})
        first = rng.randrange(24)
        basket = [first, *[(first + 1) % 24] * (rng.random() < 0.6), rng.randrange(24), 0]
        for product in dict.fromkeys(basket[: rng.randrange(1, 5)]):
            shop["order_lines"].append(
                {"order_id": number, "line_id": product, "product_id": f"p{product}"}
                | {"quantity": rng.choice([1, 1, 2, 0, 0.5]), "unit_price": rng.choice([10, 12.5])}
            )
        if rng.random() < 0.08:
            refund = {"refund_id": number, "refunded_at": day(dt.date.fromisoformat(on))}
            named = rng.random() < 0.8
            refund |= {"amount": 5, "order_id": number if named else "", "customer_id": customer}
            shop["refunds"].append(refund)

    for number in range(customers):
        customer = f"c{number}"
        on = dt.date.fromisoformat(day())
        while (on - START).days < DAYS:
            order(rng.choice([customer, customer, ""]), str(on))
            on += dt.timedelta(rng.choice([0, 1, 20, 30, 90, 91, 200]))
        shop["customers"].append(
            {"customer_id": customer, "country": rng.choice(["DE", "DE", "DE", "US", ""])}
            | {"first_order_at": rng.choice(["2022-01-01", *[""] * 9])}
            | {"is_staff": "yes" if number == 7 else ""}
        )
        for _ in range(rng.randrange(3)):
            opened = day()
            shop["service_tickets"].append(
                {"ticket_id": f"t{len(shop['service_tickets'])}", "customer_id": customer}
                | {"opened_at": opened, "is_complaint": rng.choice(["yes", "yes", "no", ""])}
                | {"resolved_at": rng.choice(["", day(dt.date.fromisoformat(opened))])}
            )
        for _ in range(rng.randrange(8)):
            late = START + dt.timedelta(DAYS - rng.choice([5, 35, 60, 150, DAYS]))
            shop["events"].append(
                {"event_id": f"e{len(shop['events'])}", "customer_id": customer}
                | {"event_type": rng.choice(KINDS), "occurred_at": f"{day(late)}T10:00:00Z"}
                | {"rating": rng.choice([1, 2.5, 3, 5])}
            )
        if rng.random() < 0.2:
            shop["consents"].append(
                {"channel": "email", "purpose": "personalisation", "customer_id": customer}
                | {"status": rng.choice(["granted", "withdrawn"]), "stated_at": day()}
            )
    return shop | {"products": goods(rng)}
