"""Where rule files are and how they are read: the one place of the core that does I/O."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from admission.errors import Place, Problem, ProblemCode, RulebookError

__all__ = ["SourceFile", "read_sources", "shipped_paths"]

SourceFile = tuple[str, bytes]
"""Display name and content of one file."""

_SUFFIXES = {".yaml", ".yml", ".csv"}
_FOLDERS = ("rules", "negative_list")


def shipped_paths() -> tuple[Path, ...]:
    """The `rules/` and `negative_list/` that came with this package: from the wheel, or the checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_data"
    root = inside if inside.is_dir() else package.parent
    return tuple(root / name for name in _FOLDERS)


def read_sources(paths: Iterable[Path]) -> tuple[SourceFile, ...]:
    """Every rule file below `paths`, in a fixed order; case files (`*.cases.yaml`) are left out.

    Names are relative to the parent of each given folder, so that a ruleset has the same hash
    wherever it is installed. Raises `RulebookError` for a path that does not exist.
    """
    found: dict[str, bytes] = {}
    problems = []
    for path in paths:
        if not path.exists():
            problems.append(Problem(ProblemCode.FILE_MISSING, Place(str(path)), values={"detail": str(path)}))
            continue
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.suffix in _SUFFIXES and not file.name.endswith(".cases.yaml") and file.is_file():
                found[file.relative_to(path.parent).as_posix()] = file.read_bytes()
    if problems:
        raise RulebookError(problems)
    return tuple(sorted(found.items()))
