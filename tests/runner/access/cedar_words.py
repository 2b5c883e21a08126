"""Identities, values and requests in the words of Cedar: policies as text, entities as JSON."""

import json
from collections.abc import Mapping
from datetime import date

from connectors.spi import Ref, Value
from runner.access.model import Actor


def is_blank(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def node(kind: str, id_: str) -> dict[str, str]:
    return {"type": kind, "id": id_}


def entity(ref: Ref) -> dict[str, object]:
    return {"__entity": node(ref.kind, ref.id)}


def uid(ref: Ref) -> str:
    return f"{ref.kind}::{quoted(ref.id)}"


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def literal(value: Value) -> str:
    """Write a constant of a policy; a day is a record, so that it equals no number."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f"{{ day: {number(value)} }}"
    return quoted(value.casefold()) if isinstance(value, str) else str(value)


def jsoned(value: Value) -> object:
    """Write an attribute of an entity, as `literal` does."""
    if isinstance(value, Ref):
        return entity(value)
    if isinstance(value, date):
        return {"day": number(value)}
    return value.casefold() if isinstance(value, str) else value


def asked(actor: Actor, permission: str, ref: Ref, form: str | None, day: date) -> Mapping[str, object]:
    """Return the request for the engine."""
    context = {"day": number(day)} | ({"form": form} if form is not None else {})
    return {
        "principal": node("Actor", actor.id),
        "action": node("Action", permission),
        "resource": node(ref.kind, ref.id),
        "context": context,
    }
