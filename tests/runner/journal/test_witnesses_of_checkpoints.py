"""What is done for the journal while a desk is served: checkpoints reach witnesses, a failing one stops nothing."""

import json
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from connectors.errors import UnavailableError
from connectors.mailbox.mail import OutboxPostman
from connectors.spi import Message
from runner.errors import NotDurableError, SetUpError
from runner.journal.checkpoints import new_signing_key, read_signing_key
from runner.journal.offline.notes import checkpoints_in
from runner.journal.records import Record
from runner.pipeline.services import Halt
from runner.settings.model import JournalSettings
from runner.store.store import Store
from runner.witnessing.breaking import declare_break
from runner.witnessing.checkpointing import Checkpointer
from runner.witnessing.delivering import Courier, Witnessing
from runner.witnessing.forwarding import Forwarding
from runner.witnessing.keeping import JournalKeeping
from runner.witnessing.read_only import READ_ONLY, why_read_only
from runner.witnessing.syslog_sending import syslog_receiver
from runner.witnessing.witnesses import FileWitness, MailWitness, Witness, witnesses_of
from tests.runner.journal.receivers import posted_to, syslog_over_tls
from tests.runner.migrated import migrated
from tests.servers.certificates import Certificates

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SIGNER = read_signing_key(new_signing_key(random.Random(4).randbytes))


class Refusing:
    """A witness that can be told to fail or to hang."""

    name = "file somewhere"

    def __init__(self) -> None:
        self.got: list[int] = []
        self.fails = False
        self.hangs = threading.Event()
        self.hangs.set()

    def send(self, checkpoint) -> None:
        self.hangs.wait(10)
        if self.fails:
            raise OSError(28, "No space left on device")
        self.got.append(checkpoint.size)


@dataclass
class Desk:
    store: Store
    keeping: JournalKeeping
    told: list[str]
    at: list[datetime] = field(default_factory=lambda: [NOW])

    def add(self, count: int = 1) -> None:
        self.store.journal.append([Record("intent", NOW, {"reason": str(one)}) for one in range(count)])

    def later(self, seconds: int) -> None:
        self.at[0] += timedelta(seconds=seconds)

    def round(self) -> None:
        self.keeping.round()
        for thread in list(self.keeping._under_way):
            thread.join(10)


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    migrated(url)
    with Store.open(url) as store:

        def make(*witnesses: Witness) -> Desk:
            told: list[str] = []
            at = [NOW]
            errands = [Witnessing(store, witness) for witness in witnesses]
            courier = Courier(store, errands, lambda: at[0], told.append)
            keeping = JournalKeeping(store, Checkpointer(store, SIGNER), courier, Halt(), lambda: at[0], told.append)
            return Desk(store, keeping, told, at)

        yield make


def test_a_witness_gets_each_checkpoint_at_once(make_desk: Callable[..., Desk], tmp_path: Path):
    desk = make_desk(FileWitness(tmp_path / "witness.txt"))
    for _ in range(3):
        desk.add(4)
        desk.later(61)
        desk.round()
    found = checkpoints_in((tmp_path / "witness.txt").read_text(), [SIGNER.key])
    assert [one.size for one in found] == [4, 8, 12]
    assert desk.told == []
    desk.add()
    desk.keeping.stop()
    assert len(checkpoints_in((tmp_path / "witness.txt").read_text(), [SIGNER.key])) == 4


def test_what_a_witness_missed_is_sent_in_order_once_it_answers(make_desk: Callable[..., Desk]):
    witness = Refusing()
    desk = make_desk(witness)
    desk.add()
    desk.round()
    assert witness.got == [1]
    witness.fails = True
    for _ in range(3):
        desk.add()
        desk.later(61)
        desk.round()
    assert len(desk.told) == 1
    assert "file somewhere cannot be reached: No space left on device" in desk.told[0]
    receiver = desk.store.checkpoints.receiver(witness.name)
    assert (receiver.place, receiver.failing_since) == (1, NOW + timedelta(seconds=61))
    witness.fails = False
    desk.later(30)
    desk.round()
    assert witness.got == [1]
    desk.later(31)
    desk.round()
    assert witness.got == [1, 2, 3, 4]
    assert desk.told[1:] == ["journal: file somewhere answers again"]
    assert desk.store.checkpoints.receiver(witness.name).problem == ""


