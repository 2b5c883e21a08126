"""Tests that stand in forms pass when the form does what they say, and name expected and got when it does not."""

import time
from collections.abc import Iterable, Mapping

import pytest

from runner.deskfolder import library
from runner.pipeline.authorising import NOT_FOUND
from runner.testing import running
from runner.testing.expecting import Difference
from runner.testing.running import REACHED, WITHOUT_BINDINGS, run_tests
from tests.runner.testing.folders import ACCESS, FIXTURE_FILE, folder, form, report_of

EMPTY = "Please answer this question."
NOBODY = ACCESS.replace("group: SD-Rotterdam", "group: SD-Elsewhere").encode()


def test_every_test_of_the_library_passes_and_reaches_every_operation() -> None:
    report = run_tests(library(), strict=True)
    assert [one for one in report.outcomes if not one.is_ok] == []
    assert (report.problems, report.notes) == ((), ())
    assert {"create-shared-mailbox", "reset-password"} <= {one.form for one in report.outcomes}


MET = (
    "fill: { office: attic }, expect: { operations: [move], visible: [floor] }",
    "expect: { operations: [], hidden: [floor], changes: {}, approval: none }",
    "expect: { values: { office: RDM-2.15, boss: p.dewit, desks: 2, floor: null } }",
    "fill: { office: A }, expect: { changes: { office: [RDM-2.15, A] } }",
    "fill: { office: A }, expect: { changes: { office: A } }",
    "fill: { groups: { add: [APP-Visio], remove: [] } }, expect: { operations: [join] }",
    "fill: { groups: { add: [APP-Visio] } }, expect: { changes: { groups: { add: [APP-Visio] } } }",
    'fill: { office: "" }, expect: { errors: { office: Please answer this question. } }',
    'fill: { office: "" }, expect: { visible: [office] }',
    "as: { user: agent.rotterdam, channel: cli }, expect: { operations: [] }",
    "as: { role: branch-desk }, expect: { operations: [] }",
    f'as: {{ user: z.lindqvist }}, expect: {{ refused: "{NOT_FOUND}" }}',
    "fixture: company, expect: { operations: [] }",
)
NOT_MET = (
    ("expect: { operations: [move] }", Difference("operations", ["move"], [])),
    ("expect: { visible: [office, floor] }", Difference("visible", ["office", "floor"], ["office"])),
    ("expect: { hidden: [office] }", Difference("hidden", ["office"], [])),
    ("expect: { values: { boss: z.lindqvist } }", Difference("values.boss", "z.lindqvist", "p.dewit")),
    ("expect: { approval: required }", Difference("approval", "required", "none")),
    ("expect: { refused: No. }", Difference("refused", "No.", None)),
    ("fill: { office: A }, expect: { changes: {} }", Difference("changes", {}, {"office": ["RDM-2.15", "A"]})),
    ("expect: { errors: { office: No. } }", Difference("errors", {"office": "No."}, {})),
    ('fill: { office: "" }, expect: { operations: [move] }', Difference("errors", {}, {"office": EMPTY})),
    ('fill: { office: "" }, expect: {}', Difference("errors", {}, {"office": EMPTY})),
    (
        'fill: { office: "" }, expect: { errors: { boss: No. } }',
        Difference("errors", {"boss": "No."}, {"office": EMPTY}),
    ),
)
NOT_WALKED = (
    ("target: nobody", f'{FIXTURE_FILE} has no user "nobody".'),
    ("fill: {}", "The form has a target; write  target: …  with a login or name of the fixture."),
    ("target: t.novak, as: { user: ghost }", f'{FIXTURE_FILE} has no user "ghost".'),
    ("target: t.novak, as: { role: ghost }", 'There is no role "ghost" in access.yaml.'),
    (
        "target: t.novak, fixture: ghost",
        'There is no fixture "ghost": put one into fixtures/ , with  format: fixture/1 .',
    ),
)


def written(texts: Iterable[str]) -> str:
    return "".join(f"  - {{ name: test {number}, {text} }}\n" for number, text in enumerate(texts))


def test_expectations_that_are_met_pass() -> None:
    report = report_of(written(f"target: {who}, {text}" for text in MET for who in ("t.novak", "Tomáš Novák")))
    assert [one for one in report.outcomes if not one.is_ok] == []


def test_an_expectation_that_is_not_met_shows_what_was_seen() -> None:
    report = report_of(written(f"target: t.novak, {text}" for text, _ in NOT_MET))
    assert [one.differences for one in report.outcomes[:-2]] == [(difference,) for _, difference in NOT_MET]
    assert not report.is_ok


def test_a_refusal_nobody_expects_says_which_right_is_missing() -> None:
    outcome = report_of(written(["target: t.novak, expect: {}"]), **{"access.yaml": NOBODY}).outcomes[0]
    assert outcome.reason.startswith("Nothing gives agent.rotterdam group.members.manage")
    assert [one.what for one in outcome.differences] == ["refused"]


def test_a_form_that_names_what_the_fixture_lacks_says_what_that_is() -> None:
    text = form(written(["target: t.novak, expect: { operations: [join] }"]))["office.form.yaml"].decode()
    text = text.replace("    only_if: count(groups.add) > 0\n", "").replace(
        "groups: $(groups.add)", "groups: [GG-VPNN]"
    )
    outcome = run_tests(folder("", **{"office.form.yaml": text.encode()})).outcomes[0]
    assert outcome.reason == f'The form names the group "GG-VPNN", which {FIXTURE_FILE} does not have.'
    assert [one.what for one in outcome.differences] == ["refused"]


