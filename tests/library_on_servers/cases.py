"""How a case is written: the form, the person it is about, what is filled in, and what has to stand there afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.sample.parts import SUFFIX
from tests.library_on_servers.three_desks import BARRED, STAFF, ref


@dataclass(frozen=True)
class Case:
    """One way through a form.

    ``target`` and ``reads`` are kind and name; what is read back of ``reads`` has to be the same in every directory, and to
    hold ``expects``: None says that there is no such object.  ``refused_by`` maps directories that cannot do it to the code
    that the check gives; ``stopped_by`` those where no object is as the form wants it, to what the agent is told.
    ``left_out`` names operations that only the local directory can do, and that the form may leave out;
    ``unasked`` the questions that go with them.
    """

    form: str
    target: tuple[str, str] | None
    reads: tuple[str, str]
    expects: Mapping[str, Any] | None
    answers: Mapping[str, object] = field(default_factory=dict)
    name: str = ""
    who: str = "lead"
    verified: bool = False
    typed: str = ""
    boxes: tuple[int, ...] = ()
    uploads: Mapping[str, bytes] = field(default_factory=dict)
    photo: bytes = b""
    refused_by: Mapping[str, str] = field(default_factory=dict)
    stopped_by: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    unasked: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.form}{f': {self.name}' if self.name else ''}"


def staff(number: int) -> str:
    """Return the login of somebody ordinary; every case takes another number."""
    return STAFF[number]


def left(number: int) -> str:
    """Return the login of somebody who left."""
    return BARRED[number]


def unit(path: str) -> str:
    """Return the id of a unit."""
    return ref("ou", f"{path},{SUFFIX}")


def place(path: str) -> tuple[str, ...]:
    """Return how a client tells a unit."""
    return tuple(f"{path},{SUFFIX}".lower().split(","))


BOTH = ("openldap", "active_directory")
CANNOT = dict.fromkeys(BOTH, "E148")
UTRECHT = "OU=Utrecht,OU=People"
