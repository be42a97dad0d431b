"""Takes jobs one at a time and has a process of its own do each; several workers share the jobs of a store."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import IO, Any

from sqlalchemy import update

from admission.errors import AdmissionError
from admission.record import Store
from admission.record.chain import utc
from admission.record.operations import Job, clear_expired, job, take_job, update_job
from admission.record.tables import jobs
from admission.service.clock import Clock
from admission.service.idempotency import KEPT
from admission.service.jobs.files import JobFiles, keep_files, keep_rulebook, purge
from admission.service.metrics import Metrics
from admission.service.problem_words import Kind
from admission.service.problems import problem_of
from admission.service.rules import RuleKeeper
from admission.service.settings import Settings

__all__ = ["CANCELLED", "Runner"]

CANCELLED = {"cancelled": True}
"""The result of a job that was cancelled."""

_log = logging.getLogger("admission.service")
_PAUSE, _BEAT = 1.0, 0.5
_STALE = timedelta(seconds=60)
_ATTEMPTS = 3
_CLEARING = timedelta(hours=1)


class Runner:
    """One thread that takes jobs; the work itself is done by `admission.service.jobs.work`."""

    def __init__(self, store: Store, settings: Settings, clock: Clock, rules: RuleKeeper, metrics: Metrics) -> None:
        self._store, self._settings, self._clock, self._rules, self._metrics = store, settings, clock, rules, metrics
        self._ended = Event()
        self._thread = Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begins to take jobs."""
        self._thread.start()

    def close(self) -> None:
        """Stops; a job under way is taken again later."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        cleared = None
        while not self._ended.is_set():
            try:
                now = self._clock.moment()
                if cleared is None or now - cleared > _CLEARING:
                    cleared = now
                    self._clear(now)
                taken = take_job(self._store, at=now, stale=now - _STALE)
                if taken is not None:
                    self._do(taken)
                    continue
            except (AdmissionError, OSError) as error:
                _log.error("jobs: %s", error)
            self._ended.wait(_PAUSE)

    def _clear(self, now: datetime) -> None:
        """Removes what is kept no longer: files of jobs, sessions that have ended."""
        gone = purge(self._store, self._settings.data, self._settings.keep_days, now)
        if gone:
            _log.info("jobs: files of %d removed after %d days", gone, self._settings.keep_days)
        clear_expired(self._store, at=now, keys_before=now - KEPT)

    def _do(self, taken: Job) -> None:
        files = JobFiles(self._settings.data, taken.request["folder"])
        if not files.folder.is_dir() or files.attempt() > _ATTEMPTS:
            self._end(taken, _failed(taken, "interrupted"))
            return
        self._prepare(taken, files)
        command = [sys.executable, "-m", "admission.service.jobs.work", str(files.folder)]
        with (files.folder / "log.txt").open("wb") as log, _begun(command, log) as process:
            follower = Thread(target=self._follow, args=(taken, process), daemon=True)
            follower.start()
            self._watch(taken, process)
            follower.join()
        if self._ended.is_set():
            update_job(self._store, taken.id, at=self._clock.moment(), state="waiting")
        elif job(self._store, taken.id).state == "running":
            self._end(taken, self._outcome(taken, files, process.returncode))

    def _prepare(self, taken: Job, files: JobFiles) -> None:
        settings = self._settings
        rulebook = keep_rulebook(settings.data, self._rules.rulebook)
        limits = {"seconds": settings.audit_seconds, "memory": settings.audit_memory, "rows": settings.upload_rows}
        request = {**taken.request, **limits, "kind": taken.kind, "rulebook": str(rulebook.resolve())}
        for side in ("from_rules", "to_rules"):
            if taken.request.get(side):
                request[side] = str(keep_files(settings.data, self._store, taken.request[side]).resolve())
        (files.folder / "request.json").write_text(json.dumps(request, ensure_ascii=False), encoding="utf-8")

    def _follow(self, taken: Job, process: subprocess.Popen[str]) -> None:
        """What the process says of its progress."""
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip().isdigit():
                self._alive(taken, done=int(line))

    def _alive(self, taken: Job, **progress: int) -> None:
        """Says that the job goes on, unless it was cancelled meanwhile."""
        values = {**progress, "updated_at": utc(self._clock.moment())}
        change = update(jobs).where(jobs.c.id == taken.id, jobs.c.state == "running").values(values)
        with self._store.transaction() as connection:
            connection.execute(change)

    def _watch(self, taken: Job, process: subprocess.Popen[str]) -> None:
        """Until it ends; it is killed when it takes too long, was cancelled, or the service ends."""
        began = self._clock.seconds()
        beat = began
        while process.poll() is None:
            self._ended.wait(_BEAT)
            now = self._clock.seconds()
            if self._ended.is_set() or now - began > self._settings.audit_seconds:
                process.kill()
            elif now - beat > _STALE.total_seconds() / _ATTEMPTS:
                self._alive(taken)
                beat = now
            if job(self._store, taken.id).state == "failed":
                process.kill()

    def _outcome(self, taken: Job, files: JobFiles, status: int) -> Mapping[str, Any]:
        path = files.folder / "outcome.json"
        if status != 0 or not path.is_file():
            _log.error("job %s ended with status %d", taken.id, status)
            return _failed(taken, f"status {status}")
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if "too_many_rows" in found:
            rows, lang = found["too_many_rows"], taken.request["lang"]
            detail = f"{rows} > {self._settings.upload_rows}"
            return {"problem": problem_of(Kind.TOO_LARGE, lang, detail).model_dump(mode="json")}
        return found

    def _end(self, taken: Job, result: Mapping[str, Any]) -> None:
        state: Any = "failed" if "problem" in result else "done"
        self._metrics.jobs.labels(taken.kind, state).inc()
        update_job(self._store, taken.id, at=self._clock.moment(), state=state, result=result)


def _begun(command: list[str], log: IO[bytes]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)


def _failed(taken: Job, why: str) -> Mapping[str, Any]:
    return {"problem": problem_of(Kind.INTERNAL, taken.request["lang"], why).model_dump(mode="json")}
