from datetime import date

import pytest

from runner.access.explanation.wording import listed, plural, selector_in_words, window_in_words
from runner.access.model import ActorValue, Selector


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        (Selector("user"), "all people"),
        (Selector("user", under="OU=People,DC=sample,DC=test"), "people under OU=People,DC=sample,DC=test"),
        (Selector("mailbox", in_group="Sales"), "mailboxes in the group “Sales” (through other groups too)"),
        (Selector("user", in_group="Sales", nested=False), "people in the group “Sales” (in it themselves)"),
        (Selector("group", ids=("A", "B", "C")), "groups called “A”, “B” or “C”"),
        (Selector("mailbox", match=(("kind", "shared"),)), "mailboxes whose kind is “shared”"),
        (Selector("group", match=(("sensitive", True),)), "groups whose sensitive is yes"),
        (
            Selector("user", match=(("department", ActorValue("department")),)),
            "people whose department is that of the person at the keyboard (department)",
        ),
        (Selector("user", match=(("manager", ActorValue("")),)), "people whose manager is the person at the keyboard"),
        (Selector("group", ids=("APP-A",), in_list="software"), "groups named in the list “software”"),
        (Selector("user", own=True), "the person at the keyboard"),
        (
            Selector("user", own=True, in_group="Staff"),
            "the person at the keyboard in the group “Staff” (through other groups too)",
        ),
        (
            Selector("group", under="OU=Lists", match=(("department", "Sales"),)),
            "groups under OU=Lists and whose department is “Sales”",
        ),
    ],
)  # fmt: skip
def test_a_selector_is_said_in_words(selector: Selector, words: str) -> None:
    assert selector_in_words(selector) == words


def test_a_long_list_is_cut_and_the_rest_counted() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed([str(number) for number in range(100)], most=4) == "0, 1, 2 and 97 more"
    assert listed([]) == ""


def test_kinds_and_windows_have_words() -> None:
    assert [plural("user"), plural(""), plural("mail_list"), plural("drone_fleet")] == [
        "people", "the installation", "mailing lists", "drone fleet"
    ]  # fmt: skip
    assert window_in_words(date(2026, 1, 2), date(2026, 3, 4)) == "from 2026-01-02 until 2026-03-04"
    assert window_in_words(None, None) == ""
