"""The report: what a browser shows of it, and that it is what the published file holds."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click.testing
import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PROJECT, Warehouse, unset_settings
from report_seen import (
    DESK,
    PHONE,
    SEEN,
    asked,
    browser,
    is_near,
    is_same,
    look,
    pages,
    parts,
    report_of,
    rows_of_csv,
)

from patronage.cli import builds, main
from patronage.report.write import write_report

ONE_ORDER = """order_id,customer_id,ordered_at,amount,currency
1,ann,2024-03-05 10:00,20.00,EUR
"""
HOSTILE = [
    "<script>alert(1)</script>",
    "\"two\" 'one' \\",
    "</style></svg></script>",
    "{{ 7*7 }}{% x %}",
    "a very long name " * 30,
    "=cmd|' /C calc'!A0",
    "$as_of ${x}",
    '&amp;lt;b onload="x()">',
]


@pytest.fixture(scope="module")
def shop_folder(demo, tmp_path_factory) -> Path:
    """The demo shop, published whole, with its report; nobody writes to it."""
    folder = tmp_path_factory.mktemp("report") / "warehouse"
    folder.mkdir()
    shutil.copy(demo.folder / "build.duckdb", folder)
    with pytest.MonkeyPatch.context() as patch:
        warehouse = Warehouse(folder, patch)
        assert report_of(warehouse) == folder / "report" / "index.html"
    return folder


@pytest.fixture(scope="module")
def seen(shop_folder) -> dict:
    """What the demo's report holds."""
    return look(shop_folder / "report" / "index.html")


@pytest.fixture
def project(shop_folder, tmp_path, monkeypatch) -> Path:
    """A project with the demo's published file and no page yet; its page is `page.write_text`."""
    folder = tmp_path / "project"
    (folder / "dashboards").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("vars: {gates: {}, sources: []}\n")
    (folder / "models" / "staging").mkdir(parents=True)
    (folder / "models" / "staging" / "contract.yml").touch()
    (folder / "warehouse").mkdir()
    for name in (".patronage", "patronage.duckdb"):
        shutil.copy(shop_folder / name, folder / "warehouse")
    unset_settings(monkeypatch)
    monkeypatch.delenv("PATRONAGE_WAREHOUSE", raising=False)
    monkeypatch.chdir(folder)
    return folder


def told(*command: str, code: int = 0) -> str:
    """What a command says; it ends as it should."""
    result = click.testing.CliRunner().invoke(main, list(command))
    assert result.exit_code == code, result.output + result.stderr
    return result.output


PAGE = """
title: A page
lead: A sentence.
kpis:
  - label: Orders
    columns: [core.orders.order_key]
    kind: whole
    sql: select count(*) as value from core.orders
charts:
  - title: A chart
    columns: [core.orders.channel]
    sql: select channel, count(*) as orders from core.orders group by 1 order by 1
    vl: {mark: bar, encoding: {x: {field: channel}, y: {field: orders, type: quantitative}}}
"""


@pytest.mark.parametrize("kind", ["desk, light", "phone, dark"])
def test_every_page_fits_its_screen_and_can_be_used_by_all(shop_folder, kind):
    file = shop_folder / "report" / "index.html"
    with browser(**(DESK if kind.startswith("desk") else PHONE)) as page:
        page.goto(file.as_uri())
        links = page.locator("nav a").evaluate_all("all => all.map(a => a.hash.slice(1))")
        assert links == [*pages(), "definitions"]
        for name in links:
            page.evaluate("name => { location.hash = name }", name)
            page.wait_for_function(f"document.querySelector('article.on').id === {name!r}")
            here = page.locator("nav a[aria-current=page]").evaluate_all("a => a.map(b => b.hash)")
            assert here == [f"#{name}"]
            assert page.evaluate("document.querySelectorAll('article.on').length") == 1
            width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert width[0] == width[1], name
            # axe walks through all that is there: what is not shown is taken away for it
            page.evaluate("pages.forEach(p => p.classList.contains('on') || p.replaceChildren())")
            found = Axe().run(page).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], name
            page.reload()
        assert {address.partition("#")[0] for address in page.loaded} == {file.as_uri()}
        assert page.complaints == []


