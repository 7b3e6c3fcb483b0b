"""Staging all sources: fates, currencies, orphans, as_of (sections 0 and 1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from oracle.contract import DAY, TEXT
from oracle.identity import account
from oracle.reading import Checked, Settled, check, settle, table_files, zone_of
from oracle.seeds import is_email_of_actor
from oracle.values import local_hour

# The columns of each table that anything after staging reads.
USED: dict[str, list[str]] = {
    table: columns.split()
    for table, columns in {
        "orders": """
            order_id ordered_at ordered_at_date customer_id email phone status currency amount
            discount_amount channel device country region coupon_code referral_code
            payment_method cancelled_at_date is_test ordered_at_is_day
        """,
        "order_lines": "order_id line_id held_product_id pieces taken_off goods_amount",
        "refunds": """
            refund_id refunded_at_date amount currency order_id customer_id product_id quantity
            reason
        """,
        "customers": """
            customer_id email phone created_at_date first_order_at_date lifetime_orders birth_date
            age_band gender country region city job_title household_size income_band
            acquisition_channel referral_code lock_in customer_type loyalty_joined_at_date is_staff
        """,
        "products": "product_id name brand category family tier unit_cost released_at_date",
        "events": """
            event_id occurred_at occurred_at_date occurred_at_is_day event_type anonymous_id
            customer_id email device channel topic product_id order_id campaign_id referral_code
            rating has_text is_bot is_incentivised is_verified
        """,
        "identities": "customer_id same_as",
        "fx_rates": "currency rate_date_date rate",
    }.items()
}


def reporting(tables: list[Checked], wanted: str | None) -> str | None:
    """The reporting currency: the one asked for, else the only one present (section 0).

    Present in orders and refunds; a price list of rates says nothing of the shop.
    """
    if wanted and wanted.strip():
        return wanted.strip().upper()
    fine = pl.concat([c.rows.filter(pl.col("fault").is_null()).select("currency") for c in tables])
    present = fine["currency"].drop_nulls().unique().sort().to_list()
    if len(present) > 1:
        raise ValueError(
            f"orders and refunds are in several currencies ({', '.join(present)}): "
            "choose the reporting currency"
        )
    return present[0] if present else None


def last_rates(asked: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """The last rate of a currency on or before each date (weekends use the last rate)."""
    return (
        asked.sort("priced_on")
        .join_asof(
            rates.sort("rate_date_date"),
            left_on="priced_on",
            right_on="rate_date_date",
            by="priced_in",
            check_sortedness=False,
        )
        .select(*PRICED, "rate")
    )


PRICED = ["priced_in", "priced_on"]  # the currency and the date that a row's rate is of


def fx_rates(
    rows: pl.DataFrame, source: str, rates: pl.DataFrame, currency: str | None
) -> pl.DataFrame:
    """The rate of each foreign currency and date: the source's own, else the pool's."""
    asked = (
        rows.filter(pl.col("fault").is_null() & (pl.col("priced_in") != pl.lit(currency, TEXT)))
        .select(PRICED)
        .drop_nulls()
        .unique()
    )
    rates = rates.rename({"currency": "priced_in"})
    own = rates.filter(pl.col("source") == source).drop("source")
    pool = rates.group_by("priced_in", "rate_date_date").agg(pl.col("rate").max())
    return (
        last_rates(asked, own)
        .join(last_rates(asked, pool), on=PRICED, how="left", suffix="_pool")
        .select(*PRICED, rate=pl.coalesce("rate", "rate_pool"))
    )


def with_rates(rows: pl.LazyFrame, rates: pl.DataFrame, currency: str | None) -> pl.LazyFrame:
    """Add a row's rate (null: already in the reporting currency), or reject it without one."""
    foreign = pl.col("priced_in").is_not_null() & (pl.col("priced_in") != pl.lit(currency, TEXT))
    absent = foreign & pl.col("rate").is_null()
    return rows.join(rates.lazy(), on=PRICED, how="left").with_columns(
        fault=pl.coalesce("fault", pl.when(absent).then(pl.lit("no rate for currency")))
    )


