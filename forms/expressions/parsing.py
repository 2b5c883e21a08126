"""Parse the source of an expression into its tree, by recursive descent. Pure.

The grammar, from loosest to tightest: ``or``, ``and``, ``not``, one comparison, ``|``, ``+ -``, ``* /``, unary ``-``,
``.``.  ``x | f(a)`` is ``f(x, a)``.
"""

from collections.abc import Callable

from forms.errors import ExpressionError
from forms.expressions.lexing import KEYWORDS, Token, tokens_of
from forms.expressions.syntax import (
    Attribute,
    Binary,
    Call,
    Items,
    Literal,
    Logic,
    Name,
    Node,
    Unary,
    depth_of,
)

MAX_DEPTH = 20
"""Levels of the tree, and of brackets in brackets, an expression may have."""

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in", "contains", "matches")
_CONSTANTS = {"true": True, "false": False, "null": None}


def parse(source: str) -> Node:
    """Return the tree of ``source``.

    Raises `ExpressionError` (E200 to E204) at the first token that does not fit.  Pure; at most `MAX_DEPTH` levels.
    """
    parser = _Parser(tokens_of(source))
    node = parser.whole()
    if depth_of(node) > MAX_DEPTH:
        raise _too_deep(0)
    return node


def _too_deep(offset: int) -> ExpressionError:
    fix = "Put a part of it into a computed field and use that."
    return ExpressionError(f"an expression has at most {MAX_DEPTH} levels", code="E202", offset=offset, fix=fix)


_IF = "A condition stands alone, without if; to choose between two values write  if(condition, value, other value) ."


class _Parser:
    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    # --- reading tokens

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += token.sort != "end"
        return token

    def _is_over(self) -> bool:
        return self._next.sort == "end"

    def _is(self, *texts: str) -> bool:
        return self._next.sort in ("word", "symbol") and self._next.text in texts

    def _expect(self, symbol: str, opened: Token) -> None:
        if self._is(symbol):
            self._take()
            return
        if self._is_over():
            message = f'"{opened.text}" is never closed'
            raise ExpressionError(message, offset=opened.offset, fix=f"Write  {symbol}  behind it.")
        raise self._unexpected(f'expected "{symbol}" or ","' if symbol == "]" else f'expected "{symbol}"')

    def _unexpected(self, expected: str = "") -> ExpressionError:
        token = self._next
        found = f'"{token.text}"' if token.text else "the end of the expression"
        message = f"{expected}, found {found}" if expected else f"{found} does not fit here"
        return ExpressionError(message, offset=token.offset)

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _too_deep(self._next.offset)

    # --- the grammar, one method a rule

    def whole(self) -> Node:
        if self._is_over():
            raise ExpressionError("the expression is empty")
        node = self._or()
        if not self._is_over():
            raise self._left_over()
        return node

    def _left_over(self) -> ExpressionError:
        error = self._unexpected()
        if self._is(*COMPARISONS):
            error.fix = 'Two comparisons are joined with "and":  a < b and b < c .'
        elif self._is(")", "]"):
            error.fix = "It was never opened: remove it."
        elif self._is("(") and self._at >= 3 and self._tokens[self._at - 2].text == ".":
            called, subject = self._tokens[self._at - 1].text, self._tokens[self._at - 3].text
            error.message = f'"{called}" is not called behind a dot'
            error.fix = f"Write  {called}({subject})  or  {subject} | {called} ."
        elif self._is_if():
            error.message, error.fix = '"if" is written like a function', _IF
        elif self._next.sort == "constant" or self._next.sort == "word":
            error.fix = "An operator is missing before it, or a text without quotes has a space."
        return error

    def _is_if(self) -> bool:
        before = self._tokens[self._at - 1] if self._at else self._next
        return before.sort == "word" and before.text == "if" and not self._is("(")

    def _or(self) -> Node:
        return self._logic("or", self._and)

    def _and(self) -> Node:
        return self._logic("and", self._not)

    def _logic(self, operator: str, rule: Callable[[], Node]) -> Node:
        operands = [rule()]
        offset = self._next.offset
        while self._is(operator):
            self._take()
            operands.append(rule())
        return Logic(operator, tuple(operands), offset) if len(operands) > 1 else operands[0]

    def _not(self) -> Node:
        if not self._is("not"):
            return self._comparison()
        offset = self._take().offset
        self._enter()
        node = Unary("not", self._not(), offset)
        self._depth -= 1
        return node

    def _comparison(self) -> Node:
        left = self._pipe()
        offset = self._next.offset
        if self._is("not") and self._tokens[self._at + 1].text == "in":
            self._at += 2
            return Unary("not", Binary("in", left, self._pipe(), offset), offset)
        if not self._is(*COMPARISONS):
            return left
        operator = self._take().text
        return Binary(operator, left, self._pipe(), offset)

    def _pipe(self) -> Node:
        node = self._sum()
        while self._is("|"):
            self._take()
            name = self._take()
            if name.sort != "word" or name.text in KEYWORDS:
                self._at = self._tokens.index(name)
                raise self._unexpected('expected the name of a function behind "|"')
            more = self._arguments() if self._is("(") else ()
            node = Call(name.text, (node, *more), name.offset)
        return node

    def _sum(self) -> Node:
        node = self._product()
        while self._is("+", "-"):
            token = self._take()
            node = Binary(token.text, node, self._product(), token.offset)
        return node

    def _product(self) -> Node:
        node = self._unary()
        while self._is("*", "/"):
            token = self._take()
            node = Binary(token.text, node, self._unary(), token.offset)
        return node

    def _unary(self) -> Node:
        if not self._is("-"):
            return self._postfix()
        token = self._take()
        return Unary("-", self._postfix(), token.offset)

    def _postfix(self) -> Node:
        node = self._primary()
        while self._is("."):
            self._take()
            if self._next.sort != "word":
                raise self._unexpected('expected a name behind "."')
            name = self._take()
            node = Attribute(node, name.text, name.offset)
        return node

    def _primary(self) -> Node:
        token = self._next
        if token.sort == "constant":
            return Literal(self._take().value, token.offset)
        if self._is("("):
            return self._bracketed()
        if self._is("["):
            return Items(self._arguments("]"), token.offset)
        if token.sort != "word" or (token.text in KEYWORDS and token.text not in _CONSTANTS):
            raise self._unexpected("expected a value")
        self._take()
        if self._is("("):
            return Call(token.text, self._arguments(), token.offset)
        if token.text in _CONSTANTS:
            return Literal(_CONSTANTS[token.text], token.offset)
        return Name(token.text, token.offset)

    def _bracketed(self) -> Node:
        opened = self._take()
        self._enter()
        node = self._or()
        self._expect(")", opened)
        self._depth -= 1
        return node

    def _arguments(self, closing: str = ")") -> tuple[Node, ...]:
        opened = self._take()
        self._enter()
        arguments: list[Node] = []
        while not self._is(closing):
            arguments.append(self._or())
            if not self._is(","):
                break
            self._take()
        self._expect(closing, opened)
        self._depth -= 1
        return tuple(arguments)
