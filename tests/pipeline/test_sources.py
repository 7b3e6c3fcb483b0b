"""Several sources of one shop: whose customer ids they bring."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import PROJECT, STAGING
from test_oracle import differences
from test_systems import SYSTEMS, assert_sums, expected

from patronage.dbt import BuildError

ORDERS = "order_id,ordered_at,customer_id,amount\n"
SHOP = {
    "orders": ORDERS + "1,2024-01-05,7,10\n2,2024-02-05,7,20\n3,2024-02-06,8,5\n",
    "customers": "customer_id,email\n7,ann@example.com\n",
}
WEB = {
    "events": "event_id,occurred_at,event_type,anonymous_id,customer_id\n"
    "e1,2024-01-04 10:00:00,page_viewed,v1,\n"
    "e2,2024-01-04 10:05:00,product_viewed,v1,7\n"
    "e3,2024-02-04 10:00:00,page_viewed,v2,9\n"
}
OTHER = {"orders": ORDERS + "1,2024-03-01,7,30\n"}
PERSONS = "select customer_key, customer_ids, orders from core.customers order by 1"


@pytest.fixture
def three(shop, tmp_path) -> list[dict[str, Any]]:
    """A shop, its web site's events with the shop's own customer ids, and a shop of others."""

    def source(name: str, tables: dict[str, str]) -> dict[str, Any]:
        return {"name": name, "system": "files", "path": str(shop(name, **tables))}

    return [
        source("shop", SHOP),
        source("web", WEB) | {"ids_of": "shop"},
        source("other", OTHER),
    ]


def test_a_sources_customer_ids_may_be_those_of_another(warehouse, three):
    warehouse.build(sources=three, checks=True)
    assert warehouse.rows(PERSONS) == [
        ("other:7", 1, 1),
        ("shop:7", 1, 2),
        ("shop:8", 1, 1),
        ("shop:9", 1, 0),
    ]
    assert warehouse.rows("select event_key, customer_key from core.events order by 1") == [
        ("web:e1", "shop:7"),
        ("web:e2", "shop:7"),
        ("web:e3", "shop:9"),
    ]
    settings = {"reporting_currency": "EUR", "params": {"rare_value_limit": 1}}
    assert differences(warehouse, three, **settings) == []
    # whoever asks one of them is asked for at both
    (Path(three[1]["path"]) / "erasures.csv").write_text("customer_id,requested_at\n7,2024-03-02\n")
    warehouse.build(sources=three, salt="pepper")
    keys = [key for key, *_ in warehouse.rows(PERSONS)]
    assert len(keys) == 4
    assert "shop:7" not in keys
    assert "other:7" in keys


def test_a_source_that_has_no_ids_of_its_own_is_named(warehouse, three):
    warehouse.selection = ["--select", *STAGING]
    three[0]["ids_of"] = "other"
    three[2]["ids_of"] = "elsewhere"
    with pytest.raises(BuildError) as found:
        warehouse.build(sources=three)
    assert sorted(found.value.args) == [
        "source 'other': ids_of names no other source: 'elsewhere'",
        "source 'shop': ids_of names 'other', whose own ids are those of 'elsewhere':"
        " name that one",
        "source 'web': ids_of names 'shop', whose own ids are those of 'other': name that one",
    ]


def test_shopify_klaviyo_and_google_analytics_make_one_warehouse(warehouse, tmp_path):
    """As docs/own_data.md writes it, of the made-up shops of these systems.

    Ada of Shopify is Klaviyo's ann by her address, and Google Analytics' c7 by her id.
    """
    text = (PROJECT / "docs/own_data.md").read_text(encoding="utf-8")
    (block,) = [one for one in re.findall("```yaml\n(.*?)```", text, re.DOTALL) if "ids_of" in one]
    sources = yaml.safe_load(block)["vars"]["sources"]
    for source in sources:
        folder = tmp_path / Path(source["path"]).name
        shutil.copytree(SYSTEMS / source["system"], folder)
        source["path"] = str(folder)
        for file in [*folder.rglob("*.csv"), *folder.rglob("*.jsonl")]:
            written = file.read_text(encoding="utf-8").replace(
                "ann@klaviyo.example", "ada@shopify_csv.example"
            )
            file.write_text(written.replace('"c7"', '"7000000000001"'), encoding="utf-8")
    (tmp_path / "ga4/events_20240304.parquet").unlink()
    sources[0]["timezone"] = "America/New_York"  # where that shop's totals were worked out
    warehouse.selection = ["--select", *STAGING, "+customers", "+refunds", "+events"]
    warehouse.build(sources=sources)
    assert_sums(warehouse, "shop", expected("shopify_csv"))
    assert warehouse.rows("select distinct source from core.orders") == [("shop",)]
    ada = "where customer_key = 'shop:7000000000001'"
    assert warehouse.rows(f"select customer_ids, orders, net_amount from core.customers {ada}") == [
        (1, 1, 40)
    ]
    done = (
        f"select split_part(event_key, ':', 1), event_type, count(*) from core.events {ada}"
        " and not is_bot group by all order by all"
    )
    assert warehouse.rows(done) == [  # as the two systems' own expected.yml have them
        ("mail", "campaign_received", 1),
        ("mail", "email_clicked", 1),
        ("mail", "email_opened", 1),
        ("mail", "newsletter_subscribed", 1),
        ("web", "checkout_started", 1),
        ("web", "order_completed", 1),
        ("web", "page_viewed", 4),
        ("web", "product_added", 1),
        ("web", "product_viewed", 1),
    ]
