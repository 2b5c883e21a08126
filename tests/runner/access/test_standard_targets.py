"""What a standard role reaches when it is limited: a group, a unit, the products of a list, a form."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from connectors.matching import matches
from connectors.verbs import PERMISSIONS
from forms.definition import NeedAt, SharedList
from forms.values import TEXT, Type
from runner.access.authority import Authority
from runner.access.form_rights import form_entry, may_satisfy
from runner.access.lists import groups_of, unknown_lists, with_lists
from runner.access.model import Policy
from runner.access.reading import read_access
from runner.access.resolving import resolve
from runner.access.standard import STANDARD_ROLES, TARGETED_ROLES

ROWS = {
    "desk": {"in": "ou=staff"},
    "bob": {"in": "ou=staff", "groups": ["g-branch"]},
    "carol": {"in": "ou=elsewhere"},
    "pc-1": {"is": "computer", "in": "ou=staff"},
    "pc-2": {"is": "computer", "in": "ou=elsewhere", "groups": ["g-branch"]},
    "staff": {"is": "ou"},
    "g-branch": {"is": "group", "in": "ou=groups"},
    "app-visio": {"is": "group", "in": "ou=groups"},
    "app-atlas": {"is": "group", "in": "ou=groups"},
    "app-other": {"is": "group", "in": "ou=groups"},
    "reset": {"is": "form"},
    "other": {"is": "form"},
}
SOFTWARE = SharedList(
    "software",
    "Software",
    {"value": TEXT, "group": Type("group"), "more": Type("list", item=Type("group"))},
    ({"value": "visio", "group": "app-visio", "more": ()}, {"value": "atlas", "group": "app-atlas", "more": ()}),
)
LISTS = {"software": SOFTWARE, "plain": SharedList("plain", "", {"value": TEXT}, ())}
HEAD = "format: access/1\n"


@pytest.fixture(scope="module")
def town(town_of):
    return town_of(ROWS)


def assigned(role: str, targets: str) -> str:
    return f"{HEAD}standard_roles:\n  - {{ role: {role}, principals: [{{ user: desk }}], targets: {targets} }}\n"


def read(text: str) -> tuple[Policy, list[tuple[str, str]]]:
    policy, problems = read_access("access.yaml", text.encode())
    return policy, [(one.code, one.message) for one in problems]


def reached(text: str, town: Any, place_of: Any, now: datetime) -> dict[str, set[str]]:
    """Return what the person ``desk`` may do to whom: a permission, and the names of the objects."""
    policy, problems = read(text)
    assert problems == []
    authority = Authority(resolve(with_lists(policy, LISTS), town.locate, place_of))
    actor = town.actor("desk")
    found: dict[str, set[str]] = {}
    for name, entry in town.entries.items():
        for permission in PERMISSIONS:
            allowed = authority.decide(actor, permission, entry, form=None, now=now).allowed
            scope = authority.scope(actor, [permission], entry.ref.kind, form=None, now=now)
            assert matches(scope, entry) == allowed
            if allowed and entry.ref.kind in PERMISSIONS[permission][0]:
                found.setdefault(permission, set()).add(name)
    return found


def test_a_help_desk_administrator_of_a_group_reaches_its_people_with_five_permissions(town, place_of, now):
    found = reached(assigned("HELP_DESK_ADMIN", "[{ group: g-branch }]"), town, place_of, now)
    assert found == {key: {"bob"} for key in STANDARD_ROLES["HELP_DESK_ADMIN"].permissions}


def test_a_help_desk_administrator_of_a_unit_reaches_the_people_below_it(town, place_of, now):
    found = reached(assigned("HELP_DESK_ADMIN", '[{ unit: "ou=staff" }]'), town, place_of, now)
    assert found["user.read"] == {"desk", "bob"}
    assert found["user.password.reset"] == {"bob"}, "the own account is nobody's to reset"


def test_a_user_administrator_of_a_unit_creates_people_there(town, place_of, now):
    found = reached(assigned("USER_ADMIN", '[{ unit: "ou=staff" }]'), town, place_of, now)
    assert found["user.create"] == {"staff"}


def test_a_user_administrator_of_a_group_creates_nobody(town, place_of, now):
    found = reached(assigned("USER_ADMIN", "[{ group: g-branch }]"), town, place_of, now)
    assert "user.create" not in found
    assert found["group.members.manage"] == {"g-branch"}


def test_an_app_administrator_of_a_list_reaches_the_groups_of_its_products_only(town, place_of, now):
    found = reached(assigned("APP_ADMIN", "[{ list: software }]"), town, place_of, now)
    products = {"app-visio", "app-atlas"}
    assert found == {"group.read": products, "group.members.manage": products}


def test_targets_add_up_to_products_and_the_people_they_are_given_to(town, place_of, now):
    found = reached(assigned("APP_ADMIN", '[{ list: software }, { unit: "ou=elsewhere" }]'), town, place_of, now)
    assert found["group.members.manage"] == {"app-visio", "app-atlas"}
    assert found["user.groups.manage"] == {"carol"}


def test_a_mobile_administrator_reaches_the_computers_of_a_unit_or_a_group(town, place_of, now):
    assert reached(assigned("MOBILE_ADMIN", '[{ unit: "ou=staff" }]'), town, place_of, now)["computer.read"] == {"pc-1"}
    assert reached(assigned("MOBILE_ADMIN", "[{ group: g-branch }]"), town, place_of, now)["computer.read"] == {"pc-2"}


def test_a_workflows_administrator_of_a_form_reaches_that_form(town, place_of, now):
    found = reached(assigned("WORKFLOWS_ADMIN", "[{ form: reset }]"), town, place_of, now)
    assert found == {key: {"reset"} for key in ["form.use", "form.author", "form.publish"]}


@pytest.mark.parametrize("role", STANDARD_ROLES)
def test_every_role_can_be_for_everything_and_only_some_for_less(role):
    assert read(assigned(role, "everything"))[1] == []
    codes = {code for code, _ in read(assigned(role, "[{ group: G }, { unit: 'OU=U' }]"))[1]}
    assert ("E159" in codes) == (role not in TARGETED_ROLES)


@pytest.mark.parametrize(
    ("role", "target", "about"),
    [
        ("HELP_DESK_ADMIN", "{ list: software }", "users"),
        ("HELP_DESK_ADMIN", "{ form: reset }", "users"),
        ("MOBILE_ADMIN", "{ list: software }", "computers and units"),
        ("WORKFLOWS_ADMIN", "{ group: G }", "forms"),
        ("APP_ADMIN", "{ form: reset }", "groups and users"),
        ("USER_ADMIN", "{ form: 'a:b:c' }", "groups, units and users"),
    ],
)
def test_a_target_on_which_a_role_gives_nothing_is_a_warning(role, target, about):
    policy, problems = read_access("access.yaml", assigned(role, f"[{target}]").encode())
    assert [(one.level, one.code) for one in problems] == [("warning", "W320")]
    assert problems[0].fix.startswith(f"It is about {about};")
    kind, name = target.strip("{} ").replace("'", "").split(": ")
    assert problems[0].message == f'{role} gives nothing on the {kind} "{name}"'
    assert policy.bindings, "it does no harm"


def test_a_target_is_one_thing():
    assert [code for code, _ in read(assigned("APP_ADMIN", "[{ list: a, group: b }]"))[1]] == ["E159"]


@pytest.mark.parametrize(("word", "kinds"), [
    ("group", {"user", "computer", "group"}), ("unit", {"user", "computer", "ou"}), ("list", {"group"}), ("form", {"form"}),
])  # fmt: skip
def test_the_set_of_a_target_is_fixed_and_called_as_the_target(word, kinds):
    policy, _ = read(assigned("USER_ADMIN", f"[{{ {word}: 'X=1' }}]"))
    found = policy.sets[f"{word}:X=1"]
    assert (found.title, found.standard, found.kinds) == ("X=1", True, kinds)
    assert policy.bindings[0].on == (found.id,)


def test_everything_is_a_fixed_set_of_every_kind():
    policy, _ = read(assigned("SUPER_ADMIN", "everything"))
    found = policy.sets["everything"]
    assert (found.id, found.title, found.standard) == ("everything", "Everything", True)
    assert [selector for selector in found.resources if selector.needs_actor or selector.ids is not None] == []
    assert found.kinds >= {kind for kinds, *_ in PERMISSIONS.values() for kind in kinds if kind}


# --- lists ----------------------------------------------------------------------------------------------------------

SETS = f"""{HEAD}roles: [{{ id: r, permissions: [group.read] }}]
resource_sets:
  - {{ id: s, resources: [{{ groups: RESOURCES }}], EXCEPT }}
