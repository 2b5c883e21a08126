"""What of an expression a page gets, and what never leaves the server."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from forms.expressions import Environment, Scope, compile_expression, evaluate, is_match
from forms.expressions.browser_patterns import browser_pattern
from forms.expressions.browser_tables import browser_tables
from forms.expressions.sending import kept_back, sent_expression
from forms.expressions.syntax import Binary, Call, Expression, Items, Literal, Logic, Name, Node, Unary
from forms.values import ANY, BOOL, NUMBER, TEXT, Duration, Type, list_of
from tests.forms.expressions import conformance_world as world

TYPES = {name: type_ for name, (type_, _) in world.WORLD.items()}


def _sent(source: str, scope: Scope = world.SCOPE) -> Any:
    return sent_expression(compile_expression(source, scope), scope.names)


def _read(shape: Any) -> Node:
    """Read a shape back, all but patterns."""
    match shape:
        case ["k" | "t", value]:
            return Literal(value)
        case ["n", digits]:
            return Literal(Decimal(digits) if "." in digits else int(digits))
        case ["d", months, seconds]:
            return Literal(Duration(months, seconds))
        case ["x", name, at]:
            return Name(name, at)
        case ["l", items]:
            return Items(tuple(map(_read, items)))
        case ["and" | "or" as operator, operands]:
            return Logic(operator, tuple(map(_read, operands)))
        case ["c", function, arguments, at]:
            return Call(function, tuple(map(_read, arguments)), at)
        case ["b", operator, left, right, at, *gives]:
            return Binary(operator, _read(left), _read(right), at, "".join(gives))
    operator, operand, at = shape
    return Unary(operator, _read(operand), at)


ROUND_TRIPS = (
    'vpn and not (zero > 1 or kind == "intern")', "0.1 + 0.2 == 0.3", "start + 12h * 2", "-months + 12.50",
    'join([first_name, prefix, last_name], " ") | upper', "[1, 2.5, null, true]", 'kind.value in ["contractor"]',
    "today() - 1mo < start", "if(vpn, 6mo, 30d)", '"send_as" not in rights',
)  # fmt: skip


@pytest.mark.parametrize("source", ROUND_TRIPS)
def test_what_is_sent_means_what_was_written(source: str) -> None:
    shape = json.loads(json.dumps(_sent(source)))
    back = Expression(source, _read(shape), ANY)
    assert evaluate(back, world.ENVIRONMENT) == evaluate(compile_expression(source, world.SCOPE), world.ENVIRONMENT)


KEPT = {
    "target.locked": "target.locked", 'in_group(target, "GG-Sales")': "in_group()", "under(target, org.staff_ou)": "under()",
    "kind.max_days > 30": "kind.max_days", "now() > today()": "now()", "org.mail_domain": "org.mail_domain",
    "boss == target": "boss", "answered(target.mobile)": "target.mobile", "count(delta.add) > 0": "delta.add",
    "answered(delta)": "delta", "grants.rights contains first_name": "grants.rights", "password": "password",
    'vpn and product.owner.mail == "x"': "product.owner.mail", "[target, actor]": "target", "request.ticket": "request.ticket",
}  # fmt: skip


@pytest.mark.parametrize("source", KEPT)
def test_what_needs_more_than_answers_stays_on_the_server(source: str) -> None:
    expression = compile_expression(source, world.SCOPE)
    assert next(kept_back(expression.node, TYPES)) == KEPT[source]
    assert sent_expression(expression, TYPES) is None


def test_of_an_object_a_page_only_learns_that_there_is_one() -> None:
    scope = Scope({"boss": Type("user"), "team": list_of(Type("user"))})
    assert _sent("answered(boss)", scope) == ["c", "answered", [["x", "boss", 9]], 0]
    assert _sent("count(team)", scope) is not None
    for source in (
        "boss == team",
        "default(boss, null)",
        "join(team)",
        "answered([boss])",
        "boss.login",
        "first(team)",
    ):
        assert sent_expression(Expression(source, compile_expression(source, Scope(
            {"boss": ANY, "team": ANY})).node, ANY), scope.names) is None  # fmt: skip


def test_a_name_that_is_no_known_answer_is_not_sent() -> None:
    assert sent_expression(compile_expression("a and b", Scope({"a": BOOL, "b": BOOL})), {"a": BOOL}) is None


PATTERNS = {
    r"^\w+\.\w+$": ("a.b", "é.b", "a.b\n"), r"[^\s]+": ("a\u00a0b", "a b", "ab"), ".": ("\u2028", "\n", "😀"),
    r"[\]\-^]+": ("]-^", "a"), r"a|b$": ("a", "b", "ab"), r"[a-cé]{2,3}": ("aé", "aaaa"), r"\S\D\W": ("a b", "aé "),
    "": ("", "x"), r"(?:ab)*(c)?": ("abc", "cc"), r"\$\^": ("$^",), r"[.$]": (".", "$", "x"),
}  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_written_for_a_browser_means_the_same(pattern: str) -> None:
    written = re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: rf"\U{int(found[1], 16):08x}", browser_pattern(pattern))
    for text in PATTERNS[pattern]:
        assert (re.fullmatch(written, text) is not None) is is_match(pattern, text), text


def test_the_tables_are_plain_json() -> None:
    tables = browser_tables()
    assert json.loads(json.dumps(tables))["LATIN"]["ß"] == "ss"
    assert tables["TITLES"]["ß"] == "Ss"
    assert "in_group" not in tables["NULLS"]


@pytest.mark.parametrize(
    ("source", "gives"),
    [
        ("-x", Decimal("-123456789012345678.123456789012")),
        ("round(0 - 0.001, 2) | format(\"0.00\")", "0.00"),
    ],
)  # fmt: skip
def test_numbers_keep_all_their_digits_and_zero_has_no_sign(source: str, gives: object) -> None:
    names = {"x": Decimal("123456789012345678.123456789012")}
    expression = compile_expression(source, Scope({"x": NUMBER, "t": TEXT}))
    assert evaluate(expression, Environment(names, world.FACTS, world.NOW)) == gives
