"""Many mailboxes at once, for a sample company, an import or a test. Writes to the database it is given."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, Engine, insert
from sqlalchemy.exc import IntegrityError

from connectors.errors import RejectedError
from connectors.folding import fold, key
from connectors.mailbox.addresses import check_address
from connectors.mailbox.arguments import is_name
from connectors.mailbox.state import RIGHTS
from connectors.mailbox.tables import addresses, create_tables, mail_objects, rights

KINDS = ("personal", "shared", "room", "list")
_CHUNK_ROWS = 1000


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """A mailbox to load. ``kind`` is personal, shared, room or list; ``owner`` is the id of a user.

    ``rights`` maps a right (full_access, send_as, send_on_behalf) to ids of users; those with full access find the
    mailbox in their mail program by themselves.  An empty ``id`` becomes one made from the address, the same each time.
    """

    name: str
    address: str
    kind: str = "personal"
    owner: str | None = None
    rights: Mapping[str, Sequence[str]] = field(default_factory=dict)
    further_addresses: Sequence[str] = ()
    hidden: bool = False
    auto_reply: str | None = None
    auto_reply_until: date | None = None
    archive: bool = False
    capacity: int | None = None
    id: str = ""


def load_mailboxes(engine: Engine, rows: Iterable[MailboxRow], *, now: datetime) -> int:
    """Add mailboxes and lists in one transaction, making the tables when they are missing; returns how many.

    Raises `RejectedError` when an address is wrong or taken, or a kind or right unknown: then nothing was added.
    """
    create_tables(engine)
    count = 0
    try:
        with engine.begin() as connection:
            chunk: list[MailboxRow] = []
            for row in rows:
                chunk.append(row)
                count += 1
                if len(chunk) == _CHUNK_ROWS:
                    _insert(connection, chunk, now)
                    chunk = []
            _insert(connection, chunk, now)
    except IntegrityError:
        raise RejectedError("Two mailboxes have the same address or id; nothing was added.") from None
    return count


def _insert(connection: Connection, rows: Sequence[MailboxRow], now: datetime) -> None:
    tables = {
        mail_objects: [_object(row, now) for row in rows],
        addresses: [values for row in rows for values in _addresses(row)],
        rights: [values for row in rows for values in _rights(row)],
    }
    for table, values in tables.items():
        if values:
            connection.execute(insert(table), values)


def _id(row: MailboxRow) -> str:
    return row.id or str(uuid5(NAMESPACE_OID, "deskhand-mailbox:" + key(row.address)))


def _object(row: MailboxRow, now: datetime) -> dict[str, Any]:
    if row.kind not in KINDS:
        raise RejectedError(f"A mailbox is one of {', '.join(KINDS)}; nothing was added.")
    if not is_name(row.name):
        raise RejectedError("The name of a mailbox must be one line of text; nothing was added.")
    return {
        "id": _id(row),
        "object_kind": "mail_list" if row.kind == "list" else "mailbox",
        "kind": row.kind,
        "name": row.name,
        "name_folded": key(row.name),
        "name_plain": fold(row.name),
        "owner": row.owner,
        "hidden": row.hidden,
        "auto_reply": row.auto_reply,
        "auto_reply_folded": None if row.auto_reply is None else key(row.auto_reply),
        "auto_reply_plain": None if row.auto_reply is None else fold(row.auto_reply),
        "auto_reply_until": row.auto_reply_until,
        "archive": row.archive,
        "capacity": row.capacity,
        "created": now,
        "changed": now,
        "version": 1,
    }


def _addresses(row: MailboxRow) -> list[dict[str, Any]]:
    return [
        {
            "address_folded": key(address),
            "address": check_address(address),
            "object_id": _id(row),
            "is_primary": place == 0,
        }
        for place, address in enumerate((row.address, *row.further_addresses))
    ]


def _rights(row: MailboxRow) -> list[dict[str, Any]]:
    if not set(row.rights) <= set(RIGHTS):
        raise RejectedError(f"A right is one of {', '.join(RIGHTS)}; nothing was added.")
    return [
        {"object_id": _id(row), "right": right, "user_id": user, "auto_map": right == "full_access"}
        for right, users in row.rights.items()
        for user in dict.fromkeys(users)
    ]
