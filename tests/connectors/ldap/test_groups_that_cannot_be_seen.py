"""Somebody in a group that the account cannot read may be in any other: who protects by groups protects them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from connectors.ldap.connector import LdapDirectory
from connectors.spi import UNSEEN, Compare, Entry, Filter, InGroup, Not, Question
from runner.access.authority import Authority
from runner.access.explanation.lacking import Asked
from runner.access.explanation.protection_reasons import protection
from runner.access.model import Actor
from runner.access.reading import read_access
from runner.access.resolving import resolve
from tests.servers.slapd import SUFFIX, Slapd

SERVICE, PASSWORD = f"uid=svc,{SUFFIX}", "only-for-tests"
PEOPLE, GROUPS, ELSEWHERE = f"ou=People,{SUFFIX}", f"ou=Groups,{SUFFIX}", f"ou=Elsewhere,{SUFFIX}"
DEEP = 60
POLICY = """
format: access/1
roles:
  - id: resets
    title: Resets
    permissions: [user.read, user.password.reset, group.read, group.members.manage]
resource_sets:
  - id: whole
    title: Whole
    resources:
      - users: {{ under: "{suffix}" }}
      - groups: {{ under: "{suffix}" }}
  - id: kept
    title: Kept
    resources:
      - users: {{ {kept} }}
protected: [kept]
bindings:
  - id: helpdesk
    principals: [{{ user: agent }}]
    role: resets
    on: [whole]
