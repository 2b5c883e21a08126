"""Mailboxes between tables and values: loads them, writes what became of them. Needs a transaction of its caller."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, delete, insert, select, update

from connectors.errors import RejectedError
from connectors.folding import fold, key
from connectors.mailbox.arguments import is_storable
from connectors.mailbox.state import MailObject, Person
from connectors.mailbox.tables import addresses, mail_objects, rights
from connectors.spi import Ref

_COLUMNS = ("name", "hidden", "auto_reply", "auto_reply_until", "archive", "capacity")


def load_one(connection: Connection, ref: Ref, *, locked: bool = False) -> MailObject | None:
    """Return a mailbox or list, or None; ``locked`` keeps others from changing it until the transaction ends."""
    if not is_storable(ref.id):
        return None
    statement = select(mail_objects).where(mail_objects.c.id == ref.id, mail_objects.c.object_kind == ref.kind)
    rows = connection.execute(statement.with_for_update() if locked else statement).mappings().all()
    return next(iter(load_rows(connection, rows)), None)


def load_rows(connection: Connection, rows: Sequence[RowMapping]) -> tuple[MailObject, ...]:
    """Return the objects of rows of ``mail_objects``, in their order, with two queries however many there are."""
    ids = [row["id"] for row in rows]
    if not ids:
        return ()
    own: dict[str, list[str]] = defaultdict(list)
    in_order = (addresses.c.is_primary.desc(), addresses.c.address_folded)
    for row in connection.execute(select(addresses).where(addresses.c.object_id.in_(ids)).order_by(*in_order)):
        own[row.object_id].append(row.address)
    held: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(select(rights).where(rights.c.object_id.in_(ids))):
        held[row.object_id].append(row)
    return tuple(_mail_object(row, own[row["id"]], held[row["id"]]) for row in rows)


def _mail_object(row: RowMapping, own: Sequence[str], held: Iterable[Any]) -> MailObject:
    pairs = {(line.right, Ref("user", line.user_id)): line.auto_map for line in held}
    return MailObject(
        id=row["id"],
        object_kind=row["object_kind"],
        kind=row["kind"],
        owner=Ref("user", row["owner"]) if row["owner"] else None,
        addresses=tuple(own),
        rights=frozenset(pairs),
        auto_mapped=frozenset(person for (right, person), on in pairs.items() if on and right == "full_access"),
        created=row["created"],
        changed=row["changed"],
        version=row["version"],
        **{name: row[name] for name in _COLUMNS},
    )


def refuse_taken(connection: Connection, before: MailObject, after: MailObject) -> None:
    """Raise `RejectedError` when a new address of ``after`` belongs to something else already."""
    new = {key(address) for address in after.addresses} - {key(address) for address in before.addresses}
    taken = select(addresses.c.object_id).where(addresses.c.address_folded.in_(new))
    if new and connection.execute(taken).first():
        raise RejectedError("The address is already in use; nothing was changed.")


def write(connection: Connection, before: MailObject, after: MailObject | None, now: datetime) -> None:
    """Make the tables say ``after`` where they said ``before``; an ``after`` of None deletes."""
    if after is None:
        for table, column in ((rights, rights.c.object_id), (addresses, addresses.c.object_id)):
            connection.execute(delete(table).where(column == before.id))
        connection.execute(delete(mail_objects).where(mail_objects.c.id == before.id))
        return
    values = {**_row(after), "changed": now, "version": before.version + 1}
    if before.version == 0:
        new = {"id": after.id, "object_kind": after.object_kind, "kind": after.kind, "created": now}
        connection.execute(insert(mail_objects).values(**new, **values))
    else:
        connection.execute(update(mail_objects).where(mail_objects.c.id == before.id).values(**values))
    _write_addresses(connection, before, after)
    _write_rights(connection, before, after)


def _row(mail: MailObject) -> dict[str, Any]:
    return {
        **{name: getattr(mail, name) for name in _COLUMNS},
        "name_folded": key(mail.name),
        "name_plain": fold(mail.name),
        "owner": _user_id(mail.owner) if mail.owner else None,
        "auto_reply_folded": None if mail.auto_reply is None else key(mail.auto_reply),
        "auto_reply_plain": None if mail.auto_reply is None else fold(mail.auto_reply),
    }


def _user_id(person: Person) -> str:
    if not isinstance(person, Ref):
        raise RejectedError("The person does not exist yet; nothing was changed.")
    return person.id


def _write_addresses(connection: Connection, before: MailObject, after: MailObject) -> None:
    gone = [key(address) for address in before.addresses if address not in after.addresses]
    if gone:
        connection.execute(delete(addresses).where(addresses.c.address_folded.in_(gone)))
    if before.primary != after.primary:
        own = addresses.c.object_id == after.id
        connection.execute(update(addresses).where(own, addresses.c.is_primary).values(is_primary=False))
    new = [address for address in after.addresses if address not in before.addresses]
    if new:
        rows = [_address_row(after, address) for address in new]
        connection.execute(insert(addresses), rows)
    if before.primary != after.primary:
        primary = addresses.c.address_folded == key(after.primary)
        connection.execute(update(addresses).where(primary).values(is_primary=True))


def _address_row(mail: MailObject, address: str) -> dict[str, Any]:
    return {"address_folded": key(address), "address": address, "object_id": mail.id, "is_primary": False}


def _write_rights(connection: Connection, before: MailObject, after: MailObject) -> None:
    remapped = {("full_access", person) for person in before.auto_mapped ^ after.auto_mapped}
    for right, person in (before.rights - after.rights) | (before.rights & remapped):
        mine = and_(rights.c.object_id == after.id, rights.c.right == right, rights.c.user_id == _user_id(person))
        connection.execute(delete(rights).where(mine))
    rows = [
        {
            "object_id": after.id,
            "right": right,
            "user_id": _user_id(person),
            "auto_map": right == "full_access" and person in after.auto_mapped,
        }
        for right, person in (after.rights - before.rights) | (after.rights & remapped)
    ]
    if rows:
        connection.execute(insert(rights), rows)
