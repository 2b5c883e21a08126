"""A connector around another one: it notes every change that is asked for, and can be made to fail."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Lock

from connectors.spi import (
    Connector,
    Entry,
    File,
    Filter,
    Guard,
    Health,
    KeepsPhotos,
    Operation,
    Outcome,
    Page,
    Preparation,
    Question,
    Ref,
    Secret,
    Verb,
)

Hook = Callable[[Operation], None]


class RecordingConnector:
    """Forwards everything. ``performed`` holds the operations that were asked for, ``changed`` those that took effect.

    ``before`` and ``after`` are called around each change, ``reading`` before each read; what they raise is raised.
    """

    def __init__(self, inner: Connector) -> None:
        self.inner = inner
        self.performed: list[tuple[Operation, tuple[Guard, ...]]] = []
        self.changed: list[Operation] = []
        self.questions: list[Question] = []
        self.before: Hook | None = None
        self.after: Hook | None = None
        self.reading: Callable[[], None] | None = None
        self.preparing: Hook | None = None
        self._lock = Lock()

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def kinds(self) -> tuple[str, ...]:
        return self.inner.kinds

    @property
    def verbs_performed(self) -> list[str]:
        return [operation.verb for operation, _ in self.performed]

    def photo(self, person: Ref) -> File | None:
        return self.inner.photo(person) if isinstance(self.inner, KeepsPhotos) else None

    def verbs(self) -> Mapping[str, Verb]:
        return self.inner.verbs()

    def read(self, question: Question) -> Page:
        if self.reading is not None:
            self.reading()
        self.questions.append(question)
        return self.inner.read(question)

    def scan(self, kind: str, filter: Filter) -> Iterator[Entry]:
        if self.reading is not None:
            self.reading()
        return self.inner.scan(kind, filter)

    def prepare(self, operation: Operation) -> Preparation:
        if self.preparing is not None:
            self.preparing(operation)
        return self.inner.prepare(operation)

    def perform(self, operation: Operation, guards: Sequence[Guard], secrets: Mapping[str, Secret]) -> Outcome:
        with self._lock:
            self.performed.append((operation, tuple(guards)))
        if self.before is not None:
            self.before(operation)
        outcome = self.inner.perform(operation, guards, secrets)
        with self._lock:
            self.changed.append(operation)
        if self.after is not None:
            self.after(operation)
        return outcome

    def locate(self, text: str, kind: str) -> Ref | None:
        if self.reading is not None:
            self.reading()
        return self.inner.locate(text, kind)

    def place_of(self, text: str) -> tuple[str, ...]:
        return self.inner.place_of(text)

    def check(self) -> Health:
        return self.inner.check()
