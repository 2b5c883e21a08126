"""No form and no setting writes what is not on the list, by whatever alias, number, case or option an attribute is called."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from connectors.errors import RejectedError
from connectors.ldap.changing.drafting import Draft
from connectors.ldap.changing.profiles import settable_values
from connectors.ldap.connector import LdapDirectory
from connectors.ldap.examining.opened import Described, check_described, descriptions
from connectors.ldap.layout import is_reserved, layout
from connectors.ldap.requests import Search
from connectors.spi import Ids, Operation, Question, Ref, Secret, SecretRef
from connectors.verbs import ATTRIBUTES
from tests.connectors.ldap.on_servers import on_openldap, on_samba
from tests.connectors.ldap.sample_cast import stable_id
from tests.servers.openldap import SUFFIX, OpenLdap
from tests.servers.samba import SambaDc

ALICE, SALES = Ref("user", stable_id("u-alice")), Ref("group", stable_id("g-GG-Sales"))
IVO = Ref("contact", stable_id("k-1"))
_NAMED = re.compile(r"^\(\s*([0-9.]+)\s+NAME\s+(?:'([^']*)'|\(([^)]*)\))")


@pytest.fixture(scope="module", params=["openldap", "samba"])
def directory(request: pytest.FixtureRequest) -> Iterator[LdapDirectory]:
    template = request.getfixturevalue(f"{request.param}_sample")
    with ExitStack() as stack:
        if request.param == "openldap":
            server = stack.enter_context(OpenLdap.started(template))
            made = stack.enter_context(on_openldap(server))
        else:
            server = stack.enter_context(SambaDc.started(template))
            made = stack.enter_context(on_samba(server))
        yield made


def schema(directory: LdapDirectory) -> list[tuple[str, ...]]:
    """Return what every attribute is called: its names, then its number."""
    where = directory.session.root().first("subschemaSubentry") or b""
    row = directory.session.first(Search(where.decode(), "(objectClass=*)", ("attributeTypes",), "base", page=0))
    assert row is not None
    found = [_NAMED.match(value.decode()) for value in row.values["attributetypes"]]
    return [(*([m[2]] if m[2] else re.findall(r"'([^']*)'", m[3])), m[1]) for m in found if m]


def spellings(name: str) -> Iterator[str]:
    yield from (name, name.upper(), name.swapcase(), f"{name};lang-en", f"{name};binary", f" {name}", f"{name} ")
    if name[0].isdigit():
        yield f"oid.{name}"


def everything(directory: LdapDirectory) -> list[str]:
    return [spelt for names in schema(directory) for name in names for spelt in spellings(name)]


def targets(directory: LdapDirectory) -> dict[str, Draft]:
    """Return drafts about things that were read already, so that nothing is asked again for each of many keys."""
    reader = directory._reader()
    found = {}
    for verb, name, ref in (
        ("user.update", "user", ALICE),
        ("group.update", "group", SALES),
        ("contact.update", "contact", IVO),
        ("user.create", "user", ALICE),
    ):
        one = reader.one(ref)
        assert one is not None
        found[f"directory.{verb}"] = Draft(reader, Operation("s", f"directory.{verb}", {name: ref}), known={ref: one})
    return found


def is_allowed(verb: str, key: str) -> bool:
    found = ATTRIBUTES[verb.split(".")[1]].get(key)
    return found is not None and found.settable


def test_no_update_and_no_creation_takes_an_attribute_by_any_of_its_names(directory: LdapDirectory) -> None:
    drafts, tried = targets(directory), 0
    for key in (*everything(directory), *(f"custom.{name}" for names in schema(directory) for name in names)):
        for verb, draft in drafts.items():
            tried += 1
            if not is_allowed(verb, key):
                with pytest.raises(RejectedError, match="cannot be set in this way"):
                    settable_values(draft, verb.split(".")[1], {key: "x"})
    assert tried > 10_000
    print(f"{tried} keys of set, 0 written")


@pytest.mark.parametrize(
    "key", ["member", "memberOf", "MAIL", "2.5.4.3", "cn;lang-en", "custom.userPassword", " title"]
)
def test_the_doors_themselves_refuse_it(directory: LdapDirectory, key: str) -> None:
    before = directory.read(Question("user", Ids(frozenset({ALICE.id})))).entries[0]
    unit = directory.locate(f"OU=Sales,OU=People,{SUFFIX}", "ou")
    new = {"login": "kim", "upn": "kim@example.test", "first_name": "K", "last_name": "K", "display_name": "Kim K"}
    for verb, arguments in (
        ("user.update", {"user": ALICE}),
        ("group.update", {"group": SALES}),
        ("contact.update", {"contact": IVO}),
        ("user.create", {"ou": unit, **new, "password": SecretRef("password")}),
    ):
        operation = Operation("s", f"directory.{verb}", {**arguments, "set": {key: "x"}})
        with pytest.raises(RejectedError):
            directory.prepare(operation)
        with pytest.raises(RejectedError):
            directory.perform(operation, (), {"password": Secret("Zeppelin-Tuin-9")})
    after = directory.read(Question("user", Ids(frozenset({ALICE.id})))).entries[0]
    assert (after.version, directory.locate("kim", "user")) == (before.version, None)


def opened(directory: LdapDirectory, names: list[str]) -> tuple[list[str], list[str]]:
    """Return which of these the settings can open, and which of those the schema then refuses."""
    accepted, refused = [], []
    for name in names:
        try:
            made = layout(directory.layout.dialect.name, SUFFIX, custom={"x": {"attribute": name, "settable": True}})
            layout(directory.layout.dialect.name, SUFFIX, attributes={"user": {"office": name}})
        except RejectedError:
            continue
        accepted.append(name)
        try:
            check_described(known(directory), made)
        except RejectedError:
            refused.append(name)
    return accepted, refused


def known(directory: LdapDirectory) -> Mapping[str, Described]:
    if not hasattr(directory, "described"):
        directory.described = descriptions(directory.session)  # type: ignore[attr-defined]
    return directory.described  # type: ignore[attr-defined, no-any-return]


def test_settings_cannot_open_a_reserved_attribute_by_another_of_its_names(directory: LdapDirectory) -> None:
    accepted, refused = opened(directory, everything(directory))
    assert not [name for name in accepted if ";" in name or name[0].isdigit() or name.strip() != name]
    left = {name.lower() for name in accepted} - {name.lower() for name in refused}
    alike = [{one.lower() for one in names} for names in schema(directory)]
    reserved = [names for names in alike if any(is_reserved(name) for name in names)]
    assert not [names for names in reserved if names & left]
    print(f"{len(accepted)} accepted by name, {len(refused)} of them refused by the schema")


def test_a_setting_that_opens_another_name_stops_every_change_and_is_said_by_the_check(
    request: pytest.FixtureRequest,
) -> None:
    custom = {"box": {"attribute": "rfc822Mailbox", "settable": True}}
    with OpenLdap.started(request.getfixturevalue("openldap_sample")) as server:
        with on_openldap(server, custom=custom) as directory:
            words = "custom.box: rfc822Mailbox is another name of mail"
            health = directory.check()
            assert not health.ok
            assert health.detail.startswith(words)
            update = Operation("s", "directory.user.update", {"user": ALICE, "set": {"custom.box": "x@example.test"}})
            with pytest.raises(RejectedError, match=words):
                directory.perform(update, (), {})
        for attribute in ("entryTtl", "noSuchAttribute"):
            with on_openldap(server, custom={"x": {"attribute": attribute, "settable": True}}) as directory:
                assert not directory.check().ok
        with on_openldap(server, custom={"room": {"attribute": "roomNumber", "settable": True}}) as directory:
            assert directory.check().ok
            update = Operation("s", "directory.user.update", {"user": ALICE, "set": {"custom.room": "4.12"}})
            assert directory.perform(update, (), {}).state == "changed"
        assert "roomNumber: 4.12" in server.search("(uid=alice)", "roomNumber")
