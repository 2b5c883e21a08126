"""Draft a first form from a few decisions, with comments that teach. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from connectors.spi import Argument, Verb
from connectors.verbs import ATTRIBUTES
from forms.editing.drafted_fields import DraftField, field_for, field_lines, written
from forms.vocabulary import RESERVED

TARGET_KINDS: Mapping[str, str] = {
    "user": "person",
    "group": "group",
    "mailbox": "mailbox",
    "computer": "computer",
    "contact": "mail contact",
    "mail_list": "distribution list",
}
"""The kinds a first form can act on, with what people call them."""

_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Given:
    """Where an argument comes from: a question, the target (``text`` is its attribute, or empty), or a constant text."""

    source: Literal["question", "target", "constant"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Doing:
    """One operation: its verb, and where its arguments come from; attributes of ``set`` are called ``set.<attribute>``."""

    verb: Verb
    given: Mapping[str, Given]


@dataclass(frozen=True, slots=True)
class DraftTest:
    """A test of the draft. ``fill`` maps fields to answers as they stand in a file; ``asked`` are the fields seen instead."""

    name: str
    target: str = ""
    role: str = ""
    fill: Mapping[str, object] | None = None
    asked: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """All that is decided of a first form; what is empty is left out.

    ``verify`` is a policy, or ``none`` with a reason in ``because``.  ``password_policy`` makes passwords that are asked
    for; without one they are typed.
    """

    id: str
    title: str
    doings: tuple[Doing, ...]
    target: str = ""
    within: str = ""
    verify: str = ""
    because: str = ""
    ticket: str = ""
    password_policy: str = ""
    schema: str = ""
    tests: tuple[DraftTest, ...] = ()


def id_from(title: str) -> str:
    """Return a form's id made of its title: small letters, digits and dashes; perhaps nothing."""
    return _WORD.sub("-", title.lower()).strip("-")[:60]


def acts_on(verb: Verb) -> str:
    """Return the kind of object a verb is done on; empty where a form has no target for it, as when it creates one."""
    first = verb.arguments[0] if verb.arguments else None
    return first.type if first and not verb.gives and first.type in TARGET_KINDS else ""


def arguments_to_give(verb: Verb) -> tuple[Argument, ...]:
    """Return the arguments a form has to give: those needed, and all of them where nothing would be done otherwise."""
    needed = tuple(one for one in verb.arguments if one.needed)
    is_idle = len(needed) == 1 and needed[0].type == acts_on(verb) and len(verb.arguments) > 1
    return verb.arguments if is_idle or (not acts_on(verb) and len(needed) == 1) else needed


def settable(verb: Verb) -> Mapping[str, Argument]:
    """Return the attributes that the ``set`` of a verb may have, as arguments."""
    attributes = ATTRIBUTES.get(verb.name.split(".")[-2], {}) if verb.argument("set") else {}
    return {one.name: Argument(one.name, one.type, False, one.label) for one in attributes.values() if one.settable}


def argument_called(verb: Verb, name: str) -> Argument | None:
    """Return an argument, or an attribute of ``set`` called ``set.<attribute>``; None when there is none."""
    inner = name.removeprefix("set.")
    return settable(verb).get(inner) if inner != name else verb.argument(name)


def usual(verb: Verb, argument: Argument, target: str) -> Given:
    """Return where an argument usually comes from: the target when it is the object acted on, else a question."""
    is_subject = bool(target) and verb.arguments[0] == argument and argument.type == target
    if is_subject:
        return Given("target")
    return Given("question") if field_for(argument) else Given("constant")


def attributes_that_fit(argument: Argument, target: str) -> tuple[str, ...]:
    """Return the attributes of a target that an argument could be given, perhaps none."""
    wanted = {"address": "text"}.get(argument.type, argument.type.removeprefix("list:"))
    found = ATTRIBUTES.get(target, {}).values()
    return tuple(one.name for one in found if one.type in (wanted, argument.type))


def questions_of(draft: Draft) -> tuple[DraftField, ...]:
    """Return the fields of a draft, in their order."""
    return tuple(field for _, fields in _steps(draft) for _, field in fields)


def operation_ids(draft: Draft) -> tuple[str, ...]:
    """Return the ids of the operations of a draft, in their order."""
    ids: list[str] = []
    for doing in draft.doings:
        word = doing.verb.name.rpartition(".")[2]
        ids.append(word if word not in ids else f"{word}_{len(ids) + 1}")
    return tuple(ids)


