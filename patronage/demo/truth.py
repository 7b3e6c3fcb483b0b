"""What the files mean: truth.json."""

from __future__ import annotations

from collections import Counter
from typing import Any

from patronage.demo.cast import Cast
from patronage.demo.times import END, START
from patronage.demo.trial import ADDED, CAMPAIGN


def truth_of(fates: dict[str, Counter[str]], cast: Cast, trial: Counter[str]) -> dict[str, Any]:
    """Return the truth as it stands in truth.json.

    Amounts of planted orders are texts, in the reporting currency or, where they have a `rate`
    (currency and day of the rate), in that currency.
    """
    return {
        "as_of": str(END),
        "history_start": str(START),
        "timezone": "Europe/Berlin",
        "reporting_currency": "EUR",
        "rows": {table: _counted(counts) for table, counts in fates.items()},
        "planted_persons": cast.people,
        "planted_orders": cast.orders,
        "planted_tiers": cast.tiers,
        "planted_leads": cast.leads,
        "planted_visitors": cast.visitors,
        "planted_offers": cast.offers,
        "planted_profiles": cast.profiles,
        "planted_pairs": cast.pairs,
        "planted_campaigns": cast.results["campaigns"],
        "planted_launches": cast.results["launches"],
        "planted_audiences": cast.audiences,
        "planted_trial": {"campaign_id": CAMPAIGN, **trial, "added": ADDED},
        "shared_contacts": cast.shared_contacts,
    }


def _counted(fates: Counter[str]) -> dict[str, Any]:
    """The numbers of a table's rows by what is to become of them."""
    kept = {row_status: fates[row_status] for row_status in ("accepted", "superseded")}
    reasons = {reason: count for reason, count in sorted(fates.items()) if reason not in kept}
    rejected = {"rejected": sum(reasons.values()), "reasons": reasons}
    return {"raw": fates.total()} | kept | rejected
