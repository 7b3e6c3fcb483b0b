"""Another project that installs this one as a package (tests/package), as docs/package.md tells."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from conftest import PROJECT, unset_settings
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult

OFF = {"+enabled": False}


class Retailer:
    """A copy of the project, at work in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Copy the project, and install Patronage from this one's folder."""
        self.folder = folder
        shutil.copytree(PROJECT / "tests/package", folder)
        self.change("packages.yml", {"packages": [{"local": str(PROJECT)}]})
        self.dbt("deps")

    def settings(self, file: str = "dbt_project.yml") -> dict[str, Any]:
        """What a file of the project sets."""
        return yaml.safe_load((self.folder / file).read_text())

    def change(self, file: str, settings: dict[str, Any]) -> None:
        """Set it anew."""
        (self.folder / file).write_text(yaml.safe_dump(settings))

    def switch_off(self, *subjects: str) -> None:
        """Build all subjects but these."""
        project = self.settings()
        project["models"]["patronage"]["marts"] = dict.fromkeys(subjects, OFF)
        self.change("dbt_project.yml", project)

    def dbt(self, command: str, *options: str) -> dbtRunnerResult:
        """Run dbt on it, where every warning is an error."""
        folders = ["--project-dir", str(self.folder), "--profiles-dir", str(self.folder)]
        quiet = ["--log-level", "none", "--log-level-file", "none", "--no-print", "--warn-error"]
        try:
            return dbtRunner().invoke([command, *options, *folders, *quiet])
        finally:
            DuckDBConnectionManager.close_all_connections()

    def manifest(self) -> dict[str, Any]:
        """What dbt has made of it."""
        return json.loads((self.folder / "target/manifest.json").read_text())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query on what was built."""
        with duckdb.connect(str(self.folder / "retailer.duckdb"), read_only=True) as database:
            return database.sql(sql).fetchall()


@pytest.fixture
def retailer(tmp_path, monkeypatch) -> Retailer:
    unset_settings(monkeypatch)
    monkeypatch.setenv("PATRONAGE_SALT", "pepper")
    for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH", "PATRONAGE_WAREHOUSE"):
        monkeypatch.delenv(name, raising=False)
    project = Retailer(tmp_path / "retailer")
    monkeypatch.chdir(project.folder)  # where dbt is called from, as its paths tell
    return project


def test_a_package_is_built_within_another_project(retailer):
    built = retailer.dbt("build")
    assert built.success, [one.message for one in built.result if str(one.status) != "pass"]

    # schemas are named as that project names them; what is switched off is not there
    schemas = retailer.rows("select distinct table_schema from information_schema.tables")
    found = {schema for (schema,) in schemas}
    assert {"patronage_core", "patronage_profile", "patronage_audiences", "retail"} <= found
    assert not any(name.endswith(("advocacy", "service", "campaigns")) for name in found)
    assert "core" not in found

    # its own vars and sources, a column of its own in the profile, which its own audience reads
    profiles = retailer.rows(
        "select club_level, is_club_member, orders_12m, advocacy_tier from "
        "patronage_profile.customer_profile where customer_key = 'retailer:C1'"
    )
    assert profiles == [("gold", True, 3, None)]
    members = "from patronage_audiences.audience_members select customer_key"
    assert retailer.rows(f"{members} where audience = 'club'") == [("retailer:C1",)]
    # a mart of its own: rare texts are other; O5 is cancelled, O8 has no amount that can be read
    assert retailer.rows("from retail.orders_by_channel") == [("other", 6, 185.5)]
    # 40 minutes between two events are one visit, as its var says
    assert retailer.rows("select count(*) from patronage_core.sessions") == [(2,)]
    # its own model of the same name is not in the way; its engine is not locked
    assert retailer.rows("from retail.customers") == [("O1", "gold")]

    # the others that may be switched off, on what is built; advocacy is there again
    retailer.switch_off("engagement", "cross_sell", "scenarios", "service", "campaigns")
    readers = ["patronage.marts.advocacy", "int_standings", "customer_profile+", "int_moments+"]
    built = retailer.dbt("build", "--select", *readers)
    assert built.success, [one.message for one in built.result if str(one.status) != "pass"]
    told = "engagement_level, lead_band, loyalty_score, advocacy_tier"
    where = "where customer_key = 'retailer:C1'"
    found = retailer.rows(f"select {told} from patronage_profile.customer_profile {where}")
    assert found == [(None, None, None, "lurker")]


def test_what_a_project_has_to_give_is_told_at_once(retailer):
    project, profile = retailer.settings(), retailer.settings("profiles.yml")
    del project["flags"]["require_ref_searches_node_package_before_root"]
    del project["vars"]["patronage"]["sources"]
    del profile["retailer"]["outputs"]["dev"]["plugins"]
    retailer.change("dbt_project.yml", project)
    retailer.change("profiles.yml", profile)
    shutil.rmtree(retailer.folder / "macros")
    retailer.switch_off("profile", "audiences")  # which go together

    said: list[str] = []

    def follow(event: Any) -> None:
        said.append(event.info.msg)

    folders = ["--project-dir", str(retailer.folder), "--profiles-dir", str(retailer.folder)]
    try:
        options = ["--select", "club_members", "--log-level", "none", "--log-level-file", "none"]
        outcome = dbtRunner(callbacks=[follow]).invoke(["run", *options, *folders])
    finally:
        DuckDBConnectionManager.close_all_connections()
    assert not outcome.success
    text = "\n".join(said)
    assert "the model customers of this project takes the place of Patronage's" in text
    assert "no shop is named" in text
    assert "plugins: [{module: patronage.engine}]" in text
    # without a naming of its own, dbt's
    schemas = {node["schema"] for node in retailer.manifest()["nodes"].values()}
    assert {"retail_core", "retail_lifecycle", "retail_scenarios"} <= schemas
