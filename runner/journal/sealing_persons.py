"""Seal what a record says of a person under that person's key, and open it again. Pure.

A line of the journal is never changed, and neither is the chain over it.  What is personal in it stands there encrypted, so
destroying the key of the person erases it everywhere at once: in the journal, in its exports, in archives and in backups.

A sealed record has, in place of the personal values, one member ``personal``: ``fields`` are the places they were taken
from (JSON Pointer, RFC 6901), ``keys`` the ids of the keys that are all needed, and ``box`` is Base64 of a nonce of 12
bytes and the AES-256-GCM ciphertext of the canonical JSON list of the values.  The associated data is the id of the record
and the places, a line each, so that a box fits its own record alone.  Of one key the box is under the key itself, of
several under HKDF-SHA256 over all of them in the order of ``keys``.
"""

import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from runner.journal.chain import canonical
from runner.journal.records import JSON

MEMBER = "personal"
ERASED = "erased"
UNREADABLE = "not readable with the key of this desk"
KEY_BYTES = 32
NONCE_BYTES = 12
# Members that name a person, or tell of one, wherever they stand; who acted stays, since that is what a journal is for.
_TEXTS = {"comment", "detail", "display_name", "dn", "dn_at_time", "label", "mail", "note", "reason", "ticket", "title"}
_VALUES = {"after", "answers", "arguments", "before", "changed", "changes", "files", "labels", "left", "lines", "plan"}
_PERSONAL = _TEXTS | _VALUES
_PERSON = "desk:directory:users:"
_DOMAIN = b"deskhand journal, several persons"


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A key of 32 bytes and the id it is named by; ``secret`` is empty when it is there and cannot be read."""

    id: str
    secret: bytes = field(repr=False)


def persons_of(body: Mapping[str, JSON]) -> tuple[str, ...]:
    """Return the ids of the persons a record speaks of, its target and its objects; who acted is not among them. Pure."""
    return tuple(dict.fromkeys(_persons(body)))


def hidden(body: Mapping[str, JSON], record_id: str, keys: Sequence[PersonKey], nonce: bytes) -> Mapping[str, JSON]:
    """Return ``body`` with what is personal sealed under all of ``keys``, which may not be empty. Pure.

    ``nonce`` is 12 bytes that were never used with these keys.  A body with nothing personal comes back as it is.  Raises
    `SecretLeakError` when a secret stands in what is personal.
    """
    found: dict[str, JSON] = {}
    rest = _without(body, "", found)
    if not found:
        return body
    ordered = sorted(keys, key=lambda key: key.id)
    clear = canonical(list(found.values())).encode()
    box = AESGCM(_together(ordered)).encrypt(nonce, clear, _bound(record_id, found))
    sealed = {"keys": [key.id for key in ordered], "fields": list(found), "box": b64encode(nonce + box).decode()}
    return {**rest, MEMBER: sealed}


def is_personal(body: Mapping[str, JSON]) -> bool:
    """Say whether anything in a body would be sealed. Pure."""
    found: dict[str, JSON] = {}
    _without(body, "", found)
    return bool(found)


def key_ids(line: str) -> tuple[str, ...]:
    """Return the ids of the keys that a line needs; none, when nothing in it is sealed. Pure."""
    if f'"{MEMBER}"' not in line:
        return ()
    return _sealed(json.loads(line)).keys


def opened(line: str, keys: Mapping[str, PersonKey]) -> dict[str, Any]:
    """Return the body of a line with what is personal in it readable. Pure.

    Where a key is missing from ``keys`` the values read `ERASED`, where one does not fit `UNREADABLE`.
    """
    body: dict[str, Any] = json.loads(line)
    sealed = _sealed(body)
    if not sealed.fields:
        return body
    del body[MEMBER]
    for pointer, value in zip(sealed.fields, _values(body, sealed, keys), strict=True):
        _put(body, pointer, value)
    return body


@dataclass(frozen=True, slots=True)
class _Sealed:
    keys: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    box: bytes = b""


def _sealed(body: Mapping[str, Any]) -> _Sealed:
    found = body.get(MEMBER)
    try:
        return _Sealed(tuple(found["keys"]), tuple(found["fields"]), b64decode(found["box"])) if found else _Sealed()
    except (KeyError, TypeError, binascii.Error):
        return _Sealed()  # no record of ours: it is shown as it stands


def _values(body: Mapping[str, Any], sealed: _Sealed, keys: Mapping[str, PersonKey]) -> Iterable[Any]:
    found = [keys[id_] for id_ in sealed.keys if id_ in keys]
    if len(found) < len(sealed.keys):
        return [_said(pointer, ERASED) for pointer in sealed.fields]
    try:
        nonce, box = sealed.box[:NONCE_BYTES], sealed.box[NONCE_BYTES:]
        clear = AESGCM(_together(found)).decrypt(nonce, box, _bound(str(body.get("id")), sealed.fields))
        values: list[Any] = json.loads(clear)
    except (InvalidTag, ValueError):
        return [_said(pointer, UNREADABLE) for pointer in sealed.fields]
    return values


def _said(pointer: str, word: str) -> Any:
    """Return what stands in place of a value, of the shape that its readers expect."""
    name = pointer.rpartition("/")[2]
    return [{"what": word}] if name in ("changes", "lines") else word


def _persons(body: Mapping[str, JSON]) -> Iterator[str]:
    target = body.get("target")
    if isinstance(target, Mapping) and target.get("kind") == "user" and isinstance(target.get("id"), str):
        yield str(target["id"])
    objects = body.get("objects")
    for one in objects if isinstance(objects, list | tuple) else ():
        on = one.get("on") if isinstance(one, Mapping) else None
        if isinstance(on, str) and on.startswith(_PERSON):
            yield unquote(on.removeprefix(_PERSON))


def _without(value: JSON, pointer: str, found: dict[str, JSON]) -> Any:
    """Return a value without what is personal in it, which goes into ``found`` under its pointer."""
    if isinstance(value, Mapping):
        return dict(_members(value, pointer, found))
    if isinstance(value, list | tuple):
        return [_without(item, f"{pointer}/{number}", found) for number, item in enumerate(value)]
    return value


def _members(value: Mapping[str, JSON], pointer: str, found: dict[str, JSON]) -> Iterator[tuple[str, Any]]:
    permitted = value.get("effect") == "permit"  # such a reason names rows of the policy, not the person
    for key, item in value.items():
        place = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        if key == "actor" and not pointer:
            yield key, item
        elif key in _PERSONAL and not (permitted and key == "reason"):
            if item is None or item == "" or item == [] or item == () or item == {}:
                yield key, item
            else:
                found[place] = item
        else:
            yield key, _without(item, place, found)


def _put(body: Any, pointer: str, value: Any) -> None:
    *way, last = (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
    for part in way:
        body = body[int(part)] if isinstance(body, list) else body[part]
    body[last] = value


def _bound(record_id: str, fields: Iterable[str]) -> bytes:
    return "\n".join([record_id, *fields]).encode()


def _together(keys: Sequence[PersonKey]) -> bytes:
    if len(keys) == 1:
        return keys[0].secret
    secrets = b"".join(key.secret for key in keys)
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_DOMAIN).derive(secrets)
