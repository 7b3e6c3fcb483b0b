"""What must hold of the dbt project itself, read from its manifest."""

from __future__ import annotations

import functools
import importlib
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from statistics import median

import duckdb
import pytest
import yaml
from conftest import PROJECT, parsed
from dbt.cli.resolvers import default_profiles_dir

from patronage.contract import contract_of
from patronage.docs import for_readers, with_contract


@pytest.fixture(scope="module")
def manifest(warehouse_folder) -> dict:
    """The parsed project, the raw contract's columns described wherever staging passes them on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATRONAGE_WAREHOUSE", str(warehouse_folder))
        return with_contract(json.loads(parsed()[1].read_text()))


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


# a column's description is read alone, as a tooltip: it may not point to the one above it
# (a model's begins with its grain)
LEANING = re.compile(
    r"(These|Those|Their|They|The same|Such|Its|Both|Them)\b"
    r"|[^.:;]*\b(of|from|by|over|for|in) (these|those|them|both)\b"
    r"|[^.:;]*\b(these|those|the other) (customers|orders|visits|rows|events|recipients)\b"
    r"|[^.:;]*\b(among them|(a )?[a-z]+ of it)\b"
)


def test_published_descriptions_stand_alone(manifest):
    leaning = [
        f"{node['name']}.{name}: {text}"
        for node in models(manifest)
        if is_mart(node)
        for name, column in node["columns"].items()
        if LEANING.match(text := column["description"])
    ]
    assert leaning == []


def test_readers_see_the_published_tables_and_where_they_come_from():
    """Steps, tests of their own, macros and unpublished columns are left out; the way leads on."""
    described = json.loads(parsed()[1].read_text())
    orders = {"metadata": {"database": "build"}, "columns": {"net_amount": {}, "order_number": {}}}
    catalog = {"nodes": {"model.patronage.orders": orders, "model.patronage.int_as_of": {}}}
    marts = {node["unique_id"] for node in models(described) if is_mart(node)}
    for_readers(described, catalog)
    assert {node["unique_id"] for node in models(described)} == marts
    tests = [one for one in described["nodes"].values() if one["resource_type"] == "test"]
    assert len(tests) > 100
    assert {one["attached_node"] for one in tests if one["attached_node"][0] == "m"} == marts
    assert described["unit_tests"] == described["macros"] == {}
    # what a step made of orders and events comes from them
    above = described["parent_map"]["model.patronage.visit_conversion"]
    assert {"model.patronage.orders", "model.patronage.sessions"} <= set(above)
    assert "model.patronage.visit_conversion" in described["child_map"]["model.patronage.orders"]
    shown = described["nodes"]["model.patronage.orders"]
    assert shown["relation_name"] == '"patronage"."core"."orders"'
    assert "net_amount" in shown["columns"]
    assert "order_number" not in shown["columns"]
    built = {"metadata": {"database": "patronage"}, "columns": {"net_amount": {}}}
    assert catalog == {"nodes": {"model.patronage.orders": built}}


def test_the_overview_leads_to_every_table(manifest):
    """Room by room, in the words of the README."""
    text = manifest["docs"]["doc.patronage.__overview__"]["block_contents"]
    rooms = re.findall(r"(?m)^\| (\w+) \| (.+?) \| (\[.+) \|$", text)
    readme = dict(re.findall(r"(?m)^\| `(\w+)` \| (.+?) \|$", (PROJECT / "README.md").read_text()))
    assert [name for name, answers, _ in rooms if readme.get(name, answers) != answers] == []
    linked = [
        (name, *one)
        for name, _, tables in rooms
        for one in re.findall(r"\[(\w+)\]\(#!/model/(.+?)\)", tables)
    ]
    marts = [
        (node["schema"], node["alias"], node["unique_id"])
        for node in models(manifest)
        if is_mart(node)
    ]
    assert sorted(linked) == sorted(marts)
    assert set(re.findall(r"#!/model/([\w.]+)", text)) == {one for *_, one in marts}


def test_every_page_of_the_report_is_an_exposure_of_what_it_reads(manifest):
    """Of the tables that dbt makes: publishing adds the build log and the restatements."""
    made = {(node["schema"], node["alias"]): node["unique_id"] for node in models(manifest)}
    pages = {}
    for file in (PROJECT / "dashboards").glob("[0-9]*.yml"):
        page = yaml.safe_load(file.read_text())
        said = " ".join(
            " ".join([*part.get("columns", []), part.get("sql", "")])
            for part in (*page.get("kpis", []), *page.get("charts", []))
        )
        said += " " + " ".join(page.get("needs", []))
        reads = {made[one] for one in re.findall(r"\b([a-z_]+)\.([a-z_]+)", said) if one in made}
        name = file.stem.split("_", 1)[1]
        url = f"../report/index.html#{name}"
        pages[name] = (page["title"], page["lead"], url, sorted(reads))
    exposures = {
        one["name"]: (
            one["label"], one["description"], one["url"], sorted(one["depends_on"]["nodes"])
        )
        for one in manifest["exposures"].values()
    }  # fmt: skip
    assert exposures == pages
    assert all(not one["owner"]["email"] for one in manifest["exposures"].values())


def test_both_outputs_of_spark_give_a_session_the_same_settings():
    outputs = yaml.safe_load((PROJECT / "profiles.yml").read_text())["patronage"]["outputs"]
    own = outputs["spark"]["server_side_parameters"]
    behind = outputs["cluster"]["server_side_parameters"]
    taken = {name.removeprefix("set:hiveconf:"): value for name, value in behind.items()}
    assert taken.keys() & behind.keys() == set()  # a thrift server takes no others
    # to a session the adapter says so itself
    assert taken.pop("spark.sql.ansi.enabled") == "false"
    process = ("spark.sql.warehouse.dir", "spark.sql.catalogImplementation")
    assert taken == {
        name: value
        for name, value in own.items()
        if name.startswith(("spark.sql.", "spark.patronage.")) and name not in process
    }


def test_plain_dbt_finds_its_profile_in_the_projects_folder(monkeypatch):
    monkeypatch.chdir(PROJECT)
    found = default_profiles_dir() / "profiles.yml"
    assert found.resolve() == PROJECT / "profiles" / "profiles.yml"


@pytest.mark.parametrize(("kind", "later"), [("table", "view"), ("view", "table")])
def test_a_model_that_fails_leaves_its_old_rows(tmp_path, kind, later):
    """What takes its place may be of another kind."""
    profile = {"type": "duckdb", "path": str(tmp_path / "w.duckdb")}
    files = {
        "dbt_project.yml": {
            "name": "small",
            "profile": "small",
            "macro-paths": ["macros"],
            "flags": {"send_anonymous_usage_stats": False},
        },
        "profiles.yml": {"small": {"target": "a", "outputs": {"a": profile}}},
    }
    for name, content in files.items():
        (tmp_path / name).write_text(yaml.safe_dump(content))
    shutil.copytree(PROJECT / "macros/materializations", tmp_path / "macros")
    model = tmp_path / "models/things.sql"
    model.parent.mkdir()
    answers = []
    for made, body in (
        (kind, "select 1 as n"),
        (kind, "select n from nowhere"),
        (later, "select n from nowhere"),
        (later, "select 2 as n"),
    ):
        model.write_text(f"{{{{ config(materialized='{made}') }}}} {body}")
        folders = ["--project-dir", str(tmp_path), "--profiles-dir", str(tmp_path)]
        run = [sys.executable, "-m", "dbt.cli.main", "run", "--quiet", *folders]
        code = subprocess.run(run, cwd=tmp_path, capture_output=True).returncode
        with duckdb.connect(profile["path"], read_only=True) as database:
            answers.append((code, database.sql("from things").fetchall()))
    assert answers == [(0, [(1,)]), (1, [(1,)]), (1, [(1,)]), (0, [(2,)])]


PACKAGE = PROJECT / "docs/package.md"
# what others cannot do without: they go off only with all that read them, as told there
GROUND = {"core", "customer_share", "lifecycle"}
TOGETHER = {("audiences", "profile")}


def test_a_subject_can_be_switched_off_where_the_project_is_a_package(manifest):
    """What reads marts of another subject asks whether it is built (has_subjects, mart_of)."""
    subjects = {n["unique_id"]: n["fqn"][2] for n in models(manifest) if n["fqn"][1] == "marts"}
    unguarded = []
    readers: dict[str, set[str]] = {}  # of what nobody asks for before it is named
    for node in manifest["nodes"].values():
        own = subjects.get(node["unique_id"]) or subjects.get(node.get("attached_node"))
        parents = node["depends_on"].get("nodes", [])
        read = {parent: subjects[parent] for parent in parents if parent in subjects}
        read = {parent: subject for parent, subject in read.items() if subject != own}
        if own:
            for parent, subject in read.items():
                guard = f"mart_of('{subject}', '{parent.split('.')[2]}'"
                if subject not in GROUND and (own, subject) not in TOGETHER:
                    unguarded += [node["name"]] * (guard not in node["raw_code"])
                elif subject != "core":
                    readers.setdefault(subject, set()).add(own)
        elif named := sorted(set(read.values()) - {"core"}):
            guard = f"{{{{ config(enabled=has_subjects({named})) }}}}"
            begins = "".join(node["raw_code"].split()).startswith("".join(guard.split()))
            unguarded += [node["name"]] * (not begins)
    assert unguarded == []
    for known in readers.values():
        while more := set().union(*(readers.get(one, ()) for one in known)) - known:
            known |= more
    rows = re.findall(r"^\| `(\w+)` \| needs (.*) off, too \|$", PACKAGE.read_text(), re.MULTILINE)
    assert readers == {subject: set(re.findall(r"`(\w+)`", others)) for subject, others in rows}


def test_every_model_says_its_grain_and_stands_beside_its_yaml(manifest):
    """In staging the models of a table, or of a system, share the YAML of the folder's name.

    Where that would be long, the folder's sources have it, and the models, or one of them, its own.
    """
    for node in models(manifest):
        assert node["description"].startswith(("One row per", "One row:")), node["name"]
        path = PROJECT / node["original_file_path"]
        beside = path.with_suffix(".yml")
        if node["fqn"][1] == "staging" and not beside.exists():
            shared = [path.with_name(f"{path.parent.name}{end}.yml") for end in ("__models", "")]
            beside = next(file for file in shared if file.exists())
        assert node["patch_path"].endswith(f"//{beside.relative_to(PROJECT)}"), node["name"]


def test_a_contract_column_is_described_in_the_contract_alone():
    """But where a model makes something else of it: then it says what."""
    for path in (PROJECT / "models" / "staging").rglob("*/*.yml"):
        text = path.read_text()
        assert text.count("\n") <= 70, path.name
        if "systems" in path.parts:
            continue
        for model in yaml.safe_load(text).get("models", []):
            passes_on = re.fullmatch(r"(?:base_|stg_|.+__)(.+)", model["name"])
            contract = contract_of(PROJECT)[passes_on[1]]["columns"] if passes_on else {}
            again = [
                column["name"]
                for column in model["columns"]
                if column["name"] in contract and "doc(" in column["description"]
            ]
            assert again == [], model["name"]


def test_readers_are_offered_the_business_date_first(manifest):
    """Superset's default time of a table is its first column of a time: no instant in UTC."""
    times = {}
    for node in models(manifest):
        if is_mart(node) and room(node) == "core":
            columns = node["columns"].values()
            types = [column["data_type"] for column in columns]
            times[node["name"]] = [one for one in types if one in ("date", "timestamp")]
    instants_first = [name for name, kinds in times.items() if kinds[:1] == ["timestamp"]]
    assert times["orders"][0] == "date"
    assert instants_first == []


