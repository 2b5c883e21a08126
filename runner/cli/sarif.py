"""Problems of definitions as SARIF 2.1.0 (OASIS, 2020), which editors and code hosts show at their lines. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import TypeAlias
from urllib.parse import quote

from forms.errors import Problem
from runner.cli.plain_pages import plain

Json: TypeAlias = dict[str, object]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
VERSION = "2.1.0"


def sarif_log(
    problems: Iterable[tuple[PurePath, Problem]],
    summaries: Mapping[str, str],
    page_of: Callable[[str], str],
    release: str,
) -> Json:
    """Return the log of one run: a rule for each code that occurs, and a result for each problem, in their order.

    The paths are those of the files, relative to where the run was started or absolute.  ``summaries`` maps every code to
    its line, ``page_of`` gives its page in Markdown.
    """
    found = list(problems)
    codes = sorted({problem.code for _, problem in found})
    rules = [_rule(code, summaries[code], page_of) for code in codes]
    driver = {"name": "deskhand", "semanticVersion": release, "rules": rules}
    results = [_result(path, problem, codes) for path, problem in found]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def _rule(code: str, summary: str, page_of: Callable[[str], str]) -> Json:
    page = page_of(code)
    return {
        "id": code,
        "shortDescription": {"text": summary},
        "help": {"text": plain(page), "markdown": page},
        "defaultConfiguration": {"level": "warning" if code.startswith("W") else "error"},
    }


def _result(path: PurePath, problem: Problem, codes: Sequence[str]) -> Json:
    physical: Json = {"artifactLocation": {"uri": _uri(path)}}
    if problem.line:
        physical["region"] = {"startLine": problem.line, "startColumn": max(problem.column, 1)}
    text = f"{problem.message}. {problem.fix}".rstrip() if problem.fix else problem.message
    return {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": problem.level,
        "message": {"text": text},
        "locations": [{"physicalLocation": physical}],
    }


def _uri(path: PurePath) -> str:
    if path.is_absolute():
        return path.as_uri()
    # The colon too: a first segment with one would be read as a scheme (RFC 3986, 4.2).
    return quote(path.as_posix().encode("utf-8", "surrogateescape"), safe="/")
