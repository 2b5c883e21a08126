"""One yaml-language-server for all tests of editors, with the schemas and the settings that the command writes."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editor.language_server import CURSOR, PATIENCE_SECONDS, LanguageServer
from tests.runner.cli.commands import deskhand


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("schemas")


@pytest.fixture(scope="module")
def server(schemas: Path) -> Iterator[LanguageServer]:
    printed = deskhand("schema", "--all", schemas, "--vscode")
    assert (printed.code, printed.err) == (0, "")
    found = json.loads(printed.out)["yaml.schemas"]
    started = LanguageServer({"schemas": found, "schemaStore": {"enable": False}, "yamlVersion": "1.2"})
    try:
        wait_for_schemas(started)
        yield started
    finally:
        started.stop()


def wait_for_schemas(server: LanguageServer) -> None:
    """Wait until the server has taken its settings in, which it does on the side."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not server.at("textDocument/hover", "file:///desk/waiting/forms/settings.yaml", f"tim{CURSOR}ezone: UTC\n"):
        assert time.monotonic() < until, "the server did not take its settings in"
        time.sleep(0.05)
