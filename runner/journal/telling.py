"""Tell a record of the journal in one line for a person: who, in which form, on whom, what, and what came of it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.journal.records import subject_id

_NOTHING: Mapping[str, Any] = {}
_RDN = re.compile(r"[^=]*=((?:\\.|[^,\\])*)")
_ESCAPED = re.compile(r"\\([0-9A-Fa-f]{2}|.)")
_MOST_CHANGES = 5
_RECONCILED: Mapping[str, str] = {
    "restored": "restored from a backup, so it is unclear whether it was done",
    "found_done": "looked at and found done",
    "closed_done": "closed as done",
    "closed_not_done": "closed as not done",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A record in words; ``who`` is a login, or what stands for one, and empty when nobody is known."""

    who: str
    sentence: str


def told(kind: str, body: Mapping[str, Any], intent: Mapping[str, Any] = _NOTHING) -> Told:
    """Return a record in words; what an outcome leaves out, its ``intent`` says, the body of that record."""
    asked = ", ".join(part for part in (subject_id(body, "form"), _whom(body, intent)) if part)
    said = _said(kind, body, intent)
    return Told(_who(body), _one_line(f"{asked}: {said}" if asked else said[:1].upper() + said[1:]))


def _who(body: Mapping[str, Any]) -> str:
    actor = _part(body, "actor")
    if by := actor.get("simulated_by"):
        return f"{by} as {actor.get('login')}"
    if login := actor.get("login"):
        return str(login)
    return f"person {actor['subject']}" if actor.get("subject") else str(actor.get("id") or "")


def _whom(body: Mapping[str, Any], intent: Mapping[str, Any]) -> str:
    """Return what somebody calls the object, as far as the records have a name for it; else its kind and id."""
    target = _part(body, "target")
    if not target.get("id"):
        return ""
    for one in (body, intent):
        if subject_id(one, "target") != target["id"]:
            continue
        names = dict.fromkeys(str(change.get("what")) for change in _changes(one) if change.get("what"))
        if dn := _part(one, "target").get("dn_at_time"):
            return _name_in(str(dn))
        if len(names) == 1:
            return next(iter(names))
    return f"{target.get('kind') or 'target'} {target['id']}"


def _name_in(dn: str) -> str:
    """Return the value of the first name of a DN, without its escapes; of one that is no DN, all of it."""
    found = _RDN.match(dn)
    if found is None:
        return dn
    return _ESCAPED.sub(lambda one: one[1] if len(one[1]) == 1 else one[0], found[1]).strip()


def _said(kind: str, body: Mapping[str, Any], intent: Mapping[str, Any]) -> str:
    operation, outcome = body.get("operation"), _part(body, "outcome")
    verb = _part(body, "operation").get("verb") or (operation if isinstance(operation, str) else "")
    code = str(outcome.get("code") or "").replace("_", " ")
    why = str(outcome.get("detail") or "")
    if kind == "intent" and "takes_back" in body:
        return f"taking back began: {verb}"
    if kind == "intent":
        return f"allowed and begun: {verb}{_in_brackets(_changes(body))}"
    if kind == "outcome":
        changes = _changes(body) or _changes(intent)
        return _with_reason(f"{code}: {verb}{_in_brackets(changes)}", why)
    if kind == "deny":
        return _with_reason(f"refused: {verb}", str(_part(body, "decision").get("reason") or ""))
    if kind == "verify":
        return _with_reason(f"caller check {_part(body, 'verification').get('method', '')}: {code}", why)
    if kind == "reconcile":
        return _RECONCILED.get(str(outcome.get("code")), "found unclear after a restart")
    words = (verb, code, _part(body, "account").get("login"), body.get("file"), body.get("simulated"))
    said = " ".join(str(word) for word in (*words, _part(body, "review").get("title")) if word) or kind
    return _with_reason(said, why or (str(body.get("reason") or "") if kind in ("decision", "config") else ""))


def _with_reason(said: str, why: str) -> str:
    return f"{said}: {why}" if why else said


def _in_brackets(changes: Sequence[Mapping[str, Any]]) -> str:
    """Return what changes, from what to what; of many, the first few and how many more."""
    words = [text for change in changes if (text := _change(change))]
    if not words:
        return ""
    more = f"; {len(words) - _MOST_CHANGES} more" if len(words) > _MOST_CHANGES else ""
    return f" ({'; '.join(words[:_MOST_CHANGES])}{more})"


def _change(change: Mapping[str, Any]) -> str:
    name, before, after = (str(change.get(key) or "") for key in ("attribute", "before", "after"))
    if not name:
        return str(change.get("what") or "")
    return f"{name} {before or '(empty)'} -> {after or '(empty)'}" if before or after else name


def _changes(body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found = body.get("changes")
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list | tuple) else []


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else _NOTHING


def _one_line(text: str) -> str:
    """Return a text on one line, without marks that a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))
