"""What is expected of the file that is about to be published, as its reader would see it."""

from __future__ import annotations

import re
from typing import Any

from patronage.gates import ExpectNoRows, Suite
from patronage.publish import Mart, literal, quoted

TYPES = {"string": "VARCHAR"}  # a contract's name of a type: DuckDB's, where they differ

# Names of columns that look like a person's.
PERSONAL_NAME = (
    "(^|_)(e?mails?|phones?|mobiles?|telephones?|first_?name|last_?name|surname|full_?name|"
    "street|address|birth_?date|birthday|ip|raw_row)(_|$)"
)
# Values that look like a person's in any text: an email with whatever sign for its @, also of a
# host without a domain (ann@intranet; a@b is an id), and a phone number that says so by a plus or
# by brackets. No word follows a colon here: SQLAlchemy would take it for a parameter.
AT = "(?:[@＠﹫]|\\s*[(\\[{<]\\s*[a]t\\s*[)\\]}>]\\s*)"
DOT = "(?:[.．。]|\\s*[(\\[{<]\\s*[d]ot\\s*[)\\]}>]\\s*)"
EMAIL = (
    f"[^@\\s]{AT}[^@\\s]+?{DOT}[a-z][a-z]|[\\pL\\pN._+-]*\\pL[\\pL\\pN._+-]*[@＠﹫]\\pL[\\pL\\pN-]+"
)
BETWEEN = "[ ./()-]*"
PHONE = f"[+＋]{BETWEEN}[0-9](?:{BETWEEN}[0-9]){{6,14}}|[(][0-9]{{3}}[)] ?[0-9]{{3}}[-. ][0-9]{{4}}"
PERSONAL_VALUE = f"(?i)(?:{EMAIL})|(?:^|[^0-9a-z])(?:{PHONE})(?:$|[^0-9a-z])"

# Numbers in groups are told only in texts about orders and people: part numbers are in groups, too
# (A 205 500 0454), so ids and what describes goods are left alone.
NO_TEXT_OF_PEOPLE = "(_id|_key|_hash)$|^(name|brand|category|family|tier)$"
# 555-555-0100, 0171 2345678; alone 555 555 0100 and, with nine digits or more, which no date has,
# (030) 90 18 20, 01 23 45 67 89, 0049 171 2345678
GROUPED = (
    "(?i)(?:^|[^0-9a-z-])(?:[0-9]{3}[-.][0-9]{3}[-.][0-9]{4}|0[1-9][0-9]{1,3}[ /-][0-9]{6,8})"
    "(?:$|[^0-9a-z-])|^[0-9]{3} [0-9]{3} [0-9]{4}$"
)
NATIONAL = "[(]?0[0-9]{1,5}[)]?(?:[ ./-]+[(]?[0-9]{1,10}[)]?)+"
IBAN = (
    "(?:^|[^0-9A-Z])([A-Z]{2}[0-9]{2}(?:[0-9A-Z]{11,30}|(?: [0-9A-Z]{4}){2,7}(?: [0-9A-Z]{1,3})?))"
    "(?:$|[^0-9A-Z])"
)
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # of an IBAN, as its checksum counts them


def suites(marts: list[Mart], rows: dict[str, int]) -> list[Suite]:
    """Return a suite for each mart; `rows` are those of each mart in the build file.

    What must hold across marts is a data test of dbt (tests/data), which ran on the build file.
    """
    return [mart_suite(mart, rows[f"{mart.schema}.{mart.name}"]) for mart in marts]


def mart_suite(mart: Mart, held: int) -> Suite:
    """Return what is expected of one mart: schema, rows, no personal data."""
    expected = ", ".join(
        f"({literal(name)}, {literal(TYPES.get(kind, kind).upper().replace(', ', ','))})"
        for name, kind in mart.types.items()
    )
    place = f"schema_name = {literal(mart.schema)} and table_name = {literal(mart.name)}"
    checks: list[Any] = [
        ExpectNoRows(
            unexpected_rows_query=(
                "select coalesce(contract.name, found.column_name) as name, "
                "contract.type as expected, found.data_type as found "
                f"from (values {expected}) as contract (name, type) full outer join "
                f"(select column_name, data_type from duckdb_columns() where {place}) as found "
                "on contract.name = found.column_name "
                "where contract.type is distinct from found.data_type "
                "and (select count(*) from {batch}) >= 0"
            ),
            description="columns and types are those of the contract",
        ),
        ExpectNoRows(
            unexpected_rows_query=(
                f"select count(*) as rows from {{batch}} having count(*) <> {held}"
            ),
            description=f"it has the {held:,} rows that were built",
        ),
        ExpectNoRows(
            unexpected_rows_query=(
                f"select column_name from duckdb_columns() where {place} "
                f"and regexp_matches(lower(column_name), {braces(literal(PERSONAL_NAME))}) "
                "and (select count(*) from {batch}) >= 0"
            ),
            description="no column is named like personal data",
        ),
    ]
    texts = [name for name, kind in mart.types.items() if kind in ("string", "varchar", "text")]
    if texts:
        # how many, not what they are: the page that shows it is no place for an address
        looks = " union all ".join(personal_rows(name) for name in texts)
        checks.append(
            ExpectNoRows(
                unexpected_rows_query=f"select * from ({looks}) as looks where rows > 0",
                description="no value looks like an email address, a phone number or an IBAN",
            )
        )
    return Suite(f"{mart.schema} {mart.name}", f"select * from {mart.sql_name}", checks)


def personal_rows(column: str) -> str:
    """A query of how many rows of a column look personal; texts of people are read once a value."""
    if re.search(NO_TEXT_OF_PEOPLE, column):
        values = f"(select {quoted(column)} as value, 1 as rows from {{batch}})"
        condition = f"regexp_matches(value, {literal(PERSONAL_VALUE)})"
    else:
        values = (
            f"(select {quoted(column)} as value, count(*) as rows from {{batch}} "
            f"group by {quoted(column)})"
        )
        condition = looks_personal("value")
    return (
        f"select {literal(column)} as column_name, coalesce(sum(rows), 0) as rows "
        f"from {values} as found where {braces(condition)}"
    )


def looks_personal(value: str) -> str:
    """A condition on a text about orders or people: it looks like an email, a phone, an IBAN.

    An IBAN is one when its checksum is: its first four signs put last and letters counted from 10
    on, it is 1 modulo 97 (ISO 13616).
    """
    iban = f"replace(regexp_extract(upper({value}), {literal(IBAN)}, 1), ' ', '')"
    return f"""(
        regexp_matches({value}, {literal(PERSONAL_VALUE)})
        or regexp_matches(trim({value}), {literal(GROUPED)})
        or regexp_full_match(trim({value}), {literal(NATIONAL)})
        and length(regexp_replace({value}, '[^0-9]', '', 'g')) between 9 and 15
        or length({iban}) between 15 and 34
        and list_reduce(
            list_transform(
                string_split({iban}[5:] || left({iban}, 4), ''),
                lambda sign: strpos('{DIGITS}', sign) - 1
            ),
            lambda rest, digit: (rest * if(digit < 10, 10, 100) + digit) % 97, 0
        ) = 1
    )"""


def braces(pattern: str) -> str:
    """A pattern for a query in which {batch} is filled in."""
    return pattern.replace("{", "{{").replace("}", "}}")
