"""The table of functions, from which the checker, the evaluator and the reference are made."""

import pytest

from forms.expressions import FUNCTIONS, compile_expression, evaluate
from tests.forms.expressions.conformance_world import ENVIRONMENT, SCOPE

NAMES = [
    "lower", "upper", "title", "trim", "squeeze", "ascii", "letters", "alnum", "digits", "slug", "first",
    "last", "replace", "starts_with", "ends_with", "length", "join", "any", "all", "count", "default", "if",
    "answered", "empty", "today", "now", "min", "max", "round", "number", "format", "in_group", "under",
]  # fmt: skip
NEEDS_READING = {
    "in_group": 'in_group(target, "GG-Sales")',
    "under": "under(target, org.staff_ou)",
}


def test_there_are_the_thirty_three_functions_of_the_language() -> None:
    assert list(FUNCTIONS) == NAMES
    assert len(NAMES) == 33


@pytest.mark.parametrize("name", NAMES)
def test_a_function_is_described_and_its_example_works(name: str) -> None:
    function = FUNCTIONS[name]
    assert function.meaning.endswith(".")
    assert function.example.startswith(f"{name}(")
    example = NEEDS_READING.get(name, function.example)
    assert evaluate(compile_expression(example, SCOPE), ENVIRONMENT) is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_function_is_either_worked_out_or_chooses(name: str) -> None:
    assert (FUNCTIONS[name].implementation is None) != (FUNCTIONS[name].choose is None)


def test_a_signature_reads_as_it_is_called() -> None:
    assert FUNCTIONS["replace"].signature == "replace(text, old, new)"
    assert FUNCTIONS["first"].signature == "first(value, [n])"
    assert FUNCTIONS["min"].signature == "min(value, …)"
    assert FUNCTIONS["today"].signature == "today()"
