"""Which value may stand where: types of templates against the types that keys and arguments want. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from forms.documents import ScalarNode
from forms.scalars import ScalarError, read_boolean, read_date, read_number
from forms.values import OBJECT_KINDS, Type

_TEXTLIKE = frozenset({"text", "choice", "number", "date", "datetime", "bool", "duration"})
_FITS: Mapping[str, frozenset[str]] = {
    "text": _TEXTLIKE,
    "choice": frozenset({"choice", "text"}),
    "number": frozenset({"number"}),
    "bool": frozenset({"bool"}),
    "date": frozenset({"date", "datetime"}),
    "datetime": frozenset({"date", "datetime"}),
    "duration": frozenset({"duration"}),
    "secret": frozenset({"secret"}),
    "row": frozenset({"row"}),
    **{kind: frozenset({kind, "text", "choice"}) for kind in OBJECT_KINDS},
}
_LOOSE = frozenset({"any", "null"})


def fits(given: Type, wanted: Type) -> bool:
    """Say whether a value of one type may stand where another is wanted.

    A text may stand for a thing it names, one value for a list of one; empty fits everywhere.  A secret fits only a
    secret.
    """
    if given.name == "secret":
        return wanted.name == "secret" or (wanted.name == "list" and wanted.item == given)
    if given.name in _LOOSE or wanted.name in _LOOSE:
        return True
    if wanted.name == "list":
        item = wanted.item or Type("any")
        return fits((given.item or Type("any")) if given.name == "list" else given, item)
    return given.name in _FITS.get(wanted.name, frozenset({wanted.name}))


def literal(node: ScalarNode, name: str, wanted: Type) -> str | int | Decimal | bool | date | datetime | None:
    """Return the value of a text without ``$( )``, as the type wanted; raises `ScalarError`.

    Names of things stay texts.  Where nothing is known of the type, bare ``true``, ``false`` and numbers count as such.
    """
    if node.is_null:
        return None
    if wanted.name == "list":
        return literal(node, name, wanted.item or Type("any"))
    if wanted.name == "bool":
        return read_boolean(node, name)
    if wanted.name == "number":
        return read_number(node, name)
    if wanted.name == "date":
        return read_date(node, name)
    if wanted.name == "datetime":
        return _moment(node, name)
    if wanted.name == "secret":
        raise ScalarError("E230", "a password is never written in a file", "Use a password field:  $(password) .")
    if wanted.name == "any" and not node.style:
        return _core(node)
    return node.text


def _moment(node: ScalarNode, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(node.text)
        if moment.tzinfo is not None:
            return moment
    except ValueError:
        pass
    fix = "Write it as 2030-12-31T18:00:00+01:00, or as $(…)."
    raise ScalarError("E114", f'"{name}" must be a moment, not a text', fix)


def _core(node: ScalarNode) -> str | int | Decimal | bool:
    if node.text in ("true", "false"):
        return node.text == "true"
    try:
        return read_number(node, "") if not node.text.startswith("+") else node.text
    except ScalarError:
        return node.text
