"""The web on a real installation of the small company, and browsers signed in to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from werkzeug.test import TestResponse

from connectors.local.loading import load_entries
from connectors.local.transactions import open_engine
from connectors.spi import Secret
from runner.gate import AccountGate
from runner.identity.identity import Identity, identity_on
from runner.identity.passwords import Passwords
from runner.operators import operators_of
from runner.store.database import connect
from runner.store.store import Store
from runner.web.app import create_app
from tests.runner.pipeline.desks import TestDesk, open_desk
from tests.runner.pipeline.small_company import NOW, group, person

PASSWORD = "a password for tests"
LOGINS = ("agent.rotterdam", "second.rotterdam", "agent.utrecht", "keyuser.sales", "auditor", "alice", "access.admin")
NOBODY_BEHIND_IT = "kiosk"
OWN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="([a-z_.]+)" value="([^"]*)"')
_QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def quick_identity(store: Store) -> Identity:
    """Return identity with hashes that cost nothing."""
    return identity_on(store, passwords=_QUICK)


def quick_passwords() -> Passwords:
    return _QUICK


def add_visitors(folder: Path) -> None:
    """Add a key user and an access administrator to the company, and accounts for everybody who visits the pages."""
    engine = open_engine(f"sqlite:///{folder / 'directory.db'}")
    more = (
        person("keyuser.sales", "Kai Sleutel", "Rotterdam"),
        group("KeyUsers", "keyuser.sales"),
        person("access.admin", "Anna Toegang", "Rotterdam"),
        group("Access-Admins", "access.admin"),
    )
    report = load_entries(engine, more, now=NOW)
    engine.dispose()
    assert not report.problems
    add_accounts(f"sqlite:///{folder / 'desk.db'}")


def add_accounts(store_url: str) -> None:
    """Add accounts for everybody who visits to a store."""
    store = Store(connect(store_url))
    accounts = quick_identity(store).accounts
    for login in (*LOGINS, NOBODY_BEHIND_IT):
        behind = None if login == NOBODY_BEHIND_IT else f"u-{login}"
        made = accounts.create(login, login, person_id=behind, by="test", now=NOW)
        accounts.set_password(made.id, Secret(PASSWORD), by="test", now=NOW)
    store.close()


@dataclass
class Visit:
    """A test client that behaves like a browser: it keeps cookies, sends where it comes from, and a form's token."""

    client: FlaskClient
    base: str = "http://localhost"
    token: str = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        answer = self.client.get(path, base_url=self.base, **more)
        self._keep_token(answer)
        return answer

    def post(self, path: str, form: Mapping[str, Any] | None = None, **more: Any) -> TestResponse:
        if not self.token:
            self.get("/sign-in", follow_redirects=True)
        headers = {**OWN, "Origin": self.base, **more.pop("headers", {})}
        sent = {"csrf_token": self.token, **(form or {})}
        answer = self.client.post(path, data=sent, base_url=self.base, headers=headers, **more)
        self._keep_token(answer)
        return answer

    def sign_in(self, login: str, password: str = PASSWORD, **more: Any) -> TestResponse:
        answer = self.post("/sign-in", {"login": login, "password": password}, **more)
        if answer.status_code == 303:
            self.token = ""
        return answer

    def _keep_token(self, answer: TestResponse) -> None:
        found = _TOKEN.search(answer.get_data(as_text=True)) if answer.mimetype == "text/html" else None
        self.token = found[1] if found else self.token


@dataclass
class RealSite:
    """The application on a desk whose directory notes what is performed."""

    desk: TestDesk
    app: Flask

    def visit(self, login: str = "", base: str = "http://localhost") -> Visit:
        """Return a new browser, signed in when there is a login."""
        visit = Visit(self.app.test_client(), base)
        if login:
            assert visit.sign_in(login).status_code == 303
        return visit

    def counts(self) -> Mapping[str, int]:
        """Return how much there is of everything that a change would add to."""
        engine = create_engine(f"sqlite:///{self.desk.folder / 'desk.db'}")
        tables = ("submissions", "operations", "verifications", "notifications", "accounts", "sessions")
        with engine.connect() as connection:
            found = {name: connection.execute(text(f"select count(*) from {name}")).scalar_one() for name in tables}
        engine.dispose()
        return found | {"performed": len(self.desk.performed), "mails": len(self.desk.mails())}

    def denials(self) -> int:
        counted = text("select count(*) from journal where kind = 'deny'")
        return int(self.desk.database.read(lambda connection: connection.execute(counted).scalar_one()))


class Relay:
    """Stands for a part of an installation that is put in its place later."""

    def __init__(self) -> None:
        self.part: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.part, name)

    def __call__(self) -> Any:
        return self.part()


@dataclass(frozen=True)
class Stage:
    """One application, whose templates take a while to compile, for one installation after the other."""

    app: Flask
    desk: Relay
    gate: Relay
    clock: Relay
    outbox: Relay
    delegation: Relay
    operators: Relay

    def open(self, folder: Path, store_url: str = "") -> RealSite:
        """Open the web of a folder with the company; the store may be elsewhere."""
        desk = open_desk(folder, store_url=store_url)
        desk.installation = replace(desk.installation, identity=quick_identity(desk.store))
        self.desk.part, self.gate.part, self.clock.part = desk.desk, AccountGate(desk.installation), desk.clock
        self.outbox.part, self.delegation.part = desk.services.postman, desk.installation.delegation
        self.operators.part = operators_of(desk.installation)
        return RealSite(desk, self.app)


def build_stage() -> Stage:
    desk, gate, clock, outbox, delegation, operators = (Relay() for _ in range(6))
    app = create_app(
        desk,
        gate,
        secret_key=b"k" * 32,
        demo=True,
        clock=clock,
        outbox=outbox,
        delegation=delegation,
        operators=operators,
    )
    return Stage(app, desk, gate, clock, outbox, delegation, operators)


def hidden(page: str) -> dict[str, str]:
    """Return the hidden inputs of a page's own form, without its token."""
    found = {name: unescape(value) for name, value in _HIDDEN.findall(page)}
    return {name: value for name, value in found.items() if name not in ("csrf_token", "back")}
