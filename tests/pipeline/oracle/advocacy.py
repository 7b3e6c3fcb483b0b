"""Advocacy: who speaks for the brand, and what it is worth (section 6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from oracle.engagement import contributions, decay, last_day, scored_types, scores
from oracle.marts import declare, finished
from oracle.seeds import event_points
from oracle.shop import Shop, spine
from oracle.tools import CENT, months_later, share

declare(
    "core.advocacy_acts",
    "customer_key occurred_at act_type",
    """
    customer_key:text occurred_at:time act_date:day act_type:text kind:text
    is_incentivised:flag is_verified:flag counts:flag
    """,
)
declare(
    "advocacy.advocacy_tiers",
    "customer_key",
    """
    customer_key:text tier:text acts_365d:count signals_365d:count last_act_at:time
    tier_reason:text
    """,
)
declare(
    "advocacy.advocacy_tier_summary",
    "month_start tier",
    """
    month_start:day tier:text customers:count share:share benchmark_share:share gap:share
    is_complete:flag
    """,
)
declare(
    "advocacy.advocacy_tier_movements",
    "month_start from_tier to_tier",
    "month_start:day from_tier:text to_tier:text customers:count",
)
declare(
    "advocacy.loyalty_vs_advocacy",
    "customer_key",
    """
    customer_key:text patronage:text attitude:text loyalty_quadrant:text is_locked_in:flag
    tier:text
    """,
)
declare(
    "advocacy.value_vs_advocacy",
    "value_tercile tier",
    """
    value_tercile:count tier:text customers:count net_amount:amount rank_correlation:share
    """,
)
declare(
    "advocacy.advocate_candidates",
    "customer_key",
    """
    customer_key:text candidate_rank:count decayed_signals:share reason:text
    has_unsubscribed:flag
    """,
)
declare(
    "advocacy.word_of_mouth",
    "month_start",
    """
    month_start:day referred_orders:count referred_net_amount:amount wom_revenue_share:share
    invites:count converted_invites:count k_factor:share shares:count top_sharer_share:share
    nps:share nps_responses:count nps_promoters:count nps_detractors:count
    nps_standard_error:share
    """,
)
declare(
    "advocacy.advocacy_what_if",
    "scenario",
    """
    scenario:text moved_customers:share lovers_before:share lovers_after:share lovers_gain:share
    """,
)

WINDOW_DAYS = 365
INVITE_DAYS = 30
BENCHMARKS = {"lurker": 0.90, "liker": 0.09, "lover": 0.01}  # from the least to the most
TIERS = list(BENCHMARKS)
LATEST = ["occurred_at", "event_id", "source"]  # the order of events; the last one decides
QUADRANTS = {
    ("high", "high"): "true",
    ("high", "low"): "spurious",
    ("low", "high"): "latent",
    ("low", "low"): "none",
}


def marts(shop: Shop) -> dict[str, pl.DataFrame]:
    """All marts of this subject, and the acts that they rest on."""
    acts = advocacy_acts(shop)
    counting = acts.filter("counts")
    tiers = advocacy_tiers(shop, counting)
    monthly = monthly_tiers(shop, counting)
    loyalty = loyalty_vs_advocacy(shop, tiers)
    frames = {
        "core.advocacy_acts": acts,
        "advocacy.advocacy_tiers": tiers,
        "advocacy.advocacy_tier_summary": advocacy_tier_summary(shop, monthly),
        "advocacy.advocacy_tier_movements": advocacy_tier_movements(monthly),
        "advocacy.loyalty_vs_advocacy": loyalty,
        "advocacy.value_vs_advocacy": value_vs_advocacy(tiers),
        "advocacy.advocate_candidates": advocate_candidates(shop, counting, loyalty),
        "advocacy.word_of_mouth": word_of_mouth(shop),
        "advocacy.advocacy_what_if": advocacy_what_if(tiers),
    }
    return {mart: finished(mart, frame) for mart, frame in frames.items()}


def recent(shop: Shop, rows: pl.DataFrame, day: str) -> pl.DataFrame:
    """Rows of the business dates in (as_of − 365, as_of]."""
    return rows.filter(pl.col(day) > last_day(shop) - timedelta(days=WINDOW_DAYS))


def is_nps() -> pl.Expr:
    """An answer to the NPS question: topic 'nps', rated 0 to 10 (section 1)."""
    is_answer = (pl.col("event_type") == "survey_answered") & (pl.col("topic") == "nps")
    return (is_answer & pl.col("rating").is_between(0, 10 * CENT)).fill_null(False)


# ---------------------------------------------------------------------------------------------
# Acts and tiers
# ---------------------------------------------------------------------------------------------


def advocacy_acts(shop: Shop) -> pl.DataFrame:
    """Acts and signals of identified people who are neither staff nor bots.

    By the seed's kind and least rating. A review without text is a signal; a survey is one only
    with the NPS question; a converted referral whose order is the referrer's own is neither.
    """
    kinds = event_points().drop_nulls("advocacy_kind")
    kinds = kinds.select("event_type", "min_rating", kind="advocacy_kind")
    kind = event_type("product_reviewed") & ~pl.col("has_text")
    is_rated = pl.col("min_rating").is_null() | (pl.col("rating") >= pl.col("min_rating"))
    is_own = event_type("referral_converted") & (pl.col("buyer") == pl.col("person"))
    return (
        shop.events.drop_nulls("person")
        .join(kinds, on="event_type")
        .with_columns(order_key=pl.col("source") + ":" + pl.col("order_id"))
        .join(shop.buyers.rename({"person": "buyer"}), on="order_key", how="left")
        .filter(
            is_rated.fill_null(False),
            ~event_type("survey_answered") | is_nps(),
            ~is_own.fill_null(False),
        )
        .join(shop.persons.select("person", "customer_key"), on="person")
        .select(
            *("person", "customer_key", "occurred_at", "event_id", "source"),
            *("is_incentivised", "is_verified"),
            act_date="event_date",
            act_type="event_type",
            kind=pl.when(kind).then(pl.lit("signal")).otherwise("kind"),
            counts=~pl.col("is_incentivised"),
        )
    )


def event_type(name: str) -> pl.Expr:
    """Whether an event is of a type."""
    return pl.col("event_type") == name


def buyers(shop: Shop) -> pl.DataFrame:
    """Customers with a valid order; staff have none."""
    return shop.persons.filter(pl.col("orders") > 0).sort("person")


def advocacy_tiers(shop: Shop, counting: pl.DataFrame) -> pl.DataFrame:
    """Lover, liker or lurker: by what a customer did in the window, never by money."""
    is_act = pl.col("kind") == "act"
    done = (
        recent(shop, counting, "act_date")
        .sort(LATEST)
        .group_by("person", maintain_order=True)
        .agg(
            acts_365d=is_act.sum().cast(pl.Int64),
            signals_365d=(~is_act).sum().cast(pl.Int64),
            last_act_at=pl.col("occurred_at").filter(is_act).last(),
            last_act=pl.col("act_type").filter(is_act).last(),
            last_signal=pl.col("act_type").filter(~is_act).last(),
        )
    )
    return (
        buyers(shop)
        .join(done, on="person", how="left")
        .with_columns(
            pl.col("acts_365d", "signals_365d").fill_null(0),
            tier=pl.when(pl.col("acts_365d") > 0)
            .then(pl.lit("lover"))
            .when(pl.col("signals_365d") > 0)
            .then(pl.lit("liker"))
            .otherwise(pl.lit("lurker")),
            tier_reason=pl.coalesce("last_act", "last_signal", pl.lit("no act or signal")),
        )
    )


def monthly_tiers(shop: Shop, counting: pl.DataFrame) -> list[tuple[date, np.ndarray]]:
    """The tier of each customer (index into TIERS; -1: no order yet) at each month's end.

    From the month of history_start on; the last month ends at as_of.
    """
    start, as_of = shop.calendar.history_start, shop.calendar.as_of
    if start is None or as_of is None:
        return []
    people = buyers(shop).with_row_index("place")
    first_days = people["first_order_date"].to_numpy()
    done = counting.join(people.select("person", "place"), on="person")
    result = []
    for month in spine(start, as_of, "1mo")["period_start"].to_list():
        end = min(months_later(month, 1) - timedelta(days=1), as_of)
        since = end - timedelta(days=WINDOW_DAYS)
        seen = done.filter((pl.col("act_date") > since) & (pl.col("act_date") <= end))
        tiers = np.zeros(people.height, dtype=np.int8)
        for tier, kind in ((1, "signal"), (2, "act")):
            tiers[seen.filter(pl.col("kind") == kind)["place"].to_numpy()] = tier
        tiers[first_days > np.datetime64(end)] = -1
        result.append((month, tiers))
    return result


def advocacy_tier_summary(shop: Shop, monthly: list[tuple[date, np.ndarray]]) -> pl.DataFrame:
    """How many customers of each tier at the months' ends, beside 90/9/1."""
    rows: list[dict[str, Any]] = []
    for month, tiers in monthly:
        for number, (tier, benchmark) in enumerate(BENCHMARKS.items()):
            rows.append(
                {
                    "month_start": month,
                    "tier": tier,
                    "customers": int((tiers == number).sum()),
                    "everyone": int((tiers >= 0).sum()),
                    "benchmark_share": benchmark,
                    "is_complete": months_later(month, 1) - timedelta(days=1)
                    <= shop.calendar.as_of,
                }
            )
    schema = {"month_start": pl.Date, "tier": pl.String, "customers": pl.Int64}
    schema |= {"everyone": pl.Int64, "benchmark_share": pl.Float64, "is_complete": pl.Boolean}
    part = share(pl.col("customers"), pl.col("everyone"))
    return pl.DataFrame(rows, schema=schema).with_columns(
        share=part, gap=part - pl.col("benchmark_share")
    )


