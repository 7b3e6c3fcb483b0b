"""What others wrote, as it may be shown: signs that act are spelt out, values are left out."""

from __future__ import annotations

import json
import re
from typing import Any

# what DuckDB says of a value, rather than of a query or a file, may quote the value
ABOUT_A_VALUE = re.compile(
    r"((?:Conversion|Out of Range|Constraint|Invalid Input|Serialization|Not implemented|INTERNAL)"
    r" Error: )(patronage: .*)?((?:CSV Error on Line: \d+)?[^'\"(:\n]*)(.*)"
)


def printable(text: str, longest: int = 2000) -> str:
    r"""Return a text as one line that a terminal shows and does not obey.

    Control signs, line ends, and signs that turn or hide what follows become \x1b, \n, \u202e;
    what is behind `longest` characters is left out.
    """
    shown = "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode()
        for sign in text[:longest]
    )
    return shown + (f" … ({len(text):,} characters)" if len(text) > longest else "")


def json_text(value: Any) -> str:
    r"""Return a value as JSON that is YAML as well: signs that do not print are spelt, \u202e."""

    def escaped(sign: re.Match[str]) -> str:
        code = ord(sign[0])
        if sign[0].isprintable():
            return sign[0]
        return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"

    return re.sub(r"[^ -~]", escaped, json.dumps(value, ensure_ascii=False))


def without_values(message: str) -> str:
    """Return the first line of what the database says, without a value that it may quote.

    What the models themselves raise (macro raise_in_query) quotes none, and is said as it stands.
    """
    line = next(iter(message.splitlines()), "no message")
    found = ABOUT_A_VALUE.search(line)
    if not found:
        return line
    kind, ours, said, value = found.groups()
    if ours:
        return ours.removeprefix("patronage: ")
    if re.search(r"\bfile $", said, re.IGNORECASE):  # what is quoted is its name
        return line
    said = re.sub("[0-9]{5,}", "(a number)", said).rstrip()
    return line[: found.start()] + kind + said + (" (a value)" if value else "")
