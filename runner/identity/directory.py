"""Ask the directory whether somebody is who they say, and whether they may be signed in. Reads only.

The directory counts wrong passwords itself and locks people out everywhere, so it is asked as little as possible.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeAlias

from connectors.folding import fold
from connectors.spi import AnyOf, AuthenticationResult, Compare, Entry, FindsLogins, Ids, Page, Question, Ref, Secret
from runner.identity.accounts import is_storable
from runner.identity.sessions import printable
from runner.pipeline.refusing import has_ended
from runner.store.records import DirectoryPerson

Reason: TypeAlias = Literal[
    "", "wrong", "locked", "disabled", "expired", "must_change", "gone", "not a member", "not used", "new password"
]
"""Why somebody of the directory is not let in, for the journal; empty when nothing speaks against it."""
SENTENCES: Mapping[Reason, str] = {
    "locked": "is locked in the directory",
    "disabled": "is disabled in the directory",
    "expired": "is past the last day in the directory",
    "must_change": "must change the password in the directory first",
    "gone": "is no longer in the directory",
    "not a member": "is not in the group whose members may sign in",
    "not used": "signed in with the directory, which is not used any more",
}
"""Why the person behind an account may not be signed in, for an administrator."""
_LONGEST_PASSWORD = 1_024


class PeopleDirectory(Protocol):
    """A connector that keeps people and verifies their passwords."""

    def read(self, question: Question) -> Page:
        """See `connectors.spi.Connector`."""
        ...

    def authenticate(self, login: str, secret: Secret) -> AuthenticationResult:
        """See `connectors.spi.Authenticates`."""
        ...


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of asking: the person when they may be signed in, else why not; ``ref`` when the password was right."""

    reason: Reason
    ref: Ref | None = None
    person: DirectoryPerson | None = None


@dataclass(frozen=True, slots=True)
class DirectorySignIn:
    """Signing in with the passwords of a directory.

    It is asked at most ``tries`` times for one person ``within`` a time when the passwords are wrong, however the login is
    written.  ``members_of`` returns the id of the group that people have to be in, "" when there is no such group, which
    lets nobody in; None: everybody of the directory may.  Every method may raise the errors of `connectors.errors`.
    """

    directory: PeopleDirectory
    tries: int = 4
    within: timedelta = timedelta(minutes=30)
    members_of: Callable[[], str] | None = None

    def counted_as(self, login: str) -> tuple[str, ...]:
        """Return under what tries for a login are counted: the ids of the people who have it, else how it is written.

        The name of a domain or of a directory before it makes it no other login.
        """
        text = login.strip()
        return tuple(one.ref.id for one in self._called(text, _bare(text))) or (typed_as(text),)

    def _called(self, text: str, bare: str) -> tuple[Entry, ...]:
        """Return who may be meant: whom the directory says it would verify, else whoever has the login written either way."""
        if isinstance(self.directory, FindsLogins):
            return self.directory.called(text)
        named = (Compare(name, "==", one) for name in ("login", "upn") for one in dict.fromkeys((text, bare)))
        return self.directory.read(Question("user", AnyOf(tuple(named)), limit=10)).entries

    def prove(self, login: str, password: Secret, now: datetime) -> Proof:
        """Verify a password; a person is returned only when it is right and nothing speaks against them."""
        result = self.directory.authenticate(login.strip(), password)
        ref = result.ref if result.ref is not None and result.ref.kind == "user" else None
        if result.state in ("locked", "disabled", "expired", "must_change"):
            return Proof(result.state, ref)  # some directories say so to a wrong password too, and then no person
        if ref is None or result.state != "ok":
            return Proof("wrong")
        entry = self.person(ref.id)
        reason = self.why_out(entry, now)
        return Proof(reason, ref, None if reason or entry is None else _person(entry))

    def person(self, id: str) -> Entry | None:
        """Return the person with this id as they are now, or None."""
        return next(iter(self.directory.read(Question("user", Ids(frozenset({id})), limit=1)).entries), None)

    def why_out(self, person: Entry | None, now: datetime) -> Reason:
        """Return why a person may not be signed in, or not any longer."""
        reason = standing(person, now)
        if reason or person is None or self.members_of is None:
            return reason
        group = self.members_of()
        return "" if group and group in person.groups else "not a member"


def typed_as(login: str) -> str:
    """Return under what tries for a login that nobody has are counted. Pure."""
    return fold(_bare(login.strip()).partition("@")[0])


def _bare(login: str) -> str:
    return re.split(r"[\\~]", login)[-1]


def standing(person: Entry | None, now: datetime) -> Reason:
    """Return what the directory itself has against a person, who is None when they are no longer there. Pure."""
    if person is None:
        return "gone"
    of = person.attributes.get
    if of("enabled") is False or of("pending") is True:
        return "disabled"
    if of("expired") is True or has_ended(person, now):
        return "expired"
    if of("locked") is True:
        return "locked"
    return "must_change" if of("must_change") is True else ""


def is_askable(login: str, password: Secret) -> bool:
    """Say whether a directory may be asked: a bind without a password would succeed as nobody (RFC 4513, 5.1.2). Pure."""
    text = password.reveal()
    if not text or len(text) > _LONGEST_PASSWORD or "\0" in text or not is_storable(login):
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def password_set_on(person: Entry) -> datetime | None:
    """Return when the person's password was set, None when the directory does not say. Pure."""
    moment = person.attributes.get("password_set_on")
    return moment if isinstance(moment, datetime) and moment.tzinfo is not None else None


def _person(entry: Entry) -> DirectoryPerson:
    found = [entry.attributes.get(name) for name in ("login", "upn")]
    logins = tuple(one.strip() for one in found if isinstance(one, str) and is_storable(one))
    return DirectoryPerson(entry.ref.id, logins, printable(entry.label, 200), password_set_on(entry))
