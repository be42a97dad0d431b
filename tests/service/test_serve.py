"""`admission serve` as a process: first start, several workers, a worker killed while it writes, wrong settings."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from admission.cli.app import app
from admission.record import decisions, open_store, verify
from admission.record.users import add_user, issue_key
from admission.service.examples import PROJECTS
from admission.service.workers import _Sockets
from tests.service.support import NOON

WAIT = 90.0
COMMAND = [sys.executable, "-c", "from admission.cli import main; main()"]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str], Path]]:
    """A running `admission serve` in `folder`: its address, its process, its log."""
    port, log = _free_port(), folder / "log.txt"
    command = [*COMMAND, "serve", "--port", str(port), "--store", f"sqlite:///{folder}/store.db", *options]
    with (
        log.open("w") as stream,
        subprocess.Popen(command, cwd=folder, stderr=stream, stdout=stream, text=True) as process,
    ):
        try:
            url, workers = f"http://127.0.0.1:{port}", 2 if "--workers" in options else 1
            end = time.monotonic() + WAIT
            while time.monotonic() < end and process.poll() is None:
                if log.read_text().count("Application startup complete") == workers:
                    break
                time.sleep(0.1)
            else:
                raise AssertionError(log.read_text())
            yield url, process, log
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(WAIT)


def _key(folder: Path) -> str:
    with open_store(f"sqlite:///{folder}/store.db") as store:
        add_user(store, "machine", role="machine", actor="test", at=NOON)
        return issue_key(store, "machine", label="", actor="test", at=NOON)[1]


def _workers(process: subprocess.Popen[str]) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = status.read_text().rpartition(")")[2].split()
            if int(fields[1]) == process.pid and b"spawn_main" in (status.parent / "cmdline").read_bytes():
                found.append(int(status.parent.name))
    return found


def test_the_first_start_tells_how_to_make_an_administrator(tmp_path: Path) -> None:
    with serving(tmp_path, "--lang", "en") as (url, process, log):
        text = log.read_text()
        assert "admission user add NAME --role administrator --store sqlite:///" in text
        assert "cookies without Secure" in text
        assert httpx2.get(f"{url}/healthz", trust_env=False).json()["status"] == "ok"
        assert httpx2.get(f"{url}/v1/rules", trust_env=False).status_code == 401
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) in (0, -signal.SIGTERM)
    assert (tmp_path / "store.db").stat().st_mode & 0o077 == 0


def _all_workers_are_told(url: str, headers: dict[str, str]) -> None:
    """Whichever worker answers `/metrics` tells what all have answered, and how things stand in those that live."""

    def numbers() -> dict[str, float]:
        text = httpx2.get(f"{url}/metrics", headers=headers, timeout=WAIT, trust_env=False).text
        lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, _, value in lines}

    asked = 'admission_requests_total{method="GET",route="/v1/parks",status="200"}'
    for _ in range(20):
        httpx2.get(f"{url}/v1/parks", headers=headers, timeout=WAIT, trust_env=False)
    assert {numbers()[asked] for _ in range(6)} == {20.0}
    end, living = time.monotonic() + WAIT, 0
    while living != 2 and time.monotonic() < end:
        living = sum(name.startswith("admission_info{") for name in numbers())
        time.sleep(0.1)
    assert living == 2, "the new worker is told and the dead one is not"


def test_workers_share_a_port_and_one_that_is_killed_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    key = _key(tmp_path)
    headers = {"Authorization": f"Bearer {key}"}
    with serving(tmp_path, "--workers", "2") as (url, process, _):

        def ask(number: int) -> str | None:
            project = {**PROJECTS["brief"], "name": f"项目{number}"}
            try:
                answer = httpx2.post(f"{url}/v1/screen", json=project, headers=headers, timeout=WAIT, trust_env=False)
            except httpx2.HTTPError:
                return None  # the worker it was connected to is gone
            assert answer.status_code == 200, answer.text
            return answer.headers["Admission-Decision"]

        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(ask, number) for number in range(60)]
            time.sleep(1.0)
            before = _workers(process)
            assert len(before) == 2
            os.kill(before[0], signal.SIGKILL)
            answered = {id for future in asked if (id := future.result()) is not None}
        assert len(answered) > 20
        end = time.monotonic() + WAIT
        while len(set(_workers(process)) - {before[0]}) < 2 and time.monotonic() < end:
            time.sleep(0.2)
        assert len(set(_workers(process)) - {before[0]}) == 2, "a worker that died is replaced"
        _all_workers_are_told(url, headers)
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        assert answered <= {record.id for record in decisions(store, limit=1000)}
        assert verify(store).ok


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--host", "0.0.0.0", "--plain-http"), "loopback"),
        (("--store", "mysql://x/y"), "sqlite"),
        (("--store", "sqlite:////nowhere/at/all.db"), "nowhere"),
        (("--rules", "nowhere"), "nowhere"),
    ],
)
def test_what_cannot_be_served_is_told_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    done = CliRunner().invoke(app, ["serve", *options])
    assert done.exit_code == 1
    assert told in done.stderr


def test_a_key_is_issued_listed_and_revoked_on_the_command_line(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/store.db"

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, [*words, "--store", store])
        assert done.exit_code == 0, done.stderr
        return done.stdout

    run("user", "add", "oa", "--role", "machine")
    assert "还没有密钥" in run("key", "list")
    secret = run("key", "add", "oa", "--label", "审批系统").splitlines()[1]
    assert secret.startswith("adm_")
    row = json.loads(run("key", "list", "--format", "json"))
    assert (row["user"], row["label"], row["active"]) == ("oa", "审批系统", True)
    assert secret not in run("key", "list")
    run("key", "revoke", row["id"])
    assert json.loads(run("key", "list", "--format", "json"))["active"] is False


def test_each_worker_has_a_socket_of_its_own() -> None:
    import pickle

    port = _free_port()
    first, second = (pickle.loads(pickle.dumps(_Sockets("127.0.0.1", port)))[0] for _ in range(2))
    with first, second:
        assert first.getsockname() == second.getsockname() == ("127.0.0.1", port)
