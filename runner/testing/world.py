"""A fixture, loaded: a directory and a mailbox stub in a temporary folder, on a clock that stands still.

Walking to a plan writes nothing into either, so that one world serves every test of its fixture.
"""

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from random import SystemRandom
from zoneinfo import ZoneInfo

from connectors.directory.names import escape
from connectors.errors import ConnectorError
from connectors.local.connector import LocalDirectory
from connectors.local.loading import LoadReport, NewEntry, load_entries
from connectors.local.tables import create_tables
from connectors.mailbox.connector import MailboxStub
from connectors.mailbox.loading import load_mailboxes
from connectors.mailbox.mail import OutboxPostman
from connectors.mailbox.session import Database
from connectors.registry import Connectors
from connectors.spi import Compare, Entry, Ids, Question, Ref
from forms.definition import Catalogue, Form, Record
from runner.access.model import Actor, Binding, Policy, Principal
from runner.access.standard import everything
from runner.passwords import make_password
from runner.pipeline.reading import label_attribute
from runner.pipeline.services import Halt, Services
from runner.policy.keeping import PolicyKeeper
from runner.sealing import KeySealer, new_key
from runner.store.store import Store
from runner.testing.fixtures import Fixture
from runner.testing.further import FixtureDirectory

PASSWORD_DAYS = 90
"""How many days a password is good for in every fixture."""

_ROLE_BINDING = "as-the-test-says"


@dataclass(frozen=True, slots=True)
class World:
    """What one fixture's tests run in. ``trouble`` says what of the fixture could not be loaded or is missing."""

    fixture: Fixture
    services: Services
    policy: Policy
    trouble: tuple[str, ...]
    _keepers: dict[str, PolicyKeeper] = field(default_factory=dict, repr=False)

    def person(self, login: str) -> Entry | None:
        """Return somebody of the fixture by login or name."""
        return self.named("user", login)

    def named(self, kind: str, text: str) -> Entry | None:
        """Return an object of the fixture by what an author calls it."""
        if kind not in self.services.connectors.kinds:
            return None
        connector = self.services.connectors.for_kind(kind)
        ref = connector.locate(text, kind)
        if ref is not None:
            return self.entry(ref)
        found = connector.read(Question(kind, Compare(label_attribute(kind), "==", text), limit=2)).entries
        return found[0] if len(found) == 1 else None

    def called(self, ref: Ref) -> str:
        """Return what an author calls an object: a login, an address or a name; its id when there is none."""
        entry = self.entry(ref)
        names = ("login", "address", "name", "display_name")
        found = (entry.attributes.get(name) for name in names) if entry else ()
        return next((str(one) for one in found if one), ref.id)

    def entry(self, ref: Ref) -> Entry | None:
        """Return an object as it is; None when there is none."""
        page = self.services.connectors.for_kind(ref.kind).read(Question(ref.kind, Ids(frozenset({ref.id})), limit=1))
        return page.entries[0] if page.entries else None

    def services_for(self, form: Form, role: str | None = None) -> Services:
        """Return the services for a test of ``form``: the caller check is passed, ticket and reason are any.

        With a ``role``, the fixture's actor holds that one on everything and nothing else.
        """
        record = Record(
            "off" if form.record.ticket == "off" else "optional",
            None,
            "off" if form.record.reason == "off" else "optional",
        )
        tested = replace(form, verify=None, record=record, status="live")
        catalogue = replace(self.services.catalogue, forms={**self.services.catalogue.forms, form.id: tested})
        return replace(self.services, catalogue=catalogue, authority=self._keeper(role))

    def services_without_bindings(self, form: Form) -> Services:
        """Return the services of a desk on which nobody was given anything."""
        return replace(self.services_for(form), authority=self._keeper(""))

    def _keeper(self, role: str | None) -> PolicyKeeper:
        key = "access.yaml" if role is None else f"role:{role}"
        if key not in self._keepers:
            policy = self.policy if role is None else self._with_role(role)
            self._keepers[key] = PolicyKeeper(policy, b"", self.services.connectors)
        return self._keepers[key]

    def _with_role(self, role: str) -> Policy:
        if not role:
            return replace(self.policy, bindings=())
        every = everything()
        binding = Binding(_ROLE_BINDING, (Principal("user", self.fixture.actor),), role, (every.id,))
        return replace(self.policy, sets={**self.policy.sets, every.id: every}, bindings=(binding,))

    def actor(self, person: Entry) -> Actor:
        """Return the actor behind a person of the fixture."""
        login = str(person.attributes.get("login") or person.ref.id)
        return Actor(f"test-{person.ref.id}", login, person.label, person)

    def close(self) -> None:
        """Close the databases."""
        for connector in self.services.connectors.all():
            getattr(connector, "close", lambda: None)()


