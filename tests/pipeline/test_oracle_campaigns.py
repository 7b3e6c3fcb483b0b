"""The oracle's campaigns of small shops, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import oracle
import polars as pl
import pytest

AS_OF = "2024-12-31"
EVENTS = "event_id,occurred_at,event_type,campaign_id,customer_id,order_id,anonymous_id,email\n"
ORDERS = "order_id,ordered_at,customer_id,amount\n"


def lines(*rows: str) -> str:
    """CSV lines of events `occurred_at,event_type,campaign_id,customer_id,…`, numbered."""
    kinds = {
        "sent": "campaign_received",
        "withheld": "campaign_withheld",
        "open": "email_opened",
        "click": "email_clicked",
        "redeem": "coupon_redeemed",
        "left": "newsletter_unsubscribed",
    }
    text = EVENTS
    for number, row in enumerate(rows):
        at, kind, *rest = row.split(",")
        cells = [str(number), at, kinds.get(kind, kind), *rest, *[""] * (5 - len(rest))]
        text += ",".join(cells) + "\n"
    return text


@pytest.fixture
def built(shop) -> Callable[..., dict[str, pl.DataFrame]]:
    """Build the oracle on tables, in Berlin."""

    def build(as_of: str = AS_OF, **tables: Any) -> dict[str, pl.DataFrame]:
        source = {"name": "s", "path": str(shop(**tables)), "timezone": "Europe/Berlin"}
        params = {"rare_value_limit": 1, "audiences": []}
        return oracle.build([source], as_of=as_of, params=params)

    return build


def results(marts: dict[str, pl.DataFrame], *columns: str) -> dict[str, tuple[Any, ...]]:
    """Columns of campaign_results by campaign_id."""
    rows = marts["campaigns.campaign_results"].select("campaign_id", *columns).rows()
    return {name: values[0] if len(values) == 1 else tuple(values) for name, *values in rows}


def test_a_click_counts_for_seven_times_24_hours(built):
    """The second order is given as a date alone: up to that day's end, seven dates."""
    orders = (
        ORDERS + "1,2024-06-08T10:00:00Z,a,10\n2,2024-06-08,b,20\n3,2024-06-08T10:00:00Z,c,40\n"
    )
    orders += "4,2024-06-08,d,80\n5,2024-06-08T10:00:00Z,e,160\n"
    marts = built(
        orders=orders,
        events=lines(
            "2024-06-01T10:00:00Z,click,exact,a",
            "2024-06-01T22:00:00Z,click,dates,b",  # 2 June in Berlin
            "2024-06-01T09:59:59Z,click,late,c",
            "2024-06-01T21:59:59Z,click,late,d",  # 1 June
            "2024-06-08T10:00:00Z,click,at,e",
            "2024-06-08T10:00:01Z,click,after,e",
        ),
    )
    assert results(marts, "attributed_orders", "attributed_net_amount") == {
        "exact": (1, 10),
        "dates": (1, 20),
        "late": (0, 0),
        "at": (1, 160),
        "after": (0, 0),
    }


def test_the_last_redeem_goes_before_any_click(built):
    orders = ORDERS + "1,2024-06-08T10:00:00Z,a,10\n2,2024-06-08T12:00:00Z,a,20\n"
    orders += "3,2024-06-09T10:00:00Z,b,40\n4,2024-06-09T10:00:00Z,,80\n"
    marts = built(
        orders=orders,
        events=lines(
            "2024-06-08T09:00:00Z,click,clicked,a",
            "2024-06-08T09:00:00Z,click,,a",
            "2024-06-20T09:00:00Z,redeem,first,a",  # of another date than any order's
            "2024-06-08T21:00:00Z,redeem,first,a",  # without an order: the day's first one
            "2024-06-01T09:00:00Z,redeem,second,z,2",
            "2024-06-02T09:00:00Z,redeem,later,z,2",
            "2024-06-03T09:00:00Z,redeem,,z,2",
            "2024-06-01T09:00:00Z,redeem,y,b,3",
            "2024-06-01T09:00:00Z,redeem,x,b,3",
            "2024-06-01T09:00:00Z,redeem,nobody,,4",
            "2024-06-01T09:00:00Z,redeem,nobody,b,unknown",
        ),
    )
    assert results(marts, "redemptions", "attributed_orders", "attributed_customers") == {
        "clicked": (0, 0, 0),
        "first": (2, 1, 1),
        "second": (1, 0, 0),
        "later": (1, 1, 1),
        "x": (1, 0, 0),
        "y": (1, 1, 1),
        "nobody": (2, 1, 0),
    }


