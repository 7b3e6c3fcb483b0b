"""The oracle's consents and audiences of small shops, worked out by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import oracle
import polars as pl
import pytest
from oracle.audiences import birthday, days_to_birthday, is_minor
from oracle.consent import spells_of
from oracle.tools import md5

AS_OF = "2024-12-31"
NOON = dt.datetime(2024, 5, 2, 12)


def said(*told: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The spells (status, day and hour of the start, method, proof_given) of what parties said.

    Each statement: party, status, day of May, hour (None: a date alone), method, proof.
    """
    rows = []
    for party, status, day, hour, *more in told:
        method, has_proof = more or (None, False)
        at = dt.datetime(2024, 5, day, hour or 0)
        rows.append(
            {"party": party, "status": {"y": "granted", "n": "withdrawn"}[status]}
            | {"stated_at": at, "stated_on": at.date(), "is_day": hour is None}
            | {"method": method, "has_proof": has_proof}
        )
    spells = spells_of(sorted(rows, key=lambda row: row["stated_at"]))
    assert [spell["ended_at"] for spell in spells] == [
        *(spell["started_at"] for spell in spells[1:]),
        None,
    ]
    rows = []
    for spell in spells:
        start = spell["started_at"]
        told = (spell["method"], spell["proof_given"])
        rows.append((spell["status"][0], start.day, start.hour, *told))
    return rows


def test_withdrawing_wins_at_one_instant_and_on_one_date():
    assert said(("a", "y", 2, 9), ("a", "n", 2, 9)) == [("w", 2, 9, None, False)]
    # a second later it does not
    assert said(("a", "n", 2, 9), ("a", "y", 2, 10)) == [
        ("w", 2, 9, None, False),
        ("g", 2, 10, None, False),
    ]
    # a date alone says no time of its day: neither a later grant nor an earlier one holds
    assert said(("a", "n", 2, None), ("a", "y", 2, 10)) == [("w", 2, 0, None, False)]
    assert [row[:3] for row in said(("a", "y", 2, None), ("a", "n", 2, 10))] == [
        ("g", 2, 0),
        ("w", 2, 10),
    ]
    # two dates: the later one
    assert [row[:3] for row in said(("a", "n", 2, None), ("a", "y", 3, None))] == [
        ("w", 2, 0),
        ("g", 3, 0),
    ]
    # between timed ones the later, whatever the date alone says beside a withdrawal
    told = [("a", "y", 2, None), ("a", "n", 2, 10), ("a", "y", 2, 11)]
    assert [row[:3] for row in said(*told)] == [("g", 2, 0), ("w", 2, 10), ("g", 2, 11)]


def test_a_person_has_withdrawn_while_any_party_has():
    told = [("a", "y", 2, 9), ("b", "n", 3, 9), ("a", "y", 4, 9), ("b", "y", 5, 9)]
    assert [row[:2] for row in said(*told)] == [("g", 2), ("w", 3), ("g", 5)]
    # neighbouring spells of one status are one
    assert [row[:2] for row in said(("a", "n", 2, 9), ("b", "n", 3, 9))] == [("w", 2)]


def test_the_method_is_the_openers_and_the_proof_any_of_the_spell():
    told = [
        ("a", "y", 2, 9, "till", False),
        ("a", "y", 2, 9, "form", True),
        ("a", "y", 2, 9, "zoo", False),
        ("a", "n", 3, 9, "event", False),
        ("a", "y", 4, 9, "form", False),
        ("a", "y", 5, 9, "double_opt_in", True),
    ]
    assert said(*told) == [
        ("g", 2, 9, "form", True),
        ("w", 3, 9, "event", False),
        ("g", 4, 9, "form", True),
    ]


