"""How the commands speak: texts as they are, a line for each failure, or one JSON document."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.text import Text

from patronage.steps import Steps
from patronage.text import printable

AS_JSON = click.option(
    "--json", "as_json", is_flag=True, help="One JSON document on stdout, and nothing else there."
)


class Terminal(Console):
    """A console on which texts and cells are shown as they are: no markup, no control signs."""

    def render_str(self, text: str, *, style: str = "", **_: Any) -> Text:
        """Return a text as it is printed; everything that is printed comes by here."""
        return Text(printable(text), style=style)


console = Terminal(soft_wrap=True)
# tables of a program that is not at a terminal are not cut to an imagined one of 80 columns
tables = Terminal(width=None if console.is_terminal else 200)
errors = Terminal(stderr=True, soft_wrap=True)


written: list[dict[str, Any]] = []  # the documents that are being written; one, or none


@contextlib.contextmanager
def document(command: str, as_json: bool) -> Iterator[dict[str, Any]]:
    """Print what is put into it as JSON, also where the command fails; all else goes to stderr.

    Beside the command it has a status, ok or failed, and errors, a list of {message}. Without
    `as_json` nothing is printed.
    """
    found: dict[str, Any] = {"command": command, "status": "ok", "errors": []}
    if not as_json:
        yield found
        return
    stdout = sys.stdout
    written.append(found)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield found
    except BaseException as error:
        found["status"] = "failed"
        if not isinstance(error, SystemExit):
            found["errors"].append({"message": f"it broke off: {type(error).__name__}"})
        raise
    finally:
        written.remove(found)
        stdout.write(json.dumps(found, indent=1) + "\n")
        stdout.flush()


def fail(*messages: str, hints: Sequence[str] = (), is_logged: bool = False) -> NoReturn:
    """Say a line for each failure, unless the log has it by now, and end with a non-zero exit.

    `hints` are those of the messages that say what helps.
    """
    steps = Steps.of_environment()
    for message in messages:
        for found in written:
            found["errors"].append({"message": printable(message)})
        if steps.target and not is_logged:
            steps.write("error", "fault", message=message)
        elif not steps.target:
            errors.print(message if message in hints else f"error: {message}", style="red")
    sys.exit(1)


class Commands(click.Group):
    """Commands of which a wrong option, too, is told as JSON where that is asked for."""

    def main(self, args: Sequence[str] | None = None, **options: Any) -> Any:
        """Run the command that the arguments name."""
        given = list(sys.argv[1:] if args is None else args)
        if "--json" not in given or options.get("standalone_mode") is False:
            return super().main(args, **options)
        try:
            code = super().main(args, **options | {"standalone_mode": False})
        except click.ClickException as error:
            with contextlib.suppress(SystemExit), document(given[0], as_json=True):
                fail(error.format_message())
            sys.exit(error.exit_code)
        except click.Abort:
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)
