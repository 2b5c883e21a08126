"""From the JSON that `forms.answering.wire.stored` makes of an operation back to the operation, by its verb. Pure.

The way back is exact: what a verb's arguments are says what each text in the JSON is.  Two things never come back: a
secret, which is not kept, and the content of a file, to which a connector goes back by its SHA-256.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.spi import Argument, File, Operation, OutputRef, Ref, SecretRef, Value, Verb
from connectors.verbs import ATTRIBUTES, DIRECTORY_VERBS, MAILBOX_VERBS
from forms.values import OBJECT_KINDS

_CUSTOM = "custom."
_STEPS = "steps."
_MEMBERS = frozenset({"user", "group", "computer"})
_FILE = {"name": str, "size": int, "type": str, "sha256": str}
_KIND_OF_OUTPUT = {
    name: kind for verb in (*DIRECTORY_VERBS.values(), *MAILBOX_VERBS.values()) for name, kind in verb.gives.items()
}


class RestoreError(Exception):
    """What was kept cannot be done again: the text is a sentence for an operator, and holds no value of it."""


def restored(kept: Any, verbs: Mapping[str, Verb], id: str) -> Operation:
    """Return the operation that was kept as ``{"verb": …, "arguments": {…}}``, to be done under the step ``id``.

    ``verbs`` are those of the installation (`connectors.registry.Connectors.verbs`).  Raises `RestoreError` for a verb or an
    argument that is unknown, a value that is not of the argument's type, and for a secret.
    """
    name = kept.get("verb") if isinstance(kept, Mapping) else None
    verb = verbs.get(name) if isinstance(name, str) else None
    if verb is None:
        raise RestoreError("It was done with something that this desk cannot do any more.")
    arguments = kept.get("arguments")
    if not isinstance(arguments, Mapping):
        raise RestoreError(f"What was kept of “{verb.meaning}” cannot be read.")
    return Operation(id, verb.name, restored_arguments(arguments, verb))


def restored_arguments(kept: Mapping[str, Any], verb: Verb) -> Mapping[str, Value]:
    """Return the arguments of a verb that were kept as JSON, in its order; lists are tuples. Raises `RestoreError`."""
    unknown = kept.keys() - {argument.name for argument in verb.arguments}
    if unknown:
        raise RestoreError(f"“{verb.meaning}” does not take “{min(unknown)}” any more.")
    found: dict[str, Value] = {}
    for argument in verb.arguments:
        if argument.name not in kept:
            continue
        try:
            found[argument.name] = _restored(verb, argument, kept[argument.name])
        except (ValueError, InvalidOperation, TypeError, KeyError, AttributeError):
            raise RestoreError(f"“{verb.meaning}”: what was kept as “{argument.name}” is no {argument.type}.") from None
    return found


def _restored(verb: Verb, argument: Argument, value: Any) -> Value:
    if value is None:
        return None
    if argument.type == "map":
        return {key: _attribute(verb, key, item) for key, item in _mapping(value).items()}
    many, _, item_type = argument.type.rpartition(":")
    if many == "list":
        return tuple(_single(item_type, argument.name, item) for item in _listed(value))
    return _single(argument.type, argument.name, value)


def _single(type_: str, name: str, value: Any) -> Value:
    if type_ in OBJECT_KINDS:
        kinds = _MEMBERS if type_ == "user" and name in ("members", "add", "remove") else frozenset({type_})
        return _reference(kinds, type_, value)
    return _PLAIN[type_](value)


def _attribute(verb: Verb, name: str, value: Any) -> Value:
    """Restore a value of a map, which is one of an attribute: of the first object that the verb takes."""
    if value is None:
        return None
    if name.startswith(_CUSTOM):
        found = (verb.further or {}).get(name.removeprefix(_CUSTOM))
        if found is None:
            raise RestoreError(f"“{name}” is no further attribute of this desk any more.")
        return _PLAIN[found.type](value)
    kind = next((one.type for one in verb.arguments if one.type in OBJECT_KINDS), "")
    known = ATTRIBUTES.get(kind, {}).get(name)
    if known is None:
        raise RestoreError(f"“{verb.meaning}” sets “{name}”, which is unknown here.")
    many, _, item_type = known.type.rpartition(":")
    return tuple(_single(item_type, "", item) for item in _listed(value)) if many else _single(item_type, "", value)


def _reference(kinds: frozenset[str], usual: str, value: Any) -> Value:
    text = _text(value)
    kind, colon, id_ = text.partition(":")
    if colon and kind in kinds and id_:
        return Ref(kind, id_)
    step, dot, output = text.removeprefix(_STEPS).rpartition(".")
    if not text.startswith(_STEPS) or not (step and dot and output):
        raise ValueError(text)
    made = _KIND_OF_OUTPUT.get(output, usual)
    return OutputRef(step, output, made if made in kinds else usual)


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError
    return value


def _listed(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _number(value: Any) -> Value:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    number = Decimal(_text(value))
    if not number.is_finite():
        raise ValueError
    return number


def _date(value: Any) -> Value:
    return date.fromisoformat(_text(value))


def _datetime(value: Any) -> Value:
    return datetime.fromisoformat(_text(value))


def _choices(value: Any) -> Value:
    return tuple(_text(item) for item in _listed(value))


def _file(value: Any) -> Value:
    kept = _mapping(value)
    if kept.keys() != _FILE.keys() or any(type(kept[key]) is not type_ for key, type_ in _FILE.items()):
        raise TypeError
    return File(kept["name"], kept["size"], kept["type"], kept["sha256"])


def _secret(_value: Any) -> SecretRef:
    raise RestoreError("It needs a password or another secret, which is never kept.")


_PLAIN: Mapping[str, Callable[[Any], Value]] = {
    "text": _text,
    "address": _text,
    "bool": _yes_or_no,
    "number": _number,
    "date": _date,
    "datetime": _datetime,
    "choices": _choices,
    "file": _file,
    "secret": _secret,
}
