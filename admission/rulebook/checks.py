"""What must hold between rules: periods in order, editions without overlap, layers only stricter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import combinations

from admission._messages import Phrase, ProblemCode
from admission.errors import Place, Problem
from admission.rulebook.files import Located, RuleFiles
from admission.rulebook.model import Edition, Effect, Layer, Park, ParkFact, Period
from admission.vocabulary import Fact, FactType, Vocabulary, parse_date

__all__ = ["LAYERS", "STRICTNESS", "check_layers", "check_parks", "check_periods", "same_document", "unknown_reference"]

LAYERS: tuple[Layer, ...] = (Layer.NATIONAL, Layer.CITY, Layer.PARK)
STRICTNESS: tuple[Effect, ...] = (Effect.ENCOURAGE, Effect.REQUIRE, Effect.RESTRICT, Effect.PROHIBIT)
_FULL_WEIGHT = 100
_PLACES = {
    "park": Phrase("园区", "park"),
    "city": Phrase("城市", "city"),
    "river_basin": Phrase("流域", "river basin"),
}


def check_periods(found: RuleFiles, problems: list[Problem]) -> None:
    """Every period ends after it begins; editions of one document do not overlap; weights add up."""
    for edition in found.editions:
        _check_period(edition.model.effective, edition.place("effective"), problems)
    for _, item in found.items:
        if item.model.effective is not None:
            _check_period(item.model.effective, item.place("effective"), problems)
    for _, duty in found.duties:
        for index, cite in enumerate(duty.model.cite):
            _check_period(cite.effective, duty.place("cite", index, "effective"), problems)
    for one, other in combinations(found.editions, 2):
        if same_document(one.model, other.model) and one.model.effective.overlaps(other.model.effective):
            problems.append(
                Problem(
                    ProblemCode.OVERLAPPING_EDITIONS,
                    other.place("effective"),
                    "effective",
                    {"id": other.model.edition, "other": one.model.edition},
                )
            )
    _check_weights(found, problems)


def _check_period(period: Period, place: Place, problems: list[Problem]) -> None:
    if period.end is not None and period.end < period.start:
        problems.append(Problem(ProblemCode.PERIOD, place, "effective"))


def same_document(one: Edition, other: Edition) -> bool:
    """Are these two editions of one document (of one catalogue)?"""

    def identity(edition: Edition) -> tuple[object, ...]:
        name = edition.catalogue or edition.document or edition.title.zh
        return (edition.kind, name, edition.layer, tuple(sorted(edition.applies_to.items())))

    return one.edition != other.edition and identity(one) == identity(other)


def _check_weights(found: RuleFiles, problems: list[Problem]) -> None:
    for edition in found.editions:
        if edition.model.kind == "score":
            total = sum(item.model.weight for owner, item in found.criteria if owner == edition.model.edition)
            if abs(total - _FULL_WEIGHT) > 1e-9:
                problems.append(
                    Problem(ProblemCode.WEIGHTS, edition.place("criteria"), "criteria", {"total": f"{total:.10g}"})
                )


def check_layers(found: RuleFiles, editions: Mapping[str, Edition], problems: list[Problem]) -> None:
    """A clause that refines another belongs to a lower layer and is at least as strict."""
    clauses = {item.model.id: (item, editions[edition_id].layer) for edition_id, item in found.items}
    for item, layer in clauses.values():
        for other_id in item.model.refines:
            place = item.place("refines")
            if other_id in found.broken:
                continue
            if other_id not in clauses:
                clause = Phrase("条目", "clause")
                problems.append(unknown_reference(place, "refines", clause, other_id, clauses))
                continue
            higher, above = clauses[other_id]
            other = f"{other_id}（{higher.place()}）"
            if LAYERS.index(layer) <= LAYERS.index(above):
                detail = Phrase(f"{other} 不在更高一层", f"{other} is not of a higher layer")
                problems.append(Problem(ProblemCode.SCHEMA, place, "refines", {"detail": detail}))
            elif STRICTNESS.index(item.model.effect) < STRICTNESS.index(higher.model.effect):
                values = {"id": item.model.id, "other": other}
                problems.append(Problem(ProblemCode.LOOSER_LAYER, place, "refines", values))


def unknown_reference(place: Place, field: str, kind: Phrase, name: str, known: Iterable[str]) -> Problem:
    """`name` is no such thing; the nearest of those that are known are given."""
    nearest = "、".join(get_close_matches(name, list(known), 3, 0.4)) or "—"
    return Problem(ProblemCode.UNKNOWN_REFERENCE, place, field, {"kind": kind, "id": name, "nearest": nearest})


def check_parks(found: RuleFiles, vocabulary: Vocabulary, problems: list[Problem]) -> None:
    """Park facts are declared and fit their type; what an edition applies to is some park's."""
    for edition in found.editions:
        for key, name in edition.model.applies_to.items():
            known = {place for park in found.parks if (place := getattr(park.model, key)) is not None}
            if name not in known | found.broken:
                place = edition.place("applies_to", key)
                problems.append(unknown_reference(place, f"applies_to.{key}", _PLACES[key], name, sorted(known)))
    for park in found.parks:
        for index, given in enumerate(park.model.facts):
            problems.extend(_park_fact_problems(park, index, given, vocabulary))
        for index, setting in enumerate(park.model.settings):
            for name in setting.facts:
                if name not in vocabulary.facts:
                    place, nearest = park.place("settings", index, "facts"), vocabulary.nearest(name)
                    values = {"name": name, "nearest": "、".join(nearest) or "—"}
                    problems.append(Problem(ProblemCode.CONDITION_FACT, place, f"{setting.name}.facts", values))


