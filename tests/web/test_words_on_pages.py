"""Words that people read on the pages of a real installation."""

import re

import pytest

from tests.web.real_site import RealSite, Visit

HIDDEN = "(not in your scope)"


@pytest.fixture
def visit(site: RealSite) -> Visit:
    return site.visit("agent.rotterdam")


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_manager_out_of_sight_is_named_as_such_and_not_by_an_id(site: RealSite) -> None:
    html = site.visit("alice").get("/forms/update-contact-details/for/u-alice").text
    slot = html[html.index('id="field-manager"') :].partition("</fieldset>")[0]
    assert HIDDEN in slot
    assert "u-p.dewit" not in slot


def test_tries_are_told_from_the_first_wrong_one_on(visit: Visit) -> None:
    html = visit.get("/forms/reset-password/for/u-z.lindqvist").text
    assert "left." not in text(html)
    assert "All of this is so" in html
    submission = re.search(r'name="submission" value="([^"]+)"', html)
    assert submission
    sent = {"submission": submission[1], "target": "u-z.lindqvist", "method": "code_to_mail"}
    visit.post("/forms/reset-password/check", {**sent, "go": "start"})
    wrong = visit.post(
        "/forms/reset-password/check", {**sent, "go": "answer", "check.code": "000000"}, follow_redirects=True
    )
    assert "2 tries left." in text(wrong.text)


def test_people_who_are_refused_show_their_department_and_the_reason(visit: Visit) -> None:
    html = visit.get("/forms/unlock-account?q=novak").text
    row = html[html.index('<div class="off">') :].partition('<div class="off">')[2]
    assert "This account is not locked." in row
    assert "Warehouse" in row


def test_a_search_for_a_form_that_finds_nobody_says_so(visit: Visit) -> None:
    said = text(visit.get("/forms/unlock-account?q=nobody+like+this").text)
    assert "Nothing found for “ nobody like this ”." in said


def test_the_link_to_the_own_history_says_whose_it_is(visit: Visit) -> None:
    html = visit.get("/people/u-z.lindqvist").text
    assert '<a class="small push" href="/history">My history</a>' in html


def test_a_sign_in_that_fails_says_a_sentence(site: RealSite) -> None:
    assert "The login or the password is not right." in site.visit("").sign_in("alice", "wrong password").text


def test_every_line_of_a_finished_step_says_done(visit: Visit) -> None:
    submission = "a" * 32
    sent = {"submission": submission, "target": "u-t.novak", "answer.office": "A", "answer.note": "x"}
    sent |= {"answer.colleague": "u-z.lindqvist"}
    plan = visit.post("/forms/office/submit", sent, follow_redirects=True).text
    digest = re.search(r'name="digest" value="([^"]+)"', plan)
    assert digest
    done = visit.post(f"/submissions/{submission}/confirm", {"digest": digest[1]}).text
    table = done[done.index('<table class="plan done">') :].partition("</table>")[0]
    rows = [text(row) for row in re.findall(r"<tr class.*?</tr>", table, re.DOTALL)]
    assert len(rows) == 2, rows
    assert all(row.endswith("done") for row in rows)
