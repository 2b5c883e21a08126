"""Servers with the sample on them, one for each module that asks."""

from collections.abc import Iterator

import pytest

from tests.servers.openldap import OpenLdap
from tests.servers.openldap import Template as OpenLdapTemplate
from tests.servers.samba import SambaDc
from tests.servers.samba import Template as SambaTemplate


@pytest.fixture(scope="module")
def openldap(openldap_sample: OpenLdapTemplate) -> Iterator[OpenLdap]:
    with OpenLdap.started(openldap_sample) as server:
        yield server


@pytest.fixture(scope="module")
def samba(samba_sample: SambaTemplate) -> Iterator[SambaDc]:
    with SambaDc.started(samba_sample) as server:
        yield server
