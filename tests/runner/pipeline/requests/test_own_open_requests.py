"""Whoever asked for something finds it among the requests while it waits, and nobody else does there."""

from connectors.spi import Ref
from runner.pipeline.requests.inbox import inbox_page
from runner.pipeline.requests.showing import request_page
from runner.pipeline.results import submission_page
from runner.store.records import Notification
from tests.runner.pipeline.desks import TestDesk
from tests.runner.pipeline.requests.asking_for_a_yes import AGENT, MANAGER, PERSON, SECOND, ask, say


def test_what_somebody_asked_for_stands_among_the_requests_until_it_is_decided(desk: TestDesk) -> None:
    id_ = ask(desk, person="z.lindqvist")
    form = desk.store.submissions.get(id_).form_title

    assert [(one.id, one.title) for one in inbox_page(desk.services, desk.actor(AGENT)).own] == [(id_, form)]
    assert inbox_page(desk.services, desk.actor(SECOND)).own == ()

    desk.desk.cancel(desk.actor(AGENT), id_)
    assert inbox_page(desk.services, desk.actor(AGENT)).own == ()


def test_two_of_one_form_are_told_apart_by_whom_they_are_for_and_what_they_change(desk: TestDesk) -> None:
    ask(desk, person="z.lindqvist", office="B")
    ask(desk, person=PERSON)
    told = [(one.target, one.what) for one in inbox_page(desk.services, desk.actor(AGENT)).own]
    assert sorted(told) == [("Tomáš Novák", "Office: A"), ("Zoë Lindqvist", "Office: B")]


def test_what_is_out_of_sight_by_now_is_not_named(desk: TestDesk) -> None:
    ask(desk)
    _take_out_of_sight(desk)
    [line] = inbox_page(desk.services, desk.actor(AGENT)).own
    assert (line.target, line.what) == ("", "")


def test_mails_to_whoever_asked_name_what_changes_and_not_to_what(desk: TestDesk) -> None:
    id_ = ask(desk, office="Rotterdam 4.12")
    say(desk, MANAGER, id_)
    desk.carried_out()
    own = [one for one in _mails(desk) if one.to == ("agent.rotterdam@sample.test",)]
    assert sorted(one.event for one in own) == ["approved", "done", "submitted"]
    for mail in own:
        assert mail.subject.endswith("(Office)"), mail.subject
        assert "\nChanges: Office\n" in mail.body
        assert "Rotterdam 4.12" not in mail.subject + mail.body + mail.html
    [asked] = [one for one in _mails(desk) if one.event == "asked"]
    assert "Changes:" not in asked.body


def test_whoever_asked_reads_what_they_answered_as_whoever_decides_does(desk: TestDesk) -> None:
    id_ = ask(desk, why="A desk by the window.")
    own = submission_page(desk.services, desk.actor(AGENT), desk.store.submissions.get(id_)).answers
    decides = request_page(desk.services, desk.actor(MANAGER), desk.store.submissions.get(id_), "en").answers
    assert own == decides
    assert "A desk by the window." in [line.text for section in own for line in section.lines]
    assert submission_page(desk.services, desk.actor("auditor"), desk.store.submissions.get(id_)).answers == ()


def test_what_was_answered_for_somebody_out_of_sight_by_now_is_not_shown(desk: TestDesk) -> None:
    id_ = ask(desk, why="A desk by the window.")
    _take_out_of_sight(desk)
    page = submission_page(desk.services, desk.actor(AGENT), desk.store.submissions.get(id_))
    assert (page.operations, page.answers) == ((), ())


def _take_out_of_sight(desk: TestDesk) -> None:
    """Let the agent belong to nobody who may see the people of Rotterdam."""
    helpers, agent = Ref("group", "g-SD-Rotterdam"), Ref("user", f"u-{AGENT}")
    desk.do("directory.group.remove_members", group=helpers, members=(agent,))


def _mails(desk: TestDesk) -> list[Notification]:
    return list(desk.store.notifications.list(limit=100))
