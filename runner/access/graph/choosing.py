"""Which nodes an export holds when it need not hold everything. Pure."""

from runner.access.graph.building import Built


def chosen(built: Built, *, everything: bool = False) -> frozenset[int]:
    """Return the nodes worth showing: who holds something, what can be reached, what is protected, and their groups.

    People, computers and mailboxes that no binding reaches and that hold nothing are left out, unless ``everything``.
    """
    graph, landscape = built.graph, built.landscape
    if everything:
        return frozenset(range(len(graph.nodes)))
    found = set(landscape.untouchable)
    for person, principals in landscape.principals.items():
        if principals:
            found.add(person)
    for contents in graph.contents.values():
        found.update(contents)
    found.update(edge.end for edges in graph.written.values() for edge in edges if edge.kind == "DH_ContainsHolder")
    found.update(number for number, node in enumerate(graph.nodes) if node.type not in _READ or node.kind == "DH_Group")
    return frozenset(found)


_READ = frozenset({"user", "ou", "computer", "contact", "mailbox", "mail_list", "mail_domain"})
