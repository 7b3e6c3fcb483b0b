"""A source of one's own: its entry, and the draft of a system for files that none reads."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
import yaml
from conftest import ONLY_OF_THEM, PROJECT, STAGING, Warehouse, unset_settings
from test_systems import assert_sums

from patronage.cli import main
from patronage.dbt import BuildError, dbt_environment, run_dbt
from patronage.guess import form_of
from patronage.samples import raw_tables

OF_PROJECT = ("models", "macros", "seeds", "profiles", "analyses", "tests/data", "tests/generic")
OLIST = {  # a few of its nine files, with made-up rows: two orders of one person
    "olist_orders_dataset": "order_id,customer_id,order_status,order_purchase_timestamp,"
    "order_approved_at\no1,c1,delivered,2017-10-02 10:56:33,2017-10-02 11:07:15\n"
    "o2,c2,canceled,2017-11-02 10:56:33,\n",
    "olist_order_items_dataset": "order_id,order_item_id,product_id,seller_id,"
    "shipping_limit_date,price,freight_value\no1,1,p1,s1,2017-10-06 11:07:15,29.99,8.72\n"
    "o1,2,p1,s1,2017-10-06 11:07:15,29.99,8.72\no2,1,p2,s1,2017-11-06 11:07:15,5.00,8.72\n",
    "olist_customers_dataset": "customer_id,customer_unique_id,customer_zip_code_prefix,"
    "customer_city,customer_state\nc1,u1,14409,franca,SP\nc2,u1,14409,franca,SP\n",
    "olist_order_payments_dataset": "order_id,payment_sequential,payment_type,"
    "payment_installments,payment_value\no1,1,credit_card,8,77.42\n",
    "olist_products_dataset": "product_id,product_category_name,product_name_lenght\n"
    "p1,beleza_saude,40\np2,perfumaria,44\n",
}
WIDE = (
    "Bestellung;Datum;Kunde;Artikel;Menge;Preis\n"
    "B1;31.01.2024 23:30;Jörg Weiß;Kännchen;2;1.234,50\n"
    "B1;31.01.2024 23:30;Jörg Weiß;Tee;1;3,5\n"
    "B1;31.01.2024 23:30;Jörg Weiß;Tee;1;3,5\n"
    "B2;01.02.2024 8:05;Änne Öl;Tee;3;3,50\n"
)
HOSTILE = (  # names that are SQL, a template, reserved, of another script, equal
    "order,date,); drop table x; --,{{ no.such.name }},"
    "\U0001f4a5,group,Предмет,preis €,Preis,amount\n"
    '1,12/31/2010 8:26,x,y,z,A,b,"1,234.50",3,5\n'
)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project, into which drafts are written; parsed, as after a build."""
    copy = tmp_path_factory.mktemp("project")
    for name in OF_PROJECT:
        shutil.copytree(PROJECT / name, copy / name)
    shutil.copy(PROJECT / "dbt_project.yml", copy)
    with pytest.MonkeyPatch.context() as patch:
        unset_settings(patch)
        patch.setenv("PATRONAGE_WAREHOUSE", str(copy / "warehouse"))
        with dbt_environment(copy):
            run_dbt(["parse"], copy)
    return copy


@pytest.fixture
def init(project, monkeypatch, capfd):
    """Run `patronage init` in the copy; return its exit code, and what it has said."""
    unset_settings(monkeypatch)
    monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(project / "warehouse"))
    monkeypatch.chdir(project)

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["init", *map(str, arguments)])
        said = capfd.readouterr()
        return ended.value.code, said.out + said.err

    return run


