"""One form for many people over HTTP: chosen, answered, looked at, started by POST with the digest, and followed."""

import io
import re

from runner.pipeline.bulk.working import end_what_is_done

AGENT = "agent.rotterdam"
_DIGEST = re.compile(r'name="digest" value="([0-9a-f]{64})"')


def text_of(answer):
    return answer.get_data(as_text=True)


def begun(visit, people=("u-t.novak", "u-z.lindqvist", "u-f.former")):
    answer = visit.post("/bulks/new/office", {"how": "chosen", "chosen": list(people)})
    assert answer.status_code == 303
    return answer.headers["Location"]


def checked(site, visit):
    path = begun(visit)
    assert visit.post(f"{path}/answers", {"answer.office": "A"}).status_code == 303
    assert "being prepared" in text_of(visit.get(path))
    site.desk.carried_out()
    return path, _DIGEST.search(text_of(visit.get(path)))[1]


def test_people_are_ticked_answered_for_looked_at_and_changed(site):
    visit = site.visit(AGENT)
    assert "/bulks/new/office" in text_of(visit.get("/forms/office?q=novak"))
    assert 'name="chosen" value="u-t.novak"' in text_of(visit.get("/bulks/new/office?q=novak"))
    path, digest = checked(site, visit)
    page = text_of(visit.get(path))
    assert "This account is disabled." in page
    assert visit.post(f"{path}/start", {"digest": digest, "typed": "2"}).status_code == 422
    assert visit.post(f"{path}/start", {"digest": "0" * 64, "leave_out": "yes", "typed": "2"}).status_code == 409
    assert site.desk.performed == []
    assert visit.post(f"{path}/start", {"digest": digest, "leave_out": "yes", "typed": "2"}).status_code == 303
    site.desk.carried_out()
    end_what_is_done(site.desk.services)
    assert site.desk.value("u-t.novak", "office") == "A"
    page = text_of(visit.get(path))
    assert "Try what failed again" in page
    assert text_of(visit.get("/bulks")).count(path) == 1


def test_those_begun_before_are_linked_and_forms_with_a_caller_check_are_not_offered(site):
    visit = site.visit(AGENT)
    for path in ("/forms/office?q=novak", "/bulks/new/office", "/history"):
        assert 'href="/bulks"' in text_of(visit.get(path))
    assert "/bulks/new/" not in text_of(visit.get("/forms/update-contact-details?q=novak"))
    answer = visit.get("/bulks/new/update-contact-details")
    assert "asks for a caller check" in text_of(answer)
    assert 'type="file"' not in text_of(answer)


def test_the_form_comes_again_with_what_is_wrong(site):
    visit = site.visit(AGENT)
    path = begun(visit)
    assert visit.get(path).status_code == 200
    answer = visit.post(f"{path}/answers", {"answer.office": ""})
    assert answer.status_code == 422
    assert "One thing to mend" in text_of(answer)
    assert visit.post(f"{path}/answers", {"answer.office": "A", "go": "more"}).status_code == 200


def test_questions_that_follow_answers_offer_what_any_of_the_people_may_be_given(site):
    visit = site.visit(AGENT)
    sent = {"file": (io.BytesIO(b"login\nz.lindqvist\nt.novak\n"), "people.csv")}
    path = visit.post("/bulks/new/temporary-access/file", sent, content_type="multipart/form-data").headers["Location"]
    page = text_of(visit.get(path))
    assert "APP-Visio" in page
    assert "on offer for any of the first 20 people" in page
    assert f'data-evaluate="{path}/evaluate"' in page
    answer = visit.post(f"{path}/evaluate", {"answer.last_day": "2030-06-01"})
    [groups] = [one for one in answer.get_json()["fields"] if one["id"] == "groups"]
    assert "APP-Visio" in groups["html"]


def test_progress_is_answered_with_nothing_while_nothing_changed(site):
    visit = site.visit(AGENT)
    path, _ = checked(site, visit)
    first = visit.get(f"{path}/progress")
    assert first.status_code == 200
    assert "<html" not in text_of(first)
    known = {"If-None-Match": first.headers["ETag"]}
    assert visit.get(f"{path}/progress", headers=known).status_code == 304
    assert visit.get(f"{path}/progress?shown=refused", headers=known).status_code == 200
    assert visit.get(f"{path}/progress?shown=nonsense").status_code == 400


