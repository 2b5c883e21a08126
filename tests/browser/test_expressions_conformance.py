"""Both evaluators read the same file of cases: what the page works out is what the server works out."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from forms.errors import ExpressionError
from forms.expressions import FUNCTIONS, Environment, Expression, Scope, compile_expression
from forms.expressions.browser_tables import SETTLED, settled_characters
from forms.expressions.sending import kept_back, sent_expression
from forms.values import TEXT
from tests.browser.evaluating import PageEvaluator, in_page, on_server
from tests.forms.expressions import conformance_world as world

_FILE = Path(__file__).parents[1] / "forms" / "expressions" / "conformance.json"
CASES = json.loads(_FILE.read_text(encoding="utf-8"))["cases"]
TYPES = {name: type_ for name, (type_, _) in world.WORLD.items()}
# Why a case is the server's alone, with how many there are: nothing falls silently out.
SERVERS_ALONE = {
    "in_group()": 10, "under()": 5, "now()": 5,
    "kind, product: columns of a list": 8, "target, actor, boss, gone, sales, staff, groups: objects": 26,
    "delta, grants, request, org, steps, nothing: parts of a value": 16, "password": 1,
}  # fmt: skip
REFUSED_BY_THE_CHECKER = 107


@pytest.fixture(scope="module")
def evaluator(browser: Browser) -> Iterator[PageEvaluator]:
    opened = PageEvaluator(browser, world.NOW.date())
    yield opened
    opened.page.close()


def _checked(case: dict[str, Any]) -> Expression | None:
    try:
        return compile_expression(case["expression"], world.SCOPE)
    except ExpressionError:
        return None


def _group(reason: str) -> str:
    first = reason.partition(".")[0]
    return next((group for group in SERVERS_ALONE if first in group.partition(":")[0].split(", ")), reason)


def _values(expression: Expression) -> dict[str, object]:
    plain = {name: world.WORLD[name][1] for name in expression.names}
    return {name: in_page(value) for name, value in plain.items()}


def test_every_case_gives_the_same_value_or_error_in_the_page(evaluator: PageEvaluator) -> None:
    checked = [(case["expression"], _checked(case)) for case in CASES]
    kept, cases, sources = Counter[str](), [], []
    for source, expression in checked:
        if expression is None:
            continue
        if reasons := list(kept_back(expression.node, TYPES)):
            kept[_group(reasons[0])] += 1
            assert sent_expression(expression, TYPES) is None
        else:
            sources.append((source, expression))
            cases.append((sent_expression(expression, TYPES), _values(expression)))
    assert dict(kept) == SERVERS_ALONE
    assert len(cases) == len(CASES) - REFUSED_BY_THE_CHECKER - sum(SERVERS_ALONE.values())
    for (source, expression), given in zip(sources, evaluator.work_out(cases), strict=True):
        assert (source, given) == (source, on_server(expression, world.ENVIRONMENT))


def test_every_function_of_the_page_stands_in_a_case(evaluator: PageEvaluator) -> None:
    names = evaluator.page.evaluate(
        "async (at) => Object.keys((await import(at)).FUNCTIONS)",
        evaluator.page.evaluate(
            "() => performance.getEntriesByType('resource').map((e) => e.name).find((n) => n.includes('functions'))"
        ),
    )
    assert {*names, "if", "default", "in_group", "under", "now"} == set(FUNCTIONS)


_OF_A_LETTER = ("lower", "upper", "title", "letters", "alnum", "ascii", "slug", "trim", "squeeze", "length", "digits")


@pytest.mark.parametrize("function", _OF_A_LETTER)
def test_every_settled_letter_is_the_same_letter_in_the_page(evaluator: PageEvaluator, function: str) -> None:
    call = compile_expression(f"{function}(x)", Scope({"x": TEXT}))
    sent = sent_expression(call, {"x": TEXT})
    texts = [text for each in settled_characters() for text in (each, f"a{each}b", f"{each}a", f"E{each}\u0301")]
    made = evaluator.work_out([(sent, {"x": text}) for text in texts])
    here = [on_server(call, Environment({"x": text}, world.FACTS, world.NOW)) for text in texts]
    assert [(text, one, other) for text, one, other in zip(texts, made, here, strict=True) if one != other] == []


def test_letters_that_are_not_settled_are_left_to_the_server(evaluator: PageEvaluator) -> None:
    call = compile_expression("upper(x)", Scope({"x": TEXT}))
    sent = sent_expression(call, {"x": TEXT})
    outside = ["漢", "😀", "Σ", "\u019b", chr(SETTLED[0][1] + 1), "ა"]
    assert evaluator.work_out([(sent, {"x": text}) for text in outside]) == [{"undecided": True}] * len(outside)
