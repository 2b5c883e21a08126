"""Random directories and random policies over them, as they are written: names, DNs and direct memberships only."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from connectors.spi import Entry, Ref, Value
from runner.access.model import (
    SELECTOR_KINDS,
    Actor,
    ActorValue,
    Binding,
    Policy,
    Principal,
    ResourceSet,
    Role,
    Selector,
)

ROOT = "DC=sample,DC=test"
UNITS = ("People", "People/Desk", "People/Desk/Night", "People/Desks", "Groups", "Groups/Tier0")
TEXTS = ("Sales", "SALES", "sales", "Straße", "STRASSE", "Finance", "FINANCE", "", "  ", None)
NUMBERS = ("7", "x1", " ", "X1", "7", "", "8")
TODAY = date(2026, 6, 15)
DAYS = tuple(TODAY + timedelta(days=offset) for offset in (-2, -1, 0, 1, 2))
FORMS = (None, None, "unlock", "hire")
NAMED = {"user": 12, "group": 9, "computer": 3, "contact": 2, "mailbox": 4, "mail_list": 2}
IN_GROUPS = ("user", "group", "computer")
LOST = "Gone"
ROLES = ("first", "second", "third")
OWNED = ("mailbox", "mail_list", "group", "computer")


@dataclass(frozen=True, slots=True)
class Thing:
    """One object as a directory keeps it: ``groups`` are the ids of the groups that list it as a member."""

    kind: str
    id: str
    name: str
    dn: str
    attributes: Mapping[str, Value]
    groups: frozenset[str] = frozenset()

    @property
    def ref(self) -> Ref:
        return Ref(self.kind, self.id)


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything two statements of the model are asked about."""

    things: tuple[Thing, ...]
    policy: Policy
    actors: tuple[Actor, ...]
    own_accounts: frozenset[str] = frozenset()

    def entries(self) -> Mapping[Ref, Entry]:
        return {thing.ref: as_read(thing, self.things) for thing in self.things}

    def find(self, kind: str, text: str) -> Thing | None:
        """Find what an administrator means by a name or a DN, in any case and with blanks in it."""
        wanted = flat(text)
        return next((one for one in self.things if one.kind == kind and wanted in (flat(one.name), flat(one.dn))), None)


def flat(text: str) -> str:
    return ",".join(part.strip().lower() for part in text.split(","))


def as_read(thing: Thing, things: Sequence[Thing]) -> Entry:
    """Return the object as a connector hands it over, a mailbox with the groups of its owner."""
    parents = {one.id: one.groups for one in things if one.kind == "group"}
    start = thing.groups
    owner = thing.attributes.get("owner")
    if thing.kind in ("mailbox", "mail_list"):
        start = next((one.groups for one in things if one.ref == owner), frozenset())
    inside: set[str] = set()
    waiting = list(start)
    while waiting:
        group = waiting.pop()
        if group not in inside:
            inside.add(group)
            waiting += parents.get(group, ())
    attributes = {**thing.attributes, "id": thing.id}
    if thing.kind in (*IN_GROUPS, "mailbox", "mail_list"):
        attributes["groups"] = tuple(Ref("group", id_) for id_ in sorted(start))
    parts = flat(thing.dn).split(",") if thing.dn else []
    place = tuple(reversed(parts if thing.kind == "ou" else parts[1:]))
    return Entry(thing.ref, thing.dn, place, attributes, frozenset(inside) - {thing.id})


def unit_dn(path: str) -> str:
    return ",".join([*(f"OU={name}" for name in reversed(path.split("/"))), ROOT])


def random_desk(chance: random.Random) -> Desk:
    """Make a directory, a policy that speaks of it, and everybody who may ask."""
    things = _Directory(chance).things()
    policy = _Policies(chance).policy()
    own_accounts = frozenset(
        chance.sample([thing.id for thing in things if thing.kind == "user"], chance.randint(0, 1))
    )
    return Desk(things, policy, tuple(_actors(things)), own_accounts)


def _actors(things: Sequence[Thing]) -> list[Actor]:
    people = [as_read(thing, things) for thing in things if thing.kind == "user"]
    return [
        Actor("nobody", "", "", None),
        Actor("feed", "", "", None, client="feed"),
        Actor("other", "", "", None, client="other"),
        Actor("bot", "", "", people[0], client="feed"),
        *(Actor(f"account of {person.ref.id}", "", "", person) for person in people),
    ]