def test_a_witness_that_hangs_holds_nothing_up(make_desk: Callable[..., Desk]):
    witness = Refusing()
    witness.hangs.clear()
    desk = make_desk(witness)
    desk.add()
    begun = time.monotonic()
    desk.keeping.round()
    desk.add()
    desk.later(61)
    desk.keeping.round()
    assert time.monotonic() - begun < 2
    assert len(desk.store.checkpoints.behind()) == 2
    witness.hangs.set()
    desk.round()
    assert witness.got[0] == 1 or witness.got == [2]


def test_a_new_witness_begins_with_the_newest_checkpoint(make_desk: Callable[..., Desk]):
    desk = make_desk()
    for _ in range(3):
        desk.add()
        desk.later(61)
        desk.round()
    witness = Refusing()
    Courier(desk.store, [Witnessing(desk.store, witness)], lambda: NOW, desk.told.append).run()
    assert witness.got == [3]


def test_a_journal_that_was_tampered_with_is_read_only_until_a_break_is_declared(make_desk: Callable[..., Desk]):
    desk = make_desk()
    desk.add(20)
    desk.round()
    desk.store.database.write(
        lambda connection: connection.execute(text("UPDATE journal SET line = 'x' WHERE seq = 3")).rowcount
    )
    desk.keeping.start()
    desk.round()
    assert desk.keeping.halt.reason == READ_ONLY == why_read_only(desk.store)
    with pytest.raises(NotDurableError, match="does not verify"):
        desk.keeping.halt.check()
    assert "THE JOURNAL DOES NOT VERIFY: record 3 was edited" in desk.told[0]
    desk.add(5)
    desk.later(61)
    desk.round()
    assert len(desk.store.checkpoints.behind()) == 1
    declare_break(desk.store, SIGNER, {"id": "1"}, "A disk", "record 3 was edited", NOW)
    desk.round()
    assert desk.keeping.halt.reason == why_read_only(desk.store) == ""
    assert len(desk.store.checkpoints.behind()) == 3


def test_a_halt_for_another_reason_is_left_alone(make_desk: Callable[..., Desk]):
    desk = make_desk()
    desk.keeping.halt.reason = "an outcome could not be stored"
    desk.store.checkpoints.note_fault("record 3 was edited", NOW)
    desk.round()
    assert desk.keeping.halt.reason == "an outcome could not be stored"


def sent_to(desk: Desk, settings: JournalSettings, tmp_path: Path) -> list[str]:
    witnesses = witnesses_of(settings, OutboxPostman(tmp_path / "outbox"), "node-1")
    Courier(desk.store, [Witnessing(desk.store, one) for one in witnesses], lambda: NOW, desk.told.append).run()
    return desk.told


def test_witnesses_are_reached_by_post_syslog_and_mail(make_desk: Callable[..., Desk], tmp_path: Path):
    certificates = Certificates.made(tmp_path)
    desk = make_desk()
    desk.add(7)
    desk.round()
    (note,) = desk.store.checkpoints.notes()
    good = certificates.good
    with posted_to() as posts, syslog_over_tls(str(good.file), str(good.key)) as syslog:
        settings = JournalSettings(
            witness_url=posts.url,
            witness_syslog=syslog.url,
            witness_mail="audit@example.org",
            ca_file=str(certificates.authority),
        )
        assert sent_to(desk, settings, tmp_path) == []
        assert posts.messages == [note.encode()]
        deadline = time.monotonic() + 5
        while not syslog.messages and time.monotonic() < deadline:
            time.sleep(0.01)
    (message,) = syslog.messages
    assert message.startswith(b"<109>1 2026-03-01T09:30:00.000000Z node-1 deskhand - checkpoint [deskhand@32473 ")
    assert json.loads(message.partition(b"\xef\xbb\xbf")[2]) == {"checkpoint": note}
    (mail,) = OutboxPostman(tmp_path / "outbox").messages()
    assert note.replace("\n", "") in mail.body.replace("\n", "")


