"""What people say to the shop beside buying: consents, requests, answers, and what they spend."""

from __future__ import annotations

import numpy as np

from patronage.demo.columns import NONE, UNIT, Columns, Rng, ids, join, pick, redeliver
from patronage.demo.people import ACCOUNT, GUEST_BY_EMAIL, NAMELESS
from patronage.demo.shop import CATEGORIES
from patronage.demo.times import DAY, FIRST_INSTANT, LAST_DAY, LAST_INSTANT, berlin_day

MINUTE = 60  # seconds
METHODS = ["form", "double_opt_in", "checkout"]
TICKET_CHANNELS = ["email", "chat", "phone"]
TICKET_TOPICS = ["delivery", "defect", "sizing", "invoice", "return"]
SURVEYS = ["buyers", "passers-by"]
# Weeks in which customers were asked, one tenth of them each time.
WAVES = 10
REASONS = ["range", "quality", "price", "service"]
LEFT_FOR = ["price", "quality", "moved", "no_need"]
FOUND_BY = ["search", "friend", "magazine"]


def consent_rows(rng: Rng, people: Columns) -> Columns:
    """Rows of the consents file: who signs up may leave again, and some come back."""
    size = len(people["number"])
    by_email = people["has_email"] & (rng.random(size) < 0.28)
    by_guest = (people["kind"] == GUEST_BY_EMAIL) & (people["orders"] > 0)
    by_guest &= rng.random(size) < 0.25
    by_phone = people["has_phone"] & (rng.random(size) < 0.15)
    first = [np.flatnonzero(named) for named in (by_email, by_guest, by_phone)]
    way = np.repeat(np.arange(3), [len(who) for who in first])  # account, email, phone
    who = np.concatenate(first)
    leaves = np.flatnonzero(rng.random(len(who)) < 0.22)
    returns = leaves[rng.random(len(leaves)) < 0.15]
    rows = np.concatenate([np.arange(len(who)), leaves, returns])
    step = np.repeat(np.arange(3), [len(who), len(leaves), len(returns)])
    start = np.maximum(people["created"][who], FIRST_INSTANT)
    later = np.cumsum(rng.integers(1, 240 * DAY, (3, len(who))), axis=0)
    stated = start[rows] + np.where(step > 0, later[step, rows], 0)
    kept = stated <= LAST_INSTANT
    rows, step, stated = rows[kept], step[kept], stated[kept]
    who, way = who[rows], way[rows]
    is_sms = way == 2
    granted = step != 1
    return {
        "channel": pick(["email", "sms"], np.where(is_sms, 1, 0)),
        "purpose": pick(["marketing", "Marketing"], np.where(rng.random(len(who)) < 0.1, 1, 0)),
        "status": pick(["granted", "withdrawn"], np.where(granted, 0, 1)),
        "stated_at": stated,
        "customer_id": ids("C", np.where(way == 0, people["id"][who], NONE)),
        "email": pick(people["email"], np.where(way == 1, who, -1)),
        "phone": join("+49 1555 ", pick(people["phone"], np.where(is_sms, who, -1))),
        "method": pick(METHODS, np.where(granted, rng.integers(0, 3, len(who)), -1)),
        "proof": join("letter ", ids("L", np.where(granted & (way == 0), who, -1))),
        "_loaded_at": berlin_day(stated) + 1,
    }


