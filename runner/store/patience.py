"""Connections to PostgreSQL that do not wait for ever: a server that is silent for long is given up.

A line that was cut without a word, or a server that hangs, would otherwise hold whoever asked for as long as it lasts.
"""

import time
from collections.abc import Generator
from typing import Any

import psycopg
from sqlalchemy import Engine, event

_CONNECT_SECONDS = 10


def be_patient(engine: Engine, seconds: float) -> None:
    """Let the connections of an engine end with `psycopg.OperationalError` when the server is silent for ``seconds``."""

    class Patient(psycopg.Connection[Any]):
        def wait(self, gen: Generator[Any, Any, Any], *args: Any, **more: Any) -> Any:
            return super().wait(_patiently(self, gen, seconds), *args, **more)

    def connect(_dialect: object, _record: object, args: tuple[Any, ...], more: dict[str, Any]) -> object:
        patience = min(int(seconds) + 1, _CONNECT_SECONDS)
        return Patient.connect(*args, **{"connect_timeout": patience, **more})

    event.listen(engine, "do_connect", connect)


def _patiently(
    connection: psycopg.Connection[Any], steps: Generator[Any, Any, Any], seconds: float
) -> Generator[Any, Any, Any]:
    """Go through the steps of a statement; the driver sends a false value while nothing came."""
    try:
        awaited = next(steps)
    except StopIteration as done:
        return done.value
    end = time.monotonic() + seconds
    while True:
        ready = yield awaited
        if ready:
            end = time.monotonic() + seconds
        elif time.monotonic() > end:
            connection.close()
            raise psycopg.OperationalError(f"the server was silent for {seconds:g} seconds")
        try:
            awaited = steps.send(ready)
        except StopIteration as done:
            return done.value
