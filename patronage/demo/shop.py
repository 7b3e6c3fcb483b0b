"""What the shop is: what it sells, for how much, where its people come from, and its season."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from patronage.demo.columns import UNIT, Columns, ids, join, pick
from patronage.demo.times import DAY, EPOCH, FIRST_DAY, LAST_DAY, ORIGIN_DAY

CURRENCIES = ["EUR", "USD", "GBP", "NOK"]  # EUR is the reporting currency
COUNTRIES = ["DE", "AT", "NL", "FR", "US", "GB"]
COUNTRY_SHARES = [0.46, 0.08, 0.08, 0.1, 0.16, 0.12]
COUNTRY_CURRENCY = np.array([0, 0, 0, 0, 1, 2])
PLACES = (
    "Berlin/Berlin Bavaria/Munich Saxony/Leipzig Tyrol/Innsbruck Vienna/Vienna Styria/Graz "
    "Utrecht/Utrecht Limburg/Maastricht Zeeland/Goes Savoie/Annecy Occitanie/Toulouse "
    "Bretagne/Brest Colorado/Denver Vermont/Burlington Oregon/Bend Cumbria/Kendal "
    "Wales/Conwy Highland/Inverness"
)
ACQUISITION = ["paid_search", "organic", "social", "referral", "email", "marketplace", "store"]
ACQUISITION_SHARES = [0.25, 0.26, 0.15, 0.05, 0.09, 0.12, 0.08]
ACQUISITION_RATE = np.array([0.8, 1.15, 0.75, 1.5, 1.4, 0.55, 1.1])  # how often they buy
ACQUISITION_DROP = np.array([1.2, 0.9, 1.3, 0.7, 0.8, 1.5, 0.9])  # how soon they leave
SEASON = [0.75, 0.75, 0.95, 1.1, 1.25, 1.2, 1.05, 0.95, 0.9, 0.85, 1.15, 1.3]
WEEKDAYS = [1.05, 0.95, 0.9, 0.95, 1.0, 1.1, 1.05]
FIRST_NAMES = "anna ben clara david emma finn greta hugo ida jonas kate liam mia noah olga paul"
LAST_NAMES = "adler baker clark dupont ernst fuchs green huber jansen klein lopez meyer novak smith"
DOMAINS = ["@example.com", "@example.org", "@mail.example"]
JOBS = ["teacher", "nurse", "engineer", "guide", "student", "club manager", "designer", "chef"]
AGES = ["18-29", "30-44", "45-59", "60+"]
INCOMES = ["under 30k", "30k-60k", "60k-100k", "over 100k"]
STATUSES = ["completed", "Shipped", "refunded", "cancelled", "Canceled ", "failed", "fraud", "void"]
STATUS_SHARES = [0.84, 0.1, 0.0, 0.03, 0.01, 0.012, 0.004, 0.004]
REFUNDED, IS_VALID_STATUS = 2, np.array([True, True, True] + [False] * 5)
PAYMENTS = ["card", "paypal", "invoice", "bank_transfer"]
CHANNELS, DEVICES = ["web", "app", "store", "marketplace"], ["desktop", "mobile", "tablet"]
CATEGORIES = {
    "camping": "Tent Tarp Stove Lantern",
    "hiking": "Boot Pole Pack Gaiter",
    "climbing": "Rope Harness Carabiner Helmet",
    "cycling": "Saddle Light Jersey Pannier",
    "water": "Kayak Paddle Drybag Wetsuit",
    "winter": "Ski Snowshoe Goggle Mitten",
    "clothing": "Jacket Fleece Trouser Sock",
    "repair": "Rivet Patch Buckle Seam-tape",
}
BRANDS = "Northfell Karst Ridgeway Tundra Ostro Lumi Fjordline Basecamp"
TIERS = ["basic", "core", "premium"]
SHELF = 40  # products of a category, cheapest first
PRODUCTS = len(CATEGORIES) * SHELF
RIVET = PRODUCTS - SHELF  # costs less than a cent a piece times ten; sold by the forty
UNLISTED = 5  # products that are sold but have no product row
REVIEWS = [
    "Great, would buy again",
    'Kept me dry for "three days", superb',
    "Sehr schön verarbeitet",
    "Too small\nand the zip jams",
    "Does the job",
    "Arrived late, works fine",
    "Léger et solide",
]
TOPICS = ["nps", "sizing", "delivery"]
# What people read of on the site, beside the category they like.
READ = ["sustainability", "sale", "technology", "limited_edition", "how_to"]
EVENTS = (
    "page_viewed product_viewed product_added checkout_started order_completed email_opened "
    "email_clicked coupon_redeemed campaign_received file_downloaded form_submitted video_watched "
    "newsletter_subscribed newsletter_unsubscribed wishlist_added product_liked product_shared "
    "product_reviewed referral_sent referral_converted reference_given testimonial_given "
    "community_posted survey_answered support_contacted"
)
KIND = {name: number for number, name in enumerate(EVENTS.split())}


class World:
    """What all blocks share: prices (1/10,000), exchange rates (1/10,000) and the season."""

    def __init__(self, seed: int, customers: int) -> None:
        """Draw the prices and rates of a seed; `customers` gives room for the ids."""
        self.seed = seed
        rng = np.random.default_rng([seed, 0])
        euros = np.exp(np.linspace(np.log(5), np.log(420), SHELF))[None, :]
        euros = (euros * rng.lognormal(0, 0.12, (len(CATEGORIES), SHELF))).ravel()
        factors = np.array([1.0, 1.12, 0.88])
        self.prices = (np.ceil(euros[None, :] * factors[:, None]) * 100 - 5).astype(int) * 100
        self.prices[:, RIVET] = [475, 525, 425]
        self.costs = (self.prices[0] * rng.uniform(0.4, 0.65, PRODUCTS)).astype(int) // 100 * 100
        self.costs[RIVET] = 212

        self.fx_day = FIRST_DAY - 5  # a weekday; rates stand still at weekends
        days = np.arange(self.fx_day, LAST_DAY + 1)
        self.is_weekday = (days + 3) % 7 < 5
        steps = rng.normal(0, 0.004, (3, len(days))) * self.is_weekday
        paths = np.array([[0.92], [1.15], [0.087]]) * np.exp(np.cumsum(steps, axis=1))
        self.rates = np.round(paths * UNIT).astype(np.int64)  # euros a unit; EUR has none

        dates = [EPOCH + timedelta(d) for d in range(ORIGIN_DAY, LAST_DAY + 1)]
        weight = np.array([SEASON[d.month - 1] * WEEKDAYS[d.weekday()] for d in dates])
        self.busy = np.concatenate([[0], np.cumsum(weight / weight.mean())])
        size = 10 ** len(str(customers))
        self.first_id = {"C": 2 * size, "O": 10 * size, "R": size, "E": 100 * size}

    def calendar(self, busy: np.ndarray) -> np.ndarray:
        """Days since 1970 from time that runs faster in the season."""
        return ORIGIN_DAY + np.interp(busy, self.busy, np.arange(len(self.busy)))


def product_rows(world: World) -> Columns:
    """Rows of the products file."""
    number = np.arange(PRODUCTS)
    shelf, rank = np.divmod(number, SHELF)
    families = " ".join(CATEGORIES.values()).split()
    brand = pick(BRANDS.split(), (number * 5 + shelf) % 8)
    family = pick(families, shelf * 4 + rank % 4)
    model = pa.array(rank + 1).cast(pa.string())
    finish = pick([", red", ", blue", ' "Light"', "", " Pro"], rank % 5)
    return {
        "product_id": ids("P", 100 + number),
        "name": join(brand, " ", family, " ", model, finish),
        "brand": brand,
        "category": pick(list(CATEGORIES), shelf),
        "family": family,
        "tier": pick(TIERS, rank * 3 // SHELF),
        "unit_cost": world.costs,
        "released_at": (FIRST_DAY - 400 - number * 13 % 900) * DAY + 7 * 3600,
        "_loaded_at": np.full(PRODUCTS, FIRST_DAY),
    }


def fx_rate_rows(world: World) -> Columns:
    """Rows of the fx_rates file: a rate of every currency but EUR on every weekday."""
    listed = np.vstack([world.is_weekday] * 3)
    listed[2, : (date(2025, 6, 2) - EPOCH).days - world.fx_day] = False  # NOK comes late
    currency, day = np.nonzero(listed)
    return {
        "currency": pick(CURRENCIES, currency + 1),
        "rate_date": world.fx_day + day,
        "rate": world.rates[currency, day],
    }
