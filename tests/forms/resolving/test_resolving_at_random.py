"""However a folder of forms that share is spoilt, problems come back with places in the files, never an exception."""

import random

import pytest

from forms.catalogue import load_catalogue
from tests.forms.desk_folders import VERBS
from tests.forms.resolving.resolving_folders import BASE, HEAD, family

CHILD = """\
fields:
  - use: contact
  - { id: reason, label: { nl: Reden }, required: true }
  - { id: about, section: Else, fields: [{ id: n, type: number, label: N }] }
  - { id: office, remove: true }
checks: [{ id: short, message: { nl: Te lang } }, { check: n > 1, message: More }]
operations: [{ id: enable, note: $(reason) $(phone) $(n) }]
notify: [{ id: told, remove: true }]
target: { show: { remove: true }, help: Who }
locked: [operations.enable]
languages: [en, nl]
"""
LOCKED = "locked: [verify, target.label, fields.reason.max_length, requires]\n"
CONTACT = "format: fields/1\nfields:\n  - { id: phone, type: phone, label: Phone, region: NL }\n"
TEXTS = (
    "format: texts/1\ntitle: Kind\nfields.phone.label: Telefoon\nsections.about.section: Over\nresult.message: Klaar\n"
)
GRAND = HEAD.replace("id: child", "id: grand").replace("extends: base", "extends: child") + "category: Own\n"
FILES = {
    **family(CHILD, BASE + LOCKED, fragments__contact_fields=CONTACT, child_nl_texts=TEXTS),
    "grand.form.yaml": GRAND.encode(),
}
_WORDS = ("remove: true", "[]", "{}", "x", "extends: grand", "use: contact", "id: about",
          "- { id: reason, remove: true }",
          "locked: verify", "null", "[[{}]]", "{ remove: true }", "fields", "languages: nl",
          "$(", "section: 3", "1")  # fmt: skip


def spoilt(seed: int) -> dict[str, bytes]:
    """Return the files with a few tokens replaced, removed, swapped or lines copied from one to another."""
    dice, files = random.Random(seed), dict(FILES)
    for _ in range(dice.randint(1, 4)):
        name, other = dice.choice(sorted(files)), dice.choice(sorted(files))
        lines, more = files[name].decode().splitlines(), files[other].decode().splitlines()
        at = dice.randrange(len(lines)) if lines else 0
        change = dice.randrange(4)
        if change == 0 or not lines:
            lines.insert(at, dice.choice([*more, *_WORDS]))
        elif change == 1:
            lines.pop(at)
        else:
            tokens = lines[at].split(" ")
            tokens[dice.randrange(len(tokens))] = dice.choice([*_WORDS, *dice.choice(more or [""]).split(" ")])
            lines[at] = " ".join(tokens)
        files[name] = "".join(f"{line}\n" for line in lines).encode()
    return files


def assert_told_in_its_place(seed: int) -> None:
    files = spoilt(seed)
    for problem in load_catalogue(files, VERBS)[1]:
        lines = files[problem.file].decode().split("\n")
        assert problem.line <= len(lines), (seed, str(problem))
        assert problem.line == 0 or problem.source == lines[problem.line - 1], (seed, str(problem))


def test_the_files_as_they_are_have_no_errors() -> None:
    assert [str(one) for one in load_catalogue(FILES, VERBS)[1] if one.level == "error"] == []


@pytest.mark.parametrize("part", range(4))
def test_spoilt_folders_give_problems_in_their_places(part: int) -> None:
    for seed in range(part * 75, part * 75 + 75):
        assert_told_in_its_place(seed)


@pytest.mark.torture
def test_five_thousand_spoilt_folders_give_problems_in_their_places() -> None:
    for seed in range(300, 5_300):
        assert_told_in_its_place(seed)
