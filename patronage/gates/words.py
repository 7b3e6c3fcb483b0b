"""How the raw gate's queries say things: values, keys, texts."""

from __future__ import annotations

from typing import Any

from patronage.database import literal

# what is shown of a value that is on no list: itself, lower case, where it looks like a code
MASKED = (
    "case when length({0}) <= 40 and regexp_full_match(lower({0}), '[\\pL\\pM0-9_ .-]+') "
    "and length(regexp_replace({0}, '[^0-9]', '', 'g')) < 5 "
    "then lower({0}) else '(free text)' end"
)
# where to look: up to three of the rows, by their keys
EXAMPLES = "array_to_string(min({0}, 3) filter (where cast({0} as varchar) not like '%@%'), ' ')"
# rows from which erasure took nothing: of them alone anything is expected
WHOLE = "not is_scrubbed"


def text(value: Any) -> str:
    """Return an SQL text of a value for a query that passes through SQLAlchemy and `str.format`.

    There a colon would begin a parameter and a brace a field, so they stand as their numbers.
    """
    quoted_text = literal(str(value))
    for sign in ":{}":
        quoted_text = quoted_text.replace(sign, f"' || chr({ord(sign)}) || '")
    return f"({quoted_text})"
