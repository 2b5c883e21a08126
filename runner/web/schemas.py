"""The schemas of the files that authors write, for their editors; the same for everybody, made once at start."""

import gzip
import json
from collections.abc import Mapping
from hashlib import sha256

from flask import Blueprint, Response, abort, request

from connectors.spi import Verb
from forms.vocabulary.schemas import FILES, file_name, schema_of
from runner.web.assets import takes_gzip

_TYPE = "application/schema+json"
_FOR_A_WHILE = "public, max-age=300"


def schemas_blueprint(verbs: Mapping[str, Verb]) -> Blueprint:
    """Serve ``/schema/form-1.json`` and its like; nobody has to be signed in, since editors cannot be.

    They hold the language and the verbs of the installed connectors, and no name of the desk.
    """
    blueprint = Blueprint("schemas", __name__)
    made = {file_name(file): json.dumps(schema_of(file, verbs), ensure_ascii=False).encode() for file in FILES}
    zipped = {name: gzip.compress(content, 9, mtime=0) for name, content in made.items()}

    @blueprint.get("/schema/<name>")
    def schema(name: str) -> Response:
        if name not in made:
            abort(404)
        is_zipped = takes_gzip(request)
        response = Response(zipped[name] if is_zipped else made[name], content_type=_TYPE)
        response.headers["Cache-Control"] = _FOR_A_WHILE
        response.vary.add("Accept-Encoding")
        if is_zipped:
            response.headers["Content-Encoding"] = "gzip"
        response.set_etag(sha256(made[name]).hexdigest()[:32], weak=True)  # weak: the same for both encodings
        response.make_conditional(request)
        return response

    return blueprint
