"""The attack graph of the sample company: what it says, what it writes for BloodHound, and what it costs."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from connectors.local.connector import LocalDirectory
from connectors.mailbox.connector import MailboxStub
from connectors.registry import Connectors
from connectors.spi import Entry, Everything, Ref
from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from forms.definition import Catalogue
from runner.access.graph.building import Built, build
from runner.access.graph.carriers import Carriers
from runner.access.graph.choosing import chosen
from runner.access.graph.expanding import Expanding
from runner.access.graph.kinds import POWERS
from runner.access.graph.paths import search
from runner.access.lists import with_lists
from runner.access.model import Actor
from runner.access.reading import read_access
from runner.delegation.census import take_census
from runner.delegation.graphs.graphing import paths_in, scanning
from runner.delegation.graphs.opengraph import definition, pieces
from runner.policy.keeping import PolicyKeeper
from runner.sample.loading import load_company
from tests.runner.delegation import opengraph_rules

LIBRARY = Path(__file__).parents[3] / "forms" / "library"
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


class Company:
    def __init__(self, folder: Path) -> None:
        urls = (f"sqlite:///{folder / 'directory.db'}", f"sqlite:///{folder / 'mailbox.db'}")
        load_company(*urls, now=NOW)
        files = {file.relative_to(LIBRARY).as_posix(): file.read_bytes() for file in LIBRARY.rglob("*.yaml")}
        self.catalogue: Catalogue = load_catalogue(files, {**DIRECTORY_VERBS, **MAILBOX_VERBS})[0]
        policy = with_lists(read_access("access.yaml", files["access.yaml"])[0], self.catalogue.lists)
        self.connectors = Connectors({"directory": LocalDirectory(urls[0]), "mailbox": MailboxStub(urls[1])})
        self.authority = PolicyKeeper(policy, b"", self.connectors).current()
        began = time.process_time()
        self.built: Built = self.graph()
        self.seconds = time.process_time() - began

    def graph(self) -> Built:
        return build(self.authority, self.catalogue.forms.values(), scanning(self.connectors), NOW.date())

    def person(self, login: str) -> Entry:
        ref = self.connectors.for_kind("user").locate(login, "user")
        assert ref is not None
        found = self.connectors.for_kind("user").scan("user", Everything())
        return next(entry for entry in found if entry.ref == ref)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    made = Company(tmp_path_factory.mktemp("sample"))
    yield made
    for connector in made.connectors.all():
        connector.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("goal", ["protected", "rights", "Domain Admins", "bob", "role:identity-lead", "set:all-staff"])
def test_an_ordinary_employee_of_the_sample_company_gets_nowhere(company: Company, goal: str) -> None:
    page = paths_in(company.built, "everyone", goal)
    assert page.trouble == ""
    assert page.paths == ()


def test_nobody_of_the_sample_company_gets_into_the_protected_tier(company: Company) -> None:
    for person in company.built.landscape.principals:
        if person not in company.built.landscape.untouchable:
            assert company.built.graph.protected not in search(company.built.graph, [person]).levels


def test_a_branch_desk_reaches_its_own_branch_in_two_steps_and_no_other(company: Company) -> None:
    page = paths_in(company.built, "agent.utrecht", "bob")
    assert [step.kind for step in page.paths[0].steps] == ["DH_MemberOf", "DH_CanResetPassword"]
    assert [node.word for node in page.paths[0].nodes] == ["person", "group", "person"]
    assert page.paths[0].steps[1].forms == ("reset-password",)
    assert (
        "binding desk-utrecht/group:SD-Utrecht/utrecht, in the form reset-password" in page.paths[0].steps[1].sentence
    )
    assert paths_in(company.built, "agent.utrecht", "alice").paths == ()
    assert paths_in(company.built, "firstline", "lead").paths == ()


def test_ends_that_are_not_known_are_answered_in_a_sentence(company: Company) -> None:
    assert paths_in(company.built, "ledd", "bob").trouble.endswith('Did you mean "lead"?')
    assert 'no live form "reset"' in paths_in(company.built, "lead", "bob", form="reset").trouble
    assert "There is nothing called" in paths_in(company.built, "lead", "set:nothing").trouble
    assert "resource name" in paths_in(company.built, "desk:nonsense", "bob").trouble
    name = f"desk:directory:users:{company.person('lead').ref.id}"
    assert paths_in(company.built, name, "bob").paths


def test_what_is_protected_has_no_power_leading_to_it(company: Company) -> None:
    untouchable = company.built.landscape.untouchable
    assert len(untouchable) > 10
    leading = {edge.kind for edge in company.built.graph.edges() if edge.end in untouchable}
    assert not leading & {"DH_Contains", "DH_ContainsHolder", *POWERS}


def test_every_power_that_is_decided_is_foreseen_by_the_collapsed_graph(company: Company) -> None:
    census = take_census(company.connectors, (company.authority.resolved.policy,))
    carriers = Carriers.of(company.catalogue.forms.values())
    expanding = Expanding(company.authority, carriers, census, company.built.graph, NOW)
    for login in ("agent.utrecht", "firstline", "keyuser.sales", "lead"):
        entry = company.person(login)
        start = company.built.graph.number("user", entry.ref.id)
        assert start is not None
        reached = search(company.built.graph, [start]).levels
        exact = list(expanding.edges([start]))
        assert exact
        assert {edge.end for edge in exact if edge.kind in ("DH_CanResetPassword", "DH_CanAddMember")} <= set(reached)
        people = {number for number in reached if company.built.graph.nodes[number].kind == "DH_User"} - {start}
        assert people == {edge.end for edge in exact if edge.kind == "DH_CanResetPassword"}, "it says too much"
        actor = Actor("a", login, login, entry)
        for edge in exact[::97]:
            node, power = company.built.graph.nodes[edge.end], POWERS[edge.kind]
            thing = census.entry(Ref(node.type, node.id))
            assert thing is not None
            decided = company.authority.decide(actor, power.permission, thing, form=edge.forms[0], now=NOW)
            assert decided.allowed
            assert decided.binding == edge.row
    assert not expanding.is_cut


def test_more_powers_than_are_wanted_are_cut_and_it_is_told(company: Company) -> None:
    census = take_census(company.connectors, (company.authority.resolved.policy,))
    carriers = Carriers.of(company.catalogue.forms.values())
    expanding = Expanding(company.authority, carriers, census, company.built.graph, NOW, most=10)
    assert len(list(expanding.edges(sorted(company.built.landscape.principals)))) == 10
    assert expanding.is_cut


def _written(built: Built) -> bytes:
    return b"".join(pieces(built, chosen(built)))


def test_the_file_is_what_bloodhound_takes_and_every_end_is_there(company: Company) -> None:
    data: dict[str, Any] = json.loads(_written(company.built))
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for edge in data["graph"]["edges"]:
        by_kind.setdefault(edge["kind"], []).append(edge)
    few = {"nodes": data["graph"]["nodes"][::5], "edges": [edge for edges in by_kind.values() for edge in edges[:200]]}
    Draft202012Validator(opengraph_rules.GRAPH).validate({**data, "graph": few})
    ids = [node["id"] for node in data["graph"]["nodes"]]
    assert len(ids) == len(set(ids))
    ends = {edge[end]["value"] for edge in data["graph"]["edges"] for end in ("start", "end")}
    assert ends <= set(ids)
    kinds = {one["name"] for one in definition()["node_kinds"]}
    assert {node["kinds"][0] for node in data["graph"]["nodes"]} <= kinds
    assert {edge["kind"] for edge in data["graph"]["edges"]} <= {
        one["name"] for one in definition()["relationship_kinds"]
    }


def test_the_definition_of_kinds_is_what_bloodhound_takes() -> None:
    Draft202012Validator(opengraph_rules.DEFINITION).validate(definition())


def test_the_file_is_the_same_every_time_and_holds_nothing_private(company: Company) -> None:
    text = _written(company.built)
    assert text == _written(company.graph())
    private = {
        str(entry.attributes[name])
        for entry in company.connectors.for_kind("user").scan("user", Everything())
        for name in ("phone", "mobile")
        if entry.attributes.get(name)
    }
    assert len(private) > 100
    assert not any(number.encode() in text for number in sorted(private)[::97])


def test_the_graph_of_the_sample_company_takes_less_than_two_seconds(company: Company) -> None:
    assert company.seconds < 2
