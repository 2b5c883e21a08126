"""Posts that come twice, or fifty times at once, over the whole application, on SQLite and on PostgreSQL: once each."""

import re
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.runner.migrated import migrated
from tests.web.real_site import RealSite, Stage, Visit, add_accounts

AGENT, APPROVER = "agent.rotterdam", "auditor"
PEOPLE = ("u-t.novak", "u-p.dewit", "u-z.lindqvist")
_DIGEST = re.compile(r'name="digest" value="([0-9a-f]{64})"')


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, stage: Stage, web_template: Path, tmp_path: Path) -> Iterator[RealSite]:
    folder, url = tmp_path / "desk", ""
    shutil.copytree(web_template, folder)
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_cluster").new_database()
        migrated(url)
        add_accounts(url)
    opened = stage.open(folder, url)
    yield opened
    opened.desk.close()


@dataclass
class Post:
    """One post that is to count once: who sends what where, and for which submission."""

    visit: Visit
    path: str
    form: dict[str, str]
    id: str


class Doors:
    """Everything that changes something on its way, made ready, and what has to be so after it was posted many times."""

    def __init__(self, site: RealSite) -> None:
        self.site, self.desk = site, site.desk
        self.agent, self.approver = site.visit(AGENT), site.visit(APPROVER)
        self.number = 0

    def _digest(self, visit: Visit, path: str) -> str:
        found = _DIGEST.search(visit.get(path).text)
        assert found, path
        return found[1]

    def _planned(self, form: str, answers: dict[str, str]) -> tuple[str, dict[str, str]]:
        self.number += 1
        id_ = self.desk.new()
        sent = {"submission": id_, "target": PEOPLE[self.number % 3], **answers}
        assert self.agent.post(f"/forms/{form}/submit", sent).status_code == 303
        return id_, {"digest": self._digest(self.agent, f"/submissions/{id_}")}

    def _confirmed(self, form: str, answers: dict[str, str]) -> str:
        id_, digest = self._planned(form, answers)
        assert self.agent.post(f"/submissions/{id_}/confirm", digest).status_code in (200, 303)
        return id_

    def _records(self, id_: str, kind: str) -> list[object]:
        found = self.desk.store.journal.search(submission=id_, limit=50)
        return [one for one in found if one.kind == kind]

    def confirm(self) -> Post:
        id_, digest = self._planned("office", {"answer.office": f"C{self.number}"})
        return Post(self.agent, f"/submissions/{id_}/confirm", digest, id_)

    def after_confirm(self, post: Post, answers: list[TestResponse]) -> None:
        assert self.desk.state(post.id) == "done"
        assert len(self._records(post.id, "intent")) == 1

    def cancel(self) -> Post:
        day = (self.desk.clock() + timedelta(days=400)).date().isoformat()
        id_ = self._confirmed("later-with-a-yes", {"answer.office": "KIOSK", "answer.day": day})
        return Post(self.agent, f"/submissions/{id_}/cancel", {}, id_)

    def after_cancel(self, post: Post, answers: list[TestResponse]) -> None:
        assert self.desk.state(post.id) == "cancelled"
        assert len(self._records(post.id, "outcome")) == 1

    def reveal(self) -> Post:
        at = (self.desk.clock() + timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M+00:00")
        id_ = self._confirmed("later-password", {"answer.at": at})
        self.desk.clock.forward(minutes=2)
        self.desk.carried_out()
        assert self.desk.state(id_) == "done"
        return Post(self.agent, f"/submissions/{id_}/reveal", {}, id_)

    def after_reveal(self, post: Post, answers: list[TestResponse]) -> None:
        secret = self.desk.passwords[-1]
        assert [secret in one.text for one in answers].count(True) == 1
        assert self.desk.store.submissions.get(post.id).shown_once is None

    def yes(self) -> Post:
        id_ = self._confirmed("needs-a-yes", {"answer.office": f"Y{self.number}", "answer.by": "person"})
        digest = self._digest(self.approver, f"/requests/{id_}")
        return Post(self.approver, f"/requests/{id_}", {"digest": digest, "decision": "yes", "comment": "Good."}, id_)

    def after_yes(self, post: Post, answers: list[TestResponse]) -> None:
        assert len(self._records(post.id, "approval")) == 1
        assert self.desk.carried_out() == 1
        assert self.desk.state(post.id) == "done"
        assert len(self._records(post.id, "intent")) == 1

    def undo(self) -> Post:
        id_ = self._confirmed("office", {"answer.office": f"U{self.number}"})
        path = f"/submissions/{id_}/undo"
        return Post(self.agent, path, {"digest": self._digest(self.agent, path), "reason": "no"}, id_)

    def after_undo(self, post: Post, answers: list[TestResponse]) -> None:
        [taking] = self.desk.store.continuing.undos_of([post.id])
        assert taking.state == "done"
        assert len(self._records(taking.id, "intent")) == 1


DOORS = ("confirm", "cancel", "reveal", "yes", "undo")


def at_once(site: RealSite, post: Post, count: int) -> list[TestResponse]:
    """Send a post from as many browsers of one visitor, which start together."""
    start = threading.Barrier(count)
    cookies = [post.visit.client.get_cookie(name) for name in ("deskhand", "deskhand-forms")]

    def send(_: int) -> TestResponse:
        client = site.app.test_client()
        for cookie in cookies:
            assert cookie is not None
            client.set_cookie(cookie.key, cookie.value)
        start.wait()
        return Visit(client, token=post.visit.token).post(post.path, post.form)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(send, range(count)))


def rounds(site: RealSite, door: str, count: int, together: int) -> None:
    """Post something so many times, ``together`` at once, or one after the other when that is 0, and look after each."""
    doors = Doors(site)
    for _ in range(count):
        post = getattr(doors, door)()
        before = len(site.desk.performed)
        answers = at_once(site, post, together) if together else [post.visit.post(post.path, post.form) for _ in "12"]
        usual = {200, 303, 409} | ({404} if door == "yes" else set())  # what is agreed to is no longer before them
        assert {one.status_code for one in answers} <= usual, [one.status_code for one in answers]
        assert any(one.status_code in (200, 303) for one in answers)
        assert len(site.desk.performed) - before == (1 if door in ("confirm", "undo") else 0)
        getattr(doors, f"after_{door}")(post, answers)
    assert site.desk.store.journal.verify().ok


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
@pytest.mark.parametrize("door", DOORS)
def test_a_post_that_comes_twice_counts_once(site: RealSite, door: str) -> None:
    rounds(site, door, 8, 0)


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
@pytest.mark.parametrize("door", DOORS)
def test_posts_that_come_at_once_count_once(site: RealSite, door: str) -> None:
    rounds(site, door, 1, 20)


@pytest.mark.torture
@pytest.mark.parametrize("door", DOORS)
def test_a_thousand_doubled_posts(site: RealSite, door: str) -> None:
    rounds(site, door, 100, 0)


@pytest.mark.torture
@pytest.mark.parametrize("door", DOORS)
def test_two_hundred_rounds_of_fifty(site: RealSite, door: str) -> None:
    rounds(site, door, 20, 50)
