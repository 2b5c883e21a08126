"""Verify files from the command line: ``python -m runner.journal.offline journal.jsonl --checkpoints … --key …``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .notes import checkpoints_in, read_key
from .verifying import Start, Verdict, lines_of, read_start, verify, verify_proofs


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify files; returns 0 when all is well, 1 when not, 2 when something cannot be read."""
    parser = argparse.ArgumentParser(
        description="Verify a journal with its signed checkpoints and the public key alone."
    )
    parser.add_argument("journal", type=Path, help="records, one a line, as exported")
    parser.add_argument("--checkpoints", type=Path, required=True, help="signed notes, as the witness keeps them")
    parser.add_argument(
        "--key",
        required=True,
        action="append",
        help="the public key of the desk, or a file with it; several after a change",
    )
    parser.add_argument("--proofs", type=Path, help="proofs for chosen records, of an evidence pack")
    parser.add_argument("--start", type=Path, help="where a journal begins whose first records were taken out")
    given = parser.parse_args(arguments)
    try:
        verdict = verify_files(given.journal, given.checkpoints, given.key, given.proofs, given.start)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"It cannot be verified: {error}.\n")
        return 1 if isinstance(error, ValueError) else 2
    sys.stdout.write(verdict.sentence() + "\n")
    return 0 if verdict.ok else 1


def verify_files(
    journal: Path, checkpoints: Path, keys: Sequence[str], proofs: Path | None = None, start: Path | None = None
) -> Verdict:
    """Verify files; raises `OSError` and `ValueError`."""
    public = [read_key(key if "+" in key else Path(key).read_text("utf-8")) for key in keys]
    found = checkpoints_in(checkpoints.read_bytes().decode(), public)
    begun = read_start(start.read_bytes()) if start else Start()
    with journal.open("rb") as stream:
        if proofs is None:
            return verify(lines_of(stream), found, begun)
        with proofs.open("rb") as proving:
            return verify_proofs(lines_of(stream), lines_of(proving), found)


if __name__ == "__main__":
    sys.exit(main())
