"""The salt of hashed addresses: PATRONAGE_SALT, else one generated once and kept for the user."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from patronage.environment import environment

VARIABLE = "PATRONAGE_SALT"


class SaltError(Exception):
    """There is no salt, for the reason that the message gives in one line."""


def salt_file() -> Path:
    """Return where the generated salt is kept: with the user's settings, outside of any project."""
    settings = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(settings) / "patronage" / "salt"


def kept_salt() -> tuple[str, bool]:
    """Return the user's salt and whether it was made just now. Raises SaltError."""
    file = salt_file()
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            step = file.with_name(f".salt.{os.getpid()}")
            with os.fdopen(os.open(step, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
                new.write(secrets.token_hex(16) + "\n")
                new.flush()
                os.fsync(new.fileno())
            try:
                os.link(step, file)  # of two that start at once, the first one's stands
                return file.read_text().strip(), True
            except FileExistsError:
                pass
            finally:
                step.unlink()
        salt = file.read_text().strip()
    except (OSError, RuntimeError) as error:
        raise SaltError(f"no salt can be kept in {file} ({error}): set {VARIABLE}") from error
    if not salt:
        raise SaltError(f"{file} is empty: put the salt back there or set {VARIABLE}")
    return salt, False


@contextlib.contextmanager
def salted() -> Iterator[Path | None]:
    """Set the salt for a while, unless the environment has one (an empty one, too, is a choice).

    Yields the file when it was made just now.
    """
    if VARIABLE in os.environ:
        yield None
        return
    salt, is_new = kept_salt()
    with environment({VARIABLE: salt}):
        yield salt_file() if is_new else None
