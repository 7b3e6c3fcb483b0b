"""The log of a run for programs: a line of JSON a step on stderr, where PATRONAGE_LOG is json."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO

from patronage.environment import LOG
from patronage.text import printable


class Steps:
    """Writes lines of time, level, event and what else is known; nothing where it is off.

    Events: started, step (step, status, seconds, rows), message and fault (message), published and
    failed (seconds). No line holds a value of a row.
    """

    def __init__(self, target: TextIO | None = None) -> None:
        """Write to a stream; without one nowhere."""
        self.target = target

    @classmethod
    def of_environment(cls) -> Steps:
        """Write to stderr, where the environment wants it."""
        return cls(sys.stderr if os.environ.get(LOG, "").lower() == "json" else None)

    def write(self, level: str, event: str, **known: Any) -> None:
        """Write a line; `level` is info, warning or error."""
        if self.target is None:
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line: dict[str, Any] = {"time": now, "level": level, "event": event}
        for name, value in known.items():
            if isinstance(value, float):
                value = round(value, 3)
            line[name] = printable(value) if isinstance(value, str) else value
        self.target.write(json.dumps(line) + "\n")
        self.target.flush()

    def message(self, text: str) -> None:
        """Write what is told on the way."""
        is_warning = text.startswith("warning: ")
        level = "warning" if is_warning else "info"
        self.write(level, "message", message=text.removeprefix("warning: "))

    def step(self, name: str, status: str, seconds: float, rows: int | None = None) -> None:
        """Write that a step has ended: pass, success, warn, fail, error or skipped.

        `rows` are those that it wrote or, of a check, those that break it; None where that is not
        known.
        """
        level = {"warn": "warning", "fail": "error", "error": "error"}.get(status, "info")
        self.write(level, "step", step=name, status=status, seconds=seconds, rows=rows)

    @contextmanager
    def timed(self, name: str) -> Iterator[dict[str, Any]]:
        """Write a step when it ends; what it yields may be given its `rows`."""
        started = time.monotonic()
        known: dict[str, Any] = {}
        try:
            yield known
        except BaseException:
            self.step(name, "error", time.monotonic() - started)
            raise
        self.step(name, "success", time.monotonic() - started, known.get("rows"))
