"""What a compiled form holds: keys decide types, values travel typed, sections and texts are resolved."""

from datetime import date

import pytest

from forms.definition import NeedAt, Rate, Template, Text
from forms.values import TEXT, Type
from tests.forms.desk_folders import HEAD, PERSON, UNLOCK, compiled, surroundings

AROUND = surroundings()
SET = "operations: [{ id: u, do: directory.user.update, with: { user: a.b, set: { title: $(a) } } }]\n"


def said(text: Text | None, language: str = "en") -> str:
    assert text is not None
    return "".join(str(part) for part in text.languages[language].parts)


def test_options_are_texts_whatever_they_look_like() -> None:
    form = compiled(HEAD + "fields: [{ id: a, type: choice, options: [NO, SE, 1, true, 2030-01-01] }]\n" + SET, AROUND)
    options = form.field("a").options
    assert options is not None
    assert [option.value for option in options.fixed] == ["NO", "SE", "1", "true", "2030-01-01"]
    assert said(options.fixed[0].label) == "NO"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type: phone, default: +31612345678", "+31612345678"),
        ("type: text, default: true", "true"),
        ("type: number, default: 7", 7),
        ("type: boolean, default: true", True),
        ("type: date, default: 2030-02-28", date(2030, 2, 28)),
        ("type: choices, options: [x, y], default: [x]", ("x",)),
        ("type: choices, options: [x, y], default: x", ("x",)),
    ],
)
def test_a_default_has_the_type_of_its_field(field: str, value: object) -> None:
    form = compiled(HEAD + f"fields: [{{ id: a, {field} }}]\n" + SET.replace("$(a)", "x$(answered(a))"), AROUND)
    assert form.field("a").default == value


def test_a_single_expression_is_passed_as_it_is_and_a_mixture_is_text() -> None:
    fields = "fields: [{ id: a, type: date }]\n"
    steps = (
        "operations:\n  - { id: u, do: directory.user.set_expiry, with: { user: a.b, on: $(a) } }\n"
        "  - { id: v, do: directory.user.update, with: { user: a.b, set: { title: until $(a), manager: null } } }\n"
    )
    form = compiled(HEAD + fields + steps, AROUND)
    on = form.steps[0].arguments["on"]
    assert isinstance(on, Template)
    assert on.type.name == "date"
    changes = form.steps[1].arguments["set"]
    assert isinstance(changes, dict)
    assert changes["title"].type == TEXT
    assert changes["manager"] is None


def test_a_name_where_an_object_is_wanted_stays_a_text() -> None:
    steps = "operations: [{ id: u, do: directory.user.join_groups, with: { user: a.jansen, groups: GG-Sales } }]\n"
    form = compiled(HEAD + steps, AROUND)
    assert form.steps[0].arguments == {"user": "a.jansen", "groups": ("GG-Sales",)}


def test_what_is_asked_in_a_section_is_asked_when_both_conditions_hold() -> None:
    fields = (
        "fields:\n  - section: More\n    when: target.enabled\n    fields:\n"
        "      - { id: a, type: text, when: target.locked or target.expired }\n      - { id: b, type: text }\n"
    )
    form = compiled(HEAD + PERSON + fields + UNLOCK.replace(" }\n", ", note: $(a)$(b) }\n"), AROUND)
    first, second = form.fields
    assert first.when is not None
    assert second.when is not None
    assert first.when.source == "(target.enabled) and (target.locked or target.expired)"
    assert second.when.source == "target.enabled"
    assert (first.section, second.section) == (0, 0)
    assert said(form.sections[0].title) == "More"


def test_fields_come_after_those_they_depend_on() -> None:
    fields = (
        "fields:\n  - { id: a, type: text, default: $(c) }\n  - { id: b, type: text }\n"
        "  - { id: c, type: text, when: answered(b) }\n"
    )
    form = compiled(HEAD + PERSON + fields + UNLOCK.replace(" }\n", ", note: $(a) }\n"), AROUND)
    assert [field.id for field in form.fields] == ["a", "b", "c"]
    assert form.order == ("b", "c", "a")


def test_what_is_worked_out_has_the_type_of_its_expression() -> None:
    fields = (
        "fields:\n  - { id: b, type: computed, value: $(a) }\n  - { id: a, type: computed, value: $(today() + 30d) }\n"
    )
    steps = "operations: [{ id: u, do: directory.user.set_expiry, with: { user: a.b, on: $(b) } }]\n"
    form = compiled(HEAD + fields + steps, AROUND)
    assert form.field("b").value_type.name == "date"


