"""Whose address is about to be published? Published texts are held against the delivered ones.

A number is nobody's by its look: part numbers and order numbers are in groups, too. So it is
compared with the phone numbers that were delivered, by hashes, while the private file is open.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from patronage.contract import judged_rows
from patronage.database import literal, quoted, restricted
from patronage.publish import Mart

TEXT_TYPES = ("string", "varchar", "text")
# Of ids and what describes goods, also where a mart groups by it, a phone number is one only as it
# was written, with one of these signs: numbers of things are numbers, too.
NO_TEXT_OF_PEOPLE = (
    "(_id|_key|_hash)$|(^|_)(name|brand|category|family|tier)$|"
    "^(breakdown_value|value|item_[ab]|segment(_[ab])?)$"
)
SIGNS_OF_A_PHONE = "[ +(/.-]"
IN_A_TEXT = '[^ ,;:<>()"]+@[^ ,;:<>()"]*[^ ,;:<>()".!?]'
DIGITS_IN_A_TEXT = "[0-9+(][0-9 ./()-]{5,}[0-9]"
DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

Found = dict[str, dict[str, int]]
"""Of each mart (schema.name) the columns that show a delivered address, and in how many rows."""


def delivered_addresses(
    build: Path, published: Path, marts: list[Mart], contract: dict[str, Any]
) -> Found:
    """Return where a file that is about to be published shows an address of the build's raw rows.

    Raises duckdb.Error.
    """
    spill = published.with_name(f"{published.name}.tmp")
    found: Found = {}
    with restricted([build, published], spill, spill) as connection:
        connection.execute(f"attach {literal(str(published))} as public (read_only)")
        connection.execute(f"attach {literal(str(build))} as build (read_only)")
        connection.execute("use build")
        connection.execute(f"create temp table delivered as {delivered(contract)}")
        for mart in marts:
            rows = {
                column: connection.execute(
                    f"select count(*) from public.{mart.sql_name} as mart "
                    f"where {quoted(column)} in ({shown(mart, column)})"
                ).fetchall()[0][0]
                for column in text_columns(mart)
            }
            found[f"{mart.schema}.{mart.name}"] = {c: count for c, count in rows.items() if count}
    return found


def text_columns(mart: Mart) -> list[str]:
    """The published columns in which a text may stand."""
    return [name for name, kind in mart.types.items() if kind in TEXT_TYPES]


def delivered(contract: dict[str, Any]) -> str:
    """A query of the marks of all addresses that the raw rows give, rejected ones among them."""
    parts = ["select cast(null as varchar) as mark where false"]
    for table, rules in contract.items():
        for column in rules["columns"]:
            rows = f"from {judged_rows(table)}"
            if column == "email":
                parts.append(f"select {mark('email')} {rows} where email is not null")
            elif column == "phone":
                parts += [
                    f"select {mark('phone')} {rows} "
                    f"where regexp_matches(phone, {literal(SIGNS_OF_A_PHONE)})",
                    f"select {mark(digits('phone'))} {rows} "
                    f"where length({digits('phone')}) between 7 and 15",
                ]
            elif column in (
                "customer_id",
                "same_as",
                "respondent_id",
            ):  # an id with an @ is an address
                parts.append(f"select {mark(column)} {rows} where {column} like '%@%'")
    return " union ".join(parts)


def shown(mart: Mart, column: str) -> str:
    """A query of those values of a mart's column that show a delivered address."""
    value = quoted(column)
    parts = [f"[{value}, regexp_replace({value}, '^[^:]*:', '')]"]  # a key: its source and an id
    parts.append(f"regexp_extract_all({value}, {literal(IN_A_TEXT)})")
    may = f"regexp_matches({value}, {literal('@|' + SIGNS_OF_A_PHONE)})"
    if not re.search(NO_TEXT_OF_PEOPLE, column):
        numbers = f"regexp_extract_all({value}, {literal(DIGITS_IN_A_TEXT)})"
        parts.append(
            f"list_transform(list_filter({numbers}, lambda one: "
            f"not regexp_matches(one, {literal(DATE)})), lambda one: {digits('one')})"
        )
        may = f"regexp_matches({value}, '@|[0-9]([^0-9]*[0-9]){{6}}')"
    return (
        f"select value from (select {value} as value, unnest({' || '.join(parts)}) as part "
        f"from (select distinct {value} from public.{mart.sql_name} where {may}) as texts) "
        f"where {mark('part')} in (select mark from delivered)"
    )


def mark(text: str) -> str:
    """An address as it is compared, in lower case, and no more to be read."""
    return f"md5(trim(lower({text})))"


def digits(text: str) -> str:
    """The digits of a number, as they are compared."""
    return f"regexp_replace({text}, '[^0-9]', '', 'g')"
