"""A row that is refused names everything that has to be mended in it, and nothing that only follows from something else."""

from forms.errors import AnswerProblem
from runner.pipeline.bulk.mending import to_mend
from tests.runner.pipeline.bulk.running_bulks import AGENT, answered, bulks, page
from tests.runner.pipeline.desks import TestDesk


def test_all_that_is_wrong_with_a_row_is_named_in_the_order_of_the_form(desk: TestDesk) -> None:
    text = "login;last_day\nt.novak;2030-06-01\nz.lindqvist;31-12-2030\n"
    id_ = bulks(desk).begin_listed(desk.actor(AGENT), "temporary-access", text.encode(), "en")
    answered(desk, id_, {"groups": ["g-APP-Visio"]}, reason="a project")

    [(why, count)] = page(desk, id_).reasons
    assert count == 1
    assert why == (
        "Which groups? This is not on offer for this person. They may have it already. "
        "Until when? Write a date as year-month-day, for example 2027-01-31."
    )
    assert desk.performed == []


def test_what_may_only_follow_from_another_answer_is_not_named(desk: TestDesk) -> None:
    form = desk.services.catalogue.forms["request-software"]
    wrong = {"why": "Please answer this question.", "months": "At most 12.", "product": "Choose one of the options."}
    problems = [AnswerProblem(id_, message) for id_, message in wrong.items()]

    assert to_mend(form, problems, "en") == (
        "Which software? Choose one of the options. For how many months? At most 12."
    )
    assert to_mend(form, [AnswerProblem("why", "Too short."), AnswerProblem("", "Not both.")], "en") == (
        "What is it needed for? Too short. Not both."
    )


def test_a_ticket_that_is_missing_is_named_as_such(desk: TestDesk) -> None:
    form = desk.services.catalogue.forms["office"]
    assert to_mend(form, [AnswerProblem("ticket", "Please answer.")], "en") == "Ticket: Please answer."
