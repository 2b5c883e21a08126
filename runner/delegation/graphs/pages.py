"""What the picture of paths is drawn from: nodes from left to right, and the steps between them. Pure data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PathNode:
    """One stop of a path.

    ``id`` is its resource name, ``kind`` one of `runner.access.graph.kinds.NODE_KINDS`, ``word`` that kind in plain words
    ("person"), ``label`` what people call it.
    """

    id: str
    kind: str
    word: str
    label: str


@dataclass(frozen=True, slots=True)
class PathStep:
    """The way from one stop to the next.

    ``kind`` is one of `runner.access.graph.kinds.EDGE_KINDS`, ``verb`` the words for an arrow ("can reset the password of"),
    ``sentence`` the whole step in words.  ``binding`` is the id of the row that gives it, empty where none does, ``forms``
    the ids of the forms that carry it out, ``also`` what has to be held as well ("user.groups.manage by …"), in words.
    """

    kind: str
    verb: str
    sentence: str
    binding: str = ""
    forms: tuple[str, ...] = ()
    also: str = ""


@dataclass(frozen=True, slots=True)
class PathPicture:
    """One shortest path: ``steps[n]`` leads from ``nodes[n]`` to ``nodes[n + 1]``, so there is one step less than nodes."""

    nodes: tuple[PathNode, ...]
    steps: tuple[PathStep, ...]


@dataclass(frozen=True, slots=True)
class PathsPage:
    """The shortest paths between two ends, all of the same length; none when there is no way.

    ``start`` and ``goal`` are the ends in words.  ``trouble`` says in a sentence why an end could not be found; then there
    are no paths.  ``more`` says that there are more of the same length.  ``reached`` counts the people that can be reached
    from the start in any number of steps.
    """

    start: str
    goal: str
    form: str = ""
    paths: tuple[PathPicture, ...] = ()
    more: bool = False
    trouble: str = ""
    reached: int = 0