def test_texts_in_charts_can_be_read_in_both_themes(shop_folder):
    """Axe leaves texts of an SVG undecided: what lies below each is worked out here."""
    with browser(**DESK) as page:
        page.goto((shop_folder / "report" / "index.html").as_uri())
        before = page.evaluate(COLOURS)
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            for name in page.evaluate("pages.map(page => page.id)"):
                page.evaluate("name => { location.hash = name; show() }", name)
                faint = page.evaluate(CONTRASTS)
                assert [one for one in faint if one["contrast"] < 4.5] == [], (theme, name)
        after = page.evaluate(COLOURS)
        assert [a != b for a, b in zip(before, after, strict=True)] == [True] * 3
        page.locator(".theme").click()
        assert page.evaluate(COLOURS) == before


COLOURS = """() => [getComputedStyle(document.body).backgroundColor,
    getComputedStyle(document.body).color,
    getComputedStyle(document.querySelector('.wide svg [data-r]')).fill]"""
CONTRASTS = """() => {
    const parse = text => (text.match(/[\\d.]+/g) ?? []).map(Number);
    const opaque = (el, stop) => { let o = 1; for (; el !== stop; el = el.parentNode)
        o *= +(el.getAttribute('opacity') ?? 1); return o; };
    const light = rgb => { const [r, g, b] = rgb.map(v => (v /= 255) <= 0.04045 ? v / 12.92
        : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const found = [];
    for (const svg of document.querySelectorAll('article.on .wide svg')) {
        const card = parse(getComputedStyle(svg.closest('.card')).backgroundColor).slice(0, 3);
        const marks = [...svg.querySelectorAll('[data-r]')]
            .map(mark => [mark, mark.getBoundingClientRect()]);
        for (const text of svg.querySelectorAll('text')) {
            const box = text.getBoundingClientRect();
            const x = box.x + box.width / 2, y = box.y + box.height / 2;
            let below = card;
            for (const [mark, r] of marks) {
                if (x < r.left || x > r.right || y < r.top || y > r.bottom) continue;
                const style = getComputedStyle(mark);
                if (style.fill === 'none') continue;
                const [cr, cg, cb] = parse(style.fill);
                const o = opaque(mark, svg) * +(mark.getAttribute('fill-opacity') ?? 1);
                below = [cr, cg, cb].map((c, i) => c * o + below[i] * (1 - o));
            }
            if (!text.textContent.trim() || !box.width) continue;
            const o = opaque(text, svg);
            const ink = parse(getComputedStyle(text).fill).slice(0, 3)
                .map((c, i) => c * o + below[i] * (1 - o));
            const [high, low] = [light(ink), light(below)].sort((a, b) => b - a);
            found.push({contrast: (high + 0.05) / (low + 0.05), text: text.textContent,
                chart: svg.closest('.card').id, ink, below});
        }
    }
    return found;
}"""


def test_numbers_are_those_of_their_queries(shop_folder, seen):
    checked = 0
    for key, one in parts(seen):
        names, rows = asked(shop_folder, one["sql"])
        kinds = one.get("kinds", {})
        if "label" in one:
            shown = seen["kpis"][key]
            values = dict(zip(names, rows[0] if rows else [None] * len(names), strict=True))
            assert is_near(shown["value"], values["value"], one.get("kind", "text"), "EUR"), key
            pattern = re.escape(re.sub(r"\$\w+", "DATE", one.get("under", ""))).replace(
                "DATE", ".+"
            )
            for name in (places := re.findall(r"\{(\w+)\}", one.get("under", ""))):
                pattern = pattern.replace(re.escape(f"{{{name}}}"), "(.*?)")
            said = re.fullmatch(pattern, shown["under"])
            assert said, (key, shown["under"])
            for name, text in zip(places, said.groups(), strict=True):
                kind = kinds.get(name, "text")
                assert is_near(text, values[name], kind, "EUR") or text == str(values[name]), (
                    key,
                    name,
                )
        elif rows:
            table = seen["tables"][key]
            apart = {kind[1:-1] for kind in kinds.values() if kind.startswith("{")}
            places = [place for place, name in enumerate(names) if name not in apart]
            assert [head for head, _ in table["heads"]] == [names[place] for place in places]
            assert len(table["rows"]) == len(rows), key
            for row, cells in zip(rows, table["rows"], strict=True):
                for place, (exact, text) in zip(places, cells, strict=True):
                    assert is_same(exact, row[place]), (key, names[place], exact, row[place])
                    assert text or row[place] == "", (key, names[place])
                    kind = kinds.get(names[place], "text")
                    kind = row[names.index(kind[1:-1])] if kind.startswith("{") else kind
                    if kind != "text" and isinstance(row[place], float):
                        assert is_near(
                            text.removesuffix(" EUR") + " EUR" * (kind == "money"),
                            row[place],
                            kind,
                            "EUR",
                        )
        checked += 1
    assert checked > 10


