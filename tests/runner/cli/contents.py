"""What a folder holds, to be compared before and after a command that must change nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

_BESIDE_A_DATABASE = ("-wal", "-shm", "-journal")


def contents(folder: Path) -> dict[str, object]:
    """Return every file below a folder with its content: the rows of a database, the bytes of any other file."""
    return {
        str(entry.relative_to(folder)): _content(entry)
        for entry in sorted(folder.rglob("*"))
        if not entry.name.endswith(_BESIDE_A_DATABASE)
    }


def _content(entry: Path) -> object:
    if entry.is_dir():
        return None
    if entry.suffix == ".db":
        try:
            with closing(sqlite3.connect(entry)) as database:
                return list(database.iterdump())
        except sqlite3.DatabaseError:
            pass
    return entry.read_bytes()


def change(database: Path, *statements: str) -> None:
    """Change a SQLite database behind the back of the desk."""
    with closing(sqlite3.connect(database)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
