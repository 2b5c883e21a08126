"""Turn scalars into texts, numbers, true or false, durations and rates, as their key demands. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from forms.documents import ScalarNode
from forms.problems import did_you_mean
from forms.records import Pace, Word

_YES, _NO = frozenset({"yes", "on", "y", "true"}), frozenset({"no", "off", "n", "false"})
_NUMBER = re.compile(r"[-+]?\d{1,15}(\.\d{1,9})?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,63}")
_DURATION = re.compile(r"(\d{1,6})(s|m|min|h|d|w)")
_RATE = re.compile(r"(\d{1,6})/(minute|hour|day|week)")
_SPOKEN = re.compile(r"(\d{1,6})\s*(?:times\s+)?(?:per|an?|each|every|/)\s*(minute|hour|day|week)")
_SPOKEN_DURATION = re.compile(r"(\d{1,6})\s*(sec|min|hour|hr|day|week)[a-z]*")
_DECIMAL_COMMA = re.compile(r"([-+]?\d{1,9}),(\d{1,9})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_ODD_BLANK = re.compile("[\u00a0\u2000-\u200f\u202f\u3000\ufeff]")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_PERIODS = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}


class ScalarError(Exception):
    """A scalar is not what its key demands."""

    def __init__(self, code: str, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.fix = code, message, fix


def shown(text: str) -> str:
    """Return a text as it stands in a message, cut where it is long; blanks that look like spaces are named."""
    text = _ODD_BLANK.sub(lambda found: f"<U+{ord(found.group()):04X}>", text)
    return f"'{text}'" if len(text) <= 40 else f"'{text[:37]}…'"


def read_boolean(node: ScalarNode, name: str) -> bool:
    """Read true or false; raises `ScalarError`, with the fix for yes and no."""
    if not node.style and node.text in ("true", "false"):
        return node.text == "true"
    low = node.text.lower()
    fix = "Write  true." if low in _YES else "Write  false." if low in _NO else "Write  true  or  false ."
    raise ScalarError("E114", f'"{name}" must be true or false, not {shown(node.text)}', fix)


def read_number(node: ScalarNode, name: str) -> int | Decimal:
    """Read a number of at most 15 digits; raises `ScalarError`."""
    if not _NUMBER.fullmatch(node.text):
        comma = _DECIMAL_COMMA.fullmatch(node.text)
        fix = f"Write  {comma[1]}.{comma[2]} ." if comma else "Write digits only, with a point before decimals."
        raise ScalarError("E114", f'"{name}" must be a number, not {shown(node.text)}', fix)
    number = Decimal(node.text)
    return int(number) if number == number.to_integral_value() else number


def read_integer(node: ScalarNode, name: str) -> int:
    """Read a whole number from 0 to 999,999,999; raises `ScalarError`."""
    if not re.fullmatch(r"\d{1,9}", node.text):
        raise ScalarError("E114", f'"{name}" must be a whole number, not {shown(node.text)}', "Write digits only.")
    return int(node.text)


def read_date(node: ScalarNode, name: str) -> date:
    """Read a date written YYYY-MM-DD; raises `ScalarError`."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", node.text, re.ASCII):
            return date.fromisoformat(node.text)
    except ValueError:
        pass
    raise ScalarError("E114", f'"{name}" must be a date, not {shown(node.text)}', f"Write it as {_iso(node.text)} .")


def _iso(text: str) -> str:
    """Return a date that was written day, month, year as it should be; the pattern where that is not plain."""
    found = _DAY_FIRST.fullmatch(text)
    if found and int(found[1]) > 12 >= int(found[2]):
        return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    return "YYYY-MM-DD"


def read_one_of(node: ScalarNode, name: str, words: Sequence[str]) -> str:
    """Read one of some words; raises `ScalarError`."""
    if node.text in words:
        return node.text
    expected = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    fix = did_you_mean(node.text, words) if len(words) > 1 else f"Write  {words[0]} ."
    raise ScalarError("E114", f'"{name}" must be {expected}, not {shown(node.text)}', fix)


def _string(node: ScalarNode, _name: str) -> Word:
    return Word(node.text, node)


def _boolean(node: ScalarNode, name: str) -> Word:
    return Word(read_boolean(node, name), node)


def _integer(node: ScalarNode, name: str) -> Word:
    return Word(read_integer(node, name), node)


def _number(node: ScalarNode, name: str) -> Word:
    return Word(read_number(node, name), node)


def _name(node: ScalarNode, name: str) -> Word:
    if not _NAME.fullmatch(node.text):
        fix = "Use letters, digits, dots and dashes."
        raise ScalarError("E112", f'"{name}" must be a name, not {shown(node.text)}', fix)
    return Word(node.text, node)


def _identifier(node: ScalarNode, name: str) -> Word:
    if not IDENTIFIER.fullmatch(node.text):
        fix = "Use small letters, digits and _ , beginning with a letter."
        raise ScalarError("E112", f'"{name}" must be a name for expressions, not {shown(node.text)}', fix)
    return Word(node.text, node)


def _duration(node: ScalarNode, name: str) -> Word:
    found = _DURATION.fullmatch(node.text)
    if not found:
        spoken = _SPOKEN_DURATION.fullmatch(node.text.lower())
        fix = f"Write  {spoken[1]}{spoken[2][0]} ." if spoken else "Write for example  15m, 2h, 5d."
        raise ScalarError("E114", f'"{name}" must be a duration, not {shown(node.text)}', fix)
    return Word(int(found[1]) * _SECONDS[found[2]], node)


def _rate(node: ScalarNode, name: str) -> Pace:
    found = _RATE.fullmatch(node.text)
    if not found or int(found[1]) == 0:
        spoken = _SPOKEN.fullmatch(node.text)
        fix = f"Write  {spoken[1]}/{spoken[2]} ." if spoken else "Write for example  30/hour  or  3/day ."
        raise ScalarError("E114", f'"{name}" must be a rate, not {shown(node.text)}', fix)
    return Pace(int(found[1]), _PERIODS[found[2]], node)


SCALARS: Mapping[str, Callable[[ScalarNode, str], Word | Pace]] = {
    "string": _string,
    "pattern": _string,
    "name": _name,
    "identifier": _identifier,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "duration": _duration,
    "rate": _rate,
}
