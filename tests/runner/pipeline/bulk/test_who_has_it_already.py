"""In a bulk, a row whose answer is not on offer because the person has it already counts as nothing to do."""

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
