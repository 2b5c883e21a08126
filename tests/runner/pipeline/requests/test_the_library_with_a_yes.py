"""A form of the library that needs a yes, from the request to the change, with the people who agree to it."""

import pytest

from connectors.local.loading import load_entries
from connectors.local.transactions import open_engine
from connectors.spi import Ref
from runner.errors import RefusedError
from runner.pipeline.pages import SubmissionPage
from runner.pipeline.requests.desk import Requests
from tests.runner.pipeline.desks import make_folder, open_desk
from tests.runner.pipeline.requests.asking_for_a_yes import say
from tests.runner.pipeline.small_company import NOW, REQUESTABLE, group

MANAGER, OWNER = "p.dewit", "auditor"


@pytest.fixture
def desk(company_template, tmp_path):
    make_folder(tmp_path, company_template)
    engine = open_engine(f"sqlite:///{tmp_path / 'directory.db'}")
    dear = [group(name, unit=REQUESTABLE, owner=OWNER) for name in ("APP-AutoCAD", "APP-PowerBI-Pro")]
    assert not load_entries(engine, dear, now=NOW).problems
    engine.dispose()
    opened = open_desk(tmp_path)
    yield opened
    opened.close()


def ask(desk, product):
    answers = {"product": product, "months": "12", "why": "Drawings of the new warehouse for the builder."}
    page = desk.confirm("alice", desk.planned("alice", "request-software", "u-alice", answers))
    assert isinstance(page, SubmissionPage)
    assert page.state == "awaiting_approval"
    return page.head.submission


def test_what_is_dear_needs_the_manager_and_the_owner_of_the_software(desk):
    id_ = ask(desk, "autocad")
    shown = Requests(desk.services).request(desk.actor(MANAGER), id_, "en")
    assert [(one.title, one.who) for one in shown.rounds] == [
        ("Manager", "the manager of Alice Alleen: Pieter de Wit"),
        ("Owner of the software", "the owner of APP-AutoCAD: Ada Audit"),
    ]
    assert (shown.may, shown.for_themselves, shown.message) == (
        True,
        True,
        "Alice Alleen asks for AutoCAD for Alice Alleen.",
    )
    answers = [(line.label, line.text) for section in shown.answers for line in section.lines]
    assert ("What it costs", "€ 2,520.00") in answers
    assert ("What is it needed for?", "Drawings of the new warehouse for the builder.") in answers
    (mail,) = [one for one in desk.store.notifications.list(limit=9) if one.event == "asked"]
    assert "\n\nAlice Alleen asks for AutoCAD for Alice Alleen.\n\nWhat:" in mail.body
    assert ">Alice Alleen asks for AutoCAD for Alice Alleen.</p>" in mail.html
    alice, manager = Ref("user", "u-alice"), Ref("user", f"u-{MANAGER}")
    desk.do("directory.user.update", user=alice, set={"manager": alice})
    with pytest.raises(RefusedError, match="asked for this yourself"):
        say(desk, "alice", id_)
    desk.do("directory.user.update", user=alice, set={"manager": manager})
    assert say(desk, MANAGER, id_) == "awaiting_approval"
    assert say(desk, OWNER, id_) == "queued"
    desk.carried_out()
    assert desk.state(id_) == "done"
    assert Ref("group", "g-APP-AutoCAD") in desk.value("u-alice", "groups")


def test_what_is_less_dear_needs_the_manager_only_and_a_no_ends_it(desk):
    id_ = ask(desk, "powerbi")
    assert say(desk, MANAGER, id_, "no", "Next year.") == "rejected"
    desk.carried_out()
    assert desk.performed == []
    again = ask(desk, "powerbi")
    assert say(desk, MANAGER, again) == "queued"
    desk.carried_out()
    assert desk.state(again) == "done"
