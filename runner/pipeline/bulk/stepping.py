"""The decisions about a bulk: it is confirmed, started by a second person, stopped, or rows of it taken up again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from forms.definition import Form
from runner.access.model import Actor
from runner.counting import counted
from runner.errors import NotFoundError, RefusedError, StaleError, UnfitError
from runner.pipeline.authorising import NOT_FOUND, open_form
from runner.pipeline.bulk import recording
from runner.pipeline.bulk.beginning import new_bulk
from runner.pipeline.bulk.fitness import may_start, over_the_limit
from runner.pipeline.bulk.preparing import form_of
from runner.pipeline.bulk.summing_up import stopped_by
from runner.pipeline.notifying import alarm
from runner.pipeline.services import Services
from runner.pipeline.walking import reader_for
from runner.store.bulk_records import Bulk, BulkRow

_STOPPABLE = ("preparing", "checked", "asked", "starting", "running")
_OTHERWISE = "It is no longer as it was when this page was shown. Look at it again."
_AT_ONCE = 500
Ways: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""States of rows, and those of submissions."""
FAILED: Ways = (("refused",), ("failed",))
NOT_BEGUN: Ways = (("left_out",), ("cancelled",))


@dataclass(frozen=True, slots=True)
class Word:
    """What was confirmed: the digest, whether refused rows are left out, boxes that were ticked, the count as typed."""

    digest: str
    leaves_out: bool = False
    acknowledged: tuple[int, ...] = ()
    typed: str = ""


def start_bulk(services: Services, actor: Actor, bulk: Bulk, word: Word) -> None:
    """Confirm or start a bulk.

    Raises `UnfitError` with what is missing on the page, `RefusedError` at a brake, `NotFoundError` when it is not the
    actor's to start, `StaleError` when it is not as it was.
    """
    if bulk.state not in ("checked", "asked") or not word.digest or bulk.digest != word.digest:
        if bulk.state in ("starting", "running", "ended") and bulk.digest == word.digest:
            return
        raise StaleError(_OTHERWISE)
    form = form_of(services, bulk)
    rows, _ = services.store.bulks.counts(bulk.id)
    ready = rows.get("ready", 0)
    _check_brakes(services, bulk, form, ready)
    if bulk.state == "asked":
        _start_as_second(services, actor, bulk, form, rows)
        return
    if bulk.actor_id != actor.id:
        raise NotFoundError(NOT_FOUND)
    open_form(reader_for(services, actor, form.id), services.catalogue.forms, form.id)
    _check_word(form, word, rows.get("refused", 0), ready)
    needs_second = ready > services.bulk.second_person_above
    now = services.clock()
    services.store.bulks.move(
        bulk.id,
        before=("checked",),
        state="asked" if needs_second else "starting",
        now=now,
        digest=word.digest,
        records=[recording.confirmed(now, actor, bulk, rows, waits=needs_second)],
    )
    services.bell.ring()


def _check_brakes(services: Services, bulk: Bulk, form: Form, ready: int) -> None:
    """Raise `RefusedError`, and call the operator, when so many rows go over what is allowed."""
    over = over_the_limit(services, bulk.actor_id, form, ready)
    if over:
        people = counted(ready, "person", "people")
        sentence = f"“{bulk.form_title}” was to be used for {people} by {bulk.actor_login}: over its limit."
        services.store.notifications.create(alarm(services, sentence, services.now(), path=f"/bulks/{bulk.id}"), [])
        raise RefusedError(over)
    if not ready:
        raise UnfitError("There is nothing to start: no row would change anything.")


def _check_word(form: Form, word: Word, refused: int, ready: int) -> None:
    if refused and not word.leaves_out:
        raise UnfitError(_refused_text(refused))
    if not set(range(len(form.confirm.acknowledge))) <= set(word.acknowledged):
        raise UnfitError("Tick every box to confirm.")
    if form.confirm.type_to_confirm is not None and word.typed.strip() != str(ready):
        raise UnfitError(f"Type {ready} to confirm that so many people are changed.")


def _refused_text(refused: int) -> str:
    if refused == 1:
        return "One row is refused. Say that it is left out, or give it up and mend the list."
    return f"{refused} rows are refused. Say that they are left out, or give it up and mend the list."


def _start_as_second(services: Services, actor: Actor, bulk: Bulk, form: Form, rows: Mapping[str, int]) -> None:
    if not may_start(services, actor, bulk.actor_id, form):
        raise NotFoundError(NOT_FOUND)
    now = services.clock()
    services.store.bulks.move(
        bulk.id,
        before=("asked",),
        state="starting",
        now=now,
        digest=bulk.digest,
        values={"starter_id": actor.id, "starter_login": actor.login},
        records=[recording.started(now, actor, bulk, rows)],
    )
    services.bell.ring()


def stop_bulk(services: Services, actor: Actor, bulk: Bulk) -> None:
    """Begin nothing more of a bulk; raises `StaleError` when it has ended."""
    now = services.clock()
    bulk = replace(bulk, note=stopped_by(actor.login))
    record = recording.ended(now, {"id": actor.id, "login": actor.login}, bulk, "stopping", {})
    values = {"note": bulk.note}
    services.store.bulks.move(bulk.id, before=_STOPPABLE, state="stopping", now=now, values=values, records=[record])
    services.bell.ring()


def retry_failed(services: Services, actor: Actor, form: Form, bulk: Bulk) -> str:
    """Keep a new bulk of the rows that failed or were refused, which is prepared at once; return its id.

    Raises `UnfitError` when none did, or while the bulk still runs.
    """
    return _taken_up(services, actor, form, bulk, FAILED, "No row failed.")


def go_on(services: Services, actor: Actor, form: Form, bulk: Bulk) -> str:
    """Keep a new bulk of the rows that were not begun when this one was stopped; as `retry_failed` does."""
    return _taken_up(services, actor, form, bulk, NOT_BEGUN, "Every row was begun.")


def _taken_up(services: Services, actor: Actor, form: Form, bulk: Bulk, which: Ways, none: str) -> str:
    if bulk.state != "ended":
        raise UnfitError("It still runs. Wait until it has ended, then take its rows up again.")
    new = replace(
        new_bulk(services, actor, form, bulk.language),
        state="preparing",
        names_by=bulk.names_by,
        columns=bulk.columns,
        answers=bulk.answers,
        ticket=bulk.ticket,
        reason=bulk.reason,
        retries=bulk.id,
    )
    rows = tuple(replace(row, position=at) for at, row in enumerate(_again(services, bulk, new.id, which)))
    if not rows:
        raise UnfitError(none)
    services.store.bulks.create(replace(new, total=len(rows)), rows)
    services.bell.ring()
    return new.id


def _again(services: Services, bulk: Bulk, new_id: str, which: Ways) -> list[BulkRow]:
    of_rows, of_all = which
    found: list[BulkRow] = []
    last: int | None = -1
    while last is not None:
        part = services.store.bulks.lines(bulk.id, rows_in=of_rows, ran_as=of_all, limit=_AT_ONCE, after=last)
        for one in part:
            row = one.row
            found.append(
                BulkRow(new_id, 0, row.line, row.named, row.target_id, row.target_label, row.answers, "waiting")
            )
        last = part[-1].row.position if len(part) == _AT_ONCE else None
    return found
