"""The rows of a bulk that wait for somebody's yes, those that are alike together. Reads the index; decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice, pairwise

from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError
from runner.journal.chain import canonical
from runner.pipeline.authorising import NOT_FOUND
from runner.pipeline.pages import Fact
from runner.pipeline.planning import kept_plan, operation_views
from runner.pipeline.reading_back import answers_view
from runner.pipeline.requests.binding import alike_digest, bound_digest
from runner.pipeline.requests.in_short import in_short
from runner.pipeline.requests.inbox import bulk_line
from runner.pipeline.requests.meant import principals_of, waiting_for
from runner.pipeline.requests.pages import AlikeRows, BulkToDecide, RowToDecide
from runner.pipeline.requests.pending import pending
from runner.pipeline.services import Services
from runner.pipeline.telling import moment
from runner.pipeline.terms import kept_ends
from runner.store.records import Submission

PAGE = 50
_MOST_ROWS = 1_000
"""What of a bulk is looked at at once; more appears when these are decided."""
_MOST_OPENED = 100


@dataclass(frozen=True, slots=True)
class Alike:
    """Rows that ask for the same, or, where ``what`` is empty, each for something else; all of the form and the bulk."""

    what: str
    rows: tuple[Submission, ...]

    @property
    def chosen(self) -> tuple[tuple[str, str], ...]:
        """Each row by its id and the digest that a yes to it is bound to."""
        return tuple((row.id, bound_digest(row)) for row in self.rows)

    @property
    def digest(self) -> str:
        """The digest of all that a yes to these rows is bound to."""
        return sha256(canonical([list(one) for one in self.chosen]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one row: what was answered and worked out, when it runs, and Markdown of its form."""

    facts: tuple[Fact, ...]
    message: str = ""


def alike_rows(services: Services, actor: Actor, bulk_id: str) -> tuple[Alike, ...]:
    """Return the rows of a bulk that wait for an actor; raises `NotFoundError` when there are none."""
    rows, opened = list[Submission](), 0
    for one, was_opened in islice(waiting_for(services, actor, bulk_id), _MOST_ROWS):
        rows.append(one)
        opened += was_opened
        if opened == _MOST_OPENED:
            break
    if not rows:
        raise NotFoundError(NOT_FOUND)
    return _grouped(sorted(rows, key=lambda one: (one.target_label.casefold(), one.id)))


def bulk_to_decide(services: Services, actor: Actor, bulk_id: str, page: int, language: str = "") -> BulkToDecide:
    """Return a page, from 1, of the rows of a bulk that wait for an actor; raises `NotFoundError`.

    Without a ``language`` the answers stand there in that of who asks.
    """
    found = alike_rows(services, actor, bulk_id)
    first, last = (page - 1) * PAGE, page * PAGE
    shown, place = list[AlikeRows](), 0
    for one in found:
        rows = one.rows[max(first - place, 0) : max(last - place, 0)]
        place += len(one.rows)
        if rows:
            shown.append(_shown(services, one, rows, language))
    if not shown:
        raise NotFoundError(NOT_FOUND)
    person_id = actor.person.ref.id if actor.person else ""
    waiting = services.store.bulk_requests.waiting_for(
        principals_of(services, actor, bulk_id), person_id, bulk_id=bulk_id
    )
    reason = found[0].rows[0].reason
    return BulkToDecide(bulk_line(services, waiting[0]), reason, tuple(shown), page, place > last)


def _shown(services: Services, one: Alike, rows: Sequence[Submission], language: str) -> AlikeRows:
    """Return rows that stand together; what is said of each of them alike stands once, and with its row what is not."""
    told = [_told(services, row, language) for row in rows]
    messages = {one.message for one in told}
    alike = _in_all([one.facts for one in told]) if one.what else ()
    message = told[0].message if len(messages) == 1 else ""
    views = tuple(
        RowToDecide(
            row.id,
            row.target_label,
            operation_views(kept_plan(row)),
            tuple(fact for fact in of.facts if fact not in alike),
            of.message if len(messages) > 1 else "",
        )
        for row, of in zip(rows, told, strict=True)
    )
    return AlikeRows(one.digest, one.what, len(one.rows), views, alike, message)


def _in_all(each: Sequence[tuple[Fact, ...]]) -> tuple[Fact, ...]:
    """Return the facts that every row has."""
    return tuple(fact for fact in each[0] if all(fact in facts for facts in each))


def _told(services: Services, row: Submission, language: str) -> Told:
    """Return what the form shows of a row to whoever decides on it, as the page of a single request does."""
    now = services.now()
    runs = [Fact("Runs", moment(row.due_at, now))] if row.due_at is not None and row.due_at > now else []
    try:
        request = pending(services, row)
        walk = request.walk
        walk = replace(walk, situation=replace(walk.situation, language=language or walk.situation.language))
        message = walk.markdown(request.approval.message, request.worked.values)
        sections = answers_view(walk, request.worked, request.approval.show)
    except RefusedError:  # the form or an option is gone by now: the plan says what would change all the same
        return Told(tuple(runs))
    ends = kept_ends(request.reader, kept_plan(row))
    facts = (Fact(line.label, line.text) for some in sections for line in some.lines if line.text)
    return Told((*facts, *ends, *runs), message)


def _grouped(rows: Sequence[Submission]) -> tuple[Alike, ...]:
    """Return rows that ask for the same together, the most first; behind them the others, those of a page together.

    So what one button covers of rows that differ stands on one page.
    """
    by_digest: dict[str, list[Submission]] = {}
    for row in rows:
        by_digest.setdefault(alike_digest(row), []).append(row)
    several = sorted((some for some in by_digest.values() if len(some) > 1), key=len, reverse=True)
    single = [some[0] for some in by_digest.values() if len(some) == 1]
    room = PAGE - sum(map(len, several)) % PAGE
    parts = [single[start:end] for start, end in pairwise([0, *range(room, len(single), PAGE), len(single)])]
    found = [Alike(in_short(some[0]), tuple(some)) for some in several]
    return (*found, *(Alike("" if len(part) > 1 else in_short(part[0]), tuple(part)) for part in parts if part))
