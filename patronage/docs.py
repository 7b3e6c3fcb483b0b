"""The description of tables and columns: dbt's own page, with nothing in it of a shop or a user.

It is for readers of the published file: its tables, what they come from, metrics, and pages of the
report. Whoever works on the models sees the steps between, too.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from patronage.dbt import run_dbt
from patronage.environment import environment
from patronage.folder import open_private
from patronage.pages import secured
from patronage.publish import PUBLIC_FILE

PAGE = "static_index.html"
PUBLIC = PUBLIC_FILE.removesuffix(".duckdb")  # what a reader's connection calls the file
# compiled SQL names the data folder and its files; the rest tells who ran dbt, where and how
PRIVATE = {"compiled", "compiled_code", "compiled_path", "extra_ctes"}
PRIVATE |= {"root_path", "env", "user_id", "invocation_id"}


def write_docs(project: Path, target: Path, every_step: bool = False) -> Path:
    """Write dbt's page with all that it shows into the target folder; return it.

    With `every_step` it shows the private steps, macros and tests as well. Types come from the
    build file, as far as something is built. Raises BuildError, OSError.
    """
    from dbt.task.docs import DOCS_INDEX_FILE_PATH

    with environment({"PATRONAGE_SALT": ""}):  # no word of it, whatever dbt writes
        manifest = run_dbt(["parse"], project).result
        catalog = run_dbt(["docs", "generate", "--no-compile"], project, manifest=manifest).result
    page = mended(Path(DOCS_INDEX_FILE_PATH).read_text(encoding="utf-8"))
    described = with_contract(manifest.writable_manifest().to_dict(omit_none=False))
    typed = catalog.to_dict(omit_none=False)
    if not every_step:
        for_readers(described, typed)
    for name, shown in (("MANIFEST", described), ("CATALOG", typed)):
        page = page.replace(f'"{name}.JSON INLINE DATA"', inline(shown))
    with open_private(target / PAGE) as file:
        file.write(secured(page, scripts="'unsafe-inline'"))
    return target / PAGE


def mended(page: str) -> str:
    """Return dbt's page without what makes a browser look for files of impossible names.

    That is an icon that its makers forgot to put in, and addresses that stand there unread.
    """
    page = page.replace("${require('./assets/favicons/favicon.ico')}", "data:,")
    return page.replace(' xlink:href="{{', ' ng-attr-xlink:href="{{')


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


def for_readers(manifest: dict[str, Any], catalog: dict[str, Any]) -> None:
    """Leave in dbt's manifest and catalog what readers of the published file see.

    Tables go by their names there. What was made by a step that is not shown comes from what is
    shown before it. Changes the two.
    """
    nodes: dict[str, dict[str, Any]] = manifest["nodes"]
    above: dict[str, list[str]] = manifest["parent_map"]
    shown = {name for name, node in nodes.items() if is_shown(node, nodes)}
    for kind in ("exposures", "metrics", "semantic_models", "saved_queries"):
        shown |= set(manifest[kind])
    # of raw tables the contract; what systems export is mapped to it
    raw = {name: one for name, one in manifest["sources"].items() if one["source_name"] == "raw"}
    shown |= set(raw)
    parents = {name: sorted(shown_before(name, above, shown)) for name in sorted(shown)}
    children: dict[str, list[str]] = {name: [] for name in parents}
    for name, found in parents.items():
        for parent in found:
            children[parent].append(name)
    for name in nodes.keys() & shown:
        nodes[name]["depends_on"]["nodes"] = parents[name]
    manifest |= {
        "nodes": {name: node for name, node in nodes.items() if name in shown},
        "sources": raw,
        "parent_map": parents,
        "child_map": children,
        "unit_tests": {},
        "macros": {},
    }
    catalog["nodes"] = {name: one for name, one in catalog["nodes"].items() if name in shown}
    for name, node in manifest["nodes"].items():
        if node["resource_type"] != "model":
            continue
        node["database"] = PUBLIC
        node["relation_name"] = f'"{PUBLIC}"."{node["schema"]}"."{node["alias"]}"'
        kept = [column for column, one in node["columns"].items() if is_published(one)]
        node["columns"] = {column: node["columns"][column] for column in kept}
        if built := catalog["nodes"].get(name):
            built["metadata"]["database"] = PUBLIC
            found = built["columns"]
            built["columns"] = {column: found[column] for column in found if column in kept}


def is_shown(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> bool:
    """Whether a reader sees a node: a published table, what holds of its columns, a seed."""
    if node["resource_type"] == "model":
        return node["config"]["access"] == "public"
    if node["resource_type"] == "test":
        tested = nodes.get(node.get("attached_node") or "")
        return bool(node.get("test_metadata")) and bool(tested) and is_shown(tested, nodes)
    return node["resource_type"] == "seed"


def is_published(column: dict[str, Any]) -> bool:
    """Whether a column of a mart goes into the published file."""
    return column["config"]["meta"].get("published", True)


def shown_before(name: str, above: dict[str, list[str]], shown: set[str]) -> set[str]:
    """The nearest nodes before one that are shown; `above` are the parents of each."""
    found: set[str] = set()
    looked_at: set[str] = set()
    rest = list(above.get(name, []))
    while rest:
        one = rest.pop()
        if one in shown:
            found.add(one)
        elif one not in looked_at:
            looked_at.add(one)
            rest += above.get(one, [])
    return found


def inline(found: Any) -> str:
    """Return JSON that can stand in a script of a page: no sign of it ends the script."""
    return json.dumps(public(found), default=str).replace("<", "\\u003c")


def public(found: Any) -> Any:
    """Return what dbt knows without what is private."""
    if isinstance(found, dict):
        return {key: public(value) for key, value in found.items() if key not in PRIVATE}
    return [*map(public, found)] if isinstance(found, list | tuple) else found
