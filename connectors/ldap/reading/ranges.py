"""Values that a server gives in parts: AD cuts after 1,500 and says so in the name, ``member;range=0-1499``. Reads only.

MS-ADTS 3.1.1.3.1.3.3.  What is missing is asked for part by part, so that no member is overlooked.
"""

import re
from dataclasses import replace

from connectors.errors import UnavailableError
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import Row, Search

_RANGE = re.compile(r"(?P<name>[a-z0-9-]+);range=(?P<first>\d+)-(?P<last>\d+|\*)")
_MOST_PARTS = 10_000


def completed(serving: Serving, row: Row) -> Row:
    """Return an entry with all values of every attribute; the entry itself where nothing was cut.

    Raises `UnavailableError` when the server does not go on where it stopped.
    """
    cut = [match for name in row.values if ";range=" in name and (match := _RANGE.fullmatch(name))]
    if not cut:
        return row
    values = {name: held for name, held in row.values.items() if ";range=" not in name}
    for match in cut:
        values[match["name"]] = _all(serving, row, match)
    return replace(row, values=values)


def _all(serving: Serving, row: Row, match: re.Match[str]) -> tuple[bytes, ...]:
    name, found = match["name"], list(row.values[match[0]])
    for _ in range(_MOST_PARTS):
        if match["last"] == "*":
            return tuple(found)
        asked = f"{name};range={int(match['last']) + 1}-*"
        part = next(iter(serving.rows(Search(row.dn, "(objectClass=*)", (asked,), scope="base", page=0))), None)
        following = next((one for key in (part.values if part else ()) if (one := _RANGE.fullmatch(key))), None)
        if part is None or following is None or int(following["first"]) != int(match["last"]) + 1:
            break
        found += part.values[following[0]]
        match = following
    raise UnavailableError("The directory gave only a part of a group's members. Try again.")
