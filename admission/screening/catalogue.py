"""EIA and permit classes: every entry against every component, the strictest governing.

Three-valued throughout: an entry gives the *set* of levels still possible, and the project the
set of strictest levels that can come out. "No level" (`none`) is a real result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import cast

from admission.logic import condition_key
from admission.logic.values import any_of, under
from admission.rulebook import CatalogueInForce, Entry, Owned, Ruleset
from admission.screening.facts import ACTIVITY, INDUSTRY, ComponentFacts
from admission.vocabulary import Value

__all__ = ["NONE", "Classification", "EntryResult", "classify"]

NONE = "none"
_Facts = Mapping[str, Value | None]


@dataclass(frozen=True, slots=True)
class EntryResult:
    """One entry applied to one component.

    `applies` is true, false or unknown (`None`); `possible` the levels still reachable, strictest
    first, `none` last; `open_levels` those whose own condition is undecided.
    """

    entry: Owned[Entry]
    component: ComponentFacts
    applies: bool | None
    possible: tuple[str, ...]
    open_levels: tuple[str, ...]

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
    for position in _candidates(catalogue, component.values):
        owned = catalogue.entries[position]
        matches = _matches(owned.rule, catalogue, component, ruleset)
        if matches is not False:
            yield _apply(owned, matches, component, ruleset, order)


def _candidates(catalogue: CatalogueInForce, facts: _Facts) -> Sequence[int]:
    """Positions of the entries that could match; all of them when the industry is unknown."""
    codes = cast("frozenset[str] | None", facts[INDUSTRY])
    if codes is None:
        return range(len(catalogue.entries))
    found = set(catalogue.without_codes)
    for code in codes:
        for length in range(1, len(code) + 1):
            found.update(catalogue.prefixes.get(code[:length], ()))
        found.update(catalogue.below(code))
    return sorted(found)


def _matches(entry: Entry, catalogue: CatalogueInForce, component: ComponentFacts, ruleset: Ruleset) -> bool | None:
    facts = component.values
    by_code = _matches_code(entry, catalogue, cast("frozenset[str] | None", facts[INDUSTRY]))
    by_activity: bool | None = False
    if entry.activities:
        by_activity = any_of(cast("frozenset[str] | None", facts[ACTIVITY]), entry.activities)
    if by_code or by_activity:
        return True
    implied = _implied(entry, component, ruleset)
    if implied:
        return True
    return None if None in (by_code, by_activity, implied) else False


def _matches_code(entry: Entry, catalogue: CatalogueInForce, codes: frozenset[str] | None) -> bool | None:
    if entry.industries_other:
        return catalogue.is_other(codes)
    included = tuple(code for code in entry.industries if not code.startswith("-"))
    excluded = tuple(code[1:] for code in entry.industries if code.startswith("-"))
    if not included:
        return False
    if codes is None or not excluded:
        return under(codes, included)
    found: set[bool | None] = set()
    for code in codes:
        inside, outside = under({code}, included), under({code}, excluded)
        found.add(False if inside is False or outside else None if None in (inside, outside) else True)
    return True if True in found else None if None in found else False


def _implied(entry: Entry, component: ComponentFacts, ruleset: Ruleset) -> bool | None:
    """Does the component do the entry's work without declaring it?

    When another component of the project declares that work, only what this component itself
    states of it counts.
    """
    if entry.implied_by is None:
        return False
    function = ruleset.conditions.function(condition_key(entry.implied_by, entry.sensitive_areas))
    found = cast("bool | None", function(component.values.get))
    if component.elsewhere.isdisjoint(entry.activities):
        return found
    works = {name for name in component.own if _is_work(name, entry, ruleset)}
    return bool(found) and bool(works)


def _is_work(name: str, entry: Entry, ruleset: Ruleset) -> bool:
    return ruleset.vocabulary.facts[name].work in entry.activities


def _apply(
    owned: Owned[Entry], matches: bool | None, component: ComponentFacts, ruleset: Ruleset, order: tuple[str, ...]
) -> EntryResult:
    entry, get, function = owned.rule, component.values.get, ruleset.conditions.function
    applies = matches
    if entry.scope is not None:
        scope = function(condition_key(entry.scope, entry.sensitive_areas))(get)
        applies = False if scope is False else None if scope is None else matches
    if applies is False:
        return EntryResult(owned, component, False, (NONE,), ())
    possible: list[str] = []
    undecided: list[str] = []
    for name in order:
        level = entry.levels.get(name)
        value = True if name == NONE else None
        if level is not None:
            value = function(condition_key(level.when, entry.sensitive_areas))(get)
            if value is None:
                undecided.append(name)
        if value is not False and (level is not None or name == NONE):
            possible.append(name)
        if value and (level is not None or name == NONE):
            break
    if applies is None and NONE not in possible:
        possible.append(NONE)
    return EntryResult(owned, component, applies, tuple(possible), tuple(undecided))


def _combine(order: tuple[str, ...], sets: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Every level that can come out as the strictest when each set gives one of its members."""
    rank = {level: position for position, level in enumerate(order)}
    reachable = {rank[NONE]}
    for possible in sets:
        ranks = {rank[level] for level in possible}
        reachable = {min(pair) for pair in product(reachable, ranks)}
    return tuple(order[position] for position in sorted(reachable))
