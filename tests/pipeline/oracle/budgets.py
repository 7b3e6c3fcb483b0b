"""Budgets: what customers cost, what launches brought, what runs by itself (section 10)."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from oracle import campaigns
from oracle.baskets import ordered
from oracle.contract import TEXT
from oracle.marts import declare, empty, finished
from oracle.shop import Shop, spine
from oracle.steps import steps
from oracle.tools import CENT, share

declare(
    "campaigns.acquisition_costs",
    "month_start channel",
    """
    month_start:day channel:text acquisition_amount:amount retention_amount:amount
    unassigned_amount:amount new_customers:count returning_customers:count
    cost_per_new_customer:share cost_per_returning_customer:share new_net_amount:amount
    mean_net_365d:share net_to_cost:share is_left_censored:flag
    """,
)
declare(
    "campaigns.product_launches",
    "product_key",
    """
    product_key:text product_id:text released_on:day preorder_units:amount
    first_30d_units:amount preorder_share:share preorder_amount:amount first_30d_amount:amount
    buyers:count new_buyers:count campaign_recipients:count early_reviews:count
    incentivised_early_reviews:count mean_rating:share is_mature:flag
    """,
)
declare(
    "campaigns.automation",
    "month_start kind send_mode",
    """
    month_start:day kind:text send_mode:text sends:count recipients:count spend_amount:amount
    attributed_orders:count attributed_net_amount:amount net_per_send:share
    """,
)

UNKNOWN = "unknown"
PURPOSES = ("acquisition", "retention")
FIRST_YEAR = timedelta(days=365)
LAUNCH = timedelta(days=30)
BEFORE_LAUNCH = timedelta(days=90)  # in which a launch is announced


def marts(shop: Shop) -> dict[str, pl.DataFrame]:
    """Every mart of section 10."""
    done = steps(shop)
    brought = campaigns.attributed(shop, done)
    frames = {
        "campaign_results": campaigns.campaign_results(shop, done, brought),
        "acquisition_costs": acquisition_costs(shop),
        "product_launches": product_launches(shop, done),
        "automation": automation(shop, done, brought),
    }
    named = {f"campaigns.{name}": frame for name, frame in frames.items()}
    return {
        mart: finished(mart, frame) if frame.width else empty(mart) for mart, frame in named.items()
    }


# ---------------------------------------------------------------------------------------------
# What a customer costs
# ---------------------------------------------------------------------------------------------


def by_channel(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows once in their channel, 'unknown' for none, and once in 'all'."""
    own = rows.with_columns(pl.col("channel").fill_null(UNKNOWN))
    return pl.concat([own, rows.with_columns(channel=pl.lit("all"))])


def spend_cells(shop: Shop) -> pl.DataFrame:
    """Spend of each month and channel by its purpose, and which purposes have a row."""
    rows = shop.side["marketing_spend"].select(
        *("channel", "amount", "purpose"), month_start=pl.col("spend_date_date").dt.truncate("1mo")
    )
    is_for = {purpose: (pl.col("purpose") == purpose).fill_null(False) for purpose in PURPOSES}
    amount = pl.col("amount")
    return (
        by_channel(rows)
        .group_by("month_start", "channel")
        .agg(
            *(amount.filter(is_for[p]).sum().alias(f"{p}_amount") for p in PURPOSES),
            *(is_for[p].any().alias(f"has_{p}") for p in PURPOSES),
            unassigned_amount=amount.filter(~pl.any_horizontal(*is_for.values())).sum(),
        )
    )


