"""What people said they want: statements of consent, and who withdrew it (section 9)."""

from __future__ import annotations

import polars as pl

from oracle.identity import People, account, email_contact, phone_contact
from oracle.seeds import has_seed, seed

SAID = ["channel", "purpose", "status", "stated_at", "stated_on", "is_day"]


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


def withdrawn(said: pl.DataFrame, purpose: str) -> pl.DataFrame:
    """Persons who withdrew consent for a purpose on any channel, by what was last said.

    A person did while any party of theirs did. Of one instant, and of one date where one of the
    two is given as a date alone, withdrawing wins.
    """
    on = ["party", "person", "channel"]
    own = said.filter(pl.col("purpose") == purpose)
    last = own.filter(pl.col("stated_on") == pl.col("stated_on").max().over(on))
    is_no = pl.col("status") == "withdrawn"
    latest_no, latest_yes = (
        pl.col("stated_at").filter(said_so & ~pl.col("is_day")).max() for said_so in (is_no, ~is_no)
    )
    return (
        last.group_by(on)
        .agg(
            is_flat=(is_no & pl.col("is_day")).any(),
            no=latest_no,
            yes=latest_yes,
        )
        .filter(
            pl.col("is_flat")
            | (pl.col("no").is_not_null() & (pl.col("no") >= pl.col("yes")).fill_null(True))
        )
        .select("person")
        .unique()
    )
