"""Typed words → SQL over the folded texts, through the full-text index where there is one.

A word of three letters or more is looked up in the trigram index, a shorter one among the beginnings of trigrams.  The
index only proposes; each word is then looked for in the very attributes that were asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Integer, and_, column, false, or_, text

from connectors.errors import RejectedError
from connectors.folding import words
from connectors.local.tables import DESCRIBING, IDENTIFYING, TEXTS, search_texts

MANY = 2_000
_GRAM = 3
_LAST = "\U0010ffff"
_MATCHING = "SELECT rowid FROM directory_search WHERE directory_search MATCH :query"
_BEGINNING = "SELECT doc FROM directory_search_terms WHERE term >= :first AND term < :last"
_CONTENT = {True: "", False: " AND col = 'identity'"}


@dataclass(frozen=True, slots=True)
class Search:
    """What the typed words ask for; ``proposed`` says that few enough objects are proposed by the index to start there.

    Without ``proposed`` objects are best read in the order of the answer until it is full.
    """

    clause: ColumnElement[bool]
    proposed: bool


def search_for(connection: Connection, kind: str, typed: str, attributes: Sequence[str]) -> Search | None:
    """Return what to look for, or None when nothing was typed; asks the index how rare the words are.

    Raises `RejectedError` for an attribute that cannot be searched.
    """
    wanted = words(typed.replace("\x00", " "))
    if not wanted:
        return None
    searched = _searched(kind, attributes)
    exact = and_(*(_in_one_of(searched, word) for word in wanted))
    if connection.dialect.name == "sqlite":
        return _from_sqlite(connection, searched, wanted, exact)
    return Search(and_(*(_in_words(searched, word) for word in wanted), exact), proposed=False)


def _searched(kind: str, attributes: Sequence[str]) -> tuple[str, ...]:
    known = {*TEXTS[kind], "addresses"} if kind in {"user", "group", "contact"} else {*TEXTS[kind]}
    chosen = tuple(attributes) or tuple(name for name in IDENTIFYING if name in known)
    if unknown := [name for name in chosen if name not in known]:
        raise RejectedError(f"A {kind} cannot be searched by “{unknown[0]}”.")
    return chosen


def _in_one_of(searched: Sequence[str], word: str) -> ColumnElement[bool]:
    return or_(false(), *(_holds(name, word) for name in searched))


def _in_words(searched: Sequence[str], word: str) -> ColumnElement[bool]:
    indexed = ("identity", "details") if any(name in DESCRIBING for name in searched) else ("identity",)
    return or_(*(_holds(name, word) for name in indexed))


def _holds(name: str, word: str) -> ColumnElement[bool]:
    texts = search_texts.c[name]
    return and_(texts.is_not(None), texts.contains(word, autoescape=True))


def _from_sqlite(
    connection: Connection, searched: Sequence[str], wanted: Sequence[str], exact: ColumnElement[bool]
) -> Search:
    described = any(name in DESCRIBING for name in searched)
    long = [word for word in wanted if len(word) >= _GRAM]
    statement = _MATCHING if long else _BEGINNING + _CONTENT[described]
    values = _match(long, described=described) if long else {"first": wanted[0], "last": wanted[0] + _LAST}
    some = connection.execute(text(f"{statement} LIMIT {MANY + 1}"), values)
    if len(some.all()) > MANY:
        return Search(exact, proposed=False)
    proposal = text(statement).bindparams(**values).columns(column("rowid" if long else "doc", Integer))
    return Search(and_(search_texts.c.number.in_(proposal), exact), proposed=True)


def _match(long: Sequence[str], *, described: bool) -> dict[str, str]:
    phrases = " AND ".join('"' + word.replace('"', '""') + '"' for word in long)
    return {"query": f"{{identity details}} : ({phrases})" if described else f"{{identity}} : ({phrases})"}
