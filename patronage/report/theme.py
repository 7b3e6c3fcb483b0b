"""The colours of a report, light and dark: CSS variables that a project may set anew."""

from __future__ import annotations

import re
from pathlib import Path

from patronage.report.errors import ReportError
from patronage.report.pages import THEME_FILE, read_yaml

# Text and text-like colours (ink, soft, accent, c1 … c7) have a contrast of 4.5 on card and paper.
LIGHT = {
    "paper": "#f6f6f3", "card": "#ffffff", "ink": "#1d2328", "soft": "#57616a", "grid": "#e6e8ea",
    "line": "#b9c0c5", "accent": "#1f5fa8", "shade": "#8a949c", "warn": "#a8324a",
    "c1": "#1f5fa8", "c2": "#b8560f", "c3": "#69757e", "c4": "#1f7a57", "c5": "#b5365a",
    "c6": "#7150b5", "c7": "#84690a",
}  # fmt: skip
DARK = {
    "paper": "#14181b", "card": "#1c2226", "ink": "#e8ebed", "soft": "#a8b2ba", "grid": "#2b3338",
    "line": "#4b565d", "accent": "#82b7f5", "shade": "#8a949c", "warn": "#f08da0",
    "c1": "#64a3ec", "c2": "#f0a553", "c3": "#96a1a9", "c4": "#45ad86", "c5": "#ea8298",
    "c6": "#b39ae2", "c7": "#dcc25a",
}  # fmt: skip
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")

Theme = dict[str, dict[str, str]]
"""`light` and `dark`, each a mapping of names (ink, c1, …) to colours (#1f5fa8)."""


def theme_of(folder: Path) -> Theme:
    """The colours of a folder of pages: ours, but for those its theme.yml sets.

    Raises ReportError.
    """
    theme = {"light": dict(LIGHT), "dark": dict(DARK)}
    file = folder / THEME_FILE
    if not file.exists():
        return theme
    said = read_yaml(file) or {}
    for mode, colours in said.items() if isinstance(said, dict) else [("", said)]:
        if mode not in theme or not isinstance(colours, dict):
            raise ReportError(f"{THEME_FILE}: light and dark each map names to colours")
        for name, colour in colours.items():
            if name not in LIGHT:
                raise ReportError(f"{THEME_FILE}: {mode} has no colour {str(name)[:80]!r}")
            if not isinstance(colour, str) or not COLOUR.fullmatch(colour):
                raise ReportError(f"{THEME_FILE}: {mode}, {name} must be a colour like '#1f5fa8'")
            theme[mode][name] = colour
    return theme


def as_css(theme: Theme) -> str:
    """The colours as rules: the system's choice, unless the page's switch says otherwise."""
    light, dark = (
        "".join(f"--{name}:{colour};" for name, colour in theme[mode].items())
        for mode in ("light", "dark")
    )
    return (
        f":root{{color-scheme:light;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light])"
        f"{{color-scheme:dark;{dark}}}}}"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}"
    )
