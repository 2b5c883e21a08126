"""A directory that speaks LDAP as a connector: Active Directory, OpenLDAP, 389, any other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from connectors.directory import names
from connectors.errors import ConnectorError
from connectors.ldap.changing.performing import Performing
from connectors.ldap.changing.profiles import photo_of
from connectors.ldap.controls import ASSERTION
from connectors.ldap.credentials import secret_of, writer_of
from connectors.ldap.examining.foreseeing import RightsExamination
from connectors.ldap.examining.looking_over import Examination
from connectors.ldap.examining.opened import check_opened, check_relied_on
from connectors.ldap.examining.permitted import Permitted
from connectors.ldap.examining.unseen_groups import unseen_groups
from connectors.ldap.kept import unkept
from connectors.ldap.layout import Layout, layout
from connectors.ldap.offering import offered
from connectors.ldap.options import check_accounts, check_servers, endpoints_of
from connectors.ldap.reading.accents import Accents
from connectors.ldap.reading.domains import Domain, domain_of
from connectors.ldap.reading.listings import NamedGroups
from connectors.ldap.reading.locating import locate
from connectors.ldap.reading.naming_contexts import context_of
from connectors.ldap.reading.own_accounts import OwnAccounts, own_accounts
from connectors.ldap.reading.primaries import PrimaryGroups
from connectors.ldap.reading.querying import Querying
from connectors.ldap.reading.reader import Reader
from connectors.ldap.reading.serving import Serving
from connectors.ldap.reading.signing_in import SigningIn
from connectors.ldap.requests import Search
from connectors.ldap.talking.endpoints import Rota
from connectors.ldap.talking.session import DirectorySession
from connectors.spi import (
    AuthenticationResult,
    Entry,
    File,
    Filter,
    Guard,
    Health,
    Observation,
    Operation,
    Outcome,
    Page,
    Preparation,
    Question,
    Ref,
    Secret,
    Unkepts,
    Usage,
    Verb,
)


class LdapDirectory:
    """A directory on ``servers`` (``ldaps://dc1.example.test``), the first that answers, below ``base``. Thread-safe.

    ``user`` and the password (in ``password_file``, or in the environment variable ``password_env``) are the account that
    reads; ``writer`` is a table with the same keys for the one that writes, where they differ.  ``dialect`` is what
    ``deskhand connect`` found.  Nothing is connected before the first use.
    """

    name = "directory"
    kinds = ("user", "group", "ou", "computer", "contact")

    def __init__(
        self,
        servers: list[str],
        *,
        dialect: str,
        base: str,
        user: str,
        password_file: str = "",
        password_env: str = "",
        writer: dict[str, str] | None = None,
        ca_file: str = "",
        plain_on_loopback: bool = False,
        connect_seconds: float = 5.0,
        call_seconds: float = 15.0,
        attributes: dict[str, Any] | None = None,
        filters: dict[str, Any] | None = None,
        custom: dict[str, Any] | None = None,
        placeholder: str = "",
        time_zone: str = "",
        lock_minutes: int = 0,
        password_days: int = 0,
        password_by: str = "",
        member_of: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        check_servers(servers, connect_seconds, call_seconds, plain_on_loopback)
        check_accounts(user, {"password_file": password_file, "password_env": password_env, "ca_file": ca_file}, writer)
        endpoints = endpoints_of(servers, dialect, plain_on_loopback=plain_on_loopback)
        self._layout = layout(
            dialect,
            base,
            attributes=attributes,
            filters=filters,
            custom=custom,
            placeholder=placeholder,
            time_zone=time_zone,
            lock_minutes=lock_minutes,
            password_days=password_days,
            password_by=password_by,
            member_of=member_of,
        )
        self._clock = clock
        rota = Rota(tuple(endpoints))

        def session(account: Mapping[str, str]) -> DirectorySession:
            return DirectorySession(
                rota,
                user=account["user"],
                password=secret_of(account),
                ca_file=ca_file or None,
                connect_seconds=connect_seconds,
                call_seconds=call_seconds,
            )

        self.session = session({"user": user, "password_file": password_file, "password_env": password_env})
        self._writing = session(writer_of(writer)) if writer else self.session
        self._endpoints = endpoints
        self._users = tuple(dict.fromkeys(((user, self.session), ((writer or {}).get("user", user), self._writing))))
        self._verbs = offered(self._layout)
        self._has_assertions: bool | None = None
        self._is_opened_checked = self._is_relied_on_checked = False
        self._domain: Domain | None = None
        self._context = ""
        self._primary_groups, self._named_groups = PrimaryGroups(), NamedGroups()
        self._accents = Accents(Serving(self.session), self._layout, clock)
        self._performing = Performing(self._writing, self._layout, self._verbs, self._writing_reader, self._asserts)

    def __repr__(self) -> str:
        return f"LdapDirectory({self._layout.base!r}, {self._layout.dialect.name!r})"

    @property
    def layout(self) -> Layout:
        """How the directory is laid out."""
        return self._layout

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        self._accents.close()
        self.session.close()
        self._writing.close()

    def verbs(self) -> Mapping[str, Verb]:
        """Return the verbs of the directory by full name; those this server cannot do say why."""
        return self._verbs

    def unkept(self) -> Unkepts:
        """Return the attributes that this directory does not keep, by kind, with the reason."""
        return unkept(self._layout)

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, question: Question) -> Page:
        """Answer a question."""
        return self._querying().page(question)

    def scan(self, kind: str, filter: Filter) -> Iterator[Entry]:
        """Yield every object that matches, in the server's order."""
        return self._querying().scan(kind, filter)

    def photo(self, person: Ref) -> File | None:
        """Return the photo of a person with its content."""
        return photo_of(self._reader(), person)

    def locate(self, text: str, kind: str) -> Ref | None:
        """Find an object by its id, DN, login, sign-in name, mail address or name."""
        found = locate(self._reader(), text, kind) if kind in self.kinds else None
        if found is not None and kind == "group":
            self._named_groups.add(found.id)
        return found

    def place_of(self, text: str) -> tuple[str, ...]:
        """Return the place that the DN of a unit stands for; performs no I/O."""
        return names.strict_place(names.parse(text))

    def check(self) -> Health:
        """Say whether the directory answers; never raises."""
        try:
            found = Serving(self.session).first(
                Search(self._layout.base, "(objectClass=*)", ("1.1",), scope="base", page=0)
            )
            check_opened(self.session, self._layout)
            check_relied_on(self.session, self._layout)
        except ConnectorError as error:
            return Health(ok=False, detail=str(error))
        where = f"{self._layout.dialect.title} at {self.session.server()}"
        if found is None:
            return Health(ok=False, detail=f"{where} answers, but Deskhand's account does not see {self._layout.base}.")
        return Health(ok=True, detail=f"{where} answers, and Deskhand's account sees {self._layout.base}.")

    def examine(self, usages: Sequence[Usage]) -> Sequence[Observation]:
        """Look the connection over, and the rights that forms need. Changes nothing, never raises."""
        now = self._clock()
        looked = Examination(self._layout, self._endpoints, self.session.only, self.session, self._writing, now)
        found = list(looked.observations())
        is_usable = any(one.what == "base" and one.state != "error" for one in found)
        if not is_usable or any(one.what.startswith("server ") and one.state == "error" for one in found):
            return found
        permitted = Permitted(self._writing, self._layout)
        reader = Reader(Serving(self.session), self._layout, now, self._primary_groups, self._context)
        querying = Querying(reader, self._accents.proposals)
        rights = RightsExamination(self._layout, querying, permitted, self._users[-1][0])
        return [*found, *self._protection(), *rights.observations(usages)]

    def own_accounts(self) -> frozenset[str]:
        """Return the ids of the accounts that Deskhand itself signs in with, as far as they are people below the base."""
        return self._own_accounts().ids

    def authenticate(self, login: str, secret: Secret) -> AuthenticationResult:
        """Verify a person's password by a bind of its own; a wrong one counts as a try in the directory."""
        return self._signing_in().authenticate(login, secret)

    def called(self, login: str) -> tuple[Entry, ...]:
        """Return the people who have a login or sign-in name, with these two attributes alone."""
        return self._signing_in().called(login)

    def suffixes(self) -> tuple[str, ...]:
        """Return the domains that sign-in names may end in, the domain's own first."""
        return self._own_domain().suffixes

    # --- changing ---------------------------------------------------------------------------------------------------

    def prepare(self, operation: Operation) -> Preparation:
        """Return what ``operation`` would change; reads only, with the reading account."""
        performing = replace(self._performing, new_reader=self._reader)
        return performing.prepare(operation)

    def perform(self, operation: Operation, guards: Sequence[Guard], secrets: Mapping[str, Secret]) -> Outcome:
        """Make the change with the writing account."""
        if not self._is_opened_checked:
            check_opened(self._writing, self._layout)
            self._is_opened_checked = True
        try:
            return self._performing.perform(operation, guards, secrets)
        finally:
            self._accents.outdated()

    # --- inside -----------------------------------------------------------------------------------------------------

    def _reader(self) -> Reader:
        return self._reader_of(self.session)

    def _reader_of(self, session: DirectorySession) -> Reader:
        self._check_relied_on()
        if not self._context:
            self._context = context_of(Serving(session), self._layout)
        known = (self._primary_groups, self._context, self._named_groups)
        return Reader(Serving(session), self._layout, self._clock(), *known)

    def _protection(self) -> Iterator[Observation]:
        try:
            yield from unseen_groups(self._reader())
            yield from self._own_accounts().observations()
        except ConnectorError as error:
            yield Observation("protection", "error", str(error))

    def _own_accounts(self) -> OwnAccounts:
        return own_accounts(self._reader(), ((user, Serving(session)) for user, session in self._users))

    def _check_relied_on(self) -> None:
        if not self._is_relied_on_checked:
            check_relied_on(self.session, self._layout)
            self._is_relied_on_checked = True

    def _signing_in(self) -> SigningIn:
        return SigningIn(self.session, self._reader(), domain=lambda: self._own_domain().short)

    def _own_domain(self) -> Domain:
        if self._layout.dialect.name != "active_directory":
            return Domain()
        if self._domain is None:
            self._domain = domain_of(Serving(self.session))
        return self._domain

    def _writing_reader(self) -> Reader:
        return self._reader_of(self._writing)

    def _querying(self) -> Querying:
        return Querying(self._reader(), self._accents.proposals)

    def _asserts(self) -> bool:
        if self._has_assertions is None:
            root = Serving(self._writing).root()
            self._has_assertions = ASSERTION.encode() in root.values.get("supportedcontrol", ())
        return self._has_assertions
