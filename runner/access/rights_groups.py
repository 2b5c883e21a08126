"""Groups that give rights in Deskhand: who is added to one of them is given what its bindings give. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connectors.spi import Operation
from runner.access.model import Policy, Selector
from runner.access.resolving import ResolvedPolicy

CHANGING = "directory.group.change_members"
ADDING: Mapping[str, str] = {
    "directory.user.join_groups": "groups",
    "directory.group.add_members": "group",
    CHANGING: "group",
}
"""The verbs that add people to groups → the argument that holds the groups."""


def adds_people(operation: Operation) -> bool:
    """Say whether an operation adds people to groups."""
    return operation.verb in ADDING and (operation.verb != CHANGING or bool(operation.arguments.get("add")))


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A group that is known without asking a directory, as from a fixture; ``parents`` are names of groups it is in."""

    name: str
    dn: str = ""
    parents: frozenset[str] = frozenset()


def rights_groups(policy: Policy, known: Iterable[KnownGroup] = ()) -> Mapping[str, str]:
    """Return the names and DNs of groups that give rights, in lower case → how, in words for an administrator.

    A group inside such a group gives the same rights, as far as ``known`` tells.
    """
    found: dict[str, str] = {}
    for binding in policy.bindings:
        for principal in binding.principals:
            if principal.kind == "group":
                found.setdefault(principal.name.lower(), f'binding "{binding.id}"')
    groups = tuple(known)
    for _ in groups:
        before = len(found)
        for group in groups:
            _add_nested(found, group)
        if len(found) == before:
            break
    return found


def _add_nested(found: dict[str, str], group: KnownGroup) -> None:
    names = [name.lower() for name in (group.name, group.dn) if name]
    how = next((found[name] for name in names if name in found), None)
    if how is None:
        parent = next((name for name in sorted(group.parents) if name.lower() in found), None)
        how = f'{found[parent.lower()]}, through the group "{parent}"' if parent is not None else None
    for name in names if how is not None else ():
        found.setdefault(name, str(how))


def resolved_rights_groups(resolved: ResolvedPolicy) -> frozenset[str]:
    """Return the ids of the groups that give rights themselves; who asks also looks at the groups around a group."""
    return frozenset(row.principal_id for row in resolved.rows if row.principal == "group")


NO, UNKNOWN, BROAD, NAMED = range(4)
"""Whether a resource set holds a group: surely not; only the directory knows; as it holds all; as it says so."""


def holds(selector: Selector, name: str, group: KnownGroup | None) -> int:
    """Say whether a selector holds the group of this name; ``group`` is what is known of it."""
    if selector.kind != "group":
        return NO
    found = BROAD
    if selector.ids is not None:
        names = {name.lower(), *((group.name.lower(), group.dn.lower()) if group else ())}
        found = NAMED if names & {text.lower() for text in selector.ids} else NO
    if found and selector.under is not None:
        found = _both(found, _is_under(group.dn if group else name, selector.under))
    if found and selector.in_group is not None:
        parents = {parent.lower() for parent in group.parents} if group else None
        found = _both(found, UNKNOWN if parents is None else NAMED if selector.in_group.lower() in parents else UNKNOWN)
    return _both(found, UNKNOWN) if selector.match else found


def _both(one: int, other: int) -> int:
    """Join two keys of a selector, which must both hold."""
    if NO in (one, other):
        return NO
    return UNKNOWN if UNKNOWN in (one, other) else max(one, other)


def _is_under(dn: str, unit: str) -> int:
    if "=" not in dn:
        return UNKNOWN
    normal, place = (",".join(part.strip() for part in text.lower().split(",")) for text in (dn, unit))
    return NAMED if normal.endswith(f",{place}") else NO


def set_holds(policy: Policy, set_id: str, name: str, group: KnownGroup | None) -> int:
    """Say whether a resource set holds the group of this name: the most that one of its selectors says."""
    found = policy.sets.get(set_id)
    if found is None:
        return NO
    most = max((holds(selector, name, group) for selector in found.resources), default=NO)
    without = max((holds(selector, name, group) for selector in found.excluded), default=NO)
    return NO if without >= BROAD else min(most, UNKNOWN) if without else most
