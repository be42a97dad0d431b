"""Load on `POST /v1/screen` with the store on: requests per second, latency, memory.

    python benchmarks/service.py                       # 10 s at 1, 16, 64 connections
    python benchmarks/service.py --seconds 600 --connections 16

Starts `admission serve` on loopback with a store of its own (SQLite in a temporary folder, or `--store URL`), loads it
with `wrk` where it is installed and with an asyncio client otherwise, and prints a table for docs/quality.md. No two
requests are alike: the ten example projects come in turn, each time with a name of its own and with amounts between
half and one and a half times those of the example, so that every decision is a document never stored before; `--same`
sends them as they are. Times depend on the machine and on what else runs on it, the client included; processor time
per request (all processes of the service) depends on it less. Memory is given at the start, at every full minute and at
the end.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from admission.rulebook import Rulebook

ROOT = Path(__file__).resolve().parents[1]
MINUTE = 60.0
COMMAND = [sys.executable, "-c", "from admission.cli import main; main()"]
SCRIPT = """
local bodies = {%s}
local n = 0
math.randomseed(%d)
local function other(amount) return string.format("%%.2f", amount * (0.5 + math.random())) end
function request()
  n = n + 1
  local body = bodies[n %% #bodies + 1]:gsub("@NAME@", "%d-" .. n):gsub("@([%%d.]+)@", other)
  local headers = {["Content-Type"] = "application/json", ["Authorization"] = "Bearer %s"}
  return wrk.format("POST", "/v1/screen", headers, body)
end
function done(summary, latency, requests)
  io.write(string.format("RESULT %%d %%d %%d %%f %%f %%f\\n", summary.requests, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.duration / 1000000))
end
"""


@dataclass
class Result:
    """One run: errors are answers other than 200 and connections that failed; milliseconds; megabytes."""

    connections: int
    requests: int
    errors: int
    p50: float
    p99: float
    seconds: float
    memory: tuple[float, float]
    processor: float

    def line(self) -> str:
        rate = self.requests / self.seconds
        first, last = self.memory
        return (
            f"| {self.connections} | {rate:.0f} | {self.p50:.0f} ms | {self.p99:.0f} ms | {self.errors} "
            f"| {self.requests} | {1000 * self.processor / self.requests:.1f} ms | {first:.0f} → {last:.0f} MB |"
        )


def bodies(varied: bool) -> list[str]:
    """The ten example projects as JSON.

    With `varied` each request has to fill in `@NAME@` and to change every amount that stands between two @.
    """
    import yaml

    found = []
    for path in sorted((ROOT / "examples" / "projects").glob("*.yaml")):
        project = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
        if varied:
            project["name"] += "@NAME@"
            for facts in [project.get("facts", {}), *(part.get("facts", {}) for part in project.get("components", ()))]:
                open_up(project, facts)
        found.append(json.dumps(project, ensure_ascii=False))
    return found


def open_up(project: dict[str, Any], facts: dict[str, Any]) -> None:
    """Marks the amounts that may be others: those that no formula or limit ties."""
    for name, amount in facts.items():
        if isinstance(amount, str) and re.fullmatch(r"[1-9]\d*(\.\d+)?", amount):
            facts[name] = f"@{amount}@"
            if not all(is_read(json.dumps(project, ensure_ascii=False), number) for number in range(4)):
                facts[name] = amount


def filled(body: str, number: int) -> str:
    """The body of one request: a name and amounts of its own."""
    dice = random.Random(number)
    named = body.replace("@NAME@", f"-{number}")
    return re.sub(r"@([\d.]+)@", lambda found: f"{float(found[1]) * (0.5 + dice.random()):.2f}", named)


def is_read(body: str, number: int) -> bool:
    """Is a project with such amounts screened without complaint?"""
    from admission.errors import InputError
    from admission.screening import read_projects, screen

    try:
        (project,) = read_projects(filled(body, number).encode(), "body.json", rulebook())
        screen(project, rulebook().in_force(project.park, on=project.as_of or datetime.now(UTC).date()))
    except InputError:
        return False
    return True


@cache
def rulebook() -> Rulebook:
    """The shipped rules."""
    from admission.rulebook import load_rulebook

    return load_rulebook()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def service(folder: Path, store: str, workers: int) -> Iterator[tuple[int, str, int]]:
    """A running service: its port, an API key, its process."""
    from admission.record import open_store
    from admission.record.users import add_user, issue_key, users

    now = datetime.now(UTC)
    with open_store(store) as opened:
        name = f"bench-{len(users(opened))}"
        add_user(opened, name, role="machine", actor="bench", at=now)
        _, key = issue_key(opened, name, label="bench", actor="bench", at=now)
    port, log = free_port(), folder / "log.txt"
    options = ["--port", str(port), "--store", store, "--workers", str(workers), "--data", str(folder / "files")]
    environment = os.environ | {"ADMISSION_MACHINE_RATE_PER_MINUTE": "100000000"}
    with log.open("w") as stream:
        process = subprocess.Popen([*COMMAND, "serve", *options], stderr=stream, env=environment)
    try:
        while log.read_text().count("Application startup complete") < workers:
            if process.poll() is not None:
                sys.exit(log.read_text())
            time.sleep(0.2)
        yield port, key, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def used_by(pid: int) -> tuple[float, float]:
    """Resident megabytes and processor seconds of a process and its children."""
    memory, seconds = 0.0, 0.0
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            fields = status.read_text().rpartition(")")[2].split()
            if int(status.parent.name) == pid or int(fields[1]) == pid:
                memory += int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 1e6
                seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return memory, seconds


class Watch(threading.Thread):
    """Looks at the memory every minute; the first and the last look are those of `start` and `end`."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.seen, self.ended = pid, [used_by(pid)], threading.Event()

    def run(self) -> None:
        while not self.ended.wait(MINUTE):
            self.seen.append(used_by(self.pid))
            print(f"  {len(self.seen) - 1} min: {self.seen[-1][0]:.0f} MB", file=sys.stderr, flush=True)

    def end(self) -> tuple[float, float]:
        """The memory at the start and at the end, after telling how it went between them."""
        self.ended.set()
        self.join()
        self.seen.append(used_by(self.pid))
        told = [memory for memory, _ in self.seen]
        if len(told) > 4:
            middle = told[len(told) // 2]
            print(f"\nMB at the start, every minute and at the end: {' '.join(f'{memory:.0f}' for memory in told)}")
            print(f"growth in the second half of the run: {told[-1] - middle:+.0f} MB ({told[-1] / middle - 1:+.1%})\n")
        return told[0], told[-1]


def with_wrk(folder: Path, port: int, key: str, connections: int, seconds: int, varied: bool) -> list[float]:
    texts = ", ".join(f"[==[{body}]==]" for body in bodies(varied))
    script, run = folder / "load.lua", time.time_ns() % 10**9
    script.write_text(SCRIPT % (texts, run, run, key), encoding="utf-8")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script)]
    done = subprocess.run([*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True)
    found = re.search(r"RESULT (.+)", done.stdout)
    assert found is not None, done.stdout
    requests, status, failed, p50, p99, took = map(float, found[1].split())
    return [requests, status + failed, p50, p99, took]


def with_asyncio(port: int, key: str, connections: int, seconds: int, varied: bool) -> list[float]:
    """The same load without wrk, over plain sockets."""
    texts, times, wrong, run = bodies(varied), [], 0, time.time_ns() % 10**9
    end = time.perf_counter() + seconds

    async def one(worker: int) -> None:
        nonlocal wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        number = worker
        while (began := time.perf_counter()) < end:
            number += connections
            body = filled(texts[number % len(texts)], run + number).encode()
            head = f"POST /v1/screen HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
            head += "Content-Type: application/json\r\n"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", answer)
            assert length is not None
            await reader.readexactly(int(length[1]))
            wrong += b" 200 " not in answer[:20]
            times.append(time.perf_counter() - began)
        writer.close()

    async def every() -> None:
        await asyncio.gather(*(one(worker) for worker in range(connections)))

    began = time.perf_counter()
    asyncio.run(every())
    took = time.perf_counter() - began
    times.sort()
    p50, p99 = (times[int(len(times) * part)] * 1000 for part in (0.5, 0.99))
    return [len(times), wrong, p50, p99, took]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--store", default="")
    parser.add_argument("--same", action="store_true", help="the ten examples as they are, again and again")
    parser.add_argument("--client", choices=("wrk", "asyncio"), default="wrk" if shutil.which("wrk") else "asyncio")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="admission-load-") as name:
        folder = Path(name)
        store = given.store or f"sqlite:///{folder}/store.db"
        with service(folder, store, given.workers) as (port, key, pid):
            load = (lambda *a: with_wrk(folder, *a)) if given.client == "wrk" else with_asyncio
            load(port, key, 4, 3, not given.same)  # what is done once is done
            busy = os.getloadavg()[0]
            print(f"{given.workers} workers, {given.seconds} s each, {given.client}, load average {busy:.1f} before\n")
            print("| connections | requests / s | p50 | p99 | errors | requests | processor / request | memory |")
            print("|---|---|---|---|---|---|---|---|")
            for connections in given.connections:
                watch = Watch(pid)
                watch.start()
                found = load(port, key, connections, given.seconds, not given.same)
                memory = watch.end()
                processor = watch.seen[-1][1] - watch.seen[0][1]
                print(Result(connections, int(found[0]), int(found[1]), *found[2:5], memory, processor).line())
        verify(store)


def verify(store: str) -> None:
    """The store is as it was written, with every decision that was answered."""
    from admission.record import open_store
    from admission.record import verify as verified

    with open_store(store) as opened:
        found = verified(opened)
    print(f"\nstore: {'as it was written' if found.ok else 'BROKEN'}")


if __name__ == "__main__":
    main()
