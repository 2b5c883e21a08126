"""The contract itself: what every connector, and what sends mail, has to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from connectors.spi.changes import Guard, Operation, Outcome, Preparation, Verb
from connectors.spi.questions import Filter, Page, Question
from connectors.spi.values import Entry, Ref, Secret


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the target system answers, in a sentence an operator understands."""

    ok: bool
    detail: str


class Connector(Protocol):
    """A target system. Thread-safe; every method raises only the three errors of `connectors.errors`."""

    @property
    def name(self) -> str:
        """First word of its verbs, e.g. ``directory``."""
        ...

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of object it serves."""
        ...

    def verbs(self) -> Mapping[str, Verb]:
        """Verbs by full name, e.g. ``directory.user.unlock``."""
        ...

    def read(self, question: Question) -> Page:
        """Answer a question. Reads only."""
        ...

    def scan(self, kind: str, filter: Filter) -> Iterator[Entry]:
        """Yield every object of a kind that matches, as `read` gives them, each once, in the system's order of ids.

        For whoever has to see them all: it reads page by page, holds no more than a page, and keeps no lock and no
        transaction between pages.  What is changed meanwhile comes as it was before or after; what is made or deleted
        meanwhile comes or does not.  Whoever stops early has asked for no more than was read.  Errors come out when it
        is called or while it is iterated, and then the answer is not whole.
        """
        ...

    def prepare(self, operation: Operation) -> Preparation:
        """Work out what ``operation`` would change, without writing.

        `OutputRef` and `SecretRef` arguments are still placeholders here.  Raises `RejectedError` when the target system
        would refuse it as things are.
        """
        ...

    def perform(self, operation: Operation, guards: Sequence[Guard], secrets: Mapping[str, Secret]) -> Outcome:
        """Make the change, atomically for this operation.

        Every `Guard` is of a kind the connector serves and is checked in the same transaction as the write; one that
        fails raises `RejectedError` and nothing was written.  ``secrets`` maps the field names of the operation's
        `SecretRef` to their values.  `OutputRef` has been replaced by `Ref` before this call, and a `File` has its content,
        but for one that takes a change back and that the connector has kept.
        """
        ...

    def locate(self, text: str, kind: str) -> Ref | None:
        """Find an object by what an administrator writes in a file: a DN, a name, a login or an address, or its id."""
        ...

    def place_of(self, text: str) -> tuple[str, ...]:
        """Parse the DN of a unit into a place as in `Entry.place`; raises `RejectedError` when it is none."""
        ...

    def check(self) -> Health:
        """Say whether the system answers. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """A mail in plain text; addresses are bare (``a.jansen@example.org``). ``html`` says the same again, or is empty."""

    to: tuple[str, ...]
    subject: str
    body: str
    id: str
    html: str = ""


class Postman(Protocol):
    """Sends mail. Raises the three errors of `connectors.errors`."""

    def send(self, message: Message) -> None:
        """Hand the message over; returning means that it was accepted."""
        ...
