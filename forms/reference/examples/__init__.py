"""The worked examples of the reference: a whole form for every field type and every verb, read from this folder.

The forms are compiled against the library's lists, searches and settings by a test, so what the reference shows works.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

SUFFIX = ".form.yaml"
_SHOWN_BY_ALL = ("format", "id", "title")


@dataclass(frozen=True, slots=True)
class Examples:
    """Example forms as they stand in their files, by field type and by verb."""

    fields: Mapping[str, str]
    verbs: Mapping[str, str]


def examples_of() -> Examples:
    """Read the examples that come with the package."""
    return Examples(_folder("fields"), _folder("verbs"))


def _folder(name: str) -> Mapping[str, str]:
    folder = resources.files("forms").joinpath("reference", "examples", name)
    files = sorted((file for file in folder.iterdir() if file.name.endswith(SUFFIX)), key=lambda file: file.name)
    return {file.name.removesuffix(SUFFIX): file.read_text(encoding="utf-8") for file in files}


def shown(form: str) -> str:
    """Return an example without the lines that every form begins with."""
    lines = form.splitlines()
    return "\n".join(line for line in lines if line.split(":")[0] not in _SHOWN_BY_ALL).strip("\n")
