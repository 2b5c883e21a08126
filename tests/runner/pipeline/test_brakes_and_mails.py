"""Limits of a form, and who is told what after it ran."""

from dataclasses import replace

import pytest

from connectors.errors import RejectedError
from connectors.spi import Ref
from runner.errors import TooManyError
from runner.pipeline.delivering import deliver_due
from runner.pipeline.pages import PlanPage, SubmissionPage

AGENT, SECOND = "agent.rotterdam", "second.rotterdam"


def once(desk, who, person, office):
    return desk.fill(who, "at-once", person, {"office": office})


def test_a_target_is_not_changed_more_often_than_the_form_says(desk):
    for office in "AB":
        assert isinstance(once(desk, AGENT, "u-t.novak", office), SubmissionPage)
    for who in (AGENT, SECOND):
        with pytest.raises(TooManyError) as refused:
            once(desk, who, "u-t.novak", "C")
        assert refused.value.retry_after_seconds == 3_600
    assert len(desk.performed) == 2
    assert len(desk.journal("deny")) == 2
    assert isinstance(once(desk, AGENT, "u-p.dewit", "A"), SubmissionPage)
    desk.clock.forward(hours=1, seconds=1)
    assert isinstance(once(desk, AGENT, "u-t.novak", "C"), SubmissionPage)


def test_an_agent_does_not_use_a_form_more_often_than_it_says(desk):
    for person, office in (("u-t.novak", "A"), ("u-p.dewit", "A"), ("u-z.lindqvist", "A")):
        once(desk, AGENT, person, office)
    with pytest.raises(TooManyError):
        once(desk, AGENT, "u-n.mail", "A")
    assert len(desk.performed) == 3
    assert isinstance(once(desk, SECOND, "u-n.mail", "A"), SubmissionPage)


def test_a_plan_made_before_the_limit_was_reached_is_braked_at_the_confirmation(desk):
    plans = []
    for _ in range(4):
        submission = desk.verified(AGENT, "reset-password", "u-z.lindqvist")
        plans.append(desk.planned(AGENT, "reset-password", "u-z.lindqvist", submission=submission))
    done = 0
    for plan in plans:
        try:
            page = desk.confirm(AGENT, plan)
            page = desk.confirm(AGENT, page) if isinstance(page, PlanPage) else page
            done += 1
        except TooManyError:
            pass
    assert done == 3
    assert desk.performed.count("directory.user.set_password") == 3


def test_a_limit_that_is_reached_while_one_confirms_is_kept_by_the_store(desk):
    for office in "AB":
        once(desk, AGENT, "u-t.novak", office)
    desk.store.submissions.count_since = lambda **_: 0
    submission = desk.new()
    with pytest.raises(TooManyError, match="just now"):
        desk.fill(AGENT, "at-once", "u-t.novak", {"office": "C"}, submission=submission)
    assert len(desk.performed) == 2
    assert desk.state(submission) == "draft"
    assert desk.operations(submission) == []
    assert desk.kinds().count("intent") == 2
    assert [entry["target"]["id"] for entry in desk.journal("deny")] == ["u-t.novak"]


def test_more_changes_than_a_form_allows_are_refused(desk):
    groups = [f"g-none-{number}" for number in range(26)]
    page = desk.fill(AGENT, "manage-groups", "u-t.novak", {"groups": {"add": groups, "remove": []}}, reason="x")
    assert page.errors
    assert desk.performed == []


def test_the_person_and_others_are_told_when_the_condition_holds(desk):
    answers = {"office": "A", "note": "Hello\n<b>there</b>", "colleague": "u-p.dewit"}
    desk.done(AGENT, desk.planned(AGENT, "office", "u-t.novak", answers))
    assert {mail.to for mail in desk.mails()} == {("t.novak@sample.test",), ("u.chef@sample.test",)}
    for mail in desk.mails():
        assert mail.subject == "New office Hello <b>there</b>"
        assert mail.body.strip() == "Femke Agent says: Hello\n<b>there</b>"


def test_a_condition_decides_whether_a_mail_goes_out(desk):
    answers = {"office": "A", "moved": True, "desk_number": "7"}
    desk.done(AGENT, desk.planned(AGENT, "office", "u-t.novak", answers))
    assert {mail.subject: mail.to for mail in desk.mails()}["Somebody moved"] == ("facilities@sample.test",)


def test_one_says_so_when_it_failed_and_nothing_of_being_done(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})

    def fail(_):
        raise RejectedError("no")

    desk.directory.before = fail
    desk.done(AGENT, plan)
    assert [mail.subject for mail in desk.mails()] == ["It failed"]


