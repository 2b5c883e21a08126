from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from connectors.spi import Secret, SecretLeakError
from runner.errors import NotFoundError, StaleError
from runner.store.review_records import By, Campaign, ReviewItem, Tally
from runner.store.store import Store
from tests.runner.store.drafts import NOW, record

BOB, CAROL = By("id-bob", "bob"), By("id-carol", "carol")
CAMPAIGN = Campaign(
    "c-1", "Spring", "all bindings", date(2026, 4, 1), "p" * 64, "i" * 64, NOW, By("cli", "cli"), (BOB, CAROL)
)
LATER = NOW + timedelta(hours=1)


def item(position: int, digest: str = "", campaign: str = "c-1") -> ReviewItem:
    return ReviewItem(campaign, position, f"b-{position}", digest or f"d-{position}", {"binding": "b", "people": 3})


def begun(store: Store, campaign: Campaign = CAMPAIGN, count: int = 3) -> None:
    items = [item(position, campaign=campaign.id) for position in range(1, count + 1)]
    store.reviews.begin(campaign, items, [record("config")])


def decided(before: ReviewItem, verdict: str, by: By = BOB, **more: object) -> ReviewItem:
    values = {"verdict": verdict, "reason": "so", "decided_at": LATER, "decided_by": by, **more}
    return replace(before, **values)  # type: ignore[arg-type]


def test_a_campaign_is_read_back_as_it_was_stored(store: Store):
    begun(store)
    assert store.reviews.campaign("c-1") == CAMPAIGN
    assert list(store.reviews.items("c-1")) == [item(1), item(2), item(3)]
    assert list(store.reviews.items("c-1", after=1, limit=1)) == [item(2)]
    assert store.reviews.item("c-1", 3) == item(3)
    assert store.reviews.tallies() == {"c-1": Tally(left=3)}
    assert store.journal.head().seq == 1
    for missing in (lambda: store.reviews.campaign("c-2"), lambda: store.reviews.item("c-1", 4)):
        with pytest.raises(NotFoundError):
            missing()


def test_campaigns_are_found_by_their_reviewers_the_newest_first(store: Store):
    begun(store)
    begun(store, replace(CAMPAIGN, id="c-2", begun_at=LATER, reviewers=(CAROL,)))
    assert [one.id for one in store.reviews.campaigns()] == ["c-2", "c-1"]
    assert [one.id for one in store.reviews.campaigns("id-bob")] == ["c-1"]
    assert store.reviews.campaigns("id-eve") == []


def test_an_id_is_used_once_and_half_a_campaign_is_never_stored(store: Store):
    begun(store)
    with pytest.raises(StaleError):
        begun(store)
    leaking = replace(item(1, campaign="c-2"), snapshot={"password": Secret("open sesame")})  # type: ignore[dict-item]
    with pytest.raises(SecretLeakError):
        store.reviews.begin(replace(CAMPAIGN, id="c-2"), [leaking], [record("config")])
    assert [one.id for one in store.reviews.campaigns()] == ["c-1"]
    assert store.journal.head().seq == 1


def test_a_decision_its_record_and_its_revocation_are_stored_together(store: Store):
    begun(store)
    with pytest.raises(SecretLeakError):
        store.reviews.decide(item(1), decided(item(1), "revoke"), [record("config", before=Secret("x"))])
    assert (store.reviews.item("c-1", 1), store.reviews.standing().revoked) == (item(1), frozenset())
    store.reviews.decide(item(1), decided(item(1), "revoke"), [record("config")])
    assert store.reviews.item("c-1", 1) == decided(item(1), "revoke")
    assert store.reviews.standing().revoked == {"d-1"}
    (revocation,) = store.reviews.revocations()
    assert (revocation.binding_id, revocation.revoked_by, revocation.revoked_at) == ("b-1", BOB, LATER)
    assert store.reviews.tallies() == {"c-1": Tally(revoked=1, left=2)}
    assert store.reviews.reviewed() == {"d-1": LATER}


def test_who_decides_on_what_another_decided_meanwhile_learns_it(store: Store):
    begun(store)
    store.reviews.decide(item(1), decided(item(1), "keep", CAROL), [])
    with pytest.raises(StaleError, match="somebody else decided"):
        store.reviews.decide(item(1), decided(item(1), "revoke"), [record("config")])
    assert store.reviews.standing().revoked == frozenset()
    assert store.journal.head().seq == 1


def test_of_many_that_decide_at_once_one_does(store: Store):
    begun(store)

    def attempt(number: int) -> bool:
        try:
            store.reviews.decide(item(1), decided(item(1), "revoke", reason=f"so {number}"), [record("config")])
        except StaleError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(attempt, range(8))).count(True) == 1
    assert store.journal.head().seq == 2


def test_a_closed_campaign_takes_no_decision_and_keeps_its_revocations(store: Store):
    begun(store)
    revoked = decided(item(1), "revoke")
    store.reviews.decide(item(1), revoked, [])
    store.reviews.close("c-1", CAROL, LATER, [record("config")])
    closed = store.reviews.campaign("c-1")
    assert (closed.closed_at, closed.closed_by) == (LATER, CAROL)
    for change in (
        lambda: store.reviews.decide(item(2), decided(item(2), "keep"), [record("config")]),
        lambda: store.reviews.decide(revoked, decided(revoked, "keep"), [record("config")]),
        lambda: store.reviews.close("c-1", CAROL, LATER, [record("config")]),
        lambda: store.reviews.close("c-9", CAROL, LATER, [record("config")]),
    ):
        with pytest.raises(StaleError, match="closed"):
            change()
    assert store.reviews.standing().revoked == {"d-1"}
    assert store.reviews.left_open() == {"d-2": ("Spring", LATER), "d-3": ("Spring", LATER)}
    assert store.journal.head().seq == 2


def test_a_binding_that_two_campaigns_revoke_is_free_when_neither_does(store: Store):
    begun(store)
    begun(store, replace(CAMPAIGN, id="c-2"))
    first, second = item(1), item(1, campaign="c-2")
    store.reviews.decide(first, decided(first, "revoke"), [])
    store.reviews.decide(second, decided(second, "revoke"), [])
    store.reviews.decide(decided(first, "revoke"), decided(first, "keep"), [])
    assert store.reviews.standing().revoked == {"d-1"}
    store.reviews.restore("d-1", [record("config")])
    assert store.reviews.standing().revoked == frozenset()
    with pytest.raises(StaleError, match="not revoked"):
        store.reviews.restore("d-1", [record("config")])


def test_the_last_decision_on_a_binding_is_when_it_was_reviewed(store: Store):
    begun(store)
    begun(store, replace(CAMPAIGN, id="c-2"))
    second = item(1, campaign="c-2")
    store.reviews.decide(item(1), decided(item(1), "keep"), [])
    store.reviews.decide(second, decided(second, "keep", decided_at=LATER + timedelta(days=1)), [])
    assert store.reviews.reviewed() == {"d-1": LATER + timedelta(days=1)}


def test_a_campaign_of_ten_thousand_bindings_is_stored(store: Store):
    begun(store, count=10_000)
    assert store.reviews.tallies() == {"c-1": Tally(left=10_000)}
    assert [one.position for one in store.reviews.items("c-1", 9_998)] == [9_999, 10_000]