@pytest.mark.parametrize(
    ("birth", "as_of", "days"),
    [
        ("1990-05-02", "2024-05-02", 0),
        ("1990-05-03", "2024-05-02", 1),
        ("1990-05-01", "2024-05-02", 364),
        ("1990-01-01", "2024-12-31", 1),
        ("2000-02-29", "2023-02-28", 0),
        ("2000-02-29", "2024-02-28", 1),
        ("2000-02-29", "2023-03-01", 365),
        ("2000-02-29", "2024-03-01", 364),
        ("1913-05-02", "2024-05-02", None),  # 111 years
        ("1913-05-03", "2024-05-02", 1),  # 110
        ("1900-01-01", "2024-12-31", None),
    ],
)
def test_days_to_the_next_birthday(birth, as_of, days):
    found = days_to_birthday(dt.date.fromisoformat(birth), dt.date.fromisoformat(as_of))
    assert found == days


def test_nobody_knows_a_birthday_without_a_date():
    assert days_to_birthday(None, NOON.date()) is None
    assert not is_minor(None, NOON.date(), 18)
    assert birthday(dt.date(2000, 2, 29), 2100) == dt.date(2100, 2, 28)


@pytest.mark.parametrize(
    ("birth", "minor"),
    [("2006-05-02", False), ("2006-05-03", True), ("2020-01-01", True)],
)
def test_who_is_18_today_is_no_minor(birth, minor):
    assert is_minor(dt.date.fromisoformat(birth), NOON.date(), 18) == minor


@pytest.fixture
def built(shop) -> Callable[..., dict[str, pl.DataFrame]]:
    """Build the oracle on tables, with these audiences."""

    def build(audiences: list[dict[str, Any]], **tables: Any) -> dict[str, pl.DataFrame]:
        source = {"name": "s", "path": str(shop(**tables)), "timezone": "Europe/Berlin"}
        params = {"rare_value_limit": 1, "audiences": audiences}
        return oracle.build([source], as_of=AS_OF, params=params)

    return build


LETTER = {"kind": "list", "channel": "email", "purpose": "marketing", "priority": 1}
ORDERS = "order_id,ordered_at,customer_id,amount\n" + "".join(
    f"{n},2024-12-{n:02},{name},10\n" for n, name in enumerate("abcdefgh", start=1)
)
CUSTOMERS = "customer_id,email,birth_date\n" + "".join(
    f"{name},{'' if name == 'a' else f'{name}@x.org'},{'2006-12-31' if name == 'h' else birth}\n"
    for name, birth in zip("abcdefgh", ["", "", "", "2007-01-01", "", "", "", ""], strict=True)
)
CONSENTS = "channel,purpose,status,stated_at,customer_id\n" + "".join(
    f"email,marketing,{status},2024-01-01,{name}\n"
    for name, status in zip("abdefgh", ["granted", "withdrawn", *["granted"] * 5], strict=True)
)
TICKETS = (
    "ticket_id,opened_at,customer_id,is_complaint,resolved_at\n"
    "1,2024-12-31,e,yes,\n2,2024-12-01,f,yes,2024-12-31\n3,2024-12-01,g,,\n"
)
EVENTS = "event_id,occurred_at,event_type,customer_id,campaign_id\n" + "".join(
    f"{name}{n},2024-12-{day},{kind},{name},k\n"
    for name, days in (("f", [25, 26, 31]), ("g", [24, 25, 26]))
    for n, (day, kind) in enumerate(
        zip(days, ["campaign_received", "campaign_withheld", "campaign_received"], strict=True)
    )
)


