"""Who is to be written to, for the tool that does it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
import duckdb

from patronage.audience import (
    AudienceError,
    as_csv,
    people_of,
    rows_to_send,
    rows_withheld,
    sent_at,
    without_formulas,
    write_private,
)
from patronage.cli.terminal import errors, fail
from patronage.dbt import project_folder, warehouse_folder
from patronage.folder import FolderError, kind_of, umask
from patronage.publish import BUILD_FILE, readable
from patronage.salt import VARIABLE, SaltError, salted
from patronage.text import printable


@click.command()
@click.argument("name")
@click.option("--to", type=click.Path(path_type=Path), help="Write a file, for you alone.")
@click.option("--hashed", is_flag=True, help="SHA-256 of each address, and nothing else.")
@click.option("--withheld", is_flag=True, help="Who is held out instead, as events to deliver.")
@click.option("--campaign", help="With --withheld: the campaign_id of the events.")
@click.option("--at", help="With --withheld: when it was sent (default: now).")
@click.option("--source", help="With --withheld: the shop whose customer ids are meant.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--raw", is_flag=True, help="Keep what a spreadsheet would run as a formula.")
def audience(
    name: str,
    to: Path | None,
    hashed: bool,
    withheld: bool,
    campaign: str | None,
    at: str | None,
    source: str | None,
    force: bool,
    raw: bool,
) -> None:
    """Write who of an audience may be sent to, with the address that each has allowed to use.

    As CSV, of the last build: only who is included, with an address of their own. A phone number
    that says its country is written as +49301234567, any other as its digits. --withheld writes
    who was held out at random, as events campaign_withheld: delivered with the shop's other events
    they are what an effect is measured against.

    The file holds personal data. It is yours to delete, after an erasure at the latest.
    """
    if withheld and not campaign:
        fail("--withheld needs --campaign: the id of the campaign that they were held out of")
    if campaign and (campaign != campaign.strip() or not campaign.isprintable()):
        fail("--campaign must be an id as in the campaigns file, without blanks around it")
    if withheld and hashed:
        fail("--withheld and --hashed exclude each other: events name customers by their ids")
    if not withheld and (campaign or at or source):
        fail("--campaign, --at and --source belong to --withheld")
    warehouse = warehouse_folder(project_folder())
    build_file = warehouse / BUILD_FILE
    try:
        if kind_of(build_file) is None:
            fail(f"{build_file} is missing: run `patronage build` first")
        with salted(), umask():
            found, people = people_of(build_file, name, os.environ[VARIABLE], withheld, source)
        if withheld:
            rows = rows_withheld(found, people, campaign or "", sent_at(at))
        else:
            rows = rows_to_send(found, people, hashed)
        rows, formulas = (rows, 0) if raw else without_formulas(rows)
        text = as_csv(rows)
        if to:
            write_private(text, to, warehouse, force)
        else:
            shown = text.splitlines() if sys.stdout.isatty() else []
            click.echo("".join(f"{printable(line)}\n" for line in shown) or text, nl=False)
            sys.stdout.flush()
    except (AudienceError, FolderError, SaltError) as error:
        fail(str(error))
    except duckdb.Error as error:
        fail(readable(error, build_file))
    except OSError as error:
        fail(f"{to or 'the list'} cannot be written: {error.strerror}")
    written = len(rows) - 1
    errors.print(f"{name}: {written:,} of {len(people):,} people" + (f", in {to}" if to else ""))
    if formulas:
        errors.print(f"{formulas:,} left out, as a spreadsheet would run them: --raw keeps them")
    if missing := len(people) - written - formulas:
        errors.print(f"{missing:,} left out, without an address of their own that they allowed")
