"""The cast: planted people, orders and broken rows, one for every rule worth testing.

They stand in `planted/*.yml`, beside what is expected of them: worked out by hand, never by a
program. A file is a list of entries of a person (or of nobody):

    person         its name; the first entry of a name opens its accounts
    accounts       how many, by default 1, or their ids
    customers      cells of the accounts' rows (a list: one of each account), or none: no row
    orders         cells of each, its `name`, `lines`, `refunds` and what is `expected` of it
    credit_notes   cells of each
    events         cells of each, and how many `times` it happens, a second apart
    rows           other rows by table
    expected       the person's advocacy tier and its reason
    offer          what the person is offered first
    profile        columns of customer_profile that are to come out, as text
    results        what comes out of campaigns, and of launches
    audiences      in which the person is: included, or why not

`$1` stands for the person's first account, `$name` for the first account of that person or for the
order of that name. A row is accepted unless its `fate` says otherwise; `again` has the cells that
differ when its key is delivered again.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from patronage.demo.writer import Row

PLANTED = Path(__file__).parent / "planted"
Entry = dict[str, Any]

CUSTOMER = {"created_at": "2023-03-01T10:00:00+01:00", "country": "DE", "_loaded_at": "2023-03-02"}
ORDER = {"status": "completed", "currency": "EUR", "channel": "web", "country": "DE"}
LINE = {"product_id": "P105", "quantity": "1", "unit_price": "39.95"}
EXPECTED = {"is_valid": "true", "discount_amount": "0", "refund_amount": "0"}  # of an order


def planted(name: str) -> Any:
    """Return what a file of `planted` holds; every value is a text, as in the raw files."""
    text = (PLANTED / f"{name}.yml").read_text(encoding="utf-8")
    return yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))


class Cast:
    """The planted rows of each table with their fates, and what is expected of them."""

    def __init__(self) -> None:
        """Plant nobody yet."""
        self.rows: defaultdict[str, list[tuple[str, Row]]] = defaultdict(list)
        self.people: dict[str, dict[str, list[str]]] = {}  # their accounts and orders
        self.orders: dict[str, Row] = {}
        self.tiers: dict[str, Row] = {}
        self.leads: list[dict[str, Any]] = []
        self.offers: dict[str, Row] = {}
        self.profiles: dict[str, Row] = {}
        self.pairs: list[dict[str, Any]] = []  # of products in one order
        self.results: dict[str, dict[str, Row]] = {}  # of campaigns and launches
        self.audiences: dict[str, dict[str, Any]] = {}
        self.visitors: dict[str, dict[str, str | None]] = {}  # whose their events are
        self.shared_contacts: list[dict[str, Any]] = []
        self.known: Row = {}  # ids by name
        self.last: Counter[str] = Counter()

    def plant(self, entry: Entry) -> None:
        """Plant an entry's rows."""
        person = entry.get("person")
        if person and person not in self.people:
            self.open_accounts(person, entry.get("accounts", "1"), entry.get("customers", {}))
        for order in entry.get("orders", ()):
            self.order(person, **order)
        for note in entry.get("credit_notes", ()):
            self.refund(person, {"customer_id": self.first_account(person)} | note)
        for event in entry.get("events", ()):
            self.event(person, **event)
        for table, rows in entry.get("rows", {}).items():
            for row in rows:
                self.put(person, table, row)
        if expected := entry.get("expected"):
            self.tiers[person] = {"customer_id": self.first_account(person)} | expected
        self.results |= entry.get("results", {})
        if audiences := entry.get("audiences"):
            key = {"customer_id": self.first_account(person)}
            self.audiences[person] = key | {"audiences": audiences}
        if offer := entry.get("offer"):
            self.offers[person] = {"customer_id": self.first_account(person)} | offer
        if profile := entry.get("profile"):
            self.profiles[person] = {"customer_id": self.first_account(person)} | profile

    def open_accounts(self, person: str, accounts: str | list[str], customers: Any) -> None:
        """Plant a new person's customers rows."""
        if isinstance(accounts, str):
            accounts = [self.new_id("K") for _ in range(int(accounts))]
        self.people[person] = {"accounts": accounts, "orders": []}
        self.known[person] = self.first_account(person)
        for number, account in enumerate(accounts if customers != "none" else ()):
            own = {k: v[number] if isinstance(v, list) else v for k, v in customers.items()}
            self.put(person, "customers", {"customer_id": account} | CUSTOMER | own)

    def order(
        self,
        person: str | None,
        at: str,
        name: str | None = None,
        lines: tuple[Entry, ...] | list[Entry] = (LINE,),
        refunds: tuple[Entry, ...] | list[Entry] = (),
        expected: Row | None = None,
        **cells: Any,
    ) -> None:
        """Plant an order with its lines and refunds."""
        key = self.new_id("S")
        row = {"order_id": key, "ordered_at": at, "customer_id": self.first_account(person)}
        row |= ORDER | {"_loaded_at": str(date.fromisoformat(at[:10]) + timedelta(1))}
        self.put(person, "orders", row | cells)
        for line in lines:
            self.put(person, "order_lines", {"order_id": key, "line_id": self.new_id("")} | line)
        for refund in refunds:
            self.refund(person, {"order_id": key} | refund)
        if person:
            self.people[person]["orders"].append(key)
        if name:
            self.known[name] = key
        if name and expected:
            gross = {"gross_amount": expected["net_amount"]}
            self.orders[name] = {"order_id": key} | EXPECTED | gross | expected

    def refund(self, person: str | None, cells: Entry) -> None:
        """Plant a refund or a credit note."""
        self.put(person, "refunds", {"refund_id": self.new_id("Z")} | cells)

    def event(self, person: str | None, at: str, times: str = "1", **cells: Any) -> None:
        """Plant events that belong to the person, whether they name it or not."""
        for second in range(int(times)):
            key = self.new_id("X")
            row = {"event_id": key, "occurred_at": f"{at}:{second:02}+01:00"}
            self.put(person, "events", row | {"customer_id": self.first_account(person)} | cells)
            if "anonymous_id" in cells:
                self.visitors.setdefault(cells["anonymous_id"], {})[key] = person

    def put(self, person: str | None, table: str, row: Entry) -> None:
        """Plant a row, and after it the other deliveries of its key."""
        cells = {name: self.filled(person, cell) for name, cell in row.items() if name != "again"}
        self.rows[table].append((cells.pop("fate", "accepted"), cells))
        for changes in row.get("again", ()):
            self.put(person, table, cells | changes)

    def filled(self, person: str | None, cell: str) -> str:
        """Return a cell with ids in the place of their names."""

        def known(found: re.Match[str]) -> str:
            name = found[1]
            if name.isdigit():
                return self.people[person]["accounts"][int(name) - 1]
            return self.known[name]

        return re.sub(r"\$(\w+)", known, cell)

    def first_account(self, person: str | None) -> str:
        """Return the id by which a person's rows name it; empty for a guest and for nobody."""
        return next(iter(self.people[person]["accounts"] if person else ()), "")

    def new_id(self, prefix: str) -> str:
        """Return the next id of a kind."""
        self.last[prefix] += 1
        return f"{prefix}{1000 + self.last[prefix]}"


def plant_faults(cast: Cast) -> None:
    """Plant the broken rows of each table."""
    for table, faults in planted("faults").items():
        for number, fault in enumerate(faults["rows"]):
            ((reason, cells),) = fault.items()
            row = {faults["bad"]: f"bad{number}", "fate": reason} | faults["good"] | cells
            cast.put(None, table, row)
