"""The types of expressions, their names and paths, and what the checker leaves to the moment there is a value."""

import pytest

from connectors.verbs import ATTRIBUTES
from forms.expressions import called, compile_condition, compile_expression, type_named
from forms.values import ANY, OBJECT_KINDS, TEXT, Type, list_of
from tests.forms.expressions.conformance_world import SCOPE

TYPES = {
    "first_name": "text",
    "first_name | lower": "text",
    "target": "user",
    "target.manager.mail": "text",
    "target.groups": "list of group",
    "target.groups.owner": "list of user",
    "target.groups.owner.groups": "list of group",
    "target.custom.badge": "any",
    "delta": "delta",
    "delta.add": "list of group",
    "delta.add.name": "list of text",
    "kind": "choice",
    "kind.max_days": "number",
    "kind.groups": "list of group",
    "product.owner": "user",
    "grants": "list of row",
    "grants.rights": "list of text",
    "steps.create.user": "user",
    "start + 1d": "date",
    "start + 18h": "datetime",
    "start + 24h": "date",
    "18h + start": "datetime",
    "now() + 1d": "datetime",
    "today() - start": "duration",
    "months * 30d": "duration",
    "months / 2": "number",
    "first([start])": "date",
    "first([start], 1)": "list of date",
    "if(vpn, start, null)": "date",
    "if(vpn, kind, first_name)": "text",
    "default(target.manager, actor)": "user",
    "min(1, months)": "number",
    "max([start, today()])": "date",
    "[1, null]": "list of number",
    "[]": "list of any",
    "vpn and not vpn": "bool",
    "nothing + 1": "any",
    "null": "null",
    "password": "secret",
}

PATHS = {
    "target.manager.mail": {("target", "manager", "mail")},
    "target": {("target",)},
    "target != actor and target.locked": {("target",), ("actor",), ("target", "locked")},
    "first([target]).mail": {("target",)},
    "join([prefix, last_name])": {("prefix",), ("last_name",)},
    "today() + 1d": set(),
    "steps.create.user": {("steps", "create", "user")},
}


@pytest.mark.parametrize("source", TYPES)
def test_an_expression_has_a_type(source: str) -> None:
    assert str(compile_expression(source, SCOPE).type) == TYPES[source]


@pytest.mark.parametrize("source", PATHS)
def test_an_expression_knows_what_it_reads(source: str) -> None:
    expression = compile_expression(source, SCOPE)
    assert expression.paths == PATHS[source]
    assert expression.names == {path[0] for path in PATHS[source]}


def test_what_is_not_known_yet_may_be_a_condition() -> None:
    assert compile_condition("nothing", SCOPE).type == ANY


@pytest.mark.parametrize("kind", OBJECT_KINDS)
def test_every_attribute_of_every_kind_has_a_type(kind: str) -> None:
    for name in ATTRIBUTES[kind]:
        assert type_named(ATTRIBUTES[kind][name].type) != ANY


def test_types_are_read_as_verbs_and_attributes_write_them() -> None:
    assert type_named("list:group") == list_of(Type("group"))
    assert type_named("choices") == list_of(TEXT)
    assert type_named("address") == TEXT
    assert type_named("map") == ANY


def test_a_type_is_called_what_a_person_calls_it() -> None:
    assert called(Type("bool")) == "a yes/no value"
    assert called(Type("ou")) == "a unit"
    assert called(ANY) == "a value"
