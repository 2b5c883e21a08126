"""Two accounts with one employee number are one person: whatever needs somebody else is refused to both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.spi import Ref
from forms.catalogue import load_catalogue
from runner.access.model import Policy
from runner.access.reading import read_access
from runner.errors import RefusedError
from runner.pipeline.same_person import is_own
from runner.versions.publishing import Publishing
from tests.runner.pipeline import desks
from tests.runner.pipeline.desks import TestDesk

FIRST, FURTHER, OTHER = "agent.rotterdam", "second.rotterdam", "agent.utrecht"
FILE = "office.form.yaml"
PUBLISH = b"""
bindings:
  - { id: all-publish, principals: [everyone], role: form-author }
"""


def numbered(desk: TestDesk, **numbers: str) -> None:
    for login, number in numbers.items():
        desk.do("directory.user.update", user=Ref("user", f"u-{login.replace('_', '.')}"), set={"employee_id": number})


@pytest.mark.parametrize(
    ("first", "further", "is_one"),
    [
        ("00471", " 00471 ", True),
        ("E-471", "e-471", True),
        ("\u00e9-1", "e\u0301-1", True),
        ("00471", "00472", False),
        ("00471", "", False),
    ],
)
def test_an_employee_number_tells_whether_two_accounts_are_one_person(
    desk: TestDesk, first: str, further: str, is_one: bool
) -> None:
    numbered(desk, agent_rotterdam=first, second_rotterdam=further)
    actor = desk.actor(FURTHER)
    assert is_own(desk.services, actor, f"acc-{FIRST}", f"u-{FIRST}") == is_one
    assert is_own(desk.services, desk.actor(FIRST), "another-account", f"u-{FIRST}")
    assert is_own(desk.services, actor, actor.id, None)
    assert not is_own(desk.services, actor, "a-local-account", None)
    assert not is_own(desk.services, actor, "an-old-account", "u-nobody-any-more")


def test_without_numbers_nobody_is_taken_for_somebody_else(desk: TestDesk) -> None:
    assert not is_own(desk.services, desk.actor(FURTHER), f"acc-{FIRST}", f"u-{FIRST}")


def publishers() -> tuple[Policy, bytes]:
    text = desks.definitions()["access.yaml"].replace(b"\nbindings:\n", PUBLISH, 1)
    return read_access("access.yaml", text)[0], text


@pytest.fixture
def four_eyes(company_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestDesk]:
    monkeypatch.setattr(desks, "_access", publishers)
    desks.make_folder(tmp_path, company_template)
    opened = desks.open_desk(tmp_path)
    yield opened
    opened.close()


def test_who_handed_a_form_in_does_not_publish_it_with_a_further_account(four_eyes: TestDesk) -> None:
    files = dict(desks.definitions())
    files[FILE] = files[FILE].replace(b"max_length: 64", b"max_length: 10") + b"\nversion: 2\n"
    form = load_catalogue(files, four_eyes.services.connectors.verbs)[0].forms["office"]
    publishing = Publishing(four_eyes.services)
    waiting = publishing.hand_in(four_eyes.actor(FIRST), form, files)
    numbered(four_eyes, agent_rotterdam="00471", second_rotterdam="00471", agent_utrecht="00472")
    with pytest.raises(RefusedError, match="somebody else has to publish it"):
        publishing.publish(four_eyes.actor(FURTHER), "office", waiting.digest)
    assert four_eyes.journal("deny")[-1]["operation"] == "publish form"
    assert publishing.publish(four_eyes.actor(OTHER), "office", waiting.digest).version == "2"
