"""Every permission: the kinds of object it is about and what it allows. Performs no I/O."""

from collections.abc import Mapping

# Permission → the kinds of object it is about ("" = the installation as a whole), and what it allows.  One about forms
# counts on every form when it is given without resource sets.
PERMISSIONS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "access.manage": (("",), "Change who may do what"),
    "access.read": (("",), "See who may do what"),
    "access.simulate": (("",), "See the desk as somebody else does, read-only"),
    "audit.read": (("",), "Read the journal"),
    "computer.manage": (("computer", "ou"), "Enable, disable, move and delete computers"),
    "computer.read": (("computer",), "See computers"),
    "contact.manage": (("contact", "ou"), "Create, change and delete mail contacts"),
    "form.author": (("form",), "Write forms"),
    "form.publish": (("form",), "Publish forms"),
    "form.use": (("form",), "Use a form that asks for this, or needs nothing else"),
    "group.create": (("ou",), "Create groups in a unit"),
    "group.manage": (("group",), "Change a group's details and owner, delete it"),
    "group.members.manage": (("group",), "Add and remove members"),
    "group.read": (("group",), "See groups"),
    "mailbox.create": (("mail_domain",), "Create mailboxes in a mail domain"),
    "mailbox.manage": (("mailbox", "mail_list"), "Change, hide and delete mailboxes"),
    "mailbox.permissions.manage": (("mailbox", "user"), "Give people rights on mailboxes, and take them"),
    "mailbox.read": (("mailbox", "mail_list"), "See mailboxes"),
    "report.read": (("",), "Read reports"),
    "request.approve": (("",), "Decide on requests for which too few others are left"),
    "request.read": (("",), "See requests of others"),
    "user.activate": (("user",), "Activate a pending account"),
    "user.create": (("ou",), "Create accounts in a unit"),
    "user.delete": (("user",), "Delete accounts"),
    "user.disable": (("user",), "Disable accounts"),
    "user.enable": (("user",), "Enable accounts"),
    "user.expiry.manage": (("user",), "Set the last day of an account"),
    "user.groups.manage": (("user",), "Change somebody's memberships"),
    "user.mfa.reset": (("user",), "Reset the second factor"),
    "user.move": (("user", "ou"), "Move accounts between units"),
    "user.password.expire": (("user",), "Demand a new password at the next sign-in"),
    "user.password.reset": (("user",), "Reset passwords"),
    "user.profile.manage": (("user",), "Change contact and work details"),
    "user.read": (("user",), "Find and see people"),
    "user.sessions.clear": (("user",), "End somebody's sessions"),
    "user.unlock": (("user",), "Unlock accounts"),
}

# Kind of object → the permission to see objects of that kind, for the kinds that have one of their own.
READ_PERMISSIONS: Mapping[str, str] = {
    "computer": "computer.read",
    "group": "group.read",
    "mail_list": "mailbox.read",
    "mailbox": "mailbox.read",
    "user": "user.read",
}
