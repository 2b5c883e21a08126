"""Who may run which form: who holds every permission it needs, on something. Pure."""

from collections.abc import Iterable, Mapping

from runner.access.graph.carriers import Carriers
from runner.access.graph.directory import Landscape
from runner.access.graph.model import AttackGraph, Edge
from runner.access.model import applies
from runner.access.resolving import ResolvedPolicy, Row

_Need = tuple[str, str]


def write_who_may_run(
    graph: AttackGraph, landscape: Landscape, carriers: Carriers, resolved: ResolvedPolicy, rows: Mapping[int, Row]
) -> None:
    """Write an edge from every principal whose rows are enough for a form, with those that everybody has.

    People for whom only several principals together are enough have edges of their own.
    """
    running = _Running(graph, carriers, resolved)
    by_principal: dict[int, list[Row]] = {graph.everyone: []}
    for row in rows.values():
        by_principal.setdefault(_principal(graph, row), []).append(row)
    everyone = running.forms_of(by_principal[graph.everyone])
    may: dict[int, frozenset[str]] = {graph.everyone: everyone}
    for principal, held in by_principal.items():
        if principal != graph.everyone:
            shared = [] if graph.nodes[principal].kind == "DH_Client" else by_principal[graph.everyone]
            may[principal] = running.forms_of([*held, *shared]) - (everyone if shared else frozenset())
    for principal, forms in may.items():
        running.write(principal, forms)
    _write_combined(graph, landscape, running, by_principal, may)


def _write_combined(
    graph: AttackGraph,
    landscape: Landscape,
    running: "_Running",
    by_principal: Mapping[int, list[Row]],
    may: Mapping[int, frozenset[str]],
) -> None:
    known: dict[frozenset[int], frozenset[str]] = {}
    for person, ids in landscape.principals.items():
        numbers = (graph.number(type_, id_) for id_ in ids for type_ in ("group", "user"))
        mine = frozenset(number for number in numbers if number is not None and number in by_principal)
        if len(mine) < 2:
            continue
        if mine not in known:
            held = [row for number in (*sorted(mine), graph.everyone) for row in by_principal[number]]
            alone = frozenset[str]().union(may[graph.everyone], *(may[number] for number in mine))
            known[mine] = running.forms_of(held) - alone
        running.write(person, known[mine])


class _Running:
    def __init__(self, graph: AttackGraph, carriers: Carriers, resolved: ResolvedPolicy) -> None:
        self._graph, self._carriers, self._resolved = graph, carriers, resolved
        self._provided: dict[tuple[object, ...], frozenset[tuple[str, _Need]]] = {}

    def forms_of(self, rows: Iterable[Row]) -> frozenset[str]:
        """Return the forms for which rows are enough."""
        provided = frozenset[tuple[str, _Need]]().union(*(self._of_row(row) for row in rows))
        return frozenset(
            form for form, needs in self._carriers.needs.items() if all((form, need) in provided for need in needs)
        )

    def _of_row(self, row: Row) -> frozenset[tuple[str, _Need]]:
        kinds = self._kinds(row)
        key = (row.permissions, row.forms, kinds)
        if key not in self._provided:
            self._provided[key] = frozenset(
                (form, need)
                for form, needs in self._carriers.needs.items()
                if row.counts_in(form)
                for need in needs
                if need[0] in row.permissions and (not need[1] or need[1] in kinds or applies(need[0], ""))
            )
        return self._provided[key]

    def _kinds(self, row: Row) -> frozenset[str]:
        found = self._resolved.sets.get(row.set)
        closed = {one.written.kind for one in found.excluded if one.missing} if found else set()
        return (
            frozenset(one.written.kind for one in found.resources if not one.missing) - closed if found else frozenset()
        )

    def write(self, start: int, forms: Iterable[str]) -> None:
        """Write an edge to each of the forms."""
        for form in sorted(forms):
            end = self._graph.number("form", form)
            if end is not None:
                self._graph.write(Edge("DH_MayRun", start, end))


def _principal(graph: AttackGraph, row: Row) -> int:
    number = graph.everyone if row.principal == "everyone" else graph.number(row.principal, row.principal_id)
    return graph.everyone if number is None else number
