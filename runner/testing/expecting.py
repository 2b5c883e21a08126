"""Compare what a test expects with what was seen. Pure but for the names of objects, which the fixture knows."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.spi import Change, Ref
from forms.definition import Example, Form
from forms.errors import AnswerProblem
from runner.testing.answers import plain
from runner.testing.walking import Seen

_LOOKS = frozenset({"visible", "hidden", "values", "rows"})
_PLANNED = frozenset({"operations", "approval", "changes"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One expectation that was not met: ``what`` is its key, the others are what stands there, ready to be printed."""

    what: str
    expected: object
    got: object


def differences(form: Form, example: Example, seen: Seen) -> tuple[Difference, ...]:
    """Return every difference between what a test expects and what was seen; none when it passes.

    Problems and refusals nobody expects are differences, and stand for all that they prevent; a test that only looks at
    questions and their values is content with answers that are not complete.
    """
    expect = example.expect
    if seen.refused and seen.worked is not None and "errors" in expect:
        seen = replace(seen, refused="", problems=(AnswerProblem("", seen.refused),))
    if seen.refused and "refused" not in expect:
        return (Difference("refused", None, seen.refused),)
    is_only_looked_at = bool(expect) and expect.keys() <= _LOOKS
    is_unexpected = bool(seen.problems) and "errors" not in expect and not is_only_looked_at
    keys = [key for key in _COMPARED if key in expect and not (is_unexpected and key in _PLANNED)]
    found = [difference for key in keys for difference in _COMPARED[key](form, expect, seen)]
    if is_unexpected:
        found.append(Difference("errors", {}, _messages(seen.problems)))
    return tuple(found)


def _visible(_form: Form, expect: Mapping[str, object], seen: Seen) -> Iterator[Difference]:
    yield from _asked("visible", expect["visible"], seen, is_asked=True)


def _hidden(_form: Form, expect: Mapping[str, object], seen: Seen) -> Iterator[Difference]:
    yield from _asked("hidden", expect["hidden"], seen, is_asked=False)


def _asked(key: str, expected: object, seen: Seen, *, is_asked: bool) -> Iterator[Difference]:
    answers = seen.worked.answers if seen.worked else {}
    names = expected if isinstance(expected, list) else []
    wrong = [name for name in names if name not in answers or answers[name].asked != is_asked]
    if wrong:
        yield Difference(key, names, [name for name in names if name not in wrong])


def _values(form: Form, expect: Mapping[str, object], seen: Seen) -> Iterator[Difference]:
    wanted = expect["values"]
    for id_, written in wanted.items() if isinstance(wanted, Mapping) else ():
        if seen.worked is None or seen.names is None:
            yield Difference(f"values.{id_}", written, None)
            continue
        field, answer = form.field(id_), seen.worked.answers[id_]
        expected, got = seen.names.expected(field, written), seen.names.worked(answer)
        if expected != got and not (_is_empty(expected) and _is_empty(got)):
            yield Difference(f"values.{id_}", written, seen.names.readable(field, got))


def _is_empty(value: object) -> bool:
    return value is None or value in ([], {"add": [], "remove": []})


def _errors(_form: Form, expect: Mapping[str, object], seen: Seen) -> Iterator[Difference]:
    wanted = expect["errors"]
    expected = dict(wanted) if isinstance(wanted, Mapping) else {}
    met = all(
        any(_is_at(problem, at) and problem.message == text for problem in seen.problems)
        for at, text in expected.items()
    )
    known = all(any(_is_at(problem, at) for at in expected) for problem in seen.problems)
    if not met or not known:
        yield Difference("errors", expected, _messages(seen.problems))


def _is_at(problem: AnswerProblem, place: str) -> bool:
    return place in (problem.field, f"{problem.field}.{problem.column}")


def _messages(problems: Sequence[AnswerProblem]) -> dict[str, str]:
    """Return the messages by place: a field, ``field.column`` inside rows, or ``""`` for the form as a whole."""
    found: dict[str, str] = {}
    for problem in problems:
        place = f"{problem.field}.{problem.column}" if problem.column else problem.field
        found[place] = f"{found[place]} {problem.message}" if place in found else problem.message
    return found