def priced_order(orders: pl.LazyFrame) -> pl.LazyFrame:
    """An order's rate is that of its business date."""
    return orders.with_columns(priced_in="currency", priced_on="ordered_at_date")


def priced_refund(refunds: pl.LazyFrame, orders: pl.DataFrame) -> pl.LazyFrame:
    """A refund reuses its order's date, and its currency unless it names one (sections 0, 1)."""
    parents = orders.lazy().select(
        "order_id", order_currency="currency", order_date="ordered_at_date"
    )
    return (
        with_order(refunds, orders, required=False)
        .join(parents, on="order_id", how="left")
        .with_columns(
            priced_in=pl.coalesce("currency", "order_currency"),
            priced_on=pl.coalesce("order_date", "refunded_at_date"),
        )
        .drop("order_currency", "order_date")
    )


def with_order(rows: pl.LazyFrame, orders: pl.DataFrame, required: bool) -> pl.LazyFrame:
    """Find the accepted order of a line or refund; without it the row is rejected."""
    parents = orders.lazy().select("order_id", "order_row")
    lost = pl.col("order_row").is_null()
    if not required:
        lost = lost & pl.col("order_id").is_not_null()
    return rows.join(parents, on="order_id", how="left").with_columns(
        fault=pl.coalesce("fault", pl.when(lost).then(pl.lit("unknown order")))
    )


Amend = Callable[[pl.LazyFrame], pl.LazyFrame]


class Staging(NamedTuple):
    """Accepted rows of every table, all sources together, each with its `source`."""

    tables: dict[str, pl.DataFrame]
    rejected: pl.DataFrame
    reconciliation: pl.DataFrame
    currency: str | None  # of all amounts


def stage(sources: list[dict[str, Any]], reporting_currency: str | None, now: datetime) -> Staging:
    """Give every raw row its row_status: raw = accepted + superseded + rejected (section 1).

    All but the side tables, which need to know what these decide. Orders get an `order_row`
    number by which their lines and refunds point at them.
    """
    parts: dict[str, list[pl.DataFrame]] = {table: [] for table in USED}
    refused: list[pl.DataFrame] = []
    counts: list[dict[str, Any]] = []

    def keep(source: str, table: str, settled: Settled) -> pl.DataFrame:
        rows = settled.accepted.with_columns(source=pl.lit(source))
        parts[table].append(rows)
        refused.append(settled.rejected)
        counts.append(settled.counts)
        return rows

    def read(source: dict[str, Any], table: str) -> Checked:
        return check(source, table, USED[table], now)

    for source in sources:
        if not table_files(Path(source["path"]), "orders") and not source.get("ids_of"):
            raise FileNotFoundError(f"{source['name']}: no orders under {source['path']}")
        for table in ("fx_rates", "customers", "products", "identities", "events"):
            keep(source["name"], table, settle(read(source, table)))
    rates = pl.concat(parts["fx_rates"])

    orders = [read(source, "orders") for source in sources]
    refunds = [read(source, "refunds") for source in sources]
    currency = reporting([*orders, *refunds], reporting_currency)
    first_row = 0
    for source, bought, returned in zip(sources, orders, refunds, strict=True):
        name = source["name"]
        hour = pl.when(~pl.col("ordered_at_is_day")).then(local_hour("ordered_at", zone_of(source)))

        def converted(checked: Checked, priced: Amend, name: str = name) -> Settled:
            asked = priced(checked.rows.lazy()).collect()
            found = fx_rates(asked, name, rates, currency)
            return settle(checked, lambda frame: with_rates(priced(frame), found, currency))

        settled = converted(bought, priced_order)
        numbered = settled.accepted.with_row_index("order_row", first_row)
        numbered = numbered.with_columns(hour=hour).drop("ordered_at_is_day")
        accepted = keep(name, "orders", settled._replace(accepted=numbered))
        first_row += accepted.height
        keep(
            name,
            "refunds",
            converted(returned, lambda frame, known=accepted: priced_refund(frame, known)),
        )
        settled = settle(
            read(source, "order_lines"),
            lambda frame, known=accepted: with_order(frame, known, required=True),
        )
        rows = settled.accepted.drop("order_id").rename(
            {"held_product_id": "product_id", "taken_off": "discount_amount"}
        )
        keep(name, "order_lines", settled._replace(accepted=rows))

    return Staging(
        {table: pl.concat(frames) for table, frames in parts.items()},
        pl.concat(refused),
        pl.DataFrame(counts),
        currency,
    )


