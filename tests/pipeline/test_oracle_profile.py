"""The oracle's profile of small shops, worked out by hand."""

from __future__ import annotations

import datetime as dt
import math
import shutil
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import oracle.seeds
import polars as pl
import pytest
from conftest import PROJECT
from oracle import building, customer_share, engagement, profile
from oracle.ideal import (
    compared,
    fit_calibration,
    fit_points,
    graded,
    segments,
    similar_segments,
)
from oracle.tools import md5
from oracle.traits import role_of

AS_OF = "2024-12-31"
SEEDS = {
    "age_bands": "band,min_age\n13_to_17,13\n18_to_24,18\n65_or_more,65\n",
    "dayparts": "daypart,from_hour\nevening,18\nmorning,6\n",
    "job_roles": "keyword,role_level,priority\nco founder,owner,8\nmanager,manager,5\n"
    "assistant,clerical,3\nintern,student,9\nclerk,clerical,3\nanalyst,professional,3\n",
    "loyalty_tiers": "tier,tier_rank,min_net_amount_12m,min_order_days_12m,min_percent_rank\n"
    "bronze,1,,1,\nsilver,2,,2,0.5\ngold,3,100,2,0.5\n",
    "topic_traits": "topic,trait\ngarden,home_loving\n",
}


@pytest.fixture
def opened(shop, tmp_path, monkeypatch) -> Callable[..., tuple[Any, dict[str, pl.DataFrame]]]:
    """Open a shop in Berlin and compute its profile, with these reference tables."""
    seeds = tmp_path / "seeds"
    shutil.copytree(PROJECT / "seeds", seeds)
    for name, text in SEEDS.items():
        (seeds / f"{name}.csv").write_text(text)
    monkeypatch.setattr(oracle.seeds, "SEEDS", seeds)

    def open_shop(as_of: str | None = AS_OF, **tables: Any) -> Any:
        source = {"name": "s", "path": str(shop(**tables)), "timezone": "Europe/Berlin"}
        params = {"rare_value_limit": 1}
        made, opened_shop = building.opened([source], as_of=as_of, params=params)
        for subject in building.SUBJECTS:
            made |= subject.marts(opened_shop)
        return opened_shop, made | profile.marts(opened_shop, made)

    return open_shop