def _operations(_form: Form, expect: Mapping[str, object], seen: Seen) -> Iterator[Difference]:
    if expect["operations"] != list(seen.operations) or not seen.is_planned:
        yield Difference("operations", expect["operations"], list(seen.operations) if seen.is_planned else None)


def _approval(_form: Form, expect: Mapping[str, object], seen: Seen) -> Iterator[Difference]:
    got = "required" if seen.approval else "none"
    if not seen.is_planned or expect["approval"] != got:
        yield Difference("approval", expect["approval"], got if seen.is_planned else None)


def _refused(_form: Form, expect: Mapping[str, object], seen: Seen) -> Iterator[Difference]:
    if expect["refused"] != seen.refused:
        yield Difference("refused", expect["refused"], seen.refused or None)


def _changes(_form: Form, expect: Mapping[str, object], seen: Seen) -> Iterator[Difference]:
    wanted = expect["changes"]
    expected = {key: _whole(plain(value)) for key, value in wanted.items()} if isinstance(wanted, Mapping) else {}
    got = _by_attribute(change for change in seen.changes if _counts(change, seen)) if seen.names else {}
    readable = {key: _named(value, seen) for key, value in got.items()}
    same = expected.keys() == readable.keys() and all(_is_same(expected[key], readable[key]) for key in expected)
    if not seen.is_planned or not same:
        yield Difference("changes", expected, readable if seen.is_planned else None)


def _rows(_form: Form, expect: Mapping[str, object], seen: Seen) -> Iterator[Difference]:
    """Compare the rows of tables, in any order, or how many there are."""
    wanted = expect["rows"]
    for id_, expected in wanted.items() if isinstance(wanted, Mapping) else ():
        refs = seen.rows.get(id_)
        called = sorted(seen.names.world.called(ref) for ref in refs) if refs is not None and seen.names else None
        got = len(called) if called is not None and isinstance(expected, int) else called
        if got != (sorted(expected) if isinstance(expected, list) else expected):
            yield Difference(f"rows.{id_}", expected, got)


def _by_attribute(changes: Iterable[Change]) -> dict[str, object]:
    """Return ``[before, after]`` for each attribute, and what is added and removed where it has several values."""
    found: dict[str, object] = {}
    for change in changes:
        if change.kind in ("add", "remove"):
            sides = found.setdefault(change.attribute, {"add": [], "remove": []})
            if isinstance(sides, dict):
                sides[change.kind].append(change.after if change.kind == "add" else change.before)
        else:
            found[change.attribute] = [change.before, change.after]
    return found


def _whole(expected: object) -> object:
    """Add the side of a change of several values that is not written."""
    if isinstance(expected, Mapping) and expected and expected.keys() <= {"add", "remove"}:
        return {"add": [], "remove": [], **expected}
    return expected


def _counts(change: Change, seen: Seen) -> bool:
    """Say whether a change is one of the target's attributes; of anything's where the form has no target."""
    return bool(change.attribute) and (seen.target is None or change.ref in (None, seen.target))


def _named(value: object, seen: Seen) -> object:
    if isinstance(value, Ref) and seen.names is not None:
        return seen.names.world.called(value)
    if isinstance(value, list | tuple):
        return [_named(item, seen) for item in value]
    if isinstance(value, Mapping):
        return {key: _named(item, seen) for key, item in value.items()}
    return plain(value)


def _is_same(expected: object, got: object) -> bool:
    """Compare ``[before, after]``; a single value is what stands there afterwards."""
    return expected == got or (isinstance(got, list) and expected == got[1])


_COMPARED: Mapping[str, Callable[[Form, Mapping[str, object], Seen], Iterator[Difference]]] = {
    "visible": _visible,
    "hidden": _hidden,
    "values": _values,
    "errors": _errors,
    "operations": _operations,
    "approval": _approval,
    "refused": _refused,
    "changes": _changes,
    "rows": _rows,
}
