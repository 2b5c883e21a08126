"""The vocabulary every directory and mail system shares: attributes, permissions and verbs. Performs no I/O.

One table, so that a form does not know which directory it runs on.  The checker, the editor schema and the language
reference are made from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.spi import Argument, Need, Verb


@dataclass(frozen=True, slots=True)
class Attribute:
    """A neutral attribute: its type in expressions, its label, and whether ``directory.*.update`` may set it."""

    name: str
    type: str
    label: str
    settable: bool = False


def _attributes(table: str) -> Mapping[str, Attribute]:
    rows = (line.strip().split(None, 2) for line in table.strip().splitlines())
    return {
        name.rstrip("="): Attribute(name.rstrip("="), type_, label, settable=name.endswith("="))
        for name, type_, label in rows
    }


# A name that ends in "=" may be set by an update verb.
ATTRIBUTES: Mapping[str, Mapping[str, Attribute]] = {
    "user": _attributes(
        """
        id              text        Stable id
        login           text        Login
        upn             text        Sign-in name
        mail_nickname   text        Mail alias
        display_name=   text        Display name
        first_name=     text        First name
        last_name=      text        Last name
        initials=       text        Initials
        mail            text        Mail address
        addresses       list:text   All mail addresses
        phone=          text        Desk phone
        mobile=         text        Mobile
        title=          text        Job title
        department=     text        Department
        office=         text        Office
        company=        text        Company
        manager=        user        Manager
        employee_id=    text        Employee number
        employee_type=  text        Kind of employee
        description=    text        Description
        enabled         bool        Enabled
        pending         bool        Not activated yet
        locked          bool        Locked
        locked_at       datetime    Locked since
        enabled_from    date        First day
        expires_on      date        Last day
        expired         bool        End date has passed
        password_set_on datetime    Password set on
        must_change     bool        Must change the password
        mfa_enrolled    bool        Second factor enrolled
        last_logon      datetime    Last sign-in
        is_manager      bool        Manages somebody
        is_service      bool        Service account
        created         datetime    Created
        changed         datetime    Changed
        groups          list:group  Groups
        dn              text        Place
        """
    ),
    "group": _attributes(
        """
        id              text        Stable id
        name            text        Name
        display_name=   text        Display name
        description=    text        Description
        mail=           text        Mail address
        department=     text        Department
        owner           user        Owner
        sensitive=      bool        Sensitive
        member_count    number      Direct members
        created         datetime    Created
        changed         datetime    Changed
        groups          list:group  Member of
        dn              text        Place
        """
    ),
    "ou": _attributes(
        """
        id              text        Stable id
        name            text        Name
        description=    text        Description
        dn              text        Place
        """
    ),
    "computer": _attributes(
        """
        id              text        Stable id
        name            text        Name
        description=    text        Description
        system          text        Operating system
        owner           user        Owner
        enabled         bool        Enabled
        last_logon      datetime    Last seen
        created         datetime    Created
        changed         datetime    Changed
        groups          list:group  Groups
        dn              text        Place
        """
    ),
    "contact": _attributes(
        """
        id              text        Stable id
        display_name=   text        Display name
        first_name=     text        First name
        last_name=      text        Last name
        mail=           text        Mail address
        phone=          text        Phone
        company=        text        Company
        description=    text        Description
        dn              text        Place
        """
    ),
    "mailbox": _attributes(
        """
        id              text        Stable id
        name            text        Name
        display_name    text        Name
        address         text        Primary address
        addresses       list:text   All addresses
        kind            text        Kind (personal, shared, room)
        owner           user        Owner
        full_access     list:user   May read and manage
        send_as         list:user   May send as
        send_on_behalf  list:user   May send on behalf
        hidden          bool        Hidden from the address book
        auto_reply      text        Automatic reply
        auto_reply_until date       Automatic reply until
        archive         bool        Archive
        capacity        number      Seats of a room
        created         datetime    Created
        changed         datetime    Changed
        """
    ),
    "list": _attributes(
        """
        id              text        Stable id
        name            text        Name
        display_name    text        Name
        address         text        Address
        owner           user        Owner
        hidden          bool        Hidden from the address book
        created         datetime    Created
        """
    ),
}

# Permission → the kinds of object it is about ("" = the installation as a whole), and what it allows.
PERMISSIONS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "access.manage": (("",), "Change who may do what"),
    "access.read": (("",), "See who may do what"),
    "audit.read": (("",), "Read the journal"),
    "computer.manage": (("computer", "ou"), "Enable, disable, move and delete computers"),
    "computer.read": (("computer",), "See computers"),
    "contact.manage": (("contact", "ou"), "Create, change and delete mail contacts"),
    "form.author": (("",), "Write forms"),
    "form.publish": (("",), "Publish forms"),
    "form.use": (("",), "Use a form that needs nothing else"),
    "group.create": (("ou",), "Create groups in a unit"),
    "group.manage": (("group",), "Change a group's details and owner, delete it"),
    "group.members.manage": (("group",), "Add and remove members"),
    "group.read": (("group",), "See groups"),
    "mailbox.create": (("mail_domain",), "Create mailboxes in a mail domain"),
    "mailbox.manage": (("mailbox", "list"), "Change, hide and delete mailboxes"),
    "mailbox.permissions.manage": (("mailbox",), "Give and take rights on mailboxes"),
    "mailbox.read": (("mailbox", "list"), "See mailboxes"),
    "report.read": (("",), "Read reports"),
    "request.approve": (("",), "Approve requests"),
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

# Attributes no update verb may set, on any directory, whatever a form or a setting says.
HARD_ATTRIBUTES = frozenset(
    {
        "memberOf",
        "member",
        "adminCount",
        "userAccountControl",
        "servicePrincipalName",
        "altSecurityIdentities",
        "msDS-KeyCredentialLink",
        "msDS-AllowedToDelegateTo",
        "msDS-AllowedToActOnBehalfOfOtherIdentity",
        "sIDHistory",
        "primaryGroupID",
        "nTSecurityDescriptor",
        "objectClass",
        "unicodePwd",
        "userPassword",
        "scriptPath",
        "profilePath",
        "gPLink",
        "msDS-ManagedAccountPrecededByLink",
    }
)

_RIGHTS = ("full_access", "send_as", "send_on_behalf")
_MEANINGS = {
    "user": "The person",
    "group": "The group",
    "computer": "The computer",
    "contact": "The mail contact",
    "mailbox": "The mailbox",
    "list": "The distribution list",
    "ou": "The unit (OU)",
    "groups": "Groups",
    "members": "People, or groups, to add or remove",
    "keep": "Names of groups that stay, whatever is asked",
    "set": "Attributes and their new values; only what differs is written",
    "password": "A password field",
    "must_change": "Must be changed at the next sign-in",
    "login": "Login, unique",
    "upn": "Sign-in name (user@domain), unique",
    "on": "Last day, inclusive; empty = no end",
    "expires_on": "Last day, inclusive",
    "enabled_from": "First day; the account stays disabled before",
    "until": "Last day, inclusive",
    "rights": "Rights on the mailbox: full_access, send_as, send_on_behalf",
    "auto_map": "Show the mailbox in the person's mail program by itself",
    "address": "Mail address",
    "addresses": "All mail addresses; those not named are kept",
    "hidden": "Hidden from the address book",
    "owner": "Answers for it",
    "add": "To add",
    "remove": "To remove",
    "cn": "Name of the object in the directory tree",
    "to": "Addresses or people",
    "primary": "The address that stands on mails sent",
    "message": "Text",
}


def _argument(text: str) -> Argument:
    name, _, type_ = text.rstrip("*").partition(":")
    meaning = _MEANINGS.get(name, name.replace("_", " ").capitalize())
    one_of = _RIGHTS if name == "rights" else ()
    return Argument(name, type_ or "text", text.endswith("*"), meaning, one_of)


def _verb(
    name: str,
    meaning: str,
    arguments: str,
    needs: str,
    *,
    gives: str = "",
    inverse: str | None = None,
    caller_check: bool = False,
    idempotent: bool = True,
) -> Verb:
    """Make a verb from ``"user:user* on:date"`` and ``"user.move@user user.move@ou"``; a star marks what is needed."""
    return Verb(
        name,
        meaning,
        tuple(_argument(word) for word in arguments.split()),
        tuple(Need(*word.split("@")) for word in needs.split()),
        {gives: gives} if gives else {},
        inverse,
        caller_check,
        idempotent,
    )


_PROFILE = (
    "mail mobile phone company department title office manager:user employee_id employee_type initials description"
)

_DIRECTORY = (
    _verb(
        "directory.user.create",
        "Create an account; fails when the login exists",
        f"ou:ou* login* upn* first_name* last_name* display_name* {_PROFILE} password:secret* must_change:bool "
        "enabled_from:date expires_on:date set:map",
        "user.create@ou",
        gives="user",
        inverse="directory.user.delete",
        idempotent=False,
    ),
    _verb(
        "directory.user.update",
        "Change attributes of an account; only what differs is written",
        "user:user* set:map*",
        "user.profile.manage@user",
        inverse="previous values",
    ),
    _verb(
        "directory.user.rename",
        "Change the object name, login or sign-in name of an account",
        "user:user* cn login upn",
        "user.profile.manage@user",
        inverse="previous values",
    ),
    _verb(
        "directory.user.set_addresses",
        "Set mail and its further addresses together; none is lost",
        "user:user* mail* addresses:list:text remove:list:text",
        "user.profile.manage@user",
        inverse="previous values",
    ),
    _verb(
        "directory.user.set_password",
        "Give an account a new password; it is not enabled and keeps its end date",
        "user:user* password:secret* must_change:bool",
        "user.password.reset@user",
        caller_check=True,
        idempotent=False,
    ),
    _verb(
        "directory.user.expire_password",
        "Demand a new password at the next sign-in",
        "user:user*",
        "user.password.expire@user",
    ),
    _verb(
        "directory.user.reset_mfa",
        "Forget the second factor; it is enrolled anew at the next sign-in",
        "user:user*",
        "user.mfa.reset@user",
        caller_check=True,
    ),
    _verb(
        "directory.user.unlock",
        "Unlock an account",
        "user:user*",
        "user.unlock@user",
        caller_check=True,
    ),
    _verb(
        "directory.user.activate",
        "Activate an account that has never been used",
        "user:user*",
        "user.activate@user",
        inverse="directory.user.disable",
    ),
    _verb(
        "directory.user.enable",
        "Enable an account",
        "user:user*",
        "user.enable@user",
        inverse="directory.user.disable",
    ),
    _verb(
        "directory.user.disable",
        "Disable an account",
        "user:user*",
        "user.disable@user",
        inverse="directory.user.enable",
    ),
    _verb(
        "directory.user.clear_sessions",
        "End all sessions of an account",
        "user:user*",
        "user.sessions.clear@user",
    ),
    _verb(
        "directory.user.move",
        "Move an account to another unit",
        "user:user* ou:ou*",
        "user.move@user user.move@ou",
        inverse="directory.user.move",
    ),
    _verb(
        "directory.user.set_expiry",
        "Set or clear the last day of an account",
        "user:user* on:date*",
        "user.expiry.manage@user",
        inverse="previous values",
    ),
    _verb(
        "directory.user.delete",
        "Delete an account",
        "user:user*",
        "user.delete@user",
    ),
    _verb(
        "directory.user.join_groups",
        "Add a person to groups",
        "user:user* groups:list:group*",
        "user.groups.manage@user group.members.manage@groups",
        inverse="directory.user.leave_groups",
    ),
    _verb(
        "directory.user.leave_groups",
        "Remove a person from groups",
        "user:user* groups:list:group* keep:list:group",
        "user.groups.manage@user group.members.manage@groups",
        inverse="directory.user.join_groups",
    ),
    _verb(
        "directory.group.create",
        "Create a group; fails when the name exists",
        "ou:ou* name* description mail department owner:user",
        "group.create@ou",
        gives="group",
        inverse="directory.group.delete",
        idempotent=False,
    ),
    _verb(
        "directory.group.update",
        "Change a group's details; only what differs is written",
        "group:group* set:map*",
        "group.manage@group",
        inverse="previous values",
    ),
    _verb(
        "directory.group.set_owner",
        "Say who answers for a group",
        "group:group* owner:user*",
        "group.manage@group",
        inverse="previous values",
    ),
    _verb(
        "directory.group.delete",
        "Delete a group",
        "group:group*",
        "group.manage@group",
    ),
    _verb(
        "directory.group.add_members",
        "Add members to a group",
        "group:group* members:list:user*",
        "group.members.manage@group user.groups.manage@members",
        inverse="directory.group.remove_members",
    ),
    _verb(
        "directory.group.remove_members",
        "Remove members from a group",
        "group:group* members:list:user*",
        "group.members.manage@group",
        inverse="directory.group.add_members",
    ),
    _verb(
        "directory.group.change_members",
        "Add and remove members in one change",
        "group:group* add:list:user remove:list:user",
        "group.members.manage@group user.groups.manage@add",
        inverse="directory.group.change_members",
    ),
    _verb(
        "directory.computer.enable",
        "Enable a computer account",
        "computer:computer*",
        "computer.manage@computer",
        inverse="directory.computer.disable",
    ),
    _verb(
        "directory.computer.disable",
        "Disable a computer account",
        "computer:computer*",
        "computer.manage@computer",
        inverse="directory.computer.enable",
    ),
    _verb(
        "directory.computer.move",
        "Move a computer to another unit",
        "computer:computer* ou:ou*",
        "computer.manage@computer computer.manage@ou",
        inverse="directory.computer.move",
    ),
    _verb(
        "directory.computer.delete",
        "Delete a computer account",
        "computer:computer*",
        "computer.manage@computer",
    ),
    _verb(
        "directory.contact.create",
        "Create a mail contact; fails when the address exists",
        "ou:ou* display_name* mail* first_name last_name phone company description",
        "contact.manage@ou",
        gives="contact",
        inverse="directory.contact.delete",
        idempotent=False,
    ),
    _verb(
        "directory.contact.update",
        "Change a mail contact; only what differs is written",
        "contact:contact* set:map*",
        "contact.manage@contact",
        inverse="previous values",
    ),
    _verb(
        "directory.contact.delete",
        "Delete a mail contact",
        "contact:contact*",
        "contact.manage@contact",
    ),
)

_MAILBOX = (
    _verb(
        "mailbox.create_shared",
        "Create a shared mailbox; fails when the address exists",
        "name* address:address* owner:user hidden:bool",
        "mailbox.create@address",
        gives="mailbox",
        inverse="mailbox.delete",
        idempotent=False,
    ),
    _verb(
        "mailbox.create_room",
        "Create a room mailbox; fails when the address exists",
        "name* address:address* owner:user capacity:number",
        "mailbox.create@address",
        gives="mailbox",
        inverse="mailbox.delete",
        idempotent=False,
    ),
    _verb(
        "mailbox.update",
        "Change the name or the owner of a mailbox",
        "mailbox:mailbox* name owner:user",
        "mailbox.manage@mailbox",
        inverse="previous values",
    ),
    _verb("mailbox.delete", "Delete a mailbox", "mailbox:mailbox*", "mailbox.manage@mailbox"),
    _verb(
        "mailbox.grant",
        "Give a person rights on a mailbox",
        "mailbox:mailbox* user:user* rights:choices* auto_map:bool",
        "mailbox.permissions.manage@mailbox",
        inverse="mailbox.revoke",
    ),
    _verb(
        "mailbox.revoke",
        "Take a person's rights on a mailbox away",
        "mailbox:mailbox* user:user* rights:choices* auto_map:bool",
        "mailbox.permissions.manage@mailbox",
        inverse="mailbox.grant",
    ),
    _verb(
        "mailbox.hide",
        "Hide a mailbox from the address book",
        "mailbox:mailbox*",
        "mailbox.manage@mailbox",
        inverse="mailbox.show",
    ),
    _verb(
        "mailbox.show",
        "Show a mailbox in the address book",
        "mailbox:mailbox*",
        "mailbox.manage@mailbox",
        inverse="mailbox.hide",
    ),
    _verb(
        "mailbox.set_auto_reply",
        "Set or clear the automatic reply of a mailbox",
        "mailbox:mailbox* message* until:date",
        "mailbox.manage@mailbox",
        inverse="previous values",
    ),
    _verb(
        "mailbox.add_address",
        "Add an address to a mailbox",
        "mailbox:mailbox* address*",
        "mailbox.manage@mailbox",
        inverse="mailbox.remove_address",
    ),
    _verb(
        "mailbox.remove_address",
        "Remove an address from a mailbox, never the primary one",
        "mailbox:mailbox* address*",
        "mailbox.manage@mailbox",
        inverse="mailbox.add_address",
    ),
    _verb(
        "mailbox.set_primary_address",
        "Make an address the one that stands on mails sent; the old one is kept",
        "mailbox:mailbox* address*",
        "mailbox.manage@mailbox",
        inverse="previous values",
    ),
    _verb(
        "mailbox.set_archive",
        "Switch the archive of a mailbox on or off",
        "mailbox:mailbox* on:bool*",
        "mailbox.manage@mailbox",
        inverse="previous values",
    ),
    _verb(
        "mailbox.list.create",
        "Create a distribution list; fails when the address exists",
        "name* address:address* owner:user hidden:bool",
        "mailbox.create@address",
        gives="list",
        inverse="mailbox.list.delete",
        idempotent=False,
    ),
    _verb(
        "mailbox.list.update",
        "Change the name or the owner of a distribution list",
        "list:list* name owner:user hidden:bool",
        "mailbox.manage@list",
        inverse="previous values",
    ),
    _verb("mailbox.list.delete", "Delete a distribution list", "list:list*", "mailbox.manage@list"),
)

DIRECTORY_VERBS: Mapping[str, Verb] = {verb.name: verb for verb in _DIRECTORY}
MAILBOX_VERBS: Mapping[str, Verb] = {verb.name: verb for verb in _MAILBOX}
