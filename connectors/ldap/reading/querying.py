"""Answer questions: candidates by the server's indexes, then exact comparison here, then order and limit. Reads only.

First only what is needed to sort and to compare typed words is fetched; whole entries are read for those that will be shown.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from connectors.errors import RejectedError
from connectors.folding import fold, words
from connectors.ldap import filters
from connectors.ldap.filters import Bounds
from connectors.ldap.ids import id_filter
from connectors.ldap.layout import Layout
from connectors.ldap.reading.conditions import Conditions, places
from connectors.ldap.reading.decoding import attributes_of, sources, texts_of, wanted
from connectors.ldap.reading.knowing import known
from connectors.ldap.reading.ordering import Order
from connectors.ldap.reading.primaries import counted
from connectors.ldap.reading.reader import Reader
from connectors.ldap.requests import Row, Search
from connectors.matching import matches
from connectors.spi import AllOf, AnyOf, Compare, Entry, Filter, Ids, Page, Question, Value
from connectors.verbs import ATTRIBUTES

_MOST = 1_000
_SORTED = 1_000  # candidates that are put in order; beyond, the first that the server gives
_SORTED_TYPED = 60  # the same for typed words: who types on sees fewer
_EXAMINED = 20_000  # candidates that are looked at for one answer
_INDEXED_START = 2  # letters from which on servers find what begins with a word by an index
_INDEXED_INSIDE = 4  # the same for what holds a word anywhere
_BATCH = 100
_ALTERNATIVES = 10
_PAGE = 500
_SEARCHED = {
    "user": ("display_name", "login", "mail", "addresses", "upn", "first_name", "last_name", "employee_id"),
    "group": ("name", "display_name"),
    "ou": ("name",),
    "computer": ("name",),
    "contact": ("display_name", "mail"),
}
_NAMING = frozenset({"id", "login", "upn", "mail", "employee_id"})
Proposals = Callable[[str, Sequence[str], Sequence[str]], tuple[tuple[str, ...], bool]]


@dataclass(frozen=True, slots=True)
class Asking:
    """A question, translated: where to look, what for, and what its typed words are looked for in.

    ``proposed`` are filters for entries that may hold the words, ``holding`` those that find such entries, cheap ones first:
    the last finds all that the server can find.
    """

    kind: str
    filter: Filter
    bounds: Bounds
    bases: tuple[str, ...]
    words: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()
    holding: tuple[str, ...] = (filters.ALL,)
    is_cut: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether the server's filter alone decides what matches; the place is decided by where it looks."""
        return not self.words and self.bounds.upper == self.bounds.lower


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
        order = Order.of(question)
        asking = self._asking(question)
        if asking is None:
            return Page(())
        if (few := self._few(asking)) is not None:
            few.sort(key=lambda entry: order.position(entry.attributes), reverse=order.descending)
            return Page(tuple(few[:limit]), more=len(few) > limit)
        candidates, is_cut = self._candidates(asking, order, limit)
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
        bounds = Conditions(kind, self.layout, known(self.reader.everywhere, question.filter), self.reader.now).bounds(
            question.filter
        )
        found = places(question.filter)
        bases = (self.layout.base,) if found is None else tuple(self._bases(found))
        if bounds.upper == filters.NONE or not bases:
            return None
        asking = Asking(kind, question.filter, bounds, bases)
        return self._with_words(asking, typed, searched) if words(typed) else asking

    def _bases(self, found: Iterable[tuple[str, ...]]) -> Iterator[str]:
        base = self.layout.base_place
        for place in found:
            if place[: len(base)] == base:
                yield ",".join(reversed(place))
            elif base[: len(place)] == place:
                yield self.layout.base

    def _with_words(self, asking: Asking, typed: str, searched: Sequence[str]) -> Asking:
        """Return the question with typed words: first those that begin with them, then all that hold them."""
        looks, each = self.layout.kind(asking.kind), typed.split()
        names = [name for neutral in searched for name in self.layout.attributes_for(asking.kind, neutral)]
        names += [looks.addresses, "mail"] if "addresses" in searched else []
        names = [name for name in dict.fromkeys(names) if name]

        def holding(*, start: bool) -> str:
            words_ = (
                filters.any_of(filters.like(name, word, start=start, end=False) for name in names) for word in each
            )
            return filters.all_of(words_)

        is_quick = all(len(word) >= _INDEXED_START for word in each)
        ids, is_cut = self.proposals(asking.kind, words(typed), searched)
        proposed = [one for id_ in ids if (one := id_filter(self.layout.dialect.id, id_))]
        return replace(
            asking,
            words=words(typed),
            searched=tuple(searched),
            proposed=tuple(filters.any_of(proposed[at : at + _BATCH]) for at in range(0, len(proposed), _BATCH)),
            holding=(*((holding(start=True),) if is_quick else ()), holding(start=False)),
            is_cut=is_cut,
        )

    def _few(self, asking: Asking) -> list[Entry] | None:
        """Return whatever matches a question that names a few objects, unsorted; None for all other questions."""
        if asking.words or not _names_few(asking.filter):
            return None
        rows = list(islice(self._rows(asking, wanted(self.layout, asking.kind), filters.ALL, _BATCH), _BATCH + 1))
        if len(rows) > _BATCH or None in rows:
            return None
        unique = {row.dn: row for row in rows if row is not None}
        found = self.reader.found(asking.kind, list(unique.values()))
        return [one.entry for one in found if matches(asking.filter, one.entry)]

    # --- candidates -------------------------------------------------------------------------------------------------

    def _candidates(self, asking: Asking, order: Order, limit: int) -> tuple[Iterator[str], bool]:
        """Return ids of candidates in the order of the answer, and whether there are more than were looked at.

        When words of few letters already have more than enough candidates, it is not gone through everybody for the rest.
        """
        light = _Light.of(self.reader, asking, order)
        held: dict[str, Mapping[str, Value]] = {}
        for proposed in asking.proposed:
            held |= dict(self._held(asking, light, proposed, _BATCH)[0])
        most, is_cut = max(_SORTED_TYPED, limit + 1) if asking.words else _SORTED, False
        is_slow = any(len(word) < _INDEXED_INSIDE for word in asking.words)
        for position, holding in enumerate(asking.holding):
            found, is_cut = self._held(asking, light, holding, most)
            held |= found
            is_cut = is_cut or (is_slow and position + 1 < len(asking.holding) and len(held) >= most)
            if is_cut:
                break
        ordered = sorted(held.values(), key=order.position, reverse=order.descending)
        return (str(attributes["id"]) for attributes in ordered), is_cut

    def _held(
        self, asking: Asking, light: "_Light", holding: str, most: int
    ) -> tuple[Mapping[str, Mapping[str, Value]], bool]:
        """Return by id what the server finds and the typed words stand in, up to ``most``, and whether there is more."""
        held: dict[str, Mapping[str, Value]] = {}
        rows = self._rows(asking, light.names, holding, most)
        for examined, row in enumerate(rows):
            if row is None or examined >= (most if asking.is_exact else _EXAMINED):
                return held, True
            attributes = light.attributes(row)
            id_ = attributes["id"]
            if isinstance(id_, str) and id_ not in held and _holds(asking, attributes):
                if len(held) >= most and asking.words:
                    return held, True
                held[id_] = attributes
        return held, False

    def _rows(self, asking: Asking, names: tuple[str, ...], holding: str, most: int) -> Iterator[Row | None]:
        matching = filters.all_of((self.layout.kind(asking.kind).filter, asking.bounds.upper, holding))
        for base in asking.bases if matching != filters.NONE else ():
            yield from self.reader.serving.some(Search(base, matching, names, page=min(_PAGE, most + 1)))

    def _matching(self, asking: Asking, ids: Iterator[str], enough: int) -> Iterator[Entry]:
        size = max(1, min(_BATCH, enough))
        while batch := list(islice(ids, size)):
            found = self.reader.by_ids(asking.kind, batch)
            for entry in (found[id_].entry for id_ in batch if id_ in found):
                if matches(asking.filter, entry) and _holds(asking, entry.attributes):
                    yield entry


