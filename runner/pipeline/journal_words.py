"""Records of the journal in a few words, for the page of a submission. Pure."""

from collections.abc import Mapping
from typing import Any

_RECONCILED: Mapping[str, str] = {
    "found_done": "Looked at and found done: {}",
    "closed_done": "Closed as done by a person: {}",
    "closed_not_done": "Closed as not done by a person: {}",
}
_NO_TITLES: Mapping[str, str] = {}


def journal_sentence(
    kind: str, body: Mapping[str, Any], titles: Mapping[str, str] = _NO_TITLES, *, methods: bool = False
) -> str:
    """Say in a few words what a record of the journal is about.

    An operation is called by its title where that is known, a caller check as it was then when ``methods`` is true.
    """
    operation, result, verification = (_part(body, name) for name in ("operation", "outcome", "verification"))
    detail, code = str(result.get("detail", "")), str(result.get("code", "")).replace("_", " ")
    if operation.get("verb") == "mail":
        return detail
    verb = titles.get(operation.get("id", "")) or operation.get("verb") or _asked(body)
    label = detail.partition("; ")[0] if methods else ""
    method = f"“{label}”" if label else verification.get("method", "")
    return {
        "intent": f"Allowed and begun: {verb}",
        "outcome": f"{code.capitalize()}: {verb}",
        "verify": f"Caller check {method}: {code}",
        "deny": f"Refused: {verb}",
        "decision": _waits(body),
        "approval": _said(body),
        "reconcile": _RECONCILED.get(str(result.get("code", "")), "Found unclear after a restart").format(verb),
    }.get(kind, kind)


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def _asked(body: Mapping[str, Any]) -> str:
    """Return what a refusal was asked for: there the operation is a word."""
    operation = body.get("operation")
    return operation if isinstance(operation, str) else ""


def _waits(body: Mapping[str, Any]) -> str:
    """Say that a plan was confirmed and waits, for what."""
    return f"Confirmed, to {_asked(body)}" if _asked(body) else "Decided"


def _said(body: Mapping[str, Any]) -> str:
    """Return who said what to a request, and why."""
    actor, comment = _part(body, "actor"), str(body.get("comment") or "")
    words = f"{actor.get('login', '')}: {_asked(body).removeprefix('say ')}".strip(": ")
    return f"{words}, “{comment}”" if comment else words
