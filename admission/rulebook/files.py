"""Rule files → rule models: schemas only, conditions are looked at in `loading`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel, Field

from admission._messages import Phrase
from admission._reading import Listing, Mapping, Node, Scalar, decode, describe, parse, place_of, validate
from admission.errors import Place, Problem, ProblemCode
from admission.rulebook.life_model import LifeFile
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

__all__ = ["Located", "RuleFiles", "read_node", "read_rule_files"]

_LIMIT = 10_000_000
_ID_KEYS = ("id", "edition", "park")
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
    """What the rule files hold, in file order; rules are (edition id, rule).

    A rule that is wrong is left out, and its id kept in `broken`: what refers to it is not wrong too.
    """

    editions: list[Located[Edition]] = field(default_factory=list)
    entries: list[tuple[str, Located[Entry]]] = field(default_factory=list)
    items: list[tuple[str, Located[Item]]] = field(default_factory=list)
    duties: list[tuple[str, Located[Duty]]] = field(default_factory=list)
    criteria: list[tuple[str, Located[Criterion]]] = field(default_factory=list)
    parks: list[Located[Park]] = field(default_factory=list)
    milestones: list[Located[Milestones]] = field(default_factory=list)
    retired: list[Located[Retired]] = field(default_factory=list)
    life: list[Located[LifeFile]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)


def read_rule_files(files: Sequence[SourceFile], problems: list[Problem]) -> RuleFiles:
    """Read every file; what is wrong is added to `problems`, the rest is returned."""
    found = RuleFiles()
    for name, data in files:
        text = decode(data, name, problems, _LIMIT)
        for node in parse(text, name, problems) if text is not None else ():
            read_node(node, found, problems)
    return found


def read_node(node: Node, found: RuleFiles, problems: list[Problem]) -> None:
    """Read one document, of whatever kind its keys say it is."""
    if not isinstance(node, Mapping):
        problems.append(Problem(ProblemCode.NOT_A_MAPPING, node.place, values={"actual": describe(node)}))
        return
    keys = {key.text for key, _ in node.pairs}
    if "lifecycle" in keys:
        life = validate(LifeFile, node, problems)
        if life is not None:
            found.life.append(Located(life, node))
        else:
            _note_broken(node, found)
    elif "entries" in keys:
        found.entries += _owned(node, "entries", Entry, found, validate(_EntryFile, node, problems))
    elif "edition" in keys:
        _read_edition(node, found, problems)
    elif "park" in keys:
        park = validate(Park, node, problems)
        if park is not None:
            found.parks.append(Located(park, node))
        else:
            _note_broken(node, found)
    elif "milestones" in keys:
        found.milestones += _parts(node, "milestones", Milestones, found, validate(_MilestoneFile, node, problems))
    elif "retired" in keys:
        found.retired += _parts(node, "retired", Retired, found, validate(_RetiredFile, node, problems))
    else:
        detail = Phrase(
            "看不出是哪类规则：应有 edition、entries、park、milestones、lifecycle 或 retired",
            "not a rule file: expected edition, entries, park, milestones, lifecycle or retired",
        )
        problems.append(Problem(ProblemCode.SCHEMA, node.place, values={"detail": detail}))


def _read_edition(node: Mapping, found: RuleFiles, problems: list[Problem]) -> None:
    file = validate(_EditionFile, node, problems)
    header = Mapping(tuple(pair for pair in node.pairs if pair[0].text in Edition.model_fields), node.place)
    edition = validate(Edition, header, [])
    if edition is None:
        _note_broken(node, found)
        return
    found.editions.append(Located(edition, node))
    found.items += _owned(node, "items", Item, found, file)
    found.duties += _owned(node, "duties", Duty, found, file)
    found.criteria += _owned(node, "criteria", Criterion, found, file)


def _owned(
    node: Mapping, key: str, model: type[T], found: RuleFiles, file: BaseModel | None
) -> list[tuple[str, Located[T]]]:
    """The rules of a file, each with the id of its edition."""
    owner = node.get("edition")
    edition = owner.text if isinstance(owner, Scalar) else ""
    return [(edition, part) for part in _parts(node, key, model, found, file)]


def _parts(node: Mapping, key: str, model: type[T], found: RuleFiles, file: BaseModel | None) -> list[Located[T]]:
    """The models under `key`: those of `file`, or, when the file has faults, those without one."""
    if file is not None:
        return [Located(part, node, (key, index)) for index, part in enumerate(getattr(file, key))]
    listing = node.get(key)
    parts: list[Located[T]] = []
    for index, item in enumerate(listing.items if isinstance(listing, Listing) else ()):
        part = validate(model, item, [])
        if part is not None:
            parts.append(Located(part, node, (key, index)))
        else:
            _note_broken(item, found)
    return parts


def _note_broken(node: Node, found: RuleFiles) -> None:
    """Remember every id at or below `node`."""
    if isinstance(node, Listing):
        for item in node.items:
            _note_broken(item, found)
    elif isinstance(node, Mapping):
        for key, value in node.pairs:
            if key.text in _ID_KEYS and isinstance(value, Scalar):
                found.broken.add(value.text)
            _note_broken(value, found)
