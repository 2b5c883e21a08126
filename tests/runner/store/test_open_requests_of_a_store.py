"""All requests that wait for a yes: in the order of their end, the rows of a bulk as one or one by one."""

from datetime import timedelta

from sqlalchemy import update

from runner.store.open_requests import OpenRows
from runner.store.store import Store
from runner.store.tables import submissions
from tests.runner.store.drafts import NOW, planned


def waiting(store: Store, id_: str, *, ends: int = 1, bulk: str | None = None, note: str = "", form: str = "a") -> None:
    planned(store, id_, form_id=form)
    values = {
        "state": "awaiting_approval",
        "asked_at": NOW,
        "expires_at": NOW + timedelta(days=ends),
        "bulk_id": bulk,
        "note": note,
    }
    row = submissions.c.id == id_
    store.database.write(lambda connection: connection.execute(update(submissions).where(row).values(values)))


def ids(store: Store, forms: set[str], bulk: str = "", behind: int = 0, limit: int = 10) -> list[str]:
    return [one.id for one in store.open_requests.page(forms, bulk, behind=behind, limit=limit)]


def test_what_ends_first_stands_first_and_a_bulk_once(store: Store) -> None:
    waiting(store, "s-1", ends=3)
    waiting(store, "s-2", ends=1)
    for number in (3, 4, 5):
        waiting(store, f"s-{number}", ends=2, bulk="b-1", note="stuck" if number == 4 else "")
    waiting(store, "s-6", form="other")
    planned(store, "s-7", form_id="a")
    assert store.open_requests.forms() == {"a", "other"}
    assert ids(store, {"a"}) == ["s-2", "s-3", "s-1"]
    assert ids(store, {"a"}, behind=1, limit=1) == ["s-3"]
    assert ids(store, {"a"}, "b-1") == ["s-3", "s-4", "s-5"]
    assert ids(store, {"other"}, "b-1") == []
    assert ids(store, set()) == []
    assert [one.id for one in store.open_requests.waiting(limit=2)] == ["s-2", "s-6"]
    assert [one.id for one in store.open_requests.waiting(bulk_id="b-1", limit=9)] == ["s-3", "s-4", "s-5"]
    assert [one.id for one in store.open_requests.waiting(bulk_id="b-1", note="stuck", limit=9)] == ["s-4"]
    assert store.open_requests.bulks_beginning_with("b", 9) == {"b-1": "a"}
    assert store.open_requests.bulks_beginning_with("_", 9) == {}
    assert store.open_requests.rows_of({"b-1", "b-2"}, "stuck") == {"b-1": OpenRows(3, 1)}
