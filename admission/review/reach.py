"""Can a condition decide at all? Facts are looked for that bring the engine to it and make it true."""

from __future__ import annotations

from collections.abc import Iterator

from admission.logic import Expr, condition_key, evaluate
from admission.logic.nodes import And, AnyOf, Not, Or, Under
from admission.review.sampling import Row, Sampler
from admission.review.subjects import Spot, Subject
from admission.rulebook import Entry, Rulebook
from admission.screening.facts import ACTIVITY, INDUSTRY

__all__ = ["conditions_before", "facts_that_reach", "unreachable"]

_ROWS = 200


def conditions_before(subject: Subject, spot: Spot, rulebook: Rulebook) -> tuple[Expr, ...]:
    """What must hold for the condition to decide: the entry concerns the component, no condition before it does."""
    if spot not in subject.asked:
        return ()
    found = [*_concerned(subject, rulebook)]
    for other in subject.asked:
        if other.field == spot.field:
            break
        tree = rulebook.conditions.tree(other.key)
        found.append(tree if other.field in ("scope", "when") else Not(tree))
    return tuple(found)


def facts_that_reach(subject: Subject, spot: Spot, rulebook: Rulebook) -> Row | None:
    """Facts for which the condition at `spot` decides and is true; None when none were found."""
    tree = rulebook.conditions.tree(spot.key)
    whole = And((*conditions_before(subject, spot, rulebook), tree))
    rows = Sampler(rulebook, (whole,)).rows(whole, _ROWS)
    return next((row for row in rows if evaluate(whole, row) is True), None)


def unreachable(subject: Subject, rulebook: Rulebook) -> Iterator[Spot]:
    """The conditions of a rule that no facts reach: levels never given, clauses never met, points never scored."""
    return (spot for spot in subject.spots if facts_that_reach(subject, spot, rulebook) is None)


def _concerned(subject: Subject, rulebook: Rulebook) -> tuple[Expr, ...]:
    """What makes a catalogue entry concern a component: its codes, its works, or what implies it."""
    entry = subject.owned.rule
    if not isinstance(entry, Entry) or entry.industries_other:
        return ()
    included = tuple(code for code in entry.industries if not code.startswith("-"))
    excluded = tuple(code[1:] for code in entry.industries if code.startswith("-"))
    ways: list[Expr] = []
    if included:
        inside: Expr = Under(INDUSTRY, included)
        ways.append(And((inside, Not(Under(INDUSTRY, excluded)))) if excluded else inside)
    if entry.activities:
        ways.append(AnyOf(ACTIVITY, entry.activities))
    if entry.implied_by is not None:
        ways.append(rulebook.conditions.tree(condition_key(entry.implied_by, entry.sensitive_areas)))
    return (Or(tuple(ways)),) if len(ways) > 1 else tuple(ways)
