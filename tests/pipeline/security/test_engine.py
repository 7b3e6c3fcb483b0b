"""What the engine may do while a shop is built, and where the salt stands: nowhere."""

from __future__ import annotations

import hashlib
import os

import pytest
from conftest import MODELS_ONLY, PROJECT

from patronage.dbt import BuildError, dbt_environment, run_dbt

SALT = "s'a\"l\\t-of-46-Zürich"
ORDERS = "order_id,ordered_at,customer_id,email,amount\n1,2024-01-01,,ann@example.com,5\n"

# what a hostile name could try, if it ever became SQL
ATTEMPTS = {
    "read": "select * from read_text('/etc/passwd')",
    "list": "select * from glob('/etc/*')",
    "write": "copy (select 1) to '{folder}/written.csv'",
    "attach": "attach '{folder}/other.duckdb'",
    "unlock": "set enable_external_access = true",
    "out": "select * from read_text('{folder}/shop/../secret.txt')",
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_the_engine_has_the_rights_of_a_build_and_no_more(warehouse, shop, tmp_path, name):
    """A statement that got in somehow neither reads, writes nor opens what is no shop's file."""
    (tmp_path / "secret.txt").write_text("secret")
    data = shop(orders=ORDERS)
    assert data == tmp_path / "shop"
    project = copy_with(tmp_path, ATTEMPTS[name].format(folder=tmp_path))
    warehouse.monkeypatch.setenv("PATRONAGE_DATA", str(data))
    with dbt_environment(project), pytest.raises(BuildError, match=r"Permission|[Cc]onfiguration"):
        run_dbt(["run", "--select", "attempt"], project)
    assert not (tmp_path / "written.csv").exists()
    assert not (tmp_path / "other.duckdb").exists()


def test_the_engine_is_locked_where_the_files_are_not_read_again(warehouse, shop, tmp_path):
    """As in the second half of a build, and in `make try`."""
    warehouse.monkeypatch.setenv("PATRONAGE_DATA", str(shop(orders="no contract's header\n")))
    warehouse.monkeypatch.setenv("PATRONAGE_FILES_CHECKED", "yes")
    project = copy_with(tmp_path, ATTEMPTS["read"])
    with dbt_environment(project), pytest.raises(BuildError, match="Permission"):
        run_dbt(["run", "--select", "attempt"], project)


def copy_with(folder, sql):
    """The project's settings, contract and macros with one model that runs this SQL first."""
    project = folder / "project"
    (project / "models" / "staging").mkdir(parents=True)
    (project / "models" / "docs").mkdir()
    contract = ("models/staging/contract.yml", "models/docs/columns.md")
    for name in ("macros", "seeds", "profiles", "dbt_project.yml", *contract):
        (project / name).symlink_to(PROJECT / name)
    (project / "models" / "attempt.sql").write_text(f'{{{{ config(pre_hook="{sql}") }}}} select 1')
    return project


def test_no_file_holds_the_salt(warehouse, shop, tmp_path):
    """Neither compiled SQL nor manifest, parsed project or database; and the hash is right."""
    warehouse.monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(tmp_path / "warehouse"))
    warehouse.monkeypatch.setenv("PATRONAGE_SALT", SALT)
    warehouse.monkeypatch.setenv("PATRONAGE_DATA", str(shop(orders=ORDERS)))
    with dbt_environment(PROJECT):
        run_dbt(["build", *MODELS_ONLY, "--select", "+orders"], PROJECT)
    warehouse.folder = tmp_path / "warehouse"
    digest = hashlib.md5(f"{SALT}email:ann@example.com".encode()).hexdigest()
    assert warehouse.rows("select customer_key from core.orders") == [(f"files:{digest}",)]
    written = [file for file in warehouse.folder.rglob("*") if file.is_file()]
    assert {"manifest.json", "partial_parse.msgpack"} <= {file.name for file in written}
    for file in written:
        held = file.read_bytes()
        assert b"-of-46-Z" not in held, file


def test_private_files_are_their_owners(warehouse, shop, tmp_path):
    """Plain dbt under a careless umask: the database and dbt's own folder are nobody else's."""
    folder = tmp_path / "warehouse"
    warehouse.monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(folder))
    warehouse.monkeypatch.setenv("PATRONAGE_DATA", str(shop(orders=ORDERS)))
    before = os.umask(0)
    try:
        with dbt_environment(PROJECT):
            run_dbt(
                [
                    "build",
                    "--select",
                    "+stg_fx_rates",
                    "--exclude-resource-type",
                    "test",
                    "unit_test",
                ],
                PROJECT,
            )
    finally:
        os.umask(before)
    assert (folder / "build.duckdb").stat().st_mode & 0o777 == 0o600
    assert (folder / "target").stat().st_mode & 0o777 == 0o700
