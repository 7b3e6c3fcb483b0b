"""Variables of the environment: set for a while, and what is wrong with one of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

LIMIT = "PATRONAGE_MEMORY_LIMIT"
LOG = "PATRONAGE_LOG"


FORMS = {  # what a variable has to look like, and in words
    LIMIT: ("(?=.*[1-9])[0-9]*[.]?[0-9]+ ?[kmgt](i?b)?", "no amount of memory like 4GB"),
    LOG: ("json", "no form of a log: json is the only one"),
}


def wrong_variable() -> str | None:
    """Return what is wrong with a variable that no part of the build looks at, in one line."""
    for name, (form, words) in FORMS.items():
        value = os.environ.get(name, "")
        if value and not re.fullmatch(form, value, re.IGNORECASE):
            return f"{name}: {value[:40]!r} is {words}"
    return None


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
