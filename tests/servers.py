"""Throw-away database servers on a socket in a temporary folder, for tests that want the real engine."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

__all__ = ["NEEDS_MYSQL", "NEEDS_POSTGRES", "Query", "missing", "mysql", "postgres", "postgres_urls"]

Query = Callable[[str], list[list[str | None]]]
"""Runs SQL and gives the cells of the result as text, None for NULL."""


def missing(*names: str) -> bool:
    """Is one of these programs not on this machine?"""
    return any(_find(name) is None for name in names)


@contextmanager
def postgres() -> Iterator[Query]:
    """A PostgreSQL cluster of its own."""
    with _cluster() as folder:
        psql = (_find("psql") or "", "-X", "-A", "-t", "-q", "-F", "\t", "-P", "null=\\N", "-v", "ON_ERROR_STOP=1")
        client = (*psql, "-h", folder, "-U", "postgres", "-d", "postgres", "-f", "-")
        yield lambda sql: _lines(_run(*client, text=sql), "\\N")


@contextmanager
def postgres_urls() -> Iterator[Callable[[], str]]:
    """A PostgreSQL cluster of its own; every call gives the URL of another empty database."""
    with _cluster() as folder:
        psql = (_find("psql") or "", "-X", "-q", "-h", folder, "-U", "postgres", "-d", "postgres", "-c")
        numbers = count()

        def make() -> str:
            name = f"tests_{next(numbers)}"
            _run(*psql, f"CREATE DATABASE {name}")
            return f"postgresql://postgres@/{name}?host={folder}"

        yield make


@contextmanager
def _cluster() -> Iterator[Path]:
    """A running PostgreSQL; the folder of its socket."""
    with _folder() as folder:
        user = _server_user("postgres", folder)
        data, control = folder / "data", _find("pg_ctl") or ""
        _run(_find("initdb") or "", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", user=user)
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        _run(control, "-D", data, "-w", "-l", folder / "log", "-o", options, "start", user=user)
        try:
            yield folder
        finally:
            _run(control, "-D", data, "-m", "immediate", "stop", user=user)


@contextmanager
def mysql() -> Iterator[Query]:
    """A MySQL or MariaDB server of its own, with an empty database in use."""
    with _folder() as folder:
        server, client = _find("mariadbd", "mysqld") or "", _find("mariadb", "mysql") or ""
        socket = folder / "socket"
        as_root = ["--user=root"] if os.geteuid() == 0 else []
        options = ["--no-defaults", f"--datadir={folder / 'data'}", *as_root]
        if (install := _find("mariadb-install-db")) is not None:
            _run(install, *options, "--auth-root-authentication-method=normal")
        else:
            _run(server, *options, "--initialize-insecure")
        command = [server, *options, f"--socket={socket}", "--skip-networking"]
        with open(folder / "log", "w") as log, subprocess.Popen(command, stderr=log, cwd="/") as running:
            try:
                _wait_for(socket)
                ask = (client, "--no-defaults", f"--socket={socket}", "-uroot", "-NBr")
                ask = (*ask, "--default-character-set=utf8mb4")
                _run(*ask, text="CREATE DATABASE tests CHARACTER SET utf8mb4;")
                yield lambda sql: _lines(_run(*ask, "tests", text=sql), "NULL")
            finally:
                running.terminate()


def _find(*names: str) -> str | None:
    """The first of these programs on the path or where Debian keeps server programs."""
    postgres_folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    places = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *map(str, postgres_folders)])
    return next((found for name in names if (found := shutil.which(name, path=places))), None)


def _run(*command: str | Path, user: str | None = None, text: str | None = None) -> str:
    done = subprocess.run(
        [*map(str, command)], user=user, input=text, capture_output=True, text=True, check=False, cwd="/", timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def _folder() -> Iterator[Path]:
    """A short path (sockets allow 107 bytes) that other users may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="admission-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _server_user(name: str, folder: Path) -> str | None:
    """Servers refuse to run as root: then `name`, given the folder."""
    if os.geteuid() != 0:
        return None
    owner = pwd.getpwnam(name)
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return name


def _wait_for(path: Path) -> None:
    for _ in range(300):
        if path.exists():
            return
        time.sleep(0.1)
    raise AssertionError(f"{path} did not appear")


def _lines(text: str, null: str) -> list[list[str | None]]:
    return [[None if cell == null else cell for cell in line.split("\t")] for line in text.splitlines()]


NEEDS_POSTGRES = pytest.mark.skipif(
    missing("initdb", "pg_ctl", "psql"), reason="PostgreSQL (initdb, pg_ctl, psql) is not installed"
)
NEEDS_MYSQL = pytest.mark.skipif(
    missing("mariadbd") and missing("mysqld"), reason="MySQL or MariaDB (mysqld, mariadbd) is not installed"
)
