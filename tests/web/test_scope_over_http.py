"""An agent of one branch meets nobody of another over HTTP, and cannot tell "not yours" from "does not exist"."""

import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from tests.web.real_site import RealSite, Visit

AGENT, OTHER = "agent.rotterdam", "agent.utrecht"
MISSING = "u-nobody.here"
OTHERS = ("u-u.bakker", "u-r.admin", "u-svc", "u-alice", f"u-{OTHER}", "g-APP-Visio", "g-Tier0-Admins", "*", "%", "a'b",
          "CN=Ursula Bakker,OU=Utrecht,OU=People,DC=sample,DC=test", "u-T.NOVAK", " u-t.novak", "u-t.novak\u200b")  # fmt: skip
NAMES = ("Ursula", "Bakker", "bakker", "Ruud Admin", "Ulrich", "svc backup", "Alleen", "Utrecht Agent")
_STAMP = re.compile(r'(data-)?"?stamp"?[:=] ?"\w+"')
Door = Callable[[Visit, str], TestResponse]


def body(submission: str, person: str, **more: str) -> Mapping[str, str]:
    return {"submission": submission * 32, "target": person, **more}


DOORS: Mapping[str, Door] = {
    "card": lambda visit, person: visit.get(f"/people/{quote(person, safe='')}"),
    "open": lambda visit, person: visit.get(f"/forms/office/for/{quote(person, safe='')}"),
    "open a checked form": lambda visit, person: visit.get(f"/forms/reset-password/for/{quote(person, safe='')}"),
    "evaluate": lambda visit, person: visit.post("/forms/office/evaluate", body("a", person)),
    "pick": lambda visit, person: visit.post("/forms/office/pick", body("a", person, field="colleague", text="a")),
    "check the answers": lambda visit, person: visit.post("/forms/office/submit", body("a", person, go="more")),
    "submit": lambda visit, person: visit.post("/forms/office/submit", body("a", person, **{"answer.office": "A"})),
    "submit without a plan": lambda visit, person: visit.post(
        "/forms/at-once/submit", body("b", person, **{"answer.office": "A"})
    ),
    "send a code": lambda visit, person: visit.post(
        "/forms/reset-password/check", body("c", person, method="code_to_mail", go="start")
    ),
    "answer a check": lambda visit, person: visit.post(
        "/forms/reset-password/check", body("c", person, method="in_person", **{"check.ask-0": "true"})
    ),
}


def said(answer: TestResponse, *strange: str) -> tuple[int, str]:
    """Return status and text of an answer, without its token and without what was asked for itself."""
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.get_data(as_text=True))
    for one in sorted({form for word in strange for form in (word, quote(word, safe=""), quote(word))}, key=len)[::-1]:
        text = text.replace(one.replace("'", "&#39;"), "…").replace(one, "…")
    return answer.status_code, re.sub(r'name="back" value="[^"]*"', "", text)


def assert_names_nobody(answer: TestResponse) -> None:
    text = answer.get_data(as_text=True) + str(answer.headers)
    assert [name for name in NAMES if name in text.replace("u-u.bakker", "").replace("Ursula%20Bakker", "")] == []


@pytest.mark.parametrize("door", DOORS)
def test_whoever_is_out_of_reach_is_answered_like_nobody_at_all(site: RealSite, door: str) -> None:
    visit, knock = site.visit(AGENT), DOORS[door]
    before = site.counts()
    status, wording = said(knock(visit, MISSING), MISSING)
    assert status == 404
    assert "There is nothing here, or it is not yours to see." in wording
    for person in OTHERS:
        answer = knock(visit, person)
        assert said(answer, person) == (status, wording), person
        if person.startswith(("u-", "g-")):
            assert_names_nobody(answer)
    assert site.denials() == len(OTHERS) + 1
    assert site.counts() == before
    assert site.desk.performed == []


def test_a_script_is_told_the_same_and_no_more(site: RealSite) -> None:
    visit = site.visit(AGENT)
    wanted = {"Accept": "application/json"}
    answers = [visit.get(f"/people/{person}", headers=wanted) for person in (MISSING, "u-u.bakker", "u-r.admin")]
    assert len({(answer.status_code, answer.get_data()) for answer in answers}) == 1
    assert set(json.loads(answers[0].get_data())) == {"error", "title"}


def test_searching_finds_nobody_of_another_branch_and_no_one_protected(site: RealSite) -> None:
    visit = site.visit(AGENT)
    pages = ("/find?q={}", "/forms/office?q={}", "/forms/reset-password?q={}")
    for text in ("bakker", "ursula", "u.bakker@sample.test", "u.bakker", "ruud", "r.admin", "svc", "utrecht", "ulrich"):
        for page in pages:
            found = said(visit.get(page.format(text)), text)
            assert found == said(visit.get(page.format("qqqq")), "qqqq"), (page, text)
        suggested = visit.get(f"/find/suggestions?q={text}").get_json()
        assert suggested == {"people": [], "tasks": [], "more": False}
    for text in ("sample", "a", "e", "agent", "sales", "%", "_", "*", "\\", "'"):
        for page in (*pages, "/find/suggestions?q={}"):
            answer = visit.get(page.format(quote(text)))
            assert answer.status_code == 200
            assert_names_nobody(answer)
    assert "u-u.bakker" in site.visit(OTHER).get("/find?q=bakker").get_data(as_text=True)


