"""The command line: each command, and how it ends where something is wrong."""

from __future__ import annotations

import click

from patronage.cli import audiences, builds, doors, metrics, reports, shops
from patronage.cli.terminal import Commands, Terminal
from patronage.environment import wrong_variable

__all__ = ["Terminal", "main"]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="patronage")
def main() -> None:
    """Build and publish a customer warehouse from a shop's raw orders and events."""
    if fault := wrong_variable():
        raise click.ClickException(fault)


for module in (audiences, builds, doors, metrics, reports, shops):
    for command in vars(module).values():
        if isinstance(command, click.Command):
            main.add_command(command)
