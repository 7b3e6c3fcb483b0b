"""The demo shop comes out as its maker meant it: truth.json beside the files."""

from __future__ import annotations

import filecmp
import hashlib
import json
import shutil
from decimal import Decimal
from pathlib import Path

import oracle
import pytest
from conftest import PROJECT

from patronage.demo import make_demo

DEMO = PROJECT / "data" / "demo"


@pytest.fixture(scope="module")
def truth() -> dict:
    """What the files mean."""
    return json.loads((DEMO / "truth.json").read_text())


def test_the_committed_shop_is_the_one_that_the_generator_makes(tmp_path, truth):
    made = make_demo(tmp_path, truth["customers"], truth["seed"], progress=False)
    assert made["totals"] == truth["totals"]
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(path.name for path in DEMO.iterdir())
    assert filecmp.cmpfiles(tmp_path, DEMO, names, shallow=False)[0] == names
    assert sum(path.stat().st_size for path in DEMO.iterdir()) < 4_000_000


def test_every_raw_row_has_its_fate(demo, truth):
    found = {
        table: {"raw": raw, "accepted": accepted, "superseded": superseded, "rejected": rejected}
        for table, raw, accepted, superseded, rejected in demo.rows(
            "select raw_table, raw_rows, accepted_rows, superseded_rows, rejected_rows"
            " from core.reconciliation"
        )
    }
    assert found == {
        table: {
            row_status: rows[row_status]
            for row_status in ("raw", "accepted", "superseded", "rejected")
        }
        for table, rows in truth["rows"].items()
    }
    kinds = {
        "unparsable": "unparsable",
        "impossible": "impossible",
        "missing": "missing",
        "negative": "negative",
        "rate not": "negative",
        "no rate": "no rate",
        "unknown": "unknown order",
    }
    for table, rows in truth["rows"].items():
        reasons: dict[str, int] = {}
        for (reason,) in demo.rows(
            f"select reason from core.rejected_rows where raw_table = '{table}'"
        ):
            kind = next((k for start, k in kinds.items() if reason.startswith(start)), "too large")
            reasons[kind] = reasons.get(kind, 0) + 1
        assert reasons == rows["reasons"], table


def test_the_unit_tests_pass_whatever_the_settings(demo, warehouse, monkeypatch):
    """The tables that they stand on have to be there; the rows are their own.

    Without settings they run in `make test-spark`, on both engines.
    """
    monkeypatch.setenv("PATRONAGE_AS_OF", "2024-02-01")
    monkeypatch.setenv("PATRONAGE_SALT", "pepper")
    shutil.copyfile(demo.folder / "build.duckdb", warehouse.folder / "build.duckdb")
    warehouse.run_dbt(["test", "--select", "test_type:unit"])


def test_totals_are_exact(demo, truth):
    names = ("gross_amount", "discount_amount", "refund_amount", "net_amount")
    sums = ", ".join(f"sum({name})" for name in names)
    assert demo.rows(f"select {sums} from core.orders where is_valid") == [
        tuple(Decimal(truth["totals"][name]) for name in names)
    ]
    assert demo.rows(
        "select sum(credit_note_amount), sum(ledger_net_amount)"
        " from customer_share.new_customer_share"
        " where period_grain = 'year' and breakdown = 'total'"
    ) == [tuple(Decimal(truth["totals"][n]) for n in ("credit_note_amount", "ledger_net_amount"))]
    assert dict(
        demo.rows(
            "select strftime(period_start, '%Y-%m'), total_net_amount"
            " from customer_share.new_customer_share"
            " where period_grain = 'month' and breakdown = 'total'"
        )
    ) == {month: Decimal(amount) for month, amount in truth["net_amount_by_month"].items()}
    for order_class, expected in truth["order_classes"].items():
        assert demo.rows(
            "select count(*), sum(net_amount) from core.orders"
            f" where is_valid and order_class = '{order_class}'"
        ) == [(expected["orders"], Decimal(expected["net_amount"]))]


def test_people_are_those_who_were_made_up(demo, truth):
    assert demo.rows(
        "select count(*), count(*) filter (where orders > 0), sum(orders) from core.customers"
    ) == [
        (
            truth["counts"]["persons"],
            truth["counts"]["customers_with_valid_order"],
            truth["counts"]["valid_orders"]
            - demo.rows("select count(*) from core.orders where is_valid and customer_key is null")[
                0
            ][0],
        )
    ]
    assert demo.rows("select count(*) from core.orders where customer_key is null") == [
        (truth["counts"]["unattributed_orders"],)
    ]
    assert demo.rows(
        "select count(*) from core.events where customer_key is not null and not is_bot"
    ) == [(truth["counts"]["identified_events"],)]


