"""Measure the journal: durable chained appends against raw durable writes, and verifying against reading."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.figures import Figure
from bench.slices import Effort, compare, durable_writes, rates, timed
from runner.journal.chain import Head, seal
from runner.journal.exporting import json_lines
from runner.journal.records import JSON, Record
from runner.journal.verifying import Place, verify
from runner.sealing import KeySealer, new_key
from runner.store.person_keys import Keyring
from runner.store.schema import upgrade
from runner.store.store import Store


def measure(effort: Effort) -> list[Figure]:
    """Measure in a folder of its own."""
    with TemporaryDirectory(prefix="deskhand-bench-") as folder:
        return [*_appends(Path(folder), effort), *_verifying(Path(folder), effort)]


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


def _export(file: Path, count: int) -> Place:
    head = Head()
    with file.open("wb") as output:
        for _ in range(count):
            sealed = seal(record(), head.seq + 1, head.hash)
            head = sealed.head
            output.writelines(json_lines([sealed.line]))
    return head.seq, head.hash
