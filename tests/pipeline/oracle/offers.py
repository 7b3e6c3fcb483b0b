"""What to offer to whom next (section 7, next_best_offers)."""

from __future__ import annotations

import polars as pl

from oracle.baskets import PRIOR, holdings, items, last_days, order_baskets
from oracle.marts import declare
from oracle.seeds import listed
from oracle.shop import Shop
from oracle.tools import CENT

declare(
    "cross_sell.next_best_offers",
    "customer_key offer_rank",
    """
    customer_key:text offer_rank:count product_key:text product_id:text kind:text
    because_product_key:text score:share mean_unit_amount:amount
    """,
)

KINDS = ("upsell", "cross_sell", "best_seller")
FRESH_DAYS = 30  # after an order in which a better one is offered
OFFER = ("person", "product_key", "because_product_key", "score")


def first_of(rows: pl.DataFrame, of: list[str], by: str, then: str, most: int) -> pl.DataFrame:
    """The rows of greatest `by` of each group, ties by the smaller `then`."""
    ranked = rows.sort(by, then, descending=[True, False], nulls_last=True)
    return ranked.filter(pl.int_range(pl.len()).over(of) < most)


def offerable(shop: Shop) -> pl.DataFrame:
    """Goods sold in the last days above their cost: product_key, product_id, mean_unit_amount.

    The mean is in ten-thousandths, rounded half away from zero; sold are lines with units.
    """
    costs = shop.products.select("source", "product_id", "unit_cost")
    amount, units = (pl.col(c).cast(pl.Int128).sum() for c in ("line_amount", "pieces"))
    mean = (2 * CENT * pl.col("amount") + pl.col("units")) // (2 * pl.col("units"))
    return (
        items(shop)
        .filter(last_days(shop, shop.params["offer_days"]))
        .group_by("source", "product_id", "product_key")
        .agg(amount=amount, units=units)
        .with_columns(mean_unit_amount=mean.cast(pl.Int64))
        .join(costs, on=["source", "product_id"], how="left")
        .filter(
            (pl.col("mean_unit_amount") > 0)
            & (pl.col("mean_unit_amount") > pl.col("unit_cost")).fill_null(True)
        )
        .select("product_key", "product_id", "mean_unit_amount")
    )


def order_rules(affinity: pl.DataFrame) -> pl.DataFrame:
    """The product pairs of orders: item_a, item_b, their counts and confidence."""
    is_of_orders = (pl.col("item_level") == "product") & (pl.col("basket") == "order")
    return affinity.filter(is_of_orders)


def cross_sells(shop: Shop, affinity: pl.DataFrame, offers: pl.DataFrame) -> pl.DataFrame:
    """What goes with what a customer ordered latest."""
    counts = [
        pl.col(c).cast(pl.Int128) for c in ("baskets_ab", "baskets", "baskets_a", "baskets_b")
    ]
    together, baskets, of_a, of_b = counts
    rules = (
        order_rules(affinity)
        .filter(together * baskets > of_a * of_b)
        .join(offers, left_on="item_b", right_on="product_key", how="semi")
        .with_columns(worth=(pl.col("shrunk_confidence") * pl.col("lift").log()).round(9))
    )
    rules = first_of(rules, ["item_a"], "worth", "item_b", shop.params["offer_rules"])
    latest = (
        items(shop)
        .filter(last_days(shop, shop.params["offer_customer_days"]))
        .drop_nulls("person")
        .group_by("person", "item")
        .agg(day=pl.col("order_date").max())
    )
    latest = first_of(latest, ["person"], "day", "item", shop.params["offer_items"])
    led = latest.join(rules, left_on="item", right_on="item_a")
    held = holdings(shop).select("person", item_b="product_key")
    return (
        led.join(held, on=["person", "item_b"], how="anti")
        .with_columns(strength=pl.col("shrunk_confidence").round(9))
        .sort("strength", "item", descending=[True, False])
        .group_by("person", product_key="item_b")
        .agg(
            because_product_key=pl.col("item").first(),
            score=(1 - (1 - pl.col("shrunk_confidence")).product()).round(9),
        )
        .select(*OFFER)
    )


def placed_products(shop: Shop) -> pl.DataFrame:
    """Products with their family and the rank of their listed tier; others are ignored."""
    return (
        shop.products.select(
            product_key=pl.col("source") + ":" + pl.col("product_id"),
            family="family",
            tier=pl.col("tier").str.to_lowercase(),
            tier_rank=listed("product_tiers", pl.col("tier"), "tier", "tier_rank"),
        )
    ).drop_nulls(["family", "tier_rank"])


