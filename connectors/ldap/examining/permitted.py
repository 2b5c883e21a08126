"""Whether an account has rights, found out without changing anything.

Active Directory tells: which attributes and children are allowed, and who may reset, delete and rename stands in the
security descriptors.  OpenLDAP does not tell, but it looks at rights before it looks at values: taking away a value that
nobody has is refused with 50 where the right is missing and with 16 where it is there (measured with 2.5), and moving an
object into a unit that does not exist with 50 or 32.  Neither can succeed.  Elsewhere nothing is tried.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from uuid import UUID

from connectors.directory import names
from connectors.ldap.controls import SD_FLAGS_DACL
from connectors.ldap.examining import descriptors
from connectors.ldap.examining.rights import Right
from connectors.ldap.examining.sampling import Sample
from connectors.ldap.layout import Layout
from connectors.ldap.requests import (
    INSUFFICIENT_RIGHTS,
    NO_SUCH_ATTRIBUTE,
    NO_SUCH_OBJECT,
    UNDEFINED_ATTRIBUTE,
    Modification,
    Modify,
    Rename,
    Request,
    Row,
    Search,
)
from connectors.ldap.talking.session import DirectorySession

Verdict: TypeAlias = Literal["may", "may not", "unknown"]

_CLASSES = {
    "user": UUID("bf967aba-0de6-11d0-a285-00aa003049e2"),
    "group": UUID("bf967a9c-0de6-11d0-a285-00aa003049e2"),
    "computer": UUID("bf967a86-0de6-11d0-a285-00aa003049e2"),
    "contact": UUID("5cb41ed0-0e4c-11d0-a286-00aa003049e2"),
}
_RESET = UUID("00299570-246d-11d0-a768-00aa006e0529")
_PUBLIC = UUID("e48d0154-bcf8-11d1-8702-00c04fb96050")  # the property set that name and cn belong to
_NAMING = (
    UUID("bf96793f-0de6-11d0-a285-00aa003049e2"),  # cn
    UUID("bf967a0e-0de6-11d0-a285-00aa003049e2"),  # name
)
_EFFECTIVE = ("allowedAttributesEffective", "allowedChildClassesEffective", "nTSecurityDescriptor")
_MOMENTS = frozenset({"pwdaccountlockedtime", "pwdstarttime", "pwdendtime", "passwordexpirationtime"})
_LINKS = frozenset({"member", "owner", "manager"})
_NO_MOMENT = b"18570213041907Z"


@dataclass(slots=True)
class Permitted:
    """Looks at the rights of the account that a session is signed in with, on one sample after the other."""

    session: DirectorySession
    layout: Layout
    nonce: Callable[[], str] = lambda: secrets.token_hex(16)
    _rows: dict[str, Row | None] = field(default_factory=dict)
    _sids: frozenset[bytes] | None = None

    def verdict(self, right: Right, sample: Sample) -> Verdict:
        """Say whether a right is there on a sample of its kind; to create, on a unit. Raises as `DirectorySession` does."""
        if self.layout.dialect.by_guid:
            return self._told(right, sample)
        return self._tried(right, sample) if self.layout.dialect.name == "openldap" else "unknown"

    # --- Active Directory -------------------------------------------------------------------------------------------

    def _told(self, right: Right, sample: Sample) -> Verdict:
        row = self._row(sample.dn)
        if row is None:
            return "unknown"
        match right.action:
            case "write":
                return _may(right.attribute.lower() in _names(row, "allowedAttributesEffective"))
            case "create":
                return _may(right.kind in _names(row, "allowedChildClassesEffective"))
            case "reset":
                return self._by_descriptor(row, descriptors.CONTROL_ACCESS, (_RESET,))
            case "rename":
                each = [self._by_descriptor(row, descriptors.WRITE_PROPERTY, (one, _PUBLIC)) for one in _NAMING]
                return next((one for one in ("unknown", "may not") if one in each), "may")
            case "delete":
                return self._may_delete(row, right.kind, sample.unit)

    def _may_delete(self, row: Row, kind: str, unit: str) -> Verdict:
        own = self._by_descriptor(row, descriptors.DELETE, ())
        above = self._row(unit)
        if own == "may" or above is None:
            return own
        by_unit = self._by_descriptor(above, descriptors.DELETE_CHILD, (_CLASSES[kind],))
        return "may" if by_unit == "may" else own

    def _by_descriptor(self, row: Row, right: int, of: tuple[UUID, ...]) -> Verdict:
        descriptor = row.first("nTSecurityDescriptor")
        if descriptor is None:
            return "unknown"
        return _may(descriptors.allows(descriptor, self._own_sids(), right, of))

    def _own_sids(self) -> frozenset[bytes]:
        """Return who the account is, with all its groups (tokenGroups of the root entry, MS-ADTS 3.1.1.3.2)."""
        if self._sids is None:
            row = self.session.first(Search("", "(objectClass=*)", ("tokenGroups",), "base", page=0))
            self._sids = frozenset(row.values.get("tokengroups", ())) if row is not None else frozenset()
        return self._sids

    def _row(self, dn: str) -> Row | None:
        if dn not in self._rows:
            asked = Search(dn, "(objectClass=*)", _EFFECTIVE, "base", page=0, controls=(SD_FLAGS_DACL,))
            self._rows[dn] = self.session.first(asked)
        return self._rows[dn]

    # --- OpenLDAP ---------------------------------------------------------------------------------------------------

    def _tried(self, right: Right, sample: Sample) -> Verdict:
        if right.action == "create":
            return "unknown"
        if right.action in ("delete", "rename"):
            rdn = names.parse(sample.dn)[0].text
            nowhere = f"ou={self.nonce()},{self.layout.base}"
            return self._answered(Rename(sample.dn, rdn, nowhere), NO_SUCH_OBJECT)
        if right.attribute.lower() in ("jpegphoto", "thumbnailphoto"):
            return "unknown"  # no value of these can be named
        return self._answered(Modify(sample.dn, self._impossible(right.attribute)), NO_SUCH_ATTRIBUTE)

    def _impossible(self, attribute: str) -> tuple[Modification, ...]:
        """Return steps that cannot succeed together whatever the entry holds."""
        plain = attribute.lower()
        if plain == "pwdreset":  # it has one value at most
            return tuple(Modification("delete", attribute, (value,)) for value in (b"TRUE", b"FALSE"))
        if plain in _MOMENTS:
            return (Modification("delete", attribute, (_NO_MOMENT,)),)
        nobody = f"cn={self.nonce()},{self.layout.base}" if plain in _LINKS else self.nonce()
        return (Modification("delete", attribute, (nobody.encode(),)),)

    def _answered(self, request: Request, when_allowed: int) -> Verdict:
        refusals: tuple[int, ...] = (INSUFFICIENT_RIGHTS, UNDEFINED_ATTRIBUTE)
        known: Mapping[int, Verdict] = {when_allowed: "may", **dict.fromkeys(refusals, "may not")}
        return known.get(self.session.apply(request).code, "unknown")


def _may(is_so: bool) -> Verdict:
    return "may" if is_so else "may not"


def _names(row: Row, attribute: str) -> frozenset[str]:
    return frozenset(value.decode("utf-8", "replace").lower() for value in row.values.get(attribute.lower(), ()))
