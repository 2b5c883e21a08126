"""The local directory as a connector: a complete small directory in a database of Deskhand's own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from threading import Lock, RLock
from uuid import uuid4

from sqlalchemy import Connection, Engine, StaticPool

from connectors.directory import names
from connectors.errors import ConnectorError, RejectedError
from connectors.local import performing
from connectors.local.attributes import Moment
from connectors.local.authenticating import (
    find_account,
    record_failure,
    record_success,
    state_of,
)
from connectors.local.graph import Shape, current_shape
from connectors.local.locating import locate
from connectors.local.passwords import Hashing, PasswordPolicy
from connectors.local.performing import Passwords
from connectors.local.photos import photo_of
from connectors.local.querying import View
from connectors.local.tables import KIND_TABLES, create_tables, is_current
from connectors.local.transactions import open_engine, reading, writing
from connectors.spi import (
    AuthenticationResult,
    Entry,
    File,
    Filter,
    Guard,
    Health,
    Operation,
    Outcome,
    Page,
    Preparation,
    Question,
    Ref,
    Secret,
    Verb,
)
from connectors.verbs import DIRECTORY_VERBS

_LONGEST_AGE = 36_500


class LocalDirectory:
    """A directory in database tables; ``url`` is an SQLAlchemy address. Thread-safe.

    Tables are made, or brought up to date, at the first use.  ``clock`` gives the time with its zone; days begin in
    that zone.  A password is due for a change ``password_days`` after it was set, which is shown and searched for, not
    enforced; None: it never is.
    """

    name = "directory"
    kinds = tuple(KIND_TABLES)

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        policy: PasswordPolicy = PasswordPolicy(),  # noqa: B008  (immutable)
        new_id: Callable[[], str] = lambda: str(uuid4()),
        password_days: int | None = None,
    ) -> None:
        if password_days is not None and not (type(password_days) is int and 1 <= password_days <= _LONGEST_AGE):
            raise RejectedError(f"password_days must be a number of days from 1 to {_LONGEST_AGE:,}.")
        self.engine: Engine = open_engine(url)
        self._clock, self._policy, self._new_id = clock, policy, new_id
        self._passwords = Passwords(policy, Hashing(policy))
        self._password_days = password_days
        self._writer = RLock()
        self._shape: Shape | None = None
        self._is_ready, self._making_ready = False, Lock()

    def __repr__(self) -> str:
        return f"LocalDirectory({self.engine.url.render_as_string(hide_password=True)!r})"

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        self.engine.dispose()

    def verbs(self) -> Mapping[str, Verb]:
        """Return the verbs of the directory by full name."""
        return DIRECTORY_VERBS

    def read(self, question: Question) -> Page:
        """Answer a question from one state of the database."""
        with self._viewing() as view:
            return view.page(question)

    def scan(self, kind: str, filter: Filter) -> Iterator[Entry]:
        """Yield every object that matches, in the order of ids; each page is one state of the database."""
        last = ""
        while True:
            with self._viewing() as view:
                page = view.behind(kind, filter, last)
            if not page:
                return
            yield from page
            last = page[-1].ref.id

    def prepare(self, operation: Operation) -> Preparation:
        """Return what ``operation`` would change; reads only."""
        with self._viewing() as view:
            return performing.prepare(view, operation)

    def perform(self, operation: Operation, guards: Sequence[Guard], secrets: Mapping[str, Secret]) -> Outcome:
        """Make the change in one transaction, in which the guards are checked too."""
        with self._viewing() as view:
            password = self._passwords.of(view, operation, secrets)
        with self._changing() as view:
            return performing.perform(view, operation, guards, self._new_id(), password)

    def photo(self, person: Ref) -> File | None:
        """Return the photo of a person with its content."""
        with self._viewing() as view:
            return photo_of(view.connection, person)

    def locate(self, text: str, kind: str) -> Ref | None:
        """Find an object by its id, DN, login, sign-in name, mail address or name."""
        if kind not in self.kinds:
            return None
        with self._viewing() as view:
            return locate(view, text, kind)

    def place_of(self, text: str) -> tuple[str, ...]:
        """Return the place that the DN of a unit stands for; performs no I/O."""
        return names.place(names.parse(text))

    def check(self) -> Health:
        """Say whether the database answers; never raises."""
        try:
            with self._viewing() as view:
                units = len(view.shape.units)
        except ConnectorError as error:
            return Health(ok=False, detail=str(error))
        return Health(ok=True, detail=f"The local directory answers; it has {units} units.")

    def authenticate(self, login: str, secret: Secret) -> AuthenticationResult:
        """Verify a person's password and count wrong ones.

        Takes as long for an unknown login as for a wrong password.  Raises the errors of `connectors.errors`.
        """
        now = self._clock()
        with self._viewing() as view:
            row = find_account(view.connection, login)
        is_right = self._passwords.hashing.is_right(row["password_hash"] if row else None, secret)
        if row is None:
            return AuthenticationResult("wrong")
        with self._changing() as view:
            if not is_right:
                record_failure(view.connection, row["id"], now, self._policy)
                return AuthenticationResult("wrong")
            state = state_of(find_account(view.connection, login) or row, now, self._policy)
            if state in {"ok", "must_change"}:
                record_success(view.connection, row["id"], now)
            return AuthenticationResult(state, Ref("user", row["id"]))

    @contextmanager
    def _viewing(self) -> Iterator[View]:
        self._make_ready()
        turn = self._writer if isinstance(self.engine.pool, StaticPool) else nullcontext()
        with turn, reading(self.engine) as connection:
            yield self._view(connection)

    @contextmanager
    def _changing(self) -> Iterator[View]:
        self._make_ready()
        turn = self._writer if self.engine.dialect.name == "sqlite" else nullcontext()
        with turn, writing(self.engine) as connection:
            yield self._view(connection)

    def _view(self, connection: Connection) -> View:
        self._shape = shape = current_shape(connection, self._shape)
        return View(connection, shape, Moment(self._clock(), self._policy.lock_lasts, self._password_days))

    def _make_ready(self) -> None:
        if self._is_ready:
            return
        with self._making_ready:
            if not self._is_ready:
                with reading(self.engine) as connection:
                    is_ready = is_current(connection)
                if not is_ready:
                    with writing(self.engine) as connection:
                        create_tables(connection)
                self._is_ready = True
