"""A directory of people for sign-in: it counts how often it is asked, and answers as a test wants."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Lock

from connectors.errors import ConnectorError
from connectors.matching import matches
from connectors.spi import AuthenticationResult, AuthenticationState, Entry, Page, Question, Ref, Secret, Value

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
THEIRS = "a password of the directory"


def person(id_: str, login: str, **attributes: Value) -> Entry:
    given = {
        "login": login,
        "upn": f"{login}@example.test",
        "display_name": login.title(),
        "enabled": True,
        "password_set_on": NOW - timedelta(days=9),
        **attributes,
    }
    return Entry(Ref("user", id_), f"CN={login},DC=example,DC=test", (), given)


@dataclass
class PeopleDirectory:
    """People by id, all with one password.

    ``state`` is what a right password leads to; ``fails`` is raised instead of an answer, by ``authenticate`` only when
    ``fails_late``.  ``asked`` holds the logins that were verified, ``lock`` after how many wrong ones it locks.
    """

    people: dict[str, Entry] = field(default_factory=dict)
    state: AuthenticationState = "ok"
    fails: ConnectorError | None = None
    fails_late: bool = False
    lock: int = 1_000
    asked: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    reads: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    _turn: Lock = field(default_factory=Lock)

    def add(self, *people: Entry) -> None:
        self.people.update({one.ref.id: one for one in people})

    def change(self, id_: str, **attributes: Value) -> None:
        entry = self.people[id_]
        self.people[id_] = replace(entry, attributes={**entry.attributes, **attributes})

    def join(self, id_: str, *groups: str) -> None:
        self.people[id_] = replace(self.people[id_], groups=frozenset(groups))

    def read(self, question: Question) -> Page:
        self.reads += 1
        if self.fails is not None and not self.fails_late:
            raise self.fails
        found = [one for one in self.people.values() if matches(question.filter, one)]
        return Page(tuple(found[: question.limit]), len(found) > question.limit)

    def authenticate(self, login: str, secret: Secret) -> AuthenticationResult:
        with self._turn:
            self.asked.append(login)
            self.secrets.append(secret.reveal())
        if self.fails is not None:
            raise self.fails
        names = {login.casefold(), login.casefold().rpartition("\\")[2]}
        found = [
            one
            for one in self.people.values()
            if names & {str(one.attributes[name]).casefold() for name in ("login", "upn")}
        ]
        if len(found) != 1:
            return AuthenticationResult("wrong")
        ref = found[0].ref
        with self._turn:
            if self.wrong.get(ref.id, 0) >= self.lock:
                return AuthenticationResult("locked", ref if secret.reveal() == THEIRS else None)
            if secret.reveal() != THEIRS:
                self.wrong[ref.id] = self.wrong.get(ref.id, 0) + 1
                return AuthenticationResult("wrong")
            self.wrong.pop(ref.id, None)
        return AuthenticationResult(self.state, ref)
