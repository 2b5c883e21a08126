"""The ticket and the reason of a submission, against what the form asks for. Pure."""

from collections.abc import Iterator

from forms.answering.situation import Situation
from forms.errors import AnswerProblem
from forms.expressions import is_match

_MOST_REASON = 1_000


def record_problems(situation: Situation) -> Iterator[AnswerProblem]:
    """Yield what is wrong with the ticket and with the reason, at most one problem for each."""
    record, request = situation.form.record, situation.request
    if record.ticket == "required" and not request.ticket:
        yield AnswerProblem("ticket", "Write the ticket number.")
    elif request.ticket and (record.ticket == "off" or len(request.ticket) > 100 or not request.ticket.isprintable()):
        yield AnswerProblem("ticket", "This is not a ticket number.")
    elif request.ticket and record.ticket_pattern and not is_match(record.ticket_pattern, request.ticket):
        yield AnswerProblem("ticket", "This does not look like a ticket number of your ticket system.")
    if record.reason == "required" and not request.reason:
        yield AnswerProblem("reason", "Write why this is done.")
    elif request.reason and record.reason == "off":
        yield AnswerProblem("reason", "This form does not ask for a reason.")
    elif len(request.reason) > _MOST_REASON:
        yield AnswerProblem("reason", f"Write at most {_MOST_REASON} characters.")
    elif not all(sign.isprintable() or sign in "\r\n\t" for sign in request.reason):
        yield AnswerProblem("reason", "Write plain text.")
