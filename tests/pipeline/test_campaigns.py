"""What campaigns bring, in small shops by hand."""

from __future__ import annotations

from datetime import date

import pytest

MARTS = ["path:models/marts/campaigns"]

RESULTS = """
    select campaign_id, started_on, sends, recipients, attributed_orders, attributed_net_amount
    from campaigns.campaign_results order by campaign_id
"""


def test_persons_and_business_dates_from_the_files_on(warehouse, shop):
    """Staff and bots get nothing; an address that two accounts share is a person here.

    Half past ten in the evening in UTC is still the order's day in Berlin, an hour later is not.
    """
    data = shop(
        orders="order_id,ordered_at,customer_id,amount\n"
        "dated,2025-03-10,ann,40\ntimed,2025-03-10T12:00:00Z,bob,20\nof_staff,2025-03-10,sam,9\n",
        customers="customer_id,email,is_staff\nann,,\nbob,,\nsam,,true\ncy,c@x.de,\ndi,c@x.de,\n",
        campaigns="campaign_id,name,channel,started_at\nletter,Letter,email,2025-02-28\n",
        events="event_id,occurred_at,event_type,campaign_id,customer_id,anonymous_id,email,order_id,is_bot\n"
        "1,2025-03-01,campaign_received,letter,ann,,,,\n"
        "2,2025-03-01,campaign_received,letter,sam,,,,\n"
        "3,2025-03-01,campaign_received,letter,bob,,,,true\n"
        "4,2025-03-01,campaign_received,letter,,v,,,\n"
        "5,2025-03-01,campaign_received,letter,,,C@x.de,,\n"
        "6,2025-03-02,campaign_received,letter,,,c@x.de,,\n"
        "7,2025-03-10T22:30:00Z,email_clicked,letter,ann,,,,\n"
        "8,2025-03-10T23:30:00Z,email_clicked,other,ann,,,,\n"
        "9,2025-03-10T11:00:00Z,coupon_redeemed,coupon,,w,,timed,\n"
        "10,2025-03-10T11:00:00Z,coupon_redeemed,coupon,sam,,,of_staff,\n",
    )
    shared = ("--vars", "shared_contact_customer_ids: 1")
    warehouse.build(data, *shared, timezone="Europe/Berlin", as_of="2025-03-31")
    assert warehouse.rows(RESULTS) == [
        ("coupon", date(2025, 3, 10), 0, 0, 1, 20),
        ("letter", date(2025, 2, 28), 4, 3, 1, 40),
        ("other", date(2025, 3, 11), 0, 0, 0, 0),
    ]
    assert warehouse.rows(
        "select month_start, kind, sends, recipients, attributed_orders from campaigns.automation"
    ) == [(date(2025, 3, 1), "unknown", 4, 3, 2)]
    warehouse.build(data, *shared, timezone="Europe/Berlin", as_of="2025-03-09")
    assert warehouse.rows(RESULTS) == [("letter", date(2025, 2, 28), 4, 3, 0, 0)]


SHOPS = {
    "nobody": ({}, [0, 0, 0, 0]),
    "spend_alone": (
        {"marketing_spend": "spend_date,amount,campaign_id\n2024-12-31,5,lost\n"},
        # two months of all channels and of one that is not named
        [0, 4, 0, 1],
    ),
    "a_campaign_and_a_product_to_come": (
        {
            "campaigns": "campaign_id,started_at\n1,2025-01-01\n2,2025-01-02\n",
            "products": "product_id,released_at\np,2026-01-01\n",
        },
        [1, 0, 1, 0],
    ),
}


@pytest.mark.parametrize("name", SHOPS)
def test_shops_of_which_little_is_known(warehouse, shop, name):
    files, rows = SHOPS[name]
    data = shop(orders="order_id,ordered_at,amount\n", **files)
    warehouse.build(data, as_of="2025-01-01", checks=True)
    tables = ("campaign_results", "acquisition_costs", "product_launches", "automation")
    found = [warehouse.rows(f"select count(*) from campaigns.{table}")[0][0] for table in tables]
    assert found == rows
