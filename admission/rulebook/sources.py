"""Where rule files are and how they are read: the one place of the core that does I/O."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePath

from admission.errors import Place, Problem, ProblemCode, RulebookError

__all__ = ["SourceFile", "read_case_sources", "read_history_sources", "read_sources", "shipped_paths"]

SourceFile = tuple[str, bytes]
"""Display name and content of one file."""

_SUFFIXES = {".yaml", ".yml", ".csv"}
_FOLDERS = ("rules", "negative_list")
_CASES = ".cases.yaml"
_HISTORIES = ".histories.jsonl"


def shipped_paths() -> tuple[Path, ...]:
    """The `rules/` and `negative_list/` that came with this package: from the wheel, or the checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_data"
    root = inside if inside.is_dir() else package.parent
    return tuple(root / name for name in _FOLDERS)


def read_sources(paths: Iterable[Path]) -> tuple[SourceFile, ...]:
    """Every rule file below `paths`, in a fixed order; case files (`*.cases.yaml`) are left out.

    Names start with the folder given, for a single file with the folder it is in. A file reached
    twice is read once. Raises `RulebookError` for a path that does not exist, cannot be read or
    holds no rule file.
    """
    found: dict[Path, SourceFile] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            files = {file.resolve(): (_name(file, path), file.read_bytes()) for file in _rule_files(path)}
        except OSError as error:
            problems.append(_missing(path, f"{path}（{error.strerror}）"))
            continue
        if not files:
            problems.append(_missing(path, f"{path}/**/*.yaml"))
        found = {**files, **found}
    if problems:
        raise RulebookError(problems)
    return tuple(sorted(found.values()))


def read_case_sources(paths: Iterable[Path]) -> tuple[SourceFile, ...]:
    """Every case file (`*.cases.yaml`) below `paths`, in a fixed order, named as rule files are.

    A rule file stands for the cases beside it. Raises `RulebookError` for a file that cannot be read.
    """
    return _all_of(paths, _CASES)


def read_history_sources(paths: Iterable[Path]) -> tuple[SourceFile, ...]:
    """Every file of histories (`*.histories.jsonl`) below `paths`: the cases of the life-cycle rules.

    Otherwise as `read_case_sources`.
    """
    return _all_of(paths, _HISTORIES)


def _all_of(paths: Iterable[Path], suffix: str) -> tuple[SourceFile, ...]:
    found: dict[Path, SourceFile] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            files = {file.resolve(): (_name(file, path), file.read_bytes()) for file in _named(path, suffix)}
        except OSError as error:
            problems.append(_missing(path, f"{path}（{error.strerror}）"))
            continue
        found = {**files, **found}
    if problems:
        raise RulebookError(problems)
    return tuple(sorted(found.values()))


def _named(path: Path, suffix: str) -> Iterable[Path]:
    """The files of a kind in a folder, or the one that stands beside a rule file."""
    if path.is_dir():
        return (file for file in path.rglob(f"*{suffix}") if file.is_file())
    beside = path if path.name.endswith(suffix) else path.with_name(path.stem + suffix)
    return (beside,) if beside.is_file() or not path.exists() else ()


def _rule_files(path: Path) -> Iterable[Path]:
    if not path.is_dir():
        return (path,)
    return (
        file
        for file in path.rglob("*")
        if file.suffix in _SUFFIXES and not file.name.endswith(_CASES) and file.is_file()
    )


def _name(file: Path, given: Path) -> str:
    whole = given.resolve()
    if given.is_dir():
        return (PurePath(whole.name) / file.relative_to(given)).as_posix()
    return (PurePath(whole.parent.name) / whole.name).as_posix()


def _missing(path: Path, detail: str) -> Problem:
    return Problem(ProblemCode.FILE_MISSING, Place(str(path)), values={"detail": detail})
