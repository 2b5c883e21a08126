"""The directory of a fixture with the further attributes of people that the settings of a desk name. It prepares, no more."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from connectors.local.connector import LocalDirectory
from connectors.spi import Change, Entry, Filter, Further, Ids, Operation, Page, Preparation, Question, Ref, Value, Verb
from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS

CUSTOM = "custom."
"""What the names of further attributes begin with."""
_SETTING = ("directory.user.create", "directory.user.update")


def verbs_with(further: Mapping[str, Further] | None) -> Mapping[str, Verb]:
    """Return all verbs, those that set attributes of people with the further ones; None says that these are not known. Pure."""
    known = {**DIRECTORY_VERBS, **MAILBOX_VERBS}
    return {name: replace(verb, further=further) if name in _SETTING else verb for name, verb in known.items()}


class FixtureDirectory(LocalDirectory):
    """A local directory; ``held`` maps ids of people to their further attributes, by name without ``custom.``."""

    def __init__(self, url: str, *, held: Mapping[str, Mapping[str, Value]], **options: Any) -> None:
        super().__init__(url, **options)
        self._held = held

    def read(self, question: Question) -> Page:
        """Answer a question."""
        page = super().read(question)
        return replace(page, entries=tuple(map(self._whole, page.entries)))

    def scan(self, kind: str, filter: Filter) -> Iterator[Entry]:
        """Yield every object that matches."""
        return map(self._whole, super().scan(kind, filter))

    def prepare(self, operation: Operation) -> Preparation:
        """Return what ``operation`` would change, further attributes included."""
        given = operation.arguments.get("set")
        if operation.verb not in _SETTING or not isinstance(given, Mapping):
            return super().prepare(operation)
        rest = {name: value for name, value in given.items() if not name.startswith(CUSTOM)}
        found = super().prepare(replace(operation, arguments={**operation.arguments, "set": rest}))
        own = {name: value for name, value in given.items() if name.startswith(CUSTOM)}
        return replace(found, changes=(*found.changes, *self._changes(operation, found, own)))

    def _whole(self, entry: Entry) -> Entry:
        held = self._held.get(entry.ref.id, {})
        return replace(entry, attributes={**entry.attributes, "custom": held}) if entry.ref.kind == "user" else entry

    def _changes(self, operation: Operation, found: Preparation, own: Mapping[str, Value]) -> Iterator[Change]:
        user = operation.arguments.get("user")
        ref = user if isinstance(user, Ref) else None
        label = found.changes[0].what if found.changes else self._label(ref)
        held = self._held.get(ref.id, {}) if ref else {}
        for name, value in own.items():
            before = held.get(name.removeprefix(CUSTOM))
            if (before in (None, "")) != (value in (None, "")) or (value not in (None, "") and before != value):
                yield Change("set", ref, label, name, before, value)

    def _label(self, ref: Ref | None) -> str:
        entries = super().read(Question("user", Ids(frozenset({ref.id})), limit=1)).entries if ref else ()
        return entries[0].label if entries else ""
