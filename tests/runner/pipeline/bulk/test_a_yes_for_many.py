"""A bulk whose rows need a yes: people are asked once, see the rows together, and decide on those that are alike at once."""

import json
from dataclasses import replace

import pytest

from runner.errors import NotFoundError, StaleError, UnfitError
from runner.pipeline.bulk.working import end_what_is_done
from runner.pipeline.noticing import waiting_for
from runner.pipeline.requests.binding import alike_digest, bound_digest
from runner.pipeline.requests.calling import SETTLED, call_for_bulks
from runner.pipeline.requests.desk import Requests
from runner.pipeline.requests.looking_after import end_what_nobody_answered
from runner.pipeline.services import Channels
from tests.runner.pipeline.bulk.running_bulks import AGENT, bulks, figures, listed, page, prepared, started

THREE = ("t.novak", "z.lindqvist", "p.dewit")
FORM, AUDITOR, MANAGER = "needs-a-yes", "auditor", "u.chef"
WEB, OPERATOR = "https://desk.example", "operator@sample.test"


def asked(desk, people=THREE, by="person", form=FORM, **more):
    """Return the id of a bulk of which every row waits for a yes, and nobody was told yet."""
    answers = {"office": "A", "by": by} if form == FORM else {"office": "A"}
    id_ = prepared(desk, people, form, answers, **more)
    started(desk, id_)
    desk.carried_out()
    return id_


def called(desk):
    desk.clock.forward(seconds=SETTLED.seconds + 1)
    call_for_bulks(desk.services)


def mails(desk, *events):
    return [one for one in desk.store.notifications.list(limit=100) if one.event in events]


def rows(desk, id_, who=AUDITOR, number=1):
    return Requests(desk.services).rows(desk.actor(who), id_, number)


def say(desk, id_, decision="yes", comment="", who=AUDITOR, place=0, **more):
    digest = rows(desk, id_, who).alike[place].digest
    return Requests(desk.services, **more).say_to_rows(desk.actor(who), id_, digest, decision, comment)[0]


def test_who_is_asked_gets_one_mail_and_one_line_and_the_requester_none(desk):
    id_ = asked(desk, ticket="T-1")
    assert mails(desk, "asked", "submitted") == []
    called(desk)
    called(desk)
    [mail] = mails(desk, "asked", "submitted")
    assert mail.to == ("auditor@sample.test",)
    for text in ("Femke Agent asks for your yes", "For: 3 people", "T-1"):
        assert text in mail.subject + mail.body
    inbox = Requests(desk.services).inbox(desk.actor(AUDITOR))
    [line] = inbox.bulks
    assert (inbox.groups, line.id, line.count, line.requester, line.ticket) == ((), id_, 3, "Femke Agent", "T-1")
    assert waiting_for(desk.services, desk.actor(AUDITOR)) == 1


def test_rows_that_are_alike_are_agreed_to_with_one_word_and_each_has_its_own(desk):
    id_ = asked(desk)
    [some] = rows(desk, id_).alike
    assert (some.what, some.count) == ("Office: A", 3)
    assert [row.target for row in some.rows] == ["Pieter de Wit", "Tomáš Novák", "Zoë Lindqvist"]
    assert some.rows[0].operations[0].lines[0].after == "A"
    assert (some.message, {row.message for row in some.rows}) == ("Femke Agent asks for an office.", {""})
    answers = say(desk, id_)
    assert {(one.state, one.error) for one in answers} == {("queued", "")}
    said = desk.journal("approval")
    assert len({one["digest"] for one in said}) == len({one["submission"] for one in said}) == 3
    desk.carried_out()
    assert end_what_is_done(desk.services) == 1
    assert figures(page(desk, id_)) == {"done": 3}
    assert [mail.to for mail in mails(desk, "approved", "done", "bulk_ended")] == [("agent.rotterdam@sample.test",)]
    with pytest.raises(NotFoundError):
        rows(desk, id_)


def test_a_no_needs_a_reason_and_ends_every_row_of_it(desk):
    id_ = asked(desk)
    with pytest.raises(UnfitError):
        say(desk, id_, "no", "  ")
    assert desk.journal("approval") == []
    assert {one.state for one in say(desk, id_, "no", "Not this week.")} == {"rejected"}
    end_what_is_done(desk.services)
    assert desk.performed == []
    assert "Not agreed to: 3" in mails(desk, "bulk_ended")[0].body


