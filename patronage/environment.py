"""Variables of the environment: set for a while, and what is wrong with one of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

LIMIT = "PATRONAGE_MEMORY_LIMIT"


def wrong_limit() -> str | None:
    """Return what is wrong with the limit of memory, in one line, if anything is."""
    limit = os.environ.get(LIMIT, "")
    amount = "(?=.*[1-9])[0-9]*[.]?[0-9]+ ?[kmgt](i?b)?"
    if not limit or re.fullmatch(amount, limit, re.IGNORECASE):
        return None
    return f"{LIMIT}: {limit[:40]!r} is no amount of memory like 4GB"


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables, then give each back the value that it had, or none."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
