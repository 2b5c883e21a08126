"""Reviews of delegations through the pages: beginning, deciding, taking back, closing; and who may not."""

import re
from datetime import timedelta
from html import unescape

import pytest

from tests.runner.pipeline.small_company import NOW
from tests.web.real_site import RealSite, Visit

DUE = (NOW + timedelta(days=30)).date().isoformat()
DRAFT = {"title": "Spring", "reviewers": "auditor, access.admin", "due_on": DUE, "roles": "", "bindings": ""}


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.fixture
def admin(site: RealSite) -> Visit:
    return site.visit("access.admin")


def begun(visit: Visit, **other: str) -> str:
    answer = visit.post("/access/reviews", DRAFT | other)
    assert answer.status_code == 303, text(answer.text)
    return answer.headers["Location"]


def place_of(visit: Visit, review: str, binding: str) -> str:
    """Return the path under which a binding of a review is decided on."""
    html = visit.get(review).text
    found = re.search(rf'id="item-(\d+)"(?:(?!</header>).)*binding <bdi>{binding}</bdi>', html, re.DOTALL)
    assert found, binding
    return f"{review}/items/{found[1]}"


def test_a_review_has_every_binding_with_what_it_gives(admin: Visit) -> None:
    said = text(admin.get(begun(admin)).text)
    assert "binding desk-rotterdam" in said
    assert "SD-Rotterdam (2 people)" in said
    assert "rotterdam (0 computers, 1 mailboxes, 9 people)" in said
    assert "0 / 15" in said
    assert "Spring" in text(admin.get("/access/reviews").text)


def test_only_what_was_chosen_is_reviewed(admin: Visit) -> None:
    said = text(admin.get(begun(admin, roles="key-user", bindings="leads-groups authors")).text)
    assert "0 / 3" in said
    assert "desk-rotterdam" not in said


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"reviewers": "nobody.here"}, 'There is no account "nobody.here"'),
        ({"due_on": "soon"}, "Write the last day as 2027-01-31."),
        ({"due_on": "2001-01-31"}, "Nothing was begun."),
        ({"title": " "}, "title"),
        ({"roles": "no-such-role"}, "no-such-role"),
        ({"bindings": "no-such-binding"}, "no-such-binding"),
    ],
)
def test_a_draft_that_does_not_fit_is_shown_again_as_it_was_typed(
    admin: Visit, wrong: dict[str, str], why: str
) -> None:
    page = admin.post("/access/reviews", DRAFT | {"title": "Typed before"} | wrong)
    assert page.status_code == 422
    assert why in text(page.text)
    assert 'value="Typed before"' in page.text or "title" in wrong
    assert "No review yet" in page.text


def test_what_is_revoked_gives_nothing_from_the_next_request_on_and_can_be_given_back(
    site: RealSite, admin: Visit
) -> None:
    agent = site.visit("agent.rotterdam")
    assert agent.get("/people/u-t.novak").status_code == 200
    review = begun(admin)
    item = place_of(admin, review, "desk-rotterdam")
    decided = admin.post(item, {"verdict": "revoke", "reason": "The branch closes"})
    assert (decided.status_code, decided.headers["Location"].partition("#")[0]) == (303, f"{review}?page=1")
    assert agent.get("/people/u-t.novak").status_code == 404
    assert "The branch closes" in admin.get(review).text
    assert "revoked" in text(admin.get("/access/bindings/desk-rotterdam").text)
    assert "was revoked by a review and gives nothing" in text(admin.get("/access").text)
    assert admin.post(f"{item}/restore", {"reason": "It stays"}).status_code == 303
    assert agent.get("/people/u-t.novak").status_code == 200


def test_a_decision_without_a_reason_is_asked_for_again(admin: Visit) -> None:
    review = begun(admin)
    page = admin.post(place_of(admin, review, "desk-utrecht"), {"verdict": "keep", "reason": "  "})
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert "0 / 15" in text(page.text)


