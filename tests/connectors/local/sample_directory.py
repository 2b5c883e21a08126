"""A small directory for tests: an invented company with accents, nested groups, a loop, and accounts in every state."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine

from connectors.local.loading import LoadReport, NewEntry, load_entries
from connectors.local.passwords import PasswordPolicy

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
ROOT = "DC=example,DC=test"
PEOPLE, LEAVERS, GROUPS = f"OU=People,{ROOT}", f"OU=Leavers,{ROOT}", f"OU=Groups,{ROOT}"
SALES, FACTORY = f"OU=Sales,{PEOPLE}", f"OU=Factory\\, North,{PEOPLE}"
QUICK = PasswordPolicy(memory_kib=8, rounds=1, tries=3, lock_lasts=timedelta(minutes=30))
PASSWORD_DAYS = 90


def clock() -> datetime:
    return NOW


def _person(name: str, unit: str, login: str, **attributes: object) -> NewEntry:
    first, _, last = name.partition(" ")
    given = {
        "login": login,
        "upn": f"{login}@example.test",
        "display_name": name,
        "first_name": first,
        "last_name": last,
        "mail": f"{login}@example.test",
    }
    return NewEntry("user", f"CN={name},{unit}", {**given, **attributes}, id=f"u-{login}")


def _group(name: str, *members: str, **attributes: object) -> NewEntry:
    return NewEntry("group", f"CN={name},{GROUPS}", attributes, members=members, id=f"g-{name}")


PERSONS = (
    _person("Alice Jansen", SALES, "alice", department="Sales", title="Account manager", phone="+31 20 123 4567",
            manager="charlie", employee_id="0007", addresses=("alice.jansen@example.test",), must_change=False,
            password_set_on=NOW - timedelta(days=80)),
    _person("Bob de Vries", SALES, "bob", department="sales", manager="charlie", locked_at=NOW - timedelta(minutes=5),
            expires_on=date(2026, 12, 31), password_set_on=NOW - timedelta(days=95)),
    _person("Charlie Müller", PEOPLE, "charlie", department="Management", title="Director", mfa_enrolled=True,
            last_logon=NOW - timedelta(days=3), office="AMS-3", password_set_on=NOW - timedelta(days=1)),
    _person("Dörthe Straße", FACTORY, "dorthe", department="Factory", mail=None, enabled=False,
            description="50% _ off", disabled_at=NOW - timedelta(days=400)),
    _person("Erik Ørsted", FACTORY, "erik", pending=True, enabled=False, employee_type="external",
            company="O'Neill & Co"),
    _person("Fiona Łukasz", PEOPLE, "fiona", enabled_from=date(2026, 10, 1), last_logon=NOW - timedelta(days=200)),
    _person("Gone User", LEAVERS, "gone", enabled=False, expires_on=date(2026, 8, 31), must_change=True,
            disabled_at=NOW - timedelta(days=1)),
    _person("Hanna Ἑλένη", SALES, "hanna", display_name="Hanna Ἑλένη (sales)", is_service=True, mobile="0612345678"),
)  # fmt: skip
GROUPS_AND_MEMBERS = (
    _group("GG-Sales", "alice", "bob", "charlie", owner="charlie", department="Sales", mail="gg-sales@example.test"),
    _group("GG-Company", "GG-Sales", "GG-Factory", sensitive=True),
    _group("GG-Factory", "dorthe", "PC-001", owner="dorthe", description="The factory"),
    _group("LOOP-A", "LOOP-B", "erik"),
    _group("LOOP-B", "LOOP-A", "fiona"),
    _group("Empty", display_name="Empty group"),
)
OTHERS = (
    NewEntry("computer", f"CN=PC-001,OU=Computers,{ROOT}", {"owner": "alice", "system": "Linux"}, id="c-1"),
    NewEntry("computer", f"CN=PC-002,OU=Computers,{ROOT}", {"enabled": False, "last_logon": NOW, "disabled_at": NOW},
             id="c-2"),
    NewEntry("contact", f"CN=Ivo Partner,OU=Contacts,{ROOT}",
             {"mail": "ivo@partner.example", "company": "Partner", "first_name": "Ivo"}, id="k-1"),
    NewEntry("contact", f"CN=Jo Press,OU=Contacts,{ROOT}", {"mail": "jo@press.example", "phone": "112"}, id="k-2"),
)  # fmt: skip


def fill(engine: Engine) -> LoadReport:
    """Load the sample into tables that exist."""
    return load_entries(engine, (*PERSONS, *GROUPS_AND_MEMBERS, *OTHERS), now=NOW)
