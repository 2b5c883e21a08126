"""Look into the directory behind the pages."""

from connectors.spi import Compare, Entry, Ids, Question
from runner.store.records import Submission
from tests.browser.serving import Site, person_id


def read_person(site: Site, login: str) -> Entry:
    """Return somebody as the directory has them now."""
    connector = site.installation.services.connectors.for_kind("user")
    (entry,) = connector.read(Question("user", Ids(frozenset({person_id(login)})))).entries
    return entry


def find_person(site: Site, login: str) -> Entry | None:
    """Return somebody by the login, when there is such an account."""
    connector = site.installation.services.connectors.for_kind("user")
    return next(iter(connector.read(Question("user", Compare("login", "==", login))).entries), None)


def groups_of(site: Site, login: str) -> set[str]:
    """Return the names of the groups somebody is in."""
    connectors = site.installation.services.connectors
    found = connectors.for_kind("group").read(Question("group", Ids(read_person(site, login).groups))).entries
    return {str(entry.attributes["name"]) for entry in found}


def submission_at(site: Site, address: str) -> Submission:
    """Return the submission whose page has this address."""
    return site.installation.services.store.submissions.get(address.rpartition("/")[2])
