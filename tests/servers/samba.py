"""A real Samba Active Directory domain controller: LDAP, LDAPS and StartTLS on a loopback address of its own.

A `Template` is a domain provisioned and filled once, every `SambaDc` works on a copy of it, and `SambaDc.reset` makes that
copy fresh again. The ports (389, 636, 3268, 3269) are fixed in Samba, so that each server has another address of 127.0.0.0/8.
The domain is EXAMPLE.TEST unless the template names another; `ADMIN` may do everything. Passwords are complex, have seven
letters and get 90 days old; three failures lock for thirty days.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import pytest

from tests.servers.certificates import Certificate
from tests.servers.samba_configuration import policy_ldif, suffix_of, workgroup, write_configuration
from tests.servers.samba_databases import write_back
from tests.servers.slapd import program

SUFFIX = "DC=example,DC=test"
ADMIN, PASSWORD = "administrator@example.test", "Only.for-tests-1"
ADDRESSES = tuple(f"127.0.0.{last}" for last in range(2, 40))
_PACKAGES = "samba-ad-dc and samba-ad-provision"
_PORTS = (389, 636, 3268, 3269)
_GUARD_PORT = 380  # held by the test process: two of them never try the same address at once
_PYTHON = "/usr/bin/python3"


class Template:
    """A domain that is filled and never run; servers take copies of it."""

    def __init__(self, folder: Path, certificate: Certificate, domain: str = "example.test") -> None:
        self.folder = folder
        self.certificate = certificate
        self.domain = domain

    @classmethod
    @contextmanager
    def made(cls, certificate: Certificate, *, domain: str = "example.test", password_days: int = 90) -> Iterator[Self]:
        """Provision a domain, see `provision`, that is gone at the end."""
        folder = Path(tempfile.mkdtemp(prefix="deskhand-samba-template-"))
        try:
            template = cls(folder, certificate, domain)
            template.provision(password_days)
            yield template
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def with_more(self, ldif: str, rights: Sequence[tuple[str, str, str]] = ()) -> Iterator[Self]:
        """Give a copy of this template that holds more; see `load`."""
        folder = Path(tempfile.mkdtemp(prefix="deskhand-samba-template-"))
        try:
            self.copy_to(folder)
            template = type(self)(folder, self.certificate, self.domain)
            template.load(ldif, rights)
            yield template
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def load(self, ldif: str, rights: Sequence[tuple[str, str, str]] = ()) -> None:
        """Add records, or change what is there, as only the system may (ids, times, locks), then give rights.

        A right is (DN of an account, ACEs as SDDL with ``{sid}`` for the account, DN of the object they are put on).
        """
        write_configuration(self.folder, self.certificate, self.domain, ADDRESSES[0])
        script = Path(__file__).with_name("samba_loading.py")
        database = self.folder / "private" / "sam.ldb"
        wanted = json.dumps({"ldif": ldif, "rights": rights})
        _run([_PYTHON, "-I", str(script), str(self.folder / "smb.conf"), str(database)], typed=wanted)

    def copy_to(self, folder: Path) -> None:
        """Put a fresh copy into a folder that is empty or does not exist."""
        subprocess.run(["cp", "-a", "--sparse=always", f"{self.folder}/.", folder], check=True)

    def provision(self, password_days: int = 90) -> None:
        """Set the domain up in the empty folder; takes some seconds and needs root."""
        _complain_about_what_is_missing()
        names = (f"--realm={self.domain.upper()}", f"--domain={workgroup(self.domain)}", "--host-name=dc1")
        role = ("--server-role=dc", "--dns-backend=NONE", f"--adminpass={PASSWORD}")
        network = ("--host-ip=127.0.0.1", "--option=interfaces=lo", "--option=bind interfaces only=yes")
        where = ("-s", "/dev/null", f"--targetdir={self.folder}")
        _run([_path_of("samba-tool"), "domain", "provision", *where, *names, *role, *network])
        self.load(policy_ldif(self.domain, password_days))


class SambaDc:
    """A running domain controller. Its address stays the same when it is stopped, started or reset."""

    def __init__(self, template: Template, certificate: Certificate, folder: Path, address: str) -> None:
        self._template = template
        self._certificate = certificate
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._was_frozen = False
        self.address = address

    @classmethod
    @contextmanager
    def started(cls, template: Template, *, certificate: Certificate | None = None) -> Iterator[Self]:
        """Run on a copy of the template, on the first loopback address that is free."""
        with ExitStack() as at_the_end:
            folder = Path(tempfile.mkdtemp(prefix="deskhand-samba-"))
            at_the_end.callback(shutil.rmtree, folder, ignore_errors=True)
            address, guard = _free_address()
            at_the_end.callback(guard.close)
            server = cls(template, certificate or template.certificate, folder / "dc", address)
            at_the_end.callback(server.stop)
            server.reset()
            yield server

    @property
    def url(self) -> str:
        """Plain, for StartTLS: ``ldap://127.0.0.…``; without TLS the server refuses binds."""
        return f"ldap://{self.address}"

    @property
    def tls_url(self) -> str:
        return f"ldaps://{self.address}"

    @property
    def authority(self) -> Path:
        return self._template.certificate.authority

    def start(self) -> None:
        # Samba ends when its standard input does: nothing is left when the tests are killed.
        command = [program("samba"), "--interactive", "--no-process-group", "--model=single", "--debug-stdout"]
        with (self._folder / "out.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "-s", str(self._folder / "smb.conf")],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._was_frozen = False
        self._wait(self._process)

    def stop(self) -> None:
        """End it as a power cut does; does nothing when it is stopped."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=20)
            if self._process.stdin is not None:
                self._process.stdin.close()
            self._process = None

    def reset(self) -> None:
        """Go back to the template. A server that runs keeps running, unless what was sent to it may still be waiting."""
        if self._process is not None and self._process.poll() is None and not self._was_frozen:
            write_back(self._template.folder, self._folder)
            return
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._template.copy_to(self._folder)
        for name in ("run", "cache", "ncalrpc", "winbindd", "ntp"):
            (self._folder / name).mkdir(exist_ok=True)
        write_configuration(self._folder, self._certificate, self._template.domain, self.address)
        self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it do nothing meanwhile; what it is sent waits for it."""
        assert self._process is not None
        self._was_frozen = True
        self._process.send_signal(signal.SIGSTOP)
        os.waitpid(self._process.pid, os.WUNTRACED)  # until it has stopped
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def search(self, filter: str, *attributes: str, base: str = "", user: str = "") -> str:
        """Return what ``ldapsearch -LLL`` says over verified TLS, unfolded; of everything, to the administrator."""
        where = ("-b", base or suffix_of(self._template.domain), filter)
        return self.run("ldapsearch", "-LLL", "-o", "ldif-wrap=no", *self._bind(user), *where, *attributes)

    def modify(self, ldif: str, *, user: str = "") -> None:
        """Do what ``ldapmodify`` does with records of changes."""
        self.run("ldapmodify", *self._bind(user), typed=ldif)

    def lets_in(self, user: str, password: str) -> bool:
        """Whether a bind over verified TLS succeeds, for the next search of ``ldapsearch``."""
        return self._answers_bind(user, password).returncode == 0

    def run(self, name: str, *arguments: str, typed: str = "") -> str:
        """Run one of OpenLDAP's programs with our authority trusted; a failure fails the test."""
        return _run([program(name), *arguments], typed=typed, environment=self._trusting())

    def _answers_bind(self, user: str, password: str) -> "subprocess.CompletedProcess[bytes]":
        bind = ("-x", "-H", self.tls_url, "-D", user, "-w", password, "-s", "base", "-b", "", "dnsHostName")
        command = [program("ldapsearch"), "-o", "nettimeout=10", *bind]
        return subprocess.run(command, capture_output=True, env=self._trusting(), check=False)

    def _bind(self, user: str) -> tuple[str, ...]:
        return ("-x", "-H", self.tls_url, "-D", user or f"administrator@{self._template.domain}", "-w", PASSWORD)

    def _trusting(self) -> dict[str, str]:
        return {**os.environ, "LDAPTLS_CACERT": str(self.authority), "LDAPTLS_REQCERT": "demand"}

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until and process.poll() is None:
            if all(_is_listening(self.address, port) for port in _PORTS[:2]):
                return
            time.sleep(0.02)
        pytest.fail(f"samba did not start: {(self._folder / 'out.log').read_text()[-1500:]}")


def _complain_about_what_is_missing() -> None:
    if os.geteuid() != 0:
        pytest.fail(
            "these tests need to run as root: nobody else can set up a Samba domain controller, nor use port 389"
        )
    if shutil.which("samba-tool") is None or not Path("/usr/share/samba/setup").is_dir():
        pytest.fail(f"these tests need Samba's domain controller: install the packages {_PACKAGES}")


def _path_of(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"these tests need {name}: install the packages {_PACKAGES}")
    return found


def _is_listening(address: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0


def _free_address() -> tuple[str, socket.socket]:
    """Return an address with nothing on Samba's ports, and the socket that keeps others from taking it."""
    for address in ADDRESSES:
        guard = socket.socket()
        try:
            guard.bind((address, _GUARD_PORT))
        except OSError:
            guard.close()
            continue
        if not any(_is_listening(address, port) for port in _PORTS):
            return address, guard
        guard.close()
    pytest.fail(f"no address from {ADDRESSES[0]} to {ADDRESSES[-1]} is free on the ports {_PORTS}")


def _run(command: Sequence[str], *, typed: str = "", environment: dict[str, str] | None = None) -> str:
    ended = subprocess.run(command, input=typed.encode(), capture_output=True, env=environment, check=False)
    if ended.returncode != 0:
        pytest.fail(f"{Path(command[0]).name} did not work: {ended.stderr.decode(errors='replace')[-800:]}")
    return ended.stdout.decode()
