"""A report of tests as lines for people, as JSON and as JUnit XML. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from difflib import ndiff
from xml.etree import ElementTree

from runner.counting import counted
from runner.testing.expecting import Difference
from runner.testing.running import Outcome, TestReport

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DEFINITIONS = "definitions"
_WHOLE = "(the form)"


def lines(report: TestReport) -> Iterator[str]:
    """Yield what is printed: the problems, one line for each test with its differences below, and the count."""
    for problem in report.problems:
        yield str(problem)
    for outcome in report.outcomes:
        yield f"{_word(outcome):<8}{outcome.form}: {outcome.name}"
        yield from (f"        {line}" for line in _details(outcome))
    yield from (f"note: {note}" for note in report.notes)
    failed = sum(not one.is_ok for one in report.outcomes)
    warnings = sum(bool(one.warning) for one in report.outcomes)
    counts = (counted(len(report.outcomes), "test"), f"{failed} failed", counted(warnings, "warning"))
    yield ", ".join((*counts, f"{counted(len(report.problems), 'error')}."))


def _word(outcome: Outcome) -> str:
    if not outcome.is_ok:
        return "FAILED"
    return "warning" if outcome.warning else "ok"


def _details(outcome: Outcome) -> Iterator[str]:
    yield from filter(None, (outcome.reason, outcome.warning))
    for difference in outcome.differences:
        yield f"{difference.what} (- expected, + got)"
        yield from (f"  {line}" for line in _diff(difference))


def _diff(difference: Difference) -> Iterator[str]:
    expected, got = _printed(difference.expected), _printed(difference.got)
    yield from (line.rstrip() for line in ndiff(expected, got) if not line.startswith("?"))


def _printed(value: object) -> list[str]:
    """Return a value as lines, one for each entry of a map or list."""
    if value is None:
        return ["(nothing)"]
    if isinstance(value, Mapping) and value:
        return [f"{key or _WHOLE}: {_short(item)}" for key, item in value.items()]
    if isinstance(value, list) and value:
        return [_short(item) for item in value]
    return [value] if isinstance(value, str) else [_short(value)]


def _short(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def as_json(report: TestReport) -> Mapping[str, object]:
    """Return the report for a program to read."""
    return {
        "ok": report.is_ok,
        "tests": [_outcome_json(outcome) for outcome in report.outcomes],
        "problems": [str(problem) for problem in report.problems],
        "notes": list(report.notes),
    }


def _outcome_json(outcome: Outcome) -> Mapping[str, object]:
    differences = [{"what": one.what, "expected": one.expected, "got": one.got} for one in outcome.differences]
    return {
        "form": outcome.form,
        "name": outcome.name,
        "state": _word(outcome).lower(),
        "differences": differences,
        "reason": outcome.reason,
        "warning": outcome.warning,
        "seconds": round(outcome.seconds, 6),
    }


def junit(report: TestReport) -> bytes:
    """Return the report as JUnit XML: one suite for each form, one for definitions with errors."""
    failed = sum(not one.is_ok for one in report.outcomes)
    seconds = sum(one.seconds for one in report.outcomes)
    count = len(report.outcomes) + len(report.problems)
    root = _element(
        None,
        "testsuites",
        tests=str(count),
        failures=str(failed),
        errors=str(len(report.problems)),
        time=f"{seconds:.6f}",
    )
    for form in dict.fromkeys(one.form for one in report.outcomes):
        _suite(root, form, [one for one in report.outcomes if one.form == form])
    if report.problems:
        number = str(len(report.problems))
        suite = _element(root, "testsuite", name=_DEFINITIONS, tests=number, failures="0", errors=number, time="0")
        for problem in report.problems:
            case = _element(suite, "testcase", classname=_DEFINITIONS, name=problem.file, time="0")
            _element(case, "error", str(problem), message=problem.message)
    ElementTree.indent(root)
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _suite(root: ElementTree.Element, form: str, outcomes: list[Outcome]) -> None:
    failed = sum(not one.is_ok for one in outcomes)
    seconds = sum(one.seconds for one in outcomes)
    suite = _element(
        root, "testsuite", name=form, tests=str(len(outcomes)), failures=str(failed), errors="0", time=f"{seconds:.6f}"
    )
    for outcome in outcomes:
        case = _element(suite, "testcase", classname=form, name=outcome.name, time=f"{outcome.seconds:.6f}")
        details = list(_details(outcome))
        if not outcome.is_ok:
            _element(case, "failure", "\n".join(details), message=details[0])
        elif details:
            _element(case, "system-out", "\n".join(details))


def _element(parent: ElementTree.Element | None, tag: str, text: str = "", **attributes: str) -> ElementTree.Element:
    clean = {key: _NOT_IN_XML.sub("?", value) for key, value in attributes.items()}
    made = ElementTree.Element(tag, clean) if parent is None else ElementTree.SubElement(parent, tag, clean)
    if text:
        made.text = _NOT_IN_XML.sub("?", text)
    return made