def test_documented_columns_exist_and_existing_columns_are_documented(manifest, demo):
    found: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in demo.rows(
        "select table_schema, table_name, column_name from information_schema.columns"
    ):
        found.setdefault((schema, table), set()).add(column)
    for node in models(manifest):
        if (
            node["config"]["materialized"] == "ephemeral"
        ):  # a system's: its columns are the contract's
            continue
        assert found[node["schema"], node["alias"]] == set(node["columns"]), node["name"]


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


ROOMS = [
    "core",
    "customer_share",
    "lifecycle",
    "engagement",
    "advocacy",
    "service",
    "cross_sell",
    "profile",
    "audiences",
    "campaigns",
    "scenarios",
    "bi",
]


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


def test_subjects_stand_on_core(manifest):
    """No subject reads what was accepted past core, which says who is who and what counts."""
    marts = {node["unique_id"]: room(node) for node in models(manifest) if is_mart(node)}
    subjects = [node for node in models(manifest) if room(node) not in ("staging", "core")]
    past, readers = [], 0
    for node in subjects:
        parents = node["depends_on"]["nodes"]
        past += [f"{node['name']} -> {one}" for one in parents if ".stg_" in one]
        readers += any(marts.get(one) == "core" and not one.endswith(".as_of") for one in parents)
    assert past == []
    assert readers >= 15


