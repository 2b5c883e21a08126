"""What stands in the columns for given attributes: values, keys and search texts. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from connectors.directory.texts import checked_text, label_of
from connectors.errors import RejectedError
from connectors.folding import distinct_words, fold, key
from connectors.local.tables import DESCRIBING, IDENTIFYING, TEXTS

REFERENCES = {"manager": "manager_id", "owner": "owner_id"}
STATES: Mapping[str, Mapping[str, type]] = {
    "user": {
        "enabled": bool,
        "pending": bool,
        "must_change": bool,
        "mfa_enrolled": bool,
        "is_service": bool,
        "privileged": bool,
        "enabled_from": date,
        "expires_on": date,
        "last_logon": datetime,
        "locked_at": datetime,
        "disabled_at": datetime,
        "password_set_on": datetime,
    },
    "group": {"sensitive": bool},
    "ou": {},
    "computer": {"enabled": bool, "last_logon": datetime, "disabled_at": datetime},
    "contact": {},
}

DEFAULTS: Mapping[str, Mapping[str, bool | int]] = {
    "user": {
        "enabled": True,
        "pending": False,
        "must_change": False,
        "mfa_enrolled": False,
        "is_service": False,
        "privileged": False,
        "failed_tries": 0,
    },
    "group": {"sensitive": False},
    "ou": {},
    "computer": {"enabled": True},
    "contact": {},
}


def checked_state(kind: str, attribute: str, value: object) -> object:
    """Return a yes/no, date or time; raises `RejectedError` when it is none."""
    wanted = STATES[kind][attribute]
    if value is None and wanted is not bool:
        return None
    fits = isinstance(value, wanted) and not (wanted is date and isinstance(value, datetime))
    if not fits or (isinstance(value, datetime) and value.tzinfo is None):
        words = {bool: "yes or no", date: "a date", datetime: "a time with its zone"}
        raise RejectedError(f"{label_of(kind, attribute)} must be {words[wanted]}.")
    return value


def text_columns(kind: str, attributes: Mapping[str, object]) -> dict[str, str | None]:
    """Return column → value for the text attributes given, keys included.

    Raises `RejectedError` for a value that cannot be stored.
    """
    columns: dict[str, str | None] = {}
    for name in TEXTS[kind]:
        if name in attributes:
            value = checked_text(kind, name, attributes[name])
            columns[name] = value
            columns[f"{name}_key"] = key(value) if value else None
    return columns


def search_columns(texts: Mapping[str, object], addresses: Iterable[str]) -> dict[str, str | None]:
    """Return the folded texts of one object, for the columns of ``directory_search_texts`` but number and kind."""
    folded: dict[str, str | None] = dict.fromkeys((*IDENTIFYING, *DESCRIBING))
    for name in folded:
        value = texts.get(name)
        if isinstance(value, str) and value:
            folded[name] = fold(value)
    folded["addresses"] = fold("\n".join(addresses)) or None
    folded["identity"] = distinct_words(text for name in IDENTIFYING if (text := folded[name]))
    folded["details"] = distinct_words(text for name in DESCRIBING if (text := folded[name]))
    return folded
