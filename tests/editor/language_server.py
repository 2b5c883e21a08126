"""A client of the real yaml-language-server, over its standard input and output (LSP 3.17, JSON-RPC 2.0)."""

import json
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / ".venv" / "node" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
PATIENCE_SECONDS = 60
CURSOR = "│"
_CAPABILITIES = {
    "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": False}},
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown", "plaintext"]}},
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {},
    },
}


@dataclass(slots=True)
class LanguageServer:
    """A running server; ``settings`` is what it gets when it asks for the section ``yaml``."""

    settings: Mapping[str, Any]
    child: "subprocess.Popen[bytes]" = field(init=False)
    _heard: threading.Condition = field(default_factory=threading.Condition)
    _answers: dict[int, Any] = field(default_factory=dict)
    _diagnostics: dict[str, list[Any]] = field(default_factory=dict)
    _reader: threading.Thread = field(init=False)
    _count: int = 0

    def __post_init__(self) -> None:
        assert SERVER.is_file(), f"{SERVER} is missing: make test installs it"
        self.child = subprocess.Popen(["node", str(SERVER), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": _CAPABILITIES})
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": {"yaml": self.settings}})

    def stop(self) -> None:
        """Ask the server to end, and end its process when it does not."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self._reader.join(10)
        for stream in (self.child.stdin, self.child.stdout):
            assert stream is not None
            stream.close()

    def ask(self, method: str, parameters: Any) -> Any:
        """Send a request and return its result; an error of the server fails the test."""
        self._count += 1
        number = self._count
        self._send({"id": number, "method": method, "params": parameters})
        with self._heard:
            assert self._heard.wait_for(lambda: number in self._answers, PATIENCE_SECONDS), f"no answer to {method}"
            answer = self._answers.pop(number)
        assert "error" not in answer, answer
        return answer["result"]

    def tell(self, method: str, parameters: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": parameters})

    def _send(self, message: Mapping[str, Any]) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.child.stdin is not None
        self.child.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self.child.stdin.flush()

    def _read(self) -> None:
        assert self.child.stdout is not None
        while line := self.child.stdout.readline():
            length = 0
            while line.strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                line = self.child.stdout.readline()
            self._take(json.loads(self.child.stdout.read(length)))

    def _take(self, message: Mapping[str, Any]) -> None:
        method, number = message.get("method"), message.get("id")
        if method is None or method == "textDocument/publishDiagnostics":
            with self._heard:
                if method is None:
                    self._answers[int(message["id"])] = message
                else:
                    self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
                self._heard.notify_all()
        elif number is not None:
            items = message["params"].get("items", []) if method == "workspace/configuration" else None
            result = items and [self.settings if item.get("section") == "yaml" else {} for item in items]
            self._send({"id": number, "result": result})

    def open(self, uri: str, text: str) -> None:
        """Open a document; every document has an address of its own."""
        language = "json" if uri.endswith(".json") else "yaml"
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})

    def diagnostics(self, uri: str) -> list[Any]:
        """Wait for what the server says about a document that was opened."""
        with self._heard:
            assert self._heard.wait_for(lambda: uri in self._diagnostics, PATIENCE_SECONDS), f"no word about {uri}"
            return self._diagnostics[uri]

    def at(self, method: str, uri: str, marked: str) -> Any:
        """Open a document with a cursor in it, and ask something there."""
        before, _, after = marked.partition(CURSOR)
        self.open(uri, before + after)
        place = {"line": before.count("\n"), "character": len(before) - (before.rfind("\n") + 1)}
        return self.ask(method, {"textDocument": {"uri": uri}, "position": place})
