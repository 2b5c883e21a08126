"""The measurements measure: each runs on next to nothing and gives sound figures. No time is asserted."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench import (
    access_bench,
    bulk_bench,
    check_bench,
    compile_bench,
    directory_bench,
    engine_bench,
    http_bench,
    import_bench,
    journal_bench,
    people_bench,
    pipeline_bench,
)
from bench.desks import measured_desk
from bench.figures import Figure, keep, shown, table
from bench.slices import Effort, percentile

LITTLE = Effort(
    slice_seconds=0.01,
    rounds=1,
    bindings=20,
    people=50,
    decisions=40,
    records=30,
    searched=200,
    journeys=1,
    clients=2,
    forms=40,
    rows=5,
)


@pytest.fixture(scope="module")
def desk() -> Iterator[Path]:
    with measured_desk() as path:
        yield path


@pytest.mark.parametrize(
    "measure",
    [
        access_bench.measure,
        people_bench.measure,
        compile_bench.measure,
        check_bench.measure,
        journal_bench.measure,
        directory_bench.measure,
        engine_bench.measure,
    ],
    ids=["decisions", "people", "forms", "check", "journal", "directory", "engine"],
)
def test_a_measurement_gives_figures_that_are_sound(measure: Callable[[Effort], list[Figure]]) -> None:
    figures = measure(LITTLE)
    assert figures
    assert [figure for figure in figures if not figure.is_sound] == []


@pytest.mark.parametrize(
    "measure",
    [pipeline_bench.measure_on, http_bench.measure_on, bulk_bench.measure_on],
    ids=["pipeline", "http", "bulk"],
)
def test_a_measurement_on_a_desk_gives_figures_that_are_sound(
    desk: Path, measure: Callable[[Path, Effort], list[Figure]]
) -> None:
    figures = measure(desk, LITTLE)
    assert figures
    assert [figure for figure in figures if not figure.is_sound] == []


def test_the_import_counts_what_it_imported_and_finds_nothing_new_the_second_time() -> None:
    first, second = import_bench.measure(60)
    assert second.entries == 60 + 2 + 2 * import_bench.UNITS
    assert first.entries == second.entries + 1, "the entry at the top is made once"
    assert (first.refused, second.refused, second.changed) == (0, 0, 0)


def test_a_rate_has_to_reach_its_goal_and_a_time_has_to_stay_below() -> None:
    assert Figure("rate", 30, "/s", "other", 100, goal=0.2).is_met is True
    assert Figure("rate", 10, "/s", "other", 100, goal=0.2).is_met is False
    assert Figure("time", 0.2, "s", "other", 0.1, goal=2).is_met is True
    assert Figure("time", 0.3, "s", "other", 0.1, goal=2).is_met is False
    assert Figure("time", 0.3, "s", "other", 0.1).is_met is None


def test_a_figure_without_a_number_is_not_sound() -> None:
    assert Figure("time", 0.3, "s", "other", 0.1).is_sound
    assert not Figure("time", float("nan"), "s", "other", 0.1).is_sound
    assert not Figure("time", 0, "s", "other", 0.1).is_sound


def test_the_table_shows_each_figure_beside_its_yardstick_and_what_missed_its_goal() -> None:
    lines = table([Figure("a page", 0.075, "s", "the budget", 0.05, goal=1), Figure("rate", 5, "/s", "raw", 50)])
    _, _, page, rate = lines.splitlines()
    assert page.split() == ["a", "page", "75.00", "ms", "the", "budget", "50.00", "ms", "1.5", "x", "≤", "1", "MISSED"]
    assert rate.split() == ["rate", "5.0/s", "raw", "50/s", "0.1", "x"]


def test_values_are_written_as_people_read_them() -> None:
    assert [shown(0.000012, "s"), shown(0.5, "s"), shown(1234.5, "/s"), shown(6, "count"), shown(2048, "bytes")] == [
        "12.0 µs",
        "500.00 ms",
        "1,234/s",
        "6",
        "2.0 KB",
    ]


def test_kept_figures_can_be_read_back(tmp_path: Path) -> None:
    keep([Figure("a page", 0.075, "s", "the budget", 0.05, goal=1)], tmp_path / "figures.json")
    (row,) = json.loads((tmp_path / "figures.json").read_text())
    assert (row["name"], row["ours"], row["yardstick"], row["ratio"], row["is_met"]) == (
        "a page",
        0.075,
        0.05,
        pytest.approx(1.5),
        False,
    )


def test_the_99th_percentile_of_few_values_is_the_largest() -> None:
    assert percentile([3, 1, 2], 0.99) == 3
    assert percentile([1, 2, 3, 4], 0.5) == 3
