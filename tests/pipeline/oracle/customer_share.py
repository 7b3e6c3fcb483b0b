"""Customer share: who brings the sales (section 3)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from oracle.markets import market_share, told_shares
from oracle.marts import MARTS, declare, empty, finished
from oracle.seeds import is_goods
from oracle.shop import Shop, between, spine
from oracle.tools import CENT, collect, month_of, months_later, share

declare(
    "customer_share.new_customer_share",
    "period_grain period_start breakdown breakdown_value",
    """
    period_grain:text period_start:day breakdown:text breakdown_value:text
    total_net_amount:amount new_net_amount:amount returning_net_amount:amount
    unattributed_net_amount:amount new_customer_net_amount:amount
    new_to_window_net_amount:amount orders:count new_orders:count customers:count
    new_customers:count new_order_share:share new_customer_share:share
    new_to_window_share:share ledger_net_amount:amount credit_note_amount:amount
    is_left_censored:flag
    """,
)
declare(
    "customer_share.concentration",
    "month_start measure_window",
    """
    month_start:day measure_window:text customers:count net_amount:amount
    top_1_percent_share:share top_5_percent_share:share top_10_percent_share:share
    top_20_percent_share:share top_50_percent_share:share gini:share hhi:share
    effective_customers:share customers_for_80_percent:count floored_customers:count
    top_20_percent_profit_share:share
    """,
)
declare(
    "customer_share.customer_share",
    "month_start customer_key",
    """
    customer_key:text month_start:day net_amount_12m:amount share_of_sales:share
    share_rank:count orders_12m:count products_held:count is_top_20_percent:flag
    """,
)
declare(
    "customer_share.spend_bands",
    "segment_by segment",
    """
    segment_by:text segment:text customers:count min_net_amount:amount
    p20_net_amount:amount median_net_amount:amount p80_net_amount:amount
    max_net_amount:amount low_customers:count middle_customers:count high_customers:count
    non_positive_customers:count
    """,
)
declare(
    "customer_share.growth_accounting",
    "month_start",
    """
    month_start:day net_amount:amount previous_net_amount:amount new_amount:amount
    resurrected_amount:amount expansion_amount:amount contraction_amount:amount
    churned_amount:amount new_customers:count resurrected_customers:count
    expansion_customers:count contraction_customers:count churned_customers:count
    retained_customers:count quick_ratio:share unattributed_net_amount:amount
    credit_note_amount:amount is_complete:flag
    """,
)
declare(
    "customer_share.share_of_wallet",
    "customer_key category year method",
    """
    customer_key:text category:text year:count method:text own_amount:amount
    category_amount:amount share_of_wallet:share low:share high:share
    """,
)

GRAINS = {"day": "1d", "week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}
BREAKDOWNS = ("total", "channel", "country", "source")


def breakdown_value(breakdown: str) -> pl.Expr:
    """The value of a breakdown: 'all' for the total, 'unknown' for none."""
    value = pl.lit("all") if breakdown == "total" else pl.col(breakdown).fill_null("unknown")
    return value.alias("breakdown_value")


def new_customer_share(shop: Shop) -> pl.DataFrame:
    """Sales of new and returning customers by period and breakdown (section 3)."""
    mart = "customer_share.new_customer_share"
    if shop.start is None:
        return empty(mart)
    cells = [
        share_cells(shop, grain, breakdown)
        for grain in GRAINS
        for breakdown in BREAKDOWNS
        if grain != "day" or breakdown == "total"
    ]
    total = pl.col("total_net_amount")
    shares = {
        "new_order_share": "new_net_amount",
        "new_customer_share": "new_customer_net_amount",
        "new_to_window_share": "new_to_window_net_amount",
    }
    frame = pl.concat(cells).with_columns(
        *(share(pl.col(part), total).alias(name) for name, part in shares.items()),
        ledger_net_amount=pl.col("goods_amount")
        - pl.col("refund_amount")
        - pl.col("credit_note_amount"),
    )
    return finished(mart, frame)


def share_cells(shop: Shop, grain: str, breakdown: str) -> pl.DataFrame:
    """The dense cells of one grain and breakdown: every value has every period."""
    interval = GRAINS[grain]
    value = breakdown_value(breakdown)
    keys = ["period_start", "breakdown_value"]

    def placed(rows: pl.DataFrame, day: str) -> pl.DataFrame:
        return rows.with_columns(value, period_start=pl.col(day).dt.truncate(interval))

    def net_of(order_class: str) -> pl.Expr:
        return pl.col("net_amount").filter(pl.col("order_class") == order_class).sum()

    sales = placed(shop.orders, "order_date")
    is_new = pl.col("order_class") == "new"
    is_new_customer = pl.col("new_date").dt.truncate(interval) == pl.col("period_start")
    is_first = pl.col("order_sequence") == 1
    sold = sales.group_by(keys).agg(
        total_net_amount=pl.col("net_amount").sum(),
        new_net_amount=net_of("new"),
        returning_net_amount=net_of("returning"),
        unattributed_net_amount=net_of("unattributed"),
        new_customer_net_amount=pl.col("net_amount").filter(is_new_customer).sum(),
        new_to_window_net_amount=pl.col("net_amount").filter("is_new_to_window").sum(),
        orders=pl.len().cast(pl.Int64),
        new_orders=is_new.sum().cast(pl.Int64),
        customers=pl.col("person").drop_nulls().n_unique().cast(pl.Int64),
        new_customers=pl.col("person").filter(is_new_customer).n_unique().cast(pl.Int64),
        is_left_censored=(is_first & pl.col("is_censored")).any(),
        goods_amount=pl.col("goods_amount").sum(),
    )
    returned = (
        placed(shop.refunds, "refund_date").group_by(keys).agg(refund_amount=pl.col("amount").sum())
    )
    notes = placed(shop.credits, "refund_date")
    credited = notes.group_by(keys).agg(credit_note_amount=pl.col("amount").sum())
    seen = pl.concat([sales.select("breakdown_value"), notes.select("breakdown_value")])
    values = seen.unique() if breakdown != "total" else pl.DataFrame({"breakdown_value": ["all"]})
    return (
        spine(shop.start, shop.calendar.as_of, interval)
        .join(values, how="cross")
        .join(sold, on=keys, how="left")
        .join(returned, on=keys, how="left")
        .join(credited, on=keys, how="left")
        .with_columns(
            pl.col("is_left_censored").fill_null(False),
            pl.selectors.integer().fill_null(0),
            period_grain=pl.lit(grain),
            breakdown=pl.lit(breakdown),
        )
    )


def window_nets(shop: Shop, start: date, end: date) -> pl.DataFrame:
    """Net amount and orders of each person in [start, end), credit notes taken off.

    Unattributed orders are one row with a null person; credit notes without a customer are no
    one's.
    """
    orders = between(shop.orders, "order_date", start, end).select(
        "person", amount="net_amount", orders=pl.lit(1, dtype=pl.Int64)
    )
    notes = between(shop.credits, "refund_date", start, end).filter(pl.col("person").is_not_null())
    notes = notes.select("person", amount=-pl.col("amount"), orders=pl.lit(0, dtype=pl.Int64))
    sums = pl.concat([orders, notes]).group_by("person")
    return sums.agg(net_amount=pl.col("amount").sum(), orders=pl.col("orders").sum()).collect()


def customer_share(shop: Shop) -> pl.DataFrame:
    """Each customer's part of the trailing 12 months, for the last months (section 3)."""
    mart = "customer_share.customer_share"
    if shop.start is None:
        return empty(mart)
    held = (
        shop.lines.lazy()
        .filter((pl.col("pieces") > 0) & pl.col("product_id").is_not_null())
        .group_by("person", "source", "product_id")
        .agg(first_date=pl.col("order_date").min())
        .select("person", "first_date")
        .collect()
    )
    keys = shop.persons.select("person", "customer_key")
    last = month_of(shop.calendar.as_of)
    frames = []
    for back in range(shop.params["customer_share_months"]):
        month = months_later(last, -back)
        start, end = shop.window(month)
        products = held.filter(pl.col("first_date") < end).group_by("person").len("products_held")
        frame = (
            window_nets(shop, start, end)
            .join(products, on="person", how="left", nulls_equal=True)
            .join(keys, on="person", how="left")
        )
        frames.append(share_ranks(frame).with_columns(month_start=pl.lit(month)))
    return finished(mart, pl.concat(frames))


