"""How texts are compared and searched here: one spelling for each. Pure."""

import unicodedata

# Letters that Unicode does not take apart into a plain letter and a mark.
_PLAIN_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i"})


def fold_case(text: str) -> str:
    """Return the spelling in which texts are equal that differ in case only."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def fold_accents(text: str) -> str:
    """Return the spelling in which texts are equal that differ in case and accents only."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN_LETTERS))
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).casefold()
