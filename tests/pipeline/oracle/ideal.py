"""What the best customers are like, and who else is like them (section 8)."""

from __future__ import annotations

import polars as pl

from oracle.marts import declare
from oracle.tools import md5, share, wilson
from oracle.traits import UNKNOWN

declare(
    "profile.ideal_customer",
    "segment attribute value",
    """
    segment:text attribute:text value:text attribute_kind:text customers:count
    segment_customers:count base_customers:count base_total:count share:share base_share:share
    index:share z:share is_distinctive:flag
    """,
)
declare(
    "profile.fit_points",
    "trait value",
    "trait:text value:text points:share",
)
declare(
    "profile.customer_fit",
    "customer_key",
    "customer_key:text fit_score:share fit_grade:text lead_band:text",
)
declare(
    "profile.fit_calibration",
    "fit_grade",
    """
    fit_grade:text customers:count target_customers:count target_share:share low:share high:share
    """,
)
declare(
    "profile.similar_segments",
    "segment_a segment_b",
    "segment_a:text segment_b:text cosine:share is_merge_candidate:flag",
)

TRAITS = (
    *("age_band", "gender", "country", "region", "role_level", "household_size", "income_band"),
    *("customer_type", "acquisition_channel"),
)
HABITS = ("device_preference", "channel_preference", "top_category", "favourite_daypart")
ENOUGH_IN_SEGMENT, ENOUGH_IN_BASE, FAR = 100, 30, 3  # customers, customers, z
PRIOR = 50  # customers by which a share is drawn towards the base's
ENOUGH_SIMILAR, ALIKE = 30, 0.9  # customers of an rfm segment, cosine
EVEN_DIGITS = tuple("02468ace")


