"""A password stands in the body of the one answer to the confirmation, and nowhere else that HTTP or a file could show."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import TestResponse

from connectors.spi import Secret
from tests.runner.pipeline.test_no_secret_anywhere import TYPED, encodings
from tests.web.real_site import PASSWORD, RealSite, Visit, hidden

AGENT, ID = "agent.rotterdam", "a" * 32
TARGET = {"submission": ID, "target": "u-t.novak"}


def whole(answer: TestResponse) -> bytes:
    """Return everything of an answer: its headers, cookies, address and body."""
    return f"{answer.request.url}\n{answer.headers}\n".encode() + answer.get_data()


def kept(site: RealSite, secret: str) -> list[str]:
    """Return the files of the desk folder, and the journal's name, where a secret stands in any encoding."""
    places = {file.name: file.read_bytes() for file in site.desk.folder.rglob("*") if file.is_file()}
    places["journal"] = str(site.desk.journal()).encode()
    return [name for name, content in places.items() if any(form in content for form in encodings(secret))]


def check_caller(visit: Visit, target: str = "u-t.novak") -> None:
    for method in ("in_person", "call_back"):
        form = {"submission": ID, "target": target, "method": method, "check.ask-0": "true"}
        assert visit.post("/forms/reset-password/check", form).status_code == 303


def plan_reset(visit: Visit) -> dict[str, str]:
    """Go as far as the plan, and return what its button would send."""
    check_caller(visit)
    assert visit.post("/forms/reset-password/submit", {**TARGET, "flag.must_change": "true"}).status_code == 303
    return hidden(visit.get(f"/submissions/{ID}").get_data(as_text=True))


def every_other_answer(site: RealSite, visit: Visit, sent: dict[str, str]) -> list[TestResponse]:
    auditor, other = site.visit("auditor"), site.visit("second.rotterdam")
    return [
        visit.get(f"/submissions/{ID}"),
        visit.get(f"/submissions/{ID}/edit"),
        visit.post(f"/submissions/{ID}/confirm", sent),
        visit.post("/forms/reset-password/submit", TARGET),
        visit.get("/"),
        visit.get("/history"),
        visit.get("/people/u-t.novak"),
        visit.get("/outbox"),
        auditor.get(f"/submissions/{ID}"),
        other.get(f"/submissions/{ID}"),
        other.post(f"/submissions/{ID}/confirm", sent),
    ]


def test_a_new_password_is_in_the_answer_to_the_confirmation_only(site: RealSite) -> None:
    visit = site.visit(AGENT)
    sent = plan_reset(visit)
    assert site.desk.passwords == []
    done = visit.post(f"/submissions/{ID}/confirm", sent)
    [secret] = site.desk.passwords
    assert done.status_code == 200
    assert done.get_data(as_text=True).count(secret) == 1
    assert secret not in str(done.headers)
    assert done.headers["Cache-Control"] == "no-store"
    assert "Location" not in done.headers
    for answer in every_other_answer(site, visit, sent):
        assert not any(form in whole(answer) for form in encodings(secret)), answer.request.path
    assert kept(site, secret) == []
    assert site.desk.performed == ["directory.user.set_password"]
    assert site.desk.directory.inner.authenticate("t.novak", Secret(secret)).ref is not None  # type: ignore[attr-defined]


