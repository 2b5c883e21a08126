"""A desk over two directories: the small company as “corp”, and a laboratory with a tree of its own as “lab”."""

import shutil
from pathlib import Path

from connectors.local.connector import LocalDirectory
from connectors.local.loading import NewEntry, load_entries
from connectors.local.tables import create_tables
from connectors.local.transactions import open_engine
from connectors.spi import Entry, Ids, Question
from tests.runner.cli.commands import deskhand
from tests.runner.pipeline.small_company import NOW, ROOT, load_directory

LAB = "DC=lab,DC=test"
BENCH, TEAMS = f"OU=Bench,{LAB}", f"OU=Teams,{LAB}"
SETTINGS = f"""\
[connectors.directory]
use = "directories"

[connectors.directory.of.corp]
use = "local"
base = "{ROOT}"
url = "sqlite:///corp.db"
password_days = 365

[connectors.directory.of.lab]
use = "local"
base = "{LAB}"
url = "sqlite:///lab.db"
"""
ACCESS = f"""\
format: access/1
roles:
  - id: desk
    title: Details and groups
    permissions: [user.read, user.profile.manage, user.groups.manage, group.read, group.members.manage]
  - id: maker
    title: Makes accounts
    permissions: [user.create]
resource_sets:
  - id: corp-staff
    title: By unit
    resources: [ users: {{ under: "OU=People,{ROOT}" }}, groups: {{ under: "OU=Groups,{ROOT}" }} ]
  - id: lab-team
    title: By group, called as one of the other directory is
    resources: [ users: {{ in_group: lab~SD-Rotterdam }}, groups: {{ under: "{TEAMS}" }} ]
  - id: lab-units
    title: Where accounts are made
    resources: [ ous: {{ under: "{BENCH}" }} ]
  - id: admins
    title: Never
    resources: [ users: {{ in_group: Domain Admins }}, users: {{ id: lab~chief }} ]
protected: [admins]
bindings:
  - {{ id: corp-desk, principals: [ {{ user: agent.rotterdam }} ], role: desk, on: [corp-staff] }}
  - {{ id: lab-desk, principals: [ {{ group: Helpers }} ], role: desk, on: [lab-team] }}
  - {{ id: both, principals: [ {{ user: corp~agent.utrecht }} ], role: desk, on: [corp-staff, lab-team] }}
  - {{ id: makers, principals: [ {{ user: corp~agent.utrecht }} ], role: maker, on: [lab-units] }}
"""
OFFICE = """\
format: form/1
id: office
title: Office
target: { type: user, search: [display_name, login] }
fields:
  - { id: office, type: text, label: Office, required: true }
operations:
  - { id: update, do: directory.user.update, with: { user: $(target), set: { office: $(office) } } }
"""
JOIN = """\
format: form/1
id: join
title: Into a group
target: { type: user, search: [display_name, login] }
fields:
  - { id: group, type: group, label: Group, required: true }
operations:
  - { id: join, do: directory.user.join_groups, with: { user: $(target), groups: [$(group)] } }
"""
CREATE = """\
format: form/1
id: create
title: New account
fields:
  - { id: unit, type: ou, label: Unit, required: true }
  - { id: password, type: password, label: Password, generate: temporary }
operations:
  - id: create
    do: directory.user.create
    with: { ou: $(unit), login: newby, upn: newby@lab.test, first_name: New, last_name: By, display_name: New By,
            password: $(password) }
"""


def _person(login: str, name: str, **attributes: object) -> NewEntry:
    given = {"login": login, "upn": f"{login}@lab.test", "display_name": name, "mail": f"{login}@lab.test"}
    return NewEntry("user", f"CN={name},{BENCH}", {**given, **attributes}, id=f"l-{login}")


LABORATORY = (
    _person("helper", "Hella Helper"),
    _person("quinn", "Quinn Adams", title="Chemist"),
    _person("chief", "Chira Chief"),
    _person("loner", "Lono Loner"),
    NewEntry("group", f"CN=Helpers,{TEAMS}", {}, members=("helper",), id="lg-helpers"),
    NewEntry("group", f"CN=SD-Rotterdam,{TEAMS}", {}, members=("quinn", "chief"), id="lg-team"),
    NewEntry("group", f"CN=Benches,{TEAMS}", {}, id="lg-benches"),
)


def make_desk(folder: Path) -> Path:
    """Make the desk folder."""
    assert deskhand("init", folder).code == 0
    text = (folder / "deskhand.toml").read_text("utf-8")
    start, end = text.index("[connectors.directory]"), text.index("[connectors.mailbox]")
    (folder / "deskhand.toml").write_text(f"{text[:start]}{SETTINGS}\n{text[end:]}", "utf-8")
    settings = (folder / "forms" / "settings.yaml").read_bytes()
    shutil.rmtree(folder / "forms")
    (folder / "forms").mkdir()
    (folder / "forms" / "settings.yaml").write_bytes(settings)
    for name, written in (("access", ACCESS), ("office.form", OFFICE), ("join.form", JOIN), ("create.form", CREATE)):
        (folder / "forms" / f"{name}.yaml").write_text(written, "utf-8")
    load_directory(f"sqlite:///{folder / 'corp.db'}")
    engine = open_engine(f"sqlite:///{folder / 'lab.db'}")
    create_tables(engine)
    report = load_entries(engine, LABORATORY, now=NOW)
    engine.dispose()
    assert (report.problems, report.dangling) == ((), ())
    return folder


def there(folder: Path, directory: str, id_: str) -> Entry:
    """Read a person in one of the directories, past the desk."""
    opened = LocalDirectory(f"sqlite:///{folder / directory}.db")
    try:
        return opened.read(Question("user", Ids(frozenset({id_})))).entries[0]
    finally:
        opened.close()
