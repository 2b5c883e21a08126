"""Servers that their own administrators set up otherwise while a desk uses them; each is put back at the end."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from runner.sample.parts import SUFFIX
from tests.faults_of_directories.faulty_desks import FaultyDesk
from tests.servers.openldap import OpenLdap
from tests.servers.samba import SambaDc, Template
from tests.servers.samba_configuration import write_configuration

_NOT_THE_COMPANY = f'access to attrs=o\n    by dn.exact="cn=svc,{SUFFIX}" read\n    by * none\n\naccess to *\n'
_COMPANY = "f0f8ff88-1191-11d0-a060-00aa006c33ed"  # schemaIDGUID of the attribute company (MS-ADA1)
_DENIED = f"(OD;CI;WP;{_COMPANY};;{{sid}})"
_UNLIMITED = f'limits dn.exact="cn=svc,{SUFFIX}" size=unlimited time=unlimited size.prtotal=unlimited'
_REPLICA = """
syncrepl rid=001 provider=ldap://127.0.0.1:1 type=refreshOnly interval=01:00:00:00 searchbase="{suffix}" bindmethod=simple
updateref ldap://127.0.0.1:{port}/
maxsize"""


@contextmanager
def without_the_right_to_the_company(faulty: FaultyDesk) -> Iterator[None]:
    """Deskhand's account may no longer write this one attribute."""
    server = faulty.reachable.running
    if isinstance(server, OpenLdap):
        with _configured(faulty, "access to *\n", _NOT_THE_COMPANY):
            yield
        return
    kept = server._folder.with_name("kept")
    server.stop()
    subprocess.run(["cp", "-a", server._folder / "private", kept], check=True)
    _template_of(server).load("", [(f"CN=svc-deskhand,CN=Users,{SUFFIX}", _DENIED, f"OU=People,{SUFFIX}")])
    _start(faulty, server)
    try:
        yield
    finally:
        server.stop()
        shutil.rmtree(server._folder / "private")
        kept.rename(server._folder / "private")
        _start(faulty, server)


@contextmanager
def as_a_replica(faulty: FaultyDesk, port: int) -> Iterator[None]:
    """It takes no changes any more and names a server on ``port`` that does. For OpenLDAP."""
    with _configured(faulty, "\nmaxsize", _REPLICA.format(suffix=SUFFIX, port=port)):
        yield


@contextmanager
def with_a_size_limit(faulty: FaultyDesk, most: int) -> Iterator[None]:
    """Deskhand's account gets no more entries than this from a search. For OpenLDAP."""
    line = f'limits dn.exact="cn=svc,{SUFFIX}" size={most} size.prtotal={most}'
    with _configured(faulty, _UNLIMITED, line):
        yield


@contextmanager
def with_the_account_shut_out(faulty: FaultyDesk) -> Iterator[None]:
    """Deskhand's account has another password; in Active Directory, where the old one goes on for an hour, it is disabled."""
    own = faulty.reachable.password.reveal()
    server = faulty.reachable.running
    if isinstance(server, SambaDc):
        out, back = ({"userAccountControl": str(control)} for control in (0x10202, 0x10200))
    else:
        out, back = {"userPassword": f"{own}-Another"}, {"userPassword": own}
    _account_becomes(faulty, out)
    try:
        yield
    finally:
        _account_becomes(faulty, back)


def _account_becomes(faulty: FaultyDesk, values: Mapping[str, str]) -> None:
    server, dn = faulty.reachable.running, f"cn=svc,{SUFFIX}"
    if isinstance(server, SambaDc):
        dn = f"CN=svc-deskhand,CN=Users,{SUFFIX}"
    for name, value in values.items():
        server.modify(f"dn: {dn}\nchangetype: modify\nreplace: {name}\n{name}: {value}\n")
    if isinstance(server, OpenLdap):  # the policy wants a password that somebody else set to be changed
        server.modify(f"dn: {dn}\nchangetype: modify\nreplace: pwdReset\n")


@contextmanager
def _configured(faulty: FaultyDesk, text: str, instead: str) -> Iterator[None]:
    server = faulty.reachable.running
    assert isinstance(server, OpenLdap)
    file = server._folder / "slapd.conf"
    before = file.read_text()
    assert text in before
    server.stop()
    file.write_text(before.replace(text, instead, 1))
    server.start()
    faulty.line.drop()
    try:
        yield
    finally:
        server.stop()
        file.write_text(before)
        server.start()
        faulty.line.drop()


def _template_of(server: SambaDc) -> Template:
    return Template(server._folder, server._certificate, server._template.domain)


def _start(faulty: FaultyDesk, server: SambaDc) -> None:
    write_configuration(server._folder, server._certificate, server._template.domain, server.address)
    server.start()
    faulty.line.drop()
