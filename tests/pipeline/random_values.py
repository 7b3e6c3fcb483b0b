"""Values of random shops: ids, addresses, times, amounts, and what stands in their place."""

from __future__ import annotations

import datetime as dt
from random import Random

ZONES = {"a": "UTC", "b": "America/New_York", "c": "Asia/Tehran"}
LOCAL = {"b": "local"}  # naive times of this one are by its clock
SPAN = (dt.date(2022, 11, 20), 800)  # first day, days: two year ends, a leap day, gaps around 365
CUSTOMERS = [f"c{n}" for n in range(20)]
LONERS = set(CUSTOMERS[7:])  # share no address with anybody
NOBODY = ["0", "-1", "000", "0.0", "00000000-0000-0000-0000-000000000000"]
NOTHING = [r"\N", "NULL", "nan", "None", "<NA>", "N/A", "#n/a", "undefined", "-", "Nil"]
LOST = ["4.36601E+11", "1,5e+10"]  # what a spreadsheet leaves of an id or a phone
ADDRESSES = ["e2@example.com", "Acc@Example.com", "@handle"]  # ids of accounts
EMAILS = [f"e{n}@example.com" for n in range(6)] + [" E1@Example.com ", "office@example.com"]
PHONES = ["+1 555 010 01", "155501001", "1 555-010-02", "(155) 501 003", "155501003.0", "0000000"]
STATUSES = [
    *("paid", "Paid\u00a0", "Cancelled", "returned", "test", "odd", "odder", "null"),
    *("wc-completed", "wc-checkout-draft", "On Hold", "Cancel requested", "voided"),
    *("refunded", "wc-refunded", "Refunded", "Partially-Refunded"),
]
CODES = ["in a customers row", "only sent", "never sent"]
TYPED_IN = ["office@intranet", "(49) 30 901-820"]  # into a channel, into a region
ENDS = ["2024-02-29", "2023-12-20", "2025-02-03"]  # as_of; the last is the latest order's
AHEAD = "2025-09-09"  # by the clock of a device


def moment(rng: Random) -> str:
    """A date, or a time with or without an offset; many lie at the edges of days, months, years."""
    first, days = SPAN
    day = first + dt.timedelta(rng.randrange(days))
    if rng.random() < 0.3:
        day = day.replace(day=1) - dt.timedelta(rng.randrange(2))
    if rng.random() < 0.1:
        day = dt.date.fromisoformat(
            rng.choice(
                [
                    *("2023-01-01", "2023-12-20", "2023-12-31", "2024-01-01", "2024-02-29"),
                    *("2023-03-12", "2023-11-05", "2024-03-10"),  # New York's clocks change
                ]
            )
        )
    if rng.random() < 0.3:
        return day.isoformat()
    clock = rng.choice(
        ["00:00", "23:59:59", "12:30:00.5", "04:59:59", "05:00:00", "02:30", "01:15"]
    )
    offset = rng.choice(["", "", "Z", " UTC", "UTC", " Z", "+03:30", " -0500", "+14"])
    return f"{day}{rng.choice(' T')}{clock}{offset if rng.random() < 0.99 else ' EST'}"


def amount(rng: Random) -> str:
    """An amount with up to four decimals, zero now and then, rarely none or nonsense."""
    if rng.random() < 0.03:
        return rng.choice(["", "-1", "1,5", "abc", "1e13", "n/a", r"\N", "\u00a05", "5\u200b"])
    return f"{rng.choice([0, 1, 10, 10, 20, 33.3333, 0.0001, 99.995, rng.random() * 100]):.4f}"


def loaded(rng: Random) -> str:
    """A delivery time; few values, so that versions tie."""
    return rng.choice(["", "null", "2025-02-01", "2025-02-01", "2025-02-02T10:00:00Z"])


def happened(rng: Random) -> str:
    """When something happened: often on one of few days, or at the edge of a window of as_of."""
    if rng.random() < 0.25:
        return moment(rng)
    ages = [0, 1, 2, 2, 2, 2, 20, 29, 30, 31, 60, 363, 364, 365, 366]
    day = dt.date.fromisoformat(rng.choice(ENDS)) - dt.timedelta(rng.choice(ages))
    if rng.random() < 0.2:
        return day.isoformat()
    clock = rng.choice(
        ["00:00", "00:15", "00:30:01", "04:59:59", "05:00", "10:00", "10:20", "10:50", "23:59:59"]
    )
    return f"{day}T{clock}{rng.choice(['Z', 'Z', 'Z', '+03:30', '-0500'])}"


def order_id(number: int) -> str:
    """An order's id: digits alone, some with zeros before them, or a text."""
    return (f"o{number}", str(number), f"0{number}")[number % 3]


def odd_blanks(rng: Random, text: str) -> str:
    """A text, now and then with blanks that are not ASCII around it."""
    if not text or rng.random() > 0.03:
        return text
    return rng.choice(["\u00a0", "\u200b", "\u3000", "\ufeff"]) + text + rng.choice([" ", "\u2009"])


def account_ids(rng: Random, none: float) -> list[str]:
    """What may stand for whose order it is: an account, a word for nothing, nothing."""
    if rng.random() < none:
        return ["", *NOBODY, *NOTHING, LOST[0]]
    return [*CUSTOMERS, *ADDRESSES]
