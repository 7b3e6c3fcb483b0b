"""Customer lifetime value: BG/NBD and Gamma-Gamma by maximum likelihood (section 4).

BG/NBD: Fader, Hardie and Lee, "Counting your customers" the easy way, Marketing Science 24 (2005).
Gamma-Gamma: Fader and Hardie, "The Gamma-Gamma model of monetary value" (2013). Time is in weeks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.linalg import eigh_tridiagonal
from scipy.optimize import minimize
from scipy.special import expit, gammaln, psi

from oracle.contract import DAY
from oracle.marts import declare, empty, finished
from oracle.shop import Shop
from oracle.tools import CENT, share

declare(
    "lifecycle.clv_parameters",
    "model parameter",
    """
    model:text parameter:text value:estimate log_likelihood:share customers:count status:text
    calibration_ratio:estimate
    """,
)
declare(
    "lifecycle.clv",
    "customer_key horizon_days",
    """
    customer_key:text horizon_days:count frequency:count recency_weeks:share age_weeks:share
    repeat_mean_amount:share p_alive:estimate p_buy:estimate expected_purchases:estimate
    expected_amount:estimate margin_share:share clv:estimate churn_risk:estimate
    """,
)
declare(
    "lifecycle.clv_calibration",
    "decile",
    """
    decile:count customers:count predicted_purchases:estimate actual_purchases:count
    """,
)

ENOUGH_REPEATERS = 500
ENOUGH_DAYS = 180
CHURN_DAYS = 90
INSIDE = (0.001, 1000.0)  # a parameter's best value outside of it is at the boundary
WEEK = 7
NODES = 64  # of a quadrature
WIDEST = 15.0  # how far a logarithm may move from its start

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]


class Fit(NamedTuple):
    """What was fitted: parameters by name, the log-likelihood, and on how many customers."""

    values: dict[str, float]
    log_likelihood: float
    customers: int


# ---------------------------------------------------------------------------------------------
# Maximum likelihood
# ---------------------------------------------------------------------------------------------


def climbed(objective: Objective, starts: list[list[float]]) -> tuple[np.ndarray, float]:
    """Logarithms of the parameters at the highest likelihood that any start leads to.

    `objective` gives the mean log-likelihood and its gradient. Newton steps at the end bring the
    gradient to zero, so that the result does not depend on where an optimiser stops.
    """

    def falling(point: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = objective(point)
        return -value, -slope

    found = []
    for start in starts:
        begin = np.log(np.array(start))
        limits = [(one - WIDEST, one + WIDEST) for one in begin]
        options = {"maxiter": 1000, "ftol": 1e-15, "gtol": 1e-10}
        found.append(
            minimize(falling, begin, jac=True, method="L-BFGS-B", bounds=limits, options=options)
        )
    best = min(found, key=lambda one: one.fun)
    return polished(objective, best.x)


def polished(objective: Objective, point: np.ndarray) -> tuple[np.ndarray, float]:
    """Newton steps while they climb; the Hessian by central differences of the gradient."""
    value, slope = objective(point)
    width = 1e-5
    for _ in range(30):
        columns = [
            (objective(point + one)[1] - objective(point - one)[1]) / (2 * width)
            for one in np.eye(len(point)) * width
        ]
        bend = np.array(columns)
        try:
            move = np.linalg.solve((bend + bend.T) / 2, -slope)
        except np.linalg.LinAlgError:
            break
        if not np.isfinite(move).all() or np.abs(move).max() > 1:
            break
        higher, flatter = objective(point + move)
        if higher < value - 1e-13 * abs(value):
            break
        point, value, slope = point + move, higher, flatter
        if np.abs(move).max() < 1e-10:
            break
    return point, value


class Histories(NamedTuple):
    """Distinct purchase histories, in days, with how many customers have each."""

    x: np.ndarray  # repeat order days
    t_x: np.ndarray  # weeks from the first order day to the last
    age: np.ndarray  # weeks from the first order day to the end
    weight: np.ndarray


def histories(people: pl.DataFrame) -> Histories:
    """Group customers (`x`, `recency_days`, `age_days`) by their history."""
    rows = people.group_by("x", "recency_days", "age_days").len().sort(pl.all())
    x, recency, age, weight = (rows[column].to_numpy() for column in rows.columns)
    return Histories(x.astype(np.int64), recency / WEEK, age / WEEK, weight.astype(np.float64))


def fit_bg_nbd(told: Histories) -> Fit:
    """Maximum likelihood of r, α, a, b.

    ln L = ln Γ(r+x)/Γ(r) + r ln α + ln Γ(a+b)Γ(b+x)/(Γ(b)Γ(a+b+x))
           + ln [(α+T)^−(r+x) + [x>0] · a/(b+x−1) · (α+t_x)^−(r+x)]
    """
    x, t_x, age, weight = told
    customers = weight.sum()
    counts = np.arange(x.max() + 1, dtype=np.float64)
    repeats = x > 0
    per_count = np.bincount(x, weight)

    def objective(point: np.ndarray) -> tuple[float, np.ndarray]:
        r, alpha, a, b = np.exp(point)
        alive = -(r + x) * np.log(alpha + age)
        with np.errstate(divide="ignore", invalid="ignore"):
            gone = np.log(a) - np.log(b + x - 1) - (r + x) * np.log(alpha + t_x)
        gone = np.where(repeats, gone, -np.inf)
        ways = np.logaddexp(alive, gone)
        dead = np.where(repeats, expit(gone - alive), 0.0)  # the probability of having left
        levels = (
            gammaln(r + counts)
            - gammaln(r)
            + r * np.log(alpha)
            + gammaln(a + b)
            + gammaln(b + counts)
            - gammaln(b)
            - gammaln(a + b + counts)
        )
        value = (weight * ways).sum() + (per_count * levels).sum()
        by_r = (per_count * (psi(r + counts) - psi(r) + np.log(alpha))).sum() - (
            weight * ((1 - dead) * np.log(alpha + age) + dead * np.log(alpha + t_x))
        ).sum()
        by_alpha = (
            customers * r / alpha
            - (weight * (r + x) * ((1 - dead) / (alpha + age) + dead / (alpha + t_x))).sum()
        )
        joint = psi(a + b) - psi(a + b + counts)
        by_a = (per_count * joint).sum() + (weight * dead).sum() / a
        share_gone = np.where(repeats, dead / np.where(repeats, b + x - 1, 1.0), 0.0)
        by_b = (per_count * (joint + psi(b + counts) - psi(b))).sum() - (weight * share_gone).sum()
        slope = np.array([r * by_r, alpha * by_alpha, a * by_a, b * by_b])
        return value / customers, slope / customers

    pace = (weight * x).sum() / (weight * age).sum()
    starts = [[r, r / pace, a, b] for r in (0.3, 2.0) for a, b in ((0.8, 2.5), (0.2, 5.0))]
    point, value = climbed(objective, starts)
    return Fit(
        dict(zip(["r", "alpha", "a", "b"], np.exp(point), strict=True)),
        value * customers,
        int(customers),
    )


def fit_gamma_gamma(x: np.ndarray, mean: np.ndarray) -> Fit:
    """Maximum likelihood of p, q, γ over customers with x repeat order days of a mean amount.

    ln L = ln Γ(px+q)/(Γ(px)Γ(q)) + q ln γ + (px−1) ln m + px ln x − (px+q) ln(γ + x·m)
    """
    log_mean, log_sum = np.log(mean), np.log(mean * x)
    total = mean * x

    def objective(point: np.ndarray) -> tuple[float, np.ndarray]:
        p, q, gamma = np.exp(point)
        counts, places = np.unique(x, return_inverse=True)
        px = p * x
        levels = (gammaln(p * counts + q) - gammaln(p * counts))[places] - gammaln(q)
        log_all = np.log(gamma + total)
        value = levels + q * np.log(gamma) + px * log_sum - log_mean - (px + q) * log_all
        upper = psi(p * counts + q)[places]
        by_p = x * (upper - psi(p * counts)[places] + log_sum - log_all)
        by_q = upper - psi(q) + np.log(gamma) - log_all
        by_gamma = q / gamma - (px + q) / (gamma + total)
        slope = np.array([p * by_p.mean(), q * by_q.mean(), gamma * by_gamma.mean()])
        return float(value.mean()), slope

    level = float(np.median(mean))
    starts = [[p, q, level * (q + 1) / p] for p, q in ((1.0, 1.5), (6.0, 4.0), (2.0, 20.0))]
    point, value = climbed(objective, starts)
    return Fit(dict(zip(["p", "q", "gamma"], np.exp(point), strict=True)), value * len(x), len(x))


# ---------------------------------------------------------------------------------------------
# What the parameters say of a customer
# ---------------------------------------------------------------------------------------------


def beta_rule(a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes in (0, 1) and weights of the Gauss quadrature for a Beta(a, b) density.

    Golub and Welsch: eigenvalues of the Jacobi polynomials' recurrence matrix.
    """
    left, right = a - 1, b - 1
    both = left + right
    n = np.arange(1, NODES, dtype=np.float64)
    twice = 2 * n + both
    middle = np.empty(NODES)
    middle[0] = (left - right) / (both + 2)
    middle[1:] = (left**2 - right**2) / (twice * (twice + 2))
    beside = np.empty(NODES - 1)
    beside[0] = 4 * (left + 1) * (right + 1) / ((both + 2) ** 2 * (both + 3))
    m, wide = n[1:], twice[1:]
    beside[1:] = 4 * m * (m + left) * (m + right) * (m + both) / (wide**2 * (wide + 1) * (wide - 1))
    nodes, vectors = eigh_tridiagonal(middle, np.sqrt(beside))
    return np.maximum((1 + nodes) / 2, 1e-300), vectors[0] ** 2


