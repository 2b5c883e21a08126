"""Folders of definitions for the tests about tests of forms: the library's, changed where a test needs it."""

from collections.abc import Mapping

from runner.deskfolder import library
from runner.testing.running import TestReport, run_tests

ACCESS = library()["access.yaml"].decode().partition("\ntests:")[0]
"""The access file of the library, without its own tests, which are about another company."""
COMPANION_FILES = ("access.yaml", "lookups.yaml", "settings.yaml", "verification.yaml", "lists/departments.list.yaml")
FIXTURE_FILE = "fixtures/company.yaml"
ROTTERDAM = "OU=Rotterdam,OU=People,DC=sample,DC=test"
FIXTURE = f"""\
format: fixture/1
id: company
today: 2030-03-04
actor: agent.rotterdam
users:
  - {{ id: u1, login: agent.rotterdam, display_name: Femke Agent, groups: [SD-Rotterdam], dn: "CN=Femke,{ROTTERDAM}" }}
  - id: u2
    login: z.lindqvist
    display_name: Zoë Lindqvist
    locked: true
    groups: [GG-Location-Rotterdam]
    dn: "CN=Zoë,{ROTTERDAM}"
  - id: u3
    login: t.novak
    display_name: Tomáš Novák
    office: RDM-2.15
    manager: p.dewit
    groups: [GG-Location-Rotterdam]
    dn: "CN=Tomáš,{ROTTERDAM}"
  - {{ id: u4, login: p.dewit, display_name: Pieter de Wit, groups: [GG-Location-Rotterdam], dn: "CN=Pieter,{ROTTERDAM}" }}
groups:
  - {{ id: g1, name: SD-Rotterdam, dn: "CN=SD-Rotterdam,OU=Groups,DC=sample,DC=test" }}
  - {{ id: g2, name: GG-Location-Rotterdam, dn: "CN=GG-Location-Rotterdam,OU=Groups,DC=sample,DC=test" }}
  - {{ id: g3, name: APP-Visio, dn: "CN=APP-Visio,OU=Requestable,OU=Groups,DC=sample,DC=test" }}
  - {{ id: g4, name: APP-Atlas, dn: "CN=APP-Atlas,OU=Requestable,OU=Groups,DC=sample,DC=test" }}
  - {{ id: g5, name: Domain Admins, dn: "CN=Domain Admins,OU=Groups,DC=sample,DC=test" }}
  - {{ id: g6, name: Tier0-Admins, dn: "CN=Tier0-Admins,OU=Groups,DC=sample,DC=test" }}
units:
  - {{ id: o1, name: Service Accounts, dn: "OU=Service Accounts,DC=sample,DC=test" }}
"""
FORM = """\
format: form/1
id: {id}
title: Office
target:
  type: user
fields:
  - {{ id: office, type: text, label: Office, required: true, from: target.office }}
  - {{ id: floor, type: text, label: Floor, when: office == "attic" }}
  - {{ id: boss, type: user, label: Boss, from: target.manager }}
  - {{ id: groups, type: membership, label: Groups, of: $(target), options: {{ lookup: assignable-groups }} }}
  - {{ id: desks, type: number, label: Desks, default: "2" }}
operations:
  - id: move
    do: directory.user.update
    only_if: office != target.office
    with: {{ user: $(target), set: {{ office: $(office) }} }}
  - id: join
    do: directory.user.join_groups
    only_if: count(groups.add) > 0
    with: {{ user: $(target), groups: $(groups.add) }}
verify:
  policy: none
  because: Nothing of weight hangs on it.
"""


def form(tests: str, id: str = "office") -> Mapping[str, bytes]:
    """Return a form with these tests, written as they stand below ``tests:``."""
    text = FORM.format(id=id) + (f"tests:\n{tests}" if tests else "")
    return {f"{id}.form.yaml": text.encode()}


def folder(tests: str, **more: bytes) -> Mapping[str, bytes]:
    """Return the form of `form` with companion files of the library and a company of its own."""
    companions = {file: content for file, content in library().items() if file in COMPANION_FILES}
    return {**companions, "access.yaml": ACCESS.encode(), FIXTURE_FILE: FIXTURE.encode(), **form(tests), **more}


def report_of(tests: str, *, strict: bool = False, **more: bytes) -> TestReport:
    report = run_tests(folder(tests, **more), strict=strict)
    assert report.problems == (), "\n".join(str(problem) for problem in report.problems)
    return report
