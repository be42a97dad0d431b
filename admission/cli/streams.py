"""Reading what the user names, writing what was made, and saying what went wrong."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
from collections.abc import Iterable
from dataclasses import replace
from enum import IntEnum
from pathlib import Path

import typer

from admission.cli.page import WIDTH, Page, visible
from admission.cli.words import say
from admission.errors import Place, Problem, ProblemsError

__all__ = ["STDIN", "Exit", "Failures", "complain", "emit", "lines", "read", "replace_file", "screen_width"]

STDIN = "-"
_WIDEST = 100
_READ_AT_MOST = 64_000_000


class Exit(IntEnum):
    """Exit status: done; input or rules wrong; wrong usage (typer's own); not admitted with `--strict`."""

    DONE = 0
    WRONG = 1
    USAGE = 2
    NOT_ADMITTED = 3


class Failures:
    """Everything that is wrong with the input, told at once."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._lines: list[str] = []

    def add(self, place: str, key: str, **values: object) -> None:
        """One sentence about a file."""
        self._lines.append(f"{place}: {say(key, self._lang, **values)}")

    def add_problems(self, error: ProblemsError, file: str | None = None, name: str = "") -> None:
        """The problems of a library error; those without a place of their own are put in `file`."""
        for problem in error.problems:
            told = problem
            if file is not None and not problem.place.line and problem.place.file != file:
                field = ".".join(part for part in (name, problem.field) if part)
                told = replace(problem, place=Place(file), field=field)
            self._lines.append(told.text(self._lang))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Problems that stand by themselves."""
        self._lines.extend(problem.text(self._lang) for problem in problems)

    def add_os_error(self, error: OSError, place: str) -> None:
        """Why a file could not be read."""
        if isinstance(error, FileNotFoundError):
            self.add(place, "missing")
        elif isinstance(error, IsADirectoryError):
            self.add(place, "directory", path=place.rstrip("/\\"))
        elif isinstance(error, PermissionError):
            self.add(place, "unreadable")
        else:
            self.add(place, "input failed", reason=error.strerror or error)

    def stop_if_any(self) -> None:
        """Print every line to stderr and end with status 1, if there is one."""
        if self._lines:
            for line in self._lines:
                complain(line)
            raise typer.Exit(Exit.WRONG)


def complain(line: str) -> None:
    """One line to stderr, whatever the encoding of the terminal."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        sys.stderr.write(visible(line).encode(encoding, "replace").decode(encoding) + "\n")
        sys.stderr.flush()


def read(name: str, failures: Failures) -> tuple[str, bytes] | None:
    """Display name and content of a file, or of standard input for `-`; None when it cannot be read."""
    shown = "<stdin>" if name == STDIN else name
    try:
        if name != STDIN:
            with open(name, "rb") as stream:
                return shown, stream.read(_READ_AT_MOST)
        if sys.stdin is None:
            failures.add(shown, "no stdin")
            return None
        return shown, sys.stdin.buffer.read(_READ_AT_MOST)
    except OSError as error:
        failures.add_os_error(error, shown)
    except ValueError:
        failures.add(shown, "no stdin" if name == STDIN else "missing")
    return None


def screen_width(to_file: bool = False) -> int:
    """80 cells in a pipe or file; the terminal's own width, 100 at most, on a terminal."""
    if to_file or not _is_terminal():
        return WIDTH
    return max(40, min(shutil.get_terminal_size((WIDTH, 24)).columns, _WIDEST))


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def emit(content: Page | bytes, output: Path | None, lang: str) -> None:
    """Write a page or the bytes of a document to `output`, or to standard output.

    A file is replaced as a whole or not at all. A reader that has seen enough (`| head`) is no error.
    """
    try:
        if output is not None and str(output) != STDIN:
            replace_file(output, content.plain.encode() if isinstance(content, Page) else content)
        else:
            _print(content)
    except BrokenPipeError:
        _silence()
    except (OSError, ValueError) as error:
        failures = Failures(lang)
        folder = isinstance(error, IsADirectoryError)
        reason = say("folder", lang) if folder else getattr(error, "strerror", None) or str(error)
        place = "<stdout>" if output is None else str(output)
        failures.add(place, "cannot write", reason=reason)
        if output is None:
            _silence()
        failures.stop_if_any()


def _print(content: Page | bytes) -> None:
    if sys.stdout is None:
        raise OSError(None, "stdout is closed")
    if isinstance(content, Page):
        text = content.styled() if _is_terminal() else content.plain
        content = text.encode(sys.stdout.encoding or "utf-8", "replace")
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _silence() -> None:
    """Nothing more can be written to standard output; let the interpreter end without complaint."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


def replace_file(output: Path, content: bytes) -> None:
    """Write `content` as the whole of a file, or leave the file as it is; raises `OSError`."""
    target = Path(os.path.realpath(output))
    if target.is_dir():
        raise IsADirectoryError(None, "folder")
    if target.exists() and not target.is_file():
        target.write_bytes(content)
        return
    temporary = target.with_name(f".{target.name[:80]}.{secrets.token_hex(4)}")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def lines(texts: Iterable[str]) -> bytes:
    """The texts as UTF-8 lines."""
    return "".join(f"{text}\n" for text in texts).encode()
