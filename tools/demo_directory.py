"""Run a real directory server with the sample company in it, until Ctrl+C: for demos and for trying things out.

``python -m tools.demo_directory openldap`` or ``active_directory`` (Samba; needs root), from the top of the repository. The
servers are those of the tests, on 127.0.0.0/8 only, in temporary folders that are removed at the end.
"""

import secrets
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from connectors.spi import Secret
from runner.sample.company import PEOPLE, make_company
from runner.sample.exporting import Server, exported
from runner.sample.parts import DOMAIN, SUFFIX, Company
from tests.connectors.ldap.sample_active_directory import service_rights
from tests.servers import openldap, samba
from tests.servers.certificates import Certificate, Certificates
from tests.servers.ldif import record, written

_PASSWORD_DAYS = 365


@dataclass(frozen=True, slots=True)
class Reachable:
    """How to reach a server that runs: what ``[connectors.directory]`` needs; ``people_password`` is that of the cast.

    ``running`` is the server itself, to be stopped, frozen and started again.
    """

    dialect: Server
    url: str
    base: str
    user: str
    password: Secret
    ca_file: Path
    people_password: Secret
    running: openldap.OpenLdap | samba.SambaDc


@contextmanager
def demo_directory(server: Server, people_password: Secret, *, size: int = PEOPLE) -> Iterator[Reachable]:
    """Start a server with the sample company and stop it at the end; those who can sign in get the password."""
    company = make_company(datetime.now(UTC), size=size)
    with tempfile.TemporaryDirectory(prefix="deskhand-demo-") as folder:
        certificate = Certificates.made(Path(folder), samba.ADDRESSES).good
        started = _active_directory if server == "active_directory" else _openldap
        with started(company, certificate, people_password) as reachable:
            yield reachable


@contextmanager
def _openldap(company: Company, certificate: Certificate, password: Secret) -> Iterator[Reachable]:
    ldif = written(exported(company, "openldap", _passwords(company, password)))
    with (
        openldap.Template.made(certificate, ldif, suffix=SUFFIX, password_days=_PASSWORD_DAYS) as template,
        openldap.OpenLdap.started(template) as server,
    ):
        user, own = f"cn=svc,{SUFFIX}", Secret(openldap.PASSWORD)
        yield Reachable("openldap", server.tls_url, SUFFIX, user, own, server.authority, password, server)


@contextmanager
def _active_directory(company: Company, certificate: Certificate, password: Secret) -> Iterator[Reachable]:
    own = Secret(f"Aa1-{secrets.token_urlsafe(18)}")
    with tempfile.TemporaryDirectory(prefix="deskhand-demo-domain-") as folder:
        template = samba.Template(Path(folder), certificate, DOMAIN)
        fill_domain(template, company, password, own)
        with served_domain(template, password, own) as reachable:
            yield reachable


def fill_domain(template: samba.Template, company: Company, password: Secret, own: Secret) -> None:
    """Set up a domain with a company in the template's empty folder; Deskhand's account gets the password ``own``."""
    account = f"CN=svc-deskhand,CN=Users,{SUFFIX}"
    ldif = written(exported(company, "active_directory", _passwords(company, password)))
    service = record(
        account,
        {
            "objectClass": ["user"],
            "sAMAccountName": ["svc-deskhand"],
            "userPrincipalName": [f"svc-deskhand@{DOMAIN}"],
            "unicodePwd": [f'"{own.reveal()}"'.encode("utf-16-le")],
            "userAccountControl": [str(0x10200)],
        },
    )
    units = [unit.dn for unit in company.units if not unit.parent]
    template.provision(_PASSWORD_DAYS)
    template.load(ldif + service, service_rights(account, units))


@contextmanager
def served_domain(template: samba.Template, people_password: Secret, own: Secret) -> Iterator[Reachable]:
    """Start a server on a copy of what `fill_domain` made."""
    with samba.SambaDc.started(template) as server:
        user = f"svc-deskhand@{DOMAIN}"
        yield Reachable(
            "active_directory", server.tls_url, SUFFIX, user, own, server.authority, people_password, server
        )


def _passwords(company: Company, password: Secret) -> dict[str, Secret]:
    return {row.login: password for row in company.sign_ins}


def _said(reachable: Reachable) -> Iterator[str]:
    yield f"url        {reachable.url}"
    yield f"base       {reachable.base}"
    yield f"user       {reachable.user}"
    yield f"password   {reachable.password.reveal()}"
    yield f"ca_file    {reachable.ca_file}"
    yield f"dialect    {reachable.dialect}"
    yield f"people     alice, agent.rotterdam and the others sign in with  {reachable.people_password.reveal()}"


@click.command()
@click.argument("server", type=click.Choice(["openldap", "active_directory"]))
def main(server: Server) -> None:
    """Run a directory server with the sample company until Ctrl+C."""
    click.echo("Loading the sample company …")
    try:
        with demo_directory(server, Secret(f"Aa1-{secrets.token_urlsafe(9)}")) as reachable:
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            for line in _said(reachable):
                click.echo(line)
            click.echo("Press Ctrl+C to stop.")
            signal.pause()
    except pytest.fail.Exception as failure:
        raise click.ClickException(str(failure)) from None
    except KeyboardInterrupt:
        click.echo("Stopped.")


if __name__ == "__main__":
    main()