def test_planted_people_and_visitors(demo, truth):
    keys = dict(demo.rows("select order_id, customer_key from core.orders"))
    known = {key for (key,) in demo.rows("select customer_key from core.customers")}
    for name, person in truth["planted_persons"].items():
        found = {keys[order] for order in person["orders"]}
        if person["accounts"]:
            key = f"demo:{min(person['accounts'])}"
            assert key in known, name
            assert found <= {key}, name
        else:
            assert len(found) == 1, name
    owners = dict(demo.rows("select event_key, customer_key from core.events"))
    for visitor, events in truth["planted_visitors"].items():
        for event, person in events.items():
            accounts = truth["planted_persons"][person]["accounts"] if person else []
            if person and not accounts:
                assert owners[f"demo:{event}"] is not None, (visitor, event)
                continue
            key = f"demo:{min(accounts)}" if person else None
            assert owners[f"demo:{event}"] == key, (visitor, event)
    assert demo.rows(
        "select contact_type, customer_ids, guest_orders from core.shared_contacts order by all"
    ) == sorted((c["kind"], c["accounts"], c["guest_orders"]) for c in truth["shared_contacts"])


def test_advocates_and_leads_are_those_who_were_made_up(demo, truth):
    assert truth["advocacy_tiers"] == dict(
        demo.rows("select tier, count(*) from advocacy.advocacy_tiers group by tier")
    )
    tiers = {
        key: {"tier": tier, "tier_reason": reason}
        for key, tier, reason in demo.rows(
            "select customer_key, tier, tier_reason from advocacy.advocacy_tiers"
        )
    }
    for name, planted in truth["planted_tiers"].items():
        expected = {column: planted[column] for column in ("tier", "tier_reason")}
        assert tiers[f"demo:{planted['customer_id']}"] == expected, name
    leads = {
        key: (score, band)
        for key, score, band in demo.rows(
            "select person_key, raw_score, band from engagement.lead_scores"
        )
    }
    for lead in truth["planted_leads"]:
        if "customer_id" in lead:
            key = f"demo:{lead['customer_id']}"
        else:
            key = f"demo:anon:{hashlib.md5(lead['anonymous_id'].encode()).hexdigest()}"
        assert leads[key] == (lead["raw_score"], lead["band"]), lead["name"]
    # staff who shared is in neither, a sharer without an order in no tier
    persons = truth["planted_persons"]
    staff, sharer = (f"demo:{persons[n]['accounts'][0]}" for n in ("staff", "sharer_without_order"))
    assert staff not in tiers | leads
    assert sharer in leads
    assert sharer not in tiers
    locked_in = f"demo:{persons['locked_in']['accounts'][0]}"
    assert demo.rows(
        "select patronage, is_locked_in, tier from advocacy.loyalty_vs_advocacy"
        f" where customer_key = '{locked_in}'"
    ) == [("high", True, "lurker")]


def test_the_oracle_finds_the_same_in_every_mart(demo):
    frames = oracle.build(
        [{"name": "demo", "system": "files", "path": str(DEMO), "timezone": "Europe/Berlin"}],
        reporting_currency="EUR",
    )
    for name, expected in frames.items():
        if name == "core.rejected_rows":  # the counts are in core.reconciliation
            continue
        keys, estimates = oracle.KEYS[name], oracle.estimates(name)
        assert not oracle.compare(expected, demo.frame(name), keys, estimates), name


def test_a_parquet_shop_is_made_and_read_too(warehouse, tmp_path: Path):
    truth = make_demo(tmp_path, 150, 3, "parquet", progress=False)
    warehouse.build(tmp_path, timezone="Europe/Berlin", currency="EUR")
    assert warehouse.rows("select sum(net_amount) from core.orders where is_valid") == [
        (Decimal(truth["totals"]["net_amount"]),)
    ]
    assert warehouse.rows("select sum(rejected_rows) from core.reconciliation") == [
        (sum(rows["rejected"] for rows in truth["rows"].values()),)
    ]
