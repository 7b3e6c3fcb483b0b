"""The demo shop comes out as its maker meant it: truth.json beside the files."""

from __future__ import annotations

import copy
import csv
import filecmp
import hashlib
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path

import click.testing
import oracle
import pyarrow.parquet
import pytest
from conftest import ONLY_OF_THEM, PROJECT, STAGING, parsed, unset_settings

from patronage.cli import main
from patronage.contract import contract_of
from patronage.dbt import BuildError
from patronage.demo import make_demo

DEMO = PROJECT / "data" / "demo"


@pytest.fixture(scope="module")
def truth() -> dict:
    """What the files mean."""
    return json.loads((DEMO / "truth.json").read_text())


def test_the_committed_shop_is_the_one_that_the_generator_makes(tmp_path, truth):
    made = make_demo(tmp_path, truth["customers"], truth["seed"], progress=False)
    assert made == truth
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(path.name for path in DEMO.iterdir())
    assert filecmp.cmpfiles(tmp_path, DEMO, names, shallow=False)[0] == names
    assert sum(path.stat().st_size for path in DEMO.iterdir()) < 5_000_000


def test_both_gates_let_it_pass_with_its_planted_faults(demo, tmp_path, monkeypatch):
    """What a newcomer builds first is published."""
    unset_settings(monkeypatch)
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(tmp_path))
    shutil.copy(demo.folder / "build.duckdb", tmp_path)
    result = click.testing.CliRunner().invoke(main, ["publish"])
    assert result.exit_code == 0, result.output
    for name in ("raw", "marts"):
        assert re.search(rf"^{name} gate: \d+ expectations, 0 stop, \d+ warn$", result.output, re.M)
    assert (tmp_path / "patronage.duckdb").exists()
    assert 300_000 < (tmp_path / "report" / "index.html").stat().st_size < 3_000_000


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
        "unknown status": "unknown",
        "unknown": "unknown order",
        ".* too large": "too large",
        ".* without ": "without",
        ".* (before|below|above) ": "out of bounds",
    }
    for table, rows in truth["rows"].items():
        reasons: dict[str, int] = {}
        for (reason,) in demo.rows(
            f"select reason from core.rejected_rows where raw_table = '{table}'"
        ):
            kind = next(kind for start, kind in kinds.items() if re.match(start, reason))
            reasons[kind] = reasons.get(kind, 0) + 1
        assert reasons == rows["reasons"], table


def test_the_unit_tests_pass_whatever_the_settings(demo, warehouse, monkeypatch):
    """The tables that they stand on have to be there; the rows are their own.

    Without settings plain `dbt build` runs them; on Spark `make build-spark` does.
    """
    monkeypatch.setenv("PATRONAGE_AS_OF", "2024-02-01")
    monkeypatch.setenv("PATRONAGE_SALT", "pepper")
    shutil.copyfile(demo.folder / "build.duckdb", warehouse.folder / "build.duckdb")
    warehouse.run_dbt(["test", "--select", "test_type:unit"])


@pytest.mark.parametrize(
    ("given", "expect", "fault"),
    [
        ({}, {"score": 10.000001}, "differs from"),
        ({}, {"score": None}, "differs from"),
        ({}, {"no_column": 1}, "check the data types"),
        ({}, {"of_this_row": 1}, "check the data types"),
        ({"no_column": 1}, {}, "check the data types"),
        ({"scored_events": "many"}, {}, "check the data types"),
    ],
)
def test_a_unit_test_tells_a_wrong_row(demo, warehouse, monkeypatch, given, expect, fault):
    """Our own `unit` materialization finds what dbt's would: the second row is changed."""
    name = "a_level_begins_at_its_limit_and_none_is_not_cold"
    manifest = parsed()[0]
    unique_id = next(key for key in manifest.unit_tests if key.endswith(name))
    test = copy.deepcopy(manifest.unit_tests[unique_id])
    test.given[1].rows[1] |= given
    for row in test.expect.rows if "no_column" in expect else test.expect.rows[1:2]:
        row |= expect
    monkeypatch.setitem(manifest.unit_tests, unique_id, test)
    monkeypatch.setenv("PATRONAGE_SALT", "pepper")
    shutil.copyfile(demo.folder / "build.duckdb", warehouse.folder / "build.duckdb")
    with pytest.raises(BuildError, match=fault):
        warehouse.run_dbt(["test", "--select", name])


