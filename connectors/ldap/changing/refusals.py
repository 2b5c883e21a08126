"""What a server's refusal means, as a sentence for an agent and an error that says what is known of the effect. Pure.

A server's own words are never passed on: they hold names of others, and its language is not the agent's.
"""

import re
from collections.abc import Mapping

from connectors.errors import ConnectorError, RejectedError, StaleObjectError, UnavailableError
from connectors.ldap import requests
from connectors.ldap.controls import PASSWORD_POLICY, policy_error
from connectors.ldap.requests import Add, Answer, Delete, Modify, Rename, Request, SetPassword
from connectors.spi import Content

_POLICY = "The directory refuses this password"
# Numbers of draft-behera-ldap-password-policy, section 6.2.
_POLICY_ERRORS: Mapping[int, str] = {
    3: f"{_POLICY}: it may not be changed for this account.",
    5: f"{_POLICY}: it is too simple.",
    6: f"{_POLICY}: it is too short.",
    7: f"{_POLICY}: the last one was set too short a time ago.",
    8: f"{_POLICY}: it was used before.",
}
_REASONS = (
    (re.compile(r"too short.*?(\d{1,3}) char", re.DOTALL), "it needs at least {} characters"),
    (re.compile(r"too short"), "it is too short"),
    (re.compile(r"complexity"), "it is too simple: mix capitals, small letters, digits and signs"),
    (re.compile(r"history"), "it was used before"),
    (re.compile(r"too young"), "the last one was set too short a time ago"),
    (re.compile(r"quality"), "it is too simple"),
)
_STALE = "The object was changed at the same moment by somebody else."
# Windows' numbers (MS-ERREF 2.2) where Samba writes others or words: no member; a sign-in name in use in the forest.
_NO_MEMBER = ("already deleted", "00000529", "00000561")
_NAMES = frozenset({"samaccountname", "userprincipalname"})
_SIGN_IN_NAME_TAKEN = ("0000202F", "000021C8")
_PLAIN: Mapping[int, str] = {
    8: "The directory takes changes over an encrypted connection only. Use ldaps:// in the settings.",
    18: "The directory cannot compare this attribute.",
    19: "The directory does not take this value: it is too long, or not allowed for this attribute.",
    21: "The directory does not take this value: it is not written as the attribute demands.",
    34: "The directory does not take this name.",
    64: "The directory does not take this name for the object.",
    65: "The directory's schema does not allow this attribute for the object, or demands one that is missing.",
    66: "There are other objects below this one; move or delete them first.",
    67: "The directory takes the name of an object only by renaming it.",
    71: "The object would have to go to another server, which Deskhand does not do.",
}


def is_about_password(request: Request) -> bool:
    """Say whether a request sets a password."""
    if isinstance(request, Modify):
        return any(isinstance(value, Content) for step in request.modifications for value in step.values)
    if isinstance(request, Add):
        return any(isinstance(value, Content) for values in request.attributes.values() for value in values)
    return isinstance(request, SetPassword)


def error_for(request: Request, answer: Answer) -> ConnectorError:
    """Return the error for a request that was refused: nothing happened by it."""
    policy = policy_error(answer.controls.get(PASSWORD_POLICY))
    if policy is not None and policy in _POLICY_ERRORS:
        return RejectedError(_POLICY_ERRORS[policy])
    if answer.code in (51, 52):
        return UnavailableError("The directory is busy and did not take the change. Try again.")
    if is_about_password(request) and answer.code in (19, 53) and _speaks_of_password(answer.message):
        return RejectedError(f"{_POLICY}: {_reason(answer.message)}.")
    if answer.code in (requests.ASSERTION_FAILED, requests.NO_SUCH_OBJECT) and not isinstance(request, Add):
        return _missing(request, answer)
    return _by_code(request, answer)


def _speaks_of_password(message: str) -> bool:
    return "0000052D" in message or "assword" in message


def _reason(message: str) -> str:
    for pattern, reason in _REASONS:
        if match := pattern.search(message[:1_000]):
            return reason.format(*match.groups())
    return "it does not meet the directory's rules (length, signs, or used before)"


def _missing(request: Request, answer: Answer) -> ConnectorError:
    if isinstance(request, Modify) and "00000525" in answer.message:
        return StaleObjectError("A member of this change does not exist any more.")
    if isinstance(request, Rename) and "new superior" in answer.message:
        return RejectedError("The unit does not exist any more.")
    return StaleObjectError(_STALE)


def _by_code(request: Request, answer: Answer) -> ConnectorError:
    code = answer.code
    if code == requests.INSUFFICIENT_RIGHTS:
        return _no_right(request)
    if code == requests.ENTRY_EXISTS or (code == 19 and "nique" in answer.message):
        return _exists(request)
    if code in (requests.NO_SUCH_ATTRIBUTE, requests.ALREADY_A_VALUE) and "schema" not in answer.message:
        return StaleObjectError(_STALE)
    if code in (16, 17):
        return RejectedError("The directory's schema has no such attribute.")
    if code == requests.NO_SUCH_OBJECT:
        return RejectedError("The unit does not exist any more.")
    if code == requests.REFERRAL:
        return RejectedError(
            "This server leaves the change to another one, which Deskhand is not connected to: it is a read-only copy, or "
            "another server keeps this part of the directory."
        )
    if code == requests.UNWILLING and _says(answer, _NO_MEMBER):
        return StaleObjectError(_STALE)
    if code == requests.UNWILLING and "0000052D" in answer.message:
        return RejectedError("The account has no password that meets the directory's rules. Set one first.")
    if code == 80 and isinstance(request, Rename):
        return RejectedError("The unit does not exist any more.")
    if code == 19 and _says(answer, _SIGN_IN_NAME_TAKEN):
        return RejectedError("The sign-in name is already in use.")
    if code == 19 and "000020B5" in answer.message:
        return RejectedError("The person it points to does not exist.")
    return RejectedError(_PLAIN.get(code, f"The directory refused the change (result {code})."))


def _says(answer: Answer, signs: tuple[str, ...]) -> bool:
    return any(sign in answer.message for sign in signs)


def _no_right(request: Request) -> RejectedError:
    guarded = ", or the object is protected from deletion there" if isinstance(request, Delete | Rename) else ""
    return RejectedError(
        f"Deskhand's account has not the right to do this in the directory{guarded}. An administrator can see which with "
        "deskhand doctor."
    )


def _exists(request: Request) -> ConnectorError:
    if isinstance(request, Add | Rename):
        return RejectedError("An object of this name or login stands in the directory already.")
    if isinstance(request, Delete):
        return RejectedError("The directory refused to delete the object.")
    if isinstance(request, Modify) and any(step.attribute.lower() in _NAMES for step in request.modifications):
        return RejectedError("The login or sign-in name is already in use.")
    return StaleObjectError(_STALE)
