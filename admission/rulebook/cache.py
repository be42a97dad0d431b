"""A loaded rulebook kept on disk, so that the next start need not parse the same files again.

The key is the content of the files, the version of this package and of Python; a changed rule
never meets an old cache. The file lies in the user's own cache folder, is read only when that
user owns it and nobody else may write it, and is replaced atomically. Set
`ADMISSION_CACHE=off` to do without, or to a folder of your own.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from admission._version import VERSION
from admission.rulebook.sources import SourceFile

if TYPE_CHECKING:
    from admission.rulebook.rulebook import Rulebook

__all__ = ["cache_folder", "read_cache", "write_cache"]

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def cache_folder() -> Path | None:
    """Where cached rulebooks lie; None when `ADMISSION_CACHE=off` or the user has no home."""
    chosen = os.environ.get("ADMISSION_CACHE", "")
    if chosen.lower() == "off":
        return None
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    try:
        return Path(base).expanduser() / "admission"
    except RuntimeError:  # a user without a home
        return None


def _file(files: Sequence[SourceFile]) -> Path | None:
    folder = cache_folder()
    if folder is None:
        return None
    digest = hashlib.sha256(f"{VERSION}|{sys.version}|{_code_stamp()}".encode())
    for name, data in files:
        digest.update(f"|{name}|{len(data)}|".encode())
        digest.update(data)
    return folder / f"rulebook-{digest.hexdigest()[:32]}.pickle"


def _code_stamp() -> str:
    """Changes when the package's own source does, as it does in a checkout under work."""
    package = Path(__file__).resolve().parent.parent
    stamps = (
        file.stat().st_mtime_ns
        for folder in ("logic", "rulebook", "vocabulary")
        for file in (package / folder).glob("*.py")
    )
    return str(max(stamps, default=0))


def read_cache(files: Sequence[SourceFile]) -> Rulebook | None:
    """The rulebook made earlier of the same files, or None."""
    from admission.rulebook.rulebook import Rulebook

    path = _file(files)
    try:
        if path is None or not _is_ours(path):
            return None
        with path.open("rb") as stream:
            found = pickle.load(stream)
    except Exception:  # whatever a damaged file makes pickle raise, the rules are simply read again
        return None
    return found if isinstance(found, Rulebook) else None


def _is_ours(path: Path) -> bool:
    """Owned by this user, and neither the file nor its folder writable by others."""
    for place in (path, path.parent):
        status = place.stat()
        if status.st_uid != os.getuid() or status.st_mode & _OTHERS_WRITE:
            return False
    return True


def write_cache(files: Sequence[SourceFile], rulebook: Rulebook) -> None:
    """Keep `rulebook` for the next start; a folder that cannot be written is no error."""
    path = _file(files)
    if path is None:
        return
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                pickle.dump(rulebook, stream, protocol=pickle.HIGHEST_PROTOCOL)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
        for old in path.parent.glob("rulebook-*.pickle"):
            if old != path:
                old.unlink(missing_ok=True)
