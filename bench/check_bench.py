"""Measure the checker: a folder of 1,000 forms as a whole, one form alone, and answers against their effective schema."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import jsonschema
from click.testing import CliRunner

from bench.figures import Figure
from bench.slices import Effort, compare, timed
from connectors.spi import Ref
from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.answering.schema import effective_schema
from forms.answering.situation import Situation
from forms.answering.validating import validate
from forms.catalogue import load_catalogue, load_surroundings
from forms.compiling.form import compile_form
from forms.documents import read_slowly
from runner.cli.forms import check
from runner.deskfolder import library

_VERBS = {**DIRECTORY_VERBS, **MAILBOX_VERBS}
_MIDDLING = """\
format: form/1
id: middling
title: A middling form
fields:
  - { id: name, type: text, required: true, max_length: 64, pattern: "[A-Z][A-Za-z -]+" }
  - { id: mail, type: email, required: true }
  - { id: phone, type: phone, region: NL }
  - { id: kind, type: choice, required: true, options: [staff, intern, visitor] }
  - { id: days, type: number, integer: true, min: 1, max: 365, when: kind != "staff" }
  - { id: start, type: date, required: true, validate: value >= today() }
  - { id: desk, type: boolean }
  - { id: floor, type: choice, options: [ground, first, second], when: desk }
  - { id: tools, type: choices, options: [laptop, phone, badge, car], max_items: 3 }
  - { id: remarks, type: multiline, max_length: 500 }
  - id: stays
    type: rows
    max_rows: 10
    fields: [{ id: room, type: text, required: true }, { id: nights, type: number, min: 1, max: 14 }]
checks:
  - { check: kind != "visitor" or days <= 30, message: A visitor stays 30 days at most., at: days }
operations:
  - { id: note, do: mailbox.create_shared, with: { name: $(name), address: $(mail) } }
"""
_ANSWERS: Mapping[str, object] = {
    "name": "Alice Example", "mail": "alice@example.org", "phone": "+31201234567", "kind": "intern", "days": 90,
    "start": "2031-03-01", "desk": True, "floor": "first", "tools": ["laptop", "badge"], "remarks": "None so far",
    "stays": [{"room": "A1", "nights": 2}, {"room": "B2", "nights": 3}],
}  # fmt: skip
_NOW = datetime(2031, 2, 1, 9, 0, tzinfo=UTC)


def measure(effort: Effort) -> list[Figure]:
    """Check a folder, compile forms one by one, and judge answers."""
    return [_folder(effort), *_one_form(effort), *_answers(effort)]


def _folder(effort: Effort) -> Figure:
    with many_forms(effort.forms) as folder:
        files = list(folder.rglob("*.form.yaml"))
        checked = effort.forms / min(timed(lambda: _check(folder)) for _ in range(2))
        parsed = effort.forms / timed(lambda: [read_slowly(file.name, file.read_bytes()) for file in files])
    return Figure(f"deskhand check, {effort.forms:,} forms", checked, "/s", "their YAML read in Python", parsed, goal=1)


@contextmanager
def many_forms(count: int) -> Iterator[Path]:
    """Make a folder of so many forms with their companions, each form of one file again and again with changes."""
    files = _of_one_file(library())
    forms = sorted(name for name in files if name.endswith(".form.yaml"))
    with TemporaryDirectory() as path:
        folder = Path(path)
        for name, content in files.items():
            if name not in forms:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
        for number in range(count):
            name = forms[number % len(forms)].removesuffix(".form.yaml")
            text = files[f"{name}.form.yaml"].decode()
            text = text.replace(f"id: {name}\n", f"id: {name}-{number}\n", 1) + f"x-number: {number}\n"
            (folder / f"{name}-{number}.form.yaml").write_text(text, encoding="utf-8")
        yield folder


def _of_one_file(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return a folder without the forms that take something over from others, and without translations."""
    return {
        name: content
        for name, content in files.items()
        if not name.endswith(".texts.yaml") and b"\nextends:" not in content
    }


def _check(folder: Path) -> None:
    result = CliRunner().invoke(check, [str(folder)])
    if " 0 errors" not in result.output:
        raise RuntimeError(result.output[-500:])


def _one_form(effort: Effort) -> list[Figure]:
    files = _of_one_file(library())
    around, _ = load_surroundings(files, _VERBS)
    forms = {name: content for name, content in files.items() if name.endswith(".form.yaml")}
    works = {f"{way} {name}": (lambda n=name, w=way: _work(w, n, forms, around)) for name in forms for way in _WAYS}
    found = compare(works, Effort(slice_seconds=effort.slice_seconds / len(forms), rounds=effort.rounds))
    ours, yardstick = (
        median([time for n, times in found.items() if n.startswith(way) for time in times]) for way in _WAYS
    )
    return [Figure("one form compiled", ours, "s", "its YAML read in Python", yardstick, goal=1)]


_WAYS = ("compile", "parse")


def _work(way: str, name: str, forms: Mapping[str, bytes], around: object) -> None:
    if way == "compile":
        compile_form(name, forms[name], around)  # type: ignore[arg-type]
    else:
        read_slowly(name, forms[name])


def _answers(effort: Effort) -> list[Figure]:
    catalogue, problems = load_catalogue({"middling.form.yaml": _MIDDLING.encode()}, _VERBS)
    if any(problem.level == "error" for problem in problems):
        raise RuntimeError(str(problems[0]))
    situation = Situation(catalogue.forms["middling"], catalogue, Ref("user", "alice"), None, _NOW, "en")
    worked = validate(situation, _ANSWERS)
    schema = effective_schema(worked.answers)
    prepared = jsonschema.Draft202012Validator(schema)
    found = compare(
        {
            "ours": lambda: validate(situation, _ANSWERS),
            "plain": lambda: jsonschema.validate(_ANSWERS, schema, cls=jsonschema.Draft202012Validator),
            "prepared": lambda: prepared.validate(_ANSWERS),
        },
        effort,
    )
    ours, plain, ready = (median(found[name]) for name in ("ours", "plain", "prepared"))
    return [
        Figure("answers worked out and judged", ours, "s", "jsonschema.validate alone", plain, goal=2),
        Figure("answers worked out and judged", ours, "s", "a prepared validator alone", ready),
    ]
