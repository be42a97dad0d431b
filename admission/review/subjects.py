"""Every rule as the review looks at it: what kind it is, where it stands, which conditions it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from admission.errors import Place, Problem, ProblemsError
from admission.logic import condition_key
from admission.rulebook import Criterion, Duty, Entry, Item, Owned, Rulebook, SourceFile
from admission.rulebook.files import Located, RuleFiles, read_rule_files

__all__ = ["Kind", "Places", "Spot", "Subject", "places_of", "subjects"]

Kind = Literal["entry", "item", "duty", "criterion"]


@dataclass(frozen=True, slots=True)
class Spot:
    """One condition of a rule: `field` says which (`when`, `must`, `scope`, `levels.report`, `points.0` …)."""

    field: str
    key: str
    place: Place


@dataclass(frozen=True, slots=True)
class Subject:
    """One rule under review; `id` is how cases name it (`EDITION/criterion` for criteria)."""

    id: str
    kind: Kind
    owned: Owned[Any]
    place: Place
    spots: tuple[Spot, ...]

    @property
    def file(self) -> str:
        """The file the rule stands in."""
        return self.place.file

    @property
    def asked(self) -> tuple[Spot, ...]:
        """The conditions in the order in which the engine asks them, without `implied_by`."""
        if self.kind != "entry":
            return self.spots
        levels = [f"levels.{name}" for name in self.owned.edition.levels]
        order = {field: position for position, field in enumerate(["scope", *levels])}
        return tuple(sorted((s for s in self.spots if s.field in order), key=lambda spot: order[spot.field]))


@dataclass(frozen=True, slots=True)
class Places:
    """Where rules and editions stand: rule id → what was read, edition id → the same."""

    rules: Mapping[str, Located[Any]]
    editions: Mapping[str, Located[Any]]


def places_of(files: Sequence[SourceFile]) -> Places:
    """The places of all rules of `files`, which must have loaded; raises `ProblemsError` otherwise."""
    problems: list[Problem] = []
    found = read_rule_files([file for file in files if not _is_vocabulary(file[0])], problems)
    if problems:
        raise ProblemsError(problems)
    return Places(dict(_rules(found)), {located.model.edition: located for located in found.editions})


def _is_vocabulary(name: str) -> bool:
    return "vocabulary" in name.split("/")[:-1]


def _rules(found: RuleFiles) -> Iterator[tuple[str, Located[Any]]]:
    for part in (found.entries, found.items, found.duties):
        for _, located in part:
            yield located.model.id, located
    for edition, criterion in found.criteria:
        yield f"{edition}/{criterion.model.id}", criterion


def subjects(rulebook: Rulebook, places: Places) -> Mapping[str, Subject]:
    """Every rule of `rulebook` by the id that cases use, in the order of the files."""
    found: dict[str, Subject] = {}
    for entry in rulebook.entries:
        found[entry.rule.id] = _subject(entry.rule.id, "entry", entry, places, _entry_conditions(entry.rule))
    for item in rulebook.items:
        found[item.rule.id] = _subject(item.rule.id, "item", item, places, _item_conditions(item.rule))
    for duty in rulebook.duties:
        found[duty.rule.id] = _subject(duty.rule.id, "duty", duty, places, _duty_conditions(duty.rule))
    for criterion in rulebook.criteria:
        name = f"{criterion.edition.edition}/{criterion.rule.id}"
        found[name] = _subject(name, "criterion", criterion, places, _points_conditions(criterion.rule))
    return found


_Condition = tuple[str, str, tuple[str | int, ...]]
"""Field, key of the condition, path in the file."""


def _subject(name: str, kind: Kind, owned: Owned[Any], places: Places, conditions: Iterator[_Condition]) -> Subject:
    located = places.rules[name]
    spots = tuple(Spot(field, key, located.place(*path)) for field, key, path in conditions)
    return Subject(name, kind, owned, located.place("id"), spots)


def _entry_conditions(entry: Entry) -> Iterator[_Condition]:
    for field, text in (("implied_by", entry.implied_by), ("scope", entry.scope)):
        if text is not None:
            yield field, condition_key(text, entry.sensitive_areas), (field,)
    for name, level in entry.levels.items():
        yield f"levels.{name}", condition_key(level.when, entry.sensitive_areas), ("levels", name, "when")


def _item_conditions(item: Item) -> Iterator[_Condition]:
    yield "when", item.when, ("when",)
    if item.must is not None:
        yield "must", item.must, ("must",)


def _duty_conditions(duty: Duty) -> Iterator[_Condition]:
    yield "when", duty.when, ("when",)
    if duty.done_when is not None:
        yield "done_when", duty.done_when, ("done_when",)


def _points_conditions(criterion: Criterion) -> Iterator[_Condition]:
    for index, points in enumerate(criterion.points):
        yield f"points.{index}", points.when, ("points", index, "when")
