"""What the text functions do to a text. Pure; each takes time linear in its input, and its output is bounded."""

import re
import unicodedata
from datetime import date

from forms.errors import ExpressionError
from forms.expressions.environment import MAX_TEXT, too_large

LATIN = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "đ": "d", "Đ": "D",
        "ð": "d", "Ð": "D", "ł": "l", "Ł": "L", "þ": "th", "Þ": "Th", "ı": "i", "ħ": "h", "Ħ": "H", "ŋ": "n", "Ŋ": "N",
        "ŧ": "t", "Ŧ": "T", "ĸ": "k", "’": "'", "‘": "'", "–": "-", "—": "-",
    }
)  # fmt: skip
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\s*-?[0-9]{1,18}(?:\.[0-9]{1,12})?\s*")


def ascii_text(text: str, language: str = "") -> str:
    """Return ``text`` in ASCII: letters without their marks, ``ø`` as ``o``; what has no such form is left out.

    With the language ``de``, umlauts become ``ae``, ``oe``, ``ue``.
    """
    composed = unicodedata.normalize("NFC", text)
    spelt = composed.translate(GERMAN) if language.lower() == "de" else composed
    apart = unicodedata.normalize("NFKD", spelt.translate(LATIN))
    return apart.encode("ascii", "ignore").decode("ascii")


def title_text(text: str) -> str:
    """Return ``text`` with a capital at the start of each word; ``o'reilly`` gives ``O'Reilly``, ``it's`` ``It's``."""

    def capital(found: re.Match[str]) -> str:
        word = found.group()
        is_ending = len(word) == 1 and found.start() > 0 and text[found.start() - 1] in "'’"
        return word.lower() if is_ending else word.capitalize()

    return _WORD.sub(capital, text)


def slug_text(text: str) -> str:
    """Return ``text`` as a name for addresses: ASCII, small letters, digits, one hyphen between words."""
    return re.sub(r"[^a-z0-9]+", "-", ascii_text(text).lower()).strip("-")


def squeeze_text(text: str) -> str:
    """Return ``text`` with single spaces between words and none around."""
    return " ".join(text.split())


def letters_of(text: str) -> str:
    """Return only the letters, of any alphabet."""
    return "".join(filter(str.isalpha, text))


def alnum_of(text: str) -> str:
    """Return only the letters and digits, of any alphabet."""
    return "".join(filter(str.isalnum, text))


def digits_of(text: str) -> str:
    """Return only the digits 0 to 9."""
    return re.sub(r"[^0-9]+", "", text)


def replace_text(text: str, old: str, new: str) -> str:
    """Return ``text`` with every ``old`` replaced; an empty ``old`` changes nothing. Raises `ExpressionError` E241."""
    if not old:
        return text
    if len(text) + text.count(old) * (len(new) - len(old)) > MAX_TEXT:
        raise too_large("text")
    return text.replace(old, new)


def number_written(text: str) -> str | None:
    """Return the digits of a number with a decimal point, or None when ``text`` is none."""
    return text.strip() if _NUMBER.fullmatch(text) else None


# --- format ---------------------------------------------------------------------------------------------------------

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOMENT_PARTS = {
    "yyyy": "{0.year:04}", "yy": "{1:02}", "MMM": "{2}", "MM": "{0.month:02}", "M": "{0.month}", "dd": "{0.day:02}",
    "d": "{0.day}", "HH": "{0.hour:02}", "mm": "{0.minute:02}", "ss": "{0.second:02}",
}  # fmt: skip
_MOMENT_PATTERN = re.compile(r"([A-Za-z])\1*|[^A-Za-z]", re.DOTALL)
_NUMBER_PATTERN = re.compile(r"(#,##)?(0{1,15})(?:\.(0{1,10}))?")


def moment_parts(pattern: str) -> tuple[str, ...]:
    """Cut a pattern such as ``dd-MM-yyyy HH:mm`` into its parts; raises `ExpressionError` E213 for other letters."""
    parts = tuple(found.group() for found in _MOMENT_PATTERN.finditer(pattern))
    strange = [part for part in parts if part[0].isalpha() and part not in _MOMENT_PARTS]
    if len(pattern) > 40 or strange or not parts:
        fix = "Use yyyy, yy, MMM, MM, M, dd, d, HH, mm, ss, as in d MMM yyyy."
        raise ExpressionError("this is not a pattern for a date", code="E213", fix=fix)
    return parts


def moment_text(moment: date, pattern: str) -> str:
    """Write a date, or a moment in the zone it is in, as a pattern says; raises as `moment_parts`."""
    parts = (part.replace("{", "{{").replace("}", "}}") for part in moment_parts(pattern))
    template = "".join(_MOMENT_PARTS.get(part, part) for part in parts)
    return template.format(moment, moment.year % 100, _MONTHS[moment.month - 1])


def number_format(pattern: str) -> tuple[bool, int, int]:
    """Read ``0.00``, ``000`` or ``#,##0.00``: thousands marked, least digits before the point, digits behind it.

    Raises `ExpressionError` E213 for anything else.
    """
    found = _NUMBER_PATTERN.fullmatch(pattern)
    if not found:
        fix = 'Use "0.00", "000" or "#,##0.00".'
        raise ExpressionError("this is not a pattern for a number", code="E213", fix=fix)
    return bool(found.group(1)), len(found.group(2)), len(found.group(3) or "")
