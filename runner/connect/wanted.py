"""What is to be connected, as it was typed or asked for."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.spi import Secret


@dataclass(frozen=True, slots=True)
class AccountWanted:
    """An account of the directory.

    Its password is in ``file``, in the environment variable ``env``, or in ``typed``, which is then kept in ``file``.
    """

    user: str
    file: str = ""
    env: str = ""
    typed: Secret | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A connection to a directory; ``part`` names it where several are joined, empty for the only one.

    ``ca_pem`` is what has to be written into ``ca_file``, empty where that file is there.
    """

    folder: Path
    servers: tuple[str, ...]
    reader: AccountWanted
    dialect: str
    base: str
    ca_file: str = ""
    ca_pem: str = ""
    plain_on_loopback: bool = False
    writer: AccountWanted | None = None
    part: str = ""
    lock_minutes: int = 0
    password_days: int = 0

    @property
    def table(self) -> tuple[str, ...]:
        """The table of the settings that it stands in."""
        return ("connectors", "directory", *(("of", self.part) if self.part else ()))

    def options(self) -> dict[str, Any]:
        """Return the settings, paths as they are written: relative to the desk folder."""
        found: dict[str, Any] = {
            "use": "ldap",
            "servers": list(self.servers),
            "dialect": self.dialect,
            "base": self.base,
            **_account(self.reader),
        }
        if self.ca_file:
            found["ca_file"] = self.ca_file
        if self.plain_on_loopback:
            found["plain_on_loopback"] = True
        found |= {name: days for name in ("lock_minutes", "password_days") if (days := getattr(self, name))}
        if self.writer is not None:
            found["writer"] = _account(self.writer)
        return found


def _account(account: AccountWanted) -> dict[str, str]:
    kept = {"password_env": account.env} if account.env else {"password_file": account.file}
    return {"user": account.user, **kept}
