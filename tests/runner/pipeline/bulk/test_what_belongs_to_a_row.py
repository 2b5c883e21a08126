"""Before a bulk is confirmed, each row that is shown says until when it lasts, when it runs and that it needs a yes."""

from tests.runner.pipeline.bulk.running_bulks import figures, listed, page, prepared
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


def test_a_time_in_a_file_is_one_of_the_organisation_and_so_is_one_for_all(desk):
    id_ = listed(desk, "login,when\nt.novak,2030-06-01T18:00\n", "later-password")
    assert figures(page(desk, id_)) == {"ready": 1}
    [row] = desk.store.bulk_work.rows(id_, ("ready",), 5)
    assert row.due_at.astimezone(desk.services.now().tzinfo).hour == 18
    for_all = prepared(desk, ("t.novak",), "later-password", {"at": "2030-06-01T18:00"})
    assert figures(page(desk, for_all)) == {"ready": 1}


def test_how_many_rows_need_a_yes_is_counted(desk):
    text = "login,office\nt.novak,A\nz.lindqvist,KIOSK\np.dewit,B\n"
    seen = page(desk, listed(desk, text, "later-with-a-yes"))
    assert (seen.will_change, seen.will_ask) == (3, 2)
    seen = page(desk, prepared(desk, ("t.novak",)))
    assert (seen.will_change, seen.will_ask) == (1, 0)
