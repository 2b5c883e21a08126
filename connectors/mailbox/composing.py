"""A message as a mail of RFC 5322: checked first, so that no value can become a header. Pure."""

import re
import unicodedata
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from connectors.errors import RejectedError
from connectors.mailbox.addresses import check_address
from connectors.spi import Message

_POLICY = SMTP.clone(cte_type="7bit")
_ID = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,120}")
_SUBJECT_CHARACTERS = 500
_BODY_CHARACTERS = 200_000
_NOT_IN_A_SUBJECT = frozenset(("Cc", "Cs", "Zl", "Zp"))
_NOT_IN_A_BODY = re.compile("[\0-\b\v\f\x0e-\x1f\x7f\ud800-\udfff]")


def compose(message: Message, *, sender: str, now: datetime) -> EmailMessage:
    """Return the mail that says ``message``, in seven-bit encoding, as multipart/alternative with HTML; ``now`` is aware.

    ``Message-ID`` is made from the message's id and the sender's domain, so a second try carries the same.  The mail
    calls itself automatic (RFC 3834) so that nobody's absence note answers it.  Raises `RejectedError` when an address,
    the id, the subject or the body holds what does not belong there; the sentence never shows it.
    """
    _check(message)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = check_address(sender)
    mail["To"] = ", ".join(message.to)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(_lines(message.body), charset="utf-8")
    if message.html:
        mail.add_alternative(_lines(message.html), subtype="html", charset="utf-8")
    return mail


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check(message: Message) -> None:
    if not message.to:
        raise RejectedError("A mail needs at least one recipient.")
    for address in message.to:
        check_address(address)
    if not _ID.fullmatch(message.id) or ".." in message.id or message.id[0] == "." or message.id[-1] == ".":
        raise RejectedError("The id of a mail may hold letters, digits, dots and dashes only.")
    if len(message.subject) > _SUBJECT_CHARACTERS or _NOT_IN_A_SUBJECT & set(
        map(unicodedata.category, message.subject)
    ):
        raise RejectedError(f"The subject of a mail must be one line of at most {_SUBJECT_CHARACTERS} characters.")
    if any(len(text) > _BODY_CHARACTERS or _NOT_IN_A_BODY.search(text) for text in (message.body, message.html)):
        raise RejectedError("The text of a mail is too long or holds control characters.")
