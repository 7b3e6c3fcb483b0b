"""A draft of a system: the YAML of its raw tables, a mapping for each contract table, and a test.

What comes from files (names of files and columns) gets into the draft as plain words alone, so that
it can be neither SQL nor a template nor a path. The test's rows are made up: nothing that stands in
a shop's rows is written.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb

from patronage.database import NO_EXTENSIONS
from patronage.guess import MADE, Form, Guess, form_of, plain_words
from patronage.samples import RawTable
from patronage.source import SourceError, plain

GRAIN = {
    "orders": "order",
    "order_lines": "line of an order",
    "customers": "customer account",
    "products": "product",
    "refunds": "refund",
    "events": "event",
    "identities": "pair of ids of one person",
}
# the made-up shop: two orders of two customers, with three lines of two products
CENTS = {"amount": (2000, 550, 2000), "unit_price": (1000, 550, 1000), "quantity": (200, 100, 200)}
ORDER = (1001, 1001, 1002)  # of each line
TIMES = {1001: ("2024", "01", "05", "10:00"), 1002: ("2024", "02", "06", "11:00")}


class Draft:
    """A system's files, from what its raw tables are guessed to be."""

    def __init__(
        self,
        name: str,
        guesses: list[Guess],
        meanings: dict[str, Any],
        contract: dict[str, dict[str, Any]],
    ) -> None:
        """Name the raw tables and their columns; nothing is written yet."""
        self.name, self.guesses, self.contract = name, guesses, contract
        self.raws: dict[str, RawTable] = {}  # by the name of the raw table
        self.plain: dict[str, dict[str, str]] = {}  # of a stem: column to its plain name
        for raw in {guess.raw.stem: guess.raw for guess in guesses}.values():
            self.raws[self.free_name(meanings[raw.stem]["name"])] = raw
            self.plain[raw.stem] = plain_words(raw, meanings[raw.stem])
        self.reserved = reserved_words()

    @property
    def tables(self) -> list[str]:
        """The contract tables that the draft fills, in their order."""
        return [table for table in self.contract if table in {one.table for one in self.guesses}]

    def free_name(self, word: str) -> str:
        """Return a name for a raw table that no other has."""
        name = re.sub("[^a-z0-9]+", "_", word.lower()).strip("_") or "file"
        name = name if name[0].isalpha() else f"file_{name}"
        number = 1
        while f"{name}_{number}" in self.raws if number > 1 else name in self.raws:
            number += 1
        return f"{name}_{number}" if number > 1 else name

    def word(self, guess: Guess, column: str) -> str:
        """Return the plain name of the raw column that a contract column is read from."""
        return self.plain[guess.raw.stem][guess.columns[column]]

    def files(self) -> dict[str, str]:
        """Return the models' folder: file names and what is in them."""
        written = {f"{self.name}.yml": self.yaml()}
        for guess in self.guesses:
            written[f"{self.name}__{guess.table}.sql"] = self.mapping(guess)
        return written

    def yaml(self) -> str:
        """Return the YAML of the raw tables: what is needed of them, and what is used if there."""
        lines = [
            "# A draft: the raw columns without which the shop cannot be read, and those that the",
            "# mappings use where they are there. Other CSV files than the usual ones have a",
            '# `delimiter` (";") and an `encoding` (latin-1).',
            "sources:",
            f"  - name: {self.name}",
            f"    description: Files of the system {self.name}.",
            "    tables:",
        ]
        for name, raw in self.raws.items():
            needed, used = self.columns_of(raw)
            lines += [
                f"      - name: {name}",
                f"        description: Rows of its files, {len(raw.columns)} columns.",
                "        config:",
                "          meta:",
                f"            files: {quoted_yaml(pattern_of(raw.stem))}",
            ]
            if raw.delimiter:
                lines.append(f"            delimiter: {plain(raw.delimiter)}")
            if raw.encoding:
                lines.append(f"            encoding: {raw.encoding}")
            if not needed:
                lines.append("            is_optional: true")
            if used:
                lines.append(f"            may_have: [{', '.join(map(plain, used))}]")
            names = ", ".join(f"{{name: {plain(word)}}}" for word in needed)
            lines.append(f"        columns: [{names}]")
        lines += ["", "models:"]
        for guess in self.guesses:
            lines += [
                f"  - name: {self.name}__{guess.table}",
                "    description: >",
                f"      One row per {GRAIN[guess.table]} of the system {self.name}. A draft.",
            ]
        return "\n".join(lines) + "\n"

    def columns_of(self, raw: RawTable) -> tuple[list[str], list[str]]:
        """Return the plain names of a raw table's columns that are needed, and of others used."""
        needed: list[str] = []
        used: list[str] = []
        for guess in self.guesses:
            for column, name in guess.columns.items():
                if guess.raw is raw and name:
                    required = column in self.contract[guess.table]["required"]
                    (needed if required else used).append(self.plain[raw.stem][name])
        needed = list(dict.fromkeys(needed))
        return needed, [word for word in dict.fromkeys(used) if word not in needed]

    def mapping(self, guess: Guess) -> str:
        """Return the SQL that maps a raw table to a contract table."""
        raw = guess.raw
        (table,) = [name for name, one in self.raws.items() if one is raw]
        notes = [*guess.notes]
        if guess.table == "identities":
            same = self.word(guess, "same_as")
            notes.append(
                f"{same} is taken for the person behind several ids; if it is not, remove this"
            )
        selected = []
        for column in self.contract[guess.table]["columns"]:
            if column in guess.columns:
                sql = self.expression(guess, column, notes)
                selected.append(sql if sql == column else f"{sql} as {column}")
            elif column in MADE.get(guess.table, ()):
                order = self.reference(self.word(guess, "order_id"))
                by = ", ".join(
                    self.reference(self.plain[raw.stem][name])
                    for name in dict.fromkeys(guess.columns.values())
                    if name != guess.columns["order_id"]
                )
                selected.append(
                    "cast(row_number() over (\n"
                    f"            partition by {order}\n"
                    f"            order by {by}\n"
                    "        ) as {{ dbt.type_string() }}) as line_id"
                )
        used = {name for one in self.guesses if one.raw is raw for name in one.columns.values()}
        unread = [word for name, word in self.plain[raw.stem].items() if name not in used]
        if unread and guess is next(one for one in self.guesses if one.raw is raw):
            notes.append(f"not used: {', '.join(unread)}")
        rows = f"{{{{ raw_table(shop, '{table}') }}}} as raw_rows"
        if guess.is_wide:
            key = self.argument(
                self.word(guess, "order_id" if guess.table != "products" else "product_id")
            )
            if guess.table != "products":
                newest = "of files that overlap the newest that has the order"
                notes.insert(0, f"a row is a line of an order; {newest}")
                rows = f"{{{{ newest_files(shop, '{table}', {key}, []) }}}} as raw_rows"
        distinct = guess.is_wide and guess.table != "order_lines"
        lines = [
            f"{{%- call(shop) source_rows('{self.name}', '{guess.table}') -%}}",
            "    -- a draft: look at each line",
            *(line for note in notes for line in comment(note)),
            "    select distinct" if distinct else "    select",
            "        " + ",\n        ".join(selected),
            f"    from {rows}",
            "{%- endcall -%}",
        ]
        return "\n".join(lines) + "\n"

    def reference(self, word: str) -> str:
        """Return a plain name as SQL: in the engine's quotes where it is no plain word."""
        if re.fullmatch("[a-z_][a-z0-9_]*", word) and word not in self.reserved:
            return word
        return f"{{{{ quoted('{word}') }}}}"

    def argument(self, word: str) -> str:
        """Return a plain name as an argument of a macro."""
        reference = self.reference(word)
        return f"'{word}'" if reference == word else reference[3:-3]

    def expression(self, guess: Guess, column: str, notes: list[str]) -> str:
        """Return the SQL of a contract column; what is doubtful about it goes into `notes`."""
        if not guess.columns[column]:
            return "cast(null as {{ dbt.type_string() }})"
        word = self.word(guess, column)
        kind = self.contract[guess.table]["columns"][column]
        values = guess.raw.columns[guess.columns[column]]
        form = form_of(values)
        sql = self.reference(word)
        if kind in ("time", "day", "birthday"):
            return self.time(word, form, notes)
        if kind in ("amount", "number", "rate"):
            if form.has_currency:
                notes.append(
                    f"{word} has signs of currencies: take them off, replace({sql}, '€', '')"
                )
            if column in ("quantity", "amount") and any(value.startswith("-") for value in values):
                notes.append(f"{word} is negative in some rows: are these refunds?")
            if self.has_commas(guess.raw):
                return f"{{{{ written_number({self.argument(word)}) }}}}"
            if form.has_thousands:
                return f"{{{{ written_number({self.argument(word)}, '.') }}}}"
        if kind == "person" and any(" " in value for value in values):
            notes.append(f"{word} may be names: people of one name are one customer")
            return "{{ contact_hash(\"'name'\", lower_case(" + self.argument(word) + ")) }}"
        return sql

    def time(self, word: str, form: Form, notes: list[str]) -> str:
        """Return the SQL of a time."""
        sql = self.reference(word)
        if form.per_second:
            second = "" if form.per_second == 1 else f", {form.per_second}"
            return f"{{{{ epoch_time({self.argument(word)}{second}) }}}}"
        if form.order:
            sql = f"{{{{ written_time({self.argument(word)}, '{form.order}') }}}}"
        if form.is_ambiguous:
            notes.append(f"{word}: no day is beyond 12, so {form.order} is a guess")
        if form.is_midnight:
            notes.append(f"{word} is always at midnight, so it is a date")
            sql = f"substr({sql}, 1, 10)"
        return sql

    def has_commas(self, raw: RawTable) -> bool:
        """Whether numbers of a raw table have a decimal comma."""
        return any(form_of(values).has_comma for values in raw.columns.values())

    def test_files(self) -> dict[str, tuple[str, str]]:
        """Return the test's folder: file names, what is in them, and their encoding."""
        written = {"expected.yml": (self.expected(), "utf-8")}
        for raw in self.raws.values():
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
            sign = "," if self.has_commas(guess.raw) else "."
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
        lines += [f"  {table}: [{counts.get(table, 2)}, 0, 0]" for table in self.tables]
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