def test_the_first_reason_that_applies(built):
    adults = LETTER | {"name": "letter", "rule": "true", "adults_only": True}
    marts = built(
        [adults],
        orders=ORDERS,
        customers=CUSTOMERS,
        consents=CONSENTS,
        service_tickets=TICKETS,
        events=EVENTS,
    )
    rows = marts["audiences.audience_members"]
    reasons = dict(rows.select("customer_key", "exclusion_reason").rows())
    assert reasons == {
        "s:a": "no_address",
        "s:b": "consent_withdrawn",
        "s:c": "no_consent",
        "s:d": "minor",
        "s:e": "open_complaint",
        "s:f": "contacted_recently",  # on three of the dates from 25 to 31 December
        "s:g": None,  # the first was on the 24th
        "s:h": None,  # 18 today
    }
    assert rows["is_included"].to_list() == [False] * 6 + [True] * 2
    summary = marts["audiences.audience_summary"].row(0, named=True)
    assert (summary["eligible"], summary["included"]) == (8, 2)
    assert [summary[r] for r in ("no_address", "minor", "holdout")] == [1, 1, 0]
    assert summary["share_of_customers"] == 1
    assert summary["net_amount_12m"] == 20


def test_a_part_is_held_out_by_its_hash(built):
    half = {"kind": "trigger", "name": "half", "rule": "days_since_order < 28", "priority": 1}
    marts = built([half | {"holdout_share": 0.5}], orders=ORDERS)
    rows = marts["audiences.audience_members"]
    expected = {
        f"s:{name}": "holdout" if int(md5(f"half:s:{name}")[:8], 16) < 16**8 / 2 else None
        for name in "defgh"
    }
    assert dict(rows.select("customer_key", "exclusion_reason").rows()) == expected


def test_a_customer_is_in_the_first_segment_and_a_lead_in_none(built):
    audiences = [
        {"name": "rest", "kind": "segment", "priority": 9, "rule": "true"},
        {"name": "late", "kind": "segment", "priority": 1, "rule": "days_since_order < 27"},
        {"name": "none", "kind": "persona", "priority": 1, "rule": "age_years > 200"},
        {"name": "all", "kind": "persona", "priority": 2, "rule": "not is_advocate_candidate"},
        LETTER | {"name": "letter", "rule": "first_order_date is null"},
    ]
    events = "event_id,occurred_at,event_type,email\n1,2024-12-01,newsletter_subscribed,l@x.org\n"
    marts = built(audiences, orders=ORDERS, events=events)
    rows = marts["audiences.audience_members"].select("audience", "customer_key")
    lead = f"s:{md5('email:l@x.org')}"
    assert sorted(rows.rows()) == sorted(
        [
            *(("rest", f"s:{name}") for name in "abcd"),
            *(("late", f"s:{name}") for name in "efgh"),
            *(("all", f"s:{name}") for name in "abcdefgh"),
            ("all", lead),
            ("letter", lead),
        ]
    )
    summary = marts["audiences.audience_summary"]
    found = dict(summary.select("audience", "share_of_customers").rows())
    assert found == {"all": 1, "late": 0.5, "letter": 0, "none": 0, "rest": 0.5}
    # a lead's address is known, and what it subscribed to is granted
    included = dict(summary.select("audience", "included").rows())
    assert included["letter"] == 1


def test_a_checkout_counts_until_an_order_follows(built):
    one = {"name": "left", "kind": "trigger", "priority": 1}
    rule = "days_since_checkout_without_order between 0 and 2"
    orders = (
        "order_id,ordered_at,customer_id,amount\n"
        "1,2024-12-30T09:59:59Z,before,1\n2,2024-12-30T10:00:00Z,at,1\n"
        "3,2024-12-30,that day,1\n4,2024-12-29,the day before,1\n5,2024-12-31T11:00Z,later,1\n"
    )
    names = ["before", "at", "that day", "the day before", "later", "never"]
    events = "event_id,occurred_at,event_type,customer_id\n" + "".join(
        f"{n},2024-12-30T10:00:00Z,checkout_started,{name}\n" for n, name in enumerate(names)
    )
    events += "old,2024-12-28T10:00:00Z,checkout_started,old\n"
    marts = built([one | {"rule": rule}], orders=orders, events=events)
    keys = marts["audiences.audience_members"]["customer_key"].to_list()
    assert keys == ["s:before", "s:never", "s:the day before"]
