"""Makes a desk smaller while something about it stays true, so that a difference can be read by a person."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from runner.access.model import Binding, ResourceSet, Role, Selector
from tests.runner.access.random_desks import Desk, Thing


def smallest(desk: Desk, still: Callable[[Desk], bool]) -> Desk:
    """Take one thing away after the other, as long as ``still`` holds of what is left."""
    is_smaller = True
    while is_smaller:
        found = next((smaller for smaller in _smaller(desk) if still(smaller)), None)
        is_smaller = found is not None
        desk = found or desk
    return desk


def _smaller(desk: Desk) -> Iterator[Desk]:
    policy = desk.policy
    for bindings in _without_one(policy.bindings):
        yield replace(desk, policy=replace(policy, bindings=bindings))
    for protected in _without_one(policy.protected):
        yield replace(desk, policy=replace(policy, protected=protected))
    for id_, found in policy.sets.items():
        for smaller_set in _smaller_sets(found):
            yield replace(desk, policy=replace(policy, sets={**policy.sets, id_: smaller_set}))
    for number, binding in enumerate(policy.bindings):
        for smaller in _smaller_bindings(binding):
            bindings = (*policy.bindings[:number], smaller, *policy.bindings[number + 1 :])
            yield replace(desk, policy=replace(policy, bindings=bindings))
    for id_, role in policy.roles.items():
        for smaller_role in _smaller_roles(role):
            yield replace(desk, policy=replace(policy, roles={**policy.roles, id_: smaller_role}))
    if desk.own_accounts:
        yield replace(desk, own_accounts=frozenset())


def _smaller_sets(found: ResourceSet) -> Iterator[ResourceSet]:
    for resources in _without_one(found.resources):
        if resources:
            yield replace(found, resources=resources)
    for excluded in _without_one(found.excluded):
        yield replace(found, excluded=excluded)
    for name in ("resources", "excluded"):
        selectors: tuple[Selector, ...] = getattr(found, name)
        for number, selector in enumerate(selectors):
            for smaller in _smaller_selectors(selector):
                yield replace(found, **{name: (*selectors[:number], smaller, *selectors[number + 1 :])})


def _smaller_selectors(selector: Selector) -> Iterator[Selector]:
    for name in ("under", "in_group", "ids"):
        if getattr(selector, name) is not None:
            yield replace(selector, **{name: None})
    for ids in _without_one(selector.ids or ()):
        if ids:
            yield replace(selector, ids=ids)
    if selector.match:
        yield replace(selector, match=())


def _smaller_bindings(binding: Binding) -> Iterator[Binding]:
    for principals in _without_one(binding.principals):
        if principals:
            yield replace(binding, principals=principals)
    for on in _without_one(binding.on):
        if on:
            yield replace(binding, on=on)
    for name in ("forms", "starts", "ends"):
        if getattr(binding, name) is not None:
            yield replace(binding, **{name: None})


def _smaller_roles(role: Role) -> Iterator[Role]:
    for permissions in _without_one(tuple(sorted(role.permissions))):
        yield replace(role, permissions=frozenset(permissions))
    if role.covers:
        yield replace(role, covers=())


def _without_one(parts: tuple) -> Iterator[tuple]:
    return (parts[:number] + parts[number + 1 :] for number in range(len(parts)))


def shown(desk: Desk, *things: Thing | None) -> str:
    """Write what is left, for the message of a test."""
    used = {name for binding in desk.policy.bindings for name in binding.on} | set(desk.policy.protected)
    lines = [str(binding) for binding in desk.policy.bindings]
    lines += [str(role) for id_, role in desk.policy.roles.items() if id_ in {one.role for one in desk.policy.bindings}]
    lines += [
        f"{found}{' protected' * (id_ in desk.policy.protected)}"
        for id_, found in desk.policy.sets.items()
        if id_ in used
    ]
    lines += [str(thing) for thing in things if thing is not None]
    return "\n".join([*lines, *([f"own accounts: {sorted(desk.own_accounts)}"] if desk.own_accounts else [])])
