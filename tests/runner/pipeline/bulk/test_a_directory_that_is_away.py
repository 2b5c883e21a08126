"""The directory is away in the middle of a bulk: every row ends right, each is changed once, none is forgotten."""

from dataclasses import replace

import pytest

from connectors.errors import UnavailableError
from connectors.local.loading import load_entries
from connectors.local.transactions import open_engine
from runner.engine.workers import Workers
from runner.pipeline.bulk.working import end_what_is_done
from runner.pipeline.pages import Posted
from runner.pipeline.services import BulkBrakes
from tests.runner.pipeline.bulk.running_bulks import AGENT, bulks, figures, page, started
from tests.runner.pipeline.small_company import NOW, person


def with_people(desk, count):
    """Add people to the branch; return their logins."""
    logins = [f"many.{number}" for number in range(count)]
    engine = open_engine(f"sqlite:///{desk.folder / 'directory.db'}")
    people = [person(login, f"Many {login}", "Rotterdam") for login in logins]
    report = load_entries(engine, people, now=NOW)
    engine.dispose()
    assert not report.problems
    branch = desk.entry("g-GG-Location-Rotterdam", "group").ref
    desk.do("directory.group.add_members", group=branch, members=[desk.entry(f"u-{login}").ref for login in logins])
    return logins


def prepared_rows(desk, logins):
    text = "login,office\n" + "".join(f"{login},R-{number}\n" for number, login in enumerate(logins))
    id_ = bulks(desk).begin_listed(desk.actor(AGENT), "office", text.encode(), "en")
    assert bulks(desk).answer(desk.actor(AGENT), id_, Posted({})) is None
    all_steps(desk)
    return id_


def all_steps(desk):
    workers = Workers(desk.services, 0, lambda line: pytest.fail(line))
    while workers.step():
        pass


def through_a_minute_away(desk, count):
    brakes = BulkBrakes(second_person_above=count)
    desk.installation = replace(desk.installation, services=replace(desk.services, bulk=brakes))
    logins = with_people(desk, count)
    id_ = prepared_rows(desk, logins)
    started(desk, id_)
    left = [count // 3]

    def away(*_):
        left[0] -= 1
        if left[0] < 0:
            raise UnavailableError("The directory does not answer.")

    desk.directory.before = away
    all_steps(desk)
    assert len(desk.directory.changed) == count // 3
    for seconds in (15, 15, 15, 15):
        desk.clock.forward(seconds=seconds)
        all_steps(desk)
    assert len(desk.directory.changed) == count // 3
    desk.directory.before = None
    for _ in range(8):
        desk.clock.forward(minutes=1)
        all_steps(desk)
    end_what_is_done(desk.services)
    seen = page(desk, id_)
    assert (seen.state, figures(seen)) == ("ended", {"done": count})
    assert [desk.value(f"u-{login}", "office") for login in logins] == [f"R-{n}" for n in range(count)]
    changed = [operation.arguments["user"].id for operation in desk.directory.changed]
    assert sorted(changed) == sorted(f"u-{login}" for login in logins)
    assert desk.store.journal.verify().ok


def test_every_row_ends_right_when_the_directory_is_away_for_a_minute(desk):
    through_a_minute_away(desk, 24)


@pytest.mark.torture
def test_many_rows_end_right_when_the_directory_is_away_for_a_minute(desk):
    through_a_minute_away(desk, 1_000)


def test_preparing_waits_for_a_directory_that_is_away(desk):
    logins = with_people(desk, 3)
    text = "login,office\n" + "".join(f"{login},A\n" for login in logins)
    id_ = bulks(desk).begin_listed(desk.actor(AGENT), "office", text.encode(), "en")
    bulks(desk).answer(desk.actor(AGENT), id_, Posted({}))

    def silent():
        raise UnavailableError("The directory does not answer.")

    desk.directory.reading = silent
    all_steps(desk)
    assert desk.store.bulks.get(id_).state == "preparing"
    desk.directory.reading = None
    desk.clock.forward(seconds=10)
    all_steps(desk)
    assert figures(page(desk, id_)) == {"ready": 3}
