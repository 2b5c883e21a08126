"""Count everything there is: one scan of the connectors into a `runner.access.census.Census`. Reads; records nothing.

For whoever checks a policy against a whole directory: administrators on the command line, the graph, the explorer.
Nobody is shown it who may not see who may do what.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from connectors.errors import UnavailableError
from connectors.spi import Entry, Everything, Ref, Value
from runner.access.authority import MARKS
from runner.access.census import Census
from runner.access.form_rights import form_entry
from runner.access.model import ActorValue, Policy
from runner.pipeline.services import ConnectorSet

MOST_OBJECTS = 2_000_000
"""More than that is not counted: it would not fit into memory."""


def take_census(
    connectors: ConnectorSet,
    policies: Iterable[Policy] = (),
    forms: Iterable[str] = (),
    *,
    attributes: Collection[str] = (),
    most: int = MOST_OBJECTS,
) -> Census:
    """Count every object the connectors serve, the mail domains that are in use or written, and these forms.

    Of each object is kept what the policies compare, and ``attributes``.  A mailbox has the groups of its owner, as in
    every decision.  Raises `connectors.errors.ConnectorError` when a system cannot be asked, and `UnavailableError`
    when there are more than ``most`` objects: half a census would be a wrong one.
    """
    written = tuple(policies)
    kept = frozenset(attributes).union(MARKS, *(compared(policy) for policy in written))
    counted = _Counted(connectors, most)
    domains = (Entry(Ref("mail_domain", name), "", (), {"name": name}) for name in _written_domains(written))
    entries = (*domains, *map(form_entry, forms))
    return Census.of(_joined(counted.everything(), entries), kept)


def compared(policy: Policy) -> Iterator[str]:
    """Yield the attributes that decide something in a policy: of things, and of whoever asks."""
    for resource_set in policy.sets.values():
        for selector in (*resource_set.resources, *resource_set.excluded):
            for name, value in selector.match:
                yield name
                if isinstance(value, ActorValue):
                    yield value.attribute


def _joined(*parts: Iterable[Entry]) -> Iterator[Entry]:
    for part in parts:
        yield from part


def _written_domains(policies: Iterable[Policy]) -> Iterator[str]:
    sets = (resource_set for policy in policies for resource_set in policy.sets.values())
    for resource_set in sets:
        for selector in (*resource_set.resources, *resource_set.excluded):
            if selector.kind == "mail_domain":
                yield from (text.lower() for text in selector.ids or ())


class _Counted:
    """Scans kind after kind, people first since mailboxes are in the groups of their owners."""

    def __init__(self, connectors: ConnectorSet, most: int) -> None:
        self._connectors, self._left = connectors, most
        self._groups: dict[str, tuple[frozenset[str], Value]] = {}
        self._domains: dict[str, None] = {}

    def everything(self) -> Iterator[Entry]:
        owned = [kind for kind in ("mailbox", "mail_list") if kind in self._connectors.kinds]
        others = [kind for kind in self._connectors.kinds if kind not in ("user", *owned)]
        for entry in self._scanned("user"):
            self._groups[entry.ref.id] = entry.groups, entry.attributes.get("groups")
            yield entry
        for kind in others:
            yield from self._scanned(kind)
        for kind in owned:
            yield from map(self._with_owner, self._scanned(kind))
        yield from (Entry(Ref("mail_domain", name), "", (), {"name": name}) for name in self._domains)

    def _scanned(self, kind: str) -> Iterator[Entry]:
        if kind not in self._connectors.kinds:
            return
        for entry in self._connectors.for_kind(kind).scan(kind, Everything()):
            self._left -= 1
            if self._left < 0:
                raise UnavailableError("There are more objects than can be looked at together.")
            yield entry

    def _with_owner(self, entry: Entry) -> Entry:
        address, owner = entry.attributes.get("address"), entry.attributes.get("owner")
        if isinstance(address, str) and "@" in address:
            self._domains.setdefault(address.rpartition("@")[2].lower())
        found = self._groups.get(owner.id) if isinstance(owner, Ref) else None
        if found is None:
            return entry
        groups, direct = found
        return replace(entry, groups=groups, attributes={**entry.attributes, "groups": direct})