def share_ranks(frame: pl.DataFrame) -> pl.DataFrame:
    """Share and rank within one month; the top 20 % is cut by net amount, ties by key."""
    attributed = pl.col("person").is_not_null()
    people = attributed.sum()
    total = pl.col("net_amount").sum()
    place = pl.int_range(1, pl.len() + 1)
    return frame.sort(
        attributed, "net_amount", "customer_key", descending=[True, True, False]
    ).with_columns(
        pl.col("products_held").fill_null(0),
        customer_key=pl.col("customer_key").fill_null("unattributed"),
        net_amount_12m=pl.col("net_amount"),
        orders_12m=pl.col("orders"),
        share_of_sales=share(pl.col("net_amount"), total),
        share_rank=pl.when(attributed).then(pl.col("net_amount")).rank("min", descending=True),
        is_top_20_percent=attributed & (place <= (people.cast(pl.Int64) + 4) // 5),
    )


def concentration(shop: Shop) -> pl.DataFrame:
    """How much of the sales hangs on how few customers (section 3)."""
    mart = "customer_share.concentration"
    rows = []
    costs = kept_costs(shop)
    for month in shop.months:
        year_start, end = shop.window(month)
        for window, start in (("all_time", date.min), ("trailing_12m", year_start)):
            nets = window_nets(shop, start, end).filter(
                pl.col("person").is_not_null() & (pl.col("orders") > 0)
            )
            measures = concentrated(nets["net_amount"].to_numpy())
            measures["top_20_percent_profit_share"] = profit_share(shop, costs, nets, start, end)
            rows.append({"month_start": month, "measure_window": window, **measures})
    if not rows:
        return empty(mart)
    return finished(mart, pl.DataFrame(rows, infer_schema_length=None))


def kept_costs(shop: Shop) -> pl.DataFrame:
    """What the units that customers kept of each order cost, and the goods whose cost is known.

    Frame: order_row, order_date, cost (Int128, of 10^-8), costed_amount. A refund takes back its
    quantity, else one unit, of its product, else of the order's only product that is goods; an
    order that is refunded by its status all (sections 0 and 11). Credit notes take nothing back.
    """
    place = ["order_row", "source", "product_id"]
    products = shop.products.select("source", "product_id", "name", "category", "family")
    costs = shop.products.select("source", "product_id", "unit_cost").drop_nulls("unit_cost")
    sold = (
        shop.lines.drop_nulls(["person", "product_id"])
        .group_by(*place, "order_date")
        .agg(pl.col("pieces", "line_amount").sum())
    )
    goods = (
        sold.filter(pl.col("pieces") > 0)
        .join(products, on=["source", "product_id"], how="left")
        .filter(is_goods())
    )
    only = goods.filter(pl.len().over("order_row") == 1).select("order_row", only="product_id")
    back = shop.refunds.join(only, on="order_row", how="left")
    returned = (
        back.with_columns(product_id=pl.coalesce("product_id", "only"))
        .group_by(place)
        .agg(returned=pl.col("quantity").fill_null(CENT).sum())
    )
    in_full = back.filter("is_in_full")["order_row"].unique().implode()
    kept = pl.col("pieces") - pl.col("returned").fill_null(0)
    kept = pl.when(pl.col("order_row").is_in(in_full)).then(0).otherwise(kept.clip(lower_bound=0))
    return (
        sold.join(costs, on=["source", "product_id"])
        .join(returned, on=place, how="left")
        .group_by("order_row", "order_date")
        .agg(
            cost=(kept.cast(pl.Int128) * pl.col("unit_cost")).sum(),
            costed_amount=pl.col("line_amount").sum(),
        )
    )


def profit_share(
    shop: Shop, costs: pl.DataFrame, nets: pl.DataFrame, start: date, end: date
) -> float | None:
    """The part of the profit that the best fifth of the customers bring, the negative as zero.

    NULL unless goods of known cost make 95 % of the goods that the customers ordered.
    """
    orders = between(shop.orders, "order_date", start, end).collect().drop_nulls("person")
    orders = orders.join(costs, on="order_row", how="left")
    goods, costed = orders["goods_amount"].sum(), orders["costed_amount"].sum()
    if goods <= 0 or 100 * costed < 95 * goods:
        return None
    spent = orders.group_by("person").agg(pl.col("cost").fill_null(0).sum())
    profits = nets.join(spent, on="person").select("net_amount", "cost").rows()
    falling = sorted((max(net * CENT - cost, 0) for net, cost in profits), reverse=True)
    total = sum(falling)
    return sum(falling[: -(-len(falling) // 5)]) / total if total > 0 else None


def concentrated(nets: np.ndarray) -> dict[str, Any]:
    """Concentration measures of the customers' net amounts, the negative ones floored to zero.

    Gini = 2 · Σ i·x_i / (n · Σ x) − (n + 1) / n with x ascending. Shares are null without a
    positive total.
    """
    size = len(nets)
    falling = np.sort(np.maximum(nets.astype(np.int64), 0))[::-1]
    running = np.cumsum(falling)
    total = int(running[-1]) if size else 0
    measures: dict[str, Any] = {
        "customers": size,
        "net_amount": int(nets.sum()) if size else 0,
        "floored_customers": int((nets < 0).sum()),
        "gini": None,
        "hhi": None,
        "effective_customers": None,
        "customers_for_80_percent": None,
    }
    for percent in (1, 5, 10, 20, 50):
        top = -(-size * percent // 100)  # ceil without the error of a binary fraction
        name = f"top_{percent}_percent_share"
        measures[name] = int(running[top - 1]) / total if total > 0 else None
    if total > 0:
        parts = falling / total
        places = np.arange(size, 0, -1, dtype=np.float64)
        measures["gini"] = 2 * float((places * parts).sum()) / size - (size + 1) / size
        measures["hhi"] = float((parts * parts).sum())
        measures["effective_customers"] = 1 / measures["hhi"]
        needed = -(-total * 4 // 5)  # the first amount that is at least 80 %
        measures["customers_for_80_percent"] = int(np.searchsorted(running, needed)) + 1
    return measures


def spend_bands(shop: Shop) -> pl.DataFrame:
    """Low, middle and high spenders of the trailing 12 months (section 3).

    Total and country take a customer's whole net amount, credit notes off; channel and device
    take the orders made there. Quantiles are those of the positive amounts.
    """
    mart = "customer_share.spend_bands"
    if shop.start is None:
        return empty(mart)
    end = shop.calendar.as_of + timedelta(days=1)
    start = months_later(end, -12)
    whole = window_nets(shop, start, end).drop_nulls("person")
    whole = whole.join(shop.persons.select("person", "shown_country"), on="person", how="left")
    made = between(shop.orders, "order_date", start, end).collect().drop_nulls("person")
    frames = [
        whole.select(segment_by=pl.lit("total"), segment=pl.lit("all"), net="net_amount"),
        whole.select(
            segment_by=pl.lit("country"),
            segment=pl.col("shown_country").fill_null("unknown"),
            net="net_amount",
        ),
    ]
    for attribute in ("channel", "device"):
        frames.append(
            made.group_by("person", segment=pl.col(attribute).fill_null("unknown"))
            .agg(net=pl.col("net_amount").sum())
            .select(segment_by=pl.lit(attribute), segment="segment", net="net")
        )
    net = pl.col("net")
    spent = net.filter(net > 0)

    def quantile(share_below: float) -> pl.Expr:
        exact = spent.quantile(share_below, interpolation="linear")
        return exact.round(0, mode="half_away_from_zero").cast(pl.Int64)

    bands = (
        pl.concat(frames)
        .group_by("segment_by", "segment")
        .agg(
            customers=pl.len(),
            min_net_amount=spent.min(),
            p20_net_amount=quantile(0.2),
            median_net_amount=quantile(0.5),
            p80_net_amount=quantile(0.8),
            max_net_amount=spent.max(),
            positive=spent.len(),
            low_customers=(spent <= spent.quantile(0.2, interpolation="linear")).sum(),
            high_customers=(spent > spent.quantile(0.8, interpolation="linear")).sum(),
        )
        .with_columns(
            middle_customers=pl.col("positive").cast(pl.Int64)
            - pl.col("low_customers")
            - pl.col("high_customers"),
            non_positive_customers=pl.col("customers").cast(pl.Int64) - pl.col("positive"),
        )
    )
    return finished(mart, bands)


def growth_accounting(shop: Shop) -> pl.DataFrame:
    """What moved the sales of attributed customers from month to month (section 3)."""
    mart = "customer_share.growth_accounting"
    if shop.start is None:
        return empty(mart)
    orders = shop.orders.with_columns(month_start=pl.col("order_date").dt.truncate("1mo"))
    known = orders.drop_nulls("person")
    this = known.group_by("person", "month_start").agg(
        net=pl.col("net_amount").sum(), new_month=pl.col("new_date").first().dt.truncate("1mo")
    )
    last = this.select(
        "person",
        pl.col("month_start").dt.offset_by("1mo"),
        previous_net="net",
        new_month_before="new_month",
    )
    moves = (
        this.join(last, on=["person", "month_start"], how="full", coalesce=True)
        .with_columns(
            here=pl.col("net").is_not_null(),
            before=pl.col("previous_net").is_not_null(),
            delta=pl.col("net").fill_null(0) - pl.col("previous_net").fill_null(0),
            is_first=(pl.col("new_month") == pl.col("month_start")).fill_null(False),
        )
        .with_columns(
            move=pl.when((pl.col("delta") > 0) & pl.col("is_first"))
            .then(pl.lit("new"))
            .when((pl.col("delta") > 0) & ~pl.col("before"))
            .then(pl.lit("resurrected"))
            .when(pl.col("delta") > 0)
            .then(pl.lit("expansion"))
            .when((pl.col("delta") < 0) & pl.col("before") & ~pl.col("here"))
            .then(pl.lit("churned"))
            .when(pl.col("delta") < 0)
            .then(pl.lit("contraction"))
        )
    )
    kinds = ("new", "resurrected", "expansion", "contraction", "churned")
    is_kind = {kind: (pl.col("move") == kind).fill_null(False) for kind in kinds}
    moved = moves.group_by("month_start").agg(
        *(pl.col("delta").filter(is_kind[k]).sum().abs().alias(f"{k}_amount") for k in kinds),
        *(is_kind[k].sum().cast(pl.Int64).alias(f"{k}_customers") for k in kinds),
        retained_customers=(pl.col("here") & pl.col("before")).sum().cast(pl.Int64),
        net_amount=pl.col("net").sum(),
        previous_net_amount=pl.col("previous_net").sum(),
    )
    unattributed = (
        orders.filter(pl.col("person").is_null())
        .group_by("month_start")
        .agg(unattributed_net_amount=pl.col("net_amount").sum())
    )
    credited = shop.credits.group_by(month_start=pl.col("refund_date").dt.truncate("1mo")).agg(
        credit_note_amount=pl.col("amount").sum()
    )
    gains = pl.col("new_amount") + pl.col("resurrected_amount") + pl.col("expansion_amount")
    losses = pl.col("contraction_amount") + pl.col("churned_amount")
    next_month = pl.col("month_start").dt.offset_by("1mo")
    frame = (
        pl.DataFrame({"month_start": shop.months})
        .join(moved, on="month_start", how="left")
        .join(unattributed, on="month_start", how="left")
        .join(credited, on="month_start", how="left")
        .with_columns(pl.selectors.integer().fill_null(0))
        .with_columns(
            quick_ratio=share(gains, losses),
            is_complete=next_month <= shop.calendar.as_of + timedelta(days=1),
        )
    )
    return finished(mart, frame)


def share_of_wallet(shop: Shop) -> pl.DataFrame:
    """Own spend in a category and year over the P80 of the peers' spend (section 3).

    That is the method 'benchmark'; beside it stand the shares that customers told. Peers have the
    same country, ten-year age band at the year's end and household size; unknown equals unknown.
    Spend is the lines' goods, before refunds.
    """
    mart = "customer_share.share_of_wallet"
    who = ["country", "age_band", "household_size"]
    place = ["category", "year"]
    age = (pl.col("year") - pl.col("birth_date").dt.year()).cast(pl.Int64)
    own = (
        shop.lines.lazy()
        .filter(pl.col("person").is_not_null() & pl.col("product_id").is_not_null())
        .join(
            shop.products.lazy().select("source", "product_id", "category"),
            on=["source", "product_id"],
        )
        .drop_nulls("category")
        .group_by("person", "category", year=pl.col("order_date").dt.year())
        .agg(own_amount=pl.col("line_amount").sum())
        .join(shop.persons.lazy(), on="person")
        .with_columns(age_band=age // 10 * 10)
    )
    amount = pl.col("own_amount").cast(pl.Float64)
    spent = amount.filter(amount > 0)
    peers = own.group_by(*who, *place).agg(
        spent.quantile(q / 100, interpolation="linear").alias(f"p{q}") for q in (70, 80, 90)
    )

    def capped(percentile: str) -> pl.Expr:
        return share(amount, pl.col(percentile)).clip(upper_bound=1)

    frame = own.join(peers, on=[*who, *place], nulls_equal=True).with_columns(
        method=pl.lit("benchmark"),
        category_amount=pl.lit(None, dtype=pl.Int64),
        share_of_wallet=capped("p80"),
        low=capped("p90"),
        high=capped("p70"),
    )
    told = told_shares(shop)
    columns = list(MARTS[mart])
    return finished(
        mart,
        pl.concat([collect(frame).select(columns), told.select(columns)], how="vertical_relaxed"),
    )


def marts(shop: Shop) -> dict[str, pl.DataFrame]:
    """Every mart of the subject."""
    made = (
        new_customer_share,
        concentration,
        customer_share,
        spend_bands,
        growth_accounting,
        share_of_wallet,
    )
    market = "customer_share.market_share"
    return {market: finished(market, market_share(shop))} | {
        f"customer_share.{mart.__name__}": mart(shop) for mart in made
    }
