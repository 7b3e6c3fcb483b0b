"""Are the rules tested? Breaks one rule of the SQL at a time and sees which test notices.

`make test-mutations` copies the project, applies one change of `MUTATIONS` after the other and runs
the cheapest tests first: dbt's unit tests of the changed models and of those that read them, then a
build of the demo shop from the changed models on with all data tests, then the comparison of its
marts with the oracle, and last pytest's small shops (`PIPELINE`). The table of what noticed goes to
`tests/mutations.md`; a mutation that nothing notices, or that is no longer valid SQL, ends the run
with a non-zero exit.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import duckdb
import polars as pl
from rich.progress import Progress

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "pipeline")]

from oracle import KEYS, build, compare, estimates  # noqa: E402

from patronage.dbt import BuildError, dbt_environment, run_dbt  # noqa: E402

REPORT = PROJECT / "tests" / "mutations.md"
LAYERS = ("unit test", "data test", "oracle", "pipeline test")
PIPELINE = [
    f"tests/pipeline/test_{name}.py"
    for name in ("reading", "rules", "engagement", "cases", "sources", "systems")
]


class Mutation(NamedTuple):
    """One rule, broken."""

    file: str  # of a model or macro, without its folder and .sql
    old: str
    new: str
    name: str  # what is wrong then
    times: int = 1  # how often the file has the old text: all are changed

    def path(self, project: Path) -> Path:
        """The file, wherever in the project it stands; raises ValueError where there is not one."""
        found = [
            path
            for room in ("models", "macros")
            for path in (project / room).rglob(f"{self.file}.sql")
        ]
        if len(found) != 1:
            raise ValueError(f"{self.file}.sql is there {len(found)} times")
        return found[0]


M = Mutation
MUTATIONS = [
    # staging: what is read, rejected and superseded
    M("parse_text", "then nullif(trim({{ column }}, {{ blanks() }}), '')",
      "then nullif({{ column }}, '')", "blanks around a text stay"),
    M("parse_text", "\\u200c\\u200d", "", "signs without width are no blanks"),
    M("parse_text", " or {{ column }} > '~'", "", "blanks that are not ASCII stay before a text"),
    M("parse_text", "octet_length({{ column }}) = 16 and", "false and", "a binary UUID is no id"),
    M("is_nothing",
      "lower({{ text }}) in",
      "{{ text }} in",
      "a word for nothing is one in lower case only"),
    M("is_nobody", " or replace({{ id }}, '0', '') = ''", "", "000 is somebody"),
    M("is_nobody",
      "{{ id }} in ({{ literals(words_var('nobody_ids')) }}) or ",
      "",
      "-1 is somebody"),
    M("known_text", "{{ has_lost_digits(text) }}", "false", "digits that are lost are an id"),
    M("known_text", "'person': ' or ' ~ is_nobody(text), ", "", "nobody's id is somebody's"),
    M("known_text", ", 'phone': ' or not ' ~ is_phone(text)", "", "any text is a phone number"),
    M("has_lost_digits", "[eE][+][0-9]+')", "[eE][+]?[0-9]+')", "5e7 has lost digits", 1),
    M("is_phone", "between 7 and 15", "between 7 and 25", "a card number is a phone number"),
    M("is_phone", "        and replace({{ digits }}, substr({{ digits }}, 1, 1), '') <> ''\n", "",
      "0000000 is a phone number"),
    M("is_email", "'[^@]+@[^@]+')", "'.+@.+')", "two emails are one", 1),
    M("snake_case",
      "        when regexp_full_match({{ text }}, '[a-z0-9]+(_[a-z0-9]+)*') then {{ text "
      "}}\n        else {{ snake_case(parted) }}",
      "        when true then {{ snake_case(text) }}",
      "a capital begins no word"),
    M("order_status", "'^(?i)wc-', ''", "'^wc_', ''", "WooCommerce's statuses are unknown", 2),
    M("parse_time", "when {{ is_naive_time(column) }} then", "when false then",
      "a time of the shop's clock is UTC"),
    M("utc_time",
      "then make_timestamp(epoch_us(least({{ early }}, {{ late }})))",
      "then make_timestamp(epoch_us({{ late }}))",
      "of a time that the clocks repeat the second counts"),
    M("id_order",
      "when translate({{ id }}, '0123456789', '') = ''",
      "when false",
      "order 10 comes before order 9"),
    M("reject_reason",
      "        then {{ literal('digits of ' ~ column",
      "        and false then {{ literal('digits of ' ~ column",
      "a key that a spreadsheet spoilt is missing"),
    M("parse_id", "then left({{ column }}, -2)", "then {{ column }}",
      "an id that went through a float keeps its .0"),
    M("business_date", "then cast({{ timestamp }} as date)",
      "then cast({{ local }} as date)", "a date alone is shifted into the time zone"),
    M("business_date", "{%- set local = timestamp if timezone == 'UTC'",
      "{%- set local = timestamp if true", "the business date is that of UTC"),
    M("reject_reason", "when {{ value }} < 0 then {{ literal('negative",
      "when {{ value }} < -100 then {{ literal('negative", "small negative amounts are accepted"),
    M("reject_reason", "or {{ value }} < timestamp '1990-01-01 00:00:00'",
      "or {{ value }} < timestamp '1900-01-01 00:00:00'", "times before 1990 are possible"),
    M("quarantined_rows", "typed._loaded_at desc nulls last", "typed._loaded_at asc nulls last",
      "the oldest version of a row stands"),
    M("quarantined_rows", "}} desc nulls last{{", "}} asc nulls last{{",
      "of versions loaded at once the smallest stands"),
    M("quarantined_rows", "where versions.version_rank > 1", "where versions.version_rank > 2",
      "two versions of a row are accepted"),
    M("quarantined_rows", "        where judged.reject_reason is null\n    ) as versions",
      "    ) as versions", "a rejected version can stand for a good one"),
    M("rated_rows", "typed.currency <> reporting.currency and rates.rate is null",
      "false", "a currency without a rate is taken as it is"),
    M("rated_rows", "> 1e12", "> 1e13", "orders over 10^12 are accepted"),
    M("quarantined_rows", "'=' if column in contract.required else 'is not distinct from'", "'='",
      "two versions of a key that is NULL in part are accepted"),
    M("reject_reason", "{'at_least': '<', 'at_most': '>'}[rule]",
      "{'at_least': '<=', 'at_most': '>='}[rule]",
      "what is at its bound is beyond it"),
    M("reject_reason", "        case\n            when {{ is_date_alone(quoted('raw_'",
      "        case\n            when false and {{ is_date_alone(quoted('raw_'",
      "what ends on the day it began, without a time, ends before"),
    M("yearly_fx_rates", "least(dates.as_of, ", "greatest(dates.as_of, ",
      "a year that has passed has the rate of as_of"),
    M("named_customers", "when named.{{ name }} is not null then",
      "when {{ name }}_owners.customer_key is not null then",
      "what a row names second makes good what is unknown of the first"),
    M("service_tickets", "staged.resolved_date <= dates.as_of", "true",
      "a ticket that is resolved after as_of is resolved"),
    M("quarantine_order_lines", "when amounts.order_row_id is null then 'unknown order'",
      "when false then ''", "lines of unknown orders are accepted"),
    M("quarantine_order_lines", "when amounts.has_negative_price then", "when false then",
      "lines of a negative price are accepted"),
    M("quarantine_refunds", "when rates.rate is null then", "when false then",
      "refunds in a currency without a rate are accepted"),
    M("quarantine_refunds", "typed.order_id is not null and rates.order_row_id is null",
      "false", "refunds of unknown orders are accepted"),
    M("rates_on_dates", "needed.business_date >= own_rates.rate_date",
      "needed.business_date > own_rates.rate_date", "a rate holds from the day after its date on"),
    M("rates_on_dates", "needed.business_date < own_rates.next_rate_date",
      "needed.business_date <= own_rates.next_rate_date", "two rates hold on one day"),
    M("rates_on_dates", "coalesce(own_rates.rate, all_rates.rate) as rate",
      "all_rates.rate as rate", "another source's rate comes before the own"),
    M("needed_fx_rates",
      "coalesce(orders.order_date, refunds.refund_date) as",
      "refunds.refund_date as",
      "a refund needs the rate of its own date"),
    M("refund_rates",
      "refunds.currency is null then coalesce(orders.rate, 1)",
      "refunds.currency is null then 1",
      "refunds are not converted at their order's rate"),
    M("refund_rates", "refunds.currency <> reporting.currency then rates.rate",
      "refunds.currency <> reporting.currency then coalesce(orders.rate, rates.rate)",
      "a refund is in its order's currency, whatever it says"),
    M("reporting_currency",
      "    from {{ ref('base_refunds') }}",
      "    from {{ ref('base_orders') }}",
      "refunds do not decide the reporting currency"),
    M("rated_rows", "coalesce(rates.rate, 1) as rate", "1 as rate",
      "no amount is converted"),
    M("order_line_amounts", "cast(coalesce(lines.quantity, 1)", "cast(coalesce(lines.quantity, 0)",
      "a line without a quantity is worth nothing"),
    M("order_line_amounts", "- coalesce(lines.discount_amount, 0) as", "as",
      "a line's discount does not come off its price"),
    M("order_line_amounts",
      "case when not is_discount then product_id end as product_id",
      "product_id",
      "a discount line holds a product"),
    M("order_line_amounts", "case when is_discount then 0 else units end as units", "units",
      "a discount line has units"),
    M("order_line_amounts", "case when is_discount then -amount else discount_amount end as order",
      "discount_amount as order", "a discount line takes nothing off"),
    M("order_line_amounts", "not is_discount and coalesce(unit_price", "coalesce(unit_price",
      "a discount line of a negative price is rejected"),
    M("reporting_currency", "upper({{ literal(conf", "lower({{ literal(conf",
      "the reporting currency is compared in lower case"),
    # identity
    M("lower_case", "    lower({{ text }})", "    {{ text }}",
      "emails differ by upper and lower case"),
    M("normal_phone", "regexp_replace({{ column }}, '[^0-9]', '', 'g')",
      "{{ column }}", "phone numbers differ by their punctuation"),
    M("is_shared_contact", "{{ accounts }} > {{", "{{ accounts }} >= {{",
      "an address on 10 customer ids is shared"),
    M("is_shared_contact", "{{ guest_orders }} > {{", "{{ guest_orders }} >= {{",
      "an address on 50 guest orders is shared"),
    M("is_shared_contact",
      "\n    or {{ is_of_staff }}",
      "",
      "the shop's own address merges customers"),
    M("known_addresses", "        where {{ is_email('customer_id') }}", "        where false",
      "an account id that is an email is no address"),
    M("published_id", "when position('@' in {{ customer_id }}) > 0", "when false",
      "an account id that is an email is published"),
    M("int_contact_owners", "        not events.is_bot\n        and known", "        known",
      "a bot's address makes a person"),
    M("int_contact_owners",
      "        and known.contact_hash is null\n",
      "",
      "a shared address is an event's person"),
    M("int_event_contacts", "        and not coalesce(points.is_email_of_other, false)\n", "",
      "an invited friend is who invited"),
    M("int_account_groups", "        and not is_shared\n", "",
      "shared addresses merge accounts"),
    M("int_account_groups",
      "    select\n        {{ account_key('customer_id') }} as left_node",
      "    select\n        source || ':' || same_as as left_node",
      "the identities table merges nobody"),
    M("int_accounts", "min(node) over", "max(node) over",
      "the customer key is the greatest account"),
    M("known_addresses", "{{ 'where order_date <= ' ~ as_of if as_of }}", "where false",
      "orders lend their account no address"),
    M("int_contact_owners", "        and account_phones.contact_hash is null\n", "",
      "a guest with a known phone becomes a person of his own"),
    M("int_contact_owners", "min(source) || ':' ||", "max(source) || ':' ||",
      "a guest of two sources is named after the last"),
    M("int_order_customers",
      "            case when phones.is_account then phones.customer_key end,\n", "",
      "an unknown email comes before a known phone"),
    # what a published text may say
    M("common_values", "sharers >= {{", "sharers > {{",
      "a value that just enough share is other"),
    M("common_values", "    where addresses.value is null", "    where true",
      "a delivered address that many share is published"),
    M("published_value", "else 'other'", "else {{ column }}",
      "a text that few share is published"),
    M("int_customer_attributes", "bool_or(is_staff)", "bool_and(is_staff)",
      "staff with a private account is none"),
    M("int_customer_attributes",
      "                position(accounts.source || ':' in accounts.account_key) <> 1,\n", "",
      "a help desk's word on a customer goes before the shop's own"),
    M("int_customer_attributes", "min_by({{", "max_by({{",
      "attributes come from the last account"),
    M("int_customer_attributes", "min(known_first_order_date)",
      "max(known_first_order_date)", "the last known first order counts"),
    # orders: amounts, validity, sequence, class
    M("int_order_amounts",
      "coalesce(orders.discount_amount, 0) - coalesce(lines.order_currency_discount_amount, 0), 0",
      "coalesce(orders.discount_amount, 0), 0", "the lines' discounts are subtracted twice"),
    M("int_order_amounts", "greatest(", "least(",
      "lines' discounts beyond the header's come back"),
    M("int_order_amounts", "count(product_id)", "count(*)",
      "lines without a product are a product"),
    M("int_order_amounts", "sum(lines) as lines", "count(*) as lines",
      "two lines of one product are one line"),
    M("int_order_amounts", "left join order_lines", "inner join order_lines",
      "orders without lines are lost"),
    M("int_order_products", "where quarantined.row_id is null", "where true",
      "lines that are not accepted count"),
    M("int_order_amounts", "then line_amount + line_discount_amount",
      "then line_amount", "gross is goods after the lines' discounts"),
    M("order_line_amounts", "(lines.quantity, 1) as units", "(lines.quantity, 0) as units",
      "a line without a quantity has no unit"),
    M("int_order_amounts", "least(discount_amount, gross_amount)", "discount_amount",
      "a discount may exceed the goods"),
    M("int_order_sequences",
      "            {{ id_order('judged.order_id') }}, judged.order_id, judged.source",
      "            judged.source",
      "orders of one instant have no order"),
    M("int_order_sequences", "judged.order_date, judged.ordered_at,\n", "judged.ordered_at,\n",
      "an instant comes before the business date"),
    M("int_order_sequences", "        and judged.customer_number is not null\n", "",
      "all guests are one returning customer"),
    M("int_order_sequences", "and not coalesce(people.is_staff, false) as", "as",
      "orders of staff are sales"),
    M("int_order_sequences", "        and not coalesce(staged.is_test, false)\n", "",
      "test orders are sales"),
    M("int_order_sequences",
      "coalesce(statuses.is_sale, staged.status not like 'cancel%', true)",
      "true",
      "no status makes an order no sale"),
    M("int_order_sequences", "statuses.is_sale, staged.status not like 'cancel%', true",
      "statuses.is_sale, true", "cancelled_by_customer is a sale"),
    M("int_order_sequences",
      "        and coalesce(staged.cancelled_date > dates.as_of, true)\n",
      "",
      "cancelled orders are sales"),
    M("int_order_sequences", "staged.cancelled_date > dates", "staged.cancelled_date >= dates",
      "an order cancelled on as_of is a sale"),
    M("int_order_sequences", "        judged.is_valid\n        and judged", "        judged",
      "orders that are no sales have a place in the sequence"),
    M("int_order_sequences", "known_first_order_date < first",
      "known_first_order_date <= first", "a customer known from the same day is not new"),
    M("int_order_sequences",
      "judged.lifetime_orders > delivered",
      "judged.lifetime_orders >= delivered",
      "a customer whose orders are all in the data is not new"),
    M("int_order_sequences",
      "on staged.order_date > dates.as_of",
      "on staged.order_date > '2999-01-01'",
      "orders after as_of are before the data"),
    M("int_order_sequences", "first_order_date < {{", "first_order_date <= {{",
      "day 365 of the history is left-censored"),
    M("int_order_sequences", "judged.known_first_order_date is null\n            and ", "",
      "customers known from the file are left-censored"),
    M("int_order_sequences", "            and judged.lifetime_orders is null\n", "",
      "customers whose number of orders is known are left-censored"),
    M("int_order_sequences", "left join {{ ref('int_order_customers') }}",
      "inner join {{ ref('int_order_customers') }}", "orders of nobody are lost"),
    M("orders",
      "case when places.is_valid then coalesce(refunds.refund_amount, 0) else 0 end",
      "coalesce(refunds.refund_amount, 0)", "a cancelled order's refund counts", 2),
    M("int_customer_countries",
      "coalesce(attributes.country, order_countries.country)",
      "attributes.country",
      "customers have the file's country alone",
      2),
    M("int_customer_countries",
      "max_by(orders",
      "min_by(orders",
      "the first order's country counts"),
    M("int_customer_attributes", "sum(lifetime_orders)", "max(lifetime_orders)",
      "of a person's accounts one alone has orders"),
    # refunds and credit notes
    M("int_refunds", "greatest(refunds", "least(refunds",
      "a refund before its order keeps its date"),
    M("int_refunds", "refunds.refund_date <= dates", "refunds.refund_date < dates",
      "refunds of as_of are ignored"),
    M("int_refunds",
      "    where refunds.row_id is null\n",
      "",
      "a refunded order is refunded twice"),
    M("int_refunds", "            and statuses.is_refunded", "            and false",
      "an order that is refunded by its status alone is not"),
    M("int_refunds", "or refunds.order_date <= dates.as_of", "or true",
      "refunds of orders after as_of count"),
    M("int_refunds",
      "case when refunds.order_id is null then refunds.customer_id end",
      "refunds.customer_id",
      "a refund belongs to whom it names, not to its order's customer"),
    # the calendar
    M("int_as_of", "    where place = {{", "    where place = -{{", "events do not move as_of"),
    M("int_as_of", "    where place = {{ number_var('as_of_visitors', 1) }}", "    where place = 1",
      "one device moves as_of"),
    M("int_as_of",
      "            when events.anonymous_id is not null\n"
      "                then 'visitor ' || events.source || ':' || events.anonymous_id\n",
      "",
      "a device that many use is many"),
    M("int_as_of", "        and not coalesce(events.is_bot, false)\n", "", "a bot moves as_of"),
    M("int_as_of", "max(refund_date)", "min(refund_date)",
      "refunds do not move as_of"),
    M("int_as_of", "}} + 1 as", "}} as",
      "the first day of the history is not counted"),
    M("int_periods", "where is_credit_note", "where not is_credit_note",
      "days begin with the first refund"),
    M("int_periods", "'bounds.as_of'", "add_to_date('month', 1, 'bounds.as_of')",
      "the last month does not end with as_of"),
    M("int_periods", "-12,", "-11,", "the trailing window is eleven months"),
    M("period_start", "cast({{ dbt.date_trunc(grain, date) }} as date)",
      "cast({{ dbt.date_trunc(grain, date) }} as date){{ ' - 1' if grain == 'week' }}",
      "weeks start on Sunday"),
    # events and sessions
    M("int_identified_events", "on events.email_hash = contacts.contact_hash", "on false",
      "an event's email identifies nobody"),
    M("int_events", "occurred_at >= spells", "occurred_at > spells",
      "at the instant of an identification the visitor is still another"),
    M("int_events", "occurred_at < spells", "occurred_at <= spells",
      "an event at a change is two persons'"),
    M("visitor_spells", "max_by(named", "min_by(named",
      "of identifications at one instant the smallest id decides"),
    M("visitor_spells", "> {{ number_var('shared_visitor_customers') }}",
      ">= {{ var('shared_visitor_customers') }}", "a visitor identified as 10 people is a till"),
    M("int_visitor_spells", "not coalesce(events.is_bot, false)", "true", "bots identify visitors"),
    M("int_event_sessions", "                > {{ number_var('session_gap_minutes')",
      "                >= {{ number_var('session_gap_minutes')",
      "a gap of 30 minutes starts a session"),
    M("int_event_sessions",
      "                or coalesce(customer_number, 0)"
      " <> coalesce(previous_customer_number, 0)\n", "",
      "a session goes on when the person changes"),
    M("int_event_sessions", "        and not events.is_bot\n", "",
      "bots have sessions"),
    M("int_event_sessions", "coalesce(points.is_visit, true)",
      "coalesce(points.is_visit, false)", "events of unknown types are no visits"),
    # core
    M("customers", "count(distinct order_date)", "count(order_date)",
      "two orders on one day are two order days"),
    M("customers", "min_by(ordered_at, order_sequence)", "min(ordered_at)",
      "the first instant is not the first business date's"),
    M("customers", "\n            - coalesce(credit_notes.credit_note_amount, 0) as",
      " as", "credit notes do not lower a customer's net"),
    M("orders", "left join {{ ref('int_customers_keyed') }}",
      "inner join {{ ref('int_customers_keyed') }}", "the orders mart lacks those of nobody"),
    M("refunds", "coalesce(orders.is_valid, not coalesce(attributes.is_staff, false))",
      "coalesce(orders.is_valid, true)", "credit notes of staff count"),
    M("int_events", "events.text is not null", "events.rating is not null",
      "a rating is a text"),
    M("int_events", "on events.event_date <= dates.as_of", "on true",
      "events after as_of are known"),
    M("int_events", "when events.rating <= 6 then", "when events.rating < 6 then",
      "an NPS of 6 says nothing"),
    M("int_events", "not events.is_bot and staff", "staff", "what bots do counts"),
    M("int_events", " and staff.customer_number is null", "", "what staff do counts"),
    M("int_events", "-events.visitor_number", "events.visitor_number",
      "a visitor has the number of a person"),
    M("sessions", "firsts.event_date as", "cast(visits.ended_at as date) as",
      "a session's date is that of its end"),
    # customer share
    M("share_of", "{{ whole }} > 0", "{{ whole }} <> 0",
      "a share of a negative whole is a number"),
    M("int_valid_orders", "or order_date > {{", "or order_date >= {{",
      "365 days of silence are enough to be new to the window"),
    M("int_valid_orders", "\nwhere is_valid", "\nwhere true",
      "orders that are no sales are summed"),
    M("int_valid_orders", "customer_number is not null and (", "(",
      "orders of nobody are new to the window"),
    M("int_valid_orders", "gross_amount - discount_amount as",
      "gross_amount as", "the ledger ignores discounts"),
    M("int_order_sequences",
      "case when not sequences.is_known_earlier then sequences.first_order_date end",
      "sequences.first_order_date",
      "a customer known before is a new customer in his first period"),
    M("int_customer_months", "-amount as net_amount", "amount as net_amount",
      "credit notes raise a customer's net"),
    M("int_customer_months", ">= last_window", "> last_window",
      "the last window lacks its first day"),
    M("new_customer_share", "sum(amount) as amount",
      "sum(amount) filter (where not is_credit_note) as amount",
      "credit notes are not in the ledger"),
    M("int_deductions", "    inner join {{ ref('int_valid_orders') }}",
      "    left join {{ ref('int_valid_orders') }}", "the ledger has refunds of invalid orders"),
    M("new_customer_share", "count(distinct customer_number) as customers",
      "count(customer_number) as customers", "a customer counts once an order"),
    M("new_customer_share", "            = {{ period_start(grain, 'order_date') }} as is",
      "            <= {{ period_start(grain, 'order_date') }} as is",
      "a new customer is new for ever"),
    M("new_customer_share",
      "order_class = 'new' and is_left_censored",
      "(order_class = 'new' or is_new_to_window) and is_left_censored",
      "a return after a known gap is left-censored"),
    M("int_deductions", "'unknown' as channel", "'none' as channel",
      "credit notes have a channel of their own"),
    M("concentration", "        orders > 0\n        and", "        true\n        and",
      "customers with a credit note only count"),
    M("concentration", "greatest(net_amount, 0)", "net_amount",
      "negative nets are not floored"),
    M("concentration", "ceil(count", "floor(count",
      "the best 1 % of 50 customers is nobody"),
    M("concentration", "* 5 >= totals", "* 5 > totals",
      "exactly 80 % is not enough"),
    M("int_customer_windows", "balances.until_month > months",
      "balances.until_month >= months", "a customer counts twice in a month of change"),
    M("int_customer_windows", "where not is_in_last_window", "where true",
      "the last, partial window loses days"),
    M("concentration", "- totals.customers - 1\n", "- totals.customers\n",
      "the Gini coefficient counts ranks from zero"),
    # the rest of customer share
    M("customer_share", "        rank() over (", "        row_number() over (",
      "equal shares get different ranks"),
    M("customer_share", "/ 5.0)", "/ 4.0)", "the top fifth is a quarter"),
    M("customer_share", "and products.units > 0", "", "products of no units are held"),
    M("customer_share", "ranked.month_start >= held.from_month",
      "ranked.month_start > held.from_month", "this month's products are not held yet"),
    M("customer_share", "ranked.month_start < held.until_month",
      "ranked.month_start <= held.until_month", "a month's new products make a second row"),
    M("customer_share", "order by net_amount desc, customer_number asc",
      "order by net_amount desc, customer_number desc",
      "of equal customers the last is in the top"),
    M("spend_bands", "<= bounds.p20_net_amount", "< bounds.p20_net_amount",
      "who spends just the p20 is no small customer"),
    M("spend_bands", "<= bounds.p80_net_amount", "< bounds.p80_net_amount",
      "who spends just the p80 is a big customer"),
    M("spend_bands", "where net_amount > 0", "where true",
      "quantiles are taken over all nets"),
    M("spend_bands", "sales.order_date >= dates", "sales.order_date > dates",
      "the window's first day is left out"),
    M("growth_accounting", "when new_month = month_start then 'new'",
      "when not ordered_last_month then 'new'", "who returns is new"),
    M("growth_accounting", "when not ordered_last_month then 'resurrected'",
      "when false then 'resurrected'", "who returns expands"),
    M("growth_accounting", "and ordered_this_month then 'contraction'",
      "and true then 'contraction'", "nobody churns"),
    M("int_periods", "}} as is_complete", "}} or true as is_complete",
      "a partial month is complete"),
    M("growth_accounting", "ordered_this_month and ordered_last_month",
      "ordered_this_month or ordered_last_month", "everyone is retained"),
    M("share_of_wallet", "quantile(0.8,", "quantile(0.75,",
      "the benchmark is the upper quartile"),
    M("share_of_wallet", "where own_amount > 0", "where true",
      "peers who spent nothing count"),
    M("share_of_wallet", ">= benchmarks.{{", ">= 2 * benchmarks.{{", "a share is above 1"),
    # life cycle
    M("int_order_days", "    group by\n        customer_number,\n        order_date",
      "    group by\n        customer_number,\n        order_date,\n        order_row_id",
      "two orders on one day are two order days"),
    M("int_purchase_gaps", "days_seen >= follow_up_days", "days_seen > follow_up_days",
      "a gap begun a whole follow-up before as_of does not count"),
    M("int_purchase_gaps", "gap_days <= follow_up_days", "gap_days < follow_up_days",
      "a gap as long as the follow-up does not count"),
    M("int_purchase_gaps",
      "cast(1 as double) / count(*) over (partition by customer_number, purchase)",
      "cast(1 as double)", "every gap weighs the same"),
    M("int_purchase_gaps", ">= {{ at_risk_share", "> {{ at_risk_share",
      "customers are at risk once more than 80 % returned"),
    M("int_purchase_gaps", "= 0.8, 0.95", "= 0.8, 0.9",
      "customers lapse once 90 % returned"),
    M("int_purchase_gaps", "longest = 365", "longest = 730", "the follow-up is two years"),
    M("lifecycle_thresholds", "enough.gaps >= {{", "enough.gaps >= -1 + {{",
      "199 gaps are enough"),
    M("lifecycle_thresholds", "other.gaps >= {{", "other.gaps > {{",
      "200 gaps of the other class are too few"),
    M("lifecycle_thresholds", "at_risk_after_days) + 1\n", "at_risk_after_days)\n",
      "customers may be at risk and lapsed on one day"),
    M("int_purchase_gaps", "where gap_days > follow_up_days", "where gap_days >= follow_up_days",
      "a gap as long as the follow-up is a longer one"),
    M("lifecycle_thresholds", "> 9 * follow_up_days", ">= 9 * follow_up_days",
      "nine tenths of the follow-up are beyond what the history can show"),
    M("lifecycle_thresholds", "10 * longer_gaps > gaps + longer_gaps", "10 * longer_gaps > gaps",
      "longer gaps are held against those that count alone"),
    M("clv_parameters", "'gamma' }}", "'p' }}",
      "gamma is judged in the reporting currency"),
    M("clv_parameters", "> {{ most }}", ">= {{ most }}", "a parameter of 1000 is at the boundary"),
    M("clv_parameters", "< {{ least }}", "<= {{ least }}",
      "a parameter of .001 is at the boundary"),
    M("clv_parameters", "when parameters.model = 'bg_nbd' then", "when true then",
      "the amounts' model has the purchases' calibration"),
    M("int_order_stages", "'thresholds.at_risk_after_days + 1'",
      "'thresholds.at_risk_after_days'",
      "customers are at risk a day early"),
    M("int_order_stages", "'thresholds.lapsed_after_days + 1'",
      "'thresholds.lapsed_after_days'",
      "customers lapse a day early"),
    M("int_order_stages", "> lag(thresholds", ">= lag(thresholds",
      "who returns on the last day of being at risk is reactivated"),
    M("int_order_stages", "customers.is_known_earlier",
      "false", "customers with an earlier known order are new"),
    M("int_lifecycle_spells", "at_risk_on < coalesce", "at_risk_on <= coalesce",
      "who returns on the first day at risk has two spells on it"),
    M("int_lifecycle_spells", "customers.created_date >= order_days.order_date",
      "customers.created_date > order_days.order_date",
      "who registers with the first order is a prospect"),
    M("int_lifecycle_spells", "not customers.is_staff", "true",
      "staff are prospects"),
    M("int_lifecycle_spells", "starts.started_on <= dates.as_of",
      "starts.started_on < dates.as_of", "a spell from as_of on is not known yet"),
    M("int_sales_by_stage", "stages.at_risk_on <= periods.period_end",
      "stages.at_risk_on < periods.period_end",
      "sales go to the stage of the day before the period's end", 2),
    M("lifecycle_stock", "periods.period_end >= changes.change_date",
      "periods.period_end > changes.change_date",
      "stock is that of the day before the period's end"),
    M("lifecycle_transitions", "min_by(coalesce(previous_stage, 'none'), spell_number)",
      "max_by(coalesce(previous_stage, 'none'), spell_number)",
      "a move starts at the month's last stage but one"),
    M("lifecycle_transitions", "when from_stage <> 'none'", "when true",
      "newcomers have a probability"),
    M("lifecycle_grid", "recency.next_value > customers.recency_days",
      "recency.next_value >= customers.recency_days", "a band reaches into the next one"),
    M("int_cohorts", "        and not coalesce(customers.is_known_earlier, false)\n", "",
      "customers with an earlier known order are in a cohort"),
    M("cohort_retention", "- left_customers + leaving_customers", "- left_customers",
      "who leaves in a month is not there in it"),
    M("cohort_retention", "case when is_mature then", "case when true then",
      "unfinished months have a retention rate"),
    M("score", "percent_rank()", "cume_dist()", "the lowest values do not score lowest"),
    M("rfm", "'-recency_days'", "'recency_days'", "the longest silent score best"),
    M("int_rfm_summaries", "where days.day_number > 1",
      "where days.day_number > 0", "the first order day is a repeat one"),
    M("int_rfm_summaries", "on days.order_date <= dates.last_day",
      "on days.order_date < dates.last_day", "an order on as_of is not known to the value models"),
    M("enough_to_fit", "repeat_customers >= 500", "repeat_customers > 500",
      "500 returning customers are too few"),
    M("enough_to_fit", "history_days >= 180", "history_days > 180",
      "180 days are too short"),
    M("int_bg_nbd_fits", "ln(b + x - 1)", "ln(b + x)", "leaving is less likely"),
    M("int_gamma_gamma_fit", "(p * x - 1) * ln(m)", "(p * x) * ln(m)",
      "amounts have another likelihood"),
    M("int_gamma_gamma_fit", "and repeat_net_amount > 0", "and repeat_net_amount > 20",
      "small repeat purchases do not enter the fit"),
    M("int_p_alive", "ln(b + frequency - 1)", "ln(b + frequency)",
      "customers are alive more likely"),
    M("int_expected_purchases", "- 2 - series.r + numbers", "- 1 - series.r + numbers",
      "the series is another"),
    M("int_customer_margins", "bought.priced_units", "bought.units",
      "lines without an amount have a margin"),
    M("clv", "1 - exp", "1 - 2 * exp", "customers buy less likely"),
    M("clv", "when activity.repeat_net_amount > 0", "when activity.frequency > 0",
      "free repeat purchases tell what a customer will spend"),
    M("clv", "/ 730e0", "/ 365e0", "value is discounted from the horizon's end"),
    M("clv_calibration", "histories.frequency - activity.frequency",
      "histories.frequency", "purchases before the cutoff count as foretold"),
    # sources and systems
    M("account_key", "then {{ literal(other) }}", "then {{ literal(name) }}",
      "the customer ids of a source are always its own"),
    M("newest_files", "            max(files.file_rank) as file_rank",
      "            min(files.file_rank) as file_rank", "the oldest export of an order stands"),
    M("money", "is not null and {{ money(raw) }} is null then {{ raw }}",
      "is not null and {{ money(raw) }} is null then '0'", "what is no number is nothing",
      times=2),
    M("sales_reconciliation", "coalesce(staged.cancelled_date, orders.order_date)",
      "coalesce(orders.order_date, staged.cancelled_date)",
      "a cancelled order is reversed on its own day"),
    M("sales_reconciliation", "            and not coalesce(staged.is_test, false)\n", "",
      "cancelled tests are sales"),
    # engagement and advocacy
    M("reaches_band", "({{ bands }}.is_min_inclusive and",
      "(not {{ bands }}.is_min_inclusive and", "100 points are weak, 200 strong"),
    M("decayed", "power(0.5,", "power(0.25,", "points are a quarter after a half-life"),
    M("lead_scores", "            is_counted\n", "            true\n",
      "a bot is a lead"),
    M("int_event_days", "        events.is_counted\n", "        true\n",
      "what bots do scores"),
    M("int_lead_points", "least(days.events, coalesce(types.daily_cap, days.events))",
      "days.events", "there is no daily cap"),
    M("int_lead_points",
      "        event_type_number,\n        event_date\n),",
      "        event_type_number,\n        event_date,\n        occurred_date\n),",
      "a day's cap begins anew at midnight in UTC"),
    M("int_lead_points", " filter (where {{ kind }}_points <> 0)", "",
      "events without points are scored ones"),
    M("int_lead_crossing_days", "or candidates.occurred_date <= candidates.certain_date",
      "or candidates.occurred_date < candidates.certain_date", "nobody becomes strong for certain"),
    M("int_lead_crossing_days", "greatest(points, 0)", "points",
      "who is strong for an hour never was"),
    M("int_strong_since", "day_number <= daily_cap", "day_number <= 1000",
      "capped events make a lead strong"),
    M("int_strong_since", "min(running_scores.occurred_at)",
      "max(running_scores.occurred_at)", "a lead becomes strong with the last event"),
    M("int_strong_since",
      "order by occurred_at, event_id, source\n            rows",
      "order by occurred_at, event_id desc, source\n            rows",
      "events of one instant go by falling ids"),
    M("engagement_scores", "{{ add_to_date('day', -30, 'dates.as_of') }}",
      "{{ add_to_date('day', -31, 'dates.as_of') }}", "sessions of 31 days count"),
    M("engagement_scores", "order by decayed_points desc, event_type",
      "order by decayed_points, event_type", "the top type is the smallest"),
    M("lead_scores", "case when points.is_scored then points.raw_score end",
      "points.raw_score", "leads without a scoring event have 0 points"),
    M("lead_scores", "where {{ reaches_band('points.raw_score', 'bands') }}",
      "where {{ reaches_band('points.decayed_score', 'bands') }}",
      "bands stand on the decayed score"),
    M("int_advocacy_events", "        events.is_counted\n", "        true\n",
      "staff are advocates"),
    M("int_advocacy_events", "coalesce(events.rating < events.min_rating, true)",
      "coalesce(events.rating < events.min_rating, false)", "a review without a rating is an act"),
    M("int_advocacy_events", "coalesce(events.rating < events.min_rating, true)",
      "coalesce(events.rating <= events.min_rating, true)", "4 stars and an NPS of 9 are too few"),
    M("int_advocacy_events",
      "            when orders.customer_number = events.customer_number then null\n", "",
      "who refers himself is a lover"),
    M("int_advocacy_events", " and not events.has_text\n", " and false\n",
      "stars without a text are an act"),
    M("int_advocacy_events", "            when events.is_incentivised then null\n", "",
      "a paid opinion is an attitude"),
    M("int_advocacy_spells", "{{ add_to_date('day', 365, 'max(event_date)') }}",
      "{{ add_to_date('day', 364, 'max(event_date)') }}", "an act covers 364 days"),
    M("int_tier_changes", "greatest(spells.started_on, buyers.first_order_date)",
      "spells.started_on", "who spoke before the first order is a customer then"),
    M("int_tier_changes", "on steps.step_date <= dates.as_of", "on true",
      "lovers are lost before their acts leave the window"),
    M("int_customer_advocacy",
      "events.event_date > {{ add_to_date('day', -365, 'dates.as_of') }}",
      "events.event_date >= {{ add_to_date('day', -365, 'dates.as_of') }}",
      "an act holds for 366 days"),
    M("int_customer_advocacy", "    where not events.is_incentivised\n", "",
      "a paid review makes a lover"),
    M("int_customer_advocacy", "greatest(2, median(order_days))", "median(order_days)",
      "one order day is high patronage"),
    M("int_customer_advocacy", "buyers.order_days >= usual.order_days",
      "buyers.order_days > usual.order_days", "the usual order days are low patronage"),
    M("int_referral_code_owners", "    where registered.customer_number is null\n", "",
      "whoever sends a code owns it"),
    M("int_referred_orders", "        and orders.order_class = 'new'\n", "",
      "returning customers are referred"),
    M("int_referred_orders", "        and owners.customer_number is null\n", "",
      "who uses his own code is referred"),
    M("int_referred_orders", "<= {{ add_to_date(", "< {{ add_to_date(",
      "an invite converts within 29 days"),
    M("loyalty_vs_advocacy",
      "        and advocates.attitude <> 'high' as is_locked_in", "        as is_locked_in",
      "whoever likes the shop is locked in"),
    M("advocate_candidates", "        and advocates.attitude <> 'low'\n", "",
      "the displeased are candidates"),
    M("advocacy_what_if", "likers / cast(100 as double)",
      "likers / cast(10 as double)", "ten percent of the likers move"),
    M("value_vs_advocacy", "- customers / 2.0", "- customers",
      "equal numbers of acts have the lowest rank"),
    M("word_of_mouth", "1 - number_var('invite_window_days')",
      "2 - number_var('invite_window_days')", "the k-factor is told a day too early"),
    M("word_of_mouth", "when sayings.responses >= 2", "when true", "one answer has an error"),
    M("word_of_mouth",
      "2 * sum(answers) + 3",
      "2 * sum(answers)",
      "answers that are all alike are a certainty"),
    M("erasure_addresses",
      "    where known.contact_node is null\n",
      "",
      "who is known otherwise is a person of an event's, too"),
    M("word_of_mouth", "count(distinct invite_number)",
      "count(invite_number)", "an invite converts as often as its code is used"),
]  # fmt: skip


def mutated(project: Path, mutation: Mutation) -> str:
    """Return the mutation's file with its rule broken; raises ValueError where it does not fit."""
    text = mutation.path(project).read_text()
    if text.count(mutation.old) != mutation.times:
        raise ValueError(f"{mutation.file} has {mutation.old!r} {text.count(mutation.old)} times")
    return text.replace(mutation.old, mutation.new)


