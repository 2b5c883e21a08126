"""Photos in the local directory: in no search, checked against their header, taken back once, in older databases too."""

from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import text

from connectors.directory.pictures import PictureError, picture_size
from connectors.errors import RejectedError
from connectors.local.connector import LocalDirectory
from connectors.local.tables import create_tables
from connectors.spi import Compare, Content, File, KeepsPhotos, Operation, Outcome, Question, Ref
from tests.connectors.local.sample_directory import QUICK, clock, fill
from tests.pictures import jpeg, png

ALICE = Ref("user", "u-alice")


@pytest.fixture
def directory(tmp_path: Path):
    made = LocalDirectory(f"sqlite:///{tmp_path / 'directory.db'}", clock=clock, policy=QUICK)
    create_tables(made.engine)
    fill(made.engine)
    yield made
    made.close()


def photo(content: bytes, type_: str = "image/png", **more: object) -> File:
    return File(
        "a", len(content), type_, str(more.get("sha256") or sha256(content).hexdigest()), content=Content(content)
    )


def give(directory: LocalDirectory, file: File | None) -> Outcome:
    arguments = {"user": ALICE} | ({"photo": file} if file else {})
    operation = Operation("photo", "directory.user.set_photo", arguments)
    return directory.perform(operation, directory.prepare(operation).guards, {})


def test_it_keeps_photos_and_finds_who_has_one(directory: LocalDirectory) -> None:
    assert isinstance(directory, KeepsPhotos)
    assert directory.photo(ALICE) is None
    give(directory, photo(png()))
    found = directory.photo(ALICE)
    assert found is not None
    assert found.content is not None
    assert found.content.reveal() == png()
    page = directory.read(Question("user", Compare("has_photo", "==", True)))
    assert [entry.ref for entry in page.entries] == [ALICE]
    assert all(not isinstance(value, bytes | File) for value in page.entries[0].attributes.values())
    assert directory.photo(Ref("user", "u-bob")) is directory.photo(Ref("group", "u-alice")) is None


def test_a_photo_goes_back_to_the_one_before_without_its_content(directory: LocalDirectory) -> None:
    give(directory, photo(png(shade=1)))
    done = give(directory, photo(png(shade=2)))
    assert done.inverse is not None
    before = done.inverse.arguments["photo"]
    assert isinstance(before, File)
    assert before.content is None
    directory.perform(done.inverse, (), {})
    found = directory.photo(ALICE)
    assert found is not None
    assert found.content is not None
    assert found.content.reveal() == png(shade=1)


def test_of_older_photos_nothing_is_kept(directory: LocalDirectory) -> None:
    first = give(directory, photo(png(shade=1)))
    done = [first, *(give(directory, photo(png(shade=shade))) for shade in (2, 3, 4))]
    with directory.engine.connect() as connection:
        assert connection.scalar(text("select count(*) from directory_photos")) == 2
    assert done[1].inverse is not None
    with pytest.raises(RejectedError, match="no longer kept"):
        directory.perform(done[1].inverse, (), {})


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (photo(png(649, 10)), "649 × 10 pixels"),
        (photo(jpeg(10, 700), "image/jpeg"), "10 × 700 pixels"),
        (photo(png() + bytes(110_000)), "at most 100 KB"),
        (photo(b"%PDF-1.7", "application/pdf"), "JPEG or PNG"),
        (photo(b"\xff\xd8\xff", "image/jpeg"), "cannot be read"),
        (photo(png(), "image/jpeg"), "not the kind of picture"),
        (photo(png(), sha256="0" * 64), "not the one that was confirmed"),
    ],
)
def test_what_is_no_fit_photo_is_refused_before_anything_is_written(
    directory: LocalDirectory, file: File, sentence: str
) -> None:
    with pytest.raises(RejectedError, match=sentence):
        give(directory, file)
    assert directory.photo(ALICE) is None


def test_a_database_of_the_release_before_gets_its_table(directory: LocalDirectory, tmp_path: Path) -> None:
    with directory.engine.begin() as connection:
        connection.execute(text("drop table directory_photos"))
        connection.execute(text("update directory_schema set version = 2"))
    again = LocalDirectory(f"sqlite:///{tmp_path / 'directory.db'}", clock=clock, policy=QUICK)
    give(again, photo(png()))
    assert again.photo(ALICE) is not None
    again.close()


@pytest.mark.parametrize("content", [png(3, 5), jpeg(3, 5)])
def test_a_picture_cut_off_anywhere_has_a_size_or_is_none(content: bytes) -> None:
    assert picture_size(content)[1:] == (3, 5)
    for end in range(len(content)):
        try:
            assert picture_size(content[:end])[1:] == (3, 5)
        except PictureError:
            assert end < 120


@pytest.mark.parametrize("content", [png(0, 5), jpeg(5, 0), b"\xff\xd8" + b"\xff\xe0\0\0" * 9, b"\xff\xd8\0", b""])
def test_a_picture_without_a_size_is_none(content: bytes) -> None:
    with pytest.raises(PictureError):
        picture_size(content)
