"""Formulas that only the engine computes (`internal` facts) changed: they hold figures of the law as rules do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from admission.errors import Place
from admission.logic import Expr, evaluate
from admission.review.bench import Bench
from admission.review.changes import tree_changes
from admission.review.mutants import Fate, Mutant
from admission.review.outcomes import Found, Situation
from admission.review.sampling import Sampler
from admission.review.subjects import Subject
from admission.vocabulary import Fact, Value

__all__ = ["definition_mutants"]

_ROWS = 200
_Look = tuple[Subject, Situation, Found]


def definition_mutants(bench: Bench, wanted: Callable[[str], bool]) -> Iterator[Mutant]:
    """The mutants of the formulas in the files that are `wanted`.

    A formula that no rule reads which cases can hold (the comparisons of the material change) is
    held by the tests of what reads it.
    """
    for fact in bench.rulebook.derived:
        place = fact.place or Place("vocabulary")
        if fact.internal and wanted(place.file):
            readers = tuple(_readers(bench, fact.name))
            if readers:
                yield from _of_fact(bench, fact, place, tuple(_looks(bench, readers)))


def _readers(bench: Bench, name: str) -> Iterator[Subject]:
    """Every rule that reads the fact."""
    for subject in bench.rules.values():
        if any(name in bench.rulebook.reads(spot.key) for spot in subject.spots):
            yield subject


def _looks(bench: Bench, readers: Sequence[Subject]) -> Iterator[_Look]:
    """The rules that read a fact, before each of their cases."""
    for subject in readers:
        for case in bench.cases_of.get(subject.id, ()):
            if case.at in bench.passed:
                situation = bench.rulings.situation(case, subject.owned.edition)
                yield subject, situation, bench.rulings.outcome(subject, situation)


def _of_fact(bench: Bench, fact: Fact, place: Place, looks: Sequence[_Look]) -> Iterator[Mutant]:
    tree = bench.rulebook.conditions.tree(fact.define or "")
    sampler = Sampler(bench.rulebook, (tree,))
    for change in tree_changes(tree):
        killed = any(_notices(bench, fact, change.tree, look) for look in looks)
        rows = sampler.rows(tree, 0 if killed else _ROWS, change.path, change.pair)
        differs = any(evaluate(tree, row) is not evaluate(change.tree, row) for row in rows)
        fate: Fate = "killed" if killed else "survived" if differs else "equivalent"
        yield Mutant(fact.name, "define", change.words, place, fate)


def _notices(bench: Bench, fact: Fact, changed: Expr, look: _Look) -> bool:
    subject, situation, original = look
    value = evaluate(changed, situation.values)
    if value == situation.values.get(fact.name):
        return False
    values = _recomputed(situation, fact.name, value)
    found = bench.rulings.outcome(subject, situation.with_values(values))
    return set(found.found) != set(original.found)


def _recomputed(situation: Situation, name: str, value: Value | None) -> Mapping[str, Value | None]:
    """The facts with another value of `name` and of whatever follows from it and is not stated."""
    ruleset, found = situation.ruleset, {**situation.values, name: value}
    stated = {name, *situation.case.values, *ruleset.park_facts}
    following = ruleset.terms.derivations.following((name,)) - stated
    for fact in ruleset.terms.derived:
        if fact.name in following:
            found[fact.name] = ruleset.conditions.function(fact.define or "")(found.get)
    return found
