"""What every page that is written has: a policy that nothing is loaded and nothing is sent."""

from __future__ import annotations


def secured(page: str, scripts: str = "'none'") -> str:
    """Return a page with its Content-Security-Policy, as the first thing of its head.

    `scripts` says which scripts run: a page's own ones ('unsafe-inline') or none.
    """
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    before, head, rest = page.partition("<head>")
    if not head:
        raise ValueError("a page without a head")
    return before + head + meta + rest
