"""The single things that an operation gives or takes, such as one membership, so that two operations can be compared. Pure.

A thing is a text: what kind of thing it is and the objects it is about.  Two operations are about the same thing when they
have a text in common, whichever of them gives it and whichever verb does it: ``member group:g1 user:u1`` is the same from the
side of the person and from the side of the group.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from connectors.spi import Operation, Ref, Value

_MEMBERSHIPS = {
    "directory.user.join_groups": ("groups",),
    "directory.user.leave_groups": ("groups",),
    "directory.group.add_members": ("members",),
    "directory.group.remove_members": ("members",),
    "directory.group.change_members": ("add", "remove"),
}
_RIGHTS = frozenset({"mailbox.grant", "mailbox.revoke"})
_BY_ADDRESS = frozenset({"mailbox.add_address", "mailbox.remove_address"})
_BY_ARGUMENT = frozenset({"directory.user.rename", "mailbox.update", "mailbox.list.update"})
_STATES = {
    "enable": "enabled",
    "disable": "enabled",
    "activate": "enabled",
    "hide": "hidden",
    "show": "hidden",
    "delete": "exists",
}
_GIVES = frozenset(["join_groups", "add_members", "add", "grant", "enable", "activate", "hide", "add_address"])
_TAKES = frozenset(
    ["leave_groups", "remove_members", "remove", "revoke", "disable", "show", "remove_address", "delete"]
)


def things(operation: Operation) -> frozenset[str]:
    """Return everything that an operation gives, takes or sets; nothing where the object does not exist yet."""
    return frozenset(part.thing for part in _parts(operation))


def sign(operation: Operation, thing: str) -> str:
    """Return ``+`` where an operation makes a thing so, ``-`` where it ends that, ``=`` where it sets a value."""
    word = operation.verb.rpartition(".")[2]
    if word == "change_members":
        word = next((part.argument for part in _parts(operation) if part.thing == thing), word)
    return "+" if word in _GIVES else "-" if word in _TAKES else "="


def only(operation: Operation, kept: frozenset[str]) -> Operation | None:
    """Return the operation with some of its things alone; None when it has none of them."""
    return without(operation, things(operation) - kept)


def about(operation: Operation, ref: Ref) -> frozenset[str]:
    """Return the things of an operation that cannot be without this object."""
    subject = next((value for value in operation.arguments.values() if isinstance(value, Ref)), None)
    if ref == subject:
        return things(operation)
    found = set[str]()
    for part in _parts(operation):
        value = operation.arguments.get(part.argument)
        held = value.get(str(part.item)) if isinstance(value, Mapping) else part.item
        if ref in (held, value) or not part.argument or str(ref) in part.thing.split():
            found.add(part.thing)
    return frozenset(found)


def objects(operation: Operation) -> frozenset[Ref]:
    """Return the objects that stand in its arguments."""
    return frozenset(_refs(tuple(operation.arguments.values())))


def without(operation: Operation, gone: frozenset[str]) -> Operation | None:
    """Return the operation without some of its things; None when nothing is left of it."""
    parts = tuple(_parts(operation))
    left = [part for part in parts if part.thing not in gone]
    if not left:
        return None
    arguments = dict(operation.arguments)
    for name in {part.argument for part in parts if part.argument}:
        kept = [part.item for part in left if part.argument == name]
        value = arguments[name]
        if isinstance(value, Mapping):
            arguments[name] = {key: one for key, one in value.items() if key in kept}
        elif isinstance(value, list | tuple):
            arguments[name] = tuple(one for one in value if one in kept)
        elif not kept:
            del arguments[name]
    return replace(operation, arguments=arguments)


def with_values_of(operation: Operation, older: Operation) -> Operation:
    """Return an operation that writes earlier values again, with those of an ``older`` one where both set the same."""
    shared = things(operation) & things(older)
    if operation.verb != older.verb or not shared or operation.verb in (*_MEMBERSHIPS, *_RIGHTS, *_BY_ADDRESS):
        return operation
    arguments, before = dict(operation.arguments), older.arguments
    for part in _parts(operation):
        if not part.argument:
            return replace(operation, arguments={**arguments, **before, **_removing(arguments, before)})
        value, earlier = arguments[part.argument], before.get(part.argument)
        if part.thing in shared and isinstance(value, Mapping) and isinstance(earlier, Mapping):
            arguments[part.argument] = {**value, str(part.item): earlier[str(part.item)]}
        elif part.thing in shared:
            arguments[part.argument] = earlier
    return replace(operation, arguments=arguments)


def _removing(arguments: Mapping[str, Value], before: Mapping[str, Value]) -> Mapping[str, Value]:
    """Return what has to go so that there is only what was there before both."""
    if "remove" not in arguments and "remove" not in before:
        return {}
    both = (*_listed(arguments.get("remove")), *_listed(before.get("remove")))
    stays = _listed(before.get("addresses"))
    return {"remove": tuple(one for one in dict.fromkeys(str(one) for one in both) if one not in stays)}


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing, the argument it stands in, and which item of that it is; both are empty where it is the whole."""

    thing: str
    argument: str = ""
    item: Value = None


def _parts(operation: Operation) -> Iterator[_Part]:
    verb, arguments = operation.verb, operation.arguments
    subject = next((value for value in arguments.values() if isinstance(value, Ref)), None)
    word = verb.rpartition(".")[2]
    maps = [name for name, value in arguments.items() if isinstance(value, Mapping)]
    if subject is None or word.startswith("create"):
        return
    if verb in _MEMBERSHIPS:
        yield from _memberships(subject, arguments, _MEMBERSHIPS[verb])
    elif verb in _RIGHTS:
        for right in _listed(arguments.get("rights")):
            yield _Part(_named("right", subject, arguments.get("user"), right), "rights", right)
    elif maps:
        for name in maps:
            yield from (_Part(_named("value", subject, key), name, key) for key in _keys(arguments[name]))
    elif verb in _BY_ARGUMENT:
        for name in arguments:
            if arguments[name] != subject or name == "owner":
                yield _Part(_named("value", subject, name), name, name)
    elif verb in _BY_ADDRESS:
        yield _Part(_named("address", subject, str(arguments.get("address")).lower()))
    else:
        yield _Part(_named(_STATES.get(word, word), subject))


def _memberships(subject: Ref, arguments: Mapping[str, Value], names: tuple[str, ...]) -> Iterator[_Part]:
    for name in names:
        for item in _listed(arguments.get(name)):
            if isinstance(item, Ref):
                yield _Part(_named("member", *sorted((str(subject), str(item)))), name, item)


def _keys(value: Value) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, Mapping) else ()


def _named(kind: str, *words: object) -> str:
    return " ".join((kind, *(str(word) for word in words)))


def _listed(value: Value) -> tuple[Value, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()


def _refs(value: Value) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _refs(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _refs(one)