def test_of_several_confirmations_at_once_one_answer_has_the_password(site: RealSite) -> None:
    visit = site.visit(AGENT)
    sent = plan_reset(visit) | {"csrf_token": visit.token}
    cookies = [visit.client.get_cookie(name) for name in ("deskhand", "deskhand-forms")]

    def confirm(_: int) -> TestResponse:
        client = site.app.test_client()
        for cookie in cookies:
            assert cookie is not None
            client.set_cookie(cookie.key, cookie.value)
        return Visit(client, token=visit.token).post(f"/submissions/{ID}/confirm", sent)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(confirm, range(6)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    shown = [secret for secret in site.desk.passwords for answer in answers if secret in answer.get_data(as_text=True)]
    assert len(shown) == 1
    assert site.desk.performed == ["directory.user.set_password"]
    assert site.desk.directory.inner.authenticate("t.novak", Secret(shown[0])).ref is not None  # type: ignore[attr-defined]


def test_a_password_that_was_typed_never_comes_back(site: RealSite) -> None:
    visit = site.visit(AGENT)
    form = {**TARGET, "answer.password": TYPED, "repeat.password": TYPED}
    answers = [
        visit.post("/forms/typed-password/submit", form | {"repeat.password": TYPED + "x"}),
        visit.post("/forms/typed-password/submit", form | {"flag.other": "true"}),
        visit.post("/forms/typed-password/submit", form | {"go": "more"}),
        visit.post("/forms/typed-password/evaluate", form),
        visit.post("/forms/typed-password/submit", form | {"target": "u-u.bakker"}),
        visit.post("/forms/typed-password/submit", form | {"strange": "1"}),
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 200, 200, 404, 400]
    assert site.desk.performed == []
    answers.append(visit.post("/forms/typed-password/submit", form))
    answers += [visit.get(f"/submissions/{ID}"), visit.get(f"/submissions/{ID}/edit")]
    sent = hidden(answers[-2].get_data(as_text=True))
    answers.append(visit.post(f"/submissions/{ID}/confirm", sent))
    assert answers[-1].status_code == 200
    for answer in [*answers, *every_other_answer(site, visit, sent)]:
        assert not any(form in whole(answer) for form in encodings(TYPED)), answer.request.path
    assert kept(site, TYPED) == []
    assert site.desk.directory.inner.authenticate("t.novak", Secret(TYPED)).ref is not None  # type: ignore[attr-defined]


def test_the_code_of_a_caller_check_is_on_no_page_of_the_journey(site: RealSite) -> None:
    visit = site.visit(AGENT)
    start = {**TARGET, "method": "code_to_mail", "go": "start"}
    answers = [
        visit.post("/forms/reset-password/check", start),
        visit.get(f"/submissions/{ID}"),
        visit.post("/forms/reset-password/check", start | {"go": "answer", "check.code": "000000"}),
        visit.get("/history"),
    ]
    code = site.desk.code()
    for answer in answers:
        assert code not in answer.get_data(as_text=True)
        assert f"{code[:3]} {code[3:]}" not in answer.get_data(as_text=True)
    assert code not in str(site.desk.journal())
    database = (site.desk.folder / "desk.db").read_bytes()
    assert f"{code[:3]} {code[3:]}".encode() not in database
    assert site.desk.performed == []


def test_the_password_and_the_token_of_an_agent_are_kept_nowhere(site: RealSite) -> None:
    visit = site.visit(AGENT)
    cookie = visit.client.get_cookie("deskhand")
    assert cookie is not None
    pages = [visit.get(path) for path in ("/", "/sessions", "/history")]
    wrong = site.visit().sign_in("alice", PASSWORD + "-wrong")
    for secret in (cookie.value, PASSWORD, PASSWORD + "-wrong"):
        assert kept(site, secret) == []
        assert not any(secret.encode() in answer.get_data() for answer in (*pages, wrong))


@pytest.mark.parametrize(
    "field", ["answer.password", "typed.password", "list.password", "add.password", "default.password"]
)
def test_nobody_chooses_a_password_that_is_to_be_made(site: RealSite, field: str) -> None:
    visit = site.visit(AGENT)
    check_caller(visit)
    answer = visit.post("/forms/reset-password/submit", {**TARGET, field: TYPED})
    sent = hidden(visit.get(f"/submissions/{ID}").get_data(as_text=True))
    done = visit.post(f"/submissions/{ID}/confirm", sent)
    assert not any(form in whole(one) for form in encodings(TYPED) for one in (answer, done))
    assert TYPED not in site.desk.passwords
    assert site.desk.directory.inner.authenticate("t.novak", Secret(TYPED)).ref is None  # type: ignore[attr-defined]