@dataclass(frozen=True, slots=True)
class _Light:
    """What is read of a candidate: ``names`` of attributes; only the texts ``neutral`` where these are enough."""

    layout: Layout
    kind: str
    now: datetime
    names: tuple[str, ...]
    neutral: tuple[str, ...] = ()
    primaries: frozenset[int] = frozenset()

    @classmethod
    def of(cls, reader: Reader, asking: Asking, order: Order) -> "_Light":
        layout, now = reader.layout, reader.now
        neutral = tuple(dict.fromkeys((order.neutral, *asking.searched)))
        if (names := sources(layout, asking.kind, neutral)) is not None:
            return cls(layout, asking.kind, now, names, neutral)
        dialect = layout.dialect
        heavy = {dialect.member_of, dialect.reports} | ({dialect.member} if order.neutral != "member_count" else set())
        names = tuple(name for name in wanted(layout, asking.kind) if name not in heavy)
        return cls(layout, asking.kind, now, names, primaries=reader.primaries(asking.kind))

    def attributes(self, row: Row) -> Mapping[str, Value]:
        """Return the neutral attributes that were read, the id among them."""
        if self.neutral:
            return texts_of(self.layout, self.kind, row, self.neutral)
        return counted(attributes_of(self.layout, self.kind, row, self.now), row, self.primaries)


def _holds(asking: Asking, attributes: Mapping[str, Value]) -> bool:
    """Say whether every typed word stands in one of the attributes, ignoring case and accents."""
    if not asking.words:
        return True
    held = fold("\n".join(one for name in asking.searched for one in _texts(attributes.get(name))))
    return all(word in held for word in asking.words)


def _texts(value: Value) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, tuple) else ()


def _searched(kind: str, attributes: Sequence[str]) -> tuple[str, ...]:
    chosen = tuple(attributes) or _SEARCHED[kind]
    for name in chosen:
        known_ = ATTRIBUTES[kind].get(name)
        if known_ is None or known_.type not in ("text", "list:text"):
            raise RejectedError(f"A {kind} cannot be searched by “{name[:100]}”.")
    return chosen


def _names_few(filter_: Filter) -> bool:
    """Say whether a filter can only match a few objects: those with certain ids, or one that has a name of its own."""
    match filter_:
        case Ids(ids):
            return len(ids) <= _BATCH
        case Compare(attribute=attribute, op="=="):
            return attribute in _NAMING
        case AllOf(parts):
            return any(_names_few(part) for part in parts)
        case AnyOf(parts):
            return len(parts) <= _ALTERNATIVES and all(_names_few(part) for part in parts)
    return False


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch
