"""`access graph` and `access paths`: the file, the journal, the exit codes, what is said when nothing is found."""

import json
import stat
from pathlib import Path

from jsonschema import Draft202012Validator

from tests.runner.cli.commands import ROOT, deskhand, process
from tests.runner.delegation import opengraph_rules

FIXTURE = ROOT / "forms" / "library" / "fixtures" / "sample-company.yaml"


def test_the_graph_is_written_whole_for_its_owner_only_and_recorded(company: Path, tmp_path: Path) -> None:
    file = tmp_path / "graph.json"
    done = deskhand("access", "graph", "-o", file, "--all", "--desk", company)
    assert done.code == 0, done.text
    data = json.loads(file.read_bytes())
    Draft202012Validator(opengraph_rules.GRAPH).validate(data)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = deskhand("journal", "list", "--kind", "export", "--desk", company, "--json")
    body = json.loads(found.out.splitlines()[0])
    assert body["operation"] == "export access graph"
    assert body["nodes"] == len(data["graph"]["nodes"])
    assert body["edges"] == len(data["graph"]["edges"])
    assert f"{body['edges']:,} edges written" in done.err


def test_without_all_people_whom_nothing_reaches_are_left_out(company: Path) -> None:
    few, all_ = (deskhand("access", "graph", *more, "--desk", company).json for more in ((), ("--all",)))
    ids = [{node["id"] for node in data["graph"]["nodes"]} for data in (few, all_)]
    assert ids[0] < ids[1]


def test_expanded_there_is_an_edge_from_person_to_person(company: Path) -> None:
    data = deskhand("access", "graph", "--expand", "--desk", company).json
    people = {node["id"] for node in data["graph"]["nodes"] if node["kinds"] == ["DH_User"]}
    direct = [
        edge for edge in data["graph"]["edges"] if edge["start"]["value"] in people and edge["end"]["value"] in people
    ]
    assert "DH_CanUnlock" in {edge["kind"] for edge in direct}
    assert all(edge["properties"]["forms"] == ["unlock-account"] for edge in direct if edge["kind"] == "DH_CanUnlock")


def test_a_file_that_cannot_be_written_leaves_nothing_behind(company: Path, tmp_path: Path) -> None:
    done = deskhand("access", "graph", "-o", tmp_path / "no" / "graph.json", "--desk", company)
    assert done.code == 3
    assert list(tmp_path.glob("*.json")) == []


def test_the_definition_of_kinds_needs_no_desk(tmp_path: Path) -> None:
    done = deskhand("access", "graph", "--definition", "--desk", tmp_path)
    assert done.code == 0, done.text
    Draft202012Validator(opengraph_rules.DEFINITION).validate(done.json)


def test_the_same_company_gives_the_same_file_in_every_process() -> None:
    usual = deskhand("access", "graph", "--fixture", FIXTURE)
    other = process("access", "graph", "--fixture", FIXTURE, PYTHONHASHSEED="7")
    assert usual.code == other.code == 0, other.text
    assert usual.out == other.out


def test_no_path_is_exit_0_and_says_how_far_one_gets() -> None:
    done = deskhand("access", "paths", "--from", "everyone", "--to", "protected", "--fixture", FIXTURE)
    assert done.code == 0, done.text
    assert "No path leads from everyone to the protected tier." in done.out


def test_a_path_is_exit_1_and_told_step_by_step(company: Path) -> None:
    asked = ("access", "paths", "--from", "agent.rotterdam", "--to", "role:branch-desk", "--desk", company)
    done = deskhand(*asked)
    assert done.code == 1, done.text
    assert "agent.rotterdam" in done.out
    assert "gives the role branch-desk" in done.out
    page = deskhand(*asked, "--all", 1, "--json").json
    assert len(page["paths"]) == 1
    assert [step["kind"] for step in page["paths"][0]["steps"]][-1] == "DH_GivesRole"


def test_an_end_that_is_not_known_is_wrong_usage(company: Path) -> None:
    done = deskhand("access", "paths", "--from", "alise", "--to", "protected", "--desk", company)
    assert done.code == 2
    assert 'Did you mean "alice"?' in done.err
