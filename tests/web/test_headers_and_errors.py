"""The headers of every answer, the cookies, and every error as a page that tells what to do and nothing more."""

import json
import logging
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from connectors.spi import Ref
from runner.errors import NotDurableError, NotReachableError
from tests.web.real_site import OWN, RealSite
from tests.web.serving import Browser, Site

AGENT = "agent.rotterdam"
HTTPS = "https://desk.example"
PAGES = ("/", "/find?q=a", "/find/suggestions?q=a", "/people/u-t.novak", "/people/u-none", "/forms/office", "/history",
         "/forms/office/for/u-t.novak", "/forms/reset-password/for/u-t.novak", "/sessions", "/outbox", "/health",
         "/nothing", "/sign-in", "/submissions/x", "/assets/none.css", "/forms/office/submit")  # fmt: skip
DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def test_every_answer_carries_the_headers_that_protect_it(site: RealSite) -> None:
    visits = (site.visit(), site.visit(AGENT))
    answers = [visit.get(path) for visit in visits for path in PAGES]
    answers += [visits[1].post("/forms/office/submit", form) for form in ({}, {"target": "u-t.novak"}, {"x": "y"})]
    answers += [visits[1].client.post("/sign-out"), visits[1].client.put("/"), visits[0].client.options("/")]
    for answer in answers:
        headers = answer.headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert DIRECTIVES.items() <= policy.items()
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in headers
        assert "Strict-Transport-Security" not in headers
        assert "Server" not in headers
        assert answer.mimetype in ("text/html", "application/json")
    assert site.desk.performed == []


def test_files_with_a_hash_in_their_name_may_be_kept(site: RealSite) -> None:
    page = site.visit().get("/sign-in").get_data(as_text=True)
    address = page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    answer = site.visit().get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers.getlist("Set-Cookie") == []


def cookies_of(answer: TestResponse) -> dict[str, set[str]]:
    found = {}
    for line in answer.headers.getlist("Set-Cookie"):
        pair, *flags = line.split("; ")
        found[pair.partition("=")[0]] = {flag.partition("=")[0] if "Expires" in flag else flag for flag in flags}
    return found


def test_cookies_are_bound_to_the_host_and_to_https_there(site: RealSite) -> None:
    visit = site.visit(base=HTTPS)
    kept = cookies_of(visit.get("/sign-in")) | cookies_of(visit.sign_in(AGENT)) | cookies_of(visit.get("/"))
    assert set(kept) == {"__Host-deskhand", "__Host-deskhand-forms"}
    for flags in kept.values():
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= flags
        assert not any(flag.startswith(("Domain", "Max-Age")) for flag in flags)
    answer = visit.get("/")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert cookies_of(visit.post("/theme", {"theme": "dark"}))["deskhand-theme"] >= {"Secure", "SameSite=Strict"}
    assert "__Host-deskhand" in cookies_of(visit.post("/sign-out"))


def test_without_https_the_cookies_are_closed_to_scripts_all_the_same(site: RealSite) -> None:
    visit = site.visit()
    kept = cookies_of(visit.get("/sign-in")) | cookies_of(visit.sign_in(AGENT))
    assert set(kept) == {"deskhand", "deskhand-forms"}
    assert all({"HttpOnly", "Path=/", "SameSite=Lax"} <= flags for flags in kept.values())


def test_a_token_of_plain_http_is_not_taken_on_https(site: RealSite) -> None:
    visit = site.visit(AGENT)
    cookie = visit.client.get_cookie("deskhand")
    assert cookie is not None
    visit.client.set_cookie("deskhand", cookie.value, domain="desk.example")
    assert visit.client.get("/", base_url=HTTPS).headers["Location"] == "/sign-in"


def test_signing_in_gives_a_new_token_and_a_new_form_secret(site: RealSite) -> None:
    visit = site.visit()
    visit.client.set_cookie("deskhand", "chosen-by-somebody-else")
    visit.get("/sign-in")
    before = visit.token
    visit.sign_in(AGENT)
    cookie = visit.client.get_cookie("deskhand")
    assert cookie is not None
    assert cookie.value != "chosen-by-somebody-else"
    answer = visit.client.post("/sign-out", data={"csrf_token": before}, headers=OWN)
    assert answer.status_code == 400


