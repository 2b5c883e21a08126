"""How texts are compared and searched: by case-folded keys, and by folded search texts without accents. Pure."""

import unicodedata
from collections.abc import Iterable

_WITHOUT_MARKS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n"}
)


def key(text: str) -> str:
    """Return the spelling under which texts that differ only in case are equal. Pure."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def fold(text: str) -> str:
    """Return the spelling in which case, accents and ligatures do not count. Pure."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_WITHOUT_MARKS))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def words(text: str) -> tuple[str, ...]:
    """Return the folded words somebody typed, each once, the longest first; empty when nothing was typed. Pure."""
    return tuple(sorted(dict.fromkeys(fold(text).split()), key=lambda word: (-len(word), word)))


def distinct_words(texts: Iterable[str]) -> str:
    """Return the words of folded texts in one line, without those that stand inside another one. Pure.

    Two spaces follow, so that even the last letter begins a trigram.
    """
    found: list[str] = []
    for word in words(" ".join(texts)):
        if not any(word in longer for longer in found):
            found.append(word)
    return " ".join(found) + "  " if found else ""
