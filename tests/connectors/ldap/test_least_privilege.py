"""An account with exactly the rights that a verb needs can do it and nothing else, and doctor knows both before."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from connectors.errors import RejectedError
from connectors.ldap.connector import LdapDirectory
from connectors.ldap.examining.rights import Right, as_attributes, everything_for
from connectors.ldap.layout import Layout, layout
from connectors.spi import Compare, Observation, Operation, Question, Ref, Secret
from tests.connectors.ldap import sample_active_directory, sample_openldap
from tests.connectors.ldap.delegations import (
    NEW_PASSWORD,
    account,
    active_directory_accounts,
    openldap_access,
    openldap_account,
    openldap_accounts,
    operations,
    usage,
    verbs_of,
)
from tests.connectors.ldap.on_servers import on_openldap, on_samba
from tests.connectors.ldap.sample_cast import PASSWORD, UNITS
from tests.servers import openldap, samba
from tests.servers.certificates import Certificates

_MOVING = re.compile(
    r"^(?:modifyTimestamp|entryCSN|modifiersName|uSNChanged|whenChanged|lastLogon\w*|logonCount|badP\w+|dSCorePropagation\w*)"
    r":.*\n",
    re.MULTILINE | re.IGNORECASE,
)
Server = openldap.OpenLdap | samba.SambaDc


class Delegated:
    """A server on which each verb has an account with the rights it needs, and the connector of each account."""

    def __init__(self, server: Server, base: Layout, directories: Mapping[str, LdapDirectory]) -> None:
        self.server, self.layout, self.directories = server, base, directories
        leavers = next(iter(directories.values())).read(Question("ou", Compare("name", "==", "Leavers"))).entries[0].ref
        self.operations = operations(base, leavers)
        self.rights = {verb: frozenset(everything_for(base, verb)) for verb in self.operations}

    def suffices(self, verb: str, other: str) -> bool:
        """Whether who may do ``verb`` may do the other, too, or some of it: OpenLDAP asks for attributes only."""
        if self.layout.dialect.by_guid:
            return self.rights[other] <= self.rights[verb]
        first, second = ({name for right in self.rights[one] for name in as_attributes(right)} for one in (verb, other))
        return not first.isdisjoint(second)

    def pictured(self) -> list[str]:
        """Everything in the directory but what changes by itself."""
        return sorted(_MOVING.sub("", self.server.search("(objectClass=*)", "*", "+")).splitlines())


def tried(directory: LdapDirectory, operation: Operation) -> str:
    """Try an operation and return what came of it: the state, or the sentence of the refusal."""
    try:
        guards = directory.prepare(operation).guards
        return directory.perform(operation, guards, {"password": Secret(NEW_PASSWORD)}).state
    except RejectedError as error:
        return str(error)


@pytest.fixture(scope="module")
def on_samba_delegated(samba_template: samba.Template) -> Iterator[Delegated]:
    base = layout("active_directory", samba.SUFFIX)
    verbs = one_for_each_right(base)
    units = [unit for unit in UNITS if unit.count("OU=") == 1]
    ldif, rights = active_directory_accounts(verbs, units, samba.SUFFIX, PASSWORD)
    sample = sample_active_directory.sample_ldif(datetime.now(UTC))
    with (
        samba_template.with_more(sample + ldif, rights) as template,
        samba.SambaDc.started(template) as server,
        ExitStack() as stack,
    ):
        opened = (
            stack.enter_context(on_samba(server, user=f"{account(number)}@example.test"))
            for number in range(len(verbs))
        )
        yield Delegated(server, base, dict(zip(verbs, opened, strict=True)))


@pytest.fixture(scope="module")
def on_openldap_delegated(certificates: Certificates) -> Iterator[Delegated]:
    base = layout("openldap", openldap.SUFFIX)
    verbs = one_for_each_right(base)
    accounts = openldap_accounts(verbs, openldap.SUFFIX, openldap.PASSWORD)
    sample = sample_openldap.sample_ldif(datetime.now(UTC))
    rights = {openldap_account(n, openldap.SUFFIX): everything_for(base, verb) for n, verb in enumerate(verbs)}
    with (
        openldap.Template.made(certificates.good, sample + accounts) as template,
        openldap.OpenLdap.started(template) as server,
        ExitStack() as stack,
    ):
        give(server, openldap_access(rights, openldap.SUFFIX))
        users = (openldap_account(number, openldap.SUFFIX) for number in range(len(verbs)))
        opened = (stack.enter_context(on_openldap(server, user=user)) for user in users)
        yield Delegated(server, base, dict(zip(verbs, opened, strict=True)))


def give(server: openldap.OpenLdap, access: str) -> None:
    """Start a server again with these rights in place of its own."""
    file = server._folder / "slapd.conf"
    text = file.read_text()
    start, end = text.index("access to attrs=userPassword"), text.index("overlay sssvlv")
    file.write_text(text[:start] + access + "\n" + text[end:])
    server.stop()
    server.start()


def one_for_each_right(base: Layout) -> tuple[str, ...]:
    """The verbs, but of those that need the same rights only the first."""
    first = {everything_for(base, verb): verb for verb in reversed(verbs_of(base))}
    return tuple(verb for verb in verbs_of(base) if verb in first.values())


@pytest.fixture(params=["openldap", "samba"])
def delegated(request: pytest.FixtureRequest) -> Delegated:
    return request.getfixturevalue(f"on_{request.param}_delegated")


@pytest.fixture(params=[3, pytest.param(100, marks=pytest.mark.torture)])
def others(request: pytest.FixtureRequest, delegated: Delegated) -> Mapping[str, Sequence[str]]:
    """The verbs that each account tries besides its own: a few of them, each by another account, or all."""
    verbs = tuple(delegated.operations)
    step = max(1, len(verbs) // request.param)
    return {
        verb: [other for n, other in enumerate(verbs) if (n + at) % step == 0 and not delegated.suffices(verb, other)]
        for at, verb in enumerate(delegated.directories)
    }


def test_each_account_can_do_its_verb_and_no_other_and_doctor_says_which(
    delegated: Delegated, others: Mapping[str, Sequence[str]]
) -> None:
    delegated.server.reset()
    before = delegated.pictured()
    foretold = {verb: foretold_for(delegated, verb) for verb in delegated.directories}
    assert delegated.pictured() == before  # looking changes nothing
    wrong = []
    for verb, other in [(one, other) for one, tries in others.items() for other in tries]:
        came = tried(delegated.directories[verb], delegated.operations[other])
        if "has not the right" not in came:
            wrong.append((verb, other, came))
        if foretold[verb].get(other, "unseen") == "ok" and not is_unseen(delegated, verb, other):
            wrong.append((verb, other, "doctor said that it may"))
    assert wrong == []
    assert delegated.pictured() == before
    for verb, directory in delegated.directories.items():
        came = tried(directory, delegated.operations[verb])
        if came != "changed" or foretold[verb].get(verb, "ok") == "error":
            wrong.append((verb, verb, f"{came}; doctor: {foretold[verb].get(verb)}"))
    assert wrong == []


def foretold_for(delegated: Delegated, verb: str) -> dict[str, str]:
    """What doctor says of every verb to the account of one: ``ok`` or ``error``."""
    usages = [usage(other) for other in delegated.operations]
    found = delegated.directories[verb].examine(usages)
    missing = {form: one.state for one in found for form in needed_by(one)}
    return {other: missing.get(other, "ok") for other in delegated.operations}


def needed_by(one: Observation) -> list[str]:
    """The forms that need what doctor found missing."""
    return [
        form for line in one.detail.splitlines() if line.startswith("needed by: ") for form in line[11:].split(", ")
    ]


def is_unseen(delegated: Delegated, verb: str, other: str) -> bool:
    """Whether all that is missing cannot be seen in advance: in OpenLDAP making objects, and photos."""
    if delegated.layout.dialect.name != "openldap":
        return False
    missing = delegated.rights[other] - delegated.rights[verb]
    return all(right.action == "create" or right.attribute == "jpegPhoto" for right in missing)


def test_every_verb_that_a_directory_can_do_needs_rights(delegated: Delegated) -> None:
    assert [verb for verb, rights in delegated.rights.items() if not rights] == []
    assert all(isinstance(right, Right) for rights in delegated.rights.values() for right in rights)
    assert isinstance(delegated.operations["directory.user.unlock"].arguments["user"], Ref)