def write(folder: Path, files: dict[str, str], encoding: str = "utf-8") -> Path:
    """Write files into a folder."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding=encoding)
    return folder


def test_what_cannot_be_made_a_source_is_one_line_and_writes_nothing(init, project, tmp_path):
    wide = write(tmp_path / "wide", {"sales.csv": WIDE})
    systems = {path.name for path in (project / "models/staging/systems").iterdir()}
    settings = (project / "dbt_project.yml").read_text()
    faults = {
        ("../x", wide): "a name has letters, digits, _ and - only",
        ("demo", wide): "the var sources has a source demo already",
        ("My-Shop", wide): "take lower-case letters",
        ("shop",): "name a folder of raw files, or a database with --attach",
        ("shop", wide, "--attach", "x.db"): "name a folder of raw files, or a database",
        ("shop", wide, "--system", "nobody"): "unknown system 'nobody'; known are files,",
        ("shop", wide, "--timezone", "Mars/X"): "unknown timezone 'Mars/X'",
        ("shop", write(tmp_path / "none", {})): "no files to read",
        (
            "shop",
            write(tmp_path / "ansi", {"a.csv": "Datum\n„5 €“\n"}, "cp1252"),
        ): "iconv -f CP1252",
        ("shop", "--attach", "mysql:host=h password=geheim"): "attach holds a password",
    }
    for arguments, line in faults.items():
        code, said = init(*arguments)
        assert (code, line in said, said.count("\n")) == (1, True, 1), said
    assert {path.name for path in (project / "models/staging/systems").iterdir()} == systems
    assert (project / "dbt_project.yml").read_text() == settings
    (project / "tests/systems/taken").mkdir(parents=True)
    assert "is there already: remove it, or take another name" in init("taken", wide)[1]
    assert not (project / "models/staging/systems/taken").exists()


def test_a_known_systems_source_is_an_entry_to_paste(init, project, tmp_path):
    settings = (project / "dbt_project.yml").read_text()
    code, said = init("My-Shop", PROJECT / "tests/systems/shopify_csv")
    assert code == 0
    (entry,) = [line.strip() for line in said.splitlines() if line.startswith("    - {")]
    path = str(PROJECT / "tests/systems/shopify_csv")
    assert yaml.safe_load(entry) == [{"name": "My-Shop", "system": "shopify_csv", "path": path}]
    assert (project / "dbt_project.yml").read_text() == settings
    database = tmp_path / "till'.sqlite"
    with sqlite3.connect(database) as connection:
        connection.execute("create table orders (order_id integer, ordered_at text)")
    code, said = init("till", "--attach", f"sqlite:{database}")
    assert code == 0
    (entry,) = [line.strip() for line in said.splitlines() if line.startswith("    - {")]
    right = {"name": "till", "system": "files", "attach": f"sqlite:{database}"}
    assert yaml.safe_load(entry) == [right]


def test_settings_that_cannot_be_added_to_stay_as_they_are(init, project, tmp_path):
    path = project / "dbt_project.yml"
    before = path.read_text()
    start, end = before.index("  sources:\n"), before.index("  # The business date")
    flow = before[:start] + "  sources: [{name: a, path: /a}]\n\n" + before[end:]
    try:
        path.write_text(flow)
        code, said = init("shop", PROJECT / "tests/systems/shopify_csv", "--write")
        assert code == 1
        assert "paste the lines" in said
        assert "- {name: shop, system: shopify_csv" in said
        assert path.read_text() == flow
    finally:
        path.write_text(before)


@pytest.mark.parametrize(
    ("values", "right"),
    [
        (["31.01.2024", "01.02.2024"], {"kind": "time", "order": "DD.MM.YYYY"}),
        (["12/1/2010 8:26", "12/31/2010 8:26"], {"kind": "time", "order": "MM/DD/YYYY"}),
        (["31/1/10", "1/2/10"], {"kind": "time", "order": "DD/MM/YY"}),
        (["1/2/2010"], {"kind": "time", "is_ambiguous": True}),
        (["2024-01-31 00:00:00", "2024-02-01 00:00:00"], {"kind": "time", "is_midnight": True}),
        (["1704448800"], {"kind": "time", "per_second": 1}),
        (["1.234,50", "3"], {"kind": "number", "has_comma": True}),
        (["1,234.50", "3"], {"kind": "number", "has_comma": False, "has_thousands": True}),
        (["12,50 €"], {"kind": "number", "has_comma": True, "has_currency": True}),
        (["ann@example.com", ""], {"kind": "email"}),
        (["Ann", "Ben"], {"kind": "text"}),
        (["", ""], {"kind": "empty"}),
    ],
)
def test_how_values_are_written_is_seen(values, right):
    assert form_of(values)._asdict().items() >= right.items()


def test_a_file_of_two_bytes_a_sign_is_named(tmp_path):
    folder = write(tmp_path / "utf16", {"a.csv": "Datum\n5\n"}, "utf-16")
    assert raw_tables(folder) == ([], ["a.csv: it is UTF-16: save it as CSV UTF-8"])


def test_an_unknown_encoding_or_delimiter_of_a_draft_is_one_line(warehouse, project, tmp_path):
    folder = project / "models/staging/systems/broken"
    folder.mkdir()
    try:
        (folder / "broken.yml").write_text(
            "sources:\n  - name: broken\n    tables:\n      - name: sales\n        config:"
            "\n          meta: {encoding: klingon}\n        columns: [{name: a}]\n"
        )
        data = write(tmp_path / "data", {"sales.csv": "a\n1\n"})
        source = {"name": "shop", "system": "broken", "path": str(data)}
        systems = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["systems"]
        variables = {"sources": [source], "systems": systems | {"broken": []}}
        asked = ["run-operation", "check_sources", "--vars", json.dumps(variables)]
        with (
            dbt_environment(project),
            pytest.raises(BuildError, match="unknown encoding 'klingon'"),
        ):
            run_dbt(asked, project)
    finally:
        shutil.rmtree(folder)


def test_drafts_of_unknown_files_build_as_they_are(init, project, tmp_path, monkeypatch):
    # the last one here: it writes into the settings, after which the whole copy is parsed anew
    olist = write(tmp_path / "olist", {f"{name}.csv": text for name, text in OLIST.items()})
    wide = write(tmp_path / "wide", {"Verkäufe 2024.csv": WIDE}, "latin-1")
    odd = write(tmp_path / "odd", {"sales {{ no.such.name }} 'x\".csv": HOSTILE})
    before = yaml.safe_load((project / "dbt_project.yml").read_text())
    said = {}
    for name, folder in (("olist", olist), ("wide", wide), ("odd", odd)):
        settings = ("--timezone", "Europe/Berlin", "--times", "local")
        code, said[name] = init(name, folder, "--write", *settings)
        assert code == 0, said[name]
    assert "olist_order_payments_dataset: not read" in said["olist"]
    after = yaml.safe_load((project / "dbt_project.yml").read_text())
    entries = after["vars"]["sources"][-3:]
    assert after["vars"]["sources"][:-3] == before["vars"]["sources"]
    assert after["vars"]["systems"].keys() - before["vars"]["systems"].keys() == {
        *("olist", "wide", "odd")
    }
    assert [entry["path"] for entry in entries] == [str(olist), str(wide), str(odd)]

    tests = project / "tests/systems"
    for path in [*tests.rglob("*"), *(project / "models/staging/systems/wide").iterdir()]:
        if path.is_file():  # nothing of the rows is in the repository
            text = path.read_bytes().decode("latin-1")
            assert not any(word in text for word in ("Jörg", "Kännchen", "franca", "29.99")), path
    sources = [
        *entries,
        *(
            {"name": f"{name}_test", "system": name, "path": str(tests / name)}
            for name in ("olist", "wide", "odd")
        ),
    ]
    built = Warehouse(tmp_path / "built", monkeypatch)
    unset_settings(monkeypatch)
    variables = json.dumps({"sources": sources, "reporting_currency": "EUR"})
    selection = ["--select", *STAGING, "+orders", "+refunds", "+reconciliation", *ONLY_OF_THEM]
    with dbt_environment(project):
        run_dbt(["build", *selection, "--exclude-resource-type", "test", "--exclude-resource-type",
                 "unit_test", "--vars", variables], project)  # fmt: skip
    orders = (
        "select source, order_id, cast(order_date as varchar), cast(gross_amount as double),"
        " is_valid, customer_key from core.orders where not ends_with(source, '_test')"
    )
    found = {row[1]: row[2:] for row in built.rows(orders)}
    assert found["B1"][:3] == ("2024-01-31", 2469 + 7, True)  # the shop's clock; equal lines count
    assert found["B2"][:3] == ("2024-02-01", 10.5, True)
    assert "jörg" not in found["B1"][3].lower()  # a name is no key
    assert found["o1"][:3] == ("2017-10-02", 59.98, True)
    assert found["o2"][2] is False
    assert found["o1"][3] == found["o2"][3]  # one person behind two ids
    assert found["1"][0] == "2010-12-31"
    assert len(found) == 5
    for name in ("olist", "wide", "odd"):
        expectation = yaml.safe_load((tests / name / "expected.yml").read_text())
        assert_sums(built, f"{name}_test", expectation)
