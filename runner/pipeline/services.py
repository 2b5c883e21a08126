"""What the pipeline works with, wired once in `runner.wiring`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from connectors.spi import Connector, Postman, Secret, Unkepts, Verb
from forms.definition import Catalogue, Form, PasswordPolicy
from runner.access.authority import Authority
from runner.access.model import Policy
from runner.errors import NotDurableError
from runner.store.store import Store


class ConnectorSet(Protocol):
    """The connectors of one installation; see `connectors.registry.Connectors`."""

    @property
    def verbs(self) -> Mapping[str, Verb]:
        """All their verbs by full name."""
        ...

    @property
    def unkept(self) -> Unkepts:
        """What they do not keep, by kind of object and attribute."""
        ...

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind of object served."""
        ...

    def for_verb(self, name: str) -> Connector:
        """Return the connector that offers a verb."""
        ...

    def for_kind(self, kind: str) -> Connector:
        """Return the connector that serves a kind of object."""
        ...

    def all(self) -> tuple[Connector, ...]:
        """Return every connector."""
        ...


class Sealer(Protocol):
    """Keeps a typed secret that has to wait, encrypted; and makes keyed hashes of short codes."""

    def seal(self, text: str) -> bytes:
        """Encrypt a text."""
        ...

    def unseal(self, sealed: bytes, *, waited: bool = False) -> str:
        """Decrypt it; raises `ValueError` when it was not sealed here or is too old, which what ``waited`` never is."""
        ...

    def seal_file(self, content: bytes) -> bytes:
        """Encrypt the content of a file."""
        ...

    def unseal_file(self, sealed: bytes, *, waited: bool = False) -> bytes:
        """Decrypt it; raises `ValueError` when it was not sealed here or is older than a day, but for what ``waited``."""
        ...

    def code_hash(self, code: str, salt: str) -> str:
        """Return a keyed hash of a short code, in hexadecimal."""
        ...


class AuthorityKeeper(Protocol):
    """Gives the authority for the policy as the directory is now."""

    def current(self) -> Authority:
        """Return it; raises `connectors.errors.ConnectorError` when the directory cannot be asked."""
        ...

    def written(self) -> Policy:
        """Return the policy as it stands in the file, with what reviews have revoked."""
        ...

    def expire(self) -> None:
        """Resolve the names of the policy anew at the next question."""
        ...

    def refresh(self) -> None:
        """Follow at once what another process revoked; raises `NotDurableError` when that cannot be told."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256 of the policy's file, for the journal."""
        ...


@dataclass(slots=True)
class Halt:
    """Whether this process may still begin submissions; it may not while an outcome could not be stored.

    ``under_way`` are the ids of those it is at, one for each thread: what runs in its name and is not among them was lost.
    """

    reason: str = ""
    under_way: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Raise `NotDurableError` when nothing may begin any more."""
        if self.reason:
            raise NotDurableError(self.reason)

    @contextmanager
    def at(self, id: str) -> Iterator[None]:
        """Say that this thread is at a submission, from before its intent is stored until after its outcome is."""
        self.under_way.append(id)
        try:
            yield
        finally:
            self.under_way.remove(id)


@dataclass(slots=True)
class Examined:
    """When this process last examined the whole journal, None before, and how many records stood in it."""

    at: datetime | None = None
    records: int = 0


class Hook(Protocol):
    """Hands what happened to another system. Raises the errors of `connectors.errors`."""

    def send(self, id: str, body: str) -> None:
        """Hand a body of JSON over; a second try comes with the same id."""
        ...


@dataclass(frozen=True, slots=True)
class Channels:
    """How people and systems are reached besides mail.

    ``web_address`` is where the desk is (``https://desk.example``), for links; without it messages carry none.  ``operator``
    is the address that alarms go to.  ``hooks`` are webhooks and chats by name.
    """

    web_address: str = ""
    operator: str = ""
    hooks: Mapping[str, Hook] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BulkBrakes:
    """How many people one form may be used for at once, and above how many somebody else has to start it."""

    most: int = 10_000
    second_person_above: int = 100


@dataclass(slots=True)
class Bell:
    """Calls the workers of this process; without any, it is heard by nobody."""

    answer: Callable[[], None] | None = None

    def ring(self) -> None:
        """Say that something may be due now."""
        if self.answer is not None:
            self.answer()


@dataclass(frozen=True, slots=True)
class Services:
    """Everything outside that the pipeline calls.

    ``clock`` gives aware times in UTC, ``new_id`` random ids, ``make_password`` a password of a policy, ``make_code`` a
    one-time code.  ``node`` is this process's id in the store.  ``bell`` calls the workers of this process when something
    may be due now.
    """

    catalogue: Catalogue
    authority: AuthorityKeeper
    connectors: ConnectorSet
    store: Store
    sealer: Sealer
    postman: Postman
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    make_password: Callable[[PasswordPolicy], Secret]
    make_code: Callable[[], str]
    node: str
    halt: Halt
    bell: Bell = field(default_factory=Bell)
    kept_form: Callable[[str, str, str], Form] | None = None
    channels: Channels = field(default_factory=Channels)
    bulk: BulkBrakes = field(default_factory=BulkBrakes)
    examined: Examined = field(default_factory=Examined)

    def now(self) -> datetime:
        """Return the time now, in the organisation's time zone."""
        return self.clock().astimezone(ZoneInfo(self.catalogue.settings.timezone))
