"""The example in the documentation is a connector: it passes the whole contract."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

from connectors.spi import Connector, Ref, Verb
from tests.connectors.contract import Case, ConnectorContract

PAGE = Path(__file__).parents[2] / "docs" / "connectors.md"
DESK, LAB = Ref("computer", "pc-desk"), Ref("computer", "pc-lab")
ROWS = {
    DESK.id: {"name": "Reception desk", "enabled": True, "version": 1},
    LAB.id: {"name": "Zoë's lab 50%_\\", "enabled": False, "version": 4},
    "pc-attic": {"name": "attic", "enabled": False, "version": 2},
}


def example() -> ModuleType:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    module = ModuleType("example_inventory")
    exec(compile(code, str(PAGE), "exec"), module.__dict__)
    return module


EXAMPLE = example()


class TestInventory(ConnectorContract):
    table: Mapping[str, Verb] = EXAMPLE.VERBS  # type: ignore[misc]
    searched = {"computer": ("name", "id")}  # noqa: RUF012

    @pytest.fixture
    def connector(self, tmp_path: Path) -> Connector:
        file = tmp_path / "computers.json"
        file.write_text(json.dumps(ROWS), "utf-8")
        return EXAMPLE.Inventory(file)

    def case_for(self, connector: Connector, verb: str) -> Case:
        return Case({"computer": DESK if verb == "inventory.disable" else LAB})

    def touch(self, connector: Connector, ref: Ref) -> None:
        rows = json.loads(connector.file.read_text("utf-8"))  # type: ignore[attr-defined]
        rows[ref.id]["version"] += 1
        connector.file.write_text(json.dumps(rows), "utf-8")  # type: ignore[attr-defined]

    def move(self, connector: Connector, ref: Ref) -> bool:
        return False

    def everything_stored(self, connector: Connector) -> bytes:
        return bytes(connector.file.read_bytes())  # type: ignore[attr-defined]

    def unreachable(self) -> Connector:
        return EXAMPLE.Inventory("/nowhere/at/all/computers.json")
