"""Seeing the desk as somebody else does: their pages, nothing done, everything on record, and over by itself."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from runner.access.model import Policy
from runner.access.reading import read_access
from runner.errors import RefusedError
from runner.pipeline.pages import Posted
from runner.policy.keeping import PolicyKeeper
from tests.runner.pipeline import desks
from tests.web.real_site import RealSite, Stage, Visit
from tests.web.test_routes import DRAFT, GETS, NEW, OFFICE, POSTS, TABLE, digest_of_draft

SEER, SEEN = "second.rotterdam", "agent.rotterdam"
ONLY_LOOKS = {"/forms/<form_id>/evaluate": 200, "/forms/<form_id>/pick": 200, "/theme": 303, "/sign-in": 403,
              "/sign-out": 303, "/simulation/end": 303}  # fmt: skip
ROLES = """
  - { id: seer, title: Sees as others do, permissions: [access.simulate], holders: ordinary }
  - { id: chief, title: Decides, permissions: [access.simulate, access.manage, access.read] }

resource_sets:
"""
BINDINGS = """
bindings:
  - { id: seers, principals: [{ user: second.rotterdam }], role: seer }
  - { id: chiefs, principals: [{ user: auditor }], role: chief }
"""


def policy() -> tuple[Policy, bytes]:
    text = desks.definitions()["access.yaml"].decode()
    text = text.replace("\nresource_sets:\n", ROLES, 1).replace("\nbindings:\n", BINDINGS, 1)
    found, problems = read_access("access.yaml", text.encode())
    assert [one for one in problems if one.level == "error"] == []
    return found, text.encode()


@pytest.fixture
def site(stage: Stage, web_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RealSite]:
    monkeypatch.setattr(desks, "_access", policy)
    folder = tmp_path / "desk"
    shutil.copytree(web_template, folder)
    opened = stage.open(folder)
    yield opened
    opened.desk.close()


def seeing(site: RealSite, seer: str = SEER, seen: str = SEEN) -> Visit:
    visit = site.visit(seer)
    begun = visit.post("/access/simulate", {"who": seen, "reason": "INC-1: cannot find a form"})
    assert (begun.status_code, begun.headers["Location"]) == (303, "/")
    return visit


def records(site: RealSite, operation: str) -> list[Mapping[str, Any]]:
    return [one for one in site.desk.journal() if one.get("operation") == operation]


def test_pages_are_built_for_that_person_and_a_bar_says_so(site: RealSite) -> None:
    visit = site.visit("auditor")
    assert "Reset password" not in visit.get("/").text
    visit = seeing(site, "auditor")
    home = visit.get("/").text
    assert "You see the desk as" in home
    assert "Femke Agent" in home
    assert "Reset password" in home
    assert visit.get("/people/u-t.novak").status_code == 200
    assert visit.get("/people/u-alice").status_code == 404
    assert visit.get("/access/explain").status_code == 404


def test_it_begins_on_record_with_its_reason_and_ends_on_record(site: RealSite) -> None:
    visit = seeing(site)
    (begun,) = records(site, "simulate")
    assert begun["kind"] == "decision"
    assert begun["actor"]["login"] == SEER
    assert begun["simulated"] == SEEN
    assert begun["target"]["id"] == "u-agent.rotterdam"
    assert begun["reason"] == "INC-1: cannot find a form"
    assert visit.post("/simulation/end").status_code == 303
    assert "You see the desk as" not in visit.get("/").text
    (ended,) = records(site, "end simulation")
    assert ended["actor"]["login"] == SEER


def test_every_route_that_would_do_something_is_refused_and_recorded(site: RealSite) -> None:
    digest = digest_of_draft(site, site.visit(SEEN))
    for key in POSTS:
        visit, row = seeing(site), TABLE[key]
        before, denied = site.counts(), site.denials()
        form = {name: digest if value == "…" else value for name, value in (row.form or {}).items()}
        answer = visit.post(row.path, form)
        expected = ONLY_LOOKS.get(key[1], 403)
        assert answer.status_code == expected, key
        if key[1] not in ("/sign-out", "/sign-in"):
            assert site.counts() == before, key
        if key[1] not in ONLY_LOOKS:
            assert site.denials() == denied + 1, key
            record = site.desk.journal("deny")[-1]
            assert record["actor"]["simulated_by"] == SEER, key
            assert record["actor"]["login"] == SEEN, key
    assert site.desk.performed == []


def test_every_page_is_that_persons_but_for_what_they_did(site: RealSite) -> None:
    owner = site.visit(SEEN)
    digest_of_draft(site, owner)
    visit, journal = seeing(site), len(site.desk.journal())
    own = {"/submissions/<submission_id>", "/submissions/<submission_id>/edit"}
    before = site.counts()
    for key in GETS:
        expected = 404 if key[1] in own else owner.get(TABLE[key].path).status_code
        assert visit.get(TABLE[key].path).status_code == expected, key
    assert site.counts() == before
    added = site.desk.journal()[journal:]
    assert {one["kind"] for one in added} <= {"deny"}


def test_what_that_person_did_is_not_shown(site: RealSite) -> None:
    owner = site.visit(SEEN)
    assert owner.post(f"/submissions/{DRAFT}/confirm", {"digest": digest_of_draft(site, owner)}).status_code == 200
    assert "Tomáš Novák" in owner.get("/history").text
    visit = seeing(site)
    page = visit.get("/history").text
    assert "What they did is theirs and is not shown" in page
    assert "Tomáš Novák" not in page
    assert visit.get(f"/submissions/{DRAFT}").status_code == 404
    assert f"Signed in as</b> <b><bdi>{SEEN}" not in visit.get("/sessions").text
    assert "Sem Agent" in visit.get("/sessions").text


def test_what_comes_with_a_file_is_refused_though_it_only_reads(site: RealSite) -> None:
    visit = seeing(site)
    before = site.counts()
    sent = {**OFFICE, "submission": NEW, "file.scan": (BytesIO(b"text"), "a.txt")}
    answer = visit.post("/forms/office/evaluate", sent, content_type="multipart/form-data")
    assert answer.status_code == 403
    assert site.counts() == before


def test_it_is_over_after_half_an_hour_and_at_sign_out(site: RealSite) -> None:
    visit = seeing(site)
    site.desk.clock.forward(minutes=29)
    assert "You see the desk as" in visit.get("/").text
    site.desk.clock.forward(minutes=1)
    page = visit.get("/").text
    assert "You see the desk as" not in page
    assert "Sem Agent" in page
    assert len(records(site, "end simulation")) == 1
    site.desk.clock.forward(minutes=-20)
    assert "You see the desk as" not in visit.get("/").text
    again = seeing(site)
    assert again.post("/sign-out").status_code == 303
    assert again.get("/").status_code == 302


def test_it_is_over_at_once_when_the_permission_is_taken(site: RealSite, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = seeing(site)
    content = desks.definitions()["access.yaml"]
    without = read_access("access.yaml", content)[0]
    authority = PolicyKeeper(without, content, site.desk.services.connectors).current()
    with monkeypatch.context() as taken:
        taken.setattr(PolicyKeeper, "current", lambda _self: authority)
        assert "You see the desk as" not in visit.get("/").text
    assert len(records(site, "end simulation")) == 1
    assert "You see the desk as" not in visit.get("/").text, "given back, it does not go on by itself"


@pytest.mark.parametrize(
    ("seer", "who", "said"),
    [
        (SEER, "auditor", "holds rights that you do not hold"),
        (SEER, "agent.utrecht", "holds rights that you do not hold"),
        (SEER, "keyuser.sales", "holds rights that you do not hold"),
        (SEER, SEER, "That is you."),
        (SEER, "nobodyx", "There is no account and no person"),
        (SEER, "f.former", "disabled in the directory"),
        ("auditor", "client:feed", "No binding is for a client"),
    ],
)
def test_whom_one_cannot_see_as(site: RealSite, seer: str, who: str, said: str) -> None:
    visit = site.visit(seer)
    answer = visit.post("/access/simulate", {"who": who, "reason": "INC-1"})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert "You see the desk as" not in visit.get("/").text
    assert records(site, "simulate") == [one for one in site.desk.journal("deny") if one["operation"] == "simulate"]


def test_without_a_reason_nothing_begins(site: RealSite) -> None:
    answer = site.visit(SEER).post("/access/simulate", {"who": "alice", "reason": "  "})
    assert answer.status_code == 422
    assert "Say why you want to see the desk" in answer.get_data(as_text=True)
    assert records(site, "simulate") == []


def test_who_may_decide_sees_as_everybody_does(site: RealSite) -> None:
    for who in ("agent.utrecht", "keyuser.sales", "kiosk", "alice", "p.dewit"):
        assert "You see the desk as" in seeing(site, "auditor", who).get("/").text


def test_nobody_sees_through_somebody_who_is_seen(site: RealSite) -> None:
    visit = seeing(site, "auditor", SEER)
    answer = visit.post("/access/simulate", {"who": SEEN, "reason": "INC-1"})
    assert answer.status_code == 403
    assert visit.get("/access/simulate").status_code == 200


def test_the_desk_itself_does_nothing_for_an_actor_that_is_only_seen(site: RealSite) -> None:
    found = site.desk.installation.delegation.simulating.from_host(SEEN).actor
    desk, posted = site.desk.desk, Posted({"office": "A"})
    for ask in (
        lambda: desk.submit(found, NEW, "office", "u-t.novak", posted, "en"),
        lambda: desk.plan(found, NEW, "office", "u-t.novak", posted, "en"),
        lambda: desk.turn(found, NEW, "office", "u-t.novak", posted, "en"),
        lambda: desk.confirm(found, NEW, "", "", (), "en"),
        lambda: desk.check_start(found, NEW, "reset-password", "u-t.novak", "in_person", "en"),
        lambda: desk.check_answer(found, NEW, "reset-password", "u-t.novak", "in_person", {}, "en"),
        lambda: desk.export(found, "report-not-logged-on", None, "accounts", posted, "en"),
    ):
        before, denied = site.counts(), site.denials()
        with pytest.raises(RefusedError, match="as somebody else"):
            ask()
        assert site.counts() == before
        assert site.denials() == denied + 1
    assert site.desk.journal("deny")[-1]["actor"]["simulated_by"] == "cli"


def test_the_session_ends_as_before(site: RealSite) -> None:
    visit = seeing(site)
    site.desk.clock.now += timedelta(days=3)
    assert visit.get("/").status_code == 302
