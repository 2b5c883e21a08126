"""A desk of the small company where somebody decides who may do what, with accounts for those who review."""

from dataclasses import replace
from datetime import date, timedelta

from runner.access.model import Actor, Policy
from runner.access.reading import read_access
from runner.delegation.reviews.pages import Draft
from runner.delegation.reviews.reviewing import Reviewing
from runner.deskfolder import library
from runner.pipeline.services import Services
from runner.policy.keeping import PolicyKeeper
from runner.store.records import Account
from tests.runner.pipeline.desks import TestDesk
from tests.runner.pipeline.small_company import NOW

DUE: date = NOW.date() + timedelta(days=14)
_CHIEF = """\
  - role: SUPER_ADMIN
    principals: [{ user: u.chef }]
    targets: everything
"""
ACCOUNTS = ("u.chef", "p.dewit", "alice", "auditor", "agent.rotterdam")


def policy_text() -> bytes:
    """Return the access file of the library, in which u.chef decides who may do what."""
    text = library()["access.yaml"].decode()
    assert text.count("\nstandard_roles:\n") == 1
    return text.replace("\nstandard_roles:\n", f"\nstandard_roles:\n{_CHIEF}").encode()


def policy_of(text: bytes) -> Policy:
    policy, problems = read_access("access.yaml", text)
    assert [problem for problem in problems if problem.level == "error"] == []
    return policy


class Reviews:
    """A desk with its reviews, and what tests ask of them again and again."""

    def __init__(self, desk: TestDesk, text: bytes | None = None) -> None:
        self.desk = desk
        self.services: Services = self.with_policy(text or policy_text())
        for login in ACCOUNTS:
            desk.store.accounts.create(Account(f"acc-{login}", login, login, f"u-{login}", disabled=False), NOW)

    def with_policy(self, text: bytes) -> Services:
        services = self.desk.services
        keeper = PolicyKeeper(policy_of(text), text, services.connectors, standing=self.desk.store.reviews.standing)
        self.services = replace(services, authority=keeper)
        return self.services

    @property
    def reviewing(self) -> Reviewing:
        return Reviewing(self.services)

    def actor(self, login: str) -> Actor:
        return self.desk.actor(login)

    def draft(self, *reviewers: str, **more: object) -> Draft:
        return Draft("Spring", reviewers or ("p.dewit",), **{"due_on": DUE, **more})  # type: ignore[arg-type]

    def begun(self, *reviewers: str, **more: object) -> str:
        return self.reviewing.begin(self.actor("u.chef"), self.draft(*reviewers, **more))

    @property
    def bindings(self) -> int:
        return len(self.services.authority.written().bindings)

    def position(self, campaign: str, binding: str) -> int:
        items = self.desk.store.reviews.items(campaign)
        return next(item.position for item in items if item.binding_id == binding)

    def records(self, operation: str) -> list[dict[str, object]]:
        return [dict(body) for body in self.desk.journal("config") if body.get("operation") == operation]
