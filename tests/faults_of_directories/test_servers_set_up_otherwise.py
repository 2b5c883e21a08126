"""Servers are set up otherwise between a plan and its confirmation, and desks are not as their servers are."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace

import pytest

from runner.deskfolder import open_folder
from runner.errors import NotReachableError
from runner.settings.reading import SETTINGS_FILE
from runner.wiring import open_installation
from tests.faults_of_directories.doors import DOORS
from tests.faults_of_directories.faulty_desks import FaultyDesk, details, reason
from tests.faults_of_directories.set_up_otherwise import (
    as_a_replica,
    with_a_size_limit,
    with_the_account_shut_out,
    without_the_right_to_the_company,
)
from tests.library_on_servers.three_desks import ServedDesk, ref
from tests.servers.trouble import rogue

BIND = 0x60  # RFC 4511, 4.2
WITHOUT_LISTS = ("home", "form", "filling in", "handing in")
"""Doors behind which no more than three of anything are read."""


@pytest.fixture
def openldap(faulty_desks: Mapping[str, FaultyDesk]) -> Iterator[FaultyDesk]:
    found = faulty_desks["openldap"]
    found.heal()
    yield found
    found.heal()


def test_an_account_that_lost_a_right_does_what_it_still_may(faulty: FaultyDesk) -> None:
    login = next(faulty.people)
    before, plan = faulty.texts(login), faulty.steps(login, "RDM-3")
    with without_the_right_to_the_company(faulty):
        page = faulty.confirm(plan)
        assert (page.state, faulty.states(plan)) == ("partly_done", ["done", "failed", "skipped"])
        assert "has not the right to do this in the directory" in details(page)
        assert "deskhand doctor" in details(page)
        assert faulty.texts(login) == ("RDM-3", *before[1:])
        assert faulty.on_record(plan) == faulty.states(plan)
        faulty.happens_once(plan, login, "partly_done")
    assert faulty.confirm(faulty.steps(login, "RDM-4")).state == "done"


def test_a_server_that_became_a_replica_changes_nothing_and_is_not_followed(openldap: FaultyDesk) -> None:
    login = next(openldap.people)
    before, plan = openldap.facts(login), openldap.reset(login)
    with rogue() as listener:
        with as_a_replica(openldap, listener.port):
            page = openldap.confirm(plan)
            assert (page.state, page.shows, openldap.states(plan)) == ("failed", (), ["failed"])
            assert "leaves the change to another one" in details(page)
            openldap.happens_once(plan, login, "failed")
        assert (listener.connections, listener.received) == (0, b"")
    assert openldap.on_record(plan) == ["failed"]
    assert openldap.facts(login) == before
    assert openldap.confirm(openldap.reset(login)).state == "done"


def tried(door: Callable[[FaultyDesk, str], object], faulty: FaultyDesk, id_: str) -> tuple[str, object]:
    """Return what is said by who could not read all, or the page."""
    try:
        return "", door(faulty, id_)
    except NotReachableError as error:
        return reason(error), None


def test_a_size_limit_never_makes_a_list_shorter_without_a_word(openldap: FaultyDesk) -> None:
    id_ = ref("user", next(openldap.people))
    with with_a_size_limit(openldap, 3):
        for name, door in DOORS.items():
            said, page = tried(door, openldap, id_)
            assert "only a part" in said or name in WITHOUT_LISTS or getattr(page, "more", False), (name, page)
    assert all(door(openldap, id_) for name, door in DOORS.items() if name != "photo")


def test_an_attribute_that_the_schema_lacks_is_named_and_nothing_is_changed(faulty: FaultyDesk) -> None:
    login = next(faulty.people)
    before = faulty.texts(login)
    file = faulty.folder / SETTINGS_FILE
    settings = file.read_text()
    file.write_text(
        settings.replace("\ntime_zone", '\nattributes = { user = { company = "noSuchAttribute" } }\ntime_zone', 1)
    )
    try:
        with closing(open_installation(open_folder(faulty.folder))) as other:
            served = ServedDesk(faulty.name, other, faulty.desk.client)
            wrong = replace(faulty, desk=served, other=served)
            plan = wrong.steps(login, "RDM-5")
            page = wrong.confirm(plan)
            assert (page.state, wrong.states(plan)) == ("failed", ["failed", "skipped", "skipped"])
            assert "noSuchAttribute" in details(page)
            assert wrong.on_record(plan) == wrong.states(plan)
            wrong.happens_once(plan, login, "failed")
    finally:
        file.write_text(settings)
    assert (faulty.texts(login), faulty.line.writes) == (before, [])
    assert faulty.confirm(faulty.steps(login, "RDM-5")).state == "done"


def test_an_account_that_is_let_in_no_more_is_told_in_our_words_and_tried_once(faulty: FaultyDesk) -> None:
    login = next(faulty.people)
    with closing(open_installation(open_folder(faulty.folder))) as other, with_the_account_shut_out(faulty):
        served = ServedDesk(faulty.name, other, faulty.desk.client)
        wrong, before = replace(faulty, desk=served, other=served), len(faulty.line.kinds)
        for door in (DOORS["card"], DOORS["picker"], DOORS["form"]):
            with pytest.raises(NotReachableError) as raised:
                door(wrong, ref("user", login))
            assert "does not let the account in" in reason(raised.value)
        assert faulty.line.kinds[before:].count(BIND) == 1
    assert DOORS["card"](faulty, ref("user", login))
