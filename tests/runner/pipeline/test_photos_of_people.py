"""A file on its way: kept sealed for one submission, in no plan, record or database in the clear, gone at the end."""

import sqlite3
from datetime import timedelta
from hashlib import sha256

import pytest

from connectors.spi import Content, File, Ref
from runner.engine.rounds import forget_files
from runner.errors import NotFoundError
from runner.pipeline.pages import FillPage, PlanPage, Posted
from runner.pipeline.receiving import MOST_WAITING
from tests.pictures import jpeg, png

AGENT, FORM, TARGET = "agent.rotterdam", "update-photo", "u-t.novak"
FIRST, SECOND = png(40, 40), png(60, 60, shade=20)


def chosen(desk, content=FIRST, name="tomas.png", submission=None, who=AGENT, target=TARGET, **answers):
    """Send a file as a page with script does, and return the question."""
    posted = Posted(answers, uploads={"photo": content}, names={"photo": name})
    page = desk.desk.evaluate(desk.actor(who), FORM, target, posted, "en", submission=submission or desk.new())
    return question(page)


def question(page):
    return next(field for section in page.sections for field in section.fields if field.id == "photo")


def uploads(desk):
    with sqlite3.connect(desk.folder / "desk.db") as connection:
        return connection.execute("select token, name, size, type, content from uploads").fetchall()


def planned(desk, submission, token):
    return desk.planned(AGENT, FORM, TARGET, {"photo": token}, submission=submission)


def test_a_photo_is_sent_at_once_confirmed_and_nothing_of_it_stays_at_the_desk(desk):
    submission = desk.new()
    view = chosen(desk, submission=submission)
    assert (view.file.name, view.file.size, view.error) == ("tomas.png", f"{len(FIRST)} bytes", "")
    plan = planned(desk, submission, view.value)
    assert [(line.before, line.after) for line in plan.operations[0].lines] == [("no photo", "PNG 1 KB")]
    assert desk.done(AGENT, plan).state == "done"
    assert desk.value(TARGET, "has_photo") is True
    photo = desk.desk.photo(desk.actor(AGENT), TARGET)
    assert photo.content.reveal() == FIRST
    assert uploads(desk) == []
    (operation,) = desk.store.submissions.operations(submission)
    assert operation.arguments["photo"] == {
        "name": "tomas.png", "size": len(FIRST), "type": "image/png", "sha256": sha256(FIRST).hexdigest(),
    }  # fmt: skip
    assert desk.store.journal.verify().ok


def test_the_journal_says_which_file_was_meant_before_and_after(desk):
    submission = desk.new()
    desk.done(AGENT, planned(desk, submission, chosen(desk, submission=submission).value))
    file = {"name": "tomas.png", "size": len(FIRST), "type": "image/png", "sha256": sha256(FIRST).hexdigest()}
    for kind in ("intent", "outcome"):
        (record,) = desk.journal(kind)
        assert record["files"] == {"photo": file}
    desk.done(AGENT, desk.planned(AGENT, FORM, TARGET, {"removes": True}))
    assert "files" not in desk.journal("outcome")[-1]


def test_the_bytes_are_in_no_row_record_or_file_of_the_desk_in_the_clear(desk):
    content = png(40, 40)[:-12] + b"\0\0\0\x0ctEXtunmistakable" + png()[-12:]
    submission = desk.new()
    plan = planned(desk, submission, chosen(desk, content, submission=submission).value)

    def held():
        files = [path for path in desk.folder.rglob("desk.db*") if path.is_file()]
        return any(b"unmistakable" in path.read_bytes() for path in files)

    assert not held()
    desk.done(AGENT, plan)
    assert not held()
    assert "unmistakable" not in repr(desk.journal())


def test_without_script_the_file_comes_with_the_form_itself(desk):
    submission = desk.new()
    plan = desk.planned(AGENT, FORM, TARGET, {"photo": ""}, submission=submission, uploads={"photo": FIRST},
                        names={"photo": "C:\\fake\\a.png"})  # fmt: skip
    assert uploads(desk)[0][1] == "a.png"
    assert desk.done(AGENT, plan).state == "done"


def test_a_token_of_somebody_else_another_submission_or_made_up_is_a_missing_one_and_on_record(desk):
    own, theirs = desk.new(), desk.new()
    token = chosen(desk, submission=theirs).value
    for crafted in (token, desk.new(), "../../etc/passwd", "x"):
        before = len(desk.journal("deny"))
        page = desk.fill(AGENT, FORM, TARGET, {"photo": crafted}, submission=own)
        assert isinstance(page, FillPage)
        assert question(page).error == "The file is no longer kept here. Choose it again."
        assert question(page).value == ""
        assert len(desk.journal("deny")) == before + 1


def test_another_actor_cannot_use_a_submission_or_its_files(desk):
    submission = desk.new()
    token = chosen(desk, submission=submission).value
    planned(desk, submission, token)
    assert desk.store.uploads.waiting("acc-agent.utrecht", FORM, submission, desk.services.now() - timedelta(1)) == []
    with pytest.raises(NotFoundError):
        chosen(desk, submission=submission, who="p.dewit", target="u-p.dewit")
    assert len(uploads(desk)) == 1


def test_a_file_that_was_exchanged_after_the_plan_shows_the_plan_again(desk):
    submission = desk.new()
    plan = planned(desk, submission, chosen(desk, submission=submission).value)
    other = planned(desk, submission, chosen(desk, SECOND, submission=submission).value)
    assert other.digest != plan.digest
    again = desk.confirm(AGENT, plan)
    assert isinstance(again, PlanPage)
    assert again.changed_meanwhile
    assert desk.performed == []
    assert desk.done(AGENT, again).state == "done"
    assert desk.desk.photo(desk.actor(AGENT), TARGET).content.reveal() == SECOND