def test_what_changed_meanwhile_is_not_agreed_to(desk):
    id_ = asked(desk)
    before = rows(desk, id_).alike[0]
    actor = desk.actor(AUDITOR)
    own = desk.store.submissions.get(before.rows[0].id)
    Requests(desk.services).say(actor, own.id, bound_digest(own), "no", "Not this one.")
    with pytest.raises(StaleError):
        Requests(desk.services).say_to_rows(actor, id_, before.digest, "yes")
    assert len(desk.journal("approval")) == 1


def test_rows_that_differ_stand_together_behind_those_that_are_alike(desk):
    text = "login,office\nt.novak,A\nz.lindqvist,A\np.dewit,B\nn.mail,C\n"
    id_ = listed(desk, text, FORM, {"by": "person"})
    started(desk, id_)
    desk.carried_out()
    assert [(some.what, some.count) for some in rows(desk, id_).alike] == [("Office: A", 2), ("", 2)]
    say(desk, id_, place=1)
    assert [(some.what, some.count) for some in rows(desk, id_).alike] == [("Office: A", 2)]


def test_rows_that_differ_stand_on_the_page_of_their_button(desk, monkeypatch):
    monkeypatch.setattr("runner.pipeline.requests.together.PAGE", 3)
    text = "login,office\nt.novak,A\nz.lindqvist,A\np.dewit,B\nn.mail,C\nf.former,D\n"
    id_ = listed(desk, text, FORM, {"by": "person"})
    started(desk, id_)
    desk.carried_out()
    first, second = (rows(desk, id_, number=number) for number in (1, 2))
    assert [(some.count, len(some.rows)) for some in (*first.alike, *second.alike)] == [(2, 2), (1, 1), (2, 2)]
    assert (first.more, second.more) == (True, False)
    said = Requests(desk.services).say_to_rows(desk.actor(AUDITOR), id_, second.alike[0].digest, "yes")[0]
    assert {one.id for one in said} == {row.id for row in second.alike[0].rows}


WHILE = "groups-with-a-yes"


def test_what_lasts_until_another_day_is_not_alike_and_says_until_when(desk):
    text = "login,ends\nt.novak,2030-03-05\np.dewit,2030-03-05\nn.mail,\n"
    id_ = listed(desk, text, WHILE, {"groups": ["g-APP-Atlas"]})
    started(desk, id_)
    desk.carried_out()
    for_a_while, for_good = rows(desk, id_).alike
    assert (for_a_while.what, for_a_while.count) == ("APP-Atlas until 5 Mar 2030", 2)
    assert [(fact.label, fact.text) for fact in for_a_while.facts] == [("Groups", "APP-Atlas"), ("Until", "5 Mar 2030")]
    assert (for_good.what, [fact.label for fact in for_good.facts]) == ("APP-Atlas", ["Groups"])
    say(desk, id_)
    desk.carried_out()
    held = {one for one in ("t.novak", "p.dewit", "n.mail") if "g-APP-Atlas" in desk.entry(f"u-{one}").groups}
    assert held == {"t.novak", "p.dewit"}
    assert len(desk.store.grants.running()) == 2


def test_rows_that_move_nothing_but_an_end_are_asked_for_too(desk):
    given = {"groups": ["g-APP-Atlas"], "ends": "2030-03-10"}
    for person in ("t.novak", "p.dewit"):
        desk.done(AGENT, desk.planned(AGENT, "until-a-day", f"u-{person}", given))
    id_ = listed(desk, "login\nt.novak\np.dewit\n", WHILE, {"groups": ["g-APP-Atlas"]})
    started(desk, id_)
    desk.carried_out()
    [some] = rows(desk, id_).alike
    assert (some.what, some.count) == ("APP-Atlas: for good", 2)
    say(desk, id_)
    desk.carried_out()
    assert desk.store.grants.running() == []