def test_only_recipients_open(built):
    """A forwarded mail's reader is none; a lead is known by a browser or by an address."""
    marts = built(
        orders=ORDERS + "1,2024-06-08,a,10\n",
        campaigns="campaign_id,channel,cost\nk,email,\nbare,,\nmade,,5\n",
        marketing_spend="spend_date,amount,campaign_id\n2024-06-01,3,k\n2024-06-02,1,k\n"
        "2024-06-02,100,made\n2024-06-01,7,unknown\n",
        consents="channel,purpose,status,stated_at,customer_id\n"
        "email,marketing,granted,2024-06-01T10:00:00Z,a\n"
        "email,marketing,withdrawn,2024-06-03,a\nemail,marketing,granted,2024-06-02,b\n",
        events=lines(
            "2024-06-01T10:00:00Z,sent,k,a",
            "2024-06-04T10:00:00Z,sent,k,a",
            "2024-06-01T10:00:00Z,sent,k,b",
            "2024-06-01T10:00:00Z,sent,k,,,v",
            "2024-06-01T10:00:00Z,sent,k,,,",
            "2024-06-05T10:00:00Z,open,k,a",
            "2024-06-05T10:00:00Z,open,k,a",
            "2024-06-05T10:00:00Z,open,k,c",
            "2024-06-05T10:00:00Z,open,k,,,v",
        ),
    )
    columns = ("recipients", "sends", "openers", "open_rate", "cost", "net_per_send")
    assert results(marts, *columns) == {
        "k": (3, 5, 2, pytest.approx(2 / 3), 4, 0),
        "made": (0, 0, 0, None, 5, None),
        "bare": (0, 0, 0, None, None, None),
    }
    columns = ("consented_recipients", "consented_open_rate", "other_open_rate")
    assert results(marts, *columns)["k"] == (1, 1, 0.5)
    assert results(marts, *columns)["bare"] == (None, None, None)
    assert results(marts, "return_on_spend") == {"k": -1, "made": -1, "bare": None}


def test_who_unsubscribes_leaves_by_the_last_letter(built):
    marts = built(
        orders=ORDERS + "1,2024-06-08,a,10\n",
        events=lines(
            "2024-06-01T10:00:00Z,sent,k,a",
            "2024-06-02T10:00:00Z,sent,l,a",
            "2024-06-08T10:00:00Z,left,,a",  # l, though k is exactly seven days old
            "2024-06-08T10:00:00Z,left,k,a",  # k: it says so
            "2024-06-01T10:00:00Z,sent,k,b",
            "2024-06-08T10:00:01Z,left,,b",  # too late
            "2024-06-01T10:00:00Z,sent,k,c",
            "2024-06-01T10:00:00Z,sent,m,c",
            "2024-06-01T10:00:00Z,left,,c",  # of one instant the greatest
            "2024-06-02T10:00:00Z,left,,c",
            "2024-06-02T10:00:00Z,left,l,c",  # never sent
        ),
    )
    assert results(marts, "unsubscribers_7d") == {"k": 1, "l": 1, "m": 1}


def test_both_arms_are_judged_after_14_days(built):
    """Treated a, b and c, of whom a and b order; control d and e, of whom none does in time."""
    marts = built(
        orders=ORDERS
        + "1,2024-12-17T10:00:01Z,a,10\n2,2024-12-31,b,10\n3,2024-12-17T10:00:00Z,c,10\n"
        "4,2024-12-26,d,10\n5,2024-12-16,e,10\n",
        events=lines(
            "2024-12-17T10:00:00Z,sent,k,a",
            "2024-12-17T10:00:00Z,sent,k,b",
            "2024-12-20T10:00:00Z,sent,k,b",
            "2024-12-17T10:00:00Z,sent,k,c",
            "2024-12-11T10:00:00Z,withheld,k,d",
            "2024-12-16T10:00:00Z,withheld,k,e",  # ordered that day, at whatever time
            "2024-12-10T10:00:00Z,sent,k,both",
            "2024-12-30T10:00:00Z,withheld,k,both",
            "2024-12-18T10:00:00Z,withheld,k,young",
            "2024-12-10T10:00:00Z,withheld,k,,,v",
            "2024-12-10T10:00:00Z,sent,alone,a",
        ),
    )
    columns = ("treated_customers", "control_customers", "uplift", "uplift_low", "uplift_high")
    found = results(marts, *columns)
    assert found["alone"] == (None, 0, None, None, None)
    # Wilson of 2 of 3: .207655 to .938510; of 0 of 2: 0 to .657620
    below, above = ((2 / 3 - 0.207655) ** 2 + 0.657620**2) ** 0.5, 0.938510 - 2 / 3
    assert found["k"] == (
        3,
        2,
        *(pytest.approx(x, abs=1e-5) for x in (2 / 3, 2 / 3 - below, 2 / 3 + above)),
    )