class Trial:
    """A copy of the project with its demo shop built, where mutations are tried."""

    def __init__(self, folder: Path) -> None:
        """Copy, build with all tests, and compute what the oracle says."""
        self.project = folder / "project"
        left = shutil.ignore_patterns(".*", "target", "logs", "warehouse", "__pycache__")
        shutil.copytree(PROJECT, self.project, ignore=left)
        self.state = folder / "state"
        self.good = folder / "good.duckdb"
        self.file = self.project / "warehouse" / "build.duckdb"
        os.chdir(self.project)  # the demo's folder is a relative path
        self.dbt("build")
        shutil.copytree(self.project / "warehouse" / "target", self.state)
        shutil.copy(self.file, self.good)
        demo = {"name": "demo", "system": "files", "path": "data/demo", "timezone": "Europe/Berlin"}
        with duckdb.connect(str(self.file), read_only=True) as connection:
            connection.execute("select schema_name || '.' || table_name from duckdb_tables()")
            tables = {name for (name,) in connection.fetchall()}
        frames = build([demo], reporting_currency="EUR")
        # rejected rows are worded freely; their counts are in core.reconciliation
        tables.discard("core.rejected_rows")
        self.expected = {mart: frame for mart, frame in frames.items() if mart in tables}
        self.known = self.differences()  # none, unless the copied project fails its own tests

    def dbt(self, *command: str) -> None:
        """Run dbt on the copy."""
        with dbt_environment(self.project):
            run_dbt(list(command), self.project)

    def differences(self) -> list[str]:
        """What differs between the built marts and the oracle's."""
        found = []
        with duckdb.connect(str(self.file), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            for mart, expected in self.expected.items():
                actual: pl.DataFrame = connection.execute(f"from {mart}").pl()
                lines = compare(expected, actual, KEYS[mart], estimates(mart))
                found += [f"{mart}: {line}" for line in lines]
        return found

    def pipeline_fails(self) -> bool:
        """Whether one of the small shops of `PIPELINE` comes out wrong."""
        command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *PIPELINE]
        here = os.environ | {"PYTHONPATH": str(self.project)}
        done = subprocess.run(command, cwd=self.project, env=here, capture_output=True, check=False)
        return done.returncode == 1

    def notice(self, mutation: Mutation) -> str | None:
        """Return the first layer of tests that fails on a mutation, or None."""
        path = mutation.path(self.project)
        text = path.read_text()
        path.write_text(mutated(self.project, mutation))
        fast = ["--state", str(self.state), "--fail-fast"]
        without_units = ["--exclude-resource-type", "unit_test"]
        try:
            shutil.copy(self.good, self.file)
            try:
                self.dbt("test", *fast, "--select", "state:modified+1,test_type:unit")
            except BuildError as error:
                # stopping at the first failure, dbt may end before it says which test it was
                silent = error.args == ("dbt failed without a message",)
                if not (silent or all(" differs from " in line for line in error.args)):
                    raise
                return LAYERS[0]
            try:
                self.dbt("build", *fast, *without_units, "--select", "state:modified+")
            except BuildError as error:
                if any(line.startswith(("model ", "Compilation")) for line in error.args):
                    raise
                return LAYERS[1]
            if self.differences() != self.known:
                return LAYERS[2]
            return LAYERS[3] if self.pipeline_fails() else None
        finally:
            path.write_text(text)


