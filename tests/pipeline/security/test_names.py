"""Names of files, folders, columns, sources and vars are data: none becomes SQL."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from conftest import PROJECT, Warehouse
from jinja2 import Environment

from patronage.build_log import COLUMNS, read_log
from patronage.dbt import BuildError
from patronage.folder import FolderError, refuse_place
from patronage.gates import ExpectNoRows, Gates, Suite, raw
from patronage.pipeline import Run
from patronage.publish import PublishError

ORDERS = ["--select", "+stg_orders", "--indirect-selection", "cautious"]  # all that is looked at
HEADER = "order_id,ordered_at,"
ROW = "1,2024-01-05,x\n"


def outside_the_home() -> Iterator[str]:
    """Each place in the project's SQL where something may become a name or text by another way."""
    folders = ("macros", "models", "analyses", "tests/generic", "tests/data")
    files = [path for folder in folders for path in (PROJECT / folder).rglob("*.sql")]
    assert len(files) > 200
    for file in files:
        if file.name not in ("quoted.sql", "shown.sql"):  # the home, and what messages show
            yield from (f"{file.name}:{line}: {said}" for line, said in faults_of(file.read_text()))


def faults_of(source: str) -> Iterator[tuple[int, str]]:
    """Line and fault of each other way to quote: an expression between quotes, or half a quote."""
    other = re.compile(r"adapter\.quote\b|escape_single_quotes|string_literal|quote_as_configured")
    for place in other.finditer(source):
        yield source[: place.start()].count("\n") + 1, place.group()
    opened = ""
    for line, kind, text in Environment(extensions=["jinja2.ext.do"]).lex(source):
        if kind == "data":
            # in SQL: which quote, or comment, is open where the text ends
            for sign in re.findall(r"--|\n|['\"`]", text):
                if not opened:
                    opened = sign.strip()
                elif sign == ("\n" if opened == "--" else opened):
                    opened = ""
        elif kind == "variable_begin" and opened not in ("", "--"):
            yield line, f"an expression within {opened}"
        elif kind == "string":
            # a text in Jinja, put together with others, holds whole literals; apostrophes aside
            inner = re.sub(r"(?<=[a-z])'(?=[a-z])", "", text[1:-1])
            if inner.count("'") % 2 and "[" not in inner:
                yield line, f"half a quote: {text}"


def test_names_and_values_become_sql_in_one_place_only():
    assert list(outside_the_home()) == []


@pytest.mark.parametrize(
    "bad",
    [
        "select '{{ shop.name }}' as source",
        "select 'x {{ column }} y' as reason",
        'select "{{ column }}" from x',
        '{{ run_query("select * from t where name = \'" ~ name ~ "\'") }}',
        "{{ adapter.quote(column) }}",
        "{{ dbt.escape_single_quotes(text) }}",
    ],
)
def test_the_search_finds_other_ways(bad):
    assert list(faults_of(bad))


def test_python_has_one_place_for_quotes_too():
    """No f-string of SQL puts a value between quotes by itself."""
    found = []
    files = [*(PROJECT / "patronage").glob("*.py"), *(PROJECT / "patronage" / "gates").glob("*.py")]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.JoinedStr):
                continue
            texts = [part.value if isinstance(part, ast.Constant) else "\0" for part in node.values]
            text = "".join(texts)
            is_sql = re.search(r"\b(select|from|where|attach|comment on|copy|set) ", text)
            if is_sql and re.search(r"['\"][^'\",]*\0[^'\",]*['\"]", text):
                found.append(f"{file.name}:{node.lineno}: {text}")
    assert found == []


def test_names_that_are_data_arrive_as_they_are(warehouse, tmp_path):
    """Quotes, blanks and signs of patterns in folders' and files' names and values."""
    root = tmp_path / 'o\'ne "shop" [x]* `?` {b} %41'
    # signs that mean something in a regular expression, in the name of a folder's column
    signs = "".join(
        chr(n) for n in range(33, 127) if chr(n) not in "\"'`/=\\" and not chr(n).isalnum()
    )
    values = ["D'E", 'F"R', "A`T", "I[T]*", "'; drop table x; --", "$1 %1 ", "{batch} :a"]
    for number, value in enumerate(values):
        folder = root / "orders" / f"country={value}" / f"a{signs}z={number}"
        folder.mkdir(parents=True)
        (folder / f"o'rders [{number}] \"?*.csv").write_text(
            f"order_id,ordered_at\n{number},2024-01-05\n"
        )
    pq.write_table(
        pa.table({"order_id": ["8"], "ordered_at": ["2024-01-05"]}),
        root / "orders" / "o'8 [x].parquet",
    )
    warehouse.selection = ORDERS
    warehouse.build(root)
    assert warehouse.rows("select order_id, country from staging.stg_orders order by 1") == [
        *((str(number), value.strip()) for number, value in enumerate(values)),
        ("8", None),
    ]


