"""Pages of access that ends by itself: who sees which of it, and the button that tries again."""

from dataclasses import replace

import pytest

from connectors.errors import RejectedError
from runner.store.grant_records import KeyedGrant, Settled, Settling
from tests.runner.pipeline.grants.test_access_until_a_day import AGENT, ATLAS, TOMAS, ZOE, at, give, grants, refusing
from tests.web.real_site import RealSite


@pytest.fixture
def given(site: RealSite) -> RealSite:
    """A site on which an agent gave something to two people, which could not be taken back from one."""
    give(site.desk, groups=[ATLAS])
    give(site.desk, ZOE, groups=[ATLAS], ends="2030-03-20")
    at(site.desk, 11)
    site.desk.directory.before = refusing("join", RejectedError("The directory says <no>."))
    site.desk.carried_out()
    site.desk.directory.before = None
    return site


def page_of(site: RealSite, who: str, path: str) -> str:
    return site.visit(who).get(path).get_data(as_text=True)


def test_an_operator_sees_first_what_could_not_be_taken_back_and_tries_again(given: RealSite) -> None:
    page = page_of(given, "auditor", "/grants")
    assert "Tomáš Novák" in page
    assert "The directory says &lt;no&gt;." in page
    assert "Zoë Lindqvist" not in page
    failed = next(one for one in grants(given.desk) if one.state == "failed")
    visit = given.visit("auditor")
    assert visit.post(f"/grants/{failed.id}/again").status_code == 303
    given.desk.carried_out()

    assert ATLAS not in given.desk.entry(TOMAS).groups
    assert "Everything was taken back" in page_of(given, "auditor", "/grants?show=failed")
    assert "taken back" in page_of(given, "auditor", "/grants?show=ended")
    assert visit.post(f"/grants/{failed.id}/again").status_code == 403
    assert any(one["outcome"]["code"] == "again" for one in given.desk.journal("outcome"))


def test_lists_are_cut_down_to_a_form_a_group_or_a_person(given: RealSite) -> None:
    for cut in ("form=until-a-day", f"about=group:{ATLAS}", f"about=user:{ZOE}"):
        page = page_of(given, "auditor", f"/grants?show=running&{cut}")
        assert "Zoë Lindqvist" in page
    for cut in ("form=office", "about=group:g-APP-Visio", f"about=user:{TOMAS}"):
        assert "Zoë Lindqvist" not in page_of(given, "auditor", f"/grants?show=running&{cut}")


def test_an_agent_sees_what_they_gave_and_no_more(given: RealSite) -> None:
    account, _ = given.desk.store.accounts.by_login(AGENT) or pytest.fail("no account")
    own = tuple(
        KeyedGrant(replace(one, id=f"own-{one.id}", actor_id=account.id), frozenset()) for one in grants(given.desk)
    )
    given.desk.store.grants.settle(Settling(frozenset({"none"}), lambda _: Settled(made=own)))
    assert "Zoë Lindqvist" in page_of(given, AGENT, "/grants")
    assert "Zoë Lindqvist" not in page_of(given, "agent.utrecht", "/grants")
    visit = given.visit(AGENT)
    for path in ("/grants?show=running", "/grants?show=failed", "/grants?form=office", f"/grants?about=user:{ZOE}"):
        assert visit.get(path).status_code == 404
    failed = next(one for one in grants(given.desk) if one.state == "failed")
    assert visit.post(f"/grants/{failed.id}/again").status_code == 404


def test_it_stands_on_the_card_of_the_person(given: RealSite) -> None:
    page = page_of(given, AGENT, f"/people/{ZOE}")
    assert "Ends by itself" in page
    assert "20 Mar 2030" in page
    assert "APP-Atlas" in page
    assert "Ends by itself" not in page_of(given, AGENT, "/people/u-p.dewit")


def test_the_doctor_says_what_could_not_be_taken_back(given: RealSite) -> None:
    (finding,) = [one for one in given.desk.doctor() if one.what == "grants"]
    assert finding.state == "error"
    assert "Add the groups" in finding.detail


def test_letting_it_last_longer_and_ending_it_early_are_forms(given: RealSite) -> None:
    desk = given.desk
    longer = desk.planned(AGENT, "extend-access", ZOE, {"groups": [ATLAS], "last_day": "2030-05-01"}, reason="Goes on")
    assert not longer.nothing_to_do
    assert desk.done(AGENT, longer).state == "done"
    assert [one.ends_at.month for one in grants(desk) if one.state == "running"] == [5]

    early = desk.planned(AGENT, "end-access", ZOE, {"groups": [ATLAS]}, reason="Left the project")
    assert desk.done(AGENT, early).state == "done"
    assert ATLAS not in desk.entry(ZOE).groups
    assert not [one for one in grants(desk) if one.state == "running"]
