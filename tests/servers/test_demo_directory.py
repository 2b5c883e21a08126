"""The directory servers of demos: reachable as they say, gone at the end."""

import os
import subprocess

import pytest

from connectors.spi import Secret
from runner.sample.exporting import Server
from tests.servers.slapd import program
from tools.demo_directory import Reachable, demo_directory

PASSWORD = Secret("Kompas-Regen-88")


def searched(reachable: Reachable, filter: str) -> "subprocess.CompletedProcess[str]":
    bind = ("-x", "-H", reachable.url, "-D", reachable.user, "-w", reachable.password.reveal())
    command = [program("ldapsearch"), "-LLL", *bind, "-b", reachable.base, filter, "mail"]
    environment = {**os.environ, "LDAPTLS_CACERT": str(reachable.ca_file)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "server", ["openldap", pytest.param("active_directory", marks=pytest.mark.torture, id="active_directory")]
)
def test_a_demo_has_the_company_and_ends_when_it_ends(server: Server) -> None:
    with demo_directory(server, PASSWORD) as reachable:
        found = searched(reachable, "(mail=z.lindqvist@sample.test)")
        assert found.returncode == 0, found.stderr
        assert "mail: z.lindqvist@sample.test" in found.stdout
        assert reachable.people_password is PASSWORD
        assert "Regen" not in repr(reachable)
    assert searched(reachable, "(mail=*)").returncode != 0
    assert not reachable.ca_file.exists()