def segments(base: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The customers of the base who are worth describing, by segment."""
    p80 = base["clv_365"].quantile(0.8, interpolation="linear")
    is_in = {
        "high_spenders": pl.col("spend_band") == "high",
        "loyal": pl.col("loyalty_quadrant").is_in(["true", "spurious"]),
        "lovers": pl.col("advocacy_tier") == "lover",
        "strong_leads": pl.col("lead_band") == "strong",
        "top_clv": pl.col("clv_365") >= pl.lit(p80, pl.Float64),
    }
    return {name: base.filter(condition) for name, condition in is_in.items()}


def told(people: pl.DataFrame, attributes: tuple[str, ...]) -> pl.DataFrame:
    """One row for each of a person's attributes: customer_key, attribute, value."""
    return (
        people.select("customer_key", *attributes)
        .unpivot(attributes, index="customer_key", variable_name="attribute")
        .with_columns(pl.col("value").fill_null(UNKNOWN))
    )


def counted(people: pl.DataFrame, attributes: tuple[str, ...], name: str, of: str) -> pl.DataFrame:
    """How many have each value of an attribute, and of how many: of known values those known."""
    is_known = pl.col("value") != UNKNOWN
    place = ["attribute", "value"]
    rows = told(people, attributes)
    known = rows.filter(is_known).group_by("attribute").agg(known=pl.len().cast(pl.Int64))
    return (
        pl.DataFrame({"attribute": attributes})
        .join(rows.group_by(place).agg(pl.len().cast(pl.Int64).alias(name)), on="attribute")
        .join(known, on="attribute", how="left")
        .select(
            *place,
            name,
            pl.when(is_known)
            .then(pl.col("known").fill_null(0))
            .otherwise(people.height)
            .cast(pl.Int64)
            .alias(of),
        )
    )


def compared(
    base: pl.DataFrame, members: pl.DataFrame, attributes: tuple[str, ...]
) -> pl.DataFrame:
    """Shares of each value of the base among the members and in the base."""
    own = counted(members, attributes, "customers", "segment_customers")
    known = own.filter(pl.col("value") != UNKNOWN)
    known = known.select("attribute", known="segment_customers").unique()
    of_whom = pl.when(pl.col("value") == UNKNOWN).then(members.height)
    return (
        counted(base, attributes, "base_customers", "base_total")
        .join(own.drop("segment_customers"), on=["attribute", "value"], how="left")
        .join(known, on="attribute", how="left")
        .with_columns(
            pl.col("customers").fill_null(0),
            segment_customers=pl.coalesce(of_whom, "known", pl.lit(0)).cast(pl.Int64),
        )
        .with_columns(
            share=share(pl.col("customers"), pl.col("segment_customers")),
            base_share=share(pl.col("base_customers"), pl.col("base_total")),
        )
    )


def z_of_two_shares() -> pl.Expr:
    """Standard deviations between a segment's share and that of the rest, pooled; else null."""
    of_segment, of_base = pl.col("segment_customers"), pl.col("base_total")
    rest = of_base - of_segment
    others = pl.col("base_customers") - pl.col("customers")
    spread = pl.col("base_share") * (1 - pl.col("base_share")) * (1 / of_segment + 1 / rest)
    z = (pl.col("share") - others / rest) / spread.sqrt()
    is_defined = (
        (of_segment > 0)
        & (rest > 0)
        & (pl.col("base_customers") > 0)
        & (pl.col("base_customers") < of_base)
    )
    return pl.when(is_defined).then(z)


def ideal_customer(base: pl.DataFrame) -> pl.DataFrame:
    """By which attributes the members of each segment stand out from the rest of the base."""
    frames = [
        compared(base, members, TRAITS + HABITS).with_columns(segment=pl.lit(name))
        for name, members in segments(base).items()
        if members.height
    ]
    if not frames:
        return pl.DataFrame()
    is_trait = pl.col("attribute").is_in(TRAITS)
    is_sure = (
        (pl.col("value") != UNKNOWN)
        & is_trait
        & (pl.col("segment_customers") >= ENOUGH_IN_SEGMENT)
        & (pl.col("base_customers") >= ENOUGH_IN_BASE)
        & (pl.col("z").abs() >= FAR).fill_null(False)
    )
    return (
        pl.concat(frames)
        .with_columns(
            attribute_kind=pl.when(is_trait).then(pl.lit("trait")).otherwise(pl.lit("habit")),
            index=100 * pl.col("share") / pl.col("base_share"),
            z=z_of_two_shares(),
        )
        .with_columns(is_distinctive=is_sure)
    )


def fit_points(base: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """What each known value of a trait says of how like the members somebody is."""
    shares = compared(base, members, TRAITS).filter(pl.col("value") != UNKNOWN)
    expected = pl.col("base_share")
    likelier = (pl.col("customers") + PRIOR * expected) / (
        (pl.col("segment_customers") + PRIOR) * expected
    )
    points = shares.select("value", trait="attribute", points=likelier.log().round(6))
    return points if members.height else points.clear()


def graded(people: pl.DataFrame, base: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """People with their score and grade, by points and by the scores of the base.

    Without points nobody has a grade, nor has anybody of whom no trait is known.
    """

    def scores(rows: pl.DataFrame) -> pl.DataFrame:
        known = told(rows, TRAITS).filter(pl.col("value") != UNKNOWN).rename({"attribute": "trait"})
        sums = (
            known.join(points, on=["trait", "value"], how="left")
            .group_by("customer_key")
            .agg(fit_score=pl.col("points").fill_null(0).sum().round(6), has_trait=pl.lit(True))
        )
        return rows.join(sums, on="customer_key", how="left").with_columns(
            pl.col("fit_score").fill_null(0.0), pl.col("has_trait").fill_null(False)
        )

    of_base = scores(base)["fit_score"]
    middle, high = (of_base.quantile(part, interpolation="linear") for part in (0.5, 0.8))
    score = pl.col("fit_score")
    grade = (
        pl.when((score >= pl.lit(high, pl.Float64)) & (score > pl.lit(middle, pl.Float64)))
        .then(pl.lit("A"))
        .when(score < pl.lit(middle, pl.Float64))
        .then(pl.lit("C"))
        .otherwise(pl.lit("B"))
    )
    is_told = pl.col("has_trait") & pl.lit(points.height > 0)
    return scores(people).with_columns(fit_grade=pl.when(is_told).then(grade))


def fit_calibration(base: pl.DataFrame, target: str) -> pl.DataFrame:
    """How many of each grade are of the target segment, in a half that gave no points."""
    is_even = base["customer_key"].map_elements(
        lambda key: md5(key).startswith(EVEN_DIGITS), return_dtype=pl.Boolean
    )
    learnt, judged = base.filter(is_even), base.filter(~is_even)
    members = segments(base)[target].select("customer_key")
    points = fit_points(learnt, learnt.join(members, on="customer_key", how="semi"))
    is_target = pl.col("customer_key").is_in(members["customer_key"].implode())
    rows = (
        graded(judged, learnt, points)
        .group_by(pl.col("fit_grade").fill_null(UNKNOWN))
        .agg(
            customers=pl.len().cast(pl.Int64),
            target_customers=is_target.sum().cast(pl.Int64),
        )
    )
    low, high = wilson(pl.col("target_customers"), pl.col("customers"))
    target_share = share(pl.col("target_customers"), pl.col("customers"))
    return rows.with_columns(target_share=target_share, low=low, high=high)


def similar_segments(base: pl.DataFrame) -> pl.DataFrame:
    """How alike the customers of the rfm segments are, in all their attributes."""
    sizes = base.drop_nulls("rfm_segment").group_by("rfm_segment").len()
    names = sizes.filter(pl.col("len") >= ENOUGH_SIMILAR)["rfm_segment"].sort().to_list()
    vectors = {}
    for name in names:
        shares = compared(base, base.filter(pl.col("rfm_segment") == name), TRAITS + HABITS)
        away = (pl.col("share") - pl.col("base_share")) / pl.col("base_share").sqrt()
        known = shares.filter(pl.col("value") != UNKNOWN).sort("attribute", "value")
        vectors[name] = known.select(away=away.fill_null(0))["away"].to_numpy()
    rows = []
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            a, b = vectors[one], vectors[other]
            length = float((a @ a) * (b @ b)) ** 0.5
            rows.append((one, other, round(float(a @ b) / length, 6) if length > 0 else None))
    schema = {"segment_a": pl.String, "segment_b": pl.String, "cosine": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        is_merge_candidate=(pl.col("cosine") >= ALIKE).fill_null(False)
    )
