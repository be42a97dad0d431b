"""Mutation of the rules: is each operator, threshold, code, date and negation held by some case?

A mutant is one rule with one small change. It is killed when a case that passes comes out
differently. A mutant for which no facts at and around the boundaries give another result is
equivalent and does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from admission.errors import Place
from admission.logic import Expr, evaluate
from admission.logic.nodes import And
from admission.review.bench import Bench
from admission.review.cases import Case
from admission.review.changes import TreeChange, tree_changes
from admission.review.dated import date_mutants
from admission.review.defined import definition_mutants
from admission.review.mutants import Fate, FileScore, Mutant, scores
from admission.review.outcomes import CHANGED, Found, Situation
from admission.review.reach import conditions_before
from admission.review.sampling import Sampler
from admission.review.subjects import Spot, Subject
from admission.rulebook import Entry, Owned

__all__ = ["FileScore", "Mutant", "mutate", "scores"]

_ROWS = 400


def mutate(bench: Bench, files: Sequence[str] = (), limit: int | None = None) -> Iterator[Mutant]:
    """Every mutant of every rule, or of the rules in `files` (endings of their names); at most `limit` a rule."""

    def wanted(file: str) -> bool:
        return not files or any(file.endswith(name) for name in files)

    for subject in bench.rules.values():
        if wanted(subject.file):
            cases = [case for case in bench.cases_of.get(subject.id, ()) if case.at in bench.passed]
            yield from islice(_Mutation(bench, subject, cases).mutants(), limit)
    yield from (mutant for mutant in date_mutants(bench) if wanted(mutant.place.file))
    yield from (mutant for mutant in definition_mutants(bench, wanted))


class _Mutation:
    """The mutants of one rule."""

    def __init__(self, bench: Bench, subject: Subject, cases: Iterable[Case]) -> None:
        self._bench = bench
        self._rulings = bench.rulings
        self._subject = subject
        found = [self._rulings.situation(case, subject.owned.edition) for case in cases]
        self._situations = [situation for situation in found if subject.id in situation.in_force]
        self._originals = [self._rulings.outcome(subject, situation) for situation in self._situations]

    def mutants(self) -> Iterator[Mutant]:
        """Those of its conditions, of the codes and works it names, and of its dates."""
        for spot in self._subject.spots:
            yield from self._of_condition(spot)
        if isinstance(self._subject.owned.rule, Entry):
            yield from self._of_names(self._subject.owned.rule)
        if self._subject.kind == "criterion":
            yield from self._of_points()

    def _mutant(self, field: str, change: str, place: Place, fate: Fate) -> Mutant:
        return Mutant(self._subject.id, field, change, place, fate)

    def _of_condition(self, spot: Spot) -> Iterator[Mutant]:
        tree = self._bench.rulebook.conditions.tree(spot.key)
        owned = _with_condition(self._subject.owned, spot.field, CHANGED)
        values = [evaluate(tree, situation.values) for situation in self._situations]
        alike = self._subject.kind in ("entry", "item")
        for change in tree_changes(tree):
            killed = any(
                (not alike or situation.case.needs or evaluate(change.tree, situation.values) is not value)
                and self._differs(situation, original, owned, change.tree)
                for situation, original, value in zip(self._situations, self._originals, values, strict=True)
            )
            fate: Fate = "killed" if killed else "survived" if self._can_differ(spot, tree, change) else "equivalent"
            yield self._mutant(spot.field, change.words, spot.place, fate)

    def _differs(self, situation: Situation, original: Found, owned: Owned[Any], tree: Expr | None = None) -> bool:
        found = self._rulings.outcome(self._subject, situation, owned, tree)
        if set(found.found) != set(original.found):
            return True
        wanted = set(situation.case.needs) & set(original.needs)
        return not wanted <= set(found.needs)

    def _can_differ(self, spot: Spot, tree: Expr, change: TreeChange) -> bool:
        """Is there a component for which the changed condition comes out otherwise and is asked at all?"""
        before = conditions_before(self._subject, spot, self._bench.rulebook)
        whole = And((*before, tree))
        sampler = Sampler(self._bench.rulebook, (whole, change.tree))
        return any(
            evaluate(tree, row) is not evaluate(change.tree, row) and evaluate(And(before), row) is not False
            for row in sampler.rows(whole, _ROWS, (len(before), *change.path), change.pair)
        )

    def _of_names(self, entry: Entry) -> Iterator[Mutant]:
        """Without each of the codes and works that the entry names."""
        named = self._subject
        located = self._bench.places.rules[named.id]
        for field in ("industries", "activities"):
            names: tuple[str, ...] = getattr(entry, field)
            for position, name in enumerate(names):
                kept = (*names[:position], *names[position + 1 :])
                owned = _with(named.owned, {field: kept})
                killed = any(
                    self._differs(situation, original, owned)
                    for situation, original in zip(self._situations, self._originals, strict=True)
                )
                covered = field == "industries" and any(name.startswith(other) for other in kept)
                fate: Fate = "killed" if killed else "equivalent" if covered else "survived"
                yield self._mutant(field, f"without {name}", located.place(field), fate)

    def _of_points(self) -> Iterator[Mutant]:
        """With one point more or less in each line of a criterion."""
        criterion, located = self._subject.owned.rule, self._bench.places.rules[self._subject.id]
        lines = [(("points", index, "score"), points.score) for index, points in enumerate(criterion.points)]
        for path, score in [*lines, (("otherwise",), criterion.otherwise)]:
            moved = score - 1 if score else score + 1
            update: dict[str, object] = {"otherwise": moved}
            if len(path) > 1:
                changed = [*criterion.points]
                changed[int(path[1])] = changed[int(path[1])].model_copy(update={"score": moved})
                update = {"points": tuple(changed)}
            owned = _with(self._subject.owned, update)
            pairs = zip(self._situations, self._originals, strict=True)
            killed = any(self._differs(situation, original, owned) for situation, original in pairs)
            field = ".".join(map(str, path))
            words = f"{score:.10g} → {moved:.10g}"
            yield self._mutant(field, words, located.place(*path), "killed" if killed else "survived")


def _with(owned: Owned[Any], update: Mapping[str, object]) -> Owned[Any]:
    return Owned(owned.edition, owned.rule.model_copy(update=dict(update)), "")


def _with_condition(owned: Owned[Any], field: str, text: str) -> Owned[Any]:
    """The rule with another condition at `field` (as spots name it)."""
    head, _, rest = field.partition(".")
    if not rest:
        return _with(owned, {head: text})
    part = getattr(owned.rule, head)
    if head == "levels":
        return _with(owned, {head: {**part, rest: part[rest].model_copy(update={"when": text})}})
    points = [*part]
    points[int(rest)] = points[int(rest)].model_copy(update={"when": text})
    return _with(owned, {head: tuple(points)})
