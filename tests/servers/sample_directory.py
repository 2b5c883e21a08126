"""The sample company on a real server. Its domain of Active Directory is filled once for all processes of a run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connectors.spi import Secret
from runner.sample.exporting import Server
from runner.sample.parts import DOMAIN, Company
from tests.servers.certificates import Certificate
from tests.servers.samba import Template
from tests.servers.sharing import shared_folder
from tools.demo_directory import Reachable, demo_directory, fill_domain, served_domain

_OWN_PASSWORD = Secret("Aa1-only-for-tests")


@contextmanager
def sample_directory(
    server: Server, company: Company, size: int, password: Secret, certificate: Certificate, where: Path
) -> Iterator[Reachable]:
    """Start a server with the company of this size; processes that share the folder ``where`` share what is costly."""
    if server == "openldap":
        with demo_directory(server, password, size=size) as reachable:
            yield reachable
        return

    def fill(folder: Path) -> None:
        fill_domain(Template(folder, certificate, DOMAIN), company, password, _OWN_PASSWORD)

    with (
        shared_folder(where, f"samba-company-of-{size}", fill) as folder,
        served_domain(Template(folder, certificate, DOMAIN), password, _OWN_PASSWORD) as reachable,
    ):
        yield reachable
