"""Is what a run left still so? The values it wrote, compared with what taking it back finds there now. Reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connectors.spi import Change, Entry, Preparation, Ref, Value
from connectors.verbs import ATTRIBUTES
from forms.answering.wire import stored
from forms.planning import PlannedOperation
from runner.pipeline.pages import KeptPart
from runner.pipeline.telling import Teller, attribute_label, moment
from runner.pipeline.undoing.rules import FOR_A_WHILE, is_taken_back
from runner.pipeline.walking import Walk
from runner.store.records import OperationRow, Submission

_OPPOSITE = {"add": "remove", "remove": "add"}
_SECRET = "[secret]"  # noqa: S105 - how a secret is shown
_COMPARED = frozenset({"login", "upn", "mail", "name", "address"})
_MOST_RECORDS = 50


@dataclass(frozen=True, slots=True)
class Ready:
    """An operation that can be done now, and what it would change; ``already`` says what of it is so already."""

    planned: PlannedOperation
    preparation: Preparation
    already: KeptPart | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """A value as a run left it, as JSON: ``ref`` is the text of a reference, ``kind`` that of the change."""

    kind: str
    ref: str
    attribute: str
    before: Any
    after: Any


@dataclass(slots=True)
class Standing:
    """Compares operation by operation, the last one first; ``ahead`` are the values after those that are taken back before.

    What the walk itself has done of taking the submission back is no change by somebody else.
    ``has_trouble`` says that something was changed since: nothing that was made is deleted from then on.
    """

    walk: Walk
    submission: Submission
    ahead: dict[tuple[str, str], Value] = field(default_factory=dict)
    has_trouble: bool = False

    def compared(self, row: OperationRow, preparation: Preparation) -> tuple[Preparation, str]:
        """Return what taking a row back will change by then, and a sentence when something was changed since."""
        left = left_by(row)
        changes = tuple(self._by_then(change) for change in preparation.changes)
        trouble = next((said for change in changes if (said := self._trouble(change, left))), "")
        if trouble:
            self.has_trouble = True
            return preparation, trouble
        for change in changes:
            if change.kind == "set":
                self.ahead[str(change.ref), change.attribute] = change.after
        return replace(preparation, changes=changes), ""

    def already(self, row: OperationRow, preparation: Preparation) -> KeptPart | None:
        """Say what of a row is as it was before by now, and by whom; None where all of it is left to take back."""
        mirrored = {
            (str(one.ref), one.attribute, _OPPOSITE[one.kind], stored(one.before), stored(one.after))
            for one in preparation.changes
            if one.kind in _OPPOSITE
        }
        gone = [
            one
            for one in left_by(row)
            if one.kind in _OPPOSITE
            and (one.ref, one.attribute, one.kind, one.after, one.before) not in mirrored
            and is_taken_back(row, one.after or one.before)
        ]
        refs = _refs(gone)
        if not refs:
            return None
        ended = self.walk.services.store.grants.running(submission_id=self.submission.id, states=("ended",), limit=1)
        who = "It ended by itself." if ended else self._changed_by(Ref(*gone[0].ref.split(":", 1)))
        return KeptPart(Teller(self.walk.reader).text(refs), f"Already so. {who}")

    def cut(self, row: OperationRow) -> KeptPart:
        """Say what of a row is not put back, because it was only until a day."""
        refs = _refs([one for one in left_by(row) if not is_taken_back(row, one.after or one.before)])
        return KeptPart(Teller(self.walk.reader).text(refs) if refs else row.title, FOR_A_WHILE)

    def _by_then(self, change: Change) -> Change:
        key = (str(change.ref), change.attribute)
        return replace(change, before=self.ahead[key]) if change.kind == "set" and key in self.ahead else change

    def _trouble(self, change: Change, left: Sequence[Left]) -> str:
        if change.kind == "delete":
            return self._trouble_of_made(change, left)
        own = [one for one in left if (one.ref, one.attribute) == (str(change.ref), change.attribute)]
        if change.kind == "set" and own and own[-1].after not in (stored(change.before), _SECRET):
            return self._said(change, own[-1].after)
        mirrored = (_OPPOSITE.get(change.kind), stored(change.before), stored(change.after))
        if change.kind in _OPPOSITE and own and mirrored not in [(one.kind, one.after, one.before) for one in own]:
            return self._said(change, own[-1].after)
        return ""

    def _trouble_of_made(self, change: Change, left: Sequence[Left]) -> str:
        """Return why something that the run made is not deleted: it was used or changed since."""
        entry = self.walk.reader.entry(change.ref) if change.ref is not None else None
        if entry is None:
            return ""
        if self.has_trouble:
            return "Something else of this was changed since, so what was made stays."
        if entry.attributes.get("last_logon") is not None:
            return f"“{entry.label}” has been signed in with since."
        for one in left:
            if one.kind == "set" and one.ref == str(entry.ref) and self._differs(entry, one):
                now = Change("set", entry.ref, entry.label, one.attribute, entry.attributes.get(one.attribute), None)
                return self._said(now, one.after)
        other = self._done_since(entry.ref)
        return f"“{entry.label}” was changed since: “{other.form_title}”, {self._by(other)}." if other else ""

    def _differs(self, entry: Entry, one: Left) -> bool:
        known = ATTRIBUTES.get(entry.ref.kind, {}).get(one.attribute)
        if (one.ref, one.attribute) in self.ahead or known is None:
            return False
        is_compared = known.settable or one.attribute in _COMPARED
        return is_compared and one.after not in (stored(entry.attributes.get(one.attribute)), _SECRET)

    def _done_since(self, ref: Ref) -> Submission | None:
        states = ("done", "partly_done", "unknown", "running")
        found = self.walk.services.store.submissions.list(target_id=ref.id, states=states, limit=_MOST_RECORDS)
        ended = self._ended_at()
        return next((one for one in found if one.id not in self._own and one.begun_at and one.begun_at >= ended), None)

    def _said(self, change: Change, left: Any) -> str:
        teller = Teller(self.walk.reader)
        label = attribute_label(change.ref.kind if change.ref else "", change.attribute)
        now = teller.attribute(change.attribute, change.before) or "empty"
        then = teller.attribute(change.attribute, left) or "empty"
        what = f"{label} of “{change.what}” is “{now}” now; this left “{then}”." if not _is_ref(left) else ""
        who = self._changed_by(change.ref)
        return f"{what or f'{label} of “{change.what}” was changed since.'} {who}".strip()

    def _changed_by(self, ref: Ref | None) -> str:
        """Say who changed an object since, as far as the journal knows."""
        if ref is None:
            return ""
        journal = self.walk.services.store.journal
        found = journal.search(kind="outcome", target_id=ref.id, since=self._ended_at(), limit=_MOST_RECORDS)
        for record in found:
            body = record.body
            if body.get("submission") not in self._own and _part(body, "outcome").get("code") == "done":
                login = str(_part(body, "actor").get("login", ""))
                return f"Changed by {login}, {moment(record.time, self.walk.reader.now)}."
        return "The journal does not know by whom."

    def _by(self, other: Submission) -> str:
        when = other.finished_at or other.updated_at
        return f"by {other.actor_login}, {moment(when, self.walk.reader.now)}"

    @property
    def _own(self) -> tuple[str, str]:
        return self.submission.id, self.walk.submission

    def _ended_at(self) -> datetime:
        return self.submission.finished_at or self.submission.updated_at


def _refs(left: Sequence[Left]) -> tuple[Ref, ...]:
    """Return the objects that were added or removed; nothing where some of it is no object."""
    values = [str(one.after or one.before) for one in left]
    return tuple(Ref(*text.split(":", 1)) for text in values) if all(map(_is_ref, values)) else ()


def left_by(row: OperationRow) -> tuple[Left, ...]:
    """Return the values that an operation left; none where they were not kept. Pure."""
    return tuple(_left(row.changes))


def _left(changes: Any) -> Iterator[Left]:
    for line in changes if isinstance(changes, list | tuple) else ():
        values = line.get("values") if isinstance(line, Mapping) else None
        if isinstance(values, list | tuple) and len(values) == 5:
            yield Left(*values)


def _is_ref(left: Any) -> bool:
    return isinstance(left, str) and left.partition(":")[0] in ATTRIBUTES and ":" in left


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}
