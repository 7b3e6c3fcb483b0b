"""Values as people read them, and as a program does."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any

KINDS = (
    "money", "whole", "share", "points", "change", "number", "date", "month", "quarter", "year",
    "text",
)  # fmt: skip
NOTHING = "–"


def kind_of_column(name: str, kinds: dict[str, str]) -> str:
    """The kind of a column: as the page says, else by its name (month, quarter, year)."""
    last = name.removesuffix("_start").rsplit("_", 1)[-1]
    return kinds.get(name) or (last if last in ("month", "quarter", "year") else "text")


def text(value: Any, kind: str = "text", cents: bool = True) -> str:
    """Return a value as text, without its unit; what is missing is a dash.

    Kinds: money (two decimals, or none from 1,000 on without `cents`), whole, share and change (a
    part of 1 in percent, the latter with a sign), points (a difference of shares), number (two
    decimals), date, month, quarter, year (of a date or a number), text (anything as it is).
    """
    if value is None or (isinstance(value, float | Decimal) and not math.isfinite(value)):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return of_date(value, kind)
    if not isinstance(value, int | float | Decimal):
        return str(value)
    match kind:
        case "share":
            return f"{value:.2%}" if 0 < abs(value) < 0.0095 else f"{value:.1%}"
        case "change":
            return f"{value:+.1%}"
        case "points":
            return f"{100 * value:+.1f} points"
        case "money":
            return f"{value:,.2f}" if cents or abs(value) < 1000 else f"{value:,.0f}"
        case "whole":
            return f"{value:,.0f}"
        case "number":
            return f"{value:,.2f}"
        case "year":
            return f"{value:.0f}"
    return f"{value:,}" if isinstance(value, int) else of_number(value)


def of_date(value: date, kind: str) -> str:
    """A date, or the period that begins with it."""
    match kind:
        case "month":
            return f"{value:%b} {value.year}"
        case "quarter":
            return f"Q{(value.month + 2) // 3} {value.year}"
        case "year":
            return str(value.year)
    day = f"{value.day} {value:%b} {value.year}"
    return f"{day} {value:%H:%M}" if isinstance(value, datetime) else day


def of_number(value: float | Decimal) -> str:
    """A number that the page says nothing of: four significant digits, or all of a whole one."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def raw(value: Any) -> str:
    """A value as a program reads it: dates as 2024-05-31, numbers in full, nothing as nothing."""
    if value is None or (isinstance(value, float | Decimal) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)


def plain(value: Any) -> Any:
    """A value as JSON holds it; times and dates as texts."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return str(value)
