"""Files of rows over HTTP: chosen, pasted, carried along, changed on the way, too large, and the template to fill in."""

import io
import json
import re
from html import unescape
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.web.real_site import OWN, RealSite, Visit

AGENT, FORM = "agent.rotterdam", "/forms/offices-from-file"
GOOD = b"\xef\xbb\xbfColleague;Office\r\nt.novak;R1\r\n\r\nPieter de Wit;R2\r\n"
BAD = b"Colleague,Office,From\nt.novak,R1,1/2/2030\nu.bakker,R2,\n"
SUBMISSION = "a" * 32


def send(visit: Visit, to: str, content: bytes | None = None, **more: Any) -> TestResponse:
    form: dict[str, Any] = {"submission": SUBMISSION, "carried.moves": "", "paste.moves": "", **more}
    form["file.moves"] = FileStorage(io.BytesIO(content or b""), "moves.csv" if content is not None else "")
    if not visit.token:
        visit.get("/sign-in", follow_redirects=True)
    boundary, body = encode_multipart({**form, "csrf_token": visit.token})
    kind = f"multipart/form-data; boundary={boundary}"
    return visit.client.post(f"{FORM}/{to}", data=body, content_type=kind, headers=OWN, base_url=visit.base)


def carried(text: str) -> str:
    found = re.search(r'name="carried.moves" value="([^"]*)"', text)
    assert found
    return unescape(found[1])


def test_a_file_is_taken_over_and_its_plan_confirmed(site: RealSite) -> None:
    visit = site.visit(AGENT)
    assert send(visit, "submit", GOOD).status_code == 303
    plan = visit.get(f"/submissions/{SUBMISSION}").get_data(as_text=True)
    assert "Tomáš Novák" in plan
    digest = re.search(r'name="digest" value="([^"]+)"', plan)
    assert digest
    done = visit.post(f"/submissions/{SUBMISSION}/confirm", {"digest": digest[1]})
    assert done.status_code == 200
    assert (site.desk.value("u-t.novak", "office"), site.desk.value("u-p.dewit", "office")) == ("R1", "R2")


def test_a_file_is_checked_at_once_and_its_rows_travel_with_the_page(site: RealSite) -> None:
    visit = site.visit(AGENT)
    part = next(one for one in send(visit, "evaluate", GOOD).json["fields"] if one["id"] == "moves")  # type: ignore[index]
    assert "2 rows are good" in part["html"]
    assert "Pieter de Wit" in part["html"]
    rows = carried(part["html"])
    assert json.loads(rows) == {
        "columns": ["who", "office"],
        "rows": [[2, "t.novak", "R1"], [4, "Pieter de Wit", "R2"]],
    }
    assert send(visit, "submit", **{"carried.moves": rows}).status_code == 303
    edited = visit.get(f"/submissions/{SUBMISSION}/edit").get_data(as_text=True)
    assert carried(edited) == rows
    assert site.desk.performed == []


def test_wrong_rows_are_marked_in_their_cells_and_nothing_is_taken_over(site: RealSite) -> None:
    visit = site.visit(AGENT)
    answer = send(visit, "submit", BAD)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Row 2, column From" in text
    assert "Row 3, column Colleague" in text
    assert "With slashes this may mean two days." in text
    assert "Nobody you look after has this login" in text
    assert "2 of 2 rows are wrong; nothing is taken over" in text
    assert "Ursula" not in text
    again = send(visit, "submit", **{"carried.moves": carried(text)})
    assert again.status_code == 422
    assert "Row 3, column Colleague" in again.get_data(as_text=True)
    assert site.desk.performed == []


def test_pasted_rows_are_read_like_a_file_and_kept_where_they_cannot_be(site: RealSite) -> None:
    visit = site.visit(AGENT)
    good = send(visit, "submit", go="more", **{"paste.moves": "Colleague\tOffice\nt.novak\tR1\n"}).get_data(
        as_text=True
    )
    assert "1 row is good" in good
    assert ">t.novak\tR1" not in good
    bad = send(visit, "submit", go="more", **{"paste.moves": "Colleague\tOfice\nt.novak\tR1\n"}).get_data(as_text=True)
    assert "There is no column “Ofice”." in bad
    assert "t.novak\tR1" in bad
    assert carried(bad) == ""


