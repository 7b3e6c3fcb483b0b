"""Who is who (section 2, Identity)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from oracle.seeds import is_email_of_actor
from oracle.tools import collect, hashed
from oracle.values import EMAIL


class People(NamedTuple):
    """Who is who. A person is a number; `persons` gives its key and attributes."""

    persons: pl.DataFrame  # person, customer_key, customer_ids, is_staff, country, …
    accounts: pl.DataFrame  # account (source:id) -> person
    orders: pl.DataFrame  # order_row -> person
    contacts: pl.DataFrame  # contact ('email:…', 'phone:…') -> person, of accounts and guests
    owned: pl.DataFrame  # contact -> account, person: of every account that has it; is_shared


ids_of: dict[str, str] = {}
"""Sources of the build under way whose customer ids are those of another source."""


def account(column: str = "customer_id") -> pl.Expr:
    """Account key: the source whose ids they are || ':' || id; null without an id."""
    return pl.col("source").replace(ids_of) + ":" + pl.col(column)


def email_contact() -> pl.Expr:
    """An email as a contact: trimmed, lower case."""
    return pl.lit("email:") + pl.col("email").str.to_lowercase()


def phone_contact() -> pl.Expr:
    """A phone as a contact: its digits; null without any."""
    digits = pl.col("phone").str.replace_all(r"[^0-9]", "")
    return pl.lit("phone:") + pl.when(digits != "").then(digits)


def contacts_of(rows: pl.DataFrame, owner: str) -> pl.DataFrame:
    """Emails and phones beside their owner, one row each."""
    pairs = [rows.select(owner, contact=c) for c in (email_contact(), phone_contact())]
    return pl.concat(pairs).drop_nulls("contact")


def all_accounts(tables: dict[str, pl.DataFrame], salt: str) -> pl.DataFrame:
    """Every (source, customer_id) that any table names, numbered in the order of their keys.

    An id with an @ is an address: the account has this `email`, if it can be one, and its
    `customer_key` is the source and a hash, as of a guest.
    """
    names = ("customers", "orders", "refunds", "events", "identities")
    found = [tables[name].lazy().select("source", "customer_id") for name in names]
    found.append(tables["identities"].lazy().select("source", customer_id="same_as"))
    seen = [frame.drop_nulls().unique() for frame in found]
    accounts = collect(
        pl.concat(seen)
        .with_columns(account=account(), source=pl.col("source").replace(ids_of))
        .unique()
    )
    is_address = pl.col("customer_id").str.contains("@", literal=True)
    email = pl.col("customer_id").str.contains(EMAIL)
    accounts = (
        accounts.sort("account")
        .with_row_index("number")
        .select(
            *("number", "account", "source"),
            address=pl.when(is_address).then(
                pl.lit("email:") + pl.col("customer_id").str.to_lowercase()
            ),
            email=pl.when(email).then("customer_id"),
        )
    )
    addresses = accounts["address"].drop_nulls().unique()
    hashes = pl.col("address").replace_strict(addresses, hashed(salt + addresses), default=None)
    return accounts.with_columns(
        customer_key=pl.when(pl.col("address").is_null())
        .then("account")
        .otherwise(pl.col("source") + ":" + hashes)
    ).drop("address", "source")


def merged(accounts: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """Accounts with the smallest account number of their group (`root`)."""
    size = accounts.height
    links = (np.ones(edges.height, dtype=np.int8), (edges["a"].to_numpy(), edges["b"].to_numpy()))
    _, labels = connected_components(coo_matrix(links, shape=(size, size)), directed=False)
    groups = accounts.with_columns(label=pl.Series(labels, dtype=pl.Int64))
    return groups.with_columns(root=pl.col("number").min().over("label")).drop("label")


class Contacts(NamedTuple):
    """Addresses that may name somebody."""

    had: pl.DataFrame  # account, contact, is_shared: all, also those that name nobody
    owned: pl.DataFrame  # account, contact
    guests: pl.DataFrame  # order_row, source, email, phone of the orders without account
    leads: pl.DataFrame  # source, contact: emails of events that no account and no order has


def usable_contacts(
    tables: dict[str, pl.DataFrame], accounts: pl.DataFrame, params: dict[str, int]
) -> Contacts:
    """Contacts of the accounts, the guest orders with theirs, and those of events alone.

    An account's contacts come from its customers row, its orders and its own id, never from
    events. Left out is what names nobody: an address of a staff account, and a shared one, which
    more accounts, or more orders without one, give than the limits allow, over all sources.
    """
    orders = tables["orders"]
    owners = pl.concat(
        [
            *(
                rows.select("email", "phone", account=account()).drop_nulls("account")
                for rows in (tables["customers"], orders)
            ),
            accounts.select("email", phone=pl.lit(None, pl.String), account="account"),
        ]
    )
    owned = contacts_of(owners, "account").unique()
    staff = tables["customers"].filter("is_staff").select(account=account())
    guests = orders.filter(pl.col("customer_id").is_null()).select(
        "order_row", "source", email=email_contact(), phone=phone_contact()
    )
    given = pl.concat(guests.select(contact=pl.col(c)) for c in ("email", "phone")).drop_nulls()
    crowded = [
        rows.group_by("contact").len().filter(pl.col("len") > params[limit]).select("contact")
        for rows, limit in ((owned, "contact_max_accounts"), (given, "contact_max_guest_orders"))
    ]
    crowded.append(owned.join(staff, on="account", how="semi").select("contact"))
    shared = pl.concat(crowded)["contact"].unique()
    had = owned.with_columns(is_shared=pl.col("contact").is_in(shared.implode()))
    usable = [
        pl.when(~pl.col(c).is_in(shared.implode())).then(pl.col(c)).alias(c)
        for c in ("email", "phone")
    ]
    leads = (
        tables["events"]
        .filter(
            is_email_of_actor()
            & pl.col("customer_id").is_null()
            & ~pl.col("is_bot").fill_null(False)
        )
        .select("source", contact=email_contact())
        .drop_nulls("contact")
        .unique()
        .join(owned, on="contact", how="anti")
        .join(given, on="contact", how="anti")
    )
    owned = owned.filter(~pl.col("contact").is_in(shared.implode()))
    return Contacts(had, owned, guests.with_columns(usable), leads)


def resolve(tables: dict[str, pl.DataFrame], salt: str, params: dict[str, int]) -> People:
    """Accounts, guests and their persons (section 2, Identity)."""
    accounts = all_accounts(tables, salt)
    number = accounts.select("account", "number")
    had, owned, guests, leads = usable_contacts(tables, accounts, params)
    owned = owned.join(number, on="account")

    # Accounts merge through identities and through the contacts they share.
    twins = (
        tables["identities"]
        .select(account=account(), other=account("same_as"))
        .join(number, on="account")
        .join(number, left_on="other", right_on="account", suffix="_other")
        .select(a="number", b="number_other")
    )
    neighbours = owned.select(a="number", b=pl.col("number").min().over("contact"))
    groups = merged(accounts, pl.concat([twins, neighbours]))
    people = (
        groups.filter(pl.col("number") == pl.col("root"))
        .sort("root")
        .select("root", "customer_key")
        .with_row_index("person")
    )
    groups = groups.join(people.select("root", "person"), on="root").drop("root")
    contacts = owned.join(groups.select("number", "person"), on="number")
    contacts = contacts.select("contact", "person").unique()

    guest_orders, strangers = placed_guests(guests, contacts, leads, people.height, salt)
    account_orders = (
        tables["orders"]
        .select("order_row", account=account())
        .join(groups, on="account")
        .select("order_row", "person")
    )
    persons = [frame.select("person", "customer_key") for frame in (people, strangers)]
    return People(
        attributes(pl.concat(persons), groups, tables["customers"]),
        groups.select("account", "person"),
        pl.concat([account_orders, guest_orders]),
        pl.concat([contacts, strangers.select("contact", "person")]),
        had.join(groups.select("account", "person"), on="account"),
    )


def placed_guests(
    guests: pl.DataFrame,
    contacts: pl.DataFrame,
    leads: pl.DataFrame,
    first_person: int,
    salt: str,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Persons of the guest orders: a contact's account, email first; else one of their own.

    The leads, known by an event's email alone, are persons of their own as well. Returns the
    orders (order_row, person) and the new persons (contact, person, customer_key), keyed
    source || ':' || md5 of the salted contact, in the smallest source that has it.
    """
    guests = (
        guests.join(contacts, left_on="email", right_on="contact", how="left")
        .join(contacts, left_on="phone", right_on="contact", how="left", suffix="_phone")
        .with_columns(person=pl.coalesce("person", "person_phone"))
        .with_columns(own=pl.when(pl.col("person").is_null()).then(pl.coalesce("email", "phone")))
    )
    strangers = (
        pl.concat([guests.drop_nulls("own").select("source", contact="own"), leads])
        .group_by("contact")
        .agg(pl.col("source").min())
        .sort("contact")
        .with_row_index("stranger", first_person)
    )
    strangers = strangers.select(
        "contact",
        person="stranger",
        customer_key=pl.col("source") + ":" + hashed(salt + strangers["contact"]),
    )
    own = strangers.select("person", own="contact")
    orders = guests.join(own, on="own", how="left", suffix="_own")
    return orders.select("order_row", person=pl.coalesce("person", "person_own")), strangers


