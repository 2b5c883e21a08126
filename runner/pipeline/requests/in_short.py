"""What a submission changes, in one line, from the plan that is kept with it. Pure."""

from collections.abc import Mapping
from typing import Any

from runner.pipeline.planning import kept_plan
from runner.store.records import Submission

_MOST_NAMED = 3


def in_short(submission: Submission, *, values: bool = True) -> str:
    """Name the first things that the kept plan of a submission changes, and how many more there are.

    Without ``values`` it says which things, and not what becomes of them: for what leaves the desk.
    """
    rows = kept_plan(submission)
    texts = [text for row in rows for line in row.get("lines", ()) if (text := _change(line, values=values))]
    found = list(dict.fromkeys(texts)) or [str(row.get("title", "")) for row in rows]
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return ", ".join(found[:_MOST_NAMED]) + more


def _change(line: Mapping[str, Any], *, values: bool) -> str:
    name, after = str(line.get("attribute") or line.get("what") or ""), str(line.get("after") or "")
    if line.get("kind") == "none":
        return ""
    until = f" {line['note']}" if line.get("note") else ""
    return (f"{name}: {after}" if values and line.get("kind") in ("set", "end") and after else name) + until