def test_groups_of_the_same_name_are_not_alike(desk):
    id_ = listed(desk, "login\nt.novak\np.dewit\n", WHILE, {"groups": ["g-APP-Atlas"]})
    started(desk, id_)
    desk.carried_out()
    row = desk.store.submissions.get(rows(desk, id_).alike[0].rows[0].id)
    renamed = json.loads(json.dumps(row.plan).replace("g-APP-Atlas", "g-another-of-that-name"))
    assert alike_digest(row) != alike_digest(replace(row, plan=renamed))
    assert row.plan[0]["lines"] == renamed[0]["lines"]


def test_what_was_answered_stands_with_rows_that_differ(desk):
    id_ = listed(desk, "login,office,why\nt.novak,A,Nearer\nz.lindqvist,A,\n", FORM, {"by": "person"})
    started(desk, id_)
    desk.carried_out()
    [some] = rows(desk, id_).alike
    told = {row.target: [(fact.label, fact.text) for fact in row.facts] for row in some.rows}
    assert (some.what, some.facts) == ("", ())
    assert told["Tomáš Novák"] == [("Office", "A"), ("By", "person"), ("Why", "Nearer")]
    assert told["Zoë Lindqvist"] == [("Office", "A"), ("By", "person")]


def test_each_approver_is_told_of_their_own_rows_only(desk):
    id_ = asked(desk, ("t.novak", "z.lindqvist"), by="manager")
    called(desk)
    assert sorted(mail.to[0] for mail in mails(desk, "asked")) == ["p.dewit@sample.test", "u.chef@sample.test"]
    assert [row.target for row in rows(desk, id_, MANAGER).alike[0].rows] == ["Tomáš Novák"]
    with pytest.raises(NotFoundError):
        rows(desk, id_, "alice")
    with pytest.raises(NotFoundError):
        Requests(desk.services).say_to_rows(desk.actor("alice"), id_, "0" * 64, "yes")


def test_the_next_stage_is_asked_once_too(desk):
    id_ = asked(desk, ("t.novak", "z.lindqvist"), by="group, person")
    say(desk, id_, who="r.admin")
    called(desk)
    assert [mail.to for mail in mails(desk, "asked")] == [("auditor@sample.test",)]
    say(desk, id_)
    desk.carried_out()
    assert figures(page(desk, id_)) == {"done": 2}


def test_reminders_go_out_once(desk):
    asked(desk)
    called(desk)
    desk.clock.forward(days=1)
    call_for_bulks(desk.services)
    call_for_bulks(desk.services)
    assert [mail.to for mail in mails(desk, "reminded")] == [("auditor@sample.test",)]


def test_where_nobody_is_left_the_operator_is_called_once_and_those_of_last_resort_are_asked_once(desk):
    desk.installation = replace(desk.installation, services=replace(desk.services, channels=Channels(WEB, OPERATOR)))
    id_ = asked(desk, by="nobody")
    assert mails(desk, "alarm") == []
    called(desk)
    [alarm], [mail] = mails(desk, "alarm"), mails(desk, "asked")
    assert "3 rows of" in alarm.body
    assert (mail.to, f"{WEB}/requests/bulk/{id_}" in mail.body) == (("auditor@sample.test",), True)


def test_the_owner_of_the_form_is_asked_once_when_nobody_answers(desk):
    asked(desk, ("t.novak", "u.bakker", "z.lindqvist"), form="needs-a-yes-or-its-owner")
    called(desk)
    before = len(mails(desk, "asked"))
    desk.clock.forward(days=2)
    end_what_nobody_answered(desk.services)
    called(desk)
    called(desk)
    new = sorted(mail.to[0] for mail in mails(desk, "asked"))
    assert len(new) == 2 * before + 1
    assert new.count("auditor@sample.test") == 1


def test_a_time_that_is_short_leaves_the_rest_waiting(desk, monkeypatch):
    id_ = asked(desk)
    monkeypatch.setattr("runner.pipeline.requests.desk._ROWS_AT_ONCE", 1)
    assert len(say(desk, id_, rows_seconds=0)) == 1
    assert rows(desk, id_).alike[0].count == 2


def test_stopping_takes_it_from_every_inbox_without_a_mail(desk):
    id_ = asked(desk)
    called(desk)
    bulks(desk).stop(desk.actor(AGENT), id_)
    desk.carried_out()
    end_what_is_done(desk.services)
    assert Requests(desk.services).inbox(desk.actor(AUDITOR)).bulks == ()
    assert mails(desk, "cancelled", "bulk_ended") == []
