"""Pack evidence: chosen records, their proofs, the checkpoint, the forms that were used, the verdict, a page, the verifier."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from importlib import resources
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from runner.errors import NotFoundError
from runner.evidence.choosing import Choice, Proved, chosen
from runner.evidence.summary import STYLE, Summary, page
from runner.journal.checkpoints import Signer
from runner.journal.offline.notes import checkpoints_in
from runner.journal.offline.verifying import Verdict, verify_proofs
from runner.store.checkpoints import StoredCheckpoint
from runner.store.store import Store

_README = """\
Evidence from the journal of a Deskhand desk: {words}.

  summary.html        for reading
  records.jsonl       the chosen records, word for word as they were sealed
  proofs.jsonl        for each record, that it stands in the journal (RFC 9162, inclusion proofs)
  checkpoints.txt     the signed checkpoint that the proofs lead to
  public-key.txt      the key it was signed with: compare it with the one you know
  forms/              each version of a form that was used
  verdict.txt         what the verifier said when this was packed
  verifier/           the verifier: Python and the package cryptography, nothing else

Verify it in this folder:

  python -m verifier records.jsonl --proofs proofs.jsonl --checkpoints checkpoints.txt --key public-key.txt

Better still, take the verifier and the public key from somewhere else than this file, and ask the witness of the desk whether
it was sent the same checkpoint. The proof shows that these records stand in the journal, unchanged. It does not show that there
are no others. What a record says of a person may be encrypted in records.jsonl; the summary shows it as far as the desk can.
"""


def pack(store: Store, signer: Signer, choice: Choice, now: datetime, stream: IO[bytes]) -> Verdict:
    """Write a zip file with the evidence, and return the verdict on what stands in it.

    Raises what `chosen` raises; nothing was written then.
    """
    proved, newest = chosen(store, choice)
    files = {
        "records.jsonl": "".join(f"{one.line}\n" for one in proved),
        "proofs.jsonl": "".join(f"{_proof(one)}\n" for one in proved),
        "checkpoints.txt": _notes(store, newest),
        "public-key.txt": signer.public_text + "\n",
    }
    verdict = _verified(files, signer)
    bodies = list(store.journal.opened(one.line for one in proved))
    summary = Summary(choice.words, now, verdict.sentence(), verdict.ok, bodies)
    files |= {
        "README.txt": _README.format(words=choice.words),
        "verdict.txt": verdict.sentence() + "\n",
        "summary.html": page(summary),
        "summary.css": STYLE,
        **_forms(store, bodies),
        **dict(_verifier()),
    }
    with ZipFile(stream, "w", ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(_entry(name, now), content.encode("utf-8", "surrogatepass"))
    return verdict


def _proof(one: Proved) -> str:
    return json.dumps({"index": one.index, "path": [step.hex() for step in one.path]})


def _notes(store: Store, newest: StoredCheckpoint) -> str:
    """Return the newest checkpoint, and the one that began its part when the journal was declared broken."""
    broken = store.checkpoints.newest_break()
    notes = [broken.note] if broken is not None and broken.number != newest.number else []
    return "\n".join([*notes, newest.note])


def _verified(files: Mapping[str, str], signer: Signer) -> Verdict:
    lines, proofs = (files[name].encode().split(b"\n")[:-1] for name in ("records.jsonl", "proofs.jsonl"))
    return verify_proofs(lines, proofs, checkpoints_in(files["checkpoints.txt"], [signer.key]))


def _forms(store: Store, bodies: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return every version of a form that the records name, as far as it is kept."""
    used = {(form.get("id"), form.get("version")) for body in bodies if isinstance(form := body.get("form"), Mapping)}
    found: dict[str, str] = {}
    for id_, version in sorted((str(id_), str(version)) for id_, version in used if id_ and version):
        try:
            kept = store.form_versions.get(id_, version)
        except NotFoundError:
            continue
        found[f"forms/{_file_name(id_)}@{_file_name(version)}.yaml"] = kept.text
    return found


def _file_name(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in text).lstrip(".")[:80] or "_"


def _verifier() -> Iterator[tuple[str, str]]:
    for file in resources.files("runner.journal.offline").iterdir():
        if file.name.endswith(".py"):
            yield f"verifier/{file.name}", file.read_text("utf-8")


def _entry(name: str, now: datetime) -> ZipInfo:
    entry = ZipInfo(name, now.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry
