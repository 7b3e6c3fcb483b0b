"""Campaigns: who was reached, what they did, and what it brought (section 10)."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from oracle.contract import DAY, TEXT
from oracle.marts import declare
from oracle.shop import Shop
from oracle.steps import with_actor
from oracle.tools import CENT, share, wilson

declare(
    "campaigns.campaign_results",
    "campaign_key",
    """
    campaign_key:text campaign_id:text name:text kind:text channel:text started_on:day
    recipients:count sends:count openers:count clickers:count redeemers:count redemptions:count
    open_rate:share click_rate:share redemption_rate:share
    attributed_orders:count attributed_customers:count attributed_net_amount:amount
    unsubscribers_7d:count cost:amount net_per_send:share return_on_spend:share
    consented_recipients:count consented_open_rate:share other_open_rate:share
    treated_customers:count control_customers:count treated_order_rate:share
    control_order_rate:share uplift:share uplift_low:share uplift_high:share
    """,
)

BY_TIME = ["occurred_at", "campaign_id", "campaign_key"]  # of one instant the greatest id
UNSUBSCRIBE_WINDOW = timedelta(hours=7 * 24)


# ---------------------------------------------------------------------------------------------
# What brought an order
# ---------------------------------------------------------------------------------------------


def attributed(shop: Shop, done: pl.DataFrame) -> pl.DataFrame:
    """The one campaign of each order that has one: order_row, campaign_key.

    That of the last redeem event for it, else of its customer's last click in the days before.
    What carries no campaign attributes nothing.
    """
    done = done.drop_nulls("campaign_id")
    redeemed = of_redeems(shop, done.filter(pl.col("step") == "redeem"))
    clicked = of_clicks(shop, done.filter(pl.col("step") == "click"))
    left = clicked.join(redeemed, on="order_row", how="anti")
    return pl.concat([redeemed, left])


def of_redeems(shop: Shop, redeems: pl.DataFrame) -> pl.DataFrame:
    """Orders and the campaign of the last redeem event for them.

    An event without an order is for the customer's first valid order of its business date.
    """
    orders = shop.orders.select("order_row", "order_key", "person", "order_date", "order_sequence")
    columns = ["order_row", *BY_TIME]
    is_named = pl.col("order_id").is_not_null()
    named = redeems.filter(is_named).with_columns(
        order_key=pl.col("source") + ":" + pl.col("order_id")
    )
    first = orders.drop_nulls("person").sort("order_sequence")
    first = first.unique(["person", "order_date"], keep="first", maintain_order=True)
    dated = redeems.filter(~is_named).drop_nulls("person")
    found = pl.concat(
        [
            named.join(orders, on="order_key").select(columns),
            dated.join(
                first, left_on=["person", "event_date"], right_on=["person", "order_date"]
            ).select(columns),
        ]
    )
    return latest(found)


def latest(found: pl.DataFrame) -> pl.DataFrame:
    """The campaign of the last event of each order."""
    return (
        found.sort(BY_TIME)
        .unique("order_row", keep="last", maintain_order=True)
        .select("order_row", "campaign_key")
    )


def of_clicks(shop: Shop, clicks: pl.DataFrame) -> pl.DataFrame:
    """Orders and the campaign of their customer's last click in the days up to them.

    Up to the order's instant; of an order given as a date alone up to that day's end, so that it
    is the clicks of that many business dates.
    """
    days = shop.params["attribution_days"]
    orders = shop.orders.drop_nulls("person").select(
        "order_row", "person", "ordered_at", "order_date", is_flat=pl.col("hour").is_null()
    )
    wait = pl.col("ordered_at") - pl.col("occurred_at")
    dates = (pl.col("order_date") - pl.col("event_date")).dt.total_days()
    is_in = (
        pl.when("is_flat")
        .then(dates.is_between(0, days - 1))
        .otherwise(wait.is_between(timedelta(), timedelta(hours=24 * days)))
    )
    both = orders.join(
        clicks.drop_nulls("person").select("person", "event_date", *BY_TIME), "person"
    )
    return latest(both.filter(is_in))


# ---------------------------------------------------------------------------------------------
# What became of those who were written to
# ---------------------------------------------------------------------------------------------


def unsubscribers(shop: Shop, sends: pl.DataFrame) -> pl.DataFrame:
    """How many left by each campaign's letter: campaign_key, unsubscribers_7d.

    Of a person who unsubscribes it is the last send in the 7 · 24 hours up to it; where the
    event names a campaign, only that one's sends count.
    """
    left = with_actor(
        shop.events.filter(pl.col("event_type") == "newsletter_unsubscribed"), shop
    ).drop_nulls("actor")
    left = left.select(
        "actor", left_at="occurred_at", named="campaign_key", row=pl.int_range(pl.len())
    )
    wait = pl.col("left_at") - pl.col("occurred_at")
    is_of_it = pl.col("named").is_null() | (pl.col("named") == pl.col("campaign_key"))
    return (
        left.join(sends.drop_nulls("campaign_id"), on="actor")
        .filter(wait.is_between(timedelta(), UNSUBSCRIBE_WINDOW) & is_of_it)
        .sort(BY_TIME)
        .unique("row", keep="last", maintain_order=True)
        .group_by("campaign_key")
        .agg(unsubscribers_7d=pl.col("actor").n_unique())
    )


def reached(shop: Shop, done: pl.DataFrame, campaigns: pl.DataFrame) -> pl.DataFrame:
    """The recipients of each campaign: what they did of it, and whether they had consented."""
    place = ["campaign_key", "actor"]
    known = done.drop_nulls(place)
    first = (
        known.filter(pl.col("step") == "send")
        .group_by(place)
        .agg(pl.col("person").first(), sent_at=pl.col("occurred_at").min())
    )
    for step in ("open", "click", "redeem"):
        did = known.filter(pl.col("step") == step).select(place).unique()
        first = first.join(did.with_columns(pl.lit(True).alias(step)), on=place, how="left")
    channels = campaigns.select("campaign_key", "channel")
    first = first.join(channels, on="campaign_key", how="left")
    agreed = shop.consents.filter(
        (pl.col("purpose") == "marketing") & (pl.col("status") == "granted")
    ).select("person", "channel", "started_at", "ended_at")
    holds = (pl.col("started_at") <= pl.col("sent_at")) & (
        pl.col("sent_at") < pl.col("ended_at")
    ).fill_null(True)
    consented = first.join(agreed, on=["person", "channel"]).filter(holds).select(place).unique()
    return first.join(
        consented.with_columns(is_consented=pl.lit(True)), on=place, how="left"
    ).with_columns(pl.col("open", "click", "redeem", "is_consented").fill_null(False))


def uplift(shop: Shop, done: pl.DataFrame) -> pl.DataFrame:
    """Orders of those who were written to beside those who were held out, by campaign."""
    days = timedelta(days=shop.params["uplift_days"])
    is_sent = pl.col("step") == "send"
    arms = done.filter(pl.col("step").is_in(["send", "withheld"])).drop_nulls(
        ["campaign_key", "person"]
    )
    firsts = (
        arms.sort("occurred_at", "event_date")
        .group_by("campaign_key", "person", maintain_order=True)
        .agg(
            pl.col("occurred_at", "event_date").first(),
            is_treated=is_sent.any(),
            is_both=is_sent.any() & (~is_sent).any(),
        )
        .filter(~pl.col("is_both"))
    )
    if shop.calendar.as_of is not None:
        firsts = firsts.filter(pl.col("event_date") <= shop.calendar.as_of - days)
    orders = shop.orders.drop_nulls("person").select(
        "person", "ordered_at", "order_date", is_flat=pl.col("hour").is_null()
    )
    is_later = (
        pl.when("is_flat")
        .then(pl.col("order_date") > pl.col("event_date"))
        .otherwise(pl.col("ordered_at") > pl.col("occurred_at"))
    )
    is_soon = pl.col("order_date") <= pl.col("event_date") + days
    place = ["campaign_key", "person"]
    ordered = firsts.join(orders, on="person").filter(is_later & is_soon).select(place).unique()
    firsts = firsts.join(
        ordered.with_columns(has_ordered=pl.lit(True)), on=place, how="left"
    ).with_columns(pl.col("has_ordered").fill_null(False))
    arm = {"treated": pl.col("is_treated"), "control": ~pl.col("is_treated")}
    counts = firsts.group_by("campaign_key").agg(
        *(is_in.sum().cast(pl.Int64).alias(f"{name}_customers") for name, is_in in arm.items()),
        *(
            (is_in & pl.col("has_ordered")).sum().cast(pl.Int64).alias(f"{name}_orders")
            for name, is_in in arm.items()
        ),
    )
    return with_interval(counts)


def with_interval(counts: pl.DataFrame) -> pl.DataFrame:
    """The difference of two shares with Newcombe's interval, made of Wilson's two.

    Newcombe (1998), Interval estimation for the difference between independent proportions,
    method 10.
    """
    rate = {
        name: share(pl.col(f"{name}_orders"), pl.col(f"{name}_customers"))
        for name in ("treated", "control")
    }
    (low_1, high_1), (low_2, high_2) = (
        wilson(pl.col(f"{name}_orders"), pl.col(f"{name}_customers")) for name in rate
    )
    one, two = rate["treated"], rate["control"]
    below = ((one - low_1) ** 2 + (high_2 - two) ** 2).sqrt()
    above = ((high_1 - one) ** 2 + (two - low_2) ** 2).sqrt()
    columns = {
        "treated_order_rate": one,
        "control_order_rate": two,
        "uplift": one - two,
        "uplift_low": one - two - below,
        "uplift_high": one - two + above,
        "treated_customers": pl.col("treated_customers"),
    }
    has_control = pl.col("control_customers") > 0
    return counts.with_columns(
        pl.when(has_control).then(value).alias(name) for name, value in columns.items()
    )


# ---------------------------------------------------------------------------------------------
# The mart
# ---------------------------------------------------------------------------------------------


def all_campaigns(shop: Shop) -> pl.DataFrame:
    """Campaigns that were delivered, and those that an event alone names."""
    seen = (
        with_actor(shop.events.drop_nulls("campaign_id"), shop)
        .group_by("campaign_key", "campaign_id")
        .agg(first_on=pl.col("event_date").min())
    )
    known = shop.side["campaigns"].select(
        *("campaign_key", "campaign_id", "name", "kind", "channel", "started_on", "cost"),
        *("product_key", "is_automated"),
    )
    both = known.join(seen, on=["campaign_key", "campaign_id"], how="full", coalesce=True)
    return both.with_columns(started_on=pl.coalesce("started_on", "first_on").cast(DAY))


def spent(shop: Shop) -> pl.DataFrame:
    """What was spent on campaigns, by day: campaign_key, spend_date, amount."""
    return (
        shop.side["marketing_spend"]
        .drop_nulls("campaign_id")
        .select(
            "amount",
            campaign_key=pl.col("source") + ":" + pl.col("campaign_id"),
            spend_date="spend_date_date",
        )
    )


def campaign_results(shop: Shop, done: pl.DataFrame, brought: pl.DataFrame) -> pl.DataFrame:
    """What each campaign reached, brought and cost."""
    campaigns = all_campaigns(shop)
    people = reached(shop, done, campaigns)
    opened, agreed = pl.col("open"), pl.col("is_consented")
    audience = people.group_by("campaign_key").agg(
        recipients=pl.len().cast(pl.Int64),
        openers=opened.sum().cast(pl.Int64),
        clickers=pl.col("click").sum().cast(pl.Int64),
        redeemers=pl.col("redeem").sum().cast(pl.Int64),
        agreed=agreed.sum().cast(pl.Int64),
        agreed_openers=(agreed & opened).sum().cast(pl.Int64),
    )
    is_step = {"sends": "send", "redemptions": "redeem"}
    events = done.group_by("campaign_key").agg(
        (pl.col("step") == step).sum().cast(pl.Int64).alias(name) for name, step in is_step.items()
    )
    orders = (
        brought.join(shop.orders.select("order_row", "person", "net_amount"), on="order_row")
        .group_by("campaign_key")
        .agg(
            attributed_orders=pl.len().cast(pl.Int64),
            attributed_customers=pl.col("person").drop_nulls().n_unique().cast(pl.Int64),
            attributed_net_amount=pl.col("net_amount").sum(),
        )
    )
    sends = done.filter(pl.col("step") == "send").select("actor", *BY_TIME)
    paid = spent(shop).group_by("campaign_key").agg(spent=pl.col("amount").sum())
    tested = uplift(shop, done)
    frame = campaigns
    for part in (audience, events, orders, unsubscribers(shop, sends), paid, tested):
        frame = frame.join(part, on="campaign_key", how="left")
    zero = (
        *("recipients", "sends", "openers", "clickers", "redeemers", "redemptions", "agreed"),
        *("attributed_orders", "attributed_customers", "attributed_net_amount"),
        *("unsubscribers_7d", "agreed_openers", "control_customers"),
    )
    net, cost = pl.col("attributed_net_amount"), pl.col("cost")
    has_channel = pl.col("channel").is_not_null()
    return (
        frame.with_columns(pl.col(zero).fill_null(0), cost=pl.coalesce("cost", "spent"))
        .with_columns(others=pl.col("recipients") - pl.col("agreed"))
        .with_columns(
            open_rate=share(pl.col("openers"), pl.col("recipients")),
            click_rate=share(pl.col("clickers"), pl.col("recipients")),
            redemption_rate=share(pl.col("redeemers"), pl.col("recipients")),
            net_per_send=share(net / CENT, pl.col("sends")),
            return_on_spend=share(net - cost, cost),
            consented_recipients=pl.when(has_channel).then("agreed"),
            consented_open_rate=pl.when(has_channel).then(
                share(pl.col("agreed_openers"), pl.col("agreed"))
            ),
            other_open_rate=pl.when(has_channel).then(
                share(pl.col("openers") - pl.col("agreed_openers"), pl.col("others"))
            ),
            name=pl.col("name").cast(TEXT),
        )
    )
