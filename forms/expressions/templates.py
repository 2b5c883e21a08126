"""Read a text with ``$( … )`` in it. Pure.

``$$(`` is a literal ``$(``.  A template of exactly one expression passes that value as it is, every other one is text.
"""

import re
from collections.abc import Iterator

from forms.definition import Template
from forms.errors import ExpressionError
from forms.expressions.kinds import called
from forms.expressions.lexing import braces_error
from forms.expressions.printing import secret_error
from forms.expressions.syntax import Expression
from forms.expressions.typing import Scope, compile_expression
from forms.values import TEXT

_FOREIGN = re.compile(r"(?<!\$)\$\{\s*[A-Za-z_][^}\n]{0,200}\}|\{\{-?\s*[A-Za-z_][^}\n]{0,200}\}\}")


def compile_template(text: str, scope: Scope) -> Template:
    """Return ``text`` in parts, its type being that of its only expression, else text.

    Raises `ExpressionError` with the offset in ``text``: E204 for ``${x}`` and ``{{ x }}``, E205 for ``$(`` that is
    never closed, E214 for a value that cannot stand in a text, E230 for a secret beside other text, and what
    `compile_expression` raises.
    """
    parts = tuple(_joined(_parts(text, scope)))
    if len(parts) == 1 and isinstance(parts[0], Expression):
        return Template(parts, parts[0].type)
    _refuse_foreign(text)
    return Template(parts, TEXT)


def _parts(text: str, scope: Scope) -> Iterator[str | Expression]:
    at, whole = 0, True
    while at < len(text):
        opened = text.find("$(", at)
        if opened < 0:
            yield text[at:]
            return
        if opened > at and text[opened - 1] == "$":
            yield text[at : opened - 1] + "$("
            at, whole = opened + 2, False
            continue
        closed = _closing(text, opened)
        whole = whole and opened == 0 and closed == len(text) - 1
        yield text[at:opened]
        yield _expression(text, opened + 2, closed, scope, whole=whole)
        at = closed + 1


def _joined(parts: Iterator[str | Expression]) -> Iterator[str | Expression]:
    pending = ""
    for part in parts:
        if isinstance(part, str):
            pending += part
            continue
        if pending:
            yield pending
        pending = ""
        yield part
    if pending:
        yield pending


def _closing(text: str, opened: int) -> int:
    depth, at, quote = 0, opened + 1, ""
    while at < len(text):
        character = text[at]
        if quote:
            at += character == "\\" and text[at + 1 : at + 2] in ("\\", '"', "'")
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "()":
            depth += 1 if character == "(" else -1
            if depth == 0:
                return at
        at += 1
    fix = "Write  )  behind the expression, or  $$(  for the characters themselves."
    raise ExpressionError('"$(" is never closed', code="E205", offset=opened, fix=fix)


def _expression(text: str, start: int, end: int, scope: Scope, *, whole: bool) -> Expression:
    source = text[start:end]
    try:
        expression = compile_expression(source, scope)
    except ExpressionError as error:
        error.offset += start
        raise
    if not whole:
        _refuse_in_text(expression, start)
    return expression


def _refuse_in_text(expression: Expression, start: int) -> None:
    if expression.type.name == "secret":
        raise secret_error(start)
    if expression.type.name == "file":
        raise ExpressionError(f"{called(expression.type)} cannot stand in a text", code="E214", offset=start)


def _refuse_foreign(text: str) -> None:
    found = _FOREIGN.search(text)
    if found:
        raise braces_error(found.start())
