"""The raw contract (models/staging/contract.yml), as the models know it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def contract_of(project: Path) -> dict[str, dict[str, Any]]:
    """Return each table's rules, as the macro raw_contract does; the YAML explains the words.

    Raises OSError, or yaml.YAMLError, where the project's contract cannot be read.
    """
    text = (project / "models" / "staging" / "contract.yml").read_text(encoding="utf-8")
    contract = {}
    for table in yaml.safe_load(text)["sources"][0]["tables"]:
        columns = {column["name"]: column["config"]["meta"] for column in table["columns"]}
        contract[table["name"]] = {
            "whose": [],
            **table["config"]["meta"],
            "columns": {name: meta["kind"] for name, meta in columns.items()},
            "dates": {name: meta["date"] for name, meta in columns.items() if "date" in meta},
            "on_erasure": {
                name: meta["on_erasure"] for name, meta in columns.items() if "on_erasure" in meta
            },
        }
    return contract
