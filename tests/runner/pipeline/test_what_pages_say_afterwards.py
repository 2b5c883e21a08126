"""What the pages around a form say: whom it may be for, how a record reads later, and where the password went."""

from datetime import timedelta

import pytest

from connectors.spi import Ref

AGENT = "agent.rotterdam"
ONCE = "The password was shown once, right after the change; it is not kept."


def reset(desk):
    submission = desk.verified(AGENT, "reset-password", "u-z.lindqvist")
    plan = desk.planned(AGENT, "reset-password", "u-z.lindqvist", submission=submission)
    return desk.done(AGENT, plan), submission


def test_people_whom_a_form_fits_come_first_and_the_refused_behind_with_their_department(desk):
    for login in ("p.dewit", "t.novak"):
        desk.do("directory.user.update", user=Ref("user", f"u-{login}"), set={"title": "Aaa"})
    page = desk.desk.open(desk.actor(AGENT), "unlock-account", None, "sample.test", "en")
    refused = [bool(one.refused) for one in page.things]
    assert refused == sorted(refused)
    assert set(refused) == {True, False}
    assert all(one.detail for one in page.things)


def test_a_record_says_that_the_password_was_shown_once_and_is_not_kept(desk):
    finished, submission = reset(desk)
    assert (finished.notice, bool(finished.shows)) == ("", True)
    kept = desk.desk.step(desk.actor(AGENT), submission, "en")
    assert (kept.notice, kept.shows) == (ONCE, ())


def test_a_record_without_a_secret_says_nothing_of_one(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    desk.done(AGENT, plan)
    assert desk.desk.step(desk.actor(AGENT), plan.head.submission, "en").notice == ""


def test_the_records_of_a_submission_read_by_title_and_label(desk):
    _, submission = reset(desk)
    sentences = [sentence for _, sentence in desk.desk.step(desk.actor(AGENT), submission, "en").journal]
    assert "Caller check “Called back on +31105550100”: passed" in sentences
    assert "Caller check “Here at the desk”: passed" in sentences
    begun = [sentence for sentence in sentences if sentence.startswith("Allowed and begun: ")]
    assert begun
    assert not [sentence for sentence in sentences if "directory.user" in sentence]


def test_the_records_of_somebody_out_of_sight_name_nobody(desk):
    _, submission = reset(desk)
    desk.do("directory.user.leave_groups", user=Ref("user", "u-z.lindqvist"), groups=(_branch(),))
    desk.clock.now += timedelta(minutes=1)
    kept = desk.desk.step(desk.actor(AGENT), submission, "en")
    assert (kept.operations, kept.notice) == ((), "")
    assert not [sentence for _, sentence in kept.journal if "+31" in sentence or "Lindqvist" in sentence]


def _branch():
    return Ref("group", "g-GG-Location-Rotterdam")


def test_tries_are_counted_from_the_policy(desk):
    page = desk.desk.open(desk.actor(AGENT), "reset-password", "u-z.lindqvist", "", "en")
    assert (page.attempts, page.attempts_left) == (3, 3)


@pytest.mark.parametrize(
    ("users", "said"),
    [(("u-p.dewit",), "1 person has access."), (("u-p.dewit", "u-z.lindqvist"), "2 people have access.")],
)
def test_the_owner_of_a_new_mailbox_reads_how_many_have_access(desk, users, said):
    answers = {
        "name": "Sales North",
        "alias": "sales-north",
        "owner": "u-p.dewit",
        "access": [{"user": user, "rights": ["full_access"]} for user in users],
    }
    desk.done(AGENT, desk.planned(AGENT, "create-shared-mailbox", None, answers))
    (mail,) = desk.mails()
    assert said in mail.body


@pytest.mark.parametrize("waits", [False, True])
def test_who_is_out_of_sight_meanwhile_is_named_nowhere_and_nothing_is_offered(desk, waits):
    form, answers = ("needs-a-yes", {"office": "A", "by": "manager"}) if waits else ("office", {"office": "A"})
    plan = desk.planned(AGENT, form, "u-t.novak", answers)

    def cut(_operation):
        raise ZeroDivisionError

    desk.directory.after = cut
    assert desk.confirm(AGENT, plan).state == ("awaiting_approval" if waits else "unknown")
    in_sight = desk.desk.step(desk.actor(AGENT), plan.head.submission, "en")
    assert "Novák" in repr(in_sight)
    assert in_sight.conditions if waits else in_sight.ways.unclear
    desk.do(
        "directory.user.leave_groups", user=Ref("user", "u-t.novak"), groups=(Ref("group", "g-GG-Location-Rotterdam"),)
    )
    page = desk.desk.step(desk.actor(AGENT), plan.head.submission, "en")
    assert "Novák" not in repr(page)
    assert (page.operations, page.conditions, page.ways.unclear, page.ways.can_continue) == ((), (), (), False)
