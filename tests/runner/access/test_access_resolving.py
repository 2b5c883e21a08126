"""Names become ids once; a system that cannot be asked gives no policy at all."""

import pytest

from connectors.errors import RejectedError, UnavailableError
from connectors.spi import Ref
from runner.access.authority import Authority
from runner.access.model import Binding, Policy, Principal, ResourceSet, Role, Selector
from runner.access.resolving import resolve

ROLE = Role("r", "r", frozenset({"user.unlock"}))
POLICY = Policy(
    {"r": ROLE},
    {"s": ResourceSet("s", "s", (Selector("user", in_group="Sales"), Selector("user", under="OU=Sales")))},
    (Binding("b", (Principal("group", "Desk"), Principal("everyone")), "r", ("s",)),),
)


def test_each_name_is_looked_up_once_and_becomes_an_id():
    asked = []

    def locate(kind, text):
        asked.append((kind, text))
        return Ref(kind, f"id of {text}")

    resolved = resolve(POLICY, locate, lambda text: (text.lower(),))
    assert sorted(asked) == [("group", "Desk"), ("group", "Sales"), ("ou", "OU=Sales")]
    assert resolved.sets["s"].resources[0].group == "id of Sales"
    assert resolved.sets["s"].resources[1].place == ("ou=sales",)
    assert [(row.id, row.principal_id) for row in resolved.rows] == [
        ("b/group:Desk/s", "id of Desk"),
        ("b/everyone/s", ""),
    ]
    assert resolved.warnings == ()


def test_a_system_that_cannot_be_asked_gives_no_policy():
    def unavailable(*_):
        raise UnavailableError("The directory does not answer.")

    with pytest.raises(UnavailableError):
        resolve(POLICY, unavailable, lambda text: (text,))
    with pytest.raises(UnavailableError):
        resolve(POLICY, lambda kind, text: Ref(kind, text), unavailable)


def test_a_name_that_is_refused_is_not_found():
    def refuse(*_):
        raise RejectedError("This is not a name.")

    resolved = resolve(POLICY, refuse, refuse)
    assert [warning.code for warning in resolved.warnings] == ["W321", "W321", "W321"]
    assert [row.principal for row in resolved.rows] == ["everyone"]
    assert all(selector.missing for selector in resolved.sets["s"].resources)


def test_the_root_of_everything_is_no_unit():
    resolved = resolve(POLICY, lambda kind, text: Ref(kind, text), lambda _: ())
    assert resolved.sets["s"].resources[1].missing == 'the unit "OU=Sales"'


def test_a_unit_that_does_not_exist_yet_is_a_warning_and_kept():
    resolved = resolve(POLICY, lambda kind, text: None if kind == "ou" else Ref(kind, text), lambda text: (text,))
    assert [warning.message for warning in resolved.warnings] == ['there is no unit "OU=Sales"']
    assert resolved.sets["s"].resources[1].place == ("OU=Sales",)


def test_a_protected_set_that_does_not_exist_stops_the_start():
    with pytest.raises(KeyError):
        Authority(resolve(Policy(protected=("gone",)), lambda *_: None, lambda _: ()))


def test_a_protected_set_that_depends_on_who_asks_protects_the_whole_kind(town_of, now):
    policy = Policy(
        {"r": ROLE},
        {
            "all": ResourceSet("all", "", (Selector("user"),)),
            "me": ResourceSet("me", "", (Selector("user", own=True),)),
        },
        (Binding("b", (Principal("everyone"),), "r", ("all",)),),
        ("me",),
    )
    town = town_of({"alice": {}, "bob": {}})
    authority = Authority(resolve(policy, town.locate, lambda _: ()))
    decision = authority.decide(town.actor("alice"), "user.unlock", town.entries["bob"], form=None, now=now)
    assert (decision.allowed, decision.code) == (False, "protected")