def advocacy_tier_movements(monthly: list[tuple[date, np.ndarray]]) -> pl.DataFrame:
    """Who moved from which tier at the previous month's end to which at this one's."""
    names = ["none", *TIERS]
    rows = []
    for number, (month, tiers) in enumerate(monthly):
        before = monthly[number - 1][1] if number else np.full_like(tiers, -1)
        counts = np.bincount((before + 1) * len(names) + tiers + 1, minlength=len(names) ** 2)
        for pair in np.flatnonzero(counts):
            origin, target = divmod(int(pair), len(names))
            if target:
                rows.append((month, names[origin], names[target], int(counts[pair])))
    columns = {"month_start": pl.Date, "from_tier": pl.String, "to_tier": pl.String}
    return pl.DataFrame(rows, schema=columns | {"customers": pl.Int64}, orient="row")


# ---------------------------------------------------------------------------------------------
# Loyalty, value, candidates
# ---------------------------------------------------------------------------------------------


def attitudes(shop: Shop) -> pl.DataFrame:
    """The latest opinion of each person in the window: person, attitude.

    Reviews of 4 and more and NPS answers of 9 and 10 are high; reviews below 3 and answers up to
    6 low; those between say nothing and hide nothing. What was paid for is no opinion.
    """
    rating = pl.col("rating")
    is_review = event_type("product_reviewed")
    is_high = (is_review & (rating >= 4 * CENT)) | (is_nps() & (rating >= 9 * CENT))
    is_low = (is_review & (rating < 3 * CENT)) | (is_nps() & (rating <= 6 * CENT))
    return (
        recent(shop, shop.events, "event_date")
        .drop_nulls("person")
        .filter(~pl.col("is_incentivised"))
        .with_columns(
            attitude=pl.when(is_high).then(pl.lit("high")).when(is_low).then(pl.lit("low"))
        )
        .drop_nulls("attitude")
        .sort(LATEST)
        .unique("person", keep="last", maintain_order=True)
        .select("person", "attitude")
    )


