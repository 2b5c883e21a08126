"""Whatever is written and whatever it is given, an expression ends soon, in a value or in one of two exceptions."""

import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.spi import OutputRef, Ref, Secret, SecretRef
from forms.errors import ExpressionError
from forms.expressions import FUNCTIONS, Environment, Expression, Scope, compile_expression, evaluate, holds, to_text
from forms.expressions.syntax import Attribute, Binary, Call, Items, Literal, Logic, Name, Node, Unary
from forms.facts import MissingFacts
from forms.values import ANY, Choice, Delta, Duration
from tests.forms.expressions.conformance_world import ENVIRONMENT, FACTS, NOW, SCOPE, WORLD

SECONDS = 2.0
EXPECTED = (ExpressionError, MissingFacts)

_WORDS = [
    *WORLD, *FUNCTIONS, "and", "or", "not", "in", "contains", "matches", "==", "!=", "<", ">=", "+", "-", "*", "/", "|",
    ".", ",", "(", ")", "[", "]", '"abc"', '"[a-z]+"', '"dd-MM"', "0", "3", "2.5", "30d", "6mo", "true", "null", "name",
    "mail", "add", "rights", "$(", "${", "=", "!", "&&", "é", '"', "\\", "today()", "now()",
]  # fmt: skip
_SOUP = st.lists(st.sampled_from(_WORDS), max_size=14).map(" ".join)

_SIMPLE = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.text(max_size=5), st.decimals(allow_nan=True),
    st.dates(), st.datetimes(), st.datetimes(timezones=st.timezones()),
    st.builds(Duration, st.integers(-(10**9), 10**9), st.integers(-(10**15), 10**15)),
    st.sampled_from([
        Ref("user", "u1"), Ref("user", "missing"), OutputRef("s", "o", "user"), SecretRef("p"), Secret("hunter2"),
        Choice("a", {"b": 1}), Delta((Ref("group", "g1"),), ()), "p.bakker", "GG-Sales", "a" * 90_000,
    ]),
)  # fmt: skip
_VALUES = st.recursive(
    _SIMPLE,
    lambda inner: st.one_of(st.lists(inner, max_size=3).map(tuple), st.dictionaries(st.just("name"), inner)),
    max_leaves=6,
)
_LITERALS = st.one_of(
    st.none(), st.booleans(), st.integers(0, 10**15), st.text(max_size=4), st.builds(Duration, st.integers(0, 99_999)),
    st.decimals(0, 1000, places=2),
).map(Literal)  # fmt: skip
_NAMES = st.sampled_from(["x", "y", "unbound"]).map(Name)


def _larger(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Attribute, inner, st.sampled_from(["name", "id", "add", "manager", "mail"])),
        st.builds(Call, st.sampled_from(sorted(FUNCTIONS)), several),
        st.builds(Items, several),
        st.builds(Unary, st.sampled_from(["not", "-"]), inner),
        st.builds(Logic, st.sampled_from(["and", "or"]), several),
        st.builds(
            Binary,
            st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "contains", "matches", "+", "-", "*", "/"]),
            inner, inner, st.just(1), st.sampled_from(["", "date", "datetime"]),
        ),
    )  # fmt: skip


_TREES = st.recursive(st.one_of(_LITERALS, _NAMES), _larger, max_leaves=12)


def _within_time(started: float) -> bool:
    return time.process_time() - started < SECONDS


@settings(max_examples=400, deadline=None)
@given(_SOUP)
def test_token_soup_gives_a_value_or_one_of_two_exceptions(source: str) -> None:
    started = time.process_time()
    try:
        expression = compile_expression(source, SCOPE)
        evaluate(expression, ENVIRONMENT)
    except EXPECTED:
        pass
    assert _within_time(started)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_with_a_place_inside_it(source: str) -> None:
    offset = 0
    try:
        compile_expression(source, SCOPE)
    except ExpressionError as error:
        offset = error.offset
    assert 0 <= offset <= len(source)


@settings(max_examples=400, deadline=None)
@given(_TREES, _VALUES, _VALUES)
def test_any_tree_on_any_values_gives_a_value_or_one_of_two_exceptions(node: Node, x: Any, y: Any) -> None:
    started = time.process_time()
    environment = Environment({"x": x, "y": y}, FACTS, NOW)
    said = ""
    try:
        to_text(evaluate(Expression("", node, ANY), environment), environment)
    except EXPECTED as error:
        said = str(error)
    assert "hunter2" not in said
    assert _within_time(started)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(_VALUES, max_size=3))
def test_any_function_takes_any_values(name: str, values: list[Any]) -> None:
    names = {f"v{place}": value for place, value in enumerate(values)}
    scope = Scope(dict.fromkeys(names, ANY))
    try:
        expression = compile_expression(f"{name}({', '.join(names)})", scope)
        evaluate(expression, Environment(names, FACTS, NOW))
    except EXPECTED:
        pass


@settings(max_examples=200, deadline=None)
@given(_VALUES)
def test_a_condition_is_met_only_by_yes(value: Any) -> None:
    expression = compile_expression("x", Scope({"x": ANY}))
    assert holds(expression, Environment({"x": value}, FACTS, NOW)) is (value is True)


@settings(max_examples=200, deadline=None)
@given(st.dates(date(1, 2, 1), date(9998, 1, 1)), st.integers(0, 400))
def test_adding_and_taking_days_is_exact(day: date, days: int) -> None:
    environment = Environment({"d": day, "n": days}, FACTS, NOW)
    scope = Scope({"d": ANY, "n": ANY})
    assert evaluate(compile_expression("d + n * 1d", scope), environment) == day + timedelta(days=days)
    assert evaluate(compile_expression("(d + n * 1d) - d == n * 1d", scope), environment) is True


@settings(max_examples=200, deadline=None)
@given(st.decimals(-(10**6), 10**6, places=3), st.integers(-(10**6), 10**6))
def test_arithmetic_never_uses_binary_fractions(left: Decimal, right: int) -> None:
    environment = Environment({"a": left, "b": right}, FACTS, NOW)
    scope = Scope({"a": ANY, "b": ANY})
    assert evaluate(compile_expression("a + b - b == a", scope), environment) is True
    assert evaluate(compile_expression("a * b", scope), environment) == left * right


GREEDY = [
    'replace(x, "a", x)',
    "x + x + x + x + x + x",
    'join([x, x, x], "")',
    "x | replace(\"a\", \"bbbbbbbbbb\") | replace(\"b\", \"cccccccccc\")",
]  # fmt: skip


@pytest.mark.parametrize("source", GREEDY)
def test_a_result_that_grows_too_large_is_refused(source: str) -> None:
    expression = compile_expression(source, Scope({"x": ANY}))
    with pytest.raises(ExpressionError) as caught:
        evaluate(expression, Environment({"x": "a" * 50_000}, FACTS, NOW))
    assert caught.value.code == "E241"


def test_a_moment_without_a_zone_is_one_of_the_organisation() -> None:
    environment = Environment({"x": datetime(2026, 11, 21, 9, 0), "y": NOW}, FACTS, NOW)  # noqa: DTZ001
    assert evaluate(compile_expression("x < y", Scope({"x": ANY, "y": ANY})), environment) is True
