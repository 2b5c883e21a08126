"""What `serve` tells of systems that do not answer, on a real OpenLDAP: at the start, and when one goes or comes back."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from connectors.spi import Health
from runner.watching import Watch, systems_of
from tests.connectors.ldap.on_servers import on_openldap
from tests.runner.cli.commands import served
from tests.servers.openldap import SERVICE, SUFFIX, OpenLdap, Template
from tests.servers.trouble import mute

WRONG = "Kompas-Regen-88"


@pytest.fixture(scope="module")
def openldap(openldap_sample: Template) -> Iterator[OpenLdap]:
    with OpenLdap.started(openldap_sample) as server:
        yield server


def on(desk: Path, server: str, ca_file: Path) -> Path:
    """Put a desk on a directory whose password it does not know."""
    settings = desk / "deskhand.toml"
    before, _, rest = settings.read_text("utf-8").partition("[connectors.directory]")
    table = f'use = "ldap"\nservers = ["{server}"]\ndialect = "openldap"\nbase = "{SUFFIX}"\nuser = "{SERVICE}"\n'
    table += f'ca_file = "{ca_file}"\npassword_file = "read.pw"\n\n'
    settings.write_text(f"{before}[connectors.directory]\n{table}{rest[rest.index('[connectors.mailbox]') :]}", "utf-8")
    (desk / "read.pw").touch(mode=0o600)
    (desk / "read.pw").write_text(WRONG, "utf-8")
    return desk


def soon(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not holds() and time.monotonic() < until:
        time.sleep(0.02)
    return holds()


def test_a_wrong_service_password_is_said_at_the_start_and_the_desk_opens(desk: Path, openldap: OpenLdap) -> None:
    with served("serve", "--desk", on(desk, openldap.tls_url, openldap.authority), "--port", "0") as site:
        with urlopen(f"{site.address}health", timeout=30) as health:
            assert health.status == 200
        site.stop()
    told = [line for line in site.printed.splitlines() if line.startswith("deskhand: ")]
    assert len(told) == 1, site.printed
    assert told[0].startswith("deskhand: directory cannot be used: ")
    assert SERVICE in told[0] or "password" in told[0].lower()
    assert WRONG not in site.printed + site.rest
    assert (site.child.returncode, site.rest) == (0, "")


def test_a_directory_that_says_nothing_holds_the_start_up_for_moments_only(desk: Path, openldap: OpenLdap) -> None:
    with mute() as listener:
        folder = on(desk, f"ldaps://127.0.0.1:{listener.port}", openldap.authority)
        with served("serve", "--desk", folder, "--port", "0") as site:
            assert "deskhand: directory has not answered within 3 seconds.\n" in site.printed
            assert site.stop() < 10
        assert site.child.returncode == 0


def test_one_line_says_that_a_directory_went_away_and_one_that_it_came_back(openldap: OpenLdap) -> None:
    told: list[str] = []
    with on_openldap(openldap) as directory:
        watch = Watch(systems_of([directory]), told.append, every=0.05)
        watch.start()
        try:
            assert told == []
            openldap.stop()
            assert soon(lambda: len(told) == 1)
            time.sleep(0.3)
            openldap.start()
            assert soon(lambda: len(told) == 2)
        finally:
            watch.stop()
    assert told[0].startswith("directory cannot be used: ")
    assert told[1].startswith("directory can be used again: OpenLDAP at ")


class Broken:
    """A connector of somebody else's that breaks its word."""

    def check(self) -> Health:
        raise RuntimeError(WRONG)


def test_a_check_that_breaks_is_told_without_its_words() -> None:
    told: list[str] = []
    watch = Watch([("phones", Broken())], told.append, every=0.01)
    watch.start()
    watch.stop()
    assert told == ["phones cannot be used: Its check failed in an unexpected way; see: deskhand doctor"]
