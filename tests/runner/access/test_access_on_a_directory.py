"""In the sample company, on the local directory, a search finds exactly what may be done."""

from datetime import datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from connectors.local.connector import LocalDirectory
from connectors.local.loading import load_entries
from connectors.local.tables import create_tables
from connectors.local.transactions import open_engine
from connectors.spi import Everything, Ids, Question
from runner.access.authority import Authority
from runner.access.explanation.explaining import explain
from runner.access.model import Actor
from runner.access.reading import read_access
from runner.access.resolving import resolve
from runner.sample.company import make_company
from runner.sample.loading import entries

NOW = datetime(2026, 6, 15, 9, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
WHO = ("agent.rotterdam", "agent.utrecht", "firstline", "keyuser.sales", "lead", "author", "auditor", "alice")
ASKED = (
    ("user", "user.read"),
    ("user", "user.profile.manage"),
    ("group", "group.members.manage"),
    ("ou", "user.create"),
)


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('sample') / 'directory.db'}"
    engine = open_engine(url)
    create_tables(engine)
    load_entries(engine, entries(make_company(NOW)), now=NOW)
    engine.dispose()
    return LocalDirectory(url)


@pytest.fixture(scope="module")
def authority(directory):
    policy, _ = read_access("access.yaml", files("forms").joinpath("library/access.yaml").read_bytes())
    return Authority(resolve(policy, lambda kind, text: directory.locate(text, kind), directory.place_of))


def person(directory, login):
    ref = directory.locate(login, "user")
    return directory.read(Question("user", Ids(frozenset({ref.id})))).entries[0]


def actor(directory, login):
    return Actor(f"account-{login}", login, login, person(directory, login))


def test_every_name_in_the_shipped_file_exists_in_the_sample_company(authority):
    assert authority.resolved.warnings == ()


@pytest.mark.parametrize("form", [None, "update-contact-details"])
@pytest.mark.parametrize("login", WHO)
def test_a_search_finds_what_may_be_done(login, form, directory, authority):
    who = actor(directory, login)
    for kind, permission in ASKED:
        scope = authority.scope(who, [permission], kind, form=form, now=NOW)
        page = directory.read(Question(kind, scope, limit=1000))
        found = {entry.ref for entry in page.entries}
        some = {entry.ref: entry for entry in directory.read(Question(kind, Everything(), limit=300)).entries}
        some |= {entry.ref: entry for entry in page.entries}
        allowed = {
            ref for ref, entry in some.items() if authority.decide(who, permission, entry, form=form, now=NOW).allowed
        }
        assert found <= allowed
        assert page.more or found == allowed


def test_administrators_are_out_of_reach_for_everybody(directory, authority):
    protected = directory.read(Question("user", Everything(), text="svc", search=("login",), limit=5)).entries
    assert protected
    for login in WHO:
        for entry in protected:
            decision = authority.decide(actor(directory, login), "user.read", entry, form=None, now=NOW)
            assert (decision.allowed, decision.code) == (False, "protected")


def test_the_nearest_miss_is_named(directory, authority):
    asked = (authority, actor(directory, "agent.rotterdam"), "user.unlock", person(directory, "bob"))
    said = explain(*asked, form=None, now=NOW)[1]
    assert said == "would be allowed by desk-rotterdam, but the account is not in GG-Location-Rotterdam"
