"""Make the application on samples, and ways to talk to it."""

from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from runner.web.app import create_app
from runner.web.ports import SignInHint
from tests.web.fake_desk import FakeDesk, FakeGate, FakeOutbox
from tests.web.samples import NOW, Bend, straight

HINTS = (
    SignInHint(
        "agent.rotterdam",
        "Service desk agent",
        "Helps everybody in Rotterdam: passwords, locks, contact details and groups",
    ),
    SignInHint("keyuser.sales", "Sales assistant", "Keeps contact details of the own department up to date"),
    SignInHint("auditor", "Privacy officer", "Sees everybody and everything, changes nothing"),
)
OWN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


@dataclass(slots=True)
class Site:
    desk: FakeDesk = field(default_factory=FakeDesk)
    gate: FakeGate = field(default_factory=FakeGate)
    bend: Bend = straight
    demo: bool = True

    def app(self) -> Flask:
        self.desk.bend = self.bend
        return create_app(
            self.desk,
            self.gate,
            secret_key=b"k" * 32,
            demo=self.demo,
            outbox=FakeOutbox(self.bend),
            hints=HINTS,
            clock=lambda: NOW,
        )


@dataclass(slots=True)
class Browser:
    """A test client that behaves like a browser: it keeps cookies and sends where it comes from."""

    client: FlaskClient

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def token(self) -> str:
        page = self.client.get("/sign-in", follow_redirects=True).get_data(as_text=True)
        return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]

    def post(self, path: str, data: dict[str, object] | None = None, **headers: str) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token(), **(data or {})}, headers=OWN | headers)

    def sign_in(self) -> TestResponse:
        return self.post("/sign-in", {"login": "agent.rotterdam", "password": "correct horse"})
