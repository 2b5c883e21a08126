"""Connections to PostgreSQL that do not wait for ever: a server that is silent for long is given up.

A line that was cut without a word, or a server that hangs, would otherwise hold whoever asked for as long as it lasts.
"""

import time
from collections.abc import Callable, Generator
from typing import Any

from sqlalchemy import Engine, event

_CONNECT_SECONDS = 10


def be_patient(engine: Engine, seconds: float) -> None:
    """Let connections of psycopg's end with its ``OperationalError`` when the server is silent for ``seconds``."""
    driver: Any = engine.dialect.dbapi

    class Patient(driver.Connection):  # type: ignore[misc]
        def wait(self, gen: Generator[Any, Any, Any], *args: Any, **more: Any) -> Any:
            return super().wait(_patiently(gen, seconds, self._give_up), *args, **more)

        def _give_up(self) -> Exception:
            self.close()
            error: Exception = driver.OperationalError(f"the server was silent for {seconds:g} seconds")
            return error

    def connect(_dialect: object, _record: object, args: tuple[Any, ...], more: dict[str, Any]) -> object:
        patience = min(int(seconds) + 1, _CONNECT_SECONDS)
        return Patient.connect(*args, **{"connect_timeout": patience, **more})

    event.listen(engine, "do_connect", connect)


def _patiently(
    steps: Generator[Any, Any, Any], seconds: float, give_up: Callable[[], Exception]
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
            raise give_up()
        try:
            awaited = steps.send(ready)
        except StopIteration as done:
            return done.value
