"""Service, voice and scenarios of small shops, of which little is known, by hand."""

from __future__ import annotations

from datetime import date

import pytest

TABLES = {
    "customer_share": ["market_share", "share_of_wallet"],
    "advocacy": ["sharing_leaderboard", "follower_growth"],
    "service": ["service_quality", "product_quality", "leave_reasons", "survey_results"],
    "scenarios": ["retention_scenarios", "claims"],
}
# of dbt: a seed has the name of the claims already
MARTS = [
    table.replace("claims", "measured_claims") for tables in TABLES.values() for table in tables
]
NAMES = [f"{schema}.{table}" for schema, tables in TABLES.items() for table in tables]
NOBODY = "order_id,ordered_at\n"
ONE_ORDER = "order_id,ordered_at,customer_id,amount,country\n1,2024-01-05T09:00:00Z,c,5,DE\n"
SIDES = {
    "service_tickets": "ticket_id,opened_at,customer_id,order_id,product_id,channel,topic,"
    "resolved_at\n"
    "t1,2024-12-10T09:00:00Z,c,,p,Chat,Repair,2024-12-10T10:30:00Z\n"
    "t2,2025-01-11T09:00:00Z,,1,,,,\n"
    "t3,2025-02-01T09:00:00Z,c,,,chat,,\n",
    "survey_answers": "survey_id,respondent_id,question_id,answered_at,customer_id,answer\n"
    "lost,r1,leave_reason,2025-01-10,c,price\nlost,r2,leave_reason,2025-01-10,,\n",
    "category_spend": "category,year,customer_id,total_amount,own_rank,brands\n"
    "shoes,2024,c,50,2,3\nshoes,2025,c,50,,\n",
    "market_sizes": "category,year,amount,country\nshoes,2024,500,DE\nshoes,2025,500,\n",
    "follower_counts": "channel,counted_on,followers\ntube,2024-11-30,10\ntube,2025-01-01,12\n",
    "events": "event_id,occurred_at,event_type,customer_id,product_id,rating\n"
    "1,2025-01-03T09:00:00Z,product_shared,c,p,\n2,2025-01-04T09:00:00Z,product_reviewed,,p,2\n",
}
SHOPS = {
    "nobody": ({"orders": NOBODY}, [0, 0, 0, 0, 0, 0, 0, 0, 0, 10]),
    # of which nobody can say which day it is
    "voices_without_a_sale": (
        {"orders": NOBODY} | {name: SIDES[name] for name in SIDES if name != "events"},
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 10],
    ),
    "one_order_and_not_a_word": (
        {"orders": ONE_ORDER},
        [0, 0, 0, 0, 0, 0, 1, 0, 0, 10],
    ),
    # no lines: no product was sold, but one is spoken of in two months
    "one_order_and_all_voices": (
        {"orders": ONE_ORDER} | SIDES,
        [2, 2, 1, 3, 6, 2, 1, 2, 0, 10],
    ),
}


@pytest.mark.parametrize("name", SHOPS)
def test_shops_of_which_little_is_known(warehouse, shop, name):
    files, expected = SHOPS[name]
    settings = {"as_of": "2025-01-15"} if files["orders"] == ONE_ORDER else {}
    warehouse.build(shop(**files), checks=True, **settings)
    found = [warehouse.rows(f"select count(*) from {one}")[0][0] for one in NAMES]
    assert dict(zip(NAMES, found, strict=True)) == dict(zip(NAMES, expected, strict=True))
    if name != "one_order_and_all_voices":
        return
    assert warehouse.rows(
        "select month_start, channel, tickets, people, median_first_response_minutes,"
        " contacts_per_order, is_mature from service.service_quality order by all"
    ) == [
        (date(2024, 12, 1), "all", 1, 1, 90, None, False),
        (date(2024, 12, 1), "chat", 1, 1, 90, None, False),
        (date(2024, 12, 1), "unknown", 0, 0, None, None, False),
        # an order's ticket is its customer's; nobody has answered it
        (date(2025, 1, 1), "all", 1, 1, None, None, False),
        (date(2025, 1, 1), "chat", 0, 0, None, None, False),
        (date(2025, 1, 1), "unknown", 1, 1, None, None, False),
    ]
    assert warehouse.rows(
        "select month_start, product_id, units, reviews, mean_rating, tickets, claims"
        " from service.product_quality order by all"
    ) == [(date(2024, 12, 1), "p", 0, 0, None, 1, 1), (date(2025, 1, 1), "p", 0, 1, 2, 0, 0)]
    assert warehouse.rows("select reason, share from service.leave_reasons") == [
        ("survey:price", 1)
    ]
    assert warehouse.rows(
        "select answer, respondents, kind, response_rate, identified_share"
        " from service.survey_results order by all"
    ) == [("no_code", 2, None, None, 0.5), ("price", 2, None, None, 0.5)]
    assert warehouse.rows(
        "select method, year, share_of_wallet from customer_share.share_of_wallet order by all"
    ) == [("observed", 2024, 0), ("rank", 2024, pytest.approx(1 / 3))]
    assert warehouse.rows(
        "select country, own_amount, market_share from customer_share.market_share order by all"
    ) == [("DE", 0, 0), ("all", 0, None)]
    assert warehouse.rows(
        "select month_start, growth from advocacy.follower_growth order by all"
    ) == [(date(2024, 11, 1), None), (date(2024, 12, 1), None), (date(2025, 1, 1), 0.2)]
    # what counts is heard, so that the tiers tell: the one customer speaks for the shop
    assert warehouse.rows(
        "select claim_id, measured_value, is_met from scenarios.claims"
        " where measured_value is not null order by all"
    ) == [("likers", 0, False), ("lovers", 1, False), ("lurkers", 0, False),
          ("one_point_of_lovers", 0.01, False)]  # fmt: skip
