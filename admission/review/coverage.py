"""Coverage: which rule, outcome, catalogue cell, date and part of a condition no case reaches.

Every rule has points to reach: its outcomes (the cells of a catalogue entry, no level, not
applicable; hit, clear, met …), the days about its period, and in each condition every comparison
and every part of an `and` or `or` both true and false, the whole undecided once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from admission.errors import Place
from admission.logic import Expr, evaluate
from admission.logic.conditions import SENSITIVE_FACT
from admission.logic.nodes import And, Case, Constant, FactRef, IsUnknown, Not, Or
from admission.logic.sentence import to_sentence
from admission.review.bench import Bench
from admission.review.by_code import Codes
from admission.review.cases import NOT_APPLICABLE, NOT_IN_FORCE, number_text
from admission.review.dated import own_period
from admission.review.outcomes import Situation
from admission.review.subjects import Spot, Subject
from admission.rulebook import Criterion, Duty, Effect, Item, Rulebook
from admission.screening.catalogue import NONE
from admission.screening.duties import CLASS_FACTS
from admission.screening.verdict import Outcome, settled
from admission.vocabulary import Value

__all__ = ["Coverage", "FileCoverage", "Point", "coverage"]

Kind = Literal["rule", "outcome", "period", "branch"]
_TRUTHS: Mapping[bool | None, str] = {True: "true", False: "false", None: "unknown"}


@dataclass(frozen=True, slots=True)
class Point:
    """Something a case should reach: `value` of `part`, a sentence about part of the condition `field`."""

    rule: str
    kind: Kind
    field: str
    value: str
    place: Place
    part: Expr | None = None

    def words(self, rulebook: Rulebook, lang: str = "zh") -> str:
        """The part of the condition in words."""
        return "" if self.part is None else to_sentence(self.part, rulebook.vocabulary, lang)


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """The points of one file: how many facts can reach, those that no case reaches, and those that nothing can.

    `unreachable` points are not counted in `total`: no code of the industry table leads there.
    """

    file: str
    total: int
    missing: tuple[Point, ...]
    unreachable: tuple[Point, ...] = ()

    @property
    def reached(self) -> int:
        """How many points are reached."""
        return self.total - len(self.missing)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Per file, in the order of file names."""

    files: tuple[FileCoverage, ...]

    @property
    def total(self) -> int:
        """All points that some facts can reach."""
        return sum(file.total for file in self.files)

    @property
    def reached(self) -> int:
        """All points that some case reaches."""
        return sum(file.reached for file in self.files)

    @property
    def missing(self) -> tuple[Point, ...]:
        """All points that no case reaches, though some facts could."""
        return tuple(point for file in self.files for point in file.missing)

    @property
    def unreachable(self) -> tuple[Point, ...]:
        """All points that no code of the industry table leads to."""
        return tuple(point for file in self.files for point in file.unreachable)


def coverage(bench: Bench) -> Coverage:
    """What the cases that pass reach, and what none of them does."""
    files: dict[str, tuple[list[Point], list[Point], list[Point]]] = {}
    for subject in bench.rules.values():
        points, reached = list(_points(subject, bench.rulebook)), _reached(subject, bench)
        if not reached:
            points.insert(0, Point(subject.id, "rule", "", "", subject.place))
        missing = [point for point in points if _key(point) not in reached]
        nowhere = list(_out_of_reach(subject, missing, bench.rulebook))
        found = files.setdefault(subject.file, ([], [], []))
        for place, some in zip(found, (points, missing, nowhere), strict=True):
            place.extend(some)
    return Coverage(tuple(_file(name, *found) for name, found in sorted(files.items())))


def _file(name: str, points: list[Point], missing: list[Point], nowhere: list[Point]) -> FileCoverage:
    proved = set(map(id, nowhere))
    open_points = tuple(point for point in missing if id(point) not in proved)
    return FileCoverage(name, len(points) - len(nowhere), open_points, tuple(nowhere))


def _out_of_reach(subject: Subject, missing: Sequence[Point], rulebook: Rulebook) -> Iterator[Point]:
    """The points among `missing` that no code of the industry table leads to."""
    codes = Codes.of(subject, rulebook) if missing else None
    if codes is None:
        return
    spots = {spot.field: spot for spot in subject.asked}
    for point in missing:
        if point.kind == "branch" and point.part is not None and point.field in spots:
            wanted = next(truth for truth, word in _TRUTHS.items() if word == point.value)
            if not codes.can_be(spots[point.field], point.part, wanted):
                yield point
        elif point.kind == "outcome" and point.value == NONE and not codes.can_give_no_level():
            yield point


_Key = tuple[str, str, Expr | None]
"""Field, value, part."""


def _key(point: Point) -> _Key:
    return (point.field, point.value, point.part)


