"""Load on `POST /v1/screen` with the store on: requests per second, latency, memory.

    python benchmarks/service.py                       # 10 s at 1, 16, 64 connections
    python benchmarks/service.py --seconds 600 --connections 16

Starts `admission serve` on loopback with a store of its own (SQLite in a temporary folder, or `--store URL`), loads it
with `wrk` where it is installed and with an asyncio client otherwise, with a mix of the ten example projects, and
prints a table for docs/quality.md. `--distinct` gives every request a project name of its own, so that each decision is
a document never stored before. Times depend on the machine and on what else runs on it, the client included; processor
time per request depends on it less.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
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
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-c", "from admission.cli import main; main()"]
SCRIPT = """
local bodies = {%s}
local n, worker = 0, 0
function setup(thread) worker = worker + 1; thread:set("id", worker) end
function request()
  n = n + 1
  local body = bodies[n %% #bodies + 1]
  if %s then body = string.gsub(body, "NAME", id .. "-" .. n, 1) end
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


def bodies(distinct: bool) -> list[str]:
    """The ten example projects as JSON; with `distinct`, NAME stands where each request puts a name of its own."""
    import yaml

    found = []
    for path in sorted((ROOT / "examples" / "projects").glob("*.yaml")):
        project = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
        if distinct:
            project["name"] = f"{project['name']}NAME"
        found.append(json.dumps(project, ensure_ascii=False))
    return found


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
    """Looks at the memory every second; prints it every minute of a long run."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.seen, self.ended = pid, [used_by(pid)], threading.Event()

    def run(self) -> None:
        while not self.ended.wait(1.0):
            self.seen.append(used_by(self.pid))
            if len(self.seen) % 60 == 0:
                print(f"  {len(self.seen)} s: {self.seen[-1][0]:.0f} MB", file=sys.stderr)


def with_wrk(folder: Path, port: int, key: str, connections: int, seconds: int, distinct: bool) -> list[float]:
    texts = ", ".join(f"[==[{body}]==]" for body in bodies(distinct))
    script = folder / "load.lua"
    script.write_text(SCRIPT % (texts, "true" if distinct else "false", key), encoding="utf-8")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script)]
    done = subprocess.run([*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True)
    found = re.search(r"RESULT (.+)", done.stdout)
    assert found is not None, done.stdout
    requests, status, failed, p50, p99, took = map(float, found[1].split())
    return [requests, status + failed, p50, p99, took]


def with_asyncio(port: int, key: str, connections: int, seconds: int, distinct: bool) -> list[float]:
    """The same load without wrk, over plain sockets."""
    texts, times, wrong = bodies(distinct), [], 0
    end = time.perf_counter() + seconds

    async def one(worker: int) -> None:
        nonlocal wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        number = worker
        while (began := time.perf_counter()) < end:
            number += connections
            body = texts[number % len(texts)].replace("NAME", str(number), 1).encode()
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
    parser.add_argument("--distinct", action="store_true", help="every request is a project never seen before")
    parser.add_argument("--client", choices=("wrk", "asyncio"), default="wrk" if shutil.which("wrk") else "asyncio")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="admission-load-") as name:
        folder = Path(name)
        store = given.store or f"sqlite:///{folder}/store.db"
        with service(folder, store, given.workers) as (port, key, pid):
            load = (lambda *a: with_wrk(folder, *a)) if given.client == "wrk" else with_asyncio
            load(port, key, 4, 3, given.distinct)  # caches fill
            busy = os.getloadavg()[0]
            print(f"{given.workers} workers, {given.seconds} s each, {given.client}, load average {busy:.1f} before\n")
            print("| connections | requests / s | p50 | p99 | errors | requests | processor / request | memory |")
            print("|---|---|---|---|---|---|---|---|")
            for connections in given.connections:
                watch = Watch(pid)
                watch.start()
                found = load(port, key, connections, given.seconds, given.distinct)
                watch.ended.set()
                (before, used), (after, all_used) = watch.seen[0], used_by(pid)
                result = Result(
                    connections, int(found[0]), int(found[1]), *found[2:5], (before, after), all_used - used
                )
                print(result.line(), flush=True)
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
