"""The policy in force as one person may look at it: links, bindings as shown, and what the directory has behind them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connectors.errors import UnavailableError
from connectors.spi import AnyOf, Entry, Filter, Ids, InGroup, Nothing, Question
from connectors.verbs import PERMISSIONS
from runner.access.authority import Authority
from runner.access.explanation.wording import window_in_words
from runner.access.model import Actor, Binding, Policy, Principal
from runner.delegation.explorer.pages import BindingView, Count, Link, LinkKind, People, PermissionView, UseView
from runner.delegation.reviews.snapshots import uses_of
from runner.errors import NotFoundError
from runner.pipeline.authorising import NOT_FOUND
from runner.pipeline.finding import plain
from runner.pipeline.reading import Reader, label_attribute
from runner.pipeline.refusing import refuse
from runner.pipeline.services import Services
from runner.store.binding_uses import BindingUse

NOBODY = Actor("", "", "", None)
"""An actor whom no selector of one's own fits."""
MOST_SHOWN = 50
MOST_COUNTED = 1_000
"""The most objects that one question to a connector answers; beyond it there are "more"."""
_MOST_BINDINGS = 100
_KINDS: Mapping[str, LinkKind] = {"user": "person", "group": "group", "form": "form"}


@dataclass(frozen=True, slots=True)
class Survey:
    """One look at the policy in force. ``language`` is that of the titles of forms.

    ``principal_ids`` maps a binding's id and one of its principals to the id in the directory; what was not found is not
    in it.  ``uses`` are by row id, and empty where a page shows none.
    """

    services: Services
    actor: Actor
    language: str
    authority: Authority
    now: datetime
    principal_ids: Mapping[tuple[str, Principal], str]
    revoked: frozenset[Binding] = frozenset()
    uses: Mapping[str, BindingUse] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        """The policy by its names."""
        return self.authority.resolved.policy

    @property
    def reader(self) -> Reader:
        """What reads for this person, outside any form."""
        return Reader(self.services, self.actor, None, self.now)

    @property
    def written(self) -> tuple[Binding, ...]:
        """Every binding of the file, those too that a review revoked."""
        return self.services.authority.written().bindings

    def missing(self) -> NotFoundError:
        """Return the error for what is not there, recorded as the refusal that it is."""
        return refuse(self.services, self.actor, "explore access", NotFoundError(NOT_FOUND))

    # --- links

    def role(self, id_: str) -> Link:
        """Return the link to a role."""
        found = self.policy.roles.get(id_)
        return Link("role", id_, id_, found.title if found and found.title != id_ else "", missing=found is None)

    def resource_set(self, id_: str) -> Link:
        """Return the link to a resource set."""
        found = self.policy.sets.get(id_)
        return Link("set", id_, id_, found.title if found and found.title != id_ else "", missing=found is None)

    def form(self, id_: str) -> Link:
        """Return the link to a form; ``missing`` when no form of this desk has the id."""
        found = self.services.catalogue.forms.get(id_)
        return Link("form", id_, id_, plain(found.title, self.language) if found else "", missing=found is None)

    def principal(self, binding: Binding, principal: Principal) -> Link:
        """Return the link to whom a binding is for."""
        if principal.kind == "everyone":
            return Link("everyone", "", "Everyone")
        id_ = self.principal_ids.get((binding.id, principal))
        if principal.kind == "client":
            return Link("client", principal.name, principal.name)
        if binding in self.revoked:
            return Link("thing", "", principal.name)
        return Link("person" if principal.kind == "user" else "group", id_ or "", principal.name, missing=id_ is None)

    def permission(self, id_: str, through: str = "") -> PermissionView:
        """Return a permission in words."""
        return PermissionView(id_, PERMISSIONS[id_][1] if id_ in PERMISSIONS else id_, through)

    # --- bindings

    def binding(self, binding: Binding) -> BindingView:
        """Return a binding as it is shown."""
        day = self.now.date()
        over = binding.ends is not None and binding.ends < day
        ahead = binding.starts is not None and day < binding.starts
        return BindingView(
            id=binding.id,
            principals=tuple(self.principal(binding, one) for one in binding.principals),
            role=self.role(binding.role),
            sets=tuple(self.resource_set(one) for one in binding.on),
            forms=None if binding.forms is None else tuple(self.form(one) for one in sorted(binding.forms)),
            window=window_in_words(binding.starts, binding.ends),
            state="revoked" if binding in self.revoked else "over" if over else "ahead" if ahead else "",
            use=self._use(binding),
        )

    def _use(self, binding: Binding) -> UseView | None:
        count, last = uses_of(binding, self.uses)
        return UseView(last.last_used_at, last.last_actor_login, count) if last else None

    def bindings(self, chosen: Sequence[Binding]) -> tuple[tuple[BindingView, ...], int]:
        """Return the first hundred of them as they are shown, and how many were left out."""
        return tuple(map(self.binding, chosen[:_MOST_BINDINGS])), max(0, len(chosen) - _MOST_BINDINGS)

    def is_active(self, binding: Binding) -> bool:
        """Say whether the binding counts today."""
        day = self.now.date()
        return (binding.starts is None or binding.starts <= day) and (binding.ends is None or day <= binding.ends)

    # --- the directory

    def behind(self, bindings: Iterable[Binding]) -> Filter:
        """Return the search for everybody these bindings are for, by more than being everyone; clients are nobody."""
        users: set[str] = set()
        groups: set[str] = set()
        for binding in bindings:
            for principal in binding.principals:
                id_ = self.principal_ids.get((binding.id, principal))
                if id_ and principal.kind in ("user", "group"):
                    (users if principal.kind == "user" else groups).add(id_)
        parts: list[Filter] = [InGroup(group) for group in sorted(groups)]
        if users:
            parts.append(Ids(frozenset(users)))
        return AnyOf(tuple(parts)) if parts else Nothing()

    def people(self, filter_: Filter) -> People:
        """Count people, and name the first of them by the alphabet."""
        found = self.objects("user", filter_)
        return found if found is not None else People(Count(0, more=True), ())

    def objects(self, kind: str, filter_: Filter, most: int = MOST_SHOWN) -> People | None:
        """Count objects of a kind and name the first of them; None when they are too many to be asked for."""
        if isinstance(filter_, Nothing) or kind not in self.services.connectors.kinds:
            return People(Count(0), ())
        sort = label_attribute(kind)
        try:
            page = self.reader.ask(Question(kind, filter_, sort=sort, limit=MOST_COUNTED))
        except UnavailableError:
            return None
        return People(Count(len(page.entries), page.more), tuple(map(self.thing, page.entries[:most])))

    def found(self, kind: str, text: str, search: tuple[str, ...], filter_: Filter, limit: int) -> Sequence[Entry]:
        """Return objects found by typed words, by the alphabet."""
        if kind not in self.services.connectors.kinds or isinstance(filter_, Nothing):
            return ()
        question = Question(kind, filter_, text=text, search=search, sort=label_attribute(kind), limit=limit)
        return self.reader.ask(question).entries

    def entry(self, kind: str, id_: str) -> Entry | None:
        """Read one object wherever it is; whoever may see who may do what may see whom it is about."""
        if kind not in self.services.connectors.kinds:
            return None
        return next(iter(self.found(kind, "", (), Ids(frozenset({id_})), 1)), None)

    def thing(self, entry: Entry) -> Link:
        """Return the link to an object; its detail is the login, the address or what describes it."""
        names = ("login", "address", "description", "mail")
        detail = next((text for name in names if isinstance(text := entry.attributes.get(name), str) and text), "")
        kind = _KINDS.get(entry.ref.kind, "thing")
        return Link(kind, entry.ref.id, entry.label, "" if detail == entry.label else detail)


def survey(services: Services, actor: Actor, language: str, *, with_uses: bool = False) -> Survey:
    """Look at the policy in force now; raises `connectors.errors.ConnectorError` when the directory cannot be asked."""
    authority = services.authority.current()
    uses = services.store.binding_uses.all() if with_uses else {}
    revoked = frozenset(services.authority.written().bindings) - frozenset(authority.resolved.policy.bindings)
    return Survey(services, actor, language, authority, services.now(), _principal_ids(authority), revoked, uses)


def _principal_ids(authority: Authority) -> Mapping[tuple[str, Principal], str]:
    found: dict[tuple[str, Principal], str] = {}
    ids = {}
    for row in authority.resolved.rows:
        ids[row.id.removesuffix(f"/{row.set}") if row.set else row.id] = row.principal_id
    for binding in authority.resolved.policy.bindings:
        for principal in binding.principals:
            id_ = ids.get(f"{binding.id}/{principal}")
            if id_:
                found[binding.id, principal] = id_
    return found
