"""Make what signs people in with the passwords of the directory, as the settings of a desk say. Reads and writes files."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

from connectors.errors import ConnectorError, RejectedError
from connectors.registry import Connectors
from connectors.spi import Authenticates
from runner.deskfolder import DeskFolder
from runner.errors import SetUpError
from runner.identity.directory import DirectorySignIn
from runner.policy.names import ABSENT, AccessNames
from runner.settings.reading import SETTINGS_FILE


@dataclass(frozen=True, slots=True)
class NamedGroup:
    """A group by the name in the settings, kept as the names in ``access.yaml`` are: once found, it stands for that group."""

    name: str
    connectors: Connectors
    names: AccessNames
    _turn: Lock = field(default_factory=Lock, repr=False, compare=False)

    def __call__(self) -> str:
        """Return its id, "" when there was none of that name; may raise the errors of `connectors.errors`."""
        with self._turn:
            known = self.names.load().get(("group", self.name))
            if known is None:
                known = self._called()
                self.names.remember({("group", self.name): known})
            return known

    def _called(self) -> str:
        try:
            found = self.connectors.for_kind("group").locate(self.name, "group")
        except RejectedError:
            return ABSENT
        return found.id if found is not None else ABSENT


def open_directory_sign_in(folder: DeskFolder, connectors: Connectors, names: AccessNames) -> DirectorySignIn | None:
    """Return it, None where it is not used; raises `SetUpError` when the directory verifies no passwords.

    ``names`` is used by nothing else at the same time.
    """
    wanted = folder.sign_in
    if not wanted.directory:
        return None
    where, connector = f"{folder.path / SETTINGS_FILE}: [sign_in]", connectors.for_kind("user")
    if not isinstance(connector, Authenticates):
        raise SetUpError(
            f"{where} directory = true: the connector {connector.name} cannot verify passwords. Use one that can, or remove "
            "the line and make accounts with: deskhand accounts add"
        )
    group = wanted.only_members_of.strip()
    if group and "group" not in connectors.kinds:
        raise SetUpError(f"{where} only_members_of: nothing on this desk keeps groups. Remove the line.")
    members_of = NamedGroup(group, connectors, names) if group else None
    if members_of is not None:
        with suppress(ConnectorError):  # then at the first sign-in
            members_of()
    return DirectorySignIn(connector, wanted.tries, timedelta(minutes=wanted.within_minutes), members_of)