def probability_alive(
    fit: dict[str, float], x: np.ndarray, t_x: np.ndarray, age: np.ndarray
) -> np.ndarray:
    """P(alive): 1 / (1 + [x>0] · a/(b+x−1) · ((α+T)/(α+t_x))^(r+x))."""
    r, alpha, a, b = fit.values()
    below = np.where(x > 0, b + x - 1, 1.0)
    odds = np.log(a / below) + (r + x) * np.log((alpha + age) / (alpha + t_x))
    return np.where(x > 0, expit(-odds), 1.0)


def probability_of_order(
    fit: dict[str, float], x: np.ndarray, age: np.ndarray, weeks: float
) -> np.ndarray:
    """Probability that a customer who is alive orders again within the weeks."""
    r, alpha = fit["r"], fit["alpha"]
    return -np.expm1((r + x) * (np.log(alpha + age) - np.log(alpha + age + weeks)))


def purchases_alive(
    fit: dict[str, float], x: np.ndarray, age: np.ndarray, weeks: float
) -> np.ndarray:
    """Order days that a customer who is alive makes within the weeks.

    Alive at T, λ ~ Gamma(r+x, α+T) and p ~ Beta(a, b+x); with both known a customer makes
    (1 − e^(−λpt))/p more. λ is integrated out: E_p[(1 − (1 + pz)^−(r+x)) / p], z = t/(α+T), and p
    by quadrature. This is (a+b+x−1)/(a−1) · [1 − (1+z)^−(r+x) · ₂F₁(r+x, b+x; a+b+x−1; z/(1+z))]
    without its removable pole at a = 1 and without a series that has to converge.
    """
    r, alpha, a, b = fit.values()
    cases, places = np.unique(np.column_stack([x, age]), axis=0, return_inverse=True)
    result = np.empty(len(cases))
    starts = np.flatnonzero(np.r_[True, np.diff(cases[:, 0]) != 0])
    for start, stop in zip(starts, [*starts[1:], len(cases)], strict=True):
        count = cases[start, 0]
        p, weight = beta_rule(a, b + count)
        z = weeks / (alpha + cases[start:stop, 1])
        orders = -np.expm1(-(r + count) * np.log1p(np.outer(z, p))) / p
        result[start:stop] = orders @ weight
    return result[places.ravel()]


