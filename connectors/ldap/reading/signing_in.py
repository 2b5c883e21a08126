"""Verify a person's password by a bind, and say what the server said to it.

Known and unknown logins cost the same: one search for the same few attributes, and one bind.  What a server takes longer to
refuse a person than to refuse nobody, since it counts the failure, is hidden by refusing in steps of time.  Only a right
password costs one search more.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice

from connectors.directory import names
from connectors.directory.texts import is_storable
from connectors.errors import UnavailableError
from connectors.folding import key
from connectors.ldap import filters
from connectors.ldap.controls import PASSWORD_POLICY, policy_error
from connectors.ldap.ids import id_filter
from connectors.ldap.reading.decoding import attributes_of, dn_key, is_readable, stable_id
from connectors.ldap.reading.reader import Reader
from connectors.ldap.requests import Answer, Search
from connectors.ldap.talking.session import DirectorySession
from connectors.spi import AuthenticationResult, AuthenticationState, Entry, Ref, Secret, Value

# What AD says behind "data" when a bind fails (MS-ERREF 2.2); all but 775 to a right password only.
_AD_STATES: dict[str, AuthenticationState] = {
    "532": "must_change",
    "533": "disabled",
    "701": "expired",
    "773": "must_change",
    "775": "locked",
}
_INVALID, _BUSY = 49, frozenset({51, 52})
_EXPIRED_PASSWORD, _LOCKED, _MUST_CHANGE = 0, 1, 2
_LONGEST = 256
_STEP_SECONDS = 0.1
_MOST = 50  # entries by one login: nobody is signed in with so many, nor with two
_NOT_A_PASSWORD = Secret("this is nobody's password")
_NAMES = ("login", "upn")
_STATES: Mapping[str, tuple[str, ...]] = {
    "active_directory": ("userAccountControl", "accountExpires", "pwdLastSet"),
    "ppolicy": ("pwdAccountLockedTime", "pwdReset", "pwdStartTime", "pwdEndTime"),
    "ns_account_lock": ("nsAccountLock", "passwordExpirationTime"),
    "none": (),
}


@dataclass(frozen=True, slots=True)
class _Person:
    """What one search tells of a person: more of them would show by the time that it takes which logins there are."""

    ref: Ref
    dn: str
    attributes: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Verifies passwords against one directory; ``monotonic`` gives seconds, ``pause`` waits for some.

    ``domain`` returns what may stand before a login with a backslash, empty for nothing; it is asked whoever is meant.
    """

    session: DirectorySession
    reader: Reader
    monotonic: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    domain: Callable[[], str] = lambda: ""

    def called(self, login: str) -> tuple[Entry, ...]:
        """Return the people who have a login or sign-in name, with these two attributes alone; one search in any case."""
        return tuple(
            Entry(
                one.ref,
                one.dn,
                names.strict_place(names.parse(one.dn))[:-1],
                {name: one.attributes.get(name) for name in _NAMES},
            )
            for one in self._people(login.strip())
        )

    def authenticate(self, login: str, secret: Secret) -> AuthenticationResult:
        """Return what came of it; an empty password is wrong without asking (RFC 4513, 5.1.2).

        An unknown login costs a bind as well, as somebody who does not exist; the password that was typed is not sent then.
        """
        text = secret.reveal()
        if not text or len(text) > _LONGEST or not is_storable(text):
            return AuthenticationResult("wrong")
        begun = self.monotonic()
        people = self._people(login.strip())
        found = people[0] if len(people) == 1 else None
        answer = self._bound(found, secret)
        state, is_right = _state(answer, found) if found else ("wrong", False)
        if found and is_right and not self._is_still_there(found):
            state, is_right = "wrong", False
        if not is_right:
            self.pause(_STEP_SECONDS - (self.monotonic() - begun) % _STEP_SECONDS)
        return AuthenticationResult(state, found.ref if found and is_right else None)

    def _bound(self, person: _Person | None, secret: Secret) -> Answer:
        nobody = f"cn=nobody here,{self.reader.layout.base}"
        answer = self.session.verify(*((person.dn, secret) if person else (nobody, _NOT_A_PASSWORD)))
        if answer.code in _BUSY:
            raise UnavailableError("The directory is busy and does not answer.")
        return answer

    def _is_still_there(self, person: _Person) -> bool:
        """Say whether the DN that was bound as is the person's, and not that of somebody who was given it meanwhile.

        Only who knows a right password has this asked.
        """
        layout = self.reader.layout
        called = id_filter(layout.dialect.id, person.ref.id)
        asked = Search(layout.base, filters.all_of((layout.kind("user").filter, called)), (layout.dialect.id,))
        rows = list(islice(self.reader.serving.rows(asked), 2)) if called else []
        return [dn_key(row.dn) for row in rows if stable_id(layout, row) == person.ref.id] == [dn_key(person.dn)]

    def _people(self, typed: str) -> list[_Person]:
        login = self._without_domain(typed)
        if not login or not is_storable(login):
            return []
        layout = self.reader.layout
        looks = layout.kind("user")
        attributes = {name: looks.texts[name] for name in _NAMES if name in looks.texts}
        called = filters.any_of(filters.equals(one, login) for one in attributes.values())
        wanted = (layout.dialect.id, *attributes.values(), *_STATES[layout.dialect.states])
        asked = Search(layout.base, filters.all_of((looks.filter, called)), wanted)
        rows = list(islice(self.reader.serving.rows(asked), _MOST))
        known = (
            _Person(Ref("user", id_), row.dn, attributes_of(layout, "user", row, self.reader.now))
            for row in (rows if len(rows) < _MOST else ())
            if (id_ := stable_id(layout, row)) is not None and is_readable(row.dn)
        )
        return [one for one in known if _is_called(one, login)]

    def _without_domain(self, typed: str) -> str:
        """Return the login behind the name of this domain (``SAMPLE`` and a backslash); with another it is nobody's."""
        before, mark, login = typed.partition("\\")
        if not (mark and before) or "@" in login or not is_storable(before):
            return typed
        return login if key(before) == key(self.domain()) else typed


def _is_called(found: _Person, login: str) -> bool:
    values = (found.attributes.get(name) for name in _NAMES)
    return any(isinstance(value, str) and key(value) == key(login) for value in values)


def _state(answer: Answer, found: _Person) -> tuple[AuthenticationState, bool]:
    """Return what the server's answer to a bind means for this person, and whether the password was right. Pure."""
    attributes = found.attributes
    policy = policy_error(answer.controls.get(PASSWORD_POLICY))
    if answer.is_success:
        must_change = policy in (_MUST_CHANGE, _EXPIRED_PASSWORD) or attributes.get("must_change")
        return _closed(found) or ("must_change" if must_change else "ok"), True
    for code, state in _AD_STATES.items():
        if f"data {code}" in answer.message:
            return state, state != "locked"
    return (_closed(found) or "locked" if policy == _LOCKED else "wrong"), False


def _closed(found: _Person) -> AuthenticationState | None:
    attributes = found.attributes
    return "disabled" if not attributes.get("enabled") else "expired" if attributes.get("expired") else None
