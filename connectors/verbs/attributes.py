"""The neutral attributes of every kind of object, and those that no form may ever set. Performs no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass


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
        disabled_at     datetime    Disabled since
        locked          bool        Locked
        locked_at       datetime    Locked since
        enabled_from    date        First day
        expires_on      date        Last day
        expired         bool        End date has passed
        password_set_on datetime    Password set on
        password_expires_on datetime Password expires on
        must_change     bool        Must change the password
        mfa_enrolled    bool        Second factor enrolled
        last_logon      datetime    Last sign-in
        is_manager      bool        Manages somebody
        is_service      bool        Service account
        privileged      bool        Marked as privileged
        has_photo       bool        Has a photo
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
        disabled_at     datetime    Disabled since
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
        kind            text        Kind
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
    "mail_list": _attributes(
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
