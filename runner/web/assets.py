"""What a browser keeps: style sheets and scripts, under names that hold their content's hash, compressed once at start."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from flask import Blueprint, Request, Response, abort, request

from forms.expressions.browser_tables import browser_tables
from runner.web.stylesheets import purged, with_system_theme, words_in

_FOREVER = "public, max-age=31536000, immutable"
_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_STATIC = files("runner.web") / "static"
_LOOK = (
    "tokens",
    "rail",
    "frame",
    "tiles",
    "people",
    "form",
    "caller-check",
    "pickers",
    "plan",
    "tables",
    "door",
    "narrow",
    "settings",
    "asking",
    "requests",
    "grants",
    "bulk",
)
_SHEETS = {"access.css": ("access", "operators")}
"""Style sheets of their own, for pages that few people open; they come behind the one of all pages."""
FORM_MODULES = (
    "expressions-tables.js",
    "expressions-values.js",
    "expressions-functions.js",
    "expressions.js",
    "instant.js",
    "instant-page.js",
)
"""What only a page with rules of its own loads; the first one is made from the server's tables."""
MODULES = (
    "announcing.js",
    "combobox.js",
    "duallist.js",
    "rows.js",
    "uploading.js",
    "csv.js",
    "file.js",
    "tables.js",
    "sifting.js",
    "showing.js",
    "finding.js",
    "secrets.js",
    "theme.js",
    "sending.js",
    "noticing.js",
    "bulk.js",
)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served; ``name`` holds the hash."""

    name: str
    content: bytes
    compressed: bytes

    @property
    def type(self) -> str:
        """Media type by the ending of the name."""
        return _TYPES[self.name.rpartition(".")[2]]


class Assets:
    """All files by their hashed name; immutable once made."""

    def __init__(self, made: Mapping[str, Asset]) -> None:
        self._named = dict(made)
        self._served = {asset.name: asset for asset in made.values()}

    def address(self, name: str) -> str:
        """Return the address of a file, e.g. of ``deskhand.css``."""
        return f"/assets/{self._named[name].name}"

    def served(self, name: str) -> Asset | None:
        """Return a file by its hashed name."""
        return self._served.get(name)

    def __iter__(self) -> Iterator[Asset]:
        return iter(self._served.values())


def build_assets() -> Assets:
    """Read, shrink, hash and compress everything; about a tenth of a second, once."""
    scripts = {FORM_MODULES[0]: _tables_script()}
    scripts |= {
        name: (_STATIC / name).read_text(encoding="utf-8") for name in (MODULES[0], *FORM_MODULES[1:], *MODULES)
    }
    made = {
        "deskhand.css": _asset("deskhand.css", _style_sheet("\n".join(scripts.values())).encode()),
        **{name: _asset(name, with_system_theme(_look(parts)).encode()) for name, parts in _SHEETS.items()},
        "mark.svg": _asset("mark.svg", (_STATIC / "mark.svg").read_bytes()),
    }
    scripts["deskhand.js"] = (_STATIC / "deskhand.js").read_text(encoding="utf-8")
    for name, text in scripts.items():
        made[name] = _asset(name, _with_hashed_imports(text, made).encode())
    return Assets(made)


def _tables_script() -> str:
    """Write the tables of the evaluator on the server as a module, in ASCII so that no tool changes a letter."""
    constants = browser_tables().items()
    return "".join(f"export const {name} = {json.dumps(value, separators=(',', ':'))};\n" for name, value in constants)


def _with_hashed_imports(script: str, made: Mapping[str, Asset]) -> str:
    """Name the modules a script imports by their hashed names; the lists have each behind those it imports."""
    for name, asset in made.items():
        script = script.replace(f'"./{name}"', f'"/assets/{asset.name}"')
    return script


def _asset(name: str, content: bytes) -> Asset:
    stem, _, ending = name.rpartition(".")
    digest = sha256(content).hexdigest()[:12]
    return Asset(f"{stem}-{digest}.{ending}", content, gzip.compress(content, 9, mtime=0))


def _style_sheet(scripts: str) -> str:
    theirs = files("flask_bootstrap") / "static" / "bootstrap5" / "css" / "bootstrap.min.css"
    used = words_in(scripts, *_templates(files("templates")))
    return with_system_theme(purged(theirs.read_text(encoding="utf-8"), used)) + with_system_theme(_look(_LOOK))


def _look(parts: Iterable[str]) -> str:
    return "".join((_STATIC / "look" / f"{part}.css").read_text(encoding="utf-8") for part in parts)


def _templates(folder: Traversable) -> Iterator[str]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _templates(item)
        elif item.name.endswith(".html"):
            yield item.read_text(encoding="utf-8")


def takes_gzip(request: Request) -> bool:
    """Say whether a browser asks for gzip by its name and does not rule it out with ``q=0`` (RFC 9110, section 12.5.3)."""
    return any(name.lower() == "gzip" and quality > 0 for name, quality in request.accept_encodings)


def assets_blueprint(assets: Assets) -> Blueprint:
    """Serve the files; nobody has to be signed in."""
    blueprint = Blueprint("assets", __name__)

    @blueprint.get("/assets/<name>")
    def asset(name: str) -> Response:
        found = assets.served(name)
        if found is None:
            abort(404)
        zipped = takes_gzip(request)
        response = Response(found.compressed if zipped else found.content, content_type=found.type)
        response.headers["Cache-Control"] = _FOREVER
        response.vary.add("Accept-Encoding")
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        return response

    return blueprint
