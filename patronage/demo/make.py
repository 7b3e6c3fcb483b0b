"""All of it: a folder of raw files, and their truth."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from rich.progress import Progress

from patronage.contract import contract_of
from patronage.dbt import project_folder
from patronage.demo.cast import Cast, plant_faults, planted
from patronage.demo.columns import Rng
from patronage.demo.events import draw_events, event_rows
from patronage.demo.many import plant_campers, plant_contacts, plant_devices, plant_leads
from patronage.demo.marketing import campaign_rows, follower_rows, market_rows, spend_rows
from patronage.demo.orders import (
    draw_baskets,
    draw_credit_notes,
    draw_orders,
    draw_refunds,
    line_rows,
    order_rows,
    refund_rows,
)
from patronage.demo.people import customer_rows, draw_people, second_accounts
from patronage.demo.shop import World, fx_rate_rows, product_rows
from patronage.demo.trial import add_trial
from patronage.demo.truth import truth_of
from patronage.demo.voices import (
    answer_rows,
    category_spend_rows,
    consent_rows,
    survey_rows,
    ticket_rows,
)
from patronage.demo.writer import Writer

BLOCK = 20_000  # people of the crowd drawn and written at once
NOT_MADE = ("erasures",)  # nobody of a made-up shop asks to be forgotten
PARTS = "part-[0-9][0-9][0-9][0-9][0-9].parquet"


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
            planted people, the folder holds raw files that this call would not replace, or the
            raw contract lacks a column that people fill.
        OSError: the folder cannot be written.
    """
    folder = Path(folder)
    tables = contract_of(project_folder())
    contract = {table: tables[table]["columns"] for table in tables if table not in NOT_MADE}
    cast = _whole_cast()
    if file_format not in ("csv", "parquet"):
        raise ValueError(f"unknown file format {file_format!r}: choose csv or parquet")
    if customers < len(cast.people) or seed < 0:
        raise ValueError(f"customers must be at least {len(cast.people)}, and seed 0 or more")
    _check_folder(folder, file_format, list(contract))
    folder.mkdir(parents=True, exist_ok=True)
    world = World(seed, customers)
    with (
        TemporaryDirectory(dir=folder, prefix=".demo-") as draft,
        Progress(disable=not progress) as bar,
    ):
        writer = Writer(Path(draft), file_format, contract)
        task = bar.add_task("Making the demo shop", total=customers)
        writer.add("products", product_rows(world))
        writer.add("fx_rates", fx_rate_rows(world))
        rng = np.random.default_rng([seed, 0, 1])
        writer.add("campaigns", campaign_rows(rng))
        writer.add("marketing_spend", *spend_rows(rng, world))
        writer.add("market_sizes", market_rows(rng))
        writer.add("follower_counts", follower_rows(rng))
        writer.add("surveys", survey_rows())
        for table in contract:
            writer.add_planted(table, cast.rows[table])
        bar.advance(task, len(cast.people))
        trial: Counter[str] = Counter(treated_customers=0, control_customers=0)
        next_id, crowd = dict(world.first_id), customers - len(cast.people)
        for block, first in enumerate(range(0, crowd, BLOCK)):
            size = min(BLOCK, crowd - first)
            rng = np.random.default_rng([seed, 1 + block])
            trial.update(_make_block(rng, world, first, size, next_id, writer))
            bar.advance(task, size)
        truth = {"customers": customers, "seed": seed, "file_format": file_format}
        truth |= truth_of(writer.fates, cast, trial)
        text = json.dumps(truth, indent=1, ensure_ascii=False) + "\n"
        (Path(draft) / "truth.json").write_text(text, encoding="utf-8")
        _put_in_place(Path(draft), folder)
    return truth


def _whole_cast() -> Cast:
    """Plant everybody; ids count on, so the order is part of the files."""
    cast = Cast()
    for part in (
        "identity", plant_contacts, "orders", "deliveries", "advocacy",
        plant_leads, "visitors", plant_devices, "foreign", "voices", plant_campers,
        "baskets", plant_faults, "campaigns", "audiences",
    ):  # fmt: skip
        if callable(part):
            part(cast)
            continue
        for entry in planted(part):
            cast.plant(entry)
    return cast


def _make_block(
    rng: Rng, world: World, first: int, size: int, next_id: dict[str, int], writer: Writer
) -> Counter[str]:
    """Draw and write the crowd's people number first to first + size; returns the trial's arms."""
    people, visits = draw_people(rng, world, first, size)
    orders = draw_orders(rng, people, visits, next_id["O"])
    lines = draw_baskets(rng, world, people, orders)
    refunds, notes = draw_refunds(rng, orders), draw_credit_notes(rng, people)
    events = draw_events(rng, people, orders, lines)
    seconds, identities = second_accounts(people)
    writer.add("customers", *customer_rows(rng, people))
    writer.add("customers", seconds)
    writer.add("identities", identities)
    writer.add("orders", *order_rows(rng, people, orders))
    writer.add("order_lines", *line_rows(rng, orders, lines))
    writer.add("refunds", *refund_rows(rng, orders, refunds, notes, next_id["R"]))
    writer.add("events", *event_rows(rng, people, orders, events, next_id["E"]))
    # what they say is drawn apart: what they buy does not hang on it
    rng = np.random.default_rng([world.seed, 1 + first // BLOCK, 1])
    writer.add("consents", consent_rows(rng, people))
    writer.add("service_tickets", *ticket_rows(rng, people, orders, lines, next_id["O"]))
    writer.add("survey_answers", answer_rows(rng, people))
    writer.add("category_spend", category_spend_rows(rng, people))
    rng = np.random.default_rng([world.seed, 1 + first // BLOCK, 2])
    arms = add_trial(rng, world, people, orders, writer)
    next_id["O"] += len(orders["id"])
    next_id["R"] += len(refunds["order"]) + len(notes["amount"])
    next_id["E"] += len(events["kind"])
    return arms


def _check_folder(folder: Path, file_format: str, tables: list[str]) -> None:
    """Refuse a folder with raw files of our tables that would stay beside ours."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file: choose a folder")
    for table in tables:
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