def attributes(
    persons: pl.DataFrame, groups: pl.DataFrame, customers: pl.DataFrame
) -> pl.DataFrame:
    """What the customers rows of a person say: the first value by account key (section 2).

    Of the rows of one account, where other sources use a shop's ids, the shop's own is the first.
    """
    ids = groups.group_by("person").agg(customer_ids=pl.len())
    known = (
        *("country", "region", "acquisition_channel", "birth_date", "household_size"),
        *("income_band", "lock_in", "age_band", "gender", "city", "job_title", "customer_type"),
    )
    said = (
        customers.with_columns(account=account())
        .join(groups.select("account", "person", "number"), on="account")
        .sort(
            "person",
            "number",
            ~pl.col("account").str.starts_with(pl.col("source") + ":"),
            "source",
        )
        .group_by("person", maintain_order=True)
        .agg(
            *(pl.col(c).drop_nulls().first() for c in known),
            loyalty_joined_date=pl.col("loyalty_joined_at_date").drop_nulls().first(),
            created_date=pl.col("created_at_date").min(),
            known_first_date=pl.col("first_order_at_date").min(),
            lifetime_orders=pl.when(pl.col("lifetime_orders").count() > 0).then(
                pl.col("lifetime_orders").sum()
            ),
            is_staff=pl.col("is_staff").any(),
        )
    )
    return (
        persons.join(ids, on="person", how="left")
        .join(said, on="person", how="left")
        .with_columns(pl.col("customer_ids").fill_null(0), pl.col("is_staff").fill_null(False))
    )