def ticket_rows(
    rng: Rng, people: Columns, orders: Columns, lines: Columns, first_id: int
) -> tuple[Columns, int]:
    """Rows of the service_tickets file with older states, and how many of them fall away."""
    count = len(orders["id"])
    order = np.flatnonzero(rng.random(count) < 0.06)
    opened = orders["instant"][order] + rng.integers(DAY // 4, 20 * DAY, len(order))
    order, opened = order[opened <= LAST_INSTANT], opened[opened <= LAST_INSTANT]
    size = len(order)
    proactive = rng.random(size) < 0.06
    complaint = ~proactive & (rng.random(size) < 0.3)
    response = opened + (rng.lognormal(4.6, 1.1, size) * MINUTE).astype(np.int64) + 1
    resolved = response + (rng.lognormal(2.2, 1.2, size) * 3600).astype(np.int64)
    happy = np.clip(np.round(rng.normal(np.where(complaint, 2.7, 4.2), 1)), 1, 5)
    told = (rng.random(size) < 0.45) & ~proactive & (resolved <= LAST_INSTANT)
    person = orders["person"][order]
    kind = people["kind"][person]
    first_line = np.full(count, -1)
    first_line[lines["order"][::-1]] = lines["product"][::-1]
    product = np.where(rng.random(size) < 0.5, first_line[order], -1)
    rows, is_older, superseded = redeliver(rng, size, 0.01, 0.1)
    only_order = (rng.random(size) < 0.1) | (kind == NAMELESS)
    topic, channel = rng.integers(0, len(TICKET_TOPICS), size), rng.integers(0, 3, size)

    def by_now(instant: np.ndarray) -> np.ndarray:
        return np.where(is_older | (instant[rows] > LAST_INSTANT), NONE, instant[rows])

    return {
        "ticket_id": ids("T", first_id + rows),
        "opened_at": opened[rows],
        "customer_id": ids("C", np.where(only_order, NONE, people["id"][person])[rows]),
        "email": pick(
            people["email"],
            np.where((kind == GUEST_BY_EMAIL) & ~only_order, person, -1)[rows],
        ),
        "channel": pick(TICKET_CHANNELS, channel[rows]),
        "topic": pick(TICKET_TOPICS, topic[rows]),
        "order_id": ids("O", orders["id"][order][rows]),
        "product_id": ids("P", np.where(product < 0, -1, 100 + product)[rows]),
        "first_response_at": by_now(response),
        "resolved_at": by_now(resolved),
        "is_proactive": np.where(proactive, 1, 0)[rows],
        "is_complaint": np.where(complaint, 1, 0)[rows],
        "satisfaction": np.where(told[rows] & ~is_older, happy[rows], NONE),
        "_loaded_at": berlin_day(opened[rows]) + np.where(is_older, 1, 40),
    }, superseded


def survey_start(survey: np.ndarray) -> np.ndarray:
    """Instants at which the surveys began, in the last autumn: a wave a week, then passers-by."""
    began = np.where(survey < WAVES, 7 * survey - 90, -60)
    return LAST_INSTANT + 1 + began * DAY + 9 * 3600


def survey_rows() -> Columns:
    """Rows of the surveys file: customers are asked in weekly waves, whoever comes by once."""
    surveys = np.arange(WAVES + 1)
    is_of_visitors = surveys == WAVES
    start = survey_start(surveys)
    return {
        "survey_id": ids("sv", surveys + 1),
        "name": pick(SURVEYS, is_of_visitors * 1),
        "kind": pick(["customers", "visitors"], is_of_visitors * 1),
        "started_at": start,
        "ended_at": start + np.where(is_of_visitors, 30, 7) * DAY,
        "invited": np.where(is_of_visitors, NONE, 600 // WAVES),
        "_loaded_at": np.full(len(surveys), LAST_DAY - 20),
    }


def answer_rows(rng: Rng, people: Columns) -> Columns:
    """Rows of the survey_answers file: scores and reasons, of which one may give several."""
    size = len(people["number"])
    asked = (people["kind"] == ACCOUNT) & (people["orders"] > 0) & (rng.random(size) < 0.16)
    passing = rng.random(size) < 0.08
    who = np.flatnonzero(asked)
    away = who[rng.random(len(who)) < 0.3]  # they say why they no longer come
    second = who[rng.random(len(who)) < 0.25]
    strangers = np.flatnonzero(passing)
    fond = who[people["number"][who] % 3 == 0]  # they say what they want to read of
    parts = [who, who, second, away, strangers, fond]
    question = np.repeat(np.arange(6), [len(part) for part in parts])
    person = np.concatenate(parts)
    code = rng.integers(0, 4, (2, size))
    code[1] = (code[0] + 1 + code[1] % 3) % 4  # never the same reason twice
    score = np.minimum(rng.binomial(12, 0.68, size), 10)
    pool = [*map(str, range(11)), *REASONS, *LEFT_FOR, *FOUND_BY, *CATEGORIES]
    answer = np.select(
        [question == one for one in range(6)],
        [score[person], 11 + code[0][person], 11 + code[1][person], 15 + code[0][person],
         19 + code[0][person] % 3, 22 + people["taste"][person]],
    )  # fmt: skip
    is_stranger = question == 4
    survey = np.where(is_stranger, WAVES, people["number"][person] % WAVES)
    at = survey_start(survey) + rng.integers(0, 6 * DAY, size)[person]
    return {
        "survey_id": ids("sv", survey + 1),
        "respondent_id": ids("r", people["number"][person] * 2 + is_stranger),
        "question_id": pick(
            ["nps", "why_here", "why_here", "leave_reason", "found_by", "preference"], question
        ),
        "answered_at": at,
        "customer_id": ids("C", np.where(is_stranger, NONE, people["id"][person])),
        "answer": pick(pool, answer),
        "text": pick(["More colours"], np.where((question == 0) & (score[person] < 5), 0, -1)),
        "_loaded_at": berlin_day(at) + 1,
    }  # fmt: skip


def category_spend_rows(rng: Rng, people: Columns) -> Columns:
    """Rows of the category_spend file: what some told of a year in the category they like."""
    told = people["has_row"] & (people["orders"] > 0) & (rng.random(len(people["number"])) < 0.07)
    who = np.flatnonzero(told)
    brands = rng.integers(2, 7, len(who))
    rank = np.minimum(rng.integers(2, 7, len(who)), 2 * brands)  # in halves: 1, 1.5, 2, …
    knows_rank = rng.random(len(who)) < 0.7
    return {
        "category": pick(list(CATEGORIES), people["taste"][who]),
        "year": pick(["2024", "2025"], rng.integers(0, 2, len(who))),
        "customer_id": ids("C", people["id"][who]),
        "total_amount": rng.integers(20, 900, len(who)) * UNIT,
        "currency": pick(["EUR"], np.zeros(len(who), np.int64)),
        "own_rank": np.where(knows_rank, rank * UNIT // 2, NONE),
        "brands": np.where(knows_rank, brands, NONE),
        "_loaded_at": np.full(len(who), LAST_DAY),
    }
