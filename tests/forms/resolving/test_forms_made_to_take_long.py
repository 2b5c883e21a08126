"""Small files that together would make much work: the limits stand before the work, and each case is over at once."""

import time
from collections.abc import Iterable, Mapping

import pytest

from forms.catalogue import load_catalogue
from tests.forms.desk_folders import VERBS

HEAD = "format: form/1\nid: {0}\ntitle: T\ntarget: {{ type: user, label: P }}\n"
TAIL = """\
verify: { policy: none, because: x. }
operations:
- { id: u, do: directory.user.unlock, with: { user: $(target) } }
"""
MOST_SECONDS = 20.0  # of the processor: a guard against work without bounds, no measurement
FULL = 195


def form(name: str, *parts: str) -> str:
    return HEAD.format(name) + "".join(parts) + TAIL


def fields(prefix: str, count: int) -> str:
    return "fields:\n" + "".join(f"- {{ id: {prefix}{n}, type: text, label: L }}\n" for n in range(count))


def sections(count: int, each: int) -> str:
    lines = (
        f"- section: S\n  id: s{s}\n  fields:\n" + "".join(f"  - {{ id: s{s}f{n}, type: text }}\n" for n in range(each))
        for s in range(count)
    )
    return "fields:\n" + "".join(lines)


def fragment(prefix: str, count: int) -> str:
    return f"format: fields/1\n{fields(prefix, count)}"


def child(name: str, parent: str, *parts: str) -> str:
    return f"format: form/1\nid: {name}\ntitle: T\nextends: {parent}\n{''.join(parts)}"


def children(count: int) -> Mapping[str, str]:
    return {f"c{n}.form.yaml": child(f"c{n}", "p") for n in range(count)}


def chain(count: int) -> Mapping[str, str]:
    return {f"c{n}.form.yaml": child(f"c{n}", "p" if n == 0 else f"c{n - 1}") for n in range(count)}


def locked(paths: Iterable[str]) -> str:
    return f"locked: [{', '.join(paths)}]\n"


def texts(keys: Iterable[str]) -> str:
    return "format: texts/1\n" + "".join(f"{key}: X\n" for key in keys)


KEYS = ("label", "help", "required", "when", "default")
ALL_LOCKED = [f"fields.f{n}.{key}" for n in range(FULL) for key in KEYS]
WORST: Mapping[str, Mapping[str, str]] = {
    "more fields and locks than are read": {
        "p.form.yaml": form("p", locked(f"fields.f{n}.label" for n in range(1_500)), fields("f", 1_500)),
        **children(1),
    },
    "a lock on every field": {
        "p.form.yaml": form("p", locked(f"fields.f{n}.label" for n in range(200)), fields("f", 200)),
        **children(1),
    },
    "all that can be locked, in a chain": {"p.form.yaml": form("p", locked(ALL_LOCKED), fields("f", FULL)), **chain(3)},
    "locks in sections": {
        "p.form.yaml": form("p", locked(f"fields.s{n % 4}f{n // 4}.when" for n in range(700)), sections(4, 180)),
        **chain(3),
    },
    "one lock a thousand times": {"p.form.yaml": form("p", locked(["fields"] * 1_000), sections(4, 180)), **chain(3)},
    "locks on nothing": {"p.form.yaml": form("p", locked(f"fields.g{n}.when" for n in range(900)), sections(4, 180))},
    "many children of a form that is too large": {"p.form.yaml": form("p", fields("f", 2_500)), **children(60)},
    "many children of a form too large to take over": {"p.form.yaml": form("p", sections(14, 190)), **children(60)},
    "large fragments": {
        **{f"fragments/k{k}.fields.yaml": fragment(f"k{k}x", 3_000) for k in range(20)},
        "a.form.yaml": form("a", "fields:\n", *(f"- use: k{k}\n" for k in range(20))),
    },
    "many forms that use many fragments": {
        **{f"fragments/k{k}.fields.yaml": fragment(f"k{k}x", 190) for k in range(10)},
        **{f"b{n}.form.yaml": form(f"b{n}", "fields:\n", *(f"- use: k{k}\n" for k in range(10))) for n in range(40)},
    },
    "unknown fragments": {
        **{f"fragments/known{k}.fields.yaml": fragment("x", 1) for k in range(400)},
        "p.form.yaml": form("p", "fields:\n", *(f"- use: nope{n}\n" for n in range(3_000))),
    },
    "texts of fields that are not there": {
        "p.form.yaml": form("p", fields("f", FULL)),
        "p.nl.texts.yaml": texts(f"fields.g{n}.label" for n in range(3_000)),
    },
    "fields removed that are not there": {
        "p.form.yaml": form("p", fields("f", FULL)),
        "c.form.yaml": child("c", "p", "fields:\n", *(f"- {{ id: g{n}, remove: true }}\n" for n in range(FULL))),
    },
}


def spent(files: Mapping[str, str]) -> float:
    """Return the seconds of the processor that loading a folder takes, which has something to refuse or a few forms."""
    folder = {name: text.encode() for name, text in files.items()}
    before = time.process_time()
    load_catalogue(folder, VERBS)
    return time.process_time() - before


@pytest.mark.parametrize("case", WORST)
def test_small_files_make_no_long_work(case: str) -> None:
    assert spent(WORST[case]) < MOST_SECONDS


@pytest.mark.torture
def test_work_grows_with_the_files_and_not_with_their_square() -> None:
    times = []
    for count in (45, 90, 180):
        paths = [f"fields.f{n}.{key}" for n in range(count) for key in KEYS]
        files = {"p.form.yaml": form("p", locked(paths), fields("f", count)), **chain(3)}
        times.append(min(spent(files) for _ in range(3)))
    assert times[2] < 7 * times[0]


def told(files: Mapping[str, str]) -> set[tuple[str, str]]:
    found = load_catalogue({name: text.encode() for name, text in files.items()}, VERBS)[1]
    return {(one.file, f"{one.code} {one.message}") for one in found if one.level == "error"}


def test_a_form_that_is_too_large_is_told_once_and_those_based_on_it_are_left_out() -> None:
    files = WORST["many children of a form that is too large"]
    assert told(files) == {("p.form.yaml", 'E115 "fields" has 2,500 entries; at most 200 are read')}


def test_a_form_becomes_too_large_by_what_it_takes_over() -> None:
    both = {"p.form.yaml": form("p", fields("f", 150)), "c.form.yaml": child("c", "p", fields("g", 51))}
    assert told(both) == {("c.form.yaml", 'E115 "fields" has 201 entries; at most 200 are read')}
    large = {"p.form.yaml": form("p", sections(6, 190)), "c.form.yaml": child("c", "p")}
    message = "E102 with all it takes over, the form has more than 5,000 keys and values"
    assert ("c.form.yaml", message) in told(large)


def test_a_fragment_is_smaller_than_a_form_may_be() -> None:
    files = {"fragments/k.fields.yaml": fragment("k", 3_000), "a.form.yaml": form("a", "fields: [{ use: k }]\n")}
    ((file, message),) = told(files)
    assert file == "fragments/k.fields.yaml"
    assert message.endswith("bytes; at most 65,536 are read")
