"""Accounts from a file, the whole way: all rows or none, each operation on record, names that somebody else takes."""

import pytest

from connectors.spi import Compare, Question, Ref
from runner.pipeline.pages import FillPage, PlanPage, Posted
from tests.runner.pipeline.small_company import GROUPS, PEOPLE

LEAD, FORM = "p.dewit", "new-colleagues"
HEAD = "First name;Last name;Manager;Mobile;Draws plans\n"


@pytest.fixture
def unit(desk):
    """Make Pieter one who may create accounts; return the id of the unit for them."""
    groups = desk.directory.inner.locate(GROUPS, "ou")
    desk.do("directory.group.create", ou=groups, name="Identity-Leads")
    leads = desk.directory.inner.locate("Identity-Leads", "group")
    desk.do("directory.group.add_members", group=leads, members=(Ref("user", "u-p.dewit"),))
    return desk.directory.inner.locate(f"OU=Rotterdam,{PEOPLE}", "ou").id


def file_of(count, *more):
    rows = [f"Ann;Person {chr(97 + number % 26)}{chr(97 + number // 26)};p.dewit;06 1000{number:04d};yes"
            for number in range(count)]  # fmt: skip
    return (HEAD + "\n".join((*rows, *more)) + "\n").encode("utf-8-sig")


def logins(desk):
    found = desk.directory.inner.read(
        Question("user", Compare("login", "starts_with", "a.person"), limit=1_000)
    ).entries
    return sorted(str(entry.attributes["login"]) for entry in found)


def test_thirty_people_of_a_file_are_made_and_each_operation_is_on_record(desk, unit):
    plan = desk.planned(LEAD, FORM, None, {"unit": unit}, uploads={"people": file_of(30)})
    assert len(plan.operations) == 60
    assert desk.performed == []
    done = desk.done(LEAD, plan)
    assert done.state == "done"
    assert len(logins(desk)) == 30
    assert sum(entry["outcome"]["code"] == "done" for entry in desk.journal("outcome")) == 60
    made = desk.directory.inner.locate("a.personaa", "user")
    assert made is not None
    entry = desk.entry(made.id)
    assert entry.attributes["manager"] == Ref("user", "u-p.dewit")
    assert Ref("group", "g-APP-Visio") in entry.attributes["groups"]
    assert desk.store.journal.verify().ok


def test_one_wrong_row_keeps_every_row_from_being_done(desk, unit):
    page = desk.fill(LEAD, FORM, None, {"unit": unit}, uploads={"people": file_of(5, "Bo;;nobody here;12;perhaps")})
    assert isinstance(page, FillPage)
    assert {where for _, where, _ in page.errors} == {
        "Row 7, column Last name", "Row 7, column Manager", "Row 7, column Mobile", "Row 7, column Draws plans",
    }  # fmt: skip
    (view,) = [field.csv for section in page.sections for field in section.fields if field.csv is not None]
    assert (view.count, view.wrong, [row.number for row in view.rows]) == (6, 1, [7])
    assert desk.performed == []
    assert logins(desk) == []


def test_people_of_one_name_get_numbers_and_one_more_taken_meanwhile_shows_the_plan_again(desk, unit):
    content = (HEAD + "Ann;Person;;;\nAnja;Person;;;\n").encode()
    plan = desk.planned(LEAD, FORM, None, {"unit": unit}, uploads={"people": content})
    assert [one.title for one in plan.operations] == ["Create the account a.person", "Create the account a.person2"]
    desk.do("directory.user.rename", user=Ref("user", "u-t.novak"), login="a.person")
    again = desk.confirm(LEAD, plan)
    assert isinstance(again, PlanPage)
    assert again.changed_meanwhile
    assert [one.title for one in again.operations] == ["Create the account a.person2", "Create the account a.person3"]
    assert desk.performed == []
    assert desk.done(LEAD, again).state == "done"
    assert logins(desk) == ["a.person", "a.person2", "a.person3"]


def test_rows_whose_second_step_is_not_asked_for_are_left_out_of_it(desk, unit):
    content = (HEAD + "Ann;Person a;;;no\nAnn;Person b;;;x\n").encode()
    plan = desk.planned(LEAD, FORM, None, {"unit": unit}, uploads={"people": content})
    assert [one.id for one in plan.operations] == ["create/1", "create/2", "join/2"]
    assert desk.done(LEAD, plan).state == "done"


def test_an_agent_writes_nobody_into_a_file_whom_they_may_not_see(desk):
    content = b"Colleague,Office\nt.novak,R1\nu.bakker,R2\nu-u.bakker,R3\nUrsula Bakker,R4\n"
    page = desk.fill("agent.rotterdam", "offices-from-file", None, uploads={"moves": content})
    assert isinstance(page, FillPage)
    assert [where for _, where, _ in page.errors] == [f"Row {number}, column Colleague" for number in (3, 4, 5)]
    assert "Ursula" not in "".join(message for *_, message in page.errors)
    assert desk.performed == []


def test_more_rows_than_the_form_takes_are_refused(desk):
    rows = b"".join(b"nobody%d,R\n" % number for number in range(301))
    page = desk.fill("agent.rotterdam", "offices-from-file", None, uploads={"moves": b"Colleague,Office\n" + rows})
    assert [message for *_, message in page.errors] == [
        "The file has 301 rows; at most 300 are taken at once. Split it."
    ]
    assert desk.performed == []


def test_the_draft_keeps_the_rows_and_their_lines(desk):
    content = b"Colleague,Office\n\nt.novak,R1\n"
    plan = desk.planned("agent.rotterdam", "offices-from-file", None, uploads={"moves": content})
    kept = desk.store.submissions.get(plan.head.submission).answers["moves"]
    assert kept == [{"#": 3, "who": "t.novak", "office": "R1"}]
    page = desk.desk.edit(desk.actor("agent.rotterdam"), plan.head.submission, "en")
    (view,) = [field.csv for section in page.sections for field in section.fields if field.csv is not None]
    assert [(row.number, [cell.text for cell in row.cells]) for row in view.rows] == [(3, ["Tomáš Novák", "R1"])]


def test_a_file_for_a_question_that_takes_none_is_a_problem(desk):
    posted = Posted({}, uploads={"note": b"x"})
    page = desk.desk.evaluate(desk.actor("agent.rotterdam"), "offices-from-file", None, posted, "en")
    assert [message for *_, message in page.errors] == ["This form does not ask for one of the files."]
