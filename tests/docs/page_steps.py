"""What a page of the documentation tells its reader to do, in the order in which it stands there.

A ``console`` block holds commands, each behind ``$ ``, and what is seen: output, and answers behind the questions that a
command asks. ``…`` stands for anything in a line, alone in a line for any lines; ``^C`` ends a command that serves.
A ``yaml`` block begins with a comment that names its file: ``# FILE`` is the whole file, ``# FILE, in place of KEY:`` a key at
the top and all below it, ``# FILE, under KEY:`` more lines at the end of that key, and ``# FILE, at the end`` more lines.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_PLACE = re.compile(r"# (?P<file>[\w./-]+)(?:, (?P<how>in place of|under) (?P<key>\w+:)|(?P<end>, at the end))?")
ANYTHING = "…"
INTERRUPT = "^C"


@dataclass(frozen=True, slots=True)
class Typed:
    """A command, and what is seen until the next one; ``line`` is where it stands on the page, from 1."""

    line: int
    command: str
    seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """An edit: ``how`` is ``whole``, ``in place of``, ``under`` or ``at the end``; ``key`` ends with a colon."""

    line: int
    file: str
    how: str
    key: str
    text: str


def steps(page: str) -> list[Typed | Written]:
    """Return the steps of a page; fails on a block of which it is not said what to do with it."""
    found: list[Typed | Written] = []
    for match in _BLOCK.finditer(page):
        language, body, line = match[1], match[2], page[: match.start()].count("\n") + 2
        if language == "console":
            found += _typed(body, line)
        else:
            assert language == "yaml", f"line {line}: blocks are console or yaml"
            found.append(_written(body, line))
    return found


def _typed(body: str, line: int) -> list[Typed]:
    assert body.startswith("$ "), f"line {line}: a console block begins with a command"
    parts = re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]
    found = []
    for part in parts:
        command, *seen = part.rstrip("\n").split("\n")
        found.append(Typed(line, command, tuple(seen)))
        line += part.count("\n")
    return found


def _written(body: str, line: int) -> Written:
    first, _, text = body.partition("\n")
    place = _PLACE.fullmatch(first)
    assert place, f"line {line}: the block does not say which file it is"
    how = place["how"] or ("at the end" if place["end"] else "whole")
    return Written(line, place["file"], how, place["key"] or "", text)


def write(step: Written, folder: Path) -> None:
    """Do an edit in a folder; fails when the file or the key is not there, or a whole file is."""
    file = folder / step.file
    if step.how == "whole":
        assert not file.exists(), f"line {step.line}: {step.file} is there already"
        file.write_text(step.text, encoding="utf-8")
        return
    text = file.read_text(encoding="utf-8")
    if step.how == "at the end":
        file.write_text(f"{text}\n{step.text}", encoding="utf-8")
        return
    block = re.search(rf"^{step.key}.*\n(?:[ -].*\n|\n(?=[ -]))*", text, re.MULTILINE)
    assert block, f"line {step.line}: {step.file} has no {step.key}"
    kept = block[0] if step.how == "under" else ""
    file.write_text(text[: block.start()] + kept + step.text + text[block.end() :], encoding="utf-8")
