"""What is compiled once in a test process: catalogues of the same files, templates of every site, statements of every desk.

Compiling the whole library takes nearly half a second each time, compiling all templates a whole one; each desk that is opened
has fifty statements.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from types import CodeType, MappingProxyType
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from connectors.spi import Unkepts, Verb
from forms.definition import Catalogue
from forms.errors import Problem

Loaded = tuple[Catalogue, tuple[Problem, ...]]
Loading = Callable[..., Loaded]
OPENING = ("runner.wiring", "runner.cli.forms")  # modules that compile what they find in the folder of a desk
_MOST = 24  # of a few megabytes each
_MOST_STATEMENTS = 3_000


class Remembered:
    """`load_catalogue`, which is pure, with a memory: equal files, verbs and unkept attributes give the same catalogue."""

    def __init__(self, load: Loading) -> None:
        self._load = load
        self._kept: OrderedDict[frozenset[tuple[str, bytes]], list[tuple[object, Loaded]]] = OrderedDict()

    def __call__(
        self, folder: Mapping[str, bytes], verbs: Mapping[str, Verb], unkept: Unkepts = MappingProxyType({})
    ) -> Loaded:
        files, of_systems = frozenset(folder.items()), (tuple(verbs.items()), tuple(unkept.items()))
        same_files = self._kept.setdefault(files, [])
        self._kept.move_to_end(files)
        for known, loaded in same_files:
            if known == of_systems:
                return loaded
        loaded = self._load(folder, verbs, unkept)
        same_files.append((of_systems, loaded))
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return loaded


class CompiledTemplates(BytecodeCache):
    """Keeps what Jinja compiled, for other environments with the same settings; a changed template is compiled anew."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._kept[bucket.key] = bucket.checksum, bucket.code


class CompiledStatements(MutableMapping[tuple[Any, ...], Any]):
    """A ``compiled_cache`` of SQLAlchemy for engines of the same kind of database, which else compile each for itself."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], Any] = {}

    def __getitem__(self, key: tuple[Any, ...]) -> Any:
        return self._kept[_of_any_engine(key)]

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        if len(self._kept) >= _MOST_STATEMENTS:
            self._kept.clear()
        self._kept[_of_any_engine(key)] = compiled

    def __delitem__(self, key: tuple[Any, ...]) -> None:
        del self._kept[_of_any_engine(key)]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def _of_any_engine(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *statement = key
    return type(dialect), *statement
