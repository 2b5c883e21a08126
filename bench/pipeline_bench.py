"""Measure a submission through the whole pipeline against the bare directory change and two durable writes."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from bench.desks import measured_desk
from bench.slices import compare, middle, percentile, report
from connectors.spi import Guard, Ids, Operation, Question, Ref
from forms.answering.validating import validate
from forms.answering.working_out import work_out
from runner.access.model import Actor
from runner.deskfolder import open_folder
from runner.pipeline.desk import actor_of
from runner.pipeline.pages import PlanPage, Posted, SubmissionPage
from runner.pipeline.walking import start
from runner.wiring import Installation, open_installation


def main() -> None:
    """Print the table."""
    with measured_desk() as path:
        installation = open_installation(open_folder(path))
        try:
            _measure(installation, path)
        finally:
            installation.close()


def _measure(installation: Installation, path: Path) -> None:
    account = installation.identity.accounts.by_login("agent.rotterdam")
    if account is None:
        raise SystemExit("the sample company has no agent.rotterdam")
    actor = actor_of(installation.services, account.id, account.login, account.display_name, account.person_id)
    target = installation.desk.find(actor, "lindqvist").people[0].id
    numbers = count()
    found = compare(
        {
            "limit": _limit(installation, target, path / "raw", numbers),
            "pipeline": lambda: _submission(installation, actor, target, f"P-{next(numbers)}"),
        }
    )
    limit, whole = middle(found["limit"]), middle(found["pipeline"])
    report("bare change + two durable writes (the limit), median", f"{limit * 1e3:8.2f} ms")
    report("the whole pipeline, plan and confirm, median", f"{whole * 1e3:8.2f} ms   {whole / limit:.2f} x the limit")
    report("  its 99th percentile", f"{percentile(found['pipeline'], 0.99) * 1e3:8.2f} ms")
    walk = start(installation.services, actor, "set-office", target, installation.services.new_id(), "en")
    parts = compare(
        {
            "work out": lambda: walk.reader.gather(walk.situation, lambda known: work_out(known, {"office": "X"})),
            "validate": lambda: walk.reader.gather(walk.situation, lambda known: validate(known, {"office": "X"})),
        },
        rounds=2,
    )
    report("  of that: work a form out", f"{middle(parts['work out']) * 1e3:8.2f} ms")
    report("  of that: validate against the effective schema", f"{middle(parts['validate']) * 1e3:8.2f} ms")


def _limit(installation: Installation, target: str, raw: Path, numbers: Iterator[int]):  # type: ignore[no-untyped-def]
    directory = installation.services.connectors.for_kind("user")
    descriptor = os.open(raw, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    block = b"x" * 511 + b"\n"

    def durable() -> None:
        os.write(descriptor, block)
        os.fdatasync(descriptor)

    def once() -> None:
        durable()
        entry = directory.read(Question("user", Ids(frozenset({target})), limit=1)).entries[0]
        change = Operation(
            "update", "directory.user.update", {"user": Ref("user", target), "set": {"office": f"L-{next(numbers)}"}}
        )
        directory.perform(change, [Guard(entry.ref, entry.version, entry.place)], {})
        durable()

    return once


def _submission(installation: Installation, actor: Actor, target: str, office: str) -> None:
    id_ = installation.services.new_id()
    page = installation.desk.submit(actor, id_, "set-office", target, Posted({"office": office}), "en")
    if not isinstance(page, PlanPage):
        raise SystemExit(f"no plan: {page}")
    done = installation.desk.confirm(actor, id_, page.digest, "", (), "en")
    if not isinstance(done, SubmissionPage) or done.state != "done":
        raise SystemExit(f"not done: {done}")


if __name__ == "__main__":
    main()
