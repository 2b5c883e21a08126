"""Moments without an offset, as browsers send them, are those of the desk's clock."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from forms.answering.local_times import local_text, with_zone
from tests.runner.pipeline.desks import catalogue

ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.fixture(scope="module")
def form():
    return catalogue().forms["later-password"]


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("2031-03-01T18:00", "2031-03-01T18:00:00+01:00"),
        ("2031-07-01T18:00:30", "2031-07-01T18:00:30+02:00"),
        ("2031-03-01T18:00:00+00:00", "2031-03-01T18:00:00+00:00"),
        ("2031-10-26T02:30", "2031-10-26T02:30:00+02:00"),
        ("2031-02-30T18:00", "2031-02-30T18:00"),
        ("at noon", "at noon"),
        ("", ""),
        (7, 7),
    ],
)
def test_a_moment_gets_the_offset_of_the_desk_and_nothing_else_is_touched(form, sent, meant):
    assert with_zone(form, {"at": sent, "other": sent}, ZONE) == {"at": meant, "other": sent}


def test_moments_in_rows_get_it_too(form):
    (moment,) = [field for field in form.fields if field.id == "at"]
    rows = replace(moment, id="times", type="rows", fields=(moment,))
    answers = {"times": [{"at": "2031-03-01T18:00", "x": "2031-03-01T18:00"}, "odd"]}
    made = with_zone(replace(form, fields=(rows,)), answers, ZONE)
    assert made == {"times": [{"at": "2031-03-01T18:00:00+01:00", "x": "2031-03-01T18:00"}, "odd"]}


@pytest.mark.parametrize(
    ("wire", "shown"),
    [("2031-03-01T17:00:00+00:00", "2031-03-01T18:00"), ("2031-03-01T18:00", "2031-03-01T18:00"), ("noon", "noon")],
)
def test_a_moment_is_shown_by_the_clock_of_the_desk(wire, shown):
    assert local_text(wire, ZONE) == shown
