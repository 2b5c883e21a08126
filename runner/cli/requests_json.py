"""Requests for a program: one line of a list, and one request with its plan. Pure; moments are ISO 8601."""

from collections.abc import Mapping
from datetime import datetime

from runner.cli.changes import operation_json
from runner.pipeline.pages import Thing
from runner.pipeline.requests.pages import BulkLine, OpenLine, RequestLine, RequestPage, RoundView, SaidView


def line_json(line: RequestLine) -> dict[str, object]:
    """Return a request as it stands in an inbox."""
    return {
        "id": line.id,
        "digest": line.digest,
        "title": line.title,
        "requester": line.requester,
        "target": line.target or None,
        "what": line.what,
        "ticket": line.ticket,
        "asked_at": line.asked_at.isoformat(),
        "expires_at": _moment(line.expires_at),
    }


def bulk_json(one: BulkLine) -> dict[str, object]:
    """Return the rows of a bulk as they stand in an inbox."""
    return {
        "id": one.id,
        "title": one.title,
        "requester": one.requester,
        "rows": one.count,
        "ticket": one.ticket,
        "asked_at": one.asked_at.isoformat(),
        "expires_at": _moment(one.expires_at),
    }


def open_json(one: OpenLine) -> dict[str, object]:
    """Return a request as it stands among all that are open; with a bulk, its first row for all of them."""
    of_bulk = {"bulk": one.bulk, "rows": one.rows} if one.bulk else {"bulk": None}
    return line_json(one.line) | {"who": one.who, "lack": one.lack or None, "why": one.why} | of_bulk


def request_json(page: RequestPage) -> dict[str, object]:
    """Return a request as whoever decides on it sees it."""
    return {
        "id": page.id,
        "digest": page.digest,
        "title": page.title,
        "state": page.state,
        "requester": _thing(page.requester),
        "target": _thing(page.target) if page.target else None,
        "facts": {fact.label: fact.text for fact in page.facts},
        "answers": {line.label: line.text for section in page.answers for line in section.lines},
        "operations": [operation_json(operation) for operation in page.operations],
        "rounds": [_round(one) for one in page.rounds],
        "earlier": [_said(word) for word in page.earlier],
        "note": page.note,
        "may": page.may,
        "why_not": page.why_not,
    }


def _thing(one: Thing) -> Mapping[str, object]:
    return {"id": one.id or None, "kind": one.kind, "label": one.label}


def _round(one: RoundView) -> Mapping[str, object]:
    said = [_said(word) for word in one.said]
    return {"title": one.title, "who": one.who, "need": one.need, "state": one.state or None, "said": said}


def _said(word: SaidView) -> Mapping[str, object]:
    return {
        "name": word.name,
        "decision": word.decision,
        "comment": word.comment,
        "at": word.at.isoformat(),
        "instead_of": word.instead_of or None,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
