"""Canary secrets, the encodings they could hide in, and every place where a desk leaves something behind."""

import base64
import io
import json
import random
import sqlite3
import urllib.parse
import zipfile
from pathlib import Path

from runner.backup.making import make_backup
from runner.evidence.asking import Asked
from runner.journal.formats import FORMATS, written
from runner.operators import operators_of


def canary(dice: random.Random) -> str:
    """Return a password that fits every policy and stands nowhere else."""
    letters = "".join(dice.choice("abcdefghkmnpqrstuvwxyz") for _ in range(10))
    digits = "".join(dice.choice("23456789") for _ in range(6))
    return f'Zee-{letters}!Ü/{digits}"Q'


def encodings(secret: str) -> set[bytes]:
    plain, quoted = secret.encode(), urllib.parse.quote(secret, safe="")
    unquoted = {
        plain,
        secret.encode("utf-16-le"),
        secret.encode("utf-16-be"),
        plain[::-1],
        json.dumps(secret)[1:-1].encode(),
    }
    packed = {base64.b64encode(plain).rstrip(b"="), base64.urlsafe_b64encode(plain).rstrip(b"=")}
    return (
        unquoted | packed | {plain.hex().encode(), plain.hex().upper().encode(), quoted.encode(), repr(secret).encode()}
    )


def left_behind(desk, texts) -> dict[str, bytes]:
    """Return everything that is left behind, by name: files, what is inside archives, exports, evidence, and texts."""
    folder: Path = desk.folder
    backup = io.BytesIO()
    made = folder / "made"
    made.mkdir(exist_ok=True)
    make_backup(folder, backup, made, desk.clock(), with_keys=True)
    places = {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    places |= _inside("backup", backup) | _inside("evidence", io.BytesIO(_evidence(desk)))
    lines = list(desk.store.journal.all_lines())
    for format_ in FORMATS:
        places[f"export {format_}"] = b"".join(written(format_, lines, version="1", host="desk.test"))
    with sqlite3.connect(folder / "desk.db") as rows:
        places["dump"] = "\n".join(rows.iterdump()).encode()
    places |= {f"text {number}": text.encode() for number, text in enumerate(texts)}
    return places


def _inside(what: str, packed: io.BytesIO) -> dict[str, bytes]:
    with zipfile.ZipFile(packed) as archive:
        return {f"{what} {name}": archive.read(name) for name in archive.namelist()}


def _evidence(desk) -> bytes:
    evidence = operators_of(desk.installation).evidence
    return evidence.pack_evidence(desk.actor("auditor"), Asked(since="2030-01-01"), "A complaint.").content


def hits(places, secrets) -> list[tuple[str, str]]:
    """Return where which of the secrets stands, in any encoding."""
    return [
        (name, secret)
        for secret in secrets
        for form in encodings(secret)
        for name, content in places.items()
        if form in content
    ]
