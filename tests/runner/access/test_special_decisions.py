"""Windows, exclusions, nested groups, empty values, oneself, protection, clients and standard roles, as case files."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from connectors.matching import matches
from connectors.verbs import PERMISSIONS
from runner.access.authority import Authority
from runner.access.model import Policy
from runner.access.reading import read_access
from runner.access.resolving import resolve
from runner.access.standard import STANDARD_ROLES

SUBJECTS = YAML(typ="safe", pure=True).load(Path(__file__).with_name("special-cases.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def town(town_of):
    return town_of(SUBJECTS["town"])


@pytest.mark.parametrize("subject", SUBJECTS["subjects"])
def test_subject(subject, town, authority_of, now):
    given = SUBJECTS["subjects"][subject]
    authority = authority_of(given["access"], town)
    wrong = []
    for who, permission, what, moment, expected in given["cases"]:
        at = datetime.fromisoformat(moment) if moment else now
        actor, entry = town.actor(who), town.entries[what]
        decision = authority.decide(actor, permission, entry, form=None, now=at)
        if (decision.binding or decision.code) != expected:
            wrong.append((who, permission, what, moment, expected, decision))
        for other in town.entries.values():
            scope = authority.scope(actor, [permission], other.ref.kind, form=None, now=at)
            allowed = authority.decide(actor, permission, other, form=None, now=at).allowed
            assert matches(scope, other) == allowed, (who, permission, other.label)
            assert not allowed or authority.holds(actor, permission, other.ref.kind, form=None, now=at)
    assert wrong == []


def test_the_standard_roles_hold_exactly_what_is_documented():
    held = {name: role.permissions for name, role in STANDARD_ROLES.items()}
    assert held["HELP_DESK_ADMIN"] == {
        "user.read", "user.password.reset", "user.unlock", "user.mfa.reset", "user.sessions.clear",
    }  # fmt: skip
    assert held["GROUP_MEMBERSHIP_ADMIN"] == {"group.read", "group.members.manage", "user.groups.manage"}
    user = {name for name in PERMISSIONS if name.startswith("user.")}
    assert held["USER_ADMIN"] == user | {"group.members.manage"}
    assert all(name.endswith(".read") for name in held["READ_ONLY_ADMIN"])
    assert held["REPORT_ADMIN"] == {"report.read", "audit.read"}
    assert held["APP_ADMIN"] == held["GROUP_MEMBERSHIP_ADMIN"] | {"user.read"}
    assert held["MOBILE_ADMIN"] == {"computer.read", "computer.manage"}
    assert held["WORKFLOWS_ADMIN"] == {"form.use", "form.author", "form.publish"}
    assert held["ACCESS_REQUESTS_ADMIN"] == {"request.read", "request.approve"}
    assert held["ACCESS_CERTIFICATIONS_ADMIN"] == held["API_ACCESS_MANAGEMENT_ADMIN"] == {"access.read"}
    assert len(held) == 13
    assert held["SUPER_ADMIN"] - held["ORG_ADMIN"] == {"access.manage", "access.simulate"}
    assert held["SUPER_ADMIN"] == set(PERMISSIONS)


def test_an_empty_policy_allows_nothing(town, now):
    authority = Authority(resolve(Policy(), town.locate, lambda _: ()))
    for entry in town.entries.values():
        for permission in PERMISSIONS:
            assert not authority.decide(town.actor("alice"), permission, entry, form=None, now=now).allowed
            assert not authority.holds(town.actor("alice"), permission, entry.ref.kind, form=None, now=now)


def test_an_unknown_permission_is_never_given(town, authority_of, now):
    authority = authority_of(SUBJECTS["subjects"]["the other standard roles"]["access"], town)
    decision = authority.decide(town.actor("dave"), "user.everything", town.entries["bob"], form=None, now=now)
    assert (decision.allowed, decision.code) == (False, "no_binding")


def test_a_search_for_no_permission_finds_nothing(town, authority_of, now):
    authority = authority_of(SUBJECTS["subjects"]["the other standard roles"]["access"], town)
    scope = authority.scope(town.actor("dave"), [], "user", form=None, now=now)
    assert not any(matches(scope, entry) for entry in town.entries.values())


def test_who_leaves_a_group_loses_its_rights_with_the_next_question(town, authority_of, now):
    access = SUBJECTS["subjects"]["a binding counts on its first and its last day"]["access"]
    authority, bob = authority_of(access, town), town.entries["bob"]
    alice = town.actor("alice")
    assert authority.decide(alice, "user.unlock", bob, form=None, now=now).allowed
    moved = type(alice)(alice.id, "", "", _without_groups(alice.person))
    assert authority.decide(moved, "user.unlock", bob, form=None, now=now).code == "no_binding"
    assert authority.decide(alice, "user.unlock", bob, form=None, now=now + timedelta(days=400)).code == "window"


def test_who_changes_department_sees_the_new_one_only(town, authority_of, now):
    access = SUBJECTS["subjects"]["empty never matches empty"]["access"]
    authority, bob = authority_of(access, town), town.entries["bob"]
    alice = town.actor("alice")
    assert authority.decide(alice, "user.unlock", bob, form=None, now=now).allowed
    moved = type(alice)(alice.id, "", "", _with_department(alice.person, "Finance"))
    assert not authority.decide(moved, "user.unlock", bob, form=None, now=now).allowed


def _without_groups(entry):
    return type(entry)(entry.ref, entry.dn, entry.place, {**entry.attributes, "groups": ()}, frozenset(), "")


def _with_department(entry, department):
    attributes = {**entry.attributes, "department": department}
    return type(entry)(entry.ref, entry.dn, entry.place, attributes, entry.groups, "")


def test_each_name_that_is_not_found_is_a_warning_of_its_own(town, place_of):
    def warnings(subject):
        policy, _ = read_access("access.yaml", SUBJECTS["subjects"][subject]["access"].encode())
        found = resolve(policy, town.locate, place_of).warnings
        return [(warning.code, warning.message.split(":")[0].split(" was")[0]) for warning in found]

    assert warnings("names that are not found match nothing") == [
        ("W321", 'resource set "s"'), ("W321", 'resource set "s"'), ("W321", 'resource set "s"'),
        ("W321", 'resource set "s"'), ("W321", 'binding "b"'), ("W321", 'binding "b"'),
    ]  # fmt: skip
    assert warnings("an exclusion that cannot be worked out closes the set") == [
        ("W323", 'resource set "gone"'),
        ("W323", 'resource set "partly"'),
    ]


def test_a_protected_group_that_is_not_found_protects_everybody_and_says_why(town, place_of, now):
    text = b"""
