"""The kinds of nodes and edges of the attack graph: what each means, and whether it lets one go on. Pure data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NodeKind:
    """A kind of node: its name in the export, the word for one, what it is, an icon of Font Awesome and its colour."""

    name: str
    word: str
    meaning: str
    icon: str
    color: str


@dataclass(frozen=True, slots=True)
class EdgeKind:
    """A kind of edge.

    ``verb`` stands between the labels of its ends in a sentence.  ``permission`` is what gives it, empty when it is a fact of
    the directory or of the access file, and ``on`` the kind of object it is about.  ``is_traversable`` says that whoever
    has its start has, or can become, its end.
    """

    name: str
    verb: str
    meaning: str
    permission: str = ""
    on: str = ""
    is_traversable: bool = False


_NODES = (
    ("DH_User", "person", "Somebody with an account in the directory", "user", "#3b82c4"),
    ("DH_Group", "group", "A group of the directory", "users", "#c98a1b"),
    ("DH_Unit", "unit", "A unit (OU) of the directory", "folder-tree", "#8a8f98"),
    ("DH_Computer", "computer", "A computer of the directory", "desktop", "#5c9a6b"),
    ("DH_Contact", "mail contact", "Somebody outside with an entry in the directory", "address-card", "#7f8ea3"),
    ("DH_Mailbox", "mailbox", "A mailbox", "envelope", "#2f9c95"),
    ("DH_MailList", "mailing list", "A distribution list of the mail system", "envelopes-bulk", "#2f8078"),
    ("DH_MailDomain", "mail domain", "A mail domain in which addresses are made", "at", "#4a7d8c"),
    ("DH_Everyone", "everyone", "Everybody who can sign in to Deskhand", "earth-europe", "#6b7280"),
    ("DH_Client", "API client", "A program that acts in its own right", "robot", "#64748b"),
    ("DH_Binding", "binding", "One row of the access file: a principal, a role and a resource set", "link", "#8b5cb8"),
    ("DH_Role", "role", "A role: a set of permissions", "id-badge", "#b0489a"),
    ("DH_ResourceSet", "resource set", "A resource set of the access file", "layer-group", "#a0622d"),
    (
        "DH_Slice",
        "part of a resource set",
        "What a resource set holds by one selector: for all, or for actors of one value",
        "chart-pie",
        "#b98252",
    ),
    ("DH_Value", "value", "A value of people that a resource set compares with the actor", "equals", "#94a3b8"),
    ("DH_Form", "form", "A form", "file-lines", "#3f7d3f"),
    ("DH_Protected", "the protected tier", "Everything that no binding reaches", "shield-halved", "#c0392b"),
    (
        "DH_Desk",
        "desk",
        "The installation: who decides on its access file decides who may do what",
        "building",
        "#334155",
    ),
)

NODE_KINDS: Mapping[str, NodeKind] = {row[0]: NodeKind(*row) for row in _NODES}
"""Every kind of node by its name in the export."""

OBJECT_KINDS: Mapping[str, str] = {
    "user": "DH_User",
    "group": "DH_Group",
    "ou": "DH_Unit",
    "computer": "DH_Computer",
    "contact": "DH_Contact",
    "mailbox": "DH_Mailbox",
    "mail_list": "DH_MailList",
    "mail_domain": "DH_MailDomain",
    "form": "DH_Form",
}
"""Kind of object → its kind of node."""

_FACTS = (
    ("DH_MemberOf", "is a member of", "Is in the group itself, and so has what the group has", True),
    ("DH_PartOf", "is one of", "Is one of everybody who can sign in", True),
    ("DH_HasValue", "has the value", "Has the value that a resource set compares with the actor", True),
    ("DH_HoldsBinding", "holds", "Is a principal of the row, which counts today", True),
    ("DH_GivesRole", "gives", "The row is about this role", False),
    ("DH_ReachesSet", "reaches", "The row is about this resource set", False),
    ("DH_HasSlice", "is made of", "The part is one selector of the set, with the values of actors filled in", False),
    ("DH_Contains", "contains", "The part selects the object, which nothing protects: a power on the part is one on it", True),
    (
        "DH_ContainsHolder",
        "contains, for who holds as much,",
        "The part selects somebody who holds rights: only who holds all of them has a power on them",
        True,
    ),
    ("DH_CanGrowBy", "can be made to contain", "Who holds the powers named can bring the others into this one", True),
    ("DH_CanTakeValue", "can take", "Changes or makes accounts so that they have the value", True),
    (
        "DH_CanWithApproval",
        "can, when somebody else agrees, change",
        "A power that would lead on, but every form that carries it out asks for approval",
        False,
    ),
    ("DH_Owns", "owns", "Is written down as owner", False),
    ("DH_Manages", "manages", "Is written down as manager", False),
    ("DH_Protects", "protects", "No binding reaches the object", False),
    ("DH_IsProtected", "is in", "The object is protected: who has it is in the protected tier", True),
    ("DH_MayRun", "may run", "Holds every permission that the form needs, on something", False),
    ("DH_GivesBinding", "gives", "Who decides on the access file may give themselves every row", True),
)  # fmt: skip

# name, verb, meaning, permission, kind of object, traversable
_POWERS = (
    ("DH_CanResetPassword", "can reset the password of", "Gets to know a new password of the account, without a second person",
     "user.password.reset", "user", True),
    ("DH_CanActivate", "can activate", "Switches on an account that has never been used",
     "user.activate", "user", False),
    ("DH_CanResetSecondFactor", "can reset the second factor of", "Removes the second factor; the password is still needed",
     "user.mfa.reset", "user", False),
    ("DH_CanUnlock", "can unlock", "Lifts a lock after wrong passwords", "user.unlock", "user", False),
    ("DH_CanEndSessions", "can end the sessions of", "Signs the person off everywhere", "user.sessions.clear", "user", False),
    ("DH_CanExpirePassword", "can expire the password of", "Demands a new password at the next sign-in",
     "user.password.expire", "user", False),
    ("DH_CanChangeDetails", "can change details of", "Changes contact and work details", "user.profile.manage", "user", False),
    ("DH_CanChangeMemberships", "can change memberships of",
     "One of the two keys for memberships: the other is on the group", "user.groups.manage", "user", False),
    ("DH_CanAddMember", "can add members to",
     "Both keys for memberships, with a form that adds people: gains what the group gives",
     "group.members.manage", "group", True),
    ("DH_CanChangeMembers", "can change members of", "The key on the group, in whatever form",
     "group.members.manage", "group", False),
    ("DH_CanManageGroup", "can manage", "Changes details and owner of the group, deletes it", "group.manage", "group", False),
    ("DH_CanDisable", "can disable", "Disables the account", "user.disable", "user", False),
    ("DH_CanEnable", "can enable", "Enables the account", "user.enable", "user", False),
    ("DH_CanSetExpiry", "can set the last day of", "Sets or clears the last day of the account",
     "user.expiry.manage", "user", False),
    ("DH_CanDelete", "can delete", "Deletes the account", "user.delete", "user", False),
    ("DH_CanMove", "can move", "One of the two keys for moving an account: the other is on the unit",
     "user.move", "user", False),
    ("DH_CanMoveInto", "can move accounts into", "The key on the unit", "user.move", "ou", False),
    ("DH_CanCreateIn", "can create accounts in", "Makes accounts, whose first password it knows", "user.create", "ou", False),
    ("DH_CanCreateGroupIn", "can create groups in", "Makes groups", "group.create", "ou", False),
    ("DH_CanManageContactsIn", "can create mail contacts in", "Makes mail contacts", "contact.manage", "ou", False),
    ("DH_CanMoveComputersInto", "can move computers into", "The key on the unit", "computer.manage", "ou", False),
    ("DH_CanManageComputer", "can manage", "Enables, disables, moves and deletes the computer",
     "computer.manage", "computer", False),
    ("DH_CanManageContact", "can manage", "Changes and deletes the mail contact", "contact.manage", "contact", False),
    ("DH_CanCreateAddressIn", "can make addresses in", "Makes mailboxes and lists with addresses of the domain",
     "mailbox.create", "mail_domain", False),
    ("DH_CanManageMailbox", "can manage", "Changes, hides and deletes the mailbox", "mailbox.manage", "mailbox", False),
    ("DH_CanManageList", "can manage", "Changes and deletes the distribution list", "mailbox.manage", "mail_list", False),
    ("DH_CanGiveMailboxRights", "can give rights on", "Lets somebody read the mailbox or send from it",
     "mailbox.permissions.manage", "mailbox", True),
    ("DH_CanDecideRights", "decides on the access file of", "Decides who may do what", "access.manage", "", True),
)  # fmt: skip

EDGE_KINDS: Mapping[str, EdgeKind] = {
    **{name: EdgeKind(name, verb, meaning, is_traversable=on) for name, verb, meaning, on in _FACTS},
    **{row[0]: EdgeKind(*row) for row in _POWERS},
}
"""Every kind of edge by its name in the export."""

POWERS: Mapping[str, EdgeKind] = {row[0]: EDGE_KINDS[row[0]] for row in _POWERS}
"""The kinds of edges that a permission gives."""


def traversable() -> frozenset[str]:
    """Return the names of the kinds of edges that a path may follow."""
    return frozenset(kind.name for kind in EDGE_KINDS.values() if kind.is_traversable)


def changing_permissions(kinds: Iterable[EdgeKind] = POWERS.values()) -> frozenset[str]:
    """Return the permissions that an edge of one of these kinds stands for."""
    return frozenset(kind.permission for kind in kinds)
