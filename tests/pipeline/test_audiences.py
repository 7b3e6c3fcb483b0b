"""Audiences: how they are declared, who may be sent to, and what `patronage audience` writes."""

from __future__ import annotations

import csv
import hashlib
import io
import stat

import pytest
from click.testing import CliRunner
from conftest import ONLY_OF_THEM, STAGING

from patronage.cli import main
from patronage.dbt import BuildError

MARTS = ["path:models/marts/audiences"]
MAIL = {"kind": "list", "channel": "email", "purpose": "marketing", "rule": "true"}
AUDIENCES = [
    {"name": "everybody", **MAIL},
    {"name": "half", **MAIL, "holdout_share": 0.5},
    {"name": "texted", **MAIL, "channel": "sms"},
    {"name": "posted", **MAIL, "channel": "post"},
    {"name": "buyers", "kind": "segment", "priority": 1, "rule": "true"},
]
# Bob has two accounts, one of which withdrew; cat has two, one of which granted. Twelve share the
# office's address, which dan granted for himself, and somebody for all. Gus has no account, fay
# withdrew, hal never said anything, ida is of the staff; a spreadsheet runs eve's address.
CUSTOMERS = """customer_id,email,phone,is_staff
ann, Ann@x.example ,+49 (30) 111-2233,
bob1,bob1@x.example,,
bob2,bob2@x.example,,
cat1,cat1@x.example,030 999 88 77,
cat2,cat2@x.example,,
dan,office@x.example,0049 30 555 6677,
eve,=1+1@x.example,,
fay,fay@x.example,,
hal,hal@x.example,,
ida,ida@x.example,,yes
""" + "".join(f"office{n},office@x.example,,\n" for n in range(11))
CONSENTS = """channel,purpose,status,stated_at,customer_id,email,phone
email,marketing,granted,2024-01-01,ann,,
sms,marketing,granted,2024-01-01,ann,,
email,marketing,granted,2024-01-01,bob1,,
email,marketing,withdrawn,2024-01-02,bob2,,
email,marketing,granted,2024-01-01,cat2,,
sms,marketing,granted,2024-01-01,,,0309998877
email,marketing,granted,2024-01-01,dan,,
sms,marketing,granted,2024-01-01,dan,,
email,marketing,granted,2024-01-01,,office@x.example,
email,marketing,granted,2024-01-01,eve,,
email,marketing,granted,2024-01-01,fay,,
email,marketing,withdrawn,2024-01-01,,FAY@x.example,
email,marketing,granted,2024-01-01,,gus@x.example,
email,marketing,granted,2024-01-01,ida,,
"""
ORDERS = """order_id,ordered_at,customer_id,email,amount
o1,2024-02-01,ann,,10
o2,2024-02-01,,gus@x.example,10
o3,2024-02-01,cat1,cat.old@x.example,10
"""
# known by the address of an event alone, which grants
EVENTS = """event_id,occurred_at,event_type,email
e1,2024-01-05,newsletter_subscribed,LEA@x.example
"""
IDENTITIES = "customer_id,same_as\nbob1,bob2\ncat1,cat2\n"


@pytest.fixture(scope="module")
def built(build_apart, tmp_path_factory):
    """The shop above, built once."""
    data = tmp_path_factory.mktemp("shop")
    for name, text in {
        "customers": CUSTOMERS, "consents": CONSENTS, "orders": ORDERS, "identities": IDENTITIES,
        "events": EVENTS,
    }.items():  # fmt: skip
        (data / f"{name}.csv").write_text(text)
    return build_apart(data, "--vars", str({"audiences": AUDIENCES}), salt="pepper")


@pytest.fixture
def audience(built, monkeypatch):
    """Run `patronage audience`; return its exit code, rows of its output, and what it says."""
    monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(built.folder))
    monkeypatch.setenv("PATRONAGE_SALT", "pepper")

    def run(*arguments):
        result = CliRunner().invoke(main, ["audience", *map(str, arguments)])
        return result.exit_code, list(csv.reader(io.StringIO(result.stdout))), result.stderr

    return run


