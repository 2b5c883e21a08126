"""Reads the case files of answering and planning: small forms, what is posted, and what comes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from forms.answering.situation import Request, Situation
from forms.answering.wire import stored
from forms.answering.working_out import Answer, Worked
from forms.errors import AnswerProblem, AnswersError
from forms.facts import TakenCall
from tests.forms.answering.answering_desk import Reading, situation_for, small_form


@dataclass(frozen=True)
class Case:
    """One case; ``expected`` holds the keys that say what comes of it."""

    subject: str
    name: str
    form: str
    post: Mapping[str, Any]
    keys: Mapping[str, Any]
    expected: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.subject}: {self.name}"

    def situation(self) -> Situation:
        request = Request(**repeated(self.keys.get("request", {})))
        target, actor = self.keys.get("target", "user:u-bob"), self.keys.get("actor", "user:u-alice")
        return situation_for(
            small_form(self.form), target, actor=actor, request=request, language=self.keys.get("language", "en")
        )

    def reading(self) -> Reading:
        taken = frozenset(TakenCall(*text.split(" ", 1)) for text in self.keys.get("taken", ()))
        return Reading(taken, self.keys.get("most", 200), frozenset(self.keys.get("gone", ())))


GIVEN = frozenset({"name", "post", "target", "actor", "request", "taken", "most", "gone", "language"})


def read_cases(file: Path, expecting: frozenset[str]) -> list[Case]:
    """Read a case file; a key that nothing looks at is a mistake in the file."""
    return list(_cases(YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")), expecting))


def _cases(subjects: Mapping[str, Any], expecting: frozenset[str]) -> Iterator[Case]:
    for subject, told in subjects.items():
        for row in told["cases"]:
            assert row.keys() <= GIVEN | expecting, row
            assert row.keys() & expecting, row
            post = repeated(row.get("post") or {})
            expected = {key: row[key] for key in row.keys() & expecting}
            yield Case(subject, row["name"], told["form"], post, row, expected)


def repeated(written: Any) -> Any:
    """Write out ``{ repeat: x, times: 1001 }``, one long text, or many texts or rows.

    ``{ numbered: x, times: 1001 }`` gives ``x0``, ``x1`` and so on; ``{ copies: … }`` rows that
    differ in their ``amount``.
    """
    if isinstance(written, dict) and written.keys() == {"repeat", "times"}:
        return str(written["repeat"]) * written["times"]
    if isinstance(written, dict) and written.keys() == {"numbered", "times"}:
        return [f"{written['numbered']}{number}" for number in range(written["times"])]
    if isinstance(written, dict) and written.keys() == {"copies", "times"}:
        return [{**written["copies"], "amount": number} for number in range(written["times"])]
    if isinstance(written, dict):
        return {key: repeated(value) for key, value in written.items()}
    return [repeated(item) for item in written] if isinstance(written, list) else written


def place_of(problem: AnswerProblem) -> str:
    """Return where a problem stands, as ``access 2 rights``."""
    parts = (problem.field, str(problem.row or ""), problem.column or "")
    return " ".join(part for part in parts if part) or "form"


def errors_of(error: AnswersError) -> dict[str, str]:
    """Return the problems by their place; no place has two."""
    found = {place_of(problem): problem.message for problem in error.problems}
    assert len(found) == len(error.problems), error.problems
    return found


def texts_in(posted: Any) -> Iterator[str]:
    """Yield every text posted that is long enough to be recognised."""
    if isinstance(posted, str) and len(posted) > 3:
        yield posted
    elif isinstance(posted, Mapping):
        for item in posted.values():
            yield from texts_in(item)
    elif isinstance(posted, list):
        for item in posted:
            yield from texts_in(item)


def seen(answer: Answer) -> dict[str, Any]:
    """Return what a page would show of a question."""
    return {
        "asked": answer.asked,
        "required": answer.required,
        "readonly": answer.readonly,
        "answer": answer.wire,
        "value": stored(answer.value),
        "follows": answer.follows,
        "given": answer.is_given,
        "offers": [option.value for option in answer.offer.options],
        "labels": [option.label for option in answer.offer.options],
        "helps": [option.help for option in answer.offer.options],
        "cells": [list(option.cells) for option in answer.offer.options],
        "waiting": answer.offer.waiting,
        "more": answer.offer.more,
        "unchanged": answer.is_unchanged,
    }


def values_of(found: Worked) -> dict[str, Any]:
    """Return every value as JSON."""
    return {id_: stored(value) for id_, value in found.values.items()}
