"""Engagement and advocacy, worked out by hand on small shops through the whole pipeline."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import PROJECT, STAGING

from patronage.dbt import BuildError, dbt_environment, run_dbt

# all that is looked at here
MARTS = [f"path:models/marts/{schema}" for schema in ("core", "engagement", "advocacy")]
HEAD = "event_id,occurred_at,event_type,customer_id,anonymous_id"
ORDERS = "order_id,ordered_at,customer_id,amount\no1,2025-01-01,a,10\n"


def events_of(*rows: str, more: str = "") -> str:
    """An events file of these rows."""
    return "\n".join([HEAD + more, *rows]) + "\n"


def anonymous(name: str) -> str:
    """The key of a visitor that nothing identifies."""
    return f"files:anon:{hashlib.md5(name.encode()).hexdigest()}"


def test_caps_hold_per_date_of_the_shop_and_per_person(warehouse, shop):
    """Two newsletter sign-ups of one date in Berlin score once, across midnight twice.

    22:30Z on 1 July is 00:30 on 2 July in Berlin. a: 1 July 21:00Z and 22:30Z are two dates: 40.
    b: 22:30Z and 2 July 21:00Z are one date: 20. c signs up as a visitor and, identified later
    that day, again: one person, one date: 20. d takes two unsubscribes of one date back as one
    sign-up: 0. The visitor x, whom nothing identifies: 20.
    """
    signs, quits = "newsletter_subscribed", "newsletter_unsubscribed"
    data = shop(
        orders=ORDERS,
        events=events_of(
            f"1,2025-07-01T21:00:00Z,{signs},a,",
            f"2,2025-07-01T22:30:00Z,{signs},a,",
            f"3,2025-07-01T22:30:00Z,{signs},b,",
            f"4,2025-07-02T21:00:00Z,{signs},b,",
            f"5,2025-07-03T10:00:00Z,{signs},,v",
            f"6,2025-07-03T11:00:00Z,{signs},c,v",
            f"7,2025-07-01T10:00:00Z,{signs},d,",
            f"8,2025-07-02T10:00:00Z,{quits},d,",
            f"9,2025-07-02T11:00:00Z,{quits},d,",
            f"10,2025-07-03T10:00:00Z,{signs},,x",
            "11,2025-07-03T10:00:00Z,page_viewed,,bot",
            more="",
        ).replace("bot\n", "y\n"),
    )
    warehouse.build(data, timezone="Europe/Berlin", checks=True)
    found = dict(warehouse.rows("select person_key, raw_score from engagement.lead_scores"))
    assert found == {
        "files:a": 40,
        "files:b": 20,
        "files:c": 20,
        "files:d": 0,
        anonymous("x"): 20,
        anonymous("y"): 1,
    }
    assert warehouse.rows(
        "select unsubscribes, raw_score, band from engagement.lead_scores"
        " where person_key = 'files:d'"
    ) == [(2, 0, "weak")]
    assert warehouse.rows(
        "select events, scored_events, points from engagement.engagement_contributions"
        " where customer_key = 'files:b'"
    ) == [(2, 1, 10)]


def test_a_lead_becomes_strong_once_and_stays_so_dated(warehouse, shop):
    """Ten files of 20 points (3 a day) make 200 on the fourth day, a page view 201.

    The unsubscribe brings the score to 181: medium, yet strong since 4 July 12:00. z gets 200
    and no more. The files of 1 July beyond the third bring nothing.
    """
    rows, number = [], 0
    for who in ("a", "z"):
        for day, files in ((1, 5), (2, 3), (3, 3), (4, 1)):
            for minute in range(files):
                number += 1
                at = f"2025-07-{day:02}T10:{minute:02}:00Z"
                rows.append(f"{number:03},{at},file_downloaded,{who},")
    rows.append("900,2025-07-04T12:00:00Z,page_viewed,a,")
    rows.append("901,2025-07-05T12:00:00Z,newsletter_unsubscribed,a,")
    warehouse.build(shop(orders=ORDERS, events=events_of(*rows)), as_of="2025-07-05")
    assert warehouse.rows(
        "select person_key, raw_score, band, became_strong_at from engagement.lead_scores"
        " order by 1"
    ) == [
        ("files:a", 181, "medium", datetime(2025, 7, 4, 12)),
        ("files:z", 200, "medium", None),
    ]


@pytest.fixture
def year(shop):
    """A shop of 2024 and 2025 whose customers speak now and then; amounts times a factor."""

    def write(folder: str, factor: int = 1) -> Path:
        orders = ["order_id,ordered_at,customer_id,amount,referral_code"]
        events = []
        kinds = ["product_shared", "product_liked", "page_viewed", "product_reviewed"]
        for n in range(40):
            for k in range(1 + n % 4):
                day = date(2024, 1, 1) + timedelta(days=(n * 37 + k * 91) % 700)
                code = f"c{n % 5}" if n % 3 == 0 and k == 0 else ""
                orders.append(f"o{n}-{k},{day},u{n},{(n * 7 % 11 + k) * factor}.50,{code}")
            for k in range(n % 6):
                day = date(2024, 1, 1) + timedelta(days=(n * 53 + k * 97) % 725)
                events.append(
                    f"e{n}-{k},{day}T10:00:00Z,{kinds[(n + k) % 4]},u{n},,"
                    f"{(n + k) % 3 + 3},good,c{n}"
                )
        head = HEAD + ",rating,text,referral_code"
        return shop(
            folder,
            orders="\n".join(orders) + "\n",
            events="\n".join([head, *events]) + "\n",
        )

    return write


def test_no_tier_reads_money(warehouse, year):
    tables = (
        "advocacy.advocacy_tiers",
        "advocacy.advocacy_tier_summary",
        "advocacy.advocacy_tier_movements",
        "advocacy.loyalty_vs_advocacy",
        "advocacy.advocate_candidates",
        "engagement.engagement_scores",
    )
    found = []
    for factor in (1, 1000):
        warehouse.build(year(f"times{factor}", factor))
        found.append([warehouse.rows(f"from {table} order by all") for table in tables])
        tiers = dict(
            warehouse.rows("select tier, count(*) from advocacy.advocacy_tiers group by 1")
        )
        assert min(tiers.get(tier, 0) for tier in ("lover", "liker", "lurker")) > 0
    assert found[0] == found[1]


def test_a_past_state_is_the_history_of_a_later_one(warehouse, year):
    """What the build of an earlier as_of calls today is what a later one calls that month's end.

    And a score at the later date is the earlier one decayed, plus the points of the days between.
    """
    data = year("history")
    then, days = date(2025, 6, 30), 184
    warehouse.build(data, as_of="2025-06-30")
    tiers = warehouse.rows(
        "select tier, count(*) from advocacy.advocacy_tiers group by 1 order by 1"
    )
    moves = "select * from advocacy.advocacy_tier_movements where month_start <= '2025-06-01'"
    history = warehouse.rows(f"{moves} order by all")
    scores = dict(warehouse.rows("select customer_key, score from engagement.engagement_scores"))
    leads = dict(warehouse.rows("select person_key, raw_score from engagement.lead_scores"))
    warehouse.build(data, as_of="2025-12-31")
    assert tiers == warehouse.rows(
        "select tier, customers from advocacy.advocacy_tier_summary"
        " where month_start = '2025-06-01' and customers > 0 order by 1"
    )
    assert history == warehouse.rows(f"{moves} order by all")
    later = dict(warehouse.rows("select customer_key, score from engagement.engagement_scores"))
    new_points = {}
    for key, event_date, engagement, lead in warehouse.rows(
        "select customer_key, event_date, engagement_points, lead_points from core.events"
        f" inner join seeds.event_points using (event_type) where event_date > '{then}'"
    ):  # one event a day and type at most: no cap is reached
        decayed, raw = new_points.get(key, (0, 0))
        age = (date(2025, 12, 31) - event_date).days
        new_points[key] = (decayed + engagement * 0.5 ** (age / 30), raw + lead)
    assert new_points
    for key, score in later.items():
        old, new = scores.get(key, 0) * 0.5 ** (days / 30), new_points.get(key, (0, 0))[0]
        assert score == pytest.approx(old + new, abs=1e-5), key
        if not new:
            assert score <= scores.get(key, 0), key
    for key, score in warehouse.rows("select person_key, raw_score from engagement.lead_scores"):
        assert (score or 0) == (leads.get(key) or 0) + new_points.get(key, (0, 0))[1], key


def test_a_lover_is_one_for_365_days(warehouse, shop):
    """The act of 10 March 2024 counts up to 9 March 2025 and no longer."""
    data = shop(
        orders=ORDERS.replace("2025", "2024"),
        events=events_of("e,2024-03-10T10:00:00Z,product_shared,a,"),
    )
    warehouse.selection = ["--select", *STAGING, "+advocacy_tiers"]
    for as_of, tier in (
        ("2024-03-09", "lurker"),
        ("2024-03-10", "lover"),
        ("2025-03-09", "lover"),
        ("2025-03-10", "lurker"),
    ):
        warehouse.build(data, as_of=as_of)
        assert warehouse.rows("select tier from advocacy.advocacy_tiers") == [(tier,)], as_of


def test_an_act_of_a_guest_is_joined_after_sign_in(warehouse, shop):
    """What a shared before signing in is his act; his referral of himself is none.

    b uses a's code, a second account of a does, too: b's order is referred, the other is not,
    whichever account the code stands at.
    """
    data = shop(
        customers="customer_id,email,referral_code\na,x@y.zz,CODE\na2,X@Y.zz,\nb,,\n",
        orders="order_id,ordered_at,customer_id,amount,referral_code\n"
        "1,2025-01-03,a2,5,CODE\n2,2025-01-04,b,7,CODE\n3,2025-01-05,b,9,CODE\n",
        events=events_of(
            "e1,2025-01-01T10:00:00Z,product_shared,,v,",
            "e2,2025-01-02T10:00:00Z,page_viewed,a,v,",
            "e3,2025-01-03T10:00:00Z,referral_converted,a,,1",
            "e4,2025-01-04T10:00:00Z,referral_converted,a,,2",
            more=",order_id",
        ),
    )
    warehouse.build(data, checks=True)
    assert warehouse.rows(
        "select event_key, customer_key, act_type from core.advocacy_acts order by 1"
    ) == [
        ("files:e1", "files:a", "product_shared"),
        ("files:e4", "files:a", "referral_converted"),
    ]
    assert warehouse.rows(
        "select referred_orders, referred_net_amount, wom_revenue_share, k_factor"
        " from advocacy.word_of_mouth"
    ) == [(1, 7, round(7 / 21, 9), None)]


@pytest.mark.parametrize(
    "events", [None, events_of(*(f"{n},2025-01-01,page_viewed,,v{n}" for n in "123"))]
)
def test_a_shop_without_orders_or_events_has_no_advocates_and_no_fault(warehouse, shop, events):
    tables = {"orders": "order_id,ordered_at\n"}
    if events:
        tables["events"] = events
    warehouse.build(shop("none", **tables), checks=True)
    assert warehouse.rows("select count(*) from advocacy.advocacy_tiers") == [(0,)]
    assert warehouse.rows("select count(*) from engagement.lead_scores") == [(3 if events else 0,)]
    assert warehouse.rows("select sum(customers), count(*) from advocacy.value_vs_advocacy") == [
        (0, 9)
    ]
    assert warehouse.rows("select distinct lovers_gain from advocacy.advocacy_what_if") == [(None,)]


# ---------------------------------------------------------------- seeds that a marketer has spoiled

GOOD_BANDS = "weak,,true\nmedium,100,true\nstrong,200,false\n"
SPOILED = {
    "event_points.csv": {
        "page_viewed,1,1,10,,,true": "page_viewed,-1,1,10,,,true",
        "product_viewed,2,2,10,,,true": "product_viewed,2,,10,,,true",
        "product_added,5,5,5,,,true": "product_added,5,5,-5,,,true",
        "product_liked,3,2,5,signal,,true": "product_liked,3,2,5,fan,,true",
        "form_submitted,5,25,2,,,true": "form_submitted,5,25,2,,,",
        "newsletter_unsubscribed,0,-20": "newsletter_unsubscribed,0,-19",
        "video_watched,3,10,3,,,true": ",3,10,3,,,true,,\nVideo watched,3,10,3,,,true",
        "email_opened,1,1,3,,,false,open": "email_opened,1,1,3,,,false,opened",
        "support_contacted,2,0,2,,,false,,\n": "support_contacted,2,0,2,,,false,,\n"
        "page_viewed,1,1,1,,,true,,\n",
    },
    "lead_score_bands.csv": {
        GOOD_BANDS: "weak,0,true\nmedium,200,true\nlow,100,true\nbig,300,\n"
        "twice,400,true\ntwice,500,true\n"
    },
    "engagement_levels.csv": {"warm,10,true": "none,10,true\n,20,true\nwarm,,true"},
    "age_bands.csv": {"13_to_17,13": "unknown,13", "18_to_24,18": "18_to_24,"},
    "job_roles.csv": {
        "co founder,owner,8": "co-founder,owner,8",
        "ceo,executive,7": "ceo,unknown,7",
        "cfo,executive,7": "cfo,executive,",
    },
    "dayparts.csv": {"morning,6": "night,6", "midday,11": "midday,24"},
    "topic_traits.csv": {
        "organic,eco_minded": "Vegan ,eco_minded",
        "travel,adventurous": "travel,",
    },
    "loyalty_tiers.csv": {"bronze,1,": "none,1,", "0.95": "95"},
    "refund_reasons.csv": {"defective,true": "Defective,true", "faulty,true": "faulty,"},
    "ticket_topics.csv": {"repair,true": "Repair,true", "defect,true": "defect,"},
    "claims.csv": {
        "0.75,0.85": "0.95,0.85",
        'lurkers,"Jakob Nielsen 2006, participation inequality"': "lurkers,",
        "1.2,,profile.purchase_patterns": "1.2,,profile.basket_mix",
    },
}
SELECTED = [name.removesuffix(".csv") for name in SPOILED]
MESSAGES = [
    "event_points: engagement_points must be 0 or more: page_viewed",
    "event_points: lead_points must be a whole number, 0 for none: product_viewed",
    "event_points: daily_cap must be 0 or more, or empty for no cap: product_added",
    "event_points: advocacy_kind must be act, signal or empty: product_liked",
    "event_points: is_visit must be true or false: form_submitted",
    "event_points: campaign_step must be send, withheld, open, click, redeem or empty:"
    " email_opened",
    "event_points: newsletter_unsubscribed must have the lead_points of newsletter_subscribed with"
    " the other sign (-20) and the same daily_cap",
    "event_points: every row needs an event_type in lower case, without blanks around it:",
    "grain_event_points_event_type: Got 2 results",
    "weak is the lowest, so its min_score must be empty",
    "low begins no higher than the band above it in the file: sort them, lowest first",
    "twice stands more than once",
    "big needs true or false in is_min_inclusive",
    "engagement_levels: none is the name of those without a score",
    "a row without a name needs a name",
    "warm needs a min_score: only the first band is open below",
    "age_bands: every band needs a name that no other has, and unknown is kept for customers"
    " without an age: unknown",
    "age_bands: min_age must be 0 or more: 18_to_24",
    "grain_age_bands_min_age: Got 1 result",
    "job_roles: keyword must be words in lower case with one blank between them, without"
    " . , ; : / & ( ) - _ +: co-founder",
    "job_roles: role_level must be given, and unknown is kept for titles without a keyword: ceo",
    "job_roles: priority must be a whole number: cfo",
    "dayparts: every part of the day needs a name that no other has: night, night",
    "dayparts: from_hour must be 0 to 23: midday",
    "topic_traits: every topic must be given once, in whatever case: Vegan , vegan",
    "topic_traits: every topic needs a trait: travel",
    "loyalty_tiers: every tier needs a name that no other has, and none is kept for customers"
    " without one: none",
    "loyalty_tiers: min_percent_rank must be 0 to 1, or empty: platinum",
    "refund_reasons: every row needs a reason in lower case, without blanks around it: Defective",
    "refund_reasons: is_quality must be true or false: faulty",
    "ticket_topics: every row needs a topic in lower case, without blanks around it: Repair",
    "ticket_topics: is_claim must be true or false: defect",
    "claims: every claim needs a claim_id, a source and a statement: lurkers",
    "claims: claimed_low must not be above claimed_high: best_fifth",
    "claims: measured_in must be the mart that measures this claim, and empty for a claim that none"
    " does: monday_morning",
]


@pytest.fixture(scope="module")
def copied_project(tmp_path_factory) -> Path:
    """The dbt project, copied, so that its seeds can be spoiled."""
    copy = tmp_path_factory.mktemp("copy") / "project"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", "data", "target", "logs", "warehouse", ".*cache"
    )
    shutil.copytree(PROJECT, copy, ignore=ignored)
    return copy


def test_spoiled_seeds_stop_the_build_with_a_line_for_each_mistake(copied_project, warehouse, shop):
    data = shop(orders=ORDERS, events=events_of("e,2025-01-01,page_viewed,a,"))
    warehouse.monkeypatch.setenv("PATRONAGE_DATA", str(data))
    good = {name: (copied_project / "seeds" / name).read_text() for name in SPOILED}

    def failures(*options: str) -> list[str]:
        with dbt_environment(copied_project), pytest.raises(BuildError) as error:
            # one at a time: after a test that raised, another thread may still see older seeds
            run_dbt(["build", "--threads", "1", *options], copied_project)
        return list(error.value.args)

    for name, changes in SPOILED.items():
        text = good[name]
        for old, new in changes.items():
            assert old in text, old
            text = text.replace(old, new)
        (copied_project / "seeds" / name).write_text(text)
    lines = failures("--select", *SELECTED)
    for message in MESSAGES:
        assert any(message in line for line in lines), (message, "\n".join(lines))
    assert not [line for line in lines if not any(message in line for message in MESSAGES)]

    # a band file without a row, and a text among the numbers
    for name, text in good.items():
        (copied_project / "seeds" / name).write_text(text)
    (copied_project / "seeds" / "lead_score_bands.csv").write_text(
        good["lead_score_bands.csv"].splitlines()[0] + "\n"
    )
    (copied_project / "seeds" / "event_points.csv").write_text(
        good["event_points.csv"].replace("page_viewed,1,", "page_viewed,many,")
    )
    lines = failures("--select", "event_points", "lead_score_bands", "engagement_levels")
    assert any("lead_score_bands: the file needs at least one band" in line for line in lines)
    assert any("seed event_points" in line and "Line: 2" in line for line in lines), lines


def test_a_half_life_is_a_number_of_days(warehouse, shop):
    data = shop(orders=ORDERS)
    with pytest.raises(
        BuildError, match="engagement_half_life_days must be a number of days above"
    ):
        warehouse.build(data, "--vars", "{engagement_half_life_days: 0}")
