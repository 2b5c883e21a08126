"""What `asking` writes is, octet by octet, what ldap3's encoder writes for the same request."""

import warnings
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connectors.ldap.requests import Add, Control, Delete, Modification, Modify, Rename, Search, SetPassword
from connectors.ldap.talking.asking import bind, change, search
from connectors.spi import Content, Secret

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from ldap3.operation.add import add_operation
    from ldap3.operation.delete import delete_operation
    from ldap3.operation.extended import extended_operation
    from ldap3.operation.modify import modify_operation
    from ldap3.operation.modifyDn import modify_dn_operation
    from ldap3.operation.search import compile_filter, parse_filter, search_operation
    from ldap3.protocol import rfc4511
    from ldap3.protocol.convert import build_controls_list
    from ldap3.protocol.rfc2696 import paged_search_control
    from ldap3.protocol.rfc3062 import NewPasswd, PasswdModifyRequestValue, UserIdentity
    from ldap3.utils.asn1 import encode

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,8}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
VALUES = st.lists(st.binary(max_size=300), max_size=4)
CONTROLS = st.lists(
    st.builds(Control, st.just("1.2.3.4"), st.booleans(), st.binary(min_size=1, max_size=200)), max_size=2
).map(tuple)
STEPS = st.lists(st.tuples(st.sampled_from(["add", "delete", "replace"]), VALUES), min_size=1, max_size=3)
FILTERS = ("(objectClass=*)", "(&(uid=a*)(!(cn>=\\c3\\a9)))", "(|(member:1.2.840.113556.1.4.1941:=cn=x)(cn=*b*c*))")


def octets(kind: str, operation: object, controls: tuple[Control, ...] = (), *more: Any) -> bytes:
    listed = [*((control.oid, control.critical, control.value) for control in controls), *more]
    choice = encode(rfc4511.ProtocolOp().setComponentByName(kind, operation))
    return bytes(choice + (encode(build_controls_list(listed)) if listed else b""))


def octets_of(filter: str) -> bytes:
    return bytes(encode(compile_filter(parse_filter(filter, None, False, False, None, False).elements[0])))


@given(TEXTS, st.dictionaries(NAMES, STEPS, max_size=4), CONTROLS)
def test_a_modify(dn: str, changes: dict[str, list[Any]], controls: tuple[Control, ...]) -> None:
    kinds = {"add": 0, "delete": 1, "replace": 2}
    steps = tuple(
        Modification(kind, name, tuple(Content(value) for value in values))
        for name, each in changes.items()
        for kind, values in each
    )
    theirs = {name: [(kinds[kind], values) for kind, values in each] for name, each in changes.items()}
    written = change(Modify(dn, steps, controls)).reveal()
    assert written == octets("modifyRequest", modify_operation(dn, theirs, False), controls)


@given(TEXTS, st.dictionaries(NAMES, VALUES, max_size=4), CONTROLS)
def test_an_add(dn: str, attributes: dict[str, list[bytes]], controls: tuple[Control, ...]) -> None:
    written = change(Add(dn, {name: tuple(values) for name, values in attributes.items()}, controls)).reveal()
    assert written == octets("addRequest", add_operation(dn, attributes, False), controls)


@given(TEXTS, TEXTS, TEXTS, CONTROLS)
def test_a_delete_a_rename_and_a_password(dn: str, rdn: str, superior: str, controls: tuple[Control, ...]) -> None:
    assert change(Delete(dn, controls)).reveal() == octets("delRequest", delete_operation(dn), controls)
    renamed = modify_dn_operation(dn, rdn, True, superior or None)
    assert change(Rename(dn, rdn, superior, controls)).reveal() == octets("modDNRequest", renamed, controls)
    value = PasswdModifyRequestValue()
    value["userIdentity"], value["newPasswd"] = UserIdentity(dn.encode()), NewPasswd(rdn.encode())
    theirs = octets("extendedReq", extended_operation("1.3.6.1.4.1.4203.1.11.1", value), controls)
    assert change(SetPassword(dn, Secret(rdn), controls)).reveal() == theirs


@given(TEXTS, TEXTS)
def test_a_bind(user: str, password: str) -> None:
    request = rfc4511.BindRequest()
    request["version"], request["name"] = 3, user.encode()
    simple = rfc4511.Simple(password.encode())
    request["authentication"] = rfc4511.AuthenticationChoice().setComponentByName("simple", simple)
    assert bind(user, Secret(password)).reveal() == octets("bindRequest", request)
    with_policy = bind(user, Secret(password), [("1.3.6.1.4.1.42.2.27.8.5.1", False, None)]).reveal()
    assert with_policy == octets("bindRequest", request, (), ("1.3.6.1.4.1.42.2.27.8.5.1", False, None))


@given(
    TEXTS,
    st.sampled_from(FILTERS),
    st.lists(NAMES, min_size=1, max_size=4).map(tuple),
    st.sampled_from(["base", "one", "subtree"]),
    st.sampled_from([0, 1, 127, 128, 255, 256, 1000, 65536, 2**31 - 1]),
    st.binary(max_size=20),
    CONTROLS,
)
def test_a_search(
    base: str, filter: str, names: tuple[str, ...], scope: Any, page: int, cookie: bytes, controls: tuple[Control, ...]
) -> None:
    scopes = {"base": 0, "one": 1, "subtree": 2}
    operation = search_operation(base, filter, scopes[scope], 0, names, 0, 0, False, False, False)
    paging = [paged_search_control(False, page, cookie)] if page or cookie else []
    written = search(Search(base, filter, names, scope, page, controls=controls), octets_of(filter), cookie).reveal()
    assert written == octets("searchRequest", operation, controls, *paging)


def test_steps_of_a_modify_keep_their_order() -> None:
    steps = [
        Modification("delete", "cn", (b"a",)),
        Modification("add", "sn", (b"b",)),
        Modification("add", "cn", (b"c",)),
    ]
    written = change(Modify("cn=a", tuple(steps))).reveal()
    assert [written.index(bytes([0x04, 1]) + value) for value in (b"a", b"b", b"c")] == sorted(
        written.index(bytes([0x04, 1]) + value) for value in (b"a", b"b", b"c")
    )
