"""A made-up shop in the files that a draft of a system reads, and what is right of it: its test.

Two orders of two customers, with three lines of two products; no row of it is anybody's.
"""

from __future__ import annotations

import re
from typing import Any

from patronage.guess import Form, Guess, form_of, has_commas
from patronage.samples import RawTable

CENTS = {"amount": (2000, 550, 2000), "unit_price": (1000, 550, 1000), "quantity": (200, 100, 200)}
ORDER = (1001, 1001, 1002)  # of each line
TIMES = {1001: ("2024", "01", "05", "10:00"), 1002: ("2024", "02", "06", "11:00")}


class MadeUpShop:
    """The shop, its values written as those of the files from which the draft was guessed."""

    def __init__(self, guesses: list[Guess], contract: dict[str, dict[str, Any]]) -> None:
        """Take what the contract's tables are read from; nothing is written yet."""
        self.guesses, self.contract = guesses, contract

    def files(self) -> dict[str, tuple[str, str]]:
        """Return the test's files: file names, what is in them, and their encoding."""
        written = {"expected.yml": (self.expected(), "utf-8")}
        for raw in {guess.raw.stem: guess.raw for guess in self.guesses}.values():
            stem = re.sub(r"[^\w -]", "_", raw.stem)
            delimiter = raw.delimiter or ","
            header = [*raw.columns]
            rows = self.made_up(raw)
            lines = [header, *([row.get(name, "") for name in header] for row in rows)]
            text = "\n".join(
                delimiter.join(cell(value, delimiter) for value in line) for line in lines
            )
            written[f"{stem}.csv"] = (text + "\n", raw.encoding or "utf-8")
        return written

    def made_up(self, raw: RawTable) -> list[dict[str, str]]:
        """Return made-up rows of a raw table, written as its values are."""
        own = [guess for guess in self.guesses if guess.raw is raw]
        main = next((one for one in own if one.table == "order_lines"), own[0])
        rows = []
        for number in range({"order_lines": 3, "refunds": 1, "events": 1}.get(main.table, 2)):
            row: dict[str, str] = {}
            for guess in (main, *own):
                for column, name in guess.columns.items():
                    if name and name not in row:
                        values = raw.columns[name]
                        row[name] = self.value(guess, column, number, main.table, form_of(values))
            rows.append(row)
        return rows

    def value(self, guess: Guess, column: str, number: int, rows_of: str, form: Form) -> str:
        """Return a made-up value of a contract column in the row of this number."""
        order = ORDER[number] if rows_of == "order_lines" else 1001 + number
        person = order - 1000
        kind = self.contract[guess.table]["columns"][column]
        product = 1 + number % 2 if rows_of == "order_lines" else 1 + number
        if kind in ("time", "day", "birthday"):
            return made_up_time(TIMES[order], form)
        if kind in ("amount", "number", "rate"):
            if column not in CENTS:
                return "0"
            cents = CENTS[column][number]
            if rows_of != "order_lines":
                cents = {"orders": (2550, 2000), "refunds": (500,)}.get(rows_of, (100, 100))[number]
            sign = "," if has_commas(guess.raw) else "."
            return (
                f"{cents // 100}{sign}{cents % 100:02}"
                if cents % 100 or column != "quantity"
                else str(cents // 100)
            )
        known = {
            "order_id": str(order),
            "customer_id": f"Made Up {person}"
            if " " in "".join(guess.raw.columns[guess.columns[column]])
            else str(person),
            "same_as": f"person-{person}",
            "line_id": str(number + 1),
            "product_id": f"A{product}",
            "refund_id": "R1",
            "event_id": "E1",
            "event_type": "page_viewed",
            "status": "paid",
            "currency": "EUR",
            "email": f"person{person}@example.com",
            "phone": f"+4366012345{person:02}",
            "name": f"Product {product}",
        }
        return known.get(column, {"flag": "false"}.get(kind, "some"))

    def expected(self) -> str:
        """Return what is right of the made-up shop, worked out from what was made up."""
        filled = {guess.table: guess for guess in self.guesses}
        counts = {"order_lines": 3, "refunds": 1, "events": 1}
        lines = ["# Of a made-up shop, no row of which is real: two orders of two customers."]
        lines.append("# Change a row, work out by hand what is right, and write it here.")
        lines.append("rows:")
        lines += [
            f"  {table}: [{counts.get(table, 2)}, 0, 0]"
            for table in self.contract
            if table in filled
        ]
        if "orders" not in filled or "" in filled["orders"].columns.values():
            return "\n".join(lines) + "\n" if "orders" not in filled else ""
        priced = filled.get("order_lines")
        units = CENTS["quantity"] if priced and "quantity" in priced.columns else (100, 100, 100)
        if priced and "amount" in priced.columns:
            amounts = CENTS["amount"]
        elif priced and "unit_price" in priced.columns:
            amounts = tuple(a * b // 100 for a, b in zip(CENTS["unit_price"], units, strict=True))
        else:
            has_amount = "amount" in filled["orders"].columns
            amounts = (2550, 0, 2000) if has_amount else (0, 0, 0)
        refund = 500 if "refunds" in filled else 0
        months = (amounts[0] + amounts[1] - refund, amounts[2])
        is_known = {"customer_id", "email", "phone"} & filled["orders"].columns.keys()
        lines += [
            "totals:",
            "  orders: 2",
            "  valid_orders: 2",
            f"  gross: {sum(amounts) / 100}",
            "  discounts: 0",
            f"  refunds: {refund / 100}",
            f"  net: {(sum(amounts) - refund) / 100}",
            "months:",
        ]
        for month, sales in zip(("2024-01", "2024-02"), months, strict=True):
            new, unattributed = (sales, 0) if is_known else (0, sales)
            lines.append(
                f'  "{month}": {{ledger: {sales / 100}, new: {new / 100}, returning: 0,'
                f" unattributed: {unattributed / 100}}}"
            )
        return "\n".join(lines) + "\n"


def cell(value: str, delimiter: str) -> str:
    """Return a value as a field of a CSV line; what no header should hold is left out."""
    value = "".join(sign for sign in value if sign.isprintable())
    return (
        f'"{value.replace(chr(34), chr(34) * 2)}"' if delimiter in value or '"' in value else value
    )


def made_up_time(parts: tuple[str, str, str, str], form: Form) -> str:
    """Return a time as a column's times are written."""
    year, month, day, clock = parts
    if form.per_second:
        seconds = {"01": 1704448800, "02": 1707217200}[month]
        return str(seconds * form.per_second)
    if not form.order:
        return f"{year}-{month}-{day} {'00:00' if form.is_midnight else clock}:00"
    date = form.order.replace("YYYY", year).replace("YY", year[2:])
    return date.replace("MM", month).replace("DD", day)
