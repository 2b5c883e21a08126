"""Random expressions on random values: two evaluators, one language."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Browser

from forms.errors import ExpressionError
from forms.expressions import FUNCTIONS, Environment, Expression
from forms.expressions.inferring import inferred
from forms.expressions.sending import BROWSER_FUNCTIONS, sent_expression
from forms.expressions.syntax import Binary, Call, Constant, Items, Literal, Logic, Name, Node, Unary
from forms.facts import Facts
from forms.values import ANY, BOOL, DATE, DURATION, NUMBER, TEXT, Duration, Type, Value, list_of
from tests.browser.evaluating import PageEvaluator, in_page, on_server, tree
from tests.forms.expressions.conformance_world import NOW, ZONE

BATCH = 500
_LETTERS = "abAB zZ019 .,-_'’@ßøÆÖüéÉñŁžİıǆŒ½²ЖжΩώς\t\n\u00a0\u2003\x1c\u0301"
_STRANGE = "漢Σ😀\U0001d49c\ue000\ufffd"
_PATTERNS = (
    "[a-z]+", "^[A-Z].*$", r"\d{2,4}", r"\w+\s\w+", r"[^\W\d]*", ".*", r"a|b|\.", r"(?:ab)+", "[ -~]*", r"[\S]*",
    r"\S\s?\D*", "é|ß", r"[\]\-^]", "", r"[^a-z]{0,3}", r"\t|\n|x", r".{3}", r"[A-Zé-ü_]+", r"-?\d+(\.\d+)?", r"[$^|]",
)  # fmt: skip
_FORMATS = (
    "dd-MM-yyyy",
    "d MMM yyyy",
    "d/M/yy HH:mm:ss",
    "0.00",
    "000",
    "#,##0.00",
    "#,##0",
    "MMMM",
    "0.0000000000",
    "é",
    "",
)
_NAMES: dict[str, Type] = {
    "t": TEXT, "u": TEXT, "n": NUMBER, "m": NUMBER, "b": BOOL, "d": DATE, "s": DURATION, "l": list_of(TEXT),
    "k": list_of(NUMBER), "x": ANY, "nothing": ANY,
}  # fmt: skip
_OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "in", "contains", "+", "-", "*", "/")


class Maker:
    """Makes trees and values; the same seed makes the same."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self) -> str:
        letters = _LETTERS + (_STRANGE if self.random.random() < 0.1 else "")
        long = self.random.choice((0, 1, 3, 8, 20, 1_100 if self.random.random() < 0.05 else 5))
        return "".join(self.random.choices(letters, k=long))

    def number(self) -> int | Decimal:
        one = self.random
        size = one.choice((1, 10, 1_000, 10**9, 10**15))
        if one.random() < 0.5:
            return one.randint(-size, size)
        return Decimal(one.randint(-size, size)).scaleb(-one.choice((1, 2, 3, 5, 12, 15)))

    def day(self) -> date:
        edges = (date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29), date(2026, 1, 31), date(999, 5, 5))
        if self.random.random() < 0.3:
            return self.random.choice(edges)
        return date(2026, 1, 1) + timedelta(days=self.random.randint(-9_000, 9_000))

    def moment(self) -> datetime:
        day = self.day()
        return datetime(max(day.year, 2), day.month, min(day.day, 28), self.random.randrange(24), 59, tzinfo=ZONE)

    def span(self) -> Duration:
        one = self.random
        return Duration(one.choice((0, 0, 1, 12, -7, 10**6, 10**15)), one.choice((0, 60, 3_600, 86_400, -90, 10**12)))

    def simple(self) -> Value:
        makers: Sequence[Callable[[], Value]] = (self.text, self.number, self.day, self.moment, self.span)
        return self.random.choice((*makers, lambda: None, lambda: self.random.random() < 0.5))()

    def value(self, type_: Type) -> Value:
        if self.random.random() < 0.1:
            return None
        several = self.random.randrange(4)
        match str(type_):
            case "list of text":
                return tuple(self.text() for _ in range(several))
            case "list of number":
                return tuple(self.number() for _ in range(several))
            case "any":
                return self.simple() if several else tuple(self.simple() for _ in range(3))
        made = {"text": self.text, "number": self.number, "date": self.day, "duration": self.span}
        return made[type_.name]() if type_.name in made else several > 1

    def constant(self) -> Constant:
        made: Constant = self.random.choice((None, True, False, self.text(), abs(self.number()), self.span(), 0, 1, 2))
        return made

    def node(self, depth: int) -> Node:
        one = self.random
        if depth <= 0 or one.random() < 0.15:
            return (
                Name(one.choice(tuple(_NAMES)), one.randrange(50)) if one.random() < 0.6 else Literal(self.constant())
            )
        below = [self.node(depth - 1) for _ in range(one.randint(0, 3))]
        left, right, at = self.node(depth - 1), self.node(depth - 1), one.randrange(50)
        kind = one.random()
        if kind < 0.4:
            return self._call(depth, at)
        if kind < 0.7:
            return Binary(one.choice(_OPERATORS), left, right, at, one.choice(("", "", "date", "datetime")))
        if kind < 0.8:
            return Binary("matches", left, Literal(one.choice(_PATTERNS)), at)
        if kind < 0.9:
            return Unary(one.choice(("not", "-")), left, at)
        return Items(tuple(below)) if kind < 0.95 else Logic(one.choice(("and", "or")), (left, right, *below))

    def _call(self, depth: int, at: int) -> Node:
        function = FUNCTIONS[self.random.choice(sorted(BROWSER_FUNCTIONS))]
        most = function.most if function.most is not None else 3
        count = self.random.randint(max(function.least, int(function.repeats)), most)
        arguments = [self.node(depth - 1) for _ in range(count)]
        if function.name == "format" and self.random.random() < 0.9:
            arguments[1] = Literal(self.random.choice(_FORMATS))
        if function.name in ("first", "last", "round") and count > 1 and self.random.random() < 0.8:
            arguments[1] = Literal(self.random.randrange(12))
        return Call(function.name, tuple(arguments), at)

    def checked(self, depth: int) -> Expression:
        """Make a tree the checker accepts, or, when luck fails, any tree: both have to give the same."""
        for _ in range(20):
            try:
                return tree(inferred(self.node(depth), _NAMES)[0])
            except ExpressionError:
                continue
        return tree(self.node(depth))