class Calendar(NamedTuple):
    """as_of and the start of the history; all null for a shop without rows (section 0)."""

    as_of: date | None
    history_start: date | None

    @property
    def history_days(self) -> int | None:
        """Days from the first order to as_of, both counted."""
        if self.as_of is None or self.history_start is None:
            return None
        return (self.as_of - self.history_start).days + 1


def crowded_day(events: pl.DataFrame, least: int) -> date | None:
    """The latest date on or after which `least` different people or visitors have events.

    Who did an event is its visitor, which is a device; else its account, else its own email. A
    bot is none of them, nor is who has no name.
    """
    email = pl.when(is_email_of_actor()).then(pl.col("email").str.to_lowercase())
    names = {
        "visitor": pl.col("source") + ":" + pl.col("anonymous_id"),
        "account": account(),
        "email": email,
    }
    who = pl.coalesce(pl.lit(kind + " ") + name for kind, name in names.items())
    last_days = (
        events.filter(~pl.col("is_bot").fill_null(False))
        .select(day="occurred_at_date", who=who)
        .drop_nulls("who")
        .group_by("who")
        .agg(pl.col("day").max())
        .sort("day", descending=True)
    )
    return last_days["day"][least - 1] if last_days.height >= least else None


def last_day(tables: dict[str, pl.DataFrame], as_of: str | None, visitors: int) -> date | None:
    """As_of: the date asked for, else the latest on which the shop sold, or `visitors` came."""
    if as_of is not None:
        return date.fromisoformat(as_of)
    latest = (
        tables["orders"]["ordered_at_date"].max(),
        tables["refunds"]["refunded_at_date"].max(),
        crowded_day(tables["events"], visitors),
    )
    return max((day for day in latest if day is not None), default=None)


def cut(staging: Staging, end: date | None) -> tuple[Staging, Calendar]:
    """Drop the orders, lines, refunds and events later than as_of, `end` (section 0).

    A refund counts at its order's date when it is dated before it (`refund_date`), so that the
    refund of an order after as_of goes as well. Customers, identities and products stay, and of
    the later orders whose they are (`later_orders`). An order knows whether any refund of it was
    delivered: a later one says that it was not yet refunded.
    """
    tables = dict(staging.tables)
    orders = tables["orders"].rename({"ordered_at_date": "order_date"})
    orders = orders.with_columns(
        has_refund=pl.col("order_row").is_in(tables["refunds"]["order_row"].drop_nulls().implode())
    )
    order_dates = orders.select("order_row", "order_date")
    refunds = (
        tables["refunds"]
        .join(order_dates, on="order_row", how="left")
        .with_columns(refund_date=pl.max_horizontal("refunded_at_date", "order_date"))
        .drop("order_date", "refunded_at_date")
    )
    events = tables["events"].rename({"occurred_at_date": "event_date"})
    last = pl.lit(end, dtype=DAY)
    tables["orders"] = orders.filter(pl.col("order_date") <= last)
    later = orders.filter(pl.col("order_date") > last)
    tables["later_orders"] = later.select("source", "customer_id")
    tables["refunds"] = refunds.filter(pl.col("refund_date") <= last)
    tables["events"] = events.filter(pl.col("event_date") <= last)
    tables["order_lines"] = tables["order_lines"].join(
        tables["orders"].select("order_row"), on="order_row", how="semi"
    )
    start = tables["orders"]["order_date"].min()
    return staging._replace(tables=tables), Calendar(end, start)
