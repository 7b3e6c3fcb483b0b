"""When things happen: the shop's history, its business dates and the time zones of its files.

Instants are seconds since 1970 UTC, days are days since 1970.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import numpy as np

DAY = 86_400  # seconds
EPOCH = date(1970, 1, 1)
START, END = date(2023, 1, 1), date(2025, 12, 31)  # business dates of the history
FIRST_DAY, LAST_DAY = (START - EPOCH).days, (END - EPOCH).days
ORIGIN_DAY = FIRST_DAY - 730  # the shop opened two years before its files begin


def _switches(*rules: tuple[int, int, int]) -> np.ndarray:
    """Instants at which summer time begins and ends, 2019-2026, from (month, nth Sunday, hour)."""
    found = []
    for year, (month, nth, hour) in itertools.product(range(2019, 2027), rules):
        days = [datetime(year, month, day, hour, tzinfo=UTC) for day in range(1, 31)]
        days.append(days[-1] + timedelta(1))
        sundays = [day for day in days if day.weekday() == 6 and day.month == month]
        found.append(int(sundays[nth].timestamp()))
    return np.array(found)


ZULU, BERLIN, NEW_YORK = 0, 1, 2
SWITCHES = {
    BERLIN: _switches((3, -1, 1), (10, -1, 1)),
    NEW_YORK: _switches((3, 1, 7), (11, 0, 6)),
}
STANDARD_HOURS = {BERLIN: 1, NEW_YORK: -5}


def offset_hours(instants: np.ndarray, zone: int) -> np.ndarray:
    """Hours that BERLIN or NEW_YORK is ahead of UTC at each instant."""
    summer = np.searchsorted(SWITCHES[zone], instants, "right") % 2
    return STANDARD_HOURS[zone] + summer


def berlin_day(instants: np.ndarray) -> np.ndarray:
    """Business dates: the shop's books are kept in Berlin."""
    return (instants + offset_hours(instants, BERLIN) * 3600) // DAY


def from_berlin(local_seconds: np.ndarray) -> np.ndarray:
    """Instants of what Berlin's clocks showed, as seconds since 1970 by those clocks."""
    return local_seconds - offset_hours(local_seconds - 3600, BERLIN) * 3600


FIRST_INSTANT = int(from_berlin(np.array([FIRST_DAY * DAY]))[0])
LAST_INSTANT = int(from_berlin(np.array([(LAST_DAY + 1) * DAY]))[0]) - 1
