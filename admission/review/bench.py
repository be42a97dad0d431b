"""The workbench of the review: rulebook, places of the rules, their cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from admission.errors import Place, Problem, ProblemsError, RulebookError
from admission.review.cases import Case, Expectation, read_cases
from admission.review.outcomes import Found, Rulings
from admission.review.subjects import Places, Subject, places_of, subjects
from admission.rulebook import Rulebook, read_sources, shipped_paths
from admission.rulebook.sources import read_case_sources

__all__ = ["Bench", "CaseResult", "Difference", "open_bench"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a rule does not do what a case expects; `missing` are facts not asked for."""

    place: Place
    rule: str
    expected: tuple[str, ...]
    found: Found
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case and what is different from it; `problems` when its facts contradict each other."""

    case: Case
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def passed(self) -> bool:
        """Do the rules do what the case says?"""
        return not self.differences and not self.problems


@dataclass(frozen=True)
class Bench:
    """Rules with their places and cases; `rulings` puts one before the other."""

    rulebook: Rulebook
    places: Places
    rules: Mapping[str, Subject]
    cases: tuple[Case, ...]

    @cached_property
    def rulings(self) -> Rulings:
        """Outcomes; shared, so that the facts of a case are computed once."""
        return Rulings(self.rulebook)

    @cached_property
    def results(self) -> tuple[CaseResult, ...]:
        """Every case before the rules it names."""
        return tuple(map(self.run, self.cases))

    @cached_property
    def passed(self) -> frozenset[str]:
        """The places of the cases that pass; only these count for coverage and mutation."""
        return frozenset(result.case.at for result in self.results if result.passed)

    @cached_property
    def cases_of(self) -> Mapping[str, tuple[Case, ...]]:
        """Rule id → the cases that expect something of it."""
        found: defaultdict[str, list[Case]] = defaultdict(list)
        for case in self.cases:
            for expectation in case.expect:
                found[expectation.rule].append(case)
        return {rule: tuple(cases) for rule, cases in found.items()}

    def run(self, case: Case) -> CaseResult:
        """One case before the rules it names."""
        try:
            return CaseResult(case, tuple(self._differences(case)))
        except ProblemsError as error:
            return CaseResult(case, (), error.problems)

    def outcome(self, rule: str, case: Case) -> Found:
        """What `rule` makes of `case`; raises `ProblemsError` when the facts contradict each other."""
        subject = self.rules[rule]
        return self.rulings.outcome(subject, self.rulings.situation(case, subject.owned.edition))

    def _differences(self, case: Case) -> Iterator[Difference]:
        outcomes = {expected.rule: self.outcome(expected.rule, case) for expected in case.expect}
        for expected in case.expect:
            found = outcomes[expected.rule]
            if set(found.found) != set(expected.found):
                yield Difference(expected.place, expected.rule, expected.found, found)
        asked = {name for found in outcomes.values() for name in found.needs}
        missing = tuple(name for name in case.needs if name not in asked)
        if missing:
            first: Expectation = case.expect[0]
            yield Difference(case.place, first.rule, first.found, Found((), tuple(sorted(asked))), missing)


def open_bench(paths: Iterable[Path] = (), rulebook: Rulebook | None = None, case_paths: Iterable[Path] = ()) -> Bench:
    """The rules of `paths` (by default the shipped ones) with the cases beside them, or those of `case_paths`.

    `rulebook` saves loading it again. Raises `RulebookError` with every mistake of every rule and
    case file.
    """
    from admission.rulebook.loading import load_sources

    where = tuple(paths) or shipped_paths()
    files = read_sources(where)
    rulebook = load_sources(files) if rulebook is None else rulebook
    places = places_of(files)
    rules = subjects(rulebook, places)
    problems: list[Problem] = []
    cases = read_cases(read_case_sources(tuple(case_paths) or where), rulebook, rules, problems)
    if problems:
        raise RulebookError(problems)
    return Bench(rulebook, places, rules, cases)
