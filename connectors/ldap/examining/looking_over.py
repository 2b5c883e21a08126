"""Look a directory over: its servers, TLS, accounts, limits, schema, password policy. Changes nothing, never raises."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median

from connectors.errors import ConnectorError
from connectors.ldap.examining import probing
from connectors.ldap.layout import Layout
from connectors.ldap.reading.decoding import members
from connectors.ldap.requests import LimitReachedError, Row, Search, SearchRefusedError
from connectors.ldap.talking.endpoints import Endpoint
from connectors.ldap.talking.session import DirectorySession
from connectors.ldap.talking.wire import Encryption
from connectors.spi import Observation

_ANY = "(objectClass=*)"
_TRIES = 5
_MANY = 5_000
_DAYS_AHEAD = 30
_SLOW_SECONDS = 0.25
_LOOKUP_SECONDS = 5.0
_MOST_NAMED = 4
_STATE = {"active_directory": "userAccountControl", "ppolicy": "pwdChangedTime"}


@dataclass(frozen=True, slots=True)
class Examination:
    """Looks at one directory.

    ``alone`` gives a session with one server and no other, ``reading`` and ``writing`` are those the connector uses (the
    same where one account does both); ``monotonic`` gives seconds.
    """

    layout: Layout
    endpoints: Sequence[Endpoint]
    alone: Callable[[Endpoint], DirectorySession]
    reading: DirectorySession
    writing: DirectorySession
    now: datetime
    monotonic: Callable[[], float] = time.monotonic

    def observations(self) -> Iterator[Observation]:
        """Yield everything about the connection; what depends on an answer is left out when none comes."""
        seen = {endpoint: self._server(endpoint) for endpoint in self.endpoints}
        for answers, found in seen.values():
            for one in found:
                yield one if answers or not any(other for other, _ in seen.values()) else replace(one, state="warning")
        if not any(answers for answers, _ in seen.values()):
            return
        if self.writing is not self.reading:
            yield from _caught("writing account", self._writing)
        base = list(_caught("base", self._base))
        yield from base
        if any(one.state == "error" for one in base):
            return
        for what, look in (
            ("schema", self._schema),
            ("size limit", self._size),
            ("account states", self._states),
            ("memberships", self._memberships),
            ("password policy", self._policy),
        ):
            yield from _caught(what, look)

    # --- servers ----------------------------------------------------------------------------------------------------

    def _server(self, endpoint: Endpoint) -> tuple[bool, list[Observation]]:
        """Return whether a server answers, and what is seen of it."""
        what, session = f"server {endpoint}", self.alone(endpoint)
        try:
            root = probing.offered(session)
            seen = [self._dialect(what, root.dialect), self._encryption(what, session.encryption())]
            return True, [*seen, self._latency(what, session), *self._several(what, endpoint)]
        except (ConnectorError, SearchRefusedError, LimitReachedError) as error:
            said = _said(error).removeprefix(f"No directory server can be used. {endpoint}: ")
            return False, [Observation(what, "error", said)]
        finally:
            session.close()

    def _dialect(self, what: str, found: str) -> Observation:
        ours = self.layout.dialect
        if found in (ours.name, "generic") or ours.name == "generic":
            return Observation(what, "ok", f"it answers, and Deskhand's account signs in; {probing.title_of(found)}")
        return Observation(
            what,
            "error",
            f'it is {probing.title_of(found)}, but the settings say dialect = "{ours.name}". Write dialect = "{found}".',
        )

    def _encryption(self, what: str, found: Encryption | None) -> Observation:
        if found is None:
            return Observation(what, "warning", "without TLS, which is only for trying things out on one machine")
        said = f"{found.version}, {found.cipher}; its certificate was signed by {found.issuer}"
        if found.expires is None:
            return Observation(what, "ok", said)
        days = int((found.expires - self.now.timestamp()) // 86_400)
        if days < _DAYS_AHEAD:
            return Observation(what, "warning", f"{said} and expires in {days} days: give the server a new one")
        return Observation(what, "ok", f"{said} and is valid for {days} more days")

    def _several(self, what: str, endpoint: Endpoint) -> Iterator[Observation]:
        """Warn of a name that stands for several servers, which may not hold the same at one moment."""
        if found := probing.addresses(endpoint, _LOOKUP_SECONDS):
            detail = (
                f"{endpoint.host} has {len(found)} addresses ({', '.join(found[:_MOST_NAMED])}). If these are several "
                "servers, such as the domain's controllers, name each by its own name in servers; Deskhand keeps to one "
                "while it works, but cannot tell which it is"
            )
            yield Observation(what, "warning", detail)

    def _latency(self, what: str, session: DirectorySession) -> Observation:
        took = []
        for _ in range(_TRIES):
            begun = self.monotonic()
            probing.holds(session, self.layout.base)
            took.append(self.monotonic() - begun)
        seconds = median(took)
        said = f"it answers within {seconds * 1000:.1f} ms"
        if seconds > _SLOW_SECONDS:
            return Observation(what, "warning", f"{said}, which agents will notice: use a server that is nearer")
        return Observation(what, "ok", said)

    # --- accounts ---------------------------------------------------------------------------------------------------

    def _writing(self) -> Iterator[Observation]:
        if probing.holds(self.writing, self.layout.base):
            yield Observation("writing account", "ok", f"it signs in and sees {self.layout.base}")
        else:
            yield Observation("writing account", "error", f"it signs in, but does not see {self.layout.base}")

    def _base(self) -> Iterator[Observation]:
        if not probing.holds(self.reading, self.layout.base):
            yield Observation("base", "error", f"the account does not see {self.layout.base}. {self._mending_base()}")
            return
        for kind, called in (("user", "people"), ("ou", "units"), ("group", "groups")):
            if self._first(self.layout.kind(kind).filter, ("1.1",)) is None:
                fix = f"If there are some: let the account read them, or say what they look like in filters.{kind}."
                yield Observation("base", "warning", f"no {called} are seen below {self.layout.base}. {fix}")
            else:
                yield Observation("base", "ok", f"{called} are seen below {self.layout.base}")

    def _mending_base(self) -> str:
        right = "Otherwise give the account the right to read there."
        if held := probing.offered(self.reading).bases:
            return f"The server holds {'; '.join(held[:_MOST_NAMED])}: write that as base, or a unit in it. {right}"
        return f"Compare base with what the server holds. {right}"

    def _schema(self) -> Iterator[Observation]:
        offered = probing.offered(self.reading)
        known = probing.schema(self.reading, offered.subschema)
        lacks = probing.lacking(self.layout, known)
        for lack in lacks:
            yield Observation("schema", "warning", str(lack))
        if not known:
            yield Observation(
                "schema", "warning", "the account cannot read the server's schema, so it was not compared"
            )
        elif not lacks:
            yield Observation("schema", "ok", "the server knows every attribute that Deskhand uses")

    def _size(self) -> Iterator[Observation]:
        count = 0
        wanted = Search(self.layout.base, self.layout.kind("user").filter, ("1.1",))
        try:
            with closing(self.reading.search(wanted)) as rows:
                for _ in rows:
                    count += 1
                    if count == _MANY:
                        break
        except LimitReachedError:
            fix = "Raise the limit for Deskhand's account (OpenLDAP: limits … size=unlimited size.prtotal=unlimited)."
            yield Observation("size limit", "error", f"the server gives {count} people at most, also in pages. {fix}")
            return
        more = "at least " if count == _MANY else ""
        yield Observation("size limit", "ok", f"{more}{count} people can be read, page by page")

    def _states(self) -> Iterator[Observation]:
        states = self.layout.dialect.states
        if states == "none":
            yield Observation("account states", "warning", "this directory keeps none that Deskhand knows")
            return
        shown = _STATE.get(states)
        if shown is None:
            return
        if self._first(f"(&{self.layout.kind('user').filter}({shown}=*))", (shown,)) is not None:
            yield Observation("account states", "ok", f"{shown} of people can be read")
        elif self._first(self.layout.kind("user").filter, ("1.1",)) is not None:
            fix = "Let the account read it, with the other attributes of that kind."
            yield Observation("account states", "warning", f"{shown} of people cannot be read. {fix}")

    def _memberships(self) -> Iterator[Observation]:
        dialect = self.layout.dialect
        if not dialect.member_of:
            yield Observation("memberships", "ok", "they are read from the groups")
            return
        told = list(self._told_memberships())
        if not told:
            yield Observation("memberships", "ok", "no group with members was seen, so nothing could be compared")
        elif not any(told):
            fix = "Switch the memberOf overlay (plug-in) on and fill it, and let the account read it."
            missing = f"a member of a group has no {dialect.member_of} to be seen"
            yield Observation("memberships", "error", f"{missing}. {fix}")
        elif not all(told) and dialect.states != "active_directory":  # which keeps it itself, and hides some
            fix = "Fill the memberOf of the groups that were there before the overlay (plug-in)."
            missing = f"{told.count(False)} of {len(told)} members of groups have no {dialect.member_of} to be seen"
            yield Observation("memberships", "warning", f"{missing}. {fix}")
        else:
            yield Observation("memberships", "ok", f"{dialect.member_of} tells which groups somebody is in")

    def _told_memberships(self) -> Iterator[bool]:
        """Yield for members of groups whether they tell themselves that they are one."""
        dialect = self.layout.dialect
        wanted = f"(&{self.layout.kind('group').filter}({dialect.member}=*))"
        for group in self._some(wanted, (dialect.member,), 20):
            for member in members(self.layout, group)[:3]:
                row = self._at(member, (dialect.member_of, "objectClass"))
                if row is not None:
                    yield bool(row.values.get(dialect.member_of.lower()))
                    break

    # --- the password policy ----------------------------------------------------------------------------------------

    def _policy(self) -> Iterator[Observation]:
        match self.layout.dialect.states:
            case "active_directory":
                row = self._at(self.layout.base, ("minPwdLength", "lockoutThreshold", "maxPwdAge"))
                if row is not None and row.first("minPwdLength") is not None:
                    yield Observation("password policy", "ok", _domain_policy(row))
            case "ppolicy":
                yield from self._openldap_policy()

    def _openldap_policy(self) -> Iterator[Observation]:
        found = probing.policies(self.reading, self.layout.base)
        if not found:
            detail = (
                f"none is seen below {self.layout.base}. If there is one, let the account read it; lock_minutes and "
                "password_days in the settings say how long a lock and a password last"
            )
            yield Observation("password policy", "ok", detail)
            return
        if len(found) > 1:
            yield Observation(
                "password policy", "ok", "there are several; lock_minutes and password_days stand for all"
            )
            return
        rules = self.layout.rules
        lock = int(rules.lock_lasts.total_seconds() // 60) if rules.lock_lasts else 0
        for setting, held, there in (
            ("lock_minutes", lock, found[0].lock_minutes),
            ("password_days", rules.password_days or 0, found[0].password_days),
        ):
            if held == there:
                yield Observation("password policy", "ok", f"{setting} = {there}, as the server has it")
            else:
                detail = f"{setting} is {held} in the settings and {there} on the server. Write {setting} = {there}."
                yield Observation("password policy", "warning", detail)

    # --- asking -----------------------------------------------------------------------------------------------------

    def _first(self, wanted: str, attributes: tuple[str, ...]) -> Row | None:
        return next(iter(self._some(wanted, attributes, 1)), None)

    def _some(self, wanted: str, attributes: tuple[str, ...], most: int) -> list[Row]:
        rows: list[Row] = []
        asked = Search(self.layout.base, wanted, attributes, page=most)
        with suppress(LimitReachedError), closing(self.reading.search(asked)) as found:
            for row in found:
                rows.append(row)
                if len(rows) == most:
                    break
        return rows

    def _at(self, dn: str, attributes: tuple[str, ...]) -> Row | None:
        return self.reading.first(Search(dn, _ANY, attributes, "base", page=0))


def _caught(what: str, look: Callable[[], Iterator[Observation]]) -> Iterator[Observation]:
    try:
        yield from look()
    except (ConnectorError, SearchRefusedError, LimitReachedError) as error:
        yield Observation(what, "error", _said(error))


def _said(error: Exception) -> str:
    if isinstance(error, SearchRefusedError | LimitReachedError):
        return f"the server refused to be asked (result {error.answer.code})"
    return str(error)


def _number(row: Row, name: str) -> int:
    value = row.first(name)
    return int(value) if value is not None and value.isdigit() else 0


def _domain_policy(row: Row) -> str:
    length, tries = _number(row, "minPwdLength"), _number(row, "lockoutThreshold")
    locks = f"{tries} wrong ones lock an account" if tries else "wrong ones lock nobody out"
    return f"{length} letters at least; {locks}; it can be read"
