"""Rule files → rule models: schemas only, conditions are looked at in `loading`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel, Field

from admission._messages import Phrase
from admission._reading import Mapping, Node, decode, describe, parse, place_of, validate
from admission.errors import Place, Problem, ProblemCode
from admission.rulebook.model import (
    Criterion,
    Duty,
    Edition,
    Entry,
    Item,
    Milestones,
    Park,
    Retired,
    Strict,
)
from admission.rulebook.sources import SourceFile

__all__ = ["Located", "RuleFiles", "read_rule_files"]

_LIMIT = 10_000_000
T = TypeVar("T", bound=BaseModel)


class _EditionFile(Edition):
    """An edition with or without its items, duties or criteria."""

    items: tuple[Item, ...] = ()
    duties: tuple[Duty, ...] = ()
    criteria: tuple[Criterion, ...] = ()


class _EntryFile(Strict):
    edition: str
    entries: tuple[Entry, ...]


class _MilestoneFile(Strict):
    milestones: tuple[Milestones, ...]


class _RetiredFile(Strict):
    retired: tuple[Retired, ...] = Field(default=())


@dataclass(frozen=True, slots=True)
class Located(Generic[T]):
    """A model with the node it was read from, to place later problems."""

    model: T
    node: Node
    path: tuple[str | int, ...] = ()

    def place(self, *more: str | int) -> Place:
        """Where `more` (a path inside the model) stands in its file."""
        return place_of(self.node, (*self.path, *more))


@dataclass(slots=True)
class RuleFiles:
    """What the rule files hold, in file order; `parts` are (edition id, rule)."""

    editions: list[Located[Edition]] = field(default_factory=list)
    entries: list[tuple[str, Located[Entry]]] = field(default_factory=list)
    items: list[tuple[str, Located[Item]]] = field(default_factory=list)
    duties: list[tuple[str, Located[Duty]]] = field(default_factory=list)
    criteria: list[tuple[str, Located[Criterion]]] = field(default_factory=list)
    parks: list[Located[Park]] = field(default_factory=list)
    milestones: list[Located[Milestones]] = field(default_factory=list)
    retired: list[Located[Retired]] = field(default_factory=list)


def read_rule_files(files: Sequence[SourceFile], problems: list[Problem]) -> RuleFiles:
    """Read every file; what is wrong is added to `problems`, the rest is returned."""
    found = RuleFiles()
    for name, data in files:
        text = decode(data, name, problems, _LIMIT)
        for node in parse(text, name, problems) if text is not None else ():
            _read(node, found, problems)
    return found


def _read(node: Node, found: RuleFiles, problems: list[Problem]) -> None:
    if not isinstance(node, Mapping):
        problems.append(Problem(ProblemCode.NOT_A_MAPPING, node.place, values={"actual": describe(node)}))
        return
    keys = {key.text for key, _ in node.pairs}
    if "entries" in keys:
        _read_entries(node, found, problems)
    elif "edition" in keys:
        _read_edition(node, found, problems)
    elif "park" in keys:
        park = validate(Park, node, problems)
        if park is not None:
            found.parks.append(Located(park, node))
    elif "milestones" in keys:
        milestones = validate(_MilestoneFile, node, problems)
        found.milestones += _located(node, "milestones", milestones.milestones if milestones else ())
    elif "retired" in keys:
        retired = validate(_RetiredFile, node, problems)
        found.retired += _located(node, "retired", retired.retired if retired else ())
    else:
        detail = Phrase(
            "看不出是哪类规则：应有 edition、entries、park、milestones 或 retired",
            "not a rule file: expected edition, entries, park, milestones or retired",
        )
        problems.append(Problem(ProblemCode.SCHEMA, node.place, values={"detail": detail}))


def _read_entries(node: Mapping, found: RuleFiles, problems: list[Problem]) -> None:
    file = validate(_EntryFile, node, problems)
    if file is not None:
        found.entries += [(file.edition, entry) for entry in _located(node, "entries", file.entries)]


def _read_edition(node: Mapping, found: RuleFiles, problems: list[Problem]) -> None:
    file = validate(_EditionFile, node, problems)
    if file is None:
        return
    meta = Edition.model_validate({name: getattr(file, name) for name in Edition.model_fields})
    found.editions.append(Located(meta, node))
    found.items += [(file.edition, item) for item in _located(node, "items", file.items)]
    found.duties += [(file.edition, duty) for duty in _located(node, "duties", file.duties)]
    found.criteria += [(file.edition, item) for item in _located(node, "criteria", file.criteria)]


def _located(node: Node, key: str, models: Sequence[T]) -> list[Located[T]]:
    return [Located(model, node, (key, index)) for index, model in enumerate(models)]
