"""From what a browser posts to `Posted`: the names of the inputs say of what shape an answer is. Pure.

=====================  =================================================================================
``answer.<id>``        a text
``flag.<id>``          yes or no: ``false`` from a hidden input, then ``true`` when the box is ticked
``list.<id>``          several texts; an empty one says that the question was asked
``add.<id>`` …         one side of a change of memberships, ``remove.<id>`` the other
``row.<id>.<n>.<kind>.<column>``  an answer inside row ``n``; kind is ``answer``, ``flag`` or ``list``
``typed.<id>``         what was typed into a picker, for browsers without script
``repeat.<id>``        a password the second time
``default.<id>``       the default shown beside an untouched question: an equal answer is left out
=====================  =================================================================================

Everything else is refused, so that a page cannot smuggle in what no form asks for.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from runner.pipeline.pages import Posted

_NAME = r"[A-Za-z][A-Za-z0-9_-]{0,63}"
_PLAIN = re.compile(rf"(answer|flag|list|add|remove|typed|repeat|default)\.({_NAME})")
_IN_ROW = re.compile(rf"row\.({_NAME})\.(\d{{1,4}})\.(answer|flag|list)\.({_NAME})")
_ALLOWED = frozenset({"csrf_token", "submission", "target", "ticket", "reason", "go", "field", "text"})
_SINGLE = frozenset({"answer", "typed", "repeat", "default"})


class UnexpectedInputError(ValueError):
    """The page did not send this: an undeclared, doubled or misspelt name. Nothing was done."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent: the answers, what to do with them, and passwords that were not typed twice alike."""

    posted: Posted
    submission: str
    target: str | None
    go: str
    field: str
    text: str
    unequal: tuple[str, ...]


@dataclass(slots=True)
class _Collected:
    answers: dict[str, object] = field(default_factory=dict)
    rows: dict[str, dict[int, dict[str, object]]] = field(default_factory=dict)
    singles: dict[str, dict[str, str]] = field(default_factory=lambda: {"typed": {}, "repeat": {}, "default": {}})


def read_sent(pairs: Iterable[tuple[str, str]]) -> Sent:
    """Sort what a browser sent; raises `UnexpectedInputError` for names no page of ours contains."""
    collected, plain = _Collected(), dict[str, str]()
    for name, text in pairs:
        if name in _ALLOWED:
            _once(plain, name, text)
        elif match := _PLAIN.fullmatch(name):
            _take(collected, match[1], match[2], text)
        elif match := _IN_ROW.fullmatch(name):
            row = collected.rows.setdefault(match[1], {}).setdefault(int(match[2]), {})
            _put(row, match[3], match[4], text)
        else:
            raise UnexpectedInputError("The page sent something this form does not have.")
    answers = _without_defaults(_with_rows(collected), collected.singles["default"])
    return Sent(
        posted=Posted(answers, plain.get("ticket", ""), plain.get("reason", ""), collected.singles["typed"]),
        submission=plain.get("submission", ""),
        target=plain.get("target") or None,
        go=plain.get("go", ""),
        field=plain.get("field", ""),
        text=plain.get("text", ""),
        unequal=tuple(
            name for name, again in collected.singles["repeat"].items() if collected.answers.get(name, "") != again
        ),
    )


def _once(into: dict[str, str], name: str, text: str) -> None:
    if name in into:
        raise UnexpectedInputError("The page sent the same question twice.")
    into[name] = text


def _take(collected: _Collected, kind: str, name: str, text: str) -> None:
    if kind in ("typed", "repeat", "default"):
        _once(collected.singles[kind], name, text)
    elif kind in ("add", "remove"):
        delta = collected.answers.setdefault(name, {"add": [], "remove": []})
        if not isinstance(delta, dict):
            raise UnexpectedInputError("The page sent two answers of different kinds to one question.")
        if text:
            delta[kind].append(text)
    else:
        _put(collected.answers, kind, name, text)


def _put(answers: dict[str, object], kind: str, name: str, text: str) -> None:
    present = answers.get(name)
    if kind == "list":
        chosen = present if isinstance(present, list) else []
        if present is not None and not isinstance(present, list):
            raise UnexpectedInputError("The page sent two answers of different kinds to one question.")
        answers[name] = [*chosen, text] if text else chosen
    elif kind == "flag" and text in ("true", "false") and (present is None or isinstance(present, bool)):
        answers[name] = text == "true"
    elif kind == "answer" and present is None:
        answers[name] = text
    else:
        raise UnexpectedInputError("The page sent the same question twice.")


def _with_rows(collected: _Collected) -> dict[str, object]:
    if any(collected.answers.get(name) for name in collected.rows):
        raise UnexpectedInputError("The page sent two answers of different kinds to one question.")
    rows = {name: [found[number] for number in sorted(found)] for name, found in collected.rows.items()}
    return {**collected.answers, **rows}


def _without_defaults(answers: Mapping[str, object], defaults: Mapping[str, str]) -> dict[str, object]:
    return {name: value for name, value in answers.items() if name not in defaults or as_text(value) != defaults[name]}


def as_text(value: object) -> str:
    """Return an answer as the one text by which a page remembers a default."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    return "" if value is None else str(value).replace("\r\n", "\n")
