"""Our own words in the reader's language: English is the key, a catalogue per language may translate it. Pure."""

from collections.abc import Mapping

CATALOGUES: Mapping[str, Mapping[str, str]] = {"en": {}}


def translated(text: str, language: str) -> str:
    """Return our text in a language, or as it is where no translation was written."""
    return CATALOGUES.get(language, {}).get(text, text)


def page_language(language: str) -> str:
    """Return the language our own words will be in, for the page's ``lang``."""
    return language if language in CATALOGUES else "en"
