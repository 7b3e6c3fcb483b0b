"""The published file as a report reads it: what it is of, what its columns mean, its queries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from patronage.database import opened, quoted
from patronage.report.errors import ReportError
from patronage.report.pages import Part
from patronage.report.values import NOTHING, text
from patronage.text import printable, without_values

MOST_ROWS = 3_000  # of one chart: more are no picture, and take their time

# what a value of a few is called, and its place among them: label('lifecycle_stock.stage', stage)
MACROS = """
create temp macro label(place, given) as coalesce(
    (
        select labels.label from core.labels as labels
        where labels.table_name || '.' || labels.column_name = place
            and labels.value = cast(given as varchar)
    ),
    cast(given as varchar)
);
create temp macro label_order(place, given) as coalesce(
    (
        select labels.sort_order from core.labels as labels
        where labels.table_name || '.' || labels.column_name = place
            and labels.value = cast(given as varchar)
    ),
    9999
);
"""


@dataclass(frozen=True)
class Facts:
    """What all numbers of a published file rest on; a shop without orders has no dates."""

    as_of: date | None
    start: date | None  # of the history
    days: int
    currency: str
    built_at: datetime | None  # UTC
    rejected: int  # raw rows

    @property
    def censored(self) -> date | None:
        """Until when a new customer may be an old one."""
        return self.start + timedelta(days=365) if self.start else None

    @property
    def month(self) -> date | None:
        """The first day of the last month that is over."""
        if not self.as_of:
            return None
        after = self.as_of + timedelta(days=1)
        return (after.replace(day=1) - timedelta(days=1)).replace(day=1)

    @property
    def words(self) -> dict[str, tuple[Any, str]]:
        """What $as_of and its like stand for: in a chart, and in a text."""
        dates = {"as_of": self.as_of, "start": self.start, "censored": self.censored}
        found: dict[str, tuple[Any, str]] = {
            name: (day.isoformat() if day else None, text(day)) for name, day in dates.items()
        }
        found["month"] = (
            self.month.isoformat() if self.month else None,
            f"{self.month:%B %Y}" if self.month else text(None),
        )
        return found | {"currency": (self.currency, self.currency or "the shop's currency")}

    def filled(self, said: str) -> str:
        """A text of a page with its dates and the currency in it."""
        words = self.words
        return re.sub(
            r"\$(\w+)", lambda found: words.get(found[1], ("", found[0]))[1], said, flags=re.ASCII
        )


class Published:
    """A published file, open for reading and without any right; close it after use."""

    def __init__(self, file: Path) -> None:
        """Open it. Raises duckdb.Error, FolderError."""
        self.connection = opened(file)
        self.connection.execute(MACROS)
        rows = self.connection.execute(
            "select table_schema, table_name, column_name, description, table_description "
            "from core.dictionary"
        ).fetchall()
        self.meanings = {f"{s}.{t}.{c}": meaning or "" for s, t, c, meaning, _ in rows}
        self.tables = {f"{s}.{t}": meaning or "" for s, t, _, _, meaning in rows}
        self.facts = self._facts()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def _facts(self) -> Facts:
        """What the file says of itself."""
        [(as_of, start, days, currency)] = self.connection.execute(
            "select max(as_of), max(history_start), max(history_days), max(reporting_currency) "
            "from core.as_of"
        ).fetchall()
        [(built_at,)] = self.connection.execute(
            "select max(finished_at) from core.build_log where status = 'published'"
        ).fetchall()
        [(rejected,)] = self.connection.execute(
            "select sum(rejected_rows) from core.reconciliation"
        ).fetchall()
        return Facts(as_of, start, days or 0, currency or "", built_at, int(rejected or 0))

    def meaning(self, part: Part, column: str) -> str:
        """What a column means. Raises ReportError for one that is not published."""
        if column not in self.meanings:
            table = column.rsplit(".", 1)[0]
            what = "column" if table in self.tables else "table"
            raise ReportError(f"{part.where}: no {what} {column} is published")
        return self.meanings[column]

    def lacks(self, file: str, needs: tuple[str, ...]) -> bool:
        """Whether one of these needs, `table or table …`, has no row in any of its tables.

        Raises ReportError where a table is not published.
        """
        found = []
        for need in needs:
            tables = need.split(" or ")
            if unknown := [table for table in tables if table not in self.tables]:
                raise ReportError(f"{file}: no table {unknown[0]} is published")
            names = [".".join(map(quoted, table.split("."))) for table in tables]
            found.append(
                any(
                    self.connection.execute(f"select 1 from {name} limit 1").fetchall()
                    for name in names
                )
            )
        return not all(found)

    def rows(self, part: Part, most: int = MOST_ROWS) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Names and rows of a part's query. Raises ReportError with one line."""
        try:
            statements = duckdb.extract_statements(part.sql)
            if [one.type for one in statements] != [duckdb.StatementType.SELECT]:
                raise ReportError(f"{part.where}: sql must be one select")
            result = self.connection.execute(statements[0])
            names = [one[0] for one in result.description or []]
            rows = result.fetchmany(most + 1)
        except duckdb.Error as error:
            line = printable(without_values(str(error)), 300)
            raise ReportError(f"{part.where}: {line}") from None
        if len(rows) > most:
            many = "rows: sum them up" if most > 1 else "row: a number has one"
            raise ReportError(f"{part.where}: more than {most:,} {many}")
        if len(set(names)) < len(names):
            raise ReportError(f"{part.where}: two columns of one name")
        if unknown := [name for name in part.kinds if name not in names]:
            raise ReportError(f"{part.where}: kinds names {unknown[0]}, which sql does not give")
        return names, rows


__all__ = ["NOTHING", "Facts", "Published"]
