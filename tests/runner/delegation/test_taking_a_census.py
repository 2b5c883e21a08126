"""A census of the sample company answers as its connectors do, mailboxes by their owners, and is never half a one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from connectors.errors import UnavailableError
from connectors.local.connector import LocalDirectory
from connectors.mailbox.connector import MailboxStub
from connectors.registry import Connectors
from connectors.spi import Everything, InGroup, Ref
from runner.access.authority import Authority
from runner.access.census import Census
from runner.access.model import Actor, Policy
from runner.access.reading import read_access
from runner.access.resolving import resolve
from runner.delegation.census import compared, take_census
from runner.sample.loading import load_company

NOW = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
NOBODY = Actor("", "", "", None)
CONTENT = files("forms").joinpath("library/access.yaml").read_bytes()


@pytest.fixture(scope="module")
def connectors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connectors]:
    folder = tmp_path_factory.mktemp("counted")
    directory, mailbox = (f"sqlite:///{folder / name}.db" for name in ("directory", "mailbox"))
    load_company(directory, mailbox, now=NOW)
    made = Connectors({"directory": LocalDirectory(directory), "mailbox": MailboxStub(mailbox)})
    yield made
    for connector in made.all():
        connector.close()  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_access("access.yaml", CONTENT)[0]


@pytest.fixture(scope="module")
def census(connectors: Connectors, policy: Policy) -> Census:
    return take_census(connectors, [policy], ["reset-password"])


def test_everything_is_counted_once(connectors: Connectors, census: Census) -> None:
    for kind in connectors.kinds:
        scanned = [entry.ref.id for entry in connectors.for_kind(kind).scan(kind, Everything())]
        assert sorted(census.ids(kind, census.everything(kind))) == sorted(scanned)
    assert census.ids("form", census.everything("form")) == ("reset-password",)
    assert "sample.test" in census.ids("mail_domain", census.everything("mail_domain"))


def test_each_set_of_the_library_holds_what_the_directory_finds(
    connectors: Connectors, policy: Policy, census: Census
) -> None:
    def locate(kind: str, text: str) -> Ref | None:
        return connectors.for_kind(kind).locate(text, kind)

    authority = Authority(resolve(policy, locate, connectors.for_kind("ou").place_of))
    asked = [(id_, kind) for id_ in policy.sets for kind in ("user", "group", "ou", "computer", "contact")]
    held = 0
    for id_, kind in asked:
        scope = authority.set_filter(id_, kind, NOBODY)
        found = {entry.ref.id for entry in connectors.for_kind(kind).scan(kind, scope)}
        assert set(census.ids(kind, census.matching(scope, kind))) == found, (id_, kind)
        held += len(found)
    assert held > 2_000


def test_a_mailbox_is_in_the_groups_of_its_owner(connectors: Connectors, census: Census) -> None:
    group = connectors.for_kind("group").locate("GG-Location-Rotterdam", "group")
    assert group is not None
    people = set(census.ids("user", census.matching(InGroup(group.id), "user")))
    for entry in census.entries("mailbox", census.matching(InGroup(group.id), "mailbox"), most=50):
        owner = entry.attributes["owner"]
        assert isinstance(owner, Ref)
        assert owner.id in people


def test_of_each_object_only_what_the_policy_compares_is_kept(policy: Policy, census: Census) -> None:
    assert {"department", "manager", "sensitive"} <= set(compared(policy))
    (entry,) = census.entries("user", most=1)
    assert "department" in entry.attributes
    assert not {"mobile", "title", "password_set_on"} & entry.attributes.keys()


def test_too_much_to_be_looked_at_together_is_said_and_not_cut(connectors: Connectors) -> None:
    with pytest.raises(UnavailableError, match="more objects"):
        take_census(connectors, most=100)
