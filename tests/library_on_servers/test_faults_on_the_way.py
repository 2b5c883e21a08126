"""A submission whose directory fails at the worst moment: its state, its journal record, and that nothing is done twice."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from connectors.ldap.connector import LdapDirectory
from connectors.ldap.requests import Answer, Request
from connectors.spi import Ref
from runner.wiring import open_installation
from tests.library_on_servers.reading_back import LdapClient
from tests.library_on_servers.three_desks import PASSWORD, SIZE, STAFF, ServedDesk, ref
from tests.servers.trouble import Proxy, cutting
from tools.demo_desk import make_desk
from tools.demo_directory import demo_directory

FOREIGN = ("Traceback", "ldapmod", "cn=", "uid=", PASSWORD.reveal())


@dataclass
class Faulty:
    """A desk whose directory stands behind a proxy; ``sent`` are the writes that were handed to the session."""

    desk: ServedDesk
    proxy: Proxy
    sent: list[Request] = field(default_factory=list)

    @property
    def directory(self) -> LdapDirectory:
        found = self.desk.installation.services.connectors.for_kind("user")
        assert isinstance(found, LdapDirectory)
        return found

    @contextmanager
    def trouble(self, before: Callable[[], object]) -> Iterator[None]:
        """Make trouble right before the first write is sent."""
        session, self.sent = self.directory._writing, []
        apply = type(session).apply

        def counted(request: Request) -> Answer:
            if not self.sent:
                before()
            self.sent.append(request)
            return apply(session, request)

        session.apply = counted  # type: ignore[method-assign]
        try:
            yield
        finally:
            del session.apply  # type: ignore[method-assign]

    def run(self, login: str) -> Any:
        facts = self.desk.client.facts("user", login) or {}
        manager = facts["manager"]
        answers: Mapping[str, object] = {
            "phone": "010 555 0999",
            "mobile": "",
            "office": "RDM-9.99",
            "title": facts["title"] or "",
            "department": facts["department"] or "",
            "manager": ref("user", manager) if manager else "",
        }
        return self.desk.run("update-contact-details", ref("user", login), answers, who="lead", verified=True)

    def outcomes(self) -> list[Mapping[str, Any]]:
        """Return the outcomes on record since this was asked last."""
        journal = self.desk.installation.services.store.journal
        found = sorted(journal.search(limit=1_000), key=lambda one: one.seq)
        before, self.seen = getattr(self, "seen", 0), found[-1].seq if found else 0
        assert journal.verify().ok
        return [one.body["outcome"] for one in found if one.kind == "outcome" and one.seq > before]

    def office(self, login: str) -> Any:
        return (self.desk.client.facts("user", login) or {})["office"]


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    folder: Path = tmp_path_factory.mktemp("faulty") / "desk"
    with (
        demo_directory("openldap", PASSWORD, size=SIZE) as reachable,
        cutting(int(reachable.url.rpartition(":")[2])) as proxy,
    ):
        through = replace(reachable, url=f"ldaps://127.0.0.1:{proxy.port}")
        with closing(open_installation(make_desk(folder, through, size=SIZE))) as installation:
            yield Faulty(ServedDesk("openldap", installation, LdapClient(reachable)), proxy)


def test_what_was_done_without_an_answer_is_done_and_on_record(faulty: Faulty) -> None:
    faulty.outcomes()
    with faulty.trouble(faulty.proxy.cut_next_answer):
        done = faulty.run(STAFF[0])
    assert (done.state, {state for _, state in done.operations}) == ("done", {"done"})
    assert (faulty.proxy.cuts, len(faulty.sent)) == (1, 1)
    assert faulty.office(STAFF[0]) == "RDM-9.99"
    assert {one["code"] for one in faulty.outcomes()} == {"done"}


def test_what_may_not_have_been_done_is_unknown_on_record_and_not_sent_again(faulty: Faulty) -> None:
    faulty.outcomes()
    with faulty.trouble(faulty.proxy.cut_next_request):
        done = faulty.run(STAFF[1])
    assert done.state == "unknown"
    assert len(faulty.sent) == 1
    assert faulty.office(STAFF[1]) != "RDM-9.99"
    (outcome,) = (one for one in faulty.outcomes() if one["code"] == "unknown")
    assert "unclear whether the change was made" in outcome["detail"]
    assert not [word for word in FOREIGN if word in repr(outcome)]


def test_a_change_that_was_refused_in_the_directory_failed_and_says_why(faulty: Faulty) -> None:
    directory = faulty.directory
    performing, reader = directory._performing, Ref("user", ref("user", STAFF[2]))
    faulty.outcomes()
    assert directory.locate(STAFF[2], "user") == reader
    refusing = replace(performing, session=_Refusing(directory))
    directory._performing = refusing
    try:
        done = faulty.run(STAFF[2])
    finally:
        directory._performing = performing
    assert done.state == "failed"
    (outcome,) = (one for one in faulty.outcomes() if one["code"] == "failed")
    assert "has not the right" in outcome["detail"]
    assert "no write access to parent" not in repr(outcome)
    assert faulty.office(STAFF[2]) != "RDM-9.99"


class _Refusing:
    """The session of an account that may only read."""

    def __init__(self, directory: LdapDirectory) -> None:
        self._session = directory._writing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def apply(self, _request: Request) -> Answer:
        return Answer(50, "no write access to parent of uid=somebody.else")
