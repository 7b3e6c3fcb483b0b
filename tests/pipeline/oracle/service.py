"""Service: how fast, how well, and what comes back of what was sold (section 11)."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from oracle import voice
from oracle.contract import TEXT
from oracle.lifecycle import lifecycle_spells, lifecycle_thresholds, order_days
from oracle.marts import declare, empty, finished
from oracle.seeds import is_goods, listed, seed
from oracle.shop import Shop, spine
from oracle.tools import CENT, months_later, share

declare(
    "service.service_quality",
    "month_start channel",
    """
    month_start:day channel:text tickets:count people:count complaints:count
    proactive_tickets:count resolved_tickets:count median_first_response_minutes:share
    p90_first_response_minutes:share median_resolution_hours:share satisfaction_mean:share
    satisfaction_answers:count contacts_per_order:share repeat_rate_90d:share
    control_repeat_rate_90d:share repeat_difference:share is_mature:flag
    """,
)
declare(
    "service.product_quality",
    "month_start product_key",
    """
    month_start:day product_key:text product_id:text units:amount refunded_units:amount
    quality_refunded_units:amount refund_rate:share quality_refund_rate:share reviews:count
    mean_rating:share tickets:count claims:count
    """,
)

FOLLOW_UP = timedelta(days=90)
MIDDLE = 15  # the day of the month from which those without a ticket are looked at
ALL = "all"


def marts(shop: Shop) -> dict[str, pl.DataFrame]:
    """Every mart of section 11 but what belongs to the customers' share."""
    days = order_days(shop)
    spells = lifecycle_spells(shop, days, lifecycle_thresholds(shop, days))
    frames = {
        "service_quality": service_quality(shop, days),
        "product_quality": product_quality(shop),
        "leave_reasons": voice.leave_reasons(shop, spells),
        "survey_results": voice.survey_results(shop, spells),
    }
    named = {f"service.{name}": frame for name, frame in frames.items()}
    return {
        mart: finished(mart, frame) if frame.width else empty(mart) for mart, frame in named.items()
    }


def is_mature(shop: Shop) -> pl.Expr:
    """Whether 90 days have passed since a month's last day."""
    return pl.col("month_start").dt.month_end() + FOLLOW_UP <= pl.lit(shop.calendar.as_of, pl.Date)


# ---------------------------------------------------------------------------------------------
# Service
# ---------------------------------------------------------------------------------------------


def nth_smallest(duration: str, tenths: int) -> pl.Expr:
    """The ⌈p · n⌉-th smallest duration, those still open last; NULL where it is one of them."""
    place = (tenths * pl.len() + 9) // 10
    known = pl.col(duration).drop_nulls().sort()
    return known.get(place.cast(pl.Int64) - 1, null_on_oob=True)


def durations(tickets: pl.DataFrame) -> pl.DataFrame:
    """Minutes to the first response and hours to the resolution, none below zero.

    A ticket without response that was resolved was answered then.
    """
    answered = pl.coalesce("first_response_at", "resolved_at") - pl.col("opened_at")
    resolved = pl.col("resolved_at") - pl.col("opened_at")
    return tickets.with_columns(
        minutes=(answered.dt.total_microseconds() / 60e6).clip(lower_bound=0),
        hours=(resolved.dt.total_microseconds() / 3600e6).clip(lower_bound=0),
    )


def with_all(rows: pl.DataFrame) -> pl.DataFrame:
    """Tickets once in their channel and once in 'all'."""
    own = rows.with_columns(channel=pl.col("shown_channel").fill_null("unknown"))
    return pl.concat([own, own.with_columns(channel=pl.lit(ALL))])


