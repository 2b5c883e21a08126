"""Rows as browsers without script send them: with spare ones at the end, and a button for each picker."""

import pytest

from runner.web.posted import UnexpectedInputError, Wanted, read_sent


def row(
    number: int, user: str = "", rights: tuple[str, ...] = ("full", "send"), spare: bool = True, typed: str = ""
) -> list[tuple[str, str]]:
    start = f"row.access.{number}"
    sent = [(f"{start}.answer.user", user), (f"{start}.typed.user", typed), (f"{start}.list.rights", "")]
    sent += [(f"{start}.list.rights", right) for right in rights]
    if spare:
        sent += [(f"{start}.default.user", ""), (f"{start}.default.rights", "send\r\nfull")]
    return sent


def test_spare_rows_that_nobody_touched_are_left_out() -> None:
    sent = read_sent([("list.access", ""), *row(0, "alice", spare=False), *row(1), *row(2, "bob"), *row(3)])
    assert sent.posted.answers == {
        "access": [{"user": "alice", "rights": ["full", "send"]}, {"user": "bob", "rights": ["full", "send"]}]
    }


@pytest.mark.parametrize("rights", [("full",), ("full", "send", "other")])
def test_a_spare_row_whose_ticks_were_changed_counts(rights: tuple[str, ...]) -> None:
    assert read_sent(row(1, rights=rights)).posted.answers == {"access": [{"user": "", "rights": list(rights)}]}


def test_a_row_that_is_no_spare_one_counts_with_its_defaults() -> None:
    assert read_sent(row(0, spare=False)).posted.answers == {"access": [{"user": "", "rights": ["full", "send"]}]}


def test_what_a_picker_shall_find_follows_its_row() -> None:
    rows = [*row(0, "alice", spare=False), *row(1), *row(2, rights=("full",), typed="bo"), *row(3, typed="ca")]
    assert read_sent([*rows, ("go", "find.access.2.user")]).wanted == Wanted("access.user", "access.1.user", "bo")
    assert read_sent([*rows, ("go", "find.access.3.user")]).wanted == Wanted("access.user", "access.2.user", "ca")
    assert read_sent([("typed.owner", "al"), ("go", "find.owner")]).wanted == Wanted("owner", "owner", "al")
    assert read_sent([*rows, ("go", "more")]).wanted is None


def test_defaults_are_recognised_in_any_order_and_with_the_line_ends_of_browsers() -> None:
    pairs = [("list.brings", ""), ("list.brings", "Chair"), ("list.brings", "Screen")]
    assert read_sent([*pairs, ("default.brings", "Screen\r\nChair")]).posted.answers == {}
    assert read_sent([*pairs, ("default.brings", "Screen")]).posted.answers == {"brings": ["Chair", "Screen"]}


@pytest.mark.parametrize("kind", ["typed", "default", "answer"])
def test_one_cell_sent_twice_is_refused(kind: str) -> None:
    name = f"row.access.0.{kind}.user"
    with pytest.raises(UnexpectedInputError):
        read_sent([(name, "a"), (name, "b")])
