"""Staging all sources: fates, currencies, orphans, as_of (sections 0 and 1)."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from oracle.contract import CONTRACT, DAY, TEXT
from oracle.reading import Checked, Settled, check, settle, table_files

# The columns of each table that anything after staging reads.
USED: dict[str, list[str]] = {
    table: columns.split()
    for table, columns in {
        "orders": """
            order_id ordered_at ordered_at_date customer_id email phone status currency amount
            discount_amount channel device country region coupon_code referral_code is_test
        """,
        "order_lines": "order_id line_id product_id pieces discount_amount goods_amount",
        "refunds": "refund_id refunded_at_date amount order_id customer_id",
        "customers": """
            customer_id email phone created_at_date first_order_at_date birth_date country region
            household_size income_band acquisition_channel referral_code lock_in is_staff
        """,
        "products": "product_id category unit_cost",
        "events": """
            event_id occurred_at occurred_at_date event_type anonymous_id customer_id email topic
            product_id order_id referral_code rating has_text is_bot is_incentivised is_verified
        """,
        "identities": "customer_id same_as",
        "fx_rates": "currency rate_date_date rate",
    }.items()
}


def reporting(orders: list[Checked], wanted: str | None) -> str | None:
    """The reporting currency: the one asked for, else the only one present (section 0)."""
    if wanted and wanted.strip():
        return wanted.strip().upper()
    fine = pl.concat([c.rows.filter(pl.col("fault").is_null()).select("currency") for c in orders])
    present = fine["currency"].drop_nulls().unique().sort().to_list()
    if len(present) > 1:
        raise ValueError(
            f"orders are in several currencies ({', '.join(present)}): "
            "choose the reporting currency"
        )
    return present[0] if present else None


def last_rates(asked: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """The last rate of a currency on or before each date (weekends use the last rate)."""
    return (
        asked.sort("ordered_at_date")
        .join_asof(
            rates.sort("rate_date_date"),
            left_on="ordered_at_date",
            right_on="rate_date_date",
            by="currency",
            check_sortedness=False,
        )
        .select("currency", "ordered_at_date", "rate")
    )


def order_fx_rates(
    orders: pl.DataFrame, source: str, rates: pl.DataFrame, currency: str | None
) -> pl.DataFrame:
    """The rate of each foreign currency and order date: the source's own, else the pool's."""
    asked = (
        orders.filter(pl.col("fault").is_null() & (pl.col("currency") != pl.lit(currency, TEXT)))
        .select("currency", "ordered_at_date")
        .unique()
    )
    own = rates.filter(pl.col("source") == source).drop("source")
    pool = rates.group_by("currency", "rate_date_date").agg(pl.col("rate").max())
    on = ["currency", "ordered_at_date"]
    return (
        last_rates(asked, own)
        .join(last_rates(asked, pool), on=on, how="left", suffix="_pool")
        .select(*on, rate=pl.coalesce("rate", "rate_pool"))
    )


def with_rates(orders: pl.LazyFrame, rates: pl.DataFrame, currency: str | None) -> pl.LazyFrame:
    """Add an order's rate (null: already in the reporting currency), or reject it without one."""
    foreign = pl.col("currency").is_not_null() & (pl.col("currency") != pl.lit(currency, TEXT))
    absent = foreign & pl.col("rate").is_null()
    return orders.join(rates.lazy(), on=["currency", "ordered_at_date"], how="left").with_columns(
        fault=pl.coalesce("fault", pl.when(absent).then(pl.lit("no rate for currency")))
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


class Staging(NamedTuple):
    """Accepted rows of every table, all sources together, each with its `source`."""

    tables: dict[str, pl.DataFrame]
    rejected: pl.DataFrame
    reconciliation: pl.DataFrame


def stage(sources: list[dict[str, Any]], reporting_currency: str | None, now: datetime) -> Staging:
    """Give every raw row its row_status: raw = accepted + superseded + rejected (section 1).

    Orders get an `order_row` number by which their lines and refunds point at them.
    """
    parts: dict[str, list[pl.DataFrame]] = {table: [] for table in CONTRACT}
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
        if not table_files(Path(source["path"]), "orders"):
            raise FileNotFoundError(f"{source['name']}: no orders under {source['path']}")
        for table in ("fx_rates", "customers", "products", "identities", "events"):
            keep(source["name"], table, settle(read(source, table)))
    rates = pl.concat(parts["fx_rates"])

    orders = [read(source, "orders") for source in sources]
    currency = reporting(orders, reporting_currency)
    first_row = 0
    for source, checked in zip(sources, orders, strict=True):
        name = source["name"]
        found = order_fx_rates(checked.rows, name, rates, currency)
        settled = settle(checked, lambda frame, found=found: with_rates(frame, found, currency))
        numbered = settled.accepted.with_row_index("order_row", first_row)
        accepted = keep(name, "orders", settled._replace(accepted=numbered))
        first_row += accepted.height
        for table in ("order_lines", "refunds"):
            is_line = table == "order_lines"
            settled = settle(
                read(source, table),
                lambda frame, known=accepted, line=is_line: with_order(frame, known, line),
            )
            rows = settled.accepted.drop("order_id") if is_line else settled.accepted
            keep(name, table, settled._replace(accepted=rows))

    return Staging(
        {table: pl.concat(frames) for table, frames in parts.items()},
        pl.concat(refused),
        pl.DataFrame(counts),
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


def cut(staging: Staging, as_of: str | None) -> tuple[Staging, Calendar]:
    """Drop the orders, lines, refunds and events later than as_of (section 0).

    A refund counts at its order's date when it is dated before it (`refund_date`), so that the
    refund of an order after as_of goes as well. Customers, identities and products stay.
    """
    tables = dict(staging.tables)
    orders = tables["orders"].rename({"ordered_at_date": "order_date"})
    order_dates = orders.select("order_row", "order_date")
    refunds = (
        tables["refunds"]
        .join(order_dates, on="order_row", how="left")
        .with_columns(refund_date=pl.max_horizontal("refunded_at_date", "order_date"))
        .drop("order_date", "refunded_at_date")
    )
    events = tables["events"].rename({"occurred_at_date": "event_date"})
    if as_of is None:
        latest = (orders["order_date"], events["event_date"], refunds["refund_date"])
        end = max((d.max() for d in latest if d.len() and d.max() is not None), default=None)
    else:
        end = date.fromisoformat(as_of)
    last = pl.lit(end, dtype=DAY)
    tables["orders"] = orders.filter(pl.col("order_date") <= last)
    tables["refunds"] = refunds.filter(pl.col("refund_date") <= last)
    tables["events"] = events.filter(pl.col("event_date") <= last)
    tables["order_lines"] = tables["order_lines"].join(
        tables["orders"].select("order_row"), on="order_row", how="semi"
    )
    start = tables["orders"]["order_date"].min()
    return staging._replace(tables=tables), Calendar(end, start)
