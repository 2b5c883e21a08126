"""A PostgreSQL that hangs, or a line to it that swallows all: nobody waits for ever, and all goes on when it is back."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import make_url, text

from runner.errors import NotDurableError
from runner.store.database import PostgresDatabase
from runner.store.store import Store
from tests.runner.migrated import migrated
from tests.runner.store.drafts import begin, planned, states
from tests.servers.swallowing import SwallowingLine

SILENCE = 0.6


@pytest.fixture
def line(postgres_database_url):
    migrated(postgres_database_url)
    opened = SwallowingLine(make_url(postgres_database_url).port)
    yield opened
    opened.close()


@pytest.fixture
def store(line, postgres_database_url):
    url = make_url(postgres_database_url).set(port=line.port)
    opened = Store(PostgresDatabase(url, SILENCE))
    yield opened
    line.swallows = ""
    opened.close()


def gives_up(work):
    started = time.monotonic()
    with pytest.raises(NotDurableError):
        work()
    assert SILENCE * 0.9 < time.monotonic() - started < SILENCE * 10


def test_what_is_swallowed_is_given_up_and_nothing_was_done(line, store):
    planned(store)
    line.swallows = "all"
    gives_up(lambda: begin(store))
    gives_up(lambda: store.submissions.get("s-1"))
    line.swallows = ""
    assert states(store) == []
    begin(store)
    assert states(store) == ["running"]


def test_what_falls_silent_in_the_middle_is_given_up(line, store):
    planned(store)

    def write(connection):
        connection.execute(text("UPDATE submissions SET reason = 'heard'"))
        line.swallows = "answers"
        return connection.execute(text("UPDATE submissions SET reason = 'heard twice'")).rowcount

    gives_up(lambda: store.database.write(write))
    line.swallows = ""
    assert store.submissions.get("s-1").reason == "asked"


def test_a_server_that_is_stopped_is_given_up_and_its_locks_end_when_it_goes_on(store):
    planned(store)
    stopped = []

    def write(connection):
        connection.execute(text("UPDATE submissions SET reason = 'heard'"))
        stopped.append(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        os.kill(stopped[0], signal.SIGSTOP)
        return connection.execute(text("UPDATE submissions SET reason = 'heard twice'")).rowcount

    try:
        gives_up(lambda: store.database.write(write))
        gives_up(lambda: begin(store))
    finally:
        os.kill(stopped[0], signal.SIGCONT)
    begin(store)
    assert store.submissions.get("s-1").reason == "asked"


def test_a_slow_answer_that_goes_on_coming_is_waited_for(store):
    sleeping = text("SELECT pg_sleep(0.1), repeat('x', 200000) FROM generate_series(1, 12)")
    started = time.monotonic()
    found = store.database.read(lambda connection: connection.execute(sleeping).all())
    assert len(found) == 12
    assert time.monotonic() - started > SILENCE


def test_many_at_once_are_all_told_in_time(line, store):
    planned(store)
    line.swallows = "all"
    started = time.monotonic()
    with ThreadPoolExecutor(20) as threads:
        told = list(threads.map(lambda _: _told(store), range(20)))
    assert told == ["not durable"] * 20
    assert time.monotonic() - started < 20


def _told(store):
    try:
        begin(store)
    except NotDurableError:
        return "not durable"
    return "begun"
