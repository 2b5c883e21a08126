"""Where a refusal is explained: an address made of what was asked for, and of nothing that was looked up."""

import re
from urllib.parse import urlencode

from flask import Request, g

from connectors.errors import ConnectorError
from runner.delegation.delegation import may_read
from runner.errors import RunnerError
from runner.web.context import Web

_FORM = re.compile(r"/forms/([^/]+)(?:/for/([^/]+))?")
_PERSON = re.compile(r"/people/([^/]+)")
_LONGEST = 200


def why_address(web: Web, request: Request) -> str:
    """Return the address of the explanation for those who may read who may do what; empty for everybody else.

    It is made of the visitor and the address that was asked for alone, so that what is missing and what is forbidden
    lead to addresses of one shape.
    """
    visitor = g.get("visitor")
    if web.delegation is None or visitor is None or not _may_read(web):
        return ""
    return f"/access/explain?{urlencode({'who': visitor.actor.login, **_asked(request)})}"


def _may_read(web: Web) -> bool:
    try:
        return web.delegation is not None and may_read(web.delegation.services, g.visitor.actor)
    except (ConnectorError, RunnerError):
        return False


def _asked(request: Request) -> dict[str, str]:
    if form := _FORM.match(request.path):
        target = form[2] or request.form.get("target", "")
        asked = {"what": f"target:{target}"[:_LONGEST]} if target else {}
        return {**asked, "form": form[1][:_LONGEST]}
    if person := _PERSON.match(request.path):
        return {"permission": "user.read", "what": f"user:{person[1]}"[:_LONGEST]}
    return {}
