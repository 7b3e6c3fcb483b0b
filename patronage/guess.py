"""What the columns of unknown raw tables may be: by their names (macro meanings) and values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from patronage.samples import RawTable

CLOCK = r"([ T,]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?( ?(Z|UTC|[-+][\d:]{2,6}))?)?"
ISO = re.compile(r"\d{4}-\d{2}-\d{2}" + CLOCK)
PARTED = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})(?:[ T,].*)?")
EPOCH = {re.compile(r"1\d{9}"): 1, re.compile(r"1\d{12}"): 1000}  # per second
NUMBER = re.compile(r"[-+]?(\d+|\d{1,3}([.,'’ \u00a0\u202f]\d{3})+)([.,]\d+)?")
MONEY = re.compile(r"[€$£¥]|\b[A-Z]{3}\b")
DRAFTED = ("orders", "order_lines", "customers", "products", "refunds", "events", "identities")
# beside what the contract requires: without any of these a table says nothing
TELLING = {
    "order_lines": ("product_id", "unit_price", "amount", "quantity"),
    "products": ("name", "category", "brand", "unit_cost"),
}
MADE = {"order_lines": ("line_id",)}  # a draft numbers the lines itself


class Form(NamedTuple):
    """How the values of a column are written."""

    kind: str  # time, number, email, text or empty
    order: str = ""  # of a time that is not YYYY-MM-DD: DD.MM.YYYY
    per_second: int = 0  # of a time that counts from 1970
    is_midnight: bool = False  # each time of day is 00:00
    is_ambiguous: bool = False  # no day is beyond 12
    has_comma: bool = False  # of a number: before the decimals
    has_thousands: bool = False  # of a number: parted by other signs
    has_currency: bool = False


@dataclass
class Guess:
    """One contract table, and what it is read from."""

    table: str
    raw: RawTable
    columns: dict[str, str] = field(default_factory=dict)  # of the contract: a column of the raw
    is_named: bool = False  # the file's name says that it is this table
    is_wide: bool = False  # several rows may be one order, or one product
    notes: list[str] = field(default_factory=list)


def form_of(values: Iterable[str]) -> Form:
    """Return how most of the values are written."""
    filled = [value for value in values if value]
    if not filled:
        return Form("empty")

    def most(fits: Callable[[str], Any]) -> bool:
        return sum(bool(fits(value)) for value in filled) >= 0.8 * len(filled)

    is_midnight = most(re.compile(r"(.* |.*T)00:00(:00([.]0+)?)?(Z|[+]00(:00)?)?").fullmatch)
    if most(ISO.fullmatch):
        return Form("time", is_midnight=is_midnight)
    if most(PARTED.fullmatch):
        order, is_ambiguous = order_of(
            [one for value in filled if (one := PARTED.fullmatch(value))]
        )
        return Form("time", order, is_midnight=is_midnight, is_ambiguous=is_ambiguous)
    for pattern, per_second in EPOCH.items():
        if most(pattern.fullmatch):
            return Form("time", per_second=per_second)
    if most(re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+").fullmatch):
        return Form("email")
    bare = [MONEY.sub("", value).strip() for value in filled]
    if sum(bool(NUMBER.fullmatch(value)) for value in bare) >= 0.8 * len(bare):
        comma = any(re.search(r",\d{1,2}$|,\d{4,}$|[.]\d{3},", value) for value in bare)
        point = any(re.search(r"[.]\d{1,2}$|[.]\d{4,}$|,\d{3}[.]", value) for value in bare)
        parted = r"\d[.'’ \u00a0\u202f]\d{3}" if comma else r"\d[,'’ \u00a0\u202f]\d{3}"
        return Form(
            "number",
            has_comma=comma and not point,
            has_thousands=any(re.search(parted, value) for value in bare) and (comma or point),
            has_currency=bare != filled,
        )
    return Form("text")


def has_commas(raw: RawTable) -> bool:
    """Whether numbers of a raw table have a decimal comma."""
    return any(form_of(values).has_comma for values in raw.columns.values())


def order_of(found: list[re.Match[str]]) -> tuple[str, bool]:
    """Return in which order the parts of dates stand, and whether another one would do as well."""
    sign = found[0][2]
    if len(found[0][1]) == 4:
        return sign.join(("YYYY", "MM", "DD")), False
    year = "YYYY" if len(found[0][4]) == 4 else "YY"
    first, second = (max(int(one[part]) for one in found) for part in (1, 3))
    month_first = second > 12 or (first <= 12 and sign == "/")
    parts = ("MM", "DD", year) if month_first else ("DD", "MM", year)
    return sign.join(parts), first <= 12 and second <= 12 and sign != "."


def guesses_of(
    raws: list[RawTable], meanings: dict[str, Any], contract: dict[str, dict[str, Any]]
) -> tuple[list[Guess], list[str]]:
    """Return what each contract table may be read from, and a line for what is not understood.

    `meanings` is what the macro of this name tells of the raw tables' columns, by their stems.
    """
    found: dict[str, Guess] = {}
    for table in DRAFTED[:-1]:
        tried = [guess_of(table, raw, meanings[raw.stem], contract[table]) for raw in raws]
        fit = [
            guess
            for guess in tried
            if guess and (guess.is_named or table == "orders" or len(raws) == 1)
        ]
        if table == "order_lines" and not any(guess.is_named for guess in fit):
            fit = [
                guess
                for guess in tried
                if guess and "orders" in found and guess.raw is found["orders"].raw
            ]
        if table == "customers" and "orders" in found:
            fit = [guess for guess in fit if guess.raw is not found["orders"].raw]
        if table in ("refunds", "events"):
            fit = [guess for guess in fit if guess.is_named]
        if fit:
            found[table] = max(fit, key=lambda guess: (guess.is_named, len(guess.columns)))
    lines, orders = found.get("order_lines"), found.get("orders")
    if lines and orders and lines.raw is orders.raw:
        make_wide(found, orders, lines)
    elif lines and not orders:
        found.pop("order_lines")  # of no order
    if not found and raws:
        orders = blank(raws, meanings, contract["orders"])
        found["orders"] = orders
    if persons := same_persons(found.get("customers")):
        found["identities"] = persons
    unread = []
    for raw in raws:
        if all(guess.raw is not raw for guess in found.values()):
            meant = meanings[raw.stem]["table"]
            unread.append(
                f"{raw.stem}: not read"
                + (f"; is it {meant}?" if meant and meant not in found else "")
            )
    return list(found.values()), unread


def guess_of(
    table: str, raw: RawTable, meaning: dict[str, Any], rules: dict[str, Any]
) -> Guess | None:
    """Return which columns of a raw table are a contract table's; None: it cannot be that one."""
    plain = plain_words(raw, meaning)
    forms = {name: form_of(values) for name, values in raw.columns.items()}
    columns: dict[str, str] = {}
    for name in sorted(plain, key=lambda name: plain[name] != meaning["columns"][table][name]):
        meant = meaning["columns"][table][name]
        if meant and fits(forms[name], rules["columns"][meant]):
            columns.setdefault(meant, name)
    for column, kind in rules["columns"].items():
        if column not in columns and (
            kind == "email" or (kind == "time" and column in rules["required"])
        ):
            like = [n for n in plain if forms[n].kind == kind and n not in columns.values()]
            if like and (len(like) == 1 or kind == "email"):
                columns[column] = like[0]
    required = [name for name in rules["required"] if name not in MADE.get(table, ())]
    telling = TELLING.get(table)
    if any(name not in columns for name in required) or (
        telling and not any(name in columns for name in telling)
    ):
        return None
    return Guess(table, raw, columns, meaning["table"] == table)


