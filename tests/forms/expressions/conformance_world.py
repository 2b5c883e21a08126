"""The world in which the cases of ``conformance.json`` are worked out, and how its values are written in JSON."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from connectors.spi import Entry, OutputRef, Ref, SecretRef
from forms.expressions import Environment, Scope
from forms.facts import Facts
from forms.values import ANY, BOOL, DATE, NUMBER, SECRET, TEXT, Choice, Delta, Duration, Type, list_of

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=ZONE)
USER, GROUP, OU = Type("user"), Type("group"), Type("ou")
ANNA, PETER, CORA, GONE = (Ref("user", f"u{number}") for number in (1, 2, 3, 9))
SALES, EXTERNAL, DRAWING = (Ref("group", f"g{number}") for number in (1, 2, 3))
STAFF = Ref("ou", "o1")
STAFF_DN = "OU=Staff,DC=corp"

ENTRIES = {
    ANNA: Entry(
        ANNA, f"CN=a.jansen,{STAFF_DN}", ("dc=corp", "ou=staff"),
        {"login": "a.jansen", "display_name": "Anna Jansen", "manager": PETER, "locked": True, "mobile": None,
         "created": datetime(2024, 3, 1, 8, 0, tzinfo=ZONE), "last_logon": None, "custom": {"badge": "B-17"}},
        frozenset({"g1"}),
    ),
    PETER: Entry(PETER, "CN=p.bakker,DC=corp", ("dc=corp",),
                 {"login": "p.bakker", "display_name": "Peter Bakker", "mail": "p.bakker@corp.example"}),
    CORA: Entry(CORA, "CN=c.smit,DC=corp", ("dc=corp",), {"login": "c.smit", "display_name": "Cora Smit"}),
    GONE: None,
    SALES: Entry(SALES, "CN=GG-Sales,DC=corp", ("dc=corp",), {"name": "GG-Sales", "sensitive": True, "owner": PETER}),
    EXTERNAL: Entry(EXTERNAL, "CN=GG-External,DC=corp", ("dc=corp",), {"name": "GG-External"}),
    DRAWING: Entry(DRAWING, "CN=APP-Drawing,DC=corp", ("dc=corp",), {"name": "APP-Drawing"}),
    STAFF: Entry(STAFF, STAFF_DN, ("dc=corp", "ou=staff"), {"name": "Staff"}),
}  # fmt: skip
NAMES = {
    ("group", "GG-Sales"): ENTRIES[SALES],
    ("group", "GG-External"): ENTRIES[EXTERNAL],
    ("group", "APP-Drawing"): ENTRIES[DRAWING],
    ("group", "GG-Missing"): None,
    ("ou", STAFF_DN): ENTRIES[STAFF],
    ("ou", "OU=Missing"): None,
    ("user", "p.bakker"): ENTRIES[PETER],
}

KIND = Type("choice", columns={"label": TEXT, "max_days": NUMBER, "groups": list_of(GROUP)})
PRODUCT = Type("choice", columns={"monthly_cost": NUMBER, "group": GROUP, "owner": USER})
GRANT = Type("row", columns={"user": USER, "rights": list_of(TEXT)})

WORLD: dict[str, tuple[Type, Any]] = {
    "first_name": (TEXT, "Zoë"),
    "prefix": (TEXT, None),
    "last_name": (TEXT, "O'Reilly"),
    "mobile": (TEXT, "+31612345678"),
    "vpn": (BOOL, True),
    "zero": (NUMBER, 0),
    "months": (NUMBER, 3),
    "start": (DATE, date(2026, 1, 31)),
    "nothing": (ANY, None),
    "nothing_number": (NUMBER, None),
    "rights": (list_of(TEXT), ("send_as", "full_access")),
    "kind": (KIND, Choice("contractor", {"label": "Contractor", "max_days": 180, "groups": ("GG-External",)})),
    "product": (
        PRODUCT,
        Choice("drawing", {"monthly_cost": Decimal("13.5"), "group": "APP-Drawing", "owner": "p.bakker"}),
    ),
    "owner_name_any": (ANY, "p.bakker"),
    "target": (USER, ANNA),
    "actor": (USER, CORA),
    "boss": (USER, PETER),
    "gone": (USER, GONE),
    "sales": (GROUP, SALES),
    "staff": (OU, STAFF),
    "delta": (Type("delta", GROUP), Delta((SALES,), ())),
    "groups": (list_of(GROUP), (SALES, EXTERNAL)),
    "grants": (list_of(GRANT), ({"user": PETER, "rights": ("send_as",)}, {"user": CORA, "rights": ("full_access",)})),
    "request": (Type("row", columns={"ticket": TEXT, "channel": TEXT}), {"ticket": "INC0012345", "channel": "phone"}),
    "org": (
        Type("row", columns={"mail_domain": TEXT, "staff_ou": TEXT}),
        {"mail_domain": "example.org", "staff_ou": STAFF_DN},
    ),
    "steps": (
        Type("row", columns={"create": Type("row", columns={"user": USER})}),
        {"create": {"user": OutputRef("create", "user", "user")}},
    ),
    "password": (SECRET, SecretRef("password")),
}

SCOPE = Scope({name: type_ for name, (type_, _) in WORLD.items()})
FACTS = Facts(entries=ENTRIES, names=NAMES)
ENVIRONMENT = Environment({name: value for name, (_, value) in WORLD.items()}, FACTS, NOW)


def as_json(value: Any) -> Any:
    """Return a value as the conformance file writes it."""
    match value:
        case Decimal():
            return int(value) if value == int(value) else {"number": str(value.normalize())}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case Duration(months, seconds):
            return {"duration": [months, seconds]}
        case Ref():
            return {"object": str(value)}
        case OutputRef(step, output):
            return {"output": f"{step}.{output}"}
        case SecretRef():
            return {"secret": True}
        case tuple():
            return [as_json(each) for each in value]
    return value
