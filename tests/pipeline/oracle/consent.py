"""What people said they want: statements of consent, and what holds since when (section 9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from oracle.contract import TEXT, TIME
from oracle.identity import People, account, email_contact, phone_contact
from oracle.marts import declare
from oracle.seeds import has_seed, seed

SAID = [
    *("channel", "purpose", "status", "stated_at", "stated_on", "is_day", "method", "has_proof")
]
NO, YES = "withdrawn", "granted"

declare(
    "audiences.consent_spells",
    "customer_key channel purpose started_at",
    """
    customer_key:text channel:text purpose:text started_at:time status:text ended_at:time
    method:text proof_given:flag
    """,
)
declare(
    "audiences.consent_status",
    "customer_key channel purpose",
    """
    customer_key:text channel:text purpose:text status:text since:time method:text
    proof_given:flag
    """,
)


def event_statements(events: pl.DataFrame) -> pl.DataFrame:
    """Events that state consent, of accounts and emails that they carry themselves.

    Which ones do is in a table that a project may lack: then none does.
    """
    rows = events.filter(~pl.col("is_bot").fill_null(False)).select(
        *("source", "customer_id", "email", "event_type"),
        phone=pl.lit(None, pl.String),
        stated_at="occurred_at",
        stated_on="event_date",
        is_day="occurred_at_is_day",
        method=pl.lit("event"),
        has_proof=pl.lit(False),
    )
    kinds = dict.fromkeys(("event_type", "channel", "purpose", "status"), pl.String)
    mapped = (
        seed("consent_events", **kinds)
        if has_seed("consent_events")
        else pl.DataFrame(schema=kinds)
    )
    return rows.join(mapped, on="event_type")


def statements(consents: pl.DataFrame, events: pl.DataFrame, people: People) -> pl.DataFrame:
    """Statements with their party and its person; what no party can say is dropped.

    The party is the account that customer_id names; of an address every account that has it, else
    the guest whose it is. A shared address never grants.
    """
    told = consents.rename({"stated_at_date": "stated_on", "stated_at_is_day": "is_day"})
    told = told.with_columns(has_proof=pl.col("proof").is_not_null())
    columns = ["source", "customer_id", "email", "phone", *SAID]
    rows = pl.concat([told.select(columns), event_statements(events).select(columns)])
    rows = rows.with_row_index("statement").with_columns(
        account=account(), contact=pl.coalesce(email_contact(), phone_contact())
    )
    by_account = rows.drop_nulls("account").join(people.accounts, on="account")
    addressed = rows.filter(pl.col("account").is_null()).drop("account")
    by_owner = addressed.join(people.owned, on="contact")
    by_guest = addressed.join(by_owner, on="statement", how="anti").join(
        people.contacts, on="contact"
    )
    is_heard = ~pl.col("is_shared") | (pl.col("status") == "withdrawn")
    return pl.concat(
        [
            by_account.select("person", *SAID, party="account"),
            by_owner.filter(is_heard).select("person", *SAID, party="account"),
            by_guest.select("person", *SAID, party="contact"),
        ]
    )


class Party:
    """What one party last said of a channel and purpose, while its statements are heard."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        self.day: date | None = None  # of the latest statements
        self.is_flat_no = False  # withdrawn on that day, at no known time of it
        self.last: dict[str, datetime] = {}  # of that day's timed statements, by status

    def hear(self, status: str, at: datetime, on: date, is_day: bool) -> None:
        """Hear a statement; one of an earlier business date than the latest says nothing new."""
        if self.day is None or on > self.day:
            self.day, self.is_flat_no, self.last = on, False, {}
        if on < self.day:
            return
        if not is_day:
            self.last[status] = max(self.last.get(status, at), at)
        elif status == NO:
            self.is_flat_no = True

    @property
    def is_no(self) -> bool:
        """Whether it has withdrawn.

        Of one instant, and of one date where one of the two is given as a date alone, withdrawing
        wins.
        """
        if self.is_flat_no:
            return True
        return NO in self.last and self.last[NO] >= self.last.get(YES, datetime.min)


def spells_of(told: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The spells of one person, channel and purpose, by the statements in the order of time.

    Withdrawn while any party's is withdrawn, else granted from the first grant on.
    """
    told = list(told)
    parties: dict[str, Party] = {}
    spells: list[dict[str, Any]] = []
    for at, group in groupby(told, itemgetter("stated_at")):
        now = list(group)
        for row in now:
            party = parties.setdefault(row["party"], Party())
            party.hear(row["status"], at, row["stated_on"], row["is_day"])
        status = NO if any(party.is_no for party in parties.values()) else YES
        if spells and spells[-1]["status"] == status:
            continue
        if spells:
            spells[-1]["ended_at"] = at
        latest = [row for row in now if row["stated_on"] == parties[row["party"]].day]
        openers = [row for row in latest if row["status"] == status]
        opener = max(openers, key=lambda row: (row["has_proof"], row["method"] or ""))
        spells.append(
            {"status": status, "started_at": at, "ended_at": None, "method": opener["method"]}
        )
    for spell in spells:
        end = spell["ended_at"] or datetime.max
        spell["proof_given"] = any(
            row["has_proof"]
            for row in told
            if row["status"] == spell["status"] and spell["started_at"] <= row["stated_at"] < end
        )
    return spells


def consent_spells(said: pl.DataFrame) -> pl.DataFrame:
    """What each person's consent to a channel and purpose was, from when to when."""
    place = ["person", "channel", "purpose"]
    rows = said.sort(*place, "stated_at").to_dicts()
    found = [
        dict(zip(place, key, strict=True)) | spell
        for key, told in groupby(rows, itemgetter(*place))
        for spell in spells_of(told)
    ]
    schema = {"person": said.schema["person"], "channel": TEXT, "purpose": TEXT, "status": TEXT}
    schema |= {"started_at": TIME, "ended_at": TIME, "method": TEXT, "proof_given": pl.Boolean}
    return pl.DataFrame(found, schema=schema)


def withdrawn(spells: pl.DataFrame, purpose: str) -> pl.DataFrame:
    """Persons who withdrew consent for a purpose on any channel, by what was last said."""
    is_open = pl.col("ended_at").is_null() & (pl.col("status") == NO)
    return spells.filter(is_open & (pl.col("purpose") == purpose)).select("person").unique()
