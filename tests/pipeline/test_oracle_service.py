"""The oracle's service and voice of small shops, worked out by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import oracle
import polars as pl
import pytest

AS_OF = "2024-12-31"
ORDERS = "order_id,ordered_at,customer_id,amount\n"
TICKETS = "ticket_id,opened_at,customer_id,channel,topic,first_response_at,resolved_at"
TICKETS += ",is_proactive,is_complaint,satisfaction,product_id\n"


@pytest.fixture
def built(shop) -> Callable[..., dict[str, pl.DataFrame]]:
    """Build the oracle on tables, in Berlin."""

    def build(as_of: str = AS_OF, **tables: Any) -> dict[str, pl.DataFrame]:
        source = {"name": "s", "path": str(shop(**tables)), "timezone": "Europe/Berlin"}
        params = {"rare_value_limit": 1, "audiences": []}
        return oracle.build([source], as_of=as_of, params=params)

    return build


def cells(frame: pl.DataFrame, **where: Any) -> dict[str, Any]:
    """The one row of these values."""
    return frame.filter(*(pl.col(name) == value for name, value in where.items())).row(
        0, named=True
    )


def test_the_open_tickets_are_the_slowest(built):
    opened = "2024-01-31T10:00:00Z"
    rows = [
        f"1,{opened},a,Email,,2024-01-31T10:30:00Z,,,yes,1,",
        f"2,{opened},a,email,,,2024-01-31T12:00:00Z,,,2,",  # answered when it was resolved
        f"3,{opened},b,email,,2024-01-31T10:10:00Z,2024-01-31T11:00:00Z,,,,",
        f"4,{opened},,email,,,,,,,",
        f"5,{opened},unheard of,email,,2024-01-31T10:00:00Z,2024-01-31T10:00:00Z,yes,,4,",
        "6,2024-01-31T22:59:59Z,staff,,,2024-01-31,,,,,",  # a date alone is not before it
        "7,2024-03-01,a,email,,2025-01-01,,,,,",
    ]
    marts = built(
        orders=ORDERS + "1,2024-01-01,a,1\n2,2024-01-31,,1\n3,2024-03-01,b,1\n",
        customers="customer_id,is_staff\nstaff,yes\n",
        service_tickets=TICKETS + "\n".join(rows) + "\n",
    )
    frame = marts["service.service_quality"]
    assert frame.height == 12 * 3  # from the first ticket's month, three channels
    january = cells(frame, month_start=frame["month_start"].min(), channel="email")
    assert january["tickets"] == 5
    assert (january["people"], january["complaints"], january["proactive_tickets"]) == (2, 1, 1)
    assert (january["resolved_tickets"], january["satisfaction_answers"]) == (3, 3)
    # minutes 10, 30, 120, open; hours 1, 2, open, open
    assert january["median_first_response_minutes"] == 30
    assert january["p90_first_response_minutes"] is None
    assert january["median_resolution_hours"] == 2
    assert january["satisfaction_mean"] == pytest.approx(7 / 3)
    assert january["contacts_per_order"] is None
    whole = cells(frame, month_start=frame["month_start"].min(), channel="all")
    assert (whole["tickets"], whole["people"], whole["contacts_per_order"]) == (6, 2, 2.5)
    unknown = cells(frame, month_start=frame["month_start"].min(), channel="unknown")
    assert (unknown["median_first_response_minutes"], unknown["people"]) == (0, 0)
    march = cells(frame, month_start=dt.date(2024, 3, 1), channel="all")
    assert march["median_first_response_minutes"] is None  # answered after as_of
    february = cells(frame, month_start=dt.date(2024, 2, 1), channel="all")
    assert (february["tickets"], february["satisfaction_mean"]) == (0, None)
    assert february["contacts_per_order"] is None


def test_who_asked_beside_who_did_not(built):
    """In June a, b and c ask; of the like without a ticket d comes back, e does not.

    a came back after 90 days, b after 91; c, of another cell, has no like.
    """
    sales = [
        *[("a", "2024-05-20"), ("a", "2024-09-08")],
        *[("b", "2024-05-20"), ("b", "2024-09-09")],
        *[("c", "2024-01-01"), ("c", "2024-05-20"), ("c", "2024-07-01")],
        *[("d", "2024-06-15"), ("d", "2024-09-13"), ("e", "2024-05-16"), ("f", "2024-06-16")],
    ]
    opened = [("a", "2024-06-10"), ("b", "2024-06-10"), ("c", "2024-06-01"), ("a", "2024-06-30")]
    opened += [("new", "2024-06-01")]
    tables = {
        "orders": ORDERS + "".join(f"{n},{day},{who},1\n" for n, (who, day) in enumerate(sales)),
        "service_tickets": TICKETS
        + "".join(f"{n},{day},{who},,,,,,,,\n" for n, (who, day) in enumerate(opened)),
    }
    june = built("2024-09-28", **tables)["service.service_quality"].row(0, named=True)
    assert june["channel"] == "all"
    assert june["is_mature"]
    assert june["repeat_rate_90d"] == pytest.approx(2 / 3)
    assert june["control_repeat_rate_90d"] == 0.5
    assert june["repeat_difference"] == 0
    early = built("2024-09-27", **tables)["service.service_quality"]
    assert not early["is_mature"].any()
    assert early["repeat_rate_90d"].null_count() == early.height


def test_what_comes_back_of_a_product(built):
    marts = built(
        orders="order_id,ordered_at,customer_id,status\n1,2024-01-31,a,\n2,2024-01-01,a,refunded\n"
        "3,2024-01-01,a,\n4,2024-01-01,a,cancelled\n",
        order_lines="order_id,line_id,product_id,quantity,amount\n1,1,p,3,30\n1,2,post,1,5\n"
        "2,1,p,2,20\n3,1,p,1,10\n3,2,q,1,10\n4,1,p,7,70\n",
        products="product_id,name\npost,Postage\n",
        refunds="refund_id,refunded_at,amount,order_id,product_id,quantity,reason\n"
        "1,2024-04-30,1,1,,,Defective \n"  # 90 days later; the only product that is goods
        "2,2024-05-01,1,1,p,0.5,broken\n"
        "3,2024-01-02,1,3,,,defective\n"  # of two: of none
        "4,2024-01-02,1,3,q,2,changed_mind\n"
        "5,2024-01-02,1,4,p,1,defective\n"
        "6,2024-01-02,1,,p,1,defective\n",
        events="event_id,occurred_at,event_type,customer_id,product_id,rating,is_bot\n"
        "1,2024-01-05,product_reviewed,a,p,2,\n2,2024-01-05,product_reviewed,,p,,\n"
        "3,2024-01-05,product_reviewed,a,p,5,yes\n4,2024-02-05,product_reviewed,a,q,5,\n",
        service_tickets=TICKETS + "1,2024-01-09,a,,Repair,,,,,,p\n2,2024-01-09,,,delivery,,,,,,p\n"
        "3,2024-01-09,a,,other things,,,,,,p\n4,2024-03-09,a,,defect,,,,,,new\n",
    )
    frame = marts["service.product_quality"]
    rows = {
        (str(row["month_start"])[:7], row["product_id"]): row for row in frame.iter_rows(named=True)
    }
    assert set(rows) == {
        *(("2024-01", name) for name in ("p", "q", "post")),
        *(("2024-02", "q"), ("2024-03", "new")),
    }
    row = rows["2024-01", "p"]
    units = ("units", "refunded_units", "quality_refunded_units")
    # 3 + 2 + 1; what came back: 1, 0.5, and all of the order that its status refunds
    assert [float(row[name]) for name in units] == [6, 3.5, 1.5]
    assert (row["refund_rate"], row["quality_refund_rate"]) == (0.5, pytest.approx(1 / 6))
    reviewed = ("reviews", "mean_rating", "tickets", "claims")
    assert [row[name] for name in reviewed] == [2, 2, 3, 1]
    assert [float(rows["2024-01", "q"][name]) for name in units] == [1, 2, 0]
    assert rows["2024-02", "q"]["refund_rate"] is None
    assert rows["2024-03", "new"]["claims"] == 1


REASONS = {
    "survey first": "survey:price",
    "after the start": "survey:late",
    "the latest answer": "survey:a",
    "complained": "complaint:delivery",
    "was unhappy": "complaint:other",
    "was helped": "quality",
    "a credit note": "quality",
    "reviewed": "bad_review",
    "withdrew": "withdrew_consent",
    "too early": "unknown",
    "too late": "unknown",
}


def test_why_they_left(built):
    """Everybody ordered on 1 January and, by the settings, lapsed on the same day."""
    first = ORDERS + "".join(f"{n},2024-01-01,{name},1\n" for n, name in enumerate(REASONS))
    lapsed = built(orders=first)["lifecycle.lifecycle_spells"].filter(pl.col("stage") == "lapsed")
    start = lapsed["started_on"].unique().item()
    after = start + dt.timedelta(days=1)
    marts = built(
        orders=first,
        survey_answers="survey_id,respondent_id,question_id,answered_at,customer_id,answer\n"
        "1,1,leave_reason,2024-01-01,survey first,price\n"
        f"1,2,leave_reason,{after}T10:00:00Z,after the start,late\n"
        f"1,3,leave_reason,2024-02-01T10:00:00Z,the latest answer,z\n"
        f"1,3,leave_reason,2024-02-02T10:00:00Z,the latest answer,b\n"
        f"1,3,leave_reason,2024-02-02T10:00:00Z,the latest answer,a\n"
        "1,4,nps,2024-02-02,too early,1\n1,5,leave_reason,2023-12-31,too early,x\n",
        service_tickets=TICKETS
        + "1,2024-01-02,complained,,Delivery,,,,yes,5,\n"
        + f"2,2024-01-02,was unhappy,,,,{start},,yes,2,\n"
        + f"3,2024-01-02,was helped,,,,{start},,yes,3,\n"
        + f"4,2024-01-01,survey first,,,,,,yes,1,\n5,{after},too late,,,,,,yes,1,\n",
        refunds="refund_id,refunded_at,amount,order_id,customer_id,reason\n"
        "1,2024-01-05,1,5,,defective\n2,2024-01-05,1,,a credit note,broken\n"
        f"3,{after},1,10,,broken\n",
        events="event_id,occurred_at,event_type,customer_id,rating\n"
        f"1,{start},product_reviewed,reviewed,2.9\n2,{after},product_reviewed,too late,1\n"
        "3,2024-02-01,product_reviewed,too early,3\n",
        consents="channel,purpose,status,stated_at,customer_id\n"
        f"sms,marketing,withdrawn,{start},withdrew\nsms,research,withdrawn,2024-02-01,too early\n"
        "email,marketing,withdrawn,2023-12-31,too early\n"
        "email,marketing,withdrawn,2024-02-01,too early\n",  # said again
    )
    frame = marts["service.leave_reasons"]
    expected = {reason: list(REASONS.values()).count(reason) for reason in REASONS.values()}
    assert dict(frame.select("reason", "customers").rows()) == expected
    assert frame["month_start"].unique().to_list() == [start.replace(day=1)]
    assert frame["share"].sum() == pytest.approx(1)


def test_survey_results(built):
    """Two of three stages are among the people; a respondent may give several answers."""
    answers = "survey_id,respondent_id,question_id,answered_at,customer_id,answer\n"
    answers += "x,1,q,2024-12-01,a,yes\nx,1,q,2024-12-01,a,no\nx,2,q,2024-12-01,b,yes\n"
    answers += "x,3,q,2024-12-01,,\nx,4,other,2024-12-01,,yes\ny,1,q,2024-12-01,,yes\n"
    marts = built(
        orders=ORDERS + "1,2024-12-30,a,1\n2,2024-12-30,c,1\n3,2024-12-30,d,1\n",
        customers="customer_id,created_at\nb,2024-01-01\n",
        surveys="survey_id,kind,invited\nx,Customers,8\n",
        survey_answers=answers,
    )
    frame = marts["service.survey_results"]
    assert frame.height == 5
    row = cells(frame, survey_id="x", question_id="q", answer="yes")
    assert (row["kind"], row["respondents"], row["answers"]) == ("customers", 3, 2)
    assert row["share"] == pytest.approx(2 / 3)
    assert (row["low"], row["high"]) == pytest.approx((0.207655, 0.938510), abs=1e-5)
    assert (row["response_rate"], row["is_small"]) == (0.5, True)
    assert row["identified_share"] == pytest.approx(2 / 3)
    # half of the people are prospects, of everybody a quarter
    assert row["stage_difference"] == 0.25
    assert cells(frame, survey_id="x", answer="no_code")["answers"] == 1
    lost = cells(frame, survey_id="y")
    assert [lost[name] for name in ("kind", "invited", "response_rate", "stage_difference")] == [
        *[None] * 4
    ]


def test_shares_of_wallet_that_customers_told(built):
    spend = "category,year,customer_id,email,total_amount,own_rank,brands,_loaded_at\n"
    spend += "shoes,2023,a,,100,,,2024-01-01\nshoes,2023,,a@x.org,40,2,3,2024-01-02\n"
    spend += "shoes,2024,a,,5,1,2,\nshoes,2023,b,,0,1.5,2,\nshoes,2023,boss,,10,1,2,\n"
    spend += "socks,2023,a,,10,,,\n"
    tables = {
        "orders": ORDERS + "1,2023-05-01,a,1\n2,2024-05-01,a,1\n3,2024-12-31,b,1\n",
        "order_lines": "order_id,line_id,product_id,amount\n1,1,p,10\n2,1,p,20\n",
        "products": "product_id,category\np,shoes\n",
        "customers": "customer_id,email,is_staff\na,a@x.org,\nboss,,yes\n",
        "category_spend": spend,
        "market_sizes": "category,year,country,amount\nshoes,2023,,100\nshoes,2024,,10\n"
        "shoes,2023,DE,100\nsocks,2023,,0\n",
    }
    marts = built(**tables)
    frame = marts["customer_share.share_of_wallet"].filter(pl.col("method") != "benchmark")
    columns = ("customer_key", "category", "year", "method", "own_amount", "category_amount")
    third = pytest.approx(2 / 3)
    assert frame.select(*columns, "share_of_wallet").rows() == [
        ("s:a", "shoes", 2023, "observed", 10, 40, 0.25),
        ("s:a", "shoes", 2023, "rank", 10, None, pytest.approx(1 / 3)),
        ("s:a", "shoes", 2024, "observed", 20, 5, 1),
        ("s:a", "shoes", 2024, "rank", 20, None, third),
        ("s:a", "socks", 2023, "observed", 0, 10, 0),
        ("s:b", "shoes", 2023, "rank", 0, None, 0.5),
    ]
    assert (frame["low"] == frame["high"]).all()
    columns = ("category", "country", "year", "own_amount", "market_share")
    assert marts["customer_share.market_share"].select(columns).rows() == [
        ("shoes", "DE", 2023, 0, 0),
        ("shoes", "all", 2023, 10, 0.1),
        ("shoes", "all", 2024, 20, 2),
        ("socks", "all", 2023, 0, None),
    ]
    early = built("2024-12-30", **tables)
    frame = early["customer_share.share_of_wallet"].filter(pl.col("year") == 2024)
    assert frame["method"].sort().to_list() == ["benchmark", "rank"]
    assert early["customer_share.market_share"]["market_share"].to_list() == [0, 0.1, None, None]
