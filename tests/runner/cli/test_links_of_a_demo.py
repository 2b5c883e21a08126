"""Mails of a demo link to where it is served."""

from pathlib import Path

from runner.cli.operating import with_address
from runner.deskfolder import open_folder


def test_mails_of_a_demo_link_to_where_it_listens(new_desk: Path) -> None:
    folder = open_folder(new_desk)
    assert with_address(folder, "127.0.0.1", 9000).channels.address == "http://127.0.0.1:9000"
    assert with_address(folder, "0.0.0.0", 9000).channels.address == ""
    assert with_address(folder, "127.0.0.1", 0).channels.address == ""


def test_an_address_in_the_settings_stays(new_desk: Path, tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    text = (new_desk / "deskhand.toml").read_text("utf-8")
    text = text.replace("[web]\n", '[web]\naddress = "https://desk.example"\n')
    (tmp_path / "deskhand.toml").write_text(text, "utf-8")
    assert with_address(open_folder(tmp_path), "127.0.0.1", 9000).channels.address == "https://desk.example"
