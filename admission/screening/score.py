"""Fit score (契合度): weighted criteria, unknowns as an interval, never a guess."""

from __future__ import annotations

from admission.rulebook import Criterion, Ruleset
from admission.screening.decision import CriterionResult, PhaseCount, Score
from admission.screening.facts import ComponentFacts

__all__ = ["score"]

_FULL = 100.0


def score(
    ruleset: Ruleset, components: tuple[ComponentFacts, ...], lang: str, phases: tuple[PhaseCount, ...] = ()
) -> Score:
    """Score of the project: each criterion takes its best component, weights add up to 100.

    `phases` are the duties of the three simultaneities as far as milestones show their state, for the
    criterion that counts them. Without criteria for the park the interval is the whole scale.
    """
    criteria = tuple(_criterion(owned.rule, ruleset, components, lang) for owned in ruleset.criteria)
    if any(phase.met + phase.pending + phase.overdue + phase.unknown for phase in phases):
        counting = [owned.rule.counts_duties for owned in ruleset.criteria]
        pairs = zip(criteria, counting, strict=True)
        criteria = tuple(_counted(item, phases) if counts else item for item, counts in pairs)
    if not criteria:
        return Score(low=0.0, high=_FULL, criteria=())
    low = sum(item.weight * item.low for item in criteria) / _FULL
    high = sum(item.weight * item.high for item in criteria) / _FULL
    return Score(low=round(low, 2), high=round(high, 2), criteria=criteria)


def _criterion(
    criterion: Criterion, ruleset: Ruleset, components: tuple[ComponentFacts, ...], lang: str
) -> CriterionResult:
    spans = [_span(criterion, component, ruleset) for component in components]
    low, high = max(span[0] for span in spans), max(span[1] for span in spans)
    names: dict[str, None] = {}
    for (_, best), component in zip(spans, components, strict=True):
        if low < high and best > low:
            names.update(dict.fromkeys(_open(criterion, component, low, ruleset)))
    return CriterionResult(
        id=criterion.id,
        title=criterion.title.get(lang),
        weight=criterion.weight,
        low=low,
        high=high,
        basis=criterion.basis.get(lang),
        needs=tuple(names),
    )


def _counted(planned: CriterionResult, phases: tuple[PhaseCount, ...]) -> CriterionResult:
    """Every duty alike: met in full, overdue nothing, undecided either; what is not due yet is worth its plan."""
    met, unknown = sum(phase.met for phase in phases), sum(phase.unknown for phase in phases)
    pending, overdue = sum(phase.pending for phase in phases), sum(phase.overdue for phase in phases)
    total = met + unknown + pending + overdue
    low = (_FULL * met + planned.low * pending) / total
    high = (_FULL * (met + unknown) + planned.high * pending) / total
    needs = planned.needs if pending else ()
    update = {"low": round(low, 2), "high": round(high, 2), "needs": needs, "phases": phases}
    return planned.model_copy(update=update)


def _span(criterion: Criterion, component: ComponentFacts, ruleset: Ruleset) -> tuple[float, float]:
    """Lowest and highest points still possible: first true condition wins, unknown ones may."""
    reachable = []
    for points in criterion.points:
        value = ruleset.conditions.function(points.when)(component.values.get)
        if value is not False:
            reachable.append(points.score)
        if value:
            break
    else:
        reachable.append(criterion.otherwise)
    return min(reachable), max(reachable)


def _open(criterion: Criterion, component: ComponentFacts, low: float, ruleset: Ruleset) -> tuple[str, ...]:
    """The unknown facts that can still raise the points above `low`: those up to the last line that would."""
    scores = (*(points.score for points in criterion.points), criterion.otherwise)
    last = max(position for position, points in enumerate(scores) if points > low)
    names: list[str] = []
    for points in criterion.points[: last + 1]:
        names.extend(component.asked(points.when, ruleset))
        if ruleset.conditions.function(points.when)(component.values.get):
            break
    return tuple(dict.fromkeys(names))
