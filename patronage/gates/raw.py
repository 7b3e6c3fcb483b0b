"""What is expected of the raw rows, per source and table, before any mart is built.

The rows are those of `judged_rows`: every raw row, typed, with its status. Thresholds
are the var `gates`; the last accepted delivery is known from the published build log. No value
of a raw row is shown, as it may be anybody's: reasons, counts, keys, and what looks like a code.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from great_expectations import expectations as gxe

from patronage.contract import contract_of, judged_rows
from patronage.database import opened, quoted
from patronage.gates import ExpectNoRows, Suite
from patronage.gates.orders import (
    decimal_commas,
    lost_digits,
    money,
    shape,
    unknown_words,
    used_twice,
)
from patronage.gates.words import EXAMPLES, MASKED, WHOLE, text


def profile(database: Path, contract: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what is known of each source's tables (source/table): the log's `raw_tables`."""
    tables = {}
    with opened(database) as connection:
        for table, rules in contract.items():
            dates = list(rules["dates"].values())
            latest = f"max({dates[0]}) filter (where row_status = 'accepted')" if dates else "null"
            others = f"filter (where {WHOLE})"
            filled = ", ".join(f"count({quoted(column)}) {others}" for column in rules["columns"])
            for source, rows, rejected, erased, last, compared, *counts in connection.execute(
                f"select source, count(*), count(*) filter (where row_status = 'rejected'), "
                f"count(*) filter (where reject_reason = 'erased'), {latest}, "
                f"count(*) {others}, {filled} "
                f"from {judged_rows(table)} group by source order by source"
            ).fetchall():
                tables[f"{source}/{table}"] = {
                    "rows": rows,
                    "rejected": rejected,
                    "erased": erased,
                    "latest": last.isoformat() if last else None,
                    "compared": compared,
                    "filled": {
                        column: round(count / compared, 4)
                        for column, count in zip(rules["columns"], counts, strict=True)
                        if count
                    },
                }
    return tables


def suites(
    project: Path,
    found: dict[str, dict[str, Any]],
    last: dict[str, dict[str, Any]],
    limits: dict[str, Any],
    oldest: str | None,
) -> list[Suite]:
    """Return a suite for each source's tables.

    `found` is the profile of this delivery, `last` that of the last accepted one (empty: none, or
    not to be compared with), `oldest` the business date that the newest order must have reached.
    """
    contract = contract_of(project)
    made = [
        table_suite(key, contract[key.split("/")[1]], found[key], last.get(key), limits, oldest)
        for key in found
    ]
    if not any(key.endswith("/orders") for key in found):
        some = ExpectNoRows(
            unexpected_rows_query="select missing from {batch}",
            description="some shop has orders (a file of headers alone?)",
            severity="warning",
        )
        made.append(Suite("sources", "select 'orders' as missing", [some]))
    gone = sorted(key for key, known in last.items() if key not in found and known["rows"])
    if gone:
        lost = " union all ".join(f"select {text(key)} as gone" for key in gone)
        again = ExpectNoRows(
            unexpected_rows_query="select gone from {batch}",
            description="every table of the last delivery is there again",
            severity="warning",
        )
        made.append(Suite("deliveries", lost, [again]))
    return made


