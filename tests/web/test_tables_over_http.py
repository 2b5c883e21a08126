"""Pages of tables and their downloads over HTTP: headers, scope, hostile names, and what no page of ours sends."""

import csv
import io
import re

import pytest
from werkzeug.test import TestResponse

from connectors.spi import Ref
from tests.web.real_site import RealSite, Visit

DETAILS = "/forms/person-details/for/u-p.dewit"
EXPORT = "/forms/person-details/export"
REPORTS = {"target": "u-p.dewit", "field": "reports"}
HOSTILE = '=<script>alert(1)</script>"\u202e'


def text(answer: TestResponse) -> str:
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def logins(answer: TestResponse) -> list[str]:
    content = answer.get_data().decode("utf-8-sig")
    return [row[1] for row in csv.reader(io.StringIO(content, newline=""))][1:]


def exports(site: RealSite) -> int:
    return len(site.desk.journal("export"))


def test_a_download_is_a_file_with_a_name_that_nobody_keeps(site: RealSite) -> None:
    answer = site.visit("agent.rotterdam").post(EXPORT, REPORTS)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="person-details-reports-2030-03-04.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    assert logins(answer) == ["z.lindqvist"]
    assert exports(site) == 1


@pytest.mark.parametrize(
    ("who", "form", "status"),
    [
        ("agent.utrecht", REPORTS, 404),
        ("alice", REPORTS, 404),
        ("keyuser.sales", REPORTS, 404),
        ("agent.rotterdam", {"target": "u-u.bakker", "field": "reports"}, 404),
        ("agent.rotterdam", {"target": "u-p.dewit", "field": "account"}, 404),
        ("agent.rotterdam", {"target": "u-p.dewit", "field": ""}, 404),
        ("agent.rotterdam", {"field": "reports"}, 404),
        ("agent.rotterdam", {**REPORTS, "rows": "10000"}, 400),
    ],
)
def test_a_download_that_is_not_theirs_is_not_there_and_is_on_record(
    site: RealSite, who: str, form: dict[str, str], status: int
) -> None:
    visit = site.visit(who)
    before = site.denials()
    assert visit.post(EXPORT, form).status_code == status
    assert (site.denials(), exports(site)) == (before + 1, 0)


def test_a_download_before_its_question_is_answered_is_a_mistake_and_no_refusal(site: RealSite) -> None:
    visit = site.visit("agent.rotterdam")
    before = site.denials()
    answer = visit.post("/forms/people-under/export", {"field": "people"})
    assert answer.status_code == 422
    assert "First answer “Manager”, then download again." in answer.get_data(as_text=True)
    crafted = visit.post("/forms/people-under/export", {"field": "people", "answer.who": "u-u.bakker"})
    assert (crafted.status_code, site.denials()) == (422, before + 1)


def test_too_many_downloads_wait_for_the_next_hour(site: RealSite) -> None:
    visit = site.visit("agent.rotterdam")
    for _ in range(60):
        assert visit.post(EXPORT, REPORTS).status_code == 200
    before = site.denials()
    answer = visit.post(EXPORT, REPORTS)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert (site.denials(), exports(site)) == (before + 1, 60)


def test_a_page_of_tables_has_no_button_that_hands_in(site: RealSite) -> None:
    page = text(site.visit("agent.rotterdam").get(DETAILS))
    assert "Check what will change" not in page
    assert "Zoë Lindqvist" in page
    assert "Alice Alleen" not in page
    assert "As of" in page
    assert re.findall(r'formaction="([^"]+)"', page) == [EXPORT] * 2


def test_handing_in_a_page_of_tables_does_nothing(site: RealSite) -> None:
    visit = site.visit("agent.rotterdam")
    before = site.counts()
    form = {"submission": "a" * 32, "target": "u-p.dewit"}
    assert visit.post("/forms/person-details/submit", form).status_code == 403
    check = form | {"method": "in_person", "check.ask-0": "true"}
    assert visit.post("/forms/person-details/check", check).status_code == 403
    assert site.counts() == before


def test_update_shows_what_is_there_now(site: RealSite) -> None:
    visit = site.visit("agent.rotterdam")
    form = {"submission": "a" * 32, "target": "u-p.dewit", "go": "more"}
    assert "Tomáš Novák" not in text(visit.post("/forms/person-details/submit", form))
    site.desk.do("directory.user.update", user=Ref("user", "u-t.novak"), set={"manager": Ref("user", "u-p.dewit")})
    assert "Tomáš Novák" in text(visit.post("/forms/person-details/submit", form))
    part = visit.post("/forms/person-details/evaluate", form)
    (reports,) = [field for field in part.get_json()["fields"] if field["id"] == "reports"]
    assert "2 accounts" in reports["html"]


def test_names_from_the_directory_are_text_in_tables_and_in_files(site: RealSite) -> None:
    site.desk.do("directory.user.update", user=Ref("user", "u-z.lindqvist"), set={"title": HOSTILE})
    visit = site.visit("agent.rotterdam")
    page = text(visit.get(DETAILS))
    assert "<script>alert(1)" not in page
    assert "=&lt;script&gt;alert(1)&lt;/script&gt;&#34;" in page
    assert "\u202e" not in page
    content = visit.post(EXPORT, REPORTS).get_data().decode("utf-8-sig")
    row = list(csv.reader(io.StringIO(content, newline="")))[1]
    assert row[2] == f"'{HOSTILE}"


def made_up(visit: Visit, chief: str) -> str:
    return text(visit.post("/forms/people-under/submit", {"go": "more", "answer.chief": chief}))


def test_a_made_up_row_shows_nothing_and_an_honest_one_does(site: RealSite) -> None:
    visit = site.visit("agent.rotterdam")
    before = site.denials()
    assert "Choose from the rows of the table." in made_up(visit, "u-u.chef")
    assert site.denials() == before + 1
    page = made_up(visit, "u-p.dewit")
    assert "Choose from the rows of the table." not in page
    assert "Zoë Lindqvist" in page
    assert site.denials() == before + 1
