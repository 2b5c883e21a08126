"""The shipped access file decides as its comments say."""

from importlib.resources import files

import pytest

from connectors.matching import matches
from connectors.spi import Ref
from runner.access.reading import read_access


@pytest.fixture(scope="module")
def cases(read_cases):
    return read_cases("sample-cases.yaml")


@pytest.fixture(scope="module")
def town(cases, town_of):
    return town_of(cases["town"])


@pytest.fixture(scope="module")
def library():
    return files("forms").joinpath("library/access.yaml").read_bytes()


@pytest.fixture(scope="module")
def authority(library, town, authority_of):
    return authority_of(library.decode(), town)


def test_the_shipped_file_has_no_problems(library):
    assert read_access("access.yaml", library)[1] == ()


def test_the_shipped_file_finds_every_group_it_names(authority):
    missing = [warning.message for warning in authority.resolved.warnings if "unit" not in warning.message]
    assert missing == []


def test_every_case_is_decided_as_written(cases, town, authority, now):
    wrong = []
    for who, permission, what, form, expected in cases["cases"]:
        decision = authority.decide(town.actor(who), permission, town.entries[what], form=form or None, now=now)
        if (decision.binding or decision.code) != expected:
            wrong.append((who, permission, what, form, expected, decision))
        assert decision.allowed == (decision.binding is not None)
    assert wrong == []


def test_a_search_finds_what_may_be_done_and_nothing_else(cases, town, authority, now):
    for who, permission, _, form, _ in cases["cases"]:
        actor = town.actor(who)
        for entry in town.entries.values():
            scope = authority.scope(actor, [permission], entry.ref.kind, form=form or None, now=now)
            decision = authority.decide(actor, permission, entry, form=form or None, now=now)
            assert matches(scope, entry) == decision.allowed, (who, permission, entry.label)


def test_what_can_be_held_at_all_is_held(cases, town, authority, now):
    for who, permission, kind in cases["holds"]:
        assert authority.holds(town.actor(who), permission, kind, form=None, now=now), (who, permission)
    for who, permission, kind in cases["does_not_hold"]:
        assert not authority.holds(town.actor(who), permission, kind, form=None, now=now), (who, permission)


def test_a_search_for_several_permissions_finds_where_all_are_held(town, authority, now):
    desk = town.actor("desk")
    scope = authority.scope(desk, ["user.read", "user.password.reset"], "user", form=None, now=now)
    assert [name for name, entry in town.entries.items() if entry.ref.kind == "user" and matches(scope, entry)] == [
        "zoe"
    ]


def test_resource_sets_are_seen_with_the_eyes_of_the_actor(town, authority):
    lead, zoe = town.actor("lead"), town.entries["zoe"]
    assert authority.in_set("my-reports", zoe, lead)
    assert not authority.in_set("my-reports", zoe, town.actor("desk"))
    assert matches(authority.set_filter("my-reports", "user", lead), zoe)
    assert authority.in_set("privileged-accounts", town.entries["root.rotterdam"], lead)


def test_the_permissions_and_rows_of_an_actor_are_listed(town, authority, now):
    assert authority.permissions_of(town.actor("bob"), now) == {
        "user.read", "user.profile.manage", "user.groups.manage", "group.read", "group.members.manage",
    }  # fmt: skip
    assert list(dict.fromkeys(row.binding for row in authority.bindings_of(town.actor("firstline"), now))) == [
        "desk-everywhere",
        "own-contact-details",
        "software-requests",
    ]
    assert authority.permissions_of(town.actor("client unknown"), now) == frozenset()


def test_ids_and_not_names_decide(town, authority, now):
    impostor = town.actor("zoe")
    assert town.entries["zoe"].ref == Ref("user", "id-of-user-zoe")
    assert not authority.decide(impostor, "user.unlock", town.entries["zoe"], form=None, now=now).allowed
