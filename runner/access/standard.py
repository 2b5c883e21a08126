"""The fixed roles that ship with Deskhand, and how assigning one becomes a binding like any other. Pure data."""

from collections.abc import Mapping, Sequence
from datetime import date

from connectors.verbs import PERMISSIONS
from runner.access.model import SELECTOR_KINDS, Binding, Principal, ResourceSet, Role, Selector

EVERYTHING = "everything"
"""Written as ``targets:`` it means the whole installation, and is the id of the set that holds it."""

_USER_PERMISSIONS = frozenset(name for name in PERMISSIONS if name.startswith("user."))
_PRODUCTS = frozenset({"group.read", "group.members.manage", "user.read", "user.groups.manage"})

_PERMISSIONS: Mapping[str, tuple[str, frozenset[str]]] = {
    "HELP_DESK_ADMIN": (
        "Help desk: passwords, locks, second factors and sessions",
        frozenset({"user.read", "user.password.reset", "user.unlock", "user.mfa.reset", "user.sessions.clear"}),
    ),
    "GROUP_MEMBERSHIP_ADMIN": (
        "Memberships of groups",
        frozenset({"group.read", "group.members.manage", "user.groups.manage"}),
    ),
    "USER_ADMIN": ("People in groups or units", _USER_PERMISSIONS | {"group.members.manage"}),
    "APP_ADMIN": ("Products of the catalogue: the groups that come with them", _PRODUCTS),
    "MOBILE_ADMIN": ("Computers", frozenset({"computer.read", "computer.manage"})),
    "WORKFLOWS_ADMIN": ("Forms", frozenset({"form.use", "form.author", "form.publish"})),
    "ACCESS_REQUESTS_ADMIN": ("Requests and their approval", frozenset({"request.read", "request.approve"})),
    "ACCESS_CERTIFICATIONS_ADMIN": ("Reviews of who may do what", frozenset({"access.read"})),
    "API_ACCESS_MANAGEMENT_ADMIN": ("Which API clients there are, and what they may do", frozenset({"access.read"})),
    "READ_ONLY_ADMIN": (
        "Sees everything but the journal",
        frozenset(name for name in PERMISSIONS if name.endswith(".read")) - {"audit.read"},
    ),
    "REPORT_ADMIN": ("Reports and the journal", frozenset({"report.read", "audit.read"})),
    "ORG_ADMIN": ("Everything but who may do what", frozenset(PERMISSIONS) - {"access.manage", "access.simulate"}),
    "SUPER_ADMIN": ("Everything", frozenset(PERMISSIONS)),
}

STANDARD_ROLES: Mapping[str, Role] = {
    id_: Role(id_, title, permissions, standard=True) for id_, (title, permissions) in _PERMISSIONS.items()
}
"""The standard roles by name; a file can neither change nor include them."""

TARGETED_ROLES = frozenset(
    {"HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN", "USER_ADMIN", "APP_ADMIN", "MOBILE_ADMIN", "WORKFLOWS_ADMIN"}
)
"""Standard roles that can be limited to targets; the others are for the installation as a whole."""


def everything() -> ResourceSet:
    """Return the set that holds every object of every kind."""
    return ResourceSet(
        EVERYTHING, "Everything", tuple(Selector(kind) for kind in SELECTOR_KINDS.values()), standard=True
    )


def group_target(group: str) -> ResourceSet:
    """Return what a standard role reaches when limited to a group: people and computers in it, and the group itself."""
    resources = (
        Selector("user", in_group=group),
        Selector("computer", in_group=group),
        Selector("group", ids=(group,)),
    )
    return ResourceSet(f"group:{group}", group, resources, standard=True)


def unit_target(unit: str) -> ResourceSet:
    """Return what a standard role reaches when limited to a unit: people and computers below it, and the units there."""
    resources = tuple(Selector(kind, under=unit) for kind in ("user", "computer", "ou"))
    return ResourceSet(f"unit:{unit}", unit, resources, standard=True)


def list_target(list_: str) -> ResourceSet:
    """Return what a standard role reaches when limited to a shared list: the groups that come with its products."""
    return ResourceSet(f"list:{list_}", list_, (Selector("group", in_list=list_),), standard=True)


def form_target(form: str) -> ResourceSet:
    """Return what a standard role reaches when limited to a form."""
    return ResourceSet(f"form:{form}", form, (Selector("form", ids=(form,)),), standard=True)


def standard_binding(
    role: str,
    principals: Sequence[Principal],
    sets: Sequence[ResourceSet],
    window: tuple[date | None, date | None] = (None, None),
) -> Binding:
    """Return the binding that assigns a standard role; its id is the name of the role."""
    on = tuple(resource_set.id for resource_set in sets)
    return Binding(role, tuple(principals), role, on, None, *window)
