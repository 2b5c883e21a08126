"""Verify a person's password by a bind, and say what the server said to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.directory.texts import is_storable
from connectors.errors import UnavailableError
from connectors.folding import key
from connectors.ldap import filters
from connectors.ldap.controls import PASSWORD_POLICY, policy_error
from connectors.ldap.reading.decoding import attributes_of, stable_id
from connectors.ldap.reading.reader import Reader
from connectors.ldap.requests import Answer
from connectors.ldap.talking.session import DirectorySession
from connectors.spi import AuthenticationResult, AuthenticationState, Ref, Secret, Value

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


@dataclass(frozen=True, slots=True)
class _Person:
    """What one search tells of a person: more of them would show by the time that it takes which logins there are."""

    ref: Ref
    dn: str
    attributes: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Verifies passwords against one directory."""

    session: DirectorySession
    reader: Reader

    def authenticate(self, login: str, secret: Secret) -> AuthenticationResult:
        """Return what came of it; an empty password is wrong without asking (RFC 4513, 5.1.2).

        An unknown login costs a bind as well, as somebody who does not exist.
        """
        text = secret.reveal()
        if not text or len(text) > _LONGEST or not is_storable(text):
            return AuthenticationResult("wrong")
        found = self._person(login.strip())
        nobody = f"cn=nobody here,{self.reader.layout.base}"
        answer = self.session.verify(found.dn if found else nobody, secret)
        if answer.code in _BUSY:
            raise UnavailableError("The directory is busy and does not answer.")
        if found is None:
            return AuthenticationResult("wrong")
        state, is_right = _state(answer, found)
        return AuthenticationResult(state, found.ref if is_right else None)

    def _person(self, login: str) -> _Person | None:
        if not login or not is_storable(login):
            return None
        layout = self.reader.layout
        texts = layout.kind("user").texts
        attributes = {name: texts[name] for name in ("login", "upn") if name in texts}
        asked = filters.any_of(filters.equals(one, login) for one in attributes.values())
        rows = list(self.reader.serving.rows(self.reader.search("user", asked)))
        known = [
            _Person(Ref("user", id_), row.dn, attributes_of(layout, "user", row, self.reader.now))
            for row in rows
            if (id_ := stable_id(layout, row)) is not None
        ]
        found = [one for one in known if _is_called(one, login, tuple(attributes))]
        return found[0] if len(found) == 1 else None


def _is_called(found: _Person, login: str, attributes: tuple[str, ...]) -> bool:
    values = (found.attributes.get(name) for name in attributes)
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
