"""A small valid rulebook (`base/`) that tests change and break."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from admission.rulebook import Rulebook, SourceFile, read_sources
from admission.rulebook.loading import load_sources

__all__ = ["BASE", "BROKEN", "base_files", "base_rulebook", "changed", "with_file"]

HERE = Path(__file__).parent
BASE = HERE / "base"
BROKEN = HERE / "broken"


@cache
def base_files() -> tuple[SourceFile, ...]:
    """The files of the small rulebook."""
    return read_sources([BASE])


@cache
def base_rulebook() -> Rulebook:
    """The small rulebook as it stands."""
    return load_sources(base_files())


def with_file(name: str, data: bytes) -> Rulebook:
    """The small rulebook with one more file."""
    return load_sources((*base_files(), (name, data)))


def changed(name: str, old: str, new: str) -> tuple[SourceFile, ...]:
    """The files of the small rulebook, with `old` replaced by `new` once in the file `base/<name>`."""
    files = dict(base_files())
    text = files[f"base/{name}"].decode()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    return tuple({**files, f"base/{name}": text.replace(old, new).encode()}.items())
