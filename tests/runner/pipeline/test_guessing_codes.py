"""A code is not guessed: tries and codes are counted for agent and person together, whatever comes at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from runner.errors import StaleError, TooManyError
from runner.pipeline.pages import VerifyPage

AGENT, FORM, CALLER = "agent.rotterdam", "reset-password", "u-z.lindqvist"
TICKED = {"ask-0": "on", "ask-1": "on", "ask-2": "on"}


def answer(desk, submission, method, answers=TICKED, who=AGENT, form=FORM, caller=CALLER):
    return desk.desk.check_answer(desk.actor(who), submission, form, caller, method, answers, "en")


def send(desk, submission, who=AGENT, form=FORM, caller=CALLER, method="code_to_mail"):
    return desk.desk.check_start(desk.actor(who), submission, form, caller, method, "en")


def nothing_done(desk):
    return desk.performed == [] and "intent" not in desk.kinds()


def test_tries_are_counted_over_new_submissions(desk):
    for _ in range(3):
        submission = desk.new()
        send(desk, submission)
        answer(desk, submission, "code_to_mail", {"code": "000000"})
    last = desk.new()
    for door in (
        lambda: send(desk, last),
        lambda: answer(desk, last, "in_person"),
        lambda: answer(desk, submission, "code_to_mail", {"code": "271828"}),
        lambda: send(desk, desk.new(), form="unlock-account"),
    ):
        with pytest.raises(TooManyError):
            door()
    assert len(desk.journal("deny")) == 4
    assert nothing_done(desk)
    desk.clock.forward(hours=1, seconds=1)
    assert isinstance(answer(desk, desk.new(), "in_person"), VerifyPage)


def test_another_agent_has_tries_of_their_own(desk):
    submission = desk.new()
    send(desk, submission)
    for _ in range(3):
        answer(desk, submission, "code_to_mail", {"code": "000000"})
    assert answer(desk, desk.new(), "in_person", who="second.rotterdam").passed == 1


def test_a_code_cannot_be_guessed_by_trying_on(desk):
    submission = desk.new()
    send(desk, submission)
    tries = 0
    for guess in ("271800", "271801", "271802", "271828"):
        try:
            answer(desk, submission, "code_to_mail", {"code": guess})
            tries += 1
        except (TooManyError, StaleError):
            pass
    assert tries == 3
    assert desk.store.verifications.for_submission(submission)[0].state == "sent"


def test_codes_are_not_sent_without_end(desk):
    submission = desk.new()
    for _ in range(3):
        send(desk, submission)
    with pytest.raises(TooManyError):
        send(desk, submission)
    assert len(desk.mails()) == 3


def test_codes_are_not_sent_without_end_by_starting_over(desk):
    for _ in range(3):
        send(desk, desk.new())
    for form in (FORM, "unlock-account"):
        with pytest.raises(TooManyError):
            send(desk, desk.new(), form=form)
    assert len(desk.mails()) == 3
    assert len(desk.journal("deny")) == 2
    assert answer(desk, desk.new(), "in_person").passed == 1
    desk.clock.forward(hours=1, seconds=1)
    send(desk, desk.new())
    assert len(desk.mails()) == 4


def test_codes_that_were_answered_rightly_do_not_use_up_the_ones_to_come(desk):
    for _ in range(5):
        submission = desk.new()
        send(desk, submission)
        assert answer(desk, submission, "code_to_mail", {"code": "271828"}).passed == 1
    assert len(desk.mails()) == 5


def test_guesses_all_at_once_over_many_submissions_are_counted_together(desk):
    submissions = [desk.new() for _ in range(3)]
    for submission in submissions:
        send(desk, submission)
    judged = []
    real = desk.services.sealer.code_hash
    object.__setattr__(desk.services, "sealer", Judging(desk.services.sealer, real, judged))
    start = threading.Barrier(18)

    def guess(number):
        start.wait()
        with suppress(TooManyError, StaleError):
            answer(desk, submissions[number % 3], "code_to_mail", {"code": f"{number:06d}"})

    with ThreadPoolExecutor(18) as pool:
        list(pool.map(guess, range(18)))
    assert len(judged) <= 3
    assert len(desk.journal("deny")) == 18 - len(judged)
    with pytest.raises(TooManyError):
        answer(desk, submissions[0], "code_to_mail", {"code": "271828"})
    assert nothing_done(desk)


class Judging:
    """A sealer that notes each code that is judged."""

    def __init__(self, inner, real, judged):
        self.inner, self.real, self.judged = inner, real, judged

    def code_hash(self, code, salt):
        self.judged.append(code)
        return self.real(code, salt)


def test_a_new_code_makes_the_old_one_void(desk):
    submission, codes = desk.new(), iter(("111111", "222222"))
    services = desk.services
    object.__setattr__(services, "make_code", lambda: next(codes))
    send(desk, submission)
    desk.clock.forward(seconds=1)
    send(desk, submission)
    assert answer(desk, submission, "code_to_mail", {"code": "111111"}).passed == 0
    assert answer(desk, submission, "code_to_mail", {"code": "222222"}).passed == 1
