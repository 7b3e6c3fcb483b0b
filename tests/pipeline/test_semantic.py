"""The metrics of models/semantic are the marts' own numbers, on a published file only read."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import click.testing
import pytest
from conftest import PROJECT, Warehouse, parsed, unset_settings

from patronage import metrics as module
from patronage.cli import main
from patronage.metrics import MANIFEST, Metrics, Question

Ask = Callable[..., dict[tuple[Any, ...], Any]]


@pytest.fixture(scope="module")
def published(demo: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The demo shop, published in a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        warehouse = Warehouse(tmp_path_factory.mktemp("metrics"), patch)
        shutil.copyfile(demo.folder / "build.duckdb", warehouse.folder / "build.duckdb")
        warehouse.publish()
    (warehouse.folder / "build.duckdb").unlink()
    (warehouse.folder / "target").mkdir()
    manifest = parsed()[1].with_name(MANIFEST)
    shutil.copy(manifest, warehouse.folder / "target" / MANIFEST)
    return warehouse


@pytest.fixture(scope="module")
def metrics(published):
    """All metrics, open for questions."""
    asked = Metrics(
        json.loads(parsed()[1].with_name(MANIFEST).read_text()),
        published.folder / "patronage.duckdb",
    )
    yield asked
    asked.close()


@pytest.fixture
def ask(metrics) -> Ask:
    """Ask for one metric: its values, without nulls, by their groups."""

    def answer(name: str, *group_by: str, **options: Any) -> dict[tuple[Any, ...], Any]:
        names, rows = metrics.answer(Question([name], group_by, **options))
        assert names == [*group_by, name]
        return {row[:-1]: row[-1] for row in rows if row[-1] is not None}

    return answer


MONTH = "metric_time__month"
SALES = "customer_share.new_customer_share where period_grain = 'month' and breakdown = '{}'"
# metric, groups, and the same of the marts: values are the last column
SAME = {
    ("net_sales", MONTH):
        f"select period_start, total_net_amount from {SALES.format('total')}",
    ("orders", MONTH): f"select period_start, orders from {SALES.format('total')}",
    ("buyers", MONTH): f"select period_start, customers from {SALES.format('total')}",
    ("new_net_sales", MONTH): f"select period_start, new_net_amount from {SALES.format('total')}",
    ("new_order_share", MONTH):
        f"select period_start, new_order_share from {SALES.format('total')}",
    ("net_sales", MONTH, "order__channel"):
        f"select period_start, breakdown_value, total_net_amount from {SALES.format('channel')}"
        " and orders > 0",
    ("new_order_share", MONTH, "order__channel"):
        "select period_start, breakdown_value, new_order_share"
        f" from {SALES.format('channel')} and orders > 0",
    ("net_sales", "metric_time__year", "order__country"):
        "select period_start, breakdown_value, total_net_amount"
        " from customer_share.new_customer_share"
        " where period_grain = 'year' and breakdown = 'country' and orders > 0",
    ("buyers", "metric_time__quarter"):
        "select period_start, customers from customer_share.new_customer_share"
        " where period_grain = 'quarter' and breakdown = 'total'",
    ("average_order_value", MONTH):
        "select month_start, sum(net_amount) / count(*) from core.orders"
        " join core.calendar on calendar_date = order_date where is_valid group by 1",
    ("refund_rate", "metric_time__year"):
        "select date_trunc('year', order_date)::date,"
        " sum(refund_amount) / sum(net_amount + refund_amount)"
        " from core.orders where is_valid group by 1",
    ("discount_rate", "order__device"):
        "select coalesce(device, 'unknown'), sum(discount_amount) / sum(gross_amount)"
        " from core.orders where is_valid group by 1",
    ("net_sales_12m", MONTH):
        # 12 months before 28 February 2025 was no month's end: the leap day counts, too
        "select period_start, sum(total_net_amount) over (order by period_start"
        " rows between 11 preceding and current row) + if(period_start = '2025-02-01', (select"
        " sum(net_amount) from core.orders where is_valid and order_date = '2024-02-29'), 0)"
        f" from {SALES.format('total')}",
    ("net_sales_growth", MONTH):
        "select period_start, total_net_amount / before - 1 from (select *, lag(total_net_amount,"
        f" 12) over (order by period_start) as before from {SALES.format('total')})"
        " where before is not null",
    ("net_sales", "customer__lifecycle_stage"):
        "select lifecycle_stage, sum(orders.net_amount) from core.orders"
        " left join profile.customer_profile using (customer_key) where is_valid group by 1",
    ("customers_gained", MONTH):
        "select date_trunc('month', first_order_date)::date, count(*) from core.customers"
        " where first_order_date is not null and not is_staff group by 1",
    ("expected_value", "customer__rfm_segment"):
        "select rfm_segment, sum(clv) from lifecycle.clv join lifecycle.rfm using (customer_key)"
        " where horizon_days = 365 group by 1",
    ("mean_churn_risk",):
        "select avg(churn_risk) from lifecycle.clv where horizon_days = 365",
    ("retention_rate", MONTH, "cohort__months_since"):
        "select cohort_month, months_since, retention_rate from lifecycle.cohort_retention"
        " where basis = 'period' and is_mature",
    ("net_sales_per_cohort_customer", MONTH, "cohort__months_since"):
        "select cohort_month, months_since, net_amount / cohort_customers"
        " from lifecycle.cohort_retention where basis = 'period' and is_mature",
    ("customers_in_stage", MONTH, "stock__stage"):
        "select date_trunc('month', period_end)::date, stage, customers"
        " from lifecycle.lifecycle_stock where period_grain = 'month'",
    ("customers_in_tier", MONTH, "advocacy__tier"):
        "select month_start, tier, customers from advocacy.advocacy_tier_summary",
    ("referred_net_sales", MONTH):
        "select month_start, referred_net_amount from advocacy.word_of_mouth",
    ("wom_revenue_share", MONTH):
        "select month_start, wom_revenue_share from advocacy.word_of_mouth",
    ("nps", MONTH): "select month_start, nps from advocacy.word_of_mouth where nps is not null",
    ("visit_conversion_rate", MONTH, "visit__visitor_class"):
        "select month_start, visitor_class, conversion_rate from engagement.visit_conversion"
        " where sessions > 0",
    ("strong_leads", MONTH):
        "select date_trunc('month', became_strong_at)::date, count(*) from engagement.lead_scores"
        " where became_strong_at is not null group by 1",
    ("service_tickets", MONTH):
        "select month_start, tickets from service.service_quality where channel = 'all'"
        " and tickets > 0",
    ("complaints", MONTH, "ticket__channel"):
        "select month_start, channel, complaints from service.service_quality"
        " where channel <> 'all' and tickets > 0",
    ("service_satisfaction", MONTH):
        "select month_start, satisfaction_mean from service.service_quality"
        " where channel = 'all' and satisfaction_answers > 0",
    ("acquisition_spend", MONTH):
        "select month_start, acquisition_amount from campaigns.acquisition_costs"
        " where channel = 'all'",
    ("new_customers", MONTH):
        "select month_start, new_customers from campaigns.acquisition_costs where channel = 'all'",
    ("cost_per_new_customer", MONTH, "acquisition__channel"):
        "select month_start, channel, cost_per_new_customer from campaigns.acquisition_costs"
        " where channel <> 'all' and cost_per_new_customer > 0",
}  # fmt: skip


@pytest.mark.parametrize("asked", SAME, ids=" ".join)
def test_a_metric_is_what_the_mart_says(ask, metrics, asked):
    """To the cent; shares to what the marts round them to."""
    name, *groups = asked
    rows = metrics.connection.execute(SAME[asked]).fetchall()
    right = {row[:-1]: row[-1] for row in rows if row[-1] is not None}
    found = ask(name, *groups)
    assert right
    assert set(found) == set(right)
    for key, value in right.items():
        if isinstance(value, float) or isinstance(found[key], float):
            assert float(found[key]) == pytest.approx(float(value), abs=1e-6, rel=1e-9), key
        else:
            assert found[key] == value, key


def test_every_metric_has_a_label_and_says_what_it_is(metrics):
    described = metrics.described()
    assert [name for name, label, text in described if not (label and text.endswith("."))] == []
    assert len({label for _, label, _ in described}) == len(described)
    page = (PROJECT / "docs" / "metrics.md").read_text()
    assert re.findall(r"(?m)^\| `(\w+)` \| (.+?) \| (.+) \|$", page) == described


def test_every_saved_query_has_an_answer(metrics):
    saved = metrics.saved()
    assert len(saved) >= 4
    for name, description in saved:
        assert description
        names, rows = metrics.answer(Question(saved_query=name))
        assert rows == sorted(rows, key=lambda row: row[:2] if "__" in names[1] else row[:1])


def test_a_question_is_asked_of_part_of_the_rows_in_any_order(metrics):
    question = Question(
        ["net_sales"],
        ["order__channel"],
        where=["{{ Dimension('order__country') }} = 'DE'"],
        order_by=["-net_sales"],
        limit=2,
    )
    _, rows = metrics.answer(question)
    right = """
        select channel, sum(net_amount) from core.orders where is_valid and country = 'DE'
        group by 1 order by 2 desc limit 2
    """
    assert rows == metrics.connection.execute(right).fetchall()
    assert "net_amount" in metrics.sql(question)
    assert {"order__channel", "customer__rfm_segment"} < set(metrics.groups(["net_sales"]))


@pytest.fixture
def command(published, monkeypatch) -> Callable[..., click.testing.Result]:
    """Run `patronage metrics` on the published shop."""
    unset_settings(monkeypatch)
    monkeypatch.delenv("DBT_TARGET_PATH", raising=False)
    monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(published.folder))

    def run(*arguments: str) -> click.testing.Result:
        return click.testing.CliRunner().invoke(main, ["metrics", *arguments])

    return run


def test_the_command_answers_from_the_published_file_alone(metrics, published, command, tmp_path):
    """There is no build file any more, and nothing is written into the published one."""
    file = published.folder / "patronage.duckdb"
    before = file.read_bytes()
    listed = command().stdout
    assert "Share of sales from first orders" in listed
    assert "--saved-query retention_by_cohort" in listed
    said = command("net_sales,orders", "--group-by", "metric_time__year").stdout.splitlines()
    assert said[0].split() == ["metric_time__year", "net_sales", "orders"]
    assert [line.split()[0] for line in said[1:]] == ["2023-01-01", "2024-01-01", "2025-01-01"]
    assert re.fullmatch(r"[\d,]+\.\d\d", said[1].split()[1])
    written = tmp_path / "answer.csv"
    assert command("net_sales", "--csv", str(written)).exit_code == 0
    (header, (total,)) = csv.reader(written.open(newline=""))
    right = metrics.connection.execute(
        "select sum(net_amount) from core.orders where is_valid"
    ).fetchall()
    assert (header, Decimal(total)) == (["net_sales"], right[0][0])
    assert file.read_bytes() == before
    assert not (published.folder / "build.duckdb").exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["net_sale"],
            "net_sale is no metric, nor what these can be grouped by; is it net_sales, ",
        ),
        (["orders", "--group-by", "order__chanel"], "order__chanel is no metric, nor what "),
        (["--saved-query", "nothing"], "Did not find saved query `nothing` in known"),
        (["net_sales_growth"], "The query includes a metric 'net_sales_growth' that specifies a "),
        (["orders", "--where", "country = 'DE'"], "Binder Error: Referenced column "),
        (
            ["orders", "--where", "{{ Dimension('order__country' }} = 'DE'"],
            "--where cannot be read: unexpected '}', expected ')'; it takes {{ Dimension('",
        ),
        (["orders", "--where", "{{ nothing() }}"], "--where cannot be read: 'nothing' is undefi"),
        (
            ["orders", "--where", "{{ Dimension('order__shop') }} = 'DE'"],
            "Dimension('order__shop') is no metric, nor what ",
        ),
        (["orders", "--where", "{{ nothing }}"], ""),
    ],
)
def test_a_wrong_question_is_told_in_a_line(command, arguments, line):
    result = command(*arguments)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(f"error: {line}")


def test_without_a_published_file_or_metricflow_a_line_says_what_to_do(
    command, published, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "metricflow.engine.metricflow_engine", None)
    said = "error: metrics are asked for by dbt-metricflow: pip install 'patronage[semantic]'\n"
    assert command("orders").stderr == said
    monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(tmp_path))
    assert command().stderr.endswith("is missing: run `patronage build` first\n")


def test_metrics_that_were_edited_are_parsed_anew(tmp_path, monkeypatch):
    definitions = tmp_path / module.DEFINITIONS / "orders.yml"
    definitions.parent.mkdir(parents=True)
    definitions.touch()
    file = tmp_path / MANIFEST
    ran = []

    def run_dbt(command: list[str], project: Path) -> None:
        ran.append(command)
        file.write_text('{"metrics": []}')

    monkeypatch.setattr(module, "run_dbt", run_dbt)
    for age in (None, -10, 10, -10):
        if age is not None:
            later = definitions.stat().st_mtime_ns + age * 10**9
            os.utime(file, ns=(later, later))
        assert module.parsed(tmp_path, tmp_path) == {"metrics": []}
    assert ran == [["parse"]] * 3


def test_mf_asks_the_published_file_by_the_readers_profile(metrics, published, tmp_path):
    """MetricFlow's own command, which looks for dbt's files in the project's folder."""
    project = tmp_path / "project"
    project.mkdir()
    for name in ("dbt_project.yml", "models", "macros", "seeds", "tests", "analyses", "profiles"):
        (project / name).symlink_to(PROJECT / name)
    settings = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PATRONAGE", "DBT"))
    } | {
        "PATRONAGE_WAREHOUSE": str(published.folder),
        "DBT_PROFILES_DIR": "profiles/reader",
        "HTTPS_PROXY": "http://127.0.0.1:9",  # it asks PyPI for a newer version
    }
    programs = Path(sys.executable).parent
    answer = project / "answer.csv"
    for command in (
        ["dbt", "parse", "--quiet"],
        ["mf", "query", "--saved-query", "new_order_share_by_month", "--csv", str(answer)],
    ):
        run = [str(programs / command[0]), *command[1:]]
        done = subprocess.run(run, cwd=project, env=settings, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert not re.search("(?i)warn|error", done.stdout + done.stderr)
    rows = list(csv.DictReader(answer.open(newline="")))
    sales = f"select period_start, total_net_amount from {SALES.format('total')}"
    right = dict(metrics.connection.execute(sales).fetchall())
    found = {row["metric_time__month"][:10]: Decimal(row["net_sales"]) for row in rows}
    assert found == {str(month): amount for month, amount in right.items()}
