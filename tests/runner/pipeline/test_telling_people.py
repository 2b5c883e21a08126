"""Who is told of what: requesters, those who can say yes, the operator, and people whose account was touched."""

from dataclasses import replace

import pytest

from connectors.errors import UnavailableError
from connectors.spi import Ref
from runner.pipeline.happening import Happening
from runner.pipeline.notifying import alarm, notify
from runner.pipeline.services import Channels

AGENT = "agent.rotterdam"
WEB = "https://desk.example"
CHEF, NORA = Ref("user", "u-u.chef"), Ref("user", "u-n.mail")


@pytest.fixture(autouse=True)
def _reached(desk):
    reach(desk, Channels(WEB, "operator@sample.test"))


def reach(desk, channels):
    object.__setattr__(desk.services, "channels", channels)


def waiting(desk, ticket="INC-7"):
    """Return a submission that was planned and not confirmed."""
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"}, ticket=ticket)
    return replace(desk.store.submissions.get(plan.head.submission), reason="Moves")


def told(desk, event, submission=None, **more):
    return notify(desk.services, submission or waiting(desk), Happening(event, desk.services.now(), **more))


def test_those_who_can_say_yes_are_told_who_asks_for_whom_and_why(desk):
    submission = waiting(desk)
    found = told(desk, "asked", submission, people=(CHEF, CHEF), path="/approvals/7", expires_at=desk.clock.now)
    (mail,) = found.notifications
    assert (mail.to, mail.state, mail.event) == (("u.chef@sample.test",), "pending", "asked")
    assert mail.subject == "Femke Agent asks for your yes: Office"
    for part in ("Femke Agent", "Tomáš Novák", "INC-7", "Moves", "2030-03-04", f"{WEB}/approvals/7"):
        assert part in mail.body
        assert part in mail.html


def test_somebody_who_must_answer_and_has_no_address_is_seen_by_the_operator(desk):
    (mail,) = told(desk, "asked", people=(NORA,)).notifications
    assert (mail.to, mail.state) == (("Nora Zonder",), "failed")
    assert mail.error == "This person has no mail address, so no mail went there."


@pytest.mark.parametrize("event", ["approved", "rejected", "expired", "cancelled", "done", "partly_done", "failed"])
def test_who_asked_is_told_what_became_of_it(desk, event):
    mails = told(desk, event, by="Ulrich Chef", comment="Not this month").notifications
    own = [mail for mail in mails if mail.to == ("agent.rotterdam@sample.test",)]
    assert len(own) == 1
    assert "Ulrich Chef" in own[0].body
    assert "Not this month" in own[0].body
    assert f"{WEB}/submissions/" in own[0].body


def test_who_sat_in_front_of_it_gets_no_mail_of_ours(desk):
    desk.done(AGENT, desk.planned(AGENT, "office", "u-t.novak", {"office": "A"}))
    assert {mail.to for mail in desk.mails()} == {("t.novak@sample.test",), ("u.chef@sample.test",)}


def test_who_waits_is_told_who_can_say_yes(desk):
    (mail,) = told(desk, "submitted", people=(CHEF,)).notifications
    assert mail.to == ("agent.rotterdam@sample.test",)
    assert "Ulrich Chef" in mail.body
    assert told(desk, "submitted").notifications == ()


def test_both_sides_are_told_before_and_after_access_ends_and_the_person_gets_no_link(desk):
    mails = told(desk, "ending_soon", due_at=desk.clock.now).notifications
    assert [mail.to for mail in mails] == [("agent.rotterdam@sample.test",), ("t.novak@sample.test",)]
    assert [WEB in mail.body for mail in mails] == [True, False]


def test_without_an_address_of_the_desk_no_mail_has_a_link(desk):
    reach(desk, Channels())
    (mail,) = told(desk, "asked", people=(CHEF,)).notifications
    assert "http" not in mail.body
    assert "<a " not in mail.html


def test_the_rules_of_a_form_answer_to_every_event_from_the_row_alone(desk):
    form = desk.services.catalogue.forms["office"]
    form = replace(form, notify=(replace(form.notify[0], on=("rejected",)),))
    found = notify(desk.services, waiting(desk), Happening("rejected", desk.services.now()), form=form)
    by_rule = [mail for mail in found.notifications if mail.subject.startswith("New office")]
    assert [mail.to for mail in by_rule] == [("t.novak@sample.test",), ("u.chef@sample.test",)]
    assert "Femke Agent says:" in by_rule[0].body


def test_a_directory_that_does_not_answer_keeps_nothing_from_happening(desk):
    def fail(_):
        raise UnavailableError("away")

    submission = waiting(desk)
    desk.directory.read = fail
    (lost,) = told(desk, "rejected", submission).notifications
    assert (lost.state, lost.error) == ("failed", "Who is to be told of this could not be worked out.")


def test_alarms_go_to_the_operator_when_there_is_one(desk):
    (mail,) = alarm(desk.services, "Nobody can\r\nBcc: eve@evil.test agree", desk.services.now(), path="/queue")
    assert mail.to == ("operator@sample.test",)
    assert mail.subject == "Deskhand needs you: Nobody can Bcc: eve@evil.test agree"
    assert f"{WEB}/queue" in mail.body
    reach(desk, Channels())
    assert alarm(desk.services, "x", desk.services.now()) == ()


def reset(desk, person):
    submission = desk.verified(AGENT, "reset-password", person)
    plan = desk.planned(AGENT, "reset-password", person, submission=submission)
    page = desk.confirm(AGENT, plan)
    return page if page.__class__.__name__ == "SubmissionPage" else desk.done(AGENT, page)


def test_a_person_whose_password_was_set_is_told(desk):
    assert reset(desk, "u-z.lindqvist").state == "done"
    told_of = [mail for mail in desk.mails() if mail.subject == "Your account was changed"]
    assert [mail.to for mail in told_of] == [("z.lindqvist@sample.test",)]
    assert "a new password was set" in told_of[0].body
    assert all(password not in mail.body for mail in desk.mails() for password in desk.passwords)


def test_a_person_who_cannot_be_told_is_on_record(desk):
    assert reset(desk, "u-n.mail").state == "done"
    codes = [entry["outcome"]["code"] for entry in desk.journal("outcome")]
    assert codes.count("person_not_told") == 1


def test_hostile_names_stay_text_in_both_halves_of_a_mail(desk):
    name = "<img src=x onerror=1>\u202e{{ 7*7 }}"
    desk.do("directory.user.update", user=Ref("user", "u-t.novak"), set={"display_name": name})
    (mail,) = told(desk, "asked", waiting(desk, ticket="<b>1</b>"), people=(CHEF,)).notifications
    assert "<img" not in mail.html
    assert "<b>1" not in mail.html
    assert "&lt;img src=x onerror=1&gt;{{ 7*7 }}" in mail.html
    assert "\u202e" not in mail.body + mail.html
