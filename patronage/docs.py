"""The description of models and columns: dbt's own page, with nothing in it of a shop or a user."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from dbt.task.docs import DOCS_INDEX_FILE_PATH

from patronage.dbt import run_dbt
from patronage.folder import open_private
from patronage.pages import secured

PAGE = "static_index.html"
# compiled SQL names the data folder and its files; the rest tells who ran dbt, where and how
PRIVATE = {"compiled", "compiled_code", "compiled_path", "extra_ctes"}
PRIVATE |= {"root_path", "env", "user_id", "invocation_id"}


def write_docs(project: Path, target: Path) -> Path:
    """Write dbt's page with all that it shows into the target folder; return it.

    Types come from the build file, as far as something is built. Raises BuildError, OSError.
    """
    salt = os.environ.get("PATRONAGE_SALT")
    os.environ["PATRONAGE_SALT"] = ""  # no word of it, whatever dbt writes
    try:
        manifest = run_dbt(["parse"], project).result
        catalog = run_dbt(["docs", "generate", "--no-compile"], project, manifest=manifest).result
    finally:
        if salt is None:
            del os.environ["PATRONAGE_SALT"]
        else:
            os.environ["PATRONAGE_SALT"] = salt
    page = Path(DOCS_INDEX_FILE_PATH).read_text(encoding="utf-8")
    described = with_contract(manifest.writable_manifest().to_dict(omit_none=False))
    for name, shown in (("MANIFEST", described), ("CATALOG", catalog.to_dict(omit_none=False))):
        page = page.replace(f'"{name}.JSON INLINE DATA"', inline(shown))
    with open_private(target / PAGE) as file:
        file.write(secured(page, scripts="'unsafe-inline'"))
    return target / PAGE


def with_contract(manifest: dict[str, Any]) -> dict[str, Any]:
    """Describe in dbt's manifest the columns of the raw contract that staging passes on.

    They are written down once, in the contract: not with base_<table>, stg_<table> and
    <system>__<table> again. Changes the manifest, and returns it.
    """
    contract = {
        table["name"]: table["columns"]
        for table in manifest["sources"].values()
        if table["source_name"] == "raw"
    }
    for node in manifest["nodes"].values():
        passes_on = re.fullmatch(r"(?:base_|stg_|.+__)(.+)", node["name"])
        if passes_on and node["fqn"][1] == "staging":
            node["columns"] = {**contract.get(passes_on[1], {}), **node["columns"]}
    return manifest


def inline(found: Any) -> str:
    """Return JSON that can stand in a script of a page: no sign of it ends the script."""
    return json.dumps(public(found), default=str).replace("<", "\\u003c")


def public(found: Any) -> Any:
    """Return what dbt knows without what is private."""
    if isinstance(found, dict):
        return {key: public(value) for key, value in found.items() if key not in PRIVATE}
    return [*map(public, found)] if isinstance(found, list | tuple) else found
