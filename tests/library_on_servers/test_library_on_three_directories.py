"""Every form of the library about the directory, through the whole pipeline, on three directories with the same company.

What comes of it is the same everywhere, and so is what stands in the directory afterwards, as clients of its own read it.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from runner.deskfolder import library
from runner.errors import NotFoundError, RefusedError
from tests.library_on_servers import accounts_cases, groups_cases, people_cases, views_cases
from tests.library_on_servers.cases import Case, staff
from tests.library_on_servers.reading_back import PRIMARY
from tests.library_on_servers.three_desks import Done, ServedDesk, ref

CHANGES = (*groups_cases.CASES, *accounts_cases.CASES, *people_cases.CASES)
BUILT_IN = frozenset(
    [
        "Guest",
        "Account Operators",
        "Allowed RODC Password Replication Group",
        "Backup Operators",
        "Cert Publishers",
        "Certificate Service DCOM Access",
        "Cryptographic Operators",
        "Distributed COM Users",
        "Domain Computers",
        "Domain Controllers",
        "Domain Guests",
        "Enterprise Read-only Domain Controllers",
        "Event Log Readers",
        "Incoming Forest Trust Builders",
        "Network Configuration Operators",
        "Performance Log Users",
        "Performance Monitor Users",
        "Print Operators",
        "Protected Users",
        "RAS and IAS Servers",
        "Read-only Domain Controllers",
        "Remote Desktop Users",
        "Replicator",
        "Server Operators",
        "Terminal Server License Servers",
    ]
)
"""What every Active Directory has from its first day."""
MOMENTS_OF_THE_SERVER = ("report-changed", "report-created", "report-disabled")
"""Who was made, changed or disabled when is the server's to say; it was loaded a moment ago."""


@pytest.mark.parametrize("view", views_cases.CASES, ids=lambda view: f"{view[0]}: {view[1]}")
def test_a_form_that_shows_finds_the_same_in_every_directory(view: Any, desks: Mapping[str, ServedDesk]) -> None:
    form, table, about, given = view
    target = ref(*about) if about else None
    answers = {name: ref(*value) if isinstance(value, tuple) else value for name, value in given.items()}
    found = {name: desk.table(form, table, target, answers, who="auditor") for name, desk in desks.items()}
    if form not in MOMENTS_OF_THE_SERVER:
        assert found["local"]
        here = {name: [row for row in rows if row != PRIMARY] for name, rows in found.items()}
        assert here["openldap"] == here["local"]
        assert [row for row in here["active_directory"] if row not in BUILT_IN] == here["local"]


def test_whoever_is_disabled_now_is_in_the_report_of_every_directory(desks: Mapping[str, ServedDesk]) -> None:
    login = staff(20)
    for name, desk in desks.items():
        asked = ("report-disabled", "accounts", None, {"days": "1"})
        assert login not in desk.table(*asked, who="auditor"), name
        desk.run("disable-account", ref("user", login), {}, who="lead")
        assert login in desk.table(*asked, who="auditor"), name


@pytest.mark.parametrize("case", CHANGES, ids=str)
def test_a_form_does_the_same_on_every_directory(case: Case, desks: Mapping[str, ServedDesk]) -> None:
    done: dict[str, Done] = {}
    found: dict[str, Any] = {}
    for name, desk in desks.items():
        if name in case.refused_by:
            assert desk.problems_of(case.form) == [case.refused_by[name]]
            assert case.form not in desk.installation.services.catalogue.forms
            continue
        assert desk.problems_of(case.form) == []
        if name in case.stopped_by:
            before = desk.client.facts(*case.reads)
            with pytest.raises((NotFoundError, RefusedError), match=case.stopped_by[name]):
                outcome(desk, case)
            assert desk.client.facts(*case.reads) == before
            continue
        done[name], found[name] = outcome(desk, case), desk.client.facts(*case.reads)
    assert {one.state for one in done.values()} == {"done"}
    for name, facts in found.items():
        assert held(facts, case) == case.expects, name
        assert shared(facts, found["local"]) == shared(found["local"], facts), name
    for name, one in done.items():
        steps = dict(one.operations)
        assert set(steps.values()) <= {"done", "unchanged"}, name
        left_out = {step for step, _ in done["local"].operations} - set(steps)
        assert left_out <= case.left_out, name


def outcome(desk: ServedDesk, case: Case) -> Done:
    target = ref(*case.target) if case.target else None
    more: dict[str, Any] = {"verified": case.verified, "typed": case.typed, "boxes": case.boxes, "photo": case.photo}
    asked = {field.id for field in desk.installation.services.catalogue.forms[case.form].fields}
    answers = {name: answer for name, answer in case.answers.items() if name in asked}
    assert set(case.answers) - asked == (case.unasked if desk.name != "local" else set())
    done = desk.run(case.form, target, answers, who=case.who, uploads=case.uploads, **more)
    if case.form == "reset-password" and case.target is not None:
        (password,) = done.passwords
        assert desk.client.lets_in(case.target[1], password)
        assert not desk.client.lets_in(case.target[1], password + "x")
    return done


def held(facts: Mapping[str, Any] | None, case: Case) -> Mapping[str, Any] | None:
    if facts is None or case.expects is None:
        return facts
    return {name: facts.get(name) for name in case.expects}


def shared(facts: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return what both directories keep."""
    return None if facts is None or other is None else {name: facts[name] for name in facts if name in other}


def test_every_form_of_the_library_about_the_directory_is_tried() -> None:
    forms = {name.partition(".")[0]: text for name, text in library().items() if name.endswith(".form.yaml")}
    about = {name for name, text in forms.items() if b"do: directory." in text or b"mailbox" not in text}
    about -= {"create-distribution-list", "delete-distribution-list", "update-distribution-list"}
    tried = {case.form for case in CHANGES} | {form for form, *_ in views_cases.CASES}
    assert sorted(about - tried) == []
