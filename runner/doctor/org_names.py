"""Whether the directory has what ``org:`` of ``settings.yaml`` names: units, groups, suffixes of sign-in names. Reads only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from connectors.directory import names
from connectors.errors import RejectedError
from connectors.spi import Question, TellsSuffixes, Under
from runner.pipeline.services import ConnectorSet

Meant: TypeAlias = Literal["unit", "group", "object", "domain", "suffix"]
_AT_BEGINNING: Mapping[str, Meant] = {"cn": "object", "uid": "object", "dc": "domain", "o": "domain"}
_KINDS: Mapping[Meant, tuple[str, ...]] = {"unit": ("ou",), "group": ("group",), "object": ("user", "group", "ou")}
_UNIT_KEY, _GROUP_KEY, _SUFFIX_KEY = "_ou", "_group", "upn_suffix"


@dataclass(frozen=True, slots=True)
class Unfound:
    """A value of ``org`` that names what the directory does not have."""

    key: str
    value: str
    meant: Meant


def unfound(org: Mapping[str, str], connectors: ConnectorSet) -> Iterator[Unfound]:
    """Yield what is not there; may raise `UnavailableError`. Texts that name nothing of a directory are left out."""
    for key, value in org.items():
        meant = meant_by(key, value)
        if meant is not None and not _is_there(meant, value, connectors):
            yield Unfound(key, value, meant)


def meant_by(key: str, value: str) -> Meant | None:
    """Return what a value names, by how it begins or how its key ends; None when that cannot be told. Pure."""
    begins = _first_name(value)
    if begins == "ou" or key.endswith(_UNIT_KEY):
        return "unit"
    if key.endswith(_GROUP_KEY):
        return "group"
    if begins in _AT_BEGINNING:
        return _AT_BEGINNING[begins]
    return "suffix" if key.endswith(_SUFFIX_KEY) else None


def _first_name(value: str) -> str:
    try:
        names.parse(value)
    except RejectedError:
        return ""
    return value.partition("=")[0].strip().lower()


def _is_there(meant: Meant, value: str, connectors: ConnectorSet) -> bool:
    directory = connectors.for_kind("ou")
    if meant == "suffix":
        known = directory.suffixes() if isinstance(directory, TellsSuffixes) else ()
        return not known or value.lower() in {one.lower() for one in known}
    try:
        if meant == "domain":
            return bool(directory.read(Question("ou", Under(directory.place_of(value)), limit=1)).entries)
        kinds = [kind for kind in _KINDS[meant] if kind in connectors.kinds]
        return any(connectors.for_kind(kind).locate(value, kind) is not None for kind in kinds)
    except RejectedError:
        return False