@pytest.mark.parametrize("name", ["Bob\r\nBcc: eve@evil.test", "Bob\nX: y", "eve@evil.test, Bob <a@b.test>"])
def test_what_is_filled_into_a_subject_never_becomes_a_header(desk, name):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A", "note": name.replace("\r", "")})
    assert desk.done(AGENT, plan).state == "done"
    assert {mail.to for mail in desk.mails()} == {("t.novak@sample.test",), ("u.chef@sample.test",)}
    assert all("\n" not in mail.subject for mail in desk.mails())


def test_a_mail_that_cannot_go_out_waits_and_the_change_stands(desk):
    outbox = desk.folder / "outbox"
    outbox.write_text("a file where the folder should be")
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    assert desk.done(AGENT, plan).state == "done"
    assert [waiting.attempts for waiting in desk.store.notifications.pending(limit=9)] == [1, 1]
    outbox.unlink()
    assert deliver_due(desk.installation.services) == 0
    desk.clock.forward(minutes=1)
    assert deliver_due(desk.installation.services) == 2
    assert {mail.to for mail in desk.mails()} == {("t.novak@sample.test",), ("u.chef@sample.test",)}


def test_a_store_that_fails_while_mails_are_sent_does_not_undo_that_it_is_done(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    desk.database.writes_left = 2
    page = desk.done(AGENT, plan)
    desk.database.writes_left = None
    assert (page.state, desk.state(plan.head.submission)) == ("done", "done")


def nobody(desk):
    return [entry["outcome"]["detail"] for entry in desk.journal("outcome") if entry["operation"]["verb"] == "mail"]


def test_nobody_is_told_when_there_is_no_address_and_the_record_says_so(desk):
    desk.do("directory.user.update", user=Ref("user", "u-n.mail"), set={"manager": None})
    plan = desk.planned(AGENT, "office", "u-n.mail", {"office": "A"})
    page = desk.done(AGENT, plan)
    assert page.state == "done"
    assert desk.mails() == []
    assert nobody(desk) == ["Nobody could be told by mail."]
    assert "Nobody could be told by mail." in [sentence for _, sentence in page.journal]


def test_a_form_that_tells_nobody_by_itself_says_nothing_of_it(desk):
    once(desk, AGENT, "u-n.mail", "A")
    desk.done(AGENT, desk.planned(AGENT, "office", "u-t.novak", {"office": "A"}))
    assert nobody(desk) == []


@pytest.mark.parametrize(
    "address", ["bad boss@@sample.test", "<a@b.test>", "a@b.test, c@d.test", "a..b@c.test", "boss", "é@b.test"]
)
def test_an_address_that_is_none_keeps_nobody_elses_mail_back_and_is_not_forgotten(desk, address):
    give_address(desk, "u-u.chef", address)
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    assert desk.done(AGENT, plan).state == "done"
    assert [mail.to for mail in desk.mails()] == [("t.novak@sample.test",)]
    (failed,) = desk.store.notifications.list(state="failed")
    assert (failed.to, failed.error) == ((address,), "This is not one mail address, so no mail went there.")
    assert nobody(desk) == []
    assert desk.store.notifications.pending() == []


def test_a_mail_that_one_server_refuses_keeps_nobody_elses_back(desk):
    send = desk.services.postman.send

    class Picky:
        def send(self, message):
            if "u.chef@sample.test" in message.to:
                raise RejectedError("no such mailbox")
            send(message)

    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    object.__setattr__(desk.services, "postman", Picky())
    assert desk.done(AGENT, plan).state == "done"
    states = {one.to: (one.state, one.error) for one in desk.store.notifications.list()}
    assert states == {("t.novak@sample.test",): ("sent", ""), ("u.chef@sample.test",): ("pending", "no such mailbox")}


def test_only_addresses_that_are_none_is_nobody_told(desk):
    desk.do("directory.user.update", user=Ref("user", "u-n.mail"), set={"manager": Ref("user", "u-u.chef")})
    give_address(desk, "u-u.chef", "boss")
    assert desk.done(AGENT, desk.planned(AGENT, "office", "u-n.mail", {"office": "A"})).state == "done"
    assert desk.mails() == []
    assert nobody(desk) == ["Nobody could be told by mail."]


def give_address(desk, person, address):
    """Let the directory give an address as some other program may have left it there."""
    read = desk.directory.read

    def changed(question):
        page = read(question)
        entries = (
            replace(entry, attributes={**entry.attributes, "mail": address}) if entry.ref.id == person else entry
            for entry in page.entries
        )
        return replace(page, entries=tuple(entries))

    desk.directory.read = changed
