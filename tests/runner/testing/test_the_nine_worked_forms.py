"""The nine forms that show the language at work: everything in them is checked, and their own tests pass."""

from pathlib import Path

from runner.access.reading import read_access
from runner.testing.running import run_tests

EXAMPLES = Path(__file__).parents[2] / "forms" / "examples"
FILES = {str(file.relative_to(EXAMPLES)): file.read_bytes() for file in EXAMPLES.rglob("*.*")}


def test_who_may_what_is_written_without_a_mistake() -> None:
    assert read_access("access.yaml", FILES["access.yaml"])[1] == ()


def test_their_own_tests_pass() -> None:
    report = run_tests(FILES)
    assert [(outcome.form, outcome.name) for outcome in report.outcomes if not outcome.is_ok] == []
    assert len(report.outcomes) == 43
