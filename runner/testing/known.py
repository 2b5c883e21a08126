"""The groups of the fixtures in a folder, for what is judged without a directory. Pure."""

from collections.abc import Iterator, Mapping

from runner.access.rights_groups import KnownGroup
from runner.testing.fixtures import Fixture, read_fixture

_SUFFIXES = (".yaml", ".yml", ".json")


def known_groups(files: Mapping[str, bytes]) -> tuple[KnownGroup, ...]:
    """Return every group that a readable fixture of the folder holds."""
    found: list[KnownGroup] = []
    for file in sorted(files):
        if file.endswith(_SUFFIXES) and "fixtures" in file.split("/")[:-1]:
            fixture, _ = read_fixture(file, files[file])
            found += _groups(fixture) if fixture else ()
    return tuple(found)


def _groups(fixture: Fixture) -> Iterator[KnownGroup]:
    groups = [entry for entry in fixture.entries if entry.kind == "group"]
    for entry in groups:
        name = str(entry.attributes.get("name") or "")
        own = entry.attributes.get("groups")
        parents = {str(each) for each in own} if isinstance(own, tuple) else set()
        called = {name.lower(), entry.dn.lower(), entry.id.lower()}
        parents |= {
            str(other.attributes.get("name"))
            for other in groups
            if called & {str(member).lower() for member in other.members}
        }
        yield KnownGroup(name, entry.dn, frozenset(parents))
