"""What somebody can do: each permission with how many things it reaches, a few of them, and the bindings. Reads."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from connectors.spi import Filter, Nothing, Question
from connectors.verbs import PERMISSIONS
from runner.access.authority import Authority
from runner.access.explanation.lacking import window_of, word
from runner.access.explanation.wording import plural
from runner.access.form_rights import form_entry
from runner.access.resolving import Row
from runner.delegation.named import Who
from runner.pipeline.reading import Reader, label_attribute
from runner.pipeline.services import Services

MOST_COUNTED = 1_000
"""Up to how many things are counted exactly."""
_EXAMPLES = 3
_OPAQUE = ("mail_domain", "form")


@dataclass(frozen=True, slots=True)
class Reach:
    """On how many things: ``count`` is exact unless there are ``more``; None where there is nothing to count.

    ``ids`` holds those that were counted.
    """

    count: int | None
    more: bool = False
    examples: tuple[str, ...] = ()
    ids: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class Can:
    """One permission on one kind of thing (empty: the installation), in one form or, with None, everywhere.

    ``rows`` are the ids of those that give it, ``windows`` the days of those that do not count for ever.
    """

    permission: str
    meaning: str
    kind: str
    form: str | None
    reach: Reach
    rows: tuple[str, ...]
    windows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhatCan:
    """All that somebody can do on a day; ``other_days`` are rows of theirs that do not count on it."""

    who: Who
    lines: tuple[Can, ...]
    other_days: tuple[Row, ...] = ()


def what_can(services: Services, who: Who, now: datetime) -> WhatCan:
    """Return what somebody can do at a moment; nothing at all for who is let in no more."""
    authority = services.authority.current()
    rows = authority.view(who.actor).rows
    later = tuple(row for row in rows if not row.counts_on(now.date()))
    if who.ended:
        return WhatCan(who, (), later)
    counting = _Counting(services, Reader(services, who.actor, None, now))
    permissions = sorted(authority.permissions_of(who.actor, now))
    lines = (line for permission in permissions for line in _lines(counting, authority, who, permission, now))
    return WhatCan(who, tuple(lines), later)


def _lines(counting: "_Counting", authority: Authority, who: Who, permission: str, now: datetime) -> Iterator[Can]:
    rows = [row for row in authority.bindings_of(who.actor, now) if permission in row.permissions]
    forms = sorted({form for row in rows for form in row.forms or ()})
    kinds, meaning = PERMISSIONS[permission]
    for kind in kinds:
        everywhere: Filter | Reach | None = None
        for form in (None, *forms):
            here = _giving(authority, who, permission, kind, rows, form, now)
            if not here:
                continue
            reach = counting.reach(permission, kind, form) if kind else Reach(None)
            scope = counting.scope(permission, kind, form) if reach.more else reach
            if reach.count == 0 or scope == everywhere:
                continue
            everywhere = scope if form is None else everywhere
            windows = tuple(dict.fromkeys(filter(None, map(window_of, here))))
            yield Can(permission, meaning, kind, form, reach, tuple(row.id for row in here), windows)


def _giving(
    authority: Authority, who: Who, permission: str, kind: str, rows: list[Row], form: str | None, now: datetime
) -> list[Row]:
    """Return the rows that give a permission on a kind in a form; in one, only when one of them is for that form."""
    if kind:
        active = {
            grant.row.id
            for grant in authority.view(who.actor).grants(permission, kind)
            if grant.is_active(form, now.date())
        }
        here = [row for row in rows if row.id in active]
    else:
        here = [row for row in rows if row.counts_in(form)]
    return here if form is None or any(row.forms for row in here) else []


@dataclass(slots=True)
class _Counting:
    """Counts what scopes hold; equal ones are counted once."""

    services: Services
    reader: Reader
    _known: dict[tuple[str, Filter], Reach] = field(default_factory=dict)

    def reach(self, permission: str, kind: str, form: str | None) -> Reach:
        if kind in _OPAQUE:
            return self._opaque(permission, kind, form)
        if kind not in self.services.connectors.kinds:
            return Reach(0)
        scope = self.scope(permission, kind, form)
        if isinstance(scope, Nothing):
            return Reach(0)
        if (kind, scope) not in self._known:
            self._known[kind, scope] = self._read(kind, scope)
        return self._known[kind, scope]

    def scope(self, permission: str, kind: str, form: str | None) -> Filter:
        authority = self.services.authority.current()
        return authority.scope(self.reader.actor, (permission,), kind, form=form, now=self.reader.now)

    def _read(self, kind: str, scope: Filter) -> Reach:
        page = self.reader.ask(Question(kind, scope, sort=label_attribute(kind), limit=MOST_COUNTED))
        examples = tuple(entry.label for entry in page.entries[:_EXAMPLES])
        return Reach(len(page.entries), page.more, examples, frozenset(entry.ref.id for entry in page.entries))

    def _opaque(self, permission: str, kind: str, form: str | None) -> Reach:
        """Count forms one by one; mail domains are those the sets name, or all there are."""
        authority, actor, now = self.services.authority.current(), self.reader.actor, self.reader.now
        if kind == "form":
            held = [
                name
                for name in sorted(self.services.catalogue.forms)
                if authority.decide(actor, permission, form_entry(name), form=form, now=now).allowed
            ]
            return Reach(len(held), examples=tuple(held[:_EXAMPLES]), ids=frozenset(held))
        grants = [one for one in authority.view(actor).grants(permission, kind) if one.is_active(form, now.date())]
        if any(grant.selector.ids is None for grant in grants):
            return Reach(None)
        names = sorted({name for grant in grants for name in grant.selector.ids or ()})
        return Reach(len(names), examples=tuple(names[:_EXAMPLES]), ids=frozenset(names))


def counted(reach: Reach, kind: str) -> str:
    """Say on how many things: ``12 people, such as Alice Doe, Bob Roe``; ``the group APP-Visio``. Pure."""
    if not kind:
        return "the desk as a whole"
    if reach.count is None:
        return f"all {plural(kind)}"
    if reach.count == 1 and reach.examples:
        return f"the {word(kind)} {reach.examples[0]}"
    count = f"more than {MOST_COUNTED:,}" if reach.more else f"{reach.count:,}"
    examples = f", such as {', '.join(reach.examples)}" if reach.examples else ""
    return f"{count} {plural(kind)}{examples}"
