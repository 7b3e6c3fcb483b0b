"""The people of an audience with the address each has allowed to use, and those held out of it."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb

from patronage.database import opened
from patronage.folder import FolderError, open_private
from patronage.rejects import harmless

# which of our addresses a channel needs
ADDRESSES = {"email": "email", "sms": "phone", "phone": "phone"}
ADDRESS_SQL = {
    "email": "lower(email)",
    "phone": "nullif(regexp_replace(phone, '[^0-9]', '', 'g'), '')",
}
# whoever is known by events alone has the address that these carry
OF_EVENTS = {
    "email": "union all select email, lower(email), 0 from staging.stg_events "
    "where customer_id is null and email is not null",
    "phone": "",
}
EVENT_COLUMNS = ("event_id", "occurred_at", "event_type", "customer_id", "email", "campaign_id")


class AudienceError(Exception):
    """An audience cannot be written, for the reason that the message gives in one line."""


class Audience(NamedTuple):
    """A declared audience, as it was built."""

    name: str
    channel: str
    purpose: str
    address: str  # email or phone


class Person(NamedTuple):
    """Somebody who may be sent to, or is held out."""

    customer_key: str
    customer_id: str | None  # of the smallest account (of the source asked for); guests have none
    address: str | None  # their own, whose account or guest has granted; None: there is none


def declared(connection: duckdb.DuckDBPyConnection, name: str) -> Audience:
    """Return an audience of a build file. Raises AudienceError and duckdb.Error."""
    if not connection.execute(
        "select 1 from information_schema.tables where table_schema = 'audiences' "
        "and table_name = 'audience_members'"
    ).fetchall():
        raise AudienceError("nothing is built yet: run `patronage build`")
    rows = connection.execute(
        "select audience, channel, purpose from intermediate.int_audiences order by audience_number"
    ).fetchall()
    found = {row[0]: row for row in rows}
    if name not in found:
        raise AudienceError(f"no audience is named {name}; there are {', '.join(found) or 'none'}")
    _, channel, purpose = found[name]
    if channel is None:
        raise AudienceError(
            f"{name} has no channel, so nobody of it has allowed to be written to: "
            "audiences.audience_members has who is in it"
        )
    if channel not in ADDRESSES:
        raise AudienceError(f"{name}: no address of the channel {channel} is known here")
    return Audience(name, channel, purpose, ADDRESSES[channel])


def people_of(
    build: Path, name: str, salt: str, withheld: bool = False, source: str | None = None
) -> tuple[Audience, list[Person]]:
    """Return who of an audience is included (or, instead, is held out at random), by their keys.

    An address is a person's own, never one that many share, and of an account, or guest, that has
    granted consent for the audience's channel and purpose itself: a wrong merge gives none. Of
    several it is one of the customers file, then the smallest. Raises AudienceError (for a salt
    that is not the build's, too), FolderError and duckdb.Error.
    """
    with opened(build) as connection:
        audience = declared(connection, name)
        connection.execute("set variable patronage_salt = ?", [salt])
        if withheld:
            sources = connection.execute(
                "select distinct source from intermediate.int_accounts order by source"
            ).fetchall()
            if (source is None and len(sources) > 1) or (source and (source,) not in sources):
                names = ", ".join(one for (one,) in sources)
                raise AudienceError(f"--source must name the shop whose ids are meant: {names}")
        rows = connection.execute(
            PEOPLE.format(
                kind=audience.address,
                address=ADDRESS_SQL[audience.address],
                of_events=OF_EVENTS[audience.address],
            ),
            {
                "audience": audience.name,
                "channel": audience.channel,
                "purpose": audience.purpose,
                "withheld": withheld,
                "source": source,
            },
        ).fetchall()
    if any(row[3] for row in rows) and not any(row[2] for row in rows):
        raise AudienceError("the salt (PATRONAGE_SALT) is not the one of the last build")
    return audience, [Person(*row[:3]) for row in rows]


# Which account or guest speaks for whom, and whose an address is, is told by the models; here the
# address itself is found by its hash.
PEOPLE = """
with members as (
    select people.customer_key, people.customer_number
    from audiences.audience_members as members
    inner join core.customers as people on members.customer_key = people.customer_key
    where
        members.audience = $audience
        and case
            when $withheld then members.exclusion_reason = 'holdout'
            else members.is_included
        end
),
granting as (
    select distinct members.customer_key, said.party_key
    from intermediate.int_consent_statements as said
    inner join members on said.customer_number = members.customer_number
    where said.channel = $channel and said.purpose = $purpose and said.status = 'granted'
),
owned as (
    select granting.customer_key, contacts.contact_hash
    from granting
    inner join intermediate.int_contacts as contacts
        on granting.party_key = contacts.account_key
    where contacts.contact_type = '{kind}' and not contacts.is_shared
    union
    select granting.customer_key, guests.contact_hash
    from granting
    inner join intermediate.int_contact_owners as guests
        on granting.party_key = guests.contact_hash
    where not guests.is_account
),
given as (
    select {kind}, {address} as address, 1 as is_of_row from staging.stg_customers
    union all
    select {kind}, {address} as address, 0 as is_of_row from staging.stg_orders
    union all
    select customer_id, lower(customer_id), 0 from intermediate.int_accounts
    where '{kind}' = 'email' and customer_id like '%@%'
    {of_events}
),
addresses as (
    select
        md5(getvariable('patronage_salt') || '{kind}:' || address) as contact_hash,
        case
            when '{kind}' = 'email' then any_value(address)
            else coalesce(min({kind}) filter (where trim({kind}) like '+%'), min({kind}))
        end as address,
        max(is_of_row) as is_of_row
    from given
    where address is not null
    group by given.address
),
best as (
    select
        owned.customer_key,
        first(addresses.address order by addresses.is_of_row desc, addresses.address) as address
    from owned
    inner join addresses on owned.contact_hash = addresses.contact_hash
    group by owned.customer_key
),
accounts as (
    select customer_key, first(customer_id order by account_key) as customer_id
    from intermediate.int_accounts
    where $source is null or source = $source
    group by customer_key
)
select
    members.customer_key,
    accounts.customer_id,
    best.address,
    members.customer_key in (select owned.customer_key from owned)
from members
left join accounts on members.customer_key = accounts.customer_key
left join best on members.customer_key = best.customer_key
order by members.customer_key
"""


def e164(phone: str) -> str:
    """Return a phone number as +49301234567, as far as it says its country; else its digits.

    It says it by a + or 00 at its beginning; 030 123 is a number of whatever country.
    """
    digits = re.sub("[^0-9]", "", phone)
    if phone.strip().startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else digits


def hashed(address: str) -> str:
    """Return the SHA-256 of an address, by which advertising platforms know it."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()


def rows_to_send(
    audience: Audience, people: list[Person], is_hashed: bool
) -> list[tuple[str | None, ...]]:
    """Return a header and a row for each person with an address: key and address, or its hash.

    A hash stands alone: whoever gets the file is to learn nothing else.
    """
    named = [(one.customer_key, one.address) for one in people if one.address]
    if audience.address == "phone":
        named = [(key, e164(address)) for key, address in named]
    if is_hashed:
        hashes = sorted(hashed(address) for _, address in named)
        return [(f"{audience.address}_sha256",), *((one,) for one in hashes)]
    return [("customer_key", audience.address), *named]


def sent_at(text: str | None) -> str:
    """Return a time as events have it: an ISO time, in UTC where it says no offset; none is now.

    Raises AudienceError for what is no time, or one that the next build would reject.
    """
    now = datetime.now(UTC)
    if text is None:
        return now.strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise AudienceError(
            f"--at must be a time like 2025-05-31T09:00:00Z, not {text!r}"
        ) from None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if not datetime(1990, 1, 1, tzinfo=UTC) <= found <= now + timedelta(days=1):
        raise AudienceError(f"--at must not lie before 1990 or in the future, as {text} does")
    return text


def rows_withheld(
    audience: Audience, people: list[Person], campaign: str, at: str
) -> list[tuple[str | None, ...]]:
    """Return a header and an event campaign_withheld, in the contract's columns, for each person.

    Who has no account is named by an email, where there is one. The same campaign, audience and
    person have the same event_id: sent twice, they count once.
    """
    rows: list[tuple[str | None, ...]] = [EVENT_COLUMNS]
    for one in people:
        email = one.address if one.customer_id is None and audience.address == "email" else None
        if one.customer_id is None and email is None:
            continue
        mark = hashlib.sha256(f"{campaign}:{audience.name}:{one.customer_key}".encode())
        event = f"withheld-{mark.hexdigest()[:32]}"
        rows.append((event, at, "campaign_withheld", one.customer_id, email, campaign))
    return rows


def without_formulas(
    rows: list[tuple[str | None, ...]],
) -> tuple[list[tuple[str | None, ...]], int]:
    """Return the rows that a spreadsheet runs nothing of, and how many fall away.

    An apostrophe would make another address of an address.
    """
    safe = [row for row in rows if all(harmless(cell) == cell for cell in row)]
    return safe, len(rows) - len(safe)


def as_csv(rows: list[tuple[str | None, ...]]) -> str:
    """Return rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def write_private(text: str, file: Path, warehouse: Path, force: bool) -> None:
    """Write a file for the user alone, outside of the warehouse folder; over another only by force.

    Raises AudienceError, FolderError for a link or a device in its place, and OSError.
    """
    place = file.parent.resolve(strict=True) / file.name
    if warehouse in (place, *place.parents):
        raise AudienceError(
            f"{file} lies in the warehouse folder, which others read: choose another"
        )
    if force:
        if place.is_file() and place.stat().st_nlink > 1:
            raise AudienceError(
                f"{file} has another name, too, where others may read it: remove it"
            )
        with open_private(place) as target:
            target.write(text)
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(place, flags, 0o600)
    except FileExistsError:
        raise FolderError(f"{file} is there already: --force writes over it") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as target:
            target.write(text)
    except OSError:
        place.unlink()
        raise
