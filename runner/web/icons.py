"""Icons as inline SVG, cut out of the sprite that Bootstrap-Flask carries."""

import re
from collections.abc import Mapping
from importlib.resources import files

from markupsafe import Markup

_SYMBOL = re.compile(r'<symbol class="[^"]*" viewBox="([^"]*)" id="([^"]*)">(.*?)</symbol>', re.DOTALL)
# Names that authors know from other icon sets.
_ALSO = {
    "users": "people",
    "user": "person",
    "user-plus": "person-plus",
    "user-minus": "person-dash",
    "lock-open": "unlock",
    "mail": "envelope",
    "mail-plus": "envelope-plus",
    "address-card": "person-vcard",
    "package": "box-seam",
}
UNKNOWN = "ui-checks"


class Icons:
    """All icons by name; an unknown name gives the icon of a form. Immutable once made."""

    def __init__(self, sprite: str) -> None:
        self._drawn: Mapping[str, Markup] = {
            name: Markup(  # noqa: S704 - the sprite is part of an installed package
                f'<svg class="icon" viewBox="{box}" aria-hidden="true" focusable="false">{shapes}</svg>'
            )
            for box, name, shapes in _SYMBOL.findall(sprite)
        }

    def __call__(self, name: str) -> Markup:
        """Return an icon as SVG; it says nothing to a screen reader, so a word stands beside it."""
        return self._drawn.get(_ALSO.get(name, name)) or self._drawn[UNKNOWN]


def installed_icons() -> Icons:
    """Read the sprite of the installed package."""
    sprite = files("flask_bootstrap") / "static" / "bootstrap5" / "icons" / "bootstrap-icons.svg"
    return Icons(sprite.read_text(encoding="utf-8"))