class _Directory:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._groups = [f"id-of-group-{number}" for number in range(NAMED["group"])]
        self._people = [Ref("user", f"id-of-user-{number}") for number in range(NAMED["user"])] + [Ref("user", "left")]

    def things(self) -> tuple[Thing, ...]:
        units = (Thing("ou", f"id-of-ou-{path}", path, unit_dn(path), {"name": path}) for path in UNITS)
        named = (self._thing(kind, number) for kind, count in NAMED.items() for number in range(count))
        domains = (Thing("mail_domain", name, name, "", {}) for name in ("sample.test", "branch.test"))
        forms = (Thing("form", name, name, "", {}) for name in ("unlock", "hire"))
        return (*units, *named, *domains, *forms)

    def _thing(self, kind: str, number: int) -> Thing:
        name, chance = f"{kind}-{number}", self._chance
        groups = chance.sample(self._groups, chance.choice((0, 1, 1, 2, 3))) if kind in IN_GROUPS else ()
        dn = "" if kind in ("mailbox", "mail_list") else f"CN={name.title()},{unit_dn(chance.choice(UNITS))}"
        id_ = f"id-of-{kind}-{number}"
        attributes = self._attributes(kind)
        if kind == "user":
            attributes["employee_id"] = NUMBERS[number % len(NUMBERS)]
        return Thing(kind, id_, name, dn, attributes, frozenset(groups) - {id_})

    def _attributes(self, kind: str) -> dict[str, Value]:
        chance = self._chance
        found: dict[str, Value] = {
            "department": chance.choice(TEXTS),
            "description": chance.choice((*TEXTS, self._people[0].id)),
            "company": chance.choice(TEXTS),
            "kind": chance.choice(("shared", "room", "Personal", "")),
        }
        if kind == "user":
            found["manager"] = chance.choice((None, *self._people))
            found["is_service"] = chance.choice((True, *[False, None] * 6))
            found["privileged"] = chance.choice((True, *[False, None] * 8))
            found["expires_on"] = chance.choice((*DAYS, None))
        if kind in OWNED:
            found["owner"] = chance.choice((None, *self._people))
        if kind == "group":
            found["sensitive"] = chance.choice((True, False, 1, "true", None))
            found["member_count"] = chance.choice((0, 1, 2, True, None))
        return {name: value for name, value in found.items() if value is not None or chance.random() < 0.5}


