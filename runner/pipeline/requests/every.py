"""All open requests, for who looks after them without being asked: who can answer each, and which nobody can. Reads."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal, TypeAlias

from connectors.errors import ConnectorError
from runner.access.model import Actor
from runner.counting import counted
from runner.errors import RefusedError
from runner.pipeline.reading import Reader
from runner.pipeline.requests.asking import NOBODY
from runner.pipeline.requests.inbox import request_line
from runner.pipeline.requests.opened import Opened, open_request
from runner.pipeline.requests.pages import OpenLine, OpenPage, RequestLine
from runner.pipeline.requests.seeing import open_forms
from runner.pipeline.requests.telling import who_of
from runner.pipeline.requests.voters import Voters, last_moment
from runner.pipeline.services import Services
from runner.store.open_requests import OpenRows
from runner.store.records import Submission

Lack: TypeAlias = Literal["nobody", "few", ""]
PAGE = 25
_NOBODY = "Nobody is left who may answer it."
_FEW = "Too few of those who are named are left, so those of last resort may answer."
_ROWS_LOOKED_AT = 50
_UNKNOWN = "A system does not answer, so it cannot be said now who may."


def open_page(services: Services, actor: Actor, page: int, bulk_id: str = "") -> OpenPage:
    """Return a page of the open requests of those forms of which the actor sees all; what ends first at the head.

    Rows of a bulk stand together in one line, or, where its id is given, each in its own.
    """
    store, forms = services.store.open_requests, open_forms(services, actor)
    found = store.page(forms, bulk_id, behind=(page - 1) * PAGE, limit=PAGE + 1)
    bulks = {} if bulk_id else store.rows_of({one.bulk_id for one in found if one.bulk_id}, NOBODY)
    reader = Reader(services, Actor("", "", "", None), None, services.now())
    names: dict[str, str] = {}
    lines = tuple(_line(reader, one, names, bulks) for one in found[:PAGE])
    return OpenPage(lines, page, len(found) > PAGE, bulk_id)


def _line(reader: Reader, of: Submission, names: dict[str, str], bulks: Mapping[str, OpenRows]) -> OpenLine:
    try:
        line = request_line(reader, of, names)
    except ConnectorError:
        names[of.actor_id] = of.actor_login
        line = request_line(reader, of, names)
    if (rows := bulks.get(of.bulk_id or "")) is not None:
        return _together(reader.services, line, of, rows)
    try:
        return _answered_by(line, open_request(reader.services, of))
    except ConnectorError:
        return OpenLine(line, "", "unknown", _UNKNOWN)
    except RefusedError as gone:
        return OpenLine(line, "", "nobody", str(gone))


def unanswerable(services: Services, submissions: Iterable[Submission]) -> int:
    """Return how many of these requests nobody can answer as things are; what cannot be looked up now does not count."""
    return sum(_is_unanswerable(services, one) for one in submissions)


def _is_unanswerable(services: Services, submission: Submission) -> bool:
    try:
        voters = open_request(services, submission).voters
        return voters is not None and _lack(voters) == "nobody"
    except ConnectorError:
        return False
    except RefusedError:
        return True


def _together(services: Services, line: RequestLine, of: Submission, rows: OpenRows) -> OpenLine:
    """Return the rows of a bulk as one line, with the worse of what some of them lack."""
    line, bulk_id = replace(line, target=counted(rows.count, "person", "people"), what=""), of.bulk_id or ""
    noted = services.store.open_requests.waiting(bulk_id=bulk_id, note=NOBODY, limit=_ROWS_LOOKED_AT)
    nobody = unanswerable(services, noted) if noted else rows.count * unanswerable(services, (of,))
    few, is_more = max(0, rows.noted - nobody), rows.noted > len(noted)
    found = (
        f"{'At least ' if is_more else ''}{nobody} of them can be answered by nobody." if nobody else "",
        f"{few} of them have too few people left who may answer." if few and not (nobody and is_more) else "",
    )
    return OpenLine(
        line, "", "nobody" if nobody else "few" if few else "", " ".join(filter(None, found)), bulk_id, rows.count
    )


def _answered_by(line: RequestLine, request: Opened) -> OpenLine:
    voters = request.voters
    if voters is None:
        return OpenLine(line, "")
    line = replace(line, expires_at=last_moment(request.pending))
    lack = _lack(voters)
    why = {"nobody": _NOBODY, "few": _FEW}.get(lack, "")
    return OpenLine(line, who_of(request, replace(voters.present, ways=voters.ways)), lack, why)


def _lack(voters: Voters) -> Lack:
    """Say whether nobody is left, or only those of last resort."""
    if not voters.is_short:
        return ""
    is_open = any(one.kind == "everyone" for one in voters.principals()) or any(True for _ in voters.people())
    return "few" if is_open else "nobody"
