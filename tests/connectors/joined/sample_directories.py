"""Two small directories to join: the sample company, and another company with a base, names and logins of its own."""

import shutil
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from connectors.joined.connector import JoinedDirectories
from connectors.local.connector import LocalDirectory
from connectors.local.loading import NewEntry, load_entries
from connectors.local.tables import create_tables
from tests.connectors.local import sample_directory as sample
from tests.connectors.local.sample_directory import NOW, QUICK, clock

BASE, OTHER_BASE = sample.ROOT, "DC=other,DC=test"
STAFF, TEAMS = f"OU=Staff,{OTHER_BASE}", f"OU=Teams,{OTHER_BASE}"


def _person(name: str, login: str, **attributes: object) -> NewEntry:
    first, _, last = name.partition(" ")
    given = {
        "login": login,
        "upn": f"{login}@other.test",
        "display_name": name,
        "first_name": first,
        "last_name": last,
        "mail": f"{login}@other.test",
    }
    return NewEntry("user", f"CN={name},{STAFF}", {**given, **attributes}, id=f"v-{login}")


OTHERS = (
    _person("Änne Abel", "aenne", department="Sales", manager="zoe", phone="+49 30 1", password_set_on=NOW),
    _person("bruno Bach", "bruno", enabled=False, disabled_at=NOW - timedelta(days=2), expires_on=date(2027, 1, 1)),
    _person("Hanna Zett", "hanna.zett", department=None, last_logon=NOW - timedelta(days=4), mail=None),
    _person("Zoë Østby", "zoe", title="Director", employee_id="0007", company="O'Neill & Co"),
    NewEntry("group", f"CN=Bakers,{TEAMS}", {"owner": "zoe"}, members=("aenne", "bruno"), id="h-Bakers"),
    NewEntry("group", f"CN=All Bakers,{TEAMS}", {"sensitive": True}, members=("Bakers", "LAP-1"), id="h-All"),
    NewEntry("computer", f"CN=LAP-1,OU=Laptops,{OTHER_BASE}", {"owner": "zoe", "last_logon": NOW}, id="d-1"),
    NewEntry("contact", f"CN=Kim Kurier,OU=Couriers,{OTHER_BASE}", {"mail": "kim@courier.example"}, id="l-1"),
)


def filled(file: Path, entries: tuple[NewEntry, ...]) -> Path:
    """Make the database of a directory."""
    directory = opened(file)
    create_tables(directory.engine)
    report = load_entries(directory.engine, entries, now=NOW)
    directory.close()
    assert (report.problems, report.dangling) == ((), ())
    return file


def opened(file: Path) -> LocalDirectory:
    return LocalDirectory(f"sqlite:///{file}", clock=clock, policy=QUICK, password_days=90)


SAMPLE = (*sample.PERSONS, *sample.GROUPS_AND_MEMBERS, *sample.OTHERS)
ENTRIES = {BASE: SAMPLE, OTHER_BASE: OTHERS}


def copies(files: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Copy databases into a folder, by the same keys."""
    return {key: Path(shutil.copy(file, folder / file.name)) for key, file in files.items()}


def joined(of: Mapping[str, tuple[Path, str]]) -> JoinedDirectories:
    """Join databases: name of the directory → file and base."""
    return JoinedDirectories({name: (opened(file), base) for name, (file, base) in of.items()})