def test_a_picker_gives_takes_and_names_nobody_of_another_branch(site: RealSite) -> None:
    visit = site.visit(AGENT)
    for text in ("bakker", "ursula", "ulrich", "admin", "u", ""):
        picked = visit.post("/forms/office/pick", body("a", "u-t.novak", field="colleague", text=text))
        assert_names_nobody(picked)
        typed = {"typed.colleague": text, "go": "find.colleague"}
        assert_names_nobody(visit.post("/forms/office/submit", body("a", "u-t.novak", **typed)))
    chosen = {"answer.office": "A", "answer.colleague": MISSING}
    for path in ("/forms/office/submit", "/forms/office/evaluate"):
        wording = said(visit.post(path, body("a", "u-t.novak", **chosen)), MISSING)
        for person in [one for one in OTHERS if "novak" not in one]:
            answer = visit.post(path, body("a", "u-t.novak", **(chosen | {"answer.colleague": person})))
            assert _STAMP.sub("", said(answer, person)[1]) == _STAMP.sub("", wording[1]), person
            assert_names_nobody(answer)
    answers = []
    for text in ("qqqq", "bakker", "ruud", "u.bakker"):
        typed = {"answer.office": "A", "typed.colleague": text}
        answers.append(said(visit.post("/forms/office/submit", body("a", "u-t.novak", **typed)), text))
    assert answers[0][0] == 422
    assert len(set(answers)) == 1
    assert site.counts()["submissions"] == 0
    assert site.desk.performed == []


def test_rows_and_groups_take_nothing_out_of_reach(site: RealSite) -> None:
    visit = site.visit(AGENT)
    mailbox = {"submission": "a" * 32, "answer.name": "Team", "answer.owner": "u-p.dewit",
               "row.access.0.answer.user": "u-p.dewit"}  # fmt: skip
    rows = [visit.post("/forms/create-shared-mailbox/submit", mailbox | {"row.access.1.answer.user": person})
            for person in (MISSING, "u-u.bakker", "u-r.admin")]  # fmt: skip
    assert {answer.status_code for answer in rows} == {422}
    assert all("Choose somebody from the list." in answer.get_data(as_text=True) for answer in rows)
    groups = [visit.post("/forms/manage-groups/submit", body("b", "u-t.novak", reason="x", **{"add.groups": group}))
              for group in ("g-none", "g-Tier0-Admins", "g-Domain Admins", "g-Back-Door", "g-SD-Rotterdam")]  # fmt: skip
    assert {answer.status_code for answer in groups} == {422}
    told = {
        said(answer, "g-none", "g-Tier0-Admins", "g-Domain Admins", "g-Back-Door", "g-SD-Rotterdam")
        for answer in groups
    }
    assert len(told) == 1
    for answer in (*rows, *groups):
        assert_names_nobody(answer)
    assert site.counts()["submissions"] == 0
    assert site.desk.performed == []


FORMS_OF_OTHERS = ("office", "reset-password", "manage-groups", "typed-password", "create-shared-mailbox")


@pytest.mark.parametrize("login", ["keyuser.sales", "auditor", "alice", "kiosk"])
def test_a_form_without_a_binding_is_answered_like_one_that_does_not_exist(site: RealSite, login: str) -> None:
    visit = site.visit(login)
    doors: tuple[Door, ...] = (
        lambda visit, form: visit.get(f"/forms/{form}"),
        lambda visit, form: visit.get(f"/forms/{form}?q=lind"),
        lambda visit, form: visit.get(f"/forms/{form}/for/u-z.lindqvist"),
        *(
            lambda visit, form, action=action: visit.post(
                f"/forms/{form}/{action}",
                body("a", "u-z.lindqvist", **({"method": "in_person"} if action == "check" else {})),
            )
            for action in ("evaluate", "pick", "submit", "check")
        ),
    )
    for door in doors:
        wanted = said(door(visit, "no-such-form"), "no-such-form")
        assert wanted[0] == 404
        for form in FORMS_OF_OTHERS:
            assert said(door(visit, form), form) == wanted, form
    assert site.denials() == len(doors) * (len(FORMS_OF_OTHERS) + 1)
    tasks = visit.get("/").get_data(as_text=True) + visit.get("/find?q=password").get_data(as_text=True)
    assert [form for form in FORMS_OF_OTHERS if f"/forms/{form}" in tasks] == []
    assert site.counts()["submissions"] == 0
    assert site.desk.performed == []


def test_a_key_user_reaches_the_own_department_in_the_own_form_only(site: RealSite) -> None:
    visit = site.visit("keyuser.sales")
    assert visit.get("/forms/update-contact-details/for/u-z.lindqvist").status_code == 200
    answers = [
        said(visit.get(f"/forms/update-contact-details/for/{id_}"), id_) for id_ in (MISSING, "u-t.novak", "u-r.admin")
    ]
    assert answers[0][0] == 404
    assert len(set(answers)) == 1
    assert site.desk.performed == []


