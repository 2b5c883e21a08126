"""From what a browser posts to `Posted`: the names of the inputs say of what shape an answer is. Pure.

=====================  =================================================================================
``answer.<id>``        a text
``flag.<id>``          yes or no: ``false`` from a hidden input, then ``true`` when the box is ticked
``list.<id>``          several texts; an empty one says that the question was asked
``add.<id>`` …         one side of a change of memberships, ``remove.<id>`` the other
``row.<id>.<n>.<kind>.<column>``  the same inside row ``n``; kind is ``answer``, ``flag``, ``list``, ``typed`` or ``default``
``typed.<id>``         what was typed into a picker, for browsers without script
``repeat.<id>``        a password the second time
``carried.<id>``       the rows of a file that was read, as JSON; ``paste.<id>`` what was pasted instead of a file
``default.<id>``       the default shown beside an untouched question: an equal answer is left out
=====================  =================================================================================

Everything else is refused, so that a page cannot smuggle in what no form asks for.  A row nobody touched, in which every
answer is empty or its default, is left out: pages have spare rows for browsers without script.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import FileStorage

from runner.pipeline.pages import Posted
from runner.web.uploads import CarriedError, files_sent, rows_carried

_NAME = r"[A-Za-z][A-Za-z0-9_-]{0,63}"
_PLAIN = re.compile(rf"(answer|flag|list|add|remove|typed|repeat|default)\.({_NAME})")
_IN_ROW = re.compile(rf"row\.({_NAME})\.(\d{{1,4}})\.(answer|flag|list|typed|default)\.({_NAME})")
_CSV = re.compile(rf"(carried|paste)\.({_NAME})")
_DROPS = re.compile(rf"drop\.({_NAME})")
_FINDS = re.compile(rf"find\.({_NAME})(?:\.(\d{{1,4}})\.({_NAME}))?")
_ALLOWED = frozenset({"csrf_token", "submission", "target", "ticket", "reason", "go", "page", "field", "text"})
_SINGLE = frozenset({"answer", "typed", "repeat", "default"})


class UnexpectedInputError(ValueError):
    """The page did not send this: an undeclared, doubled or misspelt name. Nothing was done."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a picker shall find, for browsers without script.

    ``path`` is the question, ``question.column`` in a row; ``place`` says as well which row it will be on the next page.
    """

    path: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent: the answers, what to do with them, and passwords that were not typed twice alike."""

    posted: Posted
    submission: str
    target: str | None
    go: str
    wanted: Wanted | None
    field: str
    text: str
    unequal: tuple[str, ...]


@dataclass(slots=True)
class _Row:
    answers: dict[str, object] = field(default_factory=dict)
    singles: dict[str, dict[str, str]] = field(default_factory=lambda: {"typed": {}, "default": {}})

    def is_untouched(self) -> bool:
        defaults = self.singles["default"]
        return all(not value or _is_default(value, defaults.get(name)) for name, value in self.answers.items())


@dataclass(slots=True)
class _Collected:
    answers: dict[str, object] = field(default_factory=dict)
    rows: dict[str, dict[int, "_Row"]] = field(default_factory=dict)
    singles: dict[str, dict[str, str]] = field(default_factory=lambda: {"typed": {}, "repeat": {}, "default": {}})
    carried: dict[str, str] = field(default_factory=dict)
    pasted: dict[str, str] = field(default_factory=dict)


def read_sent(pairs: Iterable[tuple[str, str]], files: Iterable[tuple[str, FileStorage]] = ()) -> Sent:
    """Sort what a browser sent; raises `UnexpectedInputError` for names no page of ours contains."""
    collected, plain = _Collected(), dict[str, str]()
    for name, text in pairs:
        if name in _ALLOWED:
            _once(plain, name, text)
        elif match := _PLAIN.fullmatch(name):
            _take(collected, match[1], match[2], text)
        elif match := _IN_ROW.fullmatch(name):
            row = collected.rows.setdefault(match[1], {}).setdefault(int(match[2]), _Row())
            if match[3] in row.singles:
                _once(row.singles[match[3]], match[4], _with_plain_line_ends(text))
            else:
                _put(row.answers, match[3], match[4], text)
        elif match := _CSV.fullmatch(name):
            _once(collected.carried if match[1] == "carried" else collected.pasted, match[2], text)
        else:
            raise UnexpectedInputError("The page sent something this form does not have.")
    answers = _without_defaults(_with_rows(collected), collected.singles["default"])
    (uploads, names), dropped = _uploads(collected, files), _DROPS.fullmatch(plain.get("go", ""))
    answers |= _carried(collected, answers)
    if dropped is not None:
        answers[dropped[1]] = "" if isinstance(answers.get(dropped[1]), str) else []
        uploads.pop(dropped[1], None)
    return Sent(
        posted=Posted(
            answers,
            plain.get("ticket", ""),
            plain.get("reason", ""),
            _page(plain),
            typed=collected.singles["typed"],
            uploads=uploads,
            names=names,
            pasted={} if dropped is not None else collected.pasted,
        ),
        submission=plain.get("submission", ""),
        target=plain.get("target") or None,
        go=plain.get("go", ""),
        wanted=_wanted(collected, plain.get("go", "")),
        field=plain.get("field", ""),
        text=plain.get("text", ""),
        unequal=tuple(
            name for name, again in collected.singles["repeat"].items() if collected.answers.get(name, "") != again
        ),
    )