class _Policies:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def policy(self) -> Policy:
        chance = self._chance
        sets = {f"set-{number}": self._set(f"set-{number}") for number in range(6)}
        shields = {
            name: self._set(name, personal=False) for name in ("tier0", "service")[: chance.choice((0, 0, 1, 2))]
        }
        roles = {name: self._role(name) for name in ROLES}
        bindings = tuple(self._binding(number, [*sets, *shields]) for number in range(chance.randint(3, 8)))
        return Policy(roles, {**sets, **shields}, bindings, tuple(shields))

    def _role(self, name: str) -> Role:
        chance = self._chance
        covers = tuple(chance.sample(ROLES, chance.choice((0, 0, 0, 1, 2))))
        return Role(name, name, self._permissions(), ordinary=chance.choice((None, None, True, False)), covers=covers)

    def _permissions(self) -> frozenset[str]:
        names = ("user.read", "user.unlock", "user.move", "user.delete", "group.read", "group.members.manage",
                 "group.create", "computer.manage", "contact.manage", "mailbox.manage", "mailbox.create",
                 "mailbox.permissions.manage", "form.use", "audit.read")  # fmt: skip
        rare = {"access.manage"} if self._chance.random() < 0.1 else set()
        return frozenset(self._chance.sample(names, self._chance.choice((1, 2, 3, 5, 7, 9)))) | rare

    def _binding(self, number: int, sets: Sequence[str]) -> Binding:
        chance = self._chance
        principals = tuple(dict.fromkeys(self._principal() for _ in range(chance.choice((1, 1, 2, 3)))))
        starts, ends = (chance.choice((*[None] * 15, *DAYS)) for _ in range(2))
        forms = chance.choice((*[None] * 9, frozenset({"unlock"}), frozenset({"unlock", "hire"}), frozenset()))
        on = tuple(chance.sample(sets, chance.choice((0, 1, 2, 3, 3))))
        return Binding(f"binding-{number}", principals, chance.choice(ROLES), on, forms, starts, ends)

    def _principal(self) -> Principal:
        kind = self._chance.choice(("user", "group", "group", "group", "client", "everyone"))
        names = {"client": ("feed",), "everyone": ("",)}.get(kind) or (*self._names(kind), LOST)
        return Principal(kind, self._chance.choice(names))  # type: ignore[arg-type]

    def _names(self, kind: str) -> list[str]:
        names = [self._written(f"{kind}-{number}") for number in range(NAMED.get(kind, 0))]
        return names or ([unit_dn(path) for path in UNITS] if kind == "ou" else [])

    def _written(self, name: str) -> str:
        return self._chance.choice((name, name.upper()))

    def _set(self, name: str, *, personal: bool = True) -> ResourceSet:
        chance = self._chance
        most = 6 if personal else 2
        resources = tuple(self._selector(personal=personal) for _ in range(chance.randint(1, most)))
        if personal and chance.random() < 0.12:
            resources = (Selector("user", own=True),)
        excluded = tuple(self._selector(personal=personal) for _ in range(chance.choice((0, 0, 1, 2))))
        return ResourceSet(name, name, resources, excluded)

    def _selector(self, *, personal: bool) -> Selector:
        chance = self._chance
        kind = chance.choice((*SELECTOR_KINDS.values(), "user", "user", "user", "user", "group", "group", "mailbox"))
        own = personal and kind == "user" and chance.random() < 0.15
        likely = 0.25 if personal else 0.5
        if kind == "group" and chance.random() < 0.03:
            return Selector(kind, in_list="products")
        keys = {key: chance.random() < likely for key in ("under", "in_group", "ids", "match")}
        return Selector(
            kind,
            under=self._unit() if keys["under"] and kind in (*IN_GROUPS, "contact", "ou") else None,
            in_group=self._group() if keys["in_group"] and kind in (*IN_GROUPS, "mailbox") else None,
            nested=chance.random() < 0.6,
            ids=self._ids(kind) if keys["ids"] and not own else None,
            match=self._match(kind, personal=personal) if keys["match"] else (),
            own=own,
        )

    def _unit(self) -> str:
        dn = unit_dn(self._chance.choice(UNITS))
        return self._chance.choice((dn, dn, dn.lower().replace(",", " , "), f"OU=Later,{dn}", ROOT, "no unit"))

    def _group(self) -> str:
        return self._chance.choice((*self._names("group"), LOST))

    def _ids(self, kind: str) -> tuple[str, ...]:
        opaque = {"mail_domain": ("sample.test", "Sample.TEST", "other.test"), "form": ("unlock", "Hire", "hire")}
        names = opaque.get(kind) or (*self._names(kind), LOST)
        return tuple(dict.fromkeys(self._chance.choices(names, k=self._chance.randint(1, 3))))

    def _match(self, kind: str, *, personal: bool) -> tuple[tuple[str, object], ...]:
        chance = self._chance
        name = chance.choice({"user": ("department", "manager", "is_service", "expires_on", "description"),
                              "group": ("department", "owner", "sensitive", "member_count"),
                              "computer": ("owner",), "contact": ("company",),
                              "mailbox": ("kind", "owner"), "mail_list": ("owner",)}.get(kind, ("name",)))  # fmt: skip
        person = chance.choice((*self._names("user")[:3], LOST))
        constants = {
            "is_service": (True, False),
            "expires_on": DAYS,
            "sensitive": (True, False),
            "name": UNITS,
            "member_count": (0, 1, 2),
            "manager": (person,),
            "owner": (person,),
            "kind": ("shared", "room"),
        }
        own = {"manager": ("", "manager"), "owner": ("", "manager"), "is_service": ("is_service",),
               "expires_on": ("expires_on",), "description": ("id", "department")}.get(name, ("department",))  # fmt: skip
        fits = name in ("department", "company", "manager", "owner", "is_service", "expires_on", "description")
        if personal and fits and chance.random() < 0.6:
            return ((name, ActorValue(chance.choice(own))),)
        return ((name, chance.choice(constants.get(name, ("Sales", "FINANCE", "strasse")))),)
