"""What the names of ``access.yaml`` were once found to be: ``access-names.json`` in the desk folder.

A name is looked up in the directory once.  From then on it stands for that object, also after a restart: a renamed group
keeps its rights, and a new one that takes the old name gets none.  A name that nothing had then stands for nothing, also
when something takes it later: whoever may create accounts could otherwise create the one a binding names.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from runner.errors import SetUpError

FILE = "access-names.json"
ABSENT = ""
"""What a name stands for that nothing had when it was looked up."""
_FORMAT = 1
Name: TypeAlias = tuple[str, str]
"""The kind of object and its name as written."""


class AccessNames:
    """Names and the ids they stand for, in a file; without a file they last as long as this object.

    The file is read at every `load`, so that another process may add to it.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._unsaved: dict[Name, str] = {}
        self._known: dict[Name, str] = {}
        self.trouble = ""

    def load(self) -> Mapping[Name, str]:
        """Return every name and its id; raises `SetUpError` when the file is there but cannot be read."""
        self._known = {**self._unsaved, **_read(self._file)}
        return self._known

    def remember(self, found: Mapping[Name, str]) -> None:
        """Add names; one that is remembered already keeps its id. ``trouble`` says when they could not be written."""
        new = {name: id_ for name, id_ in found.items() if name not in self._known}
        if new or self._unsaved:
            self._unsaved = {**new, **self._unsaved}
            self._save({**self._unsaved, **_read(self._file)})

    def rebind(self, found: Mapping[Name, str]) -> None:
        """Replace what names stand for; raises `SetUpError`, and nothing was changed, when it cannot be written."""
        self._save({**self.load(), **found})
        if self.trouble:
            raise SetUpError(self.trouble)

    def _save(self, names: Mapping[Name, str]) -> None:
        self.trouble = ""
        if self._file is None:
            self._unsaved = dict(names)
            return
        try:
            _replace(self._file, names)
        except OSError as error:
            self.trouble = (
                f"{self._file} cannot be written ({error.strerror}): after a restart the names in access.yaml are "
                "looked up anew."
            )
        else:
            self._unsaved = {}


def _read(file: Path | None) -> dict[Name, str]:
    if file is None:
        return {}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return _names(content)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not what Deskhand wrote"
        raise SetUpError(
            f"{file} cannot be read: {reason}. Restore it from a backup; or remove it, and every name in access.yaml is "
            "looked up anew."
        ) from error


def _names(content: Mapping[str, Any]) -> dict[Name, str]:
    if content["format"] != _FORMAT:
        raise ValueError("another format")
    rows = [(row["kind"], row["name"], row["id"]) for row in content["names"]]
    if not all(isinstance(part, str) for row in rows for part in row):
        raise ValueError("not texts")
    return {(kind, name): id_ for kind, name, id_ in rows}


def _replace(file: Path, names: Mapping[Name, str]) -> None:
    """Write the file whole or not at all."""
    rows = [{"kind": kind, "name": name, "id": id_} for (kind, name), id_ in sorted(names.items())]
    text = json.dumps({"format": _FORMAT, "names": rows}, ensure_ascii=False, indent=1) + "\n"
    descriptor, temporary = tempfile.mkstemp(prefix=f".{FILE}-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
