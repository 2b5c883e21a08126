"""The way in to a desk whose people sign in with a directory, with everything that a try leaves behind at hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from argon2 import PasswordHasher

from connectors.spi import Secret
from runner.errors import RefusedError
from runner.identity.directory import DirectorySignIn
from runner.identity.identity import Identity, identity_on
from runner.identity.passwords import Passwords
from runner.store.records import Account, Session
from runner.store.store import Store
from tests.runner.identity.people_directory import NOW, THEIRS, PeopleDirectory, person

OWN = "correct horse"
SENTENCE = "^The login or the password is not right.$"


class CountingHasher(PasswordHasher):
    """A quick hasher that counts how often it compares."""

    compared = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        self.compared += 1
        return bool(super().verify(hash, password))


@dataclass
class Door:
    store: Store
    identity: Identity
    directory: PeopleDirectory
    hasher: CountingHasher

    def come_in(
        self, login: str = "alice", password: str = THEIRS, now: datetime = NOW, address: str = "192.0.2.1"
    ) -> tuple[Session, str]:
        return self.identity.signing_in.sign_in(login, Secret(password), address=address, user_agent="Browser", now=now)

    def account(self, login: str = "alice", **more: Any) -> Account:
        _, token = self.come_in(login, **more)
        found = self.identity.sessions.lookup(token, NOW)
        assert found is not None
        return found[1]

    def accounts(self) -> dict[str, str | None]:
        return {one.login: one.person_id for one in self.identity.accounts.list()}

    def refused(self, login: str = "alice", password: str = THEIRS, **more: Any) -> None:
        sessions = sum(len(self.identity.sessions.own(one.id, NOW)) for one in self.identity.accounts.list())
        with pytest.raises(RefusedError, match=SENTENCE):
            self.come_in(login, password, **more)
        after = sum(len(self.identity.sessions.own(one.id, NOW)) for one in self.identity.accounts.list())
        assert after == sessions

    def records(self, kind: str = "login") -> list[Mapping[str, Any]]:
        return [entry.body for entry in reversed(self.store.journal.search(kind=kind, limit=500))]

    def outcomes(self) -> list[tuple[str, str]]:
        return [(one["outcome"]["code"], one["outcome"]["detail"]) for one in self.records()]

    def own_account(self, login: str, person_id: str | None = None) -> Account:
        return self.identity.accounts.create(
            login, login, person_id=person_id, password=Secret(OWN), by="setup", now=NOW
        )

    def use(self, directory: PeopleDirectory | None = None, **settings: Any) -> None:
        """Sign in with another directory, or by other settings."""
        self.directory = directory or self.directory
        asking = DirectorySignIn(self.directory, **settings)
        self.identity = identity_on(self.store, passwords=Passwords(self.hasher), directory=asking)


def open_door(store: Store) -> Door:
    hasher = CountingHasher(time_cost=1, memory_cost=64, parallelism=1)
    directory = PeopleDirectory()
    directory.add(person("id-alice", "alice"), person("id-bob", "bob"))
    door = Door(store, identity_on(store, passwords=Passwords(hasher)), directory, hasher)
    door.use()
    return door
