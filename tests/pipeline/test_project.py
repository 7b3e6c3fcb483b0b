"""What must hold of the dbt project itself, read from its manifest."""

from __future__ import annotations

import importlib
import json
import sys

import pytest
from conftest import PROJECT, parsed


@pytest.fixture(scope="module")
def manifest(warehouse_folder) -> dict:
    """The parsed project."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATRONAGE_WAREHOUSE", str(warehouse_folder))
        return json.loads(parsed()[1].read_text())


def models(manifest: dict) -> list[dict]:
    """The project's models."""
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def is_mart(node: dict) -> bool:
    """Whether a model is one of the marts."""
    return node["fqn"][1] == "marts" and "intermediate" not in node["fqn"]


def test_every_model_and_column_is_described(manifest):
    bare = [node["name"] for node in models(manifest) if not node["description"].strip()]
    bare += [
        f"{node['name']}.{name}"
        for node in models(manifest)
        for name, column in node["columns"].items()
        if not column["description"].strip()
    ]
    assert bare == []


def test_every_model_says_its_grain_and_stands_beside_its_yaml(manifest):
    for node in models(manifest):
        assert node["description"].startswith(("One row per", "One row:")), node["name"]
        assert node["patch_path"].endswith(node["original_file_path"].replace(".sql", ".yml"))


def test_documented_columns_exist_and_existing_columns_are_documented(manifest, demo):
    found: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in demo.rows(
        "select table_schema, table_name, column_name from information_schema.columns"
    ):
        found.setdefault((schema, table), set()).add(column)
    for node in models(manifest):
        assert found[node["schema"], node["name"]] == set(node["columns"]), node["name"]


def test_every_mart_is_public_with_a_contract_and_a_tested_primary_key(manifest):
    tested = set()
    for test in manifest["nodes"].values():
        metadata = test.get("test_metadata") or {}
        if metadata.get("name") == "grain":
            tested.add((test["attached_node"], tuple(metadata["kwargs"]["columns"])))
        elif metadata.get("name") == "row_count":  # stronger: there is no second row
            tested.add((test["attached_node"], ("as_of",)))
    marts = [node for node in models(manifest) if is_mart(node)]
    assert marts
    for node in marts:
        assert node["config"]["access"] == "public", node["name"]
        assert node["config"]["contract"]["enforced"], node["name"]
        assert (node["unique_id"], tuple(node["config"]["meta"]["primary_key"])) in tested


def test_only_marts_are_public(manifest):
    for node in models(manifest):
        assert is_mart(node) or node["config"]["access"] == "protected", node["name"]


ROOMS = ["core", "customer_share", "lifecycle", "engagement", "advocacy"]


def room(node: dict) -> str:
    """The room a model stands in: staging, core or a subject."""
    return node["fqn"][2] if node["fqn"][1] == "marts" else node["fqn"][1]


def test_a_room_reads_what_is_below_and_nobody_elses_steps(manifest):
    """Staging <- core <- subjects; of the subjects before it a room reads the marts alone."""
    order = ["staging", *ROOMS]
    for node in models(manifest):
        for parent_id in node["depends_on"]["nodes"]:
            parent = manifest["nodes"].get(parent_id)
            if not parent or parent["resource_type"] == "seed":
                continue
            step = f"{parent['name']} -> {node['name']}"
            assert order.index(room(parent)) <= order.index(room(node)), step
            if room(parent) not in ("staging", "core", room(node)):
                assert is_mart(parent), step


def test_events_are_judged_once(manifest):
    """Core.events says who did what up to as_of: only what it is made of reads the raw events."""
    makers = {"as_of", "int_visitors", "int_events"}
    for node in models(manifest):
        if "model.patronage.stg_events" in node["depends_on"]["nodes"]:
            folder = node["fqn"][-2]
            assert room(node) == "staging" or folder == "identity" or node["name"] in makers
        if "model.patronage.int_events" in node["depends_on"]["nodes"]:
            assert node["name"] in ("int_event_sessions", "int_common_values", "events")


def test_no_setting_is_without_a_reader(manifest):
    variables = (PROJECT / "dbt_project.yml").read_text().split("vars:")[1].split("\non-run")[0]
    names = [
        line.split(":")[0].strip()
        for line in variables.splitlines()
        if line.startswith("  ") and not line.startswith(("   ", "  #"))
    ]
    code = "".join(
        path.read_text()
        for folder in ("macros", "models", "tests/data", "tests/generic", "patronage")
        for path in (PROJECT / folder).rglob("*.*")
        if path.suffix in (".sql", ".py")
    ).replace('"', "'")
    assert names
    assert [name for name in names if f"'{name}'" not in code] == []


def test_every_mutation_still_has_its_line():
    """`make test-mutations` runs for half an hour: what it would break must be there."""
    sys.path.insert(0, str(PROJECT / "tests"))
    mutations = importlib.import_module("mutations").MUTATIONS
    gone = [
        one.name for one in mutations if one.path(PROJECT).read_text().count(one.old) != one.times
    ]
    assert gone == []
