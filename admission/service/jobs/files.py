"""Where the files of a job lie: names are ours, never the user's; the folder is for this user only."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from admission.record import Store
from admission.record.operations import Job, jobs_ended
from admission.record.rulesets import kept_files
from admission.rulebook import Rulebook
from admission.rulebook.sources import SourceFile

__all__ = ["RESULTS", "JobFiles", "expiry", "keep_files", "keep_rulebook", "purge", "results_of"]

RESULTS = {
    "workbook.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "figures.json": "application/json",
    "enterprises.csv": "text/csv; charset=utf-8",
    "findings.csv": "text/csv; charset=utf-8",
    "ledger.csv": "text/csv; charset=utf-8",
    "errors.csv": "text/csv; charset=utf-8",
    "changes.csv": "text/csv; charset=utf-8",
    "enterprises.parquet": "application/vnd.apache.parquet",
    "findings.parquet": "application/vnd.apache.parquet",
    "ledger.parquet": "application/vnd.apache.parquet",
    "errors.parquet": "application/vnd.apache.parquet",
    "emitters.parquet": "application/vnd.apache.parquet",
    "changes.parquet": "application/vnd.apache.parquet",
}
"""Files a job can leave, by name, with their content type; nothing else is ever sent."""

_PRIVATE = 0o700
_ID = re.compile(r"[A-Z]\d{8}-[0-9a-f]{10}")


class JobFiles:
    """The folder of one job below `data`: what was uploaded, and what came of it."""

    def __init__(self, data: Path, id: str) -> None:
        if not _ID.fullmatch(id):
            raise ValueError("not the id of a job")
        self.folder = data / "jobs" / id
        self.results = self.folder / "results"

    def make(self) -> None:
        """Makes the folder."""
        self.folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)

    def attempt(self) -> int:
        """Counts an attempt to do the job, from 1; what an earlier one has left goes."""
        shutil.rmtree(self.results, ignore_errors=True)
        (self.folder / "outcome.json").unlink(missing_ok=True)
        with (self.folder / "attempts").open("a+b") as stream:
            stream.write(b".")
            return stream.tell()

    def remove(self) -> None:
        """Removes everything."""
        shutil.rmtree(self.folder, ignore_errors=True)


def expiry(found: Job, days: int) -> datetime | None:
    """When the files of a job go, kept for so many days; None while it is not done."""
    ended = found.state in ("done", "failed")
    return datetime.fromisoformat(found.updated_at) + timedelta(days=days) if ended else None


def purge(store: Store, data: Path, days: int, now: datetime) -> int:
    """Removes the files of jobs that ended more than so many days ago; how many jobs had any."""
    over = jobs_ended(store, before=now - timedelta(days=days))
    old = [files for found in over if (files := JobFiles(data, found.request["folder"])).folder.is_dir()]
    for files in old:
        files.remove()
    return len(old)


def results_of(files: JobFiles) -> Sequence[str]:
    """The results there are, by name."""
    return [name for name in RESULTS if (files.results / name).is_file()]


def keep_rulebook(data: Path, rulebook: Rulebook) -> Path:
    """The rulebook as a file for the process of a job, made once."""
    return _pickled(data, rulebook.sha256, lambda: rulebook)


def keep_files(data: Path, store: Store, id: str) -> Path:
    """The files of a rulebook that the store has kept, as one file for the process of a job, made once.

    Raises `NotRecordedError`.
    """

    def files() -> Sequence[SourceFile]:
        with store.reading() as reader:
            return kept_files(reader, id)

    return _pickled(data, f"files-{id}", files)


def _pickled(data: Path, name: str, value: Callable[[], object]) -> Path:
    folder = data / "rulebooks"
    folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    path = folder / f"{name}.pickle"
    if not path.is_file():
        handle, temporary = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as stream:
            pickle.dump(value(), stream, protocol=pickle.HIGHEST_PROTOCOL)
        os.replace(temporary, path)
    return path