def test_every_chart_is_drawn_or_says_why_not(seen):
    for key, one in parts(seen):
        if "title" not in one:
            continue
        chart = seen["charts"][key]
        assert bool(chart["empty"]) == (chart["rows"] == 0), key
        if "vl" in one and chart["rows"]:
            assert chart["drawn"] == 2, key
            assert chart["marks"] > 0, key
            assert chart["narrow"] > 0, key


def test_question_marks_say_what_the_warehouse_says(shop_folder, seen):
    _, rows = asked(
        shop_folder,
        "select concat_ws('.', schema_name, table_name, column_name), comment"
        " from duckdb_columns()",
    )
    comments, used = dict(rows), set()
    for key, one in parts(seen):
        assert seen["meanings"][f"{key}-i"] == [[c, comments[c]] for c in one["columns"]], key
        used |= set(one["columns"])
    assert seen["glossary"] == [
        [c, comments[c]] for c in sorted(used, key=lambda c: c.rsplit(".", 1))
    ]


def test_csv_is_in_full_and_runs_nothing(shop_folder, seen):
    for key, one in parts(seen):
        if key not in seen["tables"]:
            continue
        table = seen["tables"][key]
        cells = rows_of_csv(table["csv"])
        assert cells[0] == [head for head, _ in table["heads"]]
        assert len(cells) == len(table["rows"]) + 1
        for found, shown in zip(cells[1:], table["rows"], strict=True):
            for cell, (exact, _) in zip(found, shown, strict=True):
                assert cell in (exact, "'" + exact), (key, one)


HEADS = "mark => [...mark.closest('.card').querySelectorAll('th')].map(one => one.textContent)"
CELLS = """mark => [...mark.closest('.card').querySelectorAll('tbody tr')[mark.dataset.r].cells]
    .map(one => one.textContent)"""


def test_by_pointer_and_keyboard(shop_folder):
    with browser(**DESK) as page:
        page.goto((shop_folder / "report" / "index.html").as_uri())
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        # an exact number at the pointer: that of the table
        mark = page.locator("article.on .wide svg [data-r]").first
        mark.scroll_into_view_if_needed()
        mark.hover()
        heads, cells = (mark.evaluate(script) for script in (HEADS, CELLS))
        lines = [f"{head}: {text}" for head, text in zip(heads, cells, strict=True)]
        assert page.locator("#tip").inner_text().split("\n") == lines
        # what a number means, near its button, and from there to its definition
        button = page.locator("article.on .kpi .i").nth(1)
        button.scroll_into_view_if_needed()
        button.focus()
        page.wait_for_timeout(500)  # scrolling, which ends later, closes what is open
        page.keyboard.press("Enter")
        pop = page.locator(":popover-open")
        at, opened = button.bounding_box(), pop.bounding_box()
        assert 0 <= opened["y"] - at["y"] - at["height"] < 20
        assert opened["x"] - 5 <= at["x"] <= opened["x"] + opened["width"]
        column = pop.locator("dt a").first.inner_text()
        pop.locator("dt a").first.click()
        page.wait_for_function("document.querySelector('article.on').id === 'definitions'")
        assert page.evaluate("document.activeElement.id") == column
        page.locator("nav a").first.click()
        page.wait_for_function(
            f"document.querySelector('article.on').id === {next(iter(pages()))!r}"
        )
        # paper has all pages, in the colours of paper
        page.emulate_media(media="print", color_scheme="dark")
        shown = "all => all.filter(one => one.offsetHeight > 0).length"
        assert page.locator("article").evaluate_all(shown) == len(pages()) + 1
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(29, 35, 40)"


