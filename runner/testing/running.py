"""Run the tests of many forms, and the two that nobody writes. Writes into a temporary folder only."""

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

from connectors.spi import Further
from forms.catalogue import companion_file, load_catalogue
from forms.definition import Catalogue, Example, Form
from forms.errors import DefinitionError, Problem
from forms.resolving.resolver import Resolver
from forms.resolving.sources import Sources
from runner.access.lists import with_lists
from runner.access.model import Policy
from runner.access.reading import read_access
from runner.store.schema import upgrade
from runner.store.store import Store
from runner.testing.access import differences_of
from runner.testing.expecting import Difference, differences
from runner.testing.fixtures import Fixture, fixture_of, read_fixture
from runner.testing.further import verbs_with
from runner.testing.walking import Seen, TestError, is_refused_without_bindings, walk_test
from runner.testing.world import World, open_world

WITHOUT_BINDINGS = "an actor without bindings is refused"
REACHED = "every operation is reached by a test"
_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2} [A-Z][a-z]{2} \d{4}\b|\bdate\(\d{4}")
_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one test of a form ended, or one of the access file, whose name then stands in ``form``.

    ``reason`` says why it could not be walked or what else is wrong; ``warning`` what does not make it fail.
    """

    form: str
    name: str
    differences: tuple[Difference, ...] = ()
    reason: str = ""
    warning: str = ""
    seconds: float = 0.0

    @property
    def is_ok(self) -> bool:
        """Whether it passed."""
        return not self.differences and not self.reason


@dataclass(frozen=True, slots=True)
class TestReport:
    """What was run. ``problems`` are errors of definitions and fixtures, ``notes`` what a fixture lacks."""

    outcomes: tuple[Outcome, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Whether every test passed and every definition could be used."""
        return all(one.is_ok for one in self.outcomes) and not self.problems


Definitions: TypeAlias = Mapping[str, bytes]


def run_tests(
    files: Definitions,
    wanted: Iterable[str] = (),
    *,
    strict: bool = False,
    further: Mapping[str, Further] | None = None,
) -> TestReport:
    """Run the tests of the forms ``wanted``, or of all and of the access file, in a folder given as files and their bytes.

    ``strict`` lets a form fail that has an operation which no test reaches.  ``further`` are the further attributes of
    people that the settings of the desk name, None where there is no desk.
    """
    chosen = frozenset(wanted)
    catalogue, found = load_catalogue(files, verbs_with(further))
    access = companion_file(files, "access")
    policy, wrong = read_access(access, files[access]) if access else (Policy(), ())
    policy = with_lists(policy, catalogue.lists)
    fixtures, unread = _fixtures(files, further)
    concerned = chosen | _bases_of(files, chosen, catalogue.settings.languages[0])
    problems = tuple(
        one for one in (*found, *wrong, *unread) if one.level == "error" and _concerns(one.file, concerned)
    )
    forms = [form for id_, form in sorted(catalogue.forms.items()) if not chosen or id_ in chosen]
    with tempfile.TemporaryDirectory(prefix="deskhand-test-") as folder:
        running = _Running(files, catalogue, policy, fixtures, Path(folder), strict=strict, are_unread=bool(unread))
        try:
            outcomes = tuple(outcome for form in forms for outcome in running.form(form))
            if access and not chosen:
                outcomes += tuple(running.access(access))
        finally:
            running.close()
    notes = dict.fromkeys(note for world in running.worlds.values() for note in world.trouble)
    return TestReport(outcomes, problems, tuple(notes))


def form_ids(files: Definitions) -> frozenset[str]:
    """Return the ids that the files of forms are named after."""
    names = (file.rpartition("/")[2] for file in files)
    return frozenset(name.partition(".form.")[0] for name in names if ".form." in name)


def _bases_of(files: Definitions, chosen: frozenset[str], language: str) -> frozenset[str]:
    """Return the ids of the forms that the chosen ones are based on."""
    resolver = Resolver(Sources(files), language)
    found: set[str] = set()
    for file in (resolver.sources.forms[id_] for id_ in chosen if id_ in resolver.sources.forms):
        try:
            found |= form_ids(dict.fromkeys(resolver.resolve(file).ancestors, b""))
        except DefinitionError as error:
            found |= form_ids({problem.file: b"" for problem in error.problems})
    return frozenset(found)


def _concerns(file: str, chosen: frozenset[str]) -> bool:
    """Say whether a problem in a file matters for the forms chosen; one in another form does not."""
    ids = form_ids({file: b""})
    return not chosen or not ids or bool(ids & chosen)


def _day_of(fixture: Fixture, found: Iterable[Difference]) -> str:
    """Return on which day the tests run, where dates are about what differs; else an empty text."""
    if not any(_DATE.search(f"{one.expected} {one.got}") for one in found):
        return ""
    return f"Tests do not run on the day of today, but on {fixture.today}: see  today  in {fixture.file}."


def _fixtures(files: Definitions, further: Mapping[str, Further] | None) -> tuple[dict[str, Fixture], list[Problem]]:
    found: dict[str, Fixture] = {}
    problems: list[Problem] = []
    for file in sorted(files):
        if file.endswith(_SUFFIXES) and "fixtures" in file.split("/")[:-1]:
            fixture, wrong = read_fixture(file, files[file], further)
            problems += wrong
            if fixture is not None:
                found[file] = fixture
    return found, problems


class _Running:
    """One run: every fixture is loaded once, when the first test asks for it."""

    def __init__(
        self,
        files: Definitions,
        catalogue: Catalogue,
        policy: Policy,
        fixtures: Mapping[str, Fixture],
        folder: Path,
        *,
        strict: bool,
        are_unread: bool,
    ) -> None:
        self.files, self.catalogue, self.policy = files, catalogue, policy
        self.fixtures, self.folder = fixtures, folder
        self.strict, self.are_unread = strict, are_unread
        self.language = catalogue.settings.languages[0]
        self.worlds: dict[str, World] = {}
        store_url = f"sqlite:///{folder / 'store.db'}"
        upgrade(store_url)
        self.store = Store.open(store_url)

    def close(self) -> None:
        """Close every database."""
        for world in self.worlds.values():
            world.close()
        self.store.close()

    def form(self, form: Form) -> Iterator[Outcome]:
        """Run a form's tests, and the two that nobody writes."""
        reached: set[str] = set()
        for example in form.examples:
            began = perf_counter()
            outcome, seen = self._test(form, example)
            reached |= set(seen.operations)
            yield replace(outcome, seconds=perf_counter() - began)
        yield self._without_bindings(form)
        yield self._all_reached(form, reached)

    def access(self, file: str) -> Iterator[Outcome]:
        """Run the tests of the access file called ``file``."""
        for test in self.policy.tests:
            began = perf_counter()
            try:
                found, reason = differences_of(self._world_of(file, test.fixture), test), ""
            except TestError as wrong:
                found, reason = (), str(wrong)
            name = f"{test.name} (line {test.line})"
            yield Outcome(file, name, found, reason, seconds=perf_counter() - began)

    def _test(self, form: Form, example: Example) -> tuple[Outcome, Seen]:
        try:
            world = self._world(form, example.fixture)
            seen = walk_test(world, form, example, self.language)
        except TestError as wrong:
            return Outcome(form.id, example.name, reason=str(wrong)), Seen()
        found = differences(form, example, seen)
        reasons = (seen.why, _day_of(world.fixture, found)) if found else ()
        return Outcome(form.id, example.name, found, reason=" ".join(filter(None, reasons))), seen

    def _all_reached(self, form: Form, reached: set[str]) -> Outcome:
        missing = [step.id for step in form.steps if step.id not in reached]
        sentence = f"No test reaches {', '.join(missing)}." if missing else ""
        if not form.examples:
            sentence = f"The form has no tests. {sentence}".rstrip()
        if self.strict:
            return Outcome(form.id, REACHED, reason=sentence)
        return Outcome(form.id, REACHED, warning=sentence)

    def _without_bindings(self, form: Form) -> Outcome:
        began = perf_counter()
        try:
            refused = is_refused_without_bindings(self._world(form, None), form, self.language)
            reason = "" if refused else "The form opened for somebody to whom access.yaml gives nothing."
        except TestError as wrong:
            reason = str(wrong)
        return Outcome(form.id, WITHOUT_BINDINGS, reason=reason, seconds=perf_counter() - began)

    def _world(self, form: Form, named: str | None) -> World:
        return self._world_of(self._file(form), named)

    def _world_of(self, file: str, named: str | None) -> World:
        fixture = fixture_of(file, self.fixtures, named)
        if fixture is None:
            if self.are_unread:
                raise TestError("The fixture cannot be used: see its errors.")
            wanted = f'"{named}"' if named else f"beside {file.rpartition('/')[2] or 'the form'}"
            raise TestError(f"There is no fixture {wanted}: put one into fixtures/ , with  format: fixture/1 .")
        if fixture.file not in self.worlds:
            place = self.folder / f"world-{len(self.worlds)}"
            self.worlds[fixture.file] = open_world(fixture, self.catalogue, self.policy, self.store, place)
        return self.worlds[fixture.file]

    def _file(self, form: Form) -> str:
        return next((file for file in sorted(self.files) if file.rpartition("/")[2].startswith(f"{form.id}.form.")), "")
