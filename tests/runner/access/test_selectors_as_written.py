"""What a selector in an access file is read as: kinds, conditions, oneself, and values with the type of their attribute."""

from datetime import date
from decimal import Decimal

import pytest

from runner.access.model import ActorValue, Policy, Selector
from runner.access.reading import read_access

START = "format: access/1\n"


def read(text):
    return read_access("access.yaml", text.encode())


def selectors(resource):
    policy, problems = read(f"{START}resource_sets: [{{ id: s, resources: [{resource}] }}]\n")
    assert problems == ()
    return policy.sets["s"].resources


@pytest.mark.parametrize(
    ("kind", "match", "values"),
    [
        ("users", "{ enabled: false, is_service: true }", [("enabled", False), ("is_service", True)]),
        ("users", "{ expires_on: 2027-01-31 }", [("expires_on", date(2027, 1, 31))]),
        ("users", "{ title: '12' }", [("title", "12")]),
        ("groups", "{ member_count: 12 }", [("member_count", 12)]),
        ("groups", "{ member_count: -12 }", [("member_count", -12)]),
        ("mailboxes", "{ capacity: 2.5 }", [("capacity", Decimal("2.5"))]),
        ("users", "{ title: $( actor . title ) }", [("title", ActorValue("title"))]),
        ("users", "{ manager: $(actor.manager) }", [("manager", ActorValue("manager"))]),
        ("users", "{ manager: $(actor) }", [("manager", ActorValue(""))]),
        ("computers", "{ owner: $(actor.id) }", [("owner", ActorValue(""))]),
        ("users", "{ employee_id: $(actor.id) }", [("employee_id", ActorValue("id"))]),
    ],
)
def test_what_is_compared_is_read_with_the_type_of_its_attribute(kind, match, values):
    (found,) = selectors(f"{{ {kind}: {{ match: {match} }} }}")
    assert (found.match, found.own) == (tuple(values), False)
    assert [type(value) for _, value in found.match] == [type(value) for _, value in values]


@pytest.mark.parametrize(("kind", "match"), [
    ("users", "{ expires_on: tomorrow }"), ("groups", "{ member_count: many }"), ("groups", "{ member_count: 1-2 }"),
    ("users", "{ last_logon: 2027-01-31 }"), ("users", "{ addresses: a@sample.test }"), ("users", "{ id: $(actor.title) }"),
    ("groups", "{ owner: $(actor.title) }"), ("groups", "{ name: $(actor) }"), ("users", "{ enabled: $(actor.title) }"),
])  # fmt: skip
def test_what_cannot_be_compared_is_a_mistake(kind, match):
    policy, problems = read(f"{START}resource_sets: [{{ id: s, resources: [{{ {kind}: {{ match: {match} }} }}] }}]\n")
    assert [problem.code for problem in problems] == ["E151"]
    assert policy == Policy()


OWN = Selector("user", own=True)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("{ users: { id: $(actor) } }", [OWN]),
        ("{ users: { id: [$(actor.id)] } }", [OWN]),
        ("{ users: { match: { id: $(actor) } } }", [OWN]),
        ("{ users: { id: [$(actor.id), bob], nested: false, in_group: G, under: 'OU=U' } }", [
            Selector("user", "OU=U", "G", nested=False, own=True), Selector("user", "OU=U", "G", nested=False, ids=("bob",)),
        ]),
        ("{ users: { id: $(actor), match: { title: Chef } } }", [Selector("user", match=(("title", "Chef"),), own=True)]),
        ("{ users: { match: { id: $(actor), title: Chef } } }", [Selector("user", match=(("title", "Chef"),), own=True)]),
        ("{ mailboxes: { kind: room, match: { hidden: true } } }", [
            Selector("mailbox", match=(("kind", "room"), ("hidden", True))),
        ]),
        ("{ mailboxes: { kind: personal } }", [Selector("mailbox", match=(("kind", "personal"),))]),
        ("{ groups: { in_list: software, under: 'OU=U' } }", [Selector("group", "OU=U", in_list="software")]),
        ("{ mail_domains: { id: sample.test } }", [Selector("mail_domain", ids=("sample.test",))]),
        ("{ contacts: { under: 'OU=U', id: [a, b] } }", [Selector("contact", "OU=U", ids=("a", "b"))]),
        ("{ ous: all }", [Selector("ou")]),
        ("{ forms: { id: reset } }", [Selector("form", ids=("reset",))]),
    ],
)  # fmt: skip
def test_a_selector_says_what_is_written(resource, expected):
    assert selectors(resource) == tuple(expected)


def test_a_value_of_the_actor_is_written_as_in_the_file():
    assert [str(ActorValue(name)) for name in ("", "department")] == ["$(actor)", "$(actor.department)"]