def test_rows_know_their_columns() -> None:
    fields = "fields:\n  - id: r\n    type: rows\n    fields: [{ id: who, type: user }, { id: n, type: number }]\n"
    steps = (
        "operations: [{ id: u, do: directory.user.update, for_each: $(r), "
        "with: { user: $(item.who), set: { title: $(item.n) } } }]\n"
    )
    form = compiled(HEAD + fields + steps, AROUND)
    item = form.field("r").value_type.item
    assert item is not None
    assert item.columns == {"who": Type("user"), "n": Type("number")}
    assert form.needs == (NeedAt("user.profile.manage", "user", "u.user"),)


def test_a_membership_of_a_group_is_about_people() -> None:
    text = (
        "target: { type: group }\nfields: [{ id: m, type: membership, of: $(target) }]\n"
        "operations: [{ id: u, do: directory.group.change_members, with: { group: $(target), add: $(m.add) } }]\n"
    )
    form = compiled(HEAD + text, AROUND)
    assert form.field("m").value_type == Type("delta", item=Type("user"))
    assert form.needs == (
        NeedAt("group.members.manage", "group", "target"),
        NeedAt("group.read", "group", "target"),
        NeedAt("user.groups.manage", "user", "u.add"),
    )


def test_an_argument_that_is_not_given_needs_no_permission() -> None:
    text = (
        "target: { type: group }\nfields: [{ id: m, type: membership, of: $(target) }]\n"
        "operations: [{ id: u, do: directory.group.change_members, with: { group: $(target), remove: $(m.remove) } }]\n"
    )
    needs = compiled(HEAD + text, AROUND).needs
    assert [need.permission for need in needs] == ["group.members.manage", "group.read", "user.groups.manage"]
    assert {need.on for need in needs if need.permission == "user.groups.manage"} == {"u.remove"}


def test_a_list_of_the_target_alone_is_the_target() -> None:
    text = (
        "target: { type: user }\noperations: [{ id: u, do: directory.group.add_members, "
        "with: { group: GG-Sales, members: [$(target)] } }]\n"
    )
    needs = compiled(HEAD + text, AROUND).needs
    assert NeedAt("user.groups.manage", "user", "target") in needs


def test_further_permissions_are_about_the_installation() -> None:
    form = compiled(HEAD + "requires: [report.read]\n" + PERSON + UNLOCK, AROUND)
    assert NeedAt("report.read", "", "") in form.needs


def test_texts_are_held_per_language() -> None:
    form = compiled(HEAD.replace("Small", "{ en: Small, nl: Klein }", 1) + PERSON + UNLOCK, AROUND)
    assert said(form.title, "nl") == "Klein"


def test_a_field_without_a_label_is_called_by_its_id() -> None:
    form = compiled(HEAD + "fields: [{ id: first_name, type: text }]\n" + SET.replace("$(a)", "$(first_name)"), AROUND)
    assert said(form.field("first_name").label) == "First name"


def test_approvers_without_stages_are_one_stage() -> None:
    approval = (
        "approval: { need: 2, expires: 2d, remind: 4h, approvers: [{ group: Leads }, { manager_of: $(actor) }] }\n"
    )
    form = compiled(HEAD + PERSON + approval + UNLOCK, AROUND)
    assert form.approval is not None
    assert [stage.need for stage in form.approval.stages] == [2]
    assert (form.approval.expires_seconds, form.approval.remind_seconds) == (172_800, 14_400)
    assert form.approval.stages[0].approvers[0].group == "Leads"


def test_brakes_are_counted_in_seconds() -> None:
    form = compiled(HEAD + PERSON + "limits: { per_actor: 30/hour, per_target: 3/day }\n" + UNLOCK, AROUND)
    assert form.limits.per_actor == Rate(30, 3_600)
    assert form.limits.per_target == Rate(3, 86_400)


def test_the_least_form_has_the_defaults_of_the_language() -> None:
    form = compiled(HEAD + "operations: [{ id: u, do: directory.user.enable, with: { user: a.b } }]\n", AROUND)
    assert (form.version, form.status, form.layout, form.on_error) == (1, "live", "single", "stop")
    assert (form.record.ticket, form.record.reason, form.confirm.plan) == ("optional", "off", "always")
    assert form.target is None
    assert form.verify is None
