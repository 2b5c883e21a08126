"""Ways to more are found with whom they concern, and nothing is said where nobody gains; dead parts are told apart."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from connectors.spi import Entry, Ref
from runner.access.authority import Authority
from runner.access.census import Census
from runner.access.graph.carriers import Carriers
from runner.access.lint.gaining import gains
from runner.access.lint.linting import Linted, lint
from runner.access.reading import read_access
from runner.access.resolving import resolve
from tests.runner.access.conftest import parse_place

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
HEAD = "format: access/1\n"


def person(login, *groups, department="Sales", place="ou=people", **more):
    attributes = {
        "login": login,
        "department": department,
        "groups": tuple(Ref("group", one) for one in groups),
        **more,
    }
    return Entry(Ref("user", login), "", ("dc=test", place), attributes, frozenset(groups))


PEOPLE = (
    person("alice", "SD"),
    person("bob", "Branch", department="Finance"),
    person("charlie", "Leads", department="Finance"),
    person("dave", department="IT", place="ou=attic"),
)
GROUPS = tuple(
    Entry(Ref("group", name), "", ("dc=test", "ou=groups"), {"name": name})
    for name in ("SD", "Branch", "Leads", "Empty")
)
UNITS = tuple(Entry(Ref("ou", name), "", ("dc=test", name), {"name": name}) for name in ("ou=people", "ou=attic"))
COMPANY = Census.of([*PEOPLE, *GROUPS, *UNITS])
EVERYTHING = "  - { id: all, resources: [{ users: all }, { groups: all }, { ous: all }] }\n"


def carriers(*, without=()):
    needs = {
        ("user.password.reset", "user"): {"reset"},
        ("user.groups.manage", "user"): {"join"},
        ("group.members.manage", "group"): {"join"},
        ("user.profile.manage", "user"): {"edit"},
        ("user.move", "user"): {"move"},
        ("user.move", "ou"): {"move"},
    }
    by_need = {need: forms for need, forms in needs.items() if not forms & set(without)}
    return Carriers(by_need, {"add": {"join"}, "move": {"move"}}, {"department": {"edit"}})


def authority(text):
    policy, problems = read_access("access.yaml", (HEAD + text).encode())
    assert [str(one) for one in problems if one.level == "error"] == []
    return Authority(resolve(policy, Ref, parse_place))


def policy(helper_on, *, changes, extra_sets="", forms=""):
    return authority(
        "roles:\n  - { id: helper, permissions: [user.password.reset] }\n"
        f"  - {{ id: changer, permissions: [{changes}] }}\n"
        f"resource_sets:\n  - {{ id: mine, resources: [{{ users: {helper_on} }}] }}\n{EVERYTHING}{extra_sets}"
        "bindings:\n  - { id: desk, principals: [{ group: SD }], role: helper, on: [mine] }\n"
        f"  - {{ id: changes, principals: [{{ group: SD }}], role: changer, on: [all]{forms} }}\n"
    )


def found(authority, **options):
    return [
        (
            gain.way,
            gain.by,
            gain.binding,
            COMPANY.ids("user", gain.people),
            COMPANY.ids("user", gain.things),
            gain.forms,
        )
        for gain in gains(authority, COMPANY, carriers(**options), NOW)
    ]


MEMBERSHIP = "user.groups.manage, group.members.manage"


def test_who_may_add_people_to_the_group_of_a_set_gains_those_who_are_not_in_it() -> None:
    (way,) = found(policy("{ in_group: Branch }", changes=MEMBERSHIP))
    assert way == ("group", "Branch", "desk", ("alice",), ("charlie", "dave"), ("join",))


@pytest.mark.parametrize("changes", ["user.groups.manage", "group.members.manage"])
def test_one_of_the_two_keys_of_a_membership_is_no_way(changes) -> None:
    assert found(policy("{ in_group: Branch }", changes=changes)) == []


def test_what_no_form_carries_out_is_no_way() -> None:
    granted = policy("{ in_group: Branch }", changes=MEMBERSHIP)
    assert found(granted, without=["join"]) == []
    assert found(granted, without=["reset"]) == []


def test_a_way_in_a_form_in_which_the_binding_does_not_count_is_none() -> None:
    assert found(policy("{ in_group: Branch }", changes=MEMBERSHIP, forms=", forms: [other]")) == []
    assert len(found(policy("{ in_group: Branch }", changes=MEMBERSHIP, forms=", forms: [join]"))) == 1


def test_who_may_set_the_attribute_of_a_set_gains() -> None:
    ((way, by, *_),) = found(policy("{ match: { department: Sales } }", changes="user.profile.manage"))
    assert (way, by) == ("attribute", "department")


def test_who_may_set_their_own_attribute_reaches_everybody_it_compares() -> None:
    own = "  - { id: me, resources: [{ users: { match: { id: $(actor.id) } } }] }\n"
    granted = authority(
        "roles:\n  - { id: helper, permissions: [user.password.reset] }\n  - { id: self, permissions: [user.profile.manage] }\n"
        "resource_sets:\n  - { id: mine, resources: [{ users: { match: { department: $(actor.department) } } }] }\n" + own
        + "bindings:\n  - { id: desk, principals: [{ group: SD }], role: helper, on: [mine] }\n"
        "  - { id: own, principals: [everyone], role: self, on: [me] }\n"
    )  # fmt: skip
    ((way, by, binding, people, things, forms),) = found(granted)
    assert (way, by, binding, people, forms) == ("own attribute", "department", "desk", ("alice",), ("edit",))
    assert {"bob", "charlie", "dave"} <= set(things)


def test_who_may_move_people_into_the_unit_of_a_set_gains() -> None:
    ((way, _, _, _, things, _),) = found(policy('{ under: "OU=people,DC=test" }', changes="user.move"))
    assert (way, things) == ("unit", ("dave",))


def test_a_password_of_somebody_who_holds_more_is_a_way_when_their_role_is_ordinary() -> None:
    text = (
        "roles:\n  - {{ id: helper, permissions: [user.password.reset] }}\n  - {{ id: lead, permissions: [user.delete]{} }}\n"
        f"resource_sets:\n{EVERYTHING.replace('{', '{{').replace('}', '}}')}"
        "bindings:\n  - {{ id: desk, principals: [{{ group: SD }}], role: helper, on: [all] }}\n"
        "  - {{ id: leads, principals: [{{ group: Leads }}], role: lead, on: [all] }}\n"
    )
    ((way, role, binding, people, things, forms),) = found(authority(text.format(", holders: ordinary")))
    assert (way, role, binding, people, things, forms) == (
        "password",
        "lead",
        "leads",
        ("alice",),
        ("charlie",),
        ("reset",),
    )
    assert found(authority(text.format(""))) == []


@dataclass
class OfForm:
    status: str = "live"
    needs: tuple = ()
    steps: tuple = ()
    approval: object = None
    id: str = field(default="f")


DEAD = (
    HEAD
    + """\
