"""Which processes run submissions, and which of them are gone."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, exists, insert, select, update

from runner.errors import NotFoundError
from runner.store.database import Database
from runner.store.records import Node
from runner.store.rows import as_row, plain
from runner.store.tables import nodes, submissions

SILENT_SECONDS = 30
"""How long after its last sign a node is taken for gone, wherever it runs."""


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class NodeStore:
    """Processes and when they were last heard of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, id: str, host: str, pid: int, now: datetime) -> None:
        """Note that this process runs submissions from now on; an id is used by one process only, ever.

        Whoever had the same process id on this host before is gone, whatever the clock said then.
        """
        row = as_row(Node(id, host, pid, now, now))
        replaced = update(nodes).where(nodes.c.host == host, nodes.c.pid == pid).values(seen_at=_LONG_AGO)

        def work(connection: Connection) -> None:
            connection.execute(replaced)
            connection.execute(insert(nodes).values(row))

        self._database.write(work)

    def heartbeat(self, id: str, now: datetime) -> None:
        """Note that this process lives; raises `NotFoundError` when others have taken it for dead and removed it."""
        query = update(nodes).where(nodes.c.id == id).values(seen_at=now)
        if self._database.write(lambda connection: connection.execute(query).rowcount) != 1:
            raise NotFoundError("this node was taken for lost; it has to be started again")

    def dead(
        self, now: datetime, host: str, is_alive: Callable[[int], bool], timeout_seconds: int = SILENT_SECONDS
    ) -> Sequence[str]:
        """Return the ids of nodes that are gone.

        A node on ``host`` is gone when ``is_alive`` says that its process is not there; any node is gone when nothing was
        heard of it for ``timeout_seconds``, or another one was registered with its process id since.
        """
        oldest_seen = now - timedelta(seconds=timeout_seconds)

        def is_gone(node: Node) -> bool:
            return node.seen_at < oldest_seen or (node.host == host and not is_alive(node.pid))

        return [node.id for node in self.all() if is_gone(node)]

    def leave(self, id: str) -> None:
        """Forget a node that ended, unless something it ran has no outcome: then it has to be found `dead`."""
        unfinished = exists().where(submissions.c.node == id, submissions.c.state == "running")
        query = delete(nodes).where(nodes.c.id == id, ~unfinished)
        self._database.write(lambda connection: connection.execute(query).rowcount)

    def all(self) -> Sequence[Node]:
        """Return every node, in the order they were registered."""

        def work(connection: Connection) -> list[Node]:
            query = select(nodes).order_by(nodes.c.started_at, nodes.c.id)
            return [plain(Node, row) for row in connection.execute(query).mappings()]

        return self._database.read(work)
