"""Measure what waits in the queue: from hand-in to end, on SQLite and PostgreSQL, with threads and processes as workers."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count, cycle
from pathlib import Path
from statistics import median
from time import monotonic, sleep
from uuid import uuid4

from bench.bare_dbos import bare_dbos
from bench.desks import BareChange, agent, measured_desk, opened, people
from bench.engine_processes import Idle, held, idle_of, workers_of
from bench.figures import Figure
from bench.slices import Effort, durations, percentile
from runner.engine.workers import Workers
from runner.pipeline.drafting import kept_answers
from runner.pipeline.handing_in import hand_in
from runner.pipeline.pages import Posted
from runner.pipeline.planning import prepare
from runner.pipeline.walking import start
from runner.wiring import Installation
from tests.servers.postgres import Cluster

_PEOPLE = 8
_PATIENCE_SECONDS = 120
_WORTH_INSTALLING = 100  # journeys: a measurement on next to nothing installs no packages
_IDLE_SLICES = 15
_FASTEST = "carried out, PostgreSQL, 4 threads"
_IDLE_CPU, _IDLE_MEMORY = "deskhand {}, idle: CPU in a second", "deskhand {}, idle: memory"
_BARE = "bare change, one by one"


class Queueing:
    """Hands submissions in and sees them end. The first of them plan for the caches, and are not measured."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self._actor, self._numbers = agent(installation), count()
        self._targets = cycle(people(installation, self._actor, _PEOPLE))

    def hand_in(self) -> str:
        """Let a submission wait that is due at once; return its id."""
        services, target = self.installation.services, next(self._targets)
        id_, answers = uuid4().hex, {"office": f"E-{next(self._numbers)}"}
        self.installation.desk.submit(self._actor, id_, "set-office", target, Posted(answers), "en")
        submission = services.store.submissions.get(id_)
        walk = start(services, self._actor, "set-office", target, id_, "en")
        hand_in(prepare(walk, kept_answers(walk, submission)), submission, None)
        services.bell.ring()
        return id_

    def wait(self) -> None:
        """Wait until nothing is left."""
        over = monotonic() + _PATIENCE_SECONDS
        while any(self.installation.services.store.queue.counts().get(state) for state in ("queued", "running")):
            if monotonic() > over:
                raise SystemExit("what was handed in did not end")
            sleep(0.01)

    def seconds_of(self, ids: Sequence[str]) -> list[float]:
        """Return how long each took from hand-in to its end; raises `SystemExit` unless all were done."""
        rows = [self.installation.services.store.submissions.get(id_) for id_ in ids]
        if wrong := [row.note or row.state for row in rows if row.state != "done"]:
            raise SystemExit(f"{len(wrong)} were not done: {wrong[0]}")
        return [(row.finished_at - row.asked_at).total_seconds() for row in rows if row.finished_at and row.asked_at]


