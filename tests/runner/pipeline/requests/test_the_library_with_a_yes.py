"""A form of the library that needs a yes, from the request to the change, with the people who agree to it."""

from datetime import date, timedelta

import pytest

from connectors.local.loading import load_entries
from connectors.local.transactions import open_engine
from connectors.spi import Ref
from runner.errors import RefusedError
from runner.pipeline.pages import SubmissionPage
from runner.pipeline.requests.desk import Requests
from runner.pipeline.results import submission_page
from tests.runner.pipeline.bulk.running_bulks import prepared, started
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


def confirmed(desk, product, by, whom):
    answers = {"product": product, "months": "12", "why": "Drawings of the new warehouse for the builder."}
    page = desk.confirm(by, desk.planned(by, "request-software", f"u-{whom}", answers))
    assert isinstance(page, SubmissionPage)
    return page


def ask(desk, product, by="alice", whom="alice"):
    page = confirmed(desk, product, by, whom)
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


def test_the_rows_of_a_bulk_show_what_a_single_request_shows(desk):
    answers = {"product": "autocad", "why": "Drawings of the new warehouse for the builder."}
    id_ = prepared(desk, ("alice", "z.lindqvist"), "request-software", answers, who=MANAGER)
    started(desk, id_, MANAGER)
    desk.carried_out()
    [some] = Requests(desk.services).rows(desk.actor(OWNER), id_, 1).alike
    single = Requests(desk.services).request(desk.actor(OWNER), some.rows[0].id, "en")
    answered = [(line.label, line.text) for section in single.answers for line in section.lines]
    assert [(fact.label, fact.text) for fact in some.facts][:4] == answered
    assert ("What it costs", "€ 2,520.00") in answered
    assert single.message == some.rows[0].message
    assert [row.message for row in some.rows] == [
        "Pieter de Wit asks for AutoCAD for Alice Alleen.",
        "Pieter de Wit asks for AutoCAD for Zoë Lindqvist.",
    ]


def test_a_manager_who_asks_for_the_team_is_not_asked(desk):
    confirmed(desk, "powerbi", MANAGER, "alice")
    desk.carried_out()
    assert Ref("group", "g-APP-PowerBI-Pro") in desk.value("u-alice", "groups")
    id_ = ask(desk, "autocad", MANAGER, "alice")
    shown = Requests(desk.services).request(desk.actor(OWNER), id_, "en")
    assert [(one.title, one.who) for one in shown.rounds] == [
        ("Owner of the software", "the owner of APP-AutoCAD: Ada Audit"),
    ]
    assert say(desk, OWNER, id_) == "queued"


def test_who_is_their_own_manager_still_needs_a_yes(desk):
    alice = Ref("user", "u-alice")
    desk.do("directory.user.update", user=alice, set={"manager": alice})
    id_ = ask(desk, "powerbi")
    with pytest.raises(RefusedError, match="asked for this yourself"):
        say(desk, "alice", id_)
    assert Ref("group", "g-APP-PowerBI-Pro") not in desk.value("u-alice", "groups")


def test_what_was_given_ends_after_so_many_months_from_when_it_was_asked_for(desk):
    id_ = ask(desk, "powerbi")
    desk.clock.forward(days=1)
    assert say(desk, MANAGER, id_) == "queued"
    desk.carried_out()
    (grant,) = desk.store.grants.running()
    last_moment = (grant.ends_at - timedelta(seconds=1)).astimezone(desk.services.now().tzinfo)
    assert last_moment.date() == date(2031, 3, 4)
    mails = [one.body for one in desk.store.notifications.list(limit=20) if "Sign out and in again" in one.body]
    assert mails
    assert all("It ends by itself after 4 Mar 2031." in body for body in mails)
    page = submission_page(desk.services, desk.actor("alice"), desk.store.submissions.get(id_))
    assert [one.text for one in page.conditions] == ["APP-PowerBI-Pro: until 4 Mar 2031"]
