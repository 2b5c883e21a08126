"""Bindings that a review revoked: what a binding is, as it is written, and a policy without some of them. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from hashlib import sha256

from runner.access.model import Binding, Policy, ResourceSet, Role, Selector
from runner.access.standard import EVERYTHING
from runner.journal.chain import canonical
from runner.journal.records import JSON


def binding_digest(policy: Policy, binding: Binding) -> str:
    """Return the SHA-256, hexadecimal, of everything that says what a binding gives to whom, as it is written.

    That is its id, principals, window and forms, the permissions of its role, and its resource sets.  Titles, comments
    and the order of lists do not count.  Of a standard role and of ``everything`` only the name counts, so that a new
    release of Deskhand leaves the digest as it is.
    """
    role, sets = policy.roles[binding.role], (policy.sets[name] for name in binding.on)
    return _digest(binding, _role(role), [_set(one) for one in sets])


def binding_digests(policy: Policy) -> tuple[str, ...]:
    """Return the digest of every binding, in the order of ``policy.bindings``."""
    roles = {name: _role(role) for name, role in policy.roles.items()}
    sets = {name: _set(one) for name, one in policy.sets.items()}
    return tuple(_digest(one, roles[one.role], [sets[name] for name in one.on]) for one in policy.bindings)


def without_revoked(policy: Policy, digests: Collection[str]) -> Policy:
    """Return the policy without the bindings whose digests these are; roles, sets and what is protected stay."""
    if not digests:
        return policy
    pairs = zip(policy.bindings, binding_digests(policy), strict=True)
    return replace(policy, bindings=tuple(binding for binding, digest in pairs if digest not in digests))


def _digest(binding: Binding, role: JSON, sets: Iterable[JSON]) -> str:
    written: Mapping[str, JSON] = {
        "id": binding.id,
        "principals": sorted(str(principal) for principal in binding.principals),
        "role": role,
        "on": sorted(sets, key=canonical),
        "forms": None if binding.forms is None else sorted(binding.forms),
        "from": binding.starts.isoformat() if binding.starts else None,
        "until": binding.ends.isoformat() if binding.ends else None,
    }
    return sha256(canonical(written).encode()).hexdigest()


def _role(role: Role) -> JSON:
    if role.standard:
        return {"id": role.id}
    return {"permissions": sorted(role.permissions), **_written(role, ("title", "permissions", "includes", "standard"))}


def _set(found: ResourceSet) -> JSON:
    if found.standard and found.id == EVERYTHING:
        return {"id": found.id}
    return {
        "id": found.id,
        "resources": sorted((_selector(one) for one in found.resources), key=canonical),
        "except": sorted((_selector(one) for one in found.excluded), key=canonical),
    }


def _selector(selector: Selector) -> JSON:
    named = ("ids",) if selector.in_list is not None else ()  # what stands in a list counts by the list's id
    return _written(selector, named)


def _written(written: Role | Selector, left_out: tuple[str, ...]) -> Mapping[str, JSON]:
    """Return every field that is not as it is when nothing is written; one that a later release adds changes nothing."""
    values = {field.name: (getattr(written, field.name), field.default) for field in fields(written)}
    return {
        name: _value(value) for name, (value, default) in values.items() if name not in left_out and value != default
    }


def _value(value: object) -> JSON:
    """Return a value with its type, so that the text ``true`` is not the value true; the order of several is lost."""
    if isinstance(value, tuple | frozenset):
        return sorted((_one(one) for one in value), key=canonical)
    return _one(value)


def _one(value: object) -> JSON:
    if isinstance(value, tuple):  # an attribute and what it is compared with
        return [_one(part) for part in value]
    return [type(value).__name__, str(value)]
