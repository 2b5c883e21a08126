"""Find the object that a text in a file stands for. Reads only."""

from collections.abc import Callable, Iterator

from connectors.directory import names
from connectors.directory.texts import NAMING, is_storable
from connectors.errors import RejectedError
from connectors.folding import key
from connectors.ldap import filters
from connectors.ldap.ids import id_filter
from connectors.ldap.reading.decoding import dn_key
from connectors.ldap.reading.reader import Reader
from connectors.spi import Entry, Ref


def locate(reader: Reader, text: str, kind: str) -> Ref | None:
    """Return the object by id, else DN, else login or name, else address; None when it is none or not only one."""
    wanted = text.strip()
    if not wanted or not is_storable(wanted):
        return None
    for asked, is_it in _attempts(reader, wanted, kind):
        rows = list(reader.serving.rows(reader.search(kind, asked)))
        found = {one.entry.ref for one in reader.found(kind, rows) if is_it(one.entry)}
        if found:
            return next(iter(found)) if len(found) == 1 else None
    return None


def _attempts(reader: Reader, text: str, kind: str) -> "Iterator[tuple[str, _Test]]":
    looks, dialect = reader.layout.kind(kind), reader.layout.dialect
    if asked := id_filter(dialect.id, text):
        yield asked, lambda entry: entry.ref.id == text
    if "=" in text and (dn := _dn(text)):
        yield filters.equals(dialect.dn, dn), lambda entry: dn_key(entry.dn) == dn_key(dn)
    attributes = {name: looks.texts[name] for name in NAMING[kind] if name in looks.texts}
    asked = filters.any_of(filters.like(one, text) for one in attributes.values())
    if asked != filters.NONE:
        yield asked, lambda entry: any(_same(entry.attributes.get(name), text) for name in attributes)
    if "@" in text and kind in ("user", "group", "contact"):
        found = [filters.like("mail", text)]
        found += [filters.like(looks.addresses, f"smtp:{text}")] if looks.addresses not in ("", "mail") else []
        yield filters.any_of(found), lambda entry: _has_address(entry, text)


_Test = Callable[[Entry], bool]


def _dn(text: str) -> str:
    try:
        return names.printed(names.parse(text))
    except RejectedError:
        return ""


def _same(value: object, text: str) -> bool:
    return isinstance(value, str) and key(value) == key(text)


def _has_address(entry: Entry, text: str) -> bool:
    listed = entry.attributes.get("addresses")
    addresses = listed if isinstance(listed, tuple) else ()
    return any(_same(one, text) for one in (entry.attributes.get("mail"), *addresses))
