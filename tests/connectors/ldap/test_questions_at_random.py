"""Random conditions over a random directory: what is found is what the contract's yardstick says, no more and no less."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.ldap.connector import LdapDirectory
from connectors.spi import Entry, Everything, Question
from tests.connectors.contract import _filters, _some
from tests.connectors.ldap.on_servers import on_openldap, on_samba
from tests.connectors.ldap.random_directory import people_and_groups
from tests.connectors.ldap.sample_active_directory import SERVICE_DN, _account, service_rights
from tests.connectors.oracle import matches
from tests.servers.ldif import record
from tests.servers.openldap import OpenLdap
from tests.servers.openldap import Template as OpenLdapTemplate
from tests.servers.samba import SambaDc

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


@contextmanager
def asked(name: str, request: pytest.FixtureRequest, people: int, groups: int) -> Iterator[LdapDirectory]:
    with ExitStack() as stack:
        if name == "openldap":
            good = request.getfixturevalue("certificates").good
            template = stack.enter_context(OpenLdapTemplate.made(good, people_and_groups(name, people, groups, 1)))
            yield stack.enter_context(on_openldap(stack.enter_context(OpenLdap.started(template))))
        else:
            ldif = people_and_groups("active_directory", people, groups, 1) + record(
                SERVICE_DN, _account("svc-deskhand", 0x200)
            )
            made = request.getfixturevalue("samba_template").with_more(ldif, service_rights(units=()))
            yield stack.enter_context(on_samba(stack.enter_context(SambaDc.started(stack.enter_context(made)))))


def compare(directory: LdapDirectory, examples: int) -> None:
    entries: dict[str, Sequence[Entry]] = {
        kind: tuple(directory.scan(kind, Everything())) for kind in ("user", "group", "ou")
    }
    circles = [entry.ref.id for entry in _some(entries["group"])] + ["none"]

    questions = {kind: _filters(kind, _some(found), circles) for kind, found in entries.items()}

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(sorted(entries)))
        wanted = data.draw(questions[kind])
        expected = {entry.ref for entry in entries[kind] if matches(entry, wanted)}
        found = directory.read(Question(kind, wanted, limit=1000))
        assert {entry.ref for entry in found.entries} == expected, wanted
        assert {entry.ref for entry in directory.scan(kind, wanted)} == expected, wanted

    check()


@pytest.mark.parametrize("name", ["openldap", "samba"])
def test_random_questions_find_what_the_contract_says(name: str, request: pytest.FixtureRequest) -> None:
    with asked(name, request, 60, 12) as directory:
        compare(directory, 40)


@pytest.mark.torture
@pytest.mark.parametrize("name", ["openldap", "samba"])
def test_many_random_questions_over_five_hundred_people(name: str, request: pytest.FixtureRequest) -> None:
    with asked(name, request, 500, 60) as directory:
        compare(directory, 1_000)