bindings: [{{ id: b, principals: [everyone], role: r, on: [s] }}]
"""


def groups_read(town: Any, place_of: Any, now: datetime, resources: str, excluded: str = "title: S") -> set[str]:
    text = SETS.replace("RESOURCES", resources).replace("EXCEPT", excluded)
    return reached(text, town, place_of, now).get("group.read", set())


def test_the_other_conditions_of_a_selector_count_beside_a_list(town, place_of, now):
    assert groups_read(town, place_of, now, '{ in_list: software, under: "ou=groups" }') == {"app-visio", "app-atlas"}
    assert groups_read(town, place_of, now, '{ in_list: software, under: "ou=staff" }') == set()


def test_the_groups_of_a_list_can_be_left_out(town, place_of, now):
    left = groups_read(town, place_of, now, "all", "except: [{ groups: { in_list: software } }]")
    assert left == {"g-branch", "app-other"}


@pytest.mark.parametrize("name", ["sofware", "plain"])
def test_a_list_without_groups_selects_nothing_and_leaves_out_everything(town, place_of, now, name):
    assert groups_read(town, place_of, now, f"{{ in_list: {name} }}") == set()
    excluded = f"except: [{{ groups: {{ in_list: {name} }} }}]"
    assert groups_read(town, place_of, now, "all", excluded) == set(), "what is left out is not known"


def test_an_empty_list_selects_nothing(town, place_of, now):
    policy, _ = read(assigned("APP_ADMIN", "[{ list: software }]"))
    empty = {"software": replace(SOFTWARE, rows=())}
    resolved = resolve(with_lists(policy, empty), town.locate, place_of)
    actor, entry = town.actor("desk"), town.entries["app-visio"]
    assert resolved.warnings == ()
    assert not Authority(resolved).decide(actor, "group.read", entry, form=None, now=now).allowed


def test_a_protected_list_that_is_not_there_protects_every_group(town, place_of, now):
    text = SETS.replace("RESOURCES", "all").replace("EXCEPT", "title: S")
    text += "  # protects nothing of this set\n"
    text = text.replace(
        "bindings:", "  - { id: p, resources: [{ groups: { in_list: gone } }] }\nprotected: [p]\nbindings:"
    )
    policy, problems = read(text)
    assert problems == []
    resolved = resolve(with_lists(policy, LISTS), town.locate, place_of)
    assert [one.code for one in resolved.warnings] == ["W322"]
    decision = Authority(resolved).decide(
        town.actor("bob"), "group.read", town.entries["app-other"], form=None, now=now
    )
    assert decision.code == "protected"
    assert 'the list "gone"' in decision.reason


def test_a_list_that_was_not_filled_in_is_a_warning_at_the_desk(town, place_of):
    policy, _ = read(assigned("APP_ADMIN", "[{ list: software }]"))
    (warning,) = resolve(policy, town.locate, place_of).warnings
    assert (warning.code, 'the list "software" was not found' in warning.message) == ("W321", True)


def test_a_list_that_is_not_there_is_told_with_its_place_and_a_proposal():
    text = assigned("APP_ADMIN", "[{ list: sofware }, { list: plain }, { list: software }]")
    found = list(unknown_lists(read(text)[0], LISTS, "access.yaml", text.encode()))
    assert [(one.code, one.line, one.fix.split("  ")[0]) for one in found] == [
        ("W306", 3, "Give it a column"),
        ("W306", 3, 'Did you mean "software"?'),
    ]


def test_the_groups_of_a_list_are_named_once_from_single_cells_and_lists():
    rows = ({"value": "a", "group": "G", "more": ("H", "G")}, {"value": "b", "group": None, "more": ()})
    assert groups_of(replace(SOFTWARE, rows=rows)) == ("G", "H")


# --- forms ----------------------------------------------------------------------------------------------------------

FORMS = f"""{HEAD}roles: [{{ id: r, permissions: [form.use] }}]
resource_sets: [{{ id: s, resources: [{{ forms: {{ id: [reset] }} }}] }}]
bindings: [{{ id: b, principals: [everyone], role: r, MORE }}]
"""


@pytest.mark.parametrize(
    ("more", "usable"),
    [
        ("title", {"reset", "other"}),
        ("on: [s]", {"reset"}),
        ("forms: [other]", {"other"}),
        ("on: [s], forms: [other]", set()),
        ("until: 2026-06-14", set()),
    ],
)
def test_a_permission_about_forms_counts_on_those_of_its_sets_and_without_any_on_all(town, place_of, now, more, usable):
    policy, problems = read(FORMS.replace(", MORE" if more == "title" else "MORE", "" if more == "title" else more))
    assert problems == []
    authority, need = Authority(resolve(policy, town.locate, place_of)), NeedAt("form.use", "form", "form")
    actor = town.actor("bob")
    found = {form for form in ("reset", "other") if may_satisfy(authority, actor, need, form=form, now=now)}
    assert found == usable


def test_a_need_about_people_is_satisfied_by_whoever_holds_it_on_some_of_them_in_that_form_today(town, place_of, now):
    text = FORMS.replace("form.use", "user.unlock").replace("forms: { id: [reset] }", "users: all")
    policy, problems = read(text.replace("everyone", "user: bob").replace("MORE", "on: [s], forms: [reset]"))
    assert problems == []
    authority, need = Authority(resolve(policy, town.locate, place_of)), NeedAt("user.unlock", "user", "target")

    def may(name: str, form: str, needed: NeedAt = need, at: datetime = now) -> bool:
        return may_satisfy(authority, town.actor(name), needed, form=form, now=at)

    assert may("bob", "reset")
    assert not may("bob", "other")
    assert not may("carol", "reset")
    assert not may("bob", "reset", NeedAt("user.read", "user", "target"))
    assert not may("bob", "reset", NeedAt("user.unlock", "ou", "target"))


def test_a_form_is_decided_on_by_its_name():
    entry = form_entry("reset")
    assert (entry.ref.kind, entry.ref.id, entry.place, entry.attributes) == ("form", "reset", (), {"name": "reset"})
    assert entry.dn == "reset"


def test_a_permission_about_people_is_never_given_without_sets(town, place_of, now):
    policy, _ = read(FORMS.replace("form.use", "audit.read").replace(", MORE", ""))
    authority, actor = Authority(resolve(policy, town.locate, place_of)), town.actor("bob")
    assert not authority.decide(actor, "form.use", form_entry("reset"), form=None, now=now).allowed
    assert authority.holds(actor, "audit.read", "", form=None, now=now)


def test_a_role_about_forms_on_people_is_a_warning():
    text = FORMS.replace("forms: { id: [reset] }", "users: all").replace("MORE", "on: [s]")
    assert [code for code, _ in read(text)[1]] == ["W320"]
