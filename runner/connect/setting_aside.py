"""Forms that need what a directory does not do or keep: which, why, and moving them out of where forms are read."""

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from connectors.registry import Connectors
from forms.catalogue import load_catalogue
from forms.errors import Problem
from forms.resolving.naming import SUFFIXES, form_id_of, translates
from runner.deskfolder import FORMS_FOLDER, refuse_leaving
from runner.errors import RefusedError, SetUpError

SET_ASIDE = "set-aside"
"""The folder beside ``forms``: nothing in it is read."""
_CANNOT = frozenset({"E148", "E149", "E166"})
_HERE = " here: "


@dataclass(frozen=True, slots=True)
class Unfit:
    """A form that cannot be used with a directory: its file below ``forms``, and why, each a part of a sentence."""

    file: str
    reasons: tuple[str, ...]

    @property
    def form(self) -> str:
        """The id of the form, the file for what is shared by forms."""
        return form_id_of(self.file) if self.file.endswith(SUFFIXES) else self.file


def unfit(forms: Mapping[str, bytes], connectors: Connectors) -> tuple[Unfit, ...]:
    """Return the files that need what the connectors cannot do or keep."""
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for problem in _errors(forms, connectors):
        if problem.code in _CANNOT:
            reasons[problem.file].append(problem.message.partition(_HERE)[2] or problem.message)
    return tuple(Unfit(file, tuple(dict.fromkeys(said))) for file, said in sorted(reasons.items()))


def set_aside(folder: Path, forms: Mapping[str, bytes], found: Sequence[Unfit], connectors: Connectors) -> list[str]:
    """Move forms, with their texts in other languages, to the folder beside ``forms``; return their files.

    Files that forms share stay.  Raises `RefusedError`, and nothing was moved, when other forms build on one of them or a
    file is in the way, and `SetUpError` when the disk refuses.
    """
    files = {one.file for one in found if one.file.endswith(SUFFIXES)}
    stems = {file.removesuffix(suffix) for file in files for suffix in SUFFIXES if file.endswith(suffix)}
    texts = {file for file in forms if (of := translates(file)) is not None and of[0] in stems}
    moving = sorted(files | texts)
    _check_others(forms, frozenset(moving), connectors)
    there = folder / SET_ASIDE
    for file in moving:
        refuse_leaving(folder / FORMS_FOLDER, folder / FORMS_FOLDER / file)
        if os.path.lexists(there / file):
            raise RefusedError(f"{there / file} is there already, so nothing was set aside. Move it away.")
    try:
        for file in moving:
            (there / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / FORMS_FOLDER / file).rename(there / file)
    except OSError as error:
        raise SetUpError(f"{error.filename or there} cannot be moved: {error.strerror}") from error
    return moving


def _check_others(forms: Mapping[str, bytes], moving: frozenset[str], connectors: Connectors) -> None:
    before = {(one.file, one.code, one.message) for one in _errors(forms, connectors)}
    rest = {file: content for file, content in forms.items() if file not in moving}
    for one in _errors(rest, connectors):
        if (one.file, one.code, one.message) not in before:
            raise RefusedError(
                f"Nothing was set aside, since {one.file} builds on one of these forms: {one.message}. Move them by hand."
            )


def _errors(forms: Mapping[str, bytes], connectors: Connectors) -> list[Problem]:
    _, problems = load_catalogue(forms, connectors.verbs, connectors.unkept)
    return [one for one in problems if one.level == "error"]