def mean_amounts(
    fit: dict[str, float], x: np.ndarray, mean: np.ndarray
) -> tuple[np.ndarray, float | None]:
    """E[M] = p(γ + x·m)/(p·x + q − 1); without a usable mean that of all, None if q ≤ 1."""
    p, q, gamma = fit.values()
    everyone = p * gamma / (q - 1) if q > 1 else None
    usable = (x > 0) & (mean > 0)
    below = p * x + q - 1
    own = p * (gamma + x * np.where(usable, mean, 0)) / np.where(usable, below, 1)
    fallback = np.nan if everyone is None else everyone
    return np.where(usable & (below > 0), own, fallback), everyone


# ---------------------------------------------------------------------------------------------
# Marts
# ---------------------------------------------------------------------------------------------


def purchase_histories(days: pl.DataFrame, end: date | None) -> pl.DataFrame:
    """Each customer's x, recency and age in days at `end`, and mean net of repeat order days."""
    repeat = pl.col("net").filter(pl.col("number") > 1)
    return (
        days.filter(pl.col("day") <= pl.lit(end, DAY))
        .group_by("person")
        .agg(
            x=pl.len().cast(pl.Int64) - 1,
            recency_days=(pl.col("day").max() - pl.col("day").min()).dt.total_days(),
            age_days=(pl.lit(end, DAY) - pl.col("day").min()).dt.total_days(),
            mean=repeat.sum() / repeat.len() / CENT,
        )
        .with_columns(mean=pl.when(pl.col("x") > 0).then("mean"))
    )


