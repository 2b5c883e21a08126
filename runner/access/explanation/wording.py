"""Selectors, windows and lists in plain words, as an administrator would say them. Pure."""

from collections.abc import Sequence
from datetime import date

from runner.access.model import ActorValue, Selector

PLURALS = {
    "user": "people",
    "group": "groups",
    "computer": "computers",
    "contact": "mail contacts",
    "mailbox": "mailboxes",
    "mail_list": "mailing lists",
    "ou": "units",
    "mail_domain": "mail domains",
    "form": "forms",
}
"""Kind of object → the word for several of them."""
_MOST_NAMES = 12


def plural(kind: str) -> str:
    """Return the word for several objects of a kind; for the kind ``""``, the installation."""
    return PLURALS.get(kind, kind.replace("_", " ")) if kind else "the installation"


def listed(words: Sequence[str], joint: str = "and", most: int = _MOST_NAMES) -> str:
    """Join words as people do: ``a, b and c``; beyond ``most`` the rest is counted."""
    if len(words) > most:
        return f"{', '.join(words[: most - 1])} {joint} {len(words) - most + 1} more"
    return f" {joint} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def selector_in_words(selector: Selector) -> str:
    """Say what a selector selects: ``people in GG-Sales, through other groups too``."""
    who = plural(selector.kind)
    if selector.own:
        return _with(["the person at the keyboard"], _conditions(selector))
    conditions = _conditions(selector)
    return _with([who], conditions) if conditions else f"all {who}"


def _with(start: list[str], conditions: list[str]) -> str:
    return " ".join((*start, listed(conditions)) if conditions else start)


def _conditions(selector: Selector) -> list[str]:
    said = []
    if selector.in_list is not None:
        said.append(f"named in the list “{selector.in_list}”")
    elif selector.ids is not None:
        said.append(f"called {listed([f'“{name}”' for name in selector.ids], 'or')}")
    if selector.under is not None:
        said.append(f"under {selector.under}")
    if selector.in_group is not None:
        through = "through other groups too" if selector.nested else "in it themselves"
        said.append(f"in the group “{selector.in_group}” ({through})")
    said += [f"whose {name.replace('_', ' ')} is {_value(value)}" for name, value in selector.match]
    return said


def _value(value: object) -> str:
    if isinstance(value, ActorValue):
        attribute = value.attribute.replace("_", " ")
        return f"that of the person at the keyboard ({attribute})" if attribute else "the person at the keyboard"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"“{value}”"


def window_in_words(starts: date | None, ends: date | None) -> str:
    """Say when a binding counts, first and last day included; empty when always."""
    return " ".join(f"{word} {day.isoformat()}" for word, day in (("from", starts), ("until", ends)) if day)
