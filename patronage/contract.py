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
    for table in yaml.load(text, Loader=yaml.CSafeLoader)["sources"][0]["tables"]:
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


def judged_rows(table: str) -> str:
    """Return a relation of every raw row of a table in a build file.

    The rows are typed, with row_status (accepted, superseded or rejected), reject_reason, raw_row.
    """
    return (
        "(select typed.* exclude (reject_reason, raw_row), "
        "coalesce(fates.row_status, 'accepted') as row_status, fates.reject_reason, fates.raw_row "
        f"from staging.base_{table} as typed "
        f"left join staging.quarantine_{table} as fates on typed.row_id = fates.row_id)"
    )
