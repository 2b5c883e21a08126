"""The sample company as entries of a real directory: Active Directory or OpenLDAP. Performs no I/O.

What comes out is meant for a database that no server uses yet (``slapadd``, or Samba's own tools), where ids and moments of the
past can be given. Ids are those the company has in the local directory, so that accounts of the desk find the same people.
Whatever a kind of server has no attribute for is left out.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

from connectors.ldap.requests import Add, Modify
from connectors.spi import Secret
from runner.sample.exporter import Exporter
from runner.sample.exporting_active_directory import ActiveDirectoryExporter
from runner.sample.exporting_openldap import OpenLdapExporter
from runner.sample.parts import SUFFIX, Company

Server: TypeAlias = Literal["active_directory", "openldap"]

_EXPORTERS: Mapping[Server, type[Exporter]] = {
    "active_directory": ActiveDirectoryExporter,
    "openldap": OpenLdapExporter,
}


def exported(
    company: Company, server: Server, passwords: Mapping[str, Secret], *, base: str = SUFFIX
) -> Iterator[Add | Modify]:
    """Yield units, people, computers, contacts and groups, each after what it stands in; then how they are linked.

    ``passwords`` maps logins to the passwords they get; everybody else gets none.  ``base`` exists already.
    """
    return _EXPORTERS[server](company, passwords, base).requests()
