"""Answer questions: candidates by the server's indexes, then exact comparison here, then order and limit. Reads only.

First only what is needed to sort and to compare typed words is fetched; whole entries are read for those that will be shown.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import islice

from connectors.errors import RejectedError
from connectors.folding import fold, key, words
from connectors.ldap import filters
from connectors.ldap.conditions import Conditions, Known, named, places
from connectors.ldap.decoding import attributes_of, stable_id, wanted
from connectors.ldap.filters import Bounds
from connectors.ldap.ids import id_filter
from connectors.ldap.knowing import Knowing
from connectors.ldap.layout import Layout
from connectors.ldap.reading import Reader
from connectors.ldap.requests import Row, Search
from connectors.matching import matches
from connectors.spi import Entry, Filter, InGroup, Page, Question, Ref, Value
from connectors.verbs import ATTRIBUTES

_MOST = 1_000
_SORTED = 1_000  # candidates that are put in order; beyond, the first that the server gives
_EXAMINED = 20_000  # candidates that are looked at for one answer
_BATCH = 100
_LABEL = {"user": "display_name", "contact": "display_name"}
_SEARCHED = {
    "user": ("display_name", "login", "mail", "addresses", "upn", "first_name", "last_name", "employee_id"),
    "group": ("name", "display_name"),
    "ou": ("name",),
    "computer": ("name",),
    "contact": ("display_name", "mail"),
}
_UNSORTABLE = frozenset({"dn", "has_photo", "is_manager"})
Proposals = Callable[[str, Sequence[str], Sequence[str]], tuple[tuple[str, ...], bool]]


@dataclass(frozen=True, slots=True)
class Asking:
    """A question, translated: where to look, what for, and what its typed words are looked for in."""

    kind: str
    filter: Filter
    bounds: Bounds
    bases: tuple[str, ...]
    words: tuple[str, ...]
    searched: tuple[str, ...]
    is_cut: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether the server's filter alone decides what matches; the place is decided by where it looks."""
        return self.bounds.upper == self.bounds.lower


@dataclass(frozen=True, slots=True)
class Querying:
    """Answers with one reader. ``proposals`` gives ids of entries that hold folded words the server would not find."""

    reader: Reader
    proposals: Proposals

    @property
    def layout(self) -> Layout:
        """The layout of the directory."""
        return self.reader.layout

    def page(self, question: Question) -> Page:
        """Answer a question; raises `RejectedError` for a kind, attribute or comparison that does not exist."""
        limit = max(0, min(question.limit, _MOST))
        order = _Order.of(question)
        asking = self._asking(question)
        if asking is None:
            return Page(())
        candidates, is_cut = self._candidates(asking, order)
        entries = list(islice(self._matching(asking, candidates, limit + 1), limit + 1))
        return Page(tuple(entries[:limit]), more=len(entries) > limit or is_cut or asking.is_cut)

    def scan(self, kind: str, filter_: Filter) -> Iterator[Entry]:
        """Yield every object of a kind that matches, in the server's order."""
        asking = self._asking(Question(kind, filter_))
        if asking is None:
            return
        seen: set[str] = set()
        for base in asking.bases:
            rows = self.reader.serving.rows(self.reader.search(kind, asking.bounds.upper, base))
            for batch in _batches(rows):
                for found in self.reader.found(kind, batch):
                    if found.entry.ref.id not in seen and matches(filter_, found.entry):
                        seen.add(found.entry.ref.id)
                        yield found.entry

    # --- what to ask ------------------------------------------------------------------------------------------------

    def _asking(self, question: Question) -> Asking | None:
        """Return the question as the server takes it, None when nothing can match."""
        kind = question.kind
        self.layout.kind(kind)
        typed = question.text.replace("\x00", " ")
        searched = _searched(kind, question.search) if words(typed) else ()
        bounds = Conditions(kind, self.layout, known(self.reader.knowing, question.filter), self.reader.now).bounds(
            question.filter
        )
        found, is_cut = places(question.filter), False
        bases = (self.layout.base,) if found is None else tuple(self._bases(found))
        if words(typed):
            holding, is_cut = self._holding(kind, typed, searched)
            bounds = filters.both((bounds, Bounds(holding)))
        if bounds.upper == filters.NONE or not bases:
            return None
        return Asking(kind, question.filter, bounds, bases, words(typed), searched, is_cut)

    def _bases(self, found: Iterable[tuple[str, ...]]) -> Iterator[str]:
        base = self.layout.base_place
        for place in found:
            if place[: len(base)] == base:
                yield ",".join(reversed(place))
            elif base[: len(place)] == place:
                yield self.layout.base

    def _holding(self, kind: str, typed: str, searched: Sequence[str]) -> tuple[str, bool]:
        """Return the filter for entries that hold all typed words or are proposed for them, and whether some are missing."""
        looks, id_name = self.layout.kind(kind), self.layout.dialect.id
        each = []
        for word in typed.split():
            names = [name for neutral in searched for name in self.layout.attributes_for(kind, neutral)]
            names += [looks.addresses, "mail"] if "addresses" in searched else []
            each.append(filters.any_of(filters.like(name, word, start=False, end=False) for name in names if name))
        ids, is_cut = self.proposals(kind, words(typed), searched)
        proposed = (id_filter(id_name, id_) for id_ in ids)
        return filters.any_of((filters.all_of(each), *(one for one in proposed if one))), is_cut

    # --- candidates -------------------------------------------------------------------------------------------------

    def _candidates(self, asking: Asking, order: "_Order") -> tuple[Iterator[str], bool]:
        """Return ids of candidates in the order of the answer, and whether there are more than were looked at."""
        most = _SORTED if asking.is_exact else _EXAMINED
        rows = list(islice(self._light_rows(asking, order), most + 1))
        decoded = (attributes_of(self.layout, asking.kind, row, self.reader.now) for row in rows[:most] if row)
        held = [attributes for attributes in decoded if _holds(asking, attributes)]
        held.sort(key=order.position, reverse=order.descending)
        return (str(attributes["id"]) for attributes in held), None in rows or len(rows) > most

    def _light_rows(self, asking: Asking, order: "_Order") -> Iterator[Row | None]:
        dialect, seen = self.layout.dialect, set[str]()
        heavy = {dialect.member_of, dialect.reports} | ({dialect.member} if order.neutral != "member_count" else set())
        names = tuple(name for name in wanted(self.layout, asking.kind) if name not in heavy)
        matching = filters.all_of((self.layout.kind(asking.kind).filter, asking.bounds.upper))
        for base in asking.bases:
            for row in self.reader.serving.some(Search(base, matching, names)):
                if row is None:
                    yield None
                elif row.dn not in seen and stable_id(self.layout, row) is not None:
                    seen.add(row.dn)
                    yield row

    def _matching(self, asking: Asking, ids: Iterator[str], enough: int) -> Iterator[Entry]:
        size = max(1, min(_BATCH, enough))
        while batch := list(islice(ids, size)):
            found = self.reader.by_ids(asking.kind, batch)
            for entry in (found[id_].entry for id_ in batch if id_ in found):
                if matches(asking.filter, entry) and _holds(asking, entry.attributes):
                    yield entry


