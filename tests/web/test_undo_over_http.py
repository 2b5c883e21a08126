"""Taking back, going on and closing over HTTP: plans by GET, changes by POST with the plan's digest, for those who may."""

import re
import uuid

import pytest

from connectors.errors import RejectedError, UnknownOutcomeError

AGENT = "agent.rotterdam"
_DIGEST = re.compile(r'name="digest" value="([0-9a-f]{64})"')


def office(site, visit, form="office", answers=None, submission=None):
    submission = submission or uuid.uuid4().hex
    sent = {"submission": submission, "target": "u-t.novak", **(answers or {"answer.office": "A"})}
    assert visit.post(f"/forms/{form}/submit", sent).status_code == 303
    digest = _DIGEST.search(visit.get(f"/submissions/{submission}").get_data(as_text=True))[1]
    answer = visit.post(f"/submissions/{submission}/confirm", {"digest": digest})
    return submission, answer.get_data(as_text=True)


def stopped(site, visit, error):
    def hook(operation):
        if operation.id == "second":
            raise error

    site.desk.directory.before = hook
    answers = {"answer.rule": "stop", "answer.office": "A"}
    submission, page = office(site, visit, "three-steps", answers)
    site.desk.directory.before = None
    return submission, page


def digest_at(visit, path):
    return _DIGEST.search(visit.get(path).get_data(as_text=True))[1]


def test_a_submission_is_taken_back_from_its_page(site):
    visit = site.visit(AGENT)
    submission, page = office(site, visit)
    assert f'href="/submissions/{submission}/undo"' in page
    before = site.counts()
    plan = visit.get(f"/submissions/{submission}/undo")
    assert plan.status_code == 200
    assert "This will be put back" in plan.get_data(as_text=True)
    assert site.counts() == before
    answer = visit.post(
        f"/submissions/{submission}/undo",
        {"digest": digest_at(visit, f"/submissions/{submission}/undo"), "reason": "no"},
    )
    assert answer.status_code == 303
    taking = visit.get(answer.headers["Location"]).get_data(as_text=True)
    assert "This undid what was done before." in taking
    assert site.desk.value("u-t.novak", "office") is None
    kept = visit.get(f"/submissions/{submission}").get_data(as_text=True)
    assert "This was undone." in kept
    assert "/undo" not in kept
    again = visit.post(f"/submissions/{submission}/undo", {"digest": "0" * 64})
    assert again.headers["Location"] == answer.headers["Location"]


def test_another_digest_shows_the_plan_and_does_nothing(site):
    visit = site.visit(AGENT)
    submission, _ = office(site, visit)
    before = site.counts()
    answer = visit.post(f"/submissions/{submission}/undo", {"digest": "0" * 64})
    assert answer.status_code == 409
    assert site.counts() == before
    assert visit.post(f"/submissions/{submission}/undo", {"digest": "0" * 64, "more": "x"}).status_code == 400


def test_it_goes_on_from_its_page(site):
    visit = site.visit(AGENT)
    submission, page = stopped(site, visit, RejectedError("no"))
    assert f'href="/submissions/{submission}/continue"' in page
    digest = digest_at(visit, f"/submissions/{submission}/continue")
    answer = visit.post(f"/submissions/{submission}/continue", {"digest": digest})
    assert answer.status_code == 200
    assert site.desk.state(submission) == "done"
    assert visit.post(f"/submissions/{submission}/continue", {"digest": digest}).status_code == 303


def test_what_is_unclear_is_closed_with_a_comment(site):
    visit = site.visit(AGENT)
    submission, page = stopped(site, visit, UnknownOutcomeError("cut"))
    assert "Was it done?" in page
    path, sent = f"/submissions/{submission}/close", {"operation": "second", "was": "not_done"}
    assert visit.post(path, {**sent, "comment": ""}).status_code == 422
    assert visit.post(path, {**sent, "was": "perhaps", "comment": "seen"}).status_code == 400
    assert visit.post(path, {**sent, "comment": "seen"}).status_code == 303
    assert site.desk.state(submission) == "partly_done"
    assert visit.post(path, {**sent, "comment": "seen"}).status_code == 403


@pytest.mark.parametrize("who", ["kiosk", "agent.utrecht", "keyuser.sales", "auditor"])
def test_others_take_nothing_back_and_do_not_go_on(site, who):
    agent = site.visit(AGENT)
    submission, _ = stopped(site, agent, RejectedError("no"))
    visit, before = site.visit(who), site.counts()
    for path in ("undo", "continue"):
        assert visit.get(f"/submissions/{submission}/{path}").status_code == 404
        assert visit.post(f"/submissions/{submission}/{path}", {"digest": "0" * 64}).status_code == 404
    assert {**site.counts(), "sessions": 0} == {**before, "sessions": 0}


def test_a_colleague_finds_it_in_the_history_of_the_person(site):
    submission, _ = office(site, site.visit(AGENT))
    visit = site.visit("second.rotterdam")
    assert f'href="/submissions/{submission}/undo"' in visit.get("/people/u-t.novak").get_data(as_text=True)
    digest = digest_at(visit, f"/submissions/{submission}/undo")
    assert visit.post(f"/submissions/{submission}/undo", {"digest": digest}).status_code == 303
    assert "/undo" not in visit.get("/people/u-t.novak").get_data(as_text=True)
    theirs = site.visit(AGENT).get(f"/submissions/{submission}").get_data(as_text=True)
    assert "This was undone." in theirs
    assert "What was put back" not in theirs