@pytest.mark.parametrize("which", ["expired", "wrong_name", "unknown"])
def test_a_receiver_of_syslog_has_to_prove_who_it_is(make_desk: Callable[..., Desk], tmp_path: Path, which: str):
    certificates = Certificates.made(tmp_path)
    bad = getattr(certificates, which)
    desk = make_desk()
    desk.add()
    desk.round()
    with syslog_over_tls(str(bad.file), str(bad.key)) as syslog:
        settings = JournalSettings(witness_syslog=syslog.url, ca_file=str(certificates.authority))
        (told,) = sent_to(desk, settings, tmp_path)
    assert "cannot be reached" in told
    assert "certificate" in told
    assert syslog.messages == []


@pytest.mark.parametrize("status", [301, 307, 403, 500])
def test_an_answer_that_is_no_yes_is_a_failure_and_no_redirection_is_followed(
    make_desk: Callable[..., Desk], tmp_path: Path, status: int
):
    desk = make_desk()
    desk.add()
    desk.round()
    with posted_to() as posts:
        posts.status = status
        (told,) = sent_to(desk, JournalSettings(witness_url=posts.url), tmp_path)
    assert f"it answered {status}" in told
    with_port_closed = sent_to(desk, JournalSettings(witness_url=posts.url), tmp_path)
    assert len(with_port_closed) == 1


def test_mail_that_cannot_be_sent_is_a_failure(make_desk: Callable[..., Desk]):
    class Unwilling:
        def send(self, message: Message) -> None:
            raise UnavailableError("the server does not answer")

    desk = make_desk(MailWitness("audit@example.org", Unwilling()))
    desk.add()
    desk.round()
    assert "mail audit@example.org cannot be reached: the server does not answer" in desk.told[0]


@pytest.mark.parametrize(
    "settings",
    [
        JournalSettings(witness_url="http://witness.example.org/"),
        JournalSettings(witness_url="ftp://witness.example.org/"),
        JournalSettings(witness_url="https:///x"),
        JournalSettings(witness_url="https://witness.example.org:99999999/"),
        JournalSettings(witness_syslog="tcp://logs.example.org:514"),
        JournalSettings(witness_syslog="tls://"),
        JournalSettings(witness_syslog="tls://logs.example.org:xyz"),
        JournalSettings(witness_syslog="unix:relative"),
    ],
)
def test_a_witness_that_could_not_be_trusted_is_refused_in_a_sentence(settings: JournalSettings, tmp_path: Path):
    with pytest.raises(SetUpError):
        witnesses_of(settings, OutboxPostman(tmp_path), "node-1")


def wait_for(received: list[bytes], count: int) -> None:
    deadline = time.monotonic() + 5
    while len(received) < count and time.monotonic() < deadline:
        time.sleep(0.01)


def test_every_record_is_forwarded_once_and_in_order_also_after_a_break_in_between(
    make_desk: Callable[..., Desk], tmp_path: Path
):
    certificates = Certificates.made(tmp_path)
    desk, good = make_desk(), certificates.good
    with syslog_over_tls(str(good.file), str(good.key)) as syslog:
        forwarding = Forwarding(desk.store, syslog_receiver(syslog.url, str(certificates.authority)), "node-1")
        courier = Courier(desk.store, [forwarding], lambda: desk.at[0], desk.told.append)
        desk.add(700)
        assert courier.is_waiting()
        courier.run()
        assert not courier.is_waiting()
        desk.add(5)
        courier.run()
        wait_for(syslog.messages, 705)
    assert [message.partition(b"\xef\xbb\xbf")[2].decode() for message in syslog.messages] == list(
        desk.store.journal.all_lines()
    )
    desk.add(3)
    courier.run()
    assert "cannot be reached" in desk.told[0]
    assert desk.store.checkpoints.receiver(forwarding.name).place == 705


def test_records_reach_the_socket_of_this_machine(make_desk: Callable[..., Desk], tmp_path: Path):
    path = tmp_path / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(path))
        listening.settimeout(5)
        desk = make_desk()
        desk.add(2)
        forwarding = Forwarding(desk.store, syslog_receiver(f"unix://{path}", None), "node-1")
        Courier(desk.store, [forwarding], lambda: NOW, desk.told.append).run()
        assert [listening.recv(65_536).partition(b"\xef\xbb\xbf")[2].decode() for _ in range(2)] == list(
            desk.store.journal.all_lines()
        )
