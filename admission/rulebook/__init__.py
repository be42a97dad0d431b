"""The rulebook: rules as data, read from YAML, dated, layered, compiled."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from admission.rulebook.cache import read_cache, write_cache
from admission.rulebook.editions import Absence, CatalogueInForce, Owned
from admission.rulebook.model import (
    Catalogue,
    Cite,
    Criterion,
    Dimension,
    Duty,
    Edition,
    Effect,
    Entry,
    Item,
    Layer,
    Level,
    Park,
    Period,
    ReviewPolicy,
    Setting,
    Stage,
    Status,
)
from admission.rulebook.rulebook import Rulebook, Ruleset
from admission.rulebook.sources import SourceFile, read_sources, shipped_paths

__all__ = [
    "Absence",
    "Catalogue",
    "CatalogueInForce",
    "Cite",
    "Criterion",
    "Dimension",
    "Duty",
    "Edition",
    "Effect",
    "Entry",
    "Item",
    "Layer",
    "Level",
    "Owned",
    "Park",
    "Period",
    "ReviewPolicy",
    "Rulebook",
    "Ruleset",
    "Setting",
    "SourceFile",
    "Stage",
    "Status",
    "load_files",
    "load_rulebook",
    "read_sources",
    "shipped_paths",
]


def load_rulebook(*paths: str | Path, cache: bool = True) -> Rulebook:
    """The shipped rulebook, or the one made of `paths` (folders or files).

    Raises one `RulebookError` that names every mistake of every file. With `cache` the loaded
    rulebook is kept in the user's cache folder (see `admission.rulebook.cache`).
    """
    files = read_sources([Path(path) for path in paths] or shipped_paths())
    return _load(files, cache=cache)


def load_files(files: Iterable[SourceFile]) -> Rulebook:
    """The rulebook of files that were kept elsewhere, names and contents as `Rulebook.files`; see `load_rulebook`."""
    return _load(sorted(files), cache=False)


def _load(files: Iterable[SourceFile], *, cache: bool) -> Rulebook:
    files = tuple(files)
    found = read_cache(files) if cache else None
    if found is None:
        from admission.rulebook.loading import load_sources

        with _no_collection():
            found = load_sources(files)
        if cache:
            write_cache(files, found)
    return found


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the garbage collector, which would go through all rules again and again and find nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
