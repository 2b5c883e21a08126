"""Requests over HTTP: who sees which, that only a POST decides, and that it is bound to what stood on the page."""

import re

import pytest

from runner.pipeline.looking import actor_of
from runner.pipeline.pages import PlanPage, Posted
from tests.web.real_site import RealSite, Visit

AGENT, PERSON = "agent.rotterdam", "u-t.novak"
_DIGEST = re.compile(r'name="digest" value="([0-9a-f]{64})"')


def ask(site: RealSite, by: str = "person", office: str = "A", target: str = PERSON) -> str:
    found = site.desk.store.accounts.by_login(AGENT)
    assert found
    account, desk, id_ = found[0], site.desk.desk, site.desk.new()
    actor = actor_of(site.desk.services, account.id, account.login, account.display_name, account.person_id)
    posted = Posted({"office": office, "by": by, "why": "<b>Because</b>"})
    plan = desk.submit(actor, id_, "needs-a-yes", target, posted, "en")
    assert isinstance(plan, PlanPage)
    desk.confirm(actor, id_, plan.digest, "", (), "en")
    return id_


def digest_on(visit: Visit, id_: str) -> str:
    found = _DIGEST.search(visit.get(f"/requests/{id_}").text)
    assert found
    return found[1]


def state(site: RealSite, id_: str) -> str:
    return site.desk.state(id_)


@pytest.fixture
def agent(site: RealSite) -> Visit:
    return site.visit(AGENT)


@pytest.fixture
def auditor(site: RealSite, agent: Visit) -> Visit:
    return site.visit("auditor")


def test_who_decides_finds_it_sees_it_and_says_yes(site: RealSite, auditor: Visit) -> None:
    id_ = ask(site)
    inbox = auditor.get("/requests").text
    assert f"/requests/{id_}" in inbox
    assert 'data-news="waiting"><span data-count>1</span>' in inbox
    page = auditor.get(f"/requests/{id_}").text
    for text in ("Femke Agent", "Tomáš Novák", "An office that somebody agrees to", "Yes, do it", "&lt;b&gt;Because"):
        assert text in page
    form = {"digest": digest_on(auditor, id_), "decision": "yes", "comment": "Good."}
    answer = auditor.post(f"/requests/{id_}", form)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/requests/{id_}")
    assert state(site, id_) == "queued"
    site.desk.carried_out()
    after = auditor.get(f"/requests/{id_}").text
    assert "Done" in after
    assert "Good." in after
    assert "Yes, do it" not in after


def test_no_get_decides_anything(site: RealSite, auditor: Visit) -> None:
    id_ = ask(site)
    wanted = digest_on(auditor, id_)
    for path in (
        f"/requests/{id_}?digest={wanted}&decision=yes",
        f"/requests?chosen={id_}.{wanted}&decision=yes",
        f"/requests/several?chosen={id_}.{wanted}&decision=yes",
    ):
        auditor.get(path)
    assert (state(site, id_), site.desk.store.approvals.of(id_)) == ("awaiting_approval", [])


def test_others_find_nothing_and_decide_nothing(site: RealSite, auditor: Visit) -> None:
    id_ = ask(site)
    wanted = digest_on(auditor, id_)
    for login in ("second.rotterdam", "keyuser.sales", "kiosk", "agent.utrecht"):
        visit = site.visit(login)
        assert id_ not in visit.get("/requests").text
        assert visit.get(f"/requests/{id_}").status_code == 404
        form = {"digest": wanted, "decision": "yes", "comment": ""}
        assert visit.post(f"/requests/{id_}", form).status_code == 404
    assert state(site, id_) == "awaiting_approval"


def test_who_asks_sees_it_without_a_button_and_cannot_decide(site: RealSite, agent: Visit, auditor: Visit) -> None:
    id_ = ask(site)
    page = agent.get(f"/requests/{id_}").text
    assert "Yes, do it" not in page
    form = {"digest": digest_on(auditor, id_), "decision": "yes", "comment": ""}
    assert agent.post(f"/requests/{id_}", form).status_code in (403, 404)
    own = agent.get(f"/submissions/{id_}").text
    for text in ("Needs a yes", "Ada Audit", "Waits until"):
        assert text in own


def test_a_no_without_a_reason_comes_back_with_what_to_do(site: RealSite, auditor: Visit) -> None:
    id_ = ask(site)
    form = {"digest": digest_on(auditor, id_), "decision": "no", "comment": " "}
    answer = auditor.post(f"/requests/{id_}", form)
    assert answer.status_code == 422
    assert "Say why not" in answer.text
    answer = auditor.post(f"/requests/{id_}", form | {"comment": "Not this year."})
    assert (answer.status_code, state(site, id_)) == (303, "rejected")
    assert "Not this year." in site.visit(AGENT).get(f"/submissions/{id_}").text


