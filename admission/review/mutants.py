"""What became of a mutant, and the count per file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from admission.errors import Place

__all__ = ["Fate", "FileScore", "Mutant", "percent", "scores"]

Fate = Literal["killed", "survived", "equivalent"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one rule and what became of it."""

    rule: str
    field: str
    change: str
    place: Place
    fate: Fate


@dataclass(frozen=True, slots=True)
class FileScore:
    """How many mutants of one file were killed, and those that were not."""

    file: str
    killed: int
    equivalent: int
    survivors: tuple[Mutant, ...]

    @property
    def total(self) -> int:
        """The mutants that count."""
        return self.killed + len(self.survivors)


def scores(mutants: Iterable[Mutant]) -> tuple[FileScore, ...]:
    """The mutants counted per file, in the order of file names."""
    by_file: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        by_file.setdefault(mutant.place.file, []).append(mutant)
    return tuple(
        FileScore(
            file,
            sum(mutant.fate == "killed" for mutant in found),
            sum(mutant.fate == "equivalent" for mutant in found),
            tuple(mutant for mutant in found if mutant.fate == "survived"),
        )
        for file, found in sorted(by_file.items())
    )


def percent(part: int, whole: int) -> str:
    """`99.9 %`, rounded down: 100.0 only when nothing is missing."""
    return f"{(part * 1000 // whole if whole else 1000) / 10:.1f} %"
