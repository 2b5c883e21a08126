"""How loud a record is, for formats that want to know. Pure."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

Severity: TypeAlias = Literal["informational", "notice", "warning", "error"]

_BAD = frozenset({"failed", "refused", "rejected", "locked"})


def severity(body: Mapping[str, Any]) -> Severity:
    """Return how loud a record is: what is unclear is an error, what was refused a warning, what is configured a notice."""
    outcome = body.get("outcome")
    code = outcome.get("code") if isinstance(outcome, Mapping) else outcome
    if code == "unknown" or body["kind"] == "reconcile":
        return "error"
    if body["kind"] == "deny" or code in _BAD:
        return "warning"
    return "notice" if body["kind"] in ("config", "export", "checkpoint", "approval") else "informational"
