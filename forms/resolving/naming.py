"""What the files of a desk folder are, by their names and places. Pure."""

import re
from collections.abc import Iterator, Mapping

SUFFIXES = (".form.yaml", ".form.yml", ".form.json")
FRAGMENTS = "fragments"
_FIELDS = (".fields.yaml", ".fields.yml", ".fields.json")
_TEXTS = (".texts.yaml", ".texts.yml", ".texts.json")
_DEFINITIONS = (".yaml", ".yml", ".json")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_FORMAT = re.compile(rb"""^\s*["']?format["']?\s*:\s*["']?(fields|texts)/""", re.MULTILINE)
_HEAD = 2_000  # bytes in which the line with the format is looked for


def file_name(file: str) -> str:
    """Return the last part of a path."""
    return file.rpartition("/")[2]


def folder_of(file: str) -> str:
    """Return what stands before the last part of a path."""
    return file.rpartition("/")[0]


def form_id_of(file: str) -> str:
    """Return the id a form file's name stands for."""
    return _without(file_name(file), SUFFIXES)


def _without(name: str, suffixes: tuple[str, ...]) -> str:
    return next((name.removesuffix(suffix) for suffix in suffixes if name.endswith(suffix)), name)


def is_language(text: str) -> bool:
    """Say whether a text is a language as files name them: ``nl``, ``pt-BR``."""
    return _LANGUAGE.fullmatch(text) is not None


def fragment_name(file: str) -> str:
    """Return the name of a fragment; empty for a file that is none by its name or its place."""
    name = file_name(file)
    return _without(name, _FIELDS) if file_name(folder_of(file)) == FRAGMENTS and name.endswith(_FIELDS) else ""


def translates(file: str) -> tuple[str, str] | None:
    """Return the form (its path without the ending) and the language that a file of texts is for, or None."""
    if not file.endswith(_TEXTS):
        return None
    form, _, language = _without(file, _TEXTS).rpartition(".")
    return (form, language) if form and is_language(language) and file_name(form) else None


def misplaced(folder: Mapping[str, bytes]) -> Iterator[tuple[str, str, str]]:
    """Yield files that look like fragments or texts and are not found as such: the file, what is wrong, and the fix."""
    for file in folder:
        if not file.endswith(_DEFINITIONS) or fragment_name(file) or translates(file):
            continue
        format_ = _FORMAT.search(folder[file][:_HEAD])
        kind = format_[1].decode() if format_ else ""
        if file.endswith(_FIELDS) or kind == "fields" or file_name(folder_of(file)) == FRAGMENTS:
            yield _wrong_fragment(file)
        elif file.endswith(_TEXTS) or kind == "texts":
            message = "a file of texts is called after its form and its language"
            yield file, message, "Name it  <form>.<language>.texts.yaml , for example  reset-password.nl.texts.yaml ."


def _wrong_fragment(file: str) -> tuple[str, str, str]:
    if file.endswith(_FIELDS):
        message = f'a fragment lies in a folder called "{FRAGMENTS}", or no form finds it'
        return file, message, f"Move it to  {FRAGMENTS}/{file_name(file)} ."
    name = file_name(file).partition(".")[0] or "name"
    message = "a fragment is called  <name>.fields.yaml , or no form finds it"
    return file, message, f"Rename it to  {FRAGMENTS}/{name}.fields.yaml , or move it out of the folder {FRAGMENTS}."
