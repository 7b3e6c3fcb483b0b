"""The oracle on side tables worked out by hand: what stands, what is rejected and why, whose."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Any

import oracle
import polars as pl
import pytest

ORDERS = """order_id,ordered_at,customer_id,email,phone,currency,amount
1,2024-03-01,a,a@x.org,+49 30 1111111,EUR,10
2,2024-03-02,,Guest@x.org,,EUR,10
3,2024-03-03,,,+49 30 2222222,EUR,10
4,2024-03-31,b,office@x.org,,EUR,10
5,2024-03-31,staff,boss@x.org,,EUR,10
"""
RATES = """currency,rate_date,rate
USD,2024-02-01,0.5
USD,2024-03-20,0.8
GBP,2024-03-25,2
CHF,2024-04-01,1
"""


def respondent(name: str) -> str:
    """The hash by which a respondent of survey 1 is known."""
    return hashlib.md5(f"respondent:s:1:{name}".encode()).hexdigest()


@pytest.fixture
def built(shop):
    """Build the oracle on the orders above and some side tables, in Berlin."""

    def build(**tables: Any) -> dict[str, pl.DataFrame]:
        data = shop(orders=ORDERS, fx_rates=RATES, **tables)
        source = {"name": "s", "system": "files", "path": str(data), "timezone": "Europe/Berlin"}
        return oracle.build([source])

    return build


def reasons(marts: dict[str, pl.DataFrame], table: str) -> list[str]:
    """The reasons that rows of a table were rejected for."""
    rows = marts["core.rejected_rows"].filter(pl.col("raw_table") == table)
    return sorted(rows["reason"].to_list())


def counts(marts: dict[str, pl.DataFrame], table: str) -> tuple[int, ...]:
    """Raw, accepted, superseded and rejected rows of a table."""
    rows = marts["core.reconciliation"].filter(pl.col("raw_table") == table)
    return rows.select(pl.col("^.*_rows$")).row(0)


def test_every_rule_of_the_side_tables_rejects(built):
    marts = built(
        consents="channel,purpose,status,stated_at,customer_id,email,phone\n"
        "Email , Marketing,GRANTED,2024-01-01,a,,\n"
        ",marketing,granted,2024-01-01,a,,\n"
        "email,n/a,granted,2024-01-01,a,,\n"
        "email,marketing,,2024-01-01,a,,\n"
        "email,marketing,yes,2024-01-01,a,,\n"
        "email,marketing,granted,,a,,\n"
        "email,marketing,granted,1989-12-31,a,,\n"
        "email,marketing,granted,2024-01-01,0,no address,123\n",
        campaigns="campaign_id,started_at,ended_at,cost,currency\n"
        "1,2024-01-02,2024-01-01,,\n"
        "2,2024-01-02,2024-01-02,-1,\n"
        "3,,,5,USD\n"
        "4,2024-01-02,,5,USD\n"
        "5,,,,USD\n"
        "6,2024-01-02T10:00,2024-01-02T09:59,,\n"
        "7,2024-01-02T10:00,2024-01-02,x,\n"
        "8,2024-01-02T10:00,2024-01-02,,\n"
        "9,2024-01-02,2099-01-01,,\n"
        ",2024-01-02,,,\n",
        marketing_spend="spend_date,amount,currency\n"
        "2024-03-01,-1,\n2024-03-01,,\n,1,\n2024-03-01,1,GBP\n",
        service_tickets="ticket_id,opened_at,first_response_at,resolved_at,satisfaction\n"
        "1,2024-03-01T10:00,2024-03-01T09:00,,\n"
        "2,2024-03-01T10:00,,2024-02-29,\n"
        "3,2024-03-01T10:00,2024-03-01,2024-03-01T10:00,5\n"
        "4,2024-03-01,,,0.9\n5,2024-03-01,,,5.01\n6,2024-03-01,,,1\n7,,,,\n8,2024-03-01,,,good\n",
        surveys="survey_id,invited\n1,-1\n2,0\n4.1E+11,5\n",
        survey_answers="survey_id,respondent_id,question_id,answered_at\n"
        ",r,q,2024-01-01\n1,,q,2024-01-01\n1,r,,2024-01-01\n1,r,q,\n1,r,q,2024-01-01\n",
        category_spend="category,year,customer_id,email,total_amount,own_rank,brands\n"
        "shoes,2023,a,,-1,,\n"
        "shoes,2023,,,1,,\n"
        "shoes,2023,a,,1,1,\n"
        "shoes,2023,a,,1,,3\n"
        "shoes,2023,a,,1,1,1\n"
        "shoes,2023,a,,1,3.5,3\n"
        "shoes,2023,a,,1,0.5,3\n"
        "shoes,2023.0,a,,,1.5,2\n"
        "shoes,20x3,a,,1,,\n",
        market_sizes="category,year,amount,currency\n"
        "shoes,2023,1,USD\nshoes,2024,1,USD\nshoes,2024,1,CHF\nshoes,2023,-1,\nshoes,,1,\n",
        follower_counts="channel,counted_on,followers,posts\n"
        "x,2024-01-01,-1,\nx,2024-01-01,1,-1\nx,2024-01-01,1,\nx,2024-01-02,,\n",
        refunds="refund_id,refunded_at,amount,quantity\n1,2024-03-01,1,-1\n2,2024-03-01,1,2\n",
    )
    assert reasons(marts, "consents") == [
        *("impossible stated_at", "missing channel", "missing purpose", "missing stated_at"),
        *("missing status", "names nobody", "unknown status"),
    ]
    assert reasons(marts, "campaigns") == [
        *("ended_at before started_at", "ended_at before started_at", "missing campaign_id"),
        *("negative cost", *3 * ["no rate for currency"], "unparsable cost"),
    ]
    assert marts["core.campaigns"]["campaign_id"].sort().to_list() == ["8", "9"]
    assert reasons(marts, "marketing_spend") == [
        *("missing amount", "missing spend_date", "negative amount", "no rate for currency"),
    ]
    assert reasons(marts, "service_tickets") == [
        *("first_response_at before opened_at", "impossible satisfaction"),
        *("impossible satisfaction", "missing opened_at", "resolved_at before opened_at"),
        "unparsable satisfaction",
    ]
    assert reasons(marts, "surveys") == ["lost digits of survey_id", "negative invited"]
    assert reasons(marts, "survey_answers") == [
        *("missing answered_at", "missing question_id", "missing respondent_id"),
        "missing survey_id",
    ]
    assert reasons(marts, "category_spend") == [
        *("brands without own_rank", "impossible brands", "impossible own_rank"),
        *("impossible own_rank", "names nobody", "negative total_amount"),
        *("own_rank without brands", "unparsable year"),
    ]
    # the rate of 2023 would be of 31 December 2023, that of 2024 is of as_of, before the CHF's
    assert reasons(marts, "market_sizes") == [
        *("missing year", "negative amount", "no rate for currency", "no rate for currency"),
    ]
    assert counts(marts, "market_sizes") == (5, 1, 0, 4)
    assert reasons(marts, "follower_counts") == [
        *("missing followers", "negative followers", "negative posts"),
    ]
    assert reasons(marts, "refunds") == ["negative quantity"]


def test_nothing_is_a_value_of_a_key_and_days_are_business_dates(built):
    marts = built(
        consents="channel,purpose,status,stated_at,customer_id,email,method,proof\n"
        "email,marketing,granted,2024-01-01,a,,form,\n"
        "EMAIL,marketing,granted,2024-01-01,a,,,x\n"
        "email,marketing,granted,2024-01-01,a,a@x.org,form,\n",
        marketing_spend="spend_date,amount,currency,channel,campaign_id,purpose\n"
        "2024-03-01,1,,,,\n"
        "2024-03-01T10:00,2,,,,\n"
        "2024-02-29T23:30Z,3,,n/a,,\n"  # already March in Berlin
        "2024-03-01,4,EUR,,,\n"
        "2024-03-01,5,,Ads,,\n2024-03-01,6,, ads,,\n",
        survey_answers="survey_id,respondent_id,question_id,answered_at,answer\n"
        "1.0,r,q,2024-01-01,4\n1,r,q,2024-01-02,4.0\n1,r,q,2024-01-02,\n1,r,q,2024-01-03,-\n"
        "1,r,q,2024-01-03,b\n",
        category_spend="category,year,customer_id,total_amount,_loaded_at\n"
        "shoes,2023,a,1,2024-01-02\nshoes,2023.0,a,9,2024-01-01\nShoes,2023,a,9,\n",
        market_sizes="category,year,amount,country\nshoes,2023,1,\nshoes,2023,2,\nshoes,2023,1,DE\n",
        follower_counts="channel,counted_on,followers\n"
        "x,2024-01-01,1\nX,2023-12-31T23:00Z,2\ny,2024-01-01,1\n",
    )
    found = {table: counts(marts, table) for table in ("consents", "marketing_spend")}
    assert found == {"consents": (3, 2, 1, 0), "marketing_spend": (6, 3, 3, 0)}
    assert counts(marts, "survey_answers") == (5, 3, 2, 0)
    assert counts(marts, "category_spend") == (3, 2, 1, 0)
    assert counts(marts, "market_sizes") == (3, 2, 1, 0)
    assert counts(marts, "follower_counts") == (3, 2, 1, 0)
    answers = marts["core.survey_answers"].select("survey_key", "answer", "answered_date")
    assert sorted(answers.rows(), key=str) == [
        ("s:1", "4", dt.date(2024, 1, 2)),
        ("s:1", "other", dt.date(2024, 1, 3)),  # one respondent alone gave it
        ("s:1", None, dt.date(2024, 1, 3)),
    ]


def test_the_first_name_given_decides_whose_a_row_is(built):
    marts = built(
        customers="customer_id,email,is_staff\nstaff,boss@x.org,yes\n",
        service_tickets="ticket_id,opened_at,customer_id,email,phone,order_id\n"
        "account,2024-03-01,a,guest@x.org,,2\n"
        "unknown account,2024-03-01,z,a@x.org,,1\n"
        "email,2024-03-01,,A@X.org,,2\n"
        "guest,2024-03-01,,guest@x.org,+49 30 1111111,1\n"
        "phone,2024-03-01,,,0049-30-1111111,\n"
        "same phone,2024-03-01,,nobody,+49 (30) 1111111,2\n"
        "guest's phone,2024-03-01,,,49302222222,\n"
        "order,2024-03-01,0,n/a,,4\n"
        "unknown order,2024-03-01,,,,9\n"
        "staff,2024-03-01,,boss@x.org,,\n",
        survey_answers="survey_id,respondent_id,question_id,answered_at,customer_id,email\n"
        "1,account,q,2024-03-01,a,\n1,email,q,2024-03-01,,a@x.org\n1,nobody,q,2024-03-01,,b@x.org\n",
    )
    guest, by_phone = (
        f"s:{oracle.core.hashed(pl.Series([contact]))[0]}"
        for contact in ("email:guest@x.org", "phone:49302222222")
    )
    tickets = marts["core.service_tickets"]
    assert dict(tickets.select("ticket_id", "customer_key").rows()) == {
        "account": "s:a",
        "unknown account": None,
        "email": "s:a",
        "guest": guest,
        "phone": None,  # 00 is not +
        "same phone": "s:a",
        "guest's phone": by_phone,
        "order": "s:b",
        "unknown order": None,
        "staff": None,
    }
    assert tickets.filter(pl.col("ticket_id") == "unknown order")["order_key"][0] is None
    answers = marts["core.survey_answers"].select("respondent", "customer_key")
    respondents = [respondent(name) for name in ("account", "email", "nobody")]
    assert dict(answers.rows()) == dict(zip(respondents, ["s:a", "s:a", None], strict=True))
    # nobody became a person by a ticket or an answer
    assert marts["core.customers"].height == 5


def test_what_is_later_than_as_of_has_not_happened(built):
    marts = built(
        campaigns="campaign_id,started_at,ended_at,cost,currency\n"
        "1,2024-03-31T21:59Z,2024-05-01,10,USD\n2,2024-03-31T22:00Z,,,\n3,,,1,\n",
        service_tickets="ticket_id,opened_at,first_response_at,resolved_at,satisfaction,is_complaint\n"
        "1,2024-03-30,2024-03-31T21:00Z,2024-03-31T22:00Z,4.5,yes\n"
        "1,2024-03-30,,,,\n"
        "2,2024-04-01,,,,\n",
        surveys="survey_id,started_at,ended_at,invited\n1,2024-03-31,2024-06-01,10\n2,2024-04-01,,\n",
        survey_answers="survey_id,respondent_id,question_id,answered_at\n"
        "1,r,q,2024-03-31\n1,s,q,2024-04-01\n",
    )
    campaigns = marts["core.campaigns"].sort("campaign_id")
    assert campaigns.select("campaign_key", "started_on", "ended_on", "cost").rows() == [
        ("s:1", dt.date(2024, 3, 31), dt.date(2024, 5, 1), Decimal("8.0000")),
        ("s:3", None, None, Decimal("1.0000")),
    ]
    columns = ("ticket_id", "first_response_at", "resolved_at", "satisfaction", "is_complaint")
    assert marts["core.service_tickets"].select(columns).rows() == [
        ("1", dt.datetime(2024, 3, 31, 21), None, Decimal("4.5000"), True)
    ]
    assert marts["core.surveys"]["survey_key"].to_list() == ["s:1"]
    assert marts["core.survey_answers"]["respondent"].to_list() == [respondent("r")]
    assert marts["core.as_of"]["as_of"].to_list() == [dt.date(2024, 3, 31)]


def test_side_tables_decide_neither_currency_nor_as_of(built):
    marts = built(
        marketing_spend="spend_date,amount,currency\n2024-05-01,1,USD\n",
        category_spend="category,year,customer_id,total_amount,currency\nshoes,2030,a,1,USD\n",
    )
    row = marts["core.as_of"].select("as_of", "reporting_currency").row(0)
    assert row == (dt.date(2024, 3, 31), "EUR")