EVIL = "copy (select 1) to '{evil}'"
REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "a header that ends the view and writes a file": (
        {"orders.csv": HEADER + '"x"" from (select 1) as y); ' + EVIL + '; --"\n' + ROW},
        "orders.csv: the column name 'x\" from (select 1) as y); copy",
    ),
    "a header that reads a file": (
        {
            "orders.csv": HEADER
            + '"x"", (select content from read_text(\'{evil}\')) as ""y"\n'
            + ROW
        },
        "has a quote: rename it",
    ),
    "an apostrophe": ({"orders.csv": HEADER + "o'clock\n" + ROW}, "'o'clock' has a quote"),
    "a backtick": ({"orders.csv": HEADER + "a`b\n" + ROW}, "'a`b' has a quote"),
    "a folder's column": (
        {'orders/x"=1/a.csv': HEADER + "a\n" + ROW},
        "the folder column 'x\"' has a quote",
    ),
    "a sign that moves the cursor": (
        {"orders.csv": HEADER + "a\x1b[2Jb\n" + ROW},
        "orders.csv: the column name 'a\\x1b[2jb' has control signs",
    ),
    "a sign that turns the writing": (
        {"orders.csv": HEADER + "a\u202eb\n" + ROW},
        "the column name 'a\\u202eb' has control signs",
    ),
    "a long column": (
        {"orders.csv": HEADER + "a" * 201 + "\n" + ROW},
        f"the column name '{'a' * 80}…' has more than 200 characters",
    ),
    "a file's name with a line end": (
        {"orders/a\nb.csv": HEADER + "a\n" + ROW},
        "the file or folder name 'a\\nb.csv' has control signs",
    ),
    "a long file name": (
        {f"orders/{'a' * 201}.csv": HEADER + "a\n" + ROW},
        "has more than 200 characters",
    ),
    "a folder's value with a control sign": (
        {"orders/x=\x07/a.csv": HEADER + "a\n" + ROW},
        "the file or folder name 'x=\\x07' has control signs",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_names_that_are_none_are_refused_in_one_line(warehouse, tmp_path, name):
    files, says = REFUSED[name]
    evil = tmp_path / "evil.txt"
    for path, text in files.items():
        file = tmp_path / "shop" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("{evil}", str(evil)))
    refused(warehouse, says, tmp_path / "shop")
    assert not evil.exists()


def refused(warehouse: Warehouse, says: str, *arguments, **options) -> None:
    """A build stops with one line, which says this, and nothing is built."""
    with pytest.raises(BuildError) as error:
        warehouse.build(*arguments, **options)
    (line,) = error.value.args
    assert says in line
    assert line.isprintable()
    assert len(line) < 1500
    assert warehouse.rows("select count(*) from information_schema.tables") == [(0,)]


def test_a_parquet_column_with_a_quote_is_refused(warehouse, tmp_path):
    columns = {"order_id": ["1"], "ordered_at": ["2024-01-05"], 'x" from y; --': ["1"]}
    pq.write_table(pa.table(columns), tmp_path / "orders.parquet")
    refused(warehouse, "orders.parquet: the column name 'x\" from y; --' has a quote", tmp_path)


def test_settings_are_no_sql_either(warehouse, shop):
    data = str(shop(orders="order_id,ordered_at\n1,2024-01-05\n"))
    for source, says in (
        (
            {"name": "x' union select 1 --", "path": data},
            "a name has letters, digits, _ and - only",
        ),
        ({"name": "x\x1b[2J", "path": data}, "source 'x\\x1b[2J': a name has"),
        ({"name": "x", "path": data + "\n"}, "has control signs"),
        ({"name": "x", "path": data, "timezone": "UTC' or '1'='1"}, "unknown timezone 'UTC' or"),
    ):
        refused(warehouse, says, sources=[source])
    refused(
        warehouse,
        "as_of: '2024-01-01' or true' is no date",
        Path(data),
        as_of="2024-01-01' or true",
    )
    # what is only compiled passes no check before
    sources = json.dumps({"sources": [{"name": "x' --", "path": data}]})
    with pytest.raises(BuildError, match="a name has letters"):
        warehouse.run_dbt(["compile", "-s", "base_orders", "--vars", sources])


