"""Who can, and what can they: the answers are those that deciding on everybody and everything one by one would give."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.matching import matches
from connectors.spi import Entry, Filter, Page, Question, Ref
from connectors.verbs import PERMISSIONS
from runner.access.authority import Authority
from runner.access.model import Actor, Binding, Policy, Principal, ResourceSet, Role, Selector
from runner.access.resolving import resolve
from runner.delegation import asking as asking_module
from runner.delegation.asking import Asking
from runner.delegation.reaching import Reach, counted
from runner.store.records import Account
from runner.store.review_records import Standing
from tests.runner.access.test_random_decisions import NAMED, NOW, locate, place, policies, towns

CALM = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
SERVED = ("user", "group", "ou", "mailbox", "computer", "contact", "mail_list")


@dataclass
class TownSystem:
    """All objects of a town, read as a connector reads them."""

    entries: list[Entry]
    kinds: tuple[str, ...] = SERVED

    def for_kind(self, _kind: str) -> "TownSystem":
        return self

    def read(self, question: Question) -> Page:
        found = list(self.scan(question.kind, question.filter))
        return Page(tuple(found[: question.limit]), len(found) > question.limit)

    def scan(self, kind: str, filter: Filter) -> Iterator[Entry]:
        yield from (one for one in self.entries if one.ref.kind == kind and matches(filter, one))

    def locate(self, text: str, kind: str) -> Ref | None:
        return next((one.ref for one in self.entries if one.ref == Ref(kind, text)), None)


def asking_in(town: list[Entry], policy: Policy, accounts: tuple[Account, ...] = ()) -> tuple[Asking, Authority]:
    authority = Authority(resolve(policy, locate, place))
    by_login = {one.login: (one, None) for one in accounts}
    services = SimpleNamespace(
        authority=SimpleNamespace(current=lambda: authority, written=lambda: policy),
        connectors=TownSystem(town),
        catalogue=SimpleNamespace(forms={"f": None, "other": None}, settings=None),
        store=SimpleNamespace(
            accounts=SimpleNamespace(list=lambda: accounts, by_login=by_login.get),
            reviews=SimpleNamespace(standing=Standing),
        ),
        now=lambda: NOW,
    )
    return Asking(services), authority


def as_the_desk_reads(asking: Asking, town: list[Entry]) -> list[Entry]:
    """Return the objects with what the desk puts to them: a mailbox has the groups of its owner."""
    read = (asking.named.reader().entry(one.ref) for one in town if one.ref.kind in SERVED)
    return [one for one in read if one is not None]


@CALM
@given(policies(), towns(), st.data())
def test_who_can_is_everybody_who_is_allowed(policy, town, data):
    accounts = (Account("acc-1", "kiosk", "Kiosk", None, disabled=False), Account("acc-2", "p1", "P", "id-p1", False))
    asking, authority = asking_in(town, policy, accounts)
    form = data.draw(st.sampled_from([None, "f"]))
    actors = {one.ref.id: Actor("", one.ref.id, one.ref.id, one) for one in town if one.ref.kind == "user"}
    actors |= {"kiosk": Actor("acc-1", "kiosk", "Kiosk", None), "feed": Actor("feed", "feed", "feed", None, "feed")}
    for entry in as_the_desk_reads(asking, town):
        for permission in NAMED:
            if "" in PERMISSIONS[permission][0]:
                continue
            found = asking.who_can(permission, f"{entry.ref.kind}:{entry.ref.id}", form)
            decided = {
                name: authority.decide(actor, permission, entry, form=form, now=NOW) for name, actor in actors.items()
            }
            allowed = {name: decision.binding for name, decision in decided.items() if decision.allowed}
            named = {one.person or one.text.removeprefix("client:"): one.binding for one in found.holders}
            assert named == allowed
            assert not found.more


@CALM
@given(policies(), towns(), st.data())
def test_what_can_counts_what_is_allowed(policy, town, data):
    asking, authority = asking_in(town, policy)
    person = data.draw(st.sampled_from([one for one in town if one.ref.kind == "user"]))
    lines = asking.what_can(f"user:{person.ref.id}").lines
    actor, seen = Actor("", "", "", person), as_the_desk_reads(asking, town)
    for permission in NAMED:
        for kind in set(PERMISSIONS[permission][0]) & set(SERVED):
            for form in (None, "f"):
                allowed = {
                    one.ref.id
                    for one in seen
                    if one.ref.kind == kind and authority.decide(actor, permission, one, form=form, now=NOW).allowed
                }
                mine = [one for one in lines if (one.permission, one.kind) == (permission, kind)]
                here = [one for one in mine if one.form == form] or [one for one in mine if one.form is None]
                assert (here[0].reach.ids if here else frozenset()) == allowed


def everyone_reads(count: int) -> tuple[Asking, Authority]:
    people = [
        Entry(Ref("user", f"id-{number:05}"), "", (), {"login": f"p{number}", "display_name": f"P {number}"})
        for number in range(count)
    ]
    policy = Policy(
        {"r": Role("r", "r", frozenset({"user.read", "access.read"}))},
        {"all": ResourceSet("all", "all", (Selector("user"),))},
        (Binding("b", (Principal("everyone"),), "r", ("all",)),),
    )
    return asking_in(people, policy)


def test_a_long_answer_is_cut_and_says_so():
    asking, _ = everyone_reads(asking_module.MOST_LISTED + 5)
    found = asking.who_can("user.read", "user:id-00001")
    assert (len(found.holders), found.more) == (asking_module.MOST_LISTED, True)
    (line,) = [one for one in asking.what_can("user:id-00001").lines if one.kind == "user"]
    assert counted(line.reach, "user") == "more than 1,000 people, such as P 0, P 1, P 2"


def test_a_person_whose_account_in_the_directory_has_ended_is_not_among_them():
    asking, _ = everyone_reads(2)
    asking.services.connectors.entries[0].attributes["enabled"] = False
    found = asking.who_can("access.read", "desk")
    assert [one.label for one in found.holders] == ["P 1"]
    gone = asking.what_can("user:id-00000")
    assert "disabled in the directory" in gone.who.ended
    assert gone.lines == ()
    assert not asking.explain("user:id-00000", "user.read", "user:id-00001").allowed


@pytest.mark.parametrize(
    ("reach", "kind", "words"),
    [
        (Reach(1, examples=("APP-Visio",)), "group", "the group APP-Visio"),
        (Reach(2, examples=("A", "B")), "mailbox", "2 mailboxes, such as A, B"),
        (Reach(None), "mail_domain", "all mail domains"),
        (Reach(None), "", "the desk as a whole"),
    ],
)
def test_counts_are_said_in_words(reach, kind, words):
    assert counted(reach, kind) == words


def test_another_day_is_asked_about_as_that_day():
    people = [Entry(Ref("user", "id-p1"), "", (), {"login": "p1"})]
    policy = Policy(
        {"r": Role("r", "r", frozenset({"user.read"}))},
        {"all": ResourceSet("all", "all", (Selector("user"),))},
        (Binding("b", (Principal("everyone"),), "r", ("all",), starts=date(2026, 12, 1)),),
    )
    asking, _ = asking_in(people, policy)
    assert not asking.explain("user:id-p1", "user.read", "user:id-p1").allowed
    assert [row.id for row in asking.what_can("user:id-p1").other_days] == ["b/everyone/all"]
    (line,) = asking.on(date(2026, 12, 24)).what_can("user:id-p1").lines
    assert line.windows == ("from 2026-12-01",)
    assert asking.on(date(2026, 12, 24)).explain("user:id-p1", "user.read", "user:id-p1").allowed
