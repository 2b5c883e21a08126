"""Records of the journal in a few words, for the page of a submission. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runner.pipeline.grants.lasting import last_day
from runner.pipeline.telling import day, moment

_RECONCILED: Mapping[str, str] = {
    "found_done": "Looked at and found done: {}",
    "closed_done": "Closed as done by a person: {}",
    "closed_not_done": "Closed as not done by a person: {}",
    "restored": "Restored from a backup, so it is unclear whether it was done",
}
_ENDED_WAITING: Mapping[str, str] = {
    "rejected": "Not agreed to",
    "cancelled": "Cancelled before it began",
    "expired": "Lapsed",
    "failed": "Not done",
    "partly done": "Not gone on with",
}
_GRANTS: Mapping[str, str] = {
    "ended": "Taken back, since its day is over",
    "gone": "Was gone before its day was over",
    "unavailable": "Not taken back yet, since a system did not answer",
    "failed": "Could not be taken back",
    "overtaken": "Something done later says now how long this lasts",
    "restored": "Ends on its day again",
    "again": "To be taken back now, as an operator wants",
}
_NO_TITLES: Mapping[str, str] = {}


def journal_sentence(
    kind: str, body: Mapping[str, Any], now: datetime, titles: Mapping[str, str] = _NO_TITLES, *, methods: bool = False
) -> str:
    """Say in a few words what a record of the journal is about; ``now`` is in the organisation's time zone.

    An operation is called by its title where that is known, a caller check as it was then when ``methods`` is true.
    """
    operation, result, verification = (_part(body, name) for name in ("operation", "outcome", "verification"))
    detail, code = str(result.get("detail", "")), str(result.get("code", "")).replace("_", " ")
    if operation.get("verb") == "mail":
        return detail
    if operation.get("verb") == "wait":
        return f"{_ENDED_WAITING.get(code, 'Ended')}: {detail}"
    verb = titles.get(operation.get("id", "")) or operation.get("verb") or _asked(body)
    label = detail.partition("; ")[0] if methods else ""
    if body.get("grant"):
        return _of_grant(kind, body, now, code, verb)
    method = f"“{label}”" if label else verification.get("method", "")
    return {
        "intent": f"{'Taking back began' if 'takes_back' in body else 'Allowed and begun'}: {verb}",
        "outcome": f"{code.capitalize()}: {verb}",
        "verify": f"Caller check {method}: {code}",
        "deny": f"Refused: {verb}",
        "decision": _waits(body, now),
        "approval": _said(body),
        "reconcile": _RECONCILED.get(str(result.get("code", "")), "Found unclear after a restart")
        .format(verb)
        .removesuffix(": "),
    }.get(kind, kind)


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def _asked(body: Mapping[str, Any]) -> str:
    """Return what a refusal was asked for: there the operation is a word."""
    operation = body.get("operation")
    return operation if isinstance(operation, str) else ""


def _waits(body: Mapping[str, Any], now: datetime) -> str:
    """Say that a plan was confirmed and waits, for what."""
    asked, due = _asked(body), str(body.get("due_at") or "")
    if asked == "wait for its moment" and due:
        return f"Confirmed, to run {moment(datetime.fromisoformat(due), now)}"
    return {"": "Decided", "wait for a yes": "Confirmed, and somebody is asked for a yes"}.get(
        asked, f"Confirmed, to {asked}"
    )


def _of_grant(kind: str, body: Mapping[str, Any], now: datetime, code: str, what: str) -> str:
    """Say what became of something that was given until a day."""
    if kind == "decision":
        until = str(body.get("until") or "")
        return (
            f"Ends by itself when {day(last_day(datetime.fromisoformat(until), now))} is over" if until else "Decided"
        )
    said = "Its day is over, and taking it back began" if kind == "intent" else _GRANTS.get(code, code.capitalize())
    return f"{said}: {what}"


def _said(body: Mapping[str, Any]) -> str:
    """Return who said what to a request, and why."""
    actor, comment = _part(body, "actor"), str(body.get("comment") or "")
    words = f"{actor.get('login', '')}: {_asked(body).removeprefix('say ')}".strip(": ")
    return f"{words}, “{comment}”" if comment else words
