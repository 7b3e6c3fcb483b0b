"""The raw contract, as the models know it."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any


def contract_of(project: Path) -> dict[str, dict[str, Any]]:
    """Return the raw contract as the models know it: the macro holds a plain literal."""
    macro = (project / "macros" / "contract" / "raw_contract.sql").read_text()
    found = re.search(r"return\((\{.*\})\) \}\}", macro, re.DOTALL)
    if not found:
        raise ValueError("macros/contract/raw_contract.sql holds no contract")
    return ast.literal_eval(found.group(1))
