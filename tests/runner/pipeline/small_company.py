"""A company of two branches for the tests of the pipeline, in the names that the library's access.yaml uses."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.local.loading import NewEntry, load_entries
from connectors.local.passwords import PasswordPolicy
from connectors.local.tables import create_tables
from connectors.local.transactions import open_engine
from connectors.mailbox.loading import MailboxRow, load_mailboxes
from connectors.mailbox.session import Database

NOW = datetime(2030, 3, 4, 9, 0, tzinfo=UTC)
ROOT = "DC=sample,DC=test"
PEOPLE, GROUPS = f"OU=People,{ROOT}", f"OU=Groups,{ROOT}"
QUICK = PasswordPolicy(memory_kib=8, rounds=1)


def person(login: str, name: str, branch: str, **attributes: object) -> NewEntry:
    given = {
        "login": login,
        "upn": f"{login}@sample.test",
        "display_name": name,
        "mail": f"{login}@sample.test",
        "phone": "+31105550100",
        "enabled": True,
        "department": "Sales",
    }
    return NewEntry("user", f"CN={name},OU={branch},{PEOPLE}", {**given, **attributes}, id=f"u-{login}")


def group(name: str, *members: str, unit: str = GROUPS, **attributes: object) -> NewEntry:
    return NewEntry("group", f"CN={name},{unit}", {"name": name, **attributes}, members=members, id=f"g-{name}")


PERSONS = (
    person("agent.rotterdam", "Femke Agent", "Rotterdam", title="Agent", department="IT"),
    person("second.rotterdam", "Sem Agent", "Rotterdam", title="Agent", department="IT"),
    person("agent.utrecht", "Utrecht Agent", "Utrecht", title="Agent", department="IT"),
    person("z.lindqvist", "Zoë Lindqvist", "Rotterdam", locked_at=NOW - timedelta(minutes=8), manager="p.dewit"),
    person("t.novak", "Tomáš Novák", "Rotterdam", title="Stock controller", department="Warehouse", manager="u.chef"),
    person("p.dewit", "Pieter de Wit", "Rotterdam", title="Team lead"),
    person("f.former", "Fenna Vroegerman", "Rotterdam", enabled=False),
    person("n.mail", "Nora Zonder", "Rotterdam", mail=None, locked_at=NOW - timedelta(minutes=8)),
    person("r.admin", "Ruud Admin", "Rotterdam", locked_at=NOW - timedelta(minutes=8)),
    person("u.bakker", "Ursula Bakker", "Utrecht", locked_at=NOW - timedelta(minutes=8), manager="u.chef"),
    person("u.chef", "Ulrich Chef", "Utrecht", title="Manager"),
    person("alice", "Alice Alleen", "Utrecht", manager="p.dewit", department="Sales", title="Seller"),
    person("auditor", "Ada Audit", "Utrecht", department=None),
    NewEntry("user", f"CN=svc backup,OU=Service Accounts,{ROOT}", {"login": "svc.backup", "enabled": True}, id="u-svc"),
)
REQUESTABLE = f"OU=Requestable,{GROUPS}"
GROUPS_AND_MEMBERS = (
    group("SD-Rotterdam", "agent.rotterdam", "second.rotterdam"),
    group("SD-Utrecht", "agent.utrecht"),
    group("Audit", "auditor"),
    group("GG-Location-Rotterdam", "agent.rotterdam", "second.rotterdam", "z.lindqvist", "t.novak", "p.dewit",
          "f.former", "r.admin", "n.mail", "svc.backup"),
    group("GG-Location-Utrecht", "agent.utrecht", "u.bakker", "u.chef", "alice"),
    group("Domain Admins", "Tier0-Admins"),
    group("Tier0-Admins", "r.admin"),
    group("Domain Users", unit=GROUPS),
    group("APP-Visio", "z.lindqvist", unit=REQUESTABLE, description="Drawings"),
    group("APP-Atlas", unit=REQUESTABLE, description="Maps"),
    group("APP-Payroll", unit=REQUESTABLE, description="Salaries", sensitive=True),
    group("Back-Door", unit=GROUPS),
)  # fmt: skip


def load(folder: Path) -> None:
    """Make the two databases of the company in a folder."""
    load_directory(f"sqlite:///{folder / 'directory.db'}")
    mail = Database(f"sqlite:///{folder / 'mailbox.db'}")
    rows = [
        MailboxRow("Sales", "sales@sample.test", kind="shared", owner="u-p.dewit"),
        MailboxRow("Wholesales", "wholesales@sample.test", kind="shared", owner="u-u.chef"),
    ]
    load_mailboxes(mail.engine, rows, now=NOW)
    mail.engine.dispose()


def load_directory(url: str) -> None:
    """Put the people and groups of the company into an empty database."""
    engine = open_engine(url)
    create_tables(engine)
    report = load_entries(engine, (*PERSONS, *GROUPS_AND_MEMBERS), now=NOW)
    engine.dispose()
    assert not report.problems, [problem.reason for problem in report.problems]
    assert not report.dangling
