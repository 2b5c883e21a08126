"""Random policies, actors and objects: decisions, searches and a plain reading of the rules agree."""

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.matching import matches
from connectors.spi import Entry, Ref
from connectors.verbs import PERMISSIONS
from runner.access.authority import Authority
from runner.access.model import (
    Actor,
    ActorValue,
    Binding,
    Policy,
    Principal,
    ResourceSet,
    Role,
    Selector,
)
from runner.access.resolving import resolve

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
GROUPS = ("g1", "g2", "g3", "gone")
PLACES = ("a", "a/b", "a/bb", "a/b/c")
PEOPLE = ("p1", "p2", "p3", "p4", "p5")
KINDS = ("user", "group", "ou", "mailbox", "mail_domain")
TEXTS = ("Sales", "SALES", "Finance", "", "  ", None)
NUMBERS = ("7", "7", "x1", "X1", "", "  ", None, None)
NAMED = ("user.read", "user.unlock", "user.move", "group.read", "group.members.manage", "mailbox.manage",
         "mailbox.create", "user.create", "audit.read", "computer.manage")  # fmt: skip


def optional(strategy):
    return st.none() | strategy


@st.composite
def selectors(draw, *, personal=True):
    kind = draw(st.sampled_from(KINDS))
    if kind == "mail_domain":
        return Selector(kind, ids=draw(optional(st.just(("sample.test",)))))
    match = []
    if draw(st.booleans()) and kind in ("user", "group"):
        value = ActorValue("department") if personal else "sales"
        match.append(("department", draw(st.sampled_from([value, "sales"]))))
    if draw(st.integers(0, 3)) == 0 and kind in ("user", "mailbox"):
        value = ActorValue("") if personal else "p1"
        match.append(("manager" if kind == "user" else "owner", draw(st.sampled_from([value, "p2"]))))
    names = PEOPLE if kind == "user" else GROUPS if kind == "group" else PLACES
    return Selector(
        kind,
        under=draw(optional(st.sampled_from(PLACES))) if kind in ("user", "group", "ou") else None,
        in_group=draw(optional(st.sampled_from(GROUPS))) if kind != "ou" else None,
        nested=draw(st.booleans()),
        ids=draw(optional(st.lists(st.sampled_from(names), min_size=1, max_size=2).map(tuple)))
        if kind in ("user", "group") and draw(st.booleans())
        else None,
        match=tuple(match),
        own=personal and kind == "user" and draw(st.integers(0, 4)) == 0,
    )


def sets_of(draw, name, *, personal=True):
    resources = draw(st.lists(selectors(personal=personal), min_size=1, max_size=3).map(tuple))
    excluded = draw(st.lists(selectors(personal=personal), max_size=1).map(tuple)) if draw(st.booleans()) else ()
    return ResourceSet(name, name, resources, excluded)


PRINCIPALS = st.one_of(
    st.just(Principal("everyone")),
    st.sampled_from(GROUPS).map(lambda name: Principal("group", name)),
    st.sampled_from(PEOPLE).map(lambda name: Principal("user", name)),
    st.just(Principal("client", "feed")),
)
DAYS = st.sampled_from([None, None, date(2026, 6, 14), date(2026, 6, 15), date(2026, 6, 16)])


@st.composite
def policies(draw, holders=(True,)):
    sets = {name: sets_of(draw, name) for name in ("s1", "s2", "s3")}
    sets["tier0"] = sets_of(draw, "tier0", personal=False)
    roles = {
        name: Role(
            name,
            name,
            draw(st.frozensets(st.sampled_from(NAMED), min_size=1, max_size=5)),
            ordinary=draw(st.sampled_from(holders)),
            covers=draw(st.sampled_from([(), (), ("r1",), ("r2",)])),
        )
        for name in ("r1", "r2")
    }
    bindings = tuple(
        Binding(
            f"b{number}",
            tuple(draw(st.lists(PRINCIPALS, min_size=1, max_size=2, unique=True))),
            draw(st.sampled_from(["r1", "r2"])),
            tuple(draw(st.lists(st.sampled_from(["s1", "s2", "s3", "tier0"]), min_size=1, max_size=2, unique=True))),
            draw(st.sampled_from([None, None, frozenset({"f"})])),
            draw(DAYS),
            draw(DAYS),
        )
        for number in range(draw(st.integers(1, 5)))
    )
    return Policy(roles, sets, bindings, draw(st.sampled_from([(), ("tier0",)])))


def place(text):
    return tuple(text.split("/"))


@st.composite
def people(draw, name):
    direct = draw(st.frozensets(st.sampled_from(("g1", "g2", "g3")), max_size=2))
    attributes = {
        "department": draw(st.sampled_from(TEXTS)),
        "employee_id": draw(st.sampled_from(NUMBERS)),
        "manager": draw(optional(st.sampled_from(PEOPLE).map(lambda other: Ref("user", f"id-{other}")))),
        "groups": tuple(Ref("group", f"id-{group}") for group in sorted(direct)),
    }
    groups = direct | ({"g3"} if direct & {"g1", "g2"} else set())  # g1 and g2 are in g3
    return Entry(
        Ref("user", f"id-{name}"), "", place(draw(st.sampled_from(PLACES))), attributes,
        frozenset(f"id-{group}" for group in groups),
    )  # fmt: skip


