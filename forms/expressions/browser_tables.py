"""What the evaluator in the page takes from this one, so that no table is written twice. Pure.

Letters are another matter: a browser may know a newer edition of Unicode than the server.  Inside `SETTLED` both agree,
which a test checks letter by letter; for a text with any other character the page asks the server.
"""

from collections.abc import Mapping
from typing import Any

from forms.expressions.environment import MAX_ITEMS, MAX_NUMBER, MAX_TEXT
from forms.expressions.parsing import MAX_DEPTH
from forms.expressions.patterns import MAX_MATCHED
from forms.expressions.sending import BROWSER_FUNCTIONS, VERSION
from forms.expressions.text_functions import GERMAN, LATIN

SETTLED = (
    (0x0080, 0x024F), (0x0300, 0x036F), (0x0370, 0x0377), (0x037A, 0x037F), (0x0384, 0x038A), (0x038C, 0x038C),
    (0x038E, 0x03A1), (0x03A3, 0x03FF), (0x0400, 0x052F), (0x1E00, 0x1EFF), (0x2000, 0x2064), (0x20A0, 0x20C0),
)  # fmt: skip
"""Ranges of code points, beside ASCII, that mean the same in every edition from 14 on: Latin, Greek, Cyrillic, signs."""
UNSETTLED = (0x019B, 0x03A3)
"""Inside those: a letter that got its capital later, and the Greek one whose small form depends on its neighbours."""


def settled_characters() -> str:
    """Return every character a page may change itself, ASCII included. Pure."""
    codes = [*range(0x80), *(code for low, high in SETTLED for code in range(low, high + 1))]
    return "".join(chr(code) for code in codes if code not in UNSETTLED)


def browser_tables() -> Mapping[str, Any]:
    """Return the constants of the module ``expressions-tables.js`` by name, as JSON values. Pure."""
    return {
        "VERSION": VERSION,
        "LIMITS": {
            "text": MAX_TEXT,
            "items": MAX_ITEMS,
            "digits": len(str(MAX_NUMBER)) - 1,
            "depth": MAX_DEPTH,
            "matched": MAX_MATCHED,
        },
        "NULLS": {name: function.nulls for name, function in BROWSER_FUNCTIONS.items()},
        "LATIN": {chr(code): text for code, text in LATIN.items()},
        "GERMAN": {chr(code): text for code, text in GERMAN.items()},
        "TITLES": {each: each.title() for each in settled_characters() if each.title() != each.upper()},
        "BLANKS": [chr(code) for code in range(0x10000) if chr(code).isspace()],
        "SETTLED": SETTLED,
        "UNSETTLED": UNSETTLED,
    }
