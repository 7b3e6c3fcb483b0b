"""The oracle's cross-sell marts, worked out by hand on small shops."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import Any

import oracle.seeds
import polars as pl
import pytest
from conftest import PROJECT
from oracle import baskets, building, consent, cross_sell, loyalty, offers
from oracle.tools import md5

AS_OF = "2024-12-31"
FEW = {"affinity_min_baskets": 2, "affinity_min_pairs": 2, "affinity_max_items": 3}
SEEDS = {
    "not_goods": "attribute,value\nname,postage\ncategory,Fees\n",
    "consent_events": "event_type,channel,purpose,status\n"
    "newsletter_unsubscribed,email,marketing,withdrawn\n",
    "product_tiers": "tier,tier_rank\nbasic,1\nstandard,2\nplus,3\nflagship,4\n",
    "held_bands": "band,min_products\nunknown,0\n1,1\n2,2\n",
    "loyalty_weights": "component,weight\nbreadth,30\ncadence,25\nrecency,20\nusage,15\n"
    "service,10\n",
}


@pytest.fixture
def opened(shop, tmp_path, monkeypatch):
    """Open a shop of sales: (customer, date, products), each product a line of one piece for 10."""
    seeds = tmp_path / "seeds"
    shutil.copytree(PROJECT / "seeds", seeds)
    for name, text in SEEDS.items():
        (seeds / f"{name}.csv").write_text(text)
    monkeypatch.setattr(oracle.seeds, "SEEDS", seeds)

    def open_shop(sales: list[tuple[Any, ...]], params: Any = None, **tables: Any) -> Any:
        orders, lines = [], []
        for number, (customer, day, products, *more) in enumerate(sales):
            order = {"order_id": number, "ordered_at": day, "customer_id": customer}
            orders.append(order | {"status": "", "amount": ""} | (more[0] if more else {}))
            lines += [
                {"order_id": number, "line_id": product, "product_id": product}
                | {"quantity": 1, "unit_price": 10}
                for product in products.split()
            ]
        lines = lines or [{"order_id": "none", "line_id": 1}]
        data = shop(orders=orders, order_lines=lines, **tables)
        return building.opened([{"name": "s", "path": str(data)}], as_of=AS_OF, params=params)[1]

    return open_shop


def test_what_is_ordered_together(opened):
    products = (
        "product_id,name,category\na,,tops\nb,,Tops\nc,,shoes\npost, POSTAGE ,\nfee,,fees\nd,,\n"
    )
    shop = opened(
        [
            ("", "2024-12-31", "a b"),
            ("x", "2024-01-02", "a b"),
            ("x", "2024-03-01", "a c"),
            ("y", "2024-03-01", "c"),
            ("y", "2024-03-01", "a b post fee"),
            ("y", "2024-01-01", "a b c"),  # too old
            ("y", "2024-03-01", "a b", {"status": "cancelled"}),
            ("y", "2024-03-01", "a b c d"),  # too many products, not too many categories
            ("y", "2024-03-01", "post"),
        ],
        FEW,
        products=products,
    )
    found = baskets.product_affinity(shop).filter(pl.col("basket") == "order")
    columns = ("item_level", "item_a", "item_b", "baskets", "baskets_a", "baskets_b", "baskets_ab")
    assert sorted(found.select(columns).rows()) == [
        ("category", "Tops", "tops", 6, 4, 5, 4),
        ("category", "shoes", "tops", 6, 3, 5, 2),
        ("category", "tops", "Tops", 6, 5, 4, 4),
        ("category", "tops", "shoes", 6, 5, 3, 2),
        ("product", "s:a", "s:b", 5, 4, 3, 3),
        ("product", "s:b", "s:a", 5, 3, 4, 3),
    ]
    row = found.filter(pl.col("item_a") == "s:a").row(0, named=True)
    assert row["support"] == pytest.approx(0.6)
    assert row["confidence"] == pytest.approx(0.75)
    assert row["lift"] == pytest.approx(0.75 / 0.6)
    assert row["shrunk_confidence"] == pytest.approx((3 + 20 * 0.6) / 24)


def test_what_follows_a_first(opened):
    shop = opened(
        [
            ("1", "2024-06-01", "a"),
            ("1", "2024-08-30", "b"),  # the 90th day after
            ("2", "2024-06-01", "a"),
            ("2", "2024-08-31", "b"),
            ("3", "2024-06-01", "a b"),
            ("4", "2024-10-02", "a"),  # the last date that has 90 days after it
            ("4", "2024-12-01", "b"),
            ("5", "2024-10-03", "a"),
            ("5", "2024-12-01", "b"),
            ("6", "2023-10-03", "a"),  # 455 days before as_of: too old for a first, but it is one
            ("6", "2024-06-01", "a"),
            ("6", "2024-06-02", "b"),
            ("", "2024-06-01", "a b"),
        ],
        FEW,
        products="product_id\na\n",
    )
    found = baskets.product_affinity(shop).filter(pl.col("basket") == "customer_90d")
    # occasions: 1 and 2 twice, 3 and 4 once, 6 with b; after 6's b nothing follows
    columns = ("item_a", "item_b", "baskets", "baskets_a", "baskets_b", "baskets_ab", "support")
    assert found.select(columns).rows() == [("s:a", "s:b", 7, 4, 2, 2, None)]
    assert found["lift"].to_list() == pytest.approx([(2 / 4) / (2 / 7)])
    assert found["shrunk_confidence"].to_list() == pytest.approx([(2 + 20 * 2 / 7) / 24])


def test_a_large_shop_counts_a_fixed_part(opened):
    sales = [(f"c{number}", "2024-12-01", "a b") for number in range(40)]
    shop = opened(sales, FEW | {"affinity_max_orders": 10}, products="product_id\na\n")
    found = baskets.product_affinity(shop).filter(pl.col("basket") == "order")
    keys = [f"s:c{number}" for number in range(40)]
    part = sum(int(md5(key)[:8], 16) / 16**8 < 0.25 for key in keys)
    assert found["baskets"].to_list() == [part, part]
    assert 0 < part < 40


def test_who_holds_more(opened):
    shop = opened(
        [
            ("x", "2022-01-01", "p"),
            ("x", "2023-05-01", "p q"),
            ("x", "2024-01-01", "r"),
            ("y", "2023-01-02", "p"),
            ("y", "2023-12-31", "p"),
            ("z", "2023-06-01", ""),
            ("z", "2024-12-31", "p"),
            ("w", "2022-12-31", "p"),
        ],
        {"held_months": 1},
        customers="customer_id,first_order_at\nz,2022-01-02\n",
    )
    columns = ("tenure_band", "held_band", "customers", "retained_customers", "is_left_censored")
    held = cross_sell.products_held(shop)
    assert held["month_start"].unique().to_list() == [dt.date(2024, 1, 1)]
    assert sorted(held.select(columns).rows()) == [
        ("1_to_2_years", "unknown", 1, 1, False),
        ("over_2_years", "2", 1, 1, True),
        ("under_1_year", "1", 1, 0, False),
    ]
    kept = held.filter(pl.col("held_band") == "2").row(0, named=True)
    assert kept["low"] == pytest.approx(1 / (1 + 1.959964**2))
    assert kept["high"] == pytest.approx(1)


def test_what_people_begin_with(opened):
    shop = opened(
        [
            ("x", "2024-01-02", "p"),
            ("x", "2024-01-02", "p q"),
            ("x", "2024-06-30", "r"),  # the 180th day
            ("y", "2024-01-03", "p"),
            ("y", "2024-07-02", "p"),  # the 181st
            ("z", "2024-01-02", "p"),
            ("n", "2024-12-31", "q"),
        ],
        customers="customer_id,first_order_at\nz,2023-01-01\n",
    )
    rows = cross_sell.gateway_products(shop).sort("product_key")
    columns = ("product_key", "first_customers", "repeat_rate_180d", "mean_net_365d", "is_small")
    assert rows.select(columns).rows() == [("s:p", 2, 0.5, 40.0, True), ("s:q", 2, 1.0, 40.0, True)]
    assert rows["share_of_first_customers"].to_list() == pytest.approx([2 / 3, 2 / 3])


def test_what_to_offer(opened):
    shop = opened(
        [
            *[("", "2024-12-01", "p1 p3")] * 3,
            ("c", "2024-12-20", "p1"),
            ("d", "2024-11-01", "p1"),
            ("e", "2024-12-20", "p1"),
            ("f", "2024-12-20", "p1"),
            ("g", "2024-12-20", "p1"),
            ("h", "2024-12-20", "p1 p2"),
            ("q", "2024-12-20", "p4"),
            ("old", "2024-01-01", "p1"),
        ],
        FEW | {"offer_group_customers": 3},
        products="product_id,family,tier,unit_cost\n"
        "p1,runner,Basic,\np2,runner, plus,9.99\np3,,,\np4,runner,plus,10\np5,runner,plus,\n",
        service_tickets="ticket_id,opened_at,customer_id,is_complaint,resolved_at\n"
        "1,2024-12-01,e,yes,\n2,2024-12-01,c,yes,2024-12-31\n3,2024-12-01,c,,\n",
        events="event_id,occurred_at,event_type,customer_id,rating\n"
        "1,2024-12-31,product_reviewed,f,2.5\n2,2024-12-01,product_reviewed,c,1\n"
        "3,2024-12-31,product_reviewed,c,3\n",
        refunds="refund_id,refunded_at,amount,order_id\n1,2024-12-31,1,7\n",
    )
    affinity = baskets.product_affinity(shop)

    def offered(**options: Any) -> dict[str, list[tuple[Any, ...]]]:
        rows = offers.next_best_offers(shop, affinity, **options).sort("customer_key", "offer_rank")
        columns = ("product_key", "kind", "because_product_key", "score")
        people = rows.group_by("customer_key", maintain_order=True).agg(pl.struct(columns))
        return {
            key.removeprefix("s:"): [tuple(offer.values()) for offer in made]
            for key, made in people.rows()
        }

    # 10 orders: p1 in 9, p3 in 3, p2 and p4 in one; six of seven customers have p1, one has p2
    with_p1 = ("s:p3", "cross_sell", "s:p1", pytest.approx((3 + 20 * 0.3) / 29))
    sells = [("s:p2", "best_seller", None, pytest.approx(1 / 7))]
    upsell = ("s:p2", "upsell", "s:p1", pytest.approx(20 * 0.1 / 29))
    assert offered() == {
        "c": [upsell, with_p1],
        "d": [with_p1, *sells],  # not fresh
        "e": [with_p1, *sells],  # has an open complaint
        "f": [with_p1, *sells],  # reviewed badly
        "g": [with_p1, *sells],  # gave something back
        "h": [with_p1],
        "q": [("s:p1", "best_seller", None, pytest.approx(6 / 7)), *sells],
    }
    persons = shop.persons.filter(pl.col("customer_key") == "s:c").select("person")
    assert offered(withdrawn=persons)["c"] == sells
    means = offers.next_best_offers(shop, affinity)["mean_unit_amount"].unique().to_list()
    assert means == [100_000]


def test_how_customers_behave(opened):
    shop = opened(
        [
            ("z", "2024-06-01", "p"),
            ("z", "2024-11-01", "q"),
            ("y", "2024-12-21", "p q r"),
            ("x", "2024-12-21", "p"),
        ],
        service_tickets="ticket_id,opened_at,customer_id,is_complaint,resolved_at\n"
        "1,2024-12-21,x,yes,\n2,2024-09-01,z,yes,2024-12-31\n",
        refunds="refund_id,refunded_at,amount,order_id,customer_id\n"
        "1,2024-12-22,2,3,\n2,2024-12-22,1,,x\n3,2024-12-22,5,0,\n",
        events="event_id,occurred_at,event_type,customer_id\n1,2024-12-02,page_viewed,z\n2,2024-12-01,page_viewed,y\n",
    )
    rows = loyalty.loyalty_behaviour(shop)
    found = {(row["customer_key"], str(row["scored_on"])): row for row in rows.to_dicts()}
    assert sorted(found) == [
        *(("s:x", AS_OF), ("s:y", AS_OF), ("s:z", "2024-10-02"), ("s:z", AS_OF)),
    ]
    x, y = found["s:x", AS_OF], found["s:y", AS_OF]
    components = ("breadth", "cadence", "recency", "usage", "service")
    recency = pytest.approx(100 * (1 - 10 / 180))
    assert [x[name] for name in components] == [40, 100, recency, None, 20]  # of 70 less 50
    assert [y[name] for name in components] == [100, 100, recency, None, 100]
    assert x["score"] == pytest.approx(
        (30 * 40 + 25 * 100 + 20 * 94.444444 + 10 * 20) / 85, abs=5e-3
    )
    assert (x["stage"], x["is_complete"], x["is_cross_sell_ready"]) == ("new", False, False)
    before, now = found["s:z", "2024-10-02"], found["s:z", AS_OF]
    assert before["service"] == 50  # the complaint was open, the refund not yet there
    assert now["service"] == 75
    score = (3000 + 2500 + 20 * 100 * (1 - 60 / 180) + 1500 + 750) / 100
    assert now["score"] == pytest.approx(score, abs=5e-3)
    assert (now["stage"], now["is_cross_sell_ready"]) == ("active", True)
    assert (now["usage"], now["is_complete"], before["usage"]) == (100, True, None)
    assert (before["bought_new_product_90d"], now["bought_new_product_90d"]) == (True, None)


def test_who_withdrew_consent(opened):
    said = """customer_id,email,phone,status,stated_at,channel