def test_the_known_errors_are_pages_that_say_what_to_do(site: RealSite) -> None:
    visit = site.visit(AGENT)
    visit.get("/")
    person = {"submission": "a" * 32, "target": "u-t.novak"}
    large = {**person, "answer.office": "x" * 300_000}
    cases = (
        (visit.get("/nothing"), 404, "There is nothing here"),
        (visit.client.delete("/", headers=OWN), 405, "not opened that way"),
        (visit.get("/forms/office/submit"), 405, "not opened that way"),
        (visit.post("/forms/office/submit", large), 413, "256 KiB"),
        (visit.post("/forms/office/submit", {**person, "admin": "1"}), 400, "something this form does not have"),
        (
            visit.post("/forms/office/submit", {**person, "target": ["u-t.novak", "u-p.dewit"]}),
            400,
            "same question twice",
        ),
        (visit.post("/forms/office/submit", {**person, "answer.office": ["A", "B"]}), 400, "same question twice"),
        (visit.post("/forms/office/submit", {**person, "flag.office": "perhaps"}), 400, "same question twice"),
        (
            visit.post("/forms/office/submit", {**person, "answer.office": "A", "list.office": "A"}),
            400,
            "different kinds",
        ),
        (visit.post("/forms/office/submit", {**person, "add.office": "A", "answer.office": "B"}), 400, "twice"),
        (visit.post("/forms/office/submit", {**person, "answer.extra": "A", "answer.office": "A"}), 422, ""),
        (visit.post("/forms/office/submit", {**person, "list.office": "A"}), 422, ""),
        (visit.post("/forms/office/submit", {**person, "flag.office": "true"}), 422, ""),
        (visit.post("/forms/office/check", {**person, "method": "x", "extra": "1"}), 400, "does not have"),
        (visit.post(f"/submissions/{'a' * 32}/confirm", {"digest": "", "extra": "1"}), 400, "does not have"),
        (visit.post("/theme", {"theme": "pink"}), 400, "something unexpected"),
        (visit.get("/history?page=0"), 404, "no such page"),
        (visit.get("/history?page=x"), 404, "no such page"),
        (visit.get("/history?page=00000001" + "9" * 5_000), 404, "no such page"),
        (visit.get("/history?page=" + "9" * 5_000), 404, "no such page"),
    )
    for answer, status, words in cases:
        text = answer.get_data(as_text=True)
        assert (answer.status_code, words in text) == (status, True), (answer.request.path, text[-3000:])
        assert "<main" in text
    assert site.counts()["submissions"] == 0
    assert site.desk.performed == []


def test_a_refusal_by_the_web_itself_is_journalled(site: RealSite) -> None:
    visit = site.visit(AGENT)
    for form in ({"admin": "1"}, {"answer.office": ["A", "B"]}, {"answer.office": "x" * 300_000}):
        before = site.denials()
        assert visit.post("/forms/office/submit", {"target": "u-t.novak", **form}).status_code in (400, 413)
        assert site.denials() == before + 1
    assert "xxxx" not in json.dumps(site.desk.journal())
    assert site.desk.performed == []


def test_a_draft_without_a_plan_is_not_confirmed(site: RealSite) -> None:
    visit = site.visit(AGENT)
    check = {"submission": "a" * 32, "target": "u-t.novak", "method": "in_person", "check.ask-0": "true"}
    assert visit.post("/forms/reset-password/check", check).status_code == 303
    answer = visit.post(f"/submissions/{'a' * 32}/confirm", {"digest": ""})
    assert answer.status_code == 409
    assert "nothing to confirm" in answer.get_data(as_text=True)
    assert site.desk.performed == []


def test_a_plan_that_would_do_something_else_by_now_is_shown_again(site: RealSite) -> None:
    visit = site.visit(AGENT)
    form = {"submission": "a" * 32, "target": "u-t.novak", "answer.office": "A"}
    assert visit.post("/forms/office/submit", form).status_code == 303
    digest = site.desk.store.submissions.get("a" * 32).plan_digest
    site.desk.do("directory.user.update", user=Ref("user", "u-t.novak"), set={"office": "B"})
    for old in (digest, "0" * 64, ""):
        answer = visit.post(f"/submissions/{'a' * 32}/confirm", {"digest": old})
        assert answer.status_code == 409
        assert "Something changed while you were reading." in answer.get_data(as_text=True)
    assert site.desk.state("a" * 32) == "draft"
    assert site.desk.performed == []