def service_quality(shop: Shop, days: pl.DataFrame) -> pl.DataFrame:
    """What was asked and how it was answered, by the month of opening and the channel."""
    tickets = shop.side["tickets"].with_columns(
        month_start=pl.col("opened_date").dt.truncate("1mo")
    )
    if tickets.is_empty():
        return pl.DataFrame()
    staff = shop.persons.filter("is_staff")["person"].implode()
    place = ["month_start", "channel"]
    rows = with_all(durations(tickets))
    is_person = pl.col("person").is_not_null() & ~pl.col("person").is_in(staff)
    counts = rows.group_by(place).agg(
        tickets=pl.len(),
        people=pl.col("person").filter(is_person).n_unique(),
        complaints=pl.col("is_complaint").sum(),
        proactive_tickets=pl.col("is_proactive").sum(),
        resolved_tickets=pl.col("resolved_at").is_not_null().sum(),
        satisfaction_mean=pl.col("satisfaction").mean() / CENT,
        satisfaction_answers=pl.col("satisfaction").count(),
    )
    waited = (
        rows.filter(~pl.col("is_proactive"))
        .group_by(place)
        .agg(
            asked=pl.len(),
            median_first_response_minutes=nth_smallest("minutes", 5),
            p90_first_response_minutes=nth_smallest("minutes", 9),
            median_resolution_hours=nth_smallest("hours", 5),
        )
    )
    sold = shop.orders.group_by(
        month_start=pl.col("order_date").dt.truncate("1mo"), channel=pl.lit(ALL)
    ).agg(orders=pl.len())
    first = tickets["opened_date"].min()
    months = spine(first, shop.calendar.as_of, "1mo").rename({"period_start": "month_start"})
    months = months.with_columns(is_mature=is_mature(shop))
    repeated = repeat_rates(
        shop, days, months.filter("is_mature")["month_start"].to_list(), tickets.filter(is_person)
    )
    zero = (
        *("tickets", "people", "complaints", "proactive_tickets", "resolved_tickets"),
        *("satisfaction_answers", "asked"),
    )
    is_all = pl.col("channel") == ALL
    return (
        months.join(rows.select("channel").unique(), how="cross")
        .join(counts, on=place, how="left")
        .join(waited, on=place, how="left")
        .join(sold, on=place, how="left")
        .join(repeated, on=place, how="left")
        .with_columns(pl.col(zero).fill_null(0))
        .with_columns(
            contacts_per_order=pl.when(is_all).then(
                share(pl.col("asked"), pl.col("orders").fill_null(0))
            )
        )
    )


def repeat_rates(
    shop: Shop, days: pl.DataFrame, months: list[date], tickets: pl.DataFrame
) -> pl.DataFrame:
    """Who ordered again within 90 days, of those with a ticket and of the like without one."""
    rows = []
    for month in months[-shop.params["service_months"] :]:
        end = months_later(month, 1)
        asked = (
            tickets.filter(pl.col("opened_date").is_between(month, end, closed="left"))
            .group_by("person")
            .agg(day=pl.col("opened_date").min())
        )
        everyone = days.select("person").unique()  # customers; staff have no valid orders
        silent = everyone.join(asked, on="person", how="anti")
        silent = silent.with_columns(day=pl.lit(month.replace(day=MIDDLE)))
        rows.append(
            {
                "month_start": month,
                "channel": ALL,
                **compared(placed(days, asked), placed(days, silent)),
            }
        )
    rates = ("repeat_rate_90d", "control_repeat_rate_90d", "repeat_difference")
    schema = {"month_start": pl.Date, "channel": TEXT} | dict.fromkeys(rates, pl.Float64)
    return pl.DataFrame(rows, schema=schema)


