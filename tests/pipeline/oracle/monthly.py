"""Monthly metrics: the marts' numbers in one long table, and how each may be added (DECISIONS)."""

from __future__ import annotations

import polars as pl

from oracle.contract import TEXT
from oracle.marts import declare, empty, finished
from oracle.seeds import seed
from oracle.shop import Shop
from oracle.standing import Marts

declare(
    "bi.monthly_metrics",
    "month_start metric breakdown breakdown_value",
    """
    month_start:day metric:text breakdown:text breakdown_value:text value:share numerator:share
    denominator:share label:text definition:text unit:text sort_order:count is_additive:flag
    is_complete:flag
    """,
)

NUMBER = pl.Float64
PLACE = ["month_start", "metric", "breakdown", "breakdown_value"]
SPLITS = {"total": None} | {name: name for name in ("channel", "country", "source")}
PARTS = ["value", "numerator", "denominator", "waits_until"]


def marts(shop: Shop, made: Marts) -> dict[str, pl.DataFrame]:
    """The one mart of the room."""
    mart = "bi.monthly_metrics"
    if shop.calendar.as_of is None:
        return {mart: empty(mart)}
    frames = [*sales(made), *customers(made), *voices(made), *efforts(made)]
    rows = pl.concat(frames)
    words = seed("bi_metrics", is_additive=pl.Boolean)
    last = pl.col("month_start").dt.month_end()
    end = pl.lit(shop.calendar.as_of, pl.Date)
    rows = rows.join(words, on="metric").with_columns(
        is_complete=(last <= end) & (pl.col("waits_until").fill_null(end) <= end)
    )
    return {mart: finished(mart, rows)}


# ---------------------------------------------------------------------------------------------
# How a metric is added
# ---------------------------------------------------------------------------------------------


def number(expression: pl.Expr | str) -> pl.Expr:
    """A column, or an expression, as a float."""
    return (pl.col(expression) if isinstance(expression, str) else expression).cast(NUMBER)


def shaped(rows: pl.DataFrame, metric: str, **parts: pl.Expr) -> pl.DataFrame:
    """Rows of month_start, breakdown and breakdown_value as rows of a metric."""
    none = pl.lit(None, NUMBER)
    parts = {"numerator": none, "denominator": none, "waits_until": pl.lit(None, pl.Date)} | parts
    return rows.with_columns(metric=pl.lit(metric, TEXT), **parts).select(
        pl.col(PLACE[0]), pl.col(PLACE[1:]).cast(TEXT), *PARTS
    )


def added(rows: pl.DataFrame, metric: str, amount: str) -> pl.DataFrame:
    """A sum: it may be added over months and values."""
    return shaped(rows, metric, value=number(amount), numerator=number(amount))


def level(rows: pl.DataFrame, metric: str, amount: str) -> pl.DataFrame:
    """A level stands as it is."""
    return shaped(rows.drop_nulls(amount), metric, value=number(amount))


def ratio(
    rows: pl.DataFrame, metric: str, top: pl.Expr, bottom: pl.Expr, **parts: pl.Expr
) -> pl.DataFrame:
    """A ratio, of which the parts may be added; nothing where there is no positive denominator."""
    top, bottom = top.cast(NUMBER), bottom.cast(NUMBER)
    value = pl.when(bottom > 0).then(top / bottom)
    return shaped(rows, metric, value=value, numerator=top, denominator=bottom, **parts)


def by(rows: pl.DataFrame, breakdown: str, column: str | None = None) -> pl.DataFrame:
    """Rows split by a column; without one, the total."""
    value = pl.lit("all", TEXT) if column is None else pl.col(column)
    return rows.with_columns(breakdown=pl.lit(breakdown, TEXT), breakdown_value=value)