def test_planted_orders_are_worth_what_was_worked_out_by_hand(demo, truth):
    with (DEMO / "fx_rates.csv").open(encoding="utf-8") as file:
        rates = {
            f"{row['currency']} {row['rate_date']}": row["rate"] for row in csv.DictReader(file)
        }
    facts = ("order_date", "is_valid", "order_class")
    amounts = ("gross_amount", "discount_amount", "refund_amount", "net_amount")
    columns = ", ".join(f"cast({name} as varchar)" for name in (*facts, *amounts))
    orders = {
        order_id: dict(zip((*facts, *amounts), cells, strict=True))
        for order_id, *cells in demo.rows(f"select order_id, {columns} from core.orders")
    }
    for name, expected in truth["planted_orders"].items():
        found = orders[expected["order_id"]]
        assert {fact: found[fact] for fact in facts} == {f: expected[f] for f in facts}, name
        rate = Decimal(rates[expected["rate"]]) if "rate" in expected else 1
        parts = 5 if "rate" in expected else 0  # each line and refund is rounded on its own
        for amount in amounts:
            gap = Decimal(found[amount]) - Decimal(expected[amount]) * rate
            assert abs(gap) <= parts * Decimal("0.00005"), (name, amount)


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
            assert len(found) == min(1, len(person["orders"])), name
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
        "select contact_type, customer_ids, guest_orders from core.shared_contacts"
        " where not is_of_staff order by all"
    ) == sorted((c["kind"], c["accounts"], c["guest_orders"]) for c in truth["shared_contacts"])


def test_advocates_and_leads_are_those_who_were_made_up(demo, truth):
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


def test_what_goes_with_what_and_who_is_offered_what_is_as_planted(demo, truth):
    """Whoever is not content is offered no better lamp, postage goes with nothing."""
    pairs = {
        (item_a, item_b): (of_a, of_b, of_both)
        for item_a, item_b, of_a, of_b, of_both in demo.rows(
            "select item_a, item_b, baskets_a, baskets_b, baskets_ab"
            " from cross_sell.product_affinity where item_level = 'product' and basket = 'order'"
        )
    }
    for pair in truth["planted_pairs"]:
        item_a, item_b = f"demo:{pair['item_a']}", f"demo:{pair['item_b']}"
        of_a, of_b, of_both = (pair[f"baskets_{which}"] for which in ("a", "b", "ab"))
        assert pairs[item_a, item_b] == (of_a, of_b, of_both)
        assert pairs[item_b, item_a] == (of_b, of_a, of_both)
    firsts = {
        key: (kind, product, because)
        for key, kind, product, because in demo.rows(
            "select customer_key, kind, product_id, because_product_key"
            " from cross_sell.next_best_offers where offer_rank = 1"
        )
    }
    for name, offer in truth["planted_offers"].items():
        kind, product, because = firsts[f"demo:{offer['customer_id']}"]
        assert kind == offer["kind"], name
        if "because" in offer:
            assert (product, because) == (offer["product_id"], f"demo:{offer['because']}"), name
    assert demo.rows(
        "select count(*) from cross_sell.next_best_offers where product_id = 'POST'"
        " union all select count(*) from cross_sell.product_affinity where item_a = 'demo:POST'"
    ) == [(0,), (0,)]


def test_profiles_are_those_who_were_made_up(demo, truth):
    for name, expected in truth["planted_profiles"].items():
        columns = [column for column in expected if column != "customer_id"]
        texts = ", ".join(f"coalesce({column}::varchar, '')" for column in columns)
        key = f"demo:{expected['customer_id']}"
        assert demo.rows(
            f"select {texts} from profile.customer_profile where customer_key = '{key}'"
        ) == [tuple(expected[column] for column in columns)], name


def test_every_value_of_a_labelled_column_has_a_label(demo):
    """But of those that hold words of the shop's own, too."""
    own_words = {"age_band", "event_type", "top_event_type", "reason"}
    labels = demo.rows("select table_name, column_name, value from core.labels")
    schemas = dict(demo.rows("select table_name, table_schema from information_schema.tables"))
    places = {(table, column) for table, column, _ in labels if table in schemas}
    assert len(places) > 50
    for table, column in sorted(places):
        found = demo.rows(
            f"select distinct {column}::varchar from {schemas[table]}.{table}"
            f" where {column} is not null"
        )
        if column not in own_words:
            assert {(table, column, value) for (value,) in found} <= set(labels)


def test_the_wrong_sums_that_the_documentation_shows_are_those_of_the_demo(demo):
    """Each with the right one beside it: a table in docs/bi.md."""
    share, orders = "customer_share.new_customer_share", "core.orders"
    months = "period_grain = 'month' and breakdown = 'total'"
    stock = "lifecycle.lifecycle_stock where period_grain = 'month'"
    sums = [
        (
            f"sum(total_net_amount) from {share}",
            f"sum(total_net_amount) from {share} where {months}",
        ),
        (f"sum(net_amount) from {orders}", f"sum(net_amount) from {orders} where is_valid"),
        ("sum(clv) from lifecycle.clv", "sum(clv) from lifecycle.clv where horizon_days = 365"),
        (
            f"sum(customers) from {share} where {months}",
            f"count(distinct customer_key) from {orders} where is_valid",
        ),
        (f"sum(customers) from {stock}", f"max_by(total, period_end) from (select period_end, "
         f"sum(customers) as total from {stock} group by all)"),
        (
            f"100 * avg(new_order_share) from {share} where {months}",
            f"100 * sum(new_net_amount) / sum(total_net_amount) from {share} where {months}",
        ),
        (
            "sum(cohort_customers) from lifecycle.cohort_retention",
            "sum(cohort_customers) from lifecycle.cohort_retention"
            " where months_since = 0 and basis = 'period'",
        ),
    ]  # fmt: skip
    table = (PROJECT / "docs/bi.md").read_text().partition("| asked |")[2].partition("\n\n")[0]
    shown = [[cell.strip() for cell in line.split("|")[2:4]] for line in table.splitlines()[2:]]
    found = [[demo.rows(f"select {query}")[0][0] for query in pair] for pair in sums]
    assert shown == [
        [f"{value:.1f} %" if value < 100 else f"{value:,.0f}" for value in pair] for pair in found
    ]
    moved = "date_trunc('{}', ordered_at) <> date_trunc('{}', order_date)"
    days, months = (
        demo.rows(f"select count(*) from {orders} where {moved.format(unit, unit)}")[0][0]
        for unit in ("day", "month")
    )
    assert f"{days} another day and {months} another month" in (PROJECT / "docs/bi.md").read_text()


