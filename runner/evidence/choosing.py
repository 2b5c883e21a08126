"""Choose records for an evidence pack, and prove each under the newest checkpoint. Reads the store."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runner.errors import NotFoundError
from runner.journal.offline.tree import leaf_hash
from runner.journal.proving import inclusion_paths
from runner.journal.records import subject_id
from runner.store.checkpoints import StoredCheckpoint
from runner.store.store import Store
from runner.witnessing.examining import start_of


@dataclass(frozen=True, slots=True)
class Choice:
    """Which records: those on a person, by an agent (the id of an account), of a form or a submission, from and until when.

    What is empty does not choose; ``since`` is included, ``until`` is not.  ``words`` says the same for a reader.
    """

    words: str
    person: str = ""
    agent: str = ""
    form: str = ""
    since: datetime | None = None
    until: datetime | None = None
    submission: str = ""

    def may_fit(self, line: str) -> bool:
        """Say whether a record could be chosen, by a look at its line alone: most are not, and need not be read."""
        wanted = (self.person, self.agent, self.form, self.submission)
        return all(json.dumps(one, ensure_ascii=False) in line for one in wanted if one)

    def fits(self, body: Mapping[str, Any]) -> bool:
        """Say whether a record is chosen."""
        moment = datetime.fromisoformat(str(body["time"]))
        return (
            (not self.person or subject_id(body, "target") == self.person)
            and (not self.agent or subject_id(body, "actor") == self.agent)
            and (not self.form or subject_id(body, "form") == self.form)
            and (not self.submission or subject_id(body, "submission") == self.submission)
            and (self.since is None or moment >= self.since)
            and (self.until is None or moment < self.until)
        )


@dataclass(frozen=True, slots=True)
class Proved:
    """A record that was chosen: its line, its place in the tree, from 0, and the hashes that lead to the root."""

    line: str
    index: int
    path: Sequence[bytes]


def chosen(store: Store, choice: Choice) -> tuple[Sequence[Proved], StoredCheckpoint]:
    """Return the records that a choice fits, in their order, and the checkpoint they are proved under.

    Raises `NotFoundError` when nothing is signed yet or no record fits, `ValueError` when the journal begins with an archive
    that no checkpoint covers.
    """
    newest, start = store.checkpoints.newest(), start_of(store)
    if newest is None:
        raise NotFoundError("nothing of the journal is signed yet; serve the desk once")
    leaves: list[bytes] = []
    lines: dict[int, str] = {}
    for _, line in store.checkpoints.records_as_found():
        index = start.size + len(leaves)
        if index >= newest.size:
            break
        leaves.append(leaf_hash(line.encode("utf-8", "surrogatepass")))
        if _fits(choice, line):
            lines[index] = line
    if not lines:
        raise NotFoundError("no record fits, so there is nothing to pack")
    paths = inclusion_paths(leaves, lines, start)
    return [Proved(line, index, paths[index]) for index, line in lines.items()], newest


def _fits(choice: Choice, line: str) -> bool:
    try:
        return choice.may_fit(line) and choice.fits(json.loads(line))
    except (ValueError, KeyError, TypeError):
        return False  # what was found before a break may be no record
