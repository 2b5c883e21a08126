"""The invented company: always the same, everything in it, nothing in it twice."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from unicodedata import name as letter_name
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from connectors.folding import key
from runner.sample.company import make_company
from runner.sample.parts import SUFFIX, Company, Group, Person
from runner.sample.places import BRANCHES, DEPARTMENTS, LEAVERS, LISTS, PEOPLE, REQUESTABLE, SERVICE_ACCOUNTS

NOW = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture(scope="module")
def company() -> Company:
    return make_company(NOW)


def person(company: Company, login: str) -> Person:
    return next(one for one in company.people if one.login == login)


def group(company: Company, name: str) -> Group:
    return next(one for one in company.groups if one.name == name)


def test_the_same_moment_and_seed_give_the_same_company(company: Company) -> None:
    assert make_company(NOW) == company
    assert make_company(NOW, seed=2) != company


def test_another_day_gives_the_same_people_with_other_dates(company: Company) -> None:
    later = make_company(NOW + timedelta(days=30))
    assert [one.login for one in later.people] == [one.login for one in company.people]
    assert [one.id for one in later.groups] == [one.id for one in company.groups]
    assert later != company


def test_there_are_two_thousand_people_in_three_branches_and_twelve_departments(company: Company) -> None:
    assert len(company.people) == 2_000
    assert {one.branch for one in company.people} == {branch.name for branch in BRANCHES}
    assert {one.department for one in company.people} == {department.name for department in DEPARTMENTS}
    assert len(DEPARTMENTS) == 12
    assert len(company.groups) == 151
    assert {one.unit for one in company.computers} == {branch.workstations for branch in BRANCHES}


def test_every_name_that_has_to_be_unique_is(company: Company) -> None:
    everybody = (*company.people, *company.service_accounts)
    uniques: list[list[str]] = [
        [one.login for one in everybody],
        [one.id for one in (*everybody, *company.units, *company.groups, *company.computers, *company.contacts)],
        [f"{one.cn},{one.unit}" for one in everybody],
        [one.employee_id for one in company.people],
        [one.phone for one in company.people],
        [one.name for one in company.groups],
        [one.name for one in company.computers],
        [address for one in everybody for address in one.addresses] + [one.mail for one in company.groups if one.mail],
        [address for one in company.mailboxes for address in one.addresses],
    ]
    for names in uniques:
        twice = [name for name, count in Counter(map(key, names)).items() if count > 1]
        assert twice == []


def test_logins_are_plain_and_names_are_in_many_alphabets(company: Company) -> None:
    for one in company.people:
        assert one.login.isascii()
        assert len(one.login) <= 20
        assert set(one.login) <= set("abcdefghijklmnopqrstuvwxyz0123456789.")
    alphabets = {
        letter_name(letter).split()[0] for one in company.people for letter in one.display_name if letter.isalpha()
    }
    wanted = {
        "LATIN",
        "GREEK",
        "CYRILLIC",
        "ARABIC",
        "HEBREW",
        "CJK",
        "HIRAGANA",
        "KATAKANA",
        "HANGUL",
        "DEVANAGARI",
        "THAI",
    }
    assert wanted <= alphabets


def test_phone_numbers_can_exist(company: Company) -> None:
    for number in {number for one in company.people for number in (one.phone, one.mobile) if number}:
        parsed = phonenumbers.parse(number)
        assert phonenumbers.is_valid_number(parsed), number
        assert "555" in number


def test_managers_form_a_tree_with_one_root(company: Company) -> None:
    above = {one.login: one.manager for one in company.people if one.unit != LEAVERS}
    for login in above:
        seen = set[str]()
        while login:
            assert login not in seen
            seen.add(login)
            login = above[login]
    assert [login for login, manager in above.items() if not manager] == ["h.grachtenvoort"]


def test_every_state_is_there_in_a_known_number(company: Company) -> None:
    today = NOW.date()
    people = company.people
    soon = [one for one in people if one.expires_on and today <= one.expires_on <= today + timedelta(days=30)]
    found = {
        "locked": sum(one.locked_at is not None for one in people),
        "expired": sum(one.expires_on is not None and one.expires_on < today for one in people),
        "ending soon": len(soon),
        "disabled": sum(one.state == "disabled" for one in people),
        "in leavers": sum(one.unit == LEAVERS for one in people),
        "pending": sum(one.state == "pending" for one in people),
        "must change": sum(one.must_change for one in people),
        "idle": sum(
            one.state == "active" and one.last_logon is not None and NOW - one.last_logon > timedelta(days=120)
            for one in people
        ),
    }
    assert found == {
        "locked": 40, "expired": 30, "ending soon": 35, "disabled": 60, "in leavers": 40, "pending": 12,
        "must change": 25, "idle": 22,
    }  # fmt: skip
    assert all(one.last_logon is None or one.last_logon <= (one.disabled_at or NOW) for one in people)
    assert all(one.created and one.created <= NOW for one in people)
    assert any(one.last_logon is None and one.state == "active" for one in people)
    assert any(not one.mail for one in people)


def test_the_people_of_the_demo_are_in_the_state_the_pages_show(company: Company) -> None:
    zoe = person(company, "z.lindqvist")
    assert (zoe.display_name, zoe.department, zoe.branch) == ("Zoë Lindqvist", "Sales", "Rotterdam")
    assert zoe.locked_at == NOW.replace(hour=9, minute=12)
    assert zoe.last_logon == NOW.replace(hour=8, minute=57)
    assert zoe.password_set_on == NOW - timedelta(days=94)
    assert zoe.manager == "p.dewit"
    assert person(company, "p.dewit").display_name == "Pieter de Wit"
    tomas = person(company, "t.novak")
    assert (tomas.display_name, tomas.department, tomas.branch) == ("Tomáš Novák", "Warehouse", "Rotterdam")
    amina = person(company, "a.haddad")
    assert amina.expires_on == NOW.date() + timedelta(days=9)
    assert (amina.department, amina.state) == ("Finance", "active")
    assert [one.name for one in company.computers if one.owner == "z.lindqvist"] == ["RDM-WS-0417"]
    assert group(company, "GG-Sales-Leads").owner == "p.dewit"
    assert "z.lindqvist" not in group(company, "GG-Sales-Leads").people


def test_early_in_the_morning_nobody_was_locked_in_the_future() -> None:
    early = make_company(NOW.replace(hour=6))
    assert all(one.locked_at is None or one.locked_at < NOW.replace(hour=6) for one in early.people)


def test_units_stand_below_each_other(company: Company) -> None:
    known = {""}
    for unit in company.units:
        assert unit.parent in known
        assert unit.dn == f"OU={unit.name},{unit.parent or SUFFIX}"
        known.add(unit.dn)
    used = {one.unit for one in (*company.people, *company.service_accounts, *company.groups, *company.computers)}
    assert used <= known
    assert {f"OU={branch.name},{PEOPLE}" for branch in BRANCHES} | {REQUESTABLE, LISTS, SERVICE_ACCOUNTS} <= known


def test_everything_that_is_pointed_at_exists(company: Company) -> None:
    logins = {one.login for one in company.people}
    groups = {one.name for one in company.groups}
    for one in company.groups:
        assert set(one.people) <= logins
        assert set(one.groups) <= groups
        assert not one.owner or one.owner in logins
        assert len(set(one.people)) == len(one.people)
    assert {one.manager for one in company.people} - {""} <= logins
    assert {one.owner for one in company.computers} <= logins
    assert {login for one in company.mailboxes for login in (one.owner, *one.full_access, *one.send_as)} - {
        ""
    } <= logins


def test_groups_of_every_sort_are_there(company: Company) -> None:
    names = {one.name for one in company.groups}
    assert {
        "SD-Rotterdam",
        "SD-Utrecht",
        "SD-FirstLine",
        "KeyUsers",
        "Identity-Leads",
        "Access-Admins",
        "Form-Authors",
        "Approvers",
    } <= names
    assert {"Audit", "Tier0-Admins", "Domain Admins", "GG-VPN", "APP-Visio", "APP-VSCode", "DL-Sales"} <= names
    assert group(company, "DL-Sales").department == "Sales"
    assert group(company, "DL-Sales").unit == LISTS
    assert all(one.unit == REQUESTABLE for one in company.groups if one.name.startswith("APP-"))
    assert all(one.owner for one in company.groups if one.sensitive and one.unit == REQUESTABLE)
    assert "Domain Admins" in group(company, "Tier0-Admins").groups
    loop = ("GG-Project-Delta", "GG-Project-Delta-Partners", "GG-Project-Delta")
    assert all(inner in group(company, outer).groups for outer, inner in pairwise(loop))
    empty = [one.name for one in company.groups if not (one.people or one.groups)]
    assert empty == ["GG-Printing-Plotter", "GG-Test-Lab"]


def test_leavers_are_in_no_group(company: Company) -> None:
    gone = {one.login for one in company.people if one.unit == LEAVERS}
    assert not gone & {login for one in company.groups for login in one.people}


def test_who_signs_in_exists_and_is_in_the_group_of_the_part(company: Company) -> None:
    parts = {
        "agent.rotterdam": "SD-Rotterdam", "agent.utrecht": "SD-Utrecht", "firstline": "SD-FirstLine",
        "keyuser.sales": "KeyUsers", "author": "Form-Authors", "approver": "Approvers", "auditor": "Audit",
        "lead": "Identity-Leads", "access.admin": "Access-Admins",
    }  # fmt: skip
    sign_ins = {one.login: one for one in company.sign_ins}
    assert parts.keys() | {"alice", "bob"} <= sign_ins.keys()
    for login, name in parts.items():
        assert login in group(company, name).people
    for login, sign_in in sign_ins.items():
        assert sign_in.person == person(company, login).id
        assert sign_in.title
        assert sign_in.what
    assert group(company, "APP-AutoCAD").owner in sign_ins.keys() - {person(company, "alice").manager}
    assert not {"alice", "bob"} & {login for name in parts.values() for login in group(company, name).people}
    tier0 = {
        login
        for name in ("Tier0-Admins", "Tier0-Server-Admins", "Domain Admins")
        for login in group(company, name).people
    }
    assert len(tier0) >= 4
    assert not tier0 & sign_ins.keys()


def test_mailboxes_are_personal_shared_and_rooms(company: Company) -> None:
    kinds = Counter(one.kind for one in company.mailboxes)
    assert kinds["shared"] == 20
    assert kinds["personal"] > 1_500
    assert kinds["room"] == 3
