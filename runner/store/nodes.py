"""Which processes run submissions, and which of them are gone."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, insert, select, update

from runner.errors import NotFoundError
from runner.store.database import Database
from runner.store.records import Node
from runner.store.rows import as_row, plain
from runner.store.tables import nodes, submissions


class NodeStore:
    """Processes and when they were last heard of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, id: str, host: str, pid: int, now: datetime) -> None:
        """Note that this process runs submissions from now on; an id is used by one process only, ever."""
        row = as_row(Node(id, host, pid, now, now))
        self._database.write(lambda connection: connection.execute(insert(nodes).values(row)).rowcount)

    def heartbeat(self, id: str, now: datetime) -> None:
        """Note that this process lives; raises `NotFoundError` when others have taken it for dead and removed it."""
        query = update(nodes).where(nodes.c.id == id).values(seen_at=now)
        if self._database.write(lambda connection: connection.execute(query).rowcount) != 1:
            raise NotFoundError("this node was taken for lost; it has to be started again")

    def dead(
        self, now: datetime, host: str, is_alive: Callable[[int], bool], timeout_seconds: int = 30
    ) -> Sequence[str]:
        """Return the ids of nodes that are gone.

        A node on ``host`` is gone when ``is_alive`` says that its process is not there, or another node was registered
        with the same process id since; any node is gone when nothing was heard of it for ``timeout_seconds``.
        """
        found = self.all()
        newest = {(node.host, node.pid): node.id for node in found}
        oldest_seen = now - timedelta(seconds=timeout_seconds)

        def is_gone(node: Node) -> bool:
            replaced = newest[node.host, node.pid] != node.id
            ended = node.host == host and not is_alive(node.pid)
            return replaced or ended or node.seen_at < oldest_seen

        return [node.id for node in found if is_gone(node)]

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
