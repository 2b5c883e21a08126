"""`new`: a first form from questions or options; it is checked, has a test that passes, and overwrites nothing."""

import fcntl
import io
import os
import pty
import select
import signal
import subprocess
import termios
from pathlib import Path

import pytest

from forms.editing.drafting import Draft
from runner.cli.new_asking import Dialogue, ask_for_draft
from runner.cli.new_desk import open_new_desk
from tests.runner.cli.commands import COMMAND, PATIENCE_SECONDS, deskhand, environment, is_one_sentence

ANSWERS = "Free the account\nfree\nuser\ndirectory.user.unlock\ncaller-strong\nall-staff\nrequired\n"


def forms_of(desk: Path) -> set[str]:
    return {file.name for file in (desk / "forms").glob("*.form.yaml")}


def lines_of(desk: Path, *answers: str) -> tuple[str, str]:
    """Answer the questions; return what was asked, and the title and verbs that came of it."""
    asked = io.StringIO()
    from_answers = ask_for_draft(
        open_new_desk(desk),
        Draft("", "", ()),
        Dialogue(io.StringIO("".join(f"{answer}\n" for answer in answers)), asked),
    )
    return asked.getvalue(), repr(from_answers)


def test_questions_and_options_write_the_same_form(desk: Path) -> None:
    asked = deskhand("new", "--desk", desk, stdin=ANSWERS.encode())
    assert (asked.code, asked.err) == (0, "")
    file = desk / "forms" / "free.form.yaml"
    first = file.read_text(encoding="utf-8")
    file.unlink()
    given = deskhand(
        "new", "free", "--desk", desk, "--title", "Free the account", "--target", "user", "--do", "directory.user.unlock",
        "--verify", "caller-strong", "--within", "all-staff", "--ticket", "required",
    )  # fmt: skip
    assert (given.code, given.err) == (0, "")
    assert file.read_text(encoding="utf-8") == first
    assert first.startswith("# yaml-language-server: $schema=http://127.0.0.1:")
    assert "The binding leads in access.yaml lets use it: group:Identity-Leads." in given.out


def test_what_is_written_checks_without_a_warning_and_passes_its_test(desk: Path) -> None:
    made = deskhand(
        "new", "office", "--desk", desk, "--title", "Office: where?", "--do", "directory.user.update",
        "--set", "set.office=ask", "--set", "set.description=target.title", "--set", "set.company=Sample",
    )  # fmt: skip
    assert (made.code, made.err) == (0, "")
    checked = deskhand("check", "--json", desk)
    assert checked.code == 0
    assert [one for one in checked.json["problems"] if one["file"] == "office.form.yaml"] == []
    tested = deskhand("test", desk, "office")
    assert tested.code == 0
    assert "as it is usually filled in" in tested.out
    assert deskhand("fmt", "--check", desk / "forms" / "office.form.yaml").code == 0


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (
            ("unlock-account", "--title", "T", "--do", "directory.user.unlock"),
            'There is a form "unlock-account" already.',
        ),
        (("a", "--title", "T", "--do", "directory.user.unlok"), 'Did you mean "directory.user.unlock"?'),
        (("a", "--title", "T", "--do", "directory.user.update"), "say --set set.<attribute>=ask"),
        (("a", "--title", "T", "--do", "directory.contact.delete", "--target", "user"), "say --set contact=…"),
        (("a", "--title", "T", "--do", "directory.user.unlock", "--set", "x=1"), "there is no such argument"),
        (
            ("a", "--title", "T", "--do", "directory.user.set_expiry", "--set", "on=target.mail"),
            "attributes that fit are",
        ),
        (("a", "--title", "T", "--do", "directory.user.set_expiry", "--set", "on=soon"), "must be a date"),
        (("a", "--title", "$(x)", "--do", "directory.user.unlock"), "Write plain words"),
        (("A b", "--title", "T", "--do", "directory.user.unlock"), "small letters"),
        (("../a", "--title", "T", "--do", "directory.user.unlock"), "small letters"),
        (("a", "--title", "T", "--do", "directory.user.unlock", "--verify", "basic"), 'no policy "basic"'),
        (("a", "--title", "T", "--do", "directory.user.unlock", "--within", "nobody"), "No resource set"),
        (("a", "--title", "T", "--target", "group", "--do", "directory.user.unlock"), "E145"),
    ],
)
def test_what_will_not_do_is_refused_with_the_reason_and_nothing_is_written(
    desk: Path, options: tuple[str, ...], reason: str
) -> None:
    before = forms_of(desk)
    refused = deskhand("new", *options, "--desk", desk)
    assert refused.code == 1
    assert reason in refused.err
    assert forms_of(desk) == before


