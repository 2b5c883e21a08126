"""The attack graph: who can reach what through Deskhand, built from the policy, the forms and one pass over the directory.

It says at most too much, never too little: a form is taken to do whatever its operations could, conditions aside.  It follows
the decisions: what is protected has no way in, and an account that holds rights only for who holds as much.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from connectors.spi import Entry, Ref
from forms.definition import Form
from runner.access.authority import Authority
from runner.access.graph.carriers import Carriers
from runner.access.graph.contents import fill
from runner.access.graph.directory import Landscape, Sought
from runner.access.graph.growth import Growth
from runner.access.graph.kinds import POWERS, EdgeKind
from runner.access.graph.model import AttackGraph, Edge, Fact, Node
from runner.access.graph.running import write_who_may_run
from runner.access.graph.slices import Slices, templates
from runner.access.holders import MANAGING
from runner.access.resolving import ResolvedSet, Row

SCANNED_KINDS = ("group", "ou", "user", "computer", "contact", "mailbox", "mail_list")
"""The kinds of object that are read, in this order."""


@dataclass(frozen=True, slots=True)
class Built:
    """A graph, with what it was made from for those who ask on: the rows by number, and who is a principal of what."""

    graph: AttackGraph
    rows: Mapping[int, Row]
    landscape: Landscape
    desk: int


def build(authority: Authority, forms: Iterable[Form], scan: Callable[[str], Iterable[Entry]], day: date) -> Built:
    """Build the graph of a day. ``scan`` yields every object of a kind, and its errors pass through."""
    return _Building(authority, tuple(forms), scan, day).built()


@dataclass(slots=True)
class _Building:
    authority: Authority
    forms: tuple[Form, ...]
    scan: Callable[[str], Iterable[Entry]]
    day: date
    graph: AttackGraph = field(default_factory=AttackGraph)
    rows: dict[int, Row] = field(default_factory=dict)

    def built(self) -> Built:
        carriers = Carriers.of(self.forms)
        landscape = Landscape(self.authority, tuple(self._wanted()), self.graph)
        for kind in SCANNED_KINDS:
            landscape.collect(self.scan(kind))
        landscape.collect(self._mail_domains())
        desk = self._add_fixed()
        slices = Slices(self.graph, landscape)
        growth = Growth(self.graph, landscape, carriers, slices)
        for row in self._active():
            number = self._add_row(row, desk)
            self._add_powers(row, number, carriers, slices, growth)
        growth.write()
        fill(self.graph, landscape, slices, self.rows, self.authority.resolved, self.day)
        write_who_may_run(self.graph, landscape, carriers, self.authority.resolved, self.rows)
        return Built(self.graph, self.rows, landscape, desk)

    def _active(self) -> Iterator[Row]:
        return (row for row in self.authority.resolved.rows if row.counts_on(self.day))

    def _used_sets(self) -> Iterator[ResolvedSet]:
        sets = self.authority.resolved.sets
        for set_id in dict.fromkeys(row.set for row in self._active()):
            if set_id in sets:
                yield sets[set_id]

    def _wanted(self) -> Iterator[Sought]:
        for resolved in self._used_sets():
            for template in templates(resolved):
                yield from (*template.seeking, *template.without)

    def _mail_domains(self) -> Iterator[Entry]:
        """Yield what no system lists: mail domains that selectors name."""
        for resolved in self._used_sets():
            for one in resolved.resources:
                for id_ in sorted(one.ids or ()) if one.written.kind == "mail_domain" else ():
                    yield Entry(Ref("mail_domain", id_), "", (), {"name": id_})

    def _add_fixed(self) -> int:
        graph = self.graph
        graph.everyone = graph.add(Node("DH_Everyone", "everyone", "all", "everyone"))
        graph.protected = graph.add(Node("DH_Protected", "protected", "all", "the protected tier"))
        for form in self.forms:
            if form.status == "live":
                graph.add(Node("DH_Form", "form", form.id, form.id))
        return graph.add(Node("DH_Desk", "desk", "deskhand", "this desk"))

    def _add_row(self, row: Row, desk: int) -> int:
        graph, policy = self.graph, self.authority.resolved.policy
        number = graph.add(Node("DH_Binding", "row", row.id, row.id, tuple(_row_facts(row))))
        self.rows[number] = row
        graph.write(Edge("DH_HoldsBinding", self._principal(row), number, row.id))
        role = policy.roles[row.role]
        facts: tuple[tuple[str, Fact], ...] = (("title", role.title), ("permissions", tuple(sorted(role.permissions))))
        graph.write(Edge("DH_GivesRole", number, graph.add(Node("DH_Role", "role", role.id, role.id, facts)), row.id))
        if row.set:
            title = policy.sets[row.set].title if row.set in policy.sets else row.set
            node = graph.add(Node("DH_ResourceSet", "set", row.set, row.set, (("title", title),)))
            graph.write(Edge("DH_ReachesSet", number, node, row.id))
        if MANAGING in row.permissions:
            graph.write(Edge("DH_CanDecideRights", number, desk, row.id))
        graph.write(Edge("DH_GivesBinding", desk, number, row.id))
        return number

    def _principal(self, row: Row) -> int:
        """Return the node of a row's principal; one that the directory does not list is there by its id alone."""
        if row.principal == "everyone":
            return self.graph.everyone
        if row.principal == "client":
            return self.graph.add(Node("DH_Client", "client", row.principal_id, row.principal_id))
        kind = "DH_User" if row.principal == "user" else "DH_Group"
        return self.graph.add(Node(kind, row.principal, row.principal_id, row.principal_id))

    def _add_powers(self, row: Row, number: int, carriers: Carriers, slices: Slices, growth: Growth) -> None:
        node = self.graph.number("set", row.set)
        resolved = self.authority.resolved.sets.get(row.set)
        if node is None or resolved is None:
            return
        parts = slices.of(resolved, node)
        growth.add(row, number, parts)
        for power in POWERS.values():
            if power.permission not in row.permissions or power.name == "DH_CanAddMember":
                continue
            forms = carriers.carrying(row, power.permission, power.on)
            for part in parts if forms else ():
                if part.template.kind == power.on:
                    kind = _approved(power, forms, carriers)
                    self.graph.write(Edge(kind, number, part.number, row.id, forms, part.keys, _told(part.keys)))


def _told(keys: tuple[tuple[int, ...], ...]) -> str:
    return "for those who have the value" if keys else ""


def _approved(power: EdgeKind, forms: tuple[str, ...], carriers: Carriers) -> str:
    """Return the kind of edge: where somebody else has to agree in every form, it leads no further."""
    if power.is_traversable and not carriers.unapproved.intersection(forms):
        return "DH_CanWithApproval"
    return power.name


def _row_facts(row: Row) -> Iterator[tuple[str, Fact]]:
    yield "binding", row.binding
    yield "role", row.role
    if row.set:
        yield "resource_set", row.set
    if row.forms is not None:
        yield "only_in_forms", tuple(sorted(row.forms))
    for name, day in (("from", row.starts), ("until", row.ends)):
        if day is not None:
            yield name, day.isoformat()
