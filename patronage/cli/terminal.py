"""How the commands speak: texts as they are, and a line for each failure."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from patronage.text import printable


class Terminal(Console):
    """A console on which texts and cells are shown as they are: no markup, no control signs."""

    def render_str(self, text: str, *, style: str = "", **_: Any) -> Text:
        """Return a text as it is printed; everything that is printed comes by here."""
        return Text(printable(text), style=style)


console = Terminal(soft_wrap=True)
# tables of a program that is not at a terminal are not cut to an imagined one of 80 columns
tables = Terminal(width=None if console.is_terminal else 200)
errors = Terminal(stderr=True, soft_wrap=True)


def fail(*messages: str) -> None:
    """Print a line for each failure and end with a non-zero exit."""
    for message in messages:
        errors.print(f"error: {message}", style="red")
    sys.exit(1)