def _park_fact_problems(park: Located[Park], index: int, given: ParkFact, vocabulary: Vocabulary) -> Iterable[Problem]:
    fact = vocabulary.facts.get(given.fact)
    place = park.place("facts", index, "value")
    if fact is None:
        nearest = "、".join(vocabulary.nearest(given.fact)) or "—"
        values: dict[str, object] = {"name": given.fact, "nearest": nearest}
        yield Problem(ProblemCode.CONDITION_FACT, park.place("facts", index, "fact"), "facts", values)
    elif fact.internal:
        yield Problem(ProblemCode.INTERNAL_FACT, park.place("facts", index, "fact"), "facts", {"key": given.fact})
    elif not _fits(fact.type, given.value):
        values = {"actual": _shown(given.value), "expected": fact.type, "example": _EXAMPLES[fact.type]}
        yield Problem(ProblemCode.WRONG_TYPE, place, given.fact, values)
    else:
        yield from _value_problems(fact, given.value, place, vocabulary)


_EXAMPLES: Mapping[FactType, str] = {
    FactType.BOOL: "true",
    FactType.NUMBER: "12.5",
    FactType.ENUM: "id",
    FactType.SET: "[id]",
    FactType.DATE: "'2026-11-24'",
    FactType.CODE: "['3391']",
    FactType.TEXT: "abc",
}


def _fits(kind: FactType, value: object) -> bool:
    expected: dict[FactType, type] = {
        FactType.BOOL: bool,
        FactType.NUMBER: float,
        FactType.SET: tuple,
        FactType.CODE: tuple,
    }
    return isinstance(value, expected.get(kind, str))


def _value_problems(fact: Fact, value: object, place: Place, vocabulary: Vocabulary) -> Iterable[Problem]:
    parts = value if isinstance(value, tuple) else (value,)
    low, high = fact.range or (None, None)
    for part in parts:
        values: dict[str, object] = {"actual": _shown(part)}
        if fact.members and part not in fact.members:
            nearest = "、".join(get_close_matches(part, list(fact.members), 3, 0.4)) or "—"
            values |= {"members": "、".join(fact.members), "nearest": nearest}
            yield Problem(ProblemCode.UNKNOWN_MEMBER, place, fact.name, values)
        elif fact.type is FactType.CODE and vocabulary.code_table(fact).normalise(part) != part:
            values |= vocabulary.code_table(fact).refusal(part)
            yield Problem(ProblemCode.UNKNOWN_CODE, place, fact.name, values)
        elif fact.type is FactType.DATE and parse_date(part) is None:
            yield Problem(ProblemCode.BAD_DATE, place, fact.name, values)
        elif (low is not None and part < low) or (high is not None and part > high):
            values |= {"low": _shown(low), "high": _shown(high), "unit": fact.unit or ""}
            yield Problem(ProblemCode.OUT_OF_RANGE, place, fact.name, values)


def _shown(value: object) -> str:
    if value is None:
        return Phrase("不限", "any")
    if isinstance(value, tuple):
        return "、".join(value)
    return f"{value:.10g}" if isinstance(value, float) else str(value)
