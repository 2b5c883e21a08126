"""deskhand diff says what changed between kept versions, and between them and the file."""

from pathlib import Path

from runner.cli.options import installation_at
from tests.runner.cli.commands import deskhand, is_one_sentence

FORM = "forms/unlock-account.form.yaml"


def used(desk: Path) -> None:
    """Let the desk keep the versions of its forms, as `serve` does when it starts."""
    with installation_at(desk, "keep"):
        pass


def test_the_file_is_compared_with_what_is_kept_and_kept_versions_with_each_other(desk: Path) -> None:
    nothing = deskhand("diff", "unlock-account", "--desk", desk)
    assert (nothing.code, is_one_sentence(nothing.text)) == (2, True)
    used(desk)
    same = deskhand("diff", "unlock-account", "--desk", desk)
    assert (same.code, same.out) == (0, "unlock-account@1 → unlock-account\nThey are the same.\n")
    file = desk / FORM
    file.write_text(file.read_text("utf-8").replace("5/day", "50/day"), "utf-8")
    unraised = deskhand("diff", "unlock-account", "--desk", desk)
    assert unraised.code == 1
    assert unraised.out.endswith("1 change. Both are version 1: write  version: 2 .\n")
    file.write_text(file.read_text("utf-8") + "version: 2\n", "utf-8")
    used(desk)
    for pair in (
        ("unlock-account@1", "unlock-account@2"),
        ("unlock-account@1",),
        ("unlock-account@1", "unlock-account"),
    ):
        found = deskhand("diff", *pair, "--desk", desk)
        assert found.code == 1
        assert "  limits per_target is now “50 in 1 day”, before “5 in 1 day”\n1 change.\n" in found.out
    told = deskhand("diff", "unlock-account@1", "unlock-account@2", "--desk", desk, "--json").json
    assert (told["same"], told["before"]["version"], told["after"]["version"]) == (False, 1, 2)
    assert [(one["part"], one["before"], one["after"]) for one in told["changes"]] == [
        ("limits", "5 in 1 day", "50 in 1 day")
    ]


def test_what_is_not_there_is_said_with_what_is(desk: Path) -> None:
    used(desk)
    for words, code, text in (
        (("unlock-account@9",), 2, "Kept are: 1."),
        (("unlock-acount",), 2, 'Did you mean "unlock-account"?'),
        (("unlock-acount@1", "unlock-account"), 2, "None of it is kept"),
    ):
        refused = deskhand("diff", *words, "--desk", desk)
        assert (refused.code, is_one_sentence(refused.text)) == (code, True), refused.text
        assert text in refused.text
    (desk / FORM).write_text("format: form/1\nid: unlock-account\n", "utf-8")
    broken = deskhand("diff", "unlock-account@1", "--desk", desk)
    assert broken.code == 3
    assert "unlock-account has errors" in broken.text
