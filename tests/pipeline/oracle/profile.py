"""Profile: one wide table of customers, and what the best of them are like (section 8)."""

from __future__ import annotations

from datetime import date

import polars as pl

from oracle.baskets import last_days
from oracle.habits import with_habits
from oracle.ideal import (
    fit_calibration,
    fit_points,
    graded,
    ideal_customer,
    segments,
    similar_segments,
)
from oracle.interests import with_interests
from oracle.marts import declare, empty, finished
from oracle.patterns import basket_mix, purchase_patterns, segmented
from oracle.shop import Shop
from oracle.standing import Marts, stages, with_standing
from oracle.traits import attribute_coverage, traits

declare(
    "profile.customer_profile",
    "customer_key",
    """
    customer_key:text
    age_years:count age_band:text gender:text country:text region:text city:text
    role_level:text household_size:text income_band:text customer_type:text
    acquisition_channel:text loyalty_joined_date:day created_date:day first_order_date:day
    tenure_days:count tenure_band:text
    device_preference:text channel_preference:text top_category:text top_brand:text
    favourite_weekday:count favourite_daypart:text orders_per_year:share is_seasonal:flag
    season_month:count multi_item_share:share discount_share:share refund_share:share
    payment_preference:text
    interest:text inferred_trait:text declared_preference:text wishlist_items:count
    wishlist_bought:count
    lifecycle_stage:text rfm_segment:text engagement_level:text lead_band:text
    advocacy_tier:text loyalty_quadrant:text spend_band:text loyalty_tier:text
    is_top_20_percent:flag net_amount:amount net_amount_12m:amount orders_12m:count
    order_days_12m:count churn_risk:estimate clv_365:estimate products_held:count
    loyalty_score:share has_open_complaint:flag known_share:share
    """,
)
declare(
    "profile.attribute_coverage",
    "people attribute",
    "people:text attribute:text people_count:count known_count:count coverage:share",
)

NO_DAY = date(9000, 1, 1)  # stands for as_of in a shop without any row that has one


def marts(shop: Shop, made: Marts) -> dict[str, pl.DataFrame]:
    """Every mart of section 8, by what the subjects before it have made."""
    as_of = shop.calendar.as_of or NO_DAY
    shop = shop._replace(calendar=shop.calendar._replace(as_of=as_of))
    profile = customer_profile(shop, as_of, made)
    recent = shop.orders.filter(last_days(shop, 365))
    base = profile.join(recent.select("person"), on="person", how="semi")
    target = shop.params["fit_segment"]
    points = fit_points(base, segments(base)[target])
    orders = segmented(shop, stages(shop, made))
    frames = {
        "customer_profile": profile,
        "attribute_coverage": attribute_coverage(profile),
        "purchase_patterns": purchase_patterns(orders),
        "basket_mix": basket_mix(orders),
        "ideal_customer": ideal_customer(base),
        "customer_fit": graded(profile, base, points),
        "fit_points": points,
        "fit_calibration": fit_calibration(base, target),
        "similar_segments": similar_segments(base),
    }
    named = {f"profile.{name}": frame for name, frame in frames.items()}
    return {
        mart: finished(mart, frame) if frame.width else empty(mart) for mart, frame in named.items()
    }


def customer_profile(shop: Shop, as_of: date, made: Marts) -> pl.DataFrame:
    """Everybody but staff: who they are, how they buy, what they like, where they stand."""
    people = with_habits(shop, as_of, traits(shop, as_of))
    return with_standing(shop, as_of, with_interests(shop, as_of, people), made)
