"""What a backup says of itself: its parts with their sums, the store it is of, and where the journal stood. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeAlias, get_args

from runner.errors import SetUpError

FORMAT = "deskhand-backup/1"
MANIFEST = "manifest.json"
DESK, STORE = "desk/", "store/"
StoreKind: TypeAlias = Literal["sqlite", "postgresql"]
MOST_BYTES = 16 * 1024 * 1024
"""How large a manifest may be."""
_NAME = re.compile(r"(?:desk|store)(?:/(?!\.{1,2}(?:/|$))[^/\\\x00-\x1f]+)+")
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup: its name in it, its length in bytes, and its SHA-256 in hexadecimal."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A backup as it was made: ``made_at`` is the time in UTC, ``release`` that of Deskhand, ``schema`` that of its tables.

    ``journal_seq`` and ``journal_hash`` are where the journal stood, as far as it was good; ``journal_fault`` says what was
    wrong with it, empty when nothing was.  ``missing`` names what belongs to the desk and is not in the backup.
    """

    made_at: str
    release: str
    store: StoreKind
    schema: int
    journal_seq: int
    journal_hash: str
    journal_fault: str
    missing: tuple[str, ...]
    parts: tuple[Part, ...]
    format: str = FORMAT

    @property
    def store_part(self) -> Part:
        """The copy of the store."""
        return next(part for part in self.parts if part.name.startswith(STORE))

    def part(self, name: str) -> Part | None:
        """Return a part by its name, None when there is none."""
        return next((part for part in self.parts if part.name == name), None)


def written(manifest: Manifest) -> bytes:
    """Return a manifest as it stands in a backup."""
    return (json.dumps(asdict(manifest), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def read_manifest(content: bytes) -> Manifest:
    """Read a manifest; raises `SetUpError` when it is none, or of a format that this release does not know."""
    try:
        given = json.loads(content)
        form = given["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SetUpError("it is no backup of Deskhand: its manifest cannot be read") from None
    if form != FORMAT:
        raise SetUpError(
            f"it is a backup of format {form!r}, and this release knows {FORMAT}. Install a newer release."
        )
    try:
        return _manifest(given)
    except (KeyError, TypeError, ValueError):
        raise SetUpError("its manifest is damaged") from None


def _manifest(given: Mapping[str, Any]) -> Manifest:
    parts = tuple(Part(one["name"], one["bytes"], one["sha256"]) for one in given["parts"])
    names = [part.name for part in parts]
    are_sound = all(_is_sound(part) for part in parts) and len(set(names)) == len(names)
    known = {field.name: given[field.name] for field in fields(Manifest)}
    found = Manifest(**{**known, "parts": parts, "missing": tuple(map(str, given["missing"]))})
    numbers, texts = (found.schema, found.journal_seq), (found.made_at, found.release, found.journal_fault)
    is_typed = all(type(one) is int for one in numbers) and all(type(one) is str for one in texts)
    is_whole = found.store in get_args(StoreKind) and sum(name.startswith(STORE) for name in names) == 1
    if not (are_sound and is_typed and is_whole and _SHA256.fullmatch(found.journal_hash)):
        raise ValueError
    return found


def _is_sound(part: Part) -> bool:
    return bool(_NAME.fullmatch(part.name) and type(part.bytes) is int and _SHA256.fullmatch(part.sha256))