def measure(effort: Effort) -> list[Figure]:
    """Measure on desks of its own and a PostgreSQL of its own."""
    jobs = max(2, effort.journeys // 4)
    with Cluster.started() as cluster:
        found = [*_on_sqlite(jobs, effort), *_on_postgres(cluster.new_database(), jobs, effort)]
        if effort.journeys < _WORTH_INSTALLING:
            return found
        return [*found, *_beside_dbos(bare_dbos(cluster.new_database(), jobs), found)]


def _beside_dbos(dbos: Mapping[str, float] | None, found: Sequence[Figure]) -> list[Figure]:
    """Compare what was measured on PostgreSQL with dbos and empty jobs on the same one; nothing when it is not to be had."""
    if dbos is None:
        return []
    measured = {figure.name: figure for figure in found}
    pairs = {_FASTEST: "rate", _IDLE_CPU.format("worker"): "idle", _IDLE_MEMORY.format("worker"): "octets"}
    return [
        Figure(name, measured[name].ours, measured[name].unit, "dbos, empty jobs", dbos[key])
        for name, key in pairs.items()
    ]


def _on_sqlite(jobs: int, effort: Effort) -> list[Figure]:
    with measured_desk() as path, opened(path) as installation:
        queueing, bare = Queueing(installation), _bare(installation, effort)
        threads = [
            _with_threads(queueing, jobs, number, f"embedded, SQLite, {_named(number)}", bare) for number in (1, 2, 4)
        ]
        return [*threads, *_delays(queueing, jobs, "embedded, SQLite", bare)]


def _on_postgres(url: str, jobs: int, effort: Effort) -> list[Figure]:
    with measured_desk(url) as path, opened(path) as installation:
        queueing, bare = Queueing(installation), _bare(installation, effort)
        found = [_with_threads(queueing, jobs, number, f"PostgreSQL, {_named(number)}", bare) for number in (1, 2, 4)]
        found += _delays(queueing, jobs, "PostgreSQL", bare)
        for number in (1, 2) if effort.journeys >= _WORTH_INSTALLING else (1,):
            found.append(_with_processes(path, queueing, jobs, number, bare))
        return [*found, *_idle(path, effort.slice_seconds * _IDLE_SLICES)]


def _named(number: int) -> str:
    return "1 thread" if number == 1 else f"{number} threads"


def _bare(installation: Installation, effort: Effort) -> float:
    """Return the seconds of the directory change alone."""
    change, target = BareChange(installation), people(installation, agent(installation), 1)[0]
    return median(durations(lambda: change(target), effort.slice_seconds * 2))


def _with_threads(queueing: Queueing, jobs: int, number: int, name: str, bare: float) -> Figure:
    ids = [queueing.hand_in() for _ in range(jobs)]
    with _working(queueing.installation, number):
        rate = _rate(queueing, ids)
    return Figure(f"carried out, {name}", rate, "/s", _BARE, 1 / bare)


def _with_processes(path: Path, queueing: Queueing, jobs: int, number: int, bare: float) -> Figure:
    """Measure processes that run already, and are held while the queue is filled."""
    with workers_of(path, number) as pids:
        with held(pids):
            ids = [queueing.hand_in() for _ in range(jobs)]
        rate = _rate(queueing, ids)
    noun = "worker process" if number == 1 else "worker processes"
    return Figure(f"carried out, PostgreSQL, {number} {noun}", rate, "/s", _BARE, 1 / bare)


def _delays(queueing: Queueing, jobs: int, where: str, bare: float) -> list[Figure]:
    """Measure hand-in to end, one after the other, with a worker that waits."""
    with _working(queueing.installation, 2):
        ids = []
        for _ in range(jobs):
            ids.append(queueing.hand_in())
            queueing.wait()
    taken = queueing.seconds_of(ids)
    return [
        Figure(f"hand-in to end, {where}, p50", median(taken), "s", _BARE, bare),
        Figure("the same, p99", percentile(taken, 0.99), "s", "its p50", median(taken)),
    ]


def _rate(queueing: Queueing, ids: Sequence[str]) -> float:
    begun = monotonic()
    queueing.wait()
    rate = len(ids) / (monotonic() - begun)
    queueing.seconds_of(ids)
    return rate


@contextmanager
def _working(installation: Installation, number: int) -> Iterator[None]:
    workers = Workers(installation.services, number, lambda line: _note(line))
    workers.start()
    try:
        yield
    finally:
        workers.stop()


def _idle(path: Path, seconds: float) -> list[Figure]:
    found: list[Figure] = []
    for command in ("serve", "worker"):
        idle: Idle = idle_of(path, command, seconds)
        found += [
            Figure(_IDLE_CPU.format(command), idle.share, "s", "one core", 1.0),
            Figure(_IDLE_MEMORY.format(command), idle.octets, "bytes", "a bare Python", idle.bare_octets),
        ]
    return found


def _note(line: str) -> None:
    sys.stderr.write(f"{line}\n")
