"""Make the connectors of an installation, those that join others after them. Opens nothing by itself."""

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from connectors.errors import RejectedError
from connectors.ldap.layout import customs
from connectors.ldap.offering import further_of
from connectors.registry import ConnectorFactory, Connectors, RegistryError, load
from connectors.spi import Connector, Further
from forms.catalogue import companion_file
from forms.companions import read_settings
from runner.deskfolder import DeskFolder
from runner.errors import SetUpError
from runner.settings.reading import SETTINGS_FILE

_NEEDED_KINDS = ("user", "ou")
_WRITABLE = (str, int, float, bool, list, tuple, dict, type(None))  # what a settings file can hold
_NEEDED = {"of": "a table for each directory, such as [connectors.directory.of.corp]"}


def open_connectors(folder: DeskFolder) -> Connectors:
    """Make the connectors of an installation; raises `SetUpError` naming the one that cannot be used."""
    settings = folder.path / SETTINGS_FILE
    made: dict[str, Connector] = {}
    zone = _time_zone(folder.forms)
    for name, (use, options) in folder.connectors.items():
        made[name] = _made(settings, f"connectors.{name}", use, options, zone=zone)
    try:
        connectors = Connectors(made)
        for kind in _NEEDED_KINDS:
            connectors.for_kind(kind)
    except RegistryError as error:
        raise SetUpError(f"{settings}: {error}") from error
    return connectors


def further_named(connectors: Mapping[str, tuple[str, Mapping[str, Any]]]) -> Mapping[str, Further] | None:
    """Return the further attributes of people that the settings of connectors name, without opening any.

    None where no connector has any to name.  Raises `SetUpError` for one that is written wrongly.
    """
    ldap = [options for use, options in _each(connectors) if use == "ldap"]
    if not ldap:
        return None
    try:
        return {name: one for options in ldap for name, one in further_of(customs(options.get("custom") or {})).items()}
    except RejectedError as error:
        raise SetUpError(f"{SETTINGS_FILE}: {error}") from error


def _each(connectors: Mapping[str, tuple[str, Mapping[str, Any]]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for use, options in connectors.values():
        yield use, options
        if isinstance(options.get("of"), Mapping):
            yield from options["of"].values()


def _time_zone(forms: Mapping[str, bytes]) -> str:
    """Return the time zone of the desk, which connectors that tell days take over; empty when settings.yaml has none."""
    file = companion_file(forms, "settings")
    return read_settings(file, forms[file])[0].timezone if file else ""


def _made(settings: Path, table: str, use: str, options: Mapping[str, Any], *, zone: str) -> Connector:
    """Make a connector, and before it those it joins; raises `SetUpError` naming the table."""
    where = f"{settings}: [{table}]"
    try:
        factory = load(use)
        _check_options(factory, options, f"{where} {use}")
        given = dict(options)
        if isinstance(given.get("of"), Mapping):
            given["of"] = {
                name: _part(settings, f"{table}.of.{name}", *part, zone=zone) for name, part in given["of"].items()
            }
        elif zone and "time_zone" in inspect.signature(factory).parameters:
            given.setdefault("time_zone", zone)
        return factory(**given)
    except RegistryError as error:
        raise SetUpError(f"{where} {error}") from error
    except SetUpError:
        raise
    except Exception as error:
        raise SetUpError(f"{where} cannot be opened: {error}") from error


def _part(settings: Path, table: str, use: str, options: Mapping[str, Any], *, zone: str) -> tuple[Connector, str]:
    """Make one of several connectors that are joined; ``base`` says where it is seen, whether it takes it itself or not."""
    where, base = f"{settings}: [{table}]", options.get("base")
    if not isinstance(base, str) or not base:
        raise SetUpError(f'{where} needs base = "…", the DN of the unit below which everything in it stands.')
    try:
        parameters = inspect.signature(load(use)).parameters
    except RegistryError as error:
        raise SetUpError(f"{where} {error}") from error
    takes_base = "base" in parameters or any(one.kind is one.VAR_KEYWORD for one in parameters.values())
    own = options if takes_base else {key: value for key, value in options.items() if key != "base"}
    return _made(settings, table, use, own, zone=zone), base


def _check_options(factory: ConnectorFactory, options: Mapping[str, object], where: str) -> None:
    """Raise `SetUpError` for an option that a connector does not take from a file, and for one it needs."""
    parameters = inspect.signature(factory).parameters.values()
    if any(one.kind is one.VAR_KEYWORD for one in parameters):
        return
    known = [one for one in parameters if one.default is one.empty or isinstance(one.default, _WRITABLE)]
    names = ", ".join(one.name for one in known)
    for key in options:
        if key not in {one.name for one in known}:
            raise SetUpError(f'{where} does not take the option "{key}". Known are: {names}.')
    for one in known:
        if one.default is one.empty and one.name not in options:
            needed = _NEEDED.get(one.name) or f'the option {one.name} = "…"'
            raise SetUpError(f"{where} needs {needed}.")