def is_enough(customers: int, history_days: int | None) -> bool:
    """Whether there is enough to fit a model on."""
    return customers >= ENOUGH_REPEATERS and (history_days or 0) >= ENOUGH_DAYS


def fitted(people: pl.DataFrame, history_days: int | None) -> Fit | None:
    """BG/NBD of customers, None where their data do not suffice."""
    if not is_enough(people.filter(pl.col("x") > 0).height, history_days):
        return None
    return fit_bg_nbd(histories(people))


def status_of(fit: Fit | None, unit: float) -> str:
    """Whether a fit is one, or a parameter ran to the boundary.

    γ is an amount, and counted in `unit`s: what a currency is worth says nothing of a fit.
    """
    if fit is None:
        return "insufficient_data"
    low, high = INSIDE
    inside = (
        low <= (value / unit if name == "gamma" else value) <= high
        for name, value in fit.values.items()
    )
    return "fitted" if all(inside) else "at_boundary"


def clv_parameters(
    people: pl.DataFrame, spent: pl.DataFrame, fits: list[Fit | None], calibration: pl.DataFrame
) -> pl.DataFrame:
    """Parameters of both models, one row each; the calibration is of the purchases' model."""
    unit = spent["mean"].mean() or 1.0
    predicted, actual = (calibration[f"{c}_purchases"].sum() for c in ("predicted", "actual"))
    ratio = actual / predicted if predicted > 0 else None
    names = {"bg_nbd": "r alpha a b", "gamma_gamma": "p q gamma"}
    rows = [
        {
            "model": model,
            "parameter": parameter,
            "value": fit.values[parameter] if fit else None,
            "log_likelihood": fit.log_likelihood if fit else None,
            "customers": base.height,
            "status": status_of(fit, unit),
            "calibration_ratio": ratio if model == "bg_nbd" else None,
        }
        for (model, parameters), base, fit in zip(names.items(), (people, spent), fits, strict=True)
        for parameter in parameters.split()
    ]
    schema = {"value": pl.Float64, "log_likelihood": pl.Float64, "calibration_ratio": pl.Float64}
    frame = pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None)
    return finished("lifecycle.clv_parameters", frame)


def margins(shop: Shop) -> pl.DataFrame:
    """1 − Σ(units · unit_cost) / Σ(line amount) of the lines whose cost and amount are known."""
    products = shop.products.lazy().select("source", "product_id", "unit_cost")
    return (
        shop.lines.lazy()
        .filter("has_amount")
        .drop_nulls(["person", "product_id"])
        .join(products.drop_nulls("unit_cost"), on=["source", "product_id"])
        .with_columns(cost=pl.col("pieces").cast(pl.Int128) * pl.col("unit_cost"))
        .group_by("person")
        .agg(pl.col("cost").sum(), amount=pl.col("line_amount").sum())
        .select(
            "person",
            margin_share=1 - share(pl.col("cost").cast(pl.Float64) / CENT, pl.col("amount")),
        )
        .collect()
    )


