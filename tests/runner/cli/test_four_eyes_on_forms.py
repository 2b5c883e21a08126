"""With two people to a form, a changed one is used only after somebody else than its author published it."""

from pathlib import Path

import pytest

from runner.cli.options import installation_at
from tests.runner.cli.commands import Result, deskhand, is_one_sentence

FORM = "forms/unlock-account.form.yaml"
BINDING = """
  - id: both-publish
    principals: [{ user: alice }, { user: agent.rotterdam }]
    role: form-author

  - id: authors
"""


@pytest.fixture
def watched(company: Path) -> Path:
    """A desk whose forms were used before, on which two people have to agree from now on."""
    access = company / "forms/access.yaml"
    access.write_text(access.read_text("utf-8").replace("\n  - id: authors\n", BINDING), "utf-8")
    with installation_at(company, "keep"):
        pass
    settings = company / "deskhand.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[forms]\npublish = "two people"\n', "utf-8")
    return company


def change(desk: Path, version: int, limit: str = "50/day") -> None:
    text = (desk / FORM).read_text("utf-8").partition("\nversion:")[0].replace("5/day", limit).replace("50/day", limit)
    (desk / FORM).write_text(f"{text}\nversion: {version}\n", "utf-8")


def used_version(desk: Path, versions: str = "keep") -> int:
    with installation_at(desk, versions) as installation:  # type: ignore[arg-type]
        form = installation.services.catalogue.forms.get("unlock-account")
        return form.version if form is not None else 0


def hand_in(desk: Path, login: str) -> Result:
    return deskhand("hand-in", "unlock-account", "--as", login, "--desk", desk)


def publish(desk: Path, login: str, *more: str) -> Result:
    return deskhand("publish", "unlock-account", "--as", login, "--desk", desk, *more)


def test_the_version_before_is_used_until_somebody_else_publishes(watched: Path) -> None:
    change(watched, 2)
    assert used_version(watched) == 1
    told = deskhand("doctor", "--desk", watched).out
    assert "forms: unlock-account: what its file says (version 2) waits for a second person; version 1 is used" in told
    listed = deskhand("publish", "--list", "--desk", watched)
    assert "Nobody handed it in: deskhand hand-in unlock-account --as LOGIN" in listed.out
    nothing = publish(watched, "alice")
    assert (nothing.code, is_one_sentence(nothing.text)) == (1, True)
    assert hand_in(watched, "alice").code == 0
    listed = deskhand("publish", "--list", "--desk", watched)
    assert "  limits per_target is now “50 in 1 day”, before “5 in 1 day”\n" in listed.out
    own = publish(watched, "alice")
    assert (own.code, "somebody else has to publish it" in own.err) == (1, True)
    assert used_version(watched) == 1
    waiting = deskhand("publish", "--list", "--desk", watched, "--json").json["waiting"][0]
    assert (waiting["author"], waiting["version"], waiting["is_new"]) == ("alice", "2", False)
    other = publish(watched, "agent.rotterdam", "--digest", "0" * 64)
    assert (other.code, "handed in anew" in other.err) == (1, True)
    assert publish(watched, "agent.rotterdam", "--digest", waiting["digest"]).code == 0
    assert used_version(watched) == 2
    assert "0 forms to publish, 0 changed forms not handed in" in deskhand("publish", "--list", "--desk", watched).out
    records = deskhand("journal", "list", "--desk", watched, "--limit", "20").out
    for words in ("Form handed in", "Form published", "publish form: You handed this form in yourself"):
        assert words.casefold() in records.casefold(), records


def test_a_change_after_the_hand_in_has_to_be_handed_in_again(watched: Path) -> None:
    change(watched, 2)
    assert hand_in(watched, "alice").code == 0
    change(watched, 2, "500/day")
    assert publish(watched, "agent.rotterdam").code == 0
    with installation_at(watched) as installation:
        form = installation.services.catalogue.forms["unlock-account"]
        assert form.limits.per_target is not None
        assert form.limits.per_target.count == 50
        assert [one.used for one in installation.unpublished] == ["2"]
    again = hand_in(watched, "alice")
    assert (again.code, "raise its number" in again.err) == (1, True)


def test_a_form_that_was_never_published_and_one_changed_under_its_number_are_not_used(watched: Path) -> None:
    change(watched, 1)
    assert used_version(watched) == 1
    assert hand_in(watched, "alice").code == 1
    text = (watched / FORM).read_text("utf-8").replace("id: unlock-account", "id: open-up")
    (watched / "forms/open-up.form.yaml").write_text(text, "utf-8")
    with installation_at(watched, "keep") as installation:
        assert "open-up" not in installation.services.catalogue.forms
        assert {one.form_id: one.used for one in installation.unpublished} == {"open-up": "", "unlock-account": "1"}
        assert installation.services.store.form_versions.versions("open-up") == []
    assert deskhand("hand-in", "open-up", "--as", "alice", "--desk", watched).code == 0
    assert "  it is new\n" in deskhand("publish", "--list", "--desk", watched).out
    assert deskhand("publish", "open-up", "--as", "agent.rotterdam", "--desk", watched).code == 0
    with installation_at(watched, "keep") as installation:
        assert "open-up" in installation.services.catalogue.forms


def test_who_has_no_right_to_it_neither_hands_in_nor_publishes(watched: Path) -> None:
    access = watched / "forms/access.yaml"
    access.write_text(access.read_text("utf-8").replace("[{ user: alice }, { user", "[{ user"), "utf-8")
    change(watched, 2)
    refused = hand_in(watched, "alice")
    assert (refused.code, is_one_sentence(refused.text)) == (1, True)
    assert hand_in(watched, "agent.rotterdam").code == 0
    assert publish(watched, "alice").code == 1
    assert used_version(watched) == 1


def test_where_nobody_has_to_publish_the_commands_say_so(company: Path) -> None:
    for command in (("hand-in", "unlock-account", "--as", "alice"), ("publish", "--list")):
        refused = deskhand(*command, "--desk", company)
        assert (refused.code, is_one_sentence(refused.text)) == (3, True)
    settings = company / "deskhand.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[forms]\npublish = "three"\n', "utf-8")
    wrong = deskhand("publish", "--list", "--desk", company)
    assert (wrong.code, 'must be "at once" or "two people"' in wrong.err) == (3, True)