def test_a_yes_to_another_plan_shows_the_present_one(site: RealSite, auditor: Visit) -> None:
    id_ = ask(site)
    answer = auditor.post(f"/requests/{id_}", {"digest": "0" * 64, "decision": "yes", "comment": "ok"})
    assert answer.status_code == 409
    assert "no longer as it was" in answer.text
    assert digest_on(auditor, id_) in answer.text
    assert state(site, id_) == "awaiting_approval"


@pytest.mark.parametrize("form", [{"decision": "maybe"}, {"decision": "yes", "as": "admin"}, {}])
def test_what_no_page_of_ours_sends_is_refused(site: RealSite, auditor: Visit, form: dict[str, str]) -> None:
    id_ = ask(site)
    assert auditor.post(f"/requests/{id_}", {"digest": digest_on(auditor, id_), **form}).status_code == 400
    assert state(site, id_) == "awaiting_approval"


def test_several_of_one_form_are_decided_on_each_by_itself(site: RealSite, auditor: Visit) -> None:
    ids = [
        ask(site, office=office, target=person) for office, person in (("A", PERSON), ("B", "u-p.dewit"), ("C", PERSON))
    ]
    chosen = [f"{id_}.{digest_on(auditor, id_)}" for id_ in ids[:2]] + [f"{ids[2]}.{'0' * 64}"]
    answer = auditor.post("/requests/several", {"chosen": chosen, "decision": "yes", "comment": ""})
    assert answer.status_code == 200
    assert "2 of 3 decided" in answer.text
    assert [state(site, id_) for id_ in ids] == ["queued", "queued", "awaiting_approval"]
    answer = auditor.post("/requests/several", {"chosen": chosen[:1], "decision": "no", "comment": ""})
    assert answer.status_code == 422


def test_somebody_names_a_deputy_and_takes_it_back(site: RealSite, auditor: Visit) -> None:
    id_ = ask(site)
    deputy = site.visit("agent.utrecht")
    assert deputy.get(f"/requests/{id_}").status_code == 404
    form = {"deputy": "agent.utrecht", "starts_on": "2030-03-01", "ends_on": "2030-03-31"}
    assert auditor.post("/requests/away", form).status_code == 303
    assert "Ada Audit" in deputy.get("/requests/away").text
    assert "who is away" in deputy.get(f"/requests/{id_}").text
    assert id_ in deputy.get("/requests").text
    page = auditor.get("/requests/away").text
    assert "Utrecht Agent" in page
    [path] = re.findall(r'action="(/requests/away/[0-9a-f]+/end)"', page)
    assert deputy.post(path).status_code == 404
    assert auditor.post(path).status_code == 303
    assert deputy.get(f"/requests/{id_}").status_code == 404
    kinds = [body.get("operation") for body in site.desk.journal("config")]
    assert kinds[-2:] == ["be away", "be back"]


@pytest.mark.parametrize(
    "form",
    [
        {"deputy": "nobody.here", "starts_on": "2030-03-01", "ends_on": "2030-03-31"},
        {"deputy": "auditor", "starts_on": "2030-03-01", "ends_on": "2030-03-31"},
        {"deputy": "alice", "starts_on": "2030-03-31", "ends_on": "2030-03-05"},
        {"deputy": "alice", "starts_on": "2030-01-01", "ends_on": "2030-01-31"},
        {"deputy": "alice", "starts_on": "2030-03-05", "ends_on": "2032-03-05"},
        {"deputy": "alice", "starts_on": "tomorrow", "ends_on": ""},
        {"deputy": "f.former", "starts_on": "2030-03-05", "ends_on": "2030-03-05"},
    ],
)
def test_an_absence_that_does_not_fit_comes_back_as_it_was_typed(
    site: RealSite, auditor: Visit, form: dict[str, str]
) -> None:
    answer = auditor.post("/requests/away", form)
    assert answer.status_code == 422
    assert f'value="{form["deputy"]}"' in answer.text
    assert site.desk.store.absences.of("u-auditor") == []


def test_who_reads_all_sees_what_is_open_and_who_can_answer_it(site: RealSite, auditor: Visit) -> None:
    ids = [ask(site, by="manager"), ask(site, by="nobody", office="B")]
    assert 'href="/requests/all"' in auditor.get("/requests").text
    page = auditor.get("/requests/all").text
    for text in (*(f"/requests/{id_}" for id_ in ids), "Ulrich Chef", "Femke Agent", "Tomáš Novák", "too few left"):
        assert text in page
    assert auditor.get("/requests/all?page=2").status_code == 200
    assert auditor.get("/requests/all?page=0").status_code == 404


def test_who_does_not_sees_no_second_view_and_no_such_page(site: RealSite, agent: Visit) -> None:
    ask(site)
    assert "/requests/all" not in agent.get("/requests").text
    assert agent.get("/requests/all").status_code == 404
