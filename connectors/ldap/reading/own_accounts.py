r"""Which people Deskhand itself signs in as. Reads only.

Active Directory takes an account by many names (``DOMAIN\login``, ``name@domain``, its canonical name), so it is asked
whom it took the name for: its root entry tells the security ids of whoever asks (tokenGroups of the
rootDSE).  Elsewhere the name is a DN.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from connectors.directory import names
from connectors.errors import ConnectorError, RejectedError
from connectors.ldap import filters
from connectors.ldap.reading.locating import locate
from connectors.ldap.reading.reader import Reader
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import Search
from connectors.spi import Observation

_CHUNK = 100
_NAMED_BY = ("login", "upn", "cn")


@dataclass(frozen=True, slots=True)
class OwnAccounts:
    """Ids of people; ``unsure`` are names of accounts for which everybody was taken who could be meant."""

    ids: frozenset[str]
    unsure: tuple[str, ...] = ()

    def observations(self) -> Iterator[Observation]:
        """Yield what is wrong with it."""
        for name in self.unsure:
            yield Observation(
                "own account",
                "error",
                f"the directory does not tell which account {name} is, so everybody is protected who could be meant. "
                "Write user as the account's DN.",
            )


def own_accounts(reader: Reader, accounts: Iterable[tuple[str, Serving]]) -> OwnAccounts:
    """Return the people below the base whose names these are, each with what signs in by it.

    Raises `UnavailableError`.
    """
    ids: set[str] = set()
    unsure: list[str] = []
    for name, serving in accounts:
        found = _known(reader, name, serving)
        if found is None:
            unsure.append(name)
        ids.update(_candidates(reader, name) if found is None else found)
    return OwnAccounts(frozenset(ids), tuple(unsure))


def _known(reader: Reader, name: str, serving: Serving) -> frozenset[str] | None:
    """Return the account, none when it is no person below the base; None when that cannot be told."""
    if sids := security_ids(serving) if reader.layout.dialect.states == "active_directory" else ():
        asked = (filters.any_of(f"(objectSid={filters.octets(sid)})" for sid in part) for part in _chunks(sids))
        return frozenset(id_ for one in asked for id_ in _people(reader, one))
    try:
        names.parse(name)
    except RejectedError:
        return None
    ref = locate(reader, name, "user")
    return frozenset({ref.id} if ref else ())


def security_ids(serving: Serving) -> Sequence[bytes]:
    """Return the security ids of whoever asks an Active Directory, groups among them; none when it does not tell."""
    try:
        row = serving.first(Search("", "(objectClass=*)", ("tokenGroups",), "base", page=0))
    except ConnectorError:
        return ()
    return row.values.get("tokengroups", ()) if row is not None else ()


def _candidates(reader: Reader, name: str) -> Iterator[str]:
    """Yield whoever has the name, or what stands before or behind a domain in it, as login, sign-in name or object name."""
    texts = reader.layout.kind("user").texts
    attributes = {texts.get(one, one) for one in _NAMED_BY}
    parts = {name, name.rpartition("\\")[2], name.partition("@")[0], name.rpartition("/")[2]}
    spelt = sorted(part for part in parts if part)
    yield from _people(
        reader, filters.any_of(filters.equals(one, part) for one in sorted(attributes) for part in spelt)
    )


def _people(reader: Reader, asked: str) -> Iterator[str]:
    return (one.entry.ref.id for one in reader.found("user", list(reader.serving.rows(reader.search("user", asked)))))


def _chunks(sids: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (sids[start : start + _CHUNK] for start in range(0, len(sids), _CHUNK))
