"""The queue of messages: sent once, tried again for a day, seen and decided on by operators, by mail and by webhook."""

import json
import socket
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from connectors.errors import UnavailableError
from connectors.mailbox.mail import SmtpPostman
from connectors.spi import Secret
from runner.doctor.messages import message_findings
from runner.errors import NotFoundError, RefusedError
from runner.pipeline.delivering import PAUSES, deliver_due
from runner.pipeline.happening import Happening
from runner.pipeline.message_queue import MessageQueue
from runner.pipeline.notifying import notify
from runner.pipeline.services import Channels
from runner.settings.webhooks import HookSettings
from runner.store.records import Notification
from runner.webhooks import Webhook
from tests.runner.listening_hooks import listening

AGENT, AUDITOR = "agent.rotterdam", "auditor"


class Away:
    def send(self, message):
        raise UnavailableError("The mail server cannot be reached; nothing was sent.")


class Inbox:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


def put(desk, id_="m-1", **more):
    given = {"to": ("bob@sample.test",), "subject": "Hello", "body": "Text\n", "created_at": desk.clock.now}
    desk.store.notifications.create([Notification(**({"id": id_, "submission_id": None} | given | more))])
    return id_


def use(desk, **parts):
    for name, part in parts.items():
        object.__setattr__(desk.services, name, part)


def test_a_real_server_gets_both_halves_once_with_an_id_that_stays(desk):
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        use(desk, postman=SmtpPostman("127.0.0.1", port, sender="desk@sample.test", starttls=False))
        put(desk, html="<p>Text &amp; more</p>")
        assert deliver_due(desk.services) == 1
        assert deliver_due(desk.services) == 0
    finally:
        controller.stop()
    (mail,) = inbox.mails
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == ("<m-1@sample.test>", "auto-generated")


def test_what_cannot_go_out_is_tried_again_for_a_day_and_then_failed(desk):
    use(desk, postman=Away())
    put(desk)
    for pause in PAUSES:
        assert deliver_due(desk.services) == 0
        assert deliver_due(desk.services) == 0
        desk.clock.now += pause
    deliver_due(desk.services)
    message = desk.store.notifications.get("m-1")
    assert (message.state, message.attempts) == ("failed", len(PAUSES) + 1)
    assert sum(pause.total_seconds() for pause in PAUSES) >= 86_400 * 0.95


def test_of_two_nodes_one_sends_and_a_lost_one_gives_way(desk):
    put(desk)
    store = desk.store.notifications
    assert [one.id for one in store.claim("one", desk.clock.now)] == ["m-1"]
    assert store.claim("two", desk.clock.now) == []
    desk.clock.forward(minutes=11)
    assert [one.claimed_by for one in store.claim("two", desk.clock.now)] == ["two"]


def queue(desk):
    return MessageQueue(desk.services)


def test_operators_see_why_and_send_it_again_on_record(desk):
    send = desk.services.postman
    use(desk, postman=Away())
    put(desk)
    deliver_due(desk.services)
    page = queue(desk).page(desk.actor(AUDITOR), None, 1)
    assert (page.shown, page.waiting, page.failed) == ("waiting", 1, 0)
    assert page.lines[0].error == "The mail server cannot be reached; nothing was sent."
    use(desk, postman=send)
    queue(desk).send_again(desk.actor(AUDITOR), "m-1")
    assert deliver_due(desk.services) == 1
    with pytest.raises(RefusedError, match="went out"):
        queue(desk).give_up(desk.actor(AUDITOR), "m-1")
    records = [entry for entry in desk.journal("outcome") if "notification" in entry]
    assert [(one["actor"]["login"], one["outcome"]["code"]) for one in records] == [(AUDITOR, "sent_again")]


def test_a_message_given_up_never_goes_out(desk):
    put(desk)
    queue(desk).give_up(desk.actor(AUDITOR), "m-1")
    assert deliver_due(desk.services) == 0
    assert desk.store.notifications.get("m-1").state == "given_up"
    assert desk.mails() == []


def test_who_does_not_read_the_journal_neither_sees_nor_decides(desk):
    put(desk)
    agent = desk.actor(AGENT)
    for attempt in (
        lambda: queue(desk).page(agent, None, 1),
        lambda: queue(desk).send_again(agent, "m-1"),
        lambda: queue(desk).give_up(agent, "m-1"),
        lambda: queue(desk).give_up(agent, "m-9"),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    assert len(desk.journal("deny")) == 4
    assert desk.store.notifications.get("m-1").state == "pending"


def hooked(desk, by, subject, url, to="cmdb"):
    settings = HookSettings("cmdb", Secret(url), by, Secret("a secret of more than 24 letters"))
    use(desk, channels=Channels(hooks={"cmdb": Webhook(settings)}))
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A", "note": "<!channel> @here"})
    submission = desk.store.submissions.get(plan.head.submission)
    form = desk.services.catalogue.forms["office"]
    rule = replace(form.notify[0], by=by, to=(to,), on=("rejected",), **({"body": None} if subject else {}))
    told = notify(
        desk.services, submission, Happening("rejected", desk.services.now()), form=replace(form, notify=(rule,))
    )
    desk.store.notifications.create([one for one in told.notifications if one.channel == by])
    return submission


def test_a_rule_by_webhook_gives_what_it_says_and_no_more(desk):
    with listening() as listener:
        submission = hooked(desk, "webhook", True, listener.url)
        assert deliver_due(desk.services) == 1
    body = json.loads(listener.given[0][1])
    assert body["type"] == "submission.rejected"
    assert body["data"] == {
        "submission": submission.id,
        "form": "office",
        "version": submission.form_version,
        "event": "rejected",
        "subject": "New office <!channel> @here",
        "text": "",
    }


def test_a_chat_gets_a_text_in_which_nothing_calls_everybody(desk):
    with listening() as listener:
        hooked(desk, "chat", True, listener.url)
        assert deliver_due(desk.services) == 1
    text = json.loads(listener.given[0][1])["text"]
    assert text == "New office &lt;!channel&gt; @\u200bhere"


def test_a_webhook_that_the_settings_do_not_have_fails_in_words(desk):
    hooked(desk, "webhook", True, "http://127.0.0.1:1/", to="other")
    (failed,) = desk.store.notifications.list(state="failed")
    assert "no webhook of this name" in failed.error


def test_doctor_counts_what_waits_and_what_failed(desk):
    assert [one[2] for one in message_findings(desk.installation) if one[0] == "mail"] == ["no mail is waiting"]
    put(desk)
    put(desk, "m-2", state="failed", error="x")
    said = [one[2] for one in message_findings(desk.installation) if one[1] == "warning"]
    assert said[0].startswith("1 message could not be sent; see: deskhand notifications list")
    assert said[1] == "1 mail still has to go out"
