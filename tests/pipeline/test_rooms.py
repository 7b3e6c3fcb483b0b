"""Audiences, campaigns, service, scenarios and bi: the marts are those that the oracle finds.

All rooms of a shop are built once and compared together. The dirty shops of test_oracle.py have
these tables, too; here everything happens at the edge of a rule.
"""

from __future__ import annotations

from random import Random
from typing import Any

import oracle
import polars as pl
from conftest import PROJECT
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle.seeds import declared_audiences
from random_rooms import END, room_shop
from random_shops import write

# of other rooms what reads the same tables
ALSO = (
    *("core.calendar", "customer_share.share_of_wallet", "customer_share.market_share"),
    *("advocacy.sharing_leaderboard", "advocacy.follower_growth"),
)
ROOMS = ("audiences", "campaigns", "service", "scenarios", "bi")
MARTS = [*(f"path:models/marts/{room}" for room in ROOMS), *(mart.split(".")[1] for mart in ALSO)]
ZONE = "Europe/Berlin"
# one that leaves out for every reason
EVERYBODY: dict[str, Any] = {"name": "everybody", "kind": "list", "priority": 9, "rule": "true"}
EVERYBODY |= {"channel": "email", "purpose": "marketing", "adults_only": True}
EVERYBODY |= {"holdout_share": 0.3}


def of_these_rooms(mart: str) -> bool:
    """Whether a mart is compared here."""
    return mart in ALSO or mart.split(".")[0] in ROOMS


def differences(warehouse: Any, sources: list[dict[str, str]], **options: Any) -> list[str]:
    """What differs between the rooms as they are built and as the oracle finds them."""
    return [
        f"{mart}: {line}"
        for mart, frame in oracle.build(sources, **options).items()
        if of_these_rooms(mart)
        for line in oracle.compare(
            frame, warehouse.frame(mart), oracle.KEYS[mart], oracle.estimates(mart)
        )
    ]


def test_the_demo(demo):
    source = {"name": "demo", "path": str(PROJECT / "data/demo"), "timezone": ZONE}
    assert differences(demo, [source], reporting_currency="EUR") == []


@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a build takes seconds: a failing seed is looked at, not shrunk
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), as_of=st.sampled_from([str(END), "2024-11-30"]))
def test_shops_at_the_edge_of_every_rule(warehouse, tmp_path, seed, as_of):
    write(tmp_path / "shop", room_shop(Random(seed)))
    source = {"name": "s", "system": "files", "path": str(tmp_path / "shop"), "timezone": ZONE}
    warehouse.variables["audiences"] = [*declared_audiences(), EVERYBODY]
    warehouse.build(sources=[source], as_of=as_of)
    params = warehouse.variables
    options = {"as_of": as_of, "reporting_currency": "EUR", "params": params}
    found = differences(warehouse, [source], **options)
    assert not found, f"seed {seed}, as_of {as_of}: {found[:5]}"


def test_everything_is_drawn(tmp_path):
    """Each word of few, and both sides of each rule, are in a random shop."""
    write(tmp_path, room_shop(Random(3)))
    source = {"name": "s", "path": str(tmp_path), "timezone": ZONE}
    params = {"rare_value_limit": 1, "audiences": [*declared_audiences(), EVERYBODY]}
    marts = oracle.build([source], as_of=str(END), params=params)
    words = {
        "audiences.consent_spells": {
            "status": {"granted", "withdrawn"},
            "method": {"form", "till", "event", None},
            "proof_given": {True, False},
        },
        "audiences.audience_members": {
            "kind": {"segment", "persona", "trigger", "list"},
            "exclusion_reason": {
                *("no_address", "consent_withdrawn", "no_consent", "minor", "open_complaint"),
                *("contacted_recently", "holdout", None),
            },
        },
        "campaigns.acquisition_costs": {
            "channel": {"all", "ads", "search", "tv", "unknown"},
            "is_left_censored": {True, False},
        },
        "campaigns.product_launches": {"is_mature": {True, False}},
        "campaigns.automation": {"send_mode": {"automated", "manual", "unknown"}},
        "service.service_quality": {
            "channel": {"all", "email", "chat", "phone", "unknown"},
            "is_mature": {True, False},
        },
        "customer_share.share_of_wallet": {"method": {"benchmark", "observed", "rank"}},
    }
    for mart, columns in words.items():
        for column, expected in columns.items():
            assert set(marts[mart][column].unique()) == expected, (mart, column)
    reasons = set(marts["service.leave_reasons"]["reason"].str.split(":").list.first())
    assert reasons == {
        *("survey", "complaint", "quality", "bad_review", "withdrew_consent", "unknown")
    }
    results = marts["campaigns.campaign_results"]
    for column in ("unsubscribers_7d", "attributed_orders", "control_customers", "redeemers"):
        assert results[column].max() > 3, column
    assert results["uplift"].drop_nulls().len() > 3
    for column in ("repeat_difference", "p90_first_response_minutes", "satisfaction_mean"):
        assert marts["service.service_quality"][column].drop_nulls().n_unique() > 3, column
    quality = marts["service.product_quality"]
    assert quality.filter(pl.col("quality_refund_rate") < pl.col("refund_rate")).height > 3
    assert marts["advocacy.sharing_leaderboard"]["views"].max() > 0
    assert marts["scenarios.retention_scenarios"].height == 3
