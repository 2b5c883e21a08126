"""Cut the source of an expression into tokens, and say kindly what other languages write differently. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal as Choices
from typing import TypeAlias

from forms.errors import ExpressionError
from forms.expressions.syntax import Constant
from forms.values import Duration

MAX_LENGTH = 500
"""Characters an expression may have."""

Sort: TypeAlias = Choices["word", "constant", "symbol", "end"]
KEYWORDS = frozenset({"and", "or", "not", "in", "contains", "matches", "true", "false", "null"})
UNITS = {"min": (0, 60), "h": (0, 3_600), "d": (0, 86_400), "w": (0, 604_800), "mo": (1, 0), "y": (12, 0)}

_SPACE = re.compile(r"[ \t\r\n]+")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?)([A-Za-z_]*)")
_SYMBOL = re.compile(r"==|!=|<=|>=|[<>+\-*/|.,()\[\]]")
_FOREIGN = (
    (re.compile(r"\$\("), "E203"),
    (re.compile(r"\$?\{\{?"), "E204"),
    (re.compile(r"===|<>|=>|=<|&&|\|\||=(?!=)|!(?!=)|\?|%|\^"), "E201"),
    (re.compile("[“”„‘’«»]"), "E200"),
)
_CURLY = re.compile('[“”„‘’«»]([^“”„‘’«»"\n]{1,60})[“”„‘’«»]')
_HABITS = {
    "===": ('"===" does not compare', 'Use "==" to compare two values.'),
    "=": ('"=" does not compare', 'Use "==" to compare two values.'),
    "=>": ('"=>" does not compare', 'Use ">=" for "at least".'),
    "=<": ('"=<" does not compare', 'Use "<=" for "at most".'),
    "<>": ('"<>" does not compare', 'Use "!=" for two values that differ.'),
    "&&": ('"&&" is written "and"', "Write  and ."),
    "||": ('"||" is written "or"', "Write  or ."),
    "!": ('"!" is written "not"', "Write  not ."),
    "?": ('a choice between two values is written with "if"', "Write  if(condition, value, other value) ."),
    "%": ('there is no "%"', "Operators: + - * /"),
    "^": ('there is no "^"', "Operators: + - * /"),
}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the source. ``text`` is as written; ``value`` is what a constant stands for."""

    sort: Sort
    text: str
    offset: int
    value: Constant = None


def tokens_of(source: str) -> tuple[Token, ...]:
    """Return the tokens of ``source``, the last one being ``end``.

    Raises `ExpressionError`: E202 when it is too long, E201, E203 and E204 for habits of other languages, E200 for
    characters and constants that mean nothing here.  Pure; linear in the length of the source.
    """
    if len(source) > MAX_LENGTH:
        raise ExpressionError(
            f"an expression has at most {MAX_LENGTH} characters, this one has {len(source)}",
            code="E202",
            offset=MAX_LENGTH,
            fix="Put a part of it into a computed field and use that.",
        )
    tokens: list[Token] = []
    at = 0
    while at < len(source):
        space = _SPACE.match(source, at)
        if space:
            at = space.end()
            continue
        token = _token_at(source, at)
        tokens.append(token)
        at += len(token.text)
    return (*tokens, Token("end", "", len(source)))


def _token_at(source: str, at: int) -> Token:
    _refuse_habits(source, at)
    if source[at] in "\"'":
        return _text_at(source, at)
    word = _WORD.match(source, at)
    if word:
        return _word(word.group(), at)
    number = _NUMBER.match(source, at)
    if number:
        return Token("constant", number.group(), at, _number(number.group(1), number.group(2), at))
    symbol = _SYMBOL.match(source, at)
    if symbol:
        return Token("symbol", symbol.group(), at)
    raise ExpressionError(f'"{source[at]}" means nothing here', offset=at, fix=_strange_character(source[at]))


def _refuse_habits(source: str, at: int) -> None:
    for pattern, code in _FOREIGN:
        found = pattern.match(source, at)
        if not found:
            continue
        if code == "E203":
            fix = f"Write  {_without_marks(source)}"
            raise ExpressionError("a condition is written without $( )", code=code, offset=at, fix=fix)
        if code == "E204":
            raise braces_error(at)
        if code == "E201":
            message, fix = _HABITS[found.group()]
            raise ExpressionError(message, code=code, offset=at, fix=fix)
        fix = f'Write  "{word[1]}" .' if (word := _CURLY.match(source, at)) else 'Write  "text" .'
        raise ExpressionError(f"a text stands between straight quotes, not {source[at]}", offset=at, fix=fix)


def braces_error(offset: int) -> ExpressionError:
    """Return the error for ``${name}`` and ``{{ name }}``, which other tools use to fill in a value. Pure."""
    fix = "Write $(name) instead of ${name} or {{ name }}."
    return ExpressionError("a value is filled in with $(name)", code="E204", offset=offset, fix=fix)


def _without_marks(source: str) -> str:
    kept: list[str] = []
    opened: list[bool] = []
    at = 0
    while at < len(source):
        marked = source.startswith("$(", at)
        if marked or source[at] == "(":
            opened.append(marked)
            kept.append("" if marked else "(")
        elif source[at] == ")" and opened:
            kept.append("" if opened.pop() else ")")
        else:
            kept.append(source[at])
        at += 2 if marked else 1
    return "".join(kept).strip()


def _word(text: str, at: int) -> Token:
    if text.isupper() and text.lower() in {"and", "or", "not", "in"}:
        raise ExpressionError(
            f'"{text}" is written "{text.lower()}"', code="E201", offset=at, fix=f"Write  {text.lower()} ."
        )
    return Token("word", text, at)


def _number(digits: str, unit: str, at: int) -> Constant:
    if len(digits) > 15:
        raise ExpressionError("a number has at most 15 digits", offset=at)
    if not unit:
        return Decimal(digits) if "." in digits else int(digits)
    if unit not in UNITS:
        fix = "Units: min, h, d, w, mo, y, as in 30d."
        raise ExpressionError(f'there is no unit "{unit}"', offset=at + len(digits), fix=fix)
    if "." in digits:
        raise ExpressionError("a span of time is a whole number", offset=at, fix="Use a smaller unit: 36h for 1.5d.")
    months, seconds = UNITS[unit]
    return Duration(int(digits) * months, int(digits) * seconds)


def _text_at(source: str, at: int) -> Token:
    quote, parts, place = source[at], [], at + 1
    while place < len(source) and source[place] != quote:
        escaped = source[place] == "\\" and source[place + 1 : place + 2] in ("\\", '"', "'")
        place += escaped
        parts.append(source[place : place + 1])
        place += 1
    if place >= len(source):
        raise ExpressionError("this text has no closing quote", offset=at, fix=f"Write  {quote}  behind the text.")
    return Token("constant", source[at : place + 1], at, "".join(parts))


def _strange_character(character: str) -> str:
    if character == ";":
        return "An expression is one line without an end mark."
    if character.isspace() or character in "\u200b\ufeff":
        return f"This blank is not an ordinary space (it is U+{ord(character):04X}): type a space in its place."
    return "A text stands between quotes." if character.isalpha() else ""