last,,,granted,2024-01-01T10:00Z,
last,,,withdrawn,2024-01-01T10:00Z,
later,,,withdrawn,2024-01-01T10:00Z,
later,,,granted,2024-01-01T10:01Z,
a day,,,withdrawn,2024-01-01T10:00Z,
a day,,,granted,2024-01-01,
day of no,,,withdrawn,2024-01-01,
day of no,,,granted,2024-01-01T10:00Z,
next day,,,withdrawn,2024-01-01,
next day,,,granted,2024-01-02,
channel,,,withdrawn,2024-01-01,sms
channel,,,granted,2024-01-02,
one of two,,,granted,2024-01-02,
other,,,withdrawn,2024-01-01,
,one@x.org,,withdrawn,2024-01-01,
,guest@x.org,,withdrawn,2024-01-01,
,stranger@x.org,,withdrawn,2024-01-01,
,office@x.org,,withdrawn,2024-01-01,
,office@x.org,,granted,2024-01-02,
named,,,granted,2024-01-02,
,,+49 30 1111111,granted,2024-01-02,
after as_of,,,withdrawn,2025-01-01,
"""
    rows = [line.split(",") for line in said.splitlines()]
    consents = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    for row in consents:
        row |= {"purpose": "personalisation", "channel": row["channel"] or "email"}
    people = {row["customer_id"]: "" for row in consents if row["customer_id"]}
    people |= {"one": "one@x.org", "other": "two@x.org", "one of two": "two@x.org"}
    people |= {f"office {number}": "office@x.org" for number in range(11)}
    shop = opened(
        [
            *[(name, "2024-12-01", "a") for name in people],
            ("", "2024-12-01", "a", {"email": "guest@x.org"}),
        ],
        customers=[{"customer_id": name, "email": email} for name, email in people.items()],
        consents=consents,
        events="event_id,occurred_at,event_type,customer_id,email\n"
        "1,2024-05-01,newsletter_unsubscribed,,one@x.org\n",
    )
    gone = consent.withdrawn(shop.consents, "personalisation")
    keys = gone.join(shop.persons, on="person")["customer_key"].sort().to_list()
    named = ["a day", "channel", "day of no", "last", "office 0", "one", "one of two"]
    offices = [f"office {number}" for number in range(1, 11)]
    assert keys == sorted(f"s:{name}" for name in [*named, *offices, md5("email:guest@x.org")])
    mailed = consent.withdrawn(shop.consents, "marketing")
    assert mailed.join(shop.persons, on="person")["customer_key"].to_list() == ["s:one"]
