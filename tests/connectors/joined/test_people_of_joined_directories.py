"""Signing in, photos, and the accounts by which directories are reached, over several directories."""

from hashlib import sha256
from pathlib import Path

import pytest

from connectors.errors import PartUnavailableError, UnavailableError
from connectors.joined.connector import JoinedDirectories
from connectors.local.connector import LocalDirectory
from connectors.local.loading import NewEntry
from connectors.spi import (
    Authenticates,
    AuthenticationResult,
    Content,
    Entry,
    File,
    FindsLogins,
    HasAccounts,
    KeepsPhotos,
    Operation,
    Ref,
    Secret,
    SecretRef,
)
from runner.identity.directory import DirectorySignIn
from tests.connectors.joined.sample_directories import BASE, OTHER_BASE, OTHERS, STAFF, filled, opened
from tests.connectors.joined.test_joined_directories_contract import NOWHERE
from tests.pictures import png

ALICE, AENNE = Ref("user", "corp~u-alice"), Ref("user", "lab~v-aenne")
PASSWORD, WRONG = Secret("Lantaarn-Boot-Tijger-47"), Secret("something else entirely")


class Listening:
    """A directory that notes which logins it was asked to verify."""

    def __init__(self, directory: LocalDirectory) -> None:
        self._directory, self.asked = directory, []  # type: ignore[var-annotated]

    def __getattr__(self, name: str) -> object:
        return getattr(self._directory, name)

    def authenticate(self, login: str, secret: Secret) -> AuthenticationResult:
        self.asked.append(login)
        return self._directory.authenticate(login, secret)


class Desk:
    """Two directories that listen; “lab” has an alice too."""

    def __init__(self, corp: LocalDirectory, lab: LocalDirectory) -> None:
        self.corp, self.lab = Listening(corp), Listening(lab)
        self.both = JoinedDirectories({"corp": (self.corp, BASE), "lab": (self.lab, OTHER_BASE)})  # type: ignore[dict-item]
        for person in (Ref("user", "corp~u-fiona"), ALICE, AENNE, Ref("user", "lab~v-alice")):
            operation = Operation("step", "directory.user.set_password", {
                "user": person, "password": SecretRef("password"), "must_change": False,
            })  # fmt: skip
            self.both.perform(operation, self.both.prepare(operation).guards, {"password": PASSWORD})

    @property
    def asked(self) -> tuple[list[str], list[str]]:
        return self.corp.asked, self.lab.asked


@pytest.fixture
def desk(two: JoinedDirectories, tmp_path: Path) -> Desk:
    twin = NewEntry("user", f"CN=Alice Other,{STAFF}", {"login": "alice", "upn": "alice@other.test"}, id="v-alice")
    (tmp_path / "twins").mkdir()
    lab = opened(filled(tmp_path / "twins" / "lab.db", (*OTHERS, twin)))
    corp = two.parts[0].connector
    assert isinstance(corp, LocalDirectory)
    return Desk(corp, lab)


@pytest.mark.parametrize(
    ("login", "id_"),
    [
        ("aenne", "lab~v-aenne"),
        ("AENNE@other.test", "lab~v-aenne"),
        ("alice@example.test", "corp~u-alice"),
        ("corp~alice", "corp~u-alice"),
        ("lab~alice", "lab~v-alice"),
    ],
)
def test_only_the_directory_that_has_the_login_is_told_the_password(desk: Desk, login: str, id_: str) -> None:
    assert desk.both.authenticate(login, PASSWORD) == AuthenticationResult("ok", Ref("user", id_))
    told = id_.partition("~")[0]
    assert [len(asked) for asked in desk.asked] == [int(told == "corp"), int(told == "lab")]
    assert desk.both.authenticate(login, WRONG) == AuthenticationResult("wrong")


@pytest.mark.parametrize(
    "login", ["alice", "nobody", "lab~bob", "lab~", "~alice", "nope~alice", "", "\x00", "\ud800", "x" * 10_000, "a\nb"]
)
def test_a_login_of_none_or_of_two_is_wrong_after_the_same_work_and_counts_for_nobody(desk: Desk, login: str) -> None:
    for _ in range(5):
        assert desk.both.authenticate(login, PASSWORD) == AuthenticationResult("wrong")
    assert sum(map(len, desk.asked)) == 5
    for known in ("corp~alice", "lab~alice"):
        assert desk.both.authenticate(known, PASSWORD).state == "ok"


def test_other_states_are_told_with_the_person(desk: Desk) -> None:
    assert desk.both.authenticate("fiona", PASSWORD) == AuthenticationResult("disabled", Ref("user", "corp~u-fiona"))


def test_nobody_signs_in_while_it_is_open_whom_a_login_means(desk: Desk) -> None:
    half = JoinedDirectories({"corp": (desk.corp, BASE), "lab": (opened(NOWHERE), OTHER_BASE)})  # type: ignore[dict-item]
    with pytest.raises(UnavailableError, match="Directory “lab”"):
        half.authenticate("alice", PASSWORD)
    assert desk.asked == ([], [])
    assert half.authenticate("corp~alice", PASSWORD).state == "ok"


