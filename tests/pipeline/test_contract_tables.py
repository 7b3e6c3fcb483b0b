"""Tables of the contract beside sales and events: what becomes of rows, and whose they are."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from conftest import STAGING

from patronage.dbt import BuildError

MARTS = [
    "reconciliation",
    "rejected_rows",
    "campaigns",
    "surveys",
    "service_tickets",
    "survey_answers",
]
ORDERS = """order_id,ordered_at,customer_id,email,phone
o1,2024-01-10,ann,ann@example.com,+1 555 0101
o2,2024-02-10,,gus@example.com,
o3,2024-03-01,bob,,
o4,2024-03-02,ann,,
"""
# of the reporting currency, EUR; as_of is 1 March
RATES = "currency,rate_date,rate\nUSD,2023-06-01,0.8\nUSD,2024-01-05,0.9\nUSD,2024-03-02,5\n"
# A row each, without empty cells at its end, and what becomes of it; later lines came later.
TABLES = {
    "refunds": """refund_id,refunded_at,amount,order_id,product_id,quantity,reason
r1,2024-02-01,1,o1,p,2, Too Small ->
r2,2024-02-01,1,o1,p,-1 -> negative quantity""",
    "consents": """channel,purpose,status,stated_at,customer_id,email,phone,method,proof
 Email ,MARKETING,Granted,2024-01-01T10:00:00Z,ann,,,form -> superseded
email,marketing,granted,2024-01-01T11:00:00+01:00,ann,,,double opt-in,mail ->
email,marketing,granted,2024-01-01T10:00:00Z,ann,ann@example.com ->
email,marketing,withdrawn,2024-01-01T10:00:00Z,ann ->
email,marketing,pending,2024-01-01,ann -> unknown status
email,marketing,granted,2024-01-01,0,no address,12 -> missing customer_id, email and phone
email,marketing,granted,2024-01-01,,,+1 555 0101 ->
n/a,marketing,granted,2024-01-01,ann -> missing channel
email,marketing,granted,soon,ann -> unparsable stated_at""",
    "campaigns": """campaign_id,name,kind,started_at,ended_at,cost,currency
c1,Spring, LAUNCH,2024-01-05T10:00:00Z,2024-01-05,10,USD ->
c2,,,2024-01-05T10:00:00Z,2024-01-05T09:59:59Z -> ended_at before started_at
c3,,,2024-01-05T10:00:00Z,2024-01-05T10:00:00Z ->
c5,,,,,10,USD -> no rate for currency
c6,,,2023-05-31,,10,USD -> no rate for currency
c7,,,,2024-01-01,10,EUR ->
c8,,,2024-01-05,,-0.01 -> negative cost
c9,,,2024-01-05,2099-01-01,900000000000,USD ->
c10,,,2024-03-02,,900000000000,USD -> cost too large""",
    "marketing_spend": """spend_date,amount,currency,channel,campaign_id,purpose
2024-01-06,10,USD,Email,c1,acquisition -> superseded
2024-01-06,12,usd,email,c1, Acquisition ->
2024-01-06,1 -> superseded
2024-01-06T10:00:00Z,2 ->
2024-01-06,3,EUR ->
2024-01-06,0,,email ->
2024-01-06,-1,,,c2 -> negative amount
2023-05-31,1,USD -> no rate for currency
,1 -> missing spend_date
2024-01-06 -> missing amount""",
    "service_tickets": """ticket_id,opened_at,first_response_at,resolved_at,satisfaction,topic
t1,2024-01-10T10:00:00Z,2024-01-10,2024-01-10T10:00:00Z,5, Broken ->
t2,2024-01-10T10:00:00Z,2024-01-10T09:59:59Z -> first_response_at before opened_at
t3,2024-01-10T10:00:00Z,,2024-01-09 -> resolved_at before opened_at
t4,2024-01-10,,,0.9999 -> satisfaction below 1
t5,2024-01-10,,,5.0001 -> satisfaction above 5
t6,2024-01-10,2024-01-09T23:59:00-01:00,2024-03-02,1.0 ->
t7,2024-01-10,,2024-01-11 -> superseded
t7,2024-01-10 ->
t8 -> missing opened_at""",
    "surveys": """survey_id,kind,started_at,invited
