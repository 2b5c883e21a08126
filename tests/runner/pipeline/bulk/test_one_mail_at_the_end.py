"""Whoever asked for a bulk gets one mail when it has ended: how many rows ended in which way, in their language."""

import pytest

from connectors.errors import UnavailableError
from connectors.spi import Ref
from runner.letters.writing import Particulars, write
from runner.pipeline.bulk.summing_up import figures
from runner.pipeline.bulk.working import end_what_is_done
from tests.runner.pipeline.bulk.running_bulks import AGENT, bulks, prepared, run, started

ALL = figures(
    {"refused": 2, "unchanged": 3, "left_out": 4, "started": 9},
    {"done": 5, "partly_done": 6, "failed": 7, "unknown": 8, "rejected": 9, "expired": 1, "cancelled": 1},
)


def ended(desk):
    return [one for one in desk.store.notifications.list() if one.event == "bulk_ended"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Finished: Office for 45 people", "Unclear: 8", "Not agreed to: 10")),
        ("nl", ("Afgerond: Office voor 45 personen", "Onduidelijk: 8", "Niet akkoord: 10")),
        ("de", ("Abgeschlossen: Office für 45 Personen", "Unklar: 8", "Nicht zugestimmt: 10")),
    ],
)
def test_it_says_how_many_ended_in_which_way_in_each_language(language, said):
    assert dict(ALL) == {
        "done": 5,
        "partly_done": 6,
        "failed": 7,
        "unclear": 8,
        "rejected": 10,
        "left_out": 5,
        "refused": 2,
        "unchanged": 3,
    }
    letter = write("bulk_ended", language, Particulars(form="Office", rows=45, figures=ALL, link="https://x.example/1"))
    for text in (*said, "https://x.example/1"):
        assert text in letter.subject + letter.text
    assert said[1].partition(":")[0] in letter.html


def test_it_goes_out_once_and_rows_send_their_requester_none(desk):
    run(desk, prepared(desk, ("t.novak", "f.former", "z.lindqvist")), leaves_out=True)
    end_what_is_done(desk.services)
    [mail] = ended(desk)
    assert (mail.to, mail.submission_id) == (("agent.rotterdam@sample.test",), None)
    for text in ("For: 3 people", "Done: 2", "Refused: 1"):
        assert text in mail.body
    assert [one.id for one in desk.store.notifications.list() if one.to == mail.to] == [mail.id]


def test_who_gives_it_up_before_it_begins_gets_none(desk):
    id_ = prepared(desk, ("t.novak", "z.lindqvist"))
    bulks(desk).stop(desk.actor(AGENT), id_)
    desk.carried_out()
    assert end_what_is_done(desk.services) == 1
    assert ended(desk) == []


def test_it_ends_later_while_nobody_can_say_where_the_mail_goes(desk):
    id_ = prepared(desk, ("t.novak",))
    started(desk, id_)
    desk.carried_out()

    def silent():
        raise UnavailableError("The directory does not answer.")

    desk.directory.reading = silent
    assert end_what_is_done(desk.services) == 0
    desk.directory.reading = None
    assert end_what_is_done(desk.services) == 1
    assert len(ended(desk)) == 1


def test_who_is_no_longer_here_gets_none(desk):
    started(desk, prepared(desk, ("t.novak",)))
    desk.carried_out()
    desk.do("directory.user.disable", user=Ref("user", f"u-{AGENT}"))
    assert end_what_is_done(desk.services) == 1
    assert ended(desk) == []