def test_what_new_customers_cost(built):
    """One new customer of ads in January, who brings 30 in their first year; b is older."""
    marts = built(
        "2025-01-30",
        orders=ORDERS + "0,2023-01-01,,1\n1,2024-01-10,a,10\n2,2025-01-08,a,20\n3,2025-01-09,a,40\n"
        "4,2024-01-31,b,5\n",
        customers="customer_id,acquisition_channel,first_order_at\na,Ads,\nb,,2020-01-01\n",
        marketing_spend="spend_date,amount,channel,purpose\n2022-12-31,1,ads,brand\n"
        "2024-01-01,6,ads,acquisition\n2024-01-02,0,,retention\n2024-01-03,4,tv,Acquisition\n",
    )
    rows = marts["campaigns.acquisition_costs"]
    assert rows.height == 26 * 4
    assert rows["month_start"].min().isoformat() == "2022-12-01"
    columns = ("acquisition_amount", "new_customers", "returning_customers")
    columns += ("cost_per_new_customer", "cost_per_returning_customer", "mean_net_365d")
    january = rows.filter(pl.col("month_start") == pl.date(2024, 1, 1))
    found = {name: values for name, *values in january.select("channel", *columns).rows()}
    assert found == {
        "ads": [6, 1, 0, 6, None, 30],
        "all": [10, 1, 1, 10, 0, 30],
        "tv": [4, 0, 0, None, None, None],
        "unknown": [0, 0, 1, None, 0, None],
    }
    assert january.filter(pl.col("channel") == "ads")["net_to_cost"].item() == 5
    young = built(
        "2025-01-28",
        orders=ORDERS + "1,2024-01-10,a,10\n",
        events=lines("2024-01-01,sent,k,a"),
    )["campaigns.acquisition_costs"]
    assert young["mean_net_365d"].null_count() == young.height


def test_what_a_launch_brings(built):
    orders = ORDERS + "".join(
        f"{n},{day},{who},1\n"
        for n, (day, who) in enumerate(
            [
                ("2023-06-01", "a"),  # 366 days before the release: too early
                ("2023-06-02", "a"),
                ("2024-05-31", "b"),
                ("2024-06-01", "c"),
                ("2024-06-30", ""),
                ("2024-07-01", "d"),
            ]
        )
    )
    sold = "order_id,line_id,product_id,quantity,amount\n" + "".join(
        f"{n},1,p,{2**n},{10**n}\n" for n in range(6)
    )
    reviews = "event_id,occurred_at,event_type,customer_id,product_id,rating,is_incentivised\n"
    reviews += "1,2024-05-31,product_reviewed,a,p,1,\n2,2024-06-01,product_reviewed,a,p,4,\n"
    reviews += "3,2024-06-30,product_reviewed,a,p,5,yes\n4,2024-07-01,product_reviewed,a,p,1,\n"
    mails = [("2024-03-02", "a"), ("2024-03-03", "b"), ("2024-06-30", "c"), ("2024-07-01", "d")]
    reviews = reviews.replace("is_incentivised", "is_incentivised,campaign_id").replace("\n", ",\n")
    reviews = reviews.replace("campaign_id,\n", "campaign_id\n") + "".join(
        f"m{who},{day},campaign_received,{who},,,,k\n" for day, who in mails
    )
    tables = {
        "orders": orders,
        "order_lines": sold,
        "products": "product_id,released_at\np,2024-06-01\nq,2025-06-01\nr,\n",
        "campaigns": "campaign_id,product_id\nk,p\n",
        "events": reviews,
    }
    rows = built("2024-07-01", **tables)["campaigns.product_launches"]
    assert rows["product_id"].to_list() == ["p", "q"]
    row = rows.row(0, named=True)
    assert (row["preorder_units"], row["first_30d_units"]) == (6, 24)
    assert (row["preorder_amount"], row["first_30d_amount"]) == (110, 11_000)
    assert row["preorder_share"] == 0.2
    assert (row["buyers"], row["new_buyers"]) == (3, 2)
    assert row["campaign_recipients"] == 2
    reviewed = ("early_reviews", "incentivised_early_reviews", "mean_rating")
    assert [row[name] for name in reviewed] == [2, 1, 4.5]
    assert rows["is_mature"].to_list() == [True, False]
    early = built("2024-06-29", **tables)["campaigns.product_launches"]
    assert not early["is_mature"].any()


def test_automation_beside_what_is_sent_by_hand(built):
    rows = built(
        orders=ORDERS + "1,2024-06-08T10:00:00Z,a,10\n",
        campaigns="campaign_id,kind,is_automated\nk,Launch,yes\nl,,no\n",
        marketing_spend="spend_date,amount,campaign_id\n2024-05-01,0,k\n2024-05-01,2,heard of\n"
        "2024-05-01,9,\n",
        events=lines(
            "2024-06-01T10:00:00Z,sent,k,a",
            "2024-06-08T10:00:00Z,sent,k,a",
            "2024-06-02T10:00:00Z,sent,l,,,",
            "2024-06-02T10:00:00Z,sent,,a",
            "2024-06-08T09:00:00Z,click,k,a",
        ),
    )["campaigns.automation"]
    assert rows.drop("month_start").rows() == [
        ("launch", "automated", 0, 0, 0, 0, 0, None),
        ("unknown", "unknown", 0, 0, 2, 0, 0, None),
        ("launch", "automated", 2, 1, 0, 1, 10, 5),
        ("unknown", "manual", 1, 0, 0, 0, 0, 0),
    ]