def test_without_scripts_all_is_there(shop_folder):
    with browser(**DESK, java_script_enabled=False) as page:
        page.goto((shop_folder / "report" / "index.html").as_uri())
        assert page.locator("article:visible").count() == len(pages()) + 1
        assert page.locator("table").count() > 2
        page.locator("summary").first.click()
        assert page.locator("details[open] table").first.is_visible()
        assert page.locator(".copy:visible, .theme:visible").count() == 0
        assert page.complaints == []


def test_same_file_same_bytes_and_small(shop_folder, tmp_path):
    before = (shop_folder / "report" / "index.html").read_bytes()
    assert len(before) <= 3_000_000
    assert write_report(PROJECT, shop_folder).read_bytes() == before
    assert len([*shop_folder.glob(".report.*")]) == 1


def test_values_are_shown_as_text(shop_folder, tmp_path):
    """Every text column of the published file gets hostile values, but for codes, keys and ids."""
    folder = tmp_path / "warehouse"
    folder.mkdir()
    shutil.copy(shop_folder / "patronage.duckdb", folder)
    shutil.copytree(PROJECT / "dashboards", tmp_path / "dashboards")
    (tmp_path / "dashboards" / "99_last.yml").write_text(OF_TEXTS)
    with duckdb.connect(str(folder / "patronage.duckdb")) as connection:
        for schema, table, column in connection.execute(TEXT_COLUMNS).fetchall():
            place = f'"{schema}"."{table}"'
            connection.execute(
                f'update {place} set "{column}" = $1[1 + (hash("{column}") % {len(HOSTILE)})::int]'
                f' where "{column}" is not null', [HOSTILE],
            )  # fmt: skip
    file = write_report(tmp_path, folder)
    with browser(**PHONE) as page:
        page.goto(file.as_uri())
        found = page.evaluate(SEEN)
        kinds = page.evaluate(
            "[...new Set([...document.querySelectorAll('*')].map(e => e.localName))]"
        )
        drawn = page.evaluate("[...document.querySelectorAll('svg text')].map(t => t.textContent)")
        handlers = page.evaluate(
            "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some("
            "a => a.name.startsWith('on') || /^\\s*javascript:/.test(a.value))).length"
        )
        for name in found["articles"]:
            page.evaluate("name => { location.hash = name; show() }", name)
            assert page.evaluate("document.documentElement.scrollWidth === innerWidth"), name
        assert page.complaints == []
        assert page.loaded == [file.as_uri()]
    assert handlers == 0
    assert set(kinds) <= set(TAGS.split())
    assert found["articles"] == [*pages(), "last", "definitions"]
    cells = {cell for table in found["tables"].values() for row in table["rows"] for cell, _ in row}
    assert cells >= set(HOSTILE)
    assert set(drawn) >= {HOSTILE[0], HOSTILE[3]}
    csv = [
        cell
        for table in found["tables"].values()
        for row in rows_of_csv(table["csv"])
        for cell in row
    ]
    assert not [cell for cell in csv if cell.startswith("=")]


OF_TEXTS = """
title: Texts
lead: Whatever the shop called them.
kpis:
  - label: The longest
    columns: [core.products.name]
    sql: select name as value, name from core.products order by length(name) desc, name limit 1
    under: "it is {name}"
charts:
  - &names
    title: Names
    columns: [core.products.name]
    sql: select name, count(*) as products from core.products group by 1 order by 1
    vl: {mark: bar, encoding: {y: {field: name}, x: {field: products, type: quantitative}}}
  - <<: *names
    title: By colour
    vl: {mark: arc, encoding: {color: {field: name}, theta: {field: products}}}
"""
TEXT_COLUMNS = """
    select schema_name, table_name, column_name from duckdb_columns()
    where data_type = 'VARCHAR' and not internal
        and not regexp_matches(column_name, '(_key|_id|^source|_type|_by|kind|^country)$')
        and table_name not in
            ('as_of', 'build_log', 'dictionary', 'labels', 'restatements', 'reconciliation')
        and (table_name, column_name) not in (select (table_name, column_name) from core.labels)
"""
TAGS = """
    html head meta title style script body a header p b span nav button main h1 h2 h3 article div
    small section details summary table thead tbody tr th td dl dt dd footer
    svg g path text line rect defs clipPath tspan circle linearGradient stop
"""


