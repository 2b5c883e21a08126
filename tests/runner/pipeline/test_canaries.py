"""Canary passwords on every way through a desk, with everything failing on the way: they stand nowhere afterwards."""

import io
import logging
import random
import tempfile

import pytest

from connectors.errors import RejectedError
from tests.runner.pipeline.canaries import canary, hits, left_behind
from tests.runner.pipeline.canaries_on_other_ways import OTHER_WAYS, OtherCase
from tests.runner.pipeline.canary_cases import AGENT, ENDS, FAULTS, PERSON, Case, campaign


class Log(io.StringIO):
    """What is logged, and what is written on standard output and standard error."""

    def __init__(self, capfd):
        super().__init__()
        self.capfd = capfd

    def getvalue(self):
        printed = self.capfd.readouterr()
        return super().getvalue() + printed.out + printed.err


@pytest.fixture
def log(capfd):
    stream = Log(capfd)
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


class TellingPostman:
    """A post office that, when it is on, repeats the mail it does not deliver."""

    def __init__(self, inner):
        self.inner, self.is_on = inner, False

    def send(self, message):
        if self.is_on:
            raise RejectedError(f"550 not delivered: {message.subject} {message.body}")
        self.inner.send(message)

    def messages(self):
        return self.inner.messages()


@pytest.fixture
def desk(desk, monkeypatch):
    (desk.folder / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(desk.folder / "temporary"))
    desk.tells = TellingPostman(desk.services.postman)
    object.__setattr__(desk.services, "postman", desk.tells)
    return desk


def test_a_canary_is_found_wherever_it_would_stand(desk, log):
    secret = canary(random.Random(1))
    desk.planned(AGENT, "office", PERSON, {"office": secret[:20]})
    assert hits(left_behind(desk, []), [secret[:20]])


def test_passwords_on_many_ways_stand_nowhere(desk, log):
    dice = random.Random(6)
    ways = list(ENDS)
    cases = [Case(desk, way, FAULTS[number % len(FAULTS)], dice) for number, way in enumerate(ways)]
    ends, _ = campaign(desk, log, cases)
    assert len(ends) >= 4


def test_passwords_and_pictures_on_other_ways_stand_nowhere(desk, log):
    dice = random.Random(7)
    ways = [way for way in OTHER_WAYS if not way.startswith("many")]
    cases = [OtherCase(desk, way, FAULTS[number % len(FAULTS)], dice) for number, way in enumerate(ways)]
    ends, count = campaign(desk, log, cases)
    assert {"done", "partly_done"} <= ends
    assert count > len(ways)


@pytest.mark.torture
@pytest.mark.parametrize("fault", FAULTS)
def test_canaries_on_other_ways_with_every_fault(desk, log, fault):
    dice = random.Random(fault)
    cases = [OtherCase(desk, way, fault, dice) for _ in range(3) for way in OTHER_WAYS]
    _, count = campaign(desk, log, cases)
    assert count >= 30


@pytest.mark.torture
@pytest.mark.parametrize("fault", FAULTS)
def test_more_than_three_hundred_canaries_on_every_way_with_every_fault(desk, log, fault):
    dice = random.Random(fault)
    cases = [Case(desk, way, fault, dice) for _ in range(3) for way in ENDS]
    ends, count = campaign(desk, log, cases)
    assert count >= 45
    assert ends


def test_a_mail_server_that_repeats_the_mail_does_not_tell_the_agent_the_code(desk):
    desk.tells.is_on = True
    page = desk.desk.check_start(desk.actor(AGENT), desk.new(), "reset-password", "u-z.lindqvist", "code_to_mail", "en")
    assert "The code could not be sent." in repr(page)
    assert "271828" not in "".join(repr(page).split())


def test_a_system_that_repeats_a_password_is_not_quoted(desk):
    secret = canary(random.Random(2))
    plan = desk.planned(AGENT, "typed-password", PERSON, {"password": secret})

    def fail(_):
        raise RejectedError(f"constraint violation: {secret[::-1]}")

    desk.directory.before = fail
    assert desk.done(AGENT, plan).state == "failed"
    [row] = desk.store.submissions.operations(plan.head.submission)
    assert row.error == "The system gave an answer that may not be shown, since a password stands in it."
