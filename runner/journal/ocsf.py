"""Write records as events of the Open Cybersecurity Schema Framework, JSON lines (OCSF 1.6.0). Pure.

Sign-ins are Authentication (3002), what was done or refused on a person Account Change (3001), all else Entity Management
(3004).  ``raw_data`` is the record word for word.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from runner.journal.records import subject_id
from runner.journal.severity import severity
from runner.journal.telling import told

SCHEMA = "1.6.0"
_IAM = 3
_ACCOUNT_CHANGE, _AUTHENTICATION, _ENTITY_MANAGEMENT = 3001, 3002, 3004
_OTHER = 99
_SEVERITIES = {"informational": 1, "notice": 2, "warning": 3, "error": 4}
_ON_ACCOUNTS = {
    "create": (1, "Create"),
    "enable": (2, "Enable"),
    "activate": (2, "Enable"),
    "set_password": (4, "Password Reset"),
    "expire_password": (4, "Password Reset"),
    "disable": (5, "Disable"),
    "delete": (6, "Delete"),
    "unlock": (12, "Unlock"),
}
_ON_ENTITIES = {"create": (1, "Create"), "read": (2, "Read"), "update": (3, "Update"), "delete": (4, "Delete")}
_SUCCESS, _FAILURE, _UNKNOWN = (1, "Success"), (2, "Failure"), (0, "Unknown")
_CODES = {
    "done": _SUCCESS,
    "unchanged": _SUCCESS,
    "signed_in": _SUCCESS,
    "accepted": _SUCCESS,
    "failed": _FAILURE,
    "refused": _FAILURE,
    "unknown": _UNKNOWN,
}


def ocsf_lines(lines: Iterable[str], version: str) -> Iterator[bytes]:
    """Yield each record as one event, a line of JSON in UTF-8 with a line feed."""
    for line in lines:
        event = _event(json.loads(line), line, version)
        yield json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def _event(body: Mapping[str, Any], line: str, version: str) -> dict[str, Any]:
    kind, verb = str(body["kind"]), _verb(body)
    target = _part(body, "target")
    is_person = target.get("kind") == "user" and bool(target.get("id"))
    number = _AUTHENTICATION if kind == "login" else _ACCOUNT_CHANGE if is_person else _ENTITY_MANAGEMENT
    activity, name = _activity(number, verb, kind)
    status, status_name = _status(body, kind)
    level = severity(body)
    words = told(kind, body)
    return _without_empty(
        {
            "category_uid": _IAM,
            "category_name": "Identity & Access Management",
            "class_uid": number,
            "type_uid": number * 100 + activity,
            "activity_id": activity,
            "activity_name": name,
            "time": int(datetime.fromisoformat(body["time"]).timestamp() * 1_000),
            "severity_id": _SEVERITIES[level],
            "severity": level.title(),
            "status_id": status,
            "status": status_name,
            "status_detail": str(_part(body, "outcome").get("detail") or ""),
            "message": words.sentence,
            "metadata": _metadata(body, kind, version),
            "actor": _without_empty({"user": _user(_part(body, "actor"))}),
            **_object(number, body, kind),
            "raw_data": line,
        }
    )


def _metadata(body: Mapping[str, Any], kind: str, version: str) -> dict[str, Any]:
    return _without_empty(
        {
            "version": SCHEMA,
            "product": {"name": "Deskhand", "vendor_name": "Deskhand", "version": version},
            "uid": str(body["id"]),
            "sequence": body["seq"],
            "event_code": kind,
            "original_time": str(body["time"]),
            "correlation_uid": subject_id(body, "submission") or "",
        }
    )


def _object(number: int, body: Mapping[str, Any], kind: str) -> dict[str, Any]:
    target = _part(body, "target")
    if number == _AUTHENTICATION:
        account = _user(_part(body, "account")) or _user(_part(body, "actor"))
        return {"user": account or {"name": "unknown"}, "service": {"name": "Deskhand"}}
    if number == _ACCOUNT_CHANGE:
        uid = str(target.get("id") or "")
        return {
            "user": _without_empty({"uid": uid, "name": str(target.get("dn_at_time") or target.get("name") or uid)})
        }
    form = subject_id(body, "form")
    uid = str(target.get("id") or form or body["id"])
    type_ = str(target.get("kind") or ("form" if form else kind))
    comment = str(body.get("reason") or "")
    return {"entity": {"uid": uid, "type": type_, "name": str(target.get("name") or form or kind)}, "comment": comment}


def _activity(number: int, verb: str, kind: str) -> tuple[int, str]:
    if number == _AUTHENTICATION:
        return (1, "Logon")
    known = _ON_ACCOUNTS if number == _ACCOUNT_CHANGE else _ON_ENTITIES
    return known.get(verb.rpartition(".")[2], (_OTHER, verb or kind))


def _status(body: Mapping[str, Any], kind: str) -> tuple[int, str]:
    outcome = body.get("outcome")
    code = str(outcome.get("code") if isinstance(outcome, Mapping) else outcome or "")
    if kind == "deny":
        return _FAILURE
    return _CODES.get(code, (_OTHER, code) if code else _UNKNOWN)


def _user(actor: Mapping[str, Any]) -> dict[str, str]:
    names = {"name": str(actor.get("login") or ""), "uid": str(actor.get("id") or actor.get("subject") or "")}
    return _without_empty(names)


def _verb(body: Mapping[str, Any]) -> str:
    operation = body.get("operation")
    return str(_part(body, "operation").get("verb") or (operation if isinstance(operation, str) else ""))


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def _without_empty(found: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if value not in ("", None, {}, [])}
