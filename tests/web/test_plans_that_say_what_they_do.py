"""A plan says in words what it does to a thing without values, and shows no row where nothing will change."""

import uuid

from connectors.spi import Change, Ref
from runner.pipeline.looking import actor_of
from runner.pipeline.pages import PlanPage, Posted
from runner.pipeline.reading import Reader
from runner.pipeline.telling import Teller
from tests.web.real_site import RealSite, Visit

AGENT, PERSON = "agent.rotterdam", "u-t.novak"


def plan(site: RealSite, visit: Visit, office: str) -> str:
    """Ask for an office and return the page of the plan."""
    found = site.desk.store.accounts.by_login(AGENT)
    assert found
    account, id_ = found[0], uuid.uuid4().hex
    actor = actor_of(site.desk.services, account.id, account.login, account.display_name, account.person_id)
    made = site.desk.desk.submit(actor, id_, "office", PERSON, Posted({"office": office}), "en")
    assert isinstance(made, PlanPage)
    return str(visit.get(f"/submissions/{id_}").get_data(as_text=True))


def test_a_plan_that_changes_nothing_shows_no_rows(site: RealSite) -> None:
    visit = site.visit(AGENT)
    assert '<table class="plan' in plan(site, visit, "RDM-1.01")
    present = {"office": "RDM-1.01", "manager": None, "description": None}
    site.desk.do("directory.user.update", user=Ref("user", PERSON), set=present)
    page = plan(site, visit, "RDM-1.01")
    assert "Nothing will change" in page
    assert "What you answered asks for no change." in page
    assert '<table class="plan' not in page
    assert "othing to do" not in page
    assert site.desk.performed == []


def test_what_is_done_to_a_thing_without_values_is_told_in_words(site: RealSite) -> None:
    desk = site.desk
    teller = Teller(Reader(desk.services, desk.actor(AGENT), None, desk.clock()))
    for attribute, told in (("sessions", ("Sessions", "", "all ended")), ("mailbox", ("Mailbox", "", "done"))):
        line = teller.line(Change("action", Ref("user", PERSON), "Tomáš Novák", attribute, None, None))
        assert (line.attribute, line.before, line.after) == told
