"""Whether what the settings open to forms is what it looks like: names of attributes, resolved by the server's schema. Reads.

An attribute has aliases and a number besides its name (RFC 4512, 2.5); the lists of what no form may write hold names.  So
before the first change every configured name is looked up among all that the schema calls the same attribute.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connectors.errors import RejectedError
from connectors.ldap.dialects import DIALECTS
from connectors.ldap.layout import Layout, is_reserved
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import Search
from connectors.ldap.talking.session import DirectorySession

_NAMED = re.compile(r"^\(\s*([0-9.]+)\s+NAME\s+(?:'([^']*)'|\(([^)]*)\))")
_OPERATIONAL = re.compile(r"\b(?:NO-USER-MODIFICATION|USAGE\s+(?!userApplications))")


@dataclass(frozen=True, slots=True)
class Described:
    """One attribute of a schema: all it is called, its number last, and whether the server itself keeps it."""

    names: tuple[str, ...]
    is_operational: bool


def configured(layout: Layout) -> Iterator[tuple[str, str]]:
    """Yield each setting that names an attribute which forms may write, and the attribute. Pure."""
    for name, custom in layout.custom.items():
        if custom.settable:
            yield f"custom.{name}", custom.attribute
    usual = DIALECTS[layout.dialect.name].kinds
    for kind, looks in layout.dialect.kinds.items():
        for neutral, attribute in looks.texts.items():
            if usual[kind].texts.get(neutral) != attribute:
                yield f"attributes.{kind}.{neutral}", attribute


def check_opened(session: DirectorySession, layout: Layout) -> None:
    """Refuse settings that open a reserved attribute by another of its names, one of the server's own, or an unknown one.

    Raises `RejectedError` naming the setting, also when the schema cannot be read; `UnavailableError`.
    """
    if any(configured(layout)):
        check_described(descriptions(session), layout)


def check_described(described: Mapping[str, Described], layout: Layout) -> None:
    """Do that with what `descriptions` found. Pure."""
    for setting, attribute in configured(layout):
        found = described.get(attribute.lower())
        if found is None:
            raise RejectedError(
                f"{setting}: the directory's schema shows no attribute {attribute}, so forms cannot set it."
            )
        if taken := next((name for name in found.names if is_reserved(name)), None):
            raise RejectedError(
                f"{setting}: {attribute} is another name of {taken}, which decides about rights or identity and cannot be "
                "opened to forms."
            )
        if found.is_operational:
            raise RejectedError(
                f"{setting}: {attribute} is kept by the directory itself and cannot be opened to forms."
            )


def check_relied_on(session: DirectorySession, layout: Layout) -> None:
    """Refuse to go on where the server does not keep what decisions rest on: nobody would be in any group.

    Raises `RejectedError` naming the fix, `UnavailableError`.  A server that shows no schema is believed.
    """
    if layout.dialect.states == "active_directory":
        return
    known = descriptions(session)
    title, member_of = layout.dialect.title, layout.dialect.member_of
    if known and member_of and member_of.lower() not in known:
        raise RejectedError(
            f"{title} does not keep {member_of} here, so nobody would seem to be in any group. Load its overlay or plug-in "
            'memberof, or set member_of = "" to read memberships from the groups, which is slower.'
        )
    if known and layout.dialect.states == "ppolicy" and "pwdaccountlockedtime" not in known:
        raise RejectedError(
            f"{title} has no password policy here (overlay ppolicy), so no account would seem enabled. Load it, or set "
            'dialect = "generic".'
        )


def descriptions(session: DirectorySession) -> Mapping[str, Described]:
    """Return the attributes of a server's schema by each of their names in lower case; none when it shows no schema."""
    serving = Serving(session)
    where = serving.root().first("subschemaSubentry")
    if where is None:
        return {}
    wanted = Search(where.decode("utf-8", "replace"), "(objectClass=*)", ("attributeTypes",), scope="base", page=0)
    row = serving.first(wanted)
    values = row.values.get("attributetypes", ()) if row is not None else ()
    found = (_described(value.decode("utf-8", "replace")) for value in values)
    return {name.lower(): one for one in found for name in one.names}


def _described(text: str) -> Described:
    """Read the description of an attribute (RFC 4512, 4.1.2); without names when it is none. Pure."""
    match = _NAMED.match(text)
    if match is None:
        return Described((), False)
    number, one, several = match.groups()
    names = (one,) if one else re.findall(r"'([^']*)'", several or "")
    return Described((*names, number), _OPERATIONAL.search(text) is not None)