def clv(shop: Shop, people: pl.DataFrame, fits: list[Fit | None]) -> pl.DataFrame:
    """What each customer is expected to buy within each horizon, and what that is worth now."""
    bg_nbd, gamma_gamma = fits
    keys = shop.persons.select("person", "customer_key")
    people = (
        people.join(margins(shop), on="person", how="left")
        .join(keys, on="person", how="left")
        .with_columns(
            frequency="x",
            recency_weeks=pl.col("recency_days") / WEEK,
            age_weeks=pl.col("age_days") / WEEK,
            repeat_mean_amount="mean",
        )
    )
    x = people["x"].to_numpy()
    t_x, age = people["recency_weeks"].to_numpy(), people["age_weeks"].to_numpy()
    unknown = pl.lit(None, dtype=pl.Float64)
    alive = probability_alive(bg_nbd.values, x, t_x, age) if bg_nbd else None
    amount = None
    if gamma_gamma:
        mean = people["mean"].fill_null(0).to_numpy()
        amount, _ = mean_amounts(gamma_gamma.values, x, mean)
    frames = []
    for horizon in shop.params["clv_horizon_days"]:
        weeks = horizon / WEEK
        columns = dict.fromkeys(
            ("p_alive", "p_buy", "expected_purchases", "churn_risk", "expected_amount"), unknown
        )
        if bg_nbd:
            chance = [
                alive * probability_of_order(bg_nbd.values, x, age, h / WEEK)
                for h in (horizon, CHURN_DAYS)
            ]
            purchases = alive * purchases_alive(bg_nbd.values, x, age, weeks)
            columns |= {
                "p_alive": pl.Series(alive),
                "p_buy": pl.Series(chance[0]),
                "expected_purchases": pl.Series(purchases),
                "churn_risk": pl.Series(1 - chance[1]),
            }
            if gamma_gamma:
                columns["expected_amount"] = pl.Series(purchases * amount).fill_nan(None)
        present = (1 + shop.params["clv_annual_discount_rate"]) ** (-horizon / 730)
        frames.append(
            people.with_columns(**columns, horizon_days=pl.lit(horizon)).with_columns(
                clv=pl.col("expected_amount") * pl.col("margin_share").fill_null(1.0) * present
            )
        )
    return finished("lifecycle.clv", pl.concat(frames))


def clv_calibration(shop: Shop, days: pl.DataFrame) -> pl.DataFrame:
    """Predicted and actual order days of a hold-out, the last third of the history, by decile."""
    mart = "lifecycle.clv_calibration"
    history = shop.calendar.history_days
    if history is None:
        return empty(mart)
    held = history // 3
    cutoff = shop.calendar.as_of - timedelta(days=held)
    people = purchase_histories(days, cutoff)
    fit = fitted(people, history - held)
    if fit is None:
        return empty(mart)
    x = people["x"].to_numpy()
    t_x, age = (people[c].to_numpy() / WEEK for c in ("recency_days", "age_days"))
    alive = probability_alive(fit.values, x, t_x, age)
    predicted = alive * purchases_alive(fit.values, x, age, held / WEEK)
    actual = (
        days.filter(pl.col("day") > cutoff).group_by("person").agg(actual=pl.len().cast(pl.Int64))
    )
    ranked = pl.col("predicted").round(9).rank("min").cast(pl.Int64) - 1
    others = pl.max_horizontal(pl.len().cast(pl.Int64) - 1, 1)
    frame = (
        people.with_columns(predicted=pl.Series(predicted))
        .join(actual, on="person", how="left")
        .with_columns(decile=1 + (ranked * 10 // others).clip(upper_bound=9))
        .group_by("decile")
        .agg(
            customers=pl.len().cast(pl.Int64),
            predicted_purchases=pl.col("predicted").sum(),
            actual_purchases=pl.col("actual").sum(),
        )
    )
    return finished(mart, frame)


def lifetime_value_marts(shop: Shop, days: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Every mart of lifetime value, from the customers' order days."""
    history = shop.calendar.history_days
    people = purchase_histories(days, shop.calendar.as_of)
    spent = people.filter((pl.col("x") > 0) & (pl.col("mean") > 0))
    fits = [fitted(people, history), None]
    if is_enough(spent.height, history):
        fits[1] = fit_gamma_gamma(
            spent["x"].to_numpy().astype(np.float64), spent["mean"].to_numpy()
        )
    calibration = clv_calibration(shop, days)
    return {
        "lifecycle.clv_parameters": clv_parameters(people, spent, fits, calibration),
        "lifecycle.clv": clv(shop, people, fits),
        "lifecycle.clv_calibration": calibration,
    }
