"""Tables show, offer and export only what their search finds inside the actor's scope; a form of tables alone does nothing."""

import csv
import io

import pytest

from connectors.spi import Ref
from forms.answering.options import NOT_IN_SCOPE
from runner.access.authority import Authority
from runner.access.views import refuse
from runner.errors import NotFoundError, RefusedError, TooManyError, UnfitError
from runner.pipeline import braking, reading, viewing
from runner.pipeline.pages import FillPage, Posted

AGENT, OTHER = "agent.rotterdam", "agent.utrecht"
VIEW, DETAILS = "people-under", "person-details"
HEADER = ["Display name", "Login", "Description", "Manager", "Desk phone", "Created"]


def opened(desk, form, target=None, who=AGENT):
    return desk.desk.open(desk.actor(who), form, target, "", "en")


def evaluated(desk, answers, *, who=AGENT, checks=False, typed=None):
    posted = Posted(answers, typed=typed or {})
    return desk.desk.evaluate(desk.actor(who), VIEW, None, posted, "en", checks=checks)


def exported(desk, answers, table="people", *, who=AGENT, form=VIEW, target=None):
    return desk.desk.export(desk.actor(who), form, target, table, Posted(answers), "en")


def field(page, id_):
    return next(one for section in page.sections for one in section.fields if one.id == id_)


def table(page, id_):
    return field(page, id_).table


def ids(page, id_):
    return [row.id for row in table(page, id_).rows]


def rows(file):
    assert file.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))


def denied(desk):
    return [entry["operation"] for entry in desk.journal("deny")]


def test_a_table_has_nobody_of_another_branch_in_it(desk):
    page = opened(desk, DETAILS, "u-p.dewit")
    assert ids(page, "reports") == ["u-z.lindqvist"]  # alice, of the other branch, reports there too
    assert table(page, "reports").count == "1 account"
    assert table(page, "groups").empty == "No groups."
    assert page.as_of is not None
    assert [step for step, _ in page.head.journey.steps] == ["Person", "See"]
    file = exported(desk, {}, "reports", form=DETAILS, target="u-p.dewit")
    assert [row[1] for row in rows(file)] == ["Login", "z.lindqvist"]
    assert file.name == "person-details-reports-2030-03-04.csv"


def test_a_page_about_somebody_out_of_reach_is_not_there(desk):
    for target in ("u-u.bakker", "u-nobody", "u-r.admin", "g-Audit"):
        with pytest.raises(NotFoundError):
            opened(desk, DETAILS, target)
        with pytest.raises(NotFoundError):
            exported(desk, {}, "reports", form=DETAILS, target=target)
    assert denied(desk) == ["open"] * 8
    assert desk.journal("export") == []


def test_a_report_is_only_there_for_those_who_may_read_reports(desk):
    assert isinstance(opened(desk, VIEW), FillPage)
    for who in ("alice", "t.novak"):
        with pytest.raises(NotFoundError):
            opened(desk, VIEW, who=who)
        with pytest.raises(NotFoundError):
            exported(desk, {"who": "u-p.dewit"}, who=who)
    tiles = dict(desk.desk.home(desk.actor(AGENT), "en").categories)
    assert VIEW in {tile.form for tile in tiles["Reports"]}
    forms = {tile.form: tile.why_not for tile in desk.desk.person(desk.actor(AGENT), "u-p.dewit", "en").tiles}
    assert forms[DETAILS] == ""


def test_a_table_waits_for_the_answer_that_its_search_needs(desk):
    page = opened(desk, VIEW)
    assert (field(page, "people").waiting, table(page, "people")) == ("Manager", None)
    assert page.errors == ()
    assert ids(evaluated(desk, {"who": "u-p.dewit"}), "people") == ["u-z.lindqvist"]
    with pytest.raises(UnfitError, match="First answer “Manager”"):
        exported(desk, {})
    assert denied(desk) == []


@pytest.mark.parametrize("who", ["u-u.chef", "u-u.bakker", "u-nobody", "g-Audit"])
def test_a_made_up_answer_shows_no_rows_and_tells_nothing_and_is_on_record(desk, who):
    page = evaluated(desk, {"who": who}, checks=True)
    assert (field(page, "people").waiting, table(page, "people")) == ("Manager", None)
    assert field(page, "department").value == ""
    assert page.errors == (("who", "Manager", "Choose somebody from the list."),)
    with pytest.raises(RefusedError, match="do not fit"):
        exported(desk, {"who": who})
    assert denied(desk) == ["show", "show"]
    assert desk.journal("export") == []


def test_a_row_picked_in_one_table_decides_on_another(desk):
    assert not field(evaluated(desk, {}), "under_chief").asked
    page = evaluated(desk, {"chief": "u-p.dewit"})
    assert ids(page, "under_chief") == ["u-z.lindqvist"]
    assert [row.id for row in table(page, "chief").rows if row.chosen] == ["u-p.dewit"]
    assert ids(page, "chief") == ["u-p.dewit"]


