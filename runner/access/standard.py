"""The fixed roles that ship with Deskhand, and how assigning one becomes a binding like any other. Pure data."""

from collections.abc import Mapping, Sequence
from datetime import date

from connectors.verbs import PERMISSIONS
from runner.access.model import SELECTOR_KINDS, Binding, Principal, ResourceSet, Role, Selector

EVERYTHING = "everything"
"""Written as ``targets:`` it means the whole installation, and is the id of the set that holds it."""

_USER_PERMISSIONS = frozenset(name for name in PERMISSIONS if name.startswith("user."))

_PERMISSIONS: Mapping[str, tuple[str, frozenset[str]]] = {
    "HELP_DESK_ADMIN": (
        "Help desk: passwords, locks, second factors and sessions",
        frozenset({"user.read", "user.password.reset", "user.unlock", "user.mfa.reset", "user.sessions.clear"}),
    ),
    "GROUP_MEMBERSHIP_ADMIN": (
        "Memberships of groups",
        frozenset({"group.read", "group.members.manage", "user.groups.manage"}),
    ),
    "USER_ADMIN": ("People in groups", _USER_PERMISSIONS | {"group.members.manage"}),
    "READ_ONLY_ADMIN": (
        "Sees everything but the journal",
        frozenset(name for name in PERMISSIONS if name.endswith(".read")) - {"audit.read"},
    ),
    "REPORT_ADMIN": ("Reports and the journal", frozenset({"report.read", "audit.read"})),
    "ORG_ADMIN": ("Everything but who may do what", frozenset(PERMISSIONS) - {"access.manage"}),
    "SUPER_ADMIN": ("Everything", frozenset(PERMISSIONS)),
}

STANDARD_ROLES: Mapping[str, Role] = {
    id_: Role(id_, title, permissions, standard=True) for id_, (title, permissions) in _PERMISSIONS.items()
}
"""The standard roles by name; a file can neither change nor include them."""

GROUP_TARGETS = frozenset({"HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN", "USER_ADMIN"})
"""Standard roles that can be limited to groups; the others are for the installation as a whole."""


def everything() -> ResourceSet:
    """Return the set that holds every object of every kind."""
    return ResourceSet(
        EVERYTHING, "Everything", tuple(Selector(kind) for kind in SELECTOR_KINDS.values()), standard=True
    )


def group_target(group: str) -> ResourceSet:
    """Return what a standard role reaches when limited to a group: the people in it, and the group itself."""
    resources = (Selector("user", in_group=group), Selector("group", ids=(group,)))
    return ResourceSet(f"group:{group}", group, resources, standard=True)


def standard_binding(
    role: str,
    principals: Sequence[Principal],
    sets: Sequence[ResourceSet],
    window: tuple[date | None, date | None] = (None, None),
) -> Binding:
    """Return the binding that assigns a standard role; its id is the name of the role."""
    on = tuple(resource_set.id for resource_set in sets)
    return Binding(role, tuple(principals), role, on, None, *window)
