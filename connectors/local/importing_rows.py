"""Read a whole file into drafts and settle among them what is given twice and what points at what. Reads a stream."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import BinaryIO, Literal

from connectors.directory import names
from connectors.directory.values import FormatError
from connectors.errors import RejectedError
from connectors.folding import key
from connectors.local.csv_rows import read_csv
from connectors.local.existing import UNIQUE_NAMES
from connectors.local.importing_drafts import Draft, Refusal, Skipped
from connectors.local.ldif import read_ldif
from connectors.local.translating import Notes, translate

Format = Literal["ldif", "csv"]
Progress = Callable[[str, int], None]
_EVERY = 2_000
_POINTED_AT_BY_NOBODY = frozenset({"id", "address"})


@dataclass(slots=True)
class Rows:
    """What stands in a file. ``claims`` maps a sort of name (``dn``, ``user.login`` …) to name → line."""

    drafts: list[Draft] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    notes: Notes = field(default_factory=Notes)
    claims: dict[str, dict[str, int]] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)

    def take(self, draft: Draft) -> None:
        """Add a draft, or refuse it when one before it has the same id, place, name or address."""
        if draft.cn and _dn_key(draft.dn) in self.claims.get("dn", {}):
            draft = with_login_in_dn(draft)
        names_ = tuple(_claims(draft))
        for what, name in names_:
            if other := self.claims.get(what, {}).get(name):
                reason = f"its {what.split('.')[-1]} is the same as that of line {other}"
                self.refused.append(Refusal(draft.line, f"{reason}; lines {other} and {draft.line} clash"))
                return
        for what, name in names_:
            self.claims.setdefault(what, {})[name] = draft.line
        self.kinds[draft.line] = draft.kind
        self.drafts.append(draft)


def gather(
    stream: BinaryIO, *, format: Format, ou: str, mapping: Mapping[str, str], zone: tzinfo, progress: Progress
) -> Rows:
    """Read the whole stream. Raises `connectors.local.importing_drafts.FileError` when it cannot be read at all."""
    rows = Rows()
    found = _ldif(stream, ou, zone, rows.notes) if format == "ldif" else read_csv(
        stream, ou=ou, mapping=mapping, ignored=rows.notes.ignored
    )  # fmt: skip
    for count, item in enumerate(found, 1):
        if isinstance(item, Draft):
            rows.take(item)
        elif isinstance(item, Refusal):
            rows.refused.append(item)
        else:
            rows.skipped[item.what] += 1
        if count % _EVERY == 0:
            progress("reading", count)
    rows.claims = {what: names_ for what, names_ in rows.claims.items() if what not in _POINTED_AT_BY_NOBODY}
    return rows


def _ldif(stream: BinaryIO, ou: str, zone: tzinfo, notes: Notes) -> Iterator[Draft | Refusal | Skipped]:
    within = names.place(names.parse(ou)) if ou else ()
    for entry in read_ldif(stream):
        if isinstance(entry, Refusal):
            yield entry
        elif within and not _is_within(entry.dn, within):
            yield Skipped(entry.line, "outside the unit")
        else:
            try:
                yield translate(entry, zone, notes)
            except FormatError as error:
                yield Refusal(entry.line, str(error))


def _is_within(dn: str, within: tuple[str, ...]) -> bool:
    try:
        return names.place(names.parse(dn))[: len(within)] == within
    except RejectedError:
        return True


def with_login_in_dn(draft: Draft) -> Draft:
    """Return a draft whose name in its unit tells it from a namesake. Pure."""
    unit = draft.dn.removeprefix(names.common_name(draft.cn).text)
    cn = f"{draft.cn} ({draft.attributes['login']})"
    return replace(draft, cn=cn, dn=names.common_name(cn).text + unit)


def _dn_key(dn: str) -> str:
    return dn.casefold()


def _claims(draft: Draft) -> Iterator[tuple[str, str]]:
    """Yield every name only one object may have."""
    if draft.id:
        yield "id", draft.id
    yield "dn", _dn_key(draft.dn)
    for name in UNIQUE_NAMES.get(draft.kind, ()):
        if text := _text(draft.attributes.get(name)):
            yield f"{draft.kind}.{name}", text
    for address in addresses_of(draft.attributes):
        yield "address", key(address)


def _text(value: object) -> str:
    return key(value.strip()) if isinstance(value, str) else ""


def addresses_of(attributes: Mapping[str, object]) -> tuple[str, ...]:
    """Return all mail addresses of a draft, the primary one first; empty when the file names none. Pure."""
    given = attributes.get("addresses") or ()
    texts = (attributes.get("mail"), *(given if isinstance(given, tuple) else ()))
    return tuple({key(text.strip()): text.strip() for text in texts if isinstance(text, str) and text.strip()}.values())


class References:
    """Finds what a text of the file points at: among its own objects first, then in the directory."""

    def __init__(
        self, rows: Rows, ids: Mapping[int, str], elsewhere: Callable[[str, Sequence[str]], str | None]
    ) -> None:
        """``ids`` maps the line of a draft to its id; ``elsewhere`` looks in the directory."""
        self._claims, self._kinds, self._ids, self._elsewhere = rows.claims, rows.kinds, ids, elsewhere
        self._places: dict[tuple[str, ...], int] | None = None

    def find(self, text: str, kinds: Sequence[str]) -> str | None:
        """Return the id of the object of one of these kinds that the text names, or None."""
        line = self._line(text, kinds)
        if line is not None:
            return self._ids.get(line) if self._kinds[line] in kinds else None
        return self._elsewhere(text, kinds)

    def _line(self, text: str, kinds: Sequence[str]) -> int | None:
        if found := self._claims.get("dn", {}).get(_dn_key(text)):
            return found
        if "=" in text:
            return self._at(text)
        named = (f"{kind}.{name}" for kind in kinds for name in UNIQUE_NAMES.get(kind, ()))
        return next((found for what in named if (found := self._claims.get(what, {}).get(key(text)))), None)

    def _at(self, dn: str) -> int | None:
        if self._places is None:
            lines = self._claims.get("dn", {}).items()
            self._places = {place: line for text, line in lines if (place := place_or_none(text))}
        place = place_or_none(dn)
        return self._places.get(place) if place else None


def place_or_none(dn: str) -> tuple[str, ...] | None:
    """Return the normalised place of a DN, None when it is no DN. Pure."""
    try:
        return names.place(names.parse(dn))
    except RejectedError:
        return None