def members(built, audience):
    rows = built.rows(
        "select customer_key, coalesce(exclusion_reason, 'included')"
        f" from audiences.audience_members where audience = '{audience}'"
    )
    return {key.split(":")[1]: reason for key, reason in rows if len(key) < 20}


def test_who_may_be_sent_to(built):
    assert members(built, "everybody") == {
        "ann": "included", "bob1": "consent_withdrawn", "cat1": "included", "dan": "included",
        "eve": "included", "fay": "consent_withdrawn", "hal": "no_consent",
        **{f"office{n}": "no_consent" for n in range(11)},
    }  # fmt: skip
    assert members(built, "texted") == {
        "ann": "included", "cat1": "included", "dan": "included",
        **dict.fromkeys(["bob1", "eve", "fay", "hal", *(f"office{n}" for n in range(11))],
                        "no_address"),
    }  # fmt: skip
    assert set(members(built, "buyers")) == {"ann", "cat1"}  # and gus


def test_held_out_is_who_has_a_small_number(built):
    rows = built.rows("select customer_key from audiences.audience_members where is_included")
    for (key,) in set(rows):
        number = int(hashlib.md5(f"half:{key}".encode()).hexdigest()[:8], 16) / 16**8
        (reason,) = built.rows(
            "select exclusion_reason from audiences.audience_members"
            f" where audience = 'half' and customer_key = '{key}'"
        )[0]
        if reason != "consent_withdrawn":
            assert (reason == "holdout") == (number < 0.5)


def test_addresses_are_peoples_own_and_of_the_account_that_granted(audience):
    """Dan's address is the office's; an address is lower case, and of the accounts the granting."""
    code, rows, said = audience("everybody")
    assert code == 0
    assert rows[0] == ["customer_key", "email"]
    addresses = [email for _, email in rows[1:]]
    assert sorted(addresses) == [
        "ann@x.example", "cat2@x.example", "gus@x.example", "lea@x.example",
    ]  # fmt: skip
    assert said.splitlines() == [
        "everybody: 4 of 6 people",
        "1 left out, as a spreadsheet would run them: --raw keeps them",
        "1 left out, without an address of their own that they allowed",
    ]
    assert "=1+1@x.example" in [email for _, email in audience("everybody", "--raw")[1]]


def test_phones_say_their_country_as_far_as_it_is_known(audience):
    """Cat's number is one of whatever country."""
    rows = audience("texted")[1]
    assert [phone for _, phone in rows[1:]] == ["+49301112233", "0309998877", "+49305556677"]


def test_hashes_are_of_plain_addresses_and_stand_alone(audience):
    rows = audience("everybody", "--hashed")[1]
    known = ["ann@x.example", "cat2@x.example", "gus@x.example", "lea@x.example", "=1+1@x.example"]
    digests = sorted(hashlib.sha256(one.encode()).hexdigest() for one in known)
    assert rows == [["email_sha256"], *([one] for one in digests)]
    assert [hashlib.sha256(b"+49301112233").hexdigest()] in audience("texted", "--hashed")[1]


def test_who_is_held_out_is_written_as_events(audience, built):
    held = built.rows(
        "select customer_key from audiences.audience_members where exclusion_reason = 'holdout'"
    )
    options = ("half", "--withheld", "--campaign", "c1", "--at", "2024-02-02T10:00:00Z", "--raw")
    code, rows, _ = audience(*options)
    assert code == 0
    assert rows == audience(*options)[1]  # their ids, too
    assert rows[0] == [
        "event_id", "occurred_at", "event_type", "customer_id", "email", "campaign_id",
    ]  # fmt: skip
    accounts = {key.split(":")[1] for (key,) in held if len(key) < 20}
    assert {row[3] for row in rows[1:]} - {""} == accounts
    assert {row[4] for row in rows[1:]} <= {"", "gus@x.example", "lea@x.example"}
    assert {(row[1], row[2], row[5]) for row in rows[1:]} == {
        ("2024-02-02T10:00:00Z", "campaign_withheld", "c1")
    }
    assert len({row[0] for row in rows}) == len(rows) == len(held) + 1


