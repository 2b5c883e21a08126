"""Sessions over HTTP: where one is signed in, ending them one by one and all at once, and how long they live."""

import re

from connectors.spi import Ref, Secret
from tests.web.real_site import NOBODY_BEHIND_IT, RealSite, Visit

AGENT = "agent.rotterdam"
HOSTILE = ("<script>alert(1)</script>\u202e" + "x" * 5_000).encode().decode("latin-1")  # as WSGI hands headers over
_END = re.compile(r'action="/sessions/([0-9a-f]+)/end"')


def is_in(visit: Visit) -> bool:
    return visit.get("/sessions").status_code == 200


def sessions_of(visit: Visit) -> list[str]:
    return _END.findall(visit.get("/sessions").get_data(as_text=True))


def own_session(site: RealSite, visit: Visit) -> str:
    cookie = visit.client.get_cookie("deskhand")
    assert cookie is not None
    found = site.desk.installation.identity.sessions.lookup(cookie.value, site.desk.clock())
    assert found is not None
    return found[0].id


def codes(site: RealSite) -> list[str]:
    return [entry["outcome"]["code"] for entry in site.desk.journal("login")]


def test_sessions_are_listed_and_ended_one_by_one(site: RealSite) -> None:
    first, second, third = (site.visit(AGENT) for _ in range(3))
    ids = [own_session(site, visit) for visit in (first, second, third)]
    assert sorted(sessions_of(first)) == sorted(ids)
    assert first.post(f"/sessions/{ids[1]}/end").headers["Location"] == "/sessions"
    assert [is_in(visit) for visit in (first, second, third)] == [True, False, True]
    again = first.post(f"/sessions/{ids[1]}/end")
    assert again.status_code == 404
    assert [is_in(visit) for visit in (first, second, third)] == [True, False, True]
    assert first.post(f"/sessions/{ids[0]}/end").status_code == 303
    assert first.client.get_cookie("deskhand") is None
    assert [is_in(visit) for visit in (first, second, third)] == [False, False, True]
    assert codes(site).count("session_ended") == 2
    assert site.desk.performed == []


def test_all_other_sessions_end_at_once_and_this_one_stays(site: RealSite) -> None:
    visits = [site.visit(AGENT) for _ in range(4)]
    stranger = site.visit("alice")
    assert visits[2].post("/sessions/end-others").status_code == 303
    assert [is_in(visit) for visit in visits] == [False, False, True, False]
    assert is_in(stranger)
    assert codes(site).count("sessions_ended") == 1


def test_a_session_of_somebody_else_is_not_there_to_be_ended(site: RealSite) -> None:
    mine, other = site.visit(AGENT), site.visit("agent.utrecht")
    theirs = own_session(site, other)
    answers = [mine.post(f"/sessions/{id_}/end") for id_ in (theirs, "0" * 24, "x", "%00", "a%2Fb", "end-others")]
    texts = [
        re.sub(r'name="(csrf_token|back)" value="[^"]*"', "", answer.get_data(as_text=True)) for answer in answers[:4]
    ]
    assert [answer.status_code for answer in answers] == [404] * 6
    assert len(set(texts)) == 1
    assert is_in(other)
    assert theirs not in mine.get("/sessions").get_data(as_text=True)
    assert site.denials() >= 4
    assert site.desk.performed == []


def test_signing_out_ends_the_session_itself_and_not_only_the_cookie(site: RealSite) -> None:
    visit = site.visit(AGENT)
    cookie = visit.client.get_cookie("deskhand")
    assert cookie is not None
    answer = visit.post("/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    visit.client.set_cookie("deskhand", cookie.value)
    assert not is_in(visit)


def test_a_session_ends_when_nobody_uses_it(site: RealSite) -> None:
    visit = site.visit(AGENT)
    for minutes in (29, 29, 29):
        site.desk.clock.forward(minutes=minutes)
        assert is_in(visit)
    site.desk.clock.forward(minutes=30, seconds=1)
    assert not is_in(visit)
    assert visit.post("/forms/office/submit", {"target": "u-t.novak"}).status_code == 401
    assert site.desk.performed == []


def test_a_session_ends_after_ten_hours_however_busy(site: RealSite) -> None:
    visit = site.visit(AGENT)
    for _ in range(29):
        site.desk.clock.forward(minutes=20)
        assert is_in(visit)
    site.desk.clock.forward(minutes=20)
    assert not is_in(visit)


def test_pictures_and_styles_do_not_keep_a_session_alive(site: RealSite) -> None:
    visit = site.visit(AGENT)
    for _ in range(4):
        site.desk.clock.forward(minutes=10)
        visit.get("/assets/none.css")
        visit.get("/health")
    assert not is_in(visit)


def test_a_new_password_ends_every_session(site: RealSite) -> None:
    visits = [site.visit(AGENT) for _ in range(2)]
    accounts = site.desk.installation.identity.accounts
    account = accounts.by_login(AGENT)
    assert account is not None
    accounts.set_password(account.id, Secret("another password"), by="test", now=site.desk.clock())
    assert not any(is_in(visit) for visit in visits)
    assert site.visit().sign_in(AGENT).status_code == 403


def test_a_browser_that_lies_about_itself_is_shown_harmlessly(site: RealSite) -> None:
    visit = Visit(site.app.test_client())
    assert visit.sign_in(AGENT, environ_overrides={"HTTP_USER_AGENT": HOSTILE}).status_code == 303
    site.visit(AGENT)
    text = visit.get("/sessions").get_data(as_text=True)
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert "A browser" in text


def test_an_account_without_a_person_sees_itself_and_nothing_else(site: RealSite) -> None:
    visit = site.visit(NOBODY_BEHIND_IT)
    assert is_in(visit)
    home = visit.get("/").get_data(as_text=True)
    assert "/forms/" not in home.split("<main", 1)[1]
    assert visit.get("/find/suggestions?q=a").get_json() == {"people": [], "tasks": [], "more": False}


def test_rights_that_end_in_the_directory_end_with_the_next_request(site: RealSite) -> None:
    visit = site.visit(AGENT)
    assert visit.get("/people/u-t.novak").status_code == 200
    groups = (Ref("group", "g-SD-Rotterdam"),)
    site.desk.do("directory.user.leave_groups", user=Ref("user", f"u-{AGENT}"), groups=groups)
    assert visit.get("/people/u-t.novak").status_code == 404
    assert visit.post("/forms/office/submit", {"submission": "a" * 32, "target": "u-t.novak"}).status_code == 404
    assert site.desk.performed == []
