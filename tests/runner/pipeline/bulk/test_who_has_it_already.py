"""In a bulk, a row whose answer is not on offer because the person has it already counts as nothing to do."""

from runner.pipeline.pages import Posted
from tests.runner.pipeline.bulk.running_bulks import AGENT, answered, bulks, figures, page, prepared
from tests.runner.pipeline.desks import TestDesk

ANSWERS = {"groups": ["g-APP-Visio"], "last_day": "2030-06-01"}


def test_somebody_who_has_the_group_already_is_not_refused(desk: TestDesk) -> None:
    id_ = prepared(desk, ("t.novak", "z.lindqvist"), "temporary-access", ANSWERS, reason="a project")

    seen = page(desk, id_)
    assert figures(seen) == {"ready": 1, "unchanged": 1}
    assert [row.why for row in seen.rows if row.state == "unchanged"] == ["Is so already."]


def test_an_answer_that_is_wrong_for_another_reason_is_refused(desk: TestDesk) -> None:
    text = "login;last_day\nt.novak;2030-06-01\nz.lindqvist;2020-01-01\n"
    id_ = bulks(desk).begin_listed(desk.actor(AGENT), "temporary-access", text.encode(), "en")
    answered(desk, id_, {"groups": ["g-APP-Visio"]}, reason="a project")

    assert figures(page(desk, id_)) == {"ready": 1, "refused": 1}


def test_what_can_be_chosen_does_not_depend_on_who_stands_first(desk: TestDesk) -> None:
    actor = desk.actor(AGENT)
    offered = []
    for people in ("z.lindqvist\nt.novak", "t.novak\nz.lindqvist", "z.lindqvist"):
        id_ = bulks(desk).begin_listed(actor, "temporary-access", f"login\n{people}\n".encode(), "en")
        shown = bulks(desk).page(actor, id_)
        groups = next(view for part in shown.fill.sections for view in part.fields if view.id == "groups")
        offered.append([option.label for option in groups.options])
    assert offered[0] == offered[1]
    assert set(offered[0]) - set(offered[2]) == {"APP-Visio"}
    assert not shown.offers_more
    assert offered[0] == sorted(offered[0])


def test_a_list_names_whom_the_options_are_for_and_what_nobody_is_offered_is_refused(desk: TestDesk) -> None:
    actor, text = desk.actor(AGENT), "login\nz.lindqvist\nt.novak\nf.former\n"
    id_ = bulks(desk).begin_listed(actor, "temporary-access", text.encode(), "en")
    again = bulks(desk).answer(actor, id_, Posted({**ANSWERS, "groups": ["g-Domain Admins"]}, reason="a project"))
    assert again is not None
    assert [one[0] for one in again.fill.errors] == ["groups"]
    answered(desk, id_, ANSWERS, reason="a project")

    assert figures(page(desk, id_)) == {"ready": 1, "unchanged": 1, "refused": 1}
