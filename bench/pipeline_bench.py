"""Measure a submission through the whole pipeline against the bare directory change and two durable writes."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from statistics import median

from bench.desks import BareChange, agent, measured_desk, opened, people
from bench.figures import Figure
from bench.slices import Effort, compare, durable_writes, percentile, timed
from runner.access.model import Actor
from runner.pipeline.pages import PlanPage, Posted, SubmissionPage
from runner.wiring import Installation

_LIMIT = "bare change + two durable writes"


def measure(effort: Effort) -> list[Figure]:
    """Measure on a desk of its own."""
    with measured_desk() as path:
        return measure_on(path, effort)


def measure_on(path: Path, effort: Effort) -> list[Figure]:
    """Measure on the desk in this folder."""
    with opened(path) as installation:
        return _measure(installation, path, effort)


def _measure(installation: Installation, path: Path, effort: Effort) -> list[Figure]:
    actor, numbers = agent(installation), count()
    target = people(installation, actor, 1)[0]
    change, plans, confirmations = BareChange(installation), list[float](), list[float]()
    with durable_writes(path / "raw") as write:

        def limit() -> None:
            write()
            change(target)
            write()

        def pipeline() -> None:
            plan, confirm = submission(installation, actor, target, f"P-{next(numbers)}")
            plans.append(timed(plan))
            confirmations.append(timed(confirm))

        found = compare({"limit": limit, "pipeline": pipeline}, effort)
    least, whole = found["limit"], found["pipeline"]
    return [
        Figure("submission, plan and confirm, p50", median(whole), "s", _LIMIT, median(least), goal=2.5),
        Figure("the same, p99", percentile(whole, 0.99), "s", "its p50", median(whole), goal=2.5),
        Figure("of that: plan, p50", median(plans), "s", _LIMIT, median(least)),
        Figure("of that: confirm, p50", median(confirmations), "s", _LIMIT, median(least)),
    ]


def submission(
    installation: Installation, actor: Actor, target: str, office: str
) -> tuple[Callable[[], None], Callable[[], None]]:
    """Return the two halves of a submission: up to its plan, and from there to the result."""
    id_, shown = installation.services.new_id(), list[PlanPage]()

    def plan() -> None:
        page = installation.desk.submit(actor, id_, "set-office", target, Posted({"office": office}), "en")
        if not isinstance(page, PlanPage):
            raise SystemExit(f"no plan: {page}")
        shown.append(page)

    def confirm() -> None:
        done = installation.desk.confirm(actor, id_, shown[0].digest, "", (), "en")
        if not isinstance(done, SubmissionPage) or done.state != "done":
            raise SystemExit(f"not done: {done}")

    return plan, confirm
