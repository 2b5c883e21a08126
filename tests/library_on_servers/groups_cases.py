"""Groups and what is in them, computers, and contacts in the address book."""

from datetime import date, timedelta

from tests.library_on_servers.cases import BOTH, CANNOT, Case, place, unit
from tests.library_on_servers.three_desks import COMPANY, STAFF, ref

_MEMBERS = {group.name: sorted(group.people) for group in COMPANY.groups}
_LIST = next(group for group in COMPANY.groups if group.name.startswith("DL-") and group.department == "Sales")
_KEY_USER = "keyuser.sales"
_FIRST, _SECOND, _FIFTH = [login for login in STAFF[20:30] if login not in _MEMBERS["APP-Fleet-Monitor"]][:3]
_LATER, _LATER_STILL = [(date.today() + timedelta(days=days)).isoformat() for days in (30, 60)]  # noqa: DTZ011 - far off
_THIRD = next(login for login in STAFF[30:40] if login not in _MEMBERS["APP-Whiteboard"])
_FOURTH = next(login for login in STAFF[30:40] if login not in _MEMBERS["DL-Legal"])
_GONE = next(login for login in _LIST.people if login != _KEY_USER)
_OFF = next(computer.name for computer in COMPANY.computers if not computer.enabled)
_ON = [computer.name for computer in COMPANY.computers if computer.enabled and "RDM" in computer.name]
_CONTACT, _OTHER = COMPANY.contacts[0], COMPANY.contacts[1]
_OWNED = next(group for group in COMPANY.groups if group.owner and group.name.startswith("APP-"))

