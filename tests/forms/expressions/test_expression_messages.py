"""What an author reads when an expression is wrong: the sentence, the place, and how to mend it."""

import pytest

from forms.errors import ExpressionError
from forms.expressions import Scope, compile_condition, compile_expression
from forms.expressions.templates import compile_template
from forms.values import BOOL, DATE, NUMBER, SECRET, TEXT, Type, list_of

SCOPE = Scope(
    {
        "account_kind": Type("choice"),
        "kind": Type("choice"),
        "vpn": BOOL,
        "value": DATE,
        "months": NUMBER,
        "name": TEXT,
        "rights": list_of(TEXT),
        "target": Type("user"),
        "password": SECRET,
        "request": Type("row", columns={"ticket": TEXT}),
    }
)
PASSWORD_FIX = (
    "Passwords go only into the password argument of an operation, or into  result.show  with  secret: once ."
)
YES_NO_FIX = "A yes/no field is compared without quotes: write the field alone, or  not field ."

CONDITIONS = {
    'acount_kind == "intern"': (
        "E210",
        0,
        'there is no field or value called "acount_kind"',
        'Did you mean "account_kind"?',
    ),
    'kind = "intern"': ("E201", 5, '"=" does not compare', 'Use "==" to compare two values.'),
    "vpn && vpn": ("E201", 4, '"&&" is written "and"', "Write  and ."),
    "vpn || vpn": ("E201", 4, '"||" is written "or"', "Write  or ."),
    "!vpn": ("E201", 0, '"!" is written "not"', "Write  not ."),
    '$(target.locked) == "true"': (
        "E203",
        0,
        "a condition is written without $( )",
        'Write  target.locked == "true"',
    ),
    'vpn == "yes"': ("E214", 4, "a yes/no value is never equal to a text", YES_NO_FIX),
    '"yes" != vpn': ("E214", 6, "a yes/no value is never equal to a text", YES_NO_FIX),
    "value <= today() + 30": (
        "E214",
        17,
        'cannot use "+" between a date and a number',
        "Write a number of days as 30d.",
    ),
    "value <= today() + months": (
        "E214",
        17,
        'cannot use "+" between a date and a number',
        "Make the number a number of days:  n * 1d .",
    ),
    'value < "2026-01-01"': ("E214", 6, 'cannot put a date and a text in order with "<"', ""),
    "target.manger.mail == name": ("E211", 7, 'a user has no "manger"', 'Did you mean "manager"?'),
    'request.tickt == "a"': ("E211", 8, '"request" has no "tickt"', 'Did you mean "ticket"?'),
    'lowr(name) == "a"': ("E212", 0, 'there is no function "lowr"', 'Did you mean "lower"?'),
    "name": (
        "E215",
        0,
        "a condition is yes or no, this is a text",
        'Write  answered(name), or compare it:  name == "…" .',
    ),
    "rights": ("E215", 0, "a condition is yes or no, this is a list", "Write  count(rights) > 0 ."),
    "password": ("E230", 0, "a password may not be written here", PASSWORD_FIX),
    "answered(password)": ("E230", 9, "a password may not be written here", PASSWORD_FIX),
    "name in name": (
        "E214",
        5,
        '"in" needs a list on its right, this is a text',
        'A part of a text is looked for the other way round:  text contains "part" .',
    ),
}

TEXTS = {
    "Unlocked ${target.display_name}": (
        "E204",
        9,
        "a value is filled in with $(name)",
        "Write $(name) instead of ${name} or {{ name }}.",
    ),
    "Unlocked {{ name }} now": (
        "E204",
        9,
        "a value is filled in with $(name)",
        "Write $(name) instead of ${name} or {{ name }}.",
    ),
    "The new password is $(password)": ("E230", 22, "a password may not be written here", PASSWORD_FIX),
    "Hello $(nme)!": ("E210", 8, 'there is no field or value called "nme"', 'Did you mean "name"?'),
    "Hello $(name": (
        "E205",
        6,
        '"$(" is never closed',
        "Write  )  behind the expression, or  $$(  for the characters themselves.",
    ),
    "$(name) $(lower(vpn))": ("E213", 16, '"lower" needs a text, this is a yes/no value', 'Example:  lower("Zoë")'),
}


def _told(error: ExpressionError) -> tuple[str, int, str, str]:
    return error.code, error.offset, error.message, error.fix


@pytest.mark.parametrize("source", CONDITIONS)
def test_a_wrong_condition_is_told_in_words_an_author_knows(source: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_condition(source, SCOPE)
    assert _told(caught.value) == CONDITIONS[source]


@pytest.mark.parametrize("text", TEXTS)
def test_a_wrong_text_is_told_with_its_place_in_the_text(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_template(text, SCOPE)
    assert _told(caught.value) == TEXTS[text]


def test_an_expression_that_is_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(ExpressionError, match="at most 500 characters") as caught:
        compile_expression("1 +" * 200, SCOPE)
    assert caught.value.code == "E202"


@pytest.mark.parametrize("source", ["(" * 200 + "1" + ")" * 200, "not " * 100 + "vpn", "1" + "+1" * 60, "[" * 90])
def test_an_expression_that_is_too_deep_is_refused(source: str) -> None:
    with pytest.raises(ExpressionError, match="at most 20 levels") as caught:
        compile_expression(source, SCOPE)
    assert caught.value.code == "E202"


def test_many_conditions_in_a_row_are_not_deep() -> None:
    assert compile_condition(" and ".join(["vpn"] * 60), SCOPE).names == {"vpn"}


def test_a_message_never_contains_a_value() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_condition('"hunter2" == vpn', SCOPE)
    assert "hunter2" not in caught.value.message + caught.value.fix
