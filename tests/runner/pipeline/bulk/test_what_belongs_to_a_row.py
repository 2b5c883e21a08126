"""Before a bulk is confirmed, each row that is shown says until when it lasts, when it runs and that it needs a yes."""

from tests.runner.pipeline.bulk.running_bulks import listed, page, prepared
from tests.runner.pipeline.desks import TestDesk


def test_until_when_each_row_lasts_stands_in_its_preview(desk: TestDesk) -> None:
    text = "login;ends\nt.novak;2030-03-10\nz.lindqvist;2030-03-20\n"
    id_ = listed(desk, text, "until-a-day", {"groups": ["g-APP-Atlas"]})

    notes = [line.note for one in page(desk, id_).samples for part in one.operations for line in part.lines]
    assert notes == ["until 10 Mar 2030", "until 20 Mar 2030"]


def test_when_a_row_runs_and_that_it_needs_a_yes_stand_in_its_preview(desk: TestDesk) -> None:
    id_ = prepared(desk, ("z.lindqvist",), "later-with-a-yes", {"office": "A", "day": "2030-05-01"})

    (sample,) = page(desk, id_).samples
    assert [(one.label, one.text) for one in sample.conditions] == [
        ("Needs a yes", "before it is done"),
        ("Runs", "1 May 00:00"),
    ]