def test_a_photo_that_changed_in_the_directory_shows_the_plan_again(desk):
    submission = desk.new()
    plan = planned(desk, submission, chosen(desk, submission=submission).value)
    file = File("b.png", len(SECOND), "image/png", sha256(SECOND).hexdigest(), content=Content(SECOND))
    desk.do("directory.user.set_photo", user=Ref("user", TARGET), photo=file)
    again = desk.confirm(AGENT, plan)
    assert isinstance(again, PlanPage)
    assert again.changed_meanwhile


def test_the_present_photo_is_removed_and_cards_without_one_have_none(desk):
    submission = desk.new()
    desk.done(AGENT, planned(desk, submission, chosen(desk, submission=submission).value))
    plan = desk.planned(AGENT, FORM, TARGET, {"removes": True})
    assert [line.after for line in plan.operations[0].lines] == ["no photo"]
    desk.done(AGENT, plan)
    assert desk.value(TARGET, "has_photo") is False
    with pytest.raises(NotFoundError):
        desk.desk.photo(desk.actor(AGENT), TARGET)


def test_a_photo_out_of_scope_is_as_missing_as_one_that_never_was(desk):
    submission = desk.new()
    desk.done(AGENT, planned(desk, submission, chosen(desk, submission=submission).value))
    said = set()
    for who, person in (("agent.utrecht", TARGET), ("agent.utrecht", "u-nobody"), (AGENT, "u-nobody\0")):
        with pytest.raises(NotFoundError) as refused:
            desk.desk.photo(desk.actor(who), person)
        said.add(str(refused.value))
    assert len(said) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "This file is not a JPEG picture"),
        (b"<!DOCTYPE html><title>x</title>", "This file is not a JPEG picture"),
        (b"%PDF-1.7", "This file is not a JPEG picture"),
        (b"GIF89a" + bytes(50), "This file is not a JPEG picture"),
        (png() + bytes(200_000), "The file is too large. It may have at most 100 KB."),
    ],
    ids=["empty", "svg", "html", "pdf", "gif", "large"],
)
def test_a_file_that_does_not_fit_is_not_kept_and_the_question_says_why(desk, content, sentence):
    view = chosen(desk, content, "photo.png")
    assert view.error.startswith(sentence)
    assert (view.value, view.file.name) == ("", "")
    assert uploads(desk) == []


def test_a_picture_of_too_many_pixels_or_a_broken_one_gives_no_plan(desk):
    for content, sentence in ((jpeg(1_000, 20), "1000 × 20 pixels"), (b"\xff\xd8\xff\xe0\0", "cannot be read")):
        submission = desk.new()
        page = desk.fill(AGENT, FORM, TARGET, {"photo": chosen(desk, content, submission=submission).value},
                         submission=submission)  # fmt: skip
        assert isinstance(page, FillPage)
        assert sentence in page.errors[0][2]


def test_of_more_files_than_may_wait_for_one_person_the_oldest_goes(desk):
    first = chosen(desk).value
    for _ in range(MOST_WAITING):
        desk.clock.forward(seconds=1)
        assert chosen(desk).error == ""
    assert len(uploads(desk)) == MOST_WAITING
    assert first not in {token for token, *_ in uploads(desk)}


def test_a_file_of_what_is_running_stays_however_many_are_chosen(desk):
    submission = desk.new()
    plan = planned(desk, submission, chosen(desk, submission=submission).value)

    def choose_more():
        if desk.state(submission) != "running":
            return
        desk.directory.reading = None
        for _ in range(MOST_WAITING + 1):
            desk.clock.forward(seconds=1)
            assert chosen(desk, SECOND).error == ""

    desk.directory.reading = choose_more
    assert desk.done(AGENT, plan).state == "done"
    assert len(uploads(desk)) == MOST_WAITING
    assert desk.desk.photo(desk.actor(AGENT), TARGET).content.reveal() == FIRST


def test_of_many_files_for_one_question_the_last_one_waits(desk):
    submission = desk.new()
    for number in range(30):
        assert chosen(desk, png(8, 8, shade=number), submission=submission).error == ""
    assert len(uploads(desk)) == 1


def test_a_plan_about_a_file_that_was_exchanged_since_is_not_done(desk):
    submission = desk.new()
    plan = planned(desk, submission, chosen(desk, submission=submission).value)
    chosen(desk, SECOND, submission=submission)
    page = desk.confirm(AGENT, plan)
    assert isinstance(page, FillPage)
    assert question(page).error == "The file is no longer kept here. Choose it again."
    assert desk.performed == []


def test_a_file_is_forgotten_after_a_day(desk):
    submission = desk.new()
    token = chosen(desk, submission=submission).value
    plan = planned(desk, submission, token)
    desk.clock.forward(hours=25)
    page = desk.confirm(AGENT, plan)
    assert isinstance(page, FillPage)
    assert question(page).error == "The file is no longer kept here. Choose it again."
    assert forget_files(desk.installation.services) == 1
    assert uploads(desk) == []


def test_a_submission_that_was_lost_leaves_no_file(desk):
    submission = desk.new()
    plan = planned(desk, submission, chosen(desk, submission=submission).value)

    class LostError(BaseException):
        pass

    def lose(_operation):
        raise LostError

    desk.directory.before = lose
    with pytest.raises(LostError):
        desk.confirm(AGENT, plan)
    assert len(uploads(desk)) == 1
    desk.store.submissions.mark_lost([desk.services.node], desk.services.now())
    assert desk.state(submission) == "unknown"
    assert uploads(desk) == []