def test_nobody_decides_on_their_own_rights(admin: Visit) -> None:
    review = begun(admin)
    item = place_of(admin, review, "access-admins")
    html = admin.get(review).text
    assert f'action="{item}?page=1"' not in html
    assert f'action="{place_of(admin, review, "desk-utrecht")}?page=1"' in html
    assert admin.post(item, {"verdict": "keep", "reason": "mine"}).status_code == 403
    assert "0 / 15" in text(admin.get(review).text)


def test_a_closed_review_takes_no_more_decisions(admin: Visit) -> None:
    review = begun(admin)
    item = place_of(admin, review, "desk-utrecht")
    assert admin.post(f"{review}/close").status_code == 303
    assert admin.post(f"{review}/close").status_code == 409
    html = admin.get(review).text
    assert "closed by" in text(html)
    assert 'name="verdict"' not in html
    assert admin.post(item, {"verdict": "keep", "reason": "late"}).status_code in (403, 409)


def test_an_auditor_decides_where_named_and_neither_begins_nor_closes(site: RealSite, admin: Visit) -> None:
    review, auditor = begun(admin), site.visit("auditor")
    html = auditor.get(review).text
    assert "/close" not in html
    assert "/restore" not in html
    assert "Begin a review" not in auditor.get("/access/reviews").text
    item = place_of(auditor, review, "desk-utrecht")
    assert auditor.post(item, {"verdict": "revoke", "reason": "Not needed"}).status_code == 303
    for path, form in ((f"{review}/close", {}), (f"{item}/restore", {"reason": "x"}), ("/access/reviews", DRAFT)):
        before = site.denials()
        assert auditor.post(path, form).status_code == 403, path
        assert site.denials() == before + 1


def test_a_reviewer_without_rights_to_read_sees_the_review_and_nothing_else(site: RealSite, admin: Visit) -> None:
    agent = site.visit("agent.utrecht")
    assert "/access/reviews" not in agent.get("/").text
    other, mine = begun(admin), begun(admin, reviewers="agent.utrecht", bindings="key-users")
    home = agent.get("/").text
    assert '<a class="item" href="/access/reviews">' in home
    html = agent.get("/access/reviews").text
    assert re.findall(r'<nav class="sub".*?</nav>', html, re.DOTALL)[0].count("<a ") == 1
    assert (mine in html, other in html) == (True, False)
    assert agent.get(other).status_code == 404
    assert agent.get("/access").status_code == 404
    item = place_of(agent, mine, "key-users")
    assert agent.post(item, {"verdict": "keep", "reason": "They do it daily"}).status_code == 303
    assert site.visit("keyuser.sales").post(item, {"verdict": "revoke", "reason": "x"}).status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {"verdict": "maybe", "reason": "x"},
        {"verdict": "", "reason": "x"},
        {"reason": "x"},
        {"verdict": "keep", "reason": "x", "more": "1"},
        {"verdict": ["keep", "revoke"], "reason": "x"},
    ],
)
def test_what_no_page_sends_is_refused(admin: Visit, form: dict[str, object]) -> None:
    review = begun(admin)
    assert admin.post(place_of(admin, review, "desk-utrecht"), form).status_code == 400
    assert "0 / 15" in text(admin.get(review).text)


def test_a_review_leaves_as_evidence_for_who_sees_it(site: RealSite, admin: Visit) -> None:
    review = begun(admin, bindings="key-users")
    for login, status in (("auditor", 200), ("agent.rotterdam", 404)):
        answer = site.visit(login).post(f"{review}/export", {"format": "csv"})
        assert answer.status_code == status
    as_json = admin.post(f"{review}/export", {"format": "json"})
    assert as_json.headers["Content-Disposition"] == 'attachment; filename="review.json"'
    assert "Spring" in as_json.text
    assert admin.post(f"{review}/export", {"format": "exe"}).status_code == 400
    assert len(site.desk.journal("export")) == 2
