"""EIA and permit classes: every entry against every component, the strictest governing.

Three-valued throughout: an entry gives the *set* of levels still possible, and the project the
set of strictest levels that can come out. "No level" (`none`) is a real result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple, cast

from admission.logic import condition_key
from admission.logic.python import Compiled
from admission.logic.values import any_of, under
from admission.rulebook import CatalogueInForce, Entry, Owned, Ruleset
from admission.screening.answers import make_room
from admission.screening.facts import ComponentFacts

__all__ = ["NONE", "Classification", "EntryResult", "Matching", "classify", "matches_code"]

NONE = "none"
_KEPT = 64
_Candidate = tuple[Owned[Entry], bool | None, bool | None]


@dataclass(frozen=True, slots=True)
class Matching:
    """Why an entry may concern a component; each is true, false or unknown (`None`)."""

    by_code: bool | None
    by_activity: bool | None
    implied: bool | None

    @property
    def value(self) -> bool | None:
        """Does the entry concern the component at all, its scope aside?"""
        found = (self.by_code, self.by_activity, self.implied)
        return True if True in found else None if None in found else False


@dataclass(frozen=True, slots=True)
class EntryResult:
    """One entry applied to one component.

    `scope` and `applies` are true, false or unknown (`None`); `possible` the levels still
    reachable, strictest first, `none` last; `open_levels` those whose own condition is undecided.
    """

    entry: Owned[Entry]
    component: ComponentFacts
    matching: Matching
    scope: bool | None
    possible: tuple[str, ...]
    open_levels: tuple[str, ...] = ()

    @property
    def applies(self) -> bool | None:
        """Does the entry apply? False when the component is outside its scope."""
        return False if self.scope is False else None if self.scope is None else self.matching.value

    @property
    def level(self) -> str | None:
        """The level when it is decided."""
        return self.possible[0] if len(self.possible) == 1 else None


@dataclass(frozen=True, slots=True)
class Classification:
    """The class of the whole project under one catalogue; `order` is strictest first, `none` last."""

    order: tuple[str, ...]
    possible: tuple[str, ...]
    results: tuple[EntryResult, ...]

    @property
    def level(self) -> str | None:
        """The class when only one is possible."""
        return self.possible[0] if len(self.possible) == 1 else None


def classify(catalogue: CatalogueInForce, components: Sequence[ComponentFacts], ruleset: Ruleset) -> Classification:
    """Hold every component against every entry that could concern it.

    Legal source: for the EIA the strictest single class of several categories governs (名录第四条);
    for permits one permit covers a site with several industries (名录第五条).
    """
    order = (*catalogue.edition.levels, NONE)
    results = tuple(
        result for component in components for result in _component_results(catalogue, component, ruleset, order)
    )
    return Classification(order, _combine(order, (result.possible for result in results)), results)


def _component_results(
    catalogue: CatalogueInForce, component: ComponentFacts, ruleset: Ruleset, order: tuple[str, ...]
) -> Iterable[EntryResult]:
    for owned, by_code, by_activity in _candidates(catalogue, component):
        tests = _tests(owned, ruleset, order)
        implied = False if tests.implied is None else cast("bool | None", tests.implied(component.values.get))
        matching = Matching(by_code, by_activity, implied)
        if matching.value is not False:
            yield _apply(owned, tests, matching, component)


def _candidates(catalogue: CatalogueInForce, component: ComponentFacts) -> Sequence[_Candidate]:
    """The entries that could concern the component, worked out once for all that are of its industry and activity."""
    key = (component.codes, component.works)
    found = catalogue.kept.get(key)
    if found is None:
        make_room(catalogue.kept, _KEPT)
        entries = (catalogue.entries[position] for position in _positions(catalogue, *key))
        matched = ((owned, *_by_identity(owned.rule, catalogue, *key)) for owned in entries)
        found = catalogue.kept[key] = tuple(
            (owned, by_code, by_activity)
            for owned, by_code, by_activity in matched
            if owned.rule.implied_by is not None or (by_code, by_activity) != (False, False)
        )
    return cast("Sequence[_Candidate]", found)


def _positions(
    catalogue: CatalogueInForce, codes: frozenset[str] | None, works: frozenset[str] | None
) -> Sequence[int]:
    """Positions of the entries that could match; all of them when the component may be anything."""
    if codes is None or works is None:
        return range(len(catalogue.entries))
    found = set(catalogue.always)
    for work in works:
        found.update(catalogue.activities.get(work, ()))
    for code in codes:
        for length in range(1, len(code) + 1):
            found.update(catalogue.prefixes.get(code[:length], ()))
        found.update(catalogue.below(code))
    return sorted(found)


class _Tests(NamedTuple):
    """The conditions of an entry, ready to call: what implies it, its scope, its levels strictest first."""

    implied: Compiled | None
    scope: Compiled | None
    levels: tuple[tuple[str, Compiled], ...]


def _tests(owned: Owned[Entry], ruleset: Ruleset, order: tuple[str, ...]) -> _Tests:
    """Kept by the hash of the entry; one without a hash is being tried out."""
    key = f"entry {owned.sha256}"
    if key in ruleset.kept:
        return cast(_Tests, ruleset.kept[key])
    entry = owned.rule

    def ready(condition: str) -> Compiled:
        return ruleset.conditions.function(condition_key(condition, entry.sensitive_areas))

    tests = _Tests(
        implied=None if entry.implied_by is None else ready(entry.implied_by),
        scope=None if entry.scope is None else ready(entry.scope),
        levels=tuple((name, ready(entry.levels[name].when)) for name in order if name in entry.levels),
    )
    if owned.sha256:
        ruleset.kept[key] = tests
    return tests


def _by_identity(
    entry: Entry, catalogue: CatalogueInForce, codes: frozenset[str] | None, works: frozenset[str] | None
) -> tuple[bool | None, bool | None]:
    """Does the entry concern it by its industry, and by its activity?"""
    by_activity = any_of(works, entry.activities) if entry.activities else False
    return matches_code(entry, catalogue, codes), by_activity


def matches_code(entry: Entry, catalogue: CatalogueInForce, codes: frozenset[str] | None) -> bool | None:
    """Do the industry codes of a component come under the entry? Of several codes one is enough."""
    if entry.industries_other:
        return catalogue.is_other(codes)
    included = tuple(code for code in entry.industries if not code.startswith("-"))
    excluded = tuple(code[1:] for code in entry.industries if code.startswith("-"))
    if not included:
        return False
    if codes is None or not excluded:
        return under(codes, included)
    found = {_inside(code, included, excluded) for code in codes}
    return True if True in found else None if None in found else False


def _inside(code: str, included: tuple[str, ...], excluded: tuple[str, ...]) -> bool | None:
    inside, outside = under({code}, included), under({code}, excluded)
    if inside is False or outside:
        return False
    return None if None in (inside, outside) else True


def _apply(owned: Owned[Entry], tests: _Tests, matching: Matching, component: ComponentFacts) -> EntryResult:
    scope = True if tests.scope is None else cast("bool | None", tests.scope(component.values.get))
    if scope is False:
        return EntryResult(owned, component, matching, scope, (NONE,))
    possible: list[str] = []
    undecided: list[str] = []
    for name, holds in tests.levels:
        value = holds(component.values.get)
        if value is not False:
            possible.append(name)
        if value:
            break
        if value is None:
            undecided.append(name)
    else:
        possible.append(NONE)
    if None in (scope, matching.value) and NONE not in possible:
        possible.append(NONE)
    return EntryResult(owned, component, matching, scope, tuple(possible), tuple(undecided))


def _combine(order: tuple[str, ...], sets: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Every level that can come out as the strictest when each set gives one of its members."""
    rank = {level: position for position, level in enumerate(order)}
    reachable = {rank[NONE]}
    for possible in set(sets):
        ranks = {rank[level] for level in possible}
        reachable = {min(pair) for pair in product(reachable, ranks)}
    return tuple(order[position] for position in sorted(reachable))