def loyalty_vs_advocacy(shop: Shop, tiers: pl.DataFrame) -> pl.DataFrame:
    """Buying beside liking: high patronage without liking is habit, not loyalty."""
    days = (
        recent(shop, shop.orders, "order_date")
        .drop_nulls("person")
        .group_by("person")
        .agg(days=pl.col("order_date").n_unique().cast(pl.Int64))
    )
    enough = max(2.0, days["days"].median() or 0.0)
    is_high = (pl.col("days") >= enough).fill_null(False)
    attitude = pl.col("attitude")
    quadrant = pl.lit("unknown")
    for (bought, liked), name in QUADRANTS.items():
        is_here = (pl.col("patronage") == bought) & (attitude == liked)
        quadrant = pl.when(is_here).then(pl.lit(name)).otherwise(quadrant)
    return (
        tiers.join(days, on="person", how="left")
        .join(attitudes(shop), on="person", how="left")
        .with_columns(
            patronage=pl.when(is_high).then(pl.lit("high")).otherwise(pl.lit("low")),
            attitude=attitude.fill_null("unknown"),
        )
        .with_columns(
            loyalty_quadrant=quadrant,
            is_locked_in=pl.col("lock_in").is_not_null()
            & (pl.col("patronage") == "high")
            & (attitude != "high"),
        )
    )