@st.composite
def towns(draw):
    everybody = [draw(people(name)) for name in PEOPLE]
    inside = {"g1": frozenset({"id-g3"}), "g2": frozenset({"id-g3"}), "g3": frozenset()}
    groups = [
        Entry(
            Ref("group", f"id-{name}"), "", place(draw(st.sampled_from(PLACES))),
            {"department": draw(st.sampled_from(TEXTS)), "groups": tuple(Ref("group", id_) for id_ in inside[name])},
            inside[name],
        )
        for name in ("g1", "g2", "g3")
    ]  # fmt: skip
    units = [Entry(Ref("ou", f"id-{text}"), "", place(text), {}) for text in PLACES]
    owner = draw(st.sampled_from(everybody))
    boxes = [Entry(Ref("mailbox", "id-box"), "", (), {"owner": owner.ref}, owner.groups)]
    domains = [Entry(Ref("mail_domain", text), "", (), {}) for text in ("sample.test", "other.test")]
    return [*everybody, *groups, *units, *boxes, *domains]


def locate(kind, text):
    return None if text == "gone" else Ref(kind, f"id-{text}")


@st.composite
def actors(draw, town):
    person = draw(st.sampled_from([None, *(entry for entry in town if entry.ref.kind == "user")]))
    client = draw(st.sampled_from([None, None, None, "feed", "other"]))
    return Actor("account", "login", "Name", person, client)


# --- the rules, read plainly, from the policy as written


def empty(value):
    return value is None or (isinstance(value, str) and not value.strip())


def value_of(actor, value):
    if not isinstance(value, ActorValue):
        return value
    if actor is None or actor.person is None:
        return None
    return actor.person.attributes.get(value.attribute) if value.attribute else actor.person.ref


def selects(selector, entry, actor, *, widely):
    """True, False, or None when it cannot be worked out."""
    unknown = selector.in_group == "gone" or (selector.ids is not None and set(selector.ids) == {"gone"})
    unknown = unknown or (widely and "gone" in (selector.ids or ()))
    wanted = [(name, value_of(actor, value)) for name, value in selector.match]
    if unknown or any(empty(v) for _, v in wanted) or (selector.own and (actor is None or actor.person is None)):
        return None
    if entry.ref.kind != selector.kind:
        return False
    id_ = entry.ref.id
    named = {text if selector.kind == "mail_domain" else f"id-{text}" for text in selector.ids or () if text != "gone"}
    if selector.own:
        named = {actor.person.ref.id}
    if (selector.own or selector.ids is not None) and id_ not in named:
        return False
    if selector.under and entry.place[: len(place(selector.under))] != place(selector.under):
        return False
    if selector.in_group:
        direct = {ref.id for ref in entry.attributes.get("groups", ())}
        if f"id-{selector.in_group}" not in (entry.groups if selector.nested or widely else direct):
            return False
    return all(equal(entry.attributes.get(name), value) for name, value in wanted)


def equal(found, wanted):
    if isinstance(wanted, str) and wanted.startswith("p"):
        wanted = Ref("user", f"id-{wanted}")
    if empty(found) or type(found) is not type(wanted):
        return False
    return found.lower() == wanted.lower() if isinstance(found, str) else found == wanted


def left_out(resource_set, entry, actor):
    answers = [
        True if answer is None and one.kind == entry.ref.kind else answer
        for one in resource_set.excluded
        for answer in [selects(one, entry, actor, widely=True)]
    ]
    return any(answers)


def is_protected(policy, entry):
    for name in policy.protected:
        found = policy.sets[name]
        if any(selects(one, entry, None, widely=False) for one in found.excluded):
            continue
        for one in found.resources:
            if in_protection(one, entry):
                return True
    return False


def in_protection(one, entry):
    if one.in_group == "gone" or "gone" in (one.ids or ()):
        return one.kind == entry.ref.kind
    answer = selects(one, entry, None, widely=True)
    if answer:
        return True
    if selects(replace(one, match=(), under=None, in_group=None), entry, None, widely=False) is None:
        return False
    if one.in_group not in (None, "gone") and entry.ref.kind == "group":
        group = f"id-{one.in_group}"
        if entry.ref.id == group or group in entry.groups:
            return True
    gone = one.in_group == "gone"
    return bool(one.under and not gone and entry.ref.kind == "ou"
                and entry.place[: len(place(one.under))] == place(one.under))  # fmt: skip