def test_a_folder_without_anything_beside_the_form_will_do(tmp_path: Path) -> None:
    refused = deskhand("new", "one", "--desk", tmp_path, "--title", "T", "--do", "directory.user.unlock")
    assert (refused.code, list(tmp_path.iterdir())) == (2, [])
    assert "--verify none --because TEXT" in refused.err
    refused = deskhand("new", "--desk", tmp_path, "--title", "T", "--do", "directory.user.set_password")
    assert (refused.code, is_one_sentence(refused.err)) == (1, True)
    assert "settings.yaml does not say how one is made" in refused.err
    made = deskhand(
        "new", "one", "--desk", tmp_path, "--title", "Free", "--do", "directory.user.unlock",
        "--verify", "none", "--because", "The caller stands at the desk",
    )  # fmt: skip
    assert (made.code, made.err) == (0, "")
    assert "No test was found that passes" in made.out
    assert "forms: [one]" in made.out
    assert deskhand("check", tmp_path).out.endswith("1 form can be used, 0 errors, 0 warnings.\n")


def test_a_file_that_is_there_is_never_overwritten(desk: Path) -> None:
    file = desk / "forms" / "free.form.yaml"
    file.symlink_to("nowhere")  # no form that is read, but a name that is taken
    refused = deskhand("new", "free", "--desk", desk, "--title", "T", "--do", "directory.user.unlock")
    assert (refused.code, is_one_sentence(refused.err)) == (1, True)
    assert "is there already; nothing was changed" in refused.err
    assert not (desk / "forms" / "nowhere").exists()


def test_the_end_of_the_answers_writes_nothing(desk: Path) -> None:
    before = forms_of(desk)
    for length in (0, 2, len(ANSWERS.splitlines()) - 1):
        begun = "".join(f"{line}\n" for line in ANSWERS.splitlines()[:length])
        stopped = deskhand("new", "--desk", desk, stdin=begun.encode())
        assert (stopped.code, stopped.err.strip()) == (130, "deskhand: Stopped.")
    assert forms_of(desk) == before


def test_bad_answers_are_asked_again_with_the_reason(desk: Path) -> None:
    asked, made = lines_of(
        desk, "", "$(x)", "Last day", "unlock-account", "Last Day", "", "0", "user", "99", "", "directory.user.set_expiry",
        "constant", "soon", "2031-12-31", "9", "all", "",
    )  # fmt: skip
    for reason in ("Write a few words.", "without $(", 'There is a form "unlock-account" already.', "small letters",
                   "Type a number from 1 to 7", "Choose at least one.", "must be a date"):  # fmt: skip
        assert reason in asked
    assert "id='last-day'" in made
    assert "Given(source='constant', text='2031-12-31')" in made
    assert "ticket='optional'" in made


def test_a_terminal_asks_and_an_interrupt_writes_nothing(desk: Path) -> None:
    before = forms_of(desk)
    for typed, code in (("Free the account\n\x03", 130), (ANSWERS, 0)):
        ours, theirs = pty.openpty()
        child = subprocess.Popen(
            [*COMMAND, "new", "--desk", str(desk)],
            stdin=theirs, stdout=theirs, stderr=theirs, env=environment(PYTHONWARNINGS="ignore"),
            start_new_session=True, preexec_fn=_take_terminal,
        )  # fmt: skip
        os.close(theirs)
        seen = ""
        for line in typed.splitlines(keepends=True):
            seen += _until(ours, (": ", "? "))
            os.write(ours, line.encode())
        seen += _until(ours, ())
        assert child.wait(PATIENCE_SECONDS) == code, seen
        os.close(ours)
        if code:
            assert forms_of(desk) == before
    assert forms_of(desk) == {*before, "free.form.yaml"}


def _take_terminal() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _until(terminal: int, end: tuple[str, ...]) -> str:
    """Read until a question stands there, or all that comes when there is no end to wait for."""
    seen = ""
    while not end or not seen.endswith(end):
        ready, _, _ = select.select([terminal], [], [], PATIENCE_SECONDS)
        assert ready, f"it waits, and so far said: {seen}"
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        seen += piece.decode(errors="replace")
    return seen
