"""A desk over two directories, from its settings to what is done, and what is said when one of them is not well."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import PartUnavailableError
from connectors.spi import Ref
from runner.access.model import Actor
from runner.deskfolder import open_folder
from runner.errors import NotFoundError, NotReachableError, SetUpError
from runner.pipeline.looking import actor_of
from runner.pipeline.pages import ChoosePage, FillPage, PlanPage, Posted, SubmissionPage
from runner.resource_names import name_of, parsed
from runner.wiring import Installation, open_installation
from tests.runner.cli.commands import deskhand
from tests.runner.pipeline.small_company import ROOT
from tests.runner.several_directories import LAB, make_desk, there

CORP_AGENT, LAB_AGENT, BOTH = "corp~u-agent.rotterdam", "lab~l-helper", "corp~u-agent.utrecht"
GARBAGE = b"\x00garbage" * 1_000
ZOE, QUINN = "corp~u-z.lindqvist", "lab~l-quinn"


@pytest.fixture(scope="session")
def two_desks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_desk(tmp_path_factory.mktemp("several") / "desk")


@pytest.fixture
def folder(two_desks: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(two_desks, tmp_path / "desk"))


@pytest.fixture
def opened(folder: Path) -> Iterator[Installation]:
    installation = open_installation(open_folder(folder))
    assert installation.problems == ()
    yield installation
    installation.close()


def actor(desk: Installation, person: str) -> Actor:
    return actor_of(desk.services, f"acc-{person}", person, person, person)


def submitted(desk: Installation, who: str, form: str, target: str | None, answers: dict[str, Any]) -> Any:
    return desk.desk.submit(actor(desk, who), uuid.uuid4().hex, form, target, Posted(answers), "en")


def done(desk: Installation, who: str, form: str, target: str | None, answers: dict[str, Any]) -> SubmissionPage:
    plan = submitted(desk, who, form, target, answers)
    assert isinstance(plan, PlanPage), plan
    page = desk.desk.confirm(actor(desk, who), plan.head.submission, plan.digest, "", (), "en")
    assert isinstance(page, SubmissionPage)
    return page


@pytest.mark.parametrize(
    ("who", "target", "directory", "id_"),
    [
        (CORP_AGENT, ZOE, "corp", "u-z.lindqvist"),
        (LAB_AGENT, QUINN, "lab", "l-quinn"),
        (BOTH, ZOE, "corp", "u-z.lindqvist"),
        (BOTH, QUINN, "lab", "l-quinn"),
    ],
)
def test_a_form_changes_a_person_of_either_directory(
    opened: Installation, folder: Path, who: str, target: str, directory: str, id_: str
) -> None:
    page = done(opened, who, "office", target, {"office": "B-12"})
    assert (page.state, page.just_done) == ("done", True)
    assert there(folder, directory, id_).attributes["office"] == "B-12"
    (kept,) = opened.services.store.submissions.list(target_id=target, states=("done",), limit=5)
    assert kept.target_id == target
    assert opened.services.store.journal.verify().ok


@pytest.mark.parametrize(
    ("who", "target"),
    [
        (CORP_AGENT, QUINN),
        (LAB_AGENT, ZOE),
        (LAB_AGENT, "lab~l-loner"),
        (BOTH, "lab~l-loner"),
        (LAB_AGENT, "lab~l-chief"),
        (BOTH, "corp~u-r.admin"),
        (CORP_AGENT, "u-z.lindqvist"),
        (CORP_AGENT, "lab~u-z.lindqvist"),
        (CORP_AGENT, "corp~"),
        (CORP_AGENT, "~u-z.lindqvist"),
        (CORP_AGENT, "corp~u-z.lindqvist~x"),
    ],
)
def test_scopes_by_unit_and_by_group_end_where_their_directory_ends(
    opened: Installation, folder: Path, who: str, target: str
) -> None:
    before = [(folder / f"{name}.db").read_bytes() for name in ("corp", "lab")]
    with pytest.raises(NotFoundError):
        submitted(opened, who, "office", target, {"office": "B-12"})
    with pytest.raises(NotFoundError):
        opened.desk.person(actor(opened, who), target)
    assert [(folder / f"{name}.db").read_bytes() for name in ("corp", "lab")] == before


def test_people_of_both_are_chosen_from_one_list_in_one_order(opened: Installation) -> None:
    def chosen(who: str) -> list[str]:
        page = opened.desk.open(actor(opened, who), "office", None, "i", "en")
        assert isinstance(page, ChoosePage)
        return [thing.label for thing in page.things]

    both = chosen(BOTH)
    assert {"Quinn Adams", "Zoë Lindqvist"} <= set(both)
    assert "Lono Loner" not in both
    assert both == sorted(both, key=str.casefold)
    assert "Quinn Adams" not in chosen(CORP_AGENT)
    assert chosen(LAB_AGENT) == ["Quinn Adams"]


@pytest.mark.parametrize(("who", "target", "label"), [(BOTH, ZOE, "Zoë Lindqvist"), (LAB_AGENT, QUINN, "Quinn Adams")])
def test_the_card_of_a_person_is_shown_and_no_photo_is_missed(
    opened: Installation, who: str, target: str, label: str
) -> None:
    page = opened.desk.person(actor(opened, who), target)
    assert (page.person.id, page.person.label) == (target, label)
    assert {tile.form: tile.why_not for tile in page.tiles} == {"office": "", "join": ""}
    assert any("SD-Rotterdam" in str(fact) or "p.dewit" in str(fact) or "Pieter" in str(fact) for fact in page.facts)
    with pytest.raises(NotFoundError):
        opened.desk.photo(actor(opened, who), target)


def test_a_person_joins_a_group_of_their_own_directory_only(opened: Installation, folder: Path) -> None:
    refused = submitted(opened, BOTH, "join", QUINN, {"group": "corp~g-APP-Atlas"})
    assert not isinstance(refused, PlanPage)
    assert "two directories, “corp” and “lab”, which cannot be joined by a membership" in str(refused)
    assert [ref.id for ref in there(folder, "lab", "l-quinn").attributes["groups"]] == ["lg-team"]  # type: ignore[union-attr]
    assert done(opened, BOTH, "join", QUINN, {"group": "lab~lg-benches"}).state == "done"
    groups = there(folder, "lab", "l-quinn").attributes["groups"]
    assert [ref.id for ref in groups] == ["lg-benches", "lg-team"]  # type: ignore[union-attr]


def test_an_account_is_made_where_its_unit_is(opened: Installation, folder: Path) -> None:
    bench = opened.services.connectors.for_kind("ou").locate(f"OU=Bench,{LAB}", "ou")
    assert bench is not None
    page = done(opened, BOTH, "create", None, {"unit": bench.id})
    assert page.state == "done"
    made = opened.services.connectors.for_kind("user").locate("newby", "user")
    assert made is not None
    assert there(folder, "lab", made.id.removeprefix("lab~")).attributes["login"] == "newby"
    unit = opened.services.connectors.for_kind("ou").locate("Rotterdam", "ou")
    assert unit is not None
    page = submitted(opened, BOTH, "create", None, {"unit": unit.id})
    assert isinstance(page, FillPage)
    assert page.errors


def test_resource_names_hold_such_ids_as_they_are() -> None:
    for ref in (
        Ref("user", QUINN),
        Ref("group", "corp-2~9a0e8e3a-2f0c-4f39-8f2b-2a0b8d0d6a11"),
        Ref("ou", "lab~a b~ü"),
    ):
        assert parsed(name_of(ref)).ref == ref
    assert name_of(Ref("user", QUINN)) == "desk:directory:users:lab~l-quinn"


# --- what commands say --------------------------------------------------------------------------------------------


def test_the_doctor_says_how_each_directory_is(folder: Path) -> None:
    well = deskhand("doctor", "--desk", folder)
    assert well.code == 0, well.text
    assert "corp: The local directory answers;" in well.out
    assert "lab: The local directory answers;" in well.out
    (folder / "lab.db").write_bytes(GARBAGE)
    ill = deskhand("doctor", "--desk", folder)
    assert ill.code != 0
    assert "corp: The local directory answers;" in ill.out
    assert "lab: The directory's database does not answer" in ill.out
    assert ill.out.count("ERROR") == 1, ill.out


def test_names_are_explained_and_reviewed_by_their_ids(folder: Path) -> None:
    explained = deskhand("access", "who-can", "user.profile.manage", "lab~quinn", "--desk", folder)
    assert explained.code == 0, explained.text
    assert "Hella Helper" in explained.out
    graph = deskhand("access", "graph", "--desk", folder)
    assert graph.code == 0, graph.text


def test_an_import_goes_into_the_directory_that_is_said(folder: Path) -> None:
    file = folder / "people.csv"
    file.write_text("login,upn,display_name,first_name,last_name\nx.new,x.new@lab.test,Xenia New,Xenia,New\n", "utf-8")
    before = (folder / "corp.db").read_bytes()
    for into in ((), ("--into", "nope"), ("--into", "")):
        unsaid = deskhand("import", "--ou", f"OU=Bench,{LAB}", *into, "--desk", folder, file)
        assert unsaid.code == 2
        assert "Say with --into which of the directories is meant: corp, lab." in unsaid.text
    done = deskhand("import", "--ou", f"OU=Bench,{LAB}", "--into", "lab", "--json", "--desk", folder, file)
    assert done.json["added"] == {"user": 1}, done.text
    assert (folder / "corp.db").read_bytes() == before
    found = open_installation(open_folder(folder))
    assert str(found.services.connectors.for_kind("user").locate("x.new", "user")).startswith("user:lab~")
    found.close()


def test_a_desk_that_had_one_directory_gives_nobody_anything_until_names_are_looked_up_anew(
    folder: Path, tmp_path: Path
) -> None:
    several = (folder / "deskhand.toml").read_text("utf-8")
    start, end = several.index("[connectors.directory]"), several.index("[connectors.mailbox]")
    alone = '[connectors.directory]\nuse = "local"\nurl = "sqlite:///corp.db"\n'
    (folder / "deskhand.toml").write_text(several[:start] + alone + several[end:], "utf-8")
    assert "SD-Rotterdam" in deskhand("doctor", "--desk", folder).out
    (folder / "deskhand.toml").write_text(several, "utf-8")
    doctor = deskhand("doctor", "--desk", folder)
    assert 'the user that "agent.rotterdam" stood for no longer exists' in doctor.out
    desk = open_installation(open_folder(folder))
    with pytest.raises(NotFoundError):
        desk.desk.person(actor(desk, CORP_AGENT), ZOE)
    desk.close()
    (folder / "access-names.json").unlink()
    assert "ok       access: every name in access.yaml was found" in deskhand("doctor", "--desk", folder).out
    desk = open_installation(open_folder(folder))
    assert desk.desk.person(actor(desk, CORP_AGENT), ZOE).person.id == ZOE
    desk.close()


# --- settings -----------------------------------------------------------------------------------------------------

Change = Callable[[str], str]
WRONG: dict[str, tuple[str, str, str]] = {
    "the same base": (f'"{LAB}"', f'"{ROOT}"', "[connectors.directory] cannot be opened: The bases of the directories"),
    "a base in the other": (f'"{LAB}"', f'"OU=x,{ROOT}"', "overlap"),
    "no base": (f'base = "{LAB}"\n', "", '[connectors.directory.of.lab] needs base = "…"'),
    "a base that is no text": (f'"{LAB}"', "7", '[connectors.directory.of.lab] needs base = "…"'),
    "a base that is no name": (f'"{LAB}"', '"lab"', "The base of the directory “lab” cannot be used"),
    "no use": ('"\nuse = "local"\nbase = "DC=lab', '"\nbase = "DC=lab', "needs"),
    "an unknown connector": (
        f'use = "local"\nbase = "{LAB}"', f'use = "pigeons"\nbase = "{LAB}"',
        '[connectors.directory.of.lab] There is no connector "pigeons".',
    ),
    "an unknown option": (
        'url = "sqlite:///lab.db"', 'url = "sqlite:///lab.db"\ncolour = "red"',
        '[connectors.directory.of.lab] local does not take the option "colour".',
    ),
    "an option left out": ('url = "sqlite:///lab.db"', "", '[connectors.directory.of.lab] local needs the option url'),
    "an option that is wrong": (
        'url = "sqlite:///lab.db"', 'url = "sqlite:///lab.db"\npassword_days = 0',
        "[connectors.directory.of.lab] cannot be opened: password_days must be",
    ),
    "a name that is none": ("of.lab]", "of.Lab]", "“Lab” cannot be the name of a directory"),
    "another system": (
        'use = "local"\nbase = "DC=lab,DC=test"', 'use = "mailbox"\nbase = "DC=lab,DC=test"',
        "[connectors.directory] cannot be opened: ",
    ),
    "of for a connector that joins nothing": ('use = "directories"', 'use = "local"\nurl = "x"', 'the option "of"'),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_settings_that_cannot_be_used_name_the_table_and_the_fix(folder: Path, what: str) -> None:
    old, new, sentence = WRONG[what]
    text = (folder / "deskhand.toml").read_text("utf-8")
    if what == "no use":
        old, new, sentence = 'of.lab]\nuse = "local"\n', "of.lab]\n", '[connectors.directory.of.lab] needs use = "…"'
    assert old in text
    (folder / "deskhand.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(SetUpError) as refused:
        open_installation(open_folder(folder))
    assert sentence in str(refused.value)
    assert str(folder / "deskhand.toml") in str(refused.value)


def test_directories_without_any_are_told_how_to_be_written(folder: Path) -> None:
    text = (folder / "deskhand.toml").read_text("utf-8")
    start, end = text.index("[connectors.directory.of.corp]"), text.index("[connectors.mailbox]")
    for left in ("", "of = {}\n"):
        (folder / "deskhand.toml").write_text(text[:start] + left + text[end:], "utf-8")
        with pytest.raises(SetUpError, match=r"a table for each directory|a table of its own below “of”"):
            open_installation(open_folder(folder))


# --- one that does not answer -------------------------------------------------------------------------------------


def test_names_that_were_never_found_leave_nothing_to_decide_by(folder: Path) -> None:
    (folder / "lab.db").write_bytes(GARBAGE)
    installation = open_installation(open_folder(folder))
    try:
        with pytest.raises(PartUnavailableError, match="Directory “lab”: "):
            installation.keeper.current()
    finally:
        installation.close()


@pytest.fixture
def half(folder: Path) -> Iterator[Installation]:
    """A desk that has been used, and is started again while “lab” does not answer."""
    before = open_installation(open_folder(folder))
    before.keeper.current()
    before.close()
    (folder / "lab.db").write_bytes(GARBAGE)
    installation = open_installation(open_folder(folder))
    yield installation
    installation.close()


def test_people_of_the_other_directory_are_helped_on(half: Installation, folder: Path) -> None:
    assert done(half, CORP_AGENT, "office", ZOE, {"office": "B-12"}).state == "done"
    assert there(folder, "corp", "u-z.lindqvist").attributes["office"] == "B-12"
    assert half.desk.person(actor(half, CORP_AGENT), ZOE).person.label == "Zoë Lindqvist"
    assert half.desk.find(actor(half, CORP_AGENT), "Pieter").people
    assert done(half, BOTH, "office", "corp~u-alice", {"office": "B-13"}).state == "done"
    for out_of_reach in ("corp~u-svc", "corp~u-r.admin"):
        with pytest.raises(NotFoundError):
            submitted(half, CORP_AGENT, "office", out_of_reach, {"office": "B-12"})


def test_what_concerns_the_directory_that_does_not_answer_says_so_and_nothing_happens(
    half: Installation, folder: Path
) -> None:
    before = (folder / "corp.db").read_bytes()
    for attempt in (
        lambda: half.desk.find(actor(half, BOTH), "a"),
        lambda: half.desk.open(actor(half, BOTH), "office", None, "a", "en"),
        lambda: half.desk.person(actor(half, BOTH), QUINN),
        lambda: submitted(half, BOTH, "office", QUINN, {"office": "B-12"}),
        lambda: actor(half, LAB_AGENT),
    ):
        with pytest.raises((NotReachableError, PartUnavailableError), match="Directory “lab”: "):
            attempt()
    assert half.services.store.submissions.list(target_id=QUINN, states=("done", "running"), limit=5) == []
    assert (folder / "corp.db").read_bytes() == before
