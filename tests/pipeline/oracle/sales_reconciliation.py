"""The sales as a shop system reports them: a cancelled order is a sale, and its reversal."""

from __future__ import annotations

from datetime import date

import polars as pl

from oracle.contract import DAY
from oracle.marts import declare
from oracle.seeds import is_sale

declare(
    "core.sales_reconciliation",
    "source month_start",
    """
    source:text month_start:day orders:count cancelled_orders:count gross_amount:amount
    discount_amount:amount refund_amount:amount reversed_amount:amount net_amount:amount
    cancelled_amount:amount ledger_net_amount:amount
    """,
)


def sales_reconciliation(
    orders: pl.DataFrame, refunds: pl.DataFrame, as_of: date | None
) -> pl.DataFrame:
    """Sums by source and month: an order's on its day, a refund's on its own, a reversal's too.

    An order is cancelled if its status begins with 'cancel', or if it has a day of cancellation
    up to as_of and would be a sale without; neither a test nor of staff.
    """
    by_word = pl.col("status").str.starts_with("cancel").fill_null(False)
    is_over = (pl.col("cancelled_at_date") <= pl.lit(as_of, DAY)).fill_null(False)
    by_day = is_sale(pl.col("status")) & is_over
    counts = ~pl.any_horizontal(pl.col("is_test", "is_staff").fill_null(False))
    sold = orders.with_columns(
        is_cancelled=~pl.col("is_valid") & (by_word | by_day) & counts
    ).filter(pl.col("is_valid") | pl.col("is_cancelled"))
    day, cancelled = pl.col("order_date"), sold.filter("is_cancelled")
    reversal = pl.max_horizontal(pl.col("cancelled_at_date"), day)  # nulls are passed over
    returned = refunds.join(
        orders.select("order_row", order_is_valid="is_valid"), on="order_row", how="left"
    ).filter(pl.coalesce("order_is_valid", ~pl.col("is_staff")))
    flows = pl.concat(
        [
            sold.select(
                "source",
                month_start=day,
                orders=1,
                cancelled_orders=pl.col("is_cancelled").cast(pl.Int64),
                gross_amount="gross_amount",
                discount_amount="discount_amount",
            ),
            returned.select("source", month_start="refund_date", refund_amount="amount"),
            cancelled.select("source", month_start=day, cancelled_amount="goods_amount"),
            cancelled.select(
                "source",
                month_start=pl.min_horizontal(reversal, pl.lit(as_of)),
                reversed_amount="goods_amount",
            ),
        ],
        how="diagonal_relaxed",
    )
    sums = flows.group_by("source", pl.col("month_start").dt.truncate("1mo")).agg(
        pl.exclude("source", "month_start").sum()
    )
    back = pl.col("discount_amount") + pl.col("refund_amount")
    return sums.with_columns(
        net_amount=pl.col("gross_amount") - back - pl.col("reversed_amount"),
        ledger_net_amount=pl.col("gross_amount") - back - pl.col("cancelled_amount"),
    )
