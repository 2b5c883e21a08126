"""Write records in the Common Event Format, one line each (ArcSight CEF, version 0). Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from runner.journal.records import subject_id
from runner.journal.severity import severity
from runner.journal.telling import told

_VENDOR = _PRODUCT = "Deskhand"
_LEVELS = {"informational": 2, "notice": 5, "warning": 7, "error": 9}
_MOST = 1_023  # of a text in most of CEF's own fields; ``rawEvent`` holds the whole record


def cef_lines(lines: Iterable[str], version: str) -> Iterator[bytes]:
    """Yield each record as a line of CEF in UTF-8 with a line feed; ``rawEvent`` is the whole record as JSON in ASCII."""
    for line in lines:
        body = json.loads(line)
        header = "|".join(
            _in_header(text)
            for text in (_VENDOR, _PRODUCT, version, _class_of(body), _name(body), str(_LEVELS[severity(body)]))
        )
        extension = " ".join(f"{key}={_in_extension(value)}" for key, value in _fields(body).items() if value)
        yield f"CEF:0|{header}|{extension}\n".encode("utf-8", "replace")


def _class_of(body: Mapping[str, Any]) -> str:
    return f"{body['kind']}.{_verb(body)}" if _verb(body) else str(body["kind"])


def _name(body: Mapping[str, Any]) -> str:
    return told(str(body["kind"]), body).sentence[:512]


def _fields(body: Mapping[str, Any]) -> dict[str, str]:
    actor, target, outcome = (_part(body, name) for name in ("actor", "target", "outcome"))
    shortened = {
        "rt": str(int(datetime.fromisoformat(body["time"]).timestamp() * 1_000)),
        "externalId": str(body["seq"]),
        "cat": str(body["kind"]),
        "act": _verb(body),
        "outcome": str(outcome.get("code") or ""),
        "reason": str(body.get("reason") or outcome.get("detail") or ""),
        "suser": str(actor.get("login") or ""),
        "suid": str(actor.get("id") or ""),
        "duid": subject_id(body, "target") or "",
        "duser": str(target.get("dn_at_time") or target.get("name") or ""),
        **_labelled(1, "submission", subject_id(body, "submission")),
        **_labelled(2, "form", subject_id(body, "form")),
        **_labelled(3, "ticket", str(body.get("ticket") or "")),
    }
    return {key: value[:_MOST] for key, value in shortened.items()} | {"rawEvent": _ascii(body)}


def _ascii(body: Mapping[str, Any]) -> str:
    return json.dumps(body, separators=(",", ":")).replace("\x7f", "\\u007f")


def _labelled(number: int, label: str, value: str | None) -> dict[str, str]:
    return {f"cs{number}Label": label, f"cs{number}": value} if value else {}


def _verb(body: Mapping[str, Any]) -> str:
    operation = body.get("operation")
    return str(_part(body, "operation").get("verb") or (operation if isinstance(operation, str) else ""))


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def _in_header(text: str) -> str:
    return _on_one_line(text).replace("\\", "\\\\").replace("|", "\\|")


def _in_extension(text: str) -> str:
    """Escape the value of a field: backslash, equals sign and line ends; other control characters are left out."""
    escaped = text.replace("\\", "\\\\").replace("=", "\\=").replace("\r", "\\r").replace("\n", "\\n")
    return "".join(letter if letter >= " " and letter not in "\x7f\x85\u2028\u2029" else " " for letter in escaped)


def _on_one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