def test_a_file_is_for_its_owner_and_lies_outside_of_the_warehouse(audience, built, tmp_path):
    file = tmp_path / "people.csv"
    assert audience("everybody", "--to", file)[0] == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text()
    assert before.splitlines()[0] == "customer_key,email"
    code, _, said = audience("half", "--to", file)
    assert (code, said) == (1, f"error: {file} is there already: --force writes over it\n")
    assert file.read_text() == before
    file.chmod(0o644)
    assert audience("everybody", "--hashed", "--to", file, "--force")[0] == 0
    assert file.read_text() != before
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    (tmp_path / "inside").symlink_to(built.folder)
    (tmp_path / "link.csv").symlink_to(built.folder / "x.csv")
    for place in (built.folder, tmp_path / "inside", built.folder / "target" / ".."):
        code, _, said = audience("everybody", "--to", place / "x.csv")
        assert code == 1
        assert "lies in the warehouse folder" in said
    for force in ((), ("--force",)):
        assert audience("everybody", "--to", tmp_path / "link.csv", *force)[0] == 1
    assert not (built.folder / "x.csv").exists()
    code, _, said = audience("everybody", "--to", tmp_path / "no" / "x.csv")
    assert (code, said.count("\n")) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nobody"], "no audience is named nobody; there are everybody, half, texted, posted, "),
        (["buyers"], "buyers has no channel, so nobody of it has allowed to be written to"),
        (["posted"], "posted: no address of the channel post is known here"),
        (["half", "--withheld"], "--withheld needs --campaign"),
        (["half", "--withheld", "--hashed", "--campaign", "c"], "exclude each other"),
        (["half", "--campaign", "c"], "belong to --withheld"),
        (["half", "--withheld", "--campaign", " "], "--campaign must be an id"),
        (["half", "--withheld", "--campaign", "a\nb"], "--campaign must be an id"),
        (["half", "--withheld", "--campaign", "c", "--at", "soon"], "--at must be a time like"),
        (["half", "--withheld", "--campaign", "c", "--at", "2999-01-01"], "or in the future"),
        (["half", "--withheld", "--campaign", "c", "--source", "x"], "--source must name the shop"),
    ],
)
def test_what_cannot_be_written_is_refused_in_one_line(audience, arguments, line):
    code, rows, said = audience(*arguments)
    assert (code, rows, said.count("\n")) == (1, [], 1)
    assert line in said


def test_another_salt_names_nobody(audience, monkeypatch):
    monkeypatch.setenv("PATRONAGE_SALT", "salt")
    said = "error: the salt (PATRONAGE_SALT) is not the one of the last build\n"
    assert audience("everybody")[::2] == (1, said)


def test_who_is_erased_is_in_no_audience(warehouse, shop, tmp_path):
    erasures = "customer_id,email,requested_at\nann,,2024-02-01\n,gus@x.example,2024-02-01\n"
    data = shop(
        customers=CUSTOMERS, consents=CONSENTS, orders=ORDERS, identities=IDENTITIES,
        erasures=erasures,
    )  # fmt: skip
    warehouse.build(data, "--vars", str({"audiences": AUDIENCES}), salt="pepper")
    result = CliRunner().invoke(main, ["audience", "everybody", "--raw"])
    assert sorted(row.split(",")[1] for row in result.stdout.splitlines()[1:]) == [
        "=1+1@x.example", "cat2@x.example",
    ]  # fmt: skip