def placed(days: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """People with an order by their day: their cell of the grid, and whether they came back."""
    both = people.rename({"day": "on"}).join(days.select("person", "day"), on="person")
    is_past = pl.col("day") <= pl.col("on")
    is_soon = (pl.col("day") > pl.col("on")) & (pl.col("day") <= pl.col("on") + FOLLOW_UP)
    people = (
        both.group_by("person")
        .agg(
            recency=(pl.col("on").first() - pl.col("day").filter(is_past).max()).dt.total_days(),
            frequency=is_past.sum().cast(pl.Int64),
            is_back=is_soon.any(),
        )
        .filter(pl.col("frequency") > 0)
    )
    bands = seed("lifecycle_bands")
    for dimension in ("recency", "frequency"):
        band = pl.lit(None, TEXT)
        own = bands.filter(pl.col("dimension") == dimension).sort("min_value")
        for name, least in own.select("band", "min_value").rows():
            band = pl.when(pl.col(dimension) >= least).then(pl.lit(str(name))).otherwise(band)
        people = people.with_columns(band.alias(f"{dimension}_band"))
    return people


def compared(asked: pl.DataFrame, silent: pl.DataFrame) -> dict[str, float | None]:
    """The rate of those who asked, and that of the others in the same cells, weighted alike."""
    cell = ["recency_band", "frequency_band"]
    back = pl.col("is_back").sum().cast(pl.Int64)
    cells = asked.group_by(cell).agg(asked=pl.len(), asked_back=back)
    control = silent.group_by(cell).agg(rate=pl.col("is_back").mean())
    both = cells.join(control, on=cell)
    own = asked["is_back"].mean()
    if both.is_empty():
        return {
            "repeat_rate_90d": own,
            "control_repeat_rate_90d": None,
            "repeat_difference": None,
        }
    weight = both["asked"].sum()
    rate = (both["asked"] * both["rate"]).sum() / weight
    return {
        "repeat_rate_90d": own,
        "control_repeat_rate_90d": rate,
        "repeat_difference": both["asked_back"].sum() / weight - rate,
    }


# ---------------------------------------------------------------------------------------------
# Products
# ---------------------------------------------------------------------------------------------


def returned_units(shop: Shop) -> pl.DataFrame:
    """What came back of valid orders: order_row, product_key, units, and on which day.

    A refund's units are its quantity, else one, of its product, else of the order's only product
    that is goods. An order that is refunded by its status comes back whole.
    """
    products = shop.products.select("source", "product_id", "name", "category", "family")
    held = shop.lines.drop_nulls("product_id").filter(pl.col("pieces") > 0)
    goods = (
        held.join(products, on=["source", "product_id"], how="left")
        .filter(is_goods())
        .select("order_row", "product_id")
        .unique()
    )
    only = goods.filter(pl.len().over("order_row") == 1).select("order_row", only="product_id")
    dates = shop.orders.select("order_row", "order_date")
    refunds = shop.refunds.join(dates, on="order_row").with_columns(
        is_quality=is_quality().fill_null(False)
    )
    columns = ["source", "product_id", "order_date", "refund_date", "is_quality", "units"]
    named = (
        refunds.filter(~pl.col("is_in_full"))
        .join(only, on="order_row", how="left")
        .with_columns(
            product_id=pl.coalesce("product_id", "only"), units=pl.col("quantity").fill_null(CENT)
        )
        .drop_nulls("product_id")
        .select(columns)
    )
    whole = (
        refunds.filter("is_in_full")
        .select("order_row", "refund_date", "is_quality")
        .join(held, on="order_row")
        .select(*columns[:-1], units="pieces")
    )
    return pl.concat([named, whole])


def is_quality() -> pl.Expr:
    """Whether a refund's reason says that the goods were bad."""
    return listed("refund_reasons", pl.col("reason"), "reason", "is_quality")


def is_claim() -> pl.Expr:
    """Whether a ticket's topic says that something of the goods is claimed."""
    return listed("ticket_topics", pl.col("topic"), "topic", "is_claim")


def product_quality(shop: Shop) -> pl.DataFrame:
    """What was sold of a product in a month, what came back, and what was said of it then."""
    key = pl.col("source") + ":" + pl.col("product_id")
    place = ["month_start", "product_key"]

    def placed_on(rows: pl.DataFrame, day: str) -> pl.DataFrame:
        return rows.drop_nulls("product_id").with_columns(
            month_start=pl.col(day).dt.truncate("1mo"), product_key=key
        )

    id_of = pl.col("product_id").first()
    sold = (
        placed_on(shop.lines, "order_date")
        .group_by(place)
        .agg(units=pl.col("pieces").sum(), product_id=id_of)
    )
    back = placed_on(returned_units(shop), "order_date")
    units, is_quality_unit = pl.col("units"), pl.col("is_quality")
    is_soon = pl.col("refund_date") <= pl.col("order_date") + FOLLOW_UP
    returned = back.group_by(place).agg(
        refunded_units=units.sum(),
        quality_refunded_units=units.filter(is_quality_unit).sum(),
        soon=units.filter(is_soon).sum(),
        quality_soon=units.filter(is_soon & is_quality_unit).sum(),
        product_id=id_of,
    )
    reviews = placed_on(
        shop.events.filter(pl.col("event_type") == "product_reviewed"), "event_date"
    )
    reviewed = reviews.group_by(place).agg(
        reviews=pl.len(), mean_rating=pl.col("rating").mean() / CENT, product_id=id_of
    )
    staff = shop.persons.filter("is_staff")["person"].implode()
    is_staff = pl.col("person").is_in(staff).fill_null(False)
    told = placed_on(shop.side["tickets"].filter(~is_staff), "opened_date")
    claimed = told.group_by(place).agg(
        tickets=pl.len(), claims=is_claim().fill_null(False).sum(), product_id=id_of
    )
    frame = sold
    for part in (returned, reviewed, claimed):
        frame = frame.join(part, on=place, how="full", coalesce=True, suffix=" too")
        frame = frame.with_columns(product_id=pl.coalesce("product_id", "product_id too"))
        frame = frame.drop("product_id too")
    counted = ("units", "refunded_units", "reviews", "tickets")
    zero = pl.exclude(*place, "product_id", "mean_rating").fill_null(0)
    frame = frame.filter(pl.any_horizontal(pl.col(counted) > 0))
    mature = is_mature(shop)
    return frame.with_columns(zero).with_columns(
        refund_rate=pl.when(mature).then(share(pl.col("soon"), pl.col("units"))),
        quality_refund_rate=pl.when(mature).then(share(pl.col("quality_soon"), pl.col("units"))),
    )
