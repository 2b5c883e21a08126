"""Write the page of an evidence pack that people read: what was asked, the verdict, and each record in words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from runner.counting import counted
from runner.journal.records import subject_id
from runner.journal.telling import told

STYLE = """\
body { font: 16px/1.5 system-ui, sans-serif; color: #1d2430; background: #f5f6f8;
  margin: 0 auto; padding: 1.5rem 1rem; max-width: 70rem }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
p { margin: .25rem 0 }
.verdict { border-left: .3rem solid #1f7a4d; background: #fff; padding: .75rem 1rem; margin: 1rem 0; border-radius: .25rem }
.verdict.bad { border-color: #b3261e }
ol { list-style: none; margin: 0; padding: 0 }
li { background: #fff; border-radius: .5rem; padding: .75rem 1rem; margin: 0 0 .5rem; overflow-wrap: anywhere }
.when { color: #566070; font-variant-numeric: tabular-nums }
.kind { display: inline-block; border-radius: 1rem; background: #e6e9ef; padding: 0 .6rem; font-size: .85rem }
.deny, .bad-end { background: #f9dedc }
.said { display: block; margin-top: .25rem }
.more { color: #566070; font-size: .9rem }
@media print { body { background: #fff } li, .verdict { border: 1px solid #ccc; break-inside: avoid } }
"""
_BAD = ("failed", "unknown", "refused")


@dataclass(frozen=True, slots=True)
class Summary:
    """What the page says: of what, when it was made, the verdict, and the bodies of the records as far as readable."""

    title: str
    made_at: datetime
    verdict: str
    is_good: bool
    bodies: Sequence[Mapping[str, Any]]


def page(summary: Summary) -> str:
    """Return the page; everything in it that comes from records is inert text."""
    records = "\n".join(_record(body) for body in summary.bodies)
    title = escape(summary.title)
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self' file:">
<title>Evidence: {title}</title>
<link rel="stylesheet" href="summary.css">
<h1>Evidence: {title}</h1>
<p class="when">Made {summary.made_at:%Y-%m-%d %H:%M} UTC, {counted(len(summary.bodies), "record")}</p>
<div class="verdict{"" if summary.is_good else " bad"}">{escape(summary.verdict)}</div>
<p>This page is for reading. The proof is in the files beside it; README.txt says how to verify it yourself.</p>
<h2>What happened</h2>
<ol>
{records}
</ol>
</html>
"""


def _record(body: Mapping[str, Any]) -> str:
    kind, words = str(body["kind"]), told(str(body["kind"]), body)
    moment = datetime.fromisoformat(str(body["time"]))
    outcome = body.get("outcome")
    code = outcome.get("code") if isinstance(outcome, Mapping) else outcome
    loud = " deny" if kind == "deny" else " bad-end" if code in _BAD else ""
    more = {"record": str(body["seq"]), "ticket": body.get("ticket"), "reason": body.get("reason")}
    more |= {"submission": subject_id(body, "submission")}
    rest = " · ".join(f"{name} {escape(str(value))}" for name, value in more.items() if value)
    return (
        f'<li><span class="when">{moment:%Y-%m-%d %H:%M:%S} UTC</span> <span class="kind{loud}">{escape(kind)}</span> '
        f"<strong>{escape(words.who or 'nobody known')}</strong>"
        f'<span class="said">{escape(words.sentence)}</span><span class="more">{rest}</span></li>'
    )
