"""Measure one form for many people: preparing a row, carrying it out, and the page that follows it meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

from bench import bulk_serving
from bench.desks import agent, measured_desk, opened, people
from bench.figures import Figure
from bench.pipeline_bench import submission
from bench.slices import Effort, percentile, timed
from runner.access.model import Actor
from runner.engine.workers import Workers
from runner.pipeline.bulk.desk import Bulks
from runner.pipeline.bulk.pages import BulkPage
from runner.pipeline.bulk.stepping import Word
from runner.pipeline.bulk.working import end_what_is_done
from runner.pipeline.pages import Posted
from runner.pipeline.services import BulkBrakes
from runner.wiring import Installation

_SINGLES, _ROWS = 20, 50


def measure(effort: Effort) -> list[Figure]:
    """Measure on a desk of its own."""
    with measured_desk() as path:
        return measure_on(path, effort)


def measure_on(path: Path, effort: Effort) -> list[Figure]:
    """Measure for some of the people whom a search shows; then a large bulk, beside pages that are served."""
    with opened(path) as installation:
        few = _measure(installation, min(_ROWS, effort.rows))
    return [*few, *bulk_serving.measure_on(path, effort)]


def _measure(installation: Installation, number: int) -> list[Figure]:
    actor, services = agent(installation), installation.services
    bulks = Bulks(replace(services, bulk=BulkBrakes(second_person_above=10_000)))
    targets = people(installation, actor, min(_SINGLES, number))
    single = [_single(installation, actor, target, number) for number, target in enumerate(targets)]
    found = bulks.choose(actor, "set-office", "an", "en").people[:number]
    id_ = bulks.begin_chosen(actor, "set-office", [one.id for one in found], "en")
    bulks.answer(actor, id_, Posted({"office": "measured"}))
    workers, pages = Workers(services, 0, print), list[float]()

    def follow() -> None:
        bulks.progress(actor, id_, "", 1, "")

    preparing = _all(workers, follow, pages)
    page = bulks.page(actor, id_)
    if not isinstance(page, BulkPage):
        raise SystemExit("the bulk was not prepared")
    rows = page.total
    bulks.start(actor, id_, Word(page.digest, leaves_out=True))
    carrying = _all(workers, follow, pages)
    if end_what_is_done(services) != 1:
        raise SystemExit("the bulk did not end")
    plan, confirm = median(one[0] for one in single), median(one[1] for one in single)
    return [
        Figure("bulk: a row prepared", preparing / rows, "s", "the plan of a single submission", plan),
        Figure("bulk: a row carried out", carrying / rows, "s", "confirming a single submission", confirm),
        Figure("bulk: its page meanwhile, p95", percentile(pages, 0.95), "s", "its p50", median(pages)),
    ]


def _single(installation: Installation, actor: Actor, target: str, number: int) -> tuple[float, float]:
    plan, confirm = submission(installation, actor, target, f"single {number}")
    return timed(plan), timed(confirm)


def _all(workers: Workers, follow: Callable[[], None], pages: list[float]) -> float:
    """Let a worker do everything that is due, with a look at the page now and then; return the seconds of the work."""
    spent, steps = 0.0, 0
    while True:
        begun = perf_counter()
        is_more = workers.step()
        spent += perf_counter() - begun
        steps += 1
        if steps % 5 == 0 or not is_more:
            pages.append(timed(follow))
        if not is_more:
            return spent
