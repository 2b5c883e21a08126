"""A PostgreSQL cluster of our own, on a free port of 127.0.0.1, thrown away at the end."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Self

import psycopg
import pytest

_USER = "deskhand"
_PASSWORD = "only-for-tests"


class Cluster:
    def __init__(self, binaries: Path, folder: Path, port: int) -> None:
        self._binaries = binaries
        self._folder = folder
        self._port = port
        self._numbers = count(1)

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[Self]:
        binaries = _binaries()
        folder = Path(tempfile.mkdtemp(prefix="deskhand-postgres-"))
        cluster = cls(binaries, folder, _free_port())
        try:
            cluster._make()
            cluster._start()
            try:
                yield cluster
            finally:
                cluster._stop()
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{_USER}:{_PASSWORD}@127.0.0.1:{self._port}/{database}"

    def new_database(self) -> str:
        name = f"desk_{next(self._numbers)}"
        plain = self.url("postgres").replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def restart(self) -> None:
        """Stop it as an upgrade of its package does, which cuts every connection, and start it again."""
        self._run("pg_ctl", "-D", str(self._folder / "cluster"), "-m", "fast", "-w", "stop")
        self._start()

    def _make(self) -> None:
        password = self._folder / "password"
        password.write_text(_PASSWORD)
        password.chmod(0o600)
        self._folder.chmod(0o700)
        if os.geteuid() == 0:
            for path in (self._folder, password):
                shutil.chown(path, "postgres")
        as_cluster = ("-U", _USER, f"--pwfile={password}", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8")
        self._run("initdb", "-D", str(self._folder / "cluster"), "--no-sync", *as_cluster)

    def _start(self) -> None:
        settings = (
            f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
            " -c fsync=off -c max_connections=80"
        )
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", str(self._folder / "cluster"), "-w", "-l", log, "-o", settings, "start")

    def _stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "cluster"), "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*owner, str(self._binaries / program), *arguments]
        log = self._folder / f"{program}.log"
        with log.open("w") as output:
            ended = subprocess.run(command, cwd="/", stdout=output, stderr=subprocess.STDOUT, check=False)
        if ended.returncode != 0:
            pytest.fail(f"{program} did not work: {log.read_text()}")


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if found:
        folder = found[-1].parent
    elif on_path:
        folder = Path(on_path).parent
    else:
        pytest.fail("these tests need PostgreSQL's server programs: install the package postgresql")
    if os.geteuid() == 0 and not _has_user("postgres"):
        pytest.fail("PostgreSQL does not run as root: the tests need a user called postgres")
    return folder


def _has_user(name: str) -> bool:
    return any(entry.pw_name == name for entry in pwd.getpwall())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