def _holds(asking: Asking, attributes: Mapping[str, Value]) -> bool:
    """Say whether every typed word stands in one of the attributes, ignoring case and accents."""
    if not asking.words:
        return True
    texts = [fold(one) for name in asking.searched for one in _texts(attributes.get(name))]
    return all(any(word in held for held in texts) for word in asking.words)


def _texts(value: Value) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, tuple) else ()


@dataclass(frozen=True, slots=True)
class _Order:
    """How an answer is sorted; objects without a value stand before all others."""

    neutral: str
    descending: bool

    @classmethod
    def of(cls, question: Question) -> "_Order":
        neutral, descending = question.sorting
        neutral = neutral or _LABEL.get(question.kind, "name")
        found = ATTRIBUTES.get(question.kind, {}).get(neutral)
        if found is None or found.type.startswith("list:") or neutral in _UNSORTABLE:
            raise RejectedError(f"A {question.kind} cannot be sorted by “{neutral[:100]}”.")
        return cls(neutral, descending)

    def position(self, attributes: Mapping[str, Value]) -> tuple[bool, object, str]:
        value = _comparable(attributes.get(self.neutral))
        return (value is not None, 0 if value is None else value, str(attributes["id"]))


def _comparable(value: Value) -> object:
    if isinstance(value, str):
        return key(value)
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC).timestamp()
    return value if isinstance(value, bool | Decimal | int) else None


def _searched(kind: str, attributes: Sequence[str]) -> tuple[str, ...]:
    chosen = tuple(attributes) or _SEARCHED[kind]
    for name in chosen:
        known_ = ATTRIBUTES[kind].get(name)
        if known_ is None or known_.type not in ("text", "list:text"):
            raise RejectedError(f"A {kind} cannot be searched by “{name[:100]}”.")
    return chosen


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def known(knowing: Knowing, filter_: Filter) -> Known:
    """Look up the objects and groups that a filter names."""
    given = list(named(filter_))
    refs = [one for one in given if isinstance(one, Ref)]
    groups = {(one.group, one.nested) for one in given if isinstance(one, InGroup)}
    groups |= {(ref.id, False) for ref in refs if ref.kind == "group"}
    circles = {
        (group, nested): circle
        for group, nested in sorted(groups)
        if (circle := knowing.circle(group, nested=nested)) is not None
    }
    return Known(knowing.dns_of(ref for ref in refs if ref.kind != "group"), circles)
