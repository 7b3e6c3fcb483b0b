"""A made-up outdoor shop: raw files of the whole contract, and the truth about them.

Two kinds of people shop here. The *crowd* is drawn at random (BG/NBD purchases, heavy-tailed
spend) block by block with numpy, so that memory does not grow with the shop. The *cast* is a
fixed list of planted people, orders and broken rows, one for every rule worth testing; its rows
are kept as text and are the same in every shop. `truth.json` tells what the rows mean, worked
out from what was planted and drawn, never by running the warehouse.

Amounts are integers of 1/10,000 of a currency unit, instants are seconds since 1970 UTC, days are
days since 1970. `NONE` stands for a missing value in integer columns.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.progress import Progress

Rng = np.random.Generator
Columns = dict[str, Any]
Row = dict[str, str | None]

# The raw contract: columns in its order, a mark behind a name tells the kind (default: text).
MARKS = {"@": "stamp", "!": "load", "~": "date", "#": "money", "%": "number", "?": "flag"}
CONTRACT = {
    "orders": "order_id ordered_at@ customer_id email phone status currency amount# "
    "discount_amount# shipping_amount# tax_amount# channel device country region coupon_code "
    "referral_code is_test? _loaded_at!",
    "order_lines": "order_id line_id product_id quantity% unit_price# discount_amount# amount# "
    "_loaded_at!",
    "refunds": "refund_id refunded_at@ amount# order_id customer_id reason _loaded_at!",
    "customers": "customer_id email phone created_at@ first_order_at~ birth_date~ gender country "
    "region city job_title household_size% income_band acquisition_channel referral_code lock_in "
    "is_staff? _loaded_at!",
    "products": "product_id name brand category family tier unit_cost# _loaded_at!",
    "events": "event_id occurred_at@ event_type anonymous_id customer_id email device channel "
    "topic product_id order_id campaign_id referral_code rating% text value% properties is_bot? "
    "is_incentivised? is_verified? _loaded_at!",
    "identities": "customer_id same_as _loaded_at!",
    "fx_rates": "currency rate_date~ rate#",
}
TABLES = {
    table: {name.rstrip("@!~#%?"): MARKS.get(name[-1], "text") for name in names.split()}
    for table, names in CONTRACT.items()
}
ARROW_TYPES = {
    "text": pa.string(),
    "stamp": pa.timestamp("us", tz="UTC"),
    "load": pa.timestamp("us", tz="UTC"),
    "date": pa.date32(),
    "money": pa.decimal128(18, 4),
    "number": pa.float64(),
    "flag": pa.bool_(),
}
NONE = -(2**31)
BLOCK = 20_000  # people of the crowd drawn and written at once
DAY, UNIT = 86_400, 10_000

EPOCH = date(1970, 1, 1)
START, END = date(2023, 1, 1), date(2025, 12, 31)  # business dates of the history
FIRST_DAY, LAST_DAY = (START - EPOCH).days, (END - EPOCH).days
ORIGIN_DAY = FIRST_DAY - 730  # the shop opened two years before its files begin
CALENDAR_DAY = (date(2018, 1, 1) - EPOCH).days  # first day of the pool of day texts


def _pick(pool: list[str] | pa.Array, index: np.ndarray) -> pa.Array:
    """Texts of a pool by position; a negative position is a missing value."""
    pool = pool if isinstance(pool, pa.Array) else pa.array(pool, pa.string())
    return pool.take(pa.array(index, mask=index < 0))


def _at(numbers: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Numbers by position; -1 for a negative position."""
    return np.where(index < 0, -1, numbers[index])


def _ids(prefix: str, numbers: np.ndarray) -> pa.Array:
    """Ids such as O10017; a negative number is a missing value."""
    return _join(prefix, pa.array(numbers, mask=numbers < 0).cast(pa.string()))