def test_the_house_stays_small():
    """A model is found in ten seconds and read in one look."""
    models = {path: path.read_text().count("\n") for path in (PROJECT / "models").rglob("*.sql")}
    code = {path: path.read_text().count("\n") for path in (PROJECT / "patronage").rglob("*.py")}
    folders = Counter(path.parent for path in models)
    assert [folder for folder, count in folders.items() if count > 12] == []
    assert [path for path, lines in models.items() if lines > 110] == []
    assert [path for path, lines in code.items() if lines > 350] == []
    # what only takes another's rows on has five lines at most
    assert median(lines for lines in models.values() if lines > 5) < 45


def test_a_claim_is_no_parameter(manifest):
    """What is said of shops in general is read where it is shown, and nowhere else."""
    readers = {
        node["name"]
        for node in models(manifest)
        if "seed.patronage.claims" in node["depends_on"]["nodes"]
    }
    assert readers == {"measured_claims"}
    assert not [
        node["name"]
        for node in models(manifest)
        if "model.patronage.measured_claims" in node["depends_on"]["nodes"]
    ]


def test_events_are_judged_once(manifest):
    """int_events says who did what up to as_of: what counts events reads it, not the raw ones.

    What people say of the shop takes texts from them, by the event's number.
    """
    makers = {"int_as_of", "int_visitors", "int_events", "int_event_texts", "reconciliation"}
    for node in models(manifest):
        reads = node["depends_on"]["nodes"]
        if "model.patronage.stg_events" in reads:
            takes_texts = "model.patronage.int_events" in reads
            made = node["name"] in makers or node["fqn"][-2] == "identity"
            assert room(node) == "staging" or made or takes_texts


