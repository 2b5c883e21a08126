"""Run ``pg_dump`` and ``pg_restore``, which come with PostgreSQL."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import URL

from runner.errors import SetUpError

_LIMIT_SECONDS = 6 * 3_600


def dump(url: URL, file: Path, snapshot: str) -> None:
    """Write the database, as an exported snapshot sees it, in PostgreSQL's custom format; raises `SetUpError`."""
    options = ("--format=custom", "--no-owner", "--no-privileges", "--no-password")
    _run("pg_dump", url, (*options, f"--snapshot={snapshot}", f"--file={file}"))


def load(url: URL, file: Path) -> None:
    """Put a dump back in one transaction; raises `SetUpError`, and nothing was put back."""
    options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password")
    _run("pg_restore", url, options, str(file))


def _run(program: str, url: URL, options: Sequence[str], *files: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise SetUpError(
            f"{program} is missing, which copies PostgreSQL databases. Install PostgreSQL's client programs "
            "(Debian: postgresql-client), of the server's version or newer."
        )
    command = [found, *options, f"--dbname={bare(url).set(drivername='postgresql')}", *files]
    try:
        done = subprocess.run(  # noqa: S603 - the program's own path, and no shell
            command, env=_environment(url), capture_output=True, text=True, timeout=_LIMIT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise SetUpError(f"{program} did not end within {_LIMIT_SECONDS // 3_600} hours and was stopped") from error
    if done.returncode:
        raise SetUpError(f"{program} failed: {' '.join(done.stderr.split())[:1_000]}")


def bare(url: URL) -> URL:
    """Return a URL without its password. Pure."""
    query = {name: value for name, value in url.query.items() if name != "password"}
    return URL.create(url.drivername, url.username, None, url.host, url.port, url.database, query)


def password_of(url: URL) -> str:
    """Return the password in a URL, empty when there is none. Pure."""
    given = url.password or url.query.get("password") or ""
    return given if isinstance(given, str) else given[0]


def _environment(url: URL) -> dict[str, str]:
    """Return the variables of the program: the password goes there, since every user can see a command's options."""
    password = password_of(url)
    return {**os.environ, **({"PGPASSWORD": password} if password else {})}
