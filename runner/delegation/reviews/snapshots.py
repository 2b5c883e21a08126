"""Take down a binding as it stands: who is behind it, what it reaches, when it was used. Reads the directory.

A snapshot is the JSON that a review keeps and its export shows as evidence; `binding_view` reads it back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from connectors.errors import RejectedError, UnavailableError
from connectors.spi import Filter, InGroup
from runner.access.authority import Authority
from runner.access.model import Actor, Binding, Policy, Principal, ResourceSet
from runner.delegation.reviews.pages import BindingView, CountView, PrincipalView, SetView
from runner.journal.records import JSON, timestamp
from runner.pipeline.reading import Reader
from runner.pipeline.services import Services
from runner.store.binding_uses import BindingUse

MOST_COUNTED = 10_000
"""The most people or things that are counted one by one; beyond that a snapshot says "more"."""
_NOBODY = Actor("", "", "", None)


def row_ids(binding: Binding) -> Iterator[str]:
    """Yield the ids ``binding/principal/set`` under which the journal names a binding. Pure."""
    for principal in binding.principals:
        yield from _row_ids(binding, principal)


def _row_ids(binding: Binding, principal: Principal) -> Iterator[str]:
    for set_id in binding.on or ("",):
        yield "/".join(part for part in (binding.id, str(principal), set_id) if part)


def uses_of(binding: Binding, uses: Mapping[str, BindingUse]) -> tuple[int, BindingUse | None]:
    """Return how often a binding allowed something, and the last time. Pure."""
    found = [uses[id_] for id_ in dict.fromkeys(row_ids(binding)) if id_ in uses]
    return sum(use.count for use in found), max(found, key=lambda use: use.last_seq, default=None)


@dataclass(frozen=True, slots=True)
class Snapshots:
    """Takes down bindings of one policy; what several of them share is counted once.

    ``uses`` and ``principal_ids`` are by row id ``binding/principal/set``.
    """

    services: Services
    policy: Policy
    authority: Authority
    uses: Mapping[str, BindingUse]
    principal_ids: Mapping[str, str]
    _counts: dict[tuple[str, str], tuple[int, bool]] = field(default_factory=dict)

    def take(self, binding: Binding, digest: str) -> Mapping[str, JSON]:
        """Return a binding as it stands; raises `connectors.errors.ConnectorError` when a system cannot be asked."""
        role = self.policy.roles[binding.role]
        count, last = uses_of(binding, self.uses)
        return {
            "binding": binding.id,
            "digest": digest,
            "role": {"id": role.id, "title": role.title, "permissions": sorted(role.permissions)},
            "principals": [self._principal(one, binding) for one in binding.principals],
            "sets": [self._set(self.policy.sets[name]) for name in binding.on],
            "forms": None if binding.forms is None else sorted(binding.forms),
            "from": binding.starts.isoformat() if binding.starts else None,
            "until": binding.ends.isoformat() if binding.ends else None,
            "uses": {
                "count": count,
                "last_used_at": timestamp(last.last_used_at) if last else None,
                "last_used_by": last.last_actor_login if last else None,
                "record": last.last_seq if last else None,
            },
        }

    def _principal(self, principal: Principal, binding: Binding) -> JSON:
        id_ = self._id(principal, binding)
        people: int | None = None
        more = False
        if principal.kind == "user":
            people = 1 if id_ else 0
        elif principal.kind == "group":
            people, more = self._count("user", InGroup(id_), f"group {id_}") if id_ else (0, False)
        elif principal.kind == "everyone":
            people = self._accounts()
        return {"kind": principal.kind, "name": principal.name, "id": id_, "people": people, "more": more}

    def _id(self, principal: Principal, binding: Binding) -> str | None:
        """Return the id of the person or group that the policy means, as it was resolved; else who is called so now."""
        found = (self.principal_ids[id_] for id_ in _row_ids(binding, principal) if id_ in self.principal_ids)
        if (known := next(found, None)) is not None:
            return known or None
        return located(self.services, principal)

    def _accounts(self) -> int:
        """Return how many may sign in."""
        if ("", "accounts") not in self._counts:
            enabled = sum(not account.disabled for account in self.services.store.accounts.list())
            self._counts["", "accounts"] = enabled, False
        return self._counts["", "accounts"][0]

    def _set(self, written: ResourceSet) -> JSON:
        depends = any(selector.needs_actor for selector in (*written.resources, *written.excluded))
        counts = [self._counted(written, kind, depends) for kind in sorted(written.kinds)]
        return {"id": written.id, "title": written.title, "counts": counts}

    def _counted(self, written: ResourceSet, kind: str, depends: bool) -> JSON:
        if depends or kind not in self.services.connectors.kinds:
            return {"kind": kind, "count": None, "more": False}
        reader = Reader(self.services, _NOBODY, None, self.services.now())
        try:
            wanted = reader.for_system(kind, self.authority.set_filter(written.id, kind, _NOBODY))
        except UnavailableError:
            return {"kind": kind, "count": None, "more": False}
        count, more = self._count(kind, wanted, f"set {written.id}")
        return {"kind": kind, "count": count, "more": more}

    def _count(self, kind: str, wanted: Filter, name: str) -> tuple[int, bool]:
        if (kind, name) not in self._counts:
            found = self.services.connectors.for_kind(kind).scan(kind, wanted)
            number = sum(1 for _ in islice(found, MOST_COUNTED + 1))
            self._counts[kind, name] = min(number, MOST_COUNTED), number > MOST_COUNTED
        return self._counts[kind, name]


def snapshots_of(services: Services) -> Snapshots:
    """Return what takes down the bindings that stand in the policy now."""
    authority = services.authority.current()
    principal_ids = {row.id: row.principal_id for row in authority.resolved.rows}
    return Snapshots(
        services, services.authority.written(), authority, services.store.binding_uses.all(), principal_ids
    )


def located(services: Services, principal: Principal) -> str | None:
    """Return the id of the person or group that is called so now, None when there is none or it is neither."""
    if principal.kind not in ("user", "group"):
        return None
    try:
        ref = services.connectors.for_kind(principal.kind).locate(principal.name, principal.kind)
    except RejectedError:
        return None
    return ref.id if ref else None


def binding_view(snapshot: Mapping[str, Any]) -> BindingView:
    """Return a snapshot as it is shown. Pure."""
    role, uses = snapshot["role"], snapshot["uses"]
    return BindingView(
        binding=snapshot["binding"],
        digest=snapshot["digest"],
        role=role["id"],
        role_title=role["title"],
        permissions=tuple(role["permissions"]),
        principals=tuple(
            PrincipalView(one["kind"], one["name"], one["people"], one["more"]) for one in snapshot["principals"]
        ),
        sets=tuple(SetView(one["id"], one["title"], _count_views(one["counts"])) for one in snapshot["sets"]),
        forms=None if snapshot["forms"] is None else tuple(snapshot["forms"]),
        starts=_day(snapshot["from"]),
        ends=_day(snapshot["until"]),
        uses=uses["count"],
        last_used_at=datetime.fromisoformat(uses["last_used_at"]) if uses["last_used_at"] else None,
        last_used_by=uses["last_used_by"] or "",
    )


def _count_views(counts: Sequence[Mapping[str, Any]]) -> tuple[CountView, ...]:
    return tuple(CountView(one["kind"], one["count"], one["more"]) for one in counts)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
