"""Files that may hold what is private."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TextIO


def open_private(file: Path) -> TextIO:
    """Open a file anew for writing UTF-8, the user's alone (0600); line ends stay as given.

    Raises OSError, also where the file is a link: what it leads to is not for us to write.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    try:
        descriptor = os.open(file, flags, 0o600)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "a link is not written through", str(file)) from error
        raise
    os.fchmod(descriptor, 0o600)  # it may have been there
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")