def test_what_campaigns_bring_is_as_planted(demo, truth):
    """At the edges of what is put down to a letter; what one adds that some were held out of."""
    for table, key, planted in (
        ("campaign_results", "campaign_id", "planted_campaigns"),
        ("product_launches", "product_id", "planted_launches"),
    ):
        for name, expected in truth[planted].items():
            columns = ", ".join(f"cast({column} as double)" for column in expected)
            [found] = demo.rows(f"select {columns} from campaigns.{table} where {key} = '{name}'")
            meant = [None if cell == "none" else float(cell) for cell in expected.values()]
            assert list(found) == meant, name
    trial = truth["planted_trial"]
    [(treated, control, control_rate, uplift, low, high)] = demo.rows(
        "select treated_customers, control_customers, control_order_rate, uplift, uplift_low,"
        " uplift_high from campaigns.campaign_results"
        f" where campaign_id = '{trial['campaign_id']}'"
    )
    assert (treated, control) == (trial["treated_customers"], trial["control_customers"])
    # of those whom the letter moves some would have ordered anyway
    assert 0 < low < trial["added"] * (1 - control_rate) < high
    assert low < uplift < high
    assert demo.rows(
        "select count(*) from campaigns.campaign_results where control_customers > 0"
    ) == [(1,)]


def test_who_is_in_which_audience_is_as_planted(demo, truth):
    """And whose birthday is on 28 February this year, 59 days from now."""
    found = {
        (key, audience): reason
        for key, audience, reason in demo.rows(
            "select customer_key, audience, coalesce(exclusion_reason, 'included')"
            " from audiences.audience_members"
        )
    }
    for name, planted in truth["planted_audiences"].items():
        for audience, reason in planted["audiences"].items():
            assert found.get((f"demo:{planted['customer_id']}", audience)) == reason, name
    leap_day = f"demo:{truth['planted_audiences']['leap_day']['customer_id']}"
    assert demo.rows(
        "select moments.days_to_birthday from intermediate.int_moments as moments"
        " inner join core.customers as people using (customer_number)"
        f" where people.customer_key = '{leap_day}'"
    ) == [(59,)]


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
    warehouse.selection = ["--select", *STAGING, "+path:models/marts/core", *ONLY_OF_THEM]
    warehouse.variables = {}  # the project's own, as the oracle's
    warehouse.build(tmp_path, timezone="Europe/Berlin", currency="EUR")
    source = warehouse.rows("select source from core.reconciliation")[0][0]
    shop = {"name": source, "system": "files", "path": str(tmp_path), "timezone": "Europe/Berlin"}
    frames = oracle.build([shop], reporting_currency="EUR")
    for name in ("core.orders", "core.customers", "core.refunds", "core.events"):
        keys = oracle.KEYS[name]
        assert not oracle.compare(frames[name], warehouse.frame(name), keys, []), name
    assert warehouse.rows("select sum(raw_rows), sum(rejected_rows) from core.reconciliation") == [
        tuple(sum(rows[name] for rows in truth["rows"].values()) for name in ("raw", "rejected"))
    ]


def test_the_files_have_the_columns_of_the_contract(tmp_path, monkeypatch):
    contract = contract_of(PROJECT)
    columns = contract["orders"]["columns"]
    columns["gift_note"] = "text"
    monkeypatch.setattr("patronage.demo.make.contract_of", lambda project: contract)
    for file_format in ("csv", "parquet"):
        make_demo(tmp_path / file_format, 150, 3, file_format, progress=False)
    header, row = (tmp_path / "csv" / "orders.csv").read_text().splitlines()[:2]
    assert header.endswith(",_loaded_at,gift_note")
    assert row.endswith(",")
    part = pyarrow.parquet.read_table(tmp_path / "parquet" / "orders" / "part-00001.parquet")
    assert part.column_names == header.split(",")
    assert part["gift_note"].null_count == len(part) > 0
    del columns["gift_note"], columns["coupon_code"]
    with pytest.raises(ValueError, match="orders: the raw contract has no coupon_code"):
        make_demo(tmp_path / "lost", 150, 3, progress=False)
