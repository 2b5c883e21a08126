"""A fault of ours, whose message holds a password: whoever keeps the process going is told of it, and not of the password."""

import io
import logging
import random
import time

import pytest

from runner import housekeeping
from runner.engine import workers as workers_module
from runner.engine.workers import Workers
from runner.errors import NotDurableError, untold
from runner.pipeline.grants import ending
from runner.serving import without_values
from tests.runner.engine.waiting import queued
from tests.runner.pipeline.canaries import canary, hits

SECRET = canary(random.Random(12))


def break_down(*_, **__):
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(f"not expected: {SECRET}") from error


def is_told_of(text):
    assert "ValueError at " in text
    assert ", after KeyError at test_faults_told_without_values.py:" in text
    return not hits({"told": text.encode()}, [SECRET])


def test_what_is_told_names_classes_and_places_as_far_as_there_are_any():
    assert untold(ValueError(SECRET)) == "ValueError"
    with pytest.raises(ValueError) as caught:
        break_down()
    assert is_told_of(untold(caught.value))


def test_a_submission_that_breaks_a_worker(desk, monkeypatch):
    id_ = queued(desk, "office", "u-t.novak", {"office": "A"})
    monkeypatch.setattr(workers_module, "carry_out_waiting", break_down)
    told = []
    Workers(desk.services, 0, told.append).step()
    assert is_told_of("".join(told))
    assert desk.state(id_) == "failed"
    assert not hits({"journal": repr(desk.journal()).encode()}, [SECRET])


def test_a_queue_that_breaks_a_worker(desk, monkeypatch):
    monkeypatch.setattr(workers_module, "_AFTER_A_FAULT_SECONDS", 0)
    told = []
    workers = Workers(desk.services, 1, told.append, poll_seconds=0.01)
    monkeypatch.setattr(workers_module, "work_on_bulks", break_down)
    workers.start()
    while not told:
        time.sleep(0.01)
    assert workers.stop(5)
    assert is_told_of(told[0])


def test_a_grant_that_breaks_what_takes_it_back(desk, monkeypatch):
    answers = {"office": "A", "ends": "2030-03-06"}
    desk.done("agent.rotterdam", desk.planned("agent.rotterdam", "until-a-day", "u-t.novak", answers))
    desk.clock.forward(days=3)
    monkeypatch.setattr(ending, "_end", break_down)
    told = []
    assert ending.end_due(desk.services, tell=told.append)
    assert is_told_of("".join(told))


def test_a_round_that_breaks(capsys):
    with housekeeping._told():
        break_down()
    assert is_told_of(capsys.readouterr().err)


def test_a_store_that_fails_says_so_in_its_own_words(capsys):
    with housekeeping._told():
        raise NotDurableError("the record could not be stored") from KeyError(SECRET)
    assert capsys.readouterr().err == "deskhand: housekeeping: the record could not be stored\n"


def test_an_answer_that_breaks_the_web_server_while_it_is_sent():
    log, logger = io.StringIO(), logging.getLogger("waitress")
    handler = logging.StreamHandler(log)
    logger.addHandler(handler)
    logger.addFilter(without_values)
    try:
        break_down()
    except ValueError:
        logger.exception("Exception while serving %s", "/forms")
    finally:
        logger.removeFilter(without_values)
        logger.removeHandler(handler)
    assert log.getvalue().startswith("Exception while serving /forms: ValueError at ")
    assert is_told_of(log.getvalue())
