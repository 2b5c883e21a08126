"""Patterns: which are accepted, what they mean, and that none that is accepted is slow."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from forms.errors import ExpressionError
from forms.expressions import compile_pattern, is_match
from forms.expressions.patterns import MAX_MATCHED

SECONDS = 1.0

FITTING = [
    (r"[a-z]+", "abc", "aBc"),
    (r"^\d{6}$", "123456", "1234567"),
    (r"[a-z]+\.[a-z]+@[a-z]+\.[a-z]{2,6}", "a.jansen@corp.test", "a.jansen@corp"),
    (r"(INC|REQ|CHG)[0-9]{7}", "REQ0012345", "ABC0012345"),
    (r"(0[1-9]|[12]\d|3[01])-(0[1-9]|1[0-2])-\d{4}", "31-12-2026", "32-12-2026"),
    (r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|\d\d?)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|\d\d?)", "10.0.0.255", "10.0.0.256"),
    (r"[A-Z][a-z]+( [A-Z][a-z]+)?", "Zo Smit", "Zo  Smit"),
    (r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", "srv-01", "srv-"),
    (r"[^<>]*", "plain", "<b>"),
    (r"\+?[0-9 ()-]{6,20}", "+31 (6) 12-34", "12"),
    (r".*foo.*", "a foo b", "a fo b"),
    (r"[\w.-]+@[\w-]+\.[\w.-]+", "a@b.test", "a@b"),
    (r"(ab){2,3}", "abab", "ababa"),
    (r"\$\(\)", "$()", "$("),
    (r"a\\$", "a\\", "a"),
    (r"[é-ü]+", "éü", "e"),
    (r"a|", "", "b"),
    (r"[-a]+[a-]", "-a-", "b"),
    (r"\d+", "12", "١٢"),
]

REFUSED = [
    r"(a+)+", r"(a*)*", r"(a|a)*", r"(a|b)*", r"(\.[a-z]+)*", r"(x+x+)+y", r"a**", r"a*?", r"a++", r"a{2}{3}",
    r"a*a*a*", r"(.*)(.*)(.*)", r"\w+\w+\w+", r"(a?){30}", "a?" * 30, "(a|a)" * 30, "(ab|a)" * 15 + "(b|c)*",
    r"(?=a)", r"(?!a)", r"(?<=a)", r"(?i)a", r"(?P<x>a)", r"(a)\1", r"\b", r"[a", r"(a", r"a)", r"*a", r"a{3,1}",
    r"a{1001}", r"a{0}", r"\q", r"[z-a]", r"[[:alpha:]]", r"[a&&b]", r"[\d-z]", r"x^", r"a$b", "a\\", r"{", "]",
    r"((a{1000}){1000}){1000}" + "a*" * 50, "a" * 501, "(" * 30 + ")" * 30,
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "fits", "does_not"), FITTING)
def test_a_usual_pattern_is_accepted_and_fits_the_whole_text(pattern: str, fits: str, does_not: str) -> None:
    assert is_match(pattern, fits)
    assert not is_match(pattern, does_not)
    assert not is_match(pattern, fits + "\n") or "[^" in pattern


@pytest.mark.parametrize("pattern", REFUSED)
def test_a_pattern_outside_the_subset_is_refused(pattern: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_pattern(pattern)
    assert caught.value.code in ("E216", "E217")
    assert 0 <= caught.value.offset <= len(pattern)


def test_a_very_long_text_never_fits() -> None:
    assert is_match(".*", "a" * MAX_MATCHED)
    assert not is_match(".*", "a" * (MAX_MATCHED + 1))


_ATOMS = st.sampled_from(["a", "b", "ab", "[ab]", "[^b]", ".", r"\w", r"\d", "-", "1", "c", r"\s", "(?:ab)", "(a|b)"])
_REPEATS = st.sampled_from(["", "*", "+", "?", "{2}", "{0,5}", "{1,}", "{3,200}"])
_PIECES = st.lists(st.tuples(_ATOMS, _REPEATS).map("".join), min_size=1, max_size=7).map("".join)
_PATTERNS = st.recursive(
    _PIECES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("|".join),
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, _REPEATS).map(lambda pair: f"({pair[0]}){pair[1]}"),
    ),
    max_leaves=5,
)
_SEEDS = ("a", "b", "ab", "aab", "1", "a1", "a-", "aaaaab", " ", "abc")


@settings(max_examples=150, deadline=None)
@given(_PATTERNS, st.sampled_from(_SEEDS), st.sampled_from(["!", "b", "a", "\n", "-"]))
@example("a*a*", "a", "!")
@example("[a-z]+-?[a-z]+", "a", "!")
@example("(a*|b)c?(a*|b)", "a", "!")
@example("(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)a*", "a", "!")
def test_no_accepted_pattern_takes_long(pattern: str, seed: str, ending: str) -> None:
    try:
        compiled = compile_pattern(pattern)
    except ExpressionError:
        return
    text = (seed * MAX_MATCHED)[: MAX_MATCHED - 1] + ending
    started = time.process_time()
    compiled.fullmatch(text)
    compiled.fullmatch((seed * 40)[:40] + ending)
    assert time.process_time() - started < SECONDS


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab1[](){}|*+?^$\\.-,:dws&~é \n", max_size=14))
def test_any_text_is_refused_or_compiles_without_a_warning(pattern: str) -> None:
    try:
        compiled = compile_pattern(pattern)
    except ExpressionError:
        return
    assert isinstance(compiled, re.Pattern)