def totals(rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """The sums of a month."""
    return by(rows.group_by("month_start").agg(pl.col(columns).sum()), "total")


# ---------------------------------------------------------------------------------------------
# The metrics
# ---------------------------------------------------------------------------------------------


def sales(made: Marts) -> list[pl.DataFrame]:
    """What was sold, to whom, and what came back of it."""
    months = made["customer_share.new_customer_share"].filter(pl.col("period_grain") == "month")
    months = months.with_columns(month_start="period_start")
    net = pl.col("total_net_amount")
    orders = made["core.orders"].filter("is_valid")
    orders = orders.with_columns(
        pl.col("channel", "country").fill_null("unknown"),
        month_start=pl.col("order_date").dt.truncate("1mo"),
        goods=pl.col("gross_amount") - pl.col("discount_amount"),
    )
    refunds = pl.concat(
        by(orders, breakdown, column)
        .group_by("month_start", "breakdown", "breakdown_value")
        .agg(pl.col("goods", "refund_amount").sum())
        for breakdown, column in SPLITS.items()
    )
    changes = by(made["customer_share.growth_accounting"], "total")
    gained = pl.sum_horizontal(f"{kind}_amount" for kind in ("new", "resurrected", "expansion"))
    lost = pl.sum_horizontal(f"{kind}_amount" for kind in ("contraction", "churned"))
    years = made["customer_share.concentration"].filter(pl.col("measure_window") == "trailing_12m")
    return [
        added(months, "net_sales", "total_net_amount"),
        added(months, "ledger_net_sales", "ledger_net_amount"),
        added(months, "orders", "orders"),
        added(months, "new_orders", "new_orders"),
        level(months, "buyers", "customers"),
        ratio(months, "average_order_value", net, pl.col("orders")),
        ratio(months, "new_order_share", pl.col("new_net_amount"), net),
        ratio(months, "new_to_window_share", pl.col("new_to_window_net_amount"), net),
        ratio(refunds, "refund_rate", pl.col("refund_amount"), pl.col("goods")),
        ratio(changes, "quick_ratio", gained, lost),
        level(by(years, "total"), "top_20_percent_share", "top_20_percent_share"),
    ]


def customers(made: Marts) -> list[pl.DataFrame]:
    """Who stays, comes again and leaves."""
    stock = made["lifecycle.lifecycle_stock"].filter(pl.col("period_grain") == "month")
    stock = stock.with_columns(month_start=pl.col("period_end").dt.truncate("1mo"))
    seconds = made["lifecycle.time_to_second_order"].filter(pl.col("cohort_grain") == "month")
    seconds = seconds.with_columns(month_start="cohort_start").filter(
        pl.col("observed_customers_90d") > 0
    )
    # not before the last one's 90 days are over; whose are not is not among the observed
    is_open = pl.col("observed_customers_90d") < pl.col("customers")
    waits = pl.when(is_open).then(pl.date(9999, 1, 1))
    retained = pl.concat(
        [
            by(made["lifecycle.cohort_retention"], "total"),
            made["lifecycle.cohort_breakdown"],
        ],
        how="diagonal_relaxed",
    ).filter(
        (pl.col("basis") == "cumulative") & (pl.col("months_since") == 12) & pl.col("is_mature")
    )
    leaving = made["service.leave_reasons"]
    return [
        level(by(stock, "stage", "stage"), "customers_in_stage", "customers"),
        ratio(
            seconds,
            "second_order_share_90d",
            pl.col("returned_customers_90d"),
            pl.col("observed_customers_90d"),
            waits_until=waits,
        ),
        ratio(
            retained.with_columns(month_start="cohort_month"),
            "retention_12m",
            pl.col("active_customers"),
            pl.col("cohort_customers"),
        ),
        added(totals(leaving, "customers"), "lapsed_customers", "customers"),
        added(by(leaving, "reason", "reason"), "lapsed_customers", "customers"),
    ]


def voices(made: Marts) -> list[pl.DataFrame]:
    """What people say, and whether they visit."""
    months = made["customer_share.new_customer_share"].filter(
        (pl.col("period_grain") == "month") & (pl.col("breakdown") == "total")
    )
    months = months.select("total_net_amount", month_start="period_start")
    words = by(made["advocacy.word_of_mouth"].join(months, on="month_start"), "total")
    score = 100 * (number("nps_promoters") - number("nps_detractors"))
    tiers = by(made["advocacy.advocacy_tier_summary"], "tier", "tier")
    leads = made["engagement.lead_scores"].drop_nulls("became_strong_at")
    leads = leads.with_columns(
        month_start=pl.col("became_strong_at").dt.date().dt.truncate("1mo"), one=pl.lit(1)
    )
    visits = made["engagement.visit_conversion"]
    both = [
        totals(visits, "sessions", "converting_sessions"),
        by(visits, "visitor_class", "visitor_class"),
    ]
    return [
        ratio(words, "referred_share", pl.col("referred_net_amount"), pl.col("total_net_amount")),
        ratio(words.filter(pl.col("nps_responses") > 0), "nps", score, pl.col("nps_responses")),
        level(tiers, "tier_share", "share"),
        added(totals(leads, "one"), "strong_leads", "one"),
        *(added(rows, "visits", "sessions") for rows in both),
        *(
            ratio(rows, "visit_conversion", pl.col("converting_sessions"), pl.col("sessions"))
            for rows in both
        ),
    ]


def of_channels(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of all channels as the total, of one as split by channel."""
    breakdown = (
        pl.when(pl.col("channel") == "all").then(pl.lit("total")).otherwise(pl.lit("channel"))
    )
    return rows.with_columns(breakdown=breakdown, breakdown_value="channel")


def efforts(made: Marts) -> list[pl.DataFrame]:
    """What service and marketing did, and cost."""
    months = made["customer_share.new_customer_share"].filter(
        (pl.col("period_grain") == "month") & (pl.col("breakdown") == "total")
    )
    months = months.select("orders", month_start="period_start")
    service = of_channels(made["service.service_quality"])
    contacts = pl.col("tickets") - pl.col("proactive_tickets")
    answers = pl.col("satisfaction_answers")
    satisfied = (pl.col("satisfaction_mean") * answers).round(4)
    costs = of_channels(made["campaigns.acquisition_costs"])
    spend = [f"{purpose}_amount" for purpose in ("acquisition", "retention", "unassigned")]
    costs = costs.with_columns(spend=pl.sum_horizontal(map(number, spend)))
    is_told = pl.col("cost_per_new_customer").is_not_null() | (pl.col("acquisition_amount") > 0)
    campaigns = made["campaigns.automation"]
    kinds = campaigns.group_by("month_start", "kind").agg(pl.col("attributed_net_amount").sum())
    return [
        added(service, "service_tickets", "tickets"),
        added(service, "complaints", "complaints"),
        ratio(
            service.filter(pl.col("channel") == "all").join(months, on="month_start"),
            "contacts_per_order",
            contacts,
            pl.col("orders"),
        ),
        ratio(service.filter(answers > 0), "satisfaction", satisfied, answers),
        added(costs, "marketing_spend", "spend"),
        ratio(
            costs.filter((pl.col("channel") == "all") & is_told),
            "cost_per_new_customer",
            pl.col("acquisition_amount"),
            pl.col("new_customers"),
        ),
        added(
            totals(campaigns, "attributed_net_amount"),
            "campaign_net_sales",
            "attributed_net_amount",
        ),
        added(by(kinds, "kind", "kind"), "campaign_net_sales", "attributed_net_amount"),
    ]
