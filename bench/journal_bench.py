"""Measure the journal: durable chained appends against raw durable writes, verifying against reading, and searching."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.figures import Figure
from bench.slices import Effort, compare, durable_writes, percentile, rates, timed
from runner.journal.chain import Head, seal
from runner.journal.exporting import json_lines
from runner.journal.records import JSON, Record
from runner.journal.verifying import Place, verify
from runner.sealing import KeySealer, new_key
from runner.store.person_keys import Keyring
from runner.store.schema import upgrade
from runner.store.store import Store

_BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
_AT_ONCE = 5_000


def measure(effort: Effort) -> list[Figure]:
    """Measure in a folder of its own."""
    with TemporaryDirectory(prefix="deskhand-bench-") as folder:
        return [*_appends(Path(folder), effort), *_verifying(Path(folder), effort), *_searching(Path(folder), effort)]


def record() -> Record:
    """Return a record whose line is about 512 bytes."""
    body: dict[str, JSON] = {
        "submission": "0d5c1f5e2ab84c0d",
        "actor": {"id": "id-alice", "login": "alice"},
        "target": {"kind": "user", "id": "id-bob", "label": "Bob"},
        "form": {"id": "unlock-account", "version": "3", "digest": "sha256:" + "0" * 24},
        "operation": "unlock",
        "ticket": "INC0012345",
    }
    return Record("intent", datetime.now(UTC), body)


def _appends(folder: Path, effort: Effort) -> Iterator[Figure]:
    url = f"sqlite:///{folder / 'desk.db'}"
    upgrade(url)
    keyring = Keyring(KeySealer(new_key()), secrets.token_bytes)
    with Store.open(url, keyring) as store, durable_writes(folder / "raw") as write:

        def append(_client: int = 0) -> None:
            store.journal.append([record()])

        found = compare({"append": append, "write": write}, effort)
        together = rates({"append": append, "write": lambda _client: write()}, effort)
    yield Figure(
        "journal append, chained and durable, p50",
        median(found["append"]),
        "s",
        "a raw durable write",
        median(found["write"]),
        goal=2,
    )
    yield Figure(
        f"the same, {effort.clients} clients", together["append"], "/s", "raw durable writes", together["write"]
    )


def _verifying(folder: Path, effort: Effort) -> Iterator[Figure]:
    file = folder / "export.jsonl"
    head = _export(file, effort.records)

    def read() -> None:
        with file.open("rb") as lines:
            for _ in lines:
                pass

    def check() -> None:
        with file.open("rb") as lines:
            if not verify(lines, head=head).ok:
                raise SystemExit("the journal that was measured does not verify")

    rounds = range(max(1, effort.rounds // 2))
    seconds = [(timed(read), timed(check)) for _ in rounds]
    reading, checking = (effort.records / median(column) for column in zip(*seconds, strict=True))
    yield Figure("journal lines verified", checking, "/s", "lines merely read", reading, goal=0.2)


def _searching(folder: Path, effort: Effort) -> Iterator[Figure]:
    """Search as the page does, in a journal of a hundredth of the records and in one of all."""
    found: dict[int, list[float]] = {}
    for count in (max(1, effort.searched // 100), effort.searched):
        url = f"sqlite:///{folder / f'searched-{count}.db'}"
        upgrade(url)
        with Store.open(url) as store:
            _fill(store, count)
            found[count] = [timed(search) for search in _searches(store, count) for _ in range(effort.rounds * 5)]
    few, many = sorted(found)
    name, yardstick = f"search in {many:,} records, p50", f"in {few:,} records"
    yield Figure(name, median(found[many]), "s", yardstick, median(found[few]), goal=3)
    yield Figure("the same, p99", percentile(found[many], 0.99), "s", yardstick, percentile(found[few], 0.99))


def _searches(store: Store, count: int) -> Sequence[Callable[[], object]]:
    """Return what is asked of the journal most: the newest, an agent's, a person's, and refusals of some days."""
    journal, middle = store.journal, _BEGAN + timedelta(minutes=count // 2)
    return (
        journal.search,
        lambda: journal.search(actor_id="id-agent-7"),
        lambda: journal.search(target_id="id-person-7"),
        lambda: journal.search(actor_id="id-agent-7", target_id="id-person-7"),
        lambda: journal.search(kind="deny", since=middle, until=middle + timedelta(days=3)),
        lambda: journal.search(actor_id="id-agent-7", since=middle, until=middle + timedelta(days=3)),
    )


def _fill(store: Store, count: int) -> None:
    """Store so many records, a minute apart: 200 agents do something to 10,000 people, and are refused now and then."""
    for first in range(0, count, _AT_ONCE):
        store.journal.append([_numbered(number) for number in range(first, min(first + _AT_ONCE, count))])


def _numbered(number: int) -> Record:
    alike = record()
    changed: dict[str, JSON] = {
        "submission": f"{number // 4:016x}",
        "actor": {"id": f"id-agent-{number % 200}", "login": f"agent{number % 200}"},
        "target": {"kind": "user", "id": f"id-person-{number * 7 % 10_007}", "label": "Bob"},
    }
    kind = "deny" if number % 50 == 0 else alike.kind
    return Record(kind, _BEGAN + timedelta(minutes=number), {**alike.body, **changed})


def _export(file: Path, count: int) -> Place:
    head = Head()
    with file.open("wb") as output:
        for _ in range(count):
            sealed = seal(record(), head.seq + 1, head.hash)
            head = sealed.head
            output.writelines(json_lines([sealed.line]))
    return head.seq, head.hash
