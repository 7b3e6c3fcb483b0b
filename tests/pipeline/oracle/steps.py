"""The steps of campaigns: what was sent, withheld, opened, clicked and redeemed (section 10)."""

from __future__ import annotations

import polars as pl

from oracle.seeds import event_points
from oracle.shop import Shop


def with_actor(events: pl.DataFrame, shop: Shop) -> pl.DataFrame:
    """Add to events their campaign's key and who did them, as far as somebody is known.

    A *person* of section 10 is the customer_key, else the visitor_key, else the address on the
    event.
    """
    keys = shop.persons.select("person", "customer_key")
    return events.join(keys, on="person", how="left").with_columns(
        campaign_key=pl.col("source") + ":" + pl.col("campaign_id"),
        actor=pl.coalesce("customer_key", "visitor_key", "email"),
    )


def steps(shop: Shop) -> pl.DataFrame:
    """Events that are a step of a campaign; no bots, no staff."""
    kinds = event_points().select("event_type", step="campaign_step").drop_nulls("step")
    return with_actor(shop.events.join(kinds, on="event_type"), shop)
