import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from runner.errors import StaleError
from runner.journal.sealing_persons import ERASED
from runner.journal.verifying import verify
from runner.sealing import KeySealer, new_key
from runner.store.person_keys import Keyring
from runner.store.records import Notification
from runner.store.store import Store
from runner.store.tables import metadata, submissions
from runner.store.waiting_tables import grants
from tests.runner.migrated import migrated
from tests.runner.store.drafts import NOW, begin, check, planned, record, running

CANARY = "Bobby Tables"
ABOUT = {"target": {"kind": "user", "id": "id-bob"}, "reason": CANARY}


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    migrated(database_url)
    with Store.open(database_url, Keyring(KeySealer(new_key()), secrets.token_bytes)) as opened:
        yield opened


def everything(store: Store) -> str:
    """Everything that all tables hold, as text."""

    def read(connection: Any) -> str:
        return "".join(repr(connection.execute(select(table)).all()) for table in metadata.sorted_tables)

    return store.database.read(read)


def ended(store: Store, id: str = "s-1", **changes: Any) -> None:
    """A submission that ran for bob, with his name wherever one can stand."""
    planned(store, id, target_label=CANARY, **changes)
    plan = {"answers": {"who": "id-bob", "name": CANARY}, "plan": [{"lines": [CANARY]}], "plan_digest": "digest"}
    store.submissions.save_plan(id, **plan, sealed=None, ticket=CANARY, reason=CANARY, now=NOW)
    store.verifications.create(check(f"v-{id}", submission_id=id, note=CANARY))
    begin(store, id, records=[record(submission=id, **ABOUT)])
    mail = Notification(f"n-{id}", id, ("bob@sample.test",), f"For {CANARY}", CANARY, NOW)
    store.submissions.operation_finished(
        id,
        "step/0",
        state="done",
        changes=[{"what": CANARY}],
        error=CANARY,
        inverse={"arguments": {"name": CANARY}},
        now=NOW,
        records=[record("outcome", submission=id, changes=[{"what": CANARY}], **ABOUT)],
    )
    store.submissions.finish(id, state="done", now=NOW, records=[], notifications=[mail])


def erase(store: Store, person: str = "id-bob") -> Any:
    return store.erasures.erase(person, because="asked on 3 March", actor={"id": "cli"}, now=NOW)


def test_erasing_leaves_nothing_readable_and_the_chain_whole(store: Store):
    ended(store)
    head = store.journal.head()
    assert CANARY in everything(store)
    kept = store.erasures.kept("id-bob")
    assert (kept.keys, kept.submissions, kept.unsealed) == (1, 1, 0)
    done = erase(store)
    assert (done.keys, done.submissions) == (1, 1)
    assert CANARY not in everything(store)
    assert "bob@sample.test" not in everything(store)
    assert [entry.body["reason"] for entry in store.journal.search(submission="s-1")] == [ERASED, ERASED]
    assert store.journal.verify().ok
    assert verify(store.journal.all_lines(), head=(head.seq, head.hash)).ok


def test_who_did_what_when_and_how_it_ended_stays(store: Store):
    ended(store)
    before, steps = store.submissions.get("s-1"), store.submissions.operations("s-1")
    erase(store)
    after = store.submissions.get("s-1")
    for name in ("form_id", "actor_login", "target_id", "state", "created_at", "begun_at", "finished_at"):
        assert getattr(after, name) == getattr(before, name)
    assert (after.target_label, after.answers, after.plan, after.reason) == (ERASED, {}, None, "")
    (step,) = store.submissions.operations("s-1")
    assert (step.state, step.verb, step.title, step.finished_at) == ("done", step.verb, step.verb, steps[0].finished_at)
    assert (step.changes, step.inverse, step.error) == ([], None, ERASED)


def test_the_erasure_is_on_record_readable_and_without_what_was_erased(store: Store):
    ended(store)
    erase(store)
    (entry,) = store.journal.search(kind="config", target_id="id-bob")
    assert entry.body["reason"] == "asked on 3 March"
    assert entry.body["erased"] == {"keys": 1, "submissions": 1}
    assert CANARY not in entry.line


