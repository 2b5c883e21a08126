"""Every case of ``conformance.json``: what an expression gives, or which error it makes and where."""

import json
from pathlib import Path
from typing import Any

import pytest

from forms.errors import ExpressionError
from forms.expressions import compile_expression, evaluate, from_json, parse, to_json
from tests.forms.expressions import conformance_world as world

HERE = Path(__file__).parent
CASES = json.loads((HERE / "conformance.json").read_text(encoding="utf-8"))["cases"]
GOOD = [case for case in CASES if "gives" in case]
WRONG = [case for case in CASES if "error" in case]


def _is_same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and left == right


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case["expression"])
def test_an_expression_gives_the_value_written_down(case: dict[str, Any]) -> None:
    expression = compile_expression(case["expression"], world.SCOPE)
    given = world.as_json(evaluate(expression, world.ENVIRONMENT))
    assert _is_same(given, case["gives"])


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["expression"])
def test_a_wrong_expression_gives_the_code_and_the_place_written_down(case: dict[str, Any]) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(compile_expression(case["expression"], world.SCOPE), world.ENVIRONMENT)
    assert caught.value.code == case["error"]
    if "at" in case:
        assert caught.value.offset == case["at"]


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case["expression"])
def test_a_tree_survives_the_journey_through_json(case: dict[str, Any]) -> None:
    parsed = parse(case["expression"])
    checked = compile_expression(case["expression"], world.SCOPE).node
    for node in (parsed, checked):
        assert from_json(json.loads(json.dumps(to_json(node)))) == node


def test_the_file_holds_enough_cases() -> None:
    assert len(CASES) >= 300