def allows(policy, actor, permission, entry, form):
    if is_protected(policy, entry):
        return False
    kinds = PERMISSIONS[permission][0]
    if entry.ref.kind not in kinds and "" not in kinds:
        return False
    oneself = is_own_account(actor.person, entry) and not permission.endswith(".read")
    for binding in policy.bindings:
        starts, ends = binding.starts or date.min, binding.ends or date.max
        if not any(is_for(principal, actor) for principal in binding.principals) or not starts <= NOW.date() <= ends:
            continue
        if permission not in policy.roles[binding.role].permissions or (binding.forms and form not in binding.forms):
            continue
        for name in binding.on:
            found = policy.sets[name]
            chosen = [one for one in found.resources if selects(one, entry, actor, widely=False)]
            if any(one.own or not oneself for one in chosen) and not left_out(found, entry, actor):
                return True
    return False


def is_own_account(person, entry):
    if person is None or entry.ref.kind != "user":
        return False
    one, other = (found.attributes["employee_id"] for found in (person, entry))
    return person.ref == entry.ref or equal(one, other)


def is_for(principal, actor):
    if actor.client is not None:
        return principal == Principal("client", actor.client)
    if principal.kind == "everyone" or actor.person is None:
        return principal.kind == "everyone"
    if principal.name == "gone":
        return False
    if principal.kind == "user":
        return actor.person.ref.id == f"id-{principal.name}"
    return principal.kind == "group" and f"id-{principal.name}" in actor.person.groups


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(policies(), towns(), st.data())
def test_decisions_searches_and_the_plain_rules_agree(policy, town, data):
    actor = data.draw(actors(town))
    form = data.draw(st.sampled_from([None, "f", "other"]))
    authority = Authority(resolve(policy, locate, place))
    for permission in NAMED:
        scopes = {kind: authority.scope(actor, [permission], kind, form=form, now=NOW) for kind in KINDS}
        for entry in town:
            decision = authority.decide(actor, permission, entry, form=form, now=NOW)
            assert decision.allowed == allows(policy, actor, permission, entry, form), (permission, entry.ref)
            assert matches(scopes[entry.ref.kind], entry) == decision.allowed, (permission, entry.ref)
            assert (decision.code == "allowed") == decision.allowed == (decision.binding is not None)
            assert (decision.code == "protected") == is_protected(policy, entry)
            assert decision.code != "protected" or authority.is_protected(entry)
            assert not decision.allowed or authority.holds(actor, permission, entry.ref.kind, form=form, now=NOW)
            assert not decision.allowed or permission in authority.permissions_of(actor, NOW)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(policies(holders=(None, False)), towns(), st.data())
def test_holders_of_rights_are_only_taken_away_and_searches_agree(policy, town, data):
    actor = data.draw(actors(town))
    form = data.draw(st.sampled_from([None, "f", "other"]))
    authority = Authority(resolve(policy, locate, place))
    barrier = authority.barrier(actor, form=form, now=NOW)
    for permission in NAMED:
        scopes = {kind: authority.scope(actor, [permission], kind, form=form, now=NOW) for kind in KINDS}
        for entry in town:
            decision = authority.decide(actor, permission, entry, form=form, now=NOW)
            without = allows(policy, actor, permission, entry, form)
            assert matches(scopes[entry.ref.kind], entry) == decision.allowed, (permission, entry.ref)
            assert without or not decision.allowed
            if without and not decision.allowed:
                assert barrier.stops(entry)
                assert matches(barrier.filter(entry.ref.kind), entry)
                assert not permission.endswith(".read")
                assert decision.code == "protected"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(policies(), towns(), st.data())
def test_one_authority_asked_by_many_answers_as_a_fresh_one(policy, town, data):
    kept = Authority(resolve(policy, locate, place))
    for _ in range(3):
        actor = data.draw(actors(town))
        if actor.person is not None:
            department = data.draw(st.sampled_from(TEXTS))
            attributes = {**actor.person.attributes, "department": department}
            actor = replace(actor, person=replace(actor.person, attributes=attributes))
        fresh = Authority(resolve(policy, locate, place))
        for permission in NAMED:
            for entry in town:
                asked = (actor, permission, entry)
                assert kept.decide(*asked, form=None, now=NOW) == fresh.decide(*asked, form=None, now=NOW)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(policies(), towns(), st.data())
def test_sets_and_their_searches_agree_and_several_permissions_are_all_needed(policy, town, data):
    actor = data.draw(actors(town))
    authority = Authority(resolve(policy, locate, place))
    pair = data.draw(st.lists(st.sampled_from(NAMED), min_size=2, max_size=3))
    for entry in town:
        for name in policy.sets:
            for excluding in (False, True):
                found = matches(authority.set_filter(name, entry.ref.kind, actor, excluding=excluding), entry)
                assert found == authority.in_set(name, entry, actor, excluding=excluding)
            assert authority.in_set(name, entry, actor, excluding=True) or not authority.in_set(name, entry, actor)
        scope = authority.scope(actor, pair, entry.ref.kind, form="f", now=NOW)
        held = all(authority.decide(actor, each, entry, form="f", now=NOW).allowed for each in pair)
        assert matches(scope, entry) == held