NO_RULE = {"name": "a", "kind": "list", "rule": "true"}
SEGMENT = {"name": "s", "kind": "segment", "priority": 1, "rule": "true"}
DECLARATIONS = {
    "audience a: unknown kind 'group' (expected segment, persona, trigger, list)": [
        NO_RULE | {"kind": "group"}
    ],
    "audience a: the name is used twice": [NO_RULE, NO_RULE],
    "audience a: a channel needs a purpose for which consent was given": [
        NO_RULE | {"channel": "email"}
    ],
    "audience a: unknown key 'holdout'": [NO_RULE | {"holdout": 0.1}],
    "audience a: holdout_share must be a number from 0 to 1, not '10'": [
        NO_RULE | {"holdout_share": 10}
    ],
    "audience a: adults_only must be true or false, not 'perhaps'": [
        NO_RULE | {"adults_only": "perhaps"}
    ],
    "audience a: its rule must be an SQL condition as a text, in quotes, not 'True'": [
        NO_RULE | {"rule": True}
    ],
    "audience a: its rule names age: no column of customer_profile, and no moment": [
        NO_RULE | {"rule": "age > 3 and lower(gender) = 'age' and coalesce(refund_share, 0) < 1e-1"}
    ],
    "audience a: its rule is no SQL condition: 'syntax error": [NO_RULE | {"rule": "age_years >"}],
    "audience a: its rule must be one condition, without a query": [
        NO_RULE | {"rule": "customer_key in (select customer_key from core.customers)"}
    ],
    "audience a: its rule must be one condition, without a query, a comment": [
        NO_RULE | {"rule": "exists (from read_csv('/etc/passwd'))"}
    ],
    "audience a: its rule calls now, random: the same customer has to be in it each time": [
        NO_RULE | {"rule": "created_date is distinct from now() or random () > 0.5"}
    ],
    "audience t: the priority of the segment is that of s, too: 1": [
        SEGMENT, SEGMENT | {"name": "t"}
    ],
    "audience t: the priority of the persona is that of s, too: 1": [
        SEGMENT | {"kind": "persona"}, SEGMENT | {"name": "t", "kind": "persona"}
    ],
    "audience s: a persona needs a priority, a number, not 'first'": [
        SEGMENT | {"kind": "persona", "priority": "first"}
    ],
    "audience t: the rule of the last segment must be true, so that everybody is in one": [
        SEGMENT, SEGMENT | {"name": "t", "priority": 2, "rule": "orders_12m > 1"}
    ],
    "audience 1: it needs a name of small letters, digits and _, not 'A b'": [
        NO_RULE | {"name": "A b"}
    ],
    "audience 1: expected name, kind, rule, …, not 'everybody'": ["everybody"],
    "the var audiences must be a list of audiences, not 'everybody'": "everybody",
}  # fmt: skip


@pytest.mark.parametrize("line", DECLARATIONS)
def test_an_unclear_declaration_ends_the_run_in_one_line(warehouse, shop, line):
    data = shop(orders=ORDERS)
    with pytest.raises(BuildError) as error:
        warehouse.build(data, "--vars", str({"audiences": DECLARATIONS[line]}))
    assert len(error.value.args) == 1
    assert line in error.value.args[0]


def test_a_shop_of_orders_alone_has_its_segments(warehouse, shop):
    """One customer spends as little as everybody; a shop that declares nothing has no rows."""
    orders = "order_id,ordered_at,customer_id,amount\no1,2024-01-01,a,10\n"
    warehouse.build(shop(orders=orders))
    assert warehouse.rows("select count(*) from audiences.audience_summary") == [(23,)]
    assert warehouse.rows(
        "select audience, eligible, included, no_address, share_of_customers, net_amount_12m"
        " from audiences.audience_summary where eligible > 0 order by audience"
    ) == [("low_spender_discount", 1, 0, 1, 1, 0), ("new_customers", 1, 1, 0, 1, 10)]
    warehouse.build(shop(orders=orders), "--vars", "{audiences: []}")
    for mart in ("audience_summary", "audience_members", "consent_status", "consent_spells"):
        assert warehouse.rows(f"from audiences.{mart}") == []


def test_a_shop_of_one_old_order_has_no_moments(warehouse, shop):
    """The person's birthday is the day of the year of the form's default, which nobody has."""
    warehouse.selection = ["--select", *STAGING, "+int_moments", *ONLY_OF_THEM]
    warehouse.build(
        shop(
            orders="order_id,ordered_at,customer_id,amount\no1,2024-01-01,a,10\n",
            customers="customer_id,birth_date\na,1900-01-01\n",
        )
    )
    assert warehouse.rows(
        "select days_since_order, days_to_birthday, is_minor from intermediate.int_moments"
    ) == [(0, None, False)]