def test_a_row_that_was_not_there_is_refused_and_on_record(desk):
    for made_up in ("u-u.chef", "u-t.novak", "u-nobody"):
        page = evaluated(desk, {"chief": made_up}, checks=True)
        assert page.errors == (("chief", "Chief", "Choose from the rows of the table."),)
        assert table(page, "under_chief") is None
    assert denied(desk) == ["show"] * 3


def test_what_is_typed_is_searched_for_and_what_was_picked_stays(desk):
    page = evaluated(desk, {"chief": "u-p.dewit"}, typed={"chief": "nobody at all"})
    assert ids(page, "chief") == ["u-p.dewit"]
    assert table(page, "chief").text == "nobody at all"
    assert ids(evaluated(desk, {}, typed={"chief": "pieter"}), "chief") == ["u-p.dewit"]
    assert ids(evaluated(desk, {}, typed={"chief": "novak"}), "chief") == []


def test_a_form_that_only_shows_is_never_handed_in(desk):
    actor, posted = desk.actor(AGENT), Posted({"who": "u-p.dewit"})
    doors = [
        lambda: desk.desk.submit(actor, desk.new(), VIEW, None, posted, "en"),
        lambda: desk.desk.plan(actor, desk.new(), VIEW, None, posted, "en"),
        lambda: desk.desk.check_start(actor, desk.new(), VIEW, None, "in_person", "en"),
        lambda: desk.desk.check_answer(actor, desk.new(), VIEW, None, "in_person", {}, "en"),
    ]
    for door in doors:
        with pytest.raises(RefusedError, match="only shows"):
            door()
    assert denied(desk) == ["submit", "submit", "check", "check"]
    assert desk.store.submissions.list(limit=10) == []
    assert desk.performed == []


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_holds_what_the_page_shows_and_its_leaving_is_on_record(desk):
    file = exported(desk, {"who": "u-p.dewit"})
    assert rows(file) == [
        HEADER,
        ["Zoë Lindqvist", "z.lindqvist", "", "Pieter de Wit", "'+31105550100", "2030-03-04 10:00"],
    ]
    assert file.name == "people-under-people-2030-03-04.csv"
    (record,) = desk.journal("export")
    assert record["actor"]["login"] == AGENT
    assert record["form"]["id"] == VIEW
    assert record["export"] == {"table": "people", "arguments": {"person": "user:u-p.dewit"}, "rows": 1, "cut": False}
    assert record["operation"] == "export table"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1", "'=1"])
def test_no_cell_of_a_file_is_a_formula(desk, text):
    desk.do("directory.user.update", user=Ref("user", "u-z.lindqvist"), set={"description": text})
    (_, row) = rows(exported(desk, {"who": "u-p.dewit"}))
    assert row[2].startswith("'")
    assert row[2].strip("' ") == text.strip("' ")


def test_no_cell_of_a_file_is_a_formula_where_semicolons_separate(desk):
    desk.do("directory.user.update", user=Ref("user", "u-z.lindqvist"), set={"description": "x;=HYPERLINK(A1);y"})
    content = exported(desk, {"who": "u-p.dewit"}).content.decode("utf-8-sig")
    seen = [cell for row in csv.reader(io.StringIO(content, newline=""), delimiter=";") for cell in row]
    assert "'=HYPERLINK(A1)" in seen
    assert not [cell for cell in seen if cell.startswith(("=", "+", "-", "@"))]


def test_a_related_person_out_of_scope_has_no_name_in_a_table_or_a_file(desk):
    visio = Ref("group", "g-APP-Visio")
    for owner, shown in (("u-p.dewit", "Pieter de Wit"), ("u-u.bakker", NOT_IN_SCOPE)):
        desk.do("directory.group.set_owner", group=visio, owner=Ref("user", owner))
        (row,) = table(opened(desk, DETAILS, "u-z.lindqvist"), "groups").rows
        assert [cell.text for cell in row.cells] == ["APP-Visio", "Drawings", shown, "no"]
        file = exported(desk, {}, "groups", form=DETAILS, target="u-z.lindqvist")
        assert rows(file)[1] == ["APP-Visio", "Drawings", shown, "no"]


def test_only_a_table_of_a_form_that_only_shows_is_a_file(desk):
    for form, target, name in (
        (VIEW, None, "who"),
        (VIEW, None, "nothing"),
        ("hand-over", "u-p.dewit", "people"),
    ):
        with pytest.raises(NotFoundError):
            exported(desk, {}, name, form=form, target=target)
    assert denied(desk) == ["export"] * 3


