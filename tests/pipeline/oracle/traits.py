"""Who somebody is, by what they said of themselves (section 8, customer_profile)."""

from __future__ import annotations

import re
from datetime import date

import polars as pl

from oracle.seeds import seed
from oracle.shop import Shop
from oracle.tools import share

YOUNGEST, OLDEST = 13, 110  # years; other ages are impossible
SIGNS_READ_AS_BLANKS = r"[.,;:/&()\-_+]"
UNKNOWN = "unknown"

# What may be known of somebody: attribute -> the column that is null, or false, where it is not.
KNOWN = {
    "birth_date": "age_years",
    "gender": "gender",
    "country": "country",
    "region": "region",
    "job_title": "job_title",
    "household_size": "household_size",
    "income_band": "income_band",
    "acquisition_channel": "acquisition_channel",
    "email": "has_email",
    "phone": "has_phone",
}


def age_years(as_of: date) -> pl.Expr:
    """Whole years from the birth date to as_of, both as yyyymmdd; impossible ages are none."""
    birth = pl.col("birth_date").dt.to_string("%Y%m%d").cast(pl.Int64)
    age = (int(f"{as_of:%Y%m%d}") - birth) // 10_000
    return pl.when(age.is_between(YOUNGEST, OLDEST)).then(age)


def highest_band(value: pl.Expr, rows: list[tuple[str, int]]) -> pl.Expr:
    """The band of the greatest minimum that a value reaches; null without a value."""
    band = pl.lit(None, pl.String)
    for name, least in sorted(rows, key=lambda row: row[1]):
        band = pl.when(value >= least).then(pl.lit(str(name))).otherwise(band)
    return band


def age_band() -> pl.Expr:
    """The band of the age; only without a birth date the customers file's own words."""
    own_words = pl.when(pl.col("birth_date").is_null()).then("age_band")
    by_age = highest_band(pl.col("age_years"), seed("age_bands").select("band", "min_age").rows())
    return pl.coalesce(by_age, own_words, pl.lit(UNKNOWN))


def role_of(title: str, roles: list[tuple[str, str, int]]) -> str:
    """The level of the keyword of greatest priority, then the first, that a job title holds.

    Keywords are found as whole words, one after the other.
    """
    blank = re.sub(SIGNS_READ_AS_BLANKS, " ", title.lower())
    padded = f" {' '.join(word for word in blank.split(' ') if word)} "
    found = [role for role in roles if f" {role[0]} " in padded]
    return min(found, key=lambda role: (-role[2], role[0]))[1] if found else UNKNOWN


def role_level(titles: pl.Series) -> pl.Expr:
    """The level of each job title, by the table of keywords."""
    roles = seed("job_roles").select("keyword", "role_level", "priority").rows()
    levels = {title: role_of(title, roles) for title in titles.drop_nulls().unique()}
    known = pl.col("job_title").replace_strict(levels, default=None, return_dtype=pl.String)
    return known.fill_null(UNKNOWN)


def tenure_band() -> pl.Expr:
    """How long a customer is known, in the bands of products_held (section 7)."""
    days = pl.col("tenure_days")
    return (
        pl.when(days < 365)
        .then(pl.lit("under_1_year"))
        .when(days < 730)
        .then(pl.lit("1_to_2_years"))
        .when(days.is_not_null())
        .then(pl.lit("over_2_years"))
        .otherwise(pl.lit("none"))
    )


def is_known(column: str) -> pl.Expr:
    """Whether an attribute is known, by its column in KNOWN."""
    return pl.col(column) if column.startswith("has_") else pl.col(column).is_not_null()


def traits(shop: Shop, as_of: date) -> pl.DataFrame:
    """Everybody but staff with their attributes, texts as they are published."""
    people = shop.shown_persons.filter(~pl.col("is_staff"))
    first_day = pl.col("first_order_date")
    since = pl.when(first_day.is_not_null()).then(
        pl.min_horizontal("first_order_date", "known_first_date")
    )
    return (
        people.with_columns(
            age_years=age_years(as_of),
            role_level=role_level(people["job_title"]),
            tenure_days=(pl.lit(as_of) - since).dt.total_days() + 1,
        )
        .with_columns(
            age_band=age_band(),
            tenure_band=tenure_band(),
            known_share=sum(is_known(column).cast(pl.Int64) for column in KNOWN.values())
            / len(KNOWN),
        )
        .sort("person")
    )


def attribute_coverage(profile: pl.DataFrame) -> pl.DataFrame:
    """Of how many customers, and of how many prospects, each attribute is known."""
    rows = []
    has_order = pl.col("orders") > 0
    for people, is_one in (("customers", has_order), ("prospects", ~has_order)):
        group = profile.filter(is_one)
        for attribute, column in KNOWN.items():
            known = group.filter(is_known(column)).height
            rows.append((people, attribute, group.height, known))
    columns = ("people", "attribute", "people_count", "known_count")
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        coverage=share(pl.col("known_count"), pl.col("people_count"))
    )
