"""Answers why somebody may do something, and who can. Reads; whoever asks must hold ``access.read``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from connectors.spi import Entry, Ids, Question
from forms.definition import Form, NeedAt
from runner.access.authority import Authority
from runner.access.explanation.explaining import Explanation, decided, explanation
from runner.access.explanation.lacking import Asked
from runner.access.explanation.reversing import candidates, clients
from runner.access.form_rights import form_entry, may_satisfy
from runner.access.model import Actor, Decision, applies
from runner.access.revoking import binding_digests
from runner.delegation.named import Naming, What, Who, known_permission
from runner.delegation.reaching import WhatCan, what_can
from runner.errors import NotFoundError
from runner.pipeline.refusing import has_ended
from runner.pipeline.services import Services
from runner.store.records import Account

MOST_LISTED = 1_000
"""How many people are listed."""
MOST_LOOKED_AT = 20_000
"""How many people are decided on before an answer is cut."""
_AT_ONCE = 1_000
_MOST_GROUPS = 5_000


@dataclass(frozen=True, slots=True)
class Explained:
    """One permission with its explanation; ``on`` is what it was decided on, in words."""

    permission: str
    on: str
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Answer:
    """Why somebody may do something, or may not; ``parts`` is never empty."""

    who: Who
    what: What
    form: str | None
    parts: tuple[Explained, ...]

    @property
    def allowed(self) -> bool:
        """Whether all of it is allowed, and the desk lets them in at all."""
        return not self.who.ended and all(part.explanation.decision.allowed for part in self.parts)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who can: ``binding`` is the row that gives it; ``account`` the login here, empty when there is none."""

    label: str
    text: str
    account: str
    binding: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class WhoCan:
    """Who can do something; ``more`` says that the answer was cut, after ``looked_at`` people."""

    permission: str
    what: What
    form: str | None
    holders: tuple[Holder, ...]
    looked_at: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """The questions; ``on`` asks them of another day. Every method raises `NotFoundError` naming what is unknown."""

    services: Services
    day: date | None = None

    def on(self, day: date | None) -> "Asking":
        """Return the same questions, asked of a day; None is today."""
        return replace(self, day=day)

    @property
    def named(self) -> Naming:
        """What finds people and things by what is written."""
        return Naming(self.services)

    def now(self) -> datetime:
        """Return the moment that is asked about, in the organisation's time zone."""
        now = self.services.now()
        return datetime.combine(self.day, time(12), now.tzinfo) if self.day else now

    def explain(self, who: str, permission: str, what: str, form: str | None = None) -> Answer:
        """Explain one permission on a thing; without a permission, everything the form, or opening it, needs."""
        actor, form = self.named.who(who), self.named.form(form)
        thing = self.named.what(what, form)
        if permission:
            parts = [self._explained(actor.actor, known_permission(permission), thing, form)]
        else:
            parts = list(self._needed(actor.actor, thing, form))
        if not parts:
            raise NotFoundError("Name a permission, or a form that needs some.")
        return Answer(actor, thing, form, tuple(parts))

    def who_can(self, permission: str, what: str, form: str | None = None) -> WhoCan:
        """Return everybody who is allowed, at most `MOST_LISTED`, with the binding that gives it."""
        permission, form = known_permission(permission), self.named.form(form)
        thing = self.named.what(what, form)
        holders: list[Holder] = []
        looked_at = 0
        for actor, account in self._candidates(permission, thing, form):
            if len(holders) >= MOST_LISTED or looked_at >= MOST_LOOKED_AT:
                return WhoCan(permission, thing, form, tuple(holders), looked_at, more=True)
            looked_at += 1
            decision = self._decided(actor, permission, thing, form)
            if decision.allowed and not has_ended(actor.person, self.now()):
                holders.append(_holder(actor, account, decision))
        return WhoCan(permission, thing, form, tuple(holders), looked_at)

    def what_can(self, who: str) -> WhatCan:
        """Return what somebody can do, on how many things."""
        return what_can(self.services, self.named.who(who), self.now())

    # --- inside -----------------------------------------------------------------------------------------------------

    def _decided(self, actor: Actor, permission: str, thing: What, form: str | None) -> Decision:
        return decided(self._authority, Asked(actor, permission, thing.entry, form, self.now()))

    def _explained(self, actor: Actor, permission: str, thing: What, form: str | None) -> Explained:
        if thing.entry is not None and not applies(permission, thing.kind):
            reason = f"{permission} means nothing on a {thing.kind.replace('_', ' ')}."
            return Explained(permission, thing.label, Explanation(Decision(False, reason, None, "no_binding"), reason))
        asked = Asked(actor, permission, thing.entry, form, self.now())
        groups = self._groups(thing.entry) if thing.entry is not None else {}
        found = explanation(self._authority, asked, groups)
        if not found.decision.allowed:
            found = replace(found, notes=(*found.notes, *self._revoked(permission)))
        return Explained(permission, thing.label, found)

    def _revoked(self, permission: str) -> Iterator[str]:
        """Name the bindings with the permission that a review revoked and access.yaml still has."""
        revoked, policy = self.services.store.reviews.standing().revoked, self.services.authority.written()
        for binding, digest in zip(policy.bindings, binding_digests(policy), strict=True) if revoked else ():
            if digest in revoked and permission in policy.roles[binding.role].permissions:
                yield f'The binding "{binding.id}" has {permission}, but a review revoked it.'

    def _needed(self, actor: Actor, thing: What, form_id: str | None) -> Iterator[Explained]:
        """Yield what a form needs of somebody; on its target where that is the thing, else on anything at all."""
        form = self.services.catalogue.forms.get(form_id or (thing.entry.ref.id if thing.entry else ""))
        if form is None:
            return
        if why := self._unfit(actor, thing, form):
            yield Explained("form", form.id, Explanation(Decision(False, why, None, "not_in_scope"), why))
        for need in form.needs:
            if need.kind == "form":
                yield self._explained(actor, need.permission, What(form_entry(form.id), f"form:{form.id}"), form.id)
            elif form.target is not None and need.on == "target" and thing.kind == form.target.type:
                yield self._explained(actor, need.permission, thing, form.id)
            else:
                yield self._anywhere(actor, need, form)

    def _unfit(self, actor: Actor, thing: What, form: Form) -> str:
        """Say why the form itself lets nobody do this, whatever they hold: its state, its own limits on the target."""
        target, entry = form.target, thing.entry
        if form.status != "live":
            return f"The form {form.id} is {form.status}; only a live form is used."
        if target is None or entry is None or thing.kind == "form":
            return ""
        if thing.kind != target.type:
            return f"The form {form.id} is for a {target.type}, and this is a {thing.kind}."
        if target.within and not any(self._authority.in_set(name, entry, actor) for name in target.within):
            return f"The form {form.id} takes only what is in {' or '.join(target.within)}."
        left_out = [name for name in target.excluded if self._authority.in_set(name, entry, actor, excluding=True)]
        return f"The form {form.id} leaves out what is in {left_out[0]}." if left_out else ""

    def _anywhere(self, actor: Actor, need: NeedAt, form: Form) -> Explained:
        held = may_satisfy(self._authority, actor, need, form=form.id, now=self.now())
        kind = need.kind.replace("_", " ")
        said = f"is given on some {kind}." if held else f"is not given on any {kind}, or not in this form."
        sentence = f"{need.permission} {said}"
        decision = Decision(held, sentence, None, "allowed" if held else "no_binding")
        return Explained(need.permission, f"some {kind}", Explanation(decision, sentence))

    def _groups(self, entry: Entry) -> Mapping[str, Entry]:
        """Read the groups an object is in, by the page, so that the way into one can be told."""
        waiting = sorted(entry.groups)[:_MOST_GROUPS]
        found: dict[str, Entry] = {}
        for start in range(0, len(waiting), _AT_ONCE):
            ids = frozenset(waiting[start : start + _AT_ONCE])
            page = self.services.connectors.for_kind("group").read(Question("group", Ids(ids), limit=len(ids)))
            found |= {one.ref.id: one for one in page.entries}
        return found

    def _candidates(self, permission: str, thing: What, form: str | None) -> Iterator[tuple[Actor, Account | None]]:
        """Yield everybody who may be allowed: API clients, accounts nobody stands behind, people of the directory."""
        day = self.now().date()
        for name in clients(self._authority, permission, thing.entry, form=form, day=day):
            yield Actor(name, name, name, None, client=name), None
        accounts = self.named.accounts()
        for account in self.services.store.accounts.list():
            if account.person_id is None and not account.disabled:
                yield Actor(account.id, account.login, account.display_name, None), account
        found = candidates(self._authority, permission, thing.entry, form=form, day=day)
        for person in self.services.connectors.for_kind("user").scan("user", found):
            account_of = accounts.get(person.ref.id)
            login = person.attributes.get("login")
            yield Actor("", login if isinstance(login, str) else person.ref.id, person.label, person), account_of

    @property
    def _authority(self) -> Authority:
        return self.services.authority.current()


def _holder(actor: Actor, account: Account | None, decision: Decision) -> Holder:
    login = account.login if account is not None and not account.disabled else ""
    text = f"client:{actor.client}" if actor.client else account.login if account else actor.login
    return Holder(actor.display_name, text, login, decision.binding or "", actor.person.ref.id if actor.person else "")