def test_a_long_file_is_read_page_by_page_and_says_where_it_was_cut(desk, monkeypatch):
    for login in ("t.novak", "f.former", "n.mail"):
        desk.do("directory.user.update", user=Ref("user", f"u-{login}"), set={"manager": Ref("user", "u-p.dewit")})
    monkeypatch.setattr(reading, "_AT_ONCE", 1)
    whole = rows(exported(desk, {"who": "u-p.dewit"}))
    assert [row[1] for row in whole] == ["Login", "f.former", "n.mail", "t.novak", "z.lindqvist"]
    monkeypatch.setattr(viewing, "MOST_ROWS", 3)
    cut = rows(exported(desk, {"who": "u-p.dewit"}))
    assert len(cut) == 5
    assert cut[-1] == ["There are more than 3 rows; the rest is not in this file."]
    assert [record["export"]["rows"] for record in desk.journal("export")] == [4, 3]
    assert desk.journal("export")[-1]["export"]["cut"]


@pytest.mark.parametrize("gone", [{"u-f.former", "u-n.mail"}, {"u-n.mail"}, {"u-t.novak", "u-z.lindqvist"}])
def test_pages_of_which_nobody_may_be_read_by_now_do_not_end_a_file(desk, monkeypatch, gone):
    for login in ("t.novak", "n.mail", "f.former"):
        desk.do("directory.user.update", user=Ref("user", f"u-{login}"), set={"manager": Ref("user", "u-p.dewit")})
    monkeypatch.setattr(reading, "_AT_ONCE", 1)
    decide = Authority.decide

    def decide_anew(self, actor, permission, entry, **more):
        return (
            refuse("protected", permission, "user")
            if entry.ref.id in gone
            else decide(self, actor, permission, entry, **more)
        )

    monkeypatch.setattr(Authority, "decide", decide_anew)
    (_, *seen) = rows(exported(desk, {"who": "u-p.dewit"}))
    everybody = {"u-f.former", "u-n.mail", "u-t.novak", "u-z.lindqvist"}
    assert {f"u-{row[1]}" for row in seen} == everybody - gone
    assert not desk.journal("export")[-1]["export"]["cut"]


@pytest.mark.parametrize("crafted", [{"nothing": "x"}, {"department": "Sales"}, {"people": "u-z.lindqvist"}])
def test_a_download_with_answers_to_what_is_no_question_is_on_record(desk, crafted):
    with pytest.raises(UnfitError):
        exported(desk, {"who": "u-p.dewit", **crafted})
    assert denied(desk) == ["export"]
    assert desk.journal("export") == []


def test_sixty_files_an_hour_may_be_downloaded_by_one_actor(desk, monkeypatch):
    monkeypatch.setattr(braking, "MOST_EXPORTS", 3)
    for _ in range(3):
        exported(desk, {"who": "u-p.dewit"})
        desk.clock.forward(minutes=10)
    with pytest.raises(TooManyError) as refused:
        exported(desk, {"who": "u-p.dewit"})
    assert refused.value.retry_after_seconds == 30 * 60
    assert denied(desk) == ["export"]
    assert len(desk.journal("export")) == 3
    exported(desk, {"who": "u-p.dewit"}, who="second.rotterdam")
    desk.clock.forward(minutes=30, seconds=1)
    exported(desk, {"who": "u-p.dewit"})


# --- rows that are picked and changed ---------------------------------------------------------------------------------


def test_rows_that_are_picked_are_changed_and_read_back(desk):
    plan = desk.planned(AGENT, "hand-over", "u-p.dewit", {"people": ["u-z.lindqvist"]})
    assert [(line.label, line.text) for view in plan.answers for line in view.lines] == [("People", "Zoë Lindqvist")]
    desk.done(AGENT, plan)
    assert desk.value("u-z.lindqvist", "title") == "Handed over"


@pytest.mark.parametrize("picked", ["u-alice", "u-t.novak", "u-nobody", "u-u.bakker"])
def test_a_row_of_another_branch_or_of_another_search_is_never_changed(desk, picked):
    page = desk.fill(AGENT, "hand-over", "u-p.dewit", {"people": ["u-z.lindqvist", picked]})
    assert page.errors == (("people", "People", "Choose from the rows of the table."),)
    (refusal,) = desk.journal("deny")
    assert refusal["decision"]["reason"] == "An answer names what is not offered: people."
    assert desk.performed == []


def test_a_row_that_left_the_table_meanwhile_is_not_changed(desk):
    plan = desk.planned(AGENT, "hand-over", "u-p.dewit", {"people": ["u-z.lindqvist"]})
    desk.do("directory.user.update", user=Ref("user", "u-z.lindqvist"), set={"manager": Ref("user", "u-u.chef")})
    assert isinstance(desk.confirm(AGENT, plan), FillPage)
    assert desk.performed == []
    assert desk.value("u-z.lindqvist", "title") is None
