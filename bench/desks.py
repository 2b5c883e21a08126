"""Desks to measure on: the sample company in a temporary folder, with two forms that leave no limits in the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.spi import Connector, Guard, Ids, Operation, Question, Ref, Secret, Value
from runner.access.model import Actor
from runner.deskfolder import create, open_folder
from runner.identity.accounts import Account
from runner.pipeline.looking import actor_of
from runner.sample.demo import fill
from runner.sealing import new_key
from runner.settings.reading import SETTINGS_FILE
from runner.store.schema import upgrade
from runner.wiring import Installation, open_installation

PASSWORD = "correct-horse-for-measuring"  # noqa: S105 - of a desk that lives for a minute
AGENT = "agent.rotterdam"
FORMS = {
    "set-office": """\
format: form/1
id: set-office
title: Office
category: Measure
target: { type: user }
fields:
  - { id: office, type: text, label: Office, from: target.office, required: true, max_length: 64 }
operations:
  - id: update
    do: directory.user.update
    with: { user: $(target), set: { office: $(office) } }
""",
    "new-password": """\
format: form/1
id: new-password
title: New password
category: Measure
target: { type: user }
verify: caller-basic
fields:
  - { id: password, type: password, label: New password, generate: temporary }
operations:
  - id: reset
    do: directory.user.set_password
    with: { user: $(target), password: $(password), must_change: true }
result:
  show:
    - { label: Temporary password, value: $(password), secret: once }
""",
}


@contextmanager
def measured_desk(store_url: str = "") -> Iterator[Path]:
    """Make a demo desk with the forms above in it, its store elsewhere when told so; the folder is gone afterwards."""
    with TemporaryDirectory(prefix="deskhand-bench-") as name:
        path = Path(name) / "desk"
        create(path, demo=True, port=0, key=new_key())
        for form, text in FORMS.items():
            (path / "forms" / f"{form}.form.yaml").write_text(text, encoding="utf-8")
        if store_url:
            _keep_elsewhere(path / SETTINGS_FILE, store_url)
        folder = open_folder(path)
        upgrade(folder.store_url)
        fill(folder, Secret(PASSWORD), now=datetime.now(UTC))
        yield path


def _keep_elsewhere(settings: Path, store_url: str) -> None:
    text, own = settings.read_text(encoding="utf-8"), 'url = "sqlite:///deskhand.db"'
    if text.count(own) != 1:
        raise SystemExit(f"{settings} does not name its store as was expected")
    settings.write_text(text.replace(own, f'url = "{store_url}"'), encoding="utf-8")


@contextmanager
def opened(path: Path) -> Iterator[Installation]:
    """Open the desk in this process."""
    installation = open_installation(open_folder(path))
    try:
        yield installation
    finally:
        installation.close()


def agent(installation: Installation) -> Actor:
    """Return the agent in whose name things are measured."""
    account = _account(installation)
    return actor_of(installation.services, account.id, account.login, account.display_name, account.person_id)


def logins(installation: Installation, number: int) -> list[str]:
    """Give the agent that many accounts: nobody signs in with one of them from several places in the same instant."""
    accounts, now = installation.identity.accounts, datetime.now(UTC)
    person, made = _account(installation).person_id, list[str]()
    for login in (f"agent-{position}" for position in range(number)):
        account = accounts.create(login, login, person_id=person, by="bench", now=now)
        accounts.set_password(account.id, Secret(PASSWORD), by="bench", now=now)
        made.append(login)
    return made


def _account(installation: Installation) -> Account:
    account = installation.identity.accounts.by_login(AGENT)
    if account is None:
        raise SystemExit(f"the sample company has no {AGENT}")
    return account


def people(installation: Installation, actor: Actor, number: int) -> list[str]:
    """Return the ids of that many people whom the actor may change, ordinary ones with an account that is in use."""
    found = installation.desk.find(actor, "an").people
    ids = [thing.id for thing in found if not thing.chips][:number]
    if len(ids) < number:
        raise SystemExit(f"the sample company has {len(ids)} people to measure on, not {number}")
    return ids


class BareChange:
    """The directory change of ``set-office`` and nothing around it: one read, one guarded write."""

    def __init__(self, installation: Installation) -> None:
        self._directory: Connector = installation.services.connectors.for_kind("user")
        self._numbers = count()

    def __call__(self, target: str) -> None:
        """Give the person another office."""
        page = self._directory.read(Question("user", Ids(frozenset({target})), limit=1))
        entry, office = page.entries[0], f"L-{next(self._numbers)}"
        arguments: dict[str, Value] = {"user": Ref("user", target), "set": {"office": office}}
        change = Operation("update", "directory.user.update", arguments)
        self._directory.perform(change, [Guard(entry.ref, entry.version, entry.place)], {})