def test_a_file_names_them_and_the_result_leaves_as_one(site):
    visit = site.visit(AGENT)
    sent = {"file": (io.BytesIO(b"login,office\nt.novak,=1+1\nnobody,B\n"), "people.csv")}
    answer = visit.post("/bulks/new/office/file", sent, content_type="multipart/form-data")
    path = answer.headers["Location"]
    assert "Answered by the file" in text_of(visit.get(path))
    assert visit.post(f"{path}/answers", {}).status_code == 303
    site.desk.carried_out()
    result = visit.post(f"{path}/result")
    assert result.mimetype == "text/csv"
    assert "1,2,t.novak,Tomáš Novák,ready" in text_of(result)
    assert [one["bulk"] for one in site.desk.journal("export")] == [path.rpartition("/")[2]]
    wrong = {"file": (io.BytesIO(b"office\nA\n"), "people.csv")}
    answer = visit.post("/bulks/new/office/file", wrong, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "says whom a row is for" in text_of(answer)


def test_the_result_names_people_as_a_file_does_and_can_be_read_again(site):
    visit = site.visit(AGENT)
    path = begun(visit, ["u-t.novak", "u-z.lindqvist"])
    visit.post(f"{path}/answers", {"answer.office": "A"})
    site.desk.carried_out()
    result = visit.post(f"{path}/result")
    heading, *lines = result.get_data().decode("utf-8-sig").splitlines()
    assert heading == "row,line,login,for,state,why,submission"
    assert sorted(line.partition(",,")[2] for line in lines) == [
        "t.novak,Tomáš Novák,ready,,",
        "z.lindqvist,Zoë Lindqvist,ready,,",
    ]
    sent = {"file": (io.BytesIO(result.get_data()), "result.csv")}
    answer = visit.post("/bulks/new/office/file", sent, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert "For 2 people" in text_of(visit.get(answer.headers["Location"]))
    visit.post(f"{path}/stop")
    site.desk.carried_out()
    assert "not begun" in text_of(visit.post(f"{path}/result"))


def test_the_panel_of_a_file_says_how_days_are_written_where_one_is_asked(site):
    visit = site.visit(AGENT)
    assert "Write a day as year-month-day: <code>2027-01-31</code>" in text_of(visit.get("/bulks/new/temporary-access"))
    assert "2027-01-31" not in text_of(visit.get("/bulks/new/office"))


def test_a_bulk_of_which_some_rows_need_a_yes_says_how_many(site):
    visit = site.visit(AGENT)
    text = b"login,office\nt.novak,A\nz.lindqvist,KIOSK\np.dewit,B\n"
    sent = {"file": (io.BytesIO(text), "people.csv")}
    path = visit.post("/bulks/new/later-with-a-yes/file", sent, content_type="multipart/form-data").headers["Location"]
    visit.post(f"{path}/answers", {})
    site.desk.carried_out()
    page = text_of(visit.get(path))
    assert "Change 1 person, ask for a yes for 2<" in page
    assert "only when somebody agrees" in page


def test_it_is_stopped_by_its_owner_only(site):
    visit, other = site.visit(AGENT), site.visit("second.rotterdam")
    path, digest = checked(site, visit)
    for way in ("", "/progress"):
        assert other.get(path + way).status_code == 404
    for way in ("/start", "/stop", "/retry", "/result", "/answers"):
        assert other.post(path + way, {"digest": digest} if way == "/start" else {}).status_code == 404
    assert visit.post(f"{path}/stop").status_code == 303
    site.desk.carried_out()
    end_what_is_done(site.desk.services)
    page = text_of(visit.get(path))
    assert "stopped" in page
    assert "0 of 2 done, 2 not begun" in page
    assert "left out" not in page
    assert "cancelled</span>" not in page
    assert "Go on with the 2 that were not begun" in page
    assert site.desk.performed == []
    after = visit.post(f"{path}/go-on").headers["Location"]
    site.desk.carried_out()
    assert "takes up rows of an earlier one" in text_of(visit.get(after))
    assert "Change 2 people" in text_of(visit.get(after))
    assert site.desk.performed == []


def test_one_person_is_one_person(site):
    visit = site.visit(AGENT)
    path = begun(visit, ["u-t.novak"])
    assert "For one person, from a list." in text_of(visit.get(path))
    visit.post(f"{path}/answers", {"answer.office": "A"})
    site.desk.carried_out()
    page = text_of(visit.get(path))
    assert "for 1 person" in page
    assert "Change 1 person<" in page


def test_a_yes_to_many_is_one_line_one_page_and_one_button(site):
    visit, other = site.visit(AGENT), site.visit("auditor")
    answer = visit.post("/bulks/new/needs-a-yes", {"how": "chosen", "chosen": ["u-t.novak", "u-z.lindqvist"]})
    path = answer.headers["Location"]
    visit.post(f"{path}/answers", {"answer.office": "A", "answer.by": "person"})
    site.desk.carried_out()
    page = text_of(visit.get(path))
    assert "Ask for a yes for 2 people" in page
    assert "Change 2 people" not in page
    digest = _DIGEST.search(page)[1]
    visit.post(f"{path}/start", {"digest": digest})
    site.desk.carried_out()
    there = f"/requests{path.replace('bulks', 'bulk')}"
    assert f'href="{there}"' in text_of(other.get("/requests"))
    page = text_of(other.get(there))
    assert page.count("Tomáš Novák") == 1
    assert "Yes to all 2" in page
    said = {"digest": _DIGEST.search(page)[1], "comment": ""}
    assert visit.get(there).status_code == 404
    assert visit.post(there, {**said, "decision": "yes"}).status_code == 404
    assert other.post(there, {**said, "decision": "no"}).status_code == 422
    assert other.post(there, {**said, "digest": "0" * 64, "decision": "yes"}).status_code == 409
    assert site.desk.journal("approval") == []
    page = text_of(other.post(there, {**said, "decision": "yes"}))
    assert "2 of 2 decided" in page
    assert there not in page
    assert other.get(there).status_code == 404
    site.desk.carried_out()
    assert site.desk.value("u-t.novak", "office") == "A"