def _join(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


# ---------------------------------------------------------------- time zones


def _switches(*rules: tuple[int, int, int]) -> np.ndarray:
    """Instants at which summer time begins and ends, 2019-2026, from (month, nth Sunday, hour)."""
    found = []
    for year, (month, nth, hour) in itertools.product(range(2019, 2027), rules):
        days = [datetime(year, month, day, hour, tzinfo=UTC) for day in range(1, 31)]
        days.append(days[-1] + timedelta(1))
        sundays = [day for day in days if day.weekday() == 6 and day.month == month]
        found.append(int(sundays[nth].timestamp()))
    return np.array(found)


ZULU, BERLIN, NEW_YORK = 0, 1, 2
SWITCHES = {
    BERLIN: _switches((3, -1, 1), (10, -1, 1)),
    NEW_YORK: _switches((3, 1, 7), (11, 0, 6)),
}
STANDARD_HOURS = {BERLIN: 1, NEW_YORK: -5}
OFFSET_TEXTS = ["Z", "+01:00", "+02:00", "-05:00", "-04:00"]


def _offset_hours(instants: np.ndarray, zone: int) -> np.ndarray:
    summer = np.searchsorted(SWITCHES[zone], instants, "right") % 2
    return STANDARD_HOURS[zone] + summer


def _berlin_day(instants: np.ndarray) -> np.ndarray:
    """Business dates: the shop's books are kept in Berlin."""
    return (instants + _offset_hours(instants, BERLIN) * 3600) // DAY


def _from_berlin(local_seconds: np.ndarray) -> np.ndarray:
    return local_seconds - _offset_hours(local_seconds - 3600, BERLIN) * 3600


FIRST_INSTANT = int(_from_berlin(np.array([FIRST_DAY * DAY]))[0])
LAST_INSTANT = int(_from_berlin(np.array([(LAST_DAY + 1) * DAY]))[0]) - 1

# ---------------------------------------------------------------- writing


class _Writer:
    """Writes rows of raw tables: one CSV each, or numbered typed Parquet parts in a folder."""

    def __init__(self, folder: Path, file_format: str) -> None:
        self.folder, self.is_csv, self.parts = folder, file_format == "csv", Counter()
        days = range(CALENDAR_DAY, LAST_DAY + 3)
        self.days = pa.array([f"{EPOCH + timedelta(day)}T" for day in days])
        clock = itertools.product(range(24), range(60), range(60))
        self.times = pa.array([f"{h:02}:{m:02}:{s:02}" for h, m, s in clock])
        for table, columns in TABLES.items():
            if self.is_csv:
                (folder / f"{table}.csv").write_text(",".join(columns) + "\n", encoding="utf-8")
            else:
                (folder / table).mkdir()

    def add(self, table: str, rows: Columns) -> None:
        """Add drawn rows. Columns left out are missing; `_zone` tells how stamps are written."""
        length = len(next(iter(rows.values())))
        zone = rows.get("_zone", np.full(length, BERLIN))
        convert = self._as_text if self.is_csv else self._as_typed
        arrays = [
            pa.nulls(length, pa.string() if self.is_csv else ARROW_TYPES[kind])
            if name not in rows
            else convert(kind, rows[name], zone)
            for name, kind in TABLES[table].items()
        ]
        self._write(table, arrays)

    def add_texts(self, table: str, rows: list[Row]) -> None:
        """Add planted rows, which are text: as they stand to CSV, parsed to Parquet."""
        arrays = []
        for name, kind in TABLES[table].items():
            values = [row.get(name) for row in rows]
            values = values if self.is_csv else [_parse(kind, value) for value in values]
            arrays.append(pa.array(values, pa.string() if self.is_csv else ARROW_TYPES[kind]))
        self._write(table, arrays)

    def _write(self, table: str, arrays: list[pa.Array]) -> None:
        if not len(arrays[0]):
            return
        if not self.is_csv:
            part = self.folder / table / f"part-{self.parts[table]:05}.parquet"
            pq.write_table(pa.table(dict(zip(TABLES[table], arrays, strict=True))), part)
            self.parts[table] += 1
            return
        cells = [_quoted(array) for array in arrays]
        filled = {"null_handling": "replace", "null_replacement": ""}
        cells[-1] = pc.binary_join_element_wise(cells[-1], "\n", "", **filled)
        lines = pc.binary_join_element_wise(*cells, ",", **filled)
        _, offsets, data = lines.buffers()  # the texts lie end to end: that is the file
        size = int(np.frombuffer(offsets, np.int32)[len(lines)])
        with open(self.folder / f"{table}.csv", "ab") as file:
            file.write(memoryview(data)[:size])

    def _as_typed(self, kind: str, values: Any, _: np.ndarray) -> pa.Array:
        if kind in ("text", "money"):
            return values if kind == "text" else _decimals(values, 4)
        mask = values == NONE
        if kind in ("stamp", "load"):
            seconds = values.astype(np.int64) * (DAY if kind == "load" else 1)
            return pa.array(seconds, pa.timestamp("s", tz="UTC"), mask).cast(ARROW_TYPES[kind])
        values = values.astype({"flag": bool, "date": np.int32, "number": np.float64}[kind])
        return pa.array(values, ARROW_TYPES[kind], mask=mask)

    def _as_text(self, kind: str, values: Any, zone: np.ndarray) -> pa.Array:
        if kind == "stamp":
            return self._stamp_text(values, zone)
        if kind == "money" and not np.any(values[values != NONE] % 100):
            return _decimals(np.where(values == NONE, NONE, values // 100), 2).cast(pa.string())
        typed = self._as_typed("date" if kind == "load" else kind, values, zone)
        return (typed.cast(pa.int64()) if kind == "number" else typed).cast(pa.string())

    def _stamp_text(self, instants: np.ndarray, zone: np.ndarray) -> pa.Array:
        hours = np.zeros(len(instants), np.int64)
        for name in (BERLIN, NEW_YORK):
            hours = np.where(zone == name, _offset_hours(instants, name), hours)
        day, second = np.divmod(instants + hours * 3600, DAY)
        offset = np.select([zone == BERLIN, zone == NEW_YORK], [hours, hours + 8], 0)
        days = self.days.take(pa.array(day - CALENDAR_DAY))
        return _join(days, self.times.take(pa.array(second)), _pick(OFFSET_TEXTS, offset))


def _quoted(texts: pa.Array) -> pa.Array:
    """Cells as RFC 4180 wants them: quotes only around those that hold a comma, quote or break."""
    special = pc.match_substring_regex(texts, '[,"\r\n]')
    if not pc.any(special).as_py():
        return texts
    quoted = _join('"', pc.replace_substring(texts, '"', '""'), '"')
    return pc.if_else(special, quoted, texts)


def _decimals(units: np.ndarray, scale: int) -> pa.Array:
    """Decimals out of scaled integers, without a detour through floats or text."""
    units = np.ascontiguousarray(units, np.int64)
    words = np.stack([units, units >> 63], axis=1)
    valid = np.packbits(units != NONE, bitorder="little")
    buffers = [pa.py_buffer(valid), pa.py_buffer(words)]
    return pa.Array.from_buffers(pa.decimal128(18, scale), len(units), buffers)


def _parse(kind: str, text: str | None) -> Any:
    """A planted text as a typed value. Raises where the type cannot hold it (a text-only fault)."""
    if text is None or kind == "text":
        return text
    if kind == "money":
        return Decimal(text).quantize(Decimal("0.0001"))
    if kind == "number":
        return float(text)
    if kind == "flag":
        return {"true": True, "yes": True, "1": True, "false": False}[text]
    if kind == "date":
        return date.fromisoformat(text)
    stamp = datetime.fromisoformat(text)
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)


def _is_typed(table: str, row: Row) -> bool:
    """Whether a Parquet file can hold the planted row."""
    try:
        for name, kind in TABLES[table].items():
            _parse(kind, row.get(name))
    except (ValueError, KeyError, ArithmeticError):
        return False
    return True


# ---------------------------------------------------------------- what the shop is

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
INCOMES = ["under 30k", "30k-60k", "60k-100k", "over 100k"]
STATUSES = ["completed", "Shipped", "refunded", "cancelled", "Canceled ", "failed", "fraud", "void"]
STATUS_SHARES = [0.84, 0.1, 0.0, 0.03, 0.01, 0.012, 0.004, 0.004]
REFUNDED, IS_VALID_STATUS = 2, np.array([True, True, True] + [False] * 5)
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
EVENTS = (
    "page_viewed product_viewed product_added checkout_started order_completed email_opened "
    "email_clicked coupon_redeemed campaign_received file_downloaded form_submitted video_watched "
    "newsletter_subscribed newsletter_unsubscribed wishlist_added product_liked product_shared "
    "product_reviewed referral_sent referral_converted reference_given testimonial_given "
    "community_posted survey_answered support_contacted"
)
KIND = {name: number for number, name in enumerate(EVENTS.split())}
SAYING = "product_shared referral_sent referral_converted reference_given testimonial_given"
ACTS = [KIND[name] for name in [*SAYING.split(), "community_posted"]]
SIGNALS = [KIND["product_liked"], KIND["wishlist_added"]]


class _World:
    """What all blocks share: prices (1/10,000), exchange rates (1/10,000) and the season."""

    def __init__(self, seed: int, customers: int) -> None:
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
        rates = np.round(paths * UNIT).astype(np.int64)
        self.rates = np.vstack([np.full(len(days), UNIT), rates])

        dates = [EPOCH + timedelta(d) for d in range(ORIGIN_DAY, LAST_DAY + 1)]
        weight = np.array([SEASON[d.month - 1] * WEEKDAYS[d.weekday()] for d in dates])
        self.busy = np.concatenate([[0], np.cumsum(weight / weight.mean())])
        size = 10 ** len(str(customers))
        self.first_id = {"C": 2 * size, "O": 10 * size, "R": size, "E": 100 * size}

    def rate(self, currency: Any, day: Any) -> Any:
        """Euros per unit of a currency on business dates, in 1/10,000."""
        return self.rates[currency, day - self.fx_day]

    def calendar(self, busy: np.ndarray) -> np.ndarray:
        """Days since 1970 from time that runs faster in the season."""
        return ORIGIN_DAY + np.interp(busy, self.busy, np.arange(len(self.busy)))


def _convert(units: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Amounts (1/10,000) times rates (1/10,000), rounded half up; amounts are never negative."""
    return (units * rate + UNIT // 2) // UNIT


def _products(world: _World) -> Columns:
    number = np.arange(PRODUCTS)
    shelf, rank = np.divmod(number, SHELF)
    families = " ".join(CATEGORIES.values()).split()
    brand = _pick(BRANDS.split(), (number * 5 + shelf) % 8)
    family = _pick(families, shelf * 4 + rank % 4)
    model = pa.array(rank + 1).cast(pa.string())
    finish = _pick([", red", ", blue", ' "Light"', "", " Pro"], rank % 5)
    return {
        "product_id": _ids("P", 100 + number),
        "name": _join(brand, " ", family, " ", model, finish),
        "brand": brand,
        "category": _pick(list(CATEGORIES), shelf),
        "family": family,
        "tier": _pick(TIERS, rank * 3 // SHELF),
        "unit_cost": world.costs,
        "_loaded_at": np.full(PRODUCTS, FIRST_DAY),
    }


def _fx_rates(world: _World) -> Columns:
    listed = np.vstack([world.is_weekday] * 3)
    listed[2, : (date(2025, 6, 2) - EPOCH).days - world.fx_day] = False  # NOK comes late
    currency, day = np.nonzero(listed)
    return {
        "currency": _pick(CURRENCIES, currency + 1),
        "rate_date": world.fx_day + day,
        "rate": world.rates[currency + 1, day],
    }


# ---------------------------------------------------------------- the crowd

ACCOUNT, GUEST_BY_EMAIL, GUEST_BY_PHONE, NAMELESS = 0, 1, 2, 3
BY_IDENTITIES, BY_EMAIL, BY_PHONE = 1, 2, 3


def _purchases(
    rng: Rng, first: np.ndarray, rate: np.ndarray, drop: np.ndarray, until: float
) -> tuple[np.ndarray, np.ndarray]:
    """BG/NBD: exponential waits at `rate` a day, leaving with chance `drop` after each repeat."""
    person, now = np.arange(len(first)), first
    people, times = [person], [now]
    while len(person):
        now = now + rng.exponential(1, len(person)) / rate[person]
        inside = now < until
        person, now = person[inside], now[inside]
        people.append(person)
        times.append(now)
        stays = rng.random(len(person)) >= drop[person]
        person, now = person[stays], now[stays]
    return np.concatenate(people), np.concatenate(times)


def _people(rng: Rng, world: _World, first: int, size: int) -> tuple[Columns, Columns]:
    """People of a block and the instants of their orders, sorted by time."""
    channel = rng.choice(len(ACQUISITION), size, p=ACQUISITION_SHARES)
    country = rng.choice(len(COUNTRIES), size, p=COUNTRY_SHARES)
    before = rng.random(size) < 0.2
    until, opened = world.busy[-1], world.busy[FIRST_DAY - ORIGIN_DAY]
    span = rng.random(size) ** 0.9
    joined = np.where(before, span * opened, opened + span * (until - opened))
    rate = rng.gamma(0.7, 1 / 64, size) * ACQUISITION_RATE[channel] + 1e-5
    drop = np.minimum(rng.beta(1.0, 5.0, size) * ACQUISITION_DROP[channel], 1)
    prospect = rng.random(size) < 0.07
    person, busy = _purchases(rng, joined, rate, drop, until)

    again = np.flatnonzero(rng.random(len(person)) < 0.012)  # a second order on the same day
    person, busy = np.concatenate([person, person[again]]), np.concatenate([busy, busy[again]])
    clock = rng.beta(3, 2.2, len(person)) * 16.5 * 3600 + 6.5 * 3600
    local = np.floor(world.calendar(busy)).astype(np.int64) * DAY + clock.astype(np.int64)
    instant = _from_berlin(local + (country[person] == 4) * 5 * 3600)
    ever = np.full(size, LAST_INSTANT)
    np.minimum.at(ever, person, instant)
    kept = (instant >= FIRST_INSTANT) & (instant <= LAST_INSTANT) & ~prospect[person]
    person, instant = person[kept], instant[kept]
    order = np.argsort(instant, kind="stable")
    person, instant = person[order], instant[order]
    orders = np.bincount(person, minlength=size)

    kind = rng.choice(4, size, p=[0.84, 0.11, 0.02, 0.03])
    kind[(orders == 0) | (orders > 40)] = ACCOUNT  # frequent guests would count as shared
    account = kind == ACCOUNT
    has_row = account & ((orders == 0) | (rng.random(size) > 0.02))
    was_guest = has_row & (orders > 1) & (rng.random(size) < 0.08)
    merge = has_row * rng.choice(4, size, p=[0.96, 0.01, 0.02, 0.01])
    is_known = ~prospect & (rng.random(size) < np.where(ever < FIRST_INSTANT, 0.6, 0.04))
    number = first + np.arange(size)
    swap = (merge > 0) & (number % 2 == 1)
    id_base = world.first_id["C"] + 2 * number
    created = np.where(was_guest, ever + 5 * DAY, ever - rng.integers(0, 20 * DAY, size))
    email = (
        _pick(FIRST_NAMES.split(), rng.integers(0, 16, size)),
        ".",
        _pick(LAST_NAMES.split(), rng.integers(0, 14, size)),
        pa.array(number).cast(pa.string()),
        _pick(DOMAINS, rng.integers(0, 3, size)),
    )
    people = {"number": number, "kind": kind, "country": country, "channel": channel}
    people |= {"orders": orders, "has_row": has_row, "was_guest": was_guest, "merge": merge}
    people |= {"created": np.minimum(created, LAST_INSTANT), "email": _join(*email)}
    return people | {
        "id": np.where(account, id_base + swap, NONE),
        "second_id": np.where(merge > 0, id_base + 1 - swap, NONE),
        "phone": pa.array(number + 10_000_000).cast(pa.string()),
        "has_email": has_row & ((rng.random(size) < 0.92) | was_guest | (merge == BY_EMAIL)),
        "has_phone": has_row & ((rng.random(size) < 0.4) | (merge == BY_PHONE)),
        "is_staff": has_row & (rng.random(size) < 0.003),
        "has_code": has_row & (rng.random(size) < 0.1),
        "known_since": np.where(has_row & is_known, _berlin_day(ever), NONE),
        "taste": rng.integers(0, len(CATEGORIES), size),
        "means": rng.normal(0, 1, size),
        "is_business": rng.random(size) < 0.03,
    }, {"person": person, "instant": instant}


def _redeliver(
    rng: Rng, size: int, again: float, older: float = 0, early: int | None = None
) -> tuple[np.ndarray, np.ndarray, int]:
    """Row numbers of a file with re-deliveries, which of them are older, how many fall away.

    After all rows come shares of them again: exact copies, then older states of the first `early`.
    """
    once_more = rng.choice(size, int(size * again), replace=False)
    early = size if early is None else early
    before = rng.choice(early, int(early * older), replace=False)
    rows = np.concatenate([np.arange(size), once_more, before])
    return rows, np.arange(len(rows)) >= len(rows) - len(before), len(rows) - size


def _customers(rng: Rng, people: Columns) -> tuple[Columns, int]:
    """Own rows of the customers file with re-deliveries, and how many of them fall away."""
    own, size = np.flatnonzero(people["has_row"]), len(people["number"])
    who, is_older, superseded = _redeliver(rng, len(own), 0.006, 0.012)
    who = own[who]

    def some(share: float, low: int, high: int, otherwise: int = -1) -> np.ndarray:
        return np.where(rng.random(size) < share, rng.integers(low, high, size), otherwise)[who]

    regions, cities = zip(*(place.split("/") for place in PLACES.split()), strict=True)
    place = (people["country"] * 3 + rng.integers(0, 3, size))[who]
    place = place // 3 * 3 + (place + is_older) % 3  # whoever has an older row has moved
    code = np.where(people["has_code"], people["number"], -1)
    phone = _pick(people["phone"], np.where(people["has_phone"][who], who, -1))
    return {
        "customer_id": _ids("C", people["id"][who]),
        "email": _pick(people["email"], np.where(people["has_email"][who], who, -1)),
        "phone": _join("+49 1555 ", phone),
        "created_at": people["created"][who],
        "first_order_at": people["known_since"][who],
        "birth_date": some(0.65, -9000, 13500, NONE),
        "gender": _pick(["f", "m", "d"], np.minimum(some(0.8, 0, 41) // 20, 2)),
        "country": _pick(COUNTRIES, people["country"][who]),
        "region": _pick(list(regions), place),
        "city": _pick(list(cities), place),
        "job_title": _pick(JOBS, some(0.25, 0, len(JOBS))),
        "household_size": some(0.5, 1, 7, NONE),
        "income_band": _pick(INCOMES, some(0.35, 0, len(INCOMES))),
        "acquisition_channel": _pick(ACQUISITION, people["channel"][who]),
        "referral_code": _ids("F", code[who]),
        "lock_in": _pick(["contract", "rental fleet"], some(0.02, 0, 2)),
        "is_staff": np.where(people["is_staff"][who], 1, NONE),
        "_loaded_at": _berlin_day(np.maximum(people["created"][who], FIRST_INSTANT + 30 * DAY))
        + np.where(is_older, -9, 1),
    }, superseded


def _second_accounts(people: Columns) -> tuple[Columns, Columns]:
    """Customers rows of people with a second account, and the identities that tell of some."""
    who = np.flatnonzero(people["merge"] > 0)
    merge, created = people["merge"][who], np.maximum(people["created"][who], FIRST_INSTANT)
    shouted = pc.utf8_upper(_pick(people["email"], np.where(merge == BY_EMAIL, who, -1)))
    phone = _pick(people["phone"], np.where(merge == BY_PHONE, who, -1))
    customers = {
        "customer_id": _ids("C", people["second_id"][who]),
        "email": _join(" ", shouted, " "),
        "phone": _join("+49(1555)/", phone),
        "created_at": np.minimum(created + DAY, LAST_INSTANT),
        "acquisition_channel": _pick(ACQUISITION, people["channel"][who]),
        "_loaded_at": _berlin_day(created) + 2,
    }
    linked = who[merge == BY_IDENTITIES]
    identities = {
        "customer_id": _ids("C", people["second_id"][linked]),
        "same_as": _ids("C", people["id"][linked]),
        "_loaded_at": np.full(len(linked), LAST_DAY),
    }
    return customers, identities


def _orders(rng: Rng, world: _World, people: Columns, visits: Columns, first_id: int) -> Columns:
    """Orders of a block (sorted by time) without their amounts. Person = position in the block."""
    person, instant = visits["person"], visits["instant"]
    size = len(person)
    by_person = np.argsort(person, kind="stable")
    starts = np.cumsum(people["orders"]) - people["orders"]
    nth = np.empty(size, np.int64)
    nth[by_person] = np.arange(size) - starts[person[by_person]]

    country = people["country"][person]
    account = people["kind"][person] == ACCOUNT
    was_guest = people["was_guest"][person] & (nth == 0)
    as_guest = ~account | was_guest
    second = (people["merge"][person] > 0) & (nth > 0) & (rng.random(size) < 0.5)
    customer = np.where(second, people["second_id"][person], people["id"][person])
    with_email = (people["kind"][person] == GUEST_BY_EMAIL) | was_guest
    with_email |= account & (rng.random(size) < 0.05)
    channel = rng.choice(4, size, p=[0.58, 0.2, 0.13, 0.09])
    device = np.where(channel == 0, rng.choice(3, size, p=[0.5, 0.4, 0.1]), -1)
    american = np.where(channel == 1, NEW_YORK, ZULU)
    day = _berlin_day(instant)
    currency = COUNTRY_CURRENCY[country]

    referrer = np.full(size, -1)
    friends = np.flatnonzero((nth == 0) & (people["channel"][person] == 3))
    codes = np.flatnonzero(people["has_code"] & (people["created"] < LAST_INSTANT - 200 * DAY))
    if len(codes):
        asked = rng.choice(codes, len(friends))
        known = people["created"][asked] < instant[friends] - 30 * DAY
        referrer[friends] = np.where(known & (asked != person[friends]), asked, -1)
    orders = {"id": first_id + np.arange(size), "person": person, "instant": instant, "day": day}
    orders |= {"currency": currency, "rate": world.rate(currency, day), "referrer": referrer}
    return orders | {
        "channel": channel,
        "zone": np.where(country == 4, american, np.where(channel == 3, ZULU, BERLIN)),
        "customer": np.where(as_guest, -1, customer),
        "with_email": with_email,
        "with_phone": people["kind"][person] == GUEST_BY_PHONE,
        "status": rng.choice(len(STATUSES), size, p=STATUS_SHARES),
        "is_test": rng.random(size) < 0.001,
        "no_currency": (currency == 0) & (rng.random(size) < 0.01),
        "device": np.where(channel == 1, 1, device),
        "has_lines": (channel != 2) | (rng.random(size) < 0.7),
        "has_coupon": rng.random(size) < 0.08,
    }


def _baskets(rng: Rng, world: _World, people: Columns, orders: Columns) -> Columns:
    """Lines of the orders; fills in the orders' own amounts. All in the order's currency."""
    size = len(orders["id"])
    count = np.where(orders["has_lines"], 1 + rng.poisson(2.1, size), 0)
    order = np.repeat(np.arange(size), count)
    total, person = len(order), orders["person"][order]
    any_shelf = rng.integers(0, len(CATEGORIES), total)
    shelf = np.where(rng.random(total) < 0.55, people["taste"][person], any_shelf)
    wish = 0.65 * people["means"][person] + rng.normal(0, 1, total) - 0.8
    product = shelf * SHELF + (SHELF / (1 + np.exp(-wish))).astype(np.int64)
    quantity = 1 + (rng.random(total) < 0.18) + 2 * (rng.random(total) < 0.05)
    quantity *= np.where(people["is_business"][person], rng.integers(1, 4, total), 1)
    quantity *= np.where(product == RIVET, 40, 1)
    price = world.prices[orders["currency"][order], product]
    percent = np.where(rng.random(total) < 0.16, rng.integers(1, 6, total) * 5, 0)
    discount = quantity * price * percent // 10_000 * 100
    amount = quantity * price - discount
    unlisted = rng.random(total) < 0.003
    product = np.where(unlisted, PRODUCTS + product % UNLISTED, product)
    number = np.arange(total) - np.repeat(np.cumsum(count) - count, count) + 1
    lines = {"order": order, "line": number, "product": product, "quantity": quantity}
    lines |= {"price": price, "discount": discount, "amount": amount}
    goods, off = _sum_by(order, amount, size), _sum_by(order, discount, size)
    coupon = np.where(orders["has_coupon"], goods * rng.integers(5, 16, size) // 10_000 * 100, 0)
    spent = np.exp(3.7 + 0.6 * people["means"][orders["person"]] + rng.normal(0, 0.5, size))
    alone = (np.round(spent * 100 + 500)).astype(np.int64) * 100
    rebate = np.where(rng.random(size) < 0.1, alone // 1_000_000 * 100_000, 0)
    orders["goods"] = np.where(orders["has_lines"], goods - coupon, alone)
    stated = (coupon > 0) | (rng.random(size) < 0.6)  # else only the lines tell of discounts
    orders["discount"] = np.where(orders["has_lines"], np.where(stated, off + coupon, NONE), rebate)
    orders["shipping"] = np.where((goods > 0) & (goods < 60 * UNIT), 49_000, 0)
    orders["tax"] = np.where(orders["currency"] == 0, orders["goods"] * 19 // 11_900 * 100, 0)
    return lines


def _sum_by(groups: np.ndarray, units: np.ndarray, size: int) -> np.ndarray:
    """Whole sums per group; bincount adds doubles, exact for sums below 2^53."""
    return np.bincount(groups, units, size).astype(np.int64)


def _refunds(rng: Rng, orders: Columns) -> Columns:
    """Refunds of a block's orders (partly, fully, twice), never more than the goods."""
    size = len(orders["id"])
    valid = IS_VALID_STATUS[orders["status"]]
    drawn = np.flatnonzero(rng.random(size) < np.where(valid, 0.07, 0.3))
    way = rng.choice(3, len(drawn), p=[0.5, 0.35, 0.15])
    part = orders["goods"][drawn] * rng.integers(15, 50, len(drawn)) // 10_000 * 100
    amount = np.where(way == 1, orders["goods"][drawn], part)
    order = np.concatenate([drawn, drawn[way == 2]])
    amount = np.concatenate([amount, part[way == 2]])
    instant = orders["instant"][order] + rng.integers(3 * DAY, 30 * DAY, len(order))
    kept = (instant <= LAST_INSTANT) & (amount > 0)
    full = np.concatenate([way == 1, np.full(len(order) - len(drawn), False)]) & kept
    full = order[full & (orders["status"][order] == 0)]
    orders["status"][full] = REFUNDED
    return {"order": order[kept], "instant": instant[kept], "amount": amount[kept]}


def _settle(orders: Columns, lines: Columns, refunds: Columns) -> dict[str, np.ndarray]:
    """Gross, discount, refund and net of each order in the reporting currency, by the contract.

    Each line and each refund is converted and rounded, then summed; what the header takes off
    beyond its lines is summed in the order's currency and converted once.
    """
    size, rate, has_lines = len(orders["id"]), orders["rate"], orders["has_lines"]
    line_rate = rate[lines["order"]]
    goods = _sum_by(lines["order"], _convert(lines["amount"], line_rate), size)
    off = _sum_by(lines["order"], _convert(lines["discount"], line_rate), size)
    stated = np.where(orders["discount"] == NONE, 0, orders["discount"])
    excess = np.maximum(stated - _sum_by(lines["order"], lines["discount"], size), 0)
    alone, rebate = _convert(orders["goods"], rate), _convert(stated, rate)
    gross = np.where(has_lines, goods + off, alone + rebate)
    discount = np.where(has_lines, off + _convert(excess, rate), rebate)
    given_back = _convert(refunds["amount"], rate[refunds["order"]])
    refund = _sum_by(refunds["order"], given_back, size)
    net = gross - discount - refund
    return {"gross": gross, "discount": discount, "refund": refund, "net": net}


def _order_rows(rng: Rng, people: Columns, orders: Columns) -> tuple[Columns, int]:
    """Rows of the orders file with older states and exact re-deliveries; how many fall away."""
    size = len(orders["id"])
    early = int(np.searchsorted(orders["day"], LAST_DAY - 15))
    rows, is_older, superseded = _redeliver(rng, size, 0.006, 0.025, early)
    changed = np.isin(rows, rows[is_older]) & ~is_older
    shouts = pa.array((rng.random(size) < 0.1)[rows])
    o = {name: values[rows] for name, values in orders.items()}
    email = _pick(people["email"], np.where(o["with_email"], o["person"], -1))
    phone = _pick(people["phone"], np.where(o["with_phone"], o["person"], -1))
    return {
        "order_id": _ids("O", o["id"]),
        "ordered_at": o["instant"],
        "customer_id": _ids("C", o["customer"]),
        "email": pc.if_else(shouts, _join(pc.utf8_capitalize(email), " "), email),
        "phone": _join("+49-1555-", phone),
        "status": _pick([*STATUSES, "pending"], np.where(is_older, len(STATUSES), o["status"])),
        "currency": _pick(CURRENCIES, np.where(o["no_currency"], -1, o["currency"])),
        "amount": o["goods"],
        "discount_amount": o["discount"],
        "shipping_amount": o["shipping"],
        "tax_amount": o["tax"],
        "channel": _pick(CHANNELS, o["channel"]),
        "device": _pick(DEVICES, o["device"]),
        "country": _pick(COUNTRIES, people["country"][o["person"]]),
        "coupon_code": _pick(["TRAIL10"], np.where(o["has_coupon"], 0, -1)),
        "referral_code": _ids("F", _at(people["number"], o["referrer"])),
        "is_test": np.where(o["is_test"], 1, NONE),
        "_loaded_at": o["day"] + 1 + changed * 6,
        "_zone": o["zone"],
    }, superseded


def _line_rows(rng: Rng, orders: Columns, lines: Columns) -> tuple[Columns, int]:
    """Rows of the lines file with older states and exact re-deliveries; how many fall away."""
    rows, is_older, superseded = _redeliver(rng, len(lines["order"]), 0.003, 0.003)
    untold = rng.random(len(lines["order"])) < 0.1  # amount = quantity times price less discount
    o, n = lines["order"][rows], {name: values[rows] for name, values in lines.items()}
    return {
        "order_id": _ids("O", orders["id"][o]),
        "line_id": pa.array(n["line"]).cast(pa.string()),
        "product_id": _ids("P", 100 + n["product"]),
        "quantity": n["quantity"] + is_older,
        "unit_price": n["price"],
        "discount_amount": np.where(n["discount"] > 0, n["discount"], NONE),
        "amount": np.where(untold[rows], NONE, n["amount"]),
        "_loaded_at": orders["day"][o] + np.where(is_older, 0, 1),
    }, superseded


def _refund_rows(
    rng: Rng, orders: Columns, refunds: Columns, notes: Columns, first_id: int
) -> tuple[Columns, int]:
    """Rows of the refunds file: refunds, then credit notes, then exact re-deliveries."""
    count, extra = len(refunds["order"]), len(notes["amount"])
    rows, _, superseded = _redeliver(rng, count + extra, 0.015)
    instant = np.concatenate([refunds["instant"], notes["instant"]])[rows]
    order = np.concatenate([orders["id"][refunds["order"]], np.full(extra, -1)])
    customer = np.concatenate([orders["customer"][refunds["order"]], notes["customer"]])
    reason = np.where(rows < count, rows % 3, 3)
    return {
        "refund_id": _ids("R", first_id + rows),
        "refunded_at": instant,
        "amount": np.concatenate([refunds["amount"], notes["amount"]])[rows],
        "order_id": _ids("O", order[rows]),
        "customer_id": _ids("C", customer[rows]),
        "reason": _pick(["too small", "defect", "changed mind", "goodwill"], reason),
        "_loaded_at": _berlin_day(instant) + 1,
        "_zone": np.full(len(rows), ZULU),
    }, superseded


def _credit_notes(rng: Rng, people: Columns) -> Columns:
    """Refunds without an order, in the reporting currency; some without a customer either."""
    who = np.flatnonzero(people["has_row"] & (rng.random(len(people["number"])) < 0.006))
    known = rng.random(len(who)) < 0.85
    early = np.maximum(people["created"][who], FIRST_INSTANT)
    return {
        "customer": np.where(known, people["id"][who], -1),
        "person": np.where(known, who, -1),
        "instant": early + ((LAST_INSTANT - early) * rng.random(len(who))).astype(np.int64),
        "amount": rng.integers(5, 60, len(who)) * UNIT,
    }


# ---------------------------------------------------------------- the crowd's events


EVENT_DEFAULTS = {
    "account": -1, "email": -1, "visitor": -1, "product": -1, "order": -1, "campaign": -1,
    "code": -1, "device": -1, "topic": -1, "text": -1, "form": -1, "rating": NONE,
    "is_bot": NONE, "is_incentivised": NONE, "is_verified": NONE,
}  # fmt: skip


class _EventLog:
    """Collects events by column; `account` and `email` name the person whose id is shown."""

    def __init__(self) -> None:
        self.parts: dict[str, list[np.ndarray]] = {"kind": [], "instant": []}
        self.parts |= {name: [] for name in EVENT_DEFAULTS}

    def add(self, kind: str, instant: np.ndarray, **columns: np.ndarray | int) -> None:
        columns = EVENT_DEFAULTS | {"kind": KIND[kind], "instant": instant} | columns
        for name, values in columns.items():
            wide = np.broadcast_to(np.asarray(values, np.int64), instant.shape)
            self.parts[name].append(wide)

    def sorted(self) -> Columns:
        """All events inside the history, by time."""
        events = {name: np.concatenate(parts) for name, parts in self.parts.items()}
        order = np.argsort(events["instant"], kind="stable")
        ends = np.searchsorted(events["instant"][order], [FIRST_INSTANT, LAST_INSTANT + 1])
        return {name: values[order[slice(*ends)]] for name, values in events.items()}


def _events(rng: Rng, people: Columns, orders: Columns, lines: Columns) -> Columns:
    """What the crowd, passers-by and bots do on the site and in the mail, sorted by time."""
    log, size, count = _EventLog(), len(people["number"]), len(orders["id"])
    kind, number = people["kind"], people["number"]

    def who(person: np.ndarray) -> Columns:
        """How a signed-in or mail-reading person is named."""
        shown = {ACCOUNT: "account", GUEST_BY_EMAIL: "email"}
        return {name: np.where(kind[person] == k, person, -1) for k, name in shown.items()}

    def device(person: np.ndarray) -> np.ndarray:
        return 4 * number[person] + (rng.random(len(person)) < 0.25)

    def some(rows: np.ndarray, share: float) -> np.ndarray:
        return rows[rng.random(len(rows)) < share]

    def later(rows: np.ndarray, low: int, high: int) -> np.ndarray:
        return rng.integers(low, high, len(rows))

    product = np.full(count, -1)
    product[lines["order"]] = lines["product"]
    person, bought = orders["person"], orders["instant"]

    # visits that end in an order: browsing unnamed, named at the checkout
    online = np.flatnonzero((orders["channel"] < 2) & (rng.random(count) < 0.8))
    visitor = np.full(count, -1)
    visitor[online] = device(person[online])
    for name, share, low, high in (
        ("page_viewed", 0.6, 900, 1500),
        ("product_viewed", 0.6, 500, 900),
        ("product_viewed", 0.3, 300, 500),
        ("product_added", 0.5, 150, 300),
        ("checkout_started", 0.5, 60, 150),
    ):
        o = some(online, share)
        shown = -1 if name.startswith("page") else product[o]
        seen = orders["device"][o] if name.startswith("page") else -1
        at = bought[o] - later(o, low, high)
        log.add(name, at, visitor=visitor[o], product=shown, device=seen)
    o = some(online, 0.85)
    log.add("order_completed", bought[o] + 2, visitor=visitor[o], order=o, **who(person[o]))
    o = some(np.flatnonzero(orders["has_coupon"]), 0.8)
    log.add("coupon_redeemed", bought[o] + 1, order=o, **who(person[o]))

    # visits without an order, some signed in
    times = rng.poisson(0.5 + 1.0 * people["orders"])
    p = np.repeat(np.arange(size), times)
    last = np.minimum(people["created"] + 30 * DAY, LAST_INSTANT)
    np.maximum.at(last, person, np.minimum(bought + 60 * DAY, LAST_INSTANT))
    begin = np.maximum(people["created"][p], FIRST_INSTANT)
    at = begin + (np.maximum(last[p] - begin, 1) * rng.random(len(p))).astype(np.int64)
    visitor = device(p)
    named = {k: np.where(rng.random(len(p)) < 0.35, v, -1) for k, v in who(p).items()}
    log.add("page_viewed", at, visitor=visitor, device=rng.integers(0, 2, len(p)), **named)
    shelf = people["taste"][p] * SHELF + rng.integers(0, SHELF, len(p))
    for name, share in (("product_viewed", 0.6), ("product_added", 0.08), ("video_watched", 0.03)):
        v = some(np.arange(len(p)), share)
        log.add(name, at[v] + later(v, 20, 600), visitor=visitor[v], product=shelf[v])
    for name, share in (("file_downloaded", 0.02), ("form_submitted", 0.02)):
        v = some(np.arange(len(p)), share)
        form = later(v, 0, 2) if name.startswith("form") else -1
        log.add(name, at[v] + later(v, 60, 900), visitor=visitor[v], form=form)

    # newsletter and campaigns
    p = some(np.flatnonzero(people["has_email"]), 0.4)
    joined = np.maximum(people["created"][p], FIRST_INSTANT) + later(p, 60, 2 * DAY)
    by_account = rng.random(len(p)) < 0.5
    log.add("newsletter_subscribed", joined, visitor=device(p),
            account=np.where(by_account, p, -1), email=np.where(by_account, -1, p))  # fmt: skip
    left = joined + later(p, 20 * DAY, 900 * DAY)
    quits = rng.random(len(p)) < 0.15
    log.add("newsletter_unsubscribed", left[quits], account=p[quits])
    read = np.repeat(np.arange(len(p)), rng.poisson(5, len(p)))
    campaign = rng.integers(0, 36, len(read))
    sent = FIRST_INSTANT + (15 + campaign * 1096 // 36) * DAY + 9 * 3600
    still = (sent > joined[read]) & (~quits[read] | (sent < left[read]))
    read, campaign, sent = p[read[still]], campaign[still], sent[still]
    log.add("campaign_received", sent, account=read, campaign=campaign)
    for name, share, low in (("email_opened", 0.5, 60), ("email_clicked", 0.12, 9 * 3600)):
        m = some(np.arange(len(read)), share)
        log.add(name, sent[m] + later(m, low, low + 8 * 3600), account=read[m],
                campaign=campaign[m], device=rng.integers(0, 2, len(m)))  # fmt: skip

    # opinions: few speak, and not those who buy most
    speaks = np.isin(kind, (ACCOUNT, GUEST_BY_EMAIL)) & (rng.random(size) < 0.2)
    mine = np.flatnonzero(speaks[person])
    for name, share in (
        ("product_liked", 0.12), ("wishlist_added", 0.12), ("product_shared", 0.008),
        ("community_posted", 0.004), ("testimonial_given", 0.002), ("reference_given", 0.002),
    ):  # fmt: skip
        o = some(mine, share)
        log.add(name, bought[o] + later(o, DAY, 40 * DAY), product=product[o], **who(person[o]))
    o = some(mine, 0.15)
    rating = rng.choice([1, 2, 3, 4, 5], len(o), p=[0.06, 0.06, 0.13, 0.3, 0.45])
    text = np.where(rng.random(len(o)) < 0.2, rng.integers(0, len(REVIEWS), len(o)), -1)
    log.add("product_reviewed", bought[o] + later(o, 3 * DAY, 40 * DAY), rating=rating, text=text,
            product=product[o], is_incentivised=np.where(rng.random(len(o)) < 0.12, 1, NONE),
            is_verified=np.where(rng.random(len(o)) < 0.8, 1, NONE), **who(person[o]))  # fmt: skip
    o = some(mine, 0.1)
    score = np.minimum(rng.binomial(12, 0.68, len(o)), 10)
    log.add("survey_answered", bought[o] + later(o, 5 * DAY, 20 * DAY), topic=0, rating=score,
            **who(person[o]))  # fmt: skip
    o = some(np.arange(count), 0.02)
    log.add("support_contacted", bought[o] + later(o, DAY, 9 * DAY), order=o,
            topic=rng.integers(1, 3, len(o)), **who(person[o]))  # fmt: skip
    o = np.flatnonzero(orders["referrer"] >= 0)  # an invitation carries the friend's address
    by = orders["referrer"][o]
    friend = np.where(kind[person[o]] == NAMELESS, -1, person[o])
    log.add("referral_sent", bought[o] - later(o, DAY, 25 * DAY), account=by, code=by, email=friend)
    o = some(o, 0.8)
    by = orders["referrer"][o]
    log.add("referral_converted", bought[o] + 3600, account=by, order=o, code=by)

    # passers-by and bots
    passer = np.repeat(number[: -(-size // 8)], rng.integers(1, 4, -(-size // 8)))
    at = FIRST_INSTANT + rng.integers(0, LAST_INSTANT - FIRST_INSTANT, len(passer))
    log.add("page_viewed", at, visitor=4 * passer + 2, device=1)
    keen = some(np.arange(len(passer)), 0.05)
    log.add("form_submitted", at[keen] + 90, visitor=4 * passer[keen] + 2, form=1)
    bot = np.repeat(number[: -(-size // 400)], 25)
    at = FIRST_INSTANT + (bot * 7919 % 1000) * DAY + later(bot, 0, 1800)
    log.add("product_viewed", at, visitor=4 * bot + 3, is_bot=1,
            product=rng.integers(0, PRODUCTS, len(bot)))  # fmt: skip
    return log.sorted()


def _event_rows(
    rng: Rng, people: Columns, orders: Columns, events: Columns, first_id: int
) -> tuple[Columns, int]:
    """Rows of the events file with exact re-deliveries; how many fall away."""
    rows, _, superseded = _redeliver(rng, len(events["kind"]), 0.006)
    e = {name: values[rows] for name, values in events.items()}
    person = np.maximum(e["account"], e["email"])
    american = (person >= 0) & (people["country"][person] == 4)
    by_mail = np.isin(e["kind"], [KIND["email_opened"], KIND["campaign_received"]])
    columns = {
        "event_id": _ids("E", first_id + rows),
        "occurred_at": e["instant"],
        "event_type": _pick(list(KIND), e["kind"]),
        "anonymous_id": _ids("a", e["visitor"]),
        "customer_id": _ids("C", _at(people["id"], e["account"])),
        "email": _pick(people["email"], e["email"]),
        "device": _pick(DEVICES, e["device"]),
        "channel": _pick(["email"], by_mail - 1),
        "topic": _pick(TOPICS, e["topic"]),
        "product_id": _ids("P", np.where(e["product"] < 0, -1, 100 + e["product"])),
        "order_id": _ids("O", _at(orders["id"], e["order"])),
        "campaign_id": _ids("news", e["campaign"]),
        "referral_code": _ids("F", _at(people["number"], e["code"])),
        "text": _pick(REVIEWS, e["text"]),
        "properties": _pick(['{"form":"contact"}', '{"form":"quote"}'], e["form"]),
        "_loaded_at": _berlin_day(e["instant"]) + 1,
        "_zone": np.where(american, NEW_YORK, BERLIN),
    }
    flags = ("rating", "is_bot", "is_incentivised", "is_verified")
    return columns | {name: e[name] for name in flags}, superseded


# ---------------------------------------------------------------- the cast

CLOSED = {"cancelled", "canceled", "void", "failed", "fraud", "test"}
ONE_LINE = (("P105", "1", "39.95"),)  # product, quantity, unit price, discount, amount
STAFFLESS = {"accounts": [], "known": None, "is_staff": False}


def _units(text: str | None) -> int:
    """An exact text amount in 1/10,000."""
    return int((Decimal(text or "0") * UNIT).quantize(Decimal(1), ROUND_HALF_UP))


def _cells(text: str) -> Row:
    """Cells written as 'name=value name=value'; without a value the cell is missing."""
    pairs = (pair.split("=", 1) for pair in text.split())
    return {name: value or None for name, value in pairs}


class _Cast:
    """Planted rows, which are text, and beside each what it is expected to become."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, Row]] = []  # table, row_status, row
        self.people: dict[str, dict[str, Any]] = {}
        self.orders: list[dict[str, Any]] = []
        self.notes: list[tuple[str | None, int]] = []
        self.shared: list[dict[str, Any]] = []
        self.leads: list[dict[str, Any]] = []
        self.tiers: dict[str, tuple[str, str]] = {}
        self.visitors: dict[str, dict[str, str | None]] = {}
        self.identified_events = 0
        self.last: Counter[str] = Counter()

    def new_id(self, prefix: str) -> str:
        self.last[prefix] += 1
        return f"{prefix}{1000 + self.last[prefix]}"

    def put(self, table: str, row_status: str = "accepted", **row: str | None) -> Row:
        self.rows.append((table, row_status, row))
        return row

    def person(
        self, name: str, accounts: int | list[str] = 1, has_rows: bool = True, **columns: Any
    ) -> list[str]:
        """Plant a person and customers rows (lists: one value an account); returns the ids."""
        ids = [self.new_id("K") for _ in range(accounts)] if isinstance(accounts, int) else accounts
        for i, customer_id in enumerate(ids if has_rows else []):
            own = {k: v[i] if isinstance(v, list) else v for k, v in columns.items()}
            row = {"created_at": "2023-03-01T10:00:00+01:00", "country": "DE"} | own
            self.put("customers", customer_id=customer_id, _loaded_at="2023-03-02", **row)
        known = columns.get("first_order_at")
        self.people[name] = {"accounts": ids, "known": known, "is_staff": "is_staff" in columns}
        return ids

    def order(
        self,
        person: str | None,
        at: str,
        name: str | None = None,
        lines: tuple[tuple[str | None, ...], ...] = ONE_LINE,
        refunds: tuple[tuple[str, str], ...] = (),
        **columns: str | None,
    ) -> Row:
        """Plant an order of a person (None: unattributed), its lines and its refunds."""
        who = self.people.get(person or "", STAFFLESS)
        row = {"order_id": self.new_id("S"), "ordered_at": at, "status": "completed"}
        row |= {"customer_id": next(iter(who["accounts"]), None), "currency": "EUR"}
        row |= {"channel": "web", "country": "DE", "_loaded_at": _next_day(at)} | columns
        self.put("orders", **row)
        is_closed = row["status"].strip().lower() in CLOSED or "is_test" in row
        order = {"name": name, "person": person, "row": row, "lines": [], "refunds": []}
        self.orders.append(order | {"is_valid": not is_closed and not who["is_staff"]})
        for line in lines:
            self.line(*line)
        for refunded_at, amount in refunds:
            self.refund(refunded_at, amount)
        return row

    def line(self, product: str, quantity: str, price: str | None, *rest: str | None) -> Row:
        """Plant a line of the latest order: discount and amount follow the price."""
        order, (discount, amount) = self.orders[-1], (*rest, None, None)[:2]
        row = {"order_id": order["row"]["order_id"], "line_id": self.new_id("")}
        row |= {"product_id": product, "quantity": quantity, "unit_price": price}
        if price or amount:
            asked = Decimal(quantity) * Decimal(price or 0) - Decimal(discount or 0)
            order["lines"].append((_units(amount or str(asked)), _units(discount)))
        return self.put("order_lines", **row, discount_amount=discount, amount=amount)

    def refund(self, at: str, amount: str, **columns: str | None) -> Row:
        """Plant a refund of the latest order."""
        order = self.orders[-1]
        order["refunds"].append((_units(amount),))
        row = {"refund_id": self.new_id("Z"), "refunded_at": at, "amount": amount}
        return self.put("refunds", **row, order_id=order["row"]["order_id"], **columns)

    def note(self, person: str | None, at: str, amount: str) -> None:
        """Plant a credit note; those of staff count nowhere."""
        who = self.people.get(person or "", STAFFLESS)
        row = {"refund_id": self.new_id("Z"), "refunded_at": at, "amount": amount}
        self.put("refunds", **row, customer_id=next(iter(who["accounts"]), None))
        if not who["is_staff"]:
            self.notes.append((person, _units(amount)))

    def event(self, person: str | None, at: str, kind: str, times: int = 1, **columns: Any) -> Row:
        """Plant events, a second apart, that belong to a person (None: to nobody known)."""
        for second in range(times):
            row = {"event_id": self.new_id("X"), "occurred_at": f"{at}:{second:02}+01:00"}
            row |= {"event_type": kind} | columns
            self.put("events", **row)
            self.identified_events += person is not None and "is_bot" not in columns
            if "anonymous_id" in columns:
                self.visitors.setdefault(columns["anonymous_id"], {})[row["event_id"]] = person
        return row


def _next_day(at: str) -> str:
    return str(date.fromisoformat(at[:10]) + timedelta(1))


def _cast_identity(c: _Cast) -> None:
    """Accounts, guests and contacts: who is whom, and who is not."""
    a = c.person("merged_by_identities", 3)
    c.put("identities", customer_id=a[0], same_as=a[1])
    c.put("identities", customer_id=a[2], same_as=a[1])
    c.put("identities", "superseded", customer_id=a[2], same_as=a[1])
    c.order("merged_by_identities", "2024-03-05T10:00:00+01:00", customer_id=a[1])
    c.order("merged_by_identities", "2024-06-05T10:00:00+02:00", customer_id=a[2])
    emails = ["Mara.Holt@example.net", " mara.holt@EXAMPLE.net "]
    a = c.person("merged_by_email", 2, email=emails)
    c.order("merged_by_email", "2024-03-06T10:00:00+01:00", customer_id=a[1])
    a = c.person("merged_by_phone", 2, phone=["+49 30 1234567", "(49) 30/123-4567"])
    c.order("merged_by_phone", "2024-03-07T10:00:00+01:00", customer_id=a[1])
    a = c.person("merged_by_order_email", 2, email=["jo.berg@example.net", None])
    shouted = {"customer_id": a[1], "email": "JO.BERG@EXAMPLE.NET"}
    c.order("merged_by_order_email", "2024-03-08T10:00:00+01:00", **shouted)
    at = "2024-09-01T10:00:00+02:00"
    c.person("guest_then_account", email="lena.vogt@example.net", created_at=at)
    guest = {"customer_id": None, "email": "Lena.Vogt@Example.net "}
    c.order("guest_then_account", "2024-05-01T10:00:00+02:00", **guest)
    c.order("guest_then_account", "2024-09-01T10:05:00+02:00")
    c.person("guest_with_email", 0)
    c.order("guest_with_email", "2024-04-01T10:00:00+02:00", email="gil@example.net")
    c.order("guest_with_email", "2024-08-01T10:00:00+02:00", email="GIL@example.net")
    c.event("guest_with_email", "2024-08-02T10:00", "product_viewed", email="gil@example.net")
    c.person("guest_with_phone", 0)
    c.order("guest_with_phone", "2024-04-02T10:00:00+02:00", phone="+49 30 7654321")
    c.order("guest_with_phone", "2024-04-09T10:00:00+02:00", phone="49307654321")
    c.order(None, "2024-04-03T10:00:00+02:00", "nameless_guest")
    c.order(None, "2024-04-04T10:00:00+02:00", channel="store")
    c.person("only_in_orders", has_rows=False)
    c.order("only_in_orders", "2024-04-05T10:00:00+02:00")
    a = c.person("only_in_events", has_rows=False)
    c.event("only_in_events", "2024-04-05T10:00", "page_viewed", customer_id=a[0])
    c.person("only_in_refunds", has_rows=False)
    c.note("only_in_refunds", "2024-04-06T10:00:00+02:00", "12.50")
    c.person("registered_only")
    c.person("id_as_float", ["77001"])
    c.order("id_as_float", "2024-04-07T10:00:00+02:00", customer_id="77001.0")
    a = c.person("id_with_spaces")
    c.order("id_with_spaces", "2024-04-08T10:00:00+02:00", customer_id=f" {a[0]} ")
    c.person("customer_before_history", first_order_at="2021-05-04")
    c.order("customer_before_history", "2024-04-09T10:00:00+02:00", "known_before")
    c.person("first_order_same_day", first_order_at="2024-04-10")
    c.order("first_order_same_day", "2024-04-10T10:00:00+02:00", "known_same_day")

    for number in range(12):  # more than 10 accounts: the address merges nobody
        c.person(f"shared_email_{number:02}", email="office@club.example")
    c.order("shared_email_00", "2024-05-02T10:00:00+02:00")
    c.event(None, "2024-05-03T10:00", "page_viewed", email="office@club.example")
    for number in range(11):
        c.person(f"shared_phone_{number:02}", phone="+49 40 998877")
    a = c.person("ten_accounts_one_email", 10, email="crew@hut.example")
    c.order("ten_accounts_one_email", "2024-05-04T10:00:00+02:00", customer_id=a[9])
    c.person("fifty_guest_orders", 0)
    till = {"lines": (), "amount": "9.90", "channel": "store"}
    for number in range(51):  # more than 50 guest orders: the address is nobody's
        at = f"2024-{1 + number % 12:02}-{1 + number // 12:02}T12:00:00Z"
        c.order(None, at, email="till@store.example", **till)
        if number < 50:
            c.order("fifty_guest_orders", at, email="hut.warden@example.net", **till)
    c.person("phone_behind_shared_email", phone="+49 30 5550001")
    guest = {"customer_id": None, "email": "till@store.example", "phone": "+49(30)5550001"}
    c.order("phone_behind_shared_email", "2024-05-06T10:00:00+02:00", **guest)
    for kind, value, accounts, orders in (
        ("email", "office@club.example", 12, 0),
        ("email", "till@store.example", 0, 52),
        ("phone", "4940998877", 11, 0),
    ):
        found = {"kind": kind, "value": value, "accounts": accounts, "guest_orders": orders}
        c.shared.append(found)


def _cast_orders(c: _Cast) -> None:
    """Dates, currencies, discounts, refunds, invalid orders and credit notes."""
    who = "collector"
    c.person(who, created_at="2022-12-20T10:00:00+01:00")
    c.order(who, "2023-01-01T09:00:00+01:00", "first_day")
    c.order(who, "2024-12-31T23:30:00Z", "new_year_in_berlin")
    c.order(who, "2025-06-30T20:30:00-04:00", "evening_in_new_york", currency="USD")
    c.order(who, "2025-02-03", "date_only")
    c.order(who, "2025-02-03 23:30", "no_offset")
    c.order(who, "2025-12-31T23:30:00+01:00", "last_minute")
    c.order(who, "2025-03-09T12:00:00+01:00", "dollars_on_sunday", currency="USD")
    c.order(who, "2025-06-10T12:00:00+02:00", "krone", currency="NOK")
    c.order(who, "2025-06-11T12:00:00+02:00", "no_currency", currency=None)
    two = (("P105", "2", "39.95", "5.00", "74.90"), ("P106", "1", "20.00"))
    at = "2025-04-{:02}T12:00:00+02:00".format
    c.order(who, at(1), "discount_beyond_lines", two, discount_amount="8.00", currency="GBP")
    c.order(who, at(2), "discount_within_lines", two, discount_amount="2.00")
    c.order(who, at(3), "header_only", (), amount="80.00", discount_amount="10.00")
    c.order(who, at(4), "nothing_given", ())
    c.order(who, at(5), "lines_without_amount", (("P105", "3", None),), amount="25.00")
    c.order(who, at(6), "below_a_cent", (("P380", "7", "0.0475"),))
    c.order(who, at(7), "scientific_number", (("P380", "1.5e1", "2"),))
    c.order(who, at(8), "unlisted_product", (("P99999", "1", "5.00"),))
    late = "2025-05-02T12:00:00Z"
    c.order(who, at(9), "refunded_partly", two, ((late, "20.00"),))
    c.order(who, at(10), "refunded_fully", two, ((late, "94.90"),), status="refunded")
    c.order(who, at(11), "refunded_twice", two, ((late, "20.00"), (late, "10.00")))
    c.order(who, at(12), "refunded_before", two, (("2025-04-01T12:00:00Z", "7.00"),))
    c.order(who, at(13), "dollars_refunded", two, ((late, "33.33"),), currency="USD")
    c.order(who, at(14), "cancelled_and_refunded", two, ((late, "94.90"),), status="cancelled")
    c.order(who, at(15), "test_order", is_test="yes")
    c.order(who, at(16), "test_status", status="TEST")
    c.order(who, at(17), "american_spelling", status=" Canceled")
    c.note(who, late, "15.00")
    c.note(None, late, "4.00")
    c.person("staff", is_staff="true", email="staff@shop.example")
    c.order("staff", at(18), "staff_order")
    c.note("staff", late, "9.00")
    c.person("locked_in", lock_in="contract")
    for month in range(1, 7):
        c.order("locked_in", f"2025-{month:02}-15T12:00:00Z")


def _cast_deliveries(c: _Cast) -> None:
    """Keys that were delivered again; a broken newer row displaces nothing."""
    who = "deliveries"
    account = c.person(who)[0]
    at = "2025-05-{:02}T12:00:00+02:00".format
    row = c.order(who, at(1), "cancelled_later", status="cancelled")
    c.put("orders", "superseded", **row | {"status": "completed", "_loaded_at": "2025-05-01"})
    row = c.order(who, at(2), "completed_later")
    c.put("orders", "superseded", **row | {"status": "cancelled", "_loaded_at": "2025-05-02"})
    c.put("orders", "superseded", **row)
    row = c.order(who, at(3), "same_load_greatest_row")
    c.put("orders", "superseded", **row | {"status": "cancelled"})
    row = c.order(who, at(4), "broken_newer_row")
    c.put("orders", "negative", **row | {"amount": "-1", "_loaded_at": "2025-05-20"})
    c.order(who, at(5), "line_changed", ())
    line = c.line("P105", "9", "1")
    c.put("order_lines", "superseded", **line | {"quantity": "8", "_loaded_at": "2025-05-06"})
    line["_loaded_at"] = "2025-05-07"
    c.order(who, at(6), "refund_changed")
    refund = c.refund(at(8), "3.00", _loaded_at="2025-05-19")
    c.put("refunds", "superseded", **refund | {"amount": "30.00", "_loaded_at": "2025-05-09"})
    c.put("customers", "superseded", customer_id=account, country="AT", _loaded_at="2023-03-01")
    event = c.event(who, "2025-05-03T12:00", "page_viewed", customer_id=account)
    c.put("events", "superseded", **event)
    card = c.put("products", product_id="P990", name='Gift card, "any"', _loaded_at="2025-01-02")
    c.put("products", "superseded", **card | {"name": "Voucher", "_loaded_at": "2025-01-01"})
    c.put("fx_rates", "superseded", currency="USD", rate_date="2025-08-04", rate="0.01")


SILENT = "no act or signal"
SPEAKERS = [  # name, tier, reason, events
    ("lover_review", "lover", "product_reviewed",
     "2025-05-10T12:00 product_reviewed rating=4 text=Superb"),
    ("lover_share", "lover", "product_shared", "2025-05-11T12:00 product_shared"),
    ("lover_referral", "lover", "referral_sent",
     "2025-05-12T12:00 referral_sent email=gil@example.net"),
    ("lover_reference", "lover", "reference_given", "2025-05-13T12:00 reference_given"),
    ("lover_testimonial", "lover", "testimonial_given", "2025-05-14T12:00 testimonial_given"),
    ("lover_media", "lover", "media_featured", "2025-05-15T12:00 media_featured"),
    ("lover_community", "lover", "community_posted",
     "2025-05-16T12:00 community_posted; 2025-05-17T12:00 product_liked"),
    ("lover_latest_act", "lover", "product_shared",
     "2025-03-01T12:00 product_reviewed rating=5 text=Good; 2025-04-01T12:00 product_shared"),
    ("lover_first_day_inside", "lover", "product_shared", "2025-01-01T00:30 product_shared"),
    ("act_just_outside", "lurker", SILENT, "2024-12-31T23:30 product_shared"),
    ("liker_like", "liker", "product_liked", "2025-05-18T12:00 product_liked"),
    ("liker_wishlist", "liker", "wishlist_added", "2025-05-19T12:00 wishlist_added"),
    ("liker_nps_9", "liker", "survey_answered",
     "2025-05-20T12:00 survey_answered topic=nps rating=9"),
    ("liker_review_without_text", "liker", "product_reviewed",
     "2025-05-21T12:00 product_reviewed rating=5"),
    ("liker_old_act", "liker", "product_liked",
     "2024-06-01T12:00 product_shared; 2025-05-22T12:00 product_liked"),
    ("nps_8", "lurker", SILENT, "2025-05-23T12:00 survey_answered topic=nps rating=8"),
    ("review_3", "lurker", SILENT, "2025-05-24T12:00 product_reviewed rating=3 text=Meh"),
    ("review_unrated", "lurker", SILENT, "2025-05-25T12:00 product_reviewed text=Lovely"),
    ("incentivised_review", "lurker", SILENT,
     "2025-05-26T12:00 product_reviewed rating=5 text=Paid is_incentivised=true"),
    ("bot_share", "lurker", SILENT, "2025-05-27T12:00 product_shared is_bot=true"),
    ("coupon_only", "lurker", SILENT, "2025-05-28T12:00 coupon_redeemed"),
    ("unknown_event_type", "lurker", SILENT, "2025-05-29T12:00 balloon_released"),
]  # fmt: skip


def _cast_advocacy(c: _Cast) -> None:
    """Who speaks for the shop, who likes it, and what does not count."""
    at = "2024-11-05T12:00:00Z"
    for name, tier, reason, events in SPEAKERS:
        account = c.person(name)[0]
        c.order(name, at)
        c.tiers[name] = (tier, reason)
        for event in events.split("; "):
            moment, kind, *cells = event.split(" ")
            c.event(name, moment, kind, customer_id=account, **_cells(" ".join(cells)))
    c.person("lover_conversion", referral_code="FRIEND-1")
    c.order("lover_conversion", at)
    c.person("referred_friend")
    c.person("self_referral", referral_code="SELF-1")
    for buyer, referrer, code, day, name in (
        ("referred_friend", "lover_conversion", "FRIEND-1", 5, "referred_order"),
        ("self_referral", "self_referral", "SELF-1", 6, "self_referred_order"),
    ):
        order = c.order(buyer, f"2025-06-{day:02}T12:00:00Z", name, referral_code=code)
        ids = {"customer_id": c.people[referrer]["accounts"][0], "order_id": order["order_id"]}
        moment = f"2025-06-{day:02}T14:00"
        c.event(referrer, moment, "referral_converted", **ids, referral_code=code)
    c.tiers["lover_conversion"] = ("lover", "referral_converted")
    c.tiers["self_referral"] = ("lurker", SILENT)
    account = c.people["staff"]["accounts"][0]
    c.event("staff", "2025-06-07T12:00", "product_shared", customer_id=account)
    account = c.person("sharer_without_order")[0]
    c.event("sharer_without_order", "2025-06-08T12:00", "product_shared", customer_id=account)


HUNDRED = {"file_downloaded": 3, "video_watched": 3, "product_added": 2}
LEADS: list[tuple[str, int | None, str, list[dict[str, int]]]] = [  # events of each day
    ("lead_99", 99, "weak", [HUNDRED | {"product_added": 1, "product_viewed": 2}]),
    ("lead_100", 100, "medium", [HUNDRED]),
    ("lead_200", 200, "medium", [HUNDRED, HUNDRED]),
    ("lead_201", 201, "strong", [HUNDRED, HUNDRED, {"page_viewed": 1}]),
    ("lead_capped", 10, "weak", [{"page_viewed": 15}]),
    ("lead_taken_back", 0, "weak", [{"newsletter_subscribed": 1}, {"newsletter_unsubscribed": 1}]),
    ("lead_negative", -20, "weak", [{"newsletter_unsubscribed": 1}]),
    ("lead_unscored", None, "unscored", [{"campaign_received": 1}]),
]


def _cast_visitors(c: _Cast) -> None:
    """Leads with and without a name, shared devices, bots."""
    for (name, score, band, days), suffix in itertools.product(LEADS, ("", "_customer")):
        who = name + suffix if suffix else None
        ids = {"customer_id": c.person(who)[0]} if who else {"anonymous_id": f"d-{name}"}
        for day, kinds in enumerate(days, 1):
            for minute, (kind, times) in enumerate(kinds.items()):
                c.event(who, f"2025-11-{day:02}T12:{minute:02}", kind, times, **ids)
        c.leads.append({"name": name + suffix} | ids | {"raw_score": score, "band": band})

    # two people share a tablet: unnamed events belong to who was named last, else to the first
    anna, ben = c.person("tablet_anna")[0], c.person("tablet_ben")[0]
    for day, owner, named in (
        (5, "tablet_anna", None), (6, "tablet_anna", anna), (7, "tablet_anna", None),
        (8, "tablet_ben", ben), (9, "tablet_ben", None), (11, "tablet_ben", None),
    ):  # fmt: skip
        ids = {"anonymous_id": "d-tablet"} | ({"customer_id": named} if named else {})
        c.event(owner, f"2025-03-{day:02}T12:00", "page_viewed", **ids)
    bot = {"anonymous_id": "d-tablet", "customer_id": anna, "is_bot": "true"}
    c.event("tablet_anna", "2025-03-10T12:00", "page_viewed", **bot)  # names nobody
    c.order("tablet_ben", "2025-03-08T12:30:00+01:00")
    for device, people, owner in (("d-kiosk", 11, None), ("d-terminal", 10, "shared_phone_09")):
        for number in range(people):  # named as 11 people is too many to stitch, 10 is not
            named = f"shared_phone_{number:02}"
            ids = {"anonymous_id": device, "customer_id": c.people[named]["accounts"][0]}
            c.event(named, f"2025-07-{1 + number:02}T12:00", "page_viewed", **ids)
        c.event(owner, "2025-07-20T12:00", "product_viewed", anonymous_id=device)
    c.event(None, "2025-07-21T12:00", "product_viewed", 5, anonymous_id="d-bot", is_bot="true")
    stranger = {"anonymous_id": "d-stranger", "email": "who@example.net"}
    c.event(None, "2025-07-22T12:00", "form_submitted", **stranger, properties='{"form":"quote"}')


FAULTS = {  # table: (key, good cells, each row's reason and broken cells)
    "orders": ("order_id", "ordered_at=2025-08-02T12:00:00Z amount=50.00 currency=EUR", [
        "unparsable ordered_at=31.02.2025", "unparsable ordered_at=2025-02-30",
        "unparsable amount=1,234.56", "unparsable amount=abc", "unparsable is_test=maybe",
        "impossible ordered_at=2099-06-01T10:00:00Z", "impossible ordered_at=1970-01-01",
        "negative amount=-49.90", "too_large amount=2000000000000", "missing order_id=",
        "missing ordered_at=", "no_rate currency=CHF", "no_rate currency=CHF order_id=S0001",
        "no_rate currency=NOK ordered_at=2025-06-01T10:00:00Z"]),
    "order_lines": ("line_id", "order_id=S1001 product_id=P105 quantity=1 unit_price=5.00", [
        "unparsable quantity=abc", "unparsable unit_price=1,234.56", "negative quantity=-1",
        "negative unit_price=-5.00", "negative amount=-0.01", "missing line_id=",
        "missing order_id=", "unknown_order order_id=S9999", "unknown_order order_id=S0001"]),
    "refunds": ("refund_id", "refunded_at=2025-08-02T12:00:00Z amount=5.00 order_id=S1001", [
        "unparsable amount=abc", "unparsable refunded_at=yesterday", "missing refund_id=",
        "impossible refunded_at=2099-01-01", "negative amount=-5.00", "missing amount=",
        "unknown_order order_id=S9999"]),
    "customers": ("city", "customer_id=K1001 created_at=2025-08-02T12:00:00Z", [
        "missing customer_id=", "unparsable birth_date=n/a", "unparsable is_staff=perhaps",
        "impossible created_at=1970-01-01"]),
    "products": ("product_id", "brand=Karst", [
        "missing product_id=", "unparsable unit_cost=1,50"]),
    "events": ("event_id", "occurred_at=2025-08-02T12:00:00Z event_type=page_viewed", [
        "missing event_id=", "missing occurred_at=", "missing event_type=",
        "unparsable occurred_at=noon", "unparsable rating=five", "unparsable is_bot=perhaps",
        "impossible occurred_at=2099-01-01T00:00:00Z", "impossible occurred_at=1970-01-01"]),
    "identities": ("_loaded_at", "_loaded_at=2025-08-03 customer_id=K1001", ["missing same_as="]),
    "fx_rates": ("currency", "rate_date=2025-08-03 rate=0.9", [
        "missing currency=", "unparsable currency=USD rate=0,91", "negative currency=USD rate=-1"]),
}  # fmt: skip


def _cast_faults(c: _Cast) -> None:
    """Broken rows; those that a type cannot hold are left out of Parquet."""
    for table, (key, good, faults) in FAULTS.items():
        for number, fault in enumerate(faults):
            reason, cells = fault.split(" ", 1)
            row = {key: f"bad{number}"} | _cells(good) | _cells(cells)
            c.put(table, reason.replace("_", " "), **row)


# ---------------------------------------------------------------- the truth


class _Truth:
    """Adds up what the files mean, block by block. Amounts in 1/10,000 EUR."""

    def __init__(self) -> None:
        self.fates: dict[str, Counter[str]] = {table: Counter() for table in TABLES}
        self.money: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.tiers: Counter[str] = Counter()
        self.classes = {name: Counter() for name in ("new", "returning", "unattributed")}
        self.months = np.zeros(36, np.int64)

    def add_orders(
        self, settled: Columns, day: np.ndarray, valid: np.ndarray, classes: np.ndarray
    ) -> None:
        """Orders with class 0 new, 1 returning, 2 unattributed; only valid ones have amounts."""
        for name, units in settled.items():
            self.money[name] += int(units[valid].sum())
        for number, name in enumerate(self.classes):
            rows = valid & (classes == number)
            self.classes[name]["orders"] += int(rows.sum())
            self.classes[name]["net"] += int(settled["net"][rows].sum())
        month = (day + np.datetime64(EPOCH, "D")).astype("datetime64[M]")
        month = (month - np.datetime64(START, "M")).astype(int)
        np.add.at(self.months, month[valid], settled["net"][valid])
        self.counts["valid_orders"] += int(valid.sum())
        self.counts["unattributed_orders"] += int((classes == 2).sum())

    def add_block(
        self, people: Columns, orders: Columns, settled: Columns, notes: Columns, events: Columns
    ) -> None:
        """What a block of the crowd comes to: persons, orders, credit notes, events, tiers."""
        person, named, staff = orders["person"], people["kind"] != NAMELESS, people["is_staff"]
        valid = IS_VALID_STATUS[orders["status"]] & ~orders["is_test"] & ~staff[person]
        rows = np.flatnonzero(valid & named[person])
        buyers, first = np.unique(person[rows], return_index=True)  # orders are sorted by time
        first, known = rows[first], people["known_since"][buyers]
        classes = np.where(named[person], 1, 2)
        classes[first[(known == NONE) | (known >= orders["day"][first])]] = 0
        self.add_orders(settled, orders["day"], valid, classes)
        self.counts["persons"] += int(named.sum())
        self.counts["customers_with_valid_order"] += len(buyers)
        nobody = notes["person"] < 0
        self.money["credit_note"] += int(notes["amount"][nobody | ~staff[notes["person"]]].sum())
        self.money["unattributed_credit_note"] += int(notes["amount"][nobody].sum())

        who = np.where(events["account"] >= 0, events["account"], events["email"])
        stitched = np.unique(events["visitor"][(who >= 0) & (events["visitor"] >= 0)])
        identified = (who >= 0) | np.isin(events["visitor"], stitched)  # the crowd shares nothing
        self.counts["identified_events"] += int(identified.sum())
        counting = (_berlin_day(events["instant"]) > LAST_DAY - 365) & (who >= 0)
        counting &= events["is_incentivised"] == NONE
        review = (events["kind"] == KIND["product_reviewed"]) & (events["rating"] >= 4)
        promoter = (events["kind"] == KIND["survey_answered"]) & (events["rating"] >= 9)
        act = np.isin(events["kind"], ACTS) | (review & (events["text"] >= 0))
        signal = np.isin(events["kind"], SIGNALS) | review | promoter
        lovers = np.intersect1d(who[counting & act], buyers)
        likers = np.setdiff1d(np.intersect1d(who[counting & signal], buyers), lovers)
        lurkers = len(buyers) - len(lovers) - len(likers)
        self.tiers.update(lover=len(lovers), liker=len(likers), lurker=lurkers)

    def add_cast(self, cast: _Cast, world: _World) -> None:
        """What the cast comes to; leaves day, class and amounts with each planted order."""
        header = [order["row"] for order in cast.orders]
        stamps = [_parse("stamp", row["ordered_at"]) for row in header]
        instant = np.array([int(stamp.timestamp()) for stamp in stamps])
        is_date = np.array([len(row["ordered_at"]) == 10 for row in header])  # never shifted
        day = np.where(is_date, instant // DAY, _berlin_day(instant))
        currency = np.array([CURRENCIES.index(row["currency"] or "EUR") for row in header])

        def children(name: str, *columns: str) -> Columns:
            rows = [(n, *cells) for n, order in enumerate(cast.orders) for cells in order[name]]
            return dict(zip(("order", *columns), np.array(rows, np.int64).T, strict=True))

        orders = {
            "id": np.arange(len(header)),
            "rate": world.rate(currency, day),
            "has_lines": np.array([len(order["lines"]) > 0 for order in cast.orders]),
            "goods": np.array([_units(row.get("amount")) for row in header]),
            "discount": np.array([_units(row.get("discount_amount")) for row in header]),
        }
        lines = children("lines", "amount", "discount")
        settled = _settle(orders, lines, children("refunds", "amount"))
        buyers: set[str] = set()
        for n in np.lexsort([[row["order_id"] for row in header], instant]):
            order, person = cast.orders[n], cast.orders[n]["person"]
            is_first = order["is_valid"] and person not in buyers
            known = cast.people[person]["known"] if person else None
            is_new = is_first and not (known and known < str(EPOCH + timedelta(int(day[n]))))
            order["class"] = 2 if person is None else 0 if is_new else 1
            order["day"] = int(day[n])
            order["amounts"] = {name: int(units[n]) for name, units in settled.items()}
            if order["is_valid"] and person:
                buyers.add(person)
        valid = np.array([order["is_valid"] for order in cast.orders])
        self.add_orders(settled, day, valid, np.array([order["class"] for order in cast.orders]))
        self.counts["persons"] += len(cast.people)
        self.counts["customers_with_valid_order"] += len(buyers)
        self.counts["identified_events"] += cast.identified_events
        self.tiers.update(cast.tiers.get(person, ("lurker",))[0] for person in buyers)
        for person, amount in cast.notes:
            self.money["credit_note"] += amount
            self.money["unattributed_credit_note"] += 0 if person else amount

    def as_json(self, cast: _Cast) -> dict[str, Any]:
        """The truth as it stands in truth.json; amounts are texts with 4 decimals, in EUR."""

        def euros(amounts: dict[str, int]) -> dict[str, str]:
            return {f"{n}_amount": f"{Decimal(u) / UNIT:.4f}" for n, u in amounts.items()}

        kept = ("accepted", "superseded")
        rows = {}
        for table, fates in self.fates.items():
            reasons = {
                row_status: n for row_status, n in sorted(fates.items()) if row_status not in kept
            }
            rows[table] = {"raw": fates.total()} | {
                row_status: fates[row_status] for row_status in kept
            }
            rows[table] |= {"rejected": sum(reasons.values()), "reasons": reasons}
        persons = {
            name: {"accounts": sorted(person["accounts"]), "orders": []}
            for name, person in cast.people.items()
        }
        orders = {}
        for order in cast.orders:
            key = order["row"]["order_id"]
            if order["person"]:
                persons[order["person"]]["orders"].append(key)
            if order["name"]:
                orders[order["name"]] = {
                    "order_id": key,
                    "person": order["person"],
                    "business_date": str(EPOCH + timedelta(order["day"])),
                    "is_valid": order["is_valid"],
                    "order_class": list(self.classes)[order["class"]],
                } | euros(order["amounts"])
        ledger = {"ledger_net": self.money["net"] - self.money["credit_note"]}
        return {
            "as_of": str(END),
            "history_start": str(START),
            "timezone": "Europe/Berlin",
            "reporting_currency": "EUR",
            "rows": rows,
            "counts": dict(self.counts),
            "totals": euros(self.money | ledger),
            "order_classes": {
                name: {"orders": c["orders"]} | euros({"net": c["net"]})
                for name, c in self.classes.items()
            },
            "net_amount_by_month": {
                str(np.datetime64(START, "M") + n): f"{Decimal(int(units)) / UNIT:.4f}"
                for n, units in enumerate(self.months)
            },
            "advocacy_tiers": dict(sorted(self.tiers.items())),
            "planted_persons": persons,
            "planted_orders": orders,
            "planted_tiers": {
                name: {"customer_id": cast.people[name]["accounts"][0], "tier": tier}
                | {"tier_reason": reason}
                for name, (tier, reason) in cast.tiers.items()
            },
            "planted_leads": cast.leads,
            "planted_visitors": cast.visitors,
            "shared_contacts": cast.shared,
        }


# ---------------------------------------------------------------- the demo


def make_demo(
    folder: Path, customers: int, seed: int, file_format: str = "csv", progress: bool = True
) -> dict[str, Any]:
    """Write a demo shop's raw tables and truth.json into a folder; returns the truth.

    Args:
        folder: where `<table>.csv`, or `<table>/part-*.parquet`, go. Made if missing.
        customers: how many people shop, the planted ones among them (about 3.5 orders each).
        seed: same customers, seed and format give the same bytes.
        file_format: 'csv' or 'parquet'. Faults that only text can hold are left out of Parquet.
        progress: whether to show a progress bar.

    Raises:
        ValueError: the format is unknown, the seed negative, there are fewer customers than
            planted people, or the folder holds raw files that this call would not replace.
    """
    folder = Path(folder)
    cast = _Cast()
    for plant in (
        _cast_identity, _cast_orders, _cast_deliveries, _cast_advocacy, _cast_visitors, _cast_faults
    ):  # fmt: skip
        plant(cast)
    if file_format not in ("csv", "parquet"):
        raise ValueError(f"unknown file format {file_format!r}: choose csv or parquet")
    if customers < len(cast.people) or seed < 0:
        raise ValueError(f"customers must be at least {len(cast.people)}, and seed 0 or more")
    _check_folder(folder, file_format)
    folder.mkdir(parents=True, exist_ok=True)
    world, truth = _World(seed, customers), _Truth()
    with (
        TemporaryDirectory(dir=folder, prefix=".demo-") as draft,
        Progress(disable=not progress) as bar,
    ):
        writer = _Writer(Path(draft), file_format)
        task = bar.add_task("Making the demo shop", total=customers)
        for table, rows in (("products", _products(world)), ("fx_rates", _fx_rates(world))):
            writer.add(table, rows)
            truth.fates[table]["accepted"] += len(rows["rate" if table == "fx_rates" else "name"])
        planted = [p for p in cast.rows if file_format == "csv" or _is_typed(p[0], p[2])]
        for table in TABLES:
            writer.add_texts(table, [row for name, _, row in planted if name == table])
            truth.fates[table].update(
                row_status for name, row_status, _ in planted if name == table
            )
        truth.add_cast(cast, world)
        bar.advance(task, len(cast.people))
        next_id, crowd = dict(world.first_id), customers - len(cast.people)
        for block, first in enumerate(range(0, crowd, BLOCK)):
            size = min(BLOCK, crowd - first)
            rng = np.random.default_rng([seed, 1 + block])
            _make_block(rng, world, first, size, next_id, writer, truth)
            bar.advance(task, size)
        told = {"customers": customers, "seed": seed, "file_format": file_format}
        told |= truth.as_json(cast)
        text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
        (Path(draft) / "truth.json").write_text(text, encoding="utf-8")
        _put_in_place(Path(draft), folder)
    return told


def _make_block(
    rng: Rng,
    world: _World,
    first: int,
    size: int,
    next_id: dict[str, int],
    writer: _Writer,
    truth: _Truth,
) -> None:
    """Draw, write and account for the crowd's people number first to first + size."""
    people, visits = _people(rng, world, first, size)
    orders = _orders(rng, world, people, visits, next_id["O"])
    lines = _baskets(rng, world, people, orders)
    refunds, notes = _refunds(rng, orders), _credit_notes(rng, people)
    events = _events(rng, people, orders, lines)
    seconds, identities = _second_accounts(people)
    for table, (rows, superseded) in (
        ("customers", _customers(rng, people)),
        ("customers", (seconds, 0)),
        ("identities", (identities, 0)),
        ("orders", _order_rows(rng, people, orders)),
        ("order_lines", _line_rows(rng, orders, lines)),
        ("refunds", _refund_rows(rng, orders, refunds, notes, next_id["R"])),
        ("events", _event_rows(rng, people, orders, events, next_id["E"])),
    ):
        writer.add(table, rows)
        length = len(next(iter(rows.values())))
        truth.fates[table].update(accepted=length - superseded, superseded=superseded)
    truth.add_block(people, orders, _settle(orders, lines, refunds), notes, events)
    next_id["O"] += len(orders["id"])
    next_id["R"] += len(refunds["order"]) + len(notes["amount"])
    next_id["E"] += len(events["kind"])


PARTS = "part-[0-9][0-9][0-9][0-9][0-9].parquet"


def _check_folder(folder: Path, file_format: str) -> None:
    """Refuse a folder with raw files of the contract's tables that would stay beside ours."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file: choose a folder")
    for table in TABLES:
        for path in sorted([*folder.glob(f"{table}.*"), *folder.glob(f"{table}/**/*")]):
            ours = path == folder / f"{table}.csv"
            if file_format == "parquet":
                ours = path.parent == folder / table and path.match(PARTS)
            if path.suffix.lower() in (".csv", ".parquet") and not ours:
                raise ValueError(f"{path} is in the way: remove it or choose another folder")


def _put_in_place(draft: Path, folder: Path) -> None:
    """Move the finished files over older ones; no part of an older, larger shop stays."""
    for path in sorted(draft.rglob("*")):
        target = folder / path.relative_to(draft)
        if path.is_dir():
            target.mkdir(exist_ok=True)
            for part in target.glob(PARTS):
                part.unlink()
        else:
            path.replace(target)
