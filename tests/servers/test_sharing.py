"""Folders that processes share: filled once, whoever comes first, and gone with the last."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.sharing import shared_folder

ROOT = Path(__file__).parents[2]
PROCESS = """
import sys, time
from pathlib import Path
from tests.servers.sharing import shared_folder

where = Path(sys.argv[1])

def fill(folder):
    with (where / "filled.log").open("a") as log:
        log.write("filled\\n")
    (folder / "half").touch()
    time.sleep(float(sys.argv[2]))
    (folder / "whole").touch()

with shared_folder(where, "costly", fill) as folder:
    print(sorted(file.name for file in folder.iterdir()), flush=True)
    sys.stdin.read()
"""


def process(where: Path, seconds: float) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", PROCESS, str(where), str(seconds)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def end(one: "subprocess.Popen[str]") -> None:
    with one:
        one.communicate()


def line(one: "subprocess.Popen[str]") -> str:
    assert one.stdout is not None
    return one.stdout.readline()


def test_processes_that_come_at_once_fill_a_folder_once_and_the_last_removes_it(tmp_path: Path) -> None:
    started = [process(tmp_path, 0.3) for _ in range(3)]
    assert [line(one) for one in started] == ["['half', 'whole']\n"] * 3
    assert (tmp_path / "filled.log").read_text() == "filled\n"
    for one in started[:-1]:
        end(one)
    assert (tmp_path / "costly" / "whole").exists(), "somebody still uses it"
    end(started[-1])
    assert not (tmp_path / "costly").exists()


def test_a_process_that_is_killed_while_it_fills_leaves_nothing_half_done(tmp_path: Path) -> None:
    killed = process(tmp_path, 60)
    while not (tmp_path / "costly.unfinished" / "half").exists():
        assert killed.poll() is None
    os.kill(killed.pid, signal.SIGKILL)
    end(killed)
    with shared_folder(tmp_path, "costly", lambda folder: (folder / "other").touch()) as folder:
        assert [file.name for file in folder.iterdir()] == ["other"]


def test_a_folder_that_could_not_be_filled_is_tried_again(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"), shared_folder(tmp_path, "costly", fail):
        pass
    with shared_folder(tmp_path, "costly", lambda _: None) as folder:
        assert list(folder.iterdir()) == []
