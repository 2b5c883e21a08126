"""One stable, printable name for everything: ``desk:<system>:<things>:<id>``, with ``:members`` for what is inside. Pure.

``desk:directory:users:4711`` is a person, ``desk:directory:groups:17`` a group and ``desk:directory:groups:17:members``
everybody in it; ``desk:deskhand:forms:reset-password`` is a form, ``desk:deskhand:bindings:desk-rotterdam`` a binding.  Ids
are those of the connector, so that a name outlives every renaming.  In an id all but letters, digits and ``-._~@`` is
percent-encoded as UTF-8, as in an address.  A kind that somebody else's connector brings is ``desk:other:<kind>:<id>``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from connectors.spi import Ref

OWN = "deskhand"
"""The system of what Deskhand itself keeps: forms, roles, resource sets, bindings."""

_FIRST = "desk"
_MEMBERS = "members"
_SAFE = "-._~@"
_LONGEST = 1_000

# Kind of object → the connector of the same name and the word in a resource name.
_DIRECTORY = {"user": "users", "group": "groups", "ou": "units", "computer": "computers", "contact": "contacts"}
_MAILBOX = {"mailbox": "mailboxes", "mail_list": "lists", "mail_domain": "domains"}
_OWN = {
    "form": "forms",
    "role": "roles",
    "set": "sets",
    "binding": "bindings",
    "row": "rows",
    "client": "clients",
    "account": "accounts",
    "everyone": "everyone",
    "protected": "protected",
}
_SYSTEMS: Mapping[str, Mapping[str, str]] = {"directory": _DIRECTORY, "mailbox": _MAILBOX, OWN: _OWN}
_OTHER = "other"  # the system of kinds that connectors of others bring
_OTHER_KIND = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,79}")
_SYSTEM_OF = {kind: system for system, words in _SYSTEMS.items() for kind in words}
_CONTAINERS = frozenset({"group", "ou", "set", "role"})


class ResourceNameError(ValueError):
    """A text is no resource name; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class ResourceName:
    """What a resource name stands for: an object's kind and id; ``members`` for all that is in it instead of itself."""

    kind: str
    id: str
    members: bool = False

    def __str__(self) -> str:
        return printed(self)

    @property
    def ref(self) -> Ref:
        """The object."""
        return Ref(self.kind, self.id)


def name_of(ref: Ref) -> str:
    """Return the resource name of an object."""
    return printed(ResourceName(ref.kind, ref.id))


def printed(name: ResourceName) -> str:
    """Return the name as text; raises `ResourceNameError` for what has none."""
    system = _SYSTEM_OF.get(name.kind, _OTHER)
    if not _OTHER_KIND.fullmatch(name.kind):
        raise ResourceNameError(f'There is no resource name for a "{name.kind}".')
    if name.members and name.kind not in _CONTAINERS:
        raise ResourceNameError(f"A {name.kind} has no members.")
    if not name.id:
        raise ResourceNameError(f"A {name.kind} without an id has no name.")
    word = _SYSTEMS[system][name.kind] if system in _SYSTEMS else name.kind
    parts = [_FIRST, system, word, quote(name.id, safe=_SAFE)]
    return ":".join([*parts, _MEMBERS] if name.members else parts)


def parsed(text: str) -> ResourceName:
    """Return what a name stands for; raises `ResourceNameError` for anything that `printed` would not have written."""
    parts = text.split(":") if len(text) <= _LONGEST else []
    members = len(parts) == 5 and parts[4] == _MEMBERS
    if len(parts) != 4 + members or parts[0] != _FIRST:
        raise ResourceNameError('A resource name looks like "desk:directory:users:<id>".')
    name = ResourceName(_kind(parts[1], parts[2]), _unquoted(parts[3]), members)
    if printed(name) != text:
        raise ResourceNameError(f'"{text}" is not written as a resource name is: {printed(name)}')
    return name


def _kind(system: str, word: str) -> str:
    if system == _OTHER:
        return word
    kinds = {known: kind for kind, known in _SYSTEMS.get(system, {}).items()}
    if word not in kinds:
        known = ", ".join(f"{system}:{word}" for system, words in _SYSTEMS.items() for word in words.values())
        raise ResourceNameError(f'There is no "{system}:{word}". Known are {known}.')
    return kinds[word]


def _unquoted(text: str) -> str:
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ResourceNameError("The id of a resource name is not UTF-8.") from error
