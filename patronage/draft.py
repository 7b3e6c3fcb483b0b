"""A draft of a system: the YAML of its raw tables, and a mapping for each contract table.

What comes from files (names of files and columns) gets into the draft as plain words alone, so that
it can be neither SQL nor a template nor a path. Its test is a made-up shop (made_up.py): nothing
that stands in a shop's rows is written.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb

from patronage.database import NO_EXTENSIONS
from patronage.guess import MADE, Form, Guess, form_of, has_commas, plain_words
from patronage.made_up import MadeUpShop
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
            if has_commas(guess.raw):
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
    tested = MadeUpShop(draft.guesses, draft.contract).files()
    if tested["expected.yml"][0]:
        contents |= {test / name: content for name, content in tested.items()}
    for path, (text, encoding) in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding=encoding, newline="") as file:
            file.write(text)
    return list(contents)