def table_suite(
    key: str,
    rules: dict[str, Any],
    found: dict[str, Any],
    last: dict[str, Any] | None,
    limits: dict[str, Any],
    oldest: str | None,
) -> Suite:
    """Return what is expected of one source's table."""
    source, table = key.split("/")
    columns = rules["columns"]
    checks: list[Any] = [
        rejects(source, table, limits[f"rejected_share_to_{word}"], word)
        for word in ("warn", "stop")
    ]
    checks += used_twice(source, table, rules, limits)
    checks += decimal_commas(source, table, rules)
    checks += lost_digits(source, table, rules)
    if last:
        checks += compared_with_the_last(source, table, rules, found, last, limits)
    if table == "orders":
        checks.append(
            gxe.ExpectTableRowCountToBeBetween(
                min_value=1, description="there are orders", severity="warning"
            )
        )
        checks += [*shape(source, limits), *money(source, limits)]
        if oldest:
            checks.append(
                ExpectNoRows(
                    unexpected_rows_query=(
                        f"select max(order_date) as newest_order from {judged_rows('orders')} "
                        f"where source = {text(source)} and row_status = 'accepted' "
                        f"having max(order_date) < cast({text(oldest)} as date)"
                    ),
                    description=f"orders are fresh: the newest is of {oldest} or later",
                )
            )
    if "currency" in columns:
        checks.append(
            ExpectNoRows(
                unexpected_rows_query=(
                    f"select {MASKED.format('currency')} as currency, count(*) as rows, "
                    f"{EXAMPLES.format(rules['key'][-1])} as examples "
                    "from {batch} where row_status = 'accepted' "
                    "and not regexp_full_match(currency, '[A-Z][A-Z][A-Z]') "
                    "group by 1 order by 2 desc, 1"
                ),
                description="a currency is a code of three letters",
                severity="warning",
            )
        )
    if table == "events":
        checks.append(unknown_words("event_type", "event_id", "event_points", "others score 0"))
    return Suite(
        key.replace("/", " "),
        f"select * from {judged_rows(table)} where source = {text(source)} and {WHOLE}",
        checks,
    )


def rejects(source: str, table: str, limit: float, word: str) -> ExpectNoRows:
    """No more than this share of the rows is rejected; what was erased is no fault."""
    return ExpectNoRows(
        # of all rows, so that an erasure changes no share
        unexpected_rows_query=(
            "with every_row as ("
            f"select * from {judged_rows(table)} where source = {text(source)}) "
            "select reject_reason as reason, count(*) as rows, "
            "round(100.0 * count(*) / (select count(*) from every_row), 2) as percent "
            "from every_row where row_status = 'rejected' and reject_reason <> 'erased' group by 1 "
            f"qualify sum(count(*)) over () > {limit} * (select count(*) from every_row) "
            "order by 2 desc, 1"
        ),
        description=f"at most {limit:.0%} of the rows are rejected",
        severity="critical" if word == "stop" else "warning",
    )


def compared_with_the_last(
    source: str,
    table: str,
    rules: dict[str, Any],
    found: dict[str, Any],
    last: dict[str, Any],
    limits: dict[str, Any],
) -> list[Any]:
    """Volume, newest date and filled columns, beside those of the last accepted delivery."""
    fewest, most = limits["fewest_rows"], limits["most_rows"]
    least_rows = math.floor(last["rows"] * fewest)
    most_rows = max(math.ceil(last["rows"] * most), 100)
    checks: list[Any] = [
        ExpectNoRows(
            # of all rows, erased ones too
            unexpected_rows_query=(
                f"select count(*) as rows from {judged_rows(table)} "
                f"where source = {text(source)} "
                f"having count(*) not between {least_rows} and {most_rows}"
            ),
            description=(
                f"{fewest} to {most} times the {last['rows']:,} rows of the last accepted delivery"
            ),
        )
    ]
    if last["latest"]:
        date = next(iter(rules["dates"].values()))
        checks.append(
            ExpectNoRows(
                unexpected_rows_query=(
                    f"select max({date}) as newest from {judged_rows(table)} "
                    f"where source = {text(source)} and row_status = 'accepted' "
                    f"having coalesce(max({date}) < cast({text(last['latest'])} as date), true)"
                ),
                description=f"the newest {date} is not before the last one's, {last['latest']}",
                severity="critical" if table == "orders" else "warning",
            )
        )
    then = last.get("compared", 0)
    enough = min(found["compared"], then) >= limits["compared_from_rows"]
    # of the last rows some were erased since: any of these may have been the ones that were filled
    erased = max(found["rows"] - found["compared"] - last["rows"] + then, 0)
    for column, then_share in last["filled"].items() if enough else ():
        if column in rules["columns"]:
            share = max(then_share * then - erased, 0) / max(then - erased, 1)
            least = round(share * limits["least_filled"], 6)
            checks.append(
                gxe.ExpectColumnProportionOfNonNullValuesToBeBetween(
                    column=column,
                    min_value=least,
                    description=(
                        f"{column} is filled in {least:.0%} of rows (last: {then_share:.0%})"
                    ),
                )
            )
    return checks
