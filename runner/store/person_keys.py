"""Keys of persons: found or made where a record is appended, looked up where one is read, destroyed by an erasure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection, delete, insert, select

from runner.journal.records import Record
from runner.journal.sealing_persons import KEY_BYTES, NONCE_BYTES, PersonKey, is_personal, key_ids, opened, persons_of
from runner.store.key_tables import person_keys

OPTION = "keyring"
"""The option of a connection that writes under which its keyring is found."""
_KNOWN = "keys of persons"
_MOST_KNOWN = 1_000
_AT_ONCE = 500


class KeyBox(Protocol):
    """Seals the keys of persons with the key of the desk."""

    def seal_key(self, key: bytes) -> bytes:
        """Encrypt a key."""
        ...

    def unseal_key(self, sealed: bytes) -> bytes:
        """Decrypt it; raises `ValueError` when it was sealed with another key."""
        ...


@dataclass(slots=True)
class Keyring:
    """What seals keys, and where their bytes come from. Thread-safe: a row decides whether a key may still be used."""

    box: KeyBox
    random_bytes: Callable[[int], bytes]
    _opened: dict[str, PersonKey] = field(default_factory=dict)

    def key_of(self, id_: str, sealed: bytes) -> PersonKey:
        """Return the key of a row; one of another desk has an empty secret."""
        known = self._opened.get(id_)
        if known is None:
            try:
                known = PersonKey(id_, self.box.unseal_key(sealed))
            except ValueError:
                known = PersonKey(id_, b"")
            self._remember(known)
        return known

    def made(self) -> PersonKey:
        """Return a new key."""
        return PersonKey(self.random_bytes(16).hex(), self.random_bytes(KEY_BYTES))

    def nonce(self) -> bytes:
        """Return a nonce for one box."""
        return self.random_bytes(NONCE_BYTES)

    def forget(self, ids: Iterable[str]) -> None:
        """Keep the keys with these ids in memory no longer."""
        for id_ in ids:
            self._opened.pop(id_, None)

    def _remember(self, key: PersonKey) -> None:
        if len(self._opened) >= _MOST_KNOWN:
            self._opened.clear()
        self._opened[key.id] = key


Keys = Mapping[str, PersonKey]
"""The id of a person → the key that what is said of them is sealed under."""


def keyring_of(connection: Connection) -> Keyring | None:
    """Return what seals records on this connection; nothing where they are kept as they are."""
    found = connection.get_execution_options().get(OPTION)
    return found if isinstance(found, Keyring) else None


def keys_for(connection: Connection, records: Sequence[Record], *, known: bool) -> Keys:
    """Return a key for every person these records speak of, made where there is none.

    With ``known``, what this connection knows of keys is still right: see `runner.store.journalling`.
    """
    keyring = keyring_of(connection)
    if keyring is None:
        return {}
    held: Keys = connection.info.get(_KNOWN, {}) if known else {}
    wanted = {
        person: record.time
        for record in records
        if (strangers := [one for one in persons_of(record.body) if one not in held]) and is_personal(record.body)
        for person in strangers
    }
    if not wanted:
        return held
    found = {**held, **_stored(connection, keyring, wanted)}
    for person, time in wanted.items():
        if person not in found:
            found[person] = key = keyring.made()
            row = {"id": key.id, "person_id": person, "sealed": keyring.box.seal_key(key.secret), "created_at": time}
            connection.execute(insert(person_keys).values(row))
    return found


def know(connection: Connection, keys: Keys) -> None:
    """Let this connection know keys until the head of the journal is found elsewhere than it left it."""
    connection.info[_KNOWN] = keys if len(keys) <= _MOST_KNOWN else {}


def destroy(connection: Connection, person_id: str) -> int:
    """Delete the keys of a person, for good; return how many there were. The head of the journal is held already."""
    connection.info.pop(_KNOWN, None)
    ids = connection.execute(select(person_keys.c.id).where(person_keys.c.person_id == person_id)).scalars().all()
    connection.execute(delete(person_keys).where(person_keys.c.person_id == person_id))
    if (keyring := keyring_of(connection)) is not None:
        keyring.forget(ids)
    return len(ids)


def opened_with(connection: Connection, keyring: Keyring | None, lines: Sequence[str]) -> list[dict[str, Any]]:
    """Return the bodies of lines, with what is personal in them as far as its keys are there."""
    ids = {id_ for line in lines for id_ in key_ids(line)}
    keys = _by_id(connection, keyring, ids) if ids else {}
    return [opened(line, keys) for line in lines]


def _by_id(connection: Connection, keyring: Keyring | None, ids: Collection[str]) -> dict[str, PersonKey]:
    ordered = sorted(ids)
    found: dict[str, PersonKey] = {}
    for start in range(0, len(ordered), _AT_ONCE):
        part = person_keys.c.id.in_(ordered[start : start + _AT_ONCE])
        for id_, sealed in connection.execute(select(person_keys.c.id, person_keys.c.sealed).where(part)).all():
            found[id_] = keyring.key_of(id_, sealed) if keyring is not None else PersonKey(id_, b"")
    return found


def _stored(connection: Connection, keyring: Keyring, persons: Collection[str]) -> dict[str, PersonKey]:
    found: dict[str, PersonKey] = {}
    ordered = sorted(persons)
    columns = select(person_keys.c.id, person_keys.c.person_id, person_keys.c.sealed)
    for start in range(0, len(ordered), _AT_ONCE):
        part = person_keys.c.person_id.in_(ordered[start : start + _AT_ONCE])
        for id_, person, sealed in connection.execute(columns.where(part).order_by(person_keys.c.created_at)).all():
            key = keyring.key_of(id_, sealed)
            if key.secret:  # one that cannot be read is no use for new records
                found.setdefault(person, key)
    return found
