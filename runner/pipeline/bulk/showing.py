"""A bulk as it stands, for those who may see it: counted by the store, listed page by page. Reads; writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from connectors.spi import Ids, Question
from forms.answering.options import NOT_IN_SCOPE
from forms.definition import Form
from runner.access.model import Actor
from runner.journal.chain import canonical
from runner.pipeline.bulk.fitness import gives_secrets, may_start, over_the_limit
from runner.pipeline.bulk.pages import BulkPage, Figure, RowView, Sample
from runner.pipeline.bulk.stepping import FAILED as TRIED_AGAIN
from runner.pipeline.bulk.stepping import NOT_BEGUN, Ways
from runner.pipeline.finding import plain
from runner.pipeline.pages import Fact
from runner.pipeline.planning import operation_views
from runner.pipeline.services import Services
from runner.pipeline.telling import moment
from runner.pipeline.walking import reader_for
from runner.store.bulk_records import Bulk, BulkRow, RowLine

PAGE = 50
_SAMPLES = 3
FAILED = ("failed", "partly_done", "unknown", "rejected", "expired")
_FILTERS: Mapping[str, Ways] = {
    "waiting": (("waiting",), ()),
    "ready": (("ready",), ()),
    "queued": ((), ("queued",)),
    "running": ((), ("running",)),
    "awaiting_approval": ((), ("awaiting_approval",)),
    "done": ((), ("done",)),
    "failed": ((), FAILED),
    "unchanged": (("unchanged",), ()),
    "refused": (("refused",), ()),
    "cancelled": NOT_BEGUN,
}
"""By its name on the page, the states of rows and those of submissions that a filter shows."""
FILTERS = tuple(_FILTERS)


def figures(rows: Mapping[str, int], ran: Mapping[str, int]) -> tuple[Figure, ...]:
    """Return how many rows each filter shows, the empty ones left out. Pure."""
    found = []
    for name, (of_rows, of_all) in _FILTERS.items():
        count = sum(rows.get(state, 0) for state in of_rows)
        count += sum(ran.get(state, 0) for state in of_all)
        found.append(Figure(name, count))
    return tuple(one for one in found if one.count)


def state_of(bulk: Bulk) -> str:
    """Return how it stands with a bulk: its state, but ``stopped`` for one that ended before its end. Pure."""
    return "stopped" if bulk.state == "ended" and bulk.note else bulk.state


def mark_of(bulk: Bulk, rows: Mapping[str, int], ran: Mapping[str, int], *more: str) -> str:
    """Return what changes whenever the page would. Pure."""
    parts = [bulk.id, bulk.state, bulk.note, dict(sorted(rows.items())), dict(sorted(ran.items())), list(more)]
    return sha256(canonical(parts).encode()).hexdigest()


def bulk_page(
    services: Services,
    actor: Actor,
    bulk: Bulk,
    counted: tuple[Mapping[str, int], Mapping[str, int]],
    shown: str,
    page: int,
) -> BulkPage:
    """Return the page of a bulk; ``shown`` is a filter, or empty for all rows, ``page`` counts from 1."""
    rows, ran = counted
    form = services.catalogue.forms.get(bulk.form_id)
    is_own = bulk.actor_id == actor.id and not actor.simulated_by
    of_rows, of_all = _FILTERS.get(shown, (None, None))
    lines = services.store.bulks.lines(
        bulk.id, rows_in=of_rows, ran_as=of_all, limit=PAGE + 1, offset=PAGE * (page - 1)
    )
    started = sum(count for state, count in ran.items() if state != "draft")
    left = sum(ran.get(state, 0) for state in ("queued", "running", "awaiting_approval"))
    failed, not_begun = _count(counted, TRIED_AGAIN), _count(counted, NOT_BEGUN)
    is_stopped = bulk.state == "stopping" or state_of(bulk) == "stopped"
    ended = started - left - (ran.get("cancelled", 0) if is_stopped else 0)
    is_over = bulk.state in ("ended", "expired")
    waits = bulk.state in ("checked", "asked")
    return BulkPage(
        id=bulk.id,
        form=bulk.form_id,
        title=bulk.form_title,
        state=state_of(bulk),
        actor=bulk.actor_login,
        starter=bulk.starter_login,
        ticket=bulk.ticket,
        reason=bulk.reason,
        note=bulk.note,
        total=bulk.total,
        created_at=bulk.created_at,
        ended_at=bulk.ended_at,
        figures=figures(rows, ran),
        ended=bulk.total - rows.get("waiting", 0) if bulk.state == "preparing" else ended,
        started=bulk.total if bulk.state == "preparing" else started + rows.get("ready", 0) + rows.get("left_out", 0),
        done=ran.get("done", 0),
        not_begun=not_begun,
        shown=shown,
        page=page,
        more=len(lines) > PAGE,
        rows=_views(services, actor, form, bulk, lines[:PAGE]),
        may_stop=is_own and not is_over and bulk.state not in ("stopping", "draft") and not bulk.note,
        may_retry=is_own and bulk.state == "ended" and failed > 0,
        may_go_on=is_own and bulk.state == "ended" and not_begun > 0,
        retries=bulk.retries,
        reasons=tuple(services.store.bulks.why_refused(bulk.id)),
        **(_checks(services, actor, form, bulk, rows.get("ready", 0), is_own=is_own) if waits else {}),
    )


def _count(counted: tuple[Mapping[str, int], Mapping[str, int]], which: Ways) -> int:
    return sum(counts.get(state, 0) for counts, states in zip(counted, which, strict=True) for state in states)


def _checks(
    services: Services, actor: Actor, form: Form | None, bulk: Bulk, ready: int, *, is_own: bool
) -> dict[str, Any]:
    """Return what the page says before it is confirmed."""
    if form is None:
        return {"refused": "The form is no longer there.", "will_change": ready}
    needs_second = ready > services.bulk.second_person_above
    is_first = bulk.state == "checked"
    return {
        "digest": bulk.digest,
        "will_change": ready,
        "refused": "" if not ready else over_the_limit(services, bulk.actor_id, form, ready),
        "asks_second": needs_second,
        "will_ask": services.store.bulks.count_asking(bulk.id) if form.approval is not None else 0,
        "gives_secrets": gives_secrets(form),
        "acknowledge": tuple(plain(text, bulk.language) for text in form.confirm.acknowledge) if is_first else (),
        "type_count": is_first and form.confirm.type_to_confirm is not None,
        "may_start": ready > 0 and (is_own if is_first else may_start(services, actor, bulk.actor_id, form)),
        "samples": _samples(services, actor, form, bulk),
    }


def _samples(services: Services, actor: Actor, form: Form, bulk: Bulk) -> tuple[Sample, ...]:
    rows = services.store.bulk_work.rows(bulk.id, ("ready",), _SAMPLES)
    seen = _seen(services, actor, form, bulk, [row.target_id for row in rows if row.target_id])
    found = []
    for row in rows:
        if row.target_id in seen and row.submission_id:
            plan = services.store.submissions.get(row.submission_id).plan
            shown = row.submission_id if bulk.actor_id == actor.id else ""
            views = operation_views(plan)  # type: ignore[arg-type]
            found.append(Sample(row.target_label, shown, views, tuple(_conditions(services, row))))
    return tuple(found)


def _conditions(services: Services, row: BulkRow) -> Iterator[Fact]:
    """Tell of a prepared row that it needs a yes first, and when it runs; until when something lasts stands in its lines."""
    now = services.now()
    if row.asks:
        yield Fact("Needs a yes", "before it is done")
    if row.due_at is not None and row.due_at > now:
        yield Fact("Runs", moment(row.due_at, now))


def _views(
    services: Services, actor: Actor, form: Form | None, bulk: Bulk, lines: Sequence[RowLine]
) -> tuple[RowView, ...]:
    """Return rows as they are shown; whom the reader may not see is not named, nor is what a file called them."""
    is_own = bulk.actor_id == actor.id
    seen = _seen(services, actor, form, bulk, [one.row.target_id for one in lines if one.row.target_id])
    return tuple(
        RowView(
            one.row.position + 1,
            one.row.line,
            _who(one, is_own=is_own, is_seen=one.row.target_id in seen),
            one.submission_state if one.row.state == "started" else one.row.state,
            one.note if one.row.state == "started" else one.row.why,
            one.row.submission_id or "" if is_own and one.row.state in ("ready", "started") else "",
        )
        for one in lines
    )


def _who(one: RowLine, *, is_own: bool, is_seen: bool) -> str:
    if is_seen or (is_own and one.row.named):
        return one.row.target_label or one.row.named or NOT_IN_SCOPE
    return one.row.target_label if is_own and one.row.target_label else NOT_IN_SCOPE


def _seen(services: Services, actor: Actor, form: Form | None, bulk: Bulk, ids: Sequence[str]) -> frozenset[str]:
    """Return which targets the reader may see now; of one's own bulk those that were opened for it count."""
    if bulk.actor_id == actor.id:
        return frozenset(ids)
    if form is None or form.target is None or not ids:
        return frozenset()
    question = Question(form.target.type, Ids(frozenset(ids)), limit=len(ids))
    return frozenset(entry.ref.id for entry in reader_for(services, actor, form.id).find(question).entries)