def test_a_session_that_is_ended_stops_the_journey_at_once(site: RealSite) -> None:
    visit = site.visit(AGENT)
    form = {"submission": "a" * 32, "target": "u-t.novak", "answer.office": "A"}
    visit.post("/forms/office/submit", form)
    visit.get(f"/submissions/{'a' * 32}")
    site.visit(AGENT).post("/sessions/end-others")
    digest = site.desk.store.submissions.get("a" * 32).plan_digest
    for path, sent in (("/forms/office/submit", form), (f"/submissions/{'a' * 32}/confirm", {"digest": digest}),
                       ("/forms/office/evaluate", form), ("/sign-out", {})):  # fmt: skip
        answer = visit.post(path, sent)
        assert answer.status_code == 401
        assert "Sign in again" in answer.get_data(as_text=True)
        assert "Novák" not in answer.get_data(as_text=True)
    assert visit.get("/find/suggestions?q=a", headers={"Accept": "application/json"}).status_code == 401
    assert visit.get(f"/submissions/{'a' * 32}").status_code == 302
    assert site.desk.state("a" * 32) == "draft"
    assert site.desk.performed == []


def test_an_account_that_is_disabled_is_out_at_once(site: RealSite) -> None:
    visit = site.visit(AGENT)
    accounts = site.desk.installation.identity.accounts
    account = accounts.by_login(AGENT)
    assert account is not None
    accounts.disable(account.id, by="test", now=site.desk.clock())
    assert visit.get("/people/u-t.novak").status_code == 302
    assert visit.post("/forms/office/submit", {"target": "u-t.novak"}).status_code == 401
    assert site.visit().sign_in(AGENT).status_code == 403


def test_guessing_is_slowed_down_and_says_for_how_long(site: RealSite) -> None:
    visit = site.visit()
    answers = [visit.sign_in("alice", f"guess {number}") for number in range(8)]
    assert [answer.status_code for answer in answers[:5]] == [403] * 5
    slowed = answers[-1]
    assert slowed.status_code == 429
    assert 1 <= int(slowed.headers["Retry-After"]) <= 900
    assert "guess" not in slowed.get_data(as_text=True).replace("guessing", "")
    assert visit.sign_in("alice").status_code == 429
    site.desk.clock.now += timedelta(hours=2)
    assert visit.sign_in("alice").status_code == 303


def test_a_brake_of_a_form_says_for_how_long_and_nothing_more_is_done(site: RealSite) -> None:
    visit = site.visit(AGENT)
    forms = [{"submission": f"{n:032x}", "target": "u-t.novak", "answer.office": f"A{n}"} for n in range(3)]
    answers = [visit.post("/forms/at-once/submit", form) for form in forms]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "3600"
    assert "Wait a while" in answers[2].get_data(as_text=True)
    assert site.denials() == 1
    assert site.desk.performed == ["directory.user.update"] * 2
    assert site.desk.value("u-t.novak", "office") == "A1"


def test_a_wrong_login_and_a_wrong_password_are_answered_alike(site: RealSite) -> None:
    answers = [site.visit().sign_in(login, "wrong").get_data(as_text=True) for login in ("alice", "nobody.at.all")]
    texts = {text.replace("nobody.at.all", "alice").split("<h1>")[1].split('name="csrf_token"')[0] for text in answers}
    assert len(texts) == 1


def test_what_nobody_foresaw_is_a_number_and_no_detail(caplog: pytest.LogCaptureFixture) -> None:
    site = Site()
    browser = Browser(site.app().test_client())
    browser.sign_in()
    caplog.set_level(logging.ERROR)
    site.desk.fails = ZeroDivisionError("password=hunter2 of zoe")
    for answer in (browser.get("/"), browser.post("/forms/manage-groups/submit", {"answer.x": "secret-answer"})):
        text = answer.get_data(as_text=True)
        assert answer.status_code == 500
        number = text.split("<code>")[1].split("</code>")[0]
        assert len(number) == 8
        assert number in caplog.text
        for detail in ("ZeroDivision", "hunter2", "Traceback", ".py", "secret-answer"):
            assert detail not in text
    assert "hunter2" not in caplog.text
    assert "secret-answer" not in caplog.text
    assert site.desk.done == []


@pytest.mark.parametrize("error", [NotReachableError("The directory does not answer."), NotDurableError("Not stored.")])
def test_a_system_that_is_away_is_said_in_its_own_words(error: Exception) -> None:
    site = Site()
    browser = Browser(site.app().test_client())
    browser.sign_in()
    site.desk.fails = error
    answer = browser.get("/")
    assert answer.status_code == 503
    assert str(error) in answer.get_data(as_text=True)
    wanted = browser.get("/", headers={"Accept": "application/json"})
    assert wanted.get_json() == {"error": str(error), "title": "Not possible right now"}


def test_the_outbox_is_there_on_a_demo_only() -> None:
    site = Site(demo=False)
    browser = Browser(site.app().test_client())
    browser.sign_in()
    assert browser.get("/outbox").status_code == 404
    assert "A demo" not in Browser(site.app().test_client()).get("/sign-in").get_data(as_text=True)
