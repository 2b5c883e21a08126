"""A real OpenLDAP server as companies run it: TLS, password policy, memberOf, referential integrity, rights by ACL.

A `Template` is a database filled once; every `OpenLdap` works on a copy of it, and `OpenLdap.reset` takes a fresh copy.
The database stands below `SUFFIX`. Besides what a template is given it holds `SERVICE` (writes what Deskhand writes, and is
held to the password policy), `READER` (reads), the policy, and the placeholder of empty groups `NOBODY`.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Self

import pytest

from tests.servers.certificates import Certificate
from tests.servers.openldap_configuration import base_ldif, write_configuration
from tests.servers.slapd import program

SUFFIX = "DC=example,DC=test"
ADMIN, SERVICE, READER = f"cn=admin,{SUFFIX}", f"cn=svc,{SUFFIX}", f"cn=reader,{SUFFIX}"
NOBODY = f"cn=nobody,{SUFFIX}"
PASSWORD = "only-for-tests"  # of all three


class Template:
    """A database that is filled and never run; servers take copies of it."""

    def __init__(self, folder: Path, certificate: Certificate, suffix: str) -> None:
        self.folder = folder
        self.certificate = certificate
        self.suffix = suffix

    @classmethod
    @contextmanager
    def made(
        cls, certificate: Certificate, ldif: str = "", *, suffix: str = SUFFIX, password_days: int = 90
    ) -> Iterator[Self]:
        """Fill a database with the base and with ``ldif``, which may give entryUUID and other operational attributes.

        No overlay works while it is filled: memberOf must be in the LDIF, and passwords stay as they are written there.
        """
        folder = Path(tempfile.mkdtemp(prefix="deskhand-openldap-template-"))
        try:
            made = cls(folder, certificate, suffix)
            write_configuration(folder, certificate, suffix, PASSWORD)
            (folder / "db").mkdir()
            (folder / "all.ldif").write_text(base_ldif(suffix, PASSWORD, password_days) + ldif, encoding="utf-8")
            _run("slapadd", "-q", "-f", str(folder / "slapd.conf"), "-l", str(folder / "all.ldif"))
            yield made
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def copy_to(self, folder: Path) -> None:
        """Put a fresh copy into ``folder / "db"``; its file looks as large as ``maxsize`` and is nearly all holes."""
        shutil.rmtree(folder / "db", ignore_errors=True)
        subprocess.run(["cp", "-a", "--sparse=always", self.folder / "db", folder / "db"], check=True)


class OpenLdap:
    """A running server. Its ports stay the same when it is stopped, started or reset."""

    def __init__(self, template: Template, folder: Path) -> None:
        self._template = template
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._fresh = b""
        self.port, self.tls_port = _free_ports()

    @classmethod
    @contextmanager
    def started(
        cls,
        template: Template,
        *,
        certificate: Certificate | None = None,
        sizelimit: int | str = "unlimited",
        durable: bool = False,
    ) -> Iterator[Self]:
        """Run on a copy of the template; ``sizelimit`` is for everybody but the service account and the root DN.

        A ``durable`` server waits for the disk with every write, as those of companies do.
        """
        folder = Path(tempfile.mkdtemp(prefix="deskhand-openldap-"))
        try:
            server = cls(template, folder)
            shown = certificate or template.certificate
            write_configuration(folder, shown, template.suffix, PASSWORD, sizelimit, durable=durable)
            template.copy_to(folder)
            server.start()
            try:
                yield server
            finally:
                server.stop()
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """Plain, for StartTLS: ``ldap://127.0.0.1:…``."""
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def tls_url(self) -> str:
        return f"ldaps://127.0.0.1:{self.tls_port}"

    @property
    def authority(self) -> Path:
        return self._template.certificate.authority

    def start(self) -> None:
        log = (self._folder / "slapd.log").open("ab")
        command = [program("slapd"), "-f", str(self._folder / "slapd.conf"), "-d", "0"]
        addresses = f"{self.url}/ {self.tls_url}/"
        with log:
            self._process = subprocess.Popen(
                [*command, "-h", addresses], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        self._wait(self._process)
        self._fresh = self._last_write()

    def stop(self) -> None:
        """End it as a power cut does; does nothing when it is stopped."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=20)
            self._process = None

    def reset(self) -> None:
        """Go back to the template. A server that wrote nothing since it was started keeps running."""
        if self._process is not None and self._process.poll() is None and self._last_write() == self._fresh:
            return
        self.stop()
        self._template.copy_to(self._folder)
        self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it do nothing meanwhile; what it is sent waits for it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        os.waitpid(self._process.pid, os.WUNTRACED)  # until it has stopped
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def search(self, filter: str, *attributes: str, base: str = "", user: str = "") -> str:
        """Return what ``ldapsearch -LLL`` says over verified TLS, unfolded; of everything, to the administrator."""
        where = ("-b", base or self._template.suffix, filter)
        return self.run("ldapsearch", "-LLL", "-o", "ldif-wrap=no", *self._bind(user), *where, *attributes)

    def modify(self, ldif: str, *, user: str = "") -> None:
        """Do what ``ldapmodify`` does with records of changes."""
        self.run("ldapmodify", *self._bind(user), typed=ldif)

    def lets_in(self, user: str, password: str) -> bool:
        """Whether a bind over verified TLS succeeds, by ``ldapwhoami``."""
        command = [program("ldapwhoami"), "-x", "-H", self.tls_url, "-D", user, "-w", password]
        return subprocess.run(command, capture_output=True, env=self._trusting(), check=False).returncode == 0

    def run(self, name: str, *arguments: str, typed: str = "") -> str:
        """Run one of OpenLDAP's programs with our authority trusted; a failure fails the test."""
        return _run(name, *arguments, typed=typed, environment=self._trusting())

    def _bind(self, user: str) -> tuple[str, ...]:
        return ("-x", "-H", self.tls_url, "-D", user or f"cn=admin,{self._template.suffix}", "-w", PASSWORD)

    def _trusting(self) -> dict[str, str]:
        return {**os.environ, "LDAPTLS_CACERT": str(self.authority), "LDAPTLS_REQCERT": "demand"}

    def _last_write(self) -> bytes:
        """Return the pages in which the database notes its last transaction."""
        with (self._folder / "db" / "data.mdb").open("rb") as database:
            return database.read(2 * 4096)

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.tls_port)) == 0:
                    return
            time.sleep(0.01)
        pytest.fail(f"slapd did not start: {(self._folder / 'slapd.log').read_text()}")


def _run(name: str, *arguments: str, typed: str = "", environment: dict[str, str] | None = None) -> str:
    command = [program(name), *arguments]
    ended = subprocess.run(command, input=typed.encode(), capture_output=True, env=environment, check=False)
    if ended.returncode != 0:
        pytest.fail(f"{name} did not work: {ended.stderr.decode(errors='replace')[-500:]}")
    return ended.stdout.decode()


def _free_ports() -> tuple[int, int]:
    """Return two ports below those the system gives to clients, so that they stay free while the server is stopped."""
    found: list[int] = []
    random = Random()
    while len(found) < 2:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe:
            if port not in found and probe.connect_ex(("127.0.0.1", port)) != 0:
                found.append(port)
    return found[0], found[1]