def main() -> None:
    """Try all mutations (or those whose name or file holds a text) and write the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", help="a part of a name or file; writes no report")
    chosen = parser.parse_args().only
    for name in [name for name in os.environ if name.startswith(("PATRONAGE_", "DBT_"))]:
        del os.environ[name]
    tried = [one for one in MUTATIONS if chosen in one.name or chosen in one.file]
    rows, failures = [], []
    with tempfile.TemporaryDirectory() as folder, Progress() as bar:
        task = bar.add_task("Building the demo shop", total=len(tried))
        for one in tried:
            mutated(PROJECT, one)
        trial = Trial(Path(folder).resolve())
        failures += [f"differs before any mutation: {line}" for line in trial.known]
        for one in tried:
            bar.update(task, description=one.name[:50].ljust(50))
            try:
                layer = trial.notice(one)
            except BuildError as error:
                layer = None
                failures.append(f"not valid SQL: {one.name}: {error}")
            else:
                if layer is None:
                    failures.append(f"survives: {one.name} ({one.file})")
            rows.append(f"| {one.name} | {one.file} | {layer or '**nothing**'} |")
            bar.console.print(f"{(layer or 'NOTHING').ljust(10)} {one.name}", markup=False)
            bar.advance(task)
        os.chdir(PROJECT)
    counts = [(layer, sum(row.endswith(f"| {layer} |") for row in rows)) for layer in LAYERS]
    summary = ", ".join(f"{count} by a {layer}" for layer, count in counts if count)
    told = f"{len(rows)} mutations, noticed: {summary.replace('a oracle', 'the oracle')}."
    print(told, *failures, sep="\n")
    if not chosen:
        head = [
            "# What notices a broken rule",
            "",
            "Written by `make test-mutations` (`tests/mutations.py`): each line is one rule broken",
            "by itself, and the first layer of tests that fails on it, the cheapest first.",
            "",
            told,
            "",
            "| what is wrong then | changed | noticed by |",
            "| --- | --- | --- |",
        ]
        REPORT.write_text("\n".join([*head, *rows]) + "\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
