"""Tests that stand in access.yaml: they pass when the policy does what they say, and explain what it does instead."""

import json
from xml.etree import ElementTree

import pytest

from runner.deskfolder import library
from runner.testing.reporting import as_json, junit, lines
from runner.testing.running import Outcome, run_tests
from tests.runner.testing.folders import ACCESS, folder

MET = (
    "who: agent.rotterdam, may: [user.read, user.password.reset], on: { user: z.lindqvist }",
    "who: agent.rotterdam, may: user.read, may_not: user.move, on: { user: Zoë Lindqvist }",
    "who: agent.rotterdam, may_not: user.password.reset, on: { user: agent.rotterdam }",
    "who: agent.rotterdam, may: group.members.manage, on: { group: APP-Visio }",
    "who: agent.rotterdam, may_not: [group.read, group.members.manage], on: { group: Domain Admins }",
    "who: agent.rotterdam, may: mailbox.create, on: { mail_domain: SAMPLE.test }",
    "who: agent.rotterdam, may_not: user.create, on: { ou: Service Accounts }",
    "who: agent.rotterdam, may: report.read, may_not: audit.read",
    "who: everyone, may_not: [audit.read, form.use]",
    "who: everyone, may_not: user.read, on: { user: z.lindqvist }",
    "who: { client: feed }, may_not: user.read, on: { user: z.lindqvist }",
    "who: z.lindqvist, may: user.profile.manage, on: { user: z.lindqvist }, form: update-contact-details",
    "who: z.lindqvist, may_not: user.profile.manage, on: { user: z.lindqvist }, form: office",
    "who: agent.rotterdam, may_not: form.use, on: { form: office }, fixture: company",
)


def outcomes(*tests: str, access: str = ACCESS) -> list[Outcome]:
    written = "".join(f"  - {{ {test} }}\n" for test in tests)
    report = run_tests(folder("", **{"access.yaml": f"{access}\ntests:\n{written}".encode()}))
    assert report.problems == ()
    return [one for one in report.outcomes if one.form == "access.yaml"]


def test_what_the_policy_does_is_met() -> None:
    found = outcomes(*MET)
    assert [(one.name, one.differences, one.reason) for one in found if not one.is_ok] == []
    assert len(found) == len(MET)


@pytest.mark.parametrize(
    ("test", "expected", "got"),
    [
        ("who: agent.rotterdam, may: user.move, on: { user: z.lindqvist }", "allowed", "refused: No binding gives user.move"),
        ("who: agent.rotterdam, may_not: user.unlock, on: { user: z.lindqvist }", "refused", "allowed: user.unlock is given"),
        ("who: p.dewit, may: user.unlock, on: { user: z.lindqvist }", "allowed", "the actor is not in the group SD-"),
        ("who: z.lindqvist, may: user.profile.manage, on: { user: z.lindqvist }", "allowed", "only in the form"),
        ("who: agent.rotterdam, may: group.read, on: { group: Domain Admins }", "allowed", "refused: This is protected"),
        ("who: agent.rotterdam, may: audit.read", "allowed", "refused: No binding gives audit.read."),
        ("who: everyone, may: report.read", "allowed", "refused: would be allowed by"),
        ("who: agent.rotterdam, may_not: report.read", "refused", "allowed: report.read is given by the binding"),
    ],
)  # fmt: skip
def test_what_the_policy_does_not_is_explained(test: str, expected: str, got: str) -> None:
    (outcome,) = outcomes(test)
    (difference,) = outcome.differences
    assert not outcome.is_ok
    assert difference.expected == expected
    assert got in str(difference.got)


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        ("who: nobody, may: audit.read", 'There is nobody "nobody" in fixtures/company.yaml.'),
        ("who: p.dewit, may: user.read, on: { user: x }", 'There is no user "x" in fixtures/company.yaml.'),
        ("who: p.dewit, may: mailbox.read, on: { list: x }", 'There is no mail list "x" in fixtures/company.yaml.'),
        ("who: p.dewit, may: form.use, on: { form: x }", 'There is no form "x".'),
        ("who: p.dewit, may: audit.read, fixture: x", 'There is no fixture "x"'),
    ],
)
def test_a_name_that_is_not_there_fails_the_test_and_is_said(test: str, reason: str) -> None:
    (outcome,) = outcomes(test)
    assert (outcome.differences, outcome.is_ok) == ((), False)
    assert reason in outcome.reason


def test_a_window_is_tried_on_the_day_that_is_written() -> None:
    late = ACCESS.replace(
        "- id: desk-rotterdam\n", "- id: desk-rotterdam\n    from: 2031-01-01\n    until: 2031-01-31\n"
    )
    may, may_not = (f"who: agent.rotterdam, {w}: user.read, on: {{ user: z.lindqvist }}" for w in ("may", "may_not"))
    days = [f"{may}, on_day: 2031-01-01", f"{may}, on_day: 2031-01-31", f"{may_not}, on_day: 2031-02-01", may_not]
    assert [one.differences for one in outcomes(*days, access=late)] == [()] * 4


def test_the_tests_of_the_library_hold_and_are_run_with_all_forms_but_not_with_one() -> None:
    everything = run_tests(library())
    assert len([one for one in everything.outcomes if one.form == "access.yaml" and one.is_ok]) >= 10
    one_form = run_tests(library(), ["reset-password"])
    assert [one for one in one_form.outcomes if one.form == "access.yaml"] == []


def test_a_failure_stands_in_the_text_in_the_json_and_in_the_junit_file() -> None:
    test = "  - name: A desk moves people\n    who: agent.rotterdam\n    may: user.move\n    on: { user: t.novak }\n"
    text = f"{ACCESS}\ntests:\n{test}"
    report = run_tests(folder("", **{"access.yaml": text.encode()}))
    printed = list(lines(report))
    line = text.splitlines().index("  - name: A desk moves people") + 1
    assert f"FAILED  access.yaml: A desk moves people (line {line})" in printed
    assert any(line.startswith("          + refused: No binding gives") or "+ refused: " in line for line in printed)
    (as_read,) = [one for one in json.loads(json.dumps(as_json(report)))["tests"] if one["form"] == "access.yaml"]
    assert (as_read["state"], as_read["differences"][0]["expected"]) == ("failed", "allowed")
    suites = {suite.get("name"): suite for suite in ElementTree.fromstring(junit(report)).iter("testsuite")}
    assert suites["access.yaml"].get("failures") == "1"


def test_a_policy_with_a_mistake_in_a_test_runs_none_of_them() -> None:
    text = f"{ACCESS}\ntests:\n  - {{ who: agent.rotterdam, may: user.moove, on: {{ user: t.novak }} }}\n"
    report = run_tests(folder("", **{"access.yaml": text.encode()}))
    assert [problem.code for problem in report.problems] == ["E127"]
    assert not report.is_ok
