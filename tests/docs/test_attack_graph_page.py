"""The page on the attack graph names every kind there is, and its queries name nothing else."""

import re
from pathlib import Path

from runner.access.graph.kinds import EDGE_KINDS, NODE_KINDS

PAGE = (Path(__file__).parents[2] / "docs" / "attack-graph.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"^```cypher\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
PROPERTIES = {"name", "login", "protected", "holds_rights", "binding", "forms", "distinguishedname", "also_needed"}


def test_the_tables_are_those_of_the_program() -> None:
    for kind in NODE_KINDS.values():
        assert f"| `{kind.name}` | {kind.word} | {kind.meaning} |\n" in PAGE
    for edge in EDGE_KINDS.values():
        permission = f"`{edge.permission}`" if edge.permission else ""
        traversable = "yes" if edge.is_traversable else ""
        assert f"| `{edge.name}` | {edge.meaning} | {permission} | {traversable} |\n" in PAGE
    assert set(re.findall(r"^\| `(DH_\w+)`", PAGE, re.MULTILINE)) == {*NODE_KINDS, *EDGE_KINDS}


def test_the_queries_name_kinds_and_properties_that_there_are() -> None:
    assert len(QUERIES) >= 8
    for query in QUERIES:
        assert re.match(r"MATCH .*RETURN ", query, re.DOTALL), query
        assert all(query.count(one) == query.count(other) for one, other in ("()", "[]")), query
        nodes = re.findall(r"\(\w*:(\w+)\)", query)
        edges = [kind for kinds in re.findall(r"\[\w*:([\w|]+)(?:\*[\d.]*)?\]", query) for kind in kinds.split("|")]
        assert set(nodes) <= {*NODE_KINDS, "User"}, query
        assert set(edges) <= set(EDGE_KINDS), query
        assert set(re.findall(r"DH_\w+", query)) == {name for name in (*nodes, *edges) if name != "User"}, query
        assert set(re.findall(r"\b[a-z]\.([a-z_]+)", query)) <= PROPERTIES, query