def test_a_photo_is_kept_and_found_where_the_person_is(two: JoinedDirectories) -> None:
    content = png(48, 48)
    photo = File("a.png", len(content), "image/png", sha256(content).hexdigest(), content=Content(content))
    operation = Operation("step", "directory.user.set_photo", {"user": AENNE, "photo": photo})
    two.perform(operation, two.prepare(operation).guards, {})
    assert isinstance(two, KeepsPhotos)
    found = two.photo(AENNE)
    assert found is not None
    assert found.content is not None
    assert found.content.reveal() == content
    for nobody in (ALICE, Ref("user", "v-aenne"), Ref("user", "corp~v-aenne"), Ref("user", "lab~")):
        assert two.photo(nobody) is None


class _Bare:
    """A directory without photos and sign-in, reached by an account of its own."""

    def __init__(self, directory: object, *accounts: str) -> None:
        self._directory, self._accounts = directory, accounts

    name = "directory"

    def __getattr__(self, name: str) -> object:
        if name in ("photo", "authenticate"):
            raise AttributeError(name)
        return getattr(self._directory, name)

    def own_accounts(self) -> frozenset[str]:
        return frozenset(self._accounts)


def test_what_no_directory_offers_is_not_offered(two: JoinedDirectories) -> None:
    assert isinstance(two, Authenticates)
    assert not isinstance(two, HasAccounts)
    corp, lab = (part.connector for part in two.parts)
    bare = JoinedDirectories({"corp": (_Bare(corp, "u-gone"), BASE), "lab": (_Bare(lab, "v-zoe"), OTHER_BASE)})  # type: ignore[dict-item]
    assert not isinstance(bare, Authenticates | KeepsPhotos)
    assert isinstance(bare, HasAccounts)
    assert bare.own_accounts() == {"corp~u-gone", "lab~v-zoe"}


def test_people_of_a_directory_without_sign_in_are_refused_and_others_let_in(desk: Desk) -> None:
    mixed = JoinedDirectories({"corp": (desk.corp, BASE), "lab": (_Bare(desk.lab), OTHER_BASE)})  # type: ignore[dict-item]
    assert mixed.authenticate("corp~alice", PASSWORD).state == "ok"
    assert mixed.authenticate("lab~alice", PASSWORD).state == "wrong"
    assert mixed.authenticate("aenne", PASSWORD).state == "wrong"
    assert desk.lab.asked == []


def test_own_accounts_of_a_directory_that_stops_answering_stay_protected(two: JoinedDirectories) -> None:
    class Failing(_Bare):
        fails = True

        def own_accounts(self) -> frozenset[str]:
            if self.fails:
                raise UnavailableError("It does not answer.")
            return super().own_accounts()

    corp, lab = (part.connector for part in two.parts)
    failing = Failing(lab, "v-zoe")
    directories = JoinedDirectories({"corp": (_Bare(corp, "u-gone"), BASE), "lab": (failing, OTHER_BASE)})  # type: ignore[dict-item]
    with pytest.raises(PartUnavailableError, match="Directory “lab”: It does not answer"):
        directories.own_accounts()
    failing.fails = False
    known = directories.own_accounts()
    failing.fails = True
    assert directories.own_accounts() == known == {"corp~u-gone", "lab~v-zoe"}


class Light(Listening):
    """A directory that says itself who has a login."""

    def called(self, login: str) -> tuple[Entry, ...]:
        place = self._directory.place_of(STAFF)
        people = {"alice": Entry(Ref("user", "v-alice"), f"CN=Alice Other,{STAFF}", place, {"login": "alice"})}
        outside = Entry(Ref("user", "x"), "CN=Outside", (), {"login": "outside"})
        return (people[login],) if login in people else (outside,) if login == "outside" else ()


class Dead(Listening):
    """A directory that does not answer."""

    def read(self, question: object) -> object:
        raise UnavailableError("it is down.")


def counted(*directories: object) -> DirectorySignIn:
    return DirectorySignIn(JoinedDirectories(dict(zip(("corp", "lab"), directories, strict=True))))  # type: ignore[arg-type]


def test_tries_are_counted_for_everybody_whose_password_may_be_verified(desk: Desk) -> None:
    light = Light(desk.lab._directory)
    assert isinstance(desk.both, FindsLogins)
    for sign_in in (
        counted((desk.corp, BASE), (desk.lab, OTHER_BASE)),
        counted((desk.corp, BASE), (light, OTHER_BASE)),
    ):
        assert sign_in.counted_as("alice") == ("corp~u-alice", "lab~v-alice")
        assert sign_in.counted_as("lab~alice") == ("lab~v-alice",)
        assert sign_in.counted_as("corp~alice") == ("corp~u-alice",)
        assert sign_in.counted_as("lab~nobody") == ("nobody",)
        assert sign_in.counted_as("outside") == ("outside",)


def test_while_one_directory_is_down_people_of_others_sign_in_by_its_name_and_a_tilde(desk: Desk) -> None:
    sign_in = counted((desk.corp, BASE), (Dead(desk.lab._directory), OTHER_BASE))
    assert sign_in.counted_as("corp~alice") == ("corp~u-alice",)
    assert sign_in.directory.authenticate("corp~alice", PASSWORD).ref == ALICE
    for asking in (sign_in.counted_as, lambda login: sign_in.directory.authenticate(login, PASSWORD)):
        with pytest.raises(PartUnavailableError, match="lab"):
            asking("alice")
