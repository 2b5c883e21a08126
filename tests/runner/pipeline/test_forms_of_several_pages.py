"""Forms of several pages: one is shown, all are kept, and the answers are read back before the plan."""

import uuid

from runner.pipeline.pages import FillPage, Journey, PlanPage, Posted, VerifyPage

AGENT = "agent.rotterdam"
FORM = "several-pages"


def turn(desk, answers, page, *, back=False, ticket="", form=FORM):
    way = desk.desk.turn if back else desk.desk.submit
    posted = Posted(answers, ticket, page=page)
    return way(desk.actor(AGENT), uuid.uuid4().hex, form, "u-t.novak", posted, "en")


def titles(page: FillPage) -> list[str]:
    return [page.sections[number].title for number in page.pages]


def test_the_first_page_is_shown_and_pages_without_questions_are_left_out(desk):
    page = desk.desk.open(desk.actor(AGENT), FORM, "u-t.novak", "", "en")
    assert (page.page, page.turned) == (0, False)
    assert titles(page) == ["The office", "Colleagues"]
    assert page.head.journey == Journey(
        (("Person", "done"), ("The office", "now"), ("Colleagues", ""), ("Check", ""), ("Done", ""))
    )


def test_a_page_with_a_mistake_is_not_turned(desk):
    page = turn(desk, {"office": ""}, 0)
    assert (page.page, page.turned) == (0, False)
    assert page.errors == (("office", "Office", "Please answer this question."),)
    assert desk.performed == []


def test_an_answer_brings_its_page_in_and_going_back_keeps_everything(desk):
    answers = {"office": "A", "has_desk": True}
    page = turn(desk, answers, 0)
    assert (page.page, page.turned, titles(page)) == (1, True, ["The office", "The desk", "Colleagues"])
    assert page.errors == ()
    back = turn(desk, {**answers, "desk_number": "7"}, 1, back=True)
    assert (back.page, back.turned) == (0, True)
    values = {field.id: field.value for section in back.sections for field in section.fields}
    assert (values["office"], values["desk_number"]) == ("A", "7")


def test_going_back_asks_for_nothing(desk):
    page = turn(desk, {"office": "A", "has_desk": True, "desk_number": ""}, 1, back=True)
    assert (page.page, page.errors) == (0, ())


def test_there_is_nothing_before_the_first_page(desk):
    page = turn(desk, {"office": "A"}, 0, back=True)
    assert (page.page, page.turned) == (0, True)


def test_the_last_page_leads_to_the_plan_with_all_answers_read_back(desk):
    answers = {
        "office": "A",
        "has_desk": True,
        "desk_number": "7",
        "alarm_code": "4711",
        "colleague": "u-z.lindqvist",
        "days": ["mo", "fr"],
    }
    plan = turn(desk, answers, 2, ticket="T-1")
    assert isinstance(plan, PlanPage)
    assert plan.review
    read = [
        (section.section, section.title, [(line.label, line.text) for line in section.lines])
        for section in plan.answers
    ]
    assert read == [
        (0, "The office", [("Office", "A"), ("Has a desk there", "Yes")]),
        (1, "The desk", [("Desk", "7"), ("Alarm code", "not shown here")]),
        (2, "Colleagues", [("Sits beside", "Zoë Lindqvist"), ("Days", "Monday, Friday")]),
    ]
    assert [label for label, state in plan.head.journey.steps if state == "done"] == [
        "Person",
        "The office",
        "The desk",
        "Colleagues",
    ]
    again = desk.desk.edit(desk.actor(AGENT), plan.head.submission, "en", 1)
    assert (again.page, again.head.journey.steps[2]) == (1, ("The desk", "now"))
    assert desk.performed == []


def test_a_missing_ticket_belongs_to_the_last_page(desk):
    page = turn(desk, {"office": "A"}, 0)
    assert (page.page, page.errors) == (2, ())
    page = turn(desk, {"office": "A"}, 2)
    assert isinstance(page, FillPage)
    assert [anchor for anchor, *_ in page.errors] == ["ticket"]
    assert (page.page, page.turned) == (2, False)


def test_a_mistake_on_an_earlier_page_leads_back_to_it(desk):
    page = turn(desk, {"office": ""}, 2, ticket="T-1")
    assert (page.page, [anchor for anchor, *_ in page.errors]) == (0, ["office"])


def test_a_page_that_does_not_exist_is_taken_for_what_is_there(desk):
    assert turn(desk, {"office": "A"}, 99, back=True).page == 2
    assert isinstance(turn(desk, {"office": "A"}, 99, ticket="T-1"), PlanPage)


def test_answers_without_a_page_are_handed_in_at_once(desk):
    assert isinstance(desk.fill(AGENT, FORM, "u-t.novak", {"office": "A"}, ticket="T-1"), PlanPage)


def test_a_form_of_one_page_is_handed_in_whatever_page_was_sent(desk):
    assert isinstance(turn(desk, {"office": "A"}, 0, form="office"), PlanPage)
    page = turn(desk, {"office": "A"}, 0, back=True, form="office")
    assert (page.pages, page.errors) == ((), ())


def test_pages_are_not_turned_before_the_caller_is_checked(desk):
    page = desk.desk.turn(
        desk.actor(AGENT), uuid.uuid4().hex, "checked-pages", "u-t.novak", Posted({"office": "A"}, page=0), "en"
    )
    assert isinstance(page, VerifyPage)
    assert desk.kinds() == ["deny"]


def test_somebody_out_of_reach_is_refused_on_a_page_too(desk):
    page = turn(desk, {"office": "A", "colleague": "u-of-another-branch"}, 2, ticket="T-1")
    assert [anchor for anchor, *_ in page.errors] == ["colleague"]
    assert desk.performed == []
    assert desk.kinds() == ["deny"]
