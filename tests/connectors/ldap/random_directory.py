"""Invented people at random: accents, ligatures, odd spaces, the Turkish i, and groups in each other in loops."""

from random import Random

from tests.servers.ldif import record
from tests.servers.openldap import NOBODY, SUFFIX

FIRST = (
    "Zoë",
    "José",
    "JOSE\u0301",
    "Ingrid",
    "İpek",
    "Işık",
    "ismail",
    "Łukasz",
    "Ørjan",
    "Ἑλένη",
    "Mary  Ann",
    "Ann\u00a0Lee",
)
LAST = ("Müller", "MULLER", "Straße", "STRASSE", "Strasse", "Griﬃn", "Griffin", "O'Neill", "van  der Berg", "Van Der Berg",
        "d\u2019Arc", "Σίσυφος", "ΣΊΣΥΦΟΣ", "Ångström", "A\u030angstrom", "(Ext) *", "50% _", "Þór",
        "ŒUVRE", "Ｗｉｄｅ")  # fmt: skip
DEPARTMENTS = ("Sales", "sales", "SALES ", "Verkäufe", "Verkaufe", "R&D", "Straße 1", "strasse 1", "ﬁnance", "finance")
UNITS = tuple(f"OU={name},{SUFFIX}" for name in ("Random One", "Random Two"))


def people_and_groups(dialect: str, people: int, groups: int, seed: int) -> str:
    """Return the LDIF of units, people and groups for one kind of server."""
    random, texts = Random(seed), []
    is_ad = dialect == "active_directory"
    names = [f"CN=Random {number:04d},{random.choice(UNITS)}" for number in range(people)]
    called = [f"CN=Circle {number:03d},{UNITS[0]}" for number in range(groups)]
    members = {group: set(random.sample(names, min(people, random.choice((0, 1, 5, 40))))) for group in called}
    for group in called:
        members[group] |= set(random.sample([one for one in called if one != group], random.choice((0, 1, 1, 2))))
    texts += [
        record(unit, {"objectClass": ["organizationalUnit"]} | ({} if is_ad else {"ou": [unit[3:13]]}))
        for unit in UNITS
    ]
    for number, dn in enumerate(names):
        texts.append(record(dn, _person(random, number, dn, names, members, is_ad=is_ad)))
    for group in called:
        found = {
            "objectClass": ["group" if is_ad else "groupOfNames"],
            "description": [random.choice(DEPARTMENTS).strip()],
        }
        if is_ad:
            found["sAMAccountName"] = [group[3:13]]
        else:
            found |= {
                "cn": [group[3:13]],
                "member": sorted(members[group]) or [NOBODY],
                "memberOf": [one for one in called if group in members[one]],
            }
        texts.append(record(group, found))
    if is_ad:
        for group in called:
            if members[group]:
                lines = "".join(f"member: {dn}\n" for dn in sorted(members[group]))
                texts.append(f"dn: {group}\nchangetype: modify\nadd: member\n{lines}-\n\n")
    return "".join(texts)


def _person(
    random: Random, number: int, dn: str, names: list[str], members: dict[str, set[str]], *, is_ad: bool
) -> dict[str, list[str]]:
    first, last = random.choice(FIRST), random.choice(LAST)
    login, unit = f"rnd{number:04d}", random.choice(DEPARTMENTS)
    found = {
        "givenName": [first],
        "sn": [last],
        "displayName": [f"{first} {last}"],
        "mail": [f"{login}@example.test"],
        "title": [random.choice(DEPARTMENTS)] if random.random() < 0.7 else [],
        "department" if is_ad else "departmentNumber": [unit] if random.random() < 0.8 else [],
        "description": [f"{last} {unit}"] if random.random() < 0.5 else [],
    }
    if is_ad:
        control = str(random.choice((0x200, 0x202)))
        return {**found, "objectClass": ["user"], "sAMAccountName": [login], "userAccountControl": [control]}
    return {
        **found,
        "objectClass": ["inetOrgPerson"],
        "cn": [dn[3:14]],
        "uid": [login],
        "manager": [random.choice(names)] if random.random() < 0.3 else [],
        "pwdAccountLockedTime": ["000001010000Z"] if random.random() < 0.2 else [],
        "memberOf": [group for group, inside in members.items() if dn in inside],
    }
