"""Who is told of the rows of a bulk, of how many, and how often: those who may answer them, and nobody else."""

import pytest

from connectors.spi import Ref
from runner.errors import NotFoundError
from runner.pipeline.requests.away import Leave
from runner.pipeline.requests.binding import bound_digest
from runner.pipeline.requests.calling import call_for_bulks
from runner.pipeline.requests.desk import Requests
from runner.pipeline.requests.looking_after import end_what_nobody_answered
from tests.runner.pipeline.bulk.running_bulks import AGENT
from tests.runner.pipeline.bulk.test_a_yes_for_many import FORM, asked, called, mails, rows
from tests.runner.pipeline.small_company import NOW


def test_the_owner_is_told_once_of_all_rows_however_many_nodes_look_after_them_and_in_however_many_steps(
    desk, monkeypatch
):
    monkeypatch.setattr("runner.pipeline.requests.looking_after._MOST_ENDED", 1)
    asked(desk, ("t.novak", "z.lindqvist"), form="needs-a-yes-or-its-owner")
    called(desk)
    desk.clock.forward(days=2)
    for _ in range(5):
        end_what_nobody_answered(desk.services)
        call_for_bulks(desk.services)
        desk.clock.forward(seconds=8)
    [mail] = [one for one in mails(desk, "asked") if one.to == ("auditor@sample.test",)]
    assert "For: 2 people" in mail.body


def test_the_mail_counts_what_its_reader_may_answer_and_neither_their_own_row_nor_that_of_whom_they_stand_in_for(desk):
    group, reader = Ref("group", "g-GG-Location-Utrecht"), "p.dewit"
    desk.do("directory.group.add_members", group=group, members=(Ref("user", f"u-{reader}"),))
    Requests(desk.services).be_away(desk.actor(reader), Leave("r.admin", NOW.date().isoformat(), "2030-03-31"))
    id_ = asked(desk, by="two")
    called(desk)
    for who in (reader, "r.admin"):
        [mail] = [one for one in mails(desk, "asked") if one.to == (f"{who}@sample.test",)]
        assert sum(some.count for some in rows(desk, id_, who).alike) == 2
        assert "For: 2 people" in mail.body


def test_who_answered_all_rows_but_one_is_reminded_of_that_one(desk):
    id_ = asked(desk, by="two")
    called(desk)
    requests, alice = Requests(desk.services), desk.actor("alice")
    first, _, last = sorted(desk.store.submissions.list(states=("awaiting_approval",)), key=lambda one: one.id)
    for row in (first, last):
        assert requests.say(alice, row.id, bound_digest(row), "yes") == "awaiting_approval"
    desk.clock.forward(days=1)
    call_for_bulks(desk.services)
    reminded = {one.to[0]: one.body for one in mails(desk, "reminded")}
    assert len(reminded) == 4
    assert "For: 1 p" in reminded["alice@sample.test"]
    assert sum(some.count for some in rows(desk, id_, "alice").alike) == 1


def test_a_deputy_of_who_asks_sees_no_row_that_would_be_not_found_for_them(desk):
    for person in ("t.novak", "z.lindqvist"):
        desk.do("directory.user.update", user=Ref("user", f"u-{person}"), set={"manager": Ref("user", f"u-{AGENT}")})
    alice, requests = desk.actor("alice"), Requests(desk.services)
    requests.be_away(desk.actor(AGENT), Leave("alice", NOW.date().isoformat(), "2030-03-31"))
    id_ = asked(desk, ("t.novak", "z.lindqvist"), by="manager")
    single = desk.confirm(AGENT, desk.planned(AGENT, FORM, "u-t.novak", {"office": "B"}))
    with pytest.raises(NotFoundError):
        requests.request(alice, single.head.submission, "en")
    with pytest.raises(NotFoundError):
        rows(desk, id_, "alice")
    assert (requests.inbox(alice).bulks, requests.inbox(alice).groups) == ((), ())