def open_world(fixture: Fixture, catalogue: Catalogue, policy: Policy, store: Store, folder: Path) -> World:
    """Load a fixture into databases below ``folder``; what cannot be loaded is said in ``trouble``."""
    folder.mkdir()
    now = fixture.moment(ZoneInfo(catalogue.settings.timezone))
    url = f"sqlite:///{folder / 'directory.db'}"
    directory = FixtureDirectory(url, held=fixture.held, clock=lambda: now, password_days=PASSWORD_DAYS)
    mailbox_url = f"sqlite:///{folder / 'mailbox.db'}"
    trouble = [*_load_directory(directory, fixture, now), *_load_mailboxes(mailbox_url, fixture, now)]
    trouble += _stand_ins(directory, fixture, policy, now)
    connectors = Connectors({"directory": directory, "mailbox": MailboxStub(mailbox_url, clock=lambda: now)})
    keeper = PolicyKeeper(policy, b"", connectors)
    services = Services(
        catalogue=catalogue,
        authority=keeper,
        connectors=connectors,
        store=store,
        sealer=KeySealer(new_key()),
        postman=OutboxPostman(folder / "outbox"),
        clock=lambda: now,
        new_id=lambda: uuid.uuid4().hex,
        make_password=lambda rule: make_password(rule, SystemRandom()),
        make_code=lambda: "000000",
        node="tests",
        halt=Halt(),
    )
    trouble += [fault.replace("\n    ", ". ") for fault in keeper.faults()]
    return World(fixture, services, policy, tuple(trouble), {"access.yaml": keeper})


def _load_directory(directory: LocalDirectory, fixture: Fixture, now: datetime) -> list[str]:
    create_tables(directory.engine)
    loaded: LoadReport = load_entries(directory.engine, fixture.directory(now), now=now)
    problems = (*loaded.problems, *loaded.dangling)
    return [f"{fixture.file}: {one.entry.kind} {one.entry.source}: {one.reason}" for one in problems]


def _load_mailboxes(url: str, fixture: Fixture, now: datetime) -> list[str]:
    database = Database(url)
    try:
        load_mailboxes(database.engine, fixture.mailboxes, now=now)
    except ConnectorError as error:
        return [f"{fixture.file}: mailboxes: {error}"]
    finally:
        database.engine.dispose()
    return []


def _stand_ins(directory: LocalDirectory, fixture: Fixture, policy: Policy, now: datetime) -> list[str]:
    """Make empty groups and units for protected ones the fixture lacks: until they are found, all is protected."""
    selectors = [one for name in policy.protected if name in policy.sets for one in policy.sets[name].resources]
    wanted = dict.fromkeys(
        pair for one in selectors for pair in (("group", one.in_group), ("ou", one.under)) if pair[1] is not None
    )
    missing = [(kind, str(text)) for kind, text in wanted if directory.locate(str(text), kind) is None]
    made = [
        NewEntry(kind, text if kind == "ou" or "=" in text else f"CN={escape(text)},OU=Fixture", source=text)
        for kind, text in missing
    ]
    load_entries(directory.engine, made, now=now)
    words = {"group": "group", "ou": "unit"}
    return [
        f'{fixture.file} has no {words[kind]} "{text}", which access.yaml protects; an empty one stands for it.'
        for kind, text in missing
    ]
