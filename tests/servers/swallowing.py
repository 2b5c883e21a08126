"""A line to a server that swallows what goes over it, both ways or only the answers, while both ends stay connected."""

import contextlib
import socket
import threading
from typing import Literal

_PIECE = 65_536


class SwallowingLine:
    """Passes bytes on to a port of this machine. ``swallows`` is what gets lost from now on."""

    def __init__(self, port: int) -> None:
        self._server = ("127.0.0.1", port)
        self.swallows: Literal["", "all", "answers"] = ""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Listen no more, and cut what is open."""
        for one in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(self._server)
                self._open += [client, server]
                for source, sink, answers in ((client, server, False), (server, client, True)):
                    threading.Thread(target=self._pass_on, args=(source, sink, answers), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(_PIECE):
                if self.swallows != "all" and not (answers and self.swallows):
                    sink.sendall(piece)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
