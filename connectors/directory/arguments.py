"""Check the arguments of an operation against its verb. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from connectors.errors import RejectedError
from connectors.spi import Argument, File, Operation, OutputRef, Ref, Secret, SecretRef, Verb

_MEMBERS = frozenset({"user", "group", "computer"})
# Arguments that take people, groups and computers alike.
_MIXED = frozenset({"members", "add", "remove"})


def checked(operation: Operation, verbs: Mapping[str, Verb]) -> Verb:
    """Return the verb of an operation.

    Raises `RejectedError` for an unknown verb, an argument it does not have, one that is missing, or one of the wrong
    type; an empty value stands for none.
    """
    verb = verbs.get(operation.verb)
    if verb is None:
        raise RejectedError("The directory does not know this operation.")
    known = {argument.name: argument for argument in verb.arguments}
    if set(operation.arguments) - known.keys():
        raise RejectedError(f"“{verb.meaning}” was given something it does not take.")
    for argument in verb.arguments:
        value = operation.arguments.get(argument.name)
        missing = argument.needed and argument.name not in operation.arguments
        if missing or not _fits(argument, value):
            raise RejectedError(f"“{verb.meaning}”: {argument.meaning.lower()} is missing or of the wrong type.")
    return verb


def _fits(argument: Argument, value: object) -> bool:
    if value is None and not argument.needed:
        return True
    if argument.type.startswith("list:"):
        item = argument.type.removeprefix("list:")
        kinds = _MEMBERS if item == "user" and argument.name in _MIXED else frozenset({item})
        return value is None or (isinstance(value, list | tuple) and all(_is_item(kinds, part) for part in value))
    plain = _PLAIN.get(argument.type)
    if plain is not None:
        return plain(value)
    return _is_item({argument.type}, value)


def _is_item(kinds: frozenset[str] | set[str], value: object) -> bool:
    if "text" in kinds:
        return isinstance(value, str)
    return isinstance(value, Ref | OutputRef) and value.kind in kinds


def _is_date(value: object) -> bool:
    return value is None or (isinstance(value, date) and not isinstance(value, datetime))


_PLAIN: Mapping[str, Callable[[object], bool]] = {
    "text": lambda value: value is None or isinstance(value, str),
    "address": lambda value: value is None or isinstance(value, str),
    "bool": lambda value: value is None or isinstance(value, bool),
    "date": _is_date,
    "file": lambda value: isinstance(value, File),
    "secret": lambda value: isinstance(value, SecretRef | Secret),
    "map": lambda value: isinstance(value, Mapping) and all(isinstance(name, str) for name in value),
}
