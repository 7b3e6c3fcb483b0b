"""What goes wrong in a report."""

from __future__ import annotations


class ReportError(Exception):
    """No report was written, for the reason that the message gives in one line."""