s1,Customers,2024-01-01,10 ->
s2,,2024-01-01,-1 -> negative invited
s3,,2024-03-02,0 ->""",
    "survey_answers": """survey_id,respondent_id,question_id,answered_at,answer,text
s1,r1,q1,2024-02-01,4.0 -> superseded
s1,r1,q1,2024-02-02,4 ->
s1,r1,q1,2024-02-02,5 ->
s1,r1,q2,2024-02-02,,well -> superseded
s1,r1,q2,2024-02-02,,very well ->
unknown,r1,q1,2024-02-02,4 ->
s1,,q1,2024-02-02,4 -> missing respondent_id
s1,4.36601E+11,q1,2024-02-02,4 -> digits of respondent_id lost in a spreadsheet""",
    "category_spend": """category,year,customer_id,email,total_amount,currency,own_rank,brands
boots,2023.0,ann,,100,USD,1.5,3 -> superseded
boots,2023,ann,,90,USD,3,3 ->
boots,2024,ann,,90,USD,1,2 ->
boots,2023,,gus@example.com,-0.01 -> negative total_amount
boots,2023,,,50 -> missing customer_id and email
boots,last,ann,,50 -> unparsable year
boots,23,ann,,50 -> unparsable year
boots,2022,ann,,1,USD -> no rate for currency
boots,2022,ann,,,,1 -> own_rank without brands
boots,2022,ann,,,,,3 -> brands without own_rank
boots,2022,ann,,,,1,1 -> brands below 2
boots,2022,ann,,,,3.5,3 -> own_rank above brands
boots,2022,ann,,,,0.5,3 -> own_rank below 1""",
    "market_sizes": """category,year,amount,country,currency
boots,2023,1,,USD -> superseded
boots,2023,2,,USD ->
boots,2023,3,DE ->
boots,2023,-3,AT -> negative amount
boots,2023,,FR -> missing amount""",
    "follower_counts": """channel,counted_on,followers,posts