def reserved_words() -> set[str]:
    """Words that an engine keeps for itself: DuckDB's, and what Spark adds when it is strict."""
    spark = "anti cross current_date current_time current_timestamp full inner join left natural"
    spark += " right semi using user"
    with duckdb.connect(config=NO_EXTENSIONS) as connection:
        words = connection.execute(
            "select keyword_name from duckdb_keywords() where keyword_category <> 'unreserved'"
        ).fetchall()
    return {*spark.split(), "date", "time", "timestamp", *(word for (word,) in words)}


def pattern_of(stem: str) -> str:
    """Return a regular expression for the files' names: other numbers behind it are theirs, too."""
    name = re.sub(r"[^\w -]", ".", stem)
    return name + "[-_ ().0-9]*"


def quoted_yaml(text: str) -> str:
    """Return a text in single quotes of YAML, which stand for nothing else."""
    return "'" + text.replace("'", "''") + "'"


def comment(note: str) -> list[str]:
    """Return a note as lines of an SQL comment."""
    lines = [""]
    for word in note.split():
        if len(lines[-1]) + len(word) > 95:
            lines.append("")
        lines[-1] += f" {word}"
    return [f"    --{line}" for line in lines]


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


def write(draft: Draft, project: Path) -> list[Path]:
    """Write a draft's models and test into the project; return the files.

    Raises SourceError where a folder of its name is there, and OSError.
    """
    models = project / "models" / "staging" / "systems" / draft.name
    test = project / "tests" / "systems" / draft.name
    for folder in (models, test):
        if folder.exists() or folder.is_symlink():
            raise SourceError(f"{folder} is there already: remove it, or take another name")
    contents = {models / name: (text, "utf-8") for name, text in draft.files().items()}
    tested = draft.test_files()
    if tested["expected.yml"][0]:
        contents |= {test / name: content for name, content in tested.items()}
    for path, (text, encoding) in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding=encoding, newline="") as file:
            file.write(text)
    return list(contents)
