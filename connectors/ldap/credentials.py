"""The accounts that the settings name, and their passwords, which stand in files or environment variables. Reads both."""

import os
from collections.abc import Mapping
from pathlib import Path

from connectors.errors import RejectedError
from connectors.spi import Secret


def writer_of(given: Mapping[str, str]) -> Mapping[str, str]:
    """Return the table of the account that writes; raises `RejectedError` for what is none."""
    if not set(given) <= {"user", "password_file", "password_env"} or not given.get("user"):
        raise RejectedError("writer is a table with user and either password_file or password_env.")
    return given


def secret_of(account: Mapping[str, str]) -> Secret:
    """Return the password of an account; raises `RejectedError` naming the setting when there is none."""
    file, variable = account.get("password_file", ""), account.get("password_env", "")
    if bool(file) == bool(variable):
        raise RejectedError("Name either password_file or password_env for the password of the directory account.")
    if variable:
        return _not_empty(os.environ.get(variable, ""), f"The environment variable {variable}")
    path = Path(file)
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise RejectedError(f"password_file: {file} cannot be read ({type(error).__name__}).") from None
    if os.name == "posix" and mode & 0o077:
        raise RejectedError(f"password_file: {file} can be read by others on this machine. Run: chmod 600 {file}")
    return _not_empty(text, f"password_file: {file}")


def _not_empty(text: str, where: str) -> Secret:
    if not text:
        raise RejectedError(f"{where} is empty: there is no password for the directory account.")
    return Secret(text)
