"""All of it: raw files in, marts out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl

from oracle import (
    advocacy,
    audiences,
    budgets,
    cross_sell,
    customer_share,
    engagement,
    lifecycle,
    monthly,
    profile,
    scenarios,
    service,
    sharing,
)
from oracle.consent import statements
from oracle.core import (
    core_customers,
    core_events,
    core_orders,
    core_refunds,
    core_sessions,
    order_amounts,
)
from oracle.identity import ids_of, resolve
from oracle.marts import finished
from oracle.privacy import ORDER_TEXTS, Publisher
from oracle.reading import row_key
from oracle.sales_reconciliation import sales_reconciliation
from oracle.seeds import passive_types
from oracle.shop import Shop, open_shop
from oracle.side_core import (
    core_campaigns,
    core_service_tickets,
    core_survey_answers,
    core_surveys,
    named,
)
from oracle.side_tables import cut_side_tables, stage_side_tables
from oracle.staging import cut, last_day, stage

DEFAULT_PARAMS: dict[str, Any] = {
    "new_to_window_days": 365,
    "customer_share_months": 13,
    "contact_max_accounts": 10,
    "contact_max_guest_orders": 50,
    "visitor_max_people": 10,
    "breakdown_values": 20,
    "clv_horizon_days": [30, 90, 180, 365],
    "clv_annual_discount_rate": 0.10,
    "session_gap_minutes": 30,
    "engagement_half_life_days": 30,
    "rare_value_limit": 5,
    "as_of_visitors": 3,
    "affinity_days": 365,
    "affinity_max_items": 100,
    "affinity_max_orders": 500_000,
    "affinity_min_baskets": 20,
    "affinity_min_pairs": 5,
    "affinity_max_products": 1_000,
    "offers": 5,
    "offer_customer_days": 365,
    "offer_days": 90,
    "offer_items": 30,
    "offer_rules": 10,
    "offer_upsells": 10,
    "offer_best_sellers": 100,
    "offer_group_customers": 50,
    "held_months": 24,
    "ready_score": 70,
    "fit_segment": "high_spenders",
    "attribution_days": 7,
    "uplift_days": 14,
    "contact_days": 7,
    "contact_limit": 2,
    "adult_age": 18,
    "service_months": 24,
    "audiences": None,  # as the project declares them
}

SUBJECTS = (customer_share, lifecycle, engagement, advocacy, cross_sell)


def build(
    sources: list[dict[str, Any]],
    as_of: str | None = None,
    reporting_currency: str | None = None,
    salt: str = "",
    params: dict[str, Any] | None = None,
) -> dict[str, pl.DataFrame]:
    """Compute every mart from raw files.

    Args:
        sources: `{name, system, path, timezone, naive_times, ids_of}` of each source; system is
            always 'files', naive_times 'utc' (the default) or 'local'.
        as_of: ISO date; default: the latest business date of an order or refund or, if later,
            the latest on or after which enough people or visitors have events.
        reporting_currency: default: the only currency present.
        salt: goes before the text that is hashed into a guest's key.
        params: settings that differ from `DEFAULT_PARAMS`.

    Returns:
        Frames by `schema.table`, with the columns of `MARTS`.

    Raises:
        FileNotFoundError: a source has no orders.
        ValueError: several currencies and none chosen; a table found twice; an unknown param; a
            time zone that is no place.
    """
    result, shop = opened(sources, as_of, reporting_currency, salt, params)
    for subject in SUBJECTS:
        result |= subject.marts(shop)
    result |= profile.marts(shop, result)
    result |= audiences.marts(shop, result)
    for subject in (budgets, service, sharing):
        result |= subject.marts(shop)
    result |= scenarios.marts(shop, result)
    return result | monthly.marts(shop, result)


def opened(
    sources: list[dict[str, Any]],
    as_of: str | None = None,
    reporting_currency: str | None = None,
    salt: str = "",
    params: dict[str, Any] | None = None,
) -> tuple[dict[str, pl.DataFrame], Shop]:
    """Compute core, and what the subjects read; as `build`, which adds their marts."""
    settings = DEFAULT_PARAMS | (params or {})
    if unknown := set(settings) - set(DEFAULT_PARAMS):
        raise ValueError(f"unknown params: {', '.join(sorted(unknown))}")
    now = datetime.now(UTC).replace(tzinfo=None)
    ids_of.clear()
    ids_of.update((one["name"], one["ids_of"]) for one in sources if one.get("ids_of"))
    staging = stage(sources, reporting_currency, now)
    end = last_day(staging.tables, as_of, settings["as_of_visitors"])
    staging = stage_side_tables(staging, sources, end, now)
    publisher = Publisher(staging.tables, settings["rare_value_limit"])
    staging, calendar = cut(staging, end)
    side = cut_side_tables(staging.tables, end)
    tables = staging.tables
    people = resolve(tables, salt, settings)
    orders = order_amounts(tables["orders"], tables["order_lines"])
    refunds = core_refunds(tables["refunds"], orders, people)
    later = tables.pop("later_orders")
    orders = core_orders(orders, later, refunds, people, settings, calendar)
    customers = core_customers(orders, refunds, people, calendar)
    shown_orders = publisher.orders(orders, *ORDER_TEXTS)
    shown_customers = publisher.customers(customers)
    # codes are compared as they were delivered, as are peers' countries
    orders = publisher.orders(orders, "channel", "device", "country", "payment_method")
    customers = customers.with_columns(shown_country=shown_customers["country"])
    said = statements(side["consents"], tables["events"], people)
    events = publisher.events(core_events(tables.pop("events"), people, settings), "device")
    events, sessions = core_sessions(events, passive_types(), settings["session_gap_minutes"])
    # topics are compared as they were delivered
    events = publisher.events(events, "event_type")
    shown_events = publisher.events(events, "topic", "channel")
    events = events.with_columns(shown_topic=shown_events["topic"])

    lines = tables["order_lines"].join(orders.select("order_row", "order_id"), on="order_row")
    days = pl.DataFrame(
        {
            "as_of": [calendar.as_of],
            "reporting_currency": [staging.currency],
            "last_sale_date": [orders.filter("is_valid")["order_date"].max()],
            "history_start": [calendar.history_start],
            "history_days": [calendar.history_days],
        }
    )
    campaigns = publisher.shops_words(core_campaigns(side["campaigns"]), "name", "kind", "channel")
    surveys = publisher.shops_words(core_surveys(side["surveys"]), "name", "kind")
    tickets = core_service_tickets(side["service_tickets"], orders, people)
    shown_tickets = publisher.tickets(tickets)
    answers = publisher.answers(core_survey_answers(side["survey_answers"], people, salt))
    marts = {
        "core.as_of": days,
        "core.customers": shown_customers,
        "core.orders": shown_orders,
        "core.order_lines": lines.select(
            order_line_key=pl.col("source") + ":" + row_key("order_lines")
        ),
        "core.refunds": refunds.select(refund_key=pl.col("source") + ":" + pl.col("refund_id")),
        "core.products": tables["products"].select(
            product_key=pl.col("source") + ":" + pl.col("product_id")
        ),
        "core.events": shown_events,
        "core.sessions": sessions,
        "core.campaigns": campaigns,
        "core.service_tickets": shown_tickets,
        "core.surveys": surveys,
        "core.survey_answers": answers,
        "core.reconciliation": staging.reconciliation,
        "core.sales_reconciliation": sales_reconciliation(orders, refunds, calendar.as_of),
        "core.rejected_rows": staging.rejected,
    }
    result = {mart: finished(mart, frame) for mart, frame in marts.items()}
    del marts, lines, shown_orders, shown_events

    shop = open_shop(
        calendar,
        orders,
        refunds,
        events,
        sessions,
        tables,
        people,
        customers,
        tickets,
        said,
        answers,
        shown_customers,
        {
            "campaigns": campaigns,
            "marketing_spend": side["marketing_spend"],
            "tickets": tickets.with_columns(
                shown_channel=shown_tickets["channel"], shown_topic=shown_tickets["topic"]
            ),
            "surveys": surveys,
            "category_spend": named(side["category_spend"], people),
            "market_sizes": side["market_sizes"],
            "follower_counts": side["follower_counts"],
        },
        settings,
    )
    return result, shop._replace(consents=publisher.methods(shop.consents, side["consents"]))
