"""Which rights in the directory each verb needs, so that an account can be given them and examined for them. Pure.

One table for all dialects: what a verb writes differs only by how the dialect keeps states.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from connectors.ldap.layout import Layout
from connectors.verbs import ATTRIBUTES, DIRECTORY_VERBS

Action: TypeAlias = Literal["write", "create", "delete", "rename", "reset"]
_CUSTOM = "custom."


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """To do something with objects of one kind: write ``attribute`` of them, make them in a unit, delete or rename them.

    ``reset`` is Active Directory's right to give a new password without knowing the old one (User-Force-Change-Password).
    """

    kind: str
    action: Action
    attribute: str = ""

    def __str__(self) -> str:
        if self.action == "write":
            return f"write {self.attribute}"
        return {"create": "create", "delete": "delete", "rename": "rename or move", "reset": "reset the password of"}[
            self.action
        ]


_Needed: TypeAlias = Callable[[Layout, str, frozenset[str]], Iterable[Right]]

_DEMAND = {
    "active_directory": ("pwdLastSet",),
    "ppolicy": ("pwdReset",),
    "ns_account_lock": ("passwordExpirationTime",),
}
_UNLOCK = {
    "active_directory": ("lockoutTime",),
    "ppolicy": ("pwdAccountLockedTime",),
    "ns_account_lock": ("accountUnlockTime", "passwordRetryCount"),
}
_ENABLE = {
    "active_directory": ("userAccountControl",),
    "ppolicy": ("pwdAccountLockedTime", "pwdStartTime"),
    "ns_account_lock": ("nsAccountLock",),
}
_EXPIRY = {"active_directory": ("accountExpires",), "ppolicy": ("pwdEndTime",)}


def _by_states(table: Mapping[str, tuple[str, ...]]) -> _Needed:
    def needed(layout: Layout, kind: str, _: frozenset[str]) -> Iterable[Right]:
        return _written(kind, table.get(layout.dialect.states, ()))

    return needed


def _written(kind: str, attributes: Iterable[str]) -> list[Right]:
    return [Right(kind, "write", name) for name in attributes if name]


def _password(layout: Layout, kind: str, _: frozenset[str]) -> Iterable[Right]:
    states = layout.dialect.states
    if states == "active_directory":
        return [Right(kind, "reset"), *_written(kind, _DEMAND[states])]
    # In OpenLDAP a lock is written back, since a new password lifts it.
    lock = ("pwdAccountLockedTime",) if states == "ppolicy" else ()
    return _written(kind, ("userPassword", *_DEMAND.get(states, ()), *lock))


def _set(layout: Layout, kind: str, sets: frozenset[str]) -> Iterable[Right]:
    looks = layout.kind(kind)
    neutral = [name for name, known in ATTRIBUTES[kind].items() if name in sets and known.settable]
    held = [looks.texts.get(name) or looks.links.get(name) or "" for name in neutral]
    custom = [
        layout.custom[name]
        for one in sorted(sets)
        if (name := one.removeprefix(_CUSTOM)) != one and name in layout.custom
    ]
    return _written(kind, [*held, *(one.attribute for one in custom)])


def _rename(layout: Layout, kind: str, sets: frozenset[str]) -> Iterable[Right]:
    texts, rdn = layout.kind(kind).texts, layout.kind(kind).rdn
    names = sorted({texts.get(name, "") for name in ("login", "upn") if name in sets} - {rdn})
    return [Right(kind, "rename"), *_naming(layout, kind), *_written(kind, names)]


def _addresses(layout: Layout, kind: str, _: frozenset[str]) -> Iterable[Right]:
    return _written(kind, dict.fromkeys(("mail", layout.kind(kind).addresses)))


def _photo(layout: Layout, kind: str, _: frozenset[str]) -> Iterable[Right]:
    return _written(kind, (layout.dialect.photo,))


def _owner(layout: Layout, kind: str, _: frozenset[str]) -> Iterable[Right]:
    return _written(kind, (layout.kind(kind).links.get("owner", ""),))


def _members(layout: Layout, _: str, __: frozenset[str]) -> Iterable[Right]:
    return _written("group", (layout.dialect.member,))


def _create(_: Layout, kind: str, __: frozenset[str]) -> Iterable[Right]:
    return [Right(kind, "create")]


def _move(layout: Layout, kind: str, _: frozenset[str]) -> Iterable[Right]:
    return [Right(kind, "create"), Right(kind, "delete"), Right(kind, "rename"), *_naming(layout, kind)]


def _naming(layout: Layout, kind: str) -> Iterable[Right]:
    """Return the rights to write what names an entry, which OpenLDAP asks for even when it stays as it is."""
    names = dict.fromkeys((layout.kind(kind).rdn, "cn"))
    return () if layout.dialect.by_guid else _written(kind, names)


def _delete(_: Layout, kind: str, __: frozenset[str]) -> Iterable[Right]:
    return [Right(kind, "delete")]


_NEEDED: Mapping[str, _Needed] = {
    "directory.user.create": _create,
    "directory.user.update": _set,
    "directory.user.rename": _rename,
    "directory.user.set_addresses": _addresses,
    "directory.user.set_photo": _photo,
    "directory.user.set_password": _password,
    "directory.user.expire_password": _by_states(_DEMAND),
    "directory.user.unlock": _by_states(_UNLOCK),
    "directory.user.enable": _by_states(_ENABLE),
    "directory.user.disable": _by_states(_ENABLE),
    "directory.user.move": _move,
    "directory.user.set_expiry": _by_states(_EXPIRY),
    "directory.user.delete": _delete,
    "directory.user.join_groups": _members,
    "directory.user.leave_groups": _members,
    "directory.group.create": _create,
    "directory.group.update": _set,
    "directory.group.set_owner": _owner,
    "directory.group.delete": _delete,
    "directory.group.add_members": _members,
    "directory.group.remove_members": _members,
    "directory.group.change_members": _members,
    "directory.computer.enable": _by_states(_ENABLE),
    "directory.computer.disable": _by_states(_ENABLE),
    "directory.computer.move": _move,
    "directory.computer.delete": _delete,
    "directory.contact.create": _create,
    "directory.contact.update": _set,
    "directory.contact.delete": _delete,
}


def rights_for(layout: Layout, verb: str, sets: frozenset[str]) -> tuple[Right, ...]:
    """Return what an account needs for a verb; ``sets`` as in `Usage`. Empty for what this directory cannot do."""
    if verb not in _NEEDED or verb in layout.dialect.cannot:
        return ()
    return tuple(dict.fromkeys(_NEEDED[verb](layout, verb.split(".")[1], sets)))


def everything_for(layout: Layout, verb: str) -> tuple[Right, ...]:
    """Return what an account needs for a verb whatever a form sets with it."""
    given = {argument.name for argument in DIRECTORY_VERBS[verb].arguments}
    custom = {f"{_CUSTOM}{name}" for name, one in layout.custom.items() if one.settable}
    return rights_for(layout, verb, frozenset(given | set(ATTRIBUTES.get(verb.split(".")[1], ())) | custom))


def as_dsacls(right: Right, *, is_whole: bool = True) -> tuple[str, ...]:
    """Return what Windows' ``dsacls UNIT /I:S /G "ACCOUNT:…"`` takes to give a right below a unit.

    With ``is_whole`` false what is said of a unit itself, so that nothing but what stands in it can be deleted.
    """
    match right.action:
        case "write":
            return (f"RPWP;{right.attribute};{right.kind}",)
        case "create":
            return (f"CC;{right.kind}",)
        case "delete":
            return (f"SD;;{right.kind}",) if is_whole else (f"DC;{right.kind}",)
        case "rename":
            return (f"RPWP;cn;{right.kind}", f"RPWP;name;{right.kind}")
        case "reset":
            return (f"CA;Reset Password;{right.kind}",)


def as_attributes(right: Right) -> tuple[str, ...]:
    """Return the attributes, as ``access to attrs=`` of OpenLDAP names them, that a right means to write."""
    return (right.attribute,) if right.action == "write" else ("entry", "children")
