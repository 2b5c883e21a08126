"""A real OpenLDAP server with a database of its own in a temporary folder, on a free port of 127.0.0.1."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pytest

SUFFIX = "dc=slapd,dc=test"
ADMIN = f"cn=admin,{SUFFIX}"
PASSWORD = "only-for-tests"

_CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
moduleload memberof
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
threads 4
sizelimit unlimited

database mdb
suffix "{suffix}"
rootdn "{admin}"
rootpw {password}
directory {folder}/db
maxsize 1073741824
dbnosync
index objectClass eq
index uid eq
index entryUUID eq
overlay ppolicy
overlay memberof
"""


class Slapd:
    """Fill it with `add` while it is stopped, then use it inside `running`; `export` works at any time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self._configuration = folder / "slapd.conf"

    @classmethod
    @contextmanager
    def made(cls) -> Iterator[Self]:
        folder = Path(tempfile.mkdtemp(prefix="deskhand-slapd-"))
        (folder / "db").mkdir()
        server = cls(folder)
        server._configuration.write_text(
            _CONFIGURATION.format(folder=folder, suffix=SUFFIX, admin=ADMIN, password=PASSWORD)
        )
        try:
            yield server
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"

    def add(self, ldif: str) -> None:
        file = self.folder / "add.ldif"
        file.write_text(ldif, encoding="utf-8")
        self._run("slapadd", "-q", "-f", str(self._configuration), "-l", str(file))

    def export(self) -> bytes:
        """Return all there is, operational attributes included, as slapcat writes it."""
        return self._run("slapcat", "-f", str(self._configuration))

    def search(self, *attributes: str) -> bytes:
        """Return all there is as ``ldapsearch -LLL`` writes it."""
        bind = ("-x", "-H", self.url, "-D", ADMIN, "-w", PASSWORD)
        return self._run("ldapsearch", "-LLL", *bind, "-b", SUFFIX, "(objectClass=*)", *attributes)

    @contextmanager
    def running(self) -> Iterator[Self]:
        self.port = _free_port()
        log = (self.folder / "slapd.log").open("w")
        command = [program("slapd"), "-f", str(self._configuration), "-d", "0", "-h", self.url]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            self._wait(process)
            yield self
        finally:
            process.terminate()
            process.wait(timeout=20)
            log.close()

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        pytest.fail(f"slapd did not start: {(self.folder / 'slapd.log').read_text()}")

    def _run(self, name: str, *arguments: str) -> bytes:
        ended = subprocess.run([program(name), *arguments], capture_output=True, check=False)
        if ended.returncode != 0:
            pytest.fail(f"{name} did not work: {ended.stderr.decode(errors='replace')[-500:]}")
        return ended.stdout


def program(name: str) -> str:
    """Return the path of one of OpenLDAP's programs, in whichever folder the system keeps it."""
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/libexec/openldap")
    if found is None:
        pytest.fail(f"these tests need OpenLDAP's {name}: install the packages slapd and ldap-utils")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
