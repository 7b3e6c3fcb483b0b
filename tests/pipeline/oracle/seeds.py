"""The reference tables that users edit: points, bands, levels."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from oracle.contract import BLANKS
from oracle.tools import CENT

PROJECT = Path(__file__).resolve().parents[3]
SEEDS = PROJECT / "seeds"


def seed(name: str, **types: pl.DataType) -> pl.DataFrame:
    """A reference table as it stands in `seeds/`; a column is read as the type given for it."""
    return pl.read_csv(SEEDS / f"{name}.csv", schema_overrides=types)


@cache
def event_points() -> pl.DataFrame:
    """What an event type counts for; `min_rating` in ten-thousandths, like the ratings."""
    points = {"engagement_points": pl.Float64, "lead_points": pl.Float64, "daily_cap": pl.Int64}
    flags = {"is_visit": pl.Boolean, "is_email_of_other": pl.Boolean}
    flags |= {"campaign_step": pl.String}
    return seed("event_points", **points, min_rating=pl.Int64, **flags).with_columns(
        pl.col("min_rating") * CENT, pl.col("is_email_of_other").fill_null(False)
    )


def passive_types() -> list[str]:
    """Event types that are no visits; a type that is not listed is one (section 2, Sessions)."""
    return event_points().filter(~pl.col("is_visit"))["event_type"].to_list()


def is_email_of_actor() -> pl.Expr:
    """Whether an event's email is of who did it, not of someone else (section 2, Events)."""
    others = event_points().filter("is_email_of_other")["event_type"].to_list()
    return ~pl.col("event_type").is_in(others)


@cache
def order_statuses() -> pl.DataFrame:
    """Known statuses of orders: status, is_sale, is_refunded (section 0, valid order)."""
    return seed("order_statuses", is_sale=pl.Boolean, is_refunded=pl.Boolean)


def is_sale(status: pl.Expr) -> pl.Expr:
    """Whether a status is one of a sale: as listed, else unless it begins with 'cancel'."""
    listed = dict(order_statuses().select("status", "is_sale").rows())
    unlisted = ~status.str.starts_with("cancel").fill_null(False)
    return status.replace_strict(listed, default=unlisted, return_dtype=pl.Boolean)


def is_refunded(status: pl.Expr) -> pl.Expr:
    """Whether a status says that all of the order was given back."""
    listed = order_statuses().filter("is_refunded")["status"].to_list()
    return status.is_in(listed).fill_null(False)


def has_seed(name: str) -> bool:
    """Whether there is such a reference table."""
    return (SEEDS / f"{name}.csv").exists()


def listed(name: str, attribute: pl.Expr, value: str, column: str) -> pl.Expr:
    """What a table says of a value, both trimmed and in lower case; null of an unlisted one."""
    table = seed(name)
    words = [word.strip().lower() for word in table[value]]
    own = attribute.str.strip_chars(BLANKS).str.to_lowercase()
    known = dict(zip(words, table[column], strict=True))
    return own.replace_strict(known, default=None, return_dtype=table.schema[column])


def is_goods() -> pl.Expr:
    """Whether a product is goods: none of its attributes is one of no goods (section 7)."""
    table = seed("not_goods")
    found = [
        pl.col(attribute)
        .str.strip_chars(BLANKS)
        .str.to_lowercase()
        .is_in([value.strip().lower() for value in values])
        .fill_null(False)
        for attribute, values in table.group_by("attribute").agg("value").rows()
    ]
    return ~pl.any_horizontal(found) if found else pl.lit(True)


@cache
def bands(name: str) -> pl.DataFrame:
    """Bands of a score from the lowest up: label, min_score (null: no limit), is_min_inclusive."""
    types = {"min_score": pl.Float64, "is_min_inclusive": pl.Boolean}
    table = seed(name, **types)
    return table.select(pl.first().alias("label"), *types).sort("min_score", nulls_last=False)


def reaches(score: pl.Expr, minimum: float | None, is_inclusive: bool) -> pl.Expr:
    """Whether a score is in a band or above it."""
    if minimum is None:
        return score.is_not_null()
    return score >= minimum if is_inclusive else score > minimum


def band_of(bands_seed: str, score: pl.Expr, without: str) -> pl.Expr:
    """Label of the highest band that a score reaches; `without` a score, the given word."""
    label = pl.lit(without)
    for name, minimum, is_inclusive in bands(bands_seed).rows():
        label = pl.when(reaches(score, minimum, is_inclusive)).then(pl.lit(name)).otherwise(label)
    return label


def declared_audiences() -> list[dict[str, Any]]:
    """The audiences as the project declares them (section 9)."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    return project["vars"].get("audiences", [])