def test_rows_are_removed_without_script(site: RealSite) -> None:
    visit = site.visit(AGENT)
    rows = carried(send(visit, "submit", GOOD, go="more").get_data(as_text=True))
    text = send(visit, "submit", go="drop.moves", **{"carried.moves": rows}).get_data(as_text=True)
    assert carried(text) == ""
    assert "rows are good" not in text


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "7", '{"columns":[],"rows":7}', '{"columns":["who"],"rows":[[2]]}', '{"columns":["who"],"rows":[[2,{}]]}',
     '{"columns":["who"],"rows":[[2,"R\\ud800"]]}', '{"columns":["a b"],"rows":[]}', '{"columns":[],"rows":[],"more":1}',
     "[" * 100_000,
     f'{{"columns":["who"],"rows":[{",".join(["[2,1]"] * 1_001)}]}}'],
)  # fmt: skip
def test_rows_that_were_changed_on_the_page_are_refused(site: RealSite, text: str) -> None:
    answer = send(site.visit(AGENT), "submit", **{"carried.moves": text})
    assert answer.status_code == 400
    assert site.desk.performed == []


@pytest.mark.parametrize("row", ['[2,"u-u.bakker","R"]', '[2,"t.novak",7]', '[null,"*","R"]'])
def test_rows_made_up_on_the_page_are_judged_again(site: RealSite, row: str) -> None:
    rows = f'{{"columns":["who","office"],"rows":[{row}]}}'
    answer = send(site.visit(AGENT), "submit", **{"carried.moves": rows})
    assert answer.status_code == 422
    assert site.desk.performed == []


@pytest.mark.parametrize(
    "line", ["9007199254740993", "-1", "0", "2000001", "true", "2.0", "9e9", "NaN", '"2"', "[]", "9" * 4_000]
)
def test_a_line_that_no_file_has_is_refused(site: RealSite, line: str) -> None:
    rows = f'{{"columns":["who","office"],"rows":[[{line},"t.novak","R1"]]}}'
    for to in ("submit", "evaluate"):
        answer = send(site.visit(AGENT), to, **{"carried.moves": rows})
        assert answer.status_code == 400
        assert "The rows of a file were changed on the page." in answer.get_data(as_text=True)
    assert site.desk.performed == []


def test_files_nobody_asked_for_are_refused(site: RealSite) -> None:
    visit = site.visit(AGENT)
    odd: dict[str, Any] = {"file.moves.x": (io.BytesIO(b"x"), "x.csv"), "submission": SUBMISSION}
    assert visit.post(f"{FORM}/submit", odd, content_type="multipart/form-data").status_code == 400
    other = {"file.note": (io.BytesIO(b"x"), "x.csv"), "submission": SUBMISSION}
    assert visit.post(f"{FORM}/submit", other, content_type="multipart/form-data").status_code == 422
    assert site.desk.performed == []


def test_only_a_form_may_be_large_and_only_up_to_its_limit(site: RealSite) -> None:
    visit = site.visit(AGENT)
    too_large = send(visit, "submit", b"Colleague,Office\n" + b"x" * 1_100_000)
    assert too_large.status_code == 422
    assert "The file is larger than 1 MiB." in too_large.get_data(as_text=True)
    assert send(visit, "submit", b"x" * 4_300_000).status_code == 413
    plain = visit.post(f"{FORM}/submit", {"submission": SUBMISSION, "paste.moves": "x" * 300_000})
    assert plain.status_code == 413
    elsewhere = visit.post("/theme", {"theme": "dark", "back": "x" * 300_000}, content_type="multipart/form-data")
    assert elsewhere.status_code == 413


def test_three_hundred_long_rows_fit_into_a_request(site: RealSite) -> None:
    rows = json.dumps({"columns": ["who", "office"], "rows": [[n, f"nobody{n}", "é" * 1_000] for n in range(2, 302)]})
    answer = send(site.visit(AGENT), "submit", **{"carried.moves": rows})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "300 of 300 rows are wrong" in text
    assert "550 more cells or rows are wrong." in text
    assert "250 more wrong rows" in text


def test_the_file_to_fill_in_is_a_file_and_its_schema_json(site: RealSite) -> None:
    visit = site.visit(AGENT)
    file = visit.get(f"{FORM}/files/moves.csv")
    assert file.data == b"\xef\xbb\xbfColleague,Office,From\r\na.login,R2.14,\r\n"
    assert file.headers["Content-Disposition"] == 'attachment; filename="offices-from-file-moves.csv"'
    schema = visit.get(f"{FORM}/files/moves.schema.json").json
    assert [column["name"] for column in schema["fields"]] == ["Colleague", "Office", "From"]  # type: ignore[index]
    for path in (
        f"{FORM}/files/note.csv",
        f"{FORM}/files/zz.csv",
        "/forms/office/files/office.csv",
        "/forms/x/files/a.csv",
    ):
        assert visit.get(path).status_code == 404


def test_a_row_with_markup_is_inert(site: RealSite) -> None:
    content = b"Colleague,Office\n<script>alert(1)</script>,<b>R</b>\n"
    text = send(site.visit(AGENT), "submit", content).get_data(as_text=True)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