CASES = (
    Case(
        "manage-groups",
        ("user", _FIRST),
        ("group", "APP-Fleet-Monitor"),
        {"members": sorted({*_MEMBERS["APP-Fleet-Monitor"], _FIRST})},
        {"groups": {"add": [ref("group", "APP-Fleet-Monitor")], "remove": []}},
    ),
    Case(
        "manage-group-members",
        ("group", "APP-Whiteboard"),
        ("group", "APP-Whiteboard"),
        {"members": sorted({*_MEMBERS["APP-Whiteboard"], _THIRD} - {_MEMBERS["APP-Whiteboard"][0]})},
        {"members": {"add": [ref("user", _THIRD)], "remove": [ref("user", _MEMBERS["APP-Whiteboard"][0])]}},
    ),
    Case(
        "copy-memberships",
        ("user", _SECOND),
        ("group", "APP-Fleet-Monitor"),
        {"members": sorted({*_MEMBERS["APP-Fleet-Monitor"], _FIRST, _SECOND})},
        {"colleague": ref("user", _FIRST), "groups": [ref("group", "APP-Fleet-Monitor")]},
    ),
    Case(
        "temporary-access",
        ("user", _FIFTH),
        ("group", "APP-Fleet-Monitor"),
        {"members": sorted({*_MEMBERS["APP-Fleet-Monitor"], _FIRST, _SECOND, _FIFTH})},
        {"groups": [ref("group", "APP-Fleet-Monitor")], "last_day": _LATER},
    ),
    Case(
        "extend-access",
        ("user", _FIFTH),
        ("group", "APP-Fleet-Monitor"),
        {"members": sorted({*_MEMBERS["APP-Fleet-Monitor"], _FIRST, _SECOND, _FIFTH})},
        {"groups": [ref("group", "APP-Fleet-Monitor")], "last_day": _LATER_STILL},
    ),
    Case(
        "end-access",
        ("user", _FIFTH),
        ("group", "APP-Fleet-Monitor"),
        {"members": sorted({*_MEMBERS["APP-Fleet-Monitor"], _FIRST, _SECOND})},
        {"groups": [ref("group", "APP-Fleet-Monitor")]},
    ),
    Case(
        "request-software",
        ("user", "alice"),
        ("group", "APP-Whiteboard"),
        {"members": sorted({*_MEMBERS["APP-Whiteboard"], _THIRD, "alice"} - {_MEMBERS["APP-Whiteboard"][0]})},
        {"product": "whiteboard", "months": "3"},
        who="alice",
    ),
    Case(
        "mailing-list-members",
        ("group", "DL-Legal"),
        ("group", "DL-Legal"),
        {"members": sorted({*_MEMBERS["DL-Legal"], _FOURTH})},
        {"members": {"add": [ref("user", _FOURTH)], "remove": []}, "agreed": True},
        stopped_by={"openldap": "This group has no address, so nobody gets mail through it."},
    ),
    Case(
        "department-mailing-list",
        ("group", _LIST.name),
        ("group", _LIST.name),
        {"members": sorted(set(_LIST.people) - {_GONE})},
        {"members": {"add": [], "remove": [ref("user", _GONE)]}},
        who=_KEY_USER,
        stopped_by={"active_directory": "There is nothing here, or it is not yours to see."},
    ),
    Case(
        "create-group",
        None,
        ("group", "APP-Zeppelin"),
        {
            "description": "Plans the shifts of the warehouse",
            "owner": "p.dewit",
            "members": [],
            "unit": place("OU=Requestable,OU=Groups"),
        },
        {
            "kind": "APP",
            "subject": "Zeppelin",
            "description": "Plans the shifts of the warehouse",
            "owner": ref("user", "p.dewit"),
            "unit": unit("OU=Requestable,OU=Groups"),
        },
        who="author",
    ),
    Case(
        "set-group-owner",
        ("group", _OWNED.name),
        ("group", _OWNED.name),
        {"owner": "bob"},
        {"owner": ref("user", "bob")},
    ),
    Case(
        "update-group",
        ("group", "APP-Visio"),
        ("group", "APP-Visio"),
        {"description": "Draws plans"},
        {"description": "Draws plans", "department": "", "sensitive": False},
        refused_by=dict.fromkeys(BOTH, "E149"),
    ),
    Case(
        "delete-group",
        ("group", "GG-Test-Lab"),
        ("group", "GG-Test-Lab"),
        None,
        typed="GG-Test-Lab",
    ),
    Case(
        "disable-computer",
        ("computer", _ON[0]),
        ("computer", _ON[0]),
        {"enabled": False},
        refused_by={"openldap": CANNOT["openldap"]},
    ),
    Case(
        "enable-computer",
        ("computer", _ON[0]),
        ("computer", _ON[0]),
        {"enabled": True},
        refused_by={"openldap": CANNOT["openldap"]},
    ),
    Case(
        "move-computer",
        ("computer", _ON[1]),
        ("computer", _ON[1]),
        {"unit": place("OU=Workstations Utrecht,OU=Computers")},
        {"unit": unit("OU=Workstations Utrecht,OU=Computers")},
    ),
    Case(
        "create-mail-contact",
        None,
        ("contact", "ada@pencils.example"),
        {"display_name": "Ada Smit (Pencils Ltd)", "phone": "+31105550171", "company": "Pencils Ltd"},
        {
            "first_name": "Ada",
            "last_name": "Smit",
            "company": "Pencils Ltd",
            "mail": "ada@pencils.example",
            "phone": "010 555 0171",
            "unit": unit("OU=Contacts"),
        },
    ),
    Case(
        "update-mail-contact",
        ("contact", _CONTACT.mail),
        ("contact", _CONTACT.mail),
        {"phone": "+31105550188", "last_name": _CONTACT.last_name},
        {
            "first_name": _CONTACT.first_name,
            "last_name": _CONTACT.last_name,
            "company": _CONTACT.company,
            "display_name": _CONTACT.display_name,
            "mail": _CONTACT.mail,
            "phone": "010 555 0188",
        },
    ),
    Case(
        "delete-mail-contact",
        ("contact", _OTHER.mail),
        ("contact", _OTHER.mail),
        None,
        typed=_OTHER.mail,
    ),
    Case(
        "delete-computer",
        ("computer", _OFF),
        ("computer", _OFF),
        None,
        typed=_OFF,
        stopped_by={"openldap": "This computer is in use. Disable it first."},
    ),
)