def _uploads(
    collected: _Collected, files: Iterable[tuple[str, FileStorage]]
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the files that were chosen, and what was pasted where none was; and what files are called."""
    try:
        chosen = files_sent(files)
    except CarriedError as error:
        raise UnexpectedInputError("The page sent something this form does not have.") from error
    pasted = {name: text.encode("utf-8", "replace") for name, text in collected.pasted.items() if text.strip()}
    contents = {name: content for name, (_, content) in chosen.items()}
    return pasted | contents, {name: file_name for name, (file_name, _) in chosen.items()}


def _carried(collected: _Collected, answers: Mapping[str, object]) -> dict[str, object]:
    if not answers.keys().isdisjoint(collected.carried):
        raise UnexpectedInputError("The page sent two answers of different kinds to one question.")
    try:
        return {name: rows_carried(text) for name, text in collected.carried.items()}
    except CarriedError as error:
        raise UnexpectedInputError("The rows of a file were changed on the page. Choose the file again.") from error


def expect_only(sent: Iterable[str], names: frozenset[str], start: str | None = None) -> None:
    """Raise `UnexpectedInputError` for a name that is neither one of these nor begins with ``start``."""
    for name in sent:
        if name not in names and (start is None or not name.startswith(start)):
            raise UnexpectedInputError("The page sent something this form does not have.")


def _once(into: dict[str, str], name: str, text: str) -> None:
    if name in into:
        raise UnexpectedInputError("The page sent the same question twice.")
    into[name] = text


def _take(collected: _Collected, kind: str, name: str, text: str) -> None:
    if kind in ("typed", "repeat", "default"):
        _once(collected.singles[kind], name, _with_plain_line_ends(text) if kind == "default" else text)
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


def _page(plain: Mapping[str, str]) -> int | None:
    text = plain.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _with_rows(collected: _Collected) -> dict[str, object]:
    if any(collected.answers.get(name) for name in collected.rows):
        raise UnexpectedInputError("The page sent two answers of different kinds to one question.")
    rows = {name: [row.answers for row in _touched(found).values()] for name, found in collected.rows.items()}
    return {**collected.answers, **rows}


def _touched(rows: Mapping[int, _Row]) -> Mapping[int, _Row]:
    return {number: rows[number] for number in sorted(rows) if not rows[number].is_untouched()}


def _wanted(collected: _Collected, go: str) -> Wanted | None:
    """Return what to look for; rows move up over those left out, and an untouched one stands behind them all."""
    match = _FINDS.fullmatch(go)
    if match is None:
        return None
    name, number, column = match.groups()
    if number is None:
        return Wanted(name, name, collected.singles["typed"].get(name, ""))
    rows = collected.rows.get(name, {})
    row, touched = rows.get(int(number), _Row()), _touched(rows)
    place = sum(1 for one in touched if one < int(number)) if int(number) in touched else len(touched)
    return Wanted(f"{name}.{column}", f"{name}.{place}.{column}", row.singles["typed"].get(column, ""))


def _with_plain_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n")


def _without_defaults(answers: Mapping[str, object], defaults: Mapping[str, str]) -> dict[str, object]:
    return {name: value for name, value in answers.items() if not _is_default(value, defaults.get(name))}


def _is_default(value: object, default: str | None) -> bool:
    """Say whether an answer is the default a page remembered; ticks come in the order of the page, not of the default."""
    if default is not None and isinstance(value, list):
        return sorted(as_text(value).split("\n")) == sorted(default.split("\n"))
    return as_text(value) == default


def as_text(value: object) -> str:
    """Return an answer as the one text by which a page remembers a default."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    return "" if value is None else _with_plain_line_ends(str(value))