format: access/1
roles: [{ id: r, permissions: [user.read, group.read] }]
resource_sets:
  - { id: tier0, resources: [{ users: { in_group: Gone-Admins } }] }
  - { id: all, resources: [{ users: all }, { groups: all }] }
protected: [tier0]
bindings: [{ id: b, principals: [everyone], role: r, on: [all] }]
"""
    policy, problems = read_access("access.yaml", text)
    assert problems == ()
    resolved = resolve(policy, town.locate, place_of)
    assert [warning.code for warning in resolved.warnings] == ["W322"]
    authority, alice = Authority(resolved), town.actor("alice")
    refused = authority.decide(alice, "user.read", town.entries["bob"], form=None, now=now)
    assert (refused.allowed, refused.code) == (False, "protected")
    assert "Gone-Admins" in refused.reason
    assert not matches(authority.scope(alice, ["user.read"], "user", form=None, now=now), town.entries["bob"])
    group = next(entry for entry in town.entries.values() if entry.ref.kind == "group")
    assert authority.decide(alice, "group.read", group, form=None, now=now).allowed


def test_a_set_that_is_taken_away_holds_what_cannot_be_worked_out(town, authority_of):
    access = SUBJECTS["subjects"]["names that are not found match nothing"]["access"]
    authority, bob = authority_of(access, town), town.entries["bob"]
    alice = town.actor("alice")
    assert not authority.in_set("s", bob, alice)
    assert authority.in_set("s", bob, alice, excluding=True)
    assert not authority.in_set("unknown", bob, alice)
    assert authority.in_set("unknown", bob, alice, excluding=True)
    for name in ("s", "unknown"):
        for excluding in (False, True):
            found = matches(authority.set_filter(name, "user", alice, excluding=excluding), bob)
            assert found == authority.in_set(name, bob, alice, excluding=excluding)


def test_a_set_that_is_taken_away_holds_the_members_of_groups_inside_its_group_whatever_nested_says(town, authority_of):
    access = SUBJECTS["subjects"]["groups count through groups unless it says not, loops included"]["access"]
    authority, alice = authority_of(access, town), town.actor("alice")
    held = {excluding: [] for excluding in (False, True)}
    for name in ("bob", "charlie", "dave"):
        for excluding, names in held.items():
            if authority.in_set("flat", town.entries[name], alice, excluding=excluding):
                names.append(name)
    assert held == {False: ["charlie"], True: ["bob", "charlie"]}