def plain_words(raw: RawTable, meaning: dict[str, Any]) -> dict[str, str]:
    """Return the columns that can be named, each with its plain name; of equal ones the first."""
    words: dict[str, str] = {}
    for name, word in zip(raw.columns, meaning["plain"], strict=True):
        if word and word not in words.values():
            words[name] = word
    return words


def fits(form: Form, kind: str) -> bool:
    """Whether values written so can be of a kind of the contract."""
    if form.kind == "empty":
        return True
    if kind in ("time", "day", "birthday"):
        return form.kind == "time"
    if kind in ("amount", "number", "rate"):
        return form.kind == "number" and not form.per_second
    if kind == "email":
        return form.kind == "email"
    return form.kind != "email" or kind == "person"


def make_wide(found: dict[str, Guess], orders: Guess, lines: Guess) -> None:
    """Make orders, lines and products of one table whose rows are lines of orders."""
    orders.is_wide = lines.is_wide = True
    for column in ("amount", "discount_amount"):  # are the line's
        orders.columns.pop(column, None)
    keys = [
        (row.get(lines.columns["order_id"]), row.get(lines.columns.get("line_id", "")))
        for row in lines.raw.rows
    ]
    if len(set(keys)) < len(keys):  # no number of a line within its order
        lines.columns.pop("line_id", None)
    for column, name in list(orders.columns.items()):
        if name in (lines.columns.get(other) for other in ("product_id", "line_id", "quantity")):
            del orders.columns[column]
    if (products := found.get("products")) and products.raw is orders.raw:
        products.is_wide = True
        taken = set(orders.columns.values()) - {products.columns["product_id"]}
        products.columns = {
            column: name for column, name in products.columns.items() if name not in taken
        }


def blank(raws: list[RawTable], meanings: dict[str, Any], rules: dict[str, Any]) -> Guess:
    """Return the start of a draft of orders where nothing fits: of the most promising table."""

    def rank(raw: RawTable) -> tuple[bool, int]:
        meaning = meanings[raw.stem]
        return meaning["table"] in DRAFTED, sum(map(bool, meaning["columns"]["orders"].values()))

    raw = max(raws, key=rank)
    known = guess_of("orders", raw, meanings[raw.stem], rules | {"required": []})
    columns = known.columns if known else {}
    missing = [name for name in rules["required"] if name not in columns]
    note = f"not found: {', '.join(missing)}; write which column it is in place of null"
    return Guess("orders", raw, dict.fromkeys(missing, "") | columns, notes=[note])


def same_persons(customers: Guess | None) -> Guess | None:
    """Return identities where the customers have a second id, which some of them share."""
    if customers is None:
        return None
    key = customers.columns["customer_id"]
    ids = customers.raw.columns[key]
    for name, values in customers.raw.columns.items():
        words = re.findall("[a-z]+", name.lower())
        if (
            name not in customers.columns.values()
            and "id" in words
            and {"customer", "person", "user", "unique", "account"} & set(words)
            and all(values)
            and len(set(ids)) == len(ids)
        ):
            return Guess("identities", customers.raw, {"customer_id": key, "same_as": name}, True)
    return None