def upsells(shop: Shop, affinity: pl.DataFrame, offers: pl.DataFrame) -> pl.DataFrame:
    """The best product of a higher tier than all that a customer holds of the family.

    For who ordered of the family just now, gave nothing of that order back, has no open complaint
    and reviewed nothing badly in those days.
    """
    baskets = order_baskets(shop, "product")
    total = baskets["basket"].n_unique()
    counts = baskets.group_by(product_key="item").agg(n=pl.len().cast(pl.Int64))
    placed = placed_products(shop).join(counts, on="product_key", how="left")
    placed = placed.with_columns(pl.col("n").fill_null(0))
    most = shop.params["offer_upsells"]
    better = first_of(placed, ["family", "tier"], "n", "product_key", most)
    better = better.join(offers, on="product_key", how="semi")

    held = holdings(shop).join(placed, on="product_key")
    highest = held.group_by("person", "family").agg(held_rank=pl.col("tier_rank").max())
    is_unhappy = (pl.col("event_type") == "product_reviewed") & (pl.col("rating") < 3 * CENT)
    reviews = shop.events.filter(is_unhappy & last_days(shop, FRESH_DAYS, "event_date"))
    unhappy = pl.concat(
        [
            shop.tickets.filter(is_open_complaint(pl.lit(shop.calendar.as_of))).select("person"),
            reviews.select("person"),
        ]
    ).drop_nulls()
    fresh = (
        items(shop)
        .filter(last_days(shop, FRESH_DAYS))
        .join(shop.refunds, on="order_row", how="anti")
        .drop_nulls("person")
        .join(unhappy, on="person", how="anti")
        .select("person", item_a="product_key")
        .unique()
        .join(placed.select("family", item_a="product_key", n_a="n"), on="item_a")
    )
    rules = order_rules(affinity).select("item_a", "item_b", "shrunk_confidence")
    by_chance = PRIOR * pl.col("n") / total / (pl.col("n_a") + PRIOR)
    found = (
        fresh.join(better.select("family", "tier_rank", "n", item_b="product_key"), on="family")
        .join(highest, on=["person", "family"])
        .filter(pl.col("tier_rank") > pl.col("held_rank"))
        .join(rules, on=["item_a", "item_b"], how="left")
        .with_columns(score=pl.coalesce("shrunk_confidence", by_chance).fill_nan(0).round(9))
    )
    found = first_of(found, ["person", "item_b"], "score", "item_a", 1)
    return first_of(found, ["person"], "score", "item_b", 1).select(
        "person", product_key="item_b", because_product_key="item_a", score="score"
    )


def is_open_complaint(day: pl.Expr) -> pl.Expr:
    """Whether a ticket is a complaint that was opened by a day and not resolved by then."""
    is_resolved = (pl.col("resolved_at_date") <= day).fill_null(False)
    return pl.col("is_complaint") & (pl.col("opened_date") <= day) & ~is_resolved


def best_sellers(shop: Shop, customers: pl.DataFrame, offers: pl.DataFrame) -> pl.DataFrame:
    """What most customers of a country ordered of late; of a small country, what most of all did.

    A product that nobody of the group ordered is none of theirs.
    """
    params = shop.params
    countries = shop.persons.select("person", country="shown_country")
    recent = last_days(shop, params["offer_days"])
    active = shop.orders.filter(recent).select("person").drop_nulls().unique()
    active = active.join(countries, on="person")
    bought = (
        items(shop)
        .filter(recent)
        .join(offers, on="product_key", how="semi")
        .select("person", "product_key")
        .drop_nulls()
        .unique()
        .join(countries, on="person")
    )
    large = active.group_by("country").agg(size=pl.len())
    large = large.filter(pl.col("size") >= params["offer_group_customers"])
    everybody = (
        bought.group_by("product_key")
        .agg(n=pl.len())
        .with_columns(country=pl.lit(None, pl.String), is_all=True, size=pl.lit(active.height))
    )
    groups = (
        bought.group_by("country", "product_key")
        .agg(n=pl.len())
        .join(large, on="country", nulls_equal=True)
        .with_columns(is_all=False)
    )
    ranked = first_of(
        pl.concat([groups, everybody.select(groups.columns)], how="vertical_relaxed"),
        ["is_all", "country"],
        "n",
        "product_key",
        params["offer_best_sellers"],
    ).with_columns(score=(pl.col("n") / pl.col("size")).round(9))
    of_whom = (
        customers.join(countries, on="person")
        .join(large, on="country", how="left", nulls_equal=True)
        .select(
            "person",
            is_all=pl.col("size").is_null(),
            country=pl.when(pl.col("size").is_not_null()).then("country"),
        )
    )
    held = holdings(shop).select("person", "product_key")
    return (
        of_whom.join(ranked, on=["is_all", "country"], nulls_equal=True)
        .join(held, on=["person", "product_key"], how="anti")
        .with_columns(because_product_key=pl.lit(None, pl.String))
        .select(*OFFER)
    )


def next_best_offers(
    shop: Shop, affinity: pl.DataFrame, withdrawn: pl.DataFrame | None = None
) -> pl.DataFrame:
    """What to offer to each customer of the last year, best first.

    `withdrawn` has the `person` of those who withdrew consent for personalisation: to them only
    what sells best is offered.
    """
    is_recent = last_days(shop, shop.params["offer_customer_days"])
    customers = shop.orders.filter(is_recent).select("person").drop_nulls().unique()
    offers = offerable(shop)
    frames = []
    for place, rows in enumerate(
        (
            upsells(shop, affinity, offers),
            cross_sells(shop, affinity, offers),
            best_sellers(shop, customers, offers),
        )
    ):
        if withdrawn is not None and KINDS[place] != "best_seller":
            rows = rows.join(withdrawn, on="person", how="anti")
        rows = rows.with_columns(place=pl.lit(place), kind=pl.lit(KINDS[place]))
        frames.append(rows)
    return (
        pl.concat(frames, how="vertical_relaxed")
        .join(customers, on="person", how="semi")
        .sort("person", "place", "score", "product_key", descending=[False, False, True, False])
        .unique(["person", "product_key"], keep="first", maintain_order=True)
        .with_columns(offer_rank=pl.int_range(1, pl.len() + 1).over("person"))
        .filter(pl.col("offer_rank") <= shop.params["offers"])
        .join(offers, on="product_key")
        .join(shop.persons.select("person", "customer_key"), on="person")
    )
