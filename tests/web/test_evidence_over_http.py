"""Evidence through the pages: how the journal stands, counting, downloading a pack that proves itself; and who may not."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import create_engine, text

from runner.evidence import desk as evidence_desk
from runner.operators import operators_of
from runner.pipeline import braking
from runner.settings.model import JournalSettings
from runner.store.checkpoints import Receiver
from runner.witnessing.checkpointing import Checkpointer
from runner.witnessing.keeping import JournalKeeping, keeping_of, open_for
from tests.web.real_site import RealSite, Stage, Visit

NEW = "e" * 32
NOVAK = {"person": "u-t.novak", "reason": "INC-7 asked by the works council"}


def said(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.fixture
def auditor(site: RealSite) -> Visit:
    done = site.visit("agent.rotterdam").post(
        "/forms/office/submit", {"submission": NEW, "target": "u-t.novak", "answer.office": "A", "ticket": "INC-7"}
    )
    assert done.status_code == 303
    digest = site.desk.store.submissions.get(NEW).plan_digest
    assert site.visit("agent.rotterdam").post(f"/submissions/{NEW}/confirm", {"digest": digest}).status_code == 200
    return site.visit("auditor")


def unpacked(content: bytes, folder: Path) -> list[dict[str, object]]:
    with ZipFile(BytesIO(content)) as file:
        file.extractall(folder)
    return [json.loads(line) for line in (folder / "records.jsonl").read_text("utf-8").splitlines()]


def test_a_pack_on_a_person_holds_what_was_counted_and_proves_itself(auditor: Visit, tmp_path: Path) -> None:
    counted = re.search(
        r"(\d+) records on Tomáš Novák \(u-t\.novak\)", said(auditor.get("/evidence?person=u-t.novak").text)
    )
    assert counted is not None
    answer = auditor.post("/evidence", NOVAK)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert re.fullmatch(r'attachment; filename="evidence-[0-9-]+\.zip"', answer.headers["Content-Disposition"])
    folder = tmp_path / "pack"
    records = unpacked(answer.data, folder)
    assert len(records) == int(counted[1]) + 1  # and the one that says that it was packed
    assert {one["target"]["id"] for one in records} == {"u-t.novak"}  # type: ignore[index]
    (command,) = [
        line for line in (folder / "README.txt").read_text().splitlines() if line.startswith("  python -m verifier ")
    ]
    run = [sys.executable, *command.split()[1:]]
    assert subprocess.run(run, cwd=folder, env={}, check=False, capture_output=True).returncode == 0
    assert "INC-7 asked by the works council" in (folder / "summary.html").read_text("utf-8")


def test_a_download_is_journalled_with_who_what_and_why(site: RealSite, auditor: Visit) -> None:
    assert auditor.post("/evidence", {**NOVAK, "form": "office", "until": "2099-12-31"}).status_code == 200
    (record,) = site.desk.journal("export")
    assert record["actor"]["login"] == "auditor"
    assert record["operation"] == "export evidence"
    assert record["target"]["id"] == "u-t.novak"
    assert record["form"] == {"id": "office"}
    assert record["evidence"]["until"].startswith("2100-01-01T00:00:00")
    assert record["reason"] == NOVAK["reason"]


def test_without_a_reason_nothing_leaves(site: RealSite, auditor: Visit) -> None:
    answer = auditor.post("/evidence", {**NOVAK, "reason": "  "})
    assert answer.status_code == 422
    assert "Write why you need this." in said(answer.text)
    assert 'name="person" value="u-t.novak"' in answer.text
    assert site.desk.journal("export") == []


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("agent=nobody.here", "There is no account “nobody.here”."),
        ("since=soon", "Write the day as 2027-01-31: “soon” is none."),
        ("since=2026-02-01&until=2026-01-01", "The last day is before the first."),
        ("person=u-nobody", "No record fits, so there is nothing to pack."),
        ("since=2099-01-01", "No record fits, so there is nothing to pack."),
        ("form=%22%25_", "No record fits, so there is nothing to pack."),
    ],
)
def test_what_cannot_be_packed_is_said_on_the_page(site: RealSite, auditor: Visit, asked: str, why: str) -> None:
    assert why in said(auditor.get(f"/evidence?{asked}").text)
    form = dict(part.split("=") for part in asked.split("&"))
    assert auditor.post("/evidence", {**form, "reason": "x"}).status_code == 422
    assert site.desk.journal("export") == []


def test_each_way_to_choose_counts_what_the_journal_holds(site: RealSite, auditor: Visit) -> None:
    journal = site.desk.journal()
    wanted = {
        "agent=agent.rotterdam": [one for one in journal if (one.get("actor") or {}).get("login") == "agent.rotterdam"],
        "form=office": [one for one in journal if (one.get("form") or {}).get("id") == "office"],
        f"submission={NEW}": [one for one in journal if one.get("submission") == NEW],
        "since=2000-01-01&until=2099-01-01": journal,
    }
    for asked, records in wanted.items():
        assert len(records) > 1, asked
        assert f" {len(records)} records " in said(auditor.get(f"/evidence?{asked}").text), asked


def test_a_person_is_found_by_a_part_of_the_name(auditor: Visit) -> None:
    html = auditor.get("/evidence?q=novak&form=office").text
    (link,) = re.findall(r'href="(/evidence\?[^"]*person=u-t\.novak[^"]*)"', html)
    assert "form=office" in link
    assert "records on T" in said(auditor.get(unescape(link)).text)
    nobody = auditor.get("/evidence?q=u-gone&since=2026-01-01").text
    assert "Nobody is found for “ u-gone ”." in said(nobody)
    (by_id,) = re.findall(r'href="(/evidence\?[^"]*person=u-gone[^"]*)"', nobody)
    assert "since=2026-01-01" in by_id


def test_too_much_is_left_to_the_command_line(auditor: Visit, site: RealSite, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("MOST_RECORDS", 1), ("MOST_READ", 2)):
        with monkeypatch.context() as patch:
            patch.setattr(evidence_desk, name, value)
            shown = said(auditor.get("/evidence?person=u-t.novak").text)
            assert "deskhand journal evidence --person u-t.novak --output evidence.zip" in shown
            assert "Why do you need it?" not in shown
            assert auditor.post("/evidence", NOVAK).status_code == 422
    assert site.desk.journal("export") == []


def test_who_downloads_too_much_is_stopped(auditor: Visit, site: RealSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(braking, "MOST_EXPORTS", 2)
    assert [auditor.post("/evidence", NOVAK).status_code for _ in range(3)] == [200, 200, 429]
    assert len(site.desk.journal("export")) == 2
    assert site.desk.journal("deny")[-1]["operation"] == "export evidence"


def test_one_pack_is_made_at_a_time(stage: Stage, site: RealSite, auditor: Visit) -> None:
    with stage.operators.evidence.packing:
        assert auditor.post("/evidence", NOVAK).status_code == 429
    assert site.desk.journal("export") == []
    assert auditor.post("/evidence", NOVAK).status_code == 200


def test_a_journal_that_does_not_verify_is_said_and_not_packed(site: RealSite, auditor: Visit) -> None:
    store = site.desk.store
    while Checkpointer(store, open_for(store, site.desk.folder)).make(site.desk.clock()) is not None:
        pass
    engine = create_engine(f"sqlite:///{site.desk.folder / 'desk.db'}")
    with engine.begin() as connection:
        connection.execute(text("update journal set line = replace(line, 'INC-7', 'INC-8')"))
    engine.dispose()
    keeping = keeper(site)
    keeping.examine()
    shown = auditor.get("/evidence?person=u-t.novak")
    assert "does not verify" in said(shown.text)
    assert "Why do you need it?" not in shown.text
    assert auditor.post("/evidence", NOVAK).status_code == 503
    assert site.desk.journal("export") == []


def keeper(site: RealSite) -> JournalKeeping:
    return keeping_of(site.desk.installation, lambda line: None)


def test_the_page_says_how_the_journal_stands(site: RealSite, auditor: Visit) -> None:
    before = said(auditor.get("/evidence").text)
    assert "not examined yet" in before
    assert "Newest checkpoint none yet" in before
    assert "No witness" in before
    keeping = keeper(site)
    keeping.examine()
    Checkpointer(site.desk.store, open_for(site.desk.store, site.desk.folder)).make(site.desk.clock())
    after = said(auditor.get("/evidence").text)
    assert re.search(r"Newest checkpoint number 1, [\d:]+ ?, over the first \d+ records", after)
    assert re.search(r"verified [\d:]+", after)


def test_a_witness_that_does_not_answer_is_named_without_its_password(
    stage: Stage, site: RealSite, auditor: Visit
) -> None:
    settings = JournalSettings(witness_url="https://desk:pass-word-7@witness.example.org/deskhand")
    folder = replace(site.desk.installation.folder, journal=settings)
    stage.operators.part = operators_of(replace(site.desk.installation, folder=folder))
    (errand,) = stage.operators.evidence.errands()
    now = site.desk.clock()
    site.desk.store.checkpoints.note_receiver(
        Receiver(errand.name, 0, "https://desk:pass-word-7@witness.example.org: no route to host", now, None, now)
    )
    shown = auditor.get("/evidence").text
    assert "pass-word-7" not in shown
    assert "url witness.example.org" in shown
    assert "does not answer" in said(shown)
    assert "no route to host" in said(shown)


def test_what_no_page_of_ours_sends_is_refused(site: RealSite, auditor: Visit) -> None:
    assert auditor.post("/evidence", {**NOVAK, "output": "x"}).status_code == 400
    assert auditor.post("/evidence", {**NOVAK, "agent": ["auditor", "alice"]}).status_code == 400
    assert site.desk.journal("export") == []


def test_who_may_not_read_the_journal_has_no_evidence(site: RealSite, auditor: Visit) -> None:
    agent = site.visit("agent.rotterdam")
    assert agent.get("/evidence?person=u-t.novak").status_code == 404
    assert agent.post("/evidence", NOVAK).status_code == 404
    assert "/evidence" not in agent.get(f"/submissions/{NEW}").text
    assert [one["operation"] for one in site.desk.journal("deny")] == ["open evidence", "export evidence"]
    assert site.desk.journal("export") == []


def test_a_submission_leads_to_its_evidence(site: RealSite, auditor: Visit, tmp_path: Path) -> None:
    html = auditor.get(f"/submissions/{NEW}").text
    assert f'href="/evidence?submission={NEW}"' in html
    assert f'name="submission" value="{NEW}"' in auditor.get(f"/evidence?submission={NEW}").text
    answer = auditor.post("/evidence", {"submission": NEW, "reason": "INC-7"})
    assert answer.status_code == 200
    assert {one.get("submission") for one in unpacked(answer.data, tmp_path / "pack")} == {NEW}
    assert (tmp_path / "pack" / "forms").is_dir() or not site.desk.store.form_versions.versions("office")
