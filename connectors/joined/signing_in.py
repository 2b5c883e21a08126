"""Verify a password in the one of several directories that has the login; no other one is told it."""

from collections.abc import Sequence

from connectors.errors import RejectedError
from connectors.joined.locating import addressed
from connectors.joined.parts import MARK, Part
from connectors.spi import AllOf, AnyOf, Authenticates, AuthenticationResult, Compare, Question, Secret, Under

_LONGEST = 1_000
_WRONG = AuthenticationResult("wrong")


def authenticated(parts: Sequence[Part], login: str, secret: Secret) -> tuple[Part | None, AuthenticationResult]:
    """Return the directory that has the login or sign-in name, and what it says.

    A login that none has, or several have, is wrong after as much work as a wrong password; the name of a directory and
    a tilde before it (``corp~alice``) says which one is meant.
    """
    part, wanted = addressed(parts, login.strip())
    asked = [part] if part else parts
    found = [one for one in asked if isinstance(one.connector, Authenticates) and _has(one, wanted)]
    if len(found) == 1:
        return found[0], _verified(found[0], wanted, secret)
    able = [one for one in parts if isinstance(one.connector, Authenticates)]
    _verified(able[0], MARK + wanted if _is_login(wanted) else MARK, secret)
    return None, _WRONG


def _verified(part: Part, login: str, secret: Secret) -> AuthenticationResult:
    with part.asked() as connector:
        return connector.authenticate(login, secret) if isinstance(connector, Authenticates) else _WRONG


def _has(part: Part, login: str) -> bool:
    if not _is_login(login):
        return False
    called = AnyOf((Compare("login", "==", login), Compare("upn", "==", login)))
    with part.asked() as connector:
        try:
            return bool(connector.read(Question("user", AllOf((Under(part.base), called)), limit=1)).entries)
        except RejectedError:
            return False


def _is_login(text: str) -> bool:
    return text.isprintable() and len(text) <= _LONGEST