def test_where_dates_differ_the_day_on_which_tests_run_is_named() -> None:
    tests = written(
        (
            "target: t.novak, fill: { day: 2026-12-01, office: A }, expect: { operations: [move] }",
            "target: t.novak, expect: { values: { day: 2026-12-01, office: RDM-2.15 } }",
            "target: t.novak, expect: { operations: [move] }",
        )
    )
    question = "  - { id: day, type: date, label: Day, min: $(today()), default: $(today()) }\noperations:\n"
    text = form(tests)["office.form.yaml"].decode().replace("operations:\n", question, 1)
    report = run_tests(folder("", **{"office.form.yaml": text.encode()}))
    day = f"Tests do not run on the day of today, but on 2030-03-04: see  today  in {FIXTURE_FILE}."
    assert [one.reason for one in report.outcomes[:3]] == [day, day, ""]


def test_a_test_that_cannot_be_walked_says_what_is_missing() -> None:
    report = report_of(written(f"{text}, expect: {{}}" for text, _ in NOT_WALKED))
    assert [one.reason for one in report.outcomes[:-2]] == [reason for _, reason in NOT_WALKED]
    assert not any(one.is_ok for one in report.outcomes[:-2])


def test_an_empty_group_stands_for_a_protected_one_that_the_fixture_lacks_and_a_note_says_so() -> None:
    access = ACCESS.replace("in_group: Domain Admins", "in_group: Lost Admins").encode()
    report = report_of("  - { name: it, target: t.novak, expect: { operations: [] } }\n", **{"access.yaml": access})
    assert report.is_ok
    assert report.notes == (
        f'{FIXTURE_FILE} has no group "Lost Admins", which access.yaml protects; an empty one stands for it.',
    )


def test_an_operation_no_test_reaches_is_a_warning_and_under_strict_a_failure() -> None:
    tests = "  - { name: it, target: t.novak, fill: { office: A }, expect: { operations: [move] } }\n"
    loose, strict = report_of(tests), report_of(tests, strict=True)
    assert (loose.is_ok, loose.outcomes[-1].name, loose.outcomes[-1].warning) == (
        True,
        REACHED,
        "No test reaches join.",
    )
    assert (strict.is_ok, strict.outcomes[-1].reason) == (False, "No test reaches join.")


def test_a_form_without_tests_is_said() -> None:
    report = report_of("")
    assert [one.name for one in report.outcomes] == [WITHOUT_BINDINGS, REACHED]
    assert report.outcomes[-1].warning == "The form has no tests. No test reaches move, join."


def test_a_form_that_opens_for_somebody_without_bindings_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "is_refused_without_bindings", lambda *_: False)
    outcome = report_of("").outcomes[0]
    assert outcome.reason == "The form opened for somebody to whom access.yaml gives nothing."


def test_only_the_forms_asked_for_are_run_and_only_their_problems_told() -> None:
    files: Mapping[str, bytes] = {**folder(""), **form("", "other"), "broken.form.yaml": b"format: form/1\n"}
    assert {one.form for one in run_tests(files, ["other"]).outcomes} == {"other"}
    assert run_tests(files, ["other"]).problems == ()
    assert not run_tests(files).is_ok


def test_a_fixture_with_errors_is_not_called_missing() -> None:
    files = {**folder(written(["target: t.novak, expect: {}"])), FIXTURE_FILE: b"format: fixture/1\n"}
    report = run_tests(files)
    assert report.outcomes[0].reason == "The fixture cannot be used: see its errors."
    assert [one.file for one in report.problems] == [FIXTURE_FILE]


def test_a_hundred_tests_take_a_few_seconds() -> None:
    tests = "".join(f"  - {{ name: test {n}, target: t.novak, expect: {{ operations: [] }} }}\n" for n in range(100))
    began = time.process_time()
    report = report_of(tests)
    assert time.process_time() - began < 10
    assert (report.is_ok, len(report.outcomes)) == (True, 102)


VIEW = """\
format: form/1
id: leads
title: Leads
fields:
  - { id: lead, type: user, label: Lead, required: true }
  - { id: people, type: table, label: People, source: { lookup: people-of-manager, with: { person: $(lead) } } }
tests:
"""
ROWS_MET = (
    "fill: { lead: p.dewit }, expect: { rows: { people: [t.novak] } }",
    "fill: { lead: p.dewit }, expect: { rows: { people: 1 }, values: { lead: p.dewit } }",
    "fill: { lead: t.novak }, expect: { rows: { people: [] } }",
    "expect: { errors: { lead: Please answer this question. }, rows: { people: 0 } }",
)
ROWS_NOT_MET = (
    ("fill: { lead: p.dewit }, expect: { rows: { people: 2 } }", Difference("rows.people", 2, 1)),
    ("fill: { lead: p.dewit }, expect: { rows: { people: [] } }", Difference("rows.people", [], ["t.novak"])),
    ("expect: {}", Difference("errors", {}, {"lead": EMPTY})),
)


def test_the_rows_of_a_form_that_only_shows_are_compared() -> None:
    texts = [*ROWS_MET, *(text for text, _ in ROWS_NOT_MET)]
    tests = "".join(f"  - {{ name: test {number}, {text} }}\n" for number, text in enumerate(texts))
    report = run_tests(folder("", **{"leads.form.yaml": (VIEW + tests).encode()}), ["leads"], strict=True)
    assert report.problems == ()
    wanted = [(), (), (), (), *((difference,) for _, difference in ROWS_NOT_MET)]
    assert [one.differences for one in report.outcomes] == [*wanted, (), ()]
    assert [one.is_ok for one in report.outcomes[-2:]] == [True, True]
