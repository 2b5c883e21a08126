"""Tests of forms know the further attributes of people that the settings of the desk name, and nobody is asked for them."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from connectors.ldap.layout import customs
from connectors.ldap.offering import further_of
from connectors.spi import Further
from runner.cli.main import cli
from runner.connecting import further_named
from runner.errors import SetUpError
from runner.testing import running
from tests.runner.testing.folders import FIXTURE, FIXTURE_FILE, folder

SETTINGS = {
    "badge": {"attribute": "roomNumber", "settable": True},
    "seats": {"attribute": "carLicense", "type": "number", "settable": True},
    "cost_centre": "destinationIndicator",
}
FURTHER = further_of(customs(SETTINGS))
FORM = """\
format: form/1
id: badge
title: Badge
target: { type: user }
fields:
  - { id: badge, type: text, label: Badge, required: true, from: target.custom.badge }
  - { id: seats, type: number, label: Seats, from: target.custom.seats }
operations:
  - id: change
    do: directory.user.update
    only_if: badge != target.custom.badge or seats != target.custom.seats
    with: { user: $(target), set: { custom.badge: $(badge), custom.seats: $(seats) } }
verify: { policy: none, because: Nothing of weight hangs on it. }
tests:
  - { name: as it is, target: t.novak, expect: { values: { badge: B-17, seats: 4 }, operations: [] } }
  - { name: another badge, target: t.novak, fill: { badge: B-18 }, expect: { operations: [change] } }
  - { name: none yet, target: z.lindqvist, fill: { badge: B-1 }, expect: { operations: [change] } }
  - { name: it is required, target: z.lindqvist, expect: { errors: { badge: Please answer this question. } } }
"""
HELD = FIXTURE.replace("    office: RDM-2.15\n", "    office: RDM-2.15\n    custom.badge: B-17\n    custom.seats: 4\n")


def files(fixture: str = HELD) -> Mapping[str, bytes]:
    found = {**folder(""), FIXTURE_FILE: fixture.encode(), "badge.form.yaml": FORM.encode()}
    return {name: content for name, content in found.items() if name != "office.form.yaml"}


def report(further: Mapping[str, Further] | None = FURTHER, fixture: str = HELD) -> running.TestReport:
    return running.run_tests(files(fixture), ["badge"], strict=True, further=further)


def test_a_form_that_reads_and_sets_them_is_tested() -> None:
    found = report()
    assert [str(one) for one in found.problems] == []
    assert [(one.name, one.reason, one.differences) for one in found.outcomes if not one.is_ok] == []
    assert len(found.outcomes) == 6


def test_what_the_settings_do_not_name_is_no_attribute() -> None:
    (problem, *_) = report({}).problems
    assert problem.code in {"E126", "E211", "E110"}
    assert [one.code for one in report(fixture=HELD.replace("custom.badge: B", "custom.bagde: B")).problems] == ["E110"]
    assert [one.code for one in report(fixture=HELD.replace("seats: 4", "seats: many")).problems] == ["E114"]


def test_without_a_desk_nothing_is_known_of_them() -> None:
    assert {one.code for one in report(None).problems} == {"E126"}


def test_the_settings_of_all_directories_count_and_no_password_is_needed() -> None:
    one = ("ldap", {"custom": {"badge": "roomNumber"}, "password_file": "/nowhere"})
    other = ("ldap", {"custom": {"seats": {"attribute": "carLicense", "type": "number"}}})
    found = further_named({"directory": ("directories", {"of": {"a": one, "b": other, "c": ("local", {})}})})
    assert found is not None
    assert {name: each.type for name, each in found.items()} == {"badge": "text", "seats": "number"}
    assert further_named({"directory": ("ldap", {})}) == {}
    assert further_named({"directory": ("local", {"url": "sqlite://"})}) is None
    with pytest.raises(SetUpError, match=r"custom\.badge\.attribute"):
        further_named({"directory": ("ldap", {"custom": {"badge": "userPassword"}})})


def test_the_command_takes_them_from_the_settings_of_the_desk(tmp_path: Path) -> None:
    settings = """\
format = 1

[store]
url = "sqlite:///desk.db"

[connectors.directory]
use = "ldap"
servers = ["ldaps://127.0.0.1:1"]
dialect = "openldap"
base = "dc=example,dc=test"
user = "cn=desk,dc=example,dc=test"
password_file = "nowhere"

[connectors.directory.custom]
badge = { attribute = "roomNumber", settable = true }
seats = { attribute = "carLicense", type = "number", settable = true }

[mail]
outbox = "outbox"
"""
    (tmp_path / "deskhand.toml").write_text(settings)
    for name, content in files().items():
        file = tmp_path / "forms" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    ran = CliRunner().invoke(cli, ["test", str(tmp_path), "badge"])
    assert ran.output.endswith("6 tests, 0 failed, 0 warnings, 0 errors.\n"), ran.output
    assert ran.exit_code == 0
