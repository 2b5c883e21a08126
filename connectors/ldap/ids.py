"""Stable ids: objectGUID, entryUUID and nsUniqueId, as texts, as octets and in filters. Pure."""

from uuid import UUID

from connectors.directory.values import entry_uuid, object_guid
from connectors.ldap.filters import equals, octets


def id_of(attribute: str, value: bytes) -> str:
    """Return the id that an attribute's octets stand for; raises `connectors.directory.values.FormatError`."""
    if attribute == "objectGUID":
        return object_guid(value)
    return value.decode("ascii", "replace") if attribute == "nsUniqueId" else entry_uuid(value, attribute)


def id_filter(attribute: str, id_: str) -> str:
    """Return a filter for the entry with this id, empty when the text cannot be one."""
    if attribute == "nsUniqueId":
        return equals(attribute, id_) if id_ and len(id_) <= 40 and id_.isascii() and id_.isprintable() else ""
    try:
        found = UUID(id_)
    except ValueError:
        return ""
    if str(found) != id_:
        return ""
    return f"({attribute}={octets(found.bytes_le)})" if attribute == "objectGUID" else equals(attribute, id_)


def guid_name(id_: str) -> str:
    """Return how AD takes an object by its GUID in place of a DN (MS-ADTS 3.1.1.3.1.2.4)."""
    return f"<GUID={UUID(id_)}>"
