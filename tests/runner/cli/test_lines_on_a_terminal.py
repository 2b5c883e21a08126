"""Texts of people and directories in the lines of the command line: none begins a line, none commands the terminal."""

import pytest

from runner.cli.telling import as_printed, inert


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("Reason: A new desk.", "Reason: A new desk."),
        ("Reason: one\nDigest: 00", "Reason: one\n    | Digest: 00"),
        ("    Office: A\r\nB\n\nC", "    Office: A\n        | B\n        | \n        | C"),
        ("to the vault\rfrom the vault", "to the vault\\rfrom the vault"),
        ("Zoë Lindqvist\xa0 日本 🙂", "Zoë Lindqvist\xa0 日本 🙂"),
    ],
)
def test_what_follows_a_line_break_stands_below_with_a_bar(line: str, printed: str) -> None:
    assert as_printed(line) == printed


@pytest.mark.parametrize(
    ("sign", "written"),
    [
        ("\x1b", "\\x1b"), ("\x07", "\\x07"), ("\t", "\\t"), ("\x0b", "\\x0b"), ("\x7f", "\\x7f"), ("\x85", "\\x85"),
        ("\x9b", "\\x9b"), ("\u202e", "\\u202e"), ("\u2028", "\\u2028"), ("\ud800", "\\ud800"), ("\U000e0001", "\\U000e0001"),
    ],
)  # fmt: skip
def test_signs_that_a_terminal_obeys_are_written_out(sign: str, written: str) -> None:
    assert inert(f"a{sign}b") == f"a{written}b"
