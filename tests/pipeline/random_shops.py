"""Random shops, dirty and full of ties, for the comparison of the warehouse and the oracle."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

from random_profiles import profile_columns
from random_side_tables import new_columns, side_tables
from random_values import (
    ADDRESSES,
    AHEAD,
    CODES,
    CUSTOMERS,
    EMAILS,
    ENDS,
    LOCAL,
    LONERS,
    LOST,
    NOBODY,
    PHONES,
    SPAN,
    STATUSES,
    TYPED_IN,
    ZONES,
    account_ids,
    amount,
    happened,
    loaded,
    moment,
    odd_blanks,
    order_id,
)

__all__ = ["ENDS", "LOCAL", "ZONES", "tables", "write"]

# What tells apart the bands of a score, acts from signals, opinions, and what a referral brings.
EVENT_TYPES = {
    "page_viewed": 12,
    "form_submitted": 14,
    "file_downloaded": 14,
    "newsletter_subscribed": 3,
    "newsletter_unsubscribed": 8,
    "product_reviewed": 8,
    "survey_answered": 12,
    "referral_sent": 8,
    "referral_converted": 3,
    "product_shared": 3,
    "testimonial_given": 1,
    "product_liked": 8,
    "wishlist_added": 8,
    "email_opened": 3,
    "email_clicked": 4,
    "coupon_redeemed": 6,
    "campaign_received": 8,
    "campaign_withheld": 3,
    "checkout_started": 4,
    "share_viewed": 4,
    "Order_Completed": 2,
    "odd": 2,
    "odd one": 1,
    "Product Viewed": 2,
    "formSubmitted": 2,
    "SURVEY ANSWERED": 1,
    "odd two": 1,
}


def event(rng: Random) -> dict[str, Any]:
    """What somebody did: known, or behind a browser that several use, a till, or a bot."""

    def pick(*values: Any, none: float = 0.0) -> Any:
        return "" if rng.random() < none else rng.choice(values)

    kind = rng.choices(list(EVENT_TYPES), list(EVENT_TYPES.values()))[0]
    is_rated = kind in ("product_reviewed", "survey_answered") or rng.random() < 0.05
    visitor = pick(
        "x", "y", "z", "unknown", "till", *(["0", "nan"] * (rng.random() < 0.1)), none=0.4
    )
    # Some never speak for the brand, two are nearly sold; a till sees more people than a browser.
    people = CUSTOMERS
    if kind.startswith(("product", "referral")):
        people = CUSTOMERS[4:10]
    elif kind in ("form_submitted", "file_downloaded"):
        people = CUSTOMERS[8:10]
    if visitor == "till":
        people = [f"seen{n}" for n in range(30)]
    known_by_email = ("guest@example.com", "lead@example.com", "Lead@Example.com", "no address")
    is_named = visitor != "unknown"
    return {
        "event_id": f"v{rng.randrange(300)}",
        "occurred_at": happened(rng),
        "event_type": kind,
        "anonymous_id": visitor,
        "customer_id": pick(*people, "only seen", *NOBODY[:2], none=0.4) if is_named else "",
        "email": pick(*EMAILS, *known_by_email, none=0.8) if is_named else "",
        "topic": pick("nps", "nps", "nps", "delivery", none=0.1),
        "order_id": order_id(rng.randrange(75))
        if kind == "referral_converted" or (kind == "coupon_redeemed" and rng.random() < 0.5)
        else "",
        "referral_code": pick(*CODES[:2], CODES[0].title(), none=0.1)
        if kind.startswith(("referral", "share"))
        else "",
        "rating": pick(*range(11), 3.5, 2.9999, 3, 4, 5, none=0.05) if is_rated else "",
        "text": pick("fine", none=0.4),
        "is_bot": pick("1", "0", none=0.85),
        "is_incentivised": pick("yes", "no", none=0.7),
        "is_verified": pick("true", none=0.7),
        "_loaded_at": loaded(rng),
    }


def tables(rng: Random) -> dict[str, list[dict[str, Any]]]:
    """A random small shop in the raw contract, dirty and full of ties."""

    def pick(*values: Any, none: float = 0.0) -> Any:
        return "" if rng.random() < none else rng.choice(values)

    products = [f"p{n}" for n in range(6)]
    orders = [
        {
            "order_id": order_id(rng.randrange(70)) if rng.random() < 0.98 else LOST[0],
            "ordered_at": rng.choices(["when?", moment(rng), happened(rng)], [1, 45, 45])[0],
            "customer_id": odd_blanks(rng, pick(*account_ids(rng, 0.3))),
            "email": odd_blanks(rng, pick(*EMAILS, "n/a", "noemail", none=0.7)),
            "phone": pick(*PHONES, LOST[0], "none", none=0.8),
            "status": pick(*STATUSES, none=0.6),
            "currency": pick("EUR", "usd", "GBP", "NULL", none=0.6),
            "amount": amount(rng),
            "discount_amount": pick("0", "1", "2.5", "500", none=0.6),
            "channel": pick("web", "app", f"to {TYPED_IN[0].title()}.", *"abc", none=0.3),
            "device": pick("pc", "phone", none=0.3),
            "country": pick("DE", "US", none=0.3),
            "region": pick(TYPED_IN[1], *(f"region {n}" for n in range(30)), none=0.2),
            "coupon_code": pick("other", *(f"code{n}" for n in range(20)), none=0.5),
            "referral_code": pick(*CODES, CODES[0].upper(), "n/a", none=0.4),
            "cancelled_at": pick(moment(rng), happened(rng), none=0.9),
            "is_test": pick("true", "no", r"\N", none=0.9),
            "_loaded_at": loaded(rng),
        }
        for _ in range(rng.randrange(1, 90))
    ]
    lines = [
        {
            "order_id": order_id(rng.randrange(80)),
            "line_id": f"l{rng.randrange(4)}",
            "product_id": pick(*products, "px", LOST[0], "n/a", none=0.1),
            "quantity": pick("1", "2", "0", "0.5", "-1", none=0.2),
            "unit_price": pick("10", "3.3333", "0.0001", "-2.5", none=0.2),
            "discount_amount": pick("0", "0.5", "1", "20", none=0.5),
            "amount": pick(amount(rng), amount(rng), "-3.5", none=0.6),
            "_loaded_at": loaded(rng),
        }
        for _ in range(rng.randrange(0, 120))
    ]
    refunds = [
        {
            "refund_id": f"r{rng.randrange(30)}",
            "refunded_at": moment(rng),
            "amount": amount(rng),
            "currency": pick("EUR", "usd", "GBP", none=0.7),
            "order_id": pick(*map(order_id, range(75)), LOST[1], none=0.3),
            "customer_id": pick(*CUSTOMERS, "only refunded", NOBODY[0], none=0.3),
        }
        for _ in range(rng.randrange(0, 30))
    ]
    people = [
        {
            "customer_id": pick(
                *CUSTOMERS, " c3 ", "n1", "n2", "n3", *ADDRESSES, *NOBODY[:1], *LOST
            ),
            "email": pick(*EMAILS, "null", "-", none=0.5),
            "phone": pick(*PHONES, *LOST, "0", none=0.6),
            "created_at": moment(rng),
            "first_order_at": moment(rng) if rng.random() < 0.2 else "",
            "lifetime_orders": pick("0", "1", "2", "5", "12.0", "nan", none=0.7),
            "country": pick("DE", "US", "AT", "CH", "FR", none=0.3),
            "household_size": pick("1", "2.0", "5+", none=0.5),
            "acquisition_channel": pick("ads", "search", none=0.3),
            "referral_code": pick(CODES[0], CODES[0].upper(), "none", none=0.6),
            "income_band": pick("low", "high", none=0.3),
            "lock_in": pick("contract", none=0.5),
            "is_staff": pick("yes", "false", none=0.85),
            "_loaded_at": loaded(rng),
        }
        for _ in range(rng.randrange(0, 20))
    ]
    for row in [*orders, *people]:
        if row["customer_id"] in LONERS:
            row["email"] = row["phone"] = ""
    last = {"order_id": "last", "ordered_at": ENDS[-1], "amount": "1"}
    orders.append(last | {"email": TYPED_IN[0], "phone": "+49 30 901820"})
    shop = {
        "orders": orders,
        "order_lines": lines,
        "refunds": refunds,
        "customers": people,
        "products": [
            {
                "product_id": product,
                "category": pick("shoes", "socks", none=0.2),
                "unit_cost": pick("0", "4.5", "9.9999", none=0.4),
            }
            for product in products
        ],
        "events": [event(rng) for _ in range(rng.randrange(0, 350))],
        "identities": [
            {"customer_id": pick(*CUSTOMERS), "same_as": pick(*CUSTOMERS, "c99", *NOBODY[:2])}
            for _ in range(rng.randrange(0, 4))
        ],
        "fx_rates": [
            {
                "currency": pick("USD", "GBP", "EUR"),
                "rate_date": (SPAN[0] + dt.timedelta(rng.randrange(500))).isoformat(),
                "rate": pick("0.9", "1.1234567891", "0.00005", "-1"),
            }
            for _ in range(rng.randrange(0, 20))
        ],
    }
    if rng.random() < 0.4 and shop["events"]:  # one device, whoever uses it
        times = {"occurred_at": f"{AHEAD}T10:00:00Z", "event_type": "page_viewed"}
        blank = dict.fromkeys(shop["events"][0], "")
        shop["events"] += [
            blank | times | {"event_id": f"a{n}", "anonymous_id": "ahead", "customer_id": f"c{n}"}
            for n in range(4)
        ]
    new_columns(rng, shop)
    profile_columns(rng, shop)
    shop |= side_tables(rng)
    for name in list(shop):
        if name != "orders" and (not shop[name] or rng.random() < 0.15):
            del shop[name]
    return shop


def write(folder: Path, shop: dict[str, Iterable[dict[str, Any]]]) -> None:
    """Replace a folder's CSV files by a shop's."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.csv"):
        old.unlink()
    for name, rows in shop.items():
        rows = list(rows)
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
