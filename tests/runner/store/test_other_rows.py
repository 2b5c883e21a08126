from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from runner.errors import NotFoundError, RefusedError, StaleError
from runner.store.records import Notification
from runner.store.store import Store
from tests.runner.migrated import migrated
from tests.runner.store.drafts import DRAFT, NOW, check, planned, record

LATER = NOW + timedelta(minutes=5)


def test_a_node_is_dead_when_its_process_is_gone_or_it_is_silent(store: Store):
    store.nodes.register("here", "host-a", 10, NOW)
    store.nodes.register("gone", "host-a", 11, NOW)
    store.nodes.register("far", "host-b", 11, NOW)
    alive = {10}.__contains__
    assert store.nodes.dead(NOW, "host-a", alive) == ["gone"]
    store.nodes.heartbeat("here", LATER)
    assert store.nodes.dead(LATER, "host-a", alive) == ["far", "gone"]
    store.nodes.leave("gone")
    assert store.nodes.dead(LATER, "host-a", alive) == ["far"]


def test_a_node_is_dead_when_another_one_got_its_process_id(store: Store):
    store.nodes.register("old", "host-a", 10, NOW)
    store.nodes.register("new", "host-a", 10, NOW + timedelta(seconds=1))
    assert store.nodes.dead(NOW, "host-a", lambda _: True) == ["old"]


def test_a_node_that_was_removed_learns_it_at_its_next_heartbeat(store: Store):
    store.nodes.register("here", "host-a", 10, NOW)
    store.nodes.leave("here")
    with pytest.raises(NotFoundError):
        store.nodes.heartbeat("here", LATER)


def test_a_node_id_is_used_once(store: Store):
    store.nodes.register("here", "host-a", 10, NOW)
    with pytest.raises(StaleError):
        store.nodes.register("here", "host-a", 12, NOW)
    assert [node.pid for node in store.nodes.all()] == [10]


def test_a_caller_check_is_bound_and_read_back(store: Store):
    store.submissions.start(DRAFT)
    store.verifications.create(check(note="to the mobile"), [record("verify")])
    assert store.verifications.get("v-1") == check(note="to the mobile")
    assert store.verifications.for_submission("s-1") == [check(note="to the mobile")]
    assert store.journal.search(kind="verify")[0].body["submission"] == "s-1"
    with pytest.raises(NotFoundError):
        store.verifications.get("v-2")


def test_tries_are_counted_before_they_are_judged_and_run_out(store: Store):
    store.submissions.start(DRAFT)
    store.verifications.create(check())
    store.verifications.sent("v-1", code_hash="h" * 64, expires_at=LATER)

    def attempt(_: int) -> bool:
        try:
            store.verifications.record_attempt("v-1", max_attempts=3, now=NOW)
        except StaleError:
            return False
        return True

    with ThreadPoolExecutor(12) as threads:
        assert list(threads.map(attempt, range(12))).count(True) == 3
    assert store.verifications.get("v-1").attempts == 3


def test_a_check_that_expired_or_failed_can_neither_be_tried_nor_passed(store: Store):
    store.submissions.start(DRAFT)
    store.verifications.create(check(expires_at=NOW))
    store.verifications.create(check("v-2"))
    store.verifications.fail("v-2")
    for name in ("v-1", "v-2"):
        with pytest.raises(StaleError):
            store.verifications.record_attempt(name, max_attempts=3, now=NOW)
        with pytest.raises(StaleError):
            store.verifications.pass_(name, NOW)
        assert store.verifications.get(name).passed_at is None


def test_a_passed_check_forgets_its_code_and_is_used_exactly_once(store: Store):
    store.submissions.start(DRAFT)
    store.verifications.create(check(state="sent", code_hash="h" * 64))
    store.verifications.pass_("v-1", NOW)
    assert store.verifications.get("v-1").code_hash is None

    def attempt(_: int) -> bool:
        try:
            store.verifications.consume("v-1", "s-1", LATER)
        except StaleError:
            return False
        return True

    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(attempt, range(20))).count(True) == 1


def test_a_check_cannot_be_used_by_another_submission(store: Store):
    store.submissions.start(DRAFT)
    planned(store, "s-2")
    store.verifications.create(check())
    store.verifications.pass_("v-1", NOW)
    with pytest.raises(StaleError):
        store.verifications.consume("v-1", "s-2", LATER)
    assert store.verifications.get("v-1").consumed_at is None