"""


def _person(login: str, *groups: str) -> str:
    memberships = "".join(f"memberOf: {group}\n" for group in groups)
    return (
        f"dn: uid={login},{PEOPLE}\nobjectClass: inetOrgPerson\nuid: {login}\ncn: {login}\nsn: {login}\n{memberships}\n"
    )


def _group(dn: str, member: str, *groups: str) -> str:
    name = dn.partition(",")[0].removeprefix("cn=")
    memberships = "".join(f"memberOf: {group}\n" for group in groups)
    return f"dn: {dn}\nobjectClass: groupOfNames\ncn: {name}\nmember: {member}\n{memberships}\n"


def _units() -> str:
    units = (f"dn: {dn}\nobjectClass: organizationalUnit\nou: x\n\n" for dn in (PEOPLE, GROUPS, ELSEWHERE))
    return f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: x\ndc: slapd\n\n" + "".join(units)


@pytest.fixture(scope="module")
def server() -> Iterator[Slapd]:
    """bob is in Hidden, carol in Far, erin in an object that is no group, dora in D59 … D0; Top holds Hidden, Far and D0.

    Top also lists fred, and Lost with gina in it, though neither has the memberOf for it.
    """
    hidden, top, far = f"cn=Hidden,{GROUPS}", f"cn=Top,{PEOPLE}", f"cn=Far,{ELSEWHERE}"
    deep = [f"cn=D{level},{PEOPLE}" for level in range(DEEP)]
    odd = f"cn=Odd,{PEOPLE}"
    entries = [
        _units(),
        f"dn: {SERVICE}\nobjectClass: inetOrgPerson\nuid: svc\ncn: svc\nsn: svc\nuserPassword: {PASSWORD}\n\n",
        _person("alice"),
        _person("agent"),
        _person("bob", hidden),
        _person("carol", far),
        _person("dora", deep[-1]),
        _person("erin", odd),
        _person("fred"),
        _person("gina", f"cn=Lost,{PEOPLE}"),
        f"dn: {odd}\nobjectClass: organizationalRole\ncn: Odd\n\n",
        _group(f"cn=Below,{PEOPLE}", f"uid=alice,{PEOPLE}", hidden),
        _group(f"cn=Plain,{PEOPLE}", f"cn=nobody,{SUFFIX}"),
        _group(hidden, f"uid=bob,{PEOPLE}", top),
        _group(far, f"uid=carol,{PEOPLE}", top),
        _group(top, f"{hidden}\nmember: uid=fred,{PEOPLE}\nmember: cn=Lost,{PEOPLE}"),
        _group(f"cn=Lost,{PEOPLE}", f"uid=gina,{PEOPLE}"),
        *(_group(dn, f"uid=dora,{PEOPLE}", deep[level - 1] if level else top) for level, dn in enumerate(deep)),
    ]
    with Slapd.made() as made:
        file = made.folder / "slapd.conf"
        rights = f'access to dn.exact="{hidden}" by * none\naccess to * by anonymous auth by * read\n'
        file.write_text(file.read_text() + rights)
        made.add("".join(entries))
        with made.running():
            yield made


Opening = Callable[..., LdapDirectory]


@pytest.fixture
def opening(server: Slapd, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opening]:
    monkeypatch.setenv("DIRECTORY_PASSWORD", PASSWORD)
    with ExitStack() as opened:

        def make(base: str = SUFFIX) -> LdapDirectory:
            usual = {"dialect": "openldap", "user": SERVICE, "password_env": "DIRECTORY_PASSWORD"}
            made = LdapDirectory([server.url], base=base, plain_on_loopback=True, **usual)  # type: ignore[arg-type]
            opened.callback(made.close)
            return made

        yield make


def _labels(directory: LdapDirectory, kind: str, wanted: Filter) -> set[str]:
    return {entry.label for entry in directory.read(Question(kind, wanted, limit=1000)).entries}


def _called(directory: LdapDirectory, kind: str, name: str) -> Entry:
    (found,) = directory.read(Question(kind, Compare("login" if kind == "user" else "name", "==", name))).entries
    return found


@pytest.mark.parametrize("base", [SUFFIX, PEOPLE])
def test_entries_say_so_and_searches_find_them(opening: Opening, base: str) -> None:
    directory = opening(base)
    assert _labels(directory, "user", InGroup(UNSEEN)) == {"bob", "dora", "erin"}
    assert {"alice", "carol"} <= _labels(directory, "user", Not(InGroup(UNSEEN)))
    assert "Below" in _labels(directory, "group", InGroup(UNSEEN))
    assert UNSEEN in _called(directory, "user", "bob").groups


def test_a_group_outside_the_base_leads_on_to_those_inside(opening: Opening) -> None:
    directory = opening(PEOPLE)
    top = directory.locate("Top", "group")
    assert top is not None
    assert _called(directory, "user", "carol").groups == {top.id}
    assert "carol" in _labels(directory, "user", InGroup(top.id))


def test_a_named_group_is_believed_about_its_members(opening: Opening) -> None:
    directory = opening()
    assert _called(directory, "user", "fred").groups == frozenset()
    top, lost = directory.locate("Top", "group"), directory.locate("Lost", "group")
    assert top is not None
    assert lost is not None
    assert _called(directory, "user", "fred").groups == {top.id}
    assert _called(directory, "user", "fred").attributes["groups"] == (top,)
    assert _called(directory, "user", "gina").groups == {top.id, lost.id}
    assert _called(directory, "user", "alice").groups == frozenset()
    assert _labels(directory, "user", Not(InGroup(top.id))) >= {"alice", "agent"}
    assert not _labels(directory, "user", Not(InGroup(top.id))) & {"fred", "gina"}


@pytest.mark.parametrize("base", [SUFFIX, PEOPLE])
def test_nobody_of_them_is_reached_where_groups_protect(opening: Opening, base: str) -> None:
    directory = opening(base)
    people, groups = _reached(directory, base, "in_group: Top")
    assert people == {"alice"}
    assert groups == {"Plain"}


def test_it_is_said_why(opening: Opening) -> None:
    directory = opening()
    policy, _ = read_access("access.yaml", POLICY.format(suffix=SUFFIX, kept="in_group: Top").encode())
    authority = Authority(resolve(policy, lambda kind, text: directory.locate(text, kind), directory.place_of))
    actor = Actor("session", "agent", "Agent", _called(directory, "user", "agent"))
    bob = _called(directory, "user", "bob")
    asked = Asked(actor, "user.password.reset", bob, None, datetime.now(UTC))
    assert protection(authority, asked, {}).startswith("bob is in groups that Deskhand's account cannot read")


def test_they_are_where_no_group_matters(opening: Opening) -> None:
    directory = opening(PEOPLE)
    people, groups = _reached(directory, PEOPLE, "id: alice")
    assert people == {"bob", "carol", "dora", "erin", "fred", "gina"}
    assert {"Below", "Plain", "Top"} <= groups


def _reached(directory: LdapDirectory, base: str, kept: str) -> tuple[set[str], set[str]]:
    """Return whom the agent may reset and which groups change, by search; each one decided on in the same way."""
    policy, problems = read_access("access.yaml", POLICY.format(suffix=base, kept=kept).encode())
    assert not [one for one in problems if one.level == "error"]
    authority = Authority(resolve(policy, lambda kind, text: directory.locate(text, kind), directory.place_of))
    actor = Actor("session", "agent", "Agent", _called(directory, "user", "agent"))
    now = datetime.now(UTC)
    found: list[set[str]] = []
    for kind, permission in (("user", "user.password.reset"), ("group", "group.members.manage")):
        scope = authority.scope(actor, [permission], kind, form=None, now=now)
        found.append(_labels(directory, kind, scope))
        decided = {
            entry.label
            for entry in directory.scan(kind, Not(Compare("name" if kind == "group" else "login", "==", "")))
            if authority.decide(actor, permission, entry, form=None, now=now).allowed
        }
        assert decided == found[-1]
    return found[0] - {"svc"}, found[1]


def test_the_doctor_names_the_groups(opening: Opening) -> None:
    found = [one.detail for one in opening().examine(()) if one.what == "memberships" and one.state == "warning"]
    warned = [detail for detail in found if "cn=Hidden" in detail]
    assert len(warned) == 1
    assert "cn=Hidden,ou=Groups" in warned[0]
    assert "cn=Odd" in warned[0]
