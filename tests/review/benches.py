"""Small benches: the small rulebook of the loader's tests with cases of the test's own."""

from __future__ import annotations

from collections.abc import Sequence

from admission.errors import Problem
from admission.review import Bench
from admission.review.cases import read_cases
from admission.review.subjects import places_of, subjects
from admission.rulebook import SourceFile
from admission.rulebook.loading import load_sources
from tests.rulebook.sources import base_files, changed

__all__ = ["bench_of", "changed", "problems_of"]

NAME = "base/x.cases.yaml"


def bench_of(cases: str, files: Sequence[SourceFile] | None = None) -> Bench:
    """The rules of `files` (by default the small rulebook) and the cases written in `cases`."""
    bench, problems = _read(cases, files)
    assert not problems, [problem.text("en") for problem in problems]
    return bench


def problems_of(cases: str | bytes) -> list[Problem]:
    """What is wrong with a case file."""
    return _read(cases, None)[1]


def _read(cases: str | bytes, files: Sequence[SourceFile] | None) -> tuple[Bench, list[Problem]]:
    files = base_files() if files is None else files
    rulebook = load_sources(files)
    places = places_of(files)
    rules = subjects(rulebook, places)
    problems: list[Problem] = []
    data = cases if isinstance(cases, bytes) else f"cases:\n{cases}".encode()
    found = read_cases([(NAME, data)] if cases else [], rulebook, rules, problems)
    return Bench(rulebook, places, rules, found), problems
