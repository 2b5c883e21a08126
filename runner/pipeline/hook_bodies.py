"""What webhooks and chats are given: JSON with no more in it than the rule names. Pure."""

import json
import re
from datetime import datetime

from runner.journal.records import timestamp
from runner.store.records import Submission

_CALLS_EVERYBODY = re.compile(r"@(?=(?:all|channel|here|everyone|team)\b)", re.IGNORECASE)
_MOST_CHAT = 3_000


def hook_body(submission: Submission, event: str, at: datetime, subject: str, text: str) -> str:
    """Return the body of a webhook: which form, which submission, what happened, and the texts of the rule.

    Neither answers nor the target's or the requester's name are in it, unless the rule's own texts say them.
    """
    about = {
        "submission": submission.id,
        "form": submission.form_id,
        "version": submission.form_version,
        "event": event,
        "subject": subject,
        "text": text,
    }
    return _json({"type": f"submission.{event}", "timestamp": timestamp(at), "data": about})


def chat_body(subject: str, text: str) -> str:
    """Return what incoming webhooks of chats take; nothing filled in becomes a link, a mention or a call to everybody."""
    said = "\n".join(part for part in (subject, text) if part)[:_MOST_CHAT]
    escaped = said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _json({"text": _CALLS_EVERYBODY.sub("@\u200b", escaped)})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
