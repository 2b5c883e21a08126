"""What is confirmed: the digest of a plan changes with everything in it and with nothing else; secrets stay outside."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from connectors.spi import Ref, SecretRef
from forms.definition import Form
from forms.plan_digest import operation_json, plan_digest
from forms.planning import Plan, PlannedOperation, Requirement, plan, secret_fields
from tests.forms.answering.answering_desk import EVERY_TYPE, Reading, situation_for, small_form, validated

FORM = small_form("""
verify: caller-basic
fields:
  - { id: a, type: text, default: x }
  - { id: end, type: date }
  - { id: made, type: password, generate: spoken }
operations:
  - { id: reset, do: directory.user.set_password, with: { user: $(target), password: $(made), must_change: true } }
  - { id: act, do: directory.user.update, with: { user: $(target), set: { title: $(a) } }, until: $(end) }
""")


def made(form: Form = FORM, **posted: Any) -> Plan:
    reading, situation = Reading(), situation_for(form)
    worked = validated(situation, posted, reading)
    return reading.gather(situation, lambda known: plan(known, worked))[0]


PLANNED = made()
ROWS = [operation_json(one) for one in PLANNED.operations]
TARGET = Ref("user", "u-bob")


def digest(**changed: Any) -> str:
    return plan_digest(**{"form": FORM, "actor_id": "alice", "target": TARGET, "operations": ROWS, **changed})


def test_the_digest_is_that_of_the_same_plan_whenever_it_is_made() -> None:
    assert digest() == digest(operations=[operation_json(one) for one in made().operations])
    assert digest() == digest(operations=[dict(reversed(row.items())) for row in ROWS])
    assert len(digest()) == 64
    assert int(digest(), 16)


@pytest.mark.parametrize(
    "changed",
    [
        {"form": dataclasses.replace(FORM, id="other")},
        {"form": dataclasses.replace(FORM, version=2)},
        {"form": dataclasses.replace(FORM, digest="0" * 64)},
        {"actor_id": "bob"},
        {"target": None},
        {"target": Ref("user", "u-erin")},
        {"target": Ref("group", "u-bob")},
        {"operations": []},
        {"operations": ROWS[:1]},
        {"operations": ROWS[::-1]},
        {"operations": [*ROWS, ROWS[0]]},
        {"operations": [{**row, "changes": [["title", "x", "y"]]} for row in ROWS]},
        {"operations": [operation_json(one) for one in made(a="y").operations]},
        {"operations": [operation_json(one) for one in made(a="").operations]},
        {"operations": [operation_json(one) for one in made(end="2031-01-01").operations]},
    ],
)
def test_the_digest_changes_with_everything_it_is_about(changed: dict[str, Any]) -> None:
    assert digest(**changed) != digest()


def _operation(one: PlannedOperation, **changed: Any) -> PlannedOperation:
    return dataclasses.replace(one, operation=dataclasses.replace(one.operation, **changed))


@pytest.mark.parametrize(
    "change",
    [
        lambda one: _operation(one, id="other"),
        lambda one: _operation(one, verb="directory.user.rename"),
        lambda one: _operation(one, arguments={**one.operation.arguments, "user": Ref("user", "u-erin")}),
        lambda one: _operation(one, arguments={**one.operation.arguments, "set": {"title": "x", "office": None}}),
        lambda one: dataclasses.replace(one, title="Something else"),
        lambda one: dataclasses.replace(one, requirements=()),
        lambda one: dataclasses.replace(one, requirements=(Requirement("user.delete", TARGET),)),
    ],
)
def test_the_digest_changes_with_everything_in_an_operation(
    change: Callable[[PlannedOperation], PlannedOperation],
) -> None:
    changed = [*PLANNED.operations[:1], change(PLANNED.operations[1])]
    assert digest(operations=[operation_json(one) for one in changed]) != digest()


def test_an_operation_is_recorded_whole_with_its_secret_masked() -> None:
    assert ROWS[0] == {
        "id": "reset",
        "verb": "directory.user.set_password",
        "title": "Give an account a new password",
        "arguments": {"user": "user:u-bob", "password": "[secret]", "must_change": True},
        "needs": [["user.password.reset", "user:u-bob"]],
        "until": None,
    }
    assert [operation_json(one)["until"] for one in made(end="2031-01-01").operations] == [None, "2031-01-01"]


def test_a_secret_is_a_placeholder_in_the_plan_whether_it_is_made_or_typed() -> None:
    assert PLANNED.operations[0].operation.arguments["password"] == SecretRef("made")
    assert secret_fields(PLANNED) == {"made"}
    typed = made(EVERY_TYPE, password="correct horse battery")
    assert typed.operations[0].operation.arguments["password"] == SecretRef("password")
    assert secret_fields(typed) == {"password"}
    assert secret_fields(made(small_form(""))) == frozenset()


def test_what_was_typed_as_a_password_stands_nowhere_in_the_plan() -> None:
    typed = made(EVERY_TYPE, password="correct horse battery")
    assert "correct horse" not in repr(typed)
    assert "correct horse" not in json.dumps([operation_json(one) for one in typed.operations])


def test_two_typed_passwords_give_the_same_digest() -> None:
    one, other = (
        plan_digest(
            EVERY_TYPE, "alice", TARGET, [operation_json(row) for row in made(EVERY_TYPE, password=text).operations]
        )
        for text in ("correct horse battery", "staple correct horse")
    )
    assert one == other
