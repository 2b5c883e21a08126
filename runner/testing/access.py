"""Try the tests that stand in the access file on a fixture's company: every one is one decision for each permission.

They go through the same authority that decides on a desk, with the same names and the same day.  Reads only.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from connectors.errors import ConnectorError
from connectors.spi import Entry, Ref
from connectors.verbs import PERMISSIONS
from runner.access.explanation.explaining import explanation
from runner.access.explanation.lacking import Asked
from runner.access.form_rights import form_entry
from runner.access.model import Actor, PolicyTest
from runner.pipeline.reading import Reader
from runner.testing.expecting import Difference
from runner.testing.walking import TestError
from runner.testing.world import World

_ANYBODY = Actor("test-everyone", "everyone", "everyone", None)
_SAID = {True: "allowed", False: "refused"}


def differences_of(world: World, test: PolicyTest) -> tuple[Difference, ...]:
    """Return each permission that is decided otherwise than the test says, with the sentence that explains it.

    Raises `TestError` when the fixture or the desk has not what the test names.
    """
    try:
        return tuple(_differences(world, test))
    except ConnectorError as error:
        raise TestError(str(error)) from error


def _differences(world: World, test: PolicyTest) -> Iterator[Difference]:
    now = _moment(world, test)
    actor = _actor(world, test)
    entry = _entry(world, test, actor, now) if test.kind else None
    authority = world.services.authority.current()
    groups = _groups(world, entry)
    for permissions, wanted in ((test.may, True), (test.may_not, False)):
        for permission in permissions:
            found = explanation(authority, Asked(actor, permission, entry, test.form, now), groups)
            allowed = found.decision.allowed
            if allowed != wanted:
                yield Difference(_where(permission, test), _SAID[wanted], f"{_SAID[allowed]}: {found.sentence}")


def _moment(world: World, test: PolicyTest) -> datetime:
    now = world.services.now()
    return now if test.day is None else now.replace(year=test.day.year, month=test.day.month, day=test.day.day)


def _actor(world: World, test: PolicyTest) -> Actor:
    who = test.who
    if who.kind == "everyone":
        return _ANYBODY
    if who.kind == "client":
        return Actor(f"client-{who.name}", who.name, who.name, None, client=who.name)
    person = world.person(who.name)
    if person is None:
        raise TestError(f'There is nobody "{who.name}" in {world.fixture.file}.')
    return world.actor(person)


def _entry(world: World, test: PolicyTest, actor: Actor, now: datetime) -> Entry:
    if test.kind == "mail_domain":
        name = test.what.lower()
        return Entry(Ref("mail_domain", name), name, (), {"name": name})
    if test.kind == "form":
        if test.what not in world.services.catalogue.forms:
            raise TestError(f'There is no form "{test.what}".')
        return form_entry(test.what)
    named = world.named(test.kind, test.what)
    found = Reader(world.services, actor, test.form, now).entry(named.ref) if named else None
    if found is None:
        raise TestError(f'There is no {test.kind.replace("_", " ")} "{test.what}" in {world.fixture.file}.')
    return found


def _groups(world: World, entry: Entry | None) -> Mapping[str, Entry]:
    """Return the groups an object is in, so that an explanation can name the way into a protected one."""
    found = (world.entry(Ref("group", id_)) for id_ in sorted(entry.groups if entry else ()))
    return {group.ref.id: group for group in found if group is not None}


def _where(permission: str, test: PolicyTest) -> str:
    meaning = PERMISSIONS[permission][1]
    what = f" on the {test.kind.replace('_', ' ')} {test.what}" if test.kind else ""
    inside = f" in the form {test.form}" if test.form else ""
    return f"{permission} ({meaning[0].lower()}{meaning[1:]}){what}{inside}"
