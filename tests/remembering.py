"""Catalogues of the same files, compiled once in a test process: the whole library takes nearly half a second each time."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from types import MappingProxyType

from connectors.spi import Unkepts, Verb
from forms.definition import Catalogue
from forms.errors import Problem

Loaded = tuple[Catalogue, tuple[Problem, ...]]
Loading = Callable[..., Loaded]
OPENING = ("runner.wiring", "runner.cli.forms")  # modules that compile what they find in the folder of a desk
_MOST = 24  # of a few megabytes each


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