def test_others_keep_what_is_said_of_them(store: Store):
    ended(store)
    ended(store, "s-2", target_id="id-bobby")
    store.journal.append([record(target={"kind": "user", "id": "id-carol"}, reason="Carol moved")])
    erase(store)
    assert store.journal.search(target_id="id-carol")[0].body["reason"] == "Carol moved"
    assert store.submissions.get("s-2").target_label == ERASED  # its answers name bob
    store.journal.append([record(target={"kind": "user", "id": "id-bob"}, reason="came back")])
    assert store.journal.search(target_id="id-bob")[0].body["reason"] == "came back"


def test_a_longer_id_is_another_person(store: Store):
    planned(store, "s-3", target_kind="group", target_id="id-g", target_label="Guests")
    plan = {"answers": {"who": "id-bobby"}, "plan": None, "plan_digest": "digest", "ticket": "", "reason": "stays"}
    store.submissions.save_plan("s-3", **plan, sealed=None, now=NOW)
    assert not store.erasures.kept("id-bob").is_known
    assert erase(store).submissions == 0
    assert store.submissions.get("s-3").reason == "stays"


def test_a_form_for_a_group_that_names_the_person_is_blanked_but_for_the_group(store: Store):
    ended(store, target_kind="group", target_id="id-g")
    store.database.write(lambda c: c.execute(update(submissions).values(target_label="Guests")).rowcount)
    assert erase(store).submissions == 1
    assert (store.submissions.get("s-1").target_label, store.submissions.get("s-1").answers) == ("Guests", {})


def test_a_draft_ends_and_its_answers_go(store: Store):
    planned(store, target_label=CANARY)
    assert erase(store).submissions == 1
    assert (store.submissions.get("s-1").state, CANARY in everything(store)) == ("expired", False)
    with pytest.raises(StaleError):
        begin(store)


@pytest.mark.parametrize("state", ["running", "queued", "awaiting_approval"])
def test_nothing_is_erased_while_something_waits_or_runs(store: Store, state: str):
    ended(store)
    running(store, "s-2", count=1)
    store.database.write(
        lambda c: c.execute(update(submissions).where(submissions.c.id == "s-2").values(state=state)).rowcount
    )
    before = everything(store)
    with pytest.raises(StaleError, match="waits or runs"):
        erase(store)
    assert everything(store) == before


def test_nothing_is_erased_while_access_is_still_to_be_taken_back(store: Store):
    ended(store)
    row = {"id": "g-1", "submission_id": "s-1", "operation_id": "step/0", "form_id": "f", "actor_id": "a"}
    row |= {"actor_login": "alice", "target_kind": "user", "target_id": "id-bob", "target_label": CANARY, "node": ""}
    row |= {"title": CANARY, "inverse": json.dumps({"name": CANARY}), "state": "running", "attempts": 0, "error": ""}
    moments = dict.fromkeys(("ends_at", "created_at", "updated_at"), NOW)
    store.database.write(lambda c: c.execute(insert(grants).values(**row, **moments)).rowcount)
    with pytest.raises(StaleError, match="not taken back"):
        erase(store)
    assert CANARY in everything(store)
    store.database.write(lambda c: c.execute(update(grants).values(state="ended")).rowcount)
    erase(store)
    assert CANARY not in everything(store)


def test_a_mail_that_waits_is_given_up(store: Store):
    ended(store)
    erase(store)
    (mail,) = store.notifications.list()
    assert (mail.state, mail.to, mail.subject, mail.body) == ("given_up", (), ERASED, "")


def test_records_from_before_are_counted_and_left(store: Store, database_url: str):
    with Store.open(database_url) as before:
        before.journal.append([record(**ABOUT)])
    assert store.erasures.kept("id-bob").unsealed == 1
    erase(store)
    assert store.journal.search(kind="intent")[0].body["reason"] == CANARY


def test_the_files_of_sqlite_hold_no_key_and_no_name_afterwards(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    migrated(url)
    with Store.open(url, Keyring(KeySealer(new_key()), secrets.token_bytes)) as store:
        ended(store)
        query = "SELECT sealed FROM person_keys"
        key = store.database.read(lambda c: bytes(c.exec_driver_sql(query).scalar_one()))
        erase(store)
        files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert key not in files
    assert CANARY.encode() not in files
