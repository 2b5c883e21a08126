"""What is new for somebody, asked by every page by itself; and the operators' page of messages that did not get away."""

from dataclasses import replace
from datetime import timedelta

from runner.store.records import Notification
from tests.runner.store.drafts import DRAFT
from tests.web.real_site import RealSite

AGENT = "agent.rotterdam"


def account_id(site: RealSite, login: str) -> str:
    found = site.desk.store.accounts.by_login(login)
    assert found is not None
    return found[0].id


def ended(site: RealSite, id_: str, state: str = "done", login: str = AGENT, **more: object) -> None:
    now = site.desk.clock.now
    row = replace(DRAFT, id=id_, actor_id=account_id(site, login), state=state, asked_at=now, finished_at=now)
    site.desk.store.submissions.start(replace(row, form_title="VPN <access>", **more))  # type: ignore[arg-type]


def test_what_ended_while_one_was_away_is_counted_until_the_history_is_shown(site: RealSite):
    visit = site.visit(AGENT)
    assert visit.get("/news").json == {"waiting": 0, "ended": 0, "last_id": "", "last_title": "", "last_state": ""}
    ended(site, "s-1")
    ended(site, "s-2", state="rejected")
    ended(site, "s-3", asked_at=None)
    ended(site, "s-4", state="cancelled")
    ended(site, "s-5", login="auditor")
    assert visit.get("/news").json["ended"] == 2
    assert '<span data-count>2</span><span class="visually-hidden"> have ended' in visit.get("/").get_data(as_text=True)
    site.desk.clock.forward(seconds=2)
    visit.get("/history")
    assert visit.get("/news").json["ended"] == 0
    assert site.visit(AGENT).get("/news").json["ended"] == 2


def test_nothing_new_is_said_in_304_and_keeps_nothing_private_in_shared_caches(site: RealSite):
    visit = site.visit(AGENT)
    first = visit.get("/news")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = visit.get("/news", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    ended(site, "s-1")
    assert visit.get("/news", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_page_that_asks_by_itself_keeps_no_session_alive(site: RealSite):
    visit = site.visit(AGENT)
    (session,) = site.desk.installation.identity.sessions.own(account_id(site, AGENT), site.desk.clock.now)
    site.desk.clock.forward(minutes=5)
    visit.get("/news")
    (after,) = site.desk.installation.identity.sessions.own(account_id(site, AGENT), site.desk.clock.now)
    assert after.seen_at == session.seen_at
    visit.get("/")
    (used,) = site.desk.installation.identity.sessions.own(account_id(site, AGENT), site.desk.clock.now)
    assert used.seen_at == session.seen_at + timedelta(minutes=5)


def test_a_cookie_that_somebody_made_up_is_as_none(site: RealSite):
    visit = site.visit(AGENT)
    ended(site, "s-1")
    for value in ("x", "a.b", f"{account_id(site, AGENT)}.99999999999999999999", f"{account_id(site, 'auditor')}.1"):
        visit.client.set_cookie("deskhand-seen", value)
        assert visit.get("/news").json["ended"] == 1


def failed(site: RealSite, id_: str = "m-1", **more: object) -> None:
    now = site.desk.clock.now
    one = Notification(
        id_, None, ("bob@sample.test",), "Hi <b>Bob</b>", "SECRET BODY", now, "failed", 11, "Mailbox full."
    )
    site.desk.store.notifications.create([replace(one, **more)])  # type: ignore[arg-type]


def test_operators_see_failures_and_send_them_again_or_give_them_up(site: RealSite):
    failed(site)
    failed(site, "m-2")
    visit = site.visit("auditor")
    page = visit.get("/notifications").get_data(as_text=True)
    assert page.count("Mailbox full.") == 2
    assert "Hi &lt;b&gt;Bob&lt;/b&gt;" in page
    assert "SECRET BODY" not in page
    assert visit.post("/notifications/m-1/send-again").status_code == 303
    assert visit.post("/notifications/m-2/give-up").status_code == 303
    assert visit.post("/notifications/m-2/send-again").status_code == 403
    states = {one.id: one.state for one in site.desk.store.notifications.list()}
    assert states == {"m-1": "pending", "m-2": "given_up"}
    assert "Waiting (1)" in visit.get("/notifications").get_data(as_text=True)


def test_only_who_may_see_messages_is_offered_them(site: RealSite):
    assert 'href="/queue"' in site.visit("auditor").get("/").get_data(as_text=True)
    assert 'href="/queue"' not in site.visit(AGENT).get("/").get_data(as_text=True)
