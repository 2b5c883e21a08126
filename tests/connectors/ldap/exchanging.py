"""People who exchange their places while the connector changes one of them by id: at the worst moment, or all the time."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from threading import Event, RLock, Thread

from connectors.directory import names
from connectors.errors import ConnectorError, RejectedError, UnknownOutcomeError
from connectors.ldap.connector import LdapDirectory
from connectors.ldap.ids import id_filter
from connectors.ldap.requests import Answer, Rename, Request, Row, Search
from connectors.ldap.talking.session import DirectorySession
from connectors.spi import Guard, Operation, Ref, Secret, SecretRef
from tests.connectors.ldap.on_servers import perform
from tests.connectors.ldap.sample_cast import PASSWORD, stable_id

SALES, LEAVERS = "OU=Sales,OU=People", "OU=Leavers"
GROUP = Ref("group", stable_id("g-Empty"))
# What a change of the wrong person would show in.
SHOWN = (
    "description", "title", "employeeType", "userPassword", "pwdChangedTime", "pwdLastSet", "pwdAccountLockedTime", "pwdReset",
    "userAccountControl", "memberOf", "accountExpires", "pwdEndTime",
)  # fmt: skip


@dataclass
class Exchange:
    """Three people: ``a`` is changed, ``b`` stands beside, ``c`` in a unit where nothing may be changed.

    ``admin`` moves them; `windows` counts the writes before which somebody was moved.
    """

    directory: LdapDirectory
    admin: DirectorySession
    base: str
    random: Random
    people: dict[str, Ref] = field(default_factory=dict)
    before: dict[str, dict[str, tuple[bytes, ...]]] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)
    windows: int = 0
    numbers: int = 0

    def make(self) -> None:
        """Make the people who are missing."""
        for name, unit in (("a", SALES), ("b", SALES), ("c", LEAVERS)):
            if name in self.people and self.row(name) is not None:
                continue
            self.numbers += 1
            login, place = f"race{name}{self.numbers}", self.directory.locate(f"{unit},{self.base}", "ou")
            given = {"login": login, "upn": f"{login}@example.test", "first_name": name, "last_name": login}
            outcome = perform(
                self.directory,
                "user.create",
                PASSWORD,
                ou=place,
                display_name=f"Race {login}",
                password=SecretRef("password"),
                must_change=False,
                **given,
            )
            self.people[name] = outcome.outputs["user"]
            self.before[name] = self.shown(name)

    def row(self, name: str, *attributes: str) -> Row | None:
        dialect = self.directory.layout.dialect
        wanted = id_filter(dialect.id, self.people[name].id)
        return next(iter(self.admin.search(Search(self.base, wanted, attributes or ("1.1",)))), None)

    def dn(self, name: str) -> str:
        found = self.row(name)
        assert found is not None
        return found.dn

    def shown(self, name: str) -> dict[str, tuple[bytes, ...]]:
        found = self.row(name, *SHOWN)
        return {key: tuple(sorted(values)) for key, values in found.values.items()} if found is not None else {}

    # --- moving -----------------------------------------------------------------------------------------------------

    def swap(self) -> None:
        """Let the one who is changed and another exchange their names and places."""
        with self.lock:
            first, other = self.row("a"), self.random.choice("bc")
            if first is None:
                return
            here, there = first.dn, self.dn(other)
            between = f"{here.partition('=')[0]}=between,{LEAVERS},{self.base}"
            if self._renamed_a(here, between):
                answer = self._rename(there, here)
                assert answer.is_success, answer
                self._renamed_a(between, there)

    def _renamed_a(self, old: str, new: str) -> bool:
        """Rename the one who may be deleted at any moment."""
        answer = self._rename(old, new)
        assert answer.is_success or self.row("a") is None, answer
        return answer.is_success

    def _rename(self, old: str, new: str) -> Answer:
        steps = names.parse(new)
        return self.admin.apply(Rename(old, steps[0].text, names.printed(steps[1:])))

    @contextmanager
    def at_every_write(self) -> Iterator[None]:
        """Let them exchange their places right before a write is sent, right after, or both."""
        session, apply = self.directory.session, type(self.directory.session).apply

        def moved(request: Request) -> Answer:
            way = self.random.choice(("no", "before", "after", "both", "both"))
            if way in ("before", "both"):
                self.windows += 1
                self.swap()
            answer = apply(session, request)
            if way in ("after", "both"):
                self.swap()
            return answer

        session.apply = moved  # type: ignore[method-assign]
        try:
            yield
        finally:
            del session.apply  # type: ignore[method-assign]

    @contextmanager
    def all_the_time(self) -> Iterator[None]:
        """Let them exchange their places again and again, with short breaks."""
        ended, faults = Event(), list[BaseException]()

        def run() -> None:
            try:
                while not ended.wait(self.random.choice((0.001, 0.002, 0.01, 0.03))):
                    self.swap()
            except BaseException as fault:
                faults.append(fault)

        thread = Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
        assert not faults, faults

    # --- changing ---------------------------------------------------------------------------------------------------

    def operation(self) -> tuple[Operation, dict[str, Secret]]:
        """Return a change of ``a``; what it writes is never right for anybody else."""
        self.numbers += 1
        user, mark = self.people["a"], f"only for a {self.numbers}"
        choices: dict[str, Callable[[], tuple[dict[str, object], dict[str, Secret]]]] = {
            "user.update": lambda: ({"set": {"description": mark, "title": mark}}, {}),
            "user.set_password": lambda: (
                {"password": SecretRef("password"), "must_change": False},
                {"password": Secret(f"Zeppelin-{self.numbers}-Tuin")},
            ),
            "user.disable": lambda: ({}, {}),
            "user.enable": lambda: ({}, {}),
            "user.join_groups": lambda: ({"groups": (GROUP,)}, {}),
            "user.leave_groups": lambda: ({"groups": (GROUP,)}, {}),
            "user.delete": lambda: ({}, {}),
        }
        verb = self.random.choices(tuple(choices), (6, 4, 3, 3, 6, 4, 1))[0]
        arguments, secrets = choices[verb]()
        return Operation("step", f"directory.{verb}", {"user": user, **arguments}), secrets

    def try_once(self) -> tuple[str, str]:
        """Make one change as it was authorised a moment ago, and return its verb and what came of it."""
        with self.lock:
            self.make()
            operation, secrets = self.operation()
            guards: tuple[Guard, ...] = self.directory.prepare(operation).guards
            before = self.shown("a")
        try:
            came = self.directory.perform(operation, guards, secrets).state
        except UnknownOutcomeError:
            came = "unknown"
        except RejectedError:
            came = "rejected"
        except ConnectorError:
            came = "unavailable"
        with self.lock:
            self.look(operation.verb, came, before)
        return operation.verb, came

    def look(self, verb: str, came: str, before: dict[str, tuple[bytes, ...]]) -> None:
        """Fail when somebody else was changed, or the right one in spite of a refusal."""
        for name in ("b", "c"):
            assert self.shown(name) == self.before[name], (verb, came, name, self.before[name], self.shown(name))
        dialect = self.directory.layout.dialect
        wanted = id_filter(dialect.id, GROUP.id)
        (group,) = self.admin.search(Search(self.base, wanted, (dialect.member,)))
        members = {value.decode().lower() for value in group.values.get(dialect.member, ())}
        assert not members & {self.dn("b").lower(), self.dn("c").lower()}, (verb, came)
        if came == "rejected" and "password" not in verb:
            assert self.shown("a") == before, (verb, came)


@contextmanager
def exchange(directory: LdapDirectory, admin: DirectorySession, base: str, seed: int) -> Iterator[Exchange]:
    with contextlib.closing(admin):
        made = Exchange(directory, admin, base, Random(seed))
        made.make()
        yield made