def test_a_shop_of_one_order(build_apart, shop, tmp_path):
    warehouse = build_apart(shop(orders=ONE_ORDER))
    file = report_of(warehouse)
    found = look(file)
    assert found["articles"][0] == "overview"
    hidden = {page["title"] for name, page in pages().items() if name not in found["articles"]}
    assert {title for title, _ in found["hidden"]} == hidden
    assert all(why for _, why in found["hidden"])
    assert {"Advocacy & leads", "Campaigns & consent", "Service & leaving"} <= hidden
    assert "data_quality" in found["articles"]  # of its tables one has rows
    first = found["kpis"]["overview-k1"]
    assert first["value"] == "20.00 EUR"
    assert first["under"].startswith("– ")
    for key, chart in found["charts"].items():
        assert bool(chart["empty"]) == (chart["rows"] == 0), key


WORSE = """
    update core.as_of set history_days = 400, last_sale_date = date '2025-12-01';
    update core.build_log set checks_warned = 3, finished_at = timestamp '2026-01-02 03:04:05';
    update customer_share.new_customer_share set new_order_share = 0.9, total_net_amount = 1200
        where period_grain = 'month' and period_start = date '2025-12-01' and breakdown = 'total';
    update customer_share.new_customer_share set total_net_amount = 2400
        where period_grain = 'month' and period_start = date '2024-12-01' and breakdown = 'total';
    update lifecycle.lifecycle_stock set customers = 2000
        where period_grain = 'month' and period_end = date '2025-12-31' and stage = 'at_risk';
    update lifecycle.lifecycle_stock set customers = 1500
        where period_grain = 'month' and period_end = date '2025-09-30' and stage = 'at_risk';
    update customer_share.concentration set top_20_percent_share = 0.7
        where measure_window = 'trailing_12m' and month_start = date '2025-12-01';
    update customer_share.concentration set top_20_percent_share = 0.65
        where measure_window = 'trailing_12m' and month_start = date '2024-12-01';
    update lifecycle.clv_parameters set status = 'insufficient_data' where model = 'bg_nbd';
    insert into core.restatements
        select build_id, date '2025-03-01', 'late_order', 2, 1234.5, 0 from core.build_log
        union all select build_id, date '2025-12-01', 'new_order', 9, 999, 0 from core.build_log;
"""


