"""What stands in lists: people, tasks, facts and submissions, and the pages made of them. Immutable."""

from dataclasses import dataclass
from datetime import datetime

from runner.pipeline.grants.pages import GrantLine


@dataclass(frozen=True, slots=True)
class Chip:
    """One fact of state at a glance: ``tone`` is ``ok``, ``warn``, ``bad``, ``info`` or empty; ``icon`` a Bootstrap icon."""

    text: str
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A form that may be offered. ``why_not`` is empty when it is; else the sentence why it is not."""

    form: str
    title: str
    description: str
    icon: str
    category: str
    asks: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """A person, group, mailbox … in a list or a picker."""

    id: str
    kind: str
    label: str
    detail: str
    initials: str
    chips: tuple[Chip, ...] = ()
    cells: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value on a card; ``person`` is the id of the person it names, when the actor may open that one."""

    label: str
    text: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One submission in a list; ``id`` is empty when its record is not open to the actor.

    ``undo`` is the id under which the actor may take it back, empty otherwise.  ``due_at`` is when it runs by itself, of what
    waits for that.
    """

    id: str
    form: str
    title: str
    actor: str
    target: str
    target_id: str
    ticket: str
    state: str
    at: datetime
    undo: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeskPage:
    """The first page: tiles by category, people helped lately, own unfinished or unclear work."""

    categories: tuple[tuple[str, tuple[Tile, ...]], ...]
    recent_people: tuple[Thing, ...]
    attention: tuple[HistoryLine, ...]


@dataclass(frozen=True, slots=True)
class FindPage:
    """What one typed text finds."""

    text: str
    people: tuple[Thing, ...]
    tiles: tuple[Tile, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A person's card; ``coming`` is what is to run for the person by itself."""

    person: Thing
    subtitle: str
    facts: tuple[Fact, ...]
    tiles: tuple[Tile, ...]
    lately: tuple[HistoryLine, ...]
    has_photo: bool = False
    ends: tuple[GrantLine, ...] = ()
    coming: tuple[HistoryLine, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Submissions, newest first."""

    lines: tuple[HistoryLine, ...]
    page: int
    more: bool


@dataclass(frozen=True, slots=True)
class PickPage:
    """What a picker found; ``error`` when the list could not be loaded."""

    things: tuple[Thing, ...]
    more: bool
    error: str = ""
