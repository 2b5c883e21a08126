"""Compare two compiled versions of a form: what it needs, does and asks now that it did not before. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from forms.comparison.leaves import Leaves, leaves, word
from forms.definition import Field, Form, NeedAt, Step, Verify

Part = Literal["permissions", "operations", "verification", "approval", "target", "limits", "questions", "other"]
_GENERAL = (
    "title", "description", "category", "icon", "tags", "owner", "status", "record", "layout", "checks", "run_at",
    "confirm", "on_error", "notify", "result", "examples",
)  # fmt: skip
_LONGEST = 120
_HAS = {"verification": "checks the caller", "approval": "needs approval", "target": "works on a target"}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: ``place`` are the keys that lead there; ``before`` and ``after`` are empty where nothing was or is."""

    part: Part
    place: tuple[str, ...]
    before: str
    after: str
    sentence: str


def compare(before: Form, after: Form) -> tuple[Change, ...]:
    """Return what changed, what the form may and does first; empty when nothing that was compiled differs."""
    return tuple(
        change
        for changes in (
            _permissions(before.needs, after.needs),
            _operations(before.steps, after.steps),
            _whole("verification", "caller check", _checked(before), _checked(after)),
            _differences("verification", ("no caller check because",), _unchecked(before), _unchecked(after)),
            _whole("approval", "approval", before.approval, after.approval),
            _whole("target", "target", before.target, after.target),
            _differences("limits", ("limits",), leaves(before.limits), leaves(after.limits)),
            _questions(before, after),
            _general(before, after),
        )
        for change in changes
    )


def _permissions(before: Sequence[NeedAt], after: Sequence[NeedAt]) -> Iterator[Change]:
    old, new = [_need(need) for need in before], [_need(need) for need in after]
    for name in dict.fromkeys(new):
        if name not in old:
            yield Change("permissions", ("needs",), "", name, f"now also needs {name}")
    for name in dict.fromkeys(old):
        if name not in new:
            yield Change("permissions", ("needs",), name, "", f"no longer needs {name}")


def _need(need: NeedAt) -> str:
    return f"{need.permission} on {need.on}" if need.on else need.permission


def _operations(before: Sequence[Step], after: Sequence[Step]) -> Iterator[Change]:
    old, new = {step.id: step for step in before}, {step.id: step for step in after}
    for id_, step in new.items():
        place = ("operations", id_)
        if id_ not in old:
            yield Change(
                "operations", place, "", step.verb.name, f"now also does {step.verb.name}{_given(step)} ({id_})"
            )
        elif old[id_].verb.name != step.verb.name:
            said = f"operation {id_} now does {step.verb.name}, before {old[id_].verb.name}"
            yield Change("operations", (*place, "do"), old[id_].verb.name, step.verb.name, said)
    for id_, step in old.items():
        if id_ not in new:
            said = f"no longer does {step.verb.name} ({id_})"
            yield Change("operations", ("operations", id_), step.verb.name, "", said)
    verb = frozenset({"verb"})
    for id_ in (id_ for id_ in new if id_ in old):
        pair = leaves(old[id_], without=verb), leaves(new[id_], without=verb)
        yield from _differences("operations", ("operation", id_), *pair)
    yield from _order("operations", "operations run", list(old), list(new))


def _given(step: Step) -> str:
    given = leaves(step.arguments)
    said = ", ".join(f"{' '.join(place)} {_short(text)}" for place, text in given.items())
    condition = f" if {word(step.only_if)}" if step.only_if is not None else ""
    return f" with {said}{condition}" if said else condition


def _order(part: Part, what: str, before: list[str], after: list[str]) -> Iterator[Change]:
    old, new = [one for one in before if one in after], [one for one in after if one in before]
    if old != new:
        yield Change(part, (part,), ", ".join(old), ", ".join(new), f"{what} in another order: {', '.join(new)}")


def _checked(form: Form) -> Verify | None:
    return form.verify if form.verify is not None and form.verify.policy is not None else None


def _unchecked(form: Form) -> Leaves:
    return leaves(form.verify.because) if form.verify is not None and _checked(form) is None else {}


def _whole(part: Part, name: str, before: Any, after: Any) -> Iterator[Change]:
    """Compare something a form has once or not at all."""
    if before is not None and after is not None:
        yield from _differences(part, (name,), leaves(before), leaves(after))
    elif before is not None or after is not None:
        there = before if after is None else after
        said = "; ".join(f"{_key(place)} {_short(text)}" for place, text in leaves(there).items()) or "as it comes"
        verb = _HAS[part]
        if after is None:
            yield Change(part, (name,), said, "", f"no longer {verb} (was: {said})")
        else:
            yield Change(part, (name,), "", said, f"now also {verb}: {said}")


def _questions(before: Form, after: Form) -> Iterator[Change]:
    old, new = {field.id: field for field in before.fields}, {field.id: field for field in after.fields}
    for id_, field in new.items():
        if id_ not in old:
            must = ", has to be answered" if field.required is True else ""
            yield Change("questions", ("fields", id_), "", field.type, f"now also asks {id_} ({field.type}{must})")
    for id_, field in old.items():
        if id_ not in new:
            yield Change("questions", ("fields", id_), field.type, "", f"no longer asks {id_} ({field.type})")
    for id_ in (id_ for id_ in new if id_ in old):
        pair = _field(before, old[id_]), _field(after, new[id_])
        yield from _differences("questions", ("question", id_), *pair)
    yield from _order("questions", "questions stand", list(old), list(new))


def _field(form: Form, field: Field) -> Leaves:
    found = dict(leaves(field))
    if field.section is not None:
        section = leaves(form.sections[field.section])
        found |= {("section", *place): text for place, text in section.items()}
    return found


def _general(before: Form, after: Form) -> Iterator[Change]:
    for name in _GENERAL:
        shown = "tests" if name == "examples" else name
        yield from _differences("other", (shown,), leaves(getattr(before, name)), leaves(getattr(after, name)))


def _differences(part: Part, place: tuple[str, ...], before: Leaves, after: Leaves) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key, ""), after.get(key, "")
        if old != new:
            yield Change(part, (*place, *key), old, new, f"{_key((*place, *key))} {_turned(old, new)}")


def _turned(before: str, after: str) -> str:
    if not after:
        return f"is no longer set (was {_short(before)})"
    return f"is now {_short(after)}" + (f", before {_short(before)}" if before else "")


def _key(place: tuple[str, ...]) -> str:
    head, *rest = place
    named = head in ("operation", "question") and rest
    return f"{head} {rest[0]}{': ' if rest[1:] else ''}{' '.join(rest[1:])}" if named else " ".join(place)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= _LONGEST else f"“{line[:_LONGEST]}…”"


def as_json(changes: Sequence[Change]) -> list[Mapping[str, object]]:
    """Return changes for a program."""
    return [
        {
            "part": one.part,
            "place": list(one.place),
            "before": one.before or None,
            "after": one.after or None,
            "sentence": one.sentence,
        }
        for one in changes
    ]