def waits_for(manifest: dict, name: str) -> set[str]:
    """The names of all models that are built before a model is."""
    found, rest = set(), [f"model.patronage.{name}"]
    while rest:
        for parent in manifest["nodes"][rest.pop()]["depends_on"]["nodes"]:
            if parent.startswith("model.") and parent not in found:
                found.add(parent)
                rest.append(parent)
    return {manifest["nodes"][one]["name"] for one in found}


def depth(manifest: dict, name: str) -> int:
    """How many models are built before a model is, one after the other."""

    @functools.cache
    def steps(one: str) -> int:
        parents = manifest["nodes"][one]["depends_on"]["nodes"]
        return max((1 + steps(two) for two in parents if two.startswith("model.")), default=0)

    return steps(f"model.patronage.{name}")


def test_an_order_is_few_steps_away_from_its_files(manifest):
    """Whoever asks why a number is what it is goes back along this way."""
    assert depth(manifest, "orders") <= 22


def test_what_was_bought_does_not_wait_for_who_did_what(manifest):
    """Nor does a raw table wait for visits to be erased that has none."""
    events = {node["name"] for node in models(manifest) if node["fqn"][-2] == "events"}
    events -= {"base_events", "quarantine_events", "stg_events"}  # they move as_of, too
    assert "int_events" in events
    assert waits_for(manifest, "orders") & events == set()
    waiting = {
        one
        for one in contract_of(PROJECT)
        if "erasure_visits" in waits_for(manifest, f"base_{one}")
    }
    assert waiting == {"events"}


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


def test_every_decision_has_a_number_of_its_own_and_what_enforces_it_is_there():
    """Tests by their names: functions of pytest, unit and data tests of dbt, targets of make."""
    text = (PROJECT / "DECISIONS.md").read_text()
    entries = re.findall(r"(?m)^\*\*(D[0-9]+\. )?", text)
    assert len(set(entries)) == len(entries)
    assert "" not in entries
    code = (PROJECT / "Makefile").read_text().replace("\n", "\nmake ")
    for place, ends in (("tests", ".py"), ("models", ".yml"), ("tests/data", ".sql")):
        for path in (PROJECT / place).rglob(f"*{ends}"):
            code += f"data test: {path.stem}\n" if ends == ".sql" else path.read_text()
    told = [" ".join(one.split()) for one in re.split(r"\n\n+", text) if one.startswith("**D")]
    assert [one[:60] for one in told if "Enforced by: " not in one] == []
    enforced = [one.partition("Enforced by: ")[2] for one in told]
    names = [name for found in enforced for name in re.findall("`(.+?)`", found)]
    is_there = r"(def {0}\(|name: {0}\n|data test: {0}\n|\n{0}:)"
    gone = [
        name
        for name in names
        if not (re.search(is_there.format(name), code) or [*PROJECT.glob(name)])
    ]
    assert gone == []


def test_the_readme_is_short_and_what_it_names_is_there():
    """Its map's folders, and where its links and those of the other pages lead to."""
    readme = (PROJECT / "README.md").read_text()
    assert len(readme.split()) <= 1100
    folders = re.findall(r"(?m)^([a-z_]+/[a-z_<>/]*/|[a-z_]+/) {2,}", readme)
    assert len(folders) > 5
    assert [one for one in folders if not [*PROJECT.glob(re.sub("<.*?>", "*", one))]] == []
    for page in (*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), PROJECT / "tests/README.md"):
        for link in re.findall(r"\]\((?!https:)([^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_page_on_own_data_lists_the_contract():
    page = (PROJECT / "docs/own_data.md").read_text()
    contract = {table: list(it["columns"]) for table, it in contract_of(PROJECT).items()}
    listed = {}
    for table, cell in re.findall(r"(?m)^\| ([a-z_]+)\*? \| (.+) \|$", page):
        if table in contract:
            words = re.findall(r"\b[a-z_]+\b", re.sub(r"\(.*?\)", "", cell))
            listed[table] = [word for word in words if word not in ("and", "or")]
    assert listed == contract


def test_every_mutation_still_has_its_line():
    """`make test-mutations` runs for hours: what it would break must be there."""
    sys.path.insert(0, str(PROJECT / "tests"))
    mutations = importlib.import_module("mutations").MUTATIONS
    gone = [
        one.name for one in mutations if one.path(PROJECT).read_text().count(one.old) != one.times
    ]
    assert gone == []
