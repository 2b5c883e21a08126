"""How the headings of a file are compared with the columns of a form. Pure."""

import re

_IGNORED = re.compile(r"[\s_\-*:]+")


def heading_key(heading: str) -> str:
    """Return a heading as headings are compared: case, spaces, hyphens, underscores and a mark at the end do not count."""
    return _IGNORED.sub("", heading).casefold()