@pytest.fixture(scope="module")
def evaluator(browser: Browser) -> Iterator[PageEvaluator]:
    opened = PageEvaluator(browser, NOW.date())
    yield opened
    opened.page.close()


def _differences(evaluator: PageEvaluator, seed: int, count: int, make: Callable[[Maker], Expression]) -> list[object]:
    """Work out a batch twice and return what differs; what the page leaves to the server differs in nothing."""
    maker = Maker(seed)
    trees = [make(maker) for _ in range(count)]
    values = [{name: maker.value(type_) for name, type_ in _NAMES.items()} for _ in trees]
    sent = [sent_expression(each, _NAMES_OF_SPANS) for each in trees]
    assert None not in sent
    made = evaluator.work_out(
        [(one, {name: in_page(value) for name, value in own.items()}) for one, own in zip(sent, values, strict=True)]
    )
    here = [on_server(each, Environment(own, Facts(), NOW)) for each, own in zip(trees, values, strict=True)]
    assert sum(one == {"undecided": True} for one in made) < count / 4
    return [
        (each.node, own, one, other)
        for each, own, one, other in zip(trees, values, made, here, strict=True)
        if one not in (other, {"undecided": True})
    ]


_NAMES_OF_SPANS = {**_NAMES, "s": ANY}


def _tree(maker: Maker) -> Expression:
    return tree(maker.node(3))


def _checked_tree(maker: Maker) -> Expression:
    return maker.checked(4)


@pytest.mark.parametrize("make", [_tree, _checked_tree])
def test_random_expressions_give_the_same_in_both(
    evaluator: PageEvaluator, make: Callable[[Maker], Expression]
) -> None:
    for seed in range(2):
        assert _differences(evaluator, seed, BATCH, make)[:3] == []


@pytest.mark.torture
@pytest.mark.parametrize("make", [_tree, _checked_tree])
def test_fifty_thousand_random_expressions_give_the_same_in_both(
    evaluator: PageEvaluator, make: Callable[[Maker], Expression]
) -> None:
    for seed in range(100, 150):
        assert _differences(evaluator, seed, BATCH, make)[:3] == []