def drafted(draft: Draft) -> str:
    """Return the draft as the text of a form file, with keys in canonical order."""
    blocks = [
        _head(draft),
        _target(draft),
        _verify(draft),
        _record(draft),
        _fields(draft),
        _operations(draft),
        _notify(draft),
        _tests(draft),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _steps(draft: Draft) -> Iterator[tuple[str, list[tuple[str, DraftField]]]]:
    """Yield the id of each operation, with its arguments that are asked and their fields; no id occurs twice."""
    taken: set[str] = set(RESERVED)
    for step, doing in zip(operation_ids(draft), draft.doings, strict=True):
        fields = []
        for name, given in doing.given.items():
            argument = argument_called(doing.verb, name)
            field = field_for(argument) if argument and given.source == "question" else None
            if field is not None:
                bare = name.removeprefix("set.")
                id_ = bare if bare not in taken else f"{step}_{bare}"
                taken.add(id_)
                start = f"target.{bare}" if name != bare and bare in ATTRIBUTES.get(draft.target, {}) else ""
                fields.append((name, field.called(id_, start, draft.password_policy)))
        yield step, fields


def _head(draft: Draft) -> list[str]:
    lines = [f"# yaml-language-server: $schema={draft.schema}"] if draft.schema else []
    lines += [
        "# A first draft: make its words yours, then run  deskhand check  and  deskhand test .",
        "format: form/1",
        f"id: {draft.id}",
        "# What people see; add  description: , category:  and  tags:  to explain it and to have it found.",
        f"title: {written(draft.title)}",
    ]
    return lines


def _target(draft: Draft) -> list[str]:
    if not draft.target:
        return []
    lines = [
        "# Only those are found whom access.yaml lets the person at the keyboard reach.",
        "target:",
        f"  type: {draft.target}",
        f"  label: Which {TARGET_KINDS[draft.target]}?",
    ]
    return [*lines, f"  within: [{draft.within}]"] if draft.within else lines


def _verify(draft: Draft) -> list[str]:
    if not draft.verify:
        return []
    if draft.verify == "none":
        because = written(draft.because)
        return ["# The caller is not checked.", "verify:", "  policy: none", f"  because: {because}"]
    return ["# How the agent makes sure who is calling: a policy of verification.yaml.", f"verify: {draft.verify}"]


def _record(draft: Draft) -> list[str]:
    return (
        ["# What the journal keeps beside the change.", "record:", f"  ticket: {draft.ticket}"] if draft.ticket else []
    )


def _fields(draft: Draft) -> list[str]:
    questions = questions_of(draft)
    if not questions:
        return []
    lines = ["# The questions, in their order; an answer is filled in below as $(id).", "fields:"]
    for place, field in enumerate(questions):
        lines += ["", *field_lines(field)] if place else field_lines(field)
    return lines


def _operations(draft: Draft) -> list[str]:
    lines = ["# What is done, from top to bottom.", "operations:"]
    for (step, fields), doing in zip(_steps(draft), draft.doings, strict=True):
        asked = {name: field.id for name, field in fields}
        lines += [f"  - id: {step}", f"    do: {doing.verb.name}"]
        others = [one.name for one in doing.verb.arguments if one.name not in doing.given and one.type != "map"]
        if others:
            lines.append(f"    # It could also be given: {', '.join(others)}.")
        lines += ["    with:", *_arguments(doing, asked)]
    return lines


def _arguments(doing: Doing, asked: Mapping[str, str]) -> Iterator[str]:
    plain = [name for name in doing.given if not name.startswith("set.")]
    for name in plain:
        yield f"      {name}: {_value(doing.given[name], asked.get(name, ''))}"
    inner = [name for name in doing.given if name.startswith("set.")]
    if inner:
        yield "      set:"
    for name in inner:
        yield f"        {name.removeprefix('set.')}: {_value(doing.given[name], asked.get(name, ''))}"


def _value(given: Given, field: str) -> str:
    if given.source == "constant":
        return written(given.text)
    path = f"target.{given.text}" if given.text else "target"
    return f"$({field})" if given.source == "question" else f"$({path})"


def _notify(draft: Draft) -> list[str]:
    """Tell the person whose password or second factor is reset: who did not ask for it should know."""
    resets = any(need.permission.endswith(".reset") for doing in draft.doings for need in doing.verb.needs)
    if not resets or draft.target != "user":
        return []
    return [
        "# Whoever did not ask for this should hear of it.",
        "notify:",
        "  - on: [done]",
        "    to: [$(target)]",
        f"    subject: {written(draft.title)}",
        "    body: $(actor.display_name) did this for you. Did you not ask for it? Call the service desk at once.",
    ]


def _tests(draft: Draft) -> list[str]:
    if not draft.tests:
        return [
            "# Add  tests: , each with a  name: , a  target:  of the fixture, what to  fill: , and what to  expect: .",
        ]
    lines = [
        "# Examples that  deskhand test  runs against the invented company in fixtures/; nothing is changed.",
        "tests:",
    ]
    for test in draft.tests:
        lines += [f"  - name: {written(test.name)}"]
        lines += [f"    as: {{ role: {test.role} }}"] if test.role else []
        lines += [f"    target: {written(test.target)}"] if test.target else []
        lines += _filled(test.fill)
        lines += ["    expect:", f"      {_expected(draft, test)}"]
    return lines


def _filled(fill: Mapping[str, object] | None) -> Sequence[str]:
    return (
        ["    fill:", *(f"      {name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fill.items())]
        if fill
        else []
    )


def _expected(draft: Draft, test: DraftTest) -> str:
    if test.asked is not None:
        return f"visible: [{', '.join(test.asked)}]"
    return f"operations: [{', '.join(operation_ids(draft))}]"
