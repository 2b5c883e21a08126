"""Answers as they are written on the command line: texts, and names in the place of objects that are picked."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import click

from forms.answering.wire import PICKERS
from forms.definition import Field, Form
from runner.access.model import Actor
from runner.errors import RefusedError
from runner.pipeline.pages import Posted, Thing
from runner.pipeline.reading import Reader
from runner.wiring import Installation

_SIDES = {"+": "add", "-": "remove"}
_MOST_NAMES = 1_000


def written(form: Form | None, pairs: Sequence[str], stream: Any) -> dict[str, object]:
    """Return what ``--answers`` holds, and over it what ``--set`` says; raises `click.UsageError` for what is neither."""
    answers = {} if stream is None else _from(stream)
    fields = {field.id: field for field in form.fields} if form else {}
    begun: set[str] = set()
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"--set {pair}: write FIELD=VALUE.")
        field = fields.get(name)
        before = answers.get(name) if name in begun else None
        if field is not None and field.type == "membership":
            answers[name] = _with_side(field, value.strip(), before)
        elif field is not None and field.type in PICKERS and field.multiple:
            answers[name] = [*(before if isinstance(before, list) else ()), *([value] if value else ())]
        else:
            answers[name] = value
        begun.add(name)
    return answers


def _from(stream: Any) -> dict[str, object]:
    try:
        answers = json.load(stream)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"--answers is not JSON: {error}") from error
    if not isinstance(answers, dict):
        raise click.UsageError("--answers must be a JSON object of fields and answers.")
    return answers


def _with_side(field: Field, value: str, before: object) -> dict[str, list[str]]:
    side, name = _SIDES.get(value[:1]), value[1:].strip()
    if side is None or not name:
        raise click.UsageError(f"--set {field.id}={value}: {how(field)}")
    sides: Mapping[str, list[str]] = before if isinstance(before, dict) else {"add": [], "remove": []}
    return {**sides, side: [*sides[side], name]}


def how(field: Field) -> str:
    """Say how a question is answered on the command line when it is answered with objects; empty for others."""
    if field.type == "membership":
        return (
            f'Write + or - and a name, as in  --set "{field.id}=+NAME"  to add and  --set "{field.id}=-NAME"  to take '
            "away; --set may be repeated, and an id stands for a name."
        )
    if field.type not in PICKERS:
        return ""
    again = " --set may be repeated." if field.multiple else ""
    return f'Write a name that finds exactly one, or an id, as in  --set "{field.id}=NAME".{again}'


@dataclass(frozen=True, slots=True)
class Names:
    """Turns names into the ids of what they find, as typing them on the page does; an id stays as it is."""

    installation: Installation
    actor: Actor
    form: Form
    target_id: str | None
    language: str

    def with_ids(self, posted: Posted) -> Posted:
        """Return the answers with ids; raises `RefusedError` for a name that several things have, and as picking does."""
        answers = dict(posted.answers)
        for field in self.form.fields:
            if field.id in answers and (field.type in PICKERS or field.type == "membership"):
                given = Posted(dict(answers), posted.ticket, posted.reason)
                answers[field.id] = _each(answers[field.id], partial(self._id, field, given))
        return Posted(answers, posted.ticket, posted.reason)

    def _id(self, field: Field, posted: Posted, text: str) -> str:
        others = {id_: answer for id_, answer in posted.answers.items() if id_ != field.id}
        page = self.installation.desk.pick(
            self.actor,
            self.form.id,
            self.target_id,
            field.id,
            text,
            Posted(others, posted.ticket, posted.reason),
            self.language,
        )
        called = [one for one in page.things if one.label.casefold() == text.strip().casefold()]
        found: Sequence[Thing] = called or page.things
        if len(found) == 1 and (called or not page.more):
            return found[0].id
        named = self._named(field, text)
        if named is not None and (not found or named in {one.id for one in found}):
            return named
        if not found:
            return text
        count = f"{len(found)} or more" if page.more else str(len(found))
        raise RefusedError(f'{field.id}: "{text}" finds {count}. {how(field)}')

    def _named(self, field: Field, text: str) -> str | None:
        """Return the id of what is called exactly so, or has this id; whether it may be picked is decided afterwards."""
        is_of_group = self.form.target is not None and self.form.target.type == "group"
        kind = ("user" if is_of_group else "group") if field.type == "membership" else field.type
        services = self.installation.services
        entry = Reader(services, self.actor, self.form.id, services.now()).named(kind, text)
        return entry.ref.id if entry is not None else None


def _each(answer: object, change: Callable[[str], str]) -> object:
    if isinstance(answer, str):
        return change(answer) if answer.strip() else answer
    if isinstance(answer, list) and len(answer) <= _MOST_NAMES:
        return [_each(item, change) for item in answer]
    return {key: _each(item, change) for key, item in answer.items()} if isinstance(answer, dict) else answer
