"""Verify a password in the one of several directories that has the login; no other one is told it."""

from collections.abc import Sequence

from connectors.errors import RejectedError
from connectors.joined.locating import addressed
from connectors.joined.parts import MARK, Part
from connectors.spi import (
    AllOf,
    AnyOf,
    Authenticates,
    AuthenticationResult,
    Compare,
    Entry,
    FindsLogins,
    Question,
    Secret,
    Under,
)

_LONGEST = 1_000
_MOST = 10
_WRONG = AuthenticationResult("wrong")


def authenticated(parts: Sequence[Part], login: str, secret: Secret) -> tuple[Part | None, AuthenticationResult]:
    """Return the directory that has the login or sign-in name, and what it says.

    A login that none has, or several have, is wrong after as much work as a wrong password; the name of a directory and
    a tilde before it (``corp~alice``) says which one is meant.
    """
    _, wanted = addressed(parts, login.strip())
    found = {part.name: part for part, _ in called(parts, login)}
    if len(found) == 1:
        (part,) = found.values()
        return part, _verified(part, wanted, secret)
    able = [one for one in parts if isinstance(one.connector, Authenticates)]
    _verified(able[0], MARK + wanted if _is_login(wanted) else MARK, secret)
    return None, _WRONG


def called(parts: Sequence[Part], login: str) -> list[tuple[Part, Entry]]:
    """Return who has a login or sign-in name, in the directory that stands before it, else in all where people sign in."""
    part, wanted = addressed(parts, login.strip())
    asked = [one for one in ([part] if part else parts) if isinstance(one.connector, Authenticates)]
    return [(one, entry) for one in asked for entry in _called(one, wanted)]


def _verified(part: Part, login: str, secret: Secret) -> AuthenticationResult:
    with part.asked() as connector:
        return connector.authenticate(login, secret) if isinstance(connector, Authenticates) else _WRONG


def _called(part: Part, login: str) -> tuple[Entry, ...]:
    if not _is_login(login):
        return ()
    named = AnyOf((Compare("login", "==", login), Compare("upn", "==", login)))
    with part.asked() as connector:
        try:
            if isinstance(connector, FindsLogins):
                return tuple(one for one in connector.called(login) if part.holds(one.place))
            return connector.read(Question("user", AllOf((Under(part.base), named)), limit=_MOST)).entries
        except RejectedError:
            return ()


def _is_login(text: str) -> bool:
    return text.isprintable() and len(text) <= _LONGEST
