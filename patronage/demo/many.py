"""Planted people by the dozen: contacts and devices of many, leads, what goes with what."""

from __future__ import annotations

import itertools

from patronage.demo.cast import Cast

# name, raw score, band, and the events of each day
HUNDRED = {"file_downloaded": 3, "video_watched": 3, "product_added": 2}
LEADS: list[tuple[str, int | None, str, list[dict[str, int]]]] = [
    ("lead_99", 99, "weak", [HUNDRED | {"product_added": 1, "product_viewed": 2}]),
    ("lead_100", 100, "medium", [HUNDRED]),
    ("lead_200", 200, "medium", [HUNDRED, HUNDRED]),
    ("lead_201", 201, "strong", [HUNDRED, HUNDRED, {"page_viewed": 1}]),
    ("lead_capped", 10, "weak", [{"page_viewed": 15}]),
    ("lead_taken_back", 0, "weak", [{"newsletter_subscribed": 1}, {"newsletter_unsubscribed": 1}]),
    ("lead_negative", -20, "weak", [{"newsletter_unsubscribed": 1}]),
    ("lead_unscored", None, "unscored", [{"campaign_received": 1}]),
]
SHARED_CONTACTS = [  # kind, value, accounts, guest orders
    ("email", "office@club.example", 12, 0),
    ("email", "till@store.example", 0, 52),
    ("phone", "4940998877", 11, 0),
]


def plant_contacts(cast: Cast) -> None:
    """Addresses of at most 10 accounts and 50 guest orders merge people; of more, nobody."""
    for number in range(12):
        shared = {"email": "office@club.example"}
        cast.plant({"person": f"shared_email_{number:02}", "customers": shared})
    cast.order("shared_email_00", "2024-05-02T10:00:00+02:00")
    cast.event(None, "2024-05-03T10:00", event_type="page_viewed", email="office@club.example")
    for number in range(11):
        shared = {"phone": "+49 40 998877"}
        cast.plant({"person": f"shared_phone_{number:02}", "customers": shared})
    crew = {"person": "ten_accounts_one_email", "customers": {"email": "crew@hut.example"}}
    cast.plant(crew | {"accounts": "10"})
    cast.order("ten_accounts_one_email", "2024-05-04T10:00:00+02:00",
               customer_id=cast.people["ten_accounts_one_email"]["accounts"][9])  # fmt: skip
    cast.plant({"person": "fifty_guest_orders", "accounts": "0"})
    till = {"lines": (), "amount": "9.90", "channel": "store"}
    for number in range(51):
        at = f"2024-{1 + number % 12:02}-{1 + number // 12:02}T12:00:00Z"
        cast.order(None, at, email="till@store.example", **till)
        if number < 50:
            cast.order("fifty_guest_orders", at, email="hut.warden@example.net", **till)
    behind = "phone_behind_shared_email"
    cast.plant({"person": behind, "customers": {"phone": "+49 30 5550001"}})
    guest = {"customer_id": "", "email": "till@store.example", "phone": "+49(30)5550001"}
    cast.order(behind, "2024-05-06T10:00:00+02:00", **guest)
    names = ("kind", "value", "accounts", "guest_orders")
    cast.shared_contacts += [dict(zip(names, told, strict=True)) for told in SHARED_CONTACTS]


def plant_leads(cast: Cast) -> None:
    """Each lead twice: as an unnamed visitor and as a customer."""
    for (name, score, band, days), suffix in itertools.product(LEADS, ("", "_customer")):
        who, ids = None, {"anonymous_id": f"d-{name}"}
        if suffix:
            who, ids = name + suffix, {}
            cast.plant({"person": who})
        for day, kinds in enumerate(days, 1):
            for minute, (kind, times) in enumerate(kinds.items()):
                at = f"2025-11-{day:02}T12:{minute:02}"
                cast.event(who, at, str(times), event_type=kind, **ids)
        key = {"customer_id": cast.first_account(who)} if who else ids
        cast.leads.append({"name": name + suffix} | key | {"raw_score": score, "band": band})


def plant_devices(cast: Cast) -> None:
    """Devices of at most 10 people are stitched, of more not; bots are nobody."""
    for device, people, owner in (("d-kiosk", 11, None), ("d-terminal", 10, "shared_phone_09")):
        for number in range(people):
            at = f"2025-07-{1 + number:02}T12:00"
            named = f"shared_phone_{number:02}"
            cast.event(named, at, event_type="page_viewed", anonymous_id=device)
        unnamed = {"anonymous_id": device, "customer_id": ""}
        cast.event(owner, "2025-07-20T12:00", event_type="product_viewed", **unnamed)
    bot = {"anonymous_id": "d-bot", "is_bot": "true"}
    cast.event(None, "2025-07-21T12:00", "5", event_type="product_viewed", **bot)


def plant_campers(cast: Cast) -> None:
    """Thirty orders of a lamp and a battery, ten of the lamp and five of the battery alone.

    Six more lamps are in `baskets.yml`; what a wholesaler orders at once says nothing.
    """
    lamp, battery, better, post = (
        {"product_id": product, "quantity": "1", "unit_price": price}
        for product, price in (
            ("LAMP", "29.95"), ("BATTERY", "6.95"), ("LAMP-PRO", "59.95"), ("POST", "4.90"),
        )
    )  # fmt: skip
    for number in range(5):
        cast.plant({"person": (camper := f"camper_{number}")})
        for month in range(1, 9):
            lines = [lamp, post, battery] if month <= 6 else [lamp, post]
            cast.order(camper, f"2025-{month:02}-{10 + number}T12:00:00Z", lines=lines)
        cast.order(camper, f"2025-10-{10 + number}T12:00:00Z", lines=[battery])
        cast.order(camper, f"2025-11-{10 + number}T12:00:00Z", lines=[better, post])
    cast.plant({"person": "wholesaler", "customers": {"customer_type": "business"}})
    many = [lamp | {"product_id": f"P{100 + number}"} for number in range(99)]
    cast.order("wholesaler", "2025-10-01T12:00:00Z", lines=[lamp, battery, *many])
    cast.pairs.append(
        {"item_a": "LAMP", "item_b": "BATTERY"}
        | {"baskets_a": 46, "baskets_b": 35, "baskets_ab": 30}
    )
