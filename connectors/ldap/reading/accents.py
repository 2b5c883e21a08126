"""Propose entries for words typed without their accents: ``muller`` for Müller. Reads in a thread of its own.

Servers compare accents in ways of their own, OpenLDAP not at all.  So the few entries whose names hold letters beyond ASCII
are kept in memory, folded.  They are only proposed: what is shown is read from the server and compared again, so that a
proposal that is out of date costs a look and shows nothing.
"""

from bisect import bisect_right
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from operator import itemgetter
from threading import Event, Lock, Thread, current_thread

from connectors.errors import ConnectorError
from connectors.folding import fold
from connectors.ldap import filters
from connectors.ldap.layout import Layout
from connectors.ldap.reading.decoding import stable_id, text
from connectors.ldap.reading.serving import Serving
from connectors.ldap.reading.state_filters import changed_since
from connectors.ldap.requests import Row, Search
from connectors.verbs import ATTRIBUTES

_PATIENCE = 1.0  # seconds that a question waits for entries that are being read
_FRESH = timedelta(seconds=60)
_SLACK = timedelta(minutes=5)  # clocks of servers differ
_MOST = 60
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class _Index:
    """Folded texts behind each other, where each begins, and whose it is: one search in a long text is quick."""

    joined: str
    starts: Sequence[int]
    ids: Sequence[str]

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "_Index":
        starts = [0, *accumulate(len(text) + 1 for text in texts.values())]
        return cls("\0".join(texts.values()), starts, tuple(texts))

    def holding(self, words: Sequence[str], most: int) -> list[str]:
        """Return ids of up to ``most`` entries that hold all words, first those with names that begin with them."""
        longest, found, at = max(words, key=len), list[tuple[bool, str]](), 0
        while len(found) < most and (at := self.joined.find(longest, at)) >= 0:
            position = bisect_right(self.starts, at) - 1
            at = self.starts[position + 1]
            texts = self.joined[self.starts[position] : at - 1]
            if all(word in texts for word in words):
                found.append((not all(_begins(word, texts) for word in words), self.ids[position]))
        return [id_ for _, id_ in sorted(found, key=itemgetter(0))]


@dataclass(slots=True)
class _Kind:
    """What is kept of one kind: folded texts by id, and since when."""

    texts: dict[str, str] = field(default_factory=dict)
    index: _Index = field(default_factory=lambda: _Index("", (0,), ()))
    read_at: datetime | None = None
    is_stale: bool = False
    is_awaited: bool = False
    ready: Event | None = None


@dataclass(slots=True)
class Accents:
    """Keeps the folded names of one directory; ``now`` is its clock. Thread-safe."""

    serving: Serving
    layout: Layout
    now: Callable[[], datetime]
    patience_seconds: float = _PATIENCE
    _kinds: dict[str, _Kind] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _ended: Event = field(default_factory=Event)
    _threads: set[Thread] = field(default_factory=set)

    def close(self) -> None:
        """End what is being read and wait a moment for it; the next question reads anew."""
        with self._lock:
            self._ended.set()
            self._ended, threads = Event(), list(self._threads)
        for thread in threads:
            thread.join(self.patience_seconds)

    def proposals(self, kind: str, words: Sequence[str], _searched: Sequence[str]) -> tuple[tuple[str, ...], bool]:
        """Return ids of entries that may hold all of these folded words, and whether there are more than were taken.

        Waits a moment for what is being read; what has not been read by then is not proposed this time.
        """
        kept, ready = self._refreshed(kind)
        if ready is not None:
            ready.wait(self.patience_seconds)
        found = kept.index.holding(words, _LOOKED_AT)
        return tuple(found[:_MOST]), len(found) > _MOST

    def outdated(self) -> None:
        """Say that something was changed: the next question looks what."""
        with self._lock:
            for kept in self._kinds.values():
                kept.is_stale = True

    # --- reading ----------------------------------------------------------------------------------------------------

    def _refreshed(self, kind: str) -> tuple[_Kind, Event | None]:
        """Return what is kept, and what to wait for while it is being read; begins to read when it is out of date.

        Nobody waits for what is only read again because a while has passed.
        """
        with self._lock:
            kept = self._kinds.setdefault(kind, _Kind())
            now = self.now()
            is_old = kept.read_at is None or kept.is_stale or not kept.read_at <= now <= kept.read_at + _FRESH
            if kept.ready is None and is_old:
                kept.is_awaited = kept.read_at is None or kept.is_stale
                kept.ready, kept.is_stale = Event(), False
                reading = (kind, kept, kept.ready, now, self._ended)
                thread = Thread(target=self._read, args=reading, name="accents", daemon=True)
                self._threads.add(thread)
                thread.start()
            return kept, kept.ready if kept.is_awaited else None

    def _read(self, kind: str, kept: _Kind, ready: Event, now: datetime, ended: Event) -> None:
        try:
            before = dict(kept.texts)
            with closing(self._rows(kind, kept.read_at)) as rows:
                for row in rows:
                    if ended.is_set():
                        kept.is_stale = True
                        return
                    self._keep(kind, kept, row)
            if kept.texts != before:
                kept.index = _Index.of(kept.texts)
            kept.read_at = now
        except ConnectorError:
            kept.is_stale = True  # said to whoever asks the directory itself; the next question tries again
        finally:
            with self._lock:
                kept.ready = None
                self._threads.discard(current_thread())
            ready.set()

    def _rows(self, kind: str, since: datetime | None) -> Generator[Row]:
        matching = self.layout.kind(kind).filter
        if since is not None:
            matching = filters.all_of((matching, changed_since(self.layout, since - _SLACK)))
        names = (self.layout.dialect.id, *self._attributes(kind))
        for row in self.serving.some(Search(self.layout.base, matching, names)):
            if row is None:
                return
            yield row

    def _attributes(self, kind: str) -> tuple[str, ...]:
        texts = (name for name, known in ATTRIBUTES[kind].items() if known.type == "text" and name not in ("id", "dn"))
        return tuple(dict.fromkeys(one for name in texts for one in self.layout.attributes_for(kind, name)))

    def _keep(self, kind: str, kept: _Kind, row: Row) -> None:
        id_ = stable_id(self.layout, row)
        if id_ is None:
            return
        octets = [one for name in self._attributes(kind) for one in row.values.get(name.lower(), ())]
        if all(one.isascii() for one in octets):
            kept.texts.pop(id_, None)
        else:
            kept.texts[id_] = "\n".join(fold(value) for one in octets if (value := text(one)))


def _begins(word: str, texts: str) -> bool:
    """Say whether something in these texts begins with a word."""
    return texts.startswith(word) or f" {word}" in texts or f"\n{word}" in texts
