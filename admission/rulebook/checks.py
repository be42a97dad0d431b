"""What must hold between rules: periods in order, editions without overlap, layers only stricter."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from itertools import combinations

from admission._messages import ProblemCode
from admission.errors import Problem
from admission.rulebook.files import Located, RuleFiles
from admission.rulebook.model import Edition, Effect, Item, Layer, Period

__all__ = ["LAYERS", "STRICTNESS", "check_layers", "check_periods"]

LAYERS: tuple[Layer, ...] = (Layer.NATIONAL, Layer.CITY, Layer.PARK)
STRICTNESS: tuple[Effect, ...] = (Effect.ENCOURAGE, Effect.REQUIRE, Effect.RESTRICT, Effect.PROHIBIT)
_FULL_WEIGHT = 100


def check_periods(found: RuleFiles, problems: list[Problem]) -> None:
    """Every period ends after it begins; editions of one document do not overlap; weights add up."""
    for edition in found.editions:
        _check_period(edition.model.effective, edition.place("effective"), problems)
    for _, item in found.items:
        if item.model.effective is not None:
            _check_period(item.model.effective, item.place("effective"), problems)
    for one, other in combinations(found.editions, 2):
        if _same_document(one.model, other.model) and one.model.effective.overlaps(other.model.effective):
            problems.append(
                Problem(
                    ProblemCode.OVERLAPPING_EDITIONS,
                    other.place("effective"),
                    "effective",
                    {"id": other.model.edition, "other": one.model.edition},
                )
            )
    _check_weights(found, problems)


def _check_period(period: Period, place: object, problems: list[Problem]) -> None:
    if period.end is not None and period.end < period.start:
        problems.append(Problem(ProblemCode.PERIOD, place, "effective"))  # type: ignore[arg-type]


def _same_document(one: Edition, other: Edition) -> bool:
    def identity(edition: Edition) -> tuple[object, ...]:
        name = edition.catalogue or edition.document or edition.title.zh
        return (edition.kind, name, edition.layer, tuple(sorted(edition.applies_to.items())))

    return one.edition != other.edition and identity(one) == identity(other)


def _check_weights(found: RuleFiles, problems: list[Problem]) -> None:
    for edition in found.editions:
        if edition.model.kind == "score":
            total = sum(item.model.weight for owner, item in found.criteria if owner == edition.model.edition)
            if abs(total - _FULL_WEIGHT) > 1e-9:
                problems.append(Problem(ProblemCode.WEIGHTS, edition.place("criteria"), "criteria", {"total": total}))


def check_layers(found: RuleFiles, editions: Mapping[str, Edition], problems: list[Problem]) -> None:
    """A clause that refines another belongs to a lower layer and is at least as strict."""
    clauses = {item.model.id: (edition_id, item) for edition_id, item in found.items}
    for edition_id, item in found.items:
        for other_id in item.model.refines:
            if other_id not in clauses:
                nearest = "、".join(get_close_matches(other_id, list(clauses), 3, 0.4)) or "—"
                values = {"kind": "条目", "id": other_id, "nearest": nearest}
                problems.append(Problem(ProblemCode.UNKNOWN_REFERENCE, item.place("refines"), "refines", values))
                continue
            higher_edition, higher = clauses[other_id]
            if not _may_refine(editions[edition_id], item, editions[higher_edition], higher):
                values = {"id": item.model.id, "other": f"{other_id}（{higher.place()}）"}
                problems.append(Problem(ProblemCode.LOOSER_LAYER, item.place("refines"), "refines", values))


def _may_refine(edition: Edition, item: Located[Item], higher_edition: Edition, higher: Located[Item]) -> bool:
    lower_down = LAYERS.index(edition.layer) > LAYERS.index(higher_edition.layer)
    return lower_down and STRICTNESS.index(item.model.effect) >= STRICTNESS.index(higher.model.effect)