@pytest.mark.parametrize(
    ("model", "given"),
    [
        ("int_event_sessions", "session_gap_minutes: 30 or true"),
        ("int_event_sessions", "session_gap_minutes: .inf"),
        ("int_contacts", "shared_contact_customer_ids: true"),
        ("customer_share", "customer_share_months: -1"),
        ("clv", "clv_horizon_days: [30, (select 1)]"),
        ("clv", "clv_annual_discount_rate: 1; drop table x"),
        ("lifecycle_thresholds", "lifecycle_thresholds: {first: {lapsed_after_days: now()}}"),
    ],
)
def test_vars_that_are_numbers_are_numbers(warehouse, model, given):
    with pytest.raises(BuildError) as error:
        warehouse.run_dbt(["compile", "-s", model, "--vars", "{" + given + "}"])
    (line,) = error.value.args
    assert f"the var {given.split(':')[0]} must be a number, 0 or more, not '" in line


@pytest.mark.parametrize("limit", ["many", "[1]", ".nan", "null"])
def test_limits_of_the_gates_are_numbers(limit):
    given = ["--vars", f"{{gates: {{most_rows: {limit}}}}}"]
    run = SimpleNamespace(project=PROJECT, vars_option=lambda: given)
    with pytest.raises(PublishError, match=r"the var gates\.most_rows must be a number, not"):
        Run.variables(run)


ODD = 'w\'h "a" #1 %41 $HOME ;&={{x}}'


def test_a_warehouse_folder_may_have_any_name_that_duckdb_takes(tmp_path, monkeypatch, shop):
    data = shop(orders="order_id,ordered_at\n1,2024-01-05\n")
    odd = Warehouse(tmp_path / ODD, monkeypatch)
    odd.selection = ORDERS
    odd.build(data)
    assert odd.rows("select order_id from staging.stg_orders") == [("1",)]
    for name in ("a?b", "a\nb"):
        with pytest.raises(FolderError, match="has a sign that DuckDB takes for its own"):
            refuse_place(tmp_path / name, PROJECT, [data])


def test_the_gates_take_names_and_keys_as_they_are(tmp_path):
    """A key of the log that ends the query, fills the form or names a parameter is only a text."""
    folder = tmp_path / ODD
    folder.mkdir()
    duckdb.connect(str(folder / "build.duckdb")).close()
    key = "x' union all select 'y {batch} {0} {{ :z ::w \\:v %s/orders"
    limits = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["gates"]
    suites = raw.suites(PROJECT, {}, {key: {"rows": 1}}, limits, None)
    statuses = ["on:hold", "{batch}", "it's", "\\:v"]
    orders = " union all ".join(
        f"select {raw.text(status)} as status, 7 as order_id, 'accepted' as row_status"
        for status in [*statuses, "lost"]
    )
    known = ", ".join(map(raw.text, statuses))
    query = f"select status, order_id from {{batch}} where status not in ({known})"
    check = ExpectNoRows(unexpected_rows_query=query, description="known", severity="warning")
    suites.append(Suite("orders", orders, [check]))
    outcome = Gates().check("raw", folder / "build.duckdb", suites)
    assert (outcome.run, outcome.failed) == (3, [])
    assert outcome.warned == [
        "raw sources: some shop has orders (a file of headers alone?): found missing orders",
        f"raw deliveries: every table of the last delivery is there again: found gone {key}",
        "raw orders: known: found status lost, order_id 7",
    ]


def test_of_an_edited_log_only_what_a_build_may_have_written_is_read(tmp_path):
    table = {
        "rows": 1,
        "rejected": 0,
        "latest": "2024-01-05",
        "compared": 1,
        "filled": {"email": 1},
    }
    good = dict.fromkeys(COLUMNS) | {
        "build_id": "good",
        "status": "published",
        "started_at": "2024-01-05 10:00:00.000",
        "raw_tables": {"files/orders": table},
    }
    entries = [good, 7, {}, {"build_id": "short"}]
    for number, (name, value) in enumerate(
        [
            ("raw_tables", {"x' union all select 1 --/orders": table}),
            ("raw_tables", {"orders": table}),
            ("raw_tables", {"files/orders": table | {"latest": "2024-01-05' or true --"}}),
            ("raw_tables", {"files/orders": table | {"rows": "many"}}),
            ("raw_tables", {"files/orders": table | {"filled": {"email": "1"}}}),
            ("raw_tables", {"files/orders": 7}),
            ("rows_per_table", {"core.orders": "many"}),
            ("started_at", "yesterday"),
            ("status", 7),
        ]
    ):
        entries.append(good | {"build_id": str(number), name: value})
    (tmp_path / "build_log.json").write_text(json.dumps(entries))
    # what a table is said to have had is left out where it is unsound, the entry where more is
    assert [(entry["build_id"], entry["raw_tables"]) for entry in read_log(tmp_path)] == [
        *((str(number), {}) for number in range(6)),
        ("good", good["raw_tables"]),
    ]
    (tmp_path / "build_log.json").write_text("{}")
    assert read_log(tmp_path) == []