Instagram,2024-01-01,100,3 -> superseded
instagram,2024-01-01T05:00:00Z,110,0 ->
instagram,2024-01-02,-1,1 -> negative followers
instagram,2024-01-03,1,-1 -> negative posts
instagram,2024-01-04,,1 -> missing followers""",
}  # fmt: skip


def rows_and_fates(text: str) -> tuple[str, list[tuple[str, str | None]]]:
    """A table as CSV, its line n delivered in second n, and what must become of each line."""
    head, *lines = text.split("\n")
    parts = [re.split(" -> ?", line) for line in lines]
    gaps = [head.count(",") - row.count(",") for row, _ in parts]
    csv = [
        f"{row}{',' * gap},2024-01-01 00:00:{n:02}"
        for n, ((row, _), gap) in enumerate(zip(parts, gaps, strict=True))
    ]
    statuses = {"": "accepted", "superseded": "superseded"}
    fates = [
        (statuses.get(says, "rejected"), None if says in statuses else says) for _, says in parts
    ]
    return "\n".join([f"{head},_loaded_at", *csv]) + "\n", fates


def test_every_row_is_kept_superseded_or_rejected(warehouse, shop):
    """Each rule at its boundary; raw = accepted + superseded + rejected holds for every table."""
    tables = {table: rows_and_fates(text) for table, text in TABLES.items()}
    csv = {table: rows for table, (rows, _) in tables.items()}
    data = shop(orders=ORDERS, fx_rates=RATES, **csv)
    warehouse.build(data, currency="EUR", as_of="2024-03-01")
    for table, (_, fates) in tables.items():
        found = warehouse.rows(
            "select coalesce(fates.row_status, 'accepted'), fates.reject_reason"
            f" from staging.base_{table} as typed"
            f" left join staging.quarantine_{table} as fates using (row_id) order by _loaded_at"
        )
        assert found == fates, table
        kept, displaced, broken = (
            sum(row_status == one for row_status, _ in fates)
            for one in ("accepted", "superseded", "rejected")
        )
        assert warehouse.rows(
            "select accepted_rows, superseded_rows, rejected_rows, raw_rows"
            f" from core.reconciliation where raw_table = '{table}'"
        ) == [(kept, displaced, broken, len(fates))]
    # what was typed stands as it is compared
    consented = warehouse.rows("select distinct channel, purpose from staging.stg_consents")
    assert consented == [("email", "marketing")]
    assert warehouse.rows("select reason, quantity from staging.stg_refunds") == [("too small", 2)]
    assert warehouse.rows(
        "select distinct year, answer from staging.stg_category_spend, staging.stg_survey_answers"
        " where answer is not null order by all"
    ) == [("2023", "4"), ("2023", "5"), ("2024", "4"), ("2024", "5")]
    assert warehouse.rows(
        "select spend_date, amount, currency, channel from staging.stg_marketing_spend order by 2"
    ) == [
        (date(2024, 1, 6), Decimal(amount), currency, channel)
        for amount, currency, channel in
        [(0, None, "email"), (2, None, None), (3, "EUR", None), (12, "USD", "email")]
    ]  # fmt: skip
    # 2023 ended before as_of, 2024 has not ended: neither has the rate of the day after as_of
    assert warehouse.rows(
        "select year, rate from staging.stg_category_spend union all"
        " select country, rate from staging.stg_market_sizes order by all"
    ) == [
        ("2023", Decimal("0.8")), ("2024", Decimal("0.9")), ("DE", 1), (None, Decimal("0.8")),
    ]  # fmt: skip
    # core: c9 has not been converted at the rate of another day, s3 is still to come
    assert warehouse.rows(
        "select campaign_key, kind, started_on, ended_on, cost from core.campaigns order by 1"
    ) == [
        ("files:c1", "launch", date(2024, 1, 5), date(2024, 1, 5), Decimal(9)),
        ("files:c3", None, date(2024, 1, 5), date(2024, 1, 5), None),
        ("files:c7", None, None, date(2024, 1, 1), Decimal(10)),
        ("files:c9", None, date(2024, 1, 5), date(2099, 1, 1), Decimal(810_000_000_000)),
    ]
    assert warehouse.rows("select survey_key, kind, invited from core.surveys") == [
        ("files:s1", "customers", Decimal(10))
    ]
    assert warehouse.rows(
        "select ticket_key, topic, first_response_at, resolved_at from core.service_tickets"
        " order by 1"
    ) == [
        ("files:t1", "broken", datetime(2024, 1, 10), datetime(2024, 1, 10, 10)),
        ("files:t6", None, datetime(2024, 1, 10, 0, 59), None),
        ("files:t7", None, None, None),
    ]
    assert warehouse.rows(
        "select survey_key, count(*), count(distinct respondent) from core.survey_answers"
        " group by 1 order by 1"
    ) == [("files:s1", 3, 1), ("files:unknown", 1, 1)]


def test_foreign_amounts_do_not_decide_in_which_currency_is_reported(warehouse, shop):
    """Nor their dates as_of."""
    tables = ("campaigns", "marketing_spend")
    warehouse.selection = ["--select", *(f"+quarantine_{table}" for table in tables), "+int_as_of"]
    orders = "order_id,ordered_at,currency\no1,2024-01-10,EUR\n"
    spend = "spend_date,amount,currency\n2024-02-01,1,USD\n"
    campaigns = "campaign_id,started_at,cost,currency\nc,2024-01-10,1,GBP\n"
    warehouse.build(shop(orders=orders, marketing_spend=spend, campaigns=campaigns))
    assert warehouse.rows("select currency from staging.reporting_currency") == [("EUR",)]
    assert warehouse.rows("select as_of from staging.int_as_of") == [(date(2024, 1, 10),)]
    for table in tables:
        assert warehouse.rows(f"select reject_reason from staging.quarantine_{table}") == [
            ("no rate for currency",)
        ]


# who asked: ann by her account, gus by his email, zed by an address that only a consent gives
REQUESTS = (
    "customer_id,email,requested_at\n"
    "ann,,2024-05-01\n,Gus@Example.com,2024-05-01\n,zed@example.com,2024-05-01\n"
)
NAMED = {
    "consents": "channel,purpose,status,stated_at,customer_id,email,phone,proof\n"
    "email,marketing,granted,2024-01-01,ann,,,\n"
    "email,marketing,granted,2024-01-02,,ANN@example.com,,\n"
    "email,marketing,granted,2024-01-03,,,15550101,signed\n"
    "email,marketing,granted,2024-01-04,,zed@example.com,,\n"
    "email,marketing,granted,2024-01-05,bob,ann@example.com,,told Ann@example.com\n"
    "email,marketing,granted,2024-01-06,,eve@example.com,15550101,\n"
    "email,marketing,perhaps,2024-01-07,,eve@example.com,15550101,\n",
    "category_spend": "category,year,customer_id,email,total_amount\n"
    "boots,2023,ann,,1\nboots,2023,,gus@example.com,1\nboots,2023,bob,,1\n",
    "service_tickets": "ticket_id,opened_at,customer_id,email,phone,order_id,topic,is_complaint\n"
    "t1,2024-01-11,ann,,,o1,late,true\n"
    "t2,2024-01-12,,,,o1,late,\n"
    "t3,2024-01-13,bob,,,o1,Ann@example.com is late,\n"
    "t4,2024-01-14,,gus@example.com,,,late,\n"
    "t5,2024-01-15,,zed@example.com,,,late,\n"
    "t6,2024-01-16,,eve@example.com,,o1,late,\n"
    "t7,2024-01-17,,,,o3,late,\n"
    "t8,soon,,,,o1,late,\n",
    "survey_answers": "survey_id,respondent_id,question_id,answered_at,customer_id,email,answer,"
    "text\n"
    "s,resp-1,q1,2024-02-01,ann,,9,mine\n"
    "s,resp-1,q2,2024-02-01,,,8,\n"
    "s,resp-2,q1,2024-02-01,bob,,7,his\n"
    "s,resp-3,q1,2024-02-01,,gus@example.com,6,\n",
}  # fmt: skip
TICKETS = "select ticket_id, customer_key, order_key, topic from core.service_tickets order by 1"
ANSWERS = (
    "select question_id, answer, customer_key, count(*) over (partition by respondent)"
    " from core.survey_answers order by 2"
)
ERASED = re.compile(rb"ann@example|gus@example|zed@example|5550101|resp-1|resp-3|mine|signed", re.I)


def test_who_is_erased_leaves_no_consent_and_nobodys_tickets(warehouse, shop):
    """Consents and category spend go; tickets and answers stay, of nobody.

    Before, each is of the first that it names: t2 of its order's customer, t6 of eve, whom nobody
    knows, though its order is ann's. The consent of eve (6 January) stays hers, though by ann's
    phone; the broken one goes. Bob keeps all that is his.
    """
    warehouse.selection = [
        "--select",
        *STAGING,
        "+service_tickets",
        "+survey_answers",
        "+rejected_rows",
    ]
    warehouse.build(shop(orders=ORDERS, **NAMED), salt="pepper", as_of="2024-03-01")
    ((gus,),) = warehouse.rows("select customer_key from core.orders where order_id = 'o2'")
    ann, bob, order = "files:ann", "files:bob", "files:o1"
    assert warehouse.rows(TICKETS) == [
        ("t1", ann, order, "late"),
        ("t2", ann, order, "late"),
        ("t3", bob, order, "other"),
        ("t4", gus, None, "late"),
        ("t5", None, None, "late"),
        ("t6", None, order, "late"),
        ("t7", bob, "files:o3", "late"),
    ]
    assert warehouse.rows(ANSWERS) == [
        ("q1", "6", gus, 1), ("q1", "7", bob, 1), ("q2", "8", None, 2), ("q1", "9", ann, 2),
    ]  # fmt: skip
    # nobody is made of eve and zed, nobody merged by a consent of bob's account and ann's email
    people = warehouse.rows("select customer_key from intermediate.int_customers_keyed")
    assert sorted(people) == sorted([(ann,), (bob,), (gus,)])
    file = warehouse.folder / "build.duckdb"
    assert len(set(ERASED.findall(file.read_bytes()))) >= 8  # the search can find

    data = shop(orders=ORDERS, **NAMED, erasures=REQUESTS)
    warehouse.build(data, salt="pepper")
    assert not ERASED.search(file.read_bytes())
    assert warehouse.rows(TICKETS) == [
        *((f"t{n}", None, None, "late") for n in (1, 2)),
        ("t3", bob, order, "(erased)"),
        *((f"t{n}", None, None, "late") for n in (4, 5)),
        ("t6", None, order, "late"),
        ("t7", bob, "files:o3", "late"),
    ]
    assert warehouse.rows(ANSWERS) == [
        ("q1", "6", None, 1), ("q1", "7", bob, 1), ("q2", "8", None, 2), ("q1", "9", None, 2),
    ]  # fmt: skip
    assert warehouse.rows(
        "select stated_at, customer_id, email, phone, proof from staging.stg_consents order by 1"
    ) == [
        (datetime(2024, 1, 5), "bob", None, None, "(erased)"),
        (datetime(2024, 1, 6), None, "eve@example.com", None, None),
    ]
    assert warehouse.rows("select customer_id from staging.stg_category_spend") == [("bob",)]
    assert warehouse.rows(
        "select raw_table, reason, count(*) from core.rejected_rows group by all order by all"
    ) == [
        ("category_spend", "erased", 2),
        ("consents", "erased", 4),
        ("consents", "unknown status", 1),
        ("service_tickets", "unparsable opened_at", 1),
    ]


def test_tables_of_the_contract_are_read_beside_another_systems_files(warehouse, shop):
    """Not those that the system fills itself: its orders come from its own file alone."""
    warehouse.selection = ["--select", *STAGING, "+reconciliation", "+service_tickets"]
    data = shop(
        orders="order_id,ordered_at\nx,2024-01-01\n",
        refunds="refund_id,refunded_at,amount\nx,2024-01-01,1\n",
        service_tickets="ticket_id,opened_at,customer_id\nt,1997-01-10,00004\n",
        consents="channel,purpose,status,stated_at,customer_id\nemail,marketing,granted,1997-01-01,00004\n",
        erasures="customer_id,requested_at\n00005,1997-03-01\n",
    )
    lines = " 00004 19970101  2   29.33\r\n 00005 19970201  1   10.00\r\n"
    (data / "CDNOW_master.txt").write_text(lines)
    warehouse.build(data, system="cdnow", salt="pepper")
    assert warehouse.rows(
        "select raw_table, accepted_rows from core.reconciliation where raw_rows > 0 order by 1"
    ) == [("consents", 1), ("erasures", 1), ("orders", 2), ("service_tickets", 1)]
    assert warehouse.rows("select customer_key from core.service_tickets") == [("cdnow:00004",)]
    keys = warehouse.rows("select customer_key from core.orders order by ordered_at")
    assert keys[0] == ("cdnow:00004",)
    assert keys[1][0].startswith("cdnow:erased-")


def test_a_table_without_its_required_columns_is_refused_beside_any_system(warehouse, shop):
    data = shop(category_spend="customer_id\n1\n")
    (data / "CDNOW_master.txt").write_text(" 00004 19970101  2   29.33\r\n")
    with pytest.raises(BuildError, match=r"_spend\.csv: required columns category, year"):
        warehouse.build(data, system="cdnow")
