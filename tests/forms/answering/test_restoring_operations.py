"""Operations as they are kept, and the way back: exact for every verb, and never a guess."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from connectors.spi import Argument, File, Further, Operation, OutputRef, Ref, SecretRef, Value, Verb
from connectors.verbs import ATTRIBUTES, DIRECTORY_VERBS, MAILBOX_VERBS
from forms.answering.restoring import RestoreError, restored
from forms.answering.wire import stored
from forms.values import OBJECT_KINDS

TEXTS = some.text(some.characters(codec="utf-8"), max_size=30) | some.sampled_from(
    ["", "[secret]", "user:1", "2026-01-31", "steps.create.user", "true", "1"]
)
IDS = some.text("abcdef0123456789-:/~", min_size=1, max_size=40)
PLAIN: Mapping[str, some.SearchStrategy[Any]] = {
    "text": TEXTS,
    "address": TEXTS,
    "bool": some.booleans(),
    "number": some.integers() | some.decimals("-1e9", "1e9", places=4),
    "date": some.dates(),
    "datetime": some.datetimes(timezones=some.sampled_from([UTC, timezone(timedelta(hours=-3, minutes=-30))])),
    "choices": some.lists(TEXTS, max_size=4).map(tuple),
    "file": some.builds(File, TEXTS, some.integers(0, 10**9), TEXTS, some.text("0123456789abcdef", min_size=64)),
}
FURTHER = {name: Further(name, name, settable=True) for name in ("text", "number", "bool", "date")}
VERBS = {name: replace(verb, further=FURTHER) for name, verb in {**DIRECTORY_VERBS, **MAILBOX_VERBS}.items()} | {
    "badge.set": Verb("badge.set", "Set a badge", (Argument("at", "datetime", True, "When"),), ())
}


def of_type(type_: str, name: str) -> some.SearchStrategy[Any]:
    """Every value of a type, in an argument called ``name``."""
    many, _, item = type_.rpartition(":")
    if many:
        return some.lists(of_type(item, name), max_size=4).map(tuple)
    if item not in OBJECT_KINDS:
        return PLAIN[item]
    mixed = item == "user" and name in ("members", "add", "remove")
    kinds = some.sampled_from(("user", "group", "computer")) if mixed else some.just(item)
    refs = some.builds(Ref, kinds, IDS)
    made = {"user": "user", "group": "group", "mailbox": "mailbox", "contact": "contact", "mail_list": "list"}
    if item not in made:
        return refs
    return refs | some.builds(
        OutputRef, some.sampled_from(["create", "new-one/12"]), some.just(made[item]), some.just(item)
    )


def in_a_map(verb: Verb) -> some.SearchStrategy[dict[str, Value]]:
    """Every map of attributes of what a verb changes."""
    kind = next(one.type for one in verb.arguments if one.type in OBJECT_KINDS)
    known = {name: of_type(one.type, name) for name, one in ATTRIBUTES[kind].items()}
    further = {f"custom.{name}": PLAIN[name] for name in FURTHER}
    every = {name: some.none() | strategy for name, strategy in {**known, **further}.items()}
    return some.fixed_dictionaries({}, optional=every)


def operations(verb: Verb) -> some.SearchStrategy[Operation]:
    """Every operation of a verb but those that take a secret."""
    arguments = {
        one.name: in_a_map(verb) if one.type == "map" else some.none() | of_type(one.type, one.name)
        for one in verb.arguments
        if one.type != "secret"
    }
    return some.builds(
        Operation, some.just("step"), some.just(verb.name), some.fixed_dictionaries({}, optional=arguments)
    )


def kept(operation: Operation) -> Any:
    """What a row holds of an operation, through the text of JSON."""
    arguments = {name: stored(value) for name, value in operation.arguments.items()}
    return json.loads(json.dumps({"verb": operation.verb, "arguments": arguments}))


@settings(max_examples=200, deadline=None)
@given(some.sampled_from(sorted(VERBS)).flatmap(lambda name: operations(VERBS[name])))
def test_an_operation_of_any_verb_comes_back_exactly(operation: Operation) -> None:
    again = restored(kept(operation), VERBS, "step")

    assert again == operation
    assert {name: type(one) for name, one in again.arguments.items()} == {
        name: type(one) for name, one in operation.arguments.items()
    }


@settings(max_examples=80, deadline=None)
@given(
    some.sampled_from(sorted(VERBS)),
    some.dictionaries(
        some.sampled_from(["user", "groups", "set", "on", "password", "rights", "x"]),
        some.recursive(
            some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=9),
            lambda one: some.lists(one, max_size=3) | some.dictionaries(some.text(max_size=5), one, max_size=3),
            max_leaves=5,
        ),
    ),
)
def test_what_was_kept_is_an_operation_or_a_clear_error(verb: str, arguments: dict[str, Any]) -> None:
    try:
        again = restored({"verb": verb, "arguments": arguments}, VERBS, "step")
    except RestoreError:
        return
    assert kept(again)["arguments"] == arguments


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "directory.user.unlock",
        {"verb": 1, "arguments": {}},
        {"verb": "directory.user.fly", "arguments": {}},
        {"verb": "directory.user.unlock", "arguments": None},
        {"verb": "directory.user.unlock", "arguments": {"group": "group:1"}},
        {"verb": "directory.user.unlock", "arguments": {"user": "group:1"}},
        {"verb": "directory.user.unlock", "arguments": {"user": "user:"}},
        {"verb": "directory.user.unlock", "arguments": {"user": "steps.create"}},
        {"verb": "directory.user.set_expiry", "arguments": {"user": "user:1", "on": "soon"}},
        {"verb": "directory.user.update", "arguments": {"user": "user:1", "set": {"shoe": "44"}}},
        {"verb": "directory.user.update", "arguments": {"user": "user:1", "set": {"custom.shoe": "44"}}},
        {"verb": "directory.user.join_groups", "arguments": {"user": "user:1", "groups": "group:1"}},
        {"verb": "mailbox.update", "arguments": {"mailbox": "mailbox:1", "capacity": "NaN"}},
    ],
)
def test_what_cannot_be_understood_is_never_guessed(wrong: Any) -> None:
    with pytest.raises(RestoreError):
        restored(wrong, VERBS, "step")


def test_a_secret_never_comes_back() -> None:
    operation = Operation(
        "reset", "directory.user.set_password", {"user": Ref("user", "1"), "password": SecretRef("p")}
    )

    with pytest.raises(RestoreError, match="never kept"):
        restored(kept(operation), VERBS, "reset")


def test_what_each_attribute_is_decides_not_how_its_text_looks() -> None:
    values: dict[str, Value] = {
        "title": "2026-01-01",
        "manager": Ref("user", "2"),
        "custom.date": date(2026, 1, 1),
        "custom.number": Decimal("1.5"),
    }
    operation = Operation("s", "directory.user.update", {"user": Ref("user", "1"), "set": values})

    assert restored(kept(operation), VERBS, "s").arguments["set"] == values