roles:
  - { id: helper, permissions: [user.unlock] }
  - { id: idle, permissions: [user.unlock] }
resource_sets:
  - { id: people, resources: [{ users: all }] }
  - { id: moon, resources: [{ users: { match: { department: Moon } } }] }
  - { id: unused, resources: [{ users: all }] }
  - { id: units, resources: [{ ous: all }] }
bindings:
  - { id: fine, principals: [{ group: SD }], role: helper, on: [people, moon] }
  - { id: over, principals: [{ group: SD }], role: helper, on: [people], until: 2026-06-14 }
  - { id: ahead, principals: [{ group: SD }], role: helper, on: [people], from: 2026-06-16 }
  - { id: nobody, principals: [{ group: Empty }], role: helper, on: [people] }
  - { id: some, principals: [{ group: SD }, { group: Empty }], role: helper, on: [people] }
  - { id: retired, principals: [{ group: SD }], role: helper, on: [people], forms: [old, gone] }
  - { id: live, principals: [{ group: SD }], role: helper, on: [people], forms: [old, new] }
  - { id: idle-units, principals: [{ group: SD }], role: helper, on: [units] }
"""
)


def test_dead_parts_are_told_apart_each_at_its_line() -> None:
    policy, _ = read_access("access.yaml", DEAD.encode())
    forms = {"old": OfForm("retired"), "new": OfForm("live")}
    linted = Linted(
        Authority(resolve(policy, Ref, parse_place)), COMPANY, forms, {"x"}, "access.yaml", DEAD.encode(), NOW
    )
    said = [(one.code, one.source.partition("id: ")[2].partition(",")[0]) for one in lint(linted)]
    assert said == [
        ("W325", "idle"), ("W325", "unused"), ("W326", "moon"),
        ("W327", "over"), ("W327", "nobody"), ("W327", "some"), ("W327", "retired"), ("W327", "idle-units"),
    ]  # fmt: skip


def test_what_a_form_mentions_is_used() -> None:
    policy, _ = read_access("access.yaml", DEAD.encode())
    linted = Linted(
        Authority(resolve(policy, Ref, parse_place)), COMPANY, {}, {"unused", "idle"}, "access.yaml", DEAD.encode(), NOW
    )
    assert [one for one in lint(linted) if one.code == "W325"] == []