def orders_of(sales: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Orders of (customer, time, more columns …), for 10 each."""
    return [
        {"order_id": number, "customer_id": customer, "ordered_at": at, "amount": 10}
        | (more[0] if more else {})
        for number, (customer, at, *more) in enumerate(sales)
    ]


def lines_of(products: list[str]) -> list[dict[str, Any]]:
    """A line for each word of each order; `2x` are two pieces, `0x` none."""
    return [
        {"order_id": number, "line_id": name, "product_id": name.lstrip("0123456789")}
        | {"quantity": name[: -len(name.lstrip("0123456789"))] or 1, "unit_price": 10}
        for number, names in enumerate(products)
        for name in names.split()
    ]


def people(marts: dict[str, pl.DataFrame], *columns: str) -> dict[str, Any]:
    """Columns of the profile by customer id."""
    rows = marts["profile.customer_profile"].select("customer_key", *columns).rows()
    return {key.removeprefix("s:"): row[0] if len(row) == 1 else tuple(row) for key, *row in rows}


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Assistant Manager", "manager"),  # the greater priority
        ("Co-Founder & CTO", "owner"),
        ("Co - founder", "owner"),
        ("Founder Co", "unknown"),
        ("Internal manager", "manager"),  # `intern` is no whole word of it
        ("clerk/analyst", "professional"),  # of one priority the first keyword
        ("Manager's", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_level_of_a_job_title(title, level):
    rows = [line.split(",") for line in SEEDS["job_roles"].splitlines()[1:]]
    assert role_of(title, [(word, role, int(rank)) for word, role, rank in rows]) == level


def test_who_somebody_is(opened):
    _, marts = opened(
        orders=orders_of(
            [
                ("old", "2023-01-02"),
                ("young", "2024-01-02", {"email": "y@x.org"}),
                ("", "2024-12-31", {"phone": "+49 30 1111111"}),
                ("known", "2024-12-31"),
            ]
        ),
        customers="customer_id,email,birth_date,age_band,gender,job_title,first_order_at,is_staff,"
        "country,city\n"
        "old,,1914-12-31,18-24,f,Intern,,,DE,Ulm\n"  # 110 today
        "older,,1914-12-30,,,,,,,\n"
        "oldest,,1913-12-31,18-24,,,,,,\n"  # 111: impossible, and not in their own words either
        "child,,2012-01-01,,,,,,,\n"
        "young,,2006-12-31,65+,,,,,,\n"
        "leap,,2008-02-29,,,,,,,\n"
        "known,,,18-24,,,2022-12-31,,,\n"
        "boss,,1980-01-01,,,,,yes,,\n"
        "two,same@x.org,,,,,,,,Bonn\n"
        "three,same@x.org,2011-12-31,,m,,,,,Kiel\n",
    )
    found = people(marts, "age_years", "age_band", "tenure_days", "tenure_band", "known_share")
    guest = md5("phone:49301111111")
    assert found == {
        # birth date, gender, country, job title
        "old": (110, "65_or_more", 730, "over_2_years", 0.4),
        "older": (110, "65_or_more", None, "none", 0.1),
        "oldest": (None, "unknown", None, "none", 0.0),
        "child": (None, "unknown", None, "none", 0.0),
        "young": (18, "18_to_24", 365, "1_to_2_years", 0.2),
        "leap": (16, "13_to_17", None, "none", 0.1),
        "known": (None, "18-24", 732, "over_2_years", 0.0),
        "three": (13, "13_to_17", None, "none", 0.3),  # and of the other account the email
        guest: (None, "unknown", 1, "under_1_year", 0.1),
    }
    assert people(marts, "city", "gender", "role_level")["three"] == ("Kiel", "m", "unknown")
    assert people(marts, "role_level")["old"] == "student"
    coverage = marts["profile.attribute_coverage"]
    assert coverage.height == 20
    known = coverage.filter(pl.col("known_count") > 0).drop("people_count", "coverage")
    assert sorted(known.rows()) == [
        ("customers", "birth_date", 2),
        ("customers", "country", 1),
        ("customers", "email", 1),
        ("customers", "gender", 1),
        ("customers", "job_title", 1),
        ("customers", "phone", 1),
        ("prospects", "birth_date", 3),
        ("prospects", "email", 1),
        ("prospects", "gender", 1),
    ]
    assert coverage.group_by("people").agg(pl.col("people_count").first()).sort(
        "people"
    ).rows() == [
        ("customers", 4),
        ("prospects", 5),
    ]


def test_how_somebody_buys(opened):
    sales = [
        # a Monday at 23:30 in Berlin, its Tuesday morning, a date alone
        ("a", "2024-07-01T21:30Z", {"channel": "web", "payment_method": "card"}),
        ("a", "2024-07-02T04:00Z", {"channel": "web", "payment_method": "bill"}),
        ("a", "2024-07-08", {"channel": "app", "payment_method": "card", "discount_amount": 5}),
        ("b", "2024-12-31T17:00Z", {"channel": "web"}),
        ("b", "2024-12-31T05:00Z", {"channel": "app"}),
        ("b", "2024-12-30T04:59Z", {"channel": "web"}),
        ("b", "2024-01-01T10:00Z", {"channel": "app"}),  # 365 days ago: not one of the last 365
        ("c", "2024-10-03"),  # 90 days of history
        ("d", "2024-10-04"),
    ]
    shop, marts = opened(
        orders=orders_of(sales),
        order_lines=lines_of(["x y", "x", "z", "0y 9x z", "q"]),
        products="product_id,category,brand\nx,tops,North\ny,shoes,\nz,Tops,East\n",
        refunds="refund_id,refunded_at,amount,order_id,customer_id\n1,2024-12-31,2,3,\n"
        "2,2024-12-31,400,,b\n3,2024-12-31,5,2,\n",
        events="event_id,occurred_at,event_type,customer_id,device\n"
        "1,2024-12-01T10:00Z,page_viewed,a,\n2,2024-12-01T10:10Z,page_viewed,a,pc\n"
        "3,2024-12-02T10:00Z,page_viewed,a,pc\n4,2024-12-03T10:00Z,page_viewed,a,phone\n"
        "5,2024-07-05T10:00Z,page_viewed,a,pc\n"  # 179 days ago
        "6,2024-07-04T10:00Z,page_viewed,a,phone\n7,2024-12-03T10:00Z,email_opened,a,phone\n"
        "8,2024-12-03T10:00Z,page_viewed,b,pc\n9,2024-12-04T10:00Z,page_viewed,b,phone\n",
    )
    assert people(marts, "device_preference", "channel_preference", "payment_preference") == {
        "a": ("pc", "web", "card"),  # 3 of 4 sessions; 2 of 3 orders
        "b": (None, "web", None),
        "c": (None, None, None),
        "d": (None, None, None),
    }
    columns = ("favourite_weekday", "favourite_daypart", "top_category", "top_brand")
    assert people(marts, *columns) == {
        "a": (1, None, "tops", "North"),  # two orders with a time
        "b": (2, "evening", "Tops", "East"),  # hours 5 and 18 are of the evening
        "c": (None, None, None, None),
        "d": (None, None, None, None),
    }
    columns = ("orders_per_year", "multi_item_share", "discount_share", "refund_share")
    found = people(marts, *columns)
    assert found["a"][:2] == (pytest.approx(3 * 365 / 184), pytest.approx(1 / 3))
    assert found["a"][2:] == (pytest.approx(5 / 40), pytest.approx(5 / 35))
    assert found["b"][3] == 1
    assert found["c"] == (pytest.approx(365 / 90), None, 0, 0)
    assert found["d"][0] is None
    assert shop.orders.sort("order_row")["hour"].to_list() == [
        23,
        6,
        None,
        18,
        6,
        5,
        11,
        None,
        None,
    ]


def test_who_buys_in_one_season_only(opened):
    def days(customer: str, *dates: str) -> list[tuple[str, str]]:
        return [(customer, day) for day in dates]

    autumn = [f"{year}-{month}-15" for year in (2022, 2023, 2024) for month in ("09", "10", "11")]
    _, marts = opened(
        orders=orders_of(
            [
                *days("winter", "2022-01-15", "2022-12-15", "2023-01-10", "2023-02-01"),
                *days("one season", "2022-12-15", "2022-12-16", "2023-01-10", "2023-02-01"),
                *days("three days", "2022-12-15", "2023-12-16", "2024-01-10"),
                *days("elsewhere", "2022-12-15", "2023-12-16", "2024-01-10", "2024-06-10"),
                *days("tolerant", *autumn, "2024-06-01", "2024-06-02"),
                *days("too often", *autumn[:8], "2024-06-01", "2024-06-02", "2024-06-03"),
                *days("nine", *autumn[:8], "2024-06-01"),
                *days("young", "2023-01-03", "2023-02-01", "2024-01-03", "2024-02-01"),
                *days("one month", "2022-03-01", "2022-03-02", "2023-03-01", "2024-03-01"),
                *days("same", "2022-03-01", "2022-03-01", "2023-03-01", "2024-03-01"),
            ]
        )
    )
    assert people(marts, "is_seasonal", "season_month") == {
        "winter": (True, 1),  # of Nov, Dec to Jan and Dec to Feb only the last has all
        "one season": (False, None),
        "three days": (False, None),
        "elsewhere": (False, None),
        "tolerant": (True, 9),  # 9 of 11
        "too often": (False, None),  # 8 of 11
        "nine": (False, None),
        "young": (None, None),  # 729 days
        "one month": (True, 3),
        "same": (False, None),
    }


def test_what_somebody_likes(opened):
    def views(customer: str, topic: str, times: int, day: str = "2024-12-31") -> list[Any]:
        return [(customer, topic, day, "page_viewed")] * times

    seen = [
        *views("a", "garden", 5),
        *views("a", "sale", 3),
        *views("b", "sale", 4),
        *views("c", "sale", 9),
        *views("d", "garden", 5),
        *views("d", "", 5),
        *views("e", "garden", 5, "2024-07-04"),  # 180 days ago
        ("b", "nps", "2024-12-31", "survey_answered"),
        ("", "sale", "2024-12-31", "page_viewed"),
    ]
    events = [
        {"event_id": number, "customer_id": customer, "topic": topic, "event_type": kind}
        | {"occurred_at": day, "product_id": "", "is_bot": ""}
        for number, (customer, topic, day, kind) in enumerate(seen)
    ]
    wishes = [
        ("a", "p", "2024-06-01"),
        ("a", "p", "2024-09-01"),
        ("a", "q", "2024-06-01"),
        ("b", "p", "2024-06-01"),
    ]
    events += [
        {"event_id": f"w{number}", "customer_id": customer, "product_id": product}
        | {"event_type": "wishlist_added", "occurred_at": day, "topic": ""}
        for number, (customer, product, day) in enumerate(wishes)
    ]
    _, marts = opened(
        events=events,
        orders=orders_of([("a", "2024-08-30"), ("b", "2024-08-31"), ("a", "2024-08-30")]),
        order_lines=lines_of(["p", "p", "0q"]),
        consents="channel,purpose,status,stated_at,customer_id\n"
        "sms,personalisation,withdrawn,2024-05-01,d\nemail,marketing,withdrawn,2024-05-01,a\n",
        survey_answers="survey_id,respondent_id,question_id,answered_at,customer_id,answer\n"
        "1,1,preference,2024-05-01T10:00Z,a,tea\n1,2,preference,2024-05-01T10:00Z,a,beer\n"
        "1,3,preference,2024-04-01,a,wine\n1,4,other,2024-05-02,a,mud\n"
        "1,5,preference,2024-05-02,a,\n1,1,preference,2024-05-01,d,tea\n",
    )
    # of 26 events 10 are of gardens: a 100 · (5 / 8) / (10 / 26) = 162.5, c 100 · 26 / 16 = 162.5
    assert people(marts, "interest", "inferred_trait", "declared_preference") == {
        "a": ("garden", "home_loving", "beer"),
        "b": (None, None, None),  # four
        "c": ("sale", None, None),
        "d": (None, None, None),  # withdrew
        "e": (None, None, None),
    }
    wished = people(marts, "wishlist_items", "wishlist_bought")
    assert wished == {"a": (2, 1), "b": (1, 0), "c": (0, 0), "d": (0, 0), "e": (0, 0)}


def test_where_somebody_stands(opened):
    amounts = {"a": (50, 40), "b": (60, 60), "c": (30,), "d": (20,), "e": (90,), "f": (90,)}
    sales = [
        (customer, f"2024-0{number + 1}-02", {"amount": amount})
        for customer, spent in amounts.items()
        for number, amount in enumerate(spent)
    ]
    sales += [("before", "2023-12-31", {"amount": 500}), ("today", "2024-01-01", {"amount": 1})]
    _, marts = opened(
        orders=orders_of(sales),
        customers="customer_id,created_at,is_staff\nprospect,2024-01-01,\nboss,,yes\n",
        refunds="refund_id,refunded_at,amount,customer_id\n1,2024-12-01,1,noted\n"
        "2,2024-12-01,1,today\n3,2023-12-31,1,noted before\n",
        service_tickets="ticket_id,opened_at,customer_id,is_complaint,resolved_at\n"
        "1,2024-12-31,a,yes,\n2,2024-12-01,b,yes,2024-12-31\n3,2024-12-01,prospect,yes,\n",
    )
    # nets 20, 30, 90, 90, 90, 120, today 0, noted −1: P20 of the positive 30, P80 90
    found = people(marts, "spend_band", "loyalty_tier", "is_top_20_percent", "net_amount_12m")
    assert found == {
        "a": ("middle", "silver", True, Decimal(90)),  # percent rank 3 / 6; the second of eight
        "b": ("high", "gold", True, Decimal(120)),
        "c": ("low", "bronze", False, Decimal(30)),
        "d": ("low", "bronze", False, Decimal(20)),
        "e": ("middle", "bronze", False, Decimal(90)),  # one order day
        "f": ("middle", "bronze", False, Decimal(90)),
        "before": (None, "none", False, Decimal(0)),
        "today": ("non_positive", "bronze", False, Decimal(0)),
        "noted": ("non_positive", "none", None, Decimal(-1)),
        "noted before": (None, "none", None, Decimal(0)),
        "prospect": (None, "none", None, Decimal(0)),
    }
    columns = ("net_amount", "orders_12m", "order_days_12m", "has_open_complaint")
    found = people(marts, *columns, "lifecycle_stage")
    assert found["a"] == (Decimal(90), 2, 2, True, "lapsed")
    assert found["b"][3] is False
    assert found["prospect"] == (None, 0, 0, True, "prospect")
    assert found["before"][:3] == (Decimal(500), 0, 0)


def test_when_and_how_much_at_once(opened):
    _, marts = opened(
        orders=orders_of(
            [
                ("a", "2024-12-31T22:59Z", {"country": "DE"}),  # a Tuesday, 23:59 in Berlin
                ("a", "2024-12-24T22:00Z", {"country": "DE", "amount": 20}),
                ("", "2024-12-30T10:00Z"),
                ("a", "2024-12-30"),
                ("a", "2024-01-01T10:00Z"),  # too old
            ]
        ),
        order_lines=lines_of(["x", "2x 3y", "x", ""]),
    )
    patterns = marts["profile.purchase_patterns"]
    sizes = patterns.group_by("segment_by", "segment").len().sort("segment_by", "segment")
    stages = people(marts, "lifecycle_stage")
    assert sizes.rows() == [
        ("channel", "unknown", 175),
        ("country", "DE", 168),
        ("country", "unknown", 175),
        *sorted([("stage", stages["a"], 175), ("stage", "unattributed", 168)]),
        ("total", "all", 175),
    ]
    total = patterns.filter((pl.col("segment_by") == "total") & (pl.col("orders") > 0))
    assert total.select("weekday", "hour", "orders", "net_amount", "index").rows() == [
        (1, None, 1, Decimal(10), None),
        (1, 11, 1, Decimal(10), 5600.0),
        (2, 23, 2, Decimal(60), 11200.0),  # the lines decide
    ]
    mix = marts["profile.basket_mix"].filter(pl.col("segment_by") == "total")
    assert mix.drop("segment_by", "segment").rows() == [
        (4, 2, 1, 1, pytest.approx(1 / 3), pytest.approx(4 / 3), 1.0, Decimal(20), Decimal(50))
    ]


def base_of(rows: list[tuple[str, str | None, bool]]) -> pl.DataFrame:
    """A base of (gender, rfm segment, is a high spender), all other attributes unknown."""
    blank = dict.fromkeys(
        [
            *("age_band", "country", "region", "role_level", "household_size", "income_band"),
            *("customer_type", "acquisition_channel", "device_preference", "channel_preference"),
            *("top_category", "favourite_daypart", "loyalty_quadrant", "advocacy_tier"),
            "lead_band",
        ],
        pl.lit(None, pl.String),
    )
    return pl.DataFrame(
        {
            "customer_key": [f"c{number}" for number in range(len(rows))],
            "gender": [gender or None for gender, _, _ in rows],
            "rfm_segment": [segment for _, segment, _ in rows],
            "spend_band": ["high" if is_high else "low" for *_, is_high in rows],
        }
    ).with_columns(**blank, clv_365=pl.lit(None, pl.Float64))


def test_whom_the_best_are_like(opened):
    rows = [("f", "x", True)] * 2 + [("f", "x", False)] + [("m", "x", False)] * 3
    base = base_of([*rows, ("", "x", True), ("", "x", False)])
    members = base.filter(pl.col("spend_band") == "high")
    gender = compared(base, members, ("gender",)).sort("value")
    columns = ("value", "customers", "segment_customers", "base_customers", "base_total")
    assert gender.select(columns).rows() == [
        ("f", 2, 2, 3, 6),
        ("m", 0, 2, 3, 6),
        ("unknown", 1, 3, 2, 8),
    ]
    ideal = profile.ideal_customer(base)
    found = {row["value"]: row for row in ideal.filter(pl.col("attribute") == "gender").to_dicts()}
    assert ideal["segment"].unique().to_list() == ["high_spenders"]
    assert (found["f"]["index"], found["m"]["index"]) == (200, 0)
    # 1 against 1/4, pooled 1/2: .75 ÷ √(.25 · (1/2 + 1/4))
    assert found["f"]["z"] == pytest.approx(0.75 / math.sqrt(0.25 * 0.75))
    assert found["unknown"]["z"] == pytest.approx(
        (1 / 3 - 1 / 5) / math.sqrt(0.1875 * (1 / 3 + 1 / 5))
    )
    assert not ideal["is_distinctive"].any()

    points = fit_points(base, members)
    assert dict(points.filter(pl.col("trait") == "gender").select("value", "points").rows()) == {
        "f": round(math.log((2 + 25) / (52 * 0.5)), 6),
        "m": round(math.log(25 / (52 * 0.5)), 6),
    }
    fit = graded(base, base, points).select("fit_score", "fit_grade").rows()
    f, m = points.filter(pl.col("trait") == "gender").sort("value")["points"]
    # scores f f f m m m 0 0: P50 0, P80 between f and f
    assert fit == [*[(f, "A")] * 3, *[(m, "C")] * 3, *[(0.0, None)] * 2]
    assert graded(base, base, points.clear())["fit_grade"].to_list() == [None] * 8


def test_a_trait_of_enough_people_is_distinctive(opened):
    rows = [("f", "x", True)] * 60 + [("m", "x", True)] * 40
    base = base_of([*rows, *[("f", "x", False)] * 30, *[("m", "x", False)] * 69])
    ideal = profile.ideal_customer(base).filter(pl.col("attribute") == "gender")
    assert ideal.sort("value")["is_distinctive"].to_list() == [True, True]
    # one fewer in the segment
    ideal = profile.ideal_customer(base.slice(1)).filter(pl.col("attribute") == "gender")
    assert ideal["is_distinctive"].to_list() == [False, False]


def test_who_is_of_which_segment():
    base = base_of([("f", "x", number < 2) for number in range(6)]).with_columns(
        loyalty_quadrant=pl.Series(["true", "spurious", "latent", "none", "unknown", None]),
        advocacy_tier=pl.Series(["lover", "liker", "lurker", None, "lover", None]),
        lead_band=pl.Series(["strong", "medium", "weak", "unscored", "strong", "strong"]),
        clv_365=pl.Series([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),  # P80 is 5
    )
    found = {name: rows["customer_key"].to_list() for name, rows in segments(base).items()}
    assert found == {
        "high_spenders": ["c0", "c1"],
        "loyal": ["c0", "c1"],
        "lovers": ["c0", "c4"],
        "strong_leads": ["c0", "c4", "c5"],
        "top_clv": ["c4", "c5"],
    }
    unknown = base.with_columns(clv_365=pl.lit(None, pl.Float64))
    assert segments(unknown)["top_clv"].is_empty()


def test_grades_are_judged_on_the_other_half(opened):
    base = base_of([("f", "x", number % 3 == 0) for number in range(40)])
    even = [md5(key)[0] in "02468ace" for key in base["customer_key"]]
    judged = base.filter(~pl.Series(even))
    row = fit_calibration(base, "high_spenders").row(0, named=True)
    hits = (judged["spend_band"] == "high").sum()
    assert (row["fit_grade"], row["customers"]) == ("B", judged.height)
    assert (row["target_customers"], row["target_share"]) == (hits, hits / judged.height)
    assert row["low"] < row["target_share"] < row["high"]


def test_segments_that_are_alike(opened):
    def customers(segment: str, women: int, men: int) -> list[tuple[str, str, bool]]:
        return [("f", segment, False)] * women + [("m", segment, False)] * men

    base = base_of(
        [
            *(customers("a", 25, 5) + customers("b", 35, 5) + customers("c", 5, 30)),
            *(customers("few", 29, 0) + [("", "unknown", False)] * 30),
        ]
    )
    found = similar_segments(base).select("segment_a", "segment_b", "cosine", "is_merge_candidate")
    # of one attribute with two values every vector points to one side or the other
    assert found.rows() == [
        ("a", "b", 1.0, True),
        ("a", "c", -1.0, False),
        ("a", "unknown", None, False),
        ("b", "c", -1.0, False),
        ("b", "unknown", None, False),
        ("c", "unknown", None, False),
    ]


def test_which_visits_end_in_an_order(opened):
    def visit(who: str, at: str, kind: str = "page_viewed", **more: Any) -> dict[str, Any]:
        return {
            "customer_id": who,
            "occurred_at": at,
            "event_type": kind,
            "anonymous_id": "",
        } | more

    events = [
        visit("a", "2024-12-01T10:00Z"),  # before the first order, which is 30 minutes after
        visit("a", "2024-12-05T10:00Z"),
        visit("a", "2024-12-05T10:20Z"),
        visit("a", "2024-12-10T10:00Z"),  # the order is a second too late
        visit("b", "2024-12-01T10:00Z", anonymous_id="pc"),
        visit("b", "2024-12-01T10:00Z", anonymous_id="phone"),  # both lead to one order
        visit("", "2024-12-01T10:00Z", "order_completed", anonymous_id="nobody"),
        visit("", "2024-12-02T10:00Z", anonymous_id="nobody"),
        visit("boss", "2024-12-02T10:00Z"),
        visit("bot", "2024-12-02T10:00Z", is_bot="yes"),
        visit("c", "2024-11-30T23:30Z"),  # the first of December in Berlin
    ]
    shop, _ = opened(
        events=[{"event_id": number, "is_bot": ""} | event for number, event in enumerate(events)],
        orders=orders_of(
            [
                ("a", "2024-12-01T10:30Z"),
                ("a", "2024-12-05T10:50Z"),
                ("a", "2024-12-10T10:30:01Z"),
                ("b", "2024-12-01T10:10Z"),
            ]
        ),
        customers="customer_id,is_staff\nboss,yes\n",
    )
    found = engagement.visit_conversion(shop).sort("visitor_class")
    columns = ("visitor_class", "sessions", "converting_sessions", "orders")
    assert found["month_start"].unique().to_list() == [dt.date(2024, 12, 1)]
    assert found.select(*columns, "median_visits_before_order").rows() == [
        ("buyer", 2, 1, 1, 2.0),
        ("known", 4, 3, 2, 1.5),
        ("unknown", 2, 1, 1, None),
    ]
    assert found["conversion_rate"].to_list() == [0.5, 0.75, 0.5]


def test_how_much_of_the_profit_the_best_fifth_bring(opened):
    def profit(**more: Any) -> float | None:
        shop, _ = opened(
            orders=orders_of([(name, "2024-12-31") for name in "abcdef"]),
            order_lines=lines_of(["4x", "3y", "10y", "x", "y", "y"]),
            products="product_id,unit_cost\nx,9\ny,5\n",
            **more,
        )
        nets = customer_share.window_nets(shop, dt.date(2024, 1, 1), dt.date(2025, 1, 1))
        costs = customer_share.kept_costs(shop)
        return customer_share.profit_share(
            shop, costs, nets, dt.date(2024, 1, 1), dt.date(2025, 1, 1)
        )

    # profits 4, 15, 50, 1, 5, 5: of six customers two
    assert profit() == pytest.approx(65 / 80)
    # c gave back seven pieces and half of what they cost; a all, of their only product one piece
    refunds = (
        "refund_id,refunded_at,amount,order_id,product_id,quantity\n1,2024-12-31,35,2,y,7\n"
        "2,2024-12-31,40,0,,\n"
    )
    # a 0 − 27 (none), c 65 − 15
    assert profit(refunds=refunds) == pytest.approx(65 / 76)


def test_profit_needs_costs(opened):
    shop, _ = opened(
        orders=orders_of([("a", "2024-12-31"), ("b", "2024-12-31")]),
        order_lines=lines_of(["19x z", ""]),
        products="product_id,unit_cost\nx,0\nz,\n",
    )
    nets = customer_share.window_nets(shop, dt.date(2024, 1, 1), dt.date(2025, 1, 1))
    span = (dt.date(2024, 1, 1), dt.date(2025, 1, 1))
    costs = customer_share.kept_costs(shop)
    # 190 of 210 of the goods
    assert customer_share.profit_share(shop, costs, nets, *span) is None
    cheap = shop._replace(orders=shop.orders.filter(pl.col("lines") > 0))  # 190 of 200
    nets = customer_share.window_nets(cheap, *span)
    assert customer_share.profit_share(cheap, costs, nets, *span) == 1.0


@pytest.mark.parametrize(
    "tables",
    [
        {"orders": "order_id,ordered_at\n"},
        {"orders": "order_id,ordered_at\n", "customers": "customer_id,birth_date\na,1980-01-01\n"},
        {"orders": "order_id,ordered_at,status,customer_id\n1,2024-12-01,cancelled,a\n"},
        {"orders": "order_id,ordered_at\n1,2024-12-01\n"},
    ],
)
def test_shops_of_almost_nothing(opened, tables):
    shop, marts = opened(as_of=None, **tables)
    assert marts["profile.attribute_coverage"].height == 20
    assert marts["profile.customer_profile"].height == shop.persons.height
    assert marts["profile.ideal_customer"].height == 0
    assert engagement.visit_conversion(shop).height == 0
