"""Names that an editor offers: permissions always, those of a desk folder when it is given. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.verbs import PERMISSIONS
from forms.vocabulary.schemas.shapes import Json, one_of, suggested


@dataclass(frozen=True, slots=True)
class Names:
    """What is called how in a desk folder; None where that is not known, and then every name is accepted."""

    resource_sets: Sequence[str] | None = None
    lookups: Sequence[str] | None = None
    lists: Sequence[str] | None = None
    verification_policies: Sequence[str] | None = None
    methods: Sequence[str] | None = None
    password_policies: Sequence[str] | None = None
    roles: Sequence[str] | None = None
    standard_roles: Sequence[str] | None = None
    forms: Sequence[str] | None = None


# Where a name has to be one that there is: the checker refuses others.
_KNOWN: Mapping[tuple[str, str], str] = {
    ("TARGET", "within"): "resource_sets",
    ("TARGET", "except"): "resource_sets",
    ("FIELD", "within"): "resource_sets",
    ("FIELD", "except"): "resource_sets",
    ("LOOKUP", "in"): "resource_sets",
    ("FIELD", "lookup"): "lookups",
    ("OPTIONS", "lookup"): "lookups",
    ("SOURCE", "lookup"): "lookups",
    ("OPTIONS", "list"): "lists",
    ("SOURCE", "list"): "lists",
    ("FORM", "verify"): "verification_policies",
    ("VERIFY", "policy"): "verification_policies",
    ("FIELD", "generate"): "password_policies",
    ("FIELD", "policy"): "password_policies",
    ("STANDARD_ROLE", "role"): "standard_roles",
}
_PERMISSIONS = (("FORM", "requires"), ("ROLE", "permissions"))
# Where names are only offered: they are defined in the same file, which may not be saved yet, or need not exist.
_OFFERED: Mapping[tuple[str, str], str] = {
    ("ACCESS", "protected"): "resource_sets",
    ("BINDING", "on"): "resource_sets",
    ("BINDING", "role"): "roles",
    ("BINDING", "forms"): "forms",
    ("ROLE", "includes"): "roles",
    ("ROLE", "covers"): "roles",
    ("APPROVER", "role"): "roles",
    ("POLICY", "methods"): "methods",
    ("SETTINGS", "default_verification"): "verification_policies",
    ("NEXT", "form"): "forms",
    ("FORM", "extends"): "forms",
}
_ALSO: Mapping[tuple[str, str], tuple[str, ...]] = {("FORM", "verify"): ("none",), ("VERIFY", "policy"): ("none",)}


def limited(shape: Json, kind: str, key: str, names: Names) -> Json:
    """Return the shape of a single name at a key, limited to the names there are or offering them."""
    place = (kind, key)
    if place in _PERMISSIONS:
        return one_of(PERMISSIONS, [meaning for _, meaning in PERMISSIONS.values()])
    source = _KNOWN.get(place) or _OFFERED.get(place)
    found = (getattr(names, source) or ()) if source else ()
    if not found:
        return shape
    every = (*found, *_ALSO.get(place, ()))
    return one_of(every) if place in _KNOWN else suggested(every, shape)
