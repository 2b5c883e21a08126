"""People: new ones, their names, details and places."""

from datetime import datetime, timedelta

from tests.library_on_servers.cases import UTRECHT, Case, place, staff, unit
from tests.library_on_servers.reading_back import ZONE
from tests.library_on_servers.three_desks import COMPANY, ref
from tests.pictures import jpeg

TODAY = datetime.now(ZONE).date()
END = TODAY + timedelta(days=90)
PHOTO = jpeg(64, 64, filling=400)
_ADDRESSES = next(person.addresses for person in COMPANY.people if person.login == staff(10))
_HEAD = COMPANY.leads["Sales"]
_ROWS = "First name;Last name;Employee number;Job title;Department;Manager;Mobile;First day;Last day;Login by hand"
_FILE = f"{_ROWS}\nJóska;Ördögh;90417;Order picker;Warehouse;{_HEAD};06 55512345;{TODAY.isoformat()};;\n".encode()

CASES = (
    Case(
        "create-employee",
        None,
        ("user", "z.ostergard"),
        {
            "first_name": "Žofia",
            "last_name": "Østergård",
            "display_name": "Žofia Østergård",
            "unit": place("OU=Rotterdam,OU=People"),
            "groups": ["APP-Visio"],
            "enabled": True,
            "must_change": True,
            "mail": "z.ostergard@sample.test",
            "department": "Sales",
            "employee_id": "90416",
            "manager": _HEAD,
            "expires_on": END,
        },
        {
            "first_name": "Žofia",
            "last_name": "Østergård",
            "employee_id": "90416",
            "mobile": "06 55598765",
            "title": "Account manager",
            "department": "Sales",
            "manager": ref("user", _HEAD),
            "unit": unit("OU=Rotterdam,OU=People"),
            "first_day": TODAY.isoformat(),
            "last_day": END.isoformat(),
            "groups": [ref("group", "APP-Visio")],
        },
    ),
    Case(
        "create-employees-from-csv",
        None,
        ("user", "j.ordogh"),
        {"display_name": "Jóska Ördögh", "employee_id": "90417", "must_change": True, "enabled": True},
        {"unit": unit("OU=Rotterdam,OU=People")},
        uploads={"people": _FILE},
    ),
    Case(
        "onboard-external",
        None,
        ("user", "a.vanderbrug"),
        {
            "display_name": "Anouk van der Brug (ext.)",
            "last_name": "van der Brug",
            "company": "Blue Heron Freight",
            "employee_type": "External",
            "groups": ["GG-External", "GG-VPN-External"],
            "expires_on": END,
            "addresses": ["a.vanderbrug@ext.sample.test"],
        },
        {
            "first_name": "Anouk",
            "prefix": "van der",
            "last_name": "Brug",
            "agency": "Blue Heron Freight",
            "mobile": "06 55511223",
            "kind": "External",
            "manager": ref("user", _HEAD),
            "unit": unit("OU=Rotterdam,OU=People"),
            "first_day": TODAY.isoformat(),
            "last_day": END.isoformat(),
        },
    ),
    Case(
        "rename-account",
        ("user", staff(10)),
        ("user", "m.nieuwenaar"),
        {
            "first_name": "Mia",
            "last_name": "Nieuwenaar",
            "display_name": "Mia Nieuwenaar",
            "mail": "m.nieuwenaar@sample.test",
            "addresses": sorted(["m.nieuwenaar@sample.test", *_ADDRESSES]),
        },
        {"first_name": "Mia", "last_name": "Nieuwenaar", "new_login": True},
    ),
    Case(
        "update-contact-details",
        ("user", staff(11)),
        ("user", staff(11)),
        {"phone": "+31105550999", "office": "RDM-9.99 “Zuid”", "manager": _HEAD, "department": "Warehouse"},
        {
            "phone": "010 555 0999",
            "mobile": "",
            "office": "RDM-9.99 “Zuid”",
            "title": "Order picker",
            "department": "Warehouse",
            "manager": ref("user", _HEAD),
        },
        verified=True,
    ),
    Case(
        "update-contact-details",
        ("user", "alice"),
        ("user", "alice"),
        {"office": "RDM-1.01"},
        {"office": "RDM-1.01"},
        name="one's own",
        who="alice",
    ),
    Case(
        "update-employee-id",
        ("user", staff(12)),
        ("user", staff(12)),
        {"employee_id": "7041799"},
        {"number": "7041799"},
    ),
    Case(
        "update-manager",
        ("user", staff(13)),
        ("user", staff(13)),
        {"manager": _HEAD},
        {"manager": ref("user", _HEAD)},
    ),
    Case("update-photo", ("user", staff(14)), ("user", staff(14)), {"photo": PHOTO}, verified=True, photo=PHOTO),
    Case(
        "update-photo",
        ("user", staff(14)),
        ("user", staff(14)),
        {"photo": None},
        {"removes": True},
        name="none any more",
        verified=True,
    ),
    Case(
        "move-account",
        ("user", staff(15)),
        ("user", staff(15)),
        {"unit": place(UTRECHT)},
        {"unit": unit(UTRECHT)},
    ),
)
