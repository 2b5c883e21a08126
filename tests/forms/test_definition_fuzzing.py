"""Files mutated at random, and files made to take long: always problems with places, never anything else, and in time."""

import time
from collections.abc import Callable, Mapping

import pytest

from forms.companions import read_list, read_lookups, read_settings, read_verification
from forms.compiling.form import compile_form
from forms.errors import DefinitionError, Problem
from runner.access.reading import read_access
from runner.testing.fixtures import read_fixture
from tests.forms.desk_folders import HERE, examples, folder, library, surroundings
from tests.forms.fuzz_mutations import spoilt
from tests.forms.fuzz_worst_cases import SIZE, WORST

FEW, MANY = 300, 10_000
SECONDS = 1.0  # of the processor's time, which others on the machine hardly lengthen
LONGEST = 8.0  # the same for the worst there is: 0.7 s on a quiet machine, minutes if it grew with the square
FILES: Mapping[str, bytes] = {
    **library(),
    **{f"examples/{name}": content for name, content in examples().items()},
    **{f"mistakes/{name}": content for name, content in folder(HERE / "mistakes").items()},
}
AROUND = surroundings(library())
Reading = Callable[[str, bytes], tuple[object, tuple[Problem, ...]]]
COMPANIONS: Mapping[str, Reading] = {
    "access": read_access,
    "lookups": lambda file, content: read_lookups(file, content, AROUND.settings, AROUND.resource_sets),
    "list": read_list,
    "verification": lambda file, content: read_verification(file, content, AROUND.settings),
    "settings": read_settings,
}


def reading(name: str) -> Reading:
    """Return what reads a file of this name."""
    kind = name.rsplit("/", 1)[-1].rsplit(".", 2)[-2]
    if kind == "form":
        return lambda file, content: compile_form(file, content, AROUND)
    return COMPANIONS.get(kind, read_fixture)


def judged(name: str, content: bytes) -> tuple[object, tuple[Problem, ...], float]:
    """Read a file; return what came of it, its problems, and the seconds of the processor that took."""
    started = time.process_time()
    try:
        found, problems = reading(name)(name, content)
    except DefinitionError as error:
        found, problems = None, error.problems
    return found, problems, time.process_time() - started


def check(seed: int) -> bool:
    """Spoil a file and say whether it can still be used; whatever goes wrong is told with its seed."""
    name, content = spoilt(seed, FILES)
    try:
        found, problems, seconds = judged(name, content)
    except Exception as error:
        error.add_note(f"seed {seed}: {name}")
        raise
    assert seconds < SECONDS, f"seed {seed}: {name} took {seconds:.2f} s"
    for problem in problems:
        told = (problem.file, bool(problem.code), bool(problem.message), problem.level in ("error", "warning"))
        assert told == (name, True, True, True), f"seed {seed}: {problem}"
        assert str(problem).startswith(name), f"seed {seed}: {problem}"
    is_wrong = any(problem.level == "error" for problem in problems)
    assert not is_wrong or not name.endswith(".form.yaml") or found is None, f"seed {seed}: {name}"
    assert len(problems) <= 110, f"seed {seed}: {len(problems)} problems"
    return not is_wrong


def test_mutated_files_give_problems_and_nothing_else() -> None:
    usable = sum(check(seed) for seed in range(FEW))
    assert FEW * 0.05 < usable < FEW * 0.95


@pytest.mark.torture
def test_ten_thousand_mutated_files_give_problems_and_nothing_else() -> None:
    for seed in range(FEW, FEW + MANY):
        check(seed)


@pytest.mark.parametrize("what", WORST)
def test_a_file_made_to_take_long_is_judged_in_time(what: str) -> None:
    content = WORST[what]
    assert len(content) <= SIZE
    found, problems, seconds = judged("x.form.yaml", content)
    assert seconds < LONGEST, f"{seconds:.2f} s"
    assert found is not None or 1 <= len(problems) <= 110


@pytest.mark.torture
@pytest.mark.parametrize("what", WORST)
@pytest.mark.parametrize("name", ["access.yaml", "lookups.yaml", "x.list.yaml", "settings.yaml", "verification.yaml"])
def test_companions_made_to_take_long_are_judged_in_time(name: str, what: str) -> None:
    _, problems, seconds = judged(name, WORST[what])
    assert seconds < LONGEST, f"{seconds:.2f} s"
    assert 1 <= len(problems) <= 110


def test_a_file_over_256_kib_is_refused_at_once() -> None:
    _, problems, seconds = judged("x.form.yaml", b"a" * 50_000_000)
    assert [problem.code for problem in problems] == ["E102"]
    assert seconds < SECONDS