def value_vs_advocacy(tiers: pl.DataFrame) -> pl.DataFrame:
    """Do those who spend most also speak? Terciles of net amount by tier."""
    place = pl.col("net_amount").rank("min").cast(pl.Int64) - 1
    others = max(tiers.height - 1, 1)
    terciles = tiers.with_columns(value_tercile=1 + (3 * place // others).clip(upper_bound=2))
    cells = terciles.group_by("value_tercile", "tier").agg(
        customers=pl.len().cast(pl.Int64), net_amount=pl.col("net_amount").sum()
    )
    grid = pl.DataFrame({"value_tercile": [1, 2, 3]}).join(
        pl.DataFrame({"tier": TIERS}), how="cross"
    )
    return grid.join(cells, on=["value_tercile", "tier"], how="left").with_columns(
        pl.col("customers", "net_amount").fill_null(0),
        rank_correlation=pl.lit(spearman(tiers["net_amount"], tiers["acts_365d"]), pl.Float64),
    )


def spearman(left: pl.Series, right: pl.Series) -> float | None:
    """Pearson's correlation of the average ranks; none where one side is constant."""
    if left.n_unique() < 2 or right.n_unique() < 2:
        return None
    ranks = [column.rank("average").to_numpy() for column in (left, right)]
    return float(np.corrcoef(*ranks)[0, 1])


def advocate_candidates(shop: Shop, counting: pl.DataFrame, loyalty: pl.DataFrame) -> pl.DataFrame:
    """Likers whose attitude is not low, those with the most and freshest signals first.

    A signal weighs 0.5^(age / half-life); who ever unsubscribed is marked.
    """
    likers = loyalty.filter((pl.col("tier") == "liker") & (pl.col("attitude") != "low"))
    likers = likers.select("person", "customer_key", reason="tier_reason")
    signals = (
        recent(shop, counting, "act_date")
        .filter(pl.col("kind") == "signal")
        .group_by("person")
        .agg(decayed_signals=decay(shop, "act_date").sum().round(9))
    )
    theirs = shop.events.join(likers, on="person", how="semi")
    left = theirs.filter(event_type("newsletter_unsubscribed")).select("person").unique()
    ordering = pl.struct("decayed_signals", "score")
    return (
        likers.join(signals, on="person")
        .join(scores(contributions(scored_types(shop, theirs))), on="person", how="left")
        .join(left.with_columns(has_unsubscribed=pl.lit(True)), on="person", how="left")
        .with_columns(pl.col("has_unsubscribed").fill_null(False), pl.col("score").fill_null(0.0))
        .with_columns(candidate_rank=ordering.rank("min", descending=True))
    )


# ---------------------------------------------------------------------------------------------
# Word of mouth
# ---------------------------------------------------------------------------------------------

CODE = ["source", "referral_code"]


def sent_invites(shop: Shop) -> pl.DataFrame:
    """Invitations of identified people."""
    sent = shop.events.filter(event_type("referral_sent")).drop_nulls("person")
    return sent.select(*CODE, "person", "event_id", "occurred_at", "event_date")


def referred_orders(shop: Shop, invites: pl.DataFrame) -> pl.DataFrame:
    """New customers' first orders with a code that is not their own.

    A code is theirs whose customers rows have it, else who sent it first; unknown codes count.
    """
    sent = (
        invites.drop_nulls("referral_code")
        .sort(LATEST)
        .unique(CODE, keep="first", maintain_order=True)
        .select(*CODE, "person")
        .join(shop.codes, on=CODE, how="anti")
    )
    owned = pl.concat([shop.codes, sent])
    orders = shop.orders.filter(pl.col("order_class") == "new").drop_nulls("referral_code")
    return orders.join(owned, on=[*CODE, "person"], how="anti")


def converted_invites(referred: pl.DataFrame, invites: pl.DataFrame) -> pl.DataFrame:
    """The invitations that brought an order within 30 days, each once.

    A referred order goes to its code's latest invitation at or before it.
    """
    credited = (
        referred.sort("ordered_at")
        .join_asof(
            invites.drop_nulls("referral_code").sort(LATEST),
            left_on="ordered_at",
            right_on="occurred_at",
            by=CODE,
            check_sortedness=False,
        )
        .drop_nulls("event_id")
    )
    wait = (pl.col("order_date") - pl.col("event_date")).dt.total_days()
    return credited.filter(wait <= INVITE_DAYS).unique(["source", "event_id"])


def by_month(rows: pl.DataFrame, day: str, **columns: pl.Expr) -> pl.DataFrame:
    """Aggregates by the month of a day."""
    return rows.group_by(month_start=pl.col(day).dt.truncate("1mo")).agg(**columns)


def word_of_mouth(shop: Shop) -> pl.DataFrame:
    """What others' words bring, month by month."""
    invites = sent_invites(shop)
    referred = referred_orders(shop, invites)
    converted = converted_invites(referred, invites)
    shared = shop.events.filter(event_type("product_shared"))
    most = by_month(shared, "event_date", most=pl.col("who").drop_nulls().unique_counts().max())
    net, count = pl.col("net_amount").sum(), pl.len().cast(pl.Int64)
    answers = shop.events.filter(is_nps())
    promoters = (pl.col("rating") >= 9 * CENT).sum().cast(pl.Int64)
    detractors = (pl.col("rating") <= 6 * CENT).sum().cast(pl.Int64)
    parts = [
        by_month(referred, "order_date", referred_orders=count, referred_net_amount=net),
        by_month(
            shop.orders,
            "order_date",
            total_net_amount=net,
            customers=pl.col("person").drop_nulls().n_unique().cast(pl.Int64),
        ),
        by_month(invites, "event_date", invites=count),
        by_month(converted, "event_date", converted_invites=count),
        by_month(shared, "event_date", shares=count),
        most,
        by_month(
            answers,
            "event_date",
            nps_responses=count,
            nps_promoters=promoters,
            nps_detractors=detractors,
        ),
    ]
    frame = pl.DataFrame({"month_start": shop.months}, schema={"month_start": pl.Date})
    for part in parts:
        frame = frame.join(part, on="month_start", how="left")
    is_mature = pl.col("month_start").dt.month_end() + timedelta(days=INVITE_DAYS) <= pl.lit(
        last_day(shop)
    )
    counted = pl.selectors.integer() - pl.selectors.by_name("most", require_all=False)
    return frame.with_columns(counted.fill_null(0)).with_columns(
        wom_revenue_share=share(pl.col("referred_net_amount"), pl.col("total_net_amount")),
        k_factor=pl.when(is_mature).then(share(pl.col("converted_invites"), pl.col("customers"))),
        top_sharer_share=share(pl.col("most"), pl.col("shares")),
        nps=100
        * share(pl.col("nps_promoters") - pl.col("nps_detractors"), pl.col("nps_responses")),
        nps_standard_error=nps_standard_error(),
    )


def nps_standard_error() -> pl.Expr:
    """Standard error of the NPS, in its points; NULL below two answers (section 6).

    One half is added to each of promoters, passives and detractors, so that answers that are all
    alike are no certainty.
    """
    answers = pl.col("nps_responses") + 1.5
    high, low = ((pl.col(f"nps_{c}") + 0.5) / answers for c in ("promoters", "detractors"))
    variance = high + low - (high - low) ** 2
    return pl.when(pl.col("nps_responses") >= 2).then(100 * (variance / answers).sqrt())


def advocacy_what_if(tiers: pl.DataFrame) -> pl.DataFrame:
    """What it would do to the lovers if a few more customers became ones."""
    counts = {tier: tiers.filter(pl.col("tier") == tier).height for tier in TIERS}
    moved = {
        "one_point_of_base": tiers.height / 100,
        "one_percent_of_likers": counts["liker"] / 100,
    }
    frame = pl.DataFrame({"scenario": list(moved), "moved_customers": list(moved.values())})
    before = pl.lit(float(counts["lover"]))
    return frame.with_columns(
        lovers_before=before,
        lovers_after=before + pl.col("moved_customers"),
        lovers_gain=share(pl.col("moved_customers"), before),
    )