def test_only_a_recent_success_of_the_same_people_and_policy_may_serve_again(store: Store):
    store.submissions.start(DRAFT)
    store.verifications.create(check())
    reusable = store.verifications.reusable
    assert reusable("id-alice", "id-bob", "strong", NOW) == []
    store.verifications.pass_("v-1", NOW)
    assert [one.id for one in reusable("id-alice", "id-bob", "strong", NOW)] == ["v-1"]
    assert reusable("id-alice", "id-bob", "strong", LATER) == []
    assert reusable("id-eve", "id-bob", "strong", NOW) == []
    assert reusable("id-alice", "id-carol", "strong", NOW) == []
    assert reusable("id-alice", "id-bob", "basic", NOW) == []


def test_a_published_version_of_a_form_never_changes(store: Store):
    remember = store.form_versions.remember
    assert remember("unlock", "1", "d1", "text", "alice", NOW, records=[record("config")])
    assert not remember("unlock", "1", "d1", "text", "bob", LATER, records=[record("config")])
    with pytest.raises(StaleError):
        remember("unlock", "1", "d2", "other", "bob", LATER, records=[record("config")])
    found = store.form_versions.get("unlock", "1")
    assert (found.text, found.author, found.created_at) == ("text", "alice", NOW)
    assert store.journal.head().seq == 1


def test_a_draft_of_a_form_changes_until_it_is_published(store: Store):
    remember = store.form_versions.remember
    assert remember("unlock", "2", "d1", "one", "alice", NOW, is_draft=True)
    assert remember("unlock", "2", "d2", "two", "alice", NOW, is_draft=True)
    assert remember("unlock", "2", "d2", "two", "alice", NOW)
    with pytest.raises(StaleError):
        remember("unlock", "2", "d3", "three", "alice", NOW, is_draft=True)
    assert [version.text for version in store.form_versions.versions("unlock")] == ["two"]
    with pytest.raises(NotFoundError):
        store.form_versions.get("unlock", "3")


def test_mails_wait_until_they_are_sent_or_given_up(store: Store):
    mails = [Notification(f"m-{n}", None, ("bob@example.org",), "Hello", "Text", NOW) for n in (1, 2, 3)]
    store.notifications.create(mails)
    store.notifications.mark_sent("m-1", LATER)
    store.notifications.mark_failed("m-2", "mailbox full", LATER)
    store.notifications.mark_failed("m-3", "server busy", LATER, is_final=False)
    (waiting,) = store.notifications.pending()
    assert (waiting.id, waiting.attempts, waiting.error) == ("m-3", 1, "server busy")
    assert [mail.id for mail in store.notifications.list(state="failed")] == ["m-2"]
    with pytest.raises(NotFoundError):
        store.notifications.mark_sent("m-9", LATER)


def test_a_text_that_cannot_be_stored_is_refused_in_a_sentence(postgres_database_url: str):
    migrated(postgres_database_url)
    with Store.open(postgres_database_url) as store:
        with pytest.raises(RefusedError, match="cannot be stored"):
            planned(store, ticket="INC\x001")
        assert store.submissions.list() == []


def test_a_message_is_claimed_by_one_node_however_many_ask(store: Store):
    store.notifications.create(
        [Notification(f"m-{n:02}", None, ("bob@example.org",), "Hello", "Text", NOW) for n in range(20)]
    )

    def claims(_: int) -> list[str]:
        return [one.id for one in store.notifications.claim("node", LATER)]

    with ThreadPoolExecutor(8) as pool:
        taken = [id_ for found in pool.map(claims, range(60)) for id_ in found]
    taken += [id_ for _ in range(20) for id_ in claims(0)]
    assert sorted(taken) == [f"m-{n:02}" for n in range(20)]


def test_a_message_waits_for_its_next_try_and_is_decided_on_once(store: Store):
    store.notifications.create([Notification("m-1", None, ("bob@example.org",), "Hello", "Text", NOW)])
    (claimed,) = store.notifications.claim("one", NOW)
    with pytest.raises(StaleError):
        store.notifications.send_again(claimed.id, NOW)
    store.notifications.mark_failed("m-1", "busy", NOW, is_final=False, due_at=LATER)
    assert store.notifications.claim("one", NOW) == []
    store.notifications.send_again("m-1", NOW)
    assert [one.attempts for one in store.notifications.claim("two", NOW)] == [0]
    store.notifications.mark_failed("m-1", "no", NOW)
    store.notifications.give_up("m-1", NOW)
    with pytest.raises(StaleError):
        store.notifications.send_again("m-1", NOW)
    with pytest.raises(NotFoundError):
        store.notifications.give_up("m-2", NOW)
    assert (store.notifications.count("given_up"), store.notifications.count("pending")) == (1, 0)
