"""The five verdicts, their order, and what each finding contributes.

The order is declared once, mildest first; `_CONTRIBUTIONS` must name every pair of effect and
outcome, which is checked when this module is imported.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from itertools import product

from admission.rulebook import Effect, Item, Stage, Status

__all__ = [
    "VERDICTS",
    "Outcome",
    "Verdict",
    "contribution",
    "reachable",
    "settled",
    "severity",
    "strictest",
]


class Verdict(StrEnum):
    """结论: 准予入园, 有条件入园, 资料不足, 需人工研判, 不予入园."""

    ADMIT = "admit"
    CONDITIONAL = "conditional"
    INCOMPLETE = "incomplete"
    REVIEW = "review"
    REJECT = "reject"


class Outcome(StrEnum):
    """What one rule says of one component."""

    HIT = "hit"
    CLEAR = "clear"
    UNKNOWN = "unknown"
    MET = "met"
    UNMET = "unmet"
    NOT_APPLICABLE = "not_applicable"
    REVIEW = "review"


VERDICTS: tuple[Verdict, ...] = (
    Verdict.ADMIT,
    Verdict.CONDITIONAL,
    Verdict.INCOMPLETE,
    Verdict.REVIEW,
    Verdict.REJECT,
)

_HARMLESS = (Outcome.CLEAR, Outcome.MET, Outcome.NOT_APPLICABLE)
_CONTRIBUTIONS: dict[tuple[Effect, Outcome], Verdict] = {
    **{(effect, outcome): Verdict.ADMIT for effect in Effect for outcome in _HARMLESS},
    **{(effect, Outcome.REVIEW): Verdict.REVIEW for effect in Effect},
    (Effect.PROHIBIT, Outcome.HIT): Verdict.REJECT,
    (Effect.PROHIBIT, Outcome.UNKNOWN): Verdict.INCOMPLETE,
    (Effect.PROHIBIT, Outcome.UNMET): Verdict.REJECT,
    (Effect.RESTRICT, Outcome.HIT): Verdict.REVIEW,
    (Effect.RESTRICT, Outcome.UNKNOWN): Verdict.INCOMPLETE,
    (Effect.RESTRICT, Outcome.UNMET): Verdict.REVIEW,
    (Effect.REQUIRE, Outcome.HIT): Verdict.CONDITIONAL,
    (Effect.REQUIRE, Outcome.UNKNOWN): Verdict.INCOMPLETE,
    (Effect.REQUIRE, Outcome.UNMET): Verdict.CONDITIONAL,
    (Effect.ENCOURAGE, Outcome.HIT): Verdict.ADMIT,
    (Effect.ENCOURAGE, Outcome.UNKNOWN): Verdict.ADMIT,
    (Effect.ENCOURAGE, Outcome.UNMET): Verdict.ADMIT,
}


def _check_complete() -> None:
    missing = [pair for pair in product(Effect, Outcome) if pair not in _CONTRIBUTIONS]
    if missing or set(VERDICTS) != set(Verdict) or len(VERDICTS) != len(Verdict):
        raise AssertionError(f"verdict order is incomplete: {missing}")


_check_complete()
_RANK = {verdict: rank for rank, verdict in enumerate(VERDICTS)}


def severity(verdict: Verdict) -> int:
    """Rank in the order of severity, 0 for `admit`."""
    return _RANK[verdict]


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """The most serious of `verdicts`, `admit` when there is none."""
    return max(verdicts, key=severity, default=Verdict.ADMIT)


def contribution(item: Item, outcome: Outcome) -> Verdict:
    """What `outcome` of `item` asks of the verdict.

    What is not known yet of a clause of a later stage (design, operation) is a condition of admission.
    """
    later = outcome is Outcome.UNKNOWN and item.stage is not Stage.ADMISSION
    if later and item.effect is not Effect.ENCOURAGE:
        return Verdict.CONDITIONAL
    if outcome is Outcome.UNMET and item.unmet == "reject":
        return Verdict.REJECT
    return _CONTRIBUTIONS[item.effect, outcome]


def settled(item: Item, outcome: Outcome) -> Outcome:
    """An unverified rule never decides by itself: what would weigh on the project needs a person."""
    weighs = contribution(item, outcome) is not Verdict.ADMIT and outcome is not Outcome.UNKNOWN
    return Outcome.REVIEW if weighs and item.status is Status.UNVERIFIED else outcome


def reachable(item: Item, outcome: Outcome, answer: Outcome | None = None) -> frozenset[Verdict]:
    """The contributions still possible once everything unknown is answered.

    `answer` is a person's recorded judgement of the clause, which counts where it needs one.
    """
    if outcome is not Outcome.UNKNOWN:
        return frozenset({contribution(item, outcome)})
    worst = Outcome.UNMET if item.must is not None else Outcome.HIT if item.judgement is None else Outcome.REVIEW
    worst = settled(item, worst)
    if worst is Outcome.REVIEW and answer is not None:
        worst = answer
    return frozenset({Verdict.ADMIT, contribution(item, worst)})