def customer_cells(shop: Shop) -> pl.DataFrame:
    """Customers of each month and channel, the new ones and what they brought in a year."""
    channel = pl.col("acquisition_channel").str.to_lowercase()
    orders = (
        shop.orders.drop("channel")
        .drop_nulls("person")
        .join(shop.shown_persons.select("person", channel=channel), on="person")
        .with_columns(month_start=pl.col("order_date").dt.truncate("1mo"))
    )
    is_new = pl.col("order_class") == "new"
    firsts = orders.filter(is_new).select("person", "month_start", "channel", first="order_date")
    age = pl.col("order_date") - pl.col("first")
    year = (
        firsts.join(shop.orders.select("person", "order_date", "net_amount"), on="person")
        .filter(age.is_between(timedelta(), FIRST_YEAR, closed="left"))
        .select("month_start", "channel", "net_amount")
    )
    place = ["month_start", "channel"]
    is_first = pl.col("order_sequence") == 1
    everyone = (
        by_channel(orders)
        .group_by(place)
        .agg(
            customers=pl.col("person").n_unique().cast(pl.Int64),
            new_customers=pl.col("person").filter(is_new).n_unique().cast(pl.Int64),
            new_net_amount=pl.col("net_amount").filter(is_new).sum(),
            is_left_censored=(is_first & pl.col("is_censored")).any(),
        )
    )
    first_year = by_channel(year).group_by(place).agg(net_365d=pl.col("net_amount").sum())
    return everyone.join(first_year, on=place, how="left")


def acquisition_costs(shop: Shop) -> pl.DataFrame:
    """What new and returning customers cost, by month and channel."""
    paid, people = spend_cells(shop), customer_cells(shop)
    starts = [shop.start, shop.side["marketing_spend"]["spend_date_date"].min()]
    starts = [day for day in starts if day is not None]
    if not starts or shop.calendar.as_of is None:
        return pl.DataFrame()
    months = spine(min(starts), shop.calendar.as_of, "1mo").rename({"period_start": "month_start"})
    channels = pl.concat([paid.select("channel"), people.select("channel")]).unique()
    channels = pl.concat([channels, pl.DataFrame({"channel": ["all"]})]).unique()
    place = ["month_start", "channel"]
    new, returning = pl.col("new_customers"), pl.col("returning_customers")
    is_mature = pl.col("month_start").dt.month_end() + timedelta(days=364) <= pl.lit(
        shop.calendar.as_of
    )
    zero = (
        *("acquisition_amount", "retention_amount", "unassigned_amount", "customers"),
        *("new_customers", "new_net_amount", "net_365d"),
    )
    flags = ("has_acquisition", "has_retention", "is_left_censored")
    return (
        months.join(channels, how="cross")
        .join(paid, on=place, how="left")
        .join(people, on=place, how="left")
        .with_columns(pl.col(zero).fill_null(0), pl.col(flags).fill_null(False))
        .with_columns(returning_customers=pl.col("customers") - new)
        .with_columns(
            cost_per_new_customer=pl.when("has_acquisition").then(
                share(pl.col("acquisition_amount") / CENT, new)
            ),
            cost_per_returning_customer=pl.when("has_retention").then(
                share(pl.col("retention_amount") / CENT, returning)
            ),
            mean_net_365d=pl.when(is_mature).then(share(pl.col("net_365d") / CENT, new)),
        )
        .with_columns(net_to_cost=share(pl.col("mean_net_365d"), pl.col("cost_per_new_customer")))
    )


# ---------------------------------------------------------------------------------------------
# Launches
# ---------------------------------------------------------------------------------------------


def within(day: str, before: timedelta, after: timedelta) -> pl.Expr:
    """Whether a day is one of [release − before, release + after)."""
    released = pl.col("released_on")
    return (pl.col(day) >= released - before) & (pl.col(day) < released + after)


