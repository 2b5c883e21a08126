"""Two directories joined pass the contract of connectors, whichever of them holds the sample."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from connectors.joined.connector import JoinedDirectories
from connectors.joined.translating import Translation, split
from connectors.local.connector import LocalDirectory
from connectors.spi import Operation, Ref
from tests.connectors.contract import Case
from tests.connectors.joined.sample_directories import BASE, OTHER_BASE, copies, joined, opened
from tests.connectors.local.test_local_directory_contract import LocalDirectoryContract

VERBS = [
    "directory.user.create",
    "directory.user.update",
    "directory.user.move",
    "directory.user.join_groups",
    "directory.group.set_owner",
    "directory.group.change_members",
    "directory.computer.delete",
]
NOWHERE = Path("/nowhere/at/all/directory.db")


class JoinedContract(LocalDirectoryContract):
    """The hooks of the contract; ``bases`` says where each directory begins, ``sample`` which one is the sample."""

    bases: ClassVar[Mapping[str, str]]
    sample: ClassVar[str]

    @pytest.fixture
    def connector(self, both_files: dict[str, Path], tmp_path: Path) -> Iterator[JoinedDirectories]:
        files = copies(both_files, tmp_path)
        directories = joined({name: (files[base], base) for name, base in self.bases.items()})
        yield directories
        directories.close()

    def case_for(self, connector: JoinedDirectories, verb: str) -> Case:
        part = self.part(connector, self.sample)
        case = super().case_for(part, verb)
        there = Operation("", verb, case.arguments)
        translation = Translation(self.sample, frozenset(connector.kinds))
        arguments = translation._operation(there, translation.ref).arguments
        return Case(arguments, case.secrets, case.again, case.kept)

    def part(self, connector: JoinedDirectories, name: str) -> LocalDirectory:
        found = next(part.connector for part in connector.parts if part.name == name)
        assert isinstance(found, LocalDirectory)
        return found

    def touch(self, connector: JoinedDirectories, ref: Ref) -> None:
        name, id_ = split(ref.id)
        super().touch(self.part(connector, name), Ref(ref.kind, id_))

    def move(self, connector: JoinedDirectories, ref: Ref) -> bool:
        name, id_ = split(ref.id)
        return super().move(self.part(connector, name), Ref(ref.kind, id_))

    def everything_stored(self, connector: JoinedDirectories) -> bytes:
        files = [Path(str(self.part(connector, name).engine.url.database)) for name in self.bases]
        parts = [part for file in files for part in sorted(file.parent.glob(f"{file.name}*"))]
        return b"".join(part.read_bytes() for part in parts)

    def unreachable(self) -> JoinedDirectories:
        return JoinedDirectories({name: (opened(NOWHERE), base) for name, base in self.bases.items()})


class TestTheSampleInTheFirstDirectory(JoinedContract):
    bases: ClassVar[Mapping[str, str]] = {"corp": BASE, "lab": OTHER_BASE}
    sample: ClassVar[str] = "corp"


class TestTheSampleInTheSecondDirectory(JoinedContract):
    """The same the other way round; of the verbs, one of each shape of arguments."""

    bases: ClassVar[Mapping[str, str]] = {"corp-2": OTHER_BASE, "corp": BASE}
    sample: ClassVar[str] = "corp"

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "verb" in metafunc.fixturenames:
            metafunc.parametrize("verb", VERBS)
