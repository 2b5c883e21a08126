"""What ``org:`` of ``settings.yaml`` could say, from what a directory shows. Reads from the directory; writes nothing."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from connectors.directory import names
from connectors.errors import ConnectorError
from connectors.ldap.connector import LdapDirectory
from connectors.registry import Connectors
from connectors.spi import Entry, Everything
from runner.doctor.org_names import meant_by, unfound

_MOST_READ = 1_000
_MOST_PROPOSED = 8
_MAIL_KEY = "mail_domain"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a directory shows: domains of addresses and of sign-in names, the most usual first, and the DNs of units."""

    base: str
    mail_domains: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A key of ``org`` that does not fit: its value, why not, and what it could be; nothing where that is not known."""

    key: str
    value: str
    why: str
    instead: tuple[str, ...] = ()


def shown_by(directory: LdapDirectory, base: str) -> Shown:
    """Look at some people and units; raises `UnavailableError`."""
    people = list(islice(directory.scan("user", Everything()), _MOST_READ))
    units = islice(directory.scan("ou", Everything()), _MOST_READ)
    by_use = _domains(people, "upn")
    known = {one.lower(): one for one in directory.suffixes()}
    used = [known[one] for one in by_use if one in known]
    return Shown(
        base,
        tuple(_domains(people, "mail")),
        tuple(dict.fromkeys((*used, *known.values()))),
        tuple(sorted((unit.dn for unit in units), key=lambda dn: (len(names.parse(dn)), dn.lower()))),
    )


def _domains(people: Iterable[Entry], attribute: str) -> list[str]:
    addresses = (person.attributes.get(attribute) for person in people)
    found = Counter(one.rpartition("@")[2].lower() for one in addresses if isinstance(one, str) and "@" in one)
    return [domain for domain, _ in found.most_common()]


def missing(org: Mapping[str, str], connectors: Connectors) -> frozenset[str]:
    """Return the keys of ``org`` that name what the directory does not have; none when it does not answer."""
    try:
        return frozenset(one.key for one in unfound(org, connectors))
    except ConnectorError:
        return frozenset()


def proposals(
    org: Mapping[str, str], sample: Mapping[str, str], lost: Collection[str], shown: Shown
) -> Iterator[Proposal]:
    """Yield what does not fit; ``sample`` is ``org`` of a new desk, ``lost`` the keys of what is not there. Pure."""
    for key, value in org.items():
        meant, is_sample = meant_by(key, value), value == sample.get(key)
        if key.endswith(_MAIL_KEY):
            if value.lower() not in shown.mail_domains:
                yield Proposal(key, value, "no address that was looked at ends so", shown.mail_domains[:_MOST_PROPOSED])
        elif meant == "suffix":
            known = shown.suffixes or shown.mail_domains
            if value.lower() not in {one.lower() for one in known}:
                yield Proposal(key, value, "no suffix of sign-in names here", known[:_MOST_PROPOSED])
        elif key in lost:
            yield Proposal(key, value, f"there is no such {meant}", _instead(meant or "", value, shown))
        elif meant is None and is_sample:
            yield Proposal(key, value, "as the library has it")


def _instead(meant: str, value: str, shown: Shown) -> tuple[str, ...]:
    if meant == "domain":
        return (_domain_of(shown.base),)
    if meant != "unit":
        return ()
    called = _first(value)
    alike = tuple(unit for unit in shown.units if _first(unit) == called)
    return (alike or shown.units)[:_MOST_PROPOSED]


def _first(dn: str) -> str:
    return dn.partition(",")[0].lower().replace(" ", "")


def _domain_of(base: str) -> str:
    at: Callable[[str], int] = base.lower().find
    return base[at("dc=") :] if at("dc=") >= 0 else base