def product_launches(shop: Shop, done: pl.DataFrame) -> pl.DataFrame:
    """What was ordered of a product before and after its release, and what was said of it."""
    launched = (
        shop.products.drop_nulls("released_at_date")
        .with_columns(product_key=pl.col("source") + ":" + pl.col("product_id"))
        .select("product_key", "product_id", released_on="released_at_date")
    )
    none = timedelta()
    dates = launched.select("product_key", "released_on")
    classes = shop.orders.select("order_row", "order_class")
    key = pl.col("source") + ":" + pl.col("product_id")
    lines = shop.lines.with_columns(product_key=key).join(dates, on="product_key")
    early = {
        "preorder": within("order_date", FIRST_YEAR, none),
        "first_30d": within("order_date", none, LAUNCH),
    }
    sold = lines.group_by("product_key").agg(
        *(pl.col("pieces").filter(is_in).sum().alias(f"{n}_units") for n, is_in in early.items()),
        *(
            pl.col("line_amount").filter(is_in).sum().alias(f"{name}_amount")
            for name, is_in in early.items()
        ),
    )
    bought = (
        ordered(shop)
        .join(dates, on="product_key")
        .filter(pl.any_horizontal(*early.values()))
        .drop_nulls("person")
        .join(classes, on="order_row")
    )
    is_new = pl.col("order_class") == "new"
    people = bought.group_by("product_key").agg(
        buyers=pl.col("person").n_unique(),
        new_buyers=pl.col("person").filter(is_new).n_unique(),
    )
    products = shop.side["campaigns"].select("campaign_key", "product_key").drop_nulls()
    mailed = (
        done.filter(pl.col("step") == "send")
        .join(products, on="campaign_key")
        .join(dates, on="product_key")
        .filter(within("event_date", BEFORE_LAUNCH, LAUNCH))
        .drop_nulls("actor")
        .group_by("product_key")
        .agg(campaign_recipients=pl.col("actor").n_unique())
    )
    reviewed = (
        shop.events.filter(pl.col("event_type") == "product_reviewed")
        .with_columns(product_key=key)
        .join(dates, on="product_key")
        .filter(within("event_date", none, LAUNCH))
        .group_by("product_key")
        .agg(
            early_reviews=pl.len(),
            incentivised_early_reviews=pl.col("is_incentivised").sum(),
            mean_rating=pl.col("rating").mean() / CENT,
        )
    )
    frame = launched
    for part in (sold, people, mailed, reviewed):
        frame = frame.join(part, on="product_key", how="left")
    zero = pl.exclude("product_key", "product_id", "released_on", "mean_rating").fill_null(0)
    before, after = pl.col("preorder_units"), pl.col("first_30d_units")
    as_of = pl.lit(shop.calendar.as_of or date.min, pl.Date)
    return frame.with_columns(zero).with_columns(
        preorder_share=share(before, before + after),
        is_mature=pl.col("released_on") + LAUNCH <= as_of + timedelta(days=1),
    )


# ---------------------------------------------------------------------------------------------
# Automation
# ---------------------------------------------------------------------------------------------


def automation(shop: Shop, done: pl.DataFrame, brought: pl.DataFrame) -> pl.DataFrame:
    """What runs by itself and what by hand, by the kind of the campaign."""
    mode = (
        pl.when("is_automated")
        .then(pl.lit("automated"))
        .when(~pl.col("is_automated"))
        .then(pl.lit("manual"))
    )
    facts = shop.side["campaigns"].select("campaign_key", "kind", send_mode=mode)
    place = ["month_start", "kind", "send_mode"]

    def placed(rows: pl.DataFrame, day: str) -> pl.DataFrame:
        return rows.join(facts, on="campaign_key", how="left").with_columns(
            pl.col("kind", "send_mode").fill_null(UNKNOWN),
            month_start=pl.col(day).dt.truncate("1mo"),
        )

    sends = done.filter(pl.col("step") == "send").drop_nulls("campaign_id")
    sent = (
        placed(sends, "event_date")
        .group_by(place)
        .agg(
            sends=pl.len().cast(pl.Int64),
            recipients=pl.col("actor").drop_nulls().n_unique().cast(pl.Int64),
        )
    )
    paid = placed(campaigns.spent(shop), "spend_date")
    paid = paid.group_by(place).agg(spend_amount=pl.col("amount").sum())
    orders = brought.join(
        shop.orders.select("order_row", "order_date", "net_amount"), on="order_row"
    )
    orders = (
        placed(orders, "order_date")
        .group_by(place)
        .agg(
            attributed_orders=pl.len().cast(pl.Int64),
            attributed_net_amount=pl.col("net_amount").sum(),
        )
    )
    frame = sent.join(paid, on=place, how="full", coalesce=True)
    frame = frame.join(orders, on=place, how="full", coalesce=True)
    net = pl.col("attributed_net_amount")
    return frame.with_columns(pl.exclude(place).fill_null(0)).with_columns(
        pl.col("month_start").cast(pl.Date),
        pl.col("kind", "send_mode").cast(TEXT),
        net_per_send=share(net / CENT, pl.col("sends")),
    )
