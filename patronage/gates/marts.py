"""What is expected of the file that is about to be published, as its reader would see it."""

from __future__ import annotations

from typing import Any

from patronage.gates import ExpectNoRows, Suite
from patronage.gates.personal import Found, text_columns
from patronage.publish import Mart, literal, quoted

TYPES = {"string": "VARCHAR"}  # a contract's name of a type: DuckDB's, where they differ

# Names of columns that look like a person's; one that begins with no_ says what is not there.
PERSONAL_NAME = (
    "(^|_)(e?mails?|phones?|mobiles?|telephones?|first_?name|last_?name|surname|full_?name|"
    "street|address|birth_?date|birthday|ip|raw_row)(_|$)"
)
# A text that looks like an email address, with whatever sign for its @, also of a host without a
# domain (ann@intranet; a@b is an id). A number is never judged by its look.
AT = "(?:[@＠﹫]|\\s*[(\\[{<]\\s*[aA][tT]\\s*[)\\]}>]\\s*)"
DOT = "(?:[.．。]|\\s*[(\\[{<]\\s*[dD][oO][tT]\\s*[)\\]}>]\\s*)"
# Classes of letters of all scripts take milliseconds to compile: few of them, and no (?i).
EMAIL = f"[^@\\s]{AT}[^@\\s]+?{DOT}[a-zA-Z][a-zA-Z]|\\pL[\\pL\\pN._+-]*[@＠﹫]\\pL[\\pL\\pN-]"


def suites(marts: list[Mart], rows: dict[str, int], addresses: Found) -> list[Suite]:
    """Return a suite for each mart.

    `rows` are those of each mart in the build file, `addresses` those delivered that it shows.

    What must hold across marts is a data test of dbt (tests/data), which ran on the build file.
    """
    return [
        mart_suite(mart, rows[name], addresses[name])
        for mart in marts
        for name in (f"{mart.schema}.{mart.name}",)
    ]


def mart_suite(mart: Mart, held: int, addresses: dict[str, int]) -> Suite:
    """Return what is expected of one mart: schema, rows, no personal data."""
    expected = ", ".join(
        f"({literal(name)}, {literal(TYPES.get(kind, kind).upper().replace(', ', ','))})"
        for name, kind in mart.types.items()
    )
    columns = f"pragma_table_info({literal(mart.sql_name)})"
    checks: list[Any] = [
        ExpectNoRows(
            unexpected_rows_query=(
                "select coalesce(contract.name, found.name) as name, "
                "contract.type as expected, found.type as found "
                f"from (values {expected}) as contract (name, type) "
                f"full outer join {columns} as found on contract.name = found.name "
                "where contract.type is distinct from found.type"
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
                f"select name as column_name from {columns} "
                f"where regexp_matches(lower(name), {braces(literal(PERSONAL_NAME))}) "
                "and not starts_with(lower(name), 'no_')"
            ),
            description="no column is named like personal data",
        ),
    ]
    if texts := text_columns(mart):
        # how many, not what they are: the page that shows it is no place for an address
        names, values = (", ".join(map(write, texts)) for write in (literal, quoted))
        looks = (
            f"select column_name, count(*) as rows from (select unnest([{names}]) as column_name, "
            f"unnest([{values}]) as value from {{batch}}) as texts "
            f"where regexp_matches(value, {braces(literal(EMAIL))}) "
            "group by column_name order by column_name"
        )
        known = " union all ".join(
            f"select {literal(column)} as column_name, {rows} as rows"
            for column, rows in addresses.items()
        )
        checks += [
            ExpectNoRows(
                unexpected_rows_query=looks,
                description="no value looks like an email address",
            ),
            ExpectNoRows(
                # found in both files before
                unexpected_rows_query=(
                    f"select * from ({known or 'select 0 as rows'}) as known where rows > 0"
                ),
                description="no value is an email address or phone number that was delivered",
            ),
        ]
    return Suite(f"{mart.schema} {mart.name}", f"select * from {mart.sql_name}", checks)


def braces(pattern: str) -> str:
    """A pattern for a query in which {batch} is filled in."""
    return pattern.replace("{", "{{").replace("}", "}}")