def test_what_needs_a_look_is_said_with_its_numbers(shop_folder, tmp_path):
    shutil.copy(shop_folder / "patronage.duckdb", tmp_path)
    [chart] = [one for one in pages()["overview"]["charts"] if one["title"] == "What needs a look"]
    before = [alert for alert, _ in asked(tmp_path, chart["sql"])[1]]
    with duckdb.connect(str(tmp_path / "patronage.duckdb")) as connection:
        connection.execute(WORSE)
    after = dict(asked(tmp_path, chart["sql"])[1])
    rejected = after.pop("Raw rows were rejected")
    assert re.fullmatch(r"90 of 54,516; most often in orders: no rate for currency \(3\)", rejected)
    new = after.pop("More new customers")
    assert re.fullmatch(
        r"90\.0 % of the sales of December 2025 came from first orders, [0-9.]+ % in the 12 months"
        " before",
        new,
    )
    assert after == {
        "Sales fell": "1,200 EUR in December 2025, 50 % less than 2,400 in the month a year before",
        "More customers at risk": "2,000 on 31 December 2025, 1,500 three months earlier",
        "More hangs on a few": (
            "the best fifth bring 70.0 % of 12 months' sales, 65.0 % a year before"
        ),
        "Checks warn": "3 of 1,000 checks of the build were not met and only warn",
        "Closed months changed": (
            "the last build changed the sales of 1 earlier months by +1,234 EUR together"
        ),
        "The data may be old": "the last sale is of 1 December 2025, 32 days before the build",
        "The history is short": (
            "400 days: who looks new may be an old customer, and years cannot be compared"
        ),
        "No forecast": "Purchases (BG/NBD): too little data",
    }
    assert not {"Sales fell", "Checks warn", "The data may be old", "No forecast"} & set(before)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("core.orders.channel]", "core.orders.chanel]",
         "01_page.yml, 'A chart': no column core.orders.chanel is published"),
        ("core.orders.channel]", "core.order.channel]",
         "01_page.yml, 'A chart': no table core.order.channel is published"),
        ("core.orders.channel]", "channel]", "a column is schema.table.column, not 'channel'"),
        ("title: A chart", "titel: A chart", "01_page.yml: unknown key 'titel'"),
        ("    vl:", "    size: huge\n    vl:", "size is one of third, half, full, not 'huge'"),
        ("group by 1", "group by 7", "'A chart': Binder Error: GROUP BY term out of range"),
        ("select channel, ", "drop table core.orders; select channel, ", "sql must be one select"),
        ("select channel, ", "copy (select 1) to '/tmp/x'; --", "sql must be one select"),
        ("from core.orders group", "from '/etc/passwd' group",
         "Table with name /etc/passwd does not exist"),
        ("{field: orders,", "{field: order,", "'A chart': no field 'order' in sql or in vl"),
        ("mark: bar", "mark: barr", "'A chart': the chart cannot be drawn ("),
        ("kind: whole", "kind: half", "'Orders': kind is one of money, "),
        ("as value", "as number", "'Orders': sql gives no column value"),
        ("count(*) as value", "channel as value", "'Orders': more than 1 row: a number has one"),
        ("lead: A sentence.", "needs: [core.nothing]\nlead: A.\nwithout: There is none.",
         "no table core.nothing is published"),
        ("lead: A sentence.",
         "needs: [core.orders or core.nothing]\nlead: A.\nwithout: There is none.",
         "no table core.nothing is published"),
        ("lead: A sentence.", "lead: [A]", "lead must be a text"),
        ("lead: A sentence.", "lead: A\n  b: : c", "01_page.yml, line 4: no YAML ("),
        ("title: A chart", "title: A chart\n    kinds: {number: whole}",
         "kinds names number, which sql does not give"),
        ("title: A chart", "title: A chart\n    kinds: {orders: '{channel}'}",
         "'A chart': sql gives the kind "),
        ("kind: whole", 'kind: whole\n    under: "{more}"',
         "under names more, which sql does not give"),
        ("select channel, count(*) as orders from core.orders group by 1",
         "select event_key as channel, 1 as orders from core.events",
         "more than 3,000 rows: sum them up"),
    ],
)  # fmt: skip
def test_a_wrong_page_is_told_in_a_line_and_the_old_report_stays(project, old, new, says):
    page = project / "dashboards" / "01_page.yml"
    page.write_text(PAGE)
    told("report")
    report = project / "warehouse" / "report" / "index.html"
    before = report.read_bytes()
    assert old in PAGE
    page.write_text(PAGE.replace(old, new))
    said = told("report", code=1)
    assert said.startswith("error: report: ")
    assert said.count("\n") == 1
    assert says in said
    assert report.read_bytes() == before
    assert sorted(path.name for path in report.parent.iterdir()) == ["index.html"]
    assert len([*(project / "warehouse").glob(".report.*")]) == 1


def test_places_and_files_of_others_are_left_alone(project, tmp_path):
    warehouse = project / "warehouse"
    assert "dashboards holds no page" in told("report", code=1)
    (project / "dashboards" / "page.yml").write_text(PAGE)
    assert "page.yml: a page's file is named like 12_service.yml" in told("report", code=1)
    (project / "dashboards" / "page.yml").rename(project / "dashboards" / "01_page.yml")
    (warehouse / "report").mkdir()
    (warehouse / "report" / "theirs").touch()
    assert "is a folder where a build makes a link: move it away" in told("report", code=1)
    assert (warehouse / "report" / "theirs").exists()
    (warehouse / "report" / "theirs").unlink()
    (warehouse / "report").rmdir()
    (warehouse / "report").symlink_to(tmp_path)
    assert "is a link that no build has made: remove it" in told("report", code=1)
    (warehouse / "report").unlink()
    told("report")
    (warehouse / "patronage.duckdb").unlink()
    assert "is missing: run `patronage build` first" in told("report", code=1)
    (warehouse / "patronage.duckdb").write_bytes(b"x" * 20_000)
    said = told("report", code=1)
    assert said.count("\n") == 1
    assert "Traceback" not in said