def _points(subject: Subject, rulebook: Rulebook) -> Iterator[Point]:
    for value in _outcomes(subject, rulebook):
        yield Point(subject.id, "outcome", "", value, subject.place)
    if own_period(subject) is not None:
        yield Point(subject.id, "period", "", NOT_IN_FORCE, subject.place)
    for spot in subject.spots:
        tree = rulebook.conditions.tree(spot.key)
        if isinstance(tree, Constant):
            continue
        for part in dict.fromkeys(_parts(tree)):
            for truth in (True, False):
                yield Point(subject.id, "branch", spot.field, _TRUTHS[truth], spot.place, part)
        if _can_be_unknown(spot, rulebook):
            yield Point(subject.id, "branch", spot.field, _TRUTHS[None], spot.place, tree)


def _parts(node: Expr) -> Iterator[Expr]:
    """The comparisons and claims of a condition, and its `and` and `or` groups."""
    if isinstance(node, Not):
        yield from _parts(node.part)
        return
    if isinstance(node, Constant):
        return
    yield node
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _parts(part)
    elif isinstance(node, Case) and node.when != IsUnknown(FactRef(SENSITIVE_FACT)):
        for branch in (node.when, node.then, node.otherwise):
            if branch is not None:
                yield from _parts(branch)


def _can_be_unknown(spot: Spot, rulebook: Rulebook) -> bool:
    nothing: dict[str, Value | None] = {}
    rulebook.derivations.derive(nothing)
    return evaluate(rulebook.conditions.tree(spot.key), nothing) is None


def _outcomes(subject: Subject, rulebook: Rulebook) -> Iterator[str]:
    """What the rule can come out as, by its shape."""
    rule: Any = subject.owned.rule
    trees = [rulebook.conditions.tree(spot.key) for spot in subject.spots]
    always = [isinstance(tree, Constant) and tree.value is True for tree in trees]
    if isinstance(rule, Item):
        yield from _item_outcomes(rule, always)
    elif isinstance(rule, Duty):
        yield from ("pending", "met") + (() if always[0] else (NOT_APPLICABLE, "unknown"))
    elif isinstance(rule, Criterion):
        scores = (*(points.score for points in rule.points), rule.otherwise)
        yield from dict.fromkeys(map(number_text, scores))
    else:
        yield from rule.levels
        if not any(always[position] for position, spot in enumerate(subject.spots) if spot.field.startswith("levels")):
            yield NONE
        yield NOT_APPLICABLE


def _item_outcomes(item: Item, always: list[bool]) -> Iterator[str]:
    untouched = Outcome.NOT_APPLICABLE if item.effect is Effect.REQUIRE else Outcome.CLEAR
    if item.must is not None:
        found = [Outcome.MET] if always[1] else [Outcome.MET, settled(item, Outcome.UNMET)]
    else:
        found = [settled(item, Outcome.HIT) if item.judgement is None else Outcome.REVIEW]
    if not always[0]:
        found.append(untouched)
    if not all(always):
        found.append(Outcome.UNKNOWN)
    yield from map(str, dict.fromkeys(found))


def _reached(subject: Subject, bench: Bench) -> set[_Key]:
    reached: set[_Key] = set()
    for case in bench.cases_of.get(subject.id, ()):
        if case.at in bench.passed:
            situation = bench.rulings.situation(case, subject.owned.edition)
            found = bench.rulings.outcome(subject, situation).found
            if len(found) == 1:
                reached.add(("", found[0], None))
            if found != (NOT_IN_FORCE,):
                reached.update(_looked_at(subject, situation, found, bench.rulebook))
    return reached


def _looked_at(subject: Subject, situation: Situation, found: tuple[str, ...], rulebook: Rulebook) -> Iterator[_Key]:
    """The truth of every part of the conditions that the engine asked, in its order."""
    values = _view(subject, situation)
    for spot in (*(s for s in subject.spots if s.field == "implied_by"), *subject.asked):
        if spot.field.startswith("levels") and found == (NOT_APPLICABLE,):
            return
        tree = rulebook.conditions.tree(spot.key)
        for part in dict.fromkeys((tree, *_parts(tree))):
            value = evaluate(part, values)
            if value is None or isinstance(value, bool):
                yield spot.field, _TRUTHS[value], part
        whole = evaluate(tree, values)
        if whole is (spot.field not in ("implied_by", "scope", "when")) and spot.field != "implied_by":
            return


def _view(subject: Subject, situation: Situation) -> Mapping[str, Value | None]:
    """The facts as the rule sees them: a duty also sees the classes that are settled."""
    if subject.kind != "duty":
        return situation.values
    found = situation.classified()
    levels = {name: result.level for kind, name in CLASS_FACTS.items() if (result := found[kind]) is not None}
    return {**situation.values, **levels}