@pytest.mark.parametrize("login", ["second.rotterdam", OTHER, "keyuser.sales", "auditor", "alice"])
def test_another_agents_draft_is_answered_like_none_at_all(site: RealSite, login: str) -> None:
    owner, visit, id_, none = site.visit(AGENT), site.visit(login), "a" * 32, "0" * 32
    assert (
        owner.post("/forms/office/submit", body("a", "u-t.novak", **{"answer.office": "SEEN-BY-NOBODY"})).status_code
        == 303
    )
    plan = site.desk.store.submissions.get(id_)
    doors: tuple[Door, ...] = (
        lambda visit, id_: visit.get(f"/submissions/{id_}"),
        lambda visit, id_: visit.get(f"/submissions/{id_}/edit"),
        lambda visit, id_: visit.post(f"/submissions/{id_}/confirm", {"digest": plan.plan_digest or ""}),
    )
    for door in doors:
        wanted = said(door(visit, none), none)
        assert wanted[0] == 404
        answer = door(visit, id_)
        assert said(answer, id_) == wanted
        assert "SEEN-BY-NOBODY" not in answer.get_data(as_text=True)
        assert said(door(visit, "not-an-id"), "not-an-id") == wanted
    assert site.denials() == 3 * len(doors)
    assert site.desk.store.submissions.get(id_) == plan
    assert site.desk.performed == []


def test_another_agents_submission_is_named_nowhere_but_to_who_reads_the_journal(site: RealSite) -> None:
    owner, id_ = site.visit(AGENT), "a" * 32
    owner.post("/forms/office/submit", body("a", "u-t.novak", **{"answer.office": "B-77"}))
    digest = site.desk.store.submissions.get(id_).plan_digest
    assert owner.post(f"/submissions/{id_}/confirm", {"digest": digest}).status_code == 200
    done = list(site.desk.performed)
    none = "0" * 32
    for login in (OTHER, "second.rotterdam", "keyuser.sales", "alice"):
        visit = site.visit(login)
        assert said(visit.get(f"/submissions/{id_}"), id_) == said(visit.get(f"/submissions/{none}"), none)
        assert said(visit.get(f"/submissions/{id_}/edit"), id_) == said(visit.get(f"/submissions/{none}/edit"), none)
        confirm = [said(visit.post(f"/submissions/{one}/confirm", {"digest": digest}), one) for one in (id_, none)]
        assert confirm[0] == confirm[1]
        for page in ("/", "/history", "/history?page=2"):
            text = visit.get(page).get_data(as_text=True)
            assert id_ not in text
            assert "Novák" not in text
    colleague = site.visit("second.rotterdam").get("/people/u-t.novak").get_data(as_text=True)
    assert AGENT in colleague
    assert id_ not in colleague.replace(f"/submissions/{id_}/undo", "")  # who may use the form here may take it back
    auditor = site.visit("auditor")
    assert f"/submissions/{id_}" in auditor.get("/people/u-t.novak").get_data(as_text=True)
    assert auditor.get(f"/submissions/{id_}").status_code == 200
    assert site.desk.performed == done


def test_a_submission_cannot_be_taken_over_by_posting_its_number(site: RealSite) -> None:
    owner, second = site.visit(AGENT), site.visit("second.rotterdam")
    owner.post("/forms/office/submit", body("a", "u-t.novak", **{"answer.office": "OWNERS"}))
    kept = site.desk.store.submissions.get("a" * 32)
    for visit, person, form in (
        (second, "u-t.novak", "office"),
        (owner, "u-z.lindqvist", "office"),
        (owner, "u-t.novak", "at-once"),
    ):
        answer = visit.post(f"/forms/{form}/submit", body("a", person, **{"answer.office": "STOLEN"}))
        assert answer.status_code == 409
        assert "OWNERS" not in answer.get_data(as_text=True)
        check = visit.post(
            "/forms/reset-password/check", body("a", person, method="in_person", **{"check.ask-0": "on"})
        )
        assert check.status_code == 409
    assert site.desk.store.submissions.get("a" * 32) == kept
    assert site.desk.performed == []


def test_a_form_with_a_caller_check_tells_nothing_before_it(site: RealSite) -> None:
    visit = site.visit("agent.rotterdam")
    sent = {"submission": "c" * 32, "target": "u-t.novak"}
    before = site.denials()
    for path, status, more in (
        ("evaluate", 403, {}),
        ("pick", 403, {"field": "must_change", "text": "a"}),
        ("submit", 422, {"go": "more"}),
        ("submit", 422, {"go": "back", "page": "0"}),
        ("submit", 422, {"repeat.password": "x"}),
    ):
        answer = visit.post(f"/forms/reset-password/{path}", {**sent, **more})
        assert answer.status_code == status
        assert "Check the caller first." in answer.get_data(as_text=True)
        assert "must_change" not in answer.get_data(as_text=True)
    assert site.denials() == before + 5