def test_a_publish_ends_with_the_report_but_never_hangs_on_it(project, monkeypatch):
    monkeypatch.setenv("PATRONAGE_SALT", "pepper")
    for step, gives in (
        ("check_salt", None),
        ("take_build", None),
        ("publish", {}),
        ("answers", ["all  well"]),
    ):
        monkeypatch.setattr(builds.Run, step, lambda run, gives=gives: gives)
    report = project / "warehouse" / "report" / "index.html"
    assert "report" not in told("publish").replace("--no-report", "")  # a project without pages
    page = project / "dashboards" / "01_page.yml"
    page.write_text(PAGE)
    told("publish", "--no-report")
    assert not report.exists()
    assert f"report: python3 -m webbrowser {report.as_uri()}" in told("publish")
    before = report.read_bytes()
    page.write_text("title: no more")
    said = told("publish", code=1)
    lines = said.splitlines()
    assert lines[-2:] == [
        "error: report: 01_page.yml: lead must be a text",
        "error: what was built is published, the last report stays",
    ]
    assert any(line.startswith("published ") for line in lines)
    assert report.read_bytes() == before


def test_pictures_for_a_mail(project, tmp_path):
    (project / "dashboards" / "01_page.yml").write_text(PAGE)
    (project / "dashboards" / "02_more.yml").write_text(PAGE.replace("A page", "More"))
    folder, file = tmp_path / "mail", tmp_path / "mail.pdf"
    told("report", "--png", str(folder), "--pdf", str(file))
    assert not (project / "warehouse" / "report").exists()
    names = ["01_page_1.png", "02_more_1.png", "report.txt"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert all((folder / name).read_bytes().startswith(b"\x89PNG\r\n") for name in names[:2])
    [(orders,)] = asked(project / "warehouse", "select count(*) from core.orders")[1]
    text = (folder / "report.txt").read_text()
    assert text.splitlines()[:4] == [
        "Customer report as of 31 Dec 2025", "", "A page", f"  Orders: {orders:,}",
    ]  # fmt: skip
    pdf = file.read_bytes()
    assert pdf.startswith(b"%PDF-1.7")
    assert pdf.count(b"/Type /Page\n") == 2
    assert b"/Count 2 /Kids" in pdf
    assert {path.stat().st_mode & 0o777 for path in (file, *folder.iterdir())} == {0o600}
    # nothing is written over, or through a link, unasked
    assert "is not empty" in told("report", "--png", str(folder), code=1)
    assert "is there: name another file" in told("report", "--pdf", str(file), code=1)
    told("report", "--pdf", str(file), "--force")
    assert file.read_bytes() == pdf
    told("report", "--pdf", str(file), "--force", "--page", "more")
    assert file.read_bytes().count(b"/Type /Page\n") == 1
    assert "no page is called 'x': there are page, more" in told(
        "report", "--pdf", str(file), "--force", "--page", "x", code=1
    )
    file.unlink()
    file.symlink_to(tmp_path / "theirs")
    assert "is a link: remove it" in told("report", "--pdf", str(file), "--force", code=1)
    assert not (tmp_path / "theirs").exists()


def test_colours_of_a_project(project):
    (project / "dashboards" / "01_page.yml").write_text(PAGE)
    theme = project / "dashboards" / "theme.yml"
    theme.write_text("light: {c1: '#123456'}\ndark: {c1: '#abcdef'}\n")
    told("report")
    with browser(**DESK) as page:
        page.goto((project / "warehouse" / "report" / "index.html").as_uri())
        fill = "getComputedStyle(document.querySelector('.wide svg [data-r]')).fill"
        assert page.evaluate(fill) == "rgb(18, 52, 86)"
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(fill) == "rgb(171, 205, 239)"
    for wrong, says in (
        ("light: {c1: 'red;}'}", "light, c1 must be a colour like '#1f5fa8'"),
        ("light: {c9: '#123456'}", "light has no colour 'c9'"),
        ("lite: {}", "light and dark each map names to colours"),
    ):
        theme.write_text(wrong)
        assert f"error: report: theme.yml: {says}" in told("report", code=1)


def test_the_example_of_the_documentation_works(project):
    text = (PROJECT / "docs" / "report.md").read_text()
    example, theme = re.findall(r"```yaml\n(.*?)```", text, re.S)[-2:]
    (project / "dashboards" / "01_example.yml").write_text(example)
    (project / "dashboards" / "theme.yml").write_text(theme)
    told("report")
