"""Forms in JSON name their schema in ``$schema``; the JSON engine of VS Code judges them."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.editor.language_server import ROOT
from tests.forms.desk_folders import library
from tests.forms.schemas.written import as_json, kind_of
from tests.runner.cli.commands import deskhand

SCRIPT = Path(__file__).parent / "judge_json.js"
MODULES = ROOT / ".venv" / "node" / "node_modules"


def marked(files: list[Path]) -> list[Any]:
    """Return what is marked in each file, as pairs of a line and a sentence."""
    done = subprocess.run(
        ["node", SCRIPT, *files], capture_output=True, check=True, env={"NODE_PATH": str(MODULES)}, timeout=60
    )
    return list(json.loads(done.stdout))


def written(folder: Path, name: str, content: bytes) -> Path:
    """Write a file of the library as JSON that names its schema, which lies beside it."""
    root = json.loads(as_json(content))
    file = folder / f"{name.replace('/', '-')}.json"
    schema = {"$schema": f"./schemas/{kind_of(root)}-1.json"}
    file.write_text(json.dumps({**schema, **root}, indent=2, ensure_ascii=False), encoding="utf-8")
    return file


def test_files_in_json_are_judged_by_the_schema_they_name(tmp_path: Path) -> None:
    assert deskhand("schema", "--all", tmp_path / "schemas").code == 0
    files = [written(tmp_path, name, content) for name, content in library().items()]
    bad = tmp_path / "bad.json"
    head = '"$schema": "./schemas/form-1.json",\n"format": "form/1", "id": "x", "title": "X"'
    bad.write_text(f'{{\n{head},\n"colour": "red",\n"version": true\n}}', encoding="utf-8")
    *good, wrong = marked([*files, bad])
    assert good == [[] for _ in files]
    assert wrong == [[4, "Property colour is not allowed."], [5, "Write a whole number."]]
