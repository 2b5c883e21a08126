"""Forward every record to a syslog receiver, in order, exactly as it was sealed."""

from collections.abc import Iterator
from dataclasses import dataclass

from runner.journal.syslog import record_message, syslog_line
from runner.store.checkpoints import Receiver
from runner.store.store import Store
from runner.witnessing.syslog_sending import SyslogConnection, SyslogReceiver

AT_ONCE = 500
_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Forwarding:
    """Brings records to a receiver, some hundreds on one connection; what a broken one may have lost is sent again.

    The lines are those of the chain, so what is said of persons stays under their keys there too.
    """

    store: Store
    receiver: SyslogReceiver
    host: str

    @property
    def name(self) -> str:
        """The receiver's name."""
        return f"records to {self.receiver.url}"

    @property
    def is_witness(self) -> bool:
        """Whether it is checkpoints that are brought."""
        return False

    def is_waiting(self, receiver: Receiver) -> bool:
        """Say whether a record has not been sent yet."""
        return self.store.journal.head().seq > receiver.place

    def bring(self, receiver: Receiver) -> Iterator[int]:
        """Send the records behind the place; it moves on once a connection was closed and the receiver was still there."""
        place = receiver.place
        for _ in range(_MOST // AT_ONCE):
            rows = self.store.checkpoints.records_behind(place, AT_ONCE)
            if not rows:
                return
            messages = [self._message(seq, line) for seq, line in rows]
            with SyslogConnection(self.receiver) as connection:
                for message in messages:
                    connection.send(message)
            place = rows[-1][0]
            yield place

    def _message(self, seq: int, line: str) -> bytes:
        try:
            return syslog_line(record_message(line, self.host))
        except (ValueError, KeyError, TypeError) as error:
            raise OSError(f"record {seq} is no record any more, so it and those behind it are not sent") from error
